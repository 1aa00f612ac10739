//! Tables that lose words, and lines that were meant to be a table and are none.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::markdown::found::Found;
use crate::parse::markdown::seen::{Block, Run, Seen};
use crate::tree::{Edit, Span};

/// Finds what tables lose, and what is no table.
pub fn check(seen: &Seen<'_>, found: &mut Found) {
    for (row, columns) in &seen.rows {
        found.extend(cut(&seen.markdown[row.start..row.end], row.start, *columns));
    }
    for run in seen.runs.iter().filter(|run| matches!(run.block, Block::Paragraph | Block::Item)) {
        found.extend(no_table(seen, run));
    }
}

/// Finds what a row has beyond the columns of its table, and code that a bar ends.
fn cut(row: &str, start: usize, columns: usize) -> Option<(Span, Diagnostic)> {
    let cells = cells(row);
    let bars = bars_in_code(row);
    let escaped = bars
        .iter()
        .map(|bar| Edit { span: Span::new(start + bar, start + bar), put_in: "\\".to_owned() });
    let fix = Fix { what: "write `\\|` in the code".to_owned(), edits: escaped.collect() };
    let fix = Some(fix).filter(|fix| !fix.edits.is_empty() && cells.len() == columns + bars.len());
    let beyond: Vec<&(usize, &str)> =
        cells.iter().skip(columns).filter(|(_, cell)| !cell.is_empty()).collect();
    if let (Some((first, _)), Some((last, end))) = (beyond.first(), beyond.last()) {
        let place = Span::new(start + first, start + last + end.len());
        let lost = &row[*first..last + end.len()];
        let columns =
            if columns == 1 { "1 column".to_owned() } else { format!("{columns} columns") };
        let message =
            format!("readers will not see `{}`: the table has {columns}", lost.escape_debug());
        let help = match bars.is_empty() {
            true => {
                "add a column to the header row, or write `\\|` for a bar that readers are to see"
            }
            false => "write `\\|` for a bar in code: `|` ends the cell there too",
        };
        return Some((place, Diagnostic::warning(Code::Unseen, message).help(help).with_fix(fix)));
    }
    let bar = start + bars.first()?;
    let broken = Diagnostic::warning(
        Code::StrayMark,
        "this bar ends the cell: readers will see the marks of the code around it",
    );
    Some((Span::new(bar, bar + 1), broken.help("write `\\|` for a bar in code").with_fix(fix)))
}

/// Returns the cells of a row without the space around them, and where each begins.
pub fn cells(row: &str) -> Vec<(usize, &str)> {
    let mut bars: Vec<usize> = Vec::new();
    let mut escaped = false;
    for (at, byte) in row.bytes().enumerate() {
        if byte == b'|' && !escaped {
            bars.push(at);
        }
        escaped = byte == b'\\' && !escaped;
    }
    let mut cells = Vec::new();
    let mut begin = 0;
    for end in bars.into_iter().chain([row.len()]) {
        let cell = &row[begin..end];
        let outside = cell.trim().is_empty() && (begin == 0 || end == row.len());
        if !outside {
            cells.push((begin + cell.len() - cell.trim_start().len(), cell.trim()));
        }
        begin = end + 1;
    }
    cells
}

/// Returns the bars of a row that stand between the marks of code and are not escaped.
fn bars_in_code(row: &str) -> Vec<usize> {
    let mut bars = Vec::new();
    let mut at = 0;
    while let Some(found) = row[at..].find('`') {
        let open = at + found;
        let length = row[open..].len() - row[open..].trim_start_matches('`').len();
        at = open + length;
        let escaped = row[..open].ends_with('\\');
        let runs = row[at..]
            .match_indices('`')
            .map(|(close, _)| at + close)
            .filter(|close| !row[..*close].ends_with('`'));
        let close = runs.into_iter().find(|close| {
            row[*close..].len() - row[*close..].trim_start_matches('`').len() == length
        });
        if let Some(close) = close.filter(|_| !escaped) {
            let within = row[at..close].match_indices('|').map(|(bar, _)| at + bar);
            bars.extend(within.filter(|bar| !row[..*bar].ends_with('\\')));
            at = close + length;
        }
    }
    bars
}

/// Finds lines that have the marks of a table.
fn no_table(seen: &Seen<'_>, run: &Run) -> Option<(Span, Diagnostic)> {
    let text = |index: usize| seen.part(run.lines[index].span).trim();
    let written = |index: usize| {
        let Span { start, end } = run.lines[index].span;
        seen.markdown[start..end].trim()
    };
    let all = || 0..run.lines.len();
    let below = |text: &str| {
        text.contains('-')
            && text.contains('|')
            && text.bytes().all(|byte| matches!(byte, b'|' | b'-' | b':' | b' '))
    };
    let found = |message: &str| Diagnostic::warning(Code::StrayMark, message);
    if let Some(index) = all().find(|index| below(text(*index))) {
        let place = run.lines[index].span;
        let no_table = found("this is no table: readers will see its lines");
        let own = cells(text(index)).len();
        if index == 0 {
            let list = run.block == Block::Item;
            let help = if list {
                "write `---` for each cell: `- ` begins a list"
            } else {
                "add a header row above this line"
            };
            return Some((place, no_table.help(help)));
        }
        let head = cells(written(index - 1)).len();
        let rows: Vec<usize> = all().skip(index + 1).map(|row| cells(written(row)).len()).collect();
        let missing = head > own && !rows.is_empty() && rows.iter().all(|row| *row == head);
        let fix = (missing && text(index).starts_with('|'))
            .then(|| Fix::write(place, format!("|{}", "---|".repeat(head))));
        let help = format!(
            "cells in the line above: {head}, in this one: {own}; write `---` once for each"
        );
        return Some((place, no_table.help(help).with_fix(fix)));
    }
    let barred = |index: usize| {
        let text = text(index);
        text.starts_with('|')
            && (text.ends_with('|') || run.table.is_some())
            && cells(written(index)).len() > 1
    };
    if !all().all(barred) {
        return None;
    }
    let place = run.lines[0].span;
    if let Some((end, columns)) = run.table {
        let fits = run.top && all().all(|row| cells(written(row)).len() == columns);
        let between = Span::new(end, place.start);
        let fix = fits.then(|| Fix::remove(between, "the empty line"));
        let apart = found("this row is not in the table above: readers will see its bars");
        return Some((place, apart.help("remove the empty line between them").with_fix(fix)));
    }
    let row = found("this is no table: readers will see its bars");
    Some((
        place,
        row.help(
            "add a line below the header row, with one `---` for each column, as in `|---|---|`",
        ),
    ))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::parse::markdown;
    use crate::parse::markdown::Standpoint;
    use crate::tree::{File, TreePath};

    /// Returns the code and the words of each finding, and the text after every fix.
    fn judged(text: &str) -> (Vec<(Code, &str)>, String) {
        let path = TreePath::new("content/a/10-b.md").unwrap();
        let reading = markdown::judged(text, Standpoint { file: None, sections: &BTreeSet::new() });
        let found = reading
            .problems
            .iter()
            .map(|(span, problem)| (problem.code, &text[span.start..span.end]))
            .collect();
        let problems =
            reading.problems.iter().map(|(span, problem)| problem.clone().at(&path, *span));
        let edits: Vec<Edit> = problems
            .filter_map(|problem| problem.fix().cloned())
            .flat_map(|fix| fix.edits)
            .collect();
        (
            found,
            String::from_utf8(File::new(text.as_bytes()).edited(&edits).unwrap().bytes().to_vec())
                .unwrap(),
        )
    }

    #[test]
    fn cells_beyond_the_columns_are_found() {
        let head = "| a | b |\n|---|---|\n";
        for (row, lost) in [
            ("| 1 | 2 | 3 |", "3"),
            ("1 | 2 | 3", "3"),
            ("| 1 | 2 | | 4 |", "4"),
            ("| 1 | 2 | 3 | 4 |", "3 | 4"),
            ("|||x", "x"),
        ] {
            assert_eq!(judged(&format!("{head}{row}\n")).0, [(Code::Unseen, lost)], "{row}");
            assert_eq!(
                judged(&format!("> {}\n", format!("{head}{row}").replace('\n', "\n> "))).0,
                [(Code::Unseen, lost)],
                "{row}"
            );
        }
        for row in [
            "| 1 | 2 |",
            "1 | 2",
            "| 1 |",
            "| 1 | 2 | |",
            "| 1 | 2 ||",
            "| 1 | a \\| b |",
            "| 1 | `a\\|b` |",
            "| ` | ` |",
            "| \\` | \\` |",
        ] {
            let text = format!("{head}{row}\n");
            let found = judged(&text).0;
            assert!(found.is_empty() || row == "| ` | ` |", "{row}: {found:?}");
        }
    }

    #[test]
    fn a_bar_in_code_is_escaped_where_that_is_what_was_meant() {
        let head = "| a | b |\n|---|---|\n";
        let fixed = |row: &str| {
            let text = format!("{head}{row}\n");
            let (found, fixed) = judged(&text);
            assert_eq!(found.len(), 1, "{row}: {found:?}");
            (found[0].0, fixed[head.len()..].trim_end().to_owned())
        };
        assert_eq!(fixed("| `x|y` | 2 |"), (Code::Unseen, "| `x\\|y` | 2 |".to_owned()));
        assert_eq!(
            fixed("| ``x|`y|z`` | 2 |"),
            (Code::Unseen, "| ``x\\|`y\\|z`` | 2 |".to_owned())
        );
        assert_eq!(fixed("| 1 | `x|y` |"), (Code::Unseen, "| 1 | `x\\|y` |".to_owned()));
        assert_eq!(fixed("| `x|y` | 2 | 3 |"), (Code::Unseen, "| `x|y` | 2 | 3 |".to_owned()));
        assert_eq!(fixed("| `x|y` |"), (Code::StrayMark, "| `x|y` |".to_owned()));
    }

    #[test]
    fn lines_that_were_meant_to_be_a_table_are_found() {
        for (text, mark, right) in [
            ("| a | b |\n|---|\n| 1 | 2 |", "|---|", "| a | b |\n|---|---|\n| 1 | 2 |"),
            ("a | b\n--- | :-: | -", "--- | :-: | -", ""),
            ("| a | b |\n| - |\n| 1 | 2 |", "| - |", "| a | b |\n|---|---|\n| 1 | 2 |"),
            ("a | b\n- | - | -\n1 | 2", "| - | -", ""),
            ("| a | b |\n| 1 | 2 |", "| a | b |", ""),
            (
                "| a | b |\n|---|---|\n\n| 1 | 2 |\n| 3 | 4 |",
                "| 1 | 2 |",
                "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
            ),
            ("| a | b |\n|---|---|\n\n\n| 1 | 2 | 3 |", "| 1 | 2 | 3 |", ""),
            ("- | a | b |\n  |---|---|\n\n  | 1 | 2 |", "| 1 | 2 |", ""),
            ("|---|---|\n| 1 | 2 |", "|---|---|", ""),
        ] {
            let (found, fixed) = judged(text);
            assert_eq!(found, [(Code::StrayMark, mark)], "{text:?}");
            assert_eq!(fixed, if right.is_empty() { text } else { right });
        }
        for good in [
            "| a | b |\n|---|---|\n| 1 | -- |\n\na -- b\n\n--\n",
            "a | b\n-|-\n1 | 2",
            "| a |\n|---|\n\nWords | more",
            "|x| is a norm",
            "`| a | b |`",
            "Yes | No\nor not",
        ] {
            assert_eq!(judged(good).0, [], "{good:?}");
        }
    }
}
