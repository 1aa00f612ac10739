//! A redline as HTML, written from its pieces: well-formed by construction.
//!
//! Words that came and went stand in `<ins>` and `<del>`, always inside a leaf; rows bear `data-diff`. What moved bears `data-move-to`
//! where it is now and leaves a note with `data-move-from` where it was. Our own words bear `data-redline-skip`.

use std::collections::HashMap;
use std::collections::HashSet;

use crate::model::Target;
use crate::redline::Container;
use crate::redline::Fate;
use crate::redline::Kind;
use crate::redline::Leaf;
use crate::redline::On;
use crate::redline::Piece;
use crate::redline::Place;
use crate::redline::Redline;
use crate::redline::Row;
use crate::redline::Rows;
use crate::redline::Shape;
use crate::redline::Side;
use crate::redline::Sides;
use crate::redline::Stretch;
use crate::redline::Turn;
use crate::render::article::class;
use crate::render::article::named;
use crate::render::escape::escape;
use crate::render::escape::escape_quoted;
use crate::render::redline::inline::Inline;

/// What the writing of a redline needs to know beyond it.
pub struct Setting<'a> {
    /// By how many levels headings are lowered.
    pub lowered: u8,
    /// Where a link leads on this page; nothing where it should not be one.
    pub address: &'a dyn Fn(&Target) -> Option<String>,
}

/// What marks an element around words that stayed.
const MOD: &str = " class=\"mod\" data-diff=\"mod\"";

/// The same for an element that has a class of its own.
const DIFF: &str = " data-diff=\"mod\"";

/// Writes a redline as HTML: what stands inside `#redline`.
pub fn html(redline: &Redline<'_>, setting: &Setting<'_>) -> String {
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
    let mut whole: HashMap<u32, Option<&'static str>> = HashMap::new();
    for piece in &redline.pieces {
        let mark = match piece.place {
            Place::Added => Some(" data-diff=\"ins\""),
            Place::Removed => Some(" data-diff=\"del\""),
            _ => None,
        };
        for container in &piece.path {
            whole.entry(container.number).and_modify(|own| *own = own.filter(|own| Some(*own) == mark)).or_insert(mark);
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
    let mut writer = Writer { inline, open: Vec::new(), alone, touched, turned, whole, seen: HashSet::new(), summary: false };
    redline.pieces.iter().for_each(|piece| writer.piece(piece));
    writer.close_to(0);
    writer.inline.html
}

/// Tells whether nothing changed in a piece.
fn is_untouched(piece: &Piece) -> bool {
    let kept = |stretches: &[Stretch]| stretches.iter().all(|stretch| stretch.fate == Fate::Kept);
    let row =
        |row: &Row| matches!(row.sides, (Some(_), Some(_))) && row.turn.is_none() && row.cells.iter().all(|cell| kept(&cell.stretches));
    piece.place == Place::Kept
        && piece.turns.is_empty()
        && kept(&piece.stretches)
        && piece.rows.as_ref().is_none_or(|rows| rows.rows.iter().all(row))
}

struct Writer<'a> {
    inline: Inline<'a>,
    /// The containers that are open, each with the tag that closes it.
    open: Vec<(u32, &'static str)>,
    /// How many pieces each container holds without another around them.
    alone: HashMap<u32, usize>,
    /// The sections in which something changed.
    touched: HashSet<u32>,
    /// What became of containers, by their numbers.
    turned: HashMap<u32, &'a Turn>,
    /// How a container is marked in which all came, or all went.
    whole: HashMap<u32, Option<&'static str>>,
    /// The ids that were written.
    seen: HashSet<String>,
    /// Whether the summary of an unchanged section is open.
    summary: bool,
}

impl<'a> Writer<'a> {
    fn piece(&mut self, piece: &Piece) {
        let shared = self.open.iter().zip(&piece.path).take_while(|((open, _), container)| *open == container.number).count();
        self.close_to(shared);
        for container in piece.path.iter().skip(shared) {
            self.open_container(container, piece);
        }
        let leaf = self.leaf(piece.leaf);
        match (piece.place, &piece.rows, &leaf.kind) {
            (Place::MovedAway(number) | Place::SectionMovedAway(number), ..) => self.stub(piece, leaf, number),
            (_, Some(rows), _) => self.table(piece, rows, leaf),
            (_, _, Kind::Rule) => {
                let id = piece.stretches.first().and_then(|stretch| stretch.change).map(anchor).unwrap_or_default();
                let mark = match piece.place {
                    Place::Added | Place::MovedHere(_) => " data-diff=\"ins\"",
                    Place::Removed => " data-diff=\"del\"",
                    _ => "",
                };
                let turned = self.turned_leaf(piece);
                self.push(&format!("<hr{id}{mark}{turned}>"));
            }
            _ => self.words(piece, leaf),
        }
    }

    fn leaf(&self, side: Side<usize>) -> &'a Leaf {
        self.inline.redline.leaf(side)
    }

    fn push(&mut self, html: &str) {
        self.inline.html.push_str(html);
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
            (None, Shape::Item(_)) => self.whole.get(&container.number).copied().flatten().unwrap_or_default(),
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
                let (class, title) = named(alert);
                let title = format!("<p class=\"alert-title\" data-redline-skip>{title}</p>");
                (format!("<div class=\"alert {class}\"{}>{title}", turn.map_or("", |_| DIFF)), "</div>")
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
    fn said(&mut self, name: &str, turn: &Turn) {
        // A container that what is gone parts in two says it twice.
        let id = turn.change.map(anchor).filter(|id| self.seen.insert(id.clone())).unwrap_or_default();
        self.push(&format!("<{name} class=\"turn\"{id} data-redline-skip>"));
        escape(&turn.said, &mut self.inline.html);
        self.inline.end(turn.change);
        self.push(&format!("</{name}> "));
    }

    /// Says what a leaf became, and returns the attributes that mark it.
    fn turned_leaf(&mut self, piece: &Piece) -> &'static str {
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
                self.push("<span data-redline-skip>Unchanged words</span></summary>");
            }
            return "</details>";
        }
        match self.inline.redline.moved.get(&container.number) {
            Some(moved) if self.seen.insert(format!("m{}", moved.number)) => {
                let (number, id) = (moved.number, anchor(moved.change));
                self.push(&format!("<section id=\"m{number}\" data-move-to=\"{number}\"><p class=\"moved\"{id} data-redline-skip>"));
                self.push(&format!("This section moved here, <a href=\"#m{number}-from\">from there</a>.</p>"));
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
        let inside = piece.path.last().is_some_and(|container| !matches!(container.shape, Shape::Section(_) | Shape::Quote(_)));
        let name = if inside { "div" } else { "p" };
        self.push(&format!("<{name} class=\"stub\" id=\"m{number}-from\" data-move-from=\"{number}\" data-stub>"));
        self.push(&format!("<span data-redline-skip>Moved: <a href=\"#m{number}\">"));
        escape(&beginning(leaf), &mut self.inline.html);
        self.push(&format!("</a></span></{name}>"));
    }

    /// Writes a leaf of words.
    fn words(&mut self, piece: &Piece, leaf: &Leaf) {
        let bare = piece.path.last().is_some_and(|container| {
            !matches!(container.shape, Shape::Section(_) | Shape::Quote(_)) && self.alone.get(&container.number) == Some(&1)
        });
        let mark = self.turned_leaf(piece);
        let (open, close) = match &leaf.kind {
            Kind::Heading(level, id) => {
                let level = (level + self.inline.setting.lowered).min(6);
                (format!("<h{level}{}{mark}>", self.id(id, piece)), format!("</h{level}>"))
            }
            Kind::Code(language) => {
                let class = language.as_deref().map(|language| attribute("class", &format!("language-{language}")));
                (format!("<pre{mark}><code{}>", class.unwrap_or_default()), "</code></pre>".to_owned())
            }
            Kind::Plain if bare && mark.is_empty() => (String::new(), String::new()),
            Kind::Plain => (format!("<div{mark}>"), "</div>".to_owned()),
            _ => (format!("<p{mark}>"), "</p>".to_owned()),
        };
        self.push(&open);
        if leaf.tokens.is_empty() {
            self.without_words(piece);
        }
        if let Place::MovedHere(number) = piece.place {
            let id = piece.change.map(anchor).unwrap_or_default();
            self.push(&format!("<span class=\"moved\" id=\"m{number}\" data-move-to=\"{number}\"><a class=\"note\"{id}"));
            self.push(&format!(" href=\"#m{number}-from\" data-redline-skip>moved here</a> "));
        }
        let (old, new) = (self.inline.redline.old, self.inline.redline.new);
        self.inline.stretches(&piece.stretches, &|leaf| &old.leaves[leaf], &|leaf| &new.leaves[leaf]);
        if matches!(piece.place, Place::MovedHere(_)) {
            self.push("</span>");
        }
        self.push(&close);
        if std::mem::take(&mut self.summary) {
            self.push("</summary>");
        }
    }

    /// Marks a leaf without words that came or went, such as an empty item.
    fn without_words(&mut self, piece: &Piece) {
        let id = piece.stretches.first().and_then(|stretch| stretch.change).map(anchor).unwrap_or_default();
        match piece.place {
            Place::Added => self.push(&format!("<span class=\"turn\"{id} data-diff=\"ins\" data-redline-skip>added, without words</span>")),
            Place::Removed => {
                self.push(&format!("<span class=\"turn\"{id} data-diff=\"del\" data-redline-skip>removed, without words</span>"))
            }
            _ => {}
        }
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

    fn table(&mut self, piece: &Piece, rows: &Rows, leaf: &Leaf) {
        let Kind::Table(grid) = &leaf.kind else { return };
        if let Place::MovedHere(number) = piece.place {
            let id = piece.change.map(anchor).unwrap_or_default();
            self.push(&format!("<div id=\"m{number}\" data-move-to=\"{number}\"><p class=\"moved\"{id} data-redline-skip>"));
            self.push(&format!("This table moved here, <a href=\"#m{number}-from\">from there</a>.</p>"));
        }
        let mark = self.turned_leaf(piece);
        self.push(&format!("<table{mark}><thead>"));
        let (old, new) = rows.leaves(self.inline.redline.old, self.inline.redline.new);
        let leaf = |rows: &[&'a [Leaf]], row: Option<usize>, column: Option<usize>| rows.get(row?)?.get(column?);
        // What moved leaves a row or a cell where it stood, so that the old version can be read.
        let table = rows.new.unwrap_or_default();
        let columns: Vec<(Sides, bool)> = rows
            .rows
            .first()
            .map(|head| head.cells.iter().map(|cell| (cell.column, rows.moved.contains(&cell.column))).collect())
            .unwrap_or_default();
        let columns_left = left(columns.iter().copied());
        let rows_left = left(rows.rows.iter().map(|row| (row.sides, row.is_moved())));
        let width = columns.len() + rows.moved.len();
        let row_left = |old: &usize| {
            format!(
                "<tr class=\"stub\" data-move-from=\"t{table}r{old}\" data-stub><td colspan=\"{width}\"><span data-redline-skip>row moved</span></td></tr>"
            )
        };
        let labels: Vec<String> = rows.titles(&old, &new).map(|title| attribute("data-label", title)).collect();
        for (index, row) in rows.rows.iter().enumerate() {
            self.push(if index == 1 { "</thead><tbody>" } else { "" });
            rows_left[index].iter().for_each(|old| self.push(&row_left(old)));
            let mark = match row.sides {
                (None, _) => " data-diff=\"ins\"",
                (_, None) => " data-diff=\"del\"",
                _ if row.turn.is_some() => DIFF,
                _ => "",
            };
            let moved = row.sides.0.filter(|_| row.is_moved()).map(|old| format!(" data-move-to=\"t{table}r{old}\"")).unwrap_or_default();
            self.push(&format!("<tr{}{mark}{moved}>", row.change.map(anchor).unwrap_or_default()));
            let name = if index == 0 { "th" } else { "td" };
            let cell_left = |old: &usize| {
                let said = if index == 0 { "<span data-redline-skip>column moved</span>" } else { "" };
                format!("<{name} class=\"stub\" data-move-from=\"t{table}r{index}c{old}\" data-stub>{said}</{name}>")
            };
            let mut turn = row.turn.as_ref();
            for (at, (cell, label)) in row.cells.iter().zip(&labels).enumerate() {
                columns_left[at].iter().for_each(|old| self.push(&cell_left(old)));
                let column = cell.column.1.or(cell.column.0).and_then(|column| grid.columns.get(column));
                let class = column.map_or("", |column| class(*column));
                let moved = columns[at].0.0.filter(|_| columns[at].1);
                let moved = moved.map(|old| format!(" data-move-to=\"t{table}r{index}c{old}\"")).unwrap_or_default();
                self.push(&if index == 0 { format!("<th scope=\"col\"{class}{moved}>") } else { format!("<td{class}{label}{moved}>") });
                if let Some(turn) = turn.take() {
                    self.said("span", turn);
                }
                let old = leaf(&old, row.sides.0, cell.column.0);
                let new = leaf(&new, row.sides.1, cell.column.1);
                let stands = "a stretch of a version stands in its cell";
                self.inline.stretches(&cell.stretches, &|_| old.expect(stands), &|_| new.expect(stands));
                self.push(if index == 0 { "</th>" } else { "</td>" });
            }
            columns_left[row.cells.len()].iter().for_each(|old| self.push(&cell_left(old)));
            self.push("</tr>");
        }
        rows_left[rows.rows.len()].iter().for_each(|old| self.push(&row_left(old)));
        self.push(if rows.rows.len() > 1 { "</tbody></table>" } else { "</thead></table>" });
        if matches!(piece.place, Place::MovedHere(_)) {
            self.push("</div>");
        }
    }
}

/// Returns what stood before each row or column of the old version, and after the last, and stands elsewhere now: `moved` tells it apart.
fn left(shown: impl Iterator<Item = (Sides, bool)> + Clone) -> Vec<Vec<usize>> {
    let mut gone: Vec<usize> = shown.clone().filter(|(_, moved)| *moved).filter_map(|((old, _), _)| old).collect();
    gone.sort_unstable();
    let mut gone = gone.into_iter().peekable();
    let mut left: Vec<Vec<usize>> = Vec::new();
    for ((old, _), moved) in shown {
        let next = old.filter(|_| !moved);
        left.push(std::iter::from_fn(|| gone.next_if(|at| next.is_some_and(|next| *at < next))).collect());
    }
    left.push(gone.collect());
    left
}

/// Returns the id of a change, by its place in the list, as an attribute.
pub fn anchor(change: usize) -> String {
    format!(" id=\"c{}\"", change + 1)
}

fn attribute(name: &str, value: &str) -> String {
    let mut attribute = format!(" {name}=\"");
    escape_quoted(value, &mut attribute);
    attribute.push('"');
    attribute
}

/// Returns the first words of a leaf.
fn beginning(leaf: &Leaf) -> String {
    const WORDS: usize = 8;
    match leaf.tokens.get(WORDS) {
        Some(token) => format!("{} …", leaf.text[..token.start].trim_end()),
        None if leaf.text.is_empty() => "a table".to_owned(),
        None => leaf.text.clone(),
    }
}
