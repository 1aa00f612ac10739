//! What a build worked out that a later one needs again, kept beside the site: it costs time to lose
//! it, and nothing else.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::store::disk;
use crate::tree::Digest;

/// What a cache begins with: its version, then the program whose it is.
const HEAD: &str = "policybook cache 1";

/// How many bytes a digest at the end has.
const END: usize = 64;

/// Reads what this program kept; nothing where there is none, or it is another's, or damaged.
pub fn read(place: &Path, program: &str) -> Vec<u8> {
    let kept = || {
        let mut bytes = disk::read(place).ok()??;
        let end = bytes.len().checked_sub(END)?;
        let digest = std::str::from_utf8(&bytes[end..]).ok()?;
        if Digest::of(&bytes[..end]).to_string() != digest {
            return None;
        }
        bytes.truncate(end);
        let head = head(program);
        bytes.starts_with(head.as_bytes()).then(|| bytes.split_off(head.len()))
    };
    kept().unwrap_or_default()
}

/// Keeps something for this program.
///
/// # Errors
/// Names the file.
pub fn write(place: &Path, program: &str, kept: &[u8]) -> Result<()> {
    let mut bytes = head(program).into_bytes();
    bytes.extend_from_slice(kept);
    let digest = Digest::of(&bytes).to_string();
    bytes.extend_from_slice(digest.as_bytes());
    let beside = place.with_extension("new");
    fs::write(&beside, &bytes)
        .and_then(|()| fs::rename(&beside, place))
        .with_context(|| format!("write `{}`", place.display()))
}

fn head(program: &str) -> String {
    format!("{HEAD} {}\n", Digest::of(program))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_that_changed_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("cache");
        assert_eq!(read(&place, "one"), b"");
        write(&place, "one", b"kept").unwrap();
        assert_eq!((read(&place, "one"), read(&place, "two")), (b"kept".to_vec(), vec![]));
        let bytes = fs::read(&place).unwrap();
        for at in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1;
            fs::write(&place, &damaged).unwrap();
            assert_eq!(read(&place, "one"), b"", "{at}");
            fs::write(&place, &bytes[..at]).unwrap();
            assert_eq!(read(&place, "one"), b"", "{at}");
        }
    }
}
