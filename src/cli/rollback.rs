//! `policybook rollback`: an earlier site, made again from its commit and published.

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::Timestamp;

use crate::check::Edition;
use crate::cli::publish::{Request, Way, target};
use crate::cli::{Access, Ending, Global};
use crate::publish::{Limits, State};

/// Deploy the site of an earlier commit again
///
/// Without a commit, lists the deployments. The site is rebuilt from the commit. Released versions
/// are never taken back: if there was a release since, the rollback is refused; make a new release
/// instead.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook rollback
  policybook rollback 12
  policybook rollback 3f9c2d1 s3://acme-policies

Exit codes: 0 done, 1 errors in the content of then, 2 any other failure, 3 refused")]
pub struct Rollback {
    /// Deployment number or commit
    #[arg(value_name = "POINT")]
    point: Option<String>,
    /// Deployment target [default: `publish.target` in site.yaml]
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// Show the plan without uploading anything
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    way: Way,
}

impl Rollback {
    /// Publishes an earlier site, or lists those there are.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (_, compiled) = global.compile(Edition::Draft, Access::Reads)?;
        let target =
            target("rollback", self.target.as_deref(), &compiled.site.config.publish, global)?;
        let (state, _) = State::read(&*target)?;
        let Some(point) = &self.point else {
            for generation in state.generations.iter().rev() {
                let day = Timestamp::from_second(generation.at)
                    .map(|at| at.to_string())
                    .unwrap_or_default();
                let commit = generation.commit.as_deref().unwrap_or("from no repository");
                anstream::println!("{:5}  {day}  {commit}", generation.generation);
            }
            return Ok(Ending::Done);
        };
        let generation =
            state.generations.iter().find(|generation| generation.generation.to_string() == *point);
        let revision = match generation {
            Some(generation) => {
                let commit = generation.commit.as_deref().filter(|commit| !commit.contains(' '));
                commit.with_context(|| {
                    format!(
                        "generation {point} was not built from a commit, so it cannot be made again"
                    )
                })?
            }
            None => point,
        };
        let limits = Limits {
            restyle: true,
            reread: true,
            backwards: true,
            grace: 7,
            most_deletes: 256,
            purges: false,
            adopt: None,
        };
        let parcel = Request {
            // Of today: the commit may name another one.
            target: self.target.as_deref().or(compiled.site.config.publish.target.as_deref()),
            revision: Some(revision),
            sequence: None,
            limits,
            dry_run: self.dry_run,
            detailed_exitcode: false,
            repair: false,
            way: &self.way,
        };
        parcel.send(global)
    }
}
