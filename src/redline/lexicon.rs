//! Two texts of a document as numbers, and how alike two leaves of them are: a sum.
//!
//! What a word is worth depends on these two texts alone. Worths are whole numbers, so that a sum
//! does not depend on the order in which words were numbered, and a redline not on what other
//! versions there are.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Deref;
use std::sync::Arc;

use crate::redline::vocabulary::{Count, Counts, Index, Numbered};
#[cfg(test)]
use crate::redline::wording::Wording;

/// What a word is worth that says 1.
const ONE: f64 = (1_u64 << 36) as f64;

/// Both texts as numbers, and what each word is worth.
pub struct Lexicon {
    /// The leaves of the old text.
    pub old: Vec<Entry>,
    /// The leaves of the new one.
    pub new: Vec<Entry>,
    /// The keys of the leaves of both.
    pub keys: [Vec<u32>; 2],
    counts: [Arc<Counts>; 2],
    /// What a word says by being there: the rarer, the more (inverse document frequency).
    worth: Vec<u64>,
    /// The words that are everywhere.
    common: Vec<bool>,
}

/// A leaf among those that are compared.
#[derive(Debug)]
pub struct Entry {
    /// The leaf as numbers.
    pub index: Arc<Index>,
    /// What its words are worth together, once that was asked.
    weight: OnceCell<u64>,
}

/// Which words there are and how often, without their order.
#[derive(Clone, Debug, Default)]
pub struct Bag {
    words: Vec<(u32, u32)>,
    weight: u64,
}

impl Deref for Entry {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.index
    }
}

impl Lexicon {
    /// Weights the words of two texts that were numbered together. `small` is the number of each
    /// word in small letters.
    pub fn of(old: &Numbered<'_>, new: &Numbered<'_>, small: &[u32]) -> Lexicon {
        let counts = [Arc::clone(&old.counts), Arc::clone(&new.counts)];
        let all = old.leaves.len() + new.leaves.len();
        let mut times = vec![0_u32; small.len()];
        let mut leaves = vec![0_u32; small.len()];
        let mut numbers = vec![false; small.len()];
        for counts in &counts {
            for count in &counts.words {
                times[count.word as usize] += count.times;
                leaves[count.word as usize] += count.leaves;
            }
            counts.numbers.iter().for_each(|word| numbers[*word as usize] = true);
        }
        let total: u64 = times.iter().map(|count| u64::from(*count)).sum();
        // Most words are in as many leaves as others.
        let mut known: Vec<Option<u64>> = vec![None; all + 1];
        let mut say = |leaves: u32| {
            let rare = || libm::log(1.0 + all as f64 / f64::from(leaves).max(1.0));
            *known[leaves as usize].get_or_insert_with(|| (rare() * ONE) as u64)
        };
        let worth = leaves.iter().zip(&numbers).map(|(leaves, number)| match number {
            // A number is what changes: it says half of what a word that is as rare says of its
            // leaf.
            true => say(*leaves) / 2,
            false => say(*leaves),
        });
        let worth = worth.collect();
        let is_common = |word: &u32| total > 100 && u64::from(times[*word as usize]) * 100 > total;
        let common = small.iter().map(is_common).collect();
        let entries = |text: &Numbered<'_>| -> Vec<Entry> {
            let entry = |index| Entry { index: Arc::clone(index), weight: OnceCell::new() };
            text.leaves.iter().map(entry).collect()
        };
        let (old, new) = (entries(old), entries(new));
        let keys = [&old, &new].map(|leaves| leaves.iter().map(|leaf| leaf.key).collect());
        Lexicon { old, new, keys, counts, worth, common }
    }

    /// Numbers two texts alone and weights their words.
    #[cfg(test)]
    pub fn new(old: &Wording, new: &Wording) -> Lexicon {
        crate::redline::texts::alone(old, new)
    }

    /// Returns how much two leaves have in common, from 0 to 1.
    pub fn likeness(&self, old: &Entry, new: &Entry) -> f64 {
        let common = self.common_to(&old.words, &new.words);
        dice(common, self.weight_of(old), self.weight_of(new))
    }

    /// Returns how much two bags have in common, from 0 to 1: twice what both hold over what each
    /// holds (Dice).
    pub fn bags(&self, old: &Bag, new: &Bag) -> f64 {
        dice(self.common_to(&old.words, &new.words), old.weight, new.weight)
    }

    /// Returns what share of a bag another one holds, too.
    pub fn share(&self, own: &Bag, other: &Bag) -> f64 {
        self.common_to(&own.words, &other.words) as f64 / own.weight.max(1) as f64
    }

    /// Returns how much the two texts have in common, from 0 to 1.
    pub fn relation(&self) -> f64 {
        let [old, new] = self.counts.each_ref().map(|counts| self.bag_of(counts));
        self.bags(&old, &new)
    }

    /// Returns how many words must come and go, at least, from one text to the other.
    pub fn distance(&self) -> u64 {
        let [old, new] = self.counts.each_ref().map(|counts| self.bag_of(counts));
        old.distance(&new)
    }

    fn common_to(&self, old: &[(u32, u32)], new: &[(u32, u32)]) -> u64 {
        shared(old, new).map(|(word, count)| u64::from(count) * self.worth[word as usize]).sum()
    }

    /// Upper bound of [`Lexicon::likeness`] for two leaves, from their weights alone.
    pub fn ceiling(&self, old: &Entry, new: &Entry) -> f64 {
        let (old, new) = (self.weight_of(old), self.weight_of(new));
        dice(old.min(new), old, new)
    }

    /// Returns the words of several leaves together.
    pub fn bag<'a, Leaf: Deref<Target = Index> + 'a>(
        &self,
        leaves: impl Iterator<Item = &'a Leaf>,
    ) -> Bag {
        let mut words: Vec<(u32, u32)> = Vec::new();
        let mut sorted = true;
        for leaf in leaves {
            sorted = words.is_empty();
            words.extend_from_slice(&leaf.words);
        }
        if !sorted {
            words.sort_unstable();
            words.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                kept.1 += if same { next.1 } else { 0 };
                same
            });
        }
        Bag { weight: self.weight(&words), words }
    }

    fn bag_of(&self, counts: &Counts) -> Bag {
        let times = |count: &Count| (count.word, count.times);
        let words: Vec<(u32, u32)> = counts.words.iter().map(times).collect();
        Bag { weight: self.weight(&words), words }
    }

    fn weight(&self, words: &[(u32, u32)]) -> u64 {
        words.iter().map(|(word, count)| u64::from(*count) * self.worth[*word as usize]).sum()
    }

    fn weight_of(&self, leaf: &Entry) -> u64 {
        *leaf.weight.get_or_init(|| self.weight(&leaf.words))
    }

    /// Returns true if a word is very frequent (a stop word).
    pub fn is_common(&self, word: u32) -> bool {
        self.common[word as usize]
    }
}

/// Returns twice what both hold over what each holds.
fn dice(common: u64, old: u64, new: u64) -> f64 {
    2.0 * common as f64 / (old + new).max(1) as f64
}

impl Bag {
    /// Returns how many words must come and go, at least, from one bag to the other.
    pub fn distance(&self, other: &Bag) -> u64 {
        let all = |bag: &Bag| bag.words.iter().map(|(_, count)| u64::from(*count)).sum::<u64>();
        let both: u64 = shared(&self.words, &other.words).map(|(_, count)| u64::from(count)).sum();
        all(self) + all(other) - 2 * both
    }
}

/// Interner: assigns equal IDs to equal values.
#[derive(Default)]
pub struct Numbers<T> {
    numbers: HashMap<T, u32>,
}

impl<T: Hash + Eq> Numbers<T> {
    /// Returns a number for each thing.
    pub fn of(&mut self, things: impl Iterator<Item = T>) -> Vec<u32> {
        let number_of = |thing: T| {
            let next = u32::try_from(self.numbers.len()).expect("a document has fewer parts");
            *self.numbers.entry(thing).or_insert(next)
        };
        things.map(number_of).collect()
    }
}

/// Returns the words that two bags share, and how often both hold them.
fn shared(old: &[(u32, u32)], new: &[(u32, u32)]) -> impl Iterator<Item = (u32, u32)> {
    let (mut left, mut right) = (old.iter().peekable(), new.iter().peekable());
    std::iter::from_fn(move || {
        loop {
            let ((a, count_a), (b, count_b)) = (left.peek()?, right.peek()?);
            let (order, found) = (a.cmp(b), (*a, *count_a.min(count_b)));
            left.next_if(|_| order.is_le());
            right.next_if(|_| order.is_ge());
            if order == Ordering::Equal {
                return Some(found);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::wording;

    fn lexicon(old: &str, new: &str) -> Lexicon {
        Lexicon::new(&wording(old), &wording(new))
    }

    fn near(a: f64, b: f64) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }

    #[test]
    fn likeness_is_what_both_say_of_what_each_says() {
        let words = lexicon("a b c d\n\ne", "a b c d\n\nf\n\na b x y");
        let like = |old: usize, new: usize| words.likeness(&words.old[old], &words.new[new]);
        near(like(0, 0), 1.0);
        near(like(0, 1), 0.0);
        // `a` and `b` are in three of five leaves, `c` and `d` in two, `x` and `y` in one.
        let [three, two, one] = [3.0, 2.0, 1.0].map(|leaves: f64| libm::log(1.0 + 5.0 / leaves));
        near(like(0, 2), 2.0 * (2.0 * three) / (4.0 * three + 2.0 * two + 2.0 * one));
        let (whole, part) = (words.bag(words.old[..1].iter()), words.bag(words.new[2..].iter()));
        near(words.share(&whole, &part), 2.0 * three / (2.0 * three + 2.0 * two));
        near(words.bags(&whole, &part), like(0, 2));
        assert_eq!(
            (whole.distance(&part), part.distance(&whole), whole.distance(&whole)),
            (4, 4, 0)
        );
        near(words.ceiling(&words.old[0], &words.new[0]), 1.0);
        near(
            words.ceiling(&words.old[0], &words.new[2]),
            2.0 * (2.0 * three + 2.0 * two) / (4.0 * three + 2.0 * two + 2.0 * one),
        );
        let empty = Bag::default();
        near(words.bags(&empty, &empty), 0.0);
        near(words.share(&empty, &whole), 0.0);
    }

    #[test]
    fn bags_count_their_words() {
        let words = lexicon("a a b", "a a a c\n\na b");
        let [old, new, both] = [
            words.bag(words.old.iter()),
            words.bag(words.new[..1].iter()),
            words.bag(words.new.iter()),
        ];
        assert_eq!((old.distance(&new), new.distance(&both), old.distance(&both)), (3, 2, 3));
        assert_eq!(both.words.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [4, 1, 1]);
        assert_eq!(both.weight, words.bag(words.new[1..].iter()).weight + new.weight);
        // Marks are no words.
        assert_eq!(lexicon("a, b.", "").old[0].words.len(), 2);
    }

    #[test]
    fn words_that_are_everywhere_are_told_apart() {
        let common = |times: usize, others: usize| {
            let text: String = (0..others).map(|number| format!("w{number} ")).collect();
            let words = lexicon(&format!("{}{text}", "the ".repeat(times)), "");
            (words.is_common(words.old[0].folded[0]), words.is_common(words.old[0].folded[times]))
        };
        assert_eq!(common(2, 99), (true, false));
        assert_eq!(common(2, 98), (false, false), "a hundred words are too few to tell");
        assert_eq!(common(2, 198), (false, false), "one in a hundred is not everywhere");
        assert_eq!(common(2, 197), (true, false));
    }

    #[test]
    fn typing_is_folded_and_keys_are_equal_where_leaves_say_the_same() {
        for (old, new) in [
            ("it’s", "it's"),
            ("‘a‛", "'a'"),
            ("‚a′", "'a'"),
            ("“a„", "\"a\""),
            ("‟a″", "\"a\""),
            ("a\u{2010}b", "a-b"),
            ("a\u{2011}b", "a-b"),
            ("10\u{a0}000\u{202f}€", "10 000 €"),
            ("\\`", "'"),
        ] {
            let words = lexicon(old, new);
            assert_eq!(words.old[0].folded, words.new[0].folded, "{old}");
            assert_ne!(words.old[0].exact, words.new[0].exact, "{old}");
            assert_eq!(words.old[0].key, words.new[0].key);
        }
        let words = lexicon("e\u{301} b", "é b");
        assert_eq!(words.old[0].exact, words.new[0].exact, "how an accent is composed is not seen");
        for (old, new) in [
            ("a", "b"),
            ("a b", "a"),
            ("é", "e"),
            ("```\na\n```", "a"),
            ("| a |\n|--|\n| b |", "a b"),
            ("---", "- \\-"),
        ] {
            let words = lexicon(old, new);
            assert_ne!(words.old[0].key, words.new[0].key, "{old}");
        }
        for (old, new) in [
            ("a", "# a"),
            ("a", "- a"),
            ("a", "**a**"),
            ("| a |\n|--|\n| b |", "| **a** |\n|--|\n| b |"),
            ("---", "***"),
        ] {
            let words = lexicon(old, new);
            assert_eq!(words.old[0].key, words.new[0].key, "{old}");
        }
        assert_ne!(
            lexicon("| a |\n|--|\n| b |", "| a |\n|--|\n| c |").old[0].key,
            lexicon("| a |\n|--|\n| b |", "| a |\n|--|\n| c |").new[0].key
        );
    }

    #[test]
    fn footnotes_are_told_by_their_labels() {
        let words = lexicon("a[^x]\n\n[^x]: n", "b[^y] a[^x]\n\n[^x]: n\n[^y]: n");
        assert_eq!(words.old[0].folded[1], words.new[0].folded[3]);
        assert_ne!(words.old[0].folded[1], words.new[0].folded[1]);
        assert_ne!(words.old[0].exact[1], words.new[0].exact[3], "1 and 2");
    }

    #[test]
    fn styles_and_links_are_equal_where_words_are_set_alike() {
        let words = lexicon(
            "a **b** [c](https://x.example/) **d**e",
            "**a** b [**c**](https://x.example/) [c](https://y.example/) d**e** **d**e",
        );
        let (old, new) = (&words.old[0], &words.new[0]);
        assert_eq!((old.styles[0], old.styles[1]), (new.styles[1], new.styles[0]));
        assert_ne!(old.styles[0], old.styles[1]);
        assert_eq!((old.links[0], old.links[2]), (old.links[1], new.links[2]));
        assert_ne!(old.styles[2], new.styles[2]);
        assert!(old.links[2] != new.links[3] && old.links[0] != old.links[2]);
        assert!(old.styles[3] != new.styles[4] && old.styles[3] == new.styles[5]);
        let all: Vec<u32> =
            vec![old.styles[0], old.styles[1], old.styles[2], old.styles[3], new.styles[4]];
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 5);
        assert_eq!((old.spoken, old.classes.len(), words.old.len()), (4, 4, 1));
    }

    #[test]
    fn a_table_holds_the_words_of_its_cells() {
        let words = lexicon("| a | b |\n|--|--|\n| c | d e |", "c d e");
        assert_eq!(
            (words.old[0].cells.len(), words.old[0].spoken, words.old[0].words.len()),
            (4, 5, 5)
        );
        assert!(words.likeness(&words.old[0], &words.new[0]) > 0.5);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 60, failure_persistence: None, ..Default::default() })]

        #[test]
        fn nothing_is_more_alike_than_the_ceiling(old in "([a-e] ){1,9}", new in "([a-e] ){1,9}", other in "([a-e] ){0,9}") {
            let words = lexicon(&format!("{old}\n\n{other}"), &new);
            let (old, new) = (&words.old[0], &words.new[0]);
            let likeness = words.likeness(old, new);
            proptest::prop_assert!((0.0..=1.0 + 1e-9).contains(&likeness) && likeness <= words.ceiling(old, new) + 1e-9);
            proptest::prop_assert!((likeness - words.likeness(new, old)).abs() < 1e-9);
            proptest::prop_assert_eq!(likeness > 1.0 - 1e-9, words.bag([old].into_iter()).distance(&words.bag([new].into_iter())) == 0);
        }
    }
}
