//! A project's folder: what the author wrote, read and added to.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::path::{Component, Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};
use std::{fs, io, thread};

use anyhow::{Context as _, Result};
use rayon::prelude::*;
use walkdir::WalkDir;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::LARGEST_FILE;
use crate::store::disk::changed;
use crate::store::journal::Journal;
use crate::store::lock::Lock;
use crate::store::{journal, lock};
use crate::tree::{Digest, File, Tree, TreePath};
use crate::{ledger, programs};

/// The folders of a project that are read.
pub(super) const FOLDERS: [&str; 2] = ["content", "themes"];

/// Returns the nearest folder above `start` that holds a project, if `start` itself holds none. A
/// project decides what is run when it is published, so one of another owner is not taken.
pub fn around(start: &Path) -> Option<PathBuf> {
    let real = start.canonicalize().ok()?;
    let holds = |folder: &Path| folder.join("content/site.yaml").is_file();
    if holds(&real) {
        return None;
    }
    let above = real.ancestors().skip(1).zip(1..).find(|(folder, _)| holds(folder));
    let (folder, steps) = above.filter(|(folder, _)| owner(folder) == owner(&real))?;
    // Nearby it is named as one would type it.
    let mut near: Vec<Component<'_>> =
        start.components().filter(|part| *part != Component::CurDir).collect();
    for _ in 0..steps {
        match near.last() {
            Some(Component::Normal(_)) => drop(near.pop()),
            _ => near.push(Component::ParentDir),
        }
    }
    let near: PathBuf = near.into_iter().collect();
    let near = if near.as_os_str().is_empty() { PathBuf::from(".") } else { near };
    let same = near.canonicalize().is_ok_and(|near| near == folder);
    Some(if same { near } else { folder.to_owned() })
}

/// Returns the user whom a folder belongs to, where the system knows users by number.
fn owner(folder: &Path) -> Option<u32> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        fs::metadata(folder).ok().map(|metadata| metadata.uid())
    }
    #[cfg(not(unix))]
    {
        let _ = folder;
        None
    }
}

/// A project as it was read.
pub struct Project {
    /// The files of `content/` and `themes/`. The default theme is there even where the project has
    /// none.
    pub files: Tree<File>,
    /// What could not be read, for reasons the author can fix.
    pub diagnostics: Diagnostics,
}

impl Project {
    /// Reads a project. Hidden files are passed over; a symbolic link is followed while it stays
    /// inside the project.
    ///
    /// # Errors
    /// Names the file or folder that the system refuses to read.
    pub fn read(root: &Path) -> Result<Project> {
        Project::read_again(root, &Seen::default())
    }

    /// Reads a project of which much was read before.
    ///
    /// # Errors
    /// Names the file or folder that the system refuses to read.
    pub fn read_again(root: &Path, seen: &Seen) -> Result<Project> {
        let (own, diagnostics) = settled(root, &FOLDERS, seen)?;
        Ok(Project::of(own, diagnostics))
    }

    /// Reads a project as a revision of its git repository has it.
    ///
    /// # Errors
    /// Says what git says.
    pub fn at(root: &Path, revision: &str) -> Result<Project> {
        Ok(Project::of(programs::at(root, revision, &FOLDERS)?, Diagnostics::new()))
    }

    fn of(own: Tree<File>, diagnostics: Diagnostics) -> Project {
        let mut files = super::default_theme();
        files.extend(own);
        Project { files, diagnostics }
    }
}

/// The files of a project as they were read before. One that the system says nobody touched since
/// is not read again.
#[derive(Default)]
pub struct Seen {
    files: Mutex<HashMap<TreePath, (Touched, File)>>,
}

/// What the system says of a file: what it is, how large, and when it was last touched, in seconds
/// and nanoseconds.
type Touched = (u64, u64, (i64, i64));

/// For how long after a file was touched its time may stand for two changes, in seconds.
const COARSE: i64 = 2;

impl Seen {
    fn read(&self, path: &TreePath, place: &Path) -> Result<File> {
        let touched = touched(place);
        let known = || self.files.lock().expect("no reading panics").get(path).cloned();
        if let Some((before, file)) = known()
            && Some(before) == touched
        {
            return Ok(file);
        }
        let file = File::new(bytes(place)?);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        // Only what was touched long before it was read is sure to be what was read.
        if let Some(touched) = touched.filter(|(_, _, (seconds, _))| seconds + COARSE < now) {
            let seen = (touched, file.clone());
            self.files.lock().expect("no reading panics").insert(path.clone(), seen);
        }
        Ok(file)
    }
}

/// Returns what the system says of the file that a path leads to.
#[cfg(unix)]
fn touched(place: &Path) -> Option<Touched> {
    use std::os::unix::fs::MetadataExt as _;
    let metadata = fs::metadata(place).ok()?;
    Some((metadata.ino(), metadata.len(), changed(&metadata)))
}

/// Returns nothing: only the time of the last change of its bytes is known, which anybody can set.
#[cfg(not(unix))]
fn touched(_: &Path) -> Option<Touched> {
    None
}

/// How often a project is read again that changes meanwhile, and after which pause.
const TRIES: usize = 100;
const PAUSE: Duration = Duration::from_millis(20);

/// Reads the files of some folders below `root`, and says which of them could not be read for
/// reasons the author can fix. What another command is writing is read as it was before or as
/// it will be, never as half of it.
///
/// # Errors
/// Names the file or folder that the system refuses to read.
pub fn read(root: &Path, folders: &[&str]) -> Result<(Tree<File>, Diagnostics)> {
    settled(root, folders, &Seen::default())
}

fn settled(root: &Path, folders: &[&str], seen: &Seen) -> Result<(Tree<File>, Diagnostics)> {
    for tries in 1.. {
        let before = State::of(root)?;
        let read = read_once(root, folders, before.journal.as_ref(), seen);
        if tries == TRIES || State::of(root)?.is(&before) {
            let (files, mut diagnostics) = read?;
            before.report(root, &mut diagnostics)?;
            return Ok((files, diagnostics));
        }
        thread::sleep(PAUSE);
    }
    unreachable!("some try is the last")
}

/// What tells whether a command has written to a project.
struct State {
    ledger: Option<Digest>,
    journal: Option<Journal>,
    /// When something last came or went in `content/`, and in the folder of our own there.
    moved: [Option<SystemTime>; 2],
}

impl State {
    fn of(root: &Path) -> Result<State> {
        let ledger = fs::read(root.join(ledger::path().as_str())).ok().map(Digest::of);
        let moved = [FOLDERS[0], lock::OURS].map(|folder| {
            fs::metadata(root.join(folder)).and_then(|metadata| metadata.modified()).ok()
        });
        Ok(State { ledger, journal: Journal::read(root)?, moved })
    }

    fn is(&self, other: &State) -> bool {
        let text = |state: &State| state.journal.as_ref().map(|journal| journal.text().to_owned());
        self.ledger == other.ledger && self.moved == other.moved && text(self) == text(other)
    }

    /// Reports what a command left that was killed. What a command is at work on is no finding.
    fn report(&self, root: &Path, diagnostics: &mut Diagnostics) -> Result<()> {
        let left = journal::leftovers(root);
        if (self.journal.is_none() && left.is_empty()) || Lock::is_held(root) {
            return Ok(());
        }
        match &self.journal {
            Some(journal) => diagnostics.push(match journal.obstacle(root)? {
                None => Diagnostic::error(Code::Interrupted, "a command was killed while it put in place what it had decided to write")
                    .help("`policybook check --fix` finishes it; until then it is read as if it were in place"),
                Some(obstacle) => Diagnostic::error(Code::Interrupted, obstacle.problem()).help(obstacle.help()),
            }),
            None => {
                let names: Vec<String> = left.iter().map(|place| format!("`{}`", shown(root, place))).collect();
                let found = Diagnostic::warning(Code::Interrupted, format!("a command that was killed left {}", names.join(", ")));
                diagnostics
                    .push(found.help("it had written nothing else; `policybook check --fix` or the next command that writes clears this"));
            }
        }
        Ok(())
    }
}

/// Reads the files of some folders as they are, with the changes of a write that is decided.
fn read_once(
    root: &Path,
    folders: &[&str],
    journal: Option<&Journal>,
    seen: &Seen,
) -> Result<(Tree<File>, Diagnostics)> {
    let real =
        root.canonicalize().with_context(|| format!("open the folder `{}`", root.display()))?;
    let mut diagnostics = Diagnostics::new();
    let mut found = Vec::new();
    for folder in folders.iter().filter(|folder| root.join(folder).exists()) {
        list(root, &real, folder, &mut found, &mut diagnostics)?;
    }
    // A frozen file mostly has the bytes of the draft: they are kept once.
    let known: Mutex<HashMap<Digest, File>> = Mutex::default();
    let read = |(path, place): &(TreePath, PathBuf)| {
        let file = seen.read(path, place)?;
        let shared =
            known.lock().expect("no reading panics").entry(file.digest()).or_insert(file).clone();
        Ok((path.clone(), shared))
    };
    let files: Vec<(TreePath, File)> = found.par_iter().map(read).collect::<Result<_>>()?;
    let mut files: Tree<File> = files.into_iter().collect();
    if let Some(journal) = journal
        && journal.obstacle(root)?.is_none()
    {
        journal.overlay(root, folders, &mut files)?;
    }
    Ok((files, diagnostics))
}

/// Returns every file below a folder, hidden ones among them, by its path from there. Links are
/// not followed.
///
/// # Errors
/// Names what the system refuses to list.
pub fn list_files(root: &Path) -> Result<Vec<TreePath>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(root).sort_by_file_name() {
        let entry = entry.with_context(|| format!("list `{}`", root.display()))?;
        if entry.file_type().is_dir() {
            continue;
        }
        let within = entry.path().strip_prefix(root).expect("what is listed lies below");
        let name = within.components().map(|part| part.as_os_str().to_string_lossy());
        files.extend(TreePath::new(&name.collect::<Vec<_>>().join("/")).ok());
    }
    Ok(files)
}

/// Lists the files below a folder, without reading them.
fn list(
    root: &Path,
    real: &Path,
    folder: &str,
    found: &mut Vec<(TreePath, PathBuf)>,
    diagnostics: &mut Diagnostics,
) -> Result<()> {
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    let mut walk =
        WalkDir::new(root.join(folder)).follow_links(true).sort_by_file_name().into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let place = error.path().unwrap_or(root).to_owned();
                let circle = error.loop_ancestor().is_some();
                let dangling =
                    fs::symlink_metadata(&place).is_ok_and(|metadata| metadata.is_symlink());
                if !circle && !dangling {
                    return Err(error).context("read the project");
                }
                report_link(
                    root,
                    &place,
                    if circle { "points to itself" } else { "points nowhere" },
                    diagnostics,
                );
                continue;
            }
        };
        if !visible(&entry) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        let place = entry.path();
        if entry.depth() > 0 && entry.file_name().to_str().is_none() {
            let bytes = entry.file_name().as_encoded_bytes().escape_ascii();
            let folder = shown(root, place.parent().unwrap_or(root));
            let bad = format!("the name of `{folder}/{bytes}` is not UTF-8");
            let bad = Diagnostic::error(Code::BadName, bad);
            diagnostics.push(bad.help("rename it: a name becomes an address").losing());
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        if entry.path_is_symlink()
            && !place.canonicalize().is_ok_and(|target| target.starts_with(real))
        {
            report_link(root, place, "points outside the project", diagnostics);
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        if entry.file_type().is_dir() {
            continue;
        }
        let shown = shown(root, place);
        match TreePath::new(&shown) {
            Ok(path) if entry.file_type().is_file() => found.push((path, place.to_owned())),
            Ok(path) => diagnostics.push(
                Diagnostic::error(Code::StrayFile, "this is neither a file nor a folder")
                    .in_file(&path)
                    .help("remove it"),
            ),
            Err(error) => {
                let bad = Diagnostic::error(
                    Code::BadName,
                    format!("`{}` cannot be a file name: {error}", shown.escape_debug()),
                );
                diagnostics.push(bad.help("rename it"));
            }
        }
    }
    Ok(())
}

fn report_link(root: &Path, place: &Path, problem: &str, diagnostics: &mut Diagnostics) {
    let link = Diagnostic::error(Code::Symlink, format!("the symbolic link {problem}"));
    let link = match TreePath::new(&shown(root, place)) {
        Ok(path) => link.in_file(&path),
        Err(_) => link,
    };
    diagnostics.push(
        link.help("copy the file itself there: whatever a project links to may be published")
            .losing(),
    );
}

/// Returns the path of a file from the project's folder, as authors write it.
fn shown(root: &Path, place: &Path) -> String {
    let within = place.strip_prefix(root).unwrap_or(place);
    let segments = within.components().map(|segment| segment.as_os_str().to_string_lossy());
    segments.collect::<Vec<_>>().join("/")
}

/// Reads a file, and no more of it than would be looked at.
fn bytes(place: &Path) -> Result<Vec<u8>> {
    let read = || -> io::Result<Vec<u8>> {
        let file = fs::File::open(place)?;
        let size = usize::try_from(file.metadata()?.len()).unwrap_or(usize::MAX);
        let mut bytes = Vec::with_capacity(size.min(LARGEST_FILE + 1));
        file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().with_context(|| format!("read `{}`", place.display()))
}

/// Returns true if a file lies in a folder just where its path says, and no link leads to it.
pub fn is_itself(root: &Path, path: &TreePath) -> bool {
    let real = |place: &Path| place.canonicalize().ok();
    real(root).is_some_and(|root| real(&root.join(path.as_str())) == Some(root.join(path.as_str())))
}

/// Adds files to a folder; one that is there already stays as it is. Returns the paths that were
/// added.
///
/// # Errors
/// Names the file or folder that could not be written.
pub fn add(root: &Path, files: &Tree<File>) -> Result<Vec<TreePath>> {
    let mut added = Vec::new();
    for (path, file) in files.iter() {
        let place = root.join(path.as_str());
        let folder = place.parent().unwrap_or(root);
        fs::create_dir_all(folder)
            .with_context(|| format!("make the folder `{}`", folder.display()))?;
        match fs::File::create_new(&place) {
            Ok(mut new) => {
                new.write_all(file.bytes())
                    .with_context(|| format!("write `{}`", place.display()))?;
                added.push(path.clone());
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => {
                return Err(error).with_context(|| format!("write `{}`", place.display()));
            }
        }
    }
    Ok(added)
}
