//! What really lies in a target, whatever its state says: every file is listed and its bytes are
//! read.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::ledger;
use crate::publish::lease::Known;
use crate::publish::state::{Held, State};
use crate::publish::target::Found;
use crate::publish::wanted::Wanted;
use crate::publish::{Bundle, Headers, Object, Reason, Refusal, Tag, Target};
use crate::render::Route;
use crate::tree::{Digest, TreePath};

/// The folder in which a target keeps what is ours and no part of the site.
const OURS: &str = ".policybook/";

/// Looks at every file of a target, and adds to what is known of it which ones are not as they
/// should be. A state that is lost is made again of what lies there. Returns the files that nobody
/// knows.
///
/// # Errors
/// Refuses if the state is lost and the ledger that lies there is not part of that of the site;
/// says why the store did not answer.
pub fn survey(
    target: &dyn Target,
    site: &Bundle,
    known: &mut Known,
    threads: usize,
) -> Result<Vec<String>> {
    let listed: BTreeSet<String> =
        target.list()?.into_iter().filter(|key| !key.starts_with(OURS)).collect();
    if known.rebuilt {
        known.state.head = head(target, site)?;
    }
    let held = known.state.files.keys().map(String::as_str);
    let paths: BTreeSet<&str> = held.chain(site.files.keys().map(TreePath::as_str)).collect();
    let pool =
        ThreadPoolBuilder::new().num_threads(threads).build().context("start the threads")?;
    let look = |path: &str| {
        let there = if listed.contains(path) { target.get(path)? } else { None };
        let there = there.map(Seen::of);
        let wanted = TreePath::new(path).ok().and_then(|path| site.files.get(&path));
        anyhow::Ok((path.to_owned(), there, wanted))
    };
    let is_known = |key: &String| paths.contains(&**key) || known.state.gone.contains_key(key);
    let added = listed.iter().filter(|key| !is_known(key)).cloned().collect();
    let seen: Vec<(String, Option<Seen>, Option<&Wanted>)> = pool
        .install(|| paths.into_par_iter().map(look).collect::<Result<Vec<_>>>())
        .context("look at what lies in the target")?;
    for (path, there, wanted) in seen {
        judge(&mut known.state, &mut known.found, known.rebuilt, path, there, wanted);
    }
    Ok(added)
}

/// An object as it was seen, without its bytes.
struct Seen {
    digest: String,
    headers: Option<Headers>,
    tag: Tag,
}

impl Seen {
    fn of(object: Object) -> Seen {
        let digest = Digest::of(&object.bytes).to_string();
        Seen { digest, headers: object.headers, tag: object.tag }
    }
}

/// Notes what became of a file.
fn judge(
    state: &mut State,
    found: &mut Found,
    rebuilt: bool,
    path: String,
    there: Option<Seen>,
    wanted: Option<&Wanted>,
) {
    let held = state.files.get(&path);
    let is = |sha256: &str| there.as_ref().is_some_and(|there| there.digest == sha256);
    let right = wanted.is_some_and(|wanted| is(&wanted.record.sha256.to_string()));
    let headers = there.as_ref().and_then(|there| there.headers.as_ref());
    match (held, &there, wanted) {
        (Some(held), Some(_), _)
            if is(&held.sha256) && headers.is_none_or(|headers| *headers == held.headers) => {}
        (Some(_), _, Some(_)) => {
            found.insert(path, there.map(|there| there.tag));
        }
        // The site does not have it any more: it is retired anyhow.
        (Some(_), _, None) | (None, _, None) | (None, None, _) => {}
        (None, Some(object), Some(wanted)) => {
            if rebuilt && right && headers.is_none_or(|headers| *headers == wanted.headers) {
                state.files.insert(
                    path,
                    Held {
                        sha256: wanted.record.sha256.to_string(),
                        size: wanted.record.size,
                        class: wanted.class,
                        headers: wanted.headers.clone(),
                        form: wanted.form.clone(),
                        tag: object.tag.clone(),
                    },
                );
            } else {
                found.insert(path, Some(object.tag.clone()));
            }
        }
    }
}

/// Returns the newest seal of the ledger that lies in a target, where there is one.
fn head(target: &dyn Target, site: &Bundle) -> Result<Option<String>> {
    let path = Route::Frozen(ledger::LEDGER).file();
    let Some(object) = target.get(path.as_str())? else { return Ok(None) };
    let text = String::from_utf8_lossy(&object.bytes);
    let newest = text.lines().rev().find_map(|line| line.strip_prefix("  seal: "));
    match newest.map(str::trim) {
        Some(newest) if site.seals.iter().any(|seal| seal.to_string() == newest) => {
            Ok(Some(newest.to_owned()))
        }
        newest => {
            let message = format!(
                "what was published to {} is not known any more, and the ledger that lies there ends with {}, which the ledger here does \
                 not contain: publish from the newest commit, or, if the file was defaced, remove `{path}` from the target",
                target.address(),
                newest.map_or_else(|| "no seal".to_owned(), |newest| format!("the seal {newest}")),
            );
            Err(Refusal::error(Reason::Stale, message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::BTreeMap;

    use crate::publish::bundle::tests::site;
    use crate::publish::target::tests::Memory;
    use crate::publish::{Ask, Class, LEASE, Limits, Outcome, STATE, ask, publish};

    const FILES: [(&str, &str, Class); 4] = [
        ("assets/a.1.css", "style", Class::Asset),
        ("index.html", "front", Class::Entry),
        ("ledger/ledger.yaml", "- release: 1\n", Class::Entry),
        ("p/v/1/policy.md", "words", Class::Permanent),
    ];

    fn ask() -> Ask<'static> {
        let plain = ask::tests::ask("Ada");
        Ask { limits: Limits { grace: 7, ..plain.limits }, ..plain }
    }

    fn published() -> (Memory, Bundle) {
        let (memory, site) = (Memory::default(), site(&files()));
        publish(&memory, &site, &Known::read(&memory).unwrap(), &ask()).unwrap();
        (memory, site)
    }

    /// The ledger ends with the newest seal of the site.
    fn files() -> [(&'static str, &'static str, Class); 4] {
        let mut files = FILES;
        let text = format!("- release: 1\n  seal: {}\n", Digest::of("two"));
        files[2].1 = Box::leak(text.into_boxed_str());
        files
    }

    fn pages(memory: &Memory) -> BTreeMap<String, Vec<u8>> {
        memory.there().into_iter().filter(|(key, _)| !key.starts_with(OURS)).collect()
    }

    /// Repairs a target; returns what was sent and what was added by somebody.
    fn repaired(memory: &Memory, site: &Bundle) -> Result<(Vec<String>, Vec<String>)> {
        let mut known = Known::read_leniently(memory)?;
        let added = survey(memory, site, &mut known, 1)?;
        let sent = match publish(memory, site, &known, &ask())? {
            Outcome::Published(plan, _) | Outcome::Unchanged(plan) => {
                plan.changes.iter().map(|change| change.path.to_string()).collect()
            }
            Outcome::Moved => panic!("nobody else is there"),
        };
        Ok((sent, added))
    }

    #[test]
    fn what_was_defaced_or_deleted_is_put_right_and_what_was_added_is_named() {
        let (memory, site) = published();
        let whole = pages(&memory);
        assert_eq!(repaired(&memory, &site).unwrap(), (vec![], vec![]));
        for (key, _, _) in FILES {
            for defaced in [true, false] {
                match defaced {
                    true => memory.write(key, b"defaced"),
                    false => memory.delete(key).unwrap(),
                }
                assert_eq!(repaired(&memory, &site).unwrap().0, [key], "{defaced}");
                assert_eq!(pages(&memory), whole, "{key} {defaced}");
            }
        }
        memory.write("p/v/2/index.html", b"a version that was never released");
        let (sent, added) = repaired(&memory, &site).unwrap();
        assert_eq!((sent, added), (vec![], vec!["p/v/2/index.html".to_owned()]));
        assert!(memory.there().contains_key("p/v/2/index.html"), "nothing is removed");
    }

    #[test]
    fn a_state_that_is_lost_or_defaced_is_made_again() {
        for lost in [true, false] {
            let (memory, site) = published();
            let (whole, before) = (pages(&memory), State::read(&memory).unwrap().0);
            memory.write("index.html", b"defaced");
            for key in [STATE, LEASE] {
                match lost {
                    true => memory.delete(key).unwrap(),
                    false => memory.write(key, b"x"),
                }
            }
            assert_eq!(repaired(&memory, &site).unwrap().0, ["index.html"]);
            assert_eq!(pages(&memory), whole);
            let after = State::read(&memory).unwrap().0;
            assert_eq!((after.head, after.look), (before.head, before.look));
            assert!(after.files.keys().eq(before.files.keys()));
            let unchanged = publish(&memory, &site, &Known::read(&memory).unwrap(), &ask());
            assert!(matches!(unchanged.unwrap(), Outcome::Unchanged(_)));
        }
    }

    #[test]
    fn another_ledger_is_not_overwritten_where_the_state_is_lost() {
        let (memory, site) = published();
        memory.delete(STATE).unwrap();
        memory.write("ledger/ledger.yaml", b"- release: 9\n  seal: 00\n");
        let before = pages(&memory);
        let refusal = repaired(&memory, &site).unwrap_err().downcast::<Refusal>().unwrap();
        assert_eq!(refusal.reason, Reason::Stale);
        assert_eq!(pages(&memory), before);
        memory.delete("ledger/ledger.yaml").unwrap();
        assert_eq!(repaired(&memory, &site).unwrap().0, ["ledger/ledger.yaml"]);
    }
}
