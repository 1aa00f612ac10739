//! A document through time: its draft, its versions, and how they stand on a day.

use std::sync::Arc;

use jiff::civil::Date;

use crate::model::{Document, DocumentId, End, ReleaseId, Retirement, Version};
use crate::tree::TreePath;

/// A document through time.
#[derive(Clone, Debug)]
pub struct History {
    /// Its id.
    pub id: DocumentId,
    /// The day on which this is told.
    pub day: Date,
    /// Its words in `content/` now. `None` if it is gone from there.
    pub draft: Option<Arc<Document>>,
    /// Its versions, oldest first.
    pub versions: Vec<Version>,
    /// Their places in the order in which one takes over from another.
    pub order: Vec<usize>,
    /// Whether the draft says anything that its newest version does not.
    pub unreleased: bool,
    /// The place of the version in force that day.
    pub in_force: Option<usize>,
    /// Its retirements and their places in the ledger, oldest first.
    pub retirements: Vec<(usize, Retirement)>,
    /// The day on which it was last read again without a word to change.
    pub reviewed: Option<Date>,
}

impl History {
    /// Returns a document of which nothing is known but its draft and its versions.
    pub fn new(
        id: DocumentId,
        day: Date,
        draft: Option<Arc<Document>>,
        versions: Vec<Version>,
    ) -> History {
        let in_force = versions.iter().position(|version| version.period.contains(day));
        let order = (0..versions.len()).collect();
        History {
            id,
            day,
            draft,
            versions,
            order,
            unreleased: false,
            in_force,
            retirements: Vec::new(),
            reviewed: None,
        }
    }

    /// Returns the words readers are shown now: the draft while it is unreleased, else the version
    /// in force, else the last that was.
    pub fn current(&self) -> &Arc<Document> {
        let draft = self.draft.as_ref();
        let shown = self.shown().map(|at| &self.versions[at].document);
        let current = if self.unreleased { draft.or(shown) } else { shown.or(draft) };
        let newest = || self.newest().or(self.versions.last()).map(|newest| &newest.document);
        current.or_else(newest).expect("a document has a draft or a version")
    }

    /// Returns the words readers are shown of what was released, whatever the draft says; the draft
    /// where nothing was.
    pub fn released(&self) -> &Arc<Document> {
        let shown = self.shown().map(|at| &self.versions[at]).or(self.newest());
        shown.or(self.versions.last()).map_or_else(|| self.current(), |version| &version.document)
    }

    /// Returns the place of the version in force, or of the last that was if the document is
    /// retired.
    pub fn shown(&self) -> Option<usize> {
        self.in_force.or_else(|| self.retired().and_then(|_| self.last_in_force()))
    }

    /// Returns the place of the version in force, or of the last that was.
    pub fn last_in_force(&self) -> Option<usize> {
        let last = || self.order.iter().rev().copied().find(|at| self.came(&self.versions[*at]));
        self.in_force.or_else(last)
    }

    /// Returns the place of the version that a release made.
    pub fn place_of(&self, release: &ReleaseId) -> Option<usize> {
        self.versions.iter().position(|version| version.release.id == *release)
    }

    /// Returns true if it has versions to compare with each other.
    pub fn is_comparable(&self) -> bool {
        self.versions.len() > 1
    }

    /// Returns true if a version is or was in force.
    pub fn came(&self, version: &Version) -> bool {
        !version.period.never() && version.period.from.is_none_or(|from| from <= self.day)
    }

    /// Returns a version's predecessors that never took effect, oldest first; it brings their
    /// changes with its own.
    pub fn brought(&self, version: usize) -> Vec<usize> {
        let before = |at: &usize| self.versions[*at].follows;
        let mut brought: Vec<usize> = std::iter::successors(before(&version), before)
            .take_while(|at| self.versions[*at].period.never())
            .collect();
        brought.reverse();
        brought
    }

    /// Returns the index of the version that `version` replaces, or was based on.
    pub fn base(&self, version: usize) -> Option<usize> {
        let before = |at: &usize| {
            let period = &self.versions[*at].period;
            !period.never() && matches!(period.end, End::Replaced { by, .. } if by == version)
        };
        if let Some(before) = self.order.iter().rev().copied().find(before) {
            return Some(before);
        }
        self.brought(version)
            .first()
            .map_or(self.versions[version].follows, |first| self.versions[*first].follows)
    }

    /// Returns the place of the version that brings the changes of one that was replaced before its
    /// day.
    pub fn replacement(&self, version: usize) -> Option<usize> {
        let replaced = &self.versions[version].period;
        let End::Replaced { by, .. } = replaced.end else { return None };
        let follower = self
            .versions
            .iter()
            .position(|other| other.follows == Some(version) && !other.period.is_cancelled());
        replaced.never().then_some(follower.unwrap_or(by))
    }

    /// Returns the source file, relative to the project: that of a policy's opening words, or the
    /// list.
    pub fn place(&self) -> TreePath {
        match self.draft.as_deref().and_then(Document::policy) {
            Some(policy) => policy.opening.place(),
            None => TreePath::new(&format!("content/{}.yaml", self.id)).expect("a list's file"),
        }
    }

    /// Returns the newest version that was not taken back: what the draft is compared with.
    pub fn newest(&self) -> Option<&Version> {
        self.newest_at().map(|at| &self.versions[at])
    }

    /// Returns the place of that version.
    pub fn newest_at(&self) -> Option<usize> {
        self.order.iter().rev().copied().find(|at| !self.versions[*at].period.is_cancelled())
    }

    /// Returns the places of the versions that lead from one to another, each changed from the one
    /// before: those after the first up to the last. Empty if the last was not made of the first.
    pub fn spanned(&self, from: usize, to: usize) -> Vec<usize> {
        let chain = std::iter::successors(Some(to), |at| self.versions[*at].follows);
        let mut spanned: Vec<usize> = chain.clone().take_while(|at| *at != from).collect();
        spanned.reverse();
        if chain.into_iter().any(|at| at == from) { spanned } else { Vec::new() }
    }

    /// Returns the places of the versions that come into force later, the next one first.
    pub fn announced(&self) -> impl Iterator<Item = usize> {
        self.order.iter().copied().filter(|at| self.versions[*at].period.is_announced(self.day))
    }

    /// Returns the place of the version that comes into force next.
    pub fn upcoming(&self) -> Option<usize> {
        self.announced().next()
    }

    /// Returns true if any version was released ahead of its effective date, or the document was
    /// ever retired.
    pub fn was_announced(&self) -> bool {
        let later = |version: &Version| {
            version
                .release
                .effective
                .is_some_and(|effective| Some(effective) > version.release.released)
        };
        self.versions.iter().any(later) || !self.retirements.is_empty()
    }

    /// Returns the latest retirement, including a scheduled one, unless a later version reinstated
    /// the document.
    pub fn retirement(&self) -> Option<&Retirement> {
        let (place, retirement) = self.retirements.last()?;
        let end = Some(retirement.effective);
        // A version that takes over on the very day leaves no day without one.
        let returned = |version: &Version| {
            let from = version.period.from;
            version.place > *place
                && from >= end
                && (from == end || from <= Some(self.day))
                && !version.period.never()
        };
        (!self.versions.iter().any(returned)).then_some(retirement)
    }

    /// Returns the retirement of a document that is not in force any more.
    pub fn retired(&self) -> Option<&Retirement> {
        self.retirement().filter(|retirement| retirement.effective <= self.day)
    }

    /// Returns the day until which it should be read again, where its author named a time.
    pub fn review_due(&self) -> Option<Date> {
        let every = self.draft.as_deref()?.policy()?.review_every?;
        let released = self.versions.iter().filter_map(|version| version.release.released).max();
        self.reviewed.max(released)?.checked_add(every).ok().filter(|_| self.retired().is_none())
    }

    /// Returns the version in force.
    pub fn current_version(&self) -> Option<&Version> {
        self.in_force.map(|index| &self.versions[index])
    }

    /// Returns the version that was, or will be, in force on a day.
    pub fn on(&self, day: Date) -> Option<&Version> {
        self.versions.iter().find(|version| version.period.contains(day))
    }
}
