//! Freezing the draft: what a release adds to a project.

use std::collections::BTreeMap;

use crate::ledger::SUMS;
use crate::ledger::append;
use crate::ledger::frozen;
use crate::ledger::frozen::Sums;
use crate::ledger::release::Planned;
use crate::model::Document;
use crate::model::DocumentId;
use crate::model::Policy;
use crate::model::Release;
use crate::model::Section;
use crate::parse;
use crate::redline::Form;
use crate::tree::File;
use crate::tree::Source;
use crate::tree::Tree;
use crate::tree::TreePath;

/// Returns the files that releases add to the project `files`: their documents frozen with the references expanded, their digests, and the
/// ledger with an entry for each. Returns nothing where there is nothing to freeze.
pub fn release(files: &Tree<File>, planned: &[Planned<'_>]) -> Tree<File> {
    let (mut added, mut entries) = (Tree::new(), Vec::new());
    for Planned { release, documents, notice, .. } in planned {
        let drafts: Vec<(&DocumentId, &Document)> =
            documents.iter().filter_map(|history| Some((&history.id, history.draft.as_deref()?))).collect();
        if !drafts.is_empty() {
            let (folder, lines) = folder_and_lines(files, &drafts, release, notice);
            added.extend(folder);
            entries.push(lines);
        }
    }
    if !entries.is_empty() {
        added.extend([append::entries(files, entries.iter().map(Vec::as_slice))]);
    }
    added
}

/// Returns the folder of a release that freezes these documents, and the lines of its entry in the ledger.
pub fn folder_and_lines(
    files: &Tree<File>,
    drafts: &[(&DocumentId, &Document)],
    release: &Release,
    notice: &BTreeMap<DocumentId, i64>,
) -> (Tree<File>, Vec<String>) {
    let frozen: Tree<File> = drafts.iter().flat_map(|(_, draft)| freeze(draft, files)).collect();
    let ids: Vec<&DocumentId> = drafts.iter().map(|(id, _)| *id).collect();
    entry(frozen, &ids, release, notice, raw_html(drafts))
}

/// Returns the folder of a release of these frozen files, by their paths in it, and the lines of its entry in the ledger.
pub fn entry(
    frozen: Tree<File>,
    ids: &[&DocumentId],
    release: &Release,
    notice: &BTreeMap<DocumentId, i64>,
    raw_html: Option<bool>,
) -> (Tree<File>, Vec<String>) {
    let sums = Sums::of(&frozen);
    let folder = frozen::folder(&release.id);
    let text = |key: &str, value: &str| format!("{key}: {}", parse::quoted(value));
    let mut lines = vec![text("release", release.id.as_str())];
    lines.extend(release.released.map(|day| format!("released: {day}")));
    lines.extend(release.effective.map(|day| format!("effective: {day}")));
    lines.push(format!("kind: {}", release.kind.as_str()));
    lines.extend(release.attested.as_ref().map(|name| text("attested", name)));
    lines.extend(release.approved_by.as_ref().map(|name| text("approved_by", name)));
    lines.extend(release.follows.as_ref().map(|id| text("follows", id.as_str())));
    lines.extend(release.with.as_ref().map(|id| text("with", id.as_str())));
    if !notice.is_empty() {
        let days: Vec<String> = notice.iter().map(|(id, days)| format!("{}: {days}", parse::quoted(id.as_str()))).collect();
        lines.push(format!("notice: {{{}}}", days.join(", ")));
    }
    lines.extend(raw_html.map(|shown| format!("raw_html: {shown}")));
    lines.push(text("summary", &release.summary));
    lines.push("documents:".to_owned());
    lines.extend(ids.iter().map(|id| format!("  {id}: {}", sums.document(id))));
    let mut added: Tree<File> = frozen.into_iter().map(|(path, file)| (folder.join(path.as_str()), file)).collect();
    added.insert(folder.join(SUMS), File::new(sums.text().into_bytes()));
    (added, lines)
}

/// Returns whether raw HTML reaches readers, where readers of any of the documents would see the difference.
fn raw_html(drafts: &[(&DocumentId, &Document)]) -> Option<bool> {
    let policies = drafts.iter().filter_map(|(_, draft)| draft.policy());
    let mut differing = policies.filter(|policy| {
        let other = Policy { raw_html: !policy.raw_html, ..(*policy).clone() };
        policy.parts().any(|part| part.body.text().contains('<'))
            && Form::digest(&Document::Policy((*policy).clone())) != Form::digest(&Document::Policy(other))
    });
    differing.next().map(|policy| policy.raw_html)
}

/// Returns the frozen files of a document, by their paths in the release's folder.
pub fn freeze(document: &Document, files: &Tree<File>) -> Vec<(TreePath, File)> {
    let text = |path: &TreePath| {
        let path = TreePath::new(&format!("content/{path}")).expect("a file of the content folder");
        let file = files.get(&path).expect("a document was read from its files");
        Source::lossy(&path, file).text.into_owned()
    };
    let section = |section: &Section| {
        let matter = parse::front_matter_of(&text(&section.file)).to_owned();
        (section.file.clone(), File::new((matter + section.body.text()).into_bytes()))
    };
    let list = |id: &str| {
        let path = TreePath::new(&format!("{id}.yaml")).expect("a list's file");
        vec![(path.clone(), File::new(text(&path).into_bytes()))]
    };
    match document {
        Document::Policy(policy) => policy.parts().map(section).collect(),
        Document::Whitehats(whitehats) => {
            let path = TreePath::new(&format!("{}.yaml", DocumentId::WHITEHATS)).expect("a list's file");
            let shown = parse::shown_whitehats(&path, &text(&path), whitehats).expect("an entry that is not shown stands on its own lines");
            vec![(path, File::new(shown.into_bytes()))]
        }
        Document::Subprocessors(_) => list(DocumentId::SUBPROCESSORS),
        Document::Commitments(_) => list(DocumentId::COMMITMENTS),
    }
}
