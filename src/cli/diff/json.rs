//! A redline for programs.

use anyhow::Result;
use serde::Serialize;

use crate::cli::commitment;
use crate::cli::diff::sides::Comparison;
use crate::redline::By;
use crate::redline::Redline;

/// The version of the shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Answer<'a> {
    schema: u32,
    documents: Vec<DocumentEntry<'a>>,
}

#[derive(Serialize)]
struct DocumentEntry<'a> {
    /// Empty outside of a project.
    id: &'a str,
    title: &'a str,
    from: &'a str,
    to: &'a str,
    words: Words,
    /// What became of promises with a number.
    commitments: Vec<commitment::Entry>,
    sections: Vec<SectionEntry<'a>>,
    changes: Vec<ChangeEntry<'a>>,
}

#[derive(Serialize)]
struct Words {
    added: usize,
    removed: usize,
}

#[derive(Serialize)]
struct SectionEntry<'a> {
    kind: &'a str,
    moved: bool,
    /// The ids, where the sections have some.
    old: Option<&'a str>,
    new: Option<&'a str>,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matched_by: Option<String>,
    words: Words,
}

#[derive(Serialize)]
struct ChangeEntry<'a> {
    /// `c1`, `c2` and so on, as on the page.
    id: String,
    kind: &'a str,
    /// The place in `sections`.
    section: usize,
    /// The heading of the column, where the words are those of a cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'a str>,
    old: Place<'a>,
    new: Place<'a>,
    /// What is so now, where no word says it.
    #[serde(skip_serializing_if = "str::is_empty")]
    note: &'a str,
    words: Words,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<NumberEntry<'a>>,
}

/// The words of one side, and where they stand.
#[derive(Serialize)]
struct Place<'a> {
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    /// The first and the last line, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    lines: Option<(usize, usize)>,
}

#[derive(Serialize)]
struct NumberEntry<'a> {
    old: &'a str,
    new: &'a str,
    unit: &'a str,
}

/// Returns redlines as one JSON text.
pub fn list(redlines: &[(&Comparison, Redline<'_>)]) -> Result<String> {
    let documents = redlines.iter().map(|(comparison, redline)| document(comparison, redline)).collect();
    Ok(serde_json::to_string_pretty(&Answer { schema: SCHEMA, documents })? + "\n")
}

fn document<'a>(comparison: &'a Comparison, redline: &'a Redline<'_>) -> DocumentEntry<'a> {
    let sections = redline.sections.iter().map(|section| SectionEntry {
        kind: section.kind.as_str(),
        moved: section.moved,
        old: section.old.map(|at| redline.old.sections[at].id.as_str()).filter(|id| !id.is_empty()),
        new: section.new.map(|at| redline.new.sections[at].id.as_str()).filter(|id| !id.is_empty()),
        title: &section.title,
        before: section.before.as_deref(),
        matched_by: section.by.map(|by| match by {
            By::Id => "id".to_owned(),
            By::Words => "words".to_owned(),
            By::Heading => "heading".to_owned(),
            By::Likeness(likeness) => format!("similar({likeness:.2})"),
        }),
        words: Words { added: section.added, removed: section.removed },
    });
    let changes = redline.changes.iter().enumerate().map(|(index, change)| {
        let section = &redline.sections[change.section];
        let old_file = section.old.and_then(|at| redline.old.sections[at].file.as_ref());
        let new_file = section.new.and_then(|at| redline.new.sections[at].file.as_ref());
        ChangeEntry {
            id: format!("c{}", index + 1),
            kind: change.kind.as_str(),
            column: change.column.as_deref(),
            section: change.section,
            old: Place {
                text: &change.old,
                file: old_file.map(|path| path.as_str()).or(comparison.from.file.as_deref()),
                lines: change.old_lines,
            },
            new: Place {
                text: &change.new,
                file: new_file.map(|path| path.as_str()).or(comparison.to.file.as_deref()),
                lines: change.new_lines,
            },
            note: &change.said,
            words: Words { added: change.words.1, removed: change.words.0 },
            numbers: change.numbers.iter().map(|number| NumberEntry { old: &number.old, new: &number.new, unit: &number.unit }).collect(),
        }
    });
    DocumentEntry {
        id: &comparison.id,
        title: &comparison.title,
        from: &comparison.from.label,
        to: &comparison.to.label,
        words: Words {
            added: redline.sections.iter().map(|section| section.added).sum(),
            removed: redline.sections.iter().map(|section| section.removed).sum(),
        },
        commitments: comparison.commitments().iter().map(commitment::Entry::new).collect(),
        sections: sections.collect(),
        changes: changes.collect(),
    }
}
