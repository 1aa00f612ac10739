//! Policies that were read, kept for a program that runs later. Lists are not: they name people, and
//! what is kept must not outlive a name that was taken out.

use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::model::{Document, Policy};
use crate::tree::{File, Tree, TreePath, from_bytes, to_bytes};

/// What a document was read as, and what was found in it.
pub type Read = (Option<Arc<Document>>, Diagnostics);

/// Returns a policy as bytes; `None` where there is something to say about it.
pub fn kept((document, found): &Read) -> Option<Vec<u8>> {
    document.as_ref().filter(|_| found.is_empty()).and_then(|read| read.policy()).map(to_bytes)
}

/// Reads such bytes again. The policy is the same as if it were read from its files, which lie
/// below `root`.
pub fn recalled(bytes: &[u8], files: &Tree<File>, root: &TreePath) -> Option<Read> {
    let file = |path: &TreePath| files.get(&root.join(path.as_str())).cloned();
    let policy = from_bytes::<Policy>(bytes)?.attached(file)?;
    Some((Some(Arc::new(Document::Policy(policy))), Diagnostics::new()))
}
