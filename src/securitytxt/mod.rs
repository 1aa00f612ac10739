//! Any security.txt, ours or a stranger's: its grammar (RFC 9116) and what is wrong with it.
//!
//! Bytes in, findings with places out. Nothing here fails or panics on hostile bytes, and the time it takes grows with the file.

mod characters;
mod dns;
mod envelope;
mod expires;
mod fields;
mod finding;
mod language;
mod mailto;
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
pub use finding::Finding;
pub use finding::Level;
pub use finding::Rule;
pub use language::is_tag;
pub use signature::Key;
pub use signature::can_sign;
pub use signature::clear_signed;

/// How many bytes a reader may stop at, section 5.4.
const LARGEST: usize = 32 << 10;
/// How many lines a reader may stop at, section 5.4.
const MOST_LINES: usize = 1000;

/// What a file is judged by, besides its bytes.
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
    /// Tells whether the file is one that RFC 9116 allows and that may be used now.
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

/// Returns the text of a file as findings name places in it: what is not UTF-8 is replaced.
pub fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Judges a file.
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
        findings.at(Rule::Html, page, 0..page.text.len(), "this is a web page, not a security.txt".to_owned());
        return findings.verdict(&text);
    }
    let envelope = Envelope::open(&lines, &mut findings);
    fields::check(&envelope, circumstances, &mut findings);
    signature::check(&text, &envelope, circumstances, &mut findings);
    findings.verdict(&text)
}

/// Returns the first line of a file that is a web page: what many servers answer for a file that is not there.
fn html<'a>(lines: &[Line<'a>]) -> Option<Line<'a>> {
    let first = lines.iter().find(|line| !line.text.trim().is_empty())?;
    let begins = |mark: &str| {
        let opening = first.text.trim_start_matches('\u{feff}').trim_start().as_bytes();
        opening.get(..mark.len()).is_some_and(|opening| opening.eq_ignore_ascii_case(mark.as_bytes()))
    };
    ["<!doctype", "<html", "<head", "<?xml", "<body"].into_iter().any(begins).then_some(*first)
}
