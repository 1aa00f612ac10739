//! `policybook import`: the versions a policy had before it came here, each with its words and its
//! day.

mod tell;
mod texts;

use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::Args;

use crate::check::Edition;
use crate::cli::import::texts::{Asked, History, Text};
use crate::cli::{Access, Ending, Global, new_policy, report};
use crate::compile::{Options, compile};
use crate::diagnostic::{Diagnostics, Severity};
use crate::ledger::{Imported, Original, Refusal};
use crate::model::{DocumentId, Site};
use crate::programs::Line;
use crate::store::Project;
use crate::tree::{File, Tree, TreePath};
use crate::{ledger, store};

/// Import existing Markdown, or its git history, as the first versions of a policy
///
/// Each version is a file, which is split at its headings, or a directory of sections: given with
/// --version, oldest first, or taken from git commits. The text is kept as it is. A text that reads
/// the same as the one before it makes no version.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook import security --version original=old.md --version 2023-02-15@2023-02-15=new.md
  policybook import security --git ../handbook --path legal/security.md
  policybook import security --git ../handbook --path legal/security.md --dry-run

Exit codes: 0 imported, 1 errors in the released versions, 2 any other failure")]
pub struct Import {
    /// Policy to import into; it must have no versions yet
    #[arg(value_name = "POLICY")]
    policy: String,
    /// Import the file or directory PATH as version ID; repeatable, oldest first
    #[arg(
        long = "version",
        value_name = "ID[@DATE]=PATH",
        value_parser = texts::asked,
        required_unless_present = "repository",
        conflicts_with = "repository"
    )]
    versions: Vec<Asked>,
    /// Import every commit of the git repository REPO that changed the text
    #[arg(long = "git", value_name = "REPO", requires = "path")]
    repository: Option<PathBuf>,
    /// File or directory in the repository
    #[arg(long, value_name = "PATH", requires = "repository")]
    path: Option<String>,
    /// Branch, tag or commit to read [default: what is checked out]
    #[arg(long, value_name = "BRANCH", requires = "repository")]
    branch: Option<String>,
    /// Import the commits of merged branches as well, which were drafts until the merge
    #[arg(long, requires = "repository")]
    all_commits: bool,
    /// Accepted for old scripts: renames are always followed
    #[arg(long, requires = "repository", hide = true)]
    follow: bool,
    /// Show what would be imported without writing anything
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    /// Imports the versions of a policy.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let id = new_policy(&self.policy)?;
        let (project, compiled) = global.compile(Edition::Draft, Access::Writes)?;
        refuse(&project, &compiled.site, &id, global)?;
        if let Some(broken) = errors(compiled.diagnostics, ledger::FOLDER) {
            report::diagnostics(&broken, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        let texts = match (&self.repository, &self.path) {
            (Some(repository), Some(path)) => {
                let history = History {
                    repository: &global.directory.join(repository),
                    branch: self.branch.as_deref(),
                    path,
                    line: if self.all_commits { Line::All } else { Line::FirstParents },
                };
                let zone = &compiled.site.config.timezone;
                texts::of_git(&id, &history, zone, compiled.now.day, global.quiet)?
            }
            _ => texts::of_files(&id, &global.directory, &self.versions)?,
        };
        let originals: Vec<&Original> = texts.iter().map(|text| &text.original).collect();
        let now = compiled.now;
        let import = ledger::import(&compiled.site, &project.files, &id, &originals, now.day)
            .map_err(refused)?;
        let versions: Vec<(&Text, Option<&Imported>)> =
            texts.iter().zip(import.versions.iter().map(Option::as_ref)).collect();
        let newest =
            versions.iter().rev().find_map(|(text, version)| Some((&text.original, (*version)?)));
        let (original, newest) = newest.context("there is nothing to import: no text was left")?;
        let draft = draft(&project, &compiled.site, &id, newest, original)?;

        let mut files = project.files.clone();
        files.extend(import.added.clone().into_iter().chain(draft.clone()));
        let found = compile(&files, Options { edition: Edition::Draft, now }).diagnostics;
        if let Some(broken) = errors(found.clone(), ledger::FOLDER) {
            report::diagnostics(&broken, &files, global.quiet);
            return Ok(Ending::Found);
        }
        let mistakes =
            errors(found, &format!("content/{id}")).map_or(0, |found| found.count(Severity::Error));
        if !global.quiet || self.dry_run {
            tell::versions(&versions, mistakes, global.verbose);
        }
        if self.dry_run {
            report::note("nothing was written: this is a dry run");
            return Ok(Ending::Done);
        }
        store::write(
            &global.directory,
            &project.files,
            draft.into_iter().chain(import.added).collect::<Tree<File>>(),
        )?;
        if !global.quiet {
            tell::done(&id, &versions, mistakes);
        }
        Ok(Ending::Done)
    }
}

/// Refuses a folder without a project, and a policy that has versions.
fn refuse(project: &Project, site: &Site, id: &DocumentId, global: &Global) -> Result<()> {
    if project.files.get(&TreePath::new("content/site.yaml")?).is_none() {
        let place = report::place(&global.directory);
        bail!(
            "there is no `content/site.yaml` in `{place}`: run `policybook init` for a project to start from, or name one with `-C DIR`"
        );
    }
    let versions = site.history(id.as_str()).map_or(0, |history| history.versions.len());
    if versions > 0 {
        let count = report::counted(versions, "released version");
        bail!("`{id}` has {count}, and only a policy without any can be imported");
    }
    Ok(())
}

/// Returns the files that make the newest text the draft; none if the draft says the same
/// already.
fn draft(
    project: &Project,
    site: &Site,
    id: &DocumentId,
    newest: &Imported,
    original: &Original,
) -> Result<Tree<File>> {
    let folder = TreePath::new(&format!("content/{id}"))?;
    if !project.files.under(&folder).any(|(path, _)| path.folder() == folder.as_str()) {
        return Ok(original.files.clone());
    }
    match site.history(id.as_str()).and_then(|history| history.draft.as_deref()) {
        Some(draft) if ledger::same_words(draft, &newest.document) => Ok(Tree::new()),
        _ => bail!(
            "`{folder}` is there, and does not say what the newest text says: move it away, import, then bring it back and release it"
        ),
    }
}

/// Returns the errors in files below a folder, if there are any.
fn errors(found: Diagnostics, folder: &str) -> Option<Diagnostics> {
    let mut errors = Diagnostics::new();
    errors.extend(found.into_iter().filter(|found| {
        let below = found.place.as_ref().is_some_and(|place| place.path.within(folder).is_some());
        below && found.severity == Severity::Error
    }));
    errors.has_errors().then_some(errors)
}

/// Says why a release cannot be made, in the words of this command.
fn refused(refusal: Refusal) -> anyhow::Error {
    match refusal {
        Refusal::IdTaken(id) => {
            anyhow!("there is a release `{id}` already: give this version another id")
        }
        other => anyhow!("{other}"),
    }
}
