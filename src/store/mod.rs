//! Where trees are kept: the author's folders, the folder a site is written to, and the example inside the program.

#![allow(clippy::disallowed_methods, reason = "this room is where the disk is")]

mod disk;
mod embedded;
mod output;
mod project;
mod versions;

pub use embedded::example;
pub use output::Origin;
pub use output::Outcome;
pub use output::Output;
pub use project::Project;
pub use project::add;
pub use versions::put as put_versions;
