//! What can be wrong with a security.txt: every rule, how much it weighs, where it stands, and what to write instead.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::securitytxt::Line;
use crate::securitytxt::Verdict;
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
    /// Where, in the file's text; nothing where it is about the file as a whole.
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
    /// Bytes that are not UTF-8.
    NotUtf8 = "S001", Error, "4", "save the file as UTF-8";
    /// A byte-order mark at the beginning.
    ByteOrderMark = "S002", Error, "4", "save the file as UTF-8 without a byte-order mark";
    /// A control character.
    Control = "S003", Error, "2.1", "remove it: visible characters, spaces and tabs only";
    /// A carriage return that no line feed follows.
    LoneReturn = "S004", Error, "2.2", "end every line with a line feed, or with a carriage return and a line feed";
    /// A last line that does not end.
    NoLineEnd = "S005", Error, "2.2", "end the last line too";
    /// Characters that are not in Unicode's composed form, NFC.
    NotComposed = "S006", Error, "4", "write the letter with its mark as one character: Net-Unicode (RFC 5198) is NFC";
    /// A character above U+FFFFF.
    PrivateCharacter = "S007", Error, "2.1", "remove it: characters up to U+FFFFF only";
    /// A character that Net-Unicode advises against.
    OddCharacter = "S008", Recommendation, "4", "remove it: RFC 5198 advises against it";
    /// A file of more than 32 KB.
    TooLarge = "S009", Recommendation, "5.4", "keep it below 32 KB: a reader may stop there";
    /// A file of more than 1,000 lines.
    TooManyLines = "S010", Recommendation, "5.4", "keep it below 1,000 lines: a reader may stop there";
    /// A field of more than 2,048 characters.
    LongField = "S011", Recommendation, "5.4", "keep a field below 2,048 characters: a reader may stop there";
    /// A web page in place of a security.txt.
    Html = "S012", Error, "4", "serve the file itself, as `text/plain; charset=utf-8`";

    /// A line that is neither a field, a comment nor blank.
    NotAField = "S020", Error, "2", "write `Name: value` on one line, or begin a comment with `#`";
    /// A name that no field can have.
    FieldName = "S021", Error, "2", "write the name, then `:` at once: visible ASCII without spaces";
    /// A colon without the space behind it.
    NoSpace = "S022", Error, "4", "write exactly one space behind the colon";
    /// More than one space behind a colon.
    ManySpaces = "S023", Error, "4", "write exactly one space behind the colon";
    /// A field without a value.
    EmptyValue = "S024", Error, "2", "write a value, or remove the line";
    /// Several values in one field.
    Chained = "S025", Error, "2", "give each value a field and a line of its own";
    /// A value of an unregistered field that is not ASCII.
    NotAscii = "S026", Error, "4", "write the value in ASCII, or say it in a comment";
    /// A field that is not registered.
    UnknownField = "S027", Notice, "2.4", "readers ignore it";
    /// A field that is almost a registered one.
    Misspelled = "S028", Recommendation, "2.4", "readers ignore fields they do not know";

    /// Nobody to write to.
    NoContact = "S030", Error, "2.5.3", "add `Contact: mailto:security@…` or another address";
    /// No end.
    NoExpires = "S031", Error, "2.5.5", "add `Expires:` with a moment less than a year ahead, as in `2027-10-31T00:00:00Z`";
    /// More than one end.
    ManyExpires = "S032", Error, "2.5.5", "keep one `Expires`";
    /// More than one list of languages.
    ManyLanguages = "S033", Error, "2.5.8", "keep one `Preferred-Languages`, with its tags separated by commas";
    /// More than one word on bounties.
    ManyBugBounty = "S034", Error, "IANA", "keep one `Bug-Bounty`";

    /// A value that is no URI.
    NotUri = "S040", Error, "4", "write an address with its scheme: `https://…`, `mailto:…`, `tel:…`";
    /// A character that a URI cannot have.
    UriCharacter = "S041", Error, "4", "percent-encode it (RFC 3986 section 2.1), or remove it";
    /// An address on the web without encryption.
    NotHttps = "S042", Error, "2.5", "write `https://`";
    /// An address on the web without a host, or with a host or port that cannot be.
    BadHost = "S043", Error, "4", "write the address as in `https://example.com/page`";
    /// A mail address that is none.
    BadMailto = "S044", Error, "2.5.3", "write one mailbox, as in `mailto:security@example.com` (RFC 6068)";
    /// A telephone number that is none.
    BadTel = "S045", Error, "2.5.3", "write the number with its country and without spaces, as in `tel:+1-201-555-0123` (RFC 3966)";
    /// A place under `/.well-known/` that is not registered.
    WellKnown = "S046", Error, "6", "put it elsewhere: only registered names may lie under `/.well-known/` (RFC 8615)";
    /// A key in place of the address of a key.
    KeyItself = "S047", Error, "2.5.4", "write the address at which the key is: `https://…`, `dns:…` or `openpgp4fpr:…`";
    /// A fingerprint that is none.
    BadFingerprint = "S048", Error, "2.5.4", "write all digits of the fingerprint, 40 or 64, as in `openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f`";
    /// An address in the DNS that is none.
    BadDns = "S049", Error, "2.5.4", "write a name and a type, as in `dns:HASH._openpgpkey.example.com?type=OPENPGPKEY` (RFC 4501)";
    /// A scheme that few readers can follow.
    OddScheme = "S050", Recommendation, "2.5", "write `https://…`, in `Contact` also `mailto:…` or `tel:…`";
    /// A `+` in a mail address that many programs read as a space.
    PlainPlus = "S051", Recommendation, "2.5.3", "write `%2B` (RFC 6068)";
    /// A mailbox by another name than the usual one.
    OtherMailbox = "S052", Notice, "2.5.3", "RFC 2142 section 4 has `security@` for this";
    /// Mail without a key to encrypt it.
    NoEncryption = "S053", Recommendation, "2.5.3", "add `Encryption:` with the address of a key";
    /// A name or password in an address.
    UserInfo = "S054", Recommendation, "4", "remove what stands before the `@`";
    /// A DNS record that holds no key.
    DnsType = "S055", Recommendation, "2.5.4", "ask for the type, as in `?type=OPENPGPKEY`";
    /// A well-known name that is asked for and not registered.
    Requested = "S056", Notice, "6", "`openpgpkey` is widely used and not registered yet";

    /// An end that is no moment of RFC 3339.
    BadExpires = "S060", Error, "2.5.5", "write a moment with its zone, as in `2027-10-31T00:00:00Z` (RFC 3339)";
    /// An end that has passed.
    Expired = "S061", Error, "2.5.5", "look at the data again, then move `Expires`";
    /// An end a year ahead or more.
    FarExpires = "S062", Recommendation, "2.5.5", "less than a year is recommended";
    /// A language tag that is none.
    BadLanguage = "S065", Error, "2.5.8", "write tags such as `en` or `pt-BR`, separated by commas (RFC 5646)";
    /// A word on bounties that is none.
    BadBugBounty = "S066", Error, "IANA", "write `Bug-Bounty: True` or `Bug-Bounty: False`";
    /// A CSAF address of something else.
    BadCsaf = "S067", Error, "CSAF 2.0, 7.1.8", "write the address of a `provider-metadata.json`, with `https://`";
    /// Several CSAF fields.
    ManyCsaf = "S068", Recommendation, "CSAF 2.0, 7.1.8", "keep one, or put the one that matters first";

    /// A file that does not list the address it is served from.
    NotCanonical = "S070", Error, "2.5.2", "add the address to the `Canonical` fields, or do not trust the file";
    /// A canonical address at which no security.txt is looked for.
    CanonicalPlace = "S071", Recommendation, "3", "write an address that ends in `/.well-known/security.txt`";
    /// A signature that does not say for which address.
    NoCanonical = "S072", Recommendation, "2.3", "add `Canonical:`, so that the signature vouches for the address too";
    /// A file served without encryption.
    PlainAddress = "S073", Error, "3", "serve it over `https://`";
    /// A file served from where nobody looks.
    OtherPlace = "S074", Error, "3", "serve it at `/.well-known/security.txt`";
    /// A file served from the old place.
    OldPlace = "S075", Recommendation, "3", "serve it at `/.well-known/security.txt`, and keep a copy or a redirect here";

    /// A file without a signature.
    NotSigned = "S080", Recommendation, "2.3", "sign it with OpenPGP, as in `gpg --clearsign`";
    /// A signed file in another form than OpenPGP's.
    BadEnvelope = "S081", Error, "4", "sign the text again, as in `gpg --clearsign`";
    /// Something behind the signature.
    AfterSignature = "S082", Error, "4", "remove it: nothing follows the signature";
    /// A line of signed text that begins with a dash.
    NotEscaped = "S083", Error, "4", "write `- ` before it, or sign the text again";
    /// Headers of a signed text other than those of RFC 9116.
    BadHash = "S084", Error, "4", "write one or more lines as `Hash: SHA256`, then an empty line";
    /// A header of a signed text that stands where fields are.
    HashField = "S085", Notice, "4", "`Hash:` belongs above a signed text; here it is a field that nobody reads";
    /// A signature by a digest that is broken.
    WeakHash = "S086", Recommendation, "2.3", "sign with SHA-256 or better";
    /// A signature that does not hold.
    BadSignature = "S087", Error, "2.3", "sign the text again: it was changed, or the key is another";
    /// A signature that has ended.
    SignatureExpired = "S088", Error, "2.3", "sign the text again";
    /// A key that has ended or was revoked.
    KeyExpired = "S089", Error, "2.3", "extend the key, or sign with another";
    /// A key that ends before the file does.
    KeyEndsFirst = "S090", Recommendation, "2.3", "extend the key, or let the file end before it";
    /// A signature that nobody proved.
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
    pub fn at(&mut self, rule: Rule, line: Line<'_>, range: Range<usize>, message: impl Into<String>) {
        self.told(rule, line, range, message, rule.section(), rule.help());
    }

    /// Adds a finding about a stretch of a line, with the section and the help of this case.
    pub fn told(
        &mut self,
        rule: Rule,
        line: Line<'_>,
        range: Range<usize>,
        message: impl Into<String>,
        section: &'static str,
        help: impl Into<String>,
    ) {
        if self.seen.insert((rule, line.start)) {
            self.add(rule, Some(Span::from(range).shift(line.start)), message.into(), section, help.into());
        }
    }

    fn add(&mut self, rule: Rule, span: Option<Span>, message: String, section: &'static str, help: String) {
        self.found.push(Finding { rule, message, section, help, span, line: None, column: None });
    }

    /// Returns all findings in the order of the text, each with its line and column.
    pub fn verdict(mut self, text: &str) -> Verdict {
        self.found.sort_by_key(|finding| (finding.span.map(|span| (span.start, span.end)), finding.rule));
        let (mut line, mut start, mut from) = (1, text.len() - text.trim_start_matches('\u{feff}').len(), 0);
        for finding in &mut self.found {
            let Some(span) = finding.span else {
                continue;
            };
            let passed = &text[from..span.start];
            line += passed.matches('\n').count();
            start = passed.rfind('\n').map_or(start, |end| from + end + 1);
            from = span.start;
            finding.line = Some(line);
            finding.column = Some(1 + text.get(start..span.start).map_or(0, |before| before.chars().count()));
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
        assert!(Rule::ALL.iter().all(|rule| !rule.help().is_empty() && !rule.section().is_empty() && rule.about().ends_with('.')));
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
        let told = verdict.findings.iter().map(|found| (found.message.as_str(), found.line, found.column));
        let places =
            [("all", None, None), ("a", Some(1), Some(1)), ("b", Some(1), Some(4)), ("c", Some(3), Some(2)), ("d", Some(3), Some(4))];
        assert_eq!(told.collect::<Vec<_>>(), places);
        assert_eq!(verdict.findings[1].span, Some(Span::new(3, 4)));
        assert_eq!(verdict.findings[0].help, Rule::NoContact.help());
    }

    #[test]
    fn a_finding_weighs_what_its_rule_says() {
        let words = [Rule::NotUtf8, Rule::NotSigned, Rule::UnknownField].map(|rule| rule.level().as_str());
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
