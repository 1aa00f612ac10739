//! Which section of one version is which of another: by id, else by heading, else by likeness.

use crate::model::Policy;
use crate::model::Section;
use crate::redline::Change;
use crate::redline::ChangeKind;
use crate::redline::words;

/// How much two sections have in common, at least, to be one under two names.
const ALIKE: f64 = 0.5;

/// Returns what changed between two versions of a policy.
pub fn between<'a>(old: &'a Policy, new: &'a Policy) -> Vec<Change<'a>> {
    let old_parts: Vec<&Section> = old.parts().collect();
    let new_parts: Vec<&Section> = new.parts().collect();
    let pairs = pairs(&old_parts, &new_parts);
    let stayed = stayed(&pairs);
    let mut changes: Vec<Change<'a>> = front(old, new).collect();
    let mut gone = old_parts.iter().enumerate().filter(|(index, _)| !pairs.contains(&Some(*index))).peekable();
    for (index, new) in new_parts.iter().enumerate() {
        let before = pairs[index];
        while let Some((_, section)) = gone.next_if(|(place, _)| before.is_some_and(|before| *place < before)) {
            changes.extend(removed(section));
        }
        match before {
            None => changes.extend(added(new)),
            Some(before) => changes.extend(changed(old_parts[before], new, !stayed.contains(&before))),
        }
    }
    changes.extend(gone.filter_map(|(_, section)| removed(section)));
    changes
}

/// Returns what changed in what is said about the whole policy: its title and its summary.
fn front<'a>(old: &Policy, new: &Policy) -> impl Iterator<Item = Change<'a>> {
    let fields = [
        (ChangeKind::Renamed, old.title.clone(), new.title.clone()),
        (ChangeKind::Edited, old.summary.clone().unwrap_or_default(), new.summary.clone().unwrap_or_default()),
    ];
    fields.into_iter().filter(|(_, old, new)| old != new).map(|(kind, old, new)| {
        let (added, removed) = (words::count(&new), words::count(&old));
        match kind {
            ChangeKind::Renamed => Change { kind, title: new, before: Some(old), added, removed, sections: (None, None) },
            _ => Change { kind, title: "summary".to_owned(), before: None, added, removed, sections: (None, None) },
        }
    })
}

/// Returns, for each new section, the old one it was.
fn pairs(old: &[&Section], new: &[&Section]) -> Vec<Option<usize>> {
    let mut pairs: Vec<Option<usize>> = vec![None; new.len()];
    let same: [fn(&Section, &Section) -> bool; 2] =
        [|old, new| old.id == new.id, |old, new| old.title == new.title && !old.title.is_empty()];
    for same in same {
        for (index, section) in new.iter().enumerate() {
            if pairs[index].is_none() {
                pairs[index] = (0..old.len()).find(|before| !pairs.contains(&Some(*before)) && same(old[*before], section));
            }
        }
    }
    let free = |pairs: &[Option<usize>]| (0..old.len()).filter(|before| !pairs.contains(&Some(*before))).collect::<Vec<_>>();
    let mut alike = Vec::new();
    for (index, section) in new.iter().enumerate().filter(|(index, _)| pairs[*index].is_none()) {
        for before in free(&pairs) {
            let likeness = words::likeness(old[before].body.text(), section.body.text());
            if likeness >= ALIKE {
                alike.push((likeness, before, index));
            }
        }
    }
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    for (_, before, index) in alike {
        if pairs[index].is_none() && !pairs.contains(&Some(before)) {
            pairs[index] = Some(before);
        }
    }
    pairs
}

/// Returns the old sections that kept their order: the longest run that rises.
fn stayed(pairs: &[Option<usize>]) -> Vec<usize> {
    let mut ends: Vec<Vec<usize>> = Vec::new();
    for before in pairs.iter().flatten().copied() {
        let place = ends.partition_point(|run| run.last().is_some_and(|last| *last < before));
        let mut run = if place == 0 { Vec::new() } else { ends[place - 1].clone() };
        run.push(before);
        if place == ends.len() {
            ends.push(run);
        } else {
            ends[place] = run;
        }
    }
    ends.pop().unwrap_or_default()
}

/// Returns a section that came, if it says anything.
pub fn added(section: &Section) -> Option<Change<'_>> {
    let added = words::count(section.body.text());
    let change =
        Change { kind: ChangeKind::Added, title: title(section), before: None, added, removed: 0, sections: (None, Some(section)) };
    Some(change).filter(|change| change.added > 0)
}

fn removed(section: &Section) -> Option<Change<'_>> {
    let removed = words::count(section.body.text());
    let change =
        Change { kind: ChangeKind::Removed, title: title(section), before: None, added: 0, removed, sections: (Some(section), None) };
    Some(change).filter(|change| change.removed > 0)
}

fn changed<'a>(old: &'a Section, new: &'a Section, moved: bool) -> Option<Change<'a>> {
    let spoken = |words: &[words::Word<'_>]| words.iter().filter(|word| word.is_spoken()).count();
    let edits = words::edits(old.body.text(), new.body.text());
    let (mut gone, mut came) = (0, 0);
    for edit in &edits {
        gone += spoken(&edit.removed);
        came += spoken(&edit.added);
    }
    let kind = match (old.title != new.title, edits.is_empty() && old.summary == new.summary, moved) {
        (true, _, _) => ChangeKind::Renamed,
        (false, false, _) => ChangeKind::Edited,
        (false, true, true) => ChangeKind::Moved,
        (false, true, false) => return None,
    };
    let before = Some(title(old)).filter(|_| kind == ChangeKind::Renamed);
    Some(Change { kind, title: title(new), before, added: came, removed: gone, sections: (Some(old), Some(new)) })
}

fn title(section: &Section) -> String {
    if section.title.is_empty() { "opening words".to_owned() } else { section.title.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_in_order_stayed() {
        assert_eq!(stayed(&[Some(2), Some(0), None, Some(1), Some(3)]), [0, 1, 3]);
        assert_eq!(stayed(&[]), Vec::<usize>::new());
    }
}
