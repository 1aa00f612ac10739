//! The announcement of a policy's newest version, or of its retirement, ready for a mailer: what
//! changes, from when, and where to read it.

use std::fmt::Write as _;
use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::messages::Messages;
use crate::model::{History, Site};
use crate::render::Route;
use crate::render::escape::{escape, escape_quoted, one_line};
use crate::render::machines::index::json;
use crate::render::pages::change_lines::{Lines, Told};
use crate::render::redline::comparison;
use crate::render::sentence::sentence;
use crate::tree::{Digest, Memo};

/// The version of the shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// What readers are told.
#[derive(Serialize)]
pub struct Announcement {
    schema: u32,
    /// Who tells.
    from: String,
    /// The id of the policy.
    document: String,
    title: String,
    /// The id of the version that is told of. `None` if the policy is retired.
    version: Option<String>,
    /// The first day on which it is in force, or on which the policy no longer is.
    effective: Option<String>,
    /// What changes, in the maintainer's words: of the version, and of those whose changes it
    /// brings.
    summaries: Vec<String>,
    /// What became of promises and sections.
    changes: Vec<String>,
    /// How many more changes there are.
    more: usize,
    /// Where to read the words.
    page: String,
    /// Where to read what changed. `None` for a first version.
    redline: Option<String>,
    /// When it comes, in a sentence.
    #[serde(skip)]
    when: String,
}

impl Announcement {
    /// Returns the announcement of what is newest of a policy; `None` if no version was
    /// released.
    pub fn new(site: &Site, history: &History) -> Option<Announcement> {
        let absolute = |route: Route<'_>| format!("{}{}", site.config.base_url, route.address());
        let messages = Messages::english();
        let title = messages.title(history.current()).to_owned();
        let dated = |id: &str, day: Date| messages.text(id, &[("day", &messages.day(day))]);
        let said = |version: Option<String>,
                    effective: Option<String>,
                    summaries: Vec<String>,
                    when: String| Announcement {
            schema: SCHEMA,
            from: site.config.name.clone(),
            document: history.id.to_string(),
            title: title.clone(),
            version,
            effective,
            summaries,
            changes: Vec::new(),
            more: 0,
            page: absolute(Route::Document(&history.id)),
            redline: None,
            when,
        };
        if let Some(retirement) = history.retirement() {
            let day = messages.day(retirement.effective);
            let when = messages.text("mail.retired", &[("title", &title), ("day", &day)]);
            return Some(said(
                None,
                Some(retirement.effective.to_string()),
                vec![retirement.reason.clone()],
                when,
            ));
        }
        let at =
            history.order.iter().rev().copied().find(|at| !history.versions[*at].period.never())?;
        let version = &history.versions[at];
        let coming = version.period.is_announced(history.day);
        let when = match version.period.from {
            Some(from) if coming => dated("mail.coming", from),
            Some(from) => dated("mail.since", from),
            None => messages.get("mail.now").to_owned(),
        };
        let brings = history.brought(at).into_iter().chain([at]);
        let summaries = brings.map(|at| history.versions[at].release.summary.clone()).collect();
        let (before, own) = (Memo::new(), Arc::new(messages.clone()));
        let told = Told::new(site, (own, Digest::of("")), &before);
        let Lines { lines, more } = told.since_base(history, at);
        let release = &version.release.id;
        let redline =
            history.base(at).map(|base| comparison(history, &site.config.compare, base, at));
        Some(Announcement {
            changes: lines,
            more,
            page: absolute(match (coming, history.upcoming() == Some(at)) {
                (true, true) => Route::Next(&history.id),
                (true, false) => Route::Version(&history.id, release),
                (false, _) => Route::Document(&history.id),
            }),
            redline: redline.map(absolute),
            ..said(
                Some(release.to_string()),
                version.period.from.map(|day| day.to_string()),
                summaries,
                when,
            )
        })
    }

    /// Returns it as JSON.
    pub fn json(&self) -> String {
        json(self)
    }

    /// Returns it as plain text.
    pub fn text(&self) -> String {
        let messages = Messages::english();
        let mut text = format!("{}\n", one_line(&self.heading()));
        for sentence in self.summaries.iter().chain([&self.when]) {
            let _ = write!(text, "\n{}\n", one_line(sentence));
        }
        if !self.changes.is_empty() {
            let _ = write!(text, "\n{}\n\n", messages.get("mail.changes"));
            self.lines().for_each(|change| text.push_str(&format!("- {}\n", one_line(&change))));
        }
        let said = |id: &str, address: &str| {
            messages.text("mail.address", &[("what", messages.get(id)), ("address", address)])
        };
        let _ = write!(text, "\n{}\n", said("mail.text", &self.page));
        if let Some(redline) = &self.redline {
            let _ = writeln!(text, "{}", said("mail.redline", redline));
        }
        text
    }

    /// Returns it as HTML, to be put into a mail.
    pub fn html(&self) -> String {
        let messages = Messages::english();
        let mut html = String::new();
        let mut element = |name: &str, words: &str| {
            let _ = write!(html, "<{name}>");
            escape(&one_line(words), &mut html);
            let _ = writeln!(html, "</{name}>");
        };
        element("h1", &self.heading());
        self.summaries.iter().chain([&self.when]).for_each(|sentence| element("p", sentence));
        if !self.changes.is_empty() {
            element("h2", messages.get("mail.changes"));
            html.push_str("<ul>\n");
            for change in self.lines() {
                html.push_str("<li>");
                escape(&one_line(&change), &mut html);
                html.push_str("</li>\n");
            }
            html.push_str("</ul>\n");
        }
        let links = [("mail.text", Some(&self.page)), ("mail.redline", self.redline.as_ref())];
        for (id, address) in links.into_iter().filter_map(|(id, address)| Some((id, address?))) {
            html.push_str("<p><a href=\"");
            escape_quoted(address, &mut html);
            html.push_str("\">");
            sentence(messages, id, &[], &mut html);
            html.push_str("</a></p>\n");
        }
        html
    }

    fn heading(&self) -> String {
        let id = if self.version.is_some() { "mail.title" } else { "mail.title.retired" };
        Messages::english().text(id, &[("title", &self.title), ("from", &self.from)])
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let more = (self.more > 0)
            .then(|| Messages::english().text("more", &[("count", &self.more.to_string())]));
        self.changes.iter().cloned().chain(more)
    }
}
