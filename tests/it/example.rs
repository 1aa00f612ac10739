//! The example: what its releases make is what is kept, and what it becomes holds every fact.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use jiff::civil::date;
use policybook::diagnostic::Diagnostics;
use policybook::ledger;
use policybook::model::Kind;
use policybook::model::Release;
use policybook::model::ReleaseId;
use policybook::parse;
use policybook::tree::File;
use policybook::tree::Tree;
use policybook::tree::TreePath;

/// Releases everything that is unreleased in a project.
fn release(files: &Tree<File>, release: &Release) -> Tree<File> {
    let mut diagnostics = Diagnostics::new();
    let content = parse::content(files, &mut diagnostics);
    let site = ledger::site(content, files, date(2026, 11, 21), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{diagnostics:#?}");
    ledger::release(&site, files, release)
}

/// Returns the files of the repository below a folder, as they would lie below another.
fn repository(folder: &str, below: &str) -> Tree<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = walkdir::WalkDir::new(&root).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    let file = |entry: walkdir::DirEntry| {
        let within = entry.path().strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        (TreePath::new(&format!("{below}/{within}")).unwrap(), File::new(fs::read(entry.path()).unwrap()))
    };
    entries.map(file).collect()
}

#[test]
fn the_frozen_versions_are_what_the_two_releases_made() {
    let draft: Tree<File> =
        repository("content", "content").into_iter().filter(|(path, _)| !path.as_str().starts_with("content/versions/")).collect();
    let site = TreePath::new("content/site.yaml").unwrap();
    let mut first = repository("content/versions/original/security", "content/security");
    first.insert(site.clone(), draft.get(&site).unwrap().clone());
    let original = Release {
        id: ReleaseId::new("original").unwrap(),
        released: None,
        effective: None,
        summary: "The first policy: reporting, contacting, full and responsible disclosure, the response procedure.".to_owned(),
        kind: Kind::Substantive,
    };
    let frozen = release(&first, &original);
    let second = Release {
        id: ReleaseId::new("2023-02-15").unwrap(),
        released: Some(date(2023, 2, 15)),
        effective: None,
        summary:
            "Nineteen sections on how the service is run and guarded; safe harbour has a condition, breaches are confirmed in writing, \
                  the telephone number is gone; the whitehats and the sub-processors are listed."
                .to_owned(),
        kind: Kind::Substantive,
    };
    let project: Tree<File> = draft.into_iter().chain(frozen.clone()).collect();
    let made: BTreeMap<TreePath, File> = frozen.into_iter().chain(release(&project, &second)).collect();
    if std::env::var_os("UPDATE").is_some() {
        for (path, file) in &made {
            let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(path.as_str());
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, file.bytes()).unwrap();
        }
    }
    let kept: BTreeMap<TreePath, File> = repository("content/versions", "content/versions").into_iter().collect();
    let paths = |files: &BTreeMap<TreePath, File>| files.keys().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(paths(&made), paths(&kept));
    for (path, file) in &made {
        assert_eq!(String::from_utf8_lossy(file.bytes()), String::from_utf8_lossy(kept[path].bytes()), "{path}");
    }
}
