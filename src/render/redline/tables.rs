//! Tables in a redline: row by row, each cell with its words; of a list of records the entries that
//! changed, the others folded.

use crate::redline::{Cells, Kind, Leaf, Piece, Place, Row, Rows, Sides};
use crate::render::pages::article::class;
use crate::render::redline::html::{CAME, DIFF, WENT, Writer, attribute, is_same};
use crate::render::redline::setting::anchor;

/// From how many columns on a table may be wider than its page.
const WIDE: usize = 5;

/// A table as it is written.
struct Table<'a> {
    rows: &'a Rows,
    cells: Cells<'a>,
    /// How each column is set.
    classes: Vec<&'static str>,
    /// The name of each column, as an attribute.
    labels: Vec<String>,
    /// The number of the table, for what moved in it.
    number: usize,
    /// What moved leaves a row or a cell where it stood, so that the old version can be read: the
    /// columns and rows before each one.
    columns_left: Vec<Vec<usize>>,
    rows_left: Vec<Vec<usize>>,
}

impl Writer<'_> {
    /// Writes a table.
    pub fn table(&mut self, piece: &Piece, rows: &Rows, leaf: &Leaf) {
        let Kind::Table(grid) = &leaf.kind else { return };
        if let Place::MovedHere(number) = piece.place {
            let id = piece.change.map(anchor).unwrap_or_default();
            self.push(&format!("<div id=\"m{number}\" data-move-to=\"{number}\"><p class=\"moved\"{id} data-redline-skip>"));
            self.sentence("redline.moved.table", &[("from", &format!("#m{number}-from"))]);
            self.inline.jump(piece.change);
            self.push("</p>");
        }
        let cells = rows.cells(self.inline.redline.old, self.inline.redline.new);
        let labels = rows.titles(&cells).map(|title| attribute("data-label", title)).collect();
        let head = rows.rows.first().map(|head| head.cells.as_slice()).unwrap_or_default();
        let column = |column: Option<usize>| column.and_then(|column| grid.columns.get(column));
        let table = Table {
            rows,
            cells,
            classes: head
                .iter()
                .map(|cell| {
                    column(cell.column.1.or(cell.column.0)).map_or("", |column| class(*column))
                })
                .collect(),
            labels,
            number: rows.new.unwrap_or_default(),
            columns_left: left(
                head.iter().map(|cell| (cell.column, rows.moved.contains(&cell.column))),
            ),
            rows_left: left(rows.rows.iter().map(|row| (row.sides, row.is_moved()))),
        };
        let mark = self.turned_leaf(piece);
        if grid.records.is_some() {
            self.records(&table);
        } else {
            let wide = head.len() >= WIDE;
            if wide {
                let label = attribute("aria-label", self.get("redline.table.label"));
                self.push(&format!("<div class=\"wide\" role=\"group\"{label} tabindex=\"0\">"));
            }
            self.push(&format!("<table{mark}>"));
            self.rows(&table, &Vec::from_iter(0..rows.rows.len()));
            self.push(if wide { "</table></div>" } else { "</table>" });
        }
        if matches!(piece.place, Place::MovedHere(_)) {
            self.push("</div>");
        }
    }

    /// Returns a message.
    fn get(&self, id: &str) -> &str {
        self.inline.setting.messages.get(id)
    }

    /// Writes a list of records: those that changed, then the others folded. Their order says
    /// nothing.
    fn records(&mut self, table: &Table<'_>) {
        let (same, changed): (Vec<usize>, Vec<usize>) =
            (1..table.rows.rows.len()).partition(|at| is_same(&table.rows.rows[*at]));
        let [same, changed] =
            [same, changed].map(|rows| Vec::from_iter(std::iter::once(0).chain(rows)));
        let count = same.len() - 1;
        if changed.len() > 1 || count == 0 {
            self.push("<table class=\"records\">");
            self.rows(table, &changed);
            self.push("</table>");
        }
        if count > 0 {
            self.push("<details class=\"same\"><summary><span data-redline-skip>");
            self.sentence("redline.unchanged.entries", &[("count", &count.to_string())]);
            self.push("</span></summary>");
            self.push("<table class=\"records\">");
            self.rows(table, &same);
            self.push("</table></details>");
        }
    }

    /// Writes rows of a table, its head first.
    fn rows(&mut self, table: &Table<'_>, rows: &[usize]) {
        let (width, number, all) = (
            table.columns_left.len() - 1 + table.rows.moved.len(),
            table.number,
            table.rows.rows.len(),
        );
        let said = self.get("redline.row.moved").to_owned();
        let row_left = |old: &usize| {
            format!(
                "<tr class=\"stub\" data-move-from=\"t{number}r{old}\" data-stub><td colspan=\"{width}\"><span data-redline-skip>{said}</span></td></tr>"
            )
        };
        self.push("<thead>");
        for (place, at) in rows.iter().copied().enumerate() {
            self.push(if place == 1 { "</thead><tbody>" } else { "" });
            table.rows_left[at].iter().for_each(|old| self.push(&row_left(old)));
            self.row(table, at);
        }
        table.rows_left[all].iter().for_each(|old| self.push(&row_left(old)));
        self.push(if rows.len() > 1 { "</tbody>" } else { "</thead>" });
    }

    fn row(&mut self, table: &Table<'_>, at: usize) {
        let row: &Row = &table.rows.rows[at];
        let mark = match row.sides {
            (None, _) => CAME,
            (_, None) => WENT,
            _ if row.turn.is_some() => DIFF,
            _ => "",
        };
        let number = table.number;
        let moved = row
            .sides
            .0
            .filter(|_| row.is_moved())
            .map(|old| format!(" data-move-to=\"t{number}r{old}\""))
            .unwrap_or_default();
        self.push(&format!("<tr{}{mark}{moved}>", row.change.map(anchor).unwrap_or_default()));
        let (name, close) = if at == 0 { ("th", "</th>") } else { ("td", "</td>") };
        let said = match at {
            0 => format!("<span data-redline-skip>{}</span>", self.get("redline.column.gone")),
            _ => String::new(),
        };
        let cell_left = |old: &usize| {
            format!(
                "<{name} class=\"stub\" data-move-from=\"t{number}r{at}c{old}\" data-stub>{said}</{name}>"
            )
        };
        let mut turn = row.turn.as_ref();
        let last = row.cells.iter().rposition(|cell| !cell.stretches.is_empty());
        for (place, (cell, label)) in row.cells.iter().zip(&table.labels).enumerate() {
            table.columns_left[place].iter().for_each(|old| self.push(&cell_left(old)));
            let class = table.classes[place];
            let moved = cell.column.0.filter(|_| table.rows.moved.contains(&cell.column));
            let moved = moved
                .map(|old| format!(" data-move-to=\"t{number}r{at}c{old}\""))
                .unwrap_or_default();
            self.push(&if at == 0 {
                format!("<th scope=\"col\"{class}{moved}>")
            } else {
                format!("<td{class}{label}{moved}>")
            });
            if let Some(turn) = turn.take() {
                self.said("span", turn);
            }
            let [old, new] = table.cells.of(row, cell);
            let stands = "a stretch of a version stands in its cell";
            self.inline
                .stretches(&cell.stretches, &|_| old.expect(stands), &|_| new.expect(stands));
            self.inline.jump(row.change.filter(|_| Some(place) == last));
            self.push(close);
        }
        table.columns_left[row.cells.len()].iter().for_each(|old| self.push(&cell_left(old)));
        self.push("</tr>");
    }
}

/// Returns what stood before each row or column of the old version, and after the last, and stands
/// elsewhere now: `moved` tells it apart.
fn left(shown: impl Iterator<Item = (Sides, bool)> + Clone) -> Vec<Vec<usize>> {
    let mut gone: Vec<usize> =
        shown.clone().filter(|(_, moved)| *moved).filter_map(|((old, _), _)| old).collect();
    gone.sort_unstable();
    let mut gone = gone.into_iter().peekable();
    let mut left: Vec<Vec<usize>> = Vec::new();
    for ((old, _), moved) in shown {
        let next = old.filter(|_| !moved);
        left.push(
            std::iter::from_fn(|| gone.next_if(|at| next.is_some_and(|next| *at < next))).collect(),
        );
    }
    left.push(gone.collect());
    left
}
