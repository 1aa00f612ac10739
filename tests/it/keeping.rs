//! What is kept between builds: a build after any edit makes what a first one makes, whatever was
//! kept, and damage to that costs time only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use policybook::check::Edition;
use policybook::compile::{Memos, Options, Rest, compile_again};
use policybook::model::Now;
use policybook::store;
use policybook::tree::TreePath;
use proptest::prelude::*;

use crate::project::Project;
use crate::tiers::times;

use What::*;

/// Something that somebody does to a project: what, to which of the things that it can be done to,
/// and how.
type Deed = (What, usize, usize);

/// What somebody does to a project.
#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    Word,
    Section,
    NoSection,
    Title,
    /// An end of links is called otherwise.
    Anchor,
    /// The ends of all links are called otherwise, and the links follow.
    Anchors,
    /// A policy links to no other any more.
    NoLinks,
    Researcher,
    Subprocessor,
    Commitment,
    Setting,
    Theme,
    Release,
    ReleaseAll,
    Announce,
    Withdraw,
    Retire,
    Rename,
    /// Days go by.
    Wait,
    DamageManifest,
    DamageCache,
    DamagePage,
    LoseFile,
}

/// Everything that is done, what is usual more often.
const DONE: [What; 25] = [
    Word,
    Word,
    Section,
    NoSection,
    Title,
    Anchor,
    Anchors,
    NoLinks,
    Researcher,
    Subprocessor,
    Commitment,
    Setting,
    Theme,
    Release,
    Release,
    ReleaseAll,
    Announce,
    Withdraw,
    Retire,
    Rename,
    Wait,
    DamageManifest,
    DamageCache,
    DamagePage,
    LoseFile,
];

const POLICIES: [&str; 3] = ["privacy", "security", "terms"];

const SECTIONS: [&str; 3] = ["10-one", "20-two", "30-three"];

/// A project of three policies that link to each other and show both lists, of which some versions
/// were released.
fn project() -> Project {
    let project = Project::empty();
    let site = "name: Example\nbase_url: https://policies.example/\ntimezone: UTC\nnotice:\n  terms: 30\n\
        contacts:\n  - kind: security\n    email: security@example.com\n";
    project.write("content/site.yaml", site);
    for (at, id) in POLICIES.into_iter().enumerate() {
        let other = POLICIES[(at + 1) % POLICIES.len()];
        project.write(
            &format!("content/{id}/_index.md"),
            format!("---\ntitle: The {id} policy\nsummary: What we do for {id}.\n---\nOpening.\n"),
        );
        for number in 1..4 {
            let text = format!(
                "## Part {number}\n\nWe reply within {number} days, and say why.\n\nSee [the other](../{other}/20-two.md#limits-2) and [all](../{other}/_index.md).\n\n### Limits {{#limits-{number}}}\n\nNone.\n"
            );
            let name = SECTIONS[number - 1];
            project.write(&format!("content/{id}/{name}.md"), text);
        }
    }
    project
        .write("content/security/40-who.md", "## Who\n\n{{ whitehats }}\n\n{{ subprocessors }}\n");
    project.write(
        "content/whitehats.yaml",
        "whitehats:\n  - name: Ada Bee\n    date: 2024-01-02\n    consent: true\n  - name: Cy Dee\n    date: 2024-02-02\n    consent: true\n",
    );
    project.write(
        "content/subprocessors.yaml",
        "subprocessors:\n  - name: Hosting\n    purpose: Hosting\n    country: DE\n    effective: 2024-06-01\n",
    );
    project.write(
        "content/commitments.yaml",
        "commitments:\n  - id: reply\n    what: A reply\n    section: security#one\n    qualifier: within\n    value: 2\n    unit: days\n    better: lower\n",
    );
    project
}

/// Replaces what stands in a file.
fn change(project: &Project, path: &str, with: impl FnOnce(String) -> String) {
    if project.path(path).exists() {
        project.write(path, with(project.read(path)));
    }
}

/// Does something on a day; returns the day on which the next thing is done.
fn deed(project: &Project, (what, which, how): Deed, today: Date) -> Date {
    let day = today.to_string();
    let id = POLICIES[which % POLICIES.len()];
    let section = format!("content/{id}/{}.md", SECTIONS[how % 3]);
    let run = |arguments: &[&str]| {
        project.run_on(&day, arguments);
    };
    match what {
        Word => change(project, &section, |text| text.replacen("days", "working days", 1)),
        Anchors => {
            for (policy, name) in POLICIES.iter().flat_map(|id| SECTIONS.map(|name| (id, name))) {
                change(project, &format!("content/{policy}/{name}.md"), |text| {
                    text.replace("limits", "bounds")
                });
            }
        }
        Section => {
            let text = format!("## More {how}\n\nSee [that](../terms/20-two.md).\n");
            project.write(&format!("content/{id}/{}-more.md", 50 + how % 4), text);
        }
        NoSection => _ = fs::remove_file(project.path(&format!("content/{id}/30-three.md"))),
        Title => change(project, &format!("content/{id}/_index.md"), |text| {
            text.replacen("policy", ["rules", "policy of ours"][how % 2], 1)
        }),
        Researcher => change(project, "content/whitehats.yaml", |text| match how % 3 {
            0 => format!("{text}  - name: Eve {how}\n    date: 2024-03-03\n    consent: true\n"),
            1 => text.replacen("name: Ada Bee", "name: Ada Byron\n    formerly: Ada Bee", 1),
            _ => text.replacen("2024-02-02", "2024-02-03", 1),
        }),
        Subprocessor => change(project, "content/subprocessors.yaml", |text| {
            format!(
                "{text}  - name: Mail {how}\n    purpose: Mail\n    country: IE\n    effective: {today}\n"
            )
        }),
        Commitment => change(project, "content/commitments.yaml", |text| {
            text.replacen("value: 2", &format!("value: {}", 2 + how % 3), 1)
        }),
        Setting => change(project, "content/site.yaml", |text| match how % 3 {
            0 => text.replacen("Example", "Example Ltd", 1),
            1 => text.replacen("terms: 30", "terms: 10", 1),
            _ => format!("{}compress: true\n", text.replace("compress: true\n", "")),
        }),
        Release => run(&["release", id, "--summary", "Words.", "--yes"]),
        ReleaseAll => run(&["release", "--summary", "All of it.", "--yes"]),
        Announce => {
            let later = today.saturating_add(40.days()).to_string();
            run(&["release", id, "--effective", &later, "--summary", "Later.", "--yes"]);
        }
        Withdraw => {
            let ledger = fs::read_to_string(project.path("content/versions/ledger.yaml"));
            let ledger = ledger.unwrap_or_default();
            let last =
                ledger.lines().filter_map(|line| line.strip_prefix("- release: ")).next_back();
            run(&[
                "withdraw",
                last.unwrap_or_default().trim_matches('"'),
                "--reason",
                "An error.",
                "--yes",
            ]);
        }
        Retire => run(&["retire", id, "--reason", "Not needed.", "--yes"]),
        Theme => project.write(
            "themes/default/messages/en.yaml",
            format!("history.title: \"Versions {how} of {{title}}\"\n"),
        ),
        DamageManifest => change(project, "public/.policybook/manifest", |text| {
            let at = how * 31 % text.len();
            let mut bytes = text.into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            String::from_utf8_lossy(&bytes).into_owned()
        }),
        DamagePage => {
            change(project, &format!("public/{id}/index.html"), |text| text.replacen('a', "b", 1))
        }
        LoseFile => _ = fs::remove_file(project.path(&format!("public/{id}/index.json"))),
        NoLinks => {
            for name in SECTIONS {
                change(project, &format!("content/{id}/{name}.md"), |text| {
                    let links = |line: &&str| !line.contains("](../");
                    text.lines().filter(links).map(|line| format!("{line}\n")).collect()
                });
            }
        }
        Anchor => change(project, &format!("content/{id}/20-two.md"), |text| {
            text.replace("{#limits-2}", "{#limit}")
        }),
        Rename => run(&["rename", id, &format!("{id}-{}", how % 2), "--yes"]),
        DamageCache => {
            let place = project.path("public/.policybook/cache");
            if let Ok(mut bytes) = fs::read(&place)
                && !bytes.is_empty()
            {
                let at = how * 331 % bytes.len();
                match which % 3 {
                    0 => bytes[at] ^= 1,
                    1 => bytes.truncate(at),
                    _ => bytes.clear(),
                }
                fs::write(place, bytes).unwrap();
            }
        }
        Wait => return today.saturating_add(i64::try_from(how % 50).unwrap().days()),
    }
    today
}

/// Returns what a site holds, without what is kept beside it.
fn site(project: &Project, folder: &str) -> BTreeMap<String, Vec<u8>> {
    let files = project.files(folder);
    files.into_iter().filter(|(path, _)| !path.contains(".policybook/")).collect()
}

/// A preview that has followed all edits.
#[derive(Default)]
struct Preview {
    memos: Memos,
    rest: Option<Rest>,
}

/// Builds a site over what an earlier build left, into a folder of its own, and as a preview;
/// returns whether there was a site, and what differs.
fn differing(project: &Project, preview: &mut Preview, today: Date) -> (bool, Vec<String>) {
    let day = today.to_string();
    let kept = project.run_on(&day, &["build", "--quiet"]);
    if kept.status.code() == Some(2) {
        // What was kept is damaged so that nobody knows which files are ours.
        assert!(String::from_utf8_lossy(&kept.stderr).contains("--force"), "{kept:?}");
        project.run_on(&day, &["build", "--quiet", "--force"]);
    }
    let _ = fs::remove_dir_all(project.path("fresh"));
    let first = project.run_on(&day, &["build", "--quiet", "--out", "fresh"]);
    let built = first.status.code() == Some(0);
    assert_eq!(built, kept.status.code() != Some(1), "{kept:?}");
    if !built {
        return (false, Vec::new());
    }
    let fresh = site(project, "fresh");
    let files = store::Project::read(project.root()).unwrap().files;
    let now = Now::beginning(today, &TimeZone::UTC);
    let options = Options { edition: Edition::Draft, now };
    let compiled = compile_again(&files, options, &preview.memos);
    let (mut shown, rest, _) = compiled.preview(&files, &preview.memos, preview.rest.as_ref());
    // What is not rendered yet is rendered when it is asked for.
    for path in fresh.keys().map(|path| TreePath::new(path).unwrap()) {
        if shown.get(&path).is_none()
            && let Some(file) = rest.file(&path)
        {
            shown.insert(path, file);
        }
    }
    preview.rest = Some(rest);
    let mut shown: BTreeMap<String, Vec<u8>> =
        shown.iter().map(|(path, file)| (path.to_string(), file.bytes().to_vec())).collect();
    let copies = fresh.iter().filter(|(path, _)| path.ends_with(".br") || path.ends_with(".gz"));
    shown.extend(copies.map(|(path, bytes)| (path.clone(), bytes.clone())));
    let mut differing = Vec::new();
    for (name, site) in [("kept", site(project, "public")), ("shown", shown)] {
        let paths: BTreeSet<&String> = fresh.keys().chain(site.keys()).collect();
        let differs = |path: &&&String| fresh.get(**path) != site.get(**path);
        differing.extend(paths.iter().filter(differs).map(|path| format!("{name} {path}")));
    }
    (true, differing)
}

#[test]
fn what_others_say_of_a_document_is_made_again_when_it_changes() {
    // Each row: what is done in silence first, and then what changes pages of other documents.
    for (before, last) in [
        (&[(ReleaseAll, 0, 0), (NoLinks, 0, 0), (Release, 0, 0)][..], (Anchor, 1, 0)),
        (&[(ReleaseAll, 0, 0)], (Title, 1, 0)),
        (&[(ReleaseAll, 0, 0)], (Retire, 1, 0)),
        (&[(ReleaseAll, 0, 0), (Word, 2, 0), (Announce, 2, 0)], (Wait, 0, 41)),
        (&[(ReleaseAll, 0, 0), (Commitment, 0, 1)], (ReleaseAll, 0, 0)),
        (&[(ReleaseAll, 0, 0), (Researcher, 0, 0)], (ReleaseAll, 0, 0)),
        (&[(ReleaseAll, 0, 0), (Subprocessor, 0, 0)], (ReleaseAll, 0, 0)),
        (&[(ReleaseAll, 0, 0), (Setting, 0, 0)], (Theme, 0, 0)),
        (&[(ReleaseAll, 0, 0), (Setting, 0, 2)], (Word, 0, 0)),
        (&[(ReleaseAll, 0, 0), (Word, 2, 0), (Announce, 2, 0)], (Withdraw, 0, 0)),
        (&[(ReleaseAll, 0, 0)], (Rename, 0, 1)),
    ] {
        let (project, mut preview) = (project(), Preview::default());
        let mut today = date(2025, 1, 1);
        for done in before {
            today = deed(&project, *done, today).saturating_add(1.day());
        }
        assert_eq!(differing(&project, &mut preview, today), (true, Vec::new()), "{before:?}");
        let old = site(&project, "fresh");
        today = deed(&project, last, today);
        assert_eq!(
            differing(&project, &mut preview, today),
            (true, Vec::new()),
            "{before:?} {last:?}"
        );
        assert!(old != site(&project, "fresh"), "{before:?} {last:?} changes nothing");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times(6, 60), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_kept_changes_nothing(deeds in proptest::collection::vec((prop::sample::select(&DONE[..]), 0..9_usize, 0..60_usize), 4..16)) {
        let (project, mut preview) = (project(), Preview::default());
        let mut today = date(2025, 1, 1);
        deed(&project, (ReleaseAll, 0, 0), today);
        for (at, done) in deeds.iter().enumerate() {
            today = deed(&project, *done, today);
            let (_, differing) = differing(&project, &mut preview, today);
            prop_assert_eq!(differing, Vec::<String>::new(), "{:?}", &deeds[..=at]);
        }
    }
}
