//! What security.txt says beyond the contacts, and how it is signed.

use jiff::Timestamp;

use crate::model::{Now, Placed};
use crate::securitytxt;
use crate::securitytxt::Key;
use crate::tree::{File, Span};

/// What security.txt says beyond the contacts, RFC 9116.
#[derive(Clone, Debug)]
pub struct SecurityTxt {
    /// Where its author wrote it.
    pub span: Span,
    /// Its end as `site.yaml` has it: what holds until a review records another.
    pub typed: Option<Placed<Timestamp>>,
    /// Its end as the newest review has it.
    pub recorded: Option<Timestamp>,
    /// The languages reports may be written in, as BCP 47 tags.
    pub languages: Vec<String>,
    /// The policy that says how reports are handled.
    pub policy: Option<Placed<String>>,
    /// Further addresses that it is served from.
    pub canonical: Vec<String>,
    /// Where keys are.
    pub encryption: Vec<String>,
    /// Where open positions are.
    pub hiring: Vec<String>,
    /// Where advisories are listed for machines.
    pub csaf: Vec<String>,
    /// Whether reports may be rewarded.
    pub bug_bounty: Option<bool>,
    /// Whether a copy lies at `/security.txt`, where it was before RFC 9116.
    pub copy: bool,
    /// How many days before its end the maintainer is told.
    pub warn_days: i64,
    /// How many days before the end of its key the maintainer is told.
    pub key_warn_days: i64,
    /// The key of the organisation, which is published.
    pub key: Option<PublicKey>,
    /// What signs it.
    pub sign_with: Option<SignWith>,
    /// The signed text, where it is signed.
    pub signed: Option<File>,
}

/// A public key that lies in the content folder.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// Its file's name.
    pub name: Placed<String>,
    /// The file.
    pub file: File,
    /// The key in it.
    pub key: Key,
}

/// What signs security.txt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignWith {
    /// A secret key that is given when it is signed.
    Key,
    /// A program that reads the text and writes the signed text, with its arguments.
    Program(Vec<String>),
}

impl SecurityTxt {
    /// The file of the content folder that holds the signed text.
    pub const SIGNED: &str = "security.txt.asc";
    /// How many days before an end the maintainer is told, where `site.yaml` says nothing else.
    pub const WARN_DAYS: i64 = 30;
    /// How many days ahead `Expires` is at most: "less than a year", RFC 9116 section 2.5.5.
    pub const LONGEST_DAYS: i64 = 364;

    /// Returns when its data should no longer be trusted.
    pub fn expires(&self) -> Option<Timestamp> {
        self.recorded.or(self.typed.as_ref().map(|typed| typed.value))
    }

    /// Returns the span of `expires`, or of `security_txt` if it is not set.
    pub fn place(&self) -> Span {
        self.typed.as_ref().map_or(self.span, |typed| typed.span)
    }

    /// Returns when its key expires; `None` if never, or if it has no key.
    pub fn key_ends(&self) -> Option<Timestamp> {
        self.key.as_ref().and_then(|key| key.key.ends)
    }

    /// Returns when the signature of the signed text expires; `None` if never, or if it could not
    /// be verified.
    pub fn signature_ends(&self) -> Option<Timestamp> {
        let (key, signed) = (self.key.as_ref()?, self.signed.as_ref()?);
        key.key.signature_ends(&securitytxt::text(signed.bytes()))
    }

    /// Returns true if it has expired or has no expiry date.
    pub fn is_over(&self, now: Now) -> bool {
        self.expires().is_none_or(|end| end <= now.moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn security_txt() -> SecurityTxt {
        SecurityTxt {
            span: Span::new(1, 2),
            typed: None,
            recorded: None,
            languages: Vec::new(),
            policy: None,
            canonical: Vec::new(),
            encryption: Vec::new(),
            hiring: Vec::new(),
            csaf: Vec::new(),
            bug_bounty: None,
            copy: false,
            warn_days: SecurityTxt::WARN_DAYS,
            key_warn_days: SecurityTxt::WARN_DAYS,
            key: None,
            sign_with: None,
            signed: None,
        }
    }

    #[test]
    fn the_newest_review_moves_the_end() {
        let typed = Some(Placed {
            value: "2027-01-01T23:30:00-01:00".parse().unwrap(),
            span: Span::new(3, 4),
        });
        let typed = SecurityTxt { typed, ..security_txt() };
        let over = |moment: &str| {
            typed.is_over(Now::at(moment.parse().unwrap(), &jiff::tz::TimeZone::UTC))
        };
        assert_eq!(
            ["2027-01-02T00:29:59Z", "2027-01-02T00:30:00Z", "2027-01-03T00:00:00Z"].map(over),
            [false, true, true]
        );
        assert_eq!((typed.place(), security_txt().place()), (Span::new(3, 4), Span::new(1, 2)));
        let recorded =
            SecurityTxt { recorded: Some("2027-06-01T00:00:00Z".parse().unwrap()), ..typed };
        assert_eq!(recorded.expires().unwrap().to_string(), "2027-06-01T00:00:00Z");
        assert_eq!(
            (security_txt().expires(), security_txt().key_ends(), security_txt().signature_ends()),
            (None, None, None)
        );
    }
}
