//! The texts that are asked for: files and folders one by one, or what the commits of a repository
//! left of a file, a folder, or every markdown file below one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::{date, new_policy, report};
use crate::ledger::Refusal;
use crate::model::{DocumentId, ReleaseId};
use crate::parse::Given;
use crate::programs::{Left, Line, Step};
use crate::tree::{Digest, File, TreePath};
use crate::{ledger, parse, programs, store};

/// Documents of other kinds that were made markdown already, by their digests.
#[derive(Default)]
pub struct Converted(HashMap<Digest, File>);

impl Converted {
    /// Returns a text as markdown, whatever kind of document the file at `path` is.
    ///
    /// # Errors
    /// Says what to run where that cannot be done here.
    pub fn markdown(&mut self, path: &str, given: Given, project: &Path) -> Result<Given> {
        let Given::File(file) = &given else { return Ok(given) };
        if let Some(known) = self.0.get(&file.digest()) {
            return Ok(Given::File(known.clone()));
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        match programs::markdown_of(name, file.bytes(), project)? {
            None => Ok(given),
            Some(markdown) => {
                let markdown = File::new(markdown);
                self.0.insert(file.digest(), markdown.clone());
                Ok(Given::File(markdown))
            }
        }
    }
}

/// What is kept beside policies and is none.
const BESIDE: [&str; 6] =
    ["changelog", "contributing", "issue_template", "license", "pull_request_template", "readme"];

/// A version as it is asked for on the command line.
#[derive(Clone, Debug)]
pub struct Asked {
    id: String,
    date: Option<Date>,
    path: PathBuf,
}

/// A text that may become a version.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The file of which it is a text, as the plan names it.
    pub name: String,
    /// Where it is found, as the plan says it.
    pub source: String,
    /// The id of its version, where that is asked for.
    pub version: Option<String>,
    /// The day on which it became public; `None` if unknown.
    pub date: Option<Date>,
    /// The day that was recorded or given.
    pub recorded: Option<Date>,
    /// What to tell readers.
    pub summary: String,
    /// Its place among all texts, counted back from the newest.
    pub back: usize,
    /// The text.
    pub given: Given,
}

/// Texts that are imported together.
pub struct Sources {
    /// The repository that they are from, as it was named.
    pub git: Option<String>,
    /// The files by their names, and the policies that they become.
    pub names: Vec<(String, DocumentId)>,
    /// The names that each file had, by the policy that it becomes.
    pub paths: BTreeMap<String, DocumentId>,
    /// The texts, oldest first.
    pub candidates: Vec<Candidate>,
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

/// Reads files and folders as texts of the policy `id`.
///
/// # Errors
/// Names the first that cannot be read.
pub fn of_files(
    id: &DocumentId,
    directory: &Path,
    versions: &[Asked],
    today: Date,
) -> Result<Sources> {
    if let Some(asked) = versions.iter().find(|asked| ReleaseId::new(&asked.id).is_none()) {
        bail!("{}", Refusal::BadId(asked.id.clone()));
    }
    let mut ids = BTreeSet::new();
    if let Some(asked) = versions.iter().find(|asked| !ids.insert(&asked.id)) {
        bail!("there is a release `{}` already: give this version another id", asked.id);
    }
    let known: Vec<Date> = versions.iter().filter_map(|asked| asked.date).collect();
    let mut days = ledger::in_order(&known, today).into_iter();
    let (mut candidates, mut converted) = (Vec::new(), Converted::default());
    for (at, asked) in versions.iter().enumerate() {
        let name = asked.path.file_name().unwrap_or(asked.path.as_os_str()).to_string_lossy();
        let date = asked.date.and_then(|_| days.next());
        candidates.push(Candidate {
            name: id.to_string(),
            source: asked.path.to_string_lossy().into_owned(),
            version: Some(asked.id.clone()),
            date,
            recorded: asked.date,
            summary: dated(format!("Imported from {}", visible(&name)), asked.date, date),
            back: versions.len() - at,
            given: converted.markdown(
                &asked.path.to_string_lossy(),
                store::import_source(&directory.join(&asked.path))?,
                directory,
            )?,
        });
    }
    let names = vec![(id.to_string(), id.clone())];
    Ok(Sources { git: None, names, paths: BTreeMap::new(), candidates })
}

/// What of a git repository is wanted.
pub struct Wanted<'a> {
    /// The project's folder.
    pub project: &'a Path,
    /// The repository.
    pub repository: &'a Path,
    /// How the plan names it.
    pub called: String,
    /// The branch, tag or commit that is read; else what is checked out.
    pub branch: Option<&'a str>,
    /// The file or folder, and the policy that it becomes; without one every markdown file below
    /// it becomes one.
    pub path: &'a str,
    /// The policy.
    pub id: Option<&'a DocumentId>,
    /// Which commits count.
    pub line: Line,
}

/// Reads what the commits of a repository left, and says which left no text. Days are those of the
/// time zone of the site, up to `today`.
///
/// # Errors
/// Says what git says.
pub fn of_git(wanted: Wanted<'_>, zone: &TimeZone, today: Date, quiet: bool) -> Result<Sources> {
    let Wanted { project, repository, called, branch, path, id, line } = wanted;
    let place = path.trim_start_matches("./").trim_end_matches('/');
    let place = if place == "." { "" } else { place };
    if path.starts_with('-') || !place.is_empty() && TreePath::new(place).is_err() {
        bail!(
            "`{path}` cannot be taken: write the path as it is from the folder of `--git`, without `..`"
        );
    }
    let note = |line: &str| {
        if !quiet {
            report::note(line);
        }
    };
    let files: Vec<(String, DocumentId)> = match id {
        Some(id) => vec![(place.to_owned(), id.clone())],
        None => {
            let files = programs::markdown_files(repository, branch, place)?;
            let (beside, files): (Vec<String>, Vec<String>) =
                files.into_iter().partition(|file| is_beside(file));
            if !beside.is_empty() {
                note(&format!("left out: {}", beside.join(", ")));
            }
            named(files)
        }
    };
    let paths: Vec<String> = files.iter().map(|(path, _)| path.clone()).collect();
    let past = programs::past(repository, branch, &paths, line)?;
    if past.lines.iter().all(Vec::is_empty) {
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
    let days = days(&past.lines, zone, today)?;
    let (mut names, mut known, mut candidates) = (Vec::new(), BTreeMap::new(), Vec::new());
    let (mut renamed, mut converted) = (Vec::new(), Converted::default());
    for ((file, id), steps) in files.into_iter().zip(past.lines) {
        let name = steps.last().map_or(file, |step| step.path.clone());
        renamed.extend(
            steps
                .windows(2)
                .filter(|pair| pair[0].path != pair[1].path)
                .map(|pair| format!("`{}` was called `{}` before", pair[1].path, pair[0].path)),
        );
        known.extend(steps.iter().rev().map(|step| (step.path.clone(), id.clone())));
        for step in steps {
            let (recorded, day) = days[&step.back];
            let from = format!("commit {} of {recorded}", &step.commit[..10]);
            let summary = summary(&step).unwrap_or_else(|| format!("Imported from {from}"));
            let given = match step.left {
                Left::Text(given) => converted.markdown(&step.path, given, project)?,
                Left::Nothing => {
                    note(&format!("{from} took the text away: no version"));
                    continue;
                }
                Left::Other => {
                    note(&format!("{from} left a link or a submodule: no version"));
                    continue;
                }
            };
            let source = match step.path == name {
                true => step.commit,
                false => format!("{}:{}", step.commit, step.path),
            };
            candidates.push(Candidate {
                name: name.clone(),
                source,
                version: None,
                date: Some(day),
                recorded: Some(recorded),
                summary: dated(summary, Some(recorded), Some(day)),
                back: step.back,
                given,
            });
        }
        names.push((name, id));
    }
    match id {
        Some(_) => renamed.iter().for_each(|line| note(line)),
        None if renamed.is_empty() => {}
        None => note(&format!("followed {}", report::counted(renamed.len(), "rename"))),
    }
    // What came in with one commit stays in the order of the names.
    candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.back));
    Ok(Sources { git: Some(called), names, paths: known, candidates })
}

/// Returns of each commit the day that it recorded, and the day on which its text became public.
fn days(
    lines: &[Vec<Step>],
    zone: &TimeZone,
    today: Date,
) -> Result<BTreeMap<usize, (Date, Date)>> {
    let seconds: BTreeMap<usize, i64> =
        lines.iter().flatten().map(|step| (step.back, step.seconds)).collect();
    let recorded: Vec<Date> =
        seconds.values().rev().map(|seconds| day(*seconds, zone)).collect::<Result<_>>()?;
    let ordered = ledger::in_order(&recorded, today);
    Ok(seconds.into_keys().rev().zip(recorded.into_iter().zip(ordered)).collect())
}

/// Returns the day of a moment in a time zone.
fn day(seconds: i64, zone: &TimeZone) -> Result<Date> {
    let moment = Timestamp::from_second(seconds)
        .with_context(|| format!("a commit was recorded {seconds} seconds after 1970"))?;
    Ok(moment.to_zoned(zone.clone()).date())
}

/// Returns a summary that names the day that was recorded, where another is right.
fn dated(summary: String, recorded: Option<Date>, day: Option<Date>) -> String {
    match recorded.filter(|_| recorded != day) {
        Some(recorded) => format!("{summary} (dated {recorded})"),
        None => summary,
    }
}

/// Returns what a commit says of itself; of a merge on a forge what it says of what was merged.
fn summary(step: &Step) -> Option<String> {
    let merge = ["Merge pull request ", "Merge branch ", "Merge remote-tracking branch "];
    let merged = merge.iter().any(|begin| step.subject.starts_with(begin));
    let said = if merged && !step.detail.is_empty() { &step.detail } else { &step.subject };
    Some(visible(said)).filter(|said| said.chars().any(char::is_alphanumeric))
}

/// Returns a text without what shows nothing: it may be sealed.
fn visible(text: &str) -> String {
    let shown: String = text
        .chars()
        .map(|letter| if parse::shows_nothing(letter) { ' ' } else { letter })
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns true for a file that is kept beside policies and is none.
fn is_beside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let stem = name.split('.').next().unwrap_or_default();
    BESIDE.contains(&stem) && (stem != "readme" || !path.contains('/'))
}

/// Returns files with the policies that they become, named after them; after their folder too
/// where two are named alike.
fn named(files: Vec<String>) -> Vec<(String, DocumentId)> {
    let mut taken = BTreeSet::new();
    let name = |file: String| {
        let path = file.rsplit_once('.').map_or(file.as_str(), |(stem, _)| stem);
        let mut parts: Vec<String> = path.split('/').map(parse::id_of).collect();
        if parts.len() > 1 && parts.last().is_some_and(|part| part == "index" || part == "readme") {
            parts.pop();
        }
        let longer = (1..=parts.len()).map(|count| parts[parts.len() - count..].join("-"));
        let last = longer.clone().next_back().unwrap_or_default();
        let numbered = (2..).map(|number: u32| format!("{last}-{number}"));
        let id = longer
            .chain(numbered)
            .find_map(|id| new_policy(&id).ok().filter(|id| !taken.contains(id)));
        let id = id.expect("some number is free");
        taken.insert(id.clone());
        (file, id)
    };
    files.into_iter().map(name).collect()
}
