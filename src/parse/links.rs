//! The addresses of pages in a list or in `site.yaml`, each with its place.

use crate::diagnostic::Diagnostics;
use crate::model::Placed;
use crate::parse::{Node, Value, yaml};
use crate::tree::{File, Source, TreePath};

/// The keys under which the address of a page stands that readers or researchers are led to.
const KEYS: [&str; 6] = ["link", "form", "key", "encryption", "hiring", "csaf"];

/// Returns the addresses to which the pages made of a YAML file lead. Who is not shown in a list
/// leads nowhere.
pub fn links(path: &TreePath, file: &File) -> Vec<Placed<String>> {
    let Ok(source) = Source::new(path, file) else {
        return Vec::new();
    };
    // What is wrong with the file was reported when it was read.
    let root = yaml(path, &source.text, 0, &mut Diagnostics::new());
    let mut found = Vec::new();
    root.into_iter().for_each(|root| collect(root, false, &mut found));
    found
}

fn collect(node: Node, linked: bool, found: &mut Vec<Placed<String>>) {
    match node.value {
        Value::Scalar(text) if linked && text.starts_with("http") => {
            found.push(Placed { value: text, span: node.span })
        }
        Value::Scalar(_) | Value::Nothing => {}
        Value::List(items) => items.into_iter().for_each(|item| collect(item, linked, found)),
        Value::Mapping(entries) => {
            let agreed = |value: &Value| matches!(value, Value::Scalar(text) if text == "true");
            let hidden = entries.iter().any(|(key, node)| {
                key.value == "removed" || (key.value == "consent" && !agreed(&node.value))
            });
            for (key, node) in entries.into_iter().filter(|_| !hidden) {
                collect(node, KEYS.contains(&key.value.as_str()), found);
            }
        }
    }
}
