//! The chain of entries: every seal holds, every entry follows the one above it, and no two follow the same one.

use std::collections::BTreeMap;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::ledger::RESTORE;
use crate::model::Entry;
use crate::model::Placed;
use crate::tree::Digest;
use crate::tree::Hasher;
use crate::tree::Source;
use crate::tree::Span;

/// The entries of a ledger that were read so far.
pub struct Chain<'a> {
    source: &'a Source<'a>,
    entries: Vec<Entry>,
    /// The first entry that follows each seal.
    followers: BTreeMap<Option<Digest>, usize>,
    /// The digest of the ledger up to a byte.
    hashed: (Hasher, usize),
}

/// What to do about a fork.
const REDO: &str =
    "two branches released at once: keep the entry that was published first, take the other out with its folder, and release that again";

impl<'a> Chain<'a> {
    /// Returns the chain of a ledger of which nothing was read yet.
    pub fn new(source: &'a Source<'a>) -> Chain<'a> {
        Chain { source, entries: Vec::new(), followers: BTreeMap::new(), hashed: Default::default() }
    }

    /// Returns the newest seal.
    pub fn head(&self) -> Option<Digest> {
        self.entries.last().map(|entry| entry.seal)
    }

    /// Returns the entries, oldest first.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Takes the next entry. `previous` is where it names the seal it follows, `seal` where its own stands.
    pub fn add(&mut self, entry: Entry, previous: Option<Span>, seal: Span, diagnostics: &mut Diagnostics) {
        let sibling = self.followers.get(&entry.previous).map(|index| &self.entries[*index]);
        match sibling {
            _ if entry.previous == self.head() => self.prove(&Placed { value: entry.seal, span: seal }, diagnostics),
            Some(sibling) if sibling.seal == entry.seal => {
                let twice = Diagnostic::error(Code::LedgerSeal, format!("{entry} stands in the ledger twice"));
                diagnostics.push(twice.at(self.source.path, entry.span).help("take the second one out"));
            }
            Some(sibling) => diagnostics.push(self.fork(sibling, &entry).at(self.source.path, entry.span)),
            None => {
                self.prove(&Placed { value: entry.seal, span: seal }, diagnostics);
                let torn = Diagnostic::error(Code::LedgerSeal, "this entry does not follow the one above it");
                let torn = torn.at(self.source.path, previous.unwrap_or(entry.span));
                diagnostics
                    .push(torn.help("`previous` is the seal of the entry above; entries are never removed, reordered or merged by hand"));
            }
        }
        self.followers.entry(entry.previous).or_insert(self.entries.len());
        self.entries.push(entry);
    }

    /// Proves that everything above a seal is as it was when the seal was set, and that its entry ends with it.
    pub fn prove(&mut self, seal: &Placed<Digest>, diagnostics: &mut Diagnostics) {
        let text = &self.source.text;
        let (hasher, hashed) = &mut self.hashed;
        let line = text[..seal.span.start].rfind('\n').map_or(0, |end| end + 1).max(*hashed);
        hasher.add(&text[*hashed..line]);
        *hashed = line;
        let after = text[line..].strip_prefix(&format!("  seal: {}\n", seal.value));
        let found = if hasher.digest() != seal.value {
            Diagnostic::error(Code::LedgerSeal, "the ledger above this seal is not what was sealed").label("the SHA-256 of all lines above")
        } else if !after.is_some_and(|after| after.is_empty() || after.starts_with("\n- ")) {
            Diagnostic::error(Code::LedgerSeal, "something follows this seal that is not the next entry").label("an entry ends here")
        } else {
            return;
        };
        diagnostics.push(found.at(self.source.path, seal.span).help(RESTORE));
    }

    fn fork(&self, one: &Entry, other: &Entry) -> Diagnostic {
        let root = self.entries.iter().find(|entry| Some(entry.seal) == other.previous);
        let message = match root {
            Some(root) => format!("{one} and {other} both follow {root}"),
            None => format!("{one} and {other} both are the first entry"),
        };
        Diagnostic::error(Code::LedgerFork, message).help(REDO)
    }
}

/// The two sides of a merge that git left to be settled by hand.
pub struct Conflict {
    /// Where the first of git's lines stands.
    pub span: Span,
    /// The ledger of either side.
    pub sides: [String; 2],
}

impl Conflict {
    /// Finds what git left in a ledger.
    pub fn find(text: &str) -> Option<Conflict> {
        let mut sides = [String::new(), String::new()];
        let (mut first, mut at, mut shown) = (None, 0, [true, true]);
        for line in text.split_inclusive('\n') {
            match line.get(..7) {
                Some("<<<<<<<") => {
                    first = first.or(Some(Span::new(at, at + line.trim_end().len())));
                    shown = [true, false];
                }
                Some("|||||||") => shown = [false, false],
                Some("=======") => shown = [false, true],
                Some(">>>>>>>") => shown = [true, true],
                _ => sides.iter_mut().zip(shown).filter(|(_, shown)| *shown).for_each(|(side, _)| side.push_str(line)),
            }
            at += line.len();
        }
        first.map(|span| Conflict { span, sides })
    }

    /// Says what the two sides, read for themselves, released at once.
    pub fn report(&self, ours: &[Entry], theirs: &[Entry]) -> Diagnostic {
        let seal = |entry: &&Entry| entry.seal;
        let common = ours.iter().zip(theirs).take_while(|(our, their)| seal(our) == seal(their)).count();
        let message = match (ours.get(common), theirs.get(common)) {
            (Some(our), Some(their)) => format!("git could not merge {our} and {their}"),
            _ => "git left a conflict in the ledger".to_owned(),
        };
        Diagnostic::error(Code::LedgerFork, message).help(REDO)
    }
}
