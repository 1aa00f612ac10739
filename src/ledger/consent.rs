//! Consent that was withdrawn: who is on the newest list of researchers, and is not to be named any
//! more. Whom a sentence names that will be sealed, since nobody can withdraw from it.

use std::collections::BTreeSet;

use crate::ledger::redact::{Words, is_mark};
use crate::model::{Document, DocumentId, Identity, List, ReleaseId, Site, matched, name_key};

/// Somebody who does not agree to be named any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The name.
    pub name: String,
    /// The versions of the list that name them.
    pub versions: Vec<ReleaseId>,
}

/// Returns whoever the draft takes off the list of researchers, save a name that somebody else on
/// it has.
pub fn withdrawn(site: &Site) -> Vec<Withdrawn> {
    let list = |document: &Document| document.list_of(DocumentId::WHITEHATS).cloned();
    let history = site.history(DocumentId::WHITEHATS);
    let lists = history.and_then(|history| {
        Some((list(&history.newest()?.document)?, list(history.draft.as_deref()?)?))
    });
    let (Some(history), Some((released, draft))) = (history, lists) else {
        return Vec::new();
    };
    let old: Vec<Identity> = released.shown().map(Identity::of).collect();
    let new: Vec<Identity> = draft.entries.iter().map(Identity::of).collect();
    let named = |list: &List, name: &str| {
        list.shown().any(|entry| name_key(entry.name()) == name_key(name))
    };
    let hidden = |at: usize| !draft.entries[at].is_shown();
    let gone = matched(&old, &new)
        .into_iter()
        .filter(|(_, new)| new.is_none_or(hidden))
        .filter_map(|(old, _)| old);
    let names = gone.map(|at| old[at].name.clone()).filter(|name| !named(&draft, name));
    let versions = |name: &str| -> Vec<ReleaseId> {
        let naming = history
            .versions
            .iter()
            .filter(|version| list(&version.document).is_some_and(|list| named(&list, name)));
        naming.map(|version| version.release.id.clone()).collect()
    };
    names.map(|name| Withdrawn { versions: versions(&name), name }).collect()
}

/// Returns the names of researchers that stand in a text: of the draft of their list, whether shown
/// or not, and of all its versions. What `redact` would take out is found, and nothing else.
pub fn named_in(site: &Site, text: &str) -> Vec<String> {
    let history = site.history(DocumentId::WHITEHATS);
    let documents = history.into_iter().flat_map(|history| {
        history.draft.iter().chain(history.versions.iter().map(|version| &version.document))
    });
    let entries = documents.filter_map(|document| document.list()).flat_map(|list| &list.entries);
    let names = entries.flat_map(|entry| [Some(entry.name()), entry.text("formerly")]);
    let names: BTreeSet<&str> = names.flatten().collect();
    let stands = |name: &str| {
        Words::new(name).is_some_and(|words| !words.is_short() && words.stand_in(text))
    };
    names.into_iter().filter(|name| !is_mark(name) && stands(name)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{project, put, released, site_on};

    #[test]
    fn whoever_is_not_to_be_named_is_found_with_the_versions_that_name_them() {
        let list = |entries: &str| format!("whitehats:\n{entries}");
        let mut files = project(&[
            ("whitehats.yaml", &list("- name: Ada\n")),
            ("a/_index.md", "---\ntitle: A\n---\nWords.\n"),
        ]);
        files.extend(released(&files, "2024-01-01"));
        put(
            &mut files,
            "whitehats.yaml",
            &list(
                "- name: Ada\n- name: Bee\n- name: Anonymous\n  date: 2020\n- name: Anonymous\n  date: 2021\n",
            ),
        );
        files.extend(released(&files, "2024-01-02"));
        let found = |entries: &str| -> Vec<String> {
            let mut files = files.clone();
            put(&mut files, "whitehats.yaml", &list(entries));
            let (site, _) = site_on(&files, "2024-03-01");
            let line = |one: Withdrawn| {
                format!(
                    "{} {}",
                    one.name,
                    one.versions.iter().map(ReleaseId::as_str).collect::<Vec<_>>().join(" ")
                )
            };
            withdrawn(&site).into_iter().map(line).collect()
        };
        let both = "- name: Anonymous\n  date: 2020\n- name: Anonymous\n  date: 2021\n";
        assert_eq!(found(&format!("- name: Ada\n- name: Bee\n{both}")), [""; 0]);
        assert_eq!(
            found(&format!("- name: ADA\n  consent: false\n- name: Bee\n{both}")),
            ["Ada 2024-01-01 2024-01-02"]
        );
        let removed = "  removed: { date: 2024-02-02, reason: asked }\n";
        assert_eq!(
            found(&format!("- name: Ada\n- name: Bee\n{removed}{both}")),
            ["Bee 2024-01-02"]
        );
        assert_eq!(
            found(
                "- name: Ada\n- name: Bee\n- name: Anonymous\n  date: 2020\n  consent: false\n- name: Anonymous\n  date: 2021\n"
            ),
            [""; 0]
        );
    }

    #[test]
    fn whoever_is_or_was_on_the_list_is_found_in_a_text() {
        let list = |entries: &str| format!("whitehats:\n{entries}");
        let mut files = project(&[
            ("whitehats.yaml", &list("- name: Ada Bee\n- name: Rose\n- name: Li\n")),
            ("a/_index.md", "---\ntitle: A\n---\nWords.\n"),
        ]);
        let named = |files: &_, text: &str| named_in(&site_on(files, "2024-03-01").0, text);
        assert_eq!(named(&files, "ROSE and Li"), ["Rose"], "never released");
        files.extend(released(&files, "2024-01-01"));
        put(
            &mut files,
            "whitehats.yaml",
            &list(
                "- name: José Cee\n  formerly: José Dee\n- name: Bea\n  consent: false\n- name: '[removed on request, 2024-02-02]'\n",
            ),
        );
        for (text, names) in [
            ("Without ada\u{2010}bee", &["Ada Bee"][..]),
            ("JOSE\u{301} DEE is José Cee, by Bea", &["Bea", "José Cee", "José Dee"]),
            ("prices rose, Ada Beetle, Jose Cee, Li, [removed on request, 2024-02-02]", &[]),
        ] {
            assert_eq!(named(&files, text), names, "{text}");
        }
    }
}
