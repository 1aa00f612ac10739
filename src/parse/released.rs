//! The order in which a list was released last. References are expanded in it, so that who only
//! puts a list in another order changes no policy that shows it.

use crate::diagnostic::Diagnostics;
use crate::model::{Document, DocumentId};
use crate::parse::lists;
use crate::tree::{File, Source, Tree, TreePath};

/// Returns the file of a list in its newest release, if it ever was released.
pub fn file<'a>(files: &'a Tree<File>, list: &str) -> Option<(TreePath, &'a File)> {
    let ledger = files.get(&TreePath::new("content/versions/ledger.yaml").expect("a path"))?;
    let text = std::str::from_utf8(ledger.bytes()).ok()?;
    let releases = text.lines().rev().filter_map(|line| line.strip_prefix("- release: "));
    let mut paths = releases.filter_map(|id| {
        TreePath::new(&format!(
            "content/versions/{}/{list}.yaml",
            id.trim().trim_matches(['"', '\''])
        ))
        .ok()
    });
    paths.find_map(|path| files.get(&path).map(|file| (path, file)))
}

/// Returns a list in the order in which it was released last, where nothing but its order is
/// another now.
pub fn in_order(files: &Tree<File>, list: &Document) -> Document {
    let released = |id: &str| file(files, id);
    let unsaid = &mut Diagnostics::new();
    match list {
        Document::Policy(_) | Document::Commitments(_) => None,
        Document::Whitehats(list) => released(DocumentId::WHITEHATS).and_then(|(path, file)| {
            let before = lists::whitehats(&Source::lossy(&path, file), unsaid);
            let alike = same(&list.in_order(), &before.in_order(), |entry| entry.unplaced());
            alike.then_some(Document::Whitehats(before))
        }),
        Document::Subprocessors(list) => {
            released(DocumentId::SUBPROCESSORS).and_then(|(path, file)| {
                let before = lists::subprocessors(&Source::lossy(&path, file), unsaid);
                let alike = same(&list.in_order(), &before.in_order(), |entry| entry.unplaced());
                alike.then_some(Document::Subprocessors(before))
            })
        }
    }
    .unwrap_or_else(|| list.clone())
}

fn same<T, U: PartialEq>(one: &[&T], other: &[&T], unplaced: impl Fn(&T) -> U) -> bool {
    one.len() == other.len()
        && one.iter().zip(other).all(|(one, other)| unplaced(one) == unplaced(other))
}
