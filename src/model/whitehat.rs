//! Credited security researchers.

use std::cmp::Reverse;

use jiff::civil::Date;

use crate::model::{Placed, folded};
use crate::tree::Span;

/// The list of them, in the order of its file, which says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Whitehats {
    /// The year before which those without a date reported; nothing where nobody knows.
    pub undated_before: Option<String>,
    /// Everybody who is named in the file, shown or not.
    pub whitehats: Vec<Whitehat>,
}

/// Somebody who reported a weakness and is thanked for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whitehat {
    /// The name, as given.
    pub name: Placed<String>,
    /// What the name was, where it is another now.
    pub formerly: Option<String>,
    /// A page of theirs.
    pub link: Option<String>,
    /// The day or the year of the report, `2021-05-04` or `2021`.
    pub date: Option<String>,
    /// What kind of weakness it was.
    pub class: Option<String>,
    /// The groups they belong to.
    pub groups: Vec<String>,
    /// Whether they agree to be named.
    pub consent: bool,
    /// Why they are no longer named.
    pub removed: Option<Removal>,
}

/// Why somebody is no longer named, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The day.
    pub date: Date,
    /// The reason.
    pub reason: String,
}

impl Whitehat {
    /// Returns somebody of whom nothing is known but a name, and who agrees to be named.
    pub fn named(name: String) -> Whitehat {
        let name = Placed { value: name, span: Span::default() };
        Whitehat {
            name,
            formerly: None,
            link: None,
            date: None,
            class: None,
            groups: Vec::new(),
            consent: true,
            removed: None,
        }
    }

    /// Returns it without its place in the file, to be compared with one of another file.
    pub fn unplaced(&self) -> Whitehat {
        Whitehat {
            name: Placed { value: self.name.value.clone(), span: Span::default() },
            ..self.clone()
        }
    }

    /// Tells whether readers may see the entry.
    pub fn is_shown(&self) -> bool {
        self.consent && self.removed.is_none()
    }
}

impl Whitehats {
    /// Returns those whom readers may see: nobody else leaves the author's own file.
    pub fn shown(&self) -> impl Iterator<Item = &Whitehat> {
        self.whitehats.iter().filter(|whitehat| whitehat.is_shown())
    }

    /// Returns them as they are drawn: the newest report first, then by name. The order of the file
    /// says nothing.
    pub fn in_order(&self) -> Vec<&Whitehat> {
        let mut entries: Vec<&Whitehat> = self.shown().collect();
        entries.sort_by_cached_key(|entry| {
            (
                Reverse(entry.date.clone()),
                folded(&entry.name.value),
                format!("{:?}", entry.unplaced()),
            )
        });
        entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_did_not_agree_or_was_removed_is_not_shown() {
        let whitehat = |name: &str, consent: bool, removed: bool| Whitehat {
            consent,
            removed: removed
                .then(|| Removal { date: Date::constant(2024, 1, 1), reason: "x".into() }),
            ..Whitehat::named(name.into())
        };
        let whitehats = vec![
            whitehat("a", true, false),
            whitehat("b", false, false),
            whitehat("c", true, true),
            whitehat("d", false, true),
        ];
        let list = Whitehats { undated_before: None, whitehats };
        assert_eq!(
            list.shown().map(|whitehat| whitehat.name.value.as_str()).collect::<Vec<_>>(),
            ["a"]
        );
    }
}
