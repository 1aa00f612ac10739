//! Adding an entry to the ledger: its lines, the seal of the entry before, and a seal of its own.

use crate::ledger::{frozen, read};
use crate::model::NewestDays;
use crate::tree::{Digest, File, Source, Tree, TreePath};

/// What a ledger begins with.
const HEAD: &str = "\
# The ledger of released versions: a release appends an entry, nobody edits one.
# A document's digest is that of its lines in the release's SHA256SUMS, and a seal that of all the lines above it:
#   sha256sum -c SHA256SUMS; grep '  security/[^/]*$' SHA256SUMS | sha256sum
#   head -n LINES content/versions/ledger.yaml | sha256sum
";

/// Returns the ledger of a project with one more entry. `lines` are the fields of the entry, one a
/// line, without indentation before the outermost.
pub fn entry(files: &Tree<File>, lines: &[String]) -> (TreePath, File) {
    entries(files, [lines])
}

/// Returns the ledger of a project with more entries, each given by its lines.
pub fn entries<'a>(
    files: &Tree<File>,
    entries: impl IntoIterator<Item = &'a [String]>,
) -> (TreePath, File) {
    let path = frozen::ledger();
    let source = files.get(&path).map(|file| Source::lossy(&path, file));
    let mut text =
        source.as_ref().map_or_else(|| HEAD.to_owned(), |source| source.text.clone().into_owned());
    let known = source
        .map(|source| read::entries(&source, &mut Default::default()).entries)
        .unwrap_or_default();
    let (mut before, mut days) = (known.last().map(|entry| entry.seal), NewestDays::of(&known));
    for lines in entries {
        let entry = read::alone(lines);
        for (index, line) in lines.iter().enumerate() {
            text.push_str(if index == 0 { "\n- " } else { "  " });
            text.push_str(line);
            text.push('\n');
        }
        if let Some(ahead) = entry.as_ref().and_then(|entry| days.behind(entry)) {
            text.push_str(&format!("  ahead: {ahead}\n"));
        }
        entry.iter().for_each(|entry| days.pass(entry));
        if let Some(before) = before {
            text.push_str(&format!("  previous: {before}\n"));
        }
        let seal = Digest::of(&text);
        text.push_str(&format!("  seal: {seal}\n"));
        before = Some(seal);
    }
    let file = File::new(text.into_bytes()).with_line_ends_of(files.get(&path));
    (path, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text of a ledger after entries of one line each.
    fn text(files: &Tree<File>, lines: &[&str]) -> String {
        let lines: Vec<Vec<String>> =
            lines.iter().map(|line| vec![(*line).to_owned(), "x: y".to_owned()]).collect();
        let (path, file) = entries(files, lines.iter().map(Vec::as_slice));
        assert_eq!(path, frozen::ledger());
        String::from_utf8(file.bytes().to_vec()).unwrap()
    }

    #[test]
    fn an_entry_is_added_under_the_seal_of_all_lines_above() {
        let one = text(&Tree::new(), &["review: 2024-01-01"]);
        let seal = Digest::of(one.strip_suffix(&one[one.rfind("  seal").unwrap()..]).unwrap());
        assert_eq!(one, format!("{HEAD}\n- review: 2024-01-01\n  x: y\n  seal: {seal}\n"));
        let two = text(&Tree::new(), &["review: 2024-01-01", "review: 2024-02-02"]);
        let above = &two[..two.rfind("  seal").unwrap()];
        assert_eq!(above, format!("{one}\n- review: 2024-02-02\n  x: y\n  previous: {seal}\n"));
        assert!(two.ends_with(&format!("  seal: {}\n", Digest::of(above))));
        let files = Tree::from_iter([(
            frozen::ledger(),
            File::new(one.replace('\n', "\r\n").into_bytes()),
        )]);
        let kept = text(&files, &["review: 2024-02-02"]);
        assert_eq!(
            kept,
            two.replace('\n', "\r\n"),
            "one at a time, with the line ends that it has"
        );
    }
}
