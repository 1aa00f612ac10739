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
        let cache_control = match class {
            Class::Asset => "public, max-age=31536000, immutable",
            Class::Permanent => "public, max-age=86400, stale-while-revalidate=604800",
            _ if path.as_str() == ".well-known/security.txt" => "public, max-age=3600",
            _ if path.as_str().ends_with(".json") => "public, max-age=300",
            Class::Leaf | Class::Entry => "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400",
        };
        Headers { content_type: path.media_type().to_owned(), cache_control: cache_control.to_owned() }
    }

    /// Returns what an object of ours is served with.
    pub fn ours() -> Headers {
        Headers { content_type: "application/json; charset=utf-8".to_owned(), cache_control: "no-store".to_owned() }
    }
}
