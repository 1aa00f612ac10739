//! Markdown to words with their structure; the one room that names the markdown crate.
//!
//! CommonMark with tables, footnotes, strikethrough, definition lists, alerts and `{#id}` on
//! headings. Nothing else is switched on: prices hold `$`, and a tool that re-types quotation marks
//! changes words.

mod bare;
mod brackets;
mod found;
mod marks;
mod numbered;
mod pieces;
mod places;
mod prose_lints;
mod reader;
mod seen;
mod tables;
mod target;
mod unseen;

use pulldown_cmark::Options;

pub use pieces::{
    Kind, Links, Piece, code, definitions, definitions_elsewhere, links, lost_footnotes, pieces,
};
pub use places::places;
pub use prose_lints::{month, number as day_number};
pub use reader::{Reading, judged, outline, read, text};
pub use seen::Code;
pub use target::{Standpoint, section_id, target};

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}
