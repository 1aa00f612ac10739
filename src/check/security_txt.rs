//! `/.well-known/security.txt` is valid and current, RFC 9116.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::model::ContactKind;
use crate::model::SecurityTxt;
use crate::model::Site;
use crate::tree::Span;
use crate::tree::TreePath;

/// Reports what keeps security.txt from being valid on a day, or soon will.
pub fn check(site: &Site, today: Date, diagnostics: &mut Diagnostics) {
    let path = TreePath::new("content/site.yaml").expect("a path");
    let Some(security_txt) = &site.config.security_txt else {
        return;
    };
    let expires = security_txt.expires.span;
    let mut report = |found: Diagnostic, span: Span| diagnostics.push(found.at(&path, span));
    if site.config.contacts(ContactKind::Security).next().is_none() {
        let mute = Diagnostic::error(Code::SecurityTxt, "security.txt has nobody to write to")
            .help("add a contact of the kind `security`; RFC 9116 section 2.5.3");
        report(mute, expires);
    }
    if site.config.base_url.scheme() != "https" {
        let plain =
            Diagnostic::error(Code::SecurityTxt, "security.txt needs a `base_url` with `https://`").help("RFC 9116 sections 2.5.2 and 3");
        report(plain, expires);
    }
    if let Some(policy) = &security_txt.policy
        && site.history(&policy.value).is_none_or(|history| history.current().policy().is_none())
    {
        let gone = Diagnostic::error(Code::SecurityTxt, format!("there is no policy `{}`", policy.value.escape_debug()));
        let known = site.histories.iter().map(|history| history.id.as_str());
        let gone = match crate::diagnostic::nearest(&policy.value, known) {
            Some(meant) => gone.label(format!("did you mean `{meant}`?")),
            None => gone,
        };
        report(gone.help("name the policy that says how reports are handled"), policy.span);
    }
    let end = security_txt.last_day();
    let within = |days: i64| today.checked_add(days.days()).is_ok_and(|day| day >= end);
    if today > end {
        let stale = Diagnostic::warning(Code::SecurityTxt, format!("security.txt expired on {end} and is left out")).label("in the past");
        report(
            stale.help("look at the contacts again, then move `expires`: a stale file is worse than none, RFC 9116 section 2.5.5"),
            expires,
        );
    } else if within(SecurityTxt::NOTICE_DAYS) {
        let soon = Diagnostic::warning(Code::SecurityTxt, format!("security.txt expires on {end}"));
        report(soon.help("look at the contacts again, then move `expires`"), expires);
    } else if !within(SecurityTxt::LONGEST_DAYS) {
        let late = Diagnostic::warning(Code::SecurityTxt, "`expires` is a year ahead or more");
        report(late.help("less than a year is recommended: nobody vouches for contacts longer, RFC 9116 section 2.5.5"), expires);
    }
}
