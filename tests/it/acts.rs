//! Acts of the ledger on what was announced or is in force, and what becomes of the notice that
//! readers are promised.

use crate::project::Project;

const SITE: &str = "name: Acme\nbase_url: https://acme.example/\ncontacts: [{kind: security, email: security@acme.example}]\n\
                    security_txt: {expires: 2027-06-01T00:00:00Z}\nnotice: {terms: 30, sms: 10}\n";

/// Returns a project of two policies, released on a day.
fn project() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", SITE);
    project.write(
        "content/terms/_index.md",
        "---\ntitle: Terms\n---\nYou may recieve mail.\n\nAsk Ada Bee.\n",
    );
    project.write("content/sms/_index.md", "---\ntitle: Text messages\n---\nWe send few.\n");
    project.said_on(
        "2026-01-01",
        &["release", "--summary", "First", "--yes", "--approved-by", "The board"],
        0,
    );
    project
}

fn edit(project: &Project, words: &str) {
    project.write("content/terms/_index.md", format!("---\ntitle: Terms\n---\n{words}\n"));
}

/// Returns a project whose ledger holds every act there is.
pub fn with_every_act() -> Project {
    let project = project();
    let said = |day: &str, arguments: &[&str]| project.said_on(day, arguments, 0);
    edit(&project, "You may recieve mail.\n\nAsk Ada Bee or me.");
    said("2026-02-01", &["release", "--summary", "More", "--yes"]);
    said(
        "2026-02-02",
        &["postpone", "2026-02-01", "--effective", "2026-04-01", "--reason", "Late", "--yes"],
    );
    edit(&project, "You may receive mail.\n\nAsk Ada Bee or me.");
    said("2026-02-03", &["release", "--summary", "Spelling", "--editorial", "--correct", "--yes"]);
    said("2026-02-04", &["withdraw", "2026-02-01", "--reason", "Not now", "--yes"]);
    edit(&project, "You may receive mail.\n\nAsk Ada Bee.");
    said("2026-02-05", &["retire", "sms", "--reason", "We send none", "--see", "terms", "--yes"]);
    said("2026-02-06", &["rename", "terms", "conditions", "--yes"]);
    said("2026-02-07", &["review", "conditions"]);
    said("2026-02-08", &["redact", "Ada Bee", "--reason", "asked for", "--yes"]);
    project
}

#[test]
fn a_ledger_with_every_act_is_proved_and_read_by_programs() {
    let project = with_every_act();
    project.prove();
    project.said_on("2026-02-08", &["verify"], 0);
    project.said_on("2026-02-08", &["build", "--locked"], 0);
    project.said_on("2026-02-08", &["verify", "public"], 0);
    let index: serde_json::Value =
        serde_json::from_str(&project.read("public/ledger.json")).unwrap();
    let acts: Vec<&str> = index["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["act"].as_str().unwrap())
        .collect();
    let expected = [
        "release",
        "release",
        "postponement",
        "release",
        "release",
        "withdrawal",
        "retirement",
        "release",
        "retirement",
        "review",
        "redaction",
    ];
    assert_eq!(acts, expected);
    let ledger = project.read("public/ledger/index.html");
    for words in [
        "Postponement to 1 April 2026",
        "Withdrawal",
        "Retirement on 15 February 2026",
        "approved by The board",
    ] {
        assert!(ledger.contains(words), "no {words:?} in {ledger}");
    }
}

#[test]
fn a_renamed_policy_keeps_its_words_its_pages_and_its_promise() {
    let project = project();
    project.write("content/terms/10-more.md", "## More\n\nAnd [above](#more).\n");
    project.said_on("2026-01-02", &["release", "--summary", "More", "--yes"], 0);
    let announced = project.said_on("2026-01-10", &["rename", "terms", "conditions", "--yes"], 2);
    assert!(announced.contains("version `2026-01-02` of `terms` is announced"), "{announced}");
    let taken = |new: &str, told: &str| {
        let said = project.said_on("2026-03-01", &["rename", "terms", new, "--yes"], 2);
        assert!(said.contains(told), "{said}");
    };
    taken("sms", "there is a document `sms` already");
    taken("Terms", "cannot be the name of a policy");
    taken("ledger", "that address is taken");
    let before = project.files("content");
    assert!(
        project
            .said_on("2026-03-01", &["rename", "terms", "conditions", "--dry-run"], 0)
            .contains("nothing was written")
    );
    assert!(project.files("content") == before);
    let said = project.said_on("2026-03-01", &["rename", "terms", "conditions", "--yes"], 0);
    assert!(said.contains("name `conditions` there"), "{said}");
    assert!(
        !project.path("content/terms").exists()
            && project.path("content/conditions/10-more.md").exists()
    );
    project.said_on("2026-03-01", &["build", "--locked"], 0);
    let [old, new] =
        ["terms", "conditions"].map(|id| project.read(&format!("public/{id}/index.html")));
    assert!(
        old.contains("<strong>Retired.</strong>") && old.contains("It goes on as conditions."),
        "{old}"
    );
    assert!(new.contains("And ") && !new.contains("<strong>Draft"), "{new}");
    assert!(project.path("public/terms/v/2026-01-02/index.html").exists());
    // The notice goes along, although `site.yaml` does not name the new id.
    project.write("content/conditions/10-more.md", "## More\n\nNothing.\n");
    let short = project.said_on(
        "2026-03-02",
        &["release", "--summary", "Less", "--effective", "2026-03-03", "--yes"],
        2,
    );
    assert!(
        short.contains(
            "readers of `conditions` are promised 30 days of notice: the earliest day is 2026-04-01"
        ),
        "{short}"
    );
}

#[test]
fn a_policy_that_is_gone_without_an_act_is_in_force_and_keeps_a_locked_build_from_passing() {
    let project = project();
    std::fs::remove_dir_all(project.path("content/sms")).unwrap();
    let said = project.said_on("2026-02-01", &["build", "--locked"], 1);
    assert!(
        said.contains("`sms` is in force and missing from `content/`")
            && said.contains("policybook retire sms"),
        "{said}"
    );
    assert!(
        project
            .said_on("2026-02-01", &["status"], 0)
            .contains("sms  version 2026-01-01, in force since 2026-01-01")
    );
    project.said_on("2026-02-01", &["retire", "sms", "--reason", "We send none", "--yes"], 0);
    project.said_on("2026-02-01", &["build", "--locked"], 0);
    assert!(
        project
            .read("public/sms/index.html")
            .contains("<strong>Text messages will be retired.</strong>")
    );
    assert!(project.read("public/sms/next/index.html").contains("will be retired"));
    project.said_on("2026-02-11", &["build", "--locked"], 0);
    let page = project.read("public/sms/index.html");
    assert!(
        page.contains("<strong>Retired.</strong>") && page.contains("10 February 2026"),
        "{page}"
    );
    // It may return.
    project.write("content/sms/_index.md", "---\ntitle: Text messages\n---\nWe send some.\n");
    project.said_on("2026-03-01", &["release", "--summary", "Again", "--yes"], 0);
    project.said_on("2026-03-11", &["build", "--locked"], 0);
    assert!(!project.read("public/sms/index.html").contains("Retired"));
    let history = project.read("public/sms/history/index.html");
    assert!(history.contains("10 February 2026") && history.contains("11 March 2026"), "{history}");
}

#[test]
fn a_notice_cannot_be_cut_by_an_editorial_release_by_a_date_by_a_smaller_number_or_by_leaving_the_ledger()
 {
    let project = project();
    edit(&project, "You may recieve mail.\n\nAsk nobody.");
    let earliest = "the earliest day is 2026-03-31";
    let refused = |arguments: &[&str]| {
        project.said_on(
            "2026-03-01",
            &[&["release", "--summary", "x", "--yes"], arguments].concat(),
            2,
        )
    };
    assert!(refused(&["--effective", "2026-03-02"]).contains(earliest));
    assert!(
        refused(&["--date", "2026-01-15", "--effective", "2026-03-02"]).contains(earliest),
        "notice runs from today"
    );
    project.write("content/site.yaml", SITE.replace("terms: 30", "terms: 1"));
    assert!(
        refused(&["--effective", "2026-03-02"]).contains(earliest),
        "the promise in the ledger counts"
    );
    // An editorial release in between does not take the smaller number over.
    edit(&project, "You may receive mail.\n\nAsk Ada Bee.");
    project.said_on("2026-03-01", &["release", "--summary", "Spelling", "--editorial", "--yes"], 0);
    assert!(project.read("content/versions/ledger.yaml").contains("notice: {terms: 30}"));
    edit(&project, "You may receive mail.\n\nAsk nobody.");
    assert!(refused(&["--effective", "2026-03-02"]).contains(earliest));
    project.said_on("2026-03-01", &["release", "--summary", "x", "--yes"], 0);
    assert!(project.said_on("2026-03-01", &["status"], 0).contains("in force from 2026-03-31"));
    // From then on, what this release promised counts.
    edit(&project, "You may receive mail.\n\nAsk me.");
    project.said_on(
        "2026-04-01",
        &["release", "--summary", "y", "--effective", "2026-04-02", "--yes"],
        0,
    );
}

#[test]
fn who_publishes_late_is_told_what_notice_is_left() {
    let project = project();
    project.write("content/site.yaml", format!("{SITE}publish: {{target: site}}\n"));
    project.said_on("2026-01-01", &["publish", "--yes"], 0);
    edit(&project, "You may recieve mail.\n\nAsk nobody.");
    project.said_on("2026-02-01", &["release", "--summary", "x", "--yes"], 0);
    let said = project.said_on("2026-02-20", &["publish", "--dry-run"], 0);
    assert!(
        said.contains("policybook postpone 2026-02-01 --document terms --effective 2026-03-22"),
        "{said}"
    );
    let said = project.said_on("2026-03-10", &["publish", "--yes"], 0);
    assert!(
        said.contains(
            "has been in force since 2026-03-03: its readers were promised 30 days of notice"
        ),
        "{said}"
    );
    assert!(
        !project.said_on("2026-03-11", &["publish", "--yes"], 0).contains("days of notice"),
        "it is told once"
    );
    project.said_on("2026-03-12", &["retire", "sms", "--reason", "We send none", "--yes"], 0);
    let said = project.said_on("2026-03-20", &["publish", "--yes"], 0);
    assert!(
        said.contains(
            "the retirement of `sms` from 2026-03-22 on is published today for the first time"
        ),
        "{said}"
    );
    // What is corrected at once was promised no notice, and what was released in time and published
    // the same day is in time.
    edit(&project, "You may receive mail.\n\nAsk nobody.");
    project.said_on("2026-03-21", &["release", "--summary", "y", "--editorial", "--yes"], 0);
    edit(&project, "You may receive mail.\n\nAsk us.");
    project.said_on("2026-03-21", &["release", "--summary", "z", "--yes"], 0);
    let said = project.said_on("2026-03-21", &["publish", "--yes"], 0);
    assert!(!said.contains("days of notice"), "{said}");
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_day_typed_into_the_page_of_versions_leads_to_the_text_that_applied() {
    let project = with_every_act();
    project.said_on("2026-02-08", &["build"], 0);
    let server = crate::server::Server::start(project.path("public"), "/policies/");
    let mut chromium = crate::chromium::Chromium::start();
    chromium.open(&format!("{}terms/history/", server.address())).unwrap();
    let mut on = |day: &str| {
        let typed = format!(
            "(() => {{ const field = document.querySelector('.applied input'); field.value = '{day}'; \
             field.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             return document.querySelector('.applied [role=status]').textContent; }})()"
        );
        chromium.evaluate(&typed).as_str().unwrap().to_owned()
    };
    assert_eq!(on("2026-01-01"), "Version 2026-01-01");
    assert_eq!(on("2026-02-02"), "Version 2026-01-01");
    assert_eq!(on("2026-02-03"), "Version 2026-02-03");
    assert_eq!(on("2026-02-06"), "None that is known.", "it went on under another name");
    assert_eq!(on("2025-12-31"), "None that is known.");
    assert_eq!(on(""), "");
}

#[test]
fn what_is_sealed_can_be_read_and_names_what_there_is() {
    let project = project();
    let refused = |arguments: &[&str], told: &str| {
        let said = project.said_on("2026-02-01", arguments, 2);
        assert!(said.contains(told), "{arguments:?}: {said}");
    };
    let before = project.files("content");
    for hidden in ["a\u{1}b", "a\u{202e}b", "a\u{200b}b", "a\u{feff}b"] {
        refused(
            &["retire", "sms", "--reason", hidden, "--yes"],
            "it holds the invisible character U+",
        );
        refused(&["release", "--summary", hidden, "--yes"], "it holds the invisible character U+");
    }
    refused(
        &["retire", "sms", "--reason", &"x".repeat(1001), "--yes"],
        "it is longer than 1000 letters",
    );
    refused(&["retire", "sms", "--reason", " ", "--yes"], "the reason is empty");
    refused(
        &["retire", "sms", "--reason", "x", "--see", "sms", "--yes"],
        "cannot take its own place",
    );
    project.write("content/new/_index.md", "---\ntitle: New\n---\nWords.\n");
    refused(
        &["retire", "sms", "--reason", "x", "--see", "new", "--yes"],
        "`new` was never released",
    );
    std::fs::remove_dir_all(project.path("content/new")).unwrap();
    assert!(project.files("content") == before);
    // An id that YAML reads as something else is an id all the same.
    project.said_on("2026-02-01", &["rename", "sms", "null", "--yes"], 0);
    project.said_on("2026-02-01", &["build", "--locked"], 0);
    project.said_on("2026-02-01", &["verify"], 0);
    project.prove();
}

#[test]
fn a_promise_for_nobody_is_named() {
    let project = project();
    project.write("content/site.yaml", SITE.replace("terms: 30", "term: 30"));
    let said = project.said_on("2026-02-01", &["check", "--format", "full"], 1);
    assert!(
        said.contains("`notice` promises days for `term`, and there is no such policy or list")
            && said.contains("did you mean `terms`?"),
        "{said}"
    );
}

#[test]
fn what_is_retired_returns_with_its_notice_only() {
    let project = project();
    project.said_on("2026-01-02", &["retire", "sms", "--reason", "Over", "--yes"], 0);
    project.said_on("2026-03-01", &["release", "sms", "--summary", "Again", "--yes"], 0);
    let status = project.said_on("2026-03-01", &["status"], 0);
    assert!(
        status.contains("upcoming   version 2026-03-01, in force from 2026-03-11")
            && status.contains("retired    from 2026-01-12 on"),
        "{status}"
    );
    project.said_on("2026-03-01", &["build"], 0);
    let page = project.read("public/sms/index.html");
    assert!(
        page.contains("<strong>Retired.</strong>")
            && page.contains("<strong>Text messages changes on <time"),
        "{page}"
    );
    // No act reaches back: a day that has passed is not given to words that readers did not have.
    let past = project.said_on(
        "2026-03-05",
        &["release", "terms", "--summary", "x", "--effective", "2026-03-01", "--yes"],
        0,
    );
    assert!(past.contains("nothing to release"), "{past}");
    edit(&project, "You may receive mail.\n\nAsk Ada Bee.");
    let past = [
        "release",
        "terms",
        "--summary",
        "x",
        "--editorial",
        "--date",
        "2026-02-01",
        "--effective",
        "2026-03-01",
        "--yes",
    ];
    let said = project.said_on("2026-03-05", &past, 2);
    assert!(said.contains("2026-03-01 has passed, and readers had other words then: the earliest day is 2026-03-05"), "{said}");
    project.said_on(
        "2026-03-05",
        &["release", "terms", "--summary", "x", "--editorial", "--date", "2026-02-01", "--yes"],
        0,
    );
    assert!(
        project
            .said_on("2026-03-05", &["log", "terms"], 0)
            .contains("terms 2026-02-01  2026-02-01, in force from 2026-03-05  editorial")
    );
    assert!(
        project
            .said_on("2026-03-05", &["show", "terms", "--on", "2026-02-15"], 0)
            .contains("recieve")
    );
}
