//! The frozen files of a release, and the proof that they are what was released.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger::{FOLDER, LEDGER, RESTORE, SUMS};
use crate::model::{DocumentId, Entry, Frozen, Placed, ReleaseId};
use crate::tree::{Digest, File, Source, Tree, TreePath};

/// The digest of every frozen file, by its path in the release's folder: the content of
/// `SHA256SUMS`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    files: BTreeMap<String, Digest>,
}

impl Sums {
    /// Returns the digests of these files.
    pub fn of(files: &Tree<File>) -> Sums {
        Sums { files: files.iter().map(|(path, file)| (path.to_string(), file.digest())).collect() }
    }

    /// Reads `SHA256SUMS`; `None` if it is not what `sha256sum` writes.
    pub fn of_file(path: &TreePath, file: &File) -> Option<Sums> {
        Source::new(path, file).ok().and_then(|source| Sums::read(&source.text))
    }

    /// Reads what `sha256sum` writes.
    fn read(text: &str) -> Option<Sums> {
        let line = |line: &str| {
            let (digest, path) = line.split_once("  ")?;
            TreePath::new(path).ok()?;
            Some((path.to_owned(), digest.parse().ok()?))
        };
        let files = text.lines().map(line).collect::<Option<BTreeMap<_, _>>>()?;
        let sums = Sums { files };
        (sums.text() == text).then_some(sums)
    }

    /// Returns the lines that `sha256sum -c` reads.
    pub fn text(&self) -> String {
        self.files.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect()
    }

    /// Returns every file.
    pub fn files(&self) -> impl Iterator<Item = (&str, Digest)> {
        self.files.iter().map(|(path, digest)| (path.as_str(), *digest))
    }

    /// Returns the digest of one file.
    pub fn file(&self, path: &str) -> Option<Digest> {
        self.files.get(path).copied()
    }

    /// Returns the digest of a document: that of its lines.
    pub fn document(&self, id: &DocumentId) -> Digest {
        let lines = self.document_files(id).map(|(path, digest)| format!("{digest}  {path}\n"));
        Digest::of(lines.collect::<String>())
    }

    /// Returns the files of a document.
    pub fn document_files<'a>(
        &'a self,
        id: &DocumentId,
    ) -> impl Iterator<Item = (&'a str, Digest)> {
        let list = format!("{id}.yaml");
        let folder = format!("{id}/");
        let past = format!("{id}0"); // `0` is the byte after `/`
        let markdown = self
            .files
            .range(folder.clone()..past)
            .filter(move |(path, _)| !path[folder.len()..].contains('/'));
        self.files
            .get_key_value(&list)
            .into_iter()
            .chain(markdown)
            .map(|(path, digest)| (path.as_str(), *digest))
    }
}

/// Returns the folder of a release in a project.
pub fn folder(id: &ReleaseId) -> TreePath {
    TreePath::new(&format!("{FOLDER}/{id}")).expect("a release id is a path segment")
}

/// Proves that a release's folder holds just what was released, or what later redactions left of
/// it; what does not fit is reported.
pub fn verify(
    files: &Tree<File>,
    archive: &TreePath,
    frozen: &Frozen,
    redacted: &Redacted<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<Sums> {
    let folder = archive.join(frozen.release.id.as_str());
    let path = folder.join(SUMS);
    let Some(file) = files.get(&path) else {
        let missing = Diagnostic::error(Code::FrozenFile, format!("`{path}` is missing"));
        diagnostics.push(missing.at(&archive.join(LEDGER), frozen.span).help(RESTORE));
        return None;
    };
    let Some(sums) = Sums::of_file(&path, file) else {
        diagnostics.push(
            Diagnostic::error(Code::FrozenFile, "this is not what `sha256sum` writes")
                .in_file(&path)
                .help(RESTORE),
        );
        return None;
    };
    let sealed = |(id, digest): (&DocumentId, &Placed<Digest>)| {
        sums.document(id) == redacted.digest(&frozen.release.id, id).unwrap_or(digest.value)
    };
    let changed: Vec<&DocumentId> =
        frozen.documents.iter().filter(|document| !sealed(*document)).map(|(id, _)| id).collect();
    if !changed.is_empty() {
        let names: Vec<String> = changed.iter().map(|id| format!("`{id}`")).collect();
        let differs = format!("the digests of {} are not those the ledger names", names.join(", "));
        diagnostics.push(Diagnostic::error(Code::FrozenFile, differs).in_file(&path).help(RESTORE));
        // Files that are not what a changed list of digests says would only say the same again.
        return Some(sums);
    }
    let named: usize = frozen.documents.keys().map(|id| sums.document_files(id).count()).sum();
    if named != sums.files.len() {
        let more = Diagnostic::error(
            Code::FrozenFile,
            "there are files of documents that the ledger does not name",
        );
        diagnostics.push(more.in_file(&path).help(RESTORE));
    }
    compare(files, &folder, &sums, diagnostics);
    Some(sums)
}

/// The digests of the documents that redactions changed.
pub struct Redacted<'a> {
    digests: BTreeMap<(&'a ReleaseId, &'a DocumentId), Digest>,
}

impl<'a> Redacted<'a> {
    /// Collects what redactions changed; a later one wins.
    pub fn new(entries: &'a [Entry]) -> Redacted<'a> {
        let redactions = entries.iter().filter_map(Entry::redaction);
        let digests = redactions.flat_map(|redaction| {
            redaction.documents.iter().map(|((release, id), digest)| ((release, id), *digest))
        });
        Redacted { digests: digests.collect() }
    }

    /// Returns the digest that a redaction left a document of a release with.
    pub fn digest(&self, release: &ReleaseId, id: &DocumentId) -> Option<Digest> {
        self.digests.get(&(release, id)).copied()
    }
}

/// Compares the files of a folder with their digests.
fn compare(files: &Tree<File>, folder: &TreePath, sums: &Sums, diagnostics: &mut Diagnostics) {
    let mut missing: BTreeMap<&str, ()> =
        sums.files.keys().map(|path| (path.as_str(), ())).collect();
    for (path, file) in files.under(folder) {
        let within = path.within(folder.as_str()).unwrap_or_default();
        if within == SUMS {
            continue;
        }
        missing.remove(within);
        let problem = match sums.files.get(within) {
            Some(sealed) if *sealed == plain(path, file, *sealed).digest() => continue,
            Some(_) => "a released file was changed",
            None => "a file was added to a release",
        };
        diagnostics.push(Diagnostic::error(Code::FrozenFile, problem).in_file(path).help(RESTORE));
    }
    for path in missing.keys() {
        let gone = Diagnostic::error(
            Code::FrozenFile,
            format!("the released file `{folder}/{path}` is missing"),
        );
        diagnostics.push(gone.in_file(&folder.join(SUMS)).help(RESTORE));
    }
}

/// Reports what lies beside the ledger and is no release's folder that it names.
pub fn report_unnamed(
    files: &Tree<File>,
    archive: &TreePath,
    entries: &[Entry],
    diagnostics: &mut Diagnostics,
) {
    let names: BTreeSet<&str> = entries
        .iter()
        .filter_map(Entry::release)
        .map(|frozen| frozen.release.id.as_str())
        .collect();
    let name = |path: &TreePath| {
        path.within(archive.as_str())
            .and_then(|within| within.split('/').next())
            .unwrap_or_default()
            .to_owned()
    };
    let unnamed = || {
        files
            .under(archive)
            .map(|(path, _)| path)
            .filter(|path| !names.contains(&*name(path)) && name(path) != LEDGER)
    };
    let Some(first) = unnamed().next() else {
        return;
    };
    let unnamed: BTreeSet<String> = unnamed().map(|path| format!("`{}`", name(path))).collect();
    let unnamed = unnamed.into_iter().collect::<Vec<_>>().join(", ");
    let ledger = archive.join(LEDGER);
    let found = match (files.get(&ledger), entries.is_empty()) {
        (None, _) => Diagnostic::error(
            Code::FrozenFile,
            format!("`{ledger}` is missing, and there are releases: {unnamed}"),
        )
        .in_file(first),
        (Some(_), true) => Diagnostic::error(
            Code::FrozenFile,
            format!("the ledger is empty, and there are releases: {unnamed}"),
        )
        .in_file(&ledger),
        _ => Diagnostic::error(Code::FrozenFile, format!("the ledger names no release {unnamed}"))
            .in_file(first),
    };
    diagnostics.push(
        found.help("remove what no release made; else restore the ledger from version control, or from `/ledger/` of the published site"),
    );
}

/// Returns the frozen files of a document by their paths in the folder of versions, as `SHA256SUMS`
/// knows them: with `\n` at the line ends.
pub fn published(
    files: &Tree<File>,
    folder: &TreePath,
    sums: &Sums,
    id: &DocumentId,
) -> Vec<(TreePath, File)> {
    let named = sums.document_files(id);
    named.filter_map(|(path, sealed)| file(files, &folder.join(path), Some(sealed))).collect()
}

/// Returns a file of the folder of versions by its path in it, with `\n` at the line ends. It
/// mostly has the digest that is `expected`.
pub fn file(
    files: &Tree<File>,
    path: &TreePath,
    expected: Option<Digest>,
) -> Option<(TreePath, File)> {
    let within = TreePath::new(path.within(FOLDER)?).ok()?;
    let file = files.get(path)?;
    Some((within, expected.map_or_else(|| unix(path, file), |sealed| plain(path, file, sealed))))
}

/// Returns a file with `\n` at the line ends: as it is, where it has the digest that is `expected`
/// of it.
fn plain(path: &TreePath, file: &File, expected: Digest) -> File {
    if file.digest() == expected { file.clone() } else { unix(path, file) }
}

/// Returns a file with `\n` at the line ends.
fn unix(path: &TreePath, file: &File) -> File {
    Source::new(path, file).map_or_else(|_| file.clone(), |source| source.file(file))
}

/// Returns the folder of versions of a project.
pub fn archive() -> TreePath {
    TreePath::new(FOLDER).expect("a path")
}

/// Returns the path of a project's ledger.
pub fn ledger() -> TreePath {
    archive().join(LEDGER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{example, project, put, said, site_on, text, without};

    /// Returns digests of these files, all of the same words.
    fn sums(paths: &[&str]) -> Sums {
        Sums::of(
            &paths.iter().map(|path| (TreePath::new(path).unwrap(), File::new(*b"x"))).collect(),
        )
    }

    #[test]
    fn digests_are_read_as_they_are_written_or_not_at_all() {
        let text = sums(&["a.yaml", "b/c.md"]).text();
        let digest = Digest::of("x");
        assert_eq!(text, format!("{digest}  a.yaml\n{digest}  b/c.md\n"));
        assert_eq!(Sums::read(&text), Some(sums(&["a.yaml", "b/c.md"])));
        assert_eq!(Sums::read(""), Some(Sums::default()));
        let lines: Vec<&str> = text.lines().collect();
        for other in [
            text.replace("  ", " *"),
            text.replace("  ", " "),
            text.trim_end().to_owned(),
            format!("{text}\n"),
            format!("{}\n{}\n", lines[1], lines[0]),
            format!("{text}{}\n", lines[1]),
            text.replace("a.yaml", "../a.yaml"),
            text.to_uppercase(),
            text[1..].to_owned(),
        ] {
            assert_eq!(Sums::read(&other), None, "{other}");
        }
    }

    #[test]
    fn a_document_is_its_list_or_what_lies_in_its_folder_itself() {
        let sums = sums(&["a-b/x.md", "a.md", "a.yaml", "a/b/x.md", "a/x.md", "a/y.md", "a0/x.md"]);
        let files = |id: &str| {
            sums.document_files(&DocumentId::new(id).unwrap())
                .map(|(path, _)| path.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(files("a"), ["a.yaml", "a/x.md", "a/y.md"]);
        assert_eq!(files("a/b"), ["a/b/x.md"]);
        assert_eq!(files("b"), [""; 0]);
        let digest = Digest::of("x");
        let lines = format!("{digest}  a/b/x.md\n");
        assert_eq!(
            sums.document(&DocumentId::new("a/b").unwrap()),
            Digest::of(lines),
            "its digest is that of its lines"
        );
        assert_eq!(
            (sums.file("a.md"), sums.file("b.md"), sums.files().count()),
            (Some(digest), None, 7)
        );
    }

    /// Returns what is said of the example after a change.
    fn after(change: impl Fn(&mut Tree<File>)) -> Vec<String> {
        let mut files = example();
        change(&mut files);
        let (_, found) = site_on(&files, "2024-03-01");
        said(&files, &found)
    }

    #[test]
    fn whatever_happens_to_a_frozen_file_is_found() {
        assert_eq!(after(|_| {}), [""; 0]);
        let changed = "P052 versions/2024-01-01/security/10-a.md a released file was changed";
        assert_eq!(
            after(|files| put(files, "versions/2024-01-01/security/10-a.md", "## One\n\nWords.\n")),
            [changed]
        );
        let crlf = |files: &mut Tree<File>| {
            let words = text(files, "versions/2024-01-01/security/10-a.md");
            put(
                files,
                "versions/2024-01-01/security/10-a.md",
                &format!("\u{feff}{}", words.replace('\n', "\r\n")),
            );
        };
        assert_eq!(after(crlf), [""; 0], "line ends are no words");
        let added = "P052 versions/2024-01-01/security/30-c.md a file was added to a release";
        assert_eq!(
            after(|files| put(files, "versions/2024-01-01/security/30-c.md", "## C\n\nc\n")),
            [added]
        );
        let gone = "P052 versions/2024-01-01/SHA256SUMS the released file `versions/2024-01-01/security/10-a.md` is missing";
        assert!(
            after(|files| *files = without(files.clone(), "versions/2024-01-01/security/10-a.md"))
                .contains(&gone.to_owned())
        );
        let missing = "P052 versions/ledger.yaml:6 `versions/2024-01-01/SHA256SUMS` is missing";
        assert!(
            after(|files| *files = without(files.clone(), "versions/2024-01-01/SHA256SUMS"))
                .contains(&missing.to_owned())
        );
        let none = "P052 versions/2024-01-01/SHA256SUMS this is not what `sha256sum` writes";
        assert!(
            after(|files| put(files, "versions/2024-01-01/SHA256SUMS", "x\n"))
                .contains(&none.to_owned())
        );
    }

    #[test]
    fn the_digests_of_a_release_are_those_that_the_ledger_names() {
        let sums = "versions/2024-01-01/SHA256SUMS";
        let differs =
            format!("P052 {sums} the digests of `security` are not those the ledger names");
        let both = |files: &mut Tree<File>| {
            let words = "## One\n\nOther words.\n";
            let old = File::new(text(files, "versions/2024-01-01/security/10-a.md").into_bytes())
                .digest();
            let new = text(files, sums).replace(&old.to_string(), &Digest::of(words).to_string());
            put(files, "versions/2024-01-01/security/10-a.md", words);
            put(files, sums, &new);
        };
        assert_eq!(after(both), [differs], "whoever changes a file and its digest");
        let more =
            format!("P052 {sums} there are files of documents that the ledger does not name");
        let third = |files: &mut Tree<File>| {
            put(files, "versions/2024-01-01/subprocessors.yaml", "[]");
            let lines = text(files, sums);
            let (first, last) = lines.split_at(
                lines
                    .rfind("\n")
                    .map_or(0, |end| lines[..end].rfind('\n').map_or(0, |end| end + 1)),
            );
            put(files, sums, &format!("{first}{}  subprocessors.yaml\n{last}", Digest::of("[]")));
        };
        assert_eq!(after(third), [more]);
    }

    #[test]
    fn what_lies_beside_the_ledger_is_a_release() {
        let beside = |files: &mut Tree<File>| {
            for path in ["versions/2024-01-02/a.md", "versions/2024-01-02/b.md", "versions/x.md"] {
                put(files, path, "x");
            }
        };
        assert_eq!(
            after(beside),
            ["P052 versions/2024-01-02/a.md the ledger names no release `2024-01-02`, `x.md`"]
        );
        let mut files = project(&[("versions/2024-01-01/a.md", "x")]);
        put(&mut files, "versions/ledger.yaml", "- x\n");
        let (_, found) = self::site_on(&files, "2024-03-01");
        assert!(
            !said(&files, &found).iter().any(|said| said.contains("names no release")),
            "a ledger that cannot be read may name it"
        );
    }

    #[test]
    fn the_files_of_a_version_are_those_that_were_digested() {
        let mut files = example();
        put(&mut files, "versions/2024-02-02/security/10-a.md", "\u{feff}a\r\nb\r\n");
        let folder = archive().join("2024-02-02");
        let path = folder.join(SUMS);
        let sums = Sums::of_file(&path, files.get(&path).unwrap()).unwrap();
        let published = published(&files, &folder, &sums, &DocumentId::new("security").unwrap());
        let frozen: Vec<(&str, &[u8])> =
            published.iter().map(|(path, file)| (path.as_str(), file.bytes())).collect();
        assert_eq!(frozen[0], ("2024-02-02/security/10-a.md", &b"a\nb\n"[..]));
        assert_eq!(
            frozen.iter().map(|(path, _)| *path).collect::<Vec<_>>()[1..],
            ["2024-02-02/security/20-b.md", "2024-02-02/security/_index.md"]
        );
        assert_eq!(file(&files, &TreePath::new("content/site.yaml").unwrap(), None), None);
    }
}
