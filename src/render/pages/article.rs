//! Words to HTML, written tight: no minifier has anything left to do.
//!
//! Everything is escaped here, once, as it is written. Raw HTML passes only where the site says so.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::messages::Messages;
use crate::model::{
    Alert, Alignment, Block, Definition, Footnote, Heading, Inline, Policy, Release, Section,
    Target, Text, plain,
};
use crate::parse;
use crate::parse::Standpoint;
use crate::render::escape::{encoded, escape, escape_quoted};
use crate::render::pages::frozen::{CLOSE, OPEN, unmarked};
use crate::render::sentence::{sentence, time};

/// The words of a policy, read and ready to be written on any of its pages.
pub struct Article<'a> {
    policy: &'a Policy,
    texts: Vec<Text>,
    anchors: BTreeSet<&'a str>,
}

/// What the writing of an article needs to know beyond its words.
pub struct Setting<'a> {
    /// For each section, the release at which its words last changed; nothing for a draft.
    pub stamps: &'a [Arc<Release>],
    /// Whether the site has the document with this id.
    pub exists: &'a (dyn Fn(&str) -> bool + Sync),
    /// What the page says itself.
    pub messages: &'a Messages,
}

impl<'a> Article<'a> {
    /// Reads the words of a policy.
    pub fn new(policy: &'a Policy) -> Article<'a> {
        let sections = policy.section_ids();
        let read = |section: &Section| {
            parse::text(
                section.body.text(),
                Standpoint { file: Some(&section.file), sections: &sections },
            )
        };
        Article {
            policy,
            texts: policy.parts().map(read).collect(),
            anchors: policy.anchors().collect(),
        }
    }

    /// Writes the words as HTML.
    pub fn write(&self, setting: &Setting<'_>) -> Written {
        let size: usize = self.policy.parts().map(|section| section.body.text().len()).sum();
        let mut writer = Writer {
            html: String::with_capacity(size + size / 2),
            roots: Vec::new(),
            setting,
            raw_html: self.policy.raw_html,
            anchors: &self.anchors,
            numbers: Numbers::default(),
            section: "opening:",
            paragraph: 0,
            footnotes: HashMap::new(),
            cited: Vec::new(),
            notes: 0,
        };
        writer.html.push_str(OPEN);
        for (index, (section, text)) in self.policy.parts().zip(&self.texts).enumerate() {
            match index.checked_sub(1) {
                None => writer.opening(section, text),
                Some(index) => writer.section(section, text, setting.stamps.get(index)),
            }
        }
        writer.html.push_str(CLOSE);
        Written { html: writer.html, roots: writer.roots }
    }
}

/// The words of a policy as HTML, for any of its pages.
pub struct Written {
    html: String,
    /// Where the way up to the front page belongs, in order.
    roots: Vec<usize>,
}

impl Written {
    /// Returns the HTML for a page from which `root` is the way up to the front page.
    pub fn at(&self, root: &str) -> String {
        let mut html = String::with_capacity(self.html.len() + root.len() * self.roots.len());
        let mut done = 0;
        for at in &self.roots {
            html.push_str(&self.html[done..*at]);
            html.push_str(root);
            done = *at;
        }
        html.push_str(&self.html[done..]);
        html
    }
}

/// Returns the number and the heading of every entry of a table of contents.
pub fn contents(policy: &Policy) -> impl Iterator<Item = (String, &Heading)> {
    let mut numbers = Numbers::default();
    let headings = policy.parts().flat_map(|section| &section.headings);
    headings
        .map(move |heading| (numbers.next(heading.level), heading))
        .filter(|(_, heading)| heading.level == 2)
}

/// The numbers of clauses: `3`, `3.1`, `3.2`.
#[derive(Default)]
pub struct Numbers {
    counts: Vec<usize>,
}

impl Numbers {
    /// Returns the number of the next clause, whose heading has a level from 2.
    pub fn next(&mut self, level: u8) -> String {
        let depth = usize::from(level.saturating_sub(1)).max(1);
        self.counts.resize(depth, 0);
        if let Some(count) = self.counts.last_mut() {
            *count += 1;
        }
        let mut number = String::new();
        for count in &self.counts {
            number.push_str(if number.is_empty() { "" } else { "." });
            number.push_str(&count.to_string());
        }
        number
    }
}

struct Writer<'a> {
    html: String,
    roots: Vec<usize>,
    setting: &'a Setting<'a>,
    raw_html: bool,
    anchors: &'a BTreeSet<&'a str>,
    numbers: Numbers,
    section: &'a str,
    paragraph: usize,
    /// The footnotes of this section by their labels: what it says, and the place in `cited` once
    /// there is one.
    footnotes: HashMap<&'a str, (&'a Footnote, Option<usize>)>,
    /// The labels of those referred to, in the order of their numbers, each with how often.
    cited: Vec<(&'a str, usize)>,
    /// How many footnotes the sections before have.
    notes: usize,
}

impl<'a> Writer<'a> {
    fn opening(&mut self, section: &'a Section, text: &'a Text) {
        self.begin("opening:", text);
        self.blocks(&section.headings, &text.blocks);
        self.notes(text);
    }

    fn section(&mut self, section: &'a Section, text: &'a Text, stamp: Option<&Arc<Release>>) {
        self.begin(&section.id, text);
        self.html.push_str("<section");
        self.attribute("id", &section.id);
        self.html.push('>');
        let (title, rest) = text.blocks.split_at(1.min(text.blocks.len()));
        let (first, below) = section.headings.split_at(1.min(section.headings.len()));
        self.blocks(first, title);
        if let Some(stamp) = stamp {
            self.own(|writer| writer.stamp(stamp));
        }
        if let Some(summary) = &section.summary {
            self.html.push_str("<p class=\"gist\">");
            self.own(|writer| {
                writer.sentence("section.summary", &[]);
                writer.html.push(' ');
            });
            escape(summary, &mut self.html);
            self.html.push_str("</p>");
        }
        self.blocks(below, rest);
        self.notes(text);
        self.html.push_str("</section>");
    }

    fn begin(&mut self, section: &'a str, text: &'a Text) {
        self.section = section;
        self.paragraph = 0;
        // Of two that are called the same the first is meant.
        self.footnotes = text
            .footnotes
            .iter()
            .rev()
            .map(|footnote| (footnote.label.as_str(), (footnote, None)))
            .collect();
        self.cited.clear();
    }

    fn stamp(&mut self, stamp: &Release) {
        self.html.push_str("<p class=\"modified\">");
        match stamp.released {
            Some(date) => {
                let day = time(date, self.setting.messages);
                self.sentence("section.modified", &[("day", &day)]);
            }
            None => self.sentence("section.modified.unknown", &[]),
        }
        self.html.push_str("</p>");
    }

    /// Writes the blocks of a section. `headings` are those among them that readers can link to.
    fn blocks(&mut self, headings: &[Heading], blocks: &'a [Block]) {
        let mut headings = headings.iter();
        for block in blocks {
            match block {
                Block::Heading { text, .. } => match headings.next() {
                    Some(heading) => self.heading(heading, text),
                    None => self.block(block),
                },
                Block::Paragraph { text, .. } => {
                    self.paragraph += 1;
                    let id = format!("{}-{}", self.section, self.paragraph).replace(":-", ":");
                    self.html.push_str("<p");
                    if !self.anchors.contains(id.as_str()) {
                        self.attribute("id", &id);
                    }
                    self.html.push('>');
                    self.inlines(text);
                    self.html.push_str("</p>");
                }
                _ => self.block(block),
            }
        }
    }

    fn heading(&mut self, heading: &Heading, text: &'a [Inline]) {
        let level = heading.level;
        let number = self.numbers.next(level);
        let _ = write!(self.html, "<div class=\"head\"><h{level}");
        if *heading.id != *self.section {
            self.attribute("id", &heading.id);
        }
        self.html.push('>');
        self.inlines(text);
        let _ = write!(self.html, "</h{level}>");
        self.own(|writer| {
            writer.html.push_str(" <a class=\"clause\"");
            writer.attribute("href", &format!("#{}", heading.id));
            let messages = writer.setting.messages;
            let label = [("number", number.as_str()), ("title", &heading.text)];
            writer.attribute("aria-label", &messages.text("clause.link", &label));
            writer.html.push('>');
            writer.sentence("clause", &[("number", &number)]);
            writer.html.push_str("</a></div>");
        });
    }

    fn block(&mut self, block: &'a Block) {
        match block {
            Block::Heading { level, text, .. } => {
                let level = (level + 1).clamp(3, 6);
                self.element(&format!("h{level}"), |writer| writer.inlines(text));
            }
            Block::Paragraph { text, .. } => self.element("p", |writer| writer.inlines(text)),
            Block::Plain { text, .. } => self.inlines(text),
            Block::Code { language, text, .. } => {
                self.html.push_str("<pre><code");
                if let Some(language) = language {
                    self.attribute("class", &format!("language-{language}"));
                }
                self.html.push('>');
                escape(text, &mut self.html);
                self.html.push_str("</code></pre>");
            }
            Block::Quote { alert: None, blocks } => {
                self.element("blockquote", |writer| writer.inner(blocks))
            }
            Block::Quote { alert: Some(alert), blocks } => {
                let class = named(*alert);
                let _ = write!(self.html, "<div class=\"alert {class}\" role=\"note\">");
                self.own(|writer| {
                    writer.html.push_str("<p class=\"alert-title\">");
                    writer.sentence(alert.title_id(), &[]);
                    writer.html.push_str("</p>");
                });
                self.inner(blocks);
                self.html.push_str("</div>");
            }
            Block::List { start, items } => self.list(*start, items),
            Block::Definitions(definitions) => self.element("dl", |writer| {
                definitions.iter().for_each(|definition| writer.definition(definition))
            }),
            Block::Table { columns, head, rows, .. } => self.table(columns, head, rows),
            Block::Html { html, .. } => self.raw(html),
            Block::Rule(_) => self.html.push_str("<hr>"),
        }
    }

    fn inner(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn list(&mut self, start: Option<u64>, items: &'a [Vec<Block>]) {
        let name = if start.is_some() { "ol" } else { "ul" };
        let _ = write!(self.html, "<{name}");
        if let Some(start) = start.filter(|start| *start != 1) {
            self.attribute("start", &start.to_string());
        }
        self.html.push('>');
        for item in items {
            self.element("li", |writer| writer.inner(item));
        }
        let _ = write!(self.html, "</{name}>");
    }

    fn definition(&mut self, definition: &'a Definition) {
        for term in &definition.terms {
            self.element("dt", |writer| writer.inlines(term));
        }
        for detail in &definition.details {
            self.element("dd", |writer| writer.inner(detail));
        }
    }

    fn table(
        &mut self,
        columns: &[Alignment],
        head: &'a [Vec<Inline>],
        rows: &'a [Vec<Vec<Inline>>],
    ) {
        self.html.push_str("<table><thead><tr>");
        for (cell, column) in head.iter().zip(columns) {
            let _ = write!(self.html, "<th scope=\"col\"{}>", class(*column));
            self.inlines(cell);
            self.html.push_str("</th>");
        }
        self.html.push_str("</tr></thead><tbody>");
        for row in rows {
            self.html.push_str("<tr>");
            for (cell, (column, head)) in row.iter().zip(columns.iter().zip(head)) {
                let _ = write!(self.html, "<td{}", class(*column));
                self.attribute("data-label", &plain(head));
                self.html.push('>');
                self.inlines(cell);
                self.html.push_str("</td>");
            }
            self.html.push_str("</tr>");
        }
        self.html.push_str("</tbody></table>");
    }

    fn inlines(&mut self, inlines: &'a [Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) | Inline::Image { alt: text, .. } => {
                    escape(text, &mut self.html)
                }
                Inline::Code(code) => {
                    self.html.push_str("<code>");
                    escape(code, &mut self.html);
                    self.html.push_str("</code>");
                }
                Inline::Emphasis(text) => self.element("em", |writer| writer.inlines(text)),
                Inline::Strong(text) => self.element("strong", |writer| writer.inlines(text)),
                Inline::Strike(text) => self.element("s", |writer| writer.inlines(text)),
                Inline::Link { target, title, text } => self.link(target, title, text),
                Inline::Footnote(label) => self.footnote(label),
                Inline::Html(html) => self.raw(html),
                Inline::SoftBreak => self.html.push('\n'),
                Inline::HardBreak => self.html.push_str("<br>"),
            }
        }
    }

    fn link(&mut self, target: &Target, title: &str, text: &'a [Inline]) {
        let address = match target {
            Target::Outside(address) => encoded(address),
            Target::Here(anchor) => format!("#{anchor}"),
            Target::Document { id, anchor: None } if (self.setting.exists)(id) => format!("{id}/"),
            Target::Document { id, anchor: Some(anchor) } if (self.setting.exists)(id) => {
                format!("{id}/#{anchor}")
            }
            Target::Document { .. } | Target::Nowhere(_) | Target::Unsafe(_) => {
                return self.inlines(text);
            }
        };
        self.html.push_str("<a href=\"");
        if matches!(target, Target::Document { .. }) {
            self.roots.push(self.html.len());
        }
        escape_quoted(&address, &mut self.html);
        self.html.push('"');
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.html.push('>');
        self.inlines(text);
        self.html.push_str("</a>");
    }

    fn footnote(&mut self, label: &'a str) {
        let Some(index) = self.cite(label) else { return };
        self.cited[index].1 += 1;
        let (number, times) = (self.notes + index + 1, self.cited[index].1);
        let again = if times == 1 { String::new() } else { format!(":{times}") };
        let _ = write!(self.html, "<sup><a id=\"ref:{number}{again}\" href=\"#note:{number}\"");
        let values = [("number", &*number.to_string())];
        self.attribute("aria-label", &self.setting.messages.text("footnote", &values));
        let _ = write!(self.html, ">{number}</a></sup>");
    }

    /// Returns the place of a footnote among those referred to; `None` if the section has none
    /// of that name.
    fn cite(&mut self, label: &'a str) -> Option<usize> {
        let (_, place) = self.footnotes.get_mut(label)?;
        Some(*place.get_or_insert_with(|| {
            self.cited.push((label, 0));
            self.cited.len() - 1
        }))
    }

    /// Writes the footnotes of the section: those referred to in the order of their numbers, then
    /// the rest.
    fn notes(&mut self, text: &'a Text) {
        if text.footnotes.is_empty() {
            return;
        }
        for footnote in &text.footnotes {
            self.cite(&footnote.label);
        }
        let _ = write!(self.html, "<ol class=\"notes\" start=\"{}\">", self.notes + 1);
        for index in 0..self.cited.len() {
            let (label, times) = self.cited[index];
            let footnote = self.footnotes[label].0;
            let number = self.notes + index + 1;
            let _ = write!(self.html, "<li id=\"note:{number}\">");
            self.inner(&footnote.blocks);
            self.own(|writer| {
                for time in 1..=times {
                    let again = if time == 1 { String::new() } else { format!(":{time}") };
                    let _ = write!(writer.html, " <a href=\"#ref:{number}{again}\"");
                    let values = [("number", &*number.to_string())];
                    let label = writer.setting.messages.text("footnote.back.label", &values);
                    writer.attribute("aria-label", &label);
                    writer.html.push('>');
                    writer.sentence("footnote.back", &[]);
                    writer.html.push_str("</a>");
                }
            });
            self.html.push_str("</li>");
        }
        self.html.push_str("</ol>");
        self.notes += self.cited.len();
    }

    fn raw(&mut self, html: &str) {
        match self.raw_html {
            true => self.html.push_str(&unmarked(html)),
            false => escape(html, &mut self.html),
        }
    }

    /// Writes what the frozen words do not say.
    fn own(&mut self, write: impl FnOnce(&mut Self)) {
        match self.html.ends_with(OPEN) {
            true => self.html.truncate(self.html.len() - OPEN.len()),
            false => self.html.push_str(CLOSE),
        }
        write(self);
        self.html.push_str(OPEN);
    }

    /// Writes a message.
    fn sentence(&mut self, id: &str, values: &[(&str, &str)]) {
        sentence(self.setting.messages, id, values, &mut self.html);
    }

    fn element(&mut self, name: &str, inside: impl FnOnce(&mut Self)) {
        let _ = write!(self.html, "<{name}>");
        inside(self);
        let _ = write!(self.html, "</{name}>");
    }

    fn attribute(&mut self, name: &str, value: &str) {
        let _ = write!(self.html, " {name}=\"");
        escape_quoted(value, &mut self.html);
        self.html.push('"');
    }
}

/// Returns the class of an alert.
pub fn named(alert: Alert) -> &'static str {
    match alert {
        Alert::Note => "note",
        Alert::Tip => "tip",
        Alert::Important => "important",
        Alert::Warning => "warning",
        Alert::Caution => "caution",
    }
}

pub fn class(alignment: Alignment) -> &'static str {
    match alignment {
        Alignment::Start => "",
        Alignment::Center => " class=\"center\"",
        Alignment::End => " class=\"end\"",
    }
}
