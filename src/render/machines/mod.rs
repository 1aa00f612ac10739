//! What machines read: indexes, lists, feeds, the sitemap, security.txt, the frozen text.

pub mod feed;
pub mod frozen_text;
pub mod index;
pub mod list;
pub mod robots;
pub mod security_txt;
pub mod sitemap;
pub mod timemap;

pub use frozen_text::words;
pub use index::{Made, PROGRAM};
pub use list::rows as table_rows;
pub use security_txt::text as security_txt;
