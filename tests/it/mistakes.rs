//! The mistakes that people make are told with their place, their cause and their remedy, each by
//! itself: `tests/mistakes.txt` has them, and what is expected of each.

#![allow(clippy::print_stdout, reason = "what is counted is printed")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::project::Project;

/// A project without any finding.
fn sound() -> Project {
    let project = Project::empty();
    let site = "name: Acme\nbase_url: https://policies.acme.test/\ncontacts:\n  - kind: security\n    email: security@acme.test\nsecurity_txt:\n  policy: security\n  expires: 2027-10-01T00:00:00Z\n";
    for (path, text) in [
        ("site.yaml", site),
        ("security/_index.md", "---\ntitle: Security policy\n---\n\nHow we do it.\n"),
        ("security/010-reporting.md", "## Reporting\n\nWrite to {{ contact.security }}.\n"),
        ("privacy/_index.md", "---\ntitle: Privacy policy\n---\n\nWhat we keep.\n"),
        (
            "privacy/010-data.md",
            "## Data\n\nNone, see [reporting](../security/010-reporting.md).\n",
        ),
        (
            "subprocessors.yaml",
            "subprocessors:\n  - name: Hosting\n    purpose: Hosting\n    country: DE\n",
        ),
        ("whitehats.yaml", "whitehats:\n  - name: Ada\n"),
    ] {
        project.write(&format!("content/{path}"), text);
    }
    project
}

/// What was said of a mistake.
struct Told {
    at: String,
    cause: String,
    remedy: String,
    besides: Vec<String>,
}

/// Makes a mistake, and returns what is said of it.
fn made(project: &Project, lines: &[&str]) -> Told {
    let mut command = None;
    for line in lines {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let most = if word == "swap" { 3 } else { 2 };
        let parts = rest.splitn(most, " | ").map(|part| part.replace("\\n", "\n"));
        let parts: Vec<String> = parts.map(|part| part.replace("\\t", "\t")).collect();
        match (word, &parts[..]) {
            ("file", [path, text]) => project.write(path, text),
            ("swap", [path, old, new]) => project.edit(path, old, new),
            ("gone", [path]) => fs::remove_file(project.path(path)).unwrap(),
            ("release", _) => drop(project.said(&["release", "--summary", "First", "--yes"], 0)),
            ("$", _) => command = Some(rest),
            _ => {}
        }
    }
    if let Some(command) = command {
        let output = project.run(&command.split(' ').collect::<Vec<_>>());
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        let at = output.status.code().unwrap().to_string();
        return Told { at, cause: said.clone(), remedy: said, besides: Vec::new() };
    }
    let output = project.run(&["check", "--format", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = answer["findings"].as_array().unwrap();
    let Some(found) = findings.first() else {
        let nothing = String::new();
        return Told {
            at: nothing.clone(),
            cause: nothing.clone(),
            remedy: nothing,
            besides: vec![],
        };
    };
    let start = match (&found["start"]["line"], &found["start"]["column"]) {
        (Value::Number(line), Value::Number(column)) => format!(":{line}:{column}"),
        _ => String::new(),
    };
    // A word at the place itself belongs to the message.
    let remedy = [&found["message"], &found["help"], &found["fix"]["what"]].map(text);
    Told {
        at: format!("{} {}{start}", text(&found["code"]), text(&found["file"])),
        cause: text(&found["message"]),
        remedy: remedy.join("\n"),
        besides: findings.iter().skip(1).map(|found| text(&found["code"])).collect(),
    }
}

#[test]
fn a_mistake_is_told_with_its_place_its_cause_and_its_remedy() {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes.txt");
    let table = fs::read_to_string(table).unwrap();
    let (mut all, mut right, mut wrong) = (0, [0; 4], String::new());
    for mistake in table.split("\n== ").skip(1) {
        let lines: Vec<&str> = mistake.lines().filter(|line| !line.is_empty()).collect();
        let expected = |word: &str| {
            let line =
                lines[1..].iter().find_map(|line| line.strip_prefix(word)?.strip_prefix(' '));
            line.unwrap_or_default().replace("\\n", "\n")
        };
        let project = sound();
        let told = made(&project, &lines[1..]);
        let besides = expected("besides");
        let mut judged = [
            told.at == expected("at"),
            told.cause.contains(&expected("cause")),
            told.remedy.contains(&expected("remedy")),
            told.besides.iter().all(|code| *code == besides),
        ];
        for line in lines.iter().filter_map(|line| line.strip_prefix("fixed ")) {
            let (path, text) = line.split_once(" | ").unwrap();
            project.run(&["check", "--fix"]);
            judged[2] &= project.read(path).contains(&text.replace("\\n", "\n"));
        }
        all += 1;
        for (count, judged) in right.iter_mut().zip(judged) {
            *count += usize::from(judged);
        }
        if judged.contains(&false) {
            let Told { at, cause, remedy, besides } = told;
            writeln!(
                wrong,
                "{}: {judged:?}\n  {at}\n  {cause}\n  {remedy}\n  {besides:?}",
                lines[0]
            )
            .unwrap();
        }
    }
    let [place, cause, remedy, alone] = right;
    println!("of {all} mistakes: place {place}, cause {cause}, remedy {remedy}, told once {alone}");
    assert!(all > 80 && wrong.is_empty(), "{wrong}{right:?} of {all}");
}
