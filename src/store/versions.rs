//! The released versions on the disk: added to as a whole or not at all.
//!
//! The new state of the folder is laid out beside it, the files that stay as hard links, and the two folders change names in one step.
//! A run that is killed at any moment leaves the old state or the new one; the next run clears what it left beside.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;

use crate::ledger::FOLDER;
use crate::ledger::LEDGER;
use crate::store::disk;
use crate::tree::File;
use crate::tree::Tree;
use crate::tree::TreePath;

/// Where the new state is laid out; hidden, so that nobody reads it.
const BESIDE: &str = "content/.versions";

/// Puts files into the folder of released versions, over those of the same name. `read` are the project's files as they were read before: the
/// ledger must still be the one among them.
///
/// # Errors
/// Names the file that could not be written. Then nothing has changed.
pub fn put(root: &Path, read: &Tree<File>, files: &Tree<File>) -> Result<()> {
    let (versions, beside) = (root.join(FOLDER), root.join(BESIDE));
    unchanged(&versions, read)?;
    disk::clear(&beside)?;
    fs::create_dir_all(&beside).with_context(|| format!("make the folder `{}`", beside.display()))?;
    if versions.exists() {
        link_all(&versions, &beside, FOLDER, files)?;
    }
    let mut written = Vec::new();
    for (path, file) in files.iter() {
        let within = path.within(FOLDER).with_context(|| format!("`{path}` does not belong to `{FOLDER}/`"))?;
        let place = beside.join(within);
        let folder = place.parent().unwrap_or(&beside);
        fs::create_dir_all(folder).with_context(|| format!("make the folder `{}`", folder.display()))?;
        fs::write(&place, file.bytes()).with_context(|| format!("write `{}`", place.display()))?;
        written.push(place);
    }
    disk::settle(&beside, &written)?;
    unchanged(&versions, read)?;
    if versions.exists() {
        disk::exchange(&beside, &versions)?;
        disk::clear(&beside)
    } else {
        fs::rename(&beside, &versions).with_context(|| format!("write `{}`", versions.display()))
    }
}

/// Holds that the ledger on the disk is the one that was read.
fn unchanged(versions: &Path, read: &Tree<File>) -> Result<()> {
    let known = read.iter().find(|(path, _)| path.within(FOLDER) == Some(LEDGER)).map(|(_, file)| file.bytes());
    let there = match fs::read(versions.join(LEDGER)) {
        Ok(bytes) => Some(bytes),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(error).with_context(|| format!("read `{}`", versions.join(LEDGER).display())),
    };
    if known != there.as_deref() {
        bail!("another command wrote to the ledger in the meantime: nothing was written, run this one again");
    }
    Ok(())
}

/// Links every file of `from` into `to`, but those that are about to be written.
fn link_all(from: &Path, to: &Path, path: &str, written: &Tree<File>) -> Result<()> {
    for entry in fs::read_dir(from).with_context(|| format!("read the folder `{}`", from.display()))? {
        let entry = entry.with_context(|| format!("read the folder `{}`", from.display()))?;
        let (place, link) = (entry.path(), to.join(entry.file_name()));
        let path = format!("{path}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().with_context(|| format!("read `{}`", place.display()))?.is_dir() {
            fs::create_dir(&link).with_context(|| format!("make the folder `{}`", link.display()))?;
            link_all(&place, &link, &path, written)?;
        } else if TreePath::new(&path).is_ok_and(|path| written.get(&path).is_some()) {
            continue;
        } else if fs::hard_link(&place, &link).is_err() {
            fs::copy(&place, &link).with_context(|| format!("write `{}`", link.display()))?;
        }
    }
    Ok(())
}
