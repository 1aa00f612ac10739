//! What changed, in a list: every change, the sections with their counts, and the numbers that became others.

use std::collections::HashMap;
use std::collections::HashSet;
use std::ops::Range;

use crate::redline::Redline;
use crate::redline::change::Change;
use crate::redline::change::ChangeKind;
use crate::redline::change::NumberChange;
use crate::redline::change::SectionChange;
use crate::redline::piece::Cells;
use crate::redline::piece::Fate;
use crate::redline::piece::Piece;
use crate::redline::piece::Place;
use crate::redline::piece::Row;
use crate::redline::piece::Side;
use crate::redline::piece::Stretch;
use crate::redline::piece::Turn;
use crate::redline::quantity;
use crate::redline::quantity::Quantity;
use crate::redline::sections::By;
use crate::redline::sections::Same;
use crate::redline::token::Token;
use crate::redline::wording::Kind;
use crate::redline::wording::Leaf;
use crate::redline::wording::Wording;

/// Lists the changes of a redline and its sections.
pub fn summarise(redline: &mut Redline<'_>, same: &[Same]) {
    let sections = merged(redline, same);
    let mut begun = vec![false; sections.len()];
    let places = Places::new(redline, &sections);
    let moved: HashMap<usize, u32> = redline.moved.iter().map(|(container, moved)| (moved.section, *container)).collect();
    let mut lister = Lister { old: redline.old, new: redline.new, changes: Vec::new(), section: 0, sections, turned: HashSet::new() };
    let mut pieces = std::mem::take(&mut redline.pieces);
    for piece in &mut pieces {
        let section = places.of(redline, piece);
        lister.section = section;
        if !matches!(piece.place, Place::SectionMovedAway(_)) && !std::mem::replace(&mut begun[section], true) {
            let moved = lister.sections[section].new.and_then(|new| moved.get(&new));
            if let Some(moved) = moved.and_then(|container| redline.moved.get_mut(container)) {
                let lines = |wording: &Wording, section: Option<usize>| {
                    let part = &wording.sections[section?];
                    let lines = || wording.leaves[part.first..part.end].iter().map(|leaf| leaf.lines).filter(|lines| lines.0 > 0);
                    Some((lines().map(|lines| lines.0).min()?, lines().map(|lines| lines.1).max()?))
                };
                let SectionChange { old, new, .. } = lister.sections[section];
                moved.change = lister.change(ChangeKind::Moved, (lines(redline.old, old), lines(redline.new, new)));
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
    let mut known = vec![false; old.sections.len()];
    let mut partners: Vec<Option<&Same>> = vec![None; new.sections.len()];
    for same in same {
        known[same.old] = true;
        partners[same.new] = Some(same);
    }
    let section = |old_at: Option<usize>, new_at: Option<usize>, by: Option<By>| {
        let title = |wording: &Wording, at: usize| match wording.sections[at].title.as_str() {
            "" => "opening words".to_owned(),
            title => title.to_owned(),
        };
        let (before, now) = (old_at.map(|at| title(old, at)), new_at.map(|at| title(new, at)));
        SectionChange {
            kind: ChangeKind::Edited,
            moved: new_at.and_then(|at| partners[at]).is_some_and(|same| same.moved),
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
    let mut gone = (0..old.sections.len()).filter(|at| !known[*at]).peekable();
    let mut stayed = same.iter().filter(|same| !same.moved).peekable();
    for (new_at, partner) in partners.iter().enumerate() {
        while stayed.next_if(|same| same.new < new_at).is_some() {}
        // What is gone stands before what came in its place.
        let next = stayed.peek();
        while let Some(old_at) = gone.next_if(|at| next.is_none_or(|next| *at < next.old)) {
            merged.push(section(Some(old_at), None, None));
        }
        merged.push(section(partner.map(|same| same.old), Some(new_at), partner.map(|same| same.by)));
    }
    merged.extend(gone.map(|old_at| section(Some(old_at), None, None)));
    merged
}

/// Where the sections of both versions stand in the list of those of a redline.
struct Places {
    old: Vec<usize>,
    new: Vec<usize>,
}

impl Places {
    fn new(redline: &Redline<'_>, sections: &[SectionChange]) -> Places {
        let mut places = Places { old: vec![0; redline.old.sections.len()], new: vec![0; redline.new.sections.len()] };
        for (place, section) in sections.iter().enumerate() {
            section.old.into_iter().for_each(|at| places.old[at] = place);
            section.new.into_iter().for_each(|at| places.new[at] = place);
        }
        places
    }

    /// Returns the section a piece belongs to.
    fn of(&self, redline: &Redline<'_>, piece: &Piece) -> usize {
        let place = match piece.leaf {
            Side::Old(leaf) => redline.old.leaves[leaf].section().and_then(|section| self.old.get(section)),
            Side::New(leaf) => redline.new.leaves[leaf].section().and_then(|section| self.new.get(section)),
        };
        place.copied().unwrap_or(0)
    }
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
    let number = |words: &[String]| words.iter().position(|word| !quantity::is_clause_number(word)).unwrap_or(words.len());
    if section.before.is_some() && (before != now || was_headed != is_headed) {
        let same = was_headed == is_headed && before[number(&before)..] == now[number(&now)..];
        let edited = section.changes.iter().any(|change| changes[*change].kind < ChangeKind::Reframed);
        return match same {
            false => Some(ChangeKind::Renamed),
            true if edited && section.added + section.removed > number(&before) + number(&now) => Some(ChangeKind::Edited),
            true => Some(ChangeKind::Renumbered),
        };
    }
    match section.changes.iter().map(|change| changes[*change].kind).min() {
        Some(ChangeKind::Moved) if section.moved => Some(ChangeKind::Moved),
        Some(ChangeKind::Link | ChangeKind::Format) => Some(ChangeKind::Format),
        Some(kind @ (ChangeKind::Reframed | ChangeKind::Address)) => Some(kind),
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
    /// The turns that are listed, by their keys.
    turned: HashSet<(u32, u64)>,
}

/// A table, and what its columns are called.
struct Table<'a> {
    cells: Cells<'a>,
    titles: Vec<&'a str>,
    /// Whether it is a list of records: one that comes or goes is told with what its fields are called, all but the first, its name.
    records: bool,
}

type Lines = Option<(usize, usize)>;

/// Words of a leaf; no words, where they would stand.
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
            said: String::new(),
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
            Place::MovedHere(_) => {
                let before = piece.stretches.iter().find_map(|stretch| stretch.old.as_ref().map(|(leaf, _)| *leaf));
                let before = before.or(piece.rows.as_ref().and_then(|rows| rows.old)).map(|leaf| self.old.leaves[leaf].lines);
                piece.change = Some(self.change(ChangeKind::Moved, (before.filter(|lines| lines.0 > 0), here.1)));
            }
            _ => {}
        }
        for turn in &mut piece.turns {
            let kind = if turn.key == Turn::ADDRESS { ChangeKind::Address } else { ChangeKind::Reframed };
            if matches!(turn.key, Turn::ALONE | Turn::ADDRESS) || self.turned.insert(turn.key) {
                let change = self.change(kind, here);
                self.changes[change].said = turn.said.clone();
                turn.change = Some(change);
            }
        }
        let (old, new) = (self.old, self.new);
        match &mut piece.rows {
            Some(rows) if !leaf.is_records() && matches!(piece.place, Place::Added | Place::Removed) => {
                let change = self.whole(leaf.cells().map(|cell| ("", cell)), came, here);
                rows.rows.iter_mut().take(1).for_each(|row| row.change = change);
            }
            Some(rows) => {
                let cells = rows.cells(old, new);
                let titles: Vec<&str> = rows.titles(&cells).collect();
                let table = Table { cells, titles, records: leaf.is_records() };
                rows.rows.iter_mut().for_each(|row| self.row(row, &table));
            }
            None if leaf.tokens.is_empty() && matches!(piece.place, Place::Added | Place::Removed) => {
                let what = if leaf.kind == Kind::Rule { "a line across the page" } else { "an item without words" };
                let change = self.change(ChangeKind::Reframed, here);
                self.changes[change].said = format!("{what} {}", if came { "was added" } else { "was removed" });
                piece.stretches.iter_mut().take(1).for_each(|stretch| stretch.change = Some(change));
            }
            None => self.hunks(&mut piece.stretches, |leaf| &old.leaves[leaf], |leaf| &new.leaves[leaf], here),
        }
    }

    /// Lists what became of a row.
    fn row(&mut self, row: &mut Row, table: &Table<'_>) {
        let head = matches!(row.sides, (Some(0), _) | (_, Some(0)));
        let (before, now) = (row.sides.0.map(|at| table.cells.old[at]), row.sides.1.map(|at| table.cells.new[at]));
        let lines = |row: Option<&[Leaf]>| row?.first().map(|cell| cell.lines).filter(|lines| lines.0 > 0);
        let here = (lines(before), lines(now));
        if let Some(turn) = &mut row.turn {
            let change = self.change(ChangeKind::Reframed, here);
            self.changes[change].said = turn.said.clone();
            turn.change = Some(change);
        }
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

    /// Says whether words that stayed are struck out by their author now, or no longer.
    fn struck<'a>(&self, stretch: &Stretch, old: &impl Fn(usize) -> &'a Leaf, new: &impl Fn(usize) -> &'a Leaf) -> Option<&'static str> {
        let ((old_leaf, before), (new_leaf, now)) = stretch.old.as_ref().zip(stretch.new.as_ref())?;
        let struck =
            |leaf: &Leaf, token: usize, wording: &Wording| leaf.style_of(&leaf.tokens[token], wording).is_some_and(|style| style.strike);
        let mut states =
            before.clone().zip(now.clone()).map(|(i, j)| (struck(old(*old_leaf), i, self.old), struck(new(*new_leaf), j, self.new)));
        match states.find(|(was, is)| was != is)? {
            (_, true) => Some("struck out now"),
            (_, false) => Some("no longer struck out"),
        }
    }

    /// Says whether a line begins, or white space in code is another, before words that stayed.
    fn respaced<'a>(&self, hunk: &[Stretch], old: &impl Fn(usize) -> &'a Leaf, new: &impl Fn(usize) -> &'a Leaf) -> Option<&'static str> {
        hunk.windows(2).find_map(|pair| {
            let ((old_leaf, before), (new_leaf, now)) = pair[0].old.as_ref().zip(pair[1].new.as_ref())?;
            let (old, new) = (old(*old_leaf), new(*new_leaf));
            let typed = pair[0].fate == Fate::TypedBefore && pair[1].fate == Fate::TypedNow;
            let gaps = typed.then(|| (old.gap(before.start), new.gap(now.start))).filter(|(was, is)| was != is)?;
            let code = new.style_of(&new.tokens[now.start], self.new).is_some_and(|style| style.code) || matches!(new.kind, Kind::Code(_));
            match (gaps.0.contains('\n'), gaps.1.contains('\n')) {
                _ if code => Some("other white space in code"),
                (false, true) => Some("a line begins here"),
                (true, false) => Some("no line begins here any more"),
                _ => None,
            }
        })
    }

    /// Says where words that stayed lead now, and where they led before.
    fn led<'a>(&self, stretch: &Stretch, old: &impl Fn(usize) -> &'a Leaf, new: &impl Fn(usize) -> &'a Leaf) -> Option<String> {
        let ((old_leaf, before), (new_leaf, now)) =
            stretch.old.as_ref().zip(stretch.new.as_ref()).filter(|_| stretch.fate == Fate::Relinked)?;
        let style = |leaf: &Leaf, token: usize, wording: &'_ Wording| leaf.style_of(&leaf.tokens[token], wording).cloned();
        let (was, is) = (style(old(*old_leaf), before.start, self.old)?, style(new(*new_leaf), now.start, self.new)?);
        Some(match (was.link, is.link) {
            (Some((from, _)), Some((to, _))) if from != to => format!("leads to {to}, before to {from}"),
            (Some((_, before)), Some((_, now))) if before != now => format!("titled “{now}”, before “{before}”"),
            (None, Some((to, _))) => format!("leads to {to}"),
            (Some((from, _)), None) => format!("leads no longer to {from}"),
            _ if was.image != is.image => format!("shows {}, before {}", is.image.unwrap_or_default(), was.image.unwrap_or_default()),
            _ => return None,
        })
    }

    /// Tells whether a stretch is the mark of a footnote that is typed otherwise: by its number.
    fn is_number_of_note<'a>(&self, stretch: &Stretch, old: &impl Fn(usize) -> &'a Leaf, new: &impl Fn(usize) -> &'a Leaf) -> bool {
        let (leaf, tokens, wording) = match (stretch.fate, &stretch.old, &stretch.new) {
            (Fate::TypedBefore, Some((leaf, tokens)), _) => (old(*leaf), tokens, self.old),
            (Fate::TypedNow, _, Some((leaf, tokens))) => (new(*leaf), tokens, self.new),
            _ => return false,
        };
        tokens.clone().all(|token| leaf.style_of(&leaf.tokens[token], wording).is_some_and(|style| style.note.is_some()))
    }

    /// Lists the changes inside a leaf.
    fn hunks<'a>(
        &mut self,
        stretches: &mut [Stretch],
        old: impl Fn(usize) -> &'a Leaf,
        new: impl Fn(usize) -> &'a Leaf,
        here: (Lines, Lines),
    ) {
        let mut numbers = Numbers::default();
        for range in hunks(stretches) {
            let first = range.start;
            let around = (places(stretches, &range, |stretch| &stretch.old), places(stretches, &range, |stretch| &stretch.new));
            let hunk = &stretches[range];
            // A footnote that has another number now is the same.
            if hunk.iter().all(|stretch| self.is_number_of_note(stretch, &old, &new)) {
                continue;
            }
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
            let struck = hunk.iter().find_map(|stretch| self.struck(stretch, &old, &new));
            let said = struck.map(str::to_owned).or_else(|| hunk.iter().find_map(|stretch| self.led(stretch, &old, &new)));
            let spaced = self.respaced(hunk, &old, &new).filter(|_| kind_of(hunk) == ChangeKind::Format);
            let said = said.or(spaced.map(str::to_owned));
            let kind = match (struck, spaced) {
                (Some(_), _) => kind_of(hunk).min(ChangeKind::Edited),
                (None, Some(_)) => ChangeKind::Reframed,
                (None, None) => kind_of(hunk),
            };
            let place = self.change(kind, here);
            let change = &mut self.changes[place];
            change.said = said.unwrap_or_default();
            (change.old, change.new) = (text(&went), text(&came));
            if change.kind == ChangeKind::Format {
                // What is only set or typed otherwise is quoted as it was and as it is; none of its words went or came.
                let (mut before, mut now): (Vec<Said<'a>>, Vec<Said<'a>>) = (Vec::new(), Vec::new());
                for stretch in hunk {
                    before.extend(stretch.old.clone().map(|(at, tokens)| (old(at), tokens)));
                    now.extend(stretch.new.clone().map(|(at, tokens)| (new(at), tokens)));
                }
                (change.old, change.new) = (text(&before), text(&now));
                if change.old == change.new && !change.new.is_empty() {
                    change.said = format!("“{}” is set differently", std::mem::take(&mut change.new));
                    change.old.clear();
                }
            }
            change.words = (words(&went), words(&came));
            if !(went.is_empty() && came.is_empty()) {
                let said = |places: Vec<(usize, Range<usize>)>, leaf: &dyn Fn(usize) -> &'a Leaf| -> Vec<Said<'a>> {
                    places.into_iter().map(|(at, tokens)| (leaf(at), tokens)).collect()
                };
                change.numbers = numbers.between(&said(around.0, &old), &said(around.1, &new));
            }
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

/// Returns where a hunk is in one version: the words of it there, or the place between two where there are none.
fn places(
    stretches: &[Stretch],
    hunk: &Range<usize>,
    side: impl Fn(&Stretch) -> &Option<(usize, Range<usize>)>,
) -> Vec<(usize, Range<usize>)> {
    let words: Vec<(usize, Range<usize>)> = stretches[hunk.clone()].iter().filter_map(|stretch| side(stretch).clone()).collect();
    if !words.is_empty() {
        return words;
    }
    let before = stretches[..hunk.start].iter().rev().find_map(|stretch| side(stretch).as_ref());
    let after = || stretches[hunk.end..].iter().find_map(|stretch| side(stretch).as_ref());
    let place = before.map(|(leaf, tokens)| (*leaf, tokens.end..tokens.end));
    place.or_else(|| after().map(|(leaf, tokens)| (*leaf, tokens.start..tokens.start))).into_iter().collect()
}

/// Returns words as one text: those of a leaf as they stand there, with what is between them.
fn text(side: &[Said<'_>]) -> String {
    let mut whole: Vec<Said<'_>> = Vec::new();
    for (leaf, tokens) in side {
        match whole.last_mut() {
            Some((last, until)) if std::ptr::eq(*last, *leaf) => until.end = tokens.end,
            _ => whole.push((leaf, tokens.clone())),
        }
    }
    let said = whole.iter().filter_map(|(leaf, tokens)| {
        let (first, last) = (leaf.tokens.get(tokens.start)?, leaf.tokens.get(tokens.end.checked_sub(1)?)?);
        Some(leaf.text[first.start..last.end].trim())
    });
    said.collect::<Vec<_>>().join(" ")
}

/// The numbers of a leaf that became others. One that two changes touch is told with the first.
#[derive(Default)]
struct Numbers {
    /// The quantities of each leaf that changed, by the place of the leaf in memory.
    found: HashMap<*const Leaf, Vec<Quantity>>,
    told: HashSet<[(*const Leaf, usize); 2]>,
}

impl Numbers {
    /// Returns the numbers that became others where words did.
    fn between(&mut self, went: &[Said<'_>], came: &[Said<'_>]) -> Vec<NumberChange> {
        let (old, new) = (self.touched(went), self.touched(came));
        let sides = [&old, &new].map(|side| side.iter().map(|(leaf, quantity)| (leaf.text.as_str(), quantity)).collect::<Vec<_>>());
        let mut changes = Vec::new();
        for (from, to) in quantity::pairs(&sides[0], &sides[1]) {
            let places = [&old[from], &new[to]].map(|(leaf, quantity)| (std::ptr::from_ref::<Leaf>(leaf), quantity.tokens.start));
            if self.told.insert(places) {
                let change = quantity::told(sides[0][from], sides[1][to]);
                changes.extend(change.map(|(old, new, unit)| NumberChange { old, new, unit }));
            }
        }
        changes
    }

    /// Returns the quantities that a change touches, but for the number that a heading or a clause begins with.
    fn touched<'a>(&mut self, side: &[Said<'a>]) -> Vec<(&'a Leaf, Quantity)> {
        let mut touched: Vec<(&Leaf, Quantity)> = Vec::new();
        for (leaf, tokens) in side {
            let all = self.found.entry(*leaf).or_insert_with(|| quantity::quantities(&leaf.text, &leaf.tokens));
            let first = all.partition_point(|quantity| quantity.tokens.end <= tokens.start);
            for quantity in all[first..].iter().take_while(|quantity| quantity.is_touched(tokens)) {
                let known = touched.last().is_some_and(|(other, last)| std::ptr::eq(*other, *leaf) && last == quantity);
                if !known && !is_own(leaf, quantity) {
                    touched.push((leaf, quantity.clone()));
                }
            }
        }
        touched
    }
}

/// Tells whether a quantity is what numbers a heading or a clause, and nothing that is said there: no year, no `30 days`.
fn is_own(leaf: &Leaf, quantity: &Quantity) -> bool {
    if quantity.tokens.start > 0 || quantity.is_of_time(&leaf.text) {
        return false;
    }
    let first = leaf.letters(&leaf.tokens[0]);
    let ends = |next: &Token| !next.space && matches!(leaf.letters(next), "." | ")");
    let dotted = leaf.tokens.len() > 2 && ends(&leaf.tokens[1]);
    let year = first.len() == 4 && first.bytes().all(|digit| digit.is_ascii_digit());
    quantity::is_clause_number(first) && !year && (matches!(leaf.kind, Kind::Heading(..)) || first.starts_with('(') || dotted)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::People;
    use crate::redline::between;
    use crate::redline::trial::PARAGRAPHS;
    use crate::redline::trial::checked;
    use crate::redline::trial::document;

    /// Returns the sections that changed: kind, title, the one before, words that went and came.
    fn sections(old: &str, new: &str) -> Vec<String> {
        checked(old, new, |redline| {
            let tell = |section: &SectionChange| {
                let before = section.before.as_deref().map(|before| format!(" ({before})")).unwrap_or_default();
                let moved = if section.moved { ">" } else { "" };
                assert!(
                    !section.entry
                        && section.old.is_some() == (section.kind != ChangeKind::Added)
                        && section.new.is_some() == (section.kind != ChangeKind::Removed)
                );
                format!("{moved}{} {}{before} -{}+{}", section.kind.as_str(), section.title, section.removed, section.added)
            };
            redline.sections.iter().map(tell).collect()
        })
    }

    fn section(title: &str, text: &str) -> String {
        format!("## {title}\n\n{text}\n\n")
    }

    #[test]
    fn a_section_is_told_by_what_became_of_it() {
        let [a, b, c] = PARAGRAPHS;
        let (first, second, third) = (section("A", a), section("B", b), section("C", c));
        let all = format!("{first}{second}{third}");
        assert_eq!(sections(&all, &format!("{first}{third}")), ["removed B -18+0"]);
        assert_eq!(sections(&format!("{first}{third}"), &all), ["added B -0+18"]);
        assert_eq!(sections(&all, &all.replace("two", "five")), ["changed A -1+1"]);
        assert_eq!(sections(&all, &all.replace("## B", "## Bee")), ["renamed Bee (B) -1+1"]);
        assert_eq!(sections(&all, &all.replace("two", "**two**")), ["format A -0+0"]);
        assert_eq!(sections(&all, &format!("{second}{third}{first}")), [">moved A -0+0"]);
        assert_eq!(sections(&all, &format!("{second}{third}{}", first.replace("two", "five"))), [">changed A -1+1"]);
        assert_eq!(sections(&format!("{second}x\n\n{third}"), &format!("{second}y\n\n{third}")), ["changed B -1+1"]);
        assert_eq!(sections("", &first), ["added A -0+17"]);
        assert_eq!(sections(&format!("Hello there.\n\n{first}"), &format!("Hello all.\n\n{first}")), ["changed opening words -1+1"]);
        let linked = |to: &str| format!("{first}See [there](https://{to}.example/).");
        assert_eq!(sections(&linked("x"), &linked("y")), ["format A -0+0"]);
    }

    #[test]
    fn a_section_with_another_number_is_renumbered() {
        let [a, b, _] = PARAGRAPHS;
        assert_eq!(sections(&section("1. Reply", a), &section("2. Reply", a)), ["renumbered 2. Reply (1. Reply) -1+1"]);
        assert_eq!(sections(&section("1. Reply", a), &section("1.2 Reply", a)), ["renumbered 1.2 Reply (1. Reply) -1+1"]);
        assert_eq!(sections(&section("Reply", a), &section("2. Reply", a)), ["renumbered 2. Reply (Reply) -0+1"]);
        assert_eq!(sections(&section("1. Reply", a), &section("2. Replies", a)), ["renamed 2. Replies (1. Reply) -2+2"]);
        let edited = a.replace("two", "five");
        assert_eq!(sections(&section("1. Reply", a), &section("2. Reply", &edited)), ["changed 2. Reply (1. Reply) -2+2"]);
        assert_eq!(sections(&section("Reply", a), &section("Reply!", a)), ["changed Reply! (Reply) -0+0"]);
        let all = format!("{}{}", section("1. Reply", a), section("2. Data", b));
        assert_eq!(sections(&section("1. Data", b), &all), ["added 1. Reply -0+18", "renumbered 2. Data (1. Data) -1+1"]);
        assert_eq!(sections(&all, &section("1. Data", b)), ["removed 1. Reply -18+0", "renumbered 1. Data (2. Data) -1+1"]);
    }

    #[test]
    fn sections_are_shown_in_the_order_of_both_versions() {
        let [a, b, c] = PARAGRAPHS;
        let other = |title: &str, word: &str| section(title, &format!("{word}1 {word}2 {word}3 {word}4"));
        let old = format!("{}{}{}{}", other("O", "o"), section("A", a), other("P", "p"), section("B", b));
        let new = format!(
            "{}{}{}{}{}",
            section("A", &a.replace("two", "five")),
            other("Q", "q"),
            section("B", &b.replace("us", "them")),
            section("C", c),
            ""
        );
        assert_eq!(
            sections(&old, &new),
            ["removed O -5+0", "changed A -1+1", "removed P -5+0", "added Q -0+5", "changed B -1+1", "added C -0+16"]
        );
        // One that moved does not pull what is gone along with it.
        let old =
            format!("{}{}{}{}", section("A", a), other("O", "o"), section("B", &format!("{b} {c}")), section("C", &format!("{c} {b} {c}")));
        let new = format!("{}{}{}", section("B", &format!("{b} {c}")), section("C", &format!("{c} {b} {c}")), section("A", a));
        assert_eq!(sections(&old, &new), ["removed O -5+0", ">moved A -0+0"]);
    }

    #[test]
    fn a_change_knows_its_lines() {
        let lines = |old: &str, new: &str| {
            checked(old, new, |redline| redline.changes.iter().map(|change| (change.old_lines, change.new_lines)).collect::<Vec<_>>())
        };
        assert_eq!(lines("a\n\nb c d", "a\n\n\n\nb x\nd"), [(Some((3, 3)), Some((5, 6)))]);
        assert_eq!(lines("a\n\nb\n\nc", "a\n\nc"), [(Some((3, 3)), None)]);
        assert_eq!(lines("a\n\nc", "a\n\nb\n\nc"), [(None, Some((3, 3)))]);
        assert_eq!(lines("a b c", "a c"), [(Some((1, 1)), Some((1, 1)))]);
        let [a, b, c] = PARAGRAPHS;
        assert_eq!(lines(&format!("{a}\n\n{b}\n\n{c}"), &format!("{b}\n\n{c}\n\n{a}")), [(Some((1, 1)), Some((5, 5)))]);
        let (one, two) = (format!("## A\n\n{a}\n\n"), format!("## B\n\n{b}\n\n{c}\n\n"));
        assert_eq!(lines(&format!("{one}{two}"), &format!("{two}{one}")), [(Some((1, 3)), Some((7, 9)))], "a section that moved");
        assert_eq!(lines("| a |\n|--|\n| b |", "| a |\n|--|\n| b |\n| c |"), [(None, Some((4, 4)))]);
    }

    #[test]
    fn words_of_a_cell_are_told_with_their_column() {
        let columns = |old: &str, new: &str| {
            checked(old, new, |redline| redline.changes.iter().map(|change| change.column.clone().unwrap_or_default()).collect::<Vec<_>>())
        };
        assert_eq!(columns("| h | i |\n|--|--|\n| a | b |", "| h | i |\n|--|--|\n| a | c |"), ["i"]);
        assert_eq!(columns("| h | i |\n|--|--|\n| a | b |", "| h | k |\n|--|--|\n| a | b |"), [""]);
        assert_eq!(columns("| h | |\n|--|--|\n| a | b |", "| h | |\n|--|--|\n| a | c |"), [""]);
        assert_eq!(columns("| h | i |\n|--|--|\n| a | b |", "| h | i |\n|--|--|\n| a | b |\n| c | d |"), [""]);
        assert_eq!(columns("a b", "a c"), [""]);
    }

    #[test]
    fn numbers_that_became_others_are_told_with_their_unit() {
        let numbers = |old: &str, new: &str| {
            checked(old, new, |redline| {
                let numbers = redline.changes.iter().flat_map(|change| &change.numbers);
                numbers.map(|number| format!("{}>{} {}", number.old, number.new, number.unit)).collect::<Vec<_>>()
            })
        };
        assert_eq!(numbers("within 48 business hours of it", "within 72 business hours of it"), ["48>72 business hours"]);
        assert_eq!(numbers("at 10 %, 20€ or 30 ‰ now", "at 11 %, 21€ or 31 ‰ now"), ["10>11 %", "20>21 €", "30>31 ‰"]);
        assert_eq!(numbers("at 5 ° now, 6 $", "at 7 ° now, 8 $"), ["5>7 °", "6>8 $"]);
        assert_eq!(numbers("of 5, or 6", "of 7, or 8"), ["5>7 ", "6>8 "]);
        assert_eq!(numbers("within 5 business days", "within 5 days"), ["5 business days>5 days "]);
        assert_eq!(numbers("within 5 days", "within 5 business days"), ["5 days>5 business days "]);
        assert_eq!(numbers("by 2026-06-30, 10:30", "by 2026-09-30, 10:45"), ["2026-06-30>2026-09-30 ", "10:30>10:45 "]);
        assert_eq!(numbers("by 30 June 2026 at last", "by 30 July 2026 at last"), ["30 June 2026>30 July 2026 "]);
        assert_eq!(numbers("by 30 June 2026 at last", "by 31 June 2027 at last"), ["30 June 2026>31 June 2027 "]);
        assert_eq!(numbers("bis zum 30. Juni 2026 zahlen", "bis zum 15. Juni 2026 zahlen"), ["30. Juni 2026>15. Juni 2026 "]);
        assert_eq!(numbers("le 30 juin 2026 au plus", "le 30 juin 2027 au plus"), ["30 juin 2026>30 juin 2027 "]);
        assert_eq!(numbers("up to €20m, or €5", "up to €10m, or $5"), ["€20m>€10m ", "€5>$5 "]);
        assert_eq!(numbers("a 1’000 b", "a 10’000 b"), ["1’000>10’000 b"]);
        assert_eq!(numbers("pay 10\u{202f}000 € now", "pay 12 000 € now"), ["10\u{202f}000>12 000 €"]);
        assert_eq!(numbers("pay 10\u{202f}000 € now", "pay 10 000 € now"), Vec::<String>::new());
        assert_eq!(numbers("at 15 % or", "at 20 % or"), ["15>20 %"]);
        assert_eq!(numbers("from 12/01/2026 on", "from 12/02/2026 on"), ["12/01/2026>12/02/2026 "]);
        assert_eq!(numbers("needs v2.10.3 of it", "needs v2.11.0 of it"), ["v2.10.3>v2.11.0 "]);
        assert_eq!(numbers("see § 4.2 and (a) there", "see § 4.3 and (b) there"), ["§ 4.2>§ 4.3 ", "(a)>(b) "]);
        assert_eq!(numbers("within thirty days of it", "within sixty days of it"), ["thirty>sixty days"]);
        assert_eq!(
            numbers("we answer within forty-eight (48) hours of it", "we answer within seventy-two (72) hours of it"),
            ["48>72 hours"]
        );
        assert_eq!(numbers("a b 5 days c", "a b 5 days or 7 weeks c"), Vec::<String>::new());
        assert_eq!(numbers("# 1. One\n\nx", "# 2. One\n\nx"), Vec::<String>::new());
        assert_eq!(numbers("# 1 One of a few\n\nx", "# 2 One of a few\n\nx"), Vec::<String>::new());
        assert_eq!(numbers("# 30 days of notice\n\nx", "# 60 days of notice\n\nx"), ["30>60 days"]);
        assert_eq!(numbers("# 2026 in short\n\nx", "# 2027 in short\n\nx"), ["2026>2027 "]);
        assert_eq!(numbers("5. One of a few", "6. One of a few"), Vec::<String>::new());
        assert_eq!(numbers("(a) one two", "(b) one two"), Vec::<String>::new());
        assert_eq!(numbers("(a) one 5 two", "(b) one 6 two"), ["5>6 two"]);
        assert_eq!(numbers("in 5 days", "in five days"), Vec::<String>::new());
        assert_eq!(numbers("a 5 b", "x 5 y"), Vec::<String>::new());
        assert_eq!(numbers("| h | i |\n|--|--|\n| a | 5 days |", "| h | i |\n|--|--|\n| a | 6 days |"), ["5>6 days"]);
    }

    #[test]
    fn the_words_of_a_change_are_its_own() {
        assert_eq!(crate::redline::trial::told("a, b c.", "a, d c."), ["changed [-b-]{+d+}"]);
        assert_eq!(crate::redline::trial::told("a b", "a b!"), ["added [--]{+!+}"]);
        assert_eq!(crate::redline::trial::told("---\n\na", "a"), ["structure: a line across the page was removed"]);
        assert_eq!(crate::redline::trial::told("a", "a\n\n---"), ["structure: a line across the page was added"]);
        let mark = |fate: Fate| vec![Stretch::mark(fate)];
        let link = Stretch { fate: Fate::Relinked, old: Some((0, 0..1)), new: Some((0, 0..1)), change: None };
        let set = Stretch { fate: Fate::Reset, ..link.clone() };
        let (came, went) = (Stretch::added(0, 0..1), Stretch::removed(0, 0..1));
        for (hunk, kind) in [
            (mark(Fate::Split), ChangeKind::Split),
            (mark(Fate::Joined), ChangeKind::Joined),
            (vec![link.clone(), set.clone()], ChangeKind::Link),
            (vec![set.clone()], ChangeKind::Format),
            (vec![came.clone()], ChangeKind::Added),
            (vec![went.clone(), link.clone()], ChangeKind::Removed),
            (vec![went, came.clone()], ChangeKind::Edited),
            (vec![Stretch::mark(Fate::Split), came.clone()], ChangeKind::Added),
            (vec![Stretch::mark(Fate::Joined), link], ChangeKind::Joined),
            (vec![Stretch::added(0, 0..0)], ChangeKind::Format),
            (vec![Stretch::removed(0, 3..3)], ChangeKind::Format),
        ] {
            assert_eq!(kind_of(&hunk), kind, "{hunk:?}");
        }
        let kept = Stretch { fate: Fate::Kept, ..set.clone() };
        assert_eq!(hunks(&[kept.clone(), came.clone(), set.clone(), kept.clone(), kept, came]), [1..3, 5..6]);
        assert!(Stretch::added(0, 2..2).is_empty() && !Stretch::removed(0, 2..3).is_empty() && !set.is_empty());
    }

    #[test]
    fn an_entry_of_a_list_is_told_by_its_name() {
        let list = |entries: &str| {
            let document = document("subprocessors", &[("subprocessors.yaml", &format!("note: Whom we ask.\nsubprocessors:\n{entries}"))]);
            (Wording::of(&document), document)
        };
        let (old, old_list) = list("- { name: Alpha, purpose: Mail }\n- { name: Beta, purpose: Error logs }\n");
        let (new, new_list) = list("- { name: Beta, purpose: Crash logs }\n- { name: Gamma, purpose: Backups, data: all }\n");
        let redline = between(&old, &new);
        crate::redline::trial::holds(&redline);
        let tell = |section: &SectionChange| {
            format!(
                "{} {} {} -{}+{} {:?}",
                section.entry,
                section.kind.as_str(),
                section.title,
                section.removed,
                section.added,
                section.changes
            )
        };
        let told: Vec<String> = redline.sections.iter().map(tell).collect();
        assert_eq!(told, ["true changed Beta -1+1 [0]", "true added Gamma -0+3 [1]", "true removed Alpha -2+0 [2]"]);
        assert_eq!(crate::redline::summary(Some(&old_list), Some(&new_list), &People::default()), redline.sections);
        assert_eq!(crate::redline::summary(Some(&old_list), Some(&old_list), &People::default()), []);
        let first = crate::redline::summary(None, Some(&new_list), &People::default());
        assert!(!first.is_empty() && first.iter().all(|section| section.kind == ChangeKind::Added), "{first:?}");
        // A field is told with its name where it came or went with its record.
        assert_eq!(
            redline.changes.iter().map(|change| format!("{} > {}", change.old, change.new)).collect::<Vec<_>>(),
            ["Error > Crash", " > Gamma | Purpose: Backups | Data: all", "Alpha | Purpose: Mail > ",]
        );
    }
}
