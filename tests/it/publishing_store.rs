//! Publishing to real object stores on this machine: SeaweedFS, which keeps to conditions, and
//! rclone, which does not. What goes wrong on the way is done by a proxy between them and the
//! program.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::sync::PoisonError;
use std::time::Duration;
use std::{fs, thread};

use tempfile::TempDir;

use crate::project::{Project, TODAY};
use crate::publishing::{grown, small};
use crate::reader;
use crate::stores::{Event, Proxy, Request, Server, TURN, edit, get, ports, rclone, tool, weed};

/// Returns a publish of a project through a port.
fn publish(project: &Project, port: u16, prefix: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command
        .current_dir(project.root())
        .args(["publish", &format!("s3://site/{prefix}"), "--today", TODAY])
        .args(more);
    at(&mut command, port);
    command
}

fn at(command: &mut Command, port: u16) {
    command
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("NO_COLOR", "1")
        .env_remove("SOURCE_DATE_EPOCH");
    command.envs([
        ("AWS_ACCESS_KEY_ID", "testkey"),
        ("AWS_SECRET_ACCESS_KEY", "testsecret"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ]);
    command.env_remove("AWS_PROFILE").stdin(Stdio::null());
}

/// Runs a publish, and returns what it says.
#[track_caller]
pub fn run(command: &mut Command, code: i32) -> String {
    let output = command.output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(!said.contains("testsecret"), "a secret is told");
    said
}

fn unlock(project: &Project, port: u16, prefix: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command.current_dir(project.root()).args(["unlock", &format!("s3://site/{prefix}"), "--yes"]);
    at(&mut command, port);
    run(&mut command, 0)
}

/// Returns the files of a project's site, as `build` writes them.
pub fn built(project: &Project) -> Vec<(String, Vec<u8>)> {
    project.build(&["--locked", "--out", "built"]);
    let files = project.files("built");
    fs::remove_dir_all(project.path("built")).unwrap();
    files.into_iter().filter(|(path, _)| !path.starts_with(".policybook/")).collect()
}

/// Returns those of the files that the store has.
fn there<'a>(
    server: &Server,
    prefix: &str,
    paths: impl Iterator<Item = &'a String>,
) -> BTreeMap<String, Vec<u8>> {
    let file = |path: &'a String| {
        Some((path.clone(), get(server.files, &format!("/buckets/site/{prefix}/{path}"))?.1))
    };
    paths.filter_map(file).collect()
}

#[track_caller]
fn holds(server: &Server, prefix: &str, site: &[(String, Vec<u8>)], when: &str) {
    for (path, bytes) in site {
        let there = get(server.files, &format!("/buckets/site/{prefix}/{path}"));
        let (_, found) = there.unwrap_or_else(|| panic!("{when}: {path} is missing"));
        assert!(found == *bytes, "{when}: {path} differs");
    }
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn a_store_holds_the_site_with_its_headers_and_tells_so_in_two_answers() {
    let server = weed();
    let proxy = Proxy::before(server.port);
    let project = Project::example();
    let site = built(&project);
    let plan = run(
        &mut publish(
            &project,
            proxy.port,
            "a",
            &["--dry-run", "--format", "json", "--detailed-exitcode", "--quiet"],
        ),
        1,
    );
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert_eq!((plan["schema"].as_u64(), plan["verdict"].as_str()), (Some(1), Some("planned")));
    assert!(
        proxy.seen().iter().all(|request| {
            request.line.starts_with("GET ") || request.line.starts_with("HEAD ")
        }),
        "a plan writes nothing"
    );
    proxy.rule(|_, _| Event::Pass);
    run(&mut publish(&project, proxy.port, "a", &["--no-verify"]), 0);
    let seen = proxy.seen();
    assert_eq!(Some(seen.len() as u64), plan["requests"].as_u64());
    for request in seen.iter().filter(|request| request.line.starts_with("PUT ")) {
        for name in ["content-type", "cache-control", "x-amz-meta-sha256", "x-amz-checksum-sha256"]
        {
            assert!(request.headers.contains_key(name), "{} has no {name}", request.line);
        }
        assert!(
            request.headers.contains_key("if-match")
                || request.headers.contains_key("if-none-match"),
            "{}",
            request.line
        );
    }
    holds(&server, "a", &site, "published");
    let (headers, _) = get(server.files, "/buckets/site/a/.well-known/security.txt").unwrap();
    assert_eq!(headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(headers["cache-control"], "public, max-age=3600");
    proxy.rule(|_, _| Event::Pass);
    assert!(run(&mut publish(&project, proxy.port, "a", &["--no-verify"]), 0).starts_with("same "));
    assert_eq!(proxy.seen().len(), 2);
    run(&mut publish(&project, proxy.port, "a", &["--dry-run", "--detailed-exitcode"]), 0);
    assert!(unlock(&project, proxy.port, "a").contains("nobody holds a lease"));
    project.write("content/security/010-reporting.md", "# Reporting\n\nOther words.\n");
    assert!(
        run(&mut publish(&project, proxy.port, "a", &[]), 3)
            .contains("refused: there are unreleased changes")
    );
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn a_defaced_store_is_repaired() {
    let server = weed();
    let project = Project::example();
    let site = built(&project);
    run(&mut publish(&project, server.port, "a", &["--no-verify"]), 0);
    for path in ["security/v/original/index.html", "ledger/original/SHA256SUMS", "new/page.html"] {
        edit(&server, &format!("a/{path}"), b"defaced");
    }
    let said = run(&mut publish(&project, server.port, "a", &["--no-verify", "--repair"]), 0);
    assert!(said.contains("no publish put there") && said.contains("new/page.html"), "{said}");
    holds(&server, "a", &site, "repaired");
    let said = run(&mut publish(&project, server.port, "a", &["--no-verify", "--repair"]), 0);
    assert!(said.contains("same "), "{said}");
}

#[test]
fn a_store_is_not_spoken_to_in_the_clear_and_a_target_holds_no_keys() {
    let project = small();
    let mut command = publish(&project, 9, "", &[]);
    let told = run(command.env("AWS_ENDPOINT_URL", "http://store.example:9000"), 2);
    assert!(told.contains("`http://store.example:9000` is not encrypted: write `https://`, or set AWS_ALLOW_HTTP to `true`"), "{told}");
    let told = project.run(&["publish", "s3://key:testsecret@site"]);
    let told = String::from_utf8(told.stderr).unwrap();
    assert!(told.contains("a target holds no keys") && !told.contains("testsecret"), "{told}");
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn keys_come_from_a_profile_where_the_environment_has_none() {
    let server = weed();
    let project = small();
    let endpoint = format!("http://127.0.0.1:{}", server.port);
    project.write(
        "home/.aws/credentials",
        "[default]\naws_access_key_id = other\n\n[site]\naws_access_key_id = testkey\naws_secret_access_key=testsecret\n",
    );
    project.write(
        "home/.aws/config",
        format!(
            "[profile site]\nregion = us-east-1\nendpoint_url = {endpoint}\n\n[profile staff]\nsso_session = acme\nregion = us-east-1\n"
        ),
    );
    let with = |profile: &str| {
        let mut command = publish(&project, server.port, "p", &["--no-verify"]);
        for name in ["AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION"] {
            command.env_remove(name);
        }
        // A secret that a CI service does not know is empty.
        command.envs([
            ("AWS_ACCESS_KEY_ID", ""),
            ("AWS_SECRET_ACCESS_KEY", ""),
            ("AWS_REGION", ""),
        ]);
        command.env("HOME", project.path("home")).env("AWS_PROFILE", profile);
        command
    };
    let told = run(&mut with("staff"), 2);
    assert!(
        told.contains("the profile `staff` signs in by `sso_session`")
            && told.contains("aws configure export-credentials --profile staff"),
        "{told}"
    );
    assert!(
        run(&mut with("nobody"), 2)
            .contains("there is no profile `nobody` in ~/.aws/credentials or ~/.aws/config")
    );
    run(&mut with("site"), 0);
    holds(&server, "p", &built(&project), "by a profile");
    assert!(
        run(publish(&project, server.port, "p", &["--no-verify"]).env("AWS_PROFILE", "nobody"), 0)
            .starts_with("same ")
    );
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn killed_at_any_request_the_next_publish_to_a_store_ends_the_same() {
    let server = weed();
    let proxy = Proxy::before(server.port);
    let (old, new) = (small(), small());
    grown(&new);
    let site = built(&new);
    let before: Vec<String> = built(&old).into_iter().map(|(path, _)| path).collect();
    for number in 1.. {
        let prefix = format!("k{number}");
        run(&mut publish(&old, server.port, &prefix, &["--no-verify"]), 0);
        proxy.rule(move |at, _| if at == number { Event::Kill } else { Event::Pass });
        let mut process =
            publish(&new, proxy.port, &prefix, &["--no-verify", "--quiet"]).spawn().unwrap();
        let status = loop {
            if *proxy.reached.lock().unwrap() {
                process.kill().unwrap();
                break process.wait().unwrap();
            }
            if let Some(status) = process.try_wait().unwrap() {
                break status;
            }
            thread::sleep(Duration::from_millis(5));
        };
        proxy.rule(|_, _| Event::Pass);
        let readable =
            there(&server, &prefix, before.iter().chain(site.iter().map(|(path, _)| path)));
        reader::nothing_missing(&readable, before.iter(), &format!("killed at {number}"));
        if status.success() {
            assert!(number > 20, "{number} requests");
            return;
        }
        unlock(&new, server.port, &prefix);
        run(&mut publish(&new, server.port, &prefix, &["--no-verify"]), 0);
        holds(&server, &prefix, &site, &format!("killed at {number}"));
        assert!(
            run(&mut publish(&new, server.port, &prefix, &["--no-verify"]), 0).starts_with("same "),
            "killed at {number}"
        );
    }
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn a_store_that_fails_now_and_then_gets_the_site_all_the_same() {
    let server = weed();
    let proxy = Proxy::before(server.port);
    let project = small();
    proxy.rule(|number, _| match number {
        number if number % 5 == 0 => Event::Busy,
        number if number % 7 == 0 => Event::Drop,
        number if number % 4 == 0 => Event::Lose,
        _ => Event::Pass,
    });
    for _ in 0..2 {
        run(&mut publish(&project, proxy.port, "f", &["--no-verify"]), 0);
        holds(&server, "f", &built(&project), "with failures");
        grown(&project);
    }
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn of_two_publishers_to_a_store_the_newer_one_remains() {
    let server = weed();
    let (old, new) = (small(), small());
    grown(&new);
    let site = built(&new);
    for round in 0..5 {
        let prefix = format!("r{round}");
        let spawn = |project: &Project| {
            publish(project, server.port, &prefix, &["--no-verify", "--quiet"])
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        };
        let (older, newer) = (spawn(&old), spawn(&new));
        let older = older.wait_with_output().unwrap();
        let newer = newer.wait_with_output().unwrap();
        assert!(newer.status.success(), "{}", String::from_utf8_lossy(&newer.stderr));
        assert!(
            matches!(older.status.code(), Some(0 | 3)),
            "{}",
            String::from_utf8_lossy(&older.stderr)
        );
        holds(&server, &prefix, &site, &format!("round {round}"));
        assert!(
            run(&mut publish(&old, server.port, &prefix, &["--no-verify"]), 3)
                .contains("this project is older")
        );
    }
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn other_words_of_equal_size_other_headers_and_another_hand_are_seen_in_a_store() {
    let server = weed();
    let proxy = Proxy::before(server.port);
    let project = small();
    let page = "/buckets/site/e/privacy/index.html";
    run(&mut publish(&project, server.port, "e", &["--no-verify"]), 0);
    let before = get(server.files, page).unwrap().1;
    grown(&project);
    run(&mut publish(&project, server.port, "e", &["--no-verify"]), 0);
    let after = get(server.files, page).unwrap().1;
    assert!(before != after && String::from_utf8_lossy(&after).contains("90 days"));
    // What the store says of itself is changed so that one file seems to have other headers: that
    // one is sent again, and nothing else.
    let known = get(server.files, "/buckets/site/e/.policybook/published.json").unwrap().1;
    let other =
        String::from_utf8(known).unwrap().replacen("text/plain; charset=utf-8", "text/plain", 1);
    edit(&server, "e/.policybook/published.json", other.as_bytes());
    let plan = run(&mut publish(&project, server.port, "e", &["--dry-run", "--quiet"]), 0);
    assert!(plan.starts_with("headers ") && plan.lines().count() == 1, "{plan}");
    proxy.rule(|_, _| Event::Pass);
    run(&mut publish(&project, proxy.port, "e", &["--no-verify", "--quiet"]), 0);
    let ours = |request: &&Request| request.line.contains("/.policybook/");
    let seen = proxy.seen();
    assert_eq!(
        seen.iter().filter(|request| request.line.starts_with("PUT ") && !ours(request)).count(),
        1
    );
    // Somebody edits a page by hand.
    edit(&server, "e/index.html", b"<p>Edited by hand.");
    project.write(
        "content/site.yaml",
        project.read("content/site.yaml").replace("name: Acme", "name: Acme Inc"),
    );
    let told = run(&mut publish(&project, server.port, "e", &["--no-verify", "--restyle"]), 3);
    assert!(told.contains("`index.html` was written by somebody else"), "{told}");
    run(&mut publish(&project, server.port, "e", &["--no-verify", "--restyle", "--overwrite"]), 0);
    holds(&server, "e", &built(&project), "overwritten");
}

#[test]
#[ignore = "needs rclone, which tests/run installs"]
fn a_store_that_ignores_conditions_is_found_out() {
    let folder = TempDir::new().unwrap();
    fs::create_dir(folder.path().join("site")).unwrap();
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let port = ports(1);
    let mut command = Command::new(tool("RCLONE", "rclone"));
    command
        .args([
            "serve",
            "s3",
            "--auth-key",
            "testkey,testsecret",
            "--addr",
            &format!("127.0.0.1:{port}"),
        ])
        .arg(folder.path());
    let server = Server::start(command, port, folder, turn, "rclone");
    let project = small();
    let said =
        run(&mut publish(&project, server.port, "", &["--no-verify", "--format", "json"]), 3);
    assert!(
        said.contains("\"reason\": \"no-conditions\"")
            && said.contains("overwrites objects whatever condition is named"),
        "{said}"
    );
    let left = walkdir::WalkDir::new(server.folder.path())
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .count();
    assert_eq!(left, 0, "nothing is left behind");
}

#[test]
#[ignore = "needs SeaweedFS, which tests/run installs"]
fn a_missing_bucket_and_wrong_keys_are_refused_before_anything_is_sent() {
    let server = weed();
    let project = small();
    for more in [&["--no-verify"][..], &["--dry-run"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
        command.current_dir(project.root()).args(["publish", "s3://nowhere", "--today", TODAY]);
        at(command.args(more), server.port);
        let said = run(&mut command, 3);
        assert!(said.contains("s3://nowhere names a bucket or container that does not"), "{said}");
        let mut command = publish(&project, server.port, "p", more);
        command.env("AWS_ACCESS_KEY_ID", "nobody");
        let said = run(&mut command, 3);
        assert!(said.contains("s3://site/p does not permit to read"), "{said}");
    }
    assert!(get(server.files, "/buckets/site/p/.policybook/lease.json").is_none());
}

#[test]
#[ignore = "needs SeaweedFS and rclone, which tests/run installs"]
fn a_prefix_is_a_name_letter_for_letter() {
    let server = weed();
    let project = small();
    for prefix in ["a b", "a?b", "a#b", "a%20b", "a+b", "ü/日本"] {
        let name = format!("{prefix}/site");
        let said = run(&mut publish(&project, server.port, &name, &["--no-verify"]), 0);
        assert!(said.contains(&format!("s3://site/{name}:")), "{said}");
        let said = run(&mut publish(&project, server.port, &name, &["--no-verify"]), 0);
        assert!(said.starts_with("same "), "{said}");
        let mut command = rclone(&server);
        command.args(["cat", &format!(":s3:site/{name}/privacy/v/2026-11-20/policy.md")]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("10 days"), "{name}");
    }
    for prefix in ["..", "a/../b", "a//b", "./a"] {
        let said = run(&mut publish(&project, server.port, prefix, &["--no-verify"]), 2);
        assert!(said.contains("a prefix is taken letter for letter"), "{said}");
    }
}
