//! What was worked out before, by the exact input it was worked out from: such an entry cannot be
//! stale.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use super::Digest;

/// Values by the digests of their inputs. What a round does not ask for is gone after it, so that
/// it never holds more than two rounds need.
#[derive(Debug)]
pub struct Memo<T> {
    rounds: Mutex<Rounds<T>>,
}

#[derive(Debug)]
struct Rounds<T> {
    before: HashMap<Digest, T>,
    now: HashMap<Digest, T>,
}

impl<T: Clone> Memo<T> {
    /// Returns a memo that knows nothing.
    pub fn new() -> Memo<T> {
        Memo { rounds: Mutex::new(Rounds { before: HashMap::new(), now: HashMap::new() }) }
    }

    /// Returns what `input` makes: what it made before, else what `make` returns.
    pub fn get(&self, input: Digest, make: impl FnOnce() -> T) -> T {
        self.known(input).unwrap_or_else(|| {
            let made = make();
            self.lock().now.insert(input, made.clone());
            made
        })
    }

    /// Returns what `input` made before, if that is known.
    pub fn known(&self, input: Digest) -> Option<T> {
        let mut rounds = self.lock();
        let known = rounds.now.get(&input).cloned();
        known.or_else(|| {
            rounds
                .before
                .remove(&input)
                .inspect(|known| drop(rounds.now.insert(input, known.clone())))
        })
    }

    /// Begins another round.
    pub fn turn(&self) {
        let mut rounds = self.lock();
        rounds.before = std::mem::take(&mut rounds.now);
    }

    fn lock(&self) -> MutexGuard<'_, Rounds<T>> {
        self.rounds.lock().expect("nobody panics while looking up")
    }
}

impl<T: Clone> Default for Memo<T> {
    fn default() -> Memo<T> {
        Memo::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_round_does_not_ask_for_is_gone_after_it() {
        let memo = Memo::new();
        let (one, two) = (Digest::of("one"), Digest::of("two"));
        assert_eq!((memo.get(one, || 1), memo.get(one, || 2), memo.get(two, || 3)), (1, 1, 3));
        memo.turn();
        assert_eq!(memo.get(one, || 4), 1);
        memo.turn();
        assert_eq!((memo.get(one, || 5), memo.get(two, || 6)), (1, 6));
    }
}
