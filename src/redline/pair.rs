//! Two versions side by side, and leaves of them that are the same text.

use std::ops::Range;

use crate::redline::align::Step;
use crate::redline::lexicon::{Entry, Lexicon};
use crate::redline::table::GridSteps;
use crate::redline::wording::{Kind, Leaf, Wording};
use crate::redline::words::Line;
use crate::redline::{table, words};

/// Leaves that are the same words in both versions; more than one on one side where they were split
/// or joined.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The leaves in the old version.
    pub old: Range<usize>,
    /// The leaves in the new one.
    pub new: Range<usize>,
    /// Whether they stand elsewhere.
    pub moved: bool,
    /// What became of the words.
    pub steps: Vec<Step>,
    /// What became of the table, if they are tables.
    pub grid: Option<GridSteps>,
}

/// Both versions, as they are compared.
pub struct Versions<'a> {
    /// The old version.
    pub old: &'a Wording,
    /// The new one.
    pub new: &'a Wording,
    /// Both as numbers.
    pub lexicon: &'a Lexicon,
}

impl Versions<'_> {
    /// Returns leaves as a pair, with what became of their words.
    pub fn pair(&self, old: Range<usize>, new: Range<usize>, moved: bool) -> Pair {
        let (old_leaf, new_leaf) = (old.start, new.start);
        let (old_index, new_index) = (&self.lexicon.old[old_leaf], &self.lexicon.new[new_leaf]);
        let sides = (
            (&self.old.leaves[old_leaf], &**old_index),
            (&self.new.leaves[new_leaf], &**new_index),
        );
        let grid = table::between(sides.0, sides.1, self.lexicon);
        let line = |leaves: &[Entry]| Line::of(leaves.iter().map(|leaf| &**leaf));
        let steps = match (old.len(), new.len()) {
            (1, 1) if old_index.folded == new_index.folded => words::stayed(old_index.folded.len()),
            _ => words::steps(
                &line(&self.lexicon.old[old.clone()]),
                &line(&self.lexicon.new[new.clone()]),
                self.lexicon,
            ),
        };
        Pair { old, new, moved, steps, grid }
    }
}

/// Returns a factor from 0 to 1 for how plausibly one kind of leaf became another: a heading may
/// have become bold words, a paragraph an item, and a block of code, which four spaces make, a
/// paragraph.
pub fn kinship(old: &Leaf, new: &Leaf) -> f64 {
    match (&old.kind, &new.kind) {
        (Kind::Table(_), Kind::Table(_)) | (Kind::Code(_), Kind::Code(_)) => 1.0,
        (Kind::Table(_) | Kind::Rule, _) | (_, Kind::Table(_) | Kind::Rule) => 0.0,
        (old, new) if std::mem::discriminant(old) == std::mem::discriminant(new) => 1.0,
        (Kind::Heading(..) | Kind::Code(_), _) | (_, Kind::Heading(..) | Kind::Code(_)) => 0.9,
        _ => 0.95,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redline::trial::wording;

    #[test]
    fn a_leaf_may_become_one_of_another_kind() {
        let kin = |old: &str, new: &str| kinship(&wording(old).leaves[0], &wording(new).leaves[0]);
        let (code, table, rule) = ("```\na\n```", "| a |\n|--|\n| b |", "---");
        for (old, new, expected) in [
            ("a", "b", 1.0),
            ("# a", "### b", 1.0),
            ("- a", "- b", 1.0),
            ("a", "# a", 0.9),
            ("# a", "a", 0.9),
            ("a", "- a", 0.95),
            ("- a", "a", 0.95),
            (code, code, 1.0),
            (table, table, 1.0),
            (code, "a", 0.9),
            ("a", code, 0.9),
            (table, "a", 0.0),
            ("a", table, 0.0),
            (rule, "a", 0.0),
            ("a", rule, 0.0),
            (code, table, 0.0),
        ] {
            assert_eq!(kin(old, new), expected, "{old} {new}");
        }
    }
}
