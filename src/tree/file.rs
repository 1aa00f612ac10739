//! The bytes of a file, and their reading as text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Digest, Span, Tree, TreePath};

/// The bytes of a file and their digest; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    bytes: Arc<[u8]>,
    digest: Digest,
}

impl File {
    /// Takes the bytes of a file.
    pub fn new(bytes: impl Into<Arc<[u8]>>) -> File {
        let bytes = bytes.into();
        File { digest: Digest::of(&bytes), bytes }
    }

    /// Returns the bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns the digest of the bytes.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Returns a file of `\n` with the line ends of the one whose place it takes.
    pub fn with_line_ends_of(self, old: Option<&File>) -> File {
        let crlf = old.is_some_and(|old| memchr::memmem::find(old.bytes(), b"\r\n").is_some());
        match std::str::from_utf8(self.bytes()) {
            Ok(text) if crlf => File::new(text.replace('\n', "\r\n").into_bytes()),
            _ => self,
        }
    }
}

/// A place in a text as people count: lines and columns from 1, a column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A file read as text: UTF-8, without a byte-order mark, with `\n` at the line ends.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// Where the file lies.
    pub path: &'a TreePath,
    /// Its text. A place in it has the line and column that an editor shows for the file.
    pub text: Cow<'a, str>,
}

impl<'a> Source<'a> {
    /// Reads a file as text.
    ///
    /// # Errors
    /// Returns the place of the first byte that is not UTF-8, in the text with that byte and its
    /// like replaced.
    pub fn new(path: &'a TreePath, file: &'a File) -> Result<Source<'a>, Span> {
        match std::str::from_utf8(file.bytes()) {
            Ok(text) => Ok(Source { path, text: lines(text) }),
            Err(error) => {
                let before = std::str::from_utf8(&file.bytes()[..error.valid_up_to()])
                    .expect("checked as UTF-8 up to there");
                let start = lines(before).len();
                Err(Span::new(start, start + char::REPLACEMENT_CHARACTER.len_utf8()))
            }
        }
    }

    /// Reads a file as text, whatever its bytes, to show a place in it.
    pub fn lossy(path: &'a TreePath, file: &'a File) -> Source<'a> {
        let text = match String::from_utf8_lossy(file.bytes()) {
            Cow::Borrowed(text) => lines(text),
            Cow::Owned(text) => Cow::Owned(lines(&text).into_owned()),
        };
        Source { path, text }
    }

    /// Returns the line and the column that an editor shows for a byte of the text.
    pub fn position(&self, at: usize) -> Position {
        let before = &self.text[..self.text.floor_char_boundary(at.min(self.text.len()))];
        let line = before.rfind('\n').map_or(0, |end| end + 1);
        Position {
            line: 1 + memchr::memchr_iter(b'\n', before.as_bytes()).count(),
            column: 1 + before[line..].chars().count(),
        }
    }

    /// Returns the text as a file: the same one, save where a byte-order mark or `\r\n` was taken
    /// out.
    pub fn file(&self, file: &File) -> File {
        match self.text {
            Cow::Borrowed(text) if text.len() == file.bytes().len() => file.clone(),
            _ => File::new(self.text.as_bytes()),
        }
    }
}

/// The files of a tree, each read as text once, to show places in them.
#[derive(Debug)]
pub struct Sources<'a> {
    files: &'a Tree<File>,
    read: BTreeMap<&'a TreePath, Source<'a>>,
}

impl<'a> Sources<'a> {
    /// Takes the files of a tree.
    pub fn new(files: &'a Tree<File>) -> Sources<'a> {
        Sources { files, read: BTreeMap::new() }
    }

    /// Returns a file as text, if there is one.
    pub fn get(&mut self, path: &TreePath) -> Option<&Source<'a>> {
        let (path, file) = self.files.get_key_value(path)?;
        Some(self.read.entry(path).or_insert_with(|| Source::lossy(path, file)))
    }
}

/// Takes out the byte-order mark and the `\r` of `\r\n`.
fn lines(text: &str) -> Cow<'_, str> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains("\r\n") { Cow::Owned(text.replace("\r\n", "\n")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(bytes: &[u8]) -> Result<String, Span> {
        let path = TreePath::new("a.md").unwrap();
        let file = File::new(bytes);
        Source::new(&path, &file).map(|source| source.text.into_owned())
    }

    #[test]
    fn a_byte_order_mark_and_carriage_returns_are_not_words() {
        assert_eq!(source(b"\xef\xbb\xbfa\r\nb\n").unwrap(), "a\nb\n");
    }

    #[test]
    fn a_column_counts_characters() {
        let path = TreePath::new("a.md").unwrap();
        let file = File::new("\u{feff}one\r\n\tü 文x".as_bytes());
        let source = Source::new(&path, &file).unwrap();
        let at = source.text.find('x').unwrap();
        assert_eq!(source.position(at), Position { line: 2, column: 5 });
        assert_eq!(source.position(9999), Position { line: 2, column: 6 });
    }

    #[test]
    fn a_byte_that_is_not_utf8_has_a_place() {
        assert_eq!(source(b"a\r\nb\xffc"), Err(Span::new(3, 6)));
    }
}
