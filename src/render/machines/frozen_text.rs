//! The words of a version as they were released: its frozen files, whole, one after the other, and
//! where in them each file stands.
//!
//! The index of the version names the digest of every file, its first byte and its size, so that
//! whoever has the words can prove them.

use std::collections::HashMap;

use crate::model::{Policy, Version};
use crate::tree::File;

/// A frozen file in the words of its version.
pub struct Part<'a> {
    /// The file.
    pub file: &'a File,
    /// Its path in the folder of its release.
    pub path: &'a str,
    /// The byte at which it begins.
    pub start: usize,
}

/// Returns the frozen files of a policy's version in the order of its page, each with an empty line
/// before it.
pub fn parts<'a>(policy: &'a Policy, version: &'a Version) -> Vec<Part<'a>> {
    let release = version.release.id.as_str();
    let files: HashMap<&str, &File> = version
        .files
        .iter()
        .filter_map(|(frozen, file)| Some((frozen.within(release)?, file)))
        .collect();
    let mut parts: Vec<Part<'a>> = Vec::new();
    let mut end = 0;
    for section in policy.parts() {
        let path = section.file.as_str();
        let Some(file) = files.get(path).copied() else { continue };
        let start = end + parts.last().map_or(0, |before| gap(before.file).len());
        end = start + file.bytes().len();
        parts.push(Part { file, path, start });
    }
    parts
}

/// Returns the words of a version: of a policy its frozen files one after the other, of a list its
/// file.
pub fn words(version: &Version) -> Vec<u8> {
    match version.document.policy() {
        Some(policy) => text(&parts(policy, version)),
        None => version.files.first().map(|(_, file)| file.bytes().to_vec()).unwrap_or_default(),
    }
}

/// Returns the words.
pub fn text(parts: &[Part<'_>]) -> Vec<u8> {
    let mut text =
        Vec::with_capacity(parts.last().map_or(0, |part| part.start + part.file.bytes().len()));
    for (index, part) in parts.iter().enumerate() {
        if let Some(before) = index.checked_sub(1) {
            text.extend_from_slice(gap(parts[before].file).as_bytes());
        }
        text.extend_from_slice(part.file.bytes());
    }
    text
}

/// Returns what stands between a file and the next one: an empty line.
fn gap(file: &File) -> &'static str {
    if file.bytes().ends_with(b"\n") { "\n" } else { "\n\n" }
}
