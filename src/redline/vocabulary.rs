//! The texts of a document as numbers: equal tokens have equal numbers in all of them.
//!
//! What is numbered says nothing of the texts it is compared with, so it is done once, however many
//! versions there are, and leaves that are equal in several share one [`Index`].

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::redline::quantity;
use crate::redline::token::Class;
use crate::redline::wording::{Kind, Leaf, Note, Style, Wording};
use crate::tree::composed;

/// A text as numbers.
#[derive(Clone, Debug)]
pub struct Numbered<'a> {
    /// The text.
    pub wording: &'a Wording,
    /// Its leaves in order.
    pub leaves: Vec<Arc<Index>>,
    /// Its words and numbers, and how often each is there.
    pub counts: Arc<Counts>,
}

/// How often each word is in a text.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Each word once, in the order of their numbers.
    pub words: Vec<Count>,
    /// What is a number somewhere in the text.
    pub numbers: Vec<u32>,
}

/// How often a word is in a text.
#[derive(Clone, Copy, Debug)]
pub struct Count {
    /// The word in small letters.
    pub word: u32,
    /// How often it is there.
    pub times: u32,
    /// In how many leaves it is.
    pub leaves: u32,
}

/// A leaf as numbers, one for each token.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// Equal where the letters are, however their accents are composed.
    pub exact: Vec<u32>,
    /// Equal where the white space is, and how it is set: before each token, and after the last.
    pub gaps: Vec<u32>,
    /// Equal where only the typing differs: the shape of quotation marks, a soft hyphen; and for
    /// marks of one footnote.
    pub folded: Vec<u32>,
    /// Equal where the words are set the same way.
    pub styles: Vec<u32>,
    /// Equal where the words lead to the same place.
    pub links: Vec<u32>,
    /// What each token is.
    pub classes: Vec<Class>,
    /// Equal where the leaves say the same.
    pub key: u32,
    /// How many words and numbers there are.
    pub spoken: usize,
    /// What a heading says: its words in small letters, without the number it begins with.
    pub heading: Vec<u32>,
    /// The cells of a table, row by row.
    pub cells: Vec<Arc<Index>>,
    /// Which words there are and how often, in the order of their numbers.
    pub words: Vec<(u32, u32)>,
}

impl Index {
    /// How many words tell a leaf by its beginning or its end.
    const TELLING: usize = 4;

    /// Returns the words it begins with, or those of its first cell.
    pub fn first_words(&self) -> &[u32] {
        let folded = self.cells.first().map_or(&self.folded, |cell| &cell.folded);
        &folded[..folded.len().min(Index::TELLING)]
    }

    /// Returns the words it ends with, or those of its last cell.
    pub fn last_words(&self) -> &[u32] {
        let folded = self.cells.last().map_or(&self.folded, |cell| &cell.folded);
        &folded[folded.len().saturating_sub(Index::TELLING)..]
    }
}

/// What has a number, and what becomes of each leaf on its way into numbers.
#[derive(Default)]
pub struct Vocabulary<'a> {
    words: HashMap<String, u32>,
    /// The same words in small letters: how alike leaves are is not a matter of capitals.
    small: Vec<u32>,
    styles: HashMap<Style, u32>,
    /// The styles of tokens that are set in more ways than one.
    mixed: HashMap<Vec<u32>, u32>,
    keys: HashMap<(u8, Vec<u32>), u32>,
    /// The leaves that have numbers, tables apart.
    known: HashMap<Known<'a>, Arc<Index>>,
}

/// What the numbers of a leaf depend on.
#[derive(PartialEq, Eq, Hash)]
struct Known<'a> {
    text: &'a str,
    shape: (u8, bool),
    /// How it is set: where each stretch ends, and the style there.
    set: Vec<(usize, u32)>,
}

/// The styles of a wording as numbers, by their places there.
struct Styles<'a> {
    wording: &'a Wording,
    /// Each as it is, what it leads to alone, and how white space is seen in it.
    numbers: Vec<(u32, u32, u32)>,
    /// What each footnote is known by.
    notes: &'a [u32],
}

impl<'a> Vocabulary<'a> {
    /// Returns a text as numbers. `notes` is what each of its footnotes is known by.
    pub fn numbered(&mut self, wording: &'a Wording, notes: &[u32]) -> Numbered<'a> {
        let styles = self.styles(wording, notes);
        let leaves: Vec<Arc<Index>> =
            wording.leaves.iter().map(|leaf| self.leaf(leaf, &styles)).collect();
        let counts = Arc::new(counts(&leaves));
        Numbered { wording, leaves, counts }
    }

    /// Returns for each word the number of the same in small letters.
    pub fn small(&self) -> &[u32] {
        &self.small
    }

    fn leaf(&mut self, leaf: &'a Leaf, styles: &Styles<'_>) -> Arc<Index> {
        if leaf.is_table() {
            return Arc::new(self.index(leaf, styles));
        }
        let set = leaf.runs.iter().map(|(end, style)| (*end, styles.numbers[*style as usize].0));
        let known = Known { text: &leaf.text, shape: shape(&leaf.kind), set: set.collect() };
        if let Some(index) = self.known.get(&known) {
            return Arc::clone(index);
        }
        let index = Arc::new(self.index(leaf, styles));
        self.known.insert(known, Arc::clone(&index));
        index
    }

    fn index(&mut self, leaf: &'a Leaf, known: &Styles<'_>) -> Index {
        let count = leaf.tokens.len();
        let mut index = Index {
            classes: leaf.tokens.iter().map(|token| token.class).collect(),
            exact: Vec::with_capacity(count),
            folded: Vec::with_capacity(count),
            links: Vec::with_capacity(count),
            styles: Vec::with_capacity(count),
            gaps: Vec::with_capacity(count + 1),
            ..Index::default()
        };
        let mut end = 0;
        for token in &leaf.tokens {
            let letters = leaf.letters(token);
            let runs = leaf.runs_in(&(token.start..token.end));
            let exact =
                if letters.is_ascii() { self.word(letters) } else { self.word(&composed(letters)) };
            index.exact.push(exact);
            index.folded.push(
                match runs.first().and_then(|(_, style)| known.wording.styles[*style as usize].note)
                {
                    Some(note) => self.word(&format!("[^{}]", known.notes[note as usize])),
                    None if letters.is_ascii() && letters != "`" => exact,
                    None => self.word(&folded(letters)),
                },
            );
            index.links.push(self.mixed(runs, |style| known.numbers[style].1));
            index.styles.push(self.mixed(runs, |style| known.numbers[style].0));
            index.gaps.push(self.gap(leaf, end..token.start, known));
            end = token.end;
        }
        index.gaps.push(self.gap(leaf, end..leaf.text.len(), known));
        index.cells = leaf.cells().map(|cell| self.leaf(cell, known)).collect();
        index.spoken = leaf.spoken();
        let mut words: Vec<u32> = Vec::with_capacity(index.spoken);
        let mut first = 0;
        if matches!(leaf.kind, Kind::Heading(..)) {
            let letter = quantity::lettered(&leaf.text, &leaf.tokens);
            first = index.classes[letter..]
                .iter()
                .position(|class| *class == Class::Word)
                .map_or(0, |number| letter + number);
        }
        let cells = index.cells.iter().map(|cell| (&**cell, 0));
        for (cell, first) in std::iter::once((&index, first)).chain(cells) {
            let spoken = cell.classes.iter().zip(&cell.folded).skip(first);
            let spoken = spoken.filter(|(class, _)| matches!(class, Class::Word | Class::Number));
            words.extend(spoken.map(|(_, word)| self.small[*word as usize]));
        }
        if matches!(leaf.kind, Kind::Heading(..)) {
            index.heading.clone_from(&words);
        }
        words.sort_unstable();
        index.words =
            words.chunk_by(|a, b| a == b).map(|same| (same[0], number(same.len()))).collect();
        let said =
            index.folded.iter().copied().chain(index.cells.iter().map(|cell| cell.key)).collect();
        let next = number(self.keys.len());
        let (told, _) = shape(&leaf.kind);
        index.key = *self.keys.entry((told, said)).or_insert(next);
        index
    }

    /// Returns a number for the white space in a stretch of a leaf.
    fn gap(&mut self, leaf: &Leaf, stretch: Range<usize>, known: &Styles<'_>) -> u32 {
        let space = &leaf.text[stretch.clone()];
        if space.is_empty() {
            return 0;
        }
        let set = leaf.runs_in(&stretch).iter().map(|(_, style)| known.numbers[*style as usize].2);
        if space == " " && set.len() > 0 && set.clone().all(|style| style == 0) {
            return 1;
        }
        let mut set: Vec<u32> = set.collect();
        set.dedup();
        2 + self.word(&format!("{space} {set:?}"))
    }

    fn word(&mut self, letters: &str) -> u32 {
        if let Some(word) = self.words.get(letters) {
            return *word;
        }
        let next = number(self.words.len());
        self.words.insert(letters.to_owned(), next);
        self.small.push(next);
        if letters.chars().any(char::is_uppercase) {
            self.small[next as usize] = self.word(&letters.to_lowercase());
        }
        next
    }

    fn styles<'b>(&mut self, wording: &'b Wording, notes: &'b [u32]) -> Styles<'b> {
        let plain = self.style(Style::default());
        let numbers = wording.styles.iter().map(|style| {
            let style =
                Style { note: style.note.map(|note| notes[note as usize]), ..style.clone() };
            let link =
                Style { link: style.link.clone(), image: style.image.clone(), ..Style::default() };
            let space = self.style(style.of_space());
            (self.style(style), self.style(link), if space == plain { 0 } else { space + 1 })
        });
        let numbers = numbers.collect();
        Styles { wording, numbers, notes }
    }

    fn style(&mut self, style: Style) -> u32 {
        let next = number(self.styles.len());
        2 * *self.styles.entry(style).or_insert(next)
    }

    /// Returns one number, even for one style and odd for more, for the styles in which a token is
    /// set.
    fn mixed(&mut self, runs: &[(usize, u32)], number_of: impl Fn(usize) -> u32) -> u32 {
        if let [(_, style)] = runs {
            return number_of(*style as usize);
        }
        let next = number(self.mixed.len());
        2 * *self
            .mixed
            .entry(runs.iter().map(|(_, style)| number_of(*style as usize)).collect())
            .or_insert(next)
            + 1
    }
}

/// Returns what of the kind of a leaf is in its numbers: what tells it from others that say the
/// same, and whether it is a heading.
fn shape(kind: &Kind) -> (u8, bool) {
    let told = match kind {
        Kind::Table(_) => 1,
        Kind::Rule => 2,
        Kind::Code(_) => 3,
        _ => 0,
    };
    (told, matches!(kind, Kind::Heading(..)))
}

/// Counts the words of leaves.
fn counts(leaves: &[Arc<Index>]) -> Counts {
    let mut all: Vec<(u32, u32)> =
        leaves.iter().flat_map(|leaf| leaf.words.iter().copied()).collect();
    all.sort_unstable();
    let words = all.chunk_by(|a, b| a.0 == b.0).map(|same| Count {
        word: same[0].0,
        times: same.iter().map(|(_, times)| times).sum(),
        leaves: number(same.len()),
    });
    let mut numbers: Vec<u32> = Vec::new();
    for leaf in leaves {
        for leaf in std::iter::once(leaf).chain(&leaf.cells) {
            let tokens = leaf.classes.iter().zip(&leaf.folded);
            let spelled = tokens.filter(|(class, _)| **class == Class::Number);
            numbers.extend(spelled.map(|(_, word)| *word));
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    Counts { words: words.collect(), numbers }
}

/// Returns the numbers of footnotes that are known by their places.
pub fn own_notes(wording: &Wording) -> Vec<u32> {
    (0..wording.notes.len()).map(number).collect()
}

/// Returns what each footnote of a new text is known by beside an old one, of which each is known
/// by its place: by that of the old one that says the same or else is called the same.
pub fn notes(old: &Wording, new: &Wording) -> Vec<u32> {
    let said = |wording: &Wording| -> Vec<(String, String)> {
        let words = |note: &Note| {
            wording.leaves[note.leaves.clone()]
                .iter()
                .map(|leaf| leaf.text.as_str())
                .collect::<Vec<_>>()
                .join("\n")
        };
        wording.notes.iter().map(|note| (note.label.clone(), words(note))).collect()
    };
    let (old, new) = (said(old), said(new));
    let mut known: Vec<Option<usize>> = vec![None; new.len()];
    let mut free: Vec<bool> = vec![true; old.len()];
    for (by_label, by_words) in [(true, true), (false, true), (true, false)] {
        let key = |(label, words): &'_ (String, String)| {
            (by_label.then(|| label.clone()), by_words.then(|| words.clone()))
        };
        let mut there: HashMap<(Option<String>, Option<String>), Vec<usize>> = HashMap::new();
        for at in (0..old.len()).rev().filter(|at| free[*at]) {
            there.entry(key(&old[at])).or_default().push(at);
        }
        for (note, known) in new.iter().zip(&mut known).filter(|(_, known)| known.is_none()) {
            *known = there.get_mut(&key(note)).and_then(Vec::pop);
            known.iter().for_each(|at| free[*at] = false);
        }
    }
    let own = |(at, known): (usize, Option<usize>)| number(known.unwrap_or(old.len() + at));
    known.into_iter().enumerate().map(own).collect()
}

fn number(length: usize) -> u32 {
    u32::try_from(length).expect("a document has fewer words than that")
}

/// Returns a token as it would be typed plainly: composed, with straight quotation marks, plain
/// hyphens and plain spaces.
pub fn folded(letters: &str) -> String {
    let plain = |letter: char| match letter {
        '‘' | '’' | '‚' | '‛' | '′' | '`' => '\'',
        '“' | '”' | '„' | '‟' | '″' => '"',
        '\u{2010}' | '\u{2011}' => '-',
        '\u{a0}' | '\u{2009}' | '\u{202f}' => ' ',
        _ => letter,
    };
    composed(letters)
        .chars()
        .filter(|letter| !matches!(letter, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}'))
        .map(plain)
        .collect()
}
