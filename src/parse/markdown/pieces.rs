//! The text as the parser cuts it: code, definitions, and every piece with its place.

use std::collections::BTreeSet;

use pulldown_cmark::{BrokenLink, Event, LinkType, Parser, Tag, TagEnd};

use crate::parse::markdown::options;
use crate::tree::Span;

/// Returns the stretches of a text that are code, where nothing is expanded.
pub fn code(markdown: &str) -> Vec<Span> {
    let events = Parser::new_ext(markdown, options()).into_offset_iter();
    let code = events
        .filter(|(event, _)| matches!(event, Event::Code(_) | Event::Start(Tag::CodeBlock(_))));
    code.map(|(_, range)| range.into()).collect()
}

/// Where the links of a text stand, tags of HTML too.
#[derive(Debug, Default)]
pub struct Links {
    /// All of each, with its address and its title.
    pub all: Stretches,
    /// The words of each that readers see.
    pub words: Stretches,
}

/// Stretches of a text, which may overlap.
#[derive(Debug, Default)]
pub struct Stretches(Vec<Span>);

impl Stretches {
    /// Takes stretches in any order.
    fn new(mut stretches: Vec<Span>) -> Stretches {
        stretches.sort_unstable();
        // Each ends where the furthest so far does: one search then finds what holds a place.
        let mut end = 0;
        for stretch in &mut stretches {
            end = stretch.end.max(end);
            stretch.end = end;
        }
        Stretches(stretches)
    }

    /// Returns true if one of the stretches holds a place.
    pub fn hold(&self, place: Span) -> bool {
        let begun = self.0.partition_point(|stretch| stretch.start <= place.start);
        self.0[..begun].last().is_some_and(|stretch| place.end <= stretch.end)
    }
}

/// Returns where the links of a text stand.
pub fn links(markdown: &str) -> Links {
    let (mut all, mut words) = (Vec::new(), Vec::new());
    let mut worded = false;
    let mut parser = Parser::new_ext(markdown, options()).into_offset_iter();
    for (event, range) in parser.by_ref() {
        match event {
            Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. }) => {
                worded = !matches!(link_type, LinkType::Autolink | LinkType::Email);
                all.push(range.into());
            }
            Event::End(TagEnd::Link | TagEnd::Image) => worded = false,
            Event::Text(_) if worded => words.push(range.into()),
            Event::InlineHtml(_) => all.push(range.into()),
            Event::Html(_) => all.extend(tags(markdown, range.into())),
            _ => {}
        }
    }
    all.extend(
        parser
            .reference_definitions()
            .iter()
            .map(|(_, definition)| Span::from(definition.span.clone())),
    );
    Links { all: Stretches::new(all), words: Stretches::new(words) }
}

/// Returns where the tags of a stretch of HTML stand.
fn tags(markdown: &str, html: Span) -> impl Iterator<Item = Span> {
    let mut end = Some(html.start);
    let tag = move |(at, _): (usize, &str)| {
        let start = html.start + at;
        if end? <= start {
            end = markdown[start..html.end].find('>').map(|length| start + length + 1);
        }
        Some(Span::new(start, end?))
    };
    markdown[html.start..html.end].match_indices('<').filter_map(tag)
}

/// Returns for each part of a text the link definitions that it uses and another part holds, as
/// they are written there.
pub fn definitions_elsewhere<'a>(whole: &'a str, parts: &[String]) -> Vec<Vec<&'a str>> {
    let parser = Parser::new_ext(whole, options());
    let known = parser.reference_definitions();
    let elsewhere = |part: &String| {
        let mut used: BTreeSet<(usize, usize)> = BTreeSet::new();
        let lacking = |link: BrokenLink<'_>| {
            used.extend(
                known
                    .get(&link.reference)
                    .map(|definition| (definition.span.start, definition.span.end)),
            );
            None
        };
        Parser::new_with_broken_link_callback(part, options(), Some(lacking)).for_each(drop);
        used.into_iter().map(|(start, end)| &whole[start..end]).collect()
    };
    parts.iter().map(elsewhere).collect()
}

/// Counts the references to footnotes that a text does not hold, which are shown as they are
/// written: `[^uptime]`.
pub fn lost_footnotes(markdown: &str) -> usize {
    let events = Parser::new_ext(markdown, options()).into_offset_iter();
    let lost = events.filter(|(event, range)| {
        let (before, after) = (&markdown[..range.start], &markdown[range.end..]);
        let named = matches!(event, Event::Text(text) if text.len() > 1 && text.starts_with('^'));
        named && before.ends_with('[') && !before.ends_with("\\[") && after.starts_with(']')
    });
    lost.count()
}

/// A piece of a text in the order in which it is read, for callers that need the place of every
/// character.
pub enum Piece {
    /// An element opens; all the parser says of it, and what kind it is.
    Open(String, Kind),
    /// The innermost open element closes.
    Close,
    /// Words, or a line of code or of HTML.
    Words(String),
    /// A span of code.
    Code(String),
    /// A tag or a comment within words.
    Html(String),
    /// The end of a line within words.
    Break,
    /// Something without words, as a rule or the mark of a footnote.
    Point(String),
}

/// What kind of element holds words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It stands between others, as a paragraph does.
    Block,
    /// It stands between others, and its words are read as they are: code, HTML.
    Verbatim,
    /// It stands within words, as emphasis does.
    Span,
    /// It leads somewhere: address, title and label, and whether its words are the address.
    Link([String; 3], bool),
}

/// Returns the pieces of a text, each with its place.
pub fn pieces(markdown: &str) -> impl Iterator<Item = (Piece, Span)> {
    let events = Parser::new_ext(markdown, options()).into_offset_iter();
    events.map(|(event, range)| (piece(event), range.into()))
}

fn piece(event: Event<'_>) -> Piece {
    match event {
        Event::Start(tag) => {
            let name = format!("{tag:?}");
            Piece::Open(name, kind(tag))
        }
        Event::End(_) => Piece::Close,
        Event::Text(text) | Event::Html(text) => Piece::Words(text.into_string()),
        Event::Code(code) => Piece::Code(code.into_string()),
        Event::InlineHtml(html) => Piece::Html(html.into_string()),
        Event::SoftBreak | Event::HardBreak => Piece::Break,
        Event::Rule
        | Event::FootnoteReference(_)
        | Event::TaskListMarker(_)
        | Event::InlineMath(_)
        | Event::DisplayMath(_) => Piece::Point(format!("{event:?}")),
    }
}

fn kind(tag: Tag<'_>) -> Kind {
    match tag {
        Tag::CodeBlock(_) | Tag::HtmlBlock => Kind::Verbatim,
        Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {
            Kind::Span
        }
        Tag::Link { link_type, dest_url, title, id }
        | Tag::Image { link_type, dest_url, title, id } => {
            let bare = matches!(link_type, LinkType::Autolink | LinkType::Email);
            Kind::Link([dest_url.into_string(), title.into_string(), id.into_string()], bare)
        }
        _ => Kind::Block,
    }
}

/// Returns the definitions that links refer to, `[label]: address "title"`, each as address, title
/// and label, with its place.
pub fn definitions(markdown: &str) -> Vec<([String; 3], Span)> {
    let parser = Parser::new_ext(markdown, options());
    let mut definitions = Vec::new();
    for (label, definition) in parser.reference_definitions().iter() {
        let title = definition.title.as_deref().unwrap_or_default();
        definitions.push((
            [definition.dest.to_string(), title.to_owned(), label.to_owned()],
            Span::from(definition.span.clone()),
        ));
    }
    definitions.sort_by_key(|(_, span)| *span);
    definitions
}
