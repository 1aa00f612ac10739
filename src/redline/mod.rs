//! What changed between two documents: section by section, entry by entry, word by word.

mod list;
mod sections;
mod words;

use crate::model::Document;
use crate::model::Section;

pub use words::Edit;
pub use words::Word;
pub use words::edits;

/// What became of a section of a policy, or of an entry of a list.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// What became of it.
    pub kind: ChangeKind,
    /// What it is called now; what it was called where it is gone.
    pub title: String,
    /// What it was called, where that is another name.
    pub before: Option<String>,
    /// How many words came.
    pub added: usize,
    /// How many words went.
    pub removed: usize,
    /// The section before and after; nothing for an entry of a list.
    pub sections: (Option<&'a Section>, Option<&'a Section>),
}

/// What became of a section or an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// Its words changed.
    Edited,
    /// Its heading changed, and perhaps its words.
    Renamed,
    /// It stands elsewhere.
    Moved,
}

impl ChangeKind {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Added => "added",
            ChangeKind::Removed => "removed",
            ChangeKind::Edited => "changed",
            ChangeKind::Renamed => "renamed",
            ChangeKind::Moved => "moved",
        }
    }
}

/// Returns what changed from `old` to `new`, in the order of the new document, what is gone at its old place. What did not change is left
/// out.
pub fn between<'a>(old: Option<&'a Document>, new: &'a Document) -> Vec<Change<'a>> {
    match (old, new) {
        (Some(Document::Policy(old)), Document::Policy(new)) => sections::between(old, new),
        (_, Document::Policy(new)) => new.parts().filter_map(sections::added).collect(),
        (old, new) => list::between(old, new),
    }
}
