//! The fields of a file, RFC 9116 section 2: each by itself, and all together.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::tz::TimeZone;
use url::Url;

use crate::diagnostic::nearest;
use crate::securitytxt::envelope::Envelope;
use crate::securitytxt::expires::moment;
use crate::securitytxt::finding::Findings;
use crate::securitytxt::language::is_tag;
use crate::securitytxt::uri::{Fault, Uri};
use crate::securitytxt::{Circumstances, Level, Line, Rule, dns, mailto, tel, uri, well_known};

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
        Name::ALL
            .iter()
            .find(|(_, name, _)| name.eq_ignore_ascii_case(text))
            .map(|(field, ..)| *field)
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
            findings.at(
                rule,
                field.line,
                0..field.line.text.len(),
                format!("`{}` stands twice", name.as_str()),
            );
        }
    }
    let mail = of(Name::Contact)
        .iter()
        .find(|contact| Uri::split(contact.value).is_some_and(|uri| uri.is("mailto")));
    if let Some(mail) = mail.filter(|_| of(Name::Encryption).is_empty()) {
        findings.at(
            Rule::NoEncryption,
            mail.line,
            mail.range(),
            "mail is asked for and no key is offered",
        );
    }
    canonical(envelope, of(Name::Canonical), circumstances, findings);
}

/// Splits a line into the name and the value of a field; nothing for a comment, a blank line, or a
/// line that is none of these.
fn field<'a>(line: Line<'a>, findings: &mut Findings) -> Option<(&'a str, Field<'a>)> {
    let text = line.text.trim_end_matches([' ', '\t']);
    if text.is_empty() || text.starts_with('#') {
        return None;
    }
    if text.starts_with([' ', '\t']) {
        findings.at(
            Rule::NotAField,
            line,
            0..text.len(),
            "a line cannot begin with a space: a field is never folded over two lines",
        );
        return None;
    }
    let Some((name, after)) = text.split_once(':') else {
        findings.at(
            Rule::NotAField,
            line,
            0..text.len(),
            "this line is neither a field nor a comment",
        );
        return None;
    };
    if name.is_empty() {
        findings.at(Rule::FieldName, line, 0..1, "a field without a name");
        return None;
    }
    let known = name.trim_end();
    if known.len() < name.len() {
        findings.at(Rule::FieldName, line, known.len()..name.len(), "a space before the colon");
    } else if let Some((at, letter)) =
        name.char_indices().find(|(_, letter)| !letter.is_ascii_graphic())
    {
        let message = match letter {
            ' ' => "a space in the name of a field".to_owned(),
            '\t' => "a tab in the name of a field".to_owned(),
            _ => format!("`{}` in the name of a field", letter.escape_debug()),
        };
        // Other control characters are reported as such.
        if letter == '\t' || !letter.is_ascii_control() {
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
        findings.at(
            Rule::ManySpaces,
            line,
            name.len() + 2..at,
            "more than one space behind the colon",
        );
    }
    if text.chars().count() > LONGEST_FIELD {
        findings.at(
            Rule::LongField,
            line,
            0..text.len(),
            format!("a field of {} characters", text.chars().count()),
        );
    }
    Some((known, Field { line, value, at }))
}

fn unknown(name: &str, field: Field<'_>, findings: &mut Findings) {
    if let Some((at, letter)) = field.value.char_indices().find(|(_, letter)| !letter.is_ascii()) {
        let at = field.at + at;
        return findings.at(
            Rule::NotAscii,
            field.line,
            at..at + letter.len_utf8(),
            "the value of a field is ASCII",
        );
    }
    let here = 0..name.len();
    if name.eq_ignore_ascii_case("hash") {
        findings.at(Rule::HashField, field.line, here, "`Hash:` is no field of security.txt");
        return;
    }
    // Neither a name that says it is its owner's, nor one longer than any other, is a slip of the
    // finger.
    let slip =
        name.len() <= 24 && !name.as_bytes()[..name.len().min(2)].eq_ignore_ascii_case(b"x-");
    let meant = Some(name).filter(|_| slip).and_then(|name| {
        let names = Name::ALL
            .iter()
            .map(|(_, known, _)| (*known, known.to_ascii_lowercase()))
            .collect::<Vec<_>>();
        let near =
            nearest(&name.to_ascii_lowercase(), names.iter().map(|(_, lower)| lower.as_str()))?
                .to_owned();
        names.into_iter().find(|(_, lower)| *lower == near).map(|(known, _)| known)
    });
    match meant {
        Some(meant) => {
            let help = format!("write `{meant}`: readers ignore fields they do not know");
            findings.report_as(
                Rule::Misspelled,
                field.line,
                here,
                format!("`{name}` is not registered"),
                Rule::Misspelled.section(),
                help,
            );
        }
        None => {
            findings.at(Rule::UnknownField, field.line, here, format!("`{name}` is not registered"))
        }
    }
}

/// Reports what is wrong with the value of a registered field.
fn value(name: Name, field: Field<'_>, circumstances: &Circumstances<'_>, findings: &mut Findings) {
    match name {
        Name::Expires => expires(field, circumstances, findings),
        Name::PreferredLanguages => languages(field, findings),
        Name::BugBounty => match field.value {
            "True" | "False" => {}
            _ => findings.at(
                Rule::BadBugBounty,
                field.line,
                field.range(),
                "`Bug-Bounty` is `True` or `False`",
            ),
        },
        _ => {
            for fault in address(name, field.value) {
                let range = field.at + fault.range.start..field.at + fault.range.end;
                let own = matches!(
                    fault.rule,
                    Rule::WellKnown | Rule::Requested | Rule::Chained | Rule::CanonicalPlace
                );
                let section = if own { fault.rule.section() } else { name.section() };
                let help = fault.help.unwrap_or_else(|| fault.rule.help());
                findings.report_as(fault.rule, field.line, range, fault.message, section, help);
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
        findings.at(
            Rule::Expired,
            field.line,
            field.range(),
            format!("this was over on {}", end.to_zoned(TimeZone::UTC).date()),
        );
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
        && (value.starts_with("-----BEGIN")
            || value.get(..5).is_some_and(|begin| begin.eq_ignore_ascii_case("data:")))
    {
        return vec![Fault::new(Rule::KeyItself, whole, "a key stands in place of its address")];
    }
    if let Some(second) = uri::second(value) {
        return vec![Fault::new(
            Rule::Chained,
            second..value.len(),
            "a second address in one field",
        )];
    }
    let Some(uri) = Uri::split(value) else {
        return vec![Fault {
            help: Some(meant(value)),
            ..Fault::new(
                Rule::NotUri,
                whole,
                format!("`{}` is no address with a scheme", shown(value)),
            )
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
        faults.push(Fault::new(
            Rule::NotHttps,
            0..uri.scheme.len(),
            "an address on the web begins with `https://`",
        ));
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
        faults.push(Fault::new(
            Rule::OddScheme,
            0..uri.scheme.len(),
            format!("few readers can follow `{}:` here", uri.scheme),
        ));
    }
    let last = uri.path().rsplit('/').next();
    if name == Name::Csaf
        && faults.is_empty()
        && !(uri.is("https") && last == Some("provider-metadata.json"))
    {
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
        faults.push(Fault::new(
            Rule::UserInfo,
            start + 2..start + 2 + info,
            "a name or password in an address",
        ));
    }
    if name == Name::Canonical
        && !matches!(uri.path(), "/.well-known/security.txt" | "/security.txt")
    {
        faults.push(Fault::new(
            Rule::CanonicalPlace,
            0..start + uri.rest.len(),
            "nobody looks for a security.txt there",
        ));
    }
    faults
}

/// Returns the URI that was most likely meant by one without a scheme.
fn meant(value: &str) -> &'static str {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b' ');
    match value {
        _ if value.contains('@') => "write `mailto:` before the mail address",
        _ if hexadecimal && value.len() >= 32 => {
            "write a fingerprint as `openpgp4fpr:` and its digits, without spaces"
        }
        _ if value.starts_with('+') || (digits >= 5 && digits * 2 > value.len()) => {
            "write `tel:` before the number, and no spaces in it"
        }
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
fn canonical(
    envelope: &Envelope<'_>,
    fields: &[Field<'_>],
    circumstances: &Circumstances<'_>,
    findings: &mut Findings,
) {
    if let Some(opened) = envelope.opened.filter(|_| fields.is_empty()) {
        findings.at(
            Rule::NoCanonical,
            opened,
            0..opened.text.len(),
            "the signature does not say for which address it is",
        );
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
    let listed =
        |field: &Field<'_>| Url::parse(field.value).is_ok_and(|canonical| canonical == *url);
    if let Some(first) = fields.first().filter(|_| !fields.iter().any(listed)) {
        findings.at(
            Rule::NotCanonical,
            first.line,
            first.range(),
            format!("{url} is not among the canonical addresses"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::securitytxt::check;
    use crate::securitytxt::tests::{PLAIN, found};

    /// Returns what is found in a line of a file with which nothing else is wrong: code, column and
    /// words.
    fn line(line: &str) -> Vec<String> {
        let found = found(&format!("{PLAIN}{line}\n"), None);
        let found = found.iter().filter(|found| *found != "S080");
        found.map(|found| found.replacen(" 3:", " ", 1)).collect()
    }

    /// Returns the first finding in a line: its message, its section and its help.
    fn said(line: &str) -> (String, &'static str, String) {
        let now = "2027-06-01T12:00:00Z".parse().unwrap();
        let verdict = check(
            format!("{PLAIN}{line}\n").as_bytes(),
            &Circumstances { url: None, now, key: None },
        );
        let finding =
            verdict.findings.into_iter().find(|finding| finding.rule != Rule::NotSigned).unwrap();
        (finding.message, finding.section, finding.help)
    }

    #[test]
    fn a_line_is_a_field_a_comment_or_blank() {
        for good in [
            "",
            "# no field",
            " \t",
            "Policy: https://example.com/ \t",
            "POLICY: https://example.com/",
        ] {
            assert!(line(good).is_empty(), "{good:?}");
        }
        for (text, found) in [
            (" Policy: https://example.com/", "S020 1  Policy: https://example.com/"),
            ("\tx", "S020 1 \tx"),
            ("no field ", "S020 1 no field"),
            (": x", "S021 1 :"),
            ("Policy : https://example.com/", "S021 7  "),
            ("Po licy: https://example.com/", "S021 3  "),
            ("Pölicy: https://example.com/", "S021 2 ö"),
            ("Policy:", "S024 1 Policy:"),
            ("Policy: \t", "S024 1 Policy:"),
            ("Policy:https://example.com/", "S022 7 :h"),
            ("Policy:\thttps://example.com/", "S022 7 :\th"),
            ("Policy:   https://example.com/", "S023 9   "),
            ("Po\u{1}licy: https://example.com/", "S003 3 \u{1}"),
        ] {
            assert_eq!(line(text), [found], "{text:?}");
        }
        assert_eq!(said("Po licy: x").0, "a space in the name of a field");
        assert_eq!(said("Po\tlicy: x").0, "a tab in the name of a field");
        assert_eq!(said("Pölicy: x").0, "`ö` in the name of a field");
        assert_eq!(
            line("Mine:  x"),
            ["S027 1 Mine"],
            "how many spaces a field has that nobody registered is its owner's affair"
        );
    }

    #[test]
    fn a_field_may_be_as_long_as_every_reader_reads() {
        let long =
            |length: usize| format!("Policy: https://example.com/{}", "x".repeat(length - 28));
        assert_eq!(line(&long(2048)), [""; 0]);
        assert_eq!(line(&long(2049)), [format!("S011 1 {}", long(2049))]);
        assert_eq!(line(&format!("Mine: {}", "x".repeat(2042))), ["S027 1 Mine"]);
    }

    #[test]
    fn a_field_that_nobody_registered_is_noticed_and_a_slip_is_named() {
        for (text, found) in [
            ("X-Note: ü", "S026 9 ü"),
            ("X-Note: aü", "S026 10 ü"),
            ("hash: SHA256", "S085 1 hash"),
            ("Polcy: x", "S028 1 Polcy"),
            ("X-Policy: x", "S027 1 X-Policy"),
            ("x-contact: x", "S027 1 x-contact"),
            ("Somewhere: x", "S027 1 Somewhere"),
            ("P: x", "S027 1 P"),
        ] {
            assert_eq!(line(text), [found], "{text:?}");
        }
        assert_eq!(
            said("prefered-language: en").2,
            "write `Preferred-Languages`: readers ignore fields they do not know"
        );
        assert_eq!(said("Contat: x").2, "write `Contact`: readers ignore fields they do not know");
    }

    #[test]
    fn somebody_can_be_written_to_and_the_file_ends() {
        assert_eq!(found("# nothing\n", None), ["S030", "S031", "S080"]);
        assert_eq!(found("Contact: https://example.com/\n", None), ["S031", "S080"]);
        assert_eq!(found("Expires: 2027-10-31T00:00:00Z\n", None), ["S030", "S080"]);
    }

    #[test]
    fn some_fields_stand_once() {
        let twice = |line: &str| found(&format!("{PLAIN}{line}\n{line}\n"), None).split_off(1);
        assert_eq!(line("Expires: 2027-09-30T00:00:00Z"), ["S032 1 Expires: 2027-09-30T00:00:00Z"]);
        assert_eq!(twice("Preferred-Languages: en"), ["S033 4:1 Preferred-Languages: en"]);
        assert_eq!(twice("Bug-Bounty: True"), ["S034 4:1 Bug-Bounty: True"]);
        assert_eq!(said("Expires: 2027-09-30T00:00:00Z").0, "`Expires` stands twice");
        let csaf = "CSAF: https://example.com/provider-metadata.json";
        assert_eq!(twice(csaf), [format!("S068 4:1 {csaf}")]);
        for several in [
            "Contact: https://example.com/",
            "Policy: https://example.com/",
            "Hiring: https://example.com/",
        ] {
            assert_eq!(twice(several), [""; 0], "{several}");
        }
    }

    #[test]
    fn mail_is_asked_for_with_a_key() {
        let (mail, key) =
            ("Contact: MAILTO:security@example.com", "Encryption: https://example.com/key");
        assert_eq!(line(mail), ["S053 10 MAILTO:security@example.com"]);
        assert_eq!(line(&format!("{mail}\n{key}")), [""; 0]);
        assert_eq!(line(key), [""; 0]);
    }

    /// Returns what is found where a file ends at a moment; it is noon of 1 June 2027.
    fn ends(moment: &str) -> Vec<String> {
        let found = found(&format!("Contact: https://example.com/\nExpires: {moment}\n"), None);
        found.iter().skip(1).map(|found| found.replace(&format!(" 2:10 {moment}"), "")).collect()
    }

    #[test]
    fn a_file_is_used_until_its_end_and_that_is_less_than_a_year_ahead() {
        assert_eq!(ends("2027-06-01T11:59:59Z"), ["S061"]);
        assert_eq!(ends("2027-06-01T12:00:00Z"), [""; 0]);
        assert_eq!(ends("2027-06-01T13:59:59+02:00"), ["S061"]);
        assert_eq!(ends("2028-06-01T11:59:59Z"), [""; 0]);
        assert_eq!(ends("2028-06-01T12:00:00Z"), ["S062"]);
        assert_eq!(ends("2028-06-01T12:00:01Z"), ["S062"]);
        assert_eq!(ends("2027-06-02"), ["S060"]);
        let now = "2027-06-01T12:00:00Z".parse().unwrap();
        let verdict = check(
            b"Expires: 2026-12-31T23:00:00-02:00\n",
            &Circumstances { url: None, now, key: None },
        );
        assert_eq!(
            verdict.findings.last().unwrap().message,
            "this was over on 2027-01-01",
            "the day is that of UTC"
        );
    }

    #[test]
    fn languages_are_tags_with_commas_between_them() {
        for (languages, found) in [
            ("en, xx", "S065 26 xx"),
            ("english,de", "S065 22 english"),
            ("en, \t xx \t, de", "S065 28 xx"),
            ("en, de, xx", "S065 30 xx"),
            ("en,,de", "S065 25 "),
            ("en,", "S065 25 "),
        ] {
            assert_eq!(line(&format!("Preferred-Languages: {languages}")), [found], "{languages}");
        }
        assert_eq!(line("Preferred-Languages: en,de \t, pt-BR"), [""; 0]);
        assert_eq!(said("Preferred-Languages: en,").0, "a comma without a language");
        assert_eq!(said("Preferred-Languages: xx").0, "`xx` is no language tag");
    }

    #[test]
    fn a_bounty_is_a_word() {
        for good in ["True", "False"] {
            assert_eq!(line(&format!("Bug-Bounty: {good}")), [""; 0]);
        }
        for bad in ["true", "yes"] {
            assert_eq!(line(&format!("Bug-Bounty: {bad}")), [format!("S066 13 {bad}")]);
        }
    }

    #[test]
    fn an_address_has_a_scheme_that_readers_of_the_field_can_follow() {
        for good in [
            "Contact: tel:+1-201-555-0123",
            "Encryption: https://example.com/key",
            "Encryption: dns:k._openpgpkey.example.com?type=OPENPGPKEY",
            "Encryption: OPENPGP4FPR:5f2de5521c63a801ab59ccb603d49de44b29100f",
            "CSAF: https://example.com/provider-metadata.json",
            "CSAF: https://example.com/.well-known/csaf/provider-metadata.json",
            "Canonical: https://example.com/.well-known/security.txt",
            "Canonical: https://example.com/security.txt",
            "Hiring: https://example.com/security.txt.html",
        ] {
            assert_eq!(line(good), [""; 0], "{good}");
        }
        for (text, found) in [
            ("Encryption: -----BEGIN PGP PUBLIC", "S047 13 -----BEGIN PGP PUBLIC"),
            ("Encryption: DATA:text/plain,x", "S047 13 DATA:text/plain,x"),
            ("Policy: data:text/plain,x", "S050 9 data"),
            ("Policy: https://example.com/ https://example.org/", "S025 30 https://example.org/"),
            ("Policy: example.com/x", "S040 9 example.com/x"),
            ("Contact: tel:+1 201", "S045 14 +1 201"),
            ("Encryption: openpgp4fpr:5f2d", "S048 25 5f2d"),
            ("Encryption: openpgp4fpr:d49de44b29100f5f", "S048 25 d49de44b29100f5f"),
            ("Policy: http://example.com/", "S042 9 http"),
            ("Policy: ftp://exa mple.com/", "S041 18  "),
            ("Policy: https:///x", "S043 9 https:///x"),
            ("Encryption: dns:example.com?type=TXT", "S055 17 example.com?type=TXT"),
            ("Contact: sip:security@example.com", "S050 10 sip"),
            (
                "Contact: openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f",
                "S050 10 openpgp4fpr",
            ),
            ("Encryption: mailto:security@example.com", "S050 13 mailto"),
            ("Policy: tel:+1201", "S050 9 tel"),
            (
                "CSAF: https://example.com/provider-metadata.json/",
                "S067 7 https://example.com/provider-metadata.json/",
            ),
            ("CSAF: https://example.com/csaf", "S067 7 https://example.com/csaf"),
            ("CSAF: http://example.com/csaf", "S042 7 http"),
            ("Policy: https://me:pw@example.com/", "S054 17 me:pw"),
            ("Policy: https://example.com/.well-known/x", "S046 28 /.well-known/x"),
            ("Canonical: https://example.com/x", "S071 12 https://example.com/x"),
        ] {
            assert_eq!(line(text), [found], "{text}");
        }
        assert_eq!(line("Policy: http://exa mple.com/"), ["S042 9 http", "S041 19  "]);
        assert_eq!(line("Encryption: mailto:x"), ["S050 13 mailto", "S044 20 x"]);
        assert_eq!(
            said("Policy: http://example.com/").1,
            "2.5.7",
            "the section is that of the field"
        );
        assert_eq!(said("Canonical: http://example.com/").1, "2.5.2");
        assert_eq!(
            said("Policy: https://example.com/.well-known/x").1,
            "6",
            "or that of the rule where the field does not matter"
        );
        assert_eq!(said("Canonical: https://example.com/x").1, "3");
    }

    #[test]
    fn an_address_that_cannot_be_in_a_field_is_refused() {
        let problem = "an address on the web begins with `https://`";
        assert_eq!(
            refused("contact", "http://example.com/"),
            Some((problem.to_owned(), "write `https://`"))
        );
        let help = "write the whole address, as in `https://example.com/page`";
        assert_eq!(
            refused("Policy", "example.com"),
            Some(("`example.com` is no address with a scheme".to_owned(), help))
        );
        assert_eq!(
            refused("Contact", "sip:security@example.com"),
            None,
            "a recommendation refuses nothing"
        );
        assert_eq!(refused("Contact", "https://example.com/"), None);
        assert_eq!(refused("Nothing", "http://example.com/"), None);
    }

    #[test]
    fn who_forgot_the_scheme_is_told_which_was_meant() {
        let hint = |value: &str| {
            ["`mailto:`", "`openpgp4fpr:`", "`tel:`", "`https:"]
                .iter()
                .position(|word| meant(value).contains(word))
        };
        for (value, kind) in [
            ("a@b", 0),
            ("12345@b", 0),
            ("5f2d e552 1c63 a801 ab59 ccb6 03d4", 1),
            ("abcdefabcdefabcdefabcdefabcdefab", 1),
            ("abcdefabcdefabcdefabcdefabcdefa", 3),
            ("ghghghghghghghghghghghghghghghgh", 3),
            ("+x", 2),
            ("12345", 2),
            ("1234", 3),
            ("12345xyz", 2),
            ("12345wxyz", 2),
            ("12345vwxyz", 3),
            ("example.com", 3),
        ] {
            assert_eq!(hint(value), Some(kind), "{value}");
        }
    }

    #[test]
    fn a_message_shows_sixty_characters_of_a_value() {
        assert_eq!(shown(&"ü".repeat(60)), "ü".repeat(60));
        assert_eq!(shown(&"ü".repeat(61)), format!("{}…", "ü".repeat(60)));
        assert_eq!(shown("a\u{1}"), "a\\u{1}");
    }

    #[test]
    fn a_file_names_the_address_it_is_served_from() {
        let served = |canonical: &[&str], url: &str| {
            let lines: String =
                canonical.iter().map(|address| format!("Canonical: {address}\n")).collect();
            found(&format!("{PLAIN}{lines}"), Some(url))
                .into_iter()
                .filter(|found| found != "S080")
                .collect::<Vec<_>>()
        };
        let (here, old) =
            ("https://example.com/.well-known/security.txt", "https://example.com/security.txt");
        assert_eq!(served(&[], here), [""; 0]);
        assert_eq!(served(&[here], here), [""; 0]);
        assert_eq!(served(&["https://EXAMPLE.com:443/.well-known/security.txt"], here), [""; 0]);
        assert_eq!(served(&["https://example.org/security.txt", here], here), [""; 0]);
        let wrong = format!("S070 3:12 {old}");
        assert_eq!(served(&[old, "https://example.org/security.txt"], here), [wrong]);
        assert_eq!(served(&[], old), ["S075"]);
        assert_eq!(served(&[], "https://example.com/x"), ["S074"]);
        assert_eq!(served(&[], "http://example.com/.well-known/security.txt"), ["S073"]);
    }
}
