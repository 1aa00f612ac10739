//! Writing to a project: all that a command writes or nothing, and only over what it has read.

use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::ledger;
use crate::store::disk;
use crate::store::journal::{Changes, Journal, leftovers};
use crate::store::lock::Lock;
use crate::store::project::FOLDERS;
use crate::tree::{File, Tree, TreePath};

/// Makes changes to the project at `root`, of which `read` was read before. The ledger and every
/// file that changes must still be as they were.
///
/// # Errors
/// Says who wrote meanwhile, or names what could not be written. Either way nothing was written, or
/// all of it will be.
pub fn write(root: &Path, read: &Tree<File>, changes: impl Into<Changes>) -> Result<()> {
    let changes = changes.into();
    if changes.paths().next().is_none() {
        return Ok(());
    }
    let _lock = Lock::take(root)?;
    settled(root)?;
    unchanged(root, read, &changes)?;
    let journal = Journal::decide(root, &changes)?;
    journal.put_in_place(root).context(
        "it is decided what is written, and not all of it could be put in place; `policybook check --fix` finishes it when the cause is gone",
    )
}

/// Finishes what a command began that was killed. Returns the files that it had begun to write, if
/// there was such a command.
///
/// # Errors
/// Names what could not be put in place.
pub fn finish(root: &Path) -> Result<Option<Vec<TreePath>>> {
    if Journal::read(root)?.is_none() && leftovers(root).is_empty() {
        return Ok(None);
    }
    let _lock = Lock::take(root)?;
    settled(root)
}

/// Finishes what is decided and clears what is not: the lock is held.
fn settled(root: &Path) -> Result<Option<Vec<TreePath>>> {
    let finished = match Journal::read(root)? {
        Some(journal) => {
            let paths = journal.paths().cloned().collect();
            journal.put_in_place(root).context("finish what a command began that was killed")?;
            Some(paths)
        }
        None => None,
    };
    leftovers(root).iter().try_for_each(|place| {
        if place.is_dir() { disk::clear(place) } else { disk::remove(place) }
    })?;
    Ok(finished)
}

/// Holds that the ledger and the files that change are on the disk as they were read.
fn unchanged(root: &Path, read: &Tree<File>, changes: &Changes) -> Result<()> {
    let there = |path: &TreePath| {
        Ok::<_, anyhow::Error>(disk::read(&root.join(path.as_str()))?.map(File::new))
    };
    let ledger = ledger::path();
    let (known, now) = (read.get(&ledger), there(&ledger)?);
    if known.map(File::digest) != now.as_ref().map(File::digest) {
        let news = ledger::news(known, now.as_ref());
        bail!(
            "{news} while this command was at work. This one wrote nothing, and nothing was lost: run it again"
        );
    }
    let ours = |path: &&TreePath| FOLDERS.iter().any(|folder| path.within(folder).is_some());
    for path in changes.paths().filter(ours) {
        if read.get(path).map(File::digest) != there(path)?.as_ref().map(File::digest) {
            bail!(
                "`{path}` changed while this command was at work. This one wrote nothing, and nothing was lost: run it again"
            );
        }
    }
    Ok(())
}
