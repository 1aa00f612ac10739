//! The preview and the author's files: what is served is what is built, and every save is seen.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{fs, thread};

use crate::preview;
use crate::preview::Preview;
use crate::project::{Project, TODAY};
use crate::tiers::times;

const REPORTING: &str = "content/security/010-reporting.md";

/// The line that the preview adds to a page.
const ADDED: &str = "/.policybook/reload.js";

/// Asserts that every file a build writes is served as it is, but for the line that makes a page
/// follow the saves.
fn assert_same_as_built(preview: &Preview, project: &Project) {
    project.build(&[]);
    for (path, bytes) in
        project.files("public").into_iter().filter(|(path, _)| !path.starts_with(".policybook/"))
    {
        let address = path
            .strip_suffix("index.html")
            .filter(|folder| folder.is_empty() || folder.ends_with('/'))
            .unwrap_or(&path);
        let answer = preview.get(&format!("/{address}"));
        assert!(answer.status.contains("200"), "{path}: {}", answer.status);
        if path.ends_with(".html") {
            let served = answer.text();
            let parts: Vec<&str> = served.split(ADDED).collect();
            let [before, after] = parts[..] else {
                panic!("{path} has {} lines that follow the saves", parts.len() - 1)
            };
            let before = &before[..before.rfind("<script").expect("a script")];
            let (_, after) = after.split_once("</script>\n").expect("a script's end");
            let built = String::from_utf8(bytes).unwrap();
            assert!(!built.contains("reload.js"), "{path} was built with what only a preview has");
            assert_eq!([before, after].concat(), built, "{path}");
        } else {
            assert_eq!(answer.body, bytes, "{path}");
        }
    }
}

#[test]
fn what_is_served_is_what_is_built_after_every_kind_of_save() {
    let project = Project::example();
    let site = "content/site.yaml";
    let preview = Preview::start(&project);
    assert_same_as_built(&preview, &project);
    let saves: &[(&str, &dyn Fn())] = &[
        ("words", &|| {
            project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours")
        }),
        ("a title", &|| project.edit("content/security/_index.md", "title: ", "title: The ")),
        ("the site", &|| project.edit(site, "name: ", "name: New ")),
        ("a list", &|| {
            project.edit(
                "content/whitehats.yaml",
                "  - name: Shashank Kumar\n",
                "  - name: Ada\n  - name: Shashank Kumar\n",
            )
        }),
        ("a new policy", &|| {
            project.write(
                "content/terms/_index.md",
                "---\ntitle: Terms\n---\nSee [the other](../security/_index.md).\n",
            )
        }),
        ("a release", &|| {
            assert!(project.run(&["release", "--summary", "A change", "--yes"]).status.success())
        }),
        ("words after it", &|| project.edit("content/terms/_index.md", "See", "Look at")),
        ("a coming release", &|| {
            let release = ["release", "--summary", "Coming", "--effective", "2027-01-01", "--yes"];
            assert!(project.run(&release).status.success());
        }),
        ("a review", &|| assert!(project.run(&["review", "security"]).status.success())),
        ("a theme", &|| assert!(project.run(&["theme", "eject", "foot.html"]).status.success())),
        ("a template", &|| project.edit("themes/default/templates/foot.html", "", "\n")),
        ("a style sheet", &|| {
            project.write("themes/default/static/site.css", "p { color: red }\n")
        }),
        ("a file that a policy loses", &|| {
            fs::remove_file(project.path("content/security/240-questions.md")).unwrap()
        }),
        ("raw words", &|| project.edit(site, "name: ", "minify: pages\nname: ")),
    ];
    for (count, (what, save)) in saves.iter().enumerate() {
        save();
        // The page that the preview makes anew tells that it has seen the save.
        project.write("content/seen/_index.md", format!("---\ntitle: Seen\n---\nSave {count}.\n"));
        preview.wait_for_page("/seen/", &format!("Save {count}."));
        assert!(
            preview.said().iter().all(|line| !line.starts_with("error")),
            "{what}: {}",
            preview.said().join("\n")
        );
        if count % times(3, 1) == 0 || count + 1 == saves.len() {
            assert_same_as_built(&preview, &project);
        }
    }
}

#[test]
fn the_output_folder_is_not_touched() {
    let project = Project::example();
    project.build(&[]);
    let before = project.files("public");
    let preview = Preview::start(&project);
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    preview.wait_for_page("/security/", "72 business hours");
    assert_eq!(project.files("public"), before);
    fs::remove_dir_all(project.path("public")).unwrap();
    project.edit(REPORTING, "72 business hours", "73 business hours");
    preview.wait_for_page("/security/", "73 business hours");
    assert!(!project.path("public").exists());
}

#[test]
fn every_way_to_save_is_seen() {
    for arguments in [&["--port", "0"][..], &["--port", "0", "--poll=50"]] {
        let project = Project::example();
        let preview = Preview::with(&project, arguments);
        let text = project.read(REPORTING);
        project.write("content/security/.010-reporting.md.swp", "an editor's own");
        project.write(
            "content/security/new",
            text.replace("{{ commitment.first_reply }}", "one renamed hour"),
        );
        fs::rename(project.path("content/security/new"), project.path(REPORTING)).unwrap();
        preview.wait_for_page("/security/", "one renamed hour");
        project.write("content/terms/_index.md", "---\ntitle: Terms\n---\nNew words.\n");
        preview.wait_for_page("/terms/", "New words.");
        project.write("content/terms/010-later.md", "## Later\n\nWords in a new folder.\n");
        preview.wait_for_page("/terms/", "Words in a new folder.");
        fs::remove_dir_all(project.path("content/terms")).unwrap();
        preview.wait_for_page("/terms/", "Not found");
        // A folder that takes the place of the one that was watched.
        fs::rename(project.path("content"), project.path("old")).unwrap();
        project
            .files("old")
            .into_iter()
            .for_each(|(path, bytes)| project.write(&format!("content/{path}"), bytes));
        project.edit(REPORTING, "one renamed hour", "an hour in another folder");
        preview.wait_for_page("/security/", "an hour in another folder");
        project.edit(REPORTING, "an hour in another folder", "an hour later there");
        preview.wait_for_page("/security/", "an hour later there");
        // The theme is the program's own until there is one.
        project.write("themes/default/templates/404.html", "Nobody is here.");
        preview.wait_for_page("/nowhere/", "Nobody is here.");
    }
}

#[test]
fn many_saves_end_with_the_last_words() {
    let saves = times(40, 200);
    let project = Project::example();
    let preview = Preview::start(&project);
    let text = project.read(REPORTING);
    for save in 1..=saves {
        project.write(
            REPORTING,
            text.replace("{{ commitment.first_reply }}", &format!("{save} saved hours")),
        );
        thread::sleep(Duration::from_millis([0, 1, 5, 20, 90][save % 5]));
    }
    preview.wait_for_page("/security/", &format!("{saves} saved hours"));
    project.write(REPORTING, &text);
    preview.wait_for_page("/security/", "48 business hours");
}

#[test]
fn many_files_at_once_are_one_save() {
    let project = Project::example();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(project.root())
            .args(["-c", "user.name=a", "-c", "user.email=a@a.example", "-c", "gc.auto=0"])
            .args(arguments);
        assert!(
            git.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success(),
            "git {arguments:?}"
        );
    };
    git(&["init", "--quiet"]);
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "few"]);
    let many = times(200, 1_000);
    for number in 0..many {
        project.write(
            &format!("content/many/{number:04}-s{number}.md"),
            format!("## Section {number}\n\nWords {number}.\n"),
        );
    }
    project.write("content/many/_index.md", "---\ntitle: Many\n---\nAll of them.\n");
    git(&["add", "--all"]);
    git(&["commit", "--quiet", "--message", "many"]);
    git(&["checkout", "--quiet", "HEAD~1"]);
    let preview = Preview::start(&project);
    git(&["checkout", "--quiet", "-"]);
    preview.wait_for_page("/many/", &format!("Words {}.", many - 1));
    // The page may be there before it is said.
    preview.wait(" other file", 1);
    // A machine that does much else pauses while it writes.
    let lines = preview
        .said()
        .iter()
        .filter(|line| line.contains("content/many/") && line.contains(" other file"))
        .count();
    assert!((1..=many / 20).contains(&lines), "{}", preview.said().join("\n"));
}

#[test]
fn errors_leave_the_last_good_site() {
    let project = Project::example();
    let preview = Preview::start(&project);
    project.write("content/site.yaml", "name: [\n");
    preview.wait("still showing the build of", 1);
    assert!(preview.get("/security/").text().contains("48 business hours"));
    assert!(
        preview.said().iter().any(|line| line.contains("--> content/site.yaml:")),
        "{}",
        preview.said().join("\n")
    );
    let empty = Project::empty();
    let preview = Preview::start(&empty);
    let answer = preview.get("/");
    assert!(
        answer.status.contains("503") && answer.text().contains(ADDED.trim_start_matches('/')),
        "{}",
        answer.text()
    );
    for (path, bytes) in Project::example().files(".") {
        empty.write(&path, bytes);
    }
    preview.wait_for_page("/security/", "48 business hours");
}

#[test]
fn a_coming_day_is_shown_as_it_will_be() {
    let project = Project::example();
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    let release = ["release", "--summary", "Slower", "--effective", "2026-12-24", "--yes"];
    assert!(project.run(&release).status.success());
    let today = Preview::of(&mut preview::command(&project, TODAY, &["--port", "0"]));
    assert!(today.get("/security/").text().contains("48 business hours"));
    assert!(today.get("/security/next/").text().contains("72 business hours"));
    let later = Preview::of(&mut preview::command(&project, "2026-12-24", &["--port", "0"]));
    assert!(later.get("/security/").text().contains("72 business hours"));
}

#[test]
fn unreleased_words_are_shown_under_a_band() {
    let project = Project::example();
    let preview = Preview::start(&project);
    assert!(!preview.get("/security/").text().contains("band draft"));
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    preview.wait_for_page("/security/", "band draft");
}

#[test]
fn a_site_lies_where_its_address_says() {
    let project = Project::example();
    let base = project
        .read("content/site.yaml")
        .lines()
        .find(|line| line.starts_with("base_url: "))
        .unwrap()
        .to_owned();
    project.edit("content/site.yaml", &base, "base_url: https://fluxiom.example/policies/");
    let preview = Preview::start(&project);
    assert!(preview.wait("serving", 1).ends_with("/policies/"));
    assert_eq!(preview.get("/").header("location"), Some("/policies/"));
    assert!(preview.get("/policies/security/").status.contains("200"));
    let missing = preview.get("/policies/nothing/here");
    assert!(
        missing.status.contains("404") && missing.text().contains("\"../.policybook/reload.js\""),
        "{}",
        missing.text()
    );
    assert!(preview.get("/policies/.policybook/reload.js").status.contains("200"));
}

#[test]
fn a_port_asked_for_and_taken_is_an_error_and_the_default_gives_way() {
    let project = Project::example();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = project.run(&["serve", "--port", &port]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains(&format!("port {port} is taken")) && !said.contains("serving"), "{said}");
    // Whoever else may have it: one of the two holds the default.
    let _holder = TcpListener::bind("127.0.0.1:4040");
    let preview = Preview::with(&project, &[]);
    let line = preview.wait("serving", 1);
    assert!(line.contains("(port 4040 is taken, so 40"), "{line}");
    assert!(preview.get("/").status.contains("200"));
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn a_system_that_does_not_tell_of_changes_is_asked_again_and_again() {
    for fault in ["inotify_init1:error=EMFILE", "inotify_add_watch:error=ENOSPC"] {
        let project = Project::example();
        let serve = preview::command(&project, TODAY, &["--port", "0"]);
        let mut strace = Command::new("strace");
        strace.args([
            "-f",
            "-qqq",
            "-o",
            "/dev/null",
            "-e",
            "trace=inotify_init1,inotify_add_watch",
            "-e",
        ]);
        strace.arg(format!("inject={fault}")).arg(serve.get_program()).args(serve.get_args());
        strace
            .current_dir(project.root())
            .envs(serve.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let preview = Preview::of(&mut strace);
        let line = preview.wait("watching", 1);
        assert!(line.contains("by reading them every 500 ms: "), "{line}");
        project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
        preview.wait_for_page("/security/", "72 business hours");
    }
}

#[test]
#[ignore = "needs env and kill: tests/run has them"]
fn an_interrupt_ends_it_at_once() {
    let project = Project::example();
    let serve = preview::command(&project, TODAY, &["--port", "0"]);
    // Whoever runs the tests in the background has interrupts ignored.
    let mut env = Command::new("env");
    env.arg("--default-signal=INT")
        .arg(serve.get_program())
        .args(serve.get_args())
        .current_dir(project.root());
    let mut preview = Preview::of(&mut env);
    let _open = preview.connect().unwrap();
    assert!(
        Command::new("kill").args(["-INT", &preview.id().to_string()]).status().unwrap().success()
    );
    assert!(!preview.ended());
}

#[test]
#[ignore = "needs script and stty: tests/run installs them"]
fn keys_on_a_terminal_are_heard_one_by_one() {
    use std::io::Write as _;
    let project = Project::example();
    let seen = project.path("opened");
    let browser = project.path("bin/xdg-open");
    project.write("bin/xdg-open", format!("#!/bin/sh\necho \"$1\" >>{}\n", seen.display()));
    fs::set_permissions(&browser, fs::Permissions::from_mode(0o755)).unwrap();
    let program = env!("CARGO_BIN_EXE_policybook");
    let serve = format!("{program} serve --port 0 --open --today {TODAY}; stty -a");
    let mut script = Command::new("script");
    script
        .args(["--quiet", "--return", "--flush", "--command", &serve, "/dev/null"])
        .current_dir(project.root());
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap());
    script
        .env("PATH", path)
        .env("NO_COLOR", "1")
        .env("SHELL", "/bin/sh")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = script.spawn().unwrap();
    let mut keys = child.stdin.take().unwrap();
    let opened = |times: usize| {
        let deadline = std::time::Instant::now() + preview::PATIENCE;
        while fs::read_to_string(&seen).map_or(0, |text| text.lines().count()) < times {
            assert!(
                std::time::Instant::now() < deadline,
                "the browser was not opened {times} times"
            );
            thread::sleep(Duration::from_millis(10));
        }
    };
    opened(1);
    keys.write_all(b"o").unwrap();
    opened(2);
    keys.write_all(b"rcq").unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("no page changed") && said.contains("0 errors and 0 warnings"), "{said}");
    assert!(
        said.contains(" icanon") && said.contains(" echo "),
        "the terminal is not as before: {said}"
    );
    assert!(fs::read_to_string(&seen).unwrap().starts_with("http://127.0.0.1:"));
}
