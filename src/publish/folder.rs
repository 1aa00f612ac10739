//! A folder as a target: each file is put in place in one step, and only over what was expected.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::{fs, io};

use anyhow::{Context as _, Result};

use crate::publish::{Condition, Headers, Object, Put, Tag, Target, random};
use crate::store;
use crate::tree::Digest;

/// Where files are written before they are put in place, inside the folder.
const STAGE: &str = ".policybook/stage";

/// Held while a file is compared and put in place.
const LOCK: &str = ".policybook/writing";

/// A folder that a site is published to.
pub struct Folder {
    root: PathBuf,
    address: String,
    /// Whether what a publisher left that was cut off is gone.
    cleared: AtomicBool,
}

impl Folder {
    /// Returns the folder at `root` as a target; it is made with the first file.
    pub fn new(root: PathBuf) -> Folder {
        Folder { address: root.display().to_string(), root, cleared: AtomicBool::new(false) }
    }

    /// Keeps other programs of ours from putting a file in place until the value goes.
    fn lock(&self) -> Result<fs::File> {
        let stage = self.root.join(STAGE);
        make_ours(&stage).with_context(|| format!("make the folder `{}`", stage.display()))?;
        let place = self.root.join(LOCK);
        let lock = fs::File::create(&place).and_then(|lock| lock.lock().map(|()| lock));
        let lock = lock.with_context(|| format!("write `{}`", place.display()))?;
        if !self.cleared.swap(true, Ordering::Relaxed) {
            // Whoever writes into the stage holds the lock: what is there now, nobody needs any
            // more.
            for left in fs::read_dir(&stage)
                .with_context(|| format!("list `{}`", stage.display()))?
                .flatten()
            {
                fs::remove_file(left.path())
                    .with_context(|| format!("remove `{}`", left.path().display()))?;
            }
        }
        Ok(lock)
    }
}

impl Target for Folder {
    fn address(&self) -> &str {
        &self.address
    }

    fn get(&self, key: &str) -> Result<Option<Object>> {
        let bytes = store::read_file(&self.root.join(key))?;
        Ok(bytes.map(|bytes| Object { tag: tag(&bytes), bytes, headers: None }))
    }

    fn tag(&self, key: &str) -> Result<Option<Tag>> {
        Ok(self.get(key)?.map(|object| object.tag))
    }

    fn list(&self) -> Result<Vec<String>> {
        if !self.root.exists() {
            return Ok(Vec::new());
        }
        Ok(store::list_files(&self.root)?.iter().map(ToString::to_string).collect())
    }

    fn put(&self, key: &str, bytes: &[u8], _: &Headers, condition: Condition<'_>) -> Result<Put> {
        let place = self.root.join(key);
        let _lock = self.lock()?;
        let staged = self.root.join(STAGE).join(random::name());
        store::write_file(&staged, bytes)?;
        let there = store::read_file(&place)?.map(|bytes| tag(&bytes));
        let holds = match condition {
            Condition::Absent => there.is_none(),
            Condition::Is(tag) => there.as_ref() == Some(tag),
        };
        if !holds {
            fs::remove_file(&staged).with_context(|| format!("remove `{}`", staged.display()))?;
            return Ok(Put::Conflict);
        }
        let folder = place.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder)
            .with_context(|| format!("make the folder `{}`", folder.display()))?;
        fs::rename(&staged, &place).with_context(|| format!("write `{}`", place.display()))?;
        Ok(Put::Done(tag(bytes)))
    }

    fn delete(&self, key: &str) -> Result<()> {
        let place = self.root.join(key);
        let _lock = self.lock()?;
        match fs::remove_file(&place) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("remove `{}`", place.display()))?
            }
            _ => {}
        }
        let mut folder = place.parent();
        while let Some(empty) =
            folder.filter(|folder| *folder != self.root && fs::remove_dir(folder).is_ok())
        {
            folder = empty.parent();
        }
        Ok(())
    }
}

/// Makes a folder that only its owner and their group may read: what a publisher notes is nothing
/// that a server serves.
fn make_ours(folder: &Path) -> io::Result<()> {
    if let (Some(ours), Some(root)) = (folder.parent(), folder.ancestors().nth(2)) {
        fs::create_dir_all(root)?;
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o770);
        match builder.create(ours) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    fs::create_dir_all(folder)
}

fn tag(bytes: &[u8]) -> Tag {
    Tag { etag: Some(Digest::of(bytes).to_string()), version: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(folder: &Folder, key: &str, text: &str, condition: Condition<'_>) -> bool {
        matches!(folder.put(key, text.as_bytes(), &Headers::ours(), condition).unwrap(), Put::Done(written) if written == tag(text.as_bytes()))
    }

    fn there(folder: &Folder, key: &str) -> Option<String> {
        folder.get(key).unwrap().map(|object| {
            assert!(object.tag == tag(&object.bytes) && object.headers.is_none());
            String::from_utf8(object.bytes).unwrap()
        })
    }

    #[test]
    fn a_file_is_written_only_over_what_was_expected() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folder::new(root.path().join("www"));
        assert_eq!(folder.address(), root.path().join("www").display().to_string());
        assert_eq!(there(&folder, "a/b.html"), None);
        let (old, other) = (tag(b"old"), tag(b"other"));
        assert!(!put(&folder, "a/b.html", "x", Condition::Is(&old)), "nothing is there");
        assert!(put(&folder, "a/b.html", "old", Condition::Absent));
        assert!(!put(&folder, "a/b.html", "new", Condition::Absent));
        assert!(!put(&folder, "a/b.html", "new", Condition::Is(&other)));
        assert_eq!(there(&folder, "a/b.html").as_deref(), Some("old"));
        assert!(put(&folder, "a/b.html", "new", Condition::Is(&old)));
        assert_eq!(there(&folder, "a/b.html").as_deref(), Some("new"));
        assert_eq!(there(&folder, "a/b.html/c"), None, "a file is no folder");
        assert_eq!(
            fs::read_dir(folder.root.join(STAGE)).unwrap().count(),
            0,
            "nothing is left in the stage"
        );
    }

    #[test]
    #[cfg(unix)]
    fn what_a_publisher_notes_is_not_for_others_to_read() {
        use std::os::unix::fs::PermissionsExt as _;
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folder::new(root.path().join("srv/www"));
        assert!(put(&folder, "a.html", "x", Condition::Absent));
        let mode = |name: &str| fs::metadata(folder.root.join(name)).unwrap().permissions().mode();
        assert_eq!(mode(".policybook") & 0o007, 0, "not others");
        assert_ne!(mode("") & 0o005, 0, "the site itself is for all");
    }

    #[test]
    fn a_folder_goes_with_its_last_file() {
        let root = tempfile::TempDir::new().unwrap();
        let folder = Folder::new(root.path().join("www"));
        for key in ["a/b/c.html", "a/d.html"] {
            assert!(put(&folder, key, "x", Condition::Absent));
        }
        folder.delete("a/b/c.html").unwrap();
        assert!(!folder.root.join("a/b").exists() && folder.root.join("a/d.html").exists());
        folder.delete("a/b/c.html").unwrap();
        folder.delete("a/d.html").unwrap();
        assert!(!folder.root.join("a").exists() && folder.root.exists());
        fs::create_dir(folder.root.join("e")).unwrap();
        assert!(folder.delete("e").is_err() && folder.get("e").is_err(), "a folder is no file");
    }

    #[test]
    fn what_was_left_in_the_stage_goes_with_the_first_write() {
        let root = tempfile::TempDir::new().unwrap();
        let stage = root.path().join(STAGE);
        fs::create_dir_all(&stage).unwrap();
        fs::write(stage.join("left"), "x").unwrap();
        let folder = Folder::new(root.path().to_owned());
        assert!(put(&folder, "a", "x", Condition::Absent) && !stage.join("left").exists());
        fs::write(stage.join("later"), "x").unwrap();
        assert!(put(&folder, "b", "x", Condition::Absent) && stage.join("later").exists(), "once");
    }
}
