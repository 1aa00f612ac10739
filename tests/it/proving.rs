//! `verify` of a built site: whatever states released words or a day, and says something else than
//! its ledger, is found by name.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use jiff::civil::Date;
use policybook::diagnostic::{Diagnostics, Severity};
use policybook::proof::{Carried, Judgement, judge};
use policybook::store;
use policybook::tree::{File, Tree, TreePath};

use crate::project::Project;
use crate::server::Server;
use crate::tiers::times;
use crate::verifying::{built, edit, found, verified};
use crate::{acts, rich};

const TODAY: &str = "2026-11-21";

/// The files of a built site.
type Files = BTreeMap<TreePath, Vec<u8>>;

fn site(project: &Project) -> Files {
    let files = project.files("public").into_iter();
    let ours = files.filter(|(path, _)| !path.starts_with(".policybook/"));
    ours.map(|(path, bytes)| (TreePath::new(&path).unwrap(), bytes)).collect()
}

fn judged(files: &Files, today: &str) -> Judgement {
    let ledger = files
        .iter()
        .filter(|(path, _)| path.within("ledger").is_some_and(|within| within != "index.html"));
    let archive: Tree<File> =
        ledger.map(|(path, bytes)| (path.clone(), File::new(bytes.clone()))).collect();
    let get = |path: &TreePath| Ok::<_, Infallible>(files.get(path).cloned());
    let carried = Carried { get: &get, listed: files.keys().cloned().collect() };
    let today: Date = today.parse().unwrap();
    let folder = TreePath::new("ledger").unwrap();
    judge(&archive, &folder, &store::default_theme(), today, &carried).unwrap()
}

/// Returns the files in which something is wrong.
fn wrong(diagnostics: &Diagnostics) -> BTreeSet<String> {
    let errors = diagnostics.sorted().into_iter().filter(|found| found.severity == Severity::Error);
    errors.map(|found| found.place.as_ref().unwrap().path.to_string()).collect()
}

/// Returns true if a file states released words or a day. What is left out is the theme's, or rests
/// on `site.yaml`; the frozen files themselves are proved before.
fn is_told(path: &TreePath) -> bool {
    let name = path.as_str();
    let ours = ["404.html", "robots.txt", "_headers", "_redirects", "favicon.ico"];
    !ours.contains(&name)
        && !name.ends_with("security.txt")
        && !name.ends_with(".gz")
        && !name.ends_with(".br")
        && !name.ends_with(".conf")
        && !name.starts_with("assets/")
        && (!name.starts_with("ledger/") || name == "ledger/index.html")
}

/// The files by which `verify` finds out how a site was made: they are tampered with one by one.
const LEADING: [&str; 3] = ["index.json", "index.html", "sitemap.xml"];

/// Returns every place in a file at which a day or a word that readers see can be changed: the
/// bytes from, to, and what they become.
fn places(path: &TreePath, text: &str) -> Vec<(usize, String)> {
    let (from, until) = if path.as_str().ends_with(".html") {
        (text.find("<main").unwrap(), text.rfind("</main>").unwrap_or(text.len()))
    } else {
        (0, text.len())
    };
    let mut places = Vec::new();
    // The last digit of each day.
    for (at, _) in text.match_indices("20").filter(|(at, _)| (from..until).contains(at)) {
        let Some(day) = text.get(at..at + 10).filter(|day| day.parse::<Date>().is_ok()) else {
            continue;
        };
        let flipped = if day.ends_with('1') { "2" } else { "1" };
        // The ids of versions stand in addresses, which say nothing to a reader.
        if !text[..at].ends_with('/') {
            places.push((at + 9, flipped.to_owned()));
        }
    }
    // A vowel of a word that is read.
    let mut inside = false;
    for (at, letter) in text.char_indices() {
        match letter {
            '<' => inside = true,
            '>' => inside = false,
            'a' | 'e' if !inside && (from..until).contains(&at) => {
                let entity = text[..at].rfind('&').is_some_and(|and| !text[and..at].contains(';'));
                if !entity {
                    places.push((at, "o".to_owned()));
                }
            }
            _ => {}
        }
    }
    places
}

/// Changes a file at one of the places; which one is drawn by `dice`.
fn flipped(path: &TreePath, bytes: &[u8], dice: &mut usize) -> Option<Vec<u8>> {
    let text = String::from_utf8(bytes.to_vec()).ok()?;
    let places = places(path, &text);
    if places.is_empty() {
        return None;
    }
    *dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let (at, to) = &places[(*dice >> 33) % places.len()];
    let mut changed = text.clone();
    changed.replace_range(*at..*at + 1, to);
    Some(changed.into_bytes())
}

/// Holds that the files of a site that were changed are found, and no other.
#[track_caller]
fn finds(site: &Files, changed: &Files, what: &str) {
    let differing: BTreeSet<String> = site
        .iter()
        .filter(|(path, bytes)| changed.get(*path) != Some(bytes))
        .map(|(path, _)| path.to_string())
        .collect();
    assert!(!differing.is_empty(), "{what}");
    let found = wrong(&judged(changed, TODAY).diagnostics);
    let missed: Vec<_> = differing.difference(&found).collect();
    let innocent: Vec<_> = found.difference(&differing).collect();
    assert!(missed.is_empty(), "{what}: not found: {missed:?}");
    assert!(innocent.is_empty(), "{what}: blamed: {innocent:?}");
}

/// Tampers with every file of a site, in each way.
fn hold(site: &Files, rounds: usize) {
    let whole = judged(site, TODAY);
    assert_eq!(wrong(&whole.diagnostics), BTreeSet::new());
    assert_eq!((whole.framed, whole.day), (0, Some(TODAY.parse().unwrap())));
    let told: Files = site
        .iter()
        .filter(|(path, _)| is_told(path))
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect();
    assert_eq!(whole.files, told.len(), "every file that states something was compared");
    let leads = |path: &TreePath| LEADING.contains(&path.as_str());
    let followers = || told.iter().filter(|(path, _)| !leads(path));

    let mut deleted = site.clone();
    deleted.retain(|path, _| !told.contains_key(path) || leads(path));
    finds(site, &deleted, "deleted");

    let mut dice = 7;
    for round in 0..rounds {
        let changes = followers()
            .filter_map(|(path, bytes)| Some((path.clone(), flipped(path, bytes, &mut dice)?)));
        let mut changed = site.clone();
        changed.extend(changes);
        finds(site, &changed, &format!("flipped, round {round}"));
    }
    for (path, bytes) in told.iter().filter(|(path, _)| leads(path)) {
        for round in 0..rounds {
            let mut changed = site.clone();
            // Who made it and how is not what the ledger says.
            let said = String::from_utf8(bytes.clone()).unwrap();
            let (name, said) = said.split_at(said.find("\"documents\"").unwrap_or_default());
            let (said, made) = said.split_at(said.find("\"made\"").unwrap_or(said.len()));
            let flipped = flipped(path, said.as_bytes(), &mut dice).unwrap();
            changed.insert(path.clone(), [name.as_bytes(), &flipped[..], made.as_bytes()].concat());
            let found = wrong(&judged(&changed, TODAY).diagnostics);
            let text = String::from_utf8_lossy(&flipped).into_owned();
            assert!(found.contains(path.as_str()), "{path} {round}: {found:?}\n{text}");
        }
        let mut changed = site.clone();
        changed.remove(path);
        let found = wrong(&judged(&changed, TODAY).diagnostics);
        assert!(found.contains(path.as_str()), "{path}: {found:?}");
    }

    // Each file has the bytes of another of its name.
    let mut swapped = site.clone();
    let mut alike: BTreeMap<String, Vec<&TreePath>> = BTreeMap::new();
    for (path, _) in followers() {
        let folders = path.as_str().matches('/').count();
        alike.entry(format!("{folders} {}", path.name())).or_default().push(path);
    }
    for paths in alike.values() {
        for (path, other) in paths.iter().zip(paths.iter().cycle().skip(1)) {
            swapped.insert((*path).clone(), site[*other].clone());
        }
    }
    finds(site, &swapped, "swapped");

    // A version that was never released.
    let mut invented = site.clone();
    let (page, bytes) = site.iter().find(|(path, _)| path.as_str().contains("/v/")).unwrap();
    let (before, after) = page.as_str().split_once("/v/").unwrap();
    let name = format!("{before}/v/2019-01-01/{}", after.split_once('/').unwrap().1);
    invented.insert(TreePath::new(&name).unwrap(), bytes.clone());
    assert_eq!(wrong(&judged(&invented, TODAY).diagnostics), BTreeSet::from([name]));
}

#[test]
fn whatever_differs_from_the_ledger_is_found_in_a_site_with_every_act() {
    let project = acts::with_every_act();
    project.said_on(TODAY, &["build", "--locked"], 0);
    hold(&site(&project), times(1, 5));
}

#[test]
fn whatever_differs_from_the_ledger_is_found_in_the_example() {
    let project = Project::example();
    project.said_on(TODAY, &["build", "--locked"], 0);
    hold(&site(&project), times(1, 5));
}

#[test]
#[ignore = "takes minutes: tests/run makes it"]
fn whatever_differs_from_the_ledger_is_found_in_a_rich_site() {
    let project = rich::project();
    project.said_on(TODAY, &["build", "--locked"], 0);
    hold(&site(&project), 8);
}

#[test]
fn the_message_names_the_file_and_what_differs() {
    let project = built();
    let words = "public/security/v/original/policy.md";
    project.write(words, project.read(words).replace(['a', 'e', 'i', 'o', 'u'], "_"));
    let told = ["where the ledger has", "--> security/v/original/policy.md", "1 error: "];
    found(&project, &["public"], &told);
    project.build(&["--locked"]);
    std::fs::remove_file(project.path("public/security/v/original/policy.txt")).unwrap();
    found(&project, &["public"], &["this is missing\n--> security/v/original/policy.txt"]);
    project.build(&["--locked"]);
    edit(&project, "public/security/index.json", "2023-02-15\",", "2023-02-16\",");
    found(
        &project,
        &["public"],
        &["is \"2023-02-16\" and not \"2023-02-15\"", "security/index.json"],
    );
    project.build(&["--locked"]);
    edit(&project, "public/security/index.html", "15 February 2023", "16 February 2023");
    let told = ["`16` where the ledger has `15`", "--> security/index.html"];
    found(&project, &["public"], &told);
    project.build(&["--locked"]);
    assert!(verified(&project, &["public"], 0).contains("files match the ledger"));
}

#[test]
fn unreleased_words_are_told_and_the_rest_is_proved() {
    let project = Project::example();
    edit(&project, "content/security/010-reporting.md", "{{ commitment.first_reply }}", "soon");
    project.build(&[]);
    let said = verified(&project, &["public"], 0);
    assert!(said.contains("this shows unreleased words, which nothing proves"), "{said}");
    assert!(said.contains("--> security/index.html"), "{said}");
    edit(&project, "public/security/v/original/policy.txt", "48", "72");
    found(&project, &["public"], &["--> security/v/original/policy.txt"]);
}

#[test]
fn a_theme_of_its_own_frames_the_text_and_is_held_to_it() {
    let project = Project::example();
    for template in ["head.html", "history.html", "changes.html", "base.html"] {
        let source = format!("{}/themes/default/templates/{template}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(source).unwrap();
        let text = text.replace("<h1>", "<h1>Unser: ").replace("<body>", "<body class=own>");
        project.write(&format!("themes/default/templates/{template}"), text);
    }
    project.build(&["--locked"]);
    let said = verified(&project, &["public"], 0);
    assert!(said.contains("only in part (custom templates)"), "{said}");
    for (path, from, to) in [
        ("security/index.html", "datetime=\"2023-02-15", "datetime=\"2023-02-16"),
        ("security/v/original/index.html", "48 business hours", "72 business hours"),
        ("security/history/index.html", "15 February 2023", "16 February 2023"),
        ("security/v/2023-02-15/changes/index.html", "section", "chapter"),
        ("security/feed.atom", "15 February 2023", "16 February 2023"),
        ("whitehats.json", "\"last_modified\": \"2023", "\"last_modified\": \"2024"),
    ] {
        let file = format!("public/{path}");
        let text = project.read(&file);
        let at = if path.contains("changes") { text.find("id=redline").unwrap() } else { 0 };
        let at = at + text[at..].find(from).unwrap_or_else(|| panic!("{path} has no {from}"));
        project.write(&file, [&text[..at], to, &text[at + from.len()..]].concat());
        let said = verified(&project, &["public"], 1);
        assert!(
            said.contains(&format!("--> {path}")) && said.contains("1 error: "),
            "{path} {said}"
        );
        project.build(&["--locked"]);
    }
}

#[test]
fn the_day_that_a_site_shows_is_found() {
    let project = acts::with_every_act();
    for day in [TODAY, "2026-04-01", "2027-06-01"] {
        project.said_on(day, &["build", "--locked"], 0);
        let judged = judged(&site(&project), "2028-01-01");
        assert_eq!(wrong(&judged.diagnostics), BTreeSet::new(), "{day}");
        let day: Date = day.parse().unwrap();
        assert!(judged.day.is_some_and(|shown| shown <= day || judged.until.is_none()), "{day}");
        assert!(judged.until.is_none_or(|until| until > day), "{day}");
    }
}

#[test]
fn a_site_is_held_against_what_is_published_before_a_host_takes_it() {
    let project = built();
    let older = project.files("public");
    let refused = |told: &[&str], code: i32| {
        let said = project.said(&["verify", "public", "--against", "live"], code);
        told.iter().for_each(|told| assert!(said.contains(told), "no {told:?} in:\n{said}"));
    };
    let live = |files: &[(String, Vec<u8>)]| {
        project.write("live/404.html", "");
        project.restore("live", files);
    };
    live(&older);
    refused(&[], 0);
    edit(&project, "content/security/010-reporting.md", "at once", "immediately");
    project.said(&["release", "--summary", "A word", "--yes"], 0);
    project.build(&["--locked"]);
    refused(&["1 document"], 0);
    // A step back: what is published has a release more.
    live(&project.files("public"));
    project.restore("public", &older);
    refused(&["refused: the ledger at live ends with the seal"], 3);
    let json = project.said(&["verify", "public", "--against", "live", "--format", "json"], 3);
    assert!(json.contains("\"reason\": \"stale\""), "{json}");
    // Other words at an address that was published.
    live(&older);
    let page = "live/security/v/original/index.html";
    let before = project.read(page);
    project.write(page, before.replacen("48 business hours", "72 business hours", 9));
    refused(&["refused: `security/v/original/index.html` is a published version", "--repair"], 3);
    project.write(page, before);
    std::fs::remove_file(project.path("public/security/v/original/index.html")).unwrap();
    refused(&["this is missing"], 1);
    project.build(&["--locked"]);
    // What differs here is told first; a first publish has nothing against it.
    let server = Server::start(project.path("nowhere"), "/");
    let said = project.said(&["verify", "public", "--against", &server.address()], 0);
    assert!(said.contains("nothing is published at"), "{said}");
    let server = Server::start(project.path("live"), "/legal/");
    project.said(&["verify", "public", "--against", &server.address()], 0);
}

#[test]
fn a_live_site_that_is_behind_its_day_is_told() {
    let project = Project::example();
    let built = |day: &str| project.said_on(day, &["build", "--locked"], 0);
    edit(&project, "content/security/010-reporting.md", "at once", "immediately");
    let release = ["release", "--summary", "A word", "--effective", "2027-02-01", "--yes"];
    project.said_on(TODAY, &release, 0);
    built(TODAY);
    let until = judged(&site(&project), TODAY).until.expect("something comes into force later");
    assert_eq!(until.to_string(), "2027-02-01");
    let server = Server::start(project.path("public"), "/");
    let verify = |day: &str, code: i32| project.said_on(day, &["verify", &server.address()], code);
    let (before, on) = (until.yesterday().unwrap().to_string(), until.to_string());
    verify(&before, 0);
    let said = verify(&on, 1);
    assert!(said.contains(&format!("behind its day: since {on} its ledger says")), "{said}");
    assert!(project.said_on(&on, &["verify", "public"], 0).contains("site as of"));
    built(&on);
    verify(&on, 0);
}
