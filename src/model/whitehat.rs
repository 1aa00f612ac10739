//! Credited security researchers.

use crate::model::Placed;

/// The list of them, in the order of its file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whitehats {
    /// The researchers.
    pub whitehats: Vec<Whitehat>,
}

/// Somebody who reported a weakness and is thanked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whitehat {
    /// The name, as given.
    pub name: Placed<String>,
    /// A page of theirs.
    pub link: Option<String>,
    /// The day or the year of the report, `2021-05-04` or `2021`.
    pub date: Option<String>,
}
