//! Brackets and braces of no meaning here: links without an address, attributes and tags of other
//! programs, and what was to be filled in.

use crate::diagnostic::{Code, Diagnostic};
use crate::parse::markdown::found::{Found, seen_mark};
use crate::parse::markdown::seen::BLANK;
use crate::tree::Span;

/// What stands in brackets where words are to be filled in.
const BLANKS: [&str; 14] = [
    "company",
    "name",
    "date",
    "address",
    "email",
    "e-mail",
    "phone",
    "website",
    "url",
    "country",
    "state",
    "jurisdiction",
    "organization",
    "organisation",
];

/// How many bytes brackets hold at most that are a mark.
const LONGEST: usize = 200;

/// How such words begin that are told by their beginning.
const ASKING: [&str; 6] = ["insert ", "your ", "enter ", "company name", "name of ", "add "];

/// Notes to oneself, which are found wherever they stand.
const NOTES: [&str; 4] = ["TODO", "FIXME", "TBD", "XXX"];

/// Finds what stands in brackets and braces of no meaning here.
pub fn brackets(text: &str, start: usize, found: &mut Found) {
    for (at, open) in text.match_indices(['[', '{']) {
        let rest = &text[at + 1..text.floor_char_boundary(at + LONGEST)];
        let (before, close) = (&text[..at], if open == "[" { ']' } else { '}' });
        if open == "[" && rest.starts_with(']') && before.ends_with(']') && before.contains('[') {
            let help = "write the address in `(…)`, or define the words in brackets as a link";
            found.push((Span::new(start + at, start + at + 2), seen_mark("[]", help)));
        }
        let Some((inner, after)) =
            rest.split_once(close).filter(|(inner, _)| !inner.is_empty() && !inner.contains(BLANK))
        else {
            continue;
        };
        let whole = Span::new(start + at, start + at + inner.len() + 2);
        let mark = &text[at..at + inner.len() + 2];
        if open == "["
            && before.ends_with(']')
            && !inner.starts_with('^')
            && asks_for_address(before, inner)
        {
            let message = format!(
                "nothing defines `{}`: readers will see the brackets",
                inner.escape_debug()
            );
            let help = format!(
                "write `[{}]: …` with its address on a line of its own, or the address in `(…)` here",
                inner.escape_debug()
            );
            found.push((whole, Diagnostic::warning(Code::StrayMark, message).help(help)));
        } else if open == "{" && !before.ends_with('{') && is_attribute(inner) {
            found.push((whole, seen_mark(mark, "remove it: attributes are not supported here")));
        } else if open == "{" && inner.len() > 2 && inner.starts_with('%') && inner.ends_with('%') {
            found.push((whole, seen_mark(mark, "remove it: template tags are not supported")));
        } else if is_blank(open, inner)
            && !after.starts_with(['(', '[', ':', '}'])
            && !in_a_name(before, after)
        {
            let left = Diagnostic::warning(
                Code::LeftOver,
                format!("`{}` was left in the words", mark.escape_debug()),
            );
            found.push((whole, left.help("write what belongs there")));
        }
    }
}

/// Returns true if `[inner]` behind some words in brackets asks for the address of a link: two
/// numbers cite.
fn asks_for_address(before: &str, inner: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((ahead, words)) = before.trim_end_matches(']').rsplit_once('[') else { return false };
    // Brackets after a letter count, as in `a[i][j]`.
    let counts = ahead.ends_with(char::is_alphanumeric) || (digits(inner) && digits(words));
    !counts && !inner.starts_with('[')
}

/// Returns true if braces hold an attribute as other programs read it: `{: .lead }`,
/// `{.underline}`, `{#id}`.
fn is_attribute(inner: &str) -> bool {
    let letter = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '-' | '_' | '.' | '#' | ' ' | '=' | '"')
    };
    inner.starts_with(": ")
        || inner
            .strip_prefix(':')
            .unwrap_or(inner)
            .strip_prefix(['.', '#'])
            .is_some_and(|name| name.starts_with(char::is_alphabetic) && name.chars().all(letter))
}

/// Returns true if brackets stand within the name of something, as in `wp-settings-{USER_ID}`.
fn in_a_name(before: &str, after: &str) -> bool {
    let joins = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '_' | '-' | '/' | '=' | '{' | '$' | '@')
    };
    before.ends_with(joins) || after.starts_with(joins)
}

/// Returns true if brackets hold the name of what is to be filled in: `[COMPANY NAME]`,
/// `{name_of_company}`, `[insert date]`.
fn is_blank(open: &str, inner: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|letter| letter.is_alphabetic()).count();
    let sign = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, ' ' | '_' | '-' | '/' | '\'' | '.' | ',')
    };
    if letters(inner) < 3
        || !inner.starts_with(char::is_alphabetic)
        || !inner.chars().all(sign)
        || NOTES.iter().any(|note| inner.contains(note))
    {
        return false;
    }
    let (capital, small) = (!inner.chars().any(char::is_lowercase), inner.to_lowercase());
    match open {
        "{" => capital || inner.contains('_'),
        _ => {
            let words = capital && inner.contains([' ', '_']);
            let known = BLANKS.contains(&small.as_str()) && inner.starts_with(char::is_uppercase);
            words || known || ASKING.iter().any(|asking| small.starts_with(asking))
        }
    }
}
