//! The versions of a document, ready to be compared with each other: each is numbered once, so that
//! a comparison costs what changed.

use crate::redline;
use crate::redline::Redline;
use crate::redline::lexicon::Lexicon;
use crate::redline::vocabulary::{Numbered, Vocabulary, notes, own_notes};
use crate::redline::wording::Wording;

/// Texts of a document.
pub struct Texts<'a> {
    numbered: Vec<Numbered<'a>>,
    /// The number of each word in small letters.
    small: Vec<u32>,
}

impl<'a> Texts<'a> {
    /// Makes texts ready to be compared; each is known by its place among them.
    pub fn new(wordings: impl IntoIterator<Item = &'a Wording>) -> Texts<'a> {
        let mut vocabulary = Vocabulary::default();
        let numbered = wordings
            .into_iter()
            .map(|wording| vocabulary.numbered(wording, &own_notes(wording)))
            .collect();
        Texts { numbered, small: vocabulary.small().to_vec() }
    }

    /// Returns what changed from one of the texts to another.
    pub fn between(&self, old: usize, new: usize) -> Redline<'a> {
        let lexicon = self.lexicon(old, new);
        redline::compared(self.numbered[old].wording, self.numbered[new].wording, &lexicon)
    }

    /// Returns two texts as they are compared.
    pub fn lexicon(&self, old: usize, new: usize) -> Lexicon {
        let (old, new) = (&self.numbered[old], &self.numbered[new]);
        let notes = notes(old.wording, new.wording);
        let before = old.wording.notes.len();
        let stayed = |(at, known): (usize, &u32)| {
            let known = *known as usize;
            known == at || known.min(at) >= before
        };
        if notes.iter().enumerate().all(stayed) {
            return Lexicon::of(old, new, &self.small);
        }
        // Footnotes that stand elsewhere now are known by their places in the old text.
        alone(old.wording, new.wording)
    }
}

/// Returns two texts as they are compared, numbered for that alone.
pub fn alone(old: &Wording, new: &Wording) -> Lexicon {
    let mut vocabulary = Vocabulary::default();
    let (own, known) = (own_notes(old), notes(old, new));
    let (old, new) = (vocabulary.numbered(old, &own), vocabulary.numbered(new, &known));
    Lexicon::of(&old, &new, vocabulary.small())
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{PARAGRAPHS, holds, wording};

    #[test]
    fn a_redline_does_not_depend_on_what_other_versions_there_are() {
        let [a, b, c] = PARAGRAPHS;
        let texts = [
            format!("## One\n\n{a}\n\n## Two\n\n{b} {c}\n\n- x\n- y 5 days\n"),
            format!("## Two\n\n{b}\n\n{c}\n\n- y 6 days\n- **x**\n\n## One\n\n{a}\n"),
            format!("{c}[^n]\n\n## One\n\n{a}\n\n| h | i |\n|--|--|\n| 1 | 2 |\n\n[^n]: Note.\n"),
            format!(
                "{c}[^m] x[^n]\n\n{b}\n\n| i | h |\n|--|--|\n| 2 | 1 |\n\n[^m]: Other.\n\n[^n]: Note.\n"
            ),
            format!(
                "{}[^n]\n\n## One\n\n{a}[^m]\n\n[^n]: Note.\n\n[^m]: Other.\n",
                c.to_uppercase()
            ),
            String::new(),
        ];
        let wordings: Vec<Wording> = texts.iter().map(|text| wording(text)).collect();
        let told = |redline: &Redline<'_>| {
            holds(redline);
            format!("{:?} {:?} {:?}", redline.pieces, redline.sections, redline.changes)
        };
        let all = Texts::new(&wordings);
        let turned = Texts::new(wordings.iter().rev());
        let last = wordings.len() - 1;
        for old in 0..wordings.len() {
            for new in 0..wordings.len() {
                let alone = told(&redline::between(&wordings[old], &wordings[new]));
                assert_eq!(told(&all.between(old, new)), alone, "{old} {new}");
                assert_eq!(told(&turned.between(last - old, last - new)), alone, "{old} {new}");
            }
        }
    }

    #[test]
    fn what_is_equal_in_several_texts_is_numbered_once() {
        let wordings = ["a b\n\nc **d**", "c **d**\n\nx", "c *d*\n\n# a b"].map(wording);
        let texts = Texts::new(&wordings);
        let leaf = |text: usize, leaf: usize| &texts.numbered[text].leaves[leaf];
        assert!(std::sync::Arc::ptr_eq(leaf(0, 1), leaf(1, 0)));
        assert!(!std::sync::Arc::ptr_eq(leaf(1, 0), leaf(2, 0)), "it is set otherwise");
        assert!(!std::sync::Arc::ptr_eq(leaf(0, 0), leaf(2, 1)), "a heading is no paragraph");
        assert_eq!(leaf(1, 0).key, leaf(2, 0).key);
    }
}
