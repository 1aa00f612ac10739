//! Other programs that are run: `git`, and those that sign.

#![allow(clippy::disallowed_methods, reason = "this room is where other programs are run")]

mod find;
mod git;
mod objects;
mod sign;

pub use git::{Commit, Head, Past, at, file_at, head, past, unmerged};
pub use sign::signed;
