//! Words that came and went inside a leaf: few, whole changes rather than many torn ones.
//!
//! The shortest edit script from one text to another is not the one that reads best. A change is
//! moved to where a sentence or a phrase begins, and a word or two that stayed between two larger
//! changes go along with them.

use std::ops::Range;

use crate::redline::align;
use crate::redline::align::Step;
use crate::redline::lexicon::Lexicon;
use crate::redline::token::Class;
use crate::redline::vocabulary::Index;

/// The tokens of the leaves that are compared, one after another.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// What is compared.
    pub folded: Vec<u32>,
    /// What each token is.
    pub classes: Vec<Class>,
}

impl Line {
    /// Returns the tokens of leaves, one after another.
    pub fn of<'a>(leaves: impl Iterator<Item = &'a Index>) -> Line {
        let mut line = Line::default();
        for leaf in leaves {
            line.folded.extend_from_slice(&leaf.folded);
            line.classes.extend_from_slice(&leaf.classes);
        }
        line
    }
}

/// Returns the edit script from one text to another, from end to end; no two steps of one kind
/// follow each other.
pub fn steps(old: &Line, new: &Line, lexicon: &Lexicon) -> Vec<Step> {
    let mut steps = joined(align::shortest(&old.folded, &new.folded).into_iter());
    slide(&mut steps, old, new);
    while merge(&mut steps, old, new, lexicon) {}
    rewrite(&mut steps, new);
    steps
}

/// Returns the edit script of a text that stayed.
pub fn stayed(length: usize) -> Vec<Step> {
    let step = Step { same: true, old: 0..length, new: 0..length };
    Vec::from_iter(Some(step).filter(|_| length > 0))
}

/// Joins steps of one kind that follow each other.
fn joined(steps: impl Iterator<Item = Step>) -> Vec<Step> {
    let mut joined = Vec::new();
    steps.for_each(|step| push(&mut joined, step));
    joined
}

fn push(steps: &mut Vec<Step>, step: Step) {
    match steps.last_mut() {
        _ if step.old.is_empty() && step.new.is_empty() => {}
        Some(last) if last.same == step.same => {
            last.old.end = step.old.end;
            last.new.end = step.new.end;
        }
        _ => steps.push(step),
    }
}

/// Moves each pure insertion and deletion to the best of the places where it could as well stand.
fn slide(steps: &mut Vec<Step>, old: &Line, new: &Line) {
    for index in 1..steps.len().saturating_sub(1) {
        let (before, change, after) =
            (steps[index - 1].clone(), steps[index].clone(), steps[index + 1].clone());
        let (text, range) = match (change.old.is_empty(), change.new.is_empty()) {
            (true, false) => (new, change.new.clone()),
            (false, true) => (old, change.old.clone()),
            _ => continue,
        };
        if !before.same || !after.same {
            continue;
        }
        // A shift to the left takes tokens of the step before; it may not use it up, unless nothing
        // stands before it.
        let left_most = before.old.len() - usize::from(index > 1);
        let right_most = after.old.len() - usize::from(index + 2 < steps.len());
        let left = (0..left_most)
            .take_while(|by| text.folded[range.start - 1 - by] == text.folded[range.end - 1 - by])
            .count();
        let right = (0..right_most)
            .take_while(|by| text.folded[range.start + by] == text.folded[range.end + by])
            .count();
        let places = (-(left as isize)..=right as isize)
            .map(|by| (edge(text, &shifted(&range, by)), -by.abs(), by));
        let Some((_, _, by)) = places.max() else { continue };
        if by != 0 {
            let move_end = |range: &Range<usize>| range.start..shift(range.end, by);
            let move_start = |range: &Range<usize>| shift(range.start, by)..range.end;
            steps[index - 1] =
                Step { old: move_end(&before.old), new: move_end(&before.new), ..before };
            steps[index] =
                Step { old: shifted(&change.old, by), new: shifted(&change.new, by), ..change };
            steps[index + 1] =
                Step { old: move_start(&after.old), new: move_start(&after.new), ..after };
        }
    }
    *steps = joined(std::mem::take(steps).into_iter());
}

fn shift(at: usize, by: isize) -> usize {
    at.checked_add_signed(by).expect("a change stays inside its text")
}

fn shifted(range: &Range<usize>, by: isize) -> Range<usize> {
    shift(range.start, by)..shift(range.end, by)
}

/// Says how good the edges of a change are: it best begins after a sentence or a mark, and ends
/// with one.
fn edge(text: &Line, range: &Range<usize>) -> u32 {
    let after = |at: usize| match at.checked_sub(1).map(|before| text.classes[before]) {
        None | Some(Class::End) => 3,
        Some(Class::Mark) => 1,
        _ => 0,
    };
    let ends = if range.end == text.classes.len() { 3 } else { after(range.end) };
    after(range.start) + ends
}

/// Takes what stayed between two changes along with them where it is too little to be read on its
/// own. Tells whether it did.
fn merge(steps: &mut Vec<Step>, old: &Line, new: &Line, lexicon: &Lexicon) -> bool {
    // More words than these change nothing.
    let size = |step: &Step| {
        let classes = old.classes[step.old.clone()].iter().chain(&new.classes[step.new.clone()]);
        classes.filter(|class| matches!(class, Class::Word | Class::Number)).take(ENOUGH).count()
    };
    let mut merged: Vec<Step> = Vec::with_capacity(steps.len());
    for (index, step) in steps.iter().enumerate() {
        let island = step.same && index > 0 && index + 1 < steps.len();
        let swallowed = island && {
            let sizes = [merged.last().map_or(0, size), size(&steps[index + 1])];
            is_swallowed(step, sizes, new, lexicon)
        };
        push(&mut merged, Step { same: step.same && !swallowed, ..step.clone() });
    }
    let did = merged.len() < steps.len();
    *steps = merged;
    did
}

/// Shows a sentence that is in scraps as rewritten: little stayed between its changes, or half of
/// it is marked. What stayed goes along with its changes, the least first, until it is in scraps no
/// more. Words that became others one by one are read where they stand, however many.
fn rewrite(steps: &mut Vec<Step>, new: &Line) {
    let mut rewritten = Vec::with_capacity(steps.len());
    for mut sentence in sentences(steps, new) {
        scraps(&sentence, new).into_iter().for_each(|at| sentence[at].same = false);
        sentence.into_iter().for_each(|step| push(&mut rewritten, step));
    }
    *steps = rewritten;
}

/// Returns which steps of a sentence stayed, but are too little to be read between its changes.
fn scraps(sentence: &[Step], new: &Line) -> Vec<usize> {
    /// From how many changes on a sentence is in scraps.
    const SCRAPS: usize = 3;
    /// How many words changed, at least, for each that stayed between them.
    const CHANGED: f64 = 2.5;
    /// How many words that stayed between two changes can be read on their own.
    const READABLE: usize = 4;
    let changed = || sentence.iter().filter(|step| !step.same);
    let first = sentence.iter().position(|step| !step.same).unwrap_or(0);
    let last = sentence.iter().rposition(|step| !step.same).unwrap_or(0);
    // What stays at the ends of the sentence may stay.
    let mut islands: Vec<usize> = (first..last).filter(|at| sentence[*at].same).collect();
    let length = |at: &usize| sentence[*at].new.len();
    islands.sort_by_key(length);
    let mut count = changed().count();
    let mut marked: usize = changed().map(|step| step.old.len() + step.new.len()).sum();
    let mut kept: usize = islands.iter().map(length).sum();
    let mut all_kept: usize =
        sentence.iter().filter(|step| step.same).map(|step| step.new.len()).sum();
    let one_by_one = changed().all(|step| step.old.len().max(step.new.len()) == 1);
    let spoken = |at: usize| {
        let classes = new.classes[sentence[at].new.clone()].iter();
        classes.filter(|class| matches!(class, Class::Word | Class::Number)).count()
    };
    let mut taken = Vec::new();
    for at in islands {
        let half = marked >= all_kept && !one_by_one;
        let torn = count >= SCRAPS && (half || kept as f64 * CHANGED <= marked as f64);
        if !torn && (taken.is_empty() || spoken(at) >= READABLE) {
            break;
        }
        let size = length(&at);
        taken.push(at);
        (count, marked) = (count - 1, marked + 2 * size);
        (kept, all_kept) = (kept - size, all_kept - size);
    }
    taken
}

/// Cuts the edit script after each end of a sentence that stayed.
fn sentences(steps: &[Step], new: &Line) -> Vec<Vec<Step>> {
    let mut sentences: Vec<Vec<Step>> = vec![Vec::new()];
    for step in steps {
        let mut step = step.clone();
        while step.same {
            let Some(end) =
                new.classes[step.new.clone()].iter().position(|class| *class == Class::End)
            else {
                break;
            };
            let (old_end, new_end) = (step.old.start + end + 1, step.new.start + end + 1);
            let before =
                Step { same: true, old: step.old.start..old_end, new: step.new.start..new_end };
            sentences.last_mut().expect("there is one").push(before);
            sentences.push(Vec::new());
            (step.old.start, step.new.start) = (old_end, new_end);
        }
        sentences.last_mut().expect("there is one").push(step);
    }
    sentences
}

/// From how many words on a change is as large as any, for what stands beside it.
const ENOUGH: usize = 8;

/// Returns true if an island between changes of these sizes is too small to stand.
fn is_swallowed(island: &Step, sizes: [usize; 2], text: &Line, lexicon: &Lexicon) -> bool {
    let classes = &text.classes[island.new.clone()];
    if classes.contains(&Class::End) || island.new.len() > 12 {
        return false;
    }
    let smaller = sizes[0].min(sizes[1]);
    if classes.contains(&Class::Number) && smaller < ENOUGH {
        return false;
    }
    let words = &text.folded[island.new.clone()];
    let halves: usize = classes
        .iter()
        .zip(words)
        .map(|(class, word)| match class {
            Class::Word if lexicon.is_common(*word) => 1,
            Class::Word | Class::Number => 2,
            _ => 0,
        })
        .sum();
    match halves {
        0 => true,
        1..=2 => smaller >= 2,
        3..=4 => smaller >= 4,
        5..=6 => smaller >= ENOUGH,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{shown, told};
    use crate::redline::wording::Wording;

    /// Returns a line of words by their first letters: upper-case for numbers, `,` for a mark, `.`
    /// for the end of a sentence.
    fn line(text: &str) -> Line {
        let class = |letter: char| match letter {
            ',' => Class::Mark,
            '.' => Class::End,
            letter if letter.is_uppercase() => Class::Number,
            _ => Class::Word,
        };
        Line {
            folded: text.chars().map(u32::from).collect(),
            classes: text.chars().map(class).collect(),
        }
    }

    /// Returns the way from one line to another in letters, by a function that changes it.
    fn way(old: &str, new: &str, change: impl FnOnce(&mut Vec<Step>, &Line, &Line)) -> String {
        let (before, now) = (line(old), line(new));
        let mut steps = joined(align::shortest(&before.folded, &now.folded).into_iter());
        change(&mut steps, &before, &now);
        assert!(steps.windows(2).all(|two| two[0].same != two[1].same), "{steps:?}");
        let tell = |step: &Step| match step.same {
            true => new[step.new.clone()].to_owned(),
            false => format!("[{}>{}]", &old[step.old.clone()], &new[step.new.clone()]),
        };
        steps.iter().map(tell).collect()
    }

    #[test]
    fn a_change_slides_to_where_a_sentence_or_a_phrase_begins() {
        // What stayed, what went or came, and what stayed: told as it was found.
        let slid = |before: &str, gone: &str, came: &str, after: &str| {
            let (old, new) =
                (line(&format!("{before}{gone}{after}")), line(&format!("{before}{came}{after}")));
            let (first, old_end, new_end) =
                (before.len(), before.len() + gone.len(), before.len() + came.len());
            let mut steps = vec![
                Step { same: true, old: 0..first, new: 0..first },
                Step { same: false, old: first..old_end, new: first..new_end },
                Step { same: true, old: old_end..old.folded.len(), new: new_end..new.folded.len() },
            ];
            steps.retain(|step| !step.old.is_empty() || !step.new.is_empty());
            slide(&mut steps, &old, &new);
            let letters = |line: &Line, range: &Range<usize>| -> String {
                line.folded[range.clone()]
                    .iter()
                    .map(|letter| char::from_u32(*letter).unwrap())
                    .collect()
            };
            for step in steps.iter().filter(|step| step.same) {
                assert_eq!(letters(&old, &step.old), letters(&new, &step.new));
            }
            let tell = |step: &Step| match step.same {
                true => letters(&new, &step.new),
                false => format!("[{}>{}]", letters(&old, &step.old), letters(&new, &step.new)),
            };
            steps.iter().map(tell).collect::<String>()
        };
        // A sentence is whole, whichever of the two equal ends belongs to it; to the left and to
        // the right.
        assert_eq!(slid("ab", "", ".xb", ".cd."), "ab.[>xb.]cd.");
        assert_eq!(slid("ab", ".xb", "", ".cd."), "ab.[xb.>]cd.");
        assert_eq!(slid("ab.x", "", "b.x", "c."), "ab.[>xb.]xc.");
        assert_eq!(slid("ab.x", "b.x", "", "c."), "ab.[xb.>]xc.");
        assert_eq!(slid("q.abc", "", "dabc", "e."), "q.[>abcd]abce.");
        assert_eq!(slid("a", "", ",b", ",c"), "a,[>b,]c");
        // No place is better than where it is, and the nearest of those that are as good is taken.
        assert_eq!(slid("abc", "", "c", "d"), "abc[>c]d");
        assert_eq!(slid("a.", "", "x.", "x.b"), "a.[>x.]x.b");
        // At the ends it may use up what stands beside it.
        assert_eq!(slid("a", "", "ba", "c"), "[>ab]ac");
        assert_eq!(slid("c", "", "ab", "a"), "ca[>ba]");
        assert_eq!(slid("a", "", ".a", "."), "a.[>a.]");
        assert_eq!(slid("", "", "x", "abc"), "[>x]abc");
        assert_eq!(slid("a", "b", "x", "c"), "a[b>x]c");
        assert_eq!(slid("ab", "b", "x", "c"), "ab[b>x]c");
    }

    #[test]
    fn a_change_beside_another_does_not_swallow_what_stays_between() {
        // `b` came twice around an `a` that stays: the first may not slide over all of it.
        let (old, new) = (line("x.a.y"), line("x.ba.ba.y"));
        let mut steps = joined(align::shortest(&old.folded, &new.folded).into_iter());
        let before = steps.iter().filter(|step| !step.same).count();
        slide(&mut steps, &old, &new);
        assert_eq!(steps.iter().filter(|step| !step.same).count(), before);
    }

    #[test]
    fn the_edges_of_a_change_are_judged_by_what_stands_before_them() {
        let text = line("a,b.cd");
        let edge = |from: usize, to: usize| edge(&text, &(from..to));
        assert_eq!(edge(0, 6), 6, "from end to end");
        assert_eq!(edge(4, 6), 6, "a sentence");
        assert_eq!(edge(2, 4), 4, "from a mark to the end of a sentence");
        assert_eq!(edge(1, 2), 1);
        assert_eq!(edge(1, 3), 0);
        assert_eq!(edge(5, 6), 3);
    }

    #[test]
    fn an_island_is_taken_along_where_it_is_small_beside_the_changes() {
        let of =
            |text: &str| Lexicon::new(&crate::redline::trial::wording(text), &Wording::default());
        let swallowed_by = |island: &str, sizes: [usize; 2], lexicon: &Lexicon| {
            let text = Line { folded: vec![0; island.len()], ..line(island) };
            is_swallowed(
                &Step { same: true, old: 0..island.len(), new: 0..island.len() },
                sizes,
                &text,
                lexicon,
            )
        };
        let rare = of("a b");
        let swallowed = |island: &str, sizes: [usize; 2]| swallowed_by(island, sizes, &rare);
        for (island, least) in
            [(",", 0), (",,", 0), ("a", 2), (",a,", 2), ("ab", 4), ("abc", 8), ("A", 8), ("Ab", 8)]
        {
            assert!(
                swallowed(island, [least, 99]) && swallowed(island, [99, least]),
                "{island} {least}"
            );
            assert!(
                least == 0
                    || !swallowed(island, [least - 1, 99]) && !swallowed(island, [99, least - 1]),
                "{island} {least}"
            );
        }
        for island in [".", "a.", "abcd", "aAb.", ",,,,,,,,,,,,,"] {
            assert!(!swallowed(island, [99, 99]), "{island}");
        }
        assert!(swallowed(",,,,,,,,,,,,", [0, 0]), "twelve marks");
        // Words that are everywhere count half.
        let common = of(&"the ".repeat(101));
        assert!(
            swallowed_by("ab", [2, 2], &common)
                && swallowed_by("abcd", [4, 4], &common)
                && swallowed_by("abcdef", [8, 8], &common)
        );
    }

    #[test]
    fn sentences_are_cut_after_each_end_that_stayed() {
        let (old, new) = (line("ab.cd.ef"), line("ab.xd.ef"));
        let steps = align::shortest(&old.folded, &new.folded);
        let cut = sentences(&joined(steps.into_iter()), &new);
        let step = |step: Step| (step.same, step.old, step.new);
        let told: Vec<Vec<_>> =
            cut.into_iter().map(|steps| steps.into_iter().map(step).collect()).collect();
        assert_eq!(
            told,
            [
                vec![(true, 0..3, 0..3)],
                vec![(true, 3..3, 3..3), (false, 3..4, 3..4), (true, 4..6, 4..6)],
                vec![(true, 6..8, 6..8)]
            ]
        );
    }

    #[test]
    fn a_sentence_in_scraps_is_rewritten_as_a_whole() {
        let rewritten = |old: &str, new: &str| way(old, new, |steps, _, new| rewrite(steps, new));
        // Three changes, two words between them that stayed, six that came or went: 2 × 2.5 is no
        // more than 6.
        assert_eq!(rewritten("abcdefg", "axcyezg"), "a[bcdef>xcyez]g");
        // Two changes are no scraps.
        assert_eq!(rewritten("abcde", "axcye"), "a[b>x]c[d>y]e");
        // Three words for six stay.
        assert_eq!(rewritten("abchdefg", "axchyezg"), "a[b>x]ch[d>y]e[f>z]g");
        // What stays at the ends stays, and each sentence counts alone.
        assert_eq!(rewritten("ab.cd.ef.", "ax.cy.ez."), "a[b>x].c[d>y].e[f>z].");
        assert_eq!(rewritten("a.bcdefgh", "a.xcyezgh"), "a.[bcdef>xcyez]gh");
    }

    #[test]
    fn a_sentence_of_which_half_is_marked_keeps_what_can_be_read_in_it() {
        let rewritten = |old: &str, new: &str| way(old, new, |steps, _, new| rewrite(steps, new));
        // Ten words came or went, and eight stayed; eleven are too many.
        assert_eq!(rewritten("abcdklefghij", "axycdklvwfgutj"), "a[b>xy]cdkl[efghi>vwfgut]j");
        assert_eq!(
            rewritten("mnoabcdklefghij", "mnoaxycdklvwfgutj"),
            "mnoa[b>xy]cdkl[e>vw]fg[hi>ut]j"
        );
        // Four words can be read between two changes, three cannot, nor two and a mark.
        assert_eq!(rewritten("abcdkefgmij", "axycdkvwfgmutj"), "a[bcdkefgmi>xycdkvwfgmut]j");
        assert_eq!(rewritten("abcd,efghi", "axycd,vwfgut"), "a[bcd,efghi>xycd,vwfgut]");
        // The longest is kept, wherever it stands.
        assert_eq!(rewritten("abcdefghklmno", "axycdvwzghklutp"), "a[bcdef>xycdvwz]ghkl[mno>utp]");
        assert_eq!(
            shown(
                "In a week, your use of the Product, the Website, or the Service means you accept such changes.",
                "In a week, Customer's use of the Service means you accept our revisions of this Agreement."
            ),
            ["In a week, [-your use of the Product, the Website, or-] {+Customer's use of+} the \
              Service means you accept [-such changes-] {+our revisions of this Agreement+} ."]
        );
        // Words that became others one by one are read where they stand.
        assert_eq!(
            shown(
                "The old fee is then due at noon on Monday.",
                "The new fee is then payable at noon on Friday."
            ),
            [
                "The [-old-] {+new+} fee is then [-due-] {+payable+} at noon on [-Monday-] {+Friday+} ."
            ]
        );
    }

    #[test]
    fn changes_are_few_and_whole() {
        assert_eq!(
            shown("We reply in one day.", "We reply in two days."),
            ["We reply in [-one day-] {+two days+} ."]
        );
        assert_eq!(
            shown(
                "We tell you of it. Then all is well.",
                "We tell you of it. And we pay for it. Then all is well."
            ),
            ["We tell you of it. {+And we pay for it.+} Then all is well."]
        );
        assert_eq!(
            shown(
                "You may ask our old team at any time.",
                "You may write to our new staff at any time."
            ),
            ["You may [-ask our old team-] {+write to our new staff+} at any time."]
        );
        // A number that stayed is not swallowed between small edits, and no number is torn.
        assert_eq!(
            shown("in about 48 full hours", "in nearly 48 short hours"),
            ["in [-about-] {+nearly+} 48 [-full-] {+short+} hours"]
        );
        assert_eq!(told("99.9 % of 1,000", "99.95 % of 1,000"), ["changed [-99.9 %-]{+99.95 %+}"]);
        assert_eq!(told("a b c", "a b c d"), ["added [--]{+d+}"]);
        assert_eq!(told("z a b c", "a b c"), ["removed [-z-]{++}"]);
    }
}
