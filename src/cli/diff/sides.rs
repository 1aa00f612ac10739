//! What is compared: versions, the draft, files, folders, and what git keeps of them.

use std::borrow::Cow;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, anyhow, bail};

use crate::check::Edition;
use crate::cli::{Access, Ending, Global, report};
use crate::compile::{Options, compile};
use crate::diagnostic::{Diagnostics, nearest};
use crate::model::{Body, Document, DocumentId, History, Now, Release, Site};
use crate::parse::Given;
use crate::redline::{CommitmentChange, People, RawHtml, Wording};
use crate::render::{Compared, Named};
use crate::tree::{File, Source, Tree, TreePath};
use crate::{parse, programs, redline, store};

/// What is compared, and how the command ends if nothing else decides it.
pub struct Found {
    /// Each pair of versions.
    pub comparisons: Vec<Comparison>,
    /// Whether the content has errors.
    pub ending: Ending,
}

/// Two versions of one document.
pub struct Comparison {
    /// The document's id; nothing outside of a project.
    pub id: String,
    /// What readers call it.
    pub title: String,
    /// The old version.
    pub from: Side,
    /// The new one.
    pub to: Side,
    /// The releases after the old version up to the new one, oldest first.
    pub releases: Vec<Arc<Release>>,
}

/// A version, and what it is called.
pub struct Side {
    /// What it says.
    pub wording: Wording,
    /// The same before it was cut to leaves.
    source: Said,
    /// The researchers that are named in its project, or were.
    people: People,
    /// What it is called.
    pub label: String,
    /// The file it is written in, if it is one.
    pub file: Option<String>,
    /// The commitments that stood beside it; nothing outside of a project.
    commitments: Option<Option<Arc<Document>>>,
    /// Where it stands among the versions of its document, or the version that it would follow as a
    /// draft; nothing for what is neither.
    place: Option<usize>,
    /// Whether it is the draft.
    is_draft: bool,
}

/// What a side says, as it is written.
enum Said {
    /// A document of a project, or a folder; `None` if it is not there.
    Document(Option<Arc<Document>>),
    /// A text on its own.
    Text(Body),
}

impl Comparison {
    /// Returns it with the changes from the old version, as [`Comparison::old`] has it.
    pub fn compared<'a>(&'a self, old: &'a Wording) -> Compared<'a> {
        let named = |side: &'a Side| Named { label: &side.label, file: side.file.as_deref() };
        Compared {
            id: &self.id,
            title: &self.title,
            from: named(&self.from),
            to: named(&self.to),
            releases: &self.releases,
            spanned: self.spanned(),
            commitments: self.commitments(),
            redline: redline::between(old, &self.to.wording),
        }
    }

    /// Returns the releases that it spans, where they are more than its sides say.
    fn spanned(&self) -> &[Arc<Release>] {
        let said = usize::from(!self.to.is_draft);
        if self.releases.len() > said { &self.releases } else { &[] }
    }

    /// Returns what the old version says, with those researchers counted whom the new one no longer
    /// names.
    pub fn old(&self) -> Cow<'_, Wording> {
        let people = self.from.people.and(&self.to.people);
        let counted = match (&self.from.source, &self.to.source) {
            (Said::Document(Some(old)), Said::Document(new)) => people.counted(old, new.as_deref()),
            (Said::Document(Some(old)), Said::Text(new)) => people.counted_beside(old, new),
            _ => return Cow::Borrowed(&self.from.wording),
        };
        match counted {
            Cow::Owned(counted) => Cow::Owned(Wording::of(&counted).on(self.from.wording.day)),
            Cow::Borrowed(_) => Cow::Borrowed(&self.from.wording),
        }
    }

    /// Returns what became of the promises, where both sides are of a project.
    fn commitments(&self) -> Vec<CommitmentChange> {
        match (DocumentId::new(&self.id), &self.from.commitments, &self.to.commitments) {
            (Some(id), Some(from), Some(to)) => {
                redline::commitments_of(&id, from.as_deref(), to.as_deref())
            }
            _ => Vec::new(),
        }
    }
}

/// Says in one line what a side may be.
const FORMS: &str = "write the id of a release, `draft`, a markdown file, a folder of sections, `git:REV` or `git:REV:PATH`";

/// Finds what is compared.
///
/// # Errors
/// Names what is not there.
pub fn find(what: &[String], global: &Global) -> Result<Found> {
    if let [from, to] = what
        && let (Some(from), Some(to)) = (outside(from, global)?, outside(to, global)?)
    {
        let title = to.label.clone();
        return Ok(Found {
            comparisons: vec![Comparison {
                id: String::new(),
                title,
                from,
                to,
                releases: Vec::new(),
            }],
            ending: Ending::Done,
        });
    }
    let (project, compiled) = global.compile(Edition::Draft, Access::Reads)?;
    report::findings(&compiled.diagnostics, &project.files, true);
    let ending = if compiled.diagnostics.has_errors() { Ending::Found } else { Ending::Done };
    let site = &compiled.site;
    let (history, sides) = match what.split_first() {
        Some((first, rest)) => match site.history(first) {
            Some(history) => (Some(history), rest),
            None if what.len() == 3 => return Err(no_document(first, site)),
            None => (only(site, first)?, what),
        },
        None => (None, what),
    };
    let people = People::of(site);
    let versions = |history: &History| -> Result<Comparison> {
        let finder = Finder { site, history, global, now: compiled.now, people: &people };
        let from = match sides.first() {
            Some(from) => finder.side(from)?,
            None => finder.newest(),
        };
        let to = finder.side(sides.get(1).map_or("draft", String::as_str))?;
        let releases = spanned(history, &from, &to);
        Ok(Comparison {
            id: history.id.to_string(),
            title: history.current().title().to_owned(),
            from,
            to,
            releases,
        })
    };
    let comparisons = match history {
        Some(history) => vec![versions(history)?],
        None => site.unreleased().map(versions).collect::<Result<_>>()?,
    };
    Ok(Found { comparisons, ending })
}

/// Returns the releases that a comparison spans, oldest first; none if a side is no version and
/// not the draft.
fn spanned(history: &History, from: &Side, to: &Side) -> Vec<Arc<Release>> {
    let (Some(from), Some(to)) = (from.place, to.place) else { return Vec::new() };
    history.spanned(from, to).into_iter().map(|at| history.versions[at].release.clone()).collect()
}

fn no_document(name: &str, site: &Site) -> anyhow::Error {
    let ids: Vec<&str> = site.histories.iter().map(|history| history.id.as_str()).collect();
    match nearest(name, ids.iter().copied()) {
        Some(meant) => anyhow!("there is no policy or list `{name}`: did you mean `{meant}`?"),
        None => anyhow!("there is no policy or list `{name}`; there are {}", ids.join(", ")),
    }
}

/// Returns the document that is meant where a side is named alone: the only policy there is.
fn only<'a>(site: &'a Site, side: &str) -> Result<Option<&'a History>> {
    let named = site.releases.iter().any(|release| release.id.as_str() == side)
        || side == "draft"
        || side.contains([':', '/', '.']);
    if !named && nearest(side, site.histories.iter().map(|history| history.id.as_str())).is_some() {
        return Err(no_document(side, site));
    }
    let mut policies = site.histories.iter().filter(|history| history.current().policy().is_some());
    match (policies.next(), policies.next()) {
        (Some(policy), None) => Ok(Some(policy)),
        _ if side.starts_with("git:")
            || site.releases.iter().any(|release| release.id.as_str() == side) =>
        {
            bail!(
                "name the policy or list before `{side}`, as in `policybook diff security {side}`"
            )
        }
        _ => Err(no_document(side, site)),
    }
}

/// Finds the versions of a document.
struct Finder<'a> {
    site: &'a Site,
    history: &'a History,
    global: &'a Global,
    now: Now,
    people: &'a People,
}

impl Finder<'_> {
    fn newest(&self) -> Side {
        match self.history.newest_at() {
            Some(at) => self.version(at),
            None => self.says(None, "nothing".to_owned(), None),
        }
    }

    fn version(&self, at: usize) -> Side {
        let version = &self.history.versions[at];
        let commitments = self
            .site
            .version_at(DocumentId::COMMITMENTS, &version.release.id)
            .map(|version| version.document.clone());
        let side = self.says(
            Some(&version.document),
            format!("version {}", version.release.id),
            commitments,
        );
        Side { place: Some(at), wording: side.wording.on(version.day()), ..side }
    }

    /// Returns a side of this project.
    fn says(
        &self,
        document: Option<&Arc<Document>>,
        label: String,
        commitments: Option<Arc<Document>>,
    ) -> Side {
        Side::of(document, self.people, label, commitments)
    }

    fn side(&self, name: &str) -> Result<Side> {
        if name == "draft" {
            let side = self.says(
                self.history.draft.as_ref(),
                "the draft".to_owned(),
                draft_commitments(self.site),
            );
            let wording = side.wording.on(Some(self.now.day));
            return Ok(Side { place: self.history.newest_at(), is_draft: true, wording, ..side });
        }
        if let Some(at) =
            self.history.versions.iter().position(|version| version.release.id.as_str() == name)
        {
            return Ok(self.version(at));
        }
        if let Some(revision) = name.strip_prefix("git:").filter(|revision| !revision.contains(':'))
        {
            return self.commit(revision);
        }
        if let Some(side) = outside(name, self.global)? {
            return Ok(side);
        }
        let ids = self.history.versions.iter().map(|version| version.release.id.as_str());
        match nearest(name, ids) {
            Some(meant) => {
                bail!("`{}` has no version `{name}`: did you mean `{meant}`?", self.history.id)
            }
            None => bail!("`{name}` is no version of `{}`: {FORMS}", self.history.id),
        }
    }

    /// Returns the draft of a commit.
    fn commit(&self, revision: &str) -> Result<Side> {
        let files = programs::at(&self.global.directory, revision, &["content/"])?;
        let compiled = compile(&files, Options { edition: Edition::Draft, now: self.now });
        let then = compiled
            .site
            .history(self.history.id.as_str())
            .and_then(|history| history.draft.as_ref());
        let people = People::of(&compiled.site);
        Ok(Side::of(then, &people, format!("git {revision}"), draft_commitments(&compiled.site)))
    }
}

impl Side {
    /// Returns a side of a project with these people.
    fn of(
        document: Option<&Arc<Document>>,
        people: &People,
        label: String,
        commitments: Option<Arc<Document>>,
    ) -> Side {
        let wording = document.map_or_else(Wording::default, |document| Wording::of(document));
        let source = Said::Document(document.cloned());
        Side {
            wording,
            source,
            people: people.clone(),
            label,
            file: None,
            commitments: Some(commitments),
            place: None,
            is_draft: false,
        }
    }

    /// Returns a side outside of any project.
    fn outside((wording, source): (Wording, Said), label: String, file: Option<String>) -> Side {
        Side {
            wording,
            source,
            people: People::default(),
            label,
            file,
            commitments: None,
            place: None,
            is_draft: false,
        }
    }
}

/// Returns the commitments as their author wrote them last.
fn draft_commitments(site: &Site) -> Option<Arc<Document>> {
    site.history(DocumentId::COMMITMENTS)?.draft.clone()
}

/// Returns what stands outside of a project, or nothing where a name names nothing there.
fn outside(name: &str, global: &Global) -> Result<Option<Side>> {
    if let Some((revision, path)) = name.strip_prefix("git:").and_then(|name| name.split_once(':'))
    {
        let file = programs::file_at(&global.directory, revision, path)?;
        return Ok(Some(Side::outside(
            text(path, &file)?,
            format!("{path} of git {revision}"),
            Some(path.to_owned()),
        )));
    }
    let place = global.started.join(name);
    if fs::symlink_metadata(&place).is_err() {
        return Ok(None);
    }
    let (says, file) = match store::import_source(&place)? {
        Given::File(file) => (text(name, &file)?, Some(name.to_owned())),
        Given::Folder { files, .. } => (folder(name, &files)?, None),
    };
    let label = Path::new(name)
        .file_name()
        .map_or_else(|| name.to_owned(), |name| name.to_string_lossy().into_owned());
    Ok(Some(Side::outside(says, label, file)))
}

fn text(name: &str, file: &File) -> Result<(Wording, Said)> {
    if file.bytes().len() > parse::LARGEST_FILE {
        bail!("`{name}` is larger than {} MiB", parse::LARGEST_FILE >> 20);
    }
    let path = TreePath::new("given.md").expect("a path");
    match Source::new(&path, file) {
        Ok(source) => {
            let whole = source.file(file);
            let length = whole.bytes().len();
            Ok((
                Wording::of_text(&source.text, RawHtml::Read),
                Said::Text(Body::Part(whole, 0..length)),
            ))
        }
        Err(_) => bail!("`{name}` is not UTF-8"),
    }
}

/// Reads a folder of sections, or fails where it is none.
fn folder(name: &str, files: &Tree<File>) -> Result<(Wording, Said)> {
    let root = TreePath::new("given").expect("a path");
    let id = DocumentId::new("policy").expect("a slug");
    let placed = files
        .iter()
        .map(|(path, file)| (root.join("policy").join(path.as_str()), file.clone()))
        .collect();
    let mut diagnostics = Diagnostics::new();
    match parse::document(&placed, &root, &id, true, &mut diagnostics) {
        Some(document) => Ok((Wording::of(&document), Said::Document(Some(Arc::new(document))))),
        None => bail!("`{name}` is no folder of sections: it has no readable `_index.md`"),
    }
}
