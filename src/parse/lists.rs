//! The lists, each read as its description says.

use std::collections::BTreeSet;

use jiff::civil::Date;
use url::Url;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Instead, nearest, slip};
use crate::model::{
    Field, FieldKind, List, ListEntry, ListKind, Passage, Placed, Presence, Quantity, Value,
    is_slug,
};
use crate::parse::markdown::{day_number, month};
use crate::parse::{Fields, Node, Value as Written, entries, yaml};
use crate::tree::{Source, Span, TreePath};

/// Reads a list.
pub fn list(kind: &'static ListKind, source: &Source<'_>, diagnostics: &mut Diagnostics) -> List {
    let Some(mut fields) = open(source, kind, diagnostics) else {
        return List::empty(kind);
    };
    let head = match kind.head.kind {
        FieldKind::Year => fields.parsed(kind.head.key, diagnostics, year),
        _ => fields.text(kind.head.key, diagnostics),
    };
    let written = fields.list(kind.id, diagnostics);
    fields.close(diagnostics);
    let count = written.len();
    let mut entries: Vec<ListEntry> =
        written.into_iter().filter_map(|node| entry(kind, source, node, diagnostics)).collect();
    let whole = entries.len() == count;
    once(kind, source, &mut entries, diagnostics);
    let list = List { kind, head: head.map(|head| head.value), entries };
    if let Some(hidden) = list.entries.iter().find(|entry| !entry.is_shown())
        && whole
        && shown_entries(source.path, &source.text, &list).is_none()
    {
        let close = Diagnostic::error(
            Code::Inseparable,
            "an entry that is not shown cannot be told from its neighbours by lines",
        );
        diagnostics.push(
            close
                .at(source.path, hidden.span(kind.name))
                .help("write each entry on lines of its own, each beginning with `- name: …`"),
        );
    }
    list
}

/// Returns the text of a list with those entries only that readers may see; `None` if the others
/// cannot be taken out.
pub fn shown_entries(path: &TreePath, text: &str, list: &List) -> Option<String> {
    if list.entries.iter().all(ListEntry::is_shown) {
        return Some(text.to_owned());
    }
    entries::without(path, text, list.kind.id, |index| {
        list.entries.get(index).is_none_or(|entry| !entry.is_shown())
    })
}

/// Drops entries whose id is another's, and says so.
fn once(
    kind: &ListKind,
    source: &Source<'_>,
    entries: &mut Vec<ListEntry>,
    diagnostics: &mut Diagnostics,
) {
    let mut ids = BTreeSet::new();
    entries.retain(|entry| {
        let again = entry.text("id").filter(|id| !ids.insert((*id).to_owned()));
        if let Some(id) = again {
            let twice = Diagnostic::error(
                Code::DuplicateId,
                format!("two {} have the id `{id}`", kind.entries),
            );
            diagnostics.push(
                twice
                    .at(source.path, entry.span("id"))
                    .help("give one of them another id: it identifies the entry"),
            );
        }
        again.is_none()
    });
}

fn entry(
    kind: &'static ListKind,
    source: &Source<'_>,
    node: Node,
    diagnostics: &mut Diagnostics,
) -> Option<ListEntry> {
    let mut fields = Fields::entry(source.path, kind.entry, node, diagnostics)?;
    let mut values = Vec::with_capacity(kind.fields.len());
    let written: Vec<&str> =
        kind.fields.iter().map(|field| field.key).filter(|key| fields.has(key)).collect();
    let mut idle: Option<(&str, &'static str)> = None;
    let mut whole = true;
    for field in kind.fields {
        let other = match field.presence {
            Presence::With(other) | Presence::Beside(other) => Some(other),
            Presence::Required | Presence::Optional => None,
        };
        let alone = other.filter(|other| !written.contains(other));
        if let Some(other) = alone.filter(|_| written.contains(&field.key)) {
            idle = idle.or(Some((field.key, other)));
        }
        let needed = match field.presence {
            Presence::Required => true,
            Presence::With(_) => alone.is_none(),
            Presence::Optional | Presence::Beside(_) => false,
        };
        let value = value(field, needed, &mut fields, source, diagnostics);
        whole &= value.is_some() || field.presence != Presence::Required;
        values.push(value);
    }
    if let Some((key, other)) = idle {
        let alone = Diagnostic::error(
            Code::MissingKey,
            format!("{} has `{key}` and no `{other}`", kind.entry),
        );
        fields
            .absent(&[other], alone.help(format!("add `{other}: …`, or remove what measures it")));
    }
    fields.close(diagnostics);
    let entry = whole.then(|| ListEntry::new(kind, values))?;
    in_order(&entry, kind, source, diagnostics);
    Some(entry)
}

/// Takes a field as its description says.
fn value(
    field: &Field,
    needed: bool,
    fields: &mut Fields<'_>,
    source: &Source<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Placed<Value>> {
    let key = field.key;
    let text = |text: &str| Value::Text(text.to_owned());
    let said = |value: Placed<String>| Placed { value: Value::Text(value.value), span: value.span };
    let mut read = |reader: &dyn Fn(&str) -> Result<Value, Instead>| match needed {
        true => fields.required_parsed(key, diagnostics, reader),
        // Others depend on a number: it may be missing, but not be wrong.
        false if field.kind == FieldKind::Quantity => {
            fields.parsed_if_there(key, diagnostics, reader)
        }
        false => fields.parsed(key, diagnostics, reader),
    };
    match field.kind {
        FieldKind::Text | FieldKind::Country if needed => {
            fields.required(key, diagnostics).map(said)
        }
        FieldKind::Text | FieldKind::Country => fields.text(key, diagnostics).map(said),
        FieldKind::Unit if !needed => fields.text(key, diagnostics).map(said),
        FieldKind::Line => read(&|line| one_line(line).map(|()| text(line))),
        FieldKind::Id => read(&|id| name(id).map(|()| text(id))),
        FieldKind::Link => read(&|link| web_address(link).map(Value::Text).map_err(Instead::from)),
        FieldKind::Day => read(&|written| day(written).map(Value::Day)),
        FieldKind::DayOrYear => read(&|written| day_or_year(written).map(|()| text(written))),
        FieldKind::Year => read(&|written| year(written).map(Value::Text).map_err(Instead::from)),
        FieldKind::Quantity => read(&|written| quantity(written).map(|()| text(written))),
        FieldKind::Unit => read(&|written| unit(written).map(|()| text(written))),
        FieldKind::Word(words) => read(&|written| one_of(written, words, |word| word).map(text)),
        FieldKind::Passage => read(&|written| passage(written).map(|()| text(written))),
        FieldKind::Texts => {
            let texts = fields.texts(key, diagnostics);
            let span = texts.first().map(|text| text.span)?;
            let texts = texts.into_iter().map(|text| text.value).collect();
            Some(Placed { value: Value::Texts(texts), span })
        }
        FieldKind::Consent => {
            // Who did not agree in words that can be read is not shown.
            let asked = fields.has(key);
            let agreed = fields.switch(key, diagnostics);
            let value = Value::Flag(agreed.unwrap_or(false));
            asked.then_some(Placed { value, span: fields.span })
        }
        FieldKind::Removal => {
            removal(source, fields.node(key)?, diagnostics)?;
            Some(Placed { value: Value::Flag(true), span: fields.span })
        }
        FieldKind::Joined(_) => None,
    }
}

/// Reads when and why an entry was removed from sight.
fn removal(source: &Source<'_>, node: Node, diagnostics: &mut Diagnostics) -> Option<()> {
    let mut fields = Fields::open(source.path, "a removal", node, diagnostics)?;
    let date = fields.required_parsed("date", diagnostics, day);
    let reason = fields.required("reason", diagnostics);
    fields.close(diagnostics);
    date.zip(reason).map(|_| ())
}

/// Reports the dates of an entry that are not in order.
fn in_order(
    entry: &ListEntry,
    kind: &ListKind,
    source: &Source<'_>,
    diagnostics: &mut Diagnostics,
) {
    let mut wrong = |message: String, key: &str, help: &str| {
        let wrong = Diagnostic::error(Code::BadValue, message);
        diagnostics.push(wrong.at(source.path, entry.span(key)).help(help));
    };
    let what = kind.entry;
    let in_order = format!("{what} is announced, comes and leaves, in this order");
    let given_up = "one that was given up before its first day has `cancelled: …`, the day of that, in place of `until`";
    for (early, late, help) in
        [("announced", "effective", &*in_order), ("effective", "until", given_up)]
    {
        if entry.day(early).zip(entry.day(late)).is_some_and(|(early, late)| late < early) {
            wrong(format!("`{late}` is before `{early}`"), late, help);
        }
    }
    let Some(cancelled) = entry.day("cancelled") else { return };
    let found = match entry.day("effective") {
        Some(first) if cancelled >= first => {
            Some("`cancelled` is not before `effective`".to_owned())
        }
        Some(_) => entry.day("until").map(|_| format!("{what} has `cancelled` and `until`")),
        None => Some(format!("{what} has `cancelled` and no `effective`")),
    };
    if let Some(found) = found {
        let help = "`cancelled` is the day on which one was given up before its first day, `effective`; one that came has `until`";
        wrong(found, "cancelled", help);
    }
}

/// Reads what words refer to a commitment by.
fn name(text: &str) -> Result<(), Instead> {
    let help = "write a name such as `first_reply`: lower-case letters, digits, and single underscores or hyphens between them";
    reads(text.len() <= 64 && is_slug(&text.replace('_', "-")), help)
}

fn one_line(text: &str) -> Result<(), Instead> {
    reads(!text.contains('\n'), "write it in one line")
}

fn quantity(text: &str) -> Result<(), Instead> {
    let help = "write a number such as `48` or `99.9`, or a range such as `1 to 5`";
    reads(Quantity::new(text).is_some(), help)
}

/// Reads what is counted: a word or a few.
fn unit(text: &str) -> Result<(), Instead> {
    let letter =
        |letter: char| letter.is_alphabetic() || matches!(letter, ' ' | '-' | '%' | '/' | '°');
    let help = "write a unit such as `business hours`, `days` or `percent`";
    reads(text.chars().count() <= 40 && text.chars().all(letter), help)
}

/// Reads where something is promised: `security`, or `security#reporting`.
fn passage(text: &str) -> Result<(), Instead> {
    let help = "name the policy, and its section behind a `#`, as in `security#reporting`";
    reads(Passage::new(text).is_some(), help)
}

fn reads(reads: bool, help: &str) -> Result<(), Instead> {
    if reads { Ok(()) } else { Err(help.to_owned().into()) }
}

/// Reads one of a few words; says otherwise which there are.
pub fn one_of<T: Copy>(
    text: &str,
    all: &[T],
    word: impl Fn(T) -> &'static str,
) -> Result<T, Instead> {
    let words = || all.iter().map(|value| word(*value));
    all.iter().copied().find(|value| word(*value) == text).ok_or_else(|| {
        let help = match nearest(text, words()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!(
                "write one of {}",
                words().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        Instead { help, meant: slip(text, words()).map(str::to_owned) }
    })
}

fn open<'a>(
    source: &'a Source<'_>,
    kind: &'static ListKind,
    diagnostics: &mut Diagnostics,
) -> Option<Fields<'a>> {
    match yaml(source.path, &source.text, 0, diagnostics) {
        Some(Node { value: Written::List(_), span }) => {
            let message = format!("the {} stand without their key", kind.entries);
            let found = Diagnostic::error(Code::WrongType, message).at(source.path, span);
            let help =
                format!("write `{}:` on a line above, and indent the list below it", kind.id);
            diagnostics.push(found.help(help).losing());
            None
        }
        Some(node) => {
            let what = format!("the list of {}", kind.entries);
            Fields::open(source.path, what, node, diagnostics)
        }
        None => {
            if source.text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
                let empty = Diagnostic::error(Code::Empty, "the list is empty")
                    .at(source.path, Span::default());
                diagnostics.push(
                    empty
                        .help(format!(
                            "begin it with its key, as in `{}: []`, or remove the file",
                            kind.id
                        ))
                        .losing(),
                );
            }
            None
        }
    }
}

/// Reads the address of a page; says otherwise what one looks like.
pub fn web_address(text: &str) -> Result<String, String> {
    let help = || "write an address that begins with `https://`".to_owned();
    if text.len() > 2048 || text.contains(char::is_whitespace) {
        return Err(help());
    }
    let address = Url::parse(text).map_err(|_| help())?;
    match (address.scheme(), address.host_str()) {
        ("https" | "http", Some(_))
            if address.username().is_empty() && address.password().is_none() =>
        {
            Ok(address.into())
        }
        _ => Err(help()),
    }
}

fn day_or_year(text: &str) -> Result<(), Instead> {
    match year(text).is_ok() || day(text).is_ok() {
        true => Ok(()),
        false => Err(Instead {
            help: "write a day as `2023-02-15` or a year as `2023`".to_owned(),
            meant: written_day(text),
        }),
    }
}

fn year(text: &str) -> Result<String, String> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    if digits { Ok(text.to_owned()) } else { Err("write a year as `2023`".to_owned()) }
}

fn day(text: &str) -> Result<Date, Instead> {
    let instead =
        || Instead { help: "write a day as `2023-02-15`".to_owned(), meant: written_day(text) };
    if text.len() == 10 { text.parse().map_err(|_| instead()) } else { Err(instead()) }
}

/// Returns the day that a text surely names, as `2023-02-15`: one that begins with its year, has
/// its month in letters, or a number that no month has. Which number of `03/02/2023` is the month
/// nobody knows.
fn written_day(text: &str) -> Option<String> {
    let parts: Vec<&str> =
        text.split(['-', '/', '.', ' ', ',']).filter(|part| !part.is_empty()).collect();
    let [first, second, third] = parts[..] else {
        return None;
    };
    let year = |part: &str| part.parse().ok().filter(|_| part.len() == 4);
    let number = |part: &str| {
        part.parse::<i8>()
            .ok()
            .filter(|_| part.len() <= 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (year, month, day) = if let Some(year) = year(first) {
        (year, number(second)?, number(third)?)
    } else if let (Some(one), Some(other)) = (number(first), number(second)) {
        match (one > 12, other > 12) {
            (true, false) => (year(third)?, other, one),
            (false, true) => (year(third)?, one, other),
            _ => return None,
        }
    } else if let Some(month) = month(second) {
        (year(third)?, month, day_number(first)?)
    } else {
        (year(third)?, month(first)?, day_number(second)?)
    };
    Date::new(year, month, day).ok().map(|date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_another_form_is_read_only_if_it_is_one_day() {
        for (text, day) in [
            ("2026-2-3", Some("2026-02-03")),
            ("2026/02/03", Some("2026-02-03")),
            ("2026.2.3", Some("2026-02-03")),
            ("3 February 2026", Some("2026-02-03")),
            ("Feb 3rd, 2026", Some("2026-02-03")),
            ("21.11.2026", Some("2026-11-21")),
            ("11/21/2026", Some("2026-11-21")),
            ("31/11/2026", None),
            ("21/21/2026", None),
            ("03/02/2026", None),
            ("03.02.2026", None),
            ("2026-02-30", None),
            ("2026-02", None),
            ("26-02-03", None),
            ("2026-02-03 12:00", None),
            ("soon", None),
        ] {
            assert_eq!(written_day(text).as_deref(), day, "{text}");
        }
    }
}
