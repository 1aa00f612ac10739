//! The mark that is left where words stood.

use std::ops::Range;

use jiff::civil::Date;

/// What a mark begins with; the day and a bracket follow.
const MARK: &str = "[removed on request, ";

/// How long a mark is, in letters.
const MARK_LETTERS: usize = MARK.len() + "2026-11-21]".len();

/// Returns the mark of a day, as readers see it.
pub fn mark(date: Date) -> String {
    format!("{MARK}{date}]")
}

/// Returns true if a name is one that was removed.
pub fn is_mark(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    marks(&letters).first().is_some_and(|mark| *mark == (0..letters.len()))
}

/// Returns where earlier redactions left their marks.
pub fn marks(letters: &[char]) -> Vec<Range<usize>> {
    let starts = (0..letters.len()).filter(|at| letters[*at] == '[');
    let ends = |at: &usize| {
        let mark = letters.get(*at..*at + MARK_LETTERS);
        mark.is_some_and(|mark| {
            mark.iter().copied().zip(MARK.chars()).all(|(a, b)| a == b) && mark.ends_with(&[']'])
        })
    };
    starts.filter(ends).map(|at| at..at + MARK_LETTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_mark_is_a_mark() {
        let mark = "[removed on request, 2024-02-29]";
        assert_eq!(super::mark(Date::constant(2024, 2, 29)), mark);
        assert!(is_mark(mark));
        for at in (0..mark.len()).filter(|at| !(21..31).contains(at)) {
            let other: String = mark
                .char_indices()
                .map(|(place, letter)| if place == at { 'x' } else { letter })
                .collect();
            assert!(!is_mark(&other), "{other}");
        }
        for other in [
            "",
            "x",
            &mark[1..],
            &mark[..mark.len() - 1],
            &format!("{mark}x"),
            &format!("{mark}{mark}"),
        ] {
            assert!(!is_mark(other), "{other}");
        }
        assert!(!is_mark("[removed on request, yesterday]") && !is_mark(&format!("x {mark}")));
        let two: Vec<char> = format!("a{mark} [{mark}").chars().collect();
        assert_eq!(marks(&two), [1..33, 35..67]);
    }
}
