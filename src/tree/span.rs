//! A stretch of a text, in bytes.

use serde::{Deserialize, Serialize};

/// From `start` up to and without `end`, in bytes of a [`Source`](super::Source)'s text.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// Returns the stretch between two bytes.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// Returns this stretch, `offset` bytes further on.
    pub fn shift(self, offset: usize) -> Span {
        Span { start: self.start + offset, end: self.end + offset }
    }
}

impl From<std::ops::Range<usize>> for Span {
    fn from(range: std::ops::Range<usize>) -> Span {
        Span { start: range.start, end: range.end }
    }
}
