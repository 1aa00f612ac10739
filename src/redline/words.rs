//! Words that came and went inside a text.
//!
//! White space is no word, so that a paragraph wrapped elsewhere is the same. The comparison is bounded by work, not by a clock: the
//! same texts give the same edits on every machine.

use std::collections::HashMap;

use similar::Algorithm;
use similar::DiffTag;
use unicode_segmentation::UnicodeSegmentation;

/// From how many words on the algorithm for long texts is taken.
const LONG: usize = 2_000;

/// A word, a number or a mark of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// Its letters.
    pub text: &'a str,
    /// The byte of the text it begins at.
    pub start: usize,
}

impl Word<'_> {
    /// Tells whether it is a word or a number, and not a mark.
    pub fn is_spoken(&self) -> bool {
        self.text.contains(char::is_alphanumeric)
    }
}

/// Words that went and words that came in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit<'a> {
    /// What went.
    pub removed: Vec<Word<'a>>,
    /// What came.
    pub added: Vec<Word<'a>>,
    /// The byte of the new text where it happened.
    pub at: usize,
}

/// Returns the words of a text, in order.
pub fn words(text: &str) -> Vec<Word<'_>> {
    let bounds = text.split_word_bound_indices();
    bounds.filter(|(_, word)| !word.trim().is_empty()).map(|(start, text)| Word { text, start }).collect()
}

/// Returns the edits that turn one text into another.
pub fn edits<'a>(old: &'a str, new: &'a str) -> Vec<Edit<'a>> {
    let (old, new) = (words(old), words(new));
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut numbered = |words: &[Word<'a>]| -> Vec<u32> {
        words
            .iter()
            .map(|word| {
                let next = u32::try_from(numbers.len()).expect("a text has fewer words than that");
                *numbers.entry(word.text).or_insert(next)
            })
            .collect()
    };
    let (old_numbers, new_numbers) = (numbered(&old), numbered(&new));
    let algorithm = if old.len().max(new.len()) > LONG { Algorithm::Histogram } else { Algorithm::Myers };
    let changes = similar::capture_diff_slices(algorithm, &old_numbers, &new_numbers);
    let end = new.last().map_or(0, |word| word.start + word.text.len());
    let changes = changes.into_iter().filter(|change| change.tag() != DiffTag::Equal);
    let edit = |change: similar::DiffOp| Edit {
        removed: old[change.old_range()].to_vec(),
        added: new[change.new_range()].to_vec(),
        at: new.get(change.new_range().start).map_or(end, |word| word.start),
    };
    changes.map(edit).collect()
}

/// Counts the words and numbers of a text.
pub fn count(text: &str) -> usize {
    words(text).iter().filter(|word| word.is_spoken()).count()
}

/// Returns how much two texts have in common, from 0 to 1: twice the words of both over the words of each (Dice).
pub fn likeness(old: &str, new: &str) -> f64 {
    let mut counts: HashMap<&str, i64> = HashMap::new();
    let (old, new) = (words(old), words(new));
    for word in old.iter().filter(|word| word.is_spoken()) {
        *counts.entry(word.text).or_default() += 1;
    }
    let mut common = 0;
    for word in new.iter().filter(|word| word.is_spoken()) {
        let left = counts.entry(word.text).or_default();
        common += usize::from(*left > 0);
        *left -= 1;
    }
    let spoken = |words: &[Word<'_>]| words.iter().filter(|word| word.is_spoken()).count();
    let both = spoken(&old) + spoken(&new);
    if both == 0 { 1.0 } else { 2.0 * common as f64 / both as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> Vec<String> {
        let join = |words: &[Word<'_>]| words.iter().map(|word| word.text).collect::<Vec<_>>().join(" ");
        edits(old, new).iter().map(|edit| format!("[-{}-]{{+{}+}}", join(&edit.removed), join(&edit.added))).collect()
    }

    #[test]
    fn a_number_is_never_split() {
        assert_eq!(told("within 48 business hours", "within 72 business hours"), ["[-48-]{+72+}"]);
        assert_eq!(told("99.9 % or higher", "99.95 % or higher"), ["[-99.9-]{+99.95+}"]);
    }

    #[test]
    fn lines_wrapped_elsewhere_are_the_same_words() {
        assert_eq!(told("one two\nthree", "one\ntwo three"), Vec::<String>::new());
    }

    proptest::proptest! {
        #[test]
        fn the_edits_turn_the_old_words_into_the_new(old in "([a-c]{1,2}[ ,.\n]){0,20}", new in "([a-c]{1,2}[ ,.\n]){0,20}") {
            let edits = edits(&old, &new);
            let removed: usize = edits.iter().map(|edit| edit.removed.len()).sum();
            let added: usize = edits.iter().map(|edit| edit.added.len()).sum();
            proptest::prop_assert_eq!(words(&old).len() - removed, words(&new).len() - added);
            proptest::prop_assert_eq!(edits.is_empty(), words(&old).iter().map(|word| word.text).eq(words(&new).iter().map(|word| word.text)));
        }
    }
}
