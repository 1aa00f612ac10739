//! Reading `ledger.yaml`, and proving that nobody changed it after the fact.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::model::DocumentId;
use crate::model::Kind;
use crate::model::Placed;
use crate::model::Release;
use crate::model::ReleaseId;
use crate::parse::Fields;
use crate::parse::Node;
use crate::parse::Value;
use crate::parse::yaml;
use crate::tree::Digest;
use crate::tree::Source;
use crate::tree::Span;

/// An entry of the ledger.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was done.
    pub act: Act,
    /// Where the entry begins.
    pub span: Span,
    /// The digest of the ledger above its seal.
    pub seal: Digest,
}

impl Entry {
    /// Returns its day; nothing for a release of which nobody knows it.
    pub fn date(&self) -> Option<Date> {
        match &self.act {
            Act::Release(frozen) => frozen.release.released,
            Act::Review(review) => Some(review.date),
            Act::Redaction(redaction) => Some(redaction.date),
        }
    }

    /// Returns the release, if that is what it records.
    pub fn release(&self) -> Option<&Frozen> {
        match &self.act {
            Act::Release(frozen) => Some(frozen),
            _ => None,
        }
    }
}

/// What an entry records.
#[derive(Clone, Debug)]
pub enum Act {
    /// Documents were frozen.
    Release(Frozen),
    /// Documents were read again, and nothing had to change.
    Review(Review),
    /// Words were removed from frozen documents, on request.
    Redaction(Redaction),
}

/// A release and what it froze.
#[derive(Clone, Debug)]
pub struct Frozen {
    /// The release.
    pub release: Release,
    /// Where its id stands.
    pub span: Span,
    /// The digest of each document it froze.
    pub documents: BTreeMap<DocumentId, Placed<Digest>>,
}

/// A review.
#[derive(Clone, Debug)]
pub struct Review {
    /// The day.
    pub date: Date,
    /// The documents that were read, and `security.txt` where its data was.
    pub documents: Vec<String>,
}

/// A redaction.
#[derive(Clone, Debug)]
pub struct Redaction {
    /// The day.
    pub date: Date,
    /// Why.
    pub reason: String,
    /// The digest of each document that was changed by it, by release.
    pub documents: BTreeMap<(ReleaseId, DocumentId), Digest>,
}

/// Reads the entries, oldest first. What is wrong with them is reported; an entry that cannot be read is left out.
pub fn entries(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Vec<Entry> {
    let nodes = match yaml(source.path, &source.text, 0, diagnostics) {
        Some(Node { value: Value::List(nodes), .. }) => nodes,
        Some(Node { span, .. }) => {
            diagnostics.push(Diagnostic::error(Code::Ledger, "the ledger is a list of entries").at(source.path, span).help(RESTORE));
            return Vec::new();
        }
        None => return Vec::new(),
    };
    let mut entries: Vec<Entry> = Vec::new();
    for node in nodes {
        if let Some(entry) = entry(source, node, entries.last(), diagnostics) {
            entries.push(entry);
        }
    }
    report_order(source, &entries, diagnostics);
    entries
}

/// What to do about a ledger that was changed.
pub const RESTORE: &str = "released words never change: restore the file from version control";

fn entry(source: &Source<'_>, node: Node, before: Option<&Entry>, diagnostics: &mut Diagnostics) -> Option<Entry> {
    let mut fields = Fields::open(source.path, "an entry of the ledger", node, diagnostics)?;
    let span = fields.span;
    let act = if fields.has("review") {
        review(&mut fields, diagnostics).map(Act::Review)
    } else if fields.has("redaction") {
        redaction(source, &mut fields, diagnostics).map(Act::Redaction)
    } else {
        release(source, &mut fields, diagnostics).map(Act::Release)
    };
    let previous = fields.parsed("previous", diagnostics, digest);
    let seal = fields.required_parsed("seal", diagnostics, digest);
    fields.close(diagnostics);
    let seal = seal?;
    check_seal(source, &seal, diagnostics);
    if previous.as_ref().map(|previous| previous.value) != before.map(|before| before.seal) {
        let torn = Diagnostic::error(Code::LedgerSeal, "this entry does not follow the one above it");
        let torn = torn.at(source.path, previous.map_or(span, |previous| previous.span));
        diagnostics.push(torn.help("`previous` is the seal of the entry above; entries are never removed, reordered or merged by hand"));
    }
    Some(Entry { act: act?, span, seal: seal.value })
}

fn release(source: &Source<'_>, fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Frozen> {
    let id = fields.required_parsed("release", diagnostics, release_id);
    let released = fields.parsed("released", diagnostics, date);
    let effective = fields.parsed("effective", diagnostics, date);
    let summary = fields.required("summary", diagnostics);
    let kind = fields.required_parsed("kind", diagnostics, kind);
    let documents = match fields.node("documents") {
        Some(node) => digests(source, node, diagnostics, |key| DocumentId::new(key)),
        None => {
            fields.missing("documents", diagnostics);
            None
        }
    };
    let id = id?;
    let release = Release {
        id: id.value,
        released: released.map(|date| date.value),
        effective: effective.map(|date| date.value),
        summary: summary?.value,
        kind: kind?.value,
    };
    Some(Frozen { release, span: id.span, documents: documents? })
}

fn review(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Review> {
    let date = fields.required_parsed("review", diagnostics, date);
    let documents = fields.texts("documents", diagnostics).into_iter().map(|document| document.value).collect();
    Some(Review { date: date?.value, documents })
}

fn redaction(source: &Source<'_>, fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Redaction> {
    let date = fields.required_parsed("redaction", diagnostics, date);
    let reason = fields.required("reason", diagnostics);
    let document = |key: &str| {
        let (release, document) = key.split_once('/')?;
        Some((ReleaseId::new(release)?, DocumentId::new(document)?))
    };
    let documents = fields.node("documents").and_then(|node| digests(source, node, diagnostics, document))?;
    let documents = documents.into_iter().map(|(key, digest)| (key, digest.value)).collect();
    Some(Redaction { date: date?.value, reason: reason?.value, documents })
}

/// Proves that everything above a seal is as it was when the seal was set.
fn check_seal(source: &Source<'_>, seal: &Placed<Digest>, diagnostics: &mut Diagnostics) {
    let line = source.text[..seal.span.start].rfind('\n').map_or(0, |end| end + 1);
    if Digest::of(&source.text.as_bytes()[..line]) != seal.value {
        let broken = Diagnostic::error(Code::LedgerSeal, "the ledger above this seal is not what was sealed").at(source.path, seal.span);
        diagnostics.push(broken.label("the SHA-256 of all lines above").help(RESTORE));
    }
}

/// Reads a mapping whose values are digests.
fn digests<K: Ord>(
    source: &Source<'_>,
    node: Node,
    diagnostics: &mut Diagnostics,
    key: impl Fn(&str) -> Option<K>,
) -> Option<BTreeMap<K, Placed<Digest>>> {
    let Value::Mapping(entries) = node.value else {
        let other = Diagnostic::error(Code::Ledger, "`documents` names each document and its digest").at(source.path, node.span);
        diagnostics.push(other.help(RESTORE));
        return None;
    };
    let mut digests = BTreeMap::new();
    for (name, node) in entries {
        let value = match &node.value {
            Value::Scalar(text) => digest(text).ok(),
            _ => None,
        };
        match (key(&name.value), value) {
            (Some(key), Some(value)) => {
                digests.insert(key, Placed { value, span: node.span });
            }
            (None, _) => {
                let bad = Diagnostic::error(Code::Ledger, format!("`{}` cannot be a document", name.value.escape_debug()));
                diagnostics.push(bad.at(source.path, name.span).help(RESTORE));
            }
            (_, None) => {
                diagnostics.push(Diagnostic::error(Code::Ledger, "this is no SHA-256 digest").at(source.path, node.span).help(RESTORE));
            }
        }
    }
    Some(digests)
}

fn report_order(source: &Source<'_>, entries: &[Entry], diagnostics: &mut Diagnostics) {
    let mut ids = BTreeSet::new();
    let mut newest: Option<Date> = None;
    for entry in entries {
        if let Act::Release(frozen) = &entry.act
            && !ids.insert(&frozen.release.id)
        {
            let twice = Diagnostic::error(Code::DuplicateId, format!("two releases have the id `{}`", frozen.release.id));
            diagnostics.push(twice.at(source.path, frozen.span).help(RESTORE));
        }
        let day = entry.date();
        if let (Some(day), Some(before)) = (day, newest)
            && day < before
        {
            let backwards = Diagnostic::error(Code::Ledger, "this entry has an earlier day than the one above it");
            diagnostics.push(backwards.at(source.path, entry.span).help(RESTORE));
        }
        newest = newest.max(day);
    }
}

fn release_id(text: &str) -> Result<ReleaseId, String> {
    ReleaseId::new(text).ok_or_else(|| "an id becomes an address: lower-case letters, digits, hyphens and single dots".to_owned())
}

fn date(text: &str) -> Result<Date, String> {
    let help = || "write a day as `2023-02-15`".to_owned();
    if text.len() == 10 { text.parse().map_err(|_| help()) } else { Err(help()) }
}

fn kind(text: &str) -> Result<Kind, String> {
    let kinds = [Kind::Substantive, Kind::Editorial];
    kinds.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| "write `substantive` or `editorial`".to_owned())
}

fn digest(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|_| "a SHA-256 digest has 64 letters of `0-9a-f`".to_owned())
}
