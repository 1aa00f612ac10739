//! Keys that are not on the web: `dns:` (RFC 4501) and `openpgp4fpr:`.

use crate::securitytxt::Rule;
use crate::securitytxt::uri::{Fault, Uri};

/// Returns what is wrong with the address of a record in the DNS.
pub fn record(uri: Uri<'_>) -> Option<Fault> {
    let whole = uri.offset()..uri.offset() + uri.rest.len();
    let bad = |message: &str| Some(Fault::new(Rule::BadDns, whole.clone(), message));
    let (name, query) = uri.rest.split_once('?').unwrap_or((uri.rest, ""));
    let name = match name.strip_prefix("//") {
        Some(server) => server.split_once('/').map_or("", |(_, name)| name),
        None => name,
    };
    if name.is_empty() {
        return bad("a DNS address without a name");
    }
    if name.contains('/') || name.split('.').rev().skip(1).any(str::is_empty) {
        return bad("this is no name in the DNS");
    }
    let mut holds = false;
    for element in query.split(';').filter(|element| !element.is_empty()) {
        match element.split_once('=') {
            Some((key, value)) if key.eq_ignore_ascii_case("type") => {
                holds = ["OPENPGPKEY", "CERT", "61", "37"]
                    .iter()
                    .any(|kind| value.eq_ignore_ascii_case(kind));
            }
            Some((key, value)) if !key.is_empty() && !value.is_empty() => {}
            _ => return bad("a DNS address asks with `type=…` and `class=…`"),
        }
    }
    (!holds).then(|| Fault::new(Rule::DnsType, whole, "a record of this type holds no OpenPGP key"))
}

/// Returns what is wrong with a fingerprint.
pub fn fingerprint(uri: Uri<'_>) -> Option<Fault> {
    let digits = uri.rest;
    let whole = uri.offset()..uri.offset() + digits.len();
    let message = match digits.chars().find(|letter| !letter.is_ascii_hexdigit()) {
        Some(letter) => format!("`{}` is no hexadecimal digit", letter.escape_debug()),
        None if matches!(digits.len(), 8 | 16) => {
            format!("{} digits are the id of a key, which others can make for theirs", digits.len())
        }
        None if !matches!(digits.len(), 40 | 64) => {
            format!("a fingerprint of {} digits", digits.len())
        }
        None => return None,
    };
    Some(Fault::new(Rule::BadFingerprint, whole, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_has_a_name_and_a_type_that_holds_keys() {
        let rule = |rest| record(Uri { scheme: "dns", rest }).map(|fault| fault.rule);
        assert_eq!(rule("5d2d37ab76d47d36._openpgpkey.example.com?type=OPENPGPKEY"), None);
        assert_eq!(rule("//192.0.2.1/key.example.com?class=IN;TYPE=cert"), None);
        assert_eq!(rule("key.example.com"), Some(Rule::DnsType));
        assert_eq!(rule("?type=OPENPGPKEY"), Some(Rule::BadDns));
        assert_eq!(rule("key..example.com?type=OPENPGPKEY"), Some(Rule::BadDns));
        assert_eq!(rule("key.example.com?OPENPGPKEY"), Some(Rule::BadDns));
    }

    #[test]
    fn a_fingerprint_has_all_its_digits() {
        let good = |rest| fingerprint(Uri { scheme: "openpgp4fpr", rest }).is_none();
        assert!(good("5f2de5521c63a801ab59ccb603d49de44b29100f"));
        assert!(!good("5f2de5521c63a801ab59ccb603d49de44b29100"));
        assert!(!good("5f2d e552 1c63 a801 ab59 ccb6 03d4 9de4 4b29 100f"));
        assert!(!good("03d49de44b29100f") && !good(""));
    }

    /// Returns the words that are wrong in a value, and the message.
    fn described(value: &str) -> Option<(String, String)> {
        let uri = Uri::split(value).unwrap();
        let fault = if uri.is("dns") { record(uri) } else { fingerprint(uri) };
        fault.map(|fault| (value[fault.range].to_owned(), fault.message))
    }

    #[test]
    fn an_address_in_the_dns_is_told_what_it_lacks() {
        for (value, message) in [
            ("", "a DNS address without a name"),
            ("?type=CERT", "a DNS address without a name"),
            ("//192.0.2.1", "a DNS address without a name"),
            ("//192.0.2.1/", "a DNS address without a name"),
            ("/example.com?type=CERT", "this is no name in the DNS"),
            (".example.com?type=CERT", "this is no name in the DNS"),
            ("example..com?type=CERT", "this is no name in the DNS"),
            ("example.com?CERT", "a DNS address asks with `type=…` and `class=…`"),
            ("example.com?class=", "a DNS address asks with `type=…` and `class=…`"),
            ("example.com?=IN", "a DNS address asks with `type=…` and `class=…`"),
            ("example.com", "a record of this type holds no OpenPGP key"),
            ("example.com?class=IN", "a record of this type holds no OpenPGP key"),
            ("example.com?type=CERT;type=TXT", "a record of this type holds no OpenPGP key"),
        ] {
            assert_eq!(
                described(&format!("dns:{value}")),
                Some((value.to_owned(), message.to_owned())),
                "{value}"
            );
        }
        for good in [
            "example.com.?type=61",
            "example.com?;class=IN;;type=37",
            "//a/example.com?TYPE=openpgpkey",
        ] {
            assert_eq!(described(&format!("dns:{good}")), None, "{good}");
        }
    }

    #[test]
    fn a_fingerprint_that_is_none_is_told_why() {
        let (long, short) = ("5f".repeat(32), "5F".repeat(20));
        assert!(
            described(&format!("openpgp4fpr:{long}")).is_none()
                && described(&format!("openpgp4fpr:{short}")).is_none()
        );
        assert_eq!(
            described("openpgp4fpr:5f2g"),
            Some(("5f2g".to_owned(), "`g` is no hexadecimal digit".to_owned()))
        );
        assert_eq!(
            described("openpgp4fpr:5f2d"),
            Some(("5f2d".to_owned(), "a fingerprint of 4 digits".to_owned()))
        );
        let id = "d49de44b29100f5f";
        let why = "16 digits are the id of a key, which others can make for theirs";
        assert_eq!(described(&format!("openpgp4fpr:{id}")), Some((id.to_owned(), why.to_owned())));
    }
}
