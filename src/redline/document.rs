//! What a document says: a policy block by block, a list as a table.

use crate::model::Document;
use crate::redline::cut::{Cutter, RawHtml};
use crate::redline::list;
use crate::redline::wording::Wording;

impl Wording {
    /// Returns what a document says.
    pub fn of(document: &Document) -> Wording {
        let mut cutter = Cutter::new(RawHtml::of(document));
        match document {
            Document::Policy(policy) => cutter.policy(policy),
            list => list::cut(list, &mut cutter),
        }
        cutter.done()
    }
}
