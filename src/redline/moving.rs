//! Leaves that stand elsewhere: those that say the same first, then the most alike.

use std::collections::BTreeSet;
use std::collections::HashMap;
use std::collections::VecDeque;

use crate::redline::lexicon::Index;
use crate::redline::pairing::Pair;
use crate::redline::pairing::Versions;
use crate::redline::pairing::kinship;
use crate::redline::wording::Leaf;
use crate::redline::wording::Shape;

/// How much two leaves have in common, at least, to be one that moved.
const MOVED: f64 = 0.75;

/// How many words a leaf has, at least, to be known again elsewhere by saying the same.
const SAME: usize = 8;

/// The same for an item of a list.
const SAME_ITEM: usize = 2;

/// How many words a leaf has, at least, to be known again elsewhere by saying nearly the same.
const ALIKE: usize = 10;

/// How many comparisons the search for moved leaves is worth.
const MOVES: usize = 250_000;

/// Returns the leaves that stand elsewhere, among those that no pair holds: the old one and the new one.
pub fn moves(versions: &Versions<'_>, pairs: &[Pair]) -> Vec<(usize, usize)> {
    let left = |leaves: &[Leaf], taken: BTreeSet<usize>| (0..leaves.len()).filter(|leaf| !taken.contains(leaf)).collect::<Vec<usize>>();
    let old = left(&versions.old.leaves, pairs.iter().flat_map(|pair| pair.old.clone()).collect());
    let new = left(&versions.new.leaves, pairs.iter().flat_map(|pair| pair.new.clone()).collect());
    let mut moves = same(versions, &old, &new);
    let (old_moved, new_moved): (BTreeSet<usize>, BTreeSet<usize>) = moves.iter().copied().unzip();
    let long = |leaves: Vec<usize>, index: &[Index], moved: &BTreeSet<usize>| -> Vec<usize> {
        leaves.into_iter().filter(|leaf| !moved.contains(leaf) && index[*leaf].spoken >= ALIKE).collect()
    };
    let old = long(old, &versions.lexicon.old, &old_moved);
    let new = long(new, &versions.lexicon.new, &new_moved);
    if old.len() * new.len() <= MOVES {
        moves.extend(alike(versions, &old, &new));
    }
    moves
}

/// Pairs leaves that say the same.
fn same(versions: &Versions<'_>, old: &[usize], new: &[usize]) -> Vec<(usize, usize)> {
    let mut places: HashMap<u32, VecDeque<usize>> = HashMap::new();
    for leaf in old {
        places.entry(versions.lexicon.old[*leaf].key).or_default().push_back(*leaf);
    }
    let find = |leaf: &usize| {
        let index = &versions.lexicon.new[*leaf];
        let item = versions.new.leaves[*leaf].path.iter().any(|container| matches!(container.shape, Shape::Item(_)));
        let known = index.spoken >= if item { SAME_ITEM } else { SAME };
        places.get_mut(&index.key).filter(|_| known).and_then(VecDeque::pop_front).map(|old| (old, *leaf))
    };
    new.iter().filter_map(find).collect()
}

/// Pairs leaves that say nearly the same, the most alike first.
fn alike(versions: &Versions<'_>, old: &[usize], new: &[usize]) -> Vec<(usize, usize)> {
    let mut found: Vec<(f64, usize, usize)> = Vec::new();
    for (old, new) in old.iter().flat_map(|old| new.iter().map(move |new| (*old, *new))) {
        let kin = kinship(&versions.old.leaves[old], &versions.new.leaves[new]) > 0.0;
        let (old_index, new_index) = (&versions.lexicon.old[old], &versions.lexicon.new[new]);
        if kin && versions.lexicon.ceiling(old_index, new_index) >= MOVED {
            let likeness = versions.lexicon.likeness(old_index, new_index);
            found.extend((likeness >= MOVED).then_some((likeness, old, new)));
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let (mut old_taken, mut new_taken) = (BTreeSet::new(), BTreeSet::new());
    found.retain(|(_, old, new)| {
        let free = !old_taken.contains(old) && !new_taken.contains(new);
        if free {
            old_taken.insert(*old);
            new_taken.insert(*new);
        }
        free
    });
    found.into_iter().map(|(_, old, new)| (old, new)).collect()
}
