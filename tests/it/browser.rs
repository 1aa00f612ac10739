//! The built site in a real browser: every page opens, links to what is there, fits a phone and
//! needs no script.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use crate::chromium::{Chromium, Event};
use crate::project::Project;
use crate::server::Server;
use crate::validator;

/// Where the served site lies: not at the root of its host, to show that its links do not depend on
/// it.
const BASE: &str = "/policies/";

/// What is read of each page.
const PAGE: &str = r"({
    links: Array.from(document.querySelectorAll('a[href]'), link => ({
        address: link.href.split('#')[0],
        anchor: decodeURIComponent(link.hash.slice(1)),
    })),
    anchors: Array.from(document.querySelectorAll('[id]'), element => element.id),
    text: document.body.innerText,
    width: document.documentElement.scrollWidth,
})";

#[derive(Deserialize)]
pub struct Page {
    links: Vec<Link>,
    anchors: BTreeSet<String>,
    text: String,
    width: u64,
}

/// Where a link leads, in the browser's own opinion.
#[derive(Deserialize)]
struct Link {
    address: String,
    anchor: String,
}

/// Everything that the links of a site lead to, from its front page on.
#[derive(Default)]
pub struct Walk {
    /// The pages, by address.
    pub pages: BTreeMap<String, Page>,
    /// The addresses of what is no page, such as security.txt: a browser shows it without a frame
    /// to look at.
    others: BTreeSet<String>,
    faults: Vec<String>,
}

impl Walk {
    /// Opens the front page, and every page below `site` that a link of an opened page leads to.
    pub fn through(chromium: &mut Chromium, site: &str, front: &str) -> Walk {
        let mut walk = Walk::default();
        let mut open = vec![front.to_owned()];
        while let Some(address) = open.pop() {
            if walk.pages.contains_key(&address) {
                continue;
            }
            if !address.ends_with('/') && !address.ends_with(".html") {
                walk.others.insert(address);
                continue;
            }
            let (page, faults) = visit(chromium, site, &address);
            walk.faults.extend(faults.into_iter().map(|fault| format!("{address} {fault}")));
            let (inside, outside): (Vec<&Link>, Vec<&Link>) =
                page.links.iter().partition(|link| link.address.starts_with(site));
            open.extend(inside.iter().map(|link| link.address.clone()));
            let astray = outside.iter().filter(|link| host(&link.address) == host(site));
            walk.faults.extend(
                astray.map(|link| format!("{address} leads out of the site, to {}", link.address)),
            );
            walk.pages.insert(address, page);
        }
        // What a page does after it is loaded is told with the next one; the last one gets its time
        // here.
        thread::sleep(Duration::from_millis(500));
        chromium.evaluate("0");
        walk.faults.extend(faults(&chromium.events(), site));
        walk.find_anchors();
        walk
    }

    /// Looks for the place on its page that each link with an anchor leads to.
    fn find_anchors(&mut self) {
        for (address, page) in &self.pages {
            for Link { address: target, anchor } in
                page.links.iter().filter(|link| !link.anchor.is_empty())
            {
                if self.pages.get(target).is_some_and(|page| !page.anchors.contains(anchor)) {
                    self.faults.push(format!(
                        "{address} leads to {target}#{anchor}, which is no place there"
                    ));
                }
            }
        }
    }

    /// Asserts that every page was reached and nothing is wrong with any. `index` is the file that
    /// stands for a folder.
    fn check(&self, project: &Project, site: &str, index: &str) {
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        let files: BTreeSet<String> =
            project.files("public").into_iter().map(|(path, _)| path).collect();
        let visited: BTreeSet<String> =
            self.pages.keys().map(|address| file(&address[site.len()..], index)).collect();
        let strange: Vec<&String> = visited.difference(&files).collect();
        assert!(strange.is_empty(), "no files, and yet they open: {strange:?}");
        let missed: Vec<&String> = files
            .difference(&visited)
            .filter(|path| path.ends_with(".html") && *path != "404.html")
            .collect();
        assert!(missed.is_empty(), "no link leads to {missed:?}");
    }

    fn texts(&self) -> BTreeMap<&str, &str> {
        self.pages.iter().map(|(address, page)| (address.as_str(), page.text.as_str())).collect()
    }
}

/// Opens a page; returns it and what went wrong.
fn visit(chromium: &mut Chromium, site: &str, address: &str) -> (Page, Vec<String>) {
    let opened = chromium.open(address);
    let page = serde_json::from_value(chromium.evaluate(PAGE)).expect("a page as it was asked for");
    let mut faults = faults(&chromium.events(), site);
    faults.extend(opened.err().map(|error| format!("does not open: {error}")));
    (page, faults)
}

fn faults(events: &[Event], site: &str) -> Vec<String> {
    events.iter().filter_map(|event| fault(event, events, site)).collect()
}

/// Returns what is wrong with an event, if anything.
fn fault(event: &Event, events: &[Event], site: &str) -> Option<String> {
    let Event { method, parameters } = event;
    match method.as_str() {
        "Runtime.exceptionThrown" => Some(format!("throws {}", parameters["exceptionDetails"])),
        "Runtime.consoleAPICalled" if parameters["type"] == "error" => {
            Some(format!("logs an error: {}", parameters["args"]))
        }
        "Log.entryAdded" if parameters["entry"]["level"] == "error" => {
            Some(format!("logs an error: {}", parameters["entry"]))
        }
        "Network.requestWillBeSent" => {
            let asked = parameters["request"]["url"].as_str().unwrap_or_default();
            let own = asked.starts_with(site) || asked.starts_with("data:");
            (!own).then(|| format!("asks for {asked}, which is not of the site"))
        }
        "Network.responseReceived" if parameters["response"]["status"].as_u64() >= Some(400) => {
            Some(format!(
                "is answered {} for {}",
                parameters["response"]["status"], parameters["response"]["url"]
            ))
        }
        "Network.loadingFailed" => {
            let of = |event: &&Event| {
                event.method == "Network.requestWillBeSent"
                    && event.parameters["requestId"] == parameters["requestId"]
            };
            let asked = events
                .iter()
                .find(of)
                .map_or(&Value::Null, |event| &event.parameters["request"]["url"]);
            Some(format!("asks in vain for {asked}: {}", parameters["errorText"]))
        }
        _ => None,
    }
}

/// Returns what an address below a site is a file of: `index` stands for a folder.
fn file(within: &str, index: &str) -> String {
    let folder = within.is_empty() || within.ends_with('/');
    format!("{within}{}", if folder { index } else { "" })
}

/// Returns what an address shares with all others that the same host answers; all files on a disk
/// are of one.
fn host(address: &str) -> Option<(String, Option<String>)> {
    let url = Url::parse(address).ok()?;
    Some((url.scheme().to_owned(), url.host_str().map(str::to_owned)))
}

/// Builds a site for the base path and serves it, under the strict headers that it asks its host
/// for.
pub fn served(project: &Project) -> Server {
    let site = project.read("content/site.yaml");
    let moved = site.replace(
        "base_url: https://fluxiom.example/\n",
        &format!("base_url: https://policies.example{BASE}\n"),
    );
    assert_ne!(site, moved, "the example has a base_url to replace");
    project.write("content/site.yaml", moved + "\nhosts: [cloudflare]\n");
    project.build(&[]);
    assert!(project.read("public/_headers").contains("default-src 'none'"));
    Server::start(project.path("public"), BASE)
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn every_page_opens_without_a_console_error_or_a_request_to_another_host() {
    let project = Project::example();
    let server = served(&project);
    let site = server.address();
    let walk = Walk::through(&mut Chromium::start(), &site, &site);
    walk.check(&project, &site, "index.html");
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn the_folder_opens_from_disk() {
    let project = Project::example();
    project.build(&[]);
    let site =
        Url::from_directory_path(project.path("public")).expect("an absolute path").to_string();
    let walk = Walk::through(&mut Chromium::start(), &site, &format!("{site}index.html"));
    walk.check(&project, &site, "");
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn no_page_scrolls_sideways_on_a_narrow_phone() {
    let project = validator::every_construct();
    let server = served(&project);
    let site = server.address();
    let mut chromium = Chromium::start();
    let phone = json!({ "width": 320, "height": 640, "deviceScaleFactor": 2, "mobile": true });
    chromium.call("Emulation.setDeviceMetricsOverride", phone);
    let walk = Walk::through(&mut chromium, &site, &site);
    walk.check(&project, &site, "index.html");
    let wide: Vec<String> = walk
        .pages
        .iter()
        .filter(|(_, page)| page.width > 320)
        .map(|(address, page)| format!("{address} is {} wide", page.width))
        .collect();
    assert!(wide.is_empty(), "{}", wide.join("\n"));
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn pages_say_the_same_without_scripts() {
    let project = Project::example();
    let server = served(&project);
    let site = server.address();
    let mut chromium = Chromium::start();
    let scripted = Walk::through(&mut chromium, &site, &site);
    scripted.check(&project, &site, "index.html");
    chromium.call("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    chromium
        .open("data:text/html,<p>off</p><script>document.body.textContent = 'on'</script>")
        .unwrap();
    assert_eq!(chromium.evaluate("document.body.innerText"), "off", "scripts are switched off");
    let plain = Walk::through(&mut chromium, &site, &site);
    plain.check(&project, &site, "index.html");
    let words = |walk: &Walk| -> Vec<String> {
        walk.texts()
            .iter()
            .map(|(address, text)| {
                format!("{address}: {}", text.split_whitespace().collect::<String>())
            })
            .collect()
    };
    for (scripted, plain) in words(&scripted).iter().zip(&words(&plain)) {
        assert_eq!(scripted, plain);
    }
    assert_eq!(scripted.pages.len(), plain.pages.len());
}

#[test]
#[ignore = "needs Chromium: tests/run installs it"]
fn an_unknown_address_answers_with_the_404_page_and_its_style() {
    let project = Project::example();
    let server = served(&project);
    let site = server.address();
    let mut chromium = Chromium::start();
    let style = "[getComputedStyle(document.body).fontFamily, getComputedStyle(document.querySelector('.skip')).position]";
    visit(&mut chromium, &site, &site);
    let styled = chromium.evaluate(style);
    let address = format!("{site}security/v/1999-12-31/nothing/");
    let (page, faults) = visit(&mut chromium, &site, &address);
    let (own, faults): (Vec<&String>, Vec<&String>) =
        faults.iter().partition(|fault| fault.contains(&format!("\"{address}\"")));
    assert!(own.iter().any(|fault| fault.starts_with("is answered 404")), "{own:?}");
    assert!(faults.is_empty(), "{faults:?}");
    assert!(page.text.contains("There is no page at this address."), "{}", page.text);
    assert_eq!(chromium.evaluate(style), styled);
    let away: Vec<&str> = page
        .links
        .iter()
        .filter(|link| link.anchor.is_empty() && host(&link.address) == host(&site))
        .map(|link| link.address.as_str())
        .collect();
    assert!(away.len() >= 4, "{away:?}");
    for address in away {
        let within = address
            .strip_prefix(&site)
            .unwrap_or_else(|| panic!("the 404 page leads out of the site, to {address}"));
        assert!(
            project.path(&format!("public/{}", file(within, "index.html"))).is_file(),
            "the 404 page leads to {address}, where nothing is"
        );
    }
}
