//! `/.well-known/security.txt` is valid and current, lies where it is looked for, and is signed as
//! it is, RFC 9116.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest, slip};
use crate::model::{ContactKind, Now, SecurityTxt, Site, day_of};
use crate::securitytxt::{Circumstances, Level, Rule};
use crate::tree::{File, Span, TreePath};
use crate::{parse, securitytxt};

/// Reports what keeps security.txt from being valid now, or soon will.
pub fn check(site: &Site, now: Now, diagnostics: &mut Diagnostics) {
    let path = TreePath::new("content/site.yaml").expect("a path");
    let Some(security_txt) = &site.config.security_txt else {
        return;
    };
    let place = security_txt.place();
    let mut report = |found: Diagnostic, span: Span| diagnostics.push(found.at(&path, span));
    if site.config.contacts(&ContactKind::Security).next().is_none() {
        let mute = Diagnostic::error(Code::SecurityTxt, "security.txt has no contact")
            .help("add a contact of the kind `security`; RFC 9116 section 2.5.3")
            .sought_in(path.as_str());
        report(mute, place);
    }
    if site.config.base_url.scheme() != "https" {
        let plain =
            Diagnostic::error(Code::SecurityTxt, "security.txt needs a `base_url` with `https://`")
                .help("RFC 9116 sections 2.5.2 and 3");
        report(plain, place);
    }
    let rooted = |address: &str| {
        matches!(address.splitn(4, '/').nth(3), Some(".well-known/security.txt" | "security.txt"))
    };
    if site.config.base_url.path() != "/"
        && !security_txt.canonical.iter().any(|address| rooted(address))
    {
        let url = &site.config.base_url;
        let aside = Diagnostic::warning(
            Code::SecurityTxtPlace,
            format!(
                "security.txt is only looked for at the root of a host, not under `{}`",
                url.path()
            ),
        );
        let root = url
            .join("/.well-known/security.txt")
            .map_or_else(|_| "/.well-known/security.txt".to_owned(), |root| root.to_string());
        report(
            aside.help(format!(
                "serve the file at `{root}` too, and add that to `canonical`; RFC 9116 section 3"
            )),
            place,
        );
    }
    if let Some(policy) = &security_txt.policy
        && site.history(&policy.value).is_none_or(|history| history.current().policy().is_none())
    {
        let gone = Diagnostic::error(
            Code::SecurityTxt,
            format!("there is no policy `{}`", policy.value.escape_debug()),
        );
        let gone = gone.sought_in(format!("content/{}", policy.value));
        let known = site.histories.iter().map(|history| history.id.as_str());
        let meant = slip(&policy.value, known.clone());
        let gone = gone
            .with_fix(meant.and_then(|meant| parse::rewritten(&policy.value, policy.span, meant)));
        let gone = match nearest(&policy.value, known) {
            Some(meant) => gone.label(format!("did you mean `{meant}`?")),
            None => gone,
        };
        report(gone.help("name the policy that says how reports are handled"), policy.span);
    }
    if let (Some(typed), Some(recorded)) = (&security_txt.typed, security_txt.recorded)
        && typed.value != recorded
    {
        let moved = Diagnostic::warning(
            Code::TypedExpires,
            format!("security.txt ends on {recorded}, as its last review says"),
        );
        let moved = moved.label("no longer used");
        report(
            moved.help(
                "remove the line; `policybook review security.txt --expires DAY` moves the end",
            ),
            typed.span,
        );
    }
    ends(security_txt, now, &site.config.timezone, &mut report);
}

/// Reports a file or a key that has ended, or soon will.
fn ends(
    security_txt: &SecurityTxt,
    now: Now,
    zone: &TimeZone,
    report: &mut impl FnMut(Diagnostic, Span),
) {
    let place = security_txt.place();
    let within =
        |end: Date, days: i64| now.day.checked_add(days.days()).is_ok_and(|day| day >= end);
    let review = "look at the contacts again, then run `policybook review security.txt`";
    match security_txt.expires().map(|end| day_of(end, zone)) {
        None => {
            let endless = Diagnostic::error(Code::MissingKey, "security.txt has no `expires`");
            report(endless.help("add `expires: …` with a moment less than a year ahead, as in `2027-10-31T00:00:00Z`"), place);
        }
        Some(end) if security_txt.is_over(now) => {
            let stale = Diagnostic::warning(
                Code::Expired,
                format!("security.txt expired on {end} and is left out"),
            )
            .label("in the past");
            report(
                stale.help(format!(
                    "{review}: a stale file is worse than none, RFC 9116 section 2.5.5"
                )),
                place,
            );
        }
        Some(end) if within(end, security_txt.warn_days) => {
            report(
                Diagnostic::warning(Code::SecurityTxt, format!("security.txt expires on {end}"))
                    .help(review),
                place,
            );
        }
        Some(end) if !within(end, SecurityTxt::LONGEST_DAYS) => {
            let late = Diagnostic::warning(Code::SecurityTxt, "`expires` is a year or more ahead");
            report(late.help("less than a year is recommended: nobody vouches for contacts longer, RFC 9116 section 2.5.5"), place);
        }
        Some(_) => {}
    }
    let Some((key, ends)) = security_txt.key.as_ref().zip(security_txt.key_ends()) else {
        return;
    };
    let end = day_of(ends, zone);
    let help = "extend the key and export it again, as in `gpg --quick-set-expire`";
    if ends <= now.moment {
        report(
            Diagnostic::warning(
                Code::Expired,
                format!("the key in `{}` ended on {end}", key.name.value),
            )
            .help(help),
            key.name.span,
        );
    } else if within(end, security_txt.key_warn_days) {
        report(
            Diagnostic::warning(
                Code::Key,
                format!("the key in `{}` ends on {end}", key.name.value),
            )
            .help(help),
            key.name.span,
        );
    }
}

/// Reports what is wrong with the file that is about to be published, before it is signed and as it
/// was signed.
pub fn served(site: &Site, text: Option<&str>, now: Now, diagnostics: &mut Diagnostics) {
    let (Some(security_txt), Some(text)) = (&site.config.security_txt, text) else {
        return;
    };
    let key = security_txt.key.as_ref().map(|key| &key.key);
    let circumstances = Circumstances { url: None, now: now.moment, key };
    let said: Vec<Code> = diagnostics.errors().map(|error| error.code).collect();
    if !said.contains(&Code::SecurityTxt) {
        let verdict = securitytxt::check(text.as_bytes(), &circumstances);
        for finding in verdict.findings.iter().filter(|finding| finding.level() == Level::Error) {
            let line = finding
                .line
                .and_then(|line| text.lines().nth(line - 1))
                .map(|line| format!(" in `{line}`"))
                .unwrap_or_default();
            let found = Diagnostic::error(
                Code::SecurityTxt,
                format!("security.txt would not be valid: {}{line}", finding.message),
            );
            let path = TreePath::new("content/site.yaml").expect("a path");
            let written = finding.line.and_then(|line| text.lines().nth(line - 1));
            let own = written.and_then(|line| key_place(site, line));
            diagnostics.push(
                found
                    .at(&path, own.unwrap_or_else(|| security_txt.place()))
                    .help(finding.help.clone())
                    .sought_in(path.as_str()),
            );
        }
    }
    if let Some(signed) = &security_txt.signed {
        signature(signed, text, &circumstances, diagnostics);
    }
}

/// Returns where the key of a contact stands that a line names.
fn key_place(site: &Site, line: &str) -> Option<Span> {
    let mut keys = site.config.contacts.iter().filter_map(|contact| contact.key.as_ref());
    let own = keys.find(|key| line.split_once(": ").is_some_and(|(_, said)| said == key.value));
    own.map(|key| key.span)
}

/// Reports a signed text that is not that of today, or whose signature does not hold.
fn signature(
    signed: &File,
    text: &str,
    circumstances: &Circumstances<'_>,
    diagnostics: &mut Diagnostics,
) {
    let path = TreePath::new(&format!("content/{}", SecurityTxt::SIGNED)).expect("a path");
    let help = "run `policybook review security.txt` to sign it again, or sign the new text elsewhere and put it there";
    let own = securitytxt::text(signed.bytes());
    match securitytxt::signed_text(&own) {
        Some(before) if before == text => {}
        Some(before) => {
            let changed = before.lines().zip(text.lines()).find(|(before, now)| before != now);
            let message = match changed {
                Some((before, now)) => format!(
                    "the signed text says `{}`, security.txt would say `{}`",
                    before.escape_debug(),
                    now
                ),
                None => "the signed text has more or fewer lines than security.txt would have"
                    .to_owned(),
            };
            diagnostics
                .push(Diagnostic::error(Code::SignedText, message).in_file(&path).help(help));
        }
        None => {
            diagnostics.push(
                Diagnostic::error(Code::SignedText, "not a cleartext-signed message")
                    .in_file(&path)
                    .help(help),
            );
        }
    }
    for finding in securitytxt::check(signed.bytes(), circumstances).findings {
        let code = match finding.rule {
            // What is wrong with the text was told above.
            rule if rule <= Rule::NotSigned => continue,
            Rule::KeyExpired | Rule::SignatureExpired => Code::Expired,
            _ => Code::Signature,
        };
        let found = match finding.level() {
            Level::Error if code == Code::Signature => Diagnostic::error(code, finding.message),
            _ => Diagnostic::warning(code, finding.message),
        };
        let help = match finding.rule {
            Rule::Unproved if circumstances.key.is_some() => format!("until then run `gpg --verify {path}`"),
            Rule::Unproved => {
                "export the public key into `content/`, and name its file in `site.yaml`, as in `key: security.asc`".to_owned()
            }
            _ => finding.help,
        };
        let found = found.help(help);
        diagnostics.push(match finding.span {
            Some(span) => found.at(&path, span),
            None => found.in_file(&path),
        });
    }
}
