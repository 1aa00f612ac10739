//! The lists as they stand now, for programs: JSON, and the sub-processors as a table too. The one
//! file that names the CSV crate.

use serde::Serialize;

use crate::model::{Commitment, Document, History, Subprocessor, Version, Whitehat};
use crate::render::machines::index::json;

/// The version of the shapes; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct List<'a> {
    schema: u32,
    /// The id of the version in force.
    version: &'a str,
    in_force_since: Option<String>,
    /// The day on which an entry last changed.
    last_modified: Option<String>,
    #[serde(flatten)]
    entries: Entries<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Entries<'a> {
    Whitehats(Vec<WhitehatEntry<'a>>),
    #[serde(untagged)]
    Subprocessors {
        /// What readers should know about the list.
        note: Option<&'a str>,
        subprocessors: Vec<SubprocessorEntry<'a>>,
    },
    #[serde(untagged)]
    Commitments {
        /// What readers should know about the list.
        note: Option<&'a str>,
        commitments: Vec<CommitmentEntry<'a>>,
    },
}

/// A researcher, for programs and for templates.
#[derive(Serialize)]
pub struct WhitehatEntry<'a> {
    name: &'a str,
    link: Option<&'a str>,
    date: Option<&'a str>,
    /// What kind of weakness it was.
    class: Option<&'a str>,
    groups: &'a [String],
}

#[derive(Serialize)]
struct SubprocessorEntry<'a> {
    name: &'a str,
    purpose: &'a str,
    entity: Option<&'a str>,
    data: Option<&'a str>,
    country: Option<&'a str>,
    safeguard: Option<&'a str>,
    group: Option<&'a str>,
    link: Option<&'a str>,
    formerly: Option<&'a str>,
    /// The day on which customers were told of it.
    announced: Option<String>,
    /// The first day on which it processes data.
    effective: Option<String>,
    /// The last one.
    until: Option<String>,
    /// The day on which it was given up before the first one.
    cancelled: Option<String>,
}

#[derive(Serialize)]
struct CommitmentEntry<'a> {
    id: &'a str,
    what: &'a str,
    /// The number with its qualifier and its unit.
    promise: Option<String>,
    qualifier: Option<&'static str>,
    /// The number as it is written, `48` or `1 to 5`.
    value: Option<String>,
    unit: Option<&'a str>,
    better: Option<&'static str>,
    /// The policy, and its section behind a `#`.
    section: Option<String>,
}

/// Returns the list in force as JSON; nothing for a policy, or before any version is in force.
pub fn index(history: &History) -> Option<String> {
    let Version { release, stamp, document, period, .. } = history.current_version()?;
    let entries = match &**document {
        Document::Policy(_) => return None,
        Document::Whitehats(list) => {
            Entries::Whitehats(list.in_order().into_iter().map(WhitehatEntry::new).collect())
        }
        Document::Subprocessors(list) => Entries::Subprocessors {
            note: list.note.as_deref(),
            subprocessors: list.in_order().into_iter().map(SubprocessorEntry::new).collect(),
        },
        Document::Commitments(list) => Entries::Commitments {
            note: list.note.as_deref(),
            commitments: list.in_order().into_iter().map(CommitmentEntry::new).collect(),
        },
    };
    Some(json(&List {
        schema: SCHEMA,
        version: release.id.as_str(),
        in_force_since: period.from.map(|day| day.to_string()),
        last_modified: stamp.released.map(|day| day.to_string()),
        entries,
    }))
}

/// Returns the sub-processors in force as a table, RFC 4180; nothing for any other document.
pub fn table(history: &History) -> Option<Vec<u8>> {
    let Document::Subprocessors(list) = &*history.current_version()?.document else {
        return None;
    };
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .has_headers(false)
        .from_writer(Vec::new());
    let head = "name purpose entity data country safeguard group link formerly announced effective until cancelled";
    table.write_record(head.split(' ')).expect("a table in memory takes every row");
    for entry in list.in_order() {
        let entry = SubprocessorEntry::new(entry);
        let SubprocessorEntry {
            name,
            purpose,
            entity,
            data,
            country,
            safeguard,
            group,
            link,
            formerly,
            ..
        } = entry;
        let days = [&entry.announced, &entry.effective, &entry.until, &entry.cancelled]
            .map(Option::as_deref);
        let cells =
            [Some(name), Some(purpose), entity, data, country, safeguard, group, link, formerly]
                .into_iter()
                .chain(days);
        table
            .write_record(cells.map(|cell| harmless(cell.unwrap_or_default())))
            .expect("every row has as many cells");
    }
    Some(table.into_inner().expect("a table in memory is whole"))
}

/// Returns a cell that no spreadsheet takes for a formula: an apostrophe before what would begin
/// one.
fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
}

impl<'a> WhitehatEntry<'a> {
    /// Returns a researcher.
    pub fn new(whitehat: &'a Whitehat) -> WhitehatEntry<'a> {
        WhitehatEntry {
            name: &whitehat.name.value,
            link: whitehat.link.as_deref(),
            date: whitehat.date.as_deref(),
            class: whitehat.class.as_deref(),
            groups: &whitehat.groups,
        }
    }
}

impl<'a> SubprocessorEntry<'a> {
    fn new(entry: &'a Subprocessor) -> SubprocessorEntry<'a> {
        SubprocessorEntry {
            name: &entry.name.value,
            purpose: &entry.purpose,
            entity: entry.entity.as_deref(),
            data: entry.data.as_deref(),
            country: entry.country.as_ref().map(|country| country.value.as_str()),
            safeguard: entry.safeguard.as_deref(),
            group: entry.group.as_deref(),
            link: entry.link.as_deref(),
            formerly: entry.formerly.as_deref(),
            announced: entry.announced.map(|day| day.to_string()),
            effective: entry.effective.as_ref().map(|day| day.value.to_string()),
            until: entry.until.map(|day| day.to_string()),
            cancelled: entry.cancelled.map(|day| day.to_string()),
        }
    }
}

impl<'a> CommitmentEntry<'a> {
    fn new(entry: &'a Commitment) -> CommitmentEntry<'a> {
        let amount = entry.amount.as_ref();
        CommitmentEntry {
            id: &entry.id.value,
            what: &entry.what,
            promise: entry.promise(),
            qualifier: amount
                .and_then(|amount| amount.qualifier)
                .map(|qualifier| qualifier.as_str()),
            value: amount.map(|amount| amount.quantity.to_string()),
            unit: amount.map(|amount| amount.unit.as_str()),
            better: amount.and_then(|amount| amount.better).map(|better| better.as_str()),
            section: entry.section.as_ref().map(|section| section.value.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_becomes_a_formula() {
        for cell in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"] {
            assert_eq!(harmless(cell), format!("'{cell}"));
        }
        for cell in ["", "Stripe", "A+B", "'=1", "1-2"] {
            assert_eq!(harmless(cell), cell);
        }
    }
}
