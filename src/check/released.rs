//! Unreleased words are never mistaken for released ones.

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::model::Site;

/// Which words a site may show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// The draft where it differs, under a banner that says so.
    Draft,
    /// Released words only.
    Locked,
}

/// Reports unreleased words where only released ones may be shown.
pub fn check(site: &Site, edition: Edition, diagnostics: &mut Diagnostics) {
    if edition == Edition::Draft {
        return;
    }
    for history in site.unreleased() {
        let message = match history.versions.last() {
            Some(newest) => format!("`{}` says what its release `{}` does not", history.id, newest.release.id),
            None => format!("`{}` was never released", history.id),
        };
        let found = Diagnostic::error(Code::Unreleased, message).in_file(&history.place());
        diagnostics.push(found.help("release it, take the change back, or build without `--locked`"));
    }
}
