//! Acts on the disk that are done wholly: a file that is on the disk when it is written, two files
//! that change names.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context as _, Result};

/// From how many files on it takes less time to wait for the whole disk than for one file after the
/// other.
#[cfg(target_os = "linux")]
const MANY: usize = 100;

/// Returns when a file's bytes, name or rights last changed: seconds and nanoseconds.
#[cfg(unix)]
pub fn changed(metadata: &fs::Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.ctime(), metadata.ctime_nsec())
}

/// Returns when a file's bytes last changed: seconds and nanoseconds.
#[cfg(not(unix))]
pub fn changed(metadata: &fs::Metadata) -> (i64, i64) {
    let since = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .unwrap_or_default();
    (i64::try_from(since.as_secs()).unwrap_or(i64::MAX), i64::from(since.subsec_nanos()))
}

/// Puts the file `new` where the file `old` is, in one step. `old` may then be where `new` was.
///
/// Exchanging two files costs a fraction of renaming over the old one, for which some file systems
/// wait until the bytes are on the disk. Where the system cannot exchange, the file is renamed.
///
/// # Errors
/// Names what could not be put in place.
pub fn exchange(new: &Path, old: &Path) -> Result<()> {
    #[cfg(any(target_os = "linux", target_os = "macos"))]
    if rustix::fs::renameat_with(
        rustix::fs::CWD,
        new,
        rustix::fs::CWD,
        old,
        rustix::fs::RenameFlags::EXCHANGE,
    )
    .is_ok()
    {
        return Ok(());
    }
    fs::rename(new, old).with_context(|| format!("write `{}`", old.display()))
}

/// Returns the bytes of a file; `None` if there is none.
///
/// # Errors
/// Names the file.
pub fn read(place: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(place) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error).with_context(|| format!("read `{}`", place.display())),
    }
}

/// Writes a file and waits until it is on the disk.
///
/// # Errors
/// Names the file.
pub fn write(place: &Path, bytes: &[u8]) -> Result<()> {
    let written = fs::File::create(place)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    written.with_context(|| format!("write `{}`", place.display()))
}

/// Writes a file over the one that is there, in one step.
///
/// # Errors
/// Names the file.
pub fn write_over(place: &Path, bytes: &[u8]) -> Result<()> {
    let mut beside = place.as_os_str().to_owned();
    beside.push(".new");
    write(Path::new(&beside), bytes)?;
    fs::rename(&beside, place).with_context(|| format!("write `{}`", place.display()))
}

/// Waits until files that were written below a folder are on the disk. Many are waited for at once,
/// where the system can.
///
/// # Errors
/// Names the file.
pub fn settle(folder: &Path, files: &[PathBuf]) -> Result<()> {
    #[cfg(target_os = "linux")]
    if files.len() > MANY
        && fs::File::open(folder).is_ok_and(|folder| rustix::fs::syncfs(folder).is_ok())
    {
        return Ok(());
    }
    for place in files {
        let settled = fs::File::options().write(true).open(place).and_then(|file| file.sync_all());
        settled.with_context(|| format!("write `{}`", place.display()))?;
    }
    Ok(())
}

/// Waits until what was renamed in a folder is on the disk. Where a folder cannot be waited for,
/// its file system does so by itself.
pub fn settle_folder(folder: &Path) {
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Removes a file, if it is there.
///
/// # Errors
/// Names the file.
pub fn remove(place: &Path) -> Result<()> {
    match fs::remove_file(place) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove `{}`", place.display()))
        }
        _ => Ok(()),
    }
}

/// Removes a folder with all that is in it, if it is there.
///
/// # Errors
/// Names the folder.
pub fn clear(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("remove `{}`", folder.display()))
        }
        _ => Ok(()),
    }
}
