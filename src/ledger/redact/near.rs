//! What is near to words that are looked for, for somebody to look at: `Jose` to José, `ada_bee`,
//! `Bee, Ada` and `Ada M. Bee` to Ada Bee.
//!
//! A text is read once, in bits: stretches of letters and digits, without accents. Each bit is
//! compared with as many as there are words.

use std::ops::Range;

use crate::ledger::redact::spelling::{Spelling, stands_alone};
use crate::tree::is_combining;

/// The fewest letters that something can be near to.
const FEWEST: usize = 3;

/// How many marks may stand between two bits.
const MARKS: usize = 4;

/// A text in stretches of letters and digits, without accents.
pub struct Bits {
    letters: Vec<char>,
    bits: Vec<Bit>,
    /// Whether some of it is of a script that puts no spaces between words.
    alone: bool,
}

struct Bit {
    /// Its letters.
    letters: Range<usize>,
    /// Where it stands in the text.
    place: Range<usize>,
}

impl Bits {
    /// Returns the bits of a text. A letter of a script that puts no spaces between words is one by
    /// itself.
    pub fn of(spelling: &Spelling) -> Bits {
        let mut bits = Bits {
            letters: Vec::with_capacity(spelling.letters.len()),
            bits: Vec::new(),
            alone: false,
        };
        let mut open = false;
        for (at, letter) in spelling
            .letters
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, letter)| !is_combining(*letter))
        {
            let alone = stands_alone(letter);
            let start = bits.letters.len();
            if letter.is_alphanumeric() {
                let (first, second) = plain(letter);
                bits.letters.push(first);
                bits.letters.extend(second);
            }
            let (end, place) = (bits.letters.len(), spelling.place(&(at..at + 1)));
            match bits.bits.last_mut().filter(|_| open && !alone && end > start) {
                Some(bit) => (bit.letters.end, bit.place.end) = (end, place.end),
                None if end > start => bits.bits.push(Bit { letters: start..end, place }),
                None => {}
            }
            open = end > start && !alone;
            bits.alone |= alone;
        }
        bits
    }

    fn get(&self, at: usize) -> Option<&[char]> {
        self.bits.get(at).map(|bit| &self.letters[bit.letters.clone()])
    }
}

/// Returns a letter without the stroke through it, and the two of which one was drawn.
fn plain(letter: char) -> (char, Option<char>) {
    match letter {
        'æ' => ('a', Some('e')),
        'đ' => ('d', None),
        'ħ' => ('h', None),
        'ł' => ('l', None),
        'ø' => ('o', None),
        'œ' => ('o', Some('e')),
        'ŧ' => ('t', None),
        _ => (letter, None),
    }
}

/// Returns where the bits of `sought` stand in a text: with anything between them, in another
/// order, or with one more among them.
pub fn near(sought: &Bits, letters: &[char]) -> Vec<Range<usize>> {
    if sought.bits.is_empty() || sought.letters.len() < FEWEST && !sought.alone {
        return Vec::new();
    }
    let text = Text { letters, bits: Bits::of(&Spelling::of(letters)) };
    let several = sought.bits.len() > 1 && !sought.alone;
    let mut near = Vec::new();
    let mut at = 0;
    while at < text.bits.bits.len() {
        let other = || {
            several.then(|| text.turned(sought, at).or_else(|| text.parted(sought, at))).flatten()
        };
        let end = text.joined(sought, at).or_else(other);
        near.extend(
            end.map(|end| text.bits.bits[at].place.start..text.bits.bits[end - 1].place.end),
        );
        at = end.unwrap_or(at + 1);
    }
    near
}

struct Text<'a> {
    letters: &'a [char],
    bits: Bits,
}

impl Text<'_> {
    /// Returns true if a bit is read on from the one before it: a few marks and one end of a line
    /// part them at most.
    fn hangs_together(&self, at: usize) -> bool {
        let Some([before, bit]) =
            at.checked_sub(1).and_then(|before| self.bits.bits.get(before..=at))
        else {
            return false;
        };
        let between = &self.letters[before.place.end.min(bit.place.start)..bit.place.start];
        let marks = between.iter().filter(|letter| !letter.is_whitespace());
        let lines = between.iter().filter(|letter| **letter == '\n');
        marks.take(MARKS + 1).count() <= MARKS && lines.take(2).count() <= 1
    }

    /// Returns the bit after those that hold all that is sought in its order, whether glued
    /// together or not.
    fn joined(&self, sought: &Bits, start: usize) -> Option<usize> {
        let (mut at, mut rest) = (start, self.bits.get(start)?);
        for index in 0..sought.bits.len() {
            if rest.is_empty() {
                at += 1;
                rest = self.bits.get(at).filter(|_| self.hangs_together(at))?;
            }
            rest = rest.strip_prefix(sought.get(index)?)?;
        }
        rest.is_empty().then_some(at + 1)
    }

    /// Returns the bit after those that are what is sought in another order.
    fn turned(&self, sought: &Bits, start: usize) -> Option<usize> {
        let end = start + sought.bits.len();
        let mut left: Vec<&[char]> =
            (0..sought.bits.len()).filter_map(|index| sought.get(index)).collect();
        for at in start..end {
            let bit = self.bits.get(at).filter(|_| at == start || self.hangs_together(at))?;
            left.swap_remove(left.iter().position(|other| *other == bit)?);
        }
        Some(end)
    }

    /// Returns the bit after those that are what is sought with one more somewhere between.
    fn parted(&self, sought: &Bits, start: usize) -> Option<usize> {
        let end = start + sought.bits.len() + 1;
        let mut index = 0;
        for at in start..end {
            let bit = self.bits.get(at).filter(|_| at == start || self.hangs_together(at))?;
            if sought.get(index) == Some(bit) {
                index += 1;
            } else if index == 0 || index < at - start {
                return None;
            }
        }
        (index == sought.bits.len()).then_some(end)
    }
}

#[cfg(test)]
mod tests {
    use crate::ledger::redact::words::Words;

    /// Returns what is near to words in a text.
    fn near(words: &str, text: &str) -> Vec<String> {
        let letters: Vec<char> = text.chars().collect();
        let near = Words::new(words).unwrap().near(&letters);
        near.into_iter().map(|range| letters[range].iter().collect()).collect()
    }

    #[test]
    fn what_is_near_is_found_as_it_stands() {
        for (words, text, found) in [
            (
                "José",
                "Jose, José, JOSE and Josef, jose\u{328}",
                &["Jose", "JOSE", "jose\u{328}"][..],
            ),
            ("Jose", "José", &["José"]),
            ("Łukasz Ægir", "Lukasz Aegir, lukasz-ægir", &["Lukasz Aegir", "lukasz-ægir"]),
            (
                "Ada Bee",
                "AdaBee ada.bee x/ada_bee/y Ada – Bee",
                &["AdaBee", "ada.bee", "ada_bee", "Ada – Bee"],
            ),
            ("Ada Bee", "Bee, Ada; bee ada", &["Bee, Ada", "bee ada"]),
            ("Ada Bee", "Ada M. Bee, **Ada** the **Bee**", &["Ada M. Bee", "Ada** the **Bee"]),
            (
                "Ada Cee Bee",
                "Bee, Ada Cee. AdaCee Bee. Ada x Cee Bee",
                &["Bee, Ada Cee", "AdaCee Bee", "Ada x Cee Bee"],
            ),
            ("Ada-Bee", "AdaBee, Ada_Bee", &["AdaBee", "Ada_Bee"]),
            ("O'Neil", "ONeil o neil O’Neil Neil", &["ONeil", "o neil"]),
            ("Rose", "prices rose, Rose, rose's ROSE", &["rose", "rose"]),
            ("S.M Akees", "SM Akees, S. M. Akees", &["SM Akees", "S. M. Akees"]),
            ("王 小明", "感谢王小明的报告", &["王小明"]),
            ("王小明", "王・小明, 明小王", &["王・小明"]),
            ("אברהם", "אַבְרָהָם", &["אַבְרָהָם"]),
            ("Ada Bee", "ada\n  # M. Bee", &["ada\n  # M. Bee"]),
        ] {
            assert_eq!(near(words, text), found, "{words:?} in {text:?}");
        }
    }

    #[test]
    fn what_is_far_or_goes_anyway_is_not_near() {
        for (words, text) in [
            ("Ada Bee", "Ada Bee, ADA-BEE, Ada\nBee"),
            (
                "Ada Bee",
                "Ada\n\nBee. Or Ada ((((( Bee; or Ada one two Bee; Adabees, AdaX Bee; no Ada, Bees",
            ),
            ("Ada Bee", "Ada met Cee. Bee too: Ada"),
            ("Rose", "Ros Roses Rosetta"),
            ("rose", "Rose rose"),
            ("request", "request [removed on request, 2024-02-29]"),
            ("Request", "[removed on request, 2024-02-29]"),
            ("a b", "b, a"),
            ("+++", "+++ ++"),
        ] {
            assert_eq!(near(words, text), [""; 0], "{words:?} in {text:?}");
        }
    }
}
