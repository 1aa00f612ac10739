//! A scalar of a YAML file, written anew where it stands.

use crate::diagnostic::Fix;
use crate::parse::{in_quotes, quoted};
use crate::tree::Span;

/// Returns the fix that writes a scalar anew as it should be read; `None` if not all of it
/// stands on one line just as it is read.
pub fn rewritten(value: &str, span: Span, meant: &str) -> Option<Fix> {
    let length = span.end - span.start;
    let word = |letter: char| {
        letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '@' | '#')
    };
    let one_word =
        meant.starts_with(|first: char| first.is_ascii_alphanumeric()) && meant.chars().all(word);
    // A comma may end an entry; where one stood before it does not.
    let ends =
        |letter: char| matches!(letter, ',' | '[' | ']' | '{' | '}') && !value.contains(letter);
    let plain = one_word || (!meant.contains(ends) && quoted(meant) == meant);
    // Between quotation marks nothing may have been escaped, so that it is as long as what it says.
    match length.checked_sub(value.len())? {
        0 | 2 if plain => Some(Fix::write(span, meant)),
        2 => Some(Fix::write(span, in_quotes(meant))),
        _ => None,
    }
}
