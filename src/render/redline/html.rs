//! A redline as HTML, written from its pieces: well-formed by construction.
//!
//! Words that came and went stand in `<ins>` and `<del>`, always inside a leaf; rows bear
//! `data-diff`. What moved bears `data-move-to` where it is now and leaves a note with
//! `data-move-from` where it was. Our own words bear `data-redline-skip`.

use std::collections::{HashMap, HashSet};

use crate::messages::Messages;
use crate::redline::{
    Container, Fate, Kind, Leaf, On, Piece, Place, Redline, Row, Shape, Side, Stretch, Turn,
};
use crate::render::escape::{escape, escape_quoted};
use crate::render::pages::article::named;
use crate::render::redline::clauses::Clauses;
use crate::render::redline::inline::Inline;
use crate::render::redline::setting::{Setting, anchor};
use crate::render::sentence::sentence;

/// What marks an element around words that stayed.
const MOD: &str = " class=\"mod\" data-diff=\"mod\"";

/// The same for an element that has a class of its own.
pub const DIFF: &str = " data-diff=\"mod\"";

/// What marks an element of which all came.
pub const CAME: &str = " data-diff=\"ins\"";

/// What marks an element of which all went.
pub const WENT: &str = " data-diff=\"del\"";

/// What marks an element of which nothing is here any more, but some of it elsewhere.
const GONE: &str = " class=\"gone\"";

/// Writes a redline as HTML: what stands inside `#redline`.
pub fn html(redline: &Redline<'_>, clauses: &Clauses, setting: &Setting<'_>) -> String {
    let mut alone: HashMap<u32, usize> = HashMap::new();
    let mut touched: HashSet<u32> = redline.moved.keys().copied().collect();
    for piece in &redline.pieces {
        if let Some(innermost) = piece.path.last() {
            *alone.entry(innermost.number).or_default() += 1;
        }
        if !is_untouched(piece) {
            touched.extend(piece.path.first().map(|section| section.number));
        }
    }
    let mut whole: HashMap<u32, &'static str> = HashMap::new();
    for piece in &redline.pieces {
        let mark = match piece.place {
            Place::Added => CAME,
            Place::Removed => WENT,
            Place::MovedAway(_) | Place::SectionMovedAway(_) => GONE,
            Place::Kept | Place::MovedHere(_) => "",
        };
        for container in &piece.path {
            let all = |before: &str| match (before, mark) {
                _ if before == mark => mark,
                (WENT | GONE, WENT | GONE) => GONE,
                _ => "",
            };
            whole
                .entry(container.number)
                .and_modify(|before| *before = all(before))
                .or_insert(mark);
        }
    }
    let mut turned: HashMap<u32, &Turn> = HashMap::new();
    for turn in redline.pieces.iter().flat_map(|piece| &piece.turns) {
        if let On::Container(container) = turn.on {
            let first = turned.entry(container).or_insert(turn);
            *first = if first.change.is_none() { turn } else { first };
        }
    }
    let inline = Inline { redline, setting, html: String::new() };
    let mut writer = Writer {
        inline,
        clauses,
        open: Vec::new(),
        alone,
        touched,
        turned,
        whole,
        seen: HashSet::new(),
        summary: false,
    };
    redline.pieces.iter().for_each(|piece| writer.piece(piece));
    writer.close_to(0);
    writer.inline.html
}

/// Returns true if nothing changed in a piece.
fn is_untouched(piece: &Piece) -> bool {
    piece.place == Place::Kept
        && piece.turns.is_empty()
        && is_kept(&piece.stretches)
        && piece.rows.as_ref().is_none_or(|rows| rows.rows.iter().all(is_same))
}

/// Returns true if nothing changed in a row.
pub fn is_same(row: &Row) -> bool {
    matches!(row.sides, (Some(_), Some(_)))
        && row.turn.is_none()
        && row.cells.iter().all(|cell| is_kept(&cell.stretches))
}

fn is_kept(stretches: &[Stretch]) -> bool {
    stretches.iter().all(|stretch| stretch.fate == Fate::Kept)
}

/// Writes pieces.
pub struct Writer<'a> {
    /// Writes words.
    pub inline: Inline<'a>,
    clauses: &'a Clauses,
    /// The containers that are open, each with the tag that closes it.
    open: Vec<(u32, &'static str)>,
    /// How many pieces each container holds without another around them.
    alone: HashMap<u32, usize>,
    /// The sections in which something changed.
    touched: HashSet<u32>,
    /// What became of containers, by their numbers.
    turned: HashMap<u32, &'a Turn>,
    /// How a container is marked in which all came, or all went.
    whole: HashMap<u32, &'static str>,
    /// The ids that were written.
    seen: HashSet<String>,
    /// Whether the summary of an unchanged section is open.
    summary: bool,
}

impl<'a> Writer<'a> {
    fn piece(&mut self, piece: &Piece) {
        let shared = self
            .open
            .iter()
            .zip(&piece.path)
            .take_while(|((open, _), container)| *open == container.number)
            .count();
        self.close_to(shared);
        for container in piece.path.iter().skip(shared) {
            self.open_container(container, piece);
        }
        let leaf = self.leaf(piece.leaf);
        match (piece.place, &piece.rows, &leaf.kind) {
            (Place::MovedAway(number) | Place::SectionMovedAway(number), ..) => {
                self.stub(piece, leaf, number)
            }
            (_, Some(rows), _) => self.table(piece, rows, leaf),
            (_, _, Kind::Rule) => {
                let change = piece.stretches.first().and_then(|stretch| stretch.change);
                let mark = match piece.place {
                    Place::Added | Place::MovedHere(_) => CAME,
                    Place::Removed => WENT,
                    _ => "",
                };
                let turned = self.turned_leaf(piece);
                self.push(&format!("<hr{}{mark}{turned}>", change.map(anchor).unwrap_or_default()));
                self.inline.jump(change);
            }
            _ => self.words(piece, leaf),
        }
    }

    fn leaf(&self, side: Side<usize>) -> &'a Leaf {
        self.inline.redline.leaf(side)
    }

    /// Writes HTML.
    pub fn push(&mut self, html: &str) {
        self.inline.html.push_str(html);
    }

    /// Writes a message.
    pub fn sentence(&mut self, id: &str, values: &[(&str, &str)]) {
        sentence(self.inline.setting.messages, id, values, &mut self.inline.html);
    }

    fn close_to(&mut self, depth: usize) {
        for (_, tag) in self.open.drain(depth..).rev() {
            self.inline.html.push_str(tag);
        }
    }

    fn open_container(&mut self, container: &Container, piece: &Piece) {
        let turn = self.turned.get(&container.number).copied();
        let mark = match (turn, container.shape) {
            (Some(_), _) => MOD,
            // An item of which nothing is shown has no bullet either.
            (None, Shape::Item(_) | Shape::Note) => {
                self.whole.get(&container.number).copied().unwrap_or_default()
            }
            (None, _) => "",
        };
        let outside = matches!(container.shape, Shape::List(_) | Shape::Definitions | Shape::Notes);
        if let Some(turn) = turn.filter(|_| outside) {
            self.said("p", turn);
        }
        let (open, close): (String, &str) = match container.shape {
            Shape::Section(_) => (String::new(), self.open_section(container, piece)),
            Shape::List(true) => (format!("<ol{mark}>"), "</ol>"),
            Shape::List(false) => (format!("<ul{mark}>"), "</ul>"),
            Shape::Item(Some(number)) => (format!("<li value=\"{number}\"{mark}>"), "</li>"),
            Shape::Item(None) | Shape::Note => (format!("<li{mark}>"), "</li>"),
            Shape::Quote(None) => (format!("<blockquote{mark}>"), "</blockquote>"),
            Shape::Quote(Some(alert)) => {
                let (class, title) =
                    (named(alert), self.inline.setting.messages.get(alert.title_id()));
                let title = format!("<p class=\"alert-title\" data-redline-skip>{title}</p>");
                (
                    format!("<div class=\"alert {class}\"{}>{title}", turn.map_or("", |_| DIFF)),
                    "</div>",
                )
            }
            Shape::Definitions => (format!("<dl{mark}>"), "</dl>"),
            Shape::Term => (format!("<dt{mark}>"), "</dt>"),
            Shape::Details => (format!("<dd{mark}>"), "</dd>"),
            Shape::Notes => (format!("<ol class=\"notes\"{}>", turn.map_or("", |_| DIFF)), "</ol>"),
        };
        self.push(&open);
        if let Some(turn) = turn.filter(|_| !outside) {
            self.said(if matches!(container.shape, Shape::Quote(_)) { "p" } else { "span" }, turn);
        }
        self.open.push((container.number, close));
    }

    /// Says what became of something around words, and leads to the changes before and after.
    pub fn said(&mut self, name: &str, turn: &Turn) {
        // A container that what is gone parts in two says it twice.
        let id =
            turn.change.map(anchor).filter(|id| self.seen.insert(id.clone())).unwrap_or_default();
        self.push(&format!("<{name} class=\"turn\"{id} data-redline-skip>"));
        let said = self.inline.setting.messages.phrase(&turn.said);
        escape(&said, &mut self.inline.html);
        self.inline.end(turn.change);
        self.push(&format!("</{name}> "));
    }

    /// Says what a leaf became, and returns the attributes that mark it.
    pub fn turned_leaf(&mut self, piece: &Piece) -> &'static str {
        let turns = || piece.turns.iter().filter(|turn| turn.on == On::Leaf);
        turns().filter(|turn| turn.change.is_some()).for_each(|turn| self.said("p", turn));
        if turns().next().is_some() { MOD } else { "" }
    }

    /// Opens a section: folded where nothing changed, with a note where it moved.
    fn open_section(&mut self, container: &Container, piece: &Piece) -> &'static str {
        if !self.touched.contains(&container.number) {
            self.push("<details class=\"same\"><summary>");
            self.summary = matches!(self.leaf(piece.leaf).kind, Kind::Heading(..));
            if !self.summary {
                self.push("<span data-redline-skip>");
                self.sentence("redline.unchanged", &[]);
                self.push("</span></summary>");
            }
            return "</details>";
        }
        match self.inline.redline.moved.get(&container.number) {
            Some(moved) if self.seen.insert(format!("m{}", moved.number)) => {
                let (number, id) = (moved.number, anchor(moved.change));
                self.push(&format!("<section id=\"m{number}\" data-move-to=\"{number}\"><p class=\"moved\"{id} data-redline-skip>"));
                self.sentence("redline.moved.section", &[("from", &format!("#m{number}-from"))]);
                self.inline.jump(Some(moved.change));
                self.push("</p>");
            }
            // A section without a heading is none to who reads by headings.
            _ if !matches!(self.leaf(piece.leaf).kind, Kind::Heading(..)) => {
                self.push("<div>");
                return "</div>";
            }
            _ => self.push("<section>"),
        }
        "</section>"
    }

    /// Leaves a note where something stood that stands elsewhere now.
    fn stub(&mut self, piece: &Piece, leaf: &Leaf, number: usize) {
        let inside = piece.path.last().is_some_and(|container| {
            !matches!(container.shape, Shape::Section(_) | Shape::Quote(_))
        });
        let name = if inside { "div" } else { "p" };
        self.push(&format!(
            "<{name} class=\"stub\" id=\"m{number}-from\" data-move-from=\"{number}\" data-stub>"
        ));
        self.push("<span data-redline-skip>");
        let mut words = String::new();
        escape(&beginning(leaf, self.inline.setting.messages), &mut words);
        self.sentence("redline.moved", &[("to", &format!("#m{number}")), ("words", &words)]);
        self.push(&format!("</span></{name}>"));
    }

    /// Writes a leaf of words.
    fn words(&mut self, piece: &Piece, leaf: &Leaf) {
        let bare = piece.path.last().is_some_and(|container| {
            !matches!(container.shape, Shape::Section(_) | Shape::Quote(_))
                && self.alone.get(&container.number) == Some(&1)
        });
        let mark = self.turned_leaf(piece);
        let (open, close) = match &leaf.kind {
            Kind::Heading(level, id) => {
                let level = (level + self.inline.setting.lowered).min(6);
                (format!("<h{level}{}{mark}>", self.id(id, piece)), format!("</h{level}>"))
            }
            Kind::Code(language) => {
                let class = language
                    .as_deref()
                    .map(|language| attribute("class", &format!("language-{language}")));
                (
                    format!("<pre{mark}><code{}>", class.unwrap_or_default()),
                    "</code></pre>".to_owned(),
                )
            }
            Kind::Plain if bare && mark.is_empty() => (String::new(), String::new()),
            Kind::Plain => (format!("<div{mark}>"), "</div>".to_owned()),
            _ => (format!("<p{mark}>"), "</p>".to_owned()),
        };
        let number = Some(&leaf.kind)
            .filter(|kind| matches!(kind, Kind::Heading(..)))
            .and_then(|_| self.clauses.beside(piece, self.inline.setting.messages));
        self.push(&open);
        if let Some(number) = number {
            self.push(&format!("<span class=\"clause\" data-redline-skip>{number}</span> "));
        }
        if leaf.tokens.is_empty() {
            self.without_words(piece);
        }
        if let Place::MovedHere(number) = piece.place {
            let id = piece.change.map(anchor).unwrap_or_default();
            self.push(&format!("<span class=\"moved\" id=\"m{number}\" data-move-to=\"{number}\"><a class=\"note\"{id}"));
            self.push(&format!(" href=\"#m{number}-from\" data-redline-skip>"));
            self.sentence("redline.moved.here", &[]);
            self.push("</a> ");
        }
        let (old, new) = (self.inline.redline.old, self.inline.redline.new);
        self.inline
            .stretches(&piece.stretches, &|leaf| &old.leaves[leaf], &|leaf| &new.leaves[leaf]);
        if matches!(piece.place, Place::MovedHere(_)) {
            self.inline.end(piece.change);
            self.push("</span>");
        }
        self.push(&close);
        if std::mem::take(&mut self.summary) {
            self.push("</summary>");
        }
    }

    /// Marks a leaf without words that came or went, such as an empty item.
    fn without_words(&mut self, piece: &Piece) {
        let change = piece.stretches.first().and_then(|stretch| stretch.change);
        let (mark, said) = match piece.place {
            Place::Added => (CAME, "redline.empty.added"),
            Place::Removed => (WENT, "redline.empty.removed"),
            _ => return,
        };
        let id = change.map(anchor).unwrap_or_default();
        self.push(&format!("<span class=\"turn\"{id}{mark} data-redline-skip>"));
        self.sentence(said, &[]);
        self.inline.jump(change);
        self.push("</span>");
    }

    /// Returns the attribute of an id that was not yet given; what is gone has `old-` before it.
    fn id(&mut self, id: &str, piece: &Piece) -> String {
        let full = match piece.leaf {
            Side::Old(_) => format!("old-{id}"),
            Side::New(_) => id.to_owned(),
        };
        match !id.is_empty() && self.seen.insert(full.clone()) {
            true => attribute("id", &full),
            false => String::new(),
        }
    }
}

/// Returns an attribute.
pub fn attribute(name: &str, value: &str) -> String {
    let mut attribute = format!(" {name}=\"");
    escape_quoted(value, &mut attribute);
    attribute.push('"');
    attribute
}

/// Returns the first words of a leaf.
fn beginning(leaf: &Leaf, messages: &Messages) -> String {
    const WORDS: usize = 8;
    match leaf.tokens.get(WORDS) {
        Some(token) => format!("{} …", leaf.text[..token.start].trim_end()),
        None if leaf.text.is_empty() => messages.get("redline.table").to_owned(),
        None => leaf.text.clone(),
    }
}
