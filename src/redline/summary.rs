//! What changed, in a list: every change, the sections with their counts, and the numbers that became others.

use std::ops::Range;

use crate::redline::Redline;
use crate::redline::change::Change;
use crate::redline::change::ChangeKind;
use crate::redline::change::NumberChange;
use crate::redline::change::SectionChange;
use crate::redline::piece::Fate;
use crate::redline::piece::Piece;
use crate::redline::piece::Place;
use crate::redline::piece::Row;
use crate::redline::piece::Side;
use crate::redline::piece::Stretch;
use crate::redline::sections::By;
use crate::redline::sections::Same;
use crate::redline::token::Class;
use crate::redline::token::Token;
use crate::redline::wording::Kind;
use crate::redline::wording::Leaf;
use crate::redline::wording::Wording;

/// Lists the changes of a redline and its sections.
pub fn summarise(redline: &mut Redline<'_>, same: &[Same]) {
    let sections = merged(redline, same);
    let mut begun = vec![false; sections.len()];
    let mut lister = Lister { old: redline.old, new: redline.new, changes: Vec::new(), section: 0, sections };
    let mut pieces = std::mem::take(&mut redline.pieces);
    for piece in &mut pieces {
        let section = place(redline, &lister.sections, piece);
        lister.section = section;
        if !matches!(piece.place, Place::SectionMovedAway(_)) && !std::mem::replace(&mut begun[section], true) {
            let new = lister.sections[section].new;
            let moved = redline.moved.values_mut().find(|moved| Some(moved.section) == new);
            if let Some(moved) = moved {
                moved.change = lister.change(ChangeKind::Moved, (None, None));
            }
        }
        lister.piece(piece);
    }
    redline.pieces = pieces;
    let Lister { changes, mut sections, .. } = lister;
    for (index, change) in changes.iter().enumerate() {
        let section = &mut sections[change.section];
        section.changes.push(index);
        section.removed += change.words.0;
        section.added += change.words.1;
    }
    let mut kept = Vec::new();
    let mut places = vec![0; sections.len()];
    for (index, mut section) in sections.into_iter().enumerate() {
        places[index] = kept.len();
        if let Some(kind) = kind(redline, &section, &changes) {
            section.kind = kind;
            kept.push(section);
        }
    }
    redline.changes = changes.into_iter().map(|change| Change { section: places[change.section], ..change }).collect();
    redline.sections = kept;
}

/// Returns the sections of both versions in the order in which they are shown.
fn merged(redline: &Redline<'_>, same: &[Same]) -> Vec<SectionChange> {
    let (old, new) = (redline.old, redline.new);
    let mut merged: Vec<SectionChange> = Vec::new();
    let section = |old_at: Option<usize>, new_at: Option<usize>, by: Option<By>| {
        let title = |wording: &Wording, at: usize| match wording.sections[at].title.as_str() {
            "" => "opening words".to_owned(),
            title => title.to_owned(),
        };
        let (before, now) = (old_at.map(|at| title(old, at)), new_at.map(|at| title(new, at)));
        SectionChange {
            kind: ChangeKind::Edited,
            moved: same.iter().any(|same| same.moved && Some(same.new) == new_at),
            title: now.clone().or_else(|| before.clone()).unwrap_or_default(),
            before: before.filter(|before| now.as_ref().is_some_and(|now| now != before)),
            old: old_at,
            new: new_at,
            entry: false,
            by,
            added: 0,
            removed: 0,
            changes: Vec::new(),
        }
    };
    let mut gone = (0..old.sections.len()).filter(|at| !same.iter().any(|same| same.old == *at)).peekable();
    for new_at in 0..new.sections.len() {
        let partner = same.iter().find(|same| same.new == new_at);
        if let Some(partner) = partner.filter(|same| !same.moved) {
            while let Some(old_at) = gone.next_if(|at| *at < partner.old) {
                merged.push(section(Some(old_at), None, None));
            }
        }
        merged.push(section(partner.map(|same| same.old), Some(new_at), partner.map(|same| same.by)));
    }
    merged.extend(gone.map(|old_at| section(Some(old_at), None, None)));
    merged
}

/// Returns the section a piece belongs to.
fn place(redline: &Redline<'_>, sections: &[SectionChange], piece: &Piece) -> usize {
    let found = match piece.leaf {
        Side::Old(leaf) => {
            let section = redline.old.leaves[leaf].section();
            sections.iter().position(|change| change.old == section)
        }
        Side::New(leaf) => {
            let section = redline.new.leaves[leaf].section();
            sections.iter().position(|change| change.new == section)
        }
    };
    found.unwrap_or(0)
}

/// Says what became of a section; nothing where nothing did.
fn kind(redline: &Redline<'_>, section: &SectionChange, changes: &[Change]) -> Option<ChangeKind> {
    if section.entry {
        return (!section.changes.is_empty()).then_some(section.kind);
    }
    let (Some(old), Some(new)) = (section.old, section.new) else {
        let kind = if section.new.is_some() { ChangeKind::Added } else { ChangeKind::Removed };
        return (!section.changes.is_empty()).then_some(kind);
    };
    let words = |wording: &Wording, at: usize| -> (Vec<String>, bool) {
        let part = &wording.sections[at];
        let heading = wording.leaves[part.first..part.end].first().filter(|leaf| matches!(leaf.kind, Kind::Heading(..)));
        let words = heading.map(spoken_words).unwrap_or_default();
        (words, heading.is_some())
    };
    let ((before, was_headed), (now, is_headed)) = (words(redline.old, old), words(redline.new, new));
    let number = |words: &[String]| words.iter().position(|word| !word.chars().all(char::is_numeric)).unwrap_or(words.len());
    if section.before.is_some() && (before != now || was_headed != is_headed) {
        let same = was_headed == is_headed && before[number(&before)..] == now[number(&now)..];
        let edited = section.changes.iter().any(|change| changes[*change].kind < ChangeKind::Link);
        return match same {
            false => Some(ChangeKind::Renamed),
            true if edited && section.added + section.removed > number(&before) + number(&now) => Some(ChangeKind::Edited),
            true => Some(ChangeKind::Renumbered),
        };
    }
    match section.changes.iter().map(|change| changes[*change].kind).min() {
        Some(ChangeKind::Moved) if section.moved => Some(ChangeKind::Moved),
        Some(ChangeKind::Link | ChangeKind::Format) => Some(ChangeKind::Format),
        Some(_) => Some(ChangeKind::Edited),
        None => None,
    }
}

fn spoken_words(leaf: &Leaf) -> Vec<String> {
    leaf.tokens.iter().filter(|token| token.is_spoken()).map(|token| leaf.letters(token).to_owned()).collect()
}

struct Lister<'a> {
    old: &'a Wording,
    new: &'a Wording,
    changes: Vec<Change>,
    /// The section whose changes are listed.
    section: usize,
    sections: Vec<SectionChange>,
}

/// The rows of both versions of a table, the heads first, and what its columns are called.
struct Table<'a> {
    old: Vec<&'a [Leaf]>,
    new: Vec<&'a [Leaf]>,
    titles: Vec<&'a str>,
    /// Whether it is a list of records: one that comes or goes is told with what its fields are called, all but the first, its name.
    records: bool,
}

type Lines = Option<(usize, usize)>;

/// Words of a leaf.
type Said<'a> = (&'a Leaf, Range<usize>);

impl Lister<'_> {
    /// Lists a change and returns its place in the list.
    fn change(&mut self, kind: ChangeKind, (old_lines, new_lines): (Lines, Lines)) -> usize {
        self.changes.push(Change {
            kind,
            section: self.section,
            column: None,
            old: String::new(),
            new: String::new(),
            words: (0, 0),
            old_lines,
            new_lines,
            numbers: Vec::new(),
        });
        self.changes.len() - 1
    }

    fn piece(&mut self, piece: &mut Piece) {
        let (leaf, came) = match piece.leaf {
            Side::Old(leaf) => (&self.old.leaves[leaf], false),
            Side::New(leaf) => (&self.new.leaves[leaf], true),
        };
        let lines = Some(leaf.lines).filter(|lines| lines.0 > 0);
        let here = if came { (None, lines) } else { (lines, None) };
        match piece.place {
            Place::MovedAway(_) | Place::SectionMovedAway(_) => return,
            Place::MovedHere(_) => piece.change = Some(self.change(ChangeKind::Moved, here)),
            _ => {}
        }
        let (old, new) = (self.old, self.new);
        match &mut piece.rows {
            Some(rows) if !leaf.is_records() && matches!(piece.place, Place::Added | Place::Removed) => {
                let change = self.whole(leaf.cells().map(|cell| ("", cell)), came, here);
                rows.rows.iter_mut().take(1).for_each(|row| row.change = change);
            }
            Some(rows) => {
                let (old, new) = rows.leaves(old, new);
                let titles: Vec<&str> = rows.titles(&old, &new).collect();
                let table = Table { old, new, titles, records: leaf.is_records() };
                rows.rows.iter_mut().for_each(|row| self.row(row, &table, here));
            }
            None => self.hunks(&mut piece.stretches, |leaf| &old.leaves[leaf], |leaf| &new.leaves[leaf], here),
        }
    }

    /// Lists what became of a row.
    fn row(&mut self, row: &mut Row, table: &Table<'_>, here: (Lines, Lines)) {
        let head = matches!(row.sides, (Some(0), _) | (_, Some(0)));
        let (before, now) = (row.sides.0.map(|at| table.old[at]), row.sides.1.map(|at| table.new[at]));
        if table.records {
            let kind = match (before, now) {
                _ if head => return,
                (None, _) => ChangeKind::Added,
                (_, None) => ChangeKind::Removed,
                _ => ChangeKind::Edited,
            };
            self.entry(now.or(before).unwrap_or_default(), kind);
        }
        let names = table.titles.iter().enumerate().map(|(at, title)| if table.records && at > 0 { title } else { "" });
        let cells = row.cells.iter_mut();
        match (before, now) {
            (Some(old), Some(new)) => {
                for (cell, title) in cells.zip(&table.titles) {
                    let (old, new) = (cell.column.0.and_then(|at| old.get(at)), cell.column.1.and_then(|at| new.get(at)));
                    let stands = "a stretch of a version stands in its cell";
                    let first = self.changes.len();
                    self.hunks(&mut cell.stretches, |_| old.expect(stands), |_| new.expect(stands), here);
                    let column = Some(*title).filter(|title| !head && !title.is_empty());
                    self.changes[first..].iter_mut().for_each(|change| change.column = column.map(str::to_owned));
                }
            }
            (Some(gone), _) => {
                let leaves = names.zip(cells).filter_map(|(name, cell)| Some((name, gone.get(cell.column.0?)?)));
                row.change = self.whole(leaves, false, here);
            }
            (_, Some(came)) => {
                let leaves = names.zip(cells).filter_map(|(name, cell)| Some((name, came.get(cell.column.1?)?)));
                row.change = self.whole(leaves, true, here);
            }
            (None, None) => {}
        }
    }

    /// Begins an entry of a list, told by its first cell.
    fn entry(&mut self, row: &[Leaf], kind: ChangeKind) {
        self.section = self.sections.len();
        self.sections.push(SectionChange {
            kind,
            moved: false,
            title: row.first().map(|cell| cell.text.clone()).unwrap_or_default(),
            before: None,
            old: None,
            new: None,
            entry: true,
            by: None,
            added: 0,
            removed: 0,
            changes: Vec::new(),
        });
    }

    /// Lists leaves that came or went as one change, if they say anything; fields of a record with their names where there are some.
    fn whole<'a>(&mut self, leaves: impl Iterator<Item = (&'a str, &'a Leaf)>, came: bool, here: (Lines, Lines)) -> Option<usize> {
        let mut said: Vec<String> = Vec::new();
        let mut words = 0;
        for (name, leaf) in leaves {
            match name {
                "" => said.push(leaf.text.clone()),
                _ if leaf.text.is_empty() => {}
                _ => said.push(format!("{name}: {}", leaf.text)),
            }
            words += leaf.spoken();
        }
        let text = said.join(" | ");
        if text.trim_matches([' ', '|']).is_empty() {
            return None;
        }
        let place = self.change(if came { ChangeKind::Added } else { ChangeKind::Removed }, here);
        let change = &mut self.changes[place];
        match came {
            true => (change.new, change.words) = (text, (0, words)),
            false => (change.old, change.words) = (text, (words, 0)),
        }
        Some(place)
    }

    /// Lists the changes inside a leaf.
    fn hunks<'a>(
        &mut self,
        stretches: &mut [Stretch],
        old: impl Fn(usize) -> &'a Leaf,
        new: impl Fn(usize) -> &'a Leaf,
        here: (Lines, Lines),
    ) {
        for range in hunks(stretches) {
            let first = range.start;
            let hunk = &stretches[range];
            let fated = |fate: Fate| hunk.iter().filter(move |stretch| stretch.fate == fate);
            let went: Vec<Said<'a>> =
                fated(Fate::Removed).filter_map(|stretch| stretch.old.clone()).map(|(leaf, tokens)| (old(leaf), tokens)).collect();
            let came: Vec<Said<'a>> =
                fated(Fate::Added).filter_map(|stretch| stretch.new.clone()).map(|(leaf, tokens)| (new(leaf), tokens)).collect();
            let lines = |side: &[Said<'_>]| side.first().map(|(leaf, _)| leaf.lines).filter(|lines| lines.0 > 0);
            let words = |side: &[Said<'_>]| {
                side.iter().map(|(leaf, tokens)| leaf.tokens[tokens.clone()].iter().filter(|token| token.is_spoken()).count()).sum()
            };
            let (first_old, first_new) = (
                hunk.iter().find_map(|stretch| stretch.old.as_ref()).map(|(leaf, _)| old(*leaf).lines).filter(|lines| lines.0 > 0),
                hunk.iter().find_map(|stretch| stretch.new.as_ref()).map(|(leaf, _)| new(*leaf).lines).filter(|lines| lines.0 > 0),
            );
            let here = (lines(&went).or(first_old).or(here.0), lines(&came).or(first_new).or(here.1));
            let place = self.change(kind_of(hunk), here);
            let change = &mut self.changes[place];
            (change.old, change.new) = (text(&went), text(&came));
            change.words = (words(&went), words(&came));
            change.numbers = numbers(&went, &came);
            stretches[first].change = Some(place);
        }
    }
}

/// Says what became of the words of a hunk.
fn kind_of(hunk: &[Stretch]) -> ChangeKind {
    let has = |fate: Fate| hunk.iter().any(|stretch| stretch.fate == fate);
    let silent = |stretch: &Stretch| match (&stretch.old, &stretch.new) {
        (Some((_, tokens)), _) | (_, Some((_, tokens))) => tokens.is_empty(),
        _ => false,
    };
    match (has(Fate::Removed), has(Fate::Added)) {
        _ if hunk.iter().all(silent) => ChangeKind::Format,
        (true, true) => ChangeKind::Edited,
        (true, false) => ChangeKind::Removed,
        (false, true) => ChangeKind::Added,
        _ if has(Fate::Split) => ChangeKind::Split,
        _ if has(Fate::Joined) => ChangeKind::Joined,
        _ if has(Fate::Relinked) => ChangeKind::Link,
        _ => ChangeKind::Format,
    }
}

/// Returns the runs of stretches in which something changed.
fn hunks(stretches: &[Stretch]) -> Vec<Range<usize>> {
    let mut hunks: Vec<Range<usize>> = Vec::new();
    for (index, _) in stretches.iter().enumerate().filter(|(_, stretch)| stretch.fate != Fate::Kept) {
        match hunks.last_mut() {
            Some(last) if last.end == index => last.end += 1,
            _ => hunks.push(index..index + 1),
        }
    }
    hunks
}

/// Returns words as one text.
fn text(side: &[Said<'_>]) -> String {
    let said = side.iter().filter_map(|(leaf, tokens)| {
        let (first, last) = (leaf.tokens.get(tokens.start)?, leaf.tokens.get(tokens.end.checked_sub(1)?)?);
        Some(leaf.text[first.start..last.end].trim())
    });
    said.collect::<Vec<_>>().join(" ")
}

/// Returns the numbers that became others, first to first, second to second.
fn numbers(went: &[Said<'_>], came: &[Said<'_>]) -> Vec<NumberChange> {
    /// How many words after a number are told with it.
    const UNIT: usize = 2;
    /// Marks that are a unit.
    const SIGNS: [&str; 5] = ["%", "‰", "°", "€", "$"];
    let numbers = |side: &[Said<'_>]| -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (leaf, tokens) in side {
            for at in tokens.clone().filter(|at| leaf.tokens[*at].class == Class::Number) {
                let after = &leaf.tokens[at + 1..];
                let sign = after.first().filter(|token| SIGNS.contains(&leaf.letters(token)));
                let words = after.iter().take_while(|token| token.is_spoken()).take(UNIT);
                let unit: Vec<&Token> = sign.into_iter().chain(words).collect();
                let unit = unit.first().zip(unit.last()).map_or("", |(first, last)| &leaf.text[first.start..last.end]);
                found.push((leaf.letters(&leaf.tokens[at]).to_owned(), unit.to_owned()));
            }
        }
        found
    };
    let pairs = numbers(went).into_iter().zip(numbers(came));
    pairs.filter(|(old, new)| old.0 != new.0).map(|(old, new)| NumberChange { old: old.0, new: new.0, unit: new.1 }).collect()
}
