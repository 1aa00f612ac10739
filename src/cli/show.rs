//! `policybook show`: the words of a policy or list as they were in force on a day.

use anyhow::{Result, bail};
use clap::Args;
use jiff::civil::Date;

use crate::cli::{Access, Ending, Global, date, document, report};
use crate::model::{History, Version};
use crate::render;

/// Print the text that was in force on a date
///
/// As Markdown, as released; for a list, its YAML file. The version and its period in force are
/// printed to standard error.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook show security --on 2025-03-03
  policybook show security --on 2025-03-03 --quiet > security.md

Exit codes: 0 printed; 1 errors in the content, or nothing was in force; 2 any other failure")]
pub struct Show {
    /// The policy or list
    #[arg(value_name = "POLICY")]
    document: String,
    /// Date to look up, past or future [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    on: Option<Date>,
}

impl Show {
    /// Prints the words.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Some((_, compiled)) = global.sound(Access::Reads)? else { return Ok(Ending::Found) };
        let site = &compiled.site;
        let history = document(site, &self.document)?;
        if history.versions.is_empty() {
            bail!("`{}` was never released", history.id);
        }
        let day = self.on.unwrap_or(compiled.now.day);
        let Some(version) = history.on(day) else {
            report::note(&format!(
                "no version of `{}` is in force on {day}{}",
                history.id,
                known(history)
            ));
            return Ok(Ending::Found);
        };
        if !global.quiet {
            report::note(&format!("version {}, in force {}", version.release.id, span(version)));
        }
        anstream::print!("{}", String::from_utf8_lossy(&render::words(version)));
        Ok(Ending::Done)
    }
}

/// Returns from when to when a version is in force, for people.
fn span(version: &Version) -> String {
    let from = version
        .period
        .from
        .map_or_else(|| "from an unknown date".to_owned(), |from| format!("from {from}"));
    version
        .period
        .until()
        .map_or_else(|| format!("{from} on"), |until| format!("{from} to {until}"))
}

/// Returns the first day that is known of, where there is one.
fn known(history: &History) -> String {
    let first = history
        .versions
        .iter()
        .filter(|version| !version.period.never())
        .filter_map(|version| version.period.from)
        .min();
    match (history.retired(), first) {
        (Some(retirement), _) => format!("; it is retired from {} on", retirement.effective),
        (None, first) => {
            first.map(|first| format!("; the first known day is {first}")).unwrap_or_default()
        }
    }
}
