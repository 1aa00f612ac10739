//! The `git` program: how it is run, and what a repository holds.
//!
//! The repository may be a stranger's. What its configuration names is not run, nothing is fetched,
//! and no work tree is compared. Only a folder that no longer names a path says that it is gone; an
//! object that a folder or a commit names and the repository lacks is an error.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::programs::find;
use crate::programs::objects::Object;
use crate::tree::{File, Tree, TreePath};

/// What of git's environment is kept: the user's own settings and where git itself lies. All else
/// leads elsewhere or runs something: `GIT_DIR`, `GIT_EXTERNAL_DIFF`, `GIT_SSH_COMMAND` …
const KEPT: [&str; 4] =
    ["GIT_CONFIG", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM"];

/// Settings that count more than those of the repository: they run nothing, and git answers in one
/// form.
const SETTINGS: [&str; 10] = [
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.quotepath=off",
    "credential.helper=",
    "diff.orderFile=/dev/null",
    "log.follow=false",
    "log.showRoot=true",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
];

/// What keeps git from fetching an object that a partial clone lacks (gits that do not know the
/// first find no way to fetch), from showing another object than a digest names, from writing, and
/// from asking.
const ORDERS: [(&str, &str); 6] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// What to do where an object is missing.
const REMEDY: &str = "; a partial clone has it after `git fetch --refetch --no-filter`, a shallow one after `git fetch --unshallow`, \
                      and `git fsck` says what is damaged";

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
    let commit = match git.commit(revision) {
        Ok(commit) => commit,
        Err(_) if revision.is_none() && git.is_unborn()? => return Ok(None),
        Err(error) => return Err(error),
    };
    let named = Named { what: "the commit".to_owned(), digest: commit.clone() };
    match git.objects([named])?.pop() {
        Some(Object::Commit { seconds: Some(seconds), .. }) => Ok(Some(Head { commit, seconds })),
        _ => bail!("the commit {commit} of `{}` names no moment", project.display()),
    }
}

/// The `git` program at work in a repository.
pub struct Git<'a> {
    /// The folder in which it works.
    pub repository: &'a Path,
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

    /// Returns the digest of the commit that a revision names, else of the one checked out.
    pub fn commit(&self, revision: Option<&str>) -> Result<String> {
        // A tag names a commit; `HEAD` is one, and is named as such where it is missing.
        let name = revision.map_or("HEAD".to_owned(), |revision| format!("{revision}^{{commit}}"));
        match self.text(["rev-parse", "--verify", "--end-of-options", &name]) {
            Ok(commit) => Ok(commit.trim().to_owned()),
            Err(error) if error.to_string().contains("Needed a single revision") => {
                let place = self.repository.display();
                match revision {
                    Some(name) => bail!("git has no branch, tag or commit `{name}` in `{place}`"),
                    None => bail!("`{place}` does not have any commits yet"),
                }
            }
            Err(error) => Err(error),
        }
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
    pub fn bytes<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
    ) -> Result<Vec<u8>> {
        let output = self.command(arguments)?.output().context("run `git`")?;
        self.answer(output)
    }

    pub fn text<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<String> {
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

    /// Returns what a revision holds below some paths, or all of it, from the folder down, without
    /// what is hidden.
    pub fn listed(&self, revision: &str, paths: &[&str]) -> Result<Vec<Listed>> {
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

    /// Reads objects, with one run of git.
    ///
    /// # Errors
    /// Names the first that the repository lacks.
    pub fn objects(&self, named: impl IntoIterator<Item = Named>) -> Result<Vec<Object>> {
        let named: Vec<Named> = named.into_iter().collect();
        let objects = self.found(named.iter().cloned())?.into_iter().zip(&named);
        let there = |(object, Named { digest, what }): (Option<Object>, &Named)| {
            object.ok_or_else(|| self.lacking(digest, what))
        };
        objects.map(there).collect()
    }

    /// Reads objects, with one run of git; `None` for each that the repository lacks, or that is
    /// no object at all.
    pub fn found(&self, named: impl IntoIterator<Item = Named>) -> Result<Vec<Option<Object>>> {
        let named: Vec<Named> = named.into_iter().collect();
        let asked = named.iter().map(|object| format!("{}\n", object.digest)).collect();
        let answer = self.answered(["cat-file", "--batch"], asked)?;
        let mut rest = answer.as_slice();
        let read = |_: &Named| Object::read(&mut rest).context("git ended its answer early");
        named.iter().map(read).collect()
    }

    /// Runs git, gives it an input and returns what it answers.
    pub fn answered<A: AsRef<OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = A>,
        input: String,
    ) -> Result<Vec<u8>> {
        let mut command = self.command(arguments)?;
        let mut running = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("run `git`")?;
        let pipe = running.stdin.take().context("ask `git`")?;
        let asking = std::thread::spawn(move || { pipe }.write_all(input.as_bytes()));
        let output = running.wait_with_output().context("read the answer of `git`")?;
        let answer = self.answer(output)?;
        asking.join().expect("writing does not panic").context("ask `git`")?;
        Ok(answer)
    }

    /// Says that an object is missing, and what to do.
    pub fn lacking(&self, digest: &str, what: &str) -> anyhow::Error {
        anyhow!(
            "the repository `{}` lacks {what} (object {digest}){REMEDY}",
            self.repository.display()
        )
    }
}

/// An object, and what to call it where it is missing.
#[derive(Clone, Debug)]
pub struct Named {
    /// Its digest, or a commit and a path in it.
    pub digest: String,
    /// What to call it.
    pub what: String,
}

/// What a revision holds.
pub struct Listed {
    kind: Kind,
    digest: String,
    /// Where.
    pub path: TreePath,
}

impl Listed {
    /// Returns true if it is a plain file.
    pub fn is_file(&self) -> bool {
        self.kind == Kind::File
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Other,
}
