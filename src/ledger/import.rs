//! Existing texts as the first versions of a policy: each is a release of its own, oldest first, on
//! the day it was written.
//!
//! A document goes forward: a text that was written before the one that it follows is released on
//! that one's day, and its summary names its own. What other documents were released in the
//! meantime does not matter.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use rayon::prelude::*;

use crate::ledger::ask::{Ask, Refusal};
use crate::ledger::comparison::compare;
use crate::ledger::freeze;
use crate::ledger::release::permitted;
use crate::model::{Document, DocumentId, Kind, Release, Site};
use crate::parse;
use crate::parse::Unresolved;
use crate::tree::{File, Tree, TreePath};

/// A text to be released as a version.
#[derive(Clone, Debug)]
pub struct Original {
    /// The id of its release; else one is made of its day.
    pub id: Option<String>,
    /// The date it was written; `None` if unknown.
    pub written: Option<Date>,
    /// What changed, for readers.
    pub summary: String,
    /// The files of the policy, by their paths in the project.
    pub files: Tree<File>,
}

/// Texts as releases.
#[derive(Debug)]
pub struct Import {
    /// What became of each text; `None` if it says what the one before says.
    pub versions: Vec<Option<Imported>>,
    /// What the releases add to the project.
    pub added: Tree<File>,
}

/// A text as a release.
#[derive(Debug)]
pub struct Imported {
    /// The release.
    pub release: Release,
    /// The policy, as it was read.
    pub document: Document,
    /// What of it has no place on a page.
    pub unresolved: Unresolved,
}

/// A text as it was read.
struct Read {
    document: Document,
    unresolved: Unresolved,
}

/// Returns the releases that freeze these texts of the policy `id`, oldest first, after all that
/// `files`, the files of `site`, hold already.
///
/// # Errors
/// Says why a release cannot be made.
pub fn import(
    site: &Site,
    files: &Tree<File>,
    id: &DocumentId,
    originals: &[&Original],
    today: Date,
) -> Result<Import, Refusal> {
    let read: Vec<Read> =
        originals.par_iter().map(|original| read(site, id, &original.files)).collect();
    let mut site = site.clone();
    let mut newest: Option<Date> = None;
    let same = |at: usize| at > 0 && compare(&read[at - 1].document, &read[at].document).is_same();
    let same: Vec<bool> = (0..read.len()).into_par_iter().map(same).collect();
    let notice = BTreeMap::from([(id.clone(), site.config.notice.get(id).copied().unwrap_or(0))]);
    let (mut versions, mut entries) = (Vec::new(), Vec::new());
    for ((original, Read { document, unresolved }), same) in originals.iter().zip(read).zip(same) {
        if same {
            versions.push(None);
            continue;
        }
        let released = original
            .written
            .map(|day| newest.map_or(day.min(today), |newest| day.min(today).max(newest)));
        let summary = match original.written {
            Some(day) if released != Some(day) => format!("{} (dated {day})", original.summary),
            _ => original.summary.clone(),
        };
        let ask = Ask {
            id: original.id.clone(),
            released,
            today,
            effective: None,
            summary,
            kind: Kind::Substantive,
            attested: None,
            approved_by: None,
        };
        let release = permitted(&site, files, &[], &ask)?.remove(0).release;
        entries.push(freeze::drafted(&original.files, &[(id, &document)], &release, &notice));
        newest = newest.max(released);
        site.releases.push(Arc::new(release.clone()));
        versions.push(Some(Imported { release, document, unresolved }));
    }
    Ok(Import { versions, added: freeze::recorded(files, entries) })
}

/// Reads a text as frozen words are read: they refer to nothing and cannot be fixed.
fn read(site: &Site, id: &DocumentId, files: &Tree<File>) -> Read {
    let root = TreePath::new("content").expect("a path");
    let document = parse::document(files, &root, id, site.config.raw_html, &mut Default::default())
        .expect("an imported text has its opening");
    let unresolved = document
        .policy()
        .map(|policy| parse::unresolved(policy, |id| site.history(id.as_str()).is_some()))
        .unwrap_or_default();
    let unresolved =
        if site.config.raw_html { Unresolved { html: 0, ..unresolved } } else { unresolved };
    Read { document, unresolved }
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
            files: project(&[("privacy/_index.md", text.as_str())]),
        }
    }

    fn imported(originals: &[Original], today: &str) -> Result<Import, Refusal> {
        let files = example();
        let (site, _) = site_on(&files, today);
        import(
            &site,
            &files,
            &DocumentId::new("privacy").unwrap(),
            &originals.iter().collect::<Vec<_>>(),
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
        let back = [
            original("2022-01-01", "one"),
            original("2020-01-01", "two"),
            original("2022-01-01", "three"),
        ];
        let described = [
            "2022-01-01 2022-01-01 S",
            "2022-01-01.2 2022-01-01 S (dated 2020-01-01)",
            "2022-01-01.3 2022-01-01 S",
        ];
        assert_eq!(releases(&back, "2024-03-01"), described);
        let future = [original("2030-01-01", "one")];
        assert_eq!(releases(&future, "2024-03-01"), ["2024-03-01 2024-03-01 S (dated 2030-01-01)"]);
        let unknown = Original { id: Some("old".into()), ..original("", "zero") };
        assert_eq!(
            releases(&[unknown, original("2020-01-01", "one")], "2024-03-01"),
            ["old  S", "2020-01-01 2020-01-01 S"]
        );
        assert_eq!(imported(&[original("", "one")], "2024-03-01").unwrap_err(), Refusal::NoId);
    }

    #[test]
    fn what_is_imported_is_proved_like_any_release() {
        let Import { versions, added } =
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
        let [one, two] = [0, 1].map(|index| &*history.versions[index].document);
        assert!(same_words(one, one) && !same_words(one, two));
    }

    #[test]
    fn what_has_no_place_on_a_page_is_counted() {
        let html = original("2020-01-01", "Words <b>and</b> more.");
        let imported = imported(&[html], "2024-03-01").unwrap();
        assert!(imported.versions[0].as_ref().unwrap().unresolved.html > 0);
        let mut files = example();
        crate::ledger::tests::put(
            &mut files,
            "site.yaml",
            "name: A\nbase_url: https://a.example/\nraw_html: true\n",
        );
        let (site, _) = site_on(&files, "2024-03-01");
        let html = original("2020-01-01", "Words <b>and</b> more.");
        let allowed = import(
            &site,
            &files,
            &DocumentId::new("privacy").unwrap(),
            &[&html],
            day("2024-03-01"),
        )
        .unwrap();
        assert_eq!(allowed.versions[0].as_ref().unwrap().unresolved.html, 0);
    }
}
