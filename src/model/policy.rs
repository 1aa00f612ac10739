//! A policy and its sections.

use std::ops::Range;

use crate::model::DocumentId;
use crate::model::Target;
use crate::tree::File;
use crate::tree::Span;
use crate::tree::TreePath;

/// A policy: opening words and sections in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its id, the path of its folder.
    pub id: DocumentId,
    /// What readers call it.
    pub title: String,
    /// What it covers, in a sentence.
    pub summary: Option<String>,
    /// Its place among the policies, smallest first.
    pub order: i64,
    /// The words of `_index.md`.
    pub opening: Section,
    /// The sections, in the order of their numbers.
    pub sections: Vec<Section>,
}

impl Policy {
    /// Returns the opening and the sections, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Section> {
        std::iter::once(&self.opening).chain(&self.sections)
    }

    /// Tells whether readers can link to `anchor`.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.parts().any(|section| section.id == anchor || section.headings.iter().any(|heading| *heading.id == *anchor))
    }

    /// Returns everything readers can link to.
    pub fn anchors(&self) -> impl Iterator<Item = &str> {
        let own = self.sections.iter().map(|section| section.id.as_str());
        own.chain(self.parts().flat_map(|section| section.headings.iter().map(|heading| &*heading.id)))
    }
}

/// A markdown file of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its id, the name of its file without the number; empty for the opening.
    pub id: String,
    /// Its first heading; empty for the opening.
    pub title: String,
    /// Its gist in a sentence, which binds nobody.
    pub summary: Option<String>,
    /// The file, from the content folder.
    pub file: TreePath,
    /// Its words: markdown with its references expanded.
    pub body: Body,
    /// Its headings in order, the one that is its title first.
    pub headings: Vec<Heading>,
    /// Its links inside the site, where its author wrote them.
    pub mentions: Vec<Mention>,
}

/// A heading as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 2 for a section's title, more for those below it.
    pub level: u8,
    /// What links name, unique on the page.
    pub id: Box<str>,
    /// Its words.
    pub text: Box<str>,
}

/// A link inside the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// Where it leads.
    pub target: Target,
    /// Where it stands in its file.
    pub span: Span,
}

/// The words of a section. Where nothing had to be expanded they are a part of the file itself, not a copy.
#[derive(Clone, Debug)]
pub enum Body {
    /// A stretch of a file.
    Part(File, Range<usize>),
    /// Words of their own.
    Whole(String),
}

impl Body {
    /// Returns the words.
    pub fn text(&self) -> &str {
        match self {
            Body::Part(file, range) => std::str::from_utf8(&file.bytes()[range.clone()]).expect("a body is cut from checked text"),
            Body::Whole(text) => text,
        }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Body {}
