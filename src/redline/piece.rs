//! What a redline is made of: leaves with their marks, in one sequence.

use std::ops::Range;

use crate::messages::Phrase;
use crate::redline::table::Sides;
use crate::redline::wording::{Container, Leaf, Wording};

/// A leaf as a redline shows it.
#[derive(Clone, Debug)]
pub struct Piece {
    /// The containers around it; those of the new version keep their numbers, those that only the
    /// old one has follow.
    pub path: Vec<Container>,
    /// The leaf in the new version, or in the old one where it is gone.
    pub leaf: Side<usize>,
    /// Where it came from or went to.
    pub place: Place,
    /// Its words in order; nothing for a table and for what is shown elsewhere.
    pub stretches: Vec<Stretch>,
    /// The change it is as a whole, as a place in the redline's list: the move.
    pub change: Option<usize>,
    /// Its rows, if it is a table.
    pub rows: Option<Rows>,
    /// What became of the containers around it, and of what it is.
    pub turns: Vec<Turn>,
}

/// A change to the structure around unchanged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// What it applies to.
    pub on: On,
    /// Turns with the same key are one change.
    pub key: (u32, u64),
    /// What is so now, for readers.
    pub said: Phrase,
    /// The change that begins with it, as a place in the redline's list.
    pub change: Option<usize>,
}

/// What a turn applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// The leaf.
    Leaf,
    /// A container, by its number.
    Container(u32),
}

impl Turn {
    /// The key of what a leaf became, which is a change of its own.
    pub const ALONE: (u32, u64) = (u32::MAX, 0);
    /// The key of another address for the same heading, which is a change of its own.
    pub const ADDRESS: (u32, u64) = (u32::MAX, 1);

    /// Creates a turn not yet listed as a change.
    pub fn new(on: On, key: (u32, u64), said: Phrase) -> Turn {
        Turn { on, key, said, change: None }
    }
}

/// Something of the old version or of the new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side<T> {
    /// Of the old version.
    Old(T),
    /// Of the new one.
    New(T),
}

/// Where a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Where both versions have it.
    Kept,
    /// Only the new version has it.
    Added,
    /// Only the old version has it.
    Removed,
    /// The new version has it here; the number is that of the move.
    MovedHere(usize),
    /// The old version had it here; the number is that of the move.
    MovedAway(usize),
    /// The old version had a whole section here; the number is that of the move.
    SectionMovedAway(usize),
}

/// A run of words with the same change status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// What became of them.
    pub fate: Fate,
    /// The leaf and its tokens in the old version.
    pub old: Option<(usize, Range<usize>)>,
    /// The leaf and its tokens in the new one.
    pub new: Option<(usize, Range<usize>)>,
    /// The change that begins with it, as a place in the redline's list.
    pub change: Option<usize>,
}

/// What became of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They stayed.
    Kept,
    /// They went.
    Removed,
    /// They came.
    Added,
    /// They stayed, and are set differently.
    Reset,
    /// They stayed, and lead elsewhere.
    Relinked,
    /// They stayed, and are typed differently: the old typing.
    TypedBefore,
    /// The new typing.
    TypedNow,
    /// A paragraph begins here that did not.
    Split,
    /// Two paragraphs became one here.
    Joined,
}

/// The rows of a table.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The leaf in the old version.
    pub old: Option<usize>,
    /// The leaf in the new one.
    pub new: Option<usize>,
    /// The columns that stand elsewhere.
    pub moved: Vec<Sides>,
    /// The rows, the head first.
    pub rows: Vec<Row>,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its places in the old and in the new version; 0 is the head.
    pub sides: Sides,
    /// The change it is as a whole, as a place in the redline's list.
    pub change: Option<usize>,
    /// What became of it, where it stands elsewhere.
    pub turn: Option<Turn>,
    /// The words of each cell.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its column in the old and in the new version.
    pub column: Sides,
    /// Its words. The numbers of leaves mean nothing in them.
    pub stretches: Vec<Stretch>,
}

impl Row {
    /// Returns true if it stands elsewhere.
    pub fn is_moved(&self) -> bool {
        self.turn.is_some() && matches!(self.sides, (Some(_), Some(_)))
    }
}

impl Rows {
    /// Returns the cells of both tables.
    pub fn cells<'a>(&self, old: &'a Wording, new: &'a Wording) -> Cells<'a> {
        let rows = |leaf: Option<usize>, wording: &'a Wording| {
            leaf.map(|leaf| wording.leaves[leaf].rows()).unwrap_or_default()
        };
        Cells { old: rows(self.old, old), new: rows(self.new, new) }
    }

    /// Returns what the columns are called, in the order in which they are shown: now, or before
    /// they went.
    pub fn titles<'a>(&self, cells: &Cells<'a>) -> impl Iterator<Item = &'a str> {
        let head = self.rows.first();
        let title = |cell: Option<&'a Leaf>| cell.map(|cell| cell.text.as_str());
        head.into_iter().flat_map(move |head| head.cells.iter().map(move |cell| (head, cell))).map(
            move |(head, cell)| {
                let [old, new] = cells.of(head, cell);
                title(new).or(title(old)).unwrap_or_default()
            },
        )
    }
}

/// The cells of a table in both versions, row by row, the heads first.
pub struct Cells<'a> {
    /// Those of the old version.
    pub old: Vec<&'a [Leaf]>,
    /// Those of the new one.
    pub new: Vec<&'a [Leaf]>,
}

impl<'a> Cells<'a> {
    /// Returns a cell of a row in the old and in the new version, where it is there.
    pub fn of(&self, row: &Row, cell: &Cell) -> [Option<&'a Leaf>; 2] {
        let at = |rows: &[&'a [Leaf]], row: Option<usize>, column: Option<usize>| {
            rows.get(row?)?.get(column?)
        };
        [at(&self.old, row.sides.0, cell.column.0), at(&self.new, row.sides.1, cell.column.1)]
    }
}

impl Stretch {
    /// Creates a stretch of added words.
    pub fn added(leaf: usize, tokens: Range<usize>) -> Stretch {
        Stretch { fate: Fate::Added, old: None, new: Some((leaf, tokens)), change: None }
    }

    /// Creates a stretch of removed words.
    pub fn removed(leaf: usize, tokens: Range<usize>) -> Stretch {
        Stretch { fate: Fate::Removed, old: Some((leaf, tokens)), new: None, change: None }
    }

    /// Returns true if it holds no word.
    pub fn is_empty(&self) -> bool {
        self.old.iter().chain(&self.new).all(|(_, tokens)| tokens.is_empty())
    }

    /// Returns a mark between words.
    pub fn mark(fate: Fate) -> Stretch {
        Stretch { fate, old: None, new: None, change: None }
    }
}
