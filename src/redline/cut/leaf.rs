//! The words of a leaf while they are read, and what becomes of their white space.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::redline::cut::Cutter;
use crate::redline::token;
use crate::redline::wording::{Kind, Leaf, Style};
use crate::tree::Span;

impl Cutter {
    /// Adds words to the leaf that is read.
    pub fn say(&mut self, words: &str) {
        if words.is_empty() {
            return;
        }
        let style = number(&mut self.numbers, &mut self.wording.styles, &self.style);
        self.text.push_str(words);
        match self.runs.last_mut() {
            Some((end, last)) if *last == style => *end = self.text.len(),
            _ => self.runs.push((self.text.len(), style)),
        }
    }

    /// Ends the leaf that is read, if it says anything.
    pub fn finish(&mut self, kind: Kind, lines: (usize, usize)) {
        if self.text.trim().is_empty()
            && !self.runs.iter().any(|(_, style)| self.wording.styles[*style as usize].is_atom())
        {
            self.text.clear();
            self.runs.clear();
            return;
        }
        let leaf = self.made(kind, lines);
        self.wording.leaves.push(leaf);
    }

    pub fn push(&mut self, kind: Kind, lines: (usize, usize)) {
        let leaf = self.made(kind, lines);
        self.wording.leaves.push(leaf);
    }

    pub fn made(&mut self, kind: Kind, lines: (usize, usize)) -> Leaf {
        let (text, runs) = (std::mem::take(&mut self.text), std::mem::take(&mut self.runs));
        let (text, runs) =
            if matches!(kind, Kind::Code(_)) { (text, runs) } else { self.spaced(&text, &runs) };
        let tokens =
            if self.untold { Vec::new() } else { token::tokens_around(&text, self.atoms(&runs)) };
        Leaf {
            kind,
            path: self.path.clone(),
            text,
            tokens,
            runs,
            markup: std::mem::take(&mut self.markup),
            lines,
            quantities: OnceLock::new(),
        }
    }

    /// Returns words with the white space that readers see: one space for many, but in code; none
    /// at the ends and beside a line break.
    fn spaced(&self, text: &str, runs: &[(usize, u32)]) -> (String, Vec<(usize, u32)>) {
        let mut shown = String::with_capacity(text.len());
        let mut set: Vec<(usize, u32)> = Vec::with_capacity(runs.len());
        // Up to where what was written last must stay.
        let mut firm = 0;
        let mut start = 0;
        for (end, style) in runs {
            let words = &text[start..*end];
            start = *end;
            if self.wording.styles[*style as usize].code {
                shown.push_str(words);
                firm = shown.len();
            } else {
                for letter in words.chars() {
                    match letter {
                        ' ' if shown.len() == firm && firm == 0 => {}
                        ' ' if shown.len() > firm && shown.ends_with([' ', '\n']) => {}
                        '\n' => {
                            shown.truncate(firm.max(shown.trim_end_matches(' ').len()));
                            shown.push('\n');
                        }
                        _ => shown.push(letter),
                    }
                }
            }
            set.push((shown.len(), *style));
        }
        shown.truncate(firm.max(shown.trim_end_matches([' ', '\n']).len()));
        // What lost all it said is nothing.
        let mut kept: Vec<(usize, u32)> = Vec::with_capacity(set.len());
        for (end, style) in set {
            let end = end.min(shown.len());
            match kept.last_mut() {
                Some((last, same)) if *same == style => *last = end,
                Some((last, _)) if *last >= end => {}
                None if end == 0 => {}
                _ => kept.push((end, style)),
            }
        }
        (shown, kept)
    }

    /// Returns the stretches that are one token each: images, marks of footnotes.
    fn atoms<'a>(&'a self, runs: &'a [(usize, u32)]) -> impl Iterator<Item = Span> + 'a {
        let starts = std::iter::once(0).chain(runs.iter().map(|(end, _)| *end));
        let atom = |(start, (end, style)): (usize, &(usize, u32))| {
            self.wording.styles[*style as usize].is_atom().then(|| Span::new(start, *end))
        };
        starts.zip(runs).filter_map(atom)
    }
}

/// Returns the number of a style among those of a wording.
pub fn number(numbers: &mut HashMap<Style, u32>, styles: &mut Vec<Style>, style: &Style) -> u32 {
    if let Some(number) = numbers.get(style) {
        return *number;
    }
    let next = u32::try_from(styles.len()).expect("a document has fewer styles than that");
    numbers.insert(style.clone(), next);
    styles.push(style.clone());
    next
}
