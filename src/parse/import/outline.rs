//! The headings of an imported text: which one is its title, and which begin its sections.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Block, DocumentId, is_slug, plain};
use crate::parse::markdown;
use crate::parse::markdown::Standpoint;
use crate::parse::policy::slug;
use crate::tree::TreePath;

/// How long an id that is made of a heading's words becomes; it is a part of a file's name.
const LONGEST_ID: usize = 60;

/// How long an anchor may be to be kept as an id.
const LONGEST_ANCHOR: usize = 200;

/// A heading that stands between blocks.
pub struct Mark {
    /// 1 to 6.
    level: u8,
    /// The id its author pinned.
    pub id: Option<String>,
    /// Its words.
    pub words: String,
    /// Which block it is.
    pub block: usize,
    /// Where its first line begins.
    pub start: usize,
    /// Where its last line ends, before the line break.
    pub end: usize,
    /// What GitHub's page of the text called it.
    pub anchor: String,
    /// Where an id can be pinned to it.
    pub pin: usize,
}

impl Mark {
    /// Returns true if its anchor can be an id.
    pub fn keeps_anchor(&self) -> bool {
        is_slug(&self.anchor) && self.anchor.len() <= LONGEST_ANCHOR
    }
}

/// What stands where in a text.
pub struct Outline {
    /// The headings, in order.
    pub marks: Vec<Mark>,
    /// How many blocks there are.
    pub blocks: usize,
}

impl Outline {
    /// Reads the headings of a text.
    pub fn of(text: &str) -> Outline {
        let path = TreePath::new("given.md").expect("a path");
        let blocks =
            markdown::text(text, Standpoint { file: Some(&path), sections: &BTreeSet::new() })
                .blocks;
        let mut anchors: BTreeMap<String, usize> = BTreeMap::new();
        let mark = |(index, block): (usize, &Block)| match block {
            Block::Heading { level, id, text: words, span } => {
                let words = plain(words).split_whitespace().collect::<Vec<_>>().join(" ");
                let start = text[..span.start].rfind('\n').map_or(0, |end| end + 1);
                let end = text[..span.end].trim_end_matches('\n').len();
                // Of a heading that is underlined the id stands above the line.
                let underlined = !text[start..end].trim_start().starts_with('#');
                let line = text[start..end].rfind('\n').filter(|_| underlined);
                let pin = line.map_or(end, |line| text[..start + line].trim_end().len());
                let anchor = anchor(&words);
                let count = anchors.entry(anchor.clone()).or_default();
                *count += 1;
                let anchor = if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) };
                Some(Mark {
                    level: *level,
                    id: id.clone(),
                    words,
                    block: index,
                    start,
                    end,
                    anchor,
                    pin,
                })
            }
            _ => None,
        };
        Outline {
            marks: blocks.iter().enumerate().filter_map(mark).collect(),
            blocks: blocks.len(),
        }
    }

    /// Returns the headings whose pinned id another one above has.
    pub fn doubled(&self) -> impl Iterator<Item = &Mark> {
        let mut seen = BTreeSet::new();
        self.marks.iter().filter(move |mark| mark.id.as_ref().is_some_and(|id| !seen.insert(id)))
    }

    /// Returns which heading is the title of the policy `id`. One that has words of its own and
    /// others of its level beside it is the first section, unless it says what the policy is called.
    pub fn title(&self, id: &DocumentId, front: Option<&str>) -> Option<usize> {
        let at = self.first(front)?;
        let mark = &self.marks[at];
        let alone = self.marks.iter().filter(|other| other.level == mark.level).count() == 1;
        let bare = self.marks.get(at + 1).is_some_and(|next| next.block == mark.block + 1);
        let words = slug(&mark.words);
        let names: Vec<&str> =
            id.as_str().split(['/', '-']).filter(|word| word.len() > 2).collect();
        let said = names.iter().filter(|name| words.split('-').any(|word| word == **name)).count();
        let called = said > 0 && 2 * said >= names.len();
        (front.is_some() || alone || bare || called).then_some(at)
    }

    /// Returns which heading is a title by its place: the first of level 1, else the first. Where
    /// front matter names a title it is the first of level 1 that says the same.
    pub fn first(&self, front: Option<&str>) -> Option<usize> {
        let first = |wanted: &dyn Fn(&Mark) -> bool| {
            self.marks.iter().position(|mark| !mark.words.is_empty() && wanted(mark))
        };
        match front {
            Some(title) => first(&|mark| mark.level == 1)
                .filter(|index| self.marks[*index].words.to_lowercase() == title.to_lowercase()),
            None => first(&|mark| mark.level == 1).or_else(|| first(&|_| true)),
        }
    }

    /// Returns the headings that begin a section: from the first of the shallowest level that
    /// stands at least twice on, all that are no deeper. A heading with nothing under it begins a
    /// section together with the next one.
    pub fn sections(&self, below: usize) -> Vec<&Mark> {
        let marks = &self.marks[below..];
        let twice = |level: &u8| marks.iter().filter(|mark| mark.level == *level).count() >= 2;
        let Some(level) = (1..=6).find(twice) else {
            return Vec::new();
        };
        let from =
            marks.iter().skip_while(|mark| mark.level != level).filter(|mark| mark.level <= level);
        let mut sections: Vec<&Mark> = Vec::new();
        let mut before = None;
        for mark in from {
            let bare = before.is_some_and(|before| before + 1 == mark.block);
            before = Some(mark.block);
            if !bare {
                sections.push(mark);
            }
        }
        if sections.last().is_some_and(|last| last.block + 1 == self.blocks) {
            sections.pop();
        }
        sections
    }
}

/// Returns the anchor that GitHub makes of a heading's words.
fn anchor(words: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, '-' | '_' | ' ');
    let letters = words.chars().flat_map(char::to_lowercase).filter(kept);
    letters.map(|letter| if letter == ' ' { '-' } else { letter }).collect()
}

/// Returns a heading's words as an id.
pub fn id(words: &str) -> String {
    let mut id = String::new();
    for run in slug(words).split('-') {
        let run: String = run.chars().flat_map(folded).collect();
        if id.len() + run.len() >= LONGEST_ID {
            break;
        }
        if !run.is_empty() {
            id.push_str(if id.is_empty() { "" } else { "-" });
            id.push_str(&run);
        }
    }
    if id.is_empty() { "part".to_owned() } else { id }
}

/// Returns a lower-case letter without its accent, and nothing for a letter of another script.
fn folded(letter: char) -> impl Iterator<Item = char> {
    let plain = match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì'..='ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ß' => "ss",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    };
    plain.chars().chain(Some(letter).filter(char::is_ascii))
}
