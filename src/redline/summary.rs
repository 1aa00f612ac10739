//! What changed, in a list: every change, the sections with their counts, and the numbers that
//! became others.

mod hunks;
mod lister;
mod numbers;
mod sections;

use std::collections::{HashMap, HashSet};

use crate::redline::Redline;
use crate::redline::change::{Change, ChangeKind, SectionChange};
use crate::redline::piece::Place;
use crate::redline::sections::Same;
use crate::redline::summary::lister::Lister;
use crate::redline::summary::sections::{Places, kind, merged};
use crate::redline::wording::Wording;

/// Lists the changes of a redline and its sections.
pub fn summarise(redline: &mut Redline<'_>, same: &[Same]) {
    let sections = merged(redline, same);
    let mut begun = vec![false; sections.len()];
    let places = Places::new(redline, &sections);
    let moved: HashMap<usize, u32> =
        redline.moved.iter().map(|(container, moved)| (moved.section, *container)).collect();
    let mut lister = Lister {
        old: redline.old,
        new: redline.new,
        changes: Vec::new(),
        section: 0,
        sections,
        turned: HashSet::new(),
    };
    let mut pieces = std::mem::take(&mut redline.pieces);
    for piece in &mut pieces {
        let section = places.of(redline, piece);
        lister.section = section;
        if !matches!(piece.place, Place::SectionMovedAway(_))
            && !std::mem::replace(&mut begun[section], true)
        {
            let moved = lister.sections[section].new.and_then(|new| moved.get(&new));
            if let Some(moved) = moved.and_then(|container| redline.moved.get_mut(container)) {
                let lines = |wording: &Wording, section: Option<usize>| {
                    let part = &wording.sections[section?];
                    let lines = || {
                        wording.leaves[part.first..part.end]
                            .iter()
                            .map(|leaf| leaf.lines)
                            .filter(|lines| lines.0 > 0)
                    };
                    Some((lines().map(|lines| lines.0).min()?, lines().map(|lines| lines.1).max()?))
                };
                let SectionChange { old, new, .. } = lister.sections[section];
                moved.change = lister
                    .change(ChangeKind::Moved, (lines(redline.old, old), lines(redline.new, new)));
            }
        }
        lister.piece(piece);
    }
    redline.pieces = pieces;
    let Lister { changes, mut sections, .. } = lister;
    for (index, change) in changes.iter().enumerate() {
        let section = &mut sections[change.section];
        section.changes.push(index);
        section.removed += change.words.0;
        section.added += change.words.1;
    }
    let mut kept = Vec::new();
    let mut places = vec![0; sections.len()];
    for (index, mut section) in sections.into_iter().enumerate() {
        places[index] = kept.len();
        if let Some(kind) = kind(redline, &section, &changes) {
            section.kind = kind;
            kept.push(section);
        }
    }
    redline.changes = changes
        .into_iter()
        .map(|change| Change { section: places[change.section], ..change })
        .collect();
    redline.sections = kept;
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{PARAGRAPHS, checked, document};
    use crate::redline::{People, between};

    /// Returns the sections that changed: kind, title, the one before, words that went and came.
    fn sections(old: &str, new: &str) -> Vec<String> {
        checked(old, new, |redline| {
            let tell = |section: &SectionChange| {
                let before = section
                    .before
                    .as_deref()
                    .map(|before| format!(" ({before})"))
                    .unwrap_or_default();
                let moved = if section.moved { ">" } else { "" };
                assert!(
                    !section.entry
                        && section.old.is_some() == (section.kind != ChangeKind::Added)
                        && section.new.is_some() == (section.kind != ChangeKind::Removed)
                );
                format!(
                    "{moved}{} {}{before} -{}+{}",
                    section.kind.as_str(),
                    section.title,
                    section.removed,
                    section.added
                )
            };
            redline.sections.iter().map(tell).collect()
        })
    }

    fn section(title: &str, text: &str) -> String {
        format!("## {title}\n\n{text}\n\n")
    }

    #[test]
    fn a_section_is_told_by_what_became_of_it() {
        let [a, b, c] = PARAGRAPHS;
        let (first, second, third) = (section("A", a), section("B", b), section("C", c));
        let all = format!("{first}{second}{third}");
        assert_eq!(sections(&all, &format!("{first}{third}")), ["removed B -18+0"]);
        assert_eq!(sections(&format!("{first}{third}"), &all), ["added B -0+18"]);
        assert_eq!(sections(&all, &all.replace("two", "five")), ["changed A -1+1"]);
        assert_eq!(sections(&all, &all.replace("## B", "## Bee")), ["renamed Bee (B) -1+1"]);
        assert_eq!(sections(&all, &all.replace("two", "**two**")), ["format A -0+0"]);
        assert_eq!(sections(&all, &format!("{second}{third}{first}")), [">moved A -0+0"]);
        assert_eq!(
            sections(&all, &format!("{second}{third}{}", first.replace("two", "five"))),
            [">changed A -1+1"]
        );
        assert_eq!(
            sections(&format!("{second}x\n\n{third}"), &format!("{second}y\n\n{third}")),
            ["changed B -1+1"]
        );
        assert_eq!(sections("", &first), ["added A -0+17"]);
        assert_eq!(
            sections(&format!("Hello there.\n\n{first}"), &format!("Hello all.\n\n{first}")),
            ["changed  -1+1"]
        );
        let linked = |to: &str| format!("{first}See [there](https://{to}.example/).");
        assert_eq!(sections(&linked("x"), &linked("y")), ["format A -0+0"]);
    }

    #[test]
    fn a_section_with_another_number_is_renumbered() {
        let [a, b, _] = PARAGRAPHS;
        assert_eq!(
            sections(&section("1. Reply", a), &section("2. Reply", a)),
            ["renumbered 2. Reply (1. Reply) -1+1"]
        );
        assert_eq!(
            sections(&section("1. Reply", a), &section("1.2 Reply", a)),
            ["renumbered 1.2 Reply (1. Reply) -1+1"]
        );
        assert_eq!(
            sections(&section("Reply", a), &section("2. Reply", a)),
            ["renumbered 2. Reply (Reply) -0+1"]
        );
        assert_eq!(
            sections(&section("1. Reply", a), &section("2. Replies", a)),
            ["renamed 2. Replies (1. Reply) -2+2"]
        );
        assert_eq!(
            sections(&section("c. Reply", a), &section("d. Reply", a)),
            ["renumbered d. Reply (c. Reply) -1+1"]
        );
        assert_eq!(
            sections(&section("IV) Reply", a), &section("2. Reply", a)),
            ["renumbered 2. Reply (IV) Reply) -1+1"]
        );
        assert_eq!(
            sections(&section("c. Reply", a), &section("d. Answer", a)),
            ["renamed d. Answer (c. Reply) -2+2"]
        );
        let edited = a.replace("two", "five");
        assert_eq!(
            sections(&section("1. Reply", a), &section("2. Reply", &edited)),
            ["changed 2. Reply (1. Reply) -2+2"]
        );
        assert_eq!(
            sections(&section("Reply", a), &section("Reply!", a)),
            ["changed Reply! (Reply) -0+0"]
        );
        let all = format!("{}{}", section("1. Reply", a), section("2. Data", b));
        assert_eq!(
            sections(&section("1. Data", b), &all),
            ["added 1. Reply -0+18", "renumbered 2. Data (1. Data) -1+1"]
        );
        assert_eq!(
            sections(&all, &section("1. Data", b)),
            ["removed 1. Reply -18+0", "renumbered 1. Data (2. Data) -1+1"]
        );
    }

    #[test]
    fn sections_are_shown_in_the_order_of_both_versions() {
        let [a, b, c] = PARAGRAPHS;
        let other =
            |title: &str, word: &str| section(title, &format!("{word}1 {word}2 {word}3 {word}4"));
        let old =
            format!("{}{}{}{}", other("O", "o"), section("A", a), other("P", "p"), section("B", b));
        let new = format!(
            "{}{}{}{}{}",
            section("A", &a.replace("two", "five")),
            other("Q", "q"),
            section("B", &b.replace("us", "them")),
            section("C", c),
            ""
        );
        assert_eq!(
            sections(&old, &new),
            [
                "removed O -5+0",
                "changed A -1+1",
                "removed P -5+0",
                "added Q -0+5",
                "changed B -1+1",
                "added C -0+16"
            ]
        );
        // One that moved does not pull what is gone along with it.
        let old = format!(
            "{}{}{}{}",
            section("A", a),
            other("O", "o"),
            section("B", &format!("{b} {c}")),
            section("C", &format!("{c} {b} {c}"))
        );
        let new = format!(
            "{}{}{}",
            section("B", &format!("{b} {c}")),
            section("C", &format!("{c} {b} {c}")),
            section("A", a)
        );
        assert_eq!(sections(&old, &new), ["removed O -5+0", ">moved A -0+0"]);
    }

    #[test]
    fn a_change_knows_its_lines() {
        let lines = |old: &str, new: &str| {
            checked(old, new, |redline| {
                redline
                    .changes
                    .iter()
                    .map(|change| (change.old_lines, change.new_lines))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(lines("a\n\nb c d", "a\n\n\n\nb x\nd"), [(Some((3, 3)), Some((5, 6)))]);
        assert_eq!(lines("a\n\nb\n\nc", "a\n\nc"), [(Some((3, 3)), None)]);
        assert_eq!(lines("a\n\nc", "a\n\nb\n\nc"), [(None, Some((3, 3)))]);
        assert_eq!(lines("a b c", "a c"), [(Some((1, 1)), Some((1, 1)))]);
        let [a, b, c] = PARAGRAPHS;
        assert_eq!(
            lines(&format!("{a}\n\n{b}\n\n{c}"), &format!("{b}\n\n{c}\n\n{a}")),
            [(Some((1, 1)), Some((5, 5)))]
        );
        let (one, two) = (format!("## A\n\n{a}\n\n"), format!("## B\n\n{b}\n\n{c}\n\n"));
        assert_eq!(
            lines(&format!("{one}{two}"), &format!("{two}{one}")),
            [(Some((1, 3)), Some((7, 9)))],
            "a section that moved"
        );
        assert_eq!(
            lines("| a |\n|--|\n| b |", "| a |\n|--|\n| b |\n| c |"),
            [(None, Some((4, 4)))]
        );
    }

    #[test]
    fn words_of_a_cell_are_told_with_their_column() {
        let columns = |old: &str, new: &str| {
            checked(old, new, |redline| {
                redline
                    .changes
                    .iter()
                    .map(|change| change.column.clone().unwrap_or_default())
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            columns("| h | i |\n|--|--|\n| a | b |", "| h | i |\n|--|--|\n| a | c |"),
            ["i"]
        );
        assert_eq!(columns("| h | i |\n|--|--|\n| a | b |", "| h | k |\n|--|--|\n| a | b |"), [""]);
        assert_eq!(columns("| h | |\n|--|--|\n| a | b |", "| h | |\n|--|--|\n| a | c |"), [""]);
        assert_eq!(
            columns("| h | i |\n|--|--|\n| a | b |", "| h | i |\n|--|--|\n| a | b |\n| c | d |"),
            [""]
        );
        assert_eq!(columns("a b", "a c"), [""]);
    }

    #[test]
    fn numbers_that_became_others_are_told_with_their_unit() {
        let numbers = |old: &str, new: &str| {
            checked(old, new, |redline| {
                let numbers = redline.changes.iter().flat_map(|change| &change.numbers);
                numbers
                    .map(|number| format!("{}>{} {}", number.old, number.new, number.unit))
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(
            numbers("within 48 business hours of it", "within 72 business hours of it"),
            ["48>72 business hours"]
        );
        assert_eq!(
            numbers("at 10 %, 20€ or 30 ‰ now", "at 11 %, 21€ or 31 ‰ now"),
            ["10>11 %", "20>21 €", "30>31 ‰"]
        );
        assert_eq!(numbers("at 5 ° now, 6 $", "at 7 ° now, 8 $"), ["5>7 °", "6>8 $"]);
        assert_eq!(numbers("of 5, or 6", "of 7, or 8"), ["5>7 ", "6>8 "]);
        assert_eq!(numbers("within 5 business days", "within 5 days"), ["5 business days>5 days "]);
        assert_eq!(numbers("within 5 days", "within 5 business days"), ["5 days>5 business days "]);
        assert_eq!(
            numbers("by 2026-06-30, 10:30", "by 2026-09-30, 10:45"),
            ["2026-06-30>2026-09-30 ", "10:30>10:45 "]
        );
        assert_eq!(
            numbers("by 30 June 2026 at last", "by 30 July 2026 at last"),
            ["30 June 2026>30 July 2026 "]
        );
        assert_eq!(
            numbers("by 30 June 2026 at last", "by 31 June 2027 at last"),
            ["30 June 2026>31 June 2027 "]
        );
        assert_eq!(
            numbers("bis zum 30. Juni 2026 zahlen", "bis zum 15. Juni 2026 zahlen"),
            ["30. Juni 2026>15. Juni 2026 "]
        );
        assert_eq!(
            numbers("le 30 juin 2026 au plus", "le 30 juin 2027 au plus"),
            ["30 juin 2026>30 juin 2027 "]
        );
        assert_eq!(numbers("up to €20m, or €5", "up to €10m, or $5"), ["€20m>€10m ", "€5>$5 "]);
        assert_eq!(numbers("a 1’000 b", "a 10’000 b"), ["1’000>10’000 b"]);
        assert_eq!(
            numbers("pay 10\u{202f}000 € now", "pay 12 000 € now"),
            ["10\u{202f}000>12 000 €"]
        );
        assert_eq!(numbers("pay 10\u{202f}000 € now", "pay 10 000 € now"), Vec::<String>::new());
        assert_eq!(numbers("at 15 % or", "at 20 % or"), ["15>20 %"]);
        assert_eq!(numbers("from 12/01/2026 on", "from 12/02/2026 on"), ["12/01/2026>12/02/2026 "]);
        assert_eq!(numbers("needs v2.10.3 of it", "needs v2.11.0 of it"), ["v2.10.3>v2.11.0 "]);
        assert_eq!(
            numbers("see § 4.2 and (a) there", "see § 4.3 and (b) there"),
            ["§ 4.2>§ 4.3 ", "(a)>(b) "]
        );
        assert_eq!(
            numbers("within thirty days of it", "within sixty days of it"),
            ["thirty>sixty days"]
        );
        assert_eq!(
            numbers(
                "we answer within forty-eight (48) hours of it",
                "we answer within seventy-two (72) hours of it"
            ),
            ["48>72 hours"]
        );
        assert_eq!(numbers("a b 5 days c", "a b 5 days or 7 weeks c"), Vec::<String>::new());
        assert_eq!(numbers("# 1. One\n\nx", "# 2. One\n\nx"), Vec::<String>::new());
        assert_eq!(numbers("# 1 One of a few\n\nx", "# 2 One of a few\n\nx"), Vec::<String>::new());
        assert_eq!(numbers("# 30 days of notice\n\nx", "# 60 days of notice\n\nx"), ["30>60 days"]);
        assert_eq!(numbers("# 2026 in short\n\nx", "# 2027 in short\n\nx"), ["2026>2027 "]);
        assert_eq!(numbers("5. One of a few", "6. One of a few"), Vec::<String>::new());
        assert_eq!(numbers("(a) one two", "(b) one two"), Vec::<String>::new());
        assert_eq!(numbers("(a) one 5 two", "(b) one 6 two"), ["5>6 two"]);
        assert_eq!(numbers("in 5 days", "in five days"), Vec::<String>::new());
        assert_eq!(numbers("a 5 b", "x 5 y"), Vec::<String>::new());
        assert_eq!(
            numbers("| h | i |\n|--|--|\n| a | 5 days |", "| h | i |\n|--|--|\n| a | 6 days |"),
            ["5>6 days"]
        );
    }

    #[test]
    fn the_words_of_a_change_are_its_own() {
        assert_eq!(crate::redline::trial::told("a, b c.", "a, d c."), ["changed [-b-]{+d+}"]);
        assert_eq!(crate::redline::trial::told("a b", "a b!"), ["added [--]{+!+}"]);
        assert_eq!(
            crate::redline::trial::told("---\n\na", "a"),
            ["structure: a line across the page was removed"]
        );
        assert_eq!(
            crate::redline::trial::told("a", "a\n\n---"),
            ["structure: a line across the page was added"]
        );
    }

    #[test]
    fn an_entry_of_a_list_is_told_by_its_name() {
        let list = |entries: &str| {
            let document = document(
                "subprocessors",
                &[(
                    "subprocessors.yaml",
                    &format!("note: Whom we ask.\nsubprocessors:\n{entries}"),
                )],
            );
            (Wording::of(&document), document)
        };
        let (old, old_list) =
            list("- { name: Alpha, purpose: Mail }\n- { name: Beta, purpose: Error logs }\n");
        let (new, new_list) = list(
            "- { name: Beta, purpose: Crash logs }\n- { name: Gamma, purpose: Backups, data: all }\n",
        );
        let redline = between(&old, &new);
        crate::redline::trial::holds(&redline);
        let tell = |section: &SectionChange| {
            format!(
                "{} {} {} -{}+{} {:?}",
                section.entry,
                section.kind.as_str(),
                section.title,
                section.removed,
                section.added,
                section.changes
            )
        };
        let told: Vec<String> = redline.sections.iter().map(tell).collect();
        assert_eq!(
            told,
            [
                "true changed Beta -1+1 [0]",
                "true added Gamma -0+3 [1]",
                "true removed Alpha -2+0 [2]"
            ]
        );
        assert_eq!(
            crate::redline::summary(
                Some(&old_list),
                Some(&new_list),
                (None, None),
                &People::default()
            ),
            redline.sections
        );
        assert_eq!(
            crate::redline::summary(
                Some(&old_list),
                Some(&old_list),
                (None, None),
                &People::default()
            ),
            []
        );
        let first =
            crate::redline::summary(None, Some(&new_list), (None, None), &People::default());
        assert!(
            !first.is_empty() && first.iter().all(|section| section.kind == ChangeKind::Added),
            "{first:?}"
        );
        // A field is told with its name where it came or went with its record.
        assert_eq!(
            redline
                .changes
                .iter()
                .map(|change| format!("{} > {}", change.old, change.new))
                .collect::<Vec<_>>(),
            [
                "Error > Crash",
                " > Gamma | Purpose: Backups | Data: all",
                "Alpha | Purpose: Mail > ",
            ]
        );
    }
}
