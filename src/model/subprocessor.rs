//! Companies that process data on behalf of the organisation, GDPR article 28.

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::Placed;
use crate::tree::{Span, composed};

/// The list of them, in the order of its file, which says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subprocessors {
    /// What readers should know about the list.
    pub note: Option<String>,
    /// The sub-processors.
    pub subprocessors: Vec<Subprocessor>,
}

impl Subprocessors {
    /// Returns them as they are drawn: by name. The order of the file says nothing.
    pub fn in_order(&self) -> Vec<&Subprocessor> {
        let mut entries: Vec<&Subprocessor> = self.subprocessors.iter().collect();
        entries.sort_by_cached_key(|entry| {
            (folded(&entry.name.value), entry.purpose.clone(), format!("{:?}", entry.unplaced()))
        });
        entries
    }
}

/// A company that processes data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subprocessor {
    /// What it is known by from version to version, unique in the list; the name and the purpose
    /// where it has none.
    pub id: Option<Placed<String>>,
    /// What it is called.
    pub name: Placed<String>,
    /// What it was called, where that is another name.
    pub formerly: Option<String>,
    /// What it does with the data.
    pub purpose: String,
    /// The legal entity.
    pub entity: Option<String>,
    /// The kinds of data.
    pub data: Option<String>,
    /// Where it processes them: ISO 3166 codes.
    pub country: Option<Placed<String>>,
    /// What makes a transfer lawful.
    pub safeguard: Option<String>,
    /// A page of its own about it.
    pub link: Option<String>,
    /// The group of companies it belongs to.
    pub group: Option<String>,
    /// The day on which customers were told of it.
    pub announced: Option<Date>,
    /// The first day on which it processes data.
    pub effective: Option<Placed<Date>>,
    /// The last one.
    pub until: Option<Date>,
    /// The day on which it was given up before the first one.
    pub cancelled: Option<Date>,
}

/// How a sub-processor stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It will process data.
    Announced,
    /// It does.
    InForce,
    /// It did.
    Former,
    /// It was given up before its first day.
    Cancelled,
}

/// A column of the table of sub-processors: its title, and what it shows of an entry.
pub type Column = (&'static str, fn(&Subprocessor) -> Option<Cow<'_, str>>);

impl Subprocessor {
    /// The columns after the name, in the order in which readers see them.
    pub const COLUMNS: &[Column] = &[
        ("Purpose", |entry| Some((&entry.purpose).into())),
        ("Legal entity", |entry| entry.entity.as_deref().map(Cow::from)),
        ("Data", |entry| entry.data.as_deref().map(Cow::from)),
        ("Country", |entry| entry.country.as_ref().map(|country| (&country.value).into())),
        ("Safeguard", |entry| entry.safeguard.as_deref().map(Cow::from)),
        ("Group", |entry| entry.group.as_deref().map(Cow::from)),
        ("Formerly", |entry| entry.formerly.as_deref().map(Cow::from)),
        ("Announced", |entry| entry.announced.map(|day| day.to_string().into())),
        ("From", |entry| entry.effective.as_ref().map(|day| day.value.to_string().into())),
        ("Until", |entry| entry.until.map(|day| day.to_string().into())),
        ("Cancelled", |entry| entry.cancelled.map(|day| day.to_string().into())),
    ];

    /// Returns how it stands on a day.
    pub fn standing(&self, day: Date) -> Standing {
        if self.cancelled.is_some() {
            Standing::Cancelled
        } else if self.until.is_some_and(|until| until < day) {
            Standing::Former
        } else if self.effective.as_ref().is_some_and(|effective| effective.value > day) {
            Standing::Announced
        } else {
            Standing::InForce
        }
    }

    /// Returns the last day on which customers may object, where they are promised so many days of
    /// notice.
    pub fn objections_until(&self, days: i64) -> Option<Date> {
        self.announced?.checked_add(days.days()).ok()
    }

    /// Returns it without its places in the file, to be compared with one of another file.
    pub fn unplaced(&self) -> Subprocessor {
        let unplaced =
            |text: &Placed<String>| Placed { value: text.value.clone(), span: Span::default() };
        let effective =
            self.effective.as_ref().map(|day| Placed { value: day.value, span: Span::default() });
        let (id, country) = (self.id.as_ref().map(unplaced), self.country.as_ref().map(unplaced));
        Subprocessor { id, name: unplaced(&self.name), country, effective, ..self.clone() }
    }
}

impl Subprocessors {
    /// Returns the columns in which any entry says anything.
    pub fn columns(&self) -> Vec<&'static Column> {
        let used =
            |(_, cell): &&Column| self.subprocessors.iter().any(|entry| cell(entry).is_some());
        Subprocessor::COLUMNS.iter().filter(used).collect()
    }
}

/// Returns a name as it is compared with others: without the case of its letters, the space around
/// it and letters of no width, and however its accents are typed.
pub fn folded(name: &str) -> String {
    let seen: String = name
        .trim()
        .chars()
        .filter(|letter| !matches!(letter, '\u{200b}'..='\u{200d}' | '\u{2060}'))
        .collect();
    composed(&seen.to_lowercase()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn subprocessor() -> Subprocessor {
        Subprocessor {
            id: None,
            name: Placed { value: " Á Corp ".into(), span: Span::new(1, 2) },
            formerly: None,
            purpose: "P".into(),
            entity: None,
            data: None,
            country: None,
            safeguard: None,
            link: None,
            group: None,
            announced: None,
            effective: None,
            until: None,
            cancelled: None,
        }
    }

    #[test]
    fn it_comes_and_leaves_on_its_days() {
        let placed = |text: &str| Placed { value: day(text), span: Span::default() };
        let entry = Subprocessor {
            effective: Some(placed("2024-01-02")),
            until: Some(day("2024-02-02")),
            ..subprocessor()
        };
        let standings = ["2024-01-01", "2024-01-02", "2024-02-02", "2024-02-03"]
            .map(|text| entry.standing(day(text)));
        assert_eq!(
            standings,
            [Standing::Announced, Standing::InForce, Standing::InForce, Standing::Former]
        );
        assert_eq!(subprocessor().standing(day("2024-01-01")), Standing::InForce);
        let cancelled = Subprocessor { cancelled: Some(day("2023-12-01")), ..entry };
        assert_eq!(
            cancelled.standing(day("2024-03-01")),
            Standing::Cancelled,
            "never a former one"
        );
        let announced = Subprocessor { announced: Some(day("2024-02-28")), ..subprocessor() };
        assert_eq!(announced.objections_until(2), Some(day("2024-03-01")));
        assert_eq!(subprocessor().objections_until(2), None);
    }

    #[test]
    fn a_column_shows_what_an_entry_says() {
        let placed = |value: &str| Placed { value: value.to_owned(), span: Span::new(3, 4) };
        let full = Subprocessor {
            formerly: Some("F".into()),
            entity: Some("E".into()),
            data: Some("D".into()),
            country: Some(placed("NO")),
            safeguard: Some("S".into()),
            group: Some("G".into()),
            announced: Some(day("2024-01-01")),
            effective: Some(Placed { value: day("2024-01-02"), span: Span::default() }),
            until: Some(day("2024-01-03")),
            cancelled: Some(day("2024-01-04")),
            ..subprocessor()
        };
        let cells: Vec<String> = Subprocessor::COLUMNS
            .iter()
            .map(|(_, cell)| cell(&full).unwrap().into_owned())
            .collect();
        assert_eq!(
            cells,
            [
                "P",
                "E",
                "D",
                "NO",
                "S",
                "G",
                "F",
                "2024-01-01",
                "2024-01-02",
                "2024-01-03",
                "2024-01-04"
            ]
        );
        let titles = |subprocessors: Vec<Subprocessor>| {
            let list = Subprocessors { note: None, subprocessors };
            list.columns().into_iter().map(|(title, _)| *title).collect::<Vec<_>>()
        };
        assert_eq!(titles(vec![]), [""; 0]);
        assert_eq!(
            titles(vec![
                subprocessor(),
                Subprocessor { group: Some("G".into()), ..subprocessor() }
            ]),
            ["Purpose", "Group"]
        );
        let unplaced = full.unplaced();
        assert_eq!(
            (unplaced.name.span, unplaced.country.unwrap().span),
            (Span::default(), Span::default())
        );
        assert_eq!((unplaced.name.value, unplaced.data), (full.name.value, full.data));
    }

    #[test]
    fn a_name_is_the_same_however_it_is_typed() {
        assert_eq!(folded(" A\u{301} C\u{200b}o\u{200d}r\u{2060}p "), folded("á corp"));
        assert_ne!(folded("a corp"), folded("á corp"));
        assert_ne!(folded("a\u{2010}"), folded("a"));
    }
}
