//! What can be wrong with a security.txt: every rule, how much it weighs, where it stands, and what
//! to write instead.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::securitytxt::{Line, Verdict};
use crate::tree::Span;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The file is not valid, or must not be used any more.
    Error,
    /// The file is valid and could serve its readers better.
    Recommendation,
    /// Worth knowing.
    Notice,
}

impl Level {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Recommendation => "recommendation",
            Level::Notice => "notice",
        }
    }
}

/// Something that was found in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of finding it is.
    pub rule: Rule,
    /// What is wrong.
    pub message: String,
    /// The section of RFC 9116 that says so, or the document where it is another.
    pub section: &'static str,
    /// What to write instead.
    pub help: String,
    /// Where, in the file's text; `None` if it is about the file as a whole.
    pub span: Option<Span>,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// The column in characters, counted from 1.
    pub column: Option<usize>,
}

impl Finding {
    /// Returns how much it weighs.
    pub fn level(&self) -> Level {
        self.rule.level()
    }
}

macro_rules! rules {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $level:ident, $section:literal, $help:literal;)+) => {
        /// What kind of finding it is. A code is never given to another kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Rule {
            /// Every rule, in order.
            pub const ALL: &[Rule] = &[$(Rule::$name,)+];

            /// Returns the code as it is printed.
            pub fn code(self) -> &'static str {
                match self {
                    $(Rule::$name => $code,)+
                }
            }

            /// Returns how much a finding of the kind weighs.
            pub fn level(self) -> Level {
                match self {
                    $(Rule::$name => Level::$level,)+
                }
            }

            /// Returns what it is about, as a sentence.
            pub fn about(self) -> &'static str {
                match self {
                    $(Rule::$name => concat!($($doc),+),)+
                }
            }

            /// Returns the section of RFC 9116 it usually comes from.
            pub fn section(self) -> &'static str {
                match self {
                    $(Rule::$name => $section,)+
                }
            }

            /// Returns what to write instead.
            pub fn help(self) -> &'static str {
                match self {
                    $(Rule::$name => $help,)+
                }
            }
        }
    };
}

rules! {
    /// Not valid UTF-8.
    NotUtf8 = "S001", Error, "4", "save the file as UTF-8";
    /// Byte-order mark at the start of the file.
    ByteOrderMark = "S002", Error, "4", "save the file as UTF-8 without a byte-order mark";
    /// Control character.
    Control = "S003", Error, "2.1", "remove it: visible characters, spaces and tabs only";
    /// Carriage return without a line feed.
    LoneReturn = "S004", Error, "2.2", "end every line with a line feed, or with a carriage return and a line feed";
    /// No line ending on the last line.
    NoLineEnd = "S005", Error, "2.2", "end the last line too";
    /// Text not in Unicode normalization form C (NFC).
    NotComposed = "S006", Error, "4", "write the letter with its mark as one character: Net-Unicode (RFC 5198) is NFC";
    /// Character above U+FFFFF.
    PrivateCharacter = "S007", Error, "2.1", "remove it: characters up to U+FFFFF only";
    /// Character that Net-Unicode advises against.
    OddCharacter = "S008", Recommendation, "4", "remove it: RFC 5198 advises against it";
    /// File larger than 32 KB.
    TooLarge = "S009", Recommendation, "5.4", "keep it below 32 KB: a reader may stop there";
    /// File longer than 1,000 lines.
    TooManyLines = "S010", Recommendation, "5.4", "keep it below 1,000 lines: a reader may stop there";
    /// Field longer than 2,048 characters.
    LongField = "S011", Recommendation, "5.4", "keep a field below 2,048 characters: a reader may stop there";
    /// Web page instead of a security.txt.
    Html = "S012", Error, "4", "serve the file itself, as `text/plain; charset=utf-8`";

    /// Line that is not a field, a comment or blank.
    NotAField = "S020", Error, "2", "write `Name: value` on one line, or begin a comment with `#`";
    /// Invalid field name.
    FieldName = "S021", Error, "2", "write the name, then `:` at once: visible ASCII without spaces";
    /// No space after the colon.
    NoSpace = "S022", Error, "4", "write exactly one space behind the colon";
    /// More than one space after the colon.
    ManySpaces = "S023", Error, "4", "write exactly one space behind the colon";
    /// Field without a value.
    EmptyValue = "S024", Error, "2", "write a value, or remove the line";
    /// Several values in one field.
    Chained = "S025", Error, "2", "give each value a field and a line of its own";
    /// Non-ASCII value in an unregistered field.
    NotAscii = "S026", Error, "4", "write the value in ASCII, or say it in a comment";
    /// Unregistered field.
    UnknownField = "S027", Notice, "2.4", "readers ignore it";
    /// Unregistered field with a name close to a registered one.
    Misspelled = "S028", Recommendation, "2.4", "readers ignore fields they do not know";

    /// No Contact.
    NoContact = "S030", Error, "2.5.3", "add `Contact: mailto:security@…` or another address";
    /// No Expires.
    NoExpires = "S031", Error, "2.5.5", "add `Expires:` with a moment less than a year ahead, as in `2027-10-31T00:00:00Z`";
    /// More than one Expires.
    ManyExpires = "S032", Error, "2.5.5", "keep one `Expires`";
    /// More than one Preferred-Languages.
    ManyLanguages = "S033", Error, "2.5.8", "keep one `Preferred-Languages`, with its tags separated by commas";
    /// More than one Bug-Bounty.
    ManyBugBounty = "S034", Error, "IANA", "keep one `Bug-Bounty`";

    /// Value that is not a URI.
    NotUri = "S040", Error, "4", "write an address with its scheme: `https://…`, `mailto:…`, `tel:…`";
    /// Character not allowed in a URI.
    UriCharacter = "S041", Error, "4", "percent-encode it (RFC 3986 section 2.1), or remove it";
    /// Web address without HTTPS.
    NotHttps = "S042", Error, "2.5", "write `https://`";
    /// Web address with a missing or invalid host or port.
    BadHost = "S043", Error, "4", "write the address as in `https://example.com/page`";
    /// Invalid mail address.
    BadMailto = "S044", Error, "2.5.3", "write one mailbox, as in `mailto:security@example.com` (RFC 6068)";
    /// Invalid telephone number.
    BadTel = "S045", Error, "2.5.3", "write the number with its country and without spaces, as in `tel:+1-201-555-0123` (RFC 3966)";
    /// Unregistered name under `/.well-known/`.
    WellKnown = "S046", Error, "6", "put it elsewhere: only registered names may lie under `/.well-known/` (RFC 8615)";
    /// Key instead of the address of a key.
    KeyItself = "S047", Error, "2.5.4", "write the address at which the key is: `https://…`, `dns:…` or `openpgp4fpr:…`";
    /// Invalid fingerprint.
    BadFingerprint = "S048", Error, "2.5.4", "write all digits of the fingerprint, 40 or 64, as in `openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f`";
    /// Invalid `dns:` address.
    BadDns = "S049", Error, "2.5.4", "write a name and a type, as in `dns:HASH._openpgpkey.example.com?type=OPENPGPKEY` (RFC 4501)";
    /// Scheme that few programs support.
    OddScheme = "S050", Recommendation, "2.5", "write `https://…`, in `Contact` also `mailto:…` or `tel:…`";
    /// Plain `+` in a mail address, which many programs read as a space.
    PlainPlus = "S051", Recommendation, "2.5.3", "write `%2B` (RFC 6068)";
    /// Mailbox not named `security@`.
    OtherMailbox = "S052", Notice, "2.5.3", "RFC 2142 section 4 has `security@` for this";
    /// Mail contact without an Encryption field.
    NoEncryption = "S053", Recommendation, "2.5.3", "add `Encryption:` with the address of a key";
    /// User name or password in an address.
    UserInfo = "S054", Recommendation, "4", "remove what stands before the `@`";
    /// DNS record type that holds no key.
    DnsType = "S055", Recommendation, "2.5.4", "ask for the type, as in `?type=OPENPGPKEY`";
    /// Well-known name that is requested but not yet registered.
    Requested = "S056", Notice, "6", "`openpgpkey` is widely used and not registered yet";

    /// Expires is not an RFC 3339 date and time.
    BadExpires = "S060", Error, "2.5.5", "write a moment with its zone, as in `2027-10-31T00:00:00Z` (RFC 3339)";
    /// Expires is in the past.
    Expired = "S061", Error, "2.5.5", "look at the data again, then move `Expires`";
    /// Expires is a year or more ahead.
    FarExpires = "S062", Recommendation, "2.5.5", "less than a year is recommended";
    /// Invalid language tag.
    BadLanguage = "S065", Error, "2.5.8", "write tags such as `en` or `pt-BR`, separated by commas (RFC 5646)";
    /// Bug-Bounty is neither True nor False.
    BadBugBounty = "S066", Error, "IANA", "write `Bug-Bounty: True` or `Bug-Bounty: False`";
    /// CSAF is not the address of a `provider-metadata.json`.
    BadCsaf = "S067", Error, "CSAF 2.0, 7.1.8", "write the address of a `provider-metadata.json`, with `https://`";
    /// More than one CSAF field.
    ManyCsaf = "S068", Recommendation, "CSAF 2.0, 7.1.8", "keep one, or put the one that matters first";

    /// Canonical does not list the address the file is served from.
    NotCanonical = "S070", Error, "2.5.2", "add the address to the `Canonical` fields, or do not trust the file";
    /// Canonical address at which no program looks for a security.txt.
    CanonicalPlace = "S071", Recommendation, "3", "write an address that ends in `/.well-known/security.txt`";
    /// Signed file without Canonical.
    NoCanonical = "S072", Recommendation, "2.3", "add `Canonical:`, so that the signature vouches for the address too";
    /// File not served over HTTPS.
    PlainAddress = "S073", Error, "3", "serve it over `https://`";
    /// File served at an address where no program looks for it.
    OtherPlace = "S074", Error, "3", "serve it at `/.well-known/security.txt`";
    /// File served at `/security.txt`, the address used before RFC 9116.
    OldPlace = "S075", Recommendation, "3", "serve it at `/.well-known/security.txt`, and keep a copy or a redirect here";

    /// File not signed.
    NotSigned = "S080", Recommendation, "2.3", "sign it with OpenPGP, as in `gpg --clearsign`";
    /// Signed in a form other than the OpenPGP cleartext framework.
    BadEnvelope = "S081", Error, "4", "sign the text again, as in `gpg --clearsign`";
    /// Content after the signature.
    AfterSignature = "S082", Error, "4", "remove it: nothing follows the signature";
    /// Line of signed text that starts with an unescaped dash.
    NotEscaped = "S083", Error, "4", "write `- ` before it, or sign the text again";
    /// Invalid headers in the signed text.
    BadHash = "S084", Error, "4", "write one or more lines as `Hash: SHA256`, then an empty line";
    /// `Hash:` header among the fields.
    HashField = "S085", Notice, "4", "`Hash:` belongs above a signed text; here it is a field that nobody reads";
    /// Signature made with a broken digest algorithm.
    WeakHash = "S086", Recommendation, "2.3", "sign with SHA-256 or better";
    /// Signature does not verify.
    BadSignature = "S087", Error, "2.3", "sign the text again: it was changed, or the key is another";
    /// Signature has expired.
    SignatureExpired = "S088", Error, "2.3", "sign the text again";
    /// Signing key has expired or was revoked.
    KeyExpired = "S089", Error, "2.3", "extend the key, or sign with another";
    /// Signing key expires before the file does.
    KeyEndsFirst = "S090", Recommendation, "2.3", "extend the key, or let the file end before it";
    /// Signature not verified.
    Unproved = "S091", Notice, "2.3", "give the key with `--key FILE`";
}

/// The findings of one file as they come in.
#[derive(Default)]
pub struct Findings {
    found: Vec<Finding>,
    /// A rule is reported once for each line.
    seen: BTreeSet<(Rule, usize)>,
}

impl Findings {
    /// Adds a finding about the file as a whole.
    pub fn whole(&mut self, rule: Rule, message: impl Into<String>) {
        self.add(rule, None, message.into(), rule.section(), rule.help().to_owned());
    }

    /// Adds a finding about a stretch of a line.
    pub fn at(
        &mut self,
        rule: Rule,
        line: Line<'_>,
        range: Range<usize>,
        message: impl Into<String>,
    ) {
        self.report_as(rule, line, range, message, rule.section(), rule.help());
    }

    /// Adds a finding about a stretch of a line, with the section and the help of this case.
    pub fn report_as(
        &mut self,
        rule: Rule,
        line: Line<'_>,
        range: Range<usize>,
        message: impl Into<String>,
        section: &'static str,
        help: impl Into<String>,
    ) {
        if self.seen.insert((rule, line.start)) {
            self.add(
                rule,
                Some(Span::from(range).shift(line.start)),
                message.into(),
                section,
                help.into(),
            );
        }
    }

    fn add(
        &mut self,
        rule: Rule,
        span: Option<Span>,
        message: String,
        section: &'static str,
        help: String,
    ) {
        self.found.push(Finding { rule, message, section, help, span, line: None, column: None });
    }

    /// Returns all findings in the order of the text, each with its line and column.
    pub fn verdict(mut self, text: &str) -> Verdict {
        self.found
            .sort_by_key(|finding| (finding.span.map(|span| (span.start, span.end)), finding.rule));
        let (mut line, mut start, mut from) =
            (1, text.len() - text.trim_start_matches('\u{feff}').len(), 0);
        for finding in &mut self.found {
            let Some(span) = finding.span else {
                continue;
            };
            let passed = &text[from..span.start];
            line += passed.matches('\n').count();
            start = passed.rfind('\n').map_or(start, |end| from + end + 1);
            from = span.start;
            finding.line = Some(line);
            finding.column =
                Some(1 + text.get(start..span.start).map_or(0, |before| before.chars().count()));
        }
        Verdict { findings: self.found }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_belongs_to_one_rule_and_every_rule_says_what_to_do() {
        let codes: BTreeSet<&str> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
        assert!(Rule::ALL.iter().all(|rule| !rule.help().is_empty()
            && !rule.section().is_empty()
            && rule.about().ends_with('.')));
    }

    #[test]
    fn findings_stand_in_the_order_of_the_text_each_once_a_line() {
        let text = "\u{feff}aé b\n\nüc d\n";
        let (first, third) = (Line { text: "aé b", start: 3 }, Line { text: "üc d", start: 10 });
        let mut findings = Findings::default();
        findings.at(Rule::Control, third, 4..5, "d");
        findings.at(Rule::Control, third, 2..3, "c again");
        findings.at(Rule::NotAField, third, 2..3, "c");
        findings.at(Rule::NotAField, first, 4..5, "b");
        findings.at(Rule::Control, first, 0..1, "a");
        findings.whole(Rule::NoContact, "all");
        let verdict = findings.verdict(text);
        let described =
            verdict.findings.iter().map(|found| (found.message.as_str(), found.line, found.column));
        let places = [
            ("all", None, None),
            ("a", Some(1), Some(1)),
            ("b", Some(1), Some(4)),
            ("c", Some(3), Some(2)),
            ("d", Some(3), Some(4)),
        ];
        assert_eq!(described.collect::<Vec<_>>(), places);
        assert_eq!(verdict.findings[1].span, Some(Span::new(3, 4)));
        assert_eq!(verdict.findings[0].help, Rule::NoContact.help());
    }

    #[test]
    fn a_finding_weighs_what_its_rule_says() {
        let words =
            [Rule::NotUtf8, Rule::NotSigned, Rule::UnknownField].map(|rule| rule.level().as_str());
        assert_eq!(words, ["error", "recommendation", "notice"]);
        let finding = |rule: Rule| Finding {
            rule,
            message: String::new(),
            section: rule.section(),
            help: String::new(),
            span: None,
            line: None,
            column: None,
        };
        assert!(Rule::ALL.iter().all(|rule| finding(*rule).level() == rule.level()));
    }
}
