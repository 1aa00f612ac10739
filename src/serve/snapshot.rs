//! A finished site by its addresses, and what changed since the previous one.

use std::collections::BTreeMap;

use crate::compile::Rest;
use crate::render::Route;
use crate::tree::{File, Tree, TreePath};

/// How many letters of a digest the theme puts into the name of a static file.
const DIGEST: usize = 8;

/// A finished site.
pub struct Snapshot {
    /// Where it lies on its host: begins and ends with `/`.
    base: String,
    files: Tree<File>,
    /// What is rendered when it is asked for.
    rest: Option<Rest>,
}

/// What is found at an address.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A file of this name.
    File(TreePath, File),
    /// Nothing, but a folder's page or the front page is there: it lies at this path.
    Elsewhere(String),
    /// Nothing; with the page that says so, if the site has one.
    Missing(Option<File>),
}

/// The change of a page that is open in a browser.
#[derive(Debug, PartialEq, Eq)]
pub enum News {
    /// Nothing.
    Same,
    /// It names other style sheets, and is the same otherwise: the address of each in the site,
    /// before and after.
    Styles(Vec<(String, String)>),
    /// It says something else.
    Other,
}

impl Snapshot {
    /// Returns the site of these files, which lies at `base` on its host. Bytes that were there
    /// `before` are kept once.
    pub fn new(base: &str, files: Tree<File>, before: Option<&Snapshot>) -> Snapshot {
        let known =
            |path: &TreePath, file: File| match before.and_then(|before| before.files.get(path)) {
                Some(same) if same.digest() == file.digest() => same.clone(),
                _ => file,
            };
        let files =
            files.into_iter().map(|(path, file)| (path.clone(), known(&path, file))).collect();
        Snapshot { base: base.to_owned(), files, rest: None }
    }

    /// Adds what is rendered when it is asked for.
    #[must_use]
    pub fn with(self, rest: Rest) -> Snapshot {
        Snapshot { rest: Some(rest), ..self }
    }

    /// Returns that.
    pub fn rest(&self) -> Option<&Rest> {
        self.rest.as_ref()
    }

    fn file(&self, path: &TreePath) -> Option<File> {
        self.files.get(path).cloned().or_else(|| self.rest.as_ref()?.file(path))
    }

    /// Returns where the site lies on its host: begins and ends with `/`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Returns how many pages there are, and how many other files.
    pub fn counts(&self) -> (usize, usize) {
        let pages = self.files.iter().filter(|(path, _)| is_page(path)).count();
        (pages, self.files.len() - pages)
    }

    /// Returns what is found at the path of an address, as it reads without its percent signs.
    pub fn find(&self, path: &str) -> Found {
        if path == "/" && self.base != "/" {
            return Found::Elsewhere(self.base.clone());
        }
        let within = match path.strip_prefix(self.base.as_str()) {
            Some(within) => within,
            None if format!("{path}/") == self.base => return Found::Elsewhere(self.base.clone()),
            None => return self.missing(),
        };
        let index = if within.is_empty() || within.ends_with('/') { "index.html" } else { "" };
        let Ok(file) = TreePath::new(&format!("{within}{index}")) else {
            return self.missing();
        };
        match self.file(&file) {
            Some(found) => Found::File(file, found),
            None if self.file(&file.join("index.html")).is_some() => {
                Found::Elsewhere(format!("{path}/"))
            }
            None => self.missing(),
        }
    }

    fn missing(&self) -> Found {
        Found::Missing(self.files.get(&Route::NotFound.file()).cloned())
    }

    /// Returns the change of the page at the path of an address since `before`.
    pub fn news(&self, before: &Snapshot, path: &str) -> News {
        let (old, new) = match (before.find(path), self.find(path)) {
            (Found::File(_, old), Found::File(_, new))
            | (Found::Missing(Some(old)), Found::Missing(Some(new))) => (old, new),
            (old, new) if old == new => return News::Same,
            _ => return News::Other,
        };
        if old.digest() == new.digest() {
            return News::Same;
        }
        let styles = self.styles(before);
        if !styles.is_empty() && renamed(old.bytes(), &styles) == new.bytes() {
            News::Styles(styles)
        } else {
            News::Other
        }
    }

    /// Returns the style sheets that have other bytes, and so another address, than before.
    fn styles(&self, before: &Snapshot) -> Vec<(String, String)> {
        let sheets = |site: &Snapshot, other: &Snapshot| -> BTreeMap<String, String> {
            let own = site
                .files
                .iter()
                .map(|(path, _)| path)
                .filter(|path| other.files.get(path).is_none());
            own.filter_map(|path| Some((undigested(path.as_str())?.to_owned(), path.to_string())))
                .collect()
        };
        let mut after = sheets(self, before);
        sheets(before, self)
            .into_iter()
            .filter_map(|(name, old)| Some((old, after.remove(&name)?)))
            .collect()
    }

    /// Returns the addresses of the pages that are new, other or gone since `before`, from the host
    /// on.
    pub fn changed(&self, before: &Snapshot) -> Vec<String> {
        let other = |(path, file): &(&TreePath, &File)| {
            before.files.get(path).is_none_or(|old| old.digest() != file.digest())
        };
        let new = self.files.iter().filter(other).map(|(path, _)| path);
        let gone =
            before.files.iter().map(|(path, _)| path).filter(|path| self.files.get(path).is_none());
        let address = |path: &TreePath| {
            format!(
                "{}{}",
                self.base,
                path.as_str().strip_suffix("index.html").unwrap_or(path.as_str())
            )
        };
        let mut changed: Vec<String> =
            new.chain(gone).filter(|path| is_page(path)).map(address).collect();
        changed.sort();
        changed
    }
}

/// Returns true if a file is a page.
pub fn is_page(path: &TreePath) -> bool {
    path.as_str().ends_with(".html")
}

/// Returns what a style sheet of the theme is called before the digest in its name.
fn undigested(path: &str) -> Option<&str> {
    let (name, digest) = path.strip_suffix(".css")?.rsplit_once('.')?;
    (digest.len() == DIGEST && digest.bytes().all(|letter| letter.is_ascii_hexdigit()))
        .then_some(name)
}

/// Returns the bytes of a page with each address of a style sheet replaced; the new one is as long
/// as the old one.
fn renamed(page: &[u8], styles: &[(String, String)]) -> Vec<u8> {
    let mut page = page.to_vec();
    for (old, new) in styles {
        let places: Vec<usize> = memchr::memmem::find_iter(&page, old).collect();
        for place in places {
            page[place..place + old.len()].copy_from_slice(new.as_bytes());
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(base: &str, files: &[(&str, &str)], before: Option<&Snapshot>) -> Snapshot {
        let file = |(path, text): &(&str, &str)| {
            (TreePath::new(path).unwrap(), File::new(text.as_bytes()))
        };
        Snapshot::new(base, files.iter().map(file).collect(), before)
    }

    fn described(found: Found) -> String {
        match found {
            Found::File(path, _) => format!("file {path}"),
            Found::Elsewhere(path) => format!("elsewhere {path}"),
            Found::Missing(page) => format!("missing {}", page.is_some()),
        }
    }

    #[test]
    fn an_address_finds_a_file_of_the_site_or_nothing() {
        let files = [
            ("index.html", "home"),
            ("404.html", "gone"),
            ("a/index.html", "a"),
            (".well-known/security.txt", "x"),
        ];
        let site = site("/p/", &files, None);
        for (path, what) in [
            ("/p/", "file index.html"),
            ("/p/a/", "file a/index.html"),
            ("/p/a", "elsewhere /p/a/"),
            ("/p", "elsewhere /p/"),
            ("/", "elsewhere /p/"),
            ("/p/.well-known/security.txt", "file .well-known/security.txt"),
            ("/a/", "missing true"),
            ("/p/b/", "missing true"),
            ("/p//a/", "missing true"),
            ("/p/../p/a/", "missing true"),
            ("/p/..\\..\\x", "missing true"),
            ("/p/a/index.html/", "missing true"),
            ("", "missing true"),
        ] {
            assert_eq!(described(site.find(path)), what, "{path}");
        }
    }

    #[test]
    fn a_page_that_only_names_another_style_sheet_keeps_its_words() {
        let page =
            |sheet: &str, words: &str| format!("<link href=\"../assets/site.{sheet}.css\">{words}");
        let make = |sheet: &str, words: &str, before: Option<&Snapshot>| {
            let sheet_file = format!("assets/site.{sheet}.css");
            site(
                "/",
                &[
                    ("a/index.html", &page(sheet, words)),
                    ("b/index.html", "b"),
                    (&sheet_file, sheet),
                ],
                before,
            )
        };
        let before = make("00000000", "words", None);
        let styled = make("11111111", "words", Some(&before));
        let swap = ("assets/site.00000000.css".to_owned(), "assets/site.11111111.css".to_owned());
        assert_eq!(styled.news(&before, "/a/"), News::Styles(vec![swap]));
        assert_eq!(styled.news(&before, "/b/"), News::Same);
        assert_eq!(make("11111111", "other", Some(&before)).news(&before, "/a/"), News::Other);
        assert_eq!(make("00000000", "words", Some(&before)).news(&before, "/a/"), News::Same);
        assert_eq!(make("00000000", "other", Some(&before)).changed(&before), ["/a/"]);
        assert_eq!(site("/", &[("b/index.html", "b")], None).news(&before, "/a/"), News::Other);
    }
}
