//! The web as it is read: the released versions of a site, what a server says of an address, and
//! whether the pages of other sites are there.

#![allow(clippy::disallowed_methods, reason = "this room is where the network is")]

mod archive;
mod client;
mod link_cache;
mod links;
mod open_web;

pub use archive::Archive;
pub use client::{Client, Courier, Reach, Seen, Stage, Times, post};
pub use link_cache::LinkCache;
pub use links::ask;
