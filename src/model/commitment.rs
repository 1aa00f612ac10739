//! Promises with a number: what is promised, how much of it, and which way is better. Nothing is
//! converted from one unit to another.

use std::cmp::Ordering;
use std::fmt;

use crate::model::{DocumentId, ListEntry, Placed, is_slug};

/// A promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commitment {
    /// What words refer to it by, unique in the list.
    pub id: Placed<String>,
    /// What is promised, in a few words: `first reply to a report`.
    pub what: String,
    /// How much of it; `None` if it is there or not, as a telephone is.
    pub amount: Option<Amount>,
    /// Where it is promised: a policy, and perhaps a section of it.
    pub section: Option<Placed<Passage>>,
}

/// How much is promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// The words before the number, if any.
    pub qualifier: Option<Qualifier>,
    /// The number.
    pub quantity: Quantity,
    /// What is counted, as its author says it: `business hours`.
    pub unit: String,
    /// Which way is better for who was promised; `None` if that was not declared.
    pub better: Option<Better>,
}

/// A policy, and perhaps a section of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The policy's id.
    pub policy: String,
    /// The section's id.
    pub section: Option<String>,
}

/// The words before a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Qualifier {
    /// `within`
    Within,
    /// `at least`
    AtLeast,
    /// `at most`
    AtMost,
    /// `every`
    Every,
}

/// Which way is better for who was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The less the better.
    Lower,
    /// The more the better.
    Higher,
}

/// A number, or a range of two, as written and as compared.
#[derive(Clone, Debug)]
pub struct Quantity {
    text: String,
    /// The least and the most, in millionths.
    bounds: (u64, u64),
}

impl Commitment {
    /// Returns what an entry of the list promises.
    pub fn of(entry: &ListEntry) -> Commitment {
        let placed = |key: &str, value: String| Placed { value, span: entry.span(key) };
        let amount = || {
            Some(Amount {
                qualifier: Qualifier::ALL
                    .iter()
                    .copied()
                    .find(|own| entry.text("qualifier") == Some(own.as_str())),
                quantity: Quantity::new(entry.text("value")?)?,
                unit: entry.text("unit")?.to_owned(),
                better: Better::ALL
                    .iter()
                    .copied()
                    .find(|own| entry.text("better") == Some(own.as_str())),
            })
        };
        let passage =
            |text: &str| Some(Placed { value: Passage::new(text)?, span: entry.span("section") });
        Commitment {
            id: placed("id", entry.text("id").unwrap_or_default().to_owned()),
            what: entry.name().to_owned(),
            amount: amount(),
            section: entry.text("section").and_then(passage),
        }
    }

    /// Returns the number with its qualifier and its unit, `within 48 business hours`; `None` if
    /// there is none.
    pub fn promise(&self) -> Option<String> {
        self.amount.as_ref().map(|amount| format!("{} {}", amount.bound(), amount.unit))
    }

    /// Returns true if it is promised in a policy.
    pub fn is_in(&self, policy: &str) -> bool {
        self.section.as_ref().is_some_and(|place| place.value.policy == policy)
    }
}

impl Amount {
    /// Returns the number with its qualifier: `within 48`.
    pub fn bound(&self) -> String {
        match self.qualifier {
            Some(qualifier) => format!("{} {}", qualifier.as_str(), self.quantity),
            None => self.quantity.to_string(),
        }
    }

    /// Returns true if it is the same promise as another, whatever either declares to be better.
    pub fn is_same(&self, other: &Amount) -> bool {
        self.qualifier == other.qualifier
            && self.quantity == other.quantity
            && self.unit == other.unit
    }

    /// Compares two amounts: `Greater` means better. `None` if undeclared or the units or
    /// qualifiers differ.
    pub fn compared(&self, other: &Amount) -> Option<Ordering> {
        let better = self.better.filter(|better| other.better == Some(*better))?;
        if self.unit != other.unit || self.qualifier != other.qualifier {
            return None;
        }
        let more = self.quantity.compared(&other.quantity)?;
        Some(if better == Better::Higher { more } else { more.reverse() })
    }
}

impl Passage {
    /// Reads `security` or `security#reporting`.
    pub fn new(text: &str) -> Option<Passage> {
        let (policy, section) =
            text.split_once('#').map_or((text, None), |(policy, section)| (policy, Some(section)));
        let reads = DocumentId::new(policy).is_some() && section.is_none_or(is_slug);
        reads.then(|| Passage { policy: policy.to_owned(), section: section.map(str::to_owned) })
    }
}

impl fmt::Display for Passage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.section {
            Some(section) => write!(formatter, "{}#{section}", self.policy),
            None => formatter.write_str(&self.policy),
        }
    }
}

impl Qualifier {
    /// Every qualifier.
    pub const ALL: &[Qualifier] =
        &[Qualifier::Within, Qualifier::AtLeast, Qualifier::AtMost, Qualifier::Every];

    /// Returns the words.
    pub fn as_str(self) -> &'static str {
        match self {
            Qualifier::Within => "within",
            Qualifier::AtLeast => "at least",
            Qualifier::AtMost => "at most",
            Qualifier::Every => "every",
        }
    }
}

impl Better {
    /// Both ways.
    pub const ALL: &[Better] = &[Better::Lower, Better::Higher];

    /// Returns the word for it, in `commitments.yaml` and for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Better::Lower => "lower",
            Better::Higher => "higher",
        }
    }
}

impl Quantity {
    /// Reads `48`, `99.9` or `1 to 5`; nothing else is a number here.
    pub fn new(text: &str) -> Option<Quantity> {
        let bounds = match text.split_once(" to ") {
            Some((least, most)) => (number(least)?, number(most)?),
            None => (number(text)?, number(text)?),
        };
        (bounds.0 < bounds.1 || !text.contains(' '))
            .then(|| Quantity { text: text.to_owned(), bounds })
    }

    /// Returns whether it is more or less than another; `None` if it is more at one end and
    /// less at the other.
    fn compared(&self, other: &Quantity) -> Option<Ordering> {
        match (self.bounds.0.cmp(&other.bounds.0), self.bounds.1.cmp(&other.bounds.1)) {
            (least, most) if least == most || most == Ordering::Equal => Some(least),
            (Ordering::Equal, most) => Some(most),
            _ => None,
        }
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Quantity) -> bool {
        self.bounds == other.bounds
    }
}

impl Eq for Quantity {}

/// Reads a decimal number of at most twelve digits before and six behind its point, in millionths.
fn number(text: &str) -> Option<u64> {
    let (whole, part) =
        text.split_once('.').map_or((text, None), |(whole, part)| (whole, Some(part)));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !digits(whole, 12) || !part.is_none_or(|part| digits(part, 6)) {
        return None;
    }
    let millionths: u64 = format!("{:0<6}", part.unwrap_or_default()).parse().ok()?;
    Some(whole.parse::<u64>().ok()? * 1_000_000 + millionths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(qualifier: Qualifier, quantity: &str, unit: &str, better: Option<Better>) -> Amount {
        Amount {
            qualifier: Some(qualifier),
            quantity: Quantity::new(quantity).unwrap(),
            unit: unit.to_owned(),
            better,
        }
    }

    #[test]
    fn a_number_is_read_as_it_is_or_not_at_all() {
        for text in ["48", "99.9", "0", "1 to 5", "0.5 to 1.25", "999999999999.999999"] {
            assert_eq!(Quantity::new(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            "-1",
            "+1",
            "1e3",
            "1,000",
            "five",
            "5 to 1",
            "1 to 1",
            "1 to ",
            "1-5",
            ".5",
            "5.",
            "1 to 2 to 3",
            "٣",
            "1000000000000",
        ] {
            assert!(Quantity::new(text).is_none(), "{text}");
        }
        assert_eq!(Quantity::new("99.90"), Quantity::new("99.9"));
    }

    #[test]
    fn a_promise_is_better_or_worse_only_as_declared() {
        let lower = Some(Better::Lower);
        let hours = |quantity| amount(Qualifier::Within, quantity, "business hours", lower);
        assert_eq!(hours("72").compared(&hours("24")), Some(Ordering::Less));
        assert_eq!(hours("1 to 4").compared(&hours("1 to 5")), Some(Ordering::Greater));
        assert_eq!(
            hours("2 to 4").compared(&hours("1 to 5")),
            None,
            "earlier at one end, later at the other"
        );
        assert_eq!(hours("1 to 5").compared(&hours("5")), Some(Ordering::Greater));
        assert_eq!(
            amount(Qualifier::Within, "2", "days", lower).compared(&hours("48")),
            None,
            "no unit is converted"
        );
        assert_eq!(
            amount(Qualifier::AtMost, "24", "business hours", lower).compared(&hours("48")),
            None
        );
        let uptime = |quantity, better| amount(Qualifier::AtLeast, quantity, "percent", better);
        assert_eq!(
            uptime("99.5", Some(Better::Higher)).compared(&uptime("99.9", Some(Better::Higher))),
            Some(Ordering::Less)
        );
        assert_eq!(
            uptime("99.5", lower).compared(&uptime("99.9", Some(Better::Higher))),
            None,
            "what is better was turned round"
        );
        assert_eq!(uptime("99.5", None).compared(&uptime("99.9", None)), None);
    }

    #[test]
    fn a_promise_is_said_in_words() {
        let placed = |section: Option<&str>| Placed {
            value: Passage { policy: "a".into(), section: section.map(str::to_owned) },
            span: Default::default(),
        };
        let commitment = |amount: Option<Amount>, section: Option<&str>| Commitment {
            id: Placed { value: "x".into(), span: Default::default() },
            what: "reply".into(),
            amount,
            section: Some(placed(section)),
        };
        let words = Qualifier::ALL.iter().map(|qualifier| {
            commitment(Some(amount(*qualifier, "1 to 5", "days", None)), None).promise().unwrap()
        });
        assert_eq!(
            words.collect::<Vec<_>>(),
            [
                "within 1 to 5 days",
                "at least 1 to 5 days",
                "at most 1 to 5 days",
                "every 1 to 5 days"
            ]
        );
        let plain = Amount { qualifier: None, ..amount(Qualifier::Every, "2", "hours", None) };
        assert_eq!(
            (plain.bound().as_str(), commitment(Some(plain.clone()), None).promise().as_deref()),
            ("2", Some("2 hours"))
        );
        assert_eq!(commitment(None, None).promise(), None);
        assert!(commitment(None, Some("b")).is_in("a") && !commitment(None, None).is_in("b"));
        assert!(!Commitment { section: None, ..commitment(None, None) }.is_in("a"));
        assert_eq!(
            (placed(None).value.to_string(), placed(Some("b")).value.to_string()),
            ("a".into(), "a#b".into())
        );
        let ways: Vec<&str> = Better::ALL.iter().map(|better| better.as_str()).collect();
        assert_eq!(ways, ["lower", "higher"]);
    }

    #[test]
    fn a_promise_is_the_same_in_number_unit_and_qualifier() {
        let one = amount(Qualifier::Within, "2", "days", None);
        assert!(one.is_same(&amount(Qualifier::Within, "2.0", "days", Some(Better::Lower))));
        for other in [
            amount(Qualifier::AtMost, "2", "days", None),
            amount(Qualifier::Within, "3", "days", None),
            amount(Qualifier::Within, "2", "hours", None),
        ] {
            assert!(!one.is_same(&other));
        }
    }

    #[test]
    fn numbers_are_compared_at_both_ends() {
        let compared = |one: &str, other: &str| {
            Quantity::new(one).unwrap().compared(&Quantity::new(other).unwrap())
        };
        for (one, other, order) in [
            ("1 to 5", "1 to 5", Some(Ordering::Equal)),
            ("2 to 5", "1 to 5", Some(Ordering::Greater)),
            ("1 to 6", "1 to 5", Some(Ordering::Greater)),
            ("2 to 6", "1 to 5", Some(Ordering::Greater)),
            ("1 to 4", "1 to 5", Some(Ordering::Less)),
            ("0 to 6", "1 to 5", None),
            ("2 to 4", "1 to 5", None),
            ("0.000001", "0.000002", Some(Ordering::Less)),
            ("0.1", "0.09", Some(Ordering::Greater)),
            ("10", "9.999999", Some(Ordering::Greater)),
        ] {
            assert_eq!(compared(one, other), order, "{one} and {other}");
        }
        for text in ["0.0000001", "1.", "1 to 0.5", "1  to 2", "a to 2"] {
            assert!(Quantity::new(text).is_none(), "{text}");
        }
    }
}
