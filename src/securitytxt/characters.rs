//! Bytes to lines: UTF-8 in the form of RFC 5198, and how lines end (RFC 9116 sections 2.1, 2.2 and 4).

use crate::securitytxt::Line;
use crate::securitytxt::Rule;
use crate::securitytxt::finding::Findings;
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
            findings.at(Rule::NoLineEnd, line, line.text.len()..line.text.len(), "the last line does not end");
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
            findings.at(Rule::NotUtf8, *line, at..at + char::REPLACEMENT_CHARACTER.len_utf8(), "this byte is not UTF-8");
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
            '\r' => findings.at(Rule::LoneReturn, line, here, "a carriage return alone ends no line"),
            '\0'..='\u{1f}' | '\u{7f}' => {
                findings.at(Rule::Control, line, here, format!("the control character U+{:04X}", u32::from(letter)));
            }
            '\u{80}'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                findings.at(Rule::OddCharacter, line, here, format!("the character U+{:04X}", u32::from(letter)));
            }
            '\u{100000}'.. => findings.at(Rule::PrivateCharacter, line, here, format!("the character U+{:X}", u32::from(letter))),
            _ => {}
        }
    }
    let at = composed_up_to(line.text);
    if let Some(letter) = line.text[at..].chars().next() {
        findings.at(Rule::NotComposed, line, at..at + letter.len_utf8(), "a letter and its mark are two characters here");
    }
}
