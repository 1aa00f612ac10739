//! What is versioned on its own: one policy or one list.

use crate::model::{Commitment, DocumentId, List, Policy};

/// A policy or a list.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every document is a policy, and all lie behind an `Arc`"
)]
pub enum Document {
    /// A policy.
    Policy(Policy),
    /// A list.
    List(List),
}

impl Document {
    /// Returns what programs and the terminal call it.
    pub fn title(&self) -> &str {
        match self {
            Document::Policy(policy) => &policy.title,
            Document::List(list) => list.kind.title,
        }
    }

    /// Returns what it is about, in a sentence.
    pub fn summary(&self) -> Option<&str> {
        match self {
            Document::Policy(policy) => policy.summary.as_deref(),
            Document::List(list) => Some(list.kind.summary),
        }
    }

    /// Returns the policy, if it is one.
    pub fn policy(&self) -> Option<&Policy> {
        match self {
            Document::Policy(policy) => Some(policy),
            _ => None,
        }
    }

    /// Returns the list, if it is one.
    pub fn list(&self) -> Option<&List> {
        match self {
            Document::List(list) => Some(list),
            Document::Policy(_) => None,
        }
    }

    /// Returns the list, if it is the one with this id.
    pub fn list_of(&self, id: &str) -> Option<&List> {
        self.list().filter(|list| list.kind.id == id)
    }

    /// Returns the commitments, in the order of their file; none for any other document.
    pub fn commitments(&self) -> Vec<Commitment> {
        let list = self.list_of(DocumentId::COMMITMENTS);
        list.into_iter().flat_map(|list| &list.entries).map(Commitment::of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LISTS;

    #[test]
    fn a_document_says_what_it_is() {
        let lists: Vec<Document> =
            LISTS.into_iter().map(|kind| Document::List(List::empty(kind))).collect();
        let titles: Vec<&str> = lists.iter().map(Document::title).collect();
        assert_eq!(titles, ["Certificates", "Commitments", "Sub-processors", "Whitehats"]);
        let summaries = ["attested", "in numbers", "process data", "we have to thank"];
        for (list, words) in lists.iter().zip(summaries) {
            assert!(list.summary().unwrap().contains(words));
            assert!(list.policy().is_none() && list.commitments().is_empty());
        }
        assert!(
            lists[1].list_of("commitments").is_some() && lists[0].list_of("commitments").is_none()
        );
    }
}
