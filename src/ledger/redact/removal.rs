//! The words that somebody asked to remove, where they stand, and the mark that is left in their place.

use std::ops::Range;

use jiff::civil::Date;

/// What a mark begins with; the day and a bracket follow.
const MARK: &str = "[removed on request, ";

/// How long a mark is, in letters.
const MARK_LETTERS: usize = MARK.len() + "2026-11-21]".len();

/// The fewest letters that can be meant to name something.
const FEWEST: usize = 3;

/// Words to remove, and what stands there instead.
pub struct Removal {
    words: Vec<Vec<char>>,
    /// The mark, as readers see it.
    pub mark: String,
}

impl Removal {
    /// Returns the removal of a text on a day; nothing where there is no text.
    pub fn new(text: &str, date: Date) -> Option<Removal> {
        let words: Vec<Vec<char>> = text.split_whitespace().map(|word| word.chars().collect()).collect();
        (!words.is_empty()).then(|| Removal { words, mark: format!("{MARK}{date}]") })
    }

    /// Tells whether the text is too short to be told from others.
    pub fn is_short(&self) -> bool {
        let letters = || self.words.iter().flatten();
        letters().count() < FEWEST && !letters().any(|letter| stands_alone(*letter))
    }

    /// Returns the removal of the same text in lower case.
    pub fn in_lower_case(&self) -> Removal {
        let lower = |word: &Vec<char>| word.iter().flat_map(|letter| letter.to_lowercase()).collect();
        Removal { words: self.words.iter().map(lower).collect(), mark: self.mark.clone() }
    }

    /// Returns where the text stands, as whole words. Any white space is like any other; what an earlier mark says is left alone.
    pub fn find(&self, letters: &[char]) -> Vec<Range<usize>> {
        let marks = marks(letters);
        let mut found = Vec::new();
        let mut at = 0;
        while at < letters.len() {
            let stands = self.end(letters, at).map(|end| at..end).filter(|range| {
                let apart = |mark: &Range<usize>| mark.end <= range.start || range.end <= mark.start;
                let whole = |mark: &Range<usize>| range.start <= mark.start && mark.end <= range.end;
                is_whole(letters, range) && marks.iter().all(|mark| apart(mark) || whole(mark))
            });
            at = stands.as_ref().map_or(at + 1, |range| range.end);
            found.extend(stands);
        }
        found
    }

    /// Returns where the text ends that begins at a letter.
    fn end(&self, letters: &[char], start: usize) -> Option<usize> {
        let mut at = start;
        for (index, word) in self.words.iter().enumerate() {
            let gap = letters[at..].iter().take_while(|letter| letter.is_whitespace()).count();
            if (gap > 0) != (index > 0) || !letters[at + gap..].starts_with(word) {
                return None;
            }
            at += gap + word.len();
        }
        Some(at)
    }

    /// Tells whether the text stands in another.
    pub fn stands_in(&self, text: &str) -> bool {
        !self.find(&letters(text)).is_empty()
    }

    /// Tells whether another text is just this one.
    pub fn is(&self, text: &str) -> bool {
        self.find(&letters(text.trim())).first().is_some_and(|found| *found == (0..text.trim().chars().count()))
    }

    /// Returns another text with marks where this one stood.
    pub fn marked(&self, text: &str) -> String {
        let letters = letters(text);
        let mut marked = String::with_capacity(text.len());
        let mut done = 0;
        for found in self.find(&letters) {
            marked.extend(&letters[done..found.start]);
            marked.push_str(&self.mark);
            done = found.end;
        }
        marked.extend(&letters[done..]);
        marked
    }
}

/// Tells whether a name is one that was removed.
pub fn is_mark(name: &str) -> bool {
    let letters = letters(name);
    marks(&letters).first().is_some_and(|mark| *mark == (0..letters.len()))
}

fn letters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// Returns where earlier redactions left their marks.
fn marks(letters: &[char]) -> Vec<Range<usize>> {
    let starts = (0..letters.len()).filter(|at| letters[*at] == '[');
    let ends = |at: &usize| {
        let mark = letters.get(*at..*at + MARK_LETTERS);
        mark.is_some_and(|mark| mark.iter().copied().zip(MARK.chars()).all(|(a, b)| a == b) && mark.ends_with(&[']']))
    };
    starts.filter(ends).map(|at| at..at + MARK_LETTERS).collect()
}

/// Tells whether a stretch is whole words: no letter goes on before or after it.
fn is_whole(letters: &[char], range: &Range<usize>) -> bool {
    let goes_on = |outside: Option<&char>, edge: char| {
        let letter = |outside: char| outside.is_alphanumeric() || matches!(outside, '\u{300}'..='\u{36f}');
        outside.is_some_and(|outside| letter(*outside) && !stands_alone(*outside) && !stands_alone(edge))
    };
    let before = range.start.checked_sub(1).and_then(|before| letters.get(before));
    !goes_on(before, letters[range.start]) && !goes_on(letters.get(range.end), letters[range.end - 1])
}

/// Tells whether a letter is of a script that puts no spaces between words: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
fn stands_alone(letter: char) -> bool {
    matches!(
        letter,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, from: &str) -> String {
        let removal = Removal::new(text, Date::constant(2026, 11, 21)).unwrap();
        removal.marked(from).replace(&removal.mark, "#")
    }

    #[test]
    fn whole_words_are_found_however_they_are_spaced() {
        for (text, from, left) in [
            ("Ann", "Ann, Annual and Joann; ann. Ann", "#, Annual and Joann; ann. #"),
            ("Ann Lee", "Ann\n  Lee AnnLee Ann Lees Ann\u{a0}Lee", "# AnnLee Ann Lees #"),
            ("S.M Akees", "S.M Akees, S.M. Akees, MS.M Akees", "#, S.M. Akees, MS.M Akees"),
            ("(x)", "(x) a(x) (x)b", "# a(x) (x)b"),
            ("Ann", "Ann-Marie Ann\u{301}", "#-Marie Ann\u{301}"),
            ("王小明", "感谢王小明的报告", "感谢#的报告"),
            ("Ann Ann", "Ann Ann Ann", "# Ann"),
        ] {
            assert_eq!(marked(text, from), left, "{text:?}");
        }
    }

    #[test]
    fn an_earlier_mark_is_no_word() {
        let mark = "[removed on request, 2024-02-29]";
        assert_eq!(marked("request", &format!("on request {mark}")), format!("on # {mark}"));
        assert_eq!(marked(&format!("by {mark} Lee"), &format!("by {mark} Lee")), "#");
        assert!(is_mark(mark) && !is_mark("[removed on request, yesterday]") && !is_mark(&format!("x {mark}")));
    }

    fn removal(text: &str) -> Removal {
        Removal::new(text, Date::constant(2026, 11, 21)).unwrap()
    }

    #[test]
    fn a_text_has_letters_enough_to_be_told_from_others() {
        assert!(Removal::new(" \t", Date::constant(2026, 11, 21)).is_none());
        for (text, short) in [("ab", true), ("a b", true), ("abc", false), ("a bc", false), ("王", false), ("a王", false), ("é", true)] {
            assert_eq!(removal(text).is_short(), short, "{text}");
        }
    }

    #[test]
    fn only_a_whole_mark_is_a_mark() {
        let mark = "[removed on request, 2024-02-29]";
        assert!(is_mark(mark));
        for at in (0..mark.len()).filter(|at| !(21..31).contains(at)) {
            let other: String = mark.char_indices().map(|(place, letter)| if place == at { 'x' } else { letter }).collect();
            assert!(!is_mark(&other), "{other}");
        }
        for other in ["", "x", &mark[1..], &mark[..mark.len() - 1], &format!("{mark}x"), &format!("{mark}{mark}")] {
            assert!(!is_mark(other), "{other}");
        }
        let two: Vec<char> = format!("a{mark} [{mark}").chars().collect();
        assert_eq!(marks(&two), [1..33, 35..67]);
    }

    #[test]
    fn a_mark_goes_as_a_whole_or_stays() {
        let mark = "[removed on request, 2024-02-29]";
        for (text, from, left) in [
            ("x [removed", format!("x {mark}"), format!("x {mark}")),
            ("2024-02-29] y", format!("{mark} y"), format!("{mark} y")),
            (mark, format!("x {mark}"), "x #".to_owned()),
            ("request", format!("{mark} request"), format!("{mark} #")),
            ("request", format!("request {mark}"), format!("# {mark}")),
        ] {
            assert_eq!(marked(text, &from), left, "{text}");
        }
        assert_eq!(marked(&format!("a {mark}"), &format!("a {mark}{mark}")), format!("#{mark}"));
    }

    #[test]
    fn a_text_is_another_when_it_is_all_of_it() {
        let removal = removal("Ann Lee");
        assert!(removal.is(" Ann  Lee ") && removal.is("Ann\nLee"));
        assert!(!removal.is("Ann Lee too") && !removal.is("by Ann Lee") && !removal.is("Ann") && !removal.is(""));
        assert!(removal.stands_in("by Ann Lee") && !removal.stands_in("by Ann") && !removal.stands_in(""));
        assert!(self::removal("ANN Lée").in_lower_case().stands_in("ann lée"));
        assert!(!self::removal("ANN").in_lower_case().stands_in("ANN"));
    }

    #[test]
    fn words_are_parted_by_white_space_and_whole() {
        for (text, from, left) in [
            ("a b", "a b a b ab a  b", "# # ab #"),
            ("a b", " a b", " #"),
            ("a b", "a\tb", "#"),
            ("aXb", "a b aXb", "a b #"),
            ("ann", "ann ann1 1ann ann_ (ann)", "# ann1 1ann #_ (#)"),
            ("ann", "ann\u{2ff} ann\u{300} ann\u{36f} ann\u{370}", "#\u{2ff} ann\u{300} ann\u{36f} ann\u{370}"),
            ("ann", "ann王 王ann", "#王 王#"),
            ("王ann", "b王ann 王annb", "b# 王annb"),
            ("(x", "(x a(x (xa", "# a(x (xa"),
            ("ann", "", ""),
        ] {
            assert_eq!(marked(text, from), left, "{text:?} from {from:?}");
        }
    }

    #[test]
    fn some_scripts_put_no_spaces_between_words() {
        let ranges = [(0xe00, 0xeff), (0x1000, 0x109f), (0x1780, 0x17ff), (0x2e80, 0x9fff), (0xf900, 0xfaff), (0x20000, 0x3fffd)];
        for (first, last) in ranges {
            let alone = |code: u32| char::from_u32(code).is_some_and(stands_alone);
            assert!(alone(first) && alone(last) && !alone(first - 1), "{first:x}");
            assert!(!alone(last + 1) || last > 0x3fff0, "{last:x}");
        }
        assert!(!stands_alone('a') && !stands_alone('가'));
    }
}
