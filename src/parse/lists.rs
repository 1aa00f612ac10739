//! The lists: `whitehats.yaml`, `subprocessors.yaml` and `commitments.yaml`.

use std::collections::BTreeSet;

use jiff::civil::Date;
use url::Url;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Instead, nearest, slip};
use crate::model::{
    Amount, Better, Commitment, Commitments, DocumentId, Passage, Placed, Qualifier, Quantity,
    Removal, Subprocessor, Subprocessors, Whitehat, Whitehats, is_slug,
};
use crate::parse::markdown::{day_number, month};
use crate::parse::{Fields, Node, entries, yaml};
use crate::tree::{Source, Span, TreePath};

/// Reads `whitehats.yaml`.
pub fn whitehats(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Whitehats {
    let Some(mut fields) = open(source, "the list of whitehats", diagnostics) else {
        return Whitehats::default();
    };
    let undated_before = fields.parsed("undated_before", diagnostics, year).map(|year| year.value);
    let entries = fields.list("whitehats", diagnostics);
    fields.close(diagnostics);
    let count = entries.len();
    let whitehats: Vec<Whitehat> =
        entries.into_iter().filter_map(|entry| whitehat(source, entry, diagnostics)).collect();
    let list = Whitehats { undated_before, whitehats };
    if let Some(hidden) = list.whitehats.iter().find(|whitehat| !whitehat.is_shown())
        && list.whitehats.len() == count
        && shown_whitehats(source.path, &source.text, &list).is_none()
    {
        let close = Diagnostic::error(
            Code::Inseparable,
            "an entry that is not shown cannot be told from its neighbours by lines",
        );
        diagnostics.push(
            close
                .at(source.path, hidden.name.span)
                .help("write each entry on lines of its own, each beginning with `- name: …`"),
        );
    }
    list
}

/// Returns the text of a list of whitehats with those only whom readers may see; nothing where the
/// others cannot be taken out.
pub fn shown_whitehats(path: &TreePath, text: &str, list: &Whitehats) -> Option<String> {
    entries::without(path, text, "whitehats", |index| {
        list.whitehats.get(index).is_none_or(|whitehat| !whitehat.is_shown())
    })
}

fn whitehat(source: &Source<'_>, entry: Node, diagnostics: &mut Diagnostics) -> Option<Whitehat> {
    let mut fields = Fields::entry(source.path, "a whitehat", entry, diagnostics)?;
    let name = fields.required("name", diagnostics);
    let link = fields.parsed("link", diagnostics, web_address).map(|link| link.value);
    let date = fields.parsed("date", diagnostics, day_or_year).map(|date| date.value);
    let class = fields.text("class", diagnostics).map(|class| class.value);
    let groups = fields.texts("groups", diagnostics).into_iter().map(|group| group.value).collect();
    let formerly = fields.text("formerly", diagnostics).map(|name| name.value);
    // Who did not agree in words that can be read is not shown.
    let (asked, agreed) = (fields.has("consent"), fields.switch("consent", diagnostics));
    let consent = !asked || agreed.unwrap_or(false);
    let removed = fields.node("removed").and_then(|node| removal(source, node, diagnostics));
    fields.close(diagnostics);
    Some(Whitehat { name: name?, formerly, link, date, class, groups, consent, removed })
}

fn removal(source: &Source<'_>, node: Node, diagnostics: &mut Diagnostics) -> Option<Removal> {
    let mut fields = Fields::open(source.path, "a removal", node, diagnostics)?;
    let date = fields.required_parsed("date", diagnostics, day);
    let reason = fields.required("reason", diagnostics);
    fields.close(diagnostics);
    Some(Removal { date: date?.value, reason: reason?.value })
}

/// Reads `subprocessors.yaml`.
pub fn subprocessors(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Subprocessors {
    let Some(mut fields) = open(source, "the list of sub-processors", diagnostics) else {
        return Subprocessors::default();
    };
    let note = fields.text("note", diagnostics).map(|note| note.value);
    let entries = fields.list("subprocessors", diagnostics);
    fields.close(diagnostics);
    let mut subprocessors: Vec<Subprocessor> =
        entries.into_iter().filter_map(|entry| subprocessor(source, entry, diagnostics)).collect();
    once(
        source,
        "sub-processors",
        "versions know it by that",
        &mut subprocessors,
        |entry| entry.id.as_ref(),
        diagnostics,
    );
    Subprocessors { note, subprocessors }
}

/// Drops entries whose id is another's, and says so.
fn once<T>(
    source: &Source<'_>,
    what: &str,
    why: &str,
    entries: &mut Vec<T>,
    id: impl Fn(&T) -> Option<&Placed<String>>,
    diagnostics: &mut Diagnostics,
) {
    let mut ids = BTreeSet::new();
    entries.retain(|entry| {
        let again = id(entry).filter(|id| !ids.insert(id.value.clone()));
        if let Some(id) = again {
            let twice = Diagnostic::error(
                Code::DuplicateId,
                format!("two {what} have the id `{}`", id.value),
            );
            diagnostics.push(
                twice.at(source.path, id.span).help(format!("give one of them another id: {why}")),
            );
        }
        again.is_none()
    });
}

fn subprocessor(
    source: &Source<'_>,
    entry: Node,
    diagnostics: &mut Diagnostics,
) -> Option<Subprocessor> {
    let mut fields = Fields::entry(source.path, "a sub-processor", entry, diagnostics)?;
    let id = fields.parsed("id", diagnostics, name);
    let name = fields.required("name", diagnostics);
    let purpose = fields.required("purpose", diagnostics);
    let mut text = |key| fields.text(key, diagnostics).map(|text| text.value);
    let [entity, data, safeguard, group, formerly] =
        ["entity", "data", "safeguard", "group", "formerly"].map(&mut text);
    let link = fields.parsed("link", diagnostics, web_address).map(|link| link.value);
    let country = fields.text("country", diagnostics);
    let [announced, effective, until, cancelled] = ["announced", "effective", "until", "cancelled"]
        .map(|key| fields.parsed(key, diagnostics, day));
    fields.close(diagnostics);
    let mut in_order = |(early, before): (&Option<Placed<Date>>, &str),
                        (late, after): (&Option<Placed<Date>>, &str),
                        help: &str| {
        if let (Some(early), Some(late)) = (early, late)
            && late.value < early.value
        {
            let backwards =
                Diagnostic::error(Code::BadValue, format!("`{after}` is before `{before}`"))
                    .at(source.path, late.span);
            diagnostics.push(backwards.help(help));
        }
    };
    in_order(
        (&announced, "announced"),
        (&effective, "effective"),
        "a sub-processor is announced, comes and leaves, in this order",
    );
    let given_up = "one that was given up before its first day has `cancelled: …`, the day of that, in place of `until`";
    in_order((&effective, "effective"), (&until, "until"), given_up);
    if let Some(cancelled) = &cancelled {
        let wrong = match &effective {
            Some(first) if cancelled.value >= first.value => {
                Some("`cancelled` is not before `effective`")
            }
            Some(_) => until.as_ref().map(|_| "a sub-processor has `cancelled` and `until`"),
            None => Some("a sub-processor has `cancelled` and no `effective`"),
        };
        diagnostics.extend(wrong.map(|wrong| {
            let help = "`cancelled` is the day on which one was given up before its first day, `effective`; one that came has `until`";
            Diagnostic::error(Code::BadValue, wrong).at(source.path, cancelled.span).help(help)
        }));
    }
    let [announced, until, cancelled] =
        [announced, until, cancelled].map(|day| day.map(|day| day.value));
    let (name, purpose) = (name?, purpose?.value);
    Some(Subprocessor {
        id,
        name,
        formerly,
        purpose,
        entity,
        data,
        country,
        safeguard,
        link,
        group,
        announced,
        effective,
        until,
        cancelled,
    })
}

/// Reads `commitments.yaml`.
pub fn commitments(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Commitments {
    let Some(mut fields) = open(source, "the list of commitments", diagnostics) else {
        return Commitments::default();
    };
    let note = fields.text("note", diagnostics).map(|note| note.value);
    let entries = fields.list("commitments", diagnostics);
    fields.close(diagnostics);
    let mut commitments: Vec<Commitment> =
        entries.into_iter().filter_map(|entry| commitment(source, entry, diagnostics)).collect();
    once(
        source,
        "commitments",
        "words refer to it",
        &mut commitments,
        |entry| Some(&entry.id),
        diagnostics,
    );
    Commitments { note, commitments }
}

fn commitment(
    source: &Source<'_>,
    entry: Node,
    diagnostics: &mut Diagnostics,
) -> Option<Commitment> {
    let mut fields = Fields::entry(source.path, "a commitment", entry, diagnostics)?;
    let id = fields.required_parsed("id", diagnostics, name);
    let what = fields.required_parsed("what", diagnostics, one_line);
    let counted = fields.has("value");
    let quantity = fields.parsed_if_there("value", diagnostics, quantity);
    let measure =
        ["unit", "qualifier", "better"].into_iter().find(|key| !counted && fields.has(key));
    let unit = if counted {
        fields.required_parsed("unit", diagnostics, unit)
    } else {
        fields.text("unit", diagnostics)
    };
    let qualifier = fields.parsed("qualifier", diagnostics, |text| {
        one_of(text, Qualifier::ALL, |qualifier| qualifier.as_str())
    });
    let better = fields
        .parsed("better", diagnostics, |text| one_of(text, Better::ALL, |better| better.as_str()));
    let section = fields.parsed("section", diagnostics, passage);
    if let Some(key) = measure {
        let idle =
            Diagnostic::error(Code::MissingKey, format!("a commitment has `{key}` and no `value`"));
        fields.absent(&["value"], idle.help("add `value: …`, or remove what measures it"));
    }
    fields.close(diagnostics);
    let (qualifier, better) =
        (qualifier.map(|qualifier| qualifier.value), better.map(|better| better.value));
    let amount = quantity.zip(unit).map(|(quantity, unit)| Amount {
        qualifier,
        quantity: quantity.value,
        unit: unit.value,
        better,
    });
    Some(Commitment { id: id?, what: what?.value, amount, section })
}

/// Reads what words refer to a commitment by.
fn name(text: &str) -> Result<String, String> {
    if text.len() <= 64 && is_slug(&text.replace('_', "-")) {
        Ok(text.to_owned())
    } else {
        Err("write a name such as `first_reply`: lower-case letters, digits, and single underscores or hyphens between them".to_owned())
    }
}

fn one_line(text: &str) -> Result<String, String> {
    if text.contains('\n') { Err("write it in one line".to_owned()) } else { Ok(text.to_owned()) }
}

fn quantity(text: &str) -> Result<Quantity, String> {
    Quantity::new(text).ok_or_else(|| {
        "write a number such as `48` or `99.9`, or a range such as `1 to 5`".to_owned()
    })
}

/// Reads what is counted: a word or a few.
fn unit(text: &str) -> Result<String, String> {
    let letter =
        |letter: char| letter.is_alphabetic() || matches!(letter, ' ' | '-' | '%' | '/' | '°');
    if text.chars().count() <= 40 && text.chars().all(letter) {
        Ok(text.to_owned())
    } else {
        Err("write a unit such as `business hours`, `days` or `percent`".to_owned())
    }
}

/// Reads where something is promised: `security`, or `security#reporting`.
fn passage(text: &str) -> Result<Passage, String> {
    let (policy, section) =
        text.split_once('#').map_or((text, None), |(policy, section)| (policy, Some(section)));
    if DocumentId::new(policy).is_some() && section.is_none_or(is_slug) {
        Ok(Passage { policy: policy.to_owned(), section: section.map(str::to_owned) })
    } else {
        Err("name the policy, and its section behind a `#`, as in `security#reporting`".to_owned())
    }
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
    what: &'static str,
    diagnostics: &mut Diagnostics,
) -> Option<Fields<'a>> {
    match yaml(source.path, &source.text, 0, diagnostics) {
        Some(node) => Fields::open(source.path, what, node, diagnostics),
        None => {
            if source.text.lines().all(|line| line.trim().is_empty() || line.starts_with('#')) {
                let empty = Diagnostic::error(Code::Empty, "the list is empty")
                    .at(source.path, Span::default());
                diagnostics.push(
                    empty
                        .help("begin it with its key, as in `whitehats: []`, or remove the file")
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

fn day_or_year(text: &str) -> Result<String, Instead> {
    match year(text).is_ok() || day(text).is_ok() {
        true => Ok(text.to_owned()),
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

/// Returns the day that a text surely names, as `2023-02-15`: one that begins with its year, or has
/// its month in letters. Which number of `03/02/2023` is the month nobody knows.
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
