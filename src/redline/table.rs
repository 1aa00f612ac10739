//! Tables: columns by their headings, rows by their first cells, then by what they say; cells are
//! compared like paragraphs.
//!
//! Columns and rows that stand elsewhere are the same where nothing else could be meant: they are
//! told once, and not cell by cell.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{Identity, matched};
use crate::redline::align::{Keys, Step};
use crate::redline::lexicon::{Bag, Lexicon};
use crate::redline::vocabulary::Index;
use crate::redline::wording::{Kind, Leaf};
use crate::redline::words::Line;
use crate::redline::{align, words};

/// How much two columns have in common, at least, to be one under two headings.
const COLUMN: f64 = 0.3;

/// How much two rows have in common, at least, to be one.
const ROW: f64 = 0.4;

/// How much the first cells of two rows have in common, at least, for the rows to be one: more than
/// half of both.
const NAME: f64 = 0.5;

/// How many words a row has, at least, to be known again elsewhere by saying the same.
const KNOWN: usize = 2;

/// What became of a table.
#[derive(Clone, Debug, Default)]
pub struct GridSteps {
    /// The columns of both tables as they are shown, each by its place in the old and in the new
    /// one.
    pub columns: Vec<Sides>,
    /// Those of both that stand elsewhere.
    pub moved: Vec<Sides>,
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
    /// Whether it stands elsewhere.
    pub moved: bool,
    /// What became of the cell in each column, where both versions have it.
    pub cells: Vec<Option<Vec<Step>>>,
}

/// The cells of a table as numbers.
struct Side<'a> {
    /// The head, then the rows.
    cells: Vec<&'a [Arc<Index>]>,
    columns: usize,
}

/// Returns what became of a table; `None` if one of the two is no table.
pub fn between(old: (&Leaf, &Index), new: (&Leaf, &Index), lexicon: &Lexicon) -> Option<GridSteps> {
    let (Kind::Table(_), Kind::Table(_)) = (&old.0.kind, &new.0.kind) else {
        return None;
    };
    let shown = |sides: &Sides| {
        sides.0.is_some_and(|at| old.0.shows(at)) || sides.1.is_some_and(|at| new.0.shows(at))
    };
    let records =
        (old.0.is_records() && new.0.is_records()).then(|| (old.0.records(), new.0.records()));
    let same = old.1.key == new.1.key;
    let (old, new) = (side(old.0, old.1), side(new.0, new.1));
    let same =
        same && old.cells.iter().map(|row| row.len()).eq(new.cells.iter().map(|row| row.len()));
    let stayed = |count: usize| (0..count).map(|at| (Some(at), Some(at))).collect::<Vec<Sides>>();
    let (mut columns, moved) = match same {
        true => (stayed(old.columns), Vec::new()),
        false => columns(&old, &new, lexicon),
    };
    columns.retain(shown);
    let (rows, rows_moved) = match records {
        Some((old, new)) => (self::records(old, new), Vec::new()),
        None if same => (stayed(old.cells.len()), Vec::new()),
        None => rows(&old, &new, &columns, lexicon),
    };
    let rows_moved: HashSet<Sides> = rows_moved.into_iter().collect();
    let cell = |row: Sides, column: &Sides| -> Option<Vec<Step>> {
        let (old, new) = (old.cells[row.0?].get(column.0?)?, new.cells[row.1?].get(column.1?)?);
        if old.folded == new.folded {
            return Some(words::stayed(old.folded.len()));
        }
        let line = |cell: &Arc<Index>| Line::of(std::iter::once(&**cell));
        Some(words::steps(&line(old), &line(new), lexicon))
    };
    let row = |sides: Sides| {
        let cells = columns.iter().map(|column| cell(sides, column)).collect();
        RowSteps { sides, moved: rows_moved.contains(&sides), cells }
    };
    Some(GridSteps { rows: rows.into_iter().map(row).collect(), columns, moved })
}

fn side<'a>(leaf: &'a Leaf, index: &'a Index) -> Side<'a> {
    let mut rest = index.cells.as_slice();
    let mut take = |row: &[Leaf]| {
        let (cells, after) = rest.split_at(row.len());
        rest = after;
        cells
    };
    let cells: Vec<&[Arc<Index>]> = leaf.rows().into_iter().map(&mut take).collect();
    Side { columns: cells.iter().map(|row| row.len()).max().unwrap_or(0), cells }
}

impl<'a> Side<'a> {
    fn key(&self, row: usize, column: usize) -> Option<u32> {
        self.cells[row].get(column).map(|cell| cell.key)
    }

    fn column(&self, column: usize) -> impl Iterator<Item = &'a Arc<Index>> {
        self.cells.iter().filter_map(move |row| row.get(column))
    }
}

/// Returns the columns in the order in which they are shown, and those of them that moved.
fn columns(old: &Side<'_>, new: &Side<'_>, lexicon: &Lexicon) -> (Vec<Sides>, Vec<Sides>) {
    let bags = |side: &Side<'_>| -> Vec<Bag> {
        (0..side.columns).map(|column| lexicon.bag(side.column(column))).collect()
    };
    let (old_bags, new_bags) = (bags(old), bags(new));
    let worth = |i: usize, j: usize| {
        let likeness = lexicon.bags(&old_bags[i], &new_bags[j]);
        match old.key(0, i) == new.key(0, j) {
            // A heading without words tells less.
            true if old.cells[0].get(i).is_some_and(|cell| cell.folded.is_empty()) => {
                0.5 + likeness
            }
            true => 2.0,
            false if likeness >= COLUMN => likeness,
            false => 0.0,
        }
    };
    // No two columns are told to be equal at once: the first one that says the same need not be the
    // one.
    let keys = |first: u32, count: usize| (first..).take(count).collect::<Vec<u32>>();
    let pairs =
        align::in_order(&keys(0, old.columns), &keys(u32::MAX / 2, new.columns), Vec::new, worth);
    let mut woven = woven(old.columns, new.columns, &pairs);
    // A heading that says something and stands once in each is the same column.
    let heading = |side: &Side<'_>, column: usize| {
        side.cells[0].get(column).filter(|cell| !cell.folded.is_empty()).map(|cell| cell.key)
    };
    let moved = elsewhere(&woven, |at| heading(old, at), |at| heading(new, at));
    place(&mut woven, &moved);
    (woven, moved)
}

/// Returns the rows in the order in which they are shown, and those of them that moved; the heads
/// are one row.
fn rows(
    old: &Side<'_>,
    new: &Side<'_>,
    columns: &[Sides],
    lexicon: &Lexicon,
) -> (Vec<Sides>, Vec<Sides>) {
    let shared: Vec<(usize, usize)> =
        columns.iter().filter_map(|(old, new)| Some(((*old)?, (*new)?))).collect();
    let said = |side: &Side<'_>, row: usize| lexicon.bag(side.cells[row].iter());
    let old_bags: Vec<_> = (0..old.cells.len()).map(|row| said(old, row)).collect();
    let new_bags: Vec<_> = (0..new.cells.len()).map(|row| said(new, row)).collect();
    let first = shared.first().copied();
    let worth = |i: usize, j: usize| {
        let (i, j) = (i + 1, j + 1);
        let equal = shared.iter().filter(|(a, b)| old.key(i, *a) == new.key(j, *b)).count();
        let named = first.is_some_and(|(a, b)| {
            old.key(i, a) == new.key(j, b)
                && old.cells[i].get(a).is_some_and(|cell| cell.spoken > 0)
        });
        let likeness = lexicon.bags(&old_bags[i], &new_bags[j]);
        let alike = || {
            first
                .and_then(|(a, b)| {
                    let bag = |cell| lexicon.bag(std::iter::once(cell));
                    Some(lexicon.bags(&bag(old.cells[i].get(a)?), &bag(new.cells[j].get(b)?)))
                })
                .unwrap_or(0.0)
        };
        match named || likeness >= ROW || alike() > NAME {
            true => 0.1 + likeness + equal as f64 * 0.2 + if named { 1.0 } else { 0.0 },
            false => 0.0,
        }
    };
    let mut numbers: HashMap<Vec<Option<u32>>, u32> = HashMap::new();
    let mut keys = |side: &Side<'_>, place: fn(&(usize, usize)) -> usize| -> Vec<u32> {
        let said =
            |row: usize| shared.iter().map(|pair| side.key(row, place(pair))).collect::<Vec<_>>();
        let rows = (1..side.cells.len()).map(|row| {
            let next = u32::try_from(numbers.len()).expect("a table has fewer rows than that");
            *numbers.entry(said(row)).or_insert(next)
        });
        rows.collect()
    };
    let (old_keys, new_keys) = (keys(old, |pair| pair.0), keys(new, |pair| pair.1));
    // A row is known by any cell that no other row has, the first column before the others.
    let second = || -> Vec<Keys> {
        let column = |side: &Side<'_>, column: usize| {
            (1..side.cells.len()).map(|row| side.key(row, column).unwrap_or(u32::MAX)).collect()
        };
        shared.iter().map(|(a, b)| [column(old, *a), column(new, *b)]).collect()
    };
    let pairs = align::in_order(&old_keys, &new_keys, second, worth)
        .into_iter()
        .map(|(i, j)| (i + 1, j + 1));
    let pairs: Vec<(usize, usize)> = std::iter::once((0, 0)).chain(pairs).collect();
    let mut woven = woven(old.cells.len(), new.cells.len(), &pairs);
    // A row that says the same, or whose name stands once in each, is the same row.
    let enough = |row: &[Arc<Index>]| row.iter().map(|cell| cell.spoken).sum::<usize>() >= KNOWN;
    let said = |side: &Side<'_>, keys: &[u32], row: usize| {
        row.checked_sub(1).filter(|_| enough(side.cells[row])).map(|at| keys[at])
    };
    let mut moved =
        elsewhere(&woven, |row| said(old, &old_keys, row), |row| said(new, &new_keys, row));
    place(&mut woven, &moved);
    let name = |side: &Side<'_>, row: usize, column: Option<usize>| {
        side.cells[row]
            .get(column?)
            .filter(|cell| cell.spoken > 0 && enough(side.cells[row]))
            .map(|cell| cell.key)
    };
    let named = elsewhere(
        &woven,
        |row| name(old, row, first.map(|pair| pair.0)),
        |row| name(new, row, first.map(|pair| pair.1)),
    );
    place(&mut woven, &named);
    moved.extend(named);
    (woven, moved)
}

/// Returns what has another place on each side, told by a key that each side has once.
fn elsewhere(
    woven: &[Sides],
    old_key: impl Fn(usize) -> Option<u32>,
    new_key: impl Fn(usize) -> Option<u32>,
) -> Vec<Sides> {
    /// How often a key stands on a side, and where the other side has nothing.
    type Places = (usize, Option<usize>);
    let mut places: HashMap<u32, (Places, Places)> = HashMap::new();
    for (old, new) in woven.iter().copied() {
        if let Some(key) = old.and_then(&old_key) {
            let (times, alone) = &mut places.entry(key).or_default().0;
            (*times, *alone) = (*times + 1, old.filter(|_| new.is_none()));
        }
        if let Some(key) = new.and_then(&new_key) {
            let (times, alone) = &mut places.entry(key).or_default().1;
            (*times, *alone) = (*times + 1, new.filter(|_| old.is_none()));
        }
    }
    let once = |(times, alone): Places| alone.filter(|_| times == 1);
    let mut moved: Vec<Sides> = places
        .into_values()
        .filter_map(|(old, new)| Some((Some(once(old)?), Some(once(new)?))))
        .collect();
    moved.sort_unstable_by_key(|sides| sides.1);
    moved
}

/// Puts what moved where it stands now.
fn place(woven: &mut Vec<Sides>, moved: &[Sides]) {
    let gone: HashSet<Option<usize>> = moved.iter().map(|sides| sides.0).collect();
    let came: HashMap<Option<usize>, Sides> = moved.iter().map(|sides| (sides.1, *sides)).collect();
    woven.retain(|(old, new)| new.is_some() || !gone.contains(old));
    woven
        .iter_mut()
        .filter(|(old, _)| old.is_none())
        .for_each(|sides| *sides = came.get(&sides.1).copied().unwrap_or(*sides));
}

/// Returns the rows of a list of records below their heads, in the order of the new one; those that
/// are gone come last.
fn records(old: &[Identity], new: &[Identity]) -> Vec<Sides> {
    let below = |place: Option<usize>| place.map(|place| place + 1);
    let rows = matched(old, new).into_iter().map(|(old, new)| (below(old), below(new)));
    std::iter::once((Some(0), Some(0))).chain(rows).collect()
}

/// Merges both sides in order, removed items before the added ones that replace them.
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

    use crate::redline::trial::{document, shown, told};
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
        assert_eq!(
            rows(&["h|i", "a|b", "c|d"], &["h|i", "a|x", "c|d"]),
            "h|i / a|[-b-] {+x+} / c|d"
        );
        assert_eq!(rows(&["h|i", "a|b", "c|d"], &["h|i", "c|d"]), "h|i / -[-a-]|[-b-] / c|d");
        assert_eq!(rows(&["h|i", "c|d"], &["h|i", "a|b", "c|d"]), "h|i / +{+a+}|{+b+} / c|d");
        assert_eq!(rows(&["h|i", "a|b"], &["h|i", "x|y"]), "h|i / -[-a-]|[-b-] / +{+x+}|{+y+}");
        assert_eq!(rows(&["h|i", "a|b c d e"], &["h|i", "x|b c d e"]), "h|i / [-a-] {+x+}|b c d e");
        assert_eq!(rows(&["h|i", "a|b"], &["k|i", "a|b"]), "[-h-] {+k+}|i / a|b");
        // Two rows of one name keep their order, those that say the same first.
        assert_eq!(rows(&["h|i", "a|b", "a|c"], &["h|i", "a|c"]), "h|i / -[-a-]|[-b-] / a|c");
        assert_eq!(
            rows(&["h|i", "a|b", "a|c"], &["h|i", "a|x", "a|c"]),
            "h|i / a|[-b-] {+x+} / a|c"
        );
        // A row without a name is known by the rest.
        assert_eq!(rows(&["h|i", "|b", "|c"], &["h|i", "|c"]), "h|i / -|[-b-] / |c");
        assert_eq!(
            rows(&["h|i|j", "a|b|c d"], &["h|i|j", "a|x|y z"]),
            "h|i|j / a|[-b-] {+x+}|[-c d-] {+y z+}"
        );
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
        assert_eq!(
            rows(&["h|i", "a|b c", "d|e f"], &["h|k", "a|b c", "d|e f"]),
            "h|[-i-] {+k+} / a|b c / d|e f"
        );
        assert_eq!(
            rows(&["h|i", "a|b", "d|e"], &["h|k", "a|c", "d|f"]),
            "h|[-i-]|{+k+} / a|[-b-]|{+c+} / d|[-e-]|{+f+}"
        );
        // Headings that say nothing tell less than what stands below them.
        assert_eq!(rows(&["h|", "a|b c"], &["h||", "a|d e|b c"]), "h|| / a|{+d e+}|b c");
        assert_eq!(rows(&["|i", "a|b"], &["|i", "a|c"]), "|i / a|[-b-] {+c+}");
        // Two of one heading are told apart by what they say.
        assert_eq!(rows(&["h|i|i", "a|b|c"], &["h|i|i", "a|b|x"]), "h|i|i / a|b|[-c-] {+x+}");
    }

    #[test]
    fn a_column_that_stands_elsewhere_is_told_once() {
        let tell = |old: &[&str], new: &[&str]| (rows(old, new), told(&table(old), &table(new)));
        let (old, new) = (["h|i|j", "a|b|c", "d|e|f"], ["h|j|i", "a|c|b", "d|f|e"]);
        assert_eq!(
            tell(&old, &new),
            ("h|j|i / a|c|b / d|f|e".to_owned(), vec!["structure: column “i” moved".to_owned()])
        );
        // What changed in it besides is told besides.
        let edited = ["h|j|i", "a|c|b", "d|f|x"];
        let told_of =
            ["structure: column “i” moved", "changed [-e-]{+x+}"].map(str::to_owned).to_vec();
        assert_eq!(tell(&old, &edited), ("h|j|i / a|c|b / d|f|[-e-] {+x+}".to_owned(), told_of));
        // One of two that are called the same, or of none, is not known elsewhere.
        assert_eq!(
            told(&table(&["i|i|j", "a|b|c"]), &table(&["j|i|i", "c|a|b"])),
            ["structure: column “j” moved"]
        );
        assert!(
            told(&table(&["i|i|j|k", "a|b|c|d"]), &table(&["j|k|i|l", "c|d|a|e"]))
                .iter()
                .all(|change| !change.contains("“i”"))
        );
        assert!(
            told(&table(&["|j|k", "a|b|c"]), &table(&["j|k|", "b|c|a"]))
                .iter()
                .all(|change| !change.starts_with("structure"))
        );
        // Beside a column that came, and one that went.
        assert_eq!(
            told(&table(&["h|i|j", "a|b|c"]), &table(&["j|x|h", "c|y|a"]))
                .iter()
                .filter(|change| change.starts_with("structure"))
                .count(),
            1
        );
        // How a column is set is told of the column, wherever it stands.
        let set =
            |marks: &str, head: &str, row: &str| format!("| {head} |\n|{marks}|\n| {row} |\n");
        let (old, new) = (set("--|:-:|--", "h|i|j", "a|b|c"), set("--|--|:-:", "h|j|i", "a|c|b"));
        assert_eq!(told(&old, &new), ["structure: column “i” moved"]);
        assert_eq!(
            told(&old, &set("--|--|--", "h|i|j", "a|b|c")),
            ["structure: column “i” at the start"]
        );
        assert_eq!(
            told(&set("--|--", "h|j", "a|c"), &set("--|--|--", "h||j", "a||c")),
            ["structure: column without words added"]
        );
        assert_eq!(
            told(&set("--|--|--", "h||j", "a||c"), &set("--|--", "h|j", "a|c")),
            ["structure: column without words removed"]
        );
    }

    #[test]
    fn a_row_that_stands_elsewhere_is_told_once() {
        let tell = |old: &[&str], new: &[&str]| (rows(old, new), told(&table(old), &table(new)));
        let (a, b, c) = ("Alpha|mail for all", "Beta|logs of all", "Gamma|nothing at all");
        let moved = (
            "h|i / Beta|logs of all / Gamma|nothing at all / >Alpha|mail for all".to_owned(),
            vec!["structure: row moved".to_owned()],
        );
        assert_eq!(tell(&["h|i", a, b, c], &["h|i", b, c, a]), moved);
        // Its name is enough, and what changed in it is told besides.
        assert_eq!(
            tell(&["h|i", a, b, c], &["h|i", b, c, "Alpha|post"]).1,
            ["structure: row moved", "changed [-mail for all-]{+post+}"]
                .map(str::to_owned)
                .to_vec()
        );
        // A name of two is no name, and a word alone is no row that is known again.
        let twice =
            told(&table(&["h|i", a, "Alpha|x y", b, c]), &table(&["h|i", b, c, "Alpha|post"]));
        assert!(twice.iter().all(|change| !change.starts_with("structure")), "{twice:?}");
        assert!(
            told(&table(&["h|i", "a|", b, c]), &table(&["h|i", b, c, "a|"]))
                .iter()
                .all(|change| !change.starts_with("structure"))
        );
        assert_eq!(
            told(&table(&["h|i", a, b]), &table(&["h|i", a, "|", b])),
            ["structure: row without words added"]
        );
        assert_eq!(
            told(&table(&["h|i", a, "|", b]), &table(&["h|i", a, b])),
            ["structure: row without words removed"]
        );
    }

    proptest::proptest! {
        #![proptest_config(crate::redline::trial::quick())]

        #[test]
        fn nothing_is_lost_wherever_rows_and_columns_stand(
            sides in proptest::collection::vec(
                (proptest::collection::vec(0..5_usize, 1..5), proptest::collection::vec((0..6_usize, 0..4_usize), 0..7)), 2),
        ) {
            // A column or a row of one number says the same in both, but for what is edited.
            let text = |(columns, rows): &(Vec<usize>, Vec<(usize, usize)>)| {
                let cell = |row: usize, edit: usize, column: usize| match (row + column) % 5 {
                    0 => String::new(),
                    1 if edit == 0 => "the same".to_owned(),
                    _ => format!("r{row} c{column} e{}", if column.is_multiple_of(2) { 0 } else { edit }),
                };
                let head = columns.iter().map(|column| if *column == 4 { String::new() } else { format!("h{column}") }).collect::<Vec<_>>();
                let rows = rows.iter().map(|(row, edit)| columns.iter().map(|column| cell(*row, *edit, *column)).collect::<Vec<_>>().join("|"));
                let rows: Vec<String> = std::iter::once(head.join("|")).chain(rows).collect();
                table(&rows.iter().map(String::as_str).collect::<Vec<_>>())
            };
            told(&text(&sides[0]), &text(&sides[1]));
        }
    }

    #[test]
    fn a_row_whose_name_changed_a_little_is_the_same_row() {
        assert_eq!(
            rows(&["h|i", "Alpha Cloud Ltd|b", "c|d"], &["h|i", "Alpha Cloud Limited|x", "c|d"]),
            "h|i / Alpha Cloud [-Ltd-] {+Limited+}|[-b-] {+x+} / c|d"
        );
        assert_eq!(
            rows(&["h|i", "Alpha Ltd|b"], &["h|i", "Alpha Limited|x"]),
            "h|i / -[-Alpha Ltd-]|[-b-] / +{+Alpha Limited+}|{+x+}"
        );
    }

    #[test]
    fn a_row_stands_on_its_own_line() {
        let lines = |old: &[&str], new: &[&str]| {
            let text = |rows: &[&str]| format!("x\n\n{}", table(rows));
            crate::redline::trial::checked(&text(old), &text(new), |redline| {
                redline
                    .changes
                    .iter()
                    .map(|change| (change.old_lines, change.new_lines))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            lines(&["h|i", "a|b", "c|d"], &["h|i", "a|b", "c|x"]),
            [(Some((6, 6)), Some((6, 6)))]
        );
        assert_eq!(lines(&["h|i", "a|b", "c|d"], &["h|i", "c|d"]), [(Some((5, 5)), None)]);
        assert_eq!(lines(&["h|i", "a|b"], &["h|i", "a|b", "c|d"]), [(None, Some((6, 6)))]);
        assert_eq!(lines(&["h|i", "a|b"], &["k|i", "a|b"]), [(Some((3, 3)), Some((3, 3)))]);
        assert_eq!(
            lines(&["h|i", "a|", "c|d"], &["h|i", "a|b", "c|d"]),
            [(Some((5, 5)), Some((5, 5)))]
        );
        let moved = lines(
            &["h|i", "Alpha|b c", "Beta|d e", "Gamma|f g"],
            &["h|i", "Beta|d e", "Gamma|f g", "Alpha|b c"],
        );
        assert_eq!(moved, [(Some((5, 5)), Some((7, 7)))]);
    }

    #[test]
    fn a_table_of_any_length_is_compared_row_by_row() {
        let changes = |old: &dyn Fn(usize) -> String, new: &dyn Fn(usize) -> String| {
            let text = |row: &dyn Fn(usize) -> String| {
                format!("| k | v | w |\n|--|--|--|\n{}", (0..501).map(row).collect::<String>())
            };
            let mut changes = told(&text(old), &text(new));
            changes.dedup();
            changes
        };
        let row = |at: usize| format!("| key {at} | says x{at} | is |\n");
        assert_eq!(changes(&row, &|at| row(at).replace("is", "was")), ["changed [-is-]{+was+}"]);
        assert_eq!(
            changes(&row, &|at| row(at).replace("key", "name")),
            ["changed [-key-]{+name+}"]
        );
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

    /// Returns the rows of a redline of two lists of companies, each with its country and the day
    /// it joined.
    fn records(old: &[&str], new: &[&str]) -> Vec<String> {
        let list = |entries: &[&str]| {
            let yaml: String = entries.iter().map(|entry| format!("- {{ {entry} }}\n")).collect();
            let document = document(
                "subprocessors",
                &[("subprocessors.yaml", &format!("subprocessors:\n{yaml}"))],
            );
            Wording::of(&document)
        };
        let (old, new) = (list(old), list(new));
        let redline = between(&old, &new);
        crate::redline::trial::holds(&redline);
        let tell = |change: &crate::redline::Change| {
            let column =
                change.column.as_deref().map(|column| format!("{column}: ")).unwrap_or_default();
            format!(
                "{} / {}{} > {}",
                redline.sections[change.section].title, column, change.old, change.new
            )
        };
        redline.changes.iter().map(tell).collect()
    }

    #[test]
    fn records_are_told_by_their_names_in_any_order() {
        let (a, b, c) = (
            "name: Alpha, purpose: Mail",
            "name: Beta, purpose: Logs",
            "name: Gamma, purpose: Backups, country: IE",
        );
        assert_eq!(records(&[a, b], &[b, a]), Vec::<String>::new());
        assert_eq!(
            records(&[a, b], &[b, c]),
            [
                "Gamma /  > Gamma | Purpose: Backups | Country: IE",
                "Alpha / Alpha | Purpose: Mail > "
            ]
            .map(str::to_owned)
            .to_vec()
        );
        assert_eq!(
            records(&[a, b], &["name: Beta, purpose: Log files", a]),
            ["Beta / Purpose: Logs > Log files"]
        );
        assert_eq!(
            records(&[a], &["name: Alpha, purpose: Mail, country: DE"]),
            ["Alpha / Country:  > DE"]
        );
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
