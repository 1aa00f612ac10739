//! The fields of a file, RFC 9116 section 2: each by itself, and all together.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use url::Url;

use crate::diagnostic::nearest;
use crate::securitytxt::Circumstances;
use crate::securitytxt::Level;
use crate::securitytxt::Line;
use crate::securitytxt::Rule;
use crate::securitytxt::dns;
use crate::securitytxt::envelope::Envelope;
use crate::securitytxt::expires::moment;
use crate::securitytxt::finding::Findings;
use crate::securitytxt::language::is_tag;
use crate::securitytxt::mailto;
use crate::securitytxt::tel;
use crate::securitytxt::uri;
use crate::securitytxt::uri::Fault;
use crate::securitytxt::uri::Uri;
use crate::securitytxt::well_known;

/// How many characters of a field a reader may stop at, section 5.4.
const LONGEST_FIELD: usize = 2048;

/// A registered field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Name {
    Acknowledgments,
    Canonical,
    Contact,
    Encryption,
    Expires,
    Hiring,
    Policy,
    PreferredLanguages,
    Csaf,
    BugBounty,
}

impl Name {
    const ALL: [(Name, &str, &str); 10] = [
        (Name::Acknowledgments, "Acknowledgments", "2.5.1"),
        (Name::Canonical, "Canonical", "2.5.2"),
        (Name::Contact, "Contact", "2.5.3"),
        (Name::Encryption, "Encryption", "2.5.4"),
        (Name::Expires, "Expires", "2.5.5"),
        (Name::Hiring, "Hiring", "2.5.6"),
        (Name::Policy, "Policy", "2.5.7"),
        (Name::PreferredLanguages, "Preferred-Languages", "2.5.8"),
        (Name::Csaf, "CSAF", "CSAF 2.0, 7.1.8"),
        (Name::BugBounty, "Bug-Bounty", "IANA"),
    ];

    /// Returns the field of this name; the case of its letters does not matter.
    fn read(text: &str) -> Option<Name> {
        Name::ALL.iter().find(|(_, name, _)| name.eq_ignore_ascii_case(text)).map(|(field, ..)| *field)
    }

    /// Returns its name as it is written.
    fn as_str(self) -> &'static str {
        Name::ALL[self as usize].1
    }

    /// Returns the section that defines it.
    fn section(self) -> &'static str {
        Name::ALL[self as usize].2
    }
}

/// A field as it stands in a file.
#[derive(Clone, Copy)]
struct Field<'a> {
    line: Line<'a>,
    value: &'a str,
    /// The first byte of the value in the line.
    at: usize,
}

impl Field<'_> {
    fn range(&self) -> std::ops::Range<usize> {
        self.at..self.at + self.value.len()
    }
}

/// Reports what is wrong with the fields of a file.
pub fn check(envelope: &Envelope<'_>, circumstances: &Circumstances<'_>, findings: &mut Findings) {
    let mut fields: BTreeMap<Name, Vec<Field<'_>>> = BTreeMap::new();
    for line in &envelope.body {
        let Some((name, field)) = field(*line, findings) else {
            continue;
        };
        match Name::read(name) {
            Some(name) => {
                value(name, field, circumstances, findings);
                fields.entry(name).or_default().push(field);
            }
            None => unknown(name, field, findings),
        }
    }
    let of = |name: Name| fields.get(&name).map_or(&[][..], Vec::as_slice);
    if of(Name::Contact).is_empty() {
        findings.whole(Rule::NoContact, "there is no `Contact`");
    }
    if of(Name::Expires).is_empty() {
        findings.whole(Rule::NoExpires, "there is no `Expires`");
    }
    for (name, rule) in [
        (Name::Expires, Rule::ManyExpires),
        (Name::PreferredLanguages, Rule::ManyLanguages),
        (Name::BugBounty, Rule::ManyBugBounty),
        (Name::Csaf, Rule::ManyCsaf),
    ] {
        for field in of(name).iter().skip(1) {
            findings.at(rule, field.line, 0..field.line.text.len(), format!("`{}` stands twice", name.as_str()));
        }
    }
    let mail = of(Name::Contact).iter().find(|contact| Uri::split(contact.value).is_some_and(|uri| uri.is("mailto")));
    if let Some(mail) = mail.filter(|_| of(Name::Encryption).is_empty()) {
        findings.at(Rule::NoEncryption, mail.line, mail.range(), "mail is asked for and no key is offered");
    }
    canonical(envelope, of(Name::Canonical), circumstances, findings);
}

/// Splits a line into the name and the value of a field; nothing for a comment, a blank line, or a line that is none of these.
fn field<'a>(line: Line<'a>, findings: &mut Findings) -> Option<(&'a str, Field<'a>)> {
    let text = line.text.trim_end_matches([' ', '\t']);
    if text.is_empty() || text.starts_with('#') {
        return None;
    }
    if text.starts_with([' ', '\t']) {
        findings.at(Rule::NotAField, line, 0..text.len(), "a line cannot begin with a space: a field is never folded over two lines");
        return None;
    }
    let Some((name, after)) = text.split_once(':') else {
        findings.at(Rule::NotAField, line, 0..text.len(), "this line is neither a field nor a comment");
        return None;
    };
    if name.is_empty() {
        findings.at(Rule::FieldName, line, 0..1, "a field without a name");
        return None;
    }
    let known = name.trim_end();
    if known.len() < name.len() {
        findings.at(Rule::FieldName, line, known.len()..name.len(), "a space before the colon");
    } else if let Some((at, letter)) = name.char_indices().find(|(_, letter)| !letter.is_ascii_graphic()) {
        let message = match letter {
            ' ' => "a space in the name of a field".to_owned(),
            _ => format!("`{}` in the name of a field", letter.escape_debug()),
        };
        // Control characters are reported as such.
        if !letter.is_ascii_control() {
            findings.at(Rule::FieldName, line, at..at + letter.len_utf8(), message);
        }
        return None;
    }
    let value = after.trim_start_matches([' ', '\t']);
    let at = text.len() - value.len();
    if value.is_empty() {
        findings.at(Rule::EmptyValue, line, 0..text.len(), format!("`{known}` has no value"));
        return None;
    }
    if !after.starts_with(' ') {
        findings.at(Rule::NoSpace, line, name.len()..at + 1, "there is no space behind the colon");
    } else if at > name.len() + 2 && Name::read(known).is_some() {
        findings.at(Rule::ManySpaces, line, name.len() + 2..at, "more than one space behind the colon");
    }
    if text.chars().count() > LONGEST_FIELD {
        findings.at(Rule::LongField, line, 0..text.len(), format!("a field of {} characters", text.chars().count()));
    }
    Some((known, Field { line, value, at }))
}

fn unknown(name: &str, field: Field<'_>, findings: &mut Findings) {
    if let Some((at, letter)) = field.value.char_indices().find(|(_, letter)| !letter.is_ascii()) {
        let at = field.at + at;
        return findings.at(Rule::NotAscii, field.line, at..at + letter.len_utf8(), "the value of a field is ASCII");
    }
    let here = 0..name.len();
    if name.eq_ignore_ascii_case("hash") {
        findings.at(Rule::HashField, field.line, here, "`Hash:` is no field of security.txt");
        return;
    }
    // Neither a name that says it is its owner's, nor one longer than any other, is a slip of the finger.
    let slip = name.len() <= 24 && !name.as_bytes()[..name.len().min(2)].eq_ignore_ascii_case(b"x-");
    let meant = Some(name).filter(|_| slip).and_then(|name| {
        let names = Name::ALL.iter().map(|(_, known, _)| (*known, known.to_ascii_lowercase())).collect::<Vec<_>>();
        let near = nearest(&name.to_ascii_lowercase(), names.iter().map(|(_, lower)| lower.as_str()))?.to_owned();
        names.into_iter().find(|(_, lower)| *lower == near).map(|(known, _)| known)
    });
    match meant {
        Some(meant) => {
            let help = format!("write `{meant}`: readers ignore fields they do not know");
            findings.told(Rule::Misspelled, field.line, here, format!("`{name}` is not registered"), Rule::Misspelled.section(), help);
        }
        None => findings.at(Rule::UnknownField, field.line, here, format!("`{name}` is not registered")),
    }
}

/// Reports what is wrong with the value of a registered field.
fn value(name: Name, field: Field<'_>, circumstances: &Circumstances<'_>, findings: &mut Findings) {
    match name {
        Name::Expires => expires(field, circumstances, findings),
        Name::PreferredLanguages => languages(field, findings),
        Name::BugBounty => match field.value {
            "True" | "False" => {}
            _ => findings.at(Rule::BadBugBounty, field.line, field.range(), "`Bug-Bounty` is `True` or `False`"),
        },
        _ => {
            for fault in address(name, field.value) {
                let range = field.at + fault.range.start..field.at + fault.range.end;
                let own = matches!(fault.rule, Rule::WellKnown | Rule::Requested | Rule::Chained | Rule::CanonicalPlace);
                let section = if own { fault.rule.section() } else { name.section() };
                let help = fault.help.unwrap_or_else(|| fault.rule.help());
                findings.told(fault.rule, field.line, range, fault.message, section, help);
            }
        }
    }
}

fn expires(field: Field<'_>, circumstances: &Circumstances<'_>, findings: &mut Findings) {
    let end = match moment(field.value) {
        Ok(end) => end,
        Err(problem) => return findings.at(Rule::BadExpires, field.line, field.range(), problem),
    };
    let now = circumstances.now;
    if end < now {
        findings.at(Rule::Expired, field.line, field.range(), format!("this was over on {}", end.to_zoned(TimeZone::UTC).date()));
    }
    let year = now.to_zoned(TimeZone::UTC).checked_add(1.year());
    if year.is_ok_and(|year| end >= year.timestamp()) {
        findings.at(Rule::FarExpires, field.line, field.range(), "this is a year ahead or more");
    }
}

fn languages(field: Field<'_>, findings: &mut Findings) {
    let mut at = field.at;
    for part in field.value.split(',') {
        let tag = part.trim_matches([' ', '\t']);
        let start = at + (part.len() - part.trim_start_matches([' ', '\t']).len());
        if !is_tag(tag) {
            let message = match tag {
                "" => "a comma without a language".to_owned(),
                _ => format!("`{}` is no language tag", tag.escape_debug()),
            };
            findings.at(Rule::BadLanguage, field.line, start..start + tag.len(), message);
        }
        at += part.len() + 1;
    }
}

/// Returns why an address cannot be in a field, and what to write instead.
pub fn refused(name: &str, value: &str) -> Option<(String, &'static str)> {
    let faults = address(Name::read(name)?, value);
    let fault = faults.into_iter().find(|fault| fault.rule.level() == Level::Error)?;
    Some((fault.message, fault.help.unwrap_or_else(|| fault.rule.help())))
}

/// Returns what is wrong with the address in a field.
fn address(name: Name, value: &str) -> Vec<Fault> {
    let whole = 0..value.len();
    if name == Name::Encryption
        && (value.starts_with("-----BEGIN") || value.get(..5).is_some_and(|begin| begin.eq_ignore_ascii_case("data:")))
    {
        return vec![Fault::new(Rule::KeyItself, whole, "a key stands in place of its address")];
    }
    if let Some(second) = uri::second(value) {
        return vec![Fault::new(Rule::Chained, second..value.len(), "a second address in one field")];
    }
    let Some(uri) = Uri::split(value) else {
        return vec![Fault {
            help: Some(meant(value)),
            ..Fault::new(Rule::NotUri, whole, format!("`{}` is no address with a scheme", shown(value)))
        }];
    };
    if uri.is("tel")
        && let Some(fault) = tel::fault(uri)
    {
        return vec![fault];
    }
    if uri.is("openpgp4fpr")
        && let Some(fault) = dns::fingerprint(uri)
    {
        return vec![fault];
    }
    let mut faults = Vec::new();
    if uri.is("http") {
        faults.push(Fault::new(Rule::NotHttps, 0..uri.scheme.len(), "an address on the web begins with `https://`"));
    }
    if let Some(fault) = uri::characters(value) {
        faults.push(fault);
        return faults;
    }
    match uri.scheme.to_ascii_lowercase().as_str() {
        "https" => faults.extend(web(name, uri)),
        "mailto" => faults.extend(mailto::faults(uri)),
        "dns" => faults.extend(dns::record(uri)),
        _ => {}
    }
    let usual = match name {
        Name::Contact => ["https", "mailto", "tel"].as_slice(),
        Name::Encryption => ["https", "dns", "openpgp4fpr"].as_slice(),
        _ => ["https"].as_slice(),
    };
    if !uri.is("http") && !usual.iter().any(|scheme| uri.is(scheme)) {
        faults.push(Fault::new(Rule::OddScheme, 0..uri.scheme.len(), format!("few readers can follow `{}:` here", uri.scheme)));
    }
    let last = uri.path().rsplit('/').next();
    if name == Name::Csaf && faults.is_empty() && !(uri.is("https") && last == Some("provider-metadata.json")) {
        faults.push(Fault::new(Rule::BadCsaf, whole, "this is no `provider-metadata.json`"));
    }
    faults
}

/// Returns what is wrong with an address on the web.
fn web(name: Name, uri: Uri<'_>) -> Vec<Fault> {
    if let Some(fault) = uri::web(uri) {
        return vec![fault];
    }
    let mut faults: Vec<Fault> = well_known::fault(uri).into_iter().collect();
    let start = uri.offset();
    if let Some(info) = uri.authority().and_then(|(authority, _)| authority.rfind('@')) {
        faults.push(Fault::new(Rule::UserInfo, start + 2..start + 2 + info, "a name or password in an address"));
    }
    if name == Name::Canonical && !matches!(uri.path(), "/.well-known/security.txt" | "/security.txt") {
        faults.push(Fault::new(Rule::CanonicalPlace, 0..start + uri.rest.len(), "nobody looks for a security.txt there"));
    }
    faults
}

/// Returns what somebody who wrote no scheme most likely meant.
fn meant(value: &str) -> &'static str {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b' ');
    match value {
        _ if value.contains('@') => "write `mailto:` before the mail address",
        _ if hexadecimal && value.len() >= 32 => "write a fingerprint as `openpgp4fpr:` and its digits, without spaces",
        _ if value.starts_with('+') || (digits >= 5 && digits * 2 > value.len()) => "write `tel:` before the number, and no spaces in it",
        _ => "write the whole address, as in `https://example.com/page`",
    }
}

/// Returns a value as a message shows it.
fn shown(value: &str) -> String {
    let mut shown: String = value.chars().take(60).flat_map(char::escape_debug).collect();
    if value.chars().nth(60).is_some() {
        shown.push('…');
    }
    shown
}

/// Reports what the canonical addresses say of the address that the file is served from.
fn canonical(envelope: &Envelope<'_>, fields: &[Field<'_>], circumstances: &Circumstances<'_>, findings: &mut Findings) {
    if let Some(opened) = envelope.opened.filter(|_| fields.is_empty()) {
        findings.at(Rule::NoCanonical, opened, 0..opened.text.len(), "the signature does not say for which address it is");
    }
    let Some(url) = circumstances.url else {
        return;
    };
    if url.scheme() != "https" {
        findings.whole(Rule::PlainAddress, format!("{url} is served without encryption"));
    }
    match url.path() {
        "/.well-known/security.txt" => {}
        "/security.txt" => findings.whole(Rule::OldPlace, format!("{url} is the old place")),
        _ => findings.whole(Rule::OtherPlace, format!("nobody looks for a security.txt at {url}")),
    }
    let listed = |field: &Field<'_>| Url::parse(field.value).is_ok_and(|canonical| canonical == *url);
    if let Some(first) = fields.first().filter(|_| !fields.iter().any(listed)) {
        findings.at(Rule::NotCanonical, first.line, first.range(), format!("{url} is not among the canonical addresses"));
    }
}
