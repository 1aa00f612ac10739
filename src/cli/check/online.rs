//! `policybook check --online`: pages of other sites, asked whether they are there.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use jiff::Timestamp;
use url::Url;

use crate::check::{Answer, Outside};
use crate::cli::report;
use crate::diagnostic::{Code, Diagnostics};
use crate::web::{LinkCache, Reach};
use crate::{check, web};

/// The codes that are looked for.
pub const CODES: [Code; 3] = [Code::GoneOutside, Code::MovedOutside, Code::UnaskedOutside];

/// How other sites are asked.
pub struct Asking {
    /// The moment.
    pub now: Timestamp,
    /// How long each answer may take.
    pub patience: Duration,
    /// Whose addresses are asked for.
    pub reach: Reach,
    /// Whether what is known from before counts.
    pub fresh: bool,
    /// Whether to say nothing.
    pub quiet: bool,
}

/// Asks for the pages of other sites, and returns what there is to say about them.
pub fn ask(outside: &Outside, asking: &Asking) -> Result<Diagnostics> {
    let remembered = LinkCache::read(asking.now);
    let known = |address: &Url| remembered.get(address).filter(|_| !asking.fresh).cloned();
    let (mut answers, mut unknown): (Vec<(Url, Answer)>, Vec<Url>) = (Vec::new(), Vec::new());
    for address in outside.keys() {
        match known(address) {
            Some(answer) => answers.push((address.clone(), answer)),
            None => unknown.push(address.clone()),
        }
    }
    if !asking.quiet {
        let hosts: BTreeSet<&str> = unknown.iter().filter_map(Url::host_str).collect();
        let kept = if answers.is_empty() {
            String::new()
        } else {
            format!("; {} known from the last day", answers.len())
        };
        let addresses = if unknown.len() == 1 {
            "1 address".to_owned()
        } else {
            format!("{} addresses", unknown.len())
        };
        report::done(
            "asking",
            &format!("for {addresses} of {}{kept}", report::counted(hosts.len(), "host")),
        );
    }
    let asked = web::ask(unknown, asking.patience, asking.reach)?;
    remembered.keep(&asked);
    answers.extend(asked);
    let findings = answers
        .iter()
        .flat_map(|(address, answer)| check::outside_findings(address, answer, &outside[address]));
    Ok(findings.collect())
}
