//! Words with their marks, as HTML.

use std::ops::Range;

use crate::redline::{Fate, Kind, Leaf, Redline, Stretch, Style, Wording};
use crate::render::escape::{escape, escape_quoted};
use crate::render::redline::setting::{Setting, anchor};

/// Writes words with their marks.
pub struct Inline<'a> {
    /// Both versions.
    pub redline: &'a Redline<'a>,
    /// What the page is like.
    pub setting: &'a Setting<'a>,
    /// What was written.
    pub html: String,
}

/// Finds a leaf by its number in a stretch.
type Finder<'a, 'b> = &'a dyn Fn(usize) -> &'b Leaf;

impl Inline<'_> {
    /// Writes the words of a leaf: marks outside links and emphasis. White space that both versions
    /// have stands outside marks, what only one has inside them, so that each version reads as it
    /// was without the other's marks.
    pub fn stretches<'b>(
        &mut self,
        stretches: &[Stretch],
        old: Finder<'_, 'b>,
        new: Finder<'_, 'b>,
    ) {
        let sides = Sides { old, new };
        let mut open: Option<usize> = None;
        let (mut at, mut spaced) = (0, false);
        while at < stretches.len() {
            let next =
                at + stretches[at..].iter().take_while(|stretch| !is_in_both(stretch)).count();
            if next > at {
                self.hunk(&stretches[at..next], stretches.get(next), &sides, &mut open);
                (at, spaced) = (next, true);
                continue;
            }
            let stretch = &stretches[at];
            if stretch.fate == Fate::Kept {
                self.end(open.take());
            }
            open = stretch.change.or(open);
            if let Some((leaf, tokens)) =
                stretch.new.as_ref().filter(|(_, tokens)| !tokens.is_empty())
            {
                let leaf = new(*leaf);
                if !std::mem::take(&mut spaced) {
                    self.space(leaf, gap(leaf, tokens.start));
                }
                self.marked(stretch, leaf, tokens, self.redline.new, ["", ""]);
            }
            at += 1;
        }
        self.end(open);
    }

    /// Writes what came and went between words that stayed, and the white space around it.
    fn hunk(
        &mut self,
        hunk: &[Stretch],
        next: Option<&Stretch>,
        sides: &Sides<'_, '_>,
        open: &mut Option<usize>,
    ) {
        let went: Vec<usize> = (0..hunk.len()).filter(|at| said(&hunk[*at].old)).collect();
        let came: Vec<usize> =
            (0..hunk.len()).filter(|at| hunk[*at].old.is_none() && said(&hunk[*at].new)).collect();
        // What began a paragraph of its own has a space before it where it is read as words of one.
        let joined = |at: usize| at > 0 && hunk[at - 1].fate == Fate::Joined;
        let old_gap = |at: usize, stretch: &Stretch| match &stretch.old {
            Some((_, tokens)) if joined(at) && tokens.start == 0 => " ",
            Some((leaf, tokens)) => gap((sides.old)(*leaf), tokens.start),
            None => "",
        };
        let new_gap = |stretch: &Stretch| {
            stretch.new.as_ref().map_or("", |(leaf, tokens)| gap((sides.new)(*leaf), tokens.start))
        };
        let (old_next, new_next) =
            (next.map_or("", |next| old_gap(hunk.len(), next)), next.map_or("", new_gap));
        let first = [
            went.first().map_or(old_next, |at| old_gap(*at, &hunk[*at])),
            came.first().map_or(new_next, |at| new_gap(&hunk[*at])),
        ];
        let leaf = hunk.iter().chain(next).find_map(|stretch| sides.leaf(stretch));
        let (before, after, inside) = match (went.is_empty(), came.is_empty()) {
            (true, true) => ("", first[1], [["", ""], ["", ""]]),
            (false, true) => {
                let (before, after, inside) = around(first[0], old_next, first[1]);
                (before, after, [inside, ["", ""]])
            }
            (true, false) => {
                let (before, after, inside) = around(first[1], new_next, first[0]);
                (before, after, [["", ""], inside])
            }
            (false, false) => {
                let (before, start) =
                    if first[0] == first[1] { (first[0], ["", ""]) } else { ("", first) };
                let (after, end) = if old_next == new_next {
                    (new_next, ["", ""])
                } else {
                    ("", [old_next, new_next])
                };
                (before, after, [[start[0], end[0]], [start[1], end[1]]])
            }
        };
        leaf.iter().for_each(|leaf| self.space(leaf, before));
        for (at, stretch) in hunk.iter().enumerate() {
            *open = stretch.change.or(*open);
            let (side, own, wording) = match &stretch.old {
                Some(_) => (0, &went, self.redline.old),
                None => (1, &came, self.redline.new),
            };
            match (sides.leaf(stretch), stretch.new.as_ref().or(stretch.old.as_ref())) {
                (Some(leaf), Some((_, tokens))) if !tokens.is_empty() => {
                    let first = match stretch.old {
                        _ if own.first() == Some(&at) => inside[side][0],
                        Some(_) => old_gap(at, stretch),
                        None => gap(leaf, tokens.start),
                    };
                    let end = if own.last() == Some(&at) { inside[side][1] } else { "" };
                    self.marked(stretch, leaf, tokens, wording, [first, end]);
                }
                (None, _) => {
                    let name = if stretch.fate == Fate::Split { "ins" } else { "del" };
                    let id = stretch.change.map(anchor).unwrap_or_default();
                    self.html.push_str(&format!(
                        "<{name} class=\"pilcrow\"{id} data-redline-skip>¶ </{name}>"
                    ));
                }
                _ => {}
            }
        }
        leaf.iter().for_each(|leaf| self.space(leaf, after));
        // White space that only the version has which says nothing here.
        let (name, alone) = if went.is_empty() { ("del", first[0]) } else { ("ins", first[1]) };
        if (went.is_empty() != came.is_empty())
            && before.is_empty()
            && after.is_empty()
            && !alone.is_empty()
        {
            self.html.push_str(&format!("<{name}>"));
            leaf.iter().for_each(|leaf| self.space(leaf, alone));
            self.html.push_str(&format!("</{name}>"));
        }
    }

    /// Writes words with their mark, and white space before and after them inside it.
    fn marked(
        &mut self,
        stretch: &Stretch,
        leaf: &Leaf,
        tokens: &Range<usize>,
        wording: &Wording,
        [before, after]: [&str; 2],
    ) {
        let (start, end) = (leaf.tokens[tokens.start].start, leaf.tokens[tokens.end - 1].end);
        let (name, attributes, said) = marks(stretch.fate);
        let redline = self.redline;
        let messages = self.setting.messages;
        let own = redline.said_beside(stretch).map(|own| messages.phrase(own));
        if !name.is_empty() {
            let id = stretch.change.map(anchor).unwrap_or_default();
            self.html.push_str(&format!(
                "<{name}{id}{attributes}><span class=\"said\" data-redline-skip>"
            ));
            let said = own.as_deref().unwrap_or_else(|| messages.get(said));
            escape(&messages.text("redline.mark", &[("said", said)]), &mut self.html);
            self.html.push_str(" </span>");
        }
        self.space(leaf, before);
        self.runs(leaf, wording, start, end);
        self.space(leaf, after);
        if !name.is_empty() {
            self.html.push_str(&format!("</{name}>"));
        }
        if let Some(own) = own.filter(|_| is_in_both(stretch)) {
            self.html.push_str("<span class=\"turn\" data-redline-skip> ");
            escape(&messages.text("redline.aside", &[("said", &own)]), &mut self.html);
            self.html.push_str("</span>");
        }
    }

    /// Ends a change: says so, and leads to the ones before and after it.
    pub fn end(&mut self, change: Option<usize>) {
        let Some(change) = change else { return };
        self.html.push_str("<span class=\"said\" data-redline-skip> ");
        escape(self.setting.messages.get("redline.mark.end"), &mut self.html);
        self.html.push_str("</span>");
        self.jump(Some(change));
    }

    /// Leads to the changes before and after one.
    pub fn jump(&mut self, change: Option<usize>) {
        let Some(change) = change else { return };
        self.html.push_str("<span class=\"jump\" data-redline-skip>");
        if change > 0 {
            self.lead(change, "redline.previous", '↑');
        }
        if change + 1 < self.redline.changes.len() {
            self.lead(change + 2, "redline.next", '↓');
        }
        self.html.push_str("</span>");
    }

    fn lead(&mut self, change: usize, id: &str, arrow: char) {
        self.html.push_str(&format!("<a href=\"#c{change}\" aria-label=\""));
        escape_quoted(self.setting.messages.get(id), &mut self.html);
        self.html.push_str(&format!("\">{arrow}</a>"));
    }

    /// Writes white space as it is seen.
    fn space(&mut self, leaf: &Leaf, space: &str) {
        match leaf.kind {
            Kind::Code(_) => self.html.push_str(space),
            _ if space.is_empty() => {}
            _ if space.contains('\n') => self.html.push_str("<br>"),
            _ => self.html.push_str(space),
        }
    }

    /// Writes a stretch of a leaf's text as it is set.
    fn runs(&mut self, leaf: &Leaf, wording: &Wording, start: usize, end: usize) {
        let mut at = start;
        let mut link: Option<String> = None;
        for (run_end, style) in leaf.runs_in(&(start..end)) {
            let to = (*run_end).min(end);
            let style = &wording.styles[*style as usize];
            let address =
                style.link.as_ref().and_then(|(target, _)| (self.setting.address)(target));
            if address != link {
                self.html.push_str(if link.is_some() { "</a>" } else { "" });
                if let Some(address) = &address {
                    self.html.push_str("<a href=\"");
                    escape_quoted(address, &mut self.html);
                    self.html.push_str("\">");
                }
                link = address;
            }
            self.run(style, &leaf.text[at..to], matches!(leaf.kind, Kind::Code(_)));
            at = to;
        }
        self.html.push_str(if link.is_some() { "</a>" } else { "" });
    }

    fn run(&mut self, style: &Style, text: &str, code: bool) {
        let tags = [
            (style.note.is_some(), "<sup>", "</sup>"),
            (style.image.is_some(), "<span class=\"image\">", "</span>"),
            (style.emphasis, "<em>", "</em>"),
            (style.strong, "<strong>", "</strong>"),
            (style.strike, "<s>", "</s>"),
            (style.inserted, "<u>", "</u>"),
            (style.code, "<code>", "</code>"),
        ];
        let set = || tags.iter().filter(|(set, ..)| *set);
        set().for_each(|(_, open, _)| self.html.push_str(open));
        match code {
            true => escape(text, &mut self.html),
            // What stands for an image without words is not seen.
            false if style.image.is_some() && text == "\u{fffc}" => {}
            false => {
                for (index, line) in text.split('\n').enumerate() {
                    self.html.push_str(if index > 0 { "<br>" } else { "" });
                    escape(line, &mut self.html);
                }
            }
        }
        set().rev().for_each(|(.., close)| self.html.push_str(close));
    }
}

/// Returns the element that marks words of a fate, its attributes, and the id of what is said of it
/// to those who do not see it.
fn marks(fate: Fate) -> (&'static str, &'static str, &'static str) {
    match fate {
        Fate::Removed => ("del", "", "change.removed"),
        Fate::Added => ("ins", "", "change.added"),
        Fate::TypedBefore => ("del", " class=\"typed\"", "redline.mark.before"),
        Fate::TypedNow => ("ins", " class=\"typed\"", "redline.mark.now"),
        Fate::Reset => ("span", " class=\"mod\" data-diff=\"mod\"", "redline.mark.set"),
        Fate::Relinked => ("span", " class=\"mod link\" data-diff=\"mod\"", "redline.mark.link"),
        Fate::Kept | Fate::Split | Fate::Joined => ("", "", ""),
    }
}

/// Returns the white space before and after words that only one version has, and that inside their
/// mark. Before them that version has `first`, after them `last`; the other one has `whole` in
/// their place.
fn around<'a>(first: &'a str, last: &'a str, whole: &'a str) -> (&'a str, &'a str, [&'a str; 2]) {
    match whole {
        _ if first == whole => (whole, "", ["", last]),
        _ if last == whole => ("", whole, [first, ""]),
        _ => ("", "", [first, last]),
    }
}

/// Finds the leaves of both versions.
struct Sides<'a, 'b> {
    old: Finder<'a, 'b>,
    new: Finder<'a, 'b>,
}

impl<'b> Sides<'_, 'b> {
    /// Returns the leaf that the words of a stretch are shown from; nothing for a mark between
    /// words.
    fn leaf(&self, stretch: &Stretch) -> Option<&'b Leaf> {
        match (&stretch.new, &stretch.old) {
            (Some((leaf, _)), _) => Some((self.new)(*leaf)),
            (None, Some((leaf, _))) => Some((self.old)(*leaf)),
            (None, None) => None,
        }
    }
}

/// Returns true if words stand in both versions as they are.
fn is_in_both(stretch: &Stretch) -> bool {
    matches!(stretch.fate, Fate::Kept | Fate::Reset | Fate::Relinked)
}

fn said(side: &Option<(usize, Range<usize>)>) -> bool {
    side.as_ref().is_some_and(|(_, tokens)| !tokens.is_empty())
}

/// Returns the white space before a token; in code that before the first one, too.
fn gap(leaf: &Leaf, token: usize) -> &str {
    if token == 0 && !matches!(leaf.kind, Kind::Code(_)) { "" } else { leaf.gap(token) }
}

#[cfg(test)]
mod tests {
    use crate::redline::between;
    use crate::redline::trial::{quick, wording};
    use crate::render::plain_redline;
    use proptest::prelude::*;

    /// Returns the redline of two paragraphs, without ids and our own words.
    fn marked(old: &str, new: &str) -> String {
        let (old, new) = (wording(old), wording(new));
        let html = plain_redline(&between(&old, &new));
        let (mut marked, mut skipped) = (String::new(), 0);
        for piece in html.split_inclusive(['<', '>']).collect::<Vec<_>>().concat().split('<') {
            let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
            let name = tag.split(' ').next().unwrap_or_default();
            match name {
                "ins" | "del" | "/ins" | "/del"
                    if skipped == 0 && !tag.contains("data-redline-skip") =>
                {
                    marked.push_str(&format!("<{name}>"))
                }
                "br" if skipped == 0 => marked.push_str("<br>"),
                _ if tag.starts_with('/') => skipped = if skipped > 0 { skipped - 1 } else { 0 },
                _ if skipped > 0 || tag.contains("data-redline-skip") => skipped += 1,
                _ => {}
            }
            if skipped == 0 {
                marked.push_str(words);
            }
        }
        marked
    }

    /// Returns the text without the marks of one kind and what they hold.
    fn without(marked: &str, kind: &str) -> String {
        let mut text = String::new();
        for (at, piece) in marked.split(&format!("<{kind}>")).enumerate() {
            text.push_str(if at == 0 {
                piece
            } else {
                piece.split_once(&format!("</{kind}>")).unwrap().1
            });
        }
        ["ins", "del"].iter().fold(text, |text, kind| {
            text.replace(&format!("<{kind}>"), "").replace(&format!("</{kind}>"), "")
        })
    }

    #[test]
    fn white_space_stands_with_the_words_that_have_it() {
        for (old, new, expected) in [
            ("On April 14, 2020", "On April 15, 2020", "On April <del>14</del><ins>15</ins>, 2020"),
            (
                "in Germany today",
                "in Ireland today",
                "in <del>Germany</del><ins>Ireland</ins> today",
            ),
            ("a b c", "a c", "a <del>b </del>c"),
            ("a c", "a b c", "a <ins>b </ins>c"),
            ("a b, c", "a, c", "a<del> b</del>, c"),
            ("a, c", "a b, c", "a<ins> b</ins>, c"),
            ("b c", "c", "<del>b </del>c"),
            ("a b", "a", "a<del> b</del>"),
            ("a", "a b", "a<ins> b</ins>"),
            ("a b", "a\u{a0}b", "a<del> b</del><ins>\u{a0}b</ins>"),
            ("a b", "a\\\nb", "a<del> b</del><ins><br>b</ins>"),
        ] {
            assert_eq!(marked(old, new), expected, "{old} => {new}");
        }
    }

    #[test]
    fn words_of_two_paragraphs_that_became_one_stand_apart() {
        let old = "We keep a list of one or more of these purposes, or\n\nelse no list of any kind at all.";
        let new = "We keep a list of one or more of these purposes, no list of any kind at all.";
        let html = marked(old, new);
        let shown =
            wording(old).leaves.iter().map(|leaf| leaf.text.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!(
            (without(&html, "ins").as_str(), without(&html, "del").as_str()),
            (shown.as_str(), new),
            "{html}"
        );
    }

    proptest! {
        #![proptest_config(quick())]

        #[test]
        fn each_version_reads_as_it_was_without_the_marks_of_the_other(old in "[a-c]([ ,.()a-c]{0,14}[a-c])?", new in "[a-c]([ ,.()a-c]{0,14}[a-c])?") {
            let html = marked(&old, &new);
            let shown = |text: &str| wording(text).leaves.iter().map(|leaf| leaf.text.clone()).collect::<String>();
            prop_assert_eq!(without(&html, "ins"), shown(&old), "{}", html);
            prop_assert_eq!(without(&html, "del"), shown(&new), "{}", html);
        }
    }
}
