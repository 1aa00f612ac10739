//! The history of a file or folder in a git repository, reported by the `git` program.
//!
//! A history with merges is reported as one line: where two lines changed the path side by side,
//! that which was merged into goes on, and the merge says what the other brought.
//!
//! The repository may be a stranger's. What its configuration names is not run, nothing is fetched,
//! and no work tree is compared. Only a folder that no longer names a path says that it is gone; an
//! object that a folder or a commit names and the repository lacks is an error.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::rc::Rc;

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::civil::Date;

use crate::parse::Given;
use crate::programs::find;
use crate::programs::objects::Object;
use crate::tree::{File, Tree, TreePath};

/// What of git's environment is kept: the user's own settings and where git itself lies. All else
/// leads elsewhere or runs something: `GIT_DIR`, `GIT_EXTERNAL_DIFF`, `GIT_SSH_COMMAND` …
const KEPT: [&str; 4] =
    ["GIT_CONFIG", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM"];

/// Settings that count more than those of the repository: they run nothing, and git answers in one
/// form.
const SETTINGS: [&str; 8] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotepath=off",
    "credential.helper=",
    "log.follow=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
];

/// What keeps git from fetching an object that a partial clone lacks (gits that do not know the
/// first find no way to fetch), from writing, and from asking.
const ORDERS: [(&str, &str); 5] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// What to do where an object is missing.
const REMEDY: &str = "; a partial clone has it after `git fetch --refetch --no-filter`, a shallow one after `git fetch --unshallow`, \
                      and `git fsck` says what is damaged";

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
    /// What it left at the path; `None` if it took it away.
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

/// Reads the git history of a path, or of `repository` if the path is empty; `follow` follows
/// renames.
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
/// them: those that a project has for [`crate::store::Project::read`], which passes over hidden
/// files and follows links inside the project.
///
/// # Errors
/// Says what git says: there is no such repository, no such revision, no `git`; or names what the
/// revision has and cannot be read.
pub fn at(project: &Path, revision: &str, folders: &[&str]) -> Result<Tree<File>> {
    let git = Git { repository: project };
    let mut blobs: BTreeMap<TreePath, String> = BTreeMap::new();
    let mut links = Vec::new();
    for Listed { kind, digest, path } in git.listed(revision, folders)? {
        match kind {
            Kind::File => drop(blobs.insert(path, digest)),
            Kind::Link => links.push((path, digest)),
            Kind::Other => {
                bail!("`{path}` is a submodule at `{revision}`: git does not hold its files here")
            }
        }
    }
    if !links.is_empty() {
        let whole = git.listed(revision, &[])?;
        let named = links.iter().map(|(path, digest)| git.part(digest, path, revision));
        let objects = git.objects(named)?;
        for ((path, _), object) in links.iter().zip(objects) {
            let target = String::from_utf8_lossy(object.bytes().unwrap_or_default()).into_owned();
            let found = path.resolve(&target).map(|end| below(&whole, &end)).unwrap_or_default();
            if found.is_empty() {
                bail!(
                    "`{path}` is a symbolic link at `{revision}`, and `{target}` is no file of the project there"
                );
            }
            for (within, digest) in found {
                let path = if within.is_empty() { path.clone() } else { path.join(&within) };
                blobs.insert(path, digest);
            }
        }
    }
    let objects =
        git.objects(blobs.iter().map(|(path, digest)| git.part(digest, path, revision)))?;
    let file = |((path, _), object): ((TreePath, String), Object)| match object {
        Object::File(bytes) => Some((path, File::new(bytes))),
        _ => None,
    };
    Ok(blobs.into_iter().zip(objects).filter_map(file).collect())
}

/// Returns the files at a path, or in the folder that it is, each by its path within.
fn below(listed: &[Listed], end: &TreePath) -> Vec<(String, String)> {
    let within = |path: &TreePath| {
        let rest = path.as_str().strip_prefix(end.as_str())?;
        if rest.is_empty() {
            Some(String::new())
        } else {
            rest.strip_prefix('/').map(str::to_owned)
        }
    };
    let files = listed.iter().filter(|listed| listed.kind == Kind::File);
    files.filter_map(|file| Some((within(&file.path)?, file.digest.clone()))).collect()
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
    let named = Named { what: format!("`{path}` at `{revision}`"), digest };
    match git.objects([named])?.pop() {
        Some(Object::File(bytes)) => Ok(File::new(bytes)),
        _ => bail!("`{path}` is no file at `{revision}`"),
    }
}

/// Returns both sides of each conflicted file under `folder`, ours first (one if the other side
/// has no such file); empty outside a repository. Paths are relative to `project`.
///
/// # Errors
/// Says what git says, or names what it lacks.
pub fn unmerged(project: &Path, folder: &str) -> Result<Tree<Vec<File>>> {
    let git = Git { repository: project };
    if !git.is_there()? {
        return Ok(Tree::default());
    }
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
    let named = names.iter().map(|(path, digest)| git.part(digest, path, "the index"));
    let objects = git.objects(named)?;
    let mut sides: BTreeMap<TreePath, Vec<File>> = BTreeMap::new();
    for ((path, _), object) in names.into_iter().zip(objects) {
        if let Object::File(bytes) = object {
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
}

/// Returns the commit that a project is at, or that `revision` names; `None` if the project is
/// in no repository, or in one without a commit, and no revision is named.
///
/// # Errors
/// Says what git says: there is no such revision, the repository cannot be read.
pub fn head(project: &Path, revision: Option<&str>) -> Result<Option<Head>> {
    let git = Git { repository: project };
    if revision.is_none() && !git.is_there()? {
        return Ok(None);
    }
    // A tag names a commit; `HEAD` is one, and is named as such where it is missing.
    let name = revision.map_or("HEAD".to_owned(), |revision| format!("{revision}^{{commit}}"));
    let commit = match git.text(["rev-parse", "--verify", "--end-of-options", &name]) {
        Ok(commit) => commit.trim().to_owned(),
        Err(_) if revision.is_none() && git.is_unborn()? => return Ok(None),
        Err(error) => return Err(error),
    };
    let named = Named { what: "the commit".to_owned(), digest: commit.clone() };
    match git.objects([named])?.pop() {
        Some(Object::Commit { seconds: Some(seconds), .. }) => Ok(Some(Head { commit, seconds })),
        _ => bail!("the commit {commit} of `{}` names no moment", project.display()),
    }
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
    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Command> {
        let mut command = Command::new(find::program("git", self.repository)?);
        command.current_dir(self.repository);
        SETTINGS.iter().for_each(|setting| {
            command.args(["-c", setting]);
        });
        command.args(arguments);
        let leads_elsewhere = |name: &str| {
            name.starts_with("GIT_") && !KEPT.iter().any(|kept| name.starts_with(kept))
        };
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(leads_elsewhere) {
                command.env_remove(name);
            }
        }
        command.envs(ORDERS).stdin(Stdio::null());
        Ok(command)
    }

    /// Returns true if the folder is in a repository.
    fn is_there(&self) -> Result<bool> {
        let Ok(mut command) = self.command(["rev-parse", "--git-dir"]) else {
            return Ok(false);
        };
        let output = command.output().context("run `git`")?;
        if String::from_utf8_lossy(&output.stderr).contains("not a git repository") {
            return Ok(false);
        }
        self.answer(output).map(|_| true)
    }

    /// Returns true if no branch of the repository has a commit where it stands.
    fn is_unborn(&self) -> Result<bool> {
        let output = self.command(["rev-parse", "--verify", "--quiet", "HEAD"])?.output();
        Ok(output.context("run `git`")?.stdout.is_empty()
            && self.bytes(["symbolic-ref", "--quiet", "HEAD"]).is_ok()
            && self.bytes(["rev-list", "--all", "--max-count=1"])?.is_empty())
    }

    /// Runs git and returns what it answers.
    fn bytes<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Vec<u8>> {
        let output = self.command(arguments)?.output().context("run `git`")?;
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
        let fatal = said.lines().find_map(|line| line.strip_prefix("fatal: "));
        let told = fatal.or_else(|| said.lines().next()).unwrap_or_default();
        let lacks = ["promisor remote", "unable to read", "Could not read"];
        let remedy = if lacks.iter().any(|sign| said.contains(sign)) { REMEDY } else { "" };
        bail!("git cannot read `{}`: {told}{remedy}", self.repository.display())
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

    /// Returns what a revision holds below some paths, or all of it, from the folder down, without
    /// what is hidden.
    fn listed(&self, revision: &str, paths: &[&str]) -> Result<Vec<Listed>> {
        let asked = ["ls-tree", "-r", "-z", "--end-of-options", revision];
        let answer = self.bytes(asked.into_iter().chain(paths.iter().copied()))?;
        let mut listed = Vec::new();
        for entry in answer.split(|byte| *byte == 0) {
            // Mode, kind, digest and a tab before the path.
            let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
            let (about, path) = (String::from_utf8_lossy(&entry[..tab]), &entry[tab + 1..]);
            if path.split(|byte| *byte == b'/').any(|segment| segment.starts_with(b".")) {
                continue;
            }
            let kind = match about.split(' ').next() {
                Some("120000") => Kind::Link,
                Some("160000") => Kind::Other,
                _ => Kind::File,
            };
            let digest = about.rsplit(' ').next().unwrap_or_default().to_owned();
            let path = match str::from_utf8(path).map(TreePath::new) {
                Ok(Ok(path)) => path,
                // Only what is read has to have a name that can be.
                _ if paths.is_empty() => continue,
                Ok(Err(error)) => bail!(
                    "`{}` cannot be a file name at `{revision}`: {error}",
                    path.escape_ascii()
                ),
                Err(_) => {
                    bail!("the name of `{}` is not UTF-8 at `{revision}`", path.escape_ascii())
                }
            };
            listed.push(Listed { kind, digest, path });
        }
        Ok(listed)
    }

    /// Returns an object and what to call it where it is missing.
    fn part(&self, digest: &str, path: &TreePath, revision: &str) -> Named {
        Named { digest: digest.to_owned(), what: format!("`{path}` at `{revision}`") }
    }

    /// Returns what each commit left at its path: nothing where a folder no longer names it.
    fn given(&self, commits: &[Logged]) -> Result<Vec<Option<Given>>> {
        let called = |commit: &Logged, path: &str| {
            format!("`{path}` of the commit {}", commit.digest.get(..10).unwrap_or_default())
        };
        let named = commits
            .iter()
            .map(|commit| Named { what: "a commit".to_owned(), digest: commit.digest.clone() });
        let tops = self.objects(named)?;
        let mut places: Vec<Option<String>> = tops
            .into_iter()
            .map(|top| match top {
                Object::Commit { tree, .. } => Some(tree),
                _ => None,
            })
            .collect();
        let paths: Vec<Vec<&str>> = commits
            .iter()
            .map(|commit| commit.path.split('/').filter(|name| !name.is_empty()).collect())
            .collect();
        let deepest = paths.iter().map(Vec::len).max().unwrap_or_default();
        let mut objects = Vec::new();
        for depth in 0..=deepest {
            objects = self.objects_at(&places, |at| {
                called(&commits[at], &paths[at][..depth.min(paths[at].len())].join("/"))
            })?;
            for ((place, object), path) in places.iter_mut().zip(&objects).zip(&paths) {
                if let Some(name) = path.get(depth) {
                    *place = object.as_ref().and_then(|object| object.named(name)).cloned();
                }
            }
        }
        let mut files = BTreeMap::new();
        for (commit, object) in commits.iter().zip(&objects) {
            for (name, digest) in object.iter().flat_map(|object| object.markdown()) {
                let path = if commit.path.is_empty() {
                    name.to_string()
                } else {
                    format!("{}/{name}", commit.path)
                };
                files.entry(digest.clone()).or_insert_with(|| called(commit, &path));
            }
        }
        let named =
            files.iter().map(|(digest, what)| Named { digest: digest.clone(), what: what.clone() });
        let read = self.objects(named)?.into_iter().filter_map(|object| match object {
            Object::File(bytes) => Some(File::new(bytes)),
            _ => None,
        });
        let files: BTreeMap<&String, File> = files.keys().zip(read).collect();
        let given = objects.iter().map(|object| match object.as_deref()? {
            Object::File(bytes) => Some(Given::File(File::new(bytes.as_slice()))),
            folder @ Object::Folder(entries) => {
                let markdown = folder.markdown();
                let shown = entries.iter().filter(|entry| !entry.name.starts_with('.')).count();
                Some(Given::Folder {
                    others: shown - markdown.len(),
                    files: markdown
                        .into_iter()
                        .filter_map(|(name, digest)| Some((name, files.get(digest)?.clone())))
                        .collect(),
                })
            }
            Object::Commit { .. } => None,
        });
        Ok(given.collect())
    }

    /// Reads the objects that are known of a list, each once; `what` says what one of them is.
    fn objects_at(
        &self,
        digests: &[Option<String>],
        what: impl Fn(usize) -> String,
    ) -> Result<Vec<Option<Rc<Object>>>> {
        let mut known: BTreeMap<&str, String> = BTreeMap::new();
        for (at, digest) in digests.iter().enumerate() {
            if let Some(digest) = digest {
                known.entry(digest).or_insert_with(|| what(at));
            }
        }
        let named = known
            .iter()
            .map(|(digest, what)| Named { digest: (*digest).into(), what: what.clone() });
        let read = self.objects(named)?.into_iter().map(Rc::new);
        let found: BTreeMap<&str, Rc<Object>> = known.keys().copied().zip(read).collect();
        Ok(digests.iter().map(|digest| found.get(digest.as_deref()?).cloned()).collect())
    }

    /// Reads objects, with one run of git.
    ///
    /// # Errors
    /// Names the first that the repository lacks.
    fn objects(&self, named: impl IntoIterator<Item = Named>) -> Result<Vec<Object>> {
        let named: Vec<Named> = named.into_iter().collect();
        let asked: String = named.iter().map(|object| format!("{}\n", object.digest)).collect();
        let mut command = self.command(["cat-file", "--batch"])?;
        let mut running = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("run `git`")?;
        let input = running.stdin.take().context("ask `git`")?;
        let asking = std::thread::spawn(move || { input }.write_all(asked.as_bytes()));
        let output = running.wait_with_output().context("read the answer of `git`")?;
        let answer = self.answer(output)?;
        asking.join().expect("writing does not panic").context("ask `git`")?;
        let mut rest = answer.as_slice();
        let read = |Named { digest, what }: &Named| {
            let object = Object::read(&mut rest).context("git ended its answer early")?;
            object.with_context(|| self.lacking(digest, what))
        };
        named.iter().map(read).collect()
    }

    /// Says that an object is missing, and what to do.
    fn lacking(&self, digest: &str, what: &str) -> anyhow::Error {
        anyhow!(
            "the repository `{}` lacks {what} (object {digest}){REMEDY}",
            self.repository.display()
        )
    }
}

/// An object by its digest, and what to call it where it is missing.
struct Named {
    digest: String,
    what: String,
}

/// What a revision holds.
struct Listed {
    kind: Kind,
    digest: String,
    path: TreePath,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Other,
}
