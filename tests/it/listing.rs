//! Lists that keep promises: commitments, sub-processors, whitehats, and what changes them.

use crate::project::Project;
use crate::tiers::times;
use policybook::render::visible;

const COMMITMENTS: &str = "content/commitments.yaml";
const SUBPROCESSORS: &str = "content/subprocessors.yaml";
const WHITEHATS: &str = "content/whitehats.yaml";

fn release(project: &Project, today: &str) -> String {
    project.said_on(today, &["release", "--summary", "A change", "--yes"], 0)
}

#[test]
fn a_promise_that_got_weaker_is_named_wherever_a_change_is_told() {
    let project = Project::example();
    project.edit(COMMITMENTS, "value: 48", "value: 72");
    project.edit(COMMITMENTS, "value: 180", "value: 90");
    project.edit(COMMITMENTS, "value: 99.9\n", "value: 99.95\n");
    let weaker = "weaker: first reply to a report, within 48 → within 72 business hours";
    let changed = "changed, direction not declared: backups kept, 180 → 90 days";
    let stronger = "stronger: uptime, at least 99.9 → at least 99.95 percent";
    let today = "2026-11-21";
    for command in [
        &["status"][..],
        &["diff"],
        &["diff", "--format", "stat"],
        &["diff", "security"],
        &["diff", "--format", "json"],
        &["status", "--format", "json"],
        &["release", "--summary", "Slower", "--dry-run"],
    ] {
        let told = project.said_on(today, command, 0);
        assert!(
            [weaker, changed, stronger].iter().all(|line| told.contains(line)),
            "{command:?}\n{told}"
        );
    }
    let comment = project.said_on(today, &["diff", "commitments", "--format", "markdown"], 0);
    assert!(comment.contains(&format!("- {weaker}\n")), "{comment}");
    let editorial =
        project.said_on(today, &["release", "--summary", "x", "--editorial", "--yes"], 1);
    assert!(
        editorial.contains("an entry of a list was changed: `first reply to a report`"),
        "{editorial}"
    );
    release(&project, today);
    project.build(&["--locked"]);
    for page in [
        "commitments/feed.atom",
        "security/feed.atom",
        "feed.atom",
        "commitments/history/index.html",
        "security/history/index.html",
    ] {
        let page = project.read(&format!("public/{page}"));
        assert!(
            page.contains("Weaker: first reply to a report, within 48 → within 72 business hours"),
            "{page}"
        );
    }
    let feed = project.read("public/commitments/feed.atom");
    let newest = feed.split("<entry>").nth(1).unwrap();
    for promise in ["first reply to a report", "backups kept", "uptime"] {
        assert_eq!(newest.matches(promise).count(), 1, "each promise is told once: {newest}");
    }
    let alone = project.said_on(
        today,
        &["diff", "security", "2023-02-15", "2026-11-21", "--format", "html"],
        0,
    );
    for page in [
        &alone,
        &project.read("public/security/v/2026-11-21/changes/index.html"),
        &project.read("public/commitments/v/2026-11-21/changes/index.html"),
    ] {
        let page = visible(page);
        for line in [weaker, changed, stronger] {
            let (label, terms) = line.split_once(": ").unwrap();
            assert!(page.contains(&format!("{label} {terms}")), "{label} {terms}\n{page}");
        }
    }
    assert!(
        project
            .read("public/security/index.html")
            .contains("our first reply within 72 business hours")
    );
    assert!(
        project
            .read("public/security/v/2023-02-15/index.html")
            .contains("our first reply within 48 business hours")
    );
    let list: serde_json::Value =
        serde_json::from_str(&project.read("public/commitments.json")).unwrap();
    let reply = list["commitments"]
        .as_array()
        .unwrap()
        .iter()
        .find(|entry| entry["what"] == "first reply to a report")
        .unwrap();
    assert_eq!(
        (&reply["promise"], &reply["section"]),
        (&"within 72 business hours".into(), &"security#reporting".into())
    );
}

#[test]
fn the_commitments_of_the_example_tell_what_its_second_version_changed() {
    let project = Project::example();
    let told = project.said_on("2026-11-21", &["diff", "security", "original", "2023-02-15"], 0);
    for line in [
        "added: backups kept, 180 days",
        "added: uptime, at least 99.9 percent",
        "added: availability checked, every 1 to 5 minutes",
        "removed: telephone channel",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert!(!told.contains("weaker") && !told.contains("first reply to a report"), "{told}");
    project.build(&["--locked"]);
    let page = project.read("public/commitments/index.html");
    assert!(
        page.contains("within 48 business hours")
            && page.contains("<a href=\"../security/#reporting\">Reporting a security issue</a>"),
        "{page}"
    );
    let then = project.read("public/commitments/v/original/index.html");
    assert!(
        then.contains(
            "<a href=\"../../../security/v/original/#reporting\">Reporting a security issue</a>"
        ),
        "{then}"
    );
    assert!(
        project
            .said_on("2026-11-21", &["check", "--format", "full"], 0)
            .contains("0 errors, 0 warnings")
    );
}

#[test]
fn a_page_of_commitments_follows_the_headings_it_names() {
    let project = Project::example();
    let preview = crate::preview::Preview::start(&project);
    preview.wait_for_page("/commitments/", "Reporting a security issue");
    project.edit(
        "content/security/010-reporting.md",
        "## Reporting a security issue",
        "## Telling us",
    );
    preview.wait_for_page("/commitments/", "Telling us");
    project.edit(COMMITMENTS, "value: 48", "value: 49");
    preview.wait_for_page("/security/", "within 49 business hours");
}

#[test]
fn a_sub_processor_is_announced_comes_and_leaves() {
    let project = Project::example();
    project.edit(
        "content/site.yaml",
        "language: en\n",
        "language: en\nnotice:\n  subprocessors: 30\n",
    );
    let add = [
        "add",
        "subprocessor",
        "Acme, Inc.",
        "--purpose",
        "Search",
        "--country",
        "NO",
        "--announced",
        "2026-11-21",
        "--effective",
    ];
    let short = project.said_on("2026-11-21", &[&add[..], &["2026-12-20"]].concat(), 1);
    assert!(
        short.contains("the notice for `Acme, Inc.` is shorter than the 30 days that are promised"),
        "{short}"
    );
    assert!(short.contains("it comes into use on 2026-12-21 at the earliest"), "{short}");
    project.said_on("2026-11-21", &[&add[..], &["2026-12-24"]].concat(), 0);
    let told = release(&project, "2026-11-21");
    assert!(
        !told.contains("in force from"),
        "the list is in force at once, to announce it: {told}"
    );
    let page = |today: &str| {
        project.said_on(today, &["build"], 0);
        project.read("public/subprocessors/index.html")
    };
    assert!(
        project.read("content/subprocessors.yaml").contains("\n    announced: 2026-11-21\n"),
        "a day stands bare"
    );
    let announced = page("2026-11-21");
    assert!(
        announced.contains("<strong>Acme, Inc.</strong>, from <time datetime=\"2026-12-24\">"),
        "{announced}"
    );
    assert!(
        announced.contains("you may object until <time datetime=\"2026-12-21\">"),
        "{announced}"
    );
    assert!(
        announced.contains("This page does not replace the notice your agreement entitles you to.")
    );
    let permanent = project.read("public/subprocessors/v/2026-11-21/index.html");
    assert!(!page("2026-12-24").contains("<h2>Announced</h2>"));
    assert!(
        project.read("public/subprocessors/v/2026-11-21/index.html").contains("<h2>Announced</h2>")
    );
    assert_eq!(
        article(&permanent),
        article(&project.read("public/subprocessors/v/2026-11-21/index.html")),
        "a version's page is as it was"
    );
    let gone = project.read(SUBPROCESSORS).replace("  - name: Crisp\n    purpose: Chat\n", "");
    let with = project.read(SUBPROCESSORS);
    project.write(SUBPROCESSORS, gone);
    assert!(
        project
            .said_on("2027-01-01", &["check", "--format", "full"], 1)
            .contains("error[P101]: `Crisp` was a sub-processor and is gone")
    );
    project.write(
        SUBPROCESSORS,
        with.replace("    purpose: Chat\n", "    purpose: Chat\n    until: 2027-01-31\n"),
    );
    release(&project, "2027-01-01");
    assert!(
        !page("2027-01-31").contains("<h2>Former</h2>")
            && page("2027-02-01").contains("<h2>Former</h2>")
    );
    project.edit(SUBPROCESSORS, "  - name: Crisp\n    purpose: Chat\n    until: 2027-01-31\n", "");
    project.edit(
        SUBPROCESSORS,
        "  - name: Postmark\n",
        "  - name: Postmark Mail\n    formerly: Postmark\n",
    );
    project.said_on("2027-02-01", &["check", "--format", "full"], 0);
}

/// Returns the article of a page.
fn article(page: &str) -> &str {
    let start = page.find("<table").unwrap();
    &page[start..page.find("</article>").unwrap()]
}

#[test]
fn a_notice_says_who_comes_what_it_means_and_how_to_object() {
    let project = Project::example();
    project.edit(
        "content/site.yaml",
        "language: en\n",
        "language: en\nnotice:\n  subprocessors: 30\n",
    );
    let hostile = "<b>Acme</b>";
    let add = [
        "add",
        "subprocessor",
        hostile,
        "--purpose",
        "Search & find",
        "--country",
        "NO",
        "--data",
        "Queries",
    ];
    project.said_on(
        "2026-11-21",
        &[&add[..], &["--announced", "2026-11-21", "--effective", "2026-12-24"]].concat(),
        0,
    );
    let (with, until) = ("    purpose: Chat\n", "    purpose: Chat\n    until: 2026-12-31\n");
    project.edit(SUBPROCESSORS, with, until);
    release(&project, "2026-11-21");
    let text = project.said_on("2026-11-21", &["notice"], 0);
    assert_eq!(
        text,
        "Changes to the sub-processors of Fluxiom\n\nAdded\n\n- <b>Acme</b>\n  Purpose: Search & find\n  Data: Queries\n  Country: NO\n  \
         Effective: 24 December 2026\n  Objections until: 21 December 2026\n\nRemoved\n\n- Crisp\n  Effective: 1 January 2027\n\n\
         To object, write to support@example.com by the day named above, or before the change takes effect.\n\n\
         This is version 2026-11-21 of the list: https://fluxiom.example/subprocessors/\n"
    );
    let html = project.said_on("2026-11-21", &["notice", "--format", "html"], 0);
    assert!(
        html.contains("<strong>&lt;b&gt;Acme&lt;/b&gt;</strong><br>Purpose: Search &amp; find"),
        "{html}"
    );
    let json: serde_json::Value =
        serde_json::from_str(&project.said_on("2026-11-21", &["notice", "--format", "json"], 0))
            .unwrap();
    assert_eq!(
        (&json["added"][0]["name"], &json["removed"][0]["name"]),
        (&hostile.into(), &"Crisp".into())
    );
    assert_eq!(json["added"][0]["objections_until"], "2026-12-21");
    let since = project.said_on("2026-11-21", &["notice", "--since", "original"], 0);
    assert!(since.contains("- Stripe\n") && since.contains("- Hetzner\n"), "{since}");
    assert!(
        project
            .said_on("2026-11-21", &["notice", "--since", "2026-11-21"], 0)
            .contains("nothing to report")
    );
    assert!(
        project
            .said_on("2026-11-21", &["notice", "--since", "2023-02-16"], 2)
            .contains("did you mean `2023-02-15`?")
    );
}

#[test]
fn who_does_not_agree_or_was_removed_is_on_no_page_and_in_no_release() {
    let project = Project::example();
    project.edit(WHITEHATS, "  - name: Issam Rabhi\n", "");
    let gone = project.said_on("2026-11-21", &["check", "--format", "full"], 1);
    assert!(gone.contains("error[P101]: `Issam Rabhi` was credited and is missing"), "{gone}");
    project.edit(WHITEHATS,
        "  - name: Kamil Sevi\n",
        "  - name: Kamil Sevi\n  - name: Issam Rabhi\n    removed: { date: 2026-11-20, reason: asked us to }\n  - name: Zoe Hidden # shy\n    consent: false\n  - name: Yan Shown\n    consent: true\n    class: XSS\n    groups: [Team A]\n    date: 2026\n",
    );
    project.edit(WHITEHATS, "whitehats:\n", "undated_before: 2024\nwhitehats:\n");
    release(&project, "2026-11-21");
    let frozen = project.read("content/versions/2026-11-21/whitehats.yaml");
    assert!(
        frozen.contains("Yan Shown")
            && !frozen.contains("Zoe")
            && !frozen.contains("Issam")
            && !frozen.contains("asked us"),
        "{frozen}"
    );
    project.build(&["--locked"]);
    for (path, bytes) in project.files("public") {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Zoe Hidden") && !text.contains("asked us to"), "{path}");
    }
    let page = project.read("public/whitehats/index.html");
    assert!(
        page.contains(">2026</h2>")
            && page.contains(">Before 2024</h2>")
            && page.contains("XSS")
            && !page.contains("Issam"),
        "{page}"
    );
    project.edit(
        WHITEHATS,
        "  - name: Issam Rabhi\n    removed: { date: 2026-11-20, reason: asked us to }\n",
        "",
    );
    project.said_on("2026-11-22", &["check", "--format", "full"], 0);
    project.write(WHITEHATS, "whitehats: [{name: Yan Shown}, {name: Zoe, consent: false}]\n");
    assert!(
        project.said_on("2026-11-22", &["check", "--format", "full"], 1).contains("error[P102]")
    );
}

#[test]
fn the_history_of_a_list_is_told_however_its_file_is_ordered() {
    let project = Project::example();
    let lists = [
        "whitehats:\n  - name: Ada\n  - name: Bea\n  - name: Ça\n",
        "whitehats:\n  - name: Ça\n  - name: Ada\n  - name: Bea\n    removed: { date: 2026-11-22, reason: asked }\n",
        "whitehats:\n  - name: Bea\n    link: https://bea.example/\n  - name: Ada\n    date: 2026\n  - name: Ça\n",
        "whitehats:\n  - name: Ada\n    date: 2026\n  - name: Beatrix\n    formerly: Bea\n    link: https://bea.example/\n  - name: Ça\n",
    ];
    let told = [
        "added    Ada|added    Bea|added    Ça",
        "removed  1 person",
        "added    Bea|changed  Ada",
        "renamed  Bea → Beatrix",
    ];
    std::fs::remove_dir_all(project.path("content/versions")).unwrap();
    project.edit("content/security/230-whitehats.md", "{{ whitehats }}", "Nobody.");
    for (day, (list, told)) in (20..).zip(lists.iter().zip(told)) {
        project.write(WHITEHATS, list);
        let said = project.said_on(
            &format!("2026-11-{day}"),
            &["release", "whitehats", "--summary", "x", "--yes"],
            0,
        );
        let mut lines: Vec<&str> = told.split('|').collect();
        lines.retain(|line| !said.contains(&format!("  {line}  +")));
        assert!(lines.is_empty(), "{lines:?}\n{said}");
        assert_eq!(said.matches(" words\n").count(), told.split('|').count(), "{said}");
    }
}

#[test]
fn an_added_entry_keeps_the_file_and_is_refused_twice() {
    let project = Project::example();
    let before = project.read(WHITEHATS);
    let name = "> \"Æ\" <b>: 田, O'Neil # =1+1";
    let told = project.said_on(
        "2026-11-21",
        &["add", "whitehat", "--link", "https://a.example", "--group", "A", name],
        0,
    );
    let after = project.read(WHITEHATS);
    let line = after.strip_prefix(&before).expect("the rest is as it was");
    assert!(line.starts_with("  - name: ") && told.starts_with(line), "{told}");
    project.build(&[]);
    let page = visible(&project.read("public/whitehats/index.html"));
    let page = [("&gt;", ">"), ("&lt;", "<"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'")]
        .iter()
        .fold(page, |page, (entity, letter)| page.replace(entity, letter));
    assert!(page.contains(name), "{page}");
    assert!(
        project
            .said_on("2026-11-21", &["add", "whitehat", "KAMIL SEVI"], 2)
            .contains("`KAMIL SEVI` is on the list already, as `Kamil Sevi`")
    );
    assert!(
        project
            .said_on("2026-11-21", &["add", "whitehat", "Kamil\u{200b} Sevi"], 2)
            .contains("U+200B")
    );
    assert!(
        project
            .said_on("2026-11-21", &["add", "whitehat", "jaymark pestan\u{303}o"], 2)
            .contains("already")
    );
    assert!(
        project
            .said_on("2026-11-21", &["add", "commitment", "uptime", "--what", "x"], 2)
            .contains("already")
    );
    let same = project.files("content");
    for wrong in [
        &["add", "whitehat", "Eve", "--link", "javascript:alert(1)"][..],
        &["add", "whitehat", "Eve", "--date", "2026-02-30"],
        &["add", "commitment", "x", "--what", "x", "--value", "about 5", "--unit", "days"],
        &["add", "commitment", "x", "--what", "x", "--section", "security#nowhere"],
        &["add", "subprocessor", "X", "--purpose", "Y", "--effective", "1.2.2026"],
    ] {
        assert!(project.said_on("2026-11-21", wrong, 1).contains("error[P"), "{wrong:?}");
    }
    assert!(project.files("content") == same, "nothing was written");
    project.said_on(
        "2026-11-21",
        &[
            "add",
            "commitment",
            "drills",
            "--what",
            "recovery drills",
            "--value",
            "4",
            "--unit",
            "times a year",
        ],
        0,
    );
    assert!(project.read(COMMITMENTS).contains("  - id: drills\n    what: recovery drills\n"));
    project.write(
        "content/whitehats.yaml",
        "\u{feff}# top\r\nwhitehats:\r\n- name: A # a\r\n# end\r\n",
    );
    let path = project.path("content/versions");
    std::fs::remove_dir_all(path).unwrap();
    project.said_on("2026-11-21", &["add", "whitehat", "B"], 0);
    assert_eq!(
        project.read(WHITEHATS),
        "\u{feff}# top\r\nwhitehats:\r\n- name: A # a\r\n- name: B\r\n# end\r\n"
    );
}

#[test]
fn long_lists_are_built_whole() {
    let length = times(400, 10_000);
    let project = Project::example();
    std::fs::remove_dir_all(project.path("content/versions")).unwrap();
    let list = |key: &str, more: &str| {
        let entry = |index: usize| {
            format!("  - name: Somebody {index}\n    link: https://a.example/{index}\n{more}")
        };
        format!("{key}:\n{}", (0..length).map(entry).collect::<String>())
    };
    project.write(WHITEHATS, list("whitehats", "    date: 2024\n    class: XSS\n"));
    let dates = "    purpose: Hosting\n    country: DE\n    announced: 2026-01-01\n    effective: 2026-03-01\n";
    project.write(SUBPROCESSORS, list("subprocessors", dates));
    release(&project, "2026-11-21");
    project.build(&["--locked"]);
    let page = |id: &str| project.read(&format!("public/{id}/index.html")).replace('"', "");
    assert_eq!(page("subprocessors").matches("<th scope=row>").count(), length);
    assert_eq!(page("whitehats").matches("rel=nofollow ugc noopener").count(), length);
}
