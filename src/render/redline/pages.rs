//! The pages that show what changed: by each version, between any two, and what the draft would
//! change.

use std::borrow::Cow;
use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use crate::model::{Document, DocumentId, History, Policy, Target, Version};
use crate::redline;
use crate::redline::{Redline, Texts, Wording};
use crate::render::escape::encoded;
use crate::render::files::Files;
use crate::render::pages::view::{DocumentView, PageView, State, VersionView};
use crate::render::redline::pairs::{Pair, compared, pairs};
use crate::render::redline::{RedlineView, Setting};
use crate::render::renderer::Shelf;
use crate::render::{Renderer, Route};

/// How many of the releases between two versions a page names; the version history has all.
const MOST: usize = 12;

#[derive(Serialize)]
struct ChangesPage<'a> {
    page: PageView,
    document: DocumentView<'a>,
    /// The older version; `None` if there was none.
    from: Option<VersionView>,
    /// The newer one; nothing for the draft.
    to: Option<VersionView>,
    /// The newest releases between them, the newer version among them, where it is not alone; oldest
    /// first.
    releases: Vec<VersionView>,
    /// How many older ones there are between them.
    more: usize,
    /// How the newer version stands, on the page of what changed since the older one.
    since: Option<State>,
    /// What changed; nothing for a first version.
    redline: Option<RedlineView>,
}

#[derive(Serialize)]
struct ComparePage<'a> {
    page: PageView,
    document: DocumentView<'a>,
    /// Newest first.
    versions: Vec<Comparable>,
}

/// A version and the older ones that a page compares it with.
#[derive(Serialize)]
struct Comparable {
    version: VersionView,
    /// Newest first.
    with: Vec<Comparison>,
}

#[derive(Serialize)]
struct Comparison {
    version: VersionView,
    /// The page that shows what changed, from the front page.
    address: String,
}

impl Renderer<'_> {
    /// Adds the redlines of a document: that of its draft, or those of its versions.
    pub fn redlines(&self, files: &mut Files, history: &History, shelf: Shelf) {
        let draft = Some(history.draft.as_deref())
            .filter(|_| history.unreleased && !history.versions.is_empty());
        let pinned = &self.site.config.compare;
        let mut pairs = pairs(history, pinned, draft.is_some());
        pairs.retain(|pair| pair.to.is_none() == (shelf == Shelf::Current));
        // The versions that are compared, and the draft behind them; nothing for the others.
        let drafted = history.versions.len();
        let compared: BTreeSet<usize> = pairs
            .iter()
            .filter_map(|pair| Some([pair.older()?, pair.to.unwrap_or(drafted)]))
            .flatten()
            .collect();
        let document = |at: usize| match history.versions.get(at) {
            Some(version) => Some(&*version.document),
            None => draft.flatten(),
        };
        let there = || compared.iter().filter_map(|at| Some((*at, document(*at)?)));
        let cut = || Wording::of_versions(there().map(|(_, document)| document));
        let cut = self.timings.work("cutting", cut);
        let mut wordings = vec![Wording::default(); drafted + 1];
        there().zip(cut).for_each(|((at, _), wording)| wordings[at] = wording);
        let days = history.versions.iter().map(Version::day).chain([Some(self.today)]);
        wordings.iter_mut().zip(days).for_each(|(wording, day)| wording.day = day);
        let (texts, nothing) = (Texts::new(&wordings), Wording::default());
        let people = self.told.people();
        let named: BTreeSet<usize> =
            there().filter(|(_, document)| people.are_in(document)).map(|(at, _)| at).collect();
        let pages = pairs.par_iter().map(|pair| {
            let to = pair.to.unwrap_or(drafted);
            let counted = pair.from.filter(|from| named.contains(from)).and_then(|from| {
                let newer = pair
                    .to
                    .map_or(history.draft.as_deref(), |to| Some(&history.versions[to].document));
                match people.counted(&history.versions[from].document, newer) {
                    Cow::Borrowed(_) => None,
                    Cow::Owned(counted) => Some(Wording::of(&counted).on(wordings[from].day)),
                }
            });
            let compare = pair.from.map(|from| {
                let (counted, newer, texts) = (&counted, &wordings[to], &texts);
                let nothing = &nothing;
                move || match counted {
                    // Nothing changed since a version that is still in force.
                    _ if from == to => redline::between(nothing, nothing),
                    Some(counted) => redline::between(counted, newer),
                    None => texts.between(from, to),
                }
            });
            self.changes(history, *pair, compare)
        });
        for page in pages.collect::<Vec<Files>>() {
            files.join(page);
        }
        if history.is_comparable() && shelf == Shelf::Versions {
            let title = self.messages().title(history.released());
            let title = self.messages().text("compare.title", &[("title", title)]);
            let page = self.page(Route::Comparisons(&history.id), self.titled(&title));
            let view = ComparePage {
                page,
                document: DocumentView::released(history, self.messages()),
                versions: self.comparable(history),
            };
            self.put(files, Route::Comparisons(&history.id), "compare.html", &view);
        }
    }

    /// Returns the page that compares two versions; nothing is compared with a first one.
    fn changes<'w>(
        &self,
        history: &History,
        pair: Pair<'_>,
        compare: Option<impl Fn() -> Redline<'w>>,
    ) -> Files {
        let messages = self.messages();
        let version = |at: usize| VersionView::new(history, at, messages);
        let newer: Option<&Document> = match pair.to {
            Some(to) => Some(&history.versions[to].document),
            None => history.draft.as_deref(),
        };
        let title = messages.title(newer.unwrap_or_else(|| history.current()));
        let name = |at: Option<usize>| {
            at.map_or_else(
                || messages.get("changes.draft").to_owned(),
                |at| history.versions[at].release.id.to_string(),
            )
        };
        let (from, to) = (pair.from.map(|from| name(Some(from))), name(pair.to));
        let since = matches!(pair.route, Route::Since(..));
        let title = match from {
            Some(from) => {
                let values = [("from", from.as_str()), ("to", &to), ("title", title)];
                let id = if since { "since.title.page" } else { "changes.title.page" };
                messages.text(id, &values)
            }
            None => messages.text("changes.first.page", &[("to", &to), ("title", title)]),
        };
        let title = self.titled(&title);
        let root = pair.route.root();
        let anchors: BTreeSet<&str> =
            newer.and_then(Document::policy).into_iter().flat_map(Policy::anchors).collect();
        let address = |target: &Target| self.leads(target, &anchors, &root);
        let setting = Setting { lowered: 1, address: &address, messages };
        let redline = compare.map(|compare| {
            let [old, new] = [pair.from, pair.to]
                .map(|version| self.beside(DocumentId::COMMITMENTS, history, version));
            let compare = || self.timings.work("comparisons", &compare);
            let redline = match (pair.from, pair.to) {
                (Some(from), Some(to)) if history.versions[to].follows == Some(from) => {
                    self.told.keep(history, to, compare)
                }
                _ => compare(),
            };
            let promises = redline::commitments_of(&history.id, old, new);
            self.timings.work("redlines", || RedlineView::new(&redline, &promises, &setting))
        });
        let mut releases = releases(history, pair);
        let more = releases.len().saturating_sub(MOST);
        let view = ChangesPage {
            page: PageView { hidden: pair.to.is_none(), ..self.page(pair.route, title) },
            document: match pair.to {
                Some(_) => DocumentView::released(history, messages),
                None => DocumentView::new(history, messages),
            },
            from: pair.from.map(version),
            to: pair.to.map(version),
            releases: releases.drain(more..).map(version).collect(),
            more,
            since: pair.to.filter(|_| since).map(|to| State::of_version(history, to)),
            redline,
        };
        let mut files = Files::default();
        self.put(&mut files, pair.route, "changes.html", &view);
        files
    }

    /// Returns each version with those that a page compares it with.
    fn comparable(&self, history: &History) -> Vec<Comparable> {
        let view = |at: usize| VersionView::new(history, at, self.messages());
        let with = |to: usize| {
            let with = compared(history, &self.site.config.compare, to).into_iter();
            with.map(|(from, route)| Comparison { version: view(from), address: route.address() })
        };
        let versions = (0..history.versions.len()).rev();
        versions.map(|to| Comparable { version: view(to), with: with(to).collect() }).collect()
    }

    /// Returns the list that stood beside a version; beside the draft, that which is not released
    /// either.
    fn beside(&self, list: &str, history: &History, version: Option<usize>) -> Option<&Document> {
        match version {
            Some(version) => self
                .site
                .version_at(list, &history.versions[version].release.id)
                .map(|version| &*version.document),
            None => self.site.history(list)?.draft.as_deref(),
        }
    }

    /// Returns where a link of either version leads on a page with these anchors and this way up;
    /// nothing where its end is gone.
    fn leads(&self, target: &Target, anchors: &BTreeSet<&str>, root: &str) -> Option<String> {
        match target {
            Target::Outside(address) => Some(encoded(address)),
            Target::Here(anchor) => anchors.contains(anchor.as_str()).then(|| format!("#{anchor}")),
            Target::Document { id, anchor } => {
                let current = self.site.history(id)?.current().clone();
                let anchor = anchor.as_deref().filter(|anchor| {
                    current.policy().is_some_and(|policy| policy.has_anchor(anchor))
                });
                Some(anchor.map_or_else(
                    || format!("{root}{id}/"),
                    |anchor| format!("{root}{id}/#{anchor}"),
                ))
            }
            Target::Nowhere(_) | Target::Unsafe(_) => None,
        }
    }
}

/// Returns the releases that a comparison spans, where there are more than its ends say.
fn releases(history: &History, pair: Pair<'_>) -> Vec<usize> {
    let (Some(from), Some(to)) = (pair.from, pair.to.or(history.newest_at())) else {
        return Vec::new();
    };
    // A draft is no release: one before it is more than is said of the draft.
    let said = usize::from(pair.to.is_some());
    Some(history.spanned(from, to)).filter(|spanned| spanned.len() > said).unwrap_or_default()
}
