//! A file of messages, `id: text` each; what is said of one thing and of others has `.one` and
//! `.other` after the id.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::messages::{Forms, Message, Messages};
use crate::model::Placed;
use crate::parse;
use crate::parse::{Node, Value};
use crate::tree::{Span, TreePath};

/// Reads the messages of the program.
pub fn all(path: &TreePath, text: &str, diagnostics: &mut Diagnostics) -> Messages {
    let mut messages = Messages::default();
    for (key, message, _) in entries(path, text, diagnostics) {
        if let Some(id) = key.value.strip_suffix(".one") {
            let forms = Forms { one: Some(message.clone()), other: message };
            messages.forms.insert(id.to_owned(), forms);
            continue;
        }
        let counted = key.value.strip_suffix(".other").and_then(|id| messages.forms.get_mut(id));
        match counted.filter(|forms| forms.one.is_some()) {
            Some(forms) => forms.other = message,
            None => {
                messages.forms.insert(key.value, Forms { one: None, other: message });
            }
        }
    }
    messages
}

/// Puts the messages of a theme in their place. One that does not fit, as after an upgrade, is left
/// out.
pub fn replace(
    messages: &mut Messages,
    path: &TreePath,
    text: &str,
    diagnostics: &mut Diagnostics,
) {
    for (key, message, span) in entries(path, text, diagnostics) {
        let Some(place) = form(messages, &key.value) else {
            let found = format!("there is no message `{}`", key.value);
            let mut found = Diagnostic::warning(Code::Theme, found).at(path, key.span);
            if let Some(meant) = nearest(&key.value, messages.ids()) {
                found = found.help(format!("did you mean `{meant}`?"));
            }
            diagnostics.push(found);
            continue;
        };
        match unlike(&key.value, place, &message) {
            Some((wrong, help)) => {
                diagnostics.push(Diagnostic::warning(Code::Theme, wrong).at(path, span).help(help))
            }
            None => *place = message,
        }
    }
}

/// Returns the form of a message that a key names.
fn form<'a>(messages: &'a mut Messages, key: &str) -> Option<&'a mut Message> {
    let counted = |ending: &str| key.strip_suffix(ending).filter(|id| messages.is_counted(id));
    match (counted(".one"), counted(".other")) {
        (Some(id), _) => messages.forms.get_mut(id)?.one.as_mut(),
        (_, Some(id)) => Some(&mut messages.forms.get_mut(id)?.other),
        _ if messages.is_counted(key) => None,
        _ => Some(&mut messages.forms.get_mut(key)?.other),
    }
}

/// Returns what a message has or lacks that the one in its place does not, and what to do about it.
fn unlike(key: &str, expected: &Message, message: &Message) -> Option<(String, String)> {
    // Of one thing the number may be left out.
    let free = |part: &String| part == "{count}" && key.ends_with(".one");
    let (expected, parts): (Vec<String>, Vec<String>) =
        (expected.parts().collect(), message.parts().collect());
    if let Some(part) = parts.iter().find(|part| !expected.contains(part) && !free(part)) {
        let help = match expected.as_slice() {
            [] => "write it without".to_owned(),
            some => format!("it has {}", some.join(", ")),
        };
        return Some((format!("`{key}` has no `{part}`"), help));
    }
    let lacks = expected.iter().find(|part| !parts.contains(part) && !free(part))?;
    Some((format!("`{key}` does not say `{lacks}`"), "add it where it belongs".to_owned()))
}

/// Reads the messages of a file, each with the place of its text.
fn entries(
    path: &TreePath,
    text: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<(Placed<String>, Message, Span)> {
    let mut wrong = |message: String, span: Span, help: &str| {
        diagnostics.push(Diagnostic::error(Code::Theme, message).at(path, span).help(help));
    };
    let mut found = Diagnostics::new();
    let node = parse::yaml(path, text, 0, &mut found);
    let mut read = Vec::new();
    match node {
        Some(Node { value: Value::Mapping(entries), .. }) => {
            for (key, node) in entries {
                let Value::Scalar(text) = &node.value else {
                    let kind = node.value.kind();
                    let message = format!("`{}` is {kind}, not a text", key.value);
                    wrong(message, key.span, "write the text after the colon, in quotation marks");
                    continue;
                };
                match Message::read(text) {
                    Ok(message) => read.push((key, message, node.span)),
                    Err(message) => {
                        let help = "write `{name}` for what is filled in, `<name>…</name>` for a link or an element";
                        wrong(message, node.span, help);
                    }
                }
            }
        }
        None | Some(Node { value: Value::Nothing, .. }) => {}
        Some(node) => {
            let message = format!("messages are a mapping, this is {}", node.value.kind());
            wrong(message, node.span, "write `id: text` on each line");
        }
    }
    diagnostics.extend(found);
    read
}
