//! Days agree: a day typed into the words with that of the ledger, a review with the time its
//! author named.

use jiff::civil::Date;
use memchr::memmem;
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger;
use crate::model::{History, Policy, Site};
use crate::tree::{Span, TreePath};

/// What stands before a typed day, in lower case.
const PHRASES: [&str; 6] = [
    "last updated",
    "last modified",
    "last revised",
    "last changed",
    "updated on",
    "effective date",
];

/// How many bytes after such a phrase a day is looked for.
const REACH: usize = 40;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reports typed days that disagree with the ledger, acts that are dated ahead, and reviews that
/// are overdue.
pub fn check(site: &Site, today: Date, diagnostics: &mut Diagnostics) {
    diagnostics.extend(site.histories.par_iter().flat_map_iter(typed).collect::<Vec<_>>());
    diagnostics.extend(ahead(site, today));
    for history in &site.histories {
        if let Some(due) = history.review_due().filter(|due| *due < today) {
            let overdue = Diagnostic::warning(
                Code::ReviewOverdue,
                format!("`{}` should have been reviewed by {due}", history.id),
            );
            let overdue = overdue.in_file(&history.place());
            diagnostics.push(overdue.help(format!(
                "read it again, then run `policybook review {}`, or release what has to change",
                history.id
            )));
        }
    }
}

/// Reports acts of the ledger that are dated ahead: nobody can have done them yet.
fn ahead(site: &Site, today: Date) -> impl Iterator<Item = Diagnostic> {
    let path = TreePath::new(&format!("{}/{}", ledger::FOLDER, ledger::LEDGER)).expect("a path");
    // An entry that went on behind it says so.
    let passed = |date: Date| site.ledger.entries.iter().any(|entry| entry.ahead == Some(date));
    let ahead = site
        .ledger
        .entries
        .iter()
        .filter_map(move |entry| Some((entry, entry.date().filter(|date| *date > today)?)));
    ahead.filter(move |(_, date)| !passed(*date)).map(move |(entry, date)| {
        let found = Diagnostic::warning(Code::ActAhead, format!("{entry} is dated {date}, and today is {today}"));
        let on = match entry.release() {
            Some(frozen) => format!("`policybook withdraw {}`, then release again", frozen.release.id),
            None => "go on: the next entry is dated as usual and names this day".to_owned(),
        };
        found.at(&path, entry.span).help(format!(
            "see that the clock and `timezone` in `site.yaml` are right. If it was never published, `policybook release --undo` takes back the \
             newest entry; else {on}"
        ))
    })
}

/// Returns the days typed into the words of a released draft that are not those of the ledger.
fn typed(history: &History) -> Vec<Diagnostic> {
    let policy =
        history.draft.as_deref().filter(|_| !history.unreleased).and_then(|draft| draft.policy());
    let (Some(policy), Some(newest)) = (policy, history.newest()) else {
        return Vec::new();
    };
    disagreeing(policy, newest.stamp.released, newest.period.from)
}

/// Returns the days typed into the words of a policy that are not those on which they were last
/// modified and came into force.
pub fn disagreeing(
    policy: &Policy,
    modified: Option<Date>,
    in_force_since: Option<Date>,
) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for section in policy.parts() {
        for (phrase, day, span) in days(section.body.text()) {
            let known = if phrase == "effective date" { in_force_since } else { modified };
            if Some(day) != known {
                let known = known.map_or_else(|| "no day".to_owned(), |known| known.to_string());
                let typed = Diagnostic::error(
                    Code::TypedDate,
                    format!("the words say {day}, the ledger says {known}"),
                );
                let typed = typed.at(&section.place(), section.body.origin(span));
                found.push(
                    typed.help(
                        "take the day out of the words: every page shows the one of the ledger",
                    ),
                );
            }
        }
    }
    found
}

/// Returns the days that a text types behind one of the phrases, each with its place.
fn days(text: &str) -> Vec<(&'static str, Date, Span)> {
    let lower = text.to_ascii_lowercase();
    let mut days = Vec::new();
    for phrase in PHRASES {
        for at in memmem::find_iter(lower.as_bytes(), phrase) {
            let start = at + phrase.len();
            let end = text.floor_char_boundary((start + REACH).min(text.len()));
            if let Some((day, span)) = day(&lower[start..end]) {
                days.push((phrase, day, span.shift(start)));
            }
        }
    }
    days
}

/// Reads the first day of a text: `2023-02-15`, `15 February 2023`, `February 15th, 2023`.
fn day(text: &str) -> Option<(Date, Span)> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_ascii_alphanumeric() || letter == '-', start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                words.push((begin, &text[begin..at]));
                start = None;
            }
            _ => {}
        }
    }
    let span =
        |first: (usize, &str), last: (usize, &str)| Span::new(first.0, last.0 + last.1.len());
    let iso = words.iter().find_map(|word| {
        Some((word.1.parse().ok().filter(|_| word.1.len() == 10)?, span(*word, *word)))
    });
    let written = words.windows(3).find_map(|window| {
        let [first, second, third] = [window[0], window[1], window[2]];
        let (number, month) =
            if month(second.1).is_some() { (first.1, second.1) } else { (second.1, first.1) };
        let number = number.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let date =
            Date::new(third.1.parse().ok()?, self::month(month)?, number.parse().ok()?).ok()?;
        Some((date, span(first, third)))
    });
    iso.or(written)
}

fn month(word: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|month| word.starts_with(month) && word.len() >= 3)?;
    i8::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_type_it() {
        for text in [
            "Last updated: 2023-02-15.",
            "last modified February 15th, 2023",
            "*Last Revised* on 15 Feb 2023",
        ] {
            let days = days(text);
            assert_eq!(
                days.iter().map(|(_, day, _)| day.to_string()).collect::<Vec<_>>(),
                ["2023-02-15"],
                "{text}"
            );
        }
        assert_eq!(days("Last updated when needed, in 2 of 30 cases"), []);
        assert_eq!(days("We were founded on 2001-01-01"), []);
    }
}
