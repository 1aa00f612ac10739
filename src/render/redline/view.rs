//! What the templates of redlines see.

use serde::Serialize;

use crate::redline::{ChangeKind, CommitmentChange, Redline, SectionChange};
use crate::render::redline::clauses::Clauses;
use crate::render::redline::html;
use crate::render::redline::setting::Setting;

/// A redline, for templates.
#[derive(Serialize)]
pub struct RedlineView {
    /// The redline as HTML, ready to stand in `#redline`.
    pub html: String,
    /// How many changes there are.
    pub changes: usize,
    /// How many words came.
    pub added: usize,
    /// How many words went.
    pub removed: usize,
    /// How many changes there are of each kind, in the words for readers.
    pub kinds: Vec<KindView>,
    /// The sections, or the entries of a list, that changed.
    pub sections: Vec<SectionView>,
    /// What became of the promises that the document makes.
    pub promises: Vec<PromiseView>,
    /// The numbers that became others.
    pub numbers: Vec<NumberView>,
    /// Whether some changes only touch how words are set or typed.
    pub cosmetic: bool,
}

/// How many changes there are of a kind.
#[derive(Serialize)]
pub struct KindView {
    /// How many.
    pub count: usize,
    /// The word for it.
    pub kind: String,
}

/// A section that changed.
#[derive(Serialize)]
pub struct SectionView {
    /// The word for what became of it.
    pub kind: String,
    /// Whether it stands elsewhere besides.
    pub moved: bool,
    /// What it is called.
    pub title: String,
    /// The number of its clause, as the page shows it.
    pub number: Option<String>,
    /// What it was called, where that is another name.
    pub before: Option<String>,
    /// How many words came.
    pub added: usize,
    /// How many words went.
    pub removed: usize,
    /// The number of its first change: `c` and the number are its id.
    pub change: Option<usize>,
}

/// A promise that is not what it was.
#[derive(Serialize)]
pub struct PromiseView {
    /// The word for what became of it.
    pub kind: &'static str,
    /// The same, with the reason why there is no verdict.
    pub label: String,
    /// What was promised and what is.
    pub terms: String,
}

/// A number that became another.
#[derive(Serialize)]
pub struct NumberView {
    /// What it was.
    pub old: String,
    /// What it is.
    pub new: String,
    /// The words that follow it.
    pub unit: String,
    /// The section it stands in.
    pub section: String,
    /// The number of the change.
    pub change: usize,
}

impl RedlineView {
    /// Returns a redline, written for a page, with what became of the promises that the document
    /// makes.
    pub fn new(
        redline: &Redline<'_>,
        promises: &[CommitmentChange],
        setting: &Setting<'_>,
    ) -> RedlineView {
        let (clauses, messages) = (Clauses::of(redline), setting.messages);
        let section = |section: &SectionChange| SectionView {
            kind: messages.get(section.kind.message()).to_owned(),
            moved: section.moved && section.kind != ChangeKind::Moved,
            title: section.title_in(messages).to_owned(),
            number: clauses.of_section(redline, section).map(str::to_owned),
            before: section.before_in(messages).map(str::to_owned),
            added: section.added,
            removed: section.removed,
            change: section.changes.first().map(|change| change + 1),
        };
        let mut numbers = Vec::new();
        for (index, change) in redline.changes.iter().enumerate() {
            let section = redline.sections.get(change.section);
            let section = section.map_or("", |section| section.title_in(messages));
            numbers.extend(change.numbers.iter().map(|number| NumberView {
                old: number.old.clone(),
                new: number.new.clone(),
                unit: number.unit.clone(),
                section: section.to_owned(),
                change: index + 1,
            }));
        }
        let promise = |change: &CommitmentChange| PromiseView {
            kind: change.kind.as_str(),
            label: messages.phrase(&change.label()),
            terms: messages.phrase(&change.terms()),
        };
        const KINDS: [ChangeKind; 10] = [
            ChangeKind::Edited,
            ChangeKind::Added,
            ChangeKind::Removed,
            ChangeKind::Moved,
            ChangeKind::Split,
            ChangeKind::Joined,
            ChangeKind::Reframed,
            ChangeKind::Link,
            ChangeKind::Format,
            ChangeKind::Address,
        ];
        let count =
            |kind: ChangeKind| redline.changes.iter().filter(|change| change.kind == kind).count();
        let kinds = KINDS.into_iter().map(|kind| KindView {
            count: count(kind),
            kind: messages.get(kind.message()).to_owned(),
        });
        RedlineView {
            html: html::html(redline, &clauses, setting),
            changes: redline.changes.len(),
            added: redline.sections.iter().map(|section| section.added).sum(),
            removed: redline.sections.iter().map(|section| section.removed).sum(),
            kinds: kinds.filter(|kind| kind.count > 0).collect(),
            sections: redline.sections.iter().map(section).collect(),
            promises: promises.iter().map(promise).collect(),
            numbers,
            cosmetic: redline
                .changes
                .iter()
                .any(|change| matches!(change.kind, ChangeKind::Format | ChangeKind::Link)),
        }
    }
}
