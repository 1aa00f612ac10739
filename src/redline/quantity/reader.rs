//! Finds the quantities of a text that is cut into tokens, those of several words too.

use crate::redline::quantity::form::{Form, Quantity, TIMES};
use crate::redline::quantity::lexeme::{Lexeme, lexeme};
use crate::redline::quantity::number;
use crate::redline::token::{Class, Token};

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
const AFTER_UNITS: &str =
    "calendaires consécutifs francs ouvrables ouvrés hábiles laborables naturales lavorativi";

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

/// Reads quantities where they begin.
pub struct Reader<'a> {
    /// The text.
    pub text: &'a str,
    /// Its tokens.
    pub tokens: &'a [Token],
}

impl<'a> Reader<'a> {
    fn letters(&self, at: usize) -> &'a str {
        self.tokens.get(at).map_or("", |token| &self.text[token.start..token.end])
    }

    /// Returns true if a token is one of the words of a list.
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
    pub fn at(&self, at: usize) -> Option<Quantity> {
        let token = self.tokens[at];
        if let Some(end) = self.spelled_date(at) {
            return Some(self.bare(Form::Date, at, end));
        }
        if let Some(end) = self.broken(at) {
            return Some(self.counted(self.bare(Form::Amount, at, end)));
        }
        if let Some(lexeme) =
            lexeme(self.text, token.start).filter(|lexeme| lexeme.end() == token.end)
        {
            let Lexeme { form, value, unit } = lexeme;
            let quantity = Quantity { form, tokens: at..at + 1, value, unit };
            return Some(if quantity.unit.is_empty() { self.counted(quantity) } else { quantity });
        }
        let letters = self.letters(at);
        if token.is_spoken() && letters.starts_with(|letter: char| letter.is_numeric()) {
            let length =
                letters.find(|letter: char| letter.is_alphabetic()).unwrap_or(letters.len());
            let (value, unit) =
                (token.start..token.start + length, token.start + length..token.end);
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
        let in_brackets =
            quantity.tokens.start.checked_sub(1).is_some_and(|before| self.letters(before) == "(");
        match self.letters(first) {
            ")" if in_brackets => first += 1,
            "-" | "\u{2010}" | "\u{2011}" if self.is_glued(first) && self.is_glued(first + 1) => {
                first += 1
            }
            _ => {}
        }
        let last = match quantity.form {
            Form::Amount => self.unit(first),
            Form::Time if self.is(first, CLOCKS) => Some(first),
            _ => None,
        };
        match last {
            Some(last) => Quantity {
                tokens: quantity.tokens.start..last + 1,
                unit: self.tokens[first].start..self.tokens[last].end,
                ..quantity
            },
            None => quantity,
        }
    }

    /// Returns true if a token follows the one before it without a space.
    fn is_glued(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| !token.space)
    }

    /// Returns the last token of a unit that begins with a token, if one does.
    fn unit(&self, first: usize) -> Option<usize> {
        let percent =
            |at: usize| self.is(at, "per pour por") && self.is(at + 1, "cent cento ciento");
        match () {
            () if percent(first) => Some(first + 1),
            () if !self.is_word(first) || self.is(first, NO_UNITS) => None,
            () if self.is(first, BEFORE_UNITS)
                && self.is_word(first + 1)
                && !self.is(first + 1, NO_UNITS) =>
            {
                Some(first + 1)
            }
            () if self.is(first + 1, AFTER_UNITS) => Some(first + 1),
            () => Some(first),
        }
    }

    /// Returns the token after a fraction of several words: `two thirds`, `one-half`, `a quarter`
    /// of it, `half a` day, `1 1/2`, `one and a half`.
    fn broken(&self, at: usize) -> Option<usize> {
        let digits = |at: usize| self.letters(at).bytes().all(|digit| digit.is_ascii_digit());
        let Some(whole) =
            self.in_words(at).or_else(|| (self.is_number(at) && digits(at)).then_some(at + 1))
        else {
            return self.parts(at, false);
        };
        let fraction =
            || digits(at) && !self.is_glued(whole) && number::is_fraction(self.letters(whole));
        match self.letters(whole) {
            "and" => self.parts(whole + 1, true),
            _ if fraction() => Some(whole + 1),
            _ => self.parts(at, false),
        }
    }

    /// Returns the token after parts of a whole in words; `counted` if a number stands before them.
    fn parts(&self, at: usize, counted: bool) -> Option<usize> {
        let is = |at: usize, word: &str| self.letters(at).eq_ignore_ascii_case(word);
        let one = is(at, "a") || is(at, "an");
        if is(at, "half") {
            let whole = is(at + 1, "a") || is(at + 1, "an");
            return match () {
                () if whole && self.is(at + 2, TIMES) => Some(at + 2),
                () => self.is(at + 1, "of the its our your their").then_some(at + 1),
            };
        }
        let end = if one { at + 1 } else { self.in_words(at)? };
        let joined = matches!(self.letters(end), "-" | "\u{2010}" | "\u{2011}")
            && self.is_glued(end)
            && self.is_glued(end + 1);
        let end = end + usize::from(joined);
        let (parts, several) = number::part(self.letters(end))?;
        let certain = joined || counted || is(end + 1, "of");
        let alone = one || number::in_words(self.letters(at)) == Some(1);
        let told = match (alone, several) {
            (true, true) | (false, false) => false,
            // A third party is no third, and quarters may be those of years.
            (true, false) => certain || !one && (parts == 2 || !self.is_word(end + 1)),
            (false, true) => certain || !is(end, "quarters"),
        };
        told.then_some(end + 1)
    }

    fn is_number(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.class == Class::Number)
    }

    /// Returns the token after a number in words, `five` or `forty-eight`.
    fn in_words(&self, at: usize) -> Option<usize> {
        let value = |at: usize| number::in_words(self.letters(at));
        let tens = value(at)? >= 20
            && self.letters(at + 1) == "-"
            && value(at + 2).is_some_and(|ones| ones < 10);
        Some(if tens { at + 3 } else { at + 1 })
    }

    /// Returns the token after a date in words: `30 June 2026`, `June 30, 2026`, `30. Juni 2026`,
    /// `1er juin`, `June 2026`.
    fn spelled_date(&self, at: usize) -> Option<usize> {
        if let Some(month) = self.day(at) {
            let month = if self.is(month, "of de di del van") { month + 1 } else { month };
            let end = self
                .month(month)
                .filter(|_| self.is_capital(month) || !self.is(month, "may mar"))?;
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
        let is_day = (1..=31).contains(&number)
            && length <= 2
            && (length == letters.len() || ordinal(&letters[length..]));
        let point =
            self.letters(at + 1) == "." && self.is_glued(at + 1) && self.month(at + 2).is_some();
        is_day.then_some(at + 1 + usize::from(point))
    }

    /// Returns the token after a month, the point of a short one included.
    fn month(&self, at: usize) -> Option<usize> {
        // Most words are no month, and most of those are told by their length.
        let letters = self.letters(at);
        if !(3..=12).contains(&letters.len()) || !self.is(at, MONTHS) {
            return None;
        }
        let short =
            letters.chars().count() <= 4 && self.letters(at + 1) == "." && self.is_glued(at + 1);
        Some(at + 1 + usize::from(short))
    }

    fn is_capital(&self, at: usize) -> bool {
        self.letters(at).starts_with(char::is_uppercase)
    }

    /// Returns the token after a year, perhaps behind a comma or `de`.
    fn year(&self, at: usize) -> Option<usize> {
        let at = if self.letters(at) == "," || self.is(at, "de del di") { at + 1 } else { at };
        let letters = self.letters(at);
        (letters.len() == 4 && letters.bytes().all(|digit| digit.is_ascii_digit()))
            .then_some(at + 1)
    }
}

/// Returns true if letters behind a number make it an ordinal.
fn ordinal(letters: &str) -> bool {
    matches!(letters, "st" | "nd" | "rd" | "th" | "er" | "re" | "ère" | "e" | "ème" | "º" | "ª")
}
