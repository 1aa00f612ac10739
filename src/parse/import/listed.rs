//! Lists through their history: the rows of each text as entries, and who left with the day on
//! which that was.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::{FieldKind, ListKind, Presence};
use crate::parse::import::rows::Row;
use crate::parse::yaml;

/// What columns are called elsewhere, by the field that they are; the first that fits counts.
const CALLED: [(&str, &[&str]); 9] = [
    (
        "name",
        &[
            "name",
            "subprocessor",
            "sub-processor",
            "company",
            "vendor",
            "provider",
            "third party",
            "entity name",
            "researcher",
            "reporter",
            "who",
        ],
    ),
    ("purpose", &["purpose", "description", "service", "activity", "function", "use", "text"]),
    (
        "country",
        &[
            "country of processing",
            "location of processing",
            "processing location",
            "country",
            "location",
            "region",
        ],
    ),
    ("data", &["data", "categories"]),
    ("entity", &["entity", "legal"]),
    ("safeguard", &["safeguard", "transfer"]),
    ("link", &["link", "url", "website", "site", "homepage"]),
    ("date", &["date", "year", "reported", "when"]),
    ("class", &["class", "vulnerability", "type", "bug", "issue", "text"]),
];

/// An entry: its fields, in the order of their list.
type Entry = BTreeMap<&'static str, String>;

/// Proposes which field each column becomes; nothing for one that no field is called like.
pub fn columns(kind: &ListKind, rows: &[Row]) -> BTreeMap<String, String> {
    let names: BTreeSet<&String> = rows.iter().flat_map(BTreeMap::keys).collect();
    let mut columns: BTreeMap<String, String> =
        names.iter().map(|name| ((*name).clone(), String::new())).collect();
    for (field, called) in CALLED {
        if !kind.fields.iter().any(|known| known.key == field) {
            continue;
        }
        let free = |name: &&&String| columns[**name].is_empty();
        let fits = |called: &&str| {
            let exactly = names.iter().filter(free).find(|name| name.to_lowercase() == **called);
            exactly.or_else(|| {
                names.iter().filter(free).find(|name| name.to_lowercase().contains(*called))
            })
        };
        if let Some(name) = called.iter().find_map(fits) {
            columns.insert((*name).clone(), field.to_owned());
        }
    }
    // What an entry must have is taken from what is left; who edits the plan sees it.
    while let Some(field) = lacking(kind, &columns) {
        let Some((_, free)) = columns.iter_mut().find(|(_, field)| field.is_empty()) else { break };
        *free = field.to_owned();
    }
    columns
}

/// Returns the field that an entry must have and no column becomes.
pub fn lacking(kind: &ListKind, columns: &BTreeMap<String, String>) -> Option<&'static str> {
    let needed = kind.fields.iter().filter(|field| field.presence == Presence::Required);
    needed.map(|field| field.key).find(|key| !columns.values().any(|field| field == key))
}

/// The entries of a list, as far as its texts were read.
#[derive(Default)]
pub struct Listed {
    entries: Vec<Entry>,
}

impl Listed {
    /// Returns the file of a list with these rows on a day, and how many of them lack what an entry
    /// must have. Who was there before and is not any
    /// more stays as a former entry, where the list has such.
    pub fn next(
        &mut self,
        kind: &'static ListKind,
        columns: &BTreeMap<String, String>,
        rows: &[Row],
        day: Option<Date>,
    ) -> (String, usize) {
        let mut entries: Vec<Entry> =
            rows.iter().filter_map(|row| entry(kind, columns, row)).collect();
        let lost = rows.len() - entries.len();
        let ends = kind.fields.iter().any(|field| field.key == "until");
        if let Some(day) = day.filter(|_| ends) {
            let left = left(&self.entries, &entries);
            for mut former in left {
                former.entry("until").or_insert_with(|| day.to_string());
                entries.push(former);
            }
        }
        self.entries = entries;
        let mut text = format!("{}:\n", kind.id);
        for entry in &self.entries {
            for (at, (key, value)) in kind
                .fields
                .iter()
                .filter_map(|field| Some((field.key, entry.get(field.key)?)))
                .enumerate()
            {
                let lead = if at == 0 { "  - " } else { "    " };
                text += &format!("{lead}{key}: {}\n", yaml::quoted(value));
            }
        }
        let text = if self.entries.is_empty() { format!("{}: []\n", kind.id) } else { text };
        (text, lost)
    }
}

/// Returns a row as an entry; `None` if it lacks what an entry must have.
fn entry(kind: &ListKind, columns: &BTreeMap<String, String>, row: &Row) -> Option<Entry> {
    let mut entry = Entry::new();
    for (column, text) in row {
        let Some(field) =
            columns.get(column).and_then(|key| kind.fields.iter().find(|field| field.key == key))
        else {
            continue;
        };
        let fits = match field.kind {
            FieldKind::Day => text.parse::<Date>().is_ok(),
            FieldKind::DayOrYear => {
                let year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
                year || text.len() == 10 && text.parse::<Date>().is_ok()
            }
            FieldKind::Link => text.starts_with("https://") || text.starts_with("http://"),
            FieldKind::Text | FieldKind::Country => true,
            _ => false,
        };
        if fits {
            entry.insert(field.key, text.clone());
        }
    }
    let needed = kind.fields.iter().filter(|field| field.presence == Presence::Required);
    needed.map(|field| field.key).all(|key| entry.contains_key(key)).then_some(entry)
}

/// Returns the entries of `before` that no entry of `now` is: the same by name and purpose, else by
/// name where one is left on each side.
fn left(before: &[Entry], now: &[Entry]) -> Vec<Entry> {
    let key = |entry: &Entry| (entry.get("name").cloned(), entry.get("purpose").cloned());
    let mut free: Vec<&Entry> = now.iter().collect();
    let mut rest: Vec<&Entry> = Vec::new();
    for entry in before {
        match free.iter().position(|other| key(other) == key(entry)) {
            Some(at) => drop(free.remove(at)),
            None => rest.push(entry),
        }
    }
    let named = |entries: &[&Entry], name: Option<&String>| {
        entries.iter().filter(|entry| entry.get("name") == name).count()
    };
    rest.iter()
        .filter(|entry| {
            let name = entry.get("name");
            let former = entry.contains_key("until");
            former || named(&free, name) != 1 || named(&rest, name) != 1
        })
        .map(|entry| (*entry).clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::import::rows::rows;
    use crate::tree::TreePath;

    /// Returns a text as the file of a list, in lines.
    fn listed(list: &str, name: &str, texts: &[(&str, &str)]) -> Vec<String> {
        let kind = ListKind::of(list).unwrap();
        let path = TreePath::new(name).unwrap();
        let read: Vec<Vec<Row>> = texts.iter().map(|(_, text)| rows(&path, text)).collect();
        let columns = columns(kind, &read.concat());
        let mut listed = Listed::default();
        let next = |((day, _), rows): (&(&str, &str), &Vec<Row>)| {
            let (text, _) = listed.next(kind, &columns, rows, day.parse().ok());
            text.split_whitespace().skip(1).collect::<Vec<_>>().join(" ")
        };
        texts.iter().zip(&read).map(next).collect()
    }

    #[test]
    fn a_list_is_read_however_it_is_kept() {
        let expected = [
            "- name: Acme purpose: Hosting country: Norway link: https://acme.example/ - name: Bee purpose: Mail",
        ];
        for (name, text) in [
            (
                "a.md",
                "# S\n\nName of Subprocessor | Description | Location\n--- | --- | ---\n[Acme](https://acme.example/) | Hosting | Norway\nBee | Mail |\n",
            ),
            (
                "a.html",
                "<body><table><tr><th>Company</th><th>Service</th><th>Country</th></tr><tr><td><a href='https://acme.example/'>Acme</a></td><td>Hosting</td><td>Norway</td></tr><tr><td>Bee</td><td>Mail</td><td></td></tr></table></body>",
            ),
            (
                "a.yaml",
                "vendors:\n- company: Acme\n  url: https://acme.example/\n  use: Hosting\n  region: Norway\n- {company: Bee, use: Mail}\n",
            ),
            (
                "a.json",
                "{\"list\": [{\"name\": \"Acme\", \"website\": \"https://acme.example/\", \"purpose\": \"Hosting\", \"country\": \"Norway\"}, {\"name\": \"Bee\", \"purpose\": \"Mail\"}]}",
            ),
        ] {
            assert_eq!(listed("subprocessors", name, &[("2020-01-01", text)]), expected, "{name}");
        }
        let people = "# Thanks\n\n- [Ada](https://ada.example/) - XSS\n- Bo, 2019\n- **Cy**\n";
        assert_eq!(
            listed("whitehats", "a.md", &[("2020-01-01", people)]),
            [
                "- name: Ada link: https://ada.example/ class: XSS - name: Bo class: \"2019\" - name: Cy"
            ]
        );
    }

    #[test]
    fn paragraphs_that_begin_with_a_name_are_entries() {
        let people = "# Thanks\n\nWe thank:\n\n[Ada](https://ada.example/) - [XSS](https://x.example/)\n\n**Bo** of Acme\n";
        assert_eq!(
            listed("whitehats", "a.md", &[("2020-01-01", people)]),
            ["- name: Ada link: https://ada.example/ class: XSS - name: Bo class: of Acme"]
        );
    }

    #[test]
    fn who_left_ends_on_the_day_of_the_version() {
        let table = |rows: &str| format!("| Name | Purpose |\n| --- | --- |\n{rows}");
        let texts = [
            table("| A | x |\n| A | y |\n| B | z |\n"),
            table("| A | x |\n| B | other |\n"),
            table("| A | x |\n| C | z |\n"),
            table("| A | x |\n| A | y |\n"),
        ];
        let days = ["2020-01-01", "2020-02-01", "2020-03-01", "2020-04-01"];
        let texts: Vec<(&str, &str)> =
            days.into_iter().zip(texts.iter().map(String::as_str)).collect();
        let expected = [
            "- name: A purpose: x - name: A purpose: \"y\" - name: B purpose: z",
            "- name: A purpose: x - name: B purpose: other - name: A purpose: \"y\" until: 2020-02-01",
            "- name: A purpose: x - name: C purpose: z - name: B purpose: other until: 2020-03-01 - name: A purpose: \"y\" until: 2020-02-01",
            "- name: A purpose: x - name: A purpose: \"y\" - name: C purpose: z until: 2020-04-01 - name: B purpose: other until: 2020-03-01",
        ];
        let plain = |text: &String| text.replace(['"', '\''], "");
        let found: Vec<String> =
            listed("subprocessors", "a.md", &texts).iter().map(plain).collect();
        let expected: Vec<String> = expected.iter().map(|text| text.replace('"', "")).collect();
        assert_eq!(found, expected);
    }
}
