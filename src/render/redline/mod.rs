//! Redlines as pages.

mod alone;
mod clauses;
mod html;
mod inline;
mod pages;
mod setting;
mod tables;
mod view;

pub use alone::{alone, plain_redline};
pub use setting::Setting;
pub use view::RedlineView;
