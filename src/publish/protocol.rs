//! The protocol: lease, upload step by step, commit, purge, prune. Whoever is cut off anywhere leaves a whole site and a way to finish it.

use std::time::Duration;

use anyhow::Context as _;
use anyhow::Result;
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::publish::Change;
use crate::publish::Class;
use crate::publish::Condition;
use crate::publish::Headers;
use crate::publish::Limits;
use crate::publish::Plan;
use crate::publish::Purge;
use crate::publish::Put;
use crate::publish::Reason;
use crate::publish::Refusal;
use crate::publish::STATE;
use crate::publish::Site;
use crate::publish::State;
use crate::publish::Tag;
use crate::publish::Target;
use crate::publish::lease::Known;
use crate::publish::lease::Lease;
use crate::publish::lease::now;
use crate::publish::plan;
use crate::publish::state::Gone;
use crate::publish::state::Held;
use crate::publish::upload::Upload;
use crate::tree::TreePath;

/// How a site is published.
pub struct Ask<'a> {
    /// What is permitted.
    pub limits: Limits,
    /// Who publishes, for people.
    pub who: &'a str,
    /// How long another publisher is waited for.
    pub patience: Duration,
    /// How many files are sent at the same time.
    pub hands: usize,
    /// Whether what somebody else wrote into the store is overwritten.
    pub overwrite: bool,
    /// Who is told which addresses changed.
    pub purge: Option<Purge<'a>>,
    /// Hears what was done.
    pub tell: &'a (dyn Fn(Deed<'_>) + Sync),
}

/// Something that was done.
pub enum Deed<'a> {
    /// A file was sent.
    Sent(&'a Change),
    /// Caches were told of so many addresses.
    Told(usize),
    /// A file was removed.
    Removed(&'a TreePath),
}

/// What became of a publish.
pub enum Outcome {
    /// The store holds the site already.
    Unchanged(Plan),
    /// The store holds the site now, as this generation.
    Published(Plan, u64),
    /// Another publisher was faster: look again.
    Moved,
}

/// Publishes a site to a store of which so much is `known`.
///
/// # Errors
/// Refuses what must not be done; says why the store did not answer.
pub fn publish(target: &dyn Target, site: &Site, known: &Known, ask: &Ask<'_>) -> Result<Outcome> {
    let plan = plan(known, site, &ask.limits, now())?;
    if plan.is_empty() {
        return Ok(Outcome::Unchanged(plan));
    }
    let lease = Lease::take(target, known, ask.who, ask.patience)?;
    let (mut state, tag) = State::read(target)?;
    if tag != known.tag || lease.unfinished(&state).keys().any(|path| !known.is_unfinished(path)) {
        lease.release(&state)?;
        return Ok(Outcome::Moved);
    }
    let done = carry_out(target, site, &plan, &lease, &mut state, tag, ask);
    // A lease that cannot be given back ends by itself; what matters more is why the work was not done.
    let released = lease.release(&state);
    done.and(released)?;
    Ok(Outcome::Published(plan, state.generation))
}

fn carry_out(
    target: &dyn Target,
    site: &Site,
    plan: &Plan,
    lease: &Lease<'_>,
    state: &mut State,
    mut tag: Option<Tag>,
    ask: &Ask<'_>,
) -> Result<()> {
    let unfinished = lease.unfinished(state);
    if !plan.changes.is_empty() {
        let digest = |path: &TreePath| site.files[path].record.sha256.to_string();
        lease.announce(state, plan.changes.iter().map(|change| (change.path.to_string(), digest(&change.path))))?;
    }
    let mut next = state.clone();
    let upload = Upload { target, site, state, unfinished: &unfinished, overwrite: ask.overwrite };
    for (path, tag) in upload_all(&upload, plan, lease, ask)? {
        next.gone.remove(path.as_str());
        next.files.insert(path.to_string(), held(site, path, tag));
    }
    if !plan.changes.is_empty() || !plan.retired.is_empty() || !unfinished.is_empty() {
        let since = now();
        for path in &plan.retired {
            let held = next.files.remove(path.as_str());
            next.gone.insert(path.to_string(), Gone { since, held });
        }
        for path in unfinished.keys().filter(|path| !next.files.contains_key(*path) && TreePath::new(path).is_ok()) {
            next.gone.entry(path.clone()).or_insert(Gone { since, held: None });
        }
        next.head = site.seals.last().map(ToString::to_string);
        next.look = site.look.to_string();
        next.commit = site.commit.clone();
        // After a return to an older site, one in between still is too old.
        next.sequence = site.sequence.max(next.sequence);
        next.purge = plan.purge.clone();
        next.advance(since);
        tag = Some(commit(target, &next, tag.as_ref())?);
    }
    *state = next;
    if let Some(purge) = ask.purge.filter(|_| !plan.purge.is_empty()) {
        lease.keep()?;
        purge.run(&plan.purge).context("tell the caches which addresses changed; the next publish does it again")?;
        (ask.tell)(Deed::Told(plan.purge.len()));
        state.purge.clear();
        tag = Some(commit(target, state, tag.as_ref())?);
    }
    if !plan.removed.is_empty() {
        for path in &plan.removed {
            lease.keep()?;
            target.delete(path.as_str())?;
            (ask.tell)(Deed::Removed(path));
            state.gone.remove(path.as_str());
        }
        commit(target, state, tag.as_ref())?;
    }
    Ok(())
}

/// Sends the files, step by step: all of one step are there before the first of the next is sent.
fn upload_all<'a>(upload: &Upload<'_>, plan: &'a Plan, lease: &Lease<'_>, ask: &Ask<'_>) -> Result<Vec<(&'a TreePath, Tag)>> {
    let pool = ThreadPoolBuilder::new().num_threads(ask.hands).build().context("start the threads")?;
    let mut sent = Vec::with_capacity(plan.changes.len());
    for step in plan.changes.chunk_by(|one, other| one.step == other.step) {
        let send = |change: &'a Change| {
            lease.keep()?;
            let tag = upload.send(&change.path).with_context(|| format!("send `{}`", change.path))?;
            (ask.tell)(Deed::Sent(change));
            anyhow::Ok((&change.path, tag))
        };
        sent.extend(pool.install(|| step.par_iter().map(send).collect::<Result<Vec<_>>>())?);
    }
    Ok(sent)
}

/// Replaces what the store says of itself.
fn commit(target: &dyn Target, state: &State, tag: Option<&Tag>) -> Result<Tag> {
    let bytes = state.bytes();
    match target.put(STATE, &bytes, &Headers::ours(), tag.map_or(Condition::Absent, Condition::Is))? {
        Put::Done(tag) => Ok(tag),
        Put::Conflict => match target.get(STATE)? {
            // The write was done and its answer was lost.
            Some(there) if there.bytes == bytes => Ok(there.tag),
            _ => Err(Refusal::error(Reason::Lost, format!("another publisher replaced `{STATE}`; this one stops"))),
        },
    }
}

fn held(site: &Site, path: &TreePath, tag: Tag) -> Held {
    let file = &site.files[path];
    Held {
        sha256: file.record.sha256.to_string(),
        size: file.record.size,
        class: file.class,
        headers: file.headers.clone(),
        words: file.words.filter(|_| file.class == Class::Permanent).map(|words| words.to_string()),
        tag,
    }
}
