//! Text to content. Parsing never fails: broken input gives a smaller [`Content`](crate::model::Content) and diagnostics with places.

mod content;
mod front_matter;
mod lists;
mod markdown;
mod policy;
mod reference;
mod site;
mod yaml;

pub use content::content;
pub use content::document;
pub use front_matter::front_matter_of;
pub use markdown::Standpoint;
pub use markdown::text;
pub use yaml::Fields;
pub use yaml::Node;
pub use yaml::Value;
pub use yaml::quoted;
pub use yaml::tree as yaml;

/// A file of words larger than this is refused: nobody reads it, and hostile input hides in it.
pub const LARGEST_FILE: usize = 8 << 20;
