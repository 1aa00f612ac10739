//! What machines read: `/index.json`, an `index.json` for each document and one for each of its
//! versions, all with a schema version.
//!
//! Only released words are spoken of. Addresses start at the file itself.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Config, Decision, History, Retirement, Site, Version};
use crate::render::Route;
use crate::render::machines::feed::Feeds;
use crate::render::machines::frozen_text::Part;
use crate::tree::Digest;

/// The version of all shapes; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct SiteIndex<'a> {
    schema: u32,
    name: &'a str,
    /// The address of the feed of all documents.
    feed: Option<String>,
    documents: Vec<DocumentEntry<'a>>,
    made: Made<'a>,
}

/// How the site was made: with it and the ledger alone its pages can be made again, and compared.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Made<'a> {
    /// The program and its version.
    pub by: Cow<'a, str>,
    /// SHA-256 of its templates and messages.
    pub theme: Cow<'a, str>,
    /// Where the site is served.
    pub base_url: Cow<'a, str>,
    /// The language of its pages.
    pub language: Cow<'a, str>,
    /// The time zone of its dates.
    pub timezone: Option<Cow<'a, str>>,
    /// What it is about.
    pub description: Option<Cow<'a, str>>,
    /// Whether raw HTML is rendered.
    pub raw_html: bool,
    /// How many days of notice the readers of each document are promised.
    pub notice: BTreeMap<Cow<'a, str>, i64>,
    /// Versions that are compared on a page, however far apart they are: the older one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compare: Vec<[Cow<'a, str>; 2]>,
    /// Whether unreleased text is shown.
    pub draft: bool,
}

/// The program, and its version.
pub const PROGRAM: &str = concat!("policybook ", env!("CARGO_PKG_VERSION"));

#[derive(Serialize)]
struct DocumentEntry<'a> {
    id: &'a str,
    title: &'a str,
    /// The address of the document's own index.
    index: String,
    address: String,
    /// The address of the document's feed.
    feed: Option<String>,
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
    feed: Option<&'a str>,
    in_force: Option<&'a str>,
    last_modified: Option<String>,
    /// Oldest first.
    /// Its end, decided for a day that has come or will.
    #[serde(skip_serializing_if = "Option::is_none")]
    retirement: Option<&'a Retirement>,
    versions: Vec<VersionEntry<'a>>,
}

#[derive(Serialize)]
struct VersionIndex<'a> {
    schema: u32,
    document: &'a str,
    title: &'a str,
    #[serde(flatten)]
    version: VersionEntry<'a>,
    /// The address of the words as they were released, of a policy.
    words: Option<&'a str>,
    /// What the words are made of, in their order; of a list its file.
    files: Vec<FileEntry<'a>>,
}

#[derive(Serialize)]
struct FileEntry<'a> {
    /// Where it lies in the folder of its release.
    path: &'a str,
    sha256: String,
    size: usize,
    /// The byte of the words at which it begins.
    start: usize,
}

#[derive(Serialize)]
struct VersionEntry<'a> {
    id: &'a str,
    address: String,
    released: Option<String>,
    /// Its first day in force; none where nobody knows it, or where it never comes.
    in_force_since: Option<String>,
    /// Its last day in force, where that is known.
    in_force_until: Option<String>,
    /// What was decided of it since its release.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    decisions: &'a [Decision],
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    attested: Option<&'a str>,
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

/// Returns `/index.json` of a site that is drawn with a theme of this digest.
pub fn site(site: &Site, theme: Digest) -> String {
    let released = site.histories.iter().filter_map(|history| Some((history, history.newest()?)));
    let documents = released.map(|(history, newest)| DocumentEntry {
        id: history.id.as_str(),
        title: history.current_version().unwrap_or(newest).document.title(),
        index: Route::DocumentIndex(&history.id).address(),
        address: Route::Document(&history.id).address(),
        feed: Feeds::tells_of(history).then(|| Route::DocumentFeed(&history.id).address()),
        in_force: in_force(history),
        last_modified: last_modified(history),
        versions: history.versions.len(),
    });
    let feed = site.histories.iter().any(Feeds::tells_of).then(|| Route::Feed.address());
    json(&SiteIndex {
        schema: SCHEMA,
        name: &site.config.name,
        feed,
        documents: documents.collect(),
        made: made(&site.config, theme, site.unreleased().next().is_some()),
    })
}

fn made(config: &Config, theme: Digest, draft: bool) -> Made<'_> {
    Made {
        by: PROGRAM.into(),
        theme: theme.to_string().into(),
        base_url: config.base_url.as_str().into(),
        language: config.language.as_str().into(),
        timezone: config.timezone.iana_name().map(Cow::from),
        description: config.description.as_deref().map(Cow::from),
        raw_html: config.raw_html,
        notice: config.notice.iter().map(|(id, days)| (id.as_str().into(), *days)).collect(),
        compare: config
            .compare
            .iter()
            .map(|pair| [&pair.from, &pair.to].map(|version| version.value.as_str().into()))
            .collect(),
        draft,
    }
}

/// Returns a document's `index.json`.
pub fn document(history: &History) -> String {
    let shown = history.released();
    json(&DocumentIndex {
        schema: SCHEMA,
        id: history.id.as_str(),
        title: shown.title(),
        summary: shown.summary(),
        feed: Feeds::tells_of(history).then_some("feed.atom"),
        in_force: in_force(history),
        last_modified: last_modified(history),
        retirement: history.retirement(),
        versions: history
            .versions
            .iter()
            .map(|version| entry(version, format!("v/{}/", version.release.id)))
            .collect(),
    })
}

/// Returns a version's `index.json`. `parts` are its words, of a policy.
pub fn version(history: &History, version: &Version, parts: &[Part<'_>]) -> String {
    let parts = parts.iter().map(|part| (part.path, part.file, part.start));
    let own = version
        .files
        .iter()
        .filter_map(|(path, file)| Some((path.within(version.release.id.as_str())?, file, 0)));
    let policy = version.document.policy().is_some();
    let files = parts.chain(own.filter(|_| !policy));
    json(&VersionIndex {
        schema: SCHEMA,
        document: history.id.as_str(),
        title: version.document.title(),
        version: entry(version, "./".to_owned()),
        words: policy.then_some("policy.md"),
        files: files
            .map(|(path, file, start)| FileEntry {
                path,
                sha256: file.digest().to_string(),
                size: file.bytes().len(),
                start,
            })
            .collect(),
    })
}

fn entry(version: &Version, address: String) -> VersionEntry<'_> {
    let release = &version.release;
    let sections = version
        .document
        .policy()
        .map(|policy| policy.sections.iter().zip(&version.sections))
        .into_iter()
        .flatten();
    let sections = sections.map(|(section, stamp)| SectionEntry {
        id: &section.id,
        title: &section.title,
        last_modified: stamp.released.map(|day| day.to_string()),
    });
    VersionEntry {
        id: release.id.as_str(),
        address,
        released: release.released.map(|day| day.to_string()),
        in_force_since: version
            .period
            .from
            .filter(|_| !version.period.never())
            .map(|day| day.to_string()),
        in_force_until: version.period.until().map(|day| day.to_string()),
        decisions: &version.decisions,
        kind: release.kind.as_str(),
        attested: release.attested.as_deref(),
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
