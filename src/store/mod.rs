//! Where trees are kept: the author's folders, the folder a site is written to, and the example
//! inside the program.

#![allow(clippy::disallowed_methods, reason = "this room is where the disk is")]

mod archive;
mod compress;
mod disk;
mod embedded;
mod fetch;
mod git;
mod given;
mod journal;
mod lock;
mod open_web;
mod output;
mod outside;
mod project;
mod remembered;
mod sign;
mod writing;

pub use archive::Archive;
pub use disk::{read as read_file, write as write_file};
pub use embedded::{ci, default_theme, example};
pub use fetch::{Client, Courier, Reach, Seen, Stage, post};
pub use git::{Commit, Head, Past, at, file_at, head, past, unmerged};
pub use given::given;
pub use journal::Changes;
pub use output::{Origin, Outcome, Output};
pub use outside::ask;
pub use project::{Project, add, is_itself};
pub use remembered::Remembered;
pub use sign::signed;
pub use writing::{finish, write};
