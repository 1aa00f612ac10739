//! What the writing of a redline goes by: where it stands, and how its changes are called.

use crate::messages::Messages;
use crate::model::Target;

/// What the writing of a redline needs to know beyond it.
pub struct Setting<'a> {
    /// By how many levels headings are lowered.
    pub lowered: u8,
    /// Where a link leads on this page; `None` if it should not be one.
    pub address: &'a dyn Fn(&Target) -> Option<String>,
    /// What the page says itself.
    pub messages: &'a Messages,
}

/// Returns the id of a change, by its place in the list, as an attribute.
pub fn anchor(change: usize) -> String {
    format!(" id=\"c{}\"", change + 1)
}
