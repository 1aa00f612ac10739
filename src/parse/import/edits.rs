//! Edits that may meet.

use crate::tree::{Edit, edited};

/// Returns a text after edits; those that meet an earlier one are left out.
pub fn applied(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.span);
    let mut end = 0;
    edits.retain(|edit| {
        let apart = edit.span.start >= end;
        end = if apart { edit.span.end } else { end };
        apart
    });
    edited(text, &edits).unwrap_or_else(|| text.to_owned())
}
