//! `policybook rename`: a policy goes on under another id, with the notice that its readers are
//! promised.

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;

use crate::check::Edition;
use crate::cli::{Access, Ending, Global, ask, document, new_policy, report};
use crate::compile::{Options, compile};
use crate::ledger::acts;
use crate::model::{DocumentId, History};
use crate::store::Changes;
use crate::tree::{File, Tree, TreePath};
use crate::{ledger, store};

/// Change the ID of a policy, and so its URL
///
/// Moves its directory, releases its text unchanged under the new ID and retires the old one, in
/// one step. The old pages stay and link to the new URL. The notice promised to readers is kept.
/// The policy must have no unreleased changes and no announced version.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook rename tos terms

Exit codes: 0 done, 1 errors in the content, 2 any other failure")]
pub struct Rename {
    /// The policy
    #[arg(value_name = "OLD")]
    old: String,
    /// New ID: lowercase letters, digits and single hyphens; `/` nests it under another policy
    #[arg(value_name = "NEW")]
    new: String,
    /// Show what would be recorded without writing anything
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
}

impl Rename {
    /// Renames the policy.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Some((project, before)) = global.sound(Access::Writes)? else {
            return Ok(Ending::Found);
        };
        let (site, today) = (&before.site, before.now.day);
        let old = document(site, &self.old)?;
        let new = self.free(&before.site.histories)?;
        ready(old, &site.histories)?;
        let files = moved(&project.files, &old.id, &new);
        let after = compile(&files, Options { edition: Edition::Draft, now: before.now });
        if after.diagnostics.has_errors() {
            report::diagnostics(&after.diagnostics, &files, global.quiet);
            return Ok(Ending::Found);
        }
        let next = after.site.history(new.as_str()).context("the folder holds no policy")?;
        let added = acts::rename(&after.site, &files, old, next, today)
            .map_err(|refusal| anyhow!("{refusal}"))?;
        anstream::println!("rename {} to {new}", old.id);
        if !ask::agreed("Rename it permanently?", self.dry_run, self.yes)? {
            return Ok(Ending::Done);
        }
        let there = |files: &Tree<File>, path: &TreePath| files.get(path).is_some();
        let come = files
            .iter()
            .filter(|(path, _)| !there(&project.files, path))
            .map(|(path, file)| (path.clone(), file.clone()));
        let gone = project
            .files
            .iter()
            .filter(|(path, _)| !there(&files, path))
            .map(|(path, _)| path.clone())
            .collect();
        store::write(
            &global.directory,
            &project.files,
            Changes { put: come.chain(added).collect(), gone },
        )?;
        if !global.quiet {
            report::done(
                "renamed",
                &format!("{} to {new}, in {}/{}", old.id, ledger::FOLDER, ledger::LEDGER),
            );
            if site.config.notice.contains_key(&old.id) {
                report::note(&format!(
                    "`notice` in `content/site.yaml` names `{}`: name `{new}` there",
                    old.id
                ));
            }
            report::note(&format!(
                "links and settings that name `{}` still lead there: name `{new}` in them",
                old.id
            ));
        }
        Ok(Ending::Done)
    }

    /// Returns the new id, if it is one and free.
    fn free(&self, histories: &[History]) -> Result<DocumentId> {
        let new = new_policy(&self.new)?;
        let (old, lower) = (format!("{}/", self.old), format!("{new}/"));
        if new.as_str().starts_with(&old) || self.old.starts_with(&lower) {
            bail!(
                "a folder cannot move into itself, nor to where one of its parents is: rename it to another name first"
            );
        }
        if histories.iter().any(|history| history.id == new) {
            bail!("there is a document `{new}` already, or was one: its address stays its own");
        }
        Ok(new)
    }
}

/// Holds that a policy can be renamed now.
fn ready(old: &History, histories: &[History]) -> Result<()> {
    let id = &old.id;
    if old.current().policy().is_none() {
        bail!("`{id}` is a list: its id is part of its file");
    }
    let below = format!("{id}/");
    if let Some(below) = histories
        .iter()
        .find(|history| history.draft.is_some() && history.id.as_str().starts_with(&below))
    {
        bail!("`{}` lies below `{id}`: rename it first", below.id);
    }
    if old.draft.is_none() {
        bail!("`{id}` is gone from `content/`: bring it back first");
    }
    if old.unreleased {
        bail!("`{id}` has unreleased changes: release or revert them first");
    }
    if let Some(announced) = old.upcoming() {
        bail!(
            "version `{}` of `{id}` is announced: wait until it is in force, or withdraw it",
            old.versions[announced].release.id
        );
    }
    if let Some(retirement) = old.retirement() {
        bail!("`{id}` is retired from {} on: its readers were told so", retirement.effective);
    }
    if old.in_force.is_none() {
        bail!("`{id}` is not in force");
    }
    Ok(())
}

/// Returns the files of a project with the folder of a policy moved.
fn moved(files: &Tree<File>, old: &DocumentId, new: &DocumentId) -> Tree<File> {
    let (from, to) = (
        format!("content/{old}"),
        TreePath::new(&format!("content/{new}")).expect("an id is a path"),
    );
    let place =
        |path: &TreePath| path.within(&from).map_or_else(|| path.clone(), |within| to.join(within));
    files.iter().map(|(path, file)| (place(path), file.clone())).collect()
}
