//! The files of a part of a site as they are made.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::render::Route;
use crate::tree::{File, Tree, TreePath};

/// Files as they are made, and what went wrong in their templates.
#[derive(Default)]
pub struct Files {
    tree: Tree<Vec<u8>>,
    diagnostics: Diagnostics,
}

impl Files {
    /// Adds a file.
    pub fn add(&mut self, route: Route<'_>, bytes: impl Into<Vec<u8>>) {
        self.tree.insert(route.file(), bytes.into());
    }

    /// Takes what went wrong in a template.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Adds the files of another part.
    pub fn join(&mut self, other: Files) {
        self.tree.extend(other.tree);
        self.diagnostics.extend(other.diagnostics);
    }

    /// Adds files of the folder of versions as they are.
    pub fn freeze(&mut self, frozen: &[(TreePath, File)]) {
        self.tree.extend(
            frozen
                .iter()
                .map(|(path, file)| (Route::Frozen(path.as_str()).file(), file.bytes().to_vec())),
        );
    }

    /// Returns the files, and what went wrong.
    pub fn done(self) -> (Tree<Vec<u8>>, Diagnostics) {
        (self.tree, self.diagnostics)
    }
}
