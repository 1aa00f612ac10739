//! Lists as tables: an entry is a row told by its name, a field a column. Neither the order of
//! fields nor that of entries counts.

use crate::model::{Alignment, Document, FieldKind, Identity, ListEntry};
use crate::redline::cut::Cutter;
use crate::redline::wording::{Grid, Kind, Leaf, Part};

/// Cuts a list to one section that holds a table.
pub fn cut(document: &Document, cutter: &mut Cutter) {
    let Some(list) = document.list() else { return };
    let first = cutter.open_section();
    let head = list.head.as_deref().map(|head| match list.kind.head.kind {
        FieldKind::Year => format!("Undated: before {head}"),
        _ => head.to_owned(),
    });
    cutter.words(Kind::Paragraph, &head.unwrap_or_default());
    let entries = list.in_order();
    let columns = list.form(&entries);
    let row = |entry: &&ListEntry| {
        let mut cells = vec![cutter.cell_of(entry.name(), entry.text("link"))];
        let fields = columns.iter().map(|field| entry.cell(field).unwrap_or_default());
        cells.extend(fields.map(|field| cutter.cell_of(&field, None)));
        cells
    };
    let rows: Vec<Vec<Leaf>> = entries.iter().map(row).collect();
    let titles = columns.iter().filter_map(|field| field.title);
    let titles = std::iter::once(list.kind.name_title()).chain(titles);
    let head: Vec<Leaf> = titles.map(|title| cutter.cell_of(title, None)).collect();
    if !rows.is_empty() {
        let records = Some(entries.iter().map(|entry| Identity::of(entry)).collect());
        cutter.table(
            Grid { columns: vec![Alignment::Start; head.len()], head, rows, records },
            (0, 0),
        );
    }
    cutter.close_section(Part {
        id: "list".to_owned(),
        title: "note".to_owned(),
        first,
        ..Part::default()
    });
}

#[cfg(test)]
mod tests {

    use crate::redline::Wording;
    use crate::redline::trial::{document, leaves};

    #[test]
    fn a_list_is_a_note_and_a_table_of_its_records() {
        let cut = |id: &str, yaml: &str| {
            leaves(&Wording::of(&document(id, &[(&format!("{id}.yaml"), yaml)])))
        };
        assert_eq!(
            cut(
                "subprocessors",
                "note: Who else.\nsubprocessors:\n- { name: Zero, purpose: Mail, country: IE, link: 'https://zero.example/' }\n"
            ),
            [
                "p: Who else.",
                "table [Start, Start, Start, Start, Start, Start, Start, Start, Start, Start, Start]: Name|Purpose|Legal entity|Data|Country|Safeguard|Group|\
              Formerly|Announced|From|Until / <Outside(\"https://zero.example/\")>Zero</>|Mail|||IE||||||"
            ]
        );
        assert_eq!(
            cut(
                "commitments",
                "note: In numbers.\ncommitments:\n- { id: r, what: first reply, value: 2, unit: days, qualifier: within, better: lower, section: security#reply }\n- { id: t, what: telephone }\n"
            ),
            [
                "p: In numbers.",
                "table [Start, Start, Start, Start]: Commitment|Promise|Better|Section / first reply|within 2 days|lower|security#reply / \
              telephone|||"
            ]
        );
        assert_eq!(
            cut(
                "whitehats",
                "undated_before: 2019\nwhitehats:\n- { name: Ada, date: 2020-01-02, class: XSS, groups: [a, b], link: 'https://ada.example/' }\n- name: Bob\n"
            ),
            [
                "p: Undated: before 2019",
                "table [Start, Start, Start, Start]: Name|Date|Class|Groups / <Outside(\"https://ada.example/\")>Ada</>|2020-01-02|XSS|a, b / \
              Bob|||"
            ]
        );
        assert_eq!(cut("subprocessors", "note: Nobody.\nsubprocessors: []\n"), ["p: Nobody."]);
    }
}
