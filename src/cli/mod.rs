//! The command line: one file per command, its arguments and its run.
//!
//! The answer of a command goes to standard output, talk and findings to standard error. Exit
//! codes: 0 done, 1 the content has errors or `build --check` found a difference, 2 any other
//! failure, 3 a publish was refused.

#![allow(
    clippy::disallowed_methods,
    reason = "this room is where the clock, the environment and the terminal are"
)]

mod acts;
mod add;
mod ask;
mod build;
mod check;
mod completions;
mod diff;
mod explain;
mod import;
mod init;
mod keys;
mod notice;
mod print;
mod publish;
mod redact;
mod release;
mod rename;
mod report;
mod review;
mod rollback;
mod schema;
mod serve;
mod show;
mod status;
mod style;
mod theme;
mod timings;
mod unlock;
mod verify;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ColorChoice, Parser, Subcommand};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::check::Edition;
use crate::compile::{Compiled, Options, compile};
use crate::diagnostic::{Code, nearest};
use crate::model::{DocumentId, History, Now, ReleaseId, Site};
use crate::store::Project;
use crate::tree::{File, Tree, TreePath};
use crate::{ledger, parse, store};

/// Static site generator for versioned policies
#[derive(Debug, Parser)]
#[command(name = "policybook", version, styles = style::HELP, max_term_width = 80, after_help = EXAMPLES)]
struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  policybook init acme-policies
  policybook -C acme-policies serve --open
  policybook build --locked --out /srv/www";

/// What every command takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Run as if started in DIR
    #[arg(
        short = 'C',
        long = "directory",
        value_name = "DIR",
        global = true,
        default_value = ".",
        hide_default_value = true
    )]
    directory: PathBuf,
    /// Where the program was started, from which paths on the command line begin; `directory` is
    /// the project around it.
    #[arg(skip)]
    started: PathBuf,
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto")]
    color: ColorChoice,
    /// Print errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Print more
    #[arg(short, long, global = true)]
    verbose: bool,
    /// Use DATE as today's date [default: SOURCE_DATE_EPOCH for commands that record nothing, else
    /// the clock]
    #[arg(long, value_name = "DATE", global = true, value_parser = date)]
    today: Option<Date>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    /// Add an entry to a list
    #[command(subcommand, after_help = add::EXAMPLES)]
    Add(add::Add),
    Build(build::Build),
    Diff(diff::Diff),
    Serve(serve::Serve),
    Check(check::Check),
    Import(import::Import),
    Release(release::Release),
    Review(review::Review),
    Postpone(acts::Postpone),
    Withdraw(acts::Withdraw),
    Retire(acts::Retire),
    Rename(rename::Rename),
    Redact(redact::Redact),
    Notice(notice::Notice),
    Status(status::Status),
    Show(show::Show),
    Log(status::Log),
    Verify(verify::Verify),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Completions(completions::Completions),
    #[command(subcommand)]
    Theme(theme::Theme),
    Publish(publish::Publish),
    Rollback(rollback::Rollback),
    Unlock(unlock::Unlock),
}

/// How a command ended.
enum Ending {
    /// What was asked for is done.
    Done,
    /// The content has errors, or a difference was found.
    Found,
    /// A publish was refused.
    Refused,
}

/// Starts the threads of the program, runs its command line and returns its exit code.
pub fn main() -> ExitCode {
    // Deep pages are walked recursively by the minifier.
    let threads = rayon::ThreadPoolBuilder::new().stack_size(8 << 20).build_global();
    match threads.context("start the threads") {
        Ok(()) => run(std::env::args_os()),
        Err(error) => {
            report::error(&error);
            ExitCode::from(2)
        }
    }
}

/// Runs a command line and returns its exit code.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    arguments.global.enter();
    let global = &arguments.global;
    match global.color {
        ColorChoice::Always => anstream::ColorChoice::Always.write_global(),
        ColorChoice::Never => anstream::ColorChoice::Never.write_global(),
        ColorChoice::Auto => {}
    }
    let ended = match &arguments.command {
        Command::Init(init) => init.run(global),
        Command::Add(add) => add.run(global),
        Command::Build(build) => build.run(global),
        Command::Diff(diff) => diff.run(global),
        Command::Serve(serve) => serve.run(global),
        Command::Check(check) => check.run(global),
        Command::Import(import) => import.run(global),
        Command::Release(release) => release.run(global),
        Command::Review(review) => review.run(global),
        Command::Postpone(postpone) => postpone.run(global),
        Command::Withdraw(withdraw) => withdraw.run(global),
        Command::Retire(retire) => retire.run(global),
        Command::Rename(rename) => rename.run(global),
        Command::Redact(redact) => redact.run(global),
        Command::Notice(notice) => notice.run(global),
        Command::Status(status) => status.run(global),
        Command::Show(show) => show.run(global),
        Command::Log(log) => log.run(global),
        Command::Verify(verify) => verify.run(global),
        Command::Explain(explain) => explain.run(),
        Command::Schema(schema) => schema.run(global),
        Command::Completions(completions) => completions.run(),
        Command::Theme(theme) => theme.run(global),
        Command::Publish(publish) => publish.run(global),
        Command::Rollback(rollback) => rollback.run(global),
        Command::Unlock(unlock) => unlock.run(global),
    };
    match ended {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Found) => ExitCode::from(1),
        Ok(Ending::Refused) => ExitCode::from(3),
        Err(error) => {
            report::error(&error);
            ExitCode::from(2)
        }
    }
}

/// What a command does with the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// It only reads: any day may be asked for, and `SOURCE_DATE_EPOCH` counts.
    Reads,
    /// It writes what bears its day: no day may be asked for that has not come, and
    /// `SOURCE_DATE_EPOCH` is not looked at.
    Writes,
}

impl Global {
    /// Goes from where the program was started to the folder of the project around it, if there is
    /// one.
    fn enter(&mut self) {
        self.started = self.directory.clone();
        if let Some(project) = store::around(&self.directory) {
            self.directory = project;
        }
    }

    /// Reads the project; for a command that writes, what another one began that was killed is
    /// finished first.
    fn project(&self, access: Access) -> Result<Project> {
        if access == Access::Writes
            && let Some(paths) = store::finish(&self.directory)?
            && !self.quiet
        {
            let files = report::counted(paths.len(), "file");
            report::note(&format!(
                "finished what a command had begun that was killed: {files} of `content/` written"
            ));
        }
        Project::read(&self.directory)
    }

    /// Reads and compiles the project.
    fn compile(&self, edition: Edition, access: Access) -> Result<(Project, Compiled)> {
        let mut project = self.project(access)?;
        let now = self.now(&project.files, access)?;
        let mut compiled = compile(&project.files, Options { edition, now });
        compiled.diagnostics.extend(std::mem::take(&mut project.diagnostics));
        for ahead in compiled
            .diagnostics
            .sorted()
            .iter()
            .filter(|found| found.code == Code::ActAhead && access == Access::Writes)
        {
            if !self.quiet {
                report::note(&format!(
                    "{}; this is written by the clock, and says so",
                    ahead.message
                ));
            }
        }
        Ok((project, compiled))
    }

    /// Reads and compiles the project. `None` if it has errors, which are printed.
    fn sound(&self, access: Access) -> Result<Option<(Project, Compiled)>> {
        let (project, compiled) = self.compile(Edition::Draft, access)?;
        if compiled.diagnostics.has_errors() {
            report::diagnostics(&compiled.diagnostics, &project.files, self.quiet);
            return Ok(None);
        }
        Ok(Some((project, compiled)))
    }

    /// Returns the moment, and its day in the zone of a project: the first moment of the day that
    /// was asked for, else `SOURCE_DATE_EPOCH` where nothing is written, else the clock.
    fn now(&self, files: &Tree<File>, access: Access) -> Result<Now> {
        let zone = parse::zone(files);
        match (self.today, access) {
            (Some(today), Access::Writes) => {
                let clock = Now::at(clock()?, &zone).day;
                if today > clock {
                    let name = zone.iana_name().unwrap_or("UTC");
                    bail!(
                        "`--today {today}` has not come: by the clock it is {clock} in {name}, and nothing is dated ahead; \
                         leave it out, or write `--today {clock}`"
                    );
                }
                Ok(Now::beginning(today, &zone))
            }
            (Some(today), Access::Reads) => Ok(Now::beginning(today, &zone)),
            (None, Access::Writes) => Ok(Now::at(clock()?, &zone)),
            (None, Access::Reads) => Ok(Now::at(epoch()?.map_or_else(clock, Ok)?, &zone)),
        }
    }

    /// Returns the day that was asked for, else that of the clock.
    fn clock_day(&self, site: &Site) -> Result<Date> {
        self.today.map_or_else(|| Ok(Now::at(clock()?, &site.config.timezone).day), Ok)
    }

    /// Returns the moment where there is no project.
    fn moment(&self) -> Result<Timestamp> {
        Ok(self.now(&Tree::new(), Access::Reads)?.moment)
    }
}

/// Returns the policy or list that is named.
fn document<'a>(site: &'a Site, id: &str) -> Result<&'a History> {
    site.history(id).ok_or_else(|| {
        match nearest(id, site.histories.iter().map(|history| history.id.as_str())) {
            Some(meant) => anyhow!("there is no policy or list `{id}`; did you mean `{meant}`?"),
            None => anyhow!("there is no policy or list `{id}`"),
        }
    })
}

/// Returns the id of a policy that is about to be.
fn new_policy(name: &str) -> Result<DocumentId> {
    let shown = name.escape_debug();
    let Some(id) = DocumentId::new(name) else {
        bail!(
            "`{shown}` cannot be the name of a policy: it becomes an address, of lower-case letters, digits and single hyphens"
        )
    };
    if name.split('/').any(DocumentId::is_reserved) {
        bail!("`{shown}` cannot be the name of a policy: that address is taken");
    }
    if name.split('/').any(|part| part.len() > ReleaseId::LONGEST) {
        bail!(
            "`{shown}` cannot be the name of a policy: it has more than {} letters",
            ReleaseId::LONGEST
        );
    }
    match TreePath::new(name)?.unportable() {
        Some(part) => bail!(
            "`{shown}` cannot be the name of a policy: Windows cannot hold a folder of the name `{part}`"
        ),
        None => Ok(id),
    }
}

/// Returns the moment that `SOURCE_DATE_EPOCH` names, if it is set.
fn epoch() -> Result<Option<Timestamp>> {
    let Ok(seconds) = std::env::var("SOURCE_DATE_EPOCH") else {
        return Ok(None);
    };
    let read = seconds.trim().parse().ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    Ok(Some(read.with_context(|| {
        format!(
            "SOURCE_DATE_EPOCH is `{}`, not a number of seconds since 1970",
            seconds.escape_debug()
        )
    })?))
}

/// Returns what the clock says. The tests of a program that is not optimised set it.
fn clock() -> Result<Timestamp> {
    match std::env::var("POLICYBOOK_CLOCK").ok().filter(|_| cfg!(debug_assertions)) {
        Some(set) => set.parse().with_context(|| format!("POLICYBOOK_CLOCK is `{set}`")),
        None => Ok(Timestamp::now()),
    }
}

/// Reads a sentence for readers, which will be sealed. An empty one is told by whoever needs one.
fn sentence(text: &str) -> Result<String, String> {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.chars().find(|letter| parse::shows_nothing(*letter)) {
        Some(letter) => Err(format!(
            "it holds the invisible character U+{:04X}: type it again without",
            u32::from(letter)
        )),
        None if text.chars().count() > LONGEST_SENTENCE => {
            Err(format!("it is longer than {LONGEST_SENTENCE} letters: say it in a sentence"))
        }
        None if !text.is_empty() && !text.chars().any(char::is_alphanumeric) => {
            Err("it says nothing: write a sentence".to_owned())
        }
        None => Ok(text),
    }
}

/// Notes whom of the researchers a sentence names that will be sealed; `what` it is.
fn tell_of_names(global: &Global, site: &Site, what: &str, sentence: &str) {
    let names = if global.quiet { Vec::new() } else { ledger::named_in(site, sentence) };
    for name in names {
        let name = name.escape_debug();
        report::note(&format!(
            "the {what} names `{name}` of the researchers' list: it is sealed, and `redact` cannot take it out"
        ));
    }
}

/// Reads a name, which will be sealed.
fn name(text: &str) -> Result<String, String> {
    match sentence(text)? {
        name if name.is_empty() => Err("a name is expected".to_owned()),
        name => Ok(name),
    }
}

/// How many letters a summary or a reason has at most.
const LONGEST_SENTENCE: usize = 1000;

fn date(text: &str) -> Result<Date, String> {
    match text.parse() {
        Ok(date) if text.len() == 10 => Ok(date),
        _ => Err("write a day as `2026-11-21`".to_owned()),
    }
}
