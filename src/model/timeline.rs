//! What is in force when: the periods of a document's versions.
//!
//! Everything that tells a day from which, or until which, words are in force asks this and nothing
//! else.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::Act;

/// The days on which a version is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first day. `None` if nobody knows it: it is before every day that is known.
    pub from: Option<Date>,
    /// What ends it.
    pub end: End,
    /// Whether it ended on its first day, by what was decided that day: it was in force for a part
    /// of it.
    pub same_day: bool,
}

/// What ends a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing so far.
    Open,
    /// Another version replaces it.
    Replaced {
        /// Its place among the versions.
        by: usize,
        /// The first day of the other one. `None` if nobody knows it.
        on: Option<Date>,
    },
    /// The document is retired.
    Retired {
        /// The first day on which it is not in force.
        on: Date,
    },
    /// The version was withdrawn before it came into force.
    Withdrawn,
}

impl Period {
    /// Returns the period of a version that nothing ends.
    pub fn open(from: Option<Date>) -> Period {
        Period { from, end: End::Open, same_day: false }
    }

    /// Returns the first day after it, if that is known.
    fn ended(&self) -> Option<Date> {
        match self.end {
            End::Replaced { on, .. } => on,
            End::Retired { on } => Some(on),
            End::Open | End::Withdrawn => None,
        }
    }

    /// Returns its last day, if it has one that is known.
    pub fn until(&self) -> Option<Date> {
        if self.same_day {
            return self.from;
        }
        self.ended().filter(|_| !self.is_empty()).map(|ended| ended.yesterday().unwrap_or(ended))
    }

    /// Returns true if the version never comes into force: it was withdrawn, or something took its
    /// place before its first day.
    pub fn never(&self) -> bool {
        self.is_empty() && !self.same_day
    }

    /// Returns true if the version is not in force at the end of any day.
    pub fn is_empty(&self) -> bool {
        self.end == End::Withdrawn
            || matches!((self.from, self.ended()), (Some(from), Some(ended)) if ended <= from)
    }

    /// Returns true if the version was taken back before it came into force: withdrawn, or
    /// announced when the document was retired.
    pub fn is_cancelled(&self) -> bool {
        self.end == End::Withdrawn || self.never() && matches!(self.end, End::Retired { .. })
    }

    /// Returns true if the version is in force on a day.
    pub fn contains(&self, day: Date) -> bool {
        let over = match self.end {
            End::Open => false,
            End::Withdrawn | End::Replaced { on: None, .. } => true,
            End::Replaced { on: Some(on), .. } | End::Retired { on } => on <= day,
        };
        !over && self.from.is_none_or(|from| from <= day)
    }

    /// Returns its first day and the first day after it, if known; neither if it is empty.
    pub fn turns(&self) -> impl Iterator<Item = Date> + use<> {
        [self.from, self.ended()].into_iter().flatten().filter({
            let empty = self.is_empty();
            move |_| !empty
        })
    }

    /// Returns true if the version comes into force after a day.
    pub fn is_announced(&self, day: Date) -> bool {
        !self.is_empty() && self.from.is_some_and(|from| from > day)
    }
}

/// A version as the ledger released it, and the day that it named.
#[derive(Clone, Copy, Debug)]
pub struct Scheduled<'a> {
    /// The place of its entry in the ledger.
    pub place: usize,
    /// Its id.
    pub id: &'a str,
    /// The day of its release.
    pub released: Option<Date>,
    /// The day on which it was to come into force.
    pub day: Option<Date>,
    /// The version that it says it was changed from.
    pub follows: Option<&'a str>,
}

/// When each version of a document is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The period of each version.
    pub periods: Vec<Period>,
    /// The versions in the order in which one takes over from another: that of the ledger, but that
    /// a version which says what it was changed from stands right behind that one.
    pub order: Vec<usize>,
    /// The acts on a version that came in time, by their place in the ledger and that of the
    /// version among the others.
    pub decided: BTreeSet<(usize, usize)>,
}

/// Returns when each version of a document is in force. `acts` are what else the ledger says of the
/// document, each with its place; both are oldest first.
///
/// A version is in force from its day until one behind it in the order comes into force; after that
/// it never returns. Versions of which nobody knows the day come before all others. A retirement
/// ends what was released before it and what comes into force before its day.
pub fn timeline(versions: &[Scheduled<'_>], acts: &[(usize, &Act)]) -> Timeline {
    let mut days: Vec<Option<Date>> = versions.iter().map(|version| version.day).collect();
    let (mut withdrawn, mut decided) = (vec![false; versions.len()], BTreeSet::new());
    let mut retired: Vec<(usize, Date, Date)> = Vec::new();
    let named = |release: &str| versions.iter().position(|version| version.id == release);
    for (place, act) in acts {
        let (ids, date) = match act {
            Act::Postponement(act) => (&act.versions, act.date),
            Act::Withdrawal(act) => (&act.versions, act.date),
            Act::Retirement(act) => {
                retired.push((*place, act.effective.max(act.date), act.date));
                continue;
            }
            Act::Release(_) | Act::Review(_) | Act::Redaction(_) => continue,
        };
        for at in ids.iter().filter_map(|id| named(id.as_str())) {
            match act {
                // What has come into force by then has been in force, whatever is decided later.
                _ if days[at] <= Some(date) => continue,
                Act::Postponement(act) => days[at] = Some(act.effective.max(date)),
                _ => withdrawn[at] = true,
            }
            decided.insert((*place, at));
        }
    }
    let mut order: Vec<usize> = Vec::with_capacity(versions.len());
    for (at, version) in versions.iter().enumerate() {
        let followed = version
            .follows
            .and_then(&named)
            .and_then(|followed| order.iter().position(|other| *other == followed));
        order.insert(followed.map_or(order.len(), |followed| followed + 1), at);
    }
    order.sort_by_key(|at| days[*at].is_some());
    let mut periods: Vec<Period> = days
        .iter()
        .map(|day| Period { from: *day, end: End::Withdrawn, same_day: false })
        .collect();
    // From the last back: what ends a version is the earliest of what comes behind it.
    let mut next: Option<(usize, Option<Date>)> = None;
    for at in order.iter().copied().rev().filter(|at| !withdrawn[*at]) {
        let ends = |(place, on, _): &&(usize, Date, Date)| {
            *place > versions[at].place || days[at] < Some(*on)
        };
        let end = retired.iter().filter(ends).map(|(_, on, _)| *on).min();
        periods[at].end = match (next, end) {
            (Some((_, Some(on))), Some(end)) if end < on => End::Retired { on: end },
            (Some((by, on)), _) => End::Replaced { by, on },
            (None, Some(on)) => End::Retired { on },
            (None, None) => End::Open,
        };
        let ended_on = match periods[at].end {
            End::Replaced { by, on } if versions[by].released == on => on,
            End::Retired { on } if retired.iter().any(|(_, _, date)| *date == on) => Some(on),
            _ => None,
        };
        periods[at].same_day = ended_on.is_some() && ended_on == days[at];
        if !periods[at].is_empty() && next.is_none_or(|(_, on)| days[at] < on) {
            next = Some((at, days[at]));
        }
    }
    Timeline { periods, order, decided }
}
