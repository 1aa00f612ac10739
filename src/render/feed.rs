//! Feeds, Atom, RFC 4287: an entry for every version that was released, and one more for the day on which an announced one came into
//! force. The one file that names the Atom crate.
//!
//! An id is made of the seal of the ledger's entry, so it is never given twice and stays the same wherever the site moves. An entry says
//! the same for ever, until a redaction changes the words it speaks of: `updated` is that day. What has no known day has no entry.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use atom_syndication::Content;
use atom_syndication::Entry;
use atom_syndication::Feed;
use atom_syndication::FixedDateTime;
use atom_syndication::Generator;
use atom_syndication::Link;
use atom_syndication::Person;
use jiff::civil::Date;

use crate::model::Act;
use crate::model::DocumentId;
use crate::model::Frozen;
use crate::model::History;
use crate::model::Kind;
use crate::model::ReleaseId;
use crate::model::Site;
use crate::render::Route;
use crate::render::escape::escape;
use crate::render::told::Lines;
use crate::render::told::Told;
use crate::render::view::day;
use crate::tree::Digest;

/// How many entries a feed has at most: the newest.
const LONGEST: usize = 20;

/// The feeds of a site: what they know of its ledger.
pub struct Feeds<'a> {
    site: &'a Site,
    /// The seal of every release, and its place in the ledger.
    seals: BTreeMap<&'a ReleaseId, (usize, Digest)>,
    /// The newest redaction of every version.
    redacted: BTreeMap<(&'a ReleaseId, &'a DocumentId), Date>,
}

/// Something that is told once.
#[derive(Clone, Copy)]
struct News<'a> {
    history: &'a History,
    /// Which version.
    index: usize,
    day: Date,
    /// The day on which it comes into force, where it is announced.
    announces: Option<Date>,
    /// The place of its release in the ledger.
    place: usize,
    seal: Digest,
}

impl<'a> Feeds<'a> {
    /// Makes ready to write the feeds of a site.
    pub fn new(site: &'a Site) -> Feeds<'a> {
        let mut feeds = Feeds { site, seals: BTreeMap::new(), redacted: BTreeMap::new() };
        for (place, entry) in site.ledger.entries.iter().enumerate() {
            match &entry.act {
                Act::Release(Frozen { release, .. }) => {
                    feeds.seals.insert(&release.id, (place, entry.seal));
                }
                Act::Redaction(redaction) => {
                    let changed = redaction.documents.keys().map(|(release, id)| ((release, id), redaction.date));
                    feeds.redacted.extend(changed);
                }
                Act::Review(_) => {}
            }
        }
        feeds
    }

    /// Tells whether a document has a feed: whether the day of any of its versions is known.
    pub fn tells_of(history: &History) -> bool {
        history.versions.iter().any(|version| version.release.in_force_since().is_some())
    }

    /// Returns the feed of all documents; nothing where nothing has a day.
    pub fn site(&self, told: &Told<'_>) -> Option<String> {
        let news = self.site.histories.iter().flat_map(|history| self.news(history)).collect();
        self.feed([Route::Feed, Route::Home], &self.site.config.name, "", news, told)
    }

    /// Returns the feed of a document; nothing where nothing has a day.
    pub fn document(&self, history: &History, told: &Told<'_>) -> Option<String> {
        let title = format!("{} – {}", history.current().title(), self.site.config.name);
        let routes = [Route::DocumentFeed(&history.id), Route::History(&history.id)];
        self.feed(routes, &title, history.id.as_str(), self.news(history).collect(), told)
    }

    /// Returns what there is to tell of a document.
    fn news(&self, history: &'a History) -> impl Iterator<Item = News<'a>> {
        history.versions.iter().enumerate().flat_map(move |(index, version)| {
            let release = &version.release;
            let (place, seal) = self.seals[&release.id];
            let later = release.released.zip(release.effective).filter(|(released, effective)| effective > released);
            let reached = history.in_force.is_some_and(|in_force| index <= in_force);
            let news = move |day, announces| News { history, index, day, announces, place, seal };
            let announced = later.map(|(released, effective)| news(released, Some(effective)));
            let in_force = release.in_force_since().filter(|_| reached || later.is_none()).map(|day| news(day, None));
            announced.into_iter().chain(in_force)
        })
    }

    /// Returns a feed. `routes` are its own and that of the page it follows.
    fn feed(&self, [route, page]: [Route<'_>; 2], title: &str, about: &str, mut news: Vec<News<'a>>, told: &Told<'_>) -> Option<String> {
        news.sort_by_key(|news| std::cmp::Reverse((news.day, news.place)));
        news.truncate(LONGEST);
        let entries: Vec<Entry> = news.iter().map(|news| self.entry(news, told)).collect();
        let (first, head) = (self.site.ledger.entries.first()?, self.site.ledger.head()?);
        let feed = Feed {
            title: plain(title).into(),
            id: id(first.seal, &format!("feed {about}")),
            updated: entries.iter().map(|entry| entry.updated).max()?,
            authors: vec![Person { name: self.site.config.name.clone(), ..Person::default() }],
            generator: Some(Generator { value: "policybook".to_owned(), ..Generator::default() }),
            links: vec![self.link("self", "application/atom+xml", route), self.link("alternate", "text/html", page)],
            subtitle: Some(format!("Ledger head {head}").into()),
            lang: Some(self.site.config.language.clone()),
            entries,
            ..Feed::default()
        };
        Some(feed.to_string() + "\n")
    }

    fn entry(&self, news: &News<'a>, told: &Told<'_>) -> Entry {
        let version = &news.history.versions[news.index];
        let release = &version.release;
        let name = format!("{}, version {}", version.document.title(), release.id);
        let (title, about) = match news.announces {
            Some(effective) => (format!("Announced for {}: {name}", day(effective)), "announced"),
            None => (name, "in force"),
        };
        let updated = self.redacted.get(&(&release.id, &news.history.id)).map_or(news.day, |redacted| news.day.max(*redacted));
        Entry {
            title: plain(&title).into(),
            id: id(news.seal, &format!("{about} {}", news.history.id)),
            updated: moment(updated),
            published: Some(moment(news.day)),
            links: vec![self.link("alternate", "text/html", readable(news.history, &release.id))],
            content: Some(Content {
                value: Some(plain(&self.told(news, told))),
                content_type: Some("html".to_owned()),
                ..Content::default()
            }),
            ..Entry::default()
        }
    }

    /// Returns what an entry says, as HTML.
    fn told(&self, news: &News<'a>, told: &Told<'_>) -> String {
        let version = &news.history.versions[news.index];
        let release = &version.release;
        let mut html = String::from("<p>");
        escape(&release.summary, &mut html);
        html.push_str("</p><p>");
        html.push_str(match release.kind {
            Kind::Substantive => "A substantive change",
            Kind::Editorial => "An editorial change",
        });
        if let Some(name) = &release.attested {
            html.push_str(", as ");
            escape(name, &mut html);
            html.push_str(" vouches");
        }
        let _ = match (news.announces, release.in_force_since()) {
            (Some(effective), _) => write!(html, ", announced: it comes into force on {}.", day(effective)),
            (None, Some(since)) => write!(html, ", in force from {}.", day(since)),
            (None, None) => write!(html, "."),
        };
        html.push_str("</p>");
        if news.index == 0 {
            html.push_str("<p>This is the first version.</p>");
        } else {
            let Lines { lines, more } = told.of(news.history, news.index, true);
            html.push_str("<ul>");
            for line in lines {
                html.push_str("<li>");
                escape(&line, &mut html);
                html.push_str("</li>");
            }
            if more > 0 {
                let _ = write!(html, "<li>and {more} more changes</li>");
            }
            html.push_str("</ul>");
        }
        html.push_str("<p><a href=\"");
        escape(&self.absolute(readable(news.history, &release.id)), &mut html);
        let _ = write!(html, "\">Read version {}</a></p>", release.id);
        let _ = write!(html, "<p>SHA-256 <code>{}</code> · ledger seal <code>{}</code></p>", version.digest, news.seal);
        html
    }

    fn link(&self, rel: &str, kind: &str, route: Route<'_>) -> Link {
        Link { href: self.absolute(route), rel: rel.to_owned(), mime_type: Some(kind.to_owned()), ..Link::default() }
    }

    fn absolute(&self, route: Route<'_>) -> String {
        format!("{}{}", self.site.config.base_url, route.address())
    }
}

/// Returns the page on which a reader sees what is new.
fn readable<'a>(history: &'a History, release: &'a ReleaseId) -> Route<'a> {
    let first = history.versions.first().is_some_and(|version| version.release.id == *release);
    if first { Route::Version(&history.id, release) } else { Route::Changes(&history.id, release) }
}

/// Returns a text without what XML has no room for, 1.0 section 2.2.
fn plain(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control() && !matches!(letter, '\u{fffe}' | '\u{ffff}')).collect()
}

/// Returns an id that nothing else has: a UUID of version 8, RFC 9562, made of a seal and what is told of it.
fn id(seal: Digest, about: &str) -> String {
    let hex = Digest::of(format!("{seal} {about}")).to_string();
    let variant = match hex.as_bytes()[16] {
        b'0' | b'4' | b'8' | b'c' => '8',
        b'1' | b'5' | b'9' | b'd' => '9',
        b'2' | b'6' | b'a' | b'e' => 'a',
        _ => 'b',
    };
    format!("urn:uuid:{}-{}-8{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

/// Returns the first moment of a day.
fn moment(day: Date) -> FixedDateTime {
    format!("{day}T00:00:00Z").parse().expect("a day from year 1 on, in RFC 3339")
}
