//! What was found in a text, and how a mark that readers see is reported.

use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Span;

/// What was found, with its place.
pub type Found = Vec<(Span, Diagnostic)>;

/// Returns a finding about a mark.
pub fn seen_mark(mark: &str, help: &str) -> Diagnostic {
    Diagnostic::warning(
        Code::StrayMark,
        format!(
            "readers will see the mark `{}`",
            mark.trim().escape_debug().to_string().replace("\\\"", "\"")
        ),
    )
    .help(help)
}
