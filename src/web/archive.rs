//! The released versions wherever they are kept: in a project, in a built site on this disk, or in
//! one on the web.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use rayon::prelude::*;
use url::Url;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::render::Route;
use crate::tree::{Digest, File, Tree, TreePath};
use crate::web::client::Client;
use crate::{ledger, render, store};

/// The released versions as they were read.
pub struct Archive {
    /// The folder they lie in.
    pub folder: TreePath,
    /// The files of that folder.
    pub files: Tree<File>,
    /// What could not be read.
    pub diagnostics: Diagnostics,
    site: Option<Site>,
}

/// The site that carries them.
enum Site {
    Built(PathBuf),
    Live(Client),
}

impl Archive {
    /// Reads the released versions from a project or from a built site.
    ///
    /// # Errors
    /// Says that the folder is neither, or names what the system refuses to read.
    pub fn read(root: &Path) -> Result<Archive> {
        let copy = copy();
        let built = root.join(copy.as_str()).is_dir()
            || root.join(Route::LedgerIndex.file().as_str()).exists();
        let project =
            root.join(ledger::FOLDER).is_dir() || (!built && root.join("content").is_dir());
        if !project && !built {
            bail!(
                "`{}` is neither a project nor a built site: it has neither `{}/` nor `{}`",
                root.display(),
                ledger::FOLDER,
                Route::Frozen(ledger::LEDGER).address()
            );
        }
        let folder = if project { TreePath::new(ledger::FOLDER).expect("a path") } else { copy };
        let (files, diagnostics) = store::read_folders(root, &[folder.as_str()])?;
        // The page of the ledger lies in the same folder of a site.
        let files = files
            .into_iter()
            .filter(|(path, _)| project || *path != Route::Ledger.file())
            .collect();
        let site = (!project).then(|| Site::Built(root.to_owned()));
        Ok(Archive { folder, files, diagnostics, site })
    }

    /// Reads the released versions from the site at an address. What is not there is missing;
    /// `patience` is how long each answer may take.
    ///
    /// # Errors
    /// Says why the site could not be read, and at which address.
    pub fn fetch(address: &str, patience: Duration) -> Result<Archive> {
        match Archive::published(address, patience)? {
            Some(archive) => Ok(archive),
            None => bail!("there is no ledger at `{}`", missing(address, patience)?),
        }
    }

    /// Reads the released versions from the site at an address; `None` if no ledger is there.
    ///
    /// # Errors
    /// Says why the site could not be read, and at which address.
    pub fn published(address: &str, patience: Duration) -> Result<Option<Archive>> {
        let (client, folder) = (Client::new(address, patience)?, copy());
        let mut files: Tree<File> = Tree::new();
        let mut asked = BTreeSet::new();
        loop {
            let asking: Vec<TreePath> =
                ledger::named(&files, &folder).difference(&asked).cloned().collect();
            if asking.is_empty() {
                break;
            }
            let get = |path: &TreePath| {
                Ok(client.get(path.as_str())?.map(|bytes| (path.clone(), File::new(bytes))))
            };
            let found: Vec<Option<(TreePath, File)>> =
                client.pool().install(|| asking.par_iter().map(get).collect::<Result<_>>())?;
            if asked.is_empty() && found.iter().all(Option::is_none) {
                return Ok(None);
            }
            files.extend(found.into_iter().flatten());
            asked.extend(asking);
        }
        Ok(Some(Archive {
            folder,
            files,
            diagnostics: Diagnostics::new(),
            site: Some(Site::Live(client)),
        }))
    }

    /// Returns a file of the site that carries them; `None` if it is not there, or there is no
    /// site.
    ///
    /// # Errors
    /// Names what could not be read.
    pub fn carried(&self, path: &TreePath) -> Result<Option<Vec<u8>>> {
        match &self.site {
            None => Ok(None),
            Some(Site::Built(root)) => store::read_file(&root.join(path.as_str())),
            Some(Site::Live(client)) => {
                let folder = path.as_str().strip_suffix("index.html");
                let folder = folder.filter(|folder| folder.is_empty() || folder.ends_with('/'));
                client.get(folder.unwrap_or(path.as_str()))
            }
        }
    }

    /// Returns the files of the site that carries them; none where they cannot be listed.
    ///
    /// # Errors
    /// Names what could not be read.
    pub fn listed(&self) -> Result<Vec<TreePath>> {
        match &self.site {
            Some(Site::Built(root)) => store::list_files(root),
            _ => Ok(Vec::new()),
        }
    }

    /// Returns true if a site carries them.
    pub fn is_site(&self) -> bool {
        self.site.is_some()
    }

    /// Returns true if a site on the web carries them.
    pub fn is_live(&self) -> bool {
        matches!(self.site, Some(Site::Live(_)))
    }

    /// Runs `work` on the client's thread pool for a live site, otherwise directly.
    pub fn install<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.site {
            Some(Site::Live(client)) => client.pool().install(work),
            _ => work(),
        }
    }

    /// Reports what a site does not carry although it must. A project carries nothing.
    ///
    /// # Errors
    /// Names what could not be read.
    pub fn report_missing(
        &self,
        carriers: &[(Route<'_>, Digest)],
        diagnostics: &mut Diagnostics,
    ) -> Result<()> {
        let found: Vec<Option<Diagnostic>> = match &self.site {
            None => return Ok(()),
            Some(Site::Built(root)) => {
                let look = |(route, digest): &(Route<'_>, Digest)| {
                    Ok(render::carried(*route, digest, page(root, *route)?.as_deref()))
                };
                carriers.par_iter().map(look).collect::<Result<_>>()?
            }
            Some(Site::Live(client)) => {
                let look = |(route, digest): &(Route<'_>, Digest)| {
                    Ok(render::carried(*route, digest, client.get(&route.address())?.as_deref()))
                };
                client.pool().install(|| carriers.par_iter().map(look).collect::<Result<_>>())?
            }
        };
        diagnostics.extend(found.into_iter().flatten());
        Ok(())
    }
}

/// Returns the address at which a site has its ledger.
fn missing(address: &str, patience: Duration) -> Result<Url> {
    Ok(Client::new(address, patience)?.address(copy().join(ledger::LEDGER).as_str()))
}

/// Returns the folder in which a site carries the released versions.
fn copy() -> TreePath {
    TreePath::new(Route::Frozen(ledger::LEDGER).file().folder()).expect("a folder is a path")
}

fn page(root: &Path, route: Route<'_>) -> Result<Option<Vec<u8>>> {
    store::read_file(&root.join(route.file().as_str()))
}
