//! The notice of what changed among the sub-processors, for a mailer: a page is not a notice.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Serialize;

use crate::messages::Messages;
use crate::model::{
    ContactKind, Field, FieldKind, History, Identity, List, ListEntry, ListKind, Outcome, Site,
    Version, matched, name_key, outcome, repeated,
};
use crate::redline;
use crate::render::Route;
use crate::render::escape::{escape, escape_quoted, one_line};
use crate::render::machines::index::json;
use crate::render::sentence::sentence;

/// The version of the shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// What customers are told.
#[derive(Serialize)]
pub struct Notice {
    schema: u32,
    /// Who tells.
    from: String,
    /// The id of the version that is told of.
    version: String,
    /// The id of the version before.
    since: Option<String>,
    /// The day from which the list is in force.
    in_force_from: Option<String>,
    added: Vec<Told>,
    /// Those of which something else is said now, their name or their days among it.
    changed: Vec<Told>,
    removed: Vec<Told>,
    /// Those that were announced and given up before their first day.
    cancelled: Vec<Told>,
    /// Those that had left before, and are no longer listed.
    unlisted: Vec<Told>,
    /// Where to object.
    object_to: Option<String>,
    /// The list.
    page: String,
}

/// A company, and what there is to know of it.
#[derive(Serialize)]
struct Told {
    name: String,
    /// What it does, what it has and where, each with its title.
    facts: Vec<Fact>,
    /// The first day on which it processes data, or no longer does.
    effective: Option<String>,
    /// The last day on which customers may object.
    objections_until: Option<String>,
}

#[derive(Serialize)]
struct Fact {
    title: &'static str,
    value: String,
    /// What it was, where it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

/// The parts of a notice: what became of the companies in each, and the id of its title.
const PARTS: [(Outcome, &str); 5] = [
    (Outcome::Added, "notice.added"),
    (Outcome::Changed, "notice.changed"),
    (Outcome::Removed, "notice.removed"),
    (Outcome::Cancelled, "notice.cancelled"),
    (Outcome::Unlisted, "notice.unlisted"),
];

impl Notice {
    /// Returns the notice of what a version of the sub-processors changed since another; nothing
    /// where they name the same companies with the same facts.
    pub fn new(
        site: &Site,
        history: &History,
        since: Option<&Version>,
        version: &Version,
    ) -> Option<Notice> {
        let new = version.document.list()?;
        let old = since.and_then(|since| since.document.list());
        let days = site.config.notice.get(&history.id).copied();
        let in_force = version.day();
        let told = |before: Option<&ListEntry>, entry: &ListEntry| {
            let objections =
                entry.objections_until(days.unwrap_or_default()).filter(|_| days.is_some());
            // Who is known already is announced only once.
            let announced =
                before.is_none_or(|before| before.value("announced") != entry.value("announced"));
            Told {
                name: entry.name().to_owned(),
                facts: facts(new.kind, before, entry),
                effective: entry.day("effective").max(in_force).map(|day| day.to_string()),
                objections_until: objections.filter(|_| announced).map(|day| day.to_string()),
            }
        };
        let mut parts: BTreeMap<Outcome, Vec<Told>> = BTreeMap::new();
        let [before, now] =
            [old, Some(new)].map(|list| list.map(List::in_order).unwrap_or_default());
        let [known, there] = [&before, &now]
            .map(|entries| entries.iter().map(|entry| Identity::of(entry)).collect::<Vec<_>>());
        let repeated = repeated(&known, &there);
        for (old, new) in matched(&known, &there) {
            let outcome = outcome(
                old.map(|at| &known[at]),
                new.map(|at| &there[at]),
                (since.and_then(Version::day), in_force),
            );
            let (old, new) = (old.map(|at| before[at]), new.map(|at| now[at]));
            let (Some(outcome), Some(entry)) = (outcome, new.or(old)) else { continue };
            let (part, mut told) = match outcome {
                Outcome::Added => (outcome, told(None, entry)),
                Outcome::Renamed | Outcome::Changed => (Outcome::Changed, told(old, entry)),
                Outcome::Removed | Outcome::Unlisted => (outcome, gone(entry, outcome)),
                Outcome::Cancelled => (outcome, given_up(old.unwrap_or(entry))),
            };
            // Which of two entries of one name it is.
            if repeated.contains(&name_key(&told.name))
                && told.facts.iter().all(|fact| fact.title != "Purpose")
            {
                told.facts.insert(
                    0,
                    Fact {
                        title: "Purpose",
                        value: entry.text("purpose").unwrap_or_default().to_owned(),
                        before: None,
                    },
                );
            }
            parts.entry(part).or_default().push(told);
        }
        if parts.is_empty() {
            return None;
        }
        let [added, changed, removed, cancelled, unlisted] =
            PARTS.map(|(part, _)| parts.remove(&part).unwrap_or_default());
        let contacts =
            [&ContactKind::Privacy, &ContactKind::Support, &ContactKind::Security].into_iter();
        let mut contacts = contacts.flat_map(|kind| site.config.contacts(kind));
        Some(Notice {
            schema: SCHEMA,
            from: site.config.name.clone(),
            version: version.release.id.to_string(),
            since: since.map(|since| since.release.id.to_string()),
            in_force_from: in_force.map(|day| day.to_string()),
            object_to: contacts.find_map(|contact| contact.email.clone().or(contact.form.clone())),
            page: format!("{}{}", site.config.base_url, Route::Document(&history.id).address()),
            added,
            changed,
            removed,
            cancelled,
            unlisted,
        })
    }

    /// Returns it as JSON.
    pub fn json(&self) -> String {
        json(self)
    }

    /// Returns it as plain text.
    pub fn text(&self) -> String {
        let mut text = self.heading() + "\n";
        for (title, told) in self.parts() {
            let _ = write!(text, "\n{title}\n");
            for entry in told {
                let _ = write!(text, "\n- {}\n", one_line(&entry.name));
                for sentence in entry.sentences() {
                    let _ = writeln!(text, "  {sentence}");
                }
            }
        }
        for sentence in self.end() {
            let _ = write!(text, "\n{sentence}\n");
        }
        text
    }

    /// Returns it as HTML, to be put into a mail.
    pub fn html(&self) -> String {
        let mut html = String::from("<h1>");
        escape(&self.heading(), &mut html);
        html.push_str("</h1>\n");
        for (title, told) in self.parts() {
            let _ = writeln!(html, "<h2>{title}</h2>\n<ul>");
            for entry in told {
                html.push_str("<li><strong>");
                escape(&one_line(&entry.name), &mut html);
                html.push_str("</strong>");
                for sentence in entry.sentences() {
                    html.push_str("<br>");
                    escape(&sentence, &mut html);
                }
                html.push_str("</li>\n");
            }
            html.push_str("</ul>\n");
        }
        for sentence in self.end() {
            html.push_str("<p>");
            escape(&sentence, &mut html);
            html.push_str("</p>\n");
        }
        html.push_str("<p><a href=\"");
        escape_quoted(&self.page, &mut html);
        html.push_str("\">");
        sentence(Messages::english(), "notice.list", &[], &mut html);
        html.push_str("</a></p>\n");
        html
    }

    fn heading(&self) -> String {
        Messages::english().text("notice.title", &[("from", &one_line(&self.from))])
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, &Vec<Told>)> {
        let Notice { added, changed, removed, cancelled, unlisted, .. } = self;
        let parts = PARTS
            .map(|(_, title)| Messages::english().get(title))
            .into_iter()
            .zip([added, changed, removed, cancelled, unlisted]);
        parts.into_iter().filter(|(_, told)| !told.is_empty())
    }

    fn end(&self) -> Vec<String> {
        let mut end = Vec::new();
        if let Some(address) =
            self.object_to.as_ref().filter(|_| !self.added.is_empty() || !self.changed.is_empty())
        {
            let dated =
                self.added.iter().chain(&self.changed).any(|told| told.objections_until.is_some());
            let id = if dated { "notice.object.dated" } else { "notice.object" };
            end.push(Messages::english().text(id, &[("address", &one_line(address))]));
        }
        let version = [("id", self.version.as_str()), ("address", &self.page)];
        end.push(Messages::english().text("notice.version", &version));
        end
    }
}

impl Told {
    fn sentences(&self) -> Vec<String> {
        let messages = Messages::english();
        let fact = |fact: &Fact| match &fact.before {
            Some(before) => messages.phrase(
                &redline::Fact {
                    title: fact.title.to_owned(),
                    old: one_line(before),
                    new: one_line(&fact.value),
                }
                .phrase(),
            ),
            None => messages
                .text("notice.fact", &[("title", fact.title), ("value", &one_line(&fact.value))]),
        };
        let mut sentences: Vec<String> = self.facts.iter().map(fact).collect();
        let dated = |id: &str, day: &String| {
            let day = day.parse().map_or_else(|_| day.clone(), spoken);
            messages.text(id, &[("day", &day)])
        };
        sentences.extend(self.effective.as_ref().map(|day| dated("notice.effective", day)));
        sentences.extend(self.objections_until.as_ref().map(|day| dated("notice.objections", day)));
        sentences
    }
}

fn spoken(day: Date) -> String {
    Messages::english().day(day)
}

/// Returns a company that leaves, or that left before.
fn gone(entry: &ListEntry, outcome: Outcome) -> Told {
    let until = entry.day("until");
    match outcome == Outcome::Removed {
        true => Told { effective: until.and_then(after), ..dated(entry, "Last day", None) },
        false => dated(entry, "Last day", until),
    }
}

fn after(day: Date) -> Option<String> {
    Some(day.tomorrow().ok()?.to_string())
}

/// Returns a company that was given up before its first day.
fn given_up(entry: &ListEntry) -> Told {
    dated(entry, "Was announced for", entry.day("effective"))
}

/// Returns a company of which no more than a day is told.
fn dated(entry: &ListEntry, title: &'static str, day: Option<Date>) -> Told {
    let fact = day.map(|day| Fact { title, value: spoken(day), before: None });
    Told {
        name: entry.name().to_owned(),
        facts: fact.into_iter().collect(),
        effective: None,
        objections_until: None,
    }
}

/// Returns what there is to know of a company: all of it but its days, or what changed.
fn facts(kind: &ListKind, before: Option<&ListEntry>, entry: &ListEntry) -> Vec<Fact> {
    let is_day = |field: &Field| field.kind == FieldKind::Day;
    let wanted = |field: &&Field| field.key != "formerly" && (before.is_some() || !is_day(field));
    let value = |entry: &ListEntry, field: &Field| match entry.day(field.key) {
        Some(day) => Some(spoken(day)),
        None => entry.cell(field).map(Cow::into_owned),
    };
    let fact = |(title, now, was): (&'static str, Option<String>, Option<String>)| {
        (now != was).then(|| Fact {
            title,
            value: now.unwrap_or_default(),
            before: before.map(|_| was.unwrap_or_default()),
        })
    };
    let text = |entry: &ListEntry, key: &str| entry.text(key).map(str::to_owned);
    let name =
        before.map(|before| (kind.name_title(), text(entry, kind.name), text(before, kind.name)));
    let fields = kind.columns().filter(wanted).filter_map(|field| {
        Some((field.title?, value(entry, field), before.and_then(|before| value(before, field))))
    });
    let link = ("Link", text(entry, "link"), before.and_then(|before| text(before, "link")));
    name.into_iter().chain(fields).chain([link]).filter_map(fact).collect()
}
