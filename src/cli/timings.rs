//! `build --timings`: how long each stage and template took.

use std::time::Duration;

use clap::ValueEnum;
use serde::Serialize;

use crate::store;
use crate::tree::Timings;

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
    Timings::by(store::clocks())
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
