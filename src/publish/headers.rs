//! What each file is served with, and what kind it is: that decides when it is sent and whether it
//! may change.

use serde::{Deserialize, Serialize};

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
            Class::Leaf | Class::Entry => {
                "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"
            }
        };
        Headers {
            content_type: path.media_type().to_owned(),
            cache_control: cache_control.to_owned(),
        }
    }

    /// Returns what an object of ours is served with.
    pub fn ours() -> Headers {
        Headers {
            content_type: "application/json; charset=utf-8".to_owned(),
            cache_control: "no-store".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_is_kept_as_long_as_it_may_be() {
        let kept = |path: &str, class: Class| {
            let headers = Headers::of(&TreePath::new(path).unwrap(), class);
            let seconds = headers.cache_control.split_once("max-age=").unwrap().1;
            seconds.split(',').next().unwrap().parse::<u32>().unwrap()
        };
        assert_eq!(kept("a.css", Class::Asset), 31_536_000);
        assert_eq!(kept("a.json", Class::Permanent), 86_400);
        assert_eq!(kept(".well-known/security.txt", Class::Entry), 3600);
        assert_eq!(kept("security.txt", Class::Entry), 60);
        assert_eq!((kept("a.json", Class::Leaf), kept("a.json", Class::Entry)), (300, 300));
        assert_eq!((kept("a.html", Class::Leaf), kept("a.html", Class::Entry)), (60, 60));
        let asset = Headers::of(&TreePath::new("a.css").unwrap(), Class::Asset);
        assert!(
            asset.content_type.starts_with("text/css")
                && asset.cache_control.ends_with("immutable")
        );
        let ours = Headers::ours();
        assert_eq!(
            (ours.content_type.as_str(), ours.cache_control.as_str()),
            ("application/json; charset=utf-8", "no-store")
        );
    }
}
