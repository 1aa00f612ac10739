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
