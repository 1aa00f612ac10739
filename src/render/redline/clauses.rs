//! The numbers of clauses in a redline: those that pages of the policy show, before and now.

use std::collections::HashMap;

use crate::messages::Messages;
use crate::redline::{Kind, Piece, Redline, SectionChange, Side, Wording};
use crate::render::pages::article::Numbers;

/// The numbers of the clauses of both versions, by the leaves of their headings.
pub struct Clauses {
    old: HashMap<usize, String>,
    new: HashMap<usize, String>,
}

impl Clauses {
    /// Returns the numbers of two versions of a policy; there are none in a list and in a text on
    /// its own.
    pub fn of(redline: &Redline<'_>) -> Clauses {
        Clauses { old: numbers(redline.old), new: numbers(redline.new) }
    }

    /// Returns what is said of the number of a heading: `§4`, `§4, was §3`, `was §3`.
    pub fn beside(&self, piece: &Piece, messages: &Messages) -> Option<String> {
        let before = match piece.leaf {
            Side::Old(leaf) => Some(leaf),
            Side::New(_) => piece
                .stretches
                .iter()
                .find_map(|stretch| stretch.old.as_ref())
                .map(|(leaf, _)| *leaf),
        };
        let now = if let Side::New(leaf) = piece.leaf { self.new.get(&leaf) } else { None };
        match (before.and_then(|leaf| self.old.get(&leaf)), now) {
            (Some(before), Some(now)) if before != now => {
                Some(messages.text("clause.was", &[("now", now), ("before", before)]))
            }
            (_, Some(now)) => Some(messages.text("clause", &[("number", now)])),
            (Some(before), None) => Some(messages.text("clause.gone", &[("before", before)])),
            (None, None) => None,
        }
    }

    /// Returns the number of a section: the one it has, or had where it is gone.
    pub fn of_section(&self, redline: &Redline<'_>, section: &SectionChange) -> Option<&str> {
        let number = match (section.new, section.old) {
            (Some(new), _) => self.new.get(&redline.new.sections.get(new)?.first),
            (None, Some(old)) => self.old.get(&redline.old.sections.get(old)?.first),
            (None, None) => None,
        };
        number.map(String::as_str)
    }
}

fn numbers(wording: &Wording) -> HashMap<usize, String> {
    let mut numbers = Numbers::default();
    let is_policy = wording.sections.iter().any(|part| part.file.is_some());
    let headings = wording.leaves.iter().enumerate().filter_map(|(at, leaf)| match leaf.kind {
        // The title of the policy is no clause, nor is a heading inside a list or a quotation.
        Kind::Heading(level, _) if is_policy && level > 1 && leaf.path.len() == 1 => {
            Some((at, level))
        }
        _ => None,
    });
    headings.map(|(at, level)| (at, numbers.next(level))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::between;
    use crate::redline::trial::{document, wording};
    use crate::render::pages::article;

    #[test]
    fn clauses_have_the_numbers_that_the_page_shows() {
        let policy = |files: &[(&str, &str)]| {
            let index = ("a/_index.md", "---\ntitle: A\n---\n# Before\n\nx\n");
            document("a", &[&[index], files].concat())
        };
        let one = "## One\n\none\n\n### Below\n\nbelow\n\n> ### Said\n";
        let old = policy(&[
            ("a/10-one.md", one),
            ("a/20-two.md", "## Two\n\ntwo\n"),
            ("a/30-three.md", "## Three\n\nthree\n"),
        ]);
        let new = policy(&[
            ("a/05-new.md", "## New\n\nnew\n"),
            ("a/10-one.md", one),
            ("a/30-three.md", "## Three\n\nthree\n"),
        ]);
        let (was, now) = (Wording::of(&old), Wording::of(&new));
        let redline = between(&was, &now);
        let clauses = Clauses::of(&redline);
        let said: Vec<String> = redline
            .pieces
            .iter()
            .filter_map(|piece| clauses.beside(piece, Messages::english()))
            .collect();
        assert_eq!(said, ["§1", "§2", "§3, was §2", "§3.1, was §2.1", "was §3", "§4"]);
        let page = |document| {
            article::contents(crate::model::Document::policy(document).unwrap())
                .map(|(number, _)| number)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            (page(&old), page(&new)),
            (
                vec!["1", "2", "3", "4"].into_iter().map(str::to_owned).collect(),
                vec!["1", "2", "3", "4"].into_iter().map(str::to_owned).collect()
            )
        );
        let numbers: Vec<(&str, Option<&str>)> = redline
            .sections
            .iter()
            .map(|section| (section.title.as_str(), clauses.of_section(&redline, section)))
            .collect();
        assert_eq!(numbers, [("New", Some("2")), ("Two", Some("3"))]);
        let text = wording("# One\n\nx");
        let redline = between(&text, &text);
        assert!(
            redline
                .pieces
                .iter()
                .all(|piece| Clauses::of(&redline).beside(piece, Messages::english()).is_none()),
            "a text on its own has no clauses"
        );
    }
}
