//! Freezing the draft: what a release adds to a project, and when one may be made.

use std::collections::BTreeMap;
use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ledger::SUMS;
use crate::ledger::append;
use crate::ledger::frozen;
use crate::ledger::frozen::Sums;
use crate::model::Document;
use crate::model::DocumentId;
use crate::model::History;
use crate::model::Kind;
use crate::model::Release;
use crate::model::ReleaseId;
use crate::model::Section;
use crate::model::Site;
use crate::model::Subprocessor;
use crate::model::folded;
use crate::parse;
use crate::tree::File;
use crate::tree::Source;
use crate::tree::Tree;
use crate::tree::TreePath;

/// What a maintainer asks of a release.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its id; else one is made of its day.
    pub id: Option<String>,
    /// Its day; nothing where nobody knows any more, as for an old text that is imported.
    pub released: Option<Date>,
    /// The day it may not be before, if there is one: that of the newest entry it follows.
    pub not_before: Option<Date>,
    /// The day its words come into force; else the first that the notice period allows.
    pub effective: Option<Date>,
    /// What changed, for readers.
    pub summary: String,
    /// Whether promises changed.
    pub kind: Kind,
}

/// Why a release cannot be made as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The summary says nothing.
    EmptySummary,
    /// The id could not become an address.
    BadId(String),
    /// The id is another release's.
    IdTaken(ReleaseId),
    /// Neither an id nor a day to make one of.
    NoId,
    /// The day is before that of the newest entry.
    Backwards {
        /// The day asked for.
        asked: Date,
        /// The day of the newest release.
        newest: Date,
    },
    /// The words would come into force before they are released.
    EffectiveBefore(Date),
    /// The notice would be shorter than promised.
    ShortNotice {
        /// The document whose readers are promised more.
        document: DocumentId,
        /// How many days they are promised.
        days: i64,
        /// The first day that keeps the promise.
        earliest: Date,
    },
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::EmptySummary => write!(formatter, "the summary is empty: say in a sentence what changed"),
            Refusal::BadId(id) => write!(
                formatter,
                "`{}` cannot be the id of a release: it becomes an address, of lower-case letters, digits, hyphens and single dots",
                id.escape_debug()
            ),
            Refusal::IdTaken(id) => write!(formatter, "there is a release `{id}` already: choose another `--id`"),
            Refusal::NoId => write!(formatter, "a release without a day needs an id"),
            Refusal::Backwards { asked, newest } => {
                write!(formatter, "{asked} is before {newest}, the day of the newest release: a ledger goes forward")
            }
            Refusal::EffectiveBefore(released) => {
                write!(formatter, "words cannot come into force before {released}, the day of their release")
            }
            Refusal::ShortNotice { document, days, earliest } => {
                write!(formatter, "readers of `{document}` are promised {days} days of notice: the earliest day is {earliest}")
            }
        }
    }
}

/// Returns the release that may be made of these documents.
///
/// # Errors
/// Says why it cannot be made.
pub fn permitted(site: &Site, documents: &[&History], ask: &Ask) -> Result<Release, Refusal> {
    if ask.summary.trim().is_empty() {
        return Err(Refusal::EmptySummary);
    }
    if let (Some(asked), Some(newest)) = (ask.released, ask.not_before)
        && asked < newest
    {
        return Err(Refusal::Backwards { asked, newest });
    }
    let id = match &ask.id {
        Some(id) => ReleaseId::new(id).ok_or_else(|| Refusal::BadId(id.clone()))?,
        None => free_id(site, ask.released.ok_or(Refusal::NoId)?),
    };
    if is_taken(site, &id) {
        return Err(Refusal::IdTaken(id));
    }
    let effective = effective(site, documents, ask)?;
    let summary = ask.summary.split_whitespace().collect::<Vec<_>>().join(" ");
    Ok(Release { id, released: ask.released, effective, summary, kind: ask.kind })
}

/// Returns the day of a release as its id, or with the first free number where it has one already: `2026-11-21.2`.
fn free_id(site: &Site, day: Date) -> ReleaseId {
    let first = std::iter::once(day.to_string());
    let ids = first.chain((2..).map(|number: u32| format!("{day}.{number}"))).filter_map(|id| ReleaseId::new(&id));
    ids.into_iter().find(|id| !is_taken(site, id)).expect("some number is free")
}

fn is_taken(site: &Site, id: &ReleaseId) -> bool {
    site.releases.iter().any(|release| release.id == *id)
}

/// Returns the day on which the words come into force, where that is not the day of their release.
fn effective(site: &Site, documents: &[&History], ask: &Ask) -> Result<Option<Date>, Refusal> {
    let Some(released) = ask.released else {
        return Ok(ask.effective);
    };
    if ask.effective.is_some_and(|effective| effective < released) {
        return Err(Refusal::EffectiveBefore(released));
    }
    let promised = |history: &&&History| ask.kind == Kind::Substantive && !history.versions.is_empty();
    let notices = documents.iter().filter(promised).filter_map(|history| Some((*site.config.notice.get(&history.id)?, &history.id)));
    let notices = notices.filter(|(days, id)| !site.history(id.as_str()).is_some_and(|history| announces(history, released, *days)));
    let Some((days, document)) = notices.max() else {
        return Ok(ask.effective.filter(|effective| *effective != released));
    };
    let earliest = released.saturating_add(days.days());
    match ask.effective {
        Some(effective) if effective < earliest => Err(Refusal::ShortNotice { document: document.clone(), days, earliest }),
        asked => Ok(asked.or(Some(earliest)).filter(|effective| *effective != released)),
    }
}

/// Tells whether the draft of a list of sub-processors keeps the notice by itself: everything new in it comes late enough by its own day, so
/// that the list can be in force at once and announce it.
fn announces(history: &History, released: Date, days: i64) -> bool {
    let newest = history.versions.last().map(|version| &*version.document);
    let (Some(Document::Subprocessors(new)), Some(Document::Subprocessors(old))) = (history.draft.as_deref(), newest) else {
        return false;
    };
    let earliest = released.saturating_add(days.days());
    let undated = |entry: &Subprocessor| Subprocessor { announced: None, effective: None, until: None, ..entry.unplaced() };
    let known: BTreeMap<String, &Subprocessor> = old.subprocessors.iter().map(|entry| (folded(&entry.name.value), entry)).collect();
    new.note == old.note
        && new.subprocessors.iter().all(|entry| {
            let before = known.get(&folded(&entry.name.value)).copied();
            let day = |entry: &Subprocessor| entry.effective.as_ref().map(|day| day.value);
            let late = day(entry).is_some_and(|effective| effective >= earliest);
            match before {
                None => late,
                Some(before) => undated(before) == undated(entry) && (day(before) == day(entry) || late),
            }
        })
}

/// Returns the files that a release adds to the project `files`: these documents frozen with their references expanded, their digests,
/// and the ledger with one more entry. Returns nothing where there is nothing to freeze.
pub fn release(files: &Tree<File>, documents: &[&History], release: &Release) -> Tree<File> {
    let drafts: Vec<(&DocumentId, &Document)> =
        documents.iter().filter_map(|history| Some((&history.id, history.draft.as_deref()?))).collect();
    if drafts.is_empty() {
        return Tree::new();
    }
    let (mut added, lines) = folder_and_lines(files, &drafts, release);
    added.extend([append::entry(files, &lines)]);
    added
}

/// Returns the folder of a release that freezes these documents, and the lines of its entry in the ledger.
pub fn folder_and_lines(files: &Tree<File>, drafts: &[(&DocumentId, &Document)], release: &Release) -> (Tree<File>, Vec<String>) {
    let frozen: Tree<File> = drafts.iter().flat_map(|(_, draft)| freeze(draft, files)).collect();
    let sums = Sums::of(&frozen);
    let folder = frozen::folder(&release.id);
    let mut lines = vec![format!("release: {}", parse::quoted(release.id.as_str()))];
    lines.extend(release.released.map(|day| format!("released: {day}")));
    lines.extend(release.effective.map(|day| format!("effective: {day}")));
    lines.push(format!("kind: {}", release.kind.as_str()));
    lines.push(format!("summary: {}", parse::quoted(&release.summary)));
    lines.push("documents:".to_owned());
    lines.extend(drafts.iter().map(|(id, _)| format!("  {id}: {}", sums.document(id))));
    let mut added: Tree<File> = frozen.into_iter().map(|(path, file)| (folder.join(path.as_str()), file)).collect();
    added.insert(folder.join(SUMS), File::new(sums.text().into_bytes()));
    (added, lines)
}

/// Returns the frozen files of a document, by their paths in the release's folder.
fn freeze(document: &Document, files: &Tree<File>) -> Vec<(TreePath, File)> {
    let text = |path: &TreePath| {
        let path = TreePath::new(&format!("content/{path}")).expect("a file of the content folder");
        let file = files.get(&path).expect("a document was read from its files");
        Source::lossy(&path, file).text.into_owned()
    };
    let section = |section: &Section| {
        let matter = parse::front_matter_of(&text(&section.file)).to_owned();
        (section.file.clone(), File::new((matter + section.body.text()).into_bytes()))
    };
    let list = |id: &str| {
        let path = TreePath::new(&format!("{id}.yaml")).expect("a list's file");
        vec![(path.clone(), File::new(text(&path).into_bytes()))]
    };
    match document {
        Document::Policy(policy) => policy.parts().map(section).collect(),
        Document::Whitehats(whitehats) => {
            let path = TreePath::new(&format!("{}.yaml", DocumentId::WHITEHATS)).expect("a list's file");
            let shown = parse::shown_whitehats(&path, &text(&path), whitehats).expect("an entry that is not shown stands on its own lines");
            vec![(path, File::new(shown.into_bytes()))]
        }
        Document::Subprocessors(_) => list(DocumentId::SUBPROCESSORS),
        Document::Commitments(_) => list(DocumentId::COMMITMENTS),
    }
}
