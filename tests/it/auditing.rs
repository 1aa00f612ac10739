//! The built pages before the tools that others judge them by: axe-core, Lighthouse, a printer; and
//! their weight.

#![allow(clippy::print_stdout, reason = "what is measured and not held is printed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::browser::{Walk, served};
use crate::chromium::Chromium;
use crate::project::Project;
use crate::{chromium, validator};

/// The most that a page may send with all it asks for, compressed.
const HEAVIEST: u64 = 13_200;
/// The most files that a page may ask for, itself among them.
const REQUESTS: usize = 4;

/// The same for a redline: two versions in one, with a style and a script of its own.
const REDLINE: u64 = 18_800;

/// Returns where `tests/run` installs a package of npm.
fn installed(path: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/node_modules").join(path);
    assert!(place.is_file(), "there is no {}: run `tests/run`, which installs it", place.display());
    place
}

/// Returns what axe-core has to say against a page, what it is unsure of too.
fn objections(chromium: &mut Chromium, axe: &str, address: &str) -> Vec<String> {
    chromium.open(address).unwrap();
    chromium.evaluate(axe);
    let found =
        chromium.promised("axe.run(document, { resultTypes: ['violations', 'incomplete'] })");
    let all =
        ["violations", "incomplete"].into_iter().flat_map(|kind| found[kind].as_array().unwrap());
    let told = |rule: &Value| {
        format!("{address}: {} {}: {}", rule["id"], rule["help"], rule["nodes"][0]["html"])
    };
    assert!(found["testEngine"]["version"].is_string(), "axe ran");
    all.map(told).collect()
}

#[test]
#[ignore = "needs Chromium and axe-core: tests/run installs them"]
fn axe_has_no_objection_to_any_page_by_day_or_night_on_a_phone_or_a_desk() {
    let project = validator::every_construct();
    let server = served(&project);
    let site = server.address();
    let axe = fs::read_to_string(installed("axe-core/axe.min.js")).unwrap() + ";0";
    let mut chromium = Chromium::start();
    let pages: Vec<String> = Walk::through(&mut chromium, &site, &site).pages.into_keys().collect();
    assert!(pages.len() > 12);
    let mut found = Vec::new();
    for (width, height) in [(320, 640), (1280, 900)] {
        let screen = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width == 320 });
        chromium.call("Emulation.setDeviceMetricsOverride", screen);
        for scheme in ["light", "dark"] {
            let features =
                json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
            chromium.call("Emulation.setEmulatedMedia", features);
            for page in &pages {
                let objections = objections(&mut chromium, &axe, page);
                found.extend(
                    objections
                        .into_iter()
                        .map(|objection| format!("{width} px, {scheme}: {objection}")),
                );
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
    chromium.open(&format!("{site}nothing/")).unwrap();
    chromium.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"\">')");
    chromium.evaluate(&axe);
    assert_ne!(
        chromium.promised("axe.run().then(found => found.violations.length)"),
        0,
        "axe finds what is there to be found"
    );
}

/// Has Lighthouse judge a page; returns what it holds against it. The score for speed, which moves
/// with the load of the machine, is printed.
fn judged(address: &str, desk: bool) -> Vec<String> {
    let mut command = Command::new("node");
    command
        .arg(installed("lighthouse/cli/index.js"))
        .arg(address)
        .args(["--output=json", "--quiet"]);
    let speed = address.ends_with("/security/");
    let categories = if speed {
        "accessibility,best-practices,seo,performance"
    } else {
        "accessibility,best-practices,seo"
    };
    command.arg(format!("--only-categories={categories}"));
    command.args(if desk { &["--preset=desktop"][..] } else { &[] });
    // Its own choice of a port and a profile; else as every browser is started here.
    let flags: Vec<&str> =
        chromium::FLAGS.into_iter().filter(|flag| !flag.starts_with("--remote")).collect();
    command
        .arg(format!("--chrome-flags={}", flags.join(" ")))
        .env("CHROME_PATH", chromium::program());
    // On a busy machine it misses that the page has begun to load, and asks to be run again.
    let mut attempts =
        (0..3).map(|_| command.output().expect("run `tests/run`, which installs Node.js"));
    let output = attempts
        .find(|output| output.status.success())
        .unwrap_or_else(|| panic!("Lighthouse does not come to an end at {address}"));
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{address}: {error}"));
    if speed {
        println!(
            "speed of {address}: {} (Lighthouse, {})",
            report["categories"]["performance"]["score"],
            if desk { "desk" } else { "phone" }
        );
    }
    let held = ["accessibility", "best-practices", "seo"]
        .into_iter()
        .filter(|category| report["categories"][category]["score"] != 1);
    let poor = |category: &str| {
        let audits = report["categories"][category]["auditRefs"].as_array().unwrap().iter();
        let audits = audits
            .map(|audit| &report["audits"][audit["id"].as_str().unwrap()])
            .filter(|audit| audit["score"].as_f64() < Some(1.0));
        let named: Vec<String> = audits
            .filter(|audit| !audit["score"].is_null())
            .map(|audit| audit["title"].to_string())
            .collect();
        format!(
            "{address} (desk: {desk}) has {} for {category}: {}",
            report["categories"][category]["score"],
            named.join(", ")
        )
    };
    held.map(poor).collect()
}

#[test]
#[ignore = "needs Chromium and Lighthouse: tests/run installs them"]
fn lighthouse_gives_every_kind_of_page_full_marks() {
    let project = Project::example();
    let server = served(&project);
    let page = |within: &str| format!("{}{within}", server.address());
    let phone = ["", "security/", "security/v/original/", "subprocessors/", "ledger/"]
        .map(|within| (page(within), false));
    let desk = ["security/", "whitehats/", "security/history/"].map(|within| (page(within), true));
    let poor: Vec<String> =
        phone.into_iter().chain(desk).flat_map(|(address, desk)| judged(&address, desk)).collect();
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn no_page_is_heavier_than_promised() {
    let project = Project::example();
    project.write("content/site.yaml", project.read("content/site.yaml") + "\ncompress: true\n");
    let server = served(&project);
    let site = server.address();
    let mut chromium = Chromium::start();
    let pages: Vec<String> = Walk::through(&mut chromium, &site, &site).pages.into_keys().collect();
    chromium.call("Network.setCacheDisabled", json!({ "cacheDisabled": true }));
    let sent = |address: &str| -> u64 {
        let within =
            address.strip_prefix(&site).unwrap_or_else(|| panic!("{address} is asked for"));
        let file = if within.is_empty() || within.ends_with('/') {
            format!("{within}index.html")
        } else {
            within.to_owned()
        };
        let size = |suffix: &str| {
            fs::metadata(project.path(&format!("public/{file}{suffix}")))
                .map(|metadata| metadata.len())
        };
        size(".br").or_else(|_| size("")).unwrap()
    };
    let mut heaviest = (0, String::new());
    for page in pages {
        chromium.events();
        chromium.open(&page).unwrap();
        let asked: BTreeMap<String, u64> = chromium
            .events()
            .iter()
            .filter(|event| event.method == "Network.requestWillBeSent")
            .map(|event| {
                event.parameters["request"]["url"]
                    .as_str()
                    .unwrap()
                    .split('#')
                    .next()
                    .unwrap()
                    .to_owned()
            })
            // The browser's own pictures, as in a field for a day, come from nowhere.
            .filter(|address| !address.starts_with("data:"))
            .map(|address| (address.clone(), sent(&address)))
            .collect();
        let redline = ["/changes/", "/since/"].iter().any(|end| page.ends_with(end));
        let (most, requests) = if redline { (REDLINE, REQUESTS + 1) } else { (HEAVIEST, REQUESTS) };
        let weight = asked.values().sum();
        assert!(
            (3..=requests).contains(&asked.len()) && weight <= most,
            "{page} asks for {asked:?}"
        );
        heaviest = heaviest.max((weight, page));
    }
    println!("the heaviest page, {}, sends {} bytes", heaviest.1, heaviest.0);
    for (path, bytes) in project.files("public/assets") {
        let limit = if path.ends_with(".js") { 5_500 } else { 15_000 };
        assert!(bytes.len() <= limit, "{path} has {} bytes", bytes.len());
    }
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn a_printed_policy_is_tagged_for_screen_readers() {
    let project = Project::example();
    let server = served(&project);
    let (print, profile) = (project.path("print.pdf"), project.path("profile"));
    let mut command = Command::new(chromium::program());
    let flags = chromium::FLAGS.into_iter().filter(|flag| !flag.starts_with("--remote"));
    command
        .args(flags)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--print-to-pdf={}", print.display()));
    let output = command.arg(format!("{}security/", server.address())).output().unwrap();
    let bytes = fs::read(&print)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let text = String::from_utf8_lossy(&bytes);
    let count = |mark: &str| text.matches(mark).count();
    assert!(count("/Marked true") == 1 && count("/StructTreeRoot") > 0 && count("/Lang (en)") > 0);
    assert_eq!(count("/S /H1"), 1);
    assert!(count("/S /H2") >= 24, "{}", count("/S /H2"));
    assert!(count("/S /TH") > 1 && count("/S /Table") > 0);
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn the_script_filters_a_table_and_marks_the_section_that_is_read() {
    let project = Project::example();
    let server = served(&project);
    let mut chromium = Chromium::start();
    chromium.open(&format!("{}subprocessors/", server.address())).unwrap();
    let typed = |words: &str| {
        format!(
            "(() => {{ const box = document.querySelector('.filter input'); box.value = '{words}'; box.dispatchEvent(new Event('input', {{ bubbles: true }})); \
             const shown = Array.from(document.querySelectorAll('tbody tr')).filter(row => row.offsetHeight > 0); \
             return [shown.map(row => row.cells[0].innerText).join(), document.querySelector('[role=status]').textContent].join('|'); }})()"
        )
    };
    assert_eq!(chromium.evaluate(&typed("realtime BIRD")), "Pusher|1 of 8 shown");
    assert_eq!(chromium.evaluate(&typed("nobody")), "|0 of 8 shown");
    let all = chromium.evaluate(&typed(""));
    assert!(all.as_str().unwrap().ends_with(",Stripe|"), "{all}");
    chromium.open(&format!("{}security/#gdpr", server.address())).unwrap();
    let marked = "new Promise(done => setTimeout(() => done(document.querySelector('.contents [aria-current]')?.hash), 500))";
    assert_eq!(chromium.promised(marked), "#gdpr");
}
