//! YAML with a place for every key and value.
//!
//! A file is read into a tree first and a type then takes its fields from it, so that one run reports every mistake of a file, not the
//! first one only. Anchors, aliases and tags mean nothing here: a list of names has no use for them, and without them there is no
//! bomb. This is the one file that names the YAML crate.

use std::collections::BTreeMap;
use std::collections::HashMap;

use serde_yaml::granit_parser::Event;
use serde_yaml::granit_parser::Parser;
use serde_yaml::granit_parser::ScalarStyle;
use serde_yaml::granit_parser::Span as Mark;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::Fix;
use crate::diagnostic::Instead;
use crate::diagnostic::nearest;
use crate::diagnostic::slip;
use crate::model::Placed;
use crate::parse::rewritten;
use crate::tree::Span;
use crate::tree::TreePath;

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

/// What YAML can say, with every scalar as its author wrote it: `NO` is a country, `1.10` a version.
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
    fn kind(&self) -> &'static str {
        match self {
            Value::Nothing => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Mapping(_) => "a mapping",
        }
    }
}

/// Reads one YAML document. `offset` says where `text` begins in the file at `path`.
pub fn tree(path: &TreePath, text: &str, offset: usize, diagnostics: &mut Diagnostics) -> Option<Node> {
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
    let yaml = serde_yaml::to_string_with_options(&text, settings).expect("a text can always be written");
    yaml.trim_end_matches('\n').to_owned()
}

/// Returns a text as a YAML scalar of one line in quotation marks, which can stand wherever a scalar can.
pub fn in_quotes(text: &str) -> String {
    let settings = serde_yaml::ser_options! { prefer_block_scalars: false, quote_all: true };
    let yaml = serde_yaml::to_string_with_options(&text, settings).expect("a text can always be written");
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

/// Returns every scalar of a YAML document, keys too, by the byte at which it begins; those before the first mistake.
pub fn scalars(text: &str, offset: usize) -> BTreeMap<usize, Written> {
    let scalar = |(event, mark): (Event<'_>, Mark)| match event {
        Event::Scalar(_, style, _, _) => {
            let span = Span::from(mark.byte_range()?).shift(offset);
            Some((span.start, Written { span, block: matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) }))
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
    Mapping { entries: Vec<(Placed<String>, Node)>, seen: HashMap<String, Span>, key: Option<Key>, span: Span },
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
            self.report(span, "anchors and aliases are not read here", "write the value out where it is needed");
            return false;
        }
        match event {
            Event::DocumentStart(..) if self.root.is_some() => {
                self.report(span, "a second document in one file", "keep one document: remove the `---` between them");
                return false;
            }
            Event::Scalar(text, style, _, _) => {
                let nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing { Value::Nothing } else { Value::Scalar(text.into_owned()) };
                self.take(Node { value, span });
            }
            Event::SequenceStart(..) => return self.enter(Open::List(Vec::new(), span), span),
            Event::MappingStart(..) => {
                let open = Open::Mapping { entries: Vec::new(), seen: HashMap::new(), key: None, span };
                return self.enter(open, span);
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List(items, span)) => self.take(Node { value: Value::List(items), span }),
                Some(Open::Mapping { entries, span, .. }) => self.take(Node { value: Value::Mapping(entries), span }),
                None => {}
            },
            _ => {}
        }
        true
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
            (Some(Key::Named(name)), value) => entries.push((name, Node { value, span: node.span })),
            (Some(Key::Dropped), _) => {}
            (None, Value::Scalar(text)) => match seen.insert(text.clone(), node.span) {
                None => *key = Some(Key::Named(Placed { value: text, span: node.span })),
                Some(_) => {
                    *key = Some(Key::Dropped);
                    let twice = Diagnostic::error(Code::DuplicateKey, format!("`{text}` stands twice in one mapping"));
                    let twice = twice.at(self.path, node.span).label("a second time").help("keep the one that is meant");
                    self.diagnostics.push(twice);
                }
            },
            (None, value) => {
                *key = Some(Key::Dropped);
                let message = format!("{} cannot be a key", value.kind());
                let bad = Diagnostic::error(Code::YamlSyntax, message).at(self.path, node.span).help("write `key: value`");
                self.diagnostics.push(bad);
            }
        }
    }

    /// Returns the place of an event: of a scalar all of it on its first line, of a list or a mapping its first line.
    fn span(&self, mark: &Mark) -> Span {
        let range = mark.byte_range().unwrap_or(0..0);
        let line = self.text.get(range.start..).and_then(|rest| rest.lines().next()).map_or(0, |line| line.trim_end().len());
        let end = if range.is_empty() { range.start + line } else { range.end.min(range.start + line) };
        Span::new(range.start, end.max(range.start)).shift(self.offset)
    }

    fn report(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.diagnostics.push(Diagnostic::error(Code::YamlSyntax, message).at(self.path, span).help(help));
    }

    fn too_deep(&mut self, span: Span) {
        self.report(span, format!("nested deeper than {DEEPEST} levels"), "flatten it: no list or setting needs that");
    }

    fn syntax_error(&mut self, error: &serde_yaml::granit_parser::ScanError) {
        let at = error.marker().byte_offset().unwrap_or(0).min(self.text.len());
        let width = self.text[at..].chars().next().filter(|letter| *letter != '\n').map_or(0, char::len_utf8);
        let span = Span::new(at, at + width).shift(self.offset);
        if matches!(error.kind(), serde_yaml::granit_parser::ErrorKind::RecursionLimitExceeded) {
            return self.too_deep(span);
        }
        let tab = self.text[..at].rsplit('\n').next().is_some_and(|line| line.contains('\t')) || self.text[at..].starts_with('\t');
        let help = if tab {
            "indent with spaces: YAML takes no tabs"
        } else {
            "see that the indentation lines up and that texts with `: ` or ` #` are quoted"
        };
        self.report(span, format!("this is not YAML: {}", error.info()), help);
    }
}

fn event_has_anchor(event: &Event<'_>) -> bool {
    match event {
        Event::Alias(_) => true,
        Event::Scalar(_, _, anchor, _) | Event::SequenceStart(_, anchor, _) | Event::MappingStart(_, anchor, _) => *anchor != 0,
        _ => false,
    }
}

/// The fields of a mapping, taken one by one by the type that knows them; what nobody takes is reported at the end.
pub struct Fields<'a> {
    path: &'a TreePath,
    what: &'static str,
    entries: Vec<(Placed<String>, Node)>,
    known: Vec<&'static str>,
    /// Those of them that were there.
    taken: Vec<&'static str>,
    /// The place of the mapping.
    pub span: Span,
}

impl<'a> Fields<'a> {
    /// Opens the mapping that `node` should be. `what` names it with its article, as in "a sub-processor".
    pub fn open(path: &'a TreePath, what: &'static str, node: Node, diagnostics: &mut Diagnostics) -> Option<Fields<'a>> {
        match node.value {
            Value::Mapping(entries) => Some(Fields { path, what, entries, known: Vec::new(), taken: Vec::new(), span: node.span }),
            other => {
                let message = format!("{what} is a mapping, not {}", other.kind());
                diagnostics
                    .push(Diagnostic::error(Code::WrongType, message).at(path, node.span).help("write `key: value` on lines of its own"));
                None
            }
        }
    }

    /// Tells whether a field is there, whatever it holds.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.value == key)
    }

    /// Takes a field as it is; nothing where it is missing or empty.
    pub fn node(&mut self, key: &'static str) -> Option<Node> {
        self.known.push(key);
        let index = self.entries.iter().position(|(name, _)| name.value == key)?;
        self.taken.push(key);
        Some(self.entries.remove(index).1).filter(|node| node.value != Value::Nothing)
    }

    /// Takes a text: one line or more without control characters, not empty.
    pub fn text(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Placed<String>> {
        let node = self.node(key)?;
        text(self.path, key, node, diagnostics)
    }

    /// Takes a text that must be there.
    pub fn required(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<Placed<String>> {
        match self.node(key) {
            Some(node) => text(self.path, key, node, diagnostics),
            None => {
                self.missing(key, diagnostics);
                None
            }
        }
    }

    /// Reports that a field is missing.
    pub fn missing(&self, key: &'static str, diagnostics: &mut Diagnostics) {
        let missing = Diagnostic::error(Code::MissingKey, format!("{} has no `{key}`", self.what)).at(self.path, self.span);
        diagnostics.push(missing.help(format!("add `{key}: …`")));
    }

    /// Takes a field through `read`, which says what to write instead where it takes nothing.
    pub fn parsed<T, E: Into<Instead>>(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let written = self.text(key, diagnostics)?;
        self.read(key, written, diagnostics, read)
    }

    /// Takes a field that must be there through `read`, which says what to write instead where it takes nothing.
    pub fn required_parsed<T, E: Into<Instead>>(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let written = self.required(key, diagnostics)?;
        self.read(key, written, diagnostics, read)
    }

    /// Passes a text on to `read`, which says what to write instead where it takes nothing.
    pub fn read<T, E: Into<Instead>>(
        &self,
        key: &str,
        written: Placed<String>,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        match read(&written.value).map_err(Into::into) {
            Ok(value) => Some(Placed { value, span: written.span }),
            Err(instead) => {
                let message = format!("`{}` cannot be `{key}`", written.value.escape_debug());
                let fix = instead.meant.and_then(|meant| rewritten(&written.value, written.span, &meant));
                let bad = Diagnostic::error(Code::BadValue, message).at(self.path, written.span).help(instead.help);
                diagnostics.push(bad.mended_by(fix));
                None
            }
        }
    }

    /// Takes `true` or `false`.
    pub fn switch(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Option<bool> {
        let read = |text: &str| {
            let meant = match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some("true".to_owned()),
                "false" | "no" | "off" => Some("false".to_owned()),
                _ => None,
            };
            text.parse().map_err(|_| Instead { help: "write `true` or `false`".to_owned(), meant })
        };
        self.parsed(key, diagnostics, read).map(|placed| placed.value)
    }

    /// Takes a list; nothing there is an empty one.
    pub fn list(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Vec<Node> {
        match self.node(key) {
            None => Vec::new(),
            Some(Node { value: Value::List(items), .. }) => items,
            Some(Node { value, span }) => {
                let message = format!("`{key}` is a list, not {}", value.kind());
                diagnostics.push(Diagnostic::error(Code::WrongType, message).at(self.path, span).help("write `- …` for each entry"));
                Vec::new()
            }
        }
    }

    /// Takes a list of texts.
    pub fn texts(&mut self, key: &'static str, diagnostics: &mut Diagnostics) -> Vec<Placed<String>> {
        let items = self.list(key, diagnostics);
        items.into_iter().filter_map(|item| text(self.path, key, item, diagnostics)).collect()
    }

    /// Reports the fields that nobody took.
    pub fn close(self, diagnostics: &mut Diagnostics) {
        let mut free: Vec<&str> = self.known.iter().copied().filter(|key| !self.taken.contains(key)).collect();
        for (key, _) in self.entries {
            let unknown = Diagnostic::error(Code::UnknownKey, format!("unknown key `{}`", key.value)).at(self.path, key.span);
            let unknown = match nearest(&key.value, self.known.iter().copied()) {
                Some(meant) => unknown.label(format!("did you mean `{meant}`?")),
                None => unknown,
            };
            let known = self.known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
            let meant = slip(&key.value, self.known.iter().copied()).filter(|meant| free.contains(meant));
            free.retain(|key| Some(*key) != meant);
            let fix = meant.and_then(|meant| rewritten(&key.value, key.span, meant));
            diagnostics.push(unknown.help(format!("{} has {known}", self.what)).mended_by(fix));
        }
    }
}

fn text(path: &TreePath, key: &str, node: Node, diagnostics: &mut Diagnostics) -> Option<Placed<String>> {
    let problem = match node.value {
        Value::Scalar(text) if text.trim().is_empty() => Diagnostic::error(Code::BadValue, format!("`{key}` is empty")),
        Value::Scalar(text) => match text.chars().find(|letter| hidden(*letter)) {
            None => return Some(Placed { value: text, span: node.span }),
            Some(letter) => {
                let message = format!("`{key}` holds the invisible character U+{:04X}", u32::from(letter));
                let without: String = text.chars().filter(|letter| !hidden(*letter)).collect();
                let fix = rewritten(&text, node.span, &without).filter(|_| !without.trim().is_empty());
                let fix = fix.map(|fix| Fix { what: "remove the invisible characters".to_owned(), ..fix });
                Diagnostic::error(Code::BadValue, message).help("type the text again without it").mended_by(fix)
            }
        },
        Value::Nothing => {
            Diagnostic::error(Code::WrongType, format!("`{key}` holds an empty entry")).help("write a text or remove the line")
        }
        other => Diagnostic::error(Code::WrongType, format!("`{key}` is a single value, not {}", other.kind())),
    };
    diagnostics.push(problem.at(path, node.span));
    None
}

/// Tells whether a character could make a text read as another: control characters, and those that turn the direction of writing.
pub fn hidden(letter: char) -> bool {
    (letter.is_control() && letter != '\n') || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Node>, Vec<String>) {
        let path = TreePath::new("list.yaml").unwrap();
        let mut diagnostics = Diagnostics::new();
        let node = tree(&path, text, 0, &mut diagnostics);
        (node, diagnostics.sorted().into_iter().map(|found| found.message.clone()).collect())
    }

    #[test]
    fn a_scalar_stays_as_it_was_written() {
        for written in ["NO", "no", "1.10", "2024-01-02", "0x1F"] {
            let (node, problems) = read(&format!("key: {written}"));
            assert_eq!(problems, Vec::<String>::new());
            let Value::Mapping(entries) = node.unwrap().value else { panic!("a mapping") };
            assert_eq!(entries[0].1.value, Value::Scalar(written.into()));
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
        assert_eq!(problems, ["`a` stands twice in one mapping"]);
        let Value::Mapping(entries) = node.unwrap().value else { panic!("a mapping") };
        assert_eq!(entries.len(), 1);
    }

    #[test]
    fn a_quoted_text_is_read_back_as_it_was() {
        for text in
            ["no", "- a", "a: b # c", "'", "\"", "ü\u{301}", "> x", "two\nlines", "", "x\ty", "2023-02-15", " a ", &"long ".repeat(50)]
        {
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
