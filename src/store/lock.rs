//! The lock of a project: of all commands that write to `content/`, one at a time does.
//!
//! The lock is a file of its own beside what it guards, since some systems keep everybody from
//! reading what is locked. It is held for the write alone, never while a person is asked. Where a
//! file system knows no locks, a file that only one command can make stands for it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io, thread};

use anyhow::{Context as _, Result, bail};

/// The folder of what policybook keeps for itself in a project; hidden, so that nothing reads it as
/// content.
pub(super) const OURS: &str = "content/.policybook";

/// The file that is locked.
const LOCK: &str = "lock";

/// The file that stands for the lock where there are none.
const HELD: &str = "held";

/// What keeps the folder out of version control.
const IGNORE: &str = ".gitignore";

/// How long a command waits for another one, and how long it sleeps in between.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(10);

/// The right to write to `content/`; it ends with the value.
pub(super) struct Lock {
    ours: PathBuf,
    /// The locked file.
    file: Option<fs::File>,
    /// The file that stands for the lock.
    held: Option<PathBuf>,
}

impl Lock {
    /// Waits for the lock of the project at `root`.
    ///
    /// # Errors
    /// Says that another command does not end, or what the system refuses.
    pub(super) fn take(root: &Path) -> Result<Lock> {
        let ours = root.join(OURS);
        let mut lock = Lock { ours, file: None, held: None };
        for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
            if lock.tried().with_context(|| format!("write into `{}`", lock.ours.display()))? {
                return Ok(lock);
            }
            thread::sleep(PAUSE);
        }
        let held = lock.ours.join(HELD);
        if held.exists() {
            bail!(
                "`{0}` says that another command is writing to `content/`. This file system has no locks, so a command that was killed may \
                 have left it: if none is at work, remove `{0}` and run this one again",
                held.display()
            );
        }
        bail!(
            "another command has been writing to `content/` for {} seconds: nothing was written, run this one again",
            PATIENCE.as_secs()
        )
    }

    /// Takes the lock if it is free.
    fn tried(&mut self) -> io::Result<bool> {
        let place = self.ours.join(LOCK);
        prepare(&self.ours)?;
        let file = match fs::File::options().create(true).truncate(false).write(true).open(&place) {
            // The previous holder has just removed the folder.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            file => file?,
        };
        match file.try_lock() {
            Ok(()) => {
                // The previous holder may have removed the file that is locked now.
                let own = is_at(&file, &place);
                if own {
                    // Where there are locks, what stands for one is a leftover.
                    let _ = fs::remove_file(self.ours.join(HELD));
                    self.file = Some(file);
                }
                Ok(own)
            }
            Err(fs::TryLockError::WouldBlock) => Ok(false),
            Err(fs::TryLockError::Error(error)) if error.kind() == ErrorKind::Interrupted => {
                Ok(false)
            }
            Err(fs::TryLockError::Error(_)) => match fs::File::create_new(self.ours.join(HELD)) {
                Err(error)
                    if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound) =>
                {
                    Ok(false)
                }
                made => {
                    made?;
                    self.held = Some(self.ours.join(HELD));
                    Ok(true)
                }
            },
        }
    }

    /// Returns true if a command is writing to the project at `root` right now, as far as the
    /// system knows.
    pub(super) fn is_held(root: &Path) -> bool {
        let ours = root.join(OURS);
        match fs::File::open(ours.join(LOCK)).map(|file| file.try_lock_shared()) {
            Ok(Ok(())) | Err(_) => false,
            Ok(Err(fs::TryLockError::WouldBlock)) => true,
            // Where there are no locks, who writes is believed for a while.
            Ok(Err(fs::TryLockError::Error(_))) => {
                let made =
                    fs::metadata(ours.join(HELD)).and_then(|metadata| metadata.modified()).ok();
                made.is_some_and(|made| made.elapsed().is_ok_and(|age| age < PATIENCE))
            }
        }
    }
}

impl Drop for Lock {
    /// Clears the folder away if nothing else is in it. What cannot be removed bothers nobody.
    fn drop(&mut self) {
        if self.file.is_none() && self.held.is_none() {
            return;
        }
        // Where an open file keeps its name until it is closed, the next to come would be refused.
        if cfg!(unix) {
            let _ = fs::remove_file(self.ours.join(LOCK));
            let _ = fs::remove_file(self.ours.join(IGNORE));
        }
        if let Some(held) = &self.held {
            let _ = fs::remove_file(held);
        }
        let _ = fs::remove_dir(&self.ours);
    }
}

/// Makes the folder of our own, which no version control takes for the author's.
fn prepare(ours: &Path) -> io::Result<()> {
    match fs::create_dir(ours) {
        // A folder that is gone by now was cleared away by whoever had it.
        Err(error)
            if error.kind() != ErrorKind::AlreadyExists
                || fs::metadata(ours).is_ok_and(|there| !there.is_dir()) =>
        {
            return Err(error);
        }
        _ => {}
    }
    match fs::write(ours.join(IGNORE), "*\n") {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Returns true if an open file is the one at a place.
#[cfg(unix)]
fn is_at(file: &fs::File, place: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let identity = |metadata: io::Result<fs::Metadata>| {
        metadata.ok().map(|metadata| (metadata.dev(), metadata.ino()))
    };
    identity(file.metadata()) == identity(fs::metadata(place))
}

/// Returns true if an open file is the one at a place, which nobody removes.
#[cfg(not(unix))]
fn is_at(_: &fs::File, _: &Path) -> bool {
    true
}
