//! What the pages of each document depend on: where that is the same, so is every byte of them.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Write as _;

use jiff::civil::Date;
use serde::Serialize;

use crate::model::{Body, Document, DocumentId, History, Policy, Site, Target, Version};
use crate::render::pages::entries::commitments;
use crate::render::pages::view::{DocumentView, State};
use crate::render::{Renderer, Shelf};
use crate::tree::{Digest, File, Hasher, Tree, TreePath};

/// What the files on a shelf of a document depend on.
pub struct Input {
    /// The document.
    pub document: DocumentId,
    /// The shelf.
    pub shelf: Shelf,
    /// What it is called among those of all documents.
    pub name: String,
    /// The digest of all that its files depend on.
    pub digest: Digest,
}

/// What the pages of each document of a site depend on.
pub struct Inputs<'a> {
    renderer: &'a Renderer<'a>,
    site: &'a Site,
    files: &'a Tree<File>,
    /// What the pages of every document depend on.
    common: Hasher,
}

impl<'a> Inputs<'a> {
    /// Makes ready to say it of the documents of a site, which was made from `files`.
    pub fn new(renderer: &'a Renderer<'a>, files: &'a Tree<File>) -> Inputs<'a> {
        let (mut common, site) = (Hasher::default(), renderer.site);
        common.add(format!("{:?}\n", file(files, "content/site.yaml")));
        common.add(format!("{} {}\n", renderer.shared, renderer.told.people().digest()));
        common.add(format!("{:?}\n", site.ledger.entries.first().map(|entry| entry.seal)));
        Inputs { renderer, site, files, common }
    }

    /// Returns what the files on each shelf of a document depend on.
    pub fn of(&self, history: &History) -> [Input; Shelf::ALL.len()] {
        let (messages, id) = (self.renderer.messages(), &history.id);
        let mut shared = Lines::default();
        self.released(history, &mut shared);
        let mut common = self.common.clone();
        common.add(&shared.0);
        // What every page says of its document.
        let (mut drafted, mut released) = (Lines::default(), Lines::default());
        drafted.json(&DocumentView::new(history, messages));
        released.json(&DocumentView::released(history, messages));
        Shelf::ALL.map(|shelf| {
            let mut own = common.clone();
            let mut add = Lines::default();
            add.line(format_args!("{shelf:?}"));
            let (name, view) = match shelf {
                Shelf::Current => (id.to_string(), &drafted),
                Shelf::History => (format!("{id}/history"), &drafted),
                Shelf::Versions => (format!("{id}/v"), &released),
            };
            if shelf == Shelf::Current {
                self.current(history, &mut add);
            }
            own.add(&view.0);
            own.add(&add.0);
            Input { document: id.clone(), shelf, name, digest: own.digest() }
        })
    }

    /// Adds what was released of a document, and how that stands.
    fn released(&self, history: &History, add: &mut Lines) {
        add.line(format_args!("{} {:?}", history.id, history.in_force));
        add.line(format_args!("{:?} {:?}", history.order, history.reviewed));
        add.line(format_args!("{:?} {:?}", self.turned(history), history.retirements));
        for (place, _) in &history.retirements {
            add.line(format_args!("{}", self.seal(*place)));
        }
        for (at, version) in history.versions.iter().enumerate() {
            add.line(format_args!("{:?}", State::of_version(history, at)));
            self.version(history, version, add);
        }
        self.links(history.versions.iter().map(|version| &*version.document), add);
        if history.current().policy().is_none() {
            // A list says which of its days have passed, and what policies promise.
            add.line(format_args!("{}", self.renderer.today));
            for version in &history.versions {
                add.json(&commitments(self.site, &version.document, Some(&version.release)));
            }
        }
    }

    fn version(&self, history: &History, version: &Version, add: &mut Lines) {
        let Version { release, period, follows, notice, decisions, .. } = version;
        add.line(format_args!("{release:?} {period:?} {follows:?} {notice:?} {decisions:?}"));
        add.line(format_args!("{}", self.seal(version.place)));
        for decision in decisions {
            add.line(format_args!("{}", self.seal(decision.place)));
        }
        for stamp in std::iter::once(&version.stamp).chain(&version.sections) {
            add.line(format_args!("{} {:?} {:?}", stamp.id, stamp.released, stamp.planned()));
        }
        add.line(format_args!("{:?}", version.document.policy().map(|policy| policy.raw_html)));
        for (path, file) in &version.files {
            add.line(format_args!("{} {path}", file.digest()));
        }
        let beside = self.site.version_at(DocumentId::COMMITMENTS, &release.id);
        add.line(format_args!("{:?}", beside.map(|version| version.digest)));
        add.line(format_args!("{:?}", self.renderer.feeds.redacted(&release.id, &history.id)));
    }

    /// Adds what the current page shows: the promises of a list in the policies as they are now, and
    /// the draft as its author wrote it and with what references put in.
    fn current(&self, history: &History, add: &mut Lines) {
        if history.current().policy().is_none() {
            add.json(&commitments(self.site, history.current(), None));
        }
        let Some(draft) = &history.draft else { return };
        let folder = TreePath::new(&format!("content/{}", history.id)).expect("an id is a path");
        let own = self.files.under(&folder).filter(|(path, _)| path.folder() == folder.as_str());
        for (path, file) in own {
            add.line(format_args!("{} {path}", file.digest()));
        }
        add.line(format_args!("{:?}", file(self.files, &format!("{folder}.yaml"))));
        for part in draft.policy().into_iter().flat_map(Policy::parts) {
            if let Body::Whole(expanded, _) = &part.body {
                add.line(format_args!("{}", Digest::of(&expanded.text)));
            }
        }
        if history.unreleased {
            add.line(format_args!("{:?}", file(self.files, "content/commitments.yaml")));
        }
        self.links([&**draft].into_iter(), add);
    }

    /// Adds whether the ends of links to other documents are there.
    fn links<'d>(&self, documents: impl Iterator<Item = &'d Document>, add: &mut Lines) {
        let mut ends: BTreeSet<(&str, Option<&str>)> = BTreeSet::new();
        let parts = documents.filter_map(Document::policy).flat_map(Policy::parts);
        for mention in parts.flat_map(|part| &part.mentions) {
            if let Target::Document { id, anchor } = &mention.target {
                ends.insert((id, anchor.as_deref()));
            }
        }
        for (id, anchor) in ends {
            let policy = self.site.history(id).map(|history| history.current().policy());
            let has = |anchor| policy.flatten().is_some_and(|policy| policy.has_anchor(anchor));
            add.line(format_args!("{id} {} {anchor:?} {:?}", policy.is_some(), anchor.map(has)));
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
        days.filter(|day| *day <= self.renderer.today).max()
    }

    fn seal(&self, place: usize) -> Digest {
        self.site.ledger.entries[place].seal
    }
}

/// Returns the digest of a file, if there is one.
fn file(files: &Tree<File>, path: &str) -> Option<Digest> {
    files.get(&TreePath::new(path).expect("a path of ours")).map(File::digest)
}

/// What something depends on, line by line.
#[derive(Default)]
struct Lines(Vec<u8>);

impl Lines {
    fn line(&mut self, line: fmt::Arguments<'_>) {
        self.0.write_fmt(line).expect("memory takes what is written to it");
        self.0.push(b'\n');
    }

    fn json(&mut self, view: &impl Serialize) {
        serde_json::to_writer(&mut self.0, view).expect("a view is plain data");
        self.0.push(b'\n');
    }
}
