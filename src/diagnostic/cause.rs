//! Findings that may follow from others: what is missed may stand in a file that could not be read
//! whole.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, Severity};

impl Diagnostic {
    /// Says that because of this something in the file could not be read.
    pub fn losing(mut self) -> Diagnostic {
        self.loses = true;
        self
    }

    /// Says where that was sought which is not there, from the project's folder: in a file, in a
    /// folder with all that is in it, or, as in `content/security#reporting`, in the file of a
    /// section there.
    pub fn sought_in(mut self, place: impl Into<Box<str>>) -> Diagnostic {
        self.sought_in = Some(place.into());
        self
    }
}

/// The files in which something could not be read.
pub struct Unread<'a>(BTreeSet<&'a str>);

impl Unread<'_> {
    /// Returns true if what a finding misses may stand in one of the files.
    pub fn explain(&self, found: &Diagnostic) -> bool {
        found
            .sought_in
            .as_deref()
            .is_some_and(|place| self.0.iter().any(|file| may_hold(file, place)))
    }
}

impl Diagnostics {
    /// Returns the files in which something could not be read.
    pub fn unread(&self) -> Unread<'_> {
        let losing =
            self.found.iter().filter(|found| found.loses && found.severity == Severity::Error);
        Unread(losing.filter_map(|found| Some(found.place.as_ref()?.path.as_str())).collect())
    }

    /// Returns the findings without those that may be there only because of others.
    pub fn causes(mut self) -> Diagnostics {
        let unread = self.unread();
        let follows: Vec<bool> = self.found.iter().map(|found| unread.explain(found)).collect();
        let mut follows = follows.into_iter();
        self.found.retain(|_| !follows.next().unwrap_or_default());
        self
    }
}

fn may_hold(file: &str, place: &str) -> bool {
    let (place, section) = place.split_once('#').unwrap_or((place, ""));
    let Some(within) =
        file.strip_prefix(place).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    else {
        return false;
    };
    within == "/_index.md" || within.trim_end_matches(".md").to_lowercase().ends_with(section)
}
