//! The way from one text to another, cut to stretches of words that share a fate.

use std::ops::Range;

use crate::redline::align::Step;
use crate::redline::lexicon::Index;
use crate::redline::piece::Fate;
use crate::redline::piece::Stretch;
use crate::redline::wording::Leaf;

/// Leaves whose tokens are counted through.
pub struct Leaves {
    /// Each leaf with the number of tokens before it.
    starts: Vec<(usize, usize)>,
    end: usize,
}

impl Leaves {
    /// Returns these leaves, one after another.
    pub fn new(range: Range<usize>, leaves: &[Leaf]) -> Leaves {
        let mut end = 0;
        let starts = range.map(|leaf| {
            let start = end;
            end += leaves[leaf].tokens.len();
            (leaf, start)
        });
        Leaves { starts: starts.collect(), end }
    }

    /// Returns a leaf alone.
    pub fn one(leaf: &Leaf) -> Leaves {
        Leaves { starts: vec![(0, 0)], end: leaf.tokens.len() }
    }

    /// Returns the leaf of a token, the tokens before it in that leaf, and those after it up to the leaf's end.
    fn at(&self, token: usize) -> (usize, usize, usize) {
        let index = self.starts.partition_point(|(_, start)| *start <= token).saturating_sub(1);
        let (leaf, start) = self.starts[index];
        let end = self.starts.get(index + 1).map_or(self.end, |(_, start)| *start);
        (leaf, token - start, end - token)
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
        for (fate, side, range) in [(Fate::Removed, old, &step.old), (Fate::Added, new, &step.new)] {
            let mut at = range.start;
            while at < range.end {
                let (leaf, first, left) = side.at(at);
                let length = left.min(range.end - at);
                if fate == Fate::Removed && first == 0 && leaf > side.starts[0].0 {
                    stretches.push(Stretch::mark(Fate::Joined));
                }
                let tokens = first..first + length;
                stretches.push(if fate == Fate::Removed { Stretch::removed(leaf, tokens) } else { Stretch::added(leaf, tokens) });
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
        let fate = |by: usize| {
            let (before, now) = (old_index(old_leaf), new_index(new_leaf));
            let (i, j) = (old_first + by, new_first + by);
            match (before.exact[i] == now.exact[j], before.styles[i] == now.styles[j]) {
                (false, _) => Fate::TypedNow,
                (true, false) if before.links[i] != now.links[j] => Fate::Relinked,
                (true, false) => Fate::Reset,
                (true, true) => Fate::Kept,
            }
        };
        let first = fate(0);
        let length = (1..most).find(|by| fate(*by) != first).unwrap_or(most);
        if old_first == 0 && old_leaf > old.starts[0].0 {
            stretches.push(Stretch::mark(Fate::Joined));
        }
        let before = Some((old_leaf, old_first..old_first + length));
        let now = Some((new_leaf, new_first..new_first + length));
        if first == Fate::TypedNow {
            stretches.push(Stretch { fate: Fate::TypedBefore, old: before, new: None, change: None });
            stretches.push(Stretch { fate: first, old: None, new: now, change: None });
        } else {
            stretches.push(Stretch { fate: first, old: before, new: now, change: None });
        }
        done += length;
    }
}
