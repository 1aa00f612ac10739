//! Redlines as pages.

mod alone;
mod html;
mod inline;
mod pages;
mod view;

pub use alone::alone;
pub use alone::plain_redline;
pub use html::Setting;
pub use view::RedlineView;
