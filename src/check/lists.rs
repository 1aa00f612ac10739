//! Lists keep what they promise: everybody is named once, nobody vanishes without a word, a notice
//! is as long as was promised. Each rule is for every list that has the fields it is about.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest, slip};
use crate::ledger::redact;
use crate::model::{
    FieldKind, History, Identity, List, ListEntry, Passage, Site, country_code, is_country,
    matched, name_key, repeated, returns,
};
use crate::parse;
use crate::tree::Span;

/// Reports what is wrong with the lists of the draft.
pub fn check(site: &Site, today: Date, diagnostics: &mut Diagnostics) {
    for history in &site.histories {
        let Some(list) = history.draft.as_deref().and_then(|draft| draft.list()) else { continue };
        let newest = history.newest().and_then(|version| version.document.list());
        let empty = List::empty(list.kind);
        let released: Vec<&ListEntry> = newest.unwrap_or(&empty).shown().collect();
        let old: Vec<Identity> = released.iter().map(|entry| Identity::of(entry)).collect();
        let new: Vec<Identity> = list.entries.iter().map(Identity::of).collect();
        let mut found = twice(list);
        if list.kind.has("removed") {
            found.extend(uncredited(&old, &new));
        }
        if list.kind.has("until") {
            found.extend(vanished(&old, &new, list, today));
        }
        found.extend(countries(list));
        if let Some(days) = site.config.notice.get(&history.id).copied().filter(|days| *days > 0) {
            found.extend(short_notice(days, (&released, &old), (list, &new), today));
        }
        found.extend(passages(site, list));
        let path = history.place();
        diagnostics.extend(found.into_iter().map(|(span, found)| match span {
            Some(span) => found.at(&path, span),
            None => found.in_file(&path).sought_in(path.as_str()),
        }));
    }
}

/// Findings, each with its place in the list; what vanished from it has none.
type Found = Vec<(Option<Span>, Diagnostic)>;

/// Reports names that are listed twice by entries without an id.
fn twice(list: &List) -> Found {
    let mut seen = BTreeSet::new();
    let key = |entry: &&ListEntry| {
        (name_key(entry.name()), entry.text("purpose").map(name_key).unwrap_or_default())
    };
    let again = list
        .entries
        .iter()
        .filter(|entry| entry.text("id").is_none() && !redact::is_mark(entry.name()))
        .filter(|entry| !seen.insert(key(entry)));
    let unless = match list.kind.has("id") {
        true => "two companies: then give each an `id`",
        false => "two people of one name",
    };
    let found = again.map(|entry| {
        let twice =
            Diagnostic::warning(Code::DuplicateEntry, format!("`{}` is named twice", entry.name()));
        (
            Some(entry.span(list.kind.name)),
            twice.help(format!("remove one of the entries, unless they are {unless}")),
        )
    });
    found.collect()
}

/// Returns the released entries that are in a list no more, in any form: one of two that say the
/// same may go.
fn gone<'a>(old: &'a [Identity], new: &'a [Identity]) -> impl Iterator<Item = &'a Identity> {
    let gone = matched(old, new)
        .into_iter()
        .filter_map(|(old, new)| old.filter(|_| new.is_none()))
        .map(|at| &old[at]);
    let there: BTreeSet<_> = new.iter().map(Identity::seen).collect();
    gone.filter(move |entry| !redact::is_mark(&entry.name) && !there.contains(&entry.seen()))
}

/// Reports people who were credited and are missing.
fn uncredited(old: &[Identity], new: &[Identity]) -> Found {
    let found = gone(old, new).map(|entry| {
        let name = entry.name.escape_debug();
        let gone =
            Diagnostic::error(Code::Vanished, format!("`{name}` was credited and is missing"));
        let help = "bring the entry back with `removed: { date: …, reason: … }`, which takes it off the page, or with `formerly: …` under another name";
        (None, gone.help(help))
    });
    found.collect()
}

/// Reports entries that went without a last day.
fn vanished(old: &[Identity], new: &[Identity], list: &List, today: Date) -> Found {
    let repeated = repeated(old, new);
    let gone = gone(old, new).filter(|entry| entry.until.is_none() && entry.cancelled.is_none());
    let found = gone.map(|entry| {
        let announced = list.kind.has("cancelled")
            && entry.effective.is_some_and(|effective| effective > today);
        let (was, help) = match announced {
            true => (
                "announced",
                "bring the entry back with `cancelled: …`, the day on which it was given up",
            ),
            false => (list.kind.entry, "bring the entry back with `until: …`, its last day"),
        };
        let gone = Diagnostic::error(
            Code::Vanished,
            format!("`{}` was {was} and is gone", entry.title(&repeated).escape_debug()),
        );
        (
            None,
            gone.help(format!(
                "{help}, or with `formerly: …` under another name; it may go once that was released"
            )),
        )
    });
    found.collect()
}

/// Reports what is not a code of a country.
fn countries(list: &List) -> Found {
    let fields = list.kind.fields.iter().filter(|field| field.kind == FieldKind::Country);
    let places = fields.flat_map(|field| {
        let written = |entry: &ListEntry| {
            entry.text(field.key).map(|text| (text.to_owned(), entry.span(field.key)))
        };
        list.entries.iter().filter_map(written)
    });
    let found = places.filter(|(country, _)| !is_country(country)).map(|(country, span)| {
        let unknown = Diagnostic::warning(
            Code::Country,
            format!("`{}` is not a country code", country.escape_debug()),
        );
        let meant = country_code(&country);
        let fix = meant.as_deref().and_then(|meant| parse::rewritten(&country, span, meant));
        let unknown = match meant {
            Some(meant) => unknown.help(format!("write `{meant}`")),
            None => unknown
                .help("write its two letters of ISO 3166, as in `DE`, or several with commas"),
        };
        (Some(span), unknown.with_fix(fix))
    });
    found.collect()
}

/// Reports entries that come sooner after their announcement than was promised.
fn short_notice(
    days: i64,
    (released, old): (&[&ListEntry], &[Identity]),
    (list, new): (&List, &[Identity]),
    today: Date,
) -> Found {
    let mut found = Vec::new();
    let days_of = |entry: &ListEntry| (entry.day("announced"), entry.day("effective"));
    for (before, now) in matched(old, new) {
        let Some((now, entry)) = now.map(|now| (&new[now], &list.entries[now])) else {
            continue;
        };
        // Who returns is announced again.
        let known = before.is_some_and(|at| {
            days_of(released[at]) == days_of(entry) && !returns(&old[at], now, Some(today))
        });
        let Some(effective) = now.effective.filter(|_| !known && now.cancelled.is_none()) else {
            continue;
        };
        let name = now.name.escape_debug();
        let short = match entry.day("announced") {
            None => Diagnostic::error(
                Code::ShortNotice,
                format!("`{name}` does not say when it was announced"),
            )
            .help(format!("add `announced: …`, at least {days} days before")),
            Some(announced)
                if announced
                    .checked_add(days.days())
                    .is_ok_and(|earliest| earliest > effective) =>
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
        found.push((Some(entry.span("effective")), short));
    }
    found
}

/// Reports passages of policies that are not there.
fn passages(site: &Site, list: &List) -> Found {
    let mut found = Vec::new();
    let fields = list.kind.fields.iter().filter(|field| field.kind == FieldKind::Passage);
    let places = fields.flat_map(|field| {
        let passage = |entry: &ListEntry| {
            Some((Passage::new(entry.text(field.key)?)?, entry.span(field.key)))
        };
        list.entries.iter().filter_map(passage)
    });
    for (passage, span) in places {
        let policy =
            site.history(&passage.policy).and_then(|history| history.draft.as_deref()?.policy());
        let Passage { policy: id, section } = &passage;
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
            Some(policy) if policy.title_of(&passage).is_none() => {
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
        let fix =
            sure.and_then(|sure| parse::rewritten(&address((id, section)), span, &address(sure)));
        let gone = Diagnostic::error(Code::BrokenLink, gone)
            .help("name the section in which it is promised");
        let gone =
            gone.sought_in(format!("content/{id}#{}", section.unwrap_or_default())).with_fix(fix);
        found.push((
            Some(span),
            match meant {
                Some(meant) => gone.label(format!("did you mean `{meant}`?")),
                None => gone,
            },
        ));
    }
    found
}
