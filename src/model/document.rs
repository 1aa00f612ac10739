//! What is versioned on its own: one policy or one list.

use crate::model::{Commitments, Policy, Subprocessors, Whitehats};

/// A policy or a list.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every document is a policy, and all lie behind an `Arc`"
)]
pub enum Document {
    /// A policy.
    Policy(Policy),
    /// The credited researchers.
    Whitehats(Whitehats),
    /// The sub-processors.
    Subprocessors(Subprocessors),
    /// The promises with a number.
    Commitments(Commitments),
}

impl Document {
    /// Returns what readers call it.
    pub fn title(&self) -> &str {
        match self {
            Document::Policy(policy) => &policy.title,
            Document::Whitehats(_) => "Whitehats",
            Document::Subprocessors(_) => "Sub-processors",
            Document::Commitments(_) => "Commitments",
        }
    }

    /// Returns what it is about, in a sentence.
    pub fn summary(&self) -> Option<&str> {
        match self {
            Document::Policy(policy) => policy.summary.as_deref(),
            Document::Whitehats(_) => Some("The security researchers we have to thank."),
            Document::Subprocessors(_) => Some("The companies that process data on our behalf."),
            Document::Commitments(_) => Some("What we promise, in numbers."),
        }
    }

    /// Returns the policy, if it is one.
    pub fn policy(&self) -> Option<&Policy> {
        match self {
            Document::Policy(policy) => Some(policy),
            _ => None,
        }
    }

    /// Returns the commitments, if it is their list.
    pub fn commitments(&self) -> Option<&Commitments> {
        match self {
            Document::Commitments(list) => Some(list),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_what_it_is() {
        let lists = [
            Document::Whitehats(Whitehats::default()),
            Document::Subprocessors(Subprocessors::default()),
            Document::Commitments(Commitments::default()),
        ];
        assert_eq!(
            lists.each_ref().map(Document::title),
            ["Whitehats", "Sub-processors", "Commitments"]
        );
        let summaries =
            ["researchers we have to thank", "companies that process data", "in numbers"];
        assert!(
            lists
                .iter()
                .zip(summaries)
                .all(|(list, words)| list.summary().unwrap().contains(words))
        );
        assert_eq!(lists.each_ref().map(|list| list.commitments().is_some()), [false, false, true]);
        assert_eq!(lists.each_ref().map(|list| list.policy().is_some()), [false, false, false]);
    }
}
