//! The rules by which every version of an imported text is mended alike, before it becomes a
//! version: where its links lead, what becomes of raw HTML, typed days and words.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::DocumentId;

/// What becomes of a link whose rule is this word: its words stay, and lead nowhere.
pub const WORDS: &str = "text";

/// The rules of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Whether lines that only say when a text was changed are taken out.
    pub no_day_lines: bool,
    /// Whether raw HTML becomes markdown, or plain words.
    pub no_html: bool,
    /// Whether headings keep the anchors that GitHub gives them.
    pub anchors: bool,
    /// What relative links that nothing else is said of are relative to.
    pub base: Option<String>,
    /// Words, and what is written for them.
    pub replace: Vec<(String, String)>,
    /// What addresses begin with, and what that becomes.
    pub prefixes: BTreeMap<String, String>,
    /// Where links lead instead, by their addresses as they are written.
    pub links: BTreeMap<String, String>,
}

/// What is known of all texts that are imported together.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The policies by the paths of their files, older names too.
    pub files: BTreeMap<String, DocumentId>,
    /// Of each policy the anchors of its newest text as GitHub makes them, and where they lead now:
    /// `None` is the policy itself.
    pub anchors: BTreeMap<DocumentId, Anchors>,
}

/// Anchors as they were, and as they are now.
pub type Anchors = BTreeMap<String, Option<String>>;

/// What was noticed in a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    /// The days that it types.
    pub days: Vec<Date>,
    /// The addresses that lead nowhere, with how often.
    pub links: BTreeMap<String, usize>,
    /// The elements of its raw HTML.
    pub html: BTreeSet<String>,
    /// How many rows of a list lack what an entry must have.
    pub lost: usize,
    /// Marks of other programs that readers will see: `{% … %}`.
    pub marks: BTreeSet<String>,
}
