//! Markdown to words with their structure; the one room that names the markdown crate.
//!
//! CommonMark with tables, footnotes, strikethrough, definition lists, alerts and `{#id}` on headings. Nothing else is switched on:
//! prices hold `$`, and a tool that re-types quotation marks changes words.

mod bare;
mod brackets;
mod found;
mod manners;
mod marks;
mod numbered;
mod pieces;
mod reader;
mod seen;
mod tables;
mod target;
mod unseen;

use pulldown_cmark::Options;

pub use manners::month;
pub use manners::number as day_number;
pub use pieces::Kind;
pub use pieces::Links;
pub use pieces::Piece;
pub use pieces::code;
pub use pieces::definitions;
pub use pieces::definitions_elsewhere;
pub use pieces::links;
pub use pieces::lost_footnotes;
pub use pieces::pieces;
pub use reader::Reading;
pub use reader::judged;
pub use reader::outline;
pub use reader::read;
pub use reader::text;
pub use seen::Code;
pub use target::Standpoint;
pub use target::section_id;
pub use target::target;

fn options() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}
