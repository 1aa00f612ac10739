//! A list that stands in the tests alone goes through the whole house: its description, a template
//! and a title are all that there is of it.

#![allow(clippy::disallowed_methods, reason = "a test is an edge of its own")]

use std::fs;
use std::path::Path;

use crate::cli;

const TEMPLATE: &str = "\
{% extends \"base.html\" %}
{% block main %}<article>{% include \"head.html\" %}
<p>{{ note }}</p><table><caption>Certificates</caption>
<thead><tr><th>Standard</th>{% for title in entries.columns %}<th>{{ title }}</th>{% endfor %}</tr></thead>
<tbody>{% for entry in entries.entries %}<tr><th><a href=\"{{ entry.link }}\">{{ entry.name }}</a></th>\
{% for cell in entry.cells %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</tbody></table>
{% include \"foot.html\" %}</article>{% endblock %}
";

/// Runs a command in a project; returns true if it ended with 0.
fn run(root: &Path, arguments: &[&str]) -> bool {
    let root = root.to_str().unwrap();
    let all = ["policybook", "-C", root, "-q"].into_iter().chain(arguments.iter().copied());
    cli::run(all.map(Into::into)) == std::process::ExitCode::SUCCESS
}

#[test]
fn a_new_list_is_a_description_a_template_and_titles() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let write = |path: &str, text: &str| {
        fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        fs::write(root.join(path), text).unwrap();
    };
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
    write("content/site.yaml", "name: A\nbase_url: https://a.example/\ntheme: own\n");
    write("content/a/_index.md", "---\ntitle: A\n---\nWe hold:\n\n{{ certificates }}\n");
    write("themes/own/templates/certificates.html", TEMPLATE);
    let list = "note: All of them.\ncertificates:\n- name: ISO 27001\n  scope: The whole company\n";
    write("content/certificates.yaml", list);
    // It is written by the command.
    let soc = [
        "add",
        "certificate",
        "SOC 2",
        "--link",
        "https://soc.example/",
        "--effective",
        "2024-01-02",
    ];
    assert!(run(root, &soc) && !run(root, &soc), "added once");
    let added = "- name: SOC 2\n  link: https://soc.example/\n  effective: 2024-01-02\n";
    assert_eq!(read("content/certificates.yaml"), format!("{list}{added}"));
    // A policy shows it, and so does a page of its own, frozen as others are.
    let release = |id: &str| {
        run(root, &["release", "--id", id, "--summary", "One certificate more.", "--yes"])
    };
    assert!(release("one"));
    assert!(run(root, &["build"]));
    let cell = "<td>The whole company";
    assert!(read("public/certificates/index.html").contains(cell));
    assert!(read("public/certificates/v/one/index.html").contains(cell));
    assert!(read("public/a/index.html").contains("SOC 2</a>"));
    assert_eq!(
        read("public/certificates.csv"),
        "id,name,scope,link,effective,until\r\n\
         ,ISO 27001,The whole company,,,\r\n,SOC 2,,https://soc.example/,2024-01-02,\r\n"
    );
    let json: serde_json::Value = serde_json::from_str(&read("public/certificates.json")).unwrap();
    assert_eq!(json["note"], "All of them.");
    assert_eq!(json["certificates"][1]["link"], "https://soc.example/");
    assert_eq!(json["certificates"][0]["until"], serde_json::Value::Null);
    // What changes in it is told field by field, and an entry may not go without a last day.
    let text = read("content/certificates.yaml").replace("The whole company", "Europe");
    write("content/certificates.yaml", &text);
    let changes = root.join("changes.md");
    let changes = changes.to_str().unwrap();
    assert!(run(root, &["diff", "certificates", "--format", "markdown", "--output", changes]));
    let told = fs::read_to_string(changes).unwrap();
    assert!(told.contains("The whole company") && told.contains("Europe"), "{told}");
    assert!(release("two"));
    write("content/certificates.yaml", &text.replace(added, ""));
    assert!(!run(root, &["check"]), "it went without `until`");
    write(
        "content/certificates.yaml",
        &text.replace(added, &format!("{added}  until: 2024-02-02\n")),
    );
    assert!(run(root, &["check"]));
    // Editors know its keys.
    assert!(run(root, &["schema", "--write"]));
    let schema: serde_json::Value =
        serde_json::from_str(&read("schemas/certificates.json")).unwrap();
    let entry = &schema["properties"]["certificates"]["items"];
    assert_eq!(entry["required"], serde_json::json!(["name"]));
    assert!(entry["properties"]["scope"]["description"].is_string());
    assert!(run(root, &["verify"]));
}
