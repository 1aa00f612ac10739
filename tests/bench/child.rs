//! A program run once, and what that took.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use wait4::Wait4 as _;

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// From the start to the end.
    pub wall: Duration,
    /// The time of every core, in the program and in the system for it.
    pub cpu: Duration,
    /// The most memory that was resident at once, in bytes.
    pub peak: u64,
}

/// Runs a command to its end, which must be a good one.
pub fn run(command: &mut Command) -> Result<Cost> {
    let start = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("run {command:?}"))?;
    let used = child.wait4().with_context(|| format!("wait for {command:?}"))?;
    let wall = start.elapsed();
    ensure!(used.status.success(), "{command:?} ended with {}", used.status);
    Ok(Cost { wall, cpu: used.rusage.utime + used.rusage.stime, peak: used.rusage.maxrss })
}
