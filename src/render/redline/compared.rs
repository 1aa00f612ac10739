//! Two versions beside each other, as every printer of a redline names them.

use std::sync::Arc;

use crate::model::Release;
use crate::redline::{CommitmentChange, Redline};

/// Two versions of a document, and what changed between them.
pub struct Compared<'a> {
    /// The document's id; empty outside a project.
    pub id: &'a str,
    /// The document's title.
    pub title: &'a str,
    /// The old version.
    pub from: Named<'a>,
    /// The new version.
    pub to: Named<'a>,
    /// The releases after the old version up to the new one, oldest first.
    pub releases: &'a [Arc<Release>],
    /// The same releases, if there are more than `to` names; else none.
    pub spanned: &'a [Arc<Release>],
    /// The commitments that changed.
    pub commitments: Vec<CommitmentChange>,
    /// The changes of the text.
    pub redline: Redline<'a>,
}

/// What a version is called.
pub struct Named<'a> {
    /// `version 2024-01-01`, `the draft` or the name of a file.
    pub label: &'a str,
    /// The file it is written in, if it is a single file.
    pub file: Option<&'a str>,
}

impl Compared<'_> {
    /// Returns true if readers see a difference.
    pub fn differs(&self) -> bool {
        !self.redline.changes.is_empty() || !self.commitments.is_empty()
    }

    /// Returns how many words were added and removed.
    pub fn words(&self) -> (usize, usize) {
        let sections = self.redline.sections.iter();
        sections.fold((0, 0), |sum, section| (sum.0 + section.added, sum.1 + section.removed))
    }
}
