//! Redlines as pages, for the terminal, as comments and as JSON.

mod alone;
mod clauses;
mod commitment;
mod compared;
mod html;
mod inline;
mod json;
mod markdown;
mod pages;
mod pairs;
mod setting;
mod tables;
mod terminal;
mod view;

pub use alone::{alone, plain_redline};
pub use commitment::CommitmentEntry;
pub use compared::{Compared, Named};
pub use json::json;
pub use markdown::comment;
pub use pairs::comparison;
pub use setting::Setting;
pub use terminal::{changed_sections, changed_words};
pub use view::RedlineView;
