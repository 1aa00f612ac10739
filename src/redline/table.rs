//! Tables: columns by their headings, rows by their first cells, then by what they say; cells are compared like paragraphs.

use std::collections::HashMap;
use std::collections::VecDeque;

use crate::redline::align;
use crate::redline::align::Keys;
use crate::redline::align::Step;
use crate::redline::lexicon::Bag;
use crate::redline::lexicon::Index;
use crate::redline::lexicon::Lexicon;
use crate::redline::wording::Kind;
use crate::redline::wording::Leaf;
use crate::redline::words;
use crate::redline::words::Line;

/// How much two columns have in common, at least, to be one under two headings.
const COLUMN: f64 = 0.3;

/// How much two rows have in common, at least, to be one.
const ROW: f64 = 0.4;

/// What became of a table.
#[derive(Clone, Debug, Default)]
pub struct GridSteps {
    /// The columns of both tables as they are shown, each by its place in the old and in the new one.
    pub columns: Vec<Sides>,
    /// The rows of both tables as they are shown; the head is the first.
    pub rows: Vec<RowSteps>,
}

/// Something of the old version, of the new one, or of both.
pub type Sides = (Option<usize>, Option<usize>);

/// What became of a row.
#[derive(Clone, Debug)]
pub struct RowSteps {
    /// Its places; 0 is the head.
    pub sides: Sides,
    /// What became of the cell in each column, where both versions have it.
    pub cells: Vec<Option<Vec<Step>>>,
}

/// The cells of a table as numbers.
struct Side<'a> {
    /// The head, then the rows.
    cells: Vec<&'a [Index]>,
    columns: usize,
}

/// Returns what became of a table; nothing where one of the two is no table.
pub fn between(old: (&Leaf, &Index), new: (&Leaf, &Index), lexicon: &Lexicon) -> Option<GridSteps> {
    let (Kind::Table(_), Kind::Table(grid)) = (&old.0.kind, &new.0.kind) else {
        return None;
    };
    let shown = |sides: &Sides| sides.0.is_some_and(|at| old.0.shows(at)) || sides.1.is_some_and(|at| new.0.shows(at));
    let (old, new) = (side(old.0, old.1), side(new.0, new.1));
    let mut columns = columns(&old, &new, lexicon);
    columns.retain(shown);
    let rows = match grid.records {
        true => records(&old, &new),
        false => rows(&old, &new, &columns, lexicon),
    };
    let cell = |row: Sides, column: &Sides| -> Option<Vec<Step>> {
        let (old, new) = (old.cells[row.0?].get(column.0?)?, new.cells[row.1?].get(column.1?)?);
        Some(words::steps(&Line::of([old].into_iter()), &Line::of([new].into_iter()), lexicon))
    };
    let rows = rows.into_iter().map(|sides| RowSteps { sides, cells: columns.iter().map(|column| cell(sides, column)).collect() });
    Some(GridSteps { rows: rows.collect(), columns })
}

fn side<'a>(leaf: &'a Leaf, index: &'a Index) -> Side<'a> {
    let mut rest = index.cells.as_slice();
    let mut take = |row: &[Leaf]| {
        let (cells, after) = rest.split_at(row.len());
        rest = after;
        cells
    };
    let cells: Vec<&[Index]> = leaf.rows().into_iter().map(&mut take).collect();
    Side { columns: cells.iter().map(|row| row.len()).max().unwrap_or(0), cells }
}

impl<'a> Side<'a> {
    fn key(&self, row: usize, column: usize) -> Option<u32> {
        self.cells[row].get(column).map(|cell| cell.key)
    }

    fn column(&self, column: usize) -> impl Iterator<Item = &'a Index> {
        self.cells.iter().filter_map(move |row| row.get(column))
    }
}

/// Returns the columns in the order in which they are shown.
fn columns(old: &Side<'_>, new: &Side<'_>, lexicon: &Lexicon) -> Vec<Sides> {
    let bags = |side: &Side<'_>| -> Vec<Bag> { (0..side.columns).map(|column| lexicon.bag(side.column(column))).collect() };
    let (old_bags, new_bags) = (bags(old), bags(new));
    let worth = |i: usize, j: usize| {
        let likeness = lexicon.bags(&old_bags[i], &new_bags[j]);
        match old.key(0, i) == new.key(0, j) {
            // A heading without words tells less.
            true if old.cells[0].get(i).is_some_and(|cell| cell.folded.is_empty()) => 0.5 + likeness,
            true => 2.0,
            false if likeness >= COLUMN => likeness,
            false => 0.0,
        }
    };
    // No two columns are told to be equal at once: the first one that says the same need not be the one.
    let keys = |first: u32, count: usize| (first..).take(count).collect::<Vec<u32>>();
    let pairs = align::in_order(&keys(0, old.columns), &keys(u32::MAX / 2, new.columns), Vec::new, worth);
    woven(old.columns, new.columns, &pairs)
}

/// Returns the rows in the order in which they are shown; the heads are one row.
fn rows(old: &Side<'_>, new: &Side<'_>, columns: &[Sides], lexicon: &Lexicon) -> Vec<Sides> {
    let shared: Vec<(usize, usize)> = columns.iter().filter_map(|(old, new)| Some(((*old)?, (*new)?))).collect();
    let said = |side: &Side<'_>, row: usize| lexicon.bag(side.cells[row].iter());
    let old_bags: Vec<_> = (0..old.cells.len()).map(|row| said(old, row)).collect();
    let new_bags: Vec<_> = (0..new.cells.len()).map(|row| said(new, row)).collect();
    let first = shared.first().copied();
    let worth = |i: usize, j: usize| {
        let (i, j) = (i + 1, j + 1);
        let equal = shared.iter().filter(|(a, b)| old.key(i, *a) == new.key(j, *b)).count();
        let named = first.is_some_and(|(a, b)| old.key(i, a) == new.key(j, b) && old.cells[i].get(a).is_some_and(|cell| cell.spoken > 0));
        let likeness = lexicon.bags(&old_bags[i], &new_bags[j]);
        match named || likeness >= ROW {
            true => 0.1 + likeness + equal as f64 * 0.2 + if named { 1.0 } else { 0.0 },
            false => 0.0,
        }
    };
    let mut numbers: HashMap<Vec<Option<u32>>, u32> = HashMap::new();
    let mut keys = |side: &Side<'_>, place: fn(&(usize, usize)) -> usize| -> Vec<u32> {
        let said = |row: usize| shared.iter().map(|pair| side.key(row, place(pair))).collect::<Vec<_>>();
        let rows = (1..side.cells.len()).map(|row| {
            let next = u32::try_from(numbers.len()).expect("a table has fewer rows than that");
            *numbers.entry(said(row)).or_insert(next)
        });
        rows.collect()
    };
    let (old_keys, new_keys) = (keys(old, |pair| pair.0), keys(new, |pair| pair.1));
    // A row is known by any cell that no other row has, the first column before the others.
    let second = || -> Vec<Keys> {
        let column = |side: &Side<'_>, column: usize| (1..side.cells.len()).map(|row| side.key(row, column).unwrap_or(u32::MAX)).collect();
        shared.iter().map(|(a, b)| [column(old, *a), column(new, *b)]).collect()
    };
    let pairs = align::in_order(&old_keys, &new_keys, second, worth).into_iter().map(|(i, j)| (i + 1, j + 1));
    let pairs: Vec<(usize, usize)> = std::iter::once((0, 0)).chain(pairs).collect();
    woven(old.cells.len(), new.cells.len(), &pairs)
}

/// Returns the rows of a list of records, told by their first cells, in the order of the new one; those that are gone come last.
fn records(old: &Side<'_>, new: &Side<'_>) -> Vec<Sides> {
    let mut places: HashMap<Option<u32>, VecDeque<usize>> = HashMap::new();
    for row in 1..old.cells.len() {
        places.entry(old.key(row, 0)).or_default().push_back(row);
    }
    let mut rows: Vec<Sides> = vec![(Some(0), Some(0))];
    rows.extend((1..new.cells.len()).map(|row| (places.get_mut(&new.key(row, 0)).and_then(VecDeque::pop_front), Some(row))));
    let mut gone: Vec<usize> = places.into_values().flatten().collect();
    gone.sort_unstable();
    rows.extend(gone.into_iter().map(|row| (Some(row), None)));
    rows
}

/// Returns all of both sides in an order that keeps both: what is gone stands before what came in its place.
pub fn woven(old: usize, new: usize, pairs: &[(usize, usize)]) -> Vec<Sides> {
    let mut woven = Vec::with_capacity(old.max(new));
    let (mut old_at, mut new_at) = (0, 0);
    for (i, j) in pairs.iter().copied().chain([(old, new)]) {
        woven.extend((old_at..i).map(|old| (Some(old), None)));
        woven.extend((new_at..j).map(|new| (None, Some(new))));
        if i < old && j < new {
            woven.push((Some(i), Some(j)));
        }
        (old_at, new_at) = (i + 1, j + 1);
    }
    woven
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::document;
    use crate::redline::trial::shown;
    use crate::redline::trial::told;
    use crate::redline::{Wording, between};

    fn table(rows: &[&str]) -> String {
        let columns = rows[0].matches('|').count() + 1;
        let mut text = format!("| {} |\n|{}\n", rows[0], "--|".repeat(columns));
        rows[1..].iter().for_each(|row| text.push_str(&format!("| {row} |\n")));
        text
    }

    fn rows(old: &[&str], new: &[&str]) -> String {
        shown(&table(old), &table(new)).join("\n")
    }

    #[test]
    fn rows_are_known_by_their_first_cells_and_by_what_they_say() {
        assert_eq!(rows(&["h|i", "a|b", "c|d"], &["h|i", "a|b", "c|d"]), "h|i / a|b / c|d");
        assert_eq!(rows(&["h|i", "a|b", "c|d"], &["h|i", "a|x", "c|d"]), "h|i / a|[-b-] {+x+} / c|d");
        assert_eq!(rows(&["h|i", "a|b", "c|d"], &["h|i", "c|d"]), "h|i / -[-a-]|[-b-] / c|d");
        assert_eq!(rows(&["h|i", "c|d"], &["h|i", "a|b", "c|d"]), "h|i / +{+a+}|{+b+} / c|d");
        assert_eq!(rows(&["h|i", "a|b"], &["h|i", "x|y"]), "h|i / -[-a-]|[-b-] / +{+x+}|{+y+}");
        assert_eq!(rows(&["h|i", "a|b c d e"], &["h|i", "x|b c d e"]), "h|i / [-a-] {+x+}|b c d e");
        assert_eq!(rows(&["h|i", "a|b"], &["k|i", "a|b"]), "[-h-] {+k+}|i / a|b");
        // Two rows of one name keep their order, those that say the same first.
        assert_eq!(rows(&["h|i", "a|b", "a|c"], &["h|i", "a|c"]), "h|i / -[-a-]|[-b-] / a|c");
        assert_eq!(rows(&["h|i", "a|b", "a|c"], &["h|i", "a|x", "a|c"]), "h|i / a|[-b-] {+x+} / a|c");
        // A row without a name is known by the rest.
        assert_eq!(rows(&["h|i", "|b", "|c"], &["h|i", "|c"]), "h|i / -|[-b-] / |c");
        assert_eq!(rows(&["h|i|j", "a|b|c d"], &["h|i|j", "a|x|y z"]), "h|i|j / a|[-b-] {+x+}|[-c d-] {+y z+}");
        // Cells alike tell more than nothing: the row that shares more is the one.
        assert_eq!(
            rows(&["h|i|j", "a b c|k|l"], &["h|i|j", "a b x|k|m", "a b y|k|l"]),
            "h|i|j / +{+a b x+}|{+k+}|{+m+} / a b [-c-] {+y+}|k|l"
        );
    }

    #[test]
    fn columns_are_known_by_their_headings_and_by_what_they_say() {
        assert_eq!(rows(&["h|i", "a|b"], &["h|x|i", "a|c|b"]), "h|{+x+}|i / a|{+c+}|b");
        assert_eq!(rows(&["h|x|i", "a|c|b"], &["h|i", "a|b"]), "h|[-x-]|i / a|[-c-]|b");
        assert_eq!(rows(&["h|i", "a|b c", "d|e f"], &["h|k", "a|b c", "d|e f"]), "h|[-i-] {+k+} / a|b c / d|e f");
        assert_eq!(rows(&["h|i", "a|b", "d|e"], &["h|k", "a|c", "d|f"]), "h|[-i-]|{+k+} / a|[-b-]|{+c+} / d|[-e-]|{+f+}");
        // Headings that say nothing tell less than what stands below them.
        assert_eq!(rows(&["h|", "a|b c"], &["h||", "a|d e|b c"]), "h|| / a|{+d e+}|b c");
        assert_eq!(rows(&["|i", "a|b"], &["|i", "a|c"]), "|i / a|[-b-] {+c+}");
        // Two of one heading are told apart by what they say.
        assert_eq!(rows(&["h|i|i", "a|b|c"], &["h|i|i", "a|b|x"]), "h|i|i / a|b|[-c-] {+x+}");
    }

    #[test]
    fn a_table_of_any_length_is_compared_row_by_row() {
        let changes = |old: &dyn Fn(usize) -> String, new: &dyn Fn(usize) -> String| {
            let text = |row: &dyn Fn(usize) -> String| format!("| k | v | w |\n|--|--|--|\n{}", (0..501).map(row).collect::<String>());
            let mut changes = told(&text(old), &text(new));
            changes.dedup();
            changes
        };
        let row = |at: usize| format!("| key {at} | says x{at} | is |\n");
        assert_eq!(changes(&row, &|at| row(at).replace("is", "was")), ["changed [-is-]{+was+}"]);
        assert_eq!(changes(&row, &|at| row(at).replace("key", "name")), ["changed [-key-]{+name+}"]);
        // Known by the second column where the first says the same everywhere.
        let same = |at: usize| format!("| key | x{at} | is |\n");
        assert_eq!(changes(&same, &|at| same(at).replace("is", "was")), ["changed [-is-]{+was+}"]);
    }

    #[test]
    fn both_orders_are_kept_where_they_are_woven() {
        let (old, new) = (|at: usize| (Some(at), None), |at: usize| (None, Some(at)));
        let both = |i: usize, j: usize| (Some(i), Some(j));
        assert_eq!(woven(3, 3, &[(1, 0)]), [old(0), both(1, 0), old(2), new(1), new(2)]);
        assert_eq!(woven(2, 2, &[(0, 0), (1, 1)]), [both(0, 0), both(1, 1)]);
        assert_eq!(woven(1, 2, &[]), [old(0), new(0), new(1)]);
        assert_eq!(woven(2, 1, &[(1, 0)]), [old(0), both(1, 0)]);
        assert_eq!(woven(1, 2, &[(0, 1)]), [new(0), both(0, 1)]);
        assert_eq!(woven(0, 0, &[]), []);
    }

    /// Returns the rows of a redline of two lists of companies, each with its country and the day it joined.
    fn records(old: &[&str], new: &[&str]) -> Vec<String> {
        let list = |entries: &[&str]| {
            let yaml: String = entries.iter().map(|entry| format!("- {{ {entry} }}\n")).collect();
            let document = document("subprocessors", &[("subprocessors.yaml", &format!("subprocessors:\n{yaml}"))]);
            Wording::of(&document)
        };
        let (old, new) = (list(old), list(new));
        let redline = between(&old, &new);
        crate::redline::trial::holds(&redline);
        let tell = |change: &crate::redline::Change| {
            let column = change.column.as_deref().map(|column| format!("{column}: ")).unwrap_or_default();
            format!("{} / {}{} > {}", redline.sections[change.section].title, column, change.old, change.new)
        };
        redline.changes.iter().map(tell).collect()
    }

    #[test]
    fn records_are_told_by_their_names_in_any_order() {
        let (a, b, c) = ("name: Alpha, purpose: Mail", "name: Beta, purpose: Logs", "name: Gamma, purpose: Backups, country: IE");
        assert_eq!(records(&[a, b], &[b, a]), Vec::<String>::new());
        assert_eq!(
            records(&[a, b], &[b, c]),
            ["Gamma /  > Gamma | Purpose: Backups | Country: IE", "Alpha / Alpha | Purpose: Mail > "].map(str::to_owned).to_vec()
        );
        assert_eq!(records(&[a, b], &["name: Beta, purpose: Log files", a]), ["Beta / Purpose: Logs > Log files"]);
        assert_eq!(records(&[a], &["name: Alpha, purpose: Mail, country: DE"]), ["Alpha / Country:  > DE"]);
        assert_eq!(records(&[a, a], &[a]).len(), 1);
        assert_eq!(records(&[b, a, c], &[]).len(), 3);
    }

    #[test]
    fn a_table_that_came_or_went_is_one_change() {
        let text = table(&["h|i", "a|b"]);
        assert_eq!(told("x", &format!("x\n\n{text}")), ["added [--]{+h | i | a | b+}"]);
        assert_eq!(told(&format!("x\n\n{text}"), "x"), ["removed [-h | i | a | b-]{++}"]);
        assert_eq!(told(&table(&["h|i", "a|b", "c|d"]), &text), ["removed [-c | d-]{++}"]);
        assert_eq!(told(&text, &table(&["h|i", "a|b", "c|d"])), ["added [--]{+c | d+}"]);
        assert_eq!(shown(&text, "h i a b").len(), 2);
    }
}
