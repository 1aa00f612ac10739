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
}
