//! A new user with the guide alone: from an empty folder to a site on a web server below a base
//! path, with a release, an announced change and its redline.

#![allow(clippy::print_stdout, reason = "what is counted is printed")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use crate::cases;
use crate::hosting::nginx;
use crate::project::Project;
use crate::server::Server;

/// What the guide says to do.
enum Step {
    /// Run a command, which prints this.
    Run(Vec<String>, String),
    /// Write a file, or write it to its end.
    Write { path: String, text: String, more: bool },
}

/// Reads a guide. A block of a console holds commands and what they print; any other stands below
/// the name of the file that it is.
fn steps(guide: &str) -> Vec<Step> {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(guide);
    let text = fs::read_to_string(guide).unwrap();
    let mut steps = Vec::new();
    let mut before = "";
    for (place, part) in text.split("```").enumerate() {
        if place % 2 == 0 {
            before = part;
            continue;
        }
        let (kind, block) = part.split_once('\n').unwrap();
        if kind == "console" {
            for printed in block.split("$ policybook ").skip(1) {
                let (line, said) = printed.split_once('\n').unwrap();
                steps.push(Step::Run(words(line), said.to_owned()));
            }
            continue;
        }
        let named = before.trim_end().rsplit('\n').next().unwrap();
        let (path, rest) = named.strip_prefix('`').unwrap().split_once('`').unwrap();
        let more = rest == ", at its end:";
        assert!(more || rest == ":", "a block stands below the name of its file: {named}");
        steps.push(Step::Write { path: path.to_owned(), text: block.to_owned(), more });
    }
    steps
}

/// Returns the words of a command line, with those in quotation marks as one.
fn words(line: &str) -> Vec<String> {
    let quoted = line.split('"').enumerate();
    quoted
        .flat_map(|(place, part)| match place % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}

/// Does what a guide says, at another address of the site if there is one; returns how many
/// commands it took to the first page online, and to the end. What is printed is compared where
/// the address is that of the guide.
fn play(project: &Project, base: Option<&str>) -> (usize, usize) {
    let (mut first, mut all) = (0, 0);
    for step in steps("start.md") {
        match step {
            Step::Run(mut arguments, told) => {
                all += 1;
                if let Some(base) = base {
                    for argument in &mut arguments {
                        *argument = argument.replace("https://policies.acme.test/", base);
                    }
                }
                let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                let said = cases::said(project, &arguments);
                let (said, code) = said.rsplit_once("exit ").unwrap();
                assert_eq!(code, "0\n", "{arguments:?}: {said}");
                if base.is_none() {
                    assert_eq!(said, told, "{arguments:?}");
                }
                if first == 0 && arguments.contains(&"publish") {
                    first = all;
                }
            }
            Step::Write { path, text, more } => {
                let before = if more { project.read(&path) } else { String::new() };
                assert!(project.path(&path).exists(), "{path} is what `init` made");
                project.write(&path, before + &text);
            }
        }
    }
    (first, all)
}

/// Asks a web server for a page below its base path.
fn page(address: &str, path: &str) -> String {
    let (host, base) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{base}{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
    answer
}

/// Looks at what a reader finds online.
fn look(address: &str) {
    for (path, shown) in [
        ("", "Security policy"),
        ("security/", "We answer within three days"),
        ("security/", "Read the new version"),
        ("security/next/", "We answer within two days"),
        ("security/v/2026-11-21/", "We answer within three days"),
        ("security/v/2026-11-21.2/", "We answer within two days"),
        ("security/v/2026-11-21.2/changes/", "<ins"),
        ("feed.atom", "Quicker answers"),
        (".well-known/security.txt", "Contact: mailto:security@acme.test"),
        ("ledger/ledger.yaml", "First version"),
    ] {
        let answer = page(address, path);
        assert!(answer.contains(shown), "{path} has no `{shown}`:\n{answer}");
    }
}

#[test]
fn every_command_of_the_guide_prints_what_it_says() {
    let (first, all) = play(&Project::empty(), None);
    println!("{first} commands to the first page online, {all} in all");
    assert!(first <= 5, "{first} commands to the first page online");
    assert!(all > first);
}

#[test]
fn the_guide_leads_to_a_site_on_a_server_below_a_base_path() {
    let project = Project::empty();
    play(&project, Some("https://acme.test/legal/"));
    let server = Server::start(project.path("acme/live"), "/legal/");
    look(&server.address());
    let said = project.said(&["verify", &server.address()], 0);
    assert!(said.contains("files match the ledger"), "{said}");
}

#[test]
#[ignore = "needs nginx, which tests/run installs"]
fn the_guide_leads_to_a_site_on_nginx_below_a_base_path() {
    let project = Project::empty();
    play(&project, Some("https://acme.test/legal/"));
    let site = project.read("acme/content/site.yaml") + "\nhosts: [nginx]\n";
    project.write("acme/content/site.yaml", site);
    // The lists that the guide begins at its end are released first.
    let release = ["-C", "acme", "release", "--summary", "The lists", "--yes", "--quiet"];
    project.said(&release, 0);
    project.said(&["-C", "acme", "publish", "../root/legal", "--quiet"], 0);
    let server = nginx(&project, "/legal/");
    look(&format!("http://127.0.0.1:{}/legal/", server.port));
}
