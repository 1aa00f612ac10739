//! The grammar of a URI (RFC 3986), as far as a value of security.txt can break it.

use std::net::Ipv6Addr;
use std::ops::Range;

use crate::securitytxt::Rule;

/// What is wrong with a value, and where in it.
pub struct Fault {
    /// Which rule it breaks.
    pub rule: Rule,
    /// Where, in bytes of the value.
    pub range: Range<usize>,
    /// What is wrong.
    pub message: String,
    /// What to write instead, where the rule does not say it.
    pub help: Option<&'static str>,
}

impl Fault {
    /// Returns a fault in a stretch of a value.
    pub fn new(rule: Rule, range: Range<usize>, message: impl Into<String>) -> Fault {
        Fault { rule, range, message: message.into(), help: None }
    }
}

/// A value in its parts.
#[derive(Clone, Copy, Debug)]
pub struct Uri<'a> {
    /// The scheme as it was written.
    pub scheme: &'a str,
    /// What follows the first colon.
    pub rest: &'a str,
}

impl<'a> Uri<'a> {
    /// Splits a value behind its scheme, if it has one.
    pub fn split(value: &'a str) -> Option<Uri<'a>> {
        let (scheme, rest) = value.split_once(':')?;
        let mut letters = scheme.bytes();
        let begins = letters.next().is_some_and(|first| first.is_ascii_alphabetic());
        let goes_on =
            letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
        (begins && goes_on).then_some(Uri { scheme, rest })
    }

    /// Returns true if this is its scheme.
    pub fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// Returns the byte offset just after `scheme:`.
    pub fn offset(&self) -> usize {
        self.scheme.len() + 1
    }

    /// Returns the part between `//` and the path, and its byte offset.
    pub fn authority(&self) -> Option<(&'a str, usize)> {
        let after = self.rest.strip_prefix("//")?;
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        Some((&after[..end], self.offset() + 2))
    }

    /// Returns the path.
    pub fn path(&self) -> &'a str {
        let path = match self.rest.strip_prefix("//") {
            Some(after) => &after[after.find(['/', '?', '#']).unwrap_or(after.len())..],
            None => self.rest,
        };
        &path[..path.find(['?', '#']).unwrap_or(path.len())]
    }
}

/// Returns the first character that a URI cannot have at its place.
pub fn characters(value: &str) -> Option<Fault> {
    let bytes = value.as_bytes();
    let literal =
        Uri::split(value).and_then(|uri| uri.authority()).map_or(0..0, |(authority, start)| {
            let host = authority.rfind('@').map_or(0, |at| at + 1);
            start + host..start + authority.len()
        });
    let mut fragment = false;
    for (at, letter) in value.char_indices() {
        let fits = match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' => true,
            ':' | '/' | '?' | '@' | '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';'
            | '=' => true,
            '#' => !std::mem::replace(&mut fragment, true),
            '%' => bytes
                .get(at + 1..at + 3)
                .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)),
            '[' | ']' => literal.contains(&at),
            _ => false,
        };
        if !fits {
            let message = match letter {
                ' ' | '\t' => "a space in an address".to_owned(),
                '%' => "a `%` that no two hexadecimal digits follow".to_owned(),
                '#' => "a second `#`".to_owned(),
                _ => format!("an address cannot have `{}` here", letter.escape_debug()),
            };
            return Some(Fault::new(Rule::UriCharacter, at..at + letter.len_utf8(), message));
        }
    }
    None
}

/// Returns what is wrong with the host of an address on the web.
pub fn web(uri: Uri<'_>) -> Option<Fault> {
    let whole = 0..uri.offset() + uri.rest.len();
    let Some((authority, start)) = uri.authority() else {
        return Some(Fault::new(
            Rule::BadHost,
            whole,
            "an address on the web begins with `https://`",
        ));
    };
    let host_at = authority.rfind('@').map_or(0, |at| at + 1);
    let (host, port) = match authority[host_at..].rfind(':') {
        Some(colon) if !authority[host_at + colon..].contains(']') => {
            (&authority[host_at..host_at + colon], &authority[host_at + colon + 1..])
        }
        _ => (&authority[host_at..], ""),
    };
    let here = start + host_at..start + host_at + host.len();
    if host.is_empty() {
        return Some(Fault::new(Rule::BadHost, whole, "an address without a host"));
    }
    let named = match host.strip_prefix('[').map(|literal| literal.strip_suffix(']')) {
        Some(Some(literal)) => literal.parse::<Ipv6Addr>().is_ok() || is_future(literal),
        Some(None) => false,
        None => !host.contains(['[', ']', ':']) && !host.starts_with('.') && !host.contains(".."),
    };
    if !named {
        return Some(Fault::new(
            Rule::BadHost,
            here,
            format!("`{}` is no host", host.escape_debug()),
        ));
    }
    let numbered = port.is_empty()
        || (port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok());
    if !numbered {
        let end = start + authority.len();
        return Some(Fault::new(
            Rule::BadHost,
            end - port.len()..end,
            format!("`{}` is no port", port.escape_debug()),
        ));
    }
    None
}

/// Returns true if a text is an address of a kind still to come, `IPvFuture` of RFC 3986 section
/// 3.2.2.
fn is_future(literal: &str) -> bool {
    let mut parts = literal.strip_prefix(['v', 'V']).unwrap_or_default().splitn(2, '.');
    let version = parts.next().is_some_and(|version| {
        !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    version && parts.next().is_some_and(|rest| !rest.is_empty())
}

/// Returns where a second address begins in a value that has several.
pub fn second(value: &str) -> Option<usize> {
    const BEGINNINGS: [&str; 6] =
        ["https://", "http://", "mailto:", "tel:", "openpgp4fpr:", "dns:"];
    let bytes = value.as_bytes();
    let begins = |at: usize| {
        BEGINNINGS.iter().any(|mark| {
            bytes
                .get(at..at + mark.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(mark.as_bytes()))
        })
    };
    let parted = |at: usize| matches!(bytes[at - 1], b',' | b';' | b' ' | b'\t' | b'|');
    (1..bytes.len()).find(|at| parted(*at) && begins(*at))
}

/// Returns a text with its percent-encoded bytes decoded, as far as they are UTF-8.
pub fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_web(value: &str) -> bool {
        Uri::split(value).is_some_and(|uri| uri.is("https") && web(uri).is_none())
            && characters(value).is_none()
    }

    #[test]
    fn an_address_on_the_web_has_a_host_and_plain_characters() {
        for good in [
            "https://example.com",
            "HTTPS://example.com/a?b#c",
            "https://[2001:db8::2]:8443/x",
            "https://[v1.a]/",
            "https://1.2.3.4:443/%20",
            "https://xn--bcher-kva.example/(a)",
        ] {
            assert!(is_web(good), "{good}");
        }
        for bad in [
            "http://example.com",
            "https:example.com",
            "https://",
            "https:///x",
            "https://:443/",
            "https://exa mple.com",
            "https://example.com/%zz",
            "https://example.com/[x]",
            "https://example.com/a#b#c",
            "https://[::zz]/",
            "https://[::1/",
            "https://bücher.example/",
            "https://example.com:port/",
            "https://example.com:70000/",
            "https://example..com/",
            "https://example.com/\\x",
            "https://example.com/\"x\"",
        ] {
            assert!(!is_web(bad), "{bad}");
        }
    }

    #[test]
    fn a_value_is_taken_apart_where_its_signs_stand() {
        let parts = |value: &str| {
            let uri = Uri::split(value).unwrap();
            let authority = uri.authority().map(|(authority, at)| {
                assert!(value[at..].starts_with(authority));
                authority.to_owned()
            });
            assert!(value[uri.offset()..] == *uri.rest);
            (authority, uri.path().to_owned())
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(parts("https://a.example/b/c?d/e#f"), (some("a.example"), "/b/c".to_owned()));
        assert_eq!(parts("https://a.example?b#c"), (some("a.example"), String::new()));
        assert_eq!(parts("https://a.example#b?c"), (some("a.example"), String::new()));
        assert_eq!(parts("mailto:a@b?to=c"), (None, "a@b".to_owned()));
        assert_eq!(parts("x+y-z.1:/a#b"), (None, "/a".to_owned()));
        for none in ["", "a", ":a", "1a:b", "a b:c", "a_b:c", "-a:b"] {
            assert!(Uri::split(none).is_none(), "{none}");
        }
        assert!(
            Uri::split("MailTo:x").unwrap().is("mailto")
                && !Uri::split("mail:x").unwrap().is("mailto")
        );
    }

    #[test]
    fn the_first_character_that_cannot_be_is_found() {
        for (value, at, message) in [
            ("https://a b c", 9, "a space in an address"),
            ("https://a\tb", 9, "a space in an address"),
            ("https://a/%4", 10, "a `%` that no two hexadecimal digits follow"),
            ("https://a/%4g", 10, "a `%` that no two hexadecimal digits follow"),
            ("https://a/#b#c", 12, "a second `#`"),
            ("https://a/ü", 10, "an address cannot have `ü` here"),
            ("https://[::1]/[", 14, "an address cannot have `[` here"),
            ("https://u[@a/", 9, "an address cannot have `[` here"),
            ("mailto:[", 7, "an address cannot have `[` here"),
        ] {
            let fault = characters(value).unwrap();
            let letter = value[at..].chars().next().unwrap();
            assert_eq!(
                (fault.range, fault.message.as_str()),
                (at..at + letter.len_utf8(), message),
                "{value}"
            );
        }
        for good in [
            "https://[::1]:1/",
            "https://u:p@[::1]",
            "a:!$&'()*+,;=:@/?-._~#%aF",
            "ABCXYZabcxyz0189:",
        ] {
            assert!(characters(good).is_none(), "{good}");
        }
    }

    #[test]
    fn a_host_or_port_that_cannot_be_is_found_in_its_place() {
        for (value, words, message) in [
            ("https:a.example", "https:a.example", "an address on the web begins with `https://`"),
            ("https://u@:1/x", "https://u@:1/x", "an address without a host"),
            ("https://u:p@.example:1/x", ".example", "`.example` is no host"),
            ("https://a..b", "a..b", "`a..b` is no host"),
            ("https://a]b/", "a]b", "`a]b` is no host"),
            ("https://a:b:1/", "a:b", "`a:b` is no host"),
            ("https://[::1:1/", "[::1", "`[::1` is no host"),
            ("https://[::g]:1/", "[::g]", "`[::g]` is no host"),
            ("https://u@a.example:1x/y", "1x", "`1x` is no port"),
            ("https://a:+1", "+1", "`+1` is no port"),
            ("https://a:65536?x", "65536", "`65536` is no port"),
        ] {
            let fault = web(Uri::split(value).unwrap()).unwrap();
            assert_eq!((&value[fault.range], fault.message.as_str()), (words, message), "{value}");
        }
        for good in [
            "https://a:65535",
            "https://a:/",
            "https://u:p@a:0",
            "https://[::1]:8",
            "https://[::1]",
            "https://[V1f.x]",
        ] {
            assert!(web(Uri::split(good).unwrap()).is_none(), "{good}");
        }
    }

    #[test]
    fn an_address_of_a_kind_to_come_has_a_version() {
        assert!(is_future("v1.a") && is_future("VfF.a.b"));
        for bad in ["", "v", "v.a", "1.a", "v1", "v1.", "vg.a"] {
            assert!(!is_future(bad), "{bad}");
        }
    }

    #[test]
    fn a_second_address_begins_behind_a_sign() {
        for sign in [",", ";", " ", "\t", "|"] {
            for begin in ["https://", "HTTP://", "mailto:", "tel:", "openpgp4fpr:", "dns:"] {
                let value = format!("a{sign}{begin}b{sign}{begin}");
                assert_eq!(second(&value), Some(2), "{value}");
            }
        }
        for one in ["", "https://a/?u=https://b", "tel:1,2", "mailto:", ", mail", "https://hotel:1"]
        {
            assert_eq!(second(one), None, "{one}");
        }
    }

    #[test]
    fn what_is_percent_encoded_is_read() {
        for (text, plain) in [
            ("%41b%63", "Abc"),
            ("%", "%"),
            ("%4", "%4"),
            ("%4g%41", "%4gA"),
            ("%C3%BCx", "üx"),
            ("%ff", "\u{fffd}"),
            ("é%2", "é%2"),
        ] {
            assert_eq!(decoded(text), plain, "{text}");
        }
    }
}
