//! Lists as tables: a record is a row told by its name, a field a column. Neither the order of fields nor that of records counts.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::model::Alignment;
use crate::model::Commitment;
use crate::model::Document;
use crate::model::Identity;
use crate::model::Subprocessor;
use crate::model::matched;
use crate::model::name_key;
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
            // A list in which nobody was cancelled has the form that it always had.
            let cancelled = list.subprocessors.iter().any(|entry| entry.cancelled.is_some());
            let columns = &Subprocessor::COLUMNS[..Subprocessor::COLUMNS.len() - usize::from(!cancelled)];
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
        let people = matches!(list, Document::Whitehats(_));
        let records = Some(Identity::of_list(list));
        cutter.table(Grid { columns: vec![Alignment::Start; head.len()], head, rows, records, people }, (0, 0));
    }
    cutter.close_section(Part { id: "list".to_owned(), title: "note".to_owned(), first, ..Part::default() });
}

/// Returns the names, as they are compared, of those who are on an old list of researchers and on a new one no more.
pub fn left(old: Option<&Document>, new: Option<&Document>) -> BTreeSet<String> {
    let people = |list: Option<&Document>| match list {
        Some(list @ Document::Whitehats(_)) => Identity::of_list(list),
        _ => Vec::new(),
    };
    if old.zip(new).is_some_and(|(old, new)| std::ptr::eq(old, new)) {
        return BTreeSet::new();
    }
    let (old, new) = (people(old), people(new));
    let gone = matched(&old, &new).into_iter().filter(|(_, new)| new.is_none()).filter_map(|(at, _)| Some(name_key(&old[at?].name)));
    gone.filter(|name| !new.iter().any(|entry| name_key(&entry.name) == *name)).collect()
}

/// Returns an old version with those counted, and not named, who left the list of researchers: why somebody left, the ledger cannot tell.
/// `left` are the names of those who left, for a policy that shows the list.
pub fn discreet<'a>(old: &'a Wording, new: &Wording, left: &BTreeSet<String>) -> Cow<'a, Wording> {
    let people = |leaf: &&Leaf| matches!(&leaf.kind, Kind::Table(grid) if grid.people);
    let named = |leaf: &Leaf| matches!(leaf.kind, Kind::Paragraph | Kind::Plain) && left.contains(&name_key(&leaf.text));
    let (before, now) = (old.leaves.iter().find(people).map(Leaf::records), new.leaves.iter().find(people).map(Leaf::records));
    let pairs = before.map(|before| matched(before, now.unwrap_or_default())).unwrap_or_default();
    let gone: BTreeSet<usize> = pairs.into_iter().filter(|(_, new)| new.is_none()).filter_map(|(old, _)| old).collect();
    if gone.is_empty() && (left.is_empty() || !old.leaves.iter().any(named)) {
        return Cow::Borrowed(old);
    }
    let mut told = old.clone();
    let plain = u32::try_from(told.styles.len()).expect("a text has fewer styles than that");
    told.styles.push(Style::default());
    let said = |leaf: &Leaf, text: &str| Leaf {
        text: text.to_owned(),
        tokens: tokens(text),
        runs: Vec::from_iter(Some((text.len(), plain)).filter(|(end, _)| *end > 0)),
        markup: String::new(),
        ..leaf.clone()
    };
    for leaf in &mut told.leaves {
        if named(leaf) {
            *leaf = said(leaf, "1 person");
        }
        let Kind::Table(grid) = &mut leaf.kind else { continue };
        if !grid.people || gone.is_empty() {
            continue;
        }
        let count = if gone.len() == 1 { "1 person".to_owned() } else { format!("{} people", gone.len()) };
        let counted = grid.head.iter().enumerate().map(|(at, cell)| said(cell, if at == 0 { &count } else { "" })).collect();
        let (mut row, mut record) = (0.., 0..);
        grid.rows.retain(|_| row.next().is_none_or(|at| !gone.contains(&at)));
        grid.rows.push(counted);
        if let Some(records) = &mut grid.records {
            records.retain(|_| record.next().is_none_or(|at| !gone.contains(&at)));
            records.push(Identity { name: count, ..Identity::default() });
        }
    }
    Cow::Owned(told)
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
            let changes = crate::redline::summary(Some(&list(id, old)), Some(&list(id, new)), (None, None));
            changes.iter().map(|change| format!("{} {}", change.kind.as_str(), change.title)).collect::<Vec<_>>()
        };
        assert_eq!(told("whitehats", &["Ada", "Bee", "Cyd"], &["Bee", "Cyd"]), ["removed 1 person"]);
        assert_eq!(told("whitehats", &["Ada", "Bee", "Cyd"], &["Cyd", "Dot"]), ["added Dot", "removed 2 people"]);
        assert_eq!(told("whitehats", &["Ada"], &[]), ["removed 1 person"]);
        assert_eq!(told("subprocessors", &["Ada", "Bee"], &["Bee"]), ["removed Ada"]);
    }
}
