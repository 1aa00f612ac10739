//! The sections of both versions in one list, and what became of each.

use crate::redline::change::{Change, ChangeKind, SectionChange};
use crate::redline::piece::{Piece, Side};
use crate::redline::sections::{By, Same};
use crate::redline::wording::{Kind, Leaf, Wording};
use crate::redline::{Redline, quantity};

/// Returns the sections of both versions in the order in which they are shown.
pub fn merged(redline: &Redline<'_>, same: &[Same]) -> Vec<SectionChange> {
    let (old, new) = (redline.old, redline.new);
    let mut merged: Vec<SectionChange> = Vec::new();
    let mut known = vec![false; old.sections.len()];
    let mut partners: Vec<Option<&Same>> = vec![None; new.sections.len()];
    for same in same {
        known[same.old] = true;
        partners[same.new] = Some(same);
    }
    let section = |old_at: Option<usize>, new_at: Option<usize>, by: Option<By>| {
        let title = |wording: &Wording, at: usize| wording.sections[at].title.clone();
        let (before, now) = (old_at.map(|at| title(old, at)), new_at.map(|at| title(new, at)));
        SectionChange {
            kind: ChangeKind::Edited,
            moved: new_at.and_then(|at| partners[at]).is_some_and(|same| same.moved),
            title: now.clone().or_else(|| before.clone()).unwrap_or_default(),
            before: before.filter(|before| now.as_ref().is_some_and(|now| now != before)),
            old: old_at,
            new: new_at,
            entry: false,
            by,
            added: 0,
            removed: 0,
            facts: Vec::new(),
            changes: Vec::new(),
        }
    };
    let mut gone = (0..old.sections.len()).filter(|at| !known[*at]).peekable();
    let mut stayed = same.iter().filter(|same| !same.moved).peekable();
    for (new_at, partner) in partners.iter().enumerate() {
        while stayed.next_if(|same| same.new < new_at).is_some() {}
        // What is gone stands before what came in its place.
        let next = stayed.peek();
        while let Some(old_at) = gone.next_if(|at| next.is_none_or(|next| *at < next.old)) {
            merged.push(section(Some(old_at), None, None));
        }
        merged.push(section(
            partner.map(|same| same.old),
            Some(new_at),
            partner.map(|same| same.by),
        ));
    }
    merged.extend(gone.map(|old_at| section(Some(old_at), None, None)));
    merged
}

/// Where the sections of both versions stand in the list of those of a redline.
pub struct Places {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl Places {
    /// Finds the places of all sections.
    pub fn new(redline: &Redline<'_>, sections: &[SectionChange]) -> Places {
        let mut places = Places {
            old: vec![0; redline.old.sections.len()],
            new: vec![0; redline.new.sections.len()],
        };
        for (place, section) in sections.iter().enumerate() {
            section.old.into_iter().for_each(|at| places.old[at] = place);
            section.new.into_iter().for_each(|at| places.new[at] = place);
        }
        places
    }

    /// Returns the section a piece belongs to.
    pub fn of(&self, redline: &Redline<'_>, piece: &Piece) -> usize {
        let place = match piece.leaf {
            Side::Old(leaf) => {
                redline.old.leaves[leaf].section().and_then(|section| self.old.get(section))
            }
            Side::New(leaf) => {
                redline.new.leaves[leaf].section().and_then(|section| self.new.get(section))
            }
        };
        place.copied().unwrap_or(0)
    }
}

/// Says what became of a section; `None` if nothing did.
pub fn kind(
    redline: &Redline<'_>,
    section: &SectionChange,
    changes: &[Change],
) -> Option<ChangeKind> {
    if section.entry {
        return (!section.changes.is_empty()).then_some(section.kind);
    }
    let (Some(old), Some(new)) = (section.old, section.new) else {
        let kind = if section.new.is_some() { ChangeKind::Added } else { ChangeKind::Removed };
        return (!section.changes.is_empty()).then_some(kind);
    };
    let words = |wording: &Wording, at: usize| -> Option<Words> {
        let part = &wording.sections[at];
        let heading = wording.leaves[part.first..part.end]
            .first()
            .filter(|leaf| matches!(leaf.kind, Kind::Heading(..)));
        heading.map(Words::of)
    };
    let titles =
        section.before.is_some().then(|| (words(redline.old, old), words(redline.new, new)));
    let renamed = titles.filter(|(before, now)| {
        before.as_ref().map(|words| &words.all) != now.as_ref().map(|words| &words.all)
    });
    if let Some((before, now)) = renamed {
        let number = |words: &Option<Words>| words.as_ref().map_or(0, |words| words.number);
        let title =
            |words: &Option<Words>| words.as_ref().map(|words| words.all[words.number..].to_vec());
        let same = title(&before) == title(&now);
        let edited =
            section.changes.iter().any(|change| changes[*change].kind < ChangeKind::Reframed);
        return match same {
            false => Some(ChangeKind::Renamed),
            true if edited && section.added + section.removed > number(&before) + number(&now) => {
                Some(ChangeKind::Edited)
            }
            true => Some(ChangeKind::Renumbered),
        };
    }
    match section.changes.iter().map(|change| changes[*change].kind).min() {
        Some(ChangeKind::Moved) if section.moved => Some(ChangeKind::Moved),
        Some(ChangeKind::Link | ChangeKind::Format) => Some(ChangeKind::Format),
        Some(kind @ (ChangeKind::Reframed | ChangeKind::Address)) => Some(kind),
        Some(_) => Some(ChangeKind::Edited),
        None => None,
    }
}

/// The words of a heading.
struct Words {
    all: Vec<String>,
    /// How many of them are its number.
    number: usize,
}

impl Words {
    fn of(heading: &Leaf) -> Words {
        let all: Vec<String> = heading
            .tokens
            .iter()
            .filter(|token| token.is_spoken())
            .map(|token| heading.letters(token).to_owned())
            .collect();
        let letter = quantity::lettered(&heading.text, &heading.tokens).min(1);
        let numbers =
            all[letter..].iter().take_while(|word| quantity::is_clause_number(word)).count();
        Words { number: letter + numbers, all }
    }
}
