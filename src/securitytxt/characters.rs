//! Bytes to lines: UTF-8 in the form of RFC 5198, and how lines end (RFC 9116 sections 2.1, 2.2 and
//! 4).

use crate::securitytxt::finding::Findings;
use crate::securitytxt::{Line, Rule};
use crate::tree::composed_up_to;

/// Returns the lines of a file, and reports bytes and characters that none can have.
pub fn lines<'a>(bytes: &[u8], text: &'a str, findings: &mut Findings) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let (ended, content) = match whole.strip_suffix('\n') {
            Some(content) => (true, content.strip_suffix('\r').unwrap_or(content)),
            None => (false, whole),
        };
        let line = Line { text: content, start };
        let line = if start == 0 { unmarked(line, findings) } else { line };
        if !ended {
            findings.at(
                Rule::NoLineEnd,
                line,
                line.text.len()..line.text.len(),
                "the last line does not end",
            );
        }
        characters(line, findings);
        lines.push(line);
        start += whole.len();
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        // Up to the first fault the text is the bytes.
        let at = error.valid_up_to();
        if let Some(line) = lines.iter().rev().find(|line| line.start <= at) {
            let at = at - line.start;
            findings.at(
                Rule::NotUtf8,
                *line,
                at..at + char::REPLACEMENT_CHARACTER.len_utf8(),
                "this byte is not UTF-8",
            );
        }
    }
    lines
}

/// Returns the first line without a byte-order mark.
fn unmarked<'a>(line: Line<'a>, findings: &mut Findings) -> Line<'a> {
    let Some(text) = line.text.strip_prefix('\u{feff}') else {
        return line;
    };
    let mark = line.text.len() - text.len();
    findings.at(Rule::ByteOrderMark, line, 0..mark, "the file begins with a byte-order mark");
    Line { text, start: line.start + mark }
}

fn characters(line: Line<'_>, findings: &mut Findings) {
    let plain = line.text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t'));
    if plain {
        return;
    }
    for (at, letter) in line.text.char_indices() {
        let here = at..at + letter.len_utf8();
        match letter {
            '\t' => {}
            '\r' => {
                findings.at(Rule::LoneReturn, line, here, "a carriage return alone ends no line")
            }
            '\0'..='\u{1f}' | '\u{7f}' => {
                findings.at(
                    Rule::Control,
                    line,
                    here,
                    format!("the control character U+{:04X}", u32::from(letter)),
                );
            }
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                findings.at(
                    Rule::OddCharacter,
                    line,
                    here,
                    format!("the character U+{:04X}", u32::from(letter)),
                );
            }
            '\u{100000}'.. => findings.at(
                Rule::PrivateCharacter,
                line,
                here,
                format!("the character U+{:X}", u32::from(letter)),
            ),
            _ => {}
        }
    }
    let at = composed_up_to(line.text);
    if let Some(letter) = line.text[at..].chars().next() {
        findings.at(
            Rule::NotComposed,
            line,
            at..at + letter.len_utf8(),
            "a letter and its mark are two characters here",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::securitytxt::Finding;
    use crate::securitytxt::tests::{PLAIN, found};

    /// Returns what is found in the first line, a comment.
    fn comment(words: &str) -> Vec<String> {
        found(&format!("# {words}\n{PLAIN}"), None).into_iter().skip(1).collect()
    }

    #[test]
    fn every_character_that_no_line_can_have_is_found_at_its_place() {
        for good in ["", "a\tb ~", "é ö 王 🙂", "\u{a0}\u{2027}\u{202a}", "\u{fffff}"] {
            assert_eq!(comment(good), [""; 0], "{good:?}");
        }
        for (words, found) in [
            ("a\u{0}b", "S003 1:4 \u{0}"),
            ("\u{1f}", "S003 1:3 \u{1f}"),
            ("é\u{7f}", "S003 1:4 \u{7f}"),
            ("a\rb", "S004 1:4 \r"),
            ("\u{80}", "S008 1:3 \u{80}"),
            ("\u{9f}", "S008 1:3 \u{9f}"),
            ("a\u{2028}", "S008 1:4 \u{2028}"),
            ("a\u{2029}", "S008 1:4 \u{2029}"),
            ("a\u{100000}", "S007 1:4 \u{100000}"),
            ("ae\u{301}", "S006 1:4 e"),
        ] {
            assert_eq!(comment(words), [found], "{words:?}");
        }
    }

    #[test]
    fn a_line_ends_with_a_line_feed() {
        assert_eq!(found(&PLAIN.replace('\n', "\r\n"), None), ["S080"]);
        assert_eq!(found(PLAIN.trim_end(), None), ["S080", "S005 2:30 "]);
        assert_eq!(
            found(&PLAIN.replacen('\n', "\r\r\n", 1), None),
            ["S080", "S004 1:30 \r", "S041 1:30 \r"]
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_name() {
        assert_eq!(found(&format!("\u{feff}{PLAIN}"), None), ["S080", "S002 1:1 \u{feff}"]);
        assert_eq!(
            found(&format!("\u{feff}x\n{PLAIN}"), None),
            ["S080", "S002 1:1 \u{feff}", "S020 1:1 x"]
        );
        assert_eq!(
            found(&format!("#\n\u{feff}#\n{PLAIN}"), None),
            ["S080", "S020 2:1 \u{feff}#"],
            "only at the beginning"
        );
    }

    #[test]
    fn the_first_byte_that_is_not_utf8_is_found_in_its_line() {
        let place = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            let mut findings = Findings::default();
            lines(bytes, &text, &mut findings);
            let verdict = findings.verdict(&text);
            let described = |found: &Finding| {
                assert_eq!(&text[found.span.unwrap().start..found.span.unwrap().end], "\u{fffd}");
                (found.rule, found.line.unwrap(), found.column.unwrap())
            };
            verdict.findings.iter().map(described).collect::<Vec<_>>()
        };
        assert_eq!(place(b"a\nb\xff\xfe\nc\n"), [(Rule::NotUtf8, 2, 2)]);
        assert_eq!(place(b"\xff\n"), [(Rule::NotUtf8, 1, 1)]);
        assert_eq!(place("a\nü\n".as_bytes()), []);
    }
}
