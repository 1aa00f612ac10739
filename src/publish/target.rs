//! Where a site goes live: objects by key, each overwritten only if it still is what was expected.

use anyhow::Result;
use serde::Deserialize;
use serde::Serialize;

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

/// An object as a store gives it.
#[derive(Clone, Debug)]
pub struct Object {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it is served with; nothing where the target keeps no headers.
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
    /// The condition does not hold, or did not when the store looked: a write whose answer was lost fails so when it is tried again.
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

    /// Writes an object wholly, with its headers, if the condition holds.
    ///
    /// # Errors
    /// Says why the store did not answer.
    fn put(&self, key: &str, bytes: &[u8], headers: &Headers, condition: Condition<'_>) -> Result<Put>;

    /// Removes an object, if it is there.
    ///
    /// # Errors
    /// Says why the store did not answer.
    fn delete(&self, key: &str) -> Result<()>;
}
