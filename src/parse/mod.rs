//! Text to content. Parsing never fails: broken input gives a smaller [`Content`](crate::model::Content) and diagnostics with places.

mod content;
mod entries;
mod front_matter;
mod html;
mod import;
mod letters;
mod lists;
mod mangled;
mod markdown;
mod policy;
mod reference;
mod security_txt;
mod site;
mod unplaced;
mod yaml;

pub use content::Policies;
pub use content::content;
pub use content::content_again;
pub use content::document;
pub use entries::Added;
pub use entries::Said;
pub use entries::Worth;
pub use entries::with as with_entry;
pub use entries::without as without_entries;
pub use front_matter::front_matter_of;
pub use html::Markup;
pub use html::html;
pub use import::Given;
pub use import::Unreadable;
pub use import::imported;
pub use letters::Element;
pub use letters::Letter;
pub use letters::Run;
pub use letters::runs;
pub use lists::shown_whitehats;
pub use markdown::Kind;
pub use markdown::Standpoint;
pub use markdown::definitions;
pub use markdown::target;
pub use markdown::text;
pub use reference::escaped;
pub use site::unknown as no_site;
pub use unplaced::Unplaced;
pub use unplaced::unplaced;
pub use yaml::Fields;
pub use yaml::Node;
pub use yaml::Value;
pub use yaml::Written;
pub use yaml::hidden;
pub use yaml::in_quotes;
pub use yaml::quoted;
pub use yaml::scalars;
pub use yaml::tree as yaml;

/// A file of words larger than this is refused: nobody reads it, and hostile input hides in it.
pub const LARGEST_FILE: usize = 8 << 20;
