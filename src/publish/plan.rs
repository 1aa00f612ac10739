//! What is to be done, before anything is done; the same list is then worked off.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;

use crate::model::{DocumentId, ReleaseId};
use crate::publish::bundle::LOOK;
use crate::publish::lease::Known;
use crate::publish::state::State;
use crate::publish::{Bundle, Class, Reason, Refusal};
use crate::render::Route;
use crate::tree::{Digest, TreePath};

/// The front page: it goes last.
const FRONT: &str = "index.html";

/// For how many days at least an asset stays: pages that are kept somewhere still ask for it.
const ASSET_GRACE: i64 = 30;

/// What is permitted, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Whether published versions may look different.
    pub restyle: bool,
    /// Whether published versions may read differently to a newer program.
    pub reread: bool,
    /// Whether an older site may replace a newer one that has the same ledger.
    pub backwards: bool,
    /// For how many days a file stays that the site no longer has.
    pub grace: i64,
    /// How many files may go.
    pub most_deletes: usize,
    /// Whether anybody is told which addresses changed.
    pub purges: bool,
    /// The newest seal of another project whose place is taken.
    pub adopt: Option<Digest>,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Files to be sent, in the order of sending.
    pub changes: Vec<Change>,
    /// Files that the site no longer has; they stay for a while.
    pub retired: Vec<TreePath>,
    /// Files that the site has not had for long enough.
    pub removed: Vec<TreePath>,
    /// Versions of another project whose place is taken: they stay where they are.
    pub left: Vec<TreePath>,
    /// How many files stay as they are.
    pub unchanged: usize,
    /// The addresses that caches are to forget, from the front page.
    pub purge: BTreeSet<String>,
    /// How many requests it takes, if nothing has to be tried again.
    pub requests: usize,
}

/// A file to be sent.
#[derive(Clone, Debug, Serialize)]
pub struct Change {
    /// What is done to it.
    pub action: Action,
    /// The file.
    #[serde(serialize_with = "as_text")]
    pub path: TreePath,
    /// What kind of file it is.
    pub class: Class,
    /// How many bytes.
    pub bytes: u64,
    /// All files of a step are there before the first of the next is sent.
    pub step: u8,
}

/// What is done to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It comes to be.
    Create,
    /// It gets other bytes.
    Update,
    /// It is served with other headers.
    Headers,
    /// It is sent again, since a publisher was cut off or somebody else changed it.
    Restore,
}

impl Action {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Headers => "headers",
            Action::Restore => "restore",
        }
    }
}

impl Plan {
    /// Returns true if there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.requests <= READING
    }

    /// Returns the bytes to be sent.
    pub fn bytes(&self) -> u64 {
        self.changes.iter().map(|change| change.bytes).sum()
    }
}

/// How many requests it takes to find out that there is nothing to do: the lease and the state.
const READING: usize = 2;

/// Returns what turns what a store holds into a site.
///
/// # Errors
/// Refuses what must not be done.
pub fn plan(known: &Known, site: &Bundle, limits: &Limits, now: i64) -> Result<Plan> {
    let state = &known.state;
    let adopts = adopts(state, site, limits)?;
    if !adopts {
        refuse_going_back(state, site, limits)?;
    }
    let left = refuse_changed_versions(state, site, limits, adopts)?;
    let changed = site.files.iter().filter(|(path, file)| !known.holds(path, file));
    let mut changes: Vec<Change> = changed
        .map(|(path, file)| {
            let held = state.files.get(path.as_str());
            let action = match held {
                _ if known.found.contains_key(path.as_str()) => Action::Restore,
                None => Action::Create,
                Some(held) if held.sha256 != file.record.sha256.to_string() => Action::Update,
                Some(held) if held.headers != file.headers || held.class != file.class => {
                    Action::Headers
                }
                Some(_) => Action::Restore,
            };
            Change {
                action,
                path: path.clone(),
                class: file.class,
                bytes: file.record.size,
                step: step(path, file.class, held.is_none()),
            }
        })
        .collect();
    changes.sort_by(|one, other| (one.step, &one.path).cmp(&(other.step, &other.path)));
    let path = |key: &String| TreePath::new(key).expect("paths are checked where a state is read");
    let mut retired: Vec<TreePath> =
        state.files.keys().map(path).filter(|path| !site.files.contains_key(path)).collect();
    retired.retain(|path| left.binary_search(path).is_err());
    let gone = state.gone.iter().filter(|(key, gone)| {
        let asset = gone.held.as_ref().is_some_and(|held| held.class == Class::Asset);
        let days =
            if asset && limits.grace > 0 { limits.grace.max(ASSET_GRACE) } else { limits.grace };
        now - gone.since >= days * 86_400 && !site.files.contains_key(&path(key))
    });
    let removed: Vec<TreePath> = gone.map(|(key, _)| path(key)).collect();
    refuse_many_deletes(&retired, &removed, state, site, limits)?;
    let mut purge = if limits.purges { state.purge.clone() } else { BTreeSet::new() };
    if limits.purges {
        let stale =
            changes.iter().filter(|change| change.class != Class::Asset).map(|change| &change.path);
        purge.extend(stale.chain(&removed).flat_map(addresses));
    }
    let unchanged = site.files.len() - changes.len();
    let mut plan = Plan { changes, retired, removed, left, unchanged, purge, requests: READING };
    plan.requests += requests(&plan, known.is_cut_off() || known.rebuilt);
    Ok(plan)
}

/// Returns how many requests a plan takes after the reading.
fn requests(plan: &Plan, unfinished: bool) -> usize {
    let sent = plan.changes.len();
    let committed = sent > 0 || !plan.retired.is_empty() || !plan.left.is_empty() || unfinished;
    if !committed && plan.removed.is_empty() && plan.purge.is_empty() {
        return 0;
    }
    // The lease is taken, proved by two writes that must fail, and given back; the state is read
    // again.
    let mut requests = 5;
    // Each file is looked at before anything is sent. What is about to be written is announced.
    requests += usize::from(sent > 0) + 2 * sent;
    requests += usize::from(committed);
    requests += usize::from(!plan.purge.is_empty());
    requests += plan.removed.len() + usize::from(!plan.removed.is_empty());
    requests
}

/// Returns when a file is sent: nothing leads to a new file before a changed one is sent, so all
/// new ones go first, and the style sheets before the pages that need them.
fn step(path: &TreePath, class: Class, new: bool) -> u8 {
    match (class, new) {
        _ if path.as_str() == FRONT => 7,
        (Class::Asset, _) => 0,
        (Class::Permanent, true) => 1,
        (Class::Leaf, true) => 2,
        (Class::Entry, true) => 3,
        (Class::Permanent, false) => 4,
        (Class::Leaf, false) => 5,
        (Class::Entry, false) => 6,
    }
}

/// Returns the addresses that a file is asked for at, from the front page.
fn addresses(path: &TreePath) -> Vec<String> {
    let folder = path
        .as_str()
        .strip_suffix("index.html")
        .filter(|folder| folder.is_empty() || folder.ends_with('/'));
    folder.map(str::to_owned).into_iter().chain([path.to_string()]).collect()
}

/// Returns true if the place of another project is taken.
///
/// # Errors
/// Refuses a target that holds another project's site, unless its newest seal is named.
fn adopts(state: &State, site: &Bundle, limits: &Limits) -> Result<bool> {
    let Some(head) = &state.head else { return Ok(false) };
    let ours = |seal: &String| site.seals.iter().any(|own| own.to_string() == *seal);
    // Earlier programs did not say where a ledger began.
    let other = !ours(head) && state.origin.as_ref().is_none_or(|origin| !ours(origin));
    match limits.adopt {
        Some(adopt) if adopt.to_string() != *head => Err(Refusal::error(
            Reason::OtherProject,
            format!("the ledger that is published ends with the seal {head}, not with {adopt}"),
        )),
        Some(_) if other => Ok(true),
        Some(_) => Err(Refusal::error(
            Reason::OtherProject,
            "the target holds the site of this project: there is nothing to adopt",
        )),
        None if other && state.origin.is_some() => {
            let message = format!(
                "the target holds the site of another project, whose ledger ends with the seal {head}: publish to another target, or take \
                 its place with `--adopt {head}`; its versions stay, the rest of it goes"
            );
            Err(Refusal::error(Reason::OtherProject, message))
        }
        None => Ok(false),
    }
}

fn refuse_going_back(state: &State, site: &Bundle, limits: &Limits) -> Result<()> {
    if let Some(head) = &state.head
        && !site.seals.iter().any(|seal| seal.to_string() == *head)
    {
        let adopt = if state.origin.is_some() {
            String::new()
        } else {
            format!("; if it is the site of another project, take its place with `--adopt {head}`")
        };
        let message = format!(
            "the published ledger ends with the seal {head}, which the ledger here does not contain: this project is older, or its ledger was \
             rewritten; publish from the newest commit{adopt}"
        );
        return Err(Refusal::error(Reason::Stale, message));
    }
    match (state.sequence, site.sequence) {
        (Some(published), Some(here)) if here < published && !limits.backwards => {
            let commit = state
                .commit
                .as_deref()
                .map(|commit| format!(" (commit {commit})"))
                .unwrap_or_default();
            let message = format!(
                "what is published{commit} is newer: its place in order is {published}, and this one's is {here}; publish from the newest \
                 commit, or return to this one with `policybook rollback`"
            );
            Err(Refusal::error(Reason::Stale, message))
        }
        _ => Ok(()),
    }
}

/// Refuses to change what a reader sees of a version, to remove one, or to redraw one that nobody
/// asked to redraw.
///
/// A page may be drawn anew: that it shows the frozen words was held when it was rendered. So what
/// must not change are the frozen files, byte by byte, and what this program reads in them.
///
/// Returns the versions that stay of another project whose place is taken.
fn refuse_changed_versions(
    state: &State,
    site: &Bundle,
    limits: &Limits,
    adopts: bool,
) -> Result<Vec<TreePath>> {
    let mut left = Vec::new();
    let restyled = state.look.starts_with(LOOK) && state.look != site.look;
    let (mut redrawn, mut reread) = (Vec::new(), Vec::new());
    for (key, held) in state.files.iter().filter(|(_, held)| held.class == Class::Permanent) {
        let path = TreePath::new(key).expect("paths are checked where a state is read");
        let Some(file) = site.files.get(&path) else {
            if adopts {
                left.push(path);
                continue;
            }
            let message = format!(
                "`{path}` is a published version and would vanish; restore its release in `content/versions/`"
            );
            return Err(Refusal::error(Reason::PermanentGone, message));
        };
        if file.record.sha256.to_string() == held.sha256
            || site.redacted_since(state.head.as_deref(), &path)
        {
            continue;
        }
        let (before, now) = match (&file.form, &held.form) {
            (None, _) => (held.sha256.clone(), file.record.sha256.to_string()),
            (Some(now), Some(before)) if now.reading == before.reading => {
                (before.sha256.clone(), now.sha256.clone())
            }
            (Some(now), Some(before)) if now.sha256 != before.sha256 => {
                reread.push(path);
                continue;
            }
            _ => Default::default(),
        };
        if before != now || file.class != Class::Permanent {
            let message = format!(
                "`{path}` is a published version and would change, from {before} to {now}; release the new words, or remove words by \
                 `policybook redact`"
            );
            return Err(Refusal::error(Reason::PermanentChanged, message));
        }
        redrawn.push(path);
    }
    let pages = |paths: &[TreePath]| {
        if paths.len() == 1 { "1 page".to_owned() } else { format!("{} pages", paths.len()) }
    };
    if !reread.is_empty() && !limits.reread {
        let listed: Vec<String> = reread.iter().map(|path| format!("\n  {path}")).collect();
        let message = format!(
            "this policybook reads {} of published versions otherwise than the one that published them; their sources are the same. Look at \
             them, and say `--reread` if that is right:{}",
            pages(&reread),
            listed.concat()
        );
        return Err(Refusal::error(Reason::Reread, message));
    }
    match redrawn.first() {
        Some(first) if restyled && !limits.restyle => {
            let message = format!(
                "{} of published versions would look different, `{first}` first; their words are the same: say `--restyle` if you want that",
                pages(&redrawn)
            );
            Err(Refusal::error(Reason::Restyle, message))
        }
        _ => Ok(left),
    }
}

fn refuse_many_deletes(
    retired: &[TreePath],
    removed: &[TreePath],
    state: &State,
    site: &Bundle,
    limits: &Limits,
) -> Result<()> {
    let asset = |path: &&TreePath| {
        state.files.get(path.as_str()).is_some_and(|held| held.class == Class::Asset)
    };
    let kept = |path: &&TreePath| !is_comparison(path, site);
    let deletes = retired.iter().filter(|path| !asset(path)).filter(kept).count()
        + removed.iter().filter(kept).count();
    if deletes <= limits.most_deletes {
        return Ok(());
    }
    let message = format!(
        "{deletes} files would go, and {} may: is the site whole? Say `--max-delete {deletes}` if it is",
        limits.most_deletes
    );
    Err(Refusal::error(Reason::TooManyDeletes, message))
}

/// Returns true if a page compares two versions of a document whose other comparisons stay: earlier
/// programs compared every two, and the page of all comparisons leads on from such an address.
fn is_comparison(path: &TreePath, site: &Bundle) -> bool {
    let Some((id, versions)) = path.as_str().split_once("/compare/") else { return false };
    let versions = versions.strip_suffix("/index.html").and_then(|pair| pair.split_once('/'));
    let id = DocumentId::new(id);
    versions
        .is_some_and(|(from, to)| ReleaseId::new(from).is_some() && ReleaseId::new(to).is_some())
        && id.is_some_and(|id| site.files.contains_key(&Route::Comparisons(&id).file()))
}

fn as_text<S: serde::Serializer>(path: &TreePath, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(path.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_forgotten_by_both_of_its_addresses() {
        let of = |path: &str| addresses(&TreePath::new(path).unwrap());
        assert_eq!(of("index.html"), ["", "index.html"]);
        assert_eq!(of("privacy/index.html"), ["privacy/", "privacy/index.html"]);
        assert_eq!(of("my-index.html"), ["my-index.html"]);
        assert_eq!(of("ledger.json"), ["ledger.json"]);
    }

    use std::collections::BTreeMap;

    use crate::publish::bundle::tests::site;
    use crate::publish::lease::Holder;
    use crate::publish::state::{Gone, Held};
    use crate::publish::{Headers, Tag};

    const DAY: i64 = 86_400;

    fn held(text: &str, class: Class, path: &str) -> Held {
        let form = (class == Class::Permanent).then(|| crate::publish::bundle::tests::form(text));
        let headers = Headers::of(&TreePath::new(path).unwrap(), class);
        Held {
            sha256: Digest::of(text).to_string(),
            size: text.len() as u64,
            class,
            headers,
            form,
            tag: Tag::default(),
        }
    }

    /// Returns what is known of a store that holds these files.
    fn known(files: &[(&str, &str, Class)]) -> Known {
        let files = files
            .iter()
            .map(|(path, text, class)| ((*path).to_owned(), held(text, *class, path)))
            .collect();
        Known {
            state: State { files, look: format!("{LOOK}one"), ..State::default() },
            tag: None,
            lease: None,
            found: BTreeMap::new(),
            rebuilt: false,
        }
    }

    fn limits() -> Limits {
        Limits {
            restyle: false,
            reread: false,
            backwards: false,
            grace: 7,
            most_deletes: 100,
            purges: true,
            adopt: None,
        }
    }

    fn refused(known: &Known, site: &Bundle, limits: &Limits) -> Option<(Reason, String)> {
        let error = plan(known, site, limits, 0).err()?;
        let refusal = error.downcast::<Refusal>().unwrap();
        Some((refusal.reason, refusal.message))
    }

    fn names(paths: &[TreePath]) -> Vec<&str> {
        paths.iter().map(TreePath::as_str).collect()
    }

    use Class::{Asset, Entry, Leaf, Permanent};

    #[test]
    fn comparisons_go_while_the_page_of_all_of_them_stays() {
        let page = |at: usize| format!("a/b/compare/{at}/2026-11-21.2/index.html");
        let pages: Vec<String> = (0..500).map(page).collect();
        let files: Vec<(&str, &str, Class)> =
            pages.iter().map(|page| (page.as_str(), "x", Leaf)).collect();
        let mut known = known(&files);
        let gone = Gone { since: 0, held: None };
        known.state.gone = (500..1_000).map(|at| (page(at), gone.clone())).collect();
        let later = |known: &Known, site: &Bundle| plan(known, site, &limits(), 8 * DAY);
        let with = site(&[("a/b/compare/index.html", "x", Leaf)]);
        let planned = later(&known, &with).unwrap();
        assert_eq!((planned.retired.len(), planned.removed.len()), (500, 500));
        let without = site(&[("b/compare/index.html", "x", Leaf)]);
        let refused = later(&known, &without).unwrap_err().to_string();
        assert!(refused.contains("1000 files would go"), "{refused}");
        for other in
            ["a/b/compare/x/index.html", "a/b/compare/x/y/z.html", "a/b/compared/x/y/index.html"]
        {
            assert!(!is_comparison(&TreePath::new(other).unwrap(), &with), "{other}");
        }
    }

    #[test]
    fn what_differs_is_sent_and_nothing_else() {
        let mut known = known(&[
            ("same", "x", Leaf),
            ("other", "x", Leaf),
            ("class", "x", Leaf),
            ("headers", "x", Leaf),
            ("begun", "x", Leaf),
        ]);
        known.state.files.get_mut("headers").unwrap().headers.cache_control = "none".into();
        let journal = BTreeMap::from([("begun".to_owned(), BTreeSet::new())]);
        known.lease = Some((Holder::of(1, 0, journal), Tag::default()));
        let site = site(&[
            ("same", "x", Leaf),
            ("other", "yy", Leaf),
            ("class", "x", Entry),
            ("headers", "x", Leaf),
            ("begun", "x", Leaf),
            ("new", "zzz", Leaf),
        ]);
        let plan = plan(&known, &site, &limits(), 0).unwrap();
        let changes: Vec<(&str, &str)> = plan
            .changes
            .iter()
            .map(|change| (change.path.as_str(), change.action.as_str()))
            .collect();
        let expected = [
            ("new", "create"),
            ("begun", "restore"),
            ("headers", "headers"),
            ("other", "update"),
            ("class", "headers"),
        ];
        assert_eq!(changes, expected);
        assert_eq!((plan.unchanged, plan.bytes()), (1, 8));
        assert!(plan.retired.is_empty() && plan.removed.is_empty() && !plan.is_empty());
        assert_eq!(
            plan.purge.iter().map(String::as_str).collect::<Vec<_>>(),
            ["begun", "class", "headers", "new", "other"]
        );
    }

    #[test]
    fn new_files_go_before_changed_ones_and_the_front_page_last() {
        let all = [("a", Asset), ("p", Permanent), ("l", Leaf), ("e", Entry)];
        let new = all.map(|(name, class)| (format!("{name}-new"), class));
        let old = all.map(|(name, class)| (format!("{name}-old"), class));
        let mut files: Vec<(&str, &str, Class)> =
            old.iter().chain(&new).map(|(path, class)| (path.as_str(), "new", *class)).collect();
        files.extend([("index.html", "new", Entry), ("sub/index.html", "new", Leaf)]);
        let store: Vec<(&str, &str, Class)> =
            old.iter().map(|(path, class)| (path.as_str(), "old", *class)).collect();
        let mut known = known(&store);
        known.state.files.get_mut("p-old").unwrap().form =
            Some(crate::publish::bundle::tests::form("new"));
        let plan = plan(&known, &site(&files), &limits(), 0).unwrap();
        let order: Vec<(u8, &str)> =
            plan.changes.iter().map(|change| (change.step, change.path.as_str())).collect();
        let expected = [
            (0, "a-new"),
            (0, "a-old"),
            (1, "p-new"),
            (2, "l-new"),
            (2, "sub/index.html"),
            (3, "e-new"),
            (4, "p-old"),
            (5, "l-old"),
            (6, "e-old"),
            (7, "index.html"),
        ];
        assert_eq!(order, expected);
        assert!(
            !plan.purge.iter().any(|address| address.starts_with("a-")),
            "what is named by its digest is never stale"
        );
        assert!(plan.purge.contains("") && plan.purge.contains("sub/"));
    }

    #[test]
    fn a_file_stays_until_its_days_are_over() {
        let removed = |class: Option<Class>, since: i64, grace: i64, now: i64, wanted: bool| {
            let mut known = known(&[]);
            let held = class.map(|class| held("x", class, "gone"));
            known.state.gone.insert("gone".into(), Gone { since, held });
            let site = if wanted { site(&[("gone", "x", Leaf)]) } else { site(&[]) };
            let plan = plan(&known, &site, &Limits { grace, ..limits() }, now).unwrap();
            assert_eq!(plan.purge.contains("gone"), wanted || !plan.removed.is_empty());
            !plan.removed.is_empty()
        };
        for class in [None, Some(Leaf), Some(Permanent)] {
            assert!(
                !removed(class, 5, 7, 5 + 7 * DAY - 1, false)
                    && removed(class, 5, 7, 5 + 7 * DAY, false),
                "{class:?}"
            );
        }
        assert!(!removed(Some(Leaf), 5, 7, 5 + 7 * DAY, true), "the site has it again");
        assert!(
            !removed(Some(Asset), 5, 7, 5 + 30 * DAY - 1, false)
                && removed(Some(Asset), 5, 7, 5 + 30 * DAY, false)
        );
        assert!(
            !removed(Some(Asset), 5, 40, 5 + 40 * DAY - 1, false)
                && removed(Some(Asset), 5, 40, 5 + 40 * DAY, false)
        );
        assert!(
            removed(Some(Asset), 5, 0, 5, false) && removed(Some(Leaf), 5, 0, 5, false),
            "who wants none gone waits for none"
        );
        assert!(!removed(Some(Asset), 5, 1, 5 + DAY, false));
    }

    #[test]
    fn addresses_that_nobody_was_told_stay_to_be_told() {
        let mut known = known(&[("a", "x", Leaf), ("b", "x", Leaf)]);
        known.state.purge.insert("old".into());
        let site = site(&[("a", "y", Leaf)]);
        let purge = |purges: bool| {
            plan(&known, &site, &Limits { purges, ..limits() }, 0)
                .unwrap()
                .purge
                .into_iter()
                .collect::<Vec<_>>()
        };
        assert_eq!(purge(true), ["a", "old"], "what was retired is there still");
        assert_eq!(purge(false), [""; 0]);
        assert_eq!(names(&plan(&known, &site, &limits(), 0).unwrap().retired), ["b"]);
    }

    #[test]
    fn an_older_site_does_not_replace_a_newer_one() {
        let mut known = known(&[]);
        let mut site = site(&[]);
        let reason = |known: &Known, site: &Bundle, limits: &Limits| {
            refused(known, site, limits).map(|(reason, _)| reason)
        };
        for (head, stale) in [
            (None, None),
            (Some("one"), None),
            (Some("two"), None),
            (Some("three"), Some(Reason::Stale)),
        ] {
            known.state.head = head.map(|head| Digest::of(head).to_string());
            assert_eq!(reason(&known, &site, &limits()), stale, "{head:?}");
        }
        known.state.head = None;
        for (published, here, stale) in [
            (Some(5), Some(4), Some(Reason::Stale)),
            (Some(5), Some(5), None),
            (Some(5), Some(6), None),
            (Some(5), None, None),
            (None, Some(4), None),
        ] {
            (known.state.sequence, site.sequence) = (published, here);
            assert_eq!(reason(&known, &site, &limits()), stale, "{published:?} {here:?}");
            assert_eq!(reason(&known, &site, &Limits { backwards: true, ..limits() }), None);
        }
        (known.state.sequence, site.sequence, known.state.commit) =
            (Some(5), Some(4), Some("c0ffee".into()));
        let told = refused(&known, &site, &limits()).unwrap().1;
        assert!(told.starts_with("what is published (commit c0ffee) is newer: its place in order is 5, and this one's is 4"), "{told}");
    }

    #[test]
    fn the_place_of_another_project_is_taken_only_by_its_head() {
        let mut held = known(&[
            ("other/v/1/policy.txt", "x", Permanent),
            ("p/v/1/policy.txt", "x", Permanent),
            ("a", "x", Leaf),
        ]);
        let [theirs, wrong, ours] = ["theirs", "wrong", "two"].map(Digest::of);
        held.state.head = Some(theirs.to_string());
        held.state.sequence = Some(9);
        let mut site = site(&[("p/v/1/policy.txt", "x", Permanent)]);
        site.sequence = Some(5);
        let with = |adopt| Limits { adopt, ..limits() };
        let reason = |known: &Known, adopt| refused(known, &site, &with(adopt)).unwrap();
        let told = reason(&held, None);
        assert!(told.0 == Reason::Stale && told.1.contains("`--adopt "), "{}", told.1);
        held.state.origin = Some(Digest::of("their first").to_string());
        let told = reason(&held, None);
        assert!(
            told.0 == Reason::OtherProject && told.1.contains(&format!("`--adopt {theirs}`")),
            "{}",
            told.1
        );
        let told = reason(&held, Some(wrong));
        assert_eq!(told.0, Reason::OtherProject, "another head");
        assert!(
            told.1
                .starts_with(&format!("the ledger that is published ends with the seal {theirs}"))
        );
        let plan = plan(&held, &site, &with(Some(theirs)), 0).unwrap();
        assert_eq!(
            (names(&plan.left), names(&plan.retired)),
            (vec!["other/v/1/policy.txt"], vec!["a"])
        );
        // The address of a version is used once, whoever's it is.
        held.state
            .files
            .insert("p/v/1/policy.txt".into(), self::held("y", Permanent, "p/v/1/policy.txt"));
        assert_eq!(reason(&held, Some(theirs)).0, Reason::PermanentChanged);
        // Of our own project only what is newer goes on.
        held.state.origin = Some(Digest::of("one").to_string());
        let told = reason(&held, None);
        assert!(told.0 == Reason::Stale && !told.1.contains("--adopt"), "{}", told.1);
        assert_eq!(reason(&held, Some(theirs)).0, Reason::OtherProject, "it is ours");
        held.state.head = Some(ours.to_string());
        assert_eq!(reason(&held, Some(ours)).0, Reason::OtherProject, "it is ours");
    }

    #[test]
    fn the_words_of_a_version_never_change() {
        let reason = |known: &Known, site: &Bundle, limits: &Limits| refused(known, site, limits);
        let page = |words: &str, frame: &str| format!("{words}\n{frame}");
        let (old, redrawn, other) = (page("a", ""), page("a", "x"), page("b", ""));
        let held = known(&[("p", &old, Permanent), ("q", &old, Permanent)]);
        let both = |text: &str, class: Class| site(&[("p", text, class), ("q", &old, Permanent)]);
        assert_eq!(reason(&held, &both(&old, Permanent), &limits()), None);
        let gone = reason(&held, &site(&[("q", &old, Permanent)]), &limits()).unwrap();
        assert!(
            gone.0 == Reason::PermanentGone
                && gone.1.starts_with("`p` is a published version and would vanish")
        );
        let changed = reason(&held, &both(&other, Permanent), &limits()).unwrap();
        let digests = [&old, &other].map(|page| crate::publish::bundle::tests::form(page).sha256);
        let told = format!(
            "`p` is a published version and would change, from {} to {}",
            digests[0], digests[1]
        );
        assert!(
            changed.0 == Reason::PermanentChanged && changed.1.starts_with(&told),
            "{changed:?}"
        );
        assert_eq!(
            reason(&held, &both(&redrawn, Leaf), &limits()).unwrap().0,
            Reason::PermanentChanged,
            "a page that may change"
        );
        assert_eq!(
            reason(&held, &both(&redrawn, Permanent), &limits()),
            None,
            "with the same theme only the frame differs"
        );
        let mut restyled = both(&redrawn, Permanent);
        restyled.look = format!("{LOOK}other");
        let told = reason(&held, &restyled, &limits()).unwrap();
        assert!(
            told.0 == Reason::Restyle
                && told
                    .1
                    .starts_with("1 page of published versions would look different, `p` first")
        );
        assert_eq!(reason(&held, &restyled, &Limits { restyle: true, ..limits() }), None);
        let mut restyled = site(&[("p", &redrawn, Permanent), ("q", &redrawn, Permanent)]);
        restyled.look = format!("{LOOK}other");
        assert!(
            reason(&held, &restyled, &limits())
                .unwrap()
                .1
                .starts_with("2 pages of published versions would look different")
        );
        let mut same = both(&old, Permanent);
        same.look = format!("{LOOK}other");
        assert_eq!(reason(&held, &same, &limits()), None, "no page looks different");
        let leaf = known(&[("p", &old, Leaf)]);
        assert_eq!(reason(&leaf, &site(&[("p", &other, Leaf)]), &limits()), None);
    }

    #[test]
    fn a_newer_program_asks_where_it_reads_a_version_differently() {
        let all = [("p", "a\n", Permanent), ("q", "b\n", Permanent), ("r", "c\n", Permanent)];
        let held = |reading: u32| {
            let mut known = known(&all);
            known
                .state
                .files
                .values_mut()
                .flat_map(|held| &mut held.form)
                .for_each(|form| form.reading = reading);
            known
        };
        let now = site(&[
            ("p", "other\n", Permanent),
            ("q", "b\nredrawn", Permanent),
            ("r", "another\n", Permanent),
        ]);
        let (reason, told) = refused(&held(7), &now, &limits()).unwrap();
        assert!(
            reason == Reason::Reread
                && told.contains("reads 2 pages of published versions otherwise"),
            "{told}"
        );
        assert!(told.ends_with("if that is right:\n  p\n  r"), "{told}");
        assert_eq!(refused(&held(7), &now, &Limits { reread: true, ..limits() }), None);
        let (reason, _) =
            refused(&held(1), &now, &Limits { reread: true, restyle: true, ..limits() }).unwrap();
        assert_eq!(reason, Reason::PermanentChanged, "the same program reads the same");
        // Earlier programs kept no form: the frozen files alone tell.
        let mut old = known(&all);
        old.state.files.values_mut().for_each(|held| held.form = None);
        assert_eq!(refused(&old, &now, &limits()), None);
        let mut frozen =
            site(&[("p", "other\n", Permanent), ("q", "b\n", Permanent), ("r", "c\n", Permanent)]);
        frozen.files.get_mut(&TreePath::new("p").unwrap()).unwrap().form = None;
        assert_eq!(
            refused(&old, &frozen, &limits()).unwrap().0,
            Reason::PermanentChanged,
            "a frozen file, byte by byte"
        );
    }

    #[test]
    fn more_files_do_not_go_than_one_expects() {
        let mut known = known(&[("a", "", Leaf), ("b", "", Leaf), ("c", "", Asset)]);
        known.state.gone.insert("d".into(), Gone { since: -10 * DAY, held: None });
        let refused =
            |most_deletes: usize| refused(&known, &site(&[]), &Limits { most_deletes, ..limits() });
        assert_eq!(refused(3), None, "two retired and one removed; assets come and go");
        let (reason, told) = refused(2).unwrap();
        assert!(
            reason == Reason::TooManyDeletes && told.starts_with("3 files would go, and 2 may"),
            "{told}"
        );
    }

    #[test]
    fn a_plan_knows_how_many_requests_it_takes() {
        let requests = |known: &Known, files: &[(&str, &str, Class)], purges: bool| {
            let plan = plan(known, &site(files), &Limits { purges, ..limits() }, 0).unwrap();
            assert_eq!(plan.is_empty(), plan.requests == 2);
            plan.requests
        };
        let file = [("a", "x", Leaf)];
        assert_eq!(requests(&known(&file), &file, true), 2, "nothing to do");
        assert_eq!(
            requests(&known(&[]), &file, false),
            2 + 5 + 1 + 1 + 1 + 1,
            "looked at, announced, sent, committed"
        );
        assert_eq!(requests(&known(&[]), &file, true), 12, "and told");
        assert_eq!(requests(&known(&file), &[], false), 2 + 5 + 1, "retired");
        let mut gone = known(&[]);
        gone.state.gone.insert("d".into(), Gone { since: -10 * DAY, held: None });
        assert_eq!(requests(&gone, &[], false), 2 + 5 + 1 + 1, "removed, and said so");
        let mut purge = known(&[]);
        purge.state.purge.insert("old".into());
        assert_eq!(requests(&purge, &[], true), 2 + 5 + 1);
        let mut cut_off = known(&[]);
        let journal = BTreeMap::from([("x".to_owned(), BTreeSet::new())]);
        cut_off.lease = Some((Holder::of(1, 0, journal), Tag::default()));
        assert_eq!(requests(&cut_off, &[], false), 2 + 5 + 1);
    }
}
