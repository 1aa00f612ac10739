//! Entries that were never published, taken back or put after those of another branch.
//!
//! Two branches that release make two entries after the same one. Each keeps its text, one goes
//! first: the entries of the other are written again after it, under seals of their own. What a
//! merge left of a frozen file is believed only where its digest proves it. An entry that was
//! published stays where it is; whoever calls this makes sure of that.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::civil::Date;

use crate::diagnostic::Diagnostics;
use crate::ledger::branches::{Branches, MERGED, SEAL, key};
use crate::ledger::frozen::{Redacted, Sums};
use crate::ledger::read::Reading;
use crate::ledger::release::numbered;
use crate::ledger::{SUMS, acts, append, freeze, frozen, read, review};
use crate::model::{
    Act, Entry, Frozen, Kind, NewestDays, Postponement, Release, ReleaseId, Review, Withdrawal,
};
use crate::tree::{File, Source, Tree, TreePath};

/// The released versions of a project, as a merge may have left them.
#[derive(Clone, Copy)]
pub struct Merged<'a> {
    /// The files of the project.
    pub files: &'a Tree<File>,
    /// What either branch has of the files that git could not merge, ours first.
    pub sides: &'a Tree<Vec<File>>,
}

/// What is rewritten of the released versions.
pub struct Rewritten {
    /// The entries that are taken out, oldest first, each with what becomes of it.
    pub out: Vec<(Entry, Fate)>,
    /// The files that come or change.
    pub put: Tree<File>,
    /// The files that go.
    pub gone: BTreeSet<TreePath>,
}

/// What becomes of an entry that is taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is not in the ledger any more.
    Out,
    /// It is written again, and is called so from now on.
    Again(String),
    /// The other branch holds it already.
    There,
}

/// Why entries stay where they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The ledger cannot be read, or is not what was sealed.
    Damaged,
    /// Two branches were merged into a ledger that neither of them had.
    Entangled,
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
    /// A redaction cannot be taken back: the text is gone.
    Redaction {
        /// Whether it is one of two branches.
        merged: bool,
    },
    /// Both branches are about these documents.
    Both {
        /// The documents.
        documents: Vec<String>,
        /// What was asked for.
        asked: String,
    },
    /// An entry would stand after one of a later day about the same documents.
    Backwards {
        /// The entry.
        entry: String,
        /// The later day.
        newest: Date,
        /// What was asked for.
        asked: String,
    },
    /// A file is not what either branch released.
    Unproved(TreePath),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Damaged => write!(
                formatter,
                "the ledger is not what was sealed: `policybook check` says where"
            ),
            Refusal::Entangled => write!(
                formatter,
                "git merged the ledger into one that no branch had: {MERGED}, then release again what the other branch had released"
            ),
            Refusal::Empty => write!(formatter, "nothing was released yet"),
            Refusal::Unknown(asked) => {
                write!(
                    formatter,
                    "no entry that can be taken out has the id or the seal `{}`",
                    asked.escape_debug()
                )
            }
            Refusal::NotNewest { asked, newest } => {
                write!(
                    formatter,
                    "`{asked}` is not in the newest entry, which is {newest}: entries are taken back from the newest on"
                )
            }
            Refusal::Which { keys: [one, other], entries: [first, second] } => {
                write!(
                    formatter,
                    "two branches released: name the one that was not published, `{one}` ({first}) or `{other}` ({second})"
                )
            }
            Refusal::OneBranch => write!(
                formatter,
                "no two branches released at once: there is nothing to put in another order"
            ),
            Refusal::Redaction { merged: false } => {
                write!(formatter, "a redaction cannot be taken back: the text is gone")
            }
            Refusal::Redaction { merged: true } => {
                write!(
                    formatter,
                    "a redaction cannot be moved: name the other branch; or {MERGED}, and run the redaction again"
                )
            }
            Refusal::Both { documents, asked } => write!(
                formatter,
                "both branches released {}: `policybook release --undo {asked}` takes that one out; then settle the text and release it",
                documents.join(", ")
            ),
            Refusal::Backwards { entry, newest, asked } => write!(
                formatter,
                "{entry} would stand after an entry of {newest} about the same documents: name the other branch; \
                 or take this one out with `policybook release --undo {asked}`, and release again"
            ),
            Refusal::Unproved(path) => {
                write!(
                    formatter,
                    "`{path}` is not what either branch released: {MERGED}, and release again what the other had released"
                )
            }
        }
    }
}

/// Takes the newest entry back, or the branch that holds the entry `asked`, which is named by its
/// id or the beginning of its seal.
///
/// # Errors
/// Says why it stays.
pub fn undo(merged: Merged<'_>, asked: Option<&str>) -> Result<Rewritten, Refusal> {
    let text = text(merged.files).ok_or(Refusal::Empty)?;
    if let Some(fork) = Fork::find(merged, &text)? {
        return fork.settled(merged, fork.own(asked)?, None);
    }
    let entries = whole(&text).ok_or(Refusal::Damaged)?;
    let first = newest(&entries).ok_or(Refusal::Empty)?;
    let out = &entries[first..];
    if let Some(asked) = asked.filter(|asked| !out.iter().any(|entry| is(entry, asked))) {
        return Err(Refusal::NotNewest {
            asked: asked.to_owned(),
            newest: entries[entries.len() - 1].to_string(),
        });
    }
    let before = text[..start(&text, &entries[first])].to_owned();
    let side = |text: String| Side::new(text).ok_or(Refusal::Damaged);
    Fork { common: first, sides: [side(text.clone())?, side(before)?], merged: false }
        .settled(merged, 0, None)
}

/// Puts the entries of the branch that holds the entry `asked` after those of the other.
///
/// # Errors
/// Says why they stay.
pub fn redo(merged: Merged<'_>, asked: &str) -> Result<Rewritten, Refusal> {
    let text = text(merged.files).ok_or(Refusal::Empty)?;
    let fork = Fork::find(merged, &text)?.ok_or(Refusal::OneBranch)?;
    let own = fork.own(Some(asked))?;
    let about = |side: usize, there: &[Entry]| -> BTreeSet<String> {
        let acts = fork
            .added(side)
            .iter()
            .filter(|entry| !matches!(entry.act, Act::Review(_)) && !is_among(entry, there));
        acts.flat_map(Entry::documents).collect()
    };
    let documents = about(own, fork.added(1 - own));
    let documents: Vec<String> = documents
        .intersection(&about(1 - own, fork.added(own)))
        .map(|document| format!("`{document}`"))
        .collect();
    if !documents.is_empty() {
        return Err(Refusal::Both { documents, asked: asked.to_owned() });
    }
    fork.settled(merged, own, Some(asked))
}

/// Returns the ledger of a project.
fn text(files: &Tree<File>) -> Option<String> {
    let path = frozen::ledger();
    files.get(&path).map(|file| Source::lossy(&path, file).text.into_owned())
}

/// Returns the entries of a ledger, if it is one line of entries and nothing is wrong with it.
fn whole(text: &str) -> Option<Vec<Entry>> {
    let (path, mut found) = (frozen::ledger(), Diagnostics::new());
    let Reading { entries, whole } = read::entries(&Source::of_text(&path, text), &mut found);
    (whole && !found.has_errors()).then_some(entries)
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
            one.release.with.as_ref() == Some(&other.release.id)
                || other.release.with.as_ref() == Some(&one.release.id)
        }
        // A policy that goes on under another id.
        (Act::Release(one), Act::Retirement(other)) => {
            let next = other.see.as_ref().filter(|see| other.reason == acts::goes_on_as(see));
            next.is_some_and(|see| one.documents.keys().eq([see]))
                && one.release.kind == Kind::Editorial
                && one.release.released == Some(other.date)
        }
        _ => false,
    };
    let mut first = last;
    while let Some(before) =
        first.checked_sub(1).filter(|before| with(&entries[*before], &entries[last]))
    {
        first = before;
    }
    Some(first)
}

/// Returns true if an entry is the one that is named.
fn is(entry: &Entry, name: &str) -> bool {
    let id = entry.release().is_some_and(|frozen| frozen.release.id.as_str() == name);
    id || (name.len() >= SEAL && entry.seal.to_string().starts_with(name))
}

/// Returns true if one of these entries records the same act, whatever its releases are called and
/// what it follows.
fn is_among(entry: &Entry, others: &[Entry]) -> bool {
    let names = ["release: ", "follows: ", "with: ", "versions: "];
    let act = |entry: &Entry| -> Vec<String> {
        let lines = written(&entry.act, &BTreeMap::new()).into_iter();
        lines.filter(|line| !names.iter().any(|name| line.starts_with(name))).collect()
    };
    entry.redaction().is_none()
        && others.iter().any(|other| other.redaction().is_none() && act(other) == act(entry))
}

/// A ledger as one branch has it.
struct Side {
    text: String,
    entries: Vec<Entry>,
}

impl Side {
    fn new(text: String) -> Option<Side> {
        let entries = whole(&text)?;
        Some(Side { text, entries })
    }
}

/// Two branches of a ledger.
struct Fork {
    /// How many entries both have.
    common: usize,
    sides: [Side; 2],
    /// Whether a merge made it.
    merged: bool,
}

impl Fork {
    /// Finds two branches in a ledger: as git has them, or in what it left, or one after the other
    /// where both were kept.
    fn find(merged: Merged<'_>, text: &str) -> Result<Option<Fork>, Refusal> {
        let path = frozen::ledger();
        let source = |file: &File| Source::lossy(&path, file).text.into_owned();
        let kept = merged.sides.get(&path).and_then(|sides| {
            <[String; 2]>::try_from(sides.iter().map(source).collect::<Vec<_>>()).ok()
        });
        let sides = match (Branches::find(text), kept) {
            (None, _) => return Ok(None),
            (Some(Branches { marked: true, .. }), Some(sides)) => sides,
            (Some(branches), _) => branches.sides,
        };
        let [Some(one), Some(other)] = sides.map(Side::new) else { return Err(Refusal::Entangled) };
        let common = one
            .entries
            .iter()
            .zip(&other.entries)
            .take_while(|(one, other)| one.seal == other.seal)
            .count();
        Ok(Some(Fork { common, sides: [one, other], merged: true }))
    }

    /// Returns the entries that only one side has.
    fn added(&self, side: usize) -> &[Entry] {
        &self.sides[side].entries[self.common..]
    }

    /// Returns the side that holds the entry that is named.
    fn own(&self, asked: Option<&str>) -> Result<usize, Refusal> {
        let holds = |side: usize| {
            asked.is_some_and(|asked| self.added(side).iter().any(|entry| is(entry, asked)))
        };
        match (asked, holds(0), holds(1)) {
            (_, true, false) => Ok(0),
            (_, false, true) => Ok(1),
            (Some(asked), false, false) => Err(Refusal::Unknown(asked.to_owned())),
            _ => Err(self.which()),
        }
    }

    fn which(&self) -> Refusal {
        let described = |entry: &Entry| match entry.release() {
            Some(frozen) => format!("{entry}, “{}”", frozen.release.summary),
            None => entry.to_string(),
        };
        match [0, 1].map(|side| self.added(side).first()) {
            [Some(one), Some(other)] => {
                Refusal::Which { keys: [one, other].map(key), entries: [one, other].map(described) }
            }
            _ => Refusal::OneBranch,
        }
    }

    /// Takes the entries of the side `own` out; where something is `asked` for, writes them again
    /// after those of the other.
    fn settled(
        &self,
        merged: Merged<'_>,
        own: usize,
        asked: Option<&str>,
    ) -> Result<Rewritten, Refusal> {
        let (ours, theirs) = (&self.sides[own], &self.sides[1 - own]);
        if self.added(own).iter().any(|entry| entry.redaction().is_some()) {
            return Err(Refusal::Redaction { merged: self.merged });
        }
        let mut wanted: Tree<File> = Tree::new();
        let kept = Redacted::new(&theirs.entries);
        for frozen in self.added(1 - own).iter().filter_map(Entry::release) {
            wanted.extend(folder(merged, frozen, &kept, &frozen.release.id)?);
        }
        let ledger = frozen::ledger();
        let ended =
            Tree::from_iter([(ledger.clone(), File::new(theirs.text.clone().into_bytes()))]);
        let (mut lines, mut fates) = (Vec::new(), Vec::new());
        let ids = renamed(self.added(own), self.added(1 - own), &theirs.entries);
        let mut days = NewestDays::of(&theirs.entries);
        for entry in self.added(own) {
            let there = asked.is_some() && is_among(entry, self.added(1 - own));
            let again = asked
                .filter(|_| !there)
                .and_then(|asked| Some((asked, after(entry, self.added(1 - own))?)));
            let Some((asked, act)) = again else {
                fates.push(if there { Fate::There } else { Fate::Out });
                continue;
            };
            let entry = Entry { act, ..entry.clone() };
            if let Some(newest) = days.behind(&entry).filter(|newest| entry.ahead != Some(*newest))
            {
                return Err(Refusal::Backwards {
                    entry: entry.to_string(),
                    newest,
                    asked: asked.to_owned(),
                });
            }
            days.pass(&entry);
            if let Some(frozen) = entry.release() {
                let id = ids.get(&frozen.release.id).unwrap_or(&frozen.release.id);
                wanted.extend(folder(merged, frozen, &Redacted::new(&ours.entries), id)?);
            }
            fates.push(Fate::Again(String::new()));
            lines.push(written(&entry.act, &ids));
        }
        let now = match lines.is_empty() {
            true => ended.get(&ledger).cloned().filter(|_| !theirs.entries.is_empty()),
            false => Some(append::entries(&ended, lines.iter().map(Vec::as_slice)).1),
        };
        let all = now.as_ref().map(|file| {
            read::entries(&Source::lossy(&ledger, file), &mut Diagnostics::new()).entries
        });
        let names = all
            .unwrap_or_default()
            .into_iter()
            .skip(theirs.entries.len())
            .map(|entry| entry.to_string());
        let again = fates.iter_mut().filter(|fate| matches!(fate, Fate::Again(_)));
        again.zip(names).for_each(|(fate, name)| *fate = Fate::Again(name));
        let released =
            [0, 1].into_iter().flat_map(|side| self.added(side)).filter_map(Entry::release);
        let folders: BTreeSet<TreePath> =
            released.map(|frozen| frozen::folder(&frozen.release.id)).collect();
        let there = folders
            .iter()
            .flat_map(|folder| merged.files.under(folder))
            .map(|(path, _)| path.clone());
        let gone = there
            .chain(now.is_none().then(|| ledger.clone()))
            .filter(|path| wanted.get(path).is_none())
            .collect();
        wanted.extend(now.map(|file| (ledger, file)));
        let like = |(path, file): (TreePath, File)| {
            let file = file.with_line_ends_of(merged.files.get(&path));
            (merged.files.get(&path).map(File::digest) != Some(file.digest()))
                .then_some((path, file))
        };
        let out = self.added(own).iter().cloned().zip(fates).collect();
        Ok(Rewritten { out, put: wanted.into_iter().filter_map(like).collect(), gone })
    }
}

/// Returns an act as it is made again after those of another branch. A review is of what was there
/// then: documents that the other branch changed or has reviewed since are not in it; `None` if
/// none is left.
fn after(entry: &Entry, theirs: &[Entry]) -> Option<Act> {
    let Act::Review(review) = &entry.act else {
        return Some(entry.act.clone());
    };
    let newer =
        |other: &&Entry| !matches!(&other.act, Act::Review(other) if other.date < review.date);
    let newer: BTreeSet<String> = theirs.iter().filter(newer).flat_map(Entry::documents).collect();
    let documents: Vec<String> =
        review.documents.iter().filter(|document| !newer.contains(*document)).cloned().collect();
    let expires = review
        .expires
        .filter(|_| documents.iter().any(|document| document == review::SECURITY_TXT));
    (!documents.is_empty()).then_some(Act::Review(Review { documents, expires, ..review.clone() }))
}

/// Returns the ids under which the releases of one branch are written again: those of the same acts
/// in the other branch, else free ones.
fn renamed(own: &[Entry], theirs: &[Entry], all: &[Entry]) -> BTreeMap<ReleaseId, ReleaseId> {
    let mut taken: BTreeSet<ReleaseId> =
        all.iter().filter_map(Entry::release).map(|frozen| frozen.release.id.clone()).collect();
    let mut ids = BTreeMap::new();
    for entry in own {
        let Some(id) = entry.release().map(|frozen| &frozen.release.id) else { continue };
        let there = theirs
            .iter()
            .find(|other| is_among(entry, std::slice::from_ref(other)))
            .and_then(Entry::release);
        let stem = id
            .as_str()
            .rsplit_once('.')
            .filter(|(_, end)| end.bytes().all(|byte| byte.is_ascii_digit()))
            .map_or(id.as_str(), |(stem, _)| stem);
        let free = || {
            std::iter::once(id.clone())
                .chain(numbered(stem.to_owned()))
                .find(|id| !taken.contains(id))
                .expect("some number is free")
        };
        let new = there.map_or_else(free, |frozen| frozen.release.id.clone());
        taken.insert(new.clone());
        ids.insert(id.clone(), new);
    }
    ids
}

/// Returns the lines of an act, with other ids for releases.
fn written(act: &Act, ids: &BTreeMap<ReleaseId, ReleaseId>) -> Vec<String> {
    let id = |id: &ReleaseId| ids.get(id).unwrap_or(id).clone();
    let all = |versions: &[ReleaseId]| versions.iter().map(id).collect();
    match act {
        Act::Release(frozen) => {
            let old = &*frozen.release;
            let (follows, with) = (old.follows.as_ref().map(id), old.with.as_ref().map(id));
            let release = Release { id: id(&old.id), follows, with, ..old.clone() };
            let documents =
                frozen.documents.iter().map(|(id, digest)| (id, digest.value)).collect::<Vec<_>>();
            freeze::lines(&release, &documents, &frozen.notice, frozen.raw_html)
        }
        Act::Review(act) => review::lines(&act.documents, act.date, act.expires),
        Act::Postponement(act) => {
            acts::postponement(&Postponement { versions: all(&act.versions), ..act.clone() })
        }
        Act::Withdrawal(act) => {
            acts::withdrawal(&Withdrawal { versions: all(&act.versions), ..act.clone() })
        }
        Act::Retirement(act) => acts::retirement(act),
        Act::Redaction(_) => unreachable!("a redaction is refused"),
    }
}

/// Returns the files that a release froze, found in what a merge left of them, as those of the
/// release `id`.
fn folder(
    merged: Merged<'_>,
    frozen: &Frozen,
    redacted: &Redacted<'_>,
    id: &ReleaseId,
) -> Result<Vec<(TreePath, File)>, Refusal> {
    let (old, new) = (frozen::folder(&frozen.release.id), frozen::folder(id));
    let path = old.join(SUMS);
    let sealed = |sums: &Sums| {
        let named: usize = frozen.documents.keys().map(|id| sums.document_files(id).count()).sum();
        let digest = |id| redacted.digest(&frozen.release.id, id);
        let mut documents = frozen.documents.iter();
        named == sums.files().count()
            && documents.all(|(id, sealed)| sums.document(id) == digest(id).unwrap_or(sealed.value))
    };
    let sums =
        readings(merged, &path).iter().filter_map(|file| Sums::of_file(&path, file)).find(sealed);
    let sums = sums.ok_or(Refusal::Unproved(path))?;
    let mut found = vec![(new.join(SUMS), File::new(sums.text().into_bytes()))];
    for (within, digest) in sums.files() {
        let path = old.join(within);
        let file = readings(merged, &path).into_iter().find(|file| file.digest() == digest);
        found.push((new.join(within), file.ok_or(Refusal::Unproved(path))?));
    }
    Ok(found)
}

/// Returns what a file says, and what either branch has of it.
fn readings(Merged { files, sides }: Merged<'_>, path: &TreePath) -> Vec<File> {
    let text = |file: &File| Source::new(path, file).ok().map(|source| source.text.into_owned());
    let own: Vec<String> = files.get(path).and_then(text).into_iter().collect();
    let marked = own.first().and_then(|text| Branches::marked(text)).map(|branches| branches.sides);
    let kept = sides.get(path).into_iter().flatten().filter_map(text);
    own.into_iter()
        .chain(marked.into_iter().flatten())
        .chain(kept)
        .map(|text| File::new(text.into_bytes()))
        .collect()
}
