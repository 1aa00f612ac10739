//! `policybook postpone`, `withdraw` and `retire`: what was announced or is in force ends or comes
//! on another day.

use anyhow::{Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use crate::cli::{Access, Ending, Global, ask, date, document, report, sentence, tell_of_names};
use crate::diagnostic::Diagnostics;
use crate::ledger::acts;
use crate::model::{DocumentId, ListKind, Postponement, ReleaseId, Retirement, Site, Withdrawal};
use crate::store::Project;
use crate::{check, ledger, store};

/// Change the effective date of an announced version
///
/// To a later date, or to an earlier one if the notice promised to readers allows it. The change is
/// recorded in the ledger and shown on the version's page, in the history and in the feed. A
/// version that is already in force cannot be moved.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook postpone 2027-01-15 --effective 2027-03-01 --reason \"The new host is late\"

Exit codes: 0 done, 1 errors in the content, 2 any other failure")]
pub struct Postpone {
    /// Announced version
    #[arg(value_name = "VERSION", value_parser = version)]
    version: ReleaseId,
    /// New effective date
    #[arg(long, value_name = "DATE", value_parser = date)]
    effective: Date,
    /// Also move later versions that it would overtake
    #[arg(long)]
    with_later: bool,
    #[command(flatten)]
    act: Common,
}

/// Withdraw announced versions before they come into force
///
/// Their pages stay and say so. A version that was merged into a withdrawn one is withdrawn with
/// it. The draft in `content/` is not changed: restore the earlier text from version control, or it
/// counts as unreleased.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook withdraw 2027-01-15 --reason \"The new host is not available\"

Exit codes: 0 done, 1 errors in the content, 2 any other failure")]
pub struct Withdraw {
    /// Announced versions
    #[arg(value_name = "VERSION", required = true, value_parser = version)]
    versions: Vec<ReleaseId>,
    #[command(flatten)]
    act: Common,
}

/// What postponing and withdrawing take.
#[derive(Args, Debug)]
struct Common {
    /// One-sentence reason, for readers
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    reason: String,
    /// Only for this policy or list; repeatable
    #[arg(long = "document", value_name = "DOCUMENT")]
    documents: Vec<String>,
    /// Show what would be recorded without writing anything
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
}

/// Retire a policy or list as of a date
///
/// Its versions keep their pages, and its URL says that it is retired. The notice promised to
/// readers applies. A retired policy can be released again.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook retire sms-terms --effective 2027-06-30 --reason \"We no longer send text messages\"
  policybook retire cookies --see privacy --reason \"Part of the privacy policy now\"

Exit codes: 0 done, 1 errors in the content, 2 any other failure")]
pub struct Retire {
    /// The policy or list
    #[arg(value_name = "POLICY")]
    document: String,
    /// First date on which it is no longer in force [default: the first that the notice period
    /// allows]
    #[arg(long, value_name = "DATE", value_parser = date)]
    effective: Option<Date>,
    /// One-sentence reason, for readers
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    reason: String,
    /// Policy or list that replaces it
    #[arg(long, value_name = "POLICY")]
    see: Option<String>,
    /// Show what would be recorded without writing anything
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
}

impl Postpone {
    /// Records the postponement.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Some((project, compiled)) = global.sound(Access::Writes)? else {
            return Ok(Ending::Found);
        };
        let (site, today) = (&compiled.site, compiled.now.day);
        let only = self.act.documents(site)?;
        let acts = acts::postpone(
            site,
            &self.version,
            &only,
            self.effective,
            &self.act.reason,
            self.with_later,
            today,
        )
        .map_err(refused)?;
        let mut named = Diagnostics::new();
        for (id, version) in concerned(&acts) {
            let version = site.history(id.as_str()).and_then(|history| {
                history.versions.iter().find(|other| other.release.id == *version)
            });
            if let Some((version, policy)) =
                version.and_then(|version| Some((version, version.document.policy()?)))
            {
                named.extend(check::disagreeing(
                    policy,
                    version.stamp.released,
                    Some(self.effective),
                ));
            }
        }
        if named.has_errors() {
            report::diagnostics(&named, &project.files, global.quiet);
            bail!(
                "the released words name the day on which they come into force, and cannot change: withdraw the version instead"
            );
        }
        for Postponement { versions, documents, effective, .. } in &acts {
            anstream::println!(
                "postpone {} of {} to {effective}",
                joined(versions),
                joined(documents)
            );
        }
        tell_of_lists(site, acts.iter().flat_map(|act| &act.documents), global);
        let lines = acts.iter().map(acts::postponement).collect();
        tell_of_names(global, site, "reason", &self.act.reason);
        record(
            global,
            &project,
            lines,
            (self.act.dry_run, self.act.yes),
            "Move the day for all readers?",
        )?;
        Ok(Ending::Done)
    }
}

impl Withdraw {
    /// Records the withdrawal.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Some((project, compiled)) = global.sound(Access::Writes)? else {
            return Ok(Ending::Found);
        };
        let (site, today) = (&compiled.site, compiled.now.day);
        let acts = acts::withdraw(
            site,
            &self.versions,
            &self.act.documents(site)?,
            &self.act.reason,
            today,
        )
        .map_err(refused)?;
        for Withdrawal { versions, documents, .. } in &acts {
            anstream::println!("withdraw {} of {}", joined(versions), joined(documents));
        }
        tell_of_lists(site, acts.iter().flat_map(|act| &act.documents), global);
        let lines = acts.iter().map(acts::withdrawal).collect();
        tell_of_names(global, site, "reason", &self.act.reason);
        let recorded = record(
            global,
            &project,
            lines,
            (self.act.dry_run, self.act.yes),
            "Withdraw this permanently?",
        )?;
        if recorded && !global.quiet {
            for id in acts.iter().flat_map(|act| &act.documents) {
                if let Some(place) = site
                    .history(id.as_str())
                    .filter(|history| history.draft.is_some())
                    .map(|history| history.place())
                {
                    report::note(&format!(
                        "`{place}` may still say what was withdrawn: restore it from version control, or it is unreleased"
                    ));
                }
            }
        }
        Ok(Ending::Done)
    }
}

impl Retire {
    /// Records the retirement.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Some((project, compiled)) = global.sound(Access::Writes)? else {
            return Ok(Ending::Found);
        };
        let (site, today) = (&compiled.site, compiled.now.day);
        let history = document(site, &self.document)?;
        let see = self.see.as_deref().map(|see| document(site, see)).transpose()?;
        if let Some(other) = see {
            let id = &other.id;
            match () {
                () if other.versions.is_empty() => {
                    bail!("`{id}` was never released: name what readers can go to")
                }
                () if other.retirement().is_some() => {
                    bail!("`{id}` is retired itself: name what readers can go to")
                }
                () if *id == history.id => bail!("`{id}` cannot take its own place"),
                () => {}
            }
        }
        let see = see.map(|other| other.id.clone());
        let act = acts::retire(site, history, self.effective, &self.reason, see, today)
            .map_err(refused)?;
        let Retirement { effective, .. } = &act;
        anstream::println!("retire {} from {effective} on", history.id);
        let falls = |at: &usize| history.versions[*at].period.from >= Some(*effective);
        let fallen: Vec<usize> = history.announced().filter(falls).collect();
        for at in &fallen {
            anstream::println!(
                "  version {} never comes into force",
                history.versions[*at].release.id
            );
        }
        tell_of_names(global, site, "reason", &self.reason);
        let recorded = record(
            global,
            &project,
            vec![acts::retirement(&act)],
            (self.dry_run, self.yes),
            "Retire it?",
        )?;
        if recorded && !fallen.is_empty() && !global.quiet {
            report::note(&format!(
                "`{}` still says what was announced: restore the words in force, or it is unreleased",
                history.place()
            ));
        }
        tell_of_lists(site, [&history.id], global);
        Ok(Ending::Done)
    }
}

impl Common {
    fn documents(&self, site: &Site) -> Result<Vec<DocumentId>> {
        self.documents.iter().map(|id| Ok(document(site, id)?.id.clone())).collect()
    }
}

/// Notes that policies which show a list have versions of their own.
fn tell_of_lists<'a>(
    site: &Site,
    documents: impl IntoIterator<Item = &'a DocumentId>,
    global: &Global,
) {
    let lists =
        documents.into_iter().filter(|id| ListKind::of(id.as_str()).is_some() && !global.quiet);
    for id in
        lists.filter(|_| site.histories.iter().any(|history| history.current().policy().is_some()))
    {
        report::note(&format!(
            "a policy that shows `{id}` has versions of its own: see whether one of them has to follow"
        ));
    }
}

/// Returns the versions that postponements move, each with its document.
fn concerned(acts: &[Postponement]) -> impl Iterator<Item = (&DocumentId, &ReleaseId)> {
    acts.iter().flat_map(|act| {
        act.documents.iter().flat_map(|id| act.versions.iter().map(move |version| (id, version)))
    })
}

/// Asks, adds acts to the ledger, and returns whether it did.
fn record(
    global: &Global,
    project: &Project,
    lines: Vec<Vec<String>>,
    (dry_run, yes): (bool, bool),
    question: &str,
) -> Result<bool> {
    if !ask::agreed(question, dry_run, yes)? {
        return Ok(false);
    }
    store::write(&global.directory, &project.files, acts::record(&project.files, lines))?;
    if !global.quiet {
        report::done("recorded", &format!("in {}/{}", ledger::FOLDER, ledger::LEDGER));
        anstream::eprintln!("\nNext: commit {}, then build and publish", ledger::FOLDER);
    }
    Ok(true)
}

fn refused(refusal: acts::Refusal) -> anyhow::Error {
    anyhow!("{refusal}")
}

fn joined(ids: &[impl ToString]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

fn version(text: &str) -> Result<ReleaseId, String> {
    ReleaseId::new(text)
        .ok_or_else(|| "name a version as its address does, such as `2027-01-15`".to_owned())
}
