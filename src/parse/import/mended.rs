//! A text mended by the rules of an import: what they take out, what they rewrite, where its links
//! lead.

use std::collections::BTreeSet;

use crate::parse::import::edits::applied;
use crate::parse::import::links::Around;
use crate::parse::import::rules::{Noticed, Rules};
use crate::parse::import::{html, links};
use crate::parse::{markdown, typed_days};
use crate::tree::{Edit, Span};

impl Rules {
    /// Returns a text without what the rules take out, its links untouched.
    pub fn rewritten(&self, text: &str, noticed: &mut Noticed) -> String {
        let lines = typed_days::day_lines(text);
        noticed.days.extend(lines.iter().map(|(day, _)| *day));
        let cuts = lines.into_iter().map(|(_, span)| Edit { span, put_in: String::new() });
        let mut text = match self.no_day_lines {
            true => applied(text, cuts.collect()),
            false => text.to_owned(),
        };
        for (from, to) in &self.replace {
            text = text.replace(from, to);
        }
        noticed.html.extend(html::elements(&text));
        if self.no_html {
            text = html::to_markdown(&text);
        }
        noticed.marks.extend(marks(&text));
        braces(&text)
    }

    /// Returns a text with its links where they lead now, and with more edits.
    pub fn linked(
        &self,
        text: &str,
        around: &Around<'_>,
        more: Vec<Edit>,
        noticed: &mut Noticed,
    ) -> String {
        let mut edits = links::edits(text, self, around, &mut noticed.links);
        edits.extend(more);
        applied(text, edits)
    }
}

/// Returns a text whose double braces are two braces: an imported text refers to nothing.
fn braces(text: &str) -> String {
    if !text.contains("{{") {
        return text.to_owned();
    }
    let code = markdown::code(text);
    let in_code = |at: usize| code.iter().any(|span| span.start <= at && at < span.end);
    let edits = text.match_indices("{{").filter(|(at, _)| {
        !in_code(*at) && !text[..*at].ends_with('\\') && !text[..*at].ends_with('{')
    });
    let escape = |(at, _): (usize, &str)| Edit { span: Span::new(at, at), put_in: "\\".into() };
    let edits: Vec<Edit> = edits.map(escape).collect();
    applied(text, edits)
}

/// Returns the marks of other programs in a text: `{{ … }}`, `{% … %}`, `:::`.
fn marks(text: &str) -> BTreeSet<String> {
    let mut marks = BTreeSet::new();
    for (open, close) in [("{{", "}}"), ("{%", "%}")] {
        for (at, _) in text.match_indices(open) {
            let line = text[at..].lines().next().unwrap_or_default();
            if let Some(end) = line.find(close) {
                marks.insert(line[..end + close.len()].to_owned());
            }
        }
    }
    // An address that a content delivery network hid cannot be read again.
    for (at, _) in text.match_indices("/cdn-cgi/l/email-protection") {
        let start = text[..at].rfind(['\n']).map_or(0, |line| line + 1);
        let link = text[start..at].rfind("[\\[").or_else(|| text[start..at].rfind('['));
        let end = text[at..].find(')').map(|end| at + end + 1);
        if let (Some(link), Some(end)) = (link, end)
            && !text[start + link..end].contains('\n')
        {
            marks.insert(text[start + link..end].to_owned());
        }
    }
    let fences = text.lines().filter(|line| line.trim_start().starts_with(":::"));
    marks.extend(fences.map(|line| line.trim().to_owned()));
    marks
}
