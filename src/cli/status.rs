//! `policybook status` and `policybook log`: where each document stands, and how it came there.

use anyhow::Result;
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde::Serialize;

use crate::check::Edition;
use crate::cli::{Access, Ending, Global, document, report};
use crate::model::{Decision, History, Site, Version};
use crate::redline;
use crate::redline::{People, SectionChange};
use crate::render::CommitmentEntry;

/// How an answer is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Human-readable
    Text,
    /// JSON, with a schema version
    Json,
}

/// The version of both JSON shapes; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// Show the state of each policy and list
#[derive(Args, Debug)]
pub struct Status {
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// List the versions of policies and lists, newest first
#[derive(Args, Debug)]
pub struct Log {
    /// Only this policy or list
    #[arg(value_name = "DOCUMENT")]
    document: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Serialize)]
struct StatusAnswer<'a> {
    schema: u32,
    documents: Vec<Standing<'a>>,
}

/// Where a document stands.
#[derive(Serialize)]
struct Standing<'a> {
    id: &'a str,
    title: &'a str,
    in_force: Option<Entry<'a>>,
    upcoming: Option<Entry<'a>>,
    /// Every version that is announced, the next one first.
    announced: Vec<Entry<'a>>,
    /// The first day on which it is not in force, where it is retired or will be.
    retired_from: Option<Date>,
    unreleased: bool,
    /// What changed since the newest version.
    changes: Vec<ChangeEntry>,
    /// What became of its promises since.
    commitments: Vec<CommitmentEntry>,
    reviewed: Option<Date>,
    review_due: Option<Date>,
    overdue: bool,
}

#[derive(Serialize)]
struct ChangeEntry {
    kind: &'static str,
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<String>,
    words_added: usize,
    words_removed: usize,
}

#[derive(Serialize)]
struct LogAnswer<'a> {
    schema: u32,
    versions: Vec<Entry<'a>>,
}

/// A version.
#[derive(Serialize)]
struct Entry<'a> {
    document: &'a str,
    version: &'a str,
    released: Option<Date>,
    in_force_since: Option<Date>,
    /// Its last day in force, where that is known.
    in_force_until: Option<Date>,
    /// Whether it was withdrawn, or replaced before its day.
    never_in_force: bool,
    /// What was decided of it since its release.
    decisions: &'a [Decision],
    kind: &'a str,
    summary: &'a str,
    sha256: String,
}

impl Status {
    /// Prints where each document stands.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (project, compiled) = global.compile(Edition::Draft, Access::Reads)?;
        report::errors(&compiled.diagnostics, &project.files);
        let (site, people, today) = (&compiled.site, People::of(&compiled.site), compiled.now.day);
        let documents: Vec<Standing<'_>> =
            site.histories.iter().map(|history| standing(site, &people, history, today)).collect();
        match self.format {
            Format::Json => print(&StatusAnswer { schema: SCHEMA, documents })?,
            Format::Text => documents.iter().for_each(tell),
        }
        Ok(if compiled.diagnostics.has_errors() { Ending::Found } else { Ending::Done })
    }
}

impl Log {
    /// Prints the versions.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (project, compiled) = global.compile(Edition::Draft, Access::Reads)?;
        report::errors(&compiled.diagnostics, &project.files);
        let site = &compiled.site;
        if let Some(id) = self.document.as_deref() {
            document(site, id)?;
        }
        let versions = entries(site, self.document.as_deref());
        match self.format {
            Format::Json => print(&LogAnswer { schema: SCHEMA, versions })?,
            Format::Text if versions.is_empty() => report::note("nothing was released yet"),
            Format::Text => {
                for entry in versions {
                    let day = entry
                        .released
                        .map_or_else(|| "date unknown".to_owned(), |day| day.to_string());
                    let since = entry.in_force_since.filter(|since| {
                        Some(*since) != entry.released || entry.in_force_until.is_some()
                    });
                    let force = match (since, entry.in_force_until) {
                        _ if entry.never_in_force => ", never in force".to_owned(),
                        (None, None) => String::new(),
                        (Some(since), None) => format!(", in force from {since}"),
                        (None, Some(until)) => format!(", in force to {until}"),
                        (Some(since), Some(until)) => format!(", in force from {since} to {until}"),
                    };
                    anstream::println!(
                        "{} {}  {day}{force}  {}",
                        entry.document,
                        entry.version,
                        entry.kind
                    );
                    anstream::println!("  {}", entry.summary);
                    for decision in entry.decisions {
                        let what = decision.effective.map_or_else(
                            || "withdrawn".to_owned(),
                            |day| format!("moved to {day}"),
                        );
                        anstream::println!("  {what} on {}: {}", decision.date, decision.reason);
                    }
                }
            }
        }
        Ok(if compiled.diagnostics.has_errors() { Ending::Found } else { Ending::Done })
    }
}

/// Returns the versions of one document or of all, newest first.
fn entries<'a>(site: &'a Site, document: Option<&str>) -> Vec<Entry<'a>> {
    let mut entries = Vec::new();
    for release in site.releases.iter().rev() {
        for history in site
            .histories
            .iter()
            .filter(|history| document.is_none_or(|id| history.id.as_str() == id))
        {
            let place = history.place_of(&release.id);
            entries.extend(place.map(|at| entry(history, &history.versions[at])));
        }
    }
    entries
}

fn entry<'a>(history: &'a History, version: &'a Version) -> Entry<'a> {
    Entry {
        document: history.id.as_str(),
        version: version.release.id.as_str(),
        released: version.release.released,
        in_force_since: version.period.from.filter(|_| !version.period.never()),
        in_force_until: version.period.until(),
        never_in_force: version.period.never(),
        decisions: &version.decisions,
        kind: version.release.kind.as_str(),
        summary: &version.release.summary,
        sha256: version.digest.to_string(),
    }
}

fn standing<'a>(site: &Site, people: &People, history: &'a History, today: Date) -> Standing<'a> {
    let newest = history.newest();
    let days = (newest.and_then(Version::day), Some(today));
    let newest = newest.map(|newest| &*newest.document);
    let changes = history
        .draft
        .as_deref()
        .filter(|_| history.unreleased)
        .map(|draft| redline::summary(newest, Some(draft), days, people));
    let change = |change: SectionChange| ChangeEntry {
        kind: change.kind.as_str(),
        title: redline::promised_title(&change.title).to_owned(),
        before: change.before.as_deref().map(|before| redline::promised_title(before).to_owned()),
        words_added: change.added,
        words_removed: change.removed,
    };
    let promises = if history.unreleased {
        redline::unreleased_commitments(site, history)
    } else {
        Vec::new()
    };
    let due = history.review_due();
    Standing {
        id: history.id.as_str(),
        title: history.current().title(),
        in_force: history.current_version().map(|version| entry(history, version)),
        upcoming: history.upcoming().map(|index| entry(history, &history.versions[index])),
        announced: history
            .announced()
            .map(|index| entry(history, &history.versions[index]))
            .collect(),
        retired_from: history.retirement().map(|retirement| retirement.effective),
        unreleased: history.unreleased,
        changes: changes.into_iter().flatten().map(change).collect(),
        commitments: promises.iter().map(CommitmentEntry::new).collect(),
        reviewed: history.reviewed,
        review_due: due,
        overdue: due.is_some_and(|due| due < today),
    }
}

fn tell(standing: &Standing<'_>) {
    let since = |entry: &Entry<'_>| {
        entry.in_force_since.map_or_else(|| "an unknown date".to_owned(), |day| day.to_string())
    };
    let force = match &standing.in_force {
        Some(entry) => format!("version {}, in force since {}", entry.version, since(entry)),
        None => "not in force".to_owned(),
    };
    anstream::println!("{}  {force}", standing.id);
    for entry in &standing.announced {
        anstream::println!(
            "  upcoming   version {}, in force from {}",
            entry.version,
            since(entry)
        );
    }
    if let Some(day) = standing.retired_from {
        anstream::println!("  retired    from {day} on");
    }
    if standing.unreleased {
        anstream::println!("  unreleased {}", report::counted(standing.changes.len(), "change"));
        for change in &standing.commitments {
            anstream::println!("    {}", change.text());
        }
        for change in &standing.changes {
            anstream::println!(
                "    {:8} {}  +{} -{} words",
                change.kind,
                change.title,
                change.words_added,
                change.words_removed
            );
        }
    }
    if let Some(day) = standing.reviewed {
        anstream::println!("  reviewed   {day}");
    }
    if let Some(due) = standing.review_due {
        anstream::println!("  review due {due}{}", if standing.overdue { ", overdue" } else { "" });
    }
}

fn print(answer: &impl Serialize) -> Result<()> {
    anstream::println!("{}", serde_json::to_string_pretty(answer)?);
    Ok(())
}
