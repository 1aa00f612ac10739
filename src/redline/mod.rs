//! What changed between two versions: sections, leaves inside them, words inside those; lists
//! record by record.
//!
//! [`between`] compares two [`Wording`]s and returns one list of changes, from which pages, the
//! terminal, comments and programs are served. It is pure and bounded by work: the same two
//! versions give the same redline on every machine.
//!
//! Nothing is lost and nothing invented: without what came, the pieces say the old version, without
//! what went the new one.

mod align;
mod change;
mod commitments;
mod cut;
mod document;
mod form;
mod frame;
mod joining;
mod lexicon;
mod list;
mod moving;
mod naming;
mod pair;
mod pairing;
mod people;
mod piece;
mod quantity;
mod sections;
mod stretch;
mod summary;
mod table;
mod texts;
mod token;
#[cfg(test)]
pub mod trial;
mod vocabulary;
mod weave;
mod wording;
mod words;

use std::collections::BTreeMap;

pub use align::{Step, lines};
pub use change::{Change, ChangeKind, Fact, NumberChange, SectionChange, promised_title};
pub use commitments::{
    CommitmentChange, CommitmentKind, commitments, commitments_of, unreleased_commitments,
};
pub use cut::RawHtml;
pub use form::{Form, READING};
pub use people::People;
pub use piece::{Cell, Cells, Fate, On, Piece, Place, Row, Rows, Side, Stretch, Turn};
pub use quantity::{Quantity, quantities, quantities_of};
pub use sections::By;
pub use table::Sides;
pub use texts::Texts;
pub use token::{Class, Token, tokens};
pub use vocabulary::folded;
pub use wording::{Container, Kind, Leaf, Part, Shape, Style, Wording};

use crate::messages::Phrase;
use crate::model::{Days, Document};

use lexicon::Lexicon;

/// What changed between two versions.
#[derive(Debug)]
pub struct Redline<'a> {
    /// The old version.
    pub old: &'a Wording,
    /// The new version.
    pub new: &'a Wording,
    /// Both in one sequence: the new version, and what is gone where it stood.
    pub pieces: Vec<Piece>,
    /// The sections that moved, by the numbers of their containers.
    pub moved: BTreeMap<u32, Moved>,
    /// The sections that changed, in the order in which they are shown.
    pub sections: Vec<SectionChange>,
    /// Every change, in the order in which they are shown.
    pub changes: Vec<Change>,
}

impl<'a> Redline<'a> {
    /// Returns the leaf of a version.
    pub fn leaf(&self, side: Side<usize>) -> &'a Leaf {
        match side {
            Side::Old(leaf) => &self.old.leaves[leaf],
            Side::New(leaf) => &self.new.leaves[leaf],
        }
    }

    /// Returns the note shown next to a stretch; `None` for formatting-only changes, which are
    /// shown by their styling.
    pub fn said_beside(&self, stretch: &Stretch) -> Option<&Phrase> {
        let own = stretch
            .change
            .map(|change| &self.changes[change])
            .filter(|change| change.kind != ChangeKind::Format);
        own.and_then(|change| change.said.as_ref())
    }
}

/// The move of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its number; moves of leaves are numbered after those of sections.
    pub number: usize,
    /// The section in the new version.
    pub section: usize,
    /// The change it is, as a place in [`Redline::changes`].
    pub change: usize,
}

/// Returns what changed from one version to another.
///
/// ```
/// use policybook::redline::{ChangeKind, RawHtml, Wording, between};
///
/// let old = Wording::of_text("We reply within 48 hours.", RawHtml::Read);
/// let new = Wording::of_text("We reply within 72 hours.", RawHtml::Read);
/// let redline = between(&old, &new);
///
/// let change = &redline.changes[0];
/// assert_eq!((change.kind, &*change.old, &*change.new), (ChangeKind::Edited, "48", "72"));
/// ```
pub fn between<'a>(old: &'a Wording, new: &'a Wording) -> Redline<'a> {
    compared(old, new, &texts::alone(old, new))
}

fn compared<'a>(old: &'a Wording, new: &'a Wording, lexicon: &Lexicon) -> Redline<'a> {
    let pairing = pairing::pairing(old, new, lexicon);
    let (pieces, moved) = weave::pieces(old, new, lexicon, &pairing);
    let mut redline =
        Redline { old, new, pieces, moved, sections: Vec::new(), changes: Vec::new() };
    summary::summarise(&mut redline, &naming::named(old, new, lexicon, &pairing));
    redline
}

/// Returns the sections or entries that changed from one document to another; `None` means there is
/// no such version. The days are those on which they take effect. Departed researchers are counted,
/// not named.
pub fn summary(
    old: Option<&Document>,
    new: Option<&Document>,
    days: Days,
    people: &People,
) -> Vec<SectionChange> {
    let old =
        old.map_or_else(Wording::default, |old| Wording::of(&people.counted(old, new))).on(days.0);
    let new = new.map_or_else(Wording::default, Wording::of).on(days.1);
    between(&old, &new).sections
}
