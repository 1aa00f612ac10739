//! Lists name everybody once.

use std::collections::BTreeSet;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::ledger::redact;
use crate::model::Document;
use crate::model::Placed;
use crate::model::Site;

/// Reports names that stand twice in a list of the draft.
pub fn check(site: &Site, diagnostics: &mut Diagnostics) {
    for history in &site.histories {
        let names: Vec<&Placed<String>> = match history.draft.as_deref() {
            Some(Document::Whitehats(list)) => list.whitehats.iter().map(|whitehat| &whitehat.name).collect(),
            Some(Document::Subprocessors(list)) => list.subprocessors.iter().map(|entry| &entry.name).collect(),
            _ => continue,
        };
        let path = history.place();
        let mut seen = BTreeSet::new();
        for name in names.into_iter().filter(|name| !redact::is_mark(&name.value)) {
            if !seen.insert(name.value.trim().to_lowercase()) {
                let twice = Diagnostic::warning(Code::DuplicateEntry, format!("`{}` is named twice", name.value)).at(&path, name.span);
                diagnostics.push(twice.help("remove one of the entries, unless they are two people of one name"));
            }
        }
    }
}
