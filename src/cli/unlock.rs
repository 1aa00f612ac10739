//! `policybook unlock`: the lease of a publisher that is gone, ended.

use std::io;
use std::io::IsTerminal as _;

use anyhow::{Result, bail};
use clap::Args;

use crate::check::Edition;
use crate::cli::publish::target;
use crate::cli::{Access, Ending, Global, ask, report};
use crate::publish;

/// Remove a stale publish lock and show who held it
///
/// A lock expires ten minutes after the last sign of life of its holder. What was being uploaded is
/// remembered, and completed by the next deployment.
#[derive(Args, Debug)]
pub struct Unlock {
    /// Deployment target [default: `publish.target` in site.yaml]
    #[arg(value_name = "TARGET")]
    target: Option<String>,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

impl Unlock {
    /// Ends the lease.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (_, compiled) = global.compile(Edition::Draft, Access::Reads)?;
        let target =
            target("unlock", self.target.as_deref(), &compiled.site.config.publish, global)?;
        let Some(holder) = publish::holder(&*target)? else {
            report::done("free", "nobody holds a lease");
            return Ok(Ending::Done);
        };
        report::note(&holder.to_string());
        if !self.yes && !io::stdin().is_terminal() {
            bail!("there is no terminal to ask on: add `--yes` to end the lease");
        }
        if !ask::confirmed("End the lease?", self.yes)? {
            return Ok(Ending::Done);
        }
        match publish::unlock(&*target)? {
            Some(holder) => report::done("ended", &format!("the lease of {}", holder.who)),
            None => report::done("free", "nobody holds a lease"),
        }
        Ok(Ending::Done)
    }
}
