//! Words with their structure: what markdown says, free of how it was written.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::tree::Span;

/// The words of one section: blocks in order, and the footnotes they refer to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The blocks.
    pub blocks: Vec<Block>,
    /// The footnotes, in the order in which they are defined.
    pub footnotes: Vec<Footnote>,
}

/// A footnote's definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footnote {
    /// What refers to it: `uptime` in `[^uptime]`.
    pub label: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// Where it is defined.
    pub span: Span,
}

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading of level 1 to 6, as written.
    Heading {
        /// 1 to 6.
        level: u8,
        /// The id its author pinned by `{#id}`.
        id: Option<String>,
        /// What it says.
        text: Vec<Inline>,
        /// Where it stands.
        span: Span,
    },
    /// A paragraph.
    Paragraph {
        /// What it says.
        text: Vec<Inline>,
        /// Where it stands.
        span: Span,
    },
    /// Words without a paragraph of their own, as in the items of a tight list.
    Plain {
        /// What they say.
        text: Vec<Inline>,
        /// Where they stand.
        span: Span,
    },
    /// A block of code.
    Code {
        /// The language, where its author named one.
        language: Option<String>,
        /// The code.
        text: String,
        /// Where it stands.
        span: Span,
    },
    /// A quotation, or an alert such as `> [!NOTE]`.
    Quote {
        /// What kind of alert, if it is one.
        alert: Option<Alert>,
        /// What it holds.
        blocks: Vec<Block>,
    },
    /// A list.
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// A list of definitions.
    Definitions(Vec<Definition>),
    /// A table.
    Table {
        /// How each column is set.
        columns: Vec<Alignment>,
        /// The cells of the head.
        head: Vec<Vec<Inline>>,
        /// The rows, each of cells.
        rows: Vec<Vec<Vec<Inline>>>,
        /// Where it stands.
        span: Span,
    },
    /// Raw HTML, which only some sites allow.
    Html {
        /// The HTML.
        html: String,
        /// Where it stands.
        span: Span,
    },
    /// A thematic break.
    Rule(Span),
}

/// Terms and what they mean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Definition {
    /// The terms.
    pub terms: Vec<Vec<Inline>>,
    /// What they mean, each a run of blocks.
    pub details: Vec<Vec<Block>>,
}

/// A run of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Code.
    Code(String),
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Words struck out by their author.
    Strike(Vec<Inline>),
    /// A link.
    Link {
        /// Where to.
        target: Target,
        /// Its title.
        title: String,
        /// Its words.
        text: Vec<Inline>,
    },
    /// An image, which no policy holds.
    Image {
        /// Where it lies.
        address: String,
        /// What is said in its place.
        alt: String,
    },
    /// A reference to a footnote.
    Footnote(String),
    /// Raw HTML, which only some sites allow.
    Html(String),
    /// The end of a source line.
    SoftBreak,
    /// A line break its author asked for.
    HardBreak,
}

/// Where a link leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Target {
    /// To another site, a mailbox or a telephone.
    Outside(String),
    /// To a place on the page it stands on.
    Here(String),
    /// To a document, and perhaps to a place in it.
    Document {
        /// The document's id.
        id: String,
        /// A section's or heading's id.
        anchor: Option<String>,
    },
    /// To nothing this site has; what was written.
    Nowhere(String),
    /// To an address that runs code or hides its content; what was written.
    Unsafe(String),
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Outside(address) | Target::Nowhere(address) | Target::Unsafe(address) => {
                formatter.write_str(address)
            }
            Target::Here(anchor) => write!(formatter, "#{anchor}"),
            Target::Document { id, anchor: None } => write!(formatter, "/{id}/"),
            Target::Document { id, anchor: Some(anchor) } => write!(formatter, "/{id}/#{anchor}"),
        }
    }
}

/// What kind of alert a quotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alert {
    /// `[!NOTE]`
    Note,
    /// `[!TIP]`
    Tip,
    /// `[!IMPORTANT]`
    Important,
    /// `[!WARNING]`
    Warning,
    /// `[!CAUTION]`
    Caution,
}

impl Alert {
    /// Returns the id of the message that is its title.
    pub fn title_id(self) -> &'static str {
        match self {
            Alert::Note => "alert.note",
            Alert::Tip => "alert.tip",
            Alert::Important => "alert.important",
            Alert::Warning => "alert.warning",
            Alert::Caution => "alert.caution",
        }
    }
}

/// How a column of a table is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    /// As the reader's language has it.
    Start,
    /// In the middle.
    Center,
    /// At the end, as for figures.
    End,
}

/// Returns the words of a run without their marks.
pub fn plain(text: &[Inline]) -> String {
    let mut words = String::new();
    collect(text, &mut words);
    words
}

fn collect(text: &[Inline], words: &mut String) {
    for inline in text {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Image { alt: text, .. } => {
                words.push_str(text)
            }
            Inline::Emphasis(text) | Inline::Strong(text) | Inline::Strike(text) => {
                collect(text, words)
            }
            Inline::Link { text, .. } => collect(text, words),
            Inline::SoftBreak | Inline::HardBreak => words.push(' '),
            Inline::Footnote(_) | Inline::Html(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_without_their_marks() {
        let text = |text: &str| Inline::Text(text.to_owned());
        let link = Inline::Link {
            target: Target::Here("x".into()),
            title: "t".into(),
            text: vec![text("g")],
        };
        let words = [
            text("a"),
            Inline::Code("b".into()),
            Inline::SoftBreak,
            Inline::Emphasis(vec![text("c"), Inline::Strong(vec![text("d")])]),
            Inline::HardBreak,
            Inline::Strike(vec![text("e")]),
            Inline::Image { address: "x".into(), alt: "f".into() },
            link,
            Inline::Footnote("x".into()),
            Inline::Html("<b>".into()),
        ];
        assert_eq!(plain(&words), "ab cd efg");
    }
}
