//! What an entry of the ledger records, read from its fields.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger::RESTORE;
use crate::model::{
    Act, DocumentId, Frozen, Kind, Placed, Postponement, Redaction, Release, ReleaseId, Retirement,
    Review, Withdrawal,
};
use crate::parse::{Fields, Node, Value};
use crate::tree::{Digest, Source};

/// The keys that say what an entry records; the last two are those of a release.
const ACTS: [&str; 7] =
    ["review", "redaction", "postponement", "withdrawal", "retirement", "release", "kind"];

/// How many days of notice can be promised at most.
const LONGEST_NOTICE: i64 = 36_500;

/// Returns true if it is known what an entry records.
pub fn is_known(fields: &Fields<'_>) -> bool {
    ACTS.iter().any(|key| fields.has(key))
}

/// Reads what an entry records; what is wrong with it is reported.
pub fn read(
    source: &Source<'_>,
    fields: &mut Fields<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Act> {
    match ACTS.iter().find(|key| fields.has(key)).copied()? {
        "review" => review(fields, diagnostics).map(Act::Review),
        "redaction" => redaction(source, fields, diagnostics).map(Act::Redaction),
        "postponement" => postponement(fields, diagnostics).map(Act::Postponement),
        "withdrawal" => withdrawal(fields, diagnostics).map(Act::Withdrawal),
        "retirement" => retirement(fields, diagnostics).map(Act::Retirement),
        _ => release(source, fields, diagnostics).map(Act::Release),
    }
}

fn release(
    source: &Source<'_>,
    fields: &mut Fields<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Frozen> {
    let id = fields.required_parsed("release", diagnostics, release_id);
    let released = fields.parsed("released", diagnostics, date);
    let effective = fields.parsed("effective", diagnostics, date);
    let summary = fields.required("summary", diagnostics);
    let kind = fields.required_parsed("kind", diagnostics, kind);
    let attested = fields.text("attested", diagnostics).map(|name| name.value);
    let approved_by = fields.text("approved_by", diagnostics).map(|name| name.value);
    let follows = fields.parsed("follows", diagnostics, release_id).map(|id| id.value);
    let with = fields.parsed("with", diagnostics, release_id).map(|id| id.value);
    let plan = fields.parsed("plan", diagnostics, digest).map(|digest| digest.value);
    let notice = notice(source, fields, diagnostics);
    let raw_html = fields.switch("raw_html", diagnostics);
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
        attested,
        approved_by,
        follows,
        with,
        plan,
    });
    Some(Frozen { release, span: id.span, raw_html, documents: documents?, notice })
}

/// Reads how many days of notice the readers of each document were promised.
fn notice(
    source: &Source<'_>,
    fields: &mut Fields<'_>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<DocumentId, i64> {
    let Some(node) = fields.node("notice") else {
        return BTreeMap::new();
    };
    let entries = match node.value {
        Value::Mapping(entries) => entries,
        _ => Vec::new(),
    };
    let read = |(name, node): &(Placed<String>, Node)| match &node.value {
        Value::Scalar(days) => Some((
            DocumentId::new(&name.value)?,
            days.parse().ok().filter(|days| (0..=LONGEST_NOTICE).contains(days))?,
        )),
        _ => None,
    };
    let notice: Option<BTreeMap<DocumentId, i64>> = entries.iter().map(read).collect();
    notice.filter(|notice| !notice.is_empty()).unwrap_or_else(|| {
        let other = Diagnostic::error(Code::Ledger, "`notice` names each document and its days")
            .at(source.path, node.span);
        diagnostics.push(other.help(RESTORE));
        BTreeMap::new()
    })
}

fn postponement(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Postponement> {
    let day = fields.required_parsed("postponement", diagnostics, date);
    let versions = listed(fields, "versions", diagnostics, ReleaseId::new);
    let documents = listed(fields, "documents", diagnostics, DocumentId::new);
    let effective = fields.required_parsed("effective", diagnostics, date);
    let reason = fields.required("reason", diagnostics);
    let (date, effective) = (day?.value, effective?.value);
    Some(Postponement {
        date,
        versions: versions?,
        documents: documents?,
        effective,
        reason: reason?.value,
    })
}

fn withdrawal(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Withdrawal> {
    let day = fields.required_parsed("withdrawal", diagnostics, date);
    let versions = listed(fields, "versions", diagnostics, ReleaseId::new);
    let documents = listed(fields, "documents", diagnostics, DocumentId::new);
    let reason = fields.required("reason", diagnostics);
    Some(Withdrawal {
        date: day?.value,
        versions: versions?,
        documents: documents?,
        reason: reason?.value,
    })
}

fn retirement(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Retirement> {
    let day = fields.required_parsed("retirement", diagnostics, date);
    let documents = listed(fields, "documents", diagnostics, DocumentId::new);
    let effective = fields.required_parsed("effective", diagnostics, date);
    let reason = fields.required("reason", diagnostics);
    let read = |text: &str| {
        DocumentId::new(text).ok_or_else(|| "name a document as its address does".to_owned())
    };
    let see = fields.parsed("see", diagnostics, read).map(|id| id.value);
    let (date, effective) = (day?.value, effective?.value);
    Some(Retirement { date, documents: documents?, effective, reason: reason?.value, see })
}

/// Reads a list of ids with at least one.
fn listed<T>(
    fields: &mut Fields<'_>,
    key: &'static str,
    diagnostics: &mut Diagnostics,
    read: impl Fn(&str) -> Option<T>,
) -> Option<Vec<T>> {
    let texts = fields.texts(key, diagnostics);
    if texts.is_empty() {
        fields.missing(key);
        return None;
    }
    let ids: Option<Vec<T>> = texts.iter().map(|text| read(&text.value)).collect();
    if ids.is_none() {
        let bad = Diagnostic::error(Code::Ledger, format!("`{key}` holds what is no id"));
        diagnostics.push(bad.at(fields.path, fields.span).help(RESTORE));
    }
    ids
}

fn review(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Option<Review> {
    let date = fields.required_parsed("review", diagnostics, date);
    let documents =
        fields.texts("documents", diagnostics).into_iter().map(|document| document.value).collect();
    let moment = |text: &str| {
        text.parse().map_err(|_| "write a moment as `2027-10-31T00:00:00Z`".to_owned())
    };
    let expires = fields.parsed("expires", diagnostics, moment).map(|expires| expires.value);
    Some(Review { date: date?.value, documents, expires })
}

fn redaction(
    source: &Source<'_>,
    fields: &mut Fields<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Redaction> {
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
        let other =
            Diagnostic::error(Code::Ledger, "`documents` names each document and its digest")
                .at(source.path, node.span);
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
                let bad = Diagnostic::error(
                    Code::Ledger,
                    format!("`{}` cannot be a document", name.value.escape_debug()),
                );
                diagnostics.push(bad.at(source.path, name.span).help(RESTORE));
            }
            (_, None) => {
                diagnostics.push(
                    Diagnostic::error(Code::Ledger, "invalid SHA-256 digest")
                        .at(source.path, node.span)
                        .help(RESTORE),
                );
            }
        }
    }
    Some(digests)
}

fn release_id(text: &str) -> Result<ReleaseId, String> {
    ReleaseId::new(text).ok_or_else(|| {
        "an id becomes an address: lower-case letters, digits, hyphens and single dots".to_owned()
    })
}

/// Reads a day.
pub fn date(text: &str) -> Result<Date, String> {
    let help = || "write a day as `2023-02-15`".to_owned();
    if text.len() == 10 { text.parse().map_err(|_| help()) } else { Err(help()) }
}

fn kind(text: &str) -> Result<Kind, String> {
    let kinds = [Kind::Substantive, Kind::Editorial];
    kinds
        .into_iter()
        .find(|kind| kind.as_str() == text)
        .ok_or_else(|| "write `substantive` or `editorial`".to_owned())
}

/// Reads a digest.
pub fn digest(text: &str) -> Result<Digest, String> {
    text.parse().map_err(|_| "a SHA-256 digest has 64 letters of `0-9a-f`".to_owned())
}
