//! Findings as annotations of a GitHub job, and the table that its summary shows: of annotations a
//! page shows only the first few.

use crate::cli::print::{Item, items, weight};
use crate::cli::report;
use crate::diagnostic::{Diagnostics, Severity};
use crate::tree::{File, Tree};

/// Returns a workflow command for each finding, errors first.
pub fn text(items: &[Item<'_>]) -> String {
    items.iter().map(command).collect()
}

fn command(item: &Item<'_>) -> String {
    let mut properties = Vec::new();
    if let Some(file) = &item.file {
        properties.push(format!("file={}", property(file)));
    }
    if let Some((start, end)) = item.region {
        properties.push(format!("line={},endLine={}", start.line, end.line));
        // A column is shown only on one line.
        if start.line == end.line {
            properties.push(format!("col={},endColumn={}", start.column, end.column));
        }
    }
    properties.push(format!("title={}", item.code.as_str()));
    let help = item.help.map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!(
        "::{} {}::{}\n",
        weight(item.severity),
        properties.join(","),
        data(&format!("{}{help}", item.message))
    )
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Returns the summary of a job, in markdown: every finding.
pub fn summary(found: &Diagnostics, files: &Tree<File>, root: &std::path::Path) -> String {
    let counted = |severity: Severity, noun: &str| report::counted(found.count(severity), noun);
    let mut text = format!(
        "### policybook check: {}, {}\n\n",
        counted(Severity::Error, "error"),
        counted(Severity::Warning, "warning")
    );
    let items = items(found, files, root);
    if items.is_empty() {
        return text;
    }
    text.push_str("| | place | what |\n|---|---|---|\n");
    for item in &items {
        let place = match (&item.file, item.region) {
            (Some(file), Some((start, _))) => format!("{file}:{}", start.line),
            (Some(file), None) => file.clone(),
            (None, _) => String::new(),
        };
        let help = item.help.map(|help| format!("<br>{}", cell(help))).unwrap_or_default();
        let (weight, code) = (weight(item.severity), item.code.as_str());
        text.push_str(&format!(
            "| {weight} {code} | {} | {}{help} |\n",
            cell(&place),
            cell(&item.message)
        ));
    }
    text.push('\n');
    text
}

/// Returns a text that stays within its cell and is no markup.
fn cell(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('|', "\\|").replace(['\n', '\r'], " ")
}
