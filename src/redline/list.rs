//! What changed in a list: records by name, field by field; neither the order of fields nor that of records counts.

use std::collections::BTreeMap;

use crate::model::Document;
use crate::redline::Change;
use crate::redline::ChangeKind;
use crate::redline::words;

/// A record's fields, in the order in which its kind names them.
type Record<'a> = Vec<&'a str>;

/// Returns what changed between two versions of a list.
pub fn between<'a>(old: Option<&'a Document>, new: &'a Document) -> Vec<Change<'a>> {
    let (old_note, new_note) = (old.map_or("", note), note(new));
    let old = old.map(records).unwrap_or_default();
    let new = records(new);
    let mut changes = Vec::new();
    if old_note != new_note {
        let (added, removed) = (words::count(new_note), words::count(old_note));
        changes.push(Change { kind: ChangeKind::Edited, title: "note".to_owned(), before: None, added, removed, sections: (None, None) });
    }
    for (name, fields) in &new {
        match old.get(name) {
            None => changes.push(change(ChangeKind::Added, name, &[], fields)),
            Some(before) if before != fields => changes.push(change(ChangeKind::Edited, name, before, fields)),
            Some(_) => {}
        }
    }
    let gone = old.iter().filter(|(name, _)| !new.contains_key(*name));
    changes.extend(gone.map(|(name, fields)| change(ChangeKind::Removed, name, fields, &[])));
    changes
}

/// Returns the records of a list by their names; the second of one name is told apart by its number.
fn records(document: &Document) -> BTreeMap<(&str, usize), Record<'_>> {
    let named: Vec<(&str, Record<'_>)> = match document {
        Document::Policy(_) => Vec::new(),
        Document::Whitehats(list) => {
            list.whitehats.iter().map(|entry| (entry.name.value.as_str(), vec![text(&entry.link), text(&entry.date)])).collect()
        }
        Document::Subprocessors(list) => list
            .subprocessors
            .iter()
            .map(|entry| {
                let optional = [&entry.entity, &entry.data, &entry.country, &entry.safeguard, &entry.link, &entry.group];
                let fields = std::iter::once(entry.purpose.as_str()).chain(optional.into_iter().map(text)).collect();
                (entry.name.value.as_str(), fields)
            })
            .collect(),
    };
    let mut records = BTreeMap::new();
    for (name, fields) in named {
        let number = (0..).find(|number| !records.contains_key(&(name, *number))).expect("some number is free");
        records.insert((name, number), fields);
    }
    records
}

/// Returns what readers are told about a list.
fn note(document: &Document) -> &str {
    match document {
        Document::Subprocessors(list) => text(&list.note),
        _ => "",
    }
}

fn text(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

fn change<'a>(kind: ChangeKind, name: &(&str, usize), old: &[&str], new: &[&str]) -> Change<'a> {
    let named = |present: bool| if present { words::count(name.0) } else { 0 };
    let count = |fields: &[&str], other: &[&str]| -> usize {
        let differs = |(index, field): &(usize, &&str)| other.get(*index) != Some(*field);
        fields.iter().enumerate().filter(differs).map(|(_, field)| words::count(field)).sum()
    };
    let added = count(new, old) + named(kind == ChangeKind::Added);
    let removed = count(old, new) + named(kind == ChangeKind::Removed);
    Change { kind, title: name.0.to_owned(), before: None, added, removed, sections: (None, None) }
}
