//! Which section of one version has the name of which of another: as the page shows their headings, never by the likeness of bodies alone.
//!
//! A heading that was put above words of another section begins a new one, whatever it took along: the section whose heading stayed is that
//! one. Only a heading that went where another came in its place was renamed.

use std::collections::HashMap;

use crate::redline::pairing::Pairing;
use crate::redline::sections::By;
use crate::redline::sections::Same;
use crate::redline::wording::Kind;
use crate::redline::wording::Wording;

/// Returns the sections of both versions that have one name, or had, in the order of the new version.
pub fn named(old: &Wording, new: &Wording, pairing: &Pairing) -> Vec<Same> {
    let heading = |wording: &Wording, section: usize| {
        let part = &wording.sections[section];
        (part.first..part.end).next().filter(|leaf| matches!(wording.leaves[*leaf].kind, Kind::Heading(..)))
    };
    let headings: HashMap<usize, usize> = (0..old.sections.len()).filter_map(|at| Some((heading(old, at)?, at))).collect();
    let mut of_new: HashMap<usize, usize> = HashMap::new();
    let mut of_old: HashMap<usize, usize> = HashMap::new();
    for pair in &pairing.pairs {
        of_new.insert(pair.new.start, pair.old.start);
        of_old.insert(pair.old.start, pair.new.start);
    }
    let same: HashMap<usize, &Same> = pairing.sections.iter().map(|same| (same.new, same)).collect();
    let heading_went = |same: &&Same| heading(old, same.old).is_none_or(|leaf| !of_old.contains_key(&leaf));
    let name = |at: usize| -> Option<Same> {
        let own = same.get(&at).copied();
        let Some(leaf) = heading(new, at) else {
            return own.filter(heading_went).copied();
        };
        match of_new.get(&leaf).map(|before| headings.get(before)) {
            // What is a heading of a section in both versions names it.
            Some(Some(before)) => Some(match own.filter(|same| same.old == *before) {
                Some(own) => *own,
                None => Same { old: *before, new: at, moved: false, by: By::Heading },
            }),
            // A heading that was other words before begins a section that was not there, unless the old heading went.
            Some(None) | None => own.filter(heading_went).copied(),
        }
    };
    (0..new.sections.len()).filter_map(name).collect()
}

#[cfg(test)]
mod tests {
    use crate::redline::trial::PARAGRAPHS;
    use crate::redline::trial::checked;

    /// Returns what became of the sections: kind, name, and the name before.
    fn told(old: &str, new: &str) -> Vec<String> {
        checked(old, new, |redline| {
            let tell = |section: &crate::redline::SectionChange| {
                let before = section.before.as_deref().map(|before| format!(" ({before})")).unwrap_or_default();
                format!("{} {}{before}", section.kind.as_str(), section.title)
            };
            redline.sections.iter().map(tell).collect()
        })
    }

    #[test]
    fn a_heading_put_above_words_is_a_section_that_came() {
        let [a, b, _] = PARAGRAPHS;
        assert_eq!(told(&format!("## Refunds\n\n{a}"), &format!("## Refunds\n\n### For persons\n\n{a}")), ["added For persons"]);
        assert_eq!(
            told(&format!("## Refunds\n\n{a}\n\n{b}"), &format!("## Refunds\n\n{a}\n\n### For persons\n\n{b}")),
            ["added For persons"]
        );
        assert_eq!(told(&format!("## Refunds\n\n### For persons\n\n{a}"), &format!("## Refunds\n\n{a}")), ["removed For persons"]);
        assert_eq!(told(&format!("{a}\n\n{b}"), &format!("{a}\n\n## Refunds\n\n{b}")), ["added Refunds"]);
    }

    #[test]
    fn a_heading_in_place_of_another_is_another_name() {
        let [a, b, _] = PARAGRAPHS;
        assert_eq!(told(&format!("## Refunds\n\n{a}"), &format!("## Returns\n\n{a}")), ["renamed Returns (Refunds)"]);
        assert_eq!(told(&format!("## Our refunds\n\n{a}"), &format!("## Your refunds\n\n{a}")), ["renamed Your refunds (Our refunds)"]);
        assert_eq!(
            told(&format!("## A one\n\n{a}\n\n## B two\n\n{b}"), &format!("## C three\n\n{a}\n\n## B two\n\n{b}")),
            ["renamed C three (A one)"]
        );
    }
}
