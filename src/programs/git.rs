//! The history of a file or folder in a git repository, told by the `git` program.
//!
//! A history with merges is told as one line: where two lines changed the path side by side, that
//! which was merged into goes on, and the merge says what the other brought.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, bail};
use jiff::civil::Date;

use crate::parse::Given;
use crate::tree::{File, Tree, TreePath};

/// What would make git look at another repository, or read a path as a pattern.
const ENVIRONMENT: [&str; 15] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

/// The history of a path.
#[derive(Debug)]
pub struct Past {
    /// The commits that changed it, oldest first.
    pub commits: Vec<Commit>,
    /// How many more changed it on lines beside, and came in with a merge.
    pub beside: usize,
    /// Whether the clone is cut off, so that older commits are missing.
    pub shallow: bool,
}

/// A commit that changed a path.
#[derive(Debug)]
pub struct Commit {
    /// Its digest, shortened.
    pub id: String,
    /// The day on which it was written, where its author was.
    pub date: Date,
    /// The first line of its message.
    pub subject: String,
    /// What it left at the path; nothing where it took it away.
    pub given: Option<Given>,
}

/// A commit as `git log` tells it.
struct Logged {
    digest: String,
    /// The commits before it that changed the path.
    parents: Vec<String>,
    date: String,
    subject: String,
    /// Where the path was then, from the top of the repository.
    path: String,
}

/// Reads the history of a path from the folder `repository`, of the folder itself where the path is
/// empty. With `follow` it goes on where a file had another name.
///
/// # Errors
/// Says what git says: there is no such repository, no commit, no `git`.
pub fn past(repository: &Path, path: &str, follow: bool) -> Result<Past> {
    if !repository.is_dir() {
        bail!("there is no folder `{}`", repository.display());
    }
    let git = Git { repository };
    let about = git.text(["rev-parse", "--show-prefix", "--is-shallow-repository"])?;
    let (prefix, shallow) = about.split_once('\n').unwrap_or_default();
    let mut path = format!("{prefix}{path}").trim_end_matches('/').to_owned();
    let mut start = None;
    let (mut line, mut beside) = (Vec::new(), 0);
    loop {
        let logged = git.log(start.as_deref(), &path)?;
        let listed = logged.len();
        let newer = line.len();
        line.extend(first_line(logged));
        beside += listed - (line.len() - newer);
        let renamed = match line.last() {
            Some(oldest) if follow && line.len() > newer => git.renamed(oldest)?,
            _ => None,
        };
        let (Some(before), Some(oldest)) = (renamed, line.last()) else {
            break;
        };
        path = before;
        start = Some(format!("{}^", oldest.digest));
    }
    line.reverse();
    let given = git.given(&line)?;
    if follow && given.iter().any(|given| matches!(given, Some(Given::Folder { .. }))) {
        bail!("`--follow` follows a file, and `{path}` is a folder");
    }
    let commits = line.into_iter().zip(given).map(|(logged, given)| {
        let id: String = logged.digest.chars().take(10).collect();
        let date = logged.date.parse().with_context(|| format!("the commit {id} has no day"))?;
        Ok(Commit { id, date, subject: logged.subject, given })
    });
    Ok(Past { commits: commits.collect::<Result<_>>()?, beside, shallow: shallow.trim() == "true" })
}

/// Reads the files below some folders of the project in the folder `project` as a revision has
/// them.
///
/// # Errors
/// Says what git says: there is no such repository, no such revision, no `git`.
pub fn at(project: &Path, revision: &str, folders: &[&str]) -> Result<Tree<File>> {
    let git = Git { repository: project };
    let listed = git.text(
        ["ls-tree", "-r", "-z", "--end-of-options", revision]
            .into_iter()
            .chain(folders.iter().copied()),
    )?;
    let mut names = Vec::new();
    for entry in listed.split('\0').filter(|entry| !entry.is_empty()) {
        // Mode, kind, digest and a tab before the path. A symlink is left out: what it leads to may
        // lie anywhere.
        let Some((about, path)) = entry.split_once('\t') else { continue };
        let fields: Vec<&str> = about.split(' ').collect();
        if let ([mode, "blob", digest], Ok(path)) = (&fields[..], TreePath::new(path))
            && *mode != "120000"
        {
            names.push((path, (*digest).to_owned()));
        }
    }
    let objects = git.objects(names.iter().map(|(_, digest)| digest.clone()))?;
    let file = |((path, _), object): ((TreePath, String), Option<Object>)| match object? {
        Object::File(bytes) => Some((path, File::new(bytes))),
        Object::Folder { .. } => None,
    };
    Ok(names.into_iter().zip(objects).filter_map(file).collect())
}

/// Reads a file as a revision has it. The path counts from the folder `project`.
///
/// # Errors
/// Says what git says: there is no such repository, no such revision, no `git`; or that the
/// revision has no such file.
pub fn file_at(project: &Path, revision: &str, path: &str) -> Result<File> {
    let git = Git { repository: project };
    let listed = git.text(["ls-tree", "-z", "--end-of-options", revision, path])?;
    let digest = listed
        .split('\0')
        .next()
        .and_then(|entry| entry.split('\t').next()?.split(' ').nth(2))
        .map(str::to_owned);
    let digest = digest.with_context(|| format!("git has no `{path}` at `{revision}`"))?;
    match git.objects(std::iter::once(digest))?.pop().flatten() {
        Some(Object::File(bytes)) => Ok(File::new(bytes)),
        _ => bail!("`{path}` is no file at `{revision}`"),
    }
}

/// Returns what either branch has of the files below a folder that git could not merge, ours first.
/// The paths count from the folder `project`.
///
/// # Errors
/// Says what git says: there is no such repository, no `git`.
pub fn unmerged(project: &Path, folder: &str) -> Result<Tree<Vec<File>>> {
    let git = Git { repository: project };
    let listed = git.text(["ls-files", "--unmerged", "-z", "--", folder])?;
    let mut names = Vec::new();
    for entry in listed.split('\0') {
        // Mode, digest, stage and a tab before the path; the stage of what both had before is 1.
        let Some((about, path)) = entry.split_once('\t') else { continue };
        if let ([_, digest, "2" | "3"], Ok(path)) =
            (&about.split(' ').collect::<Vec<_>>()[..], TreePath::new(path))
        {
            names.push((path, (*digest).to_owned()));
        }
    }
    let objects = git.objects(names.iter().map(|(_, digest)| digest.clone()))?;
    let mut sides: BTreeMap<TreePath, Vec<File>> = BTreeMap::new();
    for ((path, _), object) in names.into_iter().zip(objects) {
        if let Some(Object::File(bytes)) = object {
            sides.entry(path).or_default().push(File::new(bytes));
        }
    }
    Ok(sides.into_iter().collect())
}

/// A commit and when it was made.
#[derive(Debug)]
pub struct Head {
    /// Its digest.
    pub commit: String,
    /// When it was made, in seconds since 1970.
    pub seconds: i64,
    /// Whether files below `content/` or `themes/` are not as it has them.
    pub edited: bool,
}

/// Returns the commit that a project is at, or that `revision` names.
///
/// # Errors
/// Says what git says: there is no such repository, no such revision, no `git`.
pub fn head(project: &Path, revision: &str) -> Result<Head> {
    let git = Git { repository: project };
    let told = git.text([
        "log",
        "-1",
        "--no-show-signature",
        "--format=%H %ct",
        "--end-of-options",
        revision,
        "--",
    ])?;
    let (commit, seconds) = told.trim().split_once(' ').context("git names no commit")?;
    let seconds = seconds.parse().context("git names no moment")?;
    let edited = !git.text(["status", "--porcelain", "--", "content", "themes"])?.is_empty();
    Ok(Head { commit: commit.to_owned(), seconds, edited })
}

/// Returns of the commits, newest first, those on the line of first parents.
fn first_line(logged: Vec<Logged>) -> Vec<Logged> {
    let mut next = logged.first().map(|newest| newest.digest.clone());
    let mut by_digest: BTreeMap<String, Logged> =
        logged.into_iter().map(|logged| (logged.digest.clone(), logged)).collect();
    let mut line = Vec::new();
    while let Some(logged) = next.and_then(|digest| by_digest.remove(&digest)) {
        next = logged.parents.iter().find(|parent| by_digest.contains_key(*parent)).cloned();
        line.push(logged);
    }
    line
}

/// The `git` program at work in a repository.
struct Git<'a> {
    repository: &'a Path,
}

impl Git<'_> {
    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("git");
        command
            .current_dir(self.repository)
            .args(["-c", "core.quotepath=off", "-c", "log.follow=false"])
            .args(arguments);
        ENVIRONMENT.iter().for_each(|name| {
            command.env_remove(name);
        });
        command.env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    /// Runs git and returns what it answers.
    fn bytes<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Vec<u8>> {
        let output = self.command(arguments).output().context("run `git`")?;
        self.answer(output)
    }

    fn text<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes(arguments)?).into_owned())
    }

    fn answer(&self, output: Output) -> Result<Vec<u8>> {
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ");
        bail!("git cannot read `{}`: {said}", self.repository.display())
    }

    /// Returns the commits that changed a path, newest first, each with those before it that did:
    /// from `start` back, else from the newest.
    fn log(&self, start: Option<&str>, path: &str) -> Result<Vec<Logged>> {
        let place = format!(":(top,literal){path}");
        let format = "--format=tformat:%H%x00%P%x00%ad%x00%s";
        let told = [
            "log",
            "-z",
            "--parents",
            "--topo-order",
            "--date=short",
            "--encoding=UTF-8",
            "--no-show-signature",
            format,
        ];
        let answer = self.text(told.into_iter().chain(start).chain(["--", &place]))?;
        let fields: Vec<&str> = answer.split('\0').collect();
        let logged = fields.chunks_exact(4).map(|fields| Logged {
            digest: fields[0].to_owned(),
            parents: fields[1].split(' ').map(str::to_owned).collect(),
            date: fields[2].to_owned(),
            subject: fields[3].to_owned(),
            path: path.to_owned(),
        });
        Ok(logged.collect())
    }

    /// Returns the name that a file had before a commit gave it another one.
    fn renamed(&self, commit: &Logged) -> Result<Option<String>> {
        let told = [
            "diff-tree",
            "-r",
            "-z",
            "-M",
            "-l0",
            "--no-commit-id",
            "--name-status",
            "--diff-filter=R",
        ];
        let answer = self.text(told.into_iter().chain([commit.digest.as_str()]))?;
        let fields: Vec<&str> = answer.split('\0').collect();
        Ok(fields
            .chunks_exact(3)
            .find(|fields| fields[2] == commit.path)
            .map(|fields| fields[1].to_owned()))
    }

    /// Returns what each commit left at its path.
    fn given(&self, commits: &[Logged]) -> Result<Vec<Option<Given>>> {
        let objects = self
            .objects(commits.iter().map(|commit| format!("{}:{}", commit.digest, commit.path)))?;
        let listed = objects.iter().flatten().flat_map(|object| match object {
            Object::File(_) => [].iter(),
            Object::Folder { markdown, .. } => markdown.iter(),
        });
        let digests: BTreeSet<&String> = listed.map(|(_, digest)| digest).collect();
        let found = digests.iter().zip(self.objects(digests.iter().copied().cloned())?);
        let files: BTreeMap<&str, File> = found
            .filter_map(|(digest, object)| match object? {
                Object::File(bytes) => Some((digest.as_str(), File::new(bytes))),
                Object::Folder { .. } => None,
            })
            .collect();
        let file = |(name, digest): &(TreePath, String)| {
            Some((name.clone(), files.get(digest.as_str())?.clone()))
        };
        let given = objects.iter().map(|object| match object.as_ref()? {
            Object::File(bytes) => Some(Given::File(File::new(bytes.as_slice()))),
            Object::Folder { markdown, others } => Some(Given::Folder {
                files: markdown.iter().filter_map(file).collect(),
                others: *others,
            }),
        });
        Ok(given.collect())
    }

    /// Reads objects by their names, with one run of git; nothing for a name that names nothing.
    fn objects(&self, names: impl Iterator<Item = String>) -> Result<Vec<Option<Object>>> {
        let names: String = names.map(|name| name + "\n").collect();
        let count = names.lines().count();
        let mut command = self.command(["cat-file", "--batch"]);
        let mut running = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("run `git`")?;
        let asked = running.stdin.take().context("ask `git`")?;
        let asking = std::thread::spawn(move || { asked }.write_all(names.as_bytes()));
        let output = running.wait_with_output().context("read the answer of `git`")?;
        let answer = self.answer(output)?;
        asking.join().expect("writing does not panic").context("ask `git`")?;
        let mut rest = answer.as_slice();
        (0..count).map(|_| Object::read(&mut rest).context("git ended its answer early")).collect()
    }
}

/// What git keeps under a digest.
enum Object {
    File(Vec<u8>),
    Folder {
        /// The markdown files, each with the digest of its bytes.
        markdown: Vec<(TreePath, String)>,
        /// How many other things lie in it.
        others: usize,
    },
}

impl Object {
    /// Takes the next object from the answer of `git cat-file --batch`, or nothing where there is
    /// none under the name; fails where the answer ends within it.
    fn read(rest: &mut &[u8]) -> Option<Option<Object>> {
        let line = String::from_utf8_lossy(take_until(rest, b'\n')?);
        let fields: Vec<&str> = line.split(' ').collect();
        let [digest, kind, size] = fields[..] else {
            return Some(None);
        };
        let Ok(size) = size.parse() else {
            return Some(None);
        };
        let bytes = take(rest, size)?;
        take(rest, 1)?;
        match kind {
            "blob" => Some(Some(Object::File(bytes.to_vec()))),
            "tree" => Some(Object::folder(bytes, digest.len() / 2)),
            _ => Some(None),
        }
    }

    /// Reads what git keeps of a folder: mode, name and digest of each thing in it.
    fn folder(mut rest: &[u8], digest: usize) -> Option<Object> {
        let (mut markdown, mut others) = (Vec::new(), 0);
        while !rest.is_empty() {
            let mode = take_until(&mut rest, b' ')?;
            let name = String::from_utf8_lossy(take_until(&mut rest, 0)?);
            let digest: String =
                take(&mut rest, digest)?.iter().map(|byte| format!("{byte:02x}")).collect();
            match TreePath::new(&name) {
                _ if name.starts_with('.') => {}
                Ok(path) if mode.starts_with(b"100") && name.ends_with(".md") => {
                    markdown.push((path, digest))
                }
                _ => others += 1,
            }
        }
        Some(Object::Folder { markdown, others })
    }
}

/// Takes the first bytes of what is left.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (first, others) = rest.split_at_checked(count)?;
    *rest = others;
    Some(first)
}

/// Takes the bytes up to the next `end`, and it with them.
fn take_until<'a>(rest: &mut &'a [u8], end: u8) -> Option<&'a [u8]> {
    let length = rest.iter().position(|byte| *byte == end)?;
    let taken = take(rest, length)?;
    take(rest, 1)?;
    Some(taken)
}
