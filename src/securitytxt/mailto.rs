//! `mailto:`, RFC 6068: one mailbox.

use std::ops::Range;

use crate::securitytxt::Rule;
use crate::securitytxt::uri::{Fault, Uri, decoded};

/// Returns what is wrong with an address of mail, the worst first.
pub fn faults(uri: Uri<'_>) -> Vec<Fault> {
    let (to, fields) = uri.rest.split_once('?').unwrap_or((uri.rest, ""));
    let fields = fields.split('#').next().unwrap_or_default();
    let whole = uri.offset()..uri.offset() + uri.rest.len();
    let bad =
        |range: Range<usize>, message: String| vec![Fault::new(Rule::BadMailto, range, message)];
    if to.starts_with("//") {
        return bad(uri.offset()..uri.offset() + 2, "`mailto:` has no `//`".to_owned());
    }
    let named = fields.split('&').filter_map(|field| field.split_once('='));
    let more: Vec<&str> =
        named.filter(|(name, _)| name.eq_ignore_ascii_case("to")).map(|(_, value)| value).collect();
    let addresses: Vec<&str> = more
        .iter()
        .copied()
        .chain([to])
        .flat_map(|part| part.split(','))
        .filter(|part| !part.is_empty())
        .collect();
    match addresses[..] {
        [] => return bad(whole, "`mailto:` without an address".to_owned()),
        [_] => {}
        _ => return vec![Fault::new(Rule::Chained, whole, "several mail addresses in one field")],
    }
    if to.contains(',') {
        return bad(whole, "a `,` without a second address".to_owned());
    }
    let address = addresses[0];
    if let Err(problem) = mailbox(address) {
        return bad(whole, problem);
    }
    let mut faults = Vec::new();
    if let Some(plus) = to.find('+') {
        faults.push(Fault::new(
            Rule::PlainPlus,
            uri.offset() + plus..uri.offset() + plus + 1,
            "many programs read this `+` as a space",
        ));
    }
    let name = decoded(address.rsplit_once('@').map_or(address, |(name, _)| name));
    let usual = name.to_ascii_lowercase();
    let known =
        ["security", "soc", "psirt", "cert", "csirt"].iter().any(|word| usual.contains(word));
    if !known {
        let message =
            format!("`{}` is not the mailbox that researchers try first", name.escape_debug());
        faults.push(Fault::new(Rule::OtherMailbox, whole, message));
    }
    faults
}

/// Reads one mailbox: `addr-spec` of RFC 6068 section 2.
fn mailbox(address: &str) -> Result<(), String> {
    if let Some(letter) = address
        .chars()
        .find(|letter| matches!(letter, '/' | '?' | '#' | '[' | ']' | '&' | ';' | '='))
    {
        return Err(format!("`{letter}` must be percent-encoded in a mail address"));
    }
    let Some((name, host)) = address.rsplit_once('@') else {
        return Err("a mail address without `@`".to_owned());
    };
    let (name, host) = (decoded(name), decoded(host));
    let quoted = name.len() > 2 && name.starts_with('"') && name.ends_with('"');
    if name.is_empty() {
        return Err("a mail address without a name before the `@`".to_owned());
    }
    let atom = |letter: char| {
        letter.is_ascii_alphanumeric()
            || "!#$%&'*+-/=?^_`{|}~".contains(letter)
            || letter > '\u{9f}'
    };
    if !quoted && !name.split('.').all(|part| !part.is_empty() && part.chars().all(atom)) {
        return Err(format!("`{}` is no name of a mailbox", name.escape_debug()));
    }
    let label = |label: &str| {
        let letters = label.chars().all(|letter| {
            letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_') || letter > '\u{9f}'
        });
        !label.is_empty() && letters && !label.starts_with('-') && !label.ends_with('-')
    };
    let literal = host.starts_with('[') && host.ends_with(']') && host.len() > 2;
    if !literal && !host.split('.').all(label) {
        return Err(format!("`{}` is no host", host.escape_debug()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(rest: &str) -> Vec<Rule> {
        faults(Uri { scheme: "mailto", rest }).into_iter().map(|fault| fault.rule).collect()
    }

    #[test]
    fn one_mailbox_is_one_mailbox() {
        for good in [
            "security@example.com",
            "security%2Bweb@example.com",
            "%22security%20team%22@example.com",
            "security@%5B192.0.2.1%5D",
        ] {
            assert_eq!(rules(good), [], "{good}");
        }
        assert_eq!(rules("security@example.com?subject=Report%20of%20a%20bug"), []);
        assert_eq!(rules("?to=security@example.com"), []);
        assert_eq!(rules("info@example.com"), [Rule::OtherMailbox]);
        assert_eq!(rules("security+web@example.com"), [Rule::PlainPlus]);
    }

    #[test]
    fn what_is_no_mailbox_is_told() {
        for bad in [
            "",
            "?subject=x",
            "security",
            "@example.com",
            "security@",
            "//security@example.com",
            "a@b@example.com",
            "security.@example.com",
            "se..curity@example.com",
            "security@example..com",
            "security@.example.com",
            "security@-example.com",
            "security@example.com,",
            "security;@example.com",
            "security@exa%20mple.com",
            "Security%20Team@example.com",
        ] {
            assert_eq!(rules(bad), [Rule::BadMailto], "{bad}");
        }
        for several in ["a@example.com,b@example.com", "a@example.com?to=b@example.com"] {
            assert_eq!(rules(several), [Rule::Chained], "{several}");
        }
    }

    /// Returns what is found in a value: the rule, the words and the message.
    fn described(address: &str) -> Vec<(Rule, String, String)> {
        let value = format!("mailto:{address}");
        let described = |fault: Fault| (fault.rule, value[fault.range].to_owned(), fault.message);
        faults(Uri::split(&value).unwrap()).into_iter().map(described).collect()
    }

    #[test]
    fn a_mail_address_that_is_none_is_told_what_it_lacks() {
        for (address, words, message) in [
            ("//security@example.com", "//", "`mailto:` has no `//`"),
            ("", "", "`mailto:` without an address"),
            ("?subject=x", "?subject=x", "`mailto:` without an address"),
            ("security@example.com,", "security@example.com,", "a `,` without a second address"),
            ("security", "security", "a mail address without `@`"),
            (
                "security;@example.com",
                "security;@example.com",
                "`;` must be percent-encoded in a mail address",
            ),
            ("@example.com", "@example.com", "a mail address without a name before the `@`"),
            (
                "security..x@example.com",
                "security..x@example.com",
                "`security..x` is no name of a mailbox",
            ),
            ("%20@example.com", "%20@example.com", "` ` is no name of a mailbox"),
            ("%22%22@example.com", "%22%22@example.com", "`\\\"\\\"` is no name of a mailbox"),
        ] {
            assert_eq!(
                described(address),
                [(Rule::BadMailto, words.to_owned(), message.to_owned())],
                "{address}"
            );
        }
        for host in ["", "a.", "-a", "a-", "a..b", "a%20b", "%5B", "%5B%5D", "%5B1", "1%5D"] {
            assert_eq!(described(&format!("security@{host}"))[0].0, Rule::BadMailto, "{host}");
        }
    }

    #[test]
    fn a_mail_address_may_be_odd_and_good() {
        for good in [
            "security@example.com",
            "SOC@a-b.c_d",
            "our-psirt@example.com?subject=a+b",
            "cert%2Bx@example.com",
            "%22csirt%20x%22@example.com",
            "security@%5B192.0.2.1%5D",
            "security@b%C3%BCcher.example",
            "s%C3%A9curity.security@example.com",
            "?TO=security@example.com",
            "?subject=x&to=security@example.com#to=y@example.com",
        ] {
            assert_eq!(described(good), [], "{good}");
        }
        for several in [
            "a@example.com,b@example.com",
            "a@example.com?x=y&to=b@example.com",
            "?to=a@example.com,b@example.com",
        ] {
            let (rule, words, _) = &described(several)[0];
            assert_eq!((*rule, words.as_str()), (Rule::Chained, several));
        }
        assert_eq!(
            described("security+x@example.com"),
            [(
                Rule::PlainPlus,
                "+".to_owned(),
                "many programs read this `+` as a space".to_owned()
            )]
        );
        let other = "`info` is not the mailbox that researchers try first".to_owned();
        assert_eq!(
            described("info@security.example"),
            [(Rule::OtherMailbox, "info@security.example".to_owned(), other)]
        );
    }
}
