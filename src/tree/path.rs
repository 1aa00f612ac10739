//! A path inside a tree: relative, `/` between its segments, never leading out.

use std::fmt;
use std::sync::Arc;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A relative path such as `security/10-reporting.md`.
///
/// No segment is empty, `.` or `..`, and none holds a `\`, a `:` or a control character, so a path
/// that exists as a value cannot leave the folder it is later joined to, on any system.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(Arc<str>);

impl Serialize for TreePath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for TreePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<TreePath, D::Error> {
        TreePath::new(<&str>::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

/// Why a text is not a [`TreePath`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// A segment is empty, as in `/a`, `a//b` and the empty path.
    EmptySegment,
    /// A segment is `.` or `..`.
    DotSegment,
    /// A segment holds a backslash, a colon or a control character.
    Character(char),
}

impl TreePath {
    /// Reads a path.
    ///
    /// # Errors
    /// Says which rule the text breaks.
    pub fn new(path: &str) -> Result<TreePath, PathError> {
        for segment in path.split('/') {
            match segment {
                "" => return Err(PathError::EmptySegment),
                "." | ".." => return Err(PathError::DotSegment),
                _ => {}
            }
        }
        match path.chars().find(|&letter| letter == '\\' || letter == ':' || letter.is_control()) {
            Some(letter) => Err(PathError::Character(letter)),
            None => Ok(TreePath(path.into())),
        }
    }

    /// Takes a text that is known to be a path, or the bound of a range of them.
    pub(super) fn raw(path: String) -> TreePath {
        TreePath(path.into())
    }

    /// Returns the path of `name` in this folder.
    ///
    /// # Panics
    /// If `name` is not a path itself.
    pub fn join(&self, name: &str) -> TreePath {
        TreePath::new(&format!("{self}/{name}")).expect("a path joined to a path is one")
    }

    /// Follows `relative`, which may climb by `..`, from the folder this file lies in; returns
    /// `None` if that leads out of the tree.
    pub fn resolve(&self, relative: &str) -> Option<TreePath> {
        let mut segments: Vec<&str> = self.0.split('/').collect();
        segments.pop();
        for segment in relative.split('/') {
            match segment {
                "." => {}
                ".." => {
                    segments.pop()?;
                }
                _ => segments.push(segment),
            }
        }
        TreePath::new(&segments.join("/")).ok()
    }

    /// Returns the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the last segment.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }

    /// Returns the folder this lies in, as text; the empty text at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// Returns the first segment that Windows cannot hold: the name of a device, whatever its
    /// ending, or one with a sign or an end that it does not keep.
    pub fn unportable(&self) -> Option<&str> {
        self.0.split('/').find(|segment| {
            let stem = segment.split('.').next().unwrap_or(segment).trim_end().to_ascii_lowercase();
            let numbered = |device: &str| {
                stem.strip_prefix(device)
                    .is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
            };
            let device = matches!(&*stem, "aux" | "con" | "nul" | "prn")
                || numbered("com")
                || numbered("lpt");
            device
                || segment.ends_with(['.', ' '])
                || segment.contains(['<', '>', '"', '|', '?', '*'])
        })
    }

    /// Returns what follows `folder` in this path.
    pub fn within(&self, folder: &str) -> Option<&str> {
        self.0.strip_prefix(folder)?.strip_prefix('/')
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl fmt::Display for PathError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathError::EmptySegment => formatter.write_str("a path has no empty part"),
            PathError::DotSegment => formatter.write_str("a path holds no `.` and no `..`"),
            PathError::Character(letter) => {
                write!(formatter, "a path holds no `{}`", letter.escape_debug())
            }
        }
    }
}

impl std::error::Error for PathError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out() {
        for text in ["", "/a", "a/", "a//b", "..", "a/../b", "./a", "a\\b", "c:", "a\0b", "a\nb"] {
            assert!(TreePath::new(text).is_err(), "{text:?}");
        }
        for text in ["a", "a/b.md", "é/ü", ".well-known/security.txt", "a..b"] {
            assert_eq!(TreePath::new(text).unwrap().as_str(), text);
        }
    }

    #[test]
    fn a_relative_path_is_followed_from_the_file_it_stands_in() {
        let file = TreePath::new("security/10-a.md").unwrap();
        assert_eq!(file.resolve("20-b.md").unwrap().as_str(), "security/20-b.md");
        assert_eq!(file.resolve("../whitehats.yaml").unwrap().as_str(), "whitehats.yaml");
        assert_eq!(file.resolve("./../privacy/./10-x.md").unwrap().as_str(), "privacy/10-x.md");
        assert_eq!(file.resolve("../../outside"), None);
        assert_eq!(file.resolve(""), None);
    }

    #[test]
    fn windows_holds_no_devices_and_keeps_no_ends() {
        let unportable = |path: &str| TreePath::new(path).unwrap().unportable().map(str::to_owned);
        for name in [
            "con",
            "CON",
            "aux.md",
            "nul.tar.gz",
            "com1",
            "lpt9.txt",
            "prn .md",
            "a.",
            "a ",
            "a?b",
            "a|b",
            "a*",
            "<a>",
            "\"a\"",
        ] {
            assert_eq!(unportable(&format!("x/{name}/y.md")).as_deref(), Some(name));
        }
        for path in ["console", "com", "com10", "auxiliary.md", "a.con", "lpt-1", ".a", "wörds.md"]
        {
            assert_eq!(unportable(path), None, "{path}");
        }
    }
}
