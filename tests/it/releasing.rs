//! Releases: freezing, proving, announcing, reviewing.

use crate::project::Project;

const REPORTING: &str = "content/security/010-reporting.md";

fn release(project: &Project, today: &str, more: &[&str]) -> String {
    project.said_on(today, &[&["release", "--summary", "A change", "--yes"], more].concat(), 0)
}

#[test]
fn a_release_freezes_what_changed_whole_and_with_its_references_expanded() {
    let project = Project::example();
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    let told = release(&project, "2026-11-21", &[]);
    assert!(told.contains("changed  Reporting a security issue  +1 -1 words"), "{told}");
    let frozen = project.files("content/versions/2026-11-21");
    assert_eq!(frozen.len(), 1 + 25);
    let section = project.read("content/versions/2026-11-21/security/010-reporting.md");
    assert!(
        section.contains("72 business hours")
            && section.contains("(mailto:security@example.com)")
            && !section.contains("{{")
    );
    project.build(&["--locked"]);
    assert!(
        project
            .read("public/security/index.html")
            .contains("<time datetime=\"2026-11-21\">21 November 2026</time>")
    );
    assert!(
        project
            .read("public/security/v/2023-02-15/index.html")
            .contains("<strong>Old version.</strong>")
    );
    assert!(
        project
            .said_on("2026-11-21", &["release", "--summary", "Again", "--yes"], 0)
            .contains("nothing to release")
    );
}

#[test]
fn a_second_release_of_a_day_gets_a_number_and_a_named_document_goes_alone() {
    let project = Project::example();
    project.edit(REPORTING, "at once", "immediately");
    project.edit(
        "content/whitehats.yaml",
        "  - name: Shashank Kumar\n",
        "  - name: Ada\n  - name: Shashank Kumar\n",
    );
    let first = release(&project, "2026-11-21", &["whitehats"]);
    assert!(first.contains("added    Ada") && !first.contains("Reporting"), "{first}");
    release(&project, "2026-11-21", &[]);
    assert!(project.path("content/versions/2026-11-21/whitehats.yaml").exists());
    assert!(!project.path("content/versions/2026-11-21/security").exists());
    assert!(project.path("content/versions/2026-11-21.2/security/010-reporting.md").exists());
    project.build(&["--locked"]);
}

#[test]
fn a_release_that_makes_no_sense_is_refused_and_writes_nothing() {
    let project = Project::example();
    project.edit(REPORTING, "at once", "immediately");
    let before = project.files("content");
    let refused = |arguments: &[&str]| {
        project.said_on("2026-11-21", &[&["release", "--yes"], arguments].concat(), 2)
    };
    assert!(
        refused(&["--summary", "x", "--date", "2020-01-01"])
            .contains("2020-01-01 is before 2023-02-15")
    );
    assert!(
        refused(&["--summary", "x", "--id", "original"])
            .contains("there is a release `original` already")
    );
    assert!(
        refused(&["--summary", "x", "--id", "../x"])
            .contains("`../x` cannot be the id of a release")
    );
    assert!(refused(&["--summary", "  "]).contains("the summary is empty"));
    assert!(
        refused(&["--summary", "x", "--effective", "2026-11-20"])
            .contains("cannot come into force before 2026-11-21")
    );
    assert!(refused(&["--summary", "x", "securty"]).contains("did you mean `security`?"));
    assert!(
        project.said_on("2026-11-21", &["release", "--summary", "x"], 2).contains("pass `--yes`")
    );
    assert!(
        project
            .said_on("2026-11-21", &["release", "--summary", "x", "--dry-run"], 0)
            .contains("nothing was written")
    );
    assert!(project.files("content") == before);
}

#[test]
fn an_editorial_release_is_checked() {
    let refused = [
        (
            REPORTING,
            "{{ commitment.first_reply }}",
            "within 72 business hours",
            "a number, a date or an amount changed: `48 business hours` became `72 business hours`\n --> content/security/010-reporting.md:6:",
        ),
        (
            REPORTING,
            "We answer every",
            "We may answer every",
            "a word that binds, restricts or denies changed: nothing became `may`",
        ),
        (
            REPORTING,
            "{{ commitment.first_reply }}",
            "in 48 business hours",
            "a word that binds, restricts or denies changed: `within` became `in`",
        ),
        (
            REPORTING,
            "the steps that lead to the issue;\n- ",
            "",
            "words were removed: `the steps that lead to the issue;`",
        ),
        (
            "content/security/160-gdpr.md",
            "25 May 2018",
            "25 June 2018",
            "a number, a date or an amount changed: `25 May 2018` became `25 June 2018`",
        ),
        (
            REPORTING,
            "suspect a security issue that",
            "suspect a security problem that",
            "this corrects no known misspelling: `issue` became `problem`",
        ),
        (
            "content/whitehats.yaml",
            "  - name: Piotr Smaza\n",
            "  - name: Piotr Smaza\n    consent: false\n",
            "an entry of a list was removed: `1 person`",
        ),
    ];
    let project = Project::example();
    for (file, from, to, told) in refused {
        let before = project.read(file);
        project.edit(file, from, to);
        let answer = project.said_on(
            "2026-11-21",
            &["release", "--summary", "x", "--editorial", "--yes"],
            1,
        );
        assert!(answer.contains(told), "{told}\n{answer}");
        assert!(!project.path("content/versions/2026-11-21").exists());
        project.write(file, before);
    }
    project.edit(REPORTING, "suspect a security issue that", "suspect a security isue that");
    release(&project, "2026-11-21", &[]);
    project.edit(REPORTING, "suspect a security isue that", "*suspect* a security issue that");
    release(&project, "2026-11-22", &["--editorial"]);
    project.build(&["--locked"]);
    assert!(project.read("public/security/history/index.html").contains("editorial change"));
}

#[test]
fn words_that_come_into_force_later_are_announced_and_become_current_on_their_day() {
    let project = Project::example();
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    release(&project, "2026-11-21", &["--effective", "2027-01-01"]);
    let told = project.said_on("2026-11-21", &["build", "--locked"], 0);
    assert!(told.contains("rebuild on or after 2027-01-01"), "{told}");
    let (current, next) = ("public/security/index.html", "public/security/next/index.html");
    assert!(
        project.read(current).contains("48 business hours")
            && project.read(current).contains(" changes on <time datetime=\"2027-01-01\">")
    );
    assert!(
        project.read(next).contains("72 business hours")
            && project.read(next).contains("<time datetime=\"2027-01-01\">")
    );
    assert!(project.said_on("2026-12-31", &["build", "--locked"], 0).contains(": 0 written"));
    project.said_on("2027-01-01", &["build", "--locked"], 0);
    assert!(
        project.read(current).contains("72 business hours")
            && !project.read(current).contains(" changes on ")
    );
    assert!(project.read(next).contains("There is no upcoming version."));
    assert!(
        project
            .said_on("2026-11-22", &["status"], 0)
            .contains("upcoming   version 2026-11-21, in force from 2027-01-01")
    );
}

#[test]
fn a_notice_period_is_kept_by_arithmetic() {
    let project = Project::example();
    project.edit("content/site.yaml", "language: en\n", "language: en\nnotice:\n  security: 30\n");
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    let told = project.said_on(
        "2026-11-21",
        &["release", "--summary", "x", "--yes", "--effective", "2026-12-01"],
        2,
    );
    assert!(
        told.contains(
            "readers of `security` are promised 30 days of notice: the earliest day is 2026-12-21"
        ),
        "{told}"
    );
    assert!(release(&project, "2026-11-21", &[]).contains("in force from 2026-12-21"));
}

#[test]
fn a_review_is_recorded_and_shown_and_an_overdue_one_is_told() {
    let project = Project::example();
    project.edit("content/security/_index.md", "order: 1\n", "order: 1\nreview_every: 1 year\n");
    let told = project.said_on("2026-11-21", &["build", "--locked"], 0);
    assert!(told.contains("`security` should have been reviewed by 2024-02-15"), "{told}");
    project.said_on("2026-11-21", &["review", "security", "security.txt"], 0);
    let told = project.said_on("2026-11-21", &["build", "--locked"], 0);
    assert!(!told.contains("reviewed by"), "{told}");
    assert!(
        project
            .read("public/security/index.html")
            .contains("<dt>Last reviewed</dt><dd><time datetime=\"2026-11-21\">")
    );
    assert!(!project.read("public/security/v/2023-02-15/index.html").contains("Last reviewed"));
    assert!(
        project.said_on("2027-11-22", &["build", "--locked"], 0).contains("reviewed by 2027-11-21")
    );
    assert!(
        project.said_on("2026-11-20", &["review"], 2).contains("2026-11-20 is before 2026-11-21")
    );
    project.edit(REPORTING, "at once", "immediately");
    assert!(
        project.said_on("2026-11-21", &["review", "security"], 2).contains("release it instead")
    );
}

#[test]
fn a_day_typed_into_the_words_must_be_that_of_the_ledger() {
    let project = Project::example();
    project.edit(
        "content/security/_index.md",
        "If you have found",
        "Last updated: March 3rd, 2024.\n\nIf you have found",
    );
    let told = project.said_on("2026-11-21", &["release", "--summary", "x", "--yes"], 1);
    assert!(told.contains("the words say 2024-03-03, the ledger says 2026-11-21\n  --> content/security/_index.md:10:15"), "{told}");
    project.edit("content/security/_index.md", "March 3rd, 2024", "21 November 2026");
    release(&project, "2026-11-21", &[]);
    project.build(&["--locked"]);
}

#[test]
fn status_and_log_answer_programs() {
    let project = Project::example();
    project.edit(REPORTING, "{{ commitment.first_reply }}", "within 72 business hours");
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_slice(&project.run(arguments).stdout).unwrap()
    };
    let status = json(&["status", "--format", "json"]);
    assert_eq!(status["schema"], 1);
    assert_eq!(status["documents"][0]["unreleased"], true);
    assert_eq!(status["documents"][0]["changes"][0]["words_added"], 1);
    let log = json(&["log", "security", "--format", "json"]);
    let versions: Vec<&str> = log["versions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|version| version["version"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["2023-02-15", "original"]);
}

#[test]
fn what_a_section_says_that_it_covers_is_no_word_to_release() {
    let project = Project::example();
    let section = project.read(REPORTING);
    project.write(REPORTING, format!("---\ncovers: [contact, report-contents]\n---\n{section}"));
    project.build(&["--locked"]);
    let told = project.said_on("2026-11-21", &["release", "--summary", "x", "--yes"], 0);
    assert!(told.contains("nothing to release"), "{told}");
    assert!(
        project.said_on("2026-11-21", &["status"], 0).contains("security  version 2023-02-15"),
        "it stays released"
    );
}

#[test]
fn what_goes_beyond_the_check_takes_somebody_who_vouches_for_it() {
    let project = Project::empty();
    project.write(
        "content/site.yaml",
        "name: Acme\nbase_url: https://acme.example/\nnotice:\n  terms: 30\n",
    );
    project.write("content/terms/_index.md", "---\ntitle: Terms\n---\nThe licensor pays.\n");
    project.said_on("2026-01-01", &["release", "--summary", "First.", "--yes"], 0);
    project.write("content/terms/_index.md", "---\ntitle: Terms\n---\nThe licensee pays.\n");
    let told = project.said(&["release", "--summary", "A slip.", "--editorial", "--yes"], 1);
    assert!(told.contains("error[P055]") && told.contains("--attest NAME"), "{told}");
    project.said(&["release", "--summary", "A slip.", "--attest", "Ada Bee", "--yes"], 2);
    project.said(&["release", "--summary", "A slip.", "--editorial", "--attest", " ", "--yes"], 2);
    let told = project.said(
        &["release", "--summary", "A slip.", "--editorial", "--attest", "Ada Bee", "--yes"],
        0,
    );
    assert!(
        told.contains("Ada Bee vouches for this: ") && told.contains("in force from 2026-12-21"),
        "{told}"
    );
    project.build(&["--locked"]);
    for page in ["history/index.html", "v/2026-11-21/changes/index.html", "feed.atom"] {
        assert!(project.read(&format!("public/terms/{page}")).contains("Ada Bee"), "{page}");
    }
    let index: serde_json::Value =
        serde_json::from_str(&project.read("public/terms/v/2026-11-21/index.json")).unwrap();
    assert_eq!((&index["kind"], &index["attested"]), (&"editorial".into(), &"Ada Bee".into()));
}
