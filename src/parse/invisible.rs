//! Invisible characters: they come along with words that were copied, stand in the way of
//! every search and comparison, and can make a line read as another than it is.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::tree::{Source, Span};

/// Reports the invisible characters of a file from byte `start` on, those of one place together. In
/// a list those are left out that make its texts unreadable: they are reported there.
pub fn check(source: &Source<'_>, start: usize, diagnostics: &mut Diagnostics) {
    let text = &source.text[start..];
    // Of the letters of most files none is even near to one that is looked for.
    let near = |byte: u8| byte < b'\t' || matches!(byte, 0x0b..=0x1f | 0x7f | 0xc2 | 0xe2 | 0xef);
    if !text.bytes().any(near) {
        return;
    }
    let list = source.path.name().ends_with(".yaml");
    let mut from_right = None;
    let mut found: Option<(Span, char)> = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        let here = Span::new(at, at + letter.len_utf8());
        if is_invisible(letter, text, at, &mut from_right) && !(list && hidden(letter)) {
            found =
                Some(found.map_or((here, letter), |(span, first)| {
                    (Span::new(span.start, here.end), first)
                }));
        } else if let Some((span, first)) = found.take() {
            diagnostics.push(report(source, span.shift(start), first));
        }
    }
}

/// Returns true if a character could make a text read as another: control characters, and those
/// that turn the direction of writing.
pub fn hidden(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Returns true for a character that shows nothing, or nothing that everybody sees alike: controls,
/// marks of formatting, blanks that are no spaces, characters for private use and those that are
/// none. Those that join or part letters belong to their scripts.
pub fn shows_nothing(letter: char) -> bool {
    let code = u32::from(letter);
    letter.is_control()
        || hidden(letter)
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'
                | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}'
                | '\u{ffa0}' | '\u{fff0}'..='\u{fffc}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
                | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}'
        )
        || code & 0xfffe == 0xfffe
}

fn report(source: &Source<'_>, span: Span, first: char) -> Diagnostic {
    let more = match source.text[span.start..span.end].chars().count() - 1 {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let found = Diagnostic::warning(
        Code::Invisible,
        format!("invisible character U+{:04X}{more} in the text", u32::from(first)),
    );
    let parted = source.text[span.start..span.end].chars().any(char::is_whitespace);
    let fix = match parted {
        true => Fix { what: "write a space".to_owned(), ..Fix::write(span, " ") },
        false => Fix::remove(span, "what nobody sees"),
    };
    found.at(source.path, span).help("take it out, or retype the text around it").with_fix(fix)
}

/// Returns true if a character has no business in these words. Those that join or part letters are
/// left to the scripts that need them, and those that turn the direction of writing to texts of
/// which some is written from the right.
fn is_invisible(letter: char, text: &str, at: usize, from_right: &mut Option<bool>) -> bool {
    match letter {
        '\n' | '\t' | '\r' => false,
        '\u{2060}' | '\u{feff}' => true,
        '\u{200b}' => {
            let foreign = |letter: Option<char>| {
                letter.is_some_and(|letter| letter.is_alphabetic() && letter >= '\u{590}')
            };
            !foreign(text[..at].chars().next_back())
                && !foreign(text[at + letter.len_utf8()..].chars().next())
        }
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            !*from_right.get_or_insert_with(|| text.chars().any(is_from_right))
        }
        _ => letter.is_control(),
    }
}

/// Returns true if a letter is written from the right to the left: Hebrew, Arabic and their kin.
fn is_from_right(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{File, TreePath};

    /// Returns a text after all that was found in it was fixed.
    fn fixed(text: &str) -> String {
        let path = TreePath::new("content/a/10-b.md").unwrap();
        let file = File::new(text.as_bytes());
        let source = Source::new(&path, &file).unwrap();
        let mut found = Diagnostics::new();
        check(&source, 0, &mut found);
        let edits: Vec<_> =
            found.into_iter().flat_map(|found| found.fix().unwrap().edits.clone()).collect();
        String::from_utf8(file.edited(&edits).unwrap().bytes().to_vec()).unwrap()
    }

    #[test]
    fn what_shows_nothing_is_known() {
        for code in [
            0x00, 0x7f, 0x85, 0xad, 0x34f, 0x61c, 0x115f, 0x17b4, 0x180e, 0x200b, 0x200e, 0x202e,
            0x2060, 0x206a, 0x2800, 0x3164, 0xe000, 0xfdd0, 0xfe00, 0xfeff, 0xffa0, 0xfff9, 0xfffc,
            0xffff, 0x1d173, 0x1fffe, 0xe0001, 0xe0041, 0xe01ef, 0x10fffd,
        ] {
            assert!(char::from_u32(code).is_some_and(shows_nothing), "U+{code:04X}");
        }
        for letter in "aßñ文ไ‌م‍👩️0 ’–…€".chars() {
            assert!(!shows_nothing(letter), "U+{:04X}", u32::from(letter));
        }
    }

    #[test]
    fn what_nobody_sees_is_taken_out_and_what_a_script_needs_stays() {
        assert_eq!(fixed("a\u{200b}b \u{2060}\u{feff}c\u{7}d, e\u{c}f"), "ab cd, e f");
        assert_eq!(fixed("call \u{202a}+1 650\u{202c} now\u{202e}"), "call +1 650 now");
        for kept in [
            "ภาษา\u{200b}ไทย",
            "می\u{200c}خواهم",
            "שלום \u{202a}abc\u{202c}",
            "👩\u{200d}💻",
            "so\u{ad}ft\tx\n",
            "ü – “x”",
        ] {
            assert_eq!(fixed(kept), kept);
        }
    }
}
