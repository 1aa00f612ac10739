//! A redline for programs.

use std::ops::Range;

use jiff::civil::Date;
use serde::Serialize;

use crate::messages::Phrase;
use crate::model::Release;
use crate::redline::{By, Cell, Kind, Leaf, Piece, Place, Redline, Row, Stretch, promised_title};
use crate::render::machines::index;
use crate::render::redline::{CommitmentEntry, Compared};

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
    /// The releases after the old version up to the new one, oldest first.
    releases: Vec<ReleaseEntry<'a>>,
    words: Words,
    /// What became of promises with a number.
    commitments: Vec<CommitmentEntry>,
    sections: Vec<SectionEntry<'a>>,
    changes: Vec<ChangeEntry<'a>>,
    /// Both versions in one sequence. What is `old` in them, one after the other, is the old
    /// version; what moved stands where it is now.
    pieces: Vec<PieceEntry<'a>>,
}

#[derive(Serialize)]
struct ReleaseEntry<'a> {
    id: &'a str,
    released: Option<Date>,
    kind: &'a str,
    summary: &'a str,
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
    old: Passage<'a>,
    new: Passage<'a>,
    /// What is so now, where no word says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    words: Words,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    numbers: Vec<NumberEntry<'a>>,
}

/// A heading, a paragraph, a block of code or a table.
#[derive(Serialize)]
struct PieceEntry<'a> {
    /// `heading`, `words`, `code`, `rule` or `table`.
    kind: &'static str,
    /// `kept`, `added`, `removed`, `moved-here`, or `moved-away` for the place where something
    /// stood.
    place: &'static str,
    /// The number of the move.
    #[serde(rename = "move", skip_serializing_if = "Option::is_none")]
    number: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    words: Vec<WordsEntry<'a>>,
    /// The cells of each row of a table, the head first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rows: Vec<Vec<Vec<WordsEntry<'a>>>>,
}

/// Words that share a fate, with the white space before them.
#[derive(Serialize)]
struct WordsEntry<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    old: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<&'a str>,
}

/// The words of one side, and where they stand.
#[derive(Serialize)]
struct Passage<'a> {
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

impl<'a> ReleaseEntry<'a> {
    fn new(release: &'a Release) -> ReleaseEntry<'a> {
        ReleaseEntry {
            id: release.id.as_str(),
            released: release.released,
            kind: release.kind.as_str(),
            summary: &release.summary,
        }
    }
}

/// Returns redlines as one JSON text.
pub fn json(documents: &[Compared<'_>]) -> String {
    index::json(&Answer { schema: SCHEMA, documents: documents.iter().map(document).collect() })
}

fn document<'a>(compared: &'a Compared<'_>) -> DocumentEntry<'a> {
    let redline = &compared.redline;
    let sections = redline.sections.iter().map(|section| SectionEntry {
        kind: section.kind.as_str(),
        moved: section.moved,
        old: section.old.map(|at| redline.old.sections[at].id.as_str()).filter(|id| !id.is_empty()),
        new: section.new.map(|at| redline.new.sections[at].id.as_str()).filter(|id| !id.is_empty()),
        title: promised_title(&section.title),
        before: section.before.as_deref().map(promised_title),
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
            old: Passage {
                text: &change.old,
                file: old_file.map(|path| path.as_str()).or(compared.from.file),
                lines: change.old_lines,
            },
            new: Passage {
                text: &change.new,
                file: new_file.map(|path| path.as_str()).or(compared.to.file),
                lines: change.new_lines,
            },
            note: change.said.as_ref().map(Phrase::english),
            words: Words { added: change.words.1, removed: change.words.0 },
            numbers: change
                .numbers
                .iter()
                .map(|number| NumberEntry {
                    old: &number.old,
                    new: &number.new,
                    unit: &number.unit,
                })
                .collect(),
        }
    });
    let (added, removed) = compared.words();
    DocumentEntry {
        id: compared.id,
        title: compared.title,
        from: compared.from.label,
        to: compared.to.label,
        releases: compared.releases.iter().map(|release| ReleaseEntry::new(release)).collect(),
        words: Words { added, removed },
        commitments: compared.commitments.iter().map(CommitmentEntry::new).collect(),
        sections: sections.collect(),
        changes: changes.collect(),
        pieces: redline.pieces.iter().map(|piece| entry(redline, piece)).collect(),
    }
}

fn entry<'a>(redline: &Redline<'a>, piece: &Piece) -> PieceEntry<'a> {
    let (old, new) = (&redline.old.leaves, &redline.new.leaves);
    let leaf = redline.leaf(piece.leaf);
    let kind = match leaf.kind {
        Kind::Heading(..) => "heading",
        Kind::Paragraph | Kind::Plain => "words",
        Kind::Code(_) => "code",
        Kind::Rule => "rule",
        Kind::Table(_) => "table",
    };
    let (place, number) = match piece.place {
        Place::Kept => ("kept", None),
        Place::Added => ("added", None),
        Place::Removed => ("removed", None),
        Place::MovedHere(number) => ("moved-here", Some(number + 1)),
        Place::MovedAway(number) | Place::SectionMovedAway(number) => {
            ("moved-away", Some(number + 1))
        }
    };
    let rows = piece.rows.as_ref().map(|rows| {
        let cells = rows.cells(redline.old, redline.new);
        let cell = |row: &Row, cell: &Cell| {
            let [old, new] = cells.of(row, cell);
            words(&cell.stretches, &|_| old, &|_| new)
        };
        rows.rows.iter().map(|row| row.cells.iter().map(|own| cell(row, own)).collect()).collect()
    });
    let words = words(&piece.stretches, &|at| old.get(at), &|at| new.get(at));
    PieceEntry { kind, place, number, words, rows: rows.unwrap_or_default() }
}

/// Returns words by their fates; marks between words are none.
fn words<'a>(
    stretches: &[Stretch],
    old: &dyn Fn(usize) -> Option<&'a Leaf>,
    new: &dyn Fn(usize) -> Option<&'a Leaf>,
) -> Vec<WordsEntry<'a>> {
    let text = |leaf: Option<&'a Leaf>, tokens: &Range<usize>| {
        let leaf = leaf.filter(|_| !tokens.is_empty())?;
        let start = leaf.tokens[tokens.start].start - leaf.gap(tokens.start).len();
        Some(&leaf.text[start..leaf.tokens[tokens.end - 1].end])
    };
    let entry = |stretch: &Stretch| WordsEntry {
        old: stretch.old.as_ref().and_then(|(leaf, tokens)| text(old(*leaf), tokens)),
        new: stretch.new.as_ref().and_then(|(leaf, tokens)| text(new(*leaf), tokens)),
    };
    stretches.iter().map(entry).filter(|entry| entry.old.is_some() || entry.new.is_some()).collect()
}
