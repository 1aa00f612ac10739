//! The words of a markdown text letter by letter, each with its place, for who takes words out and
//! touches nothing else.

use std::ops::Range;

use crate::parse::markdown;
use crate::parse::markdown::{Kind, Piece};
use crate::tree::Span;

/// A letter as it is read, and where it was written.
#[derive(Clone, Copy, Debug)]
pub struct Letter {
    /// The letter; a space for the end of a line within words.
    pub letter: char,
    /// Its place, with the backslash before it, or the whole of an entity such as `&amp;`.
    pub place: Span,
}

/// Words that are read one after the other: those of a paragraph, a heading, a cell, a block of
/// code.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What opened and closed since the run before.
    pub before: Vec<String>,
    /// The words.
    pub letters: Vec<Letter>,
    /// What stands within them, in the order in which it opens.
    pub elements: Vec<Element>,
    /// Whether the words stand as they are read, so that nothing is escaped.
    pub verbatim: bool,
}

/// Something within words: a link, emphasis, a span of code, the mark of a footnote.
#[derive(Clone, Debug)]
pub struct Element {
    /// All that is known of it.
    pub name: String,
    /// What kind it is.
    pub kind: Kind,
    /// All of it.
    pub span: Span,
    /// What it holds, without its own signs.
    pub inside: Span,
    /// Its letters among those of the run.
    pub letters: Range<usize>,
}

/// Returns the words of a text, run by run. The last run holds what closed after all words.
pub fn runs(markdown: &str) -> Vec<Run> {
    let mut reader = Reader { markdown, runs: Vec::new(), run: Run::default(), open: Vec::new() };
    for (piece, span) in markdown::pieces(markdown) {
        reader.piece(piece, span);
    }
    reader.runs.push(reader.run);
    reader.runs
}

struct Reader<'a> {
    markdown: &'a str,
    runs: Vec<Run>,
    run: Run,
    /// The open elements of the run.
    open: Vec<usize>,
}

impl Reader<'_> {
    fn piece(&mut self, piece: Piece, span: Span) {
        let closed = if matches!(piece, Piece::Close) { self.open.pop() } else { None };
        for &index in &self.open {
            self.run.elements[index].inside.end = span.end;
        }
        match piece {
            Piece::Open(name, kind @ (Kind::Block | Kind::Verbatim)) => {
                self.next_run(name);
                self.run.verbatim = kind == Kind::Verbatim;
            }
            Piece::Open(name, kind) => {
                let sign = if self.markdown[span.start..].starts_with('!') { 2 } else { 1 };
                let inside = Span::new(span.start + sign, span.start + sign);
                self.open.push(self.run.elements.len());
                self.element(name, kind, span, inside);
            }
            Piece::Close => match closed {
                Some(index) => self.run.elements[index].letters.end = self.run.letters.len(),
                None => self.next_run("end".to_owned()),
            },
            Piece::Words(words) => self.words(&words, span),
            Piece::Code(code) => self.code(&code, span),
            Piece::Html(html) => {
                let letters = self.spelt(&html, span);
                self.runs.push(Run {
                    before: vec!["html".to_owned()],
                    letters,
                    elements: Vec::new(),
                    verbatim: true,
                });
                self.element("html".to_owned(), Kind::Span, span, span);
            }
            Piece::Break => self.run.letters.push(Letter { letter: ' ', place: span }),
            Piece::Point(name) => self.element(name, Kind::Span, span, span),
        }
    }

    /// Ends the run, if it holds anything; `edge` is what opened or closed.
    fn next_run(&mut self, edge: String) {
        if !self.run.letters.is_empty() || !self.run.elements.is_empty() {
            self.runs.push(std::mem::take(&mut self.run));
        }
        self.run.before.push(edge);
    }

    fn element(&mut self, name: String, kind: Kind, span: Span, inside: Span) {
        let at = self.run.letters.len();
        self.run.elements.push(Element { name, kind, span, inside, letters: at..at });
    }

    fn words(&mut self, words: &str, span: Span) {
        let mut letters = self.spelt(words, span);
        let before = self.run.letters.last().map_or(0, |letter| letter.place.end);
        let escaped = self.markdown[..span.start].ends_with('\\')
            && before < span.start
            && !self.run.verbatim;
        if let Some(first) =
            letters.first_mut().filter(|first| escaped && first.letter.is_ascii_punctuation())
        {
            first.place.start -= 1;
        }
        self.run.letters.extend(letters);
    }

    fn code(&mut self, code: &str, span: Span) {
        let written = &self.markdown[span.start..span.end];
        let signs = written.len() - written.trim_start_matches('`').len();
        let inner = Span::new(span.start + signs, span.end - signs);
        let padded = Span::new(
            (inner.start + 1).min(inner.end),
            inner.end.saturating_sub(1).max(inner.start),
        );
        let same = |span: &Span| {
            self.markdown
                .get(span.start..span.end)
                .is_some_and(|inner| inner.replace('\n', " ") == code)
        };
        let letters = match [inner, padded].into_iter().find(same) {
            Some(inside) => self.placed(code, inside.start),
            None => self.spelt(code, span),
        };
        self.element("code".to_owned(), Kind::Verbatim, span, inner);
        self.run.letters.extend(letters);
        if let Some(element) = self.run.elements.last_mut() {
            element.letters.end = self.run.letters.len();
        }
    }

    /// Returns letters with their places, each with that of all where they are not written as they
    /// are read.
    fn spelt(&self, text: &str, span: Span) -> Vec<Letter> {
        if self.markdown[span.start..span.end] == *text {
            return self.placed(text, span.start);
        }
        text.chars().map(|letter| Letter { letter, place: span }).collect()
    }

    fn placed(&self, text: &str, start: usize) -> Vec<Letter> {
        let place = |(at, letter): (usize, char)| Letter {
            letter,
            place: Span::new(start + at, start + at + letter.len_utf8()),
        };
        text.char_indices().map(place).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what stands in a text where `words` are read.
    fn written(markdown: &str, words: &str) -> Vec<String> {
        let mut written = Vec::new();
        for run in runs(markdown) {
            let read: String = run.letters.iter().map(|letter| letter.letter).collect();
            if let Some(at) = read.find(words) {
                let first = read[..at].chars().count();
                let last = first + words.chars().count() - 1;
                written.push(
                    markdown[run.letters[first].place.start..run.letters[last].place.end]
                        .to_owned(),
                );
            }
        }
        written
    }

    #[test]
    fn every_letter_knows_where_it_was_written() {
        for (markdown, words, found) in [
            ("by *Ada* Bee", "Ada Bee", "Ada* Bee"),
            ("> by Ada\n> Bee", "Ada Bee", "Ada\n> Bee"),
            ("a \\*b\\* c", "*b*", "\\*b\\*"),
            ("a \\\\b", "\\b", "\\\\b"),
            ("AT&amp;T", "T&T", "T&amp;T"),
            ("`` a`b ``", "a`b", "a`b"),
            ("`a\nb`", "a b", "a\nb"),
            ("> ```\n> a\n> b\n> ```", "a\nb", "a\n> b"),
            ("|a|\n|-|\n|x\\|y|", "x|y", "x\\|y"),
            ("<p title='Ada'>", "Ada", "Ada"),
            ("[Ada](https://ada.example)", "Ada", "Ada"),
        ] {
            assert_eq!(written(markdown, words), [found], "{markdown:?}");
        }
    }

    #[test]
    fn a_link_knows_its_label() {
        let run = runs("x [*Ada* B](https://ada.example 'T') y").remove(0);
        let link = &run.elements[0];
        assert_eq!(
            (link.span, link.inside, link.letters.clone()),
            (Span::new(2, 36), Span::new(3, 10), 2..7)
        );
    }
}
