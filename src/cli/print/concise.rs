//! A line for each finding: its place, its weight and code, what is wrong.

use crate::cli::print::{Item, weight};
use crate::cli::style;
use crate::diagnostic::Severity;

/// Returns a line for each finding.
pub fn text(items: &[Item<'_>]) -> String {
    items.iter().map(line).collect()
}

fn line(item: &Item<'_>) -> String {
    let place = match (&item.file, item.region) {
        (Some(file), Some((start, _))) => format!("{file}:{}:{}: ", start.line, start.column),
        (Some(file), None) => format!("{file}: "),
        (None, _) => String::new(),
    };
    let colour = match item.severity {
        Severity::Error => style::ERROR,
        Severity::Warning => style::WARNING,
    };
    let message = item.message.replace('\n', " ");
    format!(
        "{place}{colour}{}[{}]{colour:#} {message}\n",
        weight(item.severity),
        item.code.as_str()
    )
}
