//! The text to remove, and the mark that replaces it.

use std::ops::Range;

use jiff::civil::Date;

use crate::ledger::redact::mark::mark;
use crate::ledger::redact::words::Words;

/// Words to remove, and what stands there instead.
pub struct Removal {
    /// The words.
    pub words: Words,
    /// The mark, as readers see it.
    pub mark: String,
}

impl Removal {
    /// Returns the removal of a text on a day; `None` if there is no text.
    pub fn new(text: &str, date: Date) -> Option<Removal> {
        Some(Removal { words: Words::new(text)?, mark: mark(date) })
    }

    /// Returns where the words stand.
    pub fn find(&self, letters: &[char]) -> Vec<Range<usize>> {
        self.words.find(letters)
    }

    /// Returns true if the words stand in a text.
    pub fn stands_in(&self, text: &str) -> bool {
        self.words.stand_in(text)
    }

    /// Returns true if a text is just the words.
    pub fn is(&self, text: &str) -> bool {
        let letters: Vec<char> = text.trim().chars().collect();
        self.find(&letters).first().is_some_and(|found| *found == (0..letters.len()))
    }

    /// Returns a text with marks where the words stood.
    pub fn marked(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
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
            ("Ann", "Ann, Annual and Joann; ANN. Ann", "#, Annual and Joann; #. #"),
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
    }

    fn removal(text: &str) -> Removal {
        Removal::new(text, Date::constant(2026, 11, 21)).unwrap()
    }

    #[test]
    fn a_text_has_letters_enough_to_be_told_from_others() {
        assert!(Removal::new(" \t", Date::constant(2026, 11, 21)).is_none());
        for (text, short) in [
            ("ab", true),
            ("a b", true),
            ("abc", false),
            ("a bc", false),
            ("王", false),
            ("a王", false),
            ("é", true),
            ("e\u{301}e\u{301}", true),
            ("a-b", true),
        ] {
            assert_eq!(removal(text).words.is_short(), short, "{text}");
        }
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
        assert!(
            !removal.is("Ann Lee too")
                && !removal.is("by Ann Lee")
                && !removal.is("Ann")
                && !removal.is("")
        );
        assert!(
            removal.stands_in("by Ann Lee")
                && !removal.stands_in("by Ann")
                && !removal.stands_in("")
        );
        assert!(self::removal("ANN Lée").is("ann-le\u{301}e") && !self::removal("ANN").is("ann"));
    }

    #[test]
    fn words_are_parted_by_white_space_and_whole() {
        for (text, from, left) in [
            ("a b", "a b a b ab a  b", "# # ab #"),
            ("a b", " a b", " #"),
            ("a b", "a\tb", "#"),
            ("aXb", "a b aXb", "a b #"),
            ("ann", "ann ann1 1ann ann_ (ann)", "# ann1 1ann #_ (#)"),
            (
                "ann",
                "ann\u{2ff} ann\u{300} ann\u{36f} ann\u{370}",
                "#\u{2ff} ann\u{300} ann\u{36f} ann\u{370}",
            ),
            ("ann", "ann王 王ann", "#王 王#"),
            ("王ann", "b王ann 王annb", "b# 王annb"),
            ("(x", "(x a(x (xa", "# a(x (xa"),
            ("ann", "", ""),
        ] {
            assert_eq!(marked(text, from), left, "{text:?} from {from:?}");
        }
    }
}
