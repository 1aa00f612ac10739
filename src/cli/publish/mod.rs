//! `policybook publish`: the site goes live, whole and in order.

mod answer;
mod progress;

use std::io;
use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use crate::check::Edition;
use crate::cli::publish::answer::{Answer, Tense};
use crate::cli::publish::progress::{Log, Progress};
use crate::cli::status::Format;
use crate::cli::{Access, Ending, Global, ask, report, style};
use crate::compile::{Compiled, Options, compile};
use crate::diagnostic::{Code, Severity};
use crate::ledger::Late;
use crate::model::Publishing;
use crate::publish::{
    Ask, Bundle, Known, Limits, Listener, Outcome, Plan, Purge, Reason, Refusal, Target,
};
use crate::store::Project;
use crate::tree::Digest;
use crate::{ledger, model, programs, publish};

/// How often a plan is made anew because another publisher was faster.
const TRIES: usize = 5;

/// How many seconds a commit may be ahead of our clock.
const MOST_AHEAD: i64 = 300;

/// What holds the secret for `webhook`.
const SECRET: &str = "POLICYBOOK_PURGE_TOKEN";

/// Deploy the site completely and in order; never overwrite a newer one
///
/// Builds the released versions, compares them with the target and uploads what differs: style
/// sheets first, then new files, then changed ones, the front page last. Published versions are
/// immutable: a deployment that would change or remove one is refused.
///
/// TARGET is a directory, `s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`.
/// Credentials come from the environment (AWS_ACCESS_KEY_ID etc., AWS_ENDPOINT_URL for
/// S3-compatible stores, GOOGLE_…, AZURE_…) or from the profile AWS_PROFILE.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook publish --dry-run
  policybook publish s3://acme-policies
  policybook publish /srv/www --yes
  policybook publish --repair --dry-run

Exit codes: 0 the target holds the site, 1 errors in the content or a difference found by --detailed-exitcode, 2 any other failure, 3 refused: \
a published version would change, the target is newer, another deployment is running …")]
pub struct Publish {
    /// Deployment target [default: `publish.target` in site.yaml]
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// Show the plan without uploading anything
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: exit with 1 if there is anything to do
    #[arg(long, requires = "dry_run")]
    detailed_exitcode: bool,
    /// Allow the appearance of published versions to change; their text may not
    #[arg(long)]
    restyle: bool,
    /// Allow published versions to read differently where a newer policybook interprets their
    /// source differently
    #[arg(long)]
    reread: bool,
    /// Read every file in the target and restore what was changed or deleted there, published
    /// versions included; list what was added
    #[arg(long)]
    repair: bool,
    /// Position in the order of deployments, such as a CI run number [default: the commit time]
    #[arg(long, value_name = "N")]
    sequence: Option<i64>,
    /// Days to keep files that were removed from the site (assets: at least 30)
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(i64).range(0..=3650))]
    grace: i64,
    /// Refuse to delete more than N files
    #[arg(long, value_name = "N", default_value_t = 256)]
    max_delete: usize,
    /// Take the place of another project's site, whose latest hash is HEAD; its versions stay
    #[arg(long, value_name = "HEAD", value_parser = digest)]
    adopt: Option<Digest>,
    #[command(flatten)]
    way: Way,
}

/// How a site is sent, whichever it is.
#[derive(Args, Clone, Debug)]
pub struct Way {
    /// Do not ask for confirmation
    #[arg(long)]
    pub yes: bool,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
    /// Progress format, on standard error
    #[arg(long, value_name = "LOG", default_value = "text")]
    pub log: Log,
    /// Overwrite files in the target that someone else wrote; never the text of a version
    #[arg(long)]
    pub overwrite: bool,
    /// Seconds to wait for another deployment to finish
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub wait: u64,
    /// Number of parallel uploads
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..=256))]
    pub jobs: usize,
    /// Check the live site at URL after publishing [default: base_url, for object stores]
    #[arg(long, value_name = "URL", conflicts_with = "no_verify")]
    pub public: Option<String>,
    /// Do not check the live site after publishing
    #[arg(long)]
    pub no_verify: bool,
}

/// What is sent, and what is permitted with it.
pub struct Request<'a> {
    /// Where to, if not where site.yaml says.
    pub target: Option<&'a str>,
    /// The revision; nothing for the files as they are.
    pub revision: Option<&'a str>,
    /// Its place in order, if not by its commit.
    pub sequence: Option<i64>,
    /// What is permitted.
    pub limits: Limits,
    /// Whether nothing is written.
    pub dry_run: bool,
    /// Whether a difference is told by the exit code.
    pub detailed_exitcode: bool,
    /// Whether what lies in the target is looked at, whatever its state says.
    pub repair: bool,
    /// How it is sent.
    pub way: &'a Way,
}

impl Publish {
    /// Publishes the project.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let limits = Limits {
            restyle: self.restyle,
            reread: self.reread,
            backwards: false,
            grace: self.grace,
            most_deletes: self.max_delete,
            purges: false,
            adopt: self.adopt,
        };
        let parcel = Request {
            target: self.target.as_deref(),
            revision: None,
            sequence: self.sequence,
            limits,
            dry_run: self.dry_run,
            detailed_exitcode: self.detailed_exitcode,
            repair: self.repair,
            way: &self.way,
        };
        parcel.send(global)
    }
}

impl Request<'_> {
    /// Sends the parcel; a refusal is told and becomes an ending.
    pub fn send(&self, global: &Global) -> Result<Ending> {
        for _ in 0..TRIES {
            let project = match self.revision {
                Some(revision) => Project::at(&global.directory, revision)?,
                None => Project::read(&global.directory)?,
            };
            let mut compiled = compile(
                &project.files,
                Options {
                    edition: Edition::Locked,
                    now: global.now(&project.files, Access::Reads)?,
                },
            );
            compiled.diagnostics.extend(project.diagnostics.clone());
            tell_epoch(&compiled, global)?;
            if let Some(ending) = self.unfit(&compiled, &project, global)? {
                return Ok(ending);
            }
            let publishing = compiled.site.config.publish.clone();
            let target = target("publish", self.target, &publishing, global)?;
            match self.try_once(global, &project, &mut compiled, &*target) {
                Ok(Some(ending)) => return Ok(ending),
                Ok(None) => report::note("another publisher was faster; looking again"),
                Err(error) => return self.refused(error, target.address()),
            }
        }
        bail!("other publishers were faster {TRIES} times; publish again")
    }

    /// Reports what must be fixed before anything is published.
    fn unfit(
        &self,
        compiled: &Compiled,
        project: &Project,
        global: &Global,
    ) -> Result<Option<Ending>> {
        report::diagnostics(&compiled.diagnostics, &project.files, global.quiet);
        if !compiled.diagnostics.has_errors() {
            return Ok(None);
        }
        let mut errors = compiled
            .diagnostics
            .sorted()
            .into_iter()
            .filter(|found| found.severity == Severity::Error);
        if !errors.all(|found| found.code == Code::Unreleased) {
            return Ok(Some(Ending::Found));
        }
        let refusal = Refusal::error(
            Reason::Unreleased,
            "there are unreleased changes; run `policybook release` first",
        );
        self.refused(refusal, self.target.unwrap_or_default()).map(Some)
    }

    /// Publishes, or finds out that another publisher was faster.
    fn try_once(
        &self,
        global: &Global,
        project: &Project,
        compiled: &mut Compiled,
        target: &dyn Target,
    ) -> Result<Option<Ending>> {
        let (commit, sequence) = self.place(project, global)?;
        let mut known =
            if self.repair { Known::read_leniently(target)? } else { Known::read(target)? };
        // Any file may have to be sent again.
        let nothing = Known::nothing();
        let held = if self.repair { &nothing } else { &known };
        let sequence = self.sequence.or(sequence);
        let site = Bundle::render(&project.files, compiled, held, commit, sequence)?;
        if compiled.diagnostics.has_errors() {
            report::diagnostics(&compiled.diagnostics, &project.files, global.quiet);
            return Ok(Some(Ending::Found));
        }
        let added = match self.repair {
            true => publish::survey(target, &site, &mut known, self.way.jobs)?,
            false => Vec::new(),
        };
        tell_added(&added, target, global);
        let config = &compiled.site.config;
        let secret = std::env::var(SECRET).ok();
        let listener = match &config.publish {
            Publishing { purge: Some(command), .. } => Some(Listener::Command(command)),
            Publishing { webhook: Some(address), .. } => {
                Some(Listener::Web(address, secret.as_deref()))
            }
            _ => None,
        };
        let purge = listener.map(|listener| Purge {
            listener,
            site: &config.base_url,
            limit: config.publish.purge_limit,
        });
        let limits = Limits { purges: purge.is_some(), ..self.limits };
        let planned = publish::plan(&known, &site, &limits, Timestamp::now().as_second())?;
        if let Some(head) = known.state.head.as_deref().filter(|_| !global.quiet) {
            tell_late(&compiled.site, head, global.clock_day(&compiled.site)?);
        }
        if self.dry_run {
            let way = self.way;
            if !publish::examine(target, &site, &known, &planned, way.overwrite, way.jobs)? {
                return Ok(None);
            }
            if let Some(holder) = known.holder().filter(|_| !global.quiet) {
                report::note(&format!("another deployment is running: {holder}"));
            }
            self.answer("planned", target, None, &planned, (&added, &[]))?;
            self.tell(&planned, global);
            return Ok(Some(if self.detailed_exitcode && !planned.is_empty() {
                Ending::Found
            } else {
                Ending::Done
            }));
        }
        if !planned.is_empty()
            && io::stdin().is_terminal()
            && io::stderr().is_terminal()
            && !self.way.yes
        {
            self.tell(&planned, global);
            if !ask::confirmed(&format!("Publish to {}?", target.address()), false)? {
                return Ok(Some(Ending::Done));
            }
        }
        let all =
            planned.changes.len() + planned.removed.len() + usize::from(!planned.purge.is_empty());
        let progress = Progress::of(all, self.way.log, global.quiet);
        let who = who();
        let asked = Ask {
            limits,
            who: &who,
            patience: Duration::from_secs(self.way.wait),
            threads: self.way.jobs,
            overwrite: self.way.overwrite,
            purge,
            tell: &|deed| progress.tell(&deed),
        };
        let outcome = publish::publish(target, &site, &known, &asked);
        progress.end();
        let (verdict, plan, generation) = match outcome? {
            Outcome::Moved => return Ok(None),
            Outcome::Unchanged(plan) => ("unchanged", plan, known.state.generation),
            Outcome::Published(plan, generation) => ("published", plan, generation),
        };
        if !global.quiet && verdict == "published" {
            report::done(
                "published",
                &format!(
                    "{} to {}: generation {generation}",
                    answer::counts(&plan, Tense::Past),
                    target.address()
                ),
            );
        } else if !global.quiet {
            report::done(
                "same",
                &format!("{} holds this site already: generation {generation}", target.address()),
            );
        }
        let public = self.public(target, &config.base_url).filter(|_| verdict == "published");
        let seen = public
            .map(|address| publish::look(&site, &plan, &address, Duration::from_secs(30)))
            .transpose();
        let differs = seen
            .context("look at the live site; it is published all the same")?
            .unwrap_or_default();
        self.answer(verdict, target, Some(generation), &plan, (&added, &differs))?;
        if !differs.is_empty() {
            differs.iter().for_each(|line| anstream::eprintln!("  {line}"));
            let number = if differs.len() == 1 {
                "1 address".to_owned()
            } else {
                format!("{} addresses", differs.len())
            };
            bail!("what was sent is not what is served, at {number}");
        }
        Ok(Some(Ending::Done))
    }

    /// Returns the commit and its place in order; `None` if there is no repository.
    fn place(&self, project: &Project, global: &Global) -> Result<(Option<String>, Option<i64>)> {
        let Some(head) = programs::head(&global.directory, self.revision)? else {
            return Ok((None, None));
        };
        let ahead = head.seconds - Timestamp::now().as_second();
        if ahead > MOST_AHEAD && self.sequence.is_none() {
            let message = format!(
                "the commit {} is dated {} minutes in the future, and every commit until then would count as older: set the clock right and \
                 commit again (`git commit --amend --date=now`), or give each deployment its place with `--sequence`",
                head.commit,
                ahead / 60
            );
            return Err(Refusal::error(Reason::Future, message));
        }
        // Whether the site can be made again from the commit.
        let edited = self.revision.is_none()
            && Project::at(&global.directory, &head.commit)?.files != project.files;
        let edited = if edited { " with edits" } else { "" };
        Ok((Some(format!("{}{edited}", head.commit)), Some(head.seconds)))
    }

    /// Returns where the live site is looked at.
    fn public(&self, target: &dyn Target, base_url: &Url) -> Option<String> {
        let store = target.address().contains("://");
        let usual = || (store && !self.way.no_verify).then(|| base_url.to_string());
        self.way.public.clone().or_else(usual)
    }

    /// Tells a refusal; any other error goes on.
    fn refused(&self, error: anyhow::Error, target: &str) -> Result<Ending> {
        let Some(refusal) = error.downcast_ref::<Refusal>() else {
            return Err(error);
        };
        if self.way.format == Format::Json {
            Answer::refused(target, refusal).print()?;
        }
        anstream::eprintln!("{0}refused{0:#}: {1}", style::ERROR, refusal.message);
        Ok(Ending::Refused)
    }

    fn answer(
        &self,
        verdict: &'static str,
        target: &dyn Target,
        generation: Option<u64>,
        plan: &Plan,
        (added, differs): (&[String], &[String]),
    ) -> Result<()> {
        match self.way.format {
            Format::Text => Ok(()),
            Format::Json => {
                let answer = Answer::of(verdict, target.address(), generation, plan, differs);
                answer.with(added).print()
            }
        }
    }

    /// Prints a plan for people: file by file, then the sums.
    fn tell(&self, plan: &Plan, global: &Global) {
        if self.way.format == Format::Json {
            return;
        }
        answer::list(plan);
        if !global.quiet {
            anstream::eprintln!("{}", answer::counts(plan, Tense::Coming));
        }
    }
}

/// Says so where the site is that of another day than the clock's.
fn tell_epoch(compiled: &Compiled, global: &Global) -> Result<()> {
    let (day, clock) = (compiled.now.day, global.clock_day(&compiled.site)?);
    if day != clock && !global.quiet {
        report::note(&format!(
            "SOURCE_DATE_EPOCH is on {day}, and by the clock it is {clock}: the site is published as of {day}"
        ));
    }
    Ok(())
}

/// Tells of files in a target that nobody knows; they stay.
fn tell_added(added: &[String], target: &dyn Target, global: &Global) {
    if added.is_empty() || global.quiet {
        return;
    }
    let files = report::counted(added.len(), "file");
    let listed: Vec<String> = added.iter().map(|path| format!("\n  {path}")).collect();
    report::note(&format!(
        "{} holds {files} that no publish put there; look at them, and remove what does not belong there:{}",
        target.address(),
        listed.concat()
    ));
}

/// Tells of versions that readers see for the first time, later than they were promised. `head` is
/// the newest seal that was published.
pub fn tell_late(site: &model::Site, head: &str, today: Date) {
    let published = site
        .ledger
        .entries
        .iter()
        .position(|entry| entry.seal.to_string() == head)
        .map_or(0, |at| at + 1);
    for Late { document, version, from, promised, earliest } in ledger::late(site, published, today)
    {
        let Some(version) = version else {
            report::note(&format!(
                "the retirement of `{document}` from {from} on is published today for the first time: its readers were promised \
                 {promised} days of notice"
            ));
            continue;
        };
        let what =
            format!("version {version} of `{document}` is published for the first time today");
        if from > today {
            report::note(&format!(
                "{what} and in force from {from}, and its readers are promised {promised} days of notice: \
                 `policybook postpone {version} --document {document} --effective {earliest} --reason TEXT` gives them"
            ));
        } else {
            report::note(&format!(
                "{what} and has been in force since {from}: its readers were promised {promised} days of notice"
            ));
        }
    }
}

/// Opens the target that was named, else that of `site.yaml`.
///
/// # Errors
/// Says that there is none, or what is wrong with it.
pub fn target(
    command: &str,
    named: Option<&str>,
    publishing: &Publishing,
    global: &Global,
) -> Result<Box<dyn Target>> {
    let address = named.or(publishing.target.as_deref());
    let address = address
        .with_context(|| format!("there is no target: name one, as `policybook {command} s3://bucket`, or write `publish: {{target: …}}` in site.yaml"))?;
    let quiet = global.quiet;
    publish::open(
        address,
        &global.directory,
        Box::new(move |line| {
            if !quiet {
                progress::waiting(line);
            }
        }),
    )
}

fn digest(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|_| "write all 64 letters of the latest hash".to_owned())
}

/// Returns who publishes, for people who wait: the run of a CI service, else a user.
fn who() -> String {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let github = || {
        Some(format!(
            "{}/{}/actions/runs/{}",
            variable("GITHUB_SERVER_URL")?,
            variable("GITHUB_REPOSITORY")?,
            variable("GITHUB_RUN_ID")?
        ))
    };
    let user = || {
        variable("USER").or_else(|| variable("USERNAME")).unwrap_or_else(|| "somebody".to_owned())
    };
    let run = github().or_else(|| variable("CI_JOB_URL"));
    run.unwrap_or_else(|| format!("{} (process {})", user(), std::process::id()))
}
