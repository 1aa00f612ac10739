//! Why a publish was refused although everything works: exit code 3, and a word for programs.

use std::fmt;

use serde::Serialize;

/// Why a publish was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// There are unreleased changes.
    Unreleased,
    /// What is published is newer.
    Stale,
    /// Another publisher is at work.
    Held,
    /// Another publisher took over.
    Lost,
    /// The clocks of this machine and of the store are far apart.
    Clock,
    /// The words of a published version would change.
    PermanentChanged,
    /// A published version would vanish.
    PermanentGone,
    /// Published versions would look different.
    Restyle,
    /// Published versions would read differently.
    Reread,
    /// Somebody else wrote into the store.
    Drift,
    /// The store overwrites whatever condition is named.
    NoConditions,
    /// There is no such bucket or container.
    NoBucket,
    /// The store does not permit it.
    Forbidden,
    /// The target holds the site of another project.
    OtherProject,
    /// The commit is dated in the future.
    Future,
    /// More files would go than one expects.
    TooManyDeletes,
}

/// A publish that was refused, and why.
#[derive(Debug)]
pub struct Refusal {
    /// A word for it.
    pub reason: Reason,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Refusal {
    /// Returns it as an error.
    pub fn error(reason: Reason, message: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Refusal { reason, message: message.into() })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn a_refusal_is_told_by_its_message() {
        let error = Refusal::error(Reason::Drift, "look");
        assert_eq!(error.to_string(), "look");
        assert_eq!(error.downcast::<Refusal>().unwrap().reason, Reason::Drift);
        assert_eq!(
            serde_json::to_string(&Reason::PermanentChanged).unwrap(),
            "\"permanent-changed\""
        );
    }
}
