//! `compare:` of `site.yaml`: versions that are compared on a page, however far apart they are.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Pinned, Placed, ReleaseId};
use crate::parse::{Node, Value};
use crate::tree::TreePath;

/// How many pairs may be pinned: each is a page in every document that has both versions.
pub const MOST: usize = 1_000;

const PAIR: &str = "write the older version and the newer one, as in `- [2023-02-15, 2026-02-10]`";

/// Reads the pairs; each once.
pub fn pinned(path: &TreePath, nodes: Vec<Node>, diagnostics: &mut Diagnostics) -> Vec<Pinned> {
    if let [Node { value: Value::Scalar(from), span }, Node { value: Value::Scalar(to), .. }] =
        &nodes[..]
    {
        let flat =
            Diagnostic::error(Code::WrongType, "`compare` is a list of pairs").at(path, *span);
        let pair = format!("[[{}, {}]]", from.escape_debug(), to.escape_debug());
        diagnostics.push(flat.help(format!("write `compare: {pair}`")));
        return Vec::new();
    }
    if let Some(node) = nodes.get(MOST) {
        let many =
            Diagnostic::error(Code::BadValue, format!("`compare` has more than {MOST} pairs"))
                .at(path, node.span);
        diagnostics.push(many.help("keep those that are linked to"));
    }
    let mut seen = BTreeSet::new();
    let pairs = nodes.into_iter().take(MOST).filter_map(|node| {
        let span = node.span;
        let pair = pair(path, node).map_err(|found| diagnostics.push(found)).ok()?;
        if seen.insert((pair.from.value.clone(), pair.to.value.clone())) {
            return Some(pair);
        }
        let (from, to) = (&pair.from.value, &pair.to.value);
        let again =
            Diagnostic::warning(Code::BadValue, format!("`{from}` and `{to}` are listed twice"))
                .at(path, span);
        diagnostics.push(again.help("remove one of the two lines"));
        None
    });
    pairs.collect()
}

fn pair(path: &TreePath, node: Node) -> Result<Pinned, Diagnostic> {
    let span = node.span;
    let items = match node.value {
        Value::List(items) => items,
        other => {
            let message = format!("`compare` is a list of pairs, and this is {}", other.kind());
            return Err(Diagnostic::error(Code::WrongType, message).at(path, span).help(PAIR));
        }
    };
    let count = items.len();
    let [from, to]: [Node; 2] = items.try_into().map_err(|_| {
        let message = match count {
            1 => "a comparison has two versions, and this has one".to_owned(),
            count => format!("a comparison has two versions, and this has {count}"),
        };
        Diagnostic::error(Code::BadValue, message).at(path, span).help(PAIR)
    })?;
    let (from, to) = (version(path, from)?, version(path, to)?);
    if from.value == to.value {
        let message = format!("`{}` is compared with itself", from.value);
        return Err(Diagnostic::error(Code::BadValue, message).at(path, to.span).help(PAIR));
    }
    Ok(Pinned { from, to })
}

fn version(path: &TreePath, node: Node) -> Result<Placed<ReleaseId>, Diagnostic> {
    let span = node.span;
    let message = match node.value {
        Value::Scalar(text) => match ReleaseId::new(&text) {
            Some(value) => return Ok(Placed { value, span }),
            None => format!("`{}` cannot be a version", text.escape_debug()),
        },
        other => format!("a version is named by its id, and this is {}", other.kind()),
    };
    let found = Diagnostic::error(Code::BadValue, message).at(path, span);
    Err(found.help("write the id of a version, as in `2023-02-15`"))
}
