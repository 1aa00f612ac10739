//! What no page shows: lines that are read as the address of a link to which nothing refers, words
//! between two comments.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::model::ListKind;
use crate::parse::markdown::Standpoint;
use crate::tree::Span;

/// Finds the unused of some definitions of links, each as label, address and place, that hold no
/// address but words: `[Fee]: none`. `used` holds the labels that links refer to.
pub fn check<'a>(
    definitions: impl Iterator<Item = (&'a str, &'a str, Span)>,
    used: &[String],
    standpoint: Standpoint<'_>,
    found: &mut Vec<(Span, Diagnostic)>,
) {
    let folded =
        |label: &str| label.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let used: BTreeSet<String> = used.iter().map(|label| folded(label)).collect();
    for (label, address, span) in definitions {
        let leads = standpoint.sections.contains(address)
            || ListKind::of(address).is_some()
            || is_address(address);
        if !leads && !used.contains(&folded(label)) {
            let message = format!(
                "readers will not see `[{}]: …`: it is read as the address of a link",
                label.escape_debug()
            );
            let unseen = Diagnostic::warning(Code::Unseen, message)
                .help("write `\\[` if readers are to see it");
            found.push((
                span,
                unseen.with_fix(Fix::insert(span.start, "\\", "write `\\` before it")),
            ));
        }
    }
}

/// Returns the first words outside the comments of a line that begins and ends with one, and where
/// they stand.
pub fn between_comments(html: &str) -> Option<(usize, &str)> {
    let mut at = 0;
    loop {
        let open = html[at..].find("<!--");
        let words = &html[at..open.map_or(html.len(), |open| at + open)];
        if !words.trim().is_empty() {
            let start = at + words.len() - words.trim_start().len();
            return Some((start, words.trim()));
        }
        at = at + open? + "<!--".len();
        at += html[at..].find("-->")? + "-->".len();
    }
}

/// Returns true if a text looks like an address: of a page, a mailbox, a file, or nothing, as in a
/// comment.
fn is_address(text: &str) -> bool {
    let name = |end: &str| !end.is_empty() && end.bytes().all(|byte| byte.is_ascii_alphabetic());
    text.is_empty()
        || text.contains(['/', '#', ':', '@'])
        || text.rsplit_once('.').is_some_and(|(_, end)| name(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_between_comments_are_found() {
        let words =
            |html| between_comments(html).map(|(at, words): (usize, &str)| (at, words.to_owned()));
        assert_eq!(
            words("<!-- a --> We sell it. <!-- b -->\n"),
            Some((11, "We sell it.".to_owned()))
        );
        assert_eq!(words("<!-- a --><!-- b --> x<!-- c -->"), Some((21, "x".to_owned())));
        for none in [
            "<!-- a -->\n",
            "<!-- a --> <!-- b -->",
            "  <!---->\n",
            "<!-- a\nb -->",
            "<!-- a <!-- b -->",
        ] {
            assert_eq!(words(none), None, "{none}");
        }
    }
}
