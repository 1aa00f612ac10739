//! A file of a site that is to go live.

use crate::model::{DocumentId, ReleaseId};
use crate::publish::state::Form;
use crate::publish::{Class, Headers};
use crate::tree::Record;

/// A file of the site.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its digest and size.
    pub record: Record,
    /// What kind of file it is.
    pub class: Class,
    /// What it is served with.
    pub headers: Headers,
    /// What a reader sees of the version, of its page.
    pub form: Option<Form>,
    /// What it belongs to, where it never changes: a release, or one document of it.
    pub version: Option<(ReleaseId, Option<DocumentId>)>,
}
