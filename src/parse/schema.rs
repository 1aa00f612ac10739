//! The shapes of the YAML files and of front matter, as JSON Schemas (draft 7) for editors: what
//! may be written, and what it means. Those of the lists follow from their descriptions.
//!
//! Each of the others stands beside the reader of its file; a test holds that both know the same
//! keys.

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::model::{Field, FieldKind, LISTS, ListKind, Presence};

/// Returns the schema of each YAML file of `content/`, by the file's name without its ending, and
/// those of the front matter of `_index.md` and of a section.
pub fn schemas() -> Vec<(&'static str, Cow<'static, str>)> {
    let site = ("site", include_str!("schemas/site.json").into());
    let lists = LISTS.into_iter().map(|kind| (kind.id, of_list(kind).into()));
    let matter = [
        ("policy", include_str!("schemas/policy.json").into()),
        ("section", include_str!("schemas/section.json").into()),
    ];
    std::iter::once(site).chain(lists).chain(matter).collect()
}

/// A JSON value whose keys stay in their order.
enum Json {
    Flag(bool),
    Number(u64),
    Text(Cow<'static, str>),
    Texts(Vec<&'static str>),
    List(Vec<Json>),
    Map(Vec<(&'static str, Json)>),
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Flag(flag) => flag.serialize(serializer),
            Json::Number(number) => number.serialize(serializer),
            Json::Text(text) => text.serialize(serializer),
            Json::Texts(texts) => texts.serialize(serializer),
            Json::List(values) => values.serialize(serializer),
            Json::Map(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }
    }
}

fn text(text: impl Into<Cow<'static, str>>) -> Json {
    Json::Text(text.into())
}

fn of_list(kind: &ListKind) -> String {
    let what: String = kind.entry.chars().take(1).flat_map(char::to_uppercase).collect();
    let what = ("description", text(format!("{what}{}.", &kind.entry[1..])));
    let fields = mapping(kind.fields.iter().filter(is_written));
    let entry = Json::Map(std::iter::once(what).chain(fields).collect());
    let entries = Json::Map(vec![
        ("description", text(format!("The {}.", kind.entries))),
        ("type", Json::Texts(vec!["array", "null"])),
        ("items", entry),
    ]);
    let about = [
        ("$schema", text("http://json-schema.org/draft-07/schema#")),
        ("title", text(format!("{}.yaml", kind.id))),
        ("description", text(kind.summary)),
        ("type", text("object")),
        ("properties", Json::Map(vec![(kind.head.key, field(&kind.head)), (kind.id, entries)])),
        ("additionalProperties", Json::Flag(false)),
    ];
    let schema = Json::Map(about.into());
    serde_json::to_string_pretty(&schema).expect("a schema is plain data") + "\n"
}

/// Returns true if a field is written by itself.
fn is_written(field: &&Field) -> bool {
    !matches!(field.kind, FieldKind::Joined(_))
}

/// Returns what a mapping with these fields is.
fn mapping<'a>(fields: impl Iterator<Item = &'a Field> + Clone) -> Vec<(&'static str, Json)> {
    let required = fields.clone().filter(|field| field.presence == Presence::Required);
    let required = required.map(|field| field.key).collect();
    let needs = fields.clone().flat_map(|field| match field.presence {
        Presence::With(other) => vec![(field.key, other), (other, field.key)],
        Presence::Beside(other) => vec![(field.key, other)],
        Presence::Required | Presence::Optional => Vec::new(),
    });
    let needs: Vec<_> = needs.map(|(key, other)| (key, Json::Texts(vec![other]))).collect();
    let mut mapping = vec![
        ("type", text("object")),
        ("properties", Json::Map(fields.map(|own| (own.key, field(own))).collect())),
        ("additionalProperties", Json::Flag(false)),
        ("required", Json::Texts(required)),
    ];
    if !needs.is_empty() {
        mapping.push(("dependencies", Json::Map(needs)));
    }
    mapping
}

/// Returns what a field is.
fn field(field: &Field) -> Json {
    let kinds = |kinds: &[&'static str]| ("type", Json::Texts(kinds.to_vec()));
    let pattern = |pattern: &'static str| ("pattern", text(pattern));
    let examples = |examples: Vec<Json>| ("examples", Json::List(examples));
    let day = || {
        vec![
            ("type", text("string")),
            pattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
            examples(vec![text("2026-11-21")]),
        ]
    };
    let shape = match field.kind {
        FieldKind::Text | FieldKind::Line | FieldKind::Joined(_) => {
            vec![kinds(&["string", "number"])]
        }
        FieldKind::Id => vec![("type", text("string")), pattern("^[a-z0-9]+([_-][a-z0-9]+)*$")],
        FieldKind::Link => vec![
            ("type", text("string")),
            pattern("^https?://"),
            examples(vec![text("https://example.com/")]),
        ],
        FieldKind::Day => day(),
        FieldKind::DayOrYear => {
            vec![kinds(&["string", "integer"]), pattern("^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$")]
        }
        FieldKind::Year => vec![kinds(&["string", "integer"]), pattern("^[0-9]{4}$")],
        // YAML takes `NO` for a no.
        FieldKind::Country => vec![kinds(&["string", "boolean"])],
        FieldKind::Texts => vec![
            kinds(&["array", "null"]),
            ("items", Json::Map(vec![kinds(&["string", "number"])])),
        ],
        FieldKind::Consent => vec![("type", text("boolean"))],
        FieldKind::Removal => {
            let date = Json::Map(
                std::iter::once(("description", text("The date."))).chain(day()).collect(),
            );
            let reason =
                Json::Map(vec![("description", text("The reason.")), kinds(&["string", "number"])]);
            vec![
                ("type", text("object")),
                ("properties", Json::Map(vec![("date", date), ("reason", reason)])),
                ("additionalProperties", Json::Flag(false)),
                ("required", Json::Texts(vec!["date", "reason"])),
            ]
        }
        FieldKind::Quantity => {
            vec![kinds(&["string", "number"]), examples(vec![Json::Number(48), text("1 to 5")])]
        }
        FieldKind::Unit => {
            vec![("type", text("string")), examples(vec![text("business hours")])]
        }
        FieldKind::Word(words) => vec![("enum", Json::Texts(words.to_vec()))],
        FieldKind::Passage => {
            vec![("type", text("string")), examples(vec![text("security#reporting")])]
        }
    };
    let about = ("description", text(format!("{}.", field.about)));
    Json::Map(std::iter::once(about).chain(shape).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::diagnostic::{Code, Diagnostics};
    use crate::model::{ContactKind, Element, Host};
    use crate::parse;
    use crate::tree::{File, Tree, TreePath};

    /// Returns the keys that the reader of a file knows where `probe` holds the unknown key `zzz`.
    fn read(name: &str, probe: &str) -> BTreeSet<String> {
        read_in(&format!("{name}.yaml"), probe)
    }

    fn read_in(name: &str, probe: &str) -> BTreeSet<String> {
        let file = TreePath::new(&format!("content/{name}")).unwrap();
        known([(file, File::new(probe.as_bytes()))].into_iter().collect())
    }

    fn known(files: Tree<File>) -> BTreeSet<String> {
        let mut found = Diagnostics::new();
        parse::content(&files, &mut found);
        let unknown = found
            .errors()
            .find(|found| found.code == Code::UnknownKey && found.message.contains("`zzz`"));
        let help = unknown.unwrap_or_else(|| panic!("{found:?}")).help.as_deref().unwrap();
        help.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    }

    fn keys(schema: &Value) -> BTreeSet<String> {
        schema["properties"].as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn schemas_and_readers_know_the_same_keys() {
        let schema = |name: &str| -> Value {
            let (_, text) = schemas().into_iter().find(|(own, _)| *own == name).unwrap();
            serde_json::from_str(&text).unwrap()
        };
        let site = schema("site");
        assert_eq!(keys(&site), read("site", "zzz: 1"));
        assert_eq!(
            keys(&site["properties"]["contacts"]["items"]),
            read("site", "contacts:\n  - zzz: 1")
        );
        assert_eq!(
            keys(&site["properties"]["security_txt"]),
            read("site", "security_txt:\n  zzz: 1")
        );
        let published: BTreeSet<String> = read("site", "publish:\n  zzz: 1")
            .into_iter()
            .filter(|word| word != "publish")
            .collect();
        assert_eq!(keys(&site["properties"]["publish"]), published);
        for list in ["whitehats", "subprocessors", "commitments"] {
            let schema = schema(list);
            assert_eq!(keys(&schema), read(list, "zzz: 1"));
            assert_eq!(
                keys(&schema["properties"][list]["items"]),
                read(list, &format!("{list}:\n  - zzz: 1"))
            );
        }
        assert_eq!(keys(&schema("policy")), read_in("security/_index.md", "---\nzzz: 1\n---\n"));
        let section = "content/security/10-a.md";
        let opening = TreePath::new("content/security/_index.md").unwrap();
        let files = [
            (opening, "---\ntitle: A\n---\n"),
            (TreePath::new(section).unwrap(), "---\nzzz: 1\n---\n## A\n"),
        ];
        assert_eq!(
            keys(&schema("section")),
            known(
                files.map(|(path, text)| (path, File::new(text.as_bytes()))).into_iter().collect()
            )
        );
        let words = |value: &Value| {
            value
                .as_array()
                .unwrap()
                .iter()
                .map(|word| word.as_str().unwrap().to_owned())
                .collect::<BTreeSet<_>>()
        };
        let kinds: BTreeSet<String> =
            ContactKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
        assert_eq!(
            words(&site["properties"]["contacts"]["items"]["properties"]["kind"]["examples"]),
            kinds
        );
        let elements: BTreeSet<String> =
            Element::ALL.iter().map(|(_, name, _)| (*name).to_owned()).collect();
        for name in ["policy", "section"] {
            assert_eq!(words(&schema(name)["properties"]["covers"]["items"]["enum"]), elements);
        }
        let hosts: BTreeSet<String> =
            Host::ALL.iter().map(|host| host.as_str().to_owned()).collect();
        assert_eq!(words(&site["properties"]["hosts"]["items"]["enum"]), hosts);
    }
}
