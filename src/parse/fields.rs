//! The fields of a mapping, taken one by one by the type that knows them.

use std::borrow::Cow;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix, Instead, nearest, slip};
use crate::model::Placed;
use crate::parse::{Node, Value, hidden, rewritten};
use crate::tree::{Span, TreePath};

/// The fields of a mapping; those that are not taken are reported at the end.
pub struct Fields<'a> {
    /// The file that it stands in.
    pub path: &'a TreePath,
    what: Cow<'static, str>,
    /// Whether the mapping is an entry of a list: what is wrong with it takes it out.
    entry: bool,
    entries: Vec<(Placed<String>, Node)>,
    known: Vec<&'static str>,
    /// Those of them that were there.
    taken: Vec<&'static str>,
    /// Those of which one must have been, each with what there is to say about it.
    absent: Vec<(Vec<&'static str>, Diagnostic)>,
    /// The place of the mapping.
    pub span: Span,
}

impl<'a> Fields<'a> {
    /// Opens the mapping that `node` should be. `what` names it with its article, as in "a
    /// sub-processor".
    pub fn open(
        path: &'a TreePath,
        what: impl Into<Cow<'static, str>>,
        node: Node,
        diagnostics: &mut Diagnostics,
    ) -> Option<Fields<'a>> {
        let what = what.into();
        match node.value {
            Value::Mapping(entries) => Some(Fields {
                path,
                what,
                entry: false,
                entries,
                known: Vec::new(),
                taken: Vec::new(),
                absent: Vec::new(),
                span: node.span,
            }),
            other => {
                let found = Diagnostic::error(
                    Code::WrongType,
                    format!("{what} is a mapping, not {}", other.kind()),
                )
                .at(path, node.span);
                diagnostics.push(found.help("write `key: value` on lines of its own").losing());
                None
            }
        }
    }

    /// Opens a mapping that is an entry of a list, and not one any more without what it must have.
    pub fn entry(
        path: &'a TreePath,
        what: impl Into<Cow<'static, str>>,
        node: Node,
        diagnostics: &mut Diagnostics,
    ) -> Option<Fields<'a>> {
        Fields::open(path, what, node, diagnostics).map(|fields| Fields { entry: true, ..fields })
    }

    /// Returns true if a field is there, whatever it holds.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, _)| name.value == key)
    }

    /// Takes a field as it is; `None` if it is missing or empty.
    pub fn node(&mut self, key: &'static str) -> Option<Node> {
        self.known.push(key);
        let index = self.entries.iter().position(|(name, _)| name.value == key)?;
        self.taken.push(key);
        Some(self.entries.remove(index).1).filter(|node| node.value != Value::Nothing)
    }

    /// Takes a text: one line or more without control characters, not empty.
    pub fn text(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Placed<String>> {
        let node = self.node(key)?;
        text(self.path, key, node).map_err(|found| diagnostics.push(found)).ok()
    }

    /// Takes a text that must be there.
    pub fn required(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Placed<String>> {
        let there = self
            .entries
            .iter()
            .find(|(name, _)| name.value == key)
            .map(|(name, node)| (name.span, node.span));
        let Some(node) = self.node(key) else {
            match there {
                Some((name, value)) => {
                    let null = value.end - value.start == "null".len() && value.start > name.end;
                    let help = match null {
                        true => "put it in quotation marks if it is a name: without them it means nothing".to_owned(),
                        false => format!("write a text after `{key}:`"),
                    };
                    let empty = Diagnostic::error(Code::MissingKey, format!("`{key}` is empty"));
                    diagnostics.push(self.lost(empty.at(self.path, name).help(help)));
                }
                None => self.missing(key),
            }
            return None;
        };
        text(self.path, key, node).map_err(|found| diagnostics.push(self.lost(found))).ok()
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

    /// Takes a field that must be there through `read`, which says what to write instead where it
    /// takes nothing.
    pub fn required_parsed<T, E: Into<Instead>>(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let written = self.required(key, diagnostics)?;
        self.converted(key, written, read).map_err(|found| diagnostics.push(self.lost(found))).ok()
    }

    /// Takes a field that may be missing, but not be wrong: others depend on it.
    pub fn parsed_if_there<T, E: Into<Instead>>(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        let taken = text(self.path, key, self.node(key)?)
            .and_then(|written| self.converted(key, written, read));
        taken.map_err(|found| diagnostics.push(self.lost(found))).ok()
    }

    /// Reports that a field is missing, unless an unknown key was meant to be it.
    pub fn missing(&mut self, key: &'static str) {
        let missing = Diagnostic::error(Code::MissingKey, format!("{} has no `{key}`", self.what));
        self.absent(&[key], missing.help(format!("add `{key}: …`")));
    }

    /// Says what to report, at the place of the mapping, if none of some fields was meant by a key
    /// that nobody knows.
    pub fn absent(&mut self, keys: &[&'static str], found: Diagnostic) {
        self.absent.push((keys.to_vec(), found.at(self.path, self.span)));
    }

    /// Passes a text on to `read`, which says what to write instead where it takes nothing.
    pub fn read<T, E: Into<Instead>>(
        &self,
        key: &str,
        written: Placed<String>,
        diagnostics: &mut Diagnostics,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Option<Placed<T>> {
        self.converted(key, written, read).map_err(|found| diagnostics.push(found)).ok()
    }

    fn converted<T, E: Into<Instead>>(
        &self,
        key: &str,
        written: Placed<String>,
        read: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Placed<T>, Diagnostic> {
        let instead = match read(&written.value) {
            Ok(value) => return Ok(Placed { value, span: written.span }),
            Err(instead) => instead.into(),
        };
        let message = format!("invalid `{key}`: `{}`", written.value.escape_debug());
        let fix = instead.meant.and_then(|meant| rewritten(&written.value, written.span, &meant));
        Err(Diagnostic::error(Code::BadValue, message)
            .at(self.path, written.span)
            .help(instead.help)
            .with_fix(fix))
    }

    /// Says of what is wrong with a field that must be there that it takes out the entry.
    fn lost(&self, found: Diagnostic) -> Diagnostic {
        if self.entry { found.losing() } else { found }
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
                let found = Diagnostic::error(
                    Code::WrongType,
                    format!("`{key}` is a list, not {}", value.kind()),
                )
                .at(self.path, span);
                diagnostics.push(found.help("write `- …` for each entry").losing());
                Vec::new()
            }
        }
    }

    /// Takes a list of texts.
    pub fn texts(
        &mut self,
        key: &'static str,
        diagnostics: &mut Diagnostics,
    ) -> Vec<Placed<String>> {
        let items = self.list(key, diagnostics);
        items
            .into_iter()
            .filter_map(|item| {
                text(self.path, key, item).map_err(|found| diagnostics.push(found)).ok()
            })
            .collect()
    }

    /// Returns what was most likely meant by an unknown key.
    fn meant(&self, key: &str) -> Option<&'static str> {
        nearest(key, self.known.iter().copied())
    }

    /// Reports the fields that were not taken, and required ones that are missing.
    pub fn close(self, diagnostics: &mut Diagnostics) {
        let meant: Vec<&str> =
            self.entries.iter().filter_map(|(key, _)| self.meant(&key.value)).collect();
        let absent =
            self.absent.iter().filter(|(keys, _)| !keys.iter().any(|key| meant.contains(key)));
        diagnostics.extend(absent.map(|(_, found)| self.lost(found.clone())));
        let mut free: Vec<&str> =
            self.known.iter().copied().filter(|key| !self.taken.contains(key)).collect();
        let known = self.known.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        for (key, _) in &self.entries {
            let unknown =
                Diagnostic::error(Code::UnknownKey, format!("unknown key `{}`", key.value))
                    .at(self.path, key.span);
            let unknown = match self.meant(&key.value) {
                Some(meant) if self.absent.iter().any(|(keys, _)| keys.contains(&meant)) => {
                    self.lost(unknown).label(format!("did you mean `{meant}`?"))
                }
                Some(meant) => unknown.label(format!("did you mean `{meant}`?")),
                None => unknown,
            };
            let meant =
                slip(&key.value, self.known.iter().copied()).filter(|meant| free.contains(meant));
            free.retain(|key| Some(*key) != meant);
            let fix = meant.and_then(|meant| rewritten(&key.value, key.span, meant));
            diagnostics.push(unknown.help(format!("{} has {known}", self.what)).with_fix(fix));
        }
    }
}

fn text(path: &TreePath, key: &str, node: Node) -> Result<Placed<String>, Diagnostic> {
    let problem = match node.value {
        Value::Scalar(text) if text.trim().is_empty() => {
            Diagnostic::error(Code::BadValue, format!("`{key}` is empty"))
        }
        Value::Scalar(text) => match text.chars().find(|letter| hidden(*letter)) {
            None => return Ok(Placed { value: text, span: node.span }),
            Some(letter) => {
                let message =
                    format!("`{key}` holds the invisible character U+{:04X}", u32::from(letter));
                let without: String = text.chars().filter(|letter| !hidden(*letter)).collect();
                let fix =
                    rewritten(&text, node.span, &without).filter(|_| !without.trim().is_empty());
                let fix = fix
                    .map(|fix| Fix { what: "remove the invisible characters".to_owned(), ..fix });
                Diagnostic::error(Code::BadValue, message)
                    .help("type the text again without it")
                    .with_fix(fix)
            }
        },
        Value::Nothing => {
            Diagnostic::error(Code::WrongType, format!("`{key}` holds an empty entry"))
                .help("write a text or remove the line")
        }
        other => Diagnostic::error(
            Code::WrongType,
            format!("`{key}` is a single value, not {}", other.kind()),
        ),
    };
    Err(problem.at(path, node.span))
}
