//! Invariants of every redline, tried on small texts; and a redline in a few letters, for the tests
//! of its modules.

pub mod trees;

use std::collections::BTreeMap;
use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::diagnostic::Diagnostics;
use crate::messages::Phrase;
use crate::model::{Document, DocumentId};
use crate::parse;
use crate::redline::{
    Cell, ChangeKind, Fate, Form, Kind, Leaf, Piece, Place, RawHtml, Redline, Rows, Shape, Stretch,
    Style, Wording, between,
};
use crate::tree::{File, Tree, TreePath, composed};

/// Paragraphs without a word in common that could make them one.
pub const PARAGRAPHS: [&str; 3] = [
    "We answer every report within two business days and say what we will do about it.",
    "Data is encrypted on its way to us with keys that are fresh for every single session.",
    "Whoever finds a weakness and tells us first has nothing to fear from our lawyers.",
];

/// Returns what a text says.
pub fn wording(markdown: &str) -> Wording {
    Wording::of_text(markdown, RawHtml::Read)
}

/// Returns the changes between two texts, in short: `changed [-gone-]{+came+}`, and asserts the
/// invariants of their redline.
pub fn told(old: &str, new: &str) -> Vec<String> {
    checked(old, new, |redline| {
        let tell = |change: &crate::redline::Change| match &*change
            .said
            .as_ref()
            .map(Phrase::english)
            .unwrap_or_default()
        {
            "" => format!("{} [-{}-]{{+{}+}}", change.kind.as_str(), change.old, change.new),
            said => format!("{}: {said}", change.kind.as_str()),
        };
        redline.changes.iter().map(tell).collect()
    })
}

/// Returns the pieces of a redline of two texts, in short, and asserts its invariants.
///
/// A piece that came, went, moved here or moved away begins with `+`, `-`, `>` or `<`; words are
/// marked as `[-gone-]`, `{+came+}`, `(~set differently~)`, `(@leads elsewhere@)`, `[=typed
/// before=]`, `{=typed now=}`; `¶+` and `¶-` are a split and a joint.
pub fn shown(old: &str, new: &str) -> Vec<String> {
    checked(old, new, |redline| redline.pieces.iter().map(|piece| line(redline, piece)).collect())
}

/// Compares two texts both ways and each with itself, returns what `look` makes of the redline,
/// and asserts its invariants.
pub fn checked<T>(old: &str, new: &str, look: impl FnOnce(&Redline<'_>) -> T) -> T {
    let (old, new) = (wording(old), wording(new));
    holds(&between(&new, &old));
    for same in [&old, &new] {
        let redline = between(same, same);
        holds(&redline);
        assert!(
            redline.changes.is_empty() && redline.sections.is_empty() && redline.moved.is_empty()
        );
        assert!(redline.pieces.iter().all(|piece| piece.place == Place::Kept
            && marks(piece) == 0
            && piece.turns.is_empty()));
    }
    let redline = between(&old, &new);
    holds(&redline);
    let ids = |wording: &Wording| {
        wording
            .leaves
            .iter()
            .filter_map(|leaf| match &leaf.kind {
                Kind::Heading(_, id) => Some(id.clone()),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let same = Form::of(&old) == Form::of(&new) && ids(&old) == ids(&new);
    assert_eq!(
        redline.changes.is_empty(),
        same,
        "nothing is marked if and only if nothing is seen: {:?}",
        redline.changes
    );
    look(&redline)
}

fn line(redline: &Redline<'_>, piece: &Piece) -> String {
    let at = redline.leaf(piece.leaf);
    let sign = match piece.place {
        Place::Kept => "",
        Place::Added => "+ ",
        Place::Removed => "- ",
        Place::MovedHere(_) => "> ",
        Place::MovedAway(_) | Place::SectionMovedAway(_) => return format!("< {}", at.text),
    };
    let Some(rows) = &piece.rows else {
        let words = words(
            &piece.stretches,
            |leaf| &redline.old.leaves[leaf],
            |leaf| &redline.new.leaves[leaf],
        );
        return format!("{sign}{words}");
    };
    let cells = rows.cells(redline.old, redline.new);
    let row = |row: &crate::redline::Row| {
        let sign = match row.sides {
            (None, _) => "+",
            (_, None) => "-",
            _ if row.is_moved() => ">",
            _ => "",
        };
        let cell = |cell: &Cell| {
            let [old, new] = cells.of(row, cell);
            words(&cell.stretches, |_| old.unwrap(), |_| new.unwrap())
        };
        format!("{sign}{}", row.cells.iter().map(cell).collect::<Vec<_>>().join("|"))
    };
    format!("{sign}{}", rows.rows.iter().map(row).collect::<Vec<_>>().join(" / "))
}

fn words<'a>(
    stretches: &[Stretch],
    old: impl Fn(usize) -> &'a Leaf,
    new: impl Fn(usize) -> &'a Leaf,
) -> String {
    let letters = |leaf: &Leaf, tokens: &Range<usize>| {
        let tokens = &leaf.tokens[tokens.clone()];
        tokens
            .first()
            .zip(tokens.last())
            .map_or(String::new(), |(first, last)| leaf.text[first.start..last.end].to_owned())
    };
    let say = |stretch: &Stretch| {
        let words = match (&stretch.new, &stretch.old) {
            (Some((leaf, tokens)), _) => letters(new(*leaf), tokens),
            (None, Some((leaf, tokens))) => letters(old(*leaf), tokens),
            (None, None) => String::new(),
        };
        match stretch.fate {
            Fate::Kept => words,
            Fate::Removed => format!("[-{words}-]"),
            Fate::Added => format!("{{+{words}+}}"),
            Fate::Reset => format!("(~{words}~)"),
            Fate::Relinked => format!("(@{words}@)"),
            Fate::TypedBefore => format!("[={words}=]"),
            Fate::TypedNow => format!("{{={words}=}}"),
            Fate::Split => "¶+".to_owned(),
            Fate::Joined => "¶-".to_owned(),
        }
    };
    stretches.iter().map(say).collect::<Vec<_>>().join(" ")
}

fn stretches(piece: &Piece) -> impl Iterator<Item = &Stretch> {
    let rows = piece.rows.iter().flat_map(|rows| &rows.rows);
    piece
        .stretches
        .iter()
        .chain(rows.flat_map(|row| row.cells.iter().flat_map(|cell| &cell.stretches)))
}

fn marks(piece: &Piece) -> usize {
    let turned =
        piece.rows.iter().flat_map(|rows| &rows.rows).filter(|row| row.turn.is_some()).count();
    stretches(piece).filter(|stretch| stretch.fate != Fate::Kept).count() + turned
}

/// Asserts the invariants of every redline.
pub fn holds(redline: &Redline<'_>) {
    assert_eq!(
        said(redline.new, redline.pieces.iter().collect(), true),
        all(redline.new),
        "the new version is all there"
    );
    assert_eq!(
        said(redline.old, as_it_was(redline), false),
        all(redline.old),
        "the old version is all there"
    );
    for piece in &redline.pieces {
        let (old, new) =
            (|leaf: usize| &redline.old.leaves[leaf], |leaf: usize| &redline.new.leaves[leaf]);
        piece.stretches.iter().for_each(|stretch| honest(redline, stretch, &old, &new));
        let Some(rows) = &piece.rows else { continue };
        let cells = rows.cells(redline.old, redline.new);
        assert!(piece.stretches.is_empty());
        whole(rows, &cells.old, &cells.new, redline.leaf(piece.leaf).is_records());
        for (row, cell) in
            rows.rows.iter().flat_map(|row| row.cells.iter().map(move |cell| (row, cell)))
        {
            let [old, new] = cells.of(row, cell);
            cell.stretches
                .iter()
                .for_each(|stretch| honest(redline, stretch, &|_| old.unwrap(), &|_| new.unwrap()));
        }
    }
    listed(redline);
}

/// Asserts that the rows of a table stand in the order of the new version, none twice and none left
/// out; those of the old one too, but for records, whose order says nothing.
fn whole(rows: &Rows, old: &[&[Leaf]], new: &[&[Leaf]], records: bool) {
    let stayed: Vec<usize> =
        rows.rows.iter().filter(|row| !row.is_moved()).filter_map(|row| row.sides.0).collect();
    assert!(records || stayed.is_sorted(), "what does not keep its order is told to have moved");
    let mut before: Vec<usize> = rows.rows.iter().filter_map(|row| row.sides.0).collect();
    before.sort_unstable();
    assert_eq!(before, Vec::from_iter(0..old.len()));
    assert!(rows.rows.iter().filter_map(|row| row.sides.1).eq(0..new.len()));
}

/// Asserts that a stretch says what became of its words.
fn honest<'a>(
    redline: &Redline<'_>,
    stretch: &Stretch,
    old: &dyn Fn(usize) -> &'a Leaf,
    new: &dyn Fn(usize) -> &'a Leaf,
) {
    let Stretch { fate, old: before, new: now, .. } = stretch;
    match fate {
        Fate::Removed | Fate::TypedBefore => assert!(before.is_some() && now.is_none()),
        Fate::Added | Fate::TypedNow => assert!(before.is_none() && now.is_some()),
        Fate::Split | Fate::Joined => assert!(before.is_none() && now.is_none()),
        Fate::Kept | Fate::Reset | Fate::Relinked => {
            let ((old_leaf, before), (new_leaf, now)) =
                (before.clone().unwrap(), now.clone().unwrap());
            assert_eq!(before.len(), now.len());
            for (i, j) in before.zip(now) {
                let (was, is) =
                    (set(redline.old, old(old_leaf), i), set(redline.new, new(new_leaf), j));
                assert_eq!(was.0, is.0, "a word that stayed is the same");
                let links = |styles: &[Style]| {
                    Vec::from_iter(
                        styles.iter().map(|style| (style.link.clone(), style.image.clone())),
                    )
                };
                let expected = match (was.1 == is.1, links(&was.1) == links(&is.1)) {
                    (true, _) => Fate::Kept,
                    (_, true) => Fate::Reset,
                    (_, false) => Fate::Relinked,
                };
                assert_eq!(*fate, expected, "{was:?} {is:?}");
            }
        }
    }
}

/// Returns a token and how it is set.
fn set(wording: &Wording, leaf: &Leaf, token: usize) -> (String, Vec<Style>) {
    let token = &leaf.tokens[token];
    let starts = std::iter::once(0).chain(leaf.runs.iter().map(|(end, _)| *end));
    let runs =
        starts.zip(&leaf.runs).filter(|(start, (end, _))| *start < token.end && *end > token.start);
    (
        composed(leaf.letters(token)).into_owned(),
        runs.map(|(_, (_, style))| wording.styles[*style as usize].clone()).collect(),
    )
}

/// A leaf, row, column and stretch of tokens.
type Tokens = (usize, usize, usize, Range<usize>);

/// Returns all tokens of a wording.
fn all(wording: &Wording) -> Vec<Tokens> {
    let mut all = Vec::new();
    for (at, leaf) in wording.leaves.iter().enumerate() {
        all.push((at, 0, 0, 0..leaf.tokens.len()));
        // Of a list of records only the columns are shown in which one says something.
        for (row, cells) in leaf.rows().iter().enumerate().skip(usize::from(leaf.is_records())) {
            all.extend(
                cells
                    .iter()
                    .enumerate()
                    .map(|(column, cell)| (at, row, column + 1, 0..cell.tokens.len())),
            );
        }
    }
    all.retain(|(.., tokens)| !tokens.is_empty());
    all.sort_by_key(|(leaf, row, column, tokens)| (*leaf, *row, *column, tokens.start));
    all
}

/// Returns the tokens that pieces say of one version; leaves in the order of the pieces.
fn said(wording: &Wording, pieces: Vec<&Piece>, now: bool) -> Vec<Tokens> {
    let side = |stretch: &Stretch| if now { stretch.new.clone() } else { stretch.old.clone() };
    let mut said: Vec<Tokens> = Vec::new();
    for piece in pieces {
        let mut push =
            |leaf: usize, row: usize, column: usize, tokens: Range<usize>| match said.last_mut() {
                Some(last)
                    if (last.0, last.1, last.2) == (leaf, row, column)
                        && last.3.end == tokens.start =>
                {
                    last.3.end = tokens.end
                }
                _ if tokens.is_empty() => {}
                _ => said.push((leaf, row, column, tokens)),
            };
        piece.stretches.iter().filter_map(side).for_each(|(leaf, tokens)| push(leaf, 0, 0, tokens));
        let Some(rows) = &piece.rows else { continue };
        let Some(leaf) = (if now { rows.new } else { rows.old }) else { continue };
        let mut cells = Vec::new();
        for row in rows.rows.iter().skip(usize::from(wording.leaves[leaf].is_records())) {
            for cell in &row.cells {
                let at = if now {
                    row.sides.1.zip(cell.column.1)
                } else {
                    row.sides.0.zip(cell.column.0)
                };
                cells.extend(
                    cell.stretches
                        .iter()
                        .filter_map(side)
                        .map(|(_, tokens)| (at.expect("words stand in a cell"), tokens)),
                );
            }
        }
        cells.sort_by_key(|(at, tokens)| (*at, tokens.start));
        cells.into_iter().for_each(|((row, column), tokens)| push(leaf, row, column + 1, tokens));
    }
    said
}

/// Returns the pieces in the order of the old version: what moved at its old place.
fn as_it_was<'a>(redline: &'a Redline<'_>) -> Vec<&'a Piece> {
    let mut sections: BTreeMap<Option<usize>, Vec<&Piece>> = BTreeMap::new();
    let mut moved: BTreeMap<usize, Vec<&Piece>> = BTreeMap::new();
    for piece in &redline.pieces {
        match piece.place {
            Place::MovedHere(number) => moved.entry(number).or_default().push(piece),
            Place::SectionMovedAway(_) => sections.entry(None).or_default().push(piece),
            _ => {
                let section =
                    piece.path.first().and_then(|section| redline.moved.get(&section.number));
                sections.entry(section.map(|moved| moved.number)).or_default().push(piece);
            }
        }
    }
    let mut order = Vec::new();
    for piece in sections.remove(&None).unwrap_or_default() {
        let pieces = match piece.place {
            Place::SectionMovedAway(number) => {
                sections.remove(&Some(number)).expect("a section that moved stands somewhere")
            }
            _ => vec![piece],
        };
        for piece in pieces {
            match piece.place {
                Place::MovedAway(number) => {
                    order.extend(moved.remove(&number).expect("what moved stands somewhere"))
                }
                _ => order.push(piece),
            }
        }
    }
    assert!(sections.is_empty() && moved.is_empty(), "what moved stood somewhere");
    order
}

/// Asserts that the list of changes says what the pieces show.
fn listed(redline: &Redline<'_>) {
    let mut places: Vec<usize> = redline.moved.values().map(|moved| moved.change).collect();
    for piece in &redline.pieces {
        places.extend(piece.change);
        places.extend(piece.turns.iter().filter_map(|turn| turn.change));
        let rows = || piece.rows.iter().flat_map(|rows| &rows.rows);
        places.extend(rows().filter_map(|row| row.change));
        places.extend(rows().filter_map(|row| row.turn.as_ref()?.change));
        places.extend(stretches(piece).filter_map(|stretch| stretch.change));
    }
    places.sort_unstable();
    assert!(places.into_iter().eq(0..redline.changes.len()), "every change has its place");
    let spoken = |leaf: &Leaf, tokens: &Range<usize>| {
        leaf.tokens[tokens.clone()].iter().filter(|token| token.is_spoken()).count()
    };
    let (mut went, mut came) = (0, 0);
    for piece in &redline.pieces {
        for stretch in &piece.stretches {
            match (stretch.fate, &stretch.old, &stretch.new) {
                (Fate::Removed, Some((leaf, tokens)), _) => {
                    went += spoken(&redline.old.leaves[*leaf], tokens)
                }
                (Fate::Added, _, Some((leaf, tokens))) => {
                    came += spoken(&redline.new.leaves[*leaf], tokens)
                }
                _ => {}
            }
        }
        let Some(rows) = &piece.rows else { continue };
        let cells = rows.cells(redline.old, redline.new);
        // What the columns of a list are called are no words of it.
        let said = rows.rows.iter().skip(usize::from(redline.leaf(piece.leaf).is_records()));
        for (row, cell) in said.flat_map(|row| row.cells.iter().map(move |cell| (row, cell))) {
            let [old, new] = cells.of(row, cell);
            for stretch in &cell.stretches {
                match (stretch.fate, &stretch.old, &stretch.new) {
                    (Fate::Removed, Some((_, tokens)), _) => went += spoken(old.unwrap(), tokens),
                    (Fate::Added, _, Some((_, tokens))) => came += spoken(new.unwrap(), tokens),
                    _ => {}
                }
            }
        }
    }
    let sum = |side: fn(&(usize, usize)) -> usize| {
        redline.changes.iter().map(|change| side(&change.words)).sum::<usize>()
    };
    assert_eq!(
        (sum(|words| words.0), sum(|words| words.1)),
        (went, came),
        "every word that went or came is counted once"
    );
    let sections = redline.sections.iter().map(|section| (section.removed, section.added));
    assert_eq!(
        sections.fold((0, 0), |sum, section| (sum.0 + section.0, sum.1 + section.1)),
        (went, came)
    );
    for (at, section) in redline.sections.iter().enumerate() {
        let own =
            (0..redline.changes.len()).filter(|change| redline.changes[*change].section == at);
        // A section may be called otherwise only because its heading is another section's now.
        let told = !section.changes.is_empty() || section.kind == ChangeKind::Renamed;
        assert!(
            told && own.eq(section.changes.iter().copied()),
            "a change is told with its section"
        );
    }
}

/// Returns a block of a text that says words of its own, by its number.
fn block(kind: u8, number: usize) -> String {
    let words = |from: usize| {
        (from..from + 10).map(|word| format!("w{number}x{word}")).collect::<Vec<_>>().join(" ")
    };
    let (first, second) = (words(0), words(10));
    match kind {
        0 => format!("## {first}"),
        1 => format!("- {first}\n- {second}\n  - n{number}a n{number}b"),
        2 => format!("1. {first}\n2. {second}"),
        3 => format!("| h{number}a | h{number}b |\n|--|--|\n| {first} | {second} |"),
        4 => format!("```\n{first}\n  {second}\n```"),
        5 => format!("> {first}\n>\n> {second}"),
        6 => format!("<div><p>{first}</p>{second}</div>"),
        7 => format!("{first}[^n{number}].\n\n[^n{number}]: {second}"),
        _ => format!("{first}. {second}."),
    }
}

/// A text in blocks.
fn blocks(kinds: &[u8], first: usize) -> Vec<String> {
    kinds.iter().enumerate().map(|(at, kind)| block(*kind, first + at)).collect()
}

fn texts(wording: &Wording) -> Vec<String> {
    let text =
        |leaf: &Leaf| leaf.cells().fold(leaf.text.clone(), |text, cell| text + "|" + &cell.text);
    let mut texts: Vec<String> = wording.leaves.iter().map(text).collect();
    texts.sort();
    texts
}

/// Returns a proptest configuration with few cases that records no failures.
pub fn quick() -> ProptestConfig {
    ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(quick())]

    #[test]
    fn blocks_that_both_versions_have_stay_and_the_others_come_or_go(
        kinds in proptest::collection::vec((0..7_u8, 0..3_u8), 1..9)
    ) {
        // 0 stands in both, 1 in the old version only, 2 in the new one only.
        let all = blocks(&kinds.iter().map(|(kind, _)| *kind).collect::<Vec<u8>>(), 0);
        let only = |left_out: u8| {
            let kept = all.iter().zip(&kinds).filter(|(_, (_, side))| *side != left_out).map(|(block, _)| block.clone());
            kept.collect::<Vec<String>>().join("\n\n")
        };
        let (old, new) = (only(2), only(1));
        let leaves = |fate: u8| {
            let own = all.iter().zip(&kinds).filter(|(_, (_, side))| *side == fate).map(|(block, _)| texts(&wording(block)));
            let mut own: Vec<String> = own.flatten().collect();
            own.sort();
            own
        };
        checked(&old, &new, |redline| {
            for (place, fate) in [(Place::Kept, 0), (Place::Removed, 1), (Place::Added, 2)] {
                let found = redline.pieces.iter().filter(|piece| piece.place == place).map(|piece| redline.leaf(piece.leaf));
                let found = texts(&Wording { leaves: found.cloned().collect(), ..Wording::default() });
                assert_eq!(found, leaves(fate), "{place:?}\n{old}\n=>\n{new}");
            }
        });
    }

    #[test]
    fn a_word_that_changed_is_one_change(kinds in proptest::collection::vec(0..9_u8, 1..7), place in any::<Index>(), word in 0..10_usize) {
        let blocks = blocks(&kinds, 0);
        let gone = format!("w{}x{word}", place.index(kinds.len()));
        let old = blocks.join("\n\n");
        let at = old.find(&gone).unwrap();
        let new = format!("{}other{}", &old[..at], &old[at + gone.len()..]);
        prop_assert_eq!(told(&old, &new), [format!("changed [-{gone}-]{{+other+}}")]);
    }

    #[test]
    fn a_paragraph_that_stands_elsewhere_moved(kinds in proptest::collection::vec(0..7_u8, 1..7), to in any::<Index>()) {
        let blocks = blocks(&kinds, 1);
        let moved = "Ten words or more are enough to be known again elsewhere.";
        let (mut old, mut new) = (blocks.clone(), blocks);
        old.insert(0, moved.to_owned());
        new.insert(1 + to.index(kinds.len()), moved.to_owned());
        let (old, new) = (old.join("\n\n"), new.join("\n\n"));
        let changes = told(&old, &new);
        // A leaf beside it that is lighter is the one that moved, and so may be a section; lists
        // that it stood between are one then.
        prop_assert!(changes.iter().all(|change| change == "moved [--]{++}" || change.starts_with("structure: ")), "{changes:?}");
        prop_assert!(changes.iter().any(|change| change == "moved [--]{++}"), "{changes:?}\n{old}\n=>\n{new}");
    }

    #[test]
    fn nothing_is_lost_whatever_the_edits(
        old in proptest::collection::vec((0..9_u8, 0..4_usize), 0..7),
        edits in proptest::collection::vec((any::<Index>(), 0..4_u8, 0..9_u8, 0..4_usize), 0..5),
    ) {
        // Few numbers, so that blocks have words in common.
        let mut new = old.clone();
        for (at, what, kind, number) in edits {
            let place = if new.is_empty() { 0 } else { at.index(new.len()) };
            match what {
                0 if !new.is_empty() => drop(new.remove(place)),
                1 if !new.is_empty() => {
                    let block = new.remove(place);
                    new.insert(at.index(new.len() + 1), block);
                }
                2 if !new.is_empty() => new[place].0 = kind,
                _ => new.insert(place, (kind, number)),
            }
        }
        let text = |blocks: &[(u8, usize)]| blocks.iter().map(|(kind, number)| block(*kind, *number)).collect::<Vec<_>>().join("\n\n");
        let words = |text: &str| {
            let wording = wording(text);
            let leaves = wording.leaves.iter().flat_map(|leaf| std::iter::once(leaf).chain(leaf.cells()));
            let spoken = leaves.flat_map(|leaf| leaf.tokens.iter().filter(|token| token.is_spoken()).map(|token| leaf.letters(token)));
            let mut words: Vec<String> = spoken.map(str::to_owned).collect();
            words.sort();
            words
        };
        let (old, new) = (text(&old), text(&new));
        let counted = checked(&old, &new, |redline| redline.changes.iter().any(|change| change.words != (0, 0)));
        prop_assert!(counted || words(&old) == words(&new));
    }
}

/// Returns the containers around a leaf in letters, the section left out.
pub fn path(leaf: &Leaf) -> String {
    let name = |shape: &Shape| match shape {
        Shape::Section(_) => String::new(),
        Shape::List(true) => "ol ".to_owned(),
        Shape::List(false) => "ul ".to_owned(),
        Shape::Item(None) => "li ".to_owned(),
        Shape::Item(Some(number)) => format!("li{number} "),
        Shape::Quote(None) => "quote ".to_owned(),
        Shape::Quote(Some(alert)) => format!("{alert:?} "),
        Shape::Definitions => "dl ".to_owned(),
        Shape::Term => "dt ".to_owned(),
        Shape::Details => "dd ".to_owned(),
        Shape::Notes => "notes ".to_owned(),
        Shape::Note => "note ".to_owned(),
    };
    leaf.path.iter().map(|container| name(&container.shape)).collect()
}

/// Returns a document of these files: a list by its YAML, a policy by its markdown.
pub fn document(id: &str, files: &[(&str, &str)]) -> Document {
    let mut tree: Tree<File> = Tree::new();
    for (path, text) in files {
        tree.insert(
            TreePath::new(&format!("x/{path}")).unwrap(),
            File::new(text.as_bytes().to_vec()),
        );
    }
    let mut diagnostics = Diagnostics::new();
    parse::document(
        &tree,
        &TreePath::new("x").unwrap(),
        &DocumentId::new(id).unwrap(),
        false,
        &mut diagnostics,
    )
    .unwrap()
}

/// Returns the leaves of a wording in letters: kind, containers and words, each stretch with how it
/// is set.
pub fn leaves(wording: &Wording) -> Vec<String> {
    wording.leaves.iter().map(|leaf| in_letters(wording, leaf)).collect()
}

fn in_letters(wording: &Wording, leaf: &Leaf) -> String {
    let mut words = String::new();
    let mut start = 0;
    for (end, style) in &leaf.runs {
        let style = &wording.styles[*style as usize];
        let set = [
            style.emphasis.then_some("em".to_owned()),
            style.strong.then_some("strong".to_owned()),
            style.strike.then_some("strike".to_owned()),
            style.inserted.then_some("ins".to_owned()),
            style.code.then_some("code".to_owned()),
            style.note.map(|note| format!("note {}", wording.notes[note as usize].label)),
            style.link.as_ref().map(|(target, title)| format!("{target:?}{title}")),
            style.image.as_ref().map(|image| format!("image {image}")),
        ];
        let set: Vec<String> = set.into_iter().flatten().collect();
        let letters = &leaf.text[start..*end];
        words.push_str(&if set.is_empty() {
            letters.to_owned()
        } else {
            format!("<{}>{letters}</>", set.join(","))
        });
        start = *end;
    }
    let cells = leaf
        .rows()
        .iter()
        .map(|row| row.iter().map(|cell| in_letters(wording, cell)).collect::<Vec<_>>().join("|"))
        .collect::<Vec<_>>();
    let kind = match &leaf.kind {
        Kind::Paragraph => "p".to_owned(),
        Kind::Plain => String::new(),
        Kind::Heading(level, id) => format!("h{level}#{id}"),
        Kind::Code(language) => format!("code {}", language.as_deref().unwrap_or_default()),
        Kind::Rule => "rule".to_owned(),
        Kind::Table(grid) => format!("table {:?}", grid.columns),
    };
    let kind = if kind.is_empty() { kind } else { format!("{kind}: ") };
    format!("{}{kind}{words}{}", path(leaf), cells.join(" / ")).trim_end().to_owned()
}

#[test]
fn what_is_said_beside_words_is_said_of_their_own_change() {
    for (old, new, expected) in [
        ("See [us](/a) now.", "See [us](/b) now.", Some("leads to /b, before to /a")),
        ("```\na b\n```", "```\na  b\n```", Some("other white space in code")),
        ("See *us* now.", "See **us** now.", None),
        ("See us now.", "See you now.", None),
        ("See us now.", "See us now.", None),
    ] {
        checked(old, new, |redline| {
            let said: Vec<String> = redline
                .pieces
                .iter()
                .flat_map(stretches)
                .filter_map(|stretch| redline.said_beside(stretch).map(Phrase::english))
                .collect();
            assert_eq!(said, Vec::from_iter(expected), "{old} {new}");
        });
    }
}
