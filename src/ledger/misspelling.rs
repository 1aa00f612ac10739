//! Misspellings and their corrections: the words of which an editorial release may change one into
//! the other.
//!
//! The list of a language is closed: a word that is not in it is no misspelling, however near it is
//! to another (`licensor` and `licensee`). Words that bind, restrict, deny or count are corrected
//! by no editorial release, since a reader of the misspelling may have taken it for something else.

/// The corrections of English words, each with its misspellings, one a line; made by
/// `tests/misspellings`, which says how to read it.
const ENGLISH: &str = include_str!("misspelling/en.txt");

/// Words that bind, permit, restrict, exclude or deny, in lower case.
const BINDING: &str = "\
    all always any at but can cannot could each entitled every except exclude excluded excludes excluding exclusion exclusions exclusive \
    exclusively exempt exempted exemption forbid forbidden forbids guarantee guaranteed guarantees if immediately include included includes \
    including least limit limitation limitations limited limiting limits mandatory may maximum might minimum most must need neither never \
    no nobody none nonexclusive nor not nothing obligation obligations obliged only optional or ought permission permit permits permitted \
    prohibit prohibited prohibits promptly reasonable reasonably require required requirement requirements requires restrict restricted \
    restricting restriction restrictions restricts shall should sole solely unless unlimited unrestricted until will within without would";

/// Numbers and fractions in words, units of time, months and days of the week, in lower case.
const COUNTED: &str = "\
    annual annually april august billion biweekly daily day days december double dozen eight eighteen eighth eighths eighty eleven february \
    fifteen fifth fifths fifty first five forty four fourteen fourth fourths friday half halves hour hourly hours hundred hundredth hundredths \
    january july june march million minute minutes monday month monthly months nine nineteen ninety ninth ninths november october once one \
    percent quarter quarterly quarters saturday second seconds september seven seventeen seventh sevenths seventy six sixteen sixth sixths \
    sixty sunday ten tenth tenths third thirds thirteen thirty thousand three thursday tuesday twelfth twelfths twelve twentieth twentieths \
    twenty twice two wednesday week weekly weeks year yearly years zero";

/// Prefixes that turn a word round.
const TURNING: [&str; 5] = ["un", "non", "dis", "mis", "anti"];

/// What makes a word more than a manner of speaking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It binds, permits, restricts, excludes or denies.
    Binds,
    /// It is a number, a unit of time or a day.
    Counts,
}

/// Returns what makes a word more than a manner of speaking, if anything does.
pub fn weight(word: &str) -> Option<Weight> {
    let word = word.to_lowercase().replace('\u{2019}', "'");
    let listed = |words: &str| words.split(' ').any(|listed| listed == word);
    if listed(BINDING) || word.ends_with("n't") {
        return Some(Weight::Binds);
    }
    (listed(COUNTED) || word.contains(char::is_numeric)).then_some(Weight::Counts)
}

/// Returns true if there is a list for a language, a BCP 47 tag.
pub fn has_list(language: &str) -> bool {
    list(language).is_some()
}

/// Returns true if a word is a known misspelling, and another one its correction: the only one, in
/// the same letter case. Neither of the two has a [`weight`].
pub fn is_correction(old: &str, new: &str, language: &str) -> bool {
    let (Some(list), Some(case)) = (list(language), Case::of(old)) else { return false };
    let (wrong, right) = (old.to_ascii_lowercase(), new.to_ascii_lowercase());
    // Few letters in capitals are an acronym, and few letters are too few to tell but where they
    // changed places or one is missing.
    let is_distinct = match wrong.len() {
        0..=3 => case != Case::Upper && is_anagram(&wrong, &right),
        4 => {
            case != Case::Upper
                && (is_anagram(&wrong, &right)
                    || right.len() == 5 && strsim::levenshtein(&wrong, &right) == 1)
        }
        _ => true,
    };
    let light = weight(&wrong).is_none() && weight(&right).is_none();
    is_distinct
        && light
        && Case::of(new) == Some(case)
        && !is_turned(&wrong, &right)
        && lists(list, &wrong, &right)
}

fn list(language: &str) -> Option<&'static str> {
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    primary.eq_ignore_ascii_case("en").then_some(ENGLISH)
}

/// Returns true if a list names a misspelling of a word.
fn lists(list: &str, wrong: &str, right: &str) -> bool {
    let entry = format!("\n{right} ");
    let codes = list.find(&entry).and_then(|at| list[at + entry.len()..].lines().next());
    codes.is_some_and(|codes| {
        codes.split(' ').any(|code| decoded(code, right).is_some_and(|listed| listed == wrong))
    })
}

/// Reads a misspelling from what it has in common with its correction.
fn decoded(code: &str, right: &str) -> Option<String> {
    let (start, rest) = (code.bytes().next()?.checked_sub(b'A')?, code.get(1..)?);
    let own = rest.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let end = right.len().checked_sub(rest[own.len()..].parse().ok()?)?;
    Some([right.get(..usize::from(start))?, own, right.get(end..)?].concat())
}

fn is_anagram(wrong: &str, right: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters = word.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    sorted(wrong) == sorted(right)
}

/// Returns true if only one of two words begins with what turns a word round: `unscubscribe` and
/// `subscribe`.
fn is_turned(wrong: &str, right: &str) -> bool {
    let turns = |one: &str, other: &str| {
        let rest = TURNING
            .iter()
            .filter(|prefix| !other.starts_with(**prefix))
            .find_map(|prefix| one.strip_prefix(prefix));
        rest.is_some_and(|rest| strsim::damerau_levenshtein(rest, other) <= 2)
    };
    turns(wrong, right) || turns(right, wrong)
}

/// How a word is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Lower,
    Capital,
    Upper,
}

impl Case {
    /// Returns how a word of the letters A to Z is written; nothing for another one, or one in
    /// mixed case.
    fn of(word: &str) -> Option<Case> {
        let mut letters = word.bytes();
        let (first, all) =
            (letters.next()?, |is: fn(&u8) -> bool| word.bytes().all(|letter| is(&letter)));
        match () {
            () if all(u8::is_ascii_lowercase) => Some(Case::Lower),
            () if word.len() > 1 && all(u8::is_ascii_uppercase) => Some(Case::Upper),
            () if first.is_ascii_uppercase()
                && letters.all(|letter| letter.is_ascii_lowercase()) =>
            {
                Some(Case::Capital)
            }
            () => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::BTreeSet;

    #[test]
    fn a_known_misspelling_becomes_its_correction_and_nothing_else() {
        for (old, new) in [
            ("recieve", "receive"),
            ("Recieve", "Receive"),
            ("RECIEVE", "RECEIVE"),
            ("teh", "the"),
            ("adn", "and"),
            ("isue", "issue"),
            ("occured", "occurred"),
            ("responsability", "responsibility"),
            ("seperate", "separate"),
            ("acceptence", "acceptance"),
        ] {
            assert!(
                is_correction(old, new, "en") && is_correction(old, new, "en-GB"),
                "{old} {new}"
            );
            assert!(!is_correction(new, old, "en"), "a correction is no misspelling: {new} {old}");
            assert!(
                !is_correction(old, new, "de") && !is_correction(old, new, ""),
                "there is no list"
            );
        }
        for (old, new) in [
            ("recieve", "relieve"),
            ("recieve", "Receive"),
            ("Recieve", "receive"),
            ("reCieve", "receive"),
            ("recieve", "recieve"),
            ("licensor", "licensee"),
            ("before", "after"),
            ("weekly", "monthly"),
            ("limited", "unlimited"),
            ("US", "us"),
            ("issue", "problem"),
            ("colour", "color"),
            ("wether", "whether"),
            ("issue", "isssue"),
            ("", "a"),
            ("a", ""),
            ("état", "etat"),
        ] {
            assert!(!is_correction(old, new, "en"), "{old} {new}");
        }
    }

    #[test]
    fn words_that_bind_or_count_are_not_corrected() {
        for (old, new) in [
            ("nto", "not"),
            ("noy", "not"),
            ("mey", "may"),
            ("shal", "shall"),
            ("olny", "only"),
            ("unlimted", "unlimited"),
            ("wihtout", "without"),
            ("fourty", "forty"),
            ("ninty", "ninety"),
            ("febuary", "february"),
            ("montly", "monthly"),
            ("dont", "don't"),
        ] {
            assert!(!is_correction(old, new, "en"), "{old} {new}");
        }
        assert_eq!(["Must", "won\u{2019}t", "days", "30", "a4", "word"].map(weight), {
            use Weight::*;
            [Some(Binds), Some(Binds), Some(Counts), Some(Counts), Some(Counts), None]
        });
    }

    #[test]
    fn few_letters_and_what_turns_a_word_round_are_not_corrected() {
        for (old, new) in [
            ("vas", "was"),
            ("linz", "lines"),
            ("hge", "he"),
            ("TEH", "THE"),
            ("unscubscribe", "subscribe"),
            ("usigned", "unsigned"),
        ] {
            assert!(!is_correction(old, new, "en"), "{old} {new}");
        }
        assert!(
            is_turned("unable", "able")
                && is_turned("able", "unable")
                && !is_turned("undo", "unto")
        );
    }

    #[test]
    fn every_misspelling_has_one_correction_and_is_none_itself() {
        let (mut wrongs, mut rights) = (BTreeSet::new(), BTreeSet::new());
        for line in ENGLISH.lines().filter(|line| !line.starts_with('#')) {
            let (right, codes) = line.split_once(' ').unwrap();
            assert!(rights.insert(right), "{right}");
            for code in codes.split(' ') {
                let wrong = decoded(code, right).unwrap();
                assert!(
                    wrong != right
                        && wrong.len() > 2
                        && wrong.bytes().all(|letter| letter.is_ascii_lowercase()),
                    "{wrong} {right}"
                );
                assert!(wrongs.insert(wrong), "{code} {right} has two corrections");
            }
        }
        assert!(wrongs.len() > 80_000 && rights.iter().all(|right| !wrongs.contains(*right)));
        for broken in ["", "4", "C", "Ca", "C9", "Zx1", "é1"] {
            assert_eq!(decoded(broken, "receive"), None, "{broken}");
        }
    }
}
