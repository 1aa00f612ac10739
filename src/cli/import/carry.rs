//! A plan carried out, in memory: its texts found, mended and made into releases, and the drafts
//! that are left.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use jiff::civil::Date;

use crate::cli::import::proposal::{Wanted, known, place, taken};
use crate::cli::import::sources::Converted;
use crate::cli::report;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger::{Import, Imported, Original};
use crate::model::{DocumentId, ListKind, Site};
use crate::parse::Given;
use crate::parse::plan::{Plan, Version, located};
use crate::store::Project;
use crate::tree::{Digest, File, Source, Span, Tree, TreePath};
use crate::{ledger, parse, programs, store};

/// A plan as it is written, and the texts that are known already by where they are found.
pub struct Written {
    /// The name of the file.
    pub path: TreePath,
    /// Its text.
    pub text: String,
    /// The texts, by the files that they are of and where they are found.
    pub known: BTreeMap<(String, String), Given>,
}

/// What carrying out a plan would write.
pub struct Carried {
    /// The releases.
    pub import: Import,
    /// The ids of the policies.
    pub policies: Vec<DocumentId>,
    /// The drafts, where they are not there yet.
    pub drafts: Tree<File>,
    /// How many files of a folder are left out.
    pub others: usize,
    /// How many links lead nowhere, that no rule names.
    pub links: usize,
}

/// A text of a plan.
struct Planned<'a> {
    version: usize,
    name: &'a str,
    id: &'a DocumentId,
    source: &'a str,
    span: Span,
}

impl Planned<'_> {
    /// Returns the path of the text, from the top of its repository where it is from one.
    fn path(&self, plan: &Plan) -> &str {
        match plan.git {
            Some(_) => located(self.source).1.unwrap_or(self.name),
            None => self.source,
        }
    }

    /// Returns what its links start from, and what kind of document it is.
    fn place(&self, plan: &Plan) -> Option<TreePath> {
        place(self.path(plan))
    }
}

/// Carries out a plan; `None` if anything is wrong with it, which is reported.
///
/// # Errors
/// Says what cannot be read, and what is there already.
pub fn carry(
    written: &Written,
    directory: &Path,
    project: &Project,
    site: &Site,
    today: Date,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Carried>> {
    let source = Source::of_text(&written.path, written.text.as_str());
    let Some(plan) = parse::plan::read(&source, diagnostics) else { return Ok(None) };
    let ids = policies(&plan, site, &written.path, diagnostics);
    check(&plan, site, today, &written.path, diagnostics);
    let texts = planned(&plan, &ids, &written.path, diagnostics);
    if diagnostics.has_errors() {
        return Ok(None);
    }
    let given = found(&plan, &texts, written, directory, diagnostics)?;
    if diagnostics.has_errors() {
        return Ok(None);
    }
    let date = |text: &Planned<'_>| plan.versions[text.version].date.as_ref().map(|it| it.value);
    let wanted = |(text, given)| {
        let text: &Planned<'_> = text;
        Wanted { id: text.id, path: text.place(&plan), date: date(text), given }
    };
    let mended: Vec<Wanted<'_>> = texts.iter().zip(&given).map(wanted).collect();
    let files = match plan.git {
        Some(_) => {
            texts.iter().map(|text| (text.path(&plan).to_owned(), text.id.clone())).collect()
        }
        None => BTreeMap::new(),
    };
    let known = known(files, &mended, &plan.rules);
    let mut originals: BTreeMap<usize, Original> = BTreeMap::new();
    let mut links: BTreeMap<&DocumentId, usize> = BTreeMap::new();
    for (text, taken) in texts.iter().zip(taken(&mended, &plan.rules, &known, &plan.columns)) {
        let taken = match taken {
            Ok(taken) => taken,
            Err(why) => {
                let found = format!("`{}` cannot be imported: {why}", text.source.escape_debug());
                let found = Diagnostic::error(Code::BadValue, found).at(&written.path, text.span);
                diagnostics.push(found.help("delete the line, or the version if it has no other"));
                continue;
            }
        };
        links.insert(text.id, taken.noticed.links.values().sum());
        let version = &plan.versions[text.version];
        let original = originals.entry(text.version).or_insert_with(|| original(version));
        original.texts.push((text.id.clone(), taken.files));
    }
    if diagnostics.has_errors() {
        return Ok(None);
    }
    let (at, originals): (Vec<usize>, Vec<Original>) = originals.into_iter().unzip();
    let digest = Digest::of(&written.text);
    let lent: Vec<&Original> = originals.iter().collect();
    let import = ledger::import(site, &project.files, &lent, Some(digest), today);
    let import = import.map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
    for (original, objection) in &import.objections {
        let kind = &plan.versions[at[*original]].kind;
        let found = format!("this version is not editorial: {}", objection.message);
        let found = Diagnostic::error(Code::BadValue, found).at(&written.path, kind.span);
        diagnostics.push(found.help("write `kind: substantive`"));
    }
    if diagnostics.has_errors() {
        return Ok(None);
    }
    let drafts = drafts(project, site, &originals, &import.versions)?;
    let policies = ids.values().cloned().collect();
    let others = given.iter().map(others).max().unwrap_or_default();
    Ok(Some(Carried { import, policies, drafts, others, links: links.values().sum() }))
}

fn original(version: &Version) -> Original {
    Original {
        id: Some(version.id.value.to_string()),
        written: version.date.as_ref().map(|date| date.value),
        summary: version.summary.value.clone(),
        kind: version.kind.value,
        texts: Vec::new(),
    }
}

/// Counts what of a folder is left out.
fn others(given: &Given) -> usize {
    match given {
        Given::Folder { others, .. } => *others,
        Given::File(_) => 0,
    }
}

/// Returns the policies by the names of their files; reports those that cannot be imported.
fn policies<'a>(
    plan: &'a Plan,
    site: &Site,
    path: &TreePath,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<&'a str, DocumentId> {
    let mut ids: BTreeMap<&str, DocumentId> = BTreeMap::new();
    for (name, id) in &plan.policies {
        let Some(id) = id else { continue };
        let versions = site.history(id.value.as_str()).map_or(0, |it| it.versions.len());
        if versions > 0 {
            let count = report::counted(versions, "released version");
            let message = format!(
                "`{}` has {count}, and only a policy without any can be imported",
                id.value
            );
            let there = Diagnostic::error(Code::BadValue, message).at(path, id.span);
            diagnostics
                .push(there.help("choose another name, or write nothing to leave the file out"));
        } else if ids.values().any(|other| *other == id.value) {
            let message = format!("two files become the policy `{}`", id.value);
            let twice = Diagnostic::error(Code::DuplicateId, message).at(path, id.span);
            diagnostics.push(twice.help("choose another name for one of them"));
        }
        ids.insert(&name.value, id.value.clone());
    }
    ids
}

/// Reports ids that are taken, and days that go back or have not come.
fn check(plan: &Plan, site: &Site, today: Date, path: &TreePath, diagnostics: &mut Diagnostics) {
    let mut ids = BTreeMap::new();
    let mut newest: BTreeMap<&str, Date> = BTreeMap::new();
    for version in &plan.versions {
        let id = &version.id;
        if site.is_taken(&id.value) || ids.insert(id.value.clone(), ()).is_some() {
            let message = format!("there is a release `{}` already", id.value);
            let taken = Diagnostic::error(Code::DuplicateId, message).at(path, id.span);
            diagnostics.push(
                taken.help(format!("give this version another id, such as `{}.2`", id.value)),
            );
        }
        let Some(date) = &version.date else { continue };
        if date.value > today {
            let message = format!("{} is after {today}, today", date.value);
            let ahead = Diagnostic::error(Code::BadValue, message).at(path, date.span);
            diagnostics.push(ahead.help("write the day on which readers got the text"));
            continue;
        }
        let names = || version.texts.iter().map(|(name, _)| name.value.as_str());
        let before = names().filter_map(|name| newest.get(name)).max().copied();
        if let Some(before) = before.filter(|before| *before > date.value) {
            let message = format!("{} is before {before}, the day of a version above", date.value);
            let back = Diagnostic::error(Code::BadValue, message).at(path, date.span);
            diagnostics.push(back.help("put the versions of a file in the order of their days"));
        }
        for name in names() {
            let day = newest.entry(name).or_insert(date.value);
            *day = (*day).max(date.value);
        }
    }
}

/// Returns the texts that are wanted; reports those of files that the plan does not name.
fn planned<'a>(
    plan: &'a Plan,
    ids: &'a BTreeMap<&str, DocumentId>,
    path: &TreePath,
    diagnostics: &mut Diagnostics,
) -> Vec<Planned<'a>> {
    let mut texts = Vec::new();
    for (at, version) in plan.versions.iter().enumerate() {
        for (name, source) in &version.texts {
            let listed = plan.policies.iter().any(|(other, _)| other.value == name.value);
            match ids.get(name.value.as_str()) {
                Some(id) => texts.push(Planned {
                    version: at,
                    name: &name.value,
                    id,
                    source: &source.value,
                    span: source.span,
                }),
                None if listed => {}
                None => {
                    let message = format!("`policies` has no `{}`", name.value.escape_debug());
                    let lost = Diagnostic::error(Code::BadValue, message).at(path, name.span);
                    diagnostics
                        .push(lost.help("name the file there, and the policy that it becomes"));
                }
            }
        }
    }
    if texts.is_empty() && !diagnostics.has_errors() {
        let none = Diagnostic::error(Code::Empty, "the plan holds no text to import").in_file(path);
        diagnostics
            .push(none.help("name a policy under `policies`, and its texts under `versions`"));
    }
    texts
}

/// Finds the texts of a plan.
fn found(
    plan: &Plan,
    texts: &[Planned<'_>],
    written: &Written,
    directory: &Path,
    diagnostics: &mut Diagnostics,
) -> Result<Vec<Given>> {
    let known = |text: &Planned<'_>| {
        written.known.get(&(text.name.to_owned(), text.source.to_owned())).cloned()
    };
    let mut given: Vec<Option<Given>> = texts.iter().map(known).collect();
    let lacking: Vec<usize> = (0..texts.len()).filter(|at| given[*at].is_none()).collect();
    match &plan.git {
        Some(git) if !lacking.is_empty() => {
            let sources: Vec<(String, String)> = lacking
                .iter()
                .map(|at| {
                    let text = &texts[*at];
                    (located(text.source).0.to_owned(), text.path(plan).to_owned())
                })
                .collect();
            let read = programs::texts_at(&directory.join(git), &sources)?;
            for (at, read) in lacking.into_iter().zip(read) {
                given[at] = read;
            }
        }
        Some(_) => {}
        None => {
            for at in lacking {
                given[at] = Some(store::import_source(&directory.join(texts[at].source))?);
            }
        }
    }
    let (mut all, mut converted) = (Vec::new(), Converted::default());
    for (text, given) in texts.iter().zip(given) {
        let is_known = known(text).is_some();
        match given {
            Some(given) if is_known => all.push(given),
            Some(given) => all.push(converted.markdown(text.path(plan), given, directory)?),
            None => {
                let commit = located(text.source).0;
                let message = format!(
                    "the commit {} has no `{}`",
                    commit.get(..10).unwrap_or(commit),
                    text.path(plan).escape_debug()
                );
                let lost = Diagnostic::error(Code::BadValue, message).at(&written.path, text.span);
                diagnostics.push(lost.help("write a commit of the repository that `git` names, and the path that the file had in it"));
            }
        }
    }
    Ok(all)
}

/// Returns the files that make the newest texts the drafts; of a policy whose draft says the same
/// already, none.
fn drafts(
    project: &Project,
    site: &Site,
    originals: &[Original],
    versions: &[Option<Imported>],
) -> Result<Tree<File>> {
    let mut newest: BTreeMap<&DocumentId, &Tree<File>> = BTreeMap::new();
    let mut documents = BTreeMap::new();
    for (original, version) in originals.iter().zip(versions) {
        for read in version.iter().flat_map(|version| &version.documents) {
            let text = original.texts.iter().find(|(id, _)| *id == read.id);
            newest.extend(text.map(|(id, files)| (id, files)));
            documents.insert(read.id.clone(), &read.document);
        }
    }
    let mut drafts = Tree::new();
    for (id, files) in newest {
        let list = ListKind::of(id.as_str()).is_some();
        let folder = TreePath::new(&format!("content/{id}{}", if list { ".yaml" } else { "" }))?;
        let mut there = project.files.under(&folder).map(|(path, _)| path.folder());
        if project.files.get(&folder).is_none() && !there.any(|it| it == folder.as_str()) {
            drafts.extend(files.iter().map(|(path, file)| (path.clone(), file.clone())));
            continue;
        }
        match site.history(id.as_str()).and_then(|history| history.draft.as_deref()) {
            Some(draft) if ledger::same_words(draft, documents[id]) => {}
            _ => bail!(
                "`{folder}` is there, and does not say what the newest text says: move it away, import, then bring it back and release it"
            ),
        }
    }
    Ok(drafts)
}
