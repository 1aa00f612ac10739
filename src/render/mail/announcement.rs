//! The announcement of a policy's newest version, or of its retirement, ready for a mailer: what
//! changes, from when, and where to read it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::model::{History, Site};
use crate::render::Route;
use crate::render::escape::{escape, escape_quoted, one_line};
use crate::render::machines::index::json;
use crate::render::pages::change_lines::{Lines, Told};
use crate::render::pages::view::day;

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
    /// Returns the announcement of what is newest of a policy; nothing where no version was
    /// released.
    pub fn new(site: &Site, history: &History) -> Option<Announcement> {
        let absolute = |route: Route<'_>| format!("{}{}", site.config.base_url, route.address());
        let title = history.current().title().to_owned();
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
            let when = format!("{title} is not in force from {} on.", day(retirement.effective));
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
            Some(from) if coming => format!("It comes into force on {}.", day(from)),
            Some(from) => format!("It has been in force since {}.", day(from)),
            None => "It is in force.".to_owned(),
        };
        let brings = history.brought(at).into_iter().chain([at]);
        let summaries = brings.map(|at| history.versions[at].release.summary.clone()).collect();
        let Lines { lines, more } = Told::new(site).since_base(history, at);
        let release = &version.release.id;
        let redline = history.base(at).map(|base| match version.follows == Some(base) {
            true => Route::Changes(&history.id, release),
            false => Route::Compare(&history.id, &history.versions[base].release.id, release),
        });
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
        let mut text = format!("{}\n", one_line(&self.heading()));
        for sentence in self.summaries.iter().chain([&self.when]) {
            let _ = write!(text, "\n{}\n", one_line(sentence));
        }
        if !self.changes.is_empty() {
            text.push_str("\nWhat changes\n\n");
            self.lines().for_each(|change| text.push_str(&format!("- {}\n", one_line(&change))));
        }
        let _ = write!(text, "\nThe text: {}\n", self.page);
        if let Some(redline) = &self.redline {
            let _ = writeln!(text, "What changed, word by word: {redline}");
        }
        text
    }

    /// Returns it as HTML, to be put into a mail.
    pub fn html(&self) -> String {
        let mut html = String::new();
        let mut element = |name: &str, words: &str| {
            let _ = write!(html, "<{name}>");
            escape(&one_line(words), &mut html);
            let _ = writeln!(html, "</{name}>");
        };
        element("h1", &self.heading());
        self.summaries.iter().chain([&self.when]).for_each(|sentence| element("p", sentence));
        if !self.changes.is_empty() {
            element("h2", "What changes");
            html.push_str("<ul>\n");
            for change in self.lines() {
                html.push_str("<li>");
                escape(&one_line(&change), &mut html);
                html.push_str("</li>\n");
            }
            html.push_str("</ul>\n");
        }
        let links =
            [("The text", Some(&self.page)), ("What changed, word by word", self.redline.as_ref())];
        for (words, address) in
            links.into_iter().filter_map(|(words, address)| Some((words, address?)))
        {
            html.push_str("<p><a href=\"");
            escape_quoted(address, &mut html);
            let _ = writeln!(html, "\">{words}</a></p>");
        }
        html
    }

    fn heading(&self) -> String {
        match self.version {
            Some(_) => format!("{} of {} changes", self.title, self.from),
            None => format!("{} of {} ends", self.title, self.from),
        }
    }

    fn lines(&self) -> impl Iterator<Item = String> {
        let more = (self.more > 0).then(|| format!("and {} more", self.more));
        self.changes.iter().cloned().chain(more)
    }
}
