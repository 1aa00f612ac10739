//! Findings as a Code Quality report of GitLab.

use serde::Serialize;

use crate::cli::print::Item;
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Entry<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// Returns findings as one JSON list. Every entry has a place, since GitLab drops those without:
/// the first line where there is no other.
pub fn text(items: &[Item<'_>]) -> String {
    let entries = items.iter().map(|item| Entry {
        description: item
            .help
            .map_or_else(|| item.message.clone(), |help| format!("{}; {help}", item.message)),
        check_name: item.code.as_str(),
        fingerprint: &item.fingerprint,
        severity: match item.severity {
            Severity::Error => "major",
            Severity::Warning => "minor",
        },
        location: Location {
            path: item.file.as_deref().unwrap_or("content/site.yaml"),
            lines: item.region.map_or(Lines { begin: 1, end: 1 }, |(start, end)| Lines {
                begin: start.line,
                end: end.line,
            }),
        },
    });
    serde_json::to_string_pretty(&entries.collect::<Vec<_>>()).expect("strings and numbers") + "\n"
}
