//! The whole: what the author wrote now, and what was released.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use url::Url;

use crate::diagnostic::{Code, Weight};
use crate::model::{
    Colour, Contact, ContactKind, Document, DocumentId, Entry, FootLink, History, Host, Ledger,
    NavEntry, Period, Placed, Policy, Redirect, Release, ReleaseId, SecurityTxt, Version, day_of,
};
use crate::tree::Span;

/// The draft: what `content/` says now.
#[derive(Clone, Debug)]
pub struct Content {
    /// What `site.yaml` says.
    pub config: Config,
    /// The policies and lists.
    pub documents: BTreeMap<DocumentId, Arc<Document>>,
    /// The pages that are no policies: texts without versions.
    pub pages: Vec<Policy>,
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
    /// The zone whose days count.
    pub timezone: TimeZone,
    /// How to reach the organisation, in order of preference.
    pub contacts: Vec<Contact>,
    /// What security.txt says.
    pub security_txt: Option<SecurityTxt>,
    /// How many days before they come into force the words of a document are announced.
    pub notice: BTreeMap<DocumentId, i64>,
    /// Where each of these promises stands in `site.yaml`.
    pub notice_places: BTreeMap<DocumentId, Span>,
    /// Versions that have a page of what changed between them, however far apart they are.
    pub compare: Vec<Pinned>,
    /// Old addresses that lead on, in their order.
    pub redirects: Vec<Redirect>,
    /// What stands in the head of every page; the first documents if it is empty.
    pub nav: Vec<NavEntry>,
    /// The links at the foot of every page.
    pub footer: Vec<FootLink>,
    /// The theme, a folder of `themes/`.
    pub theme: Placed<String>,
    /// Whether raw HTML in markdown reaches the page.
    pub raw_html: bool,
    /// What minify-html runs over.
    pub minify: Minify,
    /// The colour of links.
    pub accent: Option<Placed<Colour>>,
    /// The organisation's mark, a static file of the theme.
    pub logo: Option<Placed<String>>,
    /// The hosts that are told how to serve the site.
    pub hosts: BTreeSet<Host>,
    /// Whether to write gzip and Brotli copies of the files of the site.
    pub compress: bool,
    /// Where the site is published, and who is told.
    pub publish: Publishing,
    /// How much findings weigh here, where not as usual.
    pub weights: BTreeMap<Code, Weight>,
}

impl Config {
    /// Returns true if the site lives below `.example`, where nobody can publish (RFC 2606).
    pub fn is_example(&self) -> bool {
        self.base_url.host_str().is_some_and(|host| host.ends_with(".example"))
    }

    /// Returns the contacts of one kind, in order of preference.
    pub fn contacts(&self, kind: &ContactKind) -> impl Iterator<Item = &Contact> {
        self.contacts.iter().filter(move |contact| contact.kind.value == *kind)
    }
}

/// Two versions that are compared on a page, in every document that has both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    /// The older one.
    pub from: Placed<ReleaseId>,
    /// The newer one.
    pub to: Placed<ReleaseId>,
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
    /// The pages that are no policies, by their ids.
    pub pages: Vec<Policy>,
    /// The releases in the order of the ledger, oldest first.
    pub releases: Vec<Arc<Release>>,
    /// Every entry of the ledger.
    pub ledger: Ledger,
    /// Where each document stands in `histories`.
    places: BTreeMap<DocumentId, usize>,
    /// Where each release stands in `releases`.
    numbers: BTreeMap<ReleaseId, usize>,
}

impl Site {
    /// Returns the site of these documents, releases and ledger.
    pub fn new(
        config: Config,
        histories: Vec<History>,
        releases: Vec<Arc<Release>>,
        ledger: Ledger,
    ) -> Site {
        let places = histories
            .iter()
            .enumerate()
            .map(|(place, history)| (history.id.clone(), place))
            .collect();
        let numbers = releases
            .iter()
            .enumerate()
            .map(|(number, release)| (release.id.clone(), number))
            .collect();
        Site { config, histories, pages: Vec::new(), releases, ledger, places, numbers }
    }

    /// Returns the documents with unreleased words.
    pub fn unreleased(&self) -> impl Iterator<Item = &History> {
        self.histories.iter().filter(|history| history.unreleased)
    }

    /// Returns the document with this id.
    pub fn history(&self, id: &str) -> Option<&History> {
        self.places.get(id).map(|place| &self.histories[*place])
    }

    /// Returns the page that is no policy with this id.
    pub fn page(&self, id: &str) -> Option<&Policy> {
        self.pages.iter().find(|page| page.id.as_str() == id)
    }

    /// Returns true if a release has this id.
    pub fn is_taken(&self, id: &ReleaseId) -> bool {
        self.releases.iter().any(|release| release.id == *id)
    }

    /// Returns a document as it stood when a release was made: as that release froze it, or the
    /// newest one before, by its day and then by the order of the ledger. Days that nobody knows
    /// come first.
    pub fn version_at(&self, id: &str, release: &ReleaseId) -> Option<&Version> {
        let history = self.history(id)?;
        let key = |release: &ReleaseId| {
            self.numbers.get(release).map(|number| (self.releases[*number].released, *number))
        };
        let made = key(release)?;
        let known = history
            .versions
            .iter()
            .filter_map(|version| Some((key(&version.release.id)?, version)));
        known
            .filter(|(key, _)| *key <= made)
            .max_by_key(|(key, _)| *key)
            .map(|(_, version)| version)
    }

    /// Returns the commitments as they stood when a release was made.
    pub fn commitments_at(&self, release: &ReleaseId) -> Option<&Document> {
        self.version_at(DocumentId::COMMITMENTS, release).map(|version| &*version.document)
    }

    /// Returns the commitments as their author wrote them last.
    pub fn commitments(&self) -> Option<&Document> {
        self.history(DocumentId::COMMITMENTS)?.draft.as_deref()
    }

    /// Returns when security.txt, its key and its signature expire.
    pub fn ends(&self) -> impl Iterator<Item = Timestamp> {
        let ends = |settings: &SecurityTxt| {
            [settings.expires(), settings.key_ends(), settings.signature_ends()]
        };
        self.config.security_txt.iter().flat_map(ends).flatten()
    }

    /// Returns the days on which the built site changes without an edit: words that come into force
    /// or cease to be, security.txt, its key and its signature on the days they expire and those on
    /// which their maintainer must hear of it, reviews that become overdue, list entries that come
    /// and leave, days of the ledger that were ahead.
    pub fn turning_days(&self) -> impl Iterator<Item = Date> {
        let zone = &self.config.timezone;
        let periods = self
            .histories
            .iter()
            .flat_map(|history| &history.versions)
            .map(|version| &version.period);
        let turns = periods
            .flat_map(Period::turns)
            .chain(self.ledger.entries.iter().filter_map(Entry::date));
        let days = self.config.security_txt.iter().flat_map(|security_txt| {
            let before = |end: Option<Timestamp>, days: i64| {
                end.and_then(|end| day_of(end, zone).checked_sub(days.days()).ok())
            };
            let (expires, key_ends) = (security_txt.expires(), security_txt.key_ends());
            let longest = before(expires, SecurityTxt::LONGEST_DAYS);
            [
                before(expires, security_txt.warn_days),
                longest,
                before(key_ends, security_txt.key_warn_days),
            ]
            .into_iter()
            .flatten()
        });
        // What ends within a day has ended when the next one begins.
        let ends = self.ends().flat_map(|end| {
            let day = day_of(end, zone);
            [Some(day), day.tomorrow().ok()].into_iter().flatten()
        });
        let due = self
            .histories
            .iter()
            .filter_map(History::review_due)
            .filter_map(|due| due.tomorrow().ok());
        turns.chain(days).chain(ends).chain(due).chain(self.days_of_lists())
    }

    /// Returns the days on which list entries start to apply, and the day after each one's last.
    pub fn days_of_lists(&self) -> impl Iterator<Item = Date> {
        let lists = self.histories.iter().flat_map(|history| {
            let newest = history.newest().map(|newest| &newest.document);
            history
                .shown()
                .map(|at| &history.versions[at].document)
                .into_iter()
                .chain(newest)
                .chain(&history.draft)
        });
        let entries = lists.filter_map(|document| document.list()).flat_map(|list| &list.entries);
        entries.flat_map(|entry| {
            let left = entry.day("until").and_then(|until| until.tomorrow().ok());
            entry.day("effective").into_iter().chain(left)
        })
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZoneDatabase;

    use super::*;
    use crate::model::{Kind, List, ListEntry, ListKind, Policy, Section};
    use crate::tree::{Digest, Span, TreePath};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn release(id: &str, released: Option<&str>, effective: Option<&str>) -> Arc<Release> {
        let (released, effective) = (released.map(day), effective.map(day));
        Arc::new(Release {
            released,
            effective,
            ..Release::new(ReleaseId::new(id).unwrap(), "x", Kind::Substantive)
        })
    }

    /// Returns a list whose note is a word.
    fn list(word: &str) -> Arc<Document> {
        let kind = ListKind::of("commitments").unwrap();
        Arc::new(Document::List(List { head: Some(word.into()), ..List::empty(kind) }))
    }

    fn version(release: &Arc<Release>, document: Arc<Document>) -> Version {
        Version {
            release: release.clone(),
            digest: Digest::of("x"),
            document,
            stamp: release.clone(),
            sections: Vec::new(),
            files: Vec::new(),
            place: 0,
            follows: None,
            period: Period::open(release.planned()),
            notice: None,
            decisions: Vec::new(),
        }
    }

    /// Returns a list with a draft and versions of these words, the version in force named by its
    /// place.
    fn history(
        id: &str,
        draft: Option<&str>,
        versions: &[(&Arc<Release>, &str)],
        in_force: Option<usize>,
    ) -> History {
        let versions =
            versions.iter().map(|(release, word)| version(release, list(word))).collect();
        History {
            in_force,
            ..History::new(
                DocumentId::new(id).unwrap(),
                day("2024-06-01"),
                draft.map(list),
                versions,
            )
        }
    }

    fn word(document: &Document) -> &str {
        document.list().unwrap().head.as_deref().unwrap()
    }

    fn config() -> Config {
        Config {
            name: "A".into(),
            description: None,
            base_url: Url::parse("https://a.example/").unwrap(),
            language: "en".into(),
            timezone: TimeZone::UTC,
            contacts: Vec::new(),
            security_txt: None,
            notice: BTreeMap::new(),
            notice_places: BTreeMap::new(),
            compare: Vec::new(),
            redirects: Vec::new(),
            nav: Vec::new(),
            footer: Vec::new(),
            theme: Placed { value: "default".into(), span: Span::default() },
            raw_html: false,
            minify: Minify::Off,
            accent: None,
            logo: None,
            hosts: BTreeSet::new(),
            compress: false,
            publish: Publishing::default(),
            weights: BTreeMap::new(),
        }
    }

    fn policy(every: Option<&str>) -> Arc<Document> {
        let opening = Section {
            id: String::new(),
            title: String::new(),
            summary: None,
            covers: Vec::new(),
            file: TreePath::new("a/_index.md").unwrap(),
            body: crate::model::Body::Part(crate::tree::File::new(*b""), 0..0),
            headings: Vec::new(),
            mentions: Vec::new(),
        };
        let review_every = every.map(|every| every.parse().unwrap());
        let id = DocumentId::new("a").unwrap();
        Arc::new(Document::Policy(Policy {
            id,
            title: "A".into(),
            summary: None,
            order: 0,
            review_every,
            raw_html: false,
            opening,
            sections: Vec::new(),
        }))
    }

    #[test]
    fn readers_are_shown_the_draft_while_it_is_unreleased_else_what_is_in_force() {
        let (one, two) =
            (release("one", Some("2024-01-01"), None), release("two", Some("2024-02-02"), None));
        let both = [(&one, "1"), (&two, "2")];
        let shown = |draft: Option<&str>,
                     versions: &[(&Arc<Release>, &str)],
                     in_force: Option<usize>,
                     unreleased: bool| {
            word(History { unreleased, ..history("a", draft, versions, in_force) }.current())
                .to_owned()
        };
        assert_eq!(shown(Some("d"), &both, Some(0), false), "1");
        assert_eq!(shown(Some("d"), &both, Some(0), true), "d");
        assert_eq!(shown(Some("d"), &both, None, false), "d");
        assert_eq!(shown(Some("d"), &[], None, true), "d");
        assert_eq!(shown(None, &both, Some(1), false), "2");
        assert_eq!(shown(None, &both, Some(0), true), "1");
        assert_eq!(shown(None, &both, None, false), "2", "only what comes into force later");
        let version = |in_force| {
            history("a", None, &both, in_force)
                .current_version()
                .map(|version| version.release.id.to_string())
        };
        assert_eq!((version(None), version(Some(1)).as_deref()), (None, Some("two")));
        let later = release("three", Some("2024-05-05"), Some("2024-07-07"));
        assert_eq!(history("a", None, &[(&one, "1"), (&later, "3")], Some(0)).upcoming(), Some(1));
        assert_eq!(history("a", None, &both, Some(1)).upcoming(), None);
    }

    #[test]
    fn a_document_lies_where_its_author_finds_it() {
        assert_eq!(
            history("commitments", Some("d"), &[], None).place().as_str(),
            "content/commitments.yaml"
        );
        let history = History { draft: Some(policy(None)), ..history("a", None, &[], None) };
        assert_eq!(history.place().as_str(), "content/a/_index.md");
    }

    #[test]
    fn words_are_announced_where_they_come_into_force_later() {
        let announced = |released: Option<&str>, effective: Option<&str>| {
            let (first, other) =
                (release("one", Some("2024-01-01"), None), release("two", released, effective));
            history("a", None, &[(&first, "1"), (&other, "2")], None).was_announced()
        };
        assert!(
            announced(Some("2024-01-01"), Some("2024-01-02"))
                && announced(None, Some("2024-01-02"))
        );
        assert!(
            !announced(Some("2024-01-01"), Some("2024-01-01"))
                && !announced(Some("2024-01-01"), None)
        );
    }

    #[test]
    fn a_review_is_due_after_the_newest_release_or_review() {
        let releases = [
            release("one", Some("2024-01-31"), None),
            release("two", None, None),
            release("three", Some("2024-01-01"), None),
        ];
        let due = |every: Option<&str>, reviewed: Option<&str>| {
            let versions: Vec<(&Arc<Release>, &str)> =
                releases.iter().map(|release| (release, "x")).collect();
            let history = History {
                draft: Some(policy(every)),
                reviewed: reviewed.map(day),
                ..history("a", None, &versions, None)
            };
            history.review_due().map(|day| day.to_string())
        };
        assert_eq!(due(Some("1 month"), None).as_deref(), Some("2024-02-29"));
        assert_eq!(due(Some("1 month"), Some("2024-03-01")).as_deref(), Some("2024-04-01"));
        assert_eq!(due(Some("1 month"), Some("2024-01-01")).as_deref(), Some("2024-02-29"));
        assert_eq!(due(None, Some("2024-03-01")), None);
    }

    #[test]
    fn a_document_is_found_as_it_stood_when_a_release_was_made() {
        let releases = ["one", "two", "three", "four"].map(|id| release(id, None, None));
        let [one, two, three, _] = &releases;
        let histories = vec![
            history("commitments", Some("d"), &[(one, "1"), (three, "3")], Some(1)),
            History { unreleased: true, ..history("whitehats", Some("e"), &[(two, "2")], Some(0)) },
        ];
        let site = Site::new(config(), histories, releases.to_vec(), Ledger::default());
        let at = |id: &str, release: &str| {
            site.version_at(id, &ReleaseId::new(release).unwrap())
                .map(|version| word(&version.document).to_owned())
                .unwrap_or_default()
        };
        assert_eq!(
            ["one", "two", "three", "four"].map(|release| at("commitments", release)),
            ["1", "1", "3", "3"]
        );
        assert_eq!(
            ["one", "two", "three", "four"].map(|release| at("whitehats", release)),
            ["", "2", "2", "2"]
        );
        assert_eq!(at("nothing", "one"), "");
        assert_eq!(site.commitments_at(&three.id).map(word), Some("3"));
        assert_eq!(site.commitments().map(word), Some("d"));
        assert_eq!(
            site.unreleased().map(|history| history.id.as_str()).collect::<Vec<_>>(),
            ["whitehats"]
        );
        assert_eq!(site.history("whitehats").unwrap().id.as_str(), "whitehats");
    }

    #[test]
    fn contacts_are_found_by_what_they_are_for() {
        let contact = |kind, email: &str| Contact {
            kind: Placed { value: kind, span: Span::default() },
            label: None,
            email: Some(email.into()),
            phone: None,
            form: None,
            hours: None,
            languages: Vec::new(),
            key: None,
        };
        let (security, support) = (ContactKind::Security, ContactKind::Support);
        let contacts = vec![
            contact(security.clone(), "a"),
            contact(support, "b"),
            contact(security.clone(), "c"),
        ];
        let config = Config { contacts, ..config() };
        let found: Vec<&str> =
            config.contacts(&security).filter_map(|contact| contact.email.as_deref()).collect();
        assert_eq!(found, ["a", "c"]);
    }

    #[test]
    fn a_site_says_something_else_on_its_turning_days() {
        let (one, two) =
            (release("one", Some("2024-01-01"), Some("2024-01-10")), release("two", None, None));
        let security_txt = SecurityTxt {
            span: Span::default(),
            typed: None,
            recorded: Some("2026-12-31T12:00:00Z".parse().unwrap()),
            languages: Vec::new(),
            policy: None,
            canonical: Vec::new(),
            encryption: Vec::new(),
            hiring: Vec::new(),
            csaf: Vec::new(),
            bug_bounty: None,
            copy: false,
            warn_days: 30,
            key_warn_days: 10,
            key: None,
            sign_with: None,
            signed: None,
        };
        let kind = ListKind::of("subprocessors").unwrap();
        let days = [("name", "One"), ("effective", "2025-05-05"), ("until", "2025-06-06")];
        let companies = Arc::new(Document::List(List {
            entries: vec![ListEntry::of(kind, &days)],
            ..List::empty(kind)
        }));
        let reviewed = History {
            draft: Some(policy(Some("1 year"))),
            reviewed: Some(day("2024-03-01")),
            ..history("a", None, &[(&one, "x")], None)
        };
        let listed =
            History { draft: Some(companies), ..history("subprocessors", None, &[], None) };
        let config = Config { security_txt: Some(security_txt), ..config() };
        let site = Site::new(config, vec![reviewed, listed], vec![one, two], Ledger::default());
        let days: Vec<String> = site.turning_days().map(|day| day.to_string()).collect();
        let expected = [
            "2024-01-10 words come into force",
            "2026-12-01 the maintainer of security.txt hears of its end",
            "2026-01-01 it is less than a year ahead",
            "2026-12-31 it ends",
            "2027-01-01 it has ended",
            "2025-03-02 a review is overdue",
            "2025-05-05 a company comes",
            "2025-06-07 it has left",
        ];
        assert_eq!(days, expected.map(|expected| &expected[..10]));
        // Where it is another day at that moment.
        let tokyo = TimeZoneDatabase::bundled().get("Asia/Tokyo").unwrap();
        let ends = |timezone: TimeZone, end: &str| {
            let recorded = Some(end.parse().unwrap());
            let security_txt = site
                .config
                .security_txt
                .clone()
                .map(|settings| SecurityTxt { recorded, ..settings });
            let config = Config { security_txt, timezone, ..site.config.clone() };
            let site = Site::new(config, Vec::new(), Vec::new(), Ledger::default());
            site.turning_days().map(|day| day.to_string()).collect::<Vec<_>>()[2..].join(" ")
        };
        assert_eq!(ends(TimeZone::UTC, "2026-12-31T14:59:59Z"), "2026-12-31 2027-01-01");
        assert_eq!(ends(tokyo.clone(), "2026-12-31T14:59:59Z"), "2026-12-31 2027-01-01");
        assert_eq!(ends(tokyo, "2026-12-31T15:00:00Z"), "2027-01-01 2027-01-02");
    }
}
