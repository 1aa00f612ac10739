//! Notice: on which day words may come into force, and what their readers were promised.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ledger::FOLDER;
use crate::ledger::ask::{Ask, Refusal, ShortNotice};
use crate::ledger::comparison::compare;
use crate::model::{
    Document, DocumentId, History, Identity, LISTS, Reference, Release, ReleaseId, Site, Version,
    matched, returns,
};
use crate::parse;
use crate::tree::{File, Tree, TreePath};

/// Returns the day asked for, or the first that gives readers so many days of notice from a day on.
///
/// # Errors
/// Says that the day asked for is too early.
pub fn kept(
    document: &DocumentId,
    days: i64,
    from: Date,
    asked: Option<Date>,
) -> Result<Date, ShortNotice> {
    let earliest = from.saturating_add(days.days());
    match asked {
        Some(asked) if asked < earliest => {
            Err(ShortNotice { document: document.clone(), days, earliest })
        }
        asked => Ok(asked.unwrap_or(earliest)),
    }
}

/// Documents that come into force on one day, each with the announced version that it joins.
pub type Group<'a> = Vec<(&'a History, Option<&'a Version>)>;

/// Returns the days on which these documents come into force, where that is not the day of their
/// release, earliest first. `release` is theirs but for its day.
pub fn days<'a>(
    site: &Site,
    files: &Tree<File>,
    documents: &[&'a History],
    release: &Release,
    ask: &Ask,
) -> Result<BTreeMap<Option<Date>, Group<'a>>, Refusal> {
    let Some(released) = ask.released else {
        return Ok(BTreeMap::from([(
            ask.effective,
            documents.iter().map(|history| (*history, None)).collect(),
        )]));
    };
    if ask.effective.is_some_and(|effective| effective < released) {
        return Err(Refusal::EffectiveBefore(released));
    }
    let start = released.max(ask.today);
    // No act reaches back: where readers have a version, another comes into force today at the
    // earliest.
    let known = documents
        .iter()
        .any(|history| history.versions.iter().any(|version| history.came(version)));
    if let Some(effective) = ask.effective.filter(|effective| known && *effective < ask.today) {
        return Err(Refusal::Past { effective, today: ask.today });
    }
    let lists: Vec<Option<Vec<&History>>> =
        documents.iter().map(|history| lists_alone(site, files, history, documents)).collect();
    let owed = documents.iter().zip(&lists).filter(|(history, lists)| {
        // A return from retirement is no editorial change.
        (release.needs_notice() || history.retired().is_some())
            && !history.versions.is_empty()
            && lists.is_none()
    });
    let owed = owed.map(|(history, _)| (promised(site, history), history));
    let owed = owed.filter(|(days, history)| *days > 0 && !announces(history, start, *days));
    let asked = match owed.max_by_key(|(days, history)| (*days, &history.id)) {
        Some((days, history)) => kept(&history.id, days, start, ask.effective)?,
        None => ask.effective.unwrap_or(if known { start } else { released }),
    };
    // Each joins what was announced for a later day.
    let mut own: BTreeMap<&DocumentId, (Date, Option<&Version>)> = BTreeMap::new();
    for history in documents {
        let announced = history.announced().last().map(|at| &history.versions[at]);
        let later = announced.and_then(|version| {
            Some((version.period.from.filter(|day| *day > asked)?, Some(version)))
        });
        if let (Some((day, Some(version))), Some(_)) = (later, ask.effective) {
            return Err(Refusal::Overtaking {
                document: history.id.clone(),
                version: version.release.id.clone(),
                day,
            });
        }
        own.insert(&history.id, later.unwrap_or((asked, None)));
    }
    let mut groups: BTreeMap<Option<Date>, Group<'a>> = BTreeMap::new();
    for (history, lists) in documents.iter().zip(lists) {
        let (mut day, mut joined) = own[&history.id];
        if let Some(lists) = lists {
            // Only lists that it shows changed: it follows them, but no version of its own.
            let announced = |list: &History| {
                list.newest().and_then(|newest| newest.period.from).unwrap_or(start).max(start)
            };
            let lists = lists
                .into_iter()
                .map(|list| own.get(&list.id).map_or_else(|| announced(list), |(day, _)| *day));
            let last = joined.map(|_| day);
            day = lists.chain(last).chain(ask.effective).max().unwrap_or(start);
            joined = joined.filter(|_| last == Some(day));
        }
        groups.entry(Some(day).filter(|day| *day != released)).or_default().push((history, joined));
    }
    Ok(groups)
}

/// Returns the lists that a policy shows, if nothing in it changed but what it shows of them. What
/// it showed before is found by expanding its references in the lists as they were.
fn lists_alone<'a>(
    site: &'a Site,
    files: &Tree<File>,
    history: &History,
    documents: &[&History],
) -> Option<Vec<&'a History>> {
    let newest = history.newest().filter(|newest| newest.document.policy().is_some())?;
    let whole = LISTS.into_iter().filter(|kind| kind.reference != Reference::Entry);
    let lists = whole.filter_map(|kind| site.history(kind.id));
    let before =
        |list: &'a History| Some((list, site.version_at(list.id.as_str(), &newest.release.id)?));
    let differs = |(list, version): &(&History, &Version)| {
        list.draft.as_deref().is_some_and(|draft| !compare(&version.document, draft).is_same())
    };
    let changed: Vec<(&History, &Version)> = lists.filter_map(before).filter(differs).collect();
    // A list that is neither released nor about to be has no day that could be followed.
    let dayless = |(list, _): &(&History, &Version)| {
        list.unreleased && !documents.iter().any(|document| document.id == list.id)
    };
    if changed.is_empty() || changed.iter().any(dayless) {
        return None;
    }
    let folder = format!("content/{}", history.id);
    let own = |path: &TreePath| {
        path.folder() == folder || path.folder() == "content" || path.within(FOLDER).is_some()
    };
    let mut then: Tree<File> = files
        .iter()
        .filter(|(path, _)| own(path))
        .map(|(path, file)| (path.clone(), file.clone()))
        .collect();
    for (list, version) in &changed {
        let (_, file) = version.files.first()?;
        then.insert(
            TreePath::new(&format!("content/{}.yaml", list.id)).expect("a list's file"),
            file.clone(),
        );
    }
    let content = parse::content(&then, &mut Default::default());
    let was = content.documents.get(&history.id)?;
    compare(&newest.document, was)
        .is_same()
        .then(|| changed.into_iter().map(|(list, _)| list).collect())
}

/// Returns how many days of notice the readers of a document are owed: as many as `site.yaml` says,
/// and no fewer than they were promised by the version in force and by those that are announced.
pub fn promised(site: &Site, history: &History) -> i64 {
    let now = site.config.notice.get(&history.id).copied().unwrap_or(0);
    let shown = history
        .shown()
        .into_iter()
        .chain(history.announced())
        .filter_map(|at| history.versions[at].notice);
    shown.fold(now, i64::max)
}

/// A version, or a retirement, of which readers hear later than they were promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The document.
    pub document: DocumentId,
    /// The version. `None` if it is the retirement of the document.
    pub version: Option<ReleaseId>,
    /// Its first day in force, or the first on which the document is not.
    pub from: Date,
    /// How many days of notice its readers are promised.
    pub promised: i64,
    /// The first day that would keep the promise.
    pub earliest: Date,
}

/// Returns the versions and retirements that are published for the first time on a day, or moved to
/// an earlier one, so late that readers get less notice than the release gave them of what it
/// promised. `published` is how many entries of the ledger were published before.
pub fn late(site: &Site, published: usize, today: Date) -> Vec<Late> {
    let too_late = |history: &History, version: Option<&Version>, from: Date, promised: i64| {
        let (document, version) =
            (history.id.clone(), version.map(|version| version.release.id.clone()));
        let earliest = today.saturating_add(promised.days());
        (from < earliest).then_some(Late { document, version, from, promised, earliest })
    };
    let given = |from: Date, to: Date| to.since(from).map_or(0, |span| i64::from(span.get_days()));
    let version = |history: &History, at: usize| {
        let version = &history.versions[at];
        let from = version.period.from.filter(|_| !version.period.never())?;
        let news = |version: &Version| {
            let is_new = version.place >= published
                || version.decisions.iter().any(|decision| decision.place >= published);
            let promised = version.notice.max(history.versions[version.follows?].notice)?;
            (is_new && version.release.needs_notice())
                .then_some(promised.min(given(version.release.released?, from)))
        };
        let brings = history.brought(at).into_iter().chain([at]).map(|at| &history.versions[at]);
        too_late(history, Some(version), from, brings.filter_map(news).max()?)
    };
    let retired = |history: &History| {
        let (place, retirement) =
            history.retirements.last().filter(|(place, _)| *place >= published)?;
        let promised = history
            .versions
            .iter()
            .filter(|version| version.place < *place)
            .filter_map(|version| version.notice)
            .next_back()?;
        too_late(
            history,
            None,
            retirement.effective,
            promised.min(given(retirement.date, retirement.effective)),
        )
    };
    let versions = site
        .histories
        .iter()
        .flat_map(|history| (0..history.versions.len()).filter_map(move |at| version(history, at)));
    versions.chain(site.histories.iter().filter_map(retired)).collect()
}

/// Returns true if the draft of a list keeps the notice by itself: everything new in it comes late
/// enough by its own day, so that the list can be in force at once and announce it.
fn announces(history: &History, released: Date, days: i64) -> bool {
    let list = |document: Option<&Document>| document?.list().cloned();
    let newest = history.newest().map(|version| &*version.document);
    let (Some(new), Some(old)) = (list(history.draft.as_deref()), list(newest)) else {
        return false;
    };
    let earliest = released.saturating_add(days.days());
    let [known, there] =
        [&old, &new].map(|list| list.entries.iter().map(Identity::of).collect::<Vec<_>>());
    let is_late = |(before, now): (Option<usize>, usize)| {
        let (entry, day) = (&new.entries[now], there[now].effective);
        let late = day.is_some_and(|effective| effective >= earliest);
        match before.map(|at| (&known[at], &old.entries[at])) {
            Some((known, before)) if !returns(known, &there[now], Some(released)) => {
                const DAYS: [&str; 5] = ["id", "announced", "effective", "until", "cancelled"];
                before.is_same_but(entry, &DAYS) && (known.effective == day || late)
            }
            _ => late || entry.day("cancelled").is_some(),
        }
    };
    new.kind.has("effective")
        && new.head == old.head
        && matched(&known, &there)
            .into_iter()
            .filter_map(|(before, now)| Some((before, now?)))
            .all(is_late)
}
