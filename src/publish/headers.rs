//! What each file is served with, and what kind it is: that decides when it is sent and whether it may change.

use serde::Deserialize;
use serde::Serialize;

use crate::tree::TreePath;

/// What an object is served with. They go with the bytes, never after them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    /// The media type, of text with its character set.
    pub content_type: String,
    /// How long it may be kept.
    pub cache_control: String,
}

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Its name holds its digest: it never changes.
    Asset,
    /// A released version: its words never change.
    Permanent,
    /// What is reached from the pages that people enter by.
    Leaf,
    /// What people and programs enter by.
    Entry,
}

impl Headers {
    /// Returns what a file is served with.
    pub fn of(path: &TreePath, class: Class) -> Headers {
        let kind = path.name().rsplit_once('.').map_or("", |(_, extension)| extension);
        let cache_control = match class {
            Class::Asset => "public, max-age=31536000, immutable",
            Class::Permanent => "public, max-age=86400, stale-while-revalidate=604800",
            _ if path.as_str() == ".well-known/security.txt" => "public, max-age=3600",
            _ if kind == "json" => "public, max-age=300",
            Class::Leaf | Class::Entry => "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400",
        };
        Headers { content_type: content_type(path, kind).to_owned(), cache_control: cache_control.to_owned() }
    }

    /// Returns what an object of ours is served with.
    pub fn ours() -> Headers {
        Headers { content_type: "application/json; charset=utf-8".to_owned(), cache_control: "no-store".to_owned() }
    }
}

fn content_type(path: &TreePath, kind: &str) -> &'static str {
    match kind {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "txt" | "asc" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "yaml" => "application/yaml; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "atom" => "application/atom+xml; charset=utf-8",
        "link" => "application/link-format",
        "svg" => "image/svg+xml; charset=utf-8",
        "ico" => "image/x-icon",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        _ if path.name() == "SHA256SUMS" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
