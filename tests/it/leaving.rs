//! A researcher who left the list is named in nothing that tells of the change: neither of the list
//! nor of a policy that shows it.

use crate::project::Project;

const WHO: &str = "Ada Lovelace";

fn list(entries: &str) -> String {
    format!(
        "whitehats:\n  - {{name: Bee Booth, link: 'https://bee.example/', consent: true}}\n{entries}"
    )
}

/// Returns a project of which the list, and a policy that shows it, were released with somebody who
/// has left since; the policy alone again without them.
fn left() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    project.write("content/security/_index.md", "---\ntitle: Security\n---\n");
    project.write(
        "content/security/010-thanks.md",
        "## Thanks\n\nThank you:\n\n{{ whitehats }}\n\nYou too.\n",
    );
    project.write(
        "content/whitehats.yaml",
        list(&format!("  - {{name: {WHO}, date: 2024-01-02, consent: true}}\n")),
    );
    project.said_on("2024-02-01", &["release", "--summary", "First", "--yes", "--quiet"], 0);
    project.write(
        "content/whitehats.yaml",
        list(&format!("  - {{name: {WHO}, date: 2024-01-02, consent: false}}\n")),
    );
    project
}

#[test]
fn nothing_that_tells_of_a_change_names_who_left() {
    let project = left();
    let hushed = |arguments: &[&str]| {
        let said = project.said_on("2024-03-01", arguments, 0);
        // Whoever releases is told which name older versions still hold, and how to redact it.
        let said: String =
            said.split_inclusive('\n').filter(|line| !line.contains("policybook redact")).collect();
        assert!(!said.contains("Ada") && !said.contains("Lovelace"), "{arguments:?}\n{said}");
        said
    };
    for document in ["security", "whitehats"] {
        for format in ["words", "markdown", "html", "json"] {
            let said = hushed(&["diff", document, "--format", format]);
            assert!(
                said.contains("1 person") || format == "html" && said.contains(">1 person<"),
                "{document} {format}\n{said}"
            );
        }
        hushed(&["diff", document, "--format", "stat"]);
    }
    hushed(&["status"]);
    hushed(&["status", "--format", "json"]);
    hushed(&["release", "--summary", "Second", "--dry-run"]);
    let objections = project.said_on(
        "2024-03-01",
        &["release", "--summary", "Second", "--editorial", "--dry-run"],
        1,
    );
    assert!(!objections.contains("Ada"), "{objections}");
    // A text beside the project names whom it names.
    project.write(
        "own.md",
        "## Thanks\n\nThank you:\n\n- [Bee Booth](https://bee.example/)\n\nYou too.\n",
    );
    let said = hushed(&["diff", "security", "2024-02-01", "own.md"]);
    assert!(said.contains("[-1 person-]") && !said.contains("Bee Booth-]"), "{said}");

    hushed(&["release", "--summary", "Second", "--yes"]);
    // Whoever asks only later is found by the old versions of the list.
    project.said_on("2024-03-02", &["build", "--locked"], 0);
    let mut named = Vec::new();
    for (path, bytes) in project.files("public") {
        let text = String::from_utf8_lossy(&bytes);
        if text.contains(WHO) || text.contains("Lovelace") {
            named.push(path);
        }
    }
    // What was released stays as it is; pages that tell what changed, and feeds, name nobody.
    let frozen = |path: &String| {
        path.contains("2024-02-01") && !path.contains("/compare/") && !path.contains("/since/")
    };
    assert!(!named.is_empty() && named.iter().all(frozen), "{named:?}");
    let changes = project.read("public/security/v/2024-03-01/changes/index.html");
    assert!(changes.contains("1 person") && changes.contains("Bee Booth"), "{changes}");
}
