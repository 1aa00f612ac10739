//! Commands that write to one project: at once, killed, on a full disk. Each writes all it says or
//! nothing, and the next one says which.

use std::fs;
use std::io::{Read as _, Write as _};
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::preview::Preview;
use crate::project::{Project, TODAY};
use crate::tiers::times;

/// Writes the list of changes of a write that was decided.
fn changes(project: &Project, lines: &str) {
    let text = format!("policybook 1\n{lines}\n");
    project.write(
        "content/.policybook/write/changes",
        format!("{text}{}\n", policybook::tree::Digest::of(&text)),
    );
}

/// A write that was decided and not put in place, as a killed command leaves it.
fn decide(project: &Project, path: &str, before: &str, after: &str) {
    let digest = |text: &str| policybook::tree::Digest::of(text).to_string();
    project.write("content/.policybook/write/0", after);
    changes(project, &format!("{} {} {path}", digest(before), digest(after)));
}

#[test]
fn what_was_decided_counts_and_is_put_in_place_by_the_next_command_that_writes() {
    let project = Project::example();
    let path = "content/security/_index.md";
    let (before, after) = (project.read(path), project.read(path).replace("Fluxiom", "Other"));
    decide(&project, path, &before, &after);
    let told = project.said(&["check", "--format", "full"], 1);
    assert!(
        told.contains("error[P062]: a command was killed")
            && told.contains("`policybook check --fix` finishes it"),
        "{told}"
    );
    assert!(project.said(&["status"], 1).contains("P062"), "what reads says so");
    assert!(project.said(&["verify"], 1).contains("P062"), "what proves says so");
    assert_eq!(project.read(path), before);
    let told = project.said(&["check", "--fix"], 0);
    assert!(
        told.contains(
            "finished what a command had begun that was killed: 1 file of `content/` written"
        ),
        "{told}"
    );
    assert_eq!(project.read(path), after);
    assert!(!project.path("content/.policybook").exists());
}

#[test]
fn what_somebody_changed_since_is_not_written_over() {
    let project = Project::example();
    let path = "content/security/_index.md";
    let before = project.read(path);
    decide(&project, path, &before, "lost");
    project.write(path, format!("{before}\nMore.\n"));
    let told = project.said(&["check", "--format", "full"], 1);
    assert!(
        told.contains("P062")
            && told.contains("was changed after a command had decided to write it"),
        "{told}"
    );
    project.said(&["check", "--fix"], 2);
    assert!(project.read(path).ends_with("More.\n"));
    fs::remove_dir_all(project.path("content/.policybook")).unwrap();
    project.said(&["check"], 0);
}

#[test]
fn a_journal_of_a_stranger_writes_nowhere_but_into_the_project() {
    let project = Project::example();
    for path in [
        "../stranger.md",
        "content/../../stranger.md",
        "/tmp/stranger.md",
        "content\\..\\stranger.md",
    ] {
        decide(&project, path, "", "x");
        assert!(project.said(&["check"], 2).contains("is damaged: remove the folder"), "{path}");
        project.said(&["add", "whitehat", "Ada Bee"], 2);
    }
    #[cfg(unix)]
    {
        let outside = Project::empty();
        std::os::unix::fs::symlink(outside.root(), project.path("content/out")).unwrap();
        project.write("content/.policybook/write/0", "x");
        let after = policybook::tree::Digest::of("x");
        changes(&project, &format!("- {after} content/out/stranger.md"));
        assert!(project.said(&["check", "--fix"], 2).contains("points outside the project"));
        assert_eq!(outside.files(".").len(), 0);
    }
}

#[test]
fn what_was_not_decided_is_cleared() {
    let project = Project::example();
    project.write("content/.policybook/stage-1-0/0", "half");
    project.write("content/.versions/half.md", "half");
    let told = project.said(&["check", "--format", "full"], 0);
    assert!(told.contains("warning[P062]: a command that was killed left `content/.policybook/stage-1-0`, `content/.versions`"), "{told}");
    project.said(&["review"], 0);
    assert!(
        !project.path("content/.policybook").exists()
            && !project.path("content/.versions").exists()
    );
    assert!(!project.said(&["check"], 0).contains("P062"));
}

/// Returns a project in which every command that writes has something to do.
pub fn busy() -> Project {
    let project = Project::empty();
    let policy = |title: &str, words: &str| format!("---\ntitle: {title}\n---\n{words}\n");
    project.write(
        "content/site.yaml",
        "name: Acme\nbase_url: https://acme.example/\nnotice: {terms: 30}\n",
    );
    project.write("content/terms/_index.md", policy("Terms", "Pay.\n\nAsk Ada Bee."));
    project.write("content/sms/_index.md", policy("Text messages", "We send few."));
    project.write("content/cookies/_index.md", policy("Cookies", "We set none."));
    project.write("content/privacy/_index.md", policy("Privacy", "We keep little."));
    project.write("content/whitehats.yaml", "whitehats:\n  - name: Ada Bee\n    consent: true\n");
    project.said_on(BEFORE, &["release", "--summary", "First", "--yes"], 0);
    project.write("content/terms/_index.md", policy("Terms", "Pay soon.\n\nAsk Ada Bee."));
    project.said_on(
        BEFORE,
        &[
            "release",
            "terms",
            "--id",
            "sooner",
            "--summary",
            "Sooner",
            "--effective",
            "2026-12-24",
            "--yes",
        ],
        0,
    );
    project.write(
        "content/privacy/_index.md",
        policy("Privacy", "We keep nothing: https://acme.example/why"),
    );
    project.write("old.md", "# Archive\n\n## One\n\nWords.\n");
    project
}

/// The day on which its versions were released.
const BEFORE: &str = "2026-11-01";

/// A command that writes, what it is given, and whether a project shows what it did.
pub type Writing = (&'static [&'static str], fn(&Project) -> bool);

/// Every command that writes to `content/`.
pub const WRITING: [Writing; 10] = [
    (&["release", "privacy", "--summary", "None at all", "--yes"], |project| {
        ledger(project).contains("summary: None at all")
    }),
    (&["review", "terms"], |project| ledger(project).contains("- review: ")),
    (&["redact", "Ada Bee", "--reason", "asked for", "--yes"], |project| named(project).is_empty()),
    (&["import", "archive", "--version", "original=old.md"], |project| {
        ledger(project).contains("release: original")
    }),
    (&["add", "whitehat", "Cee Dee"], |project| {
        project.read("content/whitehats.yaml").contains("Cee Dee")
    }),
    (
        &["postpone", "sooner", "--effective", "2027-01-01", "--reason", "Late", "--yes"],
        |project| ledger(project).contains("- postponement"),
    ),
    (&["withdraw", "sooner", "--reason", "No", "--yes"], |project| {
        ledger(project).contains("- withdrawal")
    }),
    (&["retire", "sms", "--reason", "We send none", "--yes"], |project| {
        ledger(project).contains("reason: We send none")
    }),
    (&["rename", "cookies", "biscuits", "--yes"], |project| {
        project.path("content/biscuits").exists()
    }),
    (&["check", "--fix"], |project| {
        project.read("content/privacy/_index.md").contains("<https://")
    }),
];

fn ledger(project: &Project) -> String {
    project.read("content/versions/ledger.yaml")
}

/// Returns the files that name Ada Bee, those that nobody reads among them.
pub fn named(project: &Project) -> Vec<String> {
    let files = project.files("content").into_iter();
    files
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("Ada Bee"))
        .map(|(path, _)| path)
        .collect()
}

/// Runs commands at once, and returns how each ended and what it said.
fn at_once(project: &Project, commands: &[&[&str]]) -> Vec<(Option<i32>, String)> {
    let start = |arguments: &&[&str]| {
        let mut command = project.command(TODAY, arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<Child> = commands.iter().map(start).collect();
    let ended = children.into_iter().map(|child| child.wait_with_output().unwrap());
    ended
        .map(|output| {
            (
                output.status.code(),
                String::from_utf8([output.stdout, output.stderr].concat()).unwrap(),
            )
        })
        .collect()
}

/// What a command says that found another one's writing.
const MEANWHILE: &str =
    "while this command was at work. This one wrote nothing, and nothing was lost: run it again";

#[test]
fn of_two_releases_at_once_none_is_lost() {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    let (mut released, mut refused) = (0, 0);
    for round in 0..times(8, 100) {
        for policy in ["one", "two"] {
            project.write(
                &format!("content/{policy}/_index.md"),
                format!("---\ntitle: {policy}\n---\nRound {round}.\n"),
            );
        }
        let commands =
            ["one", "two"].map(|policy| ["release", policy, "--summary", "Words", "--yes"]);
        for (code, said) in at_once(&project, &commands.each_ref().map(|command| &command[..])) {
            match code {
                Some(0) => {
                    let id = said
                        .split("released ")
                        .nth(1)
                        .and_then(|rest| rest.split_whitespace().next())
                        .unwrap();
                    assert!(
                        ledger(&project).replace('"', "").contains(&format!("- release: {id}\n")),
                        "{said}"
                    );
                    released += 1;
                }
                _ => {
                    assert!(
                        said.contains("another command added release `")
                            && said.contains(MEANWHILE),
                        "{said}"
                    );
                    refused += 1;
                }
            }
        }
        project.said(&["verify"], 0);
        project.prove();
    }
    assert_eq!(ledger(&project).matches("\n- release: ").count(), released);
    assert!(released >= times(8, 100) && refused > 0, "{released} released, {refused} refused");
}

#[test]
fn of_two_commands_at_once_each_writes_all_it_says_or_nothing() {
    let files = busy().files(".");
    for (first, (one, did)) in WRITING.iter().enumerate() {
        for (other, other_did) in WRITING.iter().skip(first).step_by(times(4, 1)) {
            let project = Project::empty();
            files.iter().for_each(|(path, bytes)| project.write(path, bytes));
            let ended = at_once(&project, &[one, other]);
            for ((code, said), did) in ended.iter().zip([did, other_did]) {
                match code {
                    Some(0) => assert!(did(&project), "{one:?} and {other:?}: {said}"),
                    _ if one == other => assert!(
                        ended.iter().any(|(code, _)| *code == Some(0)),
                        "{one:?}: {ended:?}"
                    ),
                    _ => assert!(
                        !did(&project)
                            && (said.contains(MEANWHILE) || said.contains("is not announced")),
                        "{said}"
                    ),
                }
            }
            project.said(&["verify"], 0);
            project.prove();
            assert!(!project.path("content/.policybook").exists(), "{one:?} and {other:?}");
        }
    }
}

#[test]
fn who_reads_while_others_write_meets_no_error() {
    let project = busy();
    let preview = Preview::start(&project);
    let done = AtomicBool::new(false);
    // As an editor saves that shows nobody half a file: what is held here is what policybook
    // writes.
    let save = |path: &str, text: String| {
        project.write("saved", text);
        fs::rename(project.path("saved"), project.path(path)).unwrap();
    };
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let mut rounds = 0;
            while !done.load(Ordering::Relaxed) || rounds < 3 {
                for arguments in [&["check", "--format", "full"][..], &["verify"], &["build"]] {
                    project.said(arguments, 0);
                }
                rounds += 1;
            }
        });
        for round in 0..times(3, 20) {
            for (arguments, _) in WRITING.iter().filter(|(arguments, _)| {
                matches!(arguments[0], "release" | "review" | "redact" | "check")
            }) {
                save(
                    "content/privacy/_index.md",
                    format!(
                        "---\ntitle: Privacy\n---\nWe keep nothing: https://acme.example/why {round}\n"
                    ),
                );
                if named(&project).is_empty() {
                    save(
                        "content/sms/_index.md",
                        format!("---\ntitle: Text messages\n---\nAsk Ada Bee. {round}\n"),
                    );
                    project.said(&["release", "sms", "--summary", "Ask", "--yes"], 0);
                }
                project.said(arguments, 0);
            }
        }
        done.store(true, Ordering::Relaxed);
        reader.join().unwrap();
    });
    assert!(
        !preview.said().iter().any(|line| line.contains("error")),
        "{}",
        preview.said().join("\n")
    );
}

/// Starts a command on a terminal of its own and waits for its question. Returns it, and where the
/// answer is typed.
#[cfg(target_os = "linux")]
fn asked(project: &Project, arguments: &[&str]) -> (Child, fs::File) {
    let pair = nix::pty::openpty(None, None).expect("the system has terminals");
    let mut command = project.command(TODAY, arguments);
    let mut child =
        command.stdin(pair.slave).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut said, mut byte) = (String::new(), [0]);
    while !said.ends_with("[y/N] ") {
        child.stderr.as_mut().unwrap().read_exact(&mut byte).expect("it asks");
        said.push(char::from(byte[0]));
    }
    (child, fs::File::from(pair.master))
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_written_while_a_command_waits_for_an_answer_stays() {
    let release = &WRITING[0].0[..4];
    for (between, did) in
        WRITING.iter().filter(|(arguments, _)| !matches!(arguments[0], "release" | "check" | "add"))
    {
        let project = busy();
        let (child, mut terminal) = asked(&project, release);
        project.said(between, 0);
        terminal.write_all(b"y\n").unwrap();
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.code() == Some(2) && said.contains(MEANWHILE), "{between:?}: {said}");
        assert!(did(&project) && !project.path("content/.policybook").exists(), "{between:?}");
        project.said(&["verify"], 0);
    }
    let project = busy();
    let (child, mut terminal) = asked(&project, release);
    terminal.write_all(b"y\n").unwrap();
    assert!(child.wait_with_output().unwrap().status.success() && (WRITING[0].1)(&project));
}
