//! The way from one text to another, cut to stretches of words that share a fate.

use std::ops::Range;

use crate::redline::align::Step;
use crate::redline::piece::{Fate, Stretch};
use crate::redline::vocabulary::Index;
use crate::redline::wording::{Kind, Leaf};

/// Consecutive leaves whose tokens share one running index.
pub struct Leaves {
    /// Each leaf with the number of tokens before it, and whether it is a block of code.
    starts: Vec<(usize, usize, bool)>,
    end: usize,
}

impl Leaves {
    /// Returns these leaves, one after another.
    pub fn new(range: Range<usize>, leaves: &[Leaf]) -> Leaves {
        let mut end = 0;
        let starts = range.map(|leaf| {
            let start = end;
            end += leaves[leaf].tokens.len();
            (leaf, start, matches!(leaves[leaf].kind, Kind::Code(_)))
        });
        Leaves { starts: starts.collect(), end }
    }

    /// Returns a leaf alone.
    pub fn one(leaf: &Leaf) -> Leaves {
        Leaves { starts: vec![(0, 0, false)], end: leaf.tokens.len() }
    }

    /// Returns the leaf of a token, the tokens before it in that leaf, and those after it up to the
    /// leaf's end.
    fn at(&self, token: usize) -> (usize, usize, usize) {
        let index = self.starts.partition_point(|(_, start, _)| *start <= token).saturating_sub(1);
        let (leaf, start, _) = self.starts[index];
        let end = self.starts.get(index + 1).map_or(self.end, |(_, start, _)| *start);
        (leaf, token - start, end - token)
    }

    /// Returns true if a token is one of a block of code, of which all white space is seen.
    fn is_code(&self, token: usize) -> bool {
        let index = self.starts.partition_point(|(_, start, _)| *start <= token).saturating_sub(1);
        self.starts[index].2
    }
}

/// Cuts a step where a leaf ends, and where words are set or typed differently.
pub fn stretched<'a>(
    step: &Step,
    old: &Leaves,
    new: &Leaves,
    old_index: impl Fn(usize) -> &'a Index,
    new_index: impl Fn(usize) -> &'a Index,
    stretches: &mut Vec<Stretch>,
) {
    if !step.same {
        for (fate, side, range) in [(Fate::Removed, old, &step.old), (Fate::Added, new, &step.new)]
        {
            let mut at = range.start;
            while at < range.end {
                let (leaf, first, left) = side.at(at);
                let length = left.min(range.end - at);
                if fate == Fate::Removed && first == 0 && leaf > side.starts[0].0 {
                    stretches.push(Stretch::mark(Fate::Joined));
                }
                let tokens = first..first + length;
                stretches.push(if fate == Fate::Removed {
                    Stretch::removed(leaf, tokens)
                } else {
                    Stretch::added(leaf, tokens)
                });
                at += length;
            }
        }
        return;
    }
    let mut done = 0;
    while done < step.old.len() {
        let (old_leaf, old_first, old_left) = old.at(step.old.start + done);
        let (new_leaf, new_first, new_left) = new.at(step.new.start + done);
        let most = old_left.min(new_left).min(step.old.len() - done);
        // How a block of code was broken into lines goes with it.
        let alike = old.is_code(step.old.start + done) == new.is_code(step.new.start + done);
        let fate = |by: usize| {
            let (before, now) = (old_index(old_leaf), new_index(new_leaf));
            let (i, j) = (old_first + by, new_first + by);
            // The white space before words that follow a change belongs to the change.
            let (starts, ends) = (
                done + by > 0 || (i, j) == (0, 0),
                (i + 1, j + 1) == (before.exact.len(), now.exact.len()),
            );
            let spaced = alike
                && ((starts && before.gaps[i] != now.gaps[j] && (i > 0) == (j > 0))
                    || (ends && before.gaps[i + 1] != now.gaps[j + 1]));
            match (before.exact[i] == now.exact[j], before.styles[i] == now.styles[j]) {
                (false, _) => Fate::TypedNow,
                (true, true) if spaced => Fate::TypedNow,
                (true, false) if before.links[i] != now.links[j] => Fate::Relinked,
                (true, false) => Fate::Reset,
                (true, true) => Fate::Kept,
            }
        };
        // A leaf that is equal in both versions is one.
        let equal =
            old_first == new_first && std::ptr::eq(old_index(old_leaf), new_index(new_leaf));
        let first = if equal { Fate::Kept } else { fate(0) };
        let length = match equal {
            true => most,
            false => (1..most).find(|by| fate(*by) != first).unwrap_or(most),
        };
        if old_first == 0 && old_leaf > old.starts[0].0 {
            stretches.push(Stretch::mark(Fate::Joined));
        }
        let before = Some((old_leaf, old_first..old_first + length));
        let now = Some((new_leaf, new_first..new_first + length));
        if first == Fate::TypedNow {
            stretches.push(Stretch {
                fate: Fate::TypedBefore,
                old: before,
                new: None,
                change: None,
            });
            stretches.push(Stretch { fate: first, old: None, new: now, change: None });
        } else {
            stretches.push(Stretch { fate: first, old: before, new: now, change: None });
        }
        done += length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::lexicon::Lexicon;
    use crate::redline::trial::{shown, wording};

    #[test]
    fn tokens_are_counted_through_the_leaves() {
        let text = wording("a b c\n\nd\n\ne f");
        let leaves = Leaves::new(1..3, &text.leaves);
        assert_eq!([0, 1, 2].map(|token| leaves.at(token)), [(1, 0, 1), (2, 0, 2), (2, 1, 1)]);
        assert_eq!(Leaves::one(&text.leaves[0]).at(2), (0, 2, 1));
    }

    #[test]
    fn a_step_is_cut_where_a_leaf_ends_on_either_side() {
        let (old, new) = (wording("a b\n\nc d e"), wording("a\n\nb c\n\nd e"));
        let lexicon = Lexicon::new(&old, &new);
        let cut = |same: bool, old_range: Range<usize>, new_range: Range<usize>| {
            let mut stretches = Vec::new();
            let step = Step { same, old: old_range, new: new_range };
            let leaves = (Leaves::new(0..2, &old.leaves), Leaves::new(0..3, &new.leaves));
            stretched(
                &step,
                &leaves.0,
                &leaves.1,
                |leaf| &lexicon.old[leaf],
                |leaf| &lexicon.new[leaf],
                &mut stretches,
            );
            stretches
        };
        let kept = |old: (usize, Range<usize>), new: (usize, Range<usize>)| Stretch {
            fate: Fate::Kept,
            old: Some(old),
            new: Some(new),
            change: None,
        };
        let joined = || Stretch::mark(Fate::Joined);
        assert_eq!(
            cut(true, 0..5, 0..5),
            [
                kept((0, 0..1), (0, 0..1)),
                kept((0, 1..2), (1, 0..1)),
                joined(),
                kept((1, 0..1), (1, 1..2)),
                kept((1, 1..3), (2, 0..2))
            ]
        );
        assert_eq!(
            cut(false, 1..4, 2..5),
            [
                Stretch::removed(0, 1..2),
                joined(),
                Stretch::removed(1, 0..2),
                Stretch::added(1, 1..2),
                Stretch::added(2, 0..2)
            ]
        );
        assert_eq!(cut(false, 3..5, 5..5), [Stretch::removed(1, 1..3)]);
        assert_eq!(cut(true, 3..4, 3..4), [kept((1, 1..2), (2, 0..1))]);
    }

    #[test]
    fn words_are_told_apart_by_how_they_are_set_typed_and_where_they_lead() {
        assert_eq!(shown("a b **c** d", "a **b c** d"), ["a (~b~) c d"]);
        assert_eq!(
            shown("a [b c](https://x.example/) d", "a [b c](https://y.example/) d"),
            ["a (@b c@) d"]
        );
        assert_eq!(
            shown("a [b](https://x.example/ \"one\") d", "a [b](https://x.example/ \"two\") d"),
            ["a (@b@) d"]
        );
        assert_eq!(shown("a [b](https://x.example/) d", "a b d"), ["a (@b@) d"]);
        assert_eq!(shown("it’s e\u{301} b", "it's é b"), ["[=it’s=] {=it's=} é b"]);
        assert_eq!(shown("a b", "a\u{a0}b"), ["a [=b=] {=b=}"], "another space");
        assert_eq!(shown("a b c", "a\\\nb c"), ["a [=b=] {=b=} c"], "another line");
        assert_eq!(shown("```\na\n  b\n```", "```\na\nb\n```"), ["a [=b=] {=b=}"]);
        assert_eq!(shown("```\n  a\n```", "```\na\n```"), ["[=a=] {=a=}"]);
        assert_eq!(shown("a `b  c`", "a `b c`"), ["a b [=c=] {=c=}"]);
        assert_eq!(shown("a x b", "a\u{a0}b"), ["a [-x-] b"], "the space belongs to the change");
        assert_eq!(shown("~~a b~~", "~~a~~ ~~b~~"), ["a [=b=] {=b=}"], "a line that is broken");
        assert_eq!(shown("**a b**", "**a** **b**"), ["a b"]);
        assert_eq!(shown("a  b\nc", "a b c"), ["a b c"]);
        assert_eq!(shown("a b", "a **b**"), ["a (~b~)"]);
    }
}
