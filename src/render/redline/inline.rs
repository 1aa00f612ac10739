//! Words with their marks, as HTML.

use crate::redline::Fate;
use crate::redline::Kind;
use crate::redline::Leaf;
use crate::redline::Redline;
use crate::redline::Stretch;
use crate::redline::Style;
use crate::redline::Wording;
use crate::render::escape::escape;
use crate::render::escape::escape_quoted;
use crate::render::redline::html::Setting;
use crate::render::redline::html::anchor;

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
    /// Writes the words of a leaf: marks outside links and emphasis, spaces outside marks.
    pub fn stretches<'b>(&mut self, stretches: &[Stretch], old: Finder<'_, 'b>, new: Finder<'_, 'b>) {
        let mut open: Option<usize> = None;
        for (index, stretch) in stretches.iter().enumerate() {
            if stretch.fate == Fate::Kept {
                self.end(open.take());
            }
            open = stretch.change.or(open);
            let id = stretch.change.map(anchor).unwrap_or_default();
            let (leaf, tokens, wording) = match (&stretch.new, &stretch.old) {
                (Some((leaf, tokens)), _) => (new(*leaf), tokens, self.redline.new),
                (None, Some((leaf, tokens))) => (old(*leaf), tokens, self.redline.old),
                (None, None) => {
                    let name = if stretch.fate == Fate::Split { "ins" } else { "del" };
                    self.html.push_str(&format!("<{name} class=\"pilcrow\"{id} data-redline-skip>¶</{name}> "));
                    continue;
                }
            };
            if tokens.is_empty() {
                continue;
            }
            let (start, end) = (leaf.tokens[tokens.start].start, leaf.tokens[tokens.end - 1].end);
            let (name, attributes, said) = marks(stretch.fate);
            let own = stretch.change.map(|change| self.redline.changes[change].said.clone()).filter(|own| !own.is_empty());
            let said = own.as_deref().unwrap_or(said);
            // A space stands outside a mark, a line break that came or went inside.
            let breaks = matches!(name, "ins" | "del") && gap(leaf, tokens.start).contains('\n');
            if !breaks {
                self.gap(leaf, tokens.start);
            }
            if !name.is_empty() {
                self.html.push_str(&format!("<{name}{id}{attributes}><span class=\"said\" data-redline-skip>{said}: </span>"));
            }
            if breaks {
                self.gap(leaf, tokens.start);
            }
            self.runs(leaf, wording, start, end);
            if !name.is_empty() {
                if stretch.old.is_some() && stretches.get(index + 1).is_some_and(|next| loses_space(next, old, new)) {
                    self.html.push(' ');
                }
                self.html.push_str(&format!("</{name}>"));
            }
        }
        self.end(open);
    }

    /// Ends a change: says so, and leads to the ones before and after it.
    pub fn end(&mut self, change: Option<usize>) {
        let Some(change) = change else { return };
        self.html.push_str("<span class=\"said\" data-redline-skip> (end of change)</span><span class=\"jump\" data-redline-skip>");
        if change > 0 {
            self.html.push_str(&format!("<a href=\"#c{change}\" aria-label=\"previous change\">↑</a>"));
        }
        if change + 1 < self.redline.changes.len() {
            self.html.push_str(&format!("<a href=\"#c{}\" aria-label=\"next change\">↓</a>", change + 2));
        }
        self.html.push_str("</span>");
    }

    /// Writes the white space before a token.
    fn gap(&mut self, leaf: &Leaf, token: usize) {
        let gap = gap(leaf, token);
        match leaf.kind {
            Kind::Code(_) => self.html.push_str(gap),
            _ if token == 0 || gap.is_empty() => {}
            _ if gap.contains('\n') => self.html.push_str("<br>"),
            _ => self.html.push(' '),
        }
    }

    /// Writes a stretch of a leaf's text as it is set.
    fn runs(&mut self, leaf: &Leaf, wording: &Wording, start: usize, end: usize) {
        let mut at = start;
        let mut link: Option<String> = None;
        let first = leaf.runs.partition_point(|(end, _)| *end <= start);
        for (run_end, style) in &leaf.runs[first..] {
            let to = (*run_end).min(end);
            let style = &wording.styles[*style as usize];
            let address = style.link.as_ref().and_then(|(target, _)| (self.setting.address)(target));
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
            if at >= end {
                break;
            }
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

/// Returns the element that marks words of a fate, its attributes, and what is said of it to those who do not see it.
fn marks(fate: Fate) -> (&'static str, &'static str, &'static str) {
    match fate {
        Fate::Removed => ("del", "", "removed"),
        Fate::Added => ("ins", "", "added"),
        Fate::TypedBefore => ("del", " class=\"typed\"", "typed before"),
        Fate::TypedNow => ("ins", " class=\"typed\"", "typed now"),
        Fate::Reset => ("span", " class=\"mod\" data-diff=\"mod\"", "set differently"),
        Fate::Relinked => ("span", " class=\"mod link\" data-diff=\"mod\"", "leads elsewhere"),
        Fate::Kept | Fate::Split | Fate::Joined => ("", "", ""),
    }
}

/// Returns the white space before a token.
fn gap(leaf: &Leaf, token: usize) -> &str {
    let before = token.checked_sub(1).map_or(0, |before| leaf.tokens[before].end);
    &leaf.text[before..leaf.tokens[token].start]
}

/// Tells whether words that stayed follow without the white space that they had.
fn loses_space(next: &Stretch, old: Finder<'_, '_>, new: Finder<'_, '_>) -> bool {
    let (Some((old_leaf, before)), Some((new_leaf, now))) = (&next.old, &next.new) else { return false };
    !gap(old(*old_leaf), before.start).is_empty() && (now.start == 0 || gap(new(*new_leaf), now.start).is_empty())
}
