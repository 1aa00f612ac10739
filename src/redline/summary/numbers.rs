//! The numbers that became others where words did.

use std::collections::HashSet;
use std::ops::Range;

use crate::redline::change::NumberChange;
use crate::redline::quantity;
use crate::redline::quantity::Quantity;
use crate::redline::token::Token;
use crate::redline::wording::{Kind, Leaf};

/// Words of a leaf; no words, where they would stand.
pub type Said<'a> = (&'a Leaf, Range<usize>);

/// The numbers of a leaf that became others. One that two changes touch is told with the first.
#[derive(Default)]
pub struct Numbers {
    told: HashSet<[(*const Leaf, usize); 2]>,
}

impl Numbers {
    /// Returns the numbers that changed within a change.
    pub fn between(&mut self, went: &[Said<'_>], came: &[Said<'_>]) -> Vec<NumberChange> {
        let (old, new) = (touched(went), touched(came));
        let sides = [&old, &new].map(|side| {
            side.iter().map(|(leaf, quantity)| (leaf.text.as_str(), *quantity)).collect::<Vec<_>>()
        });
        let mut changes = Vec::new();
        for (from, to) in quantity::pairs(&sides[0], &sides[1]) {
            let places = [&old[from], &new[to]]
                .map(|(leaf, quantity)| (std::ptr::from_ref::<Leaf>(leaf), quantity.tokens.start));
            if self.told.insert(places) {
                let change = quantity::told(sides[0][from], sides[1][to]);
                changes.extend(change.map(|(old, new, unit)| NumberChange { old, new, unit }));
            }
        }
        changes
    }
}

/// Returns the quantities that a change touches, but for the number that a heading or a clause
/// begins with.
fn touched<'a>(side: &[Said<'a>]) -> Vec<(&'a Leaf, &'a Quantity)> {
    let mut touched: Vec<(&Leaf, &Quantity)> = Vec::new();
    for (leaf, tokens) in side {
        let all = leaf.quantities();
        let first = all.partition_point(|quantity| quantity.tokens.end <= tokens.start);
        for quantity in all[first..].iter().take_while(|quantity| quantity.is_touched(tokens)) {
            let known = touched
                .last()
                .is_some_and(|(other, last)| std::ptr::eq(*other, *leaf) && *last == quantity);
            if !known && !is_own(leaf, quantity) {
                touched.push((leaf, quantity));
            }
        }
    }
    touched
}

/// Returns true if a quantity is what numbers a heading or a clause, and nothing that is said
/// there: no year, no `30 days`.
fn is_own(leaf: &Leaf, quantity: &Quantity) -> bool {
    if quantity.tokens.start > 0 || quantity.is_of_time(&leaf.text) {
        return false;
    }
    let first = leaf.letters(&leaf.tokens[0]);
    let ends = |next: &Token| !next.space && matches!(leaf.letters(next), "." | ")");
    let dotted = leaf.tokens.len() > 2 && ends(&leaf.tokens[1]);
    let year = first.len() == 4 && first.bytes().all(|digit| digit.is_ascii_digit());
    quantity::is_clause_number(first)
        && !year
        && (matches!(leaf.kind, Kind::Heading(..)) || first.starts_with('(') || dotted)
}
