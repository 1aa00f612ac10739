//! What was worked out before, by the exact input it was worked out from: such an entry cannot be
//! stale.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
    /// What an earlier program saved, by the digests of its inputs.
    saved: HashMap<Digest, Bytes>,
}

/// The values of a memo as bytes, for a program that runs later.
pub type Saved = BTreeMap<Digest, Bytes>;

/// The bytes of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(Arc<[u8]>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        Ok(Bytes(<&[u8]>::deserialize(deserializer)?.into()))
    }
}

impl<T: Clone> Memo<T> {
    /// Returns a memo that knows nothing.
    pub fn new() -> Memo<T> {
        Memo::restored(Saved::new())
    }

    /// Returns a memo that knows what an earlier one saved.
    pub fn restored(saved: Saved) -> Memo<T> {
        let (before, now) = (HashMap::new(), HashMap::new());
        Memo { rounds: Mutex::new(Rounds { before, now, saved: saved.into_iter().collect() }) }
    }

    /// Returns what this round asked for, each as the bytes that `write` makes of it, if any.
    pub fn saved(&self, write: impl Fn(&T) -> Option<Vec<u8>>) -> Saved {
        let Rounds { now, saved, .. } = &*self.lock();
        let bytes = |(input, value): (&Digest, &T)| {
            let known = saved.get(input).cloned();
            Some((*input, known.or_else(|| Some(Bytes(write(value)?.into())))?))
        };
        now.iter().filter_map(bytes).collect()
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

    /// Returns what `input` makes: what it made before in this program, else in an earlier one, as
    /// `read` reads it, else what `make` returns.
    pub fn recall(
        &self,
        input: Digest,
        read: impl FnOnce(&[u8]) -> Option<T>,
        make: impl FnOnce() -> T,
    ) -> T {
        self.get(input, || {
            let saved = self.lock().saved.get(&input).cloned();
            saved.and_then(|saved| read(&saved.0)).unwrap_or_else(make)
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

/// Returns a value as bytes.
pub fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    postcard::to_allocvec(value).expect("plain data can be written")
}

/// Reads what [`to_bytes`] wrote; `None` if it is something else.
pub fn from_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    postcard::from_bytes(bytes).ok()
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
    #[test]
    fn what_was_saved_is_made_no_more() {
        let (memo, input) = (Memo::new(), Digest::of("one"));
        memo.get(input, || 1_u32);
        memo.get(Digest::of("two"), || 2);
        memo.turn();
        memo.get(input, || 3);
        let saved = memo.saved(|value| Some(to_bytes(value)));
        assert_eq!(saved.keys().collect::<Vec<_>>(), [&input]);
        let later = Memo::restored(saved.clone());
        assert_eq!(later.recall(input, from_bytes, || 4_u32), 1);
        assert_eq!(later.saved(|_| None), saved, "it is saved as it was read");
        let damaged = Memo::restored([(input, Bytes(Arc::from(*b"")))].into());
        assert_eq!(damaged.recall(input, from_bytes, || 5_u32), 5);
    }
}
