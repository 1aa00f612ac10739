//! `redirects:`, `nav:` and `footer:` of `site.yaml`.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Destination, DocumentId, FootLink, NavEntry, Placed, Redirect};
use crate::parse::lists::web_address;
use crate::parse::{Fields, Node, Value};
use crate::tree::TreePath;

/// How many old addresses may lead on: each is a page.
const MOST: usize = 5_000;

const OLD: &str = "write the path of the old page below this site, as in `privacy-policy.html`: letters, digits, `-`, `.`, `_`, `~` and `/`";
const ENTRY: &str = "write the ID of a policy or list, or `ID: Short title`, or `group: …` with `policies: [ID, ID]`";

/// Reads the old addresses and where they lead; each once.
pub fn redirects(path: &TreePath, node: Node, diagnostics: &mut Diagnostics) -> Vec<Redirect> {
    let entries = match node.value {
        Value::Mapping(entries) => entries,
        Value::Nothing => return Vec::new(),
        other => {
            let message = format!("`redirects` is a mapping, not {}", other.kind());
            let found = Diagnostic::error(Code::WrongType, message).at(path, node.span);
            diagnostics.push(found.help("write `old-page.html: security` on a line of its own"));
            return Vec::new();
        }
    };
    if let Some((key, _)) = entries.get(MOST) {
        let message = format!("`redirects` has more than {MOST} addresses");
        let many = Diagnostic::error(Code::BadValue, message).at(path, key.span);
        diagnostics.push(many.help("let the web server lead the rest on, by a pattern"));
    }
    let mut redirects: BTreeMap<String, Redirect> = BTreeMap::new();
    for (key, node) in entries.into_iter().take(MOST) {
        let Some(from) = old_address(&key.value) else {
            let message = format!("`{}` cannot be an old address", key.value.escape_debug());
            let bad = Diagnostic::error(Code::BadValue, message).at(path, key.span);
            diagnostics.push(bad.help(OLD));
            continue;
        };
        let Some(to) = destination(path, node, diagnostics) else { continue };
        if matches!(&to.value, Destination::Outside(address) if address.starts_with("mailto:")) {
            let found = Diagnostic::error(Code::BadValue, "an old page cannot lead to a mailbox");
            diagnostics
                .push(found.at(path, to.span).help("name a policy, or a page of another site"));
            continue;
        }
        let lower = from.to_lowercase();
        if let Some(other) = redirects.get(&lower) {
            let message = format!("`{}` leads on already", other.from.value);
            let again = Diagnostic::error(Code::DuplicateKey, message).at(path, key.span);
            diagnostics.push(again.help("keep one of the two lines"));
            continue;
        }
        let from = Placed { value: from, span: key.span };
        redirects.insert(lower, Redirect { from, to });
    }
    // A file cannot be a folder as well.
    let below = |from: &str| {
        let parts = from.match_indices('/').map(|(at, _)| &from[..at]);
        parts.filter(|part| redirects.contains_key(*part)).map(str::to_owned).next()
    };
    for (from, redirect) in &redirects {
        if let Some(above) = below(from) {
            let message = format!("`{from}` cannot lie below the page `{above}`");
            let found = Diagnostic::error(Code::BadValue, message).at(path, redirect.from.span);
            diagnostics
                .push(found.help("keep one of the two, and let the web server lead on the other"));
        }
    }
    redirects.into_values().collect()
}

/// Reads an old address from the front page on; `None` if no page can be there.
fn old_address(text: &str) -> Option<String> {
    let path = text.strip_prefix('/').unwrap_or(text);
    let plain = path.strip_suffix('/').unwrap_or(path);
    let letter =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.' | '_' | '~');
    let segment = |segment: &str| {
        !segment.is_empty() && !segment.starts_with('.') && segment.chars().all(letter)
    };
    let portable = |path: &str| TreePath::new(path).is_ok_and(|path| path.unportable().is_none());
    if plain.len() > 500 || !plain.split('/').all(segment) || !portable(plain) {
        return None;
    }
    let file = plain.rsplit('/').next().is_some_and(|name| name.contains('.'));
    Some(if file && !path.ends_with('/') { plain.to_owned() } else { format!("{plain}/") })
}

/// Reads the links at the foot of every page.
pub fn footer(path: &TreePath, nodes: Vec<Node>, diagnostics: &mut Diagnostics) -> Vec<FootLink> {
    let link = |node| {
        let mut fields = Fields::open(path, "a link of the footer", node, diagnostics)?;
        let title = fields.required("title", diagnostics);
        let to = fields.node("link");
        if to.is_none() {
            fields.missing("link");
        }
        fields.close(diagnostics);
        let to = destination(path, to?, diagnostics)?;
        Some(FootLink { title: title?.value, to })
    };
    nodes.into_iter().filter_map(link).collect()
}

/// Reads what stands in the head of every page.
pub fn nav(path: &TreePath, nodes: Vec<Node>, diagnostics: &mut Diagnostics) -> Vec<NavEntry> {
    let mut all: Vec<NavEntry> = Vec::new();
    for node in nodes {
        let is_group = |entries: &[(Placed<String>, Node)]| {
            entries.iter().any(|(key, _)| key.value == "policies")
        };
        match &node.value {
            Value::Mapping(entries) if is_group(entries) => {
                let Some(mut fields) = Fields::open(path, "a group", node, diagnostics) else {
                    continue;
                };
                let group = fields.required("group", diagnostics);
                let members = fields.list("policies", diagnostics);
                fields.close(diagnostics);
                let group = group.map(|group| group.value);
                let entry = |node| nav_entry(path, node, group.as_deref(), diagnostics);
                all.extend(members.into_iter().filter_map(entry));
            }
            _ => all.extend(nav_entry(path, node, None, diagnostics)),
        }
    }
    all
}

fn nav_entry(
    path: &TreePath,
    node: Node,
    group: Option<&str>,
    diagnostics: &mut Diagnostics,
) -> Option<NavEntry> {
    let span = node.span;
    let (id, title) = match node.value {
        Value::Scalar(id) => (Placed { value: id, span }, None),
        Value::Mapping(entries) => match <[_; 1]>::try_from(entries) {
            Ok([(id, Node { value: Value::Scalar(title), .. })]) => (id, Some(title)),
            _ => {
                let found = Diagnostic::error(Code::WrongType, "this is no entry of `nav`");
                diagnostics.push(found.at(path, span).help(ENTRY));
                return None;
            }
        },
        other => {
            let message = format!("{} cannot be an entry of `nav`", other.kind());
            let found = Diagnostic::error(Code::WrongType, message).at(path, span);
            diagnostics.push(found.help(ENTRY));
            return None;
        }
    };
    let Some(value) = DocumentId::new(&id.value) else {
        let message = format!("`{}` cannot be a policy or list", id.value.escape_debug());
        diagnostics.push(Diagnostic::error(Code::BadValue, message).at(path, id.span).help(ENTRY));
        return None;
    };
    let id = Placed { value, span: id.span };
    Some(NavEntry { id, title, group: group.map(str::to_owned) })
}

/// Reads where a link leads.
fn destination(
    path: &TreePath,
    node: Node,
    diagnostics: &mut Diagnostics,
) -> Option<Placed<Destination>> {
    let read = |text: &str| {
        let mailbox = text.starts_with("mailto:") && text.contains('@');
        if text.contains("://") || mailbox {
            let plain = mailbox && !text.contains(char::is_whitespace);
            let address = if plain { Some(text.to_owned()) } else { web_address(text).ok() };
            // Web servers read these letters in their own way.
            let encoded = |address: String| {
                address.replace('$', "%24").replace('{', "%7B").replace('}', "%7D")
            };
            return address.map(encoded).map(Destination::Outside);
        }
        let (id, anchor) =
            text.split_once('#').map_or((text, None), |(id, anchor)| (id, Some(anchor)));
        if text == "/" {
            return Some(Destination::Home);
        }
        let id = DocumentId::new(id.strip_prefix('/').unwrap_or(id).trim_end_matches('/'))?;
        Some(Destination::Document { id, anchor: anchor.map(str::to_owned) })
    };
    let read = match &node.value {
        Value::Scalar(text) => read(text),
        _ => None,
    };
    let Some(value) = read else {
        let found = Diagnostic::error(Code::BadValue, "this leads nowhere").at(path, node.span);
        diagnostics.push(found.help(
            "write the ID of a policy or list, as in `security` or `security#reporting`, `/` for the front page, or a URL with `https://`",
        ));
        return None;
    };
    Some(Placed { value, span: node.span })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_old_address_is_a_path_that_a_page_can_have() {
        for (text, address) in [
            ("/privacy-policy.html", Some("privacy-policy.html")),
            ("legal/Terms", Some("legal/Terms/")),
            ("/legal/terms/", Some("legal/terms/")),
            ("v1.2/", Some("v1.2/")),
            ("/", None),
            ("", None),
            ("../x", None),
            ("a//b", None),
            (".well-known/x", None),
            ("a b", None),
            ("a?b=c", None),
            ("https://acme.test/a", None),
            ("con/a", None),
        ] {
            assert_eq!(old_address(text).as_deref(), address, "{text}");
        }
    }
}
