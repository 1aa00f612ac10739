//! Front matter: YAML between two lines of `---` at the very beginning of a markdown file.

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::parse::Node;
use crate::parse::yaml;
use crate::tree::Source;
use crate::tree::Span;

const FENCE: &str = "---\n";

/// Splits a file into its front matter and the byte at which its words begin.
pub fn split(source: &Source<'_>, diagnostics: &mut Diagnostics) -> (Option<Node>, usize) {
    let text = &*source.text;
    if !text.starts_with(FENCE) {
        return (None, 0);
    }
    if let Some((close, end)) = closed(text) {
        let node = yaml(source.path, &text[FENCE.len()..close], FENCE.len(), diagnostics);
        return (node, end);
    }
    let open = Diagnostic::error(Code::FrontMatter, "front matter is never closed").at(source.path, Span::new(0, 3));
    diagnostics.push(open.label("opened here").help("put a line of `---` after the last key").losing());
    (None, text.len())
}

/// Returns the part of a text that is front matter, its fences included.
pub fn front_matter_of(text: &str) -> &str {
    closed(text).map_or("", |(_, end)| &text[..end])
}

/// Returns where the closing fence of a text's front matter begins and ends.
fn closed(text: &str) -> Option<(usize, usize)> {
    let mut start = FENCE.len();
    for line in text.strip_prefix(FENCE)?.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start, start + line.len()));
        }
        start += line.len();
    }
    None
}
