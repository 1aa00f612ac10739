//! The shapes of the YAML files and of front matter, as JSON Schemas (draft 7) for editors: what
//! may be written, and what it means.
//!
//! Each stands beside the reader of its file; a test holds that both know the same keys.

/// The schema of each YAML file of `content/`, by the file's name without its ending, and those of
/// the front matter of `_index.md` and of a section.
pub const SCHEMAS: [(&str, &str); 6] = [
    ("site", include_str!("schemas/site.json")),
    ("whitehats", include_str!("schemas/whitehats.json")),
    ("subprocessors", include_str!("schemas/subprocessors.json")),
    ("commitments", include_str!("schemas/commitments.json")),
    ("policy", include_str!("schemas/policy.json")),
    ("section", include_str!("schemas/section.json")),
];

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
            let (_, text) = SCHEMAS.iter().find(|(own, _)| *own == name).unwrap();
            serde_json::from_str(text).unwrap()
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
            words(&site["properties"]["contacts"]["items"]["properties"]["kind"]["enum"]),
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
