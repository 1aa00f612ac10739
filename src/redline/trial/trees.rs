//! Proptest strategies: random texts with structure, edits of their structure, and the spellings of
//! markdown that say the same.

use proptest::prelude::*;
use proptest::sample::Index;

use crate::redline::trial::{checked, quick};

/// A block.
#[derive(Clone, Debug)]
pub enum Node {
    /// A paragraph.
    Paragraph(Vec<Run>),
    /// A heading of a level.
    Heading(u8, Vec<Run>),
    /// A list: its first number, whether it is ordered, and its items.
    List(Option<u8>, Vec<Vec<Node>>),
    /// A quotation, or an alert.
    Quote(Option<&'static str>, Vec<Node>),
    /// A block of code.
    Code(String),
    /// A table of two columns: how they are set, and its cells, the head first.
    Table([&'static str; 2], Vec<[Vec<Run>; 2]>),
    /// A term and what it means.
    Definition(Vec<Run>, Vec<Run>),
    /// A thematic break.
    Rule,
}

/// Words that are set in one way: what stands before and after them.
#[derive(Clone, Debug)]
pub struct Run {
    set: (&'static str, &'static str),
    words: String,
}

/// How a text is spelled where markdown leaves a choice.
#[derive(Clone, Copy, Debug)]
pub struct Spelling {
    bullet: char,
    loose: bool,
    wrapped: bool,
    padded: bool,
    underlines: bool,
}

const PLAIN: Spelling =
    Spelling { bullet: '-', loose: false, wrapped: false, padded: false, underlines: false };

/// Proptest strategy for markdown spellings.
pub fn spelled() -> impl Strategy<Value = Spelling> {
    (any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(star, loose, wrapped, padded, underlines)| Spelling {
            bullet: if star { '*' } else { '-' },
            loose,
            wrapped,
            padded,
            underlines,
        },
    )
}

fn run() -> impl Strategy<Value = Run> {
    let set = proptest::sample::select(vec![
        ("", ""),
        ("", ""),
        ("", ""),
        ("*", "*"),
        ("**", "**"),
        ("~~", "~~"),
        ("`", "`"),
        ("[", "](https://a.example/)"),
        ("[", "](https://b.example/)"),
        ("[", "](https://b.example/ \"T\")"),
        ("", "\\\nx"),
        ("", "\u{a0}x"),
        ("", "[^a]"),
        ("", "[^b]"),
    ]);
    let word = proptest::sample::select(vec![
        "we", "keep", "data", "30 days", "never", "sell it", "and", "2 weeks.",
    ]);
    (set, proptest::collection::vec(word, 1..4))
        .prop_map(|(set, words)| Run { set, words: words.join(" ") })
}

fn runs() -> impl Strategy<Value = Vec<Run>> {
    proptest::collection::vec(run(), 1..4)
}

/// Proptest strategy for blocks.
pub fn node() -> impl Strategy<Value = Node> {
    let aligned = proptest::sample::select(vec!["--", ":-:", "-:"]);
    let cells = proptest::collection::vec((runs(), runs()).prop_map(|(a, b)| [a, b]), 2..4);
    let leaf = prop_oneof![
        4 => runs().prop_map(Node::Paragraph),
        1 => (2..5_u8, runs()).prop_map(|(level, words)| Node::Heading(level, words)),
        1 => "[a-c]{1,2}( {1,3}|\n {0,2})[a-c]{1,2}".prop_map(Node::Code),
        1 => (aligned.clone(), aligned, cells).prop_map(|(a, b, cells)| Node::Table([a, b], cells)),
        1 => (runs(), runs()).prop_map(|(term, means)| Node::Definition(term, means)),
        1 => Just(Node::Rule),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let blocks = proptest::collection::vec(inner, 0..3);
        let alert = proptest::sample::select(vec![None, None, Some("NOTE"), Some("WARNING")]);
        prop_oneof![
            3 => (proptest::option::of(1..4_u8), proptest::collection::vec(blocks.clone(), 1..4)).prop_map(|(start, items)| Node::List(start, items)),
            1 => (alert, blocks).prop_map(|(alert, blocks)| Node::Quote(alert, blocks)),
        ]
    })
}

fn words(runs: &[Run], spelling: Spelling, one_line: bool) -> String {
    let mut text = String::new();
    for (at, run) in runs.iter().enumerate() {
        let space = if spelling.wrapped && !one_line && at % 2 == 1 { "\n" } else { " " };
        let (before, after) = match run.set {
            ("*", _) if spelling.underlines => ("_", "_"),
            ("**", _) if spelling.underlines => ("__", "__"),
            (_, after) if one_line && after.contains('\n') => ("", ""),
            set => set,
        };
        text.push_str(if at > 0 { space } else { "" });
        text.push_str(&format!("{before}{}{after}", run.words));
    }
    text
}

/// Returns a text, with the footnotes that it refers to; plainly, or as it is spelled.
pub fn text(nodes: &[Node], spelling: Option<Spelling>) -> String {
    let plain = spelling.is_none();
    let mut text = blocks(nodes, spelling.unwrap_or(PLAIN), false);
    let mut notes: Vec<String> = Vec::new();
    for (label, other, words) in
        [("[^a]", "[^one]", "A note."), ("[^b]", "[^two]", "Another *note*.")]
    {
        if text.contains(label) {
            notes.push(format!("{label}: {words}"));
        }
        if !plain {
            text = text.replace(label, other);
            notes = notes.into_iter().map(|note| note.replace(label, other)).collect();
        }
    }
    // In what order they are defined is not seen.
    if !plain {
        notes.reverse();
    }
    std::iter::once(text).chain(notes).collect::<Vec<_>>().join("\n\n")
}

fn blocks(nodes: &[Node], spelling: Spelling, tight: bool) -> String {
    // An item without anything may be read as a line across the page, or as the underline of a
    // heading.
    if nodes.is_empty() && tight {
        return "<!-- -->".to_owned();
    }
    let mut lines: Vec<String> = Vec::new();
    for (at, node) in nodes.iter().enumerate() {
        // Two lists that follow each other are kept apart by what no reader sees.
        let lists = at > 0 && matches!((&nodes[at - 1], node), (Node::List(..), Node::List(..)));
        match node {
            _ if lists => lines.push("\n<!-- -->\n".to_owned()),
            Node::List(None, _) if tight => {}
            _ if at > 0 => lines.push(String::new()),
            _ => {}
        }
        lines.push(block(node, spelling));
    }
    lines.join("\n")
}

fn indented(text: &str, first: &str, rest: &str) -> String {
    let mut lines = text.lines();
    let head = format!("{first}{}", lines.next().unwrap_or_default());
    let tail = lines.map(|line| {
        if line.is_empty() { rest.trim_end().to_owned() } else { format!("{rest}{line}") }
    });
    std::iter::once(head).chain(tail).collect::<Vec<_>>().join("\n")
}

fn block(node: &Node, spelling: Spelling) -> String {
    match node {
        Node::Paragraph(runs) => words(runs, spelling, false),
        Node::Heading(level, runs) => {
            format!("{} {}", "#".repeat(usize::from(*level)), words(runs, spelling, true))
        }
        Node::List(start, items) => {
            let item = |(at, item): (usize, &Vec<Node>)| match start {
                Some(start) => indented(
                    &blocks(item, spelling, true),
                    &format!("{}. ", usize::from(*start) + at),
                    "   ",
                ),
                None => {
                    indented(&blocks(item, spelling, true), &format!("{} ", spelling.bullet), "  ")
                }
            };
            let items: Vec<String> = items.iter().enumerate().map(item).collect();
            items.join(if spelling.loose { "\n\n" } else { "\n" })
        }
        Node::Quote(alert, inner) => {
            let text = blocks(inner, spelling, false);
            let gap = if matches!(inner.first(), Some(Node::List(..))) { "\n\n" } else { "\n" };
            let text = alert.map_or(text.clone(), |alert| format!("[!{alert}]{gap}{text}"));
            indented(&text, "> ", "> ")
        }
        Node::Code(text) => format!("```\n{text}\n```"),
        Node::Table(columns, rows) => {
            let pad = if spelling.padded { "   " } else { " " };
            let row = |cells: &[Vec<Run>; 2]| {
                format!(
                    "|{pad}{}{pad}| {}{pad}|",
                    words(&cells[0], spelling, true),
                    words(&cells[1], spelling, true)
                )
            };
            let mut lines: Vec<String> = rows.iter().map(row).collect();
            lines.insert(1, format!("|{}|{}{pad}|", columns[0], columns[1]));
            lines.join("\n")
        }
        Node::Definition(term, means) => {
            format!("{}\n: {}", words(term, spelling, true), words(means, spelling, true))
        }
        Node::Rule => "___".to_owned(),
    }
}

/// An edit: where, what, and what comes instead.
pub type Edit = (Index, u8, Node);

/// Proptest strategy for edits.
pub fn edits() -> impl Strategy<Value = Vec<Edit>> {
    proptest::collection::vec((any::<Index>(), 0..12_u8, node()), 0..4)
}

/// Returns what edits make of blocks.
pub fn edited(nodes: &[Node], edits: &[Edit]) -> Vec<Node> {
    let mut nodes = nodes.to_vec();
    for (at, what, other) in edits {
        edit(&mut nodes, &mut at.index(8), *what, other);
    }
    nodes
}

/// Makes an edit of one node, the `at`th in order.
fn edit(nodes: &mut Vec<Node>, at: &mut usize, what: u8, other: &Node) -> bool {
    for index in 0..nodes.len() {
        if *at == 0 {
            one(nodes, index, what, other);
            return true;
        }
        *at -= 1;
        let done = match &mut nodes[index] {
            Node::List(_, items) => items.iter_mut().any(|item| edit(item, at, what, other)),
            Node::Quote(_, inner) => edit(inner, at, what, other),
            _ => false,
        };
        if done {
            return true;
        }
    }
    false
}

fn one(nodes: &mut Vec<Node>, at: usize, what: u8, other: &Node) {
    let node = nodes[at].clone();
    match (what, node) {
        (0, _) => drop(nodes.remove(at)),
        (1, _) => nodes.insert(at, other.clone()),
        (2, node) => nodes[at] = Node::Quote(None, vec![node]),
        (3, node) => nodes[at] = Node::List(None, vec![vec![node]]),
        (4, Node::Quote(None, inner)) => nodes[at] = Node::Quote(Some("TIP"), inner),
        (4, Node::Quote(_, inner)) => drop(nodes.splice(at..=at, inner)),
        (4, Node::Heading(level, words)) => nodes[at] = Node::Heading(level % 4 + 2, words),
        (4, Node::List(None, items)) => nodes[at] = Node::List(Some(1), items),
        (4, Node::List(Some(start), items)) => nodes[at] = Node::List(Some(start + 2), items),
        (4, Node::Table([a, b], rows)) => {
            nodes[at] = Node::Table([b, if a == "-:" { "--" } else { "-:" }], rows)
        }
        (4, Node::Code(text)) => nodes[at] = Node::Code(format!("{text}\n  x")),
        (5, Node::List(start, mut items)) if items.len() > 1 => {
            let last = items.pop().unwrap_or_default();
            items.last_mut().expect("one is left").push(Node::List(None, vec![last]));
            nodes[at] = Node::List(start, items);
        }
        (5, Node::Paragraph(mut words)) if words.len() > 1 => {
            let rest = words.split_off(1);
            nodes[at] = Node::Paragraph(words);
            nodes.insert(at + 1, Node::Paragraph(rest));
        }
        (6, Node::Paragraph(mut words)) => {
            words[0].set = ("~~", "~~");
            nodes[at] = Node::Paragraph(words);
        }
        (6, Node::List(start, mut items)) => {
            items.push(Vec::new());
            nodes[at] = Node::List(start, items);
        }
        (8, Node::List(start, mut items)) if at + 1 < nodes.len() && !items.is_empty() => {
            let next = nodes.remove(at + 1);
            items.last_mut().expect("one is there").push(next);
            nodes[at] = Node::List(start, items);
        }
        (8, Node::Quote(alert, mut inner)) if at + 1 < nodes.len() => {
            inner.push(nodes.remove(at + 1));
            nodes[at] = Node::Quote(alert, inner);
        }
        (9, Node::Quote(alert, mut inner)) if at > 0 => {
            inner.insert(0, nodes[at - 1].clone());
            nodes[at] = Node::Quote(alert, inner);
            nodes.remove(at - 1);
        }
        (9, Node::List(start, mut items)) if items.last().is_some_and(|last| last.len() > 1) => {
            let last = items.last_mut().and_then(Vec::pop).expect("more than one");
            nodes[at] = Node::List(start, items);
            nodes.insert(at + 1, last);
        }
        (10, Node::List(start, mut items)) if items.len() > 1 => {
            let mut last = items.pop().unwrap_or_default();
            items.last_mut().expect("one is left").append(&mut last);
            nodes[at] = Node::List(start, items);
        }
        (7, node) => {
            let place = nodes.len() - 1 - at;
            nodes.remove(at);
            nodes.insert(place, node);
        }
        _ => nodes[at] = other.clone(),
    }
}

proptest! {
    #![proptest_config(quick())]

    #[test]
    fn how_markdown_is_spelled_is_no_change(tree in proptest::collection::vec(node(), 0..5), spelling in spelled()) {
        let (old, new) = (text(&tree, None), text(&tree, Some(spelling)));
        checked(&old, &new, |redline| assert!(redline.changes.is_empty(), "{old}\n=>\n{new}\n{:?}", redline.changes));
    }

    #[test]
    fn what_a_reader_sees_is_marked_and_nothing_else(
        tree in proptest::collection::vec(node(), 1..5),
        edits in edits(),
        spelling in spelled(),
    ) {
        // Every comparison holds that there is a mark if and only if the forms differ.
        checked(&text(&tree, None), &text(&edited(&tree, &edits), Some(spelling)), |_| ());
    }
}
