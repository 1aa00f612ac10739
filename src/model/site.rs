//! The whole: what the author wrote now, and what was released.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use url::Url;

use crate::diagnostic::Code;
use crate::diagnostic::Weight;
use crate::model::Accent;
use crate::model::Contact;
use crate::model::ContactKind;
use crate::model::Document;
use crate::model::DocumentId;
use crate::model::Host;
use crate::model::Ledger;
use crate::model::Placed;
use crate::model::Release;
use crate::model::ReleaseId;
use crate::model::SecurityTxt;
use crate::model::Version;
use crate::tree::TreePath;

/// The draft: what `content/` says now.
#[derive(Clone, Debug)]
pub struct Content {
    /// What `site.yaml` says.
    pub config: Config,
    /// The policies and lists.
    pub documents: BTreeMap<DocumentId, Arc<Document>>,
}

/// What `site.yaml` says.
#[derive(Clone, Debug)]
pub struct Config {
    /// The organisation.
    pub name: String,
    /// What the site is, in a sentence.
    pub description: Option<String>,
    /// Where the site lives; its path ends in `/`.
    pub base_url: Url,
    /// The language of the words, a BCP 47 tag.
    pub language: String,
    /// How to reach the organisation, in order of preference.
    pub contacts: Vec<Contact>,
    /// What security.txt says.
    pub security_txt: Option<SecurityTxt>,
    /// How many days before they come into force the words of a document are announced.
    pub notice: BTreeMap<DocumentId, i64>,
    /// The theme, a folder of `themes/`.
    pub theme: Placed<String>,
    /// Whether raw HTML in markdown reaches the page.
    pub raw_html: bool,
    /// What minify-html runs over.
    pub minify: Minify,
    /// The colour of links.
    pub accent: Option<Accent>,
    /// The organisation's mark, a static file of the theme.
    pub logo: Option<Placed<String>>,
    /// The hosts that are told how to serve the site.
    pub hosts: BTreeSet<Host>,
    /// Whether smaller copies are laid beside the files of the site.
    pub compress: bool,
    /// Where the site is published, and who is told.
    pub publish: Publishing,
    /// How much findings weigh here, where not as usual.
    pub weights: BTreeMap<Code, Weight>,
}

impl Config {
    /// Returns the contacts of one kind, in order of preference.
    pub fn contacts(&self, kind: ContactKind) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().filter(move |contact| contact.kind.value == kind)
    }
}

/// What minify-html runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Minify {
    /// Nothing.
    Off,
    /// The templates, once; what markdown becomes is tight already.
    Templates,
    /// Every finished page.
    Pages,
}

/// Where the site is published, and who is told which addresses changed.
#[derive(Clone, Debug, Default)]
pub struct Publishing {
    /// A folder, `file:`, `s3:`, `gs:` or `az:`.
    pub target: Option<String>,
    /// A command that reads them line by line.
    pub purge: Option<String>,
    /// A web address that is sent them.
    pub webhook: Option<Url>,
    /// How many of them are named one by one, at most.
    pub purge_limit: Option<usize>,
}

/// The draft and every version, told by day.
#[derive(Clone, Debug)]
pub struct Site {
    /// What `site.yaml` says.
    pub config: Config,
    /// Every document, policies first, each in its order.
    pub histories: Vec<History>,
    /// The releases in the order of the ledger, oldest first.
    pub releases: Vec<Arc<Release>>,
    /// Every entry of the ledger.
    pub ledger: Ledger,
    /// Where each document stands in `histories`.
    places: BTreeMap<DocumentId, usize>,
}

/// A document through time.
#[derive(Clone, Debug)]
pub struct History {
    /// Its id.
    pub id: DocumentId,
    /// Its words in `content/` now; nothing where it is gone from there.
    pub draft: Option<Arc<Document>>,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
    /// Whether the draft says anything that its newest version does not.
    pub unreleased: bool,
    /// Which version is in force today; nothing before the first one is.
    pub in_force: Option<usize>,
    /// The day on which it was last read again without a word to change.
    pub reviewed: Option<Date>,
}

impl History {
    /// Returns the words readers are shown now: the draft while it is unreleased, else the version in force.
    pub fn current(&self) -> &Arc<Document> {
        let version = || self.current_version().map(|version| &version.document);
        let draft = || self.draft.as_ref();
        let newest = || self.versions.last().map(|version| &version.document);
        let current = if self.unreleased { draft().or_else(version) } else { version().or_else(draft) };
        current.or_else(newest).expect("a document has a draft or a version")
    }

    /// Returns the file in which its author finds it, from the project's folder: that of a policy's opening words, or the list.
    pub fn place(&self) -> TreePath {
        match self.draft.as_deref().and_then(Document::policy) {
            Some(policy) => policy.opening.place(),
            None => TreePath::new(&format!("content/{}.yaml", self.id)).expect("a list's file"),
        }
    }

    /// Returns the place of the version that comes into force next.
    pub fn upcoming(&self) -> Option<usize> {
        let next = self.in_force.map_or(0, |index| index + 1);
        Some(next).filter(|next| *next < self.versions.len())
    }

    /// Tells whether any of its versions was announced before it came into force.
    pub fn was_announced(&self) -> bool {
        self.versions.iter().any(|version| version.release.effective.is_some_and(|effective| Some(effective) > version.release.released))
    }

    /// Returns the day until which it should be read again, where its author named a time.
    pub fn review_due(&self) -> Option<Date> {
        let every = self.draft.as_deref()?.policy()?.review_every?;
        let released = self.versions.iter().filter_map(|version| version.release.released).max();
        self.reviewed.max(released)?.checked_add(every).ok()
    }

    /// Returns the version in force.
    pub fn current_version(&self) -> Option<&Version> {
        self.in_force.map(|index| &self.versions[index])
    }
}

impl Site {
    /// Returns the site of these documents, releases and ledger.
    pub fn new(config: Config, histories: Vec<History>, releases: Vec<Arc<Release>>, ledger: Ledger) -> Site {
        let places = histories.iter().enumerate().map(|(place, history)| (history.id.clone(), place)).collect();
        Site { config, histories, releases, ledger, places }
    }

    /// Returns the documents with unreleased words.
    pub fn unreleased(&self) -> impl Iterator<Item = &History> {
        self.histories.iter().filter(|history| history.unreleased)
    }

    /// Returns the document with this id.
    pub fn history(&self, id: &str) -> Option<&History> {
        self.places.get(id).map(|place| &self.histories[*place])
    }

    /// Returns a document as it stood when a release was made: as that release froze it, or the newest one before.
    pub fn version_at(&self, id: &str, release: &ReleaseId) -> Option<&Version> {
        let mut versions = self.history(id)?.versions.iter().peekable();
        let mut newest = None;
        for made in &self.releases {
            newest = versions.next_if(|version| version.release.id == made.id).or(newest);
            if made.id == *release {
                break;
            }
        }
        newest
    }

    /// Returns the commitments as they stood when a release was made.
    pub fn commitments_at(&self, release: &ReleaseId) -> Option<&Document> {
        self.version_at(DocumentId::COMMITMENTS, release).map(|version| &*version.document)
    }

    /// Returns the commitments as their author wrote them last.
    pub fn commitments(&self) -> Option<&Document> {
        self.history(DocumentId::COMMITMENTS)?.draft.as_deref()
    }

    /// Returns the days at which the site says something else although nobody edited it: words that come into force,
    /// security.txt and its key on the days their maintainer must hear that they end, reviews that become overdue, sub-processors that come
    /// and leave.
    pub fn turning_days(&self) -> impl Iterator<Item = Date> {
        let effective = self.releases.iter().filter_map(|release| release.in_force_since());
        let days = self.config.security_txt.iter().flat_map(|security_txt| {
            let told = |end: Option<Date>, before: i64| {
                let soon = end.and_then(|end| end.checked_sub(before.days()).ok());
                [end.and_then(|end| end.tomorrow().ok()), soon].into_iter().flatten()
            };
            let longest = security_txt.last_day().and_then(|end| end.checked_sub(SecurityTxt::LONGEST_DAYS.days()).ok());
            let own = told(security_txt.last_day(), security_txt.warn_days).chain(longest);
            own.chain(told(security_txt.last_key_day(), security_txt.key_warn_days))
        });
        let due = self.histories.iter().filter_map(History::review_due).filter_map(|due| due.tomorrow().ok());
        let companies = self.histories.iter().filter_map(|history| match &**history.current() {
            Document::Subprocessors(list) => Some(&list.subprocessors),
            _ => None,
        });
        let companies = companies.flatten().flat_map(|entry| {
            let comes = entry.effective.as_ref().map(|day| day.value);
            comes.into_iter().chain(entry.until.and_then(|until| until.tomorrow().ok()))
        });
        effective.chain(days).chain(due).chain(companies)
    }
}
