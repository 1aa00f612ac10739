//! policybook is a static site generator for versioned policies: a folder of markdown sections and
//! YAML lists becomes a static site on which each released version keeps its address permanently,
//! and every page carries an accurate last-modified date.
//!
//! A release is a tree of files. A site is a tree of files. A build is a pure function from the
//! first to the second.
//!
//! ```text
//!   the world            the core: values in, values out                         the world
//!  store     ──▶ Tree<File> ─parse─▶ Content ─ledger─▶ Site ─render─▶ files ──▶ store
//!  Project::read                    (draft)     (draft + versions)      │       Output::commit
//!                                       └──────── check ────────────────┤
//!                                                   Diagnostics ────────┴──▶ terminal
//! ```
//!
//! What is stable is what users of the program see: its commands and their JSON, the formats in
//! `content/`, the ledger, addresses of pages and the theme interface. The library serves the
//! program and its tests; any of it may change with a minor version.
//!
//! The modules in reading order; each imports only those above it.

pub mod tree;

pub mod diagnostic;

pub mod securitytxt;

pub mod model;

pub mod parse;

pub mod messages;

pub mod redline;

pub mod ledger;

pub mod check;

pub mod render;

pub mod compile;

pub mod proof;

pub mod programs;

pub mod store;

pub mod web;

pub mod serve;

pub mod publish;

pub mod cli;

#[cfg(test)]
mod trial;
