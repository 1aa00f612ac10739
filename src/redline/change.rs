//! A change, and a section that changed: what is told of a redline where it is not shown.

use crate::model::Outcome;
use crate::redline::sections::By;

/// What became of words, or of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKind {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// Its words changed.
    Edited,
    /// Its heading changed, and perhaps its words.
    Renamed,
    /// Only the number of its heading changed.
    Renumbered,
    /// It stands elsewhere.
    Moved,
    /// A paragraph became two.
    Split,
    /// Two paragraphs became one.
    Joined,
    /// The same words stand in another frame: a list, a quotation, a heading of another level.
    Reframed,
    /// The same words lead elsewhere.
    Link,
    /// The same words are set or typed differently.
    Format,
    /// The same heading is linked to by another name.
    Address,
    /// An entry of a list was given up before its first day.
    Cancelled,
    /// An entry of a list that had left is no longer listed.
    Unlisted,
}

impl ChangeKind {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Edited => "changed",
            ChangeKind::Renamed => "renamed",
            ChangeKind::Renumbered => "renumbered",
            ChangeKind::Moved => "moved",
            ChangeKind::Split => "split",
            ChangeKind::Joined => "joined",
            ChangeKind::Reframed => "structure",
            ChangeKind::Link => "link",
            ChangeKind::Format => "format",
            ChangeKind::Address => "address",
            ChangeKind::Cancelled => "cancelled",
            ChangeKind::Unlisted => "unlisted",
        }
    }

    /// Returns the words for it where it stands before a name.
    pub fn label(self) -> &'static str {
        match self {
            ChangeKind::Cancelled => "cancelled before it came",
            ChangeKind::Unlisted => "no longer listed",
            kind => kind.as_str(),
        }
    }
}

impl From<Outcome> for ChangeKind {
    fn from(outcome: Outcome) -> ChangeKind {
        match outcome {
            Outcome::Added => ChangeKind::Added,
            Outcome::Renamed => ChangeKind::Renamed,
            Outcome::Changed => ChangeKind::Edited,
            Outcome::Removed => ChangeKind::Removed,
            Outcome::Cancelled => ChangeKind::Cancelled,
            Outcome::Unlisted => ChangeKind::Unlisted,
        }
    }
}

/// What a field of an entry said, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// What the field is called.
    pub title: String,
    /// What it was; empty where it was not given.
    pub old: String,
    /// What it is; empty where it is no longer given.
    pub new: String,
}

impl Fact {
    /// Returns it in words: `From: 2027-01-15 (before: 2026-12-24)`.
    pub fn sentence(&self) -> String {
        let Fact { title, old, new } = self;
        match (old.is_empty(), new.is_empty()) {
            (true, _) => format!("{title}: {new} (new)"),
            (_, true) => format!("{title}: no longer given (before: {old})"),
            _ => format!("{title}: {new} (before: {old})"),
        }
    }
}

/// A change: words that follow each other and share a fate, or something that moved.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// What became of them.
    pub kind: ChangeKind,
    /// The section they stand in, as a place in
    /// [`Redline::sections`](crate::redline::Redline::sections).
    pub section: usize,
    /// The heading of the column, where they are the words of a cell.
    pub column: Option<String>,
    /// The words that went.
    pub old: String,
    /// The words that came.
    pub new: String,
    /// What is so now, where no word says it; empty otherwise.
    pub said: String,
    /// How many words went and came.
    pub words: (usize, usize),
    /// The lines of the file in the old version.
    pub old_lines: Option<(usize, usize)>,
    /// The lines of the file in the new one.
    pub new_lines: Option<(usize, usize)>,
    /// The numbers that became others.
    pub numbers: Vec<NumberChange>,
}

/// A number, a date, a time, an amount, a version that became another, each as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberChange {
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
    /// The unit behind both, once: `business hours`, `%`. Empty where there is none, or each names
    /// its own: `€5`, `5 business days`.
    pub unit: String,
}

/// A section that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct SectionChange {
    /// What became of it.
    pub kind: ChangeKind,
    /// Whether it stands elsewhere besides.
    pub moved: bool,
    /// What it is called now; what it was called where it is gone.
    pub title: String,
    /// What it was called, where that is another name.
    pub before: Option<String>,
    /// Its place in the old version.
    pub old: Option<usize>,
    /// Its place in the new one.
    pub new: Option<usize>,
    /// Whether it is an entry of a list, and no section.
    pub entry: bool,
    /// By what it was known again.
    pub by: Option<By>,
    /// How many words came.
    pub added: usize,
    /// How many words went.
    pub removed: usize,
    /// What it says now of an entry that stands in both versions.
    pub facts: Vec<Fact>,
    /// Its changes, as places in [`Redline::changes`](crate::redline::Redline::changes); the first
    /// is where its reading begins.
    pub changes: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        use ChangeKind::*;
        let kinds = [
            Added, Removed, Edited, Renamed, Renumbered, Moved, Split, Joined, Reframed, Link,
            Format, Address, Cancelled, Unlisted,
        ];
        let words = "added removed changed renamed renumbered moved split joined structure link format address cancelled unlisted";
        assert_eq!(kinds.map(ChangeKind::as_str).join(" "), words);
        let labels = kinds.map(ChangeKind::label).join(" ");
        assert_eq!(
            labels,
            words.replace("cancelled unlisted", "cancelled before it came no longer listed")
        );
    }
}
