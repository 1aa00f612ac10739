//! Publishing to a folder, by the program itself: what it says, how it ends, what it looks at, how
//! it returns to an earlier site.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;
use std::sync::mpsc;
use std::{fs, thread};

use crate::project::Project;
use crate::publishing::{grown, small};
use crate::server::Server;

/// Returns the files of the published site.
fn live(project: &Project) -> Vec<(String, Vec<u8>)> {
    project
        .files("live")
        .into_iter()
        .filter(|(path, _)| !path.starts_with(".policybook/"))
        .collect()
}

fn git(project: &Project, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
    let output = Command::new("git")
        .current_dir(project.root())
        .args(identity)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_folder_gets_the_same_files_as_a_build() {
    let project = Project::example();
    project.said(&["publish", "live"], 0);
    project.build(&["--locked"]);
    let built: Vec<_> = project
        .files("public")
        .into_iter()
        .filter(|(path, _)| !path.starts_with(".policybook/"))
        .collect();
    assert_eq!(live(&project), built);
    assert!(project.said(&["publish", "live"], 0).starts_with("same "));
    let file = format!("file://{}/live", project.root().canonicalize().unwrap().display());
    assert!(project.said(&["publish", &file], 0).starts_with("same "));
}

#[test]
fn a_plan_for_programs_tells_each_step_and_writes_nothing() {
    let project = small();
    let plan = project
        .said(&["publish", "live", "--dry-run", "--format", "json", "--detailed-exitcode"], 1);
    assert!(!project.path("live").exists());
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let changes = plan["changes"].as_array().unwrap();
    let steps: Vec<u64> = changes.iter().map(|change| change["step"].as_u64().unwrap()).collect();
    assert!(steps.is_sorted());
    assert_eq!(changes.last().unwrap()["path"], "index.html");
    assert_eq!(plan["verdict"], "planned");
    project.said(&["publish", "live", "--quiet"], 0);
    project.said(&["publish", "live", "--dry-run", "--detailed-exitcode"], 0);
}

#[test]
fn a_log_has_a_line_for_each_action_for_people_and_for_programs() {
    let project = small();
    let plan = project.said(&["publish", "live", "--dry-run", "--format", "json"], 0);
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    let planned: Vec<(&str, &str)> = plan["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["action"].as_str().unwrap(), change["path"].as_str().unwrap()))
        .collect();
    let told = project.said(&["publish", "live", "--jobs", "1"], 0);
    let lines: Vec<String> =
        planned.iter().map(|(action, path)| format!("{action:7} {path}")).collect();
    assert_eq!(told.lines().take(lines.len()).collect::<Vec<_>>(), lines);
    assert_eq!(told.lines().count(), lines.len() + 1, "{told}");
    project.write(
        "content/site.yaml",
        project.read("content/site.yaml")
            + &format!("publish:\n  target: fresh\n  webhook: {}\n", always_answering()),
    );
    let told = project.said(&["publish", "--jobs", "1", "--log", "json", "--quiet"], 0);
    let lines: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sent: Vec<(&str, &str)> = lines
        .iter()
        .filter_map(|line| Some((line["action"].as_str()?, line["path"].as_str()?)))
        .collect();
    assert_eq!(sent, planned);
    let all = planned.len() + 1;
    assert!(
        lines
            .iter()
            .zip(1..)
            .all(|(line, done)| line["schema"] == 1 && line["done"] == done && line["of"] == all),
        "{told}"
    );
    assert_eq!(lines[0]["bytes"], plan["changes"][0]["bytes"]);
    assert!(
        lines[all - 1]["action"] == "purge" && lines[all - 1]["addresses"].as_u64() > Some(10),
        "{told}"
    );
}

#[test]
fn words_that_no_release_holds_are_never_published() {
    let project = small();
    project.write("content/privacy/010-time.md", "# Time\n\nWe keep it for ever.\n");
    let told = project.said(&["publish", "live", "--format", "json", "--quiet"], 3);
    assert!(
        told.contains("\"reason\": \"unreleased\"")
            && told.contains("`privacy` says what its release `2026-11-20` does not"),
        "{told}"
    );
    project.write("content/privacy/010-time.md", "# Time\n\nSee [this](nowhere.md).\n");
    project.said(&["publish", "live"], 1);
    assert!(!project.path("live").exists());
}

#[test]
fn an_earlier_site_is_made_again_from_its_commit_but_no_release_is_taken_back() {
    let project = small();
    git(&project, &["init", "--quiet"]);
    fs::write(project.path(".gitignore"), "live\n").unwrap();
    git(&project, &["add", "."]);
    let commit = |day: &str| {
        git(&project, &["commit", "--quiet", "--all", "--message", "A change", "--date", day])
    };
    let at = |seconds: i64| {
        // The moment of a commit puts publishes in order.
        let mut command = Command::new("git");
        command.current_dir(project.root()).env("GIT_COMMITTER_DATE", format!("@{seconds} +0000"));
        command.args([
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.com",
            "commit",
            "--quiet",
            "--amend",
            "--no-edit",
        ]);
        assert!(command.status().unwrap().success());
    };
    commit("2026-11-20T00:00:00Z");
    at(1_795_000_000);
    project.said(&["publish", "live"], 0);
    let before = live(&project);
    let site = project.read("content/site.yaml");
    project.write("content/site.yaml", site.replace("security@acme.example", "bugs@acme.example"));
    commit("2026-11-21T00:00:00Z");
    at(1_795_000_100);
    // Another line of the site's settings asks for no flag; another look does.
    project.said(&["publish", "live"], 0);
    assert_ne!(live(&project), before);
    let told = project.said(&["rollback", "1", "live"], 0);
    assert!(told.contains("generation 3"), "{told}");
    let after = live(&project);
    assert!(before.iter().all(|file| after.contains(file)), "the earlier site is back");
    let listed = project.run(&["rollback"]);
    assert_eq!(listed.status.code(), Some(2), "without a target there is nothing to list");
    project.write(
        "content/site.yaml",
        site.replace("security_txt:", "publish:\n  target: live\nsecurity_txt:"),
    );
    let listed = project.said(&["rollback"], 0);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    let old = git(&project, &["rev-parse", "HEAD~0"]);
    grown(&project);
    git(&project, &["add", "."]);
    commit("2026-11-21T00:00:00Z");
    at(1_795_000_200);
    project.said(&["publish"], 0);
    assert!(
        project.said(&["rollback", &old], 3).contains("which the ledger here does not contain")
    );
}

#[test]
fn a_commit_from_the_future_is_refused_before_it_makes_all_others_older() {
    let project = small();
    git(&project, &["init", "--quiet"]);
    fs::write(project.path(".gitignore"), "live\n").unwrap();
    git(&project, &["add", "."]);
    git(&project, &["commit", "--quiet", "--message", "A change"]);
    let future = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(30);
    let mut command = Command::new("git");
    command.current_dir(project.root()).env("GIT_COMMITTER_DATE", future.to_string());
    command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]);
    let commit = command.args(["commit", "--quiet", "--amend", "--no-edit"]).status().unwrap();
    assert!(commit.success());
    for more in [&[][..], &["--dry-run"]] {
        let said = project.said(&[&["publish", "live"], more].concat(), 3);
        assert!(said.contains("in the future") && said.contains("`--sequence`"), "{said}");
        assert!(!project.path("live").exists());
    }
    project.said(&["publish", "live", "--sequence", "7"], 0);
}

#[test]
fn what_somebody_else_wrote_is_found_in_a_dry_run() {
    let project = small();
    project.said(&["publish", "live"], 0);
    project.write("live/privacy/index.html", "by hand");
    grown(&project);
    let lease = r#"{"owner":"x","who":"Ada","since":1795000000,"until":9999999999,"generation":1,"journal":{}}"#;
    project.write("live/.policybook/lease.json", lease);
    let before = project.files("live");
    let said = project.said(&["publish", "live", "--dry-run"], 3);
    assert!(said.contains("`privacy/index.html` was written by somebody else"), "{said}");
    let said = project.said(&["publish", "live", "--dry-run", "--overwrite"], 0);
    assert!(said.contains("note: another deployment is running: Ada is publishing"), "{said}");
    assert_eq!(project.files("live"), before);
}

#[test]
fn who_holds_the_lease_is_told_before_it_is_ended() {
    let project = small();
    project.said(&["publish", "live"], 0);
    assert_eq!(project.said(&["unlock", "live"], 0), "free nobody holds a lease\n");
    let lease = r#"{"owner":"x","who":"https://ci.example/runs/7","since":1795000000,"until":9999999999,"generation":2,"journal":{}}"#;
    project.write("live/.policybook/lease.json", lease);
    grown(&project);
    let held = "https://ci.example/runs/7 is publishing since 2026-11-18T11:06:40Z, and holds the lease until 2286-11-20T17:46:39Z";
    assert!(project.said(&["publish", "live", "--wait", "0"], 3).contains(held));
    let told = project.said(&["unlock", "live"], 2);
    assert!(
        told.contains(held)
            && told.ends_with("there is no terminal to ask on: add `--yes` to end the lease\n"),
        "{told}"
    );
    assert!(
        project
            .said(&["unlock", "live", "--yes"], 0)
            .ends_with("ended the lease of https://ci.example/runs/7\n")
    );
    project.said(&["publish", "live", "--wait", "0"], 0);
}

/// Starts a server that has an answer to everything; returns its address.
fn always_answering() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap_or_default() > 2 {}
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi");
        }
    });
    address
}

#[test]
fn what_is_served_is_compared_with_what_was_sent() {
    let published = || {
        let project = small();
        project.said(&["publish", "live"], 0);
        project
    };
    // Each waits for what a cache may still answer: both at a time.
    thread::scope(|scope| {
        scope.spawn(|| {
            let project = published();
            grown(&project);
            let server = Server::start(project.path("live"), "/");
            // This server keeps no headers of ours: that is told, address by address.
            let told = project.said(&["publish", "live", "--public", &server.address()], 2);
            assert!(told.contains("security.txt is served with `Cache-Control: ` instead of `public, max-age=3600`"), "{told}");
            assert!(!told.contains("has other bytes") && told.contains("what was sent is not what is served"), "{told}");
            assert!(!told.contains("though there is nothing"), "{told}");
        });
        // One that answers everything with a page says of what is gone that it is there.
        let project = published();
        let address = always_answering();
        project.write(
            "content/site.yaml",
            project.read("content/site.yaml").replace("2027-10-31", "2027-10-30"),
        );
        let told = project.said(&["publish", "live", "--public", &address], 2);
        assert!(
            told.contains(" has other bytes\n")
                && told.contains("/ answers 200, though there is nothing\n"),
            "{told}"
        );
    });
}

#[test]
#[ignore = "needs a shell: tests/run has it"]
fn more_addresses_than_a_cache_takes_are_told_by_their_folders() {
    let project = small();
    let site = project.read("content/site.yaml");
    project.write(
        "content/site.yaml",
        format!("{site}publish:\n  target: live\n  purge: cat > told\n  purge_limit: 16\n"),
    );
    project.said(&["publish"], 0);
    let told = project.read("told");
    assert!(
        told.contains("https://acme.example/privacy/*\n") && told.lines().count() <= 16,
        "{told}"
    );
    project.write(
        "content/site.yaml",
        project.read("content/site.yaml").replace("purge_limit: 16", "purge_limit: 0"),
    );
    assert!(project.said(&["publish"], 1).contains("write a number of addresses"));
}

#[test]
fn a_web_address_is_told_what_changed_with_its_secret() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heard, hear) = mpsc::channel();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut head = String::new();
            while reader.read_line(&mut head).unwrap() > 2 {}
            let length = head
                .to_lowercase()
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next()?.trim().parse().ok());
            let mut body = vec![0; length.unwrap_or_default()];
            reader.read_exact(&mut body).unwrap();
            heard.send((head, String::from_utf8(body).unwrap())).unwrap();
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
                .unwrap();
        }
    });
    let project = small();
    let site = project.read("content/site.yaml");
    project.write(
        "content/site.yaml",
        format!("{site}publish:\n  target: live\n  webhook: http://127.0.0.1:{port}/purge\n"),
    );
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    let output = command
        .current_dir(project.root())
        .args(["publish", "--today", "2026-11-21"])
        .env("POLICYBOOK_PURGE_TOKEN", "hushhush");
    let output = output.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!String::from_utf8_lossy(&output.stderr).contains("hushhush"));
    let (head, body) = hear.recv().unwrap();
    assert!(
        head.starts_with("POST /purge ")
            && head.to_lowercase().contains("authorization: bearer hushhush"),
        "{head}"
    );
    let told: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert!(
        told["files"]
            .as_array()
            .unwrap()
            .iter()
            .any(|file| file == "https://acme.example/privacy/"),
        "{body}"
    );
    project.write("content/site.yaml", project.read("content/site.yaml") + "  purge_limit: 1\n");
    project.write(
        "content/privacy/_index.md",
        "---\ntitle: Privacy\nsummary: Another.\n---\nWords.\n",
    );
    project.said(&["release", "--summary", "Another", "--yes"], 0);
    project.said(&["publish", "--restyle"], 0);
    assert_eq!(hear.recv().unwrap().1, r#"{"purge_everything":true}"#);
}

#[test]
fn a_defaced_site_is_repaired_whatever_was_done_to_it() {
    let project = Project::example();
    project.said(&["publish", "live"], 0);
    let whole = live(&project);
    project.said(&["publish", "live", "--repair"], 0);
    let page = "live/security/v/original/index.html";
    let deface = || {
        project.write(page, "<h1>owned</h1>");
        project.write("live/ledger/ledger.yaml", "- release: mine\n");
        project.write("live/ledger/original/security/010-reporting.md", "Nothing.\n");
        fs::remove_file(project.path("live/security/v/original/policy.txt")).unwrap();
        fs::remove_dir_all(project.path("live/whitehats")).unwrap();
        project.write("live/security/v/2019-01-01/index.html", "<h1>a version</h1>");
    };
    deface();
    // An ordinary publish believes its state.
    assert!(project.said(&["publish", "live"], 0).starts_with("same "));
    assert_ne!(live(&project), whole);
    let said = project.said(&["verify", "live"], 1);
    assert!(said.contains("policybook publish --repair") || said.contains("ledger"), "{said}");
    let plan = project.said(&["publish", "live", "--repair", "--dry-run", "--format", "json"], 0);
    let plan: serde_json::Value = serde_json::from_str(&plan[..=plan.rfind('}').unwrap()]).unwrap();
    assert_eq!(plan["added"], serde_json::json!(["security/v/2019-01-01/index.html"]));
    let restored = plan["changes"].as_array().unwrap();
    assert!(restored.iter().all(|change| change["action"] == "restore"), "{plan}");
    let said = project.said(&["publish", "live", "--repair"], 0);
    assert!(said.contains("holds 1 file that no publish put there"), "{said}");
    assert!(said.contains("\n  security/v/2019-01-01/index.html"), "{said}");
    fs::remove_dir_all(project.path("live/security/v/2019-01-01")).unwrap();
    assert!(live(&project) == whole);
    project.said(&["verify", "live"], 0);

    // The same where the target forgot what was published.
    for state in ["gone", "x"] {
        deface();
        project.write("live/ledger/ledger.yaml", project.read("content/versions/ledger.yaml"));
        for file in ["published.json", "lease.json"] {
            let place = project.path(&format!("live/.policybook/{file}"));
            if state == "gone" { fs::remove_file(place) } else { fs::write(place, state) }.unwrap();
        }
        project.said(&["publish", "live", "--repair"], 0);
        fs::remove_dir_all(project.path("live/security/v/2019-01-01")).unwrap();
        assert!(live(&project) == whole, "{state}");
        assert!(project.said(&["publish", "live"], 0).starts_with("same "), "{state}");
    }
}

/// A policy of this many versions, a day after the other; each is another text.
fn versions(project: &Project, days: std::ops::Range<u32>) {
    for at in days {
        project.write("content/privacy/010-time.md", format!("# Time\n\nWe keep it {at} days.\n"));
        let day = format!("2026-{:02}-{:02}", 8 + at / 28, 1 + at % 28);
        let release = ["release", "--id", &format!("v{at}"), "--summary", "More.", "--yes", "-q"];
        project.said_on(&day, &release, 0);
    }
}

/// Returns what a target is said to hold.
fn state(project: &Project) -> serde_json::Value {
    serde_json::from_str(&project.read("live/.policybook/published.json")).unwrap()
}

#[test]
fn no_version_takes_an_address_away_and_every_pair_of_an_earlier_program_goes_without_a_flag() {
    let project = small();
    fs::remove_dir_all(project.path("content/versions")).unwrap();
    versions(&project, 0..34);
    let mut before: Vec<String> = Vec::new();
    let mut publish = |more: std::ops::Range<u32>| {
        versions(&project, more);
        project.said_on("2026-11-21", &["publish", "live", "--quiet"], 0);
        let state = state(&project);
        assert_eq!(state["gone"].as_object().map_or(0, |gone| gone.len()), 0, "{}", state["gone"]);
        let files = state["files"].as_object().unwrap();
        let missing = |path: &&String| {
            !files.contains_key(*path)
                && !path.starts_with("assets/")
                && !path.contains("/changes/")
        };
        assert_eq!(before.iter().find(missing), None);
        before = files.keys().cloned().collect();
    };
    publish(34..35);
    publish(35..36);
    publish(36..37);
    for (page, there) in [
        ("v/v0/since", true),
        ("v/v36/since", true),
        ("compare/v30/v35", true),
        ("compare/v31/v36", true),
        ("compare/v30/v36", false),
        ("compare/v35/v36", false),
    ] {
        assert_eq!(
            project.path(&format!("live/privacy/{page}/index.html")).exists(),
            there,
            "{page}"
        );
    }
    let since = project.read("live/privacy/v/v0/since/index.html");
    // What changed between them is told in bounded space.
    assert!(since.contains("<del") && since.matches("/changes/").count() == 12, "{since}");
    assert!(since.contains("24 earlier versions"), "{since}");
    let newest = project.read("live/privacy/v/v36/since/index.html");
    assert!(newest.contains("still in force") && !newest.contains("id=redline"), "{newest}");
    let old = project.read("live/privacy/v/v0/index.html");
    assert!(old.contains("privacy/v/v0/since/"), "{old}");

    // What an earlier program published: a page for every two versions.
    let mut told = state(&project);
    let known = "privacy/compare/v30/v35/index.html";
    let (record, page) = (told["files"][known].clone(), project.read(&format!("live/{known}")));
    for to in 0..35 {
        for from in 0..to {
            let path = format!("privacy/compare/v{from}/v{to}/index.html");
            if told["files"].get(&path).is_none() {
                project.write(&format!("live/{path}"), &page);
                told["files"][path] = record.clone();
            }
        }
    }
    project.write("live/.policybook/published.json", told.to_string());
    project.said_on("2026-11-21", &["verify", "live", "--quiet"], 0);
    let said = project.said_on("2026-11-21", &["publish", "live"], 0);
    assert!(said.contains(" 469 retired, "), "{said}");
    // They go when the time has come, without a flag as well.
    let said = project.said_on("2026-11-21", &["publish", "live", "--grace", "0"], 0);
    assert!(said.contains(" 469 removed, "), "{said}");
    assert!(!project.path("live/privacy/compare/v0/v9").exists());
    project.said_on("2026-11-21", &["verify", "live", "--quiet"], 0);
}
