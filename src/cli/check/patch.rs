//! What a fix would change, as a unified diff that `git apply` and `patch -p1` take.

use std::ops::Range;

use clap::builder::styling::{AnsiColor, Style};

use crate::cli::style;
use crate::redline;
use crate::redline::Step;
use crate::tree::{File, TreePath};

/// How many lines around a change are shown.
const AROUND: usize = 3;

const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// Returns the diff of one file. `shown` says how the words of a line are printed.
pub fn text(path: &TreePath, old: &File, new: &File, shown: impl Fn(&str) -> String) -> String {
    let (old, new) = (String::from_utf8_lossy(old.bytes()), String::from_utf8_lossy(new.bytes()));
    let [old, new] = [&old, &new].map(|text| text.split_inclusive('\n').collect::<Vec<&str>>());
    let mut text = format!("{0}--- a/{path}{0:#}\n{0}+++ b/{path}{0:#}\n", style::STRONG);
    for changes in hunks(redline::lines(&old, &new)) {
        let (first, last) = (&changes[0], &changes[changes.len() - 1]);
        let (before, after) = (AROUND.min(first.old.start), AROUND.min(old.len() - last.old.end));
        let end = last.old.end + after;
        let places =
            [first.old.start - before..end, first.new.start - before..last.new.end + after]
                .map(place);
        text.push_str(&format!("{PLACE}@@ -{} +{} @@{PLACE:#}\n", places[0], places[1]));
        let mut lines = |style: Style, sign: char, lines: &[&str]| {
            for line in lines {
                let (words, end) = line
                    .strip_suffix('\n')
                    .map_or((*line, "\n\\ No newline at end of file\n"), |words| (words, "\n"));
                text.push_str(&format!("{style}{sign}{}{style:#}{end}", shown(words)));
            }
        };
        let mut done = first.old.start - before;
        for change in changes {
            lines(Style::new(), ' ', &old[done..change.old.start]);
            lines(OLD, '-', &old[change.old.clone()]);
            lines(NEW, '+', &new[change.new.clone()]);
            done = change.old.end;
        }
        lines(Style::new(), ' ', &old[done..end]);
    }
    text
}

/// Returns the first line and the number of lines; where there is none, the line before it.
fn place(lines: Range<usize>) -> String {
    format!("{},{}", lines.start + usize::from(!lines.is_empty()), lines.len())
}

/// Groups the changes that are shown with the same lines around them.
fn hunks(steps: Vec<Step>) -> Vec<Vec<Step>> {
    let mut hunks: Vec<Vec<Step>> = Vec::new();
    for change in steps.into_iter().filter(|step| !step.same) {
        match hunks.last_mut() {
            Some(hunk) if change.old.start - hunk[hunk.len() - 1].old.end <= 2 * AROUND => {
                hunk.push(change)
            }
            _ => hunks.push(vec![change]),
        }
    }
    hunks
}
