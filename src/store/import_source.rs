//! Texts that lie outside the project, to be imported into it.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::parse::{Given, LARGEST_FILE};
use crate::tree::{File, Tree, TreePath};

/// Reads a markdown file, or the markdown files of a folder.
///
/// # Errors
/// Names what cannot be read.
pub fn import_source(place: &Path) -> Result<Given> {
    if !fs::metadata(place).with_context(|| format!("read `{}`", place.display()))?.is_dir() {
        return Ok(Given::File(file(place)?));
    }
    let (mut files, mut others) = (Tree::new(), 0);
    for entry in
        fs::read_dir(place).with_context(|| format!("read the folder `{}`", place.display()))?
    {
        let entry = entry.with_context(|| format!("read the folder `{}`", place.display()))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let name = name.as_encoded_bytes().escape_ascii();
            bail!("the name of `{name}` in `{}` is not UTF-8: rename it", place.display());
        };
        match TreePath::new(name) {
            _ if name.starts_with('.') => {}
            Ok(path) if name.ends_with(".md") && entry.path().is_file() => {
                files.insert(path, file(&entry.path())?);
            }
            _ => others += 1,
        }
    }
    Ok(Given::Folder { files, others })
}

/// Reads a file, and no more of it than would be looked at.
fn file(place: &Path) -> Result<File> {
    let mut bytes = Vec::new();
    let read = fs::File::open(place)
        .and_then(|file| file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes));
    read.with_context(|| format!("read `{}`", place.display()))?;
    Ok(File::new(bytes))
}
