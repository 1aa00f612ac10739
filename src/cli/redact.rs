//! `policybook redact`: words removed from every frozen version, on request.

use anyhow::{Result, bail};
use clap::Args;
use jiff::civil::Date;

use crate::cli::{Access, Ending, Global, ask, date, report, sentence, style};
use crate::ledger::redact::{Left, Redacted, Refusal, Stay};
use crate::tree::{File, Source, Sources, Span, Tree, TreePath};
use crate::{ledger, store};

/// How many letters are shown on either side of the words.
const AROUND: usize = 48;

/// How many places that stay are shown, of those that hold the words and of those near to them.
const SHOWN: usize = 20;

/// Where the words are all the same.
const REACH: &str = "the old words remain where policybook does not reach: in the history of version control, in what you published until \
                     you build and publish again, in caches, in archives and copies of others";

/// Remove text from every released version, such as a person's name at their request
///
/// The text is replaced with a visible mark, [removed on request, 2026-11-21], in every released
/// version and in the draft. The ledger records the reason and the new digests, so everything else
/// can still be verified.
///
/// Matches whole words in any letter case, with spaces, line breaks or hyphens between them. A
/// single capitalised word does not match in lowercase: Rose is removed, rose is not. Near matches
/// are listed and left: other accents, words run together, in another order, or with one more word
/// between.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook redact \"Ada Example\" --reason \"asked for by the person named\" --dry-run
  policybook redact \"Ada Example\" --reason \"asked for by the person named\"

Exit codes: 0 removed, 1 errors in the project, 2 any other failure")]
pub struct Redact {
    /// Text to remove: a name, an address
    #[arg(value_name = "TEXT")]
    text: String,
    /// Reason, for the ledger; must not contain the text itself
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    reason: String,
    /// Date of the redaction [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    date: Option<Date>,
    /// Show what would be removed without writing anything
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation
    #[arg(long)]
    yes: bool,
}

impl Redact {
    /// Removes the words.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let project = global.project(Access::Writes)?;
        if project.diagnostics.has_errors() {
            report::diagnostics(&project.diagnostics, &project.files, global.quiet);
            return Ok(Ending::Found);
        }
        let today = global.now(&project.files, Access::Writes)?.day;
        let day = self.date.unwrap_or(today);
        if day > today {
            bail!("{day} is after {today}: words are removed on a day that has come");
        }
        let redacted = match ledger::redact(&project.files, &self.text, &self.reason, day, today) {
            Ok(redacted) => redacted,
            Err(refusal) => {
                match &refusal {
                    Refusal::Unproved(found) => {
                        report::diagnostics(found, &project.files, global.quiet)
                    }
                    Refusal::Nowhere(left) if !global.quiet => {
                        tell(left, |path| project.files.get(path))
                    }
                    _ => {}
                }
                bail!("{refusal}");
            }
        };
        if !global.quiet {
            show(&redacted, &project.files);
            let after = |path: &TreePath| {
                redacted
                    .drafts
                    .get(path)
                    .or_else(|| redacted.versions.get(path))
                    .or_else(|| project.files.get(path))
            };
            tell(&redacted.left, after);
        }
        if self.dry_run {
            list(&redacted);
        }
        if !ask::agreed("Remove these words for ever?", self.dry_run, self.yes)? {
            return Ok(Ending::Done);
        }
        let changes: Tree<File> =
            redacted.drafts.clone().into_iter().chain(redacted.versions.clone()).collect();
        store::write(&global.directory, &project.files, changes)?;
        list(&redacted);
        if !global.quiet {
            let files = redacted.versions.len() + redacted.drafts.len();
            let places = report::counted(redacted.places.len(), "place");
            report::done(
                "redacted",
                &format!("{places}; {} changed", report::counted(files, "file")),
            );
            report::note(REACH);
        }
        Ok(Ending::Done)
    }
}

/// Shows every place where the words stand.
fn show(redacted: &Redacted, files: &Tree<File>) {
    let mut concerned: Vec<&TreePath> = Vec::new();
    let mut sources = Sources::new(files);
    for (path, span) in &redacted.places {
        if let Some(source) = sources.get(path) {
            place(source, *span);
        }
        concerned.push(path);
    }
    concerned.dedup();
    anstream::eprintln!(
        "{} in {}",
        report::counted(redacted.places.len(), "place"),
        report::counted(concerned.len(), "file")
    );
}

/// Reports what stays: the text that cannot be removed, then what is near to them. `file` returns
/// the files as they are afterwards.
fn tell<'a>(left: &[Left], file: impl Fn(&TreePath) -> Option<&'a File>) {
    let (near, holding): (Vec<&Left>, Vec<&Left>) =
        left.iter().partition(|left| left.stay == Stay::Near);
    for Left { path, span, stay } in holding.iter().take(SHOWN) {
        let why = match stay {
            Stay::Sealed => "the lines of the ledger are sealed and cannot change",
            Stay::Frozen => "they are no words of a policy or list there, and the file is frozen",
            Stay::NoWords | Stay::Near => {
                "they are no words of a policy or list there; change them by hand"
            }
        };
        let line = file(path).map_or(1, |file| Source::lossy(path, file).position(span.start).line);
        report::note(&format!("`{path}`, line {line}, will still hold them: {why}"));
    }
    more(&holding);
    if !near.is_empty() {
        let matches = if near.len() == 1 {
            "1 near match stays".to_owned()
        } else {
            format!("{} near matches stay", near.len())
        };
        report::note(&format!(
            "{matches}: where the same is meant, redact them too, as they are written"
        ));
    }
    for Left { path, span, .. } in near.iter().take(SHOWN) {
        if let Some(file) = file(path) {
            place(&Source::lossy(path, file), *span);
        }
    }
    more(&near);
}

/// Says how many places are not shown.
fn more(left: &[&Left]) {
    if let Some(more) = left.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        anstream::eprintln!("and {more} more");
    }
}

/// Prints the line that words stand in.
fn place(source: &Source<'_>, span: Span) {
    anstream::eprintln!(
        "{}:{}: {}",
        source.path,
        source.position(span.start).line,
        shown(&source.text, span)
    );
}

/// Returns the line that words stand in, the words between `»` and `«`.
fn shown(text: &str, span: Span) -> String {
    let plain = |text: &str| text.replace(char::is_control, " ");
    let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
    let end = text[span.end..].find('\n').map_or(text.len(), |length| span.end + length);
    let (before, after) = (plain(&text[start..span.start]), plain(&text[span.end..end]));
    let skipped = before.chars().count().saturating_sub(AROUND);
    let before: String = before.chars().skip(skipped).collect();
    let cut = if after.chars().count() > AROUND { "…" } else { "" };
    let after: String = after.chars().take(AROUND).collect();
    let words = plain(&text[span.start..span.end]);
    let opening = if skipped > 0 { "…" } else { "" };
    format!("{opening}{before}{0}»{words}«{0:#}{after}{cut}", style::ERROR)
}

/// Prints every file that is changed: the answer.
fn list(redacted: &Redacted) {
    for (path, _) in redacted.drafts.iter().chain(redacted.versions.iter()) {
        anstream::println!("update {path}");
    }
}
