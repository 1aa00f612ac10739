//! The reader: what the parser says, event by event, made into blocks and runs of words.

use std::collections::{BTreeMap, BTreeSet};

use pulldown_cmark::{BlockQuoteKind, CodeBlockKind, Event, LinkType, Parser, Tag};

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::model::{
    Alert, Alignment, Block, Definition, Footnote, Inline, Mention, Placed, Target, Text, is_slug,
    plain,
};
use crate::parse::markdown::prose_lints::Manners;
use crate::parse::markdown::seen::Seen;
use crate::parse::markdown::target::target;
use crate::parse::markdown::{Standpoint, marks, options, seen, tables, unseen};
use crate::tree::Span;

/// How deep quotations, lists and emphasis may be nested.
const DEEPEST: usize = 64;

/// What reading a section brought.
#[derive(Debug, Default)]
pub struct Reading {
    /// Its words.
    pub text: Text,
    /// Its links inside the site.
    pub mentions: Vec<Mention>,
    /// What is wrong with it, without the file; places count from the first byte that was read.
    pub problems: Vec<(Span, Diagnostic)>,
    /// The footnotes that it refers to and does not define, each with its label.
    pub undefined: Vec<(String, Span)>,
    /// Its blocks of code.
    pub code: Vec<seen::Code>,
    /// How many words it has outside code.
    pub words: usize,
}

/// How much of a text is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it.
    Whole,
    /// Its headings and links.
    Outline,
    /// These, and what readers will see that no author meant.
    Judged,
}

/// Reads the words of a section.
pub fn text(markdown: &str, standpoint: Standpoint<'_>) -> Text {
    read(markdown, standpoint).text
}

/// Reads the words of a section, its links and its mistakes.
pub fn read(markdown: &str, standpoint: Standpoint<'_>) -> Reading {
    run(markdown, standpoint, Extent::Whole)
}

/// Reads the headings of a section and its links; the blocks between the headings are there without
/// their words.
pub fn outline(markdown: &str, standpoint: Standpoint<'_>) -> Reading {
    run(markdown, standpoint, Extent::Outline)
}

/// Reads the same, and judges every word.
pub fn judged(markdown: &str, standpoint: Standpoint<'_>) -> Reading {
    run(markdown, standpoint, Extent::Judged)
}

fn run(markdown: &str, standpoint: Standpoint<'_>, extent: Extent) -> Reading {
    let mut reader = Reader {
        markdown,
        standpoint,
        outline: extent != Extent::Whole,
        frames: vec![Frame::new(Open::Root, Span::default())],
        headings: 0,
        reading: Reading::default(),
        referred: BTreeMap::new(),
        too_deep: false,
        at: Span::default(),
    };
    let mut judge = (extent == Extent::Judged).then(|| (Manners::default(), Seen::new(markdown)));
    let mut parser = Parser::new_ext(markdown, options()).into_offset_iter();
    for (event, range) in parser.by_ref() {
        if let Some((manners, seen)) = &mut judge {
            manners.event(&event, range.clone().into(), markdown);
            seen.event(&event, range.clone().into());
        }
        reader.event(event, range.into());
    }
    let mut reading = reader.finish();
    if let Some((manners, seen)) = judge {
        let definitions = parser.reference_definitions().iter();
        let definitions = definitions.map(|(label, definition)| {
            (label, &*definition.dest, Span::from(definition.span.clone()))
        });
        reading.problems.extend(manners.found);
        unseen::check(definitions, &seen.labels, standpoint, &mut reading.problems);
        marks::check(&seen, &mut reading.problems);
        tables::check(&seen, &mut reading.problems);
        reading.undefined.extend(marks::undefined(&seen));
        reading.code = seen.code;
        reading.words = seen.words;
    }
    reading
}

struct Reader<'a> {
    markdown: &'a str,
    standpoint: Standpoint<'a>,
    /// Whether only headings keep their words.
    outline: bool,
    /// The footnotes that were referred to.
    referred: BTreeMap<String, Span>,
    frames: Vec<Frame>,
    /// How many headings are open.
    headings: usize,
    reading: Reading,
    too_deep: bool,
    /// Where the event stands that is read.
    at: Span,
}

/// An element that is open: what it is, and what it holds so far.
struct Frame {
    open: Open,
    span: Span,
    blocks: Vec<Block>,
    inlines: Vec<Inline>,
    /// Where `inlines` stand.
    run: Span,
    /// For each flattened element that is open in it, how many `inlines` were there before.
    flattened: Vec<usize>,
}

enum Open {
    Root,
    Paragraph,
    Heading {
        level: u8,
        id: Option<String>,
    },
    Quote(Option<Alert>),
    Code(Option<String>),
    Html,
    List {
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Item,
    Definitions(Vec<Definition>),
    Term,
    Details,
    Footnote(String),
    Table {
        columns: Vec<Alignment>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Row {
        head: bool,
        cells: Vec<Vec<Inline>>,
    },
    Cell,
    Emphasis,
    Strong,
    Strike,
    Link {
        target: Target,
        title: String,
    },
    Image(String),
    /// An element that is not kept; what it holds goes to the one around it.
    Transparent,
}

impl Frame {
    fn new(open: Open, span: Span) -> Frame {
        Frame {
            open,
            span,
            blocks: Vec::new(),
            inlines: Vec::new(),
            run: Span::default(),
            flattened: Vec::new(),
        }
    }

    /// Returns the last of the `inlines` in the innermost element.
    fn last(&mut self) -> Option<&mut Inline> {
        self.inlines[self.flattened.last().copied().unwrap_or(0)..].last_mut()
    }

    /// Closes the run of words that stands between blocks.
    fn flush(&mut self) {
        if !self.inlines.is_empty() {
            self.blocks
                .push(Block::Plain { text: std::mem::take(&mut self.inlines), span: self.run });
        }
    }
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) {
        self.at = span;
        match event {
            Event::Start(tag) => self.start(tag, span),
            Event::End(_) => self.end(),
            Event::Text(text) => self.words(&text),
            Event::Code(code) => self.inline(Inline::Code(code.into_string())),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html, span),
            Event::FootnoteReference(label) => {
                self.referred.insert(label.to_string(), span);
                self.inline(Inline::Footnote(label.into_string()));
            }
            // Between letters of scripts that are written without spaces a line ends for its author
            // alone.
            Event::SoftBreak if self.is_unspaced(span) => {}
            Event::SoftBreak => self.inline(Inline::SoftBreak),
            Event::HardBreak => self.inline(Inline::HardBreak),
            Event::Rule => self.block(Block::Rule(span)),
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, span: Span) {
        let open = match tag {
            Tag::Paragraph => Open::Paragraph,
            Tag::Heading { level, id, classes, attrs } => {
                if !classes.is_empty() || !attrs.is_empty() {
                    let found =
                        Diagnostic::error(Code::HeadingAttribute, "a heading can only have an ID");
                    let fix = self.without_looks(id.as_deref(), span);
                    self.problem(
                        span,
                        found.help("write `{#id}`, or remove the braces").with_fix(fix),
                    );
                }
                Open::Heading { level: level as u8, id: self.pinned(id.as_deref(), span) }
            }
            Tag::BlockQuote(kind) => Open::Quote(kind.map(alert)),
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => Open::Code(
                language
                    .split([' ', ','])
                    .next()
                    .filter(|word| !word.is_empty())
                    .map(str::to_owned),
            ),
            Tag::CodeBlock(CodeBlockKind::Indented) => Open::Code(None),
            Tag::HtmlBlock => Open::Html,
            Tag::List(start) => Open::List { start, items: Vec::new() },
            Tag::Item => Open::Item,
            Tag::FootnoteDefinition(label) => Open::Footnote(label.into_string()),
            Tag::DefinitionList => Open::Definitions(Vec::new()),
            Tag::DefinitionListTitle => Open::Term,
            Tag::DefinitionListDefinition => Open::Details,
            Tag::Table(columns) => Open::Table {
                columns: columns.into_iter().map(alignment).collect(),
                head: Vec::new(),
                rows: Vec::new(),
            },
            Tag::TableHead => Open::Row { head: true, cells: Vec::new() },
            Tag::TableRow => Open::Row { head: false, cells: Vec::new() },
            Tag::TableCell => Open::Cell,
            Tag::Emphasis => Open::Emphasis,
            Tag::Strong => Open::Strong,
            Tag::Strikethrough => Open::Strike,
            Tag::Link { link_type: LinkType::Email, dest_url, title, .. } => {
                self.link(&format!("mailto:{dest_url}"), title.into_string(), span)
            }
            Tag::Link { dest_url, title, .. } => self.link(&dest_url, title.into_string(), span),
            Tag::Image { dest_url, .. } => {
                let found = Diagnostic::error(Code::BrokenLink, "policies cannot contain images");
                self.problem(
                    span,
                    found.help(
                        "describe the image in text, which can be compared, cited and read aloud",
                    ),
                );
                Open::Image(dest_url.into_string())
            }
            Tag::Superscript | Tag::Subscript | Tag::MetadataBlock(_) => Open::Transparent,
        };
        if self.frames.len() <= DEEPEST {
            self.headings += usize::from(matches!(open, Open::Heading { .. }));
            self.frames.push(Frame::new(open, span));
        } else {
            self.flatten(open, span);
        }
    }

    /// Gives up an element that lies too deep, keeping its words.
    fn flatten(&mut self, open: Open, span: Span) {
        if !self.too_deep {
            self.too_deep = true;
            let found =
                Diagnostic::error(Code::TooDeep, format!("nested deeper than {DEEPEST} levels"));
            self.problem(span, found.help("reduce the nesting"));
        }
        let open = match open {
            Open::Paragraph | Open::Code(_) | Open::Html => open,
            // One such element may hold another without end: their words go to what holds them all.
            Open::Emphasis | Open::Strong | Open::Strike | Open::Link { .. } | Open::Image(_) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.flattened.push(frame.inlines.len());
                }
                return;
            }
            _ => Open::Transparent,
        };
        self.frames.push(Frame::new(open, span));
    }

    fn link(&mut self, address: &str, title: String, span: Span) -> Open {
        let target = target(address, self.standpoint);
        match &target {
            Target::Unsafe(address) => {
                let found = Diagnostic::error(
                    Code::UnsafeLink,
                    format!("`{}` is not an address a policy may link to", shortened(address)),
                );
                self.problem(span, found.help("link to `https:`, `http:`, `mailto:` or `tel:`"));
            }
            _ => self.reading.mentions.push(Mention {
                target: target.clone(),
                span,
                address: self.address(address, span),
            }),
        }
        Open::Link { target, title }
    }

    /// Returns where the address of a link is written, if it is part of the link and spelled as it
    /// is read.
    fn address(&self, address: &str, span: Span) -> Option<Placed<String>> {
        let link = &self.markdown[span.start..span.end];
        let at = match link.strip_prefix('<') {
            Some(bare) => bare.starts_with(address).then_some(1)?,
            None => ["](", "](<"]
                .into_iter()
                .find_map(|sign| Some(link.rfind(&format!("{sign}{address}"))? + sign.len()))?,
        };
        let span = Span::new(at, at + address.len()).shift(span.start);
        (!address.is_empty()).then(|| Placed { value: address.to_owned(), span })
    }

    /// Returns the fix that leaves a heading its id and takes its other attributes out.
    fn without_looks(&self, id: Option<&str>, span: Span) -> Option<Fix> {
        let heading = self.markdown[span.start..span.end].trim_end();
        let open = heading.strip_suffix('}')?.rfind('{')?;
        let words = heading[..open].trim_end().len();
        Some(match id {
            Some(id) => {
                Fix::write(Span::new(open, heading.len()).shift(span.start), format!("{{#{id}}}"))
            }
            None => Fix::remove(Span::new(words, heading.len()).shift(span.start), "the braces"),
        })
    }

    /// Returns an id that its author pinned to a heading, if it can be one.
    fn pinned(&mut self, id: Option<&str>, span: Span) -> Option<String> {
        let id = id?;
        if is_slug(id) {
            return Some(id.to_owned());
        }
        let found =
            Diagnostic::error(Code::BadName, format!("`{}` cannot be an id", shortened(id)));
        self.problem(span, found.help("use lower-case letters, digits and single hyphens"));
        None
    }

    fn html(&mut self, html: &str, span: Span) {
        if let Some(Frame { open: Open::Html, inlines, .. }) = self.frames.last_mut() {
            // A block is read when all its lines are there: a comment may have many.
            match inlines.last_mut() {
                Some(Inline::Html(all)) => all.push_str(html),
                _ => inlines.push(Inline::Html(html.to_owned())),
            }
        } else if !self.is_comment(html, span) {
            self.inline(Inline::Html(html.to_owned()));
            if !html.trim_start().starts_with("</") {
                self.shown_as_written(html, span);
            }
        }
    }

    /// Returns true if HTML is nothing but comments, which nobody sees; text between two of
    /// them is reported.
    fn is_comment(&mut self, html: &str, span: Span) -> bool {
        let comment = html.trim_start().starts_with("<!--") && html.trim_end().ends_with("-->");
        if let Some((at, words)) = unseen::between_comments(html).filter(|_| comment) {
            let message = format!(
                "readers will not see `{}`: it stands between two comments",
                shortened(words)
            );
            let unseen = Diagnostic::warning(Code::Unseen, message);
            self.problem(
                Span::new(at, at + words.len()).shift(span.start),
                unseen.help("put each comment on a line of its own"),
            );
        }
        comment
    }

    /// Reports raw HTML that readers will see; also a mark that is policybook's own, whether the
    /// site has raw HTML or not.
    fn shown_as_written(&mut self, html: &str, span: Span) {
        if ["<!--words-->", "<!--/words-->"].iter().any(|mark| html.contains(mark)) {
            let own = Diagnostic::warning(
                Code::StrayMark,
                "`<!--words-->` marks the words of a version: readers will see the one written here",
            );
            self.problem(span, own.help("take it out"));
        }
        if html.trim_start().starts_with("<!--") && !html.contains("-->") {
            let open = Diagnostic::error(Code::RawHtml, "this comment is never closed");
            let help = "end it with `-->`: readers would see it, or nothing of what follows";
            return self.problem(span, open.help(help));
        }
        let shown = Diagnostic::warning(Code::RawHtml, "raw HTML is shown as text");
        self.problem(
            span,
            shown.help("use Markdown, or set `raw_html: true` in `content/site.yaml`"),
        );
    }

    fn words(&mut self, text: &str) {
        if self.skips_words() {
            return;
        }
        if text.contains('\0') {
            return self.words(&text.replace('\0', "\u{fffd}"));
        }
        match self.frames.last_mut().and_then(Frame::last) {
            Some(Inline::Text(words)) => words.push_str(text),
            _ => self.inline(Inline::Text(text.to_owned())),
        }
    }

    fn end(&mut self) {
        if let Some(frame) = self.frames.last_mut()
            && let Some(before) = frame.flattened.pop()
        {
            if frame.inlines.len() > before {
                frame.run = Span::new(frame.run.start.min(self.at.start), self.at.end);
            }
            return;
        }
        let Some(mut frame) = self.frames.pop() else { return };
        let inlines = std::mem::take(&mut frame.inlines);
        self.headings -= usize::from(matches!(frame.open, Open::Heading { .. }));
        match frame.open {
            Open::Paragraph if inlines.is_empty() && !self.outline => {}
            Open::Paragraph => self.block(Block::Paragraph { text: inlines, span: frame.span }),
            Open::Heading { level, id } => {
                self.block(Block::Heading { level, id, text: inlines, span: frame.span })
            }
            Open::Code(language) => {
                let code = plain(&inlines);
                self.block(Block::Code {
                    language,
                    text: format!("{}\n", code.trim_end()),
                    span: frame.span,
                });
            }
            Open::Html => {
                for inline in inlines {
                    if let Inline::Html(html) = inline
                        && !self.is_comment(&html, frame.span)
                    {
                        self.shown_as_written(&html, frame.span);
                        self.block(Block::Html { html, span: frame.span });
                    }
                }
            }
            Open::Emphasis => self.inline(Inline::Emphasis(inlines)),
            Open::Strong => self.inline(Inline::Strong(inlines)),
            Open::Strike => self.inline(Inline::Strike(inlines)),
            Open::Link { target, title } => {
                self.inline(Inline::Link { target, title, text: inlines })
            }
            Open::Image(address) => self.inline(Inline::Image { address, alt: plain(&inlines) }),
            Open::Cell => {
                if let Some(Frame { open: Open::Row { cells, .. }, .. }) = self.frames.last_mut() {
                    cells.push(inlines);
                }
            }
            Open::Row { head: first, cells } => match self.frames.last_mut() {
                Some(Frame { open: Open::Table { head, .. }, .. }) if first => *head = cells,
                Some(Frame { open: Open::Table { rows, .. }, .. }) => rows.push(cells),
                _ => {}
            },
            Open::Table { columns, head, rows } => {
                self.block(Block::Table { columns, head, rows, span: frame.span })
            }
            Open::List { start, items } => self.block(Block::List { start, items }),
            Open::Definitions(definitions) => self.block(Block::Definitions(definitions)),
            Open::Term => {
                if let Some(Frame { open: Open::Definitions(definitions), .. }) =
                    self.frames.last_mut()
                {
                    match definitions.last_mut() {
                        Some(definition) if definition.details.is_empty() => {
                            definition.terms.push(inlines)
                        }
                        _ => definitions
                            .push(Definition { terms: vec![inlines], details: Vec::new() }),
                    }
                }
            }
            open => {
                frame.inlines = inlines;
                frame.open = open;
                self.close_container(frame);
            }
        }
    }

    /// Closes an element that holds blocks.
    fn close_container(&mut self, mut frame: Frame) {
        if matches!(frame.open, Open::Transparent) {
            for block in frame.blocks {
                self.block(block);
            }
            for inline in frame.inlines {
                self.inline(inline);
            }
            return;
        }
        frame.flush();
        let Frame { open, span, blocks, .. } = frame;
        match (open, self.frames.last_mut()) {
            (Open::Quote(alert), _) => self.block(Block::Quote { alert, blocks }),
            (Open::Footnote(label), _) => {
                self.reading.text.footnotes.push(Footnote { label, blocks, span })
            }
            (Open::Item, Some(Frame { open: Open::List { items, .. }, .. })) => {
                items.push(evened(blocks))
            }
            (Open::Details, Some(Frame { open: Open::Definitions(definitions), .. })) => {
                if let Some(definition) = definitions.last_mut() {
                    definition.details.push(evened(blocks));
                }
            }
            _ => {
                for block in blocks {
                    self.block(block);
                }
            }
        }
    }

    fn block(&mut self, block: Block) {
        if let Some(frame) = self.frames.last_mut() {
            frame.flush();
            frame.blocks.push(block);
        }
    }

    /// Returns true if only the outline is wanted and this is not part of it.
    fn skips_words(&self) -> bool {
        self.outline && self.headings == 0
    }

    fn inline(&mut self, inline: Inline) {
        if self.skips_words() {
            return;
        }
        if let Some(frame) = self.frames.last_mut() {
            let start = if frame.inlines.is_empty() { self.at.start } else { frame.run.start };
            frame.run = Span::new(start, self.at.end);
            frame.inlines.push(inline);
        }
    }

    /// Returns true if a line ends between letters of Han or Kana, whatever begins or ends the
    /// lines besides.
    fn is_unspaced(&self, end: Span) -> bool {
        let before = self.markdown[..end.start]
            .chars()
            .rev()
            .find(|letter| !matches!(letter, ' ' | '*' | '_' | '~'));
        let after = self.markdown[end.end..]
            .chars()
            .find(|letter| !matches!(letter, ' ' | '\t' | '>' | '*' | '_' | '~'));
        before.is_some_and(is_han_or_kana) && after.is_some_and(is_han_or_kana)
    }

    fn problem(&mut self, span: Span, problem: Diagnostic) {
        self.reading.problems.push((span, problem));
    }

    fn finish(mut self) -> Reading {
        if let Some(mut root) = self.frames.pop() {
            root.flush();
            self.reading.text.blocks = root.blocks;
        }
        let mut defined: BTreeSet<&str> = BTreeSet::new();
        for footnote in &self.reading.text.footnotes {
            let again = !defined.insert(&footnote.label);
            if !self.referred.contains_key(&footnote.label) {
                let unused = Diagnostic::warning(
                    Code::UnusedFootnote,
                    format!("nothing refers to the footnote `{}`", footnote.label),
                );
                let unused = unused.help(format!(
                    "write `[^{}]` where it belongs, or take it out",
                    footnote.label
                ));
                self.reading.problems.push((footnote.span, unused));
            } else if again {
                let message = format!(
                    "readers will not see this note: `{}` is defined above",
                    footnote.label.escape_debug()
                );
                let twice = Diagnostic::warning(Code::Unseen, message)
                    .help("give it a label of its own, and refer to it");
                self.reading.problems.push((footnote.span, twice));
            }
        }
        // The parser takes `[^a]` for a reference to `[^A]: …`; no page does.
        self.reading.undefined = self
            .referred
            .into_iter()
            .filter(|(label, _)| !defined.contains(label.as_str()))
            .collect();
        self.reading
    }
}

/// Returns the blocks of an item as readers see them, however many empty lines are between them:
/// one run of words is no paragraph, more are.
fn evened(blocks: Vec<Block>) -> Vec<Block> {
    let is_words = |block: &Block| matches!(block, Block::Paragraph { .. } | Block::Plain { .. });
    let alone = blocks.iter().filter(|block| is_words(block)).count() == 1;
    let even = |block: Block| match block {
        Block::Paragraph { text, span } | Block::Plain { text, span } if alone => {
            Block::Plain { text, span }
        }
        Block::Plain { text, span } => Block::Paragraph { text, span },
        other => other,
    };
    blocks.into_iter().map(even).collect()
}

/// Returns true if a letter is Han or Kana, or a mark that goes with them.
fn is_han_or_kana(letter: char) -> bool {
    matches!(u32::from(letter), 0x3001..=0x30ff | 0x31f0..=0x31ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0xff01..=0xff9f
        | 0x20000..=0x3ffff)
}

fn shortened(text: &str) -> String {
    let visible: String = text.chars().take(40).flat_map(char::escape_debug).collect();
    if text.chars().count() > 40 { format!("{visible}…") } else { visible }
}

fn alert(kind: BlockQuoteKind) -> Alert {
    match kind {
        BlockQuoteKind::Note => Alert::Note,
        BlockQuoteKind::Tip => Alert::Tip,
        BlockQuoteKind::Important => Alert::Important,
        BlockQuoteKind::Warning => Alert::Warning,
        BlockQuoteKind::Caution => Alert::Caution,
    }
}

fn alignment(alignment: pulldown_cmark::Alignment) -> Alignment {
    match alignment {
        pulldown_cmark::Alignment::None | pulldown_cmark::Alignment::Left => Alignment::Start,
        pulldown_cmark::Alignment::Center => Alignment::Center,
        pulldown_cmark::Alignment::Right => Alignment::End,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::TreePath;

    fn reading(markdown: &str) -> Reading {
        let file = TreePath::new("security/10-here.md").unwrap();
        let sections = BTreeSet::from(["here", "there"]);
        read(markdown, Standpoint { file: Some(&file), sections: &sections })
    }

    #[test]
    fn deep_nesting_is_reported_once_and_its_words_stay() {
        let reading = reading(&format!("{}deep", "> ".repeat(3000)));
        assert_eq!(reading.problems.len(), 1);
        assert!(format!("{:?}", reading.text).contains("deep"));
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_markdown_is_read(markdown in "([-*+>#|:`~_\\[\\]()<>!^{}=&;1. \n\ta]|\\PC)*") {
            let reading = reading(&markdown);
            for (span, _) in reading.problems {
                proptest::prop_assert!(markdown.get(span.start..span.end).is_some());
            }
        }
    }
}
