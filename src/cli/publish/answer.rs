//! What a publish is to do, or did: for people file by file and in sums, for programs as JSON.

use anyhow::{Context as _, Result};
use serde::Serialize;

use crate::cli::report;
use crate::publish::{Action, Change, Plan, Reason, Refusal};

/// The version of the JSON shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// The answer for programs.
#[derive(Default, Serialize)]
pub struct Answer<'a> {
    schema: u32,
    /// `planned`, `unchanged`, `published` or `refused`.
    verdict: &'static str,
    target: &'a str,
    /// Counts the publishes that changed anything.
    generation: Option<u64>,
    refusal: Option<Refused<'a>>,
    /// Files to be sent, in order.
    changes: &'a [Change],
    /// Files that the site no longer has; they stay for a while.
    retired: Vec<&'a str>,
    /// Files that go.
    removed: Vec<&'a str>,
    /// Versions of another project that stay where they are.
    left: Vec<&'a str>,
    unchanged: usize,
    bytes: u64,
    /// How many requests it takes, if nothing has to be tried again.
    requests: usize,
    /// Addresses that caches forget, from the front page.
    purge: Vec<&'a str>,
    /// What the live site serves otherwise than it was sent.
    differs: &'a [String],
    /// Files in the target that no publish put there; looked for by `--repair`.
    added: &'a [String],
}

#[derive(Serialize)]
struct Refused<'a> {
    reason: Reason,
    message: &'a str,
}

impl<'a> Answer<'a> {
    /// Returns the answer that a plan is.
    pub fn of(
        verdict: &'static str,
        target: &'a str,
        generation: Option<u64>,
        plan: &'a Plan,
        differs: &'a [String],
    ) -> Answer<'a> {
        Answer {
            schema: SCHEMA,
            verdict,
            target,
            generation,
            refusal: None,
            changes: &plan.changes,
            retired: plan.retired.iter().map(|path| path.as_str()).collect(),
            removed: plan.removed.iter().map(|path| path.as_str()).collect(),
            left: plan.left.iter().map(|path| path.as_str()).collect(),
            unchanged: plan.unchanged,
            bytes: plan.bytes(),
            requests: plan.requests,
            purge: plan.purge.iter().map(String::as_str).collect(),
            differs,
            added: &[],
        }
    }

    /// Returns the answer with the files that no publish put into the target.
    pub fn with(self, added: &'a [String]) -> Answer<'a> {
        Answer { added, ..self }
    }

    /// Returns the answer that a refusal is.
    pub fn refused(target: &'a str, refusal: &'a Refusal) -> Answer<'a> {
        let refused = Refused { reason: refusal.reason, message: &refusal.message };
        Answer {
            schema: SCHEMA,
            verdict: "refused",
            target,
            refusal: Some(refused),
            ..Answer::default()
        }
    }

    /// Prints it.
    ///
    /// # Errors
    /// Never in practice: every field is JSON.
    pub fn print(&self) -> Result<()> {
        anstream::println!("{}", serde_json::to_string_pretty(self).context("write JSON")?);
        Ok(())
    }
}

/// Prints a plan for people: file by file.
pub fn list(plan: &Plan) {
    for change in &plan.changes {
        anstream::println!("{:7} {}", change.action.as_str(), change.path);
    }
    plan.retired.iter().for_each(|path| anstream::println!("{:7} {path}", "retire"));
    plan.removed.iter().for_each(|path| anstream::println!("{:7} {path}", "remove"));
    plan.left.iter().for_each(|path| anstream::println!("{:7} {path}", "leave"));
}

/// Whether a plan is still to be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tense {
    /// It is.
    Coming,
    /// It was.
    Past,
}

/// Returns the sums of a plan in words.
pub fn counts(plan: &Plan, tense: Tense) -> String {
    let number =
        |action: Action| plan.changes.iter().filter(|change| change.action == action).count();
    let sums = [
        (number(Action::Create), "to create", "created"),
        (number(Action::Update), "to update", "updated"),
        (number(Action::Headers), "with other headers", "with other headers"),
        (number(Action::Restore), "to restore", "restored"),
        (plan.retired.len(), "to retire", "retired"),
        (plan.removed.len(), "to remove", "removed"),
    ];
    let word = |coming, past| if tense == Tense::Coming { coming } else { past };
    let sums = sums
        .into_iter()
        .filter(|(number, ..)| *number > 0)
        .map(|(number, coming, past)| format!("{number} {}, ", word(coming, past)));
    let bytes = report::size(plan.bytes());
    format!(
        "{}{} unchanged ({bytes}, {} requests)",
        sums.collect::<String>(),
        plan.unchanged,
        plan.requests
    )
}
