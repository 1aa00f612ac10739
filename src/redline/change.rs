//! A change, and a section that changed: what is told of a redline where it is not shown.

use crate::messages::{Messages, Phrase};
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
    /// Returns the word for it that programs read.
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

    /// Returns the id of the message for it.
    pub fn message(self) -> &'static str {
        match self {
            ChangeKind::Added => "change.added",
            ChangeKind::Removed => "change.removed",
            ChangeKind::Edited => "change.changed",
            ChangeKind::Renamed => "change.renamed",
            ChangeKind::Renumbered => "change.renumbered",
            ChangeKind::Moved => "change.moved",
            ChangeKind::Split => "change.split",
            ChangeKind::Joined => "change.joined",
            ChangeKind::Reframed => "change.structure",
            ChangeKind::Link => "change.link",
            ChangeKind::Format => "change.format",
            ChangeKind::Address => "change.address",
            ChangeKind::Cancelled => "change.cancelled",
            ChangeKind::Unlisted => "change.unlisted",
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
    /// Returns what is to be said of it: `From: 2027-01-15 (before: 2026-12-24)`.
    pub fn phrase(&self) -> Phrase {
        let Fact { title, old, new } = self;
        let (title, old, new) = (title.as_str(), old.as_str(), new.as_str());
        match (old, new) {
            ("", _) => Phrase::new("fact.new").with("title", title).with("new", new),
            (_, "") => Phrase::new("fact.gone").with("title", title).with("old", old),
            _ => Phrase::new("fact").with("title", title).with("new", new).with("old", old),
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
    /// What is so now, where no word says it.
    pub said: Option<Phrase>,
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
    /// What it is called now; what it was called where it is gone. Empty for an introduction.
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

impl SectionChange {
    /// Returns what readers call it.
    pub fn title_in<'a>(&'a self, messages: &'a Messages) -> &'a str {
        messages.section(&self.title)
    }

    /// Returns what readers called it, where that is another name.
    pub fn before_in<'a>(&'a self, messages: &'a Messages) -> Option<&'a str> {
        self.before.as_deref().map(|before| messages.section(before))
    }
}

/// Returns the section title used in machine-readable output, which must stay stable
/// (`opening words` if it has none).
pub fn promised_title(title: &str) -> &str {
    if title.is_empty() { "opening words" } else { title }
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
        let labels = kinds.map(|kind| Messages::english().get(kind.message())).join(" ");
        assert_eq!(
            labels,
            words.replace("cancelled unlisted", "cancelled before it came no longer listed")
        );
    }
}
