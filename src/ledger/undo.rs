//! Entries that were never published, taken back or put behind those of another branch.
//!
//! Two branches that release make two entries after the same one. Each keeps its words, one goes first: the entries of the other are written
//! again behind it, under seals of their own. What a merge left of a frozen file is believed only where its digest proves it. An entry that
//! was published stays where it is; whoever calls this makes sure of that.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::fmt;

use crate::diagnostic::Diagnostics;
use crate::ledger::SUMS;
use crate::ledger::acts;
use crate::ledger::append;
use crate::ledger::chain::Conflict;
use crate::ledger::freeze;
use crate::ledger::frozen;
use crate::ledger::frozen::Redacted;
use crate::ledger::frozen::Sums;
use crate::ledger::read;
use crate::ledger::read::Reading;
use crate::ledger::review;
use crate::model::Act;
use crate::model::Entry;
use crate::model::Frozen;
use crate::model::Release;
use crate::model::ReleaseId;
use crate::tree::File;
use crate::tree::Source;
use crate::tree::Tree;
use crate::tree::TreePath;

/// How many letters of a seal tell an entry from another.
const SEAL: usize = 8;

/// What is rewritten of the released versions.
pub struct Rewritten {
    /// The entries that are taken out, oldest first.
    pub out: Vec<Entry>,
    /// What those that are written again are called from now on, in their order.
    pub again: Vec<String>,
    /// The files that come or change.
    pub put: Tree<File>,
    /// The files that go.
    pub gone: BTreeSet<TreePath>,
}

/// Why entries stay where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The ledger cannot be read, or is not what was sealed.
    Damaged,
    /// There is no entry.
    Empty,
    /// No entry that could be taken out has this id or seal.
    Unknown(String),
    /// Another entry is the newest one.
    NotNewest {
        /// What was asked for.
        asked: String,
        /// The newest entry.
        newest: String,
    },
    /// Two branches released, and nothing says which of them is meant.
    Which {
        /// What names an entry of the first branch, and of the other.
        keys: [String; 2],
        /// What these are.
        entries: [String; 2],
    },
    /// The ledger is one line of entries.
    OneBranch,
    /// A redaction cannot be taken back: the words are gone.
    Redaction,
    /// Both branches are about these documents.
    Both {
        /// The documents.
        documents: Vec<String>,
        /// What was asked for.
        asked: String,
    },
    /// A file is not what either branch released.
    Unproved(TreePath),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Damaged => write!(formatter, "the ledger is not what was sealed: `policybook check` says where"),
            Refusal::Empty => write!(formatter, "nothing was released yet"),
            Refusal::Unknown(asked) => {
                write!(formatter, "no entry that can be taken out has the id or the seal `{}`", asked.escape_debug())
            }
            Refusal::NotNewest { asked, newest } => {
                write!(formatter, "`{asked}` is not in the newest entry, which is {newest}: entries are taken back from the newest on")
            }
            Refusal::Which { keys: [one, other], entries: [first, second] } => {
                write!(formatter, "two branches released: name the one that was not published, `{one}` ({first}) or `{other}` ({second})")
            }
            Refusal::OneBranch => write!(formatter, "no two branches released at once: there is nothing to put in another order"),
            Refusal::Redaction => write!(formatter, "a redaction cannot be taken back: the words are gone"),
            Refusal::Both { documents, asked } => write!(
                formatter,
                "both branches released {}: `policybook release --undo {asked}` takes that one out; then settle the words and release them",
                documents.join(", ")
            ),
            Refusal::Unproved(path) => write!(
                formatter,
                "`{path}` is not what either branch released: restore `content/versions` from one of them, and release again what the other \
                 had released"
            ),
        }
    }
}

/// Takes the newest entry back, or the branch that holds the entry `asked`, which is named by its id or the beginning of its seal.
///
/// # Errors
/// Says why it stays.
pub fn undo(files: &Tree<File>, asked: Option<&str>) -> Result<Rewritten, Refusal> {
    let text = text(files).ok_or(Refusal::Empty)?;
    if let Some(fork) = Fork::find(&text)? {
        return fork.settled(files, fork.own(asked)?, false);
    }
    let entries = whole(&text)?;
    let first = newest(&entries).ok_or(Refusal::Empty)?;
    let out = &entries[first..];
    if let Some(asked) = asked.filter(|asked| !out.iter().any(|entry| is(entry, asked))) {
        return Err(Refusal::NotNewest { asked: asked.to_owned(), newest: entries[entries.len() - 1].to_string() });
    }
    let kept = Fork { common: first, sides: [Side::new(text.clone())?, Side::new(text[..start(&text, &entries[first])].to_owned())?] };
    kept.settled(files, 0, false)
}

/// Puts the entries of the branch that holds the entry `asked` behind those of the other.
///
/// # Errors
/// Says why they stay.
pub fn redo(files: &Tree<File>, asked: &str) -> Result<Rewritten, Refusal> {
    let text = text(files).ok_or(Refusal::Empty)?;
    let fork = Fork::find(&text)?.ok_or(Refusal::OneBranch)?;
    let own = fork.own(Some(asked))?;
    // A review changes nothing: whatever comes behind it may be about the same documents.
    let theirs = fork.added(1 - own).iter().filter(|entry| !matches!(entry.act, Act::Review(_)));
    let theirs: BTreeSet<String> = theirs.flat_map(Entry::documents).collect();
    let ours: BTreeSet<String> = fork.added(own).iter().flat_map(Entry::documents).collect();
    let documents: Vec<String> = ours.intersection(&theirs).map(|id| format!("`{id}`")).collect();
    if !documents.is_empty() {
        return Err(Refusal::Both { documents, asked: asked.to_owned() });
    }
    fork.settled(files, own, true)
}

/// Returns the ledger of a project.
fn text(files: &Tree<File>) -> Option<String> {
    let path = frozen::ledger();
    files.get(&path).map(|file| Source::lossy(&path, file).text.into_owned())
}

fn whole(text: &str) -> Result<Vec<Entry>, Refusal> {
    let (path, mut found) = (frozen::ledger(), Diagnostics::new());
    let Reading { entries, whole } = read::entries(&Source { path: &path, text: text.into() }, &mut found);
    if whole && !found.has_errors() { Ok(entries) } else { Err(Refusal::Damaged) }
}

/// Returns where the lines of an entry begin, with the empty line above.
fn start(text: &str, entry: &Entry) -> usize {
    text[..entry.span.start].rfind("\n- ").unwrap_or_default()
}

/// Returns the first of the entries that were made in the newest act.
fn newest(entries: &[Entry]) -> Option<usize> {
    let last = entries.len().checked_sub(1)?;
    let with = |one: &Entry, other: &Entry| match (&one.act, &other.act) {
        (Act::Release(one), Act::Release(other)) => {
            one.release.with.as_ref() == Some(&other.release.id) || other.release.with.as_ref() == Some(&one.release.id)
        }
        // A policy that goes on under another id.
        (Act::Release(one), Act::Retirement(other)) => {
            other.see.as_ref().is_some_and(|see| one.documents.contains_key(see))
                && one.release.released == Some(other.date)
                && other.effective == other.date
        }
        _ => false,
    };
    let mut first = last;
    while let Some(before) = first.checked_sub(1).filter(|before| with(&entries[*before], &entries[last])) {
        first = before;
    }
    Some(first)
}

/// Tells whether an entry is the one that is named.
fn is(entry: &Entry, name: &str) -> bool {
    let id = entry.release().is_some_and(|frozen| frozen.release.id.as_str() == name);
    id || (name.len() >= SEAL && entry.seal.to_string().starts_with(name))
}

/// A ledger as one branch has it.
struct Side {
    text: String,
    entries: Vec<Entry>,
}

impl Side {
    fn new(text: String) -> Result<Side, Refusal> {
        let entries = whole(&text)?;
        Ok(Side { text, entries })
    }
}

/// Two branches of a ledger.
struct Fork {
    /// How many entries both have.
    common: usize,
    sides: [Side; 2],
}

impl Fork {
    /// Finds two branches in a ledger, whether git's lines are still there or the entries of both were kept.
    fn find(text: &str) -> Result<Option<Fork>, Refusal> {
        let sides = match Conflict::find(text) {
            Some(conflict) => conflict.sides,
            None => match beside(text) {
                Some(sides) => sides,
                None => return Ok(None),
            },
        };
        let [one, other] = sides.map(Side::new);
        let sides = [one?, other?];
        let common = sides[0].entries.iter().zip(&sides[1].entries).take_while(|(one, other)| one.seal == other.seal).count();
        Ok(Some(Fork { common, sides }))
    }

    /// Returns the entries that only one side has.
    fn added(&self, side: usize) -> &[Entry] {
        &self.sides[side].entries[self.common..]
    }

    /// Returns the side that holds the entry that is named.
    fn own(&self, asked: Option<&str>) -> Result<usize, Refusal> {
        let holds = |side: usize| asked.is_some_and(|asked| self.added(side).iter().any(|entry| is(entry, asked)));
        match (asked, holds(0), holds(1)) {
            (_, true, false) => Ok(0),
            (_, false, true) => Ok(1),
            (Some(asked), false, false) => Err(Refusal::Unknown(asked.to_owned())),
            _ => Err(self.which()),
        }
    }

    fn which(&self) -> Refusal {
        let first = [0, 1].map(|side| self.added(side).first());
        let told = |entry: &Entry| match entry.release() {
            Some(frozen) => format!("{entry}, “{}”", frozen.release.summary),
            None => entry.to_string(),
        };
        let entries = first.map(|entry| entry.map(told).unwrap_or_default());
        match first {
            [Some(one), Some(other)] => Refusal::Which { keys: names(one, other), entries },
            _ => Refusal::OneBranch,
        }
    }

    /// Takes the entries of the side `own` out, and writes them `again` behind those of the other.
    fn settled(&self, files: &Tree<File>, own: usize, again: bool) -> Result<Rewritten, Refusal> {
        let (ours, theirs) = (&self.sides[own], &self.sides[1 - own]);
        if self.added(own).iter().any(|entry| entry.redaction().is_some()) {
            return Err(Refusal::Redaction);
        }
        let mut wanted: Tree<File> = Tree::new();
        let kept = Redacted::new(&theirs.entries);
        for frozen in self.added(1 - own).iter().filter_map(Entry::release) {
            wanted.extend(folder(files, frozen, &kept, &frozen.release.id)?);
        }
        let ledger = frozen::ledger();
        let ended = Tree::from_iter([(ledger.clone(), File::new(theirs.text.clone().into_bytes()))]);
        let mut lines = Vec::new();
        if again {
            let taken = theirs.entries.iter().filter_map(Entry::release).map(|frozen| frozen.release.id.clone()).collect();
            let ids = renamed(self.added(own), taken);
            for entry in self.added(own) {
                if let Some(frozen) = entry.release() {
                    wanted.extend(folder(
                        files,
                        frozen,
                        &Redacted::new(&ours.entries),
                        ids.get(&frozen.release.id).unwrap_or(&frozen.release.id),
                    )?);
                }
                lines.push(written(&entry.act, &ids));
            }
        }
        let now = match lines.is_empty() {
            true => ended.get(&ledger).cloned().filter(|_| !theirs.entries.is_empty()),
            false => Some(append::entries(&ended, lines.iter().map(Vec::as_slice)).1),
        };
        let again = now.iter().filter(|_| again).flat_map(|file| {
            let all = read::entries(&Source::lossy(&ledger, file), &mut Diagnostics::new()).entries;
            all.into_iter().skip(theirs.entries.len()).map(|entry| entry.to_string())
        });
        let again = again.collect();
        let released = [0, 1].into_iter().flat_map(|side| self.added(side)).filter_map(Entry::release);
        let folders: BTreeSet<TreePath> = released.map(|frozen| frozen::folder(&frozen.release.id)).collect();
        let there = folders.iter().flat_map(|folder| files.under(folder)).map(|(path, _)| path.clone());
        let gone = there.chain(now.is_none().then(|| ledger.clone())).filter(|path| wanted.get(path).is_none()).collect();
        wanted.extend(now.map(|file| (ledger, file)));
        let changed = |(path, file): &(TreePath, File)| files.get(path).map(File::digest) != Some(file.digest());
        Ok(Rewritten { out: self.added(own).to_vec(), again, put: wanted.into_iter().filter(changed).collect(), gone })
    }
}

/// Returns what names either of two entries and not the other: the id of a release, or the beginning of a seal.
pub fn names(one: &Entry, other: &Entry) -> [String; 2] {
    let id = |entry: &Entry| entry.release().map(|frozen| frozen.release.id.to_string());
    let seal = |entry: &Entry| entry.seal.to_string()[..SEAL].to_owned();
    match [id(one), id(other)] {
        [Some(one), Some(other)] if one != other => [one, other],
        [Some(id), None] => [id, seal(other)],
        [None, Some(id)] => [seal(one), id],
        _ => [seal(one), seal(other)],
    }
}

/// Returns the two branches of a ledger in which the entries of both were kept, one behind the other.
fn beside(text: &str) -> Option<[String; 2]> {
    let path = frozen::ledger();
    let entries = read::entries(&Source { path: &path, text: text.into() }, &mut Diagnostics::new()).entries;
    let second = (1..entries.len()).find(|at| entries[*at].previous != Some(entries[at - 1].seal))?;
    let after = entries[..second].iter().position(|entry| Some(entry.seal) == entries[second].previous);
    let first = match (after, entries[second].previous) {
        (Some(after), _) => after + 1,
        (None, None) => 0,
        (None, Some(_)) => return None,
    };
    let (first, second) = (start(text, &entries[first]), start(text, &entries[second]));
    Some([text[..second].to_owned(), format!("{}{}", &text[..first], &text[second..])])
}

/// Returns new ids for the releases whose ids are taken.
fn renamed(entries: &[Entry], mut taken: BTreeSet<ReleaseId>) -> BTreeMap<ReleaseId, ReleaseId> {
    let mut ids = BTreeMap::new();
    for id in entries.iter().filter_map(Entry::release).map(|frozen| &frozen.release.id) {
        let numbered = (2..).filter_map(|number: u32| ReleaseId::new(&format!("{id}.{number}")));
        let free = std::iter::once(id.clone()).chain(numbered).find(|id| !taken.contains(id)).expect("some number is free");
        taken.insert(free.clone());
        ids.insert(id.clone(), free);
    }
    ids
}

/// Returns the lines of an act, with other ids for releases.
fn written(act: &Act, ids: &BTreeMap<ReleaseId, ReleaseId>) -> Vec<String> {
    let id = |id: &ReleaseId| ids.get(id).unwrap_or(id).clone();
    match act {
        Act::Release(frozen) => {
            let old = &*frozen.release;
            let release =
                Release { id: id(&old.id), follows: old.follows.as_ref().map(id), with: old.with.as_ref().map(id), ..old.clone() };
            let documents = frozen.documents.iter().map(|(id, digest)| (id, digest.value)).collect::<Vec<_>>();
            freeze::lines(&release, &documents, &frozen.notice, frozen.raw_html)
        }
        Act::Review(act) => review::lines(&act.documents, act.date, act.expires),
        Act::Postponement(act) => {
            acts::postponement(&crate::model::Postponement { versions: act.versions.iter().map(id).collect(), ..act.clone() })
        }
        Act::Withdrawal(act) => {
            acts::withdrawal(&crate::model::Withdrawal { versions: act.versions.iter().map(id).collect(), ..act.clone() })
        }
        Act::Retirement(act) => acts::retirement(act),
        Act::Redaction(_) => unreachable!("a redaction is refused"),
    }
}

/// Returns the files that a release froze, found in what a merge left of them, as those of the release `id`.
fn folder(files: &Tree<File>, frozen: &Frozen, redacted: &Redacted<'_>, id: &ReleaseId) -> Result<Vec<(TreePath, File)>, Refusal> {
    let (old, new) = (frozen::folder(&frozen.release.id), frozen::folder(id));
    let path = old.join(SUMS);
    let sealed = |sums: &Sums| {
        let documents = frozen.documents.iter();
        let named: usize = frozen.documents.keys().map(|id| sums.document_files(id).count()).sum();
        let digest = |id| redacted.digest(&frozen.release.id, id);
        named == sums.files().count() && documents.into_iter().all(|(id, sealed)| sums.document(id) == digest(id).unwrap_or(sealed.value))
    };
    let sums = readings(files, &path).iter().filter_map(|file| Sums::of_file(&path, file)).find(sealed);
    let sums = sums.ok_or(Refusal::Unproved(path))?;
    let mut found = vec![(new.join(SUMS), File::new(sums.text().into_bytes()))];
    for (within, digest) in sums.files() {
        let path = old.join(within);
        let file = readings(files, &path).into_iter().find(|file| file.digest() == digest);
        found.push((new.join(within), file.ok_or(Refusal::Unproved(path))?));
    }
    Ok(found)
}

/// Returns what a file says, or either side of what git could not merge.
fn readings(files: &Tree<File>, path: &TreePath) -> Vec<File> {
    let Some(source) = files.get(path).and_then(|file| Source::new(path, file).ok()) else {
        return Vec::new();
    };
    let sides = Conflict::find(&source.text).map(|conflict| conflict.sides).into_iter().flatten();
    std::iter::once(source.text.to_string()).chain(sides).map(|text| File::new(text.into_bytes())).collect()
}
