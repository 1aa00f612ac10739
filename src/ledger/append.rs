//! Adding an entry to the ledger: its lines, the seal of the entry before, and a seal of its own.

use crate::ledger::frozen;
use crate::ledger::read;
use crate::tree::Digest;
use crate::tree::File;
use crate::tree::Source;
use crate::tree::Tree;
use crate::tree::TreePath;

/// What a ledger begins with.
const HEAD: &str = "\
# The ledger of released versions: a release appends an entry, nobody edits one.
# A document's digest is that of its lines in the release's SHA256SUMS, and a seal that of all the lines above it:
#   sha256sum -c SHA256SUMS; grep '  security/[^/]*$' SHA256SUMS | sha256sum
#   head -n LINES content/versions/ledger.yaml | sha256sum
";

/// Returns the ledger of a project with one more entry. `lines` are the fields of the entry, one a line, without indentation before the
/// outermost.
pub fn entry(files: &Tree<File>, lines: &[String]) -> (TreePath, File) {
    entries(files, [lines])
}

/// Returns the ledger of a project with more entries, each given by its lines.
pub fn entries<'a>(files: &Tree<File>, entries: impl IntoIterator<Item = &'a [String]>) -> (TreePath, File) {
    let path = frozen::ledger();
    let source = files.get(&path).map(|file| Source::lossy(&path, file));
    let mut text = source.as_ref().map_or_else(|| HEAD.to_owned(), |source| source.text.clone().into_owned());
    let mut before = source.and_then(|source| read::entries(&source, &mut Default::default()).entries.pop()).map(|entry| entry.seal);
    for lines in entries {
        for (index, line) in lines.iter().enumerate() {
            text.push_str(if index == 0 { "\n- " } else { "  " });
            text.push_str(line);
            text.push('\n');
        }
        if let Some(before) = before {
            text.push_str(&format!("  previous: {before}\n"));
        }
        let seal = Digest::of(&text);
        text.push_str(&format!("  seal: {seal}\n"));
        before = Some(seal);
    }
    (path, File::new(text.into_bytes()))
}
