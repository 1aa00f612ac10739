//! What a release changes of a site: the pages of what was released, and the few files that tell of
//! all releases. Everything else is the same bytes, and is not published again.

use std::collections::{BTreeMap, BTreeSet};

use crate::project::Project;

/// The files that tell of the whole site.
const OF_ALL: [&str; 7] = [
    "feed.atom",
    "index.html",
    "index.json",
    "ledger.json",
    "ledger/index.html",
    "ledger/ledger.yaml",
    "sitemap.xml",
];

/// Returns the example with as many policies more, of which all is released.
fn released(policies: usize) -> Project {
    let project = Project::example();
    for at in 1..=policies {
        let other = at % policies + 1;
        let text = format!(
            "---\ntitle: Policy {at}\n---\nWe keep it.\n\nSee [that](../policy-{other}/_index.md).\n"
        );
        project.write(&format!("content/policy-{at}/_index.md"), text);
    }
    release(&project, "2026-11-01", "Every policy.");
    project
}

fn release(project: &Project, day: &str, summary: &str) {
    project.said_on(day, &["release", "--yes", "--summary", summary], 0);
}

/// Releases another sentence of a policy; returns the files that the site has besides, or has other
/// bytes of, since.
fn changed(project: &Project, policy: &str, day: &str) -> BTreeSet<String> {
    let built = || -> BTreeMap<String, Vec<u8>> {
        project.build(&[]);
        let files = project.files("public").into_iter();
        files.filter(|(path, _)| !path.starts_with(".policybook/")).collect()
    };
    let before = built();
    let text = project.read(&format!("content/{policy}/_index.md"));
    project.write(&format!("content/{policy}/_index.md"), format!("{text}\nAnd more.\n"));
    release(project, day, "A sentence more.");
    let after = built();
    assert!(before.keys().all(|path| after.contains_key(path)), "nothing goes");
    let changed = after.into_iter().filter(|(path, bytes)| before.get(path) != Some(bytes));
    changed.map(|(path, _)| path).collect()
}

#[test]
fn a_release_redraws_its_own_document_and_what_tells_of_all() {
    let changed = changed(&released(30), "policy-3", "2026-11-10");
    let (own, others): (BTreeSet<&str>, BTreeSet<&str>) =
        changed.iter().map(String::as_str).partition(|path| path.starts_with("policy-3/"));
    let frozen = ["ledger/2026-11-10/SHA256SUMS", "ledger/2026-11-10/policy-3/_index.md"];
    // The page for what is not there names every policy of which two versions can be compared.
    let first_compared = ["404.html"];
    assert_eq!(others, OF_ALL.into_iter().chain(frozen).chain(first_compared).collect());
    assert!(own.contains("policy-3/index.html") && own.contains("policy-3/feed.atom"), "{own:?}");
}

#[test]
fn of_the_versions_before_only_the_newest_is_redrawn() {
    let project = released(1);
    for day in 2..=12 {
        let day = format!("2026-11-{day:02}");
        let text = project.read("content/policy-1/_index.md");
        project.write("content/policy-1/_index.md", format!("{text}\nSince {day}.\n"));
        release(&project, &day, "A sentence more.");
    }
    let changed = changed(&project, "policy-1", "2026-11-13");
    let is_comparison = |path: &&str| path.starts_with("compare/") || path.contains("/since/");
    let own = changed.iter().filter_map(|path| path.strip_prefix("policy-1/"));
    let own: BTreeSet<&str> = own.filter(|path| !is_comparison(path)).collect();
    let expected = [
        "feed.atom",
        "history/index.html",
        "index.html",
        "index.json",
        "timemap.link",
        // It is no longer in force, and has a next one.
        "v/2026-11-12/index.html",
        "v/2026-11-12/index.json",
        "v/2026-11-13/changes/index.html",
        "v/2026-11-13/index.html",
        "v/2026-11-13/index.json",
        "v/2026-11-13/policy.md",
        "v/2026-11-13/policy.txt",
    ];
    assert_eq!(own, expected.into_iter().collect());
}
