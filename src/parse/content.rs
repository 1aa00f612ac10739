//! The whole content folder: which file is read as what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::model::{Content, Document, DocumentId, LISTS, List, ListKind, Policy};
use crate::parse::kept::{Read, recalled};
use crate::parse::policy::{Rules, source};
use crate::parse::reference::References;
use crate::parse::{invisible, lists, obfuscated_mail, policy, released, security_txt, site};
use crate::tree::{Digest, File, Hasher, Memo, Tree, TreePath};

const ROOT: &str = "content";
const SITE: &str = "site.yaml";
/// The folder of pages that are no policies.
const PAGES: &str = "pages";

type Files<'a> = Vec<(&'a TreePath, &'a File)>;

/// The policies that were read before, each with what was found in it.
pub type Policies = Memo<Read>;

/// Reads the draft: everything under `content/` but the released versions.
pub fn content(files: &Tree<File>, diagnostics: &mut Diagnostics) -> Content {
    content_again(files, &Policies::new(), diagnostics)
}

/// Reads the draft, and of the policies those that were not read before.
pub fn content_again(
    files: &Tree<File>,
    policies: &Policies,
    diagnostics: &mut Diagnostics,
) -> Content {
    let path = TreePath::new("content/site.yaml").expect("a path");
    let config = match files.get(&path) {
        Some(file) => source(&path, file, diagnostics).map_or_else(site::unknown, |source| {
            obfuscated_mail::check(&source, diagnostics);
            invisible::check(&source, 0, diagnostics);
            site::config(&source, files, diagnostics)
        }),
        None => {
            let missing = Diagnostic::error(Code::MissingFile, "there is no `content/site.yaml`")
                .in_file(&path);
            diagnostics.push(missing.help("run `policybook init` for a project to start from, or `-C DIR` for one that lies elsewhere"));
            site::unknown()
        }
    };
    let mut folders = folders(files, diagnostics);
    let loose = loose(&mut folders);
    let lists = drafted_lists(files, diagnostics);
    let ordered: Vec<List> = lists.iter().map(|list| released::in_order(files, list)).collect();
    let references = References::new(&config.contacts, ordered.iter());
    let rules = Rules { references, raw_html: config.raw_html };
    // Text refers to the data of these files: what is read of a policy depends on them and on its
    // own files.
    let drafted = DocumentId::lists().map(|id| list_file(files, ROOT, id)).map(digest);
    let released = DocumentId::lists().map(|id| released::file(files, id)).map(digest);
    let site = std::iter::once(files.get(&path).map(File::digest));
    let referred: Vec<Option<Digest>> = site.chain(drafted).chain(released).collect();
    let root = TreePath::new(ROOT).expect("a path");
    let read = |(id, own): (&DocumentId, &Files<'_>)| {
        let kept = |bytes: &[u8]| recalled(bytes, files, &root);
        policies.recall(input(&referred, own), kept, || {
            let mut found = Diagnostics::new();
            let policy = policy::policy(ROOT, id, own, Some(&rules), &mut found);
            (policy.map(|policy| Arc::new(Document::Policy(policy))), found)
        })
    };
    let mut documents = BTreeMap::new();
    for (id, (document, found)) in
        folders.keys().zip(folders.par_iter().map(read).collect::<Vec<_>>())
    {
        diagnostics.extend(found);
        if let Some(document) = document {
            documents.insert(id.clone(), document);
        }
    }
    for list in lists {
        let id = DocumentId::new(list.kind.id).expect("a list's id");
        documents.insert(id, Arc::new(Document::List(list)));
    }
    if folders.is_empty() && !config.name.is_empty() {
        let none = Diagnostic::error(Code::Empty, "there is no policy").in_file(&path);
        diagnostics.push(none.help("make a folder in `content/` with an `_index.md` in it"));
    }
    let pages = pages(&loose, &documents, &rules, diagnostics);
    Content { config, documents, pages }
}

/// Takes the files of pages that are no policies: those of a folder `pages` that is no policy
/// itself.
fn loose<'a>(folders: &mut BTreeMap<DocumentId, Files<'a>>) -> Files<'a> {
    let is_policy =
        |files: &Files<'_>| files.iter().any(|(path, _)| path.name() == policy::OPENING);
    match folders.get(PAGES) {
        Some(files) if !is_policy(files) => folders.remove(PAGES).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Reads the pages that are no policies.
fn pages(
    files: &Files<'_>,
    documents: &BTreeMap<DocumentId, Arc<Document>>,
    rules: &Rules,
    diagnostics: &mut Diagnostics,
) -> Vec<Policy> {
    let mut pages = Vec::new();
    for &(path, file) in files {
        let name = path.name().trim_end_matches(".md");
        let id = DocumentId::new(name)
            .filter(|id| !DocumentId::is_reserved(name) && !documents.contains_key(id));
        match id {
            Some(id) => pages.extend(policy::page(ROOT, &id, path, file, rules, diagnostics)),
            None => {
                let bad = Diagnostic::error(
                    Code::BadName,
                    format!("`{}` cannot be the name of a page", name.escape_debug()),
                );
                diagnostics.push(bad.in_file(path).help(
                    "use lower-case letters, digits and single hyphens, and a name that no policy or list has: it becomes the address",
                ));
            }
        }
    }
    pages
}

fn digest(file: Option<(TreePath, &File)>) -> Option<Digest> {
    file.map(|(_, file)| file.digest())
}

/// Returns the digest of all that a policy is read from.
fn input(referred: &[Option<Digest>], files: &Files<'_>) -> Digest {
    let mut input = Hasher::default();
    files.iter().for_each(|(path, file)| input.add_file(path.as_str(), file));
    input.add(format!("{referred:?}"));
    input.digest()
}

/// Reads one document as it is kept under `root`, a released version's folder, where words refer to
/// nothing and raw HTML reaches readers or not.
pub fn document(
    files: &Tree<File>,
    root: &TreePath,
    id: &DocumentId,
    raw_html: bool,
    diagnostics: &mut Diagnostics,
) -> Option<Document> {
    if let Some(kind) = ListKind::of(id.as_str())
        && let Some((path, file)) = list_file(files, root.as_str(), kind.id)
    {
        let source = source(&path, file, diagnostics)?;
        return Some(Document::List(lists::list(kind, &source, diagnostics)));
    }
    let folder = root.join(id.as_str());
    let markdown = |(path, _): &(&TreePath, &File)| {
        path.folder() == folder.as_str() && path.name().ends_with(".md")
    };
    let files: Files<'_> = files.under(&folder).filter(markdown).collect();
    let policy = policy::policy(root.as_str(), id, &files, None, diagnostics)?;
    Some(Document::Policy(Policy { raw_html, ..policy }))
}

/// Groups the markdown files of the draft by their policies, and reports what is read by nobody.
fn folders<'a>(
    files: &'a Tree<File>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<DocumentId, Files<'a>> {
    let mut folders: BTreeMap<DocumentId, Files<'a>> = BTreeMap::new();
    let mut reported: Option<&str> = None;
    let mut unportable: BTreeSet<String> = BTreeSet::new();
    for (path, file) in files.under(&TreePath::new(ROOT).expect("a path")) {
        let within = path.within(ROOT).unwrap_or_default();
        if within.starts_with("versions/")
            || path.name().starts_with('.')
            || path.name().ends_with('~')
        {
            continue;
        }
        let Some((folder, name)) = within.rsplit_once('/') else {
            stray_at_the_top(path, within, diagnostics);
            continue;
        };
        if !name.ends_with(".md") {
            let stray = Diagnostic::warning(
                Code::StrayFile,
                "a policy holds markdown only; this file is not used",
            )
            .in_file(path);
            let markdown = ["markdown", "mdown", "mkd", "mdx", "MD"]
                .into_iter()
                .find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'));
            diagnostics.push(match markdown {
                Some(stem) => stray.help(format!("rename it to `{stem}.md`")),
                None => stray.help("move it out of `content/`"),
            });
            continue;
        }
        if let Some(part) = path.unportable().filter(|part| unportable.insert((*part).to_owned())) {
            let held = Diagnostic::warning(
                Code::BadName,
                format!("Windows cannot hold a file or folder of the name `{part}`"),
            );
            diagnostics.push(
                held.in_file(path).help(
                    "rename it: nobody could check this project out there, or serve its pages",
                ),
            );
        }
        let taken = folder.split('/').any(DocumentId::is_reserved);
        match DocumentId::new(folder).filter(|_| !taken) {
            Some(id) => folders.entry(id).or_default().push((path, file)),
            None if reported == Some(folder) => {}
            None => {
                reported = Some(folder);
                let bad = Diagnostic::error(
                    Code::BadName,
                    format!("`{folder}` cannot be the name of a policy"),
                )
                .in_file(path);
                diagnostics.push(match taken {
                    true => bad.help("choose another name: that address is taken"),
                    false => bad.help("use lower-case letters, digits and single hyphens: the name becomes the address"),
                });
            }
        }
    }
    folders
}

fn stray_at_the_top(path: &TreePath, name: &str, diagnostics: &mut Diagnostics) {
    let lists = DocumentId::lists().map(|id| format!("{id}.yaml"));
    let known: Vec<String> = lists.chain([SITE.to_owned()]).collect();
    if known.iter().any(|known| known == name) || security_txt::is_own(name) {
        return;
    }
    let stray = Diagnostic::error(Code::StrayFile, format!("nothing reads `{path}`")).in_file(path);
    diagnostics.push(match nearest(name, known.iter().map(String::as_str)) {
        Some(meant) => stray.help(format!("did you mean `{meant}`?")),
        None if name.ends_with(".md") => stray.help(
            "a section lies in the folder of its policy, as in `content/security/10-reporting.md`",
        ),
        None => stray.help("move it out of `content/`"),
    });
}

fn list_file<'a>(files: &'a Tree<File>, root: &str, id: &str) -> Option<(TreePath, &'a File)> {
    let path = TreePath::new(&format!("{root}/{id}.yaml")).ok()?;
    files.get(&path).map(|file| (path, file))
}

/// Reads the lists of the draft.
fn drafted_lists(files: &Tree<File>, diagnostics: &mut Diagnostics) -> Vec<List> {
    let read = |kind: &'static ListKind| {
        let mut found = Diagnostics::new();
        (list(files, kind, &mut found), found)
    };
    let mut lists = Vec::new();
    for (list, found) in LISTS.into_par_iter().map(read).collect::<Vec<_>>() {
        diagnostics.extend(found);
        lists.extend(list);
    }
    lists
}

/// Returns true if a file holds comments and nothing else.
fn is_commented_out(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
    lines.peek().is_some() && lines.all(|line| line.starts_with('#'))
}

/// Reads a list of the draft; one that cannot be read is there all the same, with nobody on it. One
/// of comments only was not begun.
fn list(
    files: &Tree<File>,
    kind: &'static ListKind,
    diagnostics: &mut Diagnostics,
) -> Option<List> {
    let (path, file) = list_file(files, ROOT, kind.id)?;
    let Some(source) = source(&path, file, diagnostics) else {
        return Some(List::empty(kind));
    };
    if is_commented_out(&source.text) {
        return None;
    }
    obfuscated_mail::check(&source, diagnostics);
    invisible::check(&source, 0, diagnostics);
    Some(lists::list(kind, &source, diagnostics))
}
