//! Where links, raw HTML and footnotes of a text stand, for a caller that rewrites them in place.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Parser, Tag, TagEnd};

use crate::parse::markdown::options;
use crate::tree::Span;

/// The parts of a text that can be rewritten in place, each kind in its order.
#[derive(Debug, Default)]
pub struct Places {
    /// The links and images.
    pub links: Vec<LinkPlace>,
    /// The definitions that links refer to.
    pub definitions: Vec<DefinitionPlace>,
    /// The tags and comments within words, and whether a line may end there.
    pub tags: Vec<(Span, bool)>,
    /// The blocks of HTML.
    pub blocks: Vec<Span>,
    /// The definitions of footnotes, each with its label.
    pub notes: Vec<(String, Span)>,
    /// The references to footnotes.
    pub references: Vec<(String, Span)>,
    /// What is code, where nothing is rewritten.
    pub code: Vec<Span>,
}

/// A link or an image.
#[derive(Debug)]
pub struct LinkPlace {
    /// Where it leads.
    pub address: String,
    /// Whether it is an image.
    pub image: bool,
    /// All of it.
    pub whole: Span,
    /// What stands between its brackets; the address itself of a bare one.
    pub words: Span,
    /// Where its address is written; `None` if it stands in a definition.
    pub written: Option<Span>,
}

/// A definition, `[label]: address`.
#[derive(Debug)]
pub struct DefinitionPlace {
    /// Where it leads.
    pub address: String,
    /// All of it.
    pub whole: Span,
    /// Where its address is written.
    pub written: Span,
}

/// A link that is open: its type, what it leads to, whether it is an image, all of it, and the end
/// of its words so far.
struct Open {
    kind: LinkType,
    address: String,
    image: bool,
    whole: Span,
    end: usize,
}

/// Returns the places of a text.
pub fn places(markdown: &str) -> Places {
    let mut places = Places::default();
    let mut open: Vec<Open> = Vec::new();
    let mut narrow = 0;
    let mut block: Option<Span> = None;
    let mut parser = Parser::new_ext(markdown, options()).into_offset_iter();
    for (event, range) in parser.by_ref() {
        let span = Span::from(range);
        if !matches!(event, Event::End(TagEnd::Link | TagEnd::Image)) {
            open.iter_mut().for_each(|open| open.end = open.end.max(span.end.min(open.whole.end)));
        }
        match event {
            Event::Start(
                Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. },
            ) => {
                let image = markdown[span.start..].starts_with('!');
                let (kind, end) = (link_type, span.start + 1 + usize::from(image));
                open.push(Open { kind, address: dest_url.into_string(), image, whole: span, end });
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let Some(link) = open.pop() else { continue };
                open.iter_mut().for_each(|open| open.end = open.end.max(link.whole.end));
                places.links.extend(link.place(markdown));
            }
            Event::Start(Tag::Heading { .. } | Tag::TableCell) => narrow += 1,
            Event::End(TagEnd::Heading(_) | TagEnd::TableCell) => narrow -= 1,
            Event::InlineHtml(_) => places.tags.push((span, narrow == 0)),
            Event::Start(Tag::HtmlBlock) => block = Some(span),
            Event::End(TagEnd::HtmlBlock) => places.blocks.extend(block.take()),
            Event::Start(Tag::FootnoteDefinition(label)) => {
                places.notes.push((label.into_string(), span));
            }
            Event::FootnoteReference(label) => places.references.push((label.into_string(), span)),
            Event::Code(_)
            | Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented)) => {
                places.code.push(span)
            }
            _ => {}
        }
    }
    for (_, definition) in parser.reference_definitions().iter() {
        let whole = Span::from(definition.span.clone());
        let at = markdown[whole.start..whole.end].find("]:").map(|at| whole.start + at + 2);
        let written = at.and_then(|at| address(markdown, at, whole.end));
        places.definitions.extend(written.map(|written| DefinitionPlace {
            address: definition.dest.to_string(),
            whole,
            written,
        }));
    }
    places.definitions.sort_by_key(|definition| definition.whole);
    places
}

impl Open {
    fn place(self, markdown: &str) -> Option<LinkPlace> {
        let Open { kind, address: leads, image, whole, end } = self;
        let start = whole.start + 1 + usize::from(image);
        if matches!(kind, LinkType::Autolink | LinkType::Email) {
            let words = Span::new(start, whole.end.saturating_sub(1).max(start));
            let scheme = if kind == LinkType::Email { "mailto:" } else { "" };
            let address = format!("{scheme}{leads}");
            return Some(LinkPlace { address, image, whole, words, written: Some(words) });
        }
        let close = end + markdown.get(end..whole.end)?.find(']')?;
        let words = Span::new(start, close.max(start));
        let written = match kind {
            LinkType::Inline => Some(address(markdown, close + 2, whole.end - 1)?),
            _ => None,
        };
        Some(LinkPlace { address: leads, image, whole, words, written })
    }
}

/// Returns where an address is written that begins at or behind a place, angle brackets included.
fn address(markdown: &str, from: usize, end: usize) -> Option<Span> {
    let text = markdown.get(from..end)?;
    let start = from + (text.len() - text.trim_start().len());
    let text = &markdown[start..end];
    let length = match text.starts_with('<') {
        true => text.find('>')? + 1,
        false => text.find(char::is_whitespace).unwrap_or(text.len()),
    };
    Some(Span::new(start, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_link_has_its_place() {
        let text = "[a *b* `]` c](x 'T') ![i [n](y)](<z 1> \"t\") [r][q] [q] <https://a.example/> [](e)\n\n[q]: <w w> 'T'\n";
        let shown = |span: Span| &text[span.start..span.end];
        let places = places(text);
        let links: Vec<String> = places
            .links
            .iter()
            .map(|link| {
                let written = link.written.map_or("-", shown);
                format!("{} | {} | {written}", shown(link.words), link.address)
            })
            .collect();
        let expected = [
            "a *b* `]` c | x | x",
            "n | y | y",
            "i [n](y) | z 1 | <z 1>",
            "r | w w | -",
            "q | w w | -",
            "https://a.example/ | https://a.example/ | https://a.example/",
            " | e | e",
        ];
        assert_eq!(links.iter().map(|link| link.as_str()).collect::<Vec<_>>()[..6], expected[..6]);
        assert_eq!(links[6], expected[6]);
        assert_eq!(
            places.definitions.iter().map(|it| shown(it.written)).collect::<Vec<_>>(),
            ["<w w>"]
        );
    }

    proptest::proptest! {
        #[test]
        fn places_are_in_the_text(text in "(\\[|\\]|\\(|\\)|!|<|>|a|`|\n|\\\\|: |\\[q\\]: x|\\[\\^q\\]|\\PC)*") {
            let places = places(&text);
            for link in &places.links {
                let _ = (&text[link.words.start..link.words.end], link.written.map(|it| &text[it.start..it.end]));
            }
            for definition in &places.definitions {
                let _ = &text[definition.written.start..definition.written.end];
            }
        }
    }
}
