//! Days that authors type into their words: when a text was last changed, since when it is in force.

use jiff::civil::Date;
use memchr::memmem;

use crate::tree::Span;

/// What stands before a typed day, in lower case.
const PHRASES: [&str; 6] = [
    "last updated",
    "last modified",
    "last revised",
    "last changed",
    "updated on",
    "effective date",
];

/// How many bytes after such a phrase a day is looked for.
const REACH: usize = 40;

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// How many words a line may have that says nothing else.
const MOST_WORDS: usize = 12;

/// Returns the days that a text types behind one of the phrases, each with its place.
pub fn typed_days(text: &str) -> Vec<(&'static str, Date, Span)> {
    let lower = text.to_ascii_lowercase();
    let mut days = Vec::new();
    for phrase in PHRASES {
        for at in memmem::find_iter(lower.as_bytes(), phrase) {
            let start = at + phrase.len();
            let end = text.floor_char_boundary((start + REACH).min(text.len()));
            if let Some((day, span)) = day(&lower[start..end]) {
                days.push((phrase, day, span.shift(start)));
            }
        }
    }
    days
}

/// Reads the first day of a text: `2023-02-15`, `15 February 2023`, `February 15th, 2023`.
fn day(text: &str) -> Option<(Date, Span)> {
    let mut words: Vec<(usize, &str)> = Vec::new();
    let mut start = None;
    for (at, letter) in text.char_indices().chain([(text.len(), ' ')]) {
        match (letter.is_ascii_alphanumeric() || letter == '-', start) {
            (true, None) => start = Some(at),
            (false, Some(begin)) => {
                words.push((begin, &text[begin..at]));
                start = None;
            }
            _ => {}
        }
    }
    let span =
        |first: (usize, &str), last: (usize, &str)| Span::new(first.0, last.0 + last.1.len());
    let iso = words.iter().find_map(|word| {
        Some((word.1.parse().ok().filter(|_| word.1.len() == 10)?, span(*word, *word)))
    });
    let written = words.windows(3).find_map(|window| {
        let [first, second, third] = [window[0], window[1], window[2]];
        let (number, month) =
            if month(second.1).is_some() { (first.1, second.1) } else { (second.1, first.1) };
        let number = number.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        let date =
            Date::new(third.1.parse().ok()?, self::month(month)?, number.parse().ok()?).ok()?;
        Some((date, span(first, third)))
    });
    iso.or(written)
}

fn month(word: &str) -> Option<i8> {
    let place = MONTHS.iter().position(|month| word.starts_with(month) && word.len() >= 3)?;
    i8::try_from(place + 1).ok()
}

/// Returns the lines of a text that stand alone and say nothing but when it was changed or came
/// into force, each with that day and its place, the line break included.
pub fn day_lines(text: &str) -> Vec<(Date, Span)> {
    let mut lines = Vec::new();
    let mut alone = true;
    let mut rest = text.split_inclusive('\n').peekable();
    let mut start = 0;
    while let Some(line) = rest.next() {
        let span = Span::new(start, start + line.len());
        start = span.end;
        let day = day_line(line);
        let ends =
            rest.peek().is_none_or(|next| next.trim().is_empty() || day_line(next).is_some());
        let breaks = line.ends_with("  \n") || line.ends_with("\\\n");
        match day {
            Some(day) if alone && (ends || breaks) => lines.push((day, span)),
            _ => alone = line.trim().is_empty() || line.starts_with('#') || breaks,
        }
    }
    lines
}

/// Returns the day of a line that says nothing else.
fn day_line(line: &str) -> Option<Date> {
    let days = typed_days(line);
    let (_, day, _) = days.first()?;
    let one = days.iter().all(|(_, other, _)| other == day);
    (one && line.split_whitespace().count() <= MOST_WORDS).then_some(*day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_as_people_type_it() {
        for text in [
            "Last updated: 2023-02-15.",
            "last modified February 15th, 2023",
            "*Last Revised* on 15 Feb 2023",
        ] {
            let days = typed_days(text);
            assert_eq!(
                days.iter().map(|(_, day, _)| day.to_string()).collect::<Vec<_>>(),
                ["2023-02-15"],
                "{text}"
            );
        }
        assert_eq!(typed_days("Last updated when needed, in 2 of 30 cases"), []);
        assert_eq!(typed_days("We were founded on 2001-01-01"), []);
    }

    #[test]
    fn a_line_that_says_only_when_is_told_from_words() {
        let lines = |text: &str| {
            let lines = day_lines(text);
            lines
                .iter()
                .map(|(_, span)| text[span.start..span.end].trim())
                .collect::<Vec<_>>()
                .join("|")
        };
        for (text, found) in [
            (
                "# T\n**Effective date:** May 1, 2020  \nLast updated: 2 May 2020\n\nWords.",
                "**Effective date:** May 1, 2020|Last updated: 2 May 2020",
            ),
            (
                "Words.\n\nThese Terms were last updated on May 1st 2020.",
                "These Terms were last updated on May 1st 2020.",
            ),
            (
                "We answer questions on terms that were\nlast updated on 1 May 2020, as\nlong as we can.",
                "",
            ),
            ("It was last updated on 1 May 2020 when our board met in the town hall of Oslo.", ""),
            ("Last updated: soon", ""),
        ] {
            assert_eq!(lines(text), found, "{text}");
        }
    }
}
