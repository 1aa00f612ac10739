//! How long a redline takes, and how few words it marks: one policy, many of them one after
//! another, and texts that share nothing.
//!
//! `least` is what must be marked at the very least, words counted without their order: 1.00 says
//! that nothing more is.

#![allow(clippy::disallowed_methods, reason = "a bench is an edge: it has a clock")]
#![allow(clippy::print_stdout, reason = "a bench answers on standard output")]
#![allow(dead_code, reason = "the corpus makes sites for the other benches, too")]

mod corpus;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::corpus::Page;
use policybook::redline::{RawHtml, Wording};
use policybook::{redline, render};

/// How often each pair is compared.
const ROUNDS: usize = 9;

/// Two texts to compare.
struct Pair {
    name: String,
    old: String,
    new: String,
}

fn main() {
    let mut pairs: Vec<Pair> = [0, 1, 10, 100].into_iter().map(|edits| pair(1, edits)).collect();
    pairs.extend([pair(18, 300), pair(90, 1_000), moved(18), unrelated(36)]);
    println!("{:<34}{:>8}{:>10}{:>10}{:>10}{:>10}", "", "kB", "read ms", "ms", "changes", "least");
    for pair in &pairs {
        measure(pair);
    }
}

/// Returns a text of `pages` policies and the same with words put in and taken out.
fn pair(pages: usize, edits: usize) -> Pair {
    let old = text(1, pages);
    let mut words: Vec<String> = old.split_inclusive(' ').map(str::to_owned).collect();
    for edit in 0..edits {
        let at = (edit * 7_919 + 13) % words.len();
        match edit % 3 {
            0 => words[at] = format!("{} ", edit + 2),
            1 => words.insert(at, "newly ".to_owned()),
            _ if words[at].trim().chars().all(char::is_alphabetic) => drop(words.remove(at)),
            _ => {}
        }
    }
    Pair { name: format!("{pages} policies, {edits} edits"), old, new: words.concat() }
}

/// Returns a text of policies and the same with the first of them last.
fn moved(pages: usize) -> Pair {
    let new = format!("{}\n\n{}", text(2, pages), Page::new(1, pages).words);
    Pair { name: format!("{pages} policies, one moved"), old: text(1, pages), new }
}

/// Returns two texts that share no word.
fn unrelated(pages: usize) -> Pair {
    let old = text(1, pages);
    let new = old.split(' ').map(|word| format!("{word}q")).collect::<Vec<_>>().join(" ");
    Pair { name: format!("{pages} policies, no word alike"), old, new }
}

fn text(first: usize, last: usize) -> String {
    (first..=last).map(|number| Page::new(number, last).words).collect::<Vec<_>>().join("\n\n")
}

fn measure(pair: &Pair) {
    let read =
        || (Wording::of_text(&pair.old, RawHtml::Read), Wording::of_text(&pair.new, RawHtml::Read));
    let (mut reading, mut comparing) = (Vec::new(), Vec::new());
    let mut figures = (0, 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let (old, new) = read();
        reading.push(start.elapsed());
        let start = Instant::now();
        let redline = redline::between(&old, &new);
        let html = render::plain_redline(&redline);
        comparing.push(start.elapsed());
        assert!(!html.is_empty());
        figures = (
            redline.changes.len(),
            redline.changes.iter().map(|change| change.words.0 + change.words.1).sum(),
        );
    }
    let (changes, marked) = figures;
    let size = (pair.old.len() + pair.new.len()) / 2_000;
    let least = least(pair);
    let share =
        if least == 0 { "-".to_owned() } else { format!("{:.2}", marked as f64 / least as f64) };
    println!(
        "{:<34}{size:>8}{:>10.1}{:>10.1}{changes:>10}{share:>10}",
        pair.name,
        median(reading),
        median(comparing)
    );
}

/// Returns how many words must come and go at least.
fn least(pair: &Pair) -> i64 {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for word in
        pair.old.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
    {
        *counts.entry(word).or_default() += 1;
    }
    for word in
        pair.new.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
    {
        *counts.entry(word).or_default() -= 1;
    }
    counts.values().map(|count| count.abs()).sum()
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}
