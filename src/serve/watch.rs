//! The watch over a project's folders. The one file that names the library which has the system
//! tell of changes.
//!
//! What the system tells is taken for no more than that something happened: it names a folder where
//! a file is new in it, and nothing at all after a folder was replaced. So whoever is told reads
//! everything again and looks for himself what is other than before.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};

/// How long nothing must happen after a change before it is reported: editors write a file in
/// several steps.
pub const QUIET: Duration = Duration::from_millis(10);
/// How long that is at most where changes have gone on for a while.
const MOST_QUIET: Duration = Duration::from_millis(500);
/// The longest wait while changes go on.
const LONGEST: Duration = Duration::from_secs(3);
/// How often it is looked whether the folders are still those that are watched.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How often everything is read again where the system does not tell of changes.
const POLL: Duration = Duration::from_millis(500);
/// The folders of a project that are watched.
const FOLDERS: [&str; 2] = ["content", "themes"];
/// File systems that do not tell of what others change, as the system calls them: those of other
/// machines and of virtual ones' hosts.
const DEAF: [&str; 13] = [
    "9p",
    "afs",
    "cifs",
    "drvfs",
    "fakeowner",
    "ncpfs",
    "nfs",
    "nfs4",
    "osxfs",
    "prl_fs",
    "smb3",
    "vboxsf",
    "virtiofs",
];

/// How changes are noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The system tells of them.
    Events,
    /// Everything is read again, over and over, after this time.
    Poll(Duration),
}

/// A watch that has begun.
pub struct Watch {
    /// How changes are noticed.
    pub how: How,
    /// Why the folders are polled although polling was not asked for.
    pub why: Option<String>,
}

impl Watch {
    /// Watches a project from now on, and calls `look` whenever something may be other than before.
    /// A save is one call, and so are many at once. Where the system does not tell of changes, or
    /// `poll` names a time, it is called after each such time.
    ///
    /// # Errors
    /// The system has no thread to give.
    pub fn start(
        root: &Path,
        poll: Option<Duration>,
        look: impl Fn() + Send + 'static,
    ) -> io::Result<Watch> {
        let root = root.canonicalize()?;
        let (watched, watch) = match poll {
            Some(time) => (None, Watch { how: How::Poll(time), why: None }),
            None => match Watched::start(&root) {
                Ok(watched) => (Some(watched), Watch { how: How::Events, why: None }),
                Err(why) => (None, Watch { how: How::Poll(POLL), why: Some(why) }),
            },
        };
        let how = watch.how;
        thread::Builder::new().name("watch".into()).spawn(move || {
            if let Some(mut watched) = watched {
                watched.listen(&look);
            }
            let time = match how {
                How::Poll(time) => time,
                How::Events => POLL,
            };
            loop {
                thread::sleep(time);
                look();
            }
        })?;
        Ok(watch)
    }
}

/// Folders that the system tells of.
struct Watched {
    root: PathBuf,
    watcher: RecommendedWatcher,
    heard: Receiver<()>,
    /// Which folder each path was when it was watched.
    folders: BTreeMap<PathBuf, Identity>,
}

/// Distinguishes a folder from another that takes its path.
type Identity = (u64, u64);

impl Watched {
    fn start(root: &Path) -> Result<Watched, String> {
        if let Some(kind) = deaf(root) {
            return Err(format!("its file system, {kind}, does not tell of changes"));
        }
        // One is enough: more only say the same.
        let (tell, heard) = mpsc::sync_channel(1);
        let on_event = move |event: notify::Result<Event>| {
            // Reading is no change, and whoever is told reads.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                let _ = tell.try_send(());
            }
        };
        let watcher = notify::recommended_watcher(on_event).map_err(|error| error.to_string())?;
        let mut watched =
            Watched { root: root.to_owned(), watcher, heard, folders: BTreeMap::new() };
        watched.renew().map_err(|error| match error.kind {
            notify::ErrorKind::MaxFilesWatch => "the system watches no more folders".to_owned(),
            _ => error.to_string(),
        })?;
        Ok(watched)
    }

    /// Watches the folders that are there and are not watched yet; tells whether there was any.
    fn renew(&mut self) -> notify::Result<bool> {
        let mut new = false;
        let places = [(self.root.clone(), RecursiveMode::NonRecursive)];
        let below = FOLDERS.map(|folder| (self.root.join(folder), RecursiveMode::Recursive));
        for (place, mode) in places.into_iter().chain(below) {
            let there = fs::metadata(&place).ok().map(|metadata| identity(&metadata));
            if self.folders.get(&place).copied() == there {
                continue;
            }
            new = true;
            if self.folders.remove(&place).is_some() {
                let _ = self.watcher.unwatch(&place);
            }
            if let Some(there) = there {
                self.watcher.watch(&place, mode)?;
                self.folders.insert(place, there);
            }
        }
        Ok(new)
    }

    /// Calls `look` after each burst of changes, until the system tells of no more.
    fn listen(&mut self, look: &impl Fn()) {
        loop {
            match self.heard.recv_timeout(HEARTBEAT) {
                Ok(()) => {
                    let start = Instant::now();
                    // What lasts longer than a save, a checkout of many files, pauses longer too.
                    let quiet = || start.elapsed().clamp(QUIET, MOST_QUIET);
                    while start.elapsed() < LONGEST && self.heard.recv_timeout(quiet()).is_ok() {}
                    if self.renew().is_err() {
                        return;
                    }
                    look();
                }
                Err(RecvTimeoutError::Timeout) => match self.renew() {
                    Ok(true) => look(),
                    Ok(false) => {}
                    Err(_) => return,
                },
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

#[cfg(unix)]
fn identity(metadata: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(metadata: &fs::Metadata) -> Identity {
    let since = metadata
        .created()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .unwrap_or_default();
    (since.as_secs(), u64::from(since.subsec_nanos()))
}

/// Returns the kind of file system that a folder lies on, if it is one that does not tell of
/// changes.
fn deaf(folder: &Path) -> Option<String> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let kind = file_system(&mounts, folder)?;
    (DEAF.contains(&kind) || kind.starts_with("fuse.")).then(|| kind.to_owned())
}

/// Returns the kind of file system that a folder lies on, from what Linux says of its mounts.
fn file_system<'a>(mounts: &'a str, folder: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let (mount, kind) = line.split_once(" - ")?;
        let place = mount.split(' ').nth(4)?.replace("\\040", " ");
        folder
            .starts_with(&place)
            .then(|| (place.len(), kind.split(' ').next().unwrap_or_default()))
    };
    // Of two at one place the later one covers the other.
    mounts.lines().filter_map(mount).max_by_key(|(length, _)| *length).map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lies_on_the_innermost_mount() {
        let mounts = "\
            22 1 0:21 / / rw,relatime - overlay overlay rw\n\
            30 22 0:30 / /mnt/c rw - 9p drvfs rw\n\
            31 22 0:31 / /home/my\\040work rw shared:1 - fuse.sshfs host rw\n";
        for (folder, kind) in [
            ("/srv", "overlay"),
            ("/mnt/c/site", "9p"),
            ("/mnt/cc", "overlay"),
            ("/home/my work/a", "fuse.sshfs"),
        ] {
            assert_eq!(file_system(mounts, Path::new(folder)), Some(kind), "{folder}");
        }
    }
}
