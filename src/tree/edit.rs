//! Changes of a file at single places: every other byte stays, the byte-order mark and the line
//! ends too.

use super::{File, Span};

/// A stretch of a file and what is put in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The stretch, in bytes of the [`Source`](super::Source)'s text; an empty one where something
    /// is only put in.
    pub span: Span,
    /// What is put there.
    pub put_in: String,
}

impl Edit {
    /// Returns true if two edits touch the same bytes, or the same place.
    pub fn meets(&self, other: &Edit) -> bool {
        self.span.start <= other.span.end && other.span.start <= self.span.end
    }
}

/// Returns a text with edits made, given in any order. `None` if two of them are about the same
/// bytes, or one is not about this text.
pub fn edited(text: &str, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort();
    let mut new = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        new.push_str(text.get(done..edit.span.start)?);
        text.get(edit.span.start..edit.span.end)?;
        new.push_str(&edit.put_in);
        done = edit.span.end;
    }
    new.push_str(text.get(done..)?);
    Some(new)
}

impl File {
    /// Returns the file with edits of its [`Source`](super::Source)'s text made, as [`edited`]
    /// does. What is put in has the line ends of the file.
    pub fn edited(&self, edits: &[Edit]) -> Option<File> {
        let text = std::str::from_utf8(self.bytes()).ok()?;
        let places = Places::of(text);
        let line_end = if places.ends.is_empty() { "\n" } else { "\r\n" };
        let placed = |edit: &Edit| Edit {
            span: Span::new(places.place(edit.span.start), places.place(edit.span.end)),
            put_in: edit.put_in.replace('\n', line_end),
        };
        let edits: Vec<Edit> = edits.iter().map(placed).collect();
        Some(File::new(edited(text, &edits)?.into_bytes()))
    }
}

/// Where the bytes of a source's text stand in the file: after its byte-order mark and the `\r` of
/// every line end before them.
struct Places {
    start: usize,
    /// Where each `\r\n` begins in the source's text.
    ends: Vec<usize>,
}

impl Places {
    fn of(text: &str) -> Places {
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let ends =
            bare.match_indices("\r\n").enumerate().map(|(passed, (at, _))| at - passed).collect();
        Places { start: text.len() - bare.len(), ends }
    }

    fn place(&self, at: usize) -> usize {
        self.start + at + self.ends.partition_point(|end| *end < at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, put_in: &str) -> Edit {
        Edit { span: Span::new(start, end), put_in: put_in.to_owned() }
    }

    fn edited(text: &str, edits: &[Edit]) -> Option<String> {
        let file = File::new(text.as_bytes()).edited(edits)?;
        Some(String::from_utf8(file.bytes().to_vec()).unwrap())
    }

    #[test]
    fn every_other_byte_stays() {
        assert_eq!(
            edited("one two three", &[edit(8, 13, "3"), edit(0, 3, "1")]).as_deref(),
            Some("1 two 3")
        );
        assert_eq!(
            edited("\u{feff}a\r\nb\r\nc\n", &[edit(2, 3, "B")]).as_deref(),
            Some("\u{feff}a\r\nB\r\nc\n")
        );
        assert_eq!(
            edited("\u{feff}a\r\nb\r\nc\n", &[edit(2, 4, "")]).as_deref(),
            Some("\u{feff}a\r\nc\n")
        );
        assert_eq!(edited("a\r\nb", &[edit(1, 1, "!")]).as_deref(), Some("a!\r\nb"));
        assert_eq!(edited("a\r\nb", &[edit(1, 2, "\n\n")]).as_deref(), Some("a\r\n\r\nb"));
    }

    #[test]
    fn edits_of_the_same_bytes_or_of_another_text_are_refused() {
        assert_eq!(edited("abcdef", &[edit(0, 3, "x"), edit(2, 4, "y")]), None);
        assert_eq!(
            edited("abcdef", &[edit(3, 3, "y"), edit(0, 3, "x")]).as_deref(),
            Some("xydef"),
            "beside each other"
        );
        assert!(
            edit(0, 3, "x").meets(&edit(3, 3, "y")) && !edit(0, 2, "x").meets(&edit(3, 3, "y"))
        );
        assert_eq!(edited("abc", &[edit(2, 9, "x")]), None);
        assert_eq!(edited("äb", &[edit(1, 2, "x")]), None);
    }

    proptest::proptest! {
        #[test]
        fn a_place_of_the_text_is_one_of_the_file(text in "\u{feff}?(\r\n|\r|\n|ä|a)*") {
            let path = super::super::TreePath::new("a.md").unwrap();
            let file = File::new(text.as_bytes());
            let source = super::super::Source::new(&path, &file).unwrap();
            let places = Places::of(&text);
            for (at, letter) in source.text.char_indices() {
                let rest = &text[places.place(at)..];
                proptest::prop_assert!(rest.starts_with(letter) || rest.starts_with("\r\n"));
            }
            proptest::prop_assert_eq!(places.place(source.text.len()), text.len());
        }
    }
}
