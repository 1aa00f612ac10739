//! What a document says, cut to leaves: paragraphs, headings, items, cells, each with the way of
//! containers that leads to it.
//!
//! Leaves are compared in one sequence, not container by container: a heading that became bold
//! text, or a list that became paragraphs, still says the same words.

use std::ops::Range;
use std::sync::OnceLock;

use jiff::civil::Date;

use crate::model::{Alert, Alignment, Identity, Target};
use crate::redline::quantity;
use crate::redline::quantity::Quantity;
use crate::redline::token::Token;
use crate::tree::TreePath;

/// What a document says.
#[derive(Clone, Debug, Default)]
pub struct Wording {
    /// Its sections in order.
    pub sections: Vec<Part>,
    /// Its leaves in order.
    pub leaves: Vec<Leaf>,
    /// Every way in which its words are set; leaves name them by their places here.
    pub styles: Vec<Style>,
    /// Its footnotes in the order of their numbers, the first one 0.
    pub notes: Vec<Note>,
    /// How many containers there are.
    pub containers: u32,
    /// The day from which it holds, where that is known: what leaves a list before its first day
    /// was cancelled.
    pub day: Option<Date>,
}

/// A footnote.
#[derive(Clone, Debug)]
pub struct Note {
    /// What its author calls it.
    pub label: String,
    /// The leaves that say it.
    pub leaves: Range<usize>,
}

/// A section, or what stands under a heading of a text without sections.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// Its id where its author gave one; empty for opening words.
    pub id: String,
    /// Its heading; empty for opening words.
    pub title: String,
    /// Its first leaf.
    pub first: usize,
    /// The leaf after its last.
    pub end: usize,
    /// The file it is written in.
    pub file: Option<TreePath>,
}

/// Words that stand together.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// What they are.
    pub kind: Kind,
    /// The containers around them, outermost first.
    pub path: Vec<Container>,
    /// The words, without marks.
    pub text: String,
    /// The tokens of `text`.
    pub tokens: Vec<Token>,
    /// How `text` is set: a style for each stretch, by where the stretch ends.
    pub runs: Vec<(usize, u32)>,
    /// What raw HTML says of it beyond its words and how they are set: elements and their
    /// attributes.
    pub markup: String,
    /// The lines of the file they stand on, from 1, both included.
    pub lines: (usize, usize),
    /// What they count, once that was asked.
    pub quantities: OnceLock<Vec<Quantity>>,
}

/// What a leaf is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// A paragraph.
    Paragraph,
    /// Words without a paragraph of their own.
    Plain,
    /// A heading of a level from 1 to 6, and its id.
    Heading(u8, String),
    /// A block of code, and its language.
    Code(Option<String>),
    /// A thematic break.
    Rule,
    /// A table.
    Table(Box<Grid>),
}

/// A table: its own leaves, in rows of cells.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Grid {
    /// How each column is set.
    pub columns: Vec<Alignment>,
    /// The cells of the head.
    pub head: Vec<Leaf>,
    /// The rows.
    pub rows: Vec<Vec<Leaf>>,
    /// What each row is known by, where the rows are records and their order says nothing.
    pub records: Option<Vec<Identity>>,
}

impl PartialEq for Leaf {
    fn eq(&self, other: &Leaf) -> bool {
        self.kind == other.kind && self.text == other.text && self.runs == other.runs
    }
}

/// Something around leaves. Two leaves are in the same one where the numbers are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Container {
    /// What it is.
    pub shape: Shape,
    /// Its number, unique in its document.
    pub number: u32,
}

/// What a container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A section; the place of its [`Part`].
    Section(usize),
    /// A list, and whether it is ordered.
    List(bool),
    /// An item of a list, and its number in an ordered one.
    Item(Option<u64>),
    /// A quotation or an alert.
    Quote(Option<Alert>),
    /// A list of definitions.
    Definitions,
    /// A term of one.
    Term,
    /// What a term means.
    Details,
    /// The footnotes of a section.
    Notes,
    /// A footnote.
    Note,
}

/// How words are set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// Emphasised.
    pub emphasis: bool,
    /// Strong.
    pub strong: bool,
    /// Struck out by their author.
    pub strike: bool,
    /// Marked as put in by their author, in HTML.
    pub inserted: bool,
    /// Set as code.
    pub code: bool,
    /// Refer to a footnote, by its place in [`Wording::notes`].
    pub note: Option<u32>,
    /// Lead somewhere.
    pub link: Option<(Target, String)>,
    /// Stand for an image, by its address.
    pub image: Option<String>,
}

impl Wording {
    /// Sets the effective date.
    pub fn on(self, day: Option<Date>) -> Wording {
        Wording { day, ..self }
    }
}

impl Style {
    /// Returns true if words so set are one thing: an image, the mark of a footnote.
    pub fn is_atom(&self) -> bool {
        self.note.is_some() || self.image.is_some()
    }

    /// Returns the style as visible on white space: without emphasis or strong.
    pub fn of_space(&self) -> Style {
        Style { emphasis: false, strong: false, ..self.clone() }
    }
}

impl Leaf {
    /// Returns the letters of a token.
    pub fn letters(&self, token: &Token) -> &str {
        &self.text[token.start..token.end]
    }

    /// Returns the numbers, dates and amounts in it, in order.
    pub fn quantities(&self) -> &[Quantity] {
        self.quantities.get_or_init(|| quantity::quantities(&self.text, &self.tokens))
    }

    /// Returns the white space before a token.
    pub fn gap(&self, token: usize) -> &str {
        let before = token.checked_sub(1).map_or(0, |before| self.tokens[before].end);
        &self.text[before..self.tokens[token].start]
    }

    /// Returns the stretches in which these bytes of its text are set alike; mostly there is one.
    pub fn runs_in(&self, bytes: &Range<usize>) -> &[(usize, u32)] {
        let first = self.runs.partition_point(|(end, _)| *end <= bytes.start);
        let end = self.runs.partition_point(|(end, _)| *end < bytes.end) + 1;
        &self.runs[first..end.min(self.runs.len()).max(first)]
    }

    /// Returns how a token is set, a style for each of its stretches.
    pub fn styles<'a>(
        &self,
        token: &Token,
        wording: &'a Wording,
    ) -> impl Iterator<Item = &'a Style> {
        self.runs_in(&(token.start..token.end))
            .iter()
            .map(|(_, style)| &wording.styles[*style as usize])
    }

    /// Returns how the first letter of a token is set.
    pub fn style_of<'a>(&self, token: &Token, wording: &'a Wording) -> Option<&'a Style> {
        self.styles(token, wording).next()
    }

    /// Counts its words and numbers; those of all cells, for a table.
    pub fn spoken(&self) -> usize {
        let own = self.tokens.iter().filter(|token| token.is_spoken()).count();
        own + self.cells().map(Leaf::spoken).sum::<usize>()
    }

    /// Returns its cells, row by row, if it is a table.
    pub fn cells(&self) -> impl Iterator<Item = &Leaf> {
        self.rows().into_iter().flatten()
    }

    /// Returns its rows, the head first, if it is a table.
    pub fn rows(&self) -> Vec<&[Leaf]> {
        match &self.kind {
            Kind::Table(grid) => {
                std::iter::once(&grid.head).chain(&grid.rows).map(Vec::as_slice).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Returns true if it is a table.
    pub fn is_table(&self) -> bool {
        matches!(self.kind, Kind::Table(_))
    }

    /// Returns true if a column of a table is worth showing: one of a list of records only where a
    /// record says something in it.
    pub fn shows(&self, column: usize) -> bool {
        match &self.kind {
            Kind::Table(grid) if grid.records.is_some() => grid
                .rows
                .iter()
                .any(|row| row.get(column).is_some_and(|cell| !cell.tokens.is_empty())),
            _ => true,
        }
    }

    /// Returns true if it is a list of records.
    pub fn is_records(&self) -> bool {
        !self.records().is_empty()
    }

    /// Returns what its rows are known by, the head left out, if it is a list of records.
    pub fn records(&self) -> &[Identity] {
        match &self.kind {
            Kind::Table(grid) => grid.records.as_deref().unwrap_or_default(),
            _ => &[],
        }
    }

    /// Returns the number of the section it belongs to.
    pub fn section(&self) -> Option<usize> {
        match self.path.first()?.shape {
            Shape::Section(index) => Some(index),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{document, wording};
    use crate::redline::{Cell, Row, Rows};

    #[test]
    fn a_leaf_counts_its_words_and_its_cells() {
        let text = wording("a, b 1.\n\n| c | d e |\n|--|--|\n| f | . |");
        assert_eq!([text.leaves[0].spoken(), text.leaves[1].spoken()], [3, 4]);
        assert_eq!([text.leaves[0].is_table(), text.leaves[1].is_table()], [false, true]);
        assert!(text.leaves[0].rows().is_empty() && text.leaves[0].cells().count() == 0);
        assert_eq!(
            text.leaves[1].cells().map(|cell| cell.text.as_str()).collect::<Vec<_>>(),
            ["c", "d e", "f", "."]
        );
        assert_eq!(text.leaves[1].rows().iter().map(|row| row.len()).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(text.leaves[0].letters(&text.leaves[0].tokens[2]), "b");
        assert!(text.leaves.iter().all(|leaf| leaf.section() == Some(0) && !leaf.is_records()));
        assert!(text.leaves[1].shows(0) && text.leaves[1].shows(7));
        assert_eq!(Leaf { path: Vec::new(), ..text.leaves[0].clone() }.section(), None);
    }

    #[test]
    fn a_list_of_records_shows_the_columns_that_say_something() {
        let yaml = "subprocessors:\n- { name: Alpha, purpose: Mail }\n- { name: Beta, purpose: Logs, country: IE }\n";
        let list = Wording::of(&document("subprocessors", &[("subprocessors.yaml", yaml)]));
        let table = list.leaves.last().unwrap();
        assert!(table.is_records() && table.is_table());
        assert_eq!((0..12).filter(|column| table.shows(*column)).collect::<Vec<_>>(), [0, 1, 4]);
    }

    #[test]
    fn leaves_are_equal_where_they_say_the_same_in_the_same_way() {
        let leaf = |markdown: &str| wording(markdown).leaves.remove(0);
        assert_eq!(leaf("a b"), leaf("a b\n\nc"));
        for other in ["a c", "# a b", "*a* b"] {
            assert_ne!(leaf("a b"), leaf(other), "{other}");
        }
        let marks = [
            Style { note: Some(1), ..Style::default() },
            Style { image: Some("x".into()), ..Style::default() },
            Style { strong: true, ..Style::default() },
        ];
        assert_eq!(marks.map(|style| style.is_atom()), [true, true, false]);
    }

    #[test]
    fn columns_are_called_what_they_are_called_now() {
        let (old, new) = (wording("| a | b |\n|--|--|\n| 1 | 2 |"), wording("| c |\n|--|\n| 1 |"));
        let cell = |old: Option<usize>, new: Option<usize>| Cell {
            column: (old, new),
            stretches: Vec::new(),
        };
        let head = Row {
            sides: (Some(0), Some(0)),
            change: None,
            turn: None,
            cells: vec![cell(Some(0), Some(0)), cell(Some(1), None), cell(None, None)],
        };
        let rows = Rows { old: Some(0), new: Some(0), moved: Vec::new(), rows: vec![head] };
        let cells = rows.cells(&old, &new);
        assert_eq!((cells.old.len(), cells.new.len()), (2, 2));
        assert_eq!(rows.titles(&cells).collect::<Vec<_>>(), ["c", "b", ""]);
        let none = Rows { old: None, new: None, moved: Vec::new(), rows: Vec::new() };
        let cells = none.cells(&old, &new);
        assert!(cells.old.is_empty() && none.titles(&cells).next().is_none());
    }
}
