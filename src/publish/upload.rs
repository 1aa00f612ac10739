//! One file to the store: only over what the state says is there, or what is proved to be as good.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use anyhow::Result;
use anyhow::bail;

use crate::publish::Class;
use crate::publish::Condition;
use crate::publish::Object;
use crate::publish::Put;
use crate::publish::Reason;
use crate::publish::Refusal;
use crate::publish::Site;
use crate::publish::State;
use crate::publish::Tag;
use crate::publish::Target;
use crate::publish::site::Wanted;
use crate::publish::words;
use crate::tree::Digest;
use crate::tree::TreePath;

/// How often a file that changes under the hand is tried.
const TRIES: usize = 5;

/// What is needed to send a file.
pub struct Upload<'a> {
    /// Where to.
    pub target: &'a dyn Target,
    /// Where from.
    pub site: &'a Site,
    /// What the store holds by our own word.
    pub state: &'a State,
    /// What publishers that were cut off may have written.
    pub unfinished: &'a BTreeMap<String, BTreeSet<String>>,
    /// Whether what somebody else wrote is overwritten.
    pub overwrite: bool,
}

impl Upload<'_> {
    /// Sends a file; returns its tag.
    ///
    /// # Errors
    /// Refuses to overwrite what somebody else wrote; says why the store did not answer.
    pub fn send(&self, path: &TreePath) -> Result<Tag> {
        let file = &self.site.files[path];
        let bytes = self.site.bytes(path)?;
        let gone = || self.state.gone.get(path.as_str()).and_then(|gone| gone.held.as_ref());
        let mut known = self.state.files.get(path.as_str()).or_else(gone).map(|held| held.tag.clone());
        for _ in 0..TRIES {
            let condition = known.as_ref().map_or(Condition::Absent, Condition::Is);
            if let Put::Done(tag) = self.target.put(path.as_str(), &bytes, &file.headers, condition)? {
                return Ok(tag);
            }
            known = match self.target.get(path.as_str())? {
                None => None,
                Some(there) if same(&there, file) => return Ok(there.tag),
                Some(there) => {
                    self.permit(path, file, &there)?;
                    Some(there.tag)
                }
            };
        }
        bail!("`{path}` changes with every try to write it")
    }

    /// Refuses to overwrite an object that is not what the state says.
    fn permit(&self, path: &TreePath, file: &Wanted, there: &Object) -> Result<()> {
        let digest = Digest::of(&there.bytes);
        if digest == file.record.sha256 {
            return Ok(());
        }
        let digest_text = digest.to_string();
        let held = self.state.files.get(path.as_str());
        let expected = held.is_some_and(|held| held.sha256 == digest_text);
        if file.class == Class::Permanent && held.is_none() {
            if file.words.is_some_and(|words| words == words::digest(&there.bytes)) {
                return Ok(());
            }
            let message = format!(
                "`{path}` is there already with other words ({digest} instead of {}), and the address of a version is used once; release \
                 under another name",
                file.record.sha256
            );
            return Err(Refusal::error(Reason::PermanentChanged, message));
        }
        let journal = self.unfinished.get(path.as_str()).is_some_and(|digests| digests.contains(&digest_text));
        if expected || journal || self.overwrite {
            return Ok(());
        }
        let message = format!("`{path}` was written by somebody else; look at it, then write over it with `--overwrite`");
        Err(Refusal::error(Reason::Drift, message))
    }
}

/// Tells whether an object is just what it should be.
fn same(there: &Object, file: &Wanted) -> bool {
    Digest::of(&there.bytes) == file.record.sha256 && there.headers.as_ref().is_none_or(|headers| *headers == file.headers)
}
