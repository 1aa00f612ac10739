//! Leaves that stand elsewhere: those that say the same first, then the most alike.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::Range;

use crate::redline::lexicon::Entry;
use crate::redline::pair::{Pair, Versions, kinship};
use crate::redline::vocabulary::Index;
use crate::redline::wording::Shape;

/// How much two leaves have in common, at least, to be one that moved.
const MOVED: f64 = 0.75;

/// The same for long ones: it says more that as much of them is the same.
const MOVED_LONG: f64 = 0.6;

/// From how many words on both are long.
const LONG: usize = 20;

/// How many words a leaf has, at least, to be known again elsewhere by saying the same.
const SAME: usize = 8;

/// The same for an item of a list.
const SAME_ITEM: usize = 2;

/// How many words a leaf has, at least, to be known again elsewhere by saying nearly the same.
const ALIKE: usize = 10;

/// How many comparisons the search for moved leaves is worth.
const MOVES: usize = 250_000;

/// Returns the leaves that stand elsewhere, among those that no pair holds: the old one and the new
/// one.
pub fn moves(versions: &Versions<'_>, pairs: &[Pair]) -> Vec<(usize, usize)> {
    let left = |count: usize, side: fn(&Pair) -> &Range<usize>| {
        let mut left = vec![true; count];
        pairs.iter().for_each(|pair| left[side(pair).clone()].fill(false));
        (0..count).filter(|leaf| left[*leaf]).collect::<Vec<usize>>()
    };
    let old = left(versions.old.leaves.len(), |pair| &pair.old);
    let new = left(versions.new.leaves.len(), |pair| &pair.new);
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    let mut moves = same(versions, &old, &new);
    let (old_moved, new_moved): (BTreeSet<usize>, BTreeSet<usize>) = moves.iter().copied().unzip();
    let long = |leaves: Vec<usize>, index: &[Entry], moved: &BTreeSet<usize>| -> Vec<usize> {
        leaves
            .into_iter()
            .filter(|leaf| !moved.contains(leaf) && index[*leaf].spoken >= ALIKE)
            .collect()
    };
    let old = long(old, &versions.lexicon.old, &old_moved);
    let new = long(new, &versions.lexicon.new, &new_moved);
    moves.extend(alike(versions, candidates(versions, &old, &new)));
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
        let item = versions.new.leaves[*leaf]
            .path
            .iter()
            .any(|container| matches!(container.shape, Shape::Item(_)));
        let known = index.spoken >= if item { SAME_ITEM } else { SAME };
        places
            .get_mut(&index.key)
            .filter(|_| known)
            .and_then(VecDeque::pop_front)
            .map(|old| (old, *leaf))
    };
    new.iter().filter_map(find).collect()
}

/// Returns what may be one leaf: each with each, or, where that are too many, those that begin or
/// end in words with which no other does.
fn candidates(versions: &Versions<'_>, old: &[usize], new: &[usize]) -> Vec<(usize, usize)> {
    if old.len() * new.len() <= MOVES {
        return old.iter().flat_map(|old| new.iter().map(move |new| (*old, *new))).collect();
    }
    let mut found: BTreeSet<(usize, usize)> = BTreeSet::new();
    for words in [Index::first_words, Index::last_words] {
        let mut places: HashMap<&[u32], [Vec<usize>; 2]> = HashMap::new();
        old.iter().for_each(|leaf| {
            places.entry(words(&versions.lexicon.old[*leaf])).or_default()[0].push(*leaf)
        });
        new.iter().for_each(|leaf| {
            places.entry(words(&versions.lexicon.new[*leaf])).or_default()[1].push(*leaf)
        });
        found.extend(
            places
                .values()
                .filter(|[old, new]| (old.len(), new.len()) == (1, 1))
                .map(|[old, new]| (old[0], new[0])),
        );
    }
    found.into_iter().collect()
}

/// Pairs leaves that say nearly the same, the most alike first.
fn alike(versions: &Versions<'_>, candidates: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    let mut found: Vec<(f64, usize, usize)> = Vec::new();
    for (old, new) in candidates {
        let kin = kinship(&versions.old.leaves[old], &versions.new.leaves[new]) > 0.0;
        let (old_index, new_index) = (&versions.lexicon.old[old], &versions.lexicon.new[new]);
        let bar = if old_index.spoken.min(new_index.spoken) >= LONG { MOVED_LONG } else { MOVED };
        if kin && versions.lexicon.ceiling(old_index, new_index) >= bar {
            let likeness = versions.lexicon.likeness(old_index, new_index);
            found.extend((likeness >= bar).then_some((likeness, old, new)));
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

#[cfg(test)]
mod tests {

    use crate::redline::trial::{PARAGRAPHS, shown, told};

    #[test]
    fn a_leaf_that_says_the_same_elsewhere_moved() {
        let [a, b, c] = PARAGRAPHS;
        assert_eq!(
            shown(&format!("{a}\n\n{b}\n\n{c}"), &format!("{b}\n\n{c}\n\n{a}")),
            [format!("< {a}"), b.into(), c.into(), format!("> {a}")]
        );
        // Two that say the same keep their order.
        let twice = "One two three four five six seven eight.";
        assert_eq!(
            told(
                &format!("{twice}\n\n{twice}\n\n{a}\n\n{b}\n\n{c}"),
                &format!("{a}\n\n{b}\n\n{c}\n\n{twice}\n\n{twice}")
            )
            .len(),
            2
        );
        let one = told(
            &format!("{twice}\n\n{a}\n\n{b}\n\n{c}"),
            &format!("{a}\n\n{b}\n\n{c}\n\n{twice}\n\n{twice}"),
        );
        assert_eq!(one, ["moved [--]{++}".to_owned(), format!("added [--]{{+{twice}+}}")]);
    }

    #[test]
    fn a_leaf_needs_words_to_be_known_again_elsewhere() {
        let [a, b, _] = PARAGRAPHS;
        let kinds = |leaf: &str, others: &str| {
            told(&format!("{leaf}\n\n{others}"), &format!("{others}\n\n{leaf}")).len()
        };
        let others = format!("{a}\n\n{b}");
        assert_eq!(kinds("One two three four five six seven eight.", &others), 1);
        assert_eq!(kinds("One two three four five six seven.", &others), 2);
        let items = |item: &str| {
            told(&format!("- {item}\n- {a}\n- {b}"), &format!("- {a}\n- {b}\n- {item}")).len()
        };
        assert_eq!((items("by mail"), items("mail")), (1, 2));
    }

    #[test]
    fn a_leaf_that_says_nearly_the_same_elsewhere_moved_with_its_changes() {
        let [a, b, c] = PARAGRAPHS;
        let around = |leaf: &str, last: bool| {
            if last { format!("{b}\n\n{c}\n\n{leaf}") } else { format!("{leaf}\n\n{b}\n\n{c}") }
        };
        let moved = |old: &str, new: &str| told(&around(old, false), &around(new, true));
        assert_eq!(
            moved(a, &a.replace("two", "five")),
            ["moved [--]{++}", "changed [-two-]{+five+}"]
        );
        // Nine words are too few, ten are enough.
        let ten = "one two three four five six seven eight nine ten";
        assert_eq!(
            moved(ten, &ten.replace("one", "once")),
            ["moved [--]{++}", "changed [-one-]{+once+}"]
        );
        let nine = "one two three four five six seven eight nine";
        assert_eq!(moved(nine, &nine.replace("one", "once")).len(), 2);
        assert!(moved(nine, &nine.replace("one", "once"))[0].starts_with("removed"));
        // Too much of it is another.
        let half = "one two three four five x1 x2 x3 x4 x5";
        assert!(moved(ten, half)[0].starts_with("removed"));
        // Words may be code now, and are no table.
        assert_eq!(
            moved(a, &format!("```\n{}\n```", a.replace("two", "five"))),
            ["moved [--]{++}", "structure: now a block of code", "changed [-two-]{+five+}"]
        );
        assert!(moved(a, &format!("| {a} |\n|---|"))[0].starts_with("removed"));
    }

    #[test]
    fn a_long_leaf_is_known_again_by_less() {
        let [a, b, c] = PARAGRAPHS;
        // Seventeen words and seven, of which six are others now: 17 of 24 and of 23 are the same.
        let long = |rest: &str| format!("{a} {rest}");
        let (old, new) = (
            long("Nobody else reads it before that day."),
            long("Other people see each answer too."),
        );
        let kinds = |old: &str, new: &str| {
            let changes = told(&format!("{old}\n\n{b}\n\n{c}"), &format!("{b}\n\n{c}\n\n{new}"));
            changes
                .into_iter()
                .map(|change| change.split(' ').next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(kinds(&old, &new), ["moved", "changed"]);
        // As much of a short one is not enough.
        assert_eq!(
            kinds(
                "one two three four five six seven x1 x2 x3",
                "one two three four five six seven y1 y2 y3"
            ),
            ["removed", "added"]
        );
    }

    #[test]
    fn the_most_alike_are_one() {
        let [_, b, c] = PARAGRAPHS;
        let ten = "one two three four five six seven eight nine ten";
        let (near, far) = (ten.replace("one", "once"), ten.replace("one two", "once twice"));
        let old = format!("{ten}\n\n{b}\n\n{c}");
        let new = format!("{b}\n\n{c}\n\n{far}\n\n{near}");
        assert_eq!(
            told(&old, &new),
            [
                format!("added [--]{{+{far}+}}"),
                "moved [--]{++}".to_owned(),
                "changed [-one-]{+once+}".to_owned()
            ]
        );
        let new = format!("{b}\n\n{c}\n\n{near}\n\n{far}");
        assert_eq!(
            told(&old, &new),
            [
                "moved [--]{++}".to_owned(),
                "changed [-one-]{+once+}".to_owned(),
                format!("added [--]{{+{far}+}}")
            ]
        );
    }
}
