//! Freezing the draft: what a release adds to a project, and when one may be made.

use std::collections::BTreeMap;
use std::fmt;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::ledger::FOLDER;
use crate::ledger::SUMS;
use crate::ledger::append;
use crate::ledger::comparison::compare;
use crate::ledger::frozen;
use crate::ledger::frozen::Sums;
use crate::model::Document;
use crate::model::DocumentId;
use crate::model::History;
use crate::model::Identity;
use crate::model::Kind;
use crate::model::Policy;
use crate::model::Release;
use crate::model::ReleaseId;
use crate::model::Section;
use crate::model::Site;
use crate::model::Subprocessor;
use crate::model::Version;
use crate::model::matched;
use crate::model::returns;
use crate::parse;
use crate::redline::Form;
use crate::tree::File;
use crate::tree::Source;
use crate::tree::Tree;
use crate::tree::TreePath;

/// What a maintainer asks of a release.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Its id; else one is made of its day.
    pub id: Option<String>,
    /// Its day. `None` where nobody knows any more, as for an old text that is imported.
    pub released: Option<Date>,
    /// The day that no release may be after, and from which notice runs.
    pub today: Date,
    /// The day its words come into force; else the first that the notice period allows.
    pub effective: Option<Date>,
    /// What changed, for readers.
    pub summary: String,
    /// Whether promises changed.
    pub kind: Kind,
    /// Who vouches that it is editorial, beyond what can be checked.
    pub attested: Option<String>,
    /// Who approved it.
    pub approved_by: Option<String>,
}

/// A release as it may be made: of documents that come into force on the same day.
#[derive(Debug)]
pub struct Planned<'a> {
    /// The release.
    pub release: Release,
    /// Its documents.
    pub documents: Vec<&'a History>,
    /// How many days of notice the readers of each are promised from now on.
    pub notice: BTreeMap<DocumentId, i64>,
    /// The announced version that each joins, because it may not come into force before it.
    pub joins: Vec<(DocumentId, ReleaseId)>,
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
    /// The day has not come.
    Future {
        /// The day asked for.
        asked: Date,
        /// The day.
        today: Date,
    },
    /// The day is before that of the newest entry.
    Backwards {
        /// The day asked for.
        asked: Date,
        /// The day of the newest entry.
        newest: Date,
    },
    /// The words would come into force before they are released.
    EffectiveBefore(Date),
    /// The words would come into force before words that were announced earlier.
    Overtaking {
        /// The document.
        document: DocumentId,
        /// The version that was announced.
        version: ReleaseId,
        /// Its day.
        day: Date,
    },
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
            Refusal::Future { asked, today } => {
                write!(
                    formatter,
                    "{asked} is after {today}, today: release on a day that has come, and name the day they come into force with `--effective`"
                )
            }
            Refusal::Backwards { asked, newest } => {
                write!(formatter, "{asked} is before {newest}, the day of the newest entry about these documents: a ledger goes forward")
            }
            Refusal::Overtaking { document, version, day } => write!(
                formatter,
                "version `{version}` of `{document}` was announced for {day}: no later release comes into force before it; \
                 choose that day or a later one, or run `policybook postpone` or `policybook withdraw` first"
            ),
            Refusal::EffectiveBefore(released) => {
                write!(formatter, "words cannot come into force before {released}, the day of their release")
            }
            Refusal::ShortNotice { document, days, earliest } => {
                write!(formatter, "readers of `{document}` are promised {days} days of notice: the earliest day is {earliest}")
            }
        }
    }
}

/// Returns the releases that may be made of these documents of the project `files`: one, or one for each day on which they have to come
/// into force.
///
/// # Errors
/// Says why they cannot be made.
pub fn permitted<'a>(site: &Site, files: &Tree<File>, documents: &[&'a History], ask: &Ask) -> Result<Vec<Planned<'a>>, Refusal> {
    if ask.summary.trim().is_empty() {
        return Err(Refusal::EmptySummary);
    }
    if let Some(asked) = ask.released {
        if asked > ask.today {
            return Err(Refusal::Future { asked, today: ask.today });
        }
        let ids = documents.iter().map(|history| history.id.as_str());
        if let Some(newest) = site.ledger.newest_of(ids).filter(|newest| asked < *newest) {
            return Err(Refusal::Backwards { asked, newest });
        }
    }
    let first = match &ask.id {
        Some(id) => ReleaseId::new(id).ok_or_else(|| Refusal::BadId(id.clone()))?,
        None => numbered(site, &ask.released.ok_or(Refusal::NoId)?.to_string(), 1),
    };
    if site.is_taken(&first) {
        return Err(Refusal::IdTaken(first));
    }
    let summary = ask.summary.split_whitespace().collect::<Vec<_>>().join(" ");
    let release = Release {
        released: ask.released,
        attested: ask.attested.clone(),
        approved_by: ask.approved_by.clone(),
        ..Release::new(first.clone(), summary, ask.kind)
    };
    let mut days = days(site, files, documents, ask)?.into_iter();
    let ((effective, joined), rest) = (days.next().unwrap_or_default(), days);
    let mut planned = vec![Planned::promising(site, Release { effective, ..release.clone() }, joined, ask)];
    let stem = ask.id.clone().or_else(|| ask.released.map(|day| day.to_string())).unwrap_or_default();
    let mut number = 2;
    for (effective, documents) in rest {
        let id = (number..).map(|number| (number, numbered(site, &stem, number))).find(|(_, id)| *id != first);
        let (used, id) = id.expect("some number is free");
        number = used + 1;
        planned[0].release.with.get_or_insert_with(|| id.clone());
        let release = Release { id, effective, with: Some(first.clone()), ..release.clone() };
        planned.push(Planned::promising(site, release, documents, ask));
    }
    Ok(planned)
}

impl<'a> Planned<'a> {
    /// Returns a release of these documents that records no promise.
    pub fn new(release: Release, documents: Vec<&'a History>) -> Planned<'a> {
        Planned { release, documents, notice: BTreeMap::new(), joins: Vec::new() }
    }

    /// Returns a release of these documents, which records what their readers are promised from then on: what `site.yaml` says if the release
    /// gives the notice that was promised before, else what was promised before.
    fn promising(site: &Site, release: Release, documents: Group<'a>, ask: &Ask) -> Planned<'a> {
        let start = release.released.max(Some(ask.today)).unwrap_or(ask.today);
        let notice = |history: &History| {
            let owed = promised(site, history);
            let given = noticed(ask) && release.planned() >= Some(start.saturating_add(owed.days()));
            let promise = site.config.notice.get(&history.id).copied().unwrap_or(0);
            if history.versions.is_empty() || given { promise } else { owed }
        };
        let notice = documents.iter().map(|(history, _)| (history.id.clone(), notice(history))).collect();
        let joins = documents.iter().filter_map(|(history, joined)| Some((history.id.clone(), (*joined)?.release.id.clone()))).collect();
        Planned { release, notice, joins, documents: documents.into_iter().map(|(history, _)| history).collect() }
    }
}

/// Returns true if a release needs notice. What a person vouches for does: only what is checked goes without.
fn noticed(ask: &Ask) -> bool {
    ask.kind == Kind::Substantive || ask.attested.is_some()
}

/// Returns an id, with the first free number from this one on where it is not the first: `2026-11-21`, `2026-11-21.2`.
fn numbered(site: &Site, stem: &str, from: u32) -> ReleaseId {
    let name = |number: u32| if number == 1 { stem.to_owned() } else { format!("{stem}.{number}") };
    let ids = (from..).filter_map(|number| ReleaseId::new(&name(number)));
    ids.into_iter().find(|id| !site.is_taken(id)).expect("some number is free")
}

/// Documents that come into force on one day, each with the announced version that it joins.
type Group<'a> = Vec<(&'a History, Option<&'a Version>)>;

/// Returns the days on which these documents come into force, where that is not the day of their release, earliest first.
fn days<'a>(site: &Site, files: &Tree<File>, documents: &[&'a History], ask: &Ask) -> Result<BTreeMap<Option<Date>, Group<'a>>, Refusal> {
    let Some(released) = ask.released else {
        return Ok(BTreeMap::from([(ask.effective, documents.iter().map(|history| (*history, None)).collect())]));
    };
    if ask.effective.is_some_and(|effective| effective < released) {
        return Err(Refusal::EffectiveBefore(released));
    }
    let start = released.max(ask.today);
    let shown: Vec<Option<Vec<&History>>> = documents.iter().map(|history| shown(site, files, history, documents)).collect();
    let owed = documents.iter().zip(&shown).filter(|(history, shown)| noticed(ask) && !history.versions.is_empty() && shown.is_none());
    let owed = owed.map(|(history, _)| (promised(site, history), history));
    let owed = owed.filter(|(days, history)| *days > 0 && !announces(history, start, *days));
    let mut earliest = released;
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
                false => Ok(list.newest().and_then(|newest| newest.period.from).unwrap_or(released).max(released)),
            };
            let lists = lists.iter().map(list).collect::<Result<Vec<Date>, Refusal>>()?;
            let last = joined.and_then(|joined| joined.period.from);
            day = lists.into_iter().chain(last).chain(ask.effective).max().unwrap_or(released);
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

/// A version of which readers hear later than they were promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Late {
    /// The document.
    pub document: DocumentId,
    /// The version.
    pub version: ReleaseId,
    /// Its first day in force.
    pub from: Date,
    /// How many days of notice its readers are promised.
    pub promised: i64,
    /// The first day that would keep the promise.
    pub earliest: Date,
}

/// Returns the versions that are published for the first time on a day, too late for the notice that their releases record. `published` is how
/// many entries of the ledger were published before.
pub fn late(site: &Site, published: usize, today: Date) -> Vec<Late> {
    let versions = site.histories.iter().flat_map(|history| history.versions.iter().map(move |version| (history, version)));
    let late = |(history, version): (&History, &Version)| {
        let release = &version.release;
        let noticed = release.kind == Kind::Substantive || release.attested.is_some();
        // A list that is in force at once announces by the days of its entries.
        let announced = release.effective.is_some() || history.current().policy().is_some();
        let follows = version.follows.filter(|_| noticed && announced && !version.period.never() && version.place >= published)?;
        let promised = version.notice.max(history.versions[follows].notice)?;
        let (from, earliest) = (version.period.from?, today.saturating_add(promised.days()));
        (from < earliest).then(|| Late { document: history.id.clone(), version: release.id.clone(), from, promised, earliest })
    };
    versions.filter_map(late).collect()
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

/// Returns the files that releases add to the project `files`: their documents frozen with the references expanded, their digests, and the
/// ledger with an entry for each. Returns nothing where there is nothing to freeze.
pub fn release(files: &Tree<File>, planned: &[Planned<'_>]) -> Tree<File> {
    let (mut added, mut entries) = (Tree::new(), Vec::new());
    for Planned { release, documents, notice, .. } in planned {
        let drafts: Vec<(&DocumentId, &Document)> =
            documents.iter().filter_map(|history| Some((&history.id, history.draft.as_deref()?))).collect();
        if !drafts.is_empty() {
            let (folder, lines) = folder_and_lines(files, &drafts, release, notice);
            added.extend(folder);
            entries.push(lines);
        }
    }
    if !entries.is_empty() {
        added.extend([append::entries(files, entries.iter().map(Vec::as_slice))]);
    }
    added
}

/// Returns the folder of a release that freezes these documents, and the lines of its entry in the ledger.
pub fn folder_and_lines(
    files: &Tree<File>,
    drafts: &[(&DocumentId, &Document)],
    release: &Release,
    notice: &BTreeMap<DocumentId, i64>,
) -> (Tree<File>, Vec<String>) {
    let frozen: Tree<File> = drafts.iter().flat_map(|(_, draft)| freeze(draft, files)).collect();
    let ids: Vec<&DocumentId> = drafts.iter().map(|(id, _)| *id).collect();
    entry(frozen, &ids, release, notice, raw_html(drafts))
}

/// Returns the folder of a release of these frozen files, by their paths in it, and the lines of its entry in the ledger.
pub fn entry(
    frozen: Tree<File>,
    ids: &[&DocumentId],
    release: &Release,
    notice: &BTreeMap<DocumentId, i64>,
    raw_html: Option<bool>,
) -> (Tree<File>, Vec<String>) {
    let sums = Sums::of(&frozen);
    let folder = frozen::folder(&release.id);
    let text = |key: &str, value: &str| format!("{key}: {}", parse::quoted(value));
    let mut lines = vec![text("release", release.id.as_str())];
    lines.extend(release.released.map(|day| format!("released: {day}")));
    lines.extend(release.effective.map(|day| format!("effective: {day}")));
    lines.push(format!("kind: {}", release.kind.as_str()));
    lines.extend(release.attested.as_ref().map(|name| text("attested", name)));
    lines.extend(release.approved_by.as_ref().map(|name| text("approved_by", name)));
    lines.extend(release.follows.as_ref().map(|id| text("follows", id.as_str())));
    lines.extend(release.with.as_ref().map(|id| text("with", id.as_str())));
    if !notice.is_empty() {
        let days: Vec<String> = notice.iter().map(|(id, days)| format!("{}: {days}", parse::quoted(id.as_str()))).collect();
        lines.push(format!("notice: {{{}}}", days.join(", ")));
    }
    lines.extend(raw_html.map(|shown| format!("raw_html: {shown}")));
    lines.push(text("summary", &release.summary));
    lines.push("documents:".to_owned());
    lines.extend(ids.iter().map(|id| format!("  {id}: {}", sums.document(id))));
    let mut added: Tree<File> = frozen.into_iter().map(|(path, file)| (folder.join(path.as_str()), file)).collect();
    added.insert(folder.join(SUMS), File::new(sums.text().into_bytes()));
    (added, lines)
}

/// Returns whether raw HTML reaches readers, where readers of any of the documents would see the difference.
fn raw_html(drafts: &[(&DocumentId, &Document)]) -> Option<bool> {
    let policies = drafts.iter().filter_map(|(_, draft)| draft.policy());
    let mut differing = policies.filter(|policy| {
        let other = Policy { raw_html: !policy.raw_html, ..(*policy).clone() };
        policy.parts().any(|part| part.body.text().contains('<'))
            && Form::digest(&Document::Policy((*policy).clone())) != Form::digest(&Document::Policy(other))
    });
    differing.next().map(|policy| policy.raw_html)
}

/// Returns the frozen files of a document, by their paths in the release's folder.
pub fn freeze(document: &Document, files: &Tree<File>) -> Vec<(TreePath, File)> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::day;
    use crate::ledger::tests::example;
    use crate::ledger::tests::project;
    use crate::ledger::tests::put;
    use crate::ledger::tests::released;
    use crate::ledger::tests::text;
    use crate::ledger::tests::told;

    /// Asks for a release on a day.
    fn ask(released: &str) -> Ask {
        let released = Some(released).filter(|day| !day.is_empty()).map(day);
        Ask {
            id: None,
            released,
            today: day("2024-03-01"),
            effective: None,
            summary: "Words".into(),
            kind: Kind::Substantive,
            attested: None,
            approved_by: None,
        }
    }

    /// Asks for a release of all unreleased words of a project.
    fn asked(files: &Tree<File>, ask: &Ask) -> Result<Release, Refusal> {
        let (site, found) = told(files, "2024-03-01");
        assert!(!found.has_errors(), "{found:?}");
        permitted(&site, files, &site.unreleased().collect::<Vec<_>>(), ask).map(|mut planned| planned.remove(0).release)
    }

    #[test]
    fn a_release_that_says_nothing_or_goes_back_is_refused() {
        let files = example();
        assert_eq!(asked(&files, &Ask { summary: " \n".into(), ..ask("2024-03-01") }), Err(Refusal::EmptySummary));
        let mut changed = files.clone();
        put(&mut changed, "security/10-a.md", "## One\n\nOther.\n");
        let before = |released: &str| {
            let asked = asked(&changed, &Ask { id: Some("x".into()), ..ask(released) });
            asked.map(|release| release.released.unwrap().to_string())
        };
        let (asked_for, newest) = (day("2024-02-01"), day("2024-02-02"));
        assert_eq!(before("2024-02-01"), Err(Refusal::Backwards { asked: asked_for, newest }));
        assert_eq!(before("2024-02-02").unwrap(), "2024-02-02");
        assert_eq!(before("2024-03-01").unwrap(), "2024-03-01");
        assert_eq!(before("2024-03-02"), Err(Refusal::Future { asked: day("2024-03-02"), today: day("2024-03-01") }));
        put(&mut changed, "new/_index.md", "---\ntitle: New\n---\n");
        let (site, _) = told(&changed, "2024-03-01");
        let new = permitted(&site, &changed, &[site.history("new").unwrap()], &Ask { id: Some("x".into()), ..ask("2023-01-01") });
        assert!(new.is_ok(), "the order is asked for each document: {new:?}");
        let release = asked(&files, &Ask { summary: " a\n  b ".into(), kind: Kind::Editorial, ..ask("2024-03-01") }).unwrap();
        assert_eq!((release.summary.as_str(), release.kind, release.released), ("a b", Kind::Editorial, Some(day("2024-03-01"))));
    }

    #[test]
    fn an_id_is_free_and_an_address() {
        let mut files = example();
        let id = |files: &Tree<File>, id: Option<&str>, released: &str| {
            asked(files, &Ask { id: id.map(str::to_owned), ..ask(released) }).map(|release| release.id.to_string())
        };
        let taken = Err(Refusal::IdTaken(ReleaseId::new("2024-01-01").unwrap()));
        assert_eq!(id(&files, Some("2024-01-01"), "2024-03-01"), taken);
        assert_eq!(id(&files, Some("A"), "2024-03-01"), Err(Refusal::BadId("A".into())));
        assert_eq!(id(&files, Some("old"), ""), Ok("old".into()));
        assert_eq!(id(&files, None, ""), Err(Refusal::NoId));
        assert_eq!(id(&files, None, "2024-03-01"), Ok("2024-03-01".into()));
        assert_eq!(id(&files, None, "2024-02-02"), Ok("2024-02-02.2".into()), "the second of a day");
        put(&mut files, "security/10-a.md", "## One\n\nOther.\n");
        let (site, _) = told(&files, "2024-03-01");
        let second = permitted(&site, &files, &[], &ask("2024-02-02")).unwrap();
        let second = Planned::new(second.into_iter().next().unwrap().release, site.unreleased().collect());
        files.extend(release(&files, &[second]));
        assert_eq!(id(&files, None, "2024-02-02"), Ok("2024-02-02.3".into()));
    }

    /// The example with a promise of ten days' notice, and other words.
    fn promised() -> Tree<File> {
        let mut files = example();
        put(&mut files, "site.yaml", "name: A\nbase_url: https://a.example/\nnotice:\n  security: 10\n  privacy: 20\n");
        put(&mut files, "security/10-a.md", "## One\n\nOther words.\n");
        put(&mut files, "privacy/_index.md", "---\ntitle: Privacy\n---\n");
        files
    }

    #[test]
    fn words_come_into_force_when_the_notice_is_over() {
        let files = promised();
        let effective = |kind: Kind, effective: Option<&str>| {
            let ask = Ask { kind, effective: effective.map(day), ..ask("2024-03-01") };
            asked(&files, &ask).map(|release| release.effective)
        };
        let (substantive, editorial) = (Kind::Substantive, Kind::Editorial);
        assert_eq!(effective(substantive, None), Ok(Some(day("2024-03-11"))), "what was never released has no readers to be told");
        assert_eq!(effective(substantive, Some("2024-03-11")), Ok(Some(day("2024-03-11"))));
        assert_eq!(effective(substantive, Some("2024-03-12")), Ok(Some(day("2024-03-12"))));
        let short = Refusal::ShortNotice { document: DocumentId::new("security").unwrap(), days: 10, earliest: day("2024-03-11") };
        assert_eq!(effective(substantive, Some("2024-03-10")), Err(short));
        assert_eq!(effective(substantive, Some("2024-02-29")), Err(Refusal::EffectiveBefore(day("2024-03-01"))));
        assert_eq!(effective(editorial, None), Ok(None));
        assert_eq!(effective(editorial, Some("2024-03-01")), Ok(None), "the same day is no other");
        assert_eq!(effective(editorial, Some("2024-03-02")), Ok(Some(day("2024-03-02"))));
        // What somebody vouches for goes as an editorial change, with all its notice.
        let vouched = Ask { kind: editorial, attested: Some("Ada Bee".into()), ..ask("2024-03-01") };
        let release_ = asked(&files, &vouched).unwrap();
        assert_eq!((release_.effective, release_.attested.as_deref()), (Some(day("2024-03-11")), Some("Ada Bee")));
        let (site, _) = told(&files, "2024-03-01");
        let added = release(&files, &[Planned::new(release_, site.unreleased().collect())]);
        assert!(
            text(&added, "versions/ledger.yaml").contains("  kind: editorial\n  attested: Ada Bee\n  summary:"),
            "{}",
            text(&added, "versions/ledger.yaml")
        );
        let (site, found) = told(&files.clone().into_iter().chain(added).collect(), "2024-03-01");
        assert!(!found.has_errors() && site.releases.last().unwrap().attested.as_deref() == Some("Ada Bee"));
        let unknown = Ask { effective: Some(day("2024-01-01")), id: Some("old".into()), ..ask("") };
        assert_eq!(asked(&files, &unknown).unwrap().effective, Some(day("2024-01-01")));
    }

    #[test]
    fn the_longest_notice_counts() {
        let mut files = released(&promised(), "2024-02-10");
        put(&mut files, "security/10-a.md", "## One\n\nNew words.\n");
        put(&mut files, "privacy/_index.md", "---\ntitle: Private\n---\n");
        assert_eq!(asked(&files, &ask("2024-03-01")).unwrap().effective, Some(day("2024-03-21")));
        put(&mut files, "site.yaml", "name: A\nbase_url: https://a.example/\nnotice:\n  security: 0\n");
        assert_eq!(asked(&files, &ask("2024-03-01")).unwrap().effective, None, "none is promised");
    }

    #[test]
    fn a_list_of_sub_processors_announces_itself() {
        let list = |note: &str, entries: &[&str]| {
            let entries: String = entries.iter().map(|entry| format!("  - {{purpose: P, {entry}}}\n")).collect();
            format!("note: {note}\nsubprocessors:\n{entries}")
        };
        let mut files = project(&[
            ("a/_index.md", "---\ntitle: A\n---\n"),
            ("subprocessors.yaml", &list("n", &["name: One", "name: Two, effective: 2024-02-20"])),
        ]);
        put(&mut files, "site.yaml", "name: A\nbase_url: https://a.example/\nnotice:\n  subprocessors: 10\n");
        let before = released(&files, "2024-02-01");
        let earliest = |note: &str, entries: &[&str]| {
            let mut files = before.clone();
            put(&mut files, "subprocessors.yaml", &list(note, entries));
            asked(&files, &ask("2024-03-01")).unwrap().effective.map(|day| day.to_string())
        };
        let (one, two, late) = ("name: One", "name: Two, effective: 2024-02-20", Some("2024-03-11".to_owned()));
        assert_eq!(earliest("n", &[one, two, "name: Three, effective: 2024-03-11"]), None);
        assert_eq!(earliest("n", &[one, two, "name: Three, effective: 2024-03-10"]), late);
        assert_eq!(earliest("n", &[one, two, "name: Three"]), late);
        assert_eq!(earliest("m", &[one, two]), late);
        assert_eq!(earliest("n", &["name: One, country: NO", two]), late);
        assert_eq!(earliest("n", &["name: One, until: 2024-03-02", two]), None, "who leaves may leave at once");
        assert_eq!(earliest("n", &[one, "name: Two, effective: 2024-02-21"]), late);
        assert_eq!(earliest("n", &[one, "name: Two, effective: 2024-03-11"]), None);
        assert_eq!(earliest("n", &[one]), None);
    }

    #[test]
    fn a_policy_that_shows_a_list_follows_its_day_and_notice() {
        let list = |entries: &[&str]| {
            let entries: String = entries.iter().map(|entry| format!("  - {{purpose: P, {entry}}}\n")).collect();
            format!("subprocessors:\n{entries}")
        };
        let words = "---\ntitle: A\n---\nThese help:\n\n{{ subprocessors }}\n";
        let mut files = project(&[("a/_index.md", words), ("subprocessors.yaml", &list(&["name: One"]))]);
        put(&mut files, "site.yaml", "name: A\nbase_url: https://a.example/\nnotice:\n  a: 30\n  subprocessors: 10\n");
        let before = released(&files, "2024-02-01");
        let days = |entries: &[&str], words: &str, only: &[&str]| {
            let mut files = before.clone();
            put(&mut files, "subprocessors.yaml", &list(entries));
            put(&mut files, "a/_index.md", words);
            let (site, _) = told(&files, "2024-03-01");
            let documents: Vec<&History> = site.unreleased().filter(|history| only.contains(&history.id.as_str())).collect();
            let planned = permitted(&site, &files, &documents, &ask("2024-03-01")).unwrap();
            let day = |planned: &Planned<'_>| planned.release.planned().unwrap().to_string();
            let of = |planned: &Planned<'_>| {
                planned.documents.iter().map(|history| format!("{} {}", history.id, day(planned))).collect::<Vec<_>>()
            };
            planned.iter().flat_map(of).collect::<Vec<_>>().join(", ")
        };
        let both = ["a", "subprocessors"];
        let (late, undated) = (["name: One", "name: Two, effective: 2024-05-01"], ["name: One", "name: Two"]);
        assert_eq!(days(&late, words, &both), "a 2024-03-01, subprocessors 2024-03-01", "the list announces itself");
        assert_eq!(days(&undated, words, &both), "a 2024-03-11, subprocessors 2024-03-11");
        let more = words.replace("help", "help us");
        assert_eq!(days(&undated, &more, &both), "a 2024-03-31, subprocessors 2024-03-31", "more than the list changed");
        assert_eq!(days(&late, &more, &["a"]), "a 2024-03-31");
        assert_eq!(days(&late, words, &["a"]), "a 2024-03-31", "a list that is not released has no day to follow");
    }

    #[test]
    fn a_release_freezes_the_words_and_nothing_else() {
        let files = project(&[
            ("security/_index.md", "---\ntitle: Security\n---\n"),
            ("security/10-a.md", "---\nsummary: S\n---\n## One\n\nWithin {{ commitment.a }}.\n"),
            ("commitments.yaml", "commitments:\n  - {id: a, what: W, value: 2, unit: days}\n"),
            ("whitehats.yaml", "whitehats:\n  - name: Ada\n    consent: true\n  - name: Bee\n    consent: false\n"),
        ]);
        let (site, _) = told(&files, "2024-01-01");
        let one = Release::new(ReleaseId::new("one").unwrap(), "A: b", Kind::Editorial);
        let one = Release { effective: Some(day("2024-01-02")), ..one };
        assert!(release(&files, &[Planned::new(one.clone(), Vec::new())]).is_empty());
        let added = release(&files, &[Planned::new(one, site.unreleased().collect())]);
        let paths: Vec<&str> = added.iter().map(|(path, _)| path.within("content/versions").unwrap()).collect();
        let names = ["commitments.yaml", "security/10-a.md", "security/_index.md", "whitehats.yaml"].map(|name| format!("one/{name}"));
        assert_eq!(paths, [&["ledger.yaml".to_owned(), "one/SHA256SUMS".to_owned()][..], &names[..]].concat());
        let frozen = |path: &str| text(&added, &format!("versions/one/{path}"));
        assert_eq!(frozen("security/10-a.md"), "---\nsummary: S\n---\n## One\n\nWithin 2 days.\n");
        assert_eq!(frozen("commitments.yaml"), text(&files, "commitments.yaml"));
        assert_eq!(frozen("whitehats.yaml"), "whitehats:\n  - name: Ada\n    consent: true\n");
        let ledger = text(&added, "versions/ledger.yaml");
        let lines: Vec<&str> = ledger.lines().skip_while(|line| !line.starts_with("- ")).take(8).collect();
        assert_eq!(lines[..5], ["- release: one", "  effective: 2024-01-02", "  kind: editorial", "  summary: \"A: b\"", "  documents:"]);
    }

    #[test]
    fn a_refusal_says_what_would_be_permitted() {
        for (refusal, word) in [
            (Refusal::EmptySummary, "say in a sentence"),
            (Refusal::BadId("A\n".into()), "`A\\n` cannot be the id"),
            (Refusal::IdTaken(ReleaseId::new("one").unwrap()), "choose another `--id`"),
            (Refusal::NoId, "needs an id"),
            (Refusal::Backwards { asked: day("2024-01-01"), newest: day("2024-01-02") }, "2024-01-01 is before 2024-01-02"),
            (Refusal::Future { asked: day("2024-01-03"), today: day("2024-01-02") }, "2024-01-03 is after 2024-01-02"),
            (Refusal::EffectiveBefore(day("2024-01-02")), "before 2024-01-02"),
            (
                Refusal::ShortNotice { document: DocumentId::new("a").unwrap(), days: 3, earliest: day("2024-01-02") },
                "`a` are promised 3 days of notice: the earliest day is 2024-01-02",
            ),
        ] {
            assert!(refusal.to_string().contains(word), "{refusal}");
        }
    }
}
