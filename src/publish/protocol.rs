//! The protocol: lease, upload step by step, commit, purge, prune. Whoever is cut off anywhere
//! leaves a whole site and a way to finish it.

use anyhow::{Context as _, Result};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::publish::lease::{Known, Lease, now};
use crate::publish::state::{Gone, Held};
use crate::publish::upload::Upload;
use crate::publish::{
    Ask, Bundle, Change, Condition, Event, Headers, Plan, Put, Reason, Refusal, STATE, State, Tag,
    Target, examine, plan,
};
use crate::tree::TreePath;

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
pub fn publish(
    target: &dyn Target,
    site: &Bundle,
    known: &Known,
    ask: &Ask<'_>,
) -> Result<Outcome> {
    let plan = plan(known, site, &ask.limits, now())?;
    if plan.is_empty() {
        return Ok(Outcome::Unchanged(plan));
    }
    if !examine(target, site, known, &plan, ask.overwrite, ask.threads)? {
        return Ok(Outcome::Moved);
    }
    let lease = Lease::take(target, known, ask.who, ask.patience, &|line| {
        (ask.tell)(Event::Waiting(line));
    })?;
    // A state that is made again cannot be read there.
    let (mut state, tag) = match known.rebuilt {
        true => (known.state.clone(), target.get(STATE)?.map(|object| object.tag)),
        false => State::read(target)?,
    };
    if tag != known.tag || lease.unfinished(&state).keys().any(|path| !known.is_unfinished(path)) {
        lease.release(&state)?;
        return Ok(Outcome::Moved);
    }
    let done = carry_out(target, site, &plan, known, &lease, &mut state, ask);
    // A lease that cannot be given back ends by itself; what matters more is why the work was not
    // done.
    let released = lease.release(&state);
    done.and(released)?;
    Ok(Outcome::Published(plan, state.generation))
}

fn carry_out(
    target: &dyn Target,
    site: &Bundle,
    plan: &Plan,
    known: &Known,
    lease: &Lease<'_>,
    state: &mut State,
    ask: &Ask<'_>,
) -> Result<()> {
    let mut tag = known.tag.clone();
    let unfinished = lease.unfinished(state);
    if !plan.changes.is_empty() {
        let digest = |path: &TreePath| site.files[path].record.sha256.to_string();
        lease.announce(
            state,
            plan.changes.iter().map(|change| (change.path.to_string(), digest(&change.path))),
        )?;
    }
    let mut next = state.clone();
    let (found, overwrite) = (&known.found, ask.overwrite);
    let upload = Upload { target, site, state, unfinished: &unfinished, found, overwrite };
    for (path, tag) in upload_all(&upload, plan, lease, ask)? {
        next.gone.remove(path.as_str());
        next.files.insert(path.to_string(), held(site, path, tag));
    }
    let adopted = ask.limits.adopt.is_some();
    let nothing = plan.changes.is_empty() && plan.retired.is_empty() && unfinished.is_empty();
    if adopted || !nothing || known.rebuilt {
        let since = now();
        for path in &plan.left {
            next.files.remove(path.as_str());
        }
        for path in &plan.retired {
            let held = next.files.remove(path.as_str());
            next.gone.insert(path.to_string(), Gone { since, held });
        }
        for path in unfinished
            .keys()
            .filter(|path| !next.files.contains_key(*path) && TreePath::new(path).is_ok())
        {
            next.gone.entry(path.clone()).or_insert(Gone { since, held: None });
        }
        next.head = site.seals.last().map(ToString::to_string);
        next.look.clone_from(&site.look);
        next.commit = site.commit.clone();
        next.origin = site.seals.first().map(ToString::to_string);
        // After a return to an older site, one in between still is too old; another project's order
        // is not ours.
        next.sequence = if adopted { site.sequence } else { site.sequence.max(next.sequence) };
        next.purge = plan.purge.clone();
        next.advance(since);
        tag = Some(commit(target, &next, tag.as_ref())?);
    }
    *state = next;
    if let Some(purge) = ask.purge.filter(|_| !plan.purge.is_empty()) {
        lease.keep()?;
        purge
            .run(&plan.purge, &|line| (ask.tell)(Event::Waiting(line)), &|| lease.keep())
            .context("tell the caches which addresses changed; the next publish does it again")?;
        (ask.tell)(Event::Told(plan.purge.len()));
        state.purge.clear();
        tag = Some(commit(target, state, tag.as_ref())?);
    }
    if !plan.removed.is_empty() {
        for path in &plan.removed {
            lease.keep()?;
            target.delete(path.as_str())?;
            (ask.tell)(Event::Removed(path));
            state.gone.remove(path.as_str());
        }
        commit(target, state, tag.as_ref())?;
    }
    Ok(())
}

/// Sends the files, step by step: all of one step are there before the first of the next is sent.
fn upload_all<'a>(
    upload: &Upload<'_>,
    plan: &'a Plan,
    lease: &Lease<'_>,
    ask: &Ask<'_>,
) -> Result<Vec<(&'a TreePath, Tag)>> {
    let pool =
        ThreadPoolBuilder::new().num_threads(ask.threads).build().context("start the threads")?;
    let mut sent = Vec::with_capacity(plan.changes.len());
    for step in plan.changes.chunk_by(|one, other| one.step == other.step) {
        let send = |change: &'a Change| {
            lease.keep()?;
            let tag =
                upload.send(&change.path).with_context(|| format!("send `{}`", change.path))?;
            (ask.tell)(Event::Sent(change));
            anyhow::Ok((&change.path, tag))
        };
        sent.extend(pool.install(|| step.par_iter().map(send).collect::<Result<Vec<_>>>())?);
    }
    Ok(sent)
}

/// Replaces what the store says of itself.
fn commit(target: &dyn Target, state: &State, tag: Option<&Tag>) -> Result<Tag> {
    let bytes = state.bytes();
    match target.put(
        STATE,
        &bytes,
        &Headers::ours(),
        tag.map_or(Condition::Absent, Condition::Is),
    )? {
        Put::Done(tag) => Ok(tag),
        Put::Conflict => match target.get(STATE)? {
            // The write was done and its answer was lost.
            Some(there) if there.bytes == bytes => Ok(there.tag),
            _ => Err(Refusal::error(
                Reason::Lost,
                format!("another publisher replaced `{STATE}`; this one stops"),
            )),
        },
    }
}

fn held(site: &Bundle, path: &TreePath, tag: Tag) -> Held {
    let file = &site.files[path];
    Held {
        sha256: file.record.sha256.to_string(),
        size: file.record.size,
        class: file.class,
        headers: file.headers.clone(),
        form: file.form.clone(),
        tag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::{Class, Limits, Purge};
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    use crate::publish::ask::tests::ask;
    use crate::publish::bundle::LOOK;
    use crate::publish::bundle::tests::site;
    use crate::publish::target::tests::Memory;
    use crate::publish::{LEASE, Listener, unlock};
    use crate::tree::Digest;

    const FILES: [(&str, &str, Class); 4] = [
        ("assets/a.1.css", "style", Class::Asset),
        ("index.html", "front", Class::Entry),
        ("p/v/1/index.html", "<article>words</article>", Class::Permanent),
        ("p/x.html", "page", Class::Leaf),
    ];

    /// Publishes to a store, with one file at a time; returns what became of it and what was told.
    fn published(
        memory: &Memory,
        site: &Bundle,
        change: impl Fn(&mut Ask<'_>),
    ) -> Result<(Outcome, Vec<String>)> {
        let known = Known::read(memory)?;
        let told = Mutex::new(Vec::new());
        let tell = |deed: Event<'_>| {
            told.lock().unwrap().push(match deed {
                Event::Sent(change) => format!("sent {}", change.path),
                Event::Told(count) => format!("told {count}"),
                Event::Removed(path) => format!("removed {path}"),
                Event::Waiting(line) => format!("waiting {line}"),
            });
        };
        let mut ask = Ask { tell: &tell, ..ask("Ada") };
        change(&mut ask);
        let outcome = publish(memory, site, &known, &ask)?;
        Ok((outcome, told.into_inner().unwrap()))
    }

    fn plan_of(outcome: Outcome) -> (Plan, u64) {
        match outcome {
            Outcome::Published(plan, generation) => (plan, generation),
            Outcome::Unchanged(plan) => (plan, 0),
            Outcome::Moved => panic!("nobody else is there"),
        }
    }

    /// Returns the files of the site that lie in a store.
    fn pages(memory: &Memory) -> BTreeMap<String, Vec<u8>> {
        memory.there().into_iter().filter(|(key, _)| !key.starts_with(".policybook/")).collect()
    }

    fn wanted(files: &[(&str, &str, Class)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(path, text, _)| ((*path).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn a_store_holds_the_site_and_says_so() {
        let memory = Memory::default();
        let mut first = site(&FILES);
        (first.commit, first.sequence) = (Some("c".into()), Some(7));
        let (outcome, told) = published(&memory, &first, |_| {}).unwrap();
        let (plan, generation) = plan_of(outcome);
        assert_eq!(
            (generation, plan.requests),
            (1, memory.asked.lock().unwrap().len()),
            "a plan knows its requests"
        );
        assert_eq!(
            told,
            ["sent assets/a.1.css", "sent p/v/1/index.html", "sent p/x.html", "sent index.html"]
        );
        assert_eq!(pages(&memory), wanted(&FILES));
        let (state, _) = State::read(&memory).unwrap();
        assert_eq!(
            (state.commit.as_deref(), state.sequence, state.generation),
            (Some("c"), Some(7), 1)
        );
        assert_eq!(
            (state.head, state.look),
            (Some(Digest::of("two").to_string()), format!("{LOOK}one"))
        );
        let held = &state.files["p/v/1/index.html"];
        assert_eq!((held.size, held.class, held.form.is_some()), (24, Class::Permanent, true));
        assert!(state.files["p/x.html"].form.is_none());
        memory.asked.lock().unwrap().clear();
        let (outcome, told) = published(&memory, &first, |_| {}).unwrap();
        assert!(
            matches!(outcome, Outcome::Unchanged(_))
                && told.is_empty()
                && memory.asked.lock().unwrap().len() == 2
        );
    }

    #[test]
    fn what_the_site_no_longer_has_is_retired_and_then_removed() {
        let memory = Memory::default();
        published(&memory, &site(&FILES), |_| {}).unwrap();
        let mut fewer = site(&FILES[..3]);
        fewer.sequence = Some(3);
        memory.asked.lock().unwrap().clear();
        let (outcome, told) = published(&memory, &fewer, |ask| ask.limits.grace = 1).unwrap();
        let (plan, generation) = plan_of(outcome);
        assert_eq!(
            (generation, told.len(), plan.requests),
            (2, 0, memory.asked.lock().unwrap().len())
        );
        assert_eq!(pages(&memory), wanted(&FILES), "a while it stays");
        let (state, _) = State::read(&memory).unwrap();
        assert!(state.gone["p/x.html"].held.is_some() && !state.files.contains_key("p/x.html"));
        memory.asked.lock().unwrap().clear();
        let (outcome, told) = published(&memory, &fewer, |_| {}).unwrap();
        let (plan, _) = plan_of(outcome);
        assert_eq!(plan.requests, memory.asked.lock().unwrap().len());
        assert_eq!(
            (told, pages(&memory)),
            (vec!["removed p/x.html".to_owned()], wanted(&FILES[..3]))
        );
        assert!(State::read(&memory).unwrap().0.gone.is_empty());
        published(&memory, &site(&FILES), |_| {}).unwrap();
        let (state, _) = State::read(&memory).unwrap();
        assert_eq!(
            (state.sequence, state.generation),
            (Some(3), 3),
            "a site without a place in order changes none"
        );
    }

    #[test]
    fn a_file_that_returns_is_written_over_the_retired_one() {
        let memory = Memory::default();
        published(&memory, &site(&FILES), |_| {}).unwrap();
        published(&memory, &site(&FILES[..3]), |ask| ask.limits.grace = 1).unwrap();
        let mut back = FILES;
        back[3].1 = "another page";
        published(&memory, &site(&back), |_| {}).unwrap();
        assert_eq!(pages(&memory), wanted(&back));
        assert!(State::read(&memory).unwrap().0.gone.is_empty());
    }

    #[test]
    fn caches_are_told_once_and_again_if_that_failed() {
        let memory = Memory::default();
        let address = url::Url::parse("https://a.example/").unwrap();
        let with = |command: &'static str| {
            let address = address.clone();
            let told = Mutex::new(0);
            let tell = |deed: Event<'_>| {
                if let Event::Told(count) = deed {
                    *told.lock().unwrap() = count;
                }
            };
            let purge =
                Some(Purge { listener: Listener::Command(command), site: &address, limit: None });
            let plain = ask("Ada");
            let limits = Limits { purges: true, ..plain.limits };
            let ask = Ask { limits, purge, tell: &tell, ..plain };
            let outcome = publish(&memory, &site(&FILES), &Known::read(&memory).unwrap(), &ask);
            (
                outcome.map(|_| *told.lock().unwrap()).map_err(|error| format!("{error:#}")),
                State::read(&memory).unwrap().0.purge.len(),
            )
        };
        let (told, left) = with("false");
        assert!(told.unwrap_err().contains("the next publish does it again") && left == 5);
        assert_eq!(with("cat > /dev/null"), (Ok(5), 0));
        assert_eq!(with("false"), (Ok(0), 0), "nothing is stale");
    }

    #[test]
    fn whoever_is_cut_off_anywhere_leaves_a_way_to_finish() {
        let mut files = FILES;
        files[1].1 = "another front";
        let begun = || {
            let memory = Memory::default();
            published(&memory, &site(&FILES[..3]), |_| {}).unwrap();
            memory.asked.lock().unwrap().clear();
            memory
        };
        let memory = begun();
        published(&memory, &site(&files), |_| {}).unwrap();
        let all = memory.asked.lock().unwrap().len();
        for ends in 0..all {
            let memory = begun();
            *memory.ends.lock().unwrap() = Some(ends);
            assert!(published(&memory, &site(&files), |_| {}).is_err(), "{ends}");
            *memory.ends.lock().unwrap() = None;
            let front = memory.there()["index.html"] == b"another front";
            assert!(
                !front || memory.there().contains_key("p/x.html"),
                "{ends}: the front page goes last"
            );
            unlock(&memory).unwrap();
            let (outcome, _) = published(&memory, &site(&files), |_| {}).unwrap();
            assert!(!matches!(outcome, Outcome::Moved), "{ends}");
            assert_eq!(pages(&memory), wanted(&files), "{ends}");
            let known = Known::read(&memory).unwrap();
            assert!(
                !known.is_cut_off() && known.state.files.len() == 4 && known.state.gone.is_empty(),
                "{ends}"
            );
        }
    }

    #[test]
    fn what_a_publisher_that_was_cut_off_began_is_removed_where_nobody_wants_it() {
        let memory = Memory::default();
        published(&memory, &site(&FILES[..3]), |_| {}).unwrap();
        let asked = memory.asked.lock().unwrap().len();
        let all = plan_of(published(&Memory::default(), &site(&FILES[..1]), |_| {}).unwrap().0)
            .0
            .requests;
        *memory.ends.lock().unwrap() = Some(asked + all - 2);
        assert!(published(&memory, &site(&FILES), |_| {}).is_err());
        *memory.ends.lock().unwrap() = None;
        unlock(&memory).unwrap();
        assert!(pages(&memory).contains_key("p/x.html"));
        published(&memory, &site(&FILES[..3]), |_| {}).unwrap();
        assert!(State::read(&memory).unwrap().0.gone.contains_key("p/x.html"));
        published(&memory, &site(&FILES[..3]), |_| {}).unwrap();
        assert_eq!(pages(&memory), wanted(&FILES[..3]));
    }

    #[test]
    fn who_was_slower_looks_again() {
        let memory = Memory::default();
        let known = Known::read(&memory).unwrap();
        published(&memory, &site(&FILES[..3]), |_| {}).unwrap();
        let lease = memory.there()[LEASE].clone();
        let behind = Known { lease: Known::read(&memory).unwrap().lease, ..known };
        let ask = ask("Bee");
        let outcome = publish(&memory, &site(&FILES), &behind, &ask).unwrap();
        assert!(matches!(outcome, Outcome::Moved) && pages(&memory) == wanted(&FILES[..3]));
        assert!(
            lease != memory.there()[LEASE] && unlock(&memory).unwrap().is_none(),
            "the lease was given back"
        );
    }

    #[test]
    fn what_another_publisher_is_writing_is_nobodys_drift() {
        let memory = Memory::default();
        let (known, ask) = (Known::read(&memory).unwrap(), ask("Bee"));
        let lease = Lease::take(&memory, &known, "Ada", ask.patience, &|_| {}).unwrap();
        memory.write("index.html", b"another front");
        let moved = publish(&memory, &site(&FILES), &known, &ask).unwrap();
        assert!(
            matches!(moved, Outcome::Moved),
            "who is publishing began after the store was asked"
        );
        lease.release(&State::none()).unwrap();
        let known = Known::read(&memory).unwrap();
        let refused = publish(&memory, &site(&FILES), &known, &ask).err().unwrap();
        assert_eq!(refused.downcast::<Refusal>().unwrap().reason, Reason::Drift);
    }

    #[test]
    fn a_state_whose_write_was_not_answered_was_written() {
        let memory = Memory::default();
        memory.lost.lock().unwrap().insert(STATE.to_owned());
        assert!(published(&memory, &site(&FILES), |_| {}).is_ok());
        let error =
            commit(&memory, &State::default(), None).unwrap_err().downcast::<Refusal>().unwrap();
        assert_eq!(
            (error.reason, error.message.as_str()),
            (
                Reason::Lost,
                "another publisher replaced `.policybook/published.json`; this one stops"
            )
        );
    }
}
