//! Smaller copies of files, for servers that would else make them at every request. The one file
//! that names the compressors.
//!
//! The same bytes make the same copy. An update of a compressor, or another effort, may change that:
//! it moves the version of the manifest, so that a build does not keep copies of the old kind.

use std::io::Write as _;

use crate::render::Route;
use crate::tree::TreePath;

/// From how many bytes on a copy is worth a file: what is smaller goes in one packet as it is.
const SMALLEST: usize = 1_400;

/// How hard Brotli tries, of 11. The highest takes 38 times as long for a seventh less, and more
/// than the rest of a build by far.
const BROTLI: u32 = 5;

/// How hard gzip tries, of 9. The highest takes longer for nothing that is worth a word.
const GZIP: u32 = 6;

/// What of a site gets smaller. Pictures are small already, and what lies by the ledger is only
/// what was released.
const EXTENSIONS: &[&str] =
    &["atom", "css", "csv", "html", "js", "json", "md", "svg", "txt", "xml"];

/// A way to make a file smaller.
#[derive(Clone, Copy, Debug)]
pub enum Encoding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

impl Encoding {
    /// Every encoding.
    pub const ALL: [Encoding; 2] = [Encoding::Brotli, Encoding::Gzip];

    /// Returns where the copy of a file lies.
    pub fn copy_of(self, path: &TreePath) -> TreePath {
        let suffix = match self {
            Encoding::Brotli => "br",
            Encoding::Gzip => "gz",
        };
        TreePath::new(&format!("{path}.{suffix}")).expect("a longer name is a path")
    }

    /// Returns the copy of a file.
    pub fn encode(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Encoding::Brotli => {
                let mut writer = brotli::CompressorWriter::new(Vec::new(), 4096, BROTLI, 22);
                writer.write_all(bytes).expect("memory takes every byte");
                writer.into_inner()
            }
            Encoding::Gzip => {
                let mut writer =
                    flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP));
                writer
                    .write_all(bytes)
                    .and_then(|()| writer.finish())
                    .expect("memory takes every byte")
            }
        }
    }
}

/// Returns true if a file gets smaller copies.
pub fn is_worth_it(path: &TreePath, bytes: &[u8]) -> bool {
    let extension = path.name().rsplit_once('.').map_or("", |(_, extension)| extension);
    let ledger = Route::Ledger.address();
    bytes.len() >= SMALLEST
        && EXTENSIONS.contains(&extension)
        && !path.as_str().starts_with(&ledger)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn a_copy_says_what_the_file_says() {
        let words = "Every released version keeps its address. ".repeat(500);
        let mut read = String::new();
        flate2::read::GzDecoder::new(&*Encoding::Gzip.encode(words.as_bytes()))
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, words);
        read.clear();
        brotli::Decompressor::new(&*Encoding::Brotli.encode(words.as_bytes()), 4096)
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, words);
    }
}
