//! What became of each entry of a list: every place tells the same, and nobody is named who does
//! not agree any more.

use crate::project::Project;
use policybook::render::visible;

const SUBPROCESSORS: &str = "content/subprocessors.yaml";
const WHITEHATS: &str = "content/whitehats.yaml";

fn release(project: &Project, today: &str) -> String {
    project.said_on(today, &["release", "--summary", "A change", "--yes"], 0)
}

/// A project with a policy, and a list that is released in two versions, the second one on the day
/// of the tests.
fn in_two_versions(list: &str, old: &str, new: &str) -> Project {
    let project = Project::empty();
    let site = "name: A\nbase_url: https://a.example/\ncontacts:\n  - { kind: security, email: s@a.example }\nnotice:\n  subprocessors: 30\n";
    project.write("content/site.yaml", site);
    project.write("content/security/_index.md", "---\ntitle: Security\n---\nWords.\n");
    for (day, text) in [("2026-11-20", old), ("2026-11-21", new)] {
        project.write(&format!("content/{list}.yaml"), text);
        release(&project, day);
    }
    project.said(&["build"], 0);
    project
}

/// Returns the lines of a list between two marks, without tags.
fn lines_of(page: &str, from: &str, item: &str) -> Vec<String> {
    let list = page
        .split_once(from)
        .unwrap_or_else(|| panic!("no {from:?} in {page}"))
        .1
        .split("</ul>")
        .next()
        .unwrap();
    list.split(item)
        .skip(1)
        .map(|line| {
            visible(&line.replace("&lt;", "<")).split_whitespace().collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn every_place_tells_the_same_of_each_company() {
    let entry = |name: &str, more: &str| format!("  - {{ name: {name}, {more} }}\n");
    let list = |entries: &[(&str, &str)]| {
        let entries: String = entries.iter().map(|(name, more)| entry(name, more)).collect();
        format!("subprocessors:\n{entries}")
    };
    let old = list(&[
        ("Cumulus", "purpose: Hosting, country: US"),
        ("Cumulus", "purpose: Sending e-mail, country: IE"),
        ("Back", "purpose: Backups, until: 2026-01-31"),
        ("Gone", "purpose: Faxes, until: 2026-01-31"),
        ("Coming", "purpose: Search, announced: 2026-11-20, effective: 2027-01-01"),
        ("Later", "purpose: Maps, announced: 2026-11-20, effective: 2027-01-01"),
        ("Stays", "purpose: Chat, until: 2026-12-31"),
        ("Old Name", "purpose: Payments"),
        ("Small", "purpose: Print"),
        ("Same", "purpose: Logs, country: DE"),
    ]);
    let new = list(&[
        ("Same", "purpose: Logs, country: DE"),
        ("SMALL", "purpose: Print"),
        ("New Name", "purpose: Payments, formerly: Old Name"),
        ("Stays", "purpose: Chat"),
        ("Later", "purpose: Maps, announced: 2026-11-20, effective: 2027-02-01"),
        (
            "Coming",
            "purpose: Search, announced: 2026-11-20, effective: 2027-01-01, cancelled: 2026-11-21",
        ),
        ("Back", "purpose: Backups, announced: 2026-11-21, effective: 2027-01-15"),
        ("Cumulus", "purpose: Sending e-mail, country: IE, until: 2026-12-15"),
        ("Cumulus", "purpose: Hosting, country: US"),
        ("Fresh", "purpose: Mail, announced: 2026-11-21, effective: 2027-01-01"),
    ]);
    let project = in_two_versions("subprocessors", &old, &new);
    let mut told = vec![
        "Added: Back – Announced: 2026-11-21 (new); From: 2027-01-15 (new); Until: no longer given (before: 2026-01-31)",
        "Added: Fresh",
        "Cancelled before it came: Coming – Cancelled: 2026-11-21 (new)",
        "Changed: Later – From: 2027-02-01 (before: 2027-01-01)",
        "Changed: SMALL – Name: SMALL (before: Small)",
        "Changed: Stays – Until: no longer given (before: 2026-12-31)",
        "No longer listed: Gone",
        "Removed: Cumulus (Sending e-mail) – Until: 2026-12-15 (new)",
        "Renamed: New Name (before: Old Name)",
    ];
    told.sort_unstable();
    for (page, from) in [
        ("subprocessors/feed.atom", "&lt;ul&gt;"),
        ("feed.atom", "version 2026-11-21"),
        ("subprocessors/history/index.html", "<ul"),
    ] {
        let page =
            project.read(&format!("public/{page}")).replace("&lt;", "<").replace("&gt;", ">");
        let from = from.replace("&lt;", "<").replace("&gt;", ">");
        let page = page[page.find("Changed: Later").unwrap() - 400..].to_owned();
        let mut lines = lines_of(&page, "<ul", "<li>");
        lines.sort_unstable();
        assert_eq!(lines, told, "{from}");
    }
    // What programs and customers are told are the same companies.
    let heads = |kind: &str, name: &str| format!("{kind} {name}");
    let mut known: Vec<String> = told
        .iter()
        .map(|line| {
            let (kind, rest) = line.split_once(": ").unwrap();
            heads(
                &kind.to_lowercase(),
                rest.split(" – ").next().unwrap().split(" (before").next().unwrap(),
            )
        })
        .collect();
    known.sort_unstable();
    let json = |arguments: &[&str]| {
        serde_json::from_str::<serde_json::Value>(&project.said(arguments, 0)).unwrap()
    };
    let diff = json(&["diff", "subprocessors", "2026-11-20", "2026-11-21", "--format", "json"]);
    let label = |kind: &str| match kind {
        "cancelled" => "cancelled before it came".to_owned(),
        "unlisted" => "no longer listed".to_owned(),
        kind => kind.to_owned(),
    };
    let sections = diff["documents"][0]["sections"].as_array().unwrap();
    let mut found: Vec<String> = sections
        .iter()
        .map(|section| {
            heads(&label(section["kind"].as_str().unwrap()), section["title"].as_str().unwrap())
        })
        .collect();
    found.sort_unstable();
    assert_eq!(found, known, "diff");
    let stat =
        project.said(&["diff", "subprocessors", "2026-11-20", "2026-11-21", "--format", "stat"], 0);
    assert!(
        stat.contains("  cancelled before it came  Coming ")
            && stat.contains("  removed     Cumulus (Sending e-mail)"),
        "{stat}"
    );
    let changes = visible(&project.read("public/subprocessors/v/2026-11-21/changes/index.html"));
    for line in &known {
        let line =
            if line.starts_with("renamed") { "renamed New Name was “Old Name”" } else { line };
        assert!(changes.contains(line), "{line}\n{changes}");
    }
    let notice = json(&["notice", "--format", "json"]);
    let mut noticed: Vec<String> = Vec::new();
    for (part, kind) in [
        ("added", "added"),
        ("changed", "changed"),
        ("removed", "removed"),
        ("cancelled", "cancelled before it came"),
        ("unlisted", "no longer listed"),
    ] {
        noticed.extend(
            notice[part]
                .as_array()
                .unwrap()
                .iter()
                .map(|entry| heads(kind, entry["name"].as_str().unwrap())),
        );
    }
    noticed.sort_unstable();
    let mut wanted: Vec<String> = known
        .iter()
        .map(|line| line.replace("renamed", "changed").replace(" (Sending e-mail)", ""))
        .collect();
    wanted.sort_unstable();
    assert_eq!(noticed, wanted, "notice");
    let text = project.said(&["notice"], 0);
    for part in [
        "Added\n\n- Back\n  Purpose: Backups\n  Effective: 15 January 2027\n  Objections until: 21 December 2026\n\n- Fresh\n",
        "- Later\n  From: 1 February 2027 (before: 1 January 2027)\n  Effective: 1 February 2027\n\n",
        "- New Name\n  Name: New Name (before: Old Name)\n",
        "- SMALL\n  Name: SMALL (before: Small)\n",
        "- Stays\n  Until: no longer given (before: 31 December 2026)\n",
        "Removed\n\n- Cumulus\n  Purpose: Sending e-mail\n  Effective: 16 December 2026\n",
        "Cancelled before taking effect\n\n- Coming\n  Was announced for: 1 January 2027\n",
        "No longer listed\n\n- Gone\n  Last day: 31 January 2026\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let page = visible(&project.read("public/subprocessors/v/2026-11-21/index.html"));
    let former = page.split_once("Former").unwrap().1;
    assert!(
        former.contains("Cancelled before taking effect")
            && former.split_once("Cancelled before").unwrap().1.contains("Coming"),
        "{page}"
    );
    assert!(!former.split("Cancelled before").next().unwrap().contains("Coming"));
}

#[test]
fn a_company_that_returns_or_is_given_up_is_said_to() {
    let with = |entry: &str| {
        format!(
            "subprocessors:\n  - {{ name: One, purpose: P }}\n  - {{ name: Two, purpose: P, {entry} }}\n"
        )
    };
    let project =
        in_two_versions("subprocessors", &with("until: 2026-01-30"), &with("until: 2026-01-31"));
    let tried = |list: &str, code: i32| {
        project.write(SUBPROCESSORS, list);
        project.said(&["check", "--format", "full"], code)
    };
    // Who returns is announced again; days of long ago are none.
    let back = tried(&with("announced: 2020-01-01, effective: 2020-03-01"), 0);
    assert!(!back.contains("P100"), "{back}");
    let back = tried(&with("announced: 2026-11-21, effective: 2026-12-01"), 1);
    assert!(back.contains("error[P100]: the notice for `Two` is shorter"), "{back}");
    project.write(SUBPROCESSORS, with("announced: 2020-01-01, effective: 2020-03-01"));
    let released = project.said(&["release", "--summary", "Two is back", "--dry-run"], 0);
    assert!(
        released.contains("added    Two") && released.contains("in force from 2026-12-21"),
        "the list waits: {released}"
    );
    // An announced one is given up by its day, and not by leaving.
    let coming = "announced: 2026-11-21, effective: 2027-01-15";
    project.write(SUBPROCESSORS, with(coming));
    release(&project, "2026-11-21");
    let gone = tried("subprocessors:\n  - { name: One, purpose: P }\n", 1);
    assert!(
        gone.contains("error[P101]: `Two` was announced and is gone")
            && gone.contains("`cancelled: …`"),
        "{gone}"
    );
    let until = tried(&with(&format!("{coming}, until: 2026-11-21")), 1);
    assert!(
        until.contains("`until` is before `effective`") && until.contains("`cancelled: …`"),
        "{until}"
    );
    for (days, wrong) in [
        ("effective: 2027-01-15, cancelled: 2027-01-15", "`cancelled` is not before `effective`"),
        ("cancelled: 2027-01-15", "`cancelled` and no `effective`"),
        (
            "effective: 2027-01-15, cancelled: 2027-01-01, until: 2027-03-01",
            "`cancelled` and `until`",
        ),
    ] {
        assert!(tried(&with(days), 1).contains(wrong), "{wrong}");
    }
    project.write(SUBPROCESSORS, with(&format!("{coming}, cancelled: 2026-11-21")));
    let released = project.said(&["release", "--summary", "Two is not coming", "--yes"], 0);
    assert!(
        released.contains("cancelled before it came Two") && !released.contains("in force from"),
        "at once: {released}"
    );
    let cumulus =
        |more: &str| format!("subprocessors:\n  - {{ name: Cumulus, purpose: Hosting }}\n{more}");
    let both = in_two_versions(
        "subprocessors",
        &cumulus(""),
        &cumulus("  - { name: Cumulus, purpose: Sending e-mail }\n"),
    );
    both.write(SUBPROCESSORS, cumulus(""));
    let gone = both.said(&["check", "--format", "full"], 1);
    assert!(
        gone.contains("`Cumulus (Sending e-mail)` was a sub-processor and is gone")
            && !gone.contains("(Hosting)"),
        "{gone}"
    );
    // Named twice for one purpose needs an id each.
    let twice = |ids: [&str; 2]| {
        format!(
            "subprocessors:\n{}",
            ids.map(|id| format!("  - {{ {id}name: Two, purpose: P }}\n")).concat()
        )
    };
    assert!(tried(&twice(["", ""]), 1).contains("P040"));
    assert!(!tried(&twice(["id: a, ", "id: b, "]), 1).contains("P040"));
    assert!(
        tried(&twice(["id: a, ", "id: a, "]), 1)
            .contains("error[P031]: two sub-processors have the id `a`")
    );
}

#[test]
fn whoever_withdraws_consent_is_named_nowhere_new() {
    let list = |entries: &str| {
        format!(
            "whitehats:\n  - name: Bea\n{entries}  - name: Anonymous\n    date: 2020\n  - name: Anonymous\n    date: 2021\n"
        )
    };
    let ada = "  - name: Ada O'Neil\n    link: https://ada.example/\n";
    let project = in_two_versions("whitehats", &list(""), &list(ada));
    project.write(
        "content/thanks/_index.md",
        "---\ntitle: Thanks\n---\nWe thank:\n\n{{ whitehats }}\n",
    );
    release(&project, "2026-11-22");
    project.write(
        WHITEHATS,
        list(&format!("{ada}    consent: false\n")).replace(
            "    date: 2020\n",
            "    date: 2020\n    removed: { date: 2026-11-23, reason: asked }\n",
        ),
    );
    let warned = project.said_on(
        "2026-11-23",
        &["release", "--summary", "Without ADA o'neil", "--dry-run"],
        0,
    );
    assert!(
        warned.contains("the summary names `Ada O\\'Neil` of the researchers' list: it is sealed"),
        "{warned}"
    );
    let said =
        project.said_on("2026-11-23", &["release", "--summary", "Two people fewer", "--yes"], 0);
    let redact =
        "`policybook redact 'Ada O'\\''Neil' --reason 'asked for by the person named'` removes it";
    assert!(
        said.contains("version 2026-11-21 of the list still name")
            && said.contains(redact)
            && !said.contains("summary names"),
        "{said}"
    );
    assert!(!said.contains("`Anonymous`"), "somebody else of that name stays: {said}");
    project.said_on("2026-11-23", &["build"], 0);
    let older = |path: &str| {
        ["2026-11-21", "2026-11-22", "ledger/"].iter().any(|older| path.contains(older))
    };
    for (path, bytes) in project.files("public").into_iter().filter(|(path, _)| !older(path)) {
        let text = String::from_utf8_lossy(&bytes);
        let told = text.contains("O'Neil")
            || text.contains("O&#x27;Neil")
            || text.contains("O&#39;Neil")
            || text.contains("ada.example");
        // A feed has the entry of the version that named her; lines of the history are kept.
        let once = ["feed.atom", ".policybook/cache"].iter().any(|end| path.ends_with(end));
        assert!(
            !told
                || once && text.matches("Neil").count() == 1
                || path.ends_with("history/index.html"),
            "{path}\n{text}"
        );
    }
    for document in ["whitehats", "thanks"] {
        let from = if document == "thanks" { "2026-11-22" } else { "2026-11-21" };
        for format in ["words", "json", "markdown", "html"] {
            let told = project.said_on(
                "2026-11-23",
                &["diff", document, from, "2026-11-23", "--format", format],
                0,
            );
            assert!(
                !told.contains("Neil") && told.contains("2 people"),
                "{document} {format}\n{told}"
            );
        }
    }
    let checked =
        project.said_on("2026-11-23", &["check", "--format", "full", "--only", "P101"], 0);
    assert!(checked.contains("0 errors"), "{checked}");
    project.write(WHITEHATS, "whitehats:\n  - name: Bea\n  - name: Anonymous\n    date: 1999\n");
    assert!(!project.said_on("2026-11-23", &["check", "--format", "full"], 0).contains("P101"));
    project.write(WHITEHATS, "whitehats:\n  - name: Bea\n");
    assert!(
        project
            .said_on("2026-11-23", &["check", "--format", "full"], 1)
            .contains("`Anonymous` was credited and is missing")
    );
}

#[test]
fn what_nobody_sees_or_holds_is_refused_before_it_is_sealed() {
    let project = crate::writing::busy();
    let before = project.files("content");
    let refused = |arguments: &[&str], code: i32, told: &str| {
        let said = project.said(arguments, code);
        assert!(said.contains(told), "{arguments:?}: {said}");
        assert!(project.files("content") == before, "{arguments:?}");
    };
    let (unseen, long) = ("x\u{200b}y", "x".repeat(1001));
    for (empty, told) in [
        ("\u{e0041}", "U+E0041"),
        ("\u{ad}", "U+00AD"),
        ("\u{2800}", "U+2800"),
        ("\u{301}", "it says nothing"),
        ("!", "it says nothing"),
    ] {
        refused(&["release", "--yes", "--summary", empty], 2, told);
    }
    for arguments in [
        &["release", "--yes", "--summary"][..],
        &["release", "--yes", "--summary", "x", "--approved-by"],
        &["release", "--yes", "--summary", "x", "--editorial", "--attest"],
        &["postpone", "sooner", "--effective", "2027-01-01", "--yes", "--reason"],
        &["withdraw", "sooner", "--yes", "--reason"],
        &["retire", "sms", "--yes", "--reason"],
        &["redact", "Ada Bee", "--yes", "--reason"],
        &["add", "whitehat"],
        &["add", "whitehat", "Ada Cee", "--class"],
        &["add", "subprocessor", "Acme", "--purpose"],
        &["add", "commitment", "reply", "--value", "1", "--what"],
    ] {
        refused(
            &[arguments, &[unseen]].concat(),
            2,
            "it holds the invisible character U+200B: type it again without",
        );
        refused(&[arguments, &["x\u{7}y"]].concat(), 2, "it holds the invisible character U+0007");
        refused(&[arguments, &[&long]].concat(), 2, "it is longer than 1000 letters");
    }
    for (id, told) in [
        ("con", "Windows cannot hold a folder of that name"),
        ("nul.2", "Windows cannot hold a folder of that name"),
        ("a.", "it becomes an address"),
        ("a\u{200b}", "it becomes an address"),
        (&long, "it becomes an address"),
    ] {
        refused(&["release", "--summary", "x", "--yes", "--id", id], 2, told);
        refused(&["import", "archive", "--version", &format!("{id}=old.md")], 2, told);
    }
    for (name, told) in [
        ("aux", "Windows cannot hold a folder of the name `aux`"),
        ("a/com1", "Windows cannot hold a folder of the name `com1`"),
        ("history", "that address is taken"),
        (&"x".repeat(65), "it has more than 64 letters"),
    ] {
        refused(&["import", name, "--version", "original=old.md"], 2, told);
        refused(&["rename", "cookies", name, "--yes"], 2, told);
    }
}

#[test]
fn what_nobody_sees_in_a_draft_is_told_and_not_sealed() {
    let project = crate::writing::busy();
    let release = ["release", "privacy", "whitehats", "--summary", "x", "--yes"];
    for (file, from, to, told) in [
        (
            "content/privacy/_index.md",
            "We keep",
            "We\u{200b} keep",
            "error[P130]: invisible character U+200B",
        ),
        (
            "content/whitehats.yaml",
            "Ada Bee\n",
            "Ada Bee\n    consent: true\n  - name: Zed\u{2060} Cee\n",
            "error[P130]: invisible character U+2060",
        ),
        (
            "content/site.yaml",
            "name: Acme",
            "name: Ac\u{200b}me",
            "error[P130]: invisible character U+200B",
        ),
    ] {
        let before = project.read(file);
        project.edit(file, from, to);
        project.said(&["build"], 0);
        let said = project.said(&release, 1);
        assert!(said.contains(told) && said.contains(&format!("--> {file}:")), "{said}");
        project.write(file, before);
    }
    project.write("content/nul/_index.md", "---\ntitle: Nothing\n---\nWords.\n");
    assert!(
        project
            .said(&["check", "--format", "full"], 0)
            .contains("warning[P005]: Windows cannot hold a file or folder of the name `nul`")
    );
    assert!(project.said(&["release", "--summary", "x", "--yes"], 1).contains("error[P005]"));
    project.said(&release, 0);
}
