//! A list as it was kept elsewhere: a table or a list of a markdown text or of a page, or YAML or
//! JSON, as rows with named columns.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::Diagnostics;
use crate::model::{Block, Inline, Target, plain};
use crate::parse::import::given::front;
use crate::parse::import::html;
use crate::parse::markdown::Standpoint;
use crate::parse::{Node, Value, markdown, yaml};
use crate::tree::TreePath;

/// What the columns of a plain list are called: what an entry begins with, where that leads, and
/// what follows.
pub const PLAIN: [&str; 3] = ["name", "link", "text"];

/// A row: its cells by the names of their columns; empty ones are left out.
pub type Row = BTreeMap<String, String>;

/// Returns the rows of a text of the file at `path`, in their order.
pub fn rows(path: &TreePath, text: &str) -> Vec<Row> {
    let name = path.name().to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
    if ends(&[".yaml", ".yml", ".json"]) {
        let root = yaml(path, text, 0, &mut Diagnostics::new());
        let mut rows = Vec::new();
        root.into_iter().for_each(|root| mappings(root, &mut rows));
        return rows;
    }
    let text = match ends(&[".html", ".htm"]) {
        true => html::page(text),
        false => html::to_markdown(front(text).1),
    };
    let standpoint = Standpoint { file: None, sections: &BTreeSet::new() };
    let blocks = markdown::text(&text, standpoint).blocks;
    let ways: [fn(&Block) -> Vec<Row>; 3] = [table, list, paragraph];
    let read = ways.iter().map(|way| blocks.iter().flat_map(way).collect::<Vec<Row>>());
    read.into_iter().find(|rows| !rows.is_empty()).unwrap_or_default()
}

/// Takes the first list of mappings in a file.
fn mappings(node: Node, rows: &mut Vec<Row>) {
    match node.value {
        Value::List(items) => {
            for item in items {
                match item.value {
                    Value::Mapping(fields) => rows.push(mapping(fields)),
                    Value::Scalar(name) => rows.push(Row::from([(PLAIN[0].to_owned(), name)])),
                    _ => {}
                }
            }
        }
        Value::Mapping(fields) => {
            for (_, node) in fields {
                if rows.is_empty() {
                    mappings(node, rows);
                }
            }
        }
        _ => {}
    }
}

fn mapping(fields: Vec<(crate::model::Placed<String>, Node)>) -> Row {
    let cell = |(key, node): (crate::model::Placed<String>, Node)| {
        let text = match node.value {
            Value::Scalar(text) => text,
            Value::List(items) => {
                let texts = items.into_iter().filter_map(|item| match item.value {
                    Value::Scalar(text) => Some(text),
                    _ => None,
                });
                texts.collect::<Vec<_>>().join(", ")
            }
            _ => return None,
        };
        Some((key.value, line(&text))).filter(|(_, text)| !text.is_empty())
    };
    fields.into_iter().filter_map(cell).collect()
}

/// Returns the rows of a table. Where the first cell leads somewhere, that is a column of its own.
fn table(block: &Block) -> Vec<Row> {
    let Block::Table { head, rows, .. } = block else { return Vec::new() };
    let columns: Vec<String> = head.iter().map(|cell| line(&plain(cell))).collect();
    let row = |cells: &Vec<Vec<Inline>>| {
        let texts =
            columns.iter().zip(cells).map(|(name, cell)| (name.clone(), line(&plain(cell))));
        let link = cells.first().and_then(|cell| leads(cell)).map(|to| (PLAIN[1].to_owned(), to));
        link.into_iter()
            .chain(texts)
            .filter(|(name, text)| !name.is_empty() && !text.is_empty())
            .collect()
    };
    rows.iter().map(row).filter(|row: &Row| !row.is_empty()).collect()
}

/// Returns the items of a list as rows: a link or emphasised words are a name, else what stands
/// before a dash, a colon or a comma.
fn list(block: &Block) -> Vec<Row> {
    let Block::List { items, .. } = block else { return Vec::new() };
    items.iter().filter_map(|item| line_of(item.first()?)).collect()
}

/// Returns a paragraph that begins with a link or emphasised words as a row.
fn paragraph(block: &Block) -> Vec<Row> {
    match block {
        Block::Paragraph { text, .. } if name(text).is_some() => {
            line_of(block).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the name that words begin with: a link or emphasised words.
fn name(text: &[Inline]) -> Option<String> {
    let (Inline::Link { text, .. } | Inline::Strong(text) | Inline::Emphasis(text)) =
        text.first()?
    else {
        return None;
    };
    Some(line(&plain(text))).filter(|name| !name.is_empty())
}

/// Returns a line of words as a row.
fn line_of(block: &Block) -> Option<Row> {
    let (Block::Plain { text, .. } | Block::Paragraph { text, .. }) = block else { return None };
    let whole = line(&plain(text));
    let at = [" - ", " – ", " — ", ": ", ", ", " ("];
    let name = name(text).unwrap_or_else(|| {
        let end = at.iter().filter_map(|sign| whole.find(sign)).min().unwrap_or(whole.len());
        whole[..end].trim().to_owned()
    });
    let rest = whole.strip_prefix(name.as_str()).unwrap_or_default();
    let rest = rest.trim_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, '-' | '–' | '—' | ':' | ',' | '(' | ')')
    });
    let cells = [Some(name), leads(text), Some(rest.to_owned())];
    let named =
        PLAIN.iter().zip(cells).filter_map(|(name, cell)| Some(((*name).to_owned(), cell?)));
    let row: Row = named.filter(|(_, cell)| !cell.is_empty()).collect();
    row.contains_key(PLAIN[0]).then_some(row)
}

/// Returns where the first link of words leads.
fn leads(text: &[Inline]) -> Option<String> {
    text.iter().find_map(|inline| match inline {
        Inline::Link { target: Target::Outside(address), .. } => Some(address.clone()),
        Inline::Strong(text) | Inline::Emphasis(text) => leads(text),
        _ => None,
    })
}

fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
