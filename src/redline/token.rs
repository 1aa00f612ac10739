//! Words, numbers and marks of a text: what is compared, and never broken.
//!
//! White space is no token, so that a paragraph wrapped elsewhere is the same. A number keeps its
//! inner points and commas, a word its inner apostrophes; a date, a time, a version, an amount with
//! its currency, the number of a clause is one token ([`quantity`](super::quantity)), even with a
//! space in it that is no end of a line. Katakana is one word as far as it goes; other letters of
//! scripts written without spaces stand alone: their words are known by dictionaries only, and
//! those of `icu_segmenter` would make the program a tenth larger, by 2.4 MB. Everything else is
//! one grapheme cluster at a time (UAX 29), so that neither an accent nor an emoji is torn.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::redline::quantity::lexeme;
use crate::tree::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A word, or a letter of a script without spaces.
    Word,
    /// A number, a date, an amount, the number of a clause.
    Number,
    /// A mark inside a sentence.
    Mark,
    /// A mark that ends a sentence.
    End,
}

/// A token of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its first byte.
    pub start: usize,
    /// Its end offset (exclusive).
    pub end: usize,
    /// What it is.
    pub class: Class,
    /// Whether white space stands before it.
    pub space: bool,
}

impl Token {
    /// Returns true if it is a word or a number, and not a mark.
    pub fn is_spoken(&self) -> bool {
        matches!(self.class, Class::Word | Class::Number)
    }
}

/// Returns the tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    tokens_around(text, std::iter::empty())
}

/// Returns the tokens of a text, in order; each of `atoms`, such as an image, is one of them, and
/// none reaches into another.
pub fn tokens_around(text: &str, atoms: impl Iterator<Item = Span>) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut at = 0;
    for atom in atoms {
        cut(text, at..atom.start, &mut tokens);
        tokens.push(Token {
            start: atom.start,
            end: atom.end,
            class: Class::Mark,
            space: is_spaced(text, atom.start),
        });
        at = atom.end;
    }
    cut(text, at..text.len(), &mut tokens);
    tokens
}

/// Cuts a stretch of a text.
fn cut(text: &str, stretch: Range<usize>, tokens: &mut Vec<Token>) {
    let first_token = tokens.len();
    let end_of_stretch = stretch.end;
    let clusters_from = |at: usize| Clusters { text: &text[..end_of_stretch], at }.peekable();
    let mut clusters = clusters_from(stretch.start);
    while let Some((start, cluster)) = clusters.next() {
        let first = cluster.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            continue;
        }
        let whole = lexeme::lexeme(&text[..end_of_stretch], start).map(|lexeme| lexeme.end());
        if let Some(end) = whole.filter(|end| ends_cluster(&text[..end_of_stretch], *end)) {
            tokens.push(Token { start, end, class: Class::Number, space: is_spaced(text, start) });
            clusters = clusters_from(end);
            continue;
        }
        let mut end = start + cluster.len();
        let mut class = class(first);
        while matches!(class, Class::Word | Class::Number) {
            let Some(&(at, next)) = clusters.peek() else { break };
            let letter = next.chars().next().unwrap_or(' ');
            let after = || text[at + next.len()..end_of_stretch].chars().next().unwrap_or(' ');
            let inner = match letter {
                _ if stands_alone(first) => is_katakana(first) && is_katakana(letter),
                '\'' | '’' => continues(after()),
                '.' | ',' => class == Class::Number && after().is_numeric(),
                _ => continues(letter),
            };
            if !inner {
                break;
            }
            if !letter.is_numeric() && !matches!(letter, '.' | ',') {
                class = Class::Word;
            }
            end = at + next.len();
            clusters.next();
        }
        tokens.push(Token { start, end, class, space: is_spaced(text, start) });
    }
    mark_ends(text, &mut tokens[first_token..]);
}

/// Returns true if white space stands before a byte of a text.
fn is_spaced(text: &str, at: usize) -> bool {
    text[..at].chars().next_back().is_some_and(char::is_whitespace)
}

/// Returns true if nothing that belongs to the letter before a byte, as an accent does, follows
/// there.
fn ends_cluster(text: &str, at: usize) -> bool {
    let last = text[..at].chars().next_back().map_or(0, char::len_utf8);
    Clusters { text, at: at - last }.next().is_some_and(|(_, cluster)| cluster.len() == last)
}

/// Tells apart the marks that end a sentence: those before white space or the end.
fn mark_ends(text: &str, tokens: &mut [Token]) {
    for token in tokens {
        let spaced = text[token.end..].chars().next().is_none_or(char::is_whitespace);
        match &text[token.start..token.end] {
            "。" | "！" | "？" => token.class = Class::End,
            "." | "!" | "?" | "…" if spaced => token.class = Class::End,
            _ => {}
        }
    }
}

fn class(letter: char) -> Class {
    match letter {
        _ if letter.is_numeric() && !stands_alone(letter) => Class::Number,
        _ if letter.is_alphanumeric() => Class::Word,
        _ => Class::Mark,
    }
}

fn continues(letter: char) -> bool {
    letter.is_alphanumeric() && !stands_alone(letter)
}

/// Returns true if a letter belongs to a script that is written without spaces: Han, Kana, Thai,
/// Lao, Khmer, Burmese.
fn stands_alone(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x31f0..=0x31ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9d | 0x20000..=0x3ffff)
}

/// Returns true for a letter of Katakana, the mark of a long vowel included, but for none of its
/// punctuation.
fn is_katakana(letter: char) -> bool {
    matches!(u32::from(letter), 0x30a1..=0x30fa | 0x30fc..=0x30ff | 0x31f0..=0x31ff | 0xff66..=0xff9d)
}

/// The grapheme clusters of a text; plain ASCII is told without a table.
struct Clusters<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Clusters<'a> {
    type Item = (usize, &'a str);

    fn next(&mut self) -> Option<(usize, &'a str)> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let bytes = rest.as_bytes();
        let plain = bytes[0].is_ascii() && bytes.get(1).is_none_or(u8::is_ascii);
        let length = match rest.chars().next() {
            _ if plain => 1,
            // An accent on a space is no space.
            Some(space) if space.is_whitespace() => space.len_utf8(),
            _ => rest.graphemes(true).next().map_or(rest.len(), str::len),
        };
        let start = self.at;
        self.at += length;
        Some((start, &rest[..length]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn words_and_numbers_stay_whole() {
        assert_eq!(
            cut("Don't pay 1,000.50 (or 48h), e.g. 3."),
            ["Don't", "pay", "1,000.50", "(", "or", "48h", ")", ",", "e", ".", "g", ".", "3", "."]
        );
        assert_eq!(cut("l’eau co-op a_b"), ["l’eau", "co", "-", "op", "a", "_", "b"]);
        assert_eq!(
            cut("日本語 e\u{301}té 👩‍👩‍👧 한국어"),
            ["日", "本", "語", "e\u{301}té", "👩‍👩‍👧", "한국어"]
        );
    }

    #[test]
    fn a_point_ends_a_sentence_only_before_white_space() {
        let ends =
            |text: &str| tokens(text).iter().filter(|token| token.class == Class::End).count();
        assert_eq!(ends("See example.com. Then go."), 2);
    }

    proptest::proptest! {
        #[test]
        fn every_letter_is_in_exactly_one_token(text in "([a-c'.,0-9 ]|[0-9€$%§()v:/EUR \u{a0}\u{301}-]|\\PC)*") {
            let mut at = 0;
            for token in tokens(&text) {
                proptest::prop_assert!(text[at..token.start].chars().all(char::is_whitespace));
                at = token.end;
            }
            proptest::prop_assert!(text[at..].chars().all(char::is_whitespace));
        }
    }

    #[test]
    fn a_stretch_that_is_one_thing_is_one_token() {
        let cut = |text: &'static str, atoms: &[(usize, usize)]| -> Vec<(&str, Class, bool)> {
            let atoms = atoms.iter().map(|(start, end)| Span::new(*start, *end));
            tokens_around(text, atoms)
                .iter()
                .map(|token| (&text[token.start..token.end], token.class, token.space))
                .collect()
        };
        use Class::*;
        // The mark of a footnote is no part of the word or number before it.
        assert_eq!(
            cut("notice1 and", &[(6, 7)]),
            [("notice", Word, false), ("1", Mark, false), ("and", Word, true)]
        );
        assert_eq!(
            cut("48 2h", &[(1, 2)]),
            [("4", Number, false), ("8", Mark, false), ("2h", Word, true)]
        );
        assert_eq!(
            cut("1.5", &[(2, 3)]),
            [("1", Number, false), (".", Mark, false), ("5", Mark, false)]
        );
        assert_eq!(
            cut("a b c. d", &[(2, 6)]),
            [("a", Word, false), ("b c.", Mark, true), ("d", Word, true)]
        );
        assert_eq!(cut("12", &[(0, 1), (1, 2)]), [("1", Mark, false), ("2", Mark, false)]);
    }

    #[test]
    fn every_token_knows_what_it_is() {
        use Class::*;
        let classes = |text: &str| {
            tokens(text).iter().map(|token| (token.class, token.space)).collect::<Vec<_>>()
        };
        assert_eq!(
            classes("a 1, b2 3c."),
            [
                (Word, false),
                (Number, true),
                (Mark, false),
                (Word, true),
                (Word, true),
                (End, false)
            ]
        );
        assert_eq!(classes(" a\n\tb"), [(Word, true), (Word, true)]);
        assert_eq!(
            classes("1.x 1,2 .5"),
            [
                (Number, false),
                (Mark, false),
                (Word, false),
                (Number, true),
                (Mark, true),
                (Number, false)
            ]
        );
        assert_eq!(classes("1,2a"), [(Word, false)]);
        assert_eq!(cut("a' 'b a'b 1'000 2-3"), ["a", "'", "'", "b", "a'b", "1'000", "2", "-", "3"]);
        assert_eq!(cut("x1.2 1.2.3,4,"), ["x1", ".", "2", "1.2.3,4", ","]);
        for end in ["a!", "a?", "a…", "a. b", "日。本", "日！本", "日？本"] {
            assert_eq!(classes(end).iter().filter(|(class, _)| *class == End).count(), 1, "{end}");
        }
        for none in ["a!b", "a?b", "a…b", "a.b", "a: b", "a; b", "a, b"] {
            assert_eq!(
                classes(none).iter().filter(|(class, _)| *class == End).count(),
                0,
                "{none}"
            );
        }
        assert!(tokens("a 1 .").iter().map(Token::is_spoken).eq([true, true, false]));
    }

    #[test]
    fn letters_of_scripts_without_spaces_stand_alone() {
        for text in [
            "กข",
            "ကခ",
            "កខ",
            "〇々",
            "ひら",
            "漢字",
            "豈更",
            "カな",
            "\u{20000}\u{20001}",
            "ナ字",
            "㐀㐁",
        ] {
            assert_eq!(tokens(text).len(), 2, "{text}");
            assert!(tokens(text).iter().all(|token| token.class == Class::Word), "{text}");
        }
        assert_eq!(cut("a漢b 한국 ab1"), ["a", "漢", "b", "한국", "ab1"]);
        assert_eq!(
            cut("データを守るサーバー・センターとｶﾞｲﾄﾞ"),
            ["データ", "を", "守", "る", "サーバー", "・", "センター", "と", "ｶﾞｲﾄﾞ"]
        );
        assert_eq!(
            cut("ガ\u{30ab}\u{3099}ㇰa"),
            ["ガガㇰ".replace("ガガ", "ガ\u{30ab}\u{3099}").as_str(), "a"]
        );
        assert_eq!(cut("e\u{301}e \u{301}x 🇩🇪🇫🇷"), ["e\u{301}e", "\u{301}", "x", "🇩🇪", "🇫🇷"]);
    }
}
