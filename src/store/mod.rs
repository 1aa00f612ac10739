//! Where trees are kept: the author's folders, the folder a site is written to, and the example inside the program.

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
pub use disk::read as read_file;
pub use disk::write as write_file;
pub use embedded::ci;
pub use embedded::default_theme;
pub use embedded::example;
pub use fetch::Client;
pub use fetch::Courier;
pub use fetch::Reach;
pub use fetch::Seen;
pub use fetch::Stage;
pub use fetch::post;
pub use git::Commit;
pub use git::Head;
pub use git::Past;
pub use git::at;
pub use git::file_at;
pub use git::head;
pub use git::past;
pub use git::unmerged;
pub use given::given;
pub use journal::Changes;
pub use output::Origin;
pub use output::Outcome;
pub use output::Output;
pub use outside::ask;
pub use project::Project;
pub use project::add;
pub use project::is_itself;
pub use remembered::Remembered;
pub use sign::signed;
pub use writing::finish;
pub use writing::write;
