//! Days agree: a day typed into the words with that of the ledger, a review with the time its
//! author named.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger;
use crate::model::{History, Policy, Site};
use crate::parse::typed_days;
use crate::tree::TreePath;

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
        for (phrase, day, span) in typed_days(section.body.text()) {
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
