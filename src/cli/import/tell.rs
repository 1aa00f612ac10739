//! What was read as versions: the answer of `policybook import`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::io::IsTerminal as _;
use std::io::Write as _;

use crate::cli::import::carry::Carried;
use crate::cli::import::proposal::Proposal;
use crate::cli::report;
use crate::cli::report::counted;
use crate::diagnostic::{Diagnostics, Severity};
use crate::ledger::{Imported, Read};
use crate::model::{Document, DocumentId, ListKind};
use crate::parse::Unresolved;
use crate::redline::People;
use crate::{ledger, redline};

/// How many lists of versions are printed one by one where not all of them are asked for.
const FEW: usize = 1;

/// Says on a terminal what is being done, on a line that the next one replaces; nothing takes the
/// line away.
pub fn doing(quiet: bool, what: &str) {
    if quiet || !io::stderr().is_terminal() {
        return;
    }
    let dots = if what.is_empty() { "" } else { " …" };
    anstream::eprint!("\r\u{1b}[K{what}{dots}");
    // What cannot be shown is not waited for.
    let _ = io::stderr().flush();
}

/// Says what of the texts a plan does not hold; `planned` is whether it goes on with that plan.
pub fn left_out(proposal: &Proposal, planned: bool) {
    for (from, why) in &proposal.unreadable {
        let commit = crate::parse::plan::located(from).0;
        let short = commit.get(..10).filter(|_| commit.len() >= 40).unwrap_or(commit);
        report::note(&format!("{} left no text: {why}", shown(short)));
    }
    if proposal.same > 0 {
        report::note(&format!("{} changed no word: no version", counted(proposal.same, "text")));
    }
    if proposal.moved > 0 {
        report::note(&format!(
            "{} not dated by its commit or file: its date contradicts the others, or has not come",
            counted(proposal.moved, "version")
        ));
    }
    if proposal.lost > 0 {
        report::note(&format!(
            "{} of the newest list lack what an entry must have, and are left out",
            counted(proposal.lost, "row")
        ));
    }
    let places = if planned { "the plan lists them" } else { "`--plan FILE` lists them" };
    let links = &proposal.plan.rules.links;
    if !links.is_empty() {
        let kept = links.values().filter(|to| *to == crate::parse::WORDS).count();
        report::note(&format!(
            "{} that no policy has: {kept} become plain words, {} lead to a policy of that name; {places}",
            counted(links.len(), "link target"),
            links.len() - kept
        ));
    }
    if let Some(first) = proposal.plan.marks.first() {
        report::note(&format!(
            "{} of another program that readers will see as they are, such as `{}`: {places}",
            counted(proposal.plan.marks.len(), "mark"),
            shown(first)
        ));
    }
}

/// Returns what a plan holds, in a line.
pub fn planned(plan: &str) -> String {
    let versions = plan.lines().filter(|line| line.starts_with("- id: ")).count();
    counted(versions, "version")
}

/// Prints each version in a line: its id, its day, what it was read as, and what of it has no place
/// on a page; of many policies a line each, if not all is asked for. `mistakes` are the errors that
/// the drafts would have.
pub fn versions(carried: &Carried, mistakes: Option<&Diagnostics>, verbose: bool) {
    let all: Vec<&Imported> = carried.import.versions.iter().flatten().collect();
    if carried.policies.len() > FEW && !verbose {
        policies(&all);
    } else {
        one_by_one(&all, carried, verbose);
    }
    let unresolved = |read: &Read| read.unresolved != Unresolved::default();
    if all.iter().flat_map(|version| &version.documents).any(unresolved) {
        report::note(
            "unsupported elements were kept as text: links lose their address, images become their description, raw HTML is shown as source",
        );
    }
    let same = carried.import.versions.len() - all.len();
    if same > 0 {
        report::note(&format!(
            "{} of the plan changed no word: no version",
            counted(same, "version")
        ));
    }
    if carried.links > 0 {
        report::note(&format!(
            "{} of the latest versions lead nowhere: name them under `links` in the plan",
            counted(carried.links, "link")
        ));
    }
    if let Some(mistakes) = mistakes {
        report::note(&format!(
            "the latest version has {} to fix before it can be released again",
            counted(mistakes.count(Severity::Error), "error")
        ));
    }
}

/// Prints a line for each policy.
fn policies(versions: &[&Imported]) {
    let mut policies: BTreeMap<String, (usize, String, String, String)> = BTreeMap::new();
    for (version, read) in versions
        .iter()
        .flat_map(|version| version.documents.iter().map(move |read| (version, read)))
    {
        let day = day(version);
        let entry = policies.entry(read.id.to_string());
        let (count, _, last, title) =
            entry.or_insert_with(|| (0, day.clone(), String::new(), String::new()));
        *count += 1;
        *last = day;
        *title = title_of(&read.document);
    }
    let width = policies.keys().map(|id| id.chars().count()).max().unwrap_or_default();
    for (id, (count, first, last, title)) in policies {
        let count = counted(count, "version");
        let days = if first == last { first } else { format!("{first} to {last}") };
        anstream::println!("{id:width$}  {count}, {days}: {title}");
    }
}

fn title_of(document: &Document) -> String {
    match document {
        Document::Policy(policy) => shown(&policy.title),
        Document::List(list) => list.kind.title.to_owned(),
    }
}

fn one_by_one(versions: &[&Imported], carried: &Carried, verbose: bool) {
    let width = |texts: &mut dyn Iterator<Item = String>| {
        texts.map(|text| text.chars().count()).max().unwrap_or_default()
    };
    let id = width(&mut versions.iter().map(|version| version.release.id.to_string()));
    let date = width(&mut versions.iter().map(|version| day(version)));
    for version in versions {
        for (at, read) in version.documents.iter().enumerate() {
            let size = match &*read.document {
                Document::Policy(policy) => {
                    let sections = counted(policy.sections.len(), "section");
                    format!("{sections}, {}", counted(words(read), "word"))
                }
                Document::List(list) => {
                    let count = list.entries.len();
                    if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") }
                }
            };
            let several = carried.policies.len() > FEW;
            let name = if several { format!("{}: ", read.id) } else { String::new() };
            let read_as = format!("{name}{}: {size}", title_of(&read.document));
            let first = if at == 0 { version.release.id.to_string() } else { String::new() };
            let day = if at == 0 { day(version) } else { String::new() };
            anstream::println!(
                "{first:id$}  {day:date$}  {read_as}{}",
                unresolved(read.unresolved, carried.others)
            );
            if verbose {
                more(&read.document, version, id);
            }
        }
    }
}

fn words(read: &Read) -> usize {
    let changes = redline::summary(None, Some(&read.document), (None, None), &People::default());
    changes.iter().map(|change| change.added).sum()
}

/// Prints what a version says of itself, and its sections.
fn more(document: &Document, version: &Imported, id: usize) {
    anstream::println!("{:id$}  {}", "", shown(&version.release.summary));
    for section in document.policy().iter().flat_map(|policy| &policy.sections) {
        anstream::println!("{:id$}  {}  {}", "", section.file.name(), shown(&section.title));
    }
}

/// Returns how many versions there are, and of what.
pub fn counted_versions(carried: &Carried) -> String {
    let versions = || carried.import.versions.iter().flatten();
    let count = counted(versions().count(), "version");
    let ids: BTreeSet<&DocumentId> =
        versions().flat_map(|version| &version.documents).map(|read| &read.id).collect();
    match ids.first() {
        Some(id) if ids.len() == 1 => format!("{count} of {id}"),
        _ => format!("{count} of {} policies", ids.len()),
    }
}

/// Says what was imported, and what to do next. `mistakes` is how many errors the drafts have.
pub fn done(carried: &Carried, mistakes: usize) {
    report::done("imported", &counted_versions(carried));
    let folder = match &carried.policies[..] {
        [id] if ListKind::of(id.as_str()).is_some() => format!("content/{id}.yaml"),
        [id] => format!("content/{id}"),
        _ => "content".to_owned(),
    };
    let folders = match folder.as_str() {
        "content" => folder.clone(),
        _ => format!("{folder} and {}", ledger::FOLDER),
    };
    match mistakes {
        0 => anstream::eprintln!("\nNext: commit {folders}, then run `policybook build --locked`"),
        _ => anstream::eprintln!(
            "\nNext: run `policybook build`, fix what it reports in {folder}, then release it"
        ),
    }
}

/// Returns the day of a version as it is printed.
fn day(version: &Imported) -> String {
    version.release.released.map_or_else(|| "date unknown".to_owned(), |day| day.to_string())
}

/// Returns what has no place on a page, as the end of a line.
fn unresolved(unresolved: Unresolved, others: usize) -> String {
    let Unresolved { links, images, html, footnotes } = unresolved;
    let counts = [
        (
            links,
            format!(
                "{} that lead{} nowhere",
                counted(links, "link"),
                if links == 1 { "s" } else { "" }
            ),
        ),
        (images, counted(images, "image")),
        (html, format!("raw HTML in {}", counted(html, "place"))),
        (footnotes, format!("{} of another section", counted(footnotes, "footnote"))),
        (others, format!("{} of the folder", counted(others, "other file"))),
    ];
    let found: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect();
    if found.is_empty() { String::new() } else { format!("; not placed: {}", found.join(", ")) }
}

/// Returns a title for the terminal, which takes some letters for commands.
fn shown(title: &str) -> String {
    title.chars().filter(|letter| !letter.is_control()).collect()
}
