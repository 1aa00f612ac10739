//! What is asked for of a release, and why it cannot be had.

use std::fmt;

use jiff::civil::Date;

use crate::model::{DocumentId, Kind, ReleaseId};

/// What a maintainer asks of a release.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its id; else one is made of its day.
    pub id: Option<String>,
    /// Its day. `None` if unknown, as for an old text that is imported.
    pub released: Option<Date>,
    /// The day that no release may be after, and from which notice runs.
    pub today: Date,
    /// The day its words come into force; else the first that the notice period allows.
    pub effective: Option<Date>,
    /// What changed, for readers.
    pub summary: String,
    /// Whether promises changed.
    pub kind: Kind,
    /// Who vouches that it is editorial, beyond what can be checked.
    pub attested: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
}

/// Why a release cannot be made as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The summary says nothing.
    EmptySummary,
    /// The id could not become an address.
    BadId(String),
    /// Windows could not hold the folder of the release.
    Unportable(ReleaseId),
    /// The id is another release's.
    IdTaken(ReleaseId),
    /// Neither an id nor a day to make one of.
    NoId,
    /// The day has not come.
    Future {
        /// The day asked for.
        asked: Date,
        /// The day.
        today: Date,
    },
    /// The day is before that of the newest entry.
    Backwards {
        /// The day asked for.
        asked: Date,
        /// The day of the newest entry.
        newest: Date,
    },
    /// The words would come into force before they are released.
    EffectiveBefore(Date),
    /// The words would come into force on a day on which readers had others.
    Past {
        /// The day asked for.
        effective: Date,
        /// The day.
        today: Date,
    },
    /// The words would come into force before words that were announced earlier.
    Overtaking {
        /// The document.
        document: DocumentId,
        /// The version that was announced.
        version: ReleaseId,
        /// Its day.
        day: Date,
    },
    /// The notice would be shorter than promised.
    ShortNotice(ShortNotice),
}

impl From<ShortNotice> for Refusal {
    fn from(short: ShortNotice) -> Refusal {
        Refusal::ShortNotice(short)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::EmptySummary => {
                write!(formatter, "the summary is empty: say in a sentence what changed")
            }
            Refusal::BadId(id) => write!(
                formatter,
                "`{}` cannot be the id of a release: it becomes an address, of lower-case letters, digits, hyphens and single dots",
                id.escape_debug()
            ),
            Refusal::Unportable(id) => {
                write!(
                    formatter,
                    "`{id}` cannot be the id of a release: Windows cannot hold a folder of that name"
                )
            }
            Refusal::IdTaken(id) => {
                write!(formatter, "there is a release `{id}` already: choose another `--id`")
            }
            Refusal::NoId => write!(formatter, "a release without a day needs an id"),
            Refusal::Future { asked, today } => {
                write!(
                    formatter,
                    "{asked} is after {today}, today: release on a day that has come, and name the day they come into force with `--effective`"
                )
            }
            Refusal::Backwards { asked, newest } => {
                write!(
                    formatter,
                    "{asked} is before {newest}, the day of the newest entry about these documents: ledger entries must be in date order"
                )
            }
            Refusal::Overtaking { document, version, day } => write!(
                formatter,
                "version `{version}` of `{document}` was announced for {day}: no later release comes into force before it; \
                 choose that day or a later one, or run `policybook postpone` or `policybook withdraw` first"
            ),
            Refusal::EffectiveBefore(released) => {
                write!(
                    formatter,
                    "words cannot come into force before {released}, the day of their release"
                )
            }
            Refusal::Past { effective, today } => {
                write!(
                    formatter,
                    "{effective} has passed, and readers had other words then: the earliest day is {today}"
                )
            }
            Refusal::ShortNotice(short) => short.fmt(formatter),
        }
    }
}

/// A notice that would be shorter than promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShortNotice {
    /// The document whose readers are promised more.
    pub document: DocumentId,
    /// How many days they are promised.
    pub days: i64,
    /// The first day that keeps the promise.
    pub earliest: Date,
}

impl fmt::Display for ShortNotice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ShortNotice { document, days, earliest } = self;
        write!(
            formatter,
            "readers of `{document}` are promised {days} days of notice: the earliest day is {earliest}"
        )
    }
}
