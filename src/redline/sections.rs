//! Matching of sections between two versions: by id, else by heading, else by likeness.

use std::cell::{LazyCell, OnceCell};
use std::collections::{BTreeMap, HashMap, HashSet};

use crate::redline::align;
use crate::redline::align::Keys;
use crate::redline::lexicon::{Bag, Entry, Lexicon, Numbers};
use crate::redline::wording::{Kind, Part, Wording};

/// What two sections are worth, at least, to be one that stayed.
const STAYED: f64 = 0.35;

/// What they are worth, at least, to be one that moved.
const MOVED: f64 = 0.5;

/// What they are worth, at least, to be one that stayed where their headings have nothing in
/// common.
const RENAMED: f64 = 0.5;

/// The same for one that moved.
const MOVED_RENAMED: f64 = 0.7;

/// What two headings have in common, at least, to say that they are one: more than words that are
/// everywhere.
pub const SHARED: f64 = 0.2;

/// How many words a section has, at least, to be known again elsewhere.
pub const KNOWN: usize = 6;

/// How many comparisons the search for moved sections is worth.
const MOVES: usize = 250_000;

/// How two sections were matched.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum By {
    /// Their author's id.
    Id,
    /// They say the same.
    Words,
    /// Their headings say the same, the number, capitals and marks apart.
    Heading,
    /// They have this much in common.
    Likeness(f64),
}

/// A section in both versions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Same {
    /// Its place in the old version.
    pub old: usize,
    /// Its place in the new one.
    pub new: usize,
    /// Whether it stands elsewhere.
    pub moved: bool,
    /// By what it was known.
    pub by: By,
}

impl Same {
    /// Returns true if a match is convincing enough to show as the same section: one by likeness
    /// alone needs similar headings, or most of what they say must be the same.
    pub fn is_one(&self, headings_say_so: impl FnOnce() -> bool) -> bool {
        let bar = if self.moved { MOVED_RENAMED } else { RENAMED };
        !matches!(self.by, By::Likeness(likeness) if likeness < bar) || headings_say_so()
    }
}

/// A section, ready to be compared.
struct Sketch<'a> {
    part: &'a Part,
    /// Its heading, if it has one.
    headed: &'a [Entry],
    /// What stands below.
    below: &'a [Entry],
    title: OnceCell<Bag>,
    body: OnceCell<Bag>,
    words: usize,
    /// What its leaves say.
    leaves: &'a [u32],
}

impl<'a> Sketch<'a> {
    fn new(part: &'a Part, wording: &Wording, leaves: &'a [Entry], keys: &'a [u32]) -> Sketch<'a> {
        let (own, said) = (&leaves[part.first..part.end], &keys[part.first..part.end]);
        let kinds = wording.leaves[part.first..part.end].iter().map(|leaf| &leaf.kind);
        let headed = kinds.take(1).filter(|kind| matches!(kind, Kind::Heading(..))).count();
        Sketch {
            part,
            headed: &own[..headed],
            below: &own[headed..],
            title: OnceCell::new(),
            body: OnceCell::new(),
            words: own.iter().map(|leaf| leaf.spoken).sum(),
            leaves: said,
        }
    }

    /// Returns what its heading says, without the number.
    fn heading(&self) -> &'a [u32] {
        self.headed.first().map_or(&[], |heading| &heading.heading)
    }

    /// Returns all that its heading says.
    fn numbered(&self) -> &'a [u32] {
        self.headed.first().map_or(&[], |heading| &heading.folded)
    }

    fn title(&self, lexicon: &Lexicon) -> &Bag {
        self.title.get_or_init(|| lexicon.bag(self.headed.iter()))
    }

    fn body(&self, lexicon: &Lexicon) -> &Bag {
        self.body.get_or_init(|| lexicon.bag(self.below.iter()))
    }
}

/// Returns the sections that both versions have, in the order of the new one.
pub fn same(old: &Wording, new: &Wording, lexicon: &Lexicon) -> Vec<Same> {
    let [old_keys, new_keys] = &lexicon.keys;
    let old = sketches(old, &lexicon.old, old_keys);
    let new = sketches(new, &lexicon.new, new_keys);
    let (old_known, new_known) = (known_ids(&old, &new), known_ids(&new, &old));
    let kept_numbered = LazyCell::new(|| kept(&old, &new, Sketch::numbered));
    let kept = LazyCell::new(|| kept(&old, &new, Sketch::heading));
    let score = |i: usize, j: usize| -> (f64, By) {
        let (old, new) = (&old[i], &new[j]);
        if old_known[i] && old.part.id == new.part.id {
            return (2.0, By::Id);
        }
        if old_known[i] || new_known[j] {
            return (0.0, By::Id);
        }
        match alike(old, new, lexicon) {
            // What still has its heading elsewhere was not renamed.
            (_, By::Likeness(_))
                if [old, new].into_iter().any(|section| {
                    kept.contains(section.heading()) || kept_numbered.contains(section.numbered())
                }) =>
            {
                (0.0, By::Heading)
            }
            alike => alike,
        }
    };
    let weight = |i: usize, j: usize| (old[i].words + new[j].words) as f64 / 2.0 + 1.0;
    let worth = |i: usize, j: usize| match score(i, j).0 {
        score if score >= STAYED => score * weight(i, j),
        _ => 0.0,
    };
    let stayed = match in_place(&old, &new) {
        // Sections of the same ids in the same order are the same, and nothing else is worth more.
        true => {
            let opening = old.first().is_some_and(|first| first.part.id.is_empty());
            let is_one = || told(&old[0], &new[0]).is_some() || worth(0, 0) > 0.0;
            let stayed = |at: &usize| !opening || *at > 0 || is_one();
            (0..old.len()).filter(stayed).map(|at| (at, at)).collect()
        }
        false => {
            let mut numbers = Numbers::default();
            let [old_keys, new_keys] = [&old, &new].map(|side| {
                numbers.of(side.iter().map(|sketch| (sketch.part.id.as_str(), sketch.leaves)))
            });
            align::in_order(&old_keys, &new_keys, || second(&old, &new), worth)
        }
    };
    let mut same: Vec<Same> = stayed
        .into_iter()
        .map(|(i, j)| {
            let by = told(&old[i], &new[j]).unwrap_or_else(|| score(i, j).1);
            Same { old: i, new: j, moved: false, by }
        })
        .collect();
    let left = |count: usize, taken: &dyn Fn(&Same) -> usize| -> Vec<usize> {
        let mut left = vec![true; count];
        same.iter().for_each(|same| left[taken(same)] = false);
        (0..count).filter(|index| left[*index]).collect()
    };
    let (old_left, new_left) =
        (left(old.len(), &|same| same.old), left(new.len(), &|same| same.new));
    let mut found: Vec<(f64, By, usize, usize)> = Vec::new();
    for (i, j) in candidates(&old_left, &new_left, &old, &new) {
        let (score, by) = score(i, j);
        let known = old[i].words.min(new[j].words) >= KNOWN || by == By::Id;
        let moved = Same { old: i, new: j, moved: true, by };
        let is_one = || {
            moved.is_one(|| lexicon.bags(old[i].title(lexicon), new[j].title(lexicon)) >= SHARED)
        };
        found.extend((score >= MOVED && known && is_one()).then_some((score, by, i, j)));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.2, a.3).cmp(&(b.2, b.3))));
    let (mut old_taken, mut new_taken) = (HashSet::new(), HashSet::new());
    for (_, by, old, new) in found {
        if !old_taken.contains(&old) && !new_taken.contains(&new) {
            old_taken.insert(old);
            new_taken.insert(new);
            same.push(Same { old, new, moved: true, by });
        }
    }
    same.sort_by_key(|same| same.new);
    same
}

fn sketches<'a>(wording: &'a Wording, leaves: &'a [Entry], keys: &'a [u32]) -> Vec<Sketch<'a>> {
    wording.sections.iter().map(|part| Sketch::new(part, wording, leaves, keys)).collect()
}

/// Returns true if both versions have sections of the same ids in the same order; an opening has
/// none.
fn in_place(old: &[Sketch<'_>], new: &[Sketch<'_>]) -> bool {
    old.len() == new.len()
        && old.iter().zip(new).all(|(old, new)| old.part.id == new.part.id)
        && old.iter().skip(1).all(|sketch| !sketch.part.id.is_empty())
}

/// Returns for each section whether another version has its id.
fn known_ids(own: &[Sketch<'_>], other: &[Sketch<'_>]) -> Vec<bool> {
    let alike = own.iter().zip(other).take_while(|(a, b)| a.part.id == b.part.id).count();
    let others: LazyCell<HashSet<&str>, _> =
        LazyCell::new(|| other.iter().map(|sketch| sketch.part.id.as_str()).collect());
    let known = |(at, sketch): (usize, &Sketch<'_>)| {
        !sketch.part.id.is_empty() && (at < alike || others.contains(sketch.part.id.as_str()))
    };
    own.iter().enumerate().map(known).collect()
}

/// Returns the headings that stand over one section only in each version.
fn kept<'a>(
    old: &[Sketch<'a>],
    new: &[Sketch<'a>],
    heading: fn(&Sketch<'a>) -> &'a [u32],
) -> HashSet<&'a [u32]> {
    let once = |sketches: &[Sketch<'a>]| -> HashSet<&'a [u32]> {
        let mut counts: HashMap<&[u32], usize> = HashMap::new();
        let headings = sketches.iter().map(heading).filter(|heading| !heading.is_empty());
        headings.for_each(|heading| *counts.entry(heading).or_default() += 1);
        counts.into_iter().filter(|(_, count)| *count == 1).map(|(heading, _)| heading).collect()
    };
    once(old).intersection(&once(new)).copied().collect()
}

/// Returns by what two sections that stand in one place are seen to be the same, where they need not
/// be compared for that.
fn told(old: &Sketch<'_>, new: &Sketch<'_>) -> Option<By> {
    match () {
        () if old.part.id != new.part.id => None,
        () if !old.part.id.is_empty() => Some(By::Id),
        () if old.leaves == new.leaves => Some(By::Words),
        () => (old.heading() == new.heading()).then_some(By::Heading),
    }
}

/// Returns how much two sections have in common, and by what that is seen.
fn alike(old: &Sketch<'_>, new: &Sketch<'_>, lexicon: &Lexicon) -> (f64, By) {
    if old.leaves == new.leaves {
        return (1.2, By::Words);
    }
    let dice = lexicon.bags(old.body(lexicon), new.body(lexicon));
    if old.heading() == new.heading() {
        return (0.35 + 0.65 * dice, By::Heading);
    }
    let likeness = 0.85 * dice + 0.15 * lexicon.bags(old.title(lexicon), new.title(lexicon));
    (likeness, By::Likeness(likeness))
}

/// By what sections are told from each other: their ids, their words, their headings, how they
/// begin and how they end.
type Sign<'a> = (u8, &'a str, &'a [u32]);

fn signs<'a>(sketch: &'a Sketch<'_>) -> [Sign<'a>; 5] {
    let (first, last) = (
        sketch.leaves.get(1..2).unwrap_or_default(),
        sketch.leaves.last_chunk::<1>().map_or(&[][..], |last| last),
    );
    [
        (0, &sketch.part.id, &[]),
        (1, "", sketch.leaves),
        (2, "", sketch.heading()),
        (3, "", first),
        (4, "", last),
    ]
}

/// Returns the numbers of each sign of the sections of both versions.
fn second(old: &[Sketch<'_>], new: &[Sketch<'_>]) -> Vec<Keys> {
    let mut numbers = Numbers::default();
    let mut keys = |sign: usize| {
        [old, new].map(|side| numbers.of(side.iter().map(|sketch| signs(sketch)[sign])))
    };
    (0..5).map(&mut keys).collect()
}

/// Returns the sections that may have moved: each with each, or, where that are too many, those
/// that share a sign which no other has.
fn candidates(
    old_left: &[usize],
    new_left: &[usize],
    old: &[Sketch<'_>],
    new: &[Sketch<'_>],
) -> Vec<(usize, usize)> {
    if old_left.len() * new_left.len() <= MOVES {
        return old_left.iter().flat_map(|i| new_left.iter().map(move |j| (*i, *j))).collect();
    }
    let mut places: BTreeMap<Sign<'_>, [Vec<usize>; 2]> = BTreeMap::new();
    for (side, left, sketches) in [(0, old_left, old), (1, new_left, new)] {
        for at in left {
            signs(&sketches[*at])
                .into_iter()
                .for_each(|sign| places.entry(sign).or_default()[side].push(*at));
        }
    }
    let mut found: Vec<(usize, usize)> = places
        .into_values()
        .filter_map(|[old, new]| match (old.as_slice(), new.as_slice()) {
            ([old], [new]) => Some((*old, *new)),
            _ => None,
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{PARAGRAPHS, told, wording};

    /// Returns which sections are the same: the places in both versions, `>` where it moved, and by
    /// what.
    fn known(old: &str, new: &str) -> Vec<String> {
        let (old, new) = (wording(old), wording(new));
        let found = same(&old, &new, &Lexicon::new(&old, &new));
        let by = |by: By| match by {
            By::Id => "id".to_owned(),
            By::Words => "words".to_owned(),
            By::Heading => "heading".to_owned(),
            By::Likeness(likeness) => format!("{likeness:.1}"),
        };
        found
            .iter()
            .map(|same| {
                format!(
                    "{}{}{} {}",
                    same.old,
                    if same.moved { ">" } else { "=" },
                    same.new,
                    by(same.by)
                )
            })
            .collect()
    }

    #[test]
    fn sections_are_known_by_id_by_heading_and_by_likeness() {
        let [a, b, c] = PARAGRAPHS;
        assert_eq!(
            known(&format!("## A {{#x}}\n\n{a}"), &format!("## B {{#x}}\n\n{b}")),
            ["0=0 id"]
        );
        assert_eq!(
            known(&format!("## A {{#x}}\n\n{a}"), &format!("## A {{#y}}\n\n{a}")),
            ["0=0 words"]
        );
        assert_eq!(known(&format!("## A\n\n{a}"), &format!("## A\n\n{b}")), ["0=0 heading"]);
        assert_eq!(known(&format!("## 1. A\n\n{a}"), &format!("## 2) A\n\n{b}")), ["0=0 heading"]);
        assert_eq!(
            known(&format!("## Our data; yours\n\n{a}"), &format!("## OUR DATA, YOURS.\n\n{b}")),
            ["0=0 heading"]
        );
        assert_eq!(known(&format!("## A\n\n{a}"), &format!("## B\n\n{a}")), ["0=0 0.8"]);
        assert_eq!(
            known(&format!("## A b c d\n\n{a}"), &format!("## A b c e\n\n{a}")),
            ["0=0 1.0"]
        );
        assert_eq!(known(&format!("## A\n\n{a}"), &format!("## B\n\n{b}")), Vec::<String>::new());
        assert_eq!(
            known("## A b c\n\nd", "## A b e\n\nf"),
            Vec::<String>::new(),
            "a heading alone is not enough"
        );
        // An id that the other version has is nobody else's.
        assert_eq!(
            known(
                &format!("## A {{#x}}\n\n{a}"),
                &format!("## A {{#y}}\n\n{a}\n\n## B {{#x}}\n\n{c}")
            ),
            ["0=1 id"]
        );
        assert_eq!(
            known(
                &format!("## A {{#x}}\n\n{a}\n\n## B {{#y}}\n\n{c}"),
                &format!("## B {{#x}}\n\n{c}")
            ),
            ["0=0 id"]
        );
    }

    #[test]
    fn a_section_whose_heading_stayed_was_not_renamed() {
        let [a, b, c] = PARAGRAPHS;
        let below = format!("## A\n\n### C\n\n{c}\n\n### B\n\n{a} {b}");
        assert_eq!(known(&format!("## A\n\n{a} {b}"), &below), ["0=0 heading"]);
        assert_eq!(known(&below, &format!("## A\n\n{a} {b}")), ["0=0 heading"]);
        // A heading that stands over many sections says nothing of one.
        assert_eq!(
            known(&format!("## A\n\n{a}\n\n## A\n\n{b}"), &format!("## A\n\n{a}\n\n## B\n\n{b}")),
            ["0=0 words", "1=1 0.8"]
        );
    }

    #[test]
    fn the_lighter_section_is_the_one_that_moved() {
        let [a, b, c] = PARAGRAPHS;
        let (light, heavy) = (format!("## A\n\n{a}\n\n"), format!("## B\n\n{b}\n\n{c}\n\n"));
        assert_eq!(
            known(&format!("{light}{heavy}"), &format!("{heavy}{light}")),
            ["1=0 words", "0>1 words"]
        );
        assert_eq!(
            known(&format!("{heavy}{light}"), &format!("{light}{heavy}")),
            ["1>0 words", "0=1 words"]
        );
        let edited = light.replace("two", "five");
        assert_eq!(
            known(&format!("{light}{heavy}"), &format!("{heavy}{edited}")),
            ["1=0 words", "0>1 heading"]
        );
        // Five words are too few to be known again elsewhere, six are enough; an id always is.
        for (words, count) in [("a b c d e", 2), ("a b c d", 1)] {
            let light = format!("## A\n\n{words}\n\n");
            assert_eq!(
                known(&format!("{light}{heavy}"), &format!("{heavy}{light}")).len(),
                count,
                "{words}"
            );
        }
        let light = "## A {#x}\n\nb\n\n";
        assert_eq!(
            known(&format!("{light}{heavy}"), &format!("{heavy}{light}")),
            ["1=0 words", "0>1 id"]
        );
        assert_eq!(
            told(&format!("{light}{heavy}"), &format!("{heavy}{light}")),
            ["moved [--]{++}"]
        );
    }

    #[test]
    fn what_moved_needs_more_in_common_than_what_stayed() {
        let [_, b, c] = PARAGRAPHS;
        let heavy = format!("## B\n\n{b}\n\n{c}\n\n");
        // The heading alone is worth 0.35: enough for one that stayed, too little for one that
        // moved.
        let (old, new) = ("## A\n\na1 a2 a3 a4 a5 a6\n\n", "## A\n\nb1 b2 b3 b4 b5 b6\n\n");
        assert_eq!(
            known(&format!("{old}{heavy}"), &format!("{new}{heavy}")),
            ["0=0 heading", "1=1 words"]
        );
        assert_eq!(known(&format!("{old}{heavy}"), &format!("{heavy}{new}")), ["1=0 words"]);
        let half = "## A\n\na1 a2 a3 b4 b5 b6\n\n";
        assert_eq!(
            known(&format!("{old}{heavy}"), &format!("{heavy}{half}")),
            ["1=0 words", "0>1 heading"]
        );
        // Of two that would do, the more alike one.
        let near = "## A\n\na1 a2 a3 a4 a5 b6\n\n";
        assert_eq!(
            known(&format!("{old}{heavy}"), &format!("{heavy}{half}{near}")),
            ["1=0 words", "0>2 heading"]
        );
        assert_eq!(
            known(&format!("{old}{heavy}"), &format!("{heavy}{near}{half}")),
            ["1=0 words", "0>1 heading"]
        );
    }

    #[test]
    fn a_section_elsewhere_under_another_heading_says_nearly_the_same() {
        let [a, b, c] = PARAGRAPHS;
        let heavy = format!("## Heavy\n\n{b} {b} {c}\n\n");
        let moved = |heading: &str, words: &str| {
            known(
                &format!("## Rights of all\n\n{a}\n\n{heavy}"),
                &format!("{heavy}## {heading}\n\n{words}"),
            )
        };
        let more = format!("{a} Elsewhere other rules may apply besides.");
        assert_eq!(moved("Privacy", a), ["1=0 words", "0>1 0.8"]);
        assert_eq!(moved("Privacy", &more), ["1=0 words"]);
        assert_eq!(moved("Rights of some", &more), ["1=0 words", "0>1 0.8"]);
    }

    #[test]
    fn as_many_sections_as_there_are_are_known_again() {
        let of = |section: &dyn Fn(usize) -> String| (0..501).map(section).collect::<String>();
        let section =
            |at: usize| format!("## Section {at} of w{at}\n\nIt says v{at} and is old.\n\n");
        let all = |by: &str| (0..501).map(|at| format!("{at}={at} {by}")).collect::<Vec<_>>();
        assert_eq!(
            known(&of(&section), &of(&|at| section(at).replace("old", "new"))),
            all("heading")
        );
        assert_eq!(
            known(&of(&section), &of(&|at| section(at).replace("Section", "Part"))).len(),
            501
        );
        // Those in the second half stand in the first now, each changed.
        let turned = |at: usize| section((at + 250) % 501).replace("old", "new");
        let found = known(&of(&section), &of(&turned));
        assert_eq!(
            (found.len(), found.iter().filter(|found| found.contains('>')).count()),
            (501, 250)
        );
    }

    #[test]
    fn a_heading_is_told_without_its_number() {
        let words = |heading: &str| {
            let (text, none) = (wording(&format!("## {heading}\n\nA 1 b")), wording("x"));
            Lexicon::new(&text, &none).old[0].heading.len()
        };
        assert_eq!(
            ["A b", "1 A b", "1. A b", "1.2 (3) A b", "A 1 b", "12", "1a b"].map(words),
            [2, 2, 2, 2, 3, 1, 2]
        );
        assert_eq!(
            ["c. A b", "IV) A b", "a: 2. A b", "U.S. law", "c.", "A-b, c!"].map(words),
            [2, 2, 2, 3, 1, 3]
        );
    }
}
