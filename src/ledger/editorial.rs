//! The proof that a release is editorial: it only mends how things are said.
//!
//! A number, a date, a word that binds (shall, must, may, not, never, only …), an entry of a list or a section as a whole makes a change
//! substantive, whatever its author calls it.

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::model::Block;
use crate::model::History;
use crate::model::Section;
use crate::model::Text;
use crate::parse;
use crate::parse::Standpoint;
use crate::redline;
use crate::redline::Edit;
use crate::redline::RawHtml;
use crate::redline::SectionChange;
use crate::redline::Word;
use crate::redline::Wording;
use crate::tree::Span;

/// Words that bind, permit, exclude or bound, in lower case.
const BINDING: &str = "\
    all always any at can cannot could each entitled every except exclude excluding forbidden guarantee immediately include including least \
    may maximum might minimum most must need neither never no nobody none nor not nothing only or ought permitted prohibited promptly \
    reasonable required shall should sole solely unless until will within without would";

/// Numbers in words, units of time, months and days of the week, in lower case.
const COUNTED: &str = "\
    april august billion day days december double eight eleven february fifteen fifty first five forty four friday half hour hours hundred \
    january july june march million minute minutes monday month months nine november october once one percent quarter saturday second \
    seconds september seven six sixty sunday ten third thirty thousand three thursday tuesday twelve twenty twice two wednesday week weeks \
    year years zero";

/// Returns what keeps the unreleased words of a document from being editorial, each with its place in the draft.
pub fn objections(history: &History) -> Vec<Diagnostic> {
    let (Some(draft), Some(newest)) = (history.draft.as_deref(), history.versions.last()) else {
        return vec![substantive("a document that was never released").in_file(&history.place())];
    };
    let (old, new) = (Wording::of(&newest.document, RawHtml::Shown), Wording::of(draft, RawHtml::Shown));
    let changes = redline::between(&old, &new).sections;
    let (Some(old), Some(new)) = (newest.document.policy(), draft.policy()) else {
        let whole = |change: &SectionChange| match change.entry {
            true => format!("an entry of a list was {}: `{}`", change.kind.as_str(), change.title),
            false => "what is said about the list was changed".to_owned(),
        };
        return changes.iter().map(|change| substantive(&whole(change)).in_file(&history.place())).collect();
    };
    let mut found = Vec::new();
    for (what, changed) in [("title", old.title != new.title), ("summary", old.summary != new.summary)] {
        if changed {
            found.push(substantive(&format!("the {what} of the whole policy was changed")).in_file(&history.place()));
        }
    }
    let (old, new): (Vec<&Section>, Vec<&Section>) = (old.parts().collect(), new.parts().collect());
    for change in &changes {
        found.extend(section_objections(history, change, change.old.map(|at| old[at]), change.new.map(|at| new[at])));
    }
    found
}

fn section_objections(history: &History, change: &SectionChange, old: Option<&Section>, new: Option<&Section>) -> Vec<Diagnostic> {
    let file = new.map_or_else(|| history.place(), Section::place);
    let (Some(old), Some(new)) = (old, new) else {
        return vec![substantive(&format!("a section was {}: `{}`", change.kind.as_str(), change.title)).in_file(&file)];
    };
    let mut found = Vec::new();
    if items(old) != items(new) {
        found.push(substantive("an entry of a list came or went").in_file(&file));
    }
    for edit in redline::edits(old.body.text(), new.body.text()) {
        if let Some(reason) = binding(&edit) {
            let end = edit.added.last().map_or(edit.at, |word| word.start + word.text.len());
            let place = new.body.origin(Span::new(edit.at, end));
            found.push(substantive(&format!("{reason}: {}", told(&edit))).at(&file, place));
        }
    }
    found
}

/// Says what makes an edit substantive, if anything does.
fn binding(edit: &Edit<'_>) -> Option<&'static str> {
    let any = |test: &dyn Fn(&str) -> bool| edit.removed.iter().chain(&edit.added).any(|word| test(&word.text.to_lowercase()));
    if any(&|word| word.contains(|letter: char| letter.is_numeric())) {
        return Some("a number changed");
    }
    if any(&|word| listed(COUNTED, word)) {
        return Some("a number or a date changed");
    }
    if any(&|word| listed(BINDING, word) || word.ends_with("n't") || word.ends_with("n\u{2019}t")) {
        return Some("a word that binds changed");
    }
    None
}

fn listed(words: &str, word: &str) -> bool {
    words.split(' ').any(|listed| listed == word)
}

fn told(edit: &Edit<'_>) -> String {
    let words = |words: &[Word<'_>]| {
        let shown: Vec<&str> = words.iter().take(8).map(|word| word.text).collect();
        match words.len() {
            0 => "nothing".to_owned(),
            length => format!("`{}{}`", shown.join(" "), if length > shown.len() { " …" } else { "" }),
        }
    };
    format!("{} became {}", words(&edit.removed), words(&edit.added))
}

fn substantive(reason: &str) -> Diagnostic {
    Diagnostic::error(Code::NotEditorial, format!("this is not editorial: {reason}")).help("release it without `--editorial`")
}

/// Counts the entries of all lists of a section.
fn items(section: &Section) -> usize {
    let standpoint = Standpoint { file: Some(&section.file), sections: &Default::default() };
    let Text { blocks, footnotes } = parse::text(section.body.text(), standpoint);
    count(&blocks) + footnotes.iter().map(|footnote| count(&footnote.blocks)).sum::<usize>()
}

fn count(blocks: &[Block]) -> usize {
    let inside = |block: &Block| match block {
        Block::List { items, .. } => items.len() + items.iter().map(|item| count(item)).sum::<usize>(),
        Block::Quote { blocks, .. } => count(blocks),
        Block::Table { rows, .. } => rows.len(),
        Block::Definitions(definitions) => definitions.iter().map(|definition| definition.details.len()).sum(),
        _ => 0,
    };
    blocks.iter().map(inside).sum()
}
