//! What of one sequence is what of another, order kept: the pairs that are worth most together.
//!
//! Bounded by work and never by a clock: short sequences are compared each with each, longer ones between the items that are equal on
//! both sides, and what is too long even then is left unpaired.

use std::collections::HashMap;
use std::ops::Range;

use similar::Algorithm;
use similar::DiffOp;

/// A stretch of both sequences that stayed, or in which some went and others came in their place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whether it stayed.
    pub same: bool,
    /// Its items in the old sequence.
    pub old: Range<usize>,
    /// Its items in the new one.
    pub new: Range<usize>,
}

/// How many comparisons a sequence is worth as a whole.
const WHOLE: usize = 40_000;

/// How many comparisons the stretch between two equal items is worth.
const BETWEEN: usize = 250_000;

/// Returns the pairs, rising on both sides, that are worth most together. Items with equal keys are the same; `worth` says what a pair of
/// others is worth, and nothing where they are none.
pub fn in_order(old: &[u32], new: &[u32], worth: impl Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    let before = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let after = old[before..].iter().rev().zip(new[before..].iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - after, new.len() - after);
    let mut pairs: Vec<(usize, usize)> = (0..before).map(|index| (index, index)).collect();
    let (height, width) = (old_end - before, new_end - before);
    if height * width <= WHOLE {
        pairs.extend(best(before..old_end, before..new_end, &worth));
    } else {
        let (mut old_at, mut new_at) = (before, before);
        let gap = |old_to: usize, new_to: usize, old_at: usize, new_at: usize, pairs: &mut Vec<(usize, usize)>| {
            if (old_to - old_at) * (new_to - new_at) <= BETWEEN {
                pairs.extend(best(old_at..old_to, new_at..new_to, &worth));
            }
        };
        for step in steps(Algorithm::Histogram, &old[before..old_end], &new[before..new_end]).iter().filter(|step| step.same) {
            let (old_index, new_index) = (step.old.start + before, step.new.start + before);
            gap(old_index, new_index, old_at, new_at, &mut pairs);
            pairs.extend((old_index..).zip(new_index..).take(step.old.len()));
            (old_at, new_at) = (old_index + step.old.len(), new_index + step.new.len());
        }
        gap(old_end, new_end, old_at, new_at, &mut pairs);
    }
    pairs.extend((0..after).map(|index| (old_end + index, new_end + index)));
    pairs
}

/// From how many items on the algorithm for long sequences is taken: the other gives up being short there.
const LONG: usize = 2_000;

/// Returns the shortest way from one sequence to another, or a short one where the shortest would cost too much.
pub fn shortest(old: &[u32], new: &[u32]) -> Vec<Step> {
    steps(if old.len().max(new.len()) > LONG { Algorithm::Histogram } else { Algorithm::Myers }, old, new)
}

/// Returns the shortest way from one text to another, line by line.
pub fn lines(old: &[&str], new: &[&str]) -> Vec<Step> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut number = |line| {
        let next = u32::try_from(numbers.len()).expect("a text has fewer lines");
        *numbers.entry(line).or_insert(next)
    };
    let [old, new] = [old, new].map(|lines| lines.iter().map(|line| number(*line)).collect::<Vec<u32>>());
    shortest(&old, &new)
}

fn steps(algorithm: Algorithm, old: &[u32], new: &[u32]) -> Vec<Step> {
    let step = |operation: &DiffOp| Step {
        same: matches!(operation, DiffOp::Equal { .. }),
        old: operation.old_range(),
        new: operation.new_range(),
    };
    similar::capture_diff_slices(algorithm, old, new).iter().map(step).collect()
}

/// Compares each with each.
fn best(old: Range<usize>, new: Range<usize>, worth: &impl Fn(usize, usize) -> f64) -> Vec<(usize, usize)> {
    const PAIR: u8 = 1;
    const OLD: u8 = 2;
    let (height, width) = (old.len(), new.len());
    let mut steps = vec![0_u8; height * width];
    let mut above = vec![0.0_f64; width + 1];
    let mut row = vec![0.0_f64; width + 1];
    for i in 0..height {
        for j in 0..width {
            let (skip_old, skip_new) = (above[j + 1], row[j]);
            let (mut most, mut step) = if skip_old > skip_new { (skip_old, OLD) } else { (skip_new, 0) };
            let pair = worth(old.start + i, new.start + j);
            if pair > 0.0 && above[j] + pair > most {
                (most, step) = (above[j] + pair, PAIR);
            }
            row[j + 1] = most;
            steps[i * width + j] = step;
        }
        std::mem::swap(&mut above, &mut row);
    }
    let (mut i, mut j) = (height, width);
    let mut pairs = Vec::new();
    while i > 0 && j > 0 {
        match steps[(i - 1) * width + j - 1] {
            PAIR => {
                (i, j) = (i - 1, j - 1);
                pairs.push((old.start + i, new.start + j));
            }
            OLD => i -= 1,
            _ => j -= 1,
        }
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lighter_side_of_a_swap_gives_way() {
        let weights = [0.0, 1.0, 9.0];
        let worth = |old: &[u32], new: &[u32]| {
            let (old, new) = (old.to_vec(), new.to_vec());
            move |i: usize, j: usize| if old[i] == new[j] { weights[old[i] as usize] } else { 0.0 }
        };
        assert_eq!(in_order(&[1, 2], &[2, 1], worth(&[1, 2], &[2, 1])), [(1, 0)]);
        assert_eq!(in_order(&[2, 1], &[1, 2], worth(&[2, 1], &[1, 2])), [(0, 1)]);
    }

    #[test]
    fn long_sequences_are_paired_between_what_is_equal() {
        let old: Vec<u32> = (0..500).collect();
        let new: Vec<u32> = (0..500).map(|index| if index % 10 == 1 { index + 1000 } else { index }).collect();
        let pairs = in_order(&old, &new, |i, j| if new[j] == old[i] + 1000 || new[j] == old[i] { 1.0 } else { 0.0 });
        assert!(pairs.iter().all(|(old, new)| old == new) && pairs.len() == 500);
    }

    /// Says what the best pairs are worth, by trying all.
    fn most(old: &[u32], new: &[u32], worth: &dyn Fn(usize, usize) -> f64) -> f64 {
        let (Some((_, old_rest)), Some((_, new_rest))) = (old.split_last(), new.split_last()) else { return 0.0 };
        let pair = most(old_rest, new_rest, worth) + worth(old_rest.len(), new_rest.len());
        pair.max(most(old_rest, new, worth)).max(most(old, new_rest, worth))
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 100, failure_persistence: None, ..Default::default() })]

        #[test]
        fn no_other_pairs_are_worth_more(
            old in proptest::collection::vec(0..4_u32, 0..6),
            new in proptest::collection::vec(0..4_u32, 0..6),
            table in proptest::collection::vec(0..8_u8, 16),
        ) {
            let worth = |i: usize, j: usize| match (old[i], new[j]) {
                (a, b) if a == b => 1.0,
                (a, b) => f64::from(table[a as usize * 4 + b as usize]) / 8.0,
            };
            let pairs = in_order(&old, &new, worth);
            proptest::prop_assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1), "{pairs:?}");
            let total: f64 = pairs.iter().map(|(i, j)| worth(*i, *j)).sum();
            proptest::prop_assert_eq!(total, most(&old, &new, &worth), "{:?}", pairs);
            proptest::prop_assert!(pairs.iter().all(|(i, j)| worth(*i, *j) > 0.0));
        }

        #[test]
        fn the_way_leads_from_end_to_end(
            old in proptest::collection::vec(0..3_u32, 0..9),
            new in proptest::collection::vec(0..3_u32, 0..9),
        ) {
            let steps = shortest(&old, &new);
            let (mut old_at, mut new_at) = (0, 0);
            for step in &steps {
                proptest::prop_assert_eq!((step.old.start, step.new.start), (old_at, new_at));
                (old_at, new_at) = (step.old.end, step.new.end);
                proptest::prop_assert_eq!(step.same, old[step.old.clone()] == new[step.new.clone()]);
            }
            proptest::prop_assert_eq!((old_at, new_at), (old.len(), new.len()));
            let same: usize = steps.iter().filter(|step| step.same).map(|step| step.old.len()).sum();
            proptest::prop_assert_eq!(same as f64, most(&old, &new, &|i, j| if old[i] == new[j] { 1.0 } else { 0.0 }));
        }
    }

    #[test]
    fn the_work_is_bounded() {
        let compared = |old: u32, new: u32, between: &[u32]| {
            let times = std::cell::Cell::new(0);
            let side = |first: u32, count: u32| -> Vec<u32> { (first..first + count).chain(between.iter().copied()).collect() };
            let pairs = in_order(&side(1_000, old), &side(2_000, new), |_, _| {
                times.set(times.get() + 1);
                0.0
            });
            assert_eq!(pairs.len(), between.len(), "what is equal stays");
            times.get()
        };
        assert_eq!(compared(200, 200, &[]), 40_000);
        assert_eq!(compared(500, 500, &[]), 250_000);
        assert_eq!(compared(500, 501, &[]), 0);
        assert_eq!(compared(500, 501, &[7, 8]), 0);
    }

    #[test]
    fn gaps_between_equal_items_are_compared_each_on_its_own() {
        // Only one item in every forty is equal on both sides.
        let side = |base: u32| -> Vec<u32> { (0..400).map(|at| if at % 40 == 0 { at } else { base + at }).collect() };
        let (mut old, mut new) = (side(1_000), side(2_000));
        old.insert(0, 9_000);
        new.insert(0, 9_001);
        let pairs = in_order(&old, &new, |i, j| {
            assert!((i + 38) / 40 == (j + 38) / 40, "{i} and {j} are in one gap");
            if i == j || old[i] == new[j] { 1.0 } else { 0.0 }
        });
        assert_eq!(pairs, (0..401).map(|at| (at, at)).collect::<Vec<_>>());
    }

    #[test]
    fn lines_are_compared_as_a_whole() {
        let step = |same: bool, old: Range<usize>, new: Range<usize>| Step { same, old, new };
        assert_eq!(
            lines(&["a", "b", "c"], &["a", "x", "y", "c"]),
            [step(true, 0..1, 0..1), step(false, 1..2, 1..3), step(true, 2..3, 3..4)]
        );
        assert_eq!(lines(&["a"], &["a"]), [step(true, 0..1, 0..1)]);
        assert_eq!(lines(&[], &["a"]), [step(false, 0..0, 0..1)]);
    }
}
