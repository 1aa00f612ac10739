//! Changes of a file at single places: every other byte stays, the byte-order mark and the line ends too.

use super::File;
use super::Span;

/// A stretch of a file and what is put in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// The stretch, in bytes of the [`Source`](super::Source)'s text; an empty one where something is only put in.
    pub span: Span,
    /// What is put there.
    pub put_in: String,
}

impl Edit {
    /// Tells whether two edits would touch the same bytes, or the same place.
    pub fn meets(&self, other: &Edit) -> bool {
        self.span.start <= other.span.end && other.span.start <= self.span.end
    }
}

impl File {
    /// Returns the file with edits made, of which none meets another; nothing where one does, or where a place is not in the text.
    pub fn edited(&self, edits: &[Edit]) -> Option<File> {
        let text = std::str::from_utf8(self.bytes()).ok()?;
        let mut edits: Vec<&Edit> = edits.iter().collect();
        edits.sort();
        let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut new = String::with_capacity(text.len());
        let mut done = 0;
        for (index, edit) in edits.iter().enumerate() {
            if index > 0 && edits[index - 1].meets(edit) {
                return None;
            }
            let (start, end) = (place(text, edit.span.start), place(text, edit.span.end));
            new.push_str(text.get(done..start)?);
            text.get(start..end)?;
            // A line that is put in ends as the others do.
            new.push_str(&edit.put_in.replace('\n', line_end));
            done = end;
        }
        new.push_str(&text[done..]);
        Some(File::new(new.into_bytes()))
    }
}

/// Returns where a byte of a source's text stands in the file: behind its byte-order mark and the `\r` of every line end before it.
fn place(text: &str, at: usize) -> usize {
    let mut place = if text.starts_with('\u{feff}') { at + '\u{feff}'.len_utf8() } else { at };
    for (end, _) in text.match_indices("\r\n") {
        if end >= place {
            break;
        }
        place += 1;
    }
    place
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
        assert_eq!(edited("one two three", &[edit(8, 13, "3"), edit(0, 3, "1")]).as_deref(), Some("1 two 3"));
        assert_eq!(edited("\u{feff}a\r\nb\r\nc\n", &[edit(2, 3, "B")]).as_deref(), Some("\u{feff}a\r\nB\r\nc\n"));
        assert_eq!(edited("\u{feff}a\r\nb\r\nc\n", &[edit(2, 4, "")]).as_deref(), Some("\u{feff}a\r\nc\n"));
        assert_eq!(edited("a\r\nb", &[edit(1, 1, "!")]).as_deref(), Some("a!\r\nb"));
        assert_eq!(edited("a\r\nb", &[edit(1, 2, "\n\n")]).as_deref(), Some("a\r\n\r\nb"));
    }

    #[test]
    fn edits_that_meet_or_leave_the_text_are_refused() {
        assert_eq!(edited("abcdef", &[edit(0, 3, "x"), edit(2, 4, "y")]), None);
        assert_eq!(edited("abcdef", &[edit(0, 3, "x"), edit(3, 3, "y")]), None);
        assert_eq!(edited("abc", &[edit(2, 9, "x")]), None);
        assert_eq!(edited("äb", &[edit(1, 2, "x")]), None);
    }

    proptest::proptest! {
        #[test]
        fn a_place_of_the_text_is_one_of_the_file(text in "\u{feff}?(\r\n|\r|\n|ä|a)*") {
            let path = super::super::TreePath::new("a.md").unwrap();
            let file = File::new(text.as_bytes());
            let source = super::super::Source::new(&path, &file).unwrap();
            for (at, letter) in source.text.char_indices() {
                proptest::prop_assert!(text[place(&text, at)..].starts_with(letter) || text[place(&text, at)..].starts_with("\r\n"));
            }
            proptest::prop_assert_eq!(place(&text, source.text.len()), text.len());
        }
    }
}
