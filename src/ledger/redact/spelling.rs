//! How words are compared: one spelling of all that read the same, and the place of every letter of
//! it.
//!
//! Letters are decomposed (NFD) and folded, so that neither their encoding nor their case counts.
//! Invisible characters are left out, and every apostrophe becomes the straight one.

use std::ops::Range;

use crate::tree::{decomposed, is_combining};

/// A text as it is compared.
pub struct Spelling {
    /// Its letters and their marks.
    pub letters: Vec<char>,
    /// Where each stands in the text. Letters that were written as one have one place: that of the
    /// letter with all its marks.
    places: Vec<Range<usize>>,
}

impl Spelling {
    /// Returns the spelling of a text.
    pub fn of(letters: &[char]) -> Spelling {
        let mut spelling = Spelling {
            letters: Vec::with_capacity(letters.len()),
            places: Vec::with_capacity(letters.len()),
        };
        let mut written = String::new();
        let mut place = 0..0;
        for (at, letter) in
            letters.iter().copied().enumerate().filter(|(_, letter)| !is_unseen(*letter))
        {
            let is_shape = is_shape(letter);
            if !is_shape && !is_combining(letter) {
                spelling.push(&written, &place);
                written.clear();
                place.start = at;
            }
            place.end = at + 1;
            if !is_shape {
                written.push(letter);
            }
        }
        spelling.push(&written, &place);
        spelling
    }

    /// Adds a letter with its marks.
    fn push(&mut self, written: &str, place: &Range<usize>) {
        let start = self.letters.len();
        match written.as_bytes() {
            [letter] => self.letters.push(char::from(letter.to_ascii_lowercase())),
            _ => {
                let folded: String = decomposed(written).chars().flat_map(folded).collect();
                self.letters.extend(decomposed(&folded).chars().map(straight));
            }
        }
        // A capital I of Turkish keeps its dot in lower case.
        if self.letters[start..].starts_with(&['i', '\u{307}']) {
            self.letters.remove(start + 1);
        }
        self.places.resize(self.letters.len(), place.clone());
    }

    /// Returns the stretch of the text that letters stand for.
    pub fn place(&self, letters: &Range<usize>) -> Range<usize> {
        self.places[letters.start].start..self.places[letters.end - 1].end
    }

    /// Returns the first letter of each that was written as one.
    pub fn written(&self) -> impl Iterator<Item = char> {
        (0..self.letters.len()).filter(|at| !self.is_torn(*at)).map(|at| self.letters[at])
    }

    /// Returns true if a text that is cut before a letter is cut within what was written as one.
    fn is_torn(&self, at: usize) -> bool {
        at > 0 && self.places.get(at) == Some(&self.places[at - 1])
    }

    /// Returns true if letters begin and end where written letters do, and with the words that they
    /// are in.
    pub fn is_whole(&self, letters: &Range<usize>) -> bool {
        let goes_on = |outside: char, edge: char| {
            outside.is_alphanumeric() && !stands_alone(outside) && !stands_alone(edge)
        };
        let base = |at: usize| {
            self.letters
                [self.places[..at].partition_point(|place| place.end <= self.places[at].start)]
        };
        let before = letters.start.checked_sub(1).map(base);
        let after = self.letters.get(letters.end).copied();
        let goes_on_before =
            before.is_some_and(|before| goes_on(before, self.letters[letters.start]));
        let goes_on_after =
            after.is_some_and(|after| goes_on(after, base(letters.end - 1)) || hangs_on(after));
        !self.is_torn(letters.start)
            && !self.is_torn(letters.end)
            && !goes_on_before
            && !goes_on_after
    }
}

/// Returns a letter without its case: whatever is the same in capital letters.
fn folded(letter: char) -> impl Iterator<Item = char> {
    letter
        .to_lowercase()
        .flat_map(char::to_uppercase)
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == 'ς' { 'σ' } else { letter })
}

/// Returns the straight apostrophe for every other.
fn straight(letter: char) -> char {
    match letter {
        '\u{b4}' | '\u{2bc}' | '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{ff07}' => '\'',
        _ => letter,
    }
}

/// Returns true if a character is invisible: soft hyphens, what has no width, and what turns the
/// direction of writing.
fn is_unseen(letter: char) -> bool {
    matches!(
        letter,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
    )
}

/// Returns true if a character only says how the letter before it is drawn or sorted.
fn is_shape(letter: char) -> bool {
    matches!(letter, '\u{34f}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Returns true if a letter is a hyphen, or a dash that stands for one.
pub fn is_hyphen(letter: char) -> bool {
    matches!(letter, '-' | '\u{2010}' | '\u{2011}' | '\u{2013}')
}

/// Returns true if a letter is of a script that puts no spaces between words: Chinese, Japanese,
/// Thai, Lao, Burmese, Khmer.
pub fn stands_alone(letter: char) -> bool {
    matches!(
        letter,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

/// Returns true if a letter of such a script is part of the one before it: the vowels of Thai, Lao,
/// Burmese and Khmer.
fn hangs_on(letter: char) -> bool {
    matches!(
        letter,
        '\u{e31}' | '\u{e33}'..='\u{e3a}' | '\u{e47}'..='\u{e4e}' | '\u{eb1}' | '\u{eb3}'..='\u{ebc}' | '\u{ec8}'..='\u{ece}'
            | '\u{102b}'..='\u{103e}' | '\u{1056}'..='\u{1059}' | '\u{17b6}'..='\u{17d3}' | '\u{17dd}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::composed;

    fn spelt(text: &str) -> String {
        Spelling::of(&text.chars().collect::<Vec<_>>()).letters.into_iter().collect()
    }

    #[test]
    fn what_reads_the_same_is_spelt_the_same() {
        for same in [
            &["José", "JOSÉ", "Jose\u{301}", "jo\u{ad}se\u{200d}\u{301}"][..],
            &["Ångström", "\u{212b}ngstro\u{308}m", "A\u{30a}NGSTRÖM"],
            &["Nguyễn", "Nguye\u{302}\u{303}n", "Nguy\u{1ec5}N"],
            &["ạ\u{301}", "a\u{301}\u{323}", "á\u{323}"],
            &["Straße", "STRASSE", "STRAẞE", "strasse"],
            &["Σίσυφος", "ΣΊΣΥΦΟΣ", "σίσυφοσ"],
            &["İpek", "I\u{307}PEK", "ipek", "Ipek", "ıpek"],
            &["O'Neil", "O’neil", "Oʼneil", "O‘NEIL"],
            &["각", "\u{1100}\u{1161}\u{11a8}"],
            &["\u{90a3}", "\u{90a3}\u{e0100}"],
            &["ﬁn", "fin", "FIN"],
        ] {
            for other in same {
                assert_eq!(spelt(other), spelt(same[0]), "{other:?}");
            }
        }
        for (one, other) in
            [("José", "Jose"), ("ss", "s"), ("が", "か"), ("A–B", "A-B"), ("a b", "ab"), ("Ø", "O")]
        {
            assert_ne!(spelt(one), spelt(other));
        }
    }

    #[test]
    fn no_letter_is_another_in_another_case_or_form() {
        for letter in '\u{80}'..=char::MAX {
            let (text, lower, upper) = (
                letter.to_string(),
                letter.to_lowercase().to_string(),
                letter.to_uppercase().to_string(),
            );
            for other in [&lower, &upper].into_iter().filter(|other| **other != text) {
                assert_eq!(spelt(other), spelt(&text), "{text}");
            }
            if decomposed(&text) != text {
                assert_eq!(spelt(&decomposed(&text)), spelt(&text), "{text}");
                assert_eq!(spelt(&composed(&text)), spelt(&text), "{text}");
            }
        }
    }

    #[test]
    fn a_letter_has_the_place_of_all_its_marks() {
        let letters: Vec<char> =
            "a\u{ad}e\u{301}\u{200d}\u{323}\u{ad}ß王\u{e0100}b".chars().collect();
        let spelling = Spelling::of(&letters);
        let places: Vec<Range<usize>> =
            (0..spelling.letters.len()).map(|at| spelling.place(&(at..at + 1))).collect();
        assert_eq!(places, [0..1, 2..6, 2..6, 2..6, 7..8, 7..8, 8..10, 10..11]);
        assert_eq!(spelling.place(&(0..4)), 0..6);
        assert!(Spelling::of(&['\u{ad}']).letters.is_empty());
        assert_eq!(Spelling::of(&['\u{301}', 'a']).letters, ['\u{301}', 'a'], "a mark of nothing");
    }

    #[test]
    fn some_scripts_put_no_spaces_between_words() {
        let ranges = [
            (0xe00, 0xeff),
            (0x1000, 0x109f),
            (0x1780, 0x17ff),
            (0x2e80, 0x9fff),
            (0xf900, 0xfaff),
            (0x20000, 0x3fffd),
        ];
        for (first, last) in ranges {
            let alone = |code: u32| char::from_u32(code).is_some_and(stands_alone);
            assert!(alone(first) && alone(last) && !alone(first - 1), "{first:x}");
            assert!(!alone(last + 1) || last > 0x3fff0, "{last:x}");
        }
        assert!(!stands_alone('a') && !stands_alone('가'));
    }
}
