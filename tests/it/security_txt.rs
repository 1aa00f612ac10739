//! Any security.txt: every rule of RFC 9116 by a file with one fault, hostile bytes, and the Python
//! validator `sectxt` over the same files.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use policybook::securitytxt;
use policybook::securitytxt::{Circumstances, Level, Rule, Verdict};
use proptest::prelude::*;
use serde_json::Value;
use url::Url;

use crate::project::Project;

/// A file in which nothing is wrong but that it is not signed.
const GOOD: &str = "\
# Our security address
Contact: mailto:security@example.com
Contact: tel:+1-201-555-0123
Expires: 2027-06-01T00:00:00z
Encryption: https://example.com/pgp-key.txt
Acknowledgments: https://example.com/hall-of-fame.html
Preferred-Languages: en, es ,fr
Canonical: https://example.com/.well-known/security.txt
Policy: https://example.com/security-policy.html
Hiring: https://example.com/jobs.html
CSAF: https://example.com/.well-known/csaf/provider-metadata.json
Bug-Bounty: False
";

/// The same, signed; by a key that nobody has.
const SIGNED: &str = "\
-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Contact: mailto:security@example.com
Expires: 2027-06-01T00:00:00Z
Encryption: https://example.com/pgp-key.txt
Canonical: https://example.com/.well-known/security.txt
-----BEGIN PGP SIGNATURE-----

iHUEARYIAB0WIQR7lbDJIjLe3ugmJU38YTAQB5btcwUCawJGbwAKCRD8YTAQB5bt
c+VnAQCybZoa5NEgQCS4yQoivkGudyvU0wE/M/4MoHmzsQICkAD/Y3lgGYKT2Bji
Y4AWWDJQt+exhwy4JTiX7wv1iR6ORAw=
=FCya
-----END PGP SIGNATURE-----
";

const URL: &str = "https://example.com/.well-known/security.txt";

fn judged(bytes: &[u8], url: &str) -> Verdict {
    let (url, now) = (Url::parse(url).unwrap(), "2026-11-21T00:00:00Z".parse().unwrap());
    securitytxt::check(bytes, &Circumstances { url: Some(&url), now, key: None })
}

/// Says what is not as it should be: a file with one fault has just this one finding, besides what
/// the file without it has.
fn failure(
    base: &str,
    (from, to, rule, line, column): &(&str, &str, Rule, usize, usize),
) -> Option<String> {
    assert!(base.contains(from), "the file has {from:?}");
    let verdict = judged(base.replacen(from, to, 1).as_bytes(), URL);
    let usual = [Rule::NotSigned, Rule::Unproved];
    let found: Vec<_> =
        verdict.findings.iter().filter(|finding| !usual.contains(&finding.rule)).collect();
    let told: Vec<_> = found
        .iter()
        .map(|finding| (finding.rule, finding.line.unwrap_or(0), finding.column.unwrap_or(0)))
        .collect();
    let right =
        told == [(*rule, *line, *column)] && verdict.is_valid() == (rule.level() != Level::Error);
    (!right).then(|| format!("{to:?} should be {rule:?} at {line}:{column}, is {told:?}"))
}

/// Files with one fault: what is replaced by what, and what is found where. Line 0 is the file as a
/// whole.
const FAULTS: &[(&str, &str, Rule, usize, usize)] = &[
    // Bytes and lines, sections 2.1, 2.2, 4.
    ("# Our", "\u{feff}# Our", Rule::ByteOrderMark, 1, 1),
    ("address\n", "address\0\n", Rule::Control, 1, 23),
    ("address\n", "addr\u{7f}ess\n", Rule::Control, 1, 20),
    ("address\n", "addr\u{c}ess\n", Rule::Control, 1, 20),
    ("address\n", "address\rContact: x\n", Rule::LoneReturn, 1, 23),
    ("Hiring", "\rHiring", Rule::LoneReturn, 10, 1),
    ("Bounty: False\n", "Bounty: False", Rule::NoLineEnd, 12, 18),
    ("address", "a\u{308}ddress", Rule::NotComposed, 1, 16),
    ("address", "\u{10ffff}", Rule::PrivateCharacter, 1, 16),
    ("address", "\u{85}", Rule::OddCharacter, 1, 16),
    ("address", "\u{2028}", Rule::OddCharacter, 1, 16),
    // Fields, section 2.
    ("# Our", "Our", Rule::NotAField, 1, 1),
    ("# Our security", "# Our\n security", Rule::NotAField, 2, 1),
    (
        "Policy: https://example.com/security-policy.html",
        "Policy: https://example.com/\n security-policy.html",
        Rule::NotAField,
        10,
        1,
    ),
    ("# Our", " # Our", Rule::NotAField, 1, 1),
    ("Policy:", "Policy :", Rule::FieldName, 9, 7),
    ("Policy:", ":", Rule::FieldName, 9, 1),
    ("Policy:", "Our Policy:", Rule::FieldName, 9, 4),
    ("Policy:", "Pölicy:", Rule::FieldName, 9, 2),
    ("Policy:", "Our\tPolicy:", Rule::FieldName, 9, 4),
    ("Policy: h", "Policy:h", Rule::NoSpace, 9, 7),
    ("Policy: h", "Policy:\th", Rule::NoSpace, 9, 7),
    ("Policy: h", "Policy:  h", Rule::ManySpaces, 9, 9),
    ("Policy: https://example.com/security-policy.html", "Policy:", Rule::EmptyValue, 9, 1),
    ("Policy: https://example.com/security-policy.html", "Policy:  \t", Rule::EmptyValue, 9, 1),
    ("Policy:", "X-Policy:", Rule::UnknownField, 9, 1),
    ("Hiring: https://example.com/jobs.html", "Note: für alle", Rule::NotAscii, 10, 8),
    ("Acknowledgments:", "Acknowledgements:", Rule::Misspelled, 6, 1),
    ("Hiring: https", "Hash: https", Rule::HashField, 10, 1),
    // Several values in one field, section 2.
    (
        "mailto:security@example.com",
        "mailto:security@example.com, mailto:psirt@example.com",
        Rule::Chained,
        2,
        39,
    ),
    (
        "mailto:security@example.com",
        "mailto:security@example.com,psirt@example.com",
        Rule::Chained,
        2,
        17,
    ),
    (
        "mailto:security@example.com",
        "mailto:security@example.com https://example.com/",
        Rule::Chained,
        2,
        38,
    ),
    ("html\nPreferred", "html,https://example.com/b\nPreferred", Rule::Chained, 6, 56),
    // What must be there, and how often.
    (
        "Contact: mailto:security@example.com\nContact: tel:+1-201-555-0123\n",
        "",
        Rule::NoContact,
        0,
        0,
    ),
    ("Expires: 2027-06-01T00:00:00z\n", "", Rule::NoExpires, 0, 0),
    ("Encryption:", "Expires: 2027-07-01T00:00:00Z\nEncryption:", Rule::ManyExpires, 5, 1),
    ("Hiring", "preferred-languages: de\nHiring", Rule::ManyLanguages, 10, 1),
    ("Bug-Bounty: False", "Bug-Bounty: False\nbug-bounty: False", Rule::ManyBugBounty, 13, 1),
    (
        "Bug-Bounty",
        "CSAF: https://example.com/b/provider-metadata.json\nBug-Bounty",
        Rule::ManyCsaf,
        12,
        1,
    ),
    // Addresses, section 2.5 and RFC 3986.
    ("mailto:security@example.com", "security@example.com", Rule::NotUri, 2, 10),
    ("tel:+1-201-555-0123", "+1-201-555-0123", Rule::NotUri, 3, 10),
    ("https://example.com/jobs.html", "example.com/jobs.html", Rule::NotUri, 10, 9),
    ("https://example.com/jobs.html", "//example.com/jobs.html", Rule::NotUri, 10, 9),
    ("https://example.com/jobs.html", "<https://example.com/jobs.html>", Rule::NotUri, 10, 9),
    ("https://example.com/jobs.html", "1https://example.com/jobs.html", Rule::NotUri, 10, 9),
    (
        "https://example.com/jobs.html",
        "https://example.com/our jobs.html",
        Rule::UriCharacter,
        10,
        32,
    ),
    ("https://example.com/jobs.html", "https://example.com/jöbs.html", Rule::UriCharacter, 10, 30),
    ("https://example.com/jobs.html", "https://example.com/jobs%.html", Rule::UriCharacter, 10, 33),
    ("https://example.com/jobs.html", "https://example.com/{jobs}", Rule::UriCharacter, 10, 29),
    (
        "https://example.com/jobs.html",
        "https://example.com/jobs.html # ours",
        Rule::UriCharacter,
        10,
        38,
    ),
    (
        "Canonical: https",
        "Canonical: http://example.org/.well-known/security.txt\nCanonical: https",
        Rule::NotHttps,
        8,
        12,
    ),
    ("Policy: https", "Policy: http", Rule::NotHttps, 9, 9),
    ("Policy: https", "Policy: HTTP", Rule::NotHttps, 9, 9),
    ("Hiring: https", "Hiring: http", Rule::NotHttps, 10, 9),
    ("Acknowledgments: https", "Acknowledgments: http", Rule::NotHttps, 6, 18),
    ("Encryption: https", "Encryption: http", Rule::NotHttps, 5, 13),
    ("tel:+1-201-555-0123", "http://example.com/contact", Rule::NotHttps, 3, 10),
    ("Policy: https://example.com", "Policy: https:example.com", Rule::BadHost, 9, 9),
    ("Policy: https://example.com", "Policy: https://", Rule::BadHost, 9, 9),
    ("Policy: https://example.com", "Policy: https://example.com:x", Rule::BadHost, 9, 29),
    ("Policy: https://example.com", "Policy: ftp://example.com", Rule::OddScheme, 9, 9),
    ("Policy: https://", "Policy: https://user@", Rule::UserInfo, 9, 17),
    ("mailto:security@example.com", "mailto:", Rule::BadMailto, 2, 17),
    ("mailto:security@example.com", "mailto:security", Rule::BadMailto, 2, 17),
    ("mailto:security@example.com", "mailto://security@example.com", Rule::BadMailto, 2, 17),
    (
        "mailto:security@example.com",
        "mailto:security%2Bweb@example.com?subject=%zz",
        Rule::UriCharacter,
        2,
        52,
    ),
    ("mailto:security@example.com", "mailto:security+web@example.com", Rule::PlainPlus, 2, 25),
    ("mailto:security@example.com", "mailto:info@example.com", Rule::OtherMailbox, 2, 17),
    ("tel:+1-201-555-0123", "tel:+1 201 555 0123", Rule::BadTel, 3, 14),
    ("tel:+1-201-555-0123", "tel:201-555-0123", Rule::BadTel, 3, 14),
    ("tel:+1-201-555-0123", "tel:+1-201-CALL-NOW", Rule::BadTel, 3, 14),
    ("tel:+1-201-555-0123", "tel:", Rule::BadTel, 3, 14),
    (
        "https://example.com/pgp-key.txt",
        "https://example.com/.well-known/pgp-key.txt",
        Rule::WellKnown,
        5,
        32,
    ),
    (
        "https://example.com/pgp-key.txt",
        "https://example.com/.well-known/openpgpkey/hu/x",
        Rule::Requested,
        5,
        32,
    ),
    (
        "https://example.com/pgp-key.txt",
        "data:application/pgp-keys,mQENBFVo",
        Rule::KeyItself,
        5,
        13,
    ),
    (
        "https://example.com/pgp-key.txt",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        Rule::KeyItself,
        5,
        13,
    ),
    (
        "https://example.com/pgp-key.txt",
        "openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b2910",
        Rule::BadFingerprint,
        5,
        25,
    ),
    (
        "https://example.com/pgp-key.txt",
        "5F2DE5521C63A801AB59CCB603D49DE44B29100F",
        Rule::NotUri,
        5,
        13,
    ),
    ("https://example.com/pgp-key.txt", "dns:?type=OPENPGPKEY", Rule::BadDns, 5, 17),
    ("https://example.com/pgp-key.txt", "dns:key.example.com?type=A", Rule::DnsType, 5, 17),
    ("Encryption: https://example.com/pgp-key.txt\n", "", Rule::NoEncryption, 2, 10),
    // Expires, section 2.5.5.
    ("2027-06-01T00:00:00z", "2027-06-01", Rule::BadExpires, 4, 10),
    ("2027-06-01T00:00:00z", "2027-06-01T00:00:00", Rule::BadExpires, 4, 10),
    ("2027-06-01T00:00:00z", "2027-06-01 00:00:00Z", Rule::BadExpires, 4, 10),
    ("2027-06-01T00:00:00z", "2027-06-31T00:00:00Z", Rule::BadExpires, 4, 10),
    ("2027-06-01T00:00:00z", "Tue, 1 Jun 2027 00:00:00 +0000", Rule::BadExpires, 4, 10),
    ("2027-06-01T00:00:00z", "2027-06-01T00:00:00Z (or so)", Rule::BadExpires, 4, 10),
    ("2027-06-01T00:00:00z", "2026-11-20T23:59:59Z", Rule::Expired, 4, 10),
    ("2027-06-01T00:00:00z", "2026-11-21T00:59:59+01:00", Rule::Expired, 4, 10),
    ("2027-06-01T00:00:00z", "2027-11-21T00:00:00Z", Rule::FarExpires, 4, 10),
    // Preferred-Languages, section 2.5.8.
    ("en, es ,fr", "en, es fr", Rule::BadLanguage, 7, 26),
    ("en, es ,fr", "en, , fr", Rule::BadLanguage, 7, 26),
    ("en, es ,fr", "en,", Rule::BadLanguage, 7, 25),
    ("en, es ,fr", "English", Rule::BadLanguage, 7, 22),
    ("en, es ,fr", "en_US", Rule::BadLanguage, 7, 22),
    ("en, es ,fr", "en;q=1", Rule::BadLanguage, 7, 22),
    ("en, es ,fr", "xx", Rule::BadLanguage, 7, 22),
    // The fields of the registry.
    ("Bounty: False", "Bounty: yes", Rule::BadBugBounty, 12, 13),
    ("Bounty: False", "Bounty: false", Rule::BadBugBounty, 12, 13),
    ("provider-metadata.json", "metadata.json", Rule::BadCsaf, 11, 7),
    // Where it is served from, sections 2.5.2 and 3.
    (
        "https://example.com/.well-known/security",
        "https://example.org/.well-known/security",
        Rule::NotCanonical,
        8,
        12,
    ),
    (
        "Canonical: h",
        "Canonical: https://example.com/about\nCanonical: h",
        Rule::CanonicalPlace,
        8,
        12,
    ),
    // What belongs to a signature.
    (
        "Hiring:",
        "-----BEGIN PGP SIGNATURE-----\n-----END PGP SIGNATURE-----\nHiring:",
        Rule::BadEnvelope,
        10,
        1,
    ),
];

/// The same for the signed form, section 4.
const SIGNED_FAULTS: &[(&str, &str, Rule, usize, usize)] = &[
    ("-----BEGIN PGP SIGNED", "\n-----BEGIN PGP SIGNED", Rule::BadEnvelope, 2, 1),
    ("Hash: SHA256\n", "", Rule::BadHash, 1, 1),
    ("Hash: SHA256", "Hash: ", Rule::BadHash, 2, 1),
    ("Hash: SHA256", "hash: SHA256", Rule::BadHash, 2, 1),
    ("Hash: SHA256", "Hash: SHA256, SHA512", Rule::BadHash, 2, 1),
    ("Hash: SHA256", "Hash: SHA256\nCharset: utf-8", Rule::BadHash, 3, 1),
    ("Hash: SHA256", "Hash: SHA1", Rule::WeakHash, 2, 1),
    ("Hash: SHA256\n\n", "Hash: SHA256\n", Rule::BadEnvelope, 3, 1),
    ("\nEncryption", "\n--- Keys\nEncryption", Rule::NotEscaped, 6, 1),
    ("Canonical: https://example.com/.well-known/security.txt\n", "", Rule::NoCanonical, 1, 1),
    ("\n\niHUE", "\niHUE", Rule::BadEnvelope, 9, 1),
    ("iHUEARYIAB0W", "iHUEARYI B0W", Rule::BadEnvelope, 10, 1),
    ("iHUEARYIAB0W", "iHUEARYIAB0X", Rule::BadEnvelope, 13, 1),
    ("iHUEARYIAB0W", "mHUEARYIAB0W", Rule::BadEnvelope, 13, 1),
    (
        "Y4AWWDJQt+exhwy4JTiX7wv1iR6ORAw=\n",
        "Y4AWWDJQt+exhwy4JTiX7wv1iR6ORA\n",
        Rule::BadEnvelope,
        13,
        1,
    ),
    ("=FCya", "=FCyb", Rule::BadEnvelope, 13, 1),
    ("=FCya", "=FCya\niHUE", Rule::BadEnvelope, 14, 1),
    ("-----END PGP SIGNATURE-----\n", "", Rule::BadEnvelope, 13, 1),
    (
        "-----END PGP SIGNATURE-----\n",
        "-----END PGP SIGNATURE-----\n\n",
        Rule::AfterSignature,
        15,
        1,
    ),
    (
        "-----END PGP SIGNATURE-----\n",
        "-----END PGP SIGNATURE-----\nPolicy: https://example.com/\n",
        Rule::AfterSignature,
        15,
        1,
    ),
    ("security@example.com", "security@example.com\nHash: SHA256", Rule::HashField, 5, 1),
];

/// Files without a fault: what is replaced by what.
const FINE: &[(&str, &str, &str)] = &[
    (GOOD, "Contact", "CONTACT"),
    (GOOD, "Policy", "policy"),
    (GOOD, "# Our security address\n", "\n \t\n# \tÜber uns \u{fffff}\n#\n"),
    (GOOD, "Expires: 2027-06-01T00:00:00z", "Expires: 2027-06-01T02:00:00.5+02:00 \t"),
    (
        GOOD,
        "https://example.com/pgp-key.txt",
        "openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f",
    ),
    (
        GOOD,
        "https://example.com/pgp-key.txt",
        "dns:5d2d37ab76d47d36._openpgpkey.example.com?type=OPENPGPKEY",
    ),
    (GOOD, "mailto:security@example.com", "mailto:security%2Buri%2Bencoded@example.com"),
    (GOOD, "https://example.com/jobs.html", "https://[2001:db8:8:4::2]:8443/jobs?a=b,c;d#e"),
    (
        GOOD,
        "https://example.com/.well-known/security.txt",
        "https://EXAMPLE.com:443/.well-known/security.txt",
    ),
    (GOOD, "Canonical:", "Canonical: https://example.org/.well-known/security.txt\nCanonical:"),
    (GOOD, "en, es ,fr", "zh-Hant-TW"),
    (GOOD, "Bounty: False", "Bounty: True"),
    (SIGNED, "Hash: SHA256", "Hash: SHA256,SHA512\nHash: SHA384"),
    (SIGNED, "Contact", "- Contact"),
    (SIGNED, "Contact", "- # - - -\nContact"),
    (SIGNED, "=FCya\n", ""),
    (SIGNED, "SIGNATURE-----\n\n", "SIGNATURE-----\nVersion: GnuPG v2.2\n\n"),
    (GOOD, "Expires: 2027-06-01T00:00:00z", "Expires: 2027-05-31T23:59:60z"),
    (GOOD, "", ""),
    (SIGNED, "", ""),
];

#[test]
fn every_fault_is_found_at_its_place_and_nothing_else_is() {
    let unsigned = FAULTS.iter().filter_map(|fault| failure(GOOD, fault));
    let failed: Vec<String> =
        unsigned.chain(SIGNED_FAULTS.iter().filter_map(|fault| failure(SIGNED, fault))).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn a_file_without_a_fault_is_valid_however_it_is_written() {
    for (base, from, to) in FINE {
        assert!(base.contains(from), "the file has {from:?}");
        for ends in ["\n", "\r\n"] {
            let verdict = judged(base.replacen(from, to, 1).replace('\n', ends).as_bytes(), URL);
            let rules: Vec<Rule> = verdict.findings.iter().map(|finding| finding.rule).collect();
            assert!(
                matches!(rules[..], [Rule::NotSigned | Rule::Unproved]),
                "{to:?}: {:#?}",
                verdict.findings
            );
        }
    }
}

#[test]
fn every_rule_that_bytes_can_break_is_broken_here() {
    let tried: BTreeSet<Rule> =
        FAULTS.iter().chain(SIGNED_FAULTS).map(|(_, _, rule, ..)| *rule).collect();
    let elsewhere = [
        Rule::NotUtf8,
        Rule::Html,
        Rule::TooLarge,
        Rule::TooManyLines,
        Rule::LongField,
        Rule::PlainAddress,
        Rule::OldPlace,
        Rule::OtherPlace,
        Rule::NotSigned,
        Rule::Unproved,
        Rule::BadSignature,
        Rule::SignatureExpired,
        Rule::KeyExpired,
        Rule::KeyEndsFirst,
    ];
    let rest: Vec<&Rule> = Rule::ALL
        .iter()
        .filter(|rule| !tried.contains(rule) && !elsewhere.contains(rule))
        .collect();
    assert!(rest.is_empty(), "{rest:?}");
}

/// Returns the rules that a file breaks, but for the signature it does not have.
fn broken(bytes: &[u8], url: &str) -> Vec<Rule> {
    judged(bytes, url)
        .findings
        .iter()
        .map(|finding| finding.rule)
        .filter(|rule| *rule != Rule::NotSigned)
        .collect()
}

#[test]
fn a_file_is_judged_as_a_whole_and_by_where_it_is_served_from() {
    assert_eq!(
        broken(
            &GOOD
                .replace("address", "addresse\u{e9}")
                .chars()
                .map(|letter| letter as u8)
                .collect::<Vec<u8>>(),
            URL
        ),
        [Rule::NotUtf8]
    );
    assert_eq!(broken(b"\n <!DOCTYPE html>\n<title>Not found</title>\n", URL), [Rule::Html]);
    assert!(!judged(SIGNED.replace("SIGNED MESSAGE", "SIGNED TEXT").as_bytes(), URL).is_valid());
    assert_eq!(broken(b"", URL), [Rule::NoContact, Rule::NoExpires]);
    let long = format!("{GOOD}# {}\n", "x".repeat(33_000));
    assert_eq!(broken(long.as_bytes(), URL), [Rule::TooLarge]);
    assert_eq!(
        broken(format!("{GOOD}{}", "\n".repeat(1000)).as_bytes(), URL),
        [Rule::TooManyLines]
    );
    assert_eq!(
        broken(format!("{GOOD}Policy: https://example.com/{}\n", "x".repeat(2048)).as_bytes(), URL),
        [Rule::LongField]
    );
    let anywhere = GOOD.replace("Canonical", "X-Canonical");
    let served = |url| {
        broken(anywhere.as_bytes(), url)
            .into_iter()
            .filter(|rule| *rule != Rule::UnknownField)
            .collect::<Vec<_>>()
    };
    assert_eq!(served(URL), []);
    assert_eq!(served("http://example.com/.well-known/security.txt"), [Rule::PlainAddress]);
    assert_eq!(served("https://example.com/security.txt"), [Rule::OldPlace]);
    assert_eq!(served("https://example.com/legal/.well-known/security.txt"), [Rule::OtherPlace]);
}

#[test]
fn the_command_tells_people_and_programs() {
    let project = Project::empty();
    project.write("bad.txt", "Contact: security@example.com\nExpires: 2027-06-01T00:00:00Z\n");
    let output = project.run(&["check", "--security-txt", "bad.txt", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(told["valid"], false);
    let finding = &told["findings"][1];
    assert_eq!(
        (&finding["code"], &finding["level"], &finding["section"]),
        (&"S040".into(), &"error".into(), &"2.5.3".into())
    );
    assert_eq!((&finding["line"], &finding["column"]), (&1.into(), &10.into()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command
        .args(["check", "--security-txt", "-", "--url", URL, "--today", "2026-11-21"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(GOOD.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(
        said.ends_with("valid standard input: 0 errors, 1 recommendation, 0 notices\n"),
        "{said}"
    );
    assert_eq!(project.run(&["check", "--security-txt", "none.txt"]).status.code(), Some(2));
}

/// Returns pieces of which a hostile file is made.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let marks: Vec<&str> = GOOD
        .lines()
        .chain(SIGNED.lines())
        .chain([
            "\n",
            "\r",
            "- ",
            ":",
            "mailto:",
            "tel:+",
            "https://",
            "%",
            "[",
            "\u{feff}",
            "é",
            "\u{308}",
            "openpgp4fpr:",
            "dns:",
            "Expires: ",
            "=",
            ",",
        ])
        .collect();
    prop_oneof![
        proptest::sample::select(marks).prop_map(|mark| mark.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 0..6),
    ]
}

proptest! {
    #[test]
    fn no_bytes_bring_it_down(pieces in proptest::collection::vec(piece(), 0..40), newlines in any::<bool>()) {
        let separator: &[u8] = if newlines { b"\n" } else { b"" };
        let bytes = pieces.join(separator);
        let verdict = judged(&bytes, URL);
        let text = securitytxt::text(&bytes);
        let lines: Vec<&str> = text.split('\n').collect();
        for finding in &verdict.findings {
            prop_assert!(!finding.message.is_empty());
            if let (Some(line), Some(column)) = (finding.line, finding.column) {
                prop_assert!(column <= lines[line - 1].chars().count() + 1, "{finding:?}");
            }
        }
    }

    #[test]
    fn arbitrary_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        judged(&bytes, URL);
    }
}

/// Asks the Python validator about files; returns whether it takes each for valid, and its codes.
fn sectxt(files: &[Vec<u8>]) -> Vec<(bool, Vec<String>)> {
    let python = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/sectxt/bin/python");
    assert!(
        python.is_file(),
        "there is no sectxt at {}: run `tests/run`, which installs it",
        python.display()
    );
    let folder = tempfile::tempdir().unwrap();
    for (index, file) in files.iter().enumerate() {
        std::fs::write(folder.path().join(format!("{index:06}")), file).unwrap();
    }
    let script = "\
import json, os, sys
from sectxt import Parser
for name in sorted(os.listdir(sys.argv[1])):
    with open(os.path.join(sys.argv[1], name), 'rb') as file:
        parser = Parser(file.read(), urls=[sys.argv[2]])
    print(json.dumps([parser.is_valid(), [error['code'] for error in parser.errors]]))
";
    let output =
        Command::new(python).args(["-c", script]).arg(folder.path()).arg(URL).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let answers = String::from_utf8(output.stdout).unwrap();
    answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What we find and sectxt does not look for, or takes for fine: RFC 9116 decides.
const OURS: &[Rule] = &[
    Rule::BadDns,
    Rule::BadEnvelope,
    Rule::BadBugBounty,
    Rule::BadFingerprint,
    Rule::BadHash,
    Rule::BadHost,
    Rule::BadMailto,
    Rule::BadTel,
    Rule::Chained,
    Rule::Control,
    Rule::FieldName,
    Rule::KeyItself,
    Rule::LoneReturn,
    Rule::ManyBugBounty,
    Rule::ManySpaces,
    Rule::NotAField,
    Rule::NotAscii,
    Rule::NotComposed,
    Rule::NotEscaped,
    Rule::PrivateCharacter,
    Rule::UriCharacter,
    Rule::WellKnown,
];

/// What sectxt takes for fine where it looks, and the grammars do not: a space for the `T` of RFC
/// 3339, `_` in a tag of RFC 5646.
const STRICTER: &[(Rule, &str)] = &[(Rule::BadExpires, " 00:00:00Z"), (Rule::BadLanguage, "en_US")];

/// What a file says that we take for valid and sectxt does not, and why it is wrong there.
const THEIRS: &[(&str, &str)] = &[
    // RFC 3986 section 6.2.2.1: hosts and schemes are the same in capitals.
    ("EXAMPLE.com", "no_canonical_match"),
    // RFC 3339 section 5.6 has a second 60.
    (":60z", "invalid_expiry"),
    // RFC 4880 section 6.2: the checksum of armour is optional.
    ("ORAw=\n-----END", "pgp_data_error"),
];

#[test]
#[ignore = "needs sectxt from PyPI: tests/run installs it"]
fn the_python_validator_agrees_wherever_it_looks() {
    let now = jiff::Timestamp::now();
    let soon = (now + jiff::SignedDuration::from_hours(24 * 200)).to_string();
    let dated = |text: String| text.replace("2027-06-01T0", &soon[..12]);
    let mutants = |base: &'static str, faults: &'static [(&str, &str, Rule, usize, usize)]| {
        faults.iter().map(move |(from, to, ..)| base.replacen(from, to, 1))
    };
    let mut files: Vec<String> =
        mutants(GOOD, FAULTS).chain(mutants(SIGNED, SIGNED_FAULTS)).collect();
    files.extend(FINE.iter().map(|(base, from, to)| base.replacen(from, to, 1)));
    // Two faults at a time, lines in other orders, lines taken away.
    let singles = files.clone();
    for (index, (from, to, ..)) in FAULTS.iter().enumerate() {
        for file in singles.iter().skip(index % 7).step_by(7).filter(|file| file.contains(from)) {
            files.push(file.replacen(from, to, 1));
        }
    }
    for shift in 0..GOOD.lines().count() {
        let lines: Vec<&str> = GOOD.lines().collect();
        files.push(
            lines
                .iter()
                .cycle()
                .skip(shift)
                .take(lines.len())
                .map(|line| format!("{line}\n"))
                .collect(),
        );
        files.push(
            lines
                .iter()
                .cycle()
                .skip(shift)
                .take(lines.len() - 2)
                .map(|line| format!("{line}\r\n"))
                .collect(),
        );
    }
    let files: Vec<Vec<u8>> = files.into_iter().map(|file| dated(file).into_bytes()).collect();
    let mut differ: BTreeMap<String, String> = BTreeMap::new();
    let url = Url::parse(URL).unwrap();
    let (mut agreed, mut ours) = (0, 0);
    for (file, (valid, codes)) in files.iter().zip(sectxt(&files)) {
        let verdict = securitytxt::check(file, &Circumstances { url: Some(&url), now, key: None });
        let errors: Vec<Rule> = verdict
            .findings
            .iter()
            .filter(|found| found.level() == Level::Error)
            .map(|found| found.rule)
            .collect();
        let text = String::from_utf8_lossy(file).into_owned();
        let excused = match (verdict.is_valid(), valid) {
            (true, true) | (false, false) => {
                agreed += 1;
                continue;
            }
            (false, true) => errors.iter().all(|rule| {
                OURS.contains(rule)
                    || STRICTER
                        .iter()
                        .any(|(stricter, mark)| rule == stricter && text.contains(mark))
            }),
            (true, false) => codes.iter().all(|code| {
                THEIRS.iter().any(|(mark, excused)| code == excused && text.contains(mark))
            }),
        };
        ours += usize::from(excused);
        if !excused {
            differ.insert(format!("ours {errors:?}, theirs {codes:?}"), text);
        }
    }
    assert!(differ.is_empty(), "{} kinds of files: {differ:#?}", differ.len());
    assert!(
        agreed > 500 && ours > 100,
        "{agreed} files judged alike, {ours} that sectxt does not look at"
    );
}

#[test]
fn the_documentation_lists_every_rule() {
    let told =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security-txt.md"))
            .unwrap();
    for rule in Rule::ALL {
        let about = rule.about().trim().trim_end_matches('.');
        let row = format!(
            "| {} | {} | {} | {about} |",
            rule.code(),
            rule.level().as_str(),
            rule.section()
        );
        assert!(told.contains(&row), "docs/security-txt.md has no line `{row}`");
    }
}
