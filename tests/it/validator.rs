//! The built pages and styles before the Nu HTML checker, the one that browser makers and the W3C
//! use.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;

use crate::project::Project;

/// A section with everything that markdown can say, with little room for it.
const SECTION: &str = r#"---
summary: A summary with <angles>, "quotes" & an ampersand.
---
## Reserved words & “quotes” <here>

A paragraph with *emphasis*, **strength**, ~~a slip~~, `code`, a hard\
break, an [address](https://example.com/?a=1&b=2 "A title & more"), a [mailbox](mailto:somebody@example.com),
a way [to a policy](../security/010-reporting.md), [to a list](../whitehats.yaml) and [to a heading](#pinned).
A note[^one], another[^two] and the first again[^one].
Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft has no place to break,
nor has https://example.com/a-very-long-address/that-nobody-would-type/0123456789012345678901234567890123456789.

- a list
- with a list
  1. that is numbered

     and holds a paragraph
  2. twice
- and an end

7. seven
8. eight

Term
: Its definition.
: Another, with `code`.

> A quotation
>
> of two paragraphs.

> [!NOTE]
> Every alert

> [!TIP]
> has its

> [!IMPORTANT]
> own

> [!WARNING]
> look

> [!CAUTION]
> here.

```sh
sha256sum --check SHA256SUMS && grep '  security/[^/]*$' SHA256SUMS | sha256sum | cut --delimiter=' ' --fields=1
```

    code by its indent

| Left | Middle | Right | `Code` | A wordy heading | Another one |
|:-----|:------:|------:|--------|-----------------|-------------|
| 1    | two    | 3,00  | `four` | Donaudampfschifffahrtsgesellschaft | https://example.com/a-long-address/without-end |
| | | | | | |

----

### Below {#pinned}

#### Deeper

Words.

##### Deeper still

Words.

[^one]: The first note, with a [way](#pinned) out.
[^two]:
    The second.

    - With a list.
[^three]: Nobody refers to this one.
"#;

/// Names that a page might want for itself.
const NAMES: [&str; 5] = ["contact", "contents", "main", "note", "ref"];

/// Returns a project with a page of its own for each thing that an author can write.
pub fn every_construct() -> Project {
    let project = Project::example();
    let opening = "---\ntitle: Everything & <more>\nsummary: A policy with \"everything\" in it.\n---\n\nThe opening words.\n\n### With a heading\n\nAnd more.\n";
    project.write("content/everything/_index.md", opening);
    project.write("content/everything/100-constructs.md", SECTION);
    for (index, name) in NAMES.iter().enumerate() {
        project.write(
            &format!("content/everything/{index}-{name}.md"),
            format!("## {name}\n\nWords, to be found [here](#{name}).\n"),
        );
    }
    let whitehats = "  - name: '<Ada> & \"Co\"'\n    link: https://example.com/?a=1&b=2\n    date: 2023\n  - name: Grace\n    date: 2023-02-15\n";
    project.write("content/whitehats.yaml", project.read("content/whitehats.yaml") + whitehats);
    let keys = ["entity", "data", "country", "safeguard", "group"];
    let cells: String = keys
        .iter()
        .map(|key| format!("    {key}: \"The {key}, with <angles> & an ampersand\"\n"))
        .collect();
    let subprocessors = format!(
        "  - name: A\n    purpose: B\n    link: https://example.com/\n{cells}  - name: C\n    purpose: D\n"
    );
    project.write(
        "content/subprocessors.yaml",
        project.read("content/subprocessors.yaml") + &subprocessors,
    );
    let contact = "contacts:\n  - kind: privacy\n    email: privacy@example.com\n    phone: +44 (0)20 7946 0000\n    form: https://example.com/form\n    hours: 9 to 5\n";
    let site = project.read("content/site.yaml");
    assert!(site.contains("contacts:\n"), "the example has contacts");
    project.write("content/site.yaml", site.replace("contacts:\n", contact));
    project
}

/// Returns the checker: the environment variable `VNU_JAR`, else where `tests/run` installs it.
fn checker() -> PathBuf {
    let installed = || {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("target/tools/node_modules/vnu-jar/build/dist/vnu.jar")
    };
    let jar = env::var_os("VNU_JAR").map_or_else(installed, PathBuf::from);
    assert!(
        jar.is_file(),
        "there is no Nu HTML checker at {}: run `tests/run`, which installs it",
        jar.display()
    );
    jar
}

/// Has the checker read the pages, styles and pictures below folders; returns its errors and
/// warnings.
fn faults(folders: &[PathBuf]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let files: Vec<PathBuf> = folders
        .iter()
        .flat_map(|folder| walkdir::WalkDir::new(folder).sort_by_file_name())
        .map(|entry| entry.expect("list a folder").into_path())
        .filter(|path| {
            path.extension().is_some_and(|extension| {
                ["html", "css", "svg"].iter().any(|known| extension == *known)
            })
        })
        .filter(|path| seen.insert(fs::read(path).expect("read a file")))
        .collect();
    assert!(files.len() > 20, "the pages are there: {files:?}");
    let mut command = Command::new("java");
    command.arg("-jar").arg(checker()).args([
        "--format",
        "json",
        "--stdout",
        "--exit-zero-always",
        "--also-check-css",
        "--also-check-svg",
    ]);
    let output = command
        .args(files)
        .output()
        .unwrap_or_else(|error| panic!("run `tests/run`, which installs Java: {error}"));
    let (said, complaint) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let report: Value =
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error} in {said}{complaint}"));
    let messages = report["messages"].as_array().expect("a list of messages");
    // A warning is told as information of a kind of its own.
    let grave = messages
        .iter()
        .filter(|message| message["type"] != "info" || message["subType"] == "warning");
    let line = |message: &Value| {
        format!(
            "{} {}: {} in `{}`",
            message["url"], message["lastLine"], message["message"], message["extract"]
        )
    };
    grave.map(line).collect()
}

#[test]
#[ignore = "needs Java and the Nu HTML checker: tests/run installs them"]
fn nu_html_checker_finds_no_error() {
    let released = Project::example();
    let edited = Project::example();
    let section = edited.read("content/security/010-reporting.md");
    edited.write("content/security/010-reporting.md", format!("{section}\nOne more sentence.\n"));
    let withdrawn = Project::example();
    fs::remove_file(withdrawn.path("content/security/230-whitehats.md")).unwrap();
    fs::remove_file(withdrawn.path("content/whitehats.yaml")).unwrap();
    let everything = every_construct();
    let whole = Project::example();
    let site = whole.read("content/site.yaml");
    whole.write("content/site.yaml", format!("{site}\nminify: pages\n"));
    // Each project is there for the sake of a page that no other has.
    let pages = [
        (&released, "security/v/original/index.html", "<strong>Old version.</strong>"),
        (&edited, "security/index.html", "<strong>Draft.</strong>"),
        (&withdrawn, "whitehats/index.html", "<strong>Withdrawn.</strong>"),
        (&everything, "everything/history/index.html", "No version has been published yet."),
        (&whole, "404.html", "Not found"),
    ];
    for (project, page, words) in pages {
        project.build(&[]);
        assert!(project.read(&format!("public/{page}")).contains(words), "{page} says `{words}`");
    }
    let folders = pages.map(|(project, ..)| project.path("public"));
    let faults = faults(&folders);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
