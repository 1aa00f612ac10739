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
use crate::model::Policy;
use crate::model::Release;
use crate::model::ReleaseId;
use crate::model::Section;
use crate::model::Site;
use crate::model::Subprocessor;
use crate::model::folded;
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
    /// Who vouches that it is editorial, beyond what can be checked.
    pub attested: Option<String>,
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
    Ok(Release { id, released: ask.released, effective, summary, kind: ask.kind, attested: ask.attested.clone() })
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
    // What a person vouches for keeps the notice: only what is checked goes without.
    let noticed = ask.kind == Kind::Substantive || ask.attested.is_some();
    let promised = |history: &&&History| noticed && !history.versions.is_empty();
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
    lines.extend(release.attested.as_ref().map(|name| format!("attested: {}", parse::quoted(name))));
    lines.extend(raw_html(drafts).map(|shown| format!("raw_html: {shown}")));
    lines.push(format!("summary: {}", parse::quoted(&release.summary)));
    lines.push("documents:".to_owned());
    lines.extend(drafts.iter().map(|(id, _)| format!("  {id}: {}", sums.document(id))));
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
        Ask { id: None, released, not_before: None, effective: None, summary: "Words".into(), kind: Kind::Substantive, attested: None }
    }

    /// Asks for a release of all unreleased words of a project.
    fn asked(files: &Tree<File>, ask: &Ask) -> Result<Release, Refusal> {
        let (site, found) = told(files, "2024-03-01");
        assert!(!found.has_errors(), "{found:?}");
        permitted(&site, &site.unreleased().collect::<Vec<_>>(), ask)
    }

    #[test]
    fn a_release_that_says_nothing_or_goes_back_is_refused() {
        let files = example();
        assert_eq!(asked(&files, &Ask { summary: " \n".into(), ..ask("2024-03-01") }), Err(Refusal::EmptySummary));
        let before = |released: &str| {
            let asked = asked(&files, &Ask { not_before: Some(day("2024-03-02")), ..ask(released) });
            asked.map(|release| release.id.to_string())
        };
        let (asked_for, newest) = (day("2024-03-01"), day("2024-03-02"));
        assert_eq!(before("2024-03-01"), Err(Refusal::Backwards { asked: asked_for, newest }));
        assert_eq!(before("2024-03-02").unwrap(), "2024-03-02");
        assert_eq!(before("2024-03-03").unwrap(), "2024-03-03");
        let release =
            asked(&files, &Ask { summary: " a\n  b ".into(), kind: Kind::Editorial, attested: None, ..ask("2024-03-01") }).unwrap();
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
        let second = permitted(&site, &[], &ask("2024-02-02")).unwrap();
        files.extend(release(&files, &site.unreleased().collect::<Vec<_>>(), &second));
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
        let added = release(&files, &site.unreleased().collect::<Vec<_>>(), &release_);
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
    fn a_release_freezes_the_words_and_nothing_else() {
        let files = project(&[
            ("security/_index.md", "---\ntitle: Security\n---\n"),
            ("security/10-a.md", "---\nsummary: S\n---\n## One\n\nWithin {{ commitment.a }}.\n"),
            ("commitments.yaml", "commitments:\n  - {id: a, what: W, value: 2, unit: days}\n"),
            ("whitehats.yaml", "whitehats:\n  - name: Ada\n    consent: true\n  - name: Bee\n    consent: false\n"),
        ]);
        let (site, _) = told(&files, "2024-01-01");
        let release_ = Release {
            id: ReleaseId::new("one").unwrap(),
            released: None,
            effective: Some(day("2024-01-02")),
            summary: "A: b".into(),
            kind: Kind::Editorial,
            attested: None,
        };
        assert!(release(&files, &[], &release_).is_empty());
        let added = release(&files, &site.unreleased().collect::<Vec<_>>(), &release_);
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
