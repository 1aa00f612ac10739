//! Other programs that are run: `git`, `pandoc`, and those that sign.

#![allow(clippy::disallowed_methods, reason = "this room is where other programs are run")]

mod find;
mod git;
mod history;
mod objects;
mod pandoc;
mod sign;

pub use git::{Head, at, file_at, head, unmerged};
pub use history::{Left, Line, Past, Step, markdown_files, past, texts_at};
pub use pandoc::markdown_of;
pub use sign::signed;
