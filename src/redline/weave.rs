//! Both versions in one sequence: the new one with its marks, and what is gone where it stood.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::messages::Phrase;
use crate::redline::align::Step;
use crate::redline::frame::Frames;
use crate::redline::lexicon::Lexicon;
use crate::redline::pair::Pair;
use crate::redline::pairing::Pairing;
use crate::redline::piece::{Cell, Fate, On, Piece, Place, Row, Rows, Side, Stretch, Turn};
use crate::redline::stretch::{Leaves, stretched};
use crate::redline::table::{GridSteps, RowSteps, Sides};
use crate::redline::wording::{Container, Leaf, Part, Shape, Wording};
use crate::redline::{Moved, frame};

/// How many slots are tried for what is gone.
const SLOTS: usize = 1_000_000;

/// What stands in a sequence: a leaf, or a section that moved, by the number of the move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Item {
    Leaf(usize),
    Section(usize),
}

struct Weaver<'a> {
    old: &'a Wording,
    new: &'a Wording,
    lexicon: &'a Lexicon,
    pairing: &'a Pairing,
    /// Which pair a leaf of the old version belongs to.
    old_pairs: Vec<Option<usize>>,
    new_pairs: Vec<Option<usize>>,
    /// What number a container of the old version has in the sequence.
    numbers: Vec<u32>,
    /// Which containers of the new version the old one has, too.
    known: Vec<bool>,
    /// The moves of leaves, numbered after those of sections.
    moves: HashMap<usize, usize>,
    /// The moves of sections: old and new.
    sections: Vec<(usize, usize)>,
    pieces: Vec<Piece>,
}

/// Returns both versions in one sequence, and which sections of the new version moved, each with
/// the number of its move.
pub fn pieces(
    old: &Wording,
    new: &Wording,
    lexicon: &Lexicon,
    pairing: &Pairing,
) -> (Vec<Piece>, BTreeMap<u32, Moved>) {
    let by_leaf = |wording: &Wording, side: fn(&Pair) -> &Range<usize>| {
        let mut pairs = vec![None; wording.leaves.len()];
        for (index, pair) in pairing.pairs.iter().enumerate() {
            pairs[side(pair).clone()].fill(Some(index));
        }
        pairs
    };
    let sections: Vec<(usize, usize)> = pairing
        .sections
        .iter()
        .filter(|same| same.moved)
        .map(|same| (same.old, same.new))
        .collect();
    let moved =
        pairing.pairs.iter().enumerate().filter(|(_, pair)| pair.moved).map(|(index, _)| index);
    let (numbers, known) = numbers(old, new, pairing);
    let mut weaver = Weaver {
        old,
        new,
        lexicon,
        pairing,
        old_pairs: by_leaf(old, |pair| &pair.old),
        new_pairs: by_leaf(new, |pair| &pair.new),
        known,
        numbers,
        moves: moved.zip(sections.len()..).collect(),
        sections,
        pieces: Vec::new(),
    };
    let old_items = items(old, weaver.sections.iter().map(|(old, _)| *old));
    let new_items = items(new, weaver.sections.iter().map(|(_, new)| *new));
    weaver.weave(&old_items, &new_items);
    let moved = weaver.sections.iter().enumerate().filter_map(|(number, (_, section))| {
        Some((container(new, *section)?, Moved { number, section: *section, change: 0 }))
    });
    let moved = moved.collect();
    (weaver.pieces, moved)
}

/// Returns the leaves in order, with a section that moved as one item, numbered by its place in
/// `moved`.
fn items(wording: &Wording, moved: impl Iterator<Item = usize>) -> Vec<Item> {
    let moved: HashMap<usize, usize> = moved.zip(0..).collect();
    let section = |(index, part): (usize, &Part)| match moved.get(&index) {
        Some(number) => vec![Item::Section(*number)],
        None => (part.first..part.end).map(Item::Leaf).collect(),
    };
    wording.sections.iter().enumerate().flat_map(section).collect()
}

/// Returns the number of the container of a section.
fn container(wording: &Wording, section: usize) -> Option<u32> {
    let part = &wording.sections[section];
    wording.leaves[part.first..part.end]
        .iter()
        .find_map(|leaf| leaf.path.first())
        .map(|container| container.number)
}

/// Numbers the containers of the old version: like that of the new one which holds the same leaves,
/// else on their own. Says which of those of the new version the old one has, too.
fn numbers(old: &Wording, new: &Wording, pairing: &Pairing) -> (Vec<u32>, Vec<bool>) {
    let mut votes: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for same in &pairing.sections {
        if let (Some(old), Some(new)) = (container(old, same.old), container(new, same.new)) {
            votes.insert((old, new), usize::MAX);
        }
    }
    for pair in pairing.pairs.iter().filter(|pair| !pair.moved) {
        let (old, new) = (&old.leaves[pair.old.start], &new.leaves[pair.new.start]);
        for (old, new) in old.path.iter().zip(&new.path) {
            if std::mem::discriminant(&old.shape) != std::mem::discriminant(&new.shape) {
                break;
            }
            if !matches!(old.shape, Shape::Section(_)) {
                *votes.entry((old.number, new.number)).or_default() += 1;
            }
        }
    }
    let mut votes: Vec<((u32, u32), usize)> = votes.into_iter().collect();
    votes.sort_by_key(|(pair, votes)| (std::cmp::Reverse(*votes), *pair));
    let mut numbers: Vec<u32> = (new.containers..).take(old.containers as usize).collect();
    let mut known = vec![false; new.containers as usize];
    for ((old, of_new), _) in votes {
        let own = numbers[old as usize] >= new.containers;
        if own && !std::mem::replace(&mut known[of_new as usize], true) {
            numbers[old as usize] = of_new;
        }
    }
    (numbers, known)
}

/// Returns the containers around a leaf of the old version by their numbers in the sequence.
fn path_in_sequence(old: &Wording, leaf: usize, numbers: &[u32]) -> Vec<Container> {
    let number = |container: &Container| Container {
        number: numbers[container.number as usize],
        ..*container
    };
    old.leaves[leaf].path.iter().map(number).collect()
}

impl Weaver<'_> {
    fn weave(&mut self, old: &[Item], new: &[Item]) {
        let (mut old_at, mut new_at) = (0, 0);
        while old_at < old.len() || new_at < new.len() {
            let new_gap = new[new_at..]
                .iter()
                .position(|item| self.stayed_new(*item).is_some())
                .map_or(new.len(), |gap| new_at + gap);
            let next = new.get(new_gap).and_then(|item| self.stayed_new(*item));
            let old_gap = match next {
                Some(pair) => old[old_at..]
                    .iter()
                    .position(|item| self.stayed_old(*item) == Some(pair))
                    .map_or(old.len(), |gap| old_at + gap),
                None => old.len(),
            };
            self.gap(&old[old_at..old_gap], &new[new_at..new_gap], new.get(new_gap));
            (old_at, new_at) = (old_gap, new_gap);
            if let Some(pair) = next {
                self.pair(pair, Place::Kept);
                let pair = &self.pairing.pairs[pair];
                (old_at, new_at) =
                    (old.len().min(old_at + pair.old.len()), new_at + pair.new.len());
            }
        }
    }

    fn stayed_old(&self, item: Item) -> Option<usize> {
        let Item::Leaf(leaf) = item else { return None };
        self.old_pairs[leaf].filter(|pair| !self.pairing.pairs[*pair].moved)
    }

    fn stayed_new(&self, item: Item) -> Option<usize> {
        let Item::Leaf(leaf) = item else { return None };
        self.new_pairs[leaf].filter(|pair| !self.pairing.pairs[*pair].moved)
    }

    /// Weaves what stands between two leaves that stayed: each thing that is gone goes where it
    /// breaks the fewest containers.
    fn gap(&mut self, old: &[Item], new: &[Item], after: Option<&Item>) {
        let (wording, after) =
            (self.new, after.map(|item| path_of(self.new, *item)).unwrap_or_default());
        let next = |slot: usize| new.get(slot).map_or(after, |item| path_of(wording, *item));
        let mut slot = 0;
        let mut placed = 0;
        for item in old {
            let path = self.path_of_old(*item);
            let before = self.pieces.last().map(|piece| piece.path.as_slice()).unwrap_or_default();
            let mut best = (fit(before, &path, next(slot)), slot);
            if (old.len()) * (new.len() + 1) <= SLOTS {
                for at in slot + 1..=new.len() {
                    let fit = fit(path_of(wording, new[at - 1]), &path, next(at));
                    if fit > best.0 {
                        best = (fit, at);
                    }
                }
            }
            slot = best.1;
            new[placed..slot].iter().for_each(|item| self.came(*item));
            placed = slot;
            self.went(*item, path);
        }
        new[placed..].iter().for_each(|item| self.came(*item));
    }

    fn path_of_old(&self, item: Item) -> Vec<Container> {
        let Item::Leaf(leaf) = item else { return Vec::new() };
        path_in_sequence(self.old, leaf, &self.numbers)
    }

    fn came(&mut self, item: Item) {
        match item {
            Item::Section(number) => {
                let (old, new) = self.sections[number];
                let leaves =
                    |part: &Part| (part.first..part.end).map(Item::Leaf).collect::<Vec<Item>>();
                let (old, new) = (leaves(&self.old.sections[old]), leaves(&self.new.sections[new]));
                self.weave(&old, &new);
            }
            Item::Leaf(leaf) => match self.new_pairs[leaf] {
                Some(pair) => self.pair(pair, Place::MovedHere(self.moves[&pair])),
                None => {
                    let stretches =
                        vec![Stretch::added(leaf, 0..self.new.leaves[leaf].tokens.len())];
                    self.put(
                        self.new.leaves[leaf].path.clone(),
                        Side::New(leaf),
                        Place::Added,
                        stretches,
                    );
                }
            },
        }
    }

    fn went(&mut self, item: Item, path: Vec<Container>) {
        match item {
            Item::Section(number) => {
                let leaf = Side::Old(self.old.sections[self.sections[number].0].first);
                self.put(path, leaf, Place::SectionMovedAway(number), Vec::new());
            }
            Item::Leaf(leaf) => match self.old_pairs[leaf] {
                Some(pair) => {
                    self.put(path, Side::Old(leaf), Place::MovedAway(self.moves[&pair]), Vec::new())
                }
                None => {
                    let stretches =
                        vec![Stretch::removed(leaf, 0..self.old.leaves[leaf].tokens.len())];
                    self.put(path, Side::Old(leaf), Place::Removed, stretches);
                }
            },
        }
    }

    fn put(
        &mut self,
        path: Vec<Container>,
        leaf: Side<usize>,
        place: Place,
        stretches: Vec<Stretch>,
    ) {
        let rows = match (leaf, place) {
            (_, Place::MovedAway(_) | Place::SectionMovedAway(_)) => None,
            (Side::Old(at), _) if self.old.leaves[at].is_table() => {
                Some(self.whole(leaf, &self.old.leaves[at]))
            }
            (Side::New(at), _) if self.new.leaves[at].is_table() => {
                Some(self.whole(leaf, &self.new.leaves[at]))
            }
            _ => None,
        };
        let stretches = if rows.is_some() { Vec::new() } else { stretches };
        self.pieces.push(Piece {
            path,
            leaf,
            place,
            stretches,
            change: None,
            rows,
            turns: Vec::new(),
        });
    }

    /// Puts leaves that both versions have.
    fn pair(&mut self, number: usize, place: Place) {
        let pair = &self.pairing.pairs[number];
        let old = Leaves::new(pair.old.clone(), &self.old.leaves);
        let new = Leaves::new(pair.new.clone(), &self.new.leaves);
        let mut stretches = Vec::new();
        for step in &pair.steps {
            stretched(
                step,
                &old,
                &new,
                |leaf| &self.lexicon.old[leaf],
                |leaf| &self.lexicon.new[leaf],
                &mut stretches,
            );
        }
        let rows = pair.grid.as_ref().map(|grid| self.rows(grid, pair));
        let mut stretches = stretches.into_iter().peekable();
        for leaf in pair.new.clone() {
            let mut own = Vec::new();
            if leaf > pair.new.start {
                own.push(Stretch::mark(Fate::Split));
            }
            // What is gone stands with the words before it.
            while let Some(stretch) =
                stretches.next_if(|stretch| stretch.new.as_ref().is_none_or(|(at, _)| *at == leaf))
            {
                own.push(stretch);
            }
            self.put(self.new.leaves[leaf].path.clone(), Side::New(leaf), place, own);
            // A paragraph that was split off is told by that.
            if let Some(piece) = self.pieces.last_mut().filter(|_| leaf == pair.new.start) {
                let old_path = path_in_sequence(self.old, pair.old.start, &self.numbers);
                let frames = Frames {
                    old: (&self.old.leaves[pair.old.start], &old_path),
                    new: (&self.new.leaves[leaf], &self.new.leaves[leaf].path),
                    known: (!pair.moved).then_some(self.known.as_slice()),
                    table: pair.grid.as_ref(),
                };
                piece.turns = frame::turns(&frames);
            }
        }
        if let Some(piece) = self.pieces.last_mut().filter(|_| rows.is_some()) {
            piece.rows = rows;
        }
    }

    /// Returns the rows of a table that only one version has.
    fn whole(&self, side: Side<usize>, leaf: &Leaf) -> Rows {
        let both = |at: usize| match side {
            Side::Old(_) => (Some(at), None),
            Side::New(_) => (None, Some(at)),
        };
        let cell = |(column, cell): (usize, &Leaf)| {
            let tokens = 0..cell.tokens.len();
            let stretch = if matches!(side, Side::Old(_)) {
                Stretch::removed(0, tokens)
            } else {
                Stretch::added(0, tokens)
            };
            Cell {
                column: both(column),
                stretches: Vec::from_iter(Some(stretch).filter(|stretch| !stretch.is_empty())),
            }
        };
        let shown: Vec<bool> = leaf
            .rows()
            .first()
            .map(|head| (0..head.len()).map(|at| leaf.shows(at)).collect())
            .unwrap_or_default();
        let shown = |(at, _): &(usize, &Leaf)| shown.get(*at).copied().unwrap_or(true);
        let row = |(at, row): (usize, &[Leaf])| {
            let cells = row.iter().enumerate().filter(shown).map(cell).collect();
            Row { sides: both(at), change: None, turn: None, cells }
        };
        let rows = leaf.rows().into_iter().enumerate().map(row).collect();
        let (old, new) = match side {
            Side::Old(leaf) => (Some(leaf), None),
            Side::New(leaf) => (None, Some(leaf)),
        };
        Rows { old, new, moved: Vec::new(), rows }
    }

    /// Returns the rows of a table that both versions have.
    fn rows(&self, grid: &GridSteps, pair: &Pair) -> Rows {
        let (old_rows, new_rows) =
            (self.old.leaves[pair.old.start].rows(), self.new.leaves[pair.new.start].rows());
        let (old_cells, new_cells) =
            (&self.lexicon.old[pair.old.start].cells, &self.lexicon.new[pair.new.start].cells);
        let (old_starts, new_starts) = (starts(&old_rows), starts(&new_rows));
        let row = |row: &RowSteps| {
            let cell = |(steps, column): (&Option<Vec<Step>>, &Sides)| {
                let old = row.sides.0.zip(column.0).and_then(|(row, column)| {
                    Some((old_rows[row].get(column)?, old_starts[row] + column))
                });
                let new = row.sides.1.zip(column.1).and_then(|(row, column)| {
                    Some((new_rows[row].get(column)?, new_starts[row] + column))
                });
                let mut stretches = Vec::new();
                if let (Some(steps), Some((old, old_at)), Some((new, new_at))) = (steps, old, new) {
                    let (old, new) = (Leaves::one(old), Leaves::one(new));
                    for step in steps {
                        stretched(
                            step,
                            &old,
                            &new,
                            |_| &old_cells[old_at],
                            |_| &new_cells[new_at],
                            &mut stretches,
                        );
                    }
                } else {
                    stretches.extend(old.map(|(old, _)| Stretch::removed(0, 0..old.tokens.len())));
                    stretches.extend(new.map(|(new, _)| Stretch::added(0, 0..new.tokens.len())));
                    stretches.retain(|stretch| !stretch.is_empty());
                }
                Cell { column: *column, stretches }
            };
            let silent =
                |rows: &[&[Leaf]], at: usize| rows[at].iter().all(|cell| cell.tokens.is_empty());
            let said = match row.sides {
                _ if row.moved => Some("redline.row.moved"),
                (None, Some(at)) if silent(&new_rows, at) => Some("redline.row.added"),
                (Some(at), None) if silent(&old_rows, at) => Some("redline.row.removed"),
                _ => None,
            };
            let turn = said.map(|said| Turn::new(On::Leaf, Turn::ALONE, Phrase::new(said)));
            Row {
                sides: row.sides,
                change: None,
                turn,
                cells: row.cells.iter().zip(&grid.columns).map(cell).collect(),
            }
        };
        let moved = grid.moved.clone();
        Rows {
            old: Some(pair.old.start),
            new: Some(pair.new.start),
            moved,
            rows: grid.rows.iter().map(row).collect(),
        }
    }
}

/// Returns how many cells stand before each row.
fn starts(rows: &[&[Leaf]]) -> Vec<usize> {
    let ends = rows.iter().scan(0, |end, row| {
        *end += row.len();
        Some(*end)
    });
    std::iter::once(0).chain(ends).collect()
}

/// Returns the containers around something of the new version; nothing around a section that moved.
fn path_of(new: &Wording, item: Item) -> &[Container] {
    match item {
        Item::Leaf(leaf) => &new.leaves[leaf].path,
        Item::Section(_) => &[],
    }
}

/// Says how well a path fits between two others: the containers it shares with them, less those it
/// would break.
fn fit(before: &[Container], path: &[Container], next: &[Container]) -> isize {
    (shared(before, path) + shared(path, next)) as isize - shared(before, next) as isize
}

fn shared(a: &[Container], b: &[Container]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a.number == b.number).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::between;
    use crate::redline::trial::{PARAGRAPHS, checked, path, shown, wording};

    /// Returns where the pieces stand: containers are equal where their numbers are.
    fn placed(old: &str, new: &str) -> Vec<String> {
        checked(old, new, |redline| {
            let mut numbers: Vec<u32> = Vec::new();
            let mut place = |container: &Container| {
                let at = numbers
                    .iter()
                    .position(|number| *number == container.number)
                    .unwrap_or_else(|| {
                        numbers.push(container.number);
                        numbers.len() - 1
                    });
                let shape = match container.shape {
                    Shape::Section(_) => "s",
                    Shape::List(_) => "l",
                    Shape::Item(_) => "i",
                    _ => "x",
                };
                format!("{shape}{at}")
            };
            let tell = |piece: &Piece| {
                let (sign, leaf) = match piece.leaf {
                    Side::Old(leaf) => ("-", &redline.old.leaves[leaf]),
                    Side::New(leaf) if piece.place == Place::Added => {
                        ("+", &redline.new.leaves[leaf])
                    }
                    Side::New(leaf) => ("", &redline.new.leaves[leaf]),
                };
                format!(
                    "{sign}{} {}",
                    leaf.text,
                    piece.path.iter().map(&mut place).collect::<Vec<_>>().join(" ")
                )
            };
            redline.pieces.iter().map(tell).collect()
        })
    }

    #[test]
    fn what_is_gone_stands_where_it_stood() {
        assert_eq!(shown("a\n\nb\n\nc", "a\n\nc"), ["a", "- [-b-]", "c"]);
        assert_eq!(shown("a\n\nb", "a"), ["a", "- [-b-]"]);
        assert_eq!(shown("a\n\nb", "b"), ["- [-a-]", "b"]);
        assert_eq!(shown("a\n\nb\n\nc", "a\n\nx\n\nc"), ["a", "- [-b-]", "+ {+x+}", "c"]);
        assert_eq!(
            shown("a\n\nb\n\nc\n\nd", "a\n\nx\n\ny\n\nd"),
            ["a", "- [-b-]", "- [-c-]", "+ {+x+}", "+ {+y+}", "d"]
        );
    }

    #[test]
    fn an_item_that_is_gone_stands_in_its_list() {
        assert_eq!(
            placed("- a\n- b\n- c", "- a\n- c"),
            ["a s0 l1 i2", "-b s0 l1 i3", "c s0 l1 i4"]
        );
        assert_eq!(placed("- a\n- b", "- a"), ["a s0 l1 i2", "-b s0 l1 i3"]);
        assert_eq!(
            placed("- a\n- b", "- b"),
            ["-a s0 l1 i2", "b s0 l1 i3"].map(str::to_owned).to_vec()
        );
        // What came after the list does not tear it, nor does what came before it.
        assert_eq!(
            placed("- a\n- b\n\nz", "- a\n\nx\n\nz"),
            ["a s0 l1 i2", "-b s0 l1 i3", "+x s0", "z s0"]
        );
        assert_eq!(
            placed("z\n\n- a\n- b", "z\n\nx\n\n- b"),
            ["z s0", "+x s0", "-a s0 l1 i2", "b s0 l1 i3"]
        );
        assert_eq!(
            placed("z\n\n- a\n\ny", "z\n\nx\n\ny"),
            ["z s0", "-a s0 l1 i2", "+x s0", "y s0"]
        );
        // Lists that both are gone stay two.
        assert_eq!(placed("- a\n\nx\n\n- b", "x"), ["-a s0 l1 i2", "x s0", "-b s0 l3 i4"]);
        // An item within an item that stayed.
        assert_eq!(
            placed("- a\n  - b\n  - c\n- d", "- a\n  - c\n- d"),
            ["a s0 l1 i2", "-b s0 l1 i2 l3 i4", "c s0 l1 i2 l3 i5", "d s0 l1 i6"]
        );
        assert_eq!(
            placed("- a\n  - b\n- d", "- a\n- d"),
            ["a s0 l1 i2", "-b s0 l1 i2 l3 i4", "d s0 l1 i5"]
        );
    }

    #[test]
    fn what_is_gone_stands_in_its_section() {
        let [a, b, c] = PARAGRAPHS;
        assert_eq!(
            placed(
                &format!("## A\n\n{a}\n\n{b}\n\n## B\n\n{c}"),
                &format!("## A\n\n{a}\n\n## B\n\n{c}")
            ),
            [
                "A s0".to_owned(),
                format!("{a} s0"),
                format!("-{b} s0"),
                "B s1".to_owned(),
                format!("{c} s1")
            ]
        );
        assert_eq!(
            placed(
                &format!("## A\n\n{a}\n\n## B\n\n{b}\n\n## C\n\n{c}"),
                &format!("## A\n\n{a}\n\n## C\n\n{c}")
            ),
            [
                "A s0".to_owned(),
                format!("{a} s0"),
                "-B s1".to_owned(),
                format!("-{b} s1"),
                "C s2".to_owned(),
                format!("{c} s2")
            ]
        );
        assert_eq!(
            placed(
                &format!("## A\n\n{a}\n\n## C\n\n{c}"),
                &format!("## A\n\n{a}\n\n## B\n\n{b}\n\n## C\n\n{c}")
            ),
            [
                "A s0".to_owned(),
                format!("{a} s0"),
                "+B s1".to_owned(),
                format!("+{b} s1"),
                "C s2".to_owned(),
                format!("{c} s2")
            ]
        );
    }

    #[test]
    fn a_section_that_moved_leaves_a_note_and_is_woven_at_its_new_place() {
        let [a, b, c] = PARAGRAPHS;
        let (light, heavy) = (format!("## A\n\n{a}\n\nx y\n\n"), format!("## B\n\n{b}\n\n{c}\n\n"));
        let edited = format!("## A\n\n{a}\n\nz\n\n");
        assert_eq!(
            shown(&format!("{light}{heavy}"), &format!("{heavy}{edited}")),
            [
                "< A".to_owned(),
                "B".to_owned(),
                b.to_owned(),
                c.to_owned(),
                "A".to_owned(),
                a.to_owned(),
                "- [-x y-]".to_owned(),
                "+ {+z+}".to_owned()
            ]
        );
        checked(&format!("{light}{heavy}"), &format!("{heavy}{edited}"), |redline| {
            let moved: Vec<Moved> = redline.moved.values().copied().collect();
            assert_eq!(moved, [Moved { number: 0, section: 1, change: 0 }]);
            let there = redline
                .pieces
                .iter()
                .filter(|piece| {
                    piece
                        .path
                        .first()
                        .is_some_and(|first| redline.moved.contains_key(&first.number))
                })
                .count();
            assert_eq!(there, 4);
            assert_eq!(redline.pieces[0].place, Place::SectionMovedAway(0));
        });
        // Moves of leaves are numbered after those of sections.
        let old = format!("{light}{heavy}One two three four five six seven eight.\n\n");
        let new = format!("{heavy}{light}")
            .replace(b, &format!("One two three four five six seven eight.\n\n{b}"));
        checked(&old, &new, |redline| {
            let places: Vec<Place> = redline
                .pieces
                .iter()
                .map(|piece| piece.place)
                .filter(|place| *place != Place::Kept)
                .collect();
            assert_eq!(
                places,
                [Place::SectionMovedAway(0), Place::MovedHere(1), Place::MovedAway(1)]
            );
        });
    }

    #[test]
    fn containers_of_the_old_version_have_numbers_of_their_own() {
        let (old, new) = (wording("- a\n- b\n\nx\n\n> q"), wording("- b\n\nx"));
        let redline = between(&old, &new);
        for piece in &redline.pieces {
            let Side::Old(leaf) = piece.leaf else { continue };
            let own = piece.path.last().unwrap().number;
            assert!(own >= new.containers, "{}", path(&old.leaves[leaf]));
        }
    }
}
