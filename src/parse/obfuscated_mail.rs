//! Mail addresses that a content delivery network hid on a page from which they were then copied:
//! nobody can write to them. Where the address was copied along in its cipher, it is read from
//! there.

use memchr::memmem;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::tree::{Source, Span};

/// What stands in a page for the words of an address.
const WORDS: &[&str] = &[
    "[email protected]",
    "[email\u{a0}protected]",
    "[email&#160;protected]",
    "[email&nbsp;protected]",
    "\\[email protected\\]",
    "\\[email\u{a0}protected\\]",
];

/// What stands in a page for the link to an address, its cipher behind a `#`.
const LINK: &str = "/cdn-cgi/l/email-protection";

/// Reports every mangled address of a file.
pub fn check(source: &Source<'_>, diagnostics: &mut Diagnostics) {
    let text = &*source.text;
    // All marks hold the same word: most files are done with after one search.
    for at in memmem::find_iter(text.as_bytes(), "email") {
        let found = WORDS.iter().chain([&LINK]).find_map(|mark| {
            let start = at.checked_sub(mark.find("email")?)?;
            text.get(start..start + mark.len())
                .filter(|text| text == mark)
                .map(|_| Span::new(start, start + mark.len()))
        });
        if let Some(span) = found {
            let found = Diagnostic::error(
                Code::MangledAddress,
                "a content delivery network has mangled this mail address",
            );
            let help =
                "write the address itself, or refer to a contact as in `{{ contact.security }}`";
            let fix = if text[span.start..span.end] == *LINK {
                link(text, span)
            } else {
                words(text, span)
            };
            diagnostics.push(found.at(source.path, span).help(help).with_fix(fix));
        }
    }
}

/// Returns the fix of a link whose cipher stands behind it.
fn link(text: &str, span: Span) -> Option<Fix> {
    let (address, cipher) = deciphered(&text[span.end..])?;
    let before = &text[..span.start];
    let start = before.rfind(['(', '<', '"', '\'', ' ', '\n']).map_or(0, |at| at + 1);
    let host = &before[start..];
    let own = host.is_empty() || (host.starts_with("https://") && host.matches('/').count() == 2);
    own.then(|| Fix::write(Span::new(start, span.end + cipher), format!("mailto:{address}")))
}

/// Returns the fix of words that are those of a link with a cipher.
fn words(text: &str, span: Span) -> Option<Fix> {
    let link = text[span.end..].strip_prefix("](")?;
    let at = link.split([')', ' ', '\n']).next()?.find(LINK)?;
    let (address, _) = deciphered(&link[at + LINK.len()..])?;
    Some(Fix::write(span, address))
}

/// Reads the address from its cipher, and says how long that is: in hexadecimal the key, then each
/// letter combined with it.
fn deciphered(text: &str) -> Option<(String, usize)> {
    let digits = text.strip_prefix('#')?;
    let length = digits.bytes().take_while(u8::is_ascii_hexdigit).count();
    let bytes: Vec<u8> = (0..length / 2)
        .map_while(|at| u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok())
        .collect();
    let (key, letters) = bytes.split_first()?;
    let address: String = letters.iter().map(|letter| char::from(letter ^ key)).collect();
    let letter = |letter: char| letter.is_ascii_alphanumeric() || ".@+-_".contains(letter);
    let (name, host) = address.split_once('@')?;
    let mailbox = !name.is_empty()
        && host.contains('.')
        && !host.contains('@')
        && address.chars().all(letter);
    (mailbox && length % 2 == 0).then_some((address, 1 + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_from_its_cipher() {
        let cipher: String = std::iter::once(0x5a)
            .chain("security@acme.example".bytes().map(|byte| byte ^ 0x5a))
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            deciphered(&format!("#{cipher}) and more")),
            Some(("security@acme.example".to_owned(), 1 + cipher.len()))
        );
        for broken in ["", "#", "#5a", "#5a3", "#zz", "#5a1b1a1b"] {
            assert_eq!(deciphered(broken), None, "{broken}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_cipher_is_read_or_not(text in "#?([0-9a-f]|ü)*") {
            deciphered(&text);
        }
    }
}
