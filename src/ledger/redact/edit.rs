//! What is put where in a text, and the proof that all the rest stays.

use crate::tree::{Edit, File, Source, Span, TreePath, edited};

/// What a redaction changes in a text.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Every stretch that changes, in order.
    pub edits: Vec<Edit>,
    /// Every place where the words stood, in order, for who looks before it is done.
    pub places: Vec<Span>,
}

impl Change {
    /// Adds an edit at a place.
    pub fn put(&mut self, span: Span, put_in: impl Into<String>) {
        self.edits.push(Edit { span, put_in: put_in.into() });
    }

    /// Adds what changes elsewhere in the text.
    pub fn extend(&mut self, other: Change) {
        self.edits.extend(other.edits);
        self.places.extend(other.places);
    }

    /// Puts all in order.
    pub fn sorted(mut self) -> Change {
        self.edits.sort_by_key(|edit| edit.span);
        self.places.sort();
        self
    }

    /// Returns a text with the edits made. `None` if two of them are about the same bytes. `offset`
    /// is where the text begins.
    pub fn made(&self, text: &str, offset: usize) -> Option<String> {
        let within = |at: usize| at.checked_sub(offset);
        let within = |edit: &Edit| {
            Some(Edit {
                span: Span::new(within(edit.span.start)?, within(edit.span.end)?),
                ..edit.clone()
            })
        };
        edited(text, &self.edits.iter().map(within).collect::<Option<Vec<Edit>>>()?)
    }

    /// Returns a file with the edits made. `None` if it would then be read in another way than its
    /// text with the edits made.
    pub fn made_in(&self, path: &TreePath, file: &File) -> Option<File> {
        let source = Source::new(path, file).ok()?;
        let made = file.edited(&self.edits)?;
        let same = Source::new(path, &made).ok()?.text == self.made(&source.text, 0)?;
        same.then_some(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_and_a_byte_order_mark_stay() {
        let path = TreePath::new("a.md").unwrap();
        let file = File::new("\u{feff}one\r\ntwo ADA\r\nBEE\r\nthree\nfour\r\n".as_bytes());
        let text = Source::new(&path, &file).unwrap().text.into_owned();
        let start = text.find("ADA").unwrap();
        let mut change = Change::default();
        change.put(Span::new(start, start + 7), "#");
        let made = change.made_in(&path, &file).unwrap();
        assert_eq!(made.bytes(), "\u{feff}one\r\ntwo #\r\nthree\nfour\r\n".as_bytes());
    }

    #[test]
    fn two_edits_of_one_byte_are_refused() {
        let mut change = Change::default();
        change.put(Span::new(0, 2), "x");
        change.put(Span::new(1, 3), "y");
        assert_eq!(change.made("abcd", 0), None);
    }

    #[test]
    fn what_is_put_in_stands_where_it_was_meant() {
        let mut change = Change::default();
        change.put(Span::new(14, 16), "y");
        change.put(Span::new(11, 12), "");
        change.places.extend([Span::new(14, 16), Span::new(11, 12)]);
        let mut other = Change::default();
        other.put(Span::new(12, 13), "xx");
        other.places.push(Span::new(12, 13));
        change.extend(other);
        let change = change.sorted();
        assert_eq!(change.places, [Span::new(11, 12), Span::new(12, 13), Span::new(14, 16)]);
        assert_eq!(change.made("abcdefg", 10).as_deref(), Some("axxdyg"));
        assert_eq!(change.made("abcde", 10), None, "an edit past the end");
        assert_eq!(change.made("abcdefg", 12), None, "an edit before the beginning");
        assert_eq!(Change::default().made("abc", 10).as_deref(), Some("abc"));
        let mut letter = Change::default();
        letter.put(Span::new(1, 2), "x");
        assert_eq!(letter.made("ü", 0), None, "a part of a letter");
    }

    #[test]
    fn every_line_end_before_a_place_is_counted() {
        let path = TreePath::new("a.md").unwrap();
        for mark in ["", "\u{feff}"] {
            let bytes = format!("{mark}a\r\nb\r\n\r\nc\nd\r\ne");
            let file = File::new(bytes.as_bytes());
            let text = Source::new(&path, &file).unwrap().text.into_owned();
            for (at, letter) in text.char_indices().filter(|(_, letter)| *letter != '\n') {
                let mut change = Change::default();
                change.put(Span::new(at, at + 1), "xyz");
                let made = change.made_in(&path, &file).unwrap();
                assert_eq!(
                    made.bytes(),
                    bytes.replacen(letter, "xyz", 1).as_bytes(),
                    "{mark:?} {letter}"
                );
            }
        }
        assert!(Change::default().made_in(&path, &File::new(*b"\xff")).is_none());
        let mut change = Change::default();
        change.put(Span::new(0, 1), "\u{feff}");
        assert!(
            change.made_in(&path, &File::new(*b"ab")).is_none(),
            "what would be read otherwise"
        );
    }
}
