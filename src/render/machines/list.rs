//! The lists as they stand now, for programs: as JSON, and as CSV where a list has it. The one file
//! that names the CSV crate.

use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::model::{FieldKind, History, List, ListEntry, Value, Version};
use crate::render::machines::index::json;

/// The version of the shapes; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Listing<'a> {
    schema: u32,
    /// The id of the version in force.
    version: &'a str,
    in_force_since: Option<String>,
    /// The day on which an entry last changed.
    last_modified: Option<String>,
    #[serde(flatten)]
    entries: Entries<'a>,
}

/// What stands above the entries, and under the id of the list the entries.
struct Entries<'a>(&'a List);

/// An entry, for programs and for templates.
pub struct EntryView<'a>(pub &'a ListEntry);

impl Serialize for Entries<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let list = self.0;
        let mut map = serializer.serialize_map(None)?;
        if list.kind.head.is_published {
            map.serialize_entry(list.kind.head.key, &list.head)?;
        }
        let entries: Vec<EntryView<'_>> = list.in_order().into_iter().map(EntryView).collect();
        map.serialize_entry(list.kind.id, &entries)?;
        map.end()
    }
}

impl Serialize for EntryView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for field in self.0.published() {
            match (field.kind, self.0.value(field.key)) {
                (FieldKind::Texts, Some(Value::Texts(texts))) => {
                    map.serialize_entry(field.key, texts)?;
                }
                (FieldKind::Texts, _) => map.serialize_entry(field.key, &[""; 0])?,
                _ => map.serialize_entry(field.key, &self.0.cell(field))?,
            }
        }
        map.end()
    }
}

/// Returns the list in force as JSON; `None` for a policy, or before any version is in force.
pub fn index(history: &History) -> Option<String> {
    let Version { release, stamp, document, period, .. } = history.current_version()?;
    Some(json(&Listing {
        schema: SCHEMA,
        version: release.id.as_str(),
        in_force_since: period.from.map(|day| day.to_string()),
        last_modified: stamp.released.map(|day| day.to_string()),
        entries: Entries(document.list()?),
    }))
}

/// Returns the list in force as CSV, RFC 4180; `None` for a document that has none.
pub fn table(history: &History) -> Option<Vec<u8>> {
    let list = history.current_version()?.document.list().filter(|list| list.kind.has_csv)?;
    let mut table = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .has_headers(false)
        .from_writer(Vec::new());
    let head = list.kind.fields.iter().filter(|field| field.is_published);
    table.write_record(head.map(|field| field.key)).expect("a table in memory takes every row");
    for entry in list.in_order() {
        let cells = entry.published().map(|field| entry.cell(field).unwrap_or_default());
        table.write_record(cells.map(|cell| harmless(&cell))).expect("every row has as many cells");
    }
    Some(table.into_inner().expect("a table in memory is whole"))
}

/// Returns the rows of a table by the names of their columns; `None` if it is none.
pub fn rows(table: &[u8]) -> Option<Vec<BTreeMap<String, String>>> {
    csv::Reader::from_reader(table).deserialize().collect::<Result<_, _>>().ok()
}

/// Returns a cell that no spreadsheet takes for a formula: an apostrophe before what would begin
/// one.
fn harmless(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if formula { format!("'{cell}") } else { cell.to_owned() }
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
