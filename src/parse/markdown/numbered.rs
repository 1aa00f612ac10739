//! Lines that were meant as items of a list, and begin with a number or a sign that makes none.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::markdown::found::{Found, seen_mark};
use crate::parse::markdown::seen::{BLANK, Run, Seen};
use crate::tree::{Edit, Span};

/// Signs that are typed where an item of a list begins.
const BULLETS: [char; 8] = ['•', '◦', '▪', '●', '○', '■', '‣', '·'];

/// Finds `1.First`, which begins no item of a list.
pub fn unspaced(seen: &Seen<'_>, run: &Run, found: &mut Found) {
    let mark = |text: &str| {
        let digits =
            text.len() - text.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        let rest = text[digits..].strip_prefix(['.', ')'])?;
        let word = rest.chars().take(2).filter(|letter| letter.is_alphabetic()).count() == 2;
        (word && (1..10).contains(&digits)).then_some(digits + 1)
    };
    let items: Vec<(usize, Span)> = run
        .lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| {
            mark(seen.part(line.span))
                .map(|length| (index, Span::new(line.span.start, line.span.start + length)))
        })
        .collect();
    // A line that was wrapped may begin with a number.
    if let Some(&(index, first)) = items.first()
        && (index == 0 || (items.len() > 1 && seen.part(first).starts_with("1")))
    {
        let edits = items
            .iter()
            .map(|(_, span)| Edit { span: Span::new(span.end, span.end), put_in: " ".to_owned() });
        let fix = Fix { what: "write a space after the mark".to_owned(), edits: edits.collect() };
        let help = "write a space after it to make a list";
        found.push((first, seen_mark(seen.part(first), help).with_fix(fix)));
    }
}

/// Finds lines that begin with a typed bullet.
pub fn bullets(seen: &Seen<'_>, run: &Run, found: &mut Found) {
    let items: Vec<Span> = run
        .lines
        .iter()
        .filter_map(|line| {
            let text = seen.part(line.span);
            let rest = text.strip_prefix(BULLETS)?;
            let words = rest.trim_start_matches([' ', '\t', '\u{a0}']);
            (!words.is_empty())
                .then(|| Span::new(line.span.start, line.span.start + text.len() - words.len()))
        })
        .collect();
    let Some(first) = items.first() else { return };
    let edits: Option<Vec<Edit>> = items
        .iter()
        .map(|span| {
            let line = seen.markdown[..span.start].rfind('\n').map_or(0, |end| end + 1);
            let indent = &seen.markdown[line..span.start];
            (run.top && indent.len() < 4 && indent.trim().is_empty())
                .then(|| Edit { span: *span, put_in: "- ".to_owned() })
        })
        .collect();
    let fix = edits.map(|edits| Fix { what: "write `- `".to_owned(), edits });
    let mark = Span::new(
        first.start,
        first.start + seen.part(*first).chars().next().map_or(0, char::len_utf8),
    );
    found.push((
        mark,
        seen_mark(seen.part(mark), "begin each item with `- ` to make a list").with_fix(fix),
    ));
}

/// Finds lines of their own that are numbered and become one paragraph.
pub fn folded(seen: &Seen<'_>, run: &Run, found: &mut Found) {
    let numbered: Vec<(usize, Number<'_>)> = run
        .lines
        .iter()
        .enumerate()
        .filter_map(|(index, line)| {
            Some((index, number(seen.part(line.span).trim_start_matches(BLANK))?))
        })
        .collect();
    let follows = |pair: &&[(usize, Number<'_>)]| pair[1].1.follows(&pair[0].1);
    let pairs: Vec<&[(usize, Number<'_>)]> = numbered.windows(2).filter(follows).collect();
    let Some(first) = pairs.first() else { return };
    let mut folded: Vec<usize> =
        pairs.iter().flat_map(|pair| [pair[0].0, pair[1].0]).filter(|index| *index > 0).collect();
    folded.dedup();
    folded.retain(|index| !run.lines[*index].begins);
    let Some(&place) = folded.first() else { return };
    let edits = folded.iter().map(|index| {
        let (before, start) = (run.lines[index - 1].span.end, run.lines[*index].span.start);
        match run.top {
            true => Edit { span: Span::new(before, start), put_in: "\n\n".to_owned() },
            false => Edit { span: Span::new(before, before), put_in: "\\".to_owned() },
        }
    });
    let what =
        if run.top { "put an empty line between them" } else { "end the line before with `\\`" };
    let fix = Fix { what: what.to_owned(), edits: edits.collect() };
    let message =
        format!("the lines `{}` and `{}` become one paragraph", first[0].1.mark, first[1].1.mark);
    let folded = Diagnostic::warning(Code::Folded, message)
        .help("put an empty line between them, or end the line before with `\\`");
    let place = run.lines[place].span.start;
    found.push((Span::new(place, place + 1), folded.with_fix(fix)));
}

/// A number or a letter that begins a line: `(a)`, `iv.`
struct Number<'a> {
    mark: &'a str,
    /// What stands around it.
    around: (&'a str, &'a str),
    /// What it may count.
    values: Vec<u32>,
}

impl Number<'_> {
    fn follows(&self, before: &Number<'_>) -> bool {
        self.around == before.around
            && self.values.iter().any(|value| before.values.contains(&(value - 1)))
    }
}

/// Reads the number that a line begins with.
fn number(line: &str) -> Option<Number<'_>> {
    let mark = line
        .split([' ', '\t', '\u{a0}'])
        .next()
        .filter(|mark| mark.len() < line.len())?
        .trim_end_matches(BLANK);
    let inner = mark.trim_start_matches('(').trim_end_matches([')', '.']);
    let at = inner.as_ptr() as usize - mark.as_ptr() as usize;
    let around = (&mark[..at], &mark[at + inner.len()..]);
    if !matches!(around, ("(", ")") | ("", ")" | ".")) {
        return None;
    }
    let small = inner.to_ascii_lowercase();
    let letter = match small.as_bytes() {
        [letter @ b'a'..=b'z'] => Some(u32::from(letter - b'a') + 1),
        _ => None,
    };
    let values: Vec<u32> = inner
        .parse()
        .ok()
        .into_iter()
        .chain(letter)
        .chain(roman(&small))
        .filter(|value| *value > 0)
        .collect();
    (!values.is_empty()).then_some(Number { mark, around, values })
}

/// Reads a small Roman number.
fn roman(text: &str) -> Option<u32> {
    const ROMAN: [&str; 15] = [
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv",
        "xv",
    ];
    ROMAN.iter().zip(1..).find(|(roman, _)| **roman == text).map(|(_, value)| value)
}
