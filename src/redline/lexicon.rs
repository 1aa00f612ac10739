//! Two wordings as numbers: equal tokens have equal numbers, and how alike two leaves are is a sum.

use std::collections::HashMap;
use std::hash::Hash;
use std::ops::Range;

use crate::redline::quantity;
use crate::redline::token::Class;
use crate::redline::wording::{Kind, Leaf, Note, Style, Wording};
use crate::tree::composed;

/// What a number is worth beside a word that is as rare.
const NUMBER: f64 = 0.5;

/// Both wordings as numbers, and what each word is worth.
pub struct Lexicon {
    /// The leaves of the old wording.
    pub old: Vec<Index>,
    /// The leaves of the new one.
    pub new: Vec<Index>,
    /// What a word says by being there: the rarer, the more (inverse document frequency).
    worth: Vec<f64>,
    /// The words that are everywhere.
    common: Vec<bool>,
}

/// A leaf as numbers, one for each token.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Equal where the letters are, however their accents are composed.
    pub exact: Vec<u32>,
    /// Equal where the white space is, and how it is set: before each token, and after the last.
    pub gaps: Vec<u32>,
    /// Equal where only the typing differs: the shape of quotation marks, a soft hyphen; and for
    /// marks of one footnote.
    pub folded: Vec<u32>,
    /// Equal where the words are set the same way.
    pub styles: Vec<u32>,
    /// Equal where the words lead to the same place.
    pub links: Vec<u32>,
    /// What each token is.
    pub classes: Vec<Class>,
    /// Equal where the leaves say the same.
    pub key: u32,
    /// How many words and numbers there are.
    pub spoken: usize,
    /// What a heading says: its words in small letters, without the number it begins with.
    pub heading: Vec<u32>,
    /// The cells of a table, row by row.
    pub cells: Vec<Index>,
    bag: Bag,
}

/// Which words there are and how often, without their order.
#[derive(Clone, Debug, Default)]
pub struct Bag {
    words: Vec<(u32, u32)>,
    weight: f64,
}

/// What becomes of each leaf on its way into numbers.
#[derive(Default)]
struct Interner {
    words: HashMap<String, u32>,
    /// The same words in small letters: how alike leaves are is not a matter of capitals.
    small: Vec<u32>,
    styles: HashMap<Style, u32>,
    /// The styles of tokens that are set in more ways than one.
    mixed: HashMap<Vec<u32>, u32>,
    keys: HashMap<(u8, Vec<u32>), u32>,
}

/// The styles of a wording as numbers, by their places there.
struct Styles<'a> {
    wording: &'a Wording,
    /// Each as it is, what it leads to alone, and how white space is seen in it.
    numbers: Vec<(u32, u32, u32)>,
    /// What each footnote is known by in both versions.
    notes: Vec<u32>,
}

impl Lexicon {
    /// Interns both versions and weights their words.
    pub fn new(old: &Wording, new: &Wording) -> Lexicon {
        let mut interner = Interner::default();
        let (old_notes, new_notes) = notes(old, new);
        let mut index = |wording: &Wording, notes: Vec<u32>| -> Vec<Index> {
            let styles = interner.styles(wording, notes);
            wording.leaves.iter().map(|leaf| interner.leaf(leaf, &styles)).collect()
        };
        let (mut old, mut new) = (index(old, old_notes), index(new, new_notes));
        let mut numbers = vec![false; interner.words.len()];
        for leaf in old.iter().chain(&new).flat_map(|leaf| std::iter::once(leaf).chain(&leaf.cells))
        {
            let tokens = leaf.classes.iter().zip(&leaf.folded);
            tokens
                .filter(|(class, _)| **class == Class::Number)
                .for_each(|(_, word)| numbers[*word as usize] = true);
        }
        let mut leaves = vec![0_u32; interner.words.len()];
        let mut times = vec![0_u32; interner.words.len()];
        for leaf in old.iter().chain(&new) {
            for (word, count) in &leaf.bag.words {
                leaves[*word as usize] += 1;
                times[*word as usize] += count;
            }
        }
        let (all, total) = (
            (old.len() + new.len()) as f64,
            times.iter().map(|count| u64::from(*count)).sum::<u64>(),
        );
        // A number is what changes: it says less of what its leaf is.
        let share = |word: usize| if numbers[word] { NUMBER } else { 1.0 };
        let worth = leaves
            .iter()
            .enumerate()
            .map(|(word, leaves)| share(word) * libm::log(1.0 + all / f64::from(*leaves).max(1.0)));
        let worth: Vec<f64> = worth.collect();
        let is_common = |word: &u32| total > 100 && u64::from(times[*word as usize]) * 100 > total;
        let common = interner.small.iter().map(is_common).collect();
        for leaf in old.iter_mut().chain(&mut new) {
            leaf.bag.weigh(&worth);
            leaf.cells.iter_mut().for_each(|cell| cell.bag.weigh(&worth));
        }
        Lexicon { old, new, worth, common }
    }

    /// Returns how much two leaves have in common, from 0 to 1.
    pub fn likeness(&self, old: &Index, new: &Index) -> f64 {
        self.bags(&old.bag, &new.bag)
    }

    /// Returns how much two bags have in common, from 0 to 1: twice what both hold over what each
    /// holds (Dice).
    pub fn bags(&self, old: &Bag, new: &Bag) -> f64 {
        2.0 * self.common_to(old, new) / (old.weight + new.weight).max(f64::MIN_POSITIVE)
    }

    /// Returns what share of a bag another one holds, too.
    pub fn share(&self, own: &Bag, other: &Bag) -> f64 {
        self.common_to(own, other) / own.weight.max(f64::MIN_POSITIVE)
    }

    fn common_to(&self, old: &Bag, new: &Bag) -> f64 {
        let (mut left, mut right, mut common) = (0, 0, 0.0);
        while let (Some((a, count_a)), Some((b, count_b))) =
            (old.words.get(left), new.words.get(right))
        {
            match a.cmp(b) {
                std::cmp::Ordering::Less => left += 1,
                std::cmp::Ordering::Greater => right += 1,
                std::cmp::Ordering::Equal => {
                    common += f64::from(*count_a.min(count_b)) * self.worth[*a as usize];
                    left += 1;
                    right += 1;
                }
            }
        }
        common
    }

    /// Upper bound of [`Lexicon::likeness`] for two leaves, from their weights alone.
    pub fn ceiling(&self, old: &Index, new: &Index) -> f64 {
        let (small, large) =
            (old.bag.weight.min(new.bag.weight), old.bag.weight.max(new.bag.weight));
        2.0 * small / (small + large).max(f64::MIN_POSITIVE)
    }

    /// Returns the words of several leaves together.
    pub fn bag<'a>(&self, leaves: impl Iterator<Item = &'a Index>) -> Bag {
        let mut words: Vec<(u32, u32)> =
            leaves.flat_map(|leaf| leaf.bag.words.iter().copied()).collect();
        words.sort_unstable();
        words.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            kept.1 += if same { next.1 } else { 0 };
            same
        });
        let mut bag = Bag { words, weight: 0.0 };
        bag.weigh(&self.worth);
        bag
    }

    /// Returns true if a word is very frequent (a stop word).
    pub fn is_common(&self, word: u32) -> bool {
        self.common[word as usize]
    }
}

impl Index {
    /// How many words tell a leaf by its beginning or its end.
    const TELLING: usize = 4;

    /// Returns the words it begins with, or those of its first cell.
    pub fn first_words(&self) -> &[u32] {
        let folded = self.cells.first().map_or(&self.folded, |cell| &cell.folded);
        &folded[..folded.len().min(Index::TELLING)]
    }

    /// Returns the words it ends with, or those of its last cell.
    pub fn last_words(&self) -> &[u32] {
        let folded = self.cells.last().map_or(&self.folded, |cell| &cell.folded);
        &folded[folded.len().saturating_sub(Index::TELLING)..]
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
            let next = number(self.numbers.len());
            *self.numbers.entry(thing).or_insert(next)
        };
        things.map(number_of).collect()
    }
}

impl Bag {
    fn weigh(&mut self, worth: &[f64]) {
        self.weight =
            self.words.iter().map(|(word, count)| f64::from(*count) * worth[*word as usize]).sum();
    }

    /// Returns how many words must come and go, at least, from one bag to the other.
    pub fn distance(&self, other: &Bag) -> u64 {
        let mut counts: HashMap<u32, i64> =
            self.words.iter().map(|(word, count)| (*word, i64::from(*count))).collect();
        for (word, count) in &other.words {
            *counts.entry(*word).or_default() -= i64::from(*count);
        }
        counts.values().map(|count| count.unsigned_abs()).sum()
    }
}

impl Interner {
    fn leaf(&mut self, leaf: &Leaf, known: &Styles<'_>) -> Index {
        let mut index = Index {
            classes: leaf.tokens.iter().map(|token| token.class).collect(),
            ..Index::default()
        };
        let mut end = 0;
        for token in &leaf.tokens {
            let letters = leaf.letters(token);
            let runs = leaf.runs_in(&(token.start..token.end));
            let exact =
                if letters.is_ascii() { self.word(letters) } else { self.word(&composed(letters)) };
            index.exact.push(exact);
            index.folded.push(
                match runs.first().and_then(|(_, style)| known.wording.styles[*style as usize].note)
                {
                    Some(note) => self.word(&format!("[^{}]", known.notes[note as usize])),
                    None if letters.is_ascii() && letters != "`" => exact,
                    None => self.word(&folded(letters)),
                },
            );
            index.links.push(self.mixed(runs, |style| known.numbers[style].1));
            index.styles.push(self.mixed(runs, |style| known.numbers[style].0));
            index.gaps.push(self.gap(leaf, end..token.start, known));
            end = token.end;
        }
        index.gaps.push(self.gap(leaf, end..leaf.text.len(), known));
        index.cells = leaf.cells().map(|cell| self.leaf(cell, known)).collect();
        index.spoken = leaf.spoken();
        let mut words: Vec<u32> = Vec::new();
        let mut first = 0;
        if matches!(leaf.kind, Kind::Heading(..)) {
            let letter = quantity::lettered(&leaf.text, &leaf.tokens);
            first = index.classes[letter..]
                .iter()
                .position(|class| *class == Class::Word)
                .map_or(0, |number| letter + number);
        }
        for (cell, first) in
            std::iter::once((&index, first)).chain(index.cells.iter().map(|cell| (cell, 0)))
        {
            let spoken = cell.classes.iter().zip(&cell.folded).skip(first);
            let spoken = spoken.filter(|(class, _)| matches!(class, Class::Word | Class::Number));
            words.extend(spoken.map(|(_, word)| self.small[*word as usize]));
        }
        if matches!(leaf.kind, Kind::Heading(..)) {
            index.heading.clone_from(&words);
        }
        words.sort_unstable();
        for word in words {
            match index.bag.words.last_mut() {
                Some((last, count)) if *last == word => *count += 1,
                _ => index.bag.words.push((word, 1)),
            }
        }
        let shape = match leaf.kind {
            Kind::Table(_) => 1,
            Kind::Rule => 2,
            Kind::Code(_) => 3,
            _ => 0,
        };
        let said =
            index.folded.iter().copied().chain(index.cells.iter().map(|cell| cell.key)).collect();
        let next = number(self.keys.len());
        index.key = *self.keys.entry((shape, said)).or_insert(next);
        index
    }

    /// Returns a number for the white space in a stretch of a leaf.
    fn gap(&mut self, leaf: &Leaf, stretch: Range<usize>, known: &Styles<'_>) -> u32 {
        let space = &leaf.text[stretch.clone()];
        let mut set = leaf
            .runs_in(&stretch)
            .iter()
            .map(|(_, style)| known.numbers[*style as usize].2)
            .collect::<Vec<u32>>();
        set.dedup();
        match (space, set.as_slice()) {
            ("", _) => 0,
            (" ", [0]) => 1,
            _ => 2 + self.word(&format!("{space} {set:?}")),
        }
    }

    fn word(&mut self, letters: &str) -> u32 {
        if let Some(word) = self.words.get(letters) {
            return *word;
        }
        let next = number(self.words.len());
        self.words.insert(letters.to_owned(), next);
        self.small.push(next);
        if letters.chars().any(char::is_uppercase) {
            self.small[next as usize] = self.word(&letters.to_lowercase());
        }
        next
    }

    fn styles<'a>(&mut self, wording: &'a Wording, notes: Vec<u32>) -> Styles<'a> {
        let plain = self.style(Style::default());
        let numbers = wording.styles.iter().map(|style| {
            let style =
                Style { note: style.note.map(|note| notes[note as usize]), ..style.clone() };
            let link =
                Style { link: style.link.clone(), image: style.image.clone(), ..Style::default() };
            let space = self.style(style.of_space());
            (self.style(style), self.style(link), if space == plain { 0 } else { space + 1 })
        });
        let numbers = numbers.collect();
        Styles { wording, numbers, notes }
    }

    fn style(&mut self, style: Style) -> u32 {
        let next = number(self.styles.len());
        2 * *self.styles.entry(style).or_insert(next)
    }

    /// Returns one number, even for one style and odd for more, for the styles in which a token is
    /// set.
    fn mixed(&mut self, runs: &[(usize, u32)], number_of: impl Fn(usize) -> u32) -> u32 {
        if let [(_, style)] = runs {
            return number_of(*style as usize);
        }
        let next = number(self.mixed.len());
        2 * *self
            .mixed
            .entry(runs.iter().map(|(_, style)| number_of(*style as usize)).collect())
            .or_insert(next)
            + 1
    }
}

/// Returns what each footnote is known by: one number in both versions for one that says the same
/// or else is called the same.
fn notes(old: &Wording, new: &Wording) -> (Vec<u32>, Vec<u32>) {
    let said = |wording: &Wording| -> Vec<(String, String)> {
        let words = |note: &Note| {
            wording.leaves[note.leaves.clone()]
                .iter()
                .map(|leaf| leaf.text.as_str())
                .collect::<Vec<_>>()
                .join("\n")
        };
        wording.notes.iter().map(|note| (note.label.clone(), words(note))).collect()
    };
    let (old, new) = (said(old), said(new));
    let mut known: Vec<Option<usize>> = vec![None; new.len()];
    let mut free: Vec<bool> = vec![true; old.len()];
    for (by_label, by_words) in [(true, true), (false, true), (true, false)] {
        let key = |(label, words): &'_ (String, String)| {
            (by_label.then(|| label.clone()), by_words.then(|| words.clone()))
        };
        let mut there: HashMap<(Option<String>, Option<String>), Vec<usize>> = HashMap::new();
        for at in (0..old.len()).rev().filter(|at| free[*at]) {
            there.entry(key(&old[at])).or_default().push(at);
        }
        for (note, known) in new.iter().zip(&mut known).filter(|(_, known)| known.is_none()) {
            *known = there.get_mut(&key(note)).and_then(Vec::pop);
            known.iter().for_each(|at| free[*at] = false);
        }
    }
    let own = |(at, known): (usize, Option<usize>)| number(known.unwrap_or(old.len() + at));
    ((0..old.len()).map(number).collect(), known.into_iter().enumerate().map(own).collect())
}

fn number(length: usize) -> u32 {
    u32::try_from(length).expect("a document has fewer words than that")
}

/// Returns a token as it would be typed plainly: composed, with straight quotation marks, plain
/// hyphens and plain spaces.
pub fn folded(letters: &str) -> String {
    let plain = |letter: char| match letter {
        '‘' | '’' | '‚' | '‛' | '′' | '`' => '\'',
        '“' | '”' | '„' | '‟' | '″' => '"',
        '\u{2010}' | '\u{2011}' => '-',
        '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        _ => letter,
    };
    composed(letters)
        .chars()
        .filter(|letter| !matches!(letter, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}'))
        .map(plain)
        .collect()
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
        near(both.weight, words.bag(words.new[1..].iter()).weight + new.weight);
        // Marks are no words.
        assert_eq!(lexicon("a, b.", "").old[0].bag.words.len(), 2);
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
            (words.old[0].cells.len(), words.old[0].spoken, words.old[0].bag.words.len()),
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
            proptest::prop_assert_eq!(likeness > 1.0 - 1e-9, old.bag.distance(&new.bag) == 0);
        }
    }
}
