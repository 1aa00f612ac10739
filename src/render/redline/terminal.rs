//! A redline for the terminal: coloured, or with `[-what went-]` and `{+what came+}` where there is
//! no colour.

use std::collections::HashMap;

use anstyle::{AnsiColor, Style};

use crate::messages::{Messages, Phrase};
use crate::redline::{
    Cell, Fate, Kind, Leaf, Piece, Place, Redline, Row, Rows, SectionChange, Shape, Side, Stretch,
};
use crate::render::redline::Compared;

const BOLD: Style = Style::new().bold();
const GONE: Style = AnsiColor::Red.on_default().strikethrough();
const CAME: Style = AnsiColor::Green.on_default().underline();
const QUIET: Style = AnsiColor::Yellow.on_default();

/// Returns a line for each changed section.
pub fn changed_sections(compared: &Compared<'_>, coloured: bool) -> String {
    let redline = &compared.redline;
    let mut text = head(compared, coloured);
    text.push_str(&promises(compared));
    let width = redline
        .sections
        .iter()
        .map(|section| name(section).chars().count())
        .max()
        .unwrap_or(0)
        .min(60);
    for section in &redline.sections {
        text.push_str(&format!(
            "  {:10}  {:width$}  +{} -{} words\n",
            Messages::english().get(section.kind.message()),
            name(section),
            section.added,
            section.removed
        ));
    }
    let (added, removed) = compared.words();
    let changes = redline.changes.len();
    text.push_str(&format!(
        "  {changes} change{}, +{added} -{removed} words\n",
        if changes == 1 { "" } else { "s" }
    ));
    text
}

/// Returns the changed leaves of each changed section, word by word.
pub fn changed_words(compared: &Compared<'_>, coloured: bool) -> String {
    let (redline, promises) = (&compared.redline, promises(compared));
    if redline.changes.is_empty() && promises.is_empty() {
        return String::new();
    }
    let mut text = head(compared, coloured);
    if !promises.is_empty() {
        text.push_str(&format!("\n{promises}"));
    }
    let places = |side: fn(&SectionChange) -> Option<usize>| {
        redline
            .sections
            .iter()
            .enumerate()
            .filter_map(|(place, section)| Some((side(section)?, place)))
            .collect()
    };
    let (old_sections, new_sections) =
        (places(|section| section.old), places(|section| section.new));
    let printer = Printer { redline, coloured, old_sections, new_sections };
    let (mut last, mut begun) = (None, false);
    for piece in &redline.pieces {
        let lines = printer.piece(piece);
        if lines.is_empty() {
            continue;
        }
        match printer.section(piece) {
            Some((at, section)) if last.replace(at) != Some(at) => {
                let moved = if section.moved { ", moved" } else { "" };
                let line = format!(
                    "{}{moved}: {}  +{} -{} words",
                    Messages::english().get(section.kind.message()),
                    name(section),
                    section.added,
                    section.removed
                );
                text.push_str(&format!("\n{}\n\n", printer.styled(BOLD, &line)));
            }
            None if !begun => text.push('\n'),
            _ => {}
        }
        begun = true;
        lines.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
    }
    let numbers = redline.changes.iter().flat_map(|change| &change.numbers);
    let numbers: Vec<String> = numbers
        .map(|number| {
            format!("  {} → {} {}", number.old, number.new, number.unit).trim_end().to_owned()
                + "\n"
        })
        .collect();
    if !numbers.is_empty() {
        text.push_str(&format!("\n{}\n\n", printer.styled(BOLD, "numbers that changed")));
        text.extend(numbers);
    }
    text.push('\n');
    text
}

/// Returns a line for each promise that changed.
fn promises(compared: &Compared<'_>) -> String {
    compared
        .commitments
        .iter()
        .map(|change| format!("  {}\n", harmless(&change.phrase().english())))
        .collect()
}

fn head(compared: &Compared<'_>, coloured: bool) -> String {
    let line = format!(
        "{}: from {} to {}",
        harmless(compared.title),
        harmless(compared.from.label),
        harmless(compared.to.label)
    );
    let line = if coloured { format!("{BOLD}{line}{BOLD:#}\n") } else { format!("{line}\n") };
    let releases = compared.spanned.iter();
    releases.fold(line, |lines, release| {
        lines
            + &format!(
                "  {}  {}  {}\n",
                release.id,
                release.kind.as_str(),
                harmless(&release.summary)
            )
    })
}

fn name(section: &SectionChange) -> String {
    let title = section.title_in(Messages::english());
    match section.before_in(Messages::english()) {
        Some(before) => harmless(&format!("{before} → {title}")),
        None => harmless(title),
    }
}

struct Printer<'a> {
    redline: &'a Redline<'a>,
    coloured: bool,
    /// Where the sections of both versions stand among those that changed.
    old_sections: HashMap<usize, usize>,
    new_sections: HashMap<usize, usize>,
}

impl Printer<'_> {
    fn styled(&self, style: Style, text: &str) -> String {
        if self.coloured { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Returns the changed section that a piece belongs to, and its place.
    fn section(&self, piece: &Piece) -> Option<(usize, &SectionChange)> {
        let section = self.redline.leaf(piece.leaf).section()?;
        let place = match piece.leaf {
            Side::Old(_) => self.old_sections.get(&section),
            Side::New(_) => self.new_sections.get(&section),
        };
        place.map(|place| (*place, &self.redline.sections[*place]))
    }

    /// Returns the lines that show a piece; none where nothing changed in it.
    fn piece(&self, piece: &Piece) -> Vec<String> {
        let (old, new) = (self.redline.old, self.redline.new);
        let leaf = self.redline.leaf(piece.leaf);
        let mut lines = Vec::new();
        let turned = piece.turns.iter().filter(|turn| turn.change.is_some());
        lines.extend(
            turned.map(|turn| self.styled(QUIET, &format!("({})", harmless(&turn.said.english())))),
        );
        if let Some(rows) = &piece.rows {
            lines.extend(self.rows(rows, leaf.is_records()));
            return lines;
        }
        match piece.place {
            Place::MovedAway(number) => {
                return vec![
                    self.styled(QUIET, &format!("(moved, {}) {}", number + 1, beginning(leaf))),
                ];
            }
            Place::SectionMovedAway(number) => {
                return vec![self.styled(
                    QUIET,
                    &format!("(section moved, {}) {}", number + 1, beginning(leaf)),
                )];
            }
            Place::MovedHere(number) => {
                lines.push(self.styled(QUIET, &format!("(moved here, {})", number + 1)))
            }
            _ if leaf.kind == Kind::Rule && piece.place != Place::Kept => {
                return vec!["(a rule)".to_owned()];
            }
            _ => {}
        }
        if lines.is_empty() && !changed(&piece.stretches) {
            return lines;
        }
        let sign = match (&leaf.kind, piece.path.last().map(|container| container.shape)) {
            (Kind::Heading(level, _), _) => format!("{} ", "#".repeat(usize::from(*level))),
            (_, Some(Shape::Item(Some(number)))) => format!("{number}. "),
            (_, Some(Shape::Item(None))) => "- ".to_owned(),
            (_, Some(Shape::Quote(_))) => "> ".to_owned(),
            _ => String::new(),
        };
        lines.push(format!(
            "{sign}{}",
            self.stretches(&piece.stretches, &|leaf| old.leaves.get(leaf), &|leaf| new
                .leaves
                .get(leaf))
        ));
        lines
    }

    /// Returns the lines that show the rows in which something changed: below their head, or, of a
    /// record, its fields with their names.
    fn rows(&self, rows: &Rows, records: bool) -> Vec<String> {
        let cells = rows.cells(self.redline.old, self.redline.new);
        let words = |row: &Row, cell: &Cell| {
            let [old, new] = cells.of(row, cell);
            self.stretches(&cell.stretches, &|_| old, &|_| new)
        };
        let touched = |row: &&Row| {
            row.turn.is_some() || row.cells.iter().any(|cell| changed(&cell.stretches))
        };
        let line = |row: &Row| {
            let turn = row
                .turn
                .as_ref()
                .map(|turn| self.styled(QUIET, &format!(" ({})", turn.said.english())))
                .unwrap_or_default();
            format!(
                "| {} |{turn}",
                row.cells.iter().map(|cell| words(row, cell)).collect::<Vec<_>>().join(" | ")
            )
        };
        let titles: Vec<&str> = rows.titles(&cells).collect();
        let Some((head, rows)) = rows.rows.split_first() else {
            return Vec::new();
        };
        if !records {
            let shown: Vec<String> = rows.iter().filter(touched).map(line).collect();
            let head = Some(line(head)).filter(|_| touched(&head) || !shown.is_empty());
            return head.into_iter().chain(shown).collect();
        }
        let record = |row: &Row| {
            let fields =
                titles.iter().zip(&row.cells).skip(1).filter(|(_, cell)| changed(&cell.stretches));
            let fields =
                fields.map(|(title, cell)| format!("{}: {}", harmless(title), words(row, cell)));
            let name = row.cells.first().map(|cell| words(row, cell)).unwrap_or_default();
            std::iter::once(name).chain(fields).collect::<Vec<_>>().join(" | ")
        };
        rows.iter().filter(touched).map(record).collect()
    }

    fn stretches<'b>(
        &self,
        stretches: &[Stretch],
        old: &dyn Fn(usize) -> Option<&'b Leaf>,
        new: &dyn Fn(usize) -> Option<&'b Leaf>,
    ) -> String {
        let mut text = String::new();
        let mut pending: Option<String> = None;
        for stretch in stretches {
            let words = match (&stretch.new, &stretch.old) {
                (Some((leaf, tokens)), _) => new(*leaf).map(|leaf| (leaf, tokens)),
                (None, Some((leaf, tokens))) => old(*leaf).map(|leaf| (leaf, tokens)),
                (None, None) => {
                    text.push_str(&self.styled(
                        QUIET,
                        if stretch.fate == Fate::Split { "(¶ split)" } else { " (¶ joined)" },
                    ));
                    text.push(' ');
                    continue;
                }
            };
            let Some((leaf, tokens)) = words.filter(|(_, tokens)| !tokens.is_empty()) else {
                continue;
            };
            let (first, last) = (&leaf.tokens[tokens.start], &leaf.tokens[tokens.end - 1]);
            if first.space && !text.is_empty() && !text.ends_with(' ') {
                text.push(' ');
            }
            let said = self.redline.said_beside(stretch).map(Phrase::english);
            text.push_str(&self.marked(
                stretch.fate,
                &harmless(&leaf.text[first.start..last.end]),
                said.as_deref(),
            ));
            // A line that begins, or white space in code, is told behind both typings.
            pending = said.filter(|_| stretch.fate == Fate::TypedBefore).or(pending);
            if let Some(said) = pending.take_if(|_| stretch.fate == Fate::TypedNow) {
                text.push_str(&self.styled(QUIET, &format!(" ({})", harmless(&said))));
            }
        }
        text
    }

    fn marked(&self, fate: Fate, words: &str, said: Option<&str>) -> String {
        match (fate, self.coloured) {
            (Fate::Removed | Fate::TypedBefore, true) => self.styled(GONE, words),
            (Fate::Removed | Fate::TypedBefore, false) => format!("[-{words}-]"),
            (Fate::Added | Fate::TypedNow, true) => self.styled(CAME, words),
            (Fate::Added | Fate::TypedNow, false) => format!("{{+{words}+}}"),
            (Fate::Relinked, _) => format!(
                "{words} {}",
                self.styled(QUIET, &format!("({})", said.unwrap_or("leads elsewhere")))
            ),
            (Fate::Reset, _) => format!(
                "{words} {}",
                self.styled(QUIET, &format!("({})", said.unwrap_or("set differently")))
            ),
            (Fate::Kept | Fate::Split | Fate::Joined, _) => words.to_owned(),
        }
    }
}

fn changed(stretches: &[Stretch]) -> bool {
    stretches.iter().any(|stretch| stretch.fate != Fate::Kept)
}

fn beginning(leaf: &Leaf) -> String {
    harmless(&leaf.text.chars().take(60).collect::<String>())
}

/// Returns a text in one line, without what terminals obey.
fn harmless(text: &str) -> String {
    text.chars()
        .map(|letter| match letter {
            '\n' | '\t' => ' ',
            letter if letter.is_control() => '¿',
            letter => letter,
        })
        .collect()
}
