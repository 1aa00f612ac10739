//! A policy: the markdown files of one folder.

use std::collections::{BTreeSet, HashMap};

use jiff::ToSpan;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::{
    Block, Body, DocumentId, Element, Expanded, Heading, Mention, Placed, Policy, Section, is_slug,
    plain,
};
use crate::parse::across::Across;
use crate::parse::lists::one_of;
use crate::parse::markdown::{Reading, Standpoint};
use crate::parse::reference::References;
use crate::parse::{
    Fields, LARGEST_FILE, conflict, front_matter, invisible, markdown, obfuscated_mail, repeated,
};
use crate::tree::{File, Source, Span, TreePath};

/// The file that a policy begins with.
pub const OPENING: &str = "_index.md";

/// What the words of a draft are read by. Frozen words have none: they refer to nothing and cannot
/// be fixed.
pub struct Rules {
    /// What the words may refer to.
    pub references: References,
    /// Whether raw HTML reaches the page.
    pub raw_html: bool,
}

/// Reads a page that is no policy: one file with front matter.
pub fn page(
    root: &str,
    id: &DocumentId,
    path: &TreePath,
    file: &File,
    rules: &Rules,
    diagnostics: &mut Diagnostics,
) -> Option<Policy> {
    let (sections, mut across) = (BTreeSet::new(), Across::default());
    let reader = Reader { root, sections: &sections, rules: Some(rules) };
    let (opening, front) = reader.opening(path, file, &mut across, diagnostics)?;
    across.check(diagnostics);
    let mut page = Policy {
        id: id.clone(),
        title: front.title,
        summary: front.summary,
        order: front.order,
        review_every: None,
        raw_html: rules.raw_html,
        opening,
        sections: Vec::new(),
    };
    name_headings(&mut page, root, Some(rules), diagnostics);
    Some(page)
}

/// Reads the policy whose markdown files are given. `root` is the content folder they lie under.
pub fn policy(
    root: &str,
    id: &DocumentId,
    files: &[(&TreePath, &File)],
    rules: Option<&Rules>,
    diagnostics: &mut Diagnostics,
) -> Option<Policy> {
    let Some(&(path, file)) = files.iter().find(|(path, _)| path.name() == OPENING) else {
        let place =
            TreePath::new(&format!("{root}/{id}/{OPENING}")).expect("a policy's first file");
        let missing =
            Diagnostic::error(Code::MissingFile, format!("the policy `{id}` has no `{OPENING}`"))
                .in_file(&place);
        let other = files
            .iter()
            .map(|(path, _)| path.name())
            .find(|name| ["index.md", "readme.md"].contains(&name.to_lowercase().as_str()));
        let help = match other {
            Some(other) => format!("rename `{other}` to `{OPENING}`"),
            None => format!("write `{place}` with its title between two lines of `---`"),
        };
        diagnostics.push(missing.help(help).losing());
        return None;
    };
    let files = in_order(files, diagnostics);
    let sections: BTreeSet<&str> = files.iter().map(|(_, id, _)| *id).collect();
    let reader = Reader { root, sections: &sections, rules };
    let mut across = Across::default();
    let (opening, front) = reader.opening(path, file, &mut across, diagnostics)?;
    let read = |(path, id, file): &(&TreePath, &str, &File)| {
        reader.section(path, id, file, &mut across, diagnostics)
    };
    let sections = files.iter().filter_map(read).collect();
    if rules.is_some() {
        across.check(diagnostics);
    }
    let mut policy = Policy {
        id: id.clone(),
        title: front.title,
        summary: front.summary,
        order: front.order,
        review_every: front.review_every,
        raw_html: rules.is_some_and(|rules| rules.raw_html),
        opening,
        sections,
    };
    name_headings(&mut policy, root, rules, diagnostics);
    if rules.is_some() {
        repeated::check(&policy, diagnostics);
    }
    Some(policy)
}

/// Returns the sections with their ids, in the order of their numbers.
fn in_order<'a>(
    files: &[(&'a TreePath, &'a File)],
    diagnostics: &mut Diagnostics,
) -> Vec<(&'a TreePath, &'a str, &'a File)> {
    let mut sections = Vec::new();
    for &(path, file) in files.iter().filter(|(path, _)| path.name() != OPENING) {
        let name = path.name().strip_suffix(".md").unwrap_or(path.name());
        let id = markdown::section_id(name);
        if !is_slug(id) {
            let bad = Diagnostic::error(
                Code::BadName,
                format!("`{name}` cannot be the name of a section"),
            )
            .in_file(path);
            let meant = slug(name);
            let help = match is_slug(&meant) {
                true => format!("rename it, as in `{meant}.md`: lower-case letters, digits and single hyphens"),
                false => "name it by its place and its id, as in `10-reporting.md`: lower-case letters, digits and single hyphens".to_owned(),
            };
            diagnostics.push(bad.help(help).losing());
            continue;
        }
        let number: u64 =
            name[..name.len() - id.len()].trim_end_matches('-').parse().unwrap_or(u64::MAX);
        sections.push((number, path, id, file));
    }
    sections.sort_by_key(|(number, path, _, _)| (*number, *path));
    let mut seen: std::collections::BTreeMap<&str, &TreePath> = std::collections::BTreeMap::new();
    sections.retain(|(_, path, id, _)| match seen.get(id) {
        None => seen.insert(id, path).is_none(),
        Some(first) => {
            let twice =
                Diagnostic::error(Code::DuplicateId, format!("two sections have the id `{id}`"))
                    .in_file(path);
            diagnostics.push(
                twice
                    .help(format!("`{first}` has it already: give one of them another name"))
                    .losing(),
            );
            false
        }
    });
    sections.into_iter().map(|(_, path, id, file)| (path, id, file)).collect()
}

struct Reader<'a> {
    root: &'a str,
    sections: &'a BTreeSet<&'a str>,
    rules: Option<&'a Rules>,
}

struct Front {
    title: String,
    summary: Option<String>,
    order: i64,
    covers: Vec<Element>,
    review_every: Option<jiff::Span>,
}

impl Reader<'_> {
    fn opening(
        &self,
        path: &TreePath,
        file: &File,
        across: &mut Across,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Section, Front)> {
        let source = source(path, file, diagnostics)?;
        let front_matter::Front { node, words: start, broken } =
            front_matter::split(&source, diagnostics);
        let mut front = Front {
            title: String::new(),
            summary: None,
            order: 0,
            covers: Vec::new(),
            review_every: None,
        };
        // Versions that were released with no title keep it.
        if node.is_none() && !broken && (start == 0 || self.rules.is_some()) {
            let missing = Diagnostic::error(Code::MissingKey, "a policy has no `title`")
                .at(path, Span::default());
            diagnostics.push(
                missing.help(
                    "begin the file with a line of `---`, `title: …` and another line of `---`",
                ),
            );
        }
        if let Some(mut fields) =
            node.and_then(|node| Fields::open(path, "a policy", node, diagnostics))
        {
            front.title =
                fields.required("title", diagnostics).map(|title| title.value).unwrap_or_default();
            front.summary = fields.text("summary", diagnostics).map(|summary| summary.value);
            let whole = |text: &str| text.parse().map_err(|_| "write a whole number".to_owned());
            front.order = fields.parsed("order", diagnostics, whole).map_or(0, |order| order.value);
            front.covers = covers(&mut fields, diagnostics);
            front.review_every =
                fields.parsed("review_every", diagnostics, period).map(|every| every.value);
            fields.close(diagnostics);
        }
        let (section, reading) = self.words(&source, file, start, diagnostics)?;
        if self.rules.is_some() {
            across.take(&section, &reading);
        }
        let headings = headings(&reading);
        let top = headings.iter().map(|(level, ..)| *level).min().unwrap_or(2);
        let headings = headings
            .into_iter()
            .map(|(level, id, text, _)| heading(2 + level - top, id, text))
            .collect();
        Some((Section { headings, covers: std::mem::take(&mut front.covers), ..section }, front))
    }

    fn section(
        &self,
        path: &TreePath,
        id: &str,
        file: &File,
        across: &mut Across,
        diagnostics: &mut Diagnostics,
    ) -> Option<Section> {
        let source = source(path, file, diagnostics)?;
        let front_matter::Front { node, words: start, broken } =
            front_matter::split(&source, diagnostics);
        let (mut summary, mut covered) = (None, Vec::new());
        if let Some(mut fields) =
            node.and_then(|node| Fields::open(path, "a section", node, diagnostics))
        {
            summary = fields.text("summary", diagnostics).map(|summary| summary.value);
            covered = covers(&mut fields, diagnostics);
            fields.close(diagnostics);
        }
        let mut problems = Diagnostics::new();
        let (section, reading) = self.words(&source, file, start, &mut problems)?;
        if !matches!(reading.text.blocks.first(), Some(Block::Heading { .. })) {
            // A mark that should have made the heading is not reported in addition.
            let first = source.text.len() - source.text[start..].trim_start().len();
            let is_first = |found: &Diagnostic| {
                found.code == Code::StrayMark
                    && found
                        .place
                        .as_ref()
                        .and_then(|place| place.span)
                        .is_some_and(|span| span.start == first)
            };
            let (marks, others): (Vec<_>, Vec<_>) = problems.into_iter().partition(is_first);
            diagnostics.extend(others);
            let heading = || Diagnostic::error(Code::Heading, "a section begins with its heading");
            let found = match reading.text.blocks.first() {
                None if broken => return None,
                None => Diagnostic::error(Code::Empty, "the section is empty")
                    .help("add text, or remove the file"),
                Some(Block::Code { .. }) => heading()
                    .help("remove the code fence or the indentation that makes the words code"),
                Some(_) => heading().help("write the heading first, as in `## Reporting`"),
            };
            let fix = marks.first().and_then(Diagnostic::fix).cloned();
            diagnostics.push(found.at(path, Span::new(start, start)).with_fix(fix).losing());
            return None;
        }
        diagnostics.extend(problems);
        if reading.text.blocks.len() == 1 {
            let empty = Diagnostic::error(Code::Empty, "there is no text under the heading")
                .at(path, Span::new(start, start));
            diagnostics.push(empty.help("add text, or remove the file"));
        }
        if self.rules.is_some() {
            across.take(&section, &reading);
        }
        let headings = headings(&reading);
        let top = headings.first().map_or(1, |(level, ..)| *level);
        let title = headings.first().map(|(_, _, text, _)| text.clone()).unwrap_or_default();
        let below = |(index, (level, id, text, _)): (usize, (u8, Option<String>, String, Span))| {
            match index {
                0 => heading(2, id, text),
                _ => heading((2 + level).saturating_sub(top).clamp(3, 6), id, text),
            }
        };
        let headings = headings.into_iter().enumerate().map(below).collect();
        Some(Section { id: id.to_owned(), title, summary, covers: covered, headings, ..section })
    }

    /// Reads the words of a file from byte `start` on.
    fn words(
        &self,
        source: &Source<'_>,
        file: &File,
        start: usize,
        diagnostics: &mut Diagnostics,
    ) -> Option<(Section, Reading)> {
        let mut problems = Vec::new();
        let expanded = self
            .rules
            .and_then(|rules| rules.references.expand(&source.text[start..], &mut problems));
        let within = TreePath::new(source.path.within(self.root)?).ok()?;
        let standpoint = Standpoint { file: Some(&within), sections: self.sections };
        let read = if self.rules.is_some() { markdown::judged } else { markdown::outline };
        let mut reading = read(
            expanded.as_ref().map_or(&source.text[start..], |expanded| &expanded.text),
            standpoint,
        );
        let origin = |span: Span| {
            expanded.as_ref().map_or(span, |expanded| expanded.origin(span)).shift(start)
        };
        let written = |span: Span| {
            Some(
                expanded
                    .as_ref()
                    .map_or(Some(span), |expanded| expanded.written(span))?
                    .shift(start),
            )
        };
        if let Some(rules) = self.rules {
            obfuscated_mail::check(source, diagnostics);
            invisible::check(source, start, diagnostics);
            let whole = |(_, problem): &(Span, Diagnostic)| problem.code == Code::UnusedFootnote;
            let (unused, own): (Vec<_>, Vec<_>) = reading.problems.drain(..).partition(whole);
            reading.problems = unused;
            let shown = own.into_iter().filter(|(_, problem)| {
                !rules.raw_html
                    || problem.code != Code::RawHtml
                    || problem.severity == Severity::Error
            });
            // What is seen of words that were put in for a reference can be fixed in the list that
            // they come from only.
            let shown = shown
                .filter(|(span, problem)| !problem.code.judges_marks() || written(*span).is_some());
            let shown = shown
                .map(|(span, problem)| problem.at(source.path, origin(span)).with_fix_at(written));
            let dangling = problems.into_iter().map(|(span, problem)| (span.shift(start), problem));
            let dangling = dangling.map(|(span, problem)| {
                problem.at(source.path, span).with_fix_at(|span| Some(span.shift(start)))
            });
            diagnostics.extend(dangling.chain(shown));
        }
        let place = |mention: Mention| {
            let address = mention
                .address
                .and_then(|address| Some(Placed { span: written(address.span)?, ..address }));
            Mention { span: origin(mention.span), address, ..mention }
        };
        let mentions = reading.mentions.drain(..).map(place).collect();
        let line = 1 + memchr::memchr_iter(b'\n', &source.text.as_bytes()[..start]).count();
        let body = match (expanded, &source.text) {
            (Some(expanded), _) => Body::Whole(Expanded { line, ..expanded }, start),
            (None, std::borrow::Cow::Borrowed(text)) if text.len() == file.bytes().len() => {
                Body::Part(file.clone(), start..text.len())
            }
            (None, text) => Body::Whole(
                Expanded { text: text[start..].to_owned(), cuts: Vec::new(), line },
                start,
            ),
        };
        let section = Section {
            id: String::new(),
            title: String::new(),
            summary: None,
            covers: Vec::new(),
            file: within,
            body,
            headings: Vec::new(),
            mentions,
        };
        Some((section, reading))
    }
}

/// Takes what a section says that it covers.
fn covers(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Vec<Element> {
    let read =
        |text: &str| one_of(text, &Element::ALL, |(_, name, _)| name).map(|(element, ..)| element);
    let texts = fields.texts("covers", diagnostics);
    texts
        .into_iter()
        .filter_map(|text| fields.read("covers", text, diagnostics, read))
        .map(|covered| covered.value)
        .collect()
}

/// Reads a length of time in whole days or more: `1 year`, `6 months`, `90 days`.
fn period(text: &str) -> Result<jiff::Span, String> {
    let help = || "write a time such as `1 year`, `6 months` or `90 days`".to_owned();
    let (number, unit) = text.split_once(' ').ok_or_else(help)?;
    let number: i32 =
        number.parse().ok().filter(|number| (1..=1000).contains(number)).ok_or_else(help)?;
    match unit.trim().trim_end_matches('s') {
        "year" => Ok(number.years()),
        "month" => Ok(number.months()),
        "week" => Ok(number.weeks()),
        "day" => Ok(number.days()),
        _ => Err(help()),
    }
}

/// Returns true if a file is its author's to change.
fn is_draft(path: &TreePath) -> bool {
    path.within("content").is_some_and(|within| !within.starts_with("versions/"))
}

/// Reads a file as text, or reports why it is none, or why it is two.
pub fn source<'a>(
    path: &'a TreePath,
    file: &'a File,
    diagnostics: &mut Diagnostics,
) -> Option<Source<'a>> {
    if file.bytes().len() > LARGEST_FILE {
        let message = format!("the file is larger than {} MiB", LARGEST_FILE >> 20);
        diagnostics.push(
            Diagnostic::error(Code::TooLarge, message)
                .in_file(path)
                .help("split it into smaller files")
                .losing(),
        );
        return None;
    }
    match Source::new(path, file) {
        Ok(source) => match conflict(path, &source.text).filter(|_| is_draft(path)) {
            Some(found) => {
                diagnostics.push(found.losing());
                None
            }
            None => Some(source),
        },
        Err(span) => {
            let found = Diagnostic::error(Code::NotText, "the file is not UTF-8")
                .at(path, span)
                .label("first invalid byte");
            diagnostics.push(found.help("save it as UTF-8").losing());
            None
        }
    }
}

/// Returns level, pinned id, words and place of every heading that stands between blocks.
fn headings(reading: &Reading) -> Vec<(u8, Option<String>, String, Span)> {
    let heading = |block: &Block| match block {
        Block::Heading { level, id, text, span } => Some((*level, id.clone(), plain(text), *span)),
        _ => None,
    };
    reading.text.blocks.iter().filter_map(heading).collect()
}

fn heading(level: u8, id: Option<String>, text: String) -> Heading {
    Heading { level: level.min(6), id: id.unwrap_or_default().into(), text: text.into() }
}

/// Gives every heading an id that is unique on the page: the pinned one, else one made of the
/// section's id and the heading's words.
fn name_headings(
    policy: &mut Policy,
    root: &str,
    rules: Option<&Rules>,
    diagnostics: &mut Diagnostics,
) {
    let mut taken = Names::new(policy.sections.iter().map(|section| section.id.clone()));
    for section in std::iter::once(&mut policy.opening).chain(&mut policy.sections) {
        for heading in section.headings.iter_mut().filter(|heading| !heading.id.is_empty()) {
            let own = *heading.id == *section.id;
            if !own && !taken.take(heading.id.to_string()) {
                if rules.is_none() {
                    heading.id = "".into();
                    continue;
                }
                let twice = Diagnostic::error(
                    Code::DuplicateId,
                    format!("the id `{}` stands twice in the policy", heading.id),
                );
                let file = TreePath::new(&format!("{root}/{}", section.file))
                    .expect("a file under the root");
                diagnostics
                    .push(twice.in_file(&file).help("give one of the headings another `{#id}`"));
            }
        }
    }
    for section in std::iter::once(&mut policy.opening).chain(&mut policy.sections) {
        let id = section.id.clone();
        for (index, heading) in
            section.headings.iter_mut().enumerate().filter(|(_, heading)| heading.id.is_empty())
        {
            if index == 0 && !id.is_empty() {
                heading.id = id.clone().into();
                continue;
            }
            let words = slug(&heading.text);
            let base = if id.is_empty() { words } else { format!("{id}-{words}") };
            heading.id = taken.unique(base).into();
        }
    }
}

/// Names that are taken.
pub struct Names {
    taken: BTreeSet<String>,
    /// The number to try next for a name that was taken.
    next: HashMap<String, usize>,
}

impl Names {
    /// Returns names of which these are taken.
    pub fn new(taken: impl Iterator<Item = String>) -> Names {
        Names { taken: taken.collect(), next: HashMap::new() }
    }

    /// Takes a name, and tells whether it was free.
    pub fn take(&mut self, name: String) -> bool {
        self.taken.insert(name)
    }

    /// Takes `base`, or `base-2`, `base-3` and so on where that is taken.
    pub fn unique(&mut self, base: String) -> String {
        if self.taken.insert(base.clone()) {
            return base;
        }
        let next = self.next.entry(base.clone()).or_insert(2);
        loop {
            let name = format!("{base}-{next}");
            *next += 1;
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// Returns the letters and digits of a heading in lower case, with single hyphens between its
/// words.
pub fn slug(heading: &str) -> String {
    let mut slug = String::with_capacity(heading.len());
    for letter in heading.chars().flat_map(char::to_lowercase) {
        match letter.is_alphanumeric() {
            true => slug.push(letter),
            false if slug.ends_with('-') || slug.is_empty() => {}
            false => slug.push('-'),
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() { "part".to_owned() } else { slug.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_becomes_an_id() {
        assert_eq!(slug("Backups, and restores!"), "backups-and-restores");
        assert_eq!(slug("Übung 3.1"), "übung-3-1");
        assert_eq!(slug("???"), "part");
    }
}
