//! The bytes of a file, and their reading as text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::{Digest, Span, Tree, TreePath};

/// The bytes of a file and their digest; cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    bytes: Arc<[u8]>,
    digest: Digest,
}

impl Default for File {
    /// Returns an empty file.
    fn default() -> File {
        File::new([])
    }
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

/// The lines and columns of a text.
#[derive(Clone, Debug)]
pub struct Positions {
    /// A place in every so many bytes, and its position.
    steps: Vec<(usize, Position)>,
}

/// How many bytes are counted through at most to find a position.
const STEP: usize = 1024;

impl Positions {
    /// Counts the lines and columns of a text.
    pub fn new(text: &str) -> Positions {
        let mut last = (0, Position { line: 1, column: 1 });
        let steps = (0..=text.len()).step_by(STEP).map(|step| {
            let step = text.floor_char_boundary(step);
            last = (step, last.1.after(&text[last.0..step]));
            last
        });
        Positions { steps: steps.collect() }
    }

    /// Returns the line and column of a byte of the same text.
    pub fn of(&self, text: &str, at: usize) -> Position {
        let at = text.floor_char_boundary(at.min(text.len()));
        let (before, position) = self.steps[at / STEP];
        position.after(&text[before..at])
    }
}

impl Position {
    /// Returns the position behind a text that begins at this one.
    fn after(self, text: &str) -> Position {
        match text.rfind('\n') {
            Some(end) => Position {
                line: self.line + memchr::memchr_iter(b'\n', text.as_bytes()).count(),
                column: 1 + text[end + 1..].chars().count(),
            },
            None => Position { column: self.column + text.chars().count(), ..self },
        }
    }
}

/// A file read as text: UTF-8, without a byte-order mark, with `\n` at the line ends.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// Where the file lies.
    pub path: &'a TreePath,
    /// Its text. A place in it has the line and column that an editor shows for the file.
    pub text: Cow<'a, str>,
    positions: OnceLock<Positions>,
}

impl<'a> Source<'a> {
    /// Takes a text that was read already.
    pub fn of_text(path: &'a TreePath, text: impl Into<Cow<'a, str>>) -> Source<'a> {
        Source { path, text: text.into(), positions: OnceLock::new() }
    }

    /// Reads a file as text.
    ///
    /// # Errors
    /// Returns the place of the first byte that is not UTF-8, in the text with that byte and its
    /// like replaced.
    pub fn new(path: &'a TreePath, file: &'a File) -> Result<Source<'a>, Span> {
        match std::str::from_utf8(file.bytes()) {
            Ok(text) => Ok(Source::of_text(path, lines(text))),
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
        Source::of_text(path, text)
    }

    /// Returns the line and the column that an editor shows for a byte of the text.
    pub fn position(&self, at: usize) -> Position {
        self.positions.get_or_init(|| Positions::new(&self.text)).of(&self.text, at)
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
    fn a_position_is_counted_from_the_first_byte() {
        let path = TreePath::new("a.md").unwrap();
        let text = "words ü and 文字\nof lines\n\n".repeat(90) + &"ü".repeat(3000);
        let source = Source::of_text(&path, &*text);
        for at in text.char_indices().map(|(at, _)| at).chain([text.len()]) {
            let before = &text[..at];
            let line = 1 + before.matches('\n').count();
            let column = 1 + before.rsplit('\n').next().unwrap().chars().count();
            assert_eq!(source.position(at), Position { line, column });
        }
    }

    #[test]
    fn a_byte_that_is_not_utf8_has_a_place() {
        assert_eq!(source(b"a\r\nb\xffc"), Err(Span::new(3, 6)));
    }
}
