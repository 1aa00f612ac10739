//! What became of promises with a number, for people and for programs.

use serde::Serialize;

use crate::model::{Commitment, History, Site};
use crate::redline;
use crate::redline::CommitmentChange;

/// A change of a promise, for programs.
#[derive(Serialize)]
pub struct Entry {
    kind: &'static str,
    id: String,
    what: String,
    /// The promise as it was.
    old: Option<String>,
    /// The promise as it is.
    new: Option<String>,
    /// All of it in a sentence.
    text: String,
}

impl Entry {
    /// Returns a change.
    pub fn new(change: &CommitmentChange) -> Entry {
        let promise =
            |commitment: &Option<Commitment>| commitment.as_ref().and_then(Commitment::promise);
        Entry {
            kind: change.kind.as_str(),
            id: change.commitment().id.value.clone(),
            what: change.commitment().what.clone(),
            old: promise(&change.old),
            new: promise(&change.new),
            text: change.sentence(),
        }
    }

    /// Returns all of it in a sentence.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Returns what the draft makes of the promises of a document since its newest version.
pub fn unreleased(site: &Site, history: &History) -> Vec<CommitmentChange> {
    let before = history.newest().and_then(|newest| site.commitments_at(&newest.release.id));
    redline::commitments_of(&history.id, before, site.commitments())
}
