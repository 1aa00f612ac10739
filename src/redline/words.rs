//! Words that came and went inside a leaf: few, whole changes rather than many torn ones.
//!
//! The shortest way from one text to another is not the one that reads best. A change is moved to where a sentence or a phrase begins,
//! and a word or two that stayed between two larger changes go along with them.

use std::ops::Range;

use crate::redline::align;
use crate::redline::align::Step;
use crate::redline::lexicon::Index;
use crate::redline::lexicon::Lexicon;
use crate::redline::token::Class;

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

/// Returns the way from one text to another, from end to end; no two steps of one kind follow each other.
pub fn steps(old: &Line, new: &Line, lexicon: &Lexicon) -> Vec<Step> {
    let mut steps = joined(align::shortest(&old.folded, &new.folded).into_iter());
    slide(&mut steps, old, new);
    while merge(&mut steps, old, new, lexicon) {}
    rewrite(&mut steps, new);
    steps
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
        let (before, change, after) = (steps[index - 1].clone(), steps[index].clone(), steps[index + 1].clone());
        let (text, range) = match (change.old.is_empty(), change.new.is_empty()) {
            (true, false) => (new, change.new.clone()),
            (false, true) => (old, change.old.clone()),
            _ => continue,
        };
        if !before.same || !after.same {
            continue;
        }
        // A shift to the left takes tokens of the step before; it may not use it up, unless nothing stands before it.
        let left_most = before.old.len() - usize::from(index > 1);
        let right_most = after.old.len() - usize::from(index + 2 < steps.len());
        let left = (0..left_most).take_while(|by| text.folded[range.start - 1 - by] == text.folded[range.end - 1 - by]).count();
        let right = (0..right_most).take_while(|by| text.folded[range.start + by] == text.folded[range.end + by]).count();
        let places = (-(left as isize)..=right as isize).map(|by| (edge(text, &shifted(&range, by)), -by.abs(), by));
        let Some((_, _, by)) = places.max() else { continue };
        if by != 0 {
            let move_end = |range: &Range<usize>| range.start..shift(range.end, by);
            let move_start = |range: &Range<usize>| shift(range.start, by)..range.end;
            steps[index - 1] = Step { old: move_end(&before.old), new: move_end(&before.new), ..before };
            steps[index] = Step { old: shifted(&change.old, by), new: shifted(&change.new, by), ..change };
            steps[index + 1] = Step { old: move_start(&after.old), new: move_start(&after.new), ..after };
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

/// Says how good the edges of a change are: it best begins after a sentence or a mark, and ends with one.
fn edge(text: &Line, range: &Range<usize>) -> u32 {
    let after = |at: usize| match at.checked_sub(1).map(|before| text.classes[before]) {
        None | Some(Class::End) => 3,
        Some(Class::Mark) => 1,
        _ => 0,
    };
    let ends = if range.end == text.classes.len() { 3 } else { after(range.end) };
    after(range.start) + ends
}

/// Takes what stayed between two changes along with them where it is too little to be read on its own. Tells whether it did.
fn merge(steps: &mut Vec<Step>, old: &Line, new: &Line, lexicon: &Lexicon) -> bool {
    let size = |step: &Step| {
        let spoken = |classes: &[Class]| classes.iter().filter(|class| matches!(class, Class::Word | Class::Number)).count();
        spoken(&old.classes[step.old.clone()]) + spoken(&new.classes[step.new.clone()])
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

/// Shows a sentence as rewritten as a whole where little of it stayed, in scraps.
fn rewrite(steps: &mut Vec<Step>, new: &Line) {
    /// From how many changes on a sentence is in scraps.
    const SCRAPS: usize = 3;
    /// How many words changed, at least, for each that stayed.
    const CHANGED: f64 = 2.5;
    let mut rewritten = Vec::with_capacity(steps.len());
    for sentence in sentences(steps, new) {
        let size = |step: &Step| step.old.len() + step.new.len();
        let changes = sentence.iter().filter(|step| !step.same).count();
        let changed: usize = sentence.iter().filter(|step| !step.same).map(size).sum();
        // What stays at the ends of the sentence may stay.
        let first = sentence.iter().position(|step| !step.same).unwrap_or(0);
        let last = sentence.iter().rposition(|step| !step.same).unwrap_or(0);
        let kept: usize =
            sentence.iter().enumerate().filter(|(at, step)| step.same && (first..last).contains(at)).map(|(_, step)| step.new.len()).sum();
        let whole = changes >= SCRAPS && kept as f64 * CHANGED <= changed as f64;
        for (at, step) in sentence.into_iter().enumerate() {
            push(&mut rewritten, Step { same: step.same && !(whole && (first..last).contains(&at)), ..step });
        }
    }
    *steps = rewritten;
}

/// Cuts the way from one text to another after each end of a sentence that stayed.
fn sentences(steps: &[Step], new: &Line) -> Vec<Vec<Step>> {
    let mut sentences: Vec<Vec<Step>> = vec![Vec::new()];
    for step in steps {
        let mut step = step.clone();
        while step.same {
            let Some(end) = new.classes[step.new.clone()].iter().position(|class| *class == Class::End) else { break };
            let (old_end, new_end) = (step.old.start + end + 1, step.new.start + end + 1);
            let before = Step { same: true, old: step.old.start..old_end, new: step.new.start..new_end };
            sentences.last_mut().expect("there is one").push(before);
            sentences.push(Vec::new());
            (step.old.start, step.new.start) = (old_end, new_end);
        }
        sentences.last_mut().expect("there is one").push(step);
    }
    sentences
}

/// Tells whether an island between changes of these sizes is too small to stand.
fn is_swallowed(island: &Step, sizes: [usize; 2], text: &Line, lexicon: &Lexicon) -> bool {
    let classes = &text.classes[island.new.clone()];
    if classes.contains(&Class::End) || island.new.len() > 12 {
        return false;
    }
    let smaller = sizes[0].min(sizes[1]);
    if classes.contains(&Class::Number) && smaller < 8 {
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
        5..=6 => smaller >= 8,
        _ => false,
    }
}
