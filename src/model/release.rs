//! Releases: the acts that freeze documents.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use crate::tree::Digest;

/// Metadata of a release: ID, dates, summary, kind, approvals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its id, unique in the ledger.
    pub id: ReleaseId,
    /// The day it was made; `None` if nobody knows any more.
    pub released: Option<Date>,
    /// The day its words come into force, where that is another.
    pub effective: Option<Date>,
    /// What changed, for readers.
    pub summary: String,
    /// Whether promises changed.
    pub kind: Kind,
    /// Who vouches that it is editorial, where that could not be checked.
    pub attested: Option<String>,
    /// Who approved it, where that was recorded.
    pub approved_by: Option<String>,
    /// The release that its documents were changed from, where that is not the newest.
    pub follows: Option<ReleaseId>,
    /// The release made in the same act, of documents that come into force on another day.
    pub with: Option<ReleaseId>,
    /// The digest of the plan by which it was imported.
    pub plan: Option<Digest>,
}

impl Release {
    /// Returns a release of which nothing but this is known.
    pub fn new(id: ReleaseId, summary: impl Into<String>, kind: Kind) -> Release {
        let summary = summary.into();
        Release {
            id,
            released: None,
            effective: None,
            summary,
            kind,
            attested: None,
            approved_by: None,
            follows: None,
            with: None,
            plan: None,
        }
    }

    /// Returns true unless the release was verified to be editorial. One that a person only vouches
    /// for needs notice.
    pub fn needs_notice(&self) -> bool {
        self.kind == Kind::Substantive || self.attested.is_some()
    }

    /// Returns the day on which its words were to come into force. `None` if nobody knows it. On
    /// which they do is told by a version's [`Period`](crate::model::Period).
    pub fn planned(&self) -> Option<Date> {
        self.effective.or(self.released)
    }
}

/// Whether a release changed what is promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It did.
    Substantive,
    /// It only mended how things are said.
    Editorial,
}

impl Kind {
    /// Returns the word for it, in the ledger and on the page.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Substantive => "substantive",
            Kind::Editorial => "editorial",
        }
    }
}

/// The id of a release: mostly its date, `2023-02-15`, or `2023-02-15.2` for the second of a day.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReleaseId(Arc<str>);

impl ReleaseId {
    /// What no release may be called, because such a file lies beside the folders of the releases.
    const RESERVED: &[&str] = &["index.html", "ledger.yaml"];

    /// How many letters an id has at most.
    pub const LONGEST: usize = 64;

    /// Reads an id: lower-case ASCII letters, digits and hyphens, single dots between them, at most
    /// 64 letters.
    pub fn new(text: &str) -> Option<ReleaseId> {
        let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(letter)
                && !part.starts_with('-')
                && !part.ends_with('-')
        };
        (text.len() <= Self::LONGEST
            && text.split('.').all(part)
            && !Self::RESERVED.contains(&text))
        .then(|| ReleaseId(text.into()))
    }

    /// Returns the id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReleaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for ReleaseId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_id_is_an_address() {
        for id in ["original", "2023-02-15", "2023-02-15.2", "v1.2"] {
            assert!(ReleaseId::new(id).is_some(), "{id}");
        }
        for id in [
            "",
            "..",
            "../x",
            "a..b",
            "a.",
            "-a",
            "A",
            "a/b",
            "a b",
            "ledger.yaml",
            &"x".repeat(65),
        ] {
            assert!(ReleaseId::new(id).is_none(), "{id}");
        }
    }

    #[test]
    fn words_are_planned_for_their_day_or_that_of_their_release() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let release = |released: Option<&str>, effective: Option<&str>| {
            let (released, effective) = (released.map(day), effective.map(day));
            Release {
                released,
                effective,
                ..Release::new(ReleaseId::new("a").unwrap(), "x", Kind::Editorial)
            }
            .planned()
        };
        assert_eq!(release(Some("2024-01-01"), Some("2024-02-02")), Some(day("2024-02-02")));
        assert_eq!(release(Some("2024-01-01"), None), Some(day("2024-01-01")));
        assert_eq!(release(None, None), None);
        assert_eq!(
            [Kind::Substantive, Kind::Editorial].map(Kind::as_str),
            ["substantive", "editorial"]
        );
        let id = ReleaseId::new(&"x".repeat(64)).unwrap();
        assert_eq!(
            (id.to_string(), format!("{id:?}")),
            ("x".repeat(64), format!("{:?}", "x".repeat(64)))
        );
        for bad in ["a-", "a.-b", "a-.b", "index.html"] {
            assert!(ReleaseId::new(bad).is_none(), "{bad}");
        }
    }
}
