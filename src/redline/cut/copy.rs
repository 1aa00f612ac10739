//! What a version has from the one before it: sections that are written the same are cut once.

use std::collections::HashMap;

use crate::model::{Body, Document, Policy, Section};
use crate::redline::cut::leaf::number;
use crate::redline::cut::{Cutter, RawHtml};
use crate::redline::wording::{Container, Kind, Leaf, Part, Shape, Style, Wording};

impl Wording {
    /// Returns what the versions of a document say, the older ones first.
    pub fn of_versions<'a>(documents: impl IntoIterator<Item = &'a Document>) -> Vec<Wording> {
        let mut wordings: Vec<Wording> = Vec::new();
        let mut last: Option<&Document> = None;
        for document in documents {
            let before = last.and_then(Document::policy).zip(wordings.last());
            let wording = match (before, document.policy()) {
                (Some(before), Some(policy)) => after(before, policy),
                _ => Wording::of(document),
            };
            wordings.push(wording);
            last = Some(document);
        }
        wordings
    }
}

/// Returns what a policy says, of which the one before it was cut already.
fn after((old, cut): (&Policy, &Wording), new: &Policy) -> Wording {
    let mut cutter = Cutter::new(RawHtml::of_policy(new));
    let (old_ids, ids) = (old.section_ids(), new.section_ids());
    let is_copy = |before: &Section, now: &Section| {
        // Elements that are open reach from one section into another, notes are counted through the
        // document, and where a link leads depends on the sections that there are.
        !old.raw_html
            && !new.raw_html
            && !now.body.text().contains("[^")
            && (old_ids == ids || !now.body.text().contains(']'))
            && is_written_alike(before, now)
    };
    cutter.section(Some(new), &new.opening, &ids);
    let places: HashMap<&str, usize> =
        old.sections.iter().enumerate().map(|(at, section)| (&*section.id, at)).collect();
    for section in &new.sections {
        let before = places.get(&*section.id).copied();
        // The opening is the first of what was cut.
        let copied = before
            .filter(|before| is_copy(&old.sections[*before], section))
            .is_some_and(|before| cutter.copy(cut, before + 1));
        if !copied {
            cutter.section(None, section, &ids);
        }
    }
    cutter.done()
}

/// Returns true if sections are the same in every letter, and stand on the same lines of one file.
fn is_written_alike(old: &Section, new: &Section) -> bool {
    let whole = |section: &Section| matches!(section.body, Body::Part(..));
    old.body == new.body
        && whole(old)
        && whole(new)
        && old.body.lines().of(0) == new.body.lines().of(0)
        && (&old.file, &old.title, &old.summary, &old.headings)
            == (&new.file, &new.title, &new.summary, &new.headings)
}

impl Cutter {
    /// Cuts a section that says what one of another text says. Tells whether it could: of a section
    /// without words nothing is known.
    fn copy(&mut self, from: &Wording, section: usize) -> bool {
        let part = &from.sections[section];
        let container = |part: &Part| {
            from.leaves[part.first..part.end].first()?.path.first().map(|around| around.number)
        };
        let end = match from.sections.get(section + 1) {
            Some(next) => container(next),
            None => Some(from.containers),
        };
        let (Some(start), Some(end)) = (container(part), end) else { return false };
        let first = self.wording.leaves.len();
        let (base, own) = (self.wording.containers, self.wording.sections.len());
        let around = |container: &Container| {
            let shape = match container.shape {
                Shape::Section(_) => Shape::Section(own),
                shape => shape,
            };
            Container { shape, number: container.number - start + base }
        };
        for leaf in &from.leaves[part.first..part.end] {
            let leaf = self.copied(leaf, &from.styles, &around);
            self.wording.leaves.push(leaf);
        }
        self.wording.containers += end - start;
        self.close_section(Part { first, ..part.clone() });
        true
    }

    /// Returns a leaf of another text in the containers around it here, set as it is there.
    fn copied(
        &mut self,
        leaf: &Leaf,
        styles: &[Style],
        around: &impl Fn(&Container) -> Container,
    ) -> Leaf {
        let mut copy = leaf.clone();
        if let Kind::Table(grid) = &mut copy.kind {
            for cell in grid.head.iter_mut().chain(grid.rows.iter_mut().flatten()) {
                *cell = self.copied(cell, styles, around);
            }
        }
        copy.path.iter_mut().for_each(|container| *container = around(container));
        for (_, style) in &mut copy.runs {
            let same = &styles[*style as usize];
            *style = number(&mut self.numbers, &mut self.wording.styles, same);
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::document;

    #[test]
    fn versions_are_cut_as_each_would_be_alone() {
        let policy = |sections: &[(&str, &str)]| {
            let index = ("a/_index.md", "---\ntitle: A\nsummary: S\n---\nOpening *words*.\n");
            document("a", &[&[index], sections].concat())
        };
        let one = ("a/10-one.md", "## One\n\n**w** [two](#two)\n\n- a\n- b\n  1. c\n");
        let two = ("a/20-two.md", "## Two\n\n| a | *b* |\n|---|---|\n| c | `d` |\n\n> e\n");
        let three = ("a/30-three.md", "## Three\n\nWith a note[^n].\n\n[^n]: Said.\n");
        let four = ("a/40-four.md", "---\nsummary: Soon.\n---\n## Four\n\n~~f~~\n\n---\n");
        let other = ("a/10-one.md", "## One\n\nElse.\n\n- a\n");
        let lower = ("a/20-two.md", "\n\n## Two\n\n| a | *b* |\n|---|---|\n| c | `d` |\n\n> e\n");
        let versions = [
            policy(&[one, two, three, four]),
            policy(&[one, two, three, four]),
            policy(&[other, two, three, four]),
            policy(&[other, lower, four]),
            policy(&[one, three, ("a/35-two.md", two.1), four]),
            policy(&[]),
            policy(&[two, four]),
        ];
        let cut = Wording::of_versions(&versions);
        for (document, cut) in versions.iter().zip(&cut) {
            assert_eq!(format!("{cut:?}"), format!("{:?}", Wording::of(document)));
        }
    }
}
