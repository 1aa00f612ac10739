//! Redlines as pages.

mod alone;
mod html;
mod inline;
mod view;

pub use alone::alone;
pub use html::Setting;
pub use view::RedlineView;
