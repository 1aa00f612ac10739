//! Correcting the text in force while another is announced: the same correction goes into both,
//! each from what it was.
//!
//! The correction is what the draft changed. It is found by its words and the words around them in
//! each version that it goes into; where the words are not there, as in a passage that was written
//! anew, there is nothing to correct.

use std::collections::BTreeMap;
use std::fmt;

use crate::ledger::ask::{Ask, Refusal as ReleaseRefusal};
use crate::ledger::release::{free_ids, permitted};
use crate::ledger::{freeze, frozen};
use crate::model::{Document, DocumentId, History, Release, ReleaseId, Site, Version};
use crate::redline::Step;
use crate::tree::{File, Tree, TreePath};
use crate::{parse, redline};

/// How many words on either side of a passage are looked for with it.
const CONTEXT: usize = 3;

/// A version as it is corrected.
#[derive(Debug)]
pub struct Corrected<'a> {
    /// The version it was.
    pub from: &'a Version,
    /// The release that corrects it.
    pub release: Release,
    /// Its text, corrected.
    pub document: Document,
    /// The passages that it does not hold.
    pub missing: Vec<String>,
    /// Its files, by their paths in the folder of the release.
    files: Tree<File>,
}

/// A correction of the text in force and of what is announced.
#[derive(Debug)]
pub struct Correction<'a> {
    /// The versions it goes into: the one in force first.
    pub corrected: Vec<Corrected<'a>>,
    /// The announced versions that do not hold the old words.
    pub rewritten: Vec<&'a ReleaseId>,
    /// The version that the draft was compared with.
    pub base: &'a Version,
    /// The passages: what each was and is.
    pub passages: Vec<(String, String)>,
}

/// Why a correction cannot be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is a list, whose entries have days of their own.
    List(DocumentId),
    /// No version is in force, or none is announced.
    NothingAnnounced(DocumentId),
    /// The draft has other files than the version it was made from.
    OtherFiles(DocumentId),
    /// The draft changes nothing.
    NoChange(DocumentId),
    /// The text in force does not hold the words.
    NotInForce {
        /// The version in force.
        version: ReleaseId,
        /// The words.
        passage: String,
    },
    /// The words stand in a version more than once, and nothing around them says which are meant.
    Ambiguous {
        /// The version.
        version: ReleaseId,
        /// The words as the draft had them.
        passage: String,
        /// Where they stand in the version, with the words around them.
        there: Vec<String>,
    },
    /// The release cannot be made.
    Release(ReleaseRefusal),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::List(id) => {
                write!(
                    formatter,
                    "`{id}` is a list: `--correct` is for policies, entries of a list have days of their own"
                )
            }
            Refusal::NothingAnnounced(id) => {
                write!(
                    formatter,
                    "`{id}` has no version in force beside one that is announced: release it without `--correct`"
                )
            }
            Refusal::OtherFiles(id) => {
                write!(
                    formatter,
                    "sections of `{id}` were added or removed: a correction changes words inside the sections that there are"
                )
            }
            Refusal::NoChange(id) => write!(
                formatter,
                "`{id}` says what its newest version says: there is nothing to correct"
            ),
            Refusal::NotInForce { version, passage } => write!(
                formatter,
                "version `{version}`, in force, does not say `{passage}`: release the change without `--correct`, it concerns what is announced"
            ),
            Refusal::Ambiguous { version, passage, there } => write!(
                formatter,
                "`{passage}` stands in version `{version}` {} times, as `{}`: nothing says which is meant",
                there.len(),
                there.join("`, `")
            ),
            Refusal::Release(refusal) => refusal.fmt(formatter),
        }
    }
}

/// Returns the correction of a policy that its draft makes.
///
/// # Errors
/// Says why it cannot be made.
pub fn correct<'a>(
    site: &Site,
    files: &Tree<File>,
    history: &'a History,
    ask: &Ask,
) -> Result<Correction<'a>, Refusal> {
    let id = &history.id;
    let Some(draft) = history.draft.as_deref().filter(|draft| draft.policy().is_some()) else {
        return Err(Refusal::List(id.clone()));
    };
    let announced: Vec<&Version> = history.announced().map(|at| &history.versions[at]).collect();
    let (Some(in_force), Some(newest)) = (history.current_version(), announced.last().copied())
    else {
        return Err(Refusal::NothingAnnounced(id.clone()));
    };
    let now: BTreeMap<String, String> = freeze::freeze(draft, files)
        .into_iter()
        .map(|(path, file)| (path.to_string(), text(&file)))
        .collect();
    // What the draft was made from is the text that it changes less.
    let size =
        |hunks: &[Hunk]| hunks.iter().map(|hunk| hunk.old.len() + hunk.new.len()).sum::<usize>();
    let changed = [newest, in_force]
        .into_iter()
        .filter_map(|version| Some((version, hunks(&sources(version), &now)?)));
    let (base, hunks) = changed
        .min_by_key(|(_, hunks)| size(hunks))
        .ok_or_else(|| Refusal::OtherFiles(id.clone()))?;
    if hunks.is_empty() {
        return Err(Refusal::NoChange(id.clone()));
    }
    let planned = permitted(site, files, &[], ask).map_err(Refusal::Release)?.remove(0).release;
    let mut names = free_ids(site, ask).map_err(Refusal::Release)?;
    let passages = hunks.iter().map(Hunk::passage).collect();
    let mut correction =
        Correction { corrected: Vec::new(), rewritten: Vec::new(), base, passages };
    for version in std::iter::once(in_force).chain(announced) {
        let Some((texts, missing)) = applied(version, &hunks)? else {
            if version.place == in_force.place {
                let passage = hunks[0].old.concat().trim().to_owned();
                return Err(Refusal::NotInForce { version: version.release.id.clone(), passage });
            }
            correction.rewritten.push(&version.release.id);
            continue;
        };
        let first =
            correction.corrected.first().map(|first: &Corrected<'_>| first.release.id.clone());
        let (effective, follows) =
            (version.period.from.filter(|_| first.is_some()), Some(version.release.id.clone()));
        let release = Release {
            id: names.next().expect("some number is free"),
            effective,
            with: first,
            follows,
            ..planned.clone()
        };
        let files: Tree<File> = texts
            .into_iter()
            .filter_map(|(path, text)| {
                Some((TreePath::new(&path).ok()?, File::new(text.into_bytes())))
            })
            .collect();
        let folder = frozen::folder(&release.id);
        let placed: Tree<File> =
            files.iter().map(|(path, file)| (folder.join(path.as_str()), file.clone())).collect();
        let raw_html = version.document.policy().is_some_and(|policy| policy.raw_html);
        let document = parse::document(&placed, &folder, id, raw_html, &mut Default::default())
            .expect("a policy with its files");
        correction.corrected.push(Corrected { from: version, release, document, missing, files });
    }
    let second = correction.corrected.get(1).map(|corrected| corrected.release.id.clone());
    correction.corrected[0].release.with = second;
    Ok(correction)
}

/// Returns what a correction adds to the project `files`. `notice` is how many days of notice
/// readers are promised.
pub fn corrected(
    files: &Tree<File>,
    history: &History,
    correction: &Correction<'_>,
    notice: i64,
) -> Tree<File> {
    let notice = BTreeMap::from([(history.id.clone(), notice)]);
    let entries = correction.corrected.iter().map(|corrected| {
        let raw_html = corrected.document.policy().map(|policy| policy.raw_html);
        freeze::entry(
            corrected.files.clone(),
            &[&history.id],
            &corrected.release,
            &notice,
            raw_html,
        )
    });
    freeze::recorded(files, entries.collect())
}

/// Some words of a file that became others.
struct Hunk {
    path: String,
    before: Vec<String>,
    old: Vec<String>,
    new: Vec<String>,
    after: Vec<String>,
}

impl Hunk {
    /// Returns what the words were and are: of a number in groups all of it.
    fn passage(&self) -> (String, String) {
        let group = |word: &&String| {
            word.trim().chars().all(|letter| letter.is_ascii_digit() || "+-()/".contains(letter))
        };
        let numbers = self
            .old
            .iter()
            .chain(&self.new)
            .all(|word| group(&&word.trim().trim_end_matches(['.', ',', ';']).to_owned()));
        let around = if numbers { CONTEXT } else { 0 };
        let behind = self.before.iter().rev().take(around).take_while(group).count();
        let before = self.before[self.before.len() - behind..].concat();
        let after: String = self.after.iter().take(around).take_while(group).cloned().collect();
        [&self.old, &self.new]
            .map(|words| format!("{before}{}{after}", words.concat()).trim().to_owned())
            .into()
    }
}

/// Returns the frozen texts of a version, by their paths in its folder.
fn sources(version: &Version) -> BTreeMap<String, String> {
    let release = version.release.id.as_str();
    version
        .files
        .iter()
        .filter_map(|(path, file)| Some((path.within(release)?.to_owned(), text(file))))
        .collect()
}

fn text(file: &File) -> String {
    String::from_utf8_lossy(file.bytes()).into_owned()
}

/// Cuts a text into its words, each with the white space behind it.
fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    let mut start = 0;
    let mut space = false;
    for (at, letter) in text.char_indices() {
        if space && !letter.is_whitespace() {
            words.push(&text[start..at]);
            start = at;
        }
        space = letter.is_whitespace();
    }
    words.push(&text[start..]);
    words
}

/// Returns the changes between the texts of files; `None` if the files are not the same.
fn hunks(old: &BTreeMap<String, String>, new: &BTreeMap<String, String>) -> Option<Vec<Hunk>> {
    if !old.keys().eq(new.keys()) {
        return None;
    }
    let owned =
        |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let mut hunks = Vec::new();
    for ((path, old), new) in old.iter().zip(new.values()).filter(|((_, old), new)| old != new) {
        let (old, new) = (words(old), words(new));
        for Step { old: was, new: is, .. } in
            redline::lines(&old, &new).into_iter().filter(|step| !step.same)
        {
            hunks.push(Hunk {
                path: path.clone(),
                before: owned(&old[was.start.saturating_sub(CONTEXT)..was.start]),
                old: owned(&old[was.clone()]),
                new: owned(&new[is]),
                after: owned(&old[was.end..(was.end + CONTEXT).min(old.len())]),
            });
        }
    }
    Some(hunks)
}

/// The texts of a version by their paths, corrected, and the passages that it does not hold.
type Applied = (BTreeMap<String, String>, Vec<String>);

/// Returns the files of a version with all corrections that it has the words for, and the words of
/// the others; `None` if it has none.
fn applied(version: &Version, hunks: &[Hunk]) -> Result<Option<Applied>, Refusal> {
    let mut texts = sources(version);
    let mut missing: Vec<String> =
        hunks.iter().map(|hunk| hunk.old.concat().trim().to_owned()).collect();
    let mut applied = Vec::new();
    for (number, hunk) in hunks.iter().enumerate() {
        let Some(text) = texts.get_mut(&hunk.path) else { continue };
        let found: Vec<String> = words(text).into_iter().map(str::to_owned).collect();
        // With no word around it a passage could be another one.
        for (back, ahead) in [(CONTEXT, CONTEXT), (2, 2), (1, 1), (1, 0), (0, 1)] {
            let before = &hunk.before[hunk.before.len().saturating_sub(back)..];
            let after = &hunk.after[..ahead.min(hunk.after.len())];
            if before.is_empty() && after.is_empty() {
                continue;
            }
            let sought: Vec<&str> =
                before.iter().chain(&hunk.old).chain(after).map(|word| word.trim_end()).collect();
            if hunk.old.is_empty() && (before.is_empty() || after.is_empty()) {
                break;
            }
            let is_there = |at: &usize| {
                found[*at..*at + sought.len()]
                    .iter()
                    .map(|word| word.trim_end())
                    .eq(sought.iter().copied())
            };
            let places: Vec<usize> =
                (0..(found.len() + 1).saturating_sub(sought.len())).filter(is_there).collect();
            match places[..] {
                [] => continue,
                [at] => {
                    let (start, end) = (at + before.len(), at + before.len() + hunk.old.len());
                    let mut new = hunk.new.concat();
                    // The white space behind the last word stays that of the version.
                    if let (Some(last), false) = (found[start..end].last(), hunk.new.is_empty()) {
                        new.truncate(new.trim_end().len());
                        new.push_str(&last[last.trim_end().len()..]);
                    }
                    *text = [found[..start].concat(), new, found[end..].concat()].concat();
                    applied.push(number);
                }
                _ => {
                    let around = |at: &usize| {
                        found[at.saturating_sub(CONTEXT)
                            ..(at + sought.len() + CONTEXT).min(found.len())]
                            .concat()
                    };
                    let there = places
                        .iter()
                        .map(|at| around(at).split_whitespace().collect::<Vec<_>>().join(" "))
                        .collect();
                    let passage = hunk.old.concat().trim().to_owned();
                    return Err(Refusal::Ambiguous {
                        version: version.release.id.clone(),
                        passage,
                        there,
                    });
                }
            }
            break;
        }
    }
    applied.iter().rev().for_each(|number| drop(missing.remove(*number)));
    Ok((!applied.is_empty()).then_some((texts, missing)))
}

/// Returns true if all that a correction changes are contact data: addresses of mail and of the
/// web, numbers of telephones.
pub fn concerns_contacts(passages: &[(String, String)]) -> bool {
    passages.iter().all(|(old, new)| {
        let (old_words, new_words): (Vec<&str>, Vec<&str>) =
            (old.split_whitespace().collect(), new.split_whitespace().collect());
        let addresses = old_words.len() == new_words.len()
            && old_words.iter().zip(&new_words).all(|(old, new)| are_addresses(old, new));
        addresses || is_telephone(old) && is_telephone(new)
    })
}

/// Returns true if two words are addresses, or links of the same words to addresses.
fn are_addresses(old: &str, new: &str) -> bool {
    let (link, target): (Vec<&str>, Vec<&str>) =
        [old, new].iter().map(|word| word.rsplit_once("](").unwrap_or(("", word))).unzip();
    let address = |word: &&str| {
        let word = word.trim_matches(|letter: char| "<>()[].,;:!?\"'*_`".contains(letter));
        let word = word.strip_prefix("mailto:").unwrap_or(word);
        let mail = word.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('/')
        });
        let plain = !word.contains(['[', ']', '(', ')', '|']);
        plain && (mail || word.starts_with("https://") || word.starts_with("http://"))
    };
    link[0] == link[1] && target.iter().all(address)
}

/// Returns true if a passage is the number of a telephone: digits with what groups them, as many as
/// one has, and a sign that it is one.
fn is_telephone(passage: &str) -> bool {
    let digits = passage.chars().filter(char::is_ascii_digit).count();
    let number = passage.trim_start_matches("tel:").trim_end_matches(['.', ',', ';']);
    (7..=15).contains(&digits)
        && number.starts_with(['+', '0', '('])
        && number.chars().all(|letter| letter.is_ascii_digit() || "+-() /".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_and_telephones_are_contact_data() {
        let concerns =
            |old: &str, new: &str| concerns_contacts(&[(old.to_owned(), new.to_owned())]);
        for (old, new) in [
            ("secruity@a.example", "security@a.example"),
            ("<secruity@a.example>.", "<security@a.example>."),
            ("https://a.exmaple/x", "https://a.example/x"),
            ("[us](https://a.exmaple)", "[us](https://a.example)"),
            ("[us](mailto:x@a.exmaple).", "[us](mailto:x@a.example)."),
            ("+49 30 1234567.", "+49 30 7654321."),
            ("(030) 1234-567", "(030) 1234-568"),
        ] {
            assert!(concerns(old, new), "{old} → {new}");
        }
        for (old, new) in [
            ("30", "14"),
            ("€500", "€900"),
            ("15%", "99%"),
            ("2026-01-01.", "2029-01-01."),
            ("20260101", "20290101"),
            ("[30_days](https://a.example)", "[3_days](https://a.example)"),
            ("5550", "5551"),
            ("x@y", "all of x@y"),
            ("a@b", "a@c"),
            ("security@a.example", ""),
        ] {
            assert!(!concerns(old, new), "{old} → {new}");
        }
    }
}
