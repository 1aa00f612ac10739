//! What a tree holds, without its bytes: path, digest and size of each file.

use std::collections::BTreeMap;

use super::{Digest, TreePath};

/// The digest and the size of every file of a tree, by path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The files.
    pub files: BTreeMap<TreePath, Record>,
}

/// What a manifest says of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// SHA-256 of its bytes.
    pub sha256: Digest,
    /// How many bytes.
    pub size: u64,
}

impl Record {
    /// Returns what a manifest says of a file with these bytes.
    pub fn of(bytes: &[u8]) -> Record {
        Record { sha256: Digest::of(bytes), size: bytes.len() as u64 }
    }
}

impl Manifest {
    /// Returns the bytes of all files together.
    pub fn size(&self) -> u64 {
        self.files.values().map(|record| record.size).sum()
    }
}

impl FromIterator<(TreePath, Record)> for Manifest {
    fn from_iter<I: IntoIterator<Item = (TreePath, Record)>>(files: I) -> Manifest {
        Manifest { files: files.into_iter().collect() }
    }
}
