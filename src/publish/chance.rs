//! Numbers that nobody foresees: for names that are not given twice, and waiting times that do not coincide.

use std::hash::BuildHasher as _;
use std::hash::RandomState;
<<<<<<< HEAD
#[cfg(feature = "publish")]
use std::thread;
#[cfg(feature = "publish")]
use std::time::Duration;
=======
>>>>>>> publish

/// Returns a number; the standard library takes it from the system.
pub fn number() -> u64 {
    RandomState::new().hash_one(0)
}

/// Returns a name that nothing else has.
pub fn name() -> String {
    format!("{:016x}{:016x}", number(), number())
}
<<<<<<< HEAD

/// Waits between tries: twice as long after each, up to five seconds, and never quite as long as somebody else.
#[cfg(feature = "publish")]
pub fn pause(tries: u32) {
    let longest = 100_u64 << tries.min(6);
    thread::sleep(Duration::from_millis((longest / 2 + number() % (longest / 2)).min(5_000)));
}
=======
>>>>>>> publish
