//! The preview: a finished site in memory, shown on this machine, and swapped as a whole whenever
//! its author saves.
//!
//! What is answered are the bytes that a build writes; the line that makes a page follow its author
//! is added on the way out. Nothing here opens a file of the project, so no address can: it names a
//! file of the site in memory, or nothing.

#![allow(
    clippy::disallowed_methods,
    reason = "this room is where the network is, and the watch over the author's folders"
)]

mod answer;
mod channel;
mod events;
mod http;
mod page;
mod server;
mod snapshot;
mod watch;

pub use channel::{Channel, Shown};
pub use server::{DEFAULT_PORT, Server};
pub use snapshot::Snapshot;
pub use watch::{How, QUIET, Watch};
