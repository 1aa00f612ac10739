//! What the words of a policy ask for and its pages do not show: for words that were imported, and
//! cannot be fixed any more.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::model::{DocumentId, Policy, Target};
use crate::parse::markdown;
use crate::parse::markdown::Standpoint;

/// How many things of each kind have no place on a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unresolved {
    /// Links that lead nowhere or may not be followed: their words stay, as plain text or as a link
    /// to the page itself.
    pub links: usize,
    /// Images: what they say in words stays.
    pub images: usize,
    /// Stretches of raw HTML: shown as they are written.
    pub html: usize,
    /// References to footnotes that stand in another section: shown as they are written.
    pub footnotes: usize,
}

/// Counts what has no place. `exists` tells whether the site has a document.
pub fn unresolved(policy: &Policy, exists: impl Fn(&DocumentId) -> bool) -> Unresolved {
    let sections = policy.section_ids();
    let anchors: BTreeSet<&str> = policy.anchors().collect();
    let leads = |target: &Target| match target {
        Target::Here(anchor) => anchors.contains(anchor.as_str()),
        Target::Document { id, .. } => {
            DocumentId::new(id).is_some_and(|id| id == policy.id || exists(&id))
        }
        Target::Outside(_) => true,
        Target::Nowhere(_) | Target::Unsafe(_) => false,
    };
    let mut unresolved = Unresolved::default();
    for part in policy.parts() {
        let words = part.body.text();
        let reading =
            markdown::read(words, Standpoint { file: Some(&part.file), sections: &sections });
        unresolved.links +=
            reading.mentions.iter().filter(|mention| !leads(&mention.target)).count();
        let mut html = None;
        for (span, problem) in reading.problems {
            match problem.code {
                Code::UnsafeLink => unresolved.links += 1,
                Code::BrokenLink => unresolved.images += 1,
                Code::RawHtml => {
                    unresolved.html += usize::from(html != Some(span.start));
                    html = Some(span.end);
                }
                _ => {}
            }
        }
        if words.contains("[^") {
            unresolved.footnotes += markdown::lost_footnotes(words);
        }
    }
    unresolved
}
