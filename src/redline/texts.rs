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
        let mut vocabulary = Vocabulary::default();
        let old = vocabulary.numbered(old.wording, &own_notes(old.wording));
        let new = vocabulary.numbered(new.wording, &notes);
        Lexicon::of(&old, &new, vocabulary.small())
    }
}
