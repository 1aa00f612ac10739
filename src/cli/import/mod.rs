//! `policybook import`: the versions that policies had before they came here, each with its words
//! and its day.
//!
//! What is imported stands in a plan, which can be a file that a person edits; nothing is written
//! but by carrying one out.

mod carry;
mod proposal;
mod sources;
mod tell;

use std::collections::BTreeMap;
use std::fs;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::check::Edition;
use crate::cli::import::carry::{Carried, Written, carry};
use crate::cli::import::proposal::{Wishes, propose};
use crate::cli::import::sources::{Asked, Sources, Wanted};
use crate::cli::{Access, Ending, Global, ask, new_policy, report};
use crate::compile::{Compiled, Options, compile};
use crate::diagnostic::{Diagnostics, Severity};
use crate::model::{DocumentId, ListKind, Site};
use crate::parse::LARGEST_FILE;
use crate::programs::Line;
use crate::store::Project;
use crate::tree::{File, Tree, TreePath};
use crate::{ledger, store};

/// Import existing Markdown, or its git history, as the first versions of policies
///
/// Each version is a file, which is split at its headings, or a directory of sections: given with
/// --version, oldest first, or taken from the commits on a branch of a git repository, by the day
/// on which each got there. Renames are followed. A text that reads the same as the one before it
/// makes no version. Links, raw HTML and typed dates are mended in every version alike, by the
/// rules of a plan: `import … --plan FILE` writes that plan for you to edit, and
/// `import --plan FILE` carries it out.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook import security --git ../handbook --path legal/security.md
  policybook import security --version original=old.md --version 2023-02-15@2023-02-15=new.md

  policybook import --git ../handbook --path legal --plan plan.yaml   # write the plan of a tree
  policybook import --plan plan.yaml                                  # carry it out

Exit codes: 0 imported, 1 errors in the plan or the released versions, 2 any other failure")]
pub struct Import {
    /// Policy to import into, which must have no versions yet; without it, every Markdown file
    /// below --path becomes a policy
    #[arg(value_name = "POLICY", required_unless_present_any = ["repository", "plan"])]
    policy: Option<String>,
    /// Import the file or directory PATH as version ID; repeatable, oldest first
    #[arg(
        long = "version",
        value_name = "ID[@DATE]=PATH",
        value_parser = sources::asked,
        required_unless_present_any = ["repository", "plan"],
        conflicts_with = "repository",
        requires = "policy"
    )]
    versions: Vec<Asked>,
    /// Import the history of the git repository REPO
    #[arg(long = "git", value_name = "REPO")]
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
    /// Write what would be imported to FILE, as a plan to edit; without --git and --version, carry
    /// out the plan in FILE
    #[arg(long, value_name = "FILE")]
    plan: Option<PathBuf>,
    /// Make relative links that lead to nothing imported absolute, as if they stood below URL
    #[arg(long, value_name = "URL", value_parser = base)]
    base: Option<String>,
    /// Let links that begin with OLD begin with NEW; repeatable
    #[arg(long = "link-prefix", value_name = "OLD=NEW", value_parser = prefix)]
    prefixes: Vec<(String, String)>,
    /// Accepted for old scripts: renames are always followed
    #[arg(long, requires = "repository", hide = true)]
    follow: bool,
    /// Show what would be imported without writing anything
    #[arg(long)]
    dry_run: bool,
    /// Import without asking
    #[arg(short, long)]
    yes: bool,
}

fn base(text: &str) -> Result<String, String> {
    match text.starts_with("https://") || text.starts_with("http://") {
        true => Ok(text.to_owned()),
        false => Err("write an address that begins with `https://`".to_owned()),
    }
}

fn prefix(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(old, _)| !old.is_empty());
    let (old, new) = parts.ok_or("write `OLD=NEW`, as in `/legal/=https://acme.example/legal/`")?;
    Ok((old.to_owned(), new.to_owned()))
}

impl Import {
    /// Writes a plan, or carries one out.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let id = self.policy.as_deref().map(document_id).transpose()?;
        let (project, compiled) = global.compile(Edition::Draft, Access::Writes)?;
        refuse(&project, &compiled.site, id.as_ref(), global)?;
        if let Some(broken) = errors(compiled.diagnostics.clone(), &[ledger::FOLDER.to_owned()]) {
            report::diagnostics(&broken, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        let written = match (&self.plan, self.repository.is_some() || !self.versions.is_empty()) {
            (Some(plan), false) => read(&global.directory, plan)?,
            (plan, _) => {
                let written = self.proposed(id.as_ref(), &compiled, global)?;
                if let Some(plan) = plan {
                    return self.save(plan, &written, global);
                }
                written
            }
        };
        self.carried_out(&written, &project, &compiled, global)
    }

    /// Proposes a plan for what is asked for, and says what it leaves out.
    fn proposed(
        &self,
        id: Option<&DocumentId>,
        compiled: &Compiled,
        global: &Global,
    ) -> Result<Written> {
        let (site, today) = (&compiled.site, compiled.now.day);
        tell::doing(global.quiet, "reading the texts");
        let sources = match (&self.repository, id) {
            (Some(repository), id) => {
                let wanted = Wanted {
                    project: &global.directory,
                    repository: &global.directory.join(repository),
                    called: repository.to_string_lossy().into_owned(),
                    branch: self.branch.as_deref(),
                    path: self.path.as_deref().unwrap_or_default(),
                    id,
                    line: if self.all_commits { Line::All } else { Line::FirstParents },
                };
                if id.is_some() && self.path.is_none() {
                    bail!("name the file or folder of the policy with `--path`");
                }
                sources::of_git(wanted, &site.config.timezone, today, global.quiet)?
            }
            (None, Some(id)) => sources::of_files(id, &global.directory, &self.versions, today)?,
            (None, None) => bail!("name a policy, or a repository with `--git`"),
        };
        let taken = |id: &&String| site.releases.iter().any(|release| release.id.as_str() == *id);
        if let Some(id) = sources.candidates.iter().filter_map(|it| it.version.as_ref()).find(taken)
        {
            bail!("there is a release `{id}` already: give this version another id");
        }
        tell::doing(global.quiet, &format!("comparing {} texts", sources.candidates.len()));
        let wishes =
            Wishes { base: self.base.clone(), prefixes: self.prefixes.iter().cloned().collect() };
        let proposal = propose(site, &sources, wishes);
        tell::doing(global.quiet, "");
        let whole = !self.versions.is_empty() || proposal.plan.versions.is_empty();
        if whole && let Some((from, why)) = proposal.unreadable.first() {
            bail!("`{from}` cannot be imported: {why}");
        }
        if proposal.plan.versions.is_empty() {
            bail!("there is nothing to import: no text was left");
        }
        if !global.quiet {
            tell::left_out(&proposal, self.dry_run || self.plan.is_some());
        }
        let known = known(sources);
        let text = proposal.plan.written();
        Ok(Written { path: TreePath::new("plan.yaml")?, text, known })
    }

    /// Writes a plan to a file that is not there yet.
    fn save(&self, plan: &Path, written: &Written, global: &Global) -> Result<Ending> {
        let place = global.directory.join(plan);
        let shown = report::place(plan);
        let new = fs::OpenOptions::new().write(true).create_new(true).open(&place);
        let mut file = match new {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => bail!(
                "`{shown}` is there already, and may have been edited: remove it, or name another file; \
                 without `--git` and `--version` it is carried out"
            ),
            new => new.with_context(|| format!("write `{shown}`"))?,
        };
        std::io::Write::write_all(&mut file, written.text.as_bytes())
            .with_context(|| format!("write `{shown}`"))?;
        if !global.quiet {
            report::done("wrote", &format!("{shown}: {}", tell::planned(&written.text)));
            anstream::eprintln!("\nNext: edit it, then run `policybook import --plan {shown}`");
        }
        Ok(Ending::Done)
    }

    /// Carries out a plan.
    fn carried_out(
        &self,
        written: &Written,
        project: &Project,
        compiled: &Compiled,
        global: &Global,
    ) -> Result<Ending> {
        let mut found = Diagnostics::new();
        let (site, now) = (&compiled.site, compiled.now);
        tell::doing(global.quiet, "making the versions");
        let carried = carry(written, &global.directory, project, site, now.day, &mut found);
        tell::doing(global.quiet, "");
        let Some(carried) = carried? else {
            let mut files = Tree::new();
            files.insert(written.path.clone(), File::new(written.text.as_bytes()));
            report::diagnostics(&found, &files, global.quiet);
            return Ok(Ending::Found);
        };
        let Carried { import, policies, drafts, .. } = &carried;
        if import.versions.iter().all(Option::is_none) {
            bail!("there is nothing to import: no text was left");
        }
        let mut files = project.files.clone();
        files.extend(import.added.clone().into_iter().chain(drafts.clone()));
        tell::doing(global.quiet, "checking what was made");
        let checked = compile(&files, Options { edition: Edition::Draft, now }).diagnostics;
        tell::doing(global.quiet, "");
        if let Some(broken) = errors(checked.clone(), &[ledger::FOLDER.to_owned()]) {
            report::diagnostics(&broken, &files, global.quiet);
            return Ok(Ending::Found);
        }
        let folders: Vec<String> = policies.iter().map(|id| format!("content/{id}")).collect();
        let mistakes = errors(checked, &folders);
        if !global.quiet || self.dry_run {
            tell::versions(&carried, mistakes.as_ref(), global.verbose);
            if let Some(mistakes) = mistakes.as_ref().filter(|_| global.verbose) {
                report::diagnostics(mistakes, &files, global.quiet);
            }
        }
        let question = format!("Import {}?", tell::counted_versions(&carried));
        let yes = self.yes || self.plan.is_some() || !std::io::stdin().is_terminal();
        if !ask::agreed(&question, self.dry_run, yes)? {
            return Ok(Ending::Done);
        }
        let mistakes = mistakes.map_or(0, |mistakes| mistakes.count(Severity::Error));
        if !global.quiet {
            tell::doing(global.quiet, "writing");
        }
        let added = carried.drafts.clone().into_iter().chain(carried.import.added.clone());
        store::write(&global.directory, &project.files, added.collect::<Tree<File>>())?;
        tell::doing(global.quiet, "");
        if !global.quiet {
            tell::done(&carried, mistakes);
        }
        Ok(Ending::Done)
    }
}

/// Returns the id of a list, or of a policy that is about to be.
fn document_id(name: &str) -> Result<DocumentId> {
    match ListKind::of(name).and_then(|kind| DocumentId::new(kind.id)) {
        Some(list) => Ok(list),
        None => new_policy(name),
    }
}

/// Reads a plan.
fn read(directory: &Path, plan: &Path) -> Result<Written> {
    let shown = report::place(plan);
    let place = directory.join(plan);
    let size = fs::metadata(&place).with_context(|| format!("read `{shown}`"))?.len();
    if size > LARGEST_FILE as u64 {
        bail!("`{shown}` is larger than {} MiB", LARGEST_FILE >> 20);
    }
    let text = fs::read(&place).with_context(|| format!("read `{shown}`"))?;
    let text = String::from_utf8(text).ok().with_context(|| format!("`{shown}` is not UTF-8"))?;
    let name = plan.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let path = TreePath::new(&shown).or_else(|_| TreePath::new(&name));
    let path = path.or_else(|_| TreePath::new("plan.yaml"))?;
    Ok(Written { path, text, known: BTreeMap::new() })
}

/// Returns texts by the files that they are of and where they are found.
fn known(sources: Sources) -> BTreeMap<(String, String), crate::parse::Given> {
    let candidates = sources.candidates.into_iter();
    candidates.map(|candidate| ((candidate.name, candidate.source), candidate.given)).collect()
}

/// Refuses a folder without a project, and a policy that has versions.
fn refuse(project: &Project, site: &Site, id: Option<&DocumentId>, global: &Global) -> Result<()> {
    if project.files.get(&TreePath::new("content/site.yaml")?).is_none() {
        let place = report::place(&global.directory);
        bail!(
            "there is no `content/site.yaml` in `{place}`: run `policybook init` for a project to start from, or name one with `-C DIR`"
        );
    }
    let Some(id) = id else { return Ok(()) };
    let versions = site.history(id.as_str()).map_or(0, |history| history.versions.len());
    if versions > 0 {
        let count = report::counted(versions, "released version");
        bail!("`{id}` has {count}, and only a policy without any can be imported");
    }
    Ok(())
}

/// Returns the errors in files below some folders, if there are any.
fn errors(found: Diagnostics, folders: &[String]) -> Option<Diagnostics> {
    let mut errors = Diagnostics::new();
    errors.extend(found.into_iter().filter(|found| {
        let place = found.place.as_ref();
        let below = place
            .is_some_and(|place| folders.iter().any(|folder| place.path.within(folder).is_some()));
        below && found.severity == Severity::Error
    }));
    errors.has_errors().then_some(errors)
}
