//! The files of hosts that publish a folder: two that read `_headers` and `_redirects`, and two
//! with a JSON file of their own.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::render::Route;
use crate::render::host::{FOREVER, Serving, TYPES};
use crate::render::machines::index::json;

/// Returns `_headers`.
pub fn headers(serving: &Serving) -> String {
    let mut text = format!("{}*\n", serving.base);
    for (name, value) in &serving.headers {
        let _ = writeln!(text, "  {name}: {value}");
    }
    let _ = writeln!(text, "{}\n  Cache-Control: {FOREVER}", serving.path("assets/*"));
    for (route, extension) in [(Route::SecurityTxt, "txt"), (Route::Feed, "atom")] {
        let _ = writeln!(
            text,
            "{}\n  Content-Type: {}",
            serving.path(&route.address()),
            kind(extension)
        );
    }
    text
}

/// Returns `_redirects`.
pub fn redirects(serving: &Serving) -> String {
    let moved = serving.redirects.iter();
    let moved = moved.map(|(from, to)| format!("{from} {to} 301\n"));
    let compared = serving.comparisons.iter().map(|address| serving.path(address));
    // What is there is served all the same.
    moved.chain(compared.map(|page| format!("{page}* {page} 302\n"))).collect()
}

/// Returns `staticwebapp.config.json`.
pub fn azure(serving: &Serving) -> String {
    let global: Map<String, Value> =
        serving.headers.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
    let mut routes =
        vec![json!({ "route": serving.path("assets/*"), "headers": { "Cache-Control": FOREVER } })];
    routes.extend(
        serving
            .redirects
            .iter()
            .map(|(from, to)| json!({ "route": from, "redirect": to, "statusCode": 301 })),
    );
    let types: Map<String, Value> =
        TYPES.iter().map(|(extension, kind)| (format!(".{extension}"), json!(kind))).collect();
    json(&json!({
        "globalHeaders": global,
        "mimeTypes": types,
        "responseOverrides": { "404": { "rewrite": serving.path(&Route::NotFound.address()) } },
        "routes": routes,
    }))
}

/// Returns `firebase.json`, for `firebase deploy` from the folder of the site itself.
pub fn firebase(serving: &Serving) -> String {
    let header = |(name, value): (&str, &str)| json!({ "key": name, "value": value });
    let mut headers = vec![
        json!({ "source": "**", "headers": serving.headers.iter().copied().map(header).collect::<Vec<_>>() }),
        json!({ "source": serving.path("assets/**"), "headers": [header(("Cache-Control", FOREVER))] }),
    ];
    headers.extend(
        TYPES.iter().map(|(extension, kind)| json!({ "source": format!("**/*.{extension}"), "headers": [header(("Content-Type", kind))] })),
    );
    let redirect =
        |(from, to): &(String, String)| json!({ "source": from, "destination": to, "type": 301 });
    // What it ignores when nobody says so are all hidden files, security.txt among them.
    json(&json!({
        "hosting": {
            "public": ".",
            "ignore": ["firebase.json", ".policybook/**", ".firebase/**"],
            "headers": headers,
            "redirects": serving.redirects.iter().map(redirect).collect::<Vec<_>>(),
        }
    }))
}

fn kind(extension: &str) -> &'static str {
    TYPES
        .iter()
        .find(|(known, _)| *known == extension)
        .map_or("application/octet-stream", |(_, kind)| kind)
}
