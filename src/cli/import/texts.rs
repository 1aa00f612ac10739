//! The texts that are asked for: files and folders one by one, or what the commits of a repository
//! left.

use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use jiff::civil::Date;

use crate::cli::{date, report};
use crate::ledger::Original;
use crate::model::DocumentId;
use crate::parse::Given;
use crate::tree::TreePath;
use crate::{parse, programs, store};

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
        Ok(Text { from, original, others: others(&given) })
    };
    versions.iter().map(text).collect()
}

/// Reads what the commits of a repository left at a path as versions of the policy `id`, and says
/// which are none.
///
/// # Errors
/// Says what git says.
pub fn of_git(
    id: &DocumentId,
    repository: &Path,
    path: &str,
    follow: bool,
    quiet: bool,
) -> Result<Vec<Text>> {
    let place = path.trim_start_matches("./").trim_end_matches('/');
    let place = if place == "." { "" } else { place };
    if path.starts_with('-') || !place.is_empty() && TreePath::new(place).is_err() {
        bail!(
            "`{path}` cannot be taken: write the path as it is from the folder of `--git`, without `..`"
        );
    }
    let past = programs::past(repository, place, follow)?;
    let note = |line: &str| {
        if !quiet {
            report::note(line);
        }
    };
    if past.commits.is_empty() {
        bail!("no commit of `{}` holds `{path}`", report::place(repository));
    }
    if past.shallow {
        note(
            "the clone is shallow, older versions are missing: run `git fetch --unshallow` there to have them all",
        );
    }
    if past.beside > 0 {
        let commits = report::counted(past.beside, "commit");
        note(&format!("{commits} on a line beside came in with a merge: the merge is the version"));
    }
    let mut texts = Vec::new();
    for commit in past.commits {
        let from = format!("commit {} of {}", commit.id, commit.date);
        let Some(given) = &commit.given else {
            note(&format!("{from} took the text away: no version"));
            continue;
        };
        let files = match parse::imported(id, given) {
            Ok(files) => files,
            Err(unreadable) => {
                note(&format!("{from} left no text: {unreadable}"));
                continue;
            }
        };
        let subject = visible(&commit.subject);
        let says = subject.chars().any(char::is_alphanumeric);
        let summary = if says { subject } else { format!("Imported from {from}") };
        let original = Original { id: None, written: Some(commit.date), summary, files };
        texts.push(Text { from, original, others: others(given) });
    }
    Ok(texts)
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
