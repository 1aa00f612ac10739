//! Cases: one text file each, a whole small project and what the program says to it.
//!
//! A case opens with a sentence that says what it shows. Then come parts, each under a line `-- name --`:
//! `-- content/… --` and `-- themes/… --` are files; `-- $ build … --` runs the program and holds its output, `exit N` last;
//! `-- public/… contains --` holds lines that a built file has. `-- example --` puts the example there first. In a file `\xNN` is a byte
//! and `\n\` at a line's end joins lines; a case that needs something a text cannot hold has a test of its own.
//! Run with `UPDATE=1` to write what the program says now.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

use crate::project::Project;

struct Part {
    name: String,
    text: String,
}

#[test]
fn every_case_is_as_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 20, "the cases are there");
    let failed: Vec<String> = cases.iter().filter_map(|case| failure(case)).collect();
    assert!(failed.is_empty(), "{} of {} cases:\n\n{}", failed.len(), cases.len(), failed.join("\n"));
}

/// Runs a case; returns what differs.
fn failure(case: &Path) -> Option<String> {
    let told = fs::read_to_string(case).unwrap();
    let (opening, parts) = parts(&told);
    assert!(opening.trim().len() > 20, "{} says what it shows", case.display());
    let project = Project::empty();
    let mut shown = opening.to_owned();
    let mut runs = 0;
    for part in &parts {
        let text = match part.name.strip_prefix("$ ") {
            Some(line) => {
                runs += 1;
                let arguments: Vec<&str> = line.split_whitespace().collect();
                said(&project, &arguments)
            }
            None => {
                perform(&project, part, case);
                part.text.clone()
            }
        };
        writeln!(shown, "-- {} --", part.name).unwrap();
        shown.push_str(&text);
    }
    assert!(runs > 0, "{} runs the program", case.display());
    if shown == told {
        return None;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(case, &shown).unwrap();
        return None;
    }
    Some(format!("== {}\n-- told --\n{told}\n-- shown --\n{shown}", case.display()))
}

fn parts(told: &str) -> (&str, Vec<Part>) {
    let mut parts: Vec<Part> = Vec::new();
    let mut opening = 0;
    for line in told.split_inclusive('\n') {
        let name = line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --"));
        match (name, parts.last_mut()) {
            (Some(name), _) => parts.push(Part { name: name.to_owned(), text: String::new() }),
            (None, Some(part)) => part.text.push_str(line),
            (None, None) => opening += line.len(),
        }
    }
    (&told[..opening], parts)
}

/// Lays out a file, or checks one that was built.
fn perform(project: &Project, part: &Part, case: &Path) {
    if part.name == "example" {
        assert!(project.run(&["init", "--quiet"]).status.success());
    } else if let Some(file) = part.name.strip_suffix(" contains") {
        let built = project.read(file);
        for line in part.text.lines() {
            assert!(built.contains(line), "{}: {file} has no `{line}`:\n{built}", case.display());
        }
    } else if let Some(file) = part.name.strip_suffix(" is absent") {
        assert!(!project.path(file).exists(), "{}: {file} is there", case.display());
    } else {
        project.write(&part.name, bytes(&part.text));
    }
}

/// Returns the bytes of a file as a case writes it.
fn bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("\\x") {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        bytes.push(u8::from_str_radix(&rest[at + 2..at + 4], 16).unwrap());
        rest = &rest[at + 4..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// Returns what the program says: standard output, standard error, the exit code; without what depends on the machine.
pub fn said(project: &Project, arguments: &[&str]) -> String {
    let output = project.run(arguments);
    let mut text = String::new();
    let lines = |stream: Vec<u8>| String::from_utf8(stream).unwrap().lines().map(|line| timeless(line.trim_end())).collect::<Vec<_>>();
    let mut answer = lines(output.stdout);
    if !arguments.contains(&"check") {
        answer.sort(); // paths in their order, but for the digests in asset names
    }
    for line in answer.into_iter().chain(lines(output.stderr)) {
        writeln!(text, "{line}").unwrap();
    }
    writeln!(text, "exit {}", output.status.code().unwrap()).unwrap();
    text.replace(project.root().to_str().unwrap(), "PROJECT")
}

/// Returns a line without what depends on the machine or on the looks of the theme: times, sizes, the digests in asset names.
fn timeless(line: &str) -> String {
    if let Some(built) = line.strip_prefix("built ") {
        let (before, rest) = built.split_once(" (").unwrap();
        let (_, after) = rest.split_once(") ").unwrap();
        let (after, _) = after.rsplit_once(", ").unwrap();
        return format!("built {before} (… kB) {after}, … ms");
    }
    match line.split_once(" assets/").and_then(|(word, name)| Some((word, name.split_once('.')?, name.rsplit_once('.')?))) {
        Some((word, (stem, _), (_, extension))) => format!("{word} assets/{stem}.….{extension}"),
        None => line.to_owned(),
    }
}
