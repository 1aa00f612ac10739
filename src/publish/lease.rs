//! The lease: one publisher at a time, and what the last one was about to write.
//!
//! An object of ours in the store, created only if it is absent and overwritten only by who knows
//! its tag. It also carries a journal, so that whoever comes after a publisher that was cut off
//! knows which files may hold something else than the state says.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;
use std::{fmt, thread};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::publish::target::Found;
use crate::publish::wanted::Wanted;
use crate::publish::{Condition, Headers, Put, Reason, Refusal, STATE, State, Tag, Target, random};
use crate::tree::TreePath;

/// The key of the object.
pub const LEASE: &str = ".policybook/lease.json";

/// For how many seconds a lease is given.
const TERM: i64 = 600;

/// How far clocks may be apart, in seconds: a lease is prolonged when it has longer to run.
const APART: i64 = 180;

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
    /// Files that were seen to be other than the state says.
    pub(super) found: Found,
    /// Whether the state is made again of what lies there.
    pub(super) rebuilt: bool,
}

/// A lease that is held.
pub struct Lease<'a> {
    target: &'a dyn Target,
    held: Mutex<(Holder, Tag)>,
}

impl Holder {
    /// Returns true if the lease is held at a moment.
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
        let holder = serde_json::from_slice(&object.bytes).with_context(|| {
            format!("`{LEASE}` in {} is not what policybook writes", target.address())
        })?;
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
    /// Says why there is no answer; refuses where the clock of the store is far from ours, since a
    /// lease would not mean the same to two publishers.
    pub fn read(target: &dyn Target) -> Result<Known> {
        let lease = Holder::read(target)?;
        let (state, tag) = State::read(target)?;
        match target.ahead() {
            Some(ahead) if ahead.abs() > APART => Err(Refusal::error(
                Reason::Clock,
                format!(
                    "the clock of this machine is {} minutes {} that of {}; set it right, since a lock is only as good as the clocks",
                    ahead.abs() / 60,
                    if ahead > 0 { "behind" } else { "ahead of" },
                    target.address()
                ),
            )),
            _ => Ok(Known { state, tag, lease, found: Found::new(), rebuilt: false }),
        }
    }

    /// Returns what is known of a store that holds nothing.
    pub fn nothing() -> Known {
        Known { state: State::none(), tag: None, lease: None, found: Found::new(), rebuilt: false }
    }

    /// Asks what a store holds of which the state or the lease may be lost, or defaced.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub fn read_leniently(target: &dyn Target) -> Result<Known> {
        let tag = |key: &str| anyhow::Ok(target.get(key)?.map(|object| object.tag));
        let lease = match Holder::read(target) {
            Ok(lease) => lease,
            Err(_) => tag(LEASE)?.map(|tag| (Holder::default(), tag)),
        };
        let (state, tag) = match State::read(target) {
            Ok(read) => read,
            Err(_) => (State::none(), tag(STATE)?),
        };
        let rebuilt = state.generation == 0;
        Ok(Known { state, tag, lease, found: Found::new(), rebuilt })
    }

    /// Returns true if no publisher has begun or ended anything since; two requests.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub fn is_current(&self, target: &dyn Target) -> Result<bool> {
        let lease = self.lease.as_ref().map(|(_, tag)| tag);
        Ok(target.tag(LEASE)?.as_ref() == lease && target.tag(STATE)? == self.tag)
    }

    /// Returns who is publishing, if anybody is.
    pub fn holder(&self) -> Option<&Holder> {
        self.lease.as_ref().map(|(holder, _)| holder).filter(|holder| holder.is_held(now()))
    }

    /// Returns true if the store holds a file just as it should be.
    pub fn holds(&self, path: &TreePath, file: &Wanted) -> bool {
        let held = self.state.files.get(path.as_str());
        let same = held.is_some_and(|held| {
            held.sha256 == file.record.sha256.to_string()
                && held.headers == file.headers
                && held.class == file.class
        });
        same && !self.is_unfinished(path.as_str()) && !self.found.contains_key(path.as_str())
    }

    /// Returns true if a publisher that was cut off may have written a file.
    pub fn is_unfinished(&self, path: &str) -> bool {
        let journal = |holder: &Holder| {
            holder.generation > self.state.generation && holder.journal.contains_key(path)
        };
        self.lease.as_ref().is_some_and(|(holder, _)| journal(holder))
    }

    /// Returns true if a publisher was cut off.
    pub fn is_cut_off(&self) -> bool {
        self.lease.as_ref().is_some_and(|(holder, _)| !holder.unfinished(&self.state).is_empty())
    }
}

impl<'a> Lease<'a> {
    /// Takes the lease, and proves that the store keeps to conditions. Waits up to `patience` for
    /// another publisher to end; `hear` hears of it.
    ///
    /// # Errors
    /// Refuses if another publisher is at work or the store ignores conditions; says why the store
    /// did not answer.
    pub fn take(
        target: &'a dyn Target,
        known: &Known,
        who: &str,
        patience: Duration,
        hear: &dyn Fn(&str),
    ) -> Result<Lease<'a>> {
        let mut told = false;
        let owner = random::name();
        let start = now();
        let mut found = known.lease.clone();
        let mut tries = 0;
        loop {
            let (journal, generation, tag) = match &found {
                Some((holder, _)) if holder.is_held(now()) && holder.owner != owner => {
                    if has_waited(start, now(), patience) {
                        return Err(held(holder));
                    }
                    if !told {
                        hear(&format!("waiting up to {} seconds: {holder}", patience.as_secs()));
                        told = true;
                    }
                    thread::sleep(Duration::from_millis(500 + random::number() % 1_000));
                    found = Holder::read(target)?;
                    continue;
                }
                Some((holder, tag)) => {
                    (holder.journal.clone(), holder.generation, Some(tag.clone()))
                }
                None => (BTreeMap::new(), 0, None),
            };
            let since = now();
            let holder = Holder {
                owner: owner.clone(),
                who: who.to_owned(),
                since,
                until: since + TERM,
                generation,
                journal,
            };
            let condition = tag.as_ref().map_or(Condition::Absent, Condition::Is);
            match target.put(LEASE, &holder.bytes(), &Headers::ours(), condition)? {
                Put::Done(tag) => return Lease::proved(target, holder, tag),
                Put::Conflict if tries == TRIES => {
                    bail!("`{LEASE}` in {} changes with every try to write it", target.address())
                }
                Put::Conflict => {
                    tries += 1;
                    found = Holder::read(target)?;
                    // The write was done and its answer was lost.
                    if let Some((holder, tag)) =
                        found.as_ref().filter(|(holder, _)| holder.owner == owner)
                    {
                        return Lease::proved(target, holder.clone(), tag.clone());
                    }
                }
            }
        }
    }

    /// Proves that two writes fail which must fail.
    fn proved(target: &'a dyn Target, holder: Holder, tag: Tag) -> Result<Lease<'a>> {
        let wrong = Tag {
            etag: Some("\"00000000000000000000000000000000\"".to_owned()),
            version: Some("1".to_owned()),
        };
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
    pub fn announce(
        &self,
        state: &State,
        files: impl Iterator<Item = (String, String)>,
    ) -> Result<()> {
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
        let tag = match self.target.put(
            LEASE,
            &holder.bytes(),
            &Headers::ours(),
            Condition::Is(&held.1),
        )? {
            Put::Done(tag) => tag,
            Put::Conflict => match Holder::read(self.target)? {
                Some((there, tag)) if there == holder => tag,
                there => {
                    let by =
                        there.map_or_else(String::new, |(there, _)| format!(" by {}", there.who));
                    return Err(Refusal::error(
                        Reason::Lost,
                        format!("the lease was taken over{by}; this publisher stops"),
                    ));
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

/// Ends a lease that nobody will give back; returns who held it, if anybody did. What it was about
/// to write stays known.
///
/// # Errors
/// Says why the store did not answer, or that the holder is alive and changed the lease just now.
pub fn unlock(target: &dyn Target) -> Result<Option<Holder>> {
    let Some((holder, tag)) = Holder::read(target)?.filter(|(holder, _)| holder.is_held(now()))
    else {
        return Ok(None);
    };
    let free = Holder { until: 0, ..holder.clone() };
    match target.put(LEASE, &free.bytes(), &Headers::ours(), Condition::Is(&tag))? {
        Put::Done(_) => Ok(Some(holder)),
        Put::Conflict => Err(Refusal::error(
            Reason::Held,
            format!("the lease was changed just now: {} is alive", holder.who),
        )),
    }
}

fn held(holder: &Holder) -> anyhow::Error {
    let ahead = holder.until - now() - TERM;
    let clock = if ahead > APART {
        format!(" by a clock that is at least {} minutes ahead of this one's", ahead / 60)
    } else {
        String::new()
    };
    Refusal::error(
        Reason::Held,
        format!(
            "{holder}{clock}; wait, or end it with `policybook unlock` if nobody is there any more"
        ),
    )
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = |seconds| {
            Timestamp::from_second(seconds).map(|moment| moment.to_string()).unwrap_or_default()
        };
        write!(
            formatter,
            "{} is publishing since {}, and holds the lease until {}",
            self.who,
            moment(self.since),
            moment(self.until)
        )
    }
}

/// Returns true if who began to wait at `start` has waited as long as they would.
fn has_waited(start: i64, now: i64, patience: Duration) -> bool {
    now - start >= i64::try_from(patience.as_secs()).unwrap_or(i64::MAX)
}

/// Returns the moment, in seconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::publish::target::tests::Memory;

    impl Holder {
        /// Returns who was about to write files for a generation, and holds the lease until a
        /// moment.
        pub fn of(
            generation: u64,
            until: i64,
            journal: BTreeMap<String, BTreeSet<String>>,
        ) -> Holder {
            Holder {
                owner: "other".into(),
                who: "Ada".into(),
                since: 0,
                until,
                generation,
                journal,
            }
        }
    }

    fn journal(path: &str) -> BTreeMap<String, BTreeSet<String>> {
        BTreeMap::from([(path.to_owned(), BTreeSet::from(["digest".to_owned()]))])
    }

    fn state(generation: u64) -> State {
        State { generation, ..State::default() }
    }

    /// Returns the lease that lies in a store.
    fn there(memory: &Memory) -> Holder {
        Holder::read(memory).unwrap().unwrap().0
    }

    fn reason<T>(result: Result<T>) -> Option<Reason> {
        Some(result.err()?.downcast::<Refusal>().unwrap().reason)
    }

    fn taken<'a>(memory: &'a Memory, known: &Known) -> Result<Lease<'a>> {
        Lease::take(memory, known, "Bee", Duration::ZERO, &|_| {})
    }

    #[test]
    fn a_lease_is_held_until_its_end() {
        let holder = Holder::of(2, 10, journal("a"));
        assert!(holder.is_held(9) && !holder.is_held(10));
        assert_eq!(holder.unfinished(&state(1)), journal("a"));
        assert!(holder.unfinished(&state(2)).is_empty() && holder.unfinished(&state(3)).is_empty());
        let told = Holder { until: 60, ..holder }.to_string();
        assert_eq!(
            told,
            "Ada is publishing since 1970-01-01T00:00:00Z, and holds the lease until 1970-01-01T00:01:00Z"
        );
    }

    #[test]
    fn what_was_cut_off_is_known() {
        let known = |generation: u64, lease: Option<Holder>| Known {
            state: state(generation),
            tag: None,
            lease: lease.map(|holder| (holder, Tag::default())),
            found: Found::new(),
            rebuilt: false,
        };
        let holder = || Some(Holder::of(2, 0, journal("a")));
        assert!(
            known(1, holder()).is_unfinished("a")
                && !known(1, holder()).is_unfinished("b")
                && !known(2, holder()).is_unfinished("a")
        );
        assert!(
            known(1, holder()).is_cut_off()
                && !known(2, holder()).is_cut_off()
                && !known(1, None).is_cut_off()
        );
        assert!(!known(1, Some(Holder::of(2, 0, BTreeMap::new()))).is_cut_off());
        assert!(!known(1, None).is_unfinished("a"));
    }

    #[test]
    fn one_publisher_holds_the_lease() {
        let memory = Memory::default();
        let known = Known::read(&memory).unwrap();
        let before = now();
        let lease = taken(&memory, &known).unwrap();
        let held = there(&memory);
        assert_eq!((held.who.as_str(), held.generation, held.journal.len()), ("Bee", 0, 0));
        assert!((before..=now()).contains(&held.since) && held.until == held.since + 600);
        assert_eq!(
            reason(taken(&memory, &known)),
            Some(Reason::Held),
            "who looked before it was taken"
        );
        let known = Known::read(&memory).unwrap();
        assert_eq!(reason(taken(&memory, &known)), Some(Reason::Held));
        assert_eq!(holder(&memory).unwrap().unwrap().who, "Bee");
        let heard = Mutex::new(Vec::new());
        let hear = |line: &str| heard.lock().unwrap().push(line.to_owned());
        let waited = Lease::take(&memory, &known, "Cid", Duration::from_secs(1), &hear);
        assert_eq!(reason(waited), Some(Reason::Held));
        let heard = heard.into_inner().unwrap();
        assert!(heard.len() == 1 && heard[0].starts_with("waiting up to 1 seconds: Bee is publ"));
        lease.release(&state(0)).unwrap();
        assert_eq!((there(&memory).until, holder(&memory).unwrap()), (0, None));
        let known = Known::read(&memory).unwrap();
        assert!(taken(&memory, &known).is_ok());
    }

    #[test]
    fn what_the_last_publisher_was_about_to_write_stays_known() {
        let memory = Memory::default();
        memory.write(LEASE, &Holder::of(3, now(), journal("a")).bytes());
        let known = Known::read(&memory).unwrap();
        let lease = taken(&memory, &known).unwrap();
        assert_eq!(lease.unfinished(&state(2)), journal("a"));
        assert_eq!((there(&memory).generation, there(&memory).journal), (3, journal("a")));
    }

    #[test]
    fn patience_is_over_when_its_seconds_are() {
        let patience = Duration::from_secs(10);
        assert!(
            !has_waited(1_000, 1_009, patience)
                && has_waited(1_000, 1_010, patience)
                && has_waited(1_000, 1_000, Duration::ZERO)
        );
        assert!(!has_waited(1_000, 2_000, Duration::MAX));
    }

    #[test]
    fn a_store_that_ignores_conditions_is_refused() {
        let memory = Memory { careless: true, ..Memory::default() };
        let known = Known::read(&memory).unwrap();
        assert_eq!(reason(taken(&memory, &known)), Some(Reason::NoConditions));
        assert!(memory.there().is_empty(), "nothing is left there");
    }

    #[test]
    fn a_write_whose_answer_was_lost_was_done() {
        let memory = Memory::default();
        memory.lost.lock().unwrap().insert(LEASE.to_owned());
        let known = Known::read(&memory).unwrap();
        let lease = taken(&memory, &known).unwrap();
        memory.lost.lock().unwrap().insert(LEASE.to_owned());
        lease.announce(&state(4), [("a".to_owned(), "digest".to_owned())].into_iter()).unwrap();
        assert_eq!((there(&memory).generation, there(&memory).journal), (5, journal("a")));
        lease.release(&state(4)).unwrap();
        assert_eq!(there(&memory).until, 0);
    }

    #[test]
    fn what_is_about_to_be_written_is_announced() {
        let memory = Memory::default();
        memory.write(LEASE, &Holder::of(3, 0, journal("a")).bytes());
        let known = Known::read(&memory).unwrap();
        let lease = taken(&memory, &known).unwrap();
        lease.held.lock().unwrap().0.until = 5;
        let files = [("a", "other"), ("b", "new")]
            .map(|(path, digest)| (path.to_owned(), digest.to_owned()));
        lease.announce(&state(2), files.into_iter()).unwrap();
        let said = there(&memory);
        assert!(said.until >= now() + 599 && said.until <= now() + 600);
        assert_eq!(said.generation, 3);
        assert_eq!(said.journal["a"], BTreeSet::from(["digest", "other"].map(str::to_owned)));
        assert_eq!(said.journal["b"], BTreeSet::from(["new".to_owned()]));
        lease.announce(&state(3), [("c".to_owned(), "new".to_owned())].into_iter()).unwrap();
        assert_eq!(
            (there(&memory).generation, there(&memory).journal.len()),
            (4, 1),
            "what the state tells of is finished"
        );
        lease.release(&state(4)).unwrap();
        assert!(there(&memory).journal.is_empty());
    }

    #[test]
    fn a_lease_is_prolonged_when_a_third_of_it_is_over() {
        let memory = Memory::default();
        let known = Known::read(&memory).unwrap();
        let lease = taken(&memory, &known).unwrap();
        let kept = |left: i64| {
            lease.held.lock().unwrap().0.until = now() + left;
            let writes = memory.asked.lock().unwrap().len();
            lease.keep().unwrap();
            let written = memory.asked.lock().unwrap().len() > writes;
            assert!(!written || (599..=600).contains(&(there(&memory).until - now())));
            written
        };
        assert!(!kept(600) && !kept(403));
        assert!(kept(400) && kept(399) && kept(0));
    }

    #[test]
    fn a_publisher_whose_lease_was_taken_over_stops() {
        let memory = Memory::default();
        let known = Known::read(&memory).unwrap();
        let lease = taken(&memory, &known).unwrap();
        memory.write(LEASE, &Holder::of(1, now() + 100, BTreeMap::new()).bytes());
        let refusal = lease
            .announce(&state(0), std::iter::empty())
            .unwrap_err()
            .downcast::<Refusal>()
            .unwrap();
        assert_eq!(
            (refusal.reason, refusal.message.as_str()),
            (Reason::Lost, "the lease was taken over by Ada; this publisher stops")
        );
        memory.delete(LEASE).unwrap();
        assert_eq!(reason(lease.release(&state(0))), Some(Reason::Lost));
    }

    #[test]
    fn a_lease_that_nobody_will_give_back_is_ended() {
        let memory = Memory::default();
        assert_eq!(unlock(&memory).unwrap(), None);
        memory.write(LEASE, &Holder::of(3, now() + 100, journal("a")).bytes());
        assert_eq!(unlock(&memory).unwrap().unwrap().who, "Ada");
        assert_eq!((there(&memory).until, there(&memory).journal), (0, journal("a")));
        assert_eq!((unlock(&memory).unwrap(), holder(&memory).unwrap()), (None, None));
        memory.write(LEASE, &Holder::of(3, now() + 100, journal("a")).bytes());
        memory.lost.lock().unwrap().insert(LEASE.to_owned());
        assert_eq!(reason(unlock(&memory)), Some(Reason::Held));
        memory.write(LEASE, b"x");
        let told = holder(&memory).unwrap_err().to_string();
        assert_eq!(told, "`.policybook/lease.json` in memory is not what policybook writes");
    }

    #[test]
    fn a_store_holds_a_file_as_it_should_be() {
        let site = crate::publish::bundle::tests::site(&[("a", "x", crate::publish::Class::Leaf)]);
        let (path, file) = site.files.first_key_value().unwrap();
        let held = crate::publish::state::Held {
            sha256: file.record.sha256.to_string(),
            size: 1,
            class: file.class,
            headers: file.headers.clone(),
            form: None,
            tag: Tag::default(),
        };
        let holds = |held: crate::publish::state::Held, lease: Option<Holder>| {
            let state =
                State { files: BTreeMap::from([("a".to_owned(), held)]), ..State::default() };
            let lease = lease.map(|holder| (holder, Tag::default()));
            Known { state, tag: None, lease, found: Found::new(), rebuilt: false }.holds(path, file)
        };
        assert!(
            holds(held.clone(), None) && holds(held.clone(), Some(Holder::of(1, 0, journal("b"))))
        );
        assert!(!holds(held.clone(), Some(Holder::of(1, 0, journal("a")))));
        assert!(!holds(crate::publish::state::Held { sha256: "x".into(), ..held.clone() }, None));
        assert!(!holds(
            crate::publish::state::Held { class: crate::publish::Class::Entry, ..held.clone() },
            None
        ));
        assert!(!holds(crate::publish::state::Held { headers: Headers::ours(), ..held }, None));
        assert!(
            !Known { state: state(0), tag: None, lease: None, found: Found::new(), rebuilt: false }
                .holds(path, file)
        );
    }
}
