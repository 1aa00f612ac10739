//! Unreleased words are never mistaken for released ones.

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::model::History;
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
    // What was released before notice was recorded may have been removed without an act, as was usual then.
    let unsaid = |history: &&History| {
        history.draft.is_none() && history.retirement().is_none() && history.newest().is_some_and(|newest| newest.notice.is_some())
    };
    for history in site.histories.iter().filter(unsaid) {
        let gone = Diagnostic::error(Code::Unreleased, format!("`{}` is in force and gone from `content/`", history.id));
        let gone = gone.in_file(&history.place()).sought_in(format!("content/{}", history.id));
        diagnostics.push(gone.help(format!("bring it back, or run `policybook retire {} --reason TEXT`", history.id)));
    }
    for history in site.unreleased() {
        let message = match history.newest() {
            Some(newest) => format!("`{}` says what its release `{}` does not", history.id, newest.release.id),
            None => format!("`{}` was never released", history.id),
        };
        let found = Diagnostic::error(Code::Unreleased, message).in_file(&history.place());
        diagnostics.push(found.help("release it, take the change back, or build without `--locked`"));
    }
}
