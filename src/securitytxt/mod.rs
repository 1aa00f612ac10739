//! Any security.txt, ours or a stranger's: its grammar (RFC 9116) and what is wrong with it.
//!
//! Bytes in, findings with places out. Nothing here fails or panics on hostile bytes, and the time
//! it takes grows with the file.

mod characters;
mod dns;
mod envelope;
mod expires;
mod fields;
mod finding;
#[cfg(all(test, feature = "openpgp"))]
mod keys;
mod language;
mod mailto;
mod outcome;
#[cfg(feature = "openpgp")]
mod proof;
#[cfg(not(feature = "openpgp"))]
#[path = "unproved.rs"]
mod proof;
mod signature;
mod tel;
mod uri;
mod well_known;

use std::borrow::Cow;

use jiff::Timestamp;
use url::Url;

use envelope::Envelope;
use finding::Findings;

pub use envelope::signed_text;
pub use expires::moment;
pub use fields::refused;
pub use finding::{Finding, Level, Rule};
pub use language::is_tag;
pub use signature::{Key, can_sign, clear_signed};

/// How many bytes a reader may stop at, section 5.4.
const LARGEST: usize = 32 << 10;
/// How many lines a reader may stop at, section 5.4.
const MOST_LINES: usize = 1000;

/// What a file is checked against, apart from its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The address it is served from, where that is known.
    pub url: Option<&'a Url>,
    /// The moment.
    pub now: Timestamp,
    /// The key that its signature should be of, where it is at hand.
    pub key: Option<&'a Key>,
}

/// What was found in a file.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Every finding, in the order of the file; what is about the whole file comes first.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Returns true if the file is one that RFC 9116 allows and that may be used now.
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.level() != Level::Error)
    }
}

/// A line of a file, without what ends it.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    text: &'a str,
    /// Its first byte in the file's text.
    start: usize,
}

/// Decodes a file as lossy UTF-8; the spans of findings refer to this text.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Judges a file.
///
/// ```
/// use policybook::securitytxt::{Circumstances, Rule, check};
///
/// let now = "2026-11-29T12:00:00Z".parse().unwrap();
/// let served = Circumstances { url: None, now, key: None };
/// let verdict = check(b"Contact: mailto:security@example.com\nExpires: 2026-01-01T00:00:00Z\n", &served);
///
/// assert!(!verdict.is_valid());
/// let expired = verdict.findings.iter().find(|finding| finding.rule == Rule::Expired).unwrap();
/// assert_eq!((expired.line, expired.column, expired.section), (Some(2), Some(10), "2.5.5"));
/// ```
pub fn check(bytes: &[u8], circumstances: &Circumstances<'_>) -> Verdict {
    let text = text(bytes);
    let mut findings = Findings::default();
    if bytes.len() > LARGEST {
        findings.whole(Rule::TooLarge, format!("the file has {} bytes", bytes.len()));
    }
    let lines = characters::lines(bytes, &text, &mut findings);
    if lines.len() > MOST_LINES {
        findings.whole(Rule::TooManyLines, format!("the file has {} lines", lines.len()));
    }
    if let Some(page) = html(&lines) {
        findings.at(
            Rule::Html,
            page,
            0..page.text.len(),
            "this is a web page, not a security.txt".to_owned(),
        );
        return findings.verdict(&text);
    }
    let envelope = Envelope::open(&lines, &mut findings);
    fields::check(&envelope, circumstances, &mut findings);
    signature::check(&text, &envelope, circumstances, &mut findings);
    findings.verdict(&text)
}

/// Returns the first line of a file that is a web page: what many servers answer for a file that is
/// not there.
fn html<'a>(lines: &[Line<'a>]) -> Option<Line<'a>> {
    let first = lines.iter().find(|line| !line.text.trim().is_empty())?;
    let begins = |mark: &str| {
        let opening = first.text.trim_start_matches('\u{feff}').trim_start().as_bytes();
        opening
            .get(..mark.len())
            .is_some_and(|opening| opening.eq_ignore_ascii_case(mark.as_bytes()))
    };
    ["<!doctype", "<html", "<head", "<?xml", "<body"].into_iter().any(begins).then_some(*first)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Judges a file at noon of 1 June 2027, without a key; says of each finding its code, and
    /// where it has a place, line, column and words.
    pub fn found(text: &str, url: Option<&str>) -> Vec<String> {
        let url = url.map(|url| Url::parse(url).unwrap());
        let now = "2027-06-01T12:00:00Z".parse().unwrap();
        let verdict = check(text.as_bytes(), &Circumstances { url: url.as_ref(), now, key: None });
        let described = |finding: &Finding| match (finding.span, finding.line.zip(finding.column)) {
            (Some(span), Some((line, column))) => {
                format!("{} {line}:{column} {}", finding.rule.code(), &text[span.start..span.end])
            }
            _ => finding.rule.code().to_owned(),
        };
        verdict.findings.iter().map(described).collect()
    }

    /// A valid, unsigned file.
    pub const PLAIN: &str = "Contact: https://example.com/\nExpires: 2027-10-31T00:00:00Z\n";

    #[test]
    fn only_an_error_makes_a_file_invalid() {
        let valid = |text: &str| {
            let now = "2027-06-01T12:00:00Z".parse().unwrap();
            check(text.as_bytes(), &Circumstances { url: None, now, key: None }).is_valid()
        };
        assert_eq!(found(PLAIN, None), ["S080"], "a recommendation");
        assert!(valid(PLAIN));
        assert!(!valid(&PLAIN.replace("2027", "2026")), "an end that has passed");
        assert!(!valid(""));
    }

    #[test]
    fn a_file_may_be_as_long_as_every_reader_reads() {
        let padded = |bytes: usize| format!("{PLAIN}#{}\n", "x".repeat(bytes - PLAIN.len() - 2));
        assert_eq!(found(&padded(32 * 1024), None), ["S080"]);
        assert_eq!(found(&padded(32 * 1024 + 1), None), ["S009", "S080"]);
        let lines = |count: usize| format!("{PLAIN}{}", "\n".repeat(count - 2));
        assert_eq!(found(&lines(1000), None), ["S080"]);
        assert_eq!(found(&lines(1001), None), ["S010", "S080"]);
    }

    #[test]
    fn a_web_page_is_told_as_such_and_not_line_by_line() {
        for page in
            ["<!DOCTYPE html>", "<HTML lang=en>", "<head>", "<?xml version='1.0'?>", "<body>"]
        {
            assert_eq!(found(&format!("{page}\nno field\n"), None), [format!("S012 1:1 {page}")]);
            assert_eq!(found(&format!("\n \n  {page}\n"), None), [format!("S012 3:1   {page}")]);
        }
        assert_eq!(
            found(&format!("{PLAIN}<html>\n"), None),
            ["S080", "S020 3:1 <html>"],
            "only where the file begins so"
        );
        assert_eq!(found(&format!("<!doc\n{PLAIN}"), None), ["S080", "S020 1:1 <!doc"]);
    }
}
