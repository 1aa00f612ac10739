//! Cases: one text file each, a whole small project and what the program says to it.
//!
//! A case opens with a sentence that says what it shows. Then come parts, each under a line `--
//! name --`: `-- content/… --` and `-- themes/… --` are files; `-- $ build … --` runs the program
//! and holds its output, `exit N` last; `-- public/… contains --` holds lines that a built file
//! has. `-- example --` puts the example there first. In a file `\xNN` is a byte and `\n\` at a
//! line's end joins lines; a case that needs something a text cannot hold has a test of its own.
//! Run with `UPDATE=1` to write what the program says now.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::project::Project;

struct Part {
    name: String,
    text: String,
}

/// Makes a test of each case, by its name.
macro_rules! cases {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                holds(stringify!($name));
            }
        )*

        const NAMES: &[&str] = &[$(stringify!($name)),*];
    };
}

cases! {
    accent_and_logo
    acts
    anchor_bomb
    anchors
    bad_values
    below
    broken_links
    byte_order_mark
    check_output
    commitments
    compare
    conflict
    contacts
    correct
    dangling_reference
    dead_end
    diff
    disclosure_profile
    draft
    duplicate_entry
    duplicate_key
    empty_section
    excuses
    fix
    front_matter
    front_matter_open
    frozen_changed
    hostile_names
    init
    ledger_changed
    list_promises
    lost_words
    mangled_address
    markdown
    messages
    missing_site
    names_and_places
    navigation
    not_utf8
    output_inside_content
    pages
    publish
    publish_values
    raw_html
    raw_html_allowed
    security_txt
    security_txt_expired
    security_txt_fields
    security_txt_review
    security_txt_values
    suppressions
    theme_eject
    theme_error
    theme_head
    theme_missing
    theme_override
    theme_syntax
    time
    too_deep
    two_sections_one_id
    uncommitted_suppressed
    unknown_key
    usage
    verify
    webhook_in_the_clear
    words
    wrong_type
    yaml_syntax
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases")
}

#[test]
fn every_file_is_a_test() {
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let there: BTreeSet<String> = files.collect();
    let named: BTreeSet<String> = NAMES.iter().map(|name| file(name)).collect();
    assert_eq!(named, there, "the names above are those of the files");
}

/// Returns the name of a case's file.
fn file(name: &str) -> String {
    format!("{}.txt", name.replace('_', "-"))
}

/// Runs a case, which must show what its file says.
#[track_caller]
fn holds(name: &str) {
    let case = folder().join(file(name));
    let told = fs::read_to_string(&case).unwrap();
    let (opening, parts) = parts(&told);
    assert!(opening.trim().len() > 20, "a case says what it shows");
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
                perform(&project, part);
                part.text.clone()
            }
        };
        writeln!(shown, "-- {} --", part.name).unwrap();
        shown.push_str(&text);
    }
    assert!(runs > 0, "a case runs the program");
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&case, &shown).unwrap();
        return;
    }
    assert!(shown == told, "{} differs\n-- told --\n{told}\n-- shown --\n{shown}", case.display());
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
fn perform(project: &Project, part: &Part) {
    if part.name == "example" {
        assert!(project.run(&["init", "--quiet", "--example"]).status.success());
    } else if let Some(file) = part.name.strip_suffix(" contains") {
        let built = project.read(file);
        for line in part.text.lines() {
            assert!(built.contains(line), "{file} has no `{line}`:\n{built}");
        }
    } else if let Some(file) = part.name.strip_suffix(" is absent") {
        assert!(!project.path(file).exists(), "{file} is there");
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

/// Returns what the program says: standard output, standard error, the exit code; without what
/// depends on the machine.
pub fn said(project: &Project, arguments: &[&str]) -> String {
    let output = project.run(arguments);
    let mut text = String::new();
    for line in [output.stdout, output.stderr]
        .map(|stream| String::from_utf8(stream).unwrap())
        .concat()
        .lines()
    {
        writeln!(text, "{}", timeless(line.trim_end())).unwrap();
    }
    writeln!(text, "exit {}", output.status.code().unwrap()).unwrap();
    text.replace(project.root().to_str().unwrap(), "PROJECT")
}

/// Returns a line without what depends on the machine or on the looks of the theme: times, sizes,
/// the digests in asset names.
fn timeless(line: &str) -> String {
    if let Some((said, _)) = line.split_once(" (or any ") {
        // How far git looks depends on what is mounted where.
        return said.to_owned();
    }
    if let Some(built) = line.strip_prefix("built ") {
        let (before, rest) = built.split_once(" (").unwrap();
        let (_, after) = rest.split_once(") ").unwrap();
        let (after, _) = after.rsplit_once(", ").unwrap();
        return format!("built {before} (… kB) {after}, … ms");
    }
    match line
        .split_once(" assets/")
        .and_then(|(word, name)| Some((word, name.split_once('.')?, name.rsplit_once('.')?)))
    {
        Some((word, (stem, _), (_, extension))) => format!("{word} assets/{stem}.….{extension}"),
        None => line.to_owned(),
    }
}
