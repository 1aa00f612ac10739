//! `verify`: whatever happened to released words is found, in a project and in a built site, and
//! said so that it can be mended.

use std::fs;
use std::process::Command;

use crate::project::Project;
use crate::server::Server;
use crate::tiers::times;
use policybook::diagnostic::Diagnostics;
use policybook::ledger;
use policybook::tree::{Digest, File, Tree, TreePath};

pub const HEAD: &str = "58c5d436dadee7289e613dbfb4a6b97fda9a7ecc2c172ca02229b34f7e9924a1";
const FIRST: &str = "1f413e0b6a938a74363cc2a1d5760471cfb3b72bdc88d089ad30d9afd530a62c";
pub const PROVED: &str = "\
original    2 documents   7 files    ok
2023-02-15  4 documents   28 files   ok
head 58c5d436dadee7289e613dbfb4a6b97fda9a7ecc2c172ca02229b34f7e9924a1
";
/// What is said of a built site besides.
pub const SITE: &str = "site as of 2026-11-21: 60 files match the ledger\n";
const LEDGER: &str = "content/versions/ledger.yaml";

/// Returns what `verify` said, answer and findings, which ends with this code.
pub fn verified(project: &Project, arguments: &[&str], code: i32) -> String {
    let output = project.run(&[&["verify"], arguments].concat());
    let said =
        [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{said}");
    said
}

/// Holds that `verify` finds something and says each of these.
pub fn found(project: &Project, arguments: &[&str], told: &[&str]) {
    let said = verified(project, arguments, 1);
    told.iter().for_each(|told| assert!(said.contains(told), "no {told:?} in:\n{said}"));
}

/// Returns the example, built.
pub fn built() -> Project {
    let project = Project::example();
    project.build(&["--locked"]);
    project
}

/// The example, built, in which one thing after the other happens to the folder of versions, of the
/// project or of the built site.
struct Tampered {
    project: Project,
}

impl Tampered {
    fn new() -> Tampered {
        Tampered { project: built() }
    }

    /// Holds that what happens is found. In what is told, `VERSIONS` is the folder.
    fn found(&self, tamper: impl Fn(&Project, &str), told: &[&str]) {
        let project = &self.project;
        for (folder, shown, arguments) in [
            ("content/versions", "content/versions", &[][..]),
            ("public/ledger", "ledger", &["public"]),
        ] {
            let before = project.files(folder);
            tamper(project, folder);
            let told: Vec<String> =
                told.iter().map(|told| told.replace("VERSIONS", shown)).collect();
            found(project, arguments, &told.iter().map(String::as_str).collect::<Vec<_>>());
            project.restore(folder, &before);
            verified(project, arguments, 0);
        }
    }
}

/// Changes a file.
pub fn edit(project: &Project, path: &str, from: &str, to: &str) {
    let text = project.read(path);
    assert!(text.contains(from), "{path} has no {from:?}");
    project.write(path, text.replacen(from, to, 1));
}

/// Returns what a ledger begins with, and its entries.
fn entries(ledger: &str) -> (String, Vec<String>) {
    let mut parts =
        ledger.split_inclusive("\n\n- ").map(|part| part.trim_end_matches("\n- ").to_owned());
    let head = parts.next().unwrap();
    (head, parts.map(|part| format!("\n- {}\n", part.trim_end())).collect())
}

#[test]
fn an_archive_and_a_built_site_are_proved_and_their_head_is_named() {
    let project = built();
    assert_eq!(
        verified(&project, &[], 0),
        format!("{PROVED}save this head: policybook verify --head {HEAD}\n")
    );
    assert_eq!(
        verified(&project, &["public"], 0),
        format!("{PROVED}{SITE}save this head: policybook verify public --head {HEAD}\n")
    );
    assert_eq!(verified(&project, &["--quiet"], 0), "");
    let alone = Project::empty();
    fs::rename(project.path("public"), alone.path("site")).unwrap();
    assert!(verified(&alone, &["site", "--head", HEAD], 0).contains("this is the head you saved"));
    assert!(
        verified(&alone, &["site", "--head", FIRST], 0)
            .contains("1 entry was added since the head you saved")
    );
    assert!(verified(&alone, &["."], 2).contains("neither a project nor a built site"));
    assert!(
        verified(&alone, &["site", "--head", "58c5d436"], 2)
            .contains("a head is a seal of the ledger")
    );
}

#[test]
fn a_checkout_with_other_line_ends_is_proved_and_built_as_it_was_released() {
    let project = Project::example();
    for (path, bytes) in project.files("content/versions") {
        project.write(
            &format!("content/versions/{path}"),
            String::from_utf8(bytes).unwrap().replace('\n', "\r\n"),
        );
    }
    assert!(verified(&project, &[], 0).starts_with(PROVED));
    project.build(&["--locked"]);
    assert!(project.files("public/ledger") == built().files("public/ledger"));
}

#[test]
fn the_answer_for_programs_names_the_code_the_file_and_the_line() {
    let project = built();
    let answer = |arguments: &[&str], code: i32| -> serde_json::Value {
        serde_json::from_str(&verified(
            &project,
            &[&["public", "--format", "json"], arguments].concat(),
            code,
        ))
        .unwrap()
    };
    let whole = answer(&["--head", FIRST], 0);
    assert_eq!(
        (&whole["schema"], &whole["verdict"], &whole["head"]),
        (&1.into(), &"ok".into(), &HEAD.into())
    );
    assert_eq!(
        (&whole["files"], &whole["added"], &whole["entries"][1]["files"]),
        (&35.into(), &1.into(), &28.into())
    );
    assert_eq!(whole["problems"], serde_json::json!([]));
    edit(&project, "public/ledger/ledger.yaml", "Nineteen sections", "Twenty sections");
    let broken = answer(&[], 1);
    assert_eq!(
        (&broken["verdict"], &broken["entries"][0]["ok"], &broken["entries"][1]["ok"]),
        (&"problems".into(), &true.into(), &false.into())
    );
    let problem = &broken["problems"][0];
    assert_eq!(
        (&problem["code"], &problem["file"], &problem["line"]),
        (&"P051".into(), &"ledger/ledger.yaml".into(), &24.into())
    );
    assert_eq!(
        problem["message"],
        "the lines between the seal above and this one are not what was sealed"
    );
    assert_eq!(broken["problems"].as_array().unwrap().len(), 1);
}

#[test]
fn a_frozen_file_edited_removed_or_added_is_named() {
    let example = Tampered::new();
    let file = "original/security/010-reporting.md";
    example.found(
        |project, folder| {
            edit(project, &format!("{folder}/{file}"), "48 business hours", "72 business hours")
        },
        &[
            "a released file was changed\n--> VERSIONS/original/security/010-reporting.md",
            "7 files    differs",
            "28 files   ok",
            "1 error: ",
        ],
    );
    example.found(
        |project, folder| fs::remove_file(project.path(&format!("{folder}/{file}"))).unwrap(),
        &[
            "the released file `VERSIONS/original/security/010-reporting.md` is missing",
            "1 error: ",
        ],
    );
    example.found(
        |project, folder| {
            project.write(&format!("{folder}/original/security/900-more.md"), "## More\n\nWords.\n")
        },
        &["a file was added to a release\n--> VERSIONS/original/security/900-more.md", "1 error: "],
    );
    example.found(
        |project, folder| {
            fs::remove_file(project.path(&format!("{folder}/original/SHA256SUMS"))).unwrap()
        },
        &[
            "`VERSIONS/original/SHA256SUMS` is missing\n",
            "--> VERSIONS/ledger.yaml:6:",
            "1 error: ",
        ],
    );
    example.found(
        |project, folder| {
            project.write(
                &format!("{folder}/2030-01-01/security/_index.md"),
                "---\ntitle: Security\n---\n",
            )
        },
        &[
            "the ledger names no release `2030-01-01`\n--> VERSIONS/2030-01-01/security/_index.md",
            "1 error: ",
        ],
    );
    let missing = [
        "`VERSIONS/ledger.yaml` is missing, and there are releases: `2023-02-15`, `original`",
        "1 error: ",
    ];
    example.found(
        |project, folder| fs::remove_file(project.path(&format!("{folder}/ledger.yaml"))).unwrap(),
        &missing,
    );
    let empty =
        ["the ledger is empty, and there are releases: `2023-02-15`, `original`", "1 error: "];
    example.found(
        |project, folder| project.write(&format!("{folder}/ledger.yaml"), "# nothing\n"),
        &empty,
    );
}

#[test]
fn a_ledger_reordered_repeated_or_added_to_by_hand_is_named() {
    let example = Tampered::new();
    let rewrite = |change: fn(&mut Vec<String>)| {
        move |project: &Project, folder: &str| {
            let path = format!("{folder}/ledger.yaml");
            let (head, mut entries) = entries(&project.read(&path));
            change(&mut entries);
            project.write(&path, head + &entries.concat());
        }
    };
    let torn = [
        "release `2023-02-15` does not follow the entry above it\n",
        "--> VERSIONS/ledger.yaml:15:",
        "1 error: ",
    ];
    example.found(rewrite(|entries| entries.swap(0, 1)), &torn);
    example.found(rewrite(|entries| drop(entries.remove(0))), &torn);
    example.found(
        rewrite(|entries| entries.push(entries[1].clone())),
        &["release `2023-02-15` stands in the ledger twice\n", "--> VERSIONS/ledger.yaml:26:3"],
    );
    example.found(
        rewrite(|entries| entries[1] = entries[1].replace("kind:", "sort:")),
        &[
            "unknown key `sort`\n",
            "are not what was sealed\n",
            "--> VERSIONS/ledger.yaml:16:3",
            "1 error: ",
        ],
    );
    let redact = |project: &Project, folder: &str| {
        let path = format!("{folder}/ledger.yaml");
        let documents = format!("documents:\n    2023-02-15/privacy: {FIRST}\n  previous: {HEAD}");
        let text = format!(
            "{}\n- redaction: 2026-11-21\n  reason: asked for\n  {documents}\n",
            project.read(&path)
        );
        project.write(&path, format!("{text}  seal: {}\n", Digest::of(&text)));
    };
    example.found(
        redact,
        &["no release above froze `2023-02-15/privacy`\n", "--> VERSIONS/ledger.yaml:26:3"],
    );
    // Below the newest seal nothing is sealed yet, so nothing may stand there.
    for line in ["  effective: 2030-01-01\n", "# in force from 2030\n", "\n"] {
        let add = |project: &Project, folder: &str| {
            let path = format!("{folder}/ledger.yaml");
            project.write(&path, project.read(&path) + line);
        };
        example.found(
            add,
            &[
                "something follows this seal that is not the next entry\n",
                "--> VERSIONS/ledger.yaml:24:9",
            ],
        );
    }
}

#[test]
fn a_ledger_cut_short_fits_together_and_is_found_by_who_saved_its_head() {
    for (folder, arguments) in [("content/versions", &[][..]), ("public/ledger", &["public"])] {
        let project = built();
        let path = format!("{folder}/ledger.yaml");
        let (head, entries) = entries(&project.read(&path));
        project.write(&path, head + &entries[0]);
        found(&project, arguments, &["the ledger names no release `2023-02-15`"]);
        fs::remove_dir_all(project.path(&format!("{folder}/2023-02-15"))).unwrap();
        // The pages of a site still know better.
        verified(&project, arguments, i32::from(folder == "public/ledger"));
        let saved = [arguments, &["--head", HEAD]].concat();
        found(
            &project,
            &saved,
            &["the ledger does not contain the saved head: it was rewritten or cut short", HEAD],
        );
    }
}

#[test]
fn a_built_site_carries_a_page_for_every_version_and_its_digest() {
    let page = "public/security/v/original/index.html";
    let project = built();
    edit(&project, page, "83987d1fd97a223f", "0000000000000000");
    found(
        &project,
        &["public"],
        &[
            "this does not carry the digest 83987d1fd97a223f",
            "--> security/v/original/index.html",
            "7 files    differs",
        ],
    );
    fs::remove_file(project.path(page)).unwrap();
    found(
        &project,
        &["public"],
        &["this is missing\n--> security/v/original/index.html", "1 error: "],
    );
    project.build(&["--locked"]);
    edit(&project, "public/ledger.json", HEAD, FIRST);
    edit(&project, "public/ledger.json", HEAD, FIRST);
    found(
        &project,
        &["public"],
        &["this does not carry the digest 58c5d436dadee728", "--> ledger.json", "1 error: "],
    );
}

/// Returns the example with one more release, made on a day in a branch of its own.
fn branch(day: &str, from: &str, to: &str) -> Project {
    let project = Project::example();
    edit(&project, "content/security/010-reporting.md", from, to);
    let output = project.run_on(day, &["release", "--summary", "A change", "--yes"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    project
}

#[test]
fn two_releases_in_two_branches_are_a_fork_however_they_were_merged() {
    let (base, ours) = (
        Project::example(),
        branch("2026-11-20", "{{ commitment.first_reply }}", "within 72 business hours"),
    );
    for day in ["2026-11-20", "2026-11-21"] {
        let theirs = branch(day, "at once", "immediately");
        let mut command = Command::new("git");
        command
            .args(["merge-file", "-p"])
            .args([&ours, &base, &theirs].map(|project| project.path(LEDGER)));
        let conflict = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(conflict.contains("<<<<<<<"), "{conflict}");
        let (_, added) = entries(&theirs.read(LEDGER));
        let merged = Project::example();
        for (path, bytes) in
            [ours.files("content/versions"), theirs.files("content/versions")].concat()
        {
            merged.write(&format!("content/versions/{path}"), bytes);
        }
        merged.write(LEDGER, conflict);
        let help = "`policybook release --redo ";
        found(
            &merged,
            &[],
            &[
                &format!("git could not merge release `2026-11-20` and release `{day}`\n"),
                "content/versions/ledger.yaml:",
                help,
            ],
        );
        merged.write(LEDGER, ours.read(LEDGER) + &added[2]);
        let fork =
            format!("release `2026-11-20` and release `{day}` both follow release `2023-02-15`\n");
        found(&merged, &[], &[&fork, "content/versions/ledger.yaml:36:3", help]);
        if day == "2026-11-21" {
            found(&merged, &[], &["1 error: "]);
            let built = merged.run(&["build"]);
            assert!(
                !built.status.success() && String::from_utf8(built.stderr).unwrap().contains(&fork)
            );
        }
    }
}

/// Returns the commands that the page of the ledger shows under an id, and the documentation too.
fn commands(project: &Project, id: &str) -> String {
    let page = project.read("public/ledger/index.html");
    let (_, shown) =
        page.split_once(&format!("<pre id=\"{id}\"><code>")).unwrap_or_else(|| panic!("{page}"));
    let shown = shown.split_once("</code>").unwrap().0;
    let shown = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(shown.to_owned(), |text, (from, to)| text.replace(from, to));
    let documented =
        fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ledger.md")).unwrap();
    assert!(
        documented.contains(&format!("```sh\n{shown}\n```")),
        "docs/ledger.md shows other commands than:\n{shown}"
    );
    shown
}

/// Returns what commands print to their standard output.
fn printed(project: &Project, folder: &str, commands: &str) -> String {
    let output = Command::new("sh")
        .args(["-c", commands])
        .current_dir(project.path(folder))
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the example, built with a review and a redaction.
fn reviewed_and_redacted() -> Project {
    let project = Project::example();
    for arguments in
        [&["review"][..], &["redact", "Shashank Kumar", "--reason", "asked for", "--yes"]]
    {
        assert!(project.run(arguments).status.success());
    }
    project.build(&[]);
    project
}

/// Returns the last line of the ledger: its newest seal.
fn newest(project: &Project) -> String {
    project.read(LEDGER).lines().last().unwrap().to_owned()
}

#[test]
#[ignore = "needs curl and sha256sum: tests/run installs them"]
fn the_commands_that_the_page_shows_prove_a_site_with_sha256sum_alone() {
    let project = built();
    let (fetch, prove) = (commands(&project, "fetch"), commands(&project, "prove"));
    let server = Server::start(project.path("public"), "/policies/");
    let copy = Project::empty();
    printed(&copy, "", &fetch.replace("https://fluxiom.example/", &server.address()));
    assert_eq!(copy.files("").len(), 1 + 2 + 35);
    for (project, folder) in
        [(&copy, ""), (&project, "public/ledger"), (&project, "content/versions")]
    {
        assert_eq!(printed(project, folder, &prove), format!("  seal: {HEAD}\n"));
    }
    for (path, from, to, told) in [
        ("original/security/010-reporting.md", "48", "72", "original/ DIFFERS\n"),
        (
            "2023-02-15/SHA256SUMS",
            "d5758c",
            "000000",
            "2023-02-15/ DIFFERS\n2023-02-15/security DIFFERS\n",
        ),
        ("ledger.yaml", "Nineteen", "Twenty", "line 24 DIFFERS\n"),
    ] {
        let whole = copy.read(path);
        edit(&copy, path, from, to);
        let said = printed(&copy, "", &prove);
        assert!(said.contains(told), "{path}: {said}");
        copy.write(path, whole);
    }
    let project = reviewed_and_redacted();
    assert_eq!(
        printed(&project, "public/ledger", &commands(&project, "prove")),
        format!("{}\n", newest(&project))
    );
    let project = crate::acts::with_every_act();
    // One act more was dated ahead, and the next one goes back behind it.
    for day in ["2062-01-01", "2026-02-08"] {
        project.said_on("2026-02-08", &["build"], 0);
        assert_eq!(
            printed(&project, "public/ledger", &commands(&project, "prove")),
            format!("{}\n", newest(&project))
        );
        project.said_on(day, &["review", "conditions"], 0);
    }
    assert!(project.read(LEDGER).contains("\n  ahead: 2062-01-01\n"));
    project.said_on("2026-02-08", &["build"], 0);
    assert_eq!(
        printed(&project, "public/ledger", &commands(&project, "prove")),
        format!("{}\n", newest(&project))
    );
}

#[test]
fn a_review_and_a_redaction_are_proved_with_all_that_was_there_before() {
    let project = reviewed_and_redacted();
    project.prove();
    let said = verified(&project, &["public", "--head", HEAD], 0);
    assert!(said.contains("2 entries were added since the head you saved"), "{said}");
    assert!(
        said.contains("the redaction of 2026-11-21 changed frozen words of 2 documents"),
        "{said}"
    );
    let newest = newest(&project);
    let index: serde_json::Value =
        serde_json::from_str(&project.read("public/ledger.json")).unwrap();
    let acts: Vec<&str> = index["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["act"].as_str().unwrap())
        .collect();
    assert_eq!(acts, ["release", "release", "review", "redaction"]);
    assert!(newest.contains(index["head"].as_str().unwrap()));
}

#[test]
fn the_head_stands_on_the_page_of_the_ledger_to_which_every_page_leads() {
    let project = built();
    for page in [
        "index.html",
        "security/index.html",
        "security/history/index.html",
        "security/v/2023-02-15/index.html",
        "security/v/2023-02-15/changes/index.html",
        "whitehats/index.html",
        "404.html",
    ] {
        let html = project.read(&format!("public/{page}"));
        assert!(html.contains("ledger/\">verify the released versions</a>"), "{page}");
        assert!(!html.contains("58c5d436"), "{page}");
    }
    assert!(project.read("public/ledger/index.html").contains("Head <code>58c5d436"));
}

#[test]
fn every_flipped_byte_of_a_frozen_file_and_of_its_digests_is_found() {
    let project = Project::example();
    let archive = TreePath::new("content/versions").unwrap();
    let files: Tree<File> = project
        .files("content/versions")
        .into_iter()
        .map(|(path, bytes)| (archive.join(&path), File::new(bytes)))
        .collect();
    let verified = |files: &Tree<File>| {
        let mut found = Diagnostics::new();
        ledger::verify(files, &archive, &mut found);
        found
    };
    assert!(!verified(&files).has_errors());
    let mut flipped = 0;
    for (path, file) in files.iter() {
        let step = if path.name() == "SHA256SUMS" || path.name() == "ledger.yaml" {
            times(29, 1)
        } else {
            times(997, 31)
        };
        for at in (0..file.bytes().len()).step_by(step) {
            let mut bytes = file.bytes().to_vec();
            bytes[at] ^= 1;
            let mut changed = files.clone();
            changed.insert(path.clone(), File::new(bytes));
            assert!(verified(&changed).has_errors(), "byte {at} of {path}");
            flipped += 1;
        }
    }
    assert!(flipped > 100, "{flipped} bytes were flipped");
}

#[test]
fn one_cause_is_one_finding_in_check_and_in_verify() {
    let project = crate::writing::busy();
    project.said(&["redact", "Ada Bee", "--reason", "asked for", "--yes"], 0);
    project.said(&["review", "sms"], 0);
    let (ledger, sums) = ("content/versions/ledger.yaml", "content/versions/2026-11-01/SHA256SUMS");
    let before = project.files("content/versions");
    let line = |path: &str, number: usize, change: &dyn Fn(&str) -> String| {
        let text = project.read(path);
        let lines = text
            .lines()
            .enumerate()
            .map(|(at, line)| if at == number - 1 { change(line) } else { format!("{line}\n") });
        project.write(path, lines.collect::<String>());
    };
    let entry = |text: &str| {
        text.lines().position(|line| line.starts_with("- release: sooner")).unwrap() + 1
    };
    let cuts: [(&str, &dyn Fn()); 11] = [
        ("a path in a list of digests", &|| {
            line(sums, 1, &|line| format!("{}\n", line.replace("cookies", "cookiez")))
        }),
        ("a line of a list of digests", &|| line(sums, 1, &|_| String::new())),
        ("the first line of an entry", &|| {
            line(ledger, entry(&project.read(ledger)), &|_| String::new())
        }),
        ("the end of the ledger", &|| {
            project.write(ledger, &project.read(ledger)[..project.read(ledger).len() - 170])
        }),
        ("the id of a release", &|| {
            line(ledger, 6, &|line| format!("{}\n", line.replace("11-01", "11-02")))
        }),
        ("a document of a release", &|| {
            project
                .write(ledger, project.read(ledger).replacen("\n    cookies:", "\n    cookiez:", 1))
        }),
        ("the name of a folder", &|| {
            fs::rename(
                project.path("content/versions/sooner"),
                project.path("content/versions/later"),
            )
            .unwrap()
        }),
        ("a redaction", &|| {
            let (head, mut entries) = entries(&project.read(ledger));
            entries.retain(|entry| !entry.contains("redaction"));
            project.write(ledger, head + &entries.concat());
        }),
        ("a seal", &|| {
            project.write(ledger, project.read(ledger).replacen("  seal: ", "  seal: 0", 1))
        }),
        ("the whole ledger", &|| fs::remove_file(project.path(ledger)).unwrap()),
        ("a frozen text", &|| {
            project.write(
                "content/versions/sooner/terms/_index.md",
                "---\ntitle: Terms\n---\nOther.\n",
            )
        }),
    ];
    for (what, cut) in cuts {
        cut();
        for arguments in [&["check", "--format", "full"][..], &["verify"]] {
            let said = project.said(arguments, 1);
            assert_eq!(said.matches("error[").count(), 1, "{what}: {said}");
        }
        fs::remove_dir_all(project.path("content/versions")).unwrap();
        before
            .iter()
            .for_each(|(path, bytes)| project.write(&format!("content/versions/{path}"), bytes));
        project.said(&["verify"], 0);
    }
}
