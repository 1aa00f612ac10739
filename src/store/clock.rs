//! How much time passes, and how much of it processors work.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::tree::Clocks;

/// Returns the clocks of this machine.
pub fn clocks() -> Clocks {
    Clocks { wall, program: cpu::program, thread: cpu::thread }
}

/// Returns how long it has been since the first time somebody asked.
fn wall() -> Duration {
    static FIRST: OnceLock<Instant> = OnceLock::new();
    FIRST.get_or_init(Instant::now).elapsed()
}

#[cfg(unix)]
mod cpu {
    //! Processor time, as the system counts it.

    use std::time::Duration;

    use rustix::time::{ClockId, clock_gettime};

    pub fn program() -> Duration {
        of(ClockId::ProcessCPUTime)
    }

    pub fn thread() -> Duration {
        of(ClockId::ThreadCPUTime)
    }

    fn of(clock: ClockId) -> Duration {
        Duration::try_from(clock_gettime(clock)).unwrap_or_default()
    }
}

#[cfg(not(unix))]
mod cpu {
    //! Time as it passes: the system's count of processor time takes code that is not safe.

    pub use super::wall as program;
    pub use super::wall as thread;
}
