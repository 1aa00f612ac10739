//! A publish goes live whole, in order and provably: told on a store in memory that fails wherever
//! a test says so.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Mutex;
use std::time::Duration;

use crate::project::Project;
use crate::reader;
use crate::tiers::times;
use anyhow::{Result, bail};
use jiff::civil::date;
use jiff::tz::TimeZone;
use policybook::check::Edition;
use policybook::compile::{Options, compile};
use policybook::model::Now;
use policybook::publish::{
    Action, Ask, Bundle, Class, Condition, Event, Headers, Known, LEASE, Limits, Listener, Object,
    Outcome, Purge, Put, Reason, Refusal, STATE, Tag, Target,
};
use policybook::tree::TreePath;
use policybook::{publish, store};

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is answered.
    Answered,
    /// It is done, and the answer is lost; when it is tried again, its condition no longer holds.
    Lost,
    /// It is not done, and nothing after it: the publisher was killed before.
    Before,
    /// It is done, and nothing after it: the publisher was killed behind.
    Behind,
}

/// The bytes of an object, its headers and its tag.
type Stored = (Vec<u8>, Headers, u64);

/// A store in memory.
#[derive(Default)]
pub struct Memory {
    objects: Mutex<BTreeMap<String, Stored>>,
    /// Every request: what it was and the key.
    requests: Mutex<Vec<String>>,
    /// Which request has another fate than to be answered.
    fate: Mutex<Option<(usize, Fate)>>,
    careless: bool,
}

impl Memory {
    fn fated(&self, number: usize, fate: Fate) {
        self.requests.lock().unwrap().clear();
        *self.fate.lock().unwrap() = Some((number, fate));
    }

    fn heal(&self) {
        self.requests.lock().unwrap().clear();
        *self.fate.lock().unwrap() = None;
    }

    /// Notes a request; fails if the publisher is dead before it.
    fn request(&self, told: String) -> Result<Fate> {
        let mut requests = self.requests.lock().unwrap();
        requests.push(told);
        match *self.fate.lock().unwrap() {
            Some((at, fate)) if requests.len() == at && fate != Fate::Before => Ok(fate),
            Some((at, Fate::Before)) if requests.len() >= at => bail!("killed"),
            Some((at, Fate::Behind)) if requests.len() > at => bail!("killed"),
            _ => Ok(Fate::Answered),
        }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the site it holds: every object but ours.
    fn site(&self) -> BTreeMap<String, (Vec<u8>, Headers)> {
        let objects = self.objects.lock().unwrap();
        let theirs = objects.iter().filter(|(key, _)| !key.starts_with(".policybook/"));
        theirs
            .map(|(key, (bytes, headers, _))| (key.clone(), (bytes.clone(), headers.clone())))
            .collect()
    }

    fn write(&self, key: &str, bytes: &[u8]) {
        let headers = Headers { content_type: "text/html".into(), cache_control: String::new() };
        self.objects.lock().unwrap().insert(key.into(), (bytes.to_vec(), headers, 999_999));
    }

    /// Changes what the store says of itself.
    fn retell(&self, change: impl FnOnce(&mut publish::State)) {
        let mut state = publish::State::read(self).unwrap().0;
        change(&mut state);
        self.objects.lock().unwrap().get_mut(STATE).unwrap().0 = state.bytes();
    }

    fn copy(&self) -> Memory {
        Memory { objects: Mutex::new(self.objects.lock().unwrap().clone()), ..Memory::default() }
    }
}

impl Target for Memory {
    fn address(&self) -> &str {
        "memory"
    }

    fn get(&self, key: &str) -> Result<Option<Object>> {
        if self.request(format!("get {key}"))? == Fate::Behind {
            bail!("killed");
        }
        let objects = self.objects.lock().unwrap();
        let object = objects.get(key).map(|(bytes, headers, tag)| Object {
            bytes: bytes.clone(),
            headers: Some(headers.clone()),
            tag: Tag { etag: Some(tag.to_string()), version: None },
        });
        Ok(object)
    }

    fn tag(&self, key: &str) -> Result<Option<Tag>> {
        if self.request(format!("head {key}"))? == Fate::Behind {
            bail!("killed");
        }
        let tag = |(.., tag): &Stored| Tag { etag: Some(tag.to_string()), version: None };
        Ok(self.objects.lock().unwrap().get(key).map(tag))
    }

    fn list(&self) -> Result<Vec<String>> {
        Ok(self.objects.lock().unwrap().keys().cloned().collect())
    }

    fn put(
        &self,
        key: &str,
        bytes: &[u8],
        headers: &Headers,
        condition: Condition<'_>,
    ) -> Result<Put> {
        let fate = self.request(format!("put {key}"))?;
        let mut objects = self.objects.lock().unwrap();
        let there = objects.get(key).map(|(.., tag)| tag.to_string());
        let holds = match condition {
            Condition::Absent => there.is_none(),
            Condition::Is(tag) => there.is_some() && tag.etag == there,
        };
        if !holds && !self.careless {
            return Ok(Put::Conflict);
        }
        let tag = objects.values().map(|(.., tag)| *tag).max().unwrap_or_default() + 1;
        objects.insert(key.into(), (bytes.to_vec(), headers.clone(), tag));
        match fate {
            Fate::Behind => bail!("killed"),
            Fate::Lost => Ok(Put::Conflict),
            _ => Ok(Put::Done(Tag { etag: Some(tag.to_string()), version: None })),
        }
    }

    fn delete(&self, key: &str) -> Result<()> {
        let fate = self.request(format!("delete {key}"))?;
        self.objects.lock().unwrap().remove(key);
        if fate == Fate::Behind { bail!("killed") } else { Ok(()) }
    }
}

pub const LIMITS: Limits = Limits {
    restyle: false,
    reread: false,
    backwards: false,
    grace: 7,
    most_deletes: 256,
    purges: false,
    adopt: None,
};

/// Renders the site of a project with all its bytes, so that it can be published anywhere.
pub fn site(project: &Project) -> Bundle {
    site_of(project, None)
}

fn site_of(project: &Project, sequence: Option<i64>) -> Bundle {
    let read = store::Project::read(project.root()).unwrap();
    let mut compiled = compile(
        &read.files,
        Options {
            edition: Edition::Locked,
            now: Now::beginning(date(2026, 11, 21), &TimeZone::UTC),
        },
    );
    assert!(!compiled.diagnostics.has_errors(), "{:?}", compiled.diagnostics.sorted());
    let known = Known::read(&Memory::default()).unwrap();
    Bundle::render(&read.files, &mut compiled, &known, None, sequence).unwrap()
}

pub fn publish_with<'a>(
    target: &dyn Target,
    site: &Bundle,
    limits: Limits,
    change: impl FnOnce(&mut Ask<'a>),
) -> Result<Outcome> {
    let known = Known::read(target)?;
    let mut ask = Ask {
        limits,
        who: "a test",
        patience: Duration::ZERO,
        threads: 1,
        overwrite: false,
        purge: None,
        tell: &|_| {},
    };
    change(&mut ask);
    publish::publish(target, site, &known, &ask)
}

fn publish_to(target: &dyn Target, site: &Bundle) -> Result<Outcome> {
    publish_with(target, site, LIMITS, |_| {})
}

#[track_caller]
fn published(target: &dyn Target, site: &Bundle) {
    assert!(matches!(publish_to(target, site).unwrap(), Outcome::Published(..)));
}

#[track_caller]
fn refused(result: Result<Outcome>, reason: Reason) -> String {
    let error = result.err().expect("a refusal");
    let refusal = error.downcast_ref::<Refusal>().unwrap_or_else(|| panic!("{error:#}"));
    assert_eq!(refusal.reason, reason, "{refusal}");
    refusal.message.clone()
}

/// A small site: one policy with a released version.
pub fn small() -> Project {
    let project = Project::empty();
    project.write(
        "content/site.yaml",
        "name: Acme\nbase_url: https://acme.example/\nlanguage: en\ncontacts:\n  - kind: security\n    email: security@acme.example\n\
         security_txt:\n  expires: 2027-10-31T00:00:00Z\n",
    );
    project.write("content/privacy/_index.md", "---\ntitle: Privacy\n---\n\nWhat we keep.\n");
    project.write("content/privacy/010-time.md", "# Time\n\nWe keep it 10 days.\n");
    release(&project, "2026-11-20");
    project
}

fn release(project: &Project, day: &str) {
    let output = project.run_on(day, &["release", "--summary", "A change", "--yes"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The next release of the small site: words of equal length, and a policy more.
pub fn grown(project: &Project) {
    project.write("content/privacy/010-time.md", "# Time\n\nWe keep it 90 days.\n");
    project.write("content/cookies/_index.md", "---\ntitle: Cookies\n---\n\nNone.\n");
    project.write("content/cookies/010-none.md", "# None\n\nWe set no cookies.\n");
    release(project, "2026-11-21");
}

/// Two sites, one after the other.
pub fn two() -> (Bundle, Bundle) {
    let project = small();
    let before = site(&project);
    grown(&project);
    (before, site(&project))
}

fn bytes(store: &Memory) -> BTreeMap<String, Vec<u8>> {
    store.site().into_iter().map(|(path, (bytes, _))| (path, bytes)).collect()
}

/// Holds that the store tells the truth of a site that it holds wholly.
#[track_caller]
fn holds(store: &Memory, site: &Bundle, when: &str) {
    let there = store.site();
    for (path, file) in &site.files {
        let (bytes, headers) =
            there.get(path.as_str()).unwrap_or_else(|| panic!("{when}: {path} is missing"));
        assert_eq!(policybook::tree::Record::of(bytes), file.record, "{when}: {path}");
        assert_eq!(*headers, file.headers, "{when}: {path}");
    }
    store.heal();
    assert!(matches!(publish_to(store, site).unwrap(), Outcome::Unchanged(_)), "{when}");
    let requests = store.requests();
    assert_eq!(requests, [format!("get {LEASE}"), format!("get {STATE}")], "{when}");
}

#[test]
fn the_plan_is_what_is_done_and_nothing_to_do_takes_two_questions() {
    let (first, second) = two();
    let store = Memory::default();
    for site in [&first, &second] {
        store.heal();
        let planned = publish::plan(&Known::read(&store).unwrap(), site, &LIMITS, 0).unwrap();
        assert_eq!(
            store.requests(),
            [format!("get {LEASE}"), format!("get {STATE}")],
            "a plan writes nothing"
        );
        store.heal();
        published(&store, site);
        let sent: Vec<String> = store
            .requests()
            .into_iter()
            .filter(|told| told.starts_with("put ") && !told.contains(".policybook"))
            .collect();
        assert_eq!(
            sent,
            planned.changes.iter().map(|change| format!("put {}", change.path)).collect::<Vec<_>>()
        );
        assert_eq!(store.requests().len(), planned.requests);
        holds(&store, site, "afterwards");
    }
    let text = String::from_utf8(store.site()["privacy/index.html"].0.clone()).unwrap();
    assert!(text.contains("90 days"), "words of equal length are other words");
}

#[test]
fn killed_at_any_request_the_next_publish_ends_the_same_and_no_page_leads_nowhere() {
    let (first, second) = two();
    let empty = Memory::default();
    let old = Memory::default();
    published(&old, &first);
    for (start, site) in [(&empty, &first), (&old, &second)] {
        let whole = start.copy();
        published(&whole, site);
        let requests = whole.requests().len();
        assert!(requests > 20);
        for number in (1..=requests).step_by(times(2, 1)) {
            for fate in [Fate::Before, Fate::Behind] {
                let when = format!("{fate:?} request {number} of {requests}");
                let store = start.copy();
                store.fated(number, fate);
                assert!(publish_to(&store, site).is_err(), "{when}");
                reader::nothing_missing(&bytes(&store), start.site().keys(), &when);
                store.heal();
                publish::unlock(&store).unwrap();
                publish_to(&store, site).unwrap();
                holds(&store, site, &when);
                assert_eq!(store.site(), whole.site(), "{when}");
            }
        }
    }
}

#[test]
fn a_publish_that_was_cut_off_is_undone_by_publishing_what_was_there() {
    let (first, second) = two();
    let old = Memory::default();
    published(&old, &first);
    let whole = old.copy();
    published(&whole, &second);
    for number in 1..whole.requests().len() {
        let store = old.copy();
        store.fated(number, Fate::Behind);
        assert!(publish_to(&store, &second).is_err());
        store.heal();
        if publish::State::read(&store).unwrap().0.generation == 2 {
            // The store was told of it: it is published, and what is older is refused.
            continue;
        }
        publish::unlock(&store).unwrap();
        publish_to(&store, &first).unwrap();
        holds(&store, &first, &format!("killed at {number}"));
    }
}

#[test]
fn an_answer_that_is_lost_is_no_conflict() {
    let (first, _) = two();
    let whole = Memory::default();
    published(&whole, &first);
    for number in 1..=whole.requests().len() {
        let store = Memory::default();
        store.fated(number, Fate::Lost);
        publish_to(&store, &first).unwrap_or_else(|error| panic!("lost {number}: {error:#}"));
        holds(&store, &first, &format!("lost {number}"));
    }
}

#[test]
fn of_two_publishers_one_waits_and_one_that_was_overtaken_stops() {
    let (first, second) = two();
    let store = Memory::default();
    published(&store, &first);
    let met = Mutex::new(0);
    let meet = |_: Event<'_>| {
        let message = refused(publish_to(&store, &second), Reason::Held);
        assert!(message.contains("a test is publishing since"), "{message}");
        *met.lock().unwrap() += 1;
    };
    publish_with(&store, &second, LIMITS, |ask| ask.tell = &meet).unwrap();
    assert!(*met.lock().unwrap() > 5);
    // The first publisher seems dead, the second one takes over and ends, and then the first one
    // wakes up.
    let store = Memory::default();
    published(&store, &first);
    let overtaken = Mutex::new(false);
    let overtake = |_: Event<'_>| {
        if !std::mem::replace(&mut *overtaken.lock().unwrap(), true) {
            assert_eq!(publish::unlock(&store).unwrap().unwrap().who, "a test");
            published(&store, &second);
        }
    };
    let restyled = small();
    grown(&restyled);
    restyled.write("themes/default/static/site.css", "body { color: green }\n");
    let third = site(&restyled);
    let limits = Limits { restyle: true, ..LIMITS };
    let stopped = publish_with(&store, &third, limits, |ask| ask.tell = &overtake);
    let error = stopped.err().expect("it stops");
    assert!(
        matches!(
            error.downcast_ref::<Refusal>().map(|refusal| refusal.reason),
            Some(Reason::Lost | Reason::Drift)
        ),
        "{error:#}"
    );
}

#[test]
fn what_is_older_never_replaces_what_is_newer() {
    let project = small();
    let (first, early, late) =
        (site(&project), site_of(&project, Some(7)), site_of(&project, Some(8)));
    let store = Memory::default();
    published(&store, &late);
    let message = refused(publish_to(&store, &early), Reason::Stale);
    assert!(message.contains("its place in order is 8, and this one's is 7"), "{message}");
    grown(&project);
    published(&store, &site(&project));
    let message = refused(publish_to(&store, &first), Reason::Stale);
    assert!(message.contains("which the ledger here does not contain"), "{message}");
}

#[test]
fn what_would_be_refused_is_found_before_the_first_byte_is_sent() {
    let (first, second) = two();
    let store = Memory::default();
    published(&store, &first);
    store.heal();
    for key in ["index.html", "privacy/index.html"] {
        store.write(key, b"by hand");
    }
    let known = Known::read(&store).unwrap();
    let plan = publish::plan(&known, &second, &LIMITS, 0).unwrap();
    let examined = publish::examine(&store, &second, &known, &plan, false, 4);
    let message = examined.unwrap_err().to_string();
    assert!(message.contains("was written by somebody else"), "{message}");
    assert!(message.ends_with("(1 more such files)"), "{message}");
    assert_eq!(refused(publish_to(&store, &second), Reason::Drift), message);
    let writes = |store: &Memory| {
        store
            .requests()
            .iter()
            .filter(|told| !told.starts_with("get") && !told.starts_with("head"))
            .count()
    };
    assert_eq!(writes(&store), 0, "{:?}", store.requests());
    publish_with(&store, &second, LIMITS, |ask| ask.overwrite = true).unwrap();
    assert!(writes(&store) > 0);
    holds(&store, &second, "written over");

    // The address of a version that holds other bytes of nobody knows whom.
    let store = Memory::default();
    store.write("privacy/v/2026-11-20/policy.txt", b"other");
    refused(publish_to(&store, &first), Reason::PermanentChanged);
    assert_eq!(writes(&store), 0, "{:?}", store.requests());
}

#[test]
fn the_place_of_another_project_is_taken_with_its_head_and_its_versions_stay() {
    let other = small();
    other.write("content/cookies/_index.md", "---\ntitle: Cookies\n---\n\nNone.\n");
    release(&other, "2026-11-21");
    let (theirs, ours) = (site_of(&other, Some(9)), {
        let project = Project::empty();
        project.write("content/site.yaml", small().read("content/site.yaml"));
        project.write("content/terms/_index.md", "---\ntitle: Terms\n---\n\nWe agree.\n");
        release(&project, "2026-11-19");
        site_of(&project, Some(5))
    });
    let store = Memory::default();
    published(&store, &theirs);
    let message = refused(publish_to(&store, &ours), Reason::OtherProject);
    let head = *theirs.seals.last().unwrap();
    assert!(message.contains(&format!("`--adopt {head}`")), "{message}");
    let adopting = Limits { adopt: Some(head), grace: 0, ..LIMITS };
    publish_with(&store, &ours, adopting, |_| {}).unwrap();
    publish_with(&store, &ours, Limits { grace: 0, ..LIMITS }, |_| {}).unwrap();
    let there = bytes(&store);
    assert!(ours.files.keys().all(|path| there.contains_key(path.as_str())));
    assert!(there.contains_key("cookies/v/2026-11-21/policy.txt"), "a version stays");
    assert!(!there.contains_key("cookies/index.html"), "a page of theirs goes");
    refused(publish_to(&store, &theirs), Reason::OtherProject);
}

#[test]
fn a_version_keeps_its_words_whatever_the_flags() {
    let project = small();
    let first = site(&project);
    let everything =
        Limits { restyle: true, reread: true, backwards: true, most_deletes: usize::MAX, ..LIMITS };
    let store = Memory::default();
    published(&store, &first);
    // A page that shows other words is no page of this version.
    store.retell(|state| {
        let form = state.files.get_mut("privacy/v/2026-11-20/index.html").unwrap();
        form.sha256 = "0".repeat(64);
        form.form = Some(publish::Form { sha256: "0".repeat(64), ..form.form.clone().unwrap() });
    });
    let message = refused(
        publish_with(&store, &first, everything, |ask| ask.overwrite = true),
        Reason::PermanentChanged,
    );
    assert!(
        message.starts_with("`privacy/v/2026-11-20/index.html` is a published version"),
        "{message}"
    );
    grown(&project);
    let store = Memory::default();
    published(&store, &site(&project));
    // Even if somebody makes the store forget what its ledger was.
    store.retell(|state| state.head = None);
    refused(
        publish_with(&store, &first, everything, |ask| ask.overwrite = true),
        Reason::PermanentGone,
    );
}

#[test]
fn another_look_of_versions_is_asked_for_and_leaves_their_words() {
    let project = small();
    let store = Memory::default();
    published(&store, &site(&project));
    project.write("themes/default/static/site.css", "body { color: green }\n");
    let restyled = site(&project);
    let message = refused(publish_to(&store, &restyled), Reason::Restyle);
    assert!(message.contains("1 page of published versions would look different"), "{message}");
    let before = store.site();
    publish_with(&store, &restyled, Limits { restyle: true, ..LIMITS }, |_| {}).unwrap();
    holds(&store, &restyled, "restyled");
    let old_style = before
        .keys()
        .find(|path| path.starts_with("assets/site.") && path.ends_with(".css"))
        .unwrap();
    assert!(
        store.site().contains_key(old_style),
        "pages that are open still ask for the old style"
    );
    // Gone for good later, and only after everything else.
    store.heal();
    publish_with(&store, &restyled, Limits { grace: 0, ..LIMITS }, |_| {}).unwrap();
    assert!(!store.site().contains_key(old_style));
    let many = Limits { most_deletes: 0, grace: 0, restyle: true, ..LIMITS };
    project.write("themes/default/static/site.css", "body { color: blue }\n");
    let blue = site(&project);
    publish_with(&store, &blue, many, |_| {}).unwrap();
    refused(publish_with(&store, &blue, many, |_| {}), Reason::TooManyDeletes);
}

#[test]
fn a_redaction_and_nothing_else_changes_the_words_of_a_version() {
    let project = small();
    project.write("content/privacy/010-time.md", "# Time\n\nAsk Ada about the 10 days.\n");
    release(&project, "2026-11-21");
    let store = Memory::default();
    published(&store, &site(&project));
    let output = project.run(&["redact", "Ada", "--reason", "asked for", "--yes"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let redacted = site(&project);
    published(&store, &redacted);
    holds(&store, &redacted, "redacted");
    let said = |path: &str| String::from_utf8(store.site()[path].0.clone()).unwrap();
    for path in [
        "privacy/v/2026-11-21/index.html",
        "ledger/2026-11-21/privacy/010-time.md",
        "privacy/index.html",
    ] {
        assert!(!said(path).contains("Ada"), "{path}");
    }
    // The same change without the entry of the ledger that stands for it: told already, it accounts
    // for nothing any more.
    store.retell(|state| {
        state.files.get_mut("privacy/v/2026-11-20/index.html").unwrap().sha256 = "0".repeat(64)
    });
    store.retell(|state| {
        let form = &mut state.files.get_mut("privacy/v/2026-11-20/index.html").unwrap().form;
        *form = form.clone().map(|form| publish::Form { sha256: "0".repeat(64), ..form });
    });
    refused(publish_to(&store, &redacted), Reason::PermanentChanged);
}

#[test]
fn headers_alone_are_a_change() {
    let (first, _) = two();
    let store = Memory::default();
    published(&store, &first);
    store.retell(|state| {
        state.files.get_mut("robots.txt").unwrap().headers.cache_control = "no-store".into()
    });
    let plan = publish::plan(&Known::read(&store).unwrap(), &first, &LIMITS, 0).unwrap();
    let changes: Vec<(Action, &str)> =
        plan.changes.iter().map(|change| (change.action, change.path.as_str())).collect();
    assert_eq!(changes, [(Action::Headers, "robots.txt")]);
    published(&store, &first);
    holds(&store, &first, "again");
}

#[test]
fn what_somebody_else_wrote_is_not_overwritten_unasked() {
    let (first, second) = two();
    let store = Memory::default();
    published(&store, &first);
    store.write("privacy/index.html", b"<p>Edited by hand.");
    let message = refused(publish_to(&store, &second), Reason::Drift);
    assert_eq!(
        message,
        "`privacy/index.html` was written by somebody else; look at it, then write over it with `--overwrite`"
    );
    publish_with(&store, &second, LIMITS, |ask| ask.overwrite = true).unwrap();
    holds(&store, &second, "overwritten");
    let store = Memory::default();
    store.write(
        "privacy/v/2026-11-20/index.html",
        b"<article><h1>Privacy</h1>Other words.</article>",
    );
    published(&store, &first);
    let store = Memory::default();
    store.write("privacy/v/2026-11-20/policy.md", b"Other words.");
    let message = refused(
        publish_with(&store, &first, LIMITS, |ask| ask.overwrite = true),
        Reason::PermanentChanged,
    );
    assert!(message.contains("the address of a version is used once"), "{message}");
}

#[test]
fn a_store_that_ignores_conditions_is_refused_and_left_empty() {
    let (first, _) = two();
    let store = Memory { careless: true, ..Memory::default() };
    refused(publish_to(&store, &first), Reason::NoConditions);
    assert!(store.objects.lock().unwrap().is_empty());
}

#[test]
#[ignore = "needs a shell: tests/run has it"]
fn caches_are_told_what_changed_until_they_heard_it() {
    let (first, second) = two();
    let folder = Project::empty();
    let list = folder.path("list");
    let command = format!("cat >> '{}'", list.display());
    let site_address = url::Url::parse("https://acme.example/").unwrap();
    let limits = Limits { purges: true, ..LIMITS };
    let with = |command: &str, store: &Memory, site: &Bundle| {
        let purge =
            Purge { listener: Listener::Command(command), site: &site_address, limit: None };
        publish_with(store, site, limits, |asked| asked.purge = Some(purge))
    };
    let old = Memory::default();
    with(&command, &old, &first).unwrap();
    fs::remove_file(&list).unwrap();
    let store = old.copy();
    with(&command, &store, &second).unwrap();
    let requests = store.requests().len();
    let told = |list: String| list.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let expected = told(folder.read("list"));
    let changed = second.files.iter().filter(|(path, file)| {
        file.class != Class::Asset
            && old
                .site()
                .get(path.as_str())
                .is_none_or(|(bytes, _)| policybook::tree::Record::of(bytes) != file.record)
    });
    let mut addresses: BTreeSet<String> = BTreeSet::new();
    for (path, _) in changed {
        addresses.insert(format!("{site_address}{path}"));
        addresses.extend(
            path.as_str()
                .strip_suffix("index.html")
                .map(|folder| format!("{site_address}{folder}")),
        );
    }
    assert_eq!(expected, addresses);
    for number in 1..=requests {
        fs::write(&list, "").unwrap();
        let store = old.copy();
        store.fated(number, Fate::Behind);
        let _ = with(&command, &store, &second);
        store.heal();
        publish::unlock(&store).unwrap();
        with(&command, &store, &second).unwrap();
        assert!(told(folder.read("list")).is_superset(&expected), "killed at {number}");
    }
    let store = old.copy();
    assert!(with("exit 7", &store, &second).is_err());
    fs::write(&list, "").unwrap();
    with(&command, &store, &second).unwrap();
    assert_eq!(told(folder.read("list")), expected, "a failed purge is remembered");
    assert!(matches!(with("exit 7", &store, &second).unwrap(), Outcome::Unchanged(_)));
}

#[test]
fn every_file_has_a_type_and_its_class_decides_how_long_it_is_kept() {
    let site = site(&Project::example());
    for (path, file) in &site.files {
        let kind = &file.headers.content_type;
        assert_ne!(kind, "application/octet-stream", "{path}");
        assert!(!kind.starts_with("text/") || kind.ends_with("; charset=utf-8"), "{path}: {kind}");
    }
    let of = |path: &str| site.files[&TreePath::new(path).unwrap()].clone();
    assert_eq!(of(".well-known/security.txt").headers.content_type, "text/plain; charset=utf-8");
    assert_eq!(of("security/v/2023-02-15/index.html").class, Class::Permanent);
    assert_eq!(of("ledger/2023-02-15/SHA256SUMS").class, Class::Permanent);
    assert_eq!(of("security/index.html").class, Class::Entry);
    assert_eq!(of("security/history/index.html").class, Class::Leaf);
    let style = site.files.keys().find(|path| path.as_str().starts_with("assets/site.")).unwrap();
    assert_eq!(site.files[style].headers.cache_control, "public, max-age=31536000, immutable");
}
