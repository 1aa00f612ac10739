//! The shapes of the YAML files, as JSON Schemas (draft 7) for editors: what may be written, and what it means.
//!
//! Each stands beside the reader of its file; a test holds that both know the same keys.

/// The schema of each YAML file of `content/`, by the file's name without its ending.
pub const SCHEMAS: [(&str, &str); 4] = [
    ("site", include_str!("schemas/site.json")),
    ("whitehats", include_str!("schemas/whitehats.json")),
    ("subprocessors", include_str!("schemas/subprocessors.json")),
    ("commitments", include_str!("schemas/commitments.json")),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;
    use crate::diagnostic::Code;
    use crate::diagnostic::Diagnostics;
    use crate::model::ContactKind;
    use crate::model::Host;
    use crate::parse;
    use crate::tree::File;
    use crate::tree::Tree;
    use crate::tree::TreePath;

    /// Returns the keys that the reader of a file knows where `probe` holds the unknown key `zzz`.
    fn read(name: &str, probe: &str) -> BTreeSet<String> {
        let file = TreePath::new(&format!("content/{name}.yaml")).unwrap();
        let files: Tree<File> = [(file.clone(), File::new(probe.as_bytes()))].into_iter().collect();
        let mut found = Diagnostics::new();
        parse::content(&files, &mut found);
        let unknown = found.errors().find(|found| found.code == Code::UnknownKey && found.message.contains("`zzz`"));
        let help = unknown.unwrap_or_else(|| panic!("{name}: {found:?}")).help.as_deref().unwrap();
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
        assert_eq!(keys(&site["properties"]["contacts"]["items"]), read("site", "contacts:\n  - zzz: 1"));
        assert_eq!(keys(&site["properties"]["security_txt"]), read("site", "security_txt:\n  zzz: 1"));
        let published: BTreeSet<String> = read("site", "publish:\n  zzz: 1").into_iter().filter(|word| word != "publish").collect();
        assert_eq!(keys(&site["properties"]["publish"]), published);
        for list in ["whitehats", "subprocessors", "commitments"] {
            let schema = schema(list);
            assert_eq!(keys(&schema), read(list, "zzz: 1"));
            assert_eq!(keys(&schema["properties"][list]["items"]), read(list, &format!("{list}:\n  - zzz: 1")));
        }
        let words = |value: &Value| value.as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect::<BTreeSet<_>>();
        let kinds: BTreeSet<String> = ContactKind::ALL.iter().map(|kind| kind.as_str().to_owned()).collect();
        assert_eq!(words(&site["properties"]["contacts"]["items"]["properties"]["kind"]["enum"]), kinds);
        let hosts: BTreeSet<String> = Host::ALL.iter().map(|host| host.as_str().to_owned()).collect();
        assert_eq!(words(&site["properties"]["hosts"]["items"]["enum"]), hosts);
    }
}
