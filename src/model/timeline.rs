//! What is in force when: the periods of a document's versions.
//!
//! Everything that tells a day from which, or until which, words are in force asks this and nothing else.

use jiff::civil::Date;

use crate::model::Act;

/// The days on which a version is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first day. `None` if nobody knows it: it is before every day that is known.
    pub from: Option<Date>,
    /// What ends it.
    pub end: End,
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
        Period { from, end: End::Open }
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
        self.ended().filter(|_| !self.is_empty()).map(|ended| ended.yesterday().unwrap_or(ended))
    }

    /// Returns true if the version is never in force: it was withdrawn, or something took its place before its first day.
    pub fn is_empty(&self) -> bool {
        self.end == End::Withdrawn || matches!((self.from, self.ended()), (Some(from), Some(ended)) if ended <= from)
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

    /// Returns the days on which it begins and is over, as far as they are known.
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

/// Returns the period of each version of a document. `versions` are their places in the ledger and the days on which they were to come into
/// force, `acts` what else the ledger says of the document, with its place, both oldest first.
///
/// A version is in force from its day until one that stands later in the ledger comes into force; after that it never returns. Versions of
/// which nobody knows the day come before all others. A retirement ends what was released before it and what comes into force before
/// its day.
pub fn periods(versions: &[(usize, &str, Option<Date>)], acts: &[(usize, &Act)]) -> Vec<Period> {
    let mut days: Vec<Option<Date>> = versions.iter().map(|(_, _, day)| *day).collect();
    let mut withdrawn = vec![false; versions.len()];
    let mut retired: Vec<(usize, Date)> = Vec::new();
    let named = |release: &str| versions.iter().position(|(_, id, _)| *id == release);
    for (place, act) in acts {
        let (ids, date) = match act {
            Act::Postponement(act) => (&act.versions, act.date),
            Act::Withdrawal(act) => (&act.versions, act.date),
            Act::Retirement(act) => {
                retired.push((*place, act.effective.max(act.date)));
                continue;
            }
            Act::Release(_) | Act::Review(_) | Act::Redaction(_) => continue,
        };
        // What has come into force by then has been in force, whatever is decided later.
        for at in ids.iter().filter_map(|id| named(id.as_str())).filter(|at| days[*at] > Some(date)).collect::<Vec<_>>() {
            match act {
                Act::Postponement(act) => days[at] = Some(act.effective.max(date)),
                _ => withdrawn[at] = true,
            }
        }
    }
    // From the newest back: what ends a version is the earliest of what comes after it.
    let rank = |at: usize| (days[at].is_some(), at);
    let mut order: Vec<usize> = (0..versions.len()).filter(|at| !withdrawn[*at]).collect();
    order.sort_by_key(|at| rank(*at));
    let mut periods: Vec<Period> = days.iter().map(|day| Period { from: *day, end: End::Withdrawn }).collect();
    // The version that takes over first of those that come after, and its day.
    let mut next: Option<(usize, Option<Date>)> = None;
    for at in order.into_iter().rev() {
        let ends = |(place, on): &&(usize, Date)| *place > versions[at].0 || days[at] < Some(*on);
        let end = retired.iter().filter(ends).map(|(_, on)| *on).min();
        periods[at].end = match (next, end) {
            (Some((_, Some(on))), Some(end)) if end < on => End::Retired { on: end },
            (Some((by, on)), _) => End::Replaced { by, on },
            (None, Some(on)) => End::Retired { on },
            (None, None) => End::Open,
        };
        if !periods[at].is_empty() && next.is_none_or(|(_, on)| days[at] < on) {
            next = Some((at, days[at]));
        }
    }
    periods
}
