//! Lists keep what they promise: everybody is named once, nobody vanishes without a word, a notice
//! is as long as was promised.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest, slip};
use crate::ledger::redact;
use crate::model::{
    Commitments, Document, History, Identity, Passage, Placed, Site, Subprocessor, Subprocessors,
    Whitehats, is_country, matched, name_key, repeated, returns,
};
use crate::parse;
use crate::tree::Span;

/// Reports what is wrong with the lists of the draft.
pub fn check(site: &Site, today: Date, diagnostics: &mut Diagnostics) {
    for history in &site.histories {
        let newest = history.newest().map(|version| &*version.document);
        let found = match (history.draft.as_deref(), newest) {
            (Some(Document::Whitehats(list)), newest) => whitehats(list, newest),
            (Some(Document::Subprocessors(list)), newest) => {
                subprocessors(site, history, list, newest, today)
            }
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
    let mut found = twice(
        list.whitehats.iter().map(|entry| (&entry.name, name_key(&entry.name.value))),
        "two people of one name",
    );
    let Some(Document::Whitehats(released)) = newest else {
        return found;
    };
    let old: Vec<Identity> = released.shown().map(Identity::of_whitehat).collect();
    let new: Vec<Identity> = list.whitehats.iter().map(Identity::of_whitehat).collect();
    found.extend(gone(&old, &new).map(|entry| {
        let gone = Diagnostic::error(Code::Vanished, format!("`{}` was credited and is missing", entry.name.escape_debug()));
        let help = "bring the entry back with `removed: { date: …, reason: … }`, which takes it off the page, or with `formerly: …` under another name";
        (None, gone.help(help))
    }));
    found
}

/// Returns the released entries that are in a list no more, in any form: one of two that say the
/// same may go.
fn gone<'a>(old: &'a [Identity], new: &'a [Identity]) -> impl Iterator<Item = &'a Identity> {
    let gone = matched(old, new)
        .into_iter()
        .filter_map(|(old, new)| old.filter(|_| new.is_none()))
        .map(|at| &old[at]);
    gone.filter(|entry| {
        !redact::is_mark(&entry.name) && !new.iter().any(|other| other.looks_like(entry))
    })
}

fn subprocessors(
    site: &Site,
    history: &History,
    list: &Subprocessors,
    newest: Option<&Document>,
    today: Date,
) -> Found {
    let without_id = list.subprocessors.iter().filter(|entry| entry.id.is_none());
    let keys = without_id.map(|entry| {
        (&entry.name, format!("{}\n{}", name_key(&entry.name.value), name_key(&entry.purpose)))
    });
    let mut found = twice(keys, "two companies: then give each an `id`");
    let released = match newest {
        Some(Document::Subprocessors(released)) => released.subprocessors.as_slice(),
        _ => &[],
    };
    let [old, new] = [released, &list.subprocessors]
        .map(|list| list.iter().map(Identity::of_subprocessor).collect::<Vec<_>>());
    let repeated = repeated(&old, &new);
    for entry in gone(&old, &new).filter(|entry| entry.until.is_none() && entry.cancelled.is_none())
    {
        let (was, help) = match entry.effective.is_some_and(|effective| effective > today) {
            true => (
                "announced",
                "bring the entry back with `cancelled: …`, the day on which it was given up",
            ),
            false => ("a sub-processor", "bring the entry back with `until: …`, its last day"),
        };
        let gone = Diagnostic::error(
            Code::Vanished,
            format!("`{}` was {was} and is gone", entry.title(&repeated).escape_debug()),
        );
        found.push((
            None,
            gone.help(format!(
                "{help}, or with `formerly: …` under another name; it may go once that was released"
            )),
        ));
    }
    for entry in &list.subprocessors {
        if let Some(country) = entry.country.as_ref().filter(|country| !is_country(&country.value))
        {
            let unknown = Diagnostic::warning(
                Code::Country,
                format!("`{}` is not a country code", country.value.escape_debug()),
            );
            let meant = country.value.to_ascii_uppercase().replace("UK", "GB");
            let fix = is_country(&meant)
                .then(|| parse::rewritten(&country.value, country.span, &meant))
                .flatten();
            let unknown = unknown
                .help("write its two letters of ISO 3166, as in `DE`, or several with commas");
            found.push((Some(country.span), unknown.with_fix(fix)));
        }
    }
    let Some(days) = site.config.notice.get(&history.id).copied().filter(|days| *days > 0) else {
        return found;
    };
    let days_of =
        |entry: &Subprocessor| (entry.announced, entry.effective.as_ref().map(|day| day.value));
    for (before, now) in matched(&old, &new) {
        let Some((now, entry)) = now.map(|now| (&new[now], &list.subprocessors[now])) else {
            continue;
        };
        // Who returns is announced again.
        let known = before.is_some_and(|at| {
            days_of(&released[at]) == days_of(entry) && !returns(&old[at], now, Some(today))
        });
        let Some(effective) =
            entry.effective.as_ref().filter(|_| !known && entry.cancelled.is_none())
        else {
            continue;
        };
        let name = entry.name.value.escape_debug();
        let short = match entry.announced {
            None => Diagnostic::error(
                Code::ShortNotice,
                format!("`{name}` does not say when it was announced"),
            )
            .help(format!("add `announced: …`, at least {days} days before")),
            Some(announced)
                if announced
                    .checked_add(days.days())
                    .is_ok_and(|earliest| earliest > effective.value) =>
            {
                let earliest = announced.saturating_add(days.days());
                Diagnostic::error(
                    Code::ShortNotice,
                    format!(
                        "the notice for `{name}` is shorter than the {days} days that are promised"
                    ),
                )
                .help(format!(
                    "announced on {announced}, it comes into use on {earliest} at the earliest"
                ))
            }
            Some(_) => continue,
        };
        found.push((Some(effective.span), short));
    }
    found
}

/// Reports commitments whose section is not there.
fn commitments(site: &Site, list: &Commitments) -> Found {
    let mut found = Vec::new();
    for passage in list.commitments.iter().filter_map(|entry| entry.section.as_ref()) {
        let policy = site
            .history(&passage.value.policy)
            .and_then(|history| history.draft.as_deref()?.policy());
        let Passage { policy: id, section } = &passage.value;
        let section = section.as_deref();
        let (gone, meant, sure) = match policy {
            None => {
                let drafted = |history: &&History| {
                    history.draft.as_deref().is_some_and(|draft| draft.policy().is_some())
                };
                let policies =
                    site.histories.iter().filter(drafted).map(|history| history.id.as_str());
                let sure = slip(id, policies.clone()).map(|id| (id, section));
                (format!("there is no policy `{id}`"), nearest(id, policies), sure)
            }
            Some(policy) if policy.title_of(&passage.value).is_none() => {
                let (section, sections) = (
                    section.unwrap_or_default(),
                    policy.sections.iter().map(|section| section.id.as_str()),
                );
                let sure =
                    slip(section, sections.clone()).map(|section| (id.as_str(), Some(section)));
                (
                    format!("there is no section `{section}` in `{id}`"),
                    nearest(section, sections),
                    sure,
                )
            }
            Some(_) => continue,
        };
        let address = |(policy, section): (&str, Option<&str>)| {
            section.map_or(policy.to_owned(), |section| format!("{policy}#{section}"))
        };
        let fix = sure.and_then(|sure| {
            parse::rewritten(&address((id, section)), passage.span, &address(sure))
        });
        let gone = Diagnostic::error(Code::BrokenLink, gone)
            .help("name the section in which it is promised");
        let gone =
            gone.sought_in(format!("content/{id}#{}", section.unwrap_or_default())).with_fix(fix);
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

/// Reports names whose keys stand twice.
fn twice<'a>(names: impl Iterator<Item = (&'a Placed<String>, String)>, unless: &str) -> Found {
    let mut seen = BTreeSet::new();
    let again = names
        .filter(|(name, _)| !redact::is_mark(&name.value))
        .filter(|(_, key)| !seen.insert(key.clone()));
    let again = again.map(|(name, _)| {
        let twice =
            Diagnostic::warning(Code::DuplicateEntry, format!("`{}` is named twice", name.value));
        (
            Some(name.span),
            twice.help(format!("remove one of the entries, unless they are {unless}")),
        )
    });
    again.collect()
}
