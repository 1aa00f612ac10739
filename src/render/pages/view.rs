//! What templates see: plain values, with dates, addresses and states worked out, so that a
//! template only lays out.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::messages::Messages;
use crate::model::{
    Config, Contact, ContactKind, Decision, Destination, Document, DocumentId, End, History,
    NavEntry, Policy, Release, Retirement, Site,
};
use crate::render::theme::Asset;
use crate::render::{Route, Theme, Words};

/// What every template sees as `site`.
#[derive(Serialize)]
pub struct SiteView<'a> {
    name: &'a str,
    description: Option<&'a str>,
    language: &'a str,
    /// The first documents, for the head of each page. Links start at the front page.
    nav: Vec<Link<'a>>,
    /// The same, those of a group together.
    nav_groups: Vec<NavGroup<'a>>,
    /// The links at the foot of each page that the site names.
    footer: Vec<FootView<'a>>,
    contacts: Vec<ContactView<'a>>,
    /// The same, those that are called alike together.
    contact_groups: Vec<ContactGroup>,
    /// The address of the organisation's mark.
    logo: Option<String>,
    /// The address of each static file, by its name in the theme: that of `site.css` is
    /// `assets.site_css`.
    assets: BTreeMap<String, String>,
    /// Whether there is a security.txt.
    security_txt: bool,
    /// The page of the ledger, from the front page; `None` if nothing was released.
    ledger: Option<String>,
    /// The newest seal of the ledger: a page that shows it is another after every release.
    head: Option<String>,
}

/// Links in the head of each page that stand under one title, or under none.
#[derive(Serialize)]
struct NavGroup<'a> {
    title: Option<&'a str>,
    links: Vec<Link<'a>>,
}

/// A link at the foot of each page.
#[derive(Serialize)]
struct FootView<'a> {
    title: &'a str,
    address: String,
    /// Whether the address starts at the front page.
    here: bool,
}

/// A link and its words.
#[derive(Serialize)]
pub struct Link<'a> {
    /// The words.
    pub title: &'a str,
    /// The address, from the front page.
    pub address: String,
}

/// Contacts that are called alike.
#[derive(Serialize)]
struct ContactGroup {
    title: String,
    /// Where they stand among all.
    places: Vec<usize>,
}

#[derive(Serialize)]
struct ContactView<'a> {
    kind: &'a str,
    /// What readers see it called.
    title: String,
    email: Option<&'a str>,
    mailto: Option<String>,
    phone: Option<&'a str>,
    tel: Option<String>,
    form: Option<&'a str>,
    hours: Option<&'a str>,
    languages: &'a [String],
    /// Where their public key is, and whether that is an address.
    key: Option<&'a str>,
    key_address: Option<&'a str>,
}

/// How many documents stand in the head of each page; the front page names all.
const NAV: usize = 7;

impl<'a> SiteView<'a> {
    /// Returns what every template sees of a site.
    pub fn new(site: &'a Site, theme: &'a Theme, security_txt: bool) -> SiteView<'a> {
        let config: &Config = &site.config;
        let link = |(id, own, title, _): &NavItem<'a>| Link {
            title: title.unwrap_or_else(|| match own {
                Own::Document(history) => theme.messages.title(history.current()),
                Own::Page(page) => &page.title,
            }),
            address: Route::Document(id).address(),
        };
        let nav = nav(site);
        let address = |asset: &Asset| Route::Asset(&asset.hashed).address();
        let contacts = config.contacts.iter().map(|contact| ContactView {
            kind: contact.kind.value.as_str(),
            title: contact_title(contact, &theme.messages),
            email: contact.email.as_deref(),
            mailto: contact.mailto(),
            phone: contact.phone.as_deref(),
            tel: contact.tel(),
            form: contact.form.as_deref(),
            hours: contact.hours.as_deref(),
            languages: &contact.languages,
            key: contact.key.as_ref().map(|key| &*key.value),
            key_address: contact
                .key
                .as_ref()
                .map(|key| &*key.value)
                .filter(|key| key.starts_with("https:")),
        });
        SiteView {
            name: &config.name,
            description: config.description.as_deref(),
            language: &config.language,
            nav: nav.iter().map(link).collect(),
            nav_groups: nav
                .chunk_by(|(.., one), (.., other)| one == other)
                .map(|group| NavGroup {
                    title: group.first().and_then(|(.., title)| *title),
                    links: group.iter().map(link).collect(),
                })
                .collect(),
            footer: footer(site),
            contacts: contacts.collect(),
            contact_groups: contact_groups(&config.contacts, &theme.messages),
            logo: config
                .logo
                .as_ref()
                .and_then(|logo| theme.assets.iter().find(|asset| asset.name == logo.value))
                .map(address),
            assets: theme.assets.iter().map(|asset| (key(&asset.name), address(asset))).collect(),
            security_txt,
            ledger: site.ledger.head().map(|_| Route::Ledger.address()),
            head: site.ledger.head().map(|head| head.to_string()),
        }
    }
}

/// Returns what readers see a contact called.
fn contact_title(contact: &Contact, messages: &Messages) -> String {
    match (&contact.label, &contact.kind.value) {
        (Some(label), _) => label.clone(),
        (None, ContactKind::Security) => messages.get("contact.security").to_owned(),
        (None, ContactKind::Support) => messages.get("contact.support").to_owned(),
        (None, ContactKind::Privacy) => messages.get("contact.privacy").to_owned(),
        (None, ContactKind::Other(word)) => {
            let words = word.replace('-', " ");
            let first = words.chars().next().map_or(0, char::len_utf8);
            format!("{}{}", words[..first].to_uppercase(), &words[first..])
        }
    }
}

/// Returns the contacts by what they are called, in the order of the first of each.
fn contact_groups(contacts: &[Contact], messages: &Messages) -> Vec<ContactGroup> {
    let mut groups: Vec<ContactGroup> = Vec::new();
    for (place, contact) in contacts.iter().enumerate() {
        let title = contact_title(contact, messages);
        match groups.iter_mut().find(|group| group.title == title) {
            Some(group) => group.places.push(place),
            None => groups.push(ContactGroup { title, places: vec![place] }),
        }
    }
    groups
}

/// What an entry in the head of each page leads to.
enum Own<'a> {
    Document(&'a History),
    Page(&'a Policy),
}

/// An entry in the head of each page: its id, where it leads, its short title and its group.
type NavItem<'a> = (&'a DocumentId, Own<'a>, Option<&'a str>, Option<&'a str>);

/// Returns what stands in the head of each page.
fn nav(site: &Site) -> Vec<NavItem<'_>> {
    if site.config.nav.is_empty() {
        let first = site.histories.iter().take(NAV);
        return first.map(|history| (&history.id, Own::Document(history), None, None)).collect();
    }
    let item = |entry: &'_ NavEntry| {
        let id = entry.id.value.as_str();
        let history = site.history(id).map(Own::Document);
        history.or_else(|| site.page(id).map(Own::Page))
    };
    let entries = site.config.nav.iter();
    entries
        .filter_map(|entry| {
            let (title, group) = (entry.title.as_deref(), entry.group.as_deref());
            Some((&entry.id.value, item(entry)?, title, group))
        })
        .collect()
}

/// Returns the links at the foot of each page: those of `site.yaml`, and the pages that neither
/// these nor the head name.
fn footer(site: &Site) -> Vec<FootView<'_>> {
    let own = site.config.footer.iter().map(|link| {
        let (address, here) = Route::destination(&link.to.value);
        FootView { title: &link.title, address, here }
    });
    let linked = |page: &&Policy| {
        let names =
            |to: &Destination| matches!(to, Destination::Document { id, .. } if *id == page.id);
        site.config.footer.iter().any(|link| names(&link.to.value))
            || site.config.nav.iter().any(|entry| entry.id.value == page.id)
    };
    let rest = site.pages.iter().filter(|page| !linked(page)).map(|page| FootView {
        title: &page.title,
        address: Route::Document(&page.id).address(),
        here: true,
    });
    own.chain(rest).collect()
}

/// Returns what templates call a static file.
fn key(name: &str) -> String {
    name.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect()
}

/// What every template sees as `page`.
#[derive(Serialize)]
pub struct PageView {
    /// The way up to the front page: every link begins with it.
    pub root: String,
    /// This page's own address, from the front page.
    pub address: String,
    /// The address of the document it belongs to, from the front page.
    pub section: Option<String>,
    /// The title, for the window and for search engines.
    pub title: String,
    /// The address search engines should keep.
    pub canonical: Option<String>,
    /// Whether search engines should look away.
    pub hidden: bool,
    /// What it is about, for search engines.
    pub description: Option<String>,
    /// Relations to other versions, RFC 5829, and what else says the same.
    pub links: Vec<Relation>,
    /// The feed that tells of its changes, from the front page.
    pub feed: Option<String>,
    /// What search engines read of a version, JSON-LD.
    pub data: Option<String>,
}

/// A relation of a page to another.
#[derive(Serialize)]
pub struct Relation {
    rel: &'static str,
    address: String,
    /// The media type, where it is no page.
    #[serde(rename = "type")]
    kind: Option<&'static str>,
}

impl Relation {
    /// Returns a relation to the page at a route.
    pub fn new(rel: &'static str, route: Route<'_>) -> Relation {
        Relation { rel, address: route.address(), kind: None }
    }

    /// Returns a relation of some kind to a file that programs read.
    pub fn to_file(rel: &'static str, kind: &'static str, route: Route<'_>) -> Relation {
        Relation { rel, address: route.address(), kind: Some(kind) }
    }
}

/// A day, for machines and for readers.
#[derive(Clone, Serialize)]
pub struct DayView {
    /// `2023-02-15`
    pub iso: String,
    /// `15 February 2023`
    pub text: String,
}

impl DayView {
    /// Returns a day.
    pub fn of(date: Date, messages: &Messages) -> DayView {
        DayView { iso: date.to_string(), text: messages.day(date) }
    }
}

/// A version, as pages speak of it.
#[derive(Serialize)]
pub struct VersionView {
    id: String,
    /// Its permanent page, from the front page.
    address: String,
    /// The page that shows what it changed, from the front page.
    changes: String,
    /// The page that shows what changed since, from the front page; `None` if it was never in force.
    since: Option<String>,
    released: Option<DayView>,
    /// The day its words came, or come, into force; `None` if nobody knows, or where they never
    /// do.
    in_force_since: Option<DayView>,
    /// The last day on which they are in force, where that is known.
    in_force_until: Option<DayView>,
    /// Whether they are never in force: withdrawn, or replaced before their day.
    never: bool,
    /// The version that replaced it before its day, where one did.
    replaced_by: Option<VersionLink>,
    /// The versions that it replaced before their day and whose changes it brings, oldest first.
    brought: Vec<Brought>,
    /// What was decided of it since its release, oldest first.
    decisions: Vec<DecisionView>,
    /// Who approved it, where that was recorded.
    approved_by: Option<String>,
    summary: String,
    kind: &'static str,
    /// Who vouches that it is editorial, where that could not be checked.
    attested: Option<String>,
    /// SHA-256 of its words, as in the ledger.
    digest: String,
    /// The day its words last changed; `None` if nobody knows.
    modified: Option<DayView>,
    /// What programs read of it, from the front page.
    index: String,
    /// Its words as they were released, of a policy: as Markdown.
    markdown: Option<String>,
    /// The same as plain text.
    plain: Option<String>,
}

impl VersionView {
    /// Returns a version of a document, by its place.
    pub fn new(history: &History, at: usize, messages: &Messages) -> VersionView {
        let day = |day: Date| DayView::of(day, messages);
        let version = &history.versions[at];
        let release: &Release = &version.release;
        let link = |at: usize| {
            let id = &history.versions[at].release.id;
            VersionLink { id: id.to_string(), address: Route::Version(&history.id, id).address() }
        };
        let brought = |at: usize| {
            let release = &history.versions[at].release;
            Brought {
                link: link(at),
                summary: release.summary.clone(),
                kind: release.kind.as_str(),
            }
        };
        let words = |words| {
            version
                .document
                .policy()
                .map(|_| Route::Words(&history.id, &release.id, words).address())
        };
        VersionView {
            id: release.id.to_string(),
            address: Route::Version(&history.id, &release.id).address(),
            changes: Route::Changes(&history.id, &release.id).address(),
            since: history.came(version).then(|| Route::Since(&history.id, &release.id).address()),
            released: release.released.map(day),
            in_force_since: version.period.from.filter(|_| !version.period.never()).map(day),
            in_force_until: version.period.until().map(day),
            never: version.period.never(),
            replaced_by: history.replacement(at).map(link),
            brought: history.brought(at).into_iter().map(brought).collect(),
            decisions: version
                .decisions
                .iter()
                .map(|decision| DecisionView::new(decision, messages))
                .collect(),
            approved_by: release.approved_by.clone(),
            summary: release.summary.clone(),
            kind: release.kind.as_str(),
            attested: release.attested.clone(),
            digest: version.digest.to_string(),
            modified: version.stamp.released.map(day),
            index: Route::VersionIndex(&history.id, &release.id).address(),
            markdown: words(Words::Markdown),
            plain: words(Words::Plain),
        }
    }
}

/// A version, in a link.
#[derive(Serialize)]
struct VersionLink {
    id: String,
    /// From the front page.
    address: String,
}

/// What was decided of a version after its release.
#[derive(Serialize)]
struct DecisionView {
    day: DayView,
    /// The day on which it comes into force since then; `None` if it was withdrawn.
    effective: Option<DayView>,
    reason: String,
}

impl DecisionView {
    fn new(decision: &Decision, messages: &Messages) -> DecisionView {
        DecisionView {
            day: DayView::of(decision.date, messages),
            effective: decision.effective.map(|day| DayView::of(day, messages)),
            reason: decision.reason.clone(),
        }
    }
}

/// A version whose changes another brings.
#[derive(Serialize)]
struct Brought {
    #[serde(flatten)]
    link: VersionLink,
    summary: String,
    kind: &'static str,
}

/// The end of a document.
#[derive(Serialize)]
pub struct RetirementView {
    /// The day it was decided.
    day: DayView,
    /// The first day on which the document is not in force.
    effective: DayView,
    reason: String,
    /// The document that takes its place, from the front page.
    see: Option<String>,
}

impl RetirementView {
    fn new(retirement: &Retirement, messages: &Messages) -> RetirementView {
        RetirementView {
            day: DayView::of(retirement.date, messages),
            effective: DayView::of(retirement.effective, messages),
            reason: retirement.reason.clone(),
            see: retirement.see.as_ref().map(|id| Route::Document(id).address()),
        }
    }
}

/// A document, as pages speak of it.
#[derive(Serialize)]
pub struct DocumentView<'a> {
    id: &'a str,
    /// What it is called; on a version's own page what it was called then.
    title: &'a str,
    /// What it is about, in a sentence; on a version's own page what it said then.
    summary: Option<&'a str>,
    /// Its current page, from the front page.
    address: String,
    /// The page of its versions, from the front page.
    history: String,
    /// How its current page stands: `draft`, `current`, `upcoming` or `withdrawn`, which is what a
    /// retired one is.
    state: State,
    /// The page that compares any two of its versions, from the front page; `None` if there are
    /// no two.
    compare: Option<String>,
    /// The page that shows what the draft would change, from the front page.
    draft_changes: Option<String>,
    /// Its version in force.
    in_force: Option<VersionView>,
    /// Its end, decided for a day that has come or will.
    retirement: Option<RetirementView>,
    /// The day it was last read again without a word to change.
    reviewed: Option<DayView>,
    /// Whether it is a policy; else it is a list.
    policy: bool,
    /// A list as it stands now, for programs, from the front page.
    json: Option<String>,
    /// The sub-processors as they stand now, for a spreadsheet.
    csv: Option<String>,
}

impl<'a> DocumentView<'a> {
    /// Returns the document as these words of it say.
    #[must_use]
    pub fn saying(self, words: &'a Document, messages: &'a Messages) -> DocumentView<'a> {
        DocumentView { title: messages.title(words), summary: messages.summary(words), ..self }
    }

    /// Returns a document as it was released: a page of a version says nothing of the draft.
    pub fn released(history: &'a History, messages: &'a Messages) -> DocumentView<'a> {
        let (state, draft_changes) = (State::of_released(history), None);
        let view = DocumentView { state, draft_changes, ..DocumentView::new(history, messages) };
        view.saying(history.released(), messages)
    }

    /// Returns a document.
    pub fn new(history: &'a History, messages: &'a Messages) -> DocumentView<'a> {
        let current = history.current();
        let in_force = history.current_version().map(|version| &*version.document);
        let list = in_force.is_some_and(|document| document.policy().is_none());
        let table = in_force.and_then(Document::list).is_some_and(|list| list.kind.has_csv);
        DocumentView {
            id: history.id.as_str(),
            title: messages.title(current),
            summary: messages.summary(current),
            address: Route::Document(&history.id).address(),
            history: Route::History(&history.id).address(),
            state: State::of_current(history),
            compare: history.is_comparable().then(|| Route::Comparisons(&history.id).address()),
            draft_changes: (history.unreleased && !history.versions.is_empty())
                .then(|| Route::DraftChanges(&history.id).address()),
            in_force: history.in_force.map(|at| VersionView::new(history, at, messages)),
            retirement: history
                .retirement()
                .map(|retirement| RetirementView::new(retirement, messages)),
            reviewed: history.reviewed.map(|day| DayView::of(day, messages)),
            policy: current.policy().is_some(),
            json: list.then(|| Route::ListIndex(&history.id).address()),
            csv: (list && table).then(|| Route::ListTable(&history.id).address()),
        }
    }
}

/// How a page's words stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Not released.
    Draft,
    /// In force.
    Current,
    /// No longer in force.
    Superseded,
    /// Not yet in force.
    Upcoming,
    /// In force when the document was retired.
    Withdrawn,
    /// Withdrawn before it came into force.
    Cancelled,
}

impl State {
    /// Returns how the words of a document's current page stand.
    pub fn of_current(history: &History) -> State {
        match history.unreleased {
            true => State::Draft,
            false => State::of_released(history),
        }
    }

    /// Returns how what was released of a document stands.
    fn of_released(history: &History) -> State {
        match history.in_force {
            _ if is_gone(history) || history.retired().is_some() => State::Withdrawn,
            Some(_) => State::Current,
            None => State::Upcoming,
        }
    }

    /// Returns how the words of a version stand.
    pub fn of_version(history: &History, index: usize) -> State {
        let period = &history.versions[index].period;
        match period.end {
            _ if period.is_cancelled() => State::Cancelled,
            End::Retired { on } if on <= history.day => State::Withdrawn,
            _ if period.contains(history.day) && is_gone(history) => State::Withdrawn,
            _ if period.contains(history.day) => State::Current,
            _ if period.is_announced(history.day) => State::Upcoming,
            _ => State::Superseded,
        }
    }
}

/// Returns true if a document was taken out of the project without an act, as was usual before
/// notice was recorded.
fn is_gone(history: &History) -> bool {
    history.draft.is_none()
        && history.retirement().is_none()
        && history.newest().is_none_or(|newest| newest.notice.is_none())
}
