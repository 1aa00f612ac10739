//! Matching of leaves between two versions: in place, moved, split or joined.

use std::collections::{HashMap, HashSet};

use crate::redline::align::IsTaken;
use crate::redline::lexicon::{Entry, Lexicon, Numbers};
use crate::redline::pair::{Pair, Versions, kinship};
use crate::redline::sections::Same;
use crate::redline::vocabulary::Index;
use crate::redline::wording::{Leaf, Wording};
use crate::redline::{align, joining, moving, sections};

/// How much two leaves have in common, at least, to be one that stayed.
const STAYED: f64 = 0.35;

/// The same for two that stand alone between others.
const ALONE: f64 = 0.2;

/// What the sections cost, at least, in relation to what the leaves alone would, to be given up.
const GIVEN_UP: f64 = 0.8;

/// How much a change costs a reader, in words.
const CHANGE: usize = 3;

/// From how many words on two documents are only compared where they have something in common.
const LARGE: usize = 2_000;

/// What two large documents have in common, at least, for their leaves to be compared.
const RELATED: f64 = 0.1;

/// Leaves and sections matched between two versions.
#[derive(Clone, Debug, Default)]
pub struct Pairing {
    /// The leaves, in the order of the new version.
    pub pairs: Vec<Pair>,
    /// The sections, in the order of the new version.
    pub sections: Vec<Same>,
}

/// Returns the leaves and sections matched between two versions.
pub fn pairing(old: &Wording, new: &Wording, lexicon: &Lexicon) -> Pairing {
    let versions = Versions { old, new, lexicon };
    let mut sections = sections::same(old, new, lexicon);
    let words: usize = lexicon.old.iter().chain(&lexicon.new).map(|leaf| leaf.spoken).sum();
    let is_list = |wording: &Wording| wording.leaves.iter().any(Leaf::is_records);
    if words > LARGE && !(is_list(old) && is_list(new)) && lexicon.relation() < RELATED {
        sections.retain(|same| same.by == sections::By::Id);
        return Pairing { pairs: Vec::new(), sections };
    }
    let by_sections = versions.pairs(&sections);
    let told = |wording: &Wording| wording.sections.iter().any(|part| part.file.is_some());
    if told(old) || told(new) {
        return Pairing { pairs: by_sections, sections };
    }
    let cost = versions.cost(&by_sections);
    if cost as f64 <= 1.3 * lexicon.distance() as f64 + CHANGE as f64 {
        return Pairing { pairs: by_sections, sections };
    }
    let flat = versions.pairs(&[]);
    match (versions.cost(&flat) as f64) < GIVEN_UP * cost as f64 {
        true => Pairing { sections: versions.sections_of(&flat), pairs: flat },
        false => Pairing { pairs: by_sections, sections },
    }
}

impl Versions<'_> {
    /// Pairs the leaves inside the sections that are the same, then what is left over; without
    /// sections, all at once.
    fn pairs(&self, sections: &[Same]) -> Vec<Pair> {
        let mut found: Vec<(usize, usize)> = Vec::new();
        for same in sections {
            let (old, new) = (&self.old.sections[same.old], &self.new.sections[same.new]);
            let [old_keys, new_keys] = &self.lexicon.keys;
            if old_keys[old.first..old.end] == new_keys[new.first..new.end] {
                found.extend((old.first..old.end).zip(new.first..new.end));
                continue;
            }
            found.extend(self.in_order(
                &Vec::from_iter(old.first..old.end),
                &Vec::from_iter(new.first..new.end),
            ));
        }
        found.sort_unstable_by_key(|(_, new)| *new);
        self.fill(&mut found, sections);
        let mut pairs: Vec<Pair> = found
            .into_iter()
            .map(|(old, new)| self.pair(old..old + 1, new..new + 1, false))
            .collect();
        joining::join(self, &mut pairs);
        let moved = moving::moves(self, &pairs);
        pairs.extend(
            moved.into_iter().map(|(old, new)| self.pair(old..old + 1, new..new + 1, true)),
        );
        pairs.sort_by_key(|pair| pair.new.start);
        pairs
    }

    /// Pairs leaves that are left over between those that stayed.
    fn fill(&self, found: &mut Vec<(usize, usize)>, sections: &[Same]) {
        let moved = |side: fn(&Same) -> usize| {
            sections.iter().filter(|same| same.moved).map(side).collect::<HashSet<usize>>()
        };
        let (old_moved, new_moved) = (moved(|same| same.old), moved(|same| same.new));
        let elsewhere = |leaf: &Leaf, moved: &HashSet<usize>| {
            leaf.section().is_some_and(|section| moved.contains(&section))
        };
        let old_elsewhere = |leaf: &usize| elsewhere(&self.old.leaves[*leaf], &old_moved);
        let new_elsewhere = |leaf: &usize| elsewhere(&self.new.leaves[*leaf], &new_moved);
        let stayed: Vec<(usize, usize)> =
            found.iter().copied().filter(|(_, new)| !new_elsewhere(new)).collect();
        let ends = (self.old.leaves.len(), self.new.leaves.len());
        let (mut old_at, mut new_at) = (0, 0);
        for (old, new) in stayed.into_iter().chain([ends]) {
            let old_gap: Vec<usize> = (old_at..old).filter(|leaf| !old_elsewhere(leaf)).collect();
            let new_gap: Vec<usize> = (new_at..new).filter(|leaf| !new_elsewhere(leaf)).collect();
            if !old_gap.is_empty() && !new_gap.is_empty() {
                found.extend(self.in_order(&old_gap, &new_gap));
            }
            (old_at, new_at) = (old + 1, new + 1);
        }
        found.sort_unstable_by_key(|(_, new)| *new);
    }

    /// Pairs leaves, order kept.
    fn in_order(&self, old: &[usize], new: &[usize]) -> Vec<(usize, usize)> {
        let (old_index, new_index) =
            (|leaf: usize| &*self.lexicon.old[leaf], |leaf: usize| &*self.lexicon.new[leaf]);
        let keys = |leaves: &[usize], keys: &[u32]| {
            leaves.iter().map(|leaf| keys[*leaf]).collect::<Vec<u32>>()
        };
        let bar = if old.len() == 1 && new.len() == 1 { ALONE } else { STAYED };
        let worth =
            |i: usize, j: usize, is_taken: IsTaken<'_>| self.worth((old[i], new[j]), bar, is_taken);
        let second = || {
            let mut numbers = Numbers::default();
            let ends = [
                old.iter().map(|leaf| old_index(*leaf)).collect::<Vec<_>>(),
                new.iter().map(|leaf| new_index(*leaf)).collect(),
            ];
            [Index::first_words, Index::last_words]
                .map(|words| {
                    ends.each_ref().map(|leaves| numbers.of(leaves.iter().map(|leaf| words(leaf))))
                })
                .into()
        };
        let [old_keys, new_keys] = &self.lexicon.keys;
        let pairs =
            align::in_order_bounded(&keys(old, old_keys), &keys(new, new_keys), second, worth);
        pairs.into_iter().map(|(i, j)| (old[i], new[j])).collect()
    }

    /// Says what two leaves are worth as one; 0 where less than they could be worth would not be
    /// taken.
    fn worth(&self, (old, new): (usize, usize), bar: f64, is_taken: IsTaken<'_>) -> f64 {
        let [old_keys, new_keys] = &self.lexicon.keys;
        let same = old_keys[old] == new_keys[new];
        let (old_leaf, new_leaf) = (&self.old.leaves[old], &self.new.leaves[new]);
        let (old, new) = (&self.lexicon.old[old], &self.lexicon.new[new]);
        let weight = (old.spoken + new.spoken) as f64 / 2.0 + 0.1;
        // The entries of a list are matched one by one, however few of them stayed.
        if same || old_leaf.is_records() && new_leaf.is_records() {
            return 1.2 * weight;
        }
        let ceiling = self.lexicon.ceiling(old, new);
        let kind = match kinship(old_leaf, new_leaf) {
            kind if kind * ceiling < bar || !is_taken(kind * ceiling * weight) => return 0.0,
            kind => kind,
        };
        let score = kind * self.lexicon.likeness(old, new);
        if score >= bar { score * weight } else { 0.0 }
    }

    /// Returns how many words a reader meets with a mark, and something for every mark.
    fn cost(&self, pairs: &[Pair]) -> usize {
        let mut cost = 0;
        let (mut old_left, mut new_left) =
            (vec![true; self.old.leaves.len()], vec![true; self.new.leaves.len()]);
        for pair in pairs {
            old_left[pair.old.clone()].fill(false);
            new_left[pair.new.clone()].fill(false);
            let cells = pair.grid.iter().flat_map(|grid| {
                grid.rows.iter().flat_map(|row| row.cells.iter().flatten().flatten())
            });
            let changes = pair.steps.iter().chain(cells).filter(|step| !step.same);
            cost += changes.map(|step| step.old.len() + step.new.len() + CHANGE).sum::<usize>()
                + if pair.moved { CHANGE } else { 0 };
        }
        let size = |leaf: &Index| {
            leaf.folded.len()
                + leaf.cells.iter().map(|cell| cell.folded.len()).sum::<usize>()
                + CHANGE
        };
        let left = |left: &[bool], leaves: &[Entry]| {
            left.iter()
                .zip(leaves)
                .filter(|(left, _)| **left)
                .map(|(_, leaf)| size(leaf))
                .sum::<usize>()
        };
        cost + left(&old_left, &self.lexicon.old) + left(&new_left, &self.lexicon.new)
    }

    /// Returns which sections are the same, going by the words of their leaves.
    fn sections_of(&self, pairs: &[Pair]) -> Vec<Same> {
        let mut shared: HashMap<(usize, usize), usize> = HashMap::new();
        for pair in pairs {
            if let (Some(old), Some(new)) = (
                self.old.leaves[pair.old.start].section(),
                self.new.leaves[pair.new.start].section(),
            ) {
                *shared.entry((old, new)).or_default() +=
                    self.lexicon.new[pair.new.start].spoken + 1;
            }
        }
        let mut shared: Vec<((usize, usize), usize)> = shared.into_iter().collect();
        shared.sort_by_key(|(sections, words)| (std::cmp::Reverse(*words), *sections));
        let mut same: Vec<Same> = Vec::new();
        let (mut old_taken, mut new_taken) = (HashSet::new(), HashSet::new());
        for ((old, new), _) in shared {
            if !old_taken.contains(&old) && !new_taken.contains(&new) {
                old_taken.insert(old);
                new_taken.insert(new);
                same.push(Same { old, new, moved: false, by: sections::By::Words });
            }
        }
        same.sort_by_key(|same| same.new);
        same
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{PARAGRAPHS, shown, told, wording};

    #[test]
    fn leaves_that_stayed_have_enough_in_common() {
        // Alone between others a fifth is enough, else a third.
        assert_eq!(
            told("a1 a2 a3 a4 a5 a6", "a1 a2 b3 b4 b5 b6"),
            ["changed [-a3 a4 a5 a6-]{+b3 b4 b5 b6+}"]
        );
        assert_eq!(told("a1 a2 a3 a4 a5 a6 a7 a8", "b1 b2 b3 b4 b5 b6 b7 b8").len(), 2);
        assert_eq!(told("a1 a2 a3 a4 a5 a6 a7 a8 a9", "a1 b2 b3 b4 b5 b6 b7 b8 b9").len(), 2);
        let two =
            told("a1 a2 a3 a4 a5 a6\n\nc1 c2 c3 c4 c5", "a1 a2 b3 b4 b5 b6\n\nd1 d2 d3 d4 d5");
        assert_eq!(two.iter().filter(|change| change.starts_with("changed")).count(), 0, "{two:?}");
        let two =
            told("a1 a2 a3 a4 a5 a6\n\nc1 c2 c3 c4 c5", "a1 a2 a3 b4 b5 b6\n\nd1 d2 d3 d4 d5");
        assert_eq!(two.iter().filter(|change| change.starts_with("changed")).count(), 1, "{two:?}");
        assert_eq!(shown("## A b\n\nc", "**A b**\n\nc"), ["(~A b~)", "c"]);
        assert_eq!(shown("a b c", "- a b c"), ["a b c"]);
    }

    #[test]
    fn a_leaf_is_known_by_its_words_rather_than_by_its_numbers() {
        let [a, b, _] = PARAGRAPHS;
        let text = |notice: &str, day: &str| format!("{a}\n\n{notice}Last updated: {day}\n\n{b}");
        assert_eq!(
            told(
                &text("We have another name now.\n\n", "2022-07-18, 10:30"),
                &text("", "2023-01-06, 9:15")
            ),
            [
                "removed [-We have another name now.-]{++}",
                "changed [-2022-07-18, 10:30-]{+2023-01-06, 9:15+}"
            ]
        );
        // Nor is it a matter of capitals.
        let text = |first: &str, last: &str| format!("{a}\n\n{first}\n\n{last}\n\n{b}");
        let changes = told(
            &text("THE SERVICE IS AS IT IS, and here.", "x"),
            &text("The service is as it is, and there.", "y"),
        );
        assert!(changes[0].starts_with("changed [-THE"), "{changes:?}");
    }

    #[test]
    fn as_many_leaves_as_there_are_stay_what_they_were() {
        let text = |last: &str| {
            (0..501)
                .map(|at| format!("- Item {at} is told from others and {last}\n"))
                .collect::<String>()
        };
        let mut changes = told(&text("is old."), &text("is new."));
        changes.dedup();
        assert_eq!(changes, ["changed [-old-]{+new+}"]);
        let text = |first: &str| {
            (0..501)
                .map(|at| format!("{first} the others, and told from them by the word w{at}.\n\n"))
                .collect::<String>()
        };
        let mut changes = told(&text("Beside"), &text("With"));
        changes.dedup();
        assert_eq!(changes, ["changed [-Beside-]{+With+}"]);
    }

    #[test]
    fn what_is_left_over_between_sections_is_paired() {
        let [a, b, c] = PARAGRAPHS;
        // A paragraph that stands under the next heading now is the same paragraph.
        let (old, new) = (
            format!("## Alpha\n\n{a}\n\n{b}\n\n## Omega\n\n{c}"),
            format!("## Alpha\n\n{a}\n\n## Omega\n\n{b}\n\n{c}"),
        );
        assert!(told(&old, &new).iter().all(|change| change == "moved [--]{++}"));
        // One whose section is gone stays where it stood.
        assert_eq!(
            told(
                &format!("## Alpha\n\n{a}\n\n## Omega\n\n{b}"),
                &format!("## Alpha\n\n{a}\n\n{b}")
            ),
            ["removed [-Omega-]{++}"]
        );
    }

    #[test]
    fn sections_are_given_up_where_the_leaves_alone_say_it_in_less() {
        let [a, b, c] = PARAGRAPHS;
        let (old, new) = (
            format!("## One thing\n\n{a}\n\n## Two things\n\n{b}\n\n{c}"),
            format!("**One thing**\n\n{a}\n\n**Two things**\n\n{b}\n\n{c}"),
        );
        assert_eq!(
            told(&old, &new),
            [
                "structure: no longer a heading",
                "format: “One thing” is set differently",
                "structure: no longer a heading",
                "format: “Two things” is set differently"
            ]
        );
        assert_eq!(
            told(&new, &old),
            [
                "structure: now a heading",
                "format: “One thing” is set differently",
                "structure: now a heading",
                "format: “Two things” is set differently"
            ]
        );
    }

    #[test]
    fn a_large_text_that_says_nothing_alike_is_replaced() {
        let text = |word: &str| {
            (0..1_002)
                .map(|number| {
                    format!("{word}{number}{}", if number % 20 == 19 { ".\n\n" } else { " " })
                })
                .collect::<String>()
        };
        let (old, new) = (wording(&text("a")), wording(&format!("Same words.\n\n{}", text("b"))));
        let redline = crate::redline::between(&old, &new);
        crate::redline::trial::holds(&redline);
        assert!(redline.pieces.iter().all(|piece| piece.place != crate::redline::Place::Kept));
        // The same in common, in a text that is not large, or more of it, is found.
        let (old, new) = (
            format!("Same words.\n\n{}", &text("a")[..500]),
            format!("Same words.\n\n{}", &text("b")[..500]),
        );
        assert!(shown(&old, &new).contains(&"Same words.".to_owned()));
    }

    #[test]
    fn the_cost_of_a_pairing_is_what_a_reader_meets() {
        let cost = |old: &str, new: &str| {
            let (old, new) = (wording(old), wording(new));
            let lexicon = Lexicon::new(&old, &new);
            let versions = Versions { old: &old, new: &new, lexicon: &lexicon };
            let pairs = versions.pairs(&[]);
            versions.cost(&pairs)
        };
        assert_eq!(cost("a b c d", "a b c d"), 0);
        assert_eq!(cost("a b c d", "a x c d"), 1 + 1 + CHANGE);
        assert_eq!(cost("a b c d", "a b c d e f"), 2 + CHANGE);
        assert_eq!(cost("a b", ""), 2 + CHANGE);
        assert_eq!(cost("", "a b c"), 3 + CHANGE);
        assert_eq!(
            cost("| a | b |\n|--|--|\n| c | d |", "| a | b |\n|--|--|\n| c | x |"),
            2 + CHANGE
        );
        assert_eq!(cost("", "| a | b |\n|--|--|\n| c | d |"), 4 + CHANGE);
        let [a, b, c] = PARAGRAPHS;
        assert_eq!(cost(&format!("{a}\n\n{b}\n\n{c}"), &format!("{b}\n\n{c}\n\n{a}")), CHANGE);
    }

    #[test]
    fn sections_are_known_by_the_words_of_their_leaves() {
        let [a, b, c] = PARAGRAPHS;
        let known = |old: &str, new: &str| {
            let (old, new) = (wording(old), wording(new));
            let lexicon = Lexicon::new(&old, &new);
            let versions = Versions { old: &old, new: &new, lexicon: &lexicon };
            let same = versions.sections_of(&versions.pairs(&[]));
            assert!(same.iter().all(|same| !same.moved && same.by == sections::By::Words));
            same.iter().map(|same| (same.old, same.new)).collect::<Vec<_>>()
        };
        let old = format!("## A\n\n{a}\n\n{b}\n\n## B\n\n{c}");
        assert_eq!(known(&old, &format!("## X\n\n{a}\n\n{b}\n\n## Y\n\n{c}")), [(0, 0), (1, 1)]);
        assert_eq!(known(&old, &format!("## Y\n\n{c}\n\n## X\n\n{a}\n\n{b}")), [(1, 0), (0, 1)]);
        // `b` has a word more than `a`, and no section is two.
        assert_eq!(known(&old, &format!("## X\n\n{a}\n\n## Y\n\n{b}\n\n{c}")), [(0, 1)]);
        assert_eq!(known(&old, "## Z\n\nz"), []);
    }
}
