//! The example: what its releases make is what is kept, and what it becomes holds every fact.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

use crate::project::Project;
use crate::tiers::times;
use jiff::civil::date;
use jiff::tz::TimeZone;
use policybook::check::Edition;
use policybook::compile::{Options, compile};
use policybook::diagnostic::Diagnostics;
use policybook::ledger::Planned;
use policybook::model::{Kind, Now, Release, ReleaseId};
use policybook::render::visible;
use policybook::tree::{File, Tree, TreePath};
use policybook::{ledger, parse};

/// Releases everything that is unreleased in a project.
fn release(files: &Tree<File>, release: &Release) -> Tree<File> {
    let mut diagnostics = Diagnostics::new();
    let content = parse::content(files, &mut diagnostics);
    let site = ledger::site(content, files, date(2026, 11, 21), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:#?}");
    ledger::release(files, &[Planned::new(release.clone(), site.unreleased().collect())])
}

/// Returns the files of the repository below a folder, as they would lie below another.
fn repository(folder: &str, below: &str) -> Tree<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = walkdir::WalkDir::new(&root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let within = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        (
            TreePath::new(&format!("{below}/{within}")).unwrap(),
            File::new(fs::read(entry.path()).unwrap()),
        )
    };
    entries.map(file).collect()
}

#[test]
fn the_frozen_versions_are_what_the_two_releases_made() {
    let draft: Tree<File> = repository("content", "content")
        .into_iter()
        .filter(|(path, _)| !path.as_str().starts_with("content/versions/"))
        .collect();
    let site = TreePath::new("content/site.yaml").unwrap();
    let mut first = repository("content/versions/original/security", "content/security");
    first.insert(site.clone(), draft.get(&site).unwrap().clone());
    let commitments = TreePath::new("content/commitments.yaml").unwrap();
    first.insert(
        commitments,
        repository("content/versions/original", "original")
            .get(&TreePath::new("original/commitments.yaml").unwrap())
            .unwrap()
            .clone(),
    );
    let summary = "The first policy: reporting, contacting, full and responsible disclosure, the response procedure.";
    let original = Release::new(ReleaseId::new("original").unwrap(), summary, Kind::Substantive);
    let frozen = release(&first, &original);
    let summary = "Nineteen sections on how the service is run and guarded; safe harbour has a condition, breaches are confirmed in writing, \
                   the telephone number is gone; the whitehats and the sub-processors are listed.";
    let second = Release::new(ReleaseId::new("2023-02-15").unwrap(), summary, Kind::Substantive);
    let second = Release { released: Some(date(2023, 2, 15)), ..second };
    let project: Tree<File> = draft.into_iter().chain(frozen.clone()).collect();
    let made: BTreeMap<TreePath, File> =
        frozen.into_iter().chain(release(&project, &second)).collect();
    if std::env::var_os("UPDATE").is_some() {
        for (path, file) in &made {
            let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(path.as_str());
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, file.bytes()).unwrap();
        }
    }
    let kept: BTreeMap<TreePath, File> =
        repository("content/versions", "content/versions").into_iter().collect();
    let paths = |files: &BTreeMap<TreePath, File>| {
        files.keys().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(paths(&made), paths(&kept));
    for (path, file) in &made {
        assert_eq!(
            String::from_utf8_lossy(file.bytes()),
            String::from_utf8_lossy(kept[path].bytes()),
            "{path}"
        );
    }
}

/// Returns the words of a built page, wrapped lines joined.
fn words(project: &Project, page: &str) -> String {
    visible(&project.read(page)).split_whitespace().collect::<Vec<_>>().join(" ")
}

const CURRENT: &str = "public/security/v/2023-02-15/index.html";
const ORIGINAL: &str = "public/security/v/original/index.html";

#[test]
fn every_fact_stands_in_its_version_and_in_no_other() {
    let project = Project::example();
    project.build(&["--locked"]);
    let (original, current) = (words(&project, ORIGINAL), words(&project, CURRENT));
    let both = [
        "Our engineers watch the network",
        "report it at once",
        "first reply within 48 business hours",
        "We answer every legitimate report",
        "send the report again or telephone us",
        "security@example.com",
        "support@example.com",
        "the steps that lead to the issue",
        "the actual result",
        "the expected result",
        "the configuration of the environment in which you tested",
        "You do not have to give us any personal details",
        "a name or a pseudonym and an e-mail address",
        "We will not prosecute researchers who report",
        "We keep those who report an issue posted",
        "we credit them once it is fixed",
        "the cause, the duration and the impact of the breach",
        "We make no exception",
        "on our web site, on our blog or in our newsletter",
        "put emergency patches in place",
        "We tell the person who submitted the report about the final fix",
        "Security fixes come before features",
        "a full QA review of the code and the tests",
        "We welcome feedback from our users and from the security community",
    ];
    let original_only =
        ["+1 650-284-7142", "voicemail", "as promptly as possible", "We thank all the researchers"];
    let current_only = [
        "but only while no user's data or account is violated",
        "If an issue touches the data of our users, we tell those users about it",
        "we inform their owners promptly",
        "in writing, and include the status of the investigation",
        "All data is stored in the European Union",
        "video surveillance, 24/7",
        "electronic access control",
        "fire detection",
        "multi-tenant",
        "Unit tests and integration tests guard",
        "They run at every change",
        "If a single test fails, the release is blocked",
        "We back up continuously",
        "every day and keep it off-site",
        "Backups are kept for 180 days",
        "several disks and locations",
        "recovery drills regularly",
        "After a disaster, natural or caused by people, we restore from the newest backup",
        "256-bit encryption",
        "over TLS only",
        "SSL Labs",
        "\"A+\"",
        "HSTS",
        "Perfect forward secrecy",
        "Nobody gains any privileges from being on the company's network",
        "two-factor authentication and strong passwords",
        "the backend;",
        "the servers;",
        "user data;",
        "application settings;",
        "billing;",
        "finance;",
        "support.",
        "Checks from several places",
        "Every 1 to 5 minutes, 24/7",
        "Crash logs",
        "Database health",
        "Deploys are automated",
        "within minutes",
        "Access to our systems is logged and audited",
        "mmonit",
        "goes to our operations team",
        "a dedicated one, and firewalls guard it",
        "99.9 % or higher",
        "since 25 May 2018",
        "We are not subject to PCI obligations",
        "outsourced to Stripe",
        "Questions about this policy",
    ];
    for fact in both {
        assert!(original.contains(fact) && current.contains(fact), "{fact}");
    }
    for fact in original_only {
        assert!(original.contains(fact) && !current.contains(fact), "{fact}");
    }
    for fact in current_only {
        assert!(current.contains(fact) && !original.contains(fact), "{fact}");
    }
}

#[test]
fn the_policy_shows_its_24_sections_31_names_8_subprocessors_and_its_day() {
    let project = Project::example();
    project.build(&["--locked"]);
    let page = project.read("public/security/index.html");
    let titles = [
        "Reporting a security issue",
        "Infrastructure",
        "Data",
        "Data protection strategy",
        "Incident management and disaster recovery",
        "Data transfer",
        "Permissions and admin controls",
        "Control measures",
        "Build process automation",
        "Incident response",
        "Disaster recovery",
        "Application monitoring",
        "Application evaluation",
        "Service levels",
        "Security audits",
        "GDPR compliance",
        "PCI obligations",
        "Third parties",
        "Contacting",
        "Full disclosure in case of a data breach",
        "Responsible disclosure",
        "Response procedure",
        "Whitehats",
        "Questions",
    ];
    let shown: Vec<&str> = page
        .split("<section id=")
        .skip(1)
        .map(|section| section.split("<h2>").nth(1).unwrap().split("</h2>").next().unwrap())
        .collect();
    assert_eq!(shown, titles);
    assert_eq!(
        page.matches("<time datetime=\"2023-02-15\">15 February 2023</time>").count(),
        titles.len() + 2
    );
    let section = |id: &str| {
        page.split(&format!("<section id=\"{id}\""))
            .nth(1)
            .unwrap()
            .split("</section>")
            .next()
            .unwrap()
            .to_owned()
    };
    assert_eq!(section("whitehats").matches("<li>").count(), 31);
    assert_eq!(section("third-parties").matches("<tr>").count(), 1 + 8);
    let names = words(&project, "public/whitehats/index.html");
    for name in ["Shashank Kumar", "Jaymark Pestaño", "Oladigbolu, Shuaib Abidemi", "S.M Akees"] {
        assert!(
            names.contains(name) && words(&project, "public/security/index.html").contains(name),
            "{name}"
        );
    }
    let companies = words(&project, "public/subprocessors/index.html");
    for name in [
        "Stripe",
        "Sentry",
        "Crisp",
        "Postmark",
        "Pusher",
        "MessageBird",
        "Cloudflare",
        "Campaign Monitor",
        "Hetzner",
    ] {
        assert!(companies.contains(name), "{name}");
    }
    assert!(words(&project, ORIGINAL).contains("Last modified date unknown"));
    assert!(words(&project, ORIGINAL).contains("Old version."));
    assert!(words(&project, ORIGINAL).contains(
        "How to report a security issue in Fluxiom, and what we do when one is reported."
    ));
    assert!(!words(&project, ORIGINAL).contains("How we protect the Fluxiom service"));
}

#[test]
fn the_page_the_sitemap_and_the_index_name_one_day() {
    let project = Project::example();
    project.build(&[]);
    let sitemap = project.read("public/sitemap.xml");
    assert!(
        sitemap
            .contains("<loc>https://fluxiom.example/security/</loc><lastmod>2023-02-15</lastmod>"),
        "{sitemap}"
    );
    let index: serde_json::Value =
        serde_json::from_str(&project.read("public/security/index.json")).unwrap();
    assert_eq!(index["schema"], 1);
    assert_eq!(index["last_modified"], "2023-02-15");
    assert_eq!(index["versions"][0]["released"], serde_json::Value::Null);
    assert_eq!(index["versions"][1]["sections"].as_array().unwrap().len(), 24);
    let digest = index["versions"][1]["sha256"].as_str().unwrap();
    assert!(project.read("content/versions/ledger.yaml").contains(&format!("security: {digest}")));
    assert!(project.read(CURRENT).contains(digest));
    let site: serde_json::Value = serde_json::from_str(&project.read("public/index.json")).unwrap();
    let ids: Vec<&str> = site["documents"]
        .as_array()
        .unwrap()
        .iter()
        .map(|document| document["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["security", "commitments", "subprocessors", "whitehats"]);
}

/// What proves the files of every release, their digests and every seal of the ledger, without this
/// program.
const PROOF: &str = r#"
    set -eu
    for release in */; do (cd $release && sha256sum --quiet -c SHA256SUMS); done
    for line in $(grep -n '^  seal:' ledger.yaml | cut -d: -f1); do
        seal=$(head -n $((line - 1)) ledger.yaml | sha256sum | cut -d' ' -f1)
        sed -n "${line}p" ledger.yaml | grep -q "seal: $seal"
    done
    digest=$(grep '  security/[^/]*$' 2023-02-15/SHA256SUMS | sha256sum | cut -d' ' -f1)
    grep -q "security: $digest" ledger.yaml
"#;

#[test]
#[ignore = "needs bash and sha256sum: tests/run has them"]
fn the_digests_are_those_that_sha256sum_finds() {
    let project = Project::example();
    let output = Command::new("bash")
        .args(["-c", PROOF])
        .current_dir(project.path("content/versions"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Returns the released versions as the example keeps them and as the site that is built of it
/// carries them, each with its folder.
fn archives() -> [(TreePath, Tree<File>); 2] {
    let example = policybook::store::example();
    let project: Tree<File> =
        example.clone().into_iter().chain(policybook::store::default_theme()).collect();
    let mut compiled = compile(
        &project,
        Options {
            edition: Edition::Locked,
            now: Now::beginning(date(2026, 11, 21), &TimeZone::UTC),
        },
    );
    let site: Mutex<Tree<File>> = Mutex::default();
    let take = |files: Tree<Vec<u8>>| -> Result<(), ()> {
        site.lock()
            .unwrap()
            .extend(files.into_iter().map(|(path, bytes)| (path, File::new(bytes))));
        Ok(())
    };
    compiled.render(take).unwrap();
    assert!(!compiled.diagnostics.has_errors(), "{:#?}", compiled.diagnostics);
    [("content/versions", example), ("ledger", site.into_inner().unwrap())].map(
        |(folder, files)| {
            let page = TreePath::new("ledger/index.html").unwrap();
            let folder = TreePath::new(folder).unwrap();
            let within = files.under(&folder).filter(|(path, _)| **path != page);
            (folder.clone(), within.map(|(path, file)| (path.clone(), file.clone())).collect())
        },
    )
}

/// Returns true if the proof of released versions finds something after some bits of a byte were
/// flipped.
fn is_found(folder: &TreePath, files: &Tree<File>, path: &TreePath, at: usize, bits: u8) -> bool {
    let mut flipped = files.get(path).unwrap().bytes().to_vec();
    flipped[at] ^= bits;
    let mut files = files.clone();
    files.insert(path.clone(), File::new(flipped));
    let mut diagnostics = Diagnostics::new();
    ledger::verify(&files, folder, &mut diagnostics);
    diagnostics.has_errors()
}

#[test]
fn any_byte_changed_in_the_ledger_is_found() {
    for (folder, files) in archives() {
        let path = folder.join("ledger.yaml");
        let length = files.get(&path).unwrap().bytes().len();
        assert!(!is_found(&folder, &files, &path, 0, 0));
        // Every third byte takes each of the eight bits in turn, too.
        for at in (0..length).step_by(times(3, 1)) {
            let bit = 1 << (at % 8);
            assert!(is_found(&folder, &files, &path, at, bit), "bit {bit} of byte {at}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(times(4, 16)))]

    #[test]
    fn any_byte_changed_in_a_released_file_or_the_ledger_is_found(part in 0.0..1.0, bits in 1..=u8::MAX) {
        for (folder, files) in archives() {
            for (path, file) in files.iter() {
                let at = (part * file.bytes().len() as f64) as usize;
                proptest::prop_assert!(is_found(&folder, &files, path, at, bits), "{} at byte {} of {}", bits, at, path);
            }
        }
    }
}
