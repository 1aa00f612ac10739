//! Matching of two sequences in order: the pairs that are worth most together.
//!
//! Bounded by work and never by a clock: short sequences are compared each with each, longer ones
//! between the items that are equal on both sides, then between those that have something else in
//! common which no other has, and what is too long even then is left unpaired.

use std::collections::HashMap;
use std::ops::Range;

use similar::{Algorithm, DiffOp};

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

/// Tells whether a pair of such a worth would be taken.
pub type IsTaken<'a> = &'a dyn Fn(f64) -> bool;

/// Keys of both sequences, one for each item.
pub type Keys = [Vec<u32>; 2];

/// Returns the in-order pairing with the highest total worth. Items with equal keys are the same;
/// `worth` says what a pair of others is worth, and 0 if they are none.
///
/// Where there are too many to compare each with each, those are paired first that alone have the
/// same key, then those that alone have the same of `second`, by one set of keys after another.
pub fn in_order(
    old: &[u32],
    new: &[u32],
    second: impl FnOnce() -> Vec<Keys>,
    worth: impl Fn(usize, usize) -> f64,
) -> Vec<(usize, usize)> {
    in_order_bounded(old, new, second, |i, j, _| worth(i, j))
}

/// As [`in_order`], where it costs much to say what a pair is worth: `worth` is given whether a pair
/// of at most such a worth would be taken, and may say 0 where it would not.
pub fn in_order_bounded(
    old: &[u32],
    new: &[u32],
    second: impl FnOnce() -> Vec<Keys>,
    worth: impl Fn(usize, usize, IsTaken<'_>) -> f64,
) -> Vec<(usize, usize)> {
    let (before, after) = ends(old, new);
    let (old_end, new_end) = (old.len() - after, new.len() - after);
    let mut pairs: Vec<(usize, usize)> = (0..before).map(|index| (index, index)).collect();
    if (old_end - before) * (new_end - before) <= WHOLE {
        pairs.extend(best(before..old_end, before..new_end, &worth));
    } else {
        let same = long(&old[before..old_end], &new[before..new_end]);
        let second = second();
        between(
            (before..old_end, before..new_end),
            same.into_iter().map(|(i, j)| (i + before, j + before)),
            &second,
            &worth,
            &mut pairs,
        );
    }
    pairs.extend((0..after).map(|index| (old_end + index, new_end + index)));
    pairs
}

/// Pairs what stands between pairs that are known, and adds all to `pairs`.
fn between(
    (old, new): (Range<usize>, Range<usize>),
    known: impl Iterator<Item = (usize, usize)>,
    second: &[Keys],
    worth: &impl Fn(usize, usize, IsTaken<'_>) -> f64,
    pairs: &mut Vec<(usize, usize)>,
) {
    let (mut old_at, mut new_at) = (old.start, new.start);
    for (i, j) in known.chain([(old.end, new.end)]) {
        let (old_gap, new_gap) = (old_at..i, new_at..j);
        match second.split_first() {
            _ if old_gap.len() * new_gap.len() <= BETWEEN => {
                pairs.extend(best(old_gap, new_gap, worth))
            }
            Some(([old_keys, new_keys], weaker)) => {
                let alike = |(i, j): &(usize, usize)| worth(*i, *j, &|_| true) > 0.0;
                let alone =
                    alone(&old_keys[old_gap.clone()], &new_keys[new_gap.clone()], 1).into_iter();
                let alone: Vec<(usize, usize)> = alone
                    .map(|(i, j)| (i + old_gap.start, j + new_gap.start))
                    .filter(alike)
                    .collect();
                between((old_gap, new_gap), rising(&alone).into_iter(), weaker, worth, pairs);
            }
            None => {}
        }
        if (i, j) != (old.end, new.end) {
            pairs.push((i, j));
        }
        (old_at, new_at) = (i + 1, j + 1);
    }
}

/// From how many items on a sequence is cut at what both have but once: the way that is shortest
/// would cost too much there.
const LONG: usize = 2_000;

/// Returns the shortest edit script from one sequence to another, or a short one where the shortest
/// would cost too much.
pub fn shortest(old: &[u32], new: &[u32]) -> Vec<Step> {
    if old.len().max(new.len()) <= LONG {
        return steps(old, new);
    }
    let mut way: Vec<Step> = Vec::new();
    let (mut old_at, mut new_at) = (0, 0);
    let ends = (old.len(), new.len());
    for (i, j) in long(old, new).into_iter().chain([ends]) {
        if (old_at, new_at) != (i, j) {
            way.push(Step { same: false, old: old_at..i, new: new_at..j });
        }
        match way.last_mut() {
            _ if (i, j) == ends => {}
            Some(last) if last.same => (last.old.end, last.new.end) = (i + 1, j + 1),
            _ => way.push(Step { same: true, old: i..i + 1, new: j..j + 1 }),
        }
        (old_at, new_at) = (i + 1, j + 1);
    }
    way
}

/// Returns the shortest edit script from one text to another, line by line.
pub fn lines(old: &[&str], new: &[&str]) -> Vec<Step> {
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut number = |line| {
        let next = u32::try_from(numbers.len()).expect("a text has fewer lines");
        *numbers.entry(line).or_insert(next)
    };
    let [old, new] =
        [old, new].map(|lines| lines.iter().map(|line| number(*line)).collect::<Vec<u32>>());
    shortest(&old, &new)
}

fn steps(old: &[u32], new: &[u32]) -> Vec<Step> {
    let step = |operation: &DiffOp| Step {
        same: matches!(operation, DiffOp::Equal { .. }),
        old: operation.old_range(),
        new: operation.new_range(),
    };
    similar::capture_diff_slices(Algorithm::Myers, old, new).iter().map(step).collect()
}

/// Returns how many items are equal at the beginning and, of the others, at the end.
fn ends(old: &[u32], new: &[u32]) -> (usize, usize) {
    let before = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let after = old[before..]
        .iter()
        .rev()
        .zip(new[before..].iter().rev())
        .take_while(|(old, new)| old == new)
        .count();
    (before, after)
}

/// Returns equal items of two long sequences, rising on both sides.
fn long(old: &[u32], new: &[u32]) -> Vec<(usize, usize)> {
    /// How many items, following each other, both have but once: many tell more, and are tried
    /// first.
    const RUNS: &[usize] = &[16, 4, 1];
    let mut pairs = Vec::new();
    cut(old, new, (0, 0), RUNS, &mut pairs);
    pairs
}

/// Cuts sequences that begin at `at` at what both have but once, and adds what is equal to `pairs`.
fn cut(
    old: &[u32],
    new: &[u32],
    at: (usize, usize),
    runs: &[usize],
    pairs: &mut Vec<(usize, usize)>,
) {
    let (before, after) = ends(old, new);
    let (old_end, new_end) = (old.len() - after, new.len() - after);
    let equal = |(i, j): (usize, usize), count: usize| (at.0 + i..).zip(at.1 + j..).take(count);
    pairs.extend(equal((0, 0), before));
    let (old_rest, new_rest) = (&old[before..old_end], &new[before..new_end]);
    match runs.split_first() {
        _ if old_rest.is_empty() || new_rest.is_empty() => {}
        Some((run, runs)) if old_rest.len().max(new_rest.len()) > LONG => {
            let (mut old_at, mut new_at) = (0, 0);
            let ends = (old_rest.len(), new_rest.len());
            for (i, j) in rising(&alone(old_rest, new_rest, *run)).into_iter().chain([ends]) {
                cut(
                    &old_rest[old_at..i],
                    &new_rest[new_at..j],
                    (at.0 + before + old_at, at.1 + before + new_at),
                    runs,
                    pairs,
                );
                pairs.extend(equal((before + i, before + j), usize::from((i, j) != ends)));
                (old_at, new_at) = (i + 1, j + 1);
            }
        }
        _ => {
            let same = steps(old_rest, new_rest).into_iter().filter(|step| step.same);
            pairs.extend(same.flat_map(|step| {
                equal((before + step.old.start, before + step.new.start), step.old.len())
            }));
        }
    }
    pairs.extend(equal((old_end, new_end), after));
}

/// Returns the items with which begins what both sequences have but once, so many items long; in
/// the order of the old one.
fn alone(old: &[u32], new: &[u32], length: usize) -> Vec<(usize, usize)> {
    /// Where something stands in each sequence, and how often.
    type Places = [(usize, usize); 2];
    let mut places: HashMap<&[u32], Places> = HashMap::new();
    for (side, items) in [old, new].into_iter().enumerate() {
        for (at, run) in items.windows(length).enumerate() {
            let place = &mut places.entry(run).or_default()[side];
            *place = (at, place.1 + 1);
        }
    }
    let mut alone: Vec<(usize, usize)> = places
        .into_values()
        .filter(|[old, new]| (old.1, new.1) == (1, 1))
        .map(|[old, new]| (old.0, new.0))
        .collect();
    alone.sort_unstable();
    alone
}

/// Returns the most of these pairs that rise on both sides; they rise on the first.
fn rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // The last pair of the best row of each length, and the pair before each.
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, new)) in pairs.iter().enumerate() {
        let length = tails.partition_point(|tail| pairs[*tail].1 < *new);
        before.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        match tails.get_mut(length) {
            Some(tail) => *tail = at,
            None => tails.push(at),
        }
    }
    let mut rising = Vec::with_capacity(tails.len());
    let mut next = tails.last().copied();
    while let Some(at) = next {
        rising.push(pairs[at]);
        next = before[at];
    }
    rising.reverse();
    rising
}

/// Compares each with each.
fn best(
    old: Range<usize>,
    new: Range<usize>,
    worth: &impl Fn(usize, usize, IsTaken<'_>) -> f64,
) -> Vec<(usize, usize)> {
    const PAIR: u8 = 1;
    const OLD: u8 = 2;
    let (height, width) = (old.len(), new.len());
    let mut steps = vec![0_u8; height * width];
    let mut above = vec![0.0_f64; width + 1];
    let mut row = vec![0.0_f64; width + 1];
    for i in 0..height {
        for j in 0..width {
            let (skip_old, skip_new) = (above[j + 1], row[j]);
            let (mut most, mut step) =
                if skip_old > skip_new { (skip_old, OLD) } else { (skip_new, 0) };
            let is_taken = |worth: f64| above[j] + worth > most;
            let pair = worth(old.start + i, new.start + j, &is_taken);
            if pair > 0.0 && is_taken(pair) {
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

    fn in_order(
        old: &[u32],
        new: &[u32],
        worth: impl Fn(usize, usize) -> f64,
    ) -> Vec<(usize, usize)> {
        super::in_order(old, new, Vec::new, worth)
    }

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
        let new: Vec<u32> =
            (0..500).map(|index| if index % 10 == 1 { index + 1000 } else { index }).collect();
        let pairs = in_order(&old, &new, |i, j| {
            if new[j] == old[i] + 1000 || new[j] == old[i] { 1.0 } else { 0.0 }
        });
        assert!(pairs.iter().all(|(old, new)| old == new) && pairs.len() == 500);
    }

    /// Says what the best pairs are worth, by trying all.
    fn most(old: &[u32], new: &[u32], worth: &dyn Fn(usize, usize) -> f64) -> f64 {
        let (Some((_, old_rest)), Some((_, new_rest))) = (old.split_last(), new.split_last())
        else {
            return 0.0;
        };
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
            let side = |first: u32, count: u32| -> Vec<u32> {
                (first..first + count).chain(between.iter().copied()).collect()
            };
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
        let side = |base: u32| -> Vec<u32> {
            (0..400).map(|at| if at % 40 == 0 { at } else { base + at }).collect()
        };
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
    fn what_is_too_much_to_compare_is_known_by_second_keys() {
        let keys = |first: u32| (first..first + 501).collect::<Vec<u32>>();
        let pairs = |second: Vec<Keys>, worth: &dyn Fn(usize, usize) -> f64| {
            super::in_order(&keys(1_000), &keys(2_000), || second, worth)
        };
        let all: Vec<(usize, usize)> = (0..501).map(|at| (at, at)).collect();
        let equal = |i: usize, j: usize| if i == j { 1.0 } else { 0.0 };
        assert_eq!(pairs(vec![[keys(0), keys(0)]], &equal), all);
        // What is worth nothing is no pair, whatever its key; nor is a key of two, but between
        // others it is one again.
        assert_eq!(
            pairs(vec![[keys(0), keys(0)]], &|i, j| if i == 7 { 0.0 } else { equal(i, j) }).len(),
            500
        );
        let twice: Vec<u32> = keys(0).into_iter().map(|key| key % 300).collect();
        assert_eq!(
            pairs(vec![[twice.clone(), twice]], &equal),
            all,
            "300 are known, and what is between them compared"
        );
        let none = vec![7; 501];
        assert_eq!(pairs(vec![[none.clone(), none.clone()]], &equal), []);
        assert_eq!(
            pairs(vec![[none.clone(), none], [keys(0), keys(0)]], &equal),
            all,
            "the next keys are tried"
        );
    }

    #[test]
    fn what_rises_on_both_sides_is_the_most_there_is() {
        assert_eq!(rising(&[(0, 3), (1, 0), (2, 1), (3, 2)]), [(1, 0), (2, 1), (3, 2)]);
        assert_eq!(rising(&[(0, 1), (1, 0)]).len(), 1);
        assert_eq!(rising(&[(0, 0), (2, 5), (3, 4)]).len(), 2);
        assert_eq!(rising(&[]), []);
        assert_eq!(alone(&[1, 2, 2, 3], &[3, 1, 2], 1), [(0, 1), (3, 0)]);
        assert_eq!(alone(&[1, 2, 1, 3], &[1, 3, 1, 2], 2), [(0, 2), (2, 0)]);
    }

    #[test]
    fn a_long_way_is_a_way() {
        let mut old: Vec<u32> =
            (0..9_000).map(|at| if at % 3 == 0 { at % 50 } else { at }).collect();
        let mut new = old.clone();
        new.rotate_left(4_000);
        (0..9_000).step_by(7).for_each(|at| new[at] = 10_000 + at as u32);
        for (from, to) in [(&old, &new), (&new, &old)] {
            let way = shortest(from, to);
            assert!(way.windows(2).all(|two| two[0].same != two[1].same));
            assert!(
                way.iter()
                    .zip(way.iter().skip(1))
                    .all(|(a, b)| (a.old.end, a.new.end) == (b.old.start, b.new.start))
            );
            assert!(
                way.iter()
                    .filter(|step| step.same)
                    .all(|step| from[step.old.clone()] == to[step.new.clone()])
            );
            let ends = way.first().zip(way.last()).map(|(first, last)| {
                (first.old.start, first.new.start, last.old.end, last.new.end)
            });
            assert_eq!(ends, Some((0, 0, 9_000, 9_000)));
            assert!(
                way.iter().filter(|step| step.same).map(|step| step.old.len()).sum::<usize>()
                    > 4_000
            );
        }
        old.truncate(2_500);
        new.clone_from(&old);
        new[1_200] = 77_777;
        let change = Step { same: false, old: 1_200..1_201, new: 1_200..1_201 };
        assert_eq!(shortest(&old, &new)[1], change);
    }

    #[test]
    fn long_ways_pair_what_is_equal_wherever_both_sides_have_it_once() {
        // Every item is there once, so that what can be equal is known: all but what changed, and
        // where one side has more before it.
        let old: Vec<u32> = (0..6_000).collect();
        let mut new: Vec<u32> = (100_000..100_700).chain(0..6_000).collect();
        // Where every tenth item is another, no long run is left, and what is left is cut again at
        // shorter ones.
        (0..1_000)
            .step_by(40)
            .chain((1_000..new.len()).step_by(10))
            .for_each(|at| new[at] += 500_000);
        let same = new.iter().filter(|item| **item < 6_000).count();
        for (from, to) in [(&old, &new), (&new, &old)] {
            let pairs = long(from, to);
            assert!(pairs.iter().all(|(i, j)| from[*i] == to[*j]), "what is paired is equal");
            assert!(pairs.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1));
            assert_eq!(pairs.len(), same);
        }
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
