//! YAML with a place for every key and value.
//!
//! A file is read into a tree first and a type then takes its fields from it, so that one run
//! reports every mistake of a file, not the first one only; see [`Fields`](crate::parse::Fields).
//! Anchors, aliases and tags mean nothing here: a list of names has no use for them, and without
//! them there is no bomb. This is the one file that names the YAML crate.

use std::collections::{BTreeMap, HashMap};

use serde_yaml::granit_parser::{Event, Parser, ScalarStyle, Span as Mark};

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::model::{Colour, Placed};
use crate::tree::{Span, TreePath};

/// How deep lists and mappings may be nested.
const DEEPEST: usize = 32;

/// A value and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Its place; of a list or a mapping the place of its first line.
    pub span: Span,
}

/// What YAML can say, with every scalar as its author wrote it: `NO` is a country, `1.10` a
/// version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Nothing, or `~`, or `null`.
    Nothing,
    /// A scalar.
    Scalar(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping in the order of its file; every key once.
    Mapping(Vec<(Placed<String>, Node)>),
}

impl Value {
    /// Returns how a message names it.
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Nothing => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}

/// Reads one YAML document. `offset` says where `text` begins in the file at `path`.
pub fn tree(
    path: &TreePath,
    text: &str,
    offset: usize,
    diagnostics: &mut Diagnostics,
) -> Option<Node> {
    let mut reader = Reader { path, text, offset, open: Vec::new(), root: None, diagnostics };
    for next in Parser::new_from_str(text) {
        let more = match next {
            Ok((event, mark)) => reader.event(event, mark),
            Err(error) => {
                reader.syntax_error(&error);
                return None;
            }
        };
        if !more {
            return None;
        }
    }
    reader.root
}

/// Returns a text as a YAML scalar of one line that is read back as the same text.
pub fn quoted(text: &str) -> String {
    let settings = serde_yaml::ser_options! { prefer_block_scalars: false };
    let yaml =
        serde_yaml::to_string_with_options(&text, settings).expect("a text can always be written");
    yaml.trim_end_matches('\n').to_owned()
}

/// Returns a text as a YAML scalar of one line in quotation marks, which can stand wherever a
/// scalar can.
pub fn in_quotes(text: &str) -> String {
    let settings = serde_yaml::ser_options! { prefer_block_scalars: false, quote_all: true };
    let yaml =
        serde_yaml::to_string_with_options(&text, settings).expect("a text can always be written");
    yaml.trim_end_matches('\n').to_owned()
}

/// A scalar as it stands in its file, however many lines it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// All of it; of a block scalar the lines below `|` or `>`.
    pub span: Span,
    /// Whether it is a block scalar, whose letters stand as they are.
    pub block: bool,
}

/// Returns every scalar of a YAML document, keys too, by the byte at which it begins; those before
/// the first mistake.
pub fn scalars(text: &str, offset: usize) -> BTreeMap<usize, Written> {
    let scalar = |(event, mark): (Event<'_>, Mark)| match event {
        Event::Scalar(_, style, _, _) => {
            let span = Span::from(mark.byte_range()?).shift(offset);
            Some((
                span.start,
                Written {
                    span,
                    block: matches!(style, ScalarStyle::Literal | ScalarStyle::Folded),
                },
            ))
        }
        _ => None,
    };
    Parser::new_from_str(text).map_while(Result::ok).filter_map(scalar).collect()
}

struct Reader<'a> {
    path: &'a TreePath,
    text: &'a str,
    offset: usize,
    open: Vec<Open>,
    root: Option<Node>,
    diagnostics: &'a mut Diagnostics,
}

enum Open {
    List(Vec<Node>, Span),
    Mapping {
        entries: Vec<(Placed<String>, Node)>,
        seen: HashMap<String, Span>,
        key: Option<Key>,
        span: Span,
    },
}

enum Key {
    Named(Placed<String>),
    /// A key that was reported; its value is read and dropped.
    Dropped,
}

impl Reader<'_> {
    /// Takes an event; returns whether the rest is worth reading.
    fn event(&mut self, event: Event<'_>, mark: Mark) -> bool {
        let span = self.span(&mark);
        if event_has_anchor(&event) {
            self.report(
                span,
                "anchors and aliases are not read here",
                "write the value out where it is needed",
            );
            return false;
        }
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                self.report(
                    span,
                    "a second document in one file",
                    "keep one document: remove the `---` between them",
                );
                return false;
            }
            Event::Scalar(text, style, _, tag) => {
                if tag.is_some() || style == ScalarStyle::Plain {
                    self.read_otherwise(&mark, tag.is_some());
                }
                if style == ScalarStyle::Plain {
                    self.curled(&text, &mark);
                }
                let nothing = style == ScalarStyle::Plain
                    && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing { Value::Nothing } else { Value::Scalar(text.into_owned()) };
                self.take(Node { value, span });
            }
            Event::SequenceStart(..) => return self.enter(Open::List(Vec::new(), span), span),
            Event::MappingStart(..) => {
                let open =
                    Open::Mapping { entries: Vec::new(), seen: HashMap::new(), key: None, span };
                return self.enter(open, span);
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(items, span)) => {
                    self.take(Node { value: Value::List(items), span })
                }
                Some(Open::Mapping { entries, span, .. }) => {
                    self.take(Node { value: Value::Mapping(entries), span })
                }
                None => {}
            },
            _ => {}
        }
        true
    }

    /// Reports what stands beside a scalar as if it belonged to it: `#1` behind it, `!Acme` before
    /// it. Released words are left alone.
    fn read_otherwise(&mut self, mark: &Mark, tagged: bool) {
        let within = self.path.within("content").filter(|within| !within.starts_with("versions/"));
        let (Some(range), Some(_)) = (mark.byte_range(), within) else { return };
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        let word = |start: usize| {
            let length =
                self.text[start..].find(char::is_whitespace).unwrap_or(self.text.len() - start);
            Span::new(start, start + length).shift(self.offset)
        };
        let line = after.lines().next().unwrap_or_default();
        // Of an empty value the place is that of the colon before it.
        let comment = line
            .strip_prefix(':')
            .filter(|_| range.is_empty())
            .unwrap_or(line)
            .trim_start_matches([' ', '\t']);
        let glued = comment.strip_prefix('#').is_some_and(|rest| {
            rest.starts_with(char::is_alphanumeric) && !rest.starts_with("policybook")
        });
        let (span, what) = if tagged {
            let Some(tag) = before.rfind('!').map(|at| before[..at].trim_end_matches('!').len())
            else {
                return;
            };
            (word(tag), "a tag, which is left out of the value")
        } else if glued && comment.len() < line.len() {
            (word(range.end + line.len() - comment.len()), "a comment: the value ends before it")
        } else {
            return;
        };
        let message = format!(
            "`{}` is read as {what}",
            self.text[span.start - self.offset..span.end - self.offset].escape_debug()
        );
        let found = Diagnostic::warning(Code::ReadOtherwise, message).at(self.path, span);
        // A colour that is all there is can have been meant in one way only.
        let colour = (range.is_empty() && !tagged)
            .then(|| comment.trim_end())
            .filter(|word| Colour::new(word).is_some());
        let found = found.with_fix(colour.map(|colour| Fix::write(span, format!("\"{colour}\""))));
        self.diagnostics.push(
            found.help(
                "put the whole value in quotation marks; a comment has a space after its `#`",
            ),
        );
    }

    fn enter(&mut self, open: Open, span: Span) -> bool {
        if self.open.len() == DEEPEST {
            self.too_deep(span);
            return false;
        }
        self.open.push(open);
        true
    }

    /// Puts a finished value where it belongs.
    fn take(&mut self, node: Node) {
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return;
        };
        let (entries, seen, key) = match open {
            Open::List(items, _) => {
                items.push(node);
                return;
            }
            Open::Mapping { entries, seen, key, .. } => (entries, seen, key),
        };
        match (key.take(), node.value) {
            (Some(Key::Named(name)), value) => {
                entries.push((name, Node { value, span: node.span }))
            }
            (Some(Key::Dropped), _) => {}
            (None, Value::Scalar(text)) => match seen.insert(text.clone(), node.span) {
                None => *key = Some(Key::Named(Placed { value: text, span: node.span })),
                Some(_) => {
                    *key = Some(Key::Dropped);
                    let twice =
                        Diagnostic::error(Code::DuplicateKey, format!("duplicate key `{text}`"));
                    let twice = twice
                        .at(self.path, node.span)
                        .label("a second time")
                        .help("keep one of them");
                    self.diagnostics.push(twice);
                }
            },
            (None, value) => {
                *key = Some(Key::Dropped);
                let message = format!("{} cannot be a key", value.kind());
                let bad = Diagnostic::error(Code::YamlSyntax, message)
                    .at(self.path, node.span)
                    .help("write `key: value`");
                self.diagnostics.push(bad);
            }
        }
    }

    /// Returns the place of an event: of a scalar all of it on its first line, of a list or a
    /// mapping its first line.
    fn span(&self, mark: &Mark) -> Span {
        let range = mark.byte_range().unwrap_or(0..0);
        let line = self
            .text
            .get(range.start..)
            .and_then(|rest| rest.lines().next())
            .map_or(0, |line| line.trim_end().len());
        let end =
            if range.is_empty() { range.start + line } else { range.end.min(range.start + line) };
        Span::new(range.start, end.max(range.start)).shift(self.offset)
    }

    fn report(&mut self, span: Span, message: impl Into<String>, help: &str) {
        let found = Diagnostic::error(Code::YamlSyntax, message).at(self.path, span).help(help);
        // Words can be read without their front matter.
        self.diagnostics.push(if self.offset == 0 { found.losing() } else { found });
    }

    fn too_deep(&mut self, span: Span) {
        self.report(
            span,
            format!("nested deeper than {DEEPEST} levels"),
            "flatten it: no list or setting needs that",
        );
    }

    /// Returns the first tab that indents a line near a mistake: on its line or one next to it.
    fn tab(&self, at: usize) -> Option<usize> {
        let before = self.text[..at].rmatch_indices('\n').nth(1).map_or(0, |(line, _)| line + 1);
        let mut start = before;
        for line in self.text[before..].split_inclusive('\n').take(4) {
            let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
            if let Some(tab) = line[..indent].find('\t') {
                return Some(start + tab);
            }
            start += line.len();
        }
        self.text[at..].starts_with('\t').then_some(at)
    }

    /// Returns the last quotation mark before a mistake that begins a value.
    fn quotation(&self, at: usize) -> Option<usize> {
        let begins = |(mark, _): &(usize, &str)| {
            let before = self.text[..*mark].trim_end_matches([' ', '\t']);
            before.is_empty() || before.ends_with([':', '-', ',', '[', '{', '\n'])
        };
        self.text[..at].rmatch_indices(['"', '\'']).find(begins).map(|(mark, _)| mark)
    }

    /// Reports quotation marks of typography around a whole value, which are a part of it. Released
    /// words are left alone.
    fn curled(&mut self, text: &str, mark: &Mark) {
        let within = self.path.within("content").filter(|within| !within.starts_with("versions/"));
        let (Some(range), Some(_)) = (mark.byte_range(), within) else { return };
        let inner = CURLED.iter().find_map(|(open, close)| {
            text.strip_prefix(*open)?
                .strip_suffix(*close)
                .filter(|inner| !inner.contains(*open) && !inner.contains(*close))
        });
        let Some(inner) = inner.filter(|_| self.text.get(range.clone()) == Some(text)) else {
            return;
        };
        let span = Span::from(range).shift(self.offset);
        let found = Diagnostic::warning(
            Code::ReadOtherwise,
            "these quotation marks are read as a part of the value",
        );
        let found = found.at(self.path, span).help("write `\"` at both ends, or no marks at all");
        self.diagnostics.push(found.with_fix(Fix::write(span, quoted(inner))));
    }

    fn syntax_error(&mut self, error: &serde_yaml::granit_parser::ScanError) {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let width = self.text[at..]
            .chars()
            .next()
            .filter(|letter| *letter != '\n')
            .map_or(0, char::len_utf8);
        let span = Span::new(at, at + width).shift(self.offset);
        if matches!(error.kind(), serde_yaml::granit_parser::ErrorKind::RecursionLimitExceeded) {
            return self.too_deep(span);
        }
        if let Some(tab) = self.tab(at) {
            let span = Span::new(tab, tab + 1).shift(self.offset);
            return self.report(
                span,
                "a tab cannot indent: YAML takes no tabs",
                "write spaces instead, as many as the lines around it have",
            );
        }
        let help = if error.info().contains("quoted scalar") {
            "close this quotation mark"
        } else {
            "check the indentation and that texts with `: ` or ` #` are quoted"
        };
        let span = match error.info().contains("quoted scalar") {
            true => {
                self.quotation(at).map_or(span, |open| Span::new(open, open + 1).shift(self.offset))
            }
            false => span,
        };
        self.report(span, format!("this is not YAML: {}", error.info()), help);
    }
}

/// What typography puts around quoted words, as it opens and closes.
const CURLED: [(char, char); 6] =
    [('“', '”'), ('„', '“'), ('”', '”'), ('‘', '’'), ('«', '»'), ('»', '«')];

fn event_has_anchor(event: &Event<'_>) -> bool {
    match event {
        Event::Alias(_) => true,
        Event::Scalar(_, _, anchor, _)
        | Event::SequenceStart(_, anchor, _)
        | Event::MappingStart(_, anchor, _) => *anchor != 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Node>, Vec<String>) {
        let path = TreePath::new("list.yaml").unwrap();
        let mut diagnostics = Diagnostics::new();
        let node = tree(&path, text, 0, &mut diagnostics);
        (node, diagnostics.sorted().into_iter().map(|found| found.message.to_string()).collect())
    }

    #[test]
    fn a_scalar_stays_as_it_was_written() {
        for written in [
            "NO",
            "no",
            "Yes",
            "On",
            "off",
            "1.10",
            "010",
            "1_000",
            "12:30",
            "2024-02-30",
            "2024-01-02",
            "0x1F",
        ] {
            let (node, problems) = read(&format!("key: {written}"));
            assert_eq!(problems, Vec::<String>::new());
            let Value::Mapping(entries) = node.unwrap().value else { panic!("a mapping") };
            assert_eq!(entries[0].1.value, Value::Scalar(written.into()));
        }
    }

    #[test]
    fn what_is_read_as_another_value_than_was_typed_is_named() {
        let described = |text: &str| {
            let mut diagnostics = Diagnostics::new();
            tree(&TreePath::new("content/list.yaml").unwrap(), text, 0, &mut diagnostics);
            let found = diagnostics
                .sorted()
                .into_iter()
                .map(|found| (found.code, found.place.as_ref().unwrap().span.unwrap()));
            found
                .map(|(code, span)| format!("{} {}", code.as_str(), &text[span.start..span.end]))
                .collect::<Vec<_>>()
        };
        for (text, found) in [
            ("title: Terms #1", "P016 #1"),
            ("accent: #b74700\nname: x", "P016 #b74700"),
            ("- Terms  #general and more\n- x", "P016 #general"),
            ("name: !Acme Terms", "P016 !Acme"),
            ("a: [x #y\n  ]", "P016 #y"),
        ] {
            assert_eq!(described(text), [found], "{text}");
        }
        let mut released = Diagnostics::new();
        tree(
            &TreePath::new("content/versions/2024-01-01/list.yaml").unwrap(),
            "a: b #1",
            0,
            &mut released,
        );
        assert!(released.is_empty());
        for text in [
            "a: b # c",
            "a: b #\nc: d",
            "a: b##1",
            "a: 'b #1'",
            "a: \"b\" # c",
            "a: | #x\n  b #1\n",
            "a: https://acme.example/#b",
            "a:\n#b\n  c",
            "#b\na: c",
            "a: b #policybook: allow P040: x",
            "a: b! c",
        ] {
            assert_eq!(described(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_bomb_of_anchors_and_a_tower_of_brackets_are_refused() {
        assert_eq!(read("a: &a [x]\nb: [*a, *a]").1, ["anchors and aliases are not read here"]);
        assert_eq!(read(&"[".repeat(10_000)).1, ["nested deeper than 32 levels"]);
        assert_eq!(read("---\na: 1\n---\nb: 2").1, ["a second document in one file"]);
    }

    #[test]
    fn a_key_that_stands_twice_keeps_its_first_value() {
        let (node, problems) = read("a: 1\na: 2\n");
        assert_eq!(problems, ["duplicate key `a`"]);
        let Value::Mapping(entries) = node.unwrap().value else { panic!("a mapping") };
        assert_eq!(entries.len(), 1);
    }

    #[test]
    fn a_quoted_text_is_read_back_as_it_was() {
        for text in [
            "no",
            "- a",
            "a: b # c",
            "'",
            "\"",
            "ü\u{301}",
            "> x",
            "two\nlines",
            "",
            "x\ty",
            "2023-02-15",
            " a ",
            &"long ".repeat(50),
        ] {
            assert!(!quoted(text).contains('\n'), "{text:?}");
            let (node, problems) = read(&format!("key: {}\n", quoted(text)));
            assert_eq!(problems, Vec::<String>::new(), "{text:?}");
            let Value::Mapping(entries) = node.unwrap().value else { panic!("a mapping") };
            assert_eq!(entries[0].1.value, Value::Scalar(text.into()), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_text_is_read_or_reported(text in "\\PC*|[-:{}\\[\\]#&*!|>'\"%@ \n\ta]*") {
            let (node, problems) = read(&text);
            proptest::prop_assert!(node.is_some() || !problems.is_empty() || text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with(['#', '-', '.', '%'])));
        }
    }
}
