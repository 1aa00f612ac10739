//! Addresses that lead nowhere because they are typed as words.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::markdown::found::Found;
use crate::parse::markdown::seen::BLANK;
use crate::tree::Span;

/// Finds addresses that lead nowhere because they are typed as words.
pub fn addresses(text: &str, start: usize, found: &mut Found) {
    let mut at = 0;
    while at < text.len() {
        let Some((from, to)) = next_address(text, at) else { return };
        at = to;
        if text[..from].ends_with("](") {
            continue;
        }
        let span = Span::new(start + from, start + to);
        let fix = Fix::write(span, format!("<{}>", &text[from..to]));
        let message = format!("`{}` is not a link", text[from..to].escape_debug());
        found.push((
            span,
            Diagnostic::warning(Code::BareAddress, message)
                .help("write it in `<…>`, or link the words that name it")
                .with_fix(fix),
        ));
    }
}

/// Returns the next address of a text from a place on.
fn next_address(text: &str, at: usize) -> Option<(usize, usize)> {
    let web = ["https://", "http://"]
        .iter()
        .filter_map(|scheme| text[at..].find(scheme).map(|found| (at + found, scheme.len())))
        .min();
    let mail = text[at..].match_indices('@').find_map(|(found, _)| mailbox(text, at, at + found));
    let web = web.map(|(from, scheme)| {
        let ends = |letter: char| {
            letter.is_whitespace()
                || matches!(
                    letter,
                    BLANK | '<' | '>' | '|' | '"' | '`' | '“' | '”' | '…' | '、' | '。'
                )
        };
        let mut end = from + text[from..].find(ends).unwrap_or(text.len() - from);
        loop {
            let address = &text[from..end];
            let unopened = |open: char, close: char| {
                address.ends_with(close)
                    && address.matches(open).count() < address.matches(close).count()
            };
            if address.ends_with(['.', ',', ';', ':', '!', '?', '\'', '’', '*', '_'])
                || unopened('(', ')')
                || unopened('[', ']')
            {
                end -= address.chars().next_back().map_or(0, char::len_utf8);
            } else {
                break;
            }
        }
        (
            from,
            end,
            text[from + scheme..end].starts_with(|letter: char| letter.is_ascii_alphanumeric())
                && end > from + scheme,
        )
    });
    match (web, mail) {
        (Some((from, end, true)), mail) if mail.is_none_or(|(mailbox, _)| from < mailbox) => {
            Some((from, end))
        }
        (_, Some(mail)) => Some(mail),
        (Some((from, _, false)), None) => next_address(text, from + "http://".len()),
        (_, None) => None,
    }
}

/// Returns the mail address around an `@`.
fn mailbox(text: &str, from: usize, at: usize) -> Option<(usize, usize)> {
    let local = |byte: &u8| byte.is_ascii_alphanumeric() || b".+-_%".contains(byte);
    let domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
    let bytes = text.as_bytes();
    let mut start = at - bytes[from..at].iter().rev().take_while(|byte| local(byte)).count();
    let mut end = at + 1 + bytes[at + 1..].iter().take_while(|byte| domain(byte)).count();
    while end > at && matches!(bytes[end - 1], b'.' | b'-') {
        end -= 1;
    }
    let last = text.get(at + 1..end)?.rsplit_once('.')?.1;
    let host = last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    if text[..start].ends_with("mailto:") {
        start -= "mailto:".len();
    }
    let path = text[end..]
        .strip_prefix([':', '/'])
        .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_alphanumeric()));
    let part = text[..start].ends_with(|letter: char| {
        letter.is_alphanumeric() || matches!(letter, ':' | '/' | '=' | '@')
    });
    (host && start < at && bytes[start].is_ascii_alphanumeric() && !path && !part)
        .then_some((start, end))
}
