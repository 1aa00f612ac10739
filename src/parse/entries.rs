//! The entries of a list as lines of its file: taken out or added, with every comment and the order
//! of the rest as they were.

use std::ops::Range;

use jiff::civil::Date;

use crate::diagnostic::Diagnostics;
use crate::model::Placed;
use crate::parse::yaml::{in_quotes, quoted, scalars, tree};
use crate::parse::{Node, Value};
use crate::tree::{Edit, Span, TreePath, edited};

/// How long a day is, written as `2026-11-21`.
const DAY: usize = 10;

/// What an entry says: its keys and values, in order.
pub type Said<'a> = &'a [(&'a str, Worth<'a>)];

/// What a key of an entry is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worth<'a> {
    /// A text.
    Text(&'a str),
    /// A list of texts.
    Texts(Vec<&'a str>),
}

/// Lines to put into a text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The lines as they are put in.
    pub edit: Edit,
    /// The lines of the entry alone.
    pub lines: String,
}

/// Returns the text of a list without the entries that `hidden` names by their places; nothing
/// where they cannot be taken out line by line without something else. `key` is that of the list.
pub fn without(
    path: &TreePath,
    text: &str,
    key: &str,
    hidden: impl Fn(usize) -> bool,
) -> Option<String> {
    let old = root(path, text)?;
    let items = items(&old, key)?;
    if !(0..items.len()).any(&hidden) {
        return Some(text.to_owned());
    }
    let mut left = String::with_capacity(text.len());
    let mut done = 0;
    let scalars = scalars(text, 0);
    for (_, item) in items.iter().enumerate().filter(|(index, _)| hidden(*index)) {
        let lines = lines(text, item, |at| scalars.get(&at).map(|written| written.span.end))?;
        left.push_str(text.get(done..lines.start)?);
        done = lines.end;
    }
    left.push_str(&text[done..]);
    let shown =
        items.iter().enumerate().filter(|(index, _)| !hidden(*index)).map(|(_, item)| *item);
    let new = root(path, &left)?;
    agree(&old, &new, key, shown.collect()).then_some(left)
}

/// Returns what an entry adds to the text of a list; `None` if it cannot be added without
/// something else. `key` is that of the list.
pub fn with(path: &TreePath, text: &str, key: &str, said: Said<'_>) -> Option<Added> {
    let old = root(path, text)
        .unwrap_or(Node { value: Value::Mapping(Vec::new()), span: Span::default() });
    let Value::Mapping(entries) = &old.value else {
        return None;
    };
    let line_end = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let fresh =
        |at: usize| if text[..at].is_empty() || text[..at].ends_with('\n') { "" } else { "\n" };
    let (span, before, indent) = match entries.iter().find(|(name, _)| name.value == key) {
        None => (
            Span::new(text.len(), text.len()),
            format!("{}{key}:\n", fresh(text.len())),
            "  ".to_owned(),
        ),
        Some((name, Node { value: Value::Nothing, .. })) => {
            let at = line_end(name.span.end);
            (Span::new(at, at), fresh(at).to_owned(), "  ".to_owned())
        }
        Some((name, Node { value: Value::List(items), span })) => match items.last() {
            None => {
                (Span::new(name.span.end, line_end(span.end)), ":\n".to_owned(), "  ".to_owned())
            }
            Some(last) => {
                let scalars = scalars(text, 0);
                let lines =
                    lines(text, last, |at| scalars.get(&at).map(|written| written.span.end))?;
                let indent =
                    text[lines.start..].chars().take_while(|letter| *letter == ' ').collect();
                (Span::new(lines.end, lines.end), fresh(lines.end).to_owned(), indent)
            }
        },
        Some(_) => return None,
    };
    let lines = written(&indent, said);
    let edit = Edit { span, put_in: format!("{before}{lines}") };
    let new = root(path, &edited(text, std::slice::from_ref(&edit))?)?;
    let said = mapping(said);
    let expected = items(&old, key).unwrap_or_default().into_iter().chain([&said]).collect();
    agree(&old, &new, key, expected).then_some(Added { edit, lines })
}

fn root(path: &TreePath, text: &str) -> Option<Node> {
    let mut found = Diagnostics::new();
    tree(path, text, 0, &mut found).filter(|_| found.is_empty())
}

/// Returns the entries of a list.
fn items<'a>(root: &'a Node, key: &str) -> Option<Vec<&'a Node>> {
    let Value::Mapping(entries) = &root.value else {
        return None;
    };
    match &entries.iter().find(|(name, _)| name.value == key)?.1.value {
        Value::List(items) => Some(items.iter().collect()),
        Value::Nothing => Some(Vec::new()),
        _ => None,
    }
}

/// Returns the whole lines of an entry that begins with `- ` on a line of its own. `end` tells
/// where a scalar ends that begins at a byte.
fn lines(text: &str, item: &Node, end: impl Fn(usize) -> Option<usize>) -> Option<Range<usize>> {
    let mut marks = Vec::new();
    places(item, &mut marks);
    let first = marks.iter().map(|span| span.start).min()?;
    let last = marks.iter().map(|span| end(span.start).unwrap_or(span.end)).max()?;
    let start = text[..first].rfind('\n').map_or(0, |end| end + 1);
    text[start..first]
        .trim_start_matches(' ')
        .strip_prefix('-')?
        .trim_matches([' ', '{'])
        .is_empty()
        .then_some(())?;
    let whole = text[..last].ends_with('\n');
    let mut end =
        if whole { last } else { text[last..].find('\n').map_or(text.len(), |end| last + end + 1) };
    // A block scalar is read up to the next value: comments further out than the entry are not part
    // of it.
    let depth = text[start..first].find('-')?;
    while let Some(line) =
        text[start..end].trim_end_matches('\n').rsplit_once('\n').map(|(_, line)| line)
    {
        let outside = line.len() - line.trim_start().len() <= depth;
        if !(line.trim().is_empty() || outside && line.trim_start().starts_with('#')) {
            break;
        }
        end = text[..end].trim_end_matches('\n').len() - line.len();
    }
    Some(start..end)
}

/// Collects the places of all that an entry holds.
fn places(node: &Node, marks: &mut Vec<Span>) {
    match &node.value {
        Value::Scalar(_) => marks.push(node.span),
        Value::Nothing => {}
        Value::List(items) => items.iter().for_each(|item| places(item, marks)),
        Value::Mapping(entries) => entries.iter().for_each(|(key, value)| {
            marks.push(key.span);
            places(value, marks);
        }),
    }
}

/// Writes an entry as lines.
fn written(indent: &str, said: Said<'_>) -> String {
    let mut lines = String::new();
    for (index, (key, values)) in said.iter().enumerate() {
        let sign = if index == 0 { "- " } else { "  " };
        let value = match values {
            // A day stands bare, as people write it.
            Worth::Text(value) if value.len() == DAY && value.parse::<Date>().is_ok() => {
                (*value).to_owned()
            }
            Worth::Text(value) => quoted(value),
            Worth::Texts(values) => format!(
                "[{}]",
                values.iter().map(|value| in_quotes(value)).collect::<Vec<_>>().join(", ")
            ),
        };
        lines.push_str(&format!("{indent}{sign}{key}: {value}\n"));
    }
    lines
}

fn mapping(said: Said<'_>) -> Node {
    let node = |value: Value| Node { value, span: Span::default() };
    let scalar = |text: &str| node(Value::Scalar(text.to_owned()));
    let entry = |(key, values): &(&str, Worth<'_>)| {
        let value = match values {
            Worth::Text(value) => scalar(value),
            Worth::Texts(values) => {
                node(Value::List(values.iter().map(|value| scalar(value)).collect()))
            }
        };
        (Placed { value: (*key).to_owned(), span: Span::default() }, value)
    };
    node(Value::Mapping(said.iter().map(entry).collect()))
}

/// Returns true if a tree says what another said, with these entries in the list.
fn agree(old: &Node, new: &Node, key: &str, expected: Vec<&Node>) -> bool {
    let rest = |node: &Node| match &node.value {
        Value::Mapping(entries) => {
            entries.iter().filter(|(name, _)| name.value != key).cloned().collect()
        }
        _ => Vec::new(),
    };
    let (before, after) = (rest(old), rest(new));
    let kept = before.len() == after.len()
        && before
            .iter()
            .zip(&after)
            .all(|((key, old), (other, new))| key.value == other.value && same(old, new));
    let found = items(new, key).unwrap_or_default();
    kept && found.len() == expected.len()
        && found.iter().zip(expected).all(|(found, expected)| same(found, expected))
}

fn same(one: &Node, other: &Node) -> bool {
    match (&one.value, &other.value) {
        (Value::List(one), Value::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Mapping(one), Value::Mapping(other)) => {
            let pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs
                    .into_iter()
                    .all(|((key, one), (name, other))| key.value == name.value && same(one, other))
        }
        (one, other) => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> TreePath {
        TreePath::new("list.yaml").unwrap()
    }

    fn added(text: &str, said: Said<'_>) -> Option<String> {
        let added = with(&path(), text, "names", said)?;
        edited(text, &[added.edit])
    }

    #[test]
    fn an_entry_goes_with_its_lines_and_nothing_else() {
        for (text, left) in [
            (
                "names:\n  - name: A\n  - name: B # b\n    x: >\n      long\n      text\n  # c\n  - name: C\n",
                "names:\n  - name: A\n  # c\n  - name: C\n",
            ),
            (
                "# top\nnames:\n- name: A\n- {name: B, x: 1}\nnote: n\n",
                "# top\nnames:\n- name: A\nnote: n\n",
            ),
            ("names:\n  - name: A\n  - name: B\n    list: [1, 2]", "names:\n  - name: A\n"),
        ] {
            assert_eq!(
                without(&path(), text, "names", |index| index == 1).as_deref(),
                Some(left),
                "{text:?}"
            );
        }
        for text in [
            "names: [{name: A}, {name: B}]\n",
            "names:\n  - name: A\n  -\n    name: B\n",
            "names:\n  - name: A\n  - {name: B,\n    x: 1\n    }\n",
        ] {
            assert_eq!(without(&path(), text, "names", |index| index == 1), None, "{text:?}");
        }
    }

    #[test]
    fn an_entry_comes_last_and_the_rest_stays() {
        let said: Said<'_> =
            &[("name", Worth::Text("- B: #")), ("groups", Worth::Texts(vec!["a", "b"]))];
        let lines = |indent: &str| {
            format!("{indent}- name: \"- B: #\"\n{indent}  groups: [\"a\", \"b\"]\n")
        };
        for (text, before, indent, after) in [
            ("", "names:\n", "  ", ""),
            ("# top\nnames: []  # none\n", "# top\nnames:\n", "  ", ""),
            ("names:\n", "names:\n", "  ", ""),
            (
                "names:\n- name: A # a\n# last\nnote: n\n",
                "names:\n- name: A # a\n",
                "",
                "# last\nnote: n\n",
            ),
            ("names:\n    - name: A", "names:\n    - name: A\n", "    ", ""),
            ("note: n", "note: n\nnames:\n", "  ", ""),
        ] {
            let made = added(text, said).unwrap_or_else(|| panic!("{text:?}"));
            let plain = made.replace('\'', "\"");
            assert_eq!(plain, format!("{before}{}{after}", lines(indent)), "{text:?}");
        }
        assert_eq!(added("names: [{name: A}]\n", said), None);
        assert_eq!(added("names: x\n", said), None);
        assert_eq!(added("- names\n", said), None);
    }
}
