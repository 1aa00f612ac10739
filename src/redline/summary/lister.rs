//! The changes of pieces, rows and entries of lists, one after another.

use std::collections::{BTreeSet, HashSet};

use crate::messages::Phrase;
use crate::model::{Identity, outcome, repeated};
use crate::redline::change::{Change, ChangeKind, Fact, SectionChange};
use crate::redline::piece::{Cells, Piece, Place, Row, Side, Stretch, Turn};
use crate::redline::summary::hunks;
use crate::redline::summary::hunks::{Both, Hunk, Lines};
use crate::redline::wording::{Kind, Leaf, Wording};

/// Lists the changes of pieces, one after another.
pub struct Lister<'a> {
    /// The old version.
    pub old: &'a Wording,
    /// The new one.
    pub new: &'a Wording,
    /// The changes so far.
    pub changes: Vec<Change>,
    /// The section whose changes are listed.
    pub section: usize,
    /// The sections and entries that are known.
    pub sections: Vec<SectionChange>,
    /// The turns that are listed, by their keys.
    pub turned: HashSet<(u32, u64)>,
}

/// A table, and what its columns are called.
struct Table<'a> {
    cells: Cells<'a>,
    titles: Vec<&'a str>,
    /// What the rows of both versions are known by, where they are records: one that comes or goes
    /// is told with what its fields are called, all but the first, its name.
    records: Option<(&'a [Identity], &'a [Identity])>,
    /// The names that more than one of them has.
    repeated: BTreeSet<String>,
}

impl Lister<'_> {
    /// Lists a change and returns its place in the list.
    pub fn change(&mut self, kind: ChangeKind, (old_lines, new_lines): (Lines, Lines)) -> usize {
        self.changes.push(Change {
            kind,
            section: self.section,
            column: None,
            old: String::new(),
            new: String::new(),
            said: None,
            words: (0, 0),
            old_lines,
            new_lines,
            numbers: Vec::new(),
        });
        self.changes.len() - 1
    }

    /// Lists what became of a piece.
    pub fn piece(&mut self, piece: &mut Piece) {
        let (leaf, came) = match piece.leaf {
            Side::Old(leaf) => (&self.old.leaves[leaf], false),
            Side::New(leaf) => (&self.new.leaves[leaf], true),
        };
        let lines = Some(leaf.lines).filter(|lines| lines.0 > 0);
        let here = if came { (None, lines) } else { (lines, None) };
        match piece.place {
            Place::MovedAway(_) | Place::SectionMovedAway(_) => return,
            Place::MovedHere(_) => {
                let before = piece
                    .stretches
                    .iter()
                    .find_map(|stretch| stretch.old.as_ref().map(|(leaf, _)| *leaf));
                let before = before
                    .or(piece.rows.as_ref().and_then(|rows| rows.old))
                    .map(|leaf| self.old.leaves[leaf].lines);
                piece.change = Some(
                    self.change(ChangeKind::Moved, (before.filter(|lines| lines.0 > 0), here.1)),
                );
            }
            _ => {}
        }
        for turn in &mut piece.turns {
            let kind =
                if turn.key == Turn::ADDRESS { ChangeKind::Address } else { ChangeKind::Reframed };
            if matches!(turn.key, Turn::ALONE | Turn::ADDRESS) || self.turned.insert(turn.key) {
                let change = self.change(kind, here);
                self.changes[change].said = Some(turn.said.clone());
                turn.change = Some(change);
            }
        }
        let (old, new) = (self.old, self.new);
        match &mut piece.rows {
            Some(rows)
                if !leaf.is_records() && matches!(piece.place, Place::Added | Place::Removed) =>
            {
                let change = self.whole(leaf.cells().map(|cell| ("", cell)), came, here);
                rows.rows.iter_mut().take(1).for_each(|row| row.change = change);
            }
            Some(rows) => {
                let sides = (
                    rows.old.map(|at| &self.old.leaves[at]),
                    rows.new.map(|at| &self.new.leaves[at]),
                );
                let records = leaf.is_records().then(|| {
                    (
                        sides.0.map(Leaf::records).unwrap_or_default(),
                        sides.1.map(Leaf::records).unwrap_or_default(),
                    )
                });
                let cells = rows.cells(old, new);
                let titles: Vec<&str> = rows.titles(&cells).collect();
                let repeated = records.map(|(old, new)| repeated(old, new)).unwrap_or_default();
                let table = Table { cells, titles, records, repeated };
                rows.rows.iter_mut().for_each(|row| self.row(row, &table));
            }
            None if leaf.tokens.is_empty()
                && matches!(piece.place, Place::Added | Place::Removed) =>
            {
                let change = self.change(ChangeKind::Reframed, here);
                self.changes[change].said = Some(Phrase::new(match (&leaf.kind, came) {
                    (Kind::Rule, true) => "redline.rule.added",
                    (Kind::Rule, false) => "redline.rule.removed",
                    (_, true) => "redline.item.added",
                    (_, false) => "redline.item.removed",
                }));
                piece
                    .stretches
                    .iter_mut()
                    .take(1)
                    .for_each(|stretch| stretch.change = Some(change));
            }
            None => self.hunks(
                &mut piece.stretches,
                &|leaf| &old.leaves[leaf],
                &|leaf| &new.leaves[leaf],
                here,
            ),
        }
    }

    /// Lists what became of a row.
    fn row(&mut self, row: &mut Row, table: &Table<'_>) {
        let head = matches!(row.sides, (Some(0), _) | (_, Some(0)));
        let (before, now) =
            (row.sides.0.map(|at| table.cells.old[at]), row.sides.1.map(|at| table.cells.new[at]));
        let lines =
            |row: Option<&[Leaf]>| row?.first().map(|cell| cell.lines).filter(|lines| lines.0 > 0);
        let here = (lines(before), lines(now));
        if let Some(turn) = &mut row.turn {
            let change = self.change(ChangeKind::Reframed, here);
            self.changes[change].said = Some(turn.said.clone());
            turn.change = Some(change);
        }
        if let Some((old, new)) = table.records {
            if head {
                return;
            }
            let below = |at: Option<usize>| at.and_then(|at| at.checked_sub(1));
            let sides = (
                below(row.sides.0).and_then(|at| old.get(at)),
                below(row.sides.1).and_then(|at| new.get(at)),
            );
            let facts = before
                .zip(now)
                .map(|cells| self.facts(row, &table.titles, cells))
                .unwrap_or_default();
            self.entry(sides, &table.repeated, facts);
        }
        let named = table.records.is_some();
        let names = table
            .titles
            .iter()
            .enumerate()
            .map(|(at, title)| if named && at > 0 { title } else { "" });
        let cells = row.cells.iter_mut();
        match (before, now) {
            (Some(old), Some(new)) => {
                for (cell, title) in cells.zip(&table.titles) {
                    let (old, new) = (
                        cell.column.0.and_then(|at| old.get(at)),
                        cell.column.1.and_then(|at| new.get(at)),
                    );
                    let stands = "a stretch of a version stands in its cell";
                    let first = self.changes.len();
                    self.hunks(
                        &mut cell.stretches,
                        &|_| old.expect(stands),
                        &|_| new.expect(stands),
                        here,
                    );
                    let column = Some(*title).filter(|title| !head && !title.is_empty());
                    self.changes[first..]
                        .iter_mut()
                        .for_each(|change| change.column = column.map(str::to_owned));
                }
            }
            (Some(gone), _) => {
                let leaves = names
                    .zip(cells)
                    .filter_map(|(name, cell)| Some((name, gone.get(cell.column.0?)?)));
                row.change = self.whole(leaves, false, here);
            }
            (_, Some(came)) => {
                let leaves = names
                    .zip(cells)
                    .filter_map(|(name, cell)| Some((name, came.get(cell.column.1?)?)));
                row.change = self.whole(leaves, true, here);
            }
            (None, None) => {}
        }
    }

    /// Returns what the fields of an entry say otherwise now.
    fn facts(&self, row: &Row, titles: &[&str], (before, now): (&[Leaf], &[Leaf])) -> Vec<Fact> {
        let link = |cells: &[Leaf], wording: &Wording| {
            let styles = cells
                .first()
                .into_iter()
                .flat_map(|name| &name.runs)
                .filter_map(|(_, style)| wording.styles.get(*style as usize));
            styles
                .filter_map(|style| style.link.as_ref())
                .map(|(target, _)| target.to_string())
                .next()
                .unwrap_or_default()
        };
        let said = |cells: &[Leaf], column: Option<usize>| {
            column.and_then(|at| cells.get(at)).map(|cell| cell.text.clone())
        };
        let cells = row.cells.iter().zip(titles).map(|(cell, title)| Fact {
            title: (*title).to_owned(),
            old: said(before, cell.column.0).unwrap_or_default(),
            new: said(now, cell.column.1).unwrap_or_default(),
        });
        let linked = Fact {
            title: "Link".to_owned(),
            old: link(before, self.old),
            new: link(now, self.new),
        };
        cells.chain([linked]).filter(|fact| fact.old != fact.new).collect()
    }

    /// Begins an entry of a list, told by its name.
    fn entry(
        &mut self,
        (old, new): (Option<&Identity>, Option<&Identity>),
        repeated: &BTreeSet<String>,
        facts: Vec<Fact>,
    ) {
        self.section = self.sections.len();
        let kind = outcome(old, new, (self.old.day, self.new.day))
            .map_or(ChangeKind::Edited, ChangeKind::from);
        let before = old.map(|old| old.name.clone()).filter(|_| kind == ChangeKind::Renamed);
        self.sections.push(SectionChange {
            kind,
            moved: false,
            title: new.or(old).map(|entry| entry.title(repeated)).unwrap_or_default(),
            before,
            old: None,
            new: None,
            entry: true,
            by: None,
            added: 0,
            removed: 0,
            facts,
            changes: Vec::new(),
        });
    }

    /// Lists leaves that came or went as one change, if they say anything; fields of a record with
    /// their names where there are some.
    fn whole<'a>(
        &mut self,
        leaves: impl Iterator<Item = (&'a str, &'a Leaf)>,
        came: bool,
        here: (Lines, Lines),
    ) -> Option<usize> {
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
        old: &dyn Fn(usize) -> &'a Leaf,
        new: &dyn Fn(usize) -> &'a Leaf,
        lines: (Lines, Lines),
    ) {
        for hunk in
            hunks::hunks(stretches, &Both { old, new, wordings: (self.old, self.new), lines })
        {
            let Hunk { first, kind, said, old, new, words, lines, numbers } = hunk;
            let place = self.change(kind, lines);
            let change = &mut self.changes[place];
            (change.said, change.old, change.new, change.words, change.numbers) =
                (said, old, new, words, numbers);
            stretches[first].change = Some(place);
        }
    }
}
