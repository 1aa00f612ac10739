//! What was cited can be found again: anchors of released words stay.

use std::collections::{BTreeSet, HashMap};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Policy, Section, Site};

/// Reports anchors of the newest release that the draft has no more. What earlier releases gave up
/// stays given up.
pub fn check(site: &Site, diagnostics: &mut Diagnostics) {
    for history in site.unreleased() {
        let policy = history.draft.as_deref().and_then(|draft| draft.policy());
        let released = history.newest().and_then(|newest| newest.document.policy());
        if let Some((draft, released)) = policy.zip(released) {
            diagnostics.extend(lost(draft, released));
        }
    }
}

/// Returns the anchors that are gone: of a section that is gone only its own.
fn lost(draft: &Policy, released: &Policy) -> Vec<Diagnostic> {
    let kept: BTreeSet<&str> = draft.anchors().collect();
    let parts: HashMap<&str, &Section> =
        draft.parts().map(|part| (part.id.as_str(), part)).collect();
    let mut found = Vec::new();
    for section in released.parts() {
        let still = parts.get(section.id.as_str()).copied();
        let own = if still.is_none() { Some(section.id.as_str()) } else { None };
        let below = section.headings.iter().map(|heading| &*heading.id).filter(|_| still.is_some());
        for anchor in own.into_iter().chain(below).filter(|anchor| !kept.contains(anchor)) {
            let place = still.unwrap_or(&draft.opening).place();
            let lost = Diagnostic::warning(
                Code::LostAnchor,
                format!("anchor `#{anchor}` of a released version no longer exists"),
            )
            .in_file(&place);
            let lost = lost.sought_in(format!("content/{}#{anchor}", draft.id));
            found.push(lost.help(format!("add `{{#{anchor}}}` to the heading that replaces it")));
        }
    }
    found
}
