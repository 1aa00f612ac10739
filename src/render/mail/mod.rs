//! What is sent by mail: the notice of a list, the announcement of a version.

mod announcement;
mod notice;

pub use announcement::Announcement;
pub use notice::Notice;
