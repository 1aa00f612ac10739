//! What readers see: the values that templates lay out, and the words of a version as HTML.

pub mod article;
pub mod change_lines;
pub mod entries;
pub mod frozen;
pub mod json_ld;
pub mod ledger_page;
pub mod relations;
#[cfg(test)]
pub mod seen;
pub mod view;
