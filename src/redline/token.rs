//! Words, numbers and marks of a text: what is compared, and never broken.
//!
//! White space is no token, so that a paragraph wrapped elsewhere is the same. A number keeps its inner points and commas, a word its
//! inner apostrophes; letters of scripts written without spaces stand alone; everything else is one grapheme cluster at a time
//! (UAX 29), so that neither an accent nor an emoji is torn.

use unicode_segmentation::UnicodeSegmentation;

use crate::tree::Span;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A word, or a letter of a script without spaces.
    Word,
    /// A number.
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
    /// The byte after its last.
    pub end: usize,
    /// What it is.
    pub class: Class,
    /// Whether white space stands before it.
    pub space: bool,
}

impl Token {
    /// Tells whether it is a word or a number, and not a mark.
    pub fn is_spoken(&self) -> bool {
        matches!(self.class, Class::Word | Class::Number)
    }
}

/// Returns the tokens of a text, in order.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 5);
    let mut clusters = Clusters { text, at: 0 }.peekable();
    let mut space = false;
    while let Some((start, cluster)) = clusters.next() {
        let first = cluster.chars().next().unwrap_or(' ');
        if first.is_whitespace() {
            space = true;
            continue;
        }
        let mut end = start + cluster.len();
        let mut class = class(first);
        while matches!(class, Class::Word | Class::Number) && !stands_alone(first) {
            let Some(&(at, next)) = clusters.peek() else { break };
            let letter = next.chars().next().unwrap_or(' ');
            let after = || text[at + next.len()..].chars().next().unwrap_or(' ');
            let inner = match letter {
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
        tokens.push(Token { start, end, class, space });
        space = false;
    }
    mark_ends(text, &mut tokens);
    tokens
}

/// Tells apart the marks that end a sentence: those before white space or a closing mark.
fn mark_ends(text: &str, tokens: &mut [Token]) {
    for index in 0..tokens.len() {
        let spaced = tokens.get(index + 1).is_none_or(|next| next.space);
        let token = &mut tokens[index];
        match &text[token.start..token.end] {
            "。" | "！" | "？" => token.class = Class::End,
            "." | "!" | "?" | "…" if spaced => token.class = Class::End,
            _ => {}
        }
    }
}

/// Makes one token of each stretch that is one thing, such as an image.
pub fn join(tokens: &mut Vec<Token>, atoms: impl Iterator<Item = Span>) {
    for atom in atoms {
        let first = tokens.partition_point(|token| token.end <= atom.start);
        let end = tokens.partition_point(|token| token.start < atom.end);
        if let Some(space) = tokens[first..end].first().map(|token| token.space) {
            let whole =
                Token { start: tokens[first].start.min(atom.start), end: tokens[end - 1].end.max(atom.end), class: Class::Mark, space };
            tokens.splice(first..end, [whole]);
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

/// Tells whether a letter belongs to a script that is written without spaces: Han, Kana, Thai, Lao, Khmer, Burmese.
fn stands_alone(letter: char) -> bool {
    matches!(u32::from(letter),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff | 0x3005..=0x3007 | 0x3040..=0x30ff | 0x31f0..=0x31ff | 0x3400..=0x4dbf
        | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff66..=0xff9d | 0x20000..=0x3ffff)
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
        assert_eq!(cut("日本語 e\u{301}té 👩‍👩‍👧 한국어"), ["日", "本", "語", "e\u{301}té", "👩‍👩‍👧", "한국어"]);
    }

    #[test]
    fn a_point_ends_a_sentence_only_before_white_space() {
        let ends = |text: &str| tokens(text).iter().filter(|token| token.class == Class::End).count();
        assert_eq!(ends("See example.com. Then go."), 2);
    }

    proptest::proptest! {
        #[test]
        fn every_letter_is_in_exactly_one_token(text in "([a-c'.,0-9 ]|\\PC)*") {
            let mut at = 0;
            for token in tokens(&text) {
                proptest::prop_assert!(text[at..token.start].chars().all(char::is_whitespace));
                at = token.end;
            }
            proptest::prop_assert!(text[at..].chars().all(char::is_whitespace));
        }
    }
}
