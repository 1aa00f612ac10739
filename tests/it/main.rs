//! What policybook does, told in an author's terms.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "a test is an edge, and its panic is its verdict")]

mod asking;
mod auditing;
mod automating;
mod browser;
mod building;
mod cases;
mod checking;
mod chromium;
mod example;
mod feeding;
mod fetching;
mod fixing;
mod hosting;
mod importing;
mod listing;
mod preview;
mod project;
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
mod releasing;
mod security_txt;
mod server;
mod serving;
mod serving_browser;
mod serving_http;
mod signing;
mod stores;
mod tidy;
mod validator;
mod verifying;
