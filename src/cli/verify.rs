//! `policybook verify`: every digest and the chain of the ledger, worked out again.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use serde::Serialize;

use crate::cli::status::Format;
use crate::cli::{Ending, Global, report, style};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::ledger::Proof;
use crate::model::{Act, Entry, Frozen, ReleaseId};
use crate::render::Route;
use crate::tree::{Digest, Source};
use crate::web::Archive;
use crate::{ledger, render};

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

Exit codes: 0 all is as it was released, 1 something differs, 2 any other failure")]
pub struct Verify {
    /// Project, built site or site URL [default: the project]
    #[arg(value_name = "DIR|URL")]
    place: Option<String>,
    /// Require the ledger to contain this seal, saved earlier
    #[arg(long, value_name = "SHA", value_parser = head)]
    head: Option<Digest>,
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
    /// Oldest first.
    entries: Vec<Judged<'a>>,
    problems: Vec<Problem<'a>>,
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
        let archive =
            match place.filter(|place| is_web_address(place)) {
                Some(address) => Archive::fetch(address, Duration::from_secs(self.patience))?,
                None => Archive::read(&place.map_or_else(
                    || global.directory.clone(),
                    |folder| global.directory.join(folder),
                ))?,
            };
        let mut diagnostics = archive.diagnostics.clone();
        let proof = ledger::verify(&archive.files, &archive.folder, &mut diagnostics);
        let added = self.head.and_then(|head| {
            ledger::added_since(head, &proof.entries, &archive.folder, &mut diagnostics)
        });
        archive.report_missing(&render::carriers(&proof), &mut diagnostics)?;
        let answer = self.answer(&archive, &proof, added, &diagnostics);
        match self.format {
            Format::Json => anstream::println!("{}", serde_json::to_string_pretty(&answer)?),
            Format::Text => {
                if !global.quiet {
                    self.tell(&answer);
                }
                report::findings(&diagnostics, &archive.files, global.quiet);
                if !answer.problems.is_empty() {
                    let counted = report::counted(answer.problems.len(), "error");
                    anstream::eprintln!(
                        "{0}{counted}{0:#}: this is not all as it was released",
                        style::ERROR
                    );
                } else if !global.quiet {
                    self.advise(&answer);
                }
            }
        }
        Ok(if diagnostics.has_errors() { Ending::Found } else { Ending::Done })
    }

    fn answer<'a>(
        &self,
        archive: &'a Archive,
        proof: &'a Proof,
        added: Option<usize>,
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
            entries: entries
                .map(|(entry, end)| judged(archive, &files, entry, end, &found))
                .collect(),
            problems: found.into_iter().map(|found| problem(archive, found)).collect(),
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
