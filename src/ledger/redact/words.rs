//! Words that are looked for: a name, an address. One notion of where they stand, for all who ask.
//!
//! Neither case nor encoding counts (`spelling.rs`). Between two words stands white space, a
//! hyphen, or a hyphen at the end of a line, whichever of these they were asked for with. One
//! capitalised word is looked for with at least one capital letter: `Rose` is no verb.

use std::ops::Range;

use crate::ledger::redact::mark::marks;
use crate::ledger::redact::near;
use crate::ledger::redact::near::Bits;
use crate::ledger::redact::spelling::{Spelling, is_hyphen, stands_alone};

/// The fewest letters that can be meant to name something.
const FEWEST: usize = 3;

/// Words that are looked for.
pub struct Words {
    words: Vec<Vec<char>>,
    /// The same without anything but letters and digits, for what is near.
    bits: Bits,
    /// Whether they are one word with a capital letter.
    capitalised: bool,
    short: bool,
}

impl Words {
    /// Returns the words of a text; `None` if there are none.
    pub fn new(text: &str) -> Option<Words> {
        let letters: Vec<char> = text.chars().collect();
        let spelling = Spelling::of(&letters);
        let parted = spelling.letters.split(|letter| letter.is_whitespace() || is_hyphen(*letter));
        let words: Vec<Vec<char>> =
            parted.filter(|word| !word.is_empty()).map(<[char]>::to_vec).collect();
        let counts = |letter: &char| !is_hyphen(*letter) && !letter.is_whitespace();
        let short = spelling.written().filter(counts).count() < FEWEST
            && !letters.iter().any(|letter| stands_alone(*letter));
        let capitalised = words.len() == 1 && letters.iter().any(is_capital);
        (!words.is_empty()).then(|| Words { words, bits: Bits::of(&spelling), capitalised, short })
    }

    /// Returns true if they are too short to be told from others.
    pub fn is_short(&self) -> bool {
        self.short
    }

    /// Returns where they stand in a text, as whole words. What an earlier mark says is left alone.
    pub fn find(&self, letters: &[char]) -> Vec<Range<usize>> {
        let mut found = self.in_any_case(letters);
        found.retain(|range| !self.capitalised || letters[range.clone()].iter().any(is_capital));
        found
    }

    /// Returns where they stand in a text, one capitalised word in lower case too.
    pub fn in_any_case(&self, letters: &[char]) -> Vec<Range<usize>> {
        let spelling = Spelling::of(letters);
        let marks = marks(letters);
        let mut found = Vec::new();
        let mut at = 0;
        while at < spelling.letters.len() {
            let range = self
                .end(&spelling.letters, at)
                .map(|end| at..end)
                .filter(|range| spelling.is_whole(range));
            let stands =
                range.map(|range| (range.end, spelling.place(&range))).filter(|(_, place)| {
                    let apart =
                        |mark: &Range<usize>| mark.end <= place.start || place.end <= mark.start;
                    let whole =
                        |mark: &Range<usize>| place.start <= mark.start && mark.end <= place.end;
                    marks.iter().all(|mark| apart(mark) || whole(mark))
                });
            at = stands.as_ref().map_or(at + 1, |(end, _)| *end);
            found.extend(stands.map(|(_, place)| place));
        }
        found
    }

    /// Returns where the words end that begin at a letter.
    fn end(&self, letters: &[char], start: usize) -> Option<usize> {
        let mut at = start;
        for (index, word) in self.words.iter().enumerate() {
            if index > 0 {
                let gap = gap(&letters[at..]);
                at += (gap > 0).then_some(gap)?;
            }
            at += letters[at..].starts_with(word).then_some(word.len())?;
        }
        Some(at)
    }

    /// Returns where a text is near to them without being them.
    pub fn near(&self, letters: &[char]) -> Vec<Range<usize>> {
        let (found, marks) = (self.find(letters), marks(letters));
        let mut near = near::near(&self.bits, letters);
        near.retain(|range| !touches(&found, range) && !touches(&marks, range));
        near
    }

    /// Returns true if they stand in a text.
    pub fn stand_in(&self, text: &str) -> bool {
        !self.find(&text.chars().collect::<Vec<_>>()).is_empty()
    }
}

/// Returns true if one of several stretches, each after the other, holds some of another stretch.
fn touches(stretches: &[Range<usize>], other: &Range<usize>) -> bool {
    let first = stretches.partition_point(|stretch| stretch.end <= other.start);
    stretches.get(first).is_some_and(|stretch| stretch.start < other.end)
}

/// Returns how many letters part a word from the next: white space, a hyphen, or a hyphen and white
/// space.
fn gap(letters: &[char]) -> usize {
    let hyphen = usize::from(letters.first().is_some_and(|letter| is_hyphen(*letter)));
    hyphen + letters[hyphen..].iter().take_while(|letter| letter.is_whitespace()).count()
}

fn is_capital(letter: &char) -> bool {
    letter.to_lowercase().next() != Some(*letter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tree::{composed, decomposed};

    /// Returns a text with `#` where the words stood.
    fn without(words: &str, text: &str) -> String {
        let mut letters: Vec<char> = text.chars().collect();
        for range in Words::new(words).unwrap().find(&letters).into_iter().rev() {
            letters.splice(range, ['#']);
        }
        letters.into_iter().collect()
    }

    #[test]
    fn a_name_is_found_however_it_is_written() {
        for (words, text, left) in [
            ("José García", "José García, JOSE\u{301} GARCI\u{301}A, josé-garcía", "#, #, #"),
            (
                "José García",
                "Jose García, Jose\u{327}\u{301} García, José Garcíá",
                "Jose García, Jose\u{327}\u{301} García, José Garcíá",
            ),
            ("Jose\u{301}", "by José\u{301}, Jose\u{301}.", "by José\u{301}, #."),
            (
                "Ada Bee",
                "Ada\u{2010}Bee Ada\u{2011}Bee Ada–Bee Ada-\n  Bee Ada\u{3000}Bee",
                "# # # # #",
            ),
            (
                "Ada-Bee",
                "Ada Bee, ada\nbee, Ada - Bee, Ada—Bee, AdaBee",
                "#, #, Ada - Bee, Ada—Bee, AdaBee",
            ),
            (
                "Ada Bee",
                "A\u{ad}da\u{200b} \u{2060}B\u{200d}ee\u{ad}, Ada Bee\u{ad}tle",
                "#\u{ad}, Ada Bee\u{ad}tle",
            ),
            ("O'Neil", "O’Neil Oʼneil o'neil o‘neil’s", "# # o'neil o‘neil’s"),
            ("D'Arc Li", "d’arc li", "#"),
            ("Strauß", "STRAUSS Strauss STRAUẞ Straus", "# # # Straus"),
            ("Νίκος", "ΝΊΚΟΣ Νίκοσ", "# #"),
            ("İpek Işık", "IPEK IŞIK, ipek işik", "#, #"),
            ("邉", "渡邉\u{e0100}さん", "渡#さん"),
            ("สม", "สม ก็สมี สมก", "# ก็สมี #ก"),
            ("김구용", "\u{1100}\u{1175}\u{11b7}구용", "#"),
            ("가나다", "가나달", "가나달"),
            ("राम", "राम रामे", "# रामे"),
        ] {
            assert_eq!(without(words, text), left, "{words:?} in {text:?}");
        }
    }

    #[test]
    fn one_capitalised_word_is_no_word_in_lower_case() {
        assert_eq!(without("Rose", "prices rose; Rose, ROSE, rosE"), "prices rose; #, #, #");
        assert_eq!(without("rose", "prices rose; Rose"), "prices #; #");
        assert_eq!(without("Rose Bee", "rose bee"), "#");
        assert_eq!(without("Rose-Bee", "rose bee"), "#");
        assert_eq!(without("Ángel", "ángel A\u{301}ngel"), "ángel #");
        let sealed = Words::new("Rose").unwrap().in_any_case(&['r', 'o', 's', 'e']);
        assert_eq!(sealed.len(), 1, "a reason may hold it in no case");
    }

    const KNOWN: [&str; 12] = [
        "O'Neil",
        "d’Arc",
        "Łukasz",
        "Straße",
        "Ångström",
        "Nguyễn",
        "Σίσυφος",
        "İpek",
        "Þóra",
        "王小明",
        "ธนา",
        "ნინო",
    ];
    const RANDOM: [&str; 6] = [
        "[A-ZÀ-Ö][a-zß-ö]{1,6}",
        "[Α-Ρ][α-ώ]{1,5}",
        "[А-Я][а-я]{1,5}",
        "[가-힣]{2,3}",
        "[Ạ-Ỵ][ạ-ỹ]{1,5}",
        "[א-ת]{2,5}",
    ];
    const GAPS: [&str; 11] =
        [" ", "\n", "  ", "\u{a0}", "\t", "-", "\u{2010}", "\u{2011}", "–", "-\n", "\u{2010}\n  "];
    const UNSEEN: [&str; 6] = ["", "", "\u{ad}", "\u{200b}", "\u{2060}", "\u{200d}"];

    /// Names of two or three words in many scripts.
    fn names() -> impl Strategy<Value = Vec<String>> {
        let known = prop::sample::select(&KNOWN[..]).prop_map(str::to_owned);
        let random = prop::sample::select(&RANDOM[..]).prop_flat_map(|letters| letters);
        prop::collection::vec(prop_oneof![known, random], 2..4)
    }

    /// Returns words in another spelling.
    fn spelt(
        words: &[String],
        (form, case, gap, unseen, at): (usize, usize, &str, &str, usize),
    ) -> String {
        let spelt = words.iter().map(|word| {
            let word = match case {
                0 => word.to_uppercase(),
                1 => word.to_lowercase(),
                _ => word.clone(),
            };
            let word = if form == 0 {
                composed(&word).into_owned()
            } else {
                decomposed(&word).into_owned()
            };
            let word = if form == 1 { word.replace('\'', "’") } else { word };
            let mut letters: Vec<char> = word.chars().collect();
            letters.splice(1.max(at % letters.len())..1.max(at % letters.len()), unseen.chars());
            letters.into_iter().collect::<String>()
        });
        spelt.collect::<Vec<_>>().join(gap)
    }

    /// Spellings: the form, the case, what parts words, what nobody sees and where.
    fn spellings() -> impl Strategy<Value = (usize, usize, &'static str, &'static str, usize)> {
        (
            0..3_usize,
            0..3_usize,
            prop::sample::select(&GAPS[..]),
            prop::sample::select(&UNSEEN[..]),
            0..8_usize,
        )
    }

    proptest! {
        #[test]
        fn a_name_is_found_in_every_spelling_and_all_around_it_stays(
            name in names(),
            asked in spellings(),
            places in prop::collection::vec((spellings(), "([ .,;:()„“'’»\n]|1x|ipsum2|e\u{301}3|因9|-4\u{ad}){0,12}"), 1..5),
        ) {
            let words = Words::new(&spelt(&name, asked)).unwrap();
            let (mut text, mut expected, mut stands) = (String::new(), String::new(), 0);
            for (spelling, around) in places {
                let (before, after) = (format!(" {around} "), format!(" ({around}) "));
                let stretch = spelt(&name, spelling);
                text.extend([&*before, &*stretch, &*after]);
                expected.extend([&*before, "#", &*after]);
                stands += 1;
            }
            let mut letters: Vec<char> = text.chars().collect();
            let found = words.find(&letters);
            prop_assert_eq!(found.len(), stands, "{:?}", text);
            found.into_iter().rev().for_each(|range| drop(letters.splice(range, ['#'])));
            prop_assert_eq!(letters.into_iter().collect::<String>(), expected);
        }

        #[test]
        fn what_is_found_or_near_is_part_of_the_text_and_nothing_is_both(
            text in "(Ada|Bee|ada|é|e\u{301}|[\u{ad}\u{301}\u{fe0f}王. _\n-]){0,24}",
        ) {
            let letters: Vec<char> = text.chars().collect();
            for words in ["Ada Bee", "Ada", "ada", "é Ada", "Ada王"].map(|words| Words::new(words).unwrap()) {
                let mut all = [words.find(&letters), words.near(&letters)].concat();
                all.sort_by_key(|range| range.start);
                prop_assert!(all.iter().all(|range| !range.is_empty() && range.end <= letters.len()));
                prop_assert!(all.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", all);
            }
        }
    }
}
