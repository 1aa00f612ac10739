//! What the pages of each document depend on: where that is the same, so is every byte of them.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::messages::Messages;
use crate::model::{Body, Document, DocumentId, Entry, History, Policy, Site, Target, Version};
use crate::render::pages::entries::commitments;
use crate::render::pages::view::{DocumentView, State};
use crate::render::{Renderer, Shelf};
use crate::tree::{Digest, File, Hasher, Tree, TreePath};

/// What the pages of each document of a site depend on.
pub struct Inputs<'a> {
    site: &'a Site,
    files: &'a Tree<File>,
    today: Date,
    messages: &'a Messages,
    /// What the pages of every document depend on.
    common: Digest,
}

impl<'a> Inputs<'a> {
    /// Makes ready to say it of the documents of a site, which was made from `files`.
    pub fn new(renderer: &'a Renderer<'a>, files: &'a Tree<File>) -> Inputs<'a> {
        let mut common = Hasher::default();
        let mut add = |line: String| common.add(line + "\n");
        let site = renderer.site;
        add(env!("CARGO_PKG_VERSION").to_owned());
        add(format!("{:?}", file(files, "content/site.yaml")));
        add(renderer.shared.to_string());
        add(renderer.told.people().digest().to_string());
        add(format!("{:?}", site.ledger.entries.first().map(|entry| entry.seal)));
        Inputs {
            site,
            files,
            today: renderer.today,
            messages: renderer.messages(),
            common: common.digest(),
        }
    }

    /// Returns the digest of all that the files on a shelf of a document depend on.
    pub fn of(&self, history: &History, shelf: Shelf) -> Digest {
        let mut own = Hasher::default();
        let mut add = |line: String| own.add(line + "\n");
        add(format!("{} {shelf:?}", self.common));
        add(format!("{} {:?}", history.id, history.in_force));
        add(format!("{:?} {:?}", history.order, history.reviewed));
        add(format!("{:?} {:?}", self.turned(history), history.retirements));
        for (place, _) in &history.retirements {
            add(self.seal(*place));
        }
        for (at, version) in history.versions.iter().enumerate() {
            add(format!("{:?}", State::of_version(history, at)));
            self.version(history, version, &mut add);
        }
        // What every page says of its document.
        let view = match shelf {
            Shelf::Versions => DocumentView::released(history, self.messages),
            Shelf::Current | Shelf::History => DocumentView::new(history, self.messages),
        };
        add(serde_json::to_string(&view).expect("a view is plain data"));
        if shelf == Shelf::Current && history.draft.is_some() {
            self.draft(history, &mut add);
        }
        match history.current().policy() {
            Some(_) => self.links(history, shelf, &mut add),
            None => self.list(history, shelf, &mut add),
        }
        own.digest()
    }

    fn version(&self, history: &History, version: &Version, add: &mut impl FnMut(String)) {
        let Version { release, period, follows, notice, decisions, .. } = version;
        add(format!("{release:?} {period:?} {follows:?} {notice:?} {decisions:?}"));
        add(self.seal(version.place));
        for decision in decisions {
            add(self.seal(decision.place));
        }
        for stamp in std::iter::once(&version.stamp).chain(&version.sections) {
            add(format!("{} {:?} {:?}", stamp.id, stamp.released, stamp.planned()));
        }
        add(format!("{:?}", version.document.policy().map(|policy| policy.raw_html)));
        for (path, file) in &version.files {
            add(format!("{} {path}", file.digest()));
        }
        let beside = self.site.version_at(DocumentId::COMMITMENTS, &release.id);
        add(format!("{:?}", beside.map(|version| version.digest)));
        let redactions = self.site.ledger.entries.iter().filter_map(Entry::redaction);
        for redaction in redactions {
            if redaction.documents.keys().any(|(id, of)| *id == release.id && *of == history.id) {
                add(format!("{}", redaction.date));
            }
        }
    }

    /// Adds the words that are not released, as their author wrote them and with what references
    /// put in.
    fn draft(&self, history: &History, add: &mut impl FnMut(String)) {
        let folder = TreePath::new(&format!("content/{}", history.id)).expect("an id is a path");
        let own = self.files.under(&folder).filter(|(path, _)| path.folder() == folder.as_str());
        for (path, file) in own {
            add(format!("{} {path}", file.digest()));
        }
        add(format!("{:?}", file(self.files, &format!("{folder}.yaml"))));
        let policy = history.draft.as_deref().and_then(Document::policy);
        for part in policy.into_iter().flat_map(Policy::parts) {
            if let Body::Whole(expanded, _) = &part.body {
                add(Digest::of(&expanded.text).to_string());
            }
        }
        if history.unreleased {
            add(format!("{:?}", file(self.files, "content/commitments.yaml")));
        }
    }

    /// Adds whether the ends of links to other documents are there.
    fn links(&self, history: &History, shelf: Shelf, add: &mut impl FnMut(String)) {
        let documents = history.versions.iter().map(|version| &version.document);
        let mut ends: BTreeSet<(&str, Option<&str>)> = BTreeSet::new();
        let draft = history.draft.as_ref().filter(|_| shelf == Shelf::Current);
        let policies = documents.chain(draft).filter_map(|document| document.policy());
        for mention in policies.flat_map(Policy::parts).flat_map(|part| &part.mentions) {
            if let Target::Document { id, anchor } = &mention.target {
                ends.insert((id, anchor.as_deref()));
            }
        }
        for (id, anchor) in ends {
            let policy = self.site.history(id).map(|history| history.current().policy());
            let has = |anchor| policy.flatten().is_some_and(|policy| policy.has_anchor(anchor));
            add(format!("{id} {} {anchor:?} {:?}", policy.is_some(), anchor.map(has)));
        }
    }

    /// Adds what a list says of days that pass, and of policies.
    fn list(&self, history: &History, shelf: Shelf, add: &mut impl FnMut(String)) {
        add(self.today.to_string());
        let of_policies = |document: &Document, version: Option<&Version>| {
            let release = version.map(|version| &*version.release);
            let views = commitments(self.site, document, release);
            serde_json::to_string(&views).expect("a view is plain data")
        };
        for version in &history.versions {
            add(of_policies(&version.document, Some(version)));
        }
        if shelf == Shelf::Current {
            add(of_policies(history.current(), None));
        }
    }

    /// Returns the last day on which anything of a document turned.
    fn turned(&self, history: &History) -> Option<Date> {
        let versions = history.versions.iter().flat_map(|version| {
            let release = [version.release.released, version.release.effective];
            let decisions =
                version.decisions.iter().flat_map(|made| [Some(made.date), made.effective]);
            release.into_iter().chain(decisions).flatten().chain(version.period.turns())
        });
        let retirements = history.retirements.iter();
        let days = versions.chain(retirements.flat_map(|(_, act)| [act.date, act.effective]));
        days.filter(|day| *day <= self.today).max()
    }

    fn seal(&self, place: usize) -> String {
        self.site.ledger.entries[place].seal.to_string()
    }
}

/// Returns the digest of a file, if there is one.
fn file(files: &Tree<File>, path: &str) -> Option<Digest> {
    files.get(&TreePath::new(path).expect("a path of ours")).map(File::digest)
}
