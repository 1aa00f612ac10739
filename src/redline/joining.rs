//! Paragraphs that were split, and such that were joined: no word of theirs changed.

use std::ops::Range;

use crate::redline::lexicon::{Bag, Entry, Lexicon};
use crate::redline::pair::{Pair, Versions};
use crate::redline::wording::{Kind, Leaf};

/// How much more two leaves have in common, at least, when a neighbour is taken in, to have been
/// split or joined.
const JOINED: f64 = 0.05;

/// What share of a neighbour's words is there, at least, for it to have been split off or joined.
const CONTAINED: f64 = 0.9;

/// Takes free neighbours into pairs that they make more alike.
pub fn join(versions: &Versions<'_>, pairs: &mut [Pair]) {
    let (mut old_taken, mut new_taken) =
        (vec![false; versions.old.leaves.len()], vec![false; versions.new.leaves.len()]);
    for pair in &*pairs {
        (old_taken[pair.old.start], new_taken[pair.new.start]) = (true, true);
    }
    for pair in pairs {
        let (old, new) = (&versions.old.leaves, &versions.new.leaves);
        let equal =
            versions.lexicon.old[pair.old.start].key == versions.lexicon.new[pair.new.start].key;
        let (old_leaf, new_leaf) = (&old[pair.old.start], &new[pair.new.start]);
        // A block of code may have become paragraphs, and paragraphs one.
        let is_words = |leaf: &Leaf| is_prose(leaf) || matches!(leaf.kind, Kind::Code(_));
        if equal || !is_words(old_leaf) || !is_words(new_leaf) {
            continue;
        }
        let grown_new = grown(
            &pair.new,
            &versions.lexicon.new,
            &bag(versions.lexicon, &versions.lexicon.old[pair.old.clone()]),
            versions.lexicon,
            |leaf| is_free(leaf, new, &new_taken, new_leaf),
        );
        let grown_old = match grown_new.len() {
            1 => grown(
                &pair.old,
                &versions.lexicon.old,
                &bag(versions.lexicon, &versions.lexicon.new[pair.new.clone()]),
                versions.lexicon,
                |leaf| is_free(leaf, old, &old_taken, old_leaf),
            ),
            _ => pair.old.clone(),
        };
        if grown_old.len() + grown_new.len() > 2 {
            old_taken[grown_old.clone()].fill(true);
            new_taken[grown_new.clone()].fill(true);
            *pair = versions.pair(grown_old, grown_new, false);
        }
    }
}

/// Returns true if a leaf is a paragraph, or words that could be one.
fn is_prose(leaf: &Leaf) -> bool {
    matches!(leaf.kind, Kind::Paragraph | Kind::Plain)
}

/// Returns true if a leaf is prose of the same section that no pair holds.
fn is_free(leaf: usize, leaves: &[Leaf], taken: &[bool], beside: &Leaf) -> bool {
    taken.get(leaf) == Some(&false)
        && leaves.get(leaf).is_some_and(|leaf| is_prose(leaf) && leaf.section() == beside.section())
}

/// Returns leaves with the free ones after and before them that make them more like `other`.
fn grown(
    range: &Range<usize>,
    own: &[Entry],
    other: &Bag,
    lexicon: &Lexicon,
    is_free: impl Fn(usize) -> bool,
) -> Range<usize> {
    let mut range = range.clone();
    let mut likeness = lexicon.bags(&bag(lexicon, &own[range.clone()]), other);
    for back in [false, true] {
        loop {
            let next = if back { range.start.wrapping_sub(1) } else { range.end };
            if !is_free(next) {
                break;
            }
            let wider = if back { next..range.end } else { range.start..next + 1 };
            let more = lexicon.bags(&bag(lexicon, &own[wider.clone()]), other);
            // A neighbour whose words are nearly all there is part of it, however short it is.
            let contained = lexicon.share(&bag(lexicon, &own[next..=next]), other) >= CONTAINED;
            if more <= likeness + if contained { 0.0 } else { JOINED } {
                break;
            }
            likeness = more;
            range = wider;
        }
    }
    range
}

fn bag(lexicon: &Lexicon, leaves: &[Entry]) -> Bag {
    lexicon.bag(leaves.iter())
}

#[cfg(test)]
mod tests {

    use crate::redline::trial::{PARAGRAPHS, shown, told};

    #[test]
    fn paragraphs_that_were_split_or_joined_mark_no_word() {
        let [a, b, c] = PARAGRAPHS;
        let (one, two, three) =
            (format!("{a} {b}"), format!("{a}\n\n{b}"), format!("{a}\n\n{b}\n\n{c}"));
        assert_eq!(told(&one, &two), ["split [--]{++}"]);
        assert_eq!(told(&two, &one), ["joined [--]{++}"]);
        assert_eq!(told(&format!("{a} {b} {c}"), &three), ["split [--]{++}", "split [--]{++}"]);
        assert_eq!(told(&three, &format!("{a} {b} {c}")), ["joined [--]{++}", "joined [--]{++}"]);
        // Whichever part is longer, before or after.
        assert_eq!(told(&format!("Soon. {a}"), &format!("Soon.\n\n{a}")), ["split [--]{++}"]);
        assert_eq!(told(&format!("{a} Soon."), &format!("{a}\n\nSoon.")), ["split [--]{++}"]);
        assert_eq!(told(&format!("{a}\n\nSoon."), &format!("{a} Soon.")), ["joined [--]{++}"]);
        // A block of code that became paragraphs or items, however it was broken into lines.
        let lines = |text: &str| format!("    {}", text.replace(". ", ".\n      "));
        let code = format!("x\n\n{}", lines(&one));
        let became = |new: &str| told(&code, &format!("x\n\n{new}"));
        assert_eq!(became(&one), ["structure: no longer a block of code"]);
        assert_eq!(became(&two), ["structure: no longer a block of code", "split [--]{++}"]);
        assert_eq!(
            became(&format!("- {a}\n- {b}")),
            [
                "structure: now a list item",
                "structure: no longer a block of code",
                "split [--]{++}"
            ]
        );
        // Around others that stayed.
        assert_eq!(told(&format!("{c}\n\n{one}"), &format!("{c}\n\n{two}")), ["split [--]{++}"]);
        assert_eq!(told(&format!("{one}\n\n{c}"), &format!("{two}\n\n{c}")), ["split [--]{++}"]);
    }

    #[test]
    fn what_changed_besides_is_shown() {
        let [a, b, _] = PARAGRAPHS;
        let (one, two) = (format!("{a} {b}"), format!("{}\n\n{b}", a.replace("two", "five")));
        assert_eq!(told(&one, &two), ["changed [-two-]{+five+}", "split [--]{++}"]);
        assert_eq!(told(&two, &one), ["changed [-five-]{+two+}", "joined [--]{++}"]);
        assert_eq!(shown("a b c d.\n\ne f g h.", "a b c d. e f g h."), ["a b c d. ¶- e f g h."]);
        assert_eq!(shown("a b c d. e f g h.", "a b c d.\n\ne f g h."), ["a b c d.", "¶+ e f g h."]);
    }

    #[test]
    fn only_prose_of_one_section_is_split_or_joined() {
        let [a, b, c] = PARAGRAPHS;
        let none = |old: String, new: String| {
            let changes = told(&old, &new);
            assert!(
                !changes
                    .iter()
                    .any(|change| change.starts_with("split") || change.starts_with("joined")),
                "{changes:?}"
            );
        };
        none(
            format!("## A\n\n{a} {b}\n\n## B\n\n{c}"),
            format!("## A\n\n{a}\n\n## B\n\n{b}\n\n{c}"),
        );
        none(format!("```\n{a}\n{b}\n```"), format!("```\n{a}\n```\n\n```\n{b}\n```"));
        none(format!("{a} {b}"), format!("{a}\n\n## {b}"));
        // A neighbour that says something else came or went.
        none(a.to_owned(), format!("{a}\n\n{b}"));
        none(a.replace("two", "five"), format!("{a}\n\n{b}"));
        none(format!("{}\n\n{b}", a.replace("two", "five")), a.to_owned());
        // One that is there already is not there twice.
        none(format!("{a}\n\n{a}"), format!("{a}\n\n{}", a.replace("two", "five")));
    }
}
