//! One notion of a change: `status`, `diff` in every format, `build --locked`, `release`, the
//! stamps and the page of changes judge small pairs of sections alike, and rightly.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::project::Project;
use crate::tiers::times;

/// Pairs that a reader cannot tell apart: what it is called, and both texts.
const SAME: &[(&str, &str, &str)] = &[
    ("wrapped", "We keep\nit for ten days.", "We keep it for\nten days."),
    (
        "padded-table",
        "| A | B |\n|---|---|\n| c | d |",
        "| A   | B   |\n|-----|-----|\n| c   | d   |",
    ),
    ("table-without-bars", "| A | B |\n|---|---|\n| c | d |", "A | B\n--|--\nc | d"),
    ("bullets", "* one\n* two", "- one\n- two"),
    ("loose-list", "- one\n- two", "- one\n\n- two"),
    ("loose-nested", "- one\n  - two", "- one\n\n  - two"),
    ("emphasis", "We *never* sell __it__.", "We _never_ sell **it**."),
    ("setext", "Text.\n\n### Below\n\nMore.", "Text.\n\n###   Below   ###\n\nMore."),
    ("numbers", "1. one\n1. two\n1. three", "1. one\n2. two\n3. three"),
    ("entities", "Bread &amp; butter &copy; us.", "Bread & butter © us."),
    ("comments", "Text.<!-- a note -->\n\n<!-- another -->\n\nMore.", "Text.\n\nMore."),
    ("unused-definition", "Text.\n\n[unused]: https://a.example/", "Text."),
    (
        "link-style",
        "See [it](https://a.example/ \"T\").",
        "See [it][there].\n\n[there]: https://a.example/ \"T\"",
    ),
    ("line-ends", "One.\n\nTwo.\nThree.", "One.\r\n\r\nTwo.\r\nThree."),
    ("composed", "Cafe\u{301} au lait.", "Caf\u{e9} au lait."),
    ("language", "```rust\nlet a = 1;\n```", "```\nlet a = 1;\n```"),
    ("fences", "```\na  b\n```", "~~~~\na  b\n~~~~"),
    ("indented-code", "Text:\n\n    a\n      b", "Text:\n\n```\na\n  b\n```"),
    (
        "footnote-names",
        "Soon.[^a] Later.[^b]\n\n[^a]: One.\n\n[^b]: Two.",
        "Soon.[^x] Later.[^y]\n\n[^y]: Two.\n\n[^x]: One.",
    ),
    ("escapes", "5 \\* 3, a\\_b", "5 * 3, a_b"),
    ("hard-break-style", "One  \ntwo.", "One\\\ntwo."),
    ("rule-style", "One.\n\n***\n\nTwo.", "One.\n\n- - -\n\nTwo."),
    ("spaces", "One   two.", "One two."),
    ("bold-space", "**one two**", "**one** **two**"),
    ("han", "我们不\n出售数据。", "我们不出售数据。"),
];

/// Pairs of which a reader gets two.
const OTHER: &[(&str, &str, &str)] = &[
    (
        "list-mended",
        "We share with: 1. our host 2. the courts",
        "We share with:\n\n1. our host\n2. the courts",
    ),
    ("nesting", "- one\n- two\n- three", "- one\n- two\n  - three"),
    ("list-start", "1. one\n2. two", "3. one\n4. two"),
    ("ordered", "- one\n- two", "1. one\n2. two"),
    ("one-item", "- one two\n- three", "- one\n- two\n- three"),
    ("empty-item", "- one\n- two", "- one\n-\n- two"),
    ("level", "Text.\n\n### Below\n\nMore.", "Text.\n\n#### Below\n\nMore."),
    ("quotation", "We never sell it.", "> We never sell it."),
    ("alert", "> Keep it safe.", "> [!WARNING]\n> Keep it safe."),
    ("alert-kind", "> [!NOTE]\n> Keep it safe.", "> [!CAUTION]\n> Keep it safe."),
    ("split", "We keep it. We delete it.", "We keep it.\n\nWe delete it."),
    ("hard-break", "Acme Inc. Main Street.", "Acme Inc.\\\nMain Street."),
    ("code-space", "Write `a  b`.", "Write `a b`."),
    ("block-space", "```\na\n  b\n```", "```\na\nb\n```"),
    ("alignment", "| A | B |\n|---|---|\n| c | 5 |", "| A | B |\n|---|--:|\n| c | 5 |"),
    ("footnote-place", "Soon.[^a] Later.\n\n[^a]: One.", "Soon. Later.[^a]\n\n[^a]: One."),
    ("footnote-words", "Soon.[^a]\n\n[^a]: One.", "Soon.[^a]\n\n[^a]: Two."),
    ("strike", "We ~~never~~ sell.", "We never sell."),
    ("struck", "We never sell.", "We ~~never~~ sell."),
    ("link-target", "See [it](https://a.example/).", "See [it](https://b.example/)."),
    ("link-title", "See [it](https://a.example/ \"A\").", "See [it](https://a.example/ \"B\")."),
    ("link-gone", "See [it](https://a.example/).", "See it."),
    ("bold", "We never sell.", "We **never** sell."),
    ("no-break-space", "10 days", "10\u{a0}days"),
    ("quotation-marks", "the \"Service\"", "the “Service”"),
    ("case", "the Service", "the service"),
    ("rule", "One.\n\nTwo.", "One.\n\n---\n\nTwo."),
    ("definition", "Data\n\nwhat you give", "Data\n: what you give"),
    ("rows", "| A |\n|---|\n| b |\n| c |", "| A |\n|---|\n| c |\n| b |"),
    ("items", "- one thing\n- another thing", "- another thing\n- one thing"),
    ("number", "within 48 hours", "within 72 hours"),
    ("check-box", "- [ ] done", "- [x] done"),
];

/// Returns a project with a policy for each pair, released in its first text on one day.
fn released() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    for (name, old, _) in SAME.iter().chain(OTHER) {
        project.write(&format!("content/{name}/_index.md"), format!("---\ntitle: {name}\n---\n"));
        project.write(&format!("content/{name}/010-text.md"), format!("## Text\n\n{old}\n"));
        project.write(&format!("content/{name}/020-rest.md"), "## Rest\n\nWhat stays.\n");
    }
    project.said_on("2026-01-01", &["release", "--summary", "First.", "--yes", "--quiet"], 0);
    for (name, _, new) in SAME.iter().chain(OTHER) {
        project.write(&format!("content/{name}/010-text.md"), format!("## Text\n\n{new}\n"));
    }
    project
}

/// Returns the names of pairs.
fn names(pairs: &[(&str, &str, &str)]) -> BTreeSet<String> {
    pairs.iter().map(|(name, ..)| (*name).to_owned()).collect()
}

/// Returns the documents of a JSON answer for which a test holds.
fn those(answer: &str, key: &str, is: impl Fn(&Value) -> bool) -> BTreeSet<String> {
    let answer: Value = serde_json::from_str(answer).unwrap();
    let documents = answer["documents"].as_array().unwrap().iter().filter(|document| is(document));
    documents.map(|document| document[key].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_command_judges_a_change_alike_and_rightly() {
    let project = released();
    let (same, other) = (names(SAME), names(OTHER));
    let status = project.said(&["status", "--format", "json", "--quiet"], 0);
    assert_eq!(those(&status, "id", |document| document["unreleased"] == true), other, "status");
    let diff = project.said(&["diff", "--format", "json", "--quiet"], 0);
    assert_eq!(
        those(&diff, "id", |document| !document["changes"].as_array().unwrap().is_empty()),
        other,
        "diff"
    );
    project.said(&["diff", "--exit-code", "--quiet"], 1);
    let locked = project.said(&["build", "--locked"], 1);
    for name in &other {
        assert!(locked.contains(&format!("content/{name}/")), "{name} is not told of\n{locked}");
    }
    assert!(same.iter().all(|name| !locked.contains(&format!("content/{name}/"))), "{locked}");
    let said = project.said_on("2026-02-02", &["release", "--summary", "Second.", "--yes"], 0);
    project.build(&["--locked"]);
    for name in &same {
        assert!(!project.path(&format!("public/{name}/v/2026-02-02")).exists(), "{name}: {said}");
    }
    for (name, old, new) in OTHER {
        let index: Value =
            serde_json::from_str(&project.read(&format!("public/{name}/v/2026-02-02/index.json")))
                .unwrap();
        assert_eq!(index["last_modified"], "2026-02-02", "{name}");
        let stamps: Vec<&str> = index["sections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|section| section["last_modified"].as_str().unwrap())
            .collect();
        assert_eq!(stamps, ["2026-02-02", "2026-01-01"], "{name}");
        let page = project.read(&format!("public/{name}/v/2026-02-02/changes/index.html"));
        assert!(page.contains(" id=\"c1\""), "{name}: {old} => {new}\n{page}");
    }
}

#[test]
fn every_printer_counts_the_same() {
    let project = released();
    let json: Value =
        serde_json::from_str(&project.said(&["diff", "--format", "json", "--quiet"], 0)).unwrap();
    let comment = project.said(&["diff", "--format", "markdown", "--quiet"], 0);
    let stat = project.said(&["diff", "--format", "stat", "--quiet"], 0);
    for document in json["documents"].as_array().unwrap().iter().step_by(times(5, 1)) {
        let id = document["id"].as_str().unwrap();
        let count = document["changes"].as_array().unwrap().len();
        let words = ["added", "removed"].map(|key| document["words"][key].as_u64().unwrap());
        let s = if count == 1 { "" } else { "s" };
        let own = |text: &str, begin: &str| {
            text.split_once(begin).unwrap_or_else(|| panic!("{begin}\n{text}")).1.to_owned()
        };
        let told = own(&stat, &format!("{id}: from"));
        let line =
            told.lines().find(|line| line.trim_start().starts_with(&count.to_string())).unwrap();
        assert_eq!(
            line.trim(),
            format!("{count} change{s}, +{} -{} words", words[0], words[1]),
            "{id}"
        );
        let told = own(&comment, &format!("## {id}\n"));
        let line = told.lines().find(|line| line.contains("change")).unwrap();
        assert!(
            line.contains(&format!("**{count} change{s}**, +{} −{} words", words[0], words[1])),
            "{id}: {line}"
        );
        let page = project.said(&["diff", id, "--format", "html", "--quiet"], 0);
        assert_eq!(page.matches(" id=\"c").count(), count, "{id}\n{page}");
        let terminal = project.said(&["diff", id, "--quiet"], 0);
        assert!(terminal.lines().count() > 2, "{id}\n{terminal}");
    }
}
