//! What a quantity is, and where it stands.

use std::ops::Range;

/// Units that make a spelled-out number a quantity ("two weeks").
pub const TIMES: &str = "day days hour hours minute minutes month months percent quarter quarters second seconds week weeks year years";

/// What a quantity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A number, with its currency or unit if it has one.
    Amount,
    /// A day, a month of a year.
    Date,
    /// A time of the day.
    Time,
    /// A version of something.
    Version,
    /// The number of a clause: `(a)`, `§ 4.2`.
    Clause,
}

/// A quantity in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// What it is.
    pub form: Form,
    /// Its tokens, those of its unit too.
    pub tokens: Range<usize>,
    /// The bytes of its number: `5`, `30 June 2026`.
    pub value: Range<usize>,
    /// The bytes of its unit, before or after the number; empty where it has none.
    pub unit: Range<usize>,
}

impl Quantity {
    /// Returns it as it is written, with its unit.
    pub fn quoted(&self, text: &str) -> String {
        let (value, unit) = (&text[self.value.clone()], &text[self.unit.clone()]);
        let between = match self.unit.start < self.value.start {
            true => &text[self.unit.end..self.value.start],
            false => &text[self.value.end..self.unit.start],
        };
        match () {
            () if unit.is_empty() => value.to_owned(),
            () if self.unit.start < self.value.start => format!("{unit}{between}{value}"),
            () if between.contains(')') => format!("{value} {unit}"),
            () => format!("{value}{between}{unit}"),
        }
    }

    /// Returns true if it counts units of time or percent, in English.
    pub fn is_of_time(&self, text: &str) -> bool {
        let unit = text[self.unit.clone()].to_lowercase();
        let last = unit.split_whitespace().next_back().unwrap_or_default();
        unit == "per cent" || TIMES.split(' ').any(|time| time == last)
    }

    /// Returns true if a change of these tokens changes it; where none went or came, whether they
    /// would stand inside it.
    pub fn is_touched(&self, tokens: &Range<usize>) -> bool {
        match tokens.is_empty() {
            true => self.tokens.start < tokens.start && tokens.start < self.tokens.end,
            false => self.tokens.start < tokens.end && tokens.start < self.tokens.end,
        }
    }
}
