//! The ledger as a site carries it: `/ledger/` for people, `/ledger.json` for programs, and which
//! pages must carry a digest of it.
//!
//! Addresses in `/ledger.json` start at the front page.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger;
use crate::ledger::Proof;
use crate::messages::Messages;
use crate::model::{Act, DocumentId, Entry, Frozen, ReleaseId, Site};
use crate::render::Route;
use crate::render::machines::index::json;
use crate::render::pages::view::{DayView, PageView};
use crate::tree::Digest;

/// The version of the shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct LedgerIndex<'a> {
    schema: u32,
    /// The newest seal.
    head: Option<String>,
    /// The address of the ledger itself.
    ledger: String,
    /// Oldest first.
    entries: Vec<IndexEntry<'a>>,
}

#[derive(Serialize)]
struct IndexEntry<'a> {
    #[serde(flatten)]
    act: IndexAct<'a>,
    seal: String,
}

#[derive(Serialize)]
#[serde(tag = "act", rename_all = "lowercase")]
enum IndexAct<'a> {
    Release {
        id: &'a str,
        released: Option<String>,
        effective: Option<String>,
        kind: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        attested: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        approved_by: Option<&'a str>,
        /// The release that its documents were changed from, where that is not the newest.
        #[serde(skip_serializing_if = "Option::is_none")]
        follows: Option<&'a str>,
        /// The release made in the same act.
        #[serde(skip_serializing_if = "Option::is_none")]
        with: Option<&'a str>,
        /// How many days of notice the readers of each document were promised.
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        notice: BTreeMap<&'a str, i64>,
        summary: &'a str,
        /// SHA-256 of each document, as it was released.
        documents: BTreeMap<&'a str, String>,
        /// Where its files lie.
        address: String,
        /// SHA-256 of each file, by its path from there.
        files: BTreeMap<&'a str, String>,
    },
    Review {
        date: String,
        documents: &'a [String],
        /// When security.txt ends since then, where that was moved.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires: Option<String>,
    },
    Redaction {
        date: String,
        reason: &'a str,
        /// SHA-256 of each document that it changed, by release and document.
        documents: BTreeMap<String, String>,
    },
    Postponement {
        date: String,
        versions: Vec<&'a str>,
        documents: Vec<&'a str>,
        /// The day on which they come into force since then.
        effective: String,
        reason: &'a str,
    },
    Withdrawal {
        date: String,
        versions: Vec<&'a str>,
        documents: Vec<&'a str>,
        reason: &'a str,
    },
    Retirement {
        date: String,
        documents: Vec<&'a str>,
        /// The first day on which they are not in force.
        effective: String,
        reason: &'a str,
        /// The document that takes their place.
        see: Option<&'a str>,
    },
}

/// What the page of the ledger shows.
#[derive(Serialize)]
pub struct LedgerPage<'a> {
    page: PageView,
    /// The newest seal.
    head: String,
    /// The address of the site.
    site_address: &'a str,
    /// Newest first.
    entries: Vec<EntryView<'a>>,
}

#[derive(Serialize)]
struct EntryView<'a> {
    title: String,
    day: Option<DayView>,
    /// `substantive` or `editorial`, of a release.
    kind: Option<&'static str>,
    /// Who vouches that it is editorial, where that could not be checked.
    attested: Option<&'a str>,
    /// Who approved it.
    approved_by: Option<&'a str>,
    /// What changed, or why words were removed.
    text: Option<&'a str>,
    documents: Vec<DocumentLink<'a>>,
    /// The address of its list of digests, from the front page.
    sums: Option<String>,
    seal: String,
}

#[derive(Serialize)]
struct DocumentLink<'a> {
    title: &'a str,
    /// The page that the entry speaks of, from the front page, where there is one.
    address: Option<String>,
}

/// Returns `/ledger.json`.
pub fn index(site: &Site) -> String {
    let mut files: BTreeMap<&ReleaseId, BTreeMap<&str, String>> = BTreeMap::new();
    for version in site.histories.iter().flat_map(|history| &history.versions) {
        let id = &version.release.id;
        let digests = version.files.iter().filter_map(|(path, file)| {
            Some((path.within(id.as_str())?, file.digest().to_string()))
        });
        files.entry(id).or_default().extend(digests);
    }
    let entries = site.ledger.entries.iter().map(|entry| IndexEntry {
        act: index_act(entry, &mut files),
        seal: entry.seal.to_string(),
    });
    let index = LedgerIndex {
        schema: SCHEMA,
        head: site.ledger.head().map(|head| head.to_string()),
        ledger: Route::Frozen(ledger::LEDGER).address(),
        entries: entries.collect(),
    };
    json(&index)
}

fn index_act<'a>(
    entry: &'a Entry,
    files: &mut BTreeMap<&ReleaseId, BTreeMap<&'a str, String>>,
) -> IndexAct<'a> {
    match &entry.act {
        Act::Release(Frozen { release, documents, notice, .. }) => IndexAct::Release {
            id: release.id.as_str(),
            released: release.released.map(|day| day.to_string()),
            effective: release.effective.map(|day| day.to_string()),
            kind: release.kind.as_str(),
            attested: release.attested.as_deref(),
            approved_by: release.approved_by.as_deref(),
            follows: release.follows.as_ref().map(ReleaseId::as_str),
            with: release.with.as_ref().map(ReleaseId::as_str),
            notice: notice.iter().map(|(id, days)| (id.as_str(), *days)).collect(),
            summary: &release.summary,
            documents: documents
                .iter()
                .map(|(id, digest)| (id.as_str(), digest.value.to_string()))
                .collect(),
            address: Route::Frozen(release.id.as_str()).address() + "/",
            files: files.remove(&release.id).unwrap_or_default(),
        },
        Act::Review(review) => IndexAct::Review {
            date: review.date.to_string(),
            documents: &review.documents,
            expires: review.expires.map(|expires| expires.to_string()),
        },
        Act::Redaction(redaction) => IndexAct::Redaction {
            date: redaction.date.to_string(),
            reason: &redaction.reason,
            documents: redaction
                .documents
                .iter()
                .map(|((release, id), digest)| (format!("{release}/{id}"), digest.to_string()))
                .collect(),
        },
        Act::Postponement(act) => IndexAct::Postponement {
            date: act.date.to_string(),
            versions: act.versions.iter().map(ReleaseId::as_str).collect(),
            documents: act.documents.iter().map(DocumentId::as_str).collect(),
            effective: act.effective.to_string(),
            reason: &act.reason,
        },
        Act::Withdrawal(act) => IndexAct::Withdrawal {
            date: act.date.to_string(),
            versions: act.versions.iter().map(ReleaseId::as_str).collect(),
            documents: act.documents.iter().map(DocumentId::as_str).collect(),
            reason: &act.reason,
        },
        Act::Retirement(act) => IndexAct::Retirement {
            date: act.date.to_string(),
            documents: act.documents.iter().map(DocumentId::as_str).collect(),
            effective: act.effective.to_string(),
            reason: &act.reason,
            see: act.see.as_ref().map(DocumentId::as_str),
        },
    }
}

/// Returns what the page of the ledger shows; `None` if the ledger has no entry.
pub fn page<'a>(site: &'a Site, page: PageView, messages: &'a Messages) -> Option<LedgerPage<'a>> {
    Some(LedgerPage {
        page,
        head: site.ledger.head()?.to_string(),
        site_address: site.config.base_url.as_str(),
        entries: site
            .ledger
            .entries
            .iter()
            .rev()
            .map(|entry| EntryView::new(site, entry, messages))
            .collect(),
    })
}

impl<'a> EntryView<'a> {
    fn new(site: &'a Site, entry: &'a Entry, messages: &'a Messages) -> EntryView<'a> {
        let history = |id: &str| site.history(id);
        let link = |id: &'a str, route: Option<Route<'_>>| DocumentLink {
            title: history(id).map_or(id, |history| messages.title(history.current())),
            address: route.map(Route::address),
        };
        let versions = |versions: &'a [ReleaseId], documents: &'a [DocumentId]| {
            let of = |id: &DocumentId, release: &ReleaseId| {
                history(id.as_str()).is_some_and(|history| {
                    history.versions.iter().any(|version| version.release.id == *release)
                })
            };
            let each = documents.iter().flat_map(|id| {
                versions
                    .iter()
                    .filter(move |release| of(id, release))
                    .map(move |release| (id, release))
            });
            each.map(|(id, release)| link(id.as_str(), Some(Route::Version(id, release)))).collect()
        };
        let view = EntryView {
            title: String::new(),
            day: entry.date().map(|day| DayView::of(day, messages)),
            kind: None,
            attested: None,
            approved_by: None,
            text: None,
            documents: Vec::new(),
            sums: None,
            seal: entry.seal.to_string(),
        };
        match &entry.act {
            Act::Release(Frozen { release, documents, .. }) => EntryView {
                title: messages.text("ledger.release", &[("id", release.id.as_str())]),
                kind: Some(release.kind.as_str()),
                attested: release.attested.as_deref(),
                approved_by: release.approved_by.as_deref(),
                text: Some(&release.summary),
                documents: documents
                    .keys()
                    .map(|id| link(id.as_str(), Some(Route::Version(id, &release.id))))
                    .collect(),
                sums: Some(Route::Frozen(&format!("{}/{}", release.id, ledger::SUMS)).address()),
                ..view
            },
            Act::Review(review) => EntryView {
                title: messages.get("ledger.review").to_owned(),
                documents: review
                    .documents
                    .iter()
                    .map(|id| link(id, history(id).map(|history| Route::Document(&history.id))))
                    .collect(),
                ..view
            },
            Act::Redaction(redaction) => EntryView {
                title: messages.get("ledger.redaction").to_owned(),
                text: Some(&redaction.reason),
                documents: redaction
                    .documents
                    .keys()
                    .map(|(release, id)| link(id.as_str(), Some(Route::Version(id, release))))
                    .collect(),
                ..view
            },
            Act::Postponement(act) => EntryView {
                title: messages
                    .text("ledger.postponement", &[("day", &messages.day(act.effective))]),
                text: Some(&act.reason),
                documents: versions(&act.versions, &act.documents),
                ..view
            },
            Act::Withdrawal(act) => EntryView {
                title: messages.get("ledger.withdrawal").to_owned(),
                text: Some(&act.reason),
                documents: versions(&act.versions, &act.documents),
                ..view
            },
            Act::Retirement(act) => EntryView {
                title: messages.text("ledger.retirement", &[("day", &messages.day(act.effective))]),
                text: Some(&act.reason),
                documents: act
                    .documents
                    .iter()
                    .map(|id| link(id.as_str(), Some(Route::Document(id))))
                    .collect(),
                ..view
            },
        }
    }
}

/// Returns what a site must carry besides its frozen files: the page of every version with the
/// digest of its words, and the head of the ledger wherever the ledger is told, if it has one that
/// holds.
pub fn carriers(proof: &Proof) -> Vec<(Route<'_>, Digest)> {
    let dated = proof.releases.iter().any(|proved| proved.release.planned().is_some());
    let tellers =
        [Route::Ledger, Route::LedgerIndex].into_iter().chain(dated.then_some(Route::Feed));
    let head = proof
        .entries
        .last()
        .filter(|_| proof.whole)
        .into_iter()
        .flat_map(|newest| tellers.clone().map(|route| (route, newest.seal)));
    let versions = proof.releases.iter().flat_map(|proved| {
        let version = |(id, digest)| (Route::Version(id, &proved.release.id), digest);
        proved.documents.iter().map(|(id, digest)| (id, *digest)).map(version)
    });
    versions.chain(head).collect()
}

/// Judges a file of a site that must carry a digest.
pub fn carried(route: Route<'_>, digest: &Digest, page: Option<&[u8]>) -> Option<Diagnostic> {
    let digest = digest.to_string();
    let problem = match page {
        Some(page) if page.windows(digest.len()).any(|window| window == digest.as_bytes()) => {
            return None;
        }
        Some(_) => format!("this does not carry the digest {digest}"),
        None => "this is missing".to_owned(),
    };
    let help = "build and publish the site again from the project that made the release";
    Some(Diagnostic::error(Code::Uncarried, problem).in_file(&route.file()).help(help))
}
