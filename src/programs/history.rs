//! The history of paths in a git repository, as it was public: commit by commit along the line of
//! first parents of one branch, each with its moment on that line and what it left at the path.
//!
//! What was written on another branch was a draft until it was merged, so the merge is what counts.
//! Names that a path had before are followed as `git log --follow` does. git is asked a few times,
//! however many commits there are: once for the commits, once more for each generation of names,
//! and once for the texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::parse::Given;
use crate::programs::git::{Git, Named};
use crate::programs::objects::Object;
use crate::tree::{File, TreePath};

/// How many names are followed back.
const MOST_NAMES: usize = 10_000;

/// How many added and removed files of a commit are compared with each other for renames; of more,
/// only those that are equal.
const COMPARED: &str = "-l2000";

/// Which commits count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Those on the line of first parents.
    FirstParents,
    /// All, those of merged branches too.
    All,
}

/// The history of some paths.
#[derive(Debug)]
pub struct Past {
    /// The commit from which it was read back.
    pub head: String,
    /// Of each path the commits that changed it, oldest first.
    pub lines: Vec<Vec<Step>>,
    /// How many more commits changed one of them on branches that were merged.
    pub beside: usize,
    /// Whether the clone is cut off, so that older commits are missing.
    pub shallow: bool,
}

/// A commit that changed a path.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its place among all that changed one of the paths, counted back from the newest.
    pub back: usize,
    /// Its digest.
    pub commit: String,
    /// When it was recorded, in seconds since 1970.
    pub seconds: i64,
    /// The first line of its message.
    pub subject: String,
    /// The first line of the rest of its message.
    pub detail: String,
    /// Where the path was then, from the top of the repository.
    pub path: String,
    /// What it left there.
    pub left: Left,
}

/// What a commit left at a path.
#[derive(Clone, Debug)]
pub enum Left {
    /// A text.
    Text(Given),
    /// Nothing: it took the text away.
    Nothing,
    /// Something that is no text of this repository: a symbolic link, a submodule.
    Other,
}

/// Reads the history of paths in the folder `repository`, from `revision` back, else from the
/// commit that is checked out. An empty path is the folder itself.
///
/// # Errors
/// Says what git says: there is no such repository, no commit, no `git`; or names what it lacks.
pub fn past(
    repository: &Path,
    revision: Option<&str>,
    paths: &[String],
    line: Line,
) -> Result<Past> {
    if !repository.is_dir() {
        bail!("there is no folder `{}`", repository.display());
    }
    let git = Git { repository };
    let about = git.text(["rev-parse", "--show-prefix", "--is-shallow-repository"])?;
    let (prefix, shallow) = about.split_once('\n').unwrap_or_default();
    let head = git.commit(revision)?;
    let paths: Vec<String> = paths
        .iter()
        .map(|path| format!("{prefix}{path}").trim_end_matches('/').to_owned())
        .collect();
    let mut names: BTreeSet<String> = paths.iter().cloned().collect();
    let mut renames = Renames::default();
    let (log, lines) = loop {
        let log = Log::read(&git, &head, &names, line)?;
        let lines: Vec<Vec<Touch<'_>>> =
            paths.iter().map(|path| log.line(path, &mut renames)).collect();
        let before = names.len();
        let more = renames.ask(&git)?;
        names.extend(renames.found.iter().cloned());
        if !more && names.len() == before {
            let owned = |touch: Touch<'_>| Place {
                at: touch.at,
                mark: touch.mark,
                wanted: log.wanted(&touch),
            };
            let lines: Vec<Vec<Place>> =
                lines.into_iter().map(|line| line.into_iter().map(owned).collect()).collect();
            break (log, lines);
        }
    };
    let is_text = |place: &&Place| matches!(place.mark, Mark::File | Mark::Below);
    let asked: Vec<&Wanted> =
        lines.iter().flatten().filter(is_text).map(|place| &place.wanted).collect();
    let mut given = texts(&git, &asked)?.into_iter();
    let mut step = |Place { at, mark, wanted }: Place| {
        let commit = &log.commits[at];
        let left = match mark {
            Mark::Gone => Left::Nothing,
            Mark::Other => Left::Other,
            Mark::File | Mark::Below => match given.next().flatten() {
                Some(given) => Left::Text(given),
                None if mark == Mark::Below => Left::Nothing,
                None => return Err(git.lacking(&wanted.object, &wanted.called())),
            },
        };
        Ok(Step {
            back: at,
            commit: commit.digest.clone(),
            seconds: commit.seconds,
            subject: commit.subject.clone(),
            detail: commit.detail.clone(),
            path: wanted.path,
            left,
        })
    };
    let lines = lines
        .into_iter()
        .map(|line| line.into_iter().map(&mut step).collect::<Result<Vec<Step>>>())
        .collect::<Result<Vec<_>>>()?;
    let beside = match line {
        Line::FirstParents => log.beside(&git, &head)?,
        Line::All => 0,
    };
    Ok(Past { head, lines, beside, shallow: shallow.trim() == "true" })
}

/// Returns the markdown files below a folder of a repository as a revision has them, from the
/// folder; hidden ones are left out.
///
/// # Errors
/// Says what git says.
pub fn markdown_files(
    repository: &Path,
    revision: Option<&str>,
    folder: &str,
) -> Result<Vec<String>> {
    if !repository.is_dir() {
        bail!("there is no folder `{}`", repository.display());
    }
    let git = Git { repository };
    let head = git.commit(revision)?;
    // Without a path named, names that cannot be files here are passed over.
    let listed = git.listed(&head, &[])?;
    let markdown = |path: &str| {
        let lower = path.to_ascii_lowercase();
        lower.ends_with(".md") || lower.ends_with(".markdown")
    };
    let within = |path: &TreePath| folder.is_empty() || path.within(folder).is_some();
    let files = listed.into_iter().filter(|listed| listed.is_file() && within(&listed.path));
    Ok(files.map(|file| file.path.to_string()).filter(|path| markdown(path)).collect())
}

/// Reads what commits have at paths from the top of the repository; `None` where one has nothing
/// there.
///
/// # Errors
/// Says what git says; or names the object that the repository lacks.
pub fn texts_at(repository: &Path, sources: &[(String, String)]) -> Result<Vec<Option<Given>>> {
    if !repository.is_dir() {
        bail!("there is no folder `{}`", repository.display());
    }
    let wanted: Vec<Wanted> =
        sources.iter().map(|(commit, path)| Wanted::new(commit, path, None)).collect();
    texts(&Git { repository }, &wanted.iter().collect::<Vec<_>>())
}

/// A text that is to be read.
struct Wanted {
    /// What git reads: the digest of the text, or the commit and the path in it.
    object: String,
    commit: String,
    path: String,
}

impl Wanted {
    fn new(commit: &str, path: &str, blob: Option<&str>) -> Wanted {
        let object = blob.map_or_else(|| format!("{commit}:{path}"), str::to_owned);
        Wanted { object, commit: commit.to_owned(), path: path.to_owned() }
    }

    fn called(&self) -> String {
        let commit = self.commit.get(..10).unwrap_or(&self.commit);
        format!("`{}` of the commit {commit}", self.path)
    }
}

fn texts(git: &Git<'_>, wanted: &[&Wanted]) -> Result<Vec<Option<Given>>> {
    let named =
        wanted.iter().map(|text| Named { digest: text.object.clone(), what: text.called() });
    let objects = git.found(named)?;
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    for (text, object) in wanted.iter().zip(&objects) {
        for (name, digest) in object.iter().flat_map(Object::markdown) {
            let within = if text.path.is_empty() { "" } else { "/" };
            let path = format!("{}{within}{name}", text.path);
            let file = || Wanted::new(&text.commit, &path, None).called();
            files.entry(digest.clone()).or_insert_with(file);
        }
    }
    let named =
        files.iter().map(|(digest, what)| Named { digest: digest.clone(), what: what.clone() });
    let read = git.objects(named)?.into_iter().filter_map(|object| match object {
        Object::File(bytes) => Some(File::new(bytes)),
        _ => None,
    });
    let files: BTreeMap<&String, File> = files.keys().zip(read).collect();
    let given = objects.into_iter().map(|object| match object? {
        Object::File(bytes) => Some(Given::File(File::new(bytes))),
        folder @ Object::Folder(_) => {
            let markdown = folder.markdown();
            let others = folder.shown() - markdown.len();
            let files = markdown
                .into_iter()
                .filter_map(|(name, digest)| Some((name, files.get(digest)?.clone())));
            Some(Given::Folder { others, files: files.collect() })
        }
        Object::Commit { .. } => None,
    });
    Ok(given.collect())
}

/// What a commit did to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// It left a file there.
    File,
    /// It changed something below it, or came in by a merge: what is there now is to be looked at.
    Below,
    /// It took the file away.
    Gone,
    /// It left something there that is no text.
    Other,
}

/// A commit on a path's line.
struct Touch<'a> {
    at: usize,
    path: &'a str,
    mark: Mark,
}

/// A commit on a path's line, and the text that it left.
struct Place {
    at: usize,
    mark: Mark,
    wanted: Wanted,
}

/// The commits that changed one of some paths, newest first.
struct Log {
    commits: Vec<Logged>,
    names: Vec<String>,
}

struct Logged {
    digest: String,
    parent: Option<String>,
    seconds: i64,
    subject: String,
    detail: String,
    changes: Vec<Change>,
}

struct Change {
    added: bool,
    removed: bool,
    /// Whether it is a plain file.
    plain: bool,
    /// The digest of what is there now.
    blob: String,
    path: String,
}

impl Log {
    fn read(git: &Git<'_>, head: &str, names: &BTreeSet<String>, line: Line) -> Result<Log> {
        let names: Vec<String> = names.iter().cloned().collect();
        let mut told = vec![
            "log",
            "-z",
            "--raw",
            "-r",
            "--no-abbrev",
            "--no-renames",
            "--no-ext-diff",
            "--encoding=UTF-8",
            "--no-show-signature",
            "--topo-order",
            "--format=tformat:%H%x00%P%x00%ct%x00%s%x00%b",
        ];
        if line == Line::FirstParents {
            told.extend(["--first-parent", "-m"]);
        }
        let places = places(&names);
        let told = told.into_iter().chain([head, "--"]);
        let answer = git.bytes(told.chain(places.iter().map(String::as_str)))?;
        let mut fields = answer.split(|byte| *byte == 0).peekable();
        let mut commits = Vec::new();
        let text = |field: &[u8]| String::from_utf8_lossy(field).into_owned();
        while let Some(digest) = fields.next().filter(|field| !field.is_empty()) {
            let mut field = || fields.next().context("git ended its answer early").map(text);
            let (parents, seconds, subject, body) = (field()?, field()?, field()?, field()?);
            let digest = text(digest);
            let seconds = seconds.parse().with_context(|| {
                format!("the commit {digest} names no moment at which it was recorded")
            })?;
            let mut changes = Vec::new();
            while fields.peek().is_some_and(|field| field.trim_ascii_start().starts_with(b":")) {
                let about = text(fields.next().unwrap_or_default());
                let path = fields.next().context("git ended its answer early")?;
                let about: Vec<&str> = about.trim_start().split(' ').collect();
                let ([_, mode, _, blob, status], Ok(path)) = (&about[..], str::from_utf8(path))
                else {
                    continue;
                };
                changes.push(Change {
                    added: status.starts_with('A'),
                    removed: status.starts_with('D'),
                    plain: mode.starts_with("100"),
                    blob: (*blob).to_owned(),
                    path: path.to_owned(),
                });
            }
            let said = |line: &&str| line.chars().any(char::is_alphanumeric);
            commits.push(Logged {
                digest,
                parent: parents.split(' ').next().filter(|id| !id.is_empty()).map(str::to_owned),
                seconds,
                subject,
                detail: body.lines().find(said).unwrap_or_default().to_owned(),
                changes,
            });
        }
        Ok(Log { commits, names })
    }

    /// Returns the text that a commit left.
    fn wanted(&self, touch: &Touch<'_>) -> Wanted {
        let commit = &self.commits[touch.at];
        let own = commit.changes.iter().find(|change| change.path == touch.path);
        let blob = own.filter(|_| touch.mark == Mark::File).map(|change| change.blob.as_str());
        Wanted::new(&commit.digest, touch.path, blob)
    }

    /// Counts the commits that changed one of the paths on branches that were merged.
    fn beside(&self, git: &Git<'_>, head: &str) -> Result<usize> {
        let places = places(&self.names);
        let told = ["rev-list", "--no-merges", head, "--"].into_iter();
        let all = git.text(told.chain(places.iter().map(String::as_str)))?;
        let own: BTreeSet<&str> = self.commits.iter().map(|commit| &*commit.digest).collect();
        Ok(all.lines().filter(|commit| !own.contains(commit)).count())
    }

    /// Returns the commits that changed a path and the names it had before, oldest first. What it
    /// was called before is asked of `renames`.
    fn line<'a>(&'a self, path: &'a str, renames: &mut Renames) -> Vec<Touch<'a>> {
        let mut line = Vec::new();
        let mut path = path;
        let oldest = |path: &str| {
            self.commits.iter().rposition(|commit| commit.touches(path).next().is_some())
        };
        let mut first = oldest(path);
        for (at, commit) in self.commits.iter().enumerate() {
            let changes: Vec<&Change> = commit.touches(path).collect();
            let mark = match changes.iter().find(|change| change.path == path) {
                _ if commit.changes.is_empty() => Mark::Below,
                Some(change) if change.removed && changes.len() == 1 => Mark::Gone,
                Some(change) if !change.removed && change.plain => Mark::File,
                Some(change) if !change.removed => Mark::Other,
                None if changes.is_empty() => continue,
                _ => Mark::Below,
            };
            line.push(Touch { at, path, mark });
            let began = match mark {
                Mark::File => changes.iter().any(|change| change.added),
                _ => first == Some(at) && changes.iter().all(|change| change.added),
            };
            if let (true, Some(parent)) = (began, &commit.parent)
                && let Some(before) = renames.before(&commit.digest, parent, path)
                && let Some(name) = self.names.iter().find(|name| *name == before)
            {
                path = name;
                first = oldest(path);
            }
        }
        line.reverse();
        line
    }
}

impl Logged {
    /// Returns what the commit changed at a path or directly below it.
    fn touches<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Change> {
        self.changes.iter().filter(move |change| {
            let below = match path.is_empty() {
                true => Some(change.path.as_str()),
                false => change.path.strip_prefix(path).and_then(|rest| rest.strip_prefix('/')),
            };
            let section =
                |name: &str| !name.contains('/') && !name.starts_with('.') && name.ends_with(".md");
            change.path == path || below.is_some_and(section)
        })
    }
}

/// Returns names as git takes paths: word for word, from the top.
fn places(names: &[String]) -> Vec<String> {
    names.iter().map(|name| format!(":(top,literal){name}")).collect()
}

/// The renames of commits: those that were looked for, and those to look for.
#[derive(Default)]
struct Renames {
    /// For each commit that was looked at, the old names of files by their new ones.
    known: BTreeMap<String, BTreeMap<String, String>>,
    /// The commits to look at, each with its parent.
    wanted: BTreeMap<String, String>,
    /// The names that paths had before.
    found: BTreeSet<String>,
}

impl Renames {
    /// Returns the name that a file or folder had before a commit gave it another one.
    fn before(&mut self, commit: &str, parent: &str, path: &str) -> Option<&str> {
        let Some(renames) = self.known.get(commit) else {
            self.wanted.insert(commit.to_owned(), parent.to_owned());
            return None;
        };
        let before = match renames.get(path) {
            Some(before) => before.clone(),
            None => {
                let within = |name: &str| {
                    let rest = name.strip_prefix(path)?.strip_prefix('/')?;
                    (!rest.contains('/')).then_some(())
                };
                let mut folders = renames
                    .iter()
                    .filter(|(name, _)| within(name).is_some())
                    .filter_map(|(_, before)| Some(before.rsplit_once('/')?.0));
                let folder = folders.next()?;
                if folder == path || folders.any(|other| other != folder) {
                    return None;
                }
                folder.to_owned()
            }
        };
        if self.found.len() >= MOST_NAMES || TreePath::new(&before).is_err() {
            return None;
        }
        self.found.insert(before.clone());
        self.found.get(&before).map(String::as_str)
    }

    /// Asks git for the renames of the commits that are wanted, if there are any.
    fn ask(&mut self, git: &Git<'_>) -> Result<bool> {
        let wanted = std::mem::take(&mut self.wanted);
        if wanted.is_empty() {
            return Ok(false);
        }
        let input: String =
            wanted.iter().map(|(commit, parent)| format!("{commit} {parent}\n")).collect();
        let told = [
            "diff-tree",
            "--stdin",
            "-r",
            "-z",
            "-M",
            COMPARED,
            "--raw",
            "--no-abbrev",
            "--no-ext-diff",
            "--diff-filter=R",
        ];
        let answer = git.answered(told, input)?;
        for commit in wanted.into_keys() {
            self.known.insert(commit, BTreeMap::new());
        }
        let mut commit = String::new();
        let mut fields = answer.split(|byte| *byte == 0);
        while let Some(field) = fields.next() {
            if !field.starts_with(b":") {
                commit = String::from_utf8_lossy(field).trim().to_owned();
                continue;
            }
            let (Some(before), Some(after)) = (fields.next(), fields.next()) else { break };
            if let (Ok(before), Ok(after)) = (str::from_utf8(before), str::from_utf8(after)) {
                let renames = self.known.entry(commit.clone()).or_default();
                renames.insert(after.to_owned(), before.to_owned());
            }
        }
        Ok(true)
    }
}
