//! A policy says everything once.

use std::collections::HashMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Policy, Section};
use crate::tree::Span;

/// How many bytes a paragraph has that is no refrain.
const LEAST: usize = 60;

/// Reports paragraphs that stand twice in a policy.
pub fn check(policy: &Policy, diagnostics: &mut Diagnostics) {
    let mut seen: HashMap<&str, (&Section, usize)> = HashMap::new();
    for section in policy.parts() {
        let text = section.body.text();
        for span in paragraphs(text) {
            let words = &text[span.start..span.end];
            match seen.get(words) {
                None => {
                    seen.insert(words, (section, span.start));
                }
                Some((first, at)) => {
                    let line =
                        Span::new(span.start, span.start + words.find('\n').unwrap_or(words.len()));
                    let twice = Diagnostic::warning(
                        Code::Repeated,
                        "this paragraph stands twice in the policy",
                    );
                    let twice = twice.at(&section.place(), section.body.origin(line));
                    diagnostics.push(twice.help(format!(
                        "it stands in `{}:{}` already: keep one of them",
                        first.place(),
                        first.body.lines().of(*at)
                    )));
                }
            }
        }
    }
}

/// Returns the paragraphs of a text, code left out.
fn paragraphs(text: &str) -> impl Iterator<Item = Span> {
    let mut at = 0;
    let mut fence: Option<&str> = None;
    text.split_inclusive("\n\n").filter_map(move |piece| {
        let start = at + (piece.len() - piece.trim_start().len());
        at += piece.len();
        let words = piece.trim();
        let within = fence.is_some();
        for line in words.lines().map(str::trim_start) {
            match fence {
                Some(open) if line.starts_with(open) => fence = None,
                None => fence = ["```", "~~~"].into_iter().find(|open| line.starts_with(open)),
                Some(_) => {}
            }
        }
        let prose =
            !within && fence.is_none() && !words.starts_with(['#', '|', '<', '`', '~', '[']);
        (prose && words.len() >= LEAST).then(|| Span::new(start, start + words.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_words_that_stand_alone() {
        let long = "We delete all personal data within thirty days after the end of the contract.";
        let text = format!(
            "## A\n\n{long}\n\n\n{long}\n\n```\n{long}\n\n{long}\n```\n\nShort.\n\n{long}\n"
        );
        let found: Vec<&str> = paragraphs(&text).map(|span| &text[span.start..span.end]).collect();
        assert_eq!(found, [long; 3]);
    }
}
