//! Freezing the draft: what a release adds to a project.

use std::collections::BTreeMap;

use crate::ledger::frozen::Sums;
use crate::ledger::release::Planned;
use crate::ledger::{SUMS, append, frozen};
use crate::model::{Document, DocumentId, Policy, Release, Section};
use crate::parse;
use crate::redline::Form;
use crate::tree::{Digest, File, Source, Tree, TreePath};

/// What an entry of the ledger adds: the folder that it fills, and its lines.
pub type Added = (Tree<File>, Vec<String>);

/// Returns the files that entries add to the project `files`: their folders, and the ledger with
/// all of them. Nothing where there is none.
pub fn recorded(files: &Tree<File>, entries: Vec<Added>) -> Tree<File> {
    let (folders, lines): (Vec<Tree<File>>, Vec<Vec<String>>) = entries.into_iter().unzip();
    let ledger =
        (!lines.is_empty()).then(|| append::entries(files, lines.iter().map(Vec::as_slice)));
    folders.into_iter().flatten().chain(ledger).collect()
}

/// Returns the files that releases add to the project `files`: their documents frozen with the
/// references expanded, their digests, and the ledger with an entry for each. Returns an empty
/// tree if there is nothing to freeze.
pub fn release(files: &Tree<File>, releases: &[Planned<'_>]) -> Tree<File> {
    recorded(files, releases.iter().filter_map(|release| planned(files, release)).collect())
}

/// Returns what a planned release adds; `None` if there is nothing to freeze.
pub fn planned(
    files: &Tree<File>,
    Planned { release, documents, notice, .. }: &Planned<'_>,
) -> Option<Added> {
    let drafts: Vec<(&DocumentId, &Document)> = documents
        .iter()
        .filter_map(|history| Some((&history.id, history.draft.as_deref()?)))
        .collect();
    (!drafts.is_empty()).then(|| drafted(files, &drafts, release, notice))
}

/// Returns what a release of these drafts adds.
pub fn drafted(
    files: &Tree<File>,
    drafts: &[(&DocumentId, &Document)],
    release: &Release,
    notice: &BTreeMap<DocumentId, i64>,
) -> Added {
    let frozen: Tree<File> = drafts.iter().flat_map(|(_, draft)| freeze(draft, files)).collect();
    let ids: Vec<&DocumentId> = drafts.iter().map(|(id, _)| *id).collect();
    entry(frozen, &ids, release, notice, raw_html(drafts))
}

/// Returns what a release of these frozen files adds, which are given by their paths in its folder.
pub fn entry(
    frozen: Tree<File>,
    ids: &[&DocumentId],
    release: &Release,
    notice: &BTreeMap<DocumentId, i64>,
    raw_html: Option<bool>,
) -> Added {
    let sums = Sums::of(&frozen);
    let folder = frozen::folder(&release.id);
    let documents: Vec<(&DocumentId, Digest)> =
        ids.iter().map(|id| (*id, sums.document(id))).collect();
    let lines = lines(release, &documents, notice, raw_html);
    let mut added: Tree<File> =
        frozen.into_iter().map(|(path, file)| (folder.join(path.as_str()), file)).collect();
    added.insert(folder.join(SUMS), File::new(sums.text().into_bytes()));
    (added, lines)
}

/// Returns the lines of a release in the ledger.
pub fn lines(
    release: &Release,
    documents: &[(&DocumentId, Digest)],
    notice: &BTreeMap<DocumentId, i64>,
    raw_html: Option<bool>,
) -> Vec<String> {
    let text = |key: &str, value: &str| format!("{key}: {}", parse::quoted(value));
    let mut lines = vec![text("release", release.id.as_str())];
    lines.extend(release.released.map(|day| format!("released: {day}")));
    lines.extend(release.effective.map(|day| format!("effective: {day}")));
    lines.push(format!("kind: {}", release.kind.as_str()));
    lines.extend(release.attested.as_ref().map(|name| text("attested", name)));
    lines.extend(release.approved_by.as_ref().map(|name| text("approved_by", name)));
    lines.extend(release.follows.as_ref().map(|id| text("follows", id.as_str())));
    lines.extend(release.with.as_ref().map(|id| text("with", id.as_str())));
    lines.extend(release.plan.map(|plan| format!("plan: {plan}")));
    if !notice.is_empty() {
        let days: Vec<String> = notice
            .iter()
            .map(|(id, days)| format!("{}: {days}", parse::quoted(id.as_str())))
            .collect();
        lines.push(format!("notice: {{{}}}", days.join(", ")));
    }
    lines.extend(raw_html.map(|shown| format!("raw_html: {shown}")));
    lines.push(text("summary", &release.summary));
    lines.push("documents:".to_owned());
    lines.extend(
        documents.iter().map(|(id, digest)| format!("  {}: {digest}", parse::quoted(id.as_str()))),
    );
    lines
}

/// Returns whether raw HTML reaches readers, where readers of any of the documents would see the
/// difference.
fn raw_html(drafts: &[(&DocumentId, &Document)]) -> Option<bool> {
    let policies = drafts.iter().filter_map(|(_, draft)| draft.policy());
    let mut differing = policies.filter(|policy| {
        let other = Policy { raw_html: !policy.raw_html, ..(*policy).clone() };
        policy.parts().any(|part| part.body.text().contains('<'))
            && Form::digest(&Document::Policy((*policy).clone()))
                != Form::digest(&Document::Policy(other))
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
    match document {
        Document::Policy(policy) => policy.parts().map(section).collect(),
        Document::List(list) => {
            let path = TreePath::new(&format!("{}.yaml", list.kind.id)).expect("a list's file");
            let shown = parse::shown_entries(&path, &text(&path), list)
                .expect("an entry that is not shown stands on its own lines");
            vec![(path, File::new(shown.into_bytes()))]
        }
    }
}
