//! Removing words from every frozen version on somebody's request, with a visible mark, so that the
//! ledger still proves all the rest.
//!
//! Entries are never edited: a redaction is one more, with the digest that each changed document
//! has from now on. Nothing but the words changes, which is proved by reading every changed file
//! again; where it cannot be proved nothing is written at all.

mod edit;
mod mark;
mod markdown;
mod near;
mod refusal;
mod removal;
mod spelling;
mod words;
mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::ledger::frozen::Sums;
use crate::ledger::redact::edit::Change;
use crate::ledger::redact::removal::Removal;
use crate::ledger::verify::{Proved, verify};
use crate::ledger::{FOLDER, LEDGER, SUMS, append, history};
use crate::model::{DocumentId, Ledger, Site};
use crate::parse;
use crate::tree::{File, Source, Span, Tree, TreePath};

pub use mark::is_mark;
pub use refusal::Refusal;
pub use words::Words;

/// The folder of the words.
const CONTENT: &str = "content";

/// What a redaction does to a project.
#[derive(Clone, Debug)]
pub struct Redacted {
    /// Where the words stood, in the files as they were.
    pub places: Vec<(TreePath, Span)>,
    /// What changes among the released versions: frozen files, their digests, the ledger with one
    /// more entry.
    pub versions: Tree<File>,
    /// The files of the draft that change in the same way, so that it does not show the words
    /// again.
    pub drafts: Tree<File>,
    /// What stays and may tell the name, in the files as they are afterwards.
    pub left: Vec<Left>,
}

/// A place that stays as it is: it holds the words, or is near to them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Left {
    /// Why it stays.
    pub stay: Stay,
    /// The file.
    pub path: TreePath,
    /// Where it stands there.
    pub span: Span,
}

/// Why a place stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stay {
    /// It holds the words in a line of the ledger.
    Sealed,
    /// It holds the words where a frozen file has no words for readers: a key, an anchor, a path.
    Frozen,
    /// It holds the words where a file has no words for readers.
    NoWords,
    /// It is only near to the words: without accents, glued together, in another order, with one
    /// more word between, or one capitalised word in lower case.
    Near,
}

/// Removes a text from every frozen version and from the draft of the project `files`, on the day
/// `date`, which has come by `today`.
///
/// # Errors
/// Says why it cannot be removed.
pub fn redact(
    files: &Tree<File>,
    text: &str,
    reason: &str,
    date: Date,
    today: Date,
) -> Result<Redacted, Refusal> {
    let removal = Removal::new(text, date).ok_or(Refusal::Empty)?;
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if removal.words.is_short() {
        return Err(Refusal::Short);
    }
    if reason.is_empty() {
        return Err(Refusal::NoReason);
    }
    if let Some(letter) = reason.chars().find(|letter| parse::hidden(*letter)) {
        return Err(Refusal::Invisible(letter));
    }
    if !removal.words.in_any_case(&reason.chars().collect::<Vec<_>>()).is_empty() {
        return Err(Refusal::ReasonTells);
    }
    let mut found = Diagnostics::new();
    let proof = verify(files, &TreePath::new(FOLDER).expect("a path"), &mut found);
    if found.has_errors() {
        return Err(Refusal::Unproved(found));
    }
    let mut places = Vec::new();
    let mut change = |path: &TreePath, file: &File| {
        let (file, spans) = changed(path, file, &removal)?;
        places.extend(spans.into_iter().map(|span| (path.clone(), span)));
        Ok(file.map(|file| (path.clone(), file)))
    };
    let frozen = proof
        .releases
        .iter()
        .flat_map(|proved| proved.sums.files().map(|(path, _)| proved.folder.join(path)));
    let frozen = frozen
        .filter_map(|path| Some((files.get(&path)?, path)))
        .map(|(file, path)| change(&path, file));
    let frozen: Tree<File> = frozen.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
    let drafts =
        drafts(files).map(|(path, file)| change(path, file)).collect::<Result<Vec<_>, _>>()?;
    let drafts: Tree<File> = drafts.into_iter().flatten().collect();
    if frozen.is_empty() {
        let nowhere = || Refusal::Nowhere(left(files, &removal));
        return Err(drafts
            .iter()
            .next()
            .map_or_else(nowhere, |(path, _)| Refusal::DraftOnly(path.clone())));
    }
    let concerned = proof
        .releases
        .iter()
        .flat_map(|proved| proved.documents.keys().map(move |id| (proved, id)));
    let concerned = concerned.filter(|(proved, id)| {
        proved
            .sums
            .document_files(id)
            .any(|(path, _)| frozen.get(&proved.folder.join(path)).is_some())
    });
    let ledger = Ledger { entries: proof.entries, files: Vec::new() };
    if let Some(newest) = ledger.bars(date, concerned.map(|(_, id)| id.as_str()), today) {
        return Err(Refusal::Backwards { asked: date, newest });
    }
    let versions = recorded(files, frozen, &proof.releases, &reason, date);
    let after: Tree<File> =
        files.clone().into_iter().chain(versions.clone()).chain(drafts.clone()).collect();
    prove(files, &after, date)?;
    Ok(Redacted { places, versions, drafts, left: left(&after, &removal) })
}

/// Returns a file without the words, if it holds any, and where they stood.
fn changed(
    path: &TreePath,
    file: &File,
    removal: &Removal,
) -> Result<(Option<File>, Vec<Span>), Refusal> {
    let Ok(source) = Source::new(path, file) else {
        return Ok((None, Vec::new()));
    };
    let line = |span: Span| source.text[..span.start].matches('\n').count() + 1;
    let entangled = |span: Span| Refusal::Entangled { path: path.clone(), line: line(span) };
    let change = change(path, &source.text, removal).map_err(entangled)?;
    let Some(first) = change.places.first().copied() else {
        return Ok((None, Vec::new()));
    };
    let file = change.made_in(path, file).ok_or_else(|| entangled(first))?;
    Ok((Some(file), change.places))
}

fn change(path: &TreePath, text: &str, removal: &Removal) -> Result<Change, Span> {
    if path.name().ends_with(".yaml") {
        return yaml::change(path, text, 0, removal);
    }
    let matter = parse::front_matter_of(text);
    let mut change = Change::default();
    if let Some(start) = matter.find('\n').map(|end| end + 1) {
        let end = matter.trim_end_matches('\n').rfind('\n').map_or(start, |end| end + 1);
        change.extend(yaml::change(path, &matter[start..end.max(start)], start, removal)?);
    }
    change.extend(markdown::change(&text[matter.len()..], matter.len(), removal)?);
    Ok(change)
}

/// Returns the files of the draft that hold words.
fn drafts(files: &Tree<File>) -> impl Iterator<Item = (&TreePath, &File)> {
    let words = |path: &TreePath| {
        let list = path.folder() == CONTENT
            && path.name().ends_with(".yaml")
            && path.name() != "site.yaml";
        path.within(CONTENT).is_some()
            && path.within(FOLDER).is_none()
            && (list || path.name().ends_with(".md"))
    };
    files.iter().filter(move |(path, _)| words(path))
}

/// Returns the changed files of the released versions, with the digests of each release concerned
/// and the ledger.
fn recorded(
    files: &Tree<File>,
    frozen: Tree<File>,
    releases: &[Proved],
    reason: &str,
    date: Date,
) -> Tree<File> {
    let mut versions = frozen.clone();
    let mut lines = vec![
        format!("redaction: {date}"),
        format!("reason: {}", parse::quoted(reason)),
        "documents:".to_owned(),
    ];
    for proved in releases.iter().filter(|proved| frozen.under(&proved.folder).next().is_some()) {
        let sealed = |(path, _): (&str, _)| {
            let place = proved.folder.join(path);
            let file = frozen.get(&place).or(files.get(&place))?;
            let text = Source::new(&place, file).ok()?.text.into_owned();
            Some((TreePath::new(path).ok()?, File::new(text.into_bytes())))
        };
        let sums = Sums::of(&proved.sums.files().filter_map(sealed).collect());
        let concerned = |id: &&DocumentId| sums.document(id) != proved.documents[*id];
        let digests = proved.documents.keys().filter(concerned);
        lines.extend(
            digests.map(|id| format!("  {}/{id}: {}", proved.release.id, sums.document(id))),
        );
        versions.insert(proved.folder.join(SUMS), File::new(sums.text().into_bytes()));
    }
    versions.extend([append::entry(files, &lines)]);
    versions
}

/// Proves that the project is as good as it was: nothing is wrong that was not wrong before, and
/// nothing new is unreleased.
fn prove(before: &Tree<File>, after: &Tree<File>, date: Date) -> Result<(), Refusal> {
    let ((old, known), (new, found)) = (site_at(before, date), site_at(after, date));
    let key =
        |found: &Diagnostic| (found.code, found.place.as_ref().map(|place| place.path.clone()));
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for error in errors(&known) {
        *counts.entry(key(error)).or_default() += 1;
    }
    for error in errors(&found) {
        match counts.get_mut(&key(error)).filter(|left| **left > 0) {
            Some(left) => *left -= 1,
            None => return Err(Refusal::Broken(Box::new(error.clone()))),
        }
    }
    let unreleased =
        |site: &Site| site.unreleased().map(|history| history.id.clone()).collect::<BTreeSet<_>>();
    match unreleased(&new).difference(&unreleased(&old)).next() {
        Some(document) => Err(Refusal::DraftTells(document.clone())),
        None => Ok(()),
    }
}

fn site_at(files: &Tree<File>, date: Date) -> (Site, Diagnostics) {
    let mut diagnostics = Diagnostics::new();
    let content = parse::content(files, &mut diagnostics);
    let site = history::site(content, files, date, &mut diagnostics);
    (site, diagnostics)
}

fn errors(diagnostics: &Diagnostics) -> impl Iterator<Item = &Diagnostic> {
    diagnostics.sorted().into_iter().filter(|found| found.severity == Severity::Error)
}

/// Returns what still holds the words or is near to them, in the order of why it stays.
fn left(files: &Tree<File>, removal: &Removal) -> Vec<Left> {
    let mut left = Vec::new();
    for (path, file) in files.iter().filter(|(path, _)| path.within(CONTENT).is_some()) {
        let source = Source::lossy(path, file);
        let (places, letters): (Vec<usize>, Vec<char>) = source.text.char_indices().unzip();
        let place = |at: usize| places.get(at).copied().unwrap_or(source.text.len());
        let stay = match path.within(FOLDER) {
            Some(LEDGER) => Stay::Sealed,
            Some(_) => Stay::Frozen,
            None => Stay::NoWords,
        };
        let holding = removal.find(&letters).into_iter().map(|range| (stay, range));
        let near = removal.words.near(&letters).into_iter().map(|range| (Stay::Near, range));
        let found = holding.chain(near);
        left.extend(found.map(|(stay, range)| Left {
            stay,
            path: path.clone(),
            span: Span::new(place(range.start), place(range.end)),
        }));
    }
    left.sort();
    left
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{day, example, project, put, released, said, site_on, text};

    const MARK: &str = "[removed on request, 2024-03-01]";

    fn asked(files: &Tree<File>, words: &str) -> Result<Redacted, Refusal> {
        redact(files, words, " asked\n for ", day("2024-03-01"), day("2024-03-01"))
    }

    fn made(files: &Tree<File>, redacted: &Redacted) -> Tree<File> {
        files
            .clone()
            .into_iter()
            .chain(redacted.versions.clone())
            .chain(redacted.drafts.clone())
            .collect()
    }

    #[test]
    fn words_go_from_every_version_and_the_draft_and_nothing_else_changes() {
        let files = example();
        let redacted = asked(&files, "Ada Bee").unwrap();
        let paths = |tree: &Tree<File>| {
            tree.iter()
                .map(|(path, _)| path.within(CONTENT).unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let versions = [
            "versions/2024-01-01/SHA256SUMS",
            "versions/2024-01-01/security/10-a.md",
            "versions/2024-01-01/whitehats.yaml",
            "versions/2024-02-02/SHA256SUMS",
            "versions/2024-02-02/security/10-a.md",
            "versions/ledger.yaml",
        ];
        assert_eq!(paths(&redacted.versions), versions);
        assert_eq!(paths(&redacted.drafts), ["security/10-a.md", "whitehats.yaml"]);
        let places: Vec<&str> = redacted.places.iter().map(|(path, _)| path.as_str()).collect();
        let places_of = [
            "versions/2024-01-01/security/10-a.md",
            "versions/2024-01-01/whitehats.yaml",
            "versions/2024-02-02/security/10-a.md",
        ];
        let drafts = ["security/10-a.md", "whitehats.yaml"];
        assert_eq!(
            places,
            [&places_of[..], &drafts[..]]
                .concat()
                .iter()
                .map(|path| format!("content/{path}"))
                .collect::<Vec<_>>()
        );
        for (path, span) in &redacted.places {
            assert_eq!(&files.get(path).unwrap().bytes()[span.start..span.end], b"Ada Bee");
        }
        assert_eq!(redacted.left, []);
        let after = made(&files, &redacted);
        assert_eq!(
            text(&after, "security/10-a.md"),
            format!("## One\n\nWords by {}.\n", parse::escaped(MARK))
        );
        assert_eq!(
            text(&after, "whitehats.yaml"),
            format!("whitehats:\n  - name: '{MARK}'\n    consent: true\n")
        );
        let (site, found) = site_on(&after, "2024-03-01");
        assert_eq!(said(&after, &found), [""; 0], "the ledger proves the rest");
        assert_eq!(site.unreleased().count(), 0);
        let entry = site.ledger.entries.last().unwrap().redaction().unwrap();
        assert_eq!((entry.date, entry.reason.as_str()), (day("2024-03-01"), "asked for"));
        let documents: Vec<String> =
            entry.documents.keys().map(|(release, id)| format!("{release}/{id}")).collect();
        assert_eq!(
            documents,
            ["2024-01-01/security", "2024-01-01/whitehats", "2024-02-02/security"]
        );
        let again = asked(&after, "Words by").unwrap();
        let twice = made(&after, &again);
        let (_, found) = site_on(&twice, "2024-03-01");
        assert_eq!(said(&twice, &found), [""; 0], "the later redaction counts");
        assert!(
            text(&twice, "security/10-a.md").contains(&format!("{0} {0}", parse::escaped(MARK)))
        );
    }

    #[test]
    fn what_cannot_be_removed_is_refused_and_says_why() {
        let mut files = example();
        put(&mut files, "security/30-c.md", "## Three\n\nDraft words.\n");
        let refused = |words: &str, reason: &str, date: &str| match redact(
            &files,
            words,
            reason,
            day(date),
            day("2024-03-01"),
        ) {
            Ok(_) => "done".to_owned(),
            Err(refusal) => refusal.to_string(),
        };
        for (words, reason, date, message) in [
            (" ", "x", "2024-03-01", "there is no text to remove"),
            ("by", "x", "2024-03-01", "fewer than three letters"),
            ("Ada", " \n", "2024-03-01", "the reason is empty"),
            ("Ada", "x\u{202e}", "2024-03-01", "U+202E"),
            ("Ada", "for ADA", "2024-03-01", "the reason holds the words themselves"),
            ("Ada", "for Adam", "2024-03-01", "done"),
            ("Ada", "x", "2024-02-01", "2024-02-01 is before 2024-02-02"),
            ("Ada", "x", "2024-02-02", "done"),
            ("Cee", "x", "2024-03-01", "no version holds these words"),
            (
                "Draft words",
                "x",
                "2024-03-01",
                "remove them from `content/security/30-c.md` by hand",
            ),
        ] {
            assert!(
                refused(words, reason, date).contains(message),
                "{words} {reason} {date}: {}",
                refused(words, reason, date)
            );
        }
        put(&mut files, "versions/2024-01-01/whitehats.yaml", "whitehats: []\n");
        assert!(matches!(asked(&files, "Ada"), Err(Refusal::Unproved(_))));
    }

    #[test]
    fn words_that_hang_together_with_others_are_told_by_their_line() {
        let files = project(&[
            ("a/_index.md", "---\ntitle: A\n---\n"),
            ("a/10-one.md", "---\nsummary: S\n---\n## One\n\n因**Ada Bee**的\n"),
        ]);
        let files = released(&files, "2024-01-01");
        let refused = asked(&files, "Ada Bee").unwrap_err().to_string();
        assert!(
            refused.starts_with("`content/versions/2024-01-01/a/10-one.md`, line 6: "),
            "{refused}"
        );
    }

    #[test]
    fn front_matter_is_read_as_yaml_and_stays_in_its_place() {
        let files = project(&[
            ("a/_index.md", "---\ntitle: A by Ada Bee # Ada Bee\nsummary: x\n---\nby Ada Bee\n"),
            ("a/10-one.md", "---\r\nsummary: \"Ada Bee\"\r\n---\r\n## One\r\n\r\nAda Bee\r\n"),
        ]);
        let files = released(&files, "2024-01-01");
        let after = made(&files, &asked(&files, "Ada Bee").unwrap());
        let escaped = parse::escaped(MARK);
        assert_eq!(
            text(&after, "a/_index.md"),
            format!("---\ntitle: 'A by {MARK}' # {MARK}\nsummary: x\n---\nby {escaped}\n")
        );
        assert_eq!(
            text(&after, "a/10-one.md"),
            format!("---\r\nsummary: '{MARK}'\r\n---\r\n## One\r\n\r\n{escaped}\r\n")
        );
    }

    #[test]
    fn what_stays_is_told_with_its_place() {
        let mut files = example();
        put(
            &mut files,
            "site.yaml",
            "# x\nname: Ada Bee\nbase_url: https://a.example/ # Bee, Ada\n",
        );
        put(&mut files, "ada.txt", "a\nü\nADA-BEE, Ada Bee, Ada M. Bee\n");
        let left: Vec<String> = asked(&files, "Ada Bee")
            .unwrap()
            .left
            .iter()
            .map(|left| told_of(&files, left))
            .collect();
        let expected = [
            "NoWords content/ada.txt: ADA-BEE",
            "NoWords content/ada.txt: Ada Bee",
            "NoWords content/site.yaml: Ada Bee",
            "Near content/ada.txt: Ada M. Bee",
            "Near content/site.yaml: Bee, Ada",
        ];
        assert_eq!(left, expected);
        let Err(Refusal::Nowhere(left)) = asked(&files, "M Ada") else { panic!("nowhere") };
        assert_eq!(
            left.iter().map(|left| told_of(&files, left)).collect::<Vec<_>>(),
            ["Near content/ada.txt: Ada M"]
        );
    }

    #[test]
    fn one_capitalised_word_stays_in_lower_case_and_is_told() {
        let files = project(&[
            ("a/_index.md", "---\ntitle: A\n---\n"),
            ("a/10-one.md", "## One\n\nBy Rose: prices rose.\n"),
        ]);
        let files = released(&files, "2024-01-01");
        let redacted = asked(&files, "Rose").unwrap();
        let after = made(&files, &redacted);
        assert_eq!(
            text(&after, "a/10-one.md"),
            format!("## One\n\nBy {}: prices rose.\n", parse::escaped(MARK))
        );
        let left: Vec<String> = redacted.left.iter().map(|left| told_of(&after, left)).collect();
        assert_eq!(
            left,
            [
                "Near content/a/10-one.md: rose",
                "Near content/versions/2024-01-01/a/10-one.md: rose"
            ]
        );
    }

    fn told_of(files: &Tree<File>, left: &Left) -> String {
        let text = Source::lossy(&left.path, files.get(&left.path).unwrap()).text.into_owned();
        format!("{:?} {}: {}", left.stay, left.path, &text[left.span.start..left.span.end])
    }

    #[test]
    fn a_redaction_leaves_no_more_wrong_than_it_found() {
        let mut files = project(&[
            ("a/_index.md", "---\ntitle: A\n---\n"),
            ("a/10-one.md", "## First\n\nWords by Ada Bee, see {{ contact.support.email }}.\n"),
            (
                "commitments.yaml",
                "commitments:\n  - {id: two, what: W, value: 2, unit: days, section: a#one}\n",
            ),
        ]);
        let contact = "contacts:\n  - {kind: support, email: help@a.example}\n";
        put(&mut files, "site.yaml", &format!("name: A\nbase_url: https://a.example/\n{contact}"));
        let files = released(&files, "2024-01-01");
        let refused = asked(&files, "one").unwrap_err().to_string();
        assert!(
            refused.starts_with(
                "without these words something else would be wrong in `content/commitments.yaml`: "
            ),
            "{refused}"
        );
        let refused = asked(&files, "help@a.example").unwrap_err().to_string();
        assert!(
            refused.starts_with("the draft of `a` would still say these words, by a reference"),
            "{refused}"
        );
        let mut broken = files.clone();
        put(&mut broken, "privacy/10-a.md", "## A\n\nWords without an opening.\n");
        assert!(
            site_on(&broken, "2024-03-01").1.has_errors() && asked(&broken, "Ada Bee").is_ok(),
            "what was wrong before may stay"
        );
        assert!(matches!(asked(&broken, "one"), Err(Refusal::Broken(_))));
    }
}
