//! Sites that an earlier program released and published: what it promised holds, whatever the
//! program has become since.
//!
//! `tests/kept/` has them, a folder for each month in which a program made some (`kept/make.rs` is
//! how). They are never made again. What a test of this file refuses would be refused to everybody
//! who has published before, with no flag that helps.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use flate2::{Compression, GzBuilder};
use html5gum::{DefaultEmitter, Token, Tokenizer};
use policybook::tree::Digest;
use serde_json::Value;

use crate::project::Project;
use crate::tiers::times;

mod make;

/// The day on which kept sites are looked at: the announced version of one is still announced.
const TODAY: &str = "2026-11-21";

/// The day on which what was announced is in force.
const LATER: &str = "2027-02-01";

/// What somebody had: `content/`, `themes/`, and `live/`, the folder that was published to.
const FOLDERS: [&str; 3] = ["content", "themes", "live"];

/// Returns the archive of a project; the same files are the same bytes.
fn packed(project: &Project) -> Vec<u8> {
    let mut archive = tar::Builder::new(GzBuilder::new().write(Vec::new(), Compression::best()));
    for folder in FOLDERS.into_iter().filter(|folder| project.path(folder).exists()) {
        for (path, bytes) in project.files(folder) {
            let mut header = tar::Header::new_gnu();
            header.set_mode(0o644);
            header.set_size(bytes.len().try_into().unwrap());
            archive.append_data(&mut header, format!("{folder}/{path}"), bytes.as_slice()).unwrap();
        }
    }
    archive.into_inner().unwrap().finish().unwrap()
}

/// A site that was kept, and the lists of what it promises.
struct Kept {
    project: Project,
    name: &'static str,
}

impl Kept {
    /// Unpacks a site.
    fn new(name: &'static str) -> Kept {
        let project = Project::empty();
        let archive = fs::read(folder().join(format!("{name}.tar.gz"))).unwrap();
        tar::Archive::new(GzDecoder::new(archive.as_slice())).unpack(project.root()).unwrap();
        Kept { project, name }
    }

    /// Returns a list that lies beside the archive.
    fn list(&self, name: &str) -> String {
        fs::read_to_string(folder().join(self.name).join(name)).unwrap()
    }

    /// Publishes without any flag, which must pass; returns what was said.
    #[track_caller]
    fn publish(&self, today: &str) -> String {
        self.project.said_on(today, &["publish", "live"], 0)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kept/2026-11")
}

/// Returns the lists of what a published project promises, by the names of their files.
fn lists(project: &Project) -> BTreeMap<&'static str, String> {
    let status = project.said_on(TODAY, &["status", "--format", "json"], 0);
    let log = project.said_on(TODAY, &["log", "--format", "json"], 0);
    BTreeMap::from([
        ("status.json", status),
        ("log.json", log),
        ("permanent.txt", permanent(project)),
        ("stamps.txt", stamps(project)),
    ])
}

/// Returns the permanent files of a published site, each with the digest of its bytes; that of its
/// frozen words, of the page of a policy. Of the page of a list neither can be told without its
/// theme.
fn permanent(project: &Project) -> String {
    let state: Value =
        serde_json::from_str(&project.read("live/.policybook/published.json")).unwrap();
    let files =
        state["files"].as_object().unwrap().iter().filter(|(_, file)| file["class"] == "permanent");
    let line = |path: &String| {
        let bytes = fs::read(project.path(&format!("live/{path}"))).unwrap();
        let page = path.ends_with(".html").then(|| String::from_utf8(bytes.clone()).unwrap());
        match page {
            None => format!("{} {path}\n", Digest::of(&bytes)),
            Some(page) if !is_policy(&page) => format!("list {path}\n"),
            Some(page) => format!("{} {path}\n", Digest::of(frozen(&page))),
        }
    };
    files.map(|(path, _)| line(path)).collect()
}

/// Returns what a reader sees of each version: the number of the reading, and the digest of its
/// form.
fn forms(project: &Project) -> String {
    let state: Value =
        serde_json::from_str(&project.read("live/.policybook/published.json")).unwrap();
    let form = |(path, file): (&String, &Value)| {
        let form = file.get("form")?;
        Some(format!("{} {} {path}\n", form["reading"], form["sha256"].as_str().unwrap()))
    };
    state["files"].as_object().unwrap().iter().filter_map(form).collect()
}

/// Returns when the words of each version last changed, and those of each of its sections.
fn stamps(project: &Project) -> String {
    let mut stamps = String::new();
    for (path, bytes) in project.files("live") {
        if !path.contains("/v/") || !path.ends_with("/index.json") {
            continue;
        }
        let index: Value = serde_json::from_slice(&bytes).unwrap();
        let version =
            format!("{} {}", index["document"].as_str().unwrap(), index["id"].as_str().unwrap());
        stamps.push_str(&format!("{version} {}\n", index["last_modified"].as_str().unwrap()));
        for section in index["sections"].as_array().into_iter().flatten() {
            let [id, day] = ["id", "last_modified"].map(|key| section[key].as_str().unwrap());
            stamps.push_str(&format!("{version} #{id} {day}\n"));
        }
    }
    stamps
}

fn is_policy(page: &str) -> bool {
    ["<article class=policy>", "<article class=\"policy\">"].iter().any(|tag| page.contains(tag))
}

/// What this program writes between the words of a policy, by element and class. A program that
/// writes more adds to it.
const OURS: [(&str, &str); 5] = [
    ("nav", "contents"),
    ("p", "modified"),
    ("a", "clause"),
    ("p", "alert-title"),
    ("footer", "proof"),
];

/// Where the links lead that this program puts behind a footnote.
const BACK: &[u8] = b"#ref:";

/// Elements that words flow through.
const INLINE: [&str; 19] = [
    "a", "abbr", "b", "bdi", "br", "code", "del", "em", "i", "img", "kbd", "mark", "s", "small",
    "span", "strong", "sub", "sup", "time",
];

/// Returns the frozen words of a policy's page: title, lede and text, a line for each stretch,
/// without what the program adds to them.
fn frozen(page: &str) -> String {
    let start = page.find("<article").expect("a policy is an article");
    let mut lines = vec![String::new()];
    // What is left out: the name of the element and how many of that name are open in it.
    let mut ours: Option<(String, usize)> = None;
    // In the head of the page only title and lede are frozen, and of a gist all but what it is
    // called.
    let (mut head, mut titled, mut gist) = (true, false, false);
    for token in Tokenizer::new_with_emitter(
        &page[start..page.rfind("</article>").expect("an article ends")],
        DefaultEmitter::default(),
    ) {
        let Ok(token) = token;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match token {
            Token::StartTag(tag) => {
                let name = text(&tag.name);
                let class = tag
                    .attributes
                    .get(b"class".as_slice())
                    .map(|class| text(class))
                    .unwrap_or_default();
                let back = tag
                    .attributes
                    .get(b"href".as_slice())
                    .is_some_and(|address| address.starts_with(BACK));
                match &mut ours {
                    Some((within, depth)) if *within == name => *depth += 1,
                    Some(_) => {}
                    None if back
                        || (gist && name == "strong")
                        || OURS.contains(&(&name, &class)) =>
                    {
                        ours = Some((name.clone(), 1))
                    }
                    None => {
                        titled = name == "h1"
                            || (name == "p" && class == "lede")
                            || (titled && INLINE.contains(&name.as_str()))
                    }
                }
                if !INLINE.contains(&name.as_str()) {
                    gist = class == "gist";
                    lines.push(String::new());
                }
            }
            Token::EndTag(tag) => {
                let name = text(&tag.name);
                head &= name != "header";
                titled &= INLINE.contains(&name.as_str());
                match &mut ours {
                    Some((within, depth)) if *within == name && *depth > 1 => *depth -= 1,
                    Some((within, _)) if *within == name => ours = None,
                    _ => {}
                }
                if !INLINE.contains(&name.as_str()) {
                    lines.push(String::new());
                }
            }
            Token::String(words) if ours.is_none() && (!head || titled) => {
                lines.last_mut().unwrap().push_str(&text(&words))
            }
            _ => {}
        }
    }
    let lines = lines.iter().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
}

/// Returns the words of a page as they are read, tags aside.
fn shown(page: &str) -> String {
    let words =
        Tokenizer::new_with_emitter(page, DefaultEmitter::default()).filter_map(|Ok(token)| {
            match token {
                Token::String(words) => Some(String::from_utf8_lossy(&words).into_owned()),
                _ => None,
            }
        });
    words.collect()
}

/// Keys of an entry that are shown in other words than the author's, or not at all.
const RETOLD: [&str; 12] = [
    "announced",
    "better",
    "consent",
    "country",
    "date",
    "effective",
    "formerly",
    "id",
    "link",
    "qualifier",
    "section",
    "until",
];

/// Returns every value of the entries of a frozen list that its page shows as it is.
fn values(list: &Value) -> Vec<String> {
    match list {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Array(entries) => entries.iter().flat_map(values).collect(),
        Value::Object(fields) => fields
            .iter()
            .filter(|(key, _)| !RETOLD.contains(&key.as_str()))
            .flat_map(|(_, value)| values(value))
            .collect(),
        _ => Vec::new(),
    }
}

/// Holds that an answer still says all that an older one said; it may say more.
#[track_caller]
fn still_says(answer: &Value, older: &Value, place: &str) {
    match (answer, older) {
        (Value::Object(answer), Value::Object(older)) => {
            for (key, value) in older {
                still_says(
                    answer.get(key).unwrap_or_else(|| panic!("{place} has no `{key}`")),
                    value,
                    &format!("{place}/{key}"),
                );
            }
        }
        (Value::Array(answer), Value::Array(older)) => {
            assert_eq!(answer.len(), older.len(), "{place}");
            answer.iter().zip(older).enumerate().for_each(|(at, (answer, older))| {
                still_says(answer, older, &format!("{place}/{at}"))
            });
        }
        _ => assert_eq!(answer, older, "{place}"),
    }
}

/// Returns the files that a published site promised never to change, but for its pages: the
/// released words, and their twins.
fn as_bytes(kept: &Kept) -> Vec<(String, Vec<u8>)> {
    let listed = kept.list("permanent.txt");
    let listed: BTreeSet<&str> =
        listed.lines().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
    let files = kept.project.files("live").into_iter();
    let files: Vec<_> = files
        .filter(|(path, _)| listed.contains(path.as_str()) && !path.ends_with(".html"))
        .collect();
    assert!(files.len() > 50);
    files
}

/// Publishes a kept site, which must keep every promise; returns what was said.
#[track_caller]
fn publish_keeps_every_promise(name: &'static str, today: &str) {
    let kept = Kept::new(name);
    let before = as_bytes(&kept);
    let pages: BTreeMap<String, Vec<u8>> = kept.project.files("live").into_iter().collect();
    let told = kept.publish(today);
    assert!(
        told.lines().last().unwrap().starts_with("published ")
            || told.lines().last().unwrap().starts_with("same "),
        "{told}"
    );
    let live: BTreeMap<String, Vec<u8>> = kept.project.files("live").into_iter().collect();
    for (path, bytes) in &before {
        assert!(live.get(path) == Some(bytes), "{path} is a released file and has other bytes");
    }
    let now = permanent(&kept.project);
    for (line, older) in now.lines().zip(kept.list("permanent.txt").lines()) {
        let path = older.split_once(' ').unwrap().1;
        let of =
            |files: &BTreeMap<String, Vec<u8>>| frozen(std::str::from_utf8(&files[path]).unwrap());
        if line != older && line.ends_with(path) && path.ends_with(".html") {
            assert_eq!(of(&live), of(&pages), "{path}");
        }
        assert_eq!(line, older);
    }
    assert_eq!(now.lines().count(), kept.list("permanent.txt").lines().count());
    assert!(
        kept.publish(today).lines().last().unwrap().starts_with("same "),
        "a second publish has nothing to do"
    );
    kept.project.said_on(today, &["verify", "live", "--quiet"], 0);
}

#[test]
fn a_theme_of_its_own_and_raw_html_are_published_without_a_flag() {
    publish_keeps_every_promise("nordlicht", TODAY);
}

#[test]
fn what_was_announced_comes_into_force_without_a_flag() {
    publish_keeps_every_promise("nordlicht", LATER);
}

#[test]
fn a_policy_of_36_versions_is_published_without_a_flag() {
    publish_keeps_every_promise("harbour", TODAY);
}

#[test]
fn the_next_version_is_published_without_a_flag() {
    let kept = Kept::new("harbour");
    let before = as_bytes(&kept);
    kept.project.edit(
        "content/terms/_index.md",
        "Whoever ties up agrees.",
        "Whoever ties up here agrees.",
    );
    kept.project.said_on(TODAY, &["release", "--yes", "--summary", "Here."], 0);
    let told = kept.publish(TODAY);
    assert!(told.contains("create  terms/v/2026-11-21/index.html\n"), "{told}");
    let live: BTreeMap<String, Vec<u8>> = kept.project.files("live").into_iter().collect();
    assert!(before.iter().all(|(path, bytes)| live.get(path) == Some(bytes)));
    let now = permanent(&kept.project);
    let now: BTreeSet<&str> = now.lines().collect();
    for line in kept.list("permanent.txt").lines() {
        assert!(now.contains(line), "{line}");
    }
}

/// Holds that a kept project checks, builds and verifies, has nothing unreleased, and says of its
/// versions what it said.
#[track_caller]
fn a_project_keeps_every_promise(name: &'static str) -> Kept {
    let kept = Kept::new(name);
    kept.project.said_on(TODAY, &["check", "--quiet"], 0);
    let site = kept.project.read("content/site.yaml");
    // The smaller copies take most of the time.
    kept.project.write(
        "content/site.yaml",
        site.replace("compress: true", times("compress: false", "compress: true")),
    );
    kept.project.said_on(TODAY, &["build", "--locked", "--quiet"], 0);
    kept.project.write("content/site.yaml", site);
    for of in [&["verify", "--quiet"][..], &["verify", "public", "--quiet"]] {
        kept.project.said_on(TODAY, of, 0);
    }
    kept.publish(TODAY);
    let now = lists(&kept.project);
    for list in ["status.json", "log.json"] {
        let [answer, older] =
            [&now[list], &kept.list(list)].map(|text| serde_json::from_str::<Value>(text).unwrap());
        still_says(&answer, &older, &format!("{name}/{list}"));
    }
    let status: Value = serde_json::from_str(&now["status.json"]).unwrap();
    for document in status["documents"].as_array().unwrap() {
        assert_eq!(document["unreleased"], false, "{document}");
    }
    // In one version sections changed places, which did not move the stamp of the policy then.
    let stamps = kept
        .list("stamps.txt")
        .replace("terms 2025-05-10 2025-04-10\n", "terms 2025-05-10 2025-05-10\n");
    assert_eq!(now["stamps.txt"], stamps);
    let forms = forms(&kept.project);
    if std::env::var_os("UPDATE").is_some() {
        fs::write(folder().join(name).join("forms.txt"), &forms).unwrap();
    }
    assert_eq!(
        forms,
        kept.list("forms.txt"),
        "a text that reads differently has another number, which publish asks about"
    );
    kept
}

#[test]
fn a_project_with_everything_says_what_it_said() {
    let kept = a_project_keeps_every_promise("nordlicht");
    for copy in ["br", "gz"] {
        assert_eq!(
            kept.project.path(&format!("public/index.html.{copy}")).exists(),
            times(false, true)
        );
    }
    let policy = kept.project.read("live/handbook/index.html");
    for own in [
        "Approved by the board of Nordlicht und Söhne.",
        "Wer Fragen hat, schreibe uns bitte.",
        ">Imprint</a>",
        "<kbd>Ctrl</kbd>",
    ] {
        assert!(policy.contains(own), "{own}");
    }
}

#[test]
fn a_project_of_36_versions_says_what_it_said() {
    let kept = a_project_keeps_every_promise("harbour");
    assert_eq!(kept.list("log.json").matches("\"document\": \"terms\"").count(), 36);
}

#[test]
fn every_value_of_a_frozen_entry_stands_on_the_page_of_its_version() {
    let kept = Kept::new("nordlicht");
    kept.publish(TODAY);
    let listed = kept.list("permanent.txt");
    let mut seen = 0;
    for path in listed.lines().filter_map(|line| line.strip_prefix("list ")) {
        let page = shown(&kept.project.read(&format!("live/{path}")));
        let [list, _, release, _] = path.split('/').collect::<Vec<_>>()[..] else {
            panic!("{path}")
        };
        let entries = kept.project.read(&format!("live/ledger/{release}/{list}.yaml"));
        for value in values(&serde_yaml::from_str::<Value>(&entries).unwrap()) {
            assert!(page.contains(&value), "{path} does not show {value:?}\n{page}");
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen} values were looked at");
}

/// Changes a word in a frozen file and makes everything that proves it fit again: its digest, the
/// ledger's, every seal.
fn forge(project: &Project, release: &str, file: &str, from: &str, to: &str) {
    let document = file.split('/').next().unwrap();
    project.edit(&format!("content/versions/{release}/{file}"), from, to);
    let digest =
        Digest::of(project.read(&format!("content/versions/{release}/{file}"))).to_string();
    let sums = format!("content/versions/{release}/SHA256SUMS");
    let of = |line: &str| {
        if line.ends_with(&format!("  {file}")) {
            format!("{digest}  {file}\n")
        } else {
            format!("{line}\n")
        }
    };
    project.write(&sums, project.read(&sums).lines().map(of).collect::<String>());
    let lines: String = project
        .read(&sums)
        .lines()
        .filter(|line| line.contains(&format!("  {document}/")))
        .map(|line| format!("{line}\n"))
        .collect();
    let (mut ledger, mut within, mut seal) = (String::new(), false, String::new());
    for line in project.read("content/versions/ledger.yaml").lines() {
        if line.starts_with("- ") {
            within = line == format!("- release: \"{release}\"");
        }
        let line = match line.split_once(": ") {
            Some(("  previous", _)) => format!("  previous: {seal}"),
            Some(("  seal", _)) => {
                seal = Digest::of(&ledger).to_string();
                format!("  seal: {seal}")
            }
            Some((name, _)) if within && name.trim() == document => {
                format!("    {document}: {}", Digest::of(&lines))
            }
            _ => line.to_owned(),
        };
        ledger.push_str(&line);
        ledger.push('\n');
    }
    project.write("content/versions/ledger.yaml", ledger);
}

#[test]
fn a_site_by_an_earlier_program_is_proved_and_its_words_and_days_are_held() {
    for (name, document) in [("nordlicht", "privacy"), ("harbour", "terms")] {
        let project = &Kept::new(name).project;
        let said = project.said_on(TODAY, &["verify", "live"], 0);
        assert!(said.contains("site as of 2026-11-21: "), "{said}");
        if times(name == "harbour", false) {
            continue;
        }
        let files = project.files("live");
        let version = |name: &str| {
            let page = |path: &&str| path.starts_with(&format!("{document}/v/"));
            let mut paths = files.iter().map(|(path, _)| path.as_str()).filter(page);
            paths.find(|path| path.ends_with(name) && !path.contains("changes")).unwrap().to_owned()
        };
        // A word that was released, and a day of each kind of file.
        let words = version("policy.txt");
        let paragraph = project.read(&format!("live/{words}"));
        let page = project.read(&format!("live/{}", version("index.html")));
        let main = page.split_once("<main").unwrap().1;
        let is_word = |word: &&str| word.len() > 5 && main.contains(&format!(" {word} "));
        let word = paragraph.split(' ').rfind(is_word).unwrap().to_owned();
        let changes = [
            (words, word.clone(), word.to_uppercase()),
            (version("index.html"), format!(" {word}"), format!(" {}", word.to_uppercase())),
            (version("index.json"), "\"released\": \"20".into(), "\"released\": \"19".into()),
            (format!("{document}/index.json"), "_since\": \"20".into(), "_since\": \"19".into()),
            (
                format!("{document}/index.html"),
                "datetime=".into(),
                "datetime=1999-01-01 data-x=".into(),
            ),
            (format!("{document}/history/index.html"), " 20".into(), " 19".into()),
            (format!("{document}/feed.atom"), "<published>20".into(), "<published>19".into()),
            (format!("{document}/timemap.link"), "datetime=\"".into(), "datetime=\"X".into()),
            ("sitemap.xml".into(), "<lastmod>20".into(), "<lastmod>19".into()),
        ];
        for (path, from, to) in changes {
            let place = format!("live/{path}");
            let before = project.read(&place);
            let begin = before.find("<main").unwrap_or_default();
            let at = begin + before[begin..].find(&from).unwrap_or_else(|| panic!("{path} {from}"));
            project.write(&place, [&before[..at], &to, &before[at + from.len()..]].concat());
            let said = project.said_on(TODAY, &["verify", "live"], 1);
            assert!(said.contains(&format!("--> {path}")), "{from} {to}: {said}");
            project.write(&place, before);
        }
    }
}

#[test]
fn a_frozen_word_that_was_changed_is_found_and_nothing_is_published() {
    let kept = Kept::new("nordlicht");
    let before = kept.project.files("live");
    kept.project.edit("content/versions/2024-01-15/security/020-testing.md", "90 days", "99 days");
    let told = kept.project.said_on(TODAY, &["publish", "live"], 1);
    assert!(told.contains("error[P052]"), "{told}");
    assert_eq!(kept.project.files("live"), before);
}

#[test]
fn a_frozen_word_whose_every_digest_was_forged_is_refused() {
    let kept = Kept::new("nordlicht");
    let before = kept.project.files("live");
    forge(&kept.project, "2024-01-15", "privacy/020-keeping.md", "30 days", "99 days");
    kept.project.said_on(TODAY, &["verify", "--quiet"], 0);
    for flags in [&["--quiet"][..], &["--restyle", "--overwrite"]] {
        let told = kept.project.said_on(
            TODAY,
            &[&["publish", "live", "--format", "json"], flags].concat(),
            3,
        );
        assert!(
            told.contains("\"reason\": \"stale\"")
                && told.contains("which the ledger here does not contain"),
            "{told}"
        );
    }
    assert_eq!(kept.project.files("live"), before);
    // Even if the target forgot what its ledger was.
    let state = "live/.policybook/published.json";
    let mut told: Value = serde_json::from_str(&kept.project.read(state)).unwrap();
    told["head"] = Value::Null;
    kept.project.write(state, told.to_string());
    let told = kept.project.said_on(
        TODAY,
        &["publish", "live", "--format", "json", "--restyle", "--overwrite"],
        3,
    );
    assert!(
        told.contains("\"reason\": \"permanent-changed\"") && told.contains("/2024-01-15/"),
        "{told}"
    );
}

#[test]
fn a_frozen_word_that_a_template_changes_is_refused() {
    let kept = Kept::new("nordlicht");
    let words = "{{ article | replace(from=\"90 days\", to=\"99 days\") | safe }}";
    kept.project.edit("themes/nordlicht/templates/policy.html", "{{ article | safe }}", words);
    let before = kept.project.files("live");
    let told = kept.project.said_on(TODAY, &["publish", "live", "--restyle"], 1);
    assert!(
        told.contains(
            "error[P070]: the page of a version shows other words than were released: `99`"
        ),
        "{told}"
    );
    assert!(told.contains("themes/nordlicht/templates/policy.html"), "{told}");
    assert_eq!(kept.project.files("live"), before);
}
