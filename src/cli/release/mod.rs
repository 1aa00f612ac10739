//! `policybook release`: freezes the draft as a version with a permanent URL.

mod undo;

use anyhow::{Result, anyhow, bail};
use clap::Args;
use jiff::civil::Date;

use crate::cli::release::undo::Undo;
use crate::cli::{
    Access, Ending, Global, ask, date, document, name, report, sentence, tell_of_names,
};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::ledger::correct::Corrected;
use crate::ledger::{Ask, Planned, Withdrawn, correct};
use crate::messages::Messages;
use crate::model::{DocumentId, History, Kind, ReleaseId, Site, Version};
use crate::redline::{People, SectionChange};
use crate::store::Project;
use crate::tree::TreePath;
use crate::{check, ledger, redline, store};

/// Release the draft as an immutable version with a permanent URL
///
/// Releases every document with unreleased changes, or only those named. Shows what changed and
/// asks for confirmation, then writes the frozen files and a ledger entry, all or nothing.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook release --summary \"Telephone line withdrawn\"
  policybook release privacy --summary \"New analytics\" --effective 2027-01-01
  policybook release --editorial --summary \"Spelling\" --dry-run
  policybook release --undo

Exit codes: 0 released, or nothing to release; 1 errors in the content, or not editorial; 2 any other failure")]
pub struct Release {
    /// Policies and lists to release [default: all with unreleased changes]
    #[arg(value_name = "DOCUMENT")]
    documents: Vec<String>,
    /// One-sentence summary of the changes, for readers
    #[arg(long, value_name = "TEXT", value_parser = sentence, required_unless_present = "rewriting")]
    summary: Option<String>,
    /// ID of the release [default: its date]
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// Release date [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    date: Option<Date>,
    /// Effective date [default: the release date, or the first that the notice period allows]
    #[arg(long, value_name = "DATE", value_parser = date)]
    effective: Option<Date>,
    /// Mark the release as editorial; verified: only known misspellings (English), typography,
    /// sentence case and formatting may change
    #[arg(long)]
    editorial: bool,
    /// With --editorial: NAME vouches for changes beyond that check; recorded, shown to readers,
    /// and subject to the full notice period
    #[arg(long, value_name = "NAME", requires = "editorial", value_parser = name)]
    attest: Option<String>,
    /// With --editorial: correct the version in force at once, and announced versions along with it
    #[arg(long, requires = "editorial", conflicts_with_all = ["effective", "date"])]
    correct: bool,
    /// Record who approved the release; shown to readers
    #[arg(long, value_name = "NAME", value_parser = name)]
    approved_by: Option<String>,
    /// Take back the newest ledger entry, if it was never published; after a merge, the branch that
    /// contains ENTRY (a release ID or the start of a seal)
    #[arg(long, value_name = "ENTRY", num_args = 0..=1, conflicts_with_all = NEW, group = "rewriting")]
    undo: Option<Option<String>>,
    /// After merging two branches that both released: move the entries of the branch that contains
    /// ENTRY after those of the other
    #[arg(long, value_name = "ENTRY", conflicts_with_all = NEW, group = "rewriting")]
    redo: Option<String>,
    /// With --undo or --redo: do not check whether the entries were published
    #[arg(long, requires = "rewriting")]
    offline: bool,
    /// Show what would be written without writing it
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation
    #[arg(short, long)]
    yes: bool,
}

/// What belongs to a new release.
const NEW: [&str; 9] = [
    "documents",
    "summary",
    "id",
    "date",
    "effective",
    "editorial",
    "attest",
    "correct",
    "approved_by",
];

impl Release {
    /// Releases the current words, or takes back what was released.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let entry = match (&self.undo, &self.redo) {
            (Some(undone), _) => undone.as_deref(),
            (None, Some(entry)) => Some(entry.as_str()),
            (None, None) => {
                return self.release(global, self.summary.as_deref().unwrap_or_default());
            }
        };
        Undo {
            entry,
            again: self.redo.is_some(),
            offline: self.offline,
            dry_run: self.dry_run,
            yes: self.yes,
        }
        .run(global)
    }

    /// Releases the current words.
    fn release(&self, global: &Global, summary: &str) -> Result<Ending> {
        let Some((project, compiled)) = global.sound(Access::Writes)? else {
            return Ok(Ending::Found);
        };
        let documents = self.chosen(&compiled.site)?;
        if documents.is_empty() {
            report::done("nothing to release", "every document matches its latest version");
            return Ok(Ending::Done);
        }
        let unfit = unfit(&compiled.diagnostics, &documents);
        if unfit.has_errors() {
            report::diagnostics(&unfit, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        let withdrawn =
            match documents.iter().any(|history| history.id.as_str() == DocumentId::WHITEHATS) {
                true => ledger::withdrawn(&compiled.site),
                false => Vec::new(),
            };
        let kind = if self.editorial { Kind::Editorial } else { Kind::Substantive };
        let today = compiled.now.day;
        let ask = Ask {
            id: self.id.clone(),
            released: Some(self.date.unwrap_or(today)),
            today,
            effective: self.effective,
            summary: summary.to_owned(),
            kind,
            attested: self.attest.clone(),
            approved_by: self.approved_by.clone(),
        };
        if self.correct {
            return self.correct(global, &project, &compiled.site, &documents, &ask);
        }
        let planned = ledger::permitted(&compiled.site, &project.files, &documents, &ask)
            .map_err(|refusal| anyhow!("{refusal}"))?;
        let (mut objections, mut vouched) = (Diagnostics::new(), Vec::new());
        for (release, history) in planned.iter().flat_map(|planned| {
            planned.documents.iter().map(|history| (&planned.release, *history))
        }) {
            if let Some(policy) = history.draft.as_deref().and_then(|draft| draft.policy()) {
                objections.extend(check::disagreeing(policy, release.released, release.planned()));
            }
            let beyond = if kind == Kind::Editorial {
                ledger::objections(&compiled.site, history)
            } else {
                Vec::new()
            };
            match &self.attest {
                Some(name) => vouched.extend(beyond.iter().map(|objection| {
                    let (_, reason) =
                        objection.message.split_once(": ").unwrap_or(("", &objection.message));
                    format!("{name} vouches for this: {reason}")
                })),
                None => objections.extend(beyond),
            }
        }
        let objections = check::judge(objections, &compiled.site.config, &project.files, &[]);
        if objections.has_errors() {
            report::diagnostics(&objections, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        if !global.quiet {
            planned.iter().for_each(|planned| show(&compiled.site, planned));
            vouched.iter().for_each(|line| report::note(line));
            withdrawn.iter().for_each(|person| report::note(&still_named(person)));
        }
        tell_of_names(global, &compiled.site, "summary", summary);
        if !ask::agreed("Release these words permanently?", self.dry_run, self.yes)? {
            return Ok(Ending::Done);
        }
        let added = ledger::release(&project.files, &planned);
        store::write(&global.directory, &project.files, added.clone())?;
        if !global.quiet {
            for Planned { release, documents, .. } in &planned {
                let files = added
                    .iter()
                    .filter(|(path, _)| {
                        path.within(&format!("{}/{}", ledger::FOLDER, release.id)).is_some()
                    })
                    .count();
                report::done(
                    &format!("released {}", release.id),
                    &format!("{} in {}", report::counted(files, "file"), ledger::FOLDER),
                );
                documents
                    .iter()
                    .for_each(|history| anstream::eprintln!("  /{}/v/{}/", history.id, release.id));
            }
            anstream::eprintln!(
                "\nNext: commit {}, then run `policybook build --locked`",
                ledger::FOLDER
            );
        }
        Ok(Ending::Done)
    }

    /// Corrects the text in force and what is announced.
    fn correct(
        &self,
        global: &Global,
        project: &Project,
        site: &Site,
        documents: &[&History],
        ask: &Ask,
    ) -> Result<Ending> {
        let [history] = documents else { bail!("`--correct` takes one policy: name it") };
        let correction = correct::correct(site, &project.files, history, ask)
            .map_err(|refusal| anyhow!("{refusal}"))?;
        let draft = history.draft.as_deref().expect("a draft was corrected");
        let mut objections: Diagnostics =
            ledger::objections_between(site, history, &correction.base.document, draft)
                .into_iter()
                .collect();
        for corrected in &correction.corrected {
            let found = ledger::objections_between(
                site,
                history,
                &corrected.from.document,
                &corrected.document,
            );
            // Its places are in a text that is not there yet.
            let found = found.into_iter().filter(|_| objections.is_empty());
            let unplaced = |mut found: Diagnostic| {
                found.place = None;
                found
            };
            objections.extend(found.map(unplaced).collect::<Vec<_>>());
        }
        let vouched = self.attest.is_some();
        if objections.has_errors() && !(vouched && correct::concerns_contacts(&correction.passages))
        {
            report::diagnostics(&objections, &project.files, global.quiet);
            if vouched {
                bail!(
                    "at once, somebody may vouch for contact data only: every other change needs its notice, leave out `--correct`"
                );
            }
            return Ok(Ending::Found);
        }
        for (old, new) in &correction.passages {
            anstream::println!("{}  {old} → {new}", history.id);
        }
        for Corrected { from, release, missing, .. } in &correction.corrected {
            let force = release
                .effective
                .map_or_else(|| "from now on".to_owned(), |day| format!("from {day}"));
            anstream::println!(
                "release {}  corrects {}, in force {force}",
                release.id,
                from.release.id
            );
            for passage in missing {
                report::note(&format!(
                    "version {} does not hold `{passage}` there: that stays as it is",
                    from.release.id
                ));
            }
        }
        for version in &correction.rewritten {
            report::note(&format!(
                "version {version} does not hold these words: it stays as it is"
            ));
        }
        tell_of_names(global, site, "summary", &ask.summary);
        if !ask::agreed("Release these words permanently?", self.dry_run, self.yes)? {
            return Ok(Ending::Done);
        }
        let added = correct::corrected(
            &project.files,
            history,
            &correction,
            ledger::promised(site, history),
        );
        store::write(&global.directory, &project.files, added.clone())?;
        if !global.quiet {
            let ids: Vec<String> = correction
                .corrected
                .iter()
                .map(|corrected| corrected.release.id.to_string())
                .collect();
            report::done(
                &format!("released {}", ids.join(", ")),
                &format!("in {}", ledger::FOLDER),
            );
            if correction.base.place != history.newest().map_or(0, |newest| newest.place) {
                report::note(&format!(
                    "the draft says what is in force, not what is announced: restore the announced words in `{}`",
                    history.place()
                ));
            }
        }
        Ok(Ending::Done)
    }

    /// Returns the documents that are asked for and have unreleased words.
    fn chosen<'a>(&self, site: &'a Site) -> Result<Vec<&'a History>> {
        if self.documents.is_empty() {
            return Ok(site.unreleased().collect());
        }
        let mut chosen = Vec::new();
        for id in &self.documents {
            let history = document(site, id)?;
            // What is retired comes back with the same words, if that is asked for.
            let returns = history.retirement().is_some() && history.draft.is_some();
            if (history.unreleased || returns)
                && !chosen.iter().any(|other: &&History| other.id == history.id)
            {
                chosen.push(history);
            }
        }
        Ok(chosen)
    }
}

/// Returns what cannot be fixed any more once it is sealed: what nobody sees in the words, names
/// that not every system can hold, and what is not the author's own.
fn unfit(found: &Diagnostics, documents: &[&History]) -> Diagnostics {
    let sealed = |path: &TreePath| {
        let of = |history: &&History| {
            path.within(&format!("content/{}", history.id)).is_some()
                || path.as_str() == format!("content/{}.yaml", history.id)
        };
        path.as_str() == "content/site.yaml" || documents.iter().any(of)
    };
    let unfit = |found: &&Diagnostic| {
        matches!(found.code, Code::Invisible | Code::BadName | Code::Placeholder)
            && found.place.as_ref().is_some_and(|place| sealed(&place.path))
    };
    found
        .sorted()
        .into_iter()
        .filter(unfit)
        .map(|found| found.clone().weighing(Severity::Error))
        .collect()
}

/// Lists the older versions that name somebody who withdrew consent, and the command that removes
/// the name.
fn still_named(person: &Withdrawn) -> String {
    let versions: Vec<&str> = person.versions.iter().map(ReleaseId::as_str).collect();
    let name = person.name.replace('\'', r"'\''");
    let plural = if versions.len() == 1 { "version" } else { "versions" };
    format!(
        "{plural} {} of the list still name `{}`: `policybook redact '{name}' --reason 'asked for by the person named'` removes it",
        versions.join(", "),
        person.name.escape_debug()
    )
}

/// Prints what a release would freeze: each document, what changed in it, and the entry.
fn show(site: &Site, planned: &Planned<'_>) {
    let Planned { release, documents, joins, .. } = planned;
    let people = People::of(site);
    for history in documents {
        let Some(draft) = history.draft.as_deref() else {
            continue;
        };
        let newest = history.newest();
        let since = newest.map_or("its first version".to_owned(), |newest| {
            format!("since {}", newest.release.id)
        });
        anstream::println!("{}  {since}", history.id);
        for change in redline::unreleased_commitments(site, history) {
            anstream::println!("  {}", change.phrase().english());
        }
        let days = (newest.and_then(Version::day), release.planned());
        for change in
            redline::summary(newest.map(|newest| &*newest.document), Some(draft), days, &people)
        {
            anstream::println!("  {}", line(&change));
        }
    }
    let vouched = release
        .attested
        .as_ref()
        .map(|name| format!(", vouched for by {name}"))
        .unwrap_or_default();
    let force = release.effective.map(|day| format!(", in force from {day}")).unwrap_or_default();
    anstream::println!("release {}  {}{vouched}{force}", release.id, release.kind.as_str());
    anstream::println!("  {}", release.summary);
    for (document, version) in joins {
        report::note(&format!(
            "`{document}` joins version {version}, which was announced: no version comes into force before an earlier one"
        ));
    }
    for history in documents {
        let recorded = history.shown().is_none_or(|at| history.versions[at].notice.is_some());
        let days = ledger::promised(site, history);
        if !recorded && !site.config.notice.is_empty() {
            report::note(&format!(
                "the version of `{}` in force records no notice: the {days} days in `site.yaml` count",
                history.id
            ));
        }
        if let Some(retirement) = history
            .retirement()
            .filter(|retirement| release.planned() >= Some(retirement.effective))
        {
            report::note(&format!(
                "`{}` is retired from {} on: this release brings it back",
                history.id, retirement.effective
            ));
        }
    }
}

/// Returns a change in a line: what became of which section, and how many words came and went.
pub fn line(change: &SectionChange) -> String {
    let messages = Messages::english();
    let (kind, title) = (messages.get(change.kind.message()), change.title_in(messages));
    let name = match change.before_in(messages) {
        Some(before) => format!("{before} → {title}"),
        None => title.to_owned(),
    };
    format!("{kind:8} {name}  +{} -{} words", change.added, change.removed)
}
