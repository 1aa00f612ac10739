//! What of a quantity is one token: a date, a time, an amount with its sign, a version, the number
//! of a clause.

use std::ops::Range;

use crate::redline::quantity::form::Form;

/// A quantity that is one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexeme {
    /// What it is.
    pub form: Form,
    /// The bytes of its number.
    pub value: Range<usize>,
    /// The bytes of its unit; empty where it has none.
    pub unit: Range<usize>,
}

/// Spaces that stand inside a quantity: a plain one, no-break, thin and narrow no-break.
pub const SPACES: [char; 4] = [' ', '\u{a0}', '\u{2009}', '\u{202f}'];

/// Hyphens that stand inside a date.
pub const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];

/// Signs of currencies.
const CURRENCIES: [char; 16] =
    ['$', '€', '£', '¥', '¢', '₹', '₽', '₩', '₺', '₴', '₦', '₫', '₪', '₱', '₡', '¤'];

/// Codes of currencies that are no words besides (ISO 4217).
const CODES: [&str; 25] = [
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR",
    "ISK", "JPY", "KRW", "MXN", "NOK", "NZD", "PLN", "RON", "SEK", "SGD", "USD", "ZAR",
];

/// What stands right behind the number of an amount of money: thousands, millions, milliards.
const MAGNITUDES: [&str; 12] = ["k", "K", "m", "M", "mn", "bn", "b", "B", "tn", "T", "Mio", "Mrd"];

impl Lexeme {
    /// Returns its end offset (exclusive).
    pub fn end(&self) -> usize {
        self.value.end.max(self.unit.end)
    }
}

/// Returns the date, time, amount, version or number of a clause that begins at a byte of a text
/// and is one token; `None` if a plain number or another word begins.
pub fn lexeme(text: &str, start: usize) -> Option<Lexeme> {
    let first = text[start..].chars().next()?;
    let bare = |form: Form, end: usize| Lexeme { form, value: start..end, unit: end..end };
    match first {
        '(' => {
            let before = text[..start].chars().next_back();
            let free = before.is_none_or(|letter| {
                letter.is_whitespace() || letter == ')' || letter.is_ascii_digit()
            });
            label(text, start).filter(|_| free).map(|end| bare(Form::Clause, end))
        }
        '§' => section(text, start).map(|end| bare(Form::Clause, end)),
        '0'..='9' => date(text, start)
            .map(|end| bare(Form::Date, end))
            .or_else(|| time(text, start).map(|end| bare(Form::Time, end)))
            .or_else(|| version(text, start).map(|end| bare(Form::Version, end)))
            .or_else(|| fraction(text, start).map(|end| bare(Form::Amount, end)))
            .or_else(|| money_behind(text, start)),
        'v' | 'V' => version(text, start).map(|end| bare(Form::Version, end)),
        _ => money_before(text, start),
    }
}

/// Returns the end of `(a)` or `(iv)`.
fn label(text: &str, start: usize) -> Option<usize> {
    let inside = text[start..].strip_prefix('(')?.split_once(')')?.0;
    is_label(inside).then_some(start + inside.len() + 2)
}

/// Returns true if the text is a clause label: one letter or a Roman numeral.
pub fn is_label(letters: &str) -> bool {
    let all = |set: &str| letters.chars().all(|letter| set.contains(letter));
    let roman = letters.len() <= 5 && (all("ivxlc") || all("IVXLC"));
    !letters.is_empty()
        && (letters.len() == 1 && letters.as_bytes()[0].is_ascii_alphabetic() || roman)
}

/// Returns the end of `§ 4.2`, `§§ 5`, `§ 312a`, `§ 4(a)`.
fn section(text: &str, start: usize) -> Option<usize> {
    let signs = text[start..].chars().take_while(|letter| *letter == '§').count();
    let number = spaced(text, start + signs * '§'.len_utf8());
    let mut end = number + digits(text, number)?;
    while let Some(more) = text[end..].strip_prefix('.').and_then(|_| digits(text, end + 1)) {
        end += 1 + more;
    }
    end += usize::from(text[end..].starts_with(|letter: char| letter.is_ascii_lowercase()));
    end = bounded(text, end)?;
    while let Some(further) = text[end..].starts_with('(').then(|| label(text, end)).flatten() {
        end = further;
    }
    Some(end)
}

/// Returns the end of `2026-06-30`, `2026-06-30T10:30Z`, `30.6.2026`, `12/01/2026`.
fn date(text: &str, start: usize) -> Option<usize> {
    let mut at = start;
    let mut parts = [0; 3];
    let mut separator = None;
    for (index, part) in parts.iter_mut().enumerate() {
        if index > 0 {
            let letter = text[at..]
                .chars()
                .next()
                .filter(|letter| HYPHENS.contains(letter) || matches!(letter, '.' | '/'))?;
            if *separator.get_or_insert(letter) != letter {
                return None;
            }
            at += letter.len_utf8();
        }
        *part = digits(text, at)?;
        at += *part;
    }
    if !matches!(parts, [4, 1..=2, 1..=2] | [1..=2, 1..=2, 2 | 4])
        || separator.is_some_and(|sign| is_listed(text, start, sign))
    {
        return None;
    }
    // Three short numbers with points may be a version.
    if separator == Some('.') && parts[0] < 4 && parts[2] < 4 {
        return None;
    }
    if let Some(clock) = text[at..].strip_prefix('T').and_then(|_| clock(text, at + 1)) {
        at = clock + usize::from(text[clock..].starts_with('Z'));
    }
    let more = text[at..].chars().next().filter(|letter| Some(*letter) == separator);
    if more.is_some_and(|letter| {
        text[at + letter.len_utf8()..].starts_with(|digit: char| digit.is_ascii_digit())
    }) {
        return None;
    }
    bounded(text, at)
}

/// Returns the end of `10:30`, `10:30:15`, `10:30am`.
fn time(text: &str, start: usize) -> Option<usize> {
    let end = clock(text, start).filter(|_| !is_listed(text, start, ':'))?;
    let half = ["am", "pm", "AM", "PM", "h"].iter().find(|half| text[end..].starts_with(**half));
    half.and_then(|half| bounded(text, end + half.len())).or_else(|| bounded(text, end))
}

fn clock(text: &str, start: usize) -> Option<usize> {
    let mut end = start + digits(text, start).filter(|count| *count <= 2)?;
    let more = |at: usize| {
        text[at..].strip_prefix(':').and_then(|_| digits(text, at + 1)).filter(|count| *count == 2)
    };
    more(end)?;
    for _ in 0..2 {
        end += more(end).map_or(0, |count| count + 1);
    }
    Some(end)
}

/// Returns the end of `v2.10`, `v2.10.3-rc.1`, `2.10.3-beta`.
fn version(text: &str, start: usize) -> Option<usize> {
    let named = text[start..].starts_with(['v', 'V']);
    let mut end = start + usize::from(named);
    end += digits(text, end)?;
    let mut parts = 1;
    while let Some(more) = text[end..].strip_prefix('.').and_then(|_| digits(text, end + 1)) {
        (end, parts) = (end + 1 + more, parts + 1);
    }
    let suffix = text[end..]
        .strip_prefix('-')
        .filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    let suffix = suffix.map(|rest| {
        rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.')
            .next()
            .unwrap_or_default()
    });
    let suffix = suffix.map_or("", |suffix| suffix.trim_end_matches('.'));
    // `1.2-fold` is none.
    let suffixed = parts > 2
        && suffix.contains(|letter: char| letter.is_ascii_digit() || letter == '.')
        || named && !suffix.is_empty();
    match (named, suffixed) {
        (_, true) if parts > 1 => bounded(text, end + 1 + suffix.len()),
        (true, false) if parts > 1 => bounded(text, end),
        _ => None,
    }
}

/// Returns the end of `1/2`, `24/7`, `06/2026`.
fn fraction(text: &str, start: usize) -> Option<usize> {
    let over = start + digits(text, start).filter(|count| *count <= 4)?;
    let slash =
        text[over..].chars().next().filter(|slash| matches!(slash, '/' | '\u{2044}'))?.len_utf8();
    let under = digits(text, over + slash).filter(|count| *count <= 4)?;
    bounded(text, over + slash + under)
        .filter(|end| !text[*end..].starts_with('/') && !is_listed(text, start, '/'))
}

/// Returns a number of which more than its digits is one token: its thousands, the sign of its
/// currency, a sign of percent.
fn money_behind(text: &str, start: usize) -> Option<Lexeme> {
    let (end, grouped) = number(text, start)?;
    let magnitude = magnitude(text, end);
    let sign = |from: usize| {
        let at = spaced(text, from);
        let first = text[at..].chars().next()?;
        let length = match first {
            '%' | '‰' => first.len_utf8(),
            '°' => {
                first.len_utf8()
                    + usize::from(text[at + first.len_utf8()..].starts_with(['C', 'F']))
            }
            _ => currency(text, at)?,
        };
        Some((at, bounded(text, at + length)?))
    };
    if let Some((at, sign_end)) = sign(magnitude) {
        return Some(Lexeme { form: Form::Amount, value: start..magnitude, unit: at..sign_end });
    }
    let end = bounded(text, end).filter(|_| grouped)?;
    Some(Lexeme { form: Form::Amount, value: start..end, unit: end..end })
}

/// Returns an amount that begins with its currency: `€20m`, `US$ 5`, `CHF 1’000`.
fn money_before(text: &str, start: usize) -> Option<Lexeme> {
    let sign = start + currency(text, start)?;
    let at = spaced(text, sign);
    let (end, _) = number(text, at)?;
    let end = bounded(text, magnitude(text, end))?;
    Some(Lexeme { form: Form::Amount, value: at..end, unit: start..sign })
}

/// Returns how long the sign of a currency is: `€`, `US$`, `EUR`.
fn currency(text: &str, start: usize) -> Option<usize> {
    let rest = &text[start..];
    let letters = rest.bytes().take(4).take_while(u8::is_ascii_uppercase).count();
    if let Some(sign) =
        rest[letters..].chars().next().filter(|sign| CURRENCIES.contains(sign) && letters < 4)
    {
        return (letters == 0 || sign == '$').then_some(letters + sign.len_utf8());
    }
    (letters == 3 && CODES.contains(&&rest[..3])).then_some(3)
}

/// Returns the end offset (exclusive) of a number's magnitude (`k`, `bn`); `end` if it has none.
fn magnitude(text: &str, end: usize) -> usize {
    let letters = text[end..].bytes().take_while(u8::is_ascii_alphabetic).count();
    if MAGNITUDES.contains(&&text[end..end + letters]) { end + letters } else { end }
}

/// Returns the end of a number, and whether its thousands are parted by spaces or apostrophes.
fn number(text: &str, start: usize) -> Option<(usize, bool)> {
    let first = digits(text, start)?;
    let mut end = start + first;
    let parted = text[end..]
        .chars()
        .next()
        .filter(|letter| SPACES.contains(letter) || matches!(letter, '\'' | '’'));
    if let Some(sign) = parted.filter(|sign| {
        first <= 3 && !text[start..].starts_with('0') && !is_listed(text, start, *sign)
    }) {
        let group = |at: usize| {
            text[at..].strip_prefix(sign).and_then(|_| digits(text, at + sign.len_utf8()))
        };
        let mut last = end;
        while group(last) == Some(3) {
            last += sign.len_utf8() + 3;
        }
        // Figures that go on otherwise are a telephone number, or several numbers.
        if group(last).is_none() {
            end = last;
        }
    }
    let grouped = end > start + first;
    while let Some(more) = text[end..].strip_prefix(['.', ',']).and_then(|_| digits(text, end + 1))
    {
        end += 1 + more;
    }
    Some((end, grouped))
}

/// Returns true if figures stand before a number, parted from it as its own are from each other.
fn is_listed(text: &str, start: usize, sign: char) -> bool {
    let before = text[..start].strip_suffix(sign);
    before.is_some_and(|before| before.ends_with(|letter: char| letter.is_ascii_digit()))
}

/// Counts the digits at a byte; `None` if there is none.
fn digits(text: &str, at: usize) -> Option<usize> {
    let count = text[at..].bytes().take_while(u8::is_ascii_digit).count();
    (count > 0).then_some(count)
}

/// Returns the offset after a space that may stand inside a quantity; `at` if there is none.
fn spaced(text: &str, at: usize) -> usize {
    at + text[at..]
        .chars()
        .next()
        .filter(|letter| SPACES.contains(letter))
        .map_or(0, char::len_utf8)
}

/// Returns the end of a quantity, unless a word goes on there.
fn bounded(text: &str, end: usize) -> Option<usize> {
    (!text[end..].starts_with(char::is_alphanumeric)).then_some(end)
}

/// Returns true if letters are what numbers a clause or a section: `4.2`, `(a)`, `§ 4.2`.
pub fn is_clause_number(letters: &str) -> bool {
    let plain = letters.starts_with(char::is_numeric)
        && letters.chars().all(|letter| letter.is_numeric() || matches!(letter, '.' | ','));
    plain
        || lexeme(letters, 0)
            .is_some_and(|lexeme| lexeme.form == Form::Clause && lexeme.end() == letters.len())
}
