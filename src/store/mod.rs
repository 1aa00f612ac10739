//! The disk: the author's folders, the folder a site is written to, and the example inside the
//! program.

#![allow(clippy::disallowed_methods, reason = "this room is where the disk is")]

mod built;
mod cache;
mod clock;
mod compress;
mod disk;
mod embedded;
mod import_source;
mod journal;
mod lock;
mod output;
mod project;
mod writing;

pub use built::Origin;
pub use clock::clocks;
pub use disk::{read as read_file, write as write_file};
pub use embedded::{ci, default_theme, example, skeleton};
pub use import_source::import_source;
pub use journal::Changes;
pub use output::{Outcome, Output};
pub use project::{Project, Seen, add, around, is_itself, list_files, read as read_folders};
pub use writing::{finish, write};
