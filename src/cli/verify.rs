//! `policybook verify`: every digest and the chain of the ledger, worked out again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use jiff::tz::{Offset, TimeZone};
use rayon::prelude::*;
use serde::Serialize;

use crate::cli::publish::tell_late;
use crate::cli::status::Format;
use crate::cli::{Ending, Global, report, style};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ledger::Proof;
use crate::model::{Act, DocumentId, Entry, Frozen, Now, ReleaseId};
use crate::proof::{Carried, Judgement};
use crate::publish::{Reason, Refusal};
use crate::render::Route;
use crate::tree::{Digest, Source, TreePath};
use crate::web::Archive;
use crate::{ledger, proof, render, store};

/// Verify released versions against the ledger
///
/// Recomputes every digest and the hash chain of the ledger in a project, a built site or a live
/// site, and reports which file or entry differs. A ledger that was rewritten with all its seals
/// can only be detected by someone who kept its head, the newest seal: keep the one that is printed
/// somewhere else, and pass it with --head.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook verify
  policybook verify public
  policybook verify https://fluxiom.example/ --head 58c5d436dade…

  policybook verify public --against https://fluxiom.example/

Exit codes: 0 all is as it was released, 1 something differs, 2 any other failure, 3 refused: it must not replace what is published")]
pub struct Verify {
    /// Project, built site or site URL [default: the project]
    #[arg(value_name = "DIR|URL")]
    place: Option<String>,
    /// Require the ledger to contain this seal, saved earlier
    #[arg(long, value_name = "SHA", value_parser = head)]
    head: Option<Digest>,
    /// Refuse what `publish` refuses to put over the site at URL: versions that vanish or change, a
    /// step back in the ledger
    #[arg(long, value_name = "DIR|URL")]
    against: Option<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Seconds to wait for an answer of a site
    #[arg(long, value_name = "SECONDS", default_value_t = 30, hide = true, value_parser = clap::value_parser!(u64).range(1..=3600))]
    patience: u64,
}

/// The version of the JSON shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// What an entry is called that changed frozen words.
const REDACTION: &str = "redaction";

#[derive(Serialize)]
struct Answer<'a> {
    schema: u32,
    /// `ok` or `problems`.
    verdict: &'static str,
    /// The newest seal.
    head: Option<String>,
    /// The head that was saved before, if one was given.
    saved: Option<String>,
    /// How many entries came since the saved head.
    added: Option<usize>,
    /// How many frozen files were read.
    files: usize,
    /// The site that carries them.
    site: Option<Told>,
    /// Oldest first.
    entries: Vec<Judged<'a>>,
    problems: Vec<Problem<'a>>,
    /// Why it must not replace what is published.
    refusal: Option<Refused<'a>>,
}

#[derive(Serialize)]
struct Refused<'a> {
    reason: Reason,
    message: &'a str,
}

/// A site and what became of it.
#[derive(Serialize)]
struct Told {
    /// The day that its pages show.
    day: Option<String>,
    /// The first day on which they have to show something else.
    until: Option<String>,
    /// How many of its files match the ledger.
    files: usize,
    /// How many of these have a frame that nobody can know: their words and days were compared.
    framed: usize,
}

/// An entry of the ledger and what became of it.
#[derive(Serialize)]
struct Judged<'a> {
    /// `release`, `review` or `redaction`.
    act: &'static str,
    /// The id of a release.
    id: Option<&'a str>,
    date: Option<String>,
    seal: String,
    documents: usize,
    files: usize,
    ok: bool,
}

#[derive(Serialize)]
struct Problem<'a> {
    code: &'static str,
    file: Option<&'a str>,
    line: Option<usize>,
    message: &'a str,
}

impl Verify {
    /// Proves the released versions.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let place = self.place.as_deref();
        let archive = match place.filter(|place| is_web_address(place)) {
            Some(address) => Archive::fetch(address, Duration::from_secs(self.patience))?,
            None => Archive::read(
                &place
                    .map_or_else(|| global.directory.clone(), |folder| global.started.join(folder)),
            )?,
        };
        let mut diagnostics = archive.diagnostics.clone();
        let proof = ledger::verify(&archive.files, &archive.folder, &mut diagnostics);
        let added = self.head.and_then(|head| {
            ledger::added_since(head, &proof.entries, &archive.folder, &mut diagnostics)
        });
        let whole = !diagnostics.has_errors();
        archive.report_missing(&render::carriers(&proof), &mut diagnostics)?;
        // What a ledger that does not hold says of pages would only be told again.
        let judged = if whole { self.judge(&archive, global, &mut diagnostics)? } else { None };
        let refusal = self.refused(&archive, &proof, global)?;
        let mut answer = self.answer(&archive, &proof, added, judged, &diagnostics);
        answer.refusal = refusal
            .as_ref()
            .map(|refusal| Refused { reason: refusal.reason, message: &refusal.message });
        match self.format {
            Format::Json => anstream::println!("{}", serde_json::to_string_pretty(&answer)?),
            Format::Text => {
                if !global.quiet {
                    self.tell(&answer);
                }
                report::findings(&diagnostics, &archive.files, global.quiet);
                if !answer.problems.is_empty() {
                    let counted = report::counted(answer.problems.len(), "error");
                    anstream::eprintln!("{0}{counted}{0:#}: verification failed", style::ERROR);
                } else if let Some(refusal) = &refusal {
                    anstream::eprintln!("{0}refused{0:#}: {1}", style::ERROR, refusal.message);
                } else if !global.quiet {
                    self.advise(&answer);
                }
            }
        }
        if refusal.is_some() && !diagnostics.has_errors() {
            return Ok(Ending::Refused);
        }
        Ok(if diagnostics.has_errors() { Ending::Found } else { Ending::Done })
    }

    /// Returns why this must not replace the site that is published.
    fn refused(
        &self,
        archive: &Archive,
        proof: &Proof,
        global: &Global,
    ) -> Result<Option<Refusal>> {
        let Some(place) = &self.against else { return Ok(None) };
        let published = match is_web_address(place) {
            true => Archive::published(place, Duration::from_secs(self.patience))?,
            false => Some(Archive::read(&global.started.join(place))?),
        };
        let Some(published) = published else {
            if !global.quiet {
                report::note(&format!("nothing is published at {place} yet"));
            }
            return Ok(None);
        };
        let there = ledger::verify(&published.files, &published.folder, &mut Diagnostics::new());
        let Some(head) = there.entries.last().map(|newest| newest.seal) else { return Ok(None) };
        let Some(known) = proof.entries.iter().position(|entry| entry.seal == head) else {
            let message = format!(
                "the ledger at {place} ends with the seal {head}, which the ledger here does not contain: this is older, or its ledger was \
                 rewritten; build from the newest commit"
            );
            return Ok(Some(Refusal { reason: Reason::Stale, message }));
        };
        if !global.quiet {
            let moment = global.moment()?;
            let today = global.today.unwrap_or_else(|| Now::at(moment, &TimeZone::UTC).day);
            let site = proof::site(&archive.files, &archive.folder, today);
            tell_late(&site, &head.to_string(), today);
        }
        let redacted: BTreeSet<_> = proof.entries[known + 1..]
            .iter()
            .filter_map(Entry::redaction)
            .flat_map(|redaction| redaction.documents.keys())
            .collect();
        let versions: Vec<_> = there
            .releases
            .iter()
            .flat_map(|proved| {
                proved.documents.keys().map(|id| (proved.release.id.clone(), id.clone()))
            })
            .filter(|version| !redacted.contains(version))
            .collect();
        let changed = |(release, id): &(ReleaseId, DocumentId)| {
            let page = Route::Version(id, release).file();
            let Some(before) = published.carried(&page)? else { return Ok(None) };
            let Some(now) = archive.carried(&page)? else {
                let gone = archive.is_site().then_some((Reason::PermanentGone, page));
                return Ok(gone);
            };
            let [before, now] =
                [before, now].map(|page| String::from_utf8_lossy(&page).into_owned());
            let differs = render::misquoted(&before, &now, &[]).is_some();
            Ok(differs.then_some((Reason::PermanentChanged, page)))
        };
        let found: Vec<Option<(Reason, TreePath)>> =
            published.install(|| versions.par_iter().map(changed).collect::<Result<_>>())?;
        Ok(found.into_iter().flatten().next().map(|(reason, page)| {
            let would = if reason == Reason::PermanentGone { "vanish" } else { "read differently" };
            let message = format!(
                "`{page}` is a published version and would {would}; if it was changed where it is served from, `policybook publish \
                 --repair` restores it"
            );
            Refusal { reason, message }
        }))
    }

    /// Compares the files of a site with what its ledger makes of them; a live one has to be that
    /// of today.
    fn judge(
        &self,
        archive: &Archive,
        global: &Global,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Judgement>> {
        if !archive.is_site() {
            return Ok(None);
        }
        let moment = global.moment()?;
        let day = |zone: &TimeZone| global.today.unwrap_or_else(|| Now::at(moment, zone).day);
        let carried =
            Carried { get: &|path: &TreePath| archive.carried(path), listed: archive.listed()? };
        let (files, folder) = (&archive.files, &archive.folder);
        let theme = store::default_theme();
        let judged = archive
            .install(|| proof::judge(files, folder, &theme, day(&TimeZone::UTC), &carried))?;
        // One cause is one finding.
        let told: BTreeSet<TreePath> = diagnostics
            .sorted()
            .into_iter()
            .filter_map(|found| Some(found.place.as_ref()?.path.clone()))
            .collect();
        let is_new = |found: &Diagnostic| {
            found.place.as_ref().is_none_or(|place| !told.contains(&place.path))
        };
        diagnostics.extend(judged.diagnostics.clone().into_iter().filter(is_new));
        // Where the day begins last, it has begun everywhere.
        let west = day(&TimeZone::fixed(Offset::constant(-12)));
        if archive.is_live()
            && let Some(until) = judged.until.filter(|until| *until <= west)
        {
            let problem = format!(
                "the site is behind its day: since {until} its ledger says something else than these pages"
            );
            let behind = Diagnostic::error(Code::Uncarried, problem).in_file(&Route::Home.file());
            diagnostics.push(
                behind.help("build and publish it, and see to it that this happens every day"),
            );
        }
        Ok(Some(judged))
    }

    fn answer<'a>(
        &self,
        archive: &'a Archive,
        proof: &'a Proof,
        added: Option<usize>,
        judgement: Option<Judgement>,
        diagnostics: &'a Diagnostics,
    ) -> Answer<'a> {
        let found = diagnostics.sorted();
        let files: BTreeMap<&ReleaseId, usize> = proof
            .releases
            .iter()
            .map(|proved| (&proved.release.id, proved.sums.files().count()))
            .collect();
        let ends = proof.entries.iter().skip(1).map(|next| next.span.start).chain([usize::MAX]);
        let entries = proof.entries.iter().zip(ends);
        Answer {
            schema: SCHEMA,
            verdict: if diagnostics.has_errors() { "problems" } else { "ok" },
            head: proof.entries.last().map(|entry| entry.seal.to_string()),
            saved: self.head.map(|head| head.to_string()),
            added,
            files: files.values().sum(),
            site: judgement.map(|judged| Told {
                day: judged.day.map(|day| day.to_string()),
                until: judged.until.map(|day| day.to_string()),
                files: judged.files,
                framed: judged.framed,
            }),
            entries: entries
                .map(|(entry, end)| judged(archive, &files, entry, end, &found))
                .collect(),
            problems: found.into_iter().map(|found| problem(archive, found)).collect(),
            refusal: None,
        }
    }

    /// Prints the answer for people.
    fn tell(&self, answer: &Answer<'_>) {
        let releases = || answer.entries.iter().filter_map(|entry| Some((entry.id?, entry)));
        let width = releases().map(|(id, _)| id.len()).max().unwrap_or_default();
        for (id, entry) in releases() {
            let (documents, files) = (
                report::counted(entry.documents, "document"),
                report::counted(entry.files, "file"),
            );
            let verdict = if entry.ok { "ok" } else { "differs" };
            anstream::println!("{id:width$}  {documents:12}  {files:9}  {verdict}");
        }
        if let Some(head) = &answer.head {
            anstream::println!("head {head}");
        }
        if let Some(Told { day: Some(day), files, framed, .. }) = &answer.site {
            let (files, framed) = (report::counted(*files, "file"), *framed);
            let words = match framed {
                0 => String::new(),
                _ => format!(", {framed} of them only in part (custom templates)"),
            };
            anstream::println!("site as of {day}: {files} match the ledger{words}");
        }
    }

    /// Says what to do with the head.
    fn advise(&self, answer: &Answer<'_>) {
        match (&answer.head, answer.added) {
            (None, _) => report::note("nothing was released yet"),
            (Some(_), Some(0)) => report::done("same", "this is the head you saved"),
            (Some(_), Some(added)) => {
                let entries = if added == 1 { "entry was" } else { "entries were" };
                report::done(
                    "later",
                    &format!(
                        "{added} {entries} added since the head you saved; save this one from now on"
                    ),
                );
                for redaction in
                    answer.entries.iter().rev().take(added).filter(|entry| entry.act == REDACTION)
                {
                    let (day, documents) = (
                        redaction.date.as_deref().unwrap_or_default(),
                        report::counted(redaction.documents, "document"),
                    );
                    report::note(&format!(
                        "since then the redaction of {day} changed frozen words of {documents}"
                    ));
                }
            }
            (Some(head), None) => {
                let place =
                    self.place.as_ref().map(|place| format!("{place} ")).unwrap_or_default();
                anstream::eprintln!("save this head: policybook verify {place}--head {head}");
            }
        }
    }
}

fn is_web_address(place: &str) -> bool {
    place.starts_with("https://") || place.starts_with("http://")
}

/// Judges an entry by what was found in its lines, in its folder and on its pages, and by the chain
/// above it. `end` is where the next entry begins.
fn judged<'a>(
    archive: &Archive,
    files: &BTreeMap<&ReleaseId, usize>,
    entry: &'a Entry,
    end: usize,
    found: &[&Diagnostic],
) -> Judged<'a> {
    let release = entry.release();
    let folder = release.map(|frozen| archive.folder.join(frozen.release.id.as_str()));
    let (ledger, lines) = (archive.folder.join(ledger::LEDGER), entry.span.start..end);
    let touches = |place: &Place| {
        let page = |frozen: &Frozen| {
            frozen
                .documents
                .keys()
                .any(|id| Route::Version(id, &frozen.release.id).file() == place.path)
        };
        let within =
            folder.as_ref().is_some_and(|folder| place.path.within(folder.as_str()).is_some());
        within
            || (place.path == ledger && place.span.is_some_and(|span| lines.contains(&span.start)))
            || release.is_some_and(page)
    };
    let torn = |found: &&Diagnostic| {
        let place = found
            .place
            .as_ref()
            .filter(|place| place.path == ledger && found.code == Code::LedgerSeal);
        place.and_then(|place| place.span).is_some_and(|span| span.start < end)
    };
    let (act, documents) = match &entry.act {
        Act::Release(frozen) => ("release", frozen.documents.len()),
        Act::Review(review) => ("review", review.documents.len()),
        Act::Redaction(redaction) => (REDACTION, redaction.documents.len()),
        Act::Postponement(act) => ("postponement", act.documents.len()),
        Act::Withdrawal(act) => ("withdrawal", act.documents.len()),
        Act::Retirement(act) => ("retirement", act.documents.len()),
    };
    Judged {
        act,
        id: release.map(|frozen| frozen.release.id.as_str()),
        date: entry.date().map(|day| day.to_string()),
        seal: entry.seal.to_string(),
        documents,
        files: release
            .and_then(|frozen| files.get(&frozen.release.id))
            .copied()
            .unwrap_or_default(),
        ok: !found.iter().any(torn)
            && !found.iter().filter_map(|found| found.place.as_ref()).any(touches),
    }
}

fn problem<'a>(archive: &Archive, found: &'a Diagnostic) -> Problem<'a> {
    let line = found.place.as_ref().and_then(|place| {
        let source = Source::lossy(&place.path, archive.files.get(&place.path)?);
        let above = source.text.get(..place.span?.start)?;
        Some(1 + above.matches('\n').count())
    });
    Problem {
        code: found.code.as_str(),
        file: found.place.as_ref().map(|place| place.path.as_str()),
        line,
        message: &found.message,
    }
}

fn head(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|_| "a head is a seal of the ledger, 64 letters of `0-9a-f`".to_owned())
}
