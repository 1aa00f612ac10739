//! `policybook notice`: what changed among the sub-processors, ready for a mailer.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::cli::{Access, Ending, Global, document, report};
use crate::diagnostic::nearest;
use crate::model::DocumentId;
use crate::render;

/// Draft the notice of changes to the sub-processors or a policy
///
/// Describes the newest version for customers who were promised notice: what is added, changed or
/// removed, from when, and until when they may object. It is printed, not sent.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook notice
  policybook notice --since 2026-01-15 --format html
  policybook notice privacy

Exit codes: 0 done, or nothing to report; 1 errors in the content; 2 any other failure")]
pub struct Notice {
    /// Policy whose newest version or retirement to describe [default: the sub-processors]
    #[arg(value_name = "DOCUMENT", conflicts_with = "since")]
    document: Option<String>,
    /// Compare with this release [default: the version before the newest]
    #[arg(long, value_name = "RELEASE")]
    since: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

/// How a notice is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Plain text
    Text,
    /// HTML, for an email
    Html,
    /// JSON, with a schema version
    Json,
}

impl Notice {
    /// Prints the notice.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Some((_, compiled)) = global.sound(Access::Reads)? else { return Ok(Ending::Found) };
        let site = &compiled.site;
        if let Some(id) = self.document.as_deref().filter(|id| {
            *id != DocumentId::SUBPROCESSORS
                || site.history(id).is_some_and(|list| list.retirement().is_some())
        }) {
            let history = document(site, id)?;
            let Some(announcement) = render::Announcement::new(site, history) else {
                bail!("`{id}` was never released")
            };
            anstream::print!(
                "{}",
                match self.format {
                    Format::Text => announcement.text(),
                    Format::Html => announcement.html(),
                    Format::Json => announcement.json(),
                }
            );
            return Ok(Ending::Done);
        }
        let Some((history, newest)) = site
            .history(DocumentId::SUBPROCESSORS)
            .and_then(|history| Some((history, history.newest()?)))
        else {
            bail!("no list of sub-processors was released");
        };
        let since = match &self.since {
            None => newest.follows.map(|index| &history.versions[index]),
            Some(id) => {
                let Some(release) = site.releases.iter().find(|release| release.id.as_str() == id)
                else {
                    match nearest(id, site.releases.iter().map(|release| release.id.as_str())) {
                        Some(meant) => bail!("there is no release `{id}`; did you mean `{meant}`?"),
                        None => bail!("there is no release `{id}`"),
                    }
                };
                site.version_at(DocumentId::SUBPROCESSORS, &release.id)
            }
        };
        if history.unreleased && !global.quiet {
            report::note("the draft has changes that no release holds: nobody is told of them");
        }
        match render::Notice::new(site, history, since, newest) {
            None => {
                report::note("nothing to report: no sub-processor was added, changed or removed")
            }
            Some(notice) => anstream::print!(
                "{}",
                match self.format {
                    Format::Text => notice.text(),
                    Format::Html => notice.html(),
                    Format::Json => notice.json(),
                }
            ),
        }
        Ok(Ending::Done)
    }
}
