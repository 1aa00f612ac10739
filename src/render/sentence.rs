//! Messages as HTML.

use std::borrow::Cow;

use jiff::civil::Date;

use crate::messages::{Message, Messages, Piece};
use crate::render::escape::escape_quoted;

/// Writes a message with its places filled. The values are HTML already; that of a link is its
/// address.
pub fn sentence(messages: &Messages, id: &str, values: &[(&str, &str)], html: &mut String) {
    let value = |name: &str| {
        values.iter().find(|(value, _)| *value == name).map(|(_, value)| Cow::Borrowed(*value))
    };
    let count = value("count");
    let message = messages.message(id, count.as_deref());
    let message = message.unwrap_or_else(|| panic!("there is a message `{id}`"));
    if let Err(missing) = fill(message, value, html) {
        debug_assert!(false, "`{id}` needs `{missing}`");
    }
}

/// Writes a message so that it can stand in a quoted attribute, too, if it has no marks; `value`
/// returns what fills a place, as HTML, and the address of a link.
///
/// # Errors
/// Returns the name of the first place that nothing fills.
pub fn fill<'m, 'v>(
    message: &'m Message,
    value: impl Fn(&str) -> Option<Cow<'v, str>>,
    html: &mut String,
) -> Result<(), &'m str> {
    for piece in message.pieces() {
        match piece {
            Piece::Text(words) => escape_quoted(words, html),
            Piece::Argument(name) => html.push_str(&value(name).ok_or(name.as_str())?),
            Piece::Open(name) => match element(name) {
                Some((open, _)) => html.push_str(open),
                None => {
                    html.push_str("<a href=\"");
                    html.push_str(&value(name).ok_or(name.as_str())?);
                    html.push_str("\">");
                }
            },
            Piece::Close(name) => html.push_str(element(name).map_or("</a>", |(_, close)| close)),
        }
    }
    Ok(())
}

/// Returns a day as HTML.
pub fn time(day: Date, messages: &Messages) -> String {
    let mut words = String::new();
    escape_quoted(&messages.day(day), &mut words);
    format!("<time datetime=\"{day}\">{words}</time>")
}

/// Returns what an element that a message may have begins and ends with.
fn element(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "code" => ("<code>", "</code>"),
        "del" => ("<del>", "</del>"),
        "ins" => ("<ins>", "</ins>"),
        "strong" => ("<strong>", "</strong>"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a message as HTML, with these values.
    fn filled(message: &str, values: &[(&'static str, &'static str)]) -> Result<String, String> {
        let message = Message::read(message).unwrap();
        let mut html = String::new();
        let value = |name: &str| {
            values.iter().find(|(value, _)| *value == name).map(|(_, value)| (*value).into())
        };
        fill(&message, value, &mut html).map_err(str::to_owned)?;
        Ok(html)
    }

    #[test]
    fn a_message_becomes_html_that_no_value_breaks() {
        for (message, values, html) in [
            ("a > b & “{c}”", &[("c", "&lt;d&gt;")][..], Ok("a &gt; b &amp; “&lt;d&gt;”")),
            (
                "Read <it>{title}</it>.",
                &[("it", "../x/"), ("title", "X")],
                Ok("Read <a href=\"../x/\">X</a>."),
            ),
            (
                "<strong>Draft.</strong> <it>a</it>",
                &[("it", "x")],
                Ok("<strong>Draft.</strong> <a href=\"x\">a</a>"),
            ),
            ("<it>a</it>", &[], Err("it")),
            ("{c}", &[], Err("c")),
        ] {
            let html = html.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(filled(message, values), html, "{message}");
        }
    }
}
