//! Existing texts as the first versions of policies: each a release of its own, oldest first, on
//! the day that is known of it.
//!
//! A text that says what the one before it says makes no version. What other documents were
//! released in the meantime does not matter.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diagnostic::Diagnostic;
use crate::ledger::ask::{Ask, Refusal};
use crate::ledger::comparison::compare;
use crate::ledger::editorial::objections_between;
use crate::ledger::freeze;
use crate::ledger::release::permitted;
use crate::model::{Document, DocumentId, History, Kind, Release, Site};
use crate::parse;
use crate::parse::Unresolved;
use crate::tree::{Digest, File, Tree, TreePath};

/// Texts to be released as a version.
#[derive(Clone, Debug)]
pub struct Original {
    /// The id of its release; else one is made of its day.
    pub id: Option<String>,
    /// The day on which it was published; `None` if unknown.
    pub written: Option<Date>,
    /// What changed, for readers.
    pub summary: String,
    /// Whether promises changed.
    pub kind: Kind,
    /// The files of each policy, by their paths in the project.
    pub texts: Vec<(DocumentId, Tree<File>)>,
}

/// Texts as releases.
#[derive(Debug)]
pub struct Import {
    /// What became of each original; `None` if it says what those before say.
    pub versions: Vec<Option<Imported>>,
    /// What keeps an original from being editorial that is called so, by its place.
    pub objections: Vec<(usize, Diagnostic)>,
    /// What the releases add to the project.
    pub added: Tree<File>,
}

/// Texts as a release.
#[derive(Debug)]
pub struct Imported {
    /// The release.
    pub release: Release,
    /// Its policies, as they were read.
    pub documents: Vec<Read>,
}

/// A text as it was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Its id.
    pub id: DocumentId,
    /// The policy or list.
    pub document: Arc<Document>,
    /// What of it has no place on a page.
    pub unresolved: Unresolved,
}

/// Returns the releases that freeze these texts, oldest first, after all that `files`, the files of
/// `site`, hold already. Each names the digest of the plan by which it is made.
///
/// # Errors
/// Says why a release cannot be made.
pub fn import(
    site: &Site,
    files: &Tree<File>,
    originals: &[&Original],
    plan: Option<Digest>,
    today: Date,
) -> Result<Import, Refusal> {
    let texts: Vec<(usize, &DocumentId, &Tree<File>)> = originals
        .iter()
        .enumerate()
        .flat_map(|(at, original)| original.texts.iter().map(move |(id, files)| (at, id, files)))
        .collect();
    let (reads, changed) =
        changes(site, texts.iter().map(|(_, id, files)| (*id, *files)).collect());
    let mut site = site.clone();
    let mut newest: BTreeMap<&DocumentId, Arc<Document>> = BTreeMap::new();
    let (mut versions, mut entries, mut objections) = (Vec::new(), Vec::new(), Vec::new());
    let mut rest = texts.into_iter().zip(reads.into_iter().zip(changed)).peekable();
    for (at, original) in originals.iter().enumerate() {
        let mut documents: Vec<(&DocumentId, Read)> = Vec::new();
        let mut own = Tree::new();
        while let Some(((_, id, files), (read, changed))) = rest.next_if(|((of, ..), _)| *of == at)
        {
            if !changed {
                continue;
            }
            if original.kind == Kind::Editorial {
                let found = objects(&site, id, newest.get(id), &read.document, today);
                objections.extend(found.map(|found| (at, found)));
            }
            newest.insert(id, Arc::clone(&read.document));
            own.extend(files.iter().map(|(path, file)| (path.clone(), file.clone())));
            documents.push((id, read));
        }
        if documents.is_empty() {
            versions.push(None);
            continue;
        }
        let ask = Ask {
            id: original.id.clone(),
            released: original.written,
            today,
            effective: None,
            summary: original.summary.clone(),
            kind: original.kind,
            attested: None,
            approved_by: None,
        };
        let release = Release { plan, ..permitted(&site, files, &[], &ask)?.remove(0).release };
        let drafts: Vec<(&DocumentId, &Document)> =
            documents.iter().map(|(id, read)| (*id, &*read.document)).collect();
        let promised = |id: &DocumentId| site.config.notice.get(id).copied().unwrap_or(0);
        let notice = drafts.iter().map(|(id, _)| ((*id).clone(), promised(id))).collect();
        entries.push(freeze::drafted(&own, &drafts, &release, &notice));
        site.releases.push(Arc::new(release.clone()));
        let documents = documents.into_iter().map(|(_, read)| read).collect();
        versions.push(Some(Imported { release, documents }));
    }
    Ok(Import { versions, objections, added: freeze::recorded(files, entries) })
}

/// Returns texts as they are read, and of each whether it says anything that the one before it of
/// the same policy does not.
pub fn changes(site: &Site, texts: Vec<(&DocumentId, &Tree<File>)>) -> (Vec<Read>, Vec<bool>) {
    let ids: BTreeSet<&DocumentId> = texts.iter().map(|(id, _)| *id).collect();
    let exists = |id: &DocumentId| ids.contains(id) || site.history(id.as_str()).is_some();
    let reads: Vec<Read> =
        texts.par_iter().map(|(id, files)| read(site, id, files, &exists)).collect();
    let mut last: BTreeMap<&DocumentId, usize> = BTreeMap::new();
    let before: Vec<Option<usize>> =
        texts.iter().enumerate().map(|(at, (id, _))| last.insert(id, at)).collect();
    let changed = (0..reads.len()).into_par_iter().map(|at| {
        before[at]
            .is_none_or(|before| !compare(&reads[before].document, &reads[at].document).is_same())
    });
    let changed = changed.collect();
    (reads, changed)
}

/// Returns the first thing that keeps a text from being an editorial version.
fn objects(
    site: &Site,
    id: &DocumentId,
    before: Option<&Arc<Document>>,
    now: &Arc<Document>,
    today: Date,
) -> Option<Diagnostic> {
    let history = History::new(id.clone(), today, Some(Arc::clone(now)), Vec::new());
    match before {
        Some(before) => objections_between(site, &history, before, now).into_iter().next(),
        None => crate::ledger::editorial::objections(site, &history).into_iter().next(),
    }
}

/// Reads a text as frozen words are read: they refer to nothing and cannot be fixed.
fn read(
    site: &Site,
    id: &DocumentId,
    files: &Tree<File>,
    exists: &impl Fn(&DocumentId) -> bool,
) -> Read {
    let root = TreePath::new("content").expect("a path");
    let document = parse::document(files, &root, id, site.config.raw_html, &mut Default::default())
        .expect("an imported text has its opening");
    let unresolved =
        document.policy().map(|policy| parse::unresolved(policy, exists)).unwrap_or_default();
    let unresolved =
        if site.config.raw_html { Unresolved { html: 0, ..unresolved } } else { unresolved };
    Read { id: id.clone(), document: Arc::new(document), unresolved }
}

/// Returns true if two documents say the same to readers.
pub fn same_words(one: &Document, other: &Document) -> bool {
    compare(one, other).is_same()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{day, example, project, said, site_on, text};

    /// Returns a text of the policy `privacy`, written on a day.
    fn original(written: &str, words: &str) -> Original {
        let text = format!("---\ntitle: Privacy\n---\n{words}\n");
        let written = Some(written).filter(|day| !day.is_empty()).map(day);
        Original {
            id: None,
            written,
            summary: "S".into(),
            kind: Kind::Substantive,
            texts: vec![(
                DocumentId::new("privacy").unwrap(),
                project(&[("privacy/_index.md", text.as_str())]),
            )],
        }
    }

    fn imported(originals: &[Original], today: &str) -> Result<Import, Refusal> {
        let files = example();
        let (site, _) = site_on(&files, today);
        import(
            &site,
            &files,
            &originals.iter().collect::<Vec<_>>(),
            Some(Digest::of("the plan")),
            day(today),
        )
    }

    /// Returns the ids, days and summaries of the releases.
    fn releases(originals: &[Original], today: &str) -> Vec<String> {
        let described = |imported: Imported| {
            let Release { id, released, summary, .. } = imported.release;
            format!("{id} {} {summary}", released.map(|day| day.to_string()).unwrap_or_default())
        };
        imported(originals, today)
            .unwrap()
            .versions
            .into_iter()
            .map(|version| version.map_or("same".to_owned(), described))
            .collect()
    }

    #[test]
    fn each_text_is_a_release_of_the_day_it_was_written() {
        let texts = [
            original("2020-01-01", "one"),
            original("2021-01-01", " one "),
            original("2022-01-01", "two"),
            original("2023-01-01", "one"),
        ];
        let described = [
            "2020-01-01 2020-01-01 S",
            "same",
            "2022-01-01 2022-01-01 S",
            "2023-01-01 2023-01-01 S",
        ];
        assert_eq!(releases(&texts, "2024-03-01"), described);
        let future = [original("2030-01-01", "one")];
        assert!(matches!(imported(&future, "2024-03-01"), Err(Refusal::Future { .. })));
        let unknown = Original { id: Some("old".into()), ..original("", "zero") };
        assert_eq!(
            releases(&[unknown, original("2020-01-01", "one")], "2024-03-01"),
            ["old  S", "2020-01-01 2020-01-01 S"]
        );
        assert_eq!(imported(&[original("", "one")], "2024-03-01").unwrap_err(), Refusal::NoId);
    }

    #[test]
    fn what_is_imported_is_proved_like_any_release() {
        let Import { versions, added, .. } =
            imported(&[original("2020-01-01", "one"), original("2021-01-01", "two")], "2024-03-01")
                .unwrap();
        assert_eq!(versions.len(), 2);
        assert!(text(&added, "versions/2021-01-01/privacy/_index.md").ends_with("two\n"));
        let files: Tree<File> = example().into_iter().chain(added).collect();
        let (site, found) = site_on(&files, "2024-03-01");
        assert_eq!(
            said(&files, &found),
            ["P053 versions/ledger.yaml `privacy` was released and is missing from ``"]
        );
        let history = site.history("privacy").unwrap();
        let ids: Vec<&str> =
            history.versions.iter().map(|version| version.release.id.as_str()).collect();
        assert_eq!(ids, ["2020-01-01", "2021-01-01"]);
        assert_eq!(history.versions[0].release.plan, Some(Digest::of("the plan")));
        let [one, two] = [0, 1].map(|index| &*history.versions[index].document);
        assert!(same_words(one, one) && !same_words(one, two));
    }

    #[test]
    fn what_has_no_place_on_a_page_is_counted() {
        let html = original("2020-01-01", "Words <b>and</b> more.");
        let imported = imported(&[html], "2024-03-01").unwrap();
        assert!(imported.versions[0].as_ref().unwrap().documents[0].unresolved.html > 0);
        let mut files = example();
        crate::ledger::tests::put(
            &mut files,
            "site.yaml",
            "name: A\nbase_url: https://a.example/\nraw_html: true\n",
        );
        let (site, _) = site_on(&files, "2024-03-01");
        let html = original("2020-01-01", "Words <b>and</b> more.");
        let allowed = import(&site, &files, &[&html], None, day("2024-03-01")).unwrap();
        assert_eq!(allowed.versions[0].as_ref().unwrap().documents[0].unresolved.html, 0);
    }

    #[test]
    fn what_is_called_editorial_is_checked() {
        let editorial =
            |words: &str| Original { kind: Kind::Editorial, ..original("2021-01-01", words) };
        let objected = |texts: &[Original]| {
            let found = imported(texts, "2024-03-01").unwrap().objections;
            found.iter().map(|(at, _)| *at).collect::<Vec<_>>()
        };
        let first = original("2020-01-01", "We recieve mail.");
        assert_eq!(objected(&[first.clone(), editorial("We receive mail.")]), [0usize; 0]);
        assert_eq!(objected(&[first, editorial("We recieve no mail.")]), [1]);
        assert_eq!(objected(&[editorial("We receive mail.")]), [0]);
    }
}
