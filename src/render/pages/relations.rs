//! How a page is related to others, for its head: links that programs follow.

use crate::model::History;
use crate::render::machines::timemap;
use crate::render::pages::view::Relation;
use crate::render::{Route, Words};

/// Returns the relations of a page to the versions of its document, RFC 5829, to their days, RFC
/// 7089, and to what programs read instead.
pub fn relations(history: &History, version: Option<usize>, permanent: bool) -> Vec<Relation> {
    let mut relations = vec![Relation::new("version-history", Route::History(&history.id))];
    let at = |index: usize| {
        history.versions.get(index).map(|version| Route::Version(&history.id, &version.release.id))
    };
    let before = version.map_or(history.versions.len(), |index| index).checked_sub(1).and_then(at);
    relations.extend(before.map(|route| Relation::new("predecessor-version", route)));
    if permanent {
        relations.push(Relation::new("latest-version original", Route::Document(&history.id)));
        let after = version.and_then(|index| at(index + 1));
        relations.extend(after.map(|route| Relation::new("successor-version", route)));
    }
    let file = |kind, route| Relation::to_file("alternate", kind, route);
    match version.map(|index| &history.versions[index]) {
        Some(version) if permanent => {
            let release = &version.release.id;
            relations.push(file("application/json", Route::VersionIndex(&history.id, release)));
            if version.document.policy().is_some() {
                let words = Route::Words(&history.id, release, Words::Markdown);
                relations.push(file("text/markdown", words));
            }
        }
        _ => relations.push(file("application/json", Route::DocumentIndex(&history.id))),
    }
    if timemap::lists(history) {
        relations.push(Relation::to_file(
            "timemap",
            "application/link-format",
            Route::TimeMap(&history.id),
        ));
    }
    relations
}
