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
    /// The release.
    pub release: Release,
    /// Where its id stands.
    pub span: Span,
    /// The digest of each document it froze.
    pub documents: BTreeMap<DocumentId, Placed<Digest>>,
    /// The digest of the ledger above it.
    pub seal: Digest,
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
    let mut fields = Fields::open(source.path, "a release", node, diagnostics)?;
    let id = fields.required_parsed("release", diagnostics, |text| {
        ReleaseId::new(text).ok_or_else(|| "an id becomes an address: lower-case letters, digits, hyphens and single dots".to_owned())
    });
    let released = fields.parsed("released", diagnostics, date);
    let effective = fields.parsed("effective", diagnostics, date);
    let summary = fields.required("summary", diagnostics);
    let kind = fields.required_parsed("kind", diagnostics, kind);
    let documents = fields.node("documents").and_then(|node| documents(source, node, diagnostics));
    let previous = fields.parsed("previous", diagnostics, digest);
    let seal = fields.required_parsed("seal", diagnostics, digest);
    if documents.is_none() {
        fields.missing("documents", diagnostics);
    }
    fields.close(diagnostics);
    if let Some(seal) = &seal {
        check_seal(source, seal, diagnostics);
    }
    let (id, seal) = (id?, seal?);
    if previous.as_ref().map(|previous| previous.value) != before.map(|before| before.seal) {
        let at = previous.map_or(id.span, |previous| previous.span);
        let torn = Diagnostic::error(Code::LedgerSeal, format!("`{}` does not follow the entry above it", id.value)).at(source.path, at);
        diagnostics.push(torn.help("`previous` is the seal of the entry above; entries are never removed, reordered or merged by hand"));
    }
    let release = Release {
        id: id.value,
        released: released.map(|date| date.value),
        effective: effective.map(|date| date.value),
        summary: summary?.value,
        kind: kind?.value,
    };
    Some(Entry { release, span: id.span, documents: documents?, seal: seal.value })
}

/// Proves that everything above a seal is as it was when the seal was set.
fn check_seal(source: &Source<'_>, seal: &Placed<Digest>, diagnostics: &mut Diagnostics) {
    let line = source.text[..seal.span.start].rfind('\n').map_or(0, |end| end + 1);
    if Digest::of(&source.text.as_bytes()[..line]) != seal.value {
        let broken = Diagnostic::error(Code::LedgerSeal, "the ledger above this seal is not what was sealed").at(source.path, seal.span);
        diagnostics.push(broken.label("the SHA-256 of all lines above").help(RESTORE));
    }
}

fn documents(source: &Source<'_>, node: Node, diagnostics: &mut Diagnostics) -> Option<BTreeMap<DocumentId, Placed<Digest>>> {
    let Value::Mapping(entries) = node.value else {
        diagnostics.push(
            Diagnostic::error(Code::Ledger, "`documents` names each document and its digest").at(source.path, node.span).help(RESTORE),
        );
        return None;
    };
    let mut documents = BTreeMap::new();
    for (key, node) in entries {
        let value = match &node.value {
            Value::Scalar(text) => digest(text).ok(),
            _ => None,
        };
        match (DocumentId::new(&key.value), value) {
            (Some(id), Some(value)) => {
                documents.insert(id, Placed { value, span: node.span });
            }
            (None, _) => {
                let bad = Diagnostic::error(Code::Ledger, format!("`{}` cannot be a document", key.value.escape_debug()));
                diagnostics.push(bad.at(source.path, key.span).help(RESTORE));
            }
            (_, None) => {
                diagnostics.push(Diagnostic::error(Code::Ledger, "this is no SHA-256 digest").at(source.path, node.span).help(RESTORE))
            }
        }
    }
    Some(documents)
}

fn report_order(source: &Source<'_>, entries: &[Entry], diagnostics: &mut Diagnostics) {
    let mut ids = BTreeSet::new();
    let mut newest: Option<&Release> = None;
    for entry in entries {
        let release = &entry.release;
        if !ids.insert(&release.id) {
            let twice =
                Diagnostic::error(Code::DuplicateId, format!("two releases have the id `{}`", release.id)).at(source.path, entry.span);
            diagnostics.push(twice.help(RESTORE));
        }
        if let (Some(day), Some(before)) = (release.released, newest.and_then(|newest| newest.released))
            && day < before
        {
            let backwards = Diagnostic::error(Code::Ledger, format!("`{}` was released before the entry above it", release.id));
            diagnostics.push(backwards.at(source.path, entry.span).help(RESTORE));
        }
        if release.released.is_some() {
            newest = Some(release);
        }
    }
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
