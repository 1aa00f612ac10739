//! Existing markdown as the files of a policy: one file split at its headings, or a folder taken
//! file by file.
//!
//! Without rules the parts, joined again, are the text that was given: only front matter is gone,
//! and the heading that became the title. Link definitions that other parts use are repeated there,
//! and footnotes stand in the part that cites them.

mod edits;
mod given;
mod html;
mod links;
mod listed;
mod mended;
mod notes;
mod outline;
pub mod plan;
mod rows;
mod rules;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use crate::model::{DocumentId, is_slug};
use crate::parse::import::given::{Front, front};
use crate::parse::import::links::Around;
use crate::parse::import::outline::{Mark, Outline};
use crate::parse::policy::{Names, OPENING};
use crate::parse::reference::escaped;
use crate::parse::{LARGEST_FILE, markdown, yaml};
use crate::tree::{Edit, File, Source, Span, Tree, TreePath};

pub use listed::{Listed, columns, lacking};
pub use outline::id as id_of;
pub use rows::{Row, rows};
pub use rules::{Anchors, Known, Noticed, Rules, WORDS};

/// What a folder's opening words may be kept in, best first.
const OPENINGS: [&str; 3] = [OPENING, "index.md", "readme.md"];

/// An existing text.
#[derive(Clone, Debug)]
pub enum Given {
    /// A markdown file.
    File(File),
    /// A folder.
    Folder {
        /// Its markdown files, by their names.
        files: Tree<File>,
        /// How many other things lie in it, which are left out.
        others: usize,
    },
}

/// Why a text cannot be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is not UTF-8.
    NotText,
    /// It is larger than a file of words may be.
    TooLarge,
    /// It holds no words.
    Empty,
    /// It holds no rows of a list.
    NoRows,
    /// No column of it becomes a field that an entry must have.
    Lacking(&'static str),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::NotText => write!(formatter, "it is not UTF-8"),
            Unreadable::TooLarge => {
                write!(formatter, "it is larger than {} MiB", LARGEST_FILE >> 20)
            }
            Unreadable::Empty => write!(formatter, "it holds no words"),
            Unreadable::NoRows => {
                write!(formatter, "it holds no table, list, or YAML of entries")
            }
            Unreadable::Lacking(field) => {
                write!(formatter, "no column of it is `{field}`, which every entry has")
            }
        }
    }
}

/// How a text is mended on its way in.
#[derive(Clone, Copy)]
pub struct Mending<'a> {
    /// By which rules.
    pub rules: &'a Rules,
    /// What else is imported.
    pub known: &'a Known,
    /// Its path, from the top of where it was kept.
    pub path: Option<&'a TreePath>,
}

/// A text as a policy.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its files, by their paths in the project.
    pub files: Tree<File>,
    /// Its anchors, and what they are now.
    pub anchors: Anchors,
    /// What was noticed.
    pub noticed: Noticed,
}

/// The parts of a policy as they were given.
#[derive(Debug, Default)]
struct Parts {
    front: Front,
    opening: String,
    sections: Vec<Part>,
    anchors: Anchors,
    noticed: Noticed,
}

#[derive(Debug)]
struct Part {
    id: String,
    text: String,
}

/// Returns a text as the policy `id`.
///
/// # Errors
/// Says why the text cannot be imported.
pub fn imported(
    id: &DocumentId,
    given: &Given,
    mending: Option<Mending<'_>>,
) -> Result<Taken, Unreadable> {
    let parts = match given {
        Given::File(file) => split(id, &text(file)?, mending),
        Given::Folder { files, .. } => gather(files, mending)?,
    };
    if parts.opening.trim().is_empty() && parts.sections.is_empty() {
        return Err(Unreadable::Empty);
    }
    let folder = TreePath::new(&format!("content/{id}")).expect("a policy's folder");
    let title = parts.front.title.unwrap_or_else(|| named(id));
    let summary =
        parts.front.summary.map(|summary| format!("summary: {}\n", yaml::quoted(&summary)));
    let opening = format!(
        "---\ntitle: {}\n{}---\n{}",
        yaml::quoted(&title),
        summary.unwrap_or_default(),
        parts.opening
    );
    let sections = parts.sections.into_iter().enumerate();
    let sections = sections.map(|(index, part)| {
        (folder.join(&format!("{:03}-{}.md", (index + 1) * 10, part.id)), part.text)
    });
    let files = sections.chain([(folder.join(OPENING), opening)]);
    let file = |(path, text): (TreePath, String)| match text.len() {
        0..=LARGEST_FILE => Ok((path, File::new(text.into_bytes()))),
        _ => Err(Unreadable::TooLarge),
    };
    let files = files.map(file).collect::<Result<_, _>>()?;
    Ok(Taken { files, anchors: parts.anchors, noticed: parts.noticed })
}

/// Returns what a policy is called when its words do not say it: `acceptable-use` is `Acceptable
/// use`.
fn named(id: &DocumentId) -> String {
    let words = id.as_str().rsplit('/').next().unwrap_or_default().replace('-', " ");
    words[..1].to_uppercase() + &words[1..]
}

/// Returns the text of a file.
///
/// # Errors
/// Says why it is none.
pub fn text(file: &File) -> Result<String, Unreadable> {
    if file.bytes().len() > LARGEST_FILE {
        return Err(Unreadable::TooLarge);
    }
    let path = TreePath::new("given.md").expect("a path");
    let source = Source::new(&path, file).map_err(|_| Unreadable::NotText)?;
    Ok(source.text.into_owned())
}

/// Splits a text at its headings.
fn split(id: &DocumentId, text: &str, mending: Option<Mending<'_>>) -> Parts {
    let page = mending.and_then(|mending| mending.path).is_some_and(is_page);
    let text = if page { Cow::Owned(html::page(text)) } else { Cow::Borrowed(text) };
    let (mut front, text) = front(&text);
    let mut noticed = Noticed::default();
    let text = match mending {
        Some(mending) => mending.rules.rewritten(text, &mut noticed),
        None => text.to_owned(),
    };
    let outline = Outline::of(&text);
    let titled = outline.title(id, front.title.as_deref());
    let headings = Headings::of(&outline, titled, mending.is_some_and(|it| it.rules.anchors));
    let text = match mending {
        Some(Mending { rules, known, path }) => {
            let around = Around { id, path, own: &headings.anchors, known };
            let mut pins = headings.pins;
            pins.extend(outline.doubled().filter_map(|mark| doubled(&text, mark)));
            rules.linked(&text, &around, pins, &mut noticed)
        }
        None => text,
    };
    let outline = Outline::of(&text);
    let titled = titled.filter(|index| *index < outline.marks.len());
    let sections = outline.sections(titled.map_or(0, |index| index + 1));
    let titled = titled.map(|index| &outline.marks[index]);
    let starts: Vec<usize> = sections.iter().map(|mark| mark.start).chain([text.len()]).collect();
    let mut texts = vec![untitled(&text[..starts[0]], titled)];
    texts.extend(starts.windows(2).map(|bounds| text[bounds[0]..bounds[1]].to_owned()));
    for (part, lines) in markdown::definitions_elsewhere(&text, &texts).into_iter().enumerate() {
        if !lines.is_empty() {
            texts[part] =
                format!("{}\n\n{}\n", texts[part].trim_end_matches('\n'), lines.join("\n"));
        }
    }
    notes::carry(&text, &mut texts);
    front.title = front.title.or_else(|| titled.map(|mark| mark.words.clone()));
    let mut taken = Names::new(headings.ids.iter().cloned());
    let mut ids = headings.ids.into_iter();
    let mut texts = texts.into_iter();
    let opening = texts.next().unwrap_or_default();
    let part = |(mark, text): (&Mark, String)| {
        let id = ids.next().unwrap_or_else(|| taken.unique(outline::id(&mark.words)));
        Part { id, text }
    };
    let sections = sections.into_iter().zip(texts).map(part).collect();
    Parts { front, opening, sections, anchors: headings.anchors, noticed }
}

/// Returns true for a page of HTML.
fn is_page(path: &TreePath) -> bool {
    let name = path.name().to_ascii_lowercase();
    name.ends_with(".html") || name.ends_with(".htm")
}

/// What the headings of a text are called: as anchors of the page that it was, and as ids.
struct Headings {
    /// The ids of the sections.
    ids: Vec<String>,
    /// What each anchor is now.
    anchors: Anchors,
    /// The edits that pin ids to headings.
    pins: Vec<Edit>,
}

impl Headings {
    /// Names the headings of a text; `kept` says whether those of GitHub's page are kept as ids.
    fn of(outline: &Outline, titled: Option<usize>, kept: bool) -> Headings {
        let sections = outline.sections(titled.map_or(0, |index| index + 1));
        let begins: BTreeSet<usize> = sections.iter().map(|mark| mark.start).collect();
        let pinned = outline.marks.iter().filter_map(|mark| mark.id.clone());
        let pinned: BTreeSet<String> = pinned.collect();
        let mut taken = Names::new(pinned.iter().cloned());
        let mut own = BTreeSet::new();
        let name = |mark: &&Mark| match &mark.id {
            Some(id) if own.insert(id.clone()) => id.clone(),
            _ if kept && mark.keeps_anchor() => taken.unique(mark.anchor.clone()),
            _ => taken.unique(outline::id(&mark.words)),
        };
        let ids: Vec<String> = sections.iter().map(name).collect();
        let mut anchors: Anchors = ids.iter().map(|id| (id.clone(), Some(id.clone()))).collect();
        let (mut section, mut next, mut pins) = (None, ids.iter(), Vec::new());
        for (at, mark) in outline.marks.iter().enumerate() {
            if begins.contains(&mark.start) {
                section = next.next().cloned();
            }
            let now = match &mark.id {
                _ if titled == Some(at) => None,
                _ if begins.contains(&mark.start) => section.clone(),
                Some(id) => Some(id.clone()),
                None if kept && mark.keeps_anchor() && taken.take(mark.anchor.clone()) => {
                    let put_in = format!(" {{#{}}}", mark.anchor);
                    pins.push(Edit { span: Span::new(mark.pin, mark.pin), put_in });
                    Some(mark.anchor.clone())
                }
                None => section.clone(),
            };
            anchors.extend(mark.id.clone().map(|id| (id, now.clone())));
            anchors.entry(mark.anchor.clone()).or_insert(now);
        }
        Headings { ids, anchors, pins }
    }
}

/// Returns the edit that takes from a heading the id that another one has already.
fn doubled(text: &str, mark: &Mark) -> Option<Edit> {
    let pin = format!("{{#{}}}", mark.id.as_ref()?);
    let at = mark.start + text[mark.start..mark.end].rfind(&pin)?;
    let start = text[..at].trim_end_matches(' ').len();
    Some(Edit { span: Span::new(start, at + pin.len()), put_in: String::new() })
}

/// Returns opening words without the heading that became the title.
fn untitled(opening: &str, title: Option<&Mark>) -> String {
    let Some(title) = title else {
        return opening.to_owned();
    };
    let (before, after) = (&opening[..title.start], &opening[title.end..]);
    let apart = if before.trim().is_empty() { "" } else { "\n" };
    [before, apart, after].concat()
}

/// Takes the files of a folder as the parts of a policy, in the order of their numbers and names.
/// Words without a heading stay with the part before them.
fn gather(files: &Tree<File>, mending: Option<Mending<'_>>) -> Result<Parts, Unreadable> {
    let opening = OPENINGS
        .iter()
        .find_map(|name| files.iter().find(|(path, _)| path.as_str().eq_ignore_ascii_case(name)));
    let mut parts = Parts::default();
    let mut noticed = Noticed::default();
    // Links of files to each other are those of the sections that they become.
    let mut mended = |text: &str| match mending {
        Some(mending) => mending.rules.rewritten(text, &mut noticed),
        None => text.to_owned(),
    };
    if let Some((_, file)) = opening {
        let text = text(file)?;
        let (front, text) = front(&text);
        let text = mended(text);
        let outline = Outline::of(&text);
        let titled = outline.first(front.title.as_deref()).map(|index| &outline.marks[index]);
        parts.opening = untitled(&text, titled);
        parts.front = front;
        parts.front.title =
            parts.front.title.take().or_else(|| titled.map(|mark| mark.words.clone()));
    }
    let mut taken = Names::new(std::iter::empty());
    for (name, file) in in_order(files)
        .into_iter()
        .filter(|(path, _)| opening.is_none_or(|(opening, _)| opening != *path))
    {
        let text = text(file)?;
        let (front, text) = front(&text);
        let text = mended(text);
        let outline = Outline::of(&text);
        let headed = outline.marks.first().is_some_and(|mark| mark.block == 0);
        let stem = name.name().rsplit_once('.').map_or(name.name(), |(stem, _)| stem);
        let mut id = || {
            taken.unique(
                Some(markdown::section_id(stem))
                    .filter(|id| is_slug(id))
                    .map_or_else(|| outline::id(stem), str::to_owned),
            )
        };
        match front.title {
            _ if headed && outline.blocks > 1 => parts.sections.push(Part { id: id(), text }),
            Some(title) if !headed && outline.blocks > 0 => {
                parts
                    .sections
                    .push(Part { id: id(), text: format!("## {}\n\n{text}", escaped(&title)) });
            }
            _ => {
                let before =
                    parts.sections.last_mut().map_or(&mut parts.opening, |part| &mut part.text);
                before.push_str("\n\n");
                before.push_str(&text);
            }
        }
    }
    parts.noticed = noticed;
    Ok(parts)
}

/// Returns files in the order of the numbers their names begin with, those without one last.
fn in_order(files: &Tree<File>) -> Vec<(&TreePath, &File)> {
    let number = |path: &TreePath| {
        let digits = path.name().len()
            - path.name().trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
        path.name()[..digits].parse().unwrap_or(u64::MAX)
    };
    let mut files: Vec<(&TreePath, &File)> = files.iter().collect();
    files.sort_by_key(|(path, _)| (number(path), *path));
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;

    fn files(given: &Given) -> Vec<(String, String)> {
        let files =
            imported(&DocumentId::new("acceptable-use").unwrap(), given, None).unwrap().files;
        let text = |file: &File| String::from_utf8(file.bytes().to_vec()).unwrap();
        files.iter().map(|(path, file)| (path.name().to_owned(), text(file))).collect()
    }

    fn file(text: &str) -> Given {
        Given::File(File::new(text.as_bytes()))
    }

    /// Returns the title of a text, its opening words and its sections, in a line.
    fn described(given: &Given) -> String {
        let mut files = files(given);
        let (_, opening) = files.pop().unwrap();
        let (title, opening) =
            opening.strip_prefix("---\ntitle: ").unwrap().split_once("\n---\n").unwrap();
        let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let sections = files.iter().map(|(name, text)| format!(" | {name}: {}", line(text)));
        line(&format!("{title} | {opening}{}", sections.collect::<String>()))
    }

    #[test]
    fn a_file_is_split_at_the_shallowest_headings_that_stand_twice() {
        let cases = [
            (
                "# Use\n\nWords.\n\n## One\n\na\n\n### Deep\n\nb\n\n## Two!\n\nc\n",
                "Use | Words. | 010-one.md: ## One a ### Deep b | 020-two.md: ## Two! c",
            ),
            (
                "Use\n===\n\nOne\n---\na\n\nTwo\n---\nb",
                "Use | | 010-one.md: One --- a | 020-two.md: Two --- b",
            ),
            (
                "# Use\n\n## Only\n\n### One\n\na\n### Two\n\nb",
                "Use | ## Only | 010-one.md: ### One a | 020-two.md: ### Two b",
            ),
            ("# Use\n\n## Only\n\na", "Use | ## Only a"),
            (
                "# Use\n\n```\n## One\n## Two\n```\n\n- ## Three\n- ## Four\n",
                "Use | ``` ## One ## Two ``` - ## Three - ## Four",
            ),
            (
                "# Use\n# One\na\n## x\nb\n# Two\nc\n",
                "Use | | 010-one.md: # One a ## x b | 020-two.md: # Two c",
            ),
            (
                "## One\na\n## Two\nb\n## Three\nc\n",
                "Acceptable use | | 010-one.md: ## One a | 020-two.md: ## Two b | 030-three.md: ## Three c",
            ),
            ("Words.\n\n# Use\nmore\n", "Use | Words. more"),
            ("Words only.\n", "Acceptable use | Words only."),
            (
                "# Use\n## One\n## Two\na\n## Three\nb\n## Four\n",
                "Use | | 010-one.md: ## One ## Two a | 020-three.md: ## Three b ## Four",
            ),
            (
                "# Use\n## A {#b}\na\n## B\nb\n## B\nc\n## Übung & 王\nd\n## 王\ne",
                "Use | | 010-b.md: ## A {#b} a | 020-b-2.md: ## B b | 030-b-3.md: ## B c | 040-ubung.md: ## Übung & 王 d | 050-part.md: ## 王 e",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(described(&file(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn front_matter_is_dropped_but_for_its_title() {
        let cases = [
            ("---\ntitle: Fair use\ntags: [a]\n---\n\n# Fair Use\n\nWords.", "Fair use | Words."),
            (
                "---\ntitle: Fair use\n---\n# Other\n## A\na\n## B\nb",
                "Fair use | # Other | 010-a.md: ## A a | 020-b.md: ## B b",
            ),
            ("---\ndate: 2020\n---\n# Use\na", "Use | a"),
            ("---\ntitle: a: b\n---\n# Use\na", "Use | a"),
            ("---\n---\n# Use\na", "Use | a"),
            ("---\n\nA rule above.\n\n---\n\n# Use\n", "Use | --- A rule above. ---"),
        ];
        for (text, expected) in cases {
            assert_eq!(described(&file(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn a_link_finds_its_definition_where_it_is_used() {
        let text = "# Use\n\n## One\n\n[Here][x], [there].\n\n## Two\n\n[x]\n\n[x]: https://a.example/\n[THERE]: https://b.example/\n";
        let one = "## One [Here][x], [there]. [x]: https://a.example/ [THERE]: https://b.example/";
        assert_eq!(
            described(&file(text)),
            format!(
                "Use | | 010-one.md: {one} | 020-two.md: ## Two [x] [x]: https://a.example/ [THERE]: https://b.example/"
            )
        );
    }

    #[test]
    fn a_folder_is_taken_file_by_file() {
        let folder = |files: &[(&str, &str)]| Given::Folder {
            files: files
                .iter()
                .map(|(name, text)| (TreePath::new(name).unwrap(), File::new(text.as_bytes())))
                .collect(),
            others: 0,
        };
        let given = folder(&[
            ("100-late.md", "# Late\n\na\n"),
            ("20-early.md", "## Early\n\nb\n\n## More\n\nc\n"),
            ("README.md", "# Use\n\nWords.\n"),
            ("annex.md", "---\ntitle: The *annex*\n---\nd\n"),
            ("notes.md", "e\n"),
        ]);
        assert_eq!(
            described(&given),
            "Use | Words. | 010-early.md: ## Early b ## More c | 020-late.md: # Late a | 030-annex.md: ## The \\*annex\\* d e"
        );
        assert_eq!(
            described(&folder(&[("a.md", "# A\n\na")])),
            "Acceptable use | | 010-a.md: # A a"
        );
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let id = DocumentId::new("security").unwrap();
        assert_eq!(
            imported(&id, &Given::File(File::new(*b"\xff")), None).unwrap_err(),
            Unreadable::NotText
        );
        assert_eq!(imported(&id, &file(" \n"), None).unwrap_err(), Unreadable::Empty);
        assert_eq!(
            imported(&id, &Given::Folder { files: Tree::new(), others: 1 }, None).unwrap_err(),
            Unreadable::Empty
        );
    }

    proptest::proptest! {
        #[test]
        fn the_parts_joined_are_the_text_that_was_given(text in "(# |## |### |\n|\n\n|```\n|- |> |===\n|---\n|    |a|b c|\\*|\\[x\\]|!|<p>|\\{#z\\}|é|\\PC)*") {
            let given = Source::new(&TreePath::new("a.md").unwrap(), &File::new(text.as_bytes())).unwrap().text.into_owned();
            let (_, words) = front(&given);
            let title = front(&given).0.title;
            let id = DocumentId::new("a").unwrap();
            let titled = Outline::of(words).title(&id, None).filter(|_| title.is_none());
            let outline = Outline::of(words);
            if let Ok(taken) = imported(&id, &file(&text), None) {
                let mut files: Vec<String> = taken.files.into_iter().map(|(_, file)| String::from_utf8(file.bytes().to_vec()).unwrap()).collect();
                files.rotate_right(1);
                let joined = files.concat();
                let joined = &joined[crate::parse::front_matter_of(&joined).len()..];
                let expected = untitled(words, titled.map(|index| &outline.marks[index]));
                proptest::prop_assert_eq!(joined, expected);
            }
        }

        #[test]
        fn whatever_is_imported_can_be_frozen(text in "(# |## |### |\n|\n\n|```\n|- |> |===\n|---\n|    |a|b c|\\*|\\[x\\]|!|<p>|\\{#z\\}|é|\\PC)*") {
            let id = DocumentId::new("a").unwrap();
            if let Ok(Taken { files, .. }) = imported(&id, &file(&text), None) {
                let mut diagnostics = Diagnostics::new();
                let document = crate::parse::document(&files, &TreePath::new("content").unwrap(), &id, false, &mut diagnostics);
                proptest::prop_assert!(diagnostics.is_empty(), "{:?}", diagnostics);
                proptest::prop_assert_eq!(document.unwrap().policy().unwrap().sections.len(), files.len() - 1);
            }
        }
    }
}
