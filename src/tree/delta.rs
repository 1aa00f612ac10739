//! What turns one tree into another.
//!
//! `apply(plan(a, b), a) == b`, and a plan between equal trees is empty.

use std::collections::BTreeMap;

use super::{Manifest, Record, TreePath};

/// What to do, by path, to turn one tree into another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// The paths where something is to be done.
    pub actions: BTreeMap<TreePath, Action>,
}

/// What to do at one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A file comes to be.
    Create(Record),
    /// A file gets other bytes.
    Update(Record),
    /// A file goes.
    Remove,
}

impl Delta {
    /// Returns what turns `old` into `new`.
    pub fn between(old: &Manifest, new: &Manifest) -> Delta {
        let kept = new.files.iter().filter_map(|(path, record)| match old.files.get(path) {
            None => Some((path.clone(), Action::Create(*record))),
            Some(before) if before != record => Some((path.clone(), Action::Update(*record))),
            Some(_) => None,
        });
        let gone = old.files.keys().filter(|path| !new.files.contains_key(*path));
        Delta { actions: kept.chain(gone.map(|path| (path.clone(), Action::Remove))).collect() }
    }

    /// Returns what a tree becomes by this plan.
    pub fn apply(&self, tree: &Manifest) -> Manifest {
        let mut tree = tree.clone();
        for (path, action) in &self.actions {
            match action {
                Action::Create(record) | Action::Update(record) => {
                    tree.files.insert(path.clone(), *record)
                }
                Action::Remove => tree.files.remove(path),
            };
        }
        tree
    }

    /// Returns true if there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// Counts the files that are written.
    pub fn written(&self) -> usize {
        self.actions.len() - self.removed()
    }

    /// Counts the files that go.
    pub fn removed(&self) -> usize {
        self.actions.values().filter(|action| **action == Action::Remove).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn manifest() -> impl Strategy<Value = Manifest> {
        proptest::collection::btree_map("[a-c](/[a-c]){0,2}", "[xy]{0,2}", 0..8).prop_map(|files| {
            let file = |(path, bytes): (String, String)| {
                (TreePath::new(&path).unwrap(), Record::of(bytes.as_bytes()))
            };
            files.into_iter().map(file).collect()
        })
    }

    proptest! {
        #[test]
        fn a_plan_turns_the_old_tree_into_the_new(old in manifest(), new in manifest()) {
            let plan = Delta::between(&old, &new);
            prop_assert_eq!(plan.apply(&old), new.clone());
            prop_assert_eq!(plan.is_empty(), old == new);
            prop_assert!(Delta::between(&new, &new).is_empty());
        }
    }
}
