//! `policybook build`: the site, written to a folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::check::Edition;
use crate::cli::timings::Format;
use crate::cli::{Access, Ending, Global, report, timings};
use crate::compile::{Compiled, Memos, Options, compile_again};
use crate::model::day_of;
use crate::store::{Origin, Outcome, Output, Project};
use crate::tree::{Action, Digest, Manifest, Timings, TreePath};

/// Where the site is written if nobody says otherwise.
const OUTPUT: &str = "public";

/// Build the site
///
/// Unchanged files are not rewritten, files of an earlier build that are no longer part of the site
/// are removed, and files that policybook did not write are never touched. If the content has
/// errors, nothing is written.
#[derive(Args, Debug)]
#[command(
    after_help = "Exit codes: 0 built, 1 errors in the content or a difference found by --check, 2 any other failure"
)]
pub struct Build {
    /// Output directory [default: `public` in the project]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Fail if there are unreleased changes
    #[arg(long)]
    locked: bool,
    /// Write nothing; exit with 1 if the output would change
    #[arg(long)]
    check: bool,
    /// Write into a directory that contains other files, and overwrite those in the way
    #[arg(long)]
    force: bool,
    /// Print how long each stage and template took [possible values: table, json]
    #[arg(long, value_name = "FORMAT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "table", hide_possible_values = true)]
    timings: Option<Format>,
}

impl Build {
    /// Builds the site.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let timings = Arc::new(self.timings.map(|_| timings::started()).unwrap_or_default());
        let ending = self.build(global, &timings)?;
        if let Some(format) = self.timings {
            timings::print(&timings, format);
        }
        Ok(ending)
    }

    fn build(&self, global: &Global, timings: &Arc<Timings>) -> Result<Ending> {
        let start = Instant::now();
        let out = match &self.out {
            Some(out) => global.started.join(out),
            None => global.directory.join(OUTPUT),
        };
        let out = PathBuf::from(report::place(&out));
        refuse_sources(&global.directory, &out)?;
        let project = timings.stage("read", || Project::read(&global.directory))?;
        let options = Options {
            edition: if self.locked { Edition::Locked } else { Edition::Draft },
            now: global.now(&project.files, Access::Reads)?,
        };
        let program = program();
        let made = |input: Digest| Digest::of(format!("{program} {input}"));
        let input = made(options.digest(&project.files));
        let there = timings.stage("output", || Output::read(&out, self.force))?;
        let same = timings.stage("intact", || there.made_from(input, options.now.day));
        let same = same.filter(|_| project.diagnostics.is_empty());
        if same.is_some_and(|origin| global.quiet || !origin.speaks) {
            self.unchanged(&out, &there, global, start);
            return Ok(Ending::Done);
        }
        let memos = timings.stage("cache", || Memos::restored(&Output::cached(&out, &program)));
        let memos = memos.timed(timings);
        let mut compiled = compile_again(&project.files, options, &memos);
        compiled.diagnostics.extend(project.diagnostics);
        if compiled.diagnostics.has_errors() {
            report::diagnostics(&compiled.diagnostics, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        if same.is_some() {
            report::diagnostics(&compiled.diagnostics, &project.files, global.quiet);
            tell(&compiled);
            self.unchanged(&out, &there, global, start);
            return Ok(Ending::Done);
        }
        let output = if self.check { there } else { there.open(self.force)? };
        let output = output.compressing(compiled.site.config.compress);
        let rendered = timings.stage("render", || {
            compiled.render_rest(
                &project.files,
                &memos,
                |part| output.keep(&part.name, made(part.digest)),
                |part, files| {
                    let part = part.map(|part| (part.name.as_str(), made(part.digest)));
                    timings.work("files written", || output.take(part, files, !self.check))
                },
            )
        });
        report::diagnostics(&compiled.diagnostics, &project.files, global.quiet);
        if rendered.is_err() || compiled.diagnostics.has_errors() {
            if !self.check {
                output.abandon()?;
            }
            return rendered.map(|()| Ending::Found);
        }
        if !global.quiet {
            tell(&compiled);
        }
        if self.check {
            return Ok(compared(&output.outcome(), &out, global));
        }
        let (from, until) = compiled.holds();
        let origin = Origin { input, from, until, speaks: compiled.speaks() };
        let outcome =
            timings.stage("commit", || output.commit(origin, (&program, &memos.saved())))?;
        if global.verbose {
            list(&outcome);
        }
        if !global.quiet {
            summary(&out, &outcome.manifest, outcome.plan.written(), outcome.plan.removed(), start);
        }
        Ok(Ending::Done)
    }

    /// Says that the site is there already.
    fn unchanged(&self, out: &Path, there: &Output, global: &Global, start: Instant) {
        match (global.quiet, self.check) {
            (true, _) => (),
            (false, true) => same(out),
            (false, false) => summary(out, there.manifest(), 0, 0, start),
        }
    }
}

/// Returns what the last build of a project worked out that others need again.
pub fn memos(project: &Path) -> Memos {
    Memos::restored(&Output::cached(&project.join(OUTPUT), &program()))
}

/// Returns what this program is: many builds of it may have one version while it is worked on.
fn program() -> String {
    let file = std::env::current_exe().and_then(std::fs::metadata);
    let file = file.map(|file| (file.len(), file.modified().ok())).ok();
    format!("{} {file:?}", env!("CARGO_PKG_VERSION"))
}

/// Refuses to write where the author's own files are.
fn refuse_sources(project: &Path, out: &Path) -> Result<()> {
    let real = |path: &Path| -> Result<PathBuf> {
        let whole =
            std::path::absolute(path).with_context(|| format!("find `{}`", path.display()))?;
        let there = whole.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(&whole);
        let rest = whole.strip_prefix(there).unwrap_or(Path::new(""));
        Ok(there.canonicalize().with_context(|| format!("find `{}`", path.display()))?.join(rest))
    };
    let (project, out_) = (real(project)?, real(out)?);
    let source = ["content", "themes"].iter().find(|folder| out_.starts_with(project.join(folder)));
    if let Some(folder) = source {
        bail!(
            "the site cannot be written to `{}`: it lies inside `{folder}/`, where your own files are",
            report::place(out)
        );
    }
    if project.starts_with(&out_) {
        bail!("the site cannot be written to `{}`: your own files lie in it", report::place(out));
    }
    Ok(())
}

/// Says what readers of the site should not take for released, and until when it is true.
fn tell(compiled: &Compiled) {
    let draft: Vec<String> =
        compiled.site.unreleased().map(|history| format!("`{}`", history.id)).collect();
    if !draft.is_empty() {
        report::note(&format!(
            "unreleased changes in {}; their pages carry a draft banner",
            draft.join(", ")
        ));
    }
    if let Some(day) = compiled.coming_day() {
        let zone = &compiled.site.config.timezone;
        match compiled.coming_end().filter(|end| day_of(*end, zone) < day) {
            Some(end) => report::note(&format!(
                "rebuild on or after {}: security.txt or its key or signature ends then",
                day_of(end, zone)
            )),
            None => report::note(&format!(
                "rebuild on or after {day}: another version comes into force that day"
            )),
        }
    }
}

fn compared(outcome: &Outcome, out: &Path, global: &Global) -> Ending {
    if outcome.plan.is_empty() {
        if !global.quiet {
            same(out);
        }
        return Ending::Done;
    }
    list(outcome);
    anstream::eprintln!(
        "{} differs from what would be built: {} to write, {} to remove",
        report::place(out),
        outcome.plan.written(),
        outcome.plan.removed()
    );
    Ending::Found
}

fn same(out: &Path) {
    report::done("same", &format!("{} is what would be built", report::place(out)));
}

/// Prints what is done, or would be, file by file: the answer of `--check`. An asset stands where
/// it would without the digest in its name, so that another digest does not move it; a new one
/// stands before the old one that it replaces.
fn list(outcome: &Outcome) {
    let mut actions: Vec<(&TreePath, &Action)> = outcome.plan.actions.iter().collect();
    actions
        .sort_by_cached_key(|(path, action)| (undigested(path), matches!(action, Action::Remove)));
    for (path, action) in actions {
        let word = match action {
            Action::Create(_) => "create",
            Action::Update(_) => "update",
            Action::Remove => "remove",
        };
        anstream::println!("{word} {path}");
    }
}

/// Returns the path of a file, an asset's without its digest: `assets/site.css` for
/// `assets/site.0123abcd.css`.
fn undigested(path: &TreePath) -> String {
    let Some(name) = path.within("assets") else {
        return path.to_string();
    };
    let is_digest =
        |part: &str| part.len() == 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let parts: Vec<&str> = name.split('.').filter(|part| !is_digest(part)).collect();
    format!("assets/{}", parts.join("."))
}

fn summary(out: &Path, manifest: &Manifest, written: usize, removed: usize, start: Instant) {
    let pages = manifest.files.keys().filter(|path| path.as_str().ends_with(".html")).count();
    let removed = if removed == 0 { String::new() } else { format!(", {removed} removed") };
    let line = format!(
        "{} and {} ({}) in {}: {} written{removed}, {}",
        report::counted(pages, "page"),
        report::counted(manifest.files.len() - pages, "other file"),
        report::size(manifest.size()),
        report::place(out),
        written,
        report::elapsed(start),
    );
    report::done("built", &line);
}
