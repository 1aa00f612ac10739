//! What programs read of a site: feeds, the words as they were released, indexes, lists, the
//! TimeMap.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::chromium::Chromium;
use crate::project::Project;
use crate::publishing::small;
use policybook::tree::Digest;

/// What Chromium's own parser reads in a feed and in a sitemap.
const READ: &str = r"(async () => {
    const parse = async (path) => {
        const tree = new DOMParser().parseFromString(await (await fetch(path)).text(), 'application/xml');
        if (tree.querySelector('parsererror')) throw path + ' is not XML';
        return tree;
    };
    const words = (element, name) => element.getElementsByTagName(name)[0]?.textContent;
    const feeds = {};
    for (const path of ['feed.atom', 'security/feed.atom', 'subprocessors/feed.atom']) {
        const feed = (await parse(path)).documentElement;
        const child = (name) => Array.from(feed.children).find(child => child.localName === name)?.textContent;
        feeds[path] = {
            name: feed.namespaceURI + ' ' + feed.localName,
            id: child('id'), title: child('title'), updated: child('updated'), subtitle: child('subtitle'),
            author: feed.querySelector('author > name').textContent,
            self: feed.querySelector(':scope > link[rel=self]').getAttribute('href'),
            entries: Array.from(feed.getElementsByTagName('entry'), entry => ({
                id: words(entry, 'id'), title: words(entry, 'title'),
                published: words(entry, 'published'), updated: words(entry, 'updated'),
                link: entry.querySelector('link[rel=alternate]').getAttribute('href'),
                content: new DOMParser().parseFromString(words(entry, 'content'), 'text/html').body.innerText,
            })),
        };
    }
    const map = (await parse('sitemap.xml')).documentElement;
    const urls = Array.from(map.getElementsByTagName('url'), url => [words(url, 'loc'), words(url, 'lastmod')]);
    return { feeds, map: map.namespaceURI + ' ' + map.localName, urls };
})()";

/// Releases what is unreleased in a project.
fn release(project: &Project, day: &str, arguments: &[&str]) {
    let output = project.run_on(day, &[&["release", "--yes"], arguments].concat());
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Returns what stands between two marks, everywhere in a text.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).map(|rest| rest.split(close).next().unwrap()).collect()
}

/// Returns every entry of a feed.
fn entries(project: &Project, feed: &str) -> Vec<String> {
    between(&project.read(feed), "<entry>", "</entry>").into_iter().map(str::to_owned).collect()
}

#[test]
fn an_entry_of_a_feed_never_changes_and_an_announced_version_is_told_twice() {
    let project = Project::example();
    project.build(&[]);
    let first = entries(&project, "public/security/feed.atom");
    assert_eq!(first.len(), 1, "of the first version nobody knows the day");
    project.edit("content/security/240-questions.md", "## Questions", "## Questions & answers");
    release(
        &project,
        "2026-11-21",
        &["security", "--summary", "Answers & <more>", "--effective", "2027-01-10"],
    );
    project.build(&[]);
    let announced = entries(&project, "public/security/feed.atom");
    assert_eq!(announced[1..], first);
    assert!(
        announced[0].contains(
            "<title>Announced for 10 January 2027: Security policy, version 2026-11-21</title>"
        ),
        "{}",
        announced[0]
    );
    assert!(announced[0].contains("<published>2026-11-21T00:00:00+00:00</published>"));
    assert!(
        announced[0].contains("Answers &amp;amp; &amp;lt;more&amp;gt;")
            && announced[0].contains("Renamed: Questions &amp;amp; answers (before: Questions)"),
        "{}",
        announced[0]
    );
    let output = project.run_on("2027-01-10", &["build"]);
    assert!(output.status.success());
    let in_force = entries(&project, "public/security/feed.atom");
    assert_eq!(in_force[1..], announced);
    assert!(
        in_force[0].contains("<published>2027-01-10T00:00:00+00:00</published>"),
        "{}",
        in_force[0]
    );
    let ids: BTreeSet<&str> =
        in_force.iter().map(|entry| between(entry, "<id>", "</id>")[0]).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn a_feed_moves_its_entries_with_the_site_and_keeps_their_ids() {
    let project = Project::example();
    project.build(&[]);
    let ids = |project: &Project| {
        between(&project.read("public/feed.atom"), "<id>", "</id>")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let before = ids(&project);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 5, "the feed and four entries");
    project.edit(
        "content/site.yaml",
        "https://fluxiom.example/",
        "https://elsewhere.example/policies/",
    );
    project.build(&[]);
    assert_eq!(ids(&project), before);
    assert!(
        project
            .read("public/feed.atom")
            .contains("href=\"https://elsewhere.example/policies/security/v/2023-02-15/changes/\"")
    );
}

#[test]
fn only_a_redaction_changes_an_entry_and_says_when() {
    let project = Project::example();
    project.build(&[]);
    let before = entries(&project, "public/whitehats/feed.atom");
    let redacted =
        project.run_on("2026-11-25", &["redact", "Mitesh Patil", "--reason", "asked for", "--yes"]);
    assert!(redacted.status.success(), "{}", String::from_utf8_lossy(&redacted.stderr));
    project.build(&[]);
    let after = entries(&project, "public/whitehats/feed.atom");
    assert!(after[0].contains("<updated>2026-11-25T00:00:00+00:00</updated>"), "{}", after[0]);
    for name in ["id", "published", "title"] {
        let part =
            |entry: &str| between(entry, &format!("<{name}>"), &format!("</{name}>"))[0].to_owned();
        assert_eq!(part(&after[0]), part(&before[0]));
    }
}

#[test]
fn a_review_moves_the_head_of_the_ledger_in_the_feed_and_nothing_else() {
    let project = Project::example();
    project.build(&[]);
    let before = project.read("public/feed.atom");
    let reviewed = project.run(&["review", "security"]);
    assert!(reviewed.status.success());
    project.build(&[]);
    let after = project.read("public/feed.atom");
    let head = |feed: &str| between(feed, "<subtitle>Ledger head ", "</subtitle>")[0].to_owned();
    assert_eq!(
        after,
        before.replace(&format!("head {}", head(&before)), &format!("head {}", head(&after)))
    );
    let ledger: Value = serde_json::from_str(&project.read("public/ledger.json")).unwrap();
    assert_eq!(ledger["head"], head(&after));
}

#[test]
fn the_words_of_a_version_are_the_very_bytes_whose_digests_the_ledger_holds() {
    let project = Project::example();
    project.build(&[]);
    let versions = ["original", "2023-02-15"];
    for version in versions {
        let words =
            fs::read(project.path(&format!("public/security/v/{version}/policy.md"))).unwrap();
        assert!(
            words
                == fs::read(project.path(&format!("public/security/v/{version}/policy.txt")))
                    .unwrap()
        );
        let index: Value =
            serde_json::from_str(&project.read(&format!("public/security/v/{version}/index.json")))
                .unwrap();
        let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let mut lines: Vec<String> = Vec::new();
        for file in index["files"].as_array().unwrap() {
            let (start, size) = (number(&file["start"]), number(&file["size"]));
            assert_eq!(
                Digest::of(&words[start..start + size]).to_string(),
                file["sha256"],
                "{file}"
            );
            lines.push(format!(
                "{}  {}\n",
                file["sha256"].as_str().unwrap(),
                file["path"].as_str().unwrap()
            ));
        }
        lines.sort_by(|one, other| one[66..].cmp(&other[66..]));
        assert_eq!(
            Digest::of(lines.concat()).to_string(),
            index["sha256"],
            "the digest of the ledger follows from the words"
        );
        let page = project.read(&format!("public/security/v/{version}/index.html"));
        assert!(page.contains(index["sha256"].as_str().unwrap()));
    }
}

#[test]
fn a_day_is_the_same_on_the_page_in_the_feed_in_the_sitemap_and_in_every_index() {
    let project = Project::example();
    project.build(&[]);
    let page = project.read("public/security/index.html");
    let (_, data) = page.split_once("application/ld+json").unwrap();
    let data: Value =
        serde_json::from_str(data.split_once('>').unwrap().1.split("</script>").next().unwrap())
            .unwrap();
    let index: Value = serde_json::from_str(&project.read("public/security/index.json")).unwrap();
    let list: Value = serde_json::from_str(&project.read("public/subprocessors.json")).unwrap();
    let map = project.read("public/sitemap.xml");
    let listed =
        between(&map, "<loc>https://fluxiom.example/security/</loc><lastmod>", "</lastmod>");
    let told = [&data["dateModified"], &index["last_modified"], &list["last_modified"]];
    assert!(told.iter().all(|day| **day == "2023-02-15"), "{told:?}");
    assert_eq!(listed, ["2023-02-15"]);
    assert!(page.contains("<dd><time datetime=\"2023-02-15\">15 February 2023</time>"));
    let times = project.read("public/security/timemap.link");
    assert!(times.contains(
        "<https://fluxiom.example/security/v/2023-02-15/>;rel=\"first last memento\";datetime=\"Wed, 15 Feb 2023 00:00:00 GMT\""
    ));
    assert!(!times.contains("original/"), "of that version nobody knows the day");
}

#[test]
fn no_spreadsheet_takes_a_cell_for_a_formula() {
    let project = Project::example();
    project.edit(
        "content/subprocessors.yaml",
        "- name: Stripe\n    purpose: Card payments",
        "- name: \"=HYPERLINK(\\\"https://evil.example\\\")\"\n    formerly: Stripe\n    purpose: \"+1, \\\"quoted\\\"\"",
    );
    release(&project, "2026-11-21", &["subprocessors", "--summary", "Another name"]);
    project.build(&[]);
    let table = project.read("public/subprocessors.csv");
    assert!(table.starts_with("name,purpose,entity,data,country,safeguard,group,link,formerly,announced,effective,until,cancelled\r\n"));
    assert!(table.contains("\"'=HYPERLINK(\"\"https://evil.example\"\")\",\"'+1, \"\"quoted\"\"\",,,,,,,Stripe,,,,\r\n"), "{table}");
    let list: Value = serde_json::from_str(&project.read("public/subprocessors.json")).unwrap();
    assert_eq!(list["subprocessors"][0]["purpose"], "+1, \"quoted\"", "JSON says it as it is");
}

#[test]
fn a_draft_is_told_to_no_program() {
    let project = Project::example();
    project.write("content/privacy/_index.md", "---\ntitle: Privacy\n---\nWords.\n");
    project.edit("content/security/240-questions.md", "## Questions", "## Unheard of");
    project.build(&[]);
    assert!(!project.path("public/privacy/feed.atom").exists());
    assert!(!project.read("public/privacy/index.html").contains("application/ld+json"));
    let told = project
        .files("public")
        .into_iter()
        .filter(|(path, _)| !path.ends_with(".html") && !path.starts_with(".policybook"));
    for (path, bytes) in told {
        assert!(!String::from_utf8_lossy(&bytes).contains("Unheard of"), "{path}");
    }
}

#[test]
fn smaller_copies_are_made_once_and_verify_passes_over_them() {
    let project = small();
    project.write("content/site.yaml", project.read("content/site.yaml") + "\ncompress: true\n");
    project.build(&[]);
    let whole = project.files("public");
    let there: BTreeSet<&str> = whole.iter().map(|(path, _)| path.as_str()).collect();
    let pages: Vec<&&str> = there
        .iter()
        .filter(|path| path.ends_with(".html") && !path.starts_with("ledger/"))
        .collect();
    assert!(pages.len() > 5, "{pages:?}");
    for page in pages {
        assert!(
            [".br", ".gz"].iter().all(|copy| there.contains(format!("{page}{copy}").as_str())),
            "{page} has its copies"
        );
    }
    assert!(
        !whole.iter().any(|(path, _)| path.starts_with("ledger/")
            && (path.ends_with(".br") || path.ends_with(".gz")))
    );
    assert!(project.run(&["verify", "public"]).status.success());
    let touched =
        fs::metadata(project.path("public/privacy/index.html.br")).unwrap().modified().unwrap();
    project.edit("content/site.yaml", "name: Acme", "name: Other");
    project.build(&[]);
    assert!(
        fs::metadata(project.path("public/privacy/index.html.br")).unwrap().modified().unwrap()
            > touched
    );
    project.edit("content/site.yaml", "name: Other", "name: Acme");
    project.build(&[]);
    assert!(project.files("public") == whole, "made again, they are the same bytes");
    assert!(project.run(&["build", "--check"]).status.success());
    project.edit("content/site.yaml", "compress: true", "compress: false");
    project.build(&[]);
    assert!(
        !project
            .files("public")
            .iter()
            .any(|(path, _)| path.ends_with(".br") || path.ends_with(".gz"))
    );
}

#[test]
fn every_field_that_programs_read_is_documented() {
    fn keys(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, value)| {
                found.insert(key.clone());
                // What digests are named by are documents and files, not fields.
                if !(value.is_object() && ["documents", "files"].contains(&key.as_str())) {
                    keys(value, found);
                }
            }),
            Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
            _ => {}
        }
    }
    let project = Project::example();
    project.build(&[]);
    let mut found = BTreeSet::new();
    for (path, bytes) in
        project.files("public").into_iter().filter(|(path, _)| path.ends_with(".json"))
    {
        let value: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["schema"], 1, "{path}");
        keys(&value, &mut found);
    }
    let documented =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/machines.md")).unwrap();
    let missing: Vec<&String> =
        found.iter().filter(|key| !documented.contains(&format!("`{key}`"))).collect();
    assert!(
        found.len() > 25 && missing.is_empty(),
        "docs/machines.md does not tell of {missing:?}"
    );
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_browser_reads_every_feed_and_the_sitemap_as_the_standards_want() {
    let project = Project::example();
    project.edit("content/security/240-questions.md", "## Questions", "## Questions & answers");
    release(&project, "2026-11-21", &["security", "--summary", "Answers & <more>"]);
    let server = crate::browser::served(&project);
    let mut chromium = Chromium::start();
    chromium.open(&server.address()).unwrap();
    let read = chromium.promised(READ);
    let home = "https://policies.example/policies/";
    let built = |address: &str| {
        let within =
            address.strip_prefix(home).unwrap_or_else(|| panic!("{address} is of another site"));
        let file = if within.is_empty() || within.ends_with('/') {
            format!("{within}index.html")
        } else {
            within.to_owned()
        };
        assert!(project.path(&format!("public/{file}")).is_file(), "{address}");
    };
    let text =
        |value: &Value| value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned();
    let mut seen = BTreeSet::new();
    for (path, feed) in read["feeds"].as_object().unwrap() {
        assert_eq!(feed["name"], "http://www.w3.org/2005/Atom feed");
        assert_eq!(feed["self"], format!("{home}{path}"));
        assert_eq!(feed["author"], "Fluxiom");
        assert!(seen.insert(text(&feed["id"])), "{path} has an id of its own");
        let entries = feed["entries"].as_array().unwrap();
        let updated: Vec<String> = entries.iter().map(|entry| text(&entry["updated"])).collect();
        assert_eq!(text(&feed["updated"]), *updated.iter().max().unwrap());
        for entry in entries {
            assert!(text(&entry["published"]) <= text(&entry["updated"]));
            assert!(
                text(&entry["id"]).starts_with("urn:uuid:")
                    && text(&entry["content"]).contains("SHA-256")
            );
            built(&text(&entry["link"]));
        }
    }
    assert!(
        text(&read["feeds"]["security/feed.atom"]["entries"][0]["content"])
            .contains("Renamed: Questions & answers (before: Questions)")
    );
    assert_eq!(read["map"], "http://www.sitemaps.org/schemas/sitemap/0.9 urlset");
    let urls = read["urls"].as_array().unwrap();
    assert!(urls.len() > 7);
    for url in urls {
        built(&text(&url[0]));
        let day: Option<jiff::civil::Date> = url[1].as_str().map(|day| day.parse().unwrap());
        assert!(day.is_none_or(|day| day <= crate::project::TODAY.parse().unwrap()));
    }
}
