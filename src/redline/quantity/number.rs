//! Numbers in words and signs, whole numbers and fractions: `forty-eight`, `two thirds`, `½`, `one
//! and a half`.

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

/// Parts of a whole in words, one and several of them, and how many make it.
const PARTS: [(&str, &str, u64); 13] = [
    ("half", "halves", 2),
    ("third", "thirds", 3),
    ("quarter", "quarters", 4),
    ("fourth", "fourths", 4),
    ("fifth", "fifths", 5),
    ("sixth", "sixths", 6),
    ("seventh", "sevenths", 7),
    ("eighth", "eighths", 8),
    ("ninth", "ninths", 9),
    ("tenth", "tenths", 10),
    ("twelfth", "twelfths", 12),
    ("twentieth", "twentieths", 20),
    ("hundredth", "hundredths", 100),
];

/// Signs that are fractions.
const SIGNS: [(char, u128, u128); 18] = [
    ('½', 1, 2),
    ('⅓', 1, 3),
    ('⅔', 2, 3),
    ('¼', 1, 4),
    ('¾', 3, 4),
    ('⅕', 1, 5),
    ('⅖', 2, 5),
    ('⅗', 3, 5),
    ('⅘', 4, 5),
    ('⅙', 1, 6),
    ('⅚', 5, 6),
    ('⅐', 1, 7),
    ('⅛', 1, 8),
    ('⅜', 3, 8),
    ('⅝', 5, 8),
    ('⅞', 7, 8),
    ('⅑', 1, 9),
    ('⅒', 1, 10),
];

/// Returns the number that a word is.
pub fn in_words(word: &str) -> Option<u64> {
    NUMBERS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, number)| *number)
}

/// Returns the denominator a word names (`third` → 3), and whether it is plural.
pub fn part(word: &str) -> Option<(u64, bool)> {
    PARTS.iter().find_map(|(one, several, parts)| match () {
        () if word.eq_ignore_ascii_case(one) => Some((*parts, false)),
        () if word.eq_ignore_ascii_case(several) => Some((*parts, true)),
        () => None,
    })
}

/// Returns true if letters are a fraction by themselves: `½`, `2/3`, but not `24/7`.
pub fn is_fraction(letters: &str) -> bool {
    let sign =
        letters.chars().count() == 1 && SIGNS.iter().any(|(sign, ..)| letters.starts_with(*sign));
    sign || parted(letters).is_some_and(|(over, under)| over < under)
}

/// Returns true if two values are the same number, however each is written.
pub fn is_same(one: &str, other: &str) -> bool {
    let (Some(one), Some(other)) = (plain(one), plain(other)) else { return false };
    one.0 * other.1 == other.0 * one.1
}

/// Returns the number that a value is, over another one, where both are plain, in words or signs of
/// fractions.
fn plain(value: &str) -> Option<(u128, u128)> {
    // What is there already, and what may still be counted in parts.
    let (mut whole, mut count): ((u128, u128), Option<u128>) = ((0, 1), None);
    let mut said = false;
    let add = |(a, b): (u128, u128), (c, d): (u128, u128)| (a * d + c * b, b * d);
    for word in value.split([' ', '-']).filter(|word| !word.is_empty()) {
        let number =
            in_words(word).map(u128::from).or_else(|| word.parse::<u64>().ok().map(u128::from));
        match (number, part(word), fraction(word)) {
            // Two numbers are one only as tens and ones: `forty-eight`, but not `10 000`.
            (Some(ones), ..)
                if count.is_some_and(|tens| tens < 20 || ones > 9 || in_words(word).is_none()) =>
            {
                return None;
            }
            (Some(number), ..) => count = Some(count.unwrap_or_default() + number),
            (_, Some((parts, _)), _) => {
                whole = add(whole, (count.take().unwrap_or(1), u128::from(parts)))
            }
            (.., Some(fraction)) => whole = add(whole, fraction),
            _ if word.eq_ignore_ascii_case("and") => {
                whole = add(whole, (count.take().unwrap_or_default(), 1))
            }
            _ if word.eq_ignore_ascii_case("a") || word.eq_ignore_ascii_case("an") => continue,
            _ => return None,
        }
        said = true;
    }
    said.then(|| add(whole, (count.unwrap_or_default(), 1)))
}

/// Reads `2/3`, `½`, `2½`.
fn fraction(word: &str) -> Option<(u128, u128)> {
    if let Some((over, under)) = parted(word) {
        return (under > 0).then_some((over, under));
    }
    let last = word.chars().next_back()?;
    let (_, over, under) = SIGNS.iter().find(|(sign, ..)| *sign == last)?;
    let before = &word[..word.len() - last.len_utf8()];
    let whole = if before.is_empty() { 0 } else { before.parse::<u32>().ok()?.into() };
    Some((whole * under + over, *under))
}

fn parted(word: &str) -> Option<(u128, u128)> {
    let (over, under) = word.split_once(['/', '\u{2044}'])?;
    Some((over.parse::<u32>().ok()?.into(), under.parse::<u32>().ok()?.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_same_however_it_is_written() {
        for alike in [
            &["5", "five", "Five", "5/1"][..],
            &["48", "forty-eight"],
            &["1/2", "½", "one half", "one-half", "half", "a half", "half a", "2/4", "1\u{2044}2"],
            &["2/3", "⅔", "two thirds", "two-thirds", "Two Thirds"],
            &["three quarters", "3/4", "¾", "three-fourths"],
            &["3/2", "1½", "1 ½", "1 1/2", "one and a half", "one and one half"],
            &["21/100", "twenty-one hundredths"],
            &["1/8", "⅛", "an eighth"],
        ] {
            for (one, other) in
                alike.iter().flat_map(|one| alike.iter().map(move |other| (one, other)))
            {
                assert!(is_same(one, other), "{one} {other}");
            }
        }
        for (one, other) in [
            ("five", "6"),
            ("1/2", "2/1"),
            ("two thirds", "three quarters"),
            ("½", "1½"),
            ("5", "five of"),
            ("1/0", "1/0"),
            ("10 000", "10"),
            ("", ""),
        ] {
            assert!(!is_same(one, other), "{one} {other}");
        }
    }

    #[test]
    fn a_fraction_is_less_than_one() {
        assert!(["1/2", "½", "2/3"].into_iter().all(is_fraction));
        assert!(!["24/7", "2½", "2", "06/2026/1", "half", ""].into_iter().any(is_fraction));
        assert_eq!(
            [part("thirds"), part("Half"), part("seconds")],
            [Some((3, true)), Some((2, false)), None]
        );
    }
}
