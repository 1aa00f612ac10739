//! Companies that process data on behalf of the organisation, GDPR article 28.

use crate::model::Placed;

/// The list of them, in the order of its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subprocessors {
    /// What readers should know about the list.
    pub note: Option<String>,
    /// The sub-processors.
    pub subprocessors: Vec<Subprocessor>,
}

/// A company that processes data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subprocessor {
    /// What it is called.
    pub name: Placed<String>,
    /// What it does with the data.
    pub purpose: String,
    /// The legal entity.
    pub entity: Option<String>,
    /// The kinds of data.
    pub data: Option<String>,
    /// Where it processes them.
    pub country: Option<String>,
    /// What makes a transfer lawful.
    pub safeguard: Option<String>,
    /// A page of its own about it.
    pub link: Option<String>,
    /// The group of companies it belongs to.
    pub group: Option<String>,
}

/// A column of the table of sub-processors: its title, and what it shows of an entry.
pub type Column = (&'static str, fn(&Subprocessor) -> Option<&str>);

impl Subprocessor {
    /// The columns after the name, in the order in which readers see them.
    pub const COLUMNS: &[Column] = &[
        ("Purpose", |entry| Some(&entry.purpose)),
        ("Legal entity", |entry| entry.entity.as_deref()),
        ("Data", |entry| entry.data.as_deref()),
        ("Country", |entry| entry.country.as_deref()),
        ("Safeguard", |entry| entry.safeguard.as_deref()),
        ("Group", |entry| entry.group.as_deref()),
    ];
}

impl Subprocessors {
    /// Returns the columns in which any entry says anything.
    pub fn columns(&self) -> Vec<&'static Column> {
        let used = |(_, cell): &&Column| self.subprocessors.iter().any(|entry| cell(entry).is_some());
        Subprocessor::COLUMNS.iter().filter(used).collect()
    }
}
