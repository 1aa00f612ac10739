//! A policy and its sections.

use std::collections::BTreeSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::model::{DocumentId, Element, Passage, Placed, Target};
use crate::tree::{File, Span, TreePath};

/// A policy: opening words and sections in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Policy {
    /// Its id, the path of its folder.
    pub id: DocumentId,
    /// What readers call it.
    pub title: String,
    /// What it covers, in a sentence.
    pub summary: Option<String>,
    /// Its place among the policies, smallest first.
    pub order: i64,
    /// How long a review holds.
    pub review_every: Option<jiff::Span>,
    /// Whether raw HTML in it reaches readers as HTML, and not as it is written.
    pub raw_html: bool,
    /// The words of `_index.md`.
    pub opening: Section,
    /// The sections, in the order of their numbers.
    pub sections: Vec<Section>,
}

impl Policy {
    /// Returns the opening and the sections, in order.
    pub fn parts(&self) -> impl Iterator<Item = &Section> + Clone {
        std::iter::once(&self.opening).chain(&self.sections)
    }

    /// Puts in the files that its words are parts of, after it was kept without them; `None` if one
    /// of them is not there.
    pub fn attached(mut self, find: impl Fn(&TreePath) -> Option<File>) -> Option<Policy> {
        for part in std::iter::once(&mut self.opening).chain(&mut self.sections) {
            if let Body::Part(file, _) = &mut part.body {
                *file = find(&part.file)?;
            }
        }
        Some(self)
    }

    /// Returns the ids of its sections.
    pub fn section_ids(&self) -> BTreeSet<&str> {
        self.sections.iter().map(|section| section.id.as_str()).collect()
    }

    /// Returns what a passage of it is called; `None` if it is not there.
    pub fn title_of(&self, passage: &Passage) -> Option<&str> {
        match &passage.section {
            Some(id) => self
                .sections
                .iter()
                .find(|section| section.id == *id)
                .map(|section| section.title.as_str()),
            None => Some(&self.title),
        }
    }

    /// Returns true if readers can link to `anchor`.
    pub fn has_anchor(&self, anchor: &str) -> bool {
        self.parts().any(|section| {
            section.id == anchor || section.headings.iter().any(|heading| *heading.id == *anchor)
        })
    }

    /// Returns everything readers can link to.
    pub fn anchors(&self) -> impl Iterator<Item = &str> + Clone {
        let own = self.sections.iter().map(|section| section.id.as_str());
        own.chain(
            self.parts().flat_map(|section| section.headings.iter().map(|heading| &*heading.id)),
        )
    }
}

/// A markdown file of a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its id, the name of its file without the number; empty for the opening.
    pub id: String,
    /// Its first heading; empty for the opening.
    pub title: String,
    /// Its gist in a sentence, which binds nobody.
    pub summary: Option<String>,
    /// What it says of reports of vulnerabilities, as its author tells; no words of its own.
    pub covers: Vec<Element>,
    /// The file, from the content folder.
    pub file: TreePath,
    /// Its words: markdown with its references expanded.
    pub body: Body,
    /// Its headings in order, the one that is its title first.
    pub headings: Vec<Heading>,
    /// Its links inside the site, where its author wrote them.
    pub mentions: Vec<Mention>,
}

impl Section {
    /// Returns where its author finds it, from the project's folder.
    pub fn place(&self) -> TreePath {
        TreePath::new(&format!("content/{}", self.file)).expect("a file of the content folder")
    }
}

/// A heading as the page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// 2 for a section's title, more for those below it.
    pub level: u8,
    /// What links name, unique on the page.
    pub id: Box<str>,
    /// Its words.
    pub text: Box<str>,
}

/// An internal link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Where it leads.
    pub target: Target,
    /// Where it stands in its file.
    pub span: Span,
    /// Its address as it is written; `None` if that stands elsewhere, or was put in for a
    /// reference.
    pub address: Option<Placed<String>>,
}

/// The words of a section. Where nothing had to be expanded they are a part of the file itself, not
/// a copy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Body {
    /// A stretch of a file; where it is kept, of that which lies where the section says.
    Part(#[serde(skip)] File, Range<usize>),
    /// Words of their own, and the byte of the file they begin at.
    Whole(Expanded, usize),
}

impl Body {
    /// Returns the words.
    pub fn text(&self) -> &str {
        match self {
            Body::Part(file, range) => std::str::from_utf8(&file.bytes()[range.clone()])
                .expect("a body is cut from checked text"),
            Body::Whole(expanded, _) => &expanded.text,
        }
    }

    /// Returns the place in the file that a place in the words comes from.
    pub fn origin(&self, span: Span) -> Span {
        match self {
            Body::Part(_, range) => span.shift(range.start),
            Body::Whole(expanded, start) => expanded.origin(span).shift(*start),
        }
    }

    /// Returns the words with some of them replaced, in order. The rest still knows its places in
    /// the file; in words that were expanded, only what was put in for a reference may be replaced.
    pub fn with(&self, edits: &[(Span, String)]) -> Body {
        let text = self.text();
        let (mut replaced, mut cuts, mut done) =
            (String::with_capacity(text.len()), Vec::with_capacity(edits.len()), 0);
        for (span, words) in edits {
            replaced.push_str(&text[done..span.start]);
            let put_in = Span::new(replaced.len(), replaced.len() + words.len());
            replaced.push_str(words);
            let lines = text[span.start..span.end].matches('\n').count();
            cuts.push(Cut { put_in, taken_out: *span, lines });
            done = span.end;
        }
        replaced.push_str(&text[done..]);
        let moved = |at: usize| {
            let before = edits.iter().take_while(|(span, _)| span.start < at);
            before.fold(at, |at, (span, words)| at + words.len() - (span.end - span.start))
        };
        match self {
            Body::Part(file, range) => {
                let line = 1 + memchr::memchr_iter(b'\n', &file.bytes()[..range.start]).count();
                Body::Whole(Expanded { text: replaced, cuts, line }, range.start)
            }
            Body::Whole(expanded, start) => {
                let put_in = |span: Span| Span::new(moved(span.start), moved(span.end));
                let cuts = expanded
                    .cuts
                    .iter()
                    .map(|cut| Cut { put_in: put_in(cut.put_in), ..*cut })
                    .collect();
                Body::Whole(Expanded { text: replaced, cuts, line: expanded.line }, *start)
            }
        }
    }

    /// Returns the lines of the file that the words come from.
    pub fn lines(&self) -> Lines<'_> {
        let text = match self {
            Body::Part(file, range) => &file.bytes()[..range.end],
            Body::Whole(expanded, _) => expanded.text.as_bytes(),
        };
        Lines { body: self, ends: memchr::memchr_iter(b'\n', text).collect() }
    }
}

/// The lines of a file that the words of a section come from.
pub struct Lines<'a> {
    body: &'a Body,
    /// Where the lines end, in the file or in words of their own.
    ends: Vec<usize>,
}

impl Lines<'_> {
    /// Returns the line that a byte of the words comes from, from 1.
    pub fn of(&self, at: usize) -> usize {
        let before = |at: usize| self.ends.partition_point(|end| *end < at);
        match self.body {
            Body::Part(_, range) => 1 + before(range.start + at),
            Body::Whole(expanded, _) => {
                let put_in = expanded
                    .cuts
                    .iter()
                    .map(|cut| before(cut.put_in.end.min(at)) - before(cut.put_in.start.min(at)));
                let taken_out =
                    expanded.cuts.iter().filter(|cut| cut.put_in.end <= at).map(|cut| cut.lines);
                expanded.line + before(at) + taken_out.sum::<usize>() - put_in.sum::<usize>()
            }
        }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Body) -> bool {
        self.text() == other.text()
    }
}

impl Eq for Body {}

/// Words with their references expanded.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Expanded {
    /// The words.
    pub text: String,
    /// What was put in, and for what, in order.
    pub cuts: Vec<Cut>,
    /// The line of the file they begin on, from 1.
    pub line: usize,
}

/// A replacement in expanded text, usually of a reference.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Cut {
    /// Where it stands in the expanded words.
    pub put_in: Span,
    /// Where what it replaces stands in the author's.
    pub taken_out: Span,
    /// How many lines ended in what it replaces.
    pub lines: usize,
}

impl Expanded {
    /// Returns the place in the author's text that a place in the expanded one comes from.
    pub fn origin(&self, span: Span) -> Span {
        let origin = |at: usize, end: bool| {
            // What ends where a replacement begins ends before the reference.
            let before = self
                .cuts
                .partition_point(|cut| cut.put_in.start < at || (cut.put_in.start == at && !end));
            match self.cuts[..before].last() {
                None => at,
                Some(cut) if at >= cut.put_in.end => at - cut.put_in.end + cut.taken_out.end,
                Some(cut) if end => cut.taken_out.end,
                Some(cut) => cut.taken_out.start,
            }
        };
        let start = origin(span.start, false);
        Span::new(start, origin(span.end, true).max(start))
    }

    /// Like [`Expanded::origin`], but `None` for text that came from a reference.
    pub fn written(&self, span: Span) -> Option<Span> {
        let after = self.cuts.partition_point(|cut| cut.put_in.end <= span.start);
        let put_in = self.cuts.get(after).is_some_and(|cut| cut.put_in.start < span.end);
        (!put_in).then(|| self.origin(span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    fn section(id: &str, headings: &[&str]) -> Section {
        let heading = |id: &&str| Heading { level: 2, id: (*id).into(), text: "T".into() };
        Section {
            id: id.into(),
            title: id.to_uppercase(),
            summary: None,
            covers: Vec::new(),
            file: TreePath::new(&format!("a/10-{id}.md")).unwrap(),
            body: Body::Part(File::new(*b""), 0..0),
            headings: headings.iter().map(heading).collect(),
            mentions: Vec::new(),
        }
    }

    #[test]
    fn readers_can_link_to_sections_and_headings() {
        let policy = Policy {
            id: DocumentId::new("a").unwrap(),
            title: "Title".into(),
            summary: None,
            order: 0,
            review_every: None,
            raw_html: false,
            opening: section("", &["front"]),
            sections: vec![section("one", &["one", "below"]), section("two", &[])],
        };
        assert_eq!(policy.anchors().collect::<Vec<_>>(), ["one", "two", "front", "one", "below"]);
        assert!(
            policy.anchors().all(|anchor| policy.has_anchor(anchor)) && !policy.has_anchor("three")
        );
        assert_eq!(
            policy.parts().map(|part| part.id.as_str()).collect::<Vec<_>>(),
            ["", "one", "two"]
        );
        let title = |section: Option<&str>| {
            policy
                .title_of(&Passage { policy: "a".into(), section: section.map(str::to_owned) })
                .map(str::to_owned)
        };
        assert_eq!(title(None).as_deref(), Some("Title"));
        assert_eq!(title(Some("two")).as_deref(), Some("TWO"));
        assert_eq!(title(Some("three")), None);
        assert_eq!(policy.sections[0].place().as_str(), "content/a/10-one.md");
    }

    #[test]
    fn a_place_in_the_words_is_one_of_the_file() {
        let file = "x\ny\n## One\n\nWords\nLast\nz\n";
        let body = Body::Part(File::new(file.as_bytes()), 4..23);
        assert_eq!(body.text(), "## One\n\nWords\nLast\n");
        assert_eq!(body.origin(Span::new(8, 13)), Span::new(12, 17));
        let lines: Vec<usize> = [0, 6, 7, 8, 13, 14, 18].map(|at| body.lines().of(at)).into();
        assert_eq!(lines, [3, 3, 4, 5, 5, 6, 6]);
    }

    #[test]
    fn what_was_put_in_was_never_written() {
        let (put_in, taken_out) = (Span::new(4, 10), Span::new(4, 6));
        let expanded = Expanded {
            text: "abc XX\nYY\ndef\n".into(),
            cuts: vec![Cut { put_in, taken_out, lines: 0 }],
            line: 3,
        };
        let written = |start, end| expanded.written(Span::new(start, end));
        assert_eq!(written(0, 3), Some(Span::new(0, 3)));
        assert_eq!(written(0, 4), Some(Span::new(0, 4)));
        assert_eq!(written(0, 5), None);
        assert_eq!(written(9, 12), None);
        assert_eq!(written(10, 13), Some(Span::new(6, 9)));
        assert_eq!(expanded.origin(Span::new(5, 9)), taken_out);
        assert_eq!(expanded.origin(Span::new(3, 11)), Span::new(3, 7));
        assert_eq!(expanded.origin(Span::new(4, 4)), Span::new(4, 4));
        let body = Body::Whole(expanded, 100);
        assert_eq!(body.origin(Span::new(10, 13)), Span::new(106, 109));
        let lines = [0, 4, 7, 10, 13].map(|at| body.lines().of(at));
        assert_eq!(lines, [3, 3, 3, 3, 3], "lines that were put in are none of the file's");
        assert_eq!(body.lines().of(14), 4);
    }

    #[test]
    fn a_body_is_its_words() {
        let file = File::new(*b"xab");
        let (part, whole) = (Body::Part(file, 1..3), |text: &str| {
            Body::Whole(Expanded { text: text.into(), ..Default::default() }, 0)
        });
        assert!(part == whole("ab") && part != whole("xab"));
    }
}
