//! What is shown now, for everybody who answers a request or follows the saves: taken as a whole,
//! swapped as a whole.

use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::serve::Snapshot;

/// The site that is shown, and what there is to say about the files as they are now.
#[derive(Clone, Default)]
pub struct Shown {
    /// The last site that was made without errors; nothing before there is one.
    pub site: Option<Arc<Snapshot>>,
    /// The time of day at which it was made.
    pub made: String,
    /// What must be fixed before another one can be made, as it is printed.
    pub errors: Vec<String>,
    /// What is worth a look, as it is printed.
    pub warnings: Vec<String>,
}

/// Holds what is shown.
#[derive(Default)]
pub struct Channel {
    shown: Mutex<(u64, Arc<Shown>)>,
    turned: Condvar,
}

impl Channel {
    /// Shows something else from now on.
    pub fn show(&self, shown: Shown) {
        let mut now = self.lock();
        *now = (now.0 + 1, Arc::new(shown));
        self.turned.notify_all();
    }

    /// Returns what is shown.
    pub fn shown(&self) -> Arc<Shown> {
        self.lock().1.clone()
    }

    /// Returns what is shown and its number, as soon as it is another than `seen`; nothing when
    /// that takes longer than `patience`.
    pub fn after(&self, seen: u64, patience: Duration) -> Option<(u64, Arc<Shown>)> {
        let waited = self.turned.wait_timeout_while(self.lock(), patience, |now| now.0 == seen);
        let (now, _) = waited.expect("nobody panics while showing");
        (now.0 != seen).then(|| now.clone())
    }

    fn lock(&self) -> MutexGuard<'_, (u64, Arc<Shown>)> {
        self.shown.lock().expect("nobody panics while showing")
    }
}
