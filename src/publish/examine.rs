//! A look at what is about to be overwritten, before the first byte is sent: what would stop the
//! upload in its middle is refused while nothing has happened yet.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

use crate::publish::lease::Known;
use crate::publish::upload::Upload;
use crate::publish::{Bundle, Plan, Refusal, Target};

/// Asks for the tag of every file that a plan sends, and looks at those that are not as the state
/// says; so many at the same time. Returns false where what would be refused may be the work of
/// another publisher who began after the store was asked: look again.
///
/// # Errors
/// Refuses to overwrite what somebody else wrote; says why the store did not answer.
pub fn examine(
    target: &dyn Target,
    site: &Bundle,
    known: &Known,
    plan: &Plan,
    overwrite: bool,
    threads: usize,
) -> Result<bool> {
    let unfinished = known
        .lease
        .as_ref()
        .map_or_else(BTreeMap::new, |(holder, _)| holder.unfinished(&known.state));
    let upload = Upload {
        target,
        site,
        state: &known.state,
        unfinished: &unfinished,
        found: &known.found,
        overwrite,
    };
    let pool =
        ThreadPoolBuilder::new().num_threads(threads).build().context("start the threads")?;
    let look = |change: &crate::publish::Change| upload.permitted(&change.path);
    let looked: Vec<Result<()>> = pool.install(|| plan.changes.par_iter().map(look).collect());
    let mut refused: Option<(Refusal, usize)> = None;
    for error in looked.into_iter().filter_map(Result::err) {
        let refusal = error.downcast::<Refusal>()?;
        refused = Some(match refused {
            Some((first, more)) => (first, more + 1),
            None => (refusal, 0),
        });
    }
    match refused {
        None => Ok(true),
        Some(_) if !known.is_current(target)? => Ok(false),
        Some((first, 0)) => Err(first.into()),
        Some((Refusal { reason, message }, more)) => {
            Err(Refusal::error(reason, format!("{message} ({more} more such files)")))
        }
    }
}
