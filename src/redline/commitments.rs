//! What became of promises with a number: stronger, weaker, or only another where nobody declared
//! which way is better. Prose is not read here: nothing is guessed.

use std::cmp::Ordering;

use crate::messages::{Argument, Phrase};
use crate::model::{
    Better, Commitment, Document, DocumentId, History, Identity, ListEntry, Match, Site, matched,
};

/// What became of a promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitmentKind {
    /// It came.
    Added,
    /// It went.
    Removed,
    /// It got worse for who was promised, as it declares.
    Weaker,
    /// It got better for who was promised, as it declares.
    Stronger,
    /// Its number changed, and it does not declare which way is better, or the two cannot be
    /// compared; or only what is declared of it did.
    Changed,
    /// Its number is the same, and it is called something else.
    Reworded,
}

impl CommitmentKind {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            CommitmentKind::Added => "added",
            CommitmentKind::Removed => "removed",
            CommitmentKind::Weaker => "weaker",
            CommitmentKind::Stronger => "stronger",
            CommitmentKind::Changed => "changed",
            CommitmentKind::Reworded => "reworded",
        }
    }
}

/// What became of one promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentChange {
    /// What became of it.
    pub kind: CommitmentKind,
    /// The promise as it was.
    pub old: Option<Commitment>,
    /// The promise as it is.
    pub new: Option<Commitment>,
}

impl CommitmentChange {
    /// Returns the promise as it is, or as it was where it is gone.
    pub fn commitment(&self) -> &Commitment {
        self.new.as_ref().or(self.old.as_ref()).expect("a promise that changed was there or is")
    }

    /// Returns true if it is, or was, promised in a policy.
    pub fn is_in(&self, policy: &str) -> bool {
        [&self.old, &self.new].into_iter().flatten().any(|commitment| commitment.is_in(policy))
    }

    /// Returns true if only metadata changed (direction, section, ID).
    pub fn is_detail(&self) -> bool {
        self.old
            .as_ref()
            .zip(self.new.as_ref())
            .is_some_and(|(old, new)| old.what == new.what && is_same(old, new))
    }

    /// Returns it in a line: `weaker: first reply, within 24 → within 72 business hours`.
    pub fn phrase(&self) -> Phrase {
        Phrase::new("commitment").with("kind", self.label()).with("terms", self.terms())
    }

    /// Returns the kind of change, and why no direction is given: `changed, direction not
    /// declared`.
    pub fn label(&self) -> Phrase {
        let kind = Phrase::new(match self.kind {
            CommitmentKind::Added => "commitment.added",
            CommitmentKind::Removed => "commitment.removed",
            CommitmentKind::Weaker => "commitment.weaker",
            CommitmentKind::Stronger => "commitment.stronger",
            CommitmentKind::Changed => "commitment.changed",
            CommitmentKind::Reworded => "commitment.reworded",
        });
        let amount = |side: &Option<Commitment>| side.as_ref().and_then(|side| side.amount.clone());
        let undeclared = amount(&self.old)
            .zip(amount(&self.new))
            .is_some_and(|(old, new)| old.better.is_none() || old.better != new.better);
        match undeclared && self.kind == CommitmentKind::Changed && !self.is_detail() {
            true => Phrase::new("commitment.undeclared").with("kind", kind),
            false => kind,
        }
    }

    /// Returns what was promised and what is: `first reply, within 24 → within 72 business hours`.
    pub fn terms(&self) -> Phrase {
        let what = self.commitment().what.as_str();
        let promised = |what: Phrase, commitment: &Commitment| match commitment.promise() {
            Some(promise) => {
                Phrase::new("commitment.promise").with("what", what).with("promise", promise)
            }
            None => what,
        };
        let named = || Phrase::new("commitment.what").with("what", what);
        let (Some(old), Some(new)) = (&self.old, &self.new) else {
            return promised(named(), self.commitment());
        };
        if self.is_detail() {
            return details(named(), old, new);
        }
        if self.kind == CommitmentKind::Reworded {
            let reworded = Phrase::new("commitment.renamed").with("what", what);
            return promised(reworded.with("old", old.what.as_str()), new);
        }
        let number = |promise: Option<String>| {
            promise.map_or_else(|| Phrase::new("commitment.none").into(), Argument::from)
        };
        let from = match (&old.amount, &new.amount) {
            (Some(old), Some(new)) if old.unit == new.unit => Some(old.bound()),
            _ => old.promise(),
        };
        let what = match old.what == what {
            true => named(),
            false => {
                Phrase::new("commitment.before").with("what", what).with("old", old.what.as_str())
            }
        };
        Phrase::new("commitment.terms")
            .with("what", what)
            .with("from", number(from))
            .with("to", number(new.promise()))
    }
}

/// Returns a commitment with what is declared otherwise of it now.
fn details(what: Phrase, old: &Commitment, new: &Commitment) -> Phrase {
    let of = |entry: &Commitment| -> [Option<Argument>; 4] {
        let better =
            entry.amount.as_ref().and_then(|amount| amount.better).map(|better| match better {
                Better::Lower => Phrase::new("commitments.better.lower"),
                Better::Higher => Phrase::new("commitments.better.higher"),
            });
        let section = entry.section.as_ref().map(|section| section.value.to_string());
        [
            entry.promise().map(Argument::from),
            better.map(Argument::from),
            section.map(Argument::from),
            Some(entry.id.value.clone().into()),
        ]
    };
    const TITLES: [&str; 4] =
        ["commitment.written", "commitment.better", "commitment.section", "commitment.id"];
    let sides = TITLES.into_iter().zip(of(old).into_iter().zip(of(new)));
    let said =
        |side: Option<Argument>| side.unwrap_or_else(|| Phrase::new("commitment.open").into());
    sides.filter(|(_, (old, new))| old != new).fold(what, |line, (title, (old, new))| {
        Phrase::new("commitment.detail")
            .with("line", line)
            .with("title", Phrase::new(title))
            .with("old", said(old))
            .with("new", said(new))
    })
}

/// Returns what became of the promises from one list of commitments to another, in the order of the
/// new one; those that are gone come last. Nothing is there before the first version and after the
/// last; of any other document there is nothing to tell.
pub fn commitments(old: Option<&Document>, new: Option<&Document>) -> Vec<CommitmentChange> {
    let [old, new]: [&[ListEntry]; 2] = [old, new].map(|document| {
        let list = document.and_then(|document| document.list_of(DocumentId::COMMITMENTS));
        list.map_or(&[][..], |list| &list.entries)
    });
    let [known, there] =
        [old, new].map(|entries| entries.iter().map(Identity::of).collect::<Vec<_>>());
    let change = |(before, now): Match| {
        let looks_same =
            before.zip(now).is_some_and(|(before, now)| known[before].looks_like(&there[now]));
        let (old, new) =
            (before.map(|at| Commitment::of(&old[at])), now.map(|at| Commitment::of(&new[at])));
        let kind = match &new {
            Some(new) => kind(old.as_ref(), new, looks_same)?,
            None => CommitmentKind::Removed,
        };
        Some(CommitmentChange { kind, old, new })
    };
    matched(&known, &there).into_iter().filter_map(change).collect()
}

/// Returns what became of the promises that a document makes: all of them for their list, else
/// those that name a section of it.
pub fn commitments_of(
    id: &DocumentId,
    old: Option<&Document>,
    new: Option<&Document>,
) -> Vec<CommitmentChange> {
    let all = id.as_str() == DocumentId::COMMITMENTS;
    commitments(old, new)
        .into_iter()
        .filter(|change| all || change.is_in(id.as_str()) && !change.is_detail())
        .collect()
}

/// Says what became of a promise; `None` if nothing did.
fn kind(old: Option<&Commitment>, new: &Commitment, looks_same: bool) -> Option<CommitmentKind> {
    let Some(old) = old else {
        return Some(CommitmentKind::Added);
    };
    let compared =
        old.amount.as_ref().zip(new.amount.as_ref()).and_then(|(old, new)| new.compared(old));
    match compared {
        Some(Ordering::Less) => Some(CommitmentKind::Weaker),
        Some(Ordering::Greater) => Some(CommitmentKind::Stronger),
        _ if !is_same(old, new) => Some(CommitmentKind::Changed),
        _ if old.what != new.what => Some(CommitmentKind::Reworded),
        _ => (old.id.value != new.id.value || !looks_same).then_some(CommitmentKind::Changed),
    }
}

fn is_same(old: &Commitment, new: &Commitment) -> bool {
    match (&old.amount, &new.amount) {
        (Some(old), Some(new)) => old.is_same(new),
        (None, None) => true,
        _ => false,
    }
}

/// Returns what the draft makes of the promises of a document since its newest version.
pub fn unreleased_commitments(site: &Site, history: &History) -> Vec<CommitmentChange> {
    let before = history.newest().and_then(|newest| site.commitments_at(&newest.release.id));
    commitments_of(&history.id, before, site.commitments())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;
    use crate::parse;
    use crate::tree::{File, Tree, TreePath};

    fn list(entries: &[&str]) -> Document {
        let mut text = String::from("commitments:\n");
        entries.iter().for_each(|entry| text.push_str(&format!("- {{ {entry} }}\n")));
        let mut files: Tree<File> = Tree::new();
        files.insert(TreePath::new("x/commitments.yaml").unwrap(), File::new(text.into_bytes()));
        let (root, id) =
            (TreePath::new("x").unwrap(), DocumentId::new(DocumentId::COMMITMENTS).unwrap());
        let mut diagnostics = Diagnostics::new();
        let document = parse::document(&files, &root, &id, false, &mut diagnostics).unwrap();
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        document
    }

    #[test]
    fn every_change_of_a_promise_is_named() {
        let reply = |value: &str, better: &str| {
            format!(
                "id: r, what: first reply, value: {value}, unit: business hours, qualifier: within{better}"
            )
        };
        let lower = ", better: lower";
        for (old, new, told) in [
            (reply("24", lower), reply("72", lower), "weaker: first reply, within 24 → within 72 business hours"),
            (reply("72", lower), reply("24", lower), "stronger: first reply, within 72 → within 24 business hours"),
            (reply("24", ""), reply("72", ""), "changed, direction not declared: first reply, within 24 → within 72 business hours"),
            (
                reply("24", lower),
                reply("72", ", better: higher"),
                "changed, direction not declared: first reply, within 24 → within 72 business hours",
            ),
            (
                reply("48", lower),
                "id: r, what: first reply, value: 2, unit: days, qualifier: within, better: lower".into(),
                "changed: first reply, within 48 business hours → within 2 days",
            ),
            (
                reply("48", lower),
                "id: r, what: first answer, value: 48, unit: business hours, qualifier: within, better: lower".into(),
                "reworded: first reply → first answer, within 48 business hours",
            ),
            (reply("48", lower), "id: r, what: first reply".into(), "changed: first reply, within 48 business hours → no number"),
            (
                reply("48", lower),
                "id: x, what: telephone channel".into(),
                "added: telephone channel|removed: first reply, within 48 business hours",
            ),
            (
                reply("48", lower),
                reply("48.0", lower),
                "changed: first reply, written: within 48 business hours → within 48.0 business hours",
            ),
            (reply("48", lower), reply("48", ""), "changed: first reply, better: lower → not declared"),
            (
                "id: r, what: first reply, section: security#reply".into(),
                "id: r, what: first reply, section: security#answer".into(),
                "changed: first reply, section: security#reply → security#answer",
            ),
            ("id: t, what: telephone".into(), "id: phone, what: telephone".into(), "changed: telephone, id: t → phone"),
        ] {
            let changes = commitments(Some(&list(&[&old])), Some(&list(&[&new])));
            assert_eq!(changes.iter().map(|change| change.phrase().english()).collect::<Vec<_>>().join("|"), told);
        }
        assert_eq!(
            commitments(None, Some(&list(&["id: t, what: telephone"])))[0].phrase().english(),
            "added: telephone"
        );
    }

    #[test]
    fn a_document_is_told_of_its_own_promises() {
        let old = list(&[
            "id: r, what: first reply, section: security#reply",
            "id: p, what: deletion, section: privacy#data",
            "id: t, what: telephone",
        ]);
        let told = |id: &str, new: &[&str]| {
            let changes =
                commitments_of(&DocumentId::new(id).unwrap(), Some(&old), Some(&list(new)));
            changes.iter().map(|change| change.phrase().english()).collect::<Vec<_>>().join("|")
        };
        let new = [
            "id: n, what: nothing, section: security#reply",
            "id: p, what: erasure, section: privacy#data",
        ];
        assert_eq!(told("security", &new), "added: nothing|removed: first reply");
        assert_eq!(told("privacy", &new), "reworded: deletion → erasure");
        assert_eq!(
            told("commitments", &new),
            "added: nothing|reworded: deletion → erasure|removed: first reply|removed: telephone"
        );
        assert_eq!(told("terms", &new), "");
        let moved = CommitmentChange {
            kind: CommitmentKind::Added,
            ..commitments(None, Some(&old)).remove(0)
        };
        assert!(moved.is_in("security") && !moved.is_in("privacy"));
        assert_eq!(commitments(Some(&old), None).len(), 3);
    }

    #[test]
    fn a_promise_that_changed_tells_both_sides() {
        let hours = "id: r, what: first reply, value: 48, unit: hours, qualifier: within";
        for (new, told) in [
            (
                "id: r, what: first answer, value: 24, unit: hours, qualifier: within",
                "changed, direction not declared: first answer (before: first reply), within 48 → within 24 hours",
            ),
            (
                "id: r, what: first reply, value: 2, unit: days, qualifier: within",
                "changed, direction not declared: first reply, within 48 hours → within 2 days",
            ),
            (
                "id: r, what: first answer",
                "changed: first answer (before: first reply), within 48 hours → no number",
            ),
        ] {
            let there = commitments(Some(&list(&[hours])), Some(&list(&[new])));
            assert_eq!(there[0].phrase().english(), told);
            let back = commitments(Some(&list(&[new])), Some(&list(&[hours])));
            assert_eq!(
                (back[0].kind, back[0].commitment().what.as_str()),
                (CommitmentKind::Changed, "first reply")
            );
        }
        let bare =
            ["id: r, what: first reply", "id: r, what: first answer"].map(|entry| list(&[entry]));
        assert_eq!(commitments(Some(&bare[0]), Some(&bare[0])), []);
        assert_eq!(
            commitments(Some(&bare[0]), Some(&bare[1]))[0].phrase().english(),
            "reworded: first reply → first answer"
        );
    }
}
