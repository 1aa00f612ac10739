//! Two branches of a ledger that were merged: what either has, whether git's lines are still there
//! or the entries of both were kept.

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::RESTORE;
use crate::model::Entry;
use crate::tree::Span;

/// How many letters of a seal tell an entry from another.
pub const SEAL: usize = 8;

/// A ledger of two branches.
pub struct Branches {
    /// Where the second branch begins.
    pub span: Span,
    /// The ledger of either branch.
    pub sides: [String; 2],
    /// Whether git's lines are still there.
    pub marked: bool,
}

impl Branches {
    /// Finds two branches in a ledger.
    pub fn find(text: &str) -> Option<Branches> {
        Branches::marked(text).or_else(|| Branches::beside(text))
    }

    /// Finds what git could not merge in any text.
    pub fn marked(text: &str) -> Option<Branches> {
        let mut sides = [String::new(), String::new()];
        let (mut first, mut at, mut shown) = (None, 0, [true, true]);
        for line in text.split_inclusive('\n') {
            let bare = line.trim_end();
            let is = |mark: &str| {
                bare.strip_prefix(mark).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            };
            match shown {
                [true, true] if is("<<<<<<<") => {
                    first = first.or(Some(Span::new(at, at + bare.len())));
                    shown = [true, false];
                }
                [true, false] if is("|||||||") => shown = [false, false],
                [true, false] | [false, false] if bare == "=======" => shown = [false, true],
                [false, true] if is(">>>>>>>") => shown = [true, true],
                _ => sides
                    .iter_mut()
                    .zip(shown)
                    .filter(|(_, shown)| *shown)
                    .for_each(|(side, _)| side.push_str(line)),
            }
            at += line.len();
        }
        first.map(|span| Branches { span, sides, marked: true })
    }

    /// Finds two branches whose entries were kept, one after the other, with or without an empty
    /// line between them.
    fn beside(text: &str) -> Option<Branches> {
        let starts: Vec<usize> = text.match_indices("\n- ").map(|(at, _)| at + 1).collect();
        let head = &text[..*starts.first()?];
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        let entries: Vec<&str> =
            starts.iter().zip(ends).map(|(start, end)| text[*start..end].trim_end()).collect();
        let field = |entry: &str, key: &str| {
            entry
                .lines()
                .find_map(|line| line.strip_prefix(key).map(|value| value.trim().to_owned()))
        };
        let seals: Vec<Option<String>> =
            entries.iter().map(|entry| field(entry, "  seal: ")).collect();
        let previous: Vec<Option<String>> =
            entries.iter().map(|entry| field(entry, "  previous: ")).collect();
        let second = (1..entries.len()).find(|at| previous[*at] != seals[at - 1])?;
        if seals[..second].contains(&seals[second]) {
            return None;
        }
        let after = match &previous[second] {
            Some(previous) => {
                1 + seals[..second].iter().position(|seal| seal.as_ref() == Some(previous))?
            }
            None => 0,
        };
        let ledger = |entries: &[&str]| {
            entries
                .iter()
                .fold(head.trim_end().to_owned() + "\n", |text, entry| format!("{text}\n{entry}\n"))
        };
        let sides =
            [ledger(&entries[..second]), ledger(&[&entries[..after], &entries[second..]].concat())];
        Some(Branches {
            span: Span::new(starts[second] + 2, starts[second] + entries[second].find('\n')?),
            sides,
            marked: false,
        })
    }

    /// Says what the two branches, read for themselves, released at once.
    pub fn report(&self, ours: &[Entry], theirs: &[Entry]) -> Diagnostic {
        let common =
            ours.iter().zip(theirs).take_while(|(our, their)| our.seal == their.seal).count();
        let (Some(our), Some(their)) = (ours.get(common), theirs.get(common)) else {
            return Diagnostic::error(Code::LedgerFork, "git left a conflict in the ledger")
                .help(RESTORE);
        };
        let message = match common.checked_sub(1) {
            _ if self.marked => format!("git could not merge {our} and {their}"),
            Some(root) => format!("{our} and {their} both follow {}", ours[root]),
            None => format!("{our} and {their} both are the first entry"),
        };
        let ways = [our, their].into_iter().filter(|entry| entry.redaction().is_none());
        let ways: Vec<String> = ways
            .map(|entry| format!("`policybook release --redo {}` for {entry}", key(entry)))
            .collect();
        let help = match ways.is_empty() {
            true => format!("{MERGED}, and run one of the two redactions again"),
            false => format!(
                "two branches released: put the one that was not published after the other, {}",
                ways.join(" or ")
            ),
        };
        Diagnostic::error(Code::LedgerFork, message).help(help)
    }
}

/// What is done where two branches cannot be put in order.
pub const MERGED: &str =
    "restore `content/versions` from one branch (git checkout --ours, or --theirs)";

/// Returns what names an entry: the beginning of its seal.
pub fn key(entry: &Entry) -> String {
    entry.seal.to_string()[..SEAL].to_owned()
}
