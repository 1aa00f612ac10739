//! The README is true: its console sessions run as they are printed.

use std::fs;
use std::path::Path;

use crate::cases;
use crate::project::Project;

#[test]
fn the_sessions_of_the_readme_run_as_printed() {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mut commands = 0;
    for session in
        readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap())
    {
        let project = Project::empty();
        for printed in session.split("$ policybook ").skip(1) {
            let (line, told) = printed.split_once('\n').unwrap();
            let arguments: Vec<&str> = line.split_whitespace().collect();
            let said = cases::said(&project, &arguments);
            let (said, _) = said.rsplit_once("exit ").unwrap();
            assert_eq!(said, told, "policybook {line}");
            commands += 1;
        }
    }
    assert_eq!(commands, 3);
}

#[test]
fn the_reference_names_every_key_of_the_settings() {
    let schema = Project::empty().said(&["schema", "site"], 0);
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let reference = fs::read_to_string(root.join("docs/site.md")).unwrap();
    let keys = schema["properties"].as_object().unwrap().keys();
    let missing: Vec<&String> =
        keys.filter(|key| !reference.contains(&format!("`{key}`"))).collect();
    assert!(missing.is_empty(), "docs/site.md does not name {missing:?}");
}

#[test]
fn every_link_between_the_pages_of_the_docs_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let mut links = 0;
    for page in docs.chain([root.join("README.md")]) {
        let text = fs::read_to_string(&page).unwrap();
        // What stands in a block of code is an example.
        for prose in text.split("```").step_by(2) {
            for rest in prose.split("](").skip(1) {
                let link = rest.split(')').next().unwrap();
                let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
                if !file.ends_with(".md") || file.contains("://") {
                    continue;
                }
                let target = page.parent().unwrap().join(file);
                let there = fs::read_to_string(&target);
                let Ok(there) = there else {
                    // The example of a link in the text of a policy.
                    assert!(prose.contains("`["), "{}: {link}", page.display());
                    continue;
                };
                links += 1;
                let slug = |heading: &str| heading.to_lowercase().replace(' ', "-");
                let found = there
                    .lines()
                    .filter(|line| line.starts_with('#'))
                    .any(|line| slug(line.trim_start_matches('#').trim()) == anchor);
                assert!(anchor.is_empty() || found, "{}: {link}", page.display());
            }
        }
    }
    assert!(links > 30, "{links} links");
}

#[test]
fn the_guide_to_themes_tells_of_every_field_that_a_template_uses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let guide = fs::read_to_string(root.join("docs/theme.md")).unwrap();
    let mut fields = std::collections::BTreeSet::new();
    for entry in fs::read_dir(root.join("themes/default/templates")).unwrap() {
        let template = fs::read_to_string(entry.unwrap().path()).unwrap();
        for mark in template.split(['{', '}']).filter(|mark| !mark.contains('<')) {
            // What is quoted is the id of a message, or a word.
            let code: String = mark.split('"').step_by(2).collect();
            let words = code
                .split(|letter: char| !letter.is_ascii_alphanumeric() && !"._".contains(letter));
            let named = words
                .filter(|word| {
                    word.contains('.') && !word.ends_with(".html") && !word.ends_with(".yaml")
                })
                .flat_map(|word| word.split('.').skip(1));
            fields.extend(named.filter(|field| !field.is_empty()).map(str::to_owned));
        }
    }
    let own = |field: &String| {
        field.starts_with("site_")
            || field.starts_with("redline_")
            || ["history_js", "icon_svg", "index0", "last"].contains(&field.as_str())
    };
    let missing: Vec<&String> = fields
        .iter()
        .filter(|field| !own(field) && !guide.contains(&format!("`{field}`")))
        .collect();
    assert!(
        fields.len() > 40 && missing.is_empty(),
        "docs/theme.md does not tell of {missing:?} of {}",
        fields.len()
    );
}
