//! Released versions: frozen as plain files, digested, append-only.
//!
//! A release is a folder of `content/versions/` and an entry of `ledger.yaml`. The folder's
//! `SHA256SUMS` holds the digest of each file, the entry the digest of each document's lines in it,
//! and the entry's seal the digest of all the ledger above it. So any byte that changed after the
//! fact is found, with `sha256sum` alone if need be. A whole ledger rewritten with all its seals is
//! found only by who saved the newest seal: tamper-evident against a saved head, no more.

mod act;
pub mod acts;
mod append;
mod ask;
mod branches;
mod chain;
mod comparison;
mod consent;
pub mod correct;
mod correction;
mod editorial;
mod freeze;
mod frozen;
mod history;
mod import;
mod line;
mod misspelling;
mod notice;
mod read;
pub mod redact;
mod release;
mod review;
pub mod undo;
mod verify;

pub use ask::{Ask, Refusal};
pub use consent::{Withdrawn, named_in, withdrawn};
pub use editorial::{objections, objections_between};
pub use freeze::release;
pub use frozen::ledger as path;
pub use history::{Known, site, site_again};
pub use import::{Import, Imported, Original, Read, changes, import, same_words};
pub use line::in_order;
pub use notice::{Late, late, promised};
pub use redact::redact;
pub use release::{Planned, permitted};
pub use review::{SECURITY_TXT, review};
pub use verify::{Proof, Proved, added_since, named, news, verify};

/// The folder of the released versions, from the project's folder.
pub const FOLDER: &str = "content/versions";

/// What the ledger is kept in, inside that folder.
pub const LEDGER: &str = "ledger.yaml";

/// What the digests of a release's files are kept in, inside its folder.
pub const SUMS: &str = "SHA256SUMS";

/// What to do about a ledger that was changed.
const RESTORE: &str = "what was released never changes: restore it from version control, or from `/ledger/` of the published site";

#[cfg(test)]
pub mod tests {
    //! Projects as trees of files, for the tests of this room and of those below.

    use jiff::civil::Date;

    use crate::diagnostic::{Code, Diagnostics};
    use crate::ledger::Planned;
    use crate::model::{Kind, Release, ReleaseId, Site};
    use crate::tree::{File, Source, Tree, TreePath};
    use crate::{ledger, parse};

    /// Returns a project of these files; a path without a folder is one of `content/`.
    pub fn project(texts: &[(&str, &str)]) -> Tree<File> {
        let mut files = Tree::new();
        put(&mut files, "site.yaml", "name: A\nbase_url: https://a.example/\n");
        texts.iter().for_each(|(path, text)| put(&mut files, path, text));
        files
    }

    /// Puts a file into `content/` of a project.
    pub fn put(files: &mut Tree<File>, path: &str, text: &str) {
        files.insert(path_of(path), File::new(text.as_bytes()));
    }

    /// Returns the text of a file of `content/`.
    pub fn text(files: &Tree<File>, path: &str) -> String {
        String::from_utf8(
            files.get(&path_of(path)).unwrap_or_else(|| panic!("no {path}")).bytes().to_vec(),
        )
        .unwrap()
    }

    /// Takes a file of `content/` out of a project.
    pub fn without(files: Tree<File>, path: &str) -> Tree<File> {
        files.into_iter().filter(|(other, _)| *other != path_of(path)).collect()
    }

    fn path_of(path: &str) -> TreePath {
        TreePath::new(&format!("content/{path}")).unwrap()
    }

    /// Reads a day.
    pub fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Returns the site of a project on a date.
    pub fn site_on(files: &Tree<File>, today: &str) -> (Site, Diagnostics) {
        let mut diagnostics = Diagnostics::new();
        let content = parse::content(files, &mut diagnostics);
        let site = ledger::site(content, files, day(today), &mut diagnostics);
        (site, diagnostics)
    }

    /// Releases all unreleased words of a project on a day, which is the release's id.
    pub fn released(files: &Tree<File>, today: &str) -> Tree<File> {
        let release = Release {
            released: Some(day(today)),
            ..Release::new(ReleaseId::new(today).unwrap(), "Words", Kind::Substantive)
        };
        released_as(files, today, release)
    }

    /// Releases all unreleased words of a project, as they are on a day, as this release, without a
    /// promise.
    pub fn released_as(files: &Tree<File>, today: &str, release: Release) -> Tree<File> {
        let (site, found) = site_on(files, today);
        assert!(!found.has_errors(), "{found:?}");
        let added = ledger::release(files, &[Planned::new(release, site.unreleased().collect())]);
        files.clone().into_iter().chain(added).collect()
    }

    /// Says of each finding its code, the place as file and line, and the message; the folder
    /// `content/` is left out, and that these sites have no security.txt.
    pub fn said(files: &Tree<File>, found: &Diagnostics) -> Vec<String> {
        let said = found.sorted().into_iter().filter(|found| found.code != Code::SecurityTxt).map(
            |found| {
                let place = found.place.as_ref().map(|place| {
                    let line = place.span.and_then(|span| {
                        Some(
                            Source::lossy(&place.path, files.get(&place.path)?)
                                .position(span.start)
                                .line,
                        )
                    });
                    format!(
                        "{}{} ",
                        place.path,
                        line.map(|line| format!(":{line}")).unwrap_or_default()
                    )
                });
                format!("{} {}{}", found.code.as_str(), place.unwrap_or_default(), found.message)
            },
        );
        said.map(|said| said.replace("content/", "")).collect()
    }

    /// A policy of two sections and a list of researchers, released on two days: first without its
    /// second section.
    pub fn example() -> Tree<File> {
        let files = project(&[
            ("security/_index.md", "---\ntitle: Security\n---\n"),
            ("security/10-a.md", "## One\n\nWords by Ada Bee.\n"),
            ("whitehats.yaml", "whitehats:\n  - name: Ada Bee\n    consent: true\n"),
        ]);
        let mut files = released(&files, "2024-01-01");
        put(&mut files, "security/20-b.md", "## Two\n\nMore words.\n");
        released(&files, "2024-02-02")
    }
}
