//! A site to its files: addresses, pages, the theme, and what machines read.
//!
//! A site is rendered part by part, a document with all its pages at a time, so that a large one
//! never lies in memory as a whole and every core has work. What a part holds depends on the site
//! and the theme alone.

mod escape;
mod files;
mod host;
mod inputs;
mod machines;
mod mail;
mod pages;
mod redline;
mod renderer;
mod route;
mod sentence;
mod theme;

pub use inputs::{Input, Inputs};
pub use machines::{Made, PROGRAM, security_txt, table_rows, words};
pub use mail::{Announcement, Notice};
pub use pages::frozen::{OPEN, misquoted, read as reading, values};
pub use pages::ledger_page::{carried, carriers};
pub use redline::{
    CommitmentEntry, Compared, Named, alone, changed_sections, changed_words, comment,
    json as redline_json, plain_redline,
};
pub use renderer::{Known, Renderer, Shelf};
pub use route::{Route, Words};
pub use theme::minify::{minified_page, minified_template, visible};
pub use theme::{Accent, Theme};
