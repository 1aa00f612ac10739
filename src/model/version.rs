//! Versions: documents as releases froze them, and what was decided of them since.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::model::{Document, Period, Release};
use crate::tree::{Digest, File, TreePath};

/// A document as one release froze it.
#[derive(Clone, Debug)]
pub struct Version {
    /// The release.
    pub release: Arc<Release>,
    /// What the ledger says of its words.
    pub digest: Digest,
    /// Its words.
    pub document: Arc<Document>,
    /// The release at which its words last changed.
    pub stamp: Arc<Release>,
    /// For each section, the release at which its words last changed.
    pub sections: Vec<Arc<Release>>,
    /// Its frozen files, by their paths in the folder of versions.
    pub files: Vec<(TreePath, File)>,
    /// The place in the ledger of the entry that released it.
    pub place: usize,
    /// The place of the version it was changed from.
    pub follows: Option<usize>,
    /// When it is in force.
    pub period: Period,
    /// How many days of notice its readers were promised, where the release says so.
    pub notice: Option<i64>,
    /// What was decided of it since its release, oldest first.
    pub decisions: Vec<Decision>,
}

/// What was decided of a version after its release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The place in the ledger of the entry that records it.
    #[serde(skip)]
    pub place: usize,
    /// Its day.
    pub date: Date,
    /// Why.
    pub reason: String,
    /// The day on which the version comes into force since then. `None` if it was withdrawn.
    pub effective: Option<Date>,
}

impl Version {
    /// Returns the day from which it holds, where that is known.
    pub fn day(&self) -> Option<Date> {
        self.period.from
    }
}
