//! The days on which texts became public, by clocks that may be wrong.

use jiff::civil::Date;

/// Returns the day on which each of some texts, in the order in which one replaced another, became
/// public: the day that was recorded, unless it contradicts others.
///
/// A day that has not come by `today` is wrong, and as few others are as their order allows; such
/// a one is moved to the nearest that fits between those that are right.
pub fn in_order(recorded: &[Date], today: Date) -> Vec<Date> {
    let right = longest_line(recorded, today);
    let mut days = Vec::with_capacity(recorded.len());
    let mut right = right.into_iter().peekable();
    let mut before: Option<Date> = None;
    for (at, day) in recorded.iter().enumerate() {
        let next = match right.peek() {
            Some(next) => recorded[*next],
            None => today,
        };
        right.next_if_eq(&at);
        let day = before.map_or(*day, |before| before.max(*day)).min(next);
        before = Some(day);
        days.push(day);
    }
    days
}

/// Returns the places of the most days of which none is before the one it follows, or after
/// `today`; of several such lines, the one of later days.
fn longest_line(days: &[Date], today: Date) -> Vec<usize> {
    // For each length, the line of it that begins latest: read from the end.
    let mut firsts: Vec<usize> = Vec::new();
    let mut next: Vec<Option<usize>> = vec![None; days.len()];
    for (at, day) in days.iter().enumerate().rev().filter(|(_, day)| **day <= today) {
        let length = firsts.partition_point(|first| days[*first] >= *day);
        next[at] = length.checked_sub(1).map(|before| firsts[before]);
        if length == firsts.len() {
            firsts.push(at);
        } else {
            firsts[length] = at;
        }
    }
    std::iter::successors(firsts.last().copied(), |at| next[*at]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::day;

    /// Returns days of January 2024, by their numbers, as they are put in order on the 20th.
    fn ordered(days: &[i8]) -> Vec<i8> {
        let recorded: Vec<Date> =
            days.iter().map(|number| Date::constant(2024, 1, *number)).collect();
        in_order(&recorded, day("2024-01-20")).iter().map(|day| day.day()).collect()
    }

    #[test]
    fn a_day_that_contradicts_others_is_moved_to_the_nearest_that_fits() {
        assert_eq!(ordered(&[1, 2, 2, 9]), [1, 2, 2, 9]);
        assert_eq!(
            ordered(&[3, 1, 4, 5]),
            [3, 3, 4, 5],
            "the later of two days that are equally likely"
        );
        assert_eq!(ordered(&[1, 2, 12, 3, 4]), [1, 2, 3, 3, 4], "one clock was ahead");
        assert_eq!(ordered(&[4, 5, 1, 6]), [4, 5, 5, 6], "one clock was behind");
        assert_eq!(ordered(&[1, 31, 2]), [1, 2, 2], "a day that has not come");
        assert_eq!(ordered(&[1, 31]), [1, 20]);
        assert_eq!(ordered(&[9, 3]), [9, 9]);
        assert_eq!(ordered(&[]), [0i8; 0]);
    }

    proptest::proptest! {
        #[test]
        fn days_never_go_back(days in proptest::collection::vec(1i8..31, 0..40)) {
            let ordered = ordered(&days);
            proptest::prop_assert!(ordered.is_sorted() && ordered.iter().all(|day| *day <= 20));
            let mut right = days.clone();
            right.sort_unstable();
            if days == right && days.last().is_none_or(|last| *last <= 20) {
                proptest::prop_assert_eq!(ordered, days);
            }
        }
    }
}
