//! A site to its files: addresses, pages, the theme, and what machines read.
//!
//! A site is rendered part by part, a document with all its pages at a time, so that a large one
//! never lies in memory as a whole and every core has work. What a part holds depends on the site
//! and the theme alone.

mod announcement;
mod article;
mod entries;
mod escape;
mod feed;
mod files;
mod frozen;
mod host;
mod index;
mod linked;
mod list;
mod minify;
mod notice;
mod page;
mod record;
mod redline;
mod relations;
mod robots;
mod route;
mod security_txt;
#[cfg(test)]
mod seen;
mod sitemap;
mod theme;
mod timemap;
mod told;
mod view;
mod words;

pub use announcement::Announcement;
pub use minify::{minified_page, minified_template, visible};
pub use notice::Notice;
pub use page::Renderer;
pub use record::{carried, carriers};
pub use redline::{alone, plain_redline};
pub use route::{Route, Words};
pub use security_txt::text as security_txt;
pub use theme::Theme;
pub use words::words;
