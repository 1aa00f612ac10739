//! The line to a store: how long it has been silent, and how far its clock is from ours.
//!
//! What answers may be asked again for long, even if it answers that it is busy. What is silent is
//! given up within a minute, far sooner than a lease ends, and not asked again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::publish::Hear;

/// How long a connection may take.
pub const CONNECTING: Duration = Duration::from_secs(5);

/// How long a store may take to begin an answer to what it was sent.
pub const ANSWERING: Duration = Duration::from_secs(15);

/// How long a whole answer may take.
pub const RECEIVING: Duration = Duration::from_secs(40);

/// After how long a silence a store is given up.
const SILENCE: Duration = Duration::from_secs(25);

/// The line to a store.
pub struct Wire {
    address: String,
    hear: Hear,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Since when requests have gone without an answer.
    silent: Option<Instant>,
    /// By how many seconds the store's clock is ahead of ours.
    ahead: Option<i64>,
}

impl Wire {
    /// Returns the line to the store at an address; who waits hears for what.
    pub fn new(address: String, hear: Hear) -> Wire {
        Wire { address, hear, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an answer, and the moment that it names in its header `Date`.
    pub fn answered(&self, date: Option<&str>) {
        let there = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        let mut state = self.state();
        state.silent = None;
        if let Some(there) = there {
            state.ahead = Some(there.as_second() - Timestamp::now().as_second());
        }
    }

    /// Notes a request without an answer, which began to wait at `since`. Returns whether it may be
    /// asked again.
    pub fn unanswered(&self, since: Instant, why: &str) -> bool {
        let silent = *self.state().silent.get_or_insert(since);
        let again = silent.elapsed() < SILENCE;
        if again {
            let seconds = silent.elapsed().as_secs();
            (self.hear)(&format!("waiting for {} for {seconds} seconds: {why}", self.address));
        }
        again
    }

    /// Returns true if the store has been silent for too long to be asked again.
    pub fn is_lost(&self) -> bool {
        self.state().silent.is_some_and(|since| since.elapsed() >= SILENCE)
    }

    /// Returns by how many seconds the store's clock is ahead of ours, if it has said its time.
    pub fn ahead(&self) -> Option<i64> {
        self.state().ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_silent_store_is_given_up_and_an_answer_ends_the_silence() {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let hears = Arc::clone(&heard);
        let hear = move |line: &str| hears.lock().unwrap().push(line.to_owned());
        let wire = Wire::new("s3://b".to_owned(), Box::new(hear));
        let ago = |seconds: u64| Instant::now().checked_sub(Duration::from_secs(seconds)).unwrap();
        assert!(wire.unanswered(ago(15), "no answer") && !wire.is_lost());
        assert_eq!(*heard.lock().unwrap(), ["waiting for s3://b for 15 seconds: no answer"]);
        wire.answered(None);
        assert!(wire.unanswered(ago(5), "no answer") && wire.ahead().is_none());
        wire.state().silent = Some(ago(30));
        assert!(!wire.unanswered(ago(0), "no answer") && wire.is_lost());
        assert_eq!(heard.lock().unwrap().len(), 2, "who is given up is not waited for");
        wire.answered(Some("Thu, 01 Jan 1970 00:00:00 GMT"));
        let ahead = wire.ahead().unwrap() + Timestamp::now().as_second();
        assert!(!wire.is_lost() && (-2..=2).contains(&ahead));
    }
}
