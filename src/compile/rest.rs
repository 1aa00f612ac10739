//! The pages of versions in a preview: rendered when somebody asks for them.

use std::sync::{Arc, Mutex, PoisonError};

use crate::diagnostic::Diagnostics;
use crate::model::{DocumentId, History, Now, Site};
use crate::render::{Inputs, Known, Renderer, Shelf, Theme};
use crate::tree::{Digest, File, Tree, TreePath};

/// How many documents' versions are held at most.
const MOST: usize = 8;

/// The versions of a document: its id, what they were made from, their files.
type Versions = (DocumentId, Digest, Arc<Tree<File>>);

/// What of a site is not rendered yet.
pub struct Rest {
    site: Site,
    /// What the site was made from.
    files: Tree<File>,
    now: Now,
    known: Arc<Known>,
    /// Those that were asked for last, of this site.
    held: Mutex<Vec<Versions>>,
    /// Those of the site before, which may be the same.
    before: Vec<Versions>,
}

impl Rest {
    /// Takes a site of which the versions were not rendered. `before` is the rest of the site that
    /// was shown before.
    pub fn new(
        (site, files): (Site, Tree<File>),
        (known, now): (Arc<Known>, Now),
        before: Option<&Rest>,
    ) -> Rest {
        let before = before.map(Rest::held).unwrap_or_default();
        Rest { site, files, now, known, held: Mutex::default(), before }
    }

    /// Returns a file of a version, if there is one at this path.
    pub fn file(&self, path: &TreePath) -> Option<File> {
        let history = self.about(path)?;
        let known = self.held().into_iter().find(|(id, ..)| *id == history.id);
        let (.., files) = match known {
            Some(known) => known,
            None => {
                let made = self.made(history)?;
                let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
                if held.len() == MOST {
                    held.remove(0);
                }
                held.push(made.clone());
                made
            }
        };
        files.get(path).cloned()
    }

    /// Returns the document whose version a path may show: in a folder of its own, or among the
    /// frozen files.
    fn about(&self, path: &TreePath) -> Option<&History> {
        let frozen = path.within("ledger").and_then(|within| Some(within.split_once('/')?.1));
        let within = frozen.unwrap_or(path.as_str());
        let folders = within.match_indices('/').rev().map(|(end, _)| &within[..end]);
        let list = within.strip_suffix(".yaml").into_iter();
        folders.chain(list).find_map(|id| self.site.history(id))
    }

    fn made(&self, history: &History) -> Option<Versions> {
        let theme = Theme::load(&self.files, &self.site.config, &mut Diagnostics::new())?;
        let renderer = Renderer::new(&self.site, theme, &self.known, self.now);
        let [_, input, _] = Inputs::new(&renderer, &self.files).of(history);
        let before = self.before.iter().find(|(_, digest, _)| *digest == input.digest);
        if let Some((.., same)) = before {
            return Some((history.id.clone(), input.digest, Arc::clone(same)));
        }
        let rendered = renderer.document(history, &[Shelf::Versions]).into_iter();
        let files = rendered.flat_map(|(files, _)| files);
        let files = files.map(|(path, bytes)| (path, File::new(bytes))).collect();
        Some((history.id.clone(), input.digest, Arc::new(files)))
    }

    fn held(&self) -> Vec<Versions> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
