//! Which section of one version has the name of which of another: as the page shows their headings,
//! never by the likeness of bodies alone.
//!
//! A heading that was put above words of another section begins a new one, whatever it took along:
//! the section whose heading stayed is that one. Only a heading that went where another came in its
//! place was renamed, and only where a reader sees that it is the same section: the headings share
//! a word, one stands where the other stood, or most of what they say is the same. Words that many
//! sections say, or a few, are no sign of one; the opening is the opening, whatever it says.

use std::cell::LazyCell;
use std::collections::{HashMap, HashSet};

use crate::redline::lexicon::{Entry, Lexicon};
use crate::redline::pairing::Pairing;
use crate::redline::sections::{By, KNOWN, SHARED, Same};
use crate::redline::wording::{Kind, Part, Wording};

/// What two headings have in common, at least, to be one over words of which none stayed; and the
/// words below them, to be those that stood there before.
const NAMED: f64 = 0.5;

/// Returns the sections of both versions that have one name, or had, in the order of the new
/// version.
pub fn named(old: &Wording, new: &Wording, lexicon: &Lexicon, pairing: &Pairing) -> Vec<Same> {
    let heading = |wording: &Wording, section: usize| {
        let part = &wording.sections[section];
        (part.first..part.end)
            .next()
            .filter(|leaf| matches!(wording.leaves[*leaf].kind, Kind::Heading(..)))
    };
    // The sections by the leaves of their headings, and each leaf by the one it was or is.
    let mut headings: Vec<Option<usize>> = vec![None; old.leaves.len()];
    for at in 0..old.sections.len() {
        heading(old, at).into_iter().for_each(|leaf| headings[leaf] = Some(at));
    }
    let mut of_new: Vec<Option<usize>> = vec![None; new.leaves.len()];
    let mut of_old: Vec<Option<usize>> = vec![None; old.leaves.len()];
    // The sections that have more in common than headings.
    let mut alike: HashSet<(Option<usize>, Option<usize>)> = HashSet::new();
    let mut last = None;
    for pair in &pairing.pairs {
        of_new[pair.new.start] = Some(pair.old.start);
        of_old[pair.old.start] = Some(pair.new.start);
        if headings[pair.old.start].is_none() {
            let both = (old.leaves[pair.old.start].section(), new.leaves[pair.new.start].section());
            if last != Some(both) {
                alike.insert(both);
                last = Some(both);
            }
        }
    }
    let mut same: Vec<Option<&Same>> = vec![None; new.sections.len()];
    pairing.sections.iter().for_each(|section| same[section.new] = Some(section));
    let likeness = |old: usize, new: usize| lexicon.likeness(&lexicon.old[old], &lexicon.new[new]);
    let [old_telling, new_telling] =
        [(old, &lexicon.old, &lexicon.keys[0]), (new, &lexicon.new, &lexicon.keys[1])]
            .map(|(wording, leaves, keys)| LazyCell::new(move || telling(wording, leaves, keys)));
    let is_one = |same: &Same| {
        let headings = heading(old, same.old).zip(heading(new, same.new));
        if let Some((before, now)) = headings
            && same.by != By::Id
            && !(old.sections[same.old].title.is_empty() && new.sections[same.new].title.is_empty())
            && !(old_telling[same.old] && new_telling[same.new])
        {
            return likeness(before, now) >= SHARED;
        }
        same.is_one(|| {
            headings.is_some_and(|(before, now)| {
                let in_place = of_old.get(before + 1) == Some(&Some(now + 1))
                    && likeness(before + 1, now + 1) >= NAMED;
                in_place || likeness(before, now) >= SHARED
            })
        })
    };
    let renamed = |same: &&Same| {
        heading(old, same.old).is_none_or(|leaf| of_old[leaf].is_none()) && is_one(same)
    };
    let is_named = |before: usize, now: usize| {
        let (old_part, new_part) = (&old.sections[before], &new.sections[now]);
        let bare = old_part.end - old_part.first == 1 && new_part.end - new_part.first == 1;
        let likeness = lexicon.likeness(&lexicon.old[old_part.first], &lexicon.new[new_part.first]);
        bare || likeness >= NAMED || alike.contains(&(Some(before), Some(now)))
    };
    let name = |at: usize| -> Option<Same> {
        let own = same[at];
        let Some(leaf) = heading(new, at) else {
            return own.filter(renamed).copied();
        };
        match of_new[leaf].map(|before| headings[before]) {
            // What is a heading of a section in both versions names it, unless it is another
            // heading over other words.
            Some(Some(before)) if own.is_some_and(|same| same.old == before) => own.copied(),
            Some(Some(before)) if is_named(before, at) => {
                Some(Same { old: before, new: at, moved: false, by: By::Heading })
            }
            // A heading that was other words before begins a section that was not there, unless the
            // old heading went.
            _ => own.filter(renamed).copied(),
        }
    };
    (0..new.sections.len()).filter_map(name).collect()
}

/// Returns for each section whether the words below its heading are a sign of it: enough of them,
/// and no other section says the same.
fn telling(wording: &Wording, leaves: &[Entry], keys: &[u32]) -> Vec<bool> {
    let bodies: Vec<&[u32]> = wording
        .sections
        .iter()
        .map(|part| keys.get(part.first + 1..part.end).unwrap_or_default())
        .collect();
    let mut counts: HashMap<&[u32], usize> = HashMap::new();
    bodies.iter().for_each(|body| *counts.entry(body).or_default() += 1);
    let is_telling = |(part, body): (&Part, &&[u32])| {
        let words: usize =
            leaves[part.first..part.end].iter().skip(1).map(|leaf| leaf.spoken).sum();
        words >= KNOWN && counts[*body] == 1
    };
    wording.sections.iter().zip(&bodies).map(is_telling).collect()
}

#[cfg(test)]
mod tests {
    use crate::redline::trial::{PARAGRAPHS, checked};

    /// Returns what became of the sections: kind, name, and the name before.
    fn told(old: &str, new: &str) -> Vec<String> {
        checked(old, new, |redline| {
            let tell = |section: &crate::redline::SectionChange| {
                let before = section
                    .before
                    .as_deref()
                    .map(|before| format!(" ({before})"))
                    .unwrap_or_default();
                format!("{} {}{before}", section.kind.as_str(), section.title)
            };
            redline.sections.iter().map(tell).collect()
        })
    }

    #[test]
    fn a_heading_put_above_words_is_a_section_that_came() {
        let [a, b, _] = PARAGRAPHS;
        assert_eq!(
            told(&format!("## Refunds\n\n{a}"), &format!("## Refunds\n\n### For persons\n\n{a}")),
            ["added For persons"]
        );
        assert_eq!(
            told(
                &format!("## Refunds\n\n{a}\n\n{b}"),
                &format!("## Refunds\n\n{a}\n\n### For persons\n\n{b}")
            ),
            ["added For persons"]
        );
        assert_eq!(
            told(&format!("## Refunds\n\n### For persons\n\n{a}"), &format!("## Refunds\n\n{a}")),
            ["removed For persons"]
        );
        assert_eq!(
            told(&format!("{a}\n\n{b}"), &format!("{a}\n\n## Refunds\n\n{b}")),
            ["added Refunds"]
        );
    }

    #[test]
    fn a_heading_over_other_words_is_no_other_name() {
        let [a, b, c] = PARAGRAPHS;
        // Half of the words stayed: the section is the same where its heading says so, or stands
        // above the words it stood above.
        let two = |heading: &str, first: &str, second: &str| {
            format!("## {heading}\n\n{first}\n\n{second}")
        };
        assert_eq!(
            told(&two("Rationale", a, b), &two("Default", c, b)),
            ["removed Rationale", "added Default"]
        );
        assert_eq!(
            told(&two("Our rationale", a, b), &two("The rationale", c, b)),
            ["renamed The rationale (Our rationale)"]
        );
        assert_eq!(
            told(&two("Rationale", a, b), &two("Default", a, c)),
            ["renamed Default (Rationale)"]
        );
        // Headings alike over words of which none stayed: nearly the same heading is the same,
        // whatever its capitals.
        let one = |heading: &str, words: &str| format!("## {heading}\n\n{words}");
        let words = |same: usize, other: &str| {
            (0..20)
                .map(|at| if at < same { format!("w{at} ") } else { format!("{other}{at} ") })
                .collect::<String>()
        };
        let half = |same: usize| {
            told(&one("Rationale", &words(same, "x")), &one("Default", &words(same, "y")))
        };
        assert_eq!(half(13), ["renamed Default (Rationale)"]);
        assert_eq!(
            half(11),
            ["removed Rationale", "added Default"],
            "what stands below is less than half the same"
        );
        assert_eq!(
            told(&one("Relying parties", a), &one("Relying Parties", b)),
            ["renamed Relying Parties (Relying parties)"]
        );
        assert_eq!(
            told(&one("A number for proofs at random", a), &one("A number for proofs", b)),
            ["renamed A number for proofs (A number for proofs at random)"]
        );
        assert_eq!(
            told(&one("Proofs by random number", a), &one("Proofs by ALPN and DNS", b)),
            ["removed Proofs by random number", "added Proofs by ALPN and DNS"]
        );
    }

    #[test]
    fn a_heading_is_known_by_its_words_and_not_by_its_number() {
        let [a, b, _] = PARAGRAPHS;
        let old = format!("## 3. Commerce for shops\n\n{a}\n\n## 4. Vault\n\n{b}");
        assert_eq!(
            told(&old, &format!("## 3. Vault\n\n{b}")),
            ["removed 3. Commerce for shops", "renumbered 3. Vault (4. Vault)"]
        );
        // A heading that got another mark or other capitals is still there: what was put below it
        // is not it.
        let (old, new) = (
            format!("## Updates; releases\n\n{a}"),
            format!("## UPDATES; RELEASES.\n\n### Supported ones\n\n{a}"),
        );
        assert_eq!(
            told(&old, &new),
            ["renamed UPDATES; RELEASES. (Updates; releases)", "added Supported ones"]
        );
        assert_eq!(
            told(&format!("## 3. Shops\n\n{a}"), &format!("## 3. Reserved\n\n{b}")),
            ["removed 3. Shops", "added 3. Reserved"]
        );
    }

    #[test]
    fn words_that_many_sections_say_name_none() {
        let [a, b, c] = PARAGRAPHS;
        let section = |heading: &str, words: &str| format!("## {heading}\n\n{words}\n\n");
        let told_of = |words: &str| {
            let old = section("Start", a) + &section("Indemnities", words) + &section("End", b);
            let new = section("Start", a) + &section("Duration", words) + &section("End", b);
            told(&old, &new)
        };
        assert_eq!(told_of("No stipulation."), ["removed Indemnities", "added Duration"]);
        assert_eq!(told_of(c), ["renamed Duration (Indemnities)"]);
        // So it is with as many words as you like, where another section says them, too.
        let old = section("Start", c) + &section("Indemnities", c) + &section("End", b);
        let new = section("Start", c) + &section("Duration", c) + &section("End", b);
        assert_eq!(told(&old, &new), ["removed Indemnities", "added Duration"]);
        // Headings that share a word name them all the same.
        let old = section("Start", c) + &section("Sure indemnities", c) + &section("End", b);
        let new = section("Start", c) + &section("All indemnities", c) + &section("End", b);
        assert_eq!(told(&old, &new), ["renamed All indemnities (Sure indemnities)"]);
    }

    #[test]
    fn a_heading_that_still_stands_with_its_number_was_not_renamed() {
        let [a, b, c] = PARAGRAPHS;
        // One heading stands twice without its number, and once with it.
        let gone = "This way is not used.";
        let old = format!("## 1.1 Change of a site\n\n{a} {b}\n\n## 2.1 Change of a site\n\n{c}");
        let new = format!(
            "## 1.1 Change of a site\n\n{gone}\n\n## 1.8 Change of a site again\n\n{a} {b}\n\n\
             ## 2.1 Change of a site\n\n{c}"
        );
        assert_eq!(
            told(&old, &new),
            ["changed 1.1 Change of a site", "added 1.8 Change of a site again"]
        );
    }

    #[test]
    fn a_heading_in_place_of_another_is_another_name() {
        let [a, b, _] = PARAGRAPHS;
        assert_eq!(
            told(&format!("## Refunds\n\n{a}"), &format!("## Returns\n\n{a}")),
            ["renamed Returns (Refunds)"]
        );
        assert_eq!(
            told(&format!("## Our refunds\n\n{a}"), &format!("## Your refunds\n\n{a}")),
            ["renamed Your refunds (Our refunds)"]
        );
        assert_eq!(
            told(
                &format!("## A one\n\n{a}\n\n## B two\n\n{b}"),
                &format!("## C three\n\n{a}\n\n## B two\n\n{b}")
            ),
            ["renamed C three (A one)"]
        );
    }
}
