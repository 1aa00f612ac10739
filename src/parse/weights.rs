//! `check:` of `site.yaml`: how much the findings of a code weigh here.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Weight, nearest};
use crate::parse::suppressions::code;
use crate::parse::{Node, Value};
use crate::tree::TreePath;

/// What can be written for a weight.
pub const WEIGHTS: [(&str, Weight); 3] =
    [("off", Weight::Off), ("warning", Weight::Warning), ("error", Weight::Error)];

/// Reads a weight for each code.
pub fn weights(
    path: &TreePath,
    node: Node,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<Code, Weight> {
    let Value::Mapping(entries) = node.value else {
        let other = Diagnostic::error(Code::WrongType, "`check` names codes and what they weigh")
            .at(path, node.span);
        diagnostics.push(other.help("write `P124: error` on a line of its own"));
        return BTreeMap::new();
    };
    let mut weights = BTreeMap::new();
    for (key, node) in entries {
        let known = code(&key.value);
        if let Err(help) = &known {
            let bad = Diagnostic::error(
                Code::BadValue,
                format!("`{}` cannot be weighed", key.value.escape_debug()),
            );
            diagnostics.push(bad.at(path, key.span).help(help));
        }
        let written = match &node.value {
            Value::Scalar(text) => text.as_str(),
            _ => "",
        };
        match WEIGHTS.iter().find(|(name, _)| *name == written) {
            Some((_, weight)) => weights.extend(known.ok().map(|code| (code, *weight))),
            None => {
                let bad = Diagnostic::error(Code::BadValue, "invalid level").at(path, node.span);
                diagnostics.push(match nearest(written, WEIGHTS.iter().map(|(name, _)| *name)) {
                    Some(meant) => bad.label(format!("did you mean `{meant}`?")),
                    None => bad.help("write `off`, `warning` or `error`"),
                });
            }
        }
    }
    weights
}
