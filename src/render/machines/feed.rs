//! Feeds, Atom, RFC 4287: an entry for every version that was announced, for the day on which one
//! came into force, and for what was decided of it in between. The one file that names the Atom
//! crate.
//!
//! An id is made of the seal of the ledger's entry, so it is never given twice and stays the same
//! wherever the site moves. An entry says the same for ever, until a redaction changes the words it
//! speaks of: `updated` is that day. What has no known day has no entry. The feed of the site alone
//! names the head of the ledger, so that a release changes no feed of another document.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use atom_syndication::{Content, Entry, Feed, FixedDateTime, Generator, Link, Person};
use jiff::civil::Date;

use crate::messages::Messages;
use crate::model;
use crate::model::{
    Decision, DocumentId, History, Kind, Redaction, ReleaseId, Retirement, Site, Version, beginning,
};
use crate::render::Route;
use crate::render::escape::escape;
use crate::render::pages::change_lines::{Lines, Told};
use crate::render::sentence::sentence;
use crate::tree::Digest;

/// How many entries a feed has at most: the newest.
const LONGEST: usize = 20;

/// The feeds of a site: what they know of its ledger.
pub struct Feeds<'a> {
    site: &'a Site,
    day: Date,
    /// The newest redaction of every version.
    redacted: BTreeMap<(&'a ReleaseId, &'a DocumentId), Date>,
}

/// Something that is told once.
#[derive(Clone, Copy)]
struct News<'a> {
    history: &'a History,
    what: What<'a>,
    day: Date,
    /// The place of its entry in the ledger.
    place: usize,
}

/// What is told.
#[derive(Clone, Copy)]
enum What<'a> {
    /// A version was announced for a day.
    Announced(usize, Date),
    /// A version came into force.
    InForce(usize),
    /// A version was put off, or withdrawn, before it came into force.
    Decided(usize, &'a Decision),
    /// The document will not be in force from a day on.
    Retiring(&'a Retirement),
    /// The document is not in force any more.
    Retired(&'a Retirement),
}

impl<'a> Feeds<'a> {
    /// Makes ready to write the feeds of a site.
    pub fn new(site: &'a Site, day: Date) -> Feeds<'a> {
        let redactions = site.ledger.entries.iter().filter_map(model::Entry::redaction);
        let changed = |redaction: &'a Redaction| {
            redaction.documents.keys().map(|(release, id)| ((release, id), redaction.date))
        };
        Feeds { site, day, redacted: redactions.flat_map(changed).collect() }
    }

    /// Returns the day of the newest redaction of a version.
    pub fn redacted(&self, release: &ReleaseId, document: &DocumentId) -> Option<Date> {
        self.redacted.get(&(release, document)).copied()
    }

    /// Returns true if a document has a feed: if the day of any of its versions is known.
    pub fn tells_of(history: &History) -> bool {
        history.versions.iter().any(|version| version.release.planned().is_some())
    }

    /// Returns the feed of all documents; `None` if nothing has a day.
    pub fn site(&self, told: &Told<'_>) -> Option<String> {
        if !self.site.histories.iter().any(Feeds::tells_of) {
            return None;
        }
        let news = self.site.histories.iter().flat_map(|history| self.news(history)).collect();
        let head = self.site.ledger.head()?.to_string();
        let mut feed =
            self.feed([Route::Feed, Route::Home], &self.site.config.name, "", news, told)?;
        feed.subtitle = Some(told.messages().text("feed.ledger", &[("head", &head)]).into());
        Some(written(&feed))
    }

    /// Returns the feed of a document; `None` if nothing has a day.
    pub fn document(&self, history: &History, told: &Told<'_>) -> Option<String> {
        if !Feeds::tells_of(history) {
            return None;
        }
        let messages = told.messages();
        let title = messages.title(history.released());
        let title =
            messages.text("page.title", &[("title", title), ("site", &self.site.config.name)]);
        let routes = [Route::DocumentFeed(&history.id), Route::History(&history.id)];
        let news = self.news(history).collect();
        self.feed(routes, &title, history.id.as_str(), news, told).as_ref().map(written)
    }

    /// Returns what there is to tell of a document, up to its day.
    fn news(&self, history: &'a History) -> impl Iterator<Item = News<'a>> {
        let versions = history.versions.iter().enumerate().flat_map(move |(index, version)| {
            let release = &version.release;
            let news = move |day, what| News { history, what, day, place: version.place };
            let later = release
                .released
                .zip(release.effective)
                .filter(|(released, effective)| effective > released);
            let announced = later
                .map(|(released, effective)| news(released, What::Announced(index, effective)));
            let in_force = version
                .period
                .from
                .filter(|_| !version.period.never())
                .map(|day| news(day, What::InForce(index)));
            // Versions that come into force together are told of once.
            let told = move |decision: &&Decision| {
                let same = |other: &Version| {
                    other.decisions.iter().any(|other| other.place == decision.place)
                };
                !history.versions[index + 1..].iter().any(same)
            };
            let decided = version.decisions.iter().filter(told).map(move |decision| News {
                history,
                what: What::Decided(index, decision),
                day: decision.date,
                place: decision.place,
            });
            announced.into_iter().chain(decided).chain(in_force)
        });
        let retirements = history.retirements.iter().flat_map(move |(place, retirement)| {
            let news = |day, what| News { history, what, day, place: *place };
            let told = (retirement.date < retirement.effective)
                .then(|| news(retirement.date, What::Retiring(retirement)));
            told.into_iter().chain([news(retirement.effective, What::Retired(retirement))])
        });
        versions.chain(retirements).filter(move |news| news.day <= history.day)
    }

    /// Returns a feed. `routes` are its own and that of the page it follows.
    fn feed(
        &self,
        [route, page]: [Route<'_>; 2],
        title: &str,
        about: &str,
        mut news: Vec<News<'a>>,
        told: &Told<'_>,
    ) -> Option<Feed> {
        news.sort_by_key(|news| std::cmp::Reverse((news.day, news.place)));
        news.truncate(LONGEST);
        let entries: Vec<Entry> = news.iter().map(|news| self.entry(news, told)).collect();
        let first = self.site.ledger.entries.first()?;
        Some(Feed {
            title: plain(title).into(),
            id: id(first.seal, &format!("feed {about}")),
            updated: entries
                .iter()
                .map(|entry| entry.updated)
                .max()
                .unwrap_or_else(|| self.begun(self.day)),
            authors: vec![Person { name: self.site.config.name.clone(), ..Person::default() }],
            generator: Some(Generator { value: "policybook".to_owned(), ..Generator::default() }),
            links: vec![
                self.link("self", "application/atom+xml", route),
                self.link("alternate", "text/html", page),
            ],
            lang: Some(self.site.config.language.clone()),
            entries,
            ..Feed::default()
        })
    }

    fn entry(&self, news: &News<'a>, told: &Told<'_>) -> Entry {
        let (history, messages) = (news.history, told.messages());
        let name = |at: usize| {
            let version = &history.versions[at];
            let title = messages.title(&version.document);
            messages
                .text("feed.version", &[("title", title), ("version", version.release.id.as_str())])
        };
        let dated = |id: &str, day: Date, title: &str| {
            messages.text(id, &[("day", &messages.day(day)), ("title", title)])
        };
        let current = messages.title(history.released());
        let (title, about) = match news.what {
            What::Announced(at, effective) => {
                (dated("feed.announced", effective, &name(at)), "announced")
            }
            What::InForce(at) => (name(at), "in force"),
            What::Decided(at, Decision { effective: Some(effective), .. }) => {
                (dated("feed.postponed", *effective, &name(at)), "postponed")
            }
            What::Decided(at, _) => {
                (messages.text("feed.withdrawn", &[("title", &name(at))]), "withdrawn")
            }
            What::Retiring(retirement) => {
                (dated("feed.retiring", retirement.effective, current), "to be retired")
            }
            What::Retired(_) => (messages.text("feed.retired", &[("title", current)]), "retired"),
        };
        let redacted = news
            .what
            .version()
            .and_then(|at| self.redacted(&history.versions[at].release.id, &history.id));
        let updated = redacted.map_or(news.day, |redacted| news.day.max(redacted));
        let route =
            news.what.version().map_or(Route::History(&history.id), |at| readable(history, at));
        Entry {
            title: plain(&title).into(),
            id: id(self.seal(news), &format!("{about} {}", history.id)),
            updated: self.begun(updated),
            published: Some(moment(news.day)),
            links: vec![self.link("alternate", "text/html", route)],
            content: Some(Content {
                value: Some(plain(&self.told(news, told))),
                content_type: Some("html".to_owned()),
                ..Content::default()
            }),
            ..Entry::default()
        }
    }

    fn seal(&self, news: &News<'_>) -> Digest {
        self.site.ledger.entries[news.place].seal
    }

    /// Returns what an entry says, as HTML.
    fn told(&self, news: &News<'a>, told: &Told<'_>) -> String {
        let mut html = String::new();
        let messages = told.messages();
        let dated = |id: &str, day: Date| messages.text(id, &[("day", &messages.day(day))]);
        match news.what {
            What::Announced(at, effective) => {
                let stands = dated("feed.announced.from", effective);
                self.version(news.history, at, &stands, messages, &mut html);
                changes(news.history, at, told.of(news.history, at, true), messages, &mut html);
            }
            What::InForce(at) => {
                let stands = dated("feed.from", news.day);
                self.version(news.history, at, &stands, messages, &mut html);
                let lines = told.since_base(news.history, at);
                changes(news.history, at, lines, messages, &mut html);
            }
            What::Decided(_, Decision { effective, reason, .. }) => {
                paragraph(reason, &mut html);
                paragraph(
                    &effective.map_or_else(
                        || messages.get("feed.never").to_owned(),
                        |effective| dated("feed.effective", effective),
                    ),
                    &mut html,
                );
            }
            What::Retiring(retirement) | What::Retired(retirement) => {
                paragraph(&retirement.reason, &mut html);
                paragraph(&dated("feed.until", retirement.effective), &mut html);
                if let Some(see) = &retirement.see {
                    html.push_str("<p><a href=\"");
                    escape(&self.absolute(Route::Document(see)), &mut html);
                    html.push_str("\">");
                    sentence(messages, "feed.see", &[], &mut html);
                    html.push_str("</a></p>");
                }
            }
        }
        if let Some(at) = news.what.version() {
            let version = &news.history.versions[at];
            html.push_str("<p><a href=\"");
            escape(&self.absolute(readable(news.history, at)), &mut html);
            html.push_str("\">");
            sentence(messages, "feed.read", &[("id", version.release.id.as_str())], &mut html);
            let _ = write!(html, "</a></p><p>SHA-256 <code>{}</code> · ", version.digest);
        } else {
            html.push_str("<p>");
        }
        let seal = self.seal(news).to_string();
        sentence(messages, "feed.seal", &[("seal", &seal)], &mut html);
        html.push_str("</p>");
        html
    }

    /// Writes what the releases say of themselves whose changes a version brings, and its own.
    fn version(
        &self,
        history: &History,
        at: usize,
        stands: &str,
        messages: &Messages,
        html: &mut String,
    ) {
        for at in history.brought(at) {
            let id = history.versions[at].release.id.as_str();
            let brought = messages.text("feed.brought", &[("id", id)]);
            self.release(history, at, &brought, messages, html);
        }
        self.release(history, at, stands, messages, html);
    }

    /// Writes what a release says of itself.
    fn release(
        &self,
        history: &History,
        at: usize,
        stands: &str,
        messages: &Messages,
        html: &mut String,
    ) {
        let release = &history.versions[at].release;
        paragraph(&release.summary, html);
        let kind = messages.get(match release.kind {
            Kind::Substantive => "feed.substantive",
            Kind::Editorial => "feed.editorial",
        });
        let kind = match &release.attested {
            Some(name) => messages.text("feed.attested", &[("kind", kind), ("name", name)]),
            None => kind.to_owned(),
        };
        paragraph(&messages.text("feed.kind", &[("kind", &kind), ("stands", stands)]), html);
    }

    /// Returns the first moment of a day, in UTC or where the site is at home, whichever comes
    /// first: no reader gets it before.
    fn begun(&self, day: Date) -> FixedDateTime {
        let home = beginning(day, &self.site.config.timezone).to_string().parse();
        home.map_or_else(|_| moment(day), |home: FixedDateTime| home.min(moment(day)))
    }

    fn link(&self, rel: &str, kind: &str, route: Route<'_>) -> Link {
        Link {
            href: self.absolute(route),
            rel: rel.to_owned(),
            mime_type: Some(kind.to_owned()),
            ..Link::default()
        }
    }

    fn absolute(&self, route: Route<'_>) -> String {
        format!("{}{}", self.site.config.base_url, route.address())
    }
}

impl What<'_> {
    /// Returns the place of the version that is told of.
    fn version(self) -> Option<usize> {
        match self {
            What::Announced(at, _) | What::InForce(at) | What::Decided(at, _) => Some(at),
            What::Retiring(_) | What::Retired(_) => None,
        }
    }
}

/// Returns the page on which a reader sees what is new in a version.
fn readable(history: &History, at: usize) -> Route<'_> {
    let version = &history.versions[at];
    let release = &version.release.id;
    if version.follows.is_none() {
        Route::Version(&history.id, release)
    } else {
        Route::Changes(&history.id, release)
    }
}

/// Writes what a version changed.
fn changes(
    history: &History,
    at: usize,
    Lines { lines, more }: Lines,
    messages: &Messages,
    html: &mut String,
) {
    if history.versions[at].follows.is_none() {
        paragraph(messages.get("feed.first"), html);
        return;
    }
    html.push_str("<ul>");
    for line in lines {
        html.push_str("<li>");
        escape(&line, html);
        html.push_str("</li>");
    }
    if more > 0 {
        html.push_str("<li>");
        sentence(messages, "feed.more", &[("count", &more.to_string())], html);
        html.push_str("</li>");
    }
    html.push_str("</ul>");
}

fn paragraph(text: &str, html: &mut String) {
    html.push_str("<p>");
    escape(text, html);
    html.push_str("</p>");
}

fn written(feed: &Feed) -> String {
    feed.to_string() + "\n"
}

/// Returns a text without what XML has no room for, 1.0 section 2.2.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}'))
        .collect()
}

/// Returns an id that nothing else has: a UUID of version 8, RFC 9562, made of a seal and what is
/// told of it.
fn id(seal: Digest, about: &str) -> String {
    let hex = Digest::of(format!("{seal} {about}")).to_string();
    let variant = match hex.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    format!(
        "urn:uuid:{}-{}-8{}-{variant}{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..32]
    )
}

/// Returns the first moment of a day.
fn moment(day: Date) -> FixedDateTime {
    format!("{day}T00:00:00Z").parse().expect("a day from year 1 on, in RFC 3339")
}
