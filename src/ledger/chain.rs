//! The chain of entries: every seal holds, and every entry follows the one above it.

use crate::diagnostic::{Code, Diagnostic};
use crate::ledger::RESTORE;
use crate::model::{Entry, Placed};
use crate::tree::{Digest, Hasher, Source, Span};

/// The entries of a ledger that were read so far.
pub struct Chain<'a> {
    source: &'a Source<'a>,
    entries: Vec<Entry>,
    /// The newest seal, of an entry that could not be read too.
    head: Option<Digest>,
    /// Whether something was wrong with it: every seal below is that of other lines, which says
    /// nothing more.
    broken: bool,
    /// The digest of the ledger up to a byte.
    hashed: (Hasher, usize),
}

impl<'a> Chain<'a> {
    /// Returns the chain of a ledger of which nothing was read yet.
    pub fn new(source: &'a Source<'a>) -> Chain<'a> {
        Chain { source, entries: Vec::new(), head: None, broken: false, hashed: Default::default() }
    }

    /// Returns the newest seal.
    pub fn head(&self) -> Option<Digest> {
        self.head
    }

    /// Returns true if something was wrong with it.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Returns the entries, oldest first.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Takes the next entry, and returns what is wrong with its place; of all that is wrong with a
    /// chain the first. `previous` is where it names the seal it follows, `seal` where its own
    /// stands.
    pub fn add(&mut self, entry: Entry, previous: Option<Span>, seal: Span) -> Option<Diagnostic> {
        let found = self.judged(&entry, previous, seal);
        self.head = Some(entry.seal);
        self.entries.push(entry);
        self.first(found)
    }

    /// Passes an entry that could not be read, and returns what is wrong with its seal.
    pub fn pass(&mut self, seal: &Placed<Digest>) -> Option<Diagnostic> {
        self.head = Some(seal.value);
        let found = self.prove(seal);
        self.first(found)
    }

    /// Passes an entry whose seal is lost, which says enough: the next one cannot follow it.
    pub fn tear(&mut self) {
        self.broken = true;
    }

    fn first(&mut self, found: Option<Diagnostic>) -> Option<Diagnostic> {
        let found = found.filter(|_| !self.broken);
        self.broken |= found.is_some();
        found
    }

    fn judged(&mut self, entry: &Entry, previous: Option<Span>, seal: Span) -> Option<Diagnostic> {
        if entry.previous == self.head {
            return self.prove(&Placed { value: entry.seal, span: seal });
        }
        if self.entries.iter().any(|other| other.seal == entry.seal) {
            let twice =
                Diagnostic::error(Code::LedgerSeal, format!("{entry} stands in the ledger twice"));
            return Some(twice.at(self.source.path, entry.span).help("take the second one out"));
        }
        let torn = Diagnostic::error(
            Code::LedgerSeal,
            format!("{entry} does not follow the entry above it"),
        );
        let torn = torn
            .at(self.source.path, previous.unwrap_or(entry.span))
            .label("the seal of the entry it was made after");
        Some(
            torn.help(format!("entries are never removed, reordered or merged by hand: {RESTORE}")),
        )
    }

    /// Proves that everything above a seal is as it was when the seal was set, and that its entry
    /// ends with it.
    fn prove(&mut self, seal: &Placed<Digest>) -> Option<Diagnostic> {
        let text = &self.source.text;
        let (hasher, hashed) = &mut self.hashed;
        let line = text[..seal.span.start].rfind('\n').map_or(0, |end| end + 1).max(*hashed);
        hasher.add(&text[*hashed..line]);
        *hashed = line;
        let after = text[line..].strip_prefix(&format!("  seal: {}\n", seal.value));
        let found = if hasher.digest() != seal.value {
            let above = if self.entries.is_empty() {
                "above it"
            } else {
                "between the seal above and this one"
            };
            Diagnostic::error(
                Code::LedgerSeal,
                format!("the lines {above} are not what was sealed"),
            )
            .label("the SHA-256 of all lines above")
        } else if !after.is_some_and(|after| after.is_empty() || after.starts_with("\n- ")) {
            Diagnostic::error(
                Code::LedgerSeal,
                "something follows this seal that is not the next entry",
            )
            .label("an entry ends here")
        } else {
            return None;
        };
        Some(found.at(self.source.path, seal.span).help(RESTORE))
    }
}
