//! The example, the default theme and what CI runs, kept inside the program: what `init` writes,
//! and what every site's own theme stands on.

use rust_embed::Embed;

use crate::tree::{File, Tree, TreePath};

#[derive(Embed)]
#[folder = "content"]
struct Content;

#[derive(Embed)]
#[folder = "themes"]
struct Themes;

#[derive(Embed)]
#[folder = "src/store/ci"]
struct Ci;

#[derive(Embed)]
#[folder = "src/store/skeleton"]
struct Skeleton;

/// Returns the example project: `content/` as it is in this program's own repository. The default
/// theme is not part of it: a copy would hold a site back from every later fix of that theme.
pub fn example() -> Tree<File> {
    Content::iter()
        .filter_map(|name| Some(file("content", &name, &Content::get(&name)?.data)))
        .collect()
}

/// Returns a project to begin with: one policy and lists to be written by its author. What the
/// author says of it stands between `@` in `site.yaml`.
pub fn skeleton() -> Tree<File> {
    Skeleton::iter()
        .filter_map(|name| {
            let file = File::new(&*Skeleton::get(&name)?.data);
            Some((TreePath::new(&name).expect("an embedded path"), file))
        })
        .collect()
}

/// Returns the default theme, at `themes/default/`.
pub fn default_theme() -> Tree<File> {
    Themes::iter()
        .filter_map(|name| Some(file("themes", &name, &Themes::get(&name)?.data)))
        .collect()
}

/// Returns what a CI service is to run, as files of a project: those below `src/store/ci/SERVICE/`
/// of this program's own repository.
pub fn ci(service: &str) -> Tree<File> {
    let within = |name: &str| {
        name.strip_prefix(service)?.strip_prefix('/').and_then(|path| TreePath::new(path).ok())
    };
    Ci::iter()
        .filter_map(|name| Some((within(&name)?, File::new(&*Ci::get(&name)?.data))))
        .collect()
}

fn file(folder: &str, name: &str, bytes: &[u8]) -> (TreePath, File) {
    (TreePath::new(&format!("{folder}/{name}")).expect("an embedded path"), File::new(bytes))
}
