//! Words that came and went inside a text as it is written, each with its place there.

use std::collections::HashMap;

use crate::redline::align;
use crate::redline::align::Step;
use crate::redline::token;

/// A word, a number or a mark of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word<'a> {
    /// Its letters.
    pub text: &'a str,
    /// The byte of the text it begins at.
    pub start: usize,
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

/// Returns the edits that turn one text into another.
pub fn edits<'a>(old: &'a str, new: &'a str) -> Vec<Edit<'a>> {
    let words = |text: &'a str| -> Vec<Word<'a>> {
        token::tokens(text).iter().map(|token| Word { text: &text[token.start..token.end], start: token.start }).collect()
    };
    let (old, new) = (words(old), words(new));
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut numbered = |words: &[Word<'a>]| -> Vec<u32> {
        let number = |word: &Word<'a>| {
            let next = u32::try_from(numbers.len()).expect("a text has fewer words than that");
            *numbers.entry(word.text).or_insert(next)
        };
        words.iter().map(number).collect()
    };
    let (old_numbers, new_numbers) = (numbered(&old), numbered(&new));
    let end = new.last().map_or(0, |word| word.start + word.text.len());
    let changes = align::shortest(&old_numbers, &new_numbers).into_iter().filter(|stretch| !stretch.same);
    let edit = |change: Step| Edit {
        removed: old[change.old.clone()].to_vec(),
        added: new[change.new.clone()].to_vec(),
        at: new.get(change.new.start).map_or(end, |word| word.start),
    };
    changes.map(edit).collect()
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
        assert_eq!(told("99.9 % or higher", "99.95 % or higher"), ["[-99.9 %-]{+99.95 %+}"]);
    }

    #[test]
    fn lines_wrapped_elsewhere_are_the_same_words() {
        assert_eq!(told("one two\nthree", "one\ntwo three"), Vec::<String>::new());
    }

    #[test]
    fn an_edit_knows_where_it_happened() {
        let word = |text: &'static str, start: usize| Word { text, start };
        assert_eq!(edits("a bb c", "a dd ee c"), [Edit { removed: vec![word("bb", 2)], added: vec![word("dd", 2), word("ee", 5)], at: 2 }]);
        assert_eq!(edits("a bb c", "a c"), [Edit { removed: vec![word("bb", 2)], added: vec![], at: 2 }]);
        assert_eq!(edits("a bb", "a"), [Edit { removed: vec![word("bb", 2)], added: vec![], at: 1 }]);
        assert_eq!(edits("a", ""), [Edit { removed: vec![word("a", 0)], added: vec![], at: 0 }]);
        assert_eq!(edits("", "a  bb"), [Edit { removed: vec![], added: vec![word("a", 0), word("bb", 3)], at: 0 }]);
        assert_eq!(edits("a a b", "a c b a").len(), 2);
    }
}
