//! The folder a site is written to.
//!
//! What was written is kept in a manifest inside it, so that equal files are never written again,
//! files of ours that are gone are removed, and nobody else's file is touched. New files are
//! written beside the site first and put in place when all of them are there: a crash leaves every
//! page whole, old or new, and the next build finishes what this one began.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::{fs, io};

use anyhow::{Context as _, Result, bail};
use jiff::civil::Date;
use rayon::prelude::*;

use crate::store::built::{Built, Origin, Part};
use crate::store::compress::Encoding;
use crate::store::{built, cache, compress, disk};
use crate::tree::{Action, Delta, Digest, Manifest, Record, Tree, TreePath};

/// The folder of ours inside the output.
const OURS: &str = ".policybook";
/// What the output holds, in [`OURS`].
const MANIFEST: &str = "manifest";
/// What it is about to hold, while files are put in place.
const PENDING: &str = "pending";
/// What a build worked out for later ones, in [`OURS`].
const CACHE: &str = "cache";
/// The new files, until they are put in place.
const STAGE: &str = "stage";
/// Held by the build that is at work.
const LOCK: &str = "lock";

/// A folder that a site is being written to.
pub struct Output {
    root: PathBuf,
    /// Whether files in the way are written over, because that was asked for or there are none.
    overwrite: bool,
    /// Whether to write gzip and Brotli copies of the files.
    compress: bool,
    /// What it holds by our own word.
    old: Built,
    /// Whether a build was cut off, so that our word is not enough.
    doubtful: bool,
    /// What it will hold.
    new: Mutex<BTreeMap<TreePath, Record>>,
    /// The parts of that which need not be made again as long as what they are made from is the
    /// same.
    parts: Mutex<BTreeMap<String, Part>>,
    /// Files that were changed by another program and are written again.
    repaired: Mutex<Vec<TreePath>>,
    /// Files that stand in the way and are not ours.
    foreign: Mutex<Vec<TreePath>>,
    /// Keeps a second build out until this one is done.
    _lock: Option<fs::File>,
}

/// What became of the output.
pub struct Outcome {
    /// What it holds now.
    pub manifest: Manifest,
    /// What was done, or would be.
    pub plan: Delta,
}

impl Output {
    /// Opens the folder to write a site into it; nobody else can meanwhile. What was read of it is
    /// read again if it changed since.
    ///
    /// # Errors
    /// Says why the folder is not written to, or what the system refuses.
    pub fn open(self, force: bool) -> Result<Output> {
        let root = &self.root;
        let ours = root.join(OURS);
        let occupied = match fs::read_dir(root) {
            Ok(entries) => entries.filter_map(Result::ok).any(|entry| entry.file_name() != OURS),
            Err(error) if error.kind() == io::ErrorKind::NotFound => false,
            Err(error) => {
                return Err(error).with_context(|| format!("open the folder `{}`", root.display()));
            }
        };
        if occupied && !ours.join(MANIFEST).exists() && !ours.join(PENDING).exists() && !force {
            bail!(
                "the folder `{}` is not empty and was not written by policybook; name another with `--out`, or take it over with `--force`",
                root.display()
            );
        }
        fs::create_dir_all(&ours)
            .with_context(|| format!("make the folder `{}`", ours.display()))?;
        let lock = fs::File::create(ours.join(LOCK))
            .with_context(|| format!("write into `{}`", root.display()))?;
        if let Err(fs::TryLockError::WouldBlock) = lock.try_lock() {
            bail!("another build is writing to `{}`", root.display());
        }
        disk::clear(&ours.join(STAGE))?;
        let same = built::written(&ours.join(MANIFEST)) == self.old.written
            && !self.doubtful
            && !ours.join(PENDING).exists();
        let output = if same { self } else { Output::read(root, force)? };
        Ok(Output { overwrite: force || !occupied, _lock: Some(lock), ..output })
    }

    /// Reads what the folder at `root` holds; nothing is written. With `force` a damaged manifest
    /// counts for none.
    ///
    /// # Errors
    /// Says that the manifest is damaged, or what the system refuses.
    pub fn read(root: &Path, force: bool) -> Result<Output> {
        let ours = root.join(OURS);
        let mut old = match Built::read(&ours.join(MANIFEST))? {
            Some(old) => old,
            None if force => Built::default(),
            None => bail!(
                "`{}` is damaged, or of another version of policybook: build with `--force` to write all of it again",
                ours.join(MANIFEST).display()
            ),
        };
        // One that was cut off was never gone by: it is whole before the first file is put in
        // place.
        let pending = Built::read(&ours.join(PENDING))?.unwrap_or_default();
        for (path, record) in pending.manifest.files {
            old.manifest.files.entry(path).or_insert(record);
        }
        let doubtful = old.doubtful || ours.join(PENDING).exists();
        Ok(Output::of(root, old, doubtful))
    }

    fn of(root: &Path, old: Built, doubtful: bool) -> Output {
        Output {
            root: root.to_owned(),
            overwrite: false,
            compress: false,
            old,
            doubtful,
            new: Mutex::default(),
            parts: Mutex::default(),
            repaired: Mutex::default(),
            foreign: Mutex::default(),
            _lock: None,
        }
    }

    /// Returns what the folder was made from, where it holds, every file intact, just what this
    /// input makes on this day, and nothing that a build which was cut off left beside it.
    pub fn made_from(&self, input: Digest, today: Date) -> Option<Origin> {
        let same = |origin: &Origin| {
            origin.input == input
                && origin.from.is_none_or(|from| from <= today)
                && origin.until.is_none_or(|until| today < until)
        };
        let origin = self.old.origin.filter(same)?;
        let tidy = !self.doubtful && !self.root.join(OURS).join(STAGE).exists();
        (tidy && self.old.manifest.files.par_iter().all(|(path, record)| self.intact(path, record)))
            .then_some(origin)
    }

    /// Returns what the folder holds by our own word.
    pub fn manifest(&self) -> &Manifest {
        &self.old.manifest
    }

    /// Returns what this program kept for later builds beside the site in a folder.
    pub fn cached(root: &Path, program: &str) -> Vec<u8> {
        cache::read(&root.join(OURS).join(CACHE), program)
    }

    /// Lays smaller copies beside the files, or does not.
    pub fn compressing(self, compress: bool) -> Output {
        Output { compress, ..self }
    }

    /// Keeps the files of a part of the site: returns true if they are there, every one intact, as
    /// this input makes them.
    pub fn keep(&self, name: &str, input: Digest) -> bool {
        let same = |part: &&Part| part.input == input && !self.doubtful;
        let Some(part) = self.old.parts.get(name).filter(same) else {
            return false;
        };
        let intact = part.files.iter().all(|(path, record)| self.intact(path, record));
        if intact {
            lock(&self.new).extend(part.files.iter().cloned());
            lock(&self.parts).insert(name.to_owned(), part.clone());
        }
        intact
    }

    /// Takes files of the new site, and with `write` writes those that differ beside it. A part
    /// with a name need not be made again as long as its input is the same.
    ///
    /// # Errors
    /// Names the file that could not be written.
    pub fn take(
        &self,
        part: Option<(&str, Digest)>,
        files: Tree<Vec<u8>>,
        write: bool,
    ) -> Result<()> {
        let mut records = Vec::with_capacity(files.len());
        for (path, bytes) in files.iter() {
            records.push((path.clone(), self.judge(path, bytes, write)?));
        }
        if self.compress {
            let worthy: Vec<(&TreePath, &Vec<u8>)> =
                files.iter().filter(|(path, bytes)| compress::is_worth_it(path, bytes)).collect();
            let copies = worthy.par_iter().flat_map_iter(|(path, bytes)| {
                Encoding::ALL.map(|encoding| (*path, *bytes, encoding))
            });
            let copies = copies
                .map(|(path, bytes, encoding)| self.copy(path, bytes, encoding, write))
                .collect::<Result<Vec<_>>>()?;
            records.extend(copies.into_iter().flatten());
        }
        if let Some((name, input)) = part {
            let part = Part { input, files: records.clone() };
            lock(&self.parts).insert(name.to_owned(), part);
        }
        lock(&self.new).extend(records);
        Ok(())
    }

    /// Makes the smaller copy of a file, or keeps the one that was made of the same bytes before;
    /// `None` if it is not smaller.
    fn copy(
        &self,
        path: &TreePath,
        bytes: &[u8],
        encoding: Encoding,
        write: bool,
    ) -> Result<Option<(TreePath, Record)>> {
        let known = |path: &TreePath| self.old.manifest.files.get(path);
        let copy = encoding.copy_of(path);
        if let Some(record) = known(&copy)
            && known(path) == Some(&Record::of(bytes))
            && self.intact(&copy, record)
        {
            return Ok(Some((copy, *record)));
        }
        let smaller = encoding.encode(bytes);
        if smaller.len() >= bytes.len() {
            return Ok(None);
        }
        let record = self.judge(&copy, &smaller, write)?;
        Ok(Some((copy, record)))
    }

    /// Compares a file of the new site with the one that is there, and with `write` writes it
    /// beside the site if they differ.
    fn judge(&self, path: &TreePath, bytes: &[u8], write: bool) -> Result<Record> {
        let record = Record::of(bytes);
        let known = self.old.manifest.files.get(path);
        let same = known == Some(&record);
        let intact = same && self.intact(path, &record);
        if same && !intact {
            lock(&self.repaired).push(path.clone());
        }
        if known.is_none()
            && !self.overwrite
            && fs::symlink_metadata(self.root.join(path.as_str())).is_ok()
        {
            lock(&self.foreign).push(path.clone());
        }
        if write && !intact {
            self.stage(path, bytes)?;
        }
        Ok(record)
    }

    fn stage(&self, path: &TreePath, bytes: &[u8]) -> Result<()> {
        let place = self.root.join(OURS).join(STAGE).join(path.as_str());
        let written = match fs::write(&place, bytes) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(place.parent().unwrap_or(&self.root))
                    .and_then(|()| fs::write(&place, bytes))
            }
            written => written,
        };
        written.with_context(|| format!("write `{}`", place.display()))
    }

    /// Returns what turns the folder into the new site; what was changed by somebody else counts as
    /// an update.
    pub fn outcome(self) -> Outcome {
        let manifest = Manifest { files: self.new.into_inner().expect("no build panics") };
        let mut plan = Delta::between(&self.old.manifest, &manifest);
        for path in self.repaired.into_inner().expect("no build panics") {
            let record = manifest.files[&path];
            plan.actions.insert(path, Action::Update(record));
        }
        Outcome { manifest, plan }
    }

    /// Gives up: what was written beside the site goes, the site stays as it is.
    ///
    /// # Errors
    /// Names the folder that could not be removed.
    pub fn abandon(self) -> Result<()> {
        let ours = self.root.join(OURS);
        if ours.join(MANIFEST).exists() || ours.join(PENDING).exists() {
            return disk::clear(&ours.join(STAGE));
        }
        disk::clear(&ours)?;
        // Only empty folders are removed; others contain files of the user.
        let _ = fs::remove_dir(&self.root);
        Ok(())
    }

    /// Puts the new site in place. `origin` says what it was made from, `cache` is what this
    /// program keeps for later builds.
    ///
    /// # Errors
    /// Names the file that stands in the way or could not be written.
    pub fn commit(mut self, origin: Origin, (program, cache): (&str, &[u8])) -> Result<Outcome> {
        let foreign = std::mem::take(self.foreign.get_mut().expect("no build panics"));
        if let Some(first) = foreign.iter().min() {
            let others = foreign.len() - 1;
            let others = if others == 0 { String::new() } else { format!(" and {others} others") };
            bail!(
                "`{}`{others} was not written by policybook and stands in the way; move it, or overwrite it with `--force`",
                self.root.join(first.as_str()).display()
            );
        }
        let root = self.root.clone();
        let ours = root.join(OURS);
        let (doubtful, before) = (self.doubtful, self.old.origin);
        let lock = self._lock.take();
        let parts = std::mem::take(self.parts.get_mut().expect("no build panics"));
        let outcome = self.outcome();
        if outcome.plan.is_empty() && !doubtful && before == Some(origin) {
            return Ok(outcome);
        }
        cache::write(&ours.join(CACHE), program, cache)?;
        let text = built::text(&outcome.manifest, &parts, origin);
        disk::write_over(&ours.join(PENDING), text.as_bytes())?;
        put_in_place(&ours.join(STAGE), &root)?;
        for (path, action) in &outcome.plan.actions {
            if *action == Action::Remove {
                remove(&root, path)?;
            }
        }
        fs::rename(ours.join(PENDING), ours.join(MANIFEST))
            .with_context(|| format!("write `{}`", ours.join(MANIFEST).display()))?;
        disk::clear(&ours.join(STAGE))?;
        drop(lock);
        Ok(outcome)
    }

    /// Returns true if a file still is what our manifest says. A file that nobody touched since the
    /// manifest was written is believed by its size; any other is read.
    fn intact(&self, path: &TreePath, record: &Record) -> bool {
        let place = self.root.join(path.as_str());
        let Ok(metadata) = fs::symlink_metadata(&place) else {
            return false;
        };
        if !metadata.is_file() || metadata.len() != record.size {
            return false;
        }
        let believed = !self.doubtful
            && self.old.written.is_some_and(|written| disk::changed(&metadata) < written);
        believed || fs::read(&place).is_ok_and(|bytes| Digest::of(bytes) == record.sha256)
    }
}

/// Moves everything below `stage` to its place below `root`: a folder that is not there yet in one
/// step, a file in one step each.
fn put_in_place(stage: &Path, root: &Path) -> Result<()> {
    let entries = match fs::read_dir(stage) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("read `{}`", stage.display())),
    };
    for entry in entries {
        let entry = entry.with_context(|| format!("read `{}`", stage.display()))?;
        let (from, to) = (entry.path(), root.join(entry.file_name()));
        let there = fs::symlink_metadata(&to).ok();
        let folder =
            entry.file_type().with_context(|| format!("read `{}`", from.display()))?.is_dir();
        match there {
            Some(there) if folder && there.is_dir() => put_in_place(&from, &to)?,
            Some(there) if folder != there.is_dir() || there.is_symlink() => {
                bail!(
                    "`{}` stands in the way and is not ours; move it and build again",
                    to.display()
                )
            }
            Some(_) => disk::exchange(&from, &to)?,
            None => fs::rename(&from, &to).with_context(|| format!("write `{}`", to.display()))?,
        }
    }
    Ok(())
}

/// Removes a file of ours and the folders that are empty without it.
fn remove(root: &Path, path: &TreePath) -> Result<()> {
    let place = root.join(path.as_str());
    match fs::remove_file(&place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("remove `{}`", place.display()));
        }
        _ => {}
    }
    let mut folder = place.parent();
    while let Some(empty) =
        folder.filter(|folder| *folder != root && fs::remove_dir(folder).is_ok())
    {
        folder = empty.parent();
    }
    Ok(())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("no build panics")
}
