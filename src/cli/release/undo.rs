//! `policybook release --undo` and `--redo`: entries that were never published, taken back or put
//! behind those of another branch.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::check::Edition;
use crate::cli::{Access, Ending, Global, ask, publish, report};
use crate::compile::{Compiled, Options, compile};
use crate::diagnostic::{Code, Diagnostics};
use crate::ledger::undo;
use crate::ledger::undo::{Fate, Merged, Rewritten};
use crate::model::Config;
use crate::render::Route;
use crate::store::{Changes, Project};
use crate::web::Client;
use crate::{ledger, programs, store};

/// The file that says where a project is published.
const SITE: &str = "content/site.yaml";

/// How long the site is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reserved top-level domains, which have no sites.
const NOWHERE: [&str; 4] = ["example", "invalid", "localhost", "test"];

/// What is done with entries, and how.
pub struct Undo<'a> {
    /// The entry that is named.
    pub entry: Option<&'a str>,
    /// Whether its branch is written again behind the other.
    pub again: bool,
    /// Whether neither site nor target is asked what was published.
    pub offline: bool,
    pub dry_run: bool,
    pub yes: bool,
}

impl Undo<'_> {
    /// Rewrites the end of the ledger.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (project, compiled) = global.compile(Edition::Draft, Access::Writes)?;
        let sides = programs::unmerged(&global.directory, ledger::FOLDER)?;
        let merged = Merged { files: &project.files, sides: &sides };
        let rewritten = match (self.again, self.entry) {
            (true, Some(entry)) => undo::redo(merged, entry),
            _ => undo::undo(merged, self.entry),
        };
        let rewritten = rewritten.map_err(|refusal| anyhow!("{refusal}"))?;
        if !self.offline {
            let site = compiled
                .diagnostics
                .errors()
                .any(|found| found.place.as_ref().is_none_or(|place| place.path.as_str() == SITE));
            if site {
                bail!(
                    "`{SITE}` has errors, so it cannot be seen where this was published: fix them, or add `--offline`"
                );
            }
            unpublished(&rewritten, &compiled.site.config, global)?;
        }
        let mut after = project.files.clone();
        rewritten.gone.iter().for_each(|path| drop(after.remove(path)));
        after.extend(rewritten.put.clone());
        let outcome = compile(&after, Options { edition: Edition::Draft, now: compiled.now });
        if let Some(broken) = broken(outcome.diagnostics.clone()) {
            report::diagnostics(&broken, &after, global.quiet);
            return Ok(Ending::Found);
        }
        self.show(&rewritten);
        if !ask::agreed("Write the ledger so?", self.dry_run, self.yes)? {
            return Ok(Ending::Done);
        }
        let Rewritten { put, gone, .. } = rewritten;
        store::write(&global.directory, &project.files, Changes { put, gone })?;
        if !global.quiet {
            self.tell(&project, &compiled, &outcome);
        }
        Ok(Ending::Done)
    }

    /// Prints what becomes of each entry.
    fn show(&self, rewritten: &Rewritten) {
        for (entry, fate) in &rewritten.out {
            let documents = entry.documents().into_iter().collect::<Vec<_>>().join(", ");
            let summary = entry
                .release()
                .map(|frozen| format!(": {}", frozen.release.summary))
                .unwrap_or_default();
            match fate {
                Fate::Again(again) => {
                    anstream::println!("write again {entry} as {again}  {documents}{summary}")
                }
                Fate::There => anstream::println!(
                    "take out {entry}, which the other branch holds already  {documents}{summary}"
                ),
                Fate::Out => anstream::println!("take out {entry}  {documents}{summary}"),
            }
        }
    }

    /// Says what is unreleased from now on, and what to do next.
    fn tell(&self, project: &Project, before: &Compiled, after: &Compiled) {
        report::done(
            if self.again { "put in order" } else { "taken back" },
            &format!("in {}", ledger::FOLDER),
        );
        let known: Vec<_> = before.site.unreleased().map(|history| &history.id).collect();
        let unreleased: Vec<String> = after
            .site
            .unreleased()
            .filter(|history| !known.contains(&&history.id))
            .map(|history| format!("`{}`", history.id))
            .collect();
        if !unreleased.is_empty() {
            report::note(&format!("unreleased again in `content/`: {}", unreleased.join(", ")));
        }
        let gone = |id: &str| {
            !project.files.iter().any(|(path, _)| path.folder() == format!("content/{id}"))
        };
        for renamed in after
            .site
            .histories
            .iter()
            .filter(|history| history.draft.is_none() && history.retirement().is_none())
        {
            if renamed.current().policy().is_some() && gone(renamed.id.as_str()) {
                report::note(&format!(
                    "`content/{0}` is not there: move the folder back, or run `policybook retire {0}`",
                    renamed.id
                ));
            }
        }
        anstream::eprintln!("\nNext: commit {}", ledger::FOLDER);
    }
}

/// Returns what would be wrong with the ledger, if anything.
fn broken(found: Diagnostics) -> Option<Diagnostics> {
    let codes =
        [Code::Ledger, Code::LedgerSeal, Code::LedgerFork, Code::FrozenFile, Code::DuplicateId];
    let broken: Diagnostics =
        found.into_iter().filter(|found| codes.contains(&found.code)).collect();
    broken.has_errors().then_some(broken)
}

/// Holds that no entry was published: neither the target nor the site holds its seal.
fn unpublished(rewritten: &Rewritten, config: &Config, global: &Global) -> Result<()> {
    let key = Route::Frozen(ledger::LEDGER).file();
    let unsure = "it cannot be seen whether that was published; add `--offline` if you know that it never was";
    if config.publish.target.is_some() {
        let target = publish::target("publish", None, &config.publish, global)?;
        let there = target
            .get(key.as_str())
            .with_context(|| format!("ask {}: {unsure}", target.address()))?;
        held(rewritten, there.map(|object| object.bytes), target.address())?;
    }
    let site = &config.base_url;
    let nowhere = site
        .domain()
        .is_some_and(|domain| NOWHERE.contains(&domain.rsplit('.').next().unwrap_or(domain)));
    if !nowhere {
        let there =
            Client::new(site.as_str(), PATIENCE).and_then(|client| client.get(key.as_str()));
        held(rewritten, there.with_context(|| format!("ask {site}: {unsure}"))?, site.as_str())?;
    }
    Ok(())
}

/// Holds that a ledger that was published has none of the seals.
fn held(rewritten: &Rewritten, published: Option<Vec<u8>>, place: &str) -> Result<()> {
    let published =
        published.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    match rewritten
        .out
        .iter()
        .find(|(entry, _)| published.contains(&format!("seal: {}", entry.seal)))
    {
        Some((entry, _)) => bail!(
            "{place} holds {entry}: what was published stays. Withdraw it, or release what has to change"
        ),
        None => Ok(()),
    }
}
