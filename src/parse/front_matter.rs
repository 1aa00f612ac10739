//! Front matter: YAML between two lines of `---` at the very beginning of a markdown file.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::parse::{Node, Value, yaml};
use crate::tree::{Edit, Source, Span, TreePath};

const FENCE: &str = "---\n";

/// What a file opens with.
pub struct Front {
    /// What its front matter says; `None` if there is none, or where it says nothing.
    pub node: Option<Node>,
    /// The byte at which its words begin.
    pub words: usize,
    /// Whether it was meant to have front matter that cannot be read, which is reported.
    pub broken: bool,
}

/// Splits a file into its front matter and its words.
pub fn split(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Front {
    let text = &*source.text;
    let broken = |words: usize| Front { node: None, words, broken: true };
    let error = |message: &str, span: Span| {
        Diagnostic::error(Code::FrontMatter, message).at(source.path, span).losing()
    };
    if !text.starts_with(FENCE) {
        return match meant(text) {
            None => Front { node: None, words: 0, broken: false },
            Some(Meant::Toml(length, end)) => {
                let toml = error("this front matter is TOML", Span::new(0, length));
                diagnostics.push(toml.help("use YAML: write `---` instead of `+++`, and `key: value` instead of `key = value`"));
                broken(end)
            }
            Some(Meant::Yaml(around)) => {
                let message = "front matter starts on the first line, with `---` alone on it";
                let fix = Fix {
                    what: "remove the white space around `---`".to_owned(),
                    edits: around.iter().map(removed).collect(),
                };
                let fence =
                    around.first().map_or(0, |first| if first.start == 0 { first.end } else { 0 });
                diagnostics.push(
                    error(message, Span::new(fence, fence + 3))
                        .help("remove the white space around it")
                        .with_fix(fix),
                );
                broken(text.len())
            }
        };
    }
    if let Some((close, end)) = closed(text) {
        let mut found = Diagnostics::new();
        let node = yaml(source.path, &text[FENCE.len()..close], FENCE.len(), &mut found);
        let broken = found.has_errors();
        diagnostics.extend(found);
        return Front { node, words: end, broken };
    }
    diagnostics.push(
        error("front matter is never closed", Span::new(0, 3))
            .label("opened here")
            .help("add a line of `---` after the last key"),
    );
    broken(text.len())
}

/// What was meant to be front matter and is none.
enum Meant {
    /// TOML: how long its first line is, and where it ends.
    Toml(usize, usize),
    /// YAML, with the stretches of white space that keep it from being read.
    Yaml(Vec<Span>),
}

/// Guesses the front matter that a text without one was meant to have.
fn meant(text: &str) -> Option<Meant> {
    if let Some(rest) = text.strip_prefix("+++") {
        let line = rest.find('\n')?;
        let close = rest.find("\n+++").filter(|_| rest[..line].trim().is_empty())?;
        let end = rest[close + 4..].find('\n').map_or(text.len(), |end| 3 + close + 4 + end + 1);
        return Some(Meant::Toml(3, end));
    }
    let fence = text.len() - text.trim_start().len();
    let rest = text[fence..].strip_prefix("---")?;
    let (after, lines) = rest.split_once('\n')?;
    // A rule between words has no keys below it.
    let key = lines.lines().next()?.split_once(':')?.0;
    let closes = lines.lines().any(|line| line.trim_end() == "---");
    if !after.trim().is_empty()
        || !closes
        || key.is_empty()
        || !key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    {
        return None;
    }
    let around = [Span::new(0, fence), Span::new(fence + 3, fence + 3 + after.len())];
    Some(Meant::Yaml(around.into_iter().filter(|span| span.start < span.end).collect()))
}

fn removed(span: &Span) -> Edit {
    Edit { span: *span, put_in: String::new() }
}

/// Returns the part of a text that is front matter, its fences included.
pub fn front_matter_of(text: &str) -> &str {
    closed(text).map_or("", |(_, end)| &text[..end])
}

/// Splits a text that was written for another program: what its front matter says, and the words
/// below it. A line of `---` that opens anything else is a rule.
pub fn of_given(text: &str) -> (Option<Node>, &str) {
    let opening = text
        .split_inclusive('\n')
        .next()
        .filter(|line| line.ends_with('\n') && line.trim_end() == "---");
    let Some(opening) = opening else { return (None, text) };
    let lines = format!("{FENCE}{}", &text[opening.len()..]);
    let front = front_matter_of(&lines);
    let path = TreePath::new("given.md").expect("a path");
    let node = split(&Source::of_text(&path, front), &mut Diagnostics::new()).node;
    let first = front.lines().nth(1).unwrap_or_default();
    let keyed = first == "---" || first.split_once(':').is_some_and(|(key, _)| !key.contains(' '));
    let is_mapping = node.as_ref().is_some_and(|node| matches!(node.value, Value::Mapping(_)));
    match front.is_empty() || !(is_mapping || node.is_none() && keyed) {
        true => (None, text),
        false => (node, &text[opening.len() + front.len() - FENCE.len()..]),
    }
}

/// Returns the words of a text that was written for another program.
pub fn words_below_front_matter(text: &str) -> &str {
    of_given(text).1
}

/// Returns where the closing fence of a text's front matter begins and ends.
fn closed(text: &str) -> Option<(usize, usize)> {
    let mut start = FENCE.len();
    for line in text.strip_prefix(FENCE)?.split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some((start, start + line.len()));
        }
        start += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is said of a text, and its words.
    fn read(text: &str) -> (Vec<String>, &str) {
        let path = TreePath::new("content/a/10-b.md").unwrap();
        let mut diagnostics = Diagnostics::new();
        let front = split(&Source::of_text(&path, text), &mut diagnostics);
        assert_eq!(front.broken, diagnostics.has_errors(), "{text:?}");
        (
            diagnostics.sorted().iter().map(|found| found.message.to_string()).collect(),
            &text[front.words..],
        )
    }

    #[test]
    fn front_matter_is_at_the_very_beginning_or_none_is_meant() {
        for good in [
            "---\nsummary: x\n---\nw",
            "---\n---\nw",
            "---\n# x\n--- \nw",
            "w",
            " w",
            "w\n\n---\n\na: b\n\n---\n",
            "+++",
            "+++ a",
            "--- a",
            "---\n",
        ] {
            let described = read(good).0;
            assert!(described.is_empty() || good == "---\n", "{good:?}: {described:?}");
        }
        let place = "front matter starts on the first line, with `---` alone on it";
        for spaced in [
            "--- \ntitle: x\n---\nw",
            "---\t\ntitle: x\n---\nw",
            "\n---\ntitle: x\n---\nw",
            " ---\nreview_every: x\n---\nw",
        ] {
            assert_eq!(read(spaced), (vec![place.to_owned()], ""), "{spaced:?}");
        }
        assert_eq!(
            read("+++\ntitle = \"x\"\n+++\nw"),
            (vec!["this front matter is TOML".to_owned()], "w")
        );
        assert_eq!(read("+++ \n+++"), (vec!["this front matter is TOML".to_owned()], ""));
        assert_eq!(read("--- \nWords: here\n---\n").0, [""; 0]);
    }

    #[test]
    fn what_another_program_reads_as_front_matter_is_no_words() {
        for matter in [
            "---\ntitle: x\n---\n",
            "--- \ntitle: x\n--- \n",
            "---\t\ntitle: {% x\n---\n",
            "---\n---\n",
        ] {
            assert_eq!(of_given(&format!("{matter}w")).1, "w", "{matter:?}");
        }
        for words in
            ["w", "---\n\nw\n\n---\n\nx", "--- \nw\n---\nx", "---\n", "---", "--- a\nb: c\n---\n"]
        {
            assert_eq!(of_given(words).1, words, "{words:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_beginning_is_split(text in "([-+ \n:a]|---|title: )*") {
            read(&text);
        }
    }
}
