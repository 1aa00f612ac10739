//! What was read as versions: the answer of `policybook import`.

use jiff::civil::Date;

use crate::cli::import::texts::Text;
use crate::cli::report;
use crate::cli::report::counted;
use crate::ledger::Imported;
use crate::model::DocumentId;
use crate::parse::Unresolved;
use crate::redline::People;
use crate::{ledger, redline};

/// Prints each version in a line: its id, its day, what it was read as, and what of it has no place
/// on a page. `mistakes` is how many errors the newest would have as a draft.
pub fn versions(versions: &[(&Text, Option<&Imported>)], mistakes: usize, verbose: bool) {
    let read = || versions.iter().filter_map(|(text, version)| Some((*text, (*version)?)));
    let width = |texts: &mut dyn Iterator<Item = String>| {
        texts.map(|text| text.chars().count()).max().unwrap_or_default()
    };
    let id = width(&mut read().map(|(_, version)| version.release.id.to_string()));
    let date = width(&mut read().map(|(text, version)| day(text.recorded, version)));
    for (text, version) in versions {
        let Some(version) = version else {
            if verbose {
                anstream::println!(
                    "{:id$}  {} says what the version before it says",
                    "",
                    text.from
                );
            }
            continue;
        };
        let Some(policy) = version.document.policy() else {
            continue;
        };
        let words =
            redline::summary(None, Some(&version.document), (None, None), &People::default())
                .iter()
                .map(|change| change.added)
                .sum();
        let read = format!(
            "{}: {}, {}",
            shown(&policy.title),
            counted(policy.sections.len(), "section"),
            counted(words, "word")
        );
        let day = day(text.recorded, version);
        anstream::println!(
            "{:id$}  {day:date$}  {read}{}",
            version.release.id.to_string(),
            unresolved(version.unresolved, text.others)
        );
        if verbose {
            anstream::println!("{:id$}  from {}", "", text.from);
            for section in &policy.sections {
                anstream::println!(
                    "{:id$}  {}  {}",
                    "",
                    section.file.name(),
                    shown(&section.title)
                );
            }
        }
    }
    let same = versions.len() - read().count();
    if same > 0 {
        report::note(&format!("{} changed no word: no version", counted(same, "text")));
    }
    let moved = read().filter(|(text, version)| text.recorded != version.release.released).count();
    if moved > 0 {
        let count = counted(moved, "version");
        report::note(&format!(
            "{count} not dated by its commit or file: its date contradicts the others, or has not come"
        ));
    }
    if read().any(|(_, version)| version.unresolved != Unresolved::default()) {
        report::note(
            "unsupported elements were kept as text: links lose their address, images become their description, raw HTML is shown as source",
        );
    }
    if mistakes > 0 {
        report::note(&format!(
            "the latest version has {} to fix before it can be released again",
            counted(mistakes, "error")
        ));
    }
}

/// Says what was imported, and what to do next. `mistakes` is how many errors the draft has.
pub fn done(id: &DocumentId, versions: &[(&Text, Option<&Imported>)], mistakes: usize) {
    let count = versions.iter().filter(|(_, version)| version.is_some()).count();
    report::done("imported", &format!("{} of {id}", counted(count, "version")));
    match mistakes {
        0 => anstream::eprintln!(
            "\nNext: commit content/{id} and {}, then run `policybook build --locked`",
            ledger::FOLDER
        ),
        _ => anstream::eprintln!(
            "\nNext: run `policybook build`, fix what it reports in content/{id}, then release it"
        ),
    }
}

/// Returns the day of a version as it is printed, and the day of writing where that is another.
fn day(written: Option<Date>, version: &Imported) -> String {
    match (version.release.released, written) {
        (Some(released), Some(written)) if released != written => {
            format!("{released} (dated {written})")
        }
        (Some(released), _) => released.to_string(),
        (None, _) => "date unknown".to_owned(),
    }
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
