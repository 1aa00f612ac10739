//! How the work grows with a text: four times as much of anything costs about four times as much.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use policybook::redline::{RawHtml, Wording, between};
use wait4::Wait4 as _;

use crate::project::Project;
use crate::tiers::times;

#[allow(dead_code, reason = "the bench edits them, too")]
#[path = "../bench/shapes.rs"]
mod shapes;

/// A text of this many things, and the same with one change or many.
type Shape = (&'static str, usize, fn(usize) -> [String; 2]);

/// What a text may be much of, and how much of it at most.
const SHAPES: &[Shape] = &[
    ("words in one line", 180_000, |n| edited(n, n / 2, |at, word| format!("{word}{at} "))),
    ("changed words in one line", 180_000, |n| {
        edited(n, 20, |at, word| format!("{word} {} ", at % 1_000))
    }),
    ("lines of code", 50_000, |n| fenced(edited(n, n / 2, |at, word| format!("{word} {at}\n")))),
    ("changed lines of code", 50_000, |n| {
        fenced(edited(n, 7, |at, word| format!("{word} {at}\n")))
    }),
    ("paragraphs", 50_000, |n| {
        edited(n, n / 2, |at, word| format!("Number {at} says {word}.\n\n"))
    }),
    ("changed paragraphs", 16_000, |n| {
        edited(n, 2, |at, word| format!("Number {at} says {word} and no more.\n\n"))
    }),
    ("equal headings", 20_000, |n| edited(n, n / 2, |_, word| format!("## Rights\n\n{word}\n\n"))),
    ("sections", 50_000, |n| edited(n, n / 2, |at, word| format!("## Section {at}\n\n{word}\n\n"))),
    ("changed sections", 16_000, |n| {
        edited(n, 1, |at, word| format!("## Section {at}\n\nAbout {at} we say {word}.\n\n"))
    }),
    ("sections that came", 16_000, |n| came(n, |at| format!("## Section {at}\n\nAbout {at}.\n\n"))),
    ("sections that moved", 16_000, |n| {
        turned(n, |at| format!("## Section {at}\n\nOf {at} we say what we have to say.\n\n"))
    }),
    ("rows", 20_000, |n| tabled(edited(n, n / 2, |at, word| format!("| {at} | {word} | c |\n")))),
    ("changed rows", 20_000, |n| {
        tabled(edited(n, 1, |at, word| format!("| {at} | {word} | c |\n")))
    }),
    ("items", 10_000, |n| edited(n, n / 2, |at, word| format!("- {word} {at}\n"))),
    ("changed items", 10_000, |n| {
        edited(n, 1, |at, word| format!("- item {at} says {word} here\n"))
    }),
    ("footnotes", 10_000, |n| {
        edited(n, n / 2, |at, word| format!("{word}[^n{at}]\n\n[^n{at}]: note {at}\n\n"))
    }),
];

/// Returns a text and the same with every so many things changed.
fn edited(count: usize, every: usize, say: impl Fn(usize, &str) -> String) -> [String; 2] {
    let every = every.max(1);
    ["old", "new"].map(|now| {
        (0..count).map(|at| say(at, if at % every == every / 2 { now } else { "same" })).collect()
    })
}

fn came(count: usize, say: impl Fn(usize) -> String) -> [String; 2] {
    [(0..count).step_by(2).map(&say).collect(), (0..count).map(&say).collect()]
}

/// Returns a text and the same from its middle on, the first half after it.
fn turned(count: usize, say: impl Fn(usize) -> String) -> [String; 2] {
    [(0..count).map(&say).collect(), (count / 2..count).chain(0..count / 2).map(&say).collect()]
}

fn fenced(texts: [String; 2]) -> [String; 2] {
    texts.map(|text| format!("```\n{text}```\n"))
}

fn tabled(texts: [String; 2]) -> [String; 2] {
    texts.map(|text| format!("| a | b | c |\n|--|--|--|\n{text}"))
}

/// Returns how much time this thread has had. Linux counts it when a thread is set aside, so it is,
/// for a moment.
fn spent() -> Duration {
    thread_local!(static START: Instant = Instant::now());
    std::thread::sleep(Duration::from_micros(1));
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let told = told.and_then(|told| told.split(' ').next()?.parse().ok());
    told.map_or_else(|| START.with(Instant::elapsed), Duration::from_nanos)
}

/// How far apart two readings of the clock are at least.
const TICK: Duration = Duration::from_millis(4);

/// Returns how long it takes to read and compare two texts.
fn cost([old, new]: &[String; 2]) -> Duration {
    let begun = spent();
    let (old, new) = (Wording::of_text(old, RawHtml::Read), Wording::of_text(new, RawHtml::Read));
    let changes = between(&old, &new).changes.len();
    assert!(changes > 0);
    spent() - begun
}

/// Holds that four times as much of everything costs no more than `most` times as much: 4 where it
/// is linear, 16 where it is a square.
fn grows(size: impl Fn(usize) -> usize, most: f64, tell: impl Fn(&str)) {
    let mut steep = Vec::new();
    for (name, full, text) in SHAPES {
        let count = size(*full);
        let sides = [text(count / 4), text(count)];
        let (mut few, mut many) = (Duration::MAX, Duration::MAX);
        // What else the machine does only ever adds.
        for _ in 0..3 {
            // The clock of a thread may stand still for some milliseconds.
            (few, many) = (few.min(cost(&sides[0]).max(TICK)), many.min(cost(&sides[1])));
            if many.as_secs_f64() <= most * few.as_secs_f64() {
                break;
            }
        }
        let times = many.as_secs_f64() / few.as_secs_f64();
        let told = format!(
            "{name}: {count} in {many:.2?}, a quarter in {few:.2?}, exponent {:.2}",
            times.log(4.0)
        );
        tell(&told);
        steep.extend((times > most).then_some(told));
    }
    assert!(steep.is_empty(), "{steep:#?}");
}

#[test]
fn four_times_as_much_costs_no_sixteen_times() {
    grows(|full| full.min(600), 10.0, |_| ());
}

/// Returns how much time `check` takes to find a text's mistakes and to print them.
fn checked(text: &str, format: &str) -> Duration {
    let (code, spent) = judged(text, &["--format", format]);
    assert_eq!(code, Some(1), "{text:.80}");
    spent
}

/// Returns how `check` ends on a text, and how much time it takes.
fn judged(text: &str, options: &[&str]) -> (Option<i32>, Duration) {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    project.write("content/terms/_index.md", format!("---\ntitle: Terms\n---\n{text}"));
    let mut check = project.command("2026-11-01", &[&["check"], options].concat());
    let used = check.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap().wait4().unwrap();
    (used.status.code(), used.rusage.utime)
}

#[test]
fn four_times_as_much_of_one_thing_is_read_in_as_many_times_the_time() {
    let names = ["nested emphasis", "nested strong", "open links", "open images", "references"];
    for shape in names.map(shapes::Shape::named) {
        let costs = |count: usize| {
            let text = shape.text(count);
            let cost = || judged(&text, &["--only", "P001"]).1;
            (0..3).map(|_| cost()).min().unwrap().max(TICK)
        };
        let (few, many) = (costs(4000), costs(16_000));
        let times = many.as_secs_f64() / few.as_secs_f64();
        assert!(times <= 6.5, "{}: {many:.2?} and {few:.2?}", shape.name);
    }
}

#[test]
fn a_line_may_have_as_many_mistakes_as_a_text() {
    let shape = shapes::Shape::named("dead links in one line");
    for (format, count) in [("full", 250), ("concise", 1000), ("github", 1000), ("json", 1000)] {
        let costs = |count: usize| {
            let text = shape.text(count);
            (0..3).map(|_| checked(&text, format)).min().unwrap().max(TICK)
        };
        let (few, many) = (costs(count), costs(4 * count));
        let times = many.as_secs_f64() / few.as_secs_f64();
        assert!(times <= 6.5, "{format}: {many:.2?} and {few:.2?}");
    }
}

#[test]
fn four_times_as_many_mistakes_cost_no_sixteen_times() {
    let mistakes = [
        "Ask {{ nobody }}.\n\n",
        "See [it](/nowhere/).\n\n",
        "{{ a ",
        "{{ a }} b ",
        "`{{` {{ a }}\n",
    ];
    for (mistake, format) in mistakes.into_iter().zip(["full", "json", "sarif", "github", "junit"])
    {
        let costs = |count: usize| {
            (0..3).map(|_| checked(&mistake.repeat(count), format)).min().unwrap().max(TICK)
        };
        let (few, many) = (costs(250), costs(1000));
        assert!(
            many.as_secs_f64() <= 9.0 * few.as_secs_f64(),
            "{mistake:?} in {format}: {many:.2?} and {few:.2?}"
        );
    }
}

/// Returns how much time `check` and `build` take with as many sub-processors and researchers, of
/// which there are two released versions.
fn listed(count: usize) -> Duration {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    project.write("content/terms/_index.md", "---\ntitle: Terms\n---\nWe keep them.\n");
    let write = |list: &str, entry: &dyn Fn(usize) -> String| {
        let entries: String = (0..count).map(entry).collect();
        project.write(&format!("content/{list}.yaml"), format!("{list}:\n{entries}"));
    };
    for (day, purpose) in [("2026-10-01", "Mail"), ("2026-11-01", "Letters")] {
        write("subprocessors", &|at| {
            let purpose = if at % 50 == 0 { purpose } else { "Hosting" };
            format!("- {{ name: Processor {at} of Acme, purpose: {purpose}, country: DE }}\n")
        });
        write("whitehats", &|at| format!("- {{ name: Ada {at} Lovelace, date: {day} }}\n"));
        project.said_on(day, &["release", "--yes", "--summary", "Lists."], 0);
    }
    let used = |command: &str| {
        let mut command = project.command("2026-11-01", &[command]);
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let used = child.unwrap().wait4().unwrap();
        assert!(used.status.success());
        used.rusage.utime
    };
    used("check") + used("build")
}

#[test]
fn four_times_as_many_entries_of_a_list_cost_about_four_times_as_much() {
    let count = times(100, 2_500);
    let (few, many) = (listed(count).max(TICK), listed(4 * count));
    assert!(many.as_secs_f64() <= 6.5 * few.as_secs_f64(), "{count}: {many:.2?} and {few:.2?}");
}

mod long {
    use super::*;

    #[test]
    #[ignore = "takes minutes"]
    fn the_largest_texts_cost_what_their_parts_cost() {
        let tell = |told: &str| writeln!(std::io::stderr(), "{told}").expect("somebody reads it");
        grows(|full| full, 6.0, tell);
    }
}
