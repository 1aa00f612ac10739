//! The lease: one publisher at a time, and what the last one was about to write.
//!
//! An object of ours in the store, created only if it is absent and overwritten only by who knows its tag. It also carries a journal, so
//! that whoever comes after a publisher that was cut off knows which files may hold something else than the state says.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;
use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::publish::Condition;
use crate::publish::Headers;
use crate::publish::Put;
use crate::publish::Reason;
use crate::publish::Refusal;
use crate::publish::State;
use crate::publish::Tag;
use crate::publish::Target;
use crate::publish::chance;
use crate::publish::site::Wanted;
use crate::tree::TreePath;

/// The key of the object.
pub const LEASE: &str = ".policybook/lease.json";

/// For how many seconds a lease is given.
const TERM: i64 = 600;

/// How often a lease that changes under the hand is tried.
const TRIES: u32 = 20;

/// Who is publishing, or was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// A name that nobody else has.
    owner: String,
    /// Who that is, for people.
    pub who: String,
    /// Since when, in seconds since 1970.
    pub since: i64,
    /// Until when nobody else may publish.
    until: i64,
    /// The generation that the files in the journal were for.
    generation: u64,
    /// The digests that a file may have by writes that no state tells of, by path.
    journal: BTreeMap<String, BTreeSet<String>>,
}

/// What is known of a store before anything is done to it.
pub struct Known {
    /// What it holds.
    pub state: State,
    /// The tag of that; nothing before the first publish.
    pub tag: Option<Tag>,
    /// The lease as it was.
    pub(super) lease: Option<(Holder, Tag)>,
}

/// A lease that is held.
pub struct Lease<'a> {
    target: &'a dyn Target,
    held: Mutex<(Holder, Tag)>,
}

impl Holder {
    /// Tells whether the lease is held at a moment.
    pub fn is_held(&self, now: i64) -> bool {
        now < self.until
    }

    /// Returns the digests that a file may have without that the state tells of it.
    pub fn unfinished(&self, state: &State) -> BTreeMap<String, BTreeSet<String>> {
        if self.generation > state.generation { self.journal.clone() } else { BTreeMap::new() }
    }

    fn read(target: &dyn Target) -> Result<Option<(Holder, Tag)>> {
        let Some(object) = target.get(LEASE)? else {
            return Ok(None);
        };
        let holder = serde_json::from_slice(&object.bytes)
            .with_context(|| format!("`{LEASE}` in {} is not what policybook writes", target.address()))?;
        Ok(Some((holder, object.tag)))
    }

    fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a lease is JSON")
    }
}

impl Known {
    /// Asks what a store holds; two requests.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub fn read(target: &dyn Target) -> Result<Known> {
        let lease = Holder::read(target)?;
        let (state, tag) = State::read(target)?;
        Ok(Known { state, tag, lease })
    }

    /// Tells whether the store holds a file just as it should be.
    pub fn holds(&self, path: &TreePath, file: &Wanted) -> bool {
        let held = self.state.files.get(path.as_str());
        let same = held
            .is_some_and(|held| held.sha256 == file.record.sha256.to_string() && held.headers == file.headers && held.class == file.class);
        same && !self.is_unfinished(path.as_str())
    }

    /// Tells whether a publisher that was cut off may have written a file.
    pub fn is_unfinished(&self, path: &str) -> bool {
        let journal = |holder: &Holder| holder.generation > self.state.generation && holder.journal.contains_key(path);
        self.lease.as_ref().is_some_and(|(holder, _)| journal(holder))
    }

    /// Tells whether a publisher was cut off.
    pub fn is_cut_off(&self) -> bool {
        self.lease.as_ref().is_some_and(|(holder, _)| !holder.unfinished(&self.state).is_empty())
    }
}

impl<'a> Lease<'a> {
    /// Takes the lease, and proves that the store keeps to conditions. Waits up to `patience` for another publisher to end.
    ///
    /// # Errors
    /// Refuses if another publisher is at work or the store ignores conditions; says why the store did not answer.
    pub fn take(target: &'a dyn Target, known: &Known, who: &str, patience: Duration) -> Result<Lease<'a>> {
        let owner = chance::name();
        let start = now();
        let mut found = known.lease.clone();
        let mut tries = 0;
        loop {
            let (journal, generation, tag) = match &found {
                Some((holder, _)) if holder.is_held(now()) && holder.owner != owner => {
                    if now() - start >= i64::try_from(patience.as_secs()).unwrap_or(i64::MAX) {
                        return Err(held(holder));
                    }
                    thread::sleep(Duration::from_millis(500 + chance::number() % 1_000));
                    found = Holder::read(target)?;
                    continue;
                }
                Some((holder, tag)) => (holder.journal.clone(), holder.generation, Some(tag.clone())),
                None => (BTreeMap::new(), 0, None),
            };
            let since = now();
            let holder = Holder { owner: owner.clone(), who: who.to_owned(), since, until: since + TERM, generation, journal };
            let condition = tag.as_ref().map_or(Condition::Absent, Condition::Is);
            match target.put(LEASE, &holder.bytes(), &Headers::ours(), condition)? {
                Put::Done(tag) => return Lease::proved(target, holder, tag),
                Put::Conflict if tries == TRIES => bail!("`{LEASE}` in {} changes with every try to write it", target.address()),
                Put::Conflict => {
                    tries += 1;
                    found = Holder::read(target)?;
                    // The write was done and its answer was lost.
                    if let Some((holder, tag)) = found.as_ref().filter(|(holder, _)| holder.owner == owner) {
                        return Lease::proved(target, holder.clone(), tag.clone());
                    }
                }
            }
        }
    }

    /// Proves that two writes fail which must fail.
    fn proved(target: &'a dyn Target, holder: Holder, tag: Tag) -> Result<Lease<'a>> {
        let wrong = Tag { etag: Some("\"00000000000000000000000000000000\"".to_owned()), version: Some("1".to_owned()) };
        for condition in [Condition::Absent, Condition::Is(&wrong)] {
            if let Put::Done(_) = target.put(LEASE, &holder.bytes(), &Headers::ours(), condition)? {
                target.delete(LEASE)?;
                let message = format!(
                    "{} overwrites objects whatever condition is named (`If-None-Match`, `If-Match`), so two publishers could mix their \
                     sites; publish to a store that keeps to conditions",
                    target.address()
                );
                return Err(Refusal::error(Reason::NoConditions, message));
            }
        }
        Ok(Lease { target, held: Mutex::new((holder, tag)) })
    }

    /// Returns the digests that files may have without that the state tells of it.
    pub fn unfinished(&self, state: &State) -> BTreeMap<String, BTreeSet<String>> {
        self.held.lock().expect("no publisher panics").0.unfinished(state)
    }

    /// Says what is about to be written for the next generation.
    ///
    /// # Errors
    /// Refuses if another publisher took over.
    pub fn announce(&self, state: &State, files: impl Iterator<Item = (String, String)>) -> Result<()> {
        self.replace(|holder| {
            let mut journal = holder.unfinished(state);
            files.for_each(|(path, digest)| {
                journal.entry(path).or_default().insert(digest);
            });
            holder.journal = journal;
            holder.generation = state.generation + 1;
            holder.until = now() + TERM;
        })
    }

    /// Prolongs the lease when a third of it is over.
    ///
    /// # Errors
    /// Refuses if another publisher took over.
    pub fn keep(&self) -> Result<()> {
        let until = self.held.lock().expect("no publisher panics").0.until;
        if until - now() > TERM * 2 / 3 {
            return Ok(());
        }
        self.replace(|holder| holder.until = now() + TERM)
    }

    /// Gives the lease back. The journal goes with it if the state tells of everything in it.
    ///
    /// # Errors
    /// Refuses if another publisher took over.
    pub fn release(self, state: &State) -> Result<()> {
        self.replace(|holder| {
            holder.journal = holder.unfinished(state);
            holder.until = 0;
        })
    }

    fn replace(&self, change: impl FnOnce(&mut Holder)) -> Result<()> {
        let mut held = self.held.lock().expect("no publisher panics");
        let mut holder = held.0.clone();
        change(&mut holder);
        let tag = match self.target.put(LEASE, &holder.bytes(), &Headers::ours(), Condition::Is(&held.1))? {
            Put::Done(tag) => tag,
            Put::Conflict => match Holder::read(self.target)? {
                Some((there, tag)) if there == holder => tag,
                there => {
                    let by = there.map_or_else(String::new, |(there, _)| format!(" by {}", there.who));
                    return Err(Refusal::error(Reason::Lost, format!("the lease was taken over{by}; this publisher stops")));
                }
            },
        };
        *held = (holder, tag);
        Ok(())
    }
}

/// Returns who holds the lease of a store, if anybody does.
///
/// # Errors
/// Says why the store did not answer.
pub fn holder(target: &dyn Target) -> Result<Option<Holder>> {
    Ok(Holder::read(target)?.map(|(holder, _)| holder).filter(|holder| holder.is_held(now())))
}

/// Ends a lease that nobody will give back; returns who held it, if anybody did. What it was about to write stays known.
///
/// # Errors
/// Says why the store did not answer, or that the holder is alive and changed the lease just now.
pub fn unlock(target: &dyn Target) -> Result<Option<Holder>> {
    let Some((holder, tag)) = Holder::read(target)?.filter(|(holder, _)| holder.is_held(now())) else {
        return Ok(None);
    };
    let free = Holder { until: 0, ..holder.clone() };
    match target.put(LEASE, &free.bytes(), &Headers::ours(), Condition::Is(&tag))? {
        Put::Done(_) => Ok(Some(holder)),
        Put::Conflict => Err(Refusal::error(Reason::Held, format!("the lease was changed just now: {} is alive", holder.who))),
    }
}

fn held(holder: &Holder) -> anyhow::Error {
    Refusal::error(Reason::Held, format!("{holder}; wait, or end it with `policybook unlock` if nobody is there any more"))
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = |seconds| Timestamp::from_second(seconds).map(|moment| moment.to_string()).unwrap_or_default();
        write!(formatter, "{} is publishing since {}, and holds the lease until {}", self.who, moment(self.since), moment(self.until))
    }
}

/// Returns the moment, in seconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}
