//! The author's own files, written over: each is whole at every moment, with its old bytes or with its new ones.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context as _;
use anyhow::Result;

use crate::store::disk;
use crate::tree::File;
use crate::tree::Tree;

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
