//! `policybook review`: read again, no change needed.

use anyhow::Result;
use anyhow::bail;
use clap::Args;
use jiff::civil::Date;

use crate::check::Edition;
use crate::cli::Ending;
use crate::cli::Global;
use crate::cli::date;
use crate::cli::report;
use crate::ledger;
use crate::model::Site;
use crate::store;

/// Record that policies were read again and nothing had to change
///
/// Every released document is recorded, or those named. Their pages then say when they were last reviewed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook review
  policybook review security security.txt

Exit codes: 0 recorded, 1 errors in the content, 2 the rest")]
pub struct Review {
    /// What was read: policies, lists, `security.txt` [default: every released document]
    #[arg(value_name = "DOCUMENT")]
    documents: Vec<String>,
    /// Record it for DATE [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    date: Option<Date>,
}

impl Review {
    /// Records a review.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (project, compiled) = global.compile(Edition::Draft)?;
        if compiled.diagnostics.has_errors() {
            report::diagnostics(&compiled.diagnostics, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        let site = &compiled.site;
        let documents = self.chosen(site)?;
        let day = self.date.map_or_else(|| global.today(), Ok)?;
        if let Some(newest) = site.ledger.newest().filter(|newest| day < *newest) {
            bail!("{day} is before {newest}, the day of the newest entry: a ledger goes forward");
        }
        let files = ledger::review(&project.files, &documents, day);
        store::put_versions(&global.directory, &files)?;
        if !global.quiet {
            report::done("reviewed", &format!("{} on {day}", documents.join(", ")));
        }
        Ok(Ending::Done)
    }

    fn chosen(&self, site: &Site) -> Result<Vec<String>> {
        let released = || site.histories.iter().filter(|history| history.in_force.is_some());
        if self.documents.is_empty() {
            let all: Vec<String> = released().map(|history| history.id.to_string()).collect();
            if all.is_empty() {
                bail!("there is nothing to review: no document was released");
            }
            return Ok(all);
        }
        for id in &self.documents {
            match site.history(id) {
                Some(history) if history.unreleased => {
                    bail!("`{id}` has unreleased words: release it instead, a review says that nothing had to change")
                }
                Some(history) if history.versions.is_empty() => bail!("`{id}` was never released"),
                Some(_) => {}
                None if id == ledger::SECURITY_TXT && site.config.security_txt.is_some() => {}
                None => bail!("there is no policy or list `{id}`"),
            }
        }
        Ok(self.documents.clone())
    }
}
