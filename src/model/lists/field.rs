//! A field of an entry: how it is read, what it means, where it is shown.

/// A field.
#[derive(Debug)]
pub struct Field {
    /// Its key in YAML, JSON and CSV.
    pub key: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it must be there.
    pub presence: Presence,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The title of its column; `None` if it has none.
    pub title: Option<&'static str>,
    /// Whether programs read it in the JSON and CSV of the list.
    pub is_published: bool,
    /// The option of `policybook add` that writes it; `None` if there is none.
    pub option: Option<&'static str>,
    /// Whether its column came later, so that lists that do not use it have the form they had.
    pub is_late: bool,
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A text.
    Text,
    /// A text in one line.
    Line,
    /// A name that text refers to: `first_reply`.
    Id,
    /// The address of a page.
    Link,
    /// A date.
    Day,
    /// A date or a year.
    DayOrYear,
    /// A year.
    Year,
    /// Codes of countries, ISO 3166-1.
    Country,
    /// Several texts.
    Texts,
    /// Whether somebody agrees to be named.
    Consent,
    /// When and why an entry was removed from sight.
    Removal,
    /// A number, or a range of two.
    Quantity,
    /// What is counted.
    Unit,
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A policy, and perhaps a section of it.
    Passage,
    /// Not written by itself: the texts of other fields, with a space between them.
    Joined(&'static [&'static str]),
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It must.
    Required,
    /// It may be missing.
    Optional,
    /// It must be there with another field, and only with it.
    With(&'static str),
    /// It may be there with another field, and only with it.
    Beside(&'static str),
}

impl Field {
    /// Returns an optional field without a column, which programs read and `add` writes.
    pub const fn new(key: &'static str, kind: FieldKind, about: &'static str) -> Field {
        Field {
            key,
            kind,
            presence: Presence::Optional,
            about,
            title: None,
            is_published: true,
            option: Some(key),
            is_late: false,
        }
    }

    /// Says whether it must be there.
    pub const fn presence(self, presence: Presence) -> Field {
        Field { presence, ..self }
    }

    /// Gives it a column.
    pub const fn column(self, title: &'static str) -> Field {
        Field { title: Some(title), ..self }
    }

    /// Keeps it from the JSON and the CSV of the list.
    pub const fn unpublished(self) -> Field {
        Field { is_published: false, ..self }
    }

    /// Sets the option name for `add`; `None` removes the option.
    pub const fn option(self, option: Option<&'static str>) -> Field {
        Field { option, ..self }
    }

    /// Says that its column is there only in lists that use it.
    pub const fn late(self) -> Field {
        Field { is_late: true, ..self }
    }
}
