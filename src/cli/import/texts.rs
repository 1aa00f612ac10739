//! The texts that are asked for: files and folders one by one, or what the commits of a repository
//! left.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::{date, report};
use crate::ledger::Original;
use crate::model::DocumentId;
use crate::parse::Given;
use crate::programs::{Left, Line, Step};
use crate::tree::TreePath;
use crate::{ledger, parse, programs, store};

/// A version as it is asked for on the command line.
#[derive(Clone, Debug)]
pub struct Asked {
    id: String,
    date: Option<Date>,
    path: PathBuf,
}

/// A text and where it is from.
pub struct Text {
    /// What it is called on the terminal.
    pub from: String,
    /// The day that was recorded or given.
    pub recorded: Option<Date>,
    /// The text.
    pub original: Original,
    /// How many things of its folder are left out.
    pub others: usize,
}

/// Reads `ID[@DATE]=PATH`.
///
/// # Errors
/// Says what to write.
pub fn asked(text: &str) -> Result<Asked, String> {
    let form = || "write `ID=PATH`, or `ID@2023-02-15=PATH` where the day is known".to_owned();
    let (name, path) = text
        .split_once('=')
        .filter(|(name, path)| !name.is_empty() && !path.is_empty())
        .ok_or_else(form)?;
    let (id, day) = match name.split_once('@') {
        Some((id, day)) => (id, Some(date(day)?)),
        None => (name, None),
    };
    Ok(Asked { id: id.to_owned(), date: day, path: path.into() })
}

/// Reads files and folders as versions of the policy `id`.
///
/// # Errors
/// Names the first that cannot be read.
pub fn of_files(id: &DocumentId, directory: &Path, versions: &[Asked]) -> Result<Vec<Text>> {
    let text = |asked: &Asked| {
        let from = report::place(&asked.path);
        let given = store::import_source(&directory.join(&asked.path))?;
        let files = parse::imported(id, &given)
            .map_err(|unreadable| anyhow!("`{from}` cannot be imported: {unreadable}"))?;
        let name =
            visible(&asked.path.file_name().unwrap_or(asked.path.as_os_str()).to_string_lossy());
        let original = Original {
            id: Some(asked.id.clone()),
            written: asked.date,
            summary: format!("Imported from {name}"),
            files,
        };
        Ok(Text { from, recorded: asked.date, original, others: others(&given) })
    };
    versions.iter().map(text).collect()
}

/// A path in a git repository, and what of its history is wanted.
pub struct History<'a> {
    /// The repository.
    pub repository: &'a Path,
    /// The branch, tag or commit that is read; else what is checked out.
    pub branch: Option<&'a str>,
    /// The file or folder.
    pub path: &'a str,
    /// Which commits count.
    pub line: Line,
}

/// Reads what the commits of a repository left at a path as versions of the policy `id`, and says
/// which are none. Their days are those of the site's time zone, up to `now`.
///
/// # Errors
/// Says what git says.
pub fn of_git(
    id: &DocumentId,
    history: &History<'_>,
    zone: &TimeZone,
    now: Date,
    quiet: bool,
) -> Result<Vec<Text>> {
    let History { repository, branch, path, line } = history;
    let place = path.trim_start_matches("./").trim_end_matches('/');
    let place = if place == "." { "" } else { place };
    if path.starts_with('-') || !place.is_empty() && TreePath::new(place).is_err() {
        bail!(
            "`{path}` cannot be taken: write the path as it is from the folder of `--git`, without `..`"
        );
    }
    let mut past = programs::past(repository, *branch, &[place.to_owned()], *line)?;
    let note = |line: &str| {
        if !quiet {
            report::note(line);
        }
    };
    let steps = past.lines.remove(0);
    if steps.is_empty() {
        bail!("no commit of `{}` holds `{path}`", report::place(repository));
    }
    if past.shallow {
        note(
            "the clone is shallow, older versions are missing: run `git fetch --unshallow` there to have them all",
        );
    }
    if past.beside > 0 {
        let commits = report::counted(past.beside, "commit");
        note(&format!(
            "{commits} on merged branches left out: nobody else saw those drafts before the merge (`--all-commits` imports them)"
        ));
    }
    for pair in steps.windows(2).filter(|pair| pair[0].path != pair[1].path) {
        note(&format!("`{}` was called `{}` before", pair[1].path, pair[0].path));
    }
    let recorded: Vec<Date> =
        steps.iter().map(|step| day(step.seconds, zone)).collect::<Result<_>>()?;
    let mut texts = Vec::new();
    for (step, (recorded, day)) in
        steps.into_iter().zip(recorded.iter().zip(ledger::in_order(&recorded, now)))
    {
        let from = format!("commit {} of {recorded}", &step.commit[..10]);
        let given = match &step.left {
            Left::Text(given) => given,
            Left::Nothing => {
                note(&format!("{from} took the text away: no version"));
                continue;
            }
            Left::Other => {
                note(&format!("{from} left a link or a submodule: no version"));
                continue;
            }
        };
        let files = match parse::imported(id, given) {
            Ok(files) => files,
            Err(unreadable) => {
                note(&format!("{from} left no text: {unreadable}"));
                continue;
            }
        };
        let summary = summary(&step).unwrap_or_else(|| format!("Imported from {from}"));
        let summary =
            if day == *recorded { summary } else { format!("{summary} (dated {recorded})") };
        let original = Original { id: None, written: Some(day), summary, files };
        texts.push(Text { from, recorded: Some(*recorded), original, others: others(given) });
    }
    Ok(texts)
}

/// Returns the day of a moment in a time zone.
fn day(seconds: i64, zone: &TimeZone) -> Result<Date> {
    let moment = Timestamp::from_second(seconds)
        .with_context(|| format!("a commit was recorded {seconds} seconds after 1970"))?;
    Ok(moment.to_zoned(zone.clone()).date())
}

/// Returns what a commit says of itself; of a merge on a forge what it says of what was merged.
fn summary(step: &Step) -> Option<String> {
    let merge = ["Merge pull request ", "Merge branch ", "Merge remote-tracking branch "];
    let merged = merge.iter().any(|begin| step.subject.starts_with(begin));
    let said = if merged && !step.detail.is_empty() { &step.detail } else { &step.subject };
    Some(visible(said)).filter(|said| said.chars().any(char::is_alphanumeric))
}

/// Returns a text without what shows nothing: it will be sealed.
fn visible(text: &str) -> String {
    let shown: String = text
        .chars()
        .map(|letter| if parse::shows_nothing(letter) { ' ' } else { letter })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Counts what of a folder is left out.
fn others(given: &Given) -> usize {
    match given {
        Given::Folder { others, .. } => *others,
        Given::File(_) => 0,
    }
}
