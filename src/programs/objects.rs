//! What git keeps, as `git cat-file --batch` writes it: files, folders and commits.

use crate::tree::TreePath;

/// A git object.
pub enum Object {
    /// The bytes of a file, or where a link leads.
    File(Vec<u8>),
    /// What is in a folder.
    Folder(Vec<Entry>),
    /// A commit.
    Commit {
        /// When it was made, in seconds since 1970.
        seconds: Option<i64>,
    },
}

/// A tree entry.
pub struct Entry {
    mode: Vec<u8>,
    name: String,
    digest: String,
}

impl Object {
    /// Reads the next object from the output of `git cat-file --batch`: `None` if the output is
    /// truncated, `Some(None)` if the object is missing or unreadable.
    pub fn read(rest: &mut &[u8]) -> Option<Option<Object>> {
        let line = String::from_utf8_lossy(take_until(rest, b'\n')?);
        let fields: Vec<&str> = line.split(' ').collect();
        let [digest, kind, size] = fields[..] else {
            return Some(None);
        };
        let Ok(size) = size.parse() else {
            return Some(None);
        };
        let bytes = take(rest, size)?;
        take(rest, 1)?;
        match kind {
            "blob" => Some(Some(Object::File(bytes.to_vec()))),
            "tree" => Some(Object::folder(bytes, digest.len() / 2)),
            "commit" => Some(Object::commit(bytes)),
            _ => Some(None),
        }
    }

    /// Reads what git keeps of a folder: mode, name and digest of each thing in it.
    fn folder(mut rest: &[u8], digest: usize) -> Option<Object> {
        let mut entries = Vec::new();
        while !rest.is_empty() {
            let mode = take_until(&mut rest, b' ')?.to_vec();
            let name = String::from_utf8_lossy(take_until(&mut rest, 0)?).into_owned();
            let digest =
                take(&mut rest, digest)?.iter().map(|byte| format!("{byte:02x}")).collect();
            entries.push(Entry { mode, name, digest });
        }
        Some(Object::Folder(entries))
    }

    /// Reads a commit: lines of a name and a value, up to an empty one.
    fn commit(bytes: &[u8]) -> Option<Object> {
        let text = String::from_utf8_lossy(bytes);
        let mut lines = text.lines().take_while(|line| !line.is_empty());
        lines.next()?.strip_prefix("tree ")?;
        let made = lines.find_map(|line| line.strip_prefix("committer "));
        // Who, the seconds and the zone.
        let seconds = made.and_then(|made| made.rsplit(' ').nth(1)?.parse().ok());
        Some(Object::Commit { seconds })
    }

    /// Returns the bytes of a file.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Object::File(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// Counts what a folder holds, without what is hidden.
    pub fn shown(&self) -> usize {
        let Object::Folder(entries) = self else { return 0 };
        entries.iter().filter(|entry| !entry.name.starts_with('.')).count()
    }

    /// Returns the markdown files of a folder.
    pub fn markdown(&self) -> Vec<(TreePath, &String)> {
        let Object::Folder(entries) = self else { return Vec::new() };
        let shown = entries.iter().filter(|entry| {
            entry.mode.starts_with(b"100")
                && !entry.name.starts_with('.')
                && entry.name.ends_with(".md")
        });
        shown.filter_map(|entry| Some((TreePath::new(&entry.name).ok()?, &entry.digest))).collect()
    }
}

/// Takes the first bytes of what is left.
fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (first, others) = rest.split_at_checked(count)?;
    *rest = others;
    Some(first)
}

/// Takes the bytes up to the next `end`, and it with them.
fn take_until<'a>(rest: &mut &'a [u8], end: u8) -> Option<&'a [u8]> {
    let length = rest.iter().position(|byte| *byte == end)?;
    let taken = take(rest, length)?;
    take(rest, 1)?;
    Some(taken)
}
