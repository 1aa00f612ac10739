//! What a policy or a list is called: its path in `content/`, and the address of its pages.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{LISTS, ListKind};

/// The id of a document: slugs with `/` between them, such as `security` or `privacy/cookies`.
///
/// It is the document's path in `content/`, less `.yaml`, and the address of its pages.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId(Arc<str>);

impl DocumentId {
    /// The id of the list of credited researchers.
    pub const WHITEHATS: &str = "whitehats";
    /// The id of the list of sub-processors.
    pub const SUBPROCESSORS: &str = "subprocessors";
    /// The id of the list of commitments.
    pub const COMMITMENTS: &str = "commitments";
    /// What no policy may be called beside the lists, because the address is taken.
    const TAKEN: [&str; 9] =
        ["assets", "changes", "compare", "history", "index", "ledger", "next", "v", "versions"];

    /// Returns the ids of all lists.
    pub fn lists() -> impl Iterator<Item = &'static str> {
        LISTS.into_iter().map(|kind| kind.id)
    }

    /// Returns true if no policy may have this name in its id, because the address is taken.
    pub fn is_reserved(name: &str) -> bool {
        DocumentId::TAKEN.contains(&name) || ListKind::of(name).is_some()
    }

    /// Reads an id; `None` if it could not become an address.
    pub fn new(text: &str) -> Option<DocumentId> {
        text.split('/').all(is_slug).then(|| DocumentId(text.into()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for DocumentId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Serialize for DocumentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for DocumentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<DocumentId, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        DocumentId::new(text).ok_or_else(|| D::Error::custom("no id"))
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for DocumentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

/// Returns true if a text is lower-case ASCII letters and digits in runs with single hyphens
/// between them.
pub fn is_slug(text: &str) -> bool {
    let run = |run: &str| {
        !run.is_empty()
            && run.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    text.split('-').all(run)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_an_address() {
        for id in ["security", "acceptable-use", "privacy/cookies", "iso-27001"] {
            assert!(DocumentId::new(id).is_some(), "{id}");
        }
        for id in ["", "../x", "Security", "a b", "a--b", "-a", "a/", "a_b", "ü"] {
            assert!(DocumentId::new(id).is_none(), "{id}");
        }
    }

    #[test]
    fn an_id_is_shown_and_found_as_text() {
        let id = DocumentId::new("privacy/cookies").unwrap();
        assert_eq!(
            (id.as_str(), id.to_string(), format!("{id:?}")),
            ("privacy/cookies", "privacy/cookies".into(), "\"privacy/cookies\"".into())
        );
        assert!(std::collections::BTreeMap::from([(id, 1)]).contains_key("privacy/cookies"));
    }
}
