//! Reading `ledger.yaml`: every entry, its place, and what is wrong with it.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::ledger::chain::Chain;
use crate::ledger::chain::Conflict;
use crate::model::Act;
use crate::model::DocumentId;
use crate::model::Entry;
use crate::model::Frozen;
use crate::model::Kind;
use crate::model::Placed;
use crate::model::Redaction;
use crate::model::Release;
use crate::model::ReleaseId;
use crate::model::Review;
use crate::parse::Fields;
use crate::parse::Node;
use crate::parse::Value;
use crate::parse::yaml;
use crate::tree::Digest;
use crate::tree::Source;

/// What to do about a ledger that was changed.
pub const RESTORE: &str = "released words never change: restore the file from version control";

/// What could be read of a ledger.
pub struct Reading {
    /// Its entries, oldest first, without those that cannot be read.
    pub entries: Vec<Entry>,
    /// Whether these are all.
    pub whole: bool,
}

/// Reads the entries; what is wrong with them is reported.
pub fn entries(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Reading {
    if let Some(conflict) = Conflict::find(&source.text) {
        let read = |side: &String| list(&Source { path: source.path, text: side.into() }, &mut Diagnostics::new());
        let [mut ours, theirs] = conflict.sides.each_ref().map(read);
        diagnostics.push(conflict.report(&ours.entries, &theirs.entries).at(source.path, conflict.span));
        let known: BTreeSet<Digest> = ours.entries.iter().map(|entry| entry.seal).collect();
        ours.entries.extend(theirs.entries.into_iter().filter(|entry| !known.contains(&entry.seal)));
        return Reading { whole: ours.whole && theirs.whole, ..ours };
    }
    let reading = list(source, diagnostics);
    report_order(source, &reading.entries, diagnostics);
    if reading.whole {
        report_unreleased(source, &reading.entries, diagnostics);
    }
    reading
}

/// Reads the list of entries and proves their chain.
fn list(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Reading {
    let mut found = Diagnostics::new();
    let nodes = match yaml(source.path, &source.text, 0, &mut found) {
        Some(Node { value: Value::List(nodes), .. }) => nodes,
        Some(Node { span, .. }) => {
            found.push(Diagnostic::error(Code::Ledger, "the ledger is a list of entries").at(source.path, span).help(RESTORE));
            Vec::new()
        }
        None => Vec::new(),
    };
    let mut whole = found.is_empty();
    diagnostics.extend(found);
    let mut chain = Chain::new(source);
    for node in nodes {
        whole &= entry(source, node, &mut chain, diagnostics).is_some();
    }
    Reading { entries: chain.into_entries(), whole }
}

/// Reads an entry and adds it to the chain.
fn entry(source: &Source<'_>, node: Node, chain: &mut Chain<'_>, diagnostics: &mut Diagnostics) -> Option<()> {
    let mut fields = Fields::open(source.path, "an entry of the ledger", node, diagnostics)?;
    let span = fields.span;
    let act = if fields.has("review") {
        review(&mut fields, diagnostics).map(Act::Review)
    } else if fields.has("redaction") {
        redaction(source, &mut fields, diagnostics).map(Act::Redaction)
    } else {
        release(source, &mut fields, diagnostics).map(Act::Release)
    };
    let follows = fields.has("previous");
    let previous = fields.parsed("previous", diagnostics, digest);
    let seal = fields.required_parsed("seal", diagnostics, digest);
    fields.close(diagnostics);
    let seal = seal?;
    let Some(act) = act else {
        chain.prove(&seal, diagnostics);
        return None;
    };
    // A `previous` that cannot be read was reported; the entry is taken to stand where it belongs.
    let unread = if follows { chain.head() } else { None };
    let named = previous.as_ref().map_or(unread, |previous| Some(previous.value));
    let entry = Entry { act, span, previous: named, seal: seal.value };
    chain.add(entry, previous.map(|previous| previous.span), seal.span, diagnostics);
    Some(())
}

fn release(source: &Source<'_>, fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Frozen> {
    let id = fields.required_parsed("release", diagnostics, release_id);
    let released = fields.parsed("released", diagnostics, date);
    let effective = fields.parsed("effective", diagnostics, date);
    let summary = fields.required("summary", diagnostics);
    let kind = fields.required_parsed("kind", diagnostics, kind);
    let documents = match fields.node("documents") {
        Some(node) => digests(source, node, diagnostics, DocumentId::new),
        None => {
            fields.missing("documents");
            None
        }
    };
    let id = id?;
    let release = Arc::new(Release {
        id: id.value,
        released: released.map(|date| date.value),
        effective: effective.map(|date| date.value),
        summary: summary?.value,
        kind: kind?.value,
    });
    Some(Frozen { release, span: id.span, documents: documents? })
}

fn review(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Review> {
    let date = fields.required_parsed("review", diagnostics, date);
    let documents = fields.texts("documents", diagnostics).into_iter().map(|document| document.value).collect();
    let moment = |text: &str| text.parse().map_err(|_| "write a moment as `2027-10-31T00:00:00Z`".to_owned());
    let expires = fields.parsed("expires", diagnostics, moment).map(|expires| expires.value);
    Some(Review { date: date?.value, documents, expires })
}

fn redaction(source: &Source<'_>, fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Redaction> {
    let date = fields.required_parsed("redaction", diagnostics, date);
    let reason = fields.required("reason", diagnostics);
    let document = |key: &str| {
        let (release, document) = key.split_once('/')?;
        Some((ReleaseId::new(release)?, DocumentId::new(document)?))
    };
    let documents = match fields.node("documents") {
        Some(node) => digests(source, node, diagnostics, document)?,
        None => {
            fields.missing("documents");
            return None;
        }
    };
    let documents = documents.into_iter().map(|(key, digest)| (key, digest.value)).collect();
    Some(Redaction { date: date?.value, reason: reason?.value, documents })
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
    let mut newest: BTreeMap<String, Date> = BTreeMap::new();
    for entry in entries {
        if let Act::Release(frozen) = &entry.act
            && !ids.insert(&frozen.release.id)
        {
            let twice = Diagnostic::error(Code::DuplicateId, format!("two releases have the id `{}`", frozen.release.id));
            diagnostics.push(twice.at(source.path, frozen.span).help(RESTORE));
        }
        let Some(day) = entry.date() else {
            continue;
        };
        let before: Vec<Date> = entry.documents().into_iter().filter_map(|document| newest.insert(document, day)).collect();
        if before.iter().any(|before| day < *before) {
            let backwards = Diagnostic::error(Code::Ledger, "this entry has an earlier day than one above it of the same document");
            diagnostics.push(backwards.at(source.path, entry.span).help(RESTORE));
        }
    }
}

/// Reports redactions of what no release above them froze.
fn report_unreleased(source: &Source<'_>, entries: &[Entry], diagnostics: &mut Diagnostics) {
    let mut released = BTreeSet::new();
    for entry in entries {
        match &entry.act {
            Act::Release(frozen) => released.extend(frozen.documents.keys().map(|id| (frozen.release.id.clone(), id.clone()))),
            Act::Review(_) => {}
            Act::Redaction(redaction) => {
                for (release, id) in redaction.documents.keys().filter(|document| !released.contains(document)) {
                    let unknown = Diagnostic::error(Code::Ledger, format!("no release above froze `{release}/{id}`"));
                    diagnostics.push(unknown.at(source.path, entry.span).help(RESTORE));
                }
            }
        }
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
