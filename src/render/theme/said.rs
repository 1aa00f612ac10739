//! Messages in the files of a theme, before anything is filled in.

use std::ops::Range;

use crate::messages::{Messages, Piece};
use crate::render::sentence::fill;

/// Returns a template with the messages in it that nothing has to be filled into, for
/// `{{ "site.skip" | t }}`: they are the same on every page.
pub fn spoken(template: &str, messages: &Messages) -> String {
    let whole = |id: &str| {
        let message = messages.message(id, None).filter(|_| !messages.is_counted(id))?;
        let mut html = String::new();
        fill(message, |_| None, &mut html).ok()?;
        Some(html)
    };
    replaced(template, '"', whole)
}

/// Returns a script or a style sheet with the messages in it, for `"{{ 'site.skip' | t }}"`, as a
/// string in double quotes has them. What is to be filled in is left to the script.
pub fn spoken_static(file: &str, messages: &Messages) -> String {
    let quoted = |id: &str| {
        let text: String = messages.message(id, None)?.pieces().iter().map(written).collect();
        Some(text.replace('\\', "\\\\").replace('"', "\\\"").replace("</", "<\\/"))
    };
    replaced(file, '\'', quoted)
}

fn written(piece: &Piece) -> String {
    match piece {
        Piece::Text(words) => words.clone(),
        Piece::Argument(name) => format!("{{{name}}}"),
        Piece::Open(_) | Piece::Close(_) => String::new(),
    }
}

/// Puts what `said` returns for an id in place of `{{ 'id' | t }}`.
fn replaced(text: &str, quote: char, said: impl Fn(&str) -> Option<String>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        let (before, expression) = rest.split_at(at);
        let words = expression[2..].split_once("}}").and_then(|(expression, after)| {
            let (id, filter) = expression.trim().strip_prefix(quote)?.split_once(quote)?;
            let is_said = filter.split_whitespace().eq(["|", "t"]);
            Some((is_said.then(|| said(id))??, after))
        });
        replaced.push_str(before);
        let (words, after) = words.unwrap_or_else(|| ("{{".to_owned(), &expression[2..]));
        replaced.push_str(&words);
        rest = after;
    }
    replaced + rest
}

/// Returns the ids of the messages that a file of a theme says, each with its place.
pub fn ids(file: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    file.match_indices('|').filter_map(|(bar, _)| {
        let after = file[bar + 1..].trim_start().strip_prefix('t')?;
        if after.starts_with(|letter: char| letter.is_alphanumeric() || letter == '_') {
            return None;
        }
        let before = file[..bar].trim_end();
        let last = |marks: [&str; 2]| marks.iter().filter_map(|mark| before.rfind(mark)).max();
        if last(["{{", "{%"]) <= last(["}}", "%}"]) {
            return None;
        }
        let quote = before.chars().next_back().filter(|quote| matches!(quote, '"' | '\''))?;
        let end = before.len() - 1;
        let start = before[..end].rfind(quote)? + 1;
        Some((&before[start..end], start..end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_says_its_messages() {
        let messages = Messages::english();
        for (template, said) in [
            ("<a>{{ \"site.skip\" | t }}</a>", "<a>Skip to content</a>"),
            ("{{\"site.skip\"|t}}{{ x }}", "{{\"site.skip\"|t}}{{ x }}"),
            ("{{ \"date\" | t(day=d) }}{{", "{{ \"date\" | t(day=d) }}{{"),
            ("{{ \"none\" | t }}", "{{ \"none\" | t }}"),
        ] {
            assert_eq!(spoken(template, messages), said);
        }
        let script =
            "say(\"{{ 'redline.words' | t }}\", \"{{ 'redline.struck' | t }}\", '{{ x }}')";
        assert_eq!(
            spoken_static(script, messages),
            "say(\"{added} {removed} words\", \"struck out now\", '{{ x }}')"
        );
    }

    #[test]
    fn the_ids_in_a_file_are_found() {
        let file =
            "{{ \"a.b\" | t }}{{ (\"c.\" ~ d) | t }}{{ 'e'|t(x=1) }}{{ \"f\" | title }} \"g\" | t";
        assert_eq!(ids(file).map(|(id, _)| id).collect::<Vec<_>>(), ["a.b", "e"]);
        assert!(ids(file).all(|(id, place)| file[place] == *id));
    }
}
