//! `build --timings`: how long each stage and template took.

use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;

use crate::tree::{Clocks, Timings};

/// How timings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
}

/// The version of the JSON shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// The timings of a run, in milliseconds.
#[derive(Serialize)]
struct Told<'a> {
    schema: u32,
    stages: Vec<ToldStage>,
    work: Vec<ToldWork<'a>>,
}

#[derive(Serialize)]
struct ToldStage {
    name: &'static str,
    wall_ms: f64,
    cpu_ms: f64,
}

#[derive(Serialize)]
struct ToldWork<'a> {
    kind: &'a str,
    times: u64,
    cpu_ms: f64,
}

/// Begins to count.
pub fn started() -> Timings {
    Timings::by(Clocks { wall, program: cpu::program, thread: cpu::thread })
}

/// Prints what the stages took, and the work in them.
pub fn print(timings: &Timings, format: Format) {
    let (stages, kinds) = (timings.stages(), timings.kinds());
    if format == Format::Json {
        let told = Told {
            schema: SCHEMA,
            stages: stages
                .iter()
                .map(|stage| ToldStage {
                    name: stage.name,
                    wall_ms: ms(stage.wall),
                    cpu_ms: ms(stage.cpu),
                })
                .collect(),
            work: kinds
                .iter()
                .map(|(kind, work)| ToldWork { kind, times: work.times, cpu_ms: ms(work.cpu) })
                .collect(),
        };
        let json = serde_json::to_string_pretty(&told).expect("timings are plain data");
        anstream::println!("{json}");
        return;
    }
    anstream::println!("{:<24}{:>10}{:>10}", "stage", "wall ms", "CPU ms");
    for stage in &stages {
        anstream::println!("{:<24}{:>10.1}{:>10.1}", stage.name, ms(stage.wall), ms(stage.cpu));
    }
    let (wall, cpu): (Duration, Duration) =
        (stages.iter().map(|stage| stage.wall).sum(), stages.iter().map(|stage| stage.cpu).sum());
    anstream::println!("{:<24}{:>10.1}{:>10.1}", "together", ms(wall), ms(cpu));
    if !kinds.is_empty() {
        anstream::println!("\n{:<24}{:>10}{:>10}", "rendering, on all cores", "times", "CPU ms");
    }
    for (kind, work) in &kinds {
        anstream::println!("{kind:<24}{:>10}{:>10.1}", work.times, ms(work.cpu));
    }
}

/// Returns a time in milliseconds, to a tenth.
fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}

/// Returns how long it has been since the first time somebody asked.
fn wall() -> Duration {
    static FIRST: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    FIRST.get_or_init(std::time::Instant::now).elapsed()
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
