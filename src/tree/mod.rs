//! Things by path: the ground every room stands on.
//!
//! A release is a tree of files, a site is a tree of files, and what lies between them is values.
//! Nothing in here knows what a policy is, and nothing in here touches the world.

mod composed;
mod delta;
mod digest;
mod edit;
mod file;
mod manifest;
mod media;
mod memo;
mod path;
mod span;
mod timings;

pub use composed::{composed, composed_up_to, decomposed, is_combining};
pub use delta::{Action, Delta};
pub use digest::{Digest, Hasher};
pub use edit::{Edit, edited};
pub use file::{File, Position, Positions, Source, Sources};
pub use manifest::{Manifest, Record};
pub use memo::{Memo, Saved, from_bytes, to_bytes};
pub use path::{PathError, TreePath};
pub use span::Span;
pub use timings::{Clocks, Stage, Timings, Work};

use std::collections::BTreeMap;

/// Things by path, in the byte order of their paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree<T> {
    things: BTreeMap<TreePath, T>,
}

impl<T> Tree<T> {
    /// Returns a tree of nothing.
    pub fn new() -> Tree<T> {
        Tree { things: BTreeMap::new() }
    }

    /// Returns the thing at `path`.
    pub fn get(&self, path: &TreePath) -> Option<&T> {
        self.things.get(path)
    }

    /// Returns the path and the thing at `path`.
    pub fn get_key_value(&self, path: &TreePath) -> Option<(&TreePath, &T)> {
        self.things.get_key_value(path)
    }

    /// Puts a thing at `path` and returns what stood there before.
    pub fn insert(&mut self, path: TreePath, thing: T) -> Option<T> {
        self.things.insert(path, thing)
    }

    /// Takes the thing at `path` out.
    pub fn remove(&mut self, path: &TreePath) -> Option<T> {
        self.things.remove(path)
    }

    /// Returns everything, in the byte order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&TreePath, &T)> {
        self.things.iter()
    }

    /// Returns what lies in the folder `folder`, however deep, in the byte order of the paths.
    pub fn under(&self, folder: &TreePath) -> impl Iterator<Item = (&TreePath, &T)> {
        let first = TreePath::raw(format!("{folder}/"));
        let past = TreePath::raw(format!("{folder}0")); // `0` is the byte after `/`
        self.things.range(first..past)
    }

    /// Returns the number of things.
    pub fn len(&self) -> usize {
        self.things.len()
    }

    /// Returns true if it is empty.
    pub fn is_empty(&self) -> bool {
        self.things.is_empty()
    }
}

impl<T> Default for Tree<T> {
    fn default() -> Tree<T> {
        Tree::new()
    }
}

impl<T> FromIterator<(TreePath, T)> for Tree<T> {
    fn from_iter<I: IntoIterator<Item = (TreePath, T)>>(things: I) -> Tree<T> {
        Tree { things: things.into_iter().collect() }
    }
}

impl<T> IntoIterator for Tree<T> {
    type Item = (TreePath, T);
    type IntoIter = std::collections::btree_map::IntoIter<TreePath, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.things.into_iter()
    }
}

impl<T> Extend<(TreePath, T)> for Tree<T> {
    fn extend<I: IntoIterator<Item = (TreePath, T)>>(&mut self, things: I) {
        self.things.extend(things);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_what_lies_in_it_and_not_its_namesakes() {
        let tree: Tree<()> = ["a", "a/b", "a/c/d", "a-b/c", "a.md"]
            .into_iter()
            .map(|path| (TreePath::new(path).unwrap(), ()))
            .collect();
        let under: Vec<_> =
            tree.under(&TreePath::new("a").unwrap()).map(|(path, ())| path.to_string()).collect();
        assert_eq!(under, ["a/b", "a/c/d"]);
    }
}
