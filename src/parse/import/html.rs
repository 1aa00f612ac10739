//! Raw HTML of an imported text as markdown: emphasis, links, line breaks, paragraphs, lists,
//! headings and simple tables are written as markdown writes them; of all else the words stay.

use std::collections::BTreeSet;

use crate::parse::html::{Markup, html};
use crate::parse::import::edits::applied;
use crate::parse::markdown;
use crate::parse::reference::escaped;
use crate::tree::{Edit, Span};

/// The elements of HTML that texts are written with. What only looks like one is words.
const ELEMENTS: &str = " a abbr acronym address article aside b base big blockquote body br button \
    caption center cite code col colgroup dd del details dfn div dl dt em embed fieldset figcaption \
    figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label \
    legend li link main mark meta nav noscript o:p object ol option p picture pre q s samp script \
    section select small source span strike strong style sub summary sup svg table tbody td template \
    textarea tfoot th thead time title tr tt u ul var video wbr ";

fn is_element(name: &str) -> bool {
    ELEMENTS.contains(&format!(" {name} "))
}

/// Returns the names of the elements of HTML in a text.
pub fn elements(text: &str) -> BTreeSet<String> {
    if !text.contains('<') {
        return BTreeSet::new();
    }
    let places = markdown::places(text);
    let stretches = places.tags.iter().map(|(span, _)| *span).chain(places.blocks);
    let pieces = stretches.flat_map(|span| html(&text[span.start..span.end]));
    pieces
        .filter_map(|piece| match piece {
            Markup::Open { name, .. } | Markup::Close(name) => Some(name),
            _ => None,
        })
        .collect()
}

/// Returns a text with its raw HTML as markdown.
pub fn to_markdown(text: &str) -> String {
    if !text.contains('<') {
        return text.to_owned();
    }
    let places = markdown::places(text);
    let mut edits = Vec::new();
    let blocks = whole_tables(text, &places.blocks);
    let in_block =
        |span: &Span| blocks.iter().any(|block| block.start <= span.start && span.end <= block.end);
    for block in &blocks {
        let source = &text[block.start..block.end];
        if let Some(markdown) = block_as_markdown(source) {
            edits.push(Edit { span: *block, put_in: markdown });
        }
    }
    let mut open: Vec<(String, Span, String)> = Vec::new();
    for (span, wide) in places.tags.iter().filter(|(span, _)| !in_block(span)) {
        let source = &text[span.start..span.end];
        let mut put = |span: &Span, text: &str| {
            edits.push(Edit { span: *span, put_in: text.to_owned() });
        };
        match html(source).into_iter().next() {
            Some(Markup::Open { name, .. } | Markup::Close(name)) if !is_element(&name) => {
                put(&Span::new(span.start, span.start), "\\");
            }
            Some(Markup::Open { name, .. }) if name == "br" => {
                let ends = text[span.end..].starts_with('\n');
                put(
                    span,
                    if !wide {
                        " "
                    } else if ends {
                        "\\"
                    } else {
                        "\\\n"
                    },
                );
            }
            Some(Markup::Open { name, address, .. }) => {
                open.push((name, *span, address.unwrap_or_default()));
                put(span, "");
            }
            Some(Markup::Close(name)) => {
                put(span, "");
                let Some(at) = open.iter().rposition(|(opened, ..)| *opened == name) else {
                    continue;
                };
                let (_, begin, address) = open.remove(at);
                let inner = &text[begin.end..span.start];
                let (before, after) = match name.as_str() {
                    "a" if !address.is_empty() && !inner.trim().is_empty() => {
                        ("[".to_owned(), format!("](<{}>)", address.replace(['<', '>', '\n'], "")))
                    }
                    name => match mark(name).filter(|_| is_tight(inner)) {
                        Some(mark) => (mark.to_owned(), mark.to_owned()),
                        None => continue,
                    },
                };
                edits.retain(|edit| edit.span != begin && edit.span != *span);
                edits.push(Edit { span: begin, put_in: before });
                edits.push(Edit { span: *span, put_in: after });
            }
            _ => {}
        }
    }
    applied(text, edits)
}

/// Returns the mark that markdown has for an element within words.
fn mark(name: &str) -> Option<&'static str> {
    match name {
        "b" | "strong" => Some("**"),
        "i" | "em" => Some("*"),
        "del" | "s" | "strike" => Some("~~"),
        _ => None,
    }
}

/// Returns true if marks around words are read as marks.
fn is_tight(words: &str) -> bool {
    let edge = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    edge(words.chars().next()) && edge(words.chars().next_back())
}

/// Joins the blocks of a table that has empty lines in it.
fn whole_tables(text: &str, blocks: &[Span]) -> Vec<Span> {
    let mut whole: Vec<Span> = Vec::new();
    let mut open = 0usize;
    for block in blocks {
        let lower = text[block.start..block.end].to_ascii_lowercase();
        match whole.last_mut() {
            Some(last) if open > 0 => last.end = block.end,
            _ => whole.push(*block),
        }
        open = (open + lower.matches("<table").count())
            .saturating_sub(lower.matches("</table").count());
    }
    whole
}

/// Returns a block of HTML as markdown; `None` for a comment, which nobody sees.
fn block_as_markdown(source: &str) -> Option<String> {
    let pieces = html(source);
    let is_words = |piece: &Markup| matches!(piece, Markup::Words(_));
    if source.trim_start().starts_with("<!--") && pieces.iter().all(is_words) {
        return None;
    }
    let mut writer = Writer::default();
    pieces.into_iter().for_each(|piece| writer.piece(piece));
    Some(writer.done())
}

/// Returns a page of HTML as markdown: what stands in its `main` or `body`, without the navigation.
pub fn page(source: &str) -> String {
    let pieces = html(source);
    let opens = |wanted: &str| {
        pieces.iter().position(|piece| matches!(piece, Markup::Open { name, .. } if name == wanted))
    };
    let start = opens("main").or_else(|| opens("body")).unwrap_or_default();
    let mut hidden: Vec<String> = Vec::new();
    let mut writer = Writer::default();
    for piece in pieces.into_iter().skip(start) {
        match &piece {
            Markup::Open { name, .. } if AROUND.contains(&name.as_str()) => {
                hidden.push(name.clone());
            }
            Markup::Close(name) if hidden.last() == Some(name) => {
                hidden.pop();
                continue;
            }
            Markup::Close(name) if name == "main" => break,
            _ => {}
        }
        if hidden.is_empty() {
            writer.piece(piece);
        }
    }
    writer.done()
}

/// What stands around the text of a page.
const AROUND: [&str; 4] = ["aside", "footer", "head", "nav"];

/// A list that is open: its number, if it counts.
type List = Option<u64>;

#[derive(Default)]
struct Writer {
    blocks: String,
    line: String,
    /// What the line begins with: a mark of a heading, an item.
    mark: String,
    lists: Vec<List>,
    links: Vec<(String, usize)>,
    /// What is set in another way: the element, and where it begins.
    set: Vec<(String, usize)>,
    rows: Vec<Vec<String>>,
    in_table: usize,
}

impl Writer {
    fn piece(&mut self, piece: Markup) {
        match piece {
            Markup::Words(words) => {
                let spaced = |letter: Option<char>| letter.is_some_and(char::is_whitespace);
                if spaced(words.chars().next()) {
                    self.space();
                }
                self.line.push_str(&escaped(&words));
                if spaced(words.chars().next_back()) {
                    self.space();
                }
            }
            Markup::Unseen(_) => {}
            Markup::Open { name, address, alt, .. } => match name.as_str() {
                "table" => {
                    self.end();
                    self.in_table += 1;
                }
                "tr" if self.in_table > 0 => self.rows.push(Vec::new()),
                "td" | "th" if self.in_table > 0 => self.line.clear(),
                _ if mark(&name).is_some() => self.set.push((name, self.line.len())),
                _ if self.in_table > 0 && !matches!(name.as_str(), "a" | "img") => self.space(),
                "br" => self.line.push_str("\\\n"),
                "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                    self.end();
                    self.mark = "#".repeat(usize::from(name.as_bytes()[1] - b'0')) + " ";
                }
                "ul" | "ol" => {
                    self.end();
                    self.lists.push((name == "ol").then_some(0));
                }
                "li" => {
                    self.end();
                    let depth = self.lists.len().saturating_sub(1);
                    let mark = match self.lists.last_mut() {
                        Some(Some(number)) => {
                            *number += 1;
                            format!("{number}. ")
                        }
                        _ => "- ".to_owned(),
                    };
                    self.mark = "   ".repeat(depth) + &mark;
                }
                "a" => self.links.push((address.unwrap_or_default(), self.line.len())),
                "img" => self.line.push_str(&escaped(&alt.unwrap_or_default())),
                "hr" => {
                    self.end();
                    self.blocks.push_str("***\n\n");
                }
                _ if is_block(&name) => self.end(),
                _ => {}
            },
            Markup::Close(name) => match name.as_str() {
                "a" => {
                    let Some((address, start)) = self.links.pop() else { return };
                    let start = start.min(self.line.len());
                    let words = self.line[start..].trim().to_owned();
                    if !address.is_empty()
                        && !words.is_empty()
                        && !address.contains(['<', '>', '\n'])
                    {
                        self.line.truncate(start);
                        self.line.push_str(&format!("[{words}](<{address}>)"));
                    }
                }
                "td" | "th" if self.in_table > 0 => {
                    let cell = std::mem::take(&mut self.line);
                    let cell = cell.split_whitespace().collect::<Vec<_>>().join(" ");
                    if let Some(row) = self.rows.last_mut() {
                        row.push(cell);
                    }
                }
                "table" => {
                    self.in_table = self.in_table.saturating_sub(1);
                    if self.in_table == 0 {
                        self.table();
                    }
                }
                _ if mark(&name).is_some() => self.close(&name),
                _ if self.in_table > 0 => self.space(),
                "ul" | "ol" => {
                    self.end();
                    self.lists.pop();
                    if self.lists.is_empty() {
                        self.blocks.push('\n');
                    }
                }
                _ if is_block(&name) => self.end(),
                _ => {}
            },
        }
    }

    /// Closes what is set in another way, if marks around it are read as marks.
    fn close(&mut self, name: &str) {
        let Some((opened, start)) = self.set.pop() else { return };
        let inner = self.line.get(start..).unwrap_or_default();
        if let Some(mark) = mark(name).filter(|_| opened == name && is_tight(inner)) {
            self.line = format!("{}{mark}{inner}{mark}", &self.line[..start]);
        }
    }

    fn space(&mut self) {
        if !self.line.is_empty() && !self.line.ends_with(char::is_whitespace) {
            self.line.push(' ');
        }
    }

    /// Ends a paragraph, heading or item.
    fn end(&mut self) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim();
        let line = line.strip_suffix('\\').unwrap_or(line);
        if line.is_empty() {
            return;
        }
        let mark = std::mem::take(&mut self.mark);
        let item = !self.lists.is_empty();
        let lead = if item && mark.is_empty() { "   ".repeat(self.lists.len()) } else { mark };
        self.blocks.push_str(&format!("{lead}{line}\n{}", if item { "" } else { "\n" }));
    }

    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let rows: Vec<Vec<String>> = rows.into_iter().filter(|row| !row.is_empty()).collect();
        let width = rows.iter().map(Vec::len).max().unwrap_or_default();
        for (at, mut row) in rows.into_iter().enumerate() {
            row.resize(width, String::new());
            self.blocks.push_str(&format!("| {} |\n", row.join(" | ")));
            if at == 0 {
                self.blocks.push_str(&format!("|{}\n", " --- |".repeat(width)));
            }
        }
        self.blocks.push('\n');
        self.line.clear();
    }

    fn done(mut self) -> String {
        self.end();
        if !self.rows.is_empty() {
            self.table();
        }
        let text = self.blocks.trim_end();
        if text.is_empty() { "\n".to_owned() } else { format!("\n{text}\n\n") }
    }
}

/// Returns true if an element stands between others rather than within words.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "section"
            | "article"
            | "blockquote"
            | "center"
            | "dd"
            | "dl"
            | "dt"
            | "li"
            | "details"
            | "summary"
            | "figure"
            | "figcaption"
            | "footer"
            | "form"
            | "header"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "main"
            | "nav"
            | "pre"
            | "address"
            | "aside"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_within_words_becomes_markdown_or_words() {
        for (html, markdown) in [
            ("a <b>bold</b> and <i>it</i>", "a **bold** and *it*"),
            ("a <b> bold </b> word", "a  bold  word"),
            ("one<br>two<br/>\nthree", "one\\\ntwo\\\nthree"),
            ("see <a href=\"x y\">this</a> <a name=\"z\"></a>", "see [this](<x y>) "),
            ("a <span style='x'>b</span><!-- c -->", "a b<!-- c -->"),
            ("Dear <COMPANY>, `<b>` stays", "Dear \\<COMPANY>, `<b>` stays"),
            ("# A<br>b", "# A b"),
        ] {
            assert_eq!(to_markdown(html), markdown);
        }
    }

    #[test]
    fn a_block_of_html_becomes_markdown() {
        let html = "<div>\n<p>One *star*</p><p>Two <a href='x'>link</a></p>\n<ul><li>a</li><li>b<ol><li>c</li></ol></li></ul></div>\n\nMore.\n\n<h2>Head</h2>\n";
        let markdown =
            "\nOne \\*star\\*\n\nTwo [link](<x>)\n\n- a\n- b\n   1. c\n\n\nMore.\n\n\n## Head\n\n";
        assert_eq!(to_markdown(html), markdown);
        let table = "<table>\n<tr><th>Name</th><th>Where</th></tr>\n\n<tr><td>A|B</td>\n<td>x<br>y</td></tr>\n</table>\n";
        assert_eq!(to_markdown(table), "\n| Name | Where |\n| --- | --- |\n| A\\|B | x y |\n\n");
        assert_eq!(to_markdown("<!-- nobody -->\n\nWords.\n"), "<!-- nobody -->\n\nWords.\n");
    }

    #[test]
    fn a_page_is_its_text() {
        let html = "<!DOCTYPE html><html><head><title>T</title><style>x</style></head><body><nav><a href='/'>Home</a></nav>\n\
            <h1>Privacy</h1><p>We keep\nnothing.</p><ul>\n\n  <li>a</li>\n\n  <li>b</li></ul><footer>f</footer></body></html>";
        assert_eq!(page(html), "\n# Privacy\n\nWe keep nothing.\n\n- a\n- b\n\n");
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_html_is_read(text in "(<[a-z/]{1,6}>|<a href=x>|\n|\n\n|a b|\\*|\\||&lt;|<|\\PC)*") {
            to_markdown(&text);
        }
    }
}
