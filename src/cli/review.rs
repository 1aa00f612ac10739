//! `policybook review`: read again, no change needed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::check::Edition;
use crate::cli::{Access, Ending, Global, date, report};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Now, SecurityTxt, SignWith, Site, day_of};
use crate::securitytxt::{Circumstances, Level, Rule};
use crate::tree::{File, TreePath};
use crate::{ledger, programs, render, securitytxt, store};

/// Record a periodic review that required no changes
///
/// Records every released document, or only those named; their pages then show the date of the
/// review. Reviewing `security.txt` extends its expiry, and signs it again if `site.yaml` says how.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook review
  policybook review security security.txt
  policybook review security.txt --expires 2027-10-31

With `sign_with: key`, the secret key is read from --signing-key or POLICYBOOK_SIGNING_KEY, its password from
POLICYBOOK_SIGNING_PASSWORD.

Exit codes: 0 recorded, 1 errors in the content, 2 any other failure")]
pub struct Review {
    /// Policies, lists or `security.txt` [default: every released document]
    #[arg(value_name = "DOCUMENT")]
    documents: Vec<String>,
    /// Date of the review [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    date: Option<Date>,
    /// New expiry of security.txt [default: in 364 days, or when its key expires]
    #[arg(long, value_name = "DATE", value_parser = moment)]
    expires: Option<Timestamp>,
    /// Sign security.txt with the secret key in FILE
    #[arg(long, value_name = "FILE")]
    signing_key: Option<PathBuf>,
}

impl Review {
    /// Records a review.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (project, mut compiled) = global.compile(Edition::Draft, Access::Writes)?;
        let renews = self.documents.iter().any(|id| id == ledger::SECURITY_TXT);
        if (self.expires.is_some() || self.signing_key.is_some()) && !renews {
            bail!("`--expires` and `--signing-key` belong to `security.txt`: name it");
        }
        // What was signed before is about to be signed again.
        let resigned =
            |found: &Diagnostic| renews && matches!(found.code, Code::SignedText | Code::Signature);
        let found: Diagnostics =
            compiled.diagnostics.into_iter().filter(|found| !resigned(found)).collect();
        if found.has_errors() {
            report::diagnostics(&found, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        let today = compiled.now.day;
        if let Some(day) = self.date.filter(|day| *day > today) {
            bail!("{day} is after {today}, today: a review is recorded on a day that has come");
        }
        let site = &mut compiled.site;
        let documents = self.chosen(site)?;
        let now = self.date.map_or(compiled.now, |day| Now::beginning(day, &site.config.timezone));
        let day = now.day;
        if let Some(newest) = site.ledger.bars(day, documents.iter().map(String::as_str), today) {
            bail!(
                "{day} is before {newest}, the day of the newest entry about these documents: ledger entries must be in date order"
            );
        }
        let key_ends =
            site.config.security_txt.as_ref().and_then(|settings| settings.key.as_ref()?.key.ends);
        let expires =
            if renews { Some(self.end(now, key_ends, &site.config.timezone)?) } else { None };
        let signed = match (&mut site.config.security_txt, expires) {
            (Some(security_txt), Some(expires)) => {
                security_txt.recorded = Some(expires);
                self.signed(site, now, compiled.now.moment, &global.directory)?
            }
            _ => None,
        };
        let mut changes = ledger::review(&project.files, &documents, day, expires);
        changes.extend(signed.as_ref().map(|signed| signed_file(signed)));
        store::write(&global.directory, &project.files, changes)?;
        if !global.quiet {
            report::done("reviewed", &format!("{} on {day}", documents.join(", ")));
            if let Some(expires) = expires {
                report::done(
                    "renewed",
                    &format!(
                        "security.txt until {expires}{}",
                        if signed.is_some() { ", signed" } else { "" }
                    ),
                );
            }
        }
        self.tell_unsigned(&compiled.site, signed.is_some(), now);
        Ok(Ending::Done)
    }

    /// Returns the new expiry of security.txt: as asked for, else as far ahead as is recommended
    /// and its key lasts.
    fn end(&self, now: Now, key_ends: Option<Timestamp>, zone: &TimeZone) -> Result<Timestamp> {
        let day = now.day;
        let longest =
            day.checked_add(SecurityTxt::LONGEST_DAYS.days()).context("the day is too far away")?;
        let end = match self.expires {
            Some(end) => end,
            None => [Some(longest.to_zoned(TimeZone::UTC)?.timestamp()), key_ends]
                .into_iter()
                .flatten()
                .min()
                .context("there is no end")?,
        };
        let last = day_of(end, zone);
        if last <= day {
            bail!("security.txt cannot end on {last}: that is not after {day}");
        }
        if last > longest {
            report::note(&format!(
                "security.txt should end by {longest}: less than a year is recommended, RFC 9116 section 2.5.5"
            ));
        }
        Ok(end)
    }

    /// Signs security.txt as it will be; `None` if `site.yaml` does not say what signs.
    fn signed(
        &self,
        site: &Site,
        now: Now,
        clock: Timestamp,
        project: &Path,
    ) -> Result<Option<String>> {
        let Some(settings) = &site.config.security_txt else {
            return Ok(None);
        };
        let text =
            render::security_txt(site, now).context("security.txt would have ended by then")?;
        let signed = match &settings.sign_with {
            None if self.signing_key.is_some() => {
                bail!(
                    "add `sign_with: key` to `security_txt` in `site.yaml`, so that the next review signs too"
                )
            }
            None => return Ok(None),
            Some(SignWith::Program(program)) => programs::signed(program, &text, project)?,
            Some(SignWith::Key) => self.sign(&text, clock)?,
        };
        if securitytxt::signed_text(&signed).is_none_or(|inner| inner != text) {
            bail!("what was signed is not the text of security.txt, signed in the clear");
        }
        let circumstances = Circumstances {
            url: None,
            now: now.moment,
            key: settings.key.as_ref().map(|key| &key.key),
        };
        let verdict = securitytxt::check(signed.as_bytes(), &circumstances);
        if let Some(wrong) = verdict.findings.iter().find(|finding| finding.level() == Level::Error)
        {
            bail!(
                "security.txt was signed and would not be valid: {}; {}",
                wrong.message,
                wrong.help
            );
        }
        for worth in verdict.findings.iter().filter(|finding| finding.rule == Rule::KeyEndsFirst) {
            report::note(&format!("{}: {}", worth.message, worth.help));
        }
        Ok(Some(signed))
    }

    fn sign(&self, text: &str, now: Timestamp) -> Result<String> {
        securitytxt::can_sign().map_err(anyhow::Error::msg)?;
        let secret = match &self.signing_key {
            Some(file) => {
                std::fs::read(file).with_context(|| format!("read `{}`", file.display()))?
            }
            None => std::env::var("POLICYBOOK_SIGNING_KEY")
                .context("give a secret key with `--signing-key` or POLICYBOOK_SIGNING_KEY")?
                .into_bytes(),
        };
        let password = std::env::var("POLICYBOOK_SIGNING_PASSWORD").unwrap_or_default();
        securitytxt::clear_signed(text, &secret, &password, now).map_err(anyhow::Error::msg)
    }

    /// Prints the text that has to be signed elsewhere.
    fn tell_unsigned(&self, site: &Site, signed: bool, now: Now) {
        let Some(settings) = site
            .config
            .security_txt
            .as_ref()
            .filter(|settings| settings.signed.is_some() && !signed)
        else {
            return;
        };
        if settings.recorded.is_some() && self.documents.iter().any(|id| id == ledger::SECURITY_TXT)
        {
            anstream::print!("{}", render::security_txt(site, now).unwrap_or_default());
            report::note(&format!(
                "sign the text above and put it into `content/{}`: a build refuses the old one",
                SecurityTxt::SIGNED
            ));
        }
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
                    bail!(
                        "`{id}` has unreleased words: release it instead, a review says that nothing had to change"
                    )
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

/// Returns the file of the signed text.
fn signed_file(signed: &str) -> (TreePath, File) {
    (
        TreePath::new(&format!("content/{}", SecurityTxt::SIGNED)).expect("a path"),
        File::new(signed.as_bytes()),
    )
}

/// Reads an end: a day, or a moment with its zone.
fn moment(text: &str) -> Result<Timestamp, String> {
    let day =
        date(text).ok().and_then(|day| day.to_zoned(TimeZone::UTC).ok()).map(|day| day.timestamp());
    day.map_or_else(
        || {
            securitytxt::moment(text).map_err(|_| {
                "write a day as `2027-10-31`, or a moment as `2027-10-31T12:00:00Z`".to_owned()
            })
        },
        Ok,
    )
}
