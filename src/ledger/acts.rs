//! Acts on what was announced: a version put off or withdrawn, a document retired. Each is an entry
//! of the ledger; no frozen word changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;

use crate::ledger::ask::{Ask, ShortNotice};
use crate::ledger::comparison::compare;
use crate::ledger::freeze;
use crate::ledger::notice::{kept, promised};
use crate::ledger::release::permitted;
use crate::model::{
    DocumentId, End, History, Kind, Postponement, ReleaseId, Retirement, Site, Withdrawal,
};
use crate::parse;
use crate::tree::{File, Tree};

/// Why an act cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No reason is given.
    NoReason,
    /// No document has such a version.
    Unknown(ReleaseId),
    /// The version is not announced: what came into force stays, and what was withdrawn is gone.
    NotAnnounced {
        /// The version.
        version: ReleaseId,
        /// How it stands in the documents that have it.
        stands: String,
    },
    /// Another announced version stands on this one.
    StandsUnder {
        /// The version.
        version: ReleaseId,
        /// The other one.
        later: ReleaseId,
    },
    /// The new day is after that of another announced version.
    PastLater {
        /// The other version.
        later: ReleaseId,
        /// Its day.
        day: Date,
    },
    /// The new day is before that of a version announced earlier.
    BeforeEarlier {
        /// The other version.
        earlier: ReleaseId,
        /// Its day.
        day: Date,
    },
    /// The version has that day already.
    Unchanged(Date),
    /// The notice would be shorter than promised.
    ShortNotice(ShortNotice),
    /// The document has no version in force or announced.
    NotInForce(DocumentId),
    /// The document is to be retired already.
    Retired {
        /// The document.
        document: DocumentId,
        /// The day.
        day: Date,
    },
    /// The words under the new id are not those in force under the old one.
    OtherWords(DocumentId),
    /// An entry about one of the documents is dated later.
    Backwards {
        /// The day asked for.
        asked: Date,
        /// The day of the newest entry.
        newest: Date,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::NoReason => {
                write!(formatter, "the reason is empty: say in a sentence why, for readers")
            }
            Refusal::Unknown(version) => write!(formatter, "there is no version `{version}`"),
            Refusal::NotAnnounced { version, stands } => {
                write!(formatter, "version `{version}` is not announced: {stands}")
            }
            Refusal::StandsUnder { version, later } => write!(
                formatter,
                "version `{later}` was made from `{version}`: withdraw both, `policybook withdraw {version} {later}`, or neither"
            ),
            Refusal::PastLater { later, day } => write!(
                formatter,
                "version `{later}` comes into force on {day}, before that: choose an earlier day, or move both with `--with-later`"
            ),
            Refusal::BeforeEarlier { earlier, day } => {
                write!(
                    formatter,
                    "version `{earlier}` comes into force on {day}: a later version cannot come before it"
                )
            }
            Refusal::Unchanged(day) => write!(formatter, "it comes into force on {day} already"),
            Refusal::ShortNotice(short) => short.fmt(formatter),
            Refusal::NotInForce(document) => {
                write!(formatter, "no version of `{document}` is in force or announced")
            }
            Refusal::Retired { document, day } => {
                write!(formatter, "`{document}` is retired from {day} on already")
            }
            Refusal::OtherWords(document) => {
                write!(
                    formatter,
                    "`{document}` would not say what is in force now: only the id may change; relative links may lead elsewhere"
                )
            }
            Refusal::Backwards { asked, newest } => {
                write!(
                    formatter,
                    "{asked} is before {newest}, the day of the newest entry about it: ledger entries must be in date order"
                )
            }
        }
    }
}

impl From<ShortNotice> for Refusal {
    fn from(short: ShortNotice) -> Refusal {
        Refusal::ShortNotice(short)
    }
}

/// Returns the versions that come into force together with an announced one: those that it replaced
/// before their day, and itself last.
fn unit(history: &History, head: usize) -> Vec<usize> {
    let mut unit = history.brought(head);
    unit.push(head);
    unit
}

/// Returns the announced version that a release is, or that replaced it before its day.
fn head(history: &History, release: &ReleaseId) -> Option<usize> {
    let at = history.place_of(release)?;
    std::iter::successors(Some(at), |at| history.replacement(*at))
        .find(|at| history.versions[*at].period.is_announced(history.day))
}

/// Returns the documents in which a release is announced, or only those named, each with the place
/// of the version that is announced.
fn announced<'a>(
    site: &'a Site,
    release: &ReleaseId,
    only: &[DocumentId],
) -> Result<Vec<(&'a History, usize)>, Refusal> {
    let has = |history: &&History| {
        (only.is_empty() || only.contains(&history.id))
            && history.versions.iter().any(|version| version.release.id == *release)
    };
    let having: Vec<&History> = site.histories.iter().filter(has).collect();
    if having.is_empty() {
        return Err(Refusal::Unknown(release.clone()));
    }
    let found: Vec<(&History, usize)> =
        having.iter().filter_map(|history| Some((*history, head(history, release)?))).collect();
    if found.is_empty() {
        let stands = having
            .iter()
            .map(|history| format!("`{}`: {}", history.id, stands(history, release)))
            .collect::<Vec<_>>()
            .join("; ");
        return Err(Refusal::NotAnnounced { version: release.clone(), stands });
    }
    Ok(found)
}

/// Returns how a version stands that is not announced.
fn stands(history: &History, release: &ReleaseId) -> String {
    let version = &history.versions[history.place_of(release).expect("a version of the document")];
    match (&version.period.end, version.period.from) {
        (End::Withdrawn, _) => "it was withdrawn".to_owned(),
        (_, _) if version.period.never() => "it never came into force".to_owned(),
        (_, Some(from)) => format!("it came into force on {from}"),
        (_, None) => "it came into force on a day that is not known".to_owned(),
    }
}

/// Holds that an act of a day does not go back behind what the ledger says of these documents.
fn forward<'a>(
    site: &Site,
    documents: impl IntoIterator<Item = &'a DocumentId>,
    date: Date,
) -> Result<(), Refusal> {
    match site.ledger.bars(date, documents.into_iter().map(DocumentId::as_str), date) {
        Some(newest) => Err(Refusal::Backwards { asked: date, newest }),
        None => Ok(()),
    }
}

fn reason(text: &str) -> Result<String, Refusal> {
    let reason = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if reason.is_empty() { Err(Refusal::NoReason) } else { Ok(reason) }
}

/// Returns the postponements of an announced version to another day, in these documents or in all
/// that have it: later, or as early as the notice allows from today on. `with_later` takes later
/// versions along that it would pass.
///
/// # Errors
/// Says why it cannot be done.
pub fn postpone(
    site: &Site,
    version: &ReleaseId,
    only: &[DocumentId],
    effective: Date,
    why: &str,
    with_later: bool,
    today: Date,
) -> Result<Vec<Postponement>, Refusal> {
    let reason = reason(why)?;
    let mut moves = Moves::new();
    for (history, head) in announced(site, version, only)? {
        let day = |at: usize| history.versions[at].period.from;
        let mut moved: BTreeSet<usize> = unit(history, head).into_iter().collect();
        if day(head) == Some(effective) {
            return Err(Refusal::Unchanged(effective));
        }
        for later in
            history.announced().filter(|at| day(*at) > day(head) && day(*at) < Some(effective))
        {
            if !with_later {
                return Err(Refusal::PastLater {
                    later: history.versions[later].release.id.clone(),
                    day: day(later).unwrap_or(effective),
                });
            }
            moved.extend(unit(history, later));
        }
        if day(head) > Some(effective) {
            earlier(site, history, &moved, head, effective, today)?;
        }
        moves.entry(ids(history, &moved)).or_default().push(history.id.clone());
    }
    forward(site, moves.values().flatten(), today)?;
    let act = |(versions, documents)| Postponement {
        date: today,
        versions,
        documents,
        effective,
        reason: reason.clone(),
    };
    Ok(moves.into_iter().map(act).collect())
}

/// Versions, and the documents in which just these are concerned.
type Moves = BTreeMap<Vec<ReleaseId>, Vec<DocumentId>>;

fn ids(history: &History, versions: &BTreeSet<usize>) -> Vec<ReleaseId> {
    versions.iter().map(|at| history.versions[*at].release.id.clone()).collect()
}

/// Holds that a version may come into force earlier than announced.
fn earlier(
    site: &Site,
    history: &History,
    moved: &BTreeSet<usize>,
    head: usize,
    effective: Date,
    today: Date,
) -> Result<(), Refusal> {
    let before = history
        .order
        .iter()
        .take_while(|at| **at != head)
        .filter(|at| !moved.contains(at))
        .map(|at| &history.versions[*at]);
    let before = before
        .filter(|version| !version.period.never())
        .filter_map(|version| Some((version, version.period.from?)))
        .last();
    if let Some((version, day)) = before.filter(|(_, day)| *day >= effective) {
        return Err(Refusal::BeforeEarlier { earlier: version.release.id.clone(), day });
    }
    let owed = moved
        .iter()
        .map(|at| &history.versions[*at])
        .any(|version| version.follows.is_some() && version.release.needs_notice());
    let days = if owed { promised(site, history) } else { 0 };
    kept(&history.id, days, today, Some(effective))?;
    Ok(())
}

/// Returns the withdrawals of announced versions, in these documents or in all that have them, with
/// what joined them.
///
/// # Errors
/// Says why it cannot be done.
pub fn withdraw(
    site: &Site,
    versions: &[ReleaseId],
    only: &[DocumentId],
    why: &str,
    today: Date,
) -> Result<Vec<Withdrawal>, Refusal> {
    let reason = reason(why)?;
    let mut chosen: BTreeMap<&DocumentId, (&History, BTreeSet<usize>)> = BTreeMap::new();
    for version in versions {
        for (history, head) in announced(site, version, only)? {
            // What it was made from comes into force again.
            let joined = unit(history, head)
                .into_iter()
                .skip_while(|at| history.versions[*at].release.id != *version);
            chosen.entry(&history.id).or_insert((history, BTreeSet::new())).1.extend(joined);
        }
    }
    for (history, withdrawn) in chosen.values() {
        let later = |at: &usize| {
            let version = &history.versions[*at];
            !withdrawn.contains(at)
                && !version.period.is_cancelled()
                && version.follows.is_some_and(|under| withdrawn.contains(&under))
        };
        if let Some(later) = (0..history.versions.len()).find(later) {
            let (later, version) = (
                &history.versions[later],
                &history.versions[history.versions[later].follows.unwrap_or(later)],
            );
            return Err(Refusal::StandsUnder {
                version: version.release.id.clone(),
                later: later.release.id.clone(),
            });
        }
    }
    forward(site, chosen.keys().copied(), today)?;
    let mut moves = Moves::new();
    chosen.values().for_each(|(history, withdrawn)| {
        moves.entry(ids(history, withdrawn)).or_default().push(history.id.clone())
    });
    Ok(moves
        .into_iter()
        .map(|(versions, documents)| Withdrawal {
            date: today,
            versions,
            documents,
            reason: reason.clone(),
        })
        .collect())
}

/// Returns the retirement of a document from a day on, or from the first that its notice allows.
///
/// # Errors
/// Says why it cannot be done.
pub fn retire(
    site: &Site,
    history: &History,
    effective: Option<Date>,
    why: &str,
    see: Option<DocumentId>,
    today: Date,
) -> Result<Retirement, Refusal> {
    let reason = reason(why)?;
    // One that was dated ahead gives way to one that is dated as usual.
    let ahead = |retirement: &&Retirement| {
        today.tomorrow().is_ok_and(|tomorrow| retirement.date > tomorrow)
    };
    if let Some(retirement) = history.retirement().filter(|retirement| !ahead(retirement)) {
        return Err(Refusal::Retired { document: history.id.clone(), day: retirement.effective });
    }
    if history.shown().is_none() && history.upcoming().is_none() {
        return Err(Refusal::NotInForce(history.id.clone()));
    }
    let effective = kept(&history.id, promised(site, history), today, effective)?;
    let documents = vec![history.id.clone()];
    forward(site, &documents, today)?;
    Ok(Retirement { date: today, documents, effective, reason, see })
}

fn list<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", ids.map(parse::quoted).collect::<Vec<_>>().join(", "))
}

/// Returns the lines of a postponement in the ledger.
pub fn postponement(act: &Postponement) -> Vec<String> {
    vec![
        format!("postponement: {}", act.date),
        format!("versions: {}", list(act.versions.iter().map(ReleaseId::as_str))),
        format!("documents: {}", list(act.documents.iter().map(DocumentId::as_str))),
        format!("effective: {}", act.effective),
        format!("reason: {}", parse::quoted(&act.reason)),
    ]
}

/// Returns the lines of a withdrawal in the ledger.
pub fn withdrawal(act: &Withdrawal) -> Vec<String> {
    vec![
        format!("withdrawal: {}", act.date),
        format!("versions: {}", list(act.versions.iter().map(ReleaseId::as_str))),
        format!("documents: {}", list(act.documents.iter().map(DocumentId::as_str))),
        format!("reason: {}", parse::quoted(&act.reason)),
    ]
}

/// Returns the lines of a retirement in the ledger.
pub fn retirement(act: &Retirement) -> Vec<String> {
    let mut lines = vec![
        format!("retirement: {}", act.date),
        format!("documents: {}", list(act.documents.iter().map(DocumentId::as_str))),
        format!("effective: {}", act.effective),
        format!("reason: {}", parse::quoted(&act.reason)),
    ];
    lines.extend(act.see.as_ref().map(|see| format!("see: {}", parse::quoted(see.as_str()))));
    lines
}

/// Returns what it adds to the project `files` that a policy goes on as another, `next`, of which
/// they hold the draft: its words released under the new id with the notice that the readers of the
/// old one are promised, and the old one retired. Only the address changes, so there is nothing to
/// give notice of.
///
/// # Errors
/// Says why it cannot be done.
pub fn rename(
    site: &Site,
    files: &Tree<File>,
    old: &History,
    next: &History,
    today: Date,
) -> Result<Tree<File>, Refusal> {
    let same = old
        .current_version()
        .zip(next.draft.as_ref())
        .is_some_and(|(version, draft)| compare(&version.document, draft).same);
    if !same {
        return Err(Refusal::OtherWords(next.id.clone()));
    }
    forward(site, [&old.id, &next.id], today)?;
    let ask = Ask {
        id: None,
        released: Some(today),
        today,
        effective: None,
        summary: format!(
            "Continues {} under a new address; no words changed.",
            old.current().title()
        ),
        kind: Kind::Editorial,
        attested: None,
        approved_by: None,
    };
    let Ok(mut planned) = permitted(site, files, &[next], &ask) else {
        return Err(Refusal::OtherWords(next.id.clone()));
    };
    planned.iter_mut().for_each(|planned| {
        planned.notice = BTreeMap::from([(next.id.clone(), promised(site, old))])
    });
    let retired = Retirement {
        date: today,
        documents: vec![old.id.clone()],
        effective: today,
        reason: goes_on_as(&next.id),
        see: Some(next.id.clone()),
    };
    let entries = planned.iter().filter_map(|planned| freeze::planned(files, planned));
    Ok(freeze::recorded(files, entries.chain([(Tree::new(), retirement(&retired))]).collect()))
}

/// Returns the reason of a retirement for a policy that goes on under another id.
pub fn goes_on_as(next: &DocumentId) -> String {
    format!("It goes on as {next}.")
}

/// Returns the ledger of a project with more acts, each given by its lines.
pub fn record(files: &Tree<File>, acts: Vec<Vec<String>>) -> Tree<File> {
    freeze::recorded(files, acts.into_iter().map(|lines| (Tree::new(), lines)).collect())
}
