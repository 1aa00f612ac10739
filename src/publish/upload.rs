//! One file to the store: only over what the state says is there, or what is proved to be as good.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};

use crate::publish::target::Found;
use crate::publish::wanted::Wanted;
use crate::publish::{Bundle, Class, Condition, Object, Put, Reason, Refusal, State, Tag, Target};
use crate::tree::{Digest, TreePath};

/// How often a file that changes under the hand is tried.
const TRIES: usize = 5;

/// What is needed to send a file.
pub struct Upload<'a> {
    /// Where to.
    pub target: &'a dyn Target,
    /// Where from.
    pub site: &'a Bundle,
    /// What the store holds by our own word.
    pub state: &'a State,
    /// What publishers that were cut off may have written.
    pub unfinished: &'a BTreeMap<String, BTreeSet<String>>,
    /// What was seen to be other than the state says.
    pub found: &'a Found,
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
        let mut known = self.known(path);
        for _ in 0..TRIES {
            let condition = known.as_ref().map_or(Condition::Absent, Condition::Is);
            if let Put::Done(tag) =
                self.target.put(path.as_str(), &bytes, &file.headers, condition)?
            {
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

    /// Holds that a file may be sent, without sending it.
    ///
    /// # Errors
    /// Refuses to overwrite what somebody else wrote; says why the store did not answer.
    pub fn permitted(&self, path: &TreePath) -> Result<()> {
        let Some(there) = self.target.tag(path.as_str())? else {
            return Ok(());
        };
        if self.known(path).as_ref() == Some(&there) {
            return Ok(());
        }
        match self.target.get(path.as_str())? {
            Some(there) => self.permit(path, &self.site.files[path], &there),
            None => Ok(()),
        }
    }

    /// Returns the tag that a file has: as it was seen, else by our own word.
    fn known(&self, path: &TreePath) -> Option<Tag> {
        if let Some(seen) = self.found.get(path.as_str()) {
            return seen.clone();
        }
        let gone = || self.state.gone.get(path.as_str()).and_then(|gone| gone.held.as_ref());
        self.state.files.get(path.as_str()).or_else(gone).map(|held| held.tag.clone())
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
            // The page of a version may be drawn anew: what it shows lies beside it, in files that
            // nobody overwrites.
            if file.form.is_some() {
                return Ok(());
            }
            let message = format!(
                "`{path}` is there already with other bytes ({digest} instead of {}), and the address of a version is used once; release \
                 under another name",
                file.record.sha256
            );
            return Err(Refusal::error(Reason::PermanentChanged, message));
        }
        let journal = self
            .unfinished
            .get(path.as_str())
            .is_some_and(|digests| digests.contains(&digest_text));
        if expected || journal || self.overwrite {
            return Ok(());
        }
        let message = format!(
            "`{path}` was written by somebody else; look at it, then write over it with `--overwrite`"
        );
        Err(Refusal::error(Reason::Drift, message))
    }
}

/// Returns true if an object is just what it should be.
fn same(there: &Object, file: &Wanted) -> bool {
    Digest::of(&there.bytes) == file.record.sha256
        && there.headers.as_ref().is_none_or(|headers| *headers == file.headers)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::bundle::tests::site;
    use crate::publish::state::{Gone, Held};
    use crate::publish::target::tests::Memory;

    /// Sends a file `a` to a store that holds these bytes, where the state and a journal say that
    /// it holds others.
    fn sent(
        class: Class,
        there: Option<&str>,
        held: Option<&str>,
        journal: &[&str],
        overwrite: bool,
    ) -> Result<Vec<u8>, Reason> {
        sent_as(class, true, there, held, journal, overwrite)
    }

    /// The same, of the page of a version or not.
    fn sent_as(
        class: Class,
        page: bool,
        there: Option<&str>,
        held: Option<&str>,
        journal: &[&str],
        overwrite: bool,
    ) -> Result<Vec<u8>, Reason> {
        let memory = Memory::default();
        if let Some(there) = there {
            memory.write("a", there.as_bytes());
        }
        let mut site = site(&[("a", "<article>new</article>", class)]);
        if !page {
            site.files.values_mut().for_each(|file| file.form = None);
        }
        let mut state = State::default();
        if let Some(held) = held {
            let headers = crate::publish::Headers::ours();
            let tag = Tag { etag: Some("stale".into()), version: None };
            let held = Held {
                sha256: Digest::of(held).to_string(),
                size: 1,
                class,
                headers,
                form: None,
                tag,
            };
            state.files.insert("a".into(), held);
        }
        let digests: BTreeSet<String> =
            journal.iter().map(|text| Digest::of(text).to_string()).collect();
        let unfinished = BTreeMap::from([("a".to_owned(), digests)]);
        let upload = Upload {
            target: &memory,
            site: &site,
            state: &state,
            unfinished: &unfinished,
            found: &Found::new(),
            overwrite,
        };
        let sent = upload.send(&TreePath::new("a").unwrap());
        sent.map(|_| memory.there()["a"].clone())
            .map_err(|error| error.downcast::<Refusal>().unwrap().reason)
    }

    #[test]
    fn only_what_is_known_is_overwritten() {
        let new = || Ok(b"<article>new</article>".to_vec());
        for class in [Class::Leaf, Class::Entry, Class::Asset] {
            assert_eq!(sent(class, None, None, &[], false), new());
            assert_eq!(sent(class, None, Some("old"), &[], false), new(), "somebody removed it");
            assert_eq!(
                sent(class, Some("old"), Some("old"), &[], false),
                new(),
                "another tag of the same bytes"
            );
            assert_eq!(sent(class, Some("other"), Some("old"), &[], false), Err(Reason::Drift));
            assert_eq!(sent(class, Some("other"), None, &[], false), Err(Reason::Drift));
            assert_eq!(
                sent(class, Some("other"), None, &["other"], false),
                new(),
                "somebody was cut off"
            );
            assert_eq!(sent(class, Some("other"), None, &["another"], false), Err(Reason::Drift));
            assert_eq!(sent(class, Some("other"), Some("old"), &[], true), new());
            assert_eq!(
                sent(class, Some("<article>new</article>"), Some("old"), &[], false),
                new(),
                "with other headers"
            );
        }
    }

    #[test]
    fn the_address_of_a_version_is_used_once() {
        let new = || Ok(b"<article>new</article>".to_vec());
        let permanent = Class::Permanent;
        let frozen = |there: &str| sent_as(permanent, false, Some(there), None, &[], true);
        assert_eq!(frozen("<article>other</article>"), Err(Reason::PermanentChanged));
        assert_eq!(frozen("<article>new</article>"), new());
        assert_eq!(
            sent(permanent, Some("<article>other</article>"), None, &[], false),
            new(),
            "a page, beside its frozen files"
        );
        assert_eq!(sent(permanent, Some("other"), Some("other"), &[], false), new());
        assert_eq!(sent(permanent, Some("other"), Some("old"), &[], false), Err(Reason::Drift));
        assert_eq!(sent(permanent, None, None, &[], false), new());
    }

    #[test]
    fn a_retired_file_is_known() {
        let memory = Memory::default();
        memory.write("a", b"old");
        let tag = memory.get("a").unwrap().unwrap().tag;
        let site = site(&[("a", "new", Class::Leaf)]);
        let headers = crate::publish::Headers::ours();
        let held =
            Held { sha256: String::new(), size: 3, class: Class::Leaf, headers, form: None, tag };
        let state = State {
            gone: [("a".to_owned(), Gone { since: 0, held: Some(held) })].into(),
            ..State::default()
        };
        let upload = Upload {
            target: &memory,
            site: &site,
            state: &state,
            unfinished: &BTreeMap::new(),
            found: &Found::new(),
            overwrite: false,
        };
        let path = TreePath::new("a").unwrap();
        let tag = upload.send(&path).unwrap();
        let there = memory.get("a").unwrap().unwrap();
        assert_eq!((there.bytes.as_slice(), &there.tag), (&b"new"[..], &tag));
        assert!(same(&there, &site.files[&path]));
        assert!(!same(
            &Object { headers: Some(crate::publish::Headers::ours()), ..there.clone() },
            &site.files[&path]
        ));
        assert!(
            same(&Object { headers: None, ..there.clone() }, &site.files[&path]),
            "a folder keeps none"
        );
        assert!(!same(&Object { bytes: b"x".to_vec(), ..there }, &site.files[&path]));
        let asked = memory.asked.lock().unwrap().len();
        memory.lost.lock().unwrap().insert("a".to_owned());
        assert_eq!(
            Upload { state: &State::default(), ..upload }.send(&path).unwrap(),
            tag,
            "it is there as it should be"
        );
        assert_eq!(memory.asked.lock().unwrap().len() - asked, 2);
    }
}
