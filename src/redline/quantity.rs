//! Dates, times, amounts, versions and the numbers of clauses: each is one thing, with the unit it
//! is counted in.
//!
//! [`lexeme`] tells what of it is one token, so that a redline never tears `2026-06-30`, `€20m`,
//! `10 000 €`, `v2.10.3` or `§ 4.2`; [`quantities`] finds all of them in a text, those of several
//! words too: `30 June 2026`, `5 business days`. Nothing is converted, and a word that is no unit
//! of ours is quoted as it stands.

mod form;
pub mod lexeme;
mod number;
mod pairs;
mod reader;

pub use form::Quantity;
pub use lexeme::is_clause_number;
pub use pairs::{pairs, told};

use crate::redline::quantity::lexeme::is_label;
use crate::redline::quantity::reader::Reader;
use crate::redline::token;
use crate::redline::token::Token;

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

/// Returns how many tokens a heading begins with that number it by a letter: two for `c. Scope` and
/// `IV) Scope`.
pub fn lettered(text: &str, tokens: &[Token]) -> usize {
    let [first, mark, next, ..] = tokens else { return 0 };
    let said = |token: &Token| &text[token.start..token.end];
    let is_mark = !mark.space && matches!(said(mark), "." | ")" | ":") && next.space;
    if is_label(said(first)) && is_mark { 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::ops::Range;

    use crate::redline::quantity::form::Form;
    use crate::redline::token::{Class, tokens};

    /// Returns the quantities of a text, each as its value and its unit.
    fn found(text: &str) -> Vec<(&str, &str)> {
        quantities_of(text)
            .into_iter()
            .map(|quantity| (&text[quantity.value], &text[quantity.unit]))
            .collect()
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
            for text in [
                whole.to_owned(),
                format!("x {whole} y"),
                format!("{whole}, {whole}."),
                format!("x {whole}; y"),
            ] {
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
            ("1\u{2044}2 of", "1\u{2044}2", ""),
            ("2½ hours", "2½", "hours"),
            ("1 1/2 hours", "1 1/2", "hours"),
            ("1 ½ hours", "1 ½", "hours"),
            ("two thirds of the members", "two thirds", ""),
            ("a two-thirds majority", "two-thirds", "majority"),
            ("one half of it", "one half", ""),
            ("one-third of it", "one-third", ""),
            ("a quarter of it", "a quarter", ""),
            ("An eighth of it", "An eighth", ""),
            ("half of the fees", "half", ""),
            ("half a day before", "half a", "day"),
            ("one and a half years", "one and a half", "years"),
            ("2 and a half years", "2 and a half", "years"),
            ("three quarters of the votes", "three quarters", ""),
            ("three quarters before", "three", "quarters"),
            ("on 1/2/2026 at", "1/2/2026", ""),
        ] {
            assert_eq!(found(text), [(value, unit)], "{text}");
        }
        assert_eq!(found("forty-eight (48) hours"), [("48", "hours")]);
        assert_eq!(found("you may, one of us may not"), []);
        for none in [
            "one third party",
            "a third party",
            "the second half",
            "a half",
            "one fifth column",
            "one and only",
        ] {
            assert_eq!(found(none), [], "{none}");
        }
        assert_eq!(
            found("from 1/2/2026 to 1/3/2026, 1/2"),
            [("1/2/2026", ""), ("1/3/2026", ""), ("1/2", "")]
        );
        assert_eq!(found("5 may not, March on"), [("5", "")]);
        assert_eq!(found("§ 4.2 and (b)"), [("§ 4.2", ""), ("(b)", "")]);
        assert_eq!(found("ISO27001 x86"), []);
    }

    #[test]
    fn quantities_are_paired_by_what_they_count_and_told_as_they_are_written() {
        let told = |old: &str, new: &str| {
            let (all_old, all_new) = (quantities_of(old), quantities_of(new));
            let side = |text, all: &'static [Quantity]| {
                all.iter().map(|quantity| (text, quantity)).collect::<Vec<_>>()
            };
            let (old, new) = (
                side(old.to_owned().leak() as &str, all_old.leak()),
                side(new.to_owned().leak() as &str, all_new.leak()),
            );
            let pairs = pairs(&old, &new)
                .into_iter()
                .filter_map(|(from, to)| super::told(old[from], new[to]));
            pairs
                .map(|(old, new, unit)| format!("{old}>{new} {unit}").trim_end().to_owned())
                .collect::<Vec<_>>()
                .join("|")
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
            ("one third of it", "two thirds of it", "one third>two thirds"),
            ("a 2/3 majority", "a two-thirds majority", ""),
            ("½ day", "1/2 day", ""),
            ("half of it", "a quarter of it", "half>a quarter"),
            ("1/2 of it", "1/3 of it", "1/2>1/3"),
            ("one half of it", "½ of it", ""),
            ("1/2/2026", "2/1/2026", "1/2/2026>2/1/2026"),
            ("1/2/2026", "1/2", ""),
            ("9 of 10", "3 of 10", "9>3"),
        ] {
            assert_eq!(told(old, new), expected, "{old} {new}");
        }
    }

    proptest::proptest! {
        #[test]
        fn quantities_follow_each_other_and_are_there(text in "([0-9]{1,4}|[-€$%§()v:/.,'’ \u{a0}\u{202f}]|EUR|June|five|half|two| thirds| and | a |½|days| per cent|é|\u{301}|th)*") {
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
        assert!(
            !["", "a", "€5", "10 %", "2026-06-30", "v1.2", "(48)"]
                .into_iter()
                .any(is_clause_number)
        );
    }

    #[test]
    fn a_heading_may_be_numbered_by_a_letter() {
        let letters = |text: &str| lettered(text, &tokens(text));
        assert!(
            ["c. Scope", "c) Scope", "C: Scope", "iv. Scope", "IV. Scope of it"]
                .into_iter()
                .all(|text| letters(text) == 2)
        );
        assert!(
            [
                "",
                "c",
                "c.",
                "c .",
                "c Scope",
                "c.Scope",
                "to. Scope",
                "1. Scope",
                "E-mail: us",
                "é. Scope"
            ]
            .into_iter()
            .all(|text| letters(text) == 0)
        );
    }

    #[test]
    fn a_change_touches_what_it_changes() {
        let quantity = Quantity { form: Form::Amount, tokens: 2..4, value: 0..0, unit: 0..0 };
        let touched =
            [1..2, 1..3, 3..4, 4..5, 2..2, 3..3, 4..4].map(|tokens| quantity.is_touched(&tokens));
        assert_eq!(touched, [false, true, true, false, false, true, false]);
    }
}
