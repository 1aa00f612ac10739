//! What is done, said while it is done: a line that counts on a terminal, a line for each file in
//! the log of a CI service, JSON for programs.

use std::io;
use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::ValueEnum;
use serde::Serialize;

use crate::cli::report;
use crate::publish::Event;

/// The version of the shape of a line; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// How it is said what is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Log {
    /// Human-readable
    Text,
    /// One JSON object per action
    Json,
}

/// Says what is done.
pub struct Progress {
    log: Log,
    quiet: bool,
    all: usize,
    done: AtomicUsize,
}

/// A line of the log.
#[derive(Default, Serialize)]
struct Line<'a> {
    schema: u32,
    action: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// How many addresses caches were told of.
    #[serde(skip_serializing_if = "Option::is_none")]
    addresses: Option<usize>,
    /// Which action it is, of how many that were planned.
    done: usize,
    of: usize,
}

/// Says what is waited for, on a line of its own.
pub fn waiting(line: &str) {
    if io::stderr().is_terminal() {
        anstream::eprint!("\r\u{1b}[K");
    }
    report::note(line);
}

impl Progress {
    /// Returns what says that so many actions are done.
    pub fn of(all: usize, log: Log, quiet: bool) -> Progress {
        Progress { log, quiet, all, done: AtomicUsize::new(0) }
    }

    /// Says that something was done.
    pub fn tell(&self, deed: &Event<'_>) {
        if let Event::Waiting(line) = deed {
            if !self.quiet {
                waiting(line);
            }
            return;
        }
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        let (schema, of) = (SCHEMA, self.all.max(done));
        let line = match deed {
            Event::Sent(change) => {
                let (path, bytes) = (Some(change.path.as_str()), Some(change.bytes));
                Line {
                    action: change.action.as_str(),
                    path,
                    bytes,
                    schema,
                    done,
                    of,
                    ..Line::default()
                }
            }
            Event::Told(addresses) => Line {
                action: "purge",
                addresses: Some(*addresses),
                schema,
                done,
                of,
                ..Line::default()
            },
            Event::Removed(path) => Line {
                action: "remove",
                path: Some(path.as_str()),
                schema,
                done,
                of,
                ..Line::default()
            },
            Event::Waiting(_) => return,
        };
        match self.log {
            Log::Json => {
                anstream::eprintln!("{}", serde_json::to_string(&line).expect("a line is JSON"))
            }
            Log::Text if self.quiet => {}
            Log::Text if io::stderr().is_terminal() => anstream::eprint!("\rdone {done} of {of}"),
            Log::Text => match line.path {
                Some(path) => anstream::eprintln!("{:7} {path}", line.action),
                None => anstream::eprintln!(
                    "{:7} {} addresses",
                    line.action,
                    line.addresses.unwrap_or_default()
                ),
            },
        }
    }

    /// Leaves the line of the terminal empty.
    pub fn end(&self) {
        if self.log == Log::Text
            && !self.quiet
            && io::stderr().is_terminal()
            && self.done.load(Ordering::Relaxed) > 0
        {
            anstream::eprint!("\r\u{1b}[K");
        }
    }
}
