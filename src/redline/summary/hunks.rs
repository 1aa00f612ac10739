//! The changes inside a leaf or a cell: stretches that follow each other and did not stay, each run
//! of them one change.

use std::ops::Range;

use crate::messages::Phrase;
use crate::redline::change::{ChangeKind, NumberChange};
use crate::redline::piece::{Fate, Stretch};
use crate::redline::summary::numbers::{Numbers, Said};
use crate::redline::wording::{Kind, Leaf, Style, Wording};

/// The lines of a file.
pub type Lines = Option<(usize, usize)>;

/// Both versions of what stretches are of.
pub struct Both<'a, 'b> {
    /// Finds a leaf of the old version by its number in a stretch.
    pub old: &'b dyn Fn(usize) -> &'a Leaf,
    /// Finds one of the new version.
    pub new: &'b dyn Fn(usize) -> &'a Leaf,
    /// The old version and the new one.
    pub wordings: (&'b Wording, &'b Wording),
    /// The lines of what is around, where the leaves have none.
    pub lines: (Lines, Lines),
}

/// A change inside a leaf.
pub struct Hunk {
    /// The stretch it begins with.
    pub first: usize,
    /// What became of its words.
    pub kind: ChangeKind,
    /// What is so now, where no word says it.
    pub said: Option<Phrase>,
    /// The words that went.
    pub old: String,
    /// The words that came.
    pub new: String,
    /// How many words went and came.
    pub words: (usize, usize),
    /// The lines of both versions.
    pub lines: (Lines, Lines),
    /// The numbers that became others.
    pub numbers: Vec<NumberChange>,
}

/// Returns the changes of a leaf.
pub fn hunks(stretches: &[Stretch], both: &Both<'_, '_>) -> Vec<Hunk> {
    let mut numbers = Numbers::default();
    // A footnote that has another number now is the same.
    let changed = runs(stretches).into_iter().filter(|run| {
        !stretches[run.clone()].iter().all(|stretch| both.is_number_of_note(stretch))
    });
    changed.map(|run| both.hunk(stretches, run, &mut numbers)).collect()
}

impl<'a> Both<'a, '_> {
    fn hunk(&self, stretches: &[Stretch], run: Range<usize>, numbers: &mut Numbers) -> Hunk {
        let hunk = &stretches[run.clone()];
        let fated = |fate: Fate| hunk.iter().filter(move |stretch| stretch.fate == fate);
        let went: Vec<Said<'a>> =
            fated(Fate::Removed).filter_map(|stretch| self.before(&stretch.old)).collect();
        let came: Vec<Said<'a>> =
            fated(Fate::Added).filter_map(|stretch| self.now(&stretch.new)).collect();
        let all = |side: &dyn Fn(&Stretch) -> Option<Said<'a>>| {
            hunk.iter().filter_map(side).collect::<Vec<Said<'a>>>()
        };
        let (before, now) =
            (all(&|stretch| self.before(&stretch.old)), all(&|stretch| self.now(&stretch.new)));
        let lines = |side: &[Said<'_>]| {
            side.first().map(|(leaf, _)| leaf.lines).filter(|lines| lines.0 > 0)
        };
        let words = |side: &[Said<'_>]| {
            side.iter()
                .map(|(leaf, tokens)| {
                    leaf.tokens[tokens.clone()].iter().filter(|token| token.is_spoken()).count()
                })
                .sum()
        };
        let (kind, mut said) = self.told(hunk);
        let (mut old, mut new) = (text(&went), text(&came));
        if kind == ChangeKind::Format {
            // What is only set or typed otherwise is quoted as it was and as it is; none of its
            // words went or came.
            (old, new) = (text(&before), text(&now));
            if old == new && !new.is_empty() {
                let words = std::mem::take(&mut new);
                said = Some(Phrase::new("redline.set").with("words", words));
                old.clear();
            }
        }
        let numbers = match (went.as_slice(), came.as_slice()) {
            ([], []) => Vec::new(),
            _ => {
                let before = places(stretches, &run, |stretch| self.before(&stretch.old));
                numbers.between(&before, &places(stretches, &run, |stretch| self.now(&stretch.new)))
            }
        };
        Hunk {
            first: run.start,
            kind,
            said,
            old,
            new,
            words: (words(&went), words(&came)),
            lines: (
                lines(&went).or(lines(&before)).or(self.lines.0),
                lines(&came).or(lines(&now)).or(self.lines.1),
            ),
            numbers,
        }
    }

    fn before(&self, place: &Option<(usize, Range<usize>)>) -> Option<Said<'a>> {
        place.clone().map(|(leaf, tokens)| ((self.old)(leaf), tokens))
    }

    fn now(&self, place: &Option<(usize, Range<usize>)>) -> Option<Said<'a>> {
        place.clone().map(|(leaf, tokens)| ((self.new)(leaf), tokens))
    }

    /// Says what became of the words of a hunk, and what is so now where no word says it.
    fn told(&self, hunk: &[Stretch]) -> (ChangeKind, Option<Phrase>) {
        let kind = kind_of(hunk);
        if let Some(struck) = hunk.iter().find_map(|stretch| self.struck(stretch)) {
            return (kind.min(ChangeKind::Edited), Some(Phrase::new(struck)));
        }
        let spaced = self.respaced(hunk).filter(|_| kind == ChangeKind::Format);
        let led = hunk.iter().find_map(|stretch| self.led(stretch));
        (
            if spaced.is_some() { ChangeKind::Reframed } else { kind },
            led.or(spaced.map(Phrase::new)),
        )
    }

    /// Returns how a token of the old version is set.
    fn style_before(&self, leaf: &Leaf, token: usize) -> Option<&Style> {
        leaf.style_of(&leaf.tokens[token], self.wordings.0)
    }

    /// Returns how a token of the new version is set.
    fn style_now(&self, leaf: &Leaf, token: usize) -> Option<&Style> {
        leaf.style_of(&leaf.tokens[token], self.wordings.1)
    }

    /// Says whether words that stayed are struck out by their author now, or no longer.
    fn struck(&self, stretch: &Stretch) -> Option<&'static str> {
        let ((old, before), (new, now)) = (self.before(&stretch.old)?, self.now(&stretch.new)?);
        let was = |token: usize| self.style_before(old, token).is_some_and(|style| style.strike);
        let is = |token: usize| self.style_now(new, token).is_some_and(|style| style.strike);
        match before.zip(now).map(|(i, j)| (was(i), is(j))).find(|(was, is)| was != is)? {
            (_, true) => Some("redline.struck"),
            (_, false) => Some("redline.struck.not"),
        }
    }

    /// Says whether a line begins, or white space in code is another, before words that stayed.
    fn respaced(&self, hunk: &[Stretch]) -> Option<&'static str> {
        hunk.windows(2).find_map(|pair| {
            let ((old, before), (new, now)) = (self.before(&pair[0].old)?, self.now(&pair[1].new)?);
            let typed = pair[0].fate == Fate::TypedBefore && pair[1].fate == Fate::TypedNow;
            let gaps = typed
                .then(|| (old.gap(before.start), new.gap(now.start)))
                .filter(|(was, is)| was != is)?;
            let code = self.style_now(new, now.start).is_some_and(|style| style.code)
                || matches!(new.kind, Kind::Code(_));
            match (gaps.0.contains('\n'), gaps.1.contains('\n')) {
                _ if code => Some("redline.space"),
                (false, true) => Some("redline.line"),
                (true, false) => Some("redline.line.not"),
                _ => None,
            }
        })
    }

    /// Says where words that stayed lead now, and where they led before.
    fn led(&self, stretch: &Stretch) -> Option<Phrase> {
        if stretch.fate != Fate::Relinked {
            return None;
        }
        let ((old, before), (new, now)) = (self.before(&stretch.old)?, self.now(&stretch.new)?);
        let (was, is) = (self.style_before(old, before.start)?, self.style_now(new, now.start)?);
        Some(match (&was.link, &is.link) {
            (Some((from, _)), Some((to, _))) if from != to => Phrase::new("redline.leads.was")
                .with("to", to.to_string())
                .with("from", from.to_string()),
            (Some((_, before)), Some((_, now))) if before != now => Phrase::new("redline.titled")
                .with("now", now.as_str())
                .with("before", before.as_str()),
            (None, Some((to, _))) => Phrase::new("redline.leads").with("to", to.to_string()),
            (Some((from, _)), None) => {
                Phrase::new("redline.leads.not").with("from", from.to_string())
            }
            _ if was.image != is.image => {
                let address = |style: &Style| style.image.clone().unwrap_or_default();
                Phrase::new("redline.shows").with("now", address(is)).with("before", address(was))
            }
            _ => return None,
        })
    }

    /// Returns true if a stretch is the mark of a footnote that is typed otherwise: by its number.
    fn is_number_of_note(&self, stretch: &Stretch) -> bool {
        let (said, wording) = match stretch.fate {
            Fate::TypedBefore => (self.before(&stretch.old), self.wordings.0),
            Fate::TypedNow => (self.now(&stretch.new), self.wordings.1),
            _ => return false,
        };
        let is_note = |leaf: &Leaf, token: usize| {
            leaf.style_of(&leaf.tokens[token], wording).is_some_and(|style| style.note.is_some())
        };
        said.is_some_and(|(leaf, mut tokens)| tokens.all(|token| is_note(leaf, token)))
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
fn runs(stretches: &[Stretch]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (index, _) in stretches.iter().enumerate().filter(|(_, stretch)| stretch.fate != Fate::Kept)
    {
        match runs.last_mut() {
            Some(last) if last.end == index => last.end += 1,
            _ => runs.push(index..index + 1),
        }
    }
    runs
}

/// Returns where a hunk is in one version: the words of it there, or the place between two where
/// there are none.
fn places<'a>(
    stretches: &[Stretch],
    hunk: &Range<usize>,
    side: impl Fn(&Stretch) -> Option<Said<'a>>,
) -> Vec<Said<'a>> {
    let words: Vec<Said<'a>> = stretches[hunk.clone()].iter().filter_map(&side).collect();
    if !words.is_empty() {
        return words;
    }
    let before = stretches[..hunk.start].iter().rev().find_map(&side);
    let after = || stretches[hunk.end..].iter().find_map(&side);
    let place = before.map(|(leaf, tokens)| (leaf, tokens.end..tokens.end));
    place
        .or_else(|| after().map(|(leaf, tokens)| (leaf, tokens.start..tokens.start)))
        .into_iter()
        .collect()
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
        let (first, last) =
            (leaf.tokens.get(tokens.start)?, leaf.tokens.get(tokens.end.checked_sub(1)?)?);
        Some(leaf.text[first.start..last.end].trim())
    });
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hunk_is_a_run_of_stretches_and_is_told_by_their_fates() {
        let mark = |fate: Fate| vec![Stretch::mark(fate)];
        let link = Stretch {
            fate: Fate::Relinked,
            old: Some((0, 0..1)),
            new: Some((0, 0..1)),
            change: None,
        };
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
        assert_eq!(
            runs(&[kept.clone(), came.clone(), set.clone(), kept.clone(), kept, came]),
            [1..3, 5..6]
        );
        assert!(
            Stretch::added(0, 2..2).is_empty()
                && !Stretch::removed(0, 2..3).is_empty()
                && !set.is_empty()
        );
    }
}
