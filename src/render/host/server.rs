//! Parts of the configuration of two web servers, to be included where a site is set up.
//!
//! In nginx a place with headers of its own loses those of the whole, so they are said again there.

use std::fmt::Write as _;

use crate::render::Route;
use crate::render::host::{FOREVER, Serving, TYPES};

/// The file for nginx.
pub const NGINX: &str = "nginx.conf";
/// The file for Caddy.
pub const CADDY: &str = "Caddyfile";

/// Returns the pattern of a page that compares two versions; its first group is the page that leads
/// to all of them.
fn comparison(base: &str) -> String {
    format!("^({}(?:[a-z0-9-]+/)+compare/)[a-z0-9.-]+/[a-z0-9.-]+/$", literal(base))
}

/// Returns what is included in a `server` of nginx.
pub fn nginx(serving: &Serving) -> String {
    let headers = |indent: &str| -> String {
        serving
            .headers
            .iter()
            .map(|(name, value)| format!("{indent}add_header {name} \"{value}\" always;\n"))
            .collect()
    };
    let head = format!(
        "# Include this file in a `server` block whose `root` holds the site at {}\n",
        serving.base
    );
    let mut text = String::new();
    text.push_str("index index.html;\ncharset utf-8;\nabsolute_redirect off;\n");
    let _ = writeln!(text, "error_page 404 {};", serving.path(&Route::NotFound.address()));
    if serving.compressed {
        text.push_str("gzip_static on;\n");
    }
    text.push_str(&headers(""));
    let _ = writeln!(
        text,
        "location ^~ {} {{\n{}    add_header Cache-Control \"{FOREVER}\";\n}}",
        serving.path("assets/"),
        headers("    ")
    );
    for (from, to) in &serving.redirects {
        let _ = writeln!(text, "location = {from} {{ return 301 \"{to}\"; }}");
    }
    if !serving.comparisons.is_empty() {
        let _ = writeln!(
            text,
            "location ~ \"{}\" {{\n    if (!-f ${{request_filename}}index.html) {{ return 302 $1; }}\n}}",
            comparison(&serving.base)
        );
    }
    for (extension, kind) in TYPES {
        let _ = writeln!(
            text,
            "location ~ ^{}.*\\.{extension}$ {{ types {{ }} default_type \"{kind}\"; }}",
            literal(&serving.base)
        );
    }
    // A place named in full comes before every pattern, such as one that hides what begins with a
    // dot.
    let kind = TYPES
        .iter()
        .find(|(extension, _)| *extension == "txt")
        .map_or("text/plain", |(_, kind)| kind);
    let address = serving.path(&Route::SecurityTxt.address());
    let _ = writeln!(text, "location = {address} {{ types {{ }} default_type \"{kind}\"; }}");
    let _ = writeln!(text, "location ^~ {} {{ return 404; }}", serving.path(".policybook/"));
    let _ = writeln!(text, "location = {} {{ return 404; }}", serving.path(NGINX));
    // On a host that has other things too, all of it is said of this path alone, before any pattern
    // of the host.
    if serving.base != "/" {
        text = format!("location ^~ {} {{\n{}}}\n", serving.base, indented(&text, "    "));
    }
    head + &text
}

/// Returns what is imported into a site of Caddy.
pub fn caddy(serving: &Serving) -> String {
    let head = format!(
        "# Import this file in a site block whose `root` holds the site at {}\n",
        serving.base
    );
    let mut text = String::from("header {\n");
    for (name, value) in &serving.headers {
        let _ = writeln!(text, "\t{name} \"{value}\"");
    }
    text.push_str("}\n");
    // An asset that is not there may come to be: only what is found is kept.
    let _ = writeln!(
        text,
        "@assets {{\n\tpath {}\n\tfile\n}}\nheader @assets Cache-Control \"{FOREVER}\"",
        serving.path("assets/*")
    );
    for (extension, kind) in TYPES {
        let _ = writeln!(
            text,
            "@{extension} path *.{extension}\nheader @{extension} Content-Type \"{kind}\""
        );
    }
    for (from, to) in &serving.redirects {
        let _ = writeln!(text, "redir {from} {to} 301");
    }
    if !serving.comparisons.is_empty() {
        let _ = writeln!(
            text,
            "@compare {{\n\tpath_regexp compare {}\n\tnot file {{path}}index.html\n}}\nredir @compare {{re.compare.1}} 302",
            comparison(&serving.base)
        );
    }
    let _ = writeln!(text, "file_server {{\n\thide .policybook {CADDY}");
    if serving.compressed {
        text.push_str("\tprecompressed br gzip\n");
    }
    text.push_str("}\n");
    let page = serving.path(&Route::NotFound.address());
    let lost = format!("rewrite * {page}\nfile_server\n");
    // On a host that has other things too, all of it is said of this path alone.
    if serving.base == "/" {
        return format!("{head}{text}handle_errors {{\n{}}}\n", indented(&lost, "\t"));
    }
    let below = |text: &str| format!("handle {}* {{\n{}}}\n", serving.base, indented(text, "\t"));
    format!("{head}{}handle_errors {{\n{}}}\n", below(&text), indented(&below(&lost), "\t"))
}

/// Returns lines with an indent before each.
fn indented(text: &str, indent: &str) -> String {
    text.lines().map(|line| format!("{indent}{line}\n")).collect()
}

/// Returns a path as a pattern that fits nothing else.
fn literal(path: &str) -> String {
    let special =
        |letter: &char| !letter.is_ascii_alphanumeric() && !matches!(letter, '/' | '-' | '_');
    path.chars()
        .flat_map(|letter| special(&letter).then_some('\\').into_iter().chain([letter]))
        .collect()
}
