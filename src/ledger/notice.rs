//! Notice: on which day words may come into force, and what their readers were promised.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ledger::FOLDER;
use crate::ledger::comparison::compare;
use crate::ledger::release::Ask;
use crate::ledger::release::Refusal;
use crate::model::Document;
use crate::model::DocumentId;
use crate::model::History;
use crate::model::Identity;
use crate::model::Kind;
use crate::model::ReleaseId;
use crate::model::Site;
use crate::model::Subprocessor;
use crate::model::Version;
use crate::model::matched;
use crate::model::returns;
use crate::parse;
use crate::tree::File;
use crate::tree::Tree;
use crate::tree::TreePath;

/// Returns true if a release needs notice. What a person vouches for does: only what is checked goes without.
pub fn noticed(ask: &Ask) -> bool {
    ask.kind == Kind::Substantive || ask.attested.is_some()
}

/// Documents that come into force on one day, each with the announced version that it joins.
pub type Group<'a> = Vec<(&'a History, Option<&'a Version>)>;

/// Returns the days on which these documents come into force, where that is not the day of their release, earliest first.
pub fn days<'a>(
    site: &Site,
    files: &Tree<File>,
    documents: &[&'a History],
    ask: &Ask,
) -> Result<BTreeMap<Option<Date>, Group<'a>>, Refusal> {
    let Some(released) = ask.released else {
        return Ok(BTreeMap::from([(ask.effective, documents.iter().map(|history| (*history, None)).collect())]));
    };
    if ask.effective.is_some_and(|effective| effective < released) {
        return Err(Refusal::EffectiveBefore(released));
    }
    let start = released.max(ask.today);
    // No act reaches back: where readers have a version, another comes into force today at the earliest.
    let known = |history: &&&History| history.versions.iter().any(|version| history.came(version));
    if let Some(effective) = ask.effective.filter(|effective| *effective < ask.today && documents.iter().any(|history| known(&history))) {
        return Err(Refusal::Past { effective, today: ask.today });
    }
    let shown: Vec<Option<Vec<&History>>> = documents.iter().map(|history| shown(site, files, history, documents)).collect();
    let owed = documents.iter().zip(&shown).filter(|(history, shown)| {
        // A return from retirement is no editorial change.
        (noticed(ask) || history.retired().is_some()) && !history.versions.is_empty() && shown.is_none()
    });
    let owed = owed.map(|(history, _)| (promised(site, history), history));
    let owed = owed.filter(|(days, history)| *days > 0 && !announces(history, start, *days));
    let mut earliest = if documents.iter().any(|history| known(&history)) { start } else { released };
    if let Some((days, history)) = owed.max_by_key(|(days, history)| (*days, &history.id)) {
        earliest = start.saturating_add(days.days());
        if ask.effective.is_some_and(|effective| effective < earliest) {
            return Err(Refusal::ShortNotice { document: history.id.clone(), days, earliest });
        }
    }
    let asked = ask.effective.unwrap_or(earliest);
    // A list of this release comes on the day of its own, any other on which it was announced.
    let own = |history: &History| -> Result<(Date, Option<&'a Version>), Refusal> {
        let history = documents.iter().find(|document| document.id == history.id);
        let announced = history.and_then(|history| Some(&history.versions[history.announced().last()?]));
        match announced.filter(|version| version.period.from > Some(asked)) {
            Some(joined) if ask.effective.is_some() => Err(overtaking(history.map(|history| &history.id), joined)),
            joined => Ok((joined.and_then(|joined| joined.period.from).unwrap_or(asked), joined)),
        }
    };
    let mut groups: BTreeMap<Option<Date>, Group<'a>> = BTreeMap::new();
    for (history, shown) in documents.iter().zip(shown) {
        let (mut day, mut joined) = own(history)?;
        if let Some(lists) = shown {
            // Only a list that it shows changed: it follows that list, but no version of its own.
            let list = |list: &&History| match documents.iter().any(|document| document.id == list.id) {
                true => own(list).map(|(day, _)| day),
                false => Ok(list.newest().and_then(|newest| newest.period.from).unwrap_or(start).max(start)),
            };
            let lists = lists.iter().map(list).collect::<Result<Vec<Date>, Refusal>>()?;
            let last = joined.and_then(|joined| joined.period.from);
            day = lists.into_iter().chain(last).chain(ask.effective).max().unwrap_or(start);
            joined = joined.filter(|_| last == Some(day));
        }
        groups.entry(Some(day).filter(|day| *day != released)).or_default().push((history, joined));
    }
    Ok(groups)
}

fn overtaking(document: Option<&DocumentId>, announced: &Version) -> Refusal {
    let day = announced.period.from.expect("an announced version has a day");
    let document = document.expect("a document of the release").clone();
    Refusal::Overtaking { document, version: announced.release.id.clone(), day }
}

/// Returns the lists that a policy shows, if nothing in it changed but what it shows of them. What it showed before is found by expanding its
/// references in the lists as they were.
fn shown<'a>(site: &'a Site, files: &Tree<File>, history: &History, documents: &[&History]) -> Option<Vec<&'a History>> {
    let newest = history.newest().filter(|newest| newest.document.policy().is_some())?;
    let lists = [DocumentId::SUBPROCESSORS, DocumentId::WHITEHATS].into_iter().filter_map(|id| site.history(id));
    let before = |list: &'a History| Some((list, site.version_at(list.id.as_str(), &newest.release.id)?));
    let differs =
        |(list, version): &(&History, &Version)| list.draft.as_deref().is_some_and(|draft| !compare(&version.document, draft).is_same());
    let changed: Vec<(&History, &Version)> = lists.filter_map(before).filter(differs).collect();
    // A list that is neither released nor about to be has no day that could be followed.
    let dayless = |(list, _): &(&History, &Version)| list.unreleased && !documents.iter().any(|document| document.id == list.id);
    if changed.is_empty() || changed.iter().any(dayless) {
        return None;
    }
    let folder = format!("content/{}", history.id);
    let own = |path: &TreePath| path.folder() == folder || path.folder() == "content" || path.within(FOLDER).is_some();
    let mut then: Tree<File> = files.iter().filter(|(path, _)| own(path)).map(|(path, file)| (path.clone(), file.clone())).collect();
    for (list, version) in &changed {
        let (_, file) = version.files.first()?;
        then.insert(TreePath::new(&format!("content/{}.yaml", list.id)).expect("a list's file"), file.clone());
    }
    let content = parse::content(&then, &mut Default::default());
    let was = content.documents.get(&history.id)?;
    compare(&newest.document, was).is_same().then(|| changed.into_iter().map(|(list, _)| list).collect())
}

/// Returns how many days of notice the readers of a document are owed: as many as `site.yaml` says, and no fewer than they were promised by
/// the version in force and by those that are announced.
pub fn promised(site: &Site, history: &History) -> i64 {
    let now = site.config.notice.get(&history.id).copied().unwrap_or(0);
    let shown = history.shown().into_iter().chain(history.announced()).filter_map(|at| history.versions[at].notice);
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

/// Returns the versions and retirements that are published for the first time on a day, or moved to an earlier one, so late that readers get less notice than
/// the release gave them of what it promised. `published` is how many entries of the ledger were published before.
pub fn late(site: &Site, published: usize, today: Date) -> Vec<Late> {
    let versions = site.histories.iter().flat_map(|history| (0..history.versions.len()).map(move |at| (history, at)));
    let late = |(history, at): (&History, usize)| {
        let version = &history.versions[at];
        let from = version.period.from.filter(|_| !version.period.never())?;
        let news = |version: &Version| {
            let (release, moved) = (&version.release, version.decisions.iter().any(|decision| decision.place >= published));
            let noticed = release.kind == Kind::Substantive || release.attested.is_some();
            let promised = version.notice.max(history.versions[version.follows?].notice)?;
            let given = from.since(release.released?).ok()?.get_days();
            (noticed && (version.place >= published || moved)).then_some(promised.min(given.into()))
        };
        let brings = history.brought(at).into_iter().chain([at]).map(|at| &history.versions[at]);
        let promised = brings.filter_map(news).max()?;
        let earliest = today.saturating_add(promised.days());
        (from < earliest).then(|| Late {
            document: history.id.clone(),
            version: Some(version.release.id.clone()),
            from,
            promised,
            earliest,
        })
    };
    let retired = |history: &History| {
        let (place, retirement) = history.retirements.last().filter(|(place, _)| *place >= published)?;
        let before = history.versions.iter().filter(|version| version.place < *place);
        let given = i64::from(retirement.effective.since(retirement.date).ok()?.get_days());
        let promised = before.filter_map(|version| version.notice).next_back()?.min(given);
        let (from, earliest) = (retirement.effective, today.saturating_add(promised.days()));
        (from < earliest).then(|| Late { document: history.id.clone(), version: None, from, promised, earliest })
    };
    versions.filter_map(late).chain(site.histories.iter().filter_map(retired)).collect()
}

/// Tells whether the draft of a list of sub-processors keeps the notice by itself: everything new in it comes late enough by its own day, so
/// that the list can be in force at once and announce it.
fn announces(history: &History, released: Date, days: i64) -> bool {
    let newest = history.newest().map(|version| &*version.document);
    let (Some(Document::Subprocessors(new)), Some(Document::Subprocessors(old))) = (history.draft.as_deref(), newest) else {
        return false;
    };
    let earliest = released.saturating_add(days.days());
    let undated = |entry: &Subprocessor| Subprocessor {
        id: None,
        announced: None,
        effective: None,
        until: None,
        cancelled: None,
        ..entry.unplaced()
    };
    let [known, there] = [old, new].map(|list| list.subprocessors.iter().map(Identity::of_subprocessor).collect::<Vec<_>>());
    new.note == old.note
        && matched(&known, &there).into_iter().filter_map(|(before, now)| Some((before, now?))).all(|(before, now)| {
            let entry = &new.subprocessors[now];
            let day = |entry: &Subprocessor| entry.effective.as_ref().map(|day| day.value);
            let late = day(entry).is_some_and(|effective| effective >= earliest);
            match before.map(|at| (&known[at], &old.subprocessors[at])) {
                Some((known, before)) if !returns(known, &there[now], Some(released)) => {
                    undated(before) == undated(entry) && (day(before) == day(entry) || late)
                }
                _ => late || entry.cancelled.is_some(),
            }
        })
}
