//! What became of a commitment, for programs.

use serde::Serialize;

use crate::model::Commitment;
use crate::redline::CommitmentChange;

/// A change of a promise, for programs.
#[derive(Serialize)]
pub struct CommitmentEntry {
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

impl CommitmentEntry {
    /// Returns a change.
    pub fn new(change: &CommitmentChange) -> CommitmentEntry {
        let promise =
            |commitment: &Option<Commitment>| commitment.as_ref().and_then(Commitment::promise);
        CommitmentEntry {
            kind: change.kind.as_str(),
            id: change.commitment().id.value.clone(),
            what: change.commitment().what.clone(),
            old: promise(&change.old),
            new: promise(&change.new),
            text: change.phrase().english(),
        }
    }

    /// Returns all of it in a sentence.
    pub fn text(&self) -> &str {
        &self.text
    }
}
