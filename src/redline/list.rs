//! Lists as tables: a record is a row told by its name, a field a column. Neither the order of fields nor that of records counts.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::Alignment;
use crate::model::Commitment;
use crate::model::Document;
use crate::model::Subprocessor;
use crate::redline;
use crate::redline::cut::Cutter;
use crate::redline::token::tokens;
use crate::redline::wording::Grid;
use crate::redline::wording::Kind;
use crate::redline::wording::Leaf;
use crate::redline::wording::Part;
use crate::redline::wording::Style;
use crate::redline::wording::Wording;

/// Cuts a list to one section that holds a table.
pub fn cut(list: &Document, cutter: &mut Cutter) {
    let first = cutter.open_section();
    let (titles, rows): (Vec<&str>, Vec<Vec<Leaf>>) = match list {
        Document::Policy(_) => return,
        Document::Whitehats(list) => {
            let before = list.undated_before.as_ref().map(|year| format!("Undated: before {year}")).unwrap_or_default();
            cutter.words(Kind::Paragraph, &before);
            let mut row = |entry: &crate::model::Whitehat| {
                let link = entry.link.as_deref();
                let mut cells = vec![cutter.cell_of(&entry.name.value, link)];
                let told =
                    [entry.date.as_deref().unwrap_or_default(), entry.class.as_deref().unwrap_or_default(), &entry.groups.join(", ")];
                cells.extend(told.map(|cell| cutter.cell_of(cell, None)));
                cells
            };
            (vec!["Name", "Date", "Class", "Groups"], list.in_order().into_iter().map(&mut row).collect())
        }
        Document::Commitments(list) => {
            cutter.words(Kind::Paragraph, list.note.as_deref().unwrap_or_default());
            let mut row = |entry: &Commitment| {
                let better = entry.amount.as_ref().and_then(|amount| amount.better).map_or("", |better| better.as_str());
                let section = entry.section.as_ref().map(|section| section.value.to_string()).unwrap_or_default();
                [&*entry.what, &entry.promise().unwrap_or_default(), better, &section].map(|cell| cutter.cell_of(cell, None)).to_vec()
            };
            (vec!["Commitment", "Promise", "Better", "Section"], list.in_order().into_iter().map(&mut row).collect())
        }
        Document::Subprocessors(list) => {
            cutter.words(Kind::Paragraph, list.note.as_deref().unwrap_or_default());
            let mut row = |entry: &Subprocessor| {
                let mut cells = vec![cutter.cell_of(&entry.name.value, entry.link.as_deref())];
                let fields = Subprocessor::COLUMNS.iter().map(|(_, field)| field(entry).unwrap_or_default());
                cells.extend(fields.map(|field| cutter.cell_of(&field, None)));
                cells
            };
            let rows = list.in_order().into_iter().map(&mut row).collect();
            (std::iter::once("Name").chain(Subprocessor::COLUMNS.iter().map(|(title, _)| *title)).collect(), rows)
        }
    };
    let head: Vec<Leaf> = titles.iter().map(|title| cutter.cell_of(title, None)).collect();
    if !rows.is_empty() {
        let people = matches!(list, Document::Whitehats(_));
        cutter.table(Grid { columns: vec![Alignment::Start; head.len()], head, rows, records: true, people }, (0, 0));
    }
    cutter.close_section(Part { id: "list".to_owned(), title: "note".to_owned(), first, ..Part::default() });
}

/// Returns the old version of a list of people with those who left counted, and not named: why somebody left, the ledger cannot tell.
pub fn discreet<'a>(old: &'a Wording, new: &Wording) -> Cow<'a, Wording> {
    let people = |leaf: &Leaf| matches!(&leaf.kind, Kind::Table(grid) if grid.people);
    let Some(at) = old.leaves.iter().position(people) else {
        return Cow::Borrowed(old);
    };
    let redline = redline::between(old, new);
    let rows = redline.pieces.iter().filter_map(|piece| piece.rows.as_ref()).flat_map(|rows| &rows.rows);
    let left: BTreeSet<usize> = rows.filter(|row| row.sides.1.is_none()).filter_map(|row| row.sides.0?.checked_sub(1)).collect();
    let mut told = old.clone();
    let plain = u32::try_from(told.styles.len()).expect("a list has fewer styles than that");
    told.styles.push(Style::default());
    if let Some(Kind::Table(grid)) = told.leaves.get_mut(at).map(|leaf| &mut leaf.kind).filter(|_| !left.is_empty()) {
        let count = if left.len() == 1 { "1 person".to_owned() } else { format!("{} people", left.len()) };
        let cell = |text: &str| Leaf {
            kind: Kind::Plain,
            path: Vec::new(),
            text: text.to_owned(),
            tokens: tokens(text),
            runs: Vec::from_iter(Some((text.len(), plain)).filter(|(end, _)| *end > 0)),
            markup: String::new(),
            lines: (0, 0),
        };
        let counted = (0..grid.head.len()).map(|column| cell(if column == 0 { &count } else { "" })).collect();
        grid.rows =
            std::mem::take(&mut grid.rows).into_iter().enumerate().filter(|(at, _)| !left.contains(at)).map(|(_, row)| row).collect();
        grid.rows.push(counted);
        // Nothing else of the old version may say who it was.
        return Cow::Owned(told);
    }
    Cow::Borrowed(old)
}

#[cfg(test)]
mod tests {

    use crate::redline::Wording;
    use crate::redline::trial::document;
    use crate::redline::trial::leaves;

    #[test]
    fn a_list_is_a_note_and_a_table_of_its_records() {
        let cut = |id: &str, yaml: &str| leaves(&Wording::of(&document(id, &[(&format!("{id}.yaml"), yaml)])));
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

    #[test]
    fn whoever_left_is_counted_and_not_named() {
        let list = |id: &str, names: &[&str]| {
            let entries: String =
                names.iter().map(|name| format!("- {{ name: {name}, purpose: P, consent: true, class: XSS }}\n")).collect();
            document(
                id,
                &[(
                    &format!("{id}.yaml"),
                    &format!("{id}:\n{entries}")
                        .replace(if id == "whitehats" { "purpose: P, " } else { ", consent: true, class: XSS" }, ""),
                )],
            )
        };
        let told = |id: &str, old: &[&str], new: &[&str]| {
            let changes = crate::redline::summary(Some(&list(id, old)), Some(&list(id, new)));
            changes.iter().map(|change| format!("{} {}", change.kind.as_str(), change.title)).collect::<Vec<_>>()
        };
        assert_eq!(told("whitehats", &["Ada", "Bee", "Cyd"], &["Bee", "Cyd"]), ["removed 1 person"]);
        assert_eq!(told("whitehats", &["Ada", "Bee", "Cyd"], &["Cyd", "Dot"]), ["added Dot", "removed 2 people"]);
        assert_eq!(told("whitehats", &["Ada"], &[]), ["removed 1 person"]);
        assert_eq!(told("subprocessors", &["Ada", "Bee"], &["Bee"]), ["removed Ada"]);
    }
}
