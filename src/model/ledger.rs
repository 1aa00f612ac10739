//! The ledger: what was done, when, to which documents, each entry under a seal.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Serialize, Serializer};

use crate::model::{DocumentId, Placed, Release, ReleaseId};
use crate::tree::{Digest, File, Span, TreePath};

/// The ledger, and the files that prove it.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// What was done, oldest first.
    pub entries: Vec<Entry>,
    /// `ledger.yaml` and the digests of every release, by their paths in the folder of versions.
    pub files: Vec<(TreePath, File)>,
}

impl Ledger {
    /// Returns the newest seal: who saves it finds out if the ledger is ever rewritten.
    pub fn head(&self) -> Option<Digest> {
        self.entries.last().map(|entry| entry.seal)
    }

    /// Returns the newest day of an entry.
    pub fn newest(&self) -> Option<Date> {
        self.entries.iter().filter_map(Entry::date).max()
    }

    /// Returns the latest entry date for these documents if `date` is earlier. `None` if that date
    /// is more than one day after `today`: clocks may differ by a day, and an entry dated further
    /// ahead must not block new ones.
    pub fn bars<'a>(
        &self,
        date: Date,
        ids: impl IntoIterator<Item = &'a str>,
        today: Date,
    ) -> Option<Date> {
        let days = NewestDays::of(&self.entries);
        days.newest(ids).filter(|newest| {
            date < *newest && today.tomorrow().is_ok_and(|tomorrow| *newest <= tomorrow)
        })
    }
}

/// The day of the newest entry about each document.
#[derive(Clone, Debug, Default)]
pub struct NewestDays {
    days: BTreeMap<String, Date>,
}

impl NewestDays {
    /// Returns the days after these entries.
    pub fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> NewestDays {
        let mut days = NewestDays::default();
        entries.into_iter().for_each(|entry| days.pass(entry));
        days
    }

    /// Records the dates of the next entry.
    pub fn pass(&mut self, entry: &Entry) {
        if let Some(day) = entry.date() {
            self.days.extend(entry.documents().into_iter().map(|document| (document, day)));
        }
    }

    /// Returns the newest day of these documents.
    pub fn newest<'a>(&self, ids: impl IntoIterator<Item = &'a str>) -> Option<Date> {
        ids.into_iter().filter_map(|id| self.days.get(id)).copied().max()
    }

    /// Returns the latest date already recorded for the entry's documents if the entry predates it.
    pub fn behind(&self, entry: &Entry) -> Option<Date> {
        let day = entry.date()?;
        self.newest(entry.documents().iter().map(String::as_str)).filter(|newest| day < *newest)
    }
}

/// An entry of the ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was done.
    pub act: Act,
    /// Where the entry begins.
    pub span: Span,
    /// The day of an entry above that was dated ahead, behind which this one goes back.
    pub ahead: Option<Date>,
    /// The seal of the entry it was made after; `None` if it is the first.
    pub previous: Option<Digest>,
    /// The digest of the ledger above its seal.
    pub seal: Digest,
}

impl Entry {
    /// Returns the documents it is about, and `security.txt` where its data was reviewed.
    pub fn documents(&self) -> BTreeSet<String> {
        match &self.act {
            Act::Release(frozen) => frozen.documents.keys().map(ToString::to_string).collect(),
            Act::Review(review) => review.documents.iter().cloned().collect(),
            Act::Redaction(redaction) => {
                redaction.documents.keys().map(|(_, id)| id.to_string()).collect()
            }
            Act::Postponement(_) | Act::Withdrawal(_) | Act::Retirement(_) => {
                self.act.decides().iter().map(ToString::to_string).collect()
            }
        }
    }

    /// Returns its day; `None` if it is a release of which nobody knows the day.
    pub fn date(&self) -> Option<Date> {
        match &self.act {
            Act::Release(frozen) => frozen.release.released,
            Act::Review(review) => Some(review.date),
            Act::Redaction(redaction) => Some(redaction.date),
            Act::Postponement(postponement) => Some(postponement.date),
            Act::Withdrawal(withdrawal) => Some(withdrawal.date),
            Act::Retirement(retirement) => Some(retirement.date),
        }
    }

    /// Returns the release, if that is what it records.
    pub fn release(&self) -> Option<&Frozen> {
        match &self.act {
            Act::Release(frozen) => Some(frozen),
            _ => None,
        }
    }

    /// Returns the redaction, if that is what it records.
    pub fn redaction(&self) -> Option<&Redaction> {
        match &self.act {
            Act::Redaction(redaction) => Some(redaction),
            _ => None,
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.act {
            Act::Release(frozen) => write!(formatter, "release `{}`", frozen.release.id),
            Act::Review(review) => write!(formatter, "the review of {}", review.date),
            Act::Redaction(redaction) => write!(formatter, "the redaction of {}", redaction.date),
            Act::Postponement(postponement) => {
                write!(formatter, "the postponement of {}", postponement.date)
            }
            Act::Withdrawal(withdrawal) => {
                write!(formatter, "the withdrawal of {}", withdrawal.date)
            }
            Act::Retirement(retirement) => {
                write!(formatter, "the retirement of {}", retirement.date)
            }
        }
    }
}

/// What an entry records.
#[derive(Clone, Debug)]
pub enum Act {
    /// Documents were frozen.
    Release(Frozen),
    /// Documents were read again, and nothing had to change.
    Review(Review),
    /// Words were removed from frozen documents, on request.
    Redaction(Redaction),
    /// Announced versions come into force on another day.
    Postponement(Postponement),
    /// Announced versions do not come into force.
    Withdrawal(Withdrawal),
    /// Documents are no longer in force from some day on.
    Retirement(Retirement),
}

impl Act {
    /// Returns the documents of which it decides what is in force when; none where it only
    /// releases, reviews or redacts them.
    pub fn decides(&self) -> &[DocumentId] {
        match self {
            Act::Postponement(Postponement { documents, .. })
            | Act::Withdrawal(Withdrawal { documents, .. })
            | Act::Retirement(Retirement { documents, .. }) => documents,
            Act::Release(_) | Act::Review(_) | Act::Redaction(_) => &[],
        }
    }
}

/// A release and what it froze.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The release.
    pub release: Arc<Release>,
    /// Where its id stands.
    pub span: Span,
    /// Whether raw HTML in them reaches readers, where that makes a difference.
    pub raw_html: Option<bool>,
    /// The digest of each document it froze.
    pub documents: BTreeMap<DocumentId, Placed<Digest>>,
    /// How many days of notice the readers of each document were promised, where the release says
    /// so.
    pub notice: BTreeMap<DocumentId, i64>,
}

/// A review.
#[derive(Clone, Debug)]
pub struct Review {
    /// The day.
    pub date: Date,
    /// The documents that were read, and `security.txt` where its data was.
    pub documents: Vec<String>,
    /// When the data of security.txt should no longer be trusted, where that was moved.
    pub expires: Option<Timestamp>,
}

/// A postponement: announced versions come into force on another day, later or earlier.
#[derive(Clone, Debug)]
pub struct Postponement {
    /// The day it was decided.
    pub date: Date,
    /// The versions.
    pub versions: Vec<ReleaseId>,
    /// The documents of which these are versions.
    pub documents: Vec<DocumentId>,
    /// The day on which they come into force.
    pub effective: Date,
    /// Why.
    pub reason: String,
}

/// A withdrawal: announced versions do not come into force.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    /// The day it was decided.
    pub date: Date,
    /// The versions.
    pub versions: Vec<ReleaseId>,
    /// The documents of which these are versions.
    pub documents: Vec<DocumentId>,
    /// Why.
    pub reason: String,
}

/// A retirement: documents are no longer in force from some day on.
#[derive(Clone, Debug, Serialize)]
pub struct Retirement {
    /// The day it was decided.
    pub date: Date,
    /// The documents.
    #[serde(skip)]
    pub documents: Vec<DocumentId>,
    /// The first day on which they are not in force.
    pub effective: Date,
    /// Why.
    pub reason: String,
    /// The document that takes their place.
    #[serde(serialize_with = "as_text")]
    pub see: Option<DocumentId>,
}

fn as_text<S: Serializer>(id: &Option<DocumentId>, serializer: S) -> Result<S::Ok, S::Error> {
    id.as_ref().map(DocumentId::as_str).serialize(serializer)
}

/// A redaction.
#[derive(Clone, Debug)]
pub struct Redaction {
    /// The day.
    pub date: Date,
    /// Why.
    pub reason: String,
    /// The digest of each document that was changed by it, by release.
    pub documents: BTreeMap<(ReleaseId, DocumentId), Digest>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn entry(act: Act, seal: &str) -> Entry {
        Entry { act, span: Span::default(), ahead: None, previous: None, seal: Digest::of(seal) }
    }

    fn entries() -> [Entry; 3] {
        let id = |id: &str| DocumentId::new(id).unwrap();
        let release = ReleaseId::new("one").unwrap();
        let digest =
            |id: DocumentId| (id, Placed { value: Digest::of("x"), span: Span::default() });
        let frozen = Frozen {
            release: Arc::new(Release {
                released: Some(day("2024-01-01")),
                ..Release::new(release.clone(), "x", Kind::Editorial)
            }),
            span: Span::default(),
            raw_html: None,
            documents: [id("b"), id("a")].map(digest).into(),
            notice: BTreeMap::new(),
        };
        let review = Review {
            date: day("2024-02-03"),
            documents: vec!["security.txt".into(), "a".into()],
            expires: None,
        };
        let documents = BTreeMap::from([((release, id("b")), Digest::of("x"))]);
        let redaction = Redaction { date: day("2024-02-02"), reason: "x".into(), documents };
        [
            entry(Act::Release(frozen), "1"),
            entry(Act::Review(review), "2"),
            entry(Act::Redaction(redaction), "3"),
        ]
    }

    #[test]
    fn an_entry_says_what_it_is_about() {
        let documents =
            entries().map(|entry| entry.documents().into_iter().collect::<Vec<_>>().join(" "));
        assert_eq!(documents, ["a b", "a security.txt", "b"]);
        assert_eq!(
            entries().map(|entry| entry.date()),
            ["2024-01-01", "2024-02-03", "2024-02-02"].map(|text| Some(day(text)))
        );
        assert_eq!(entries().map(|entry| entry.release().is_some()), [true, false, false]);
        assert_eq!(entries().map(|entry| entry.redaction().is_some()), [false, false, true]);
        let told = ["release `one`", "the review of 2024-02-03", "the redaction of 2024-02-02"];
        assert_eq!(entries().map(|entry| entry.to_string()), told);
    }

    #[test]
    fn a_ledger_ends_with_its_newest_seal() {
        let ledger = Ledger { entries: entries().into(), files: Vec::new() };
        assert_eq!(
            (ledger.head(), ledger.newest()),
            (Some(Digest::of("3")), Some(day("2024-02-03")))
        );
        assert_eq!((Ledger::default().head(), Ledger::default().newest()), (None, None));
    }
}
