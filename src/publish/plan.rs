//! What is to be done, before anything is done; the same list is then worked off.

use std::collections::BTreeSet;

use anyhow::Result;
use serde::Serialize;

use crate::publish::Class;
use crate::publish::Reason;
use crate::publish::Refusal;
use crate::publish::Site;
use crate::publish::lease::Known;
use crate::publish::state::State;
use crate::tree::TreePath;

/// The front page: it goes last.
const FRONT: &str = "index.html";

/// For how many days at least an asset stays: pages that are kept somewhere still ask for it.
const ASSET_GRACE: i64 = 30;

/// What is permitted, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Whether published versions may look different.
    pub restyle: bool,
    /// Whether an older site may replace a newer one that has the same ledger.
    pub backwards: bool,
    /// For how many days a file stays that the site no longer has.
    pub grace: i64,
    /// How many files may go.
    pub most_deletes: usize,
    /// Whether anybody is told which addresses changed.
    pub purges: bool,
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
    /// It is sent again, since a publisher was cut off.
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
    /// Tells whether there is nothing to do.
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
pub fn plan(known: &Known, site: &Site, limits: &Limits, now: i64) -> Result<Plan> {
    let state = &known.state;
    refuse_going_back(state, site, limits)?;
    refuse_changed_versions(state, site, limits)?;
    let changed = site.files.iter().filter(|(path, file)| !known.holds(path, file));
    let mut changes: Vec<Change> = changed
        .map(|(path, file)| {
            let held = state.files.get(path.as_str());
            let action = match held {
                None => Action::Create,
                Some(held) if held.sha256 != file.record.sha256.to_string() => Action::Update,
                Some(held) if held.headers != file.headers || held.class != file.class => Action::Headers,
                Some(_) => Action::Restore,
            };
            Change { action, path: path.clone(), class: file.class, bytes: file.record.size, step: step(path, file.class, held.is_none()) }
        })
        .collect();
    changes.sort_by(|one, other| (one.step, &one.path).cmp(&(other.step, &other.path)));
    let path = |key: &String| TreePath::new(key).expect("paths are checked where a state is read");
    let retired: Vec<TreePath> = state.files.keys().map(path).filter(|path| !site.files.contains_key(path)).collect();
    let gone = state.gone.iter().filter(|(key, gone)| {
        let asset = gone.held.as_ref().is_some_and(|held| held.class == Class::Asset);
        let days = if asset && limits.grace > 0 { limits.grace.max(ASSET_GRACE) } else { limits.grace };
        now - gone.since >= days * 86_400 && !site.files.contains_key(&path(key))
    });
    let removed: Vec<TreePath> = gone.map(|(key, _)| path(key)).collect();
    refuse_many_deletes(&retired, &removed, state, limits)?;
    let mut purge = if limits.purges { state.purge.clone() } else { BTreeSet::new() };
    if limits.purges {
        let stale = changes.iter().filter(|change| change.class != Class::Asset).map(|change| &change.path);
        purge.extend(stale.chain(&removed).flat_map(addresses));
    }
    let unchanged = site.files.len() - changes.len();
    let mut plan = Plan { changes, retired, removed, unchanged, purge, requests: READING };
    plan.requests += requests(&plan, known.is_cut_off());
    Ok(plan)
}

/// Returns how many requests a plan takes after the reading.
fn requests(plan: &Plan, cut_off: bool) -> usize {
    let sent = plan.changes.len();
    let committed = sent > 0 || !plan.retired.is_empty() || cut_off;
    if !committed && plan.removed.is_empty() && plan.purge.is_empty() {
        return 0;
    }
    // The lease is taken, proved by two writes that must fail, and given back; the state is read again.
    let mut requests = 5;
    // What is about to be written is announced, and told when it is.
    requests += usize::from(sent > 0) + sent;
    requests += usize::from(committed);
    requests += usize::from(!plan.purge.is_empty());
    requests += plan.removed.len() + usize::from(!plan.removed.is_empty());
    requests
}

/// Returns when a file is sent: nothing leads to a new file before a changed one is sent, so all new ones go first, and the style sheets
/// before the pages that need them.
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
    let folder = path.as_str().strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'));
    folder.map(str::to_owned).into_iter().chain([path.to_string()]).collect()
}

fn refuse_going_back(state: &State, site: &Site, limits: &Limits) -> Result<()> {
    if let Some(head) = &state.head
        && !site.seals.iter().any(|seal| seal.to_string() == *head)
    {
        let message = format!(
            "the published ledger ends with the seal {head}, which the ledger here does not contain: this project is older, or its ledger was \
             rewritten; publish from the newest commit"
        );
        return Err(Refusal::error(Reason::Stale, message));
    }
    match (state.sequence, site.sequence) {
        (Some(published), Some(here)) if here < published && !limits.backwards => {
            let commit = state.commit.as_deref().map(|commit| format!(" (commit {commit})")).unwrap_or_default();
            let message = format!(
                "what is published{commit} is newer: its place in order is {published}, and this one's is {here}; publish from the newest \
                 commit, or return to this one with `policybook rollback`"
            );
            Err(Refusal::error(Reason::Stale, message))
        }
        _ => Ok(()),
    }
}

/// Refuses to change the words of a version, to remove one, or to redraw one that nobody asked to redraw.
fn refuse_changed_versions(state: &State, site: &Site, limits: &Limits) -> Result<()> {
    let restyled = state.look != site.look.to_string();
    let mut redrawn = Vec::new();
    for (key, held) in state.files.iter().filter(|(_, held)| held.class == Class::Permanent) {
        let path = TreePath::new(key).expect("paths are checked where a state is read");
        let Some(file) = site.files.get(&path) else {
            let message = format!("`{path}` is a published version and would vanish; restore its release in `content/versions/`");
            return Err(Refusal::error(Reason::PermanentGone, message));
        };
        if file.record.sha256.to_string() == held.sha256 || site.redacted_since(state.head.as_deref(), &path) {
            continue;
        }
        let same_words = file.words.is_some_and(|words| Some(words.to_string()) == held.words);
        if !same_words || file.class != Class::Permanent {
            let message = format!(
                "`{path}` is a published version and its words would change, from {} to {}; release the new words, or remove words by \
                 `policybook redact`",
                held.words.as_ref().unwrap_or(&held.sha256),
                file.words.unwrap_or(file.record.sha256)
            );
            return Err(Refusal::error(Reason::PermanentChanged, message));
        }
        redrawn.push(path);
    }
    match redrawn.first() {
        Some(first) if restyled && !limits.restyle => {
            let message = format!(
                "{} of published versions would look different, `{first}` first; their words are the same: say `--restyle` if you want that",
                if redrawn.len() == 1 { "1 page".to_owned() } else { format!("{} pages", redrawn.len()) }
            );
            Err(Refusal::error(Reason::Restyle, message))
        }
        _ => Ok(()),
    }
}

fn refuse_many_deletes(retired: &[TreePath], removed: &[TreePath], state: &State, limits: &Limits) -> Result<()> {
    let asset = |path: &&TreePath| state.files.get(path.as_str()).is_some_and(|held| held.class == Class::Asset);
    let deletes = retired.iter().filter(|path| !asset(path)).count() + removed.len();
    if deletes <= limits.most_deletes {
        return Ok(());
    }
    let message =
        format!("{deletes} files would go, and {} may: is the site whole? Say `--max-delete {deletes}` if it is", limits.most_deletes);
    Err(Refusal::error(Reason::TooManyDeletes, message))
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
}
