//! A write to a project that is decided: laid out as a whole beside the files, then put in their
//! places.
//!
//! The step that decides is the renaming of one folder. Before it nothing has happened; from then
//! on the write is made, whatever happens to the command: who reads takes the files from here, and
//! the next command that writes puts them in place first.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result, bail};

use crate::ledger;
use crate::store::disk;
use crate::store::lock::OURS;
use crate::tree::{Digest, File, Tree, TreePath};

/// The folder of a write that is decided, in [`OURS`].
const DECIDED: &str = "write";

/// What the folders of writes that are not decided begin with; the rest tells them apart.
const STAGE: &str = "stage-";

/// What the list of changes is kept in, beside the files, which are called by their place in it.
const CHANGES: &str = "changes";

/// What the list begins with; it moves with its shape.
const HEAD: &str = "policybook 1";

/// Where commands of earlier versions laid out what they were about to write.
const OF_OLD: [&str; 2] = ["content/.versions", "content/versions.old"];

/// What a command writes to a project.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The files that come or get other bytes.
    pub put: Tree<File>,
    /// The files that go.
    pub gone: BTreeSet<TreePath>,
}

impl From<Tree<File>> for Changes {
    fn from(put: Tree<File>) -> Changes {
        Changes { put, gone: BTreeSet::new() }
    }
}

impl Changes {
    /// Returns every file that they are about.
    pub(super) fn paths(&self) -> impl Iterator<Item = &TreePath> {
        self.put.iter().map(|(path, _)| path).chain(&self.gone)
    }
}

/// What becomes of one file.
struct Change {
    path: TreePath,
    /// The digest of its bytes before; `None` if it was not there.
    before: Option<Digest>,
    /// The digest of its bytes afterwards; `None` if it goes.
    after: Option<Digest>,
}

/// What keeps a write that is decided from being put in place.
pub(super) enum Obstacle<'a> {
    /// Somebody changed the file since, and would lose that.
    Changed(&'a TreePath),
    /// What was laid out is not there any more as it was.
    Damaged(PathBuf),
}

/// How a write that is decided is given up.
const GIVE_UP: &str =
    "remove the folder `content/.policybook`, and restore `content/` from version control";

impl Obstacle<'_> {
    /// Returns what is wrong.
    pub(super) fn problem(&self) -> String {
        match self {
            Obstacle::Changed(path) => {
                format!("`{path}` was changed after a command had decided to write it")
            }
            Obstacle::Damaged(place) => format!("`{}` is damaged or missing", place.display()),
        }
    }

    /// Returns what to do.
    pub(super) fn help(&self) -> String {
        match self {
            Obstacle::Changed(path) => {
                format!(
                    "restore `{path}` from version control and run `policybook check --fix`; or {GIVE_UP}"
                )
            }
            Obstacle::Damaged(_) => GIVE_UP.to_owned(),
        }
    }
}

/// A write that is decided.
pub(super) struct Journal {
    folder: PathBuf,
    text: String,
    changes: Vec<Change>,
}

impl Journal {
    /// Lays a write out and decides it: the lock is held. Returns it, to be put in place.
    ///
    /// # Errors
    /// Names what could not be written. Then nothing has happened.
    pub(super) fn decide(root: &Path, changes: &Changes) -> Result<Journal> {
        let ours = root.join(OURS);
        let stage = stage(&ours)?;
        let folder = ours.join(DECIDED);
        let laid = lay_out(root, &stage, changes).and_then(|(text, changes)| {
            fs::rename(&stage, &folder).with_context(|| format!("write `{}`", folder.display()))?;
            Ok(Journal { folder, text, changes })
        });
        match laid {
            Ok(journal) => {
                disk::settle_folder(&ours);
                Ok(journal)
            }
            Err(error) => {
                disk::clear(&stage)?;
                Err(error)
            }
        }
    }

    /// Reads the write that is decided in the project at `root` and not yet in place, if there is
    /// one.
    ///
    /// # Errors
    /// Says that it is damaged, or what the system refuses.
    pub(super) fn read(root: &Path) -> Result<Option<Journal>> {
        let folder = root.join(OURS).join(DECIDED);
        let place = folder.join(CHANGES);
        let Some(bytes) = disk::read(&place)? else { return Ok(None) };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        match list(&text) {
            Some(changes) => Ok(Some(Journal { folder, text, changes })),
            None => bail!("`{}` is damaged: {GIVE_UP}", place.display()),
        }
    }

    /// Returns the text of the list, by which one write is told from another.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the files that it is about.
    pub(super) fn paths(&self) -> impl Iterator<Item = &TreePath> {
        self.changes.iter().map(|change| &change.path)
    }

    /// Returns what keeps the write from being put in place.
    ///
    /// # Errors
    /// Names the file that could not be read.
    pub(super) fn obstacle(&self, root: &Path) -> Result<Option<Obstacle<'_>>> {
        for (index, Change { path, before, after }) in self.changes.iter().enumerate() {
            let laid_out = self.folder.join(index.to_string());
            // In this order: what is not laid out any more is in its place by now.
            let laid = disk::read(&laid_out)?.map(Digest::of);
            let now = disk::read(&root.join(path.as_str()))?.map(Digest::of);
            if now != *before && now != *after {
                return Ok(Some(Obstacle::Changed(path)));
            }
            if after.is_some() && laid != *after && (laid.is_some() || now != *after) {
                return Ok(Some(Obstacle::Damaged(laid_out)));
            }
        }
        Ok(None)
    }

    /// Makes the changes to what was read of the project at `root`, in these folders of it.
    ///
    /// # Errors
    /// Names the file that could not be read.
    pub(super) fn overlay(
        &self,
        root: &Path,
        folders: &[&str],
        files: &mut Tree<File>,
    ) -> Result<()> {
        for (index, Change { path, after, .. }) in self.changes.iter().enumerate() {
            if !folders.iter().any(|folder| path.within(folder).is_some()) {
                continue;
            }
            // What is not here any more is in its place.
            let new = match after {
                Some(_) => disk::read(&self.folder.join(index.to_string()))?.map_or_else(
                    || disk::read(&root.join(path.as_str())),
                    |bytes| Ok(Some(bytes)),
                )?,
                None => None,
            };
            match new {
                Some(new) => drop(files.insert(path.clone(), File::new(new))),
                None => drop(files.remove(path)),
            }
        }
        Ok(())
    }

    /// Puts everything in its place: the lock is held. The ledger comes behind what it names, and
    /// what goes behind the ledger.
    ///
    /// # Errors
    /// Names what could not be put in place; the rest waits for the next command that writes.
    pub(super) fn put_in_place(self, root: &Path) -> Result<()> {
        if let Some(obstacle) = self.obstacle(root)? {
            bail!("{}: {}", obstacle.problem(), obstacle.help());
        }
        let ledger = ledger::path();
        let late = |change: &Change| (change.after.is_none(), change.path == ledger);
        let mut order: Vec<(usize, &Change)> = self.changes.iter().enumerate().collect();
        order.sort_by_key(|(_, change)| late(change));
        let mut folders = BTreeSet::new();
        for (index, Change { path, after, .. }) in order {
            let (new, place) = (self.folder.join(index.to_string()), real(root, path)?);
            match after {
                Some(_) => put(&new, &place)?,
                None => remove(root, &place)?,
            }
            folders.extend(
                place
                    .ancestors()
                    .skip(1)
                    .take_while(|folder| *folder != root)
                    .map(Path::to_path_buf),
            );
        }
        folders.iter().for_each(|folder| disk::settle_folder(folder));
        fs::remove_file(self.folder.join(CHANGES))
            .with_context(|| format!("remove `{}`", self.folder.display()))?;
        disk::clear(&self.folder)
    }
}

/// Returns the folders that commands left which were killed before their write was decided. While
/// the lock is held by nobody else they belong to nobody.
pub(super) fn leftovers(root: &Path) -> Vec<PathBuf> {
    let ours = root.join(OURS);
    let entries = fs::read_dir(&ours).into_iter().flatten().filter_map(Result::ok);
    let staged = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(STAGE))
        .map(|entry| entry.path());
    let done =
        Some(ours.join(DECIDED)).filter(|folder| folder.exists() && !folder.join(CHANGES).exists());
    let of_old = OF_OLD.iter().map(|folder| root.join(folder)).filter(|folder| folder.exists());
    let mut left: Vec<PathBuf> = staged.chain(done).chain(of_old).collect();
    left.sort();
    left
}

/// Creates a folder exclusively.
fn stage(ours: &Path) -> Result<PathBuf> {
    let process = std::process::id();
    for number in 0.. {
        let stage = ours.join(format!("{STAGE}{process}-{number}"));
        match fs::create_dir(&stage) {
            Ok(()) => return Ok(stage),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("make the folder `{}`", stage.display()));
            }
        }
    }
    unreachable!("some number is free")
}

/// Writes the new files and the list of what is to become of them, and waits until they are on the
/// disk.
fn lay_out(root: &Path, stage: &Path, changes: &Changes) -> Result<(String, Vec<Change>)> {
    let mut list = Vec::new();
    let mut written = Vec::new();
    for path in changes.paths() {
        let there = root.join(path.as_str());
        let file = changes.put.get(path);
        if let Some(file) = file {
            let place = stage.join(list.len().to_string());
            fs::write(&place, file.bytes())
                .with_context(|| format!("write `{}`", place.display()))?;
            keep_rights(&there, &place)?;
            written.push(place);
        }
        let before = disk::read(&there)?.map(Digest::of);
        list.push(Change { path: path.clone(), before, after: file.map(File::digest) });
    }
    let digest = |digest: &Option<Digest>| {
        digest.map_or_else(|| "-".to_owned(), |digest| digest.to_string())
    };
    let line = |change: &Change| {
        format!("{} {} {}\n", digest(&change.before), digest(&change.after), change.path)
    };
    let text = format!("{HEAD}\n{}", list.iter().map(line).collect::<String>());
    let text = format!("{text}{}\n", Digest::of(&text));
    disk::write(&stage.join(CHANGES), text.as_bytes())?;
    disk::settle(stage, &written)?;
    disk::settle_folder(stage);
    Ok((text, list))
}

/// Gives a file the rights of the one that it will take the place of, where these are others.
fn keep_rights(old: &Path, new: &Path) -> Result<()> {
    let Ok(rights) = fs::metadata(old).map(|metadata| metadata.permissions()) else {
        return Ok(());
    };
    let kept = fs::metadata(new).and_then(|own| {
        if own.permissions() == rights { Ok(()) } else { fs::set_permissions(new, rights) }
    });
    kept.with_context(|| format!("write `{}`", new.display()))
}

/// Reads a list of changes, which ends with the digest of all lines above.
fn list(text: &str) -> Option<Vec<Change>> {
    let above = text.strip_suffix('\n')?.rfind('\n')? + 1;
    let whole = text[above..].trim_end().parse() == Ok(Digest::of(&text[..above]));
    let lines = text[..above].strip_prefix(HEAD)?.strip_prefix('\n').filter(|_| whole)?;
    lines.lines().map(change).collect()
}

fn change(line: &str) -> Option<Change> {
    let mut words = line.splitn(3, ' ');
    let mut digest = || match words.next()? {
        "-" => Some(None),
        digest => digest.parse().ok().map(Some),
    };
    let (before, after) = (digest()?, digest()?);
    Some(Change { path: TreePath::new(words.next()?).ok()?, before, after })
}

/// Returns where a file of the project really lies, which no link leads out of it; its folder is
/// made if it is not there.
fn real(root: &Path, path: &TreePath) -> Result<PathBuf> {
    let place = root.join(path.as_str());
    let folder = place.parent().unwrap_or(root);
    fs::create_dir_all(folder)
        .with_context(|| format!("make the folder `{}`", folder.display()))?;
    let open =
        |place: &Path| place.canonicalize().with_context(|| format!("open `{}`", place.display()));
    let real = if place.exists() { open(&place)? } else { open(folder)?.join(path.name()) };
    let inside = open(root)?;
    match real.strip_prefix(&inside) {
        Ok(within) => Ok(root.join(within)),
        Err(_) => bail!(
            "`{path}` points outside the project, and is not written to: put the file itself there"
        ),
    }
}

/// Moves a file to its place, over the one that is there; one that was moved before is there.
fn put(new: &Path, place: &Path) -> Result<()> {
    let moved = match fs::rename(new, place) {
        Err(_) if !new.exists() => Ok(()),
        Err(error) if error.kind() == ErrorKind::CrossesDevices => copy(new, place),
        moved => moved,
    };
    moved.with_context(|| format!("write `{}`", place.display()))
}

/// Puts the copy of a file in its place where the two lie on different devices.
fn copy(new: &Path, place: &Path) -> io::Result<()> {
    // Named by the file, so that the next try writes over it.
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let beside = place.with_file_name(format!(".{name}.policybook"));
    fs::copy(new, &beside)?;
    fs::File::options().write(true).open(&beside)?.sync_all()?;
    fs::rename(&beside, place)?;
    fs::remove_file(new)
}

/// Removes a file, and the folders that are empty without it.
fn remove(root: &Path, place: &Path) -> Result<()> {
    disk::remove(place)?;
    let content = root.join("content");
    let mut folder = place.parent();
    while let Some(empty) =
        folder.filter(|folder| *folder != content && fs::remove_dir(folder).is_ok())
    {
        folder = empty.parent();
    }
    Ok(())
}
