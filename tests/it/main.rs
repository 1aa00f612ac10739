//! What policybook does, told in an author's terms.
//!
//! `cargo test` needs no program but git and takes less than a minute. A test that needs another
//! program says so in `#[ignore]`, and what takes long does less than in `tests/run` (`tiers.rs`),
//! which installs those programs and runs every test but those in a `mod long`. `tests/run --all`
//! runs these too.

#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "a test is an edge, and its panic is its verdict"
)]

mod acts;
mod asking;
mod auditing;
mod automating;
mod browser;
mod building;
mod cases;
mod changing;
mod checking;
mod chromium;
mod days;
mod entries;
mod example;
mod feeding;
mod fetching;
mod first_hour;
mod fixing;
mod growing;
mod histories;
mod hosting;
mod importing;
mod keeping;
mod kept;
mod leaving;
mod listing;
mod mistakes;
mod planning;
mod preview;
mod project;
mod proving;
mod publishing;
mod publishing_azure;
mod publishing_folder;
#[cfg(target_os = "linux")]
mod publishing_killed;
mod publishing_store;
mod reader;
mod readme;
mod redacting;
mod redlining;
mod redlining_browser;
mod redrawing;
mod releasing;
mod repository;
mod rich;
mod security_txt;
mod server;
mod serving;
mod serving_browser;
mod serving_http;
mod signing;
mod silent;
mod speaking;
mod stores;
mod strangers;
mod tidy;
mod tiers;
mod timeline;
mod undoing;
mod validator;
mod verifying;
mod writing;
#[cfg(target_os = "linux")]
mod writing_killed;
