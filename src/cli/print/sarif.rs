//! Findings as SARIF 2.1.0, the format of code scanning.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::cli::print::{Item, weight};
use crate::diagnostic::Code;
use crate::tree::Position;

/// What a file's name keeps in an address.
const KEPT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Returns findings as one SARIF log.
pub fn text(items: &[Item<'_>]) -> String {
    let codes: Vec<Code> =
        items.iter().map(|item| item.code).collect::<BTreeSet<_>>().into_iter().collect();
    let results: Vec<Value> = items.iter().map(|item| result(item, &codes)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "policybook",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).expect("strings and numbers") + "\n"
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.as_str(),
        "shortDescription": { "text": code.title() },
        "fullDescription": { "text": code.title() },
        "help": {
            "text": code.explanation(),
            "markdown": code.explanation(),
        },
    })
}

fn result(item: &Item<'_>, codes: &[Code]) -> Value {
    let help = item.help.map(|help| format!("\n{help}")).unwrap_or_default();
    let mut location = json!({});
    if let Some(file) = &item.file {
        location =
            json!({ "artifactLocation": { "uri": utf8_percent_encode(file, KEPT).to_string() } });
    }
    if let Some((start, end)) = item.region {
        location["region"] = region(start, end);
    }
    let locations: Vec<Value> =
        item.file.iter().map(|_| json!({ "physicalLocation": location })).collect();
    let mut result = json!({
        "ruleId": item.code.as_str(),
        "ruleIndex": codes.binary_search(&item.code).expect("each code is among them"),
        "level": weight(item.severity),
        "message": { "text": format!("{}{help}", item.message) },
        "locations": locations,
        "partialFingerprints": { "policybook/v1": item.fingerprint },
    });
    if let Some((fix, regions)) = &item.fix {
        let replaced = fix.edits.iter().zip(regions);
        let replaced = replaced
            .map(|(edit, (start, end))| json!({ "deletedRegion": region(*start, *end), "insertedContent": { "text": edit.put_in } }));
        let changes = json!([{ "artifactLocation": location["artifactLocation"], "replacements": replaced.collect::<Vec<_>>() }]);
        result["fixes"] =
            json!([{ "description": { "text": fix.what }, "artifactChanges": changes }]);
    }
    result
}

fn region(start: Position, end: Position) -> Value {
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}
