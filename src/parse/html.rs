//! Raw HTML as its tags and words; the one file that names the HTML tokenizer.

use std::collections::{BTreeMap, BTreeSet};

use html5gum::{DefaultEmitter, Token, Tokenizer};

/// A piece of raw HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markup {
    /// A start tag: its name in lower case, and those of its attributes that lead or say something.
    Open {
        /// Its name.
        name: String,
        /// Where it leads: `href`, or `src`.
        address: Option<String>,
        /// What is said in its place: `alt`.
        alt: Option<String>,
        /// Its other attributes.
        attributes: BTreeMap<String, String>,
    },
    /// An end tag: its name in lower case.
    Close(String),
    /// Words that are seen.
    Words(String),
    /// The content of an element that is not shown: a script, a style.
    Unseen(String),
}

/// Elements whose content is not shown.
const UNSEEN: [&str; 4] = ["script", "style", "template", "title"];

/// Returns true for a letter that is white space in HTML.
pub fn is_html_space(letter: char) -> bool {
    letter.is_ascii_whitespace()
}

/// Returns the tags and the visible words of a stretch of HTML, in order. Never fails: HTML has no
/// wrong input.
pub fn html(html: &str) -> Vec<Markup> {
    let mut unseen: Option<String> = None;
    let mut pieces = Vec::new();
    for token in tokens(html) {
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let value = |key: &[u8]| tag.attributes.get(key).map(|value| text(value));
                let address = value(b"href").or_else(|| value(b"src"));
                if unseen.is_none() && UNSEEN.contains(&name.as_str()) && !tag.self_closing {
                    unseen = Some(name.clone());
                }
                let other = tag
                    .attributes
                    .iter()
                    .filter(|(key, _)| !matches!(key.as_slice(), b"href" | b"src" | b"alt"));
                let attributes = other.map(|(key, value)| (text(key), text(value))).collect();
                pieces.push(Markup::Open { name, address, alt: value(b"alt"), attributes });
            }
            Token::EndTag(tag) => {
                let name = text(&tag.name);
                if unseen.as_ref() == Some(&name) {
                    unseen = None;
                }
                pieces.push(Markup::Close(name));
            }
            Token::String(words) if unseen.is_none() => pieces.push(Markup::Words(text(&words))),
            Token::String(words) => pieces.push(Markup::Unseen(text(&words))),
            _ => {}
        }
    }
    pieces
}

/// Where a page leads, and where it can be led to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// Every `href` and `src`, in order.
    pub links: Vec<String>,
    /// Every `id`.
    pub ids: BTreeSet<String>,
}

/// Returns the addresses and the ids of a page.
pub fn addresses(html: &str) -> Addresses {
    let mut addresses = Addresses::default();
    for token in tokens(html) {
        let Token::StartTag(tag) = token else { continue };
        let value = |key: &[u8]| tag.attributes.get(key).map(|value| text(value));
        addresses.links.extend([value(b"href"), value(b"src")].into_iter().flatten());
        addresses.ids.extend(value(b"id"));
    }
    addresses
}

/// A tag or a comment of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// A start tag, its names in lower case.
    Open {
        /// Its name.
        name: String,
        /// Its attributes; where two have the same name, the first counts.
        attributes: BTreeMap<String, String>,
    },
    /// An end tag: its name in lower case.
    Close(String),
    /// What stands between `<!--` and `-->`.
    Comment(String),
}

/// Returns the tags and comments of a page as a browser reads them, in order.
pub fn tags(html: &str) -> Vec<Tag> {
    let tag = |token| match token {
        Token::StartTag(tag) => {
            let attributes = tag.attributes.iter().map(|(name, value)| (text(name), text(value)));
            Some(Tag::Open { name: text(&tag.name), attributes: attributes.collect() })
        }
        Token::EndTag(tag) => Some(Tag::Close(text(&tag.name))),
        Token::Comment(comment) => Some(Tag::Comment(text(&comment))),
        _ => None,
    };
    tokens(html).filter_map(tag).collect()
}

/// Returns what a browser reads one after the other.
fn tokens(html: &str) -> impl Iterator<Item = Token> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(html, emitter).map(|Ok(token)| token)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_and_visible_words_are_told_apart() {
        let words: Vec<Markup> =
            html("<P>A&amp;B <a href='x'>c</a><!-- d --><script>e<b></script></p>");
        let open = |name: &str, address: Option<&str>| Markup::Open {
            name: name.into(),
            address: address.map(str::to_owned),
            alt: None,
            attributes: BTreeMap::new(),
        };
        let (close, say) =
            (|name: &str| Markup::Close(name.into()), |words: &str| Markup::Words(words.into()));
        let expected = [
            open("p", None),
            say("A&B "),
            open("a", Some("x")),
            say("c"),
            close("a"),
            open("script", None),
            Markup::Unseen("e<b>".into()),
            close("script"),
            close("p"),
        ];
        assert_eq!(words, expected);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_html_is_read(text in "([<>/!a-c=\"'& -]|\\PC)*") {
            html(&text);
        }
    }
}
