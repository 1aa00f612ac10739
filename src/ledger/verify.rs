//! The proof of the released versions, wherever they lie: in a project, or in the copy that a built
//! site carries.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger::frozen::{Redacted, Sums};
use crate::ledger::read::Reading;
use crate::ledger::{LEDGER, RESTORE, SUMS, frozen, read};
use crate::model::{DocumentId, Entry, Frozen, Placed, Release};
use crate::tree::{Digest, File, Source, Tree, TreePath};

/// What the released versions are, as far as it could be proved.
pub struct Proof {
    /// The ledger, oldest entry first.
    pub entries: Vec<Entry>,
    /// The releases whose digests are there.
    pub releases: Vec<Proved>,
    /// Whether these are all entries, one behind the other.
    pub whole: bool,
}

/// A release with everything that is known of its folder.
pub struct Proved {
    /// The release.
    pub release: Arc<Release>,
    /// The digest of each document, as redactions left it.
    pub documents: BTreeMap<DocumentId, Digest>,
    /// The digest of each file.
    pub sums: Sums,
    /// Where the files lie.
    pub folder: TreePath,
    /// Whether raw HTML in them reaches readers, where the release says so.
    pub raw_html: Option<bool>,
    /// How many days of notice the readers of each document were promised, where the release says
    /// so.
    pub notice: BTreeMap<DocumentId, i64>,
    /// The place of its entry in the ledger.
    pub place: usize,
}

/// Proves that the released versions under `folder` are what the ledger in it says; what does not
/// fit is reported.
pub fn verify(files: &Tree<File>, folder: &TreePath, diagnostics: &mut Diagnostics) -> Proof {
    let Reading { entries, whole } = read(files, folder, diagnostics);
    let redacted = Redacted::new(&entries);
    // What is frozen is compared with a ledger that holds: one that does not would be told again by
    // every folder.
    let mut beside = Diagnostics::new();
    let merged = diagnostics.sorted().iter().any(|found| found.code == Code::LedgerFork);
    let diagnostics = if merged || !whole { &mut beside } else { diagnostics };
    let prove = |(place, frozen): (usize, &Frozen)| {
        let release = frozen.release.clone();
        let sums = frozen::verify(files, folder, frozen, &redacted, diagnostics)?;
        let digest = |(id, digest): (&DocumentId, &Placed<Digest>)| {
            (id.clone(), redacted.digest(&release.id, id).unwrap_or(digest.value))
        };
        let documents = frozen.documents.iter().map(digest).collect();
        let folder = folder.join(release.id.as_str());
        Some(Proved {
            documents,
            sums,
            folder,
            release,
            raw_html: frozen.raw_html,
            notice: frozen.notice.clone(),
            place,
        })
    };
    let frozen =
        entries.iter().enumerate().filter_map(|(place, entry)| Some((place, entry.release()?)));
    let releases: Vec<Proved> = frozen.filter_map(prove).collect();
    // A folder that was given another name is missing already.
    if releases.len() == entries.iter().filter_map(Entry::release).count() {
        frozen::report_unnamed(files, folder, &entries, diagnostics);
    }
    Proof { entries, releases, whole }
}

/// Reads the ledger that lies in a folder; one that is not there names nothing.
fn read(files: &Tree<File>, folder: &TreePath, diagnostics: &mut Diagnostics) -> Reading {
    let path = folder.join(LEDGER);
    let Some(file) = files.get(&path) else {
        return Reading { entries: Vec::new(), whole: true };
    };
    match Source::new(&path, file) {
        Ok(source) => read::entries(&source, diagnostics),
        Err(span) => {
            diagnostics.push(
                Diagnostic::error(Code::NotText, "the ledger is not UTF-8")
                    .at(&path, span)
                    .help(RESTORE),
            );
            Reading { entries: Vec::new(), whole: false }
        }
    }
}

/// Returns every file that the proof takes, as far as the ledger and the lists of digests among
/// `files` tell: with the ledger alone the lists, with those the frozen files.
pub fn named(files: &Tree<File>, folder: &TreePath) -> BTreeSet<TreePath> {
    let mut named = BTreeSet::from([folder.join(LEDGER)]);
    for frozen in
        read(files, folder, &mut Diagnostics::new()).entries.iter().filter_map(Entry::release)
    {
        let folder = folder.join(frozen.release.id.as_str());
        let path = folder.join(SUMS);
        let sums = files.get(&path).and_then(|file| Sums::of_file(&path, file));
        named.extend(sums.iter().flat_map(Sums::files).map(|(path, _)| folder.join(path)));
        named.insert(path);
    }
    named
}

/// Says what became of a ledger that was read, of which there is another now.
pub fn news(known: Option<&File>, now: Option<&File>) -> String {
    let path = frozen::ledger();
    let entries = |file: Option<&File>| {
        let source = file.map(|file| Source::lossy(&path, file));
        source
            .map(|source| read::entries(&source, &mut Diagnostics::new()).entries)
            .unwrap_or_default()
    };
    let (known, now) = (entries(known), entries(now));
    let grown =
        known.len() < now.len() && known.iter().zip(&now).all(|(old, new)| old.seal == new.seal);
    let added: Vec<String> = now.iter().skip(known.len()).map(ToString::to_string).collect();
    match grown {
        true => format!("another command added {} to the ledger", added.join(", ")),
        false => "the ledger changed".to_owned(),
    }
}

/// Returns the number of entries after a saved head; `None` if it does not contain that
/// head at all, which is reported.
pub fn added_since(
    head: Digest,
    entries: &[Entry],
    folder: &TreePath,
    diagnostics: &mut Diagnostics,
) -> Option<usize> {
    let added = entries.iter().rev().position(|entry| entry.seal == head);
    if added.is_none() {
        let lost = Diagnostic::error(
            Code::LedgerSeal,
            "the ledger does not contain the saved head: it was rewritten or cut short",
        );
        let help = format!(
            "no entry has the seal {head}; compare this ledger with a copy from the day you saved it"
        );
        diagnostics.push(lost.in_file(&folder.join(LEDGER)).help(help));
    }
    added
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{example, project, put, said, without};

    #[test]
    fn a_proof_names_every_file_it_takes() {
        let files = example();
        let named = |files: &Tree<File>| -> Vec<String> {
            named(files, &frozen::archive())
                .into_iter()
                .map(|path| path.as_str().replace("content/versions/", ""))
                .collect()
        };
        let all = [
            "2024-01-01/SHA256SUMS",
            "2024-01-01/security/10-a.md",
            "2024-01-01/security/_index.md",
            "2024-01-01/whitehats.yaml",
            "2024-02-02/SHA256SUMS",
            "2024-02-02/security/10-a.md",
            "2024-02-02/security/20-b.md",
            "2024-02-02/security/_index.md",
            "ledger.yaml",
        ];
        assert_eq!(named(&files), all);
        let ledger = files.into_iter().filter(|(path, _)| path.name() == LEDGER).collect();
        assert_eq!(
            named(&ledger),
            ["2024-01-01/SHA256SUMS", "2024-02-02/SHA256SUMS", "ledger.yaml"]
        );
        assert_eq!(named(&Tree::new()), ["ledger.yaml"]);
    }

    #[test]
    fn a_saved_head_says_how_much_is_new() {
        let files = example();
        let Proof { entries, releases, .. } =
            verify(&files, &frozen::archive(), &mut Diagnostics::new());
        assert_eq!(releases.len(), 2);
        let added = |head: Digest| {
            let mut found = Diagnostics::new();
            (added_since(head, &entries, &frozen::archive(), &mut found), said(&files, &found))
        };
        assert_eq!(added(entries[1].seal), (Some(0), vec![]));
        assert_eq!(added(entries[0].seal), (Some(1), vec![]));
        let lost = "P051 versions/ledger.yaml the ledger does not contain the saved head: it was rewritten or cut short";
        assert_eq!(added(Digest::of("x")), (None, vec![lost.to_owned()]));
    }

    #[test]
    fn a_ledger_is_text() {
        let proved = |files: &Tree<File>| {
            let mut found = Diagnostics::new();
            let proof = verify(files, &frozen::archive(), &mut found);
            (proof.entries.len(), proof.releases.len(), said(files, &found))
        };
        let mut files = example();
        files.insert(frozen::ledger(), File::new(*b"a\n\xff"));
        assert_eq!(
            proved(&files),
            (0, 0, vec!["P002 versions/ledger.yaml:2 the ledger is not UTF-8".to_owned()])
        );
        assert_eq!(proved(&project(&[])), (0, 0, vec![]), "a project without releases has none");
        let lost = without(example(), "versions/ledger.yaml");
        let gone = "is missing, and there are releases: `2024-01-01`, `2024-02-02`";
        assert_eq!(
            proved(&lost).2,
            [format!("P052 versions/2024-01-01/SHA256SUMS `versions/ledger.yaml` {gone}")]
        );
        put(&mut files, "versions/ledger.yaml", "");
        let empty = "P052 versions/ledger.yaml the ledger is empty, and there are releases: `2024-01-01`, `2024-02-02`";
        assert_eq!(proved(&files).2, [empty]);
    }
}
