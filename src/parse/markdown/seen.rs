//! A text as readers see it: every letter that they see as it was typed stays at its place; marks,
//! code, links, HTML and what was escaped is blanked out.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Tag, TagEnd};

use crate::tree::Span;

/// What stands in the place of a byte that readers do not see as it was typed.
pub const BLANK: char = '\0';

/// A text as readers see it.
pub struct Seen<'a> {
    /// The text as it was written.
    pub markdown: &'a str,
    /// What readers see of it, byte for byte.
    bytes: Vec<u8>,
    /// Its runs of words in their order.
    pub runs: Vec<Run>,
    /// Its blocks of code.
    pub code: Vec<Code>,
    /// How many words stand outside code.
    pub words: usize,
    /// Its rows of tables below the first, each with the number of its columns.
    pub rows: Vec<(Span, usize)>,
    /// The labels of the links that were referred to.
    pub labels: Vec<String>,
    /// Definitions in lists of definitions.
    pub details: Vec<Span>,
    blocks: Vec<Block>,
    open: Option<Run>,
    link: bool,
    columns: usize,
    /// The last table: its end and the number of its columns.
    table: Option<(usize, usize)>,
}

/// A run of words that no block interrupts: a paragraph, a heading, a cell.
#[derive(Clone, Debug)]
pub struct Run {
    /// What holds it.
    pub block: Block,
    /// Whether it is a paragraph that nothing encloses.
    pub top: bool,
    /// Its lines.
    pub lines: Vec<Line>,
    /// The table that only empty lines part it from: its end and the number of its columns.
    pub table: Option<(usize, usize)>,
}

/// A line of a run.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// From its first word to its last.
    pub span: Span,
    /// Whether readers see that it begins a line.
    pub begins: bool,
}

/// What may hold words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    Paragraph,
    Heading,
    Item,
    Cell,
    Code,
    /// Anything else.
    Other,
}

/// A block of code.
#[derive(Clone, Copy, Debug)]
pub struct Code {
    /// Where it begins and ends.
    pub span: Span,
    /// Whether it is code because it is indented.
    pub indented: bool,
    /// How many words it has.
    pub words: usize,
    /// How many of them are letters only, but for the mark at their end.
    pub plain: usize,
}

impl<'a> Seen<'a> {
    /// Returns a text of which nothing was read so far.
    pub fn new(markdown: &'a str) -> Seen<'a> {
        Seen {
            markdown,
            bytes: vec![BLANK as u8; markdown.len()],
            runs: Vec::new(),
            code: Vec::new(),
            words: 0,
            rows: Vec::new(),
            labels: Vec::new(),
            details: Vec::new(),
            blocks: Vec::new(),
            open: None,
            link: false,
            columns: 0,
            table: None,
        }
    }

    /// Returns what readers see of a part of the text.
    pub fn part(&self, span: Span) -> &str {
        std::str::from_utf8(&self.bytes[span.start..span.end]).expect("whole pieces of a text")
    }

    /// Takes an event of the text.
    pub fn event(&mut self, event: &Event<'_>, span: Span) {
        match event {
            Event::Start(Tag::Link { link_type, id, .. }) => {
                self.opens(span);
                self.link = true;
                if matches!(
                    link_type,
                    LinkType::Reference | LinkType::Collapsed | LinkType::Shortcut
                ) {
                    self.labels.push(id.to_string());
                }
            }
            Event::Start(Tag::Image { .. }) => {
                self.opens(span);
                self.link = true;
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.link = false,
            Event::Start(
                Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript,
            ) => self.opens(span),
            Event::End(
                TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Superscript
                | TagEnd::Subscript,
            ) => {}
            Event::Start(tag) => self.enter(tag, span),
            Event::End(tag) => self.leave(*tag, span),
            Event::Text(text) => self.text(text, span),
            Event::SoftBreak | Event::HardBreak => {
                let begins = matches!(event, Event::HardBreak);
                if let Some(run) = &mut self.open {
                    run.lines.iter_mut().last().expect("a run has a line").span.end = span.start;
                    run.lines.push(Line { span: Span::new(span.end, span.end), begins });
                }
            }
            Event::Rule | Event::Html(_) => self.close(),
            _ => self.inline(span),
        }
    }

    fn enter(&mut self, tag: &Tag<'_>, span: Span) {
        self.close();
        self.blocks.push(match tag {
            Tag::Paragraph => Block::Paragraph,
            Tag::Heading { .. } => Block::Heading,
            Tag::Item => Block::Item,
            Tag::TableCell => Block::Cell,
            Tag::CodeBlock(_) => Block::Code,
            _ => Block::Other,
        });
        match tag {
            Tag::CodeBlock(kind) => {
                let indented = matches!(kind, CodeBlockKind::Indented);
                self.code.push(Code { span, indented, words: 0, plain: 0 });
            }
            Tag::Table(columns) => self.columns = columns.len(),
            Tag::TableRow => self.rows.push((span, self.columns)),
            Tag::DefinitionListDefinition => self.details.push(span),
            _ => {}
        }
    }

    fn leave(&mut self, tag: TagEnd, span: Span) {
        self.close();
        self.blocks.pop();
        if tag == TagEnd::Table {
            self.table = Some((span.end, self.columns));
        }
    }

    fn close(&mut self) {
        self.runs.extend(self.open.take());
    }

    fn text(&mut self, text: &str, span: Span) {
        if self.blocks.last() == Some(&Block::Code) {
            if let Some(code) = self.code.last_mut() {
                let plain = |word: &&str| {
                    word.trim_matches(|letter: char| letter.is_ascii_punctuation())
                        .chars()
                        .all(char::is_alphabetic)
                };
                code.words += text.split_whitespace().count();
                code.plain += text.split_whitespace().filter(plain).count();
            }
            return;
        }
        self.words += text.split_whitespace().count();
        self.inline(span);
        if self.link || self.markdown[span.start..span.end] != *text {
            return;
        }
        let before =
            span.start.checked_sub(1).map(|at| (self.markdown.as_bytes()[at], self.bytes[at]));
        let escaped = before == Some((b'\\', BLANK as u8));
        let start =
            span.start + if escaped { text.chars().next().map_or(0, char::len_utf8) } else { 0 };
        self.bytes[start..span.end].copy_from_slice(&self.markdown.as_bytes()[start..span.end]);
    }

    /// Takes the mark with which an element within words opens.
    fn opens(&mut self, span: Span) {
        self.inline(Span::new(span.start, span.start + 1));
    }

    /// Puts a place into the run that is open, or opens one there.
    fn inline(&mut self, span: Span) {
        let table = self
            .table
            .filter(|(end, _)| self.markdown[*end..span.start.max(*end)].trim().is_empty());
        let run = self.open.get_or_insert_with(|| Run {
            block: self.blocks.last().copied().unwrap_or(Block::Other),
            top: self.blocks == [Block::Paragraph],
            lines: vec![Line { span, begins: true }],
            table,
        });
        let line = run.lines.last_mut().expect("a run has a line");
        line.span = Span::new(
            if line.span.start == line.span.end { span.start } else { line.span.start },
            line.span.end.max(span.end),
        );
    }
}
