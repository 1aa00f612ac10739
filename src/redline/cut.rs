//! A document cut to leaves.

mod copy;
mod html;
mod leaf;

use std::collections::{BTreeSet, HashMap};

use crate::model::{Block, Document, Footnote, Inline, Policy, Section, Target, Text, plain};
use crate::parse;
use crate::parse::Standpoint;
use crate::redline::wording::{Container, Grid, Kind, Leaf, Note, Part, Shape, Style, Wording};
use crate::tree::Span;

/// How raw HTML in markdown is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawHtml {
    /// As the words that readers see of it.
    Read,
    /// As it is written, because pages show it so.
    Shown,
}

impl RawHtml {
    /// Returns how raw HTML in a document is read.
    pub fn of(document: &Document) -> RawHtml {
        document.policy().map_or(RawHtml::Shown, RawHtml::of_policy)
    }

    /// Returns how raw HTML in a policy is read.
    pub fn of_policy(policy: &Policy) -> RawHtml {
        if policy.raw_html { RawHtml::Read } else { RawHtml::Shown }
    }
}

/// Where a text stands that stands nowhere.
const NOWHERE: Standpoint<'_> = Standpoint { file: None, sections: &BTreeSet::new() };

impl Wording {
    /// Returns what a text says that stands on its own: what is under a heading is a section.
    pub fn of_text(markdown: &str, html: RawHtml) -> Wording {
        let mut cutter = Cutter::new(html);
        let words = parse::words_below_front_matter(markdown);
        let front = markdown.len() - words.len();
        let text = parse::text(words, NOWHERE);
        let lines: Vec<usize> = memchr::memchr_iter(b'\n', markdown.as_bytes()).collect();
        let line = |at: usize| 1 + lines.partition_point(|end| *end < front + at);
        let (mut first, mut part) = (cutter.open_section(), Part::default());
        cutter.cite(&text.footnotes);
        for block in &text.blocks {
            if let Block::Heading { text, id, .. } = block {
                if cutter.wording.leaves.len() > first {
                    cutter.close_section(Part { first, ..part });
                    first = cutter.open_section();
                }
                part = Part {
                    id: id.clone().unwrap_or_default(),
                    title: plain(text),
                    ..Part::default()
                };
            }
            cutter.block(block, None, &line);
        }
        cutter.notes(&text.footnotes, &line);
        cutter.close_section(Part { first, ..part });
        cutter.wording
    }
}

/// What is cut so far.
pub struct Cutter {
    wording: Wording,
    html: RawHtml,
    /// Whether the words are not told apart, since they are not compared.
    untold: bool,
    path: Vec<Container>,
    numbers: HashMap<Style, u32>,
    /// How the words are set that come next.
    style: Style,
    /// The elements that raw HTML has opened, each with the style around it.
    elements: Vec<(String, Style)>,
    /// The footnotes of the section that is read by their labels: the place of the definition, and
    /// the number once there is one.
    labels: HashMap<String, (usize, Option<usize>)>,
    /// Those of them that are referred to, in the order of their numbers.
    cited: Vec<usize>,
    /// The words of the leaf that is read.
    text: String,
    runs: Vec<(usize, u32)>,
    /// What raw HTML says of the leaf beyond its words.
    markup: String,
}

/// The line on which a byte stands.
type Lines<'a> = &'a dyn Fn(usize) -> usize;

impl Cutter {
    /// Creates a cutter that skips tokenizing; its output can be digested but not compared word by
    /// word.
    pub fn untold(html: RawHtml) -> Cutter {
        Cutter { untold: true, ..Cutter::new(html) }
    }

    /// Returns what was cut.
    pub fn done(self) -> Wording {
        self.wording
    }

    pub fn new(html: RawHtml) -> Cutter {
        Cutter {
            wording: Wording::default(),
            html,
            untold: false,
            path: Vec::new(),
            numbers: HashMap::new(),
            style: Style::default(),
            elements: Vec::new(),
            labels: HashMap::new(),
            cited: Vec::new(),
            text: String::new(),
            runs: Vec::new(),
            markup: String::new(),
        }
    }

    pub fn policy(&mut self, policy: &Policy) {
        let ids = policy.section_ids();
        self.section(Some(policy), &policy.opening, &ids);
        policy.sections.iter().for_each(|section| self.section(None, section, &ids));
    }

    /// Cuts a section; the opening is that of its policy. `ids` are those of all sections.
    pub fn section(&mut self, opens: Option<&Policy>, section: &Section, ids: &BTreeSet<&str>) {
        let standpoint = Standpoint { file: Some(&section.file), sections: ids };
        let Text { blocks, footnotes } = parse::text(section.body.text(), standpoint);
        let lines = section.body.lines();
        let line = |at: usize| lines.of(at);
        let first = self.open_section();
        self.cite(&footnotes);
        if let Some(policy) = opens {
            self.words(Kind::Heading(1, String::new()), &policy.title);
            self.words(Kind::Paragraph, policy.summary.as_deref().unwrap_or_default());
        }
        let mut headings = section.headings.iter();
        for (place, block) in blocks.iter().enumerate() {
            let heading = matches!(block, Block::Heading { .. }).then(|| headings.next()).flatten();
            self.block(block, heading.map(|heading| (heading.level, &*heading.id)), &line);
            if place == 0 && opens.is_none() {
                self.gist(section);
            }
        }
        if opens.is_some() {
            self.gist(section);
        }
        self.notes(&footnotes, &line);
        self.close_section(Part {
            id: section.id.clone(),
            title: section.title.clone(),
            first,
            end: first,
            file: Some(section.place()),
        });
    }

    /// Cuts what a section says in short.
    fn gist(&mut self, section: &Section) {
        self.words(Kind::Paragraph, section.summary.as_deref().unwrap_or_default());
    }

    /// Opens a section and returns the number of its first leaf.
    pub fn open_section(&mut self) -> usize {
        let shape = Shape::Section(self.wording.sections.len());
        self.open(shape);
        self.wording.leaves.len()
    }

    /// Closes the section that is open.
    pub fn close_section(&mut self, part: Part) {
        self.path.clear();
        self.wording.sections.push(Part { end: self.wording.leaves.len(), ..part });
    }

    fn open(&mut self, shape: Shape) {
        self.path.push(Container { shape, number: self.wording.containers });
        self.wording.containers += 1;
    }

    fn within(&mut self, shape: Shape, inside: impl FnOnce(&mut Cutter)) {
        self.open(shape);
        inside(self);
        self.path.pop();
    }

    /// Cuts words that are no markdown; nothing where there are none.
    pub fn words(&mut self, kind: Kind, words: &str) {
        self.say(words);
        self.finish(kind, (0, 0));
    }

    /// Cuts a block. `heading` is its level and id, where it is a heading that is drawn otherwise
    /// than it is written.
    fn block(&mut self, block: &Block, heading: Option<(u8, &str)>, line: Lines<'_>) {
        let lines =
            |span: Span| (line(span.start), line(span.end.saturating_sub(1).max(span.start)));
        match block {
            Block::Heading { level, text, span, id } => {
                let (level, id) = heading.unwrap_or((*level, id.as_deref().unwrap_or_default()));
                self.inlines(text);
                self.push(Kind::Heading(level, id.to_owned()), lines(*span));
                self.reset();
            }
            Block::Paragraph { text, span } => self.leaf(Kind::Paragraph, text, lines(*span)),
            Block::Plain { text, span } => self.leaf(Kind::Plain, text, lines(*span)),
            Block::Code { language, text, span } => {
                self.say(text);
                self.push(Kind::Code(language.clone()), lines(*span));
            }
            Block::Quote { alert, blocks } => {
                self.within(Shape::Quote(*alert), |cutter| cutter.blocks(blocks, line))
            }
            Block::List { start, items } => self.within(Shape::List(start.is_some()), |cutter| {
                for (index, item) in (0..).zip(items) {
                    cutter.within(
                        Shape::Item(start.map(|start| start.saturating_add(index))),
                        |cutter| cutter.blocks(item, line),
                    );
                }
            }),
            Block::Definitions(definitions) => self.within(Shape::Definitions, |cutter| {
                for definition in definitions {
                    for term in &definition.terms {
                        cutter.within(Shape::Term, |cutter| cutter.leaf(Kind::Plain, term, (0, 0)));
                    }
                    for details in &definition.details {
                        cutter.within(Shape::Details, |cutter| cutter.blocks(details, line));
                    }
                }
            }),
            Block::Table { columns, head, rows, span } => {
                let lines = lines(*span);
                let mut cells = |cells: &[Vec<Inline>], line: usize| {
                    cells.iter().map(|cell| self.cell(cell, (line, line))).collect()
                };
                let head = cells(head, lines.0);
                // Each row is a line, below the head and the marks under it.
                let rows = (lines.0 + 2..)
                    .zip(rows)
                    .map(|(line, row)| cells(row, line.min(lines.1)))
                    .collect();
                self.table(Grid { columns: columns.clone(), head, rows, records: None }, lines);
            }
            Block::Html { html, span } => {
                self.raw(html, Some(lines(*span)));
                self.finish(Kind::Plain, lines(*span));
                self.reset();
                // What is closed after its last words belongs to them.
                if let (markup, Some(leaf)) =
                    (std::mem::take(&mut self.markup), self.wording.leaves.last_mut())
                {
                    leaf.markup.push_str(&markup);
                }
            }
            Block::Rule(span) => self.push(Kind::Rule, lines(*span)),
        }
    }

    /// Cuts blocks inside another, where headings are drawn a level lower.
    fn blocks(&mut self, blocks: &[Block], line: Lines<'_>) {
        let first = self.wording.leaves.len();
        for block in blocks {
            let heading = match block {
                Block::Heading { level, id, .. } => {
                    Some(((level + 1).clamp(3, 6), id.as_deref().unwrap_or_default()))
                }
                _ => None,
            };
            self.block(block, heading, line);
        }
        // An item without words is seen, too.
        if self.wording.leaves.len() == first {
            self.push(Kind::Plain, (0, 0));
        }
    }

    /// Notes the footnotes of a section before it is read.
    fn cite(&mut self, footnotes: &[Footnote]) {
        self.cited.clear();
        // Of two that are called the same the first is meant.
        self.labels = footnotes
            .iter()
            .enumerate()
            .rev()
            .map(|(at, footnote)| (footnote.label.clone(), (at, None)))
            .collect();
    }

    /// Cuts the footnotes of a section as the page has them: in the order of their numbers, then
    /// those that nothing refers to.
    fn notes(&mut self, footnotes: &[Footnote], line: Lines<'_>) {
        if footnotes.is_empty() {
            return;
        }
        for footnote in footnotes {
            self.number_of(&footnote.label);
        }
        let before = self.wording.notes.len() - self.cited.len();
        self.within(Shape::Notes, |cutter| {
            for index in 0..cutter.cited.len() {
                let first = cutter.wording.leaves.len();
                cutter.within(Shape::Note, |cutter| {
                    cutter.blocks(&footnotes[cutter.cited[index]].blocks, line)
                });
                cutter.wording.notes[before + index].leaves = first..cutter.wording.leaves.len();
            }
        });
    }

    /// Returns the place of a footnote among those of the document, by its label; `None` if the
    /// section has none of that name.
    fn number_of(&mut self, label: &str) -> Option<u32> {
        let (at, known) = self.labels.get_mut(label)?;
        let index = *known.get_or_insert_with(|| {
            self.cited.push(*at);
            self.wording.notes.push(Note { label: label.to_owned(), leaves: 0..0 });
            self.cited.len() - 1
        });
        let number = self.wording.notes.len() - self.cited.len() + index;
        Some(u32::try_from(number).expect("a document has fewer footnotes than that"))
    }

    fn leaf(&mut self, kind: Kind, text: &[Inline], lines: (usize, usize)) {
        self.inlines(text);
        self.finish(kind, lines);
        self.reset();
    }

    /// Ends what raw HTML left open.
    fn reset(&mut self) {
        self.elements.clear();
        self.style = Style::default();
    }

    fn cell(&mut self, text: &[Inline], lines: (usize, usize)) -> Leaf {
        self.inlines(text);
        self.reset();
        self.made(Kind::Plain, lines)
    }

    /// Returns a cell that says these words.
    pub fn cell_of(&mut self, words: &str, link: Option<&str>) -> Leaf {
        self.style.link = link.map(|link| (Target::Outside(link.to_owned()), String::new()));
        self.say(words);
        self.style = Style::default();
        self.made(Kind::Plain, (0, 0))
    }

    /// Cuts a table.
    pub fn table(&mut self, grid: Grid, lines: (usize, usize)) {
        self.push(Kind::Table(Box::new(grid)), lines);
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) if text.contains(parse::is_html_space) => {
                    self.say(&text.replace(parse::is_html_space, " "))
                }
                Inline::Text(text) => self.say(text),
                Inline::Code(text) => {
                    self.set(|style| style.code = true, |cutter| cutter.say(text))
                }
                Inline::Emphasis(text) => {
                    self.set(|style| style.emphasis = true, |cutter| cutter.inlines(text))
                }
                Inline::Strong(text) => {
                    self.set(|style| style.strong = true, |cutter| cutter.inlines(text))
                }
                Inline::Strike(text) => {
                    self.set(|style| style.strike = true, |cutter| cutter.inlines(text))
                }
                Inline::Link { target, title, text } => {
                    let link = Some((target.clone(), title.clone()));
                    self.set(|style| style.link = link, |cutter| cutter.inlines(text));
                }
                Inline::Image { address, alt } => self.image(address, alt),
                Inline::Footnote(label) => self.note(label),
                Inline::Html(html) => self.raw(html, None),
                Inline::SoftBreak => self.say(" "),
                Inline::HardBreak => self.say("\n"),
            }
        }
    }

    fn set(&mut self, set: impl FnOnce(&mut Style), inside: impl FnOnce(&mut Cutter)) {
        let around = self.style.clone();
        set(&mut self.style);
        inside(self);
        self.style = around;
    }

    fn image(&mut self, address: &str, alt: &str) {
        // An image without words still is something that comes and goes.
        let shown = if alt.trim().is_empty() { "\u{fffc}" } else { alt };
        let address = Some(address.to_owned());
        self.set(|style| style.image = address, |cutter| cutter.say(shown));
    }

    /// Cuts the mark of a footnote: its number, counted through the document.
    fn note(&mut self, label: &str) {
        if let Some(note) = self.number_of(label) {
            self.set(|style| style.note = Some(note), |cutter| cutter.say(&(note + 1).to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{document, leaves};
    use std::ops::Range;

    fn read(markdown: &str) -> Vec<String> {
        leaves(&Wording::of_text(markdown, RawHtml::Read))
    }

    #[test]
    fn every_block_becomes_leaves_in_its_containers() {
        let text = "One *two*\nthree\\\nfour\n\n- a\n  1. b\n\n     c\n- d\n\n> e\n\n> [!NOTE]\n> f\n\n4. g\n5. h\n\n```rust\ni\n  j\n```\n\n---\n\nterm\n: means\n\n| k | l |\n|:-:|--:|\n| m | `n` |\n\no[^p] q[^r] s[^p]\n\n[^p]: t\n[^r]: u\n";
        assert_eq!(
            read(text),
            [
                "p: One <em>two</> three\nfour",
                "ul li a",
                "ul li ol li1 p: b",
                "ul li ol li1 p: c",
                "ul li d",
                "quote p: e",
                "Note p: f",
                "ol li4 g",
                "ol li5 h",
                "code rust: i\n  j",
                "rule:",
                "dl dt term",
                "dl dd means",
                "table [Center, End]: k|l / m|<code>n</>",
                "p: o<note p>1</> q<note r>2</> s<note p>1</>",
                "notes note p: t",
                "notes note p: u",
            ]
        );
    }

    #[test]
    fn words_know_how_they_are_set_and_where_they_lead() {
        assert_eq!(
            read("a **b *c* ~~d~~** [e *f*](https://g.example/ \"h\") ![i](j.png) ![](k.png) `l`"),
            [
                "p: a <strong>b </><em,strong>c</><strong> </><strong,strike>d</> <Outside(\"https://g.example/\")h>e </>\
              <em,Outside(\"https://g.example/\")h>f</> <image j.png>i</> <image k.png>\u{fffc}</> <code>l</>"
            ]
        );
    }

    #[test]
    fn a_text_on_its_own_has_a_section_for_each_heading() {
        let text = "---\ntitle: x\n---\nOpening\n\n## A {#a}\n\none\ntwo\n\n- three\n\n## B\n\n> ## C\n\nd[^e]\n\n[^e]: f\n";
        let wording = Wording::of_text(text, RawHtml::Read);
        let told: Vec<(&str, &str, Range<usize>)> = wording
            .sections
            .iter()
            .map(|part| (part.id.as_str(), part.title.as_str(), part.first..part.end))
            .collect();
        assert_eq!(told, [("", "", 0..1), ("a", "A", 1..4), ("", "B", 4..8)]);
        let lines: Vec<(usize, usize)> = wording.leaves.iter().map(|leaf| leaf.lines).collect();
        assert_eq!(
            lines,
            [(4, 4), (6, 6), (8, 9), (11, 11), (13, 13), (15, 15), (17, 17), (19, 19)]
        );
        assert!(
            (0..8)
                .all(|leaf| wording.leaves[leaf].section() == Some([0, 1, 1, 1, 2, 2, 2, 2][leaf]))
        );
        let starts = Wording::of_text("## A\n\nb", RawHtml::Read);
        assert_eq!(starts.sections.len(), 1);
        // Every container has a number of its own.
        let lists = Wording::of_text("- a\n- b\n\nc\n\n- d", RawHtml::Read);
        let numbers: BTreeSet<u32> = lists
            .leaves
            .iter()
            .flat_map(|leaf| &leaf.path)
            .map(|container| container.number)
            .collect();
        assert_eq!((numbers.len(), lists.containers), (6, 6));
        assert_eq!(leaves(&Wording::of_text("", RawHtml::Read)), Vec::<String>::new());
    }

    #[test]
    fn a_policy_says_its_title_its_summaries_and_its_sections() {
        let policy = document(
            "security",
            &[
                (
                    "security/_index.md",
                    "---\ntitle: Our security\nsummary: In short.\n---\nOpening.\n",
                ),
                (
                    "security/010-reply.md",
                    "---\nsummary: Soon.\n---\n## Reply\n\nWithin 2 days[^a].\n\n### Details {#more}\n\nNone.\n\n[^a]: Or 3.\n",
                ),
                ("security/020-data.md", "## Data\n\nSee [above](010-reply.md).\n"),
            ],
        );
        let wording = Wording::of(&policy);
        assert_eq!(
            leaves(&wording),
            [
                "h1#: Our security",
                "p: In short.",
                "p: Opening.",
                "h2#reply: Reply",
                "p: Soon.",
                "p: Within 2 days<note a>1</>.",
                "h3#more: Details",
                "p: None.",
                "notes note p: Or 3.",
                "h2#data: Data",
                "p: See <Here(\"reply\")>above</>."
            ]
        );
        let told: Vec<String> = wording
            .sections
            .iter()
            .map(|part| {
                format!(
                    "{} {} {:?} {}",
                    part.id,
                    part.title,
                    part.first..part.end,
                    part.file.is_some()
                )
            })
            .collect();
        assert_eq!(told, ["  0..3 true", "reply Reply 3..9 true", "data Data 9..11 true"]);
        let lines: Vec<(usize, usize)> = wording.leaves.iter().map(|leaf| leaf.lines).collect();
        assert_eq!(
            lines,
            [
                (0, 0),
                (0, 0),
                (5, 5),
                (4, 4),
                (0, 0),
                (6, 6),
                (8, 8),
                (10, 10),
                (12, 12),
                (1, 1),
                (3, 3)
            ]
        );
    }
}
