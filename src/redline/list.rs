//! Lists as tables: a record is a row told by its name, a field a column. Neither the order of
//! fields nor that of records counts.

use crate::model::{Alignment, Commitment, Document, Identity, Subprocessor};
use crate::redline::cut::Cutter;
use crate::redline::wording::{Grid, Kind, Leaf, Part};

/// Cuts a list to one section that holds a table.
pub fn cut(list: &Document, cutter: &mut Cutter) {
    let first = cutter.open_section();
    let (titles, rows): (Vec<&str>, Vec<Vec<Leaf>>) = match list {
        Document::Policy(_) => return,
        Document::Whitehats(list) => {
            let before = list
                .undated_before
                .as_ref()
                .map(|year| format!("Undated: before {year}"))
                .unwrap_or_default();
            cutter.words(Kind::Paragraph, &before);
            let mut row = |entry: &crate::model::Whitehat| {
                let link = entry.link.as_deref();
                let mut cells = vec![cutter.cell_of(&entry.name.value, link)];
                let told = [
                    entry.date.as_deref().unwrap_or_default(),
                    entry.class.as_deref().unwrap_or_default(),
                    &entry.groups.join(", "),
                ];
                cells.extend(told.map(|cell| cutter.cell_of(cell, None)));
                cells
            };
            (
                vec!["Name", "Date", "Class", "Groups"],
                list.in_order().into_iter().map(&mut row).collect(),
            )
        }
        Document::Commitments(list) => {
            cutter.words(Kind::Paragraph, list.note.as_deref().unwrap_or_default());
            let mut row = |entry: &Commitment| {
                let better = entry
                    .amount
                    .as_ref()
                    .and_then(|amount| amount.better)
                    .map_or("", |better| better.as_str());
                let section = entry
                    .section
                    .as_ref()
                    .map(|section| section.value.to_string())
                    .unwrap_or_default();
                [&*entry.what, &entry.promise().unwrap_or_default(), better, &section]
                    .map(|cell| cutter.cell_of(cell, None))
                    .to_vec()
            };
            (
                vec!["Commitment", "Promise", "Better", "Section"],
                list.in_order().into_iter().map(&mut row).collect(),
            )
        }
        Document::Subprocessors(list) => {
            cutter.words(Kind::Paragraph, list.note.as_deref().unwrap_or_default());
            // A list in which nobody was cancelled has the form that it always had.
            let cancelled = list.subprocessors.iter().any(|entry| entry.cancelled.is_some());
            let columns =
                &Subprocessor::COLUMNS[..Subprocessor::COLUMNS.len() - usize::from(!cancelled)];
            let mut row = |entry: &Subprocessor| {
                let mut cells = vec![cutter.cell_of(&entry.name.value, entry.link.as_deref())];
                let fields = columns.iter().map(|(_, field)| field(entry).unwrap_or_default());
                cells.extend(fields.map(|field| cutter.cell_of(&field, None)));
                cells
            };
            let rows = list.in_order().into_iter().map(&mut row).collect();
            (std::iter::once("Name").chain(columns.iter().map(|(title, _)| *title)).collect(), rows)
        }
    };
    let head: Vec<Leaf> = titles.iter().map(|title| cutter.cell_of(title, None)).collect();
    if !rows.is_empty() {
        let records = Some(Identity::of_list(list));
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
