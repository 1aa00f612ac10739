//! What machines read: `/index.json` and an `index.json` for each document, both with a schema version.
//!
//! Only released words are spoken of. Addresses start at the file itself.

use serde::Serialize;

use crate::model::History;
use crate::model::Site;
use crate::model::Version;
use crate::render::Route;

/// The version of both shapes; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct SiteIndex<'a> {
    schema: u32,
    name: &'a str,
    documents: Vec<DocumentEntry<'a>>,
}

#[derive(Serialize)]
struct DocumentEntry<'a> {
    id: &'a str,
    title: &'a str,
    /// The address of the document's own index.
    index: String,
    address: String,
    /// The id of the version in force.
    in_force: Option<&'a str>,
    /// The day on which its words last changed, `2023-02-15`.
    last_modified: Option<String>,
    versions: usize,
}

#[derive(Serialize)]
struct DocumentIndex<'a> {
    schema: u32,
    id: &'a str,
    title: &'a str,
    summary: Option<&'a str>,
    in_force: Option<&'a str>,
    last_modified: Option<String>,
    /// Oldest first.
    versions: Vec<VersionEntry<'a>>,
}

#[derive(Serialize)]
struct VersionEntry<'a> {
    id: &'a str,
    address: String,
    released: Option<String>,
    in_force_since: Option<String>,
    kind: &'a str,
    summary: &'a str,
    /// SHA-256 of its words, as in the ledger.
    sha256: String,
    last_modified: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sections: Vec<SectionEntry<'a>>,
}

#[derive(Serialize)]
struct SectionEntry<'a> {
    id: &'a str,
    title: &'a str,
    last_modified: Option<String>,
}

/// Returns `/index.json`.
pub fn site(site: &Site) -> String {
    let released = site.histories.iter().filter_map(|history| Some((history, history.versions.last()?)));
    let documents = released.map(|(history, newest)| DocumentEntry {
        id: history.id.as_str(),
        title: history.current_version().unwrap_or(newest).document.title(),
        index: Route::DocumentIndex(&history.id).address(),
        address: Route::Document(&history.id).address(),
        in_force: in_force(history),
        last_modified: last_modified(history),
        versions: history.versions.len(),
    });
    json(&SiteIndex { schema: SCHEMA, name: &site.config.name, documents: documents.collect() })
}

/// Returns a document's `index.json`.
pub fn document(history: &History) -> String {
    let shown = history.current_version().or(history.versions.last());
    let shown = shown.map_or(history.current(), |version| &version.document);
    json(&DocumentIndex {
        schema: SCHEMA,
        id: history.id.as_str(),
        title: shown.title(),
        summary: shown.summary(),
        in_force: in_force(history),
        last_modified: last_modified(history),
        versions: history.versions.iter().map(version).collect(),
    })
}

fn version(version: &Version) -> VersionEntry<'_> {
    let release = &version.release;
    let sections = version.document.policy().map(|policy| policy.sections.iter().zip(&version.sections)).into_iter().flatten();
    let sections = sections.map(|(section, stamp)| SectionEntry {
        id: &section.id,
        title: &section.title,
        last_modified: stamp.released.map(|day| day.to_string()),
    });
    VersionEntry {
        id: release.id.as_str(),
        address: format!("v/{}/", release.id),
        released: release.released.map(|day| day.to_string()),
        in_force_since: release.in_force_since().map(|day| day.to_string()),
        kind: release.kind.as_str(),
        summary: &release.summary,
        sha256: version.digest.to_string(),
        last_modified: version.stamp.released.map(|day| day.to_string()),
        sections: sections.collect(),
    }
}

fn in_force(history: &History) -> Option<&str> {
    history.current_version().map(|version| version.release.id.as_str())
}

fn last_modified(history: &History) -> Option<String> {
    history.current_version().and_then(|version| version.stamp.released).map(|day| day.to_string())
}

/// Returns what machines read as they read it.
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("an index is plain data") + "\n"
}
