//! Findings as JSON, for programs.

use serde::Serialize;

use crate::cli::print::{Item, weight};
use crate::diagnostic::{Fix, Severity};
use crate::tree::Position;

/// The version of the shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Answer<'a> {
    schema: u32,
    errors: usize,
    warnings: usize,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    file: Option<&'a str>,
    start: Option<Place>,
    /// The place after the last character.
    end: Option<Place>,
    /// What `check --fix` does.
    fix: Option<Mending<'a>>,
}

/// A fix: all of its edits, in the file of the finding.
#[derive(Serialize)]
struct Mending<'a> {
    what: &'a str,
    edits: Vec<Change<'a>>,
}

/// An edit: what stands between two places goes, and something is put in.
#[derive(Serialize)]
struct Change<'a> {
    start: Place,
    end: Place,
    put_in: &'a str,
}

/// Counted from 1; a column in characters.
#[derive(Serialize)]
struct Place {
    line: usize,
    column: usize,
}

/// Returns findings as one JSON value.
pub fn text(items: &[Item<'_>]) -> String {
    let count = |severity: Severity| items.iter().filter(|item| item.severity == severity).count();
    let findings = items.iter().map(|item| Entry {
        code: item.code.as_str(),
        severity: weight(item.severity),
        message: &item.message,
        help: item.help,
        file: item.file.as_deref(),
        start: item.region.map(|(start, _)| place(start)),
        end: item.region.map(|(_, end)| place(end)),
        fix: item
            .fix
            .as_ref()
            .map(|(fix, regions)| Mending { what: &fix.what, edits: changes(fix, regions) }),
    });
    let answer = Answer {
        schema: SCHEMA,
        errors: count(Severity::Error),
        warnings: count(Severity::Warning),
        findings: findings.collect(),
    };
    serde_json::to_string_pretty(&answer).expect("strings and numbers") + "\n"
}

fn changes<'a>(fix: &'a Fix, regions: &[(Position, Position)]) -> Vec<Change<'a>> {
    let changes = fix.edits.iter().zip(regions);
    changes
        .map(|(edit, (start, end))| Change {
            start: place(*start),
            end: place(*end),
            put_in: &edit.put_in,
        })
        .collect()
}

fn place(position: Position) -> Place {
    Place { line: position.line, column: position.column }
}
