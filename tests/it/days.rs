//! Which day it is, and from which moment on: zones, the clock, `--today` and `SOURCE_DATE_EPOCH`.

use std::process::Command;

use crate::project::{CLOCK, Project};

/// A site at home in a zone, whose security.txt ends at a moment.
fn site(zone: &str, expires: &str) -> Project {
    let project = Project::empty();
    let site = format!(
        "name: A\nbase_url: https://a.example/\ntimezone: {zone}\ncontacts:\n  - {{ kind: security, email: s@a.example }}\n\
         security_txt:\n  expires: {expires}\n  policy: security\n"
    );
    project.write("content/site.yaml", site);
    project.write("content/security/_index.md", "---\ntitle: Security\n---\nOld words.\n");
    project
}

/// Returns what a command says when it is a moment by the clock, and its exit code.
fn run(project: &Project, clock: &str, epoch: Option<&str>, arguments: &[&str]) -> (i32, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command
        .current_dir(project.root())
        .args(arguments)
        .env(CLOCK, clock)
        .env_remove("SOURCE_DATE_EPOCH")
        .env("NO_COLOR", "1");
    command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
    if let Some(epoch) = epoch {
        let epoch: jiff::Timestamp = epoch.parse().unwrap();
        command.env("SOURCE_DATE_EPOCH", epoch.as_second().to_string());
    }
    let output = command.output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap()).concat();
    (output.status.code().unwrap(), said)
}

/// Returns what a command says when it is a moment by the clock, and it has to end well.
#[track_caller]
fn said(project: &Project, clock: &str, arguments: &[&str]) -> String {
    let (code, said) = run(project, clock, None, arguments);
    assert_eq!(code, 0, "{arguments:?}: {said}");
    said
}

/// Releases other words, to come into force on a day.
fn announce(project: &Project, clock: &str, day: &str) {
    project.write("content/security/_index.md", "---\ntitle: Security\n---\nNew words.\n");
    said(project, clock, &["release", "--summary", "New", "--effective", day, "--yes"]);
}

const FAR: &str = "2027-06-01T00:00:00Z";

#[test]
fn a_day_begins_where_the_site_is_at_home() {
    for (zone, before, from) in [
        ("UTC", "2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z"),
        ("Asia/Tokyo", "2026-11-21T14:59:59Z", "2026-11-21T15:00:00Z"),
        ("America/Los_Angeles", "2026-11-22T07:59:59Z", "2026-11-22T08:00:00Z"),
    ] {
        let project = site(zone, FAR);
        said(&project, "2026-11-19T12:00:00Z", &["release", "--summary", "Old", "--yes"]);
        announce(&project, "2026-11-20T12:00:00Z", "2026-11-22");
        let shown = |clock: &str, words: &str| {
            said(&project, clock, &["build", "--locked"]);
            assert!(project.read("public/security/index.html").contains(words), "{zone} {clock}");
            let (code, told) = run(&project, "2026-11-01T00:00:00Z", Some(clock), &["status"]);
            let version =
                if words == "Old words." { "version 2026-11-19" } else { "version 2026-11-20" };
            assert!(
                code == 0 && told.contains(&format!("{version}, in force")),
                "{zone} {clock}: {told}"
            );
        };
        shown(before, "Old words.");
        shown(from, "New words.");
        // A day that is asked for begins with its first moment.
        said(&project, before, &["build", "--locked", "--today", "2026-11-22"]);
        assert!(project.read("public/security/index.html").contains("New words."), "{zone}");
    }
}

#[test]
fn a_release_bears_the_day_of_the_zone() {
    let project = site("Asia/Tokyo", FAR);
    let clock = "2026-11-20T23:30:00Z";
    said(&project, clock, &["release", "--summary", "Old", "--yes"]);
    assert!(project.read("content/versions/ledger.yaml").contains("\n  released: 2026-11-21\n"));
    assert!(said(&project, clock, &["build", "--locked"]).contains("built"));
    // A feed tells nothing of the future, in any zone.
    let feed = project.read("public/security/feed.atom");
    assert!(
        feed.contains("<updated>2026-11-20T15:00:00+00:00</updated>")
            || feed.contains("<updated>2026-11-20T15:00:00Z</updated>"),
        "{feed}"
    );
    assert!(!feed.contains("<updated>2026-11-21"), "{feed}");
    said(&project, clock, &["review", "security", "--today", "2026-11-21"]);
    project.prove();
    let unknown = |zone: &str| {
        project.edit("content/site.yaml", "timezone: Asia/Tokyo", &format!("timezone: {zone}"));
        let (code, told) = run(&project, clock, None, &["check", "--format", "full"]);
        project.edit("content/site.yaml", &format!("timezone: {zone}"), "timezone: Asia/Tokyo");
        (code, told)
    };
    let (code, told) = unknown("Europe/Berln");
    assert!(
        code == 1 && told.contains("error[P015]: invalid `timezone`: `Europe/Berln`"),
        "{told}"
    );
    assert!(
        told.contains("content/site.yaml:3:11") && told.contains("did you mean `Europe/Berlin`?"),
        "{told}"
    );
    let (code, told) = unknown("somewhere");
    assert!(code == 1 && told.contains("IANA time zone database, as in `Europe/Berlin`"), "{told}");
    project.edit("content/site.yaml", "timezone: Asia/Tokyo", "timezone: Asia/Tokio");
    said(&project, clock, &["check", "--fix"]);
    assert!(project.read("content/site.yaml").contains("timezone: Asia/Tokyo\n"));
}

#[test]
fn nothing_is_dated_ahead() {
    let project = site("Asia/Tokyo", FAR);
    let clock = "2026-11-20T23:30:00Z";
    said(&project, clock, &["release", "--summary", "Old", "--yes"]);
    announce(&project, clock, "2027-03-01");
    project.write("old.md", "Words of long ago.\n");
    let before = project.files("content");
    for arguments in [
        &["release", "--summary", "x", "--yes"][..],
        &["review", "security"],
        &["review", "security.txt"],
        &["redact", "words", "--reason", "asked", "--yes"],
        &["import", "privacy", "--version", "old=old.md"],
        &["add", "whitehat", "Ada"],
        &["postpone", "2026-11-21.2", "--effective", "2027-04-01", "--reason", "x", "--yes"],
        &["withdraw", "2026-11-21.2", "--reason", "x", "--yes"],
        &["retire", "security", "--reason", "x", "--yes"],
        &["rename", "security", "safety", "--yes"],
    ] {
        let (code, told) =
            run(&project, clock, None, &[arguments, &["--today", "2026-11-22"]].concat());
        assert_eq!(code, 2, "{arguments:?}: {told}");
        assert!(
            told.contains(
                "`--today 2026-11-22` has not come: by the clock it is 2026-11-21 in Asia/Tokyo"
            ),
            "{told}"
        );
        assert!(told.contains("write `--today 2026-11-21`"), "{told}");
    }
    for arguments in [
        &["release", "--summary", "x", "--yes", "--date", "2026-11-22"][..],
        &["review", "security", "--date", "2026-11-22"],
        &["redact", "words", "--reason", "asked", "--yes", "--date", "2026-11-22"],
    ] {
        project.write("content/security/10-more.md", "## More\n\nMore words.\n");
        let unreleased = arguments[0] == "release";
        if !unreleased {
            std::fs::remove_file(project.path("content/security/10-more.md")).unwrap();
        }
        let (code, told) = run(&project, clock, None, arguments);
        assert!(
            code == 2 && told.contains("2026-11-22 is after 2026-11-21"),
            "{arguments:?}: {told}"
        );
        let _ = std::fs::remove_file(project.path("content/security/10-more.md"));
    }
    assert!(project.files("content") == before, "nothing was written");
    // What only reads may look ahead.
    for arguments in [&["build"][..], &["check"], &["status"], &["diff"], &["log"], &["verify"]] {
        let (code, told) =
            run(&project, clock, None, &[arguments, &["--today", "2027-03-01"]].concat());
        assert_eq!(code, 0, "{arguments:?}: {told}");
    }
    // A ledger that has such an act all the same is named, until its day has come.
    let ahead = |clock: &str| run(&project, clock, None, &["check", "--format", "full"]);
    let (code, told) = ahead("2026-11-20T14:59:00Z");
    assert!(
        code == 0
            && told.contains(
                "warning[P061]: release `2026-11-21` is dated 2026-11-21, and today is 2026-11-20"
            ),
        "{told}"
    );
    assert!(
        told.contains("--> content/versions/ledger.yaml:")
            && told.contains("`policybook withdraw 2026-11-21`, then release again"),
        "{told}"
    );
    assert!(!ahead(clock).1.contains("P061"));
}

#[test]
fn a_ledger_with_an_act_that_is_dated_ahead_goes_on() {
    let project = site("UTC", FAR);
    let (clock, wrong) = ("2026-11-20T12:00:00Z", "2062-01-01T12:00:00Z");
    let go = |clock: &str, arguments: &[&str]| {
        let (code, told) = run(&project, clock, None, arguments);
        assert_eq!(code, 0, "{arguments:?}: {told}");
        told
    };
    go(clock, &["release", "--summary", "Old", "--yes"]);
    project.write("content/security/10-more.md", "## More\n\nMore words.\n");
    go(wrong, &["release", "--summary", "More", "--yes"]);
    go(wrong, &["review", "security", "security.txt"]);
    assert!(go(clock, &["check"]).matches("P061").count() == 2);
    project.write("content/security/10-more.md", "## More\n\nOther words.\n");
    go(clock, &["withdraw", "2062-01-01", "--reason", "Dated by a clock that was wrong.", "--yes"]);
    go(clock, &["release", "--summary", "Other", "--yes"]);
    go(clock, &["review", "security", "security.txt"]);
    let ledger = project.read("content/versions/ledger.yaml");
    assert_eq!(
        ledger.matches("\n  ahead: 2062-01-01\n").count(),
        2,
        "once for the policy, once for security.txt: {ledger}"
    );
    assert!(!go(clock, &["check"]).contains("P061"));
    go(clock, &["build", "--locked"]);
    go(clock, &["verify"]);
    project.prove();
    // The day is one that an entry above bears, and nothing else goes back.
    let twice = ledger.replace("  ahead: 2062-01-01\n", "  ahead: 2063-01-01\n");
    project.write("content/versions/ledger.yaml", twice);
    assert_eq!(run(&project, clock, None, &["check"]).0, 1);
}

#[test]
fn a_retirement_that_is_dated_ahead_gives_way() {
    let (clock, wrong) = ("2026-11-20T12:00:00Z", "2062-01-01T12:00:00Z");
    for next in [
        &["retire", "security", "--reason", "Today", "--yes"][..],
        &["release", "security", "--summary", "Stays", "--yes"],
    ] {
        let project = site("UTC", FAR);
        let go = |clock: &str, arguments: &[&str]| {
            let (code, told) = run(&project, clock, None, arguments);
            assert_eq!(code, 0, "{arguments:?}: {told}");
            told
        };
        go(clock, &["release", "--summary", "Old", "--yes"]);
        go(wrong, &["retire", "security", "--reason", "Some day", "--yes"]);
        project.write("content/security/10-more.md", "## More\n\nMore.\n");
        go(clock, next);
        let status = go(clock, &["status"]);
        assert_eq!(
            status.contains("retired    from 2026-11-20 on"),
            next[0] == "retire",
            "{status}"
        );
        assert!(!status.contains("2062"), "{status}");
        assert!(project.read("content/versions/ledger.yaml").contains("\n  ahead: 2062-01-01\n"));
        go(clock, &["verify"]);
    }
}

#[test]
fn what_is_recorded_goes_by_the_clock_and_what_is_built_by_the_epoch() {
    let project = site("UTC", FAR);
    let (clock, epoch) = ("2026-11-20T12:00:00Z", Some("2026-11-25T12:00:00Z"));
    let go = |epoch: Option<&str>, arguments: &[&str]| {
        let (code, told) = run(&project, clock, epoch, arguments);
        assert_eq!(code, 0, "{arguments:?}: {told}");
        told
    };
    assert!(go(epoch, &["release", "--summary", "Old", "--yes"]).contains("released 2026-11-20"));
    go(epoch, &["review", "security"]);
    project.write("content/security/_index.md", "---\ntitle: Security\n---\nNew words.\n");
    go(epoch, &["release", "--summary", "New", "--effective", "2026-11-25", "--yes"]);
    let ledger = project.read("content/versions/ledger.yaml");
    assert!(
        ledger.contains("review: 2026-11-20") || ledger.contains("date: 2026-11-20"),
        "{ledger}"
    );
    assert!(!ledger.contains("released: 2026-11-25"), "{ledger}");
    for (epoch, words) in [(None, "Old words."), (epoch, "New words.")] {
        go(epoch, &["build", "--locked"]);
        assert!(project.read("public/security/index.html").contains(words), "{epoch:?}");
    }
    let published = go(epoch, &["publish", "live", "--yes"]);
    let note = "SOURCE_DATE_EPOCH is on 2026-11-25, and by the clock it is 2026-11-20: the site is published as of 2026-11-25";
    assert!(published.contains(note), "{published}");
    assert!(
        !go(Some("2026-11-20T01:00:00Z"), &["publish", "other", "--yes"])
            .contains("SOURCE_DATE_EPOCH")
    );
    let (_, told) = run(
        &project,
        clock,
        Some("2026-11-20T01:00:00Z"),
        &["check", "--format", "full", "--today", "2027-06-01"],
    );
    assert!(
        told.contains("[P082]: security.txt expired on 2027-06-01"),
        "a day that is asked for counts before all: {told}"
    );
}

#[test]
fn security_txt_ends_at_its_moment() {
    for (zone, expires, last, over) in [
        ("UTC", "2026-11-21T12:00:00+02:00", "2026-11-21T09:59:59Z", "2026-11-21T10:00:00Z"),
        ("Asia/Tokyo", "2026-11-21T15:00:00Z", "2026-11-21T14:59:59Z", "2026-11-21T15:00:00Z"),
        (
            "America/Los_Angeles",
            "2026-11-21T00:00:00Z",
            "2026-11-20T23:59:59Z",
            "2026-11-21T00:00:00Z",
        ),
    ] {
        let project = site(zone, expires);
        said(&project, "2026-11-19T12:00:00Z", &["release", "--summary", "Old", "--yes"]);
        let there = |clock: &str| {
            let (code, told) = run(&project, clock, None, &["build"]);
            assert_eq!(code, 0, "{told}");
            let there = project.path("public/.well-known/security.txt").exists();
            assert_eq!(
                there,
                !told.contains("warning[P082]: security.txt expired on"),
                "{zone} {clock}: {told}"
            );
            there
        };
        // In one folder, so that what was made before is not taken for what is to be made.
        let minute = |moment: &str| {
            (moment.parse::<jiff::Timestamp>().unwrap() - jiff::SignedDuration::from_mins(1))
                .to_string()
        };
        let steps =
            ["2026-11-19T12:00:00Z", &minute(last), last, over, "2026-11-23T00:00:00Z", last];
        assert_eq!(steps.map(there), [true, true, true, false, false, true], "{zone}");
    }
    // Words that come into force are not waited for where security.txt ends before.
    let project = site("Asia/Tokyo", "2026-12-20T15:00:00Z");
    said(&project, "2026-11-19T12:00:00Z", &["release", "--summary", "Old", "--yes"]);
    announce(&project, "2026-11-19T12:00:00Z", "2027-03-01");
    let built = said(&project, "2026-11-20T12:00:00Z", &["build"]);
    assert!(
        built.contains(
            "rebuild on or after 2026-12-21: security.txt or its key or signature ends then"
        ),
        "{built}"
    );
    let built = said(&project, "2026-12-22T12:00:00Z", &["build"]);
    assert!(
        built.contains("rebuild on or after 2027-03-01: another version comes into force that day"),
        "{built}"
    );
}
