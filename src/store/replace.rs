//! The author's own files, written over: each is whole at every moment, with its old bytes or with its new ones.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;

use crate::store::disk;
use crate::tree::File;
use crate::tree::Tree;
use crate::tree::TreePath;

/// Tells whether a file lies in a folder just where its path says, and no link leads to it.
pub fn is_itself(root: &Path, path: &TreePath) -> bool {
    let real = |place: &Path| place.canonicalize().ok();
    real(root).is_some_and(|root| real(&root.join(path.as_str())) == Some(root.join(path.as_str())))
}

/// Moves a folder of the project to where nothing is.
///
/// # Errors
/// Names the folder that could not be moved.
pub fn rename(root: &Path, from: &str, to: &str) -> Result<()> {
    let (from, to) = (root.join(from), root.join(to));
    if fs::symlink_metadata(&to).is_ok() {
        bail!("there is `{}` already", to.display());
    }
    let above = to.parent().unwrap_or(root);
    fs::create_dir_all(above).with_context(|| format!("make the folder `{}`", above.display()))?;
    fs::rename(&from, &to).with_context(|| format!("move `{}` to `{}`", from.display(), to.display()))
}

/// Puts files in the place of those that are there, if these still are as they were read. What is a link by now is left alone.
///
/// # Errors
/// Names the file that changed meanwhile, or that could not be written.
pub fn replace_unchanged(root: &Path, read: &Tree<File>, files: &Tree<File>) -> Result<()> {
    for (path, _) in files.iter() {
        let place = root.join(path.as_str());
        let now = fs::read(&place).with_context(|| format!("read `{}`", place.display()))?;
        if !is_itself(root, path) || read.get(path).is_none_or(|file| *file.bytes() != *now) {
            bail!("`{}` changed meanwhile: nothing was written", place.display());
        }
    }
    replace(root, files)
}

/// Puts files in the place of those that are there. All are written beside them first; one that a link leads to is replaced where it lies.
///
/// # Errors
/// Names the file that could not be written.
pub fn replace(root: &Path, files: &Tree<File>) -> Result<()> {
    let mut written: Vec<(PathBuf, PathBuf)> = Vec::new();
    for (path, file) in files.iter() {
        let place = root.join(path.as_str());
        let place = place.canonicalize().with_context(|| format!("open `{}`", place.display()))?;
        let beside = place.with_file_name(format!(".{}.new", path.name()));
        disk::write(&beside, file.bytes())?;
        let rights = fs::metadata(&place).and_then(|metadata| fs::set_permissions(&beside, metadata.permissions()));
        rights.with_context(|| format!("write `{}`", beside.display()))?;
        written.push((beside, place));
    }
    for (beside, place) in written {
        fs::rename(&beside, &place).with_context(|| format!("write `{}`", place.display()))?;
    }
    Ok(())
}
