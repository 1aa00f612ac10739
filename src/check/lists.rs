//! Lists keep what they promise: everybody is named once, nobody vanishes without a word, a notice is as long as was promised.

use std::collections::BTreeSet;

use jiff::ToSpan;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::nearest;
use crate::diagnostic::slip;
use crate::ledger::redact;
use crate::model::Commitments;
use crate::model::Document;
use crate::model::History;
use crate::model::Passage;
use crate::model::Placed;
use crate::model::Site;
use crate::model::Subprocessor;
use crate::model::Subprocessors;
use crate::model::Whitehats;
use crate::model::folded;
use crate::model::is_country;
use crate::parse;
use crate::tree::Span;

/// Reports what is wrong with the lists of the draft.
pub fn check(site: &Site, diagnostics: &mut Diagnostics) {
    for history in &site.histories {
        let newest = history.newest().map(|version| &*version.document);
        let found = match (history.draft.as_deref(), newest) {
            (Some(Document::Whitehats(list)), newest) => whitehats(list, newest),
            (Some(Document::Subprocessors(list)), newest) => subprocessors(site, history, list, newest),
            (Some(Document::Commitments(list)), _) => commitments(site, list),
            _ => continue,
        };
        let path = history.place();
        diagnostics.extend(found.into_iter().map(|(span, found)| match span {
            Some(span) => found.at(&path, span),
            None => found.in_file(&path).sought_in(path.as_str()),
        }));
    }
}

/// Findings, each with its place in the list; what vanished from it has none.
type Found = Vec<(Option<Span>, Diagnostic)>;

fn whitehats(list: &Whitehats, newest: Option<&Document>) -> Found {
    let mut found = twice(list.whitehats.iter().map(|whitehat| &whitehat.name));
    let Some(Document::Whitehats(released)) = newest else {
        return found;
    };
    let names = list.whitehats.iter().flat_map(|entry| [Some(&entry.name.value), entry.formerly.as_ref()]).flatten();
    let names: BTreeSet<String> = names.map(|name| folded(name)).collect();
    let gone = released.shown().filter(|whitehat| !names.contains(&folded(&whitehat.name.value)) && !redact::is_mark(&whitehat.name.value));
    found.extend(gone.map(|whitehat| {
        let gone = Diagnostic::error(Code::Vanished, format!("`{}` was credited and is gone", whitehat.name.value.escape_debug()));
        let help = "bring the entry back with `removed: { date: …, reason: … }`, which takes it off the page, or with `formerly: …` under another name";
        (None, gone.help(help))
    }));
    found
}

fn subprocessors(site: &Site, history: &History, list: &Subprocessors, newest: Option<&Document>) -> Found {
    let mut found = twice(list.subprocessors.iter().map(|entry| &entry.name));
    let released = match newest {
        Some(Document::Subprocessors(released)) => released.subprocessors.as_slice(),
        _ => &[],
    };
    let names: BTreeSet<String> = list.subprocessors.iter().flat_map(Subprocessor::names).collect();
    for entry in released {
        let name = &entry.name.value;
        if entry.until.is_none() && !names.contains(&folded(name)) && !redact::is_mark(name) {
            let gone = Diagnostic::error(Code::Vanished, format!("`{}` was a sub-processor and is gone", name.escape_debug()));
            let help = "bring the entry back with `until: …`, its last day, or with `formerly: …` under another name; it may go once that was released";
            found.push((None, gone.help(help)));
        }
    }
    for entry in &list.subprocessors {
        if let Some(country) = entry.country.as_ref().filter(|country| !is_country(&country.value)) {
            let unknown = Diagnostic::warning(Code::Country, format!("`{}` is no country's code", country.value.escape_debug()));
            let meant = country.value.to_ascii_uppercase().replace("UK", "GB");
            let fix = is_country(&meant).then(|| parse::rewritten(&country.value, country.span, &meant)).flatten();
            let unknown = unknown.help("write its two letters of ISO 3166, as in `DE`, or several with commas");
            found.push((Some(country.span), unknown.mended_by(fix)));
        }
    }
    let Some(days) = site.config.notice.get(&history.id).copied().filter(|days| *days > 0) else {
        return found;
    };
    let known: BTreeSet<(String, Option<_>, Option<_>)> = released.iter().map(dates).collect();
    for entry in list.subprocessors.iter().filter(|entry| !known.contains(&dates(entry))) {
        let Some(effective) = &entry.effective else {
            continue;
        };
        let name = entry.name.value.escape_debug();
        let short = match entry.announced {
            None => Diagnostic::error(Code::ShortNotice, format!("`{name}` does not say when it was announced"))
                .help(format!("add `announced: …`, at least {days} days before")),
            Some(announced) if announced.checked_add(days.days()).is_ok_and(|earliest| earliest > effective.value) => {
                let earliest = announced.saturating_add(days.days());
                Diagnostic::error(Code::ShortNotice, format!("the notice for `{name}` is shorter than the {days} days that are promised"))
                    .help(format!("announced on {announced}, it comes into use on {earliest} at the earliest"))
            }
            Some(_) => continue,
        };
        found.push((Some(effective.span), short));
    }
    found
}

/// Returns what a notice is about.
fn dates(entry: &Subprocessor) -> (String, Option<jiff::civil::Date>, Option<jiff::civil::Date>) {
    (folded(&entry.name.value), entry.announced, entry.effective.as_ref().map(|day| day.value))
}

/// Reports commitments whose section is not there.
fn commitments(site: &Site, list: &Commitments) -> Found {
    let mut found = Vec::new();
    for passage in list.commitments.iter().filter_map(|entry| entry.section.as_ref()) {
        let policy = site.history(&passage.value.policy).and_then(|history| history.draft.as_deref()?.policy());
        let Passage { policy: id, section } = &passage.value;
        let section = section.as_deref();
        let (gone, meant, sure) = match policy {
            None => {
                let drafted = |history: &&History| history.draft.as_deref().is_some_and(|draft| draft.policy().is_some());
                let policies = site.histories.iter().filter(drafted).map(|history| history.id.as_str());
                let sure = slip(id, policies.clone()).map(|id| (id, section));
                (format!("there is no policy `{id}`"), nearest(id, policies), sure)
            }
            Some(policy) if policy.title_of(&passage.value).is_none() => {
                let (section, sections) = (section.unwrap_or_default(), policy.sections.iter().map(|section| section.id.as_str()));
                let sure = slip(section, sections.clone()).map(|section| (id.as_str(), Some(section)));
                (format!("there is no section `{section}` in `{id}`"), nearest(section, sections), sure)
            }
            Some(_) => continue,
        };
        let address = |(policy, section): (&str, Option<&str>)| section.map_or(policy.to_owned(), |section| format!("{policy}#{section}"));
        let fix = sure.and_then(|sure| parse::rewritten(&address((id, section)), passage.span, &address(sure)));
        let gone = Diagnostic::error(Code::BrokenLink, gone).help("name the section in which it is promised");
        let gone = gone.sought_in(format!("content/{id}#{}", section.unwrap_or_default())).mended_by(fix);
        found.push((
            Some(passage.span),
            match meant {
                Some(meant) => gone.label(format!("did you mean `{meant}`?")),
                None => gone,
            },
        ));
    }
    found
}

/// Reports names that stand twice.
fn twice<'a>(names: impl Iterator<Item = &'a Placed<String>>) -> Found {
    let mut seen = BTreeSet::new();
    let again = names.filter(|name| !redact::is_mark(&name.value)).filter(|name| !seen.insert(folded(&name.value)));
    let again = again.map(|name| {
        let twice = Diagnostic::warning(Code::DuplicateEntry, format!("`{}` is named twice", name.value));
        (Some(name.span), twice.help("remove one of the entries, unless they are two people of one name"))
    });
    again.collect()
}
