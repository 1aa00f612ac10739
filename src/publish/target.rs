//! Where a site goes live: objects by key, each overwritten only if it still is what was expected.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use crate::publish::Headers;

/// What names one state of an object: a store gives another one with each write.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The entity tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// What some stores have instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
}

/// Files that lie otherwise in a target than they should: the tag of what an overwrite replaces,
/// and nothing where the file is gone.
pub type Found = BTreeMap<String, Option<Tag>>;

/// An object as a store gives it.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is served with; `None` if the target keeps no headers.
    pub headers: Option<Headers>,
    /// What an overwrite must name.
    pub tag: Tag,
}

/// When an object is written.
#[derive(Clone, Copy, Debug)]
pub enum Condition<'a> {
    /// If there is none.
    Absent,
    /// If it still has this tag.
    Is(&'a Tag),
}

/// What became of a write.
#[derive(Clone, Debug)]
pub enum Put {
    /// It is done; the object now has this tag.
    Done(Tag),
    /// The condition does not hold, or did not when the store looked: a write whose answer was lost
    /// fails so when it is tried again.
    Conflict,
}

/// A place that sites are published to.
pub trait Target: Sync {
    /// Returns its address as people write it; it holds no secret.
    fn address(&self) -> &str;

    /// Returns an object, if it is there.
    ///
    /// # Errors
    /// Says why the store did not answer.
    fn get(&self, key: &str) -> Result<Option<Object>>;

    /// Returns the tag of an object, if it is there, without its bytes.
    ///
    /// # Errors
    /// Says why the store did not answer.
    fn tag(&self, key: &str) -> Result<Option<Tag>>;

    /// Returns the key of every object.
    ///
    /// # Errors
    /// Says why the store did not answer.
    fn list(&self) -> Result<Vec<String>>;

    /// Writes an object wholly, with its headers, if the condition holds.
    ///
    /// # Errors
    /// Says why the store did not answer.
    fn put(
        &self,
        key: &str,
        bytes: &[u8],
        headers: &Headers,
        condition: Condition<'_>,
    ) -> Result<Put>;

    /// Removes an object, if it is there.
    ///
    /// # Errors
    /// Says why the store did not answer.
    fn delete(&self, key: &str) -> Result<()>;

    /// Returns by how many seconds the clock of the place was ahead of ours with its last answer,
    /// if it told the time.
    fn ahead(&self) -> Option<i64> {
        None
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::sync::Mutex;

    use anyhow::bail;

    /// A store in memory that can go wrong as stores do.
    #[derive(Default)]
    pub struct Memory {
        /// What is there.
        pub objects: Mutex<BTreeMap<String, Object>>,
        /// Every request so far, as `put KEY`, those that were refused with a `!`.
        pub asked: Mutex<Vec<String>>,
        /// After how many requests no other is answered.
        pub ends: Mutex<Option<usize>>,
        /// Keys of which the next write is done and its answer lost.
        pub lost: Mutex<BTreeSet<String>>,
        /// Whether conditions are ignored.
        pub careless: bool,
    }

    impl Memory {
        fn ask(&self, act: &str, key: &str) -> Result<()> {
            let mut asked = self.asked.lock().unwrap();
            if self.ends.lock().unwrap().is_some_and(|ends| asked.len() >= ends) {
                bail!("the store is gone");
            }
            asked.push(format!("{act} {key}"));
            Ok(())
        }

        /// Returns the keys and the bytes of what is there.
        pub fn there(&self) -> BTreeMap<String, Vec<u8>> {
            self.objects
                .lock()
                .unwrap()
                .iter()
                .map(|(key, object)| (key.clone(), object.bytes.clone()))
                .collect()
        }

        /// Writes an object whatever is there.
        pub fn write(&self, key: &str, bytes: &[u8]) {
            let mut objects = self.objects.lock().unwrap();
            let version = objects
                .values()
                .filter_map(|object| object.tag.version.as_ref()?.parse::<u64>().ok())
                .max()
                .unwrap_or(1)
                + 1;
            let tag = Tag { etag: None, version: Some(version.to_string()) };
            objects.insert(
                key.to_owned(),
                Object { bytes: bytes.to_vec(), headers: Some(Headers::ours()), tag },
            );
        }
    }

    impl Target for Memory {
        fn address(&self) -> &str {
            "memory"
        }

        fn get(&self, key: &str) -> Result<Option<Object>> {
            self.ask("get", key)?;
            Ok(self.objects.lock().unwrap().get(key).cloned())
        }

        fn tag(&self, key: &str) -> Result<Option<Tag>> {
            self.ask("head", key)?;
            Ok(self.objects.lock().unwrap().get(key).map(|object| object.tag.clone()))
        }

        fn list(&self) -> Result<Vec<String>> {
            self.ask("list", "")?;
            Ok(self.objects.lock().unwrap().keys().cloned().collect())
        }

        fn put(
            &self,
            key: &str,
            bytes: &[u8],
            headers: &Headers,
            condition: Condition<'_>,
        ) -> Result<Put> {
            self.ask("put", key)?;
            let there = self.objects.lock().unwrap().get(key).map(|object| object.tag.clone());
            let holds = match condition {
                Condition::Absent => there.is_none(),
                Condition::Is(tag) => there.as_ref() == Some(tag),
            };
            if !holds && !self.careless {
                self.asked.lock().unwrap().last_mut().unwrap().push('!');
                return Ok(Put::Conflict);
            }
            self.write(key, bytes);
            let mut objects = self.objects.lock().unwrap();
            let object = objects.get_mut(key).unwrap();
            object.headers = Some(headers.clone());
            if self.lost.lock().unwrap().remove(key) {
                Ok(Put::Conflict)
            } else {
                Ok(Put::Done(object.tag.clone()))
            }
        }

        fn delete(&self, key: &str) -> Result<()> {
            self.ask("delete", key)?;
            self.objects.lock().unwrap().remove(key);
            Ok(())
        }
    }
}
