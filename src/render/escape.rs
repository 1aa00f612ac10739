//! Texts as HTML and addresses take them.

use std::fmt::Write as _;

/// Returns an address with the characters that no address holds percent-encoded, RFC 3986 section
/// 2.
pub fn encoded(address: &str) -> String {
    let mut encoded = String::with_capacity(address.len());
    for letter in address.chars() {
        match letter {
            ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' => {
                let _ = write!(encoded, "%{:02X}", u32::from(letter));
            }
            _ => encoded.push(letter),
        }
    }
    encoded
}

/// Writes a text so that HTML reads it as that text inside an element.
pub fn escape(text: &str, html: &mut String) {
    let marks = memchr::memchr3_iter(b'&', b'<', b'>', text.as_bytes());
    replace(text, marks, html);
}

/// Writes a text so that HTML reads it as that text inside a quoted attribute.
pub fn escape_quoted(text: &str, html: &mut String) {
    let marks =
        text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b'&' | b'<' | b'>' | b'"'));
    replace(text, marks.map(|(at, _)| at), html);
}

/// Writes a text with the characters at these places as entities.
fn replace(text: &str, marks: impl Iterator<Item = usize>, html: &mut String) {
    let mut done = 0;
    for at in marks {
        html.push_str(&text[done..at]);
        html.push_str(match text.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        done = at + 1;
    }
    html.push_str(&text[done..]);
}

/// Returns somebody's words in one line.
pub fn one_line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
