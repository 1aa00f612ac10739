//! What good words do not hold: notes to oneself, stray marks, links called `here`, skipped levels,
//! days of no calendar.
//!
//! It looks at the events that are read anyway, and judges only what readers see: code is left
//! alone.

use jiff::civil::Date;
use pulldown_cmark::{Event, HeadingLevel, Tag, TagEnd};

use crate::diagnostic::{Code, Diagnostic};
use crate::tree::Span;

/// Words that an author writes to remember something.
const NOTES: [&str; 5] = ["TODO", "FIXME", "TBD", "XXX", "lorem ipsum"];

/// What stands where `init` leaves the text to its author.
const PLACEHOLDER: &str = "PLACEHOLDER";

/// Words of a link that say nothing without the page around them.
const EMPTY_LINKS: [&str; 9] = [
    "here",
    "click here",
    "this",
    "this link",
    "this page",
    "link",
    "more",
    "read more",
    "see here",
];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A reader of events that finds what good words do not hold.
#[derive(Default)]
pub struct Manners {
    level: Option<HeadingLevel>,
    /// The words of the open link.
    link: Option<String>,
    code: bool,
    /// From the beginning of an address up to its end, or to the reference in it.
    looked: Span,
    /// What was found, with its place.
    pub found: Vec<(Span, Diagnostic)>,
}

impl Manners {
    /// Looks at an event of a text.
    pub fn event(&mut self, event: &Event<'_>, span: Span, markdown: &str) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => self.heading(*level, span),
            Event::Start(Tag::CodeBlock(kind)) => {
                self.code = true;
                if kind.is_fenced() {
                    self.fence(span, markdown);
                }
            }
            Event::End(TagEnd::CodeBlock) => self.code = false,
            Event::Start(Tag::Link { .. }) => self.link = Some(String::new()),
            Event::End(TagEnd::Link) => self.link_ends(span),
            Event::Text(text) if !self.code => {
                if let Some(link) = &mut self.link {
                    link.push_str(text);
                }
                self.notes(text, span);
                self.marks(text, span, markdown);
                self.days(text, span);
            }
            Event::Code(code) => {
                if let Some(link) = &mut self.link {
                    link.push_str(code);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(link) = &mut self.link {
                    link.push(' ');
                }
            }
            _ => {}
        }
    }

    fn report(&mut self, code: Code, message: String, span: Span, help: &str) {
        self.found.push((span, Diagnostic::warning(code, message).help(help)));
    }

    fn heading(&mut self, level: HeadingLevel, span: Span) {
        if let Some(above) =
            self.level.replace(level).filter(|above| level as u8 > *above as u8 + 1)
        {
            let message = format!(
                "a heading of level {} stands below one of level {}",
                level as u8, above as u8
            );
            self.report(
                Code::SkippedLevel,
                message,
                span,
                &format!("begin it with `{}`", "#".repeat(above as usize + 1)),
            );
        }
    }

    fn link_ends(&mut self, span: Span) {
        let Some(words) = self.link.take() else { return };
        let plain = words.trim_matches(|letter: char| !letter.is_alphanumeric()).to_lowercase();
        if EMPTY_LINKS.contains(&plain.as_str()) {
            let message =
                format!("the link `{}` does not say where it leads", words.trim().escape_debug());
            self.report(
                Code::LinkText,
                message,
                span,
                "make a link of the words that name what is found there",
            );
        }
    }

    fn notes(&mut self, text: &str, span: Span) {
        if let Some(at) = find(text, PLACEHOLDER).filter(|at| whole(text, *at, PLACEHOLDER.len())) {
            self.report(
                Code::Placeholder,
                "this text is a placeholder".to_owned(),
                part(text, span, at, PLACEHOLDER.len()),
                "write what is asked for here: it cannot be released or published like this",
            );
        }
        for note in NOTES {
            let found = match note.as_bytes()[0].is_ascii_uppercase() {
                true => find(text, note),
                false if text.is_ascii() && text.contains("psum") => {
                    text.to_ascii_lowercase().find(note)
                }
                false => None,
            };
            if let Some(at) = found.filter(|at| whole(text, *at, note.len())) {
                let message = format!("`{note}` was left in the words");
                self.report(
                    Code::LeftOver,
                    message,
                    part(text, span, at, note.len()),
                    "write what is missing, or take it out",
                );
            }
        }
    }

    /// Finds a fence of code that is closed by the end of the text around it only.
    fn fence(&mut self, span: Span, markdown: &str) {
        let code = &markdown[span.start..span.end];
        let mark = code.chars().next().unwrap_or_default();
        let length = code.len() - code.trim_start_matches(mark).len();
        let last = code
            .trim_end()
            .rsplit_once('\n')
            .map_or("", |(_, last)| last.trim_start_matches(['>', ' ', '\t']));
        if last.len() < length || !last.chars().all(|letter| letter == mark) {
            let message =
                "the code that begins here is never closed: everything below is shown as code"
                    .to_owned();
            self.report(
                Code::StrayMark,
                message,
                Span::new(span.start, span.start + length),
                "put these marks on a line below it again",
            );
        }
    }

    /// Finds marks that were meant to be read by a program.
    fn marks(&mut self, text: &str, span: Span, markdown: &str) {
        let help = "close it, or write `\\` before a mark that is meant to be seen";
        let written = &markdown[span.start..span.end];
        let letter = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        for (first, mark) in [('*', "**"), ('_', "__")] {
            // The parser hands over the letters of a mark one by one, or together.
            let Some(at) = written
                .find(first)
                .map(|at| span.start + at)
                .filter(|at| markdown[*at..].starts_with(mark))
            else {
                continue;
            };
            let (before, after) =
                (markdown[..at].chars().next_back(), markdown[at + mark.len()..].chars().next());
            // A run of three and more is a blank to be filled in, and between letters it is a part
            // of a name.
            let part_of_more = |letter: Option<char>| {
                letter.is_some_and(|letter| letter == first || letter == '\\')
            };
            if letter(before) != letter(after) && !part_of_more(before) && !part_of_more(after) {
                self.report(
                    Code::StrayMark,
                    format!("readers will see the mark `{mark}`"),
                    Span::new(at, at + mark.len()),
                    help,
                );
            }
        }
        // An address with braces contains an unknown reference, which is reported already.
        if text.ends_with(']')
            && !written.ends_with("\\]")
            && markdown[span.end..].starts_with('(')
            && !self.is_filled_in(span.end, markdown)
        {
            let mark = Span::new(span.end - 1, span.end + 1);
            self.report(
                Code::StrayMark,
                "this is no link: readers will see the brackets".to_owned(),
                mark,
                "write `[words](address)`; an address with spaces stands in `<…>`",
            );
        }
        if let Some(at) = find(text, "\\ ") {
            self.report(
                Code::StrayMark,
                "readers will see the mark `\\`".to_owned(),
                part(text, span, at, 1),
                help,
            );
        }
    }

    /// Returns true if the address that begins at a place holds a reference.
    fn is_filled_in(&mut self, start: usize, markdown: &str) -> bool {
        // Of many addresses that are never closed, the first looks up to the end for all.
        if !(self.looked.start..self.looked.end).contains(&start) {
            let rest = &markdown[start..];
            let end = rest.find([')', '\n']).unwrap_or(rest.len());
            let end = rest[..end].find("{{").unwrap_or(end);
            self.looked = Span::new(start, start + end);
        }
        markdown[self.looked.end..].starts_with("{{")
    }

    fn days(&mut self, text: &str, span: Span) {
        if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            return;
        }
        let words: Vec<(usize, &str)> = words(text).collect();
        for (index, &(at, word)) in words.iter().enumerate() {
            let next = |ahead: usize| words.get(index + ahead).map(|(_, word)| *word);
            let said = match (month(word), next(1)) {
                (Some(month), Some(day)) => number(day).map(|day| (day, month, next(2), 1)),
                (None, Some(name)) => {
                    number(word).zip(month(name)).map(|(day, month)| (day, month, next(2), 1))
                }
                _ => None,
            };
            let wrong = match said {
                Some((day, month, year, ahead)) => {
                    let year = year
                        .filter(|year| year.len() == 4)
                        .and_then(|year| year.parse().ok())
                        .unwrap_or(2024);
                    Date::new(year, month, 1)
                        .is_ok_and(|first| day < 1 || day > first.days_in_month())
                        .then_some(ahead)
                }
                None => {
                    (word.len() == 10 && is_day(word) && word.parse::<Date>().is_err()).then_some(0)
                }
            };
            if let Some(ahead) = wrong {
                let (last, end) = words[index + ahead];
                let length = last + end.len() - at;
                let message = format!("no calendar has the day `{}`", &text[at..at + length]);
                self.report(
                    Code::NoSuchDay,
                    message,
                    part(text, span, at, length),
                    "write a day that there is",
                );
            }
        }
    }
}

/// Returns where words stand in a text. Nearly always they stand nowhere, which `contains` tells
/// several times as fast as `find`.
fn find(text: &str, words: &str) -> Option<usize> {
    text.contains(words).then(|| text.find(words)).flatten()
}

/// Returns the place of a part of a text; all of it where the text is not as it was written.
fn part(text: &str, span: Span, at: usize, length: usize) -> Span {
    if span.end - span.start == text.len() {
        Span::new(span.start + at, span.start + at + length)
    } else {
        span
    }
}

fn whole(text: &str, at: usize, length: usize) -> bool {
    let letter = |letter: Option<char>| {
        letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    };
    !letter(text[..at].chars().next_back()) && !letter(text[at + length..].chars().next())
}

/// Returns the words of a text, and the days written as `2024-02-30`, each with its first byte.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let words = text
        .split(|letter: char| !letter.is_alphanumeric() && letter != '-')
        .filter(|word| !word.is_empty());
    words.map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// Reads the number of a day: `3`, `31st`.
pub fn number(word: &str) -> Option<i8> {
    let digits =
        ["st", "nd", "rd", "th"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    digits.parse().ok().filter(|day| (0..40).contains(day) && digits.len() <= 2)
}

/// Reads an English month, whole or in three letters.
pub fn month(word: &str) -> Option<i8> {
    let known = |name: &&str| *name == word || (word.len() == 3 && name.starts_with(word));
    MONTHS.iter().zip(1..).find(|(name, _)| known(name)).map(|(_, number)| number)
}

/// Returns true if a word has the shape `0000-00-00` and a year of our time.
fn is_day(word: &str) -> bool {
    let shape = word
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    shape && matches!(&word[..2], "19" | "20")
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::Parser;

    use super::*;
    use crate::parse::markdown::options;

    /// Returns the words at each finding.
    fn found(markdown: &str) -> Vec<&str> {
        let mut manners = Manners::default();
        for (event, range) in Parser::new_ext(markdown, options()).into_offset_iter() {
            manners.event(&event, range.into(), markdown);
        }
        manners.found.iter().map(|(span, _)| &markdown[span.start..span.end]).collect()
    }

    #[test]
    fn notes_and_marks_are_found_where_they_stand() {
        assert_eq!(found("Within TODO days.\n\nAnd FIXME: ask."), ["TODO", "FIXME"]);
        assert_eq!(found("PLACEHOLDER: say what, placeholder."), ["PLACEHOLDER"]);
        assert_eq!(found("A todo list, `TODO`, XXXL.\n\n    TODO\n"), [""; 0]);
        assert_eq!(found("Report **at once."), ["**"]);
        assert_eq!(found("Report **at once**, name: ______, a \\*\\* b, 2 ** 3, x__y"), [""; 0]);
        assert_eq!(found("See [the scope](20 scope.md)."), ["]("]);
        assert_eq!(found("a\\ b"), ["\\"]);
    }

    #[test]
    fn code_is_closed_where_its_author_closed_it() {
        assert_eq!(found("```sh\nls\n\nWords.\n"), ["```"]);
        assert_eq!(found("~~~~\nls\n~~~\n"), ["~~~~"]);
        assert_eq!(found("> - ```\n>   ls\n\nWords.\n\n```"), ["```", "```"]);
        assert_eq!(
            found("```\nls\n```\n\n~~~\n~~~~\n> - ```\n>   ls\n>   ```\n\n    ls\n"),
            [""; 0]
        );
    }

    #[test]
    fn a_link_says_where_it_leads() {
        assert_eq!(
            found("Click [here](#a) or [Here.](#a), see [the *scope* here](#a)."),
            ["[here](#a)", "[Here.](#a)"]
        );
    }

    #[test]
    fn a_day_is_in_the_calendar() {
        assert_eq!(
            found("On 31 February 2024, April 31st, 2024-13-01 and 29 Feb 2023."),
            ["31 February", "April 31st", "2024-13-01", "29 Feb"]
        );
        assert_eq!(
            found("On 29 February 2024, May 31st, May 2024, 10 May, 2024-02-29; order 1234-99-99."),
            [""; 0]
        );
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_words_are_judged(markdown in "([-*_\\[\\]()\\\\ 0-9\n]|May|TODO|lorem ipsum|İ|\\PC)*") {
            found(&markdown);
        }
    }
}
