//! The notice of what changed among the sub-processors, for a mailer: a page is not a notice.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::model::ContactKind;
use crate::model::Document;
use crate::model::History;
use crate::model::Site;
use crate::model::Subprocessor;
use crate::model::Subprocessors;
use crate::model::Version;
use crate::model::folded;
use crate::render::Route;
use crate::render::escape::escape;
use crate::render::escape::escape_quoted;
use crate::render::index::json;
use crate::render::view::day;

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
    changed: Vec<Told>,
    removed: Vec<Told>,
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

impl Notice {
    /// Returns the notice of what a version of the sub-processors changed since another; nothing where they name the same companies with the
    /// same facts.
    pub fn new(site: &Site, history: &History, since: Option<&Version>, version: &Version) -> Option<Notice> {
        let list = |version: &Version| -> Subprocessors {
            if let Document::Subprocessors(list) = &*version.document { list.clone() } else { Subprocessors::default() }
        };
        let (old, new) = (since.map(list).unwrap_or_default(), list(version));
        let days = site.config.notice.get(&history.id).copied();
        let in_force = version.period.from;
        let told = |entry: &Subprocessor, facts: Vec<Fact>| Told {
            name: entry.name.value.clone(),
            facts,
            effective: entry.effective.as_ref().map(|day| day.value).max(in_force).map(|day| day.to_string()),
            objections_until: days.and_then(|days| entry.objections_until(days)).map(|day| day.to_string()),
        };
        let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
        let mut known: BTreeMap<String, &Subprocessor> = old.subprocessors.iter().map(|entry| (folded(&entry.name.value), entry)).collect();
        for entry in &new.subprocessors {
            let before = entry.names().find_map(|name| known.remove(&name));
            match before {
                None if entry.until.is_none() => added.push(told(entry, facts(None, entry))),
                Some(before) if before.until.is_none() && entry.until.is_some() => removed.push(gone(entry)),
                Some(before) if before.unplaced() != entry.unplaced() => changed.push(told(entry, facts(Some(before), entry))),
                _ => {}
            }
        }
        removed.extend(known.into_values().filter(|before| before.until.is_none()).map(gone));
        let contacts = [ContactKind::Privacy, ContactKind::Support, ContactKind::Security].into_iter();
        let mut contacts = contacts.flat_map(|kind| site.config.contacts(kind));
        let notice = Notice {
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
        };
        let empty = [&notice.added, &notice.changed, &notice.removed].iter().all(|told| told.is_empty());
        (!empty).then_some(notice)
    }

    /// Returns it as JSON.
    pub fn json(&self) -> String {
        json(self)
    }

    /// Returns it as plain text.
    pub fn text(&self) -> String {
        let mut text = format!("Changes to the sub-processors of {}\n", line(&self.from));
        for (title, told) in self.parts() {
            let _ = write!(text, "\n{title}\n");
            for entry in told {
                let _ = write!(text, "\n- {}\n", line(&entry.name));
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
        let mut html = String::from("<h1>Changes to the sub-processors of ");
        escape(&line(&self.from), &mut html);
        html.push_str("</h1>\n");
        for (title, told) in self.parts() {
            let _ = writeln!(html, "<h2>{title}</h2>\n<ul>");
            for entry in told {
                html.push_str("<li><strong>");
                escape(&line(&entry.name), &mut html);
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
        html.push_str("\">The list of sub-processors</a></p>\n");
        html
    }

    fn parts(&self) -> impl Iterator<Item = (&'static str, &Vec<Told>)> {
        let parts = [("Added", &self.added), ("Changed", &self.changed), ("Removed", &self.removed)];
        parts.into_iter().filter(|(_, told)| !told.is_empty())
    }

    fn end(&self) -> Vec<String> {
        let mut end = Vec::new();
        if let Some(address) = self.object_to.as_ref().filter(|_| !self.added.is_empty() || !self.changed.is_empty()) {
            end.push(format!("If you object, write to {} by the day named above, or before the change takes effect.", line(address)));
        }
        end.push(format!("This is version {} of the list: {}", self.version, self.page));
        end
    }
}

impl Told {
    fn sentences(&self) -> Vec<String> {
        let fact = |fact: &Fact| match &fact.before {
            Some(before) if before.is_empty() => format!("{}: {} (new)", fact.title, line(&fact.value)),
            Some(before) if fact.value.is_empty() => format!("{}: no longer given (before: {})", fact.title, line(before)),
            Some(before) => format!("{}: {} (before: {})", fact.title, line(&fact.value), line(before)),
            None => format!("{}: {}", fact.title, line(&fact.value)),
        };
        let mut sentences: Vec<String> = self.facts.iter().map(fact).collect();
        let spoken = |day_: &String| day_.parse().map_or_else(|_| day_.clone(), day);
        sentences.extend(self.effective.as_ref().map(|day| format!("Effective: {}", spoken(day))));
        sentences.extend(self.objections_until.as_ref().map(|day| format!("Objections until: {}", spoken(day))));
        sentences
    }
}

/// Returns a company that leaves.
fn gone(entry: &Subprocessor) -> Told {
    let after = entry.until.and_then(|until| until.tomorrow().ok()).map(|day| day.to_string());
    Told { name: entry.name.value.clone(), facts: Vec::new(), effective: after, objections_until: None }
}

/// Returns what there is to know of a company: all of it, or what changed.
fn facts(before: Option<&Subprocessor>, entry: &Subprocessor) -> Vec<Fact> {
    let mut facts = Vec::new();
    let name = |entry: &Subprocessor| Some(entry.name.value.clone());
    let dates = ["Announced", "From", "Until", "Formerly"];
    let cells = Subprocessor::COLUMNS.iter().filter(|(title, _)| !dates.contains(title));
    let cells = cells.map(|(title, cell)| (*title, cell(entry).map(String::from), before.and_then(cell).map(String::from)));
    let named = std::iter::once(("Name", name(entry), before.and_then(name))).filter(|_| before.is_some());
    let link = std::iter::once(("Link", entry.link.clone(), before.and_then(|before| before.link.clone())));
    for (title, value, was) in named.chain(cells).chain(link) {
        match before {
            None => facts.extend(value.map(|value| Fact { title, value, before: None })),
            Some(_) if value != was => {
                facts.push(Fact { title, value: value.unwrap_or_default(), before: Some(was.unwrap_or_default()) });
            }
            Some(_) => {}
        }
    }
    facts
}

/// Returns a stranger's words in one line.
fn line(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
