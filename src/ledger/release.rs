//! Freezing the draft: what a release adds to a project.

use crate::ledger::SUMS;
use crate::ledger::frozen;
use crate::ledger::frozen::Sums;
use crate::ledger::read;
use crate::model::Document;
use crate::model::History;
use crate::model::Release;
use crate::model::Section;
use crate::model::Site;
use crate::parse;
use crate::tree::Digest;
use crate::tree::File;
use crate::tree::Source;
use crate::tree::Tree;
use crate::tree::TreePath;

const HEAD: &str = "\
# The ledger of released versions: a release appends an entry, nobody edits one.
# A document's digest is that of its lines in the release's SHA256SUMS, and a seal that of all the lines above it:
#   sha256sum -c SHA256SUMS; grep '  security/[^/]*$' SHA256SUMS | sha256sum
#   head -n LINES content/versions/ledger.yaml | sha256sum
";

/// Returns the files that a release adds to the project `files`: every document with unreleased words, frozen with its references
/// expanded, their digests, and the ledger with one more entry. Returns nothing where nothing is unreleased.
pub fn release(site: &Site, files: &Tree<File>, release: &Release) -> Tree<File> {
    let unreleased: Vec<&History> = site.histories.iter().filter(|history| history.unreleased).collect();
    if unreleased.is_empty() {
        return Tree::new();
    }
    let frozen: Tree<File> =
        unreleased.iter().filter_map(|history| history.draft.as_ref()).flat_map(|draft| freeze(draft, files)).collect();
    let sums = Sums::of(&frozen);
    let folder = frozen::folder(&release.id);
    let mut added: Tree<File> = frozen.into_iter().map(|(path, file)| (folder.join(path.as_str()), file)).collect();
    added.insert(folder.join(SUMS), File::new(sums.text().into_bytes()));
    added.insert(frozen::ledger(), File::new(ledger(files, &unreleased, &sums, release).into_bytes()));
    added
}

/// Returns the frozen files of a document, by their paths in the release's folder.
fn freeze(document: &Document, files: &Tree<File>) -> Vec<(TreePath, File)> {
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
        Document::Whitehats(_) => list(crate::model::DocumentId::WHITEHATS),
        Document::Subprocessors(_) => list(crate::model::DocumentId::SUBPROCESSORS),
    }
}

/// Returns the ledger with one more entry.
fn ledger(files: &Tree<File>, unreleased: &[&History], sums: &Sums, release: &Release) -> String {
    let path = frozen::ledger();
    let source = files.get(&path).map(|file| Source::lossy(&path, file));
    let mut text = source.as_ref().map_or_else(|| HEAD.to_owned(), |source| source.text.clone().into_owned());
    let before = source.and_then(|source| read::entries(&source, &mut Default::default()).pop());
    text.push_str(&format!("\n- release: {}\n", parse::quoted(release.id.as_str())));
    for (key, day) in [("released", release.released), ("effective", release.effective)] {
        if let Some(day) = day {
            text.push_str(&format!("  {key}: {day}\n"));
        }
    }
    text.push_str(&format!("  kind: {}\n  summary: {}\n  documents:\n", release.kind.as_str(), parse::quoted(&one_line(&release.summary))));
    for history in unreleased {
        text.push_str(&format!("    {}: {}\n", history.id, sums.document(&history.id)));
    }
    if let Some(before) = before {
        text.push_str(&format!("  previous: {}\n", before.seal));
    }
    let seal = Digest::of(&text);
    text.push_str(&format!("  seal: {seal}\n"));
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
