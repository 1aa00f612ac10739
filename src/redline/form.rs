//! What a reader sees of a document, in one canonical form: two texts with the same form are the
//! same, however they were written.
//!
//! It is taken of the leaves that a redline compares, so both are one notion of what a change is.
//! It leaves out what no reader sees, the numbers of clauses and footnotes, ids, the language of
//! code, how accents are composed, and the order of records in a list.

use std::collections::BTreeSet;

use crate::model::{Document, Policy, Section, Target};
use crate::redline::cut::{Cutter, RawHtml};
use crate::redline::list;
use crate::redline::wording::{Kind, Leaf, Shape, Style, Wording};
use crate::tree::{Digest, composed};

/// Version of the canonical form; raised whenever the same text would produce a different digest.
pub const READING: u32 = 1;

/// Digest of a section's or list's visible content, plus its same-page link targets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Digest of all of it, except where its links on the same page lead.
    pub words: Digest,
    /// Where those lead, in their order.
    pub anchors: Vec<String>,
}

impl Form {
    /// Returns the form of a policy's opening, with its title and summary.
    pub fn of_opening(policy: &Policy, ids: &BTreeSet<&str>) -> Form {
        Form::cut(policy.raw_html, |cutter| cutter.section(Some(policy), &policy.opening, ids))
    }

    /// Returns the form of a section of a policy; `ids` are those of all its sections.
    pub fn of_section(policy: &Policy, section: &Section, ids: &BTreeSet<&str>) -> Form {
        Form::cut(policy.raw_html, |cutter| cutter.section(None, section, ids))
    }

    /// Returns the form of a list.
    pub fn of_list(document: &Document) -> Form {
        Form::cut(false, |cutter| list::cut(document, cutter))
    }

    /// Returns the digest of all that a reader sees of a document.
    pub fn digest(document: &Document) -> Digest {
        let forms: Vec<Form> = match document.policy() {
            Some(policy) => {
                let ids = policy.section_ids();
                let sections =
                    policy.sections.iter().map(|section| Form::of_section(policy, section, &ids));
                std::iter::once(Form::of_opening(policy, &ids)).chain(sections).collect()
            }
            None => vec![Form::of_list(document)],
        };
        let lines = forms.iter().map(|form| format!("{} {:?}\n", form.words, form.anchors));
        Digest::of(lines.collect::<String>())
    }

    fn cut(raw_html: bool, cut: impl FnOnce(&mut Cutter)) -> Form {
        let mut cutter = Cutter::untold(if raw_html { RawHtml::Read } else { RawHtml::Shown });
        cut(&mut cutter);
        Form::of(&cutter.done())
    }

    /// Returns the form of what is cut.
    pub fn of(wording: &Wording) -> Form {
        let mut writer = Writer { wording, bytes: Vec::new(), anchors: Vec::new() };
        let mut before: &[crate::redline::Container] = &[];
        for leaf in &wording.leaves {
            let shared =
                before.iter().zip(&leaf.path).take_while(|(a, b)| a.number == b.number).count();
            writer.field(&[b"^", shared.to_string().as_bytes()].concat());
            leaf.path[shared..].iter().for_each(|container| writer.shape(container.shape));
            writer.leaf(leaf);
            before = &leaf.path;
        }
        Form { words: Digest::of(&writer.bytes), anchors: writer.anchors }
    }
}

/// Writes leaves as bytes, each field ended by a byte that no text holds.
struct Writer<'a> {
    wording: &'a Wording,
    bytes: Vec<u8>,
    anchors: Vec<String>,
}

impl Writer<'_> {
    fn field(&mut self, field: &[u8]) {
        self.bytes.extend_from_slice(field);
        self.bytes.push(0xff);
    }

    fn shape(&mut self, shape: Shape) {
        let name = match shape {
            Shape::Section(_) => "section".to_owned(),
            Shape::List(ordered) => format!("list {ordered}"),
            Shape::Item(number) => format!("item {number:?}"),
            Shape::Quote(alert) => format!("quote {alert:?}"),
            Shape::Definitions => "definitions".to_owned(),
            Shape::Term => "term".to_owned(),
            Shape::Details => "details".to_owned(),
            Shape::Notes => "notes".to_owned(),
            Shape::Note => "note".to_owned(),
        };
        self.field(name.as_bytes());
    }

    fn leaf(&mut self, leaf: &Leaf) {
        let kind = match &leaf.kind {
            Kind::Paragraph | Kind::Plain => "words".to_owned(),
            Kind::Heading(level, _) => format!("heading {level}"),
            Kind::Code(_) => "code".to_owned(),
            Kind::Rule => "rule".to_owned(),
            Kind::Table(grid) => format!("table {:?}", grid.columns),
        };
        self.field(kind.as_bytes());
        self.field(leaf.markup.as_bytes());
        self.words(leaf);
        if let Kind::Table(grid) = &leaf.kind {
            let mut rows: Vec<Vec<u8>> = grid.rows.iter().map(|row| self.row(row)).collect();
            if grid.records.is_some() {
                rows.sort();
            }
            let head = self.row(&grid.head);
            std::iter::once(head).chain(rows).for_each(|row| self.field(&row));
        }
    }

    fn row(&mut self, row: &[Leaf]) -> Vec<u8> {
        let before = std::mem::take(&mut self.bytes);
        row.iter().for_each(|cell| self.leaf(cell));
        std::mem::replace(&mut self.bytes, before)
    }

    /// Writes the words of a leaf: a stretch for each way in which they are set, white space as it
    /// is seen.
    fn words(&mut self, leaf: &Leaf) {
        let mut stretch: Option<(Style, String)> = None;
        let mut start = 0;
        for (end, style) in &leaf.runs {
            let style = &self.wording.styles[*style as usize];
            let (text, space) = (&leaf.text[start..*end], style.of_space());
            let mut say = |style: &Style, words: &str| match &mut stretch {
                Some((same, all)) if same == style => all.push_str(words),
                _ => {
                    self.stretch(stretch.take());
                    stretch = Some((style.clone(), words.to_owned()));
                }
            };
            match space == *style {
                true if text.is_empty() => {}
                true => say(style, text),
                false => words_and_spaces(text).for_each(|words| {
                    say(if words.starts_with(char::is_whitespace) { &space } else { style }, words);
                }),
            }
            start = *end;
        }
        self.stretch(stretch);
        self.field(b"");
    }

    fn stretch(&mut self, stretch: Option<(Style, String)>) {
        let Some((style, words)) = stretch else { return };
        let Style { emphasis, strong, strike, inserted, code, note, link, image } = style;
        self.bytes.extend([emphasis, strong, strike, inserted, code].map(u8::from));
        // A footnote is told by its place among those of its section: its number is that of the
        // page.
        let words = note.map_or(words, |note| format!("[{note}]"));
        match link {
            Some((Target::Here(anchor), title)) => {
                self.anchors.push(anchor);
                self.field(format!("#{title}").as_bytes());
            }
            link => self.field(link.map(|link| format!("{link:?}")).unwrap_or_default().as_bytes()),
        }
        self.field(image.unwrap_or_default().as_bytes());
        self.field(composed(&words).as_bytes());
    }
}

/// Cuts a text where words begin and end.
fn words_and_spaces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end = rest
            .find(|letter: char| letter.is_whitespace() != first.is_whitespace())
            .unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}
