//! Words removed from YAML: from its values and its comments. Keys stay, they are not words.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostics;
use crate::ledger::redact::edit::Change;
use crate::ledger::redact::removal::Removal;
use crate::model::Placed;
use crate::parse;
use crate::parse::{Letter, Node, Value, Written};
use crate::tree::{Span, TreePath};

/// A field of a mapping.
type Field = (Placed<String>, Node);

/// Returns what changes in a YAML text that begins at byte `offset` of its file.
///
/// # Errors
/// Returns the first place that cannot change without something else.
pub fn change(
    path: &TreePath,
    text: &str,
    offset: usize,
    removal: &Removal,
) -> Result<Change, Span> {
    let read = |text: &str| parse::yaml(path, text, offset, &mut Diagnostics::new());
    let tree = read(text);
    let scalars = parse::scalars(text, offset);
    let mut values = BTreeMap::new();
    if let Some(tree) = &tree {
        collect(tree, removal, &mut values);
    }
    let mut change = Change::default();
    for (start, (value, names)) in &values {
        let Some(written) = scalars.get(start) else {
            return Err(Span::new(*start, *start));
        };
        match value {
            Value::Scalar(_) if written.block => {
                change.extend(verbatim(&letters(text, written.span, offset), removal))
            }
            Value::Scalar(words) => change.put(written.span, parse::in_quotes(words)),
            _ => change.put(written.span, "~"),
        }
        if *names && !written.block {
            let places = verbatim(&letters(text, written.span, offset), removal).places;
            change.places.extend(if places.is_empty() { vec![written.span] } else { places });
        }
    }
    for comment in comments(text, offset, &scalars) {
        change.extend(verbatim(&comment, removal));
    }
    let change = change.sorted();
    let Some(first) = change.places.first().copied() else {
        return Ok(change);
    };
    let made = change.made(text, offset).ok_or(first)?;
    match (tree, read(&made)) {
        (Some(old), Some(new)) if agree(&old, &new, &values) => Ok(change),
        (None, None) => Ok(change),
        _ => Err(first),
    }
}

/// Collects the values that change, by the byte at which they begin, and whether the words stand in
/// them: a name that goes takes its `link` along, and a link that holds the words leaves a mark
/// behind the name.
fn collect(node: &Node, removal: &Removal, values: &mut BTreeMap<usize, (Value, bool)>) {
    match &node.value {
        Value::Nothing => {}
        Value::Scalar(text) => {
            if removal.stands_in(text) {
                values.insert(node.span.start, (Value::Scalar(removal.marked(text)), true));
            }
        }
        Value::List(items) => items.iter().for_each(|item| collect(item, removal, values)),
        Value::Mapping(entries) => {
            entries.iter().for_each(|(_, value)| collect(value, removal, values));
            let scalar = |key: &str| {
                let (_, node) = entries.iter().find(|(name, _)| name.value == key)?;
                if let Value::Scalar(text) = &node.value {
                    Some((node.span.start, text))
                } else {
                    None
                }
            };
            if let (Some((name_at, name)), Some((link_at, link))) = (scalar("name"), scalar("link"))
            {
                let leads = removal.stands_in(link);
                if leads || removal.is(name) {
                    values.insert(link_at, (Value::Nothing, leads));
                }
                if leads && !removal.stands_in(name) {
                    values.insert(
                        name_at,
                        (Value::Scalar(format!("{name} {}", removal.mark)), false),
                    );
                }
            }
        }
    }
}

/// Returns what changes in letters that stand as they are read.
fn verbatim(letters: &[Letter], removal: &Removal) -> Change {
    let mut change = Change::default();
    let read: Vec<char> = letters.iter().map(|letter| letter.letter).collect();
    for found in removal.find(&read) {
        let span = Span::new(letters[found.start].place.start, letters[found.end - 1].place.end);
        change.put(span, &*removal.mark);
        change.places.push(span);
    }
    change
}

/// Returns the letters of a stretch of the file.
fn letters(text: &str, span: Span, offset: usize) -> Vec<Letter> {
    let place =
        |at: usize, letter: char| Span::new(span.start + at, span.start + at + letter.len_utf8());
    let stretch = &text[span.start - offset..span.end - offset];
    stretch.char_indices().map(|(at, letter)| Letter { letter, place: place(at, letter) }).collect()
}

/// Returns the letters of every comment; those on lines that follow each other are read as one.
fn comments(text: &str, offset: usize, scalars: &BTreeMap<usize, Written>) -> Vec<Vec<Letter>> {
    let mut comments: Vec<Vec<Letter>> = Vec::new();
    let mut before: Option<usize> = None;
    let mut start = offset;
    for line in text.split_inclusive('\n') {
        let end = start + line.trim_end().len();
        let opens = |at: &usize| {
            let inside = scalars
                .range(..=start + at)
                .next_back()
                .is_some_and(|(_, written)| start + at < written.span.end);
            !inside && line[..*at].chars().next_back().is_none_or(char::is_whitespace)
        };
        let sign = line.match_indices('#').map(|(at, _)| at).find(opens);
        if let Some(at) = sign {
            let words = letters(text, Span::new(start + at + 1, end.max(start + at + 1)), offset);
            match (before.filter(|_| line[..at].trim().is_empty()), comments.last_mut()) {
                (Some(before), Some(last)) => {
                    last.push(Letter { letter: ' ', place: Span::new(before, start + at + 1) });
                    last.extend(words);
                }
                _ => comments.push(words),
            }
        }
        before = sign.map(|_| end);
        start += line.len();
    }
    comments
}

/// Returns true if a tree says what another said, but for the values that changed.
fn agree(old: &Node, new: &Node, values: &BTreeMap<usize, (Value, bool)>) -> bool {
    match (&old.value, &new.value) {
        (Value::List(old), Value::List(new)) => {
            old.len() == new.len() && old.iter().zip(new).all(|(old, new)| agree(old, new, values))
        }
        (Value::Mapping(old), Value::Mapping(new)) => {
            let same = |((key, old), (other, new)): (&Field, &Field)| {
                key.value == other.value && agree(old, new, values)
            };
            old.len() == new.len() && old.iter().zip(new).all(same)
        }
        (Value::Scalar(_), found) => {
            values.get(&old.span.start).map_or(&old.value, |(value, _)| value) == found
        }
        (old, new) => old == new,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(words: &str, text: &str) -> Option<String> {
        let removal = Removal::new(words, jiff::civil::Date::constant(2026, 11, 21)).unwrap();
        let path = TreePath::new("list.yaml").unwrap();
        let made = change(&path, text, 0, &removal).ok()?.made(text, 0).unwrap();
        Some(made.replace(&removal.mark, "#"))
    }

    #[test]
    fn words_go_from_values_and_comments_and_from_nothing_else() {
        for (text, left) in [
            (
                "- name: Ada Bee\n- name:   \"Ada Bee\" # x\n- name: Ada Beet\n",
                "- name: '#'\n- name:   '#' # x\n- name: Ada Beet\n",
            ),
            ("note: by Ada\n  Bee, and\n  more\nx: y\n", "note: 'by #, and more'\nx: y\n"),
            (
                "note: |\n  by Ada Bee\n  and Ada\n  Bee too\nx: y\n",
                "note: |\n  by #\n  and # too\nx: y\n",
            ),
            ("note: >-\n  by Ada\n  Bee\nx: y\n", "note: >-\n  by #\nx: y\n"),
            (
                "# by Ada\n#   Bee, Ada Bee\nx: 'a # Ada Bee' # Ada Bee\n",
                "# by #, #\nx: 'a # #' # #\n",
            ),
            ("Ada Bee: [Ada Bee, {x: Ada Bee}]\n", "Ada Bee: ['#', {x: '#'}]\n"),
            ("note: it's Ada Bee\n", "note: \"it's #\"\n"),
            ("note: by ADA-\n  bee\nx: |\n  by ada-\n  BEE\n", "note: 'by #'\nx: |\n  by #\n"),
            ("# by Ada-\n#   Bee\nx: \"A\\u00ADda bee\"\n", "# by #\nx: '#'\n"),
            ("- name: ada bee\n  link: https://a.example/\n", "- name: '#'\n  link: ~\n"),
        ] {
            assert_eq!(without("Ada Bee", text).as_deref(), Some(left), "{text:?}");
        }
    }

    #[test]
    fn a_link_to_somebodys_page_goes_with_the_name() {
        for (text, left) in [
            (
                "- name: Ada Bee\n  link: https://a.example # x\n  date: 2021\n",
                "- name: '#'\n  link: ~ # x\n  date: 2021\n",
            ),
            ("- {link: https://a.example, name: Ada Bee}\n", "- {link: ~, name: '#'}\n"),
            (
                "- name: the Ada Bee\n  link: https://a.example\n",
                "- name: 'the #'\n  link: https://a.example\n",
            ),
        ] {
            assert_eq!(without("Ada Bee", text).as_deref(), Some(left), "{text:?}");
        }
        let (text, left) =
            ("- name: A. B.\n  link: https://a.example/adabee\n", "- name: 'A. B. #'\n  link: ~\n");
        assert_eq!(without("adabee", text).as_deref(), Some(left));
    }

    proptest::proptest! {
        #[test]
        fn values_without_the_words_stay_whatever_stands_around_them(text in "(Ada Bee|ü|name: |link: |[-:{}\\[\\]#|>'\"%@ \n\ta]){0,24}") {
            if let Some(left) = without("Ada Bee", &text) {
                let removal = Removal::new("Ada Bee", jiff::civil::Date::constant(2026, 11, 21)).unwrap();
                proptest::prop_assert!(left == text || removal.stands_in(&text));
            }
        }
    }

    #[test]
    fn a_tree_agrees_only_with_what_says_the_same() {
        let path = TreePath::new("list.yaml").unwrap();
        let read = |text: &str| parse::yaml(&path, text, 0, &mut Diagnostics::new()).unwrap();
        let old = "- a: x\n  b: [1, 2]\n- ~\n";
        let agrees = |new: &str, values: &BTreeMap<usize, (Value, bool)>| {
            agree(&read(old), &read(new), values)
        };
        let none = BTreeMap::new();
        assert!(agrees(old, &none) && agrees("- {a: 'x', b: [\"1\", 2]}\n- null\n", &none));
        for new in [
            "- a: x\n  b: [1, 2]\n",
            "- a: x\n  b: [1, 2]\n- ~\n- ~\n",
            "- ~\n- a: x\n  b: [1, 2]\n",
            "- a: y\n  b: [1, 2]\n- ~\n",
            "- a: x\n  b: [1]\n- ~\n",
            "- a: x\n  b: [1, 3]\n- ~\n",
            "- a: x\n  c: [1, 2]\n- ~\n",
            "- a: x\n- ~\n",
            "- a: x\n  b: [1, 2]\n  c: 3\n- ~\n",
            "- b: [1, 2]\n  a: x\n- ~\n",
            "- a: x\n  b: [1, 2]\n- x\n",
            "- a: ~\n  b: [1, 2]\n- ~\n",
            "- a: [x]\n  b: [1, 2]\n- ~\n",
            "a: x\n",
        ] {
            assert!(!agrees(new, &none), "{new}");
        }
        let changed = BTreeMap::from([(5, (Value::Scalar("y".into()), true))]);
        assert!(
            agrees(&old.replace('x', "y"), &changed)
                && !agrees(old, &changed)
                && !agrees(&old.replace('x', "z"), &changed)
        );
        let removed = BTreeMap::from([(5, (Value::Nothing, true))]);
        assert!(agrees(&old.replace('x', "~"), &removed) && !agrees(old, &removed));
    }

    /// Returns the words at the places that a change is about, in a text that begins at byte 7 of
    /// its file.
    fn places(words: &str, text: &str) -> Vec<String> {
        let removal = Removal::new(words, jiff::civil::Date::constant(2026, 11, 21)).unwrap();
        let change = change(&TreePath::new("list.yaml").unwrap(), text, 7, &removal).unwrap();
        assert!(change.edits.is_sorted_by_key(|edit| edit.span));
        change.places.iter().map(|span| text[span.start - 7..span.end - 7].to_owned()).collect()
    }

    #[test]
    fn every_place_of_the_words_is_told_once() {
        assert_eq!(places("Ada Bee", "- by Ada Bee, Ada Bee # Ada Bee\n"), ["Ada Bee"; 3]);
        assert_eq!(
            places("Ada Bee", "# Ada\n# Bee\na: |\n  Ada\n  Bee\n"),
            ["Ada\n# Bee", "Ada\n  Bee"]
        );
        assert_eq!(
            places("Ada Bee", "a: \"Ada\\x20Bee\"\n"),
            ["\"Ada\\x20Bee\""],
            "where the letters are not told apart"
        );
        assert_eq!(
            places("Ada Bee", "- name: Ada Bee\n  link: https://a.example\n"),
            ["Ada Bee"],
            "the link goes along"
        );
        assert_eq!(
            places("adabee", "- name: A. B.\n  link: https://a.example/adabee\n"),
            ["adabee"]
        );
        assert_eq!(places("Ada Bee", "- a: b\n"), [""; 0]);
    }

    #[test]
    fn a_comment_begins_where_yaml_lets_it_begin() {
        for (text, left) in [
            ("a: b#Ada Bee\n", "a: 'b##'\n"),
            ("a: 'x # Ada Bee'\n", "a: 'x # #'\n"),
            ("a: x# y # by Ada Bee\n", "a: x# y # by #\n"),
            ("# Ada\na: x # Bee\n", "# Ada\na: x # Bee\n"),
            ("# Ada\n\n# Bee\n", "# Ada\n\n# Bee\n"),
            ("a: x # Ada\n# Bee\n", "a: x # #\n"),
            ("a:\t# Ada Bee\n  x\n", "a:\t# #\n  x\n"),
            ("a: x #\n", "a: x #\n"),
        ] {
            assert_eq!(without("Ada Bee", text).as_deref(), Some(left), "{text:?}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_taken_for_comments() {
        assert_eq!(without("Ada Bee", "a: [\n# Ada Bee\n").as_deref(), Some("a: [\n# #\n"));
        assert_eq!(without("Ada Bee", "a: [Ada Bee\n").as_deref(), Some("a: [Ada Bee\n"));
    }
}
