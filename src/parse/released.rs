//! The order in which a list was released last. References are expanded in it, so that who only
//! puts a list in another order changes no policy that shows it.

use crate::diagnostic::Diagnostics;
use crate::model::List;
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
pub fn in_order(files: &Tree<File>, list: &List) -> List {
    let drafted = TreePath::new(&format!("content/{}.yaml", list.kind.id)).expect("a path");
    let drafted = files.get(&drafted);
    // The same file has the same order.
    let released = file(files, list.kind.id).filter(|(_, file)| drafted != Some(*file));
    let released = released.map(|(path, file)| {
        lists::list(list.kind, &Source::lossy(&path, file), &mut Diagnostics::new())
    });
    let same = |released: &List| released.in_order() == list.in_order();
    released.filter(same).unwrap_or_else(|| list.clone())
}
