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
    let (old, new) = (Wording::of(&newest.document), Wording::of(draft));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::project;
    use crate::ledger::tests::put;
    use crate::ledger::tests::released;
    use crate::ledger::tests::told as told_on;

    /// Releases one text of a section, then changes it to another; returns what keeps the change from being editorial, with the words there.
    fn objected(old: &str, new: &str) -> Vec<String> {
        let files = |words: &str| format!("## One\n\n{words}\n");
        let text = files(old);
        let before = project(&[("a/_index.md", "---\ntitle: A\n---\n"), ("a/10-one.md", text.as_str())]);
        let mut after = released(&before, "2024-01-01");
        put(&mut after, "a/10-one.md", &files(new));
        let (site, _) = told_on(&after, "2024-01-02");
        let text = files(new);
        let said = objections(site.history("a").unwrap()).into_iter().map(|found| {
            assert_eq!(found.code, Code::NotEditorial);
            let place = found.place.unwrap();
            assert_eq!(place.path.as_str(), "content/a/10-one.md");
            let words = place.span.map(|span| format!(" at `{}`", &text[span.start..span.end])).unwrap_or_default();
            format!("{}{words}", found.message.trim_start_matches("this is not editorial: "))
        });
        said.collect()
    }

    #[test]
    fn how_things_are_said_may_be_mended() {
        assert_eq!(objected("We recieve reports.", "We receive reports."), [""; 0]);
        assert_eq!(objected("A *word* here.", "A **word** there."), [""; 0]);
    }

    #[test]
    fn what_binds_or_counts_may_not() {
        for (old, new, told) in [
            ("We answer soon.", "We may answer soon.", "a word that binds changed: nothing became `may`"),
            ("We must answer.", "We answer.", "a word that binds changed: `must` became nothing"),
            ("We don't answer.", "We answer.", "a word that binds changed: `don't` became nothing"),
            ("We won\u{2019}t answer.", "We answer.", "a word that binds changed: `won\u{2019}t` became nothing"),
            ("Answers: MUST.", "Answers: more.", "a word that binds changed: `MUST` became `more`"),
            ("In 3 hours.", "In 4 hours.", "a number changed: `3` became `4`"),
            ("In a \u{bd} hour.", "In a hour.", "a number changed: `\u{bd}` became nothing"),
            ("In three ways.", "In four ways.", "a number or a date changed: `three` became `four`"),
            ("On Monday.", "On Friday.", "a number or a date changed: `Monday` became `Friday`"),
        ] {
            let found = objected(old, new);
            assert_eq!(found.len(), 1, "{old} {new} {found:?}");
            assert!(found[0].starts_with(told), "{old} {new} {found:?}");
        }
        assert_eq!(
            objected("We answer soon.", "We shall always answer soon."),
            ["a word that binds changed: nothing became `shall always` at `shall always`"]
        );
        assert_eq!(objected("Soon we answer.", "Soon we ansver mustard."), [""; 0], "only whole words bind");
    }

    #[test]
    fn an_entry_of_a_list_is_no_manner_of_speaking() {
        let told = ["an entry of a list came or went"];
        assert_eq!(objected("- a\n- b", "- a\n- b\n- c"), told);
        assert_eq!(objected("- a\n  - x", "- a\n  - x\n  - y"), told);
        assert_eq!(objected("> - a\n", "> - a\n> - b"), told);
        assert_eq!(objected("| a |\n|---|\n| b |", "| a |\n|---|\n| b |\n| c |"), told);
        assert_eq!(objected("a\n: b\n", "a\n: b\n: c\n"), told);
        assert_eq!(objected("a[^1]\n\n[^1]: - b\n", "a[^1]\n\n[^1]: - b\n    - c\n"), told);
        assert_eq!(objected("- a\n- b", "- a b\n- c b".replace("a b", "a").replace("c b", "b").as_str()), [""; 0]);
        assert_eq!(objected("- a x\n- b", "- a y\n- b"), [""; 0]);
    }

    #[test]
    fn a_section_or_a_title_is_no_manner_of_speaking() {
        let before = released(
            &project(&[
                ("a/_index.md", "---\ntitle: A\nsummary: S\n---\n"),
                ("a/10-one.md", "## One\n\nWords.\n"),
                ("whitehats.yaml", "whitehats:\n  - {name: Ada, consent: true}\n"),
            ]),
            "2024-01-01",
        );
        let objected = |path: &str, text: &str, id: &str| {
            let mut files = before.clone();
            put(&mut files, path, text);
            let (site, _) = told_on(&files, "2024-01-02");
            let said = objections(site.history(id).unwrap()).into_iter().map(|found| {
                let place = found.place.unwrap();
                format!(
                    "{} {}",
                    place.path.as_str().trim_start_matches("content/"),
                    found.message.trim_start_matches("this is not editorial: ")
                )
            });
            said.collect::<Vec<_>>()
        };
        assert_eq!(
            objected("a/_index.md", "---\ntitle: B\nsummary: S\n---\n", "a"),
            ["a/_index.md the title of the whole policy was changed"]
        );
        let summary = ["a/_index.md the summary of the whole policy was changed"];
        assert_eq!(objected("a/_index.md", "---\ntitle: A\nsummary: T\n---\n", "a"), summary);
        assert_eq!(objected("a/20-two.md", "## Two\n\nEntirely different.\n", "a"), ["a/20-two.md a section was added: `Two`"]);
        let entry = ["whitehats.yaml an entry of a list was added: `Bee`"];
        let list = "whitehats:\n  - {name: Ada, consent: true}\n  - {name: Bee, consent: true}\n";
        assert_eq!(objected("whitehats.yaml", list, "whitehats"), entry);
        let said = ["whitehats.yaml what is said about the list was changed"];
        let list = "undated_before: 2020\nwhitehats:\n  - {name: Ada, consent: true}\n";
        assert_eq!(objected("whitehats.yaml", list, "whitehats"), said);
        assert_eq!(objected("b/_index.md", "---\ntitle: B\n---\n", "b"), ["b/_index.md a document that was never released"]);
        assert_eq!(objected("b/_index.md", "---\ntitle: B\n---\n", "a"), [""; 0]);
    }

    #[test]
    fn a_long_edit_is_told_in_short() {
        let words = |count: usize| vec![Word { text: "w", start: 0 }; count];
        let edit = |removed: usize, added: usize| told(&Edit { removed: words(removed), added: words(added), at: 0 });
        assert_eq!(edit(0, 1), "nothing became `w`");
        assert_eq!(edit(8, 9), "`w w w w w w w w` became `w w w w w w w w …`");
    }
}
