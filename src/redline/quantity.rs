//! Dates, times, amounts, versions and the numbers of clauses: each is one thing, with the unit it is counted in.
//!
//! [`lexeme`] tells what of it is one token, so that a redline never tears `2026-06-30`, `€20m`, `10 000 €`, `v2.10.3` or `§ 4.2`;
//! [`quantities`] finds all of them in a text, those of several words too: `30 June 2026`, `5 business days`. Nothing is converted, and
//! a word that is no unit of ours is quoted as it stands.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::ops::Range;

use crate::redline::token;
use crate::redline::token::Class;
use crate::redline::token::Token;

/// What a quantity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// A number, with its currency or unit if it has one.
    Amount,
    /// A day, a month of a year.
    Date,
    /// A time of the day.
    Time,
    /// A version of something.
    Version,
    /// The number of a clause: `(a)`, `§ 4.2`.
    Clause,
}

/// A quantity in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// What it is.
    pub form: Form,
    /// Its tokens, those of its unit too.
    pub tokens: Range<usize>,
    /// The bytes of its number: `5`, `30 June 2026`.
    pub value: Range<usize>,
    /// The bytes of its unit, before or after the number; empty where it has none.
    pub unit: Range<usize>,
}

/// A quantity that is one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lexeme {
    form: Form,
    value: Range<usize>,
    unit: Range<usize>,
}

/// Spaces that stand inside a quantity: a plain one, no-break, thin and narrow no-break.
const SPACES: [char; 4] = [' ', '\u{a0}', '\u{2009}', '\u{202f}'];

/// Hyphens that stand inside a date.
const HYPHENS: [char; 3] = ['-', '\u{2010}', '\u{2011}'];

/// Signs of currencies.
const CURRENCIES: [char; 16] = ['$', '€', '£', '¥', '¢', '₹', '₽', '₩', '₺', '₴', '₦', '₫', '₪', '₱', '₡', '¤'];

/// Codes of currencies that are no words besides (ISO 4217).
const CODES: [&str; 25] = [
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "ISK", "JPY", "KRW", "MXN", "NOK", "NZD",
    "PLN", "RON", "SEK", "SGD", "USD", "ZAR",
];

/// What stands right behind the number of an amount of money: thousands, millions, milliards.
const MAGNITUDES: [&str; 12] = ["k", "K", "m", "M", "mn", "bn", "b", "B", "tn", "T", "Mio", "Mrd"];

impl Lexeme {
    /// Returns the byte after its last.
    pub fn end(&self) -> usize {
        self.value.end.max(self.unit.end)
    }
}

/// Returns the date, time, amount, version or number of a clause that begins at a byte of a text and is one token; nothing where a plain
/// number or another word begins.
pub fn lexeme(text: &str, start: usize) -> Option<Lexeme> {
    let first = text[start..].chars().next()?;
    let bare = |form: Form, end: usize| Lexeme { form, value: start..end, unit: end..end };
    match first {
        '(' => {
            let before = text[..start].chars().next_back();
            let free = before.is_none_or(|letter| letter.is_whitespace() || letter == ')' || letter.is_ascii_digit());
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
    let roman = |letters: &str| {
        let all = |set: &str| letters.chars().all(|letter| set.contains(letter));
        letters.len() <= 5 && (all("ivxlc") || all("IVXLC"))
    };
    let is_label = !inside.is_empty() && (inside.len() == 1 && inside.as_bytes()[0].is_ascii_alphabetic() || roman(inside));
    is_label.then_some(start + inside.len() + 2)
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
            let letter = text[at..].chars().next().filter(|letter| HYPHENS.contains(letter) || matches!(letter, '.' | '/'))?;
            if *separator.get_or_insert(letter) != letter {
                return None;
            }
            at += letter.len_utf8();
        }
        *part = digits(text, at)?;
        at += *part;
    }
    if !matches!(parts, [4, 1..=2, 1..=2] | [1..=2, 1..=2, 2 | 4]) || separator.is_some_and(|sign| is_listed(text, start, sign)) {
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
    if more.is_some_and(|letter| text[at + letter.len_utf8()..].starts_with(|digit: char| digit.is_ascii_digit())) {
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
    let more = |at: usize| text[at..].strip_prefix(':').and_then(|_| digits(text, at + 1)).filter(|count| *count == 2);
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
    let suffix = text[end..].strip_prefix('-').filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_alphabetic()));
    let suffix = suffix.map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '.').next().unwrap_or_default());
    let suffix = suffix.map_or("", |suffix| suffix.trim_end_matches('.'));
    // `1.2-fold` is none.
    let suffixed = parts > 2 && suffix.contains(|letter: char| letter.is_ascii_digit() || letter == '.') || named && !suffix.is_empty();
    match (named, suffixed) {
        (_, true) if parts > 1 => bounded(text, end + 1 + suffix.len()),
        (true, false) if parts > 1 => bounded(text, end),
        _ => None,
    }
}

/// Returns the end of `1/2`, `24/7`, `06/2026`.
fn fraction(text: &str, start: usize) -> Option<usize> {
    let over = start + digits(text, start).filter(|count| *count <= 4)?;
    let under = text[over..].strip_prefix('/').and_then(|_| digits(text, over + 1)).filter(|count| *count <= 4)?;
    bounded(text, over + 1 + under).filter(|end| !text[*end..].starts_with('/') && !is_listed(text, start, '/'))
}

/// Returns a number of which more than its digits is one token: its thousands, the sign of its currency, a sign of percent.
fn money_behind(text: &str, start: usize) -> Option<Lexeme> {
    let (end, grouped) = number(text, start)?;
    let magnitude = magnitude(text, end);
    let sign = |from: usize| {
        let at = spaced(text, from);
        let first = text[at..].chars().next()?;
        let length = match first {
            '%' | '‰' => first.len_utf8(),
            '°' => first.len_utf8() + usize::from(text[at + first.len_utf8()..].starts_with(['C', 'F'])),
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
    if let Some(sign) = rest[letters..].chars().next().filter(|sign| CURRENCIES.contains(sign) && letters < 4) {
        return (letters == 0 || sign == '$').then_some(letters + sign.len_utf8());
    }
    (letters == 3 && CODES.contains(&&rest[..3])).then_some(3)
}

/// Returns the byte after the thousands or millions that stand behind a number, if they do.
fn magnitude(text: &str, end: usize) -> usize {
    let letters = text[end..].bytes().take_while(u8::is_ascii_alphabetic).count();
    if MAGNITUDES.contains(&&text[end..end + letters]) { end + letters } else { end }
}

/// Returns the end of a number, and whether its thousands are parted by spaces or apostrophes.
fn number(text: &str, start: usize) -> Option<(usize, bool)> {
    let first = digits(text, start)?;
    let mut end = start + first;
    let parted = text[end..].chars().next().filter(|letter| SPACES.contains(letter) || matches!(letter, '\'' | '’'));
    if let Some(sign) = parted.filter(|sign| first <= 3 && !text[start..].starts_with('0') && !is_listed(text, start, *sign)) {
        let group = |at: usize| text[at..].strip_prefix(sign).and_then(|_| digits(text, at + sign.len_utf8()));
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
    while let Some(more) = text[end..].strip_prefix(['.', ',']).and_then(|_| digits(text, end + 1)) {
        end += 1 + more;
    }
    Some((end, grouped))
}

/// Tells whether figures stand before a number, parted from it as its own are from each other.
fn is_listed(text: &str, start: usize, sign: char) -> bool {
    let before = text[..start].strip_suffix(sign);
    before.is_some_and(|before| before.ends_with(|letter: char| letter.is_ascii_digit()))
}

/// Counts the digits at a byte; nothing where there is none.
fn digits(text: &str, at: usize) -> Option<usize> {
    let count = text[at..].bytes().take_while(u8::is_ascii_digit).count();
    (count > 0).then_some(count)
}

/// Returns the byte after a space that may stand inside a quantity.
fn spaced(text: &str, at: usize) -> usize {
    at + text[at..].chars().next().filter(|letter| SPACES.contains(letter)).map_or(0, char::len_utf8)
}

/// Returns the end of a quantity, unless a word goes on there.
fn bounded(text: &str, end: usize) -> Option<usize> {
    (!text[end..].starts_with(char::is_alphanumeric)).then_some(end)
}

/// Tells whether letters are what numbers a clause or a section: `4.2`, `(a)`, `§ 4.2`.
pub fn is_clause_number(letters: &str) -> bool {
    let plain = letters.starts_with(char::is_numeric) && letters.chars().all(|letter| letter.is_numeric() || matches!(letter, '.' | ','));
    plain || lexeme(letters, 0).is_some_and(|lexeme| lexeme.form == Form::Clause && lexeme.end() == letters.len())
}

/// Words that follow a number and are no unit.
const NO_UNITS: &str = "\
    a about above after all also am an and any are as at be because been before being below between but by can could did do does during each \
    every for from had has have here his if in is it its may more must no not of on only or our over per shall should since so such than that \
    the their then there these they this those to under unless until upon was we were when where which while who will with within without \
    would you your \
    ab als am an auf aus bei bis das dem den der des die durch ein eine einem einen einer für gegen hat ihr ihre im in ist kann mit muss \
    nach oder ohne seit sie sind soll und unter vom von vor werden wir wird zu zum zur \
    à après au aux avant avec ce ces dans de des du en est et la le les nous ou par pas pour qui que sans sont sous sur un une vous \
    con da del di e el en entre gli i il las lo los o para por su y een het met naar op van voor";

/// Words before a unit that belong to it.
const BEFORE_UNITS: &str = "billion business calendar consecutive full hundred million millionen milliarden thousand tausend working";

/// Words after a unit that belong to it.
const AFTER_UNITS: &str = "calendaires consécutifs francs ouvrables ouvrés hábiles laborables naturales lavorativi";

/// What is said after a time of the day.
const CLOCKS: &str = "a am cest cet est gmt h p pm uhr utc";

/// Months, in lower case, and how they are shortened.
const MONTHS: &str = "\
    january february march april may june july august september october november december \
    januar jänner februar märz mai juni juli oktober dezember \
    janvier février mars avril juin juillet août septembre octobre novembre décembre \
    enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre \
    gennaio febbraio aprile maggio giugno luglio settembre ottobre novembre dicembre \
    januari februari maart mei augustus \
    jan feb mar apr jun jul aug sep sept oct okt nov dec dez";

/// Numbers in words, by which units of time and percent are counted.
const NUMBERS: [(&str, u64); 27] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
];

/// What numbers in words count.
const TIMES: &str = "day days hour hours minute minutes month months percent quarter quarters second seconds week weeks year years";

impl Quantity {
    /// Returns it as it is written, with its unit.
    pub fn quoted(&self, text: &str) -> String {
        let (value, unit) = (&text[self.value.clone()], &text[self.unit.clone()]);
        let between = match self.unit.start < self.value.start {
            true => &text[self.unit.end..self.value.start],
            false => &text[self.value.end..self.unit.start],
        };
        match () {
            () if unit.is_empty() => value.to_owned(),
            () if self.unit.start < self.value.start => format!("{unit}{between}{value}"),
            () if between.contains(')') => format!("{value} {unit}"),
            () => format!("{value}{between}{unit}"),
        }
    }

    /// Tells whether it counts units of time or percent, in English.
    pub fn is_of_time(&self, text: &str) -> bool {
        let unit = text[self.unit.clone()].to_lowercase();
        let last = unit.split_whitespace().next_back().unwrap_or_default();
        unit == "per cent" || TIMES.split(' ').any(|time| time == last)
    }

    /// Tells whether a change of these tokens changes it; where none went or came, whether they would stand inside it.
    pub fn is_touched(&self, tokens: &Range<usize>) -> bool {
        match tokens.is_empty() {
            true => self.tokens.start < tokens.start && tokens.start < self.tokens.end,
            false => self.tokens.start < tokens.end && tokens.start < self.tokens.end,
        }
    }
}

/// Returns the quantities of a text as it is written, in order.
pub fn quantities_of(text: &str) -> Vec<Quantity> {
    quantities(text, &token::tokens(text))
}

/// Returns the quantities of a text that was cut into tokens, in order.
pub fn quantities(text: &str, tokens: &[Token]) -> Vec<Quantity> {
    let reader = Reader { text, tokens };
    let (mut found, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        let quantity = reader.at(at);
        at = quantity.as_ref().map_or(at + 1, |quantity| quantity.tokens.end);
        found.extend(quantity);
    }
    found
}

struct Reader<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl<'a> Reader<'a> {
    fn letters(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// Tells whether a token is one of the words of a list.
    fn is(&self, at: usize, words: &str) -> bool {
        if !self.is_word(at) {
            return false;
        }
        let letters = self.letters(at).to_lowercase();
        words.split_ascii_whitespace().any(|word| word == letters)
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.class == Class::Word)
    }

    /// Returns the quantity that begins with a token.
    fn at(&self, at: usize) -> Option<Quantity> {
        let token = self.tokens[at];
        if let Some(end) = self.spelled_date(at) {
            return Some(self.bare(Form::Date, at, end));
        }
        if let Some(lexeme) = lexeme(self.text, token.start).filter(|lexeme| lexeme.end() == token.end) {
            let Lexeme { form, value, unit } = lexeme;
            let quantity = Quantity { form, tokens: at..at + 1, value, unit };
            return Some(if quantity.unit.is_empty() { self.counted(quantity) } else { quantity });
        }
        let letters = self.letters(at);
        if token.is_spoken() && letters.starts_with(|letter: char| letter.is_numeric()) {
            let length = letters.find(|letter: char| letter.is_alphabetic()).unwrap_or(letters.len());
            let (value, unit) = (token.start..token.start + length, token.start + length..token.end);
            return Some(match ordinal(&letters[length..]) {
                true => self.counted(self.bare(Form::Amount, at, at + 1)),
                false if unit.is_empty() => self.counted(self.bare(Form::Amount, at, at + 1)),
                false => Quantity { form: Form::Amount, tokens: at..at + 1, value, unit },
            });
        }
        let end = self.in_words(at)?;
        let quantity = self.counted(self.bare(Form::Amount, at, end));
        quantity.is_of_time(self.text).then_some(quantity)
    }

    /// Returns tokens that are a quantity without a unit.
    fn bare(&self, form: Form, at: usize, end: usize) -> Quantity {
        let value = self.tokens[at].start..self.tokens[end - 1].end;
        Quantity { form, tokens: at..end, unit: value.end..value.end, value }
    }

    /// Returns a quantity with the unit that follows it.
    fn counted(&self, quantity: Quantity) -> Quantity {
        let mut first = quantity.tokens.end;
        let in_brackets = quantity.tokens.start.checked_sub(1).is_some_and(|before| self.letters(before) == "(");
        match self.letters(first) {
            ")" if in_brackets => first += 1,
            "-" | "\u{2010}" | "\u{2011}" if self.is_glued(first) && self.is_glued(first + 1) => first += 1,
            _ => {}
        }
        let last = match quantity.form {
            Form::Amount => self.unit(first),
            Form::Time if self.is(first, CLOCKS) => Some(first),
            _ => None,
        };
        match last {
            Some(last) => {
                Quantity { tokens: quantity.tokens.start..last + 1, unit: self.tokens[first].start..self.tokens[last].end, ..quantity }
            }
            None => quantity,
        }
    }

    /// Tells whether a token follows the one before it without a space.
    fn is_glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| !token.space)
    }

    /// Returns the last token of a unit that begins with a token, if one does.
    fn unit(&self, first: usize) -> Option<usize> {
        let percent = |at: usize| self.is(at, "per pour por") && self.is(at + 1, "cent cento ciento");
        match () {
            () if percent(first) => Some(first + 1),
            () if !self.is_word(first) || self.is(first, NO_UNITS) => None,
            () if self.is(first, BEFORE_UNITS) && self.is_word(first + 1) && !self.is(first + 1, NO_UNITS) => Some(first + 1),
            () if self.is(first + 1, AFTER_UNITS) => Some(first + 1),
            () => Some(first),
        }
    }

    /// Returns the token after a number in words, `five` or `forty-eight`.
    fn in_words(&self, at: usize) -> Option<usize> {
        let value = |at: usize| in_words(self.letters(at));
        let tens = value(at)? >= 20 && self.letters(at + 1) == "-" && value(at + 2).is_some_and(|ones| ones < 10);
        Some(if tens { at + 3 } else { at + 1 })
    }

    /// Returns the token after a date in words: `30 June 2026`, `June 30, 2026`, `30. Juni 2026`, `1er juin`, `June 2026`.
    fn spelled_date(&self, at: usize) -> Option<usize> {
        if let Some(month) = self.day(at) {
            let month = if self.is(month, "of de di del van") { month + 1 } else { month };
            let end = self.month(month).filter(|_| self.is_capital(month) || !self.is(month, "may mar"))?;
            return Some(self.year(end).unwrap_or(end));
        }
        let end = if self.is_capital(at) { self.month(at)? } else { return None };
        if let Some(day) = self.day(end) {
            return Some(self.year(day).unwrap_or(day));
        }
        self.year(end)
    }

    /// Returns the token after the day of a month, its point included.
    fn day(&self, at: usize) -> Option<usize> {
        let letters = self.letters(at);
        let length = letters.bytes().take_while(u8::is_ascii_digit).count();
        let number: u32 = letters[..length].parse().ok()?;
        let is_day = (1..=31).contains(&number) && length <= 2 && (length == letters.len() || ordinal(&letters[length..]));
        let point = self.letters(at + 1) == "." && self.is_glued(at + 1) && self.month(at + 2).is_some();
        is_day.then_some(at + 1 + usize::from(point))
    }

    /// Returns the token after a month, the point of a short one included.
    fn month(&self, at: usize) -> Option<usize> {
        // Most words are no month, and most of those are told by their length.
        let letters = self.letters(at);
        if !(3..=12).contains(&letters.len()) || !self.is(at, MONTHS) {
            return None;
        }
        let short = letters.chars().count() <= 4 && self.letters(at + 1) == "." && self.is_glued(at + 1);
        Some(at + 1 + usize::from(short))
    }

    fn is_capital(&self, at: usize) -> bool {
        self.letters(at).starts_with(char::is_uppercase)
    }

    /// Returns the token after a year, perhaps behind a comma or `de`.
    fn year(&self, at: usize) -> Option<usize> {
        let at = if self.letters(at) == "," || self.is(at, "de del di") { at + 1 } else { at };
        let letters = self.letters(at);
        (letters.len() == 4 && letters.bytes().all(|digit| digit.is_ascii_digit())).then_some(at + 1)
    }
}

/// Tells whether letters behind a number make it an ordinal.
fn ordinal(letters: &str) -> bool {
    matches!(letters, "st" | "nd" | "rd" | "th" | "er" | "re" | "ère" | "e" | "ème" | "º" | "ª")
}

fn in_words(word: &str) -> Option<u64> {
    NUMBERS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
}

/// Returns the number that a value is, where it is a plain one or in words.
fn plain(value: &str) -> Option<u64> {
    let words: u64 = value.split('-').map(in_words).sum::<Option<u64>>().unwrap_or_default();
    value.parse().ok().or_else(|| (words > 0).then_some(words))
}

/// What two versions of a quantity are, told as briefly as is true: the unit once where both have it behind the number.
pub fn told(old: (&str, &Quantity), new: (&str, &Quantity)) -> Option<(String, String, String)> {
    let value = |side: (&str, &Quantity)| typed(&side.0[side.1.value.clone()]);
    let unit = |side: (&str, &Quantity)| typed(&side.0[side.1.unit.clone()]);
    let same_unit = unit(old) == unit(new);
    let equal = value(old) == value(new) || plain(&value(old)).is_some_and(|number| plain(&value(new)) == Some(number));
    if equal && same_unit && old.1.form == new.1.form {
        return None;
    }
    let behind = |side: (&str, &Quantity)| side.1.unit.start >= side.1.value.end;
    if same_unit && behind(old) && behind(new) {
        let text = |side: (&str, &Quantity)| side.0[side.1.value.clone()].to_owned();
        return Some((text(old), text(new), new.0[new.1.unit.clone()].to_owned()));
    }
    Some((old.1.quoted(old.0), new.1.quoted(new.0), String::new()))
}

/// Returns letters as they would be typed plainly.
fn typed(letters: &str) -> String {
    let plain = |letter: char| match letter {
        _ if SPACES.contains(&letter) => ' ',
        _ if HYPHENS.contains(&letter) => '-',
        '’' => '\'',
        _ => letter,
    };
    letters.chars().map(plain).collect()
}

/// Returns which old quantity became which new one, as places in both: those that count the same, in their order, then the one that is
/// left on either side. What is left in numbers is paired with nothing: nothing is guessed.
pub fn pairs(old: &[(&str, &Quantity)], new: &[(&str, &Quantity)]) -> Vec<(usize, usize)> {
    let quoted = |side: &(&str, &Quantity)| (side.1.form, typed(&side.1.quoted(side.0)));
    let measure = |side: &(&str, &Quantity)| (side.1.form, typed(&side.0[side.1.unit.clone()]));
    let (mut left, mut right): (Vec<usize>, Vec<usize>) = ((0..old.len()).collect(), (0..new.len()).collect());
    let mut pairs = Vec::new();
    for alike in [&quoted as &dyn Fn(&(&str, &Quantity)) -> (Form, String), &measure] {
        let mut places: BTreeMap<(Form, String), VecDeque<usize>> = BTreeMap::new();
        right.iter().for_each(|to| places.entry(alike(&new[*to])).or_default().push_back(*to));
        left.retain(|from| match places.get_mut(&alike(&old[*from])).and_then(VecDeque::pop_front) {
            Some(to) => {
                pairs.push((*from, to));
                false
            }
            None => true,
        });
        right = places.into_values().flatten().collect();
        right.sort_unstable();
    }
    if let ([from], [to]) = (&left[..], &right[..]) {
        pairs.extend((old[*from].1.form == new[*to].1.form).then_some((*from, *to)));
    }
    pairs.sort_by_key(|pair| pair.1);
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::token::tokens;

    /// Returns the quantities of a text, each as its value and its unit.
    fn found(text: &str) -> Vec<(&str, &str)> {
        quantities_of(text).into_iter().map(|quantity| (&text[quantity.value], &text[quantity.unit])).collect()
    }

    /// Returns the tokens of a text.
    fn cut(text: &str) -> Vec<&str> {
        tokens(text).iter().map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn a_date_a_time_an_amount_or_a_version_is_one_token() {
        for whole in [
            "2026-06-30",
            "2026\u{2011}06\u{2011}30",
            "2026-06-30T10:30Z",
            "12/01/2026",
            "30.6.2026",
            "10:30",
            "10:30:15",
            "10:30am",
            "€20m",
            "$5",
            "US$ 5",
            "5$",
            "€ 1.5bn",
            "CHF 1’000",
            "1’000",
            "1'000'000",
            "10 000",
            "10 000 €",
            "10\u{a0}000\u{a0}€",
            "10\u{202f}000,50\u{202f}€",
            "20 EUR",
            "15 %",
            "15%",
            "3 ‰",
            "20 °C",
            "v2.10.3",
            "v2.10.3-rc.1",
            "2.10.3-beta.2",
            "1/2",
            "24/7",
            "(a)",
            "(iv)",
            "§ 4.2",
            "§4",
            "§§ 5",
            "§ 312a",
            "§ 4(a)(ii)",
        ] {
            for text in [whole.to_owned(), format!("x {whole} y"), format!("{whole}, {whole}."), format!("x {whole}; y")] {
                assert!(cut(&text).contains(&whole), "{text}: {:?}", cut(&text));
            }
            let text = format!("x {whole} z.");
            let token = tokens(&text)[1];
            assert_eq!((token.class, token.space), (Class::Number, true), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_one_is_cut_as_ever() {
        for (text, tokens) in [
            ("10\n000 €", vec!["10", "000 €"]),
            ("1-2-3-4", vec!["1", "-", "2", "-", "3", "-", "4"]),
            ("1-12-03-04", vec!["1", "-", "12", "-", "03", "-", "04"]),
            ("1:20:30:40", vec!["1:20:30", ":", "40"]),
            ("2026-06", vec!["2026", "-", "06"]),
            ("1:2", vec!["1", ":", "2"]),
            ("48h", vec!["48h"]),
            ("20m", vec!["20m"]),
            ("5 EURO", vec!["5", "EURO"]),
            ("$x", vec!["$", "x"]),
            ("5 $6", vec!["5", "$6"]),
            ("report(s)", vec!["report", "(", "s", ")"]),
            ("(48) hours", vec!["(", "48", ")", "hours"]),
            ("(ab)", vec!["(", "ab", ")"]),
            ("()", vec!["(", ")"]),
            ("§ x", vec!["§", "x"]),
            ("v2", vec!["v2"]),
            ("vx.1", vec!["vx", ".", "1"]),
            ("1/2/3/4", vec!["1", "/", "2", "/", "3", "/", "4"]),
            ("+49 30 123 4567", vec!["+", "49", "30", "123", "4567"]),
            ("030 123 456", vec!["030", "123", "456"]),
            ("1.2-fold", vec!["1.2", "-", "fold"]),
            ("5€\u{301}", vec!["5", "€\u{301}"]),
            ("15 %ig", vec!["15", "%", "ig"]),
            ("1.2.3", vec!["1.2.3"]),
            ("4.2(b)", vec!["4.2", "(b)"]),
        ] {
            assert_eq!(cut(text), tokens, "{text}");
        }
    }

    #[test]
    fn a_quantity_has_a_value_and_a_unit() {
        for (text, value, unit) in [
            ("within 48 business hours of it", "48", "business hours"),
            ("in 5 days notice", "5", "days"),
            ("5 of them", "5", ""),
            ("2026 and", "2026", ""),
            ("10 % of", "10", "%"),
            ("10 000 € now", "10 000", "€"),
            ("at €20m", "20m", "€"),
            ("at $5 million now", "5", "$"),
            ("5 million euros", "5", "million euros"),
            ("15 percent of", "15", "percent"),
            ("15 per cent of", "15", "per cent"),
            ("15 pour cent de", "15", "pour cent"),
            ("15 Prozent der", "15", "Prozent"),
            ("15 por ciento", "15", "por ciento"),
            ("5 jours ouvrables avant", "5", "jours ouvrables"),
            ("30 Tage nach", "30", "Tage"),
            ("forty-eight hours", "forty-eight", "hours"),
            ("five days", "five", "days"),
            ("three or four days", "four", "days"),
            ("twenty-day", "twenty", "day"),
            ("a 30-day term", "30", "day"),
            ("at 10:30 am", "10:30", "am"),
            ("um 10:30 Uhr", "10:30", "Uhr"),
            ("the 1st of", "1st", ""),
            ("48h", "48", "h"),
            ("30 June 2026 at", "30 June 2026", ""),
            ("June 30, 2026, or", "June 30, 2026", ""),
            ("am 30. Juni 2026", "30. Juni 2026", ""),
            ("le 30 juin 2026", "30 juin 2026", ""),
            ("le 1er janvier 2026", "1er janvier 2026", ""),
            ("30 de junio de 2026", "30 de junio de 2026", ""),
            ("the 30th of June", "30th of June", ""),
            ("in June 2026", "June 2026", ""),
            ("Dec. 24", "Dec. 24", ""),
            ("v2.10.3 works", "v2.10.3", ""),
            ("½ of", "½", ""),
            ("2/3 majority", "2/3", "majority"),
        ] {
            assert_eq!(found(text), [(value, unit)], "{text}");
        }
        assert_eq!(found("forty-eight (48) hours"), [("48", "hours")]);
        assert_eq!(found("you may, one of us may not"), []);
        assert_eq!(found("5 may not, March on"), [("5", "")]);
        assert_eq!(found("§ 4.2 and (b)"), [("§ 4.2", ""), ("(b)", "")]);
        assert_eq!(found("ISO27001 x86"), []);
    }

    #[test]
    fn quantities_are_paired_by_what_they_count_and_told_as_they_are_written() {
        let told = |old: &str, new: &str| {
            let (all_old, all_new) = (quantities_of(old), quantities_of(new));
            let side = |text, all: &'static [Quantity]| all.iter().map(|quantity| (text, quantity)).collect::<Vec<_>>();
            let (old, new) = (side(old.to_owned().leak() as &str, all_old.leak()), side(new.to_owned().leak() as &str, all_new.leak()));
            let pairs = pairs(&old, &new).into_iter().filter_map(|(from, to)| super::told(old[from], new[to]));
            pairs.map(|(old, new, unit)| format!("{old}>{new} {unit}").trim_end().to_owned()).collect::<Vec<_>>().join("|")
        };
        for (old, new, expected) in [
            ("5 days at $20", "$30 in 7 days", "$20>$30|5>7 days"),
            ("5 days", "48 hours", "5 days>48 hours"),
            ("5 days", "five days", ""),
            ("five days", "6 days", "five>6 days"),
            ("5 business days", "5 days", "5 business days>5 days"),
            ("€5", "$5", "€5>$5"),
            ("€5", "€6", "€5>€6"),
            ("5 €", "5 $", "5 €>5 $"),
            ("10 000 €", "10\u{a0}000\u{a0}€", ""),
            ("1'000", "1’000", ""),
            ("1’000", "10’000", "1’000>10’000"),
            ("(48) hours", "(72) days", "48 hours>72 days"),
            ("30 days, 5 hours", "7 weeks", ""),
            ("30 days", "30 June 2026", ""),
            ("9 of 10", "3 of 10", "9>3"),
        ] {
            assert_eq!(told(old, new), expected, "{old} {new}");
        }
    }

    proptest::proptest! {
        #[test]
        fn quantities_follow_each_other_and_are_there(text in "([0-9]{1,4}|[-€$%§()v:/.,'’ \u{a0}\u{202f}]|EUR|June|five|days| per cent|é|\u{301}|th)*") {
            let tokens = tokens(&text);
            let mut at = 0;
            for quantity in quantities(&text, &tokens) {
                proptest::prop_assert!(at <= quantity.tokens.start && quantity.tokens.start < quantity.tokens.end, "{quantity:?}");
                at = quantity.tokens.end;
                let bytes = tokens[quantity.tokens.start].start..tokens[at - 1].end;
                let inside = |range: &Range<usize>| range.is_empty() || bytes.start <= range.start && range.end <= bytes.end;
                proptest::prop_assert!(!quantity.value.is_empty() && inside(&quantity.value) && inside(&quantity.unit), "{quantity:?}");
                proptest::prop_assert!(!quantity.quoted(&text).is_empty());
            }
        }
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 60, failure_persistence: None, ..Default::default() })]

        #[test]
        fn a_redline_of_quantities_loses_and_invents_nothing(
            old in "((a|b|[0-9]{1,3}|€5|10 000 €|5 days|2026-06-30|§ 4|\\*\\*7\\*\\*|\\(a\\)|June)( |\n|, )){0,12}",
            new in "((a|b|[0-9]{1,3}|€5|10 000 €|5 days|2026-06-30|§ 4|\\*\\*7\\*\\*|\\(a\\)|June)( |\n|, )){0,12}",
        ) {
            crate::redline::trial::checked(&old, &new, |redline| {
                for number in redline.changes.iter().flat_map(|change| &change.numbers) {
                    assert!(number.old != number.new);
                }
            });
        }
    }

    #[test]
    fn the_number_of_a_clause_is_told_apart() {
        assert!(["4", "4.2", "(a)", "(iv)", "§ 4.2"].into_iter().all(is_clause_number));
        assert!(!["", "a", "€5", "10 %", "2026-06-30", "v1.2", "(48)"].into_iter().any(is_clause_number));
    }

    #[test]
    fn a_change_touches_what_it_changes() {
        let quantity = Quantity { form: Form::Amount, tokens: 2..4, value: 0..0, unit: 0..0 };
        let touched = [1..2, 1..3, 3..4, 4..5, 2..2, 3..3, 4..4].map(|tokens| quantity.is_touched(&tokens));
        assert_eq!(touched, [false, true, true, false, false, true, false]);
    }
}
