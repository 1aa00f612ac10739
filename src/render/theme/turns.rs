//! A limit on the loops of templates, so that a theme cannot keep a build busy for ever. The
//! engine has none: each loop is made to count its turns before the template is read.

use std::cell::{Cell, RefCell};

use tera::{Kwargs, State, TeraResult, Value};

use crate::render::theme::minify::{Piece, pieces};

/// How many turns the loops of one page may take: a thousand times what a page of ten thousand
/// entries needs.
pub const MOST: u32 = 5_000_000;

/// The name of the function that counts.
pub const COUNT: &str = "__turn";

thread_local! {
    static TURNS: Cell<u32> = const { Cell::new(0) };
    static STOPPED: RefCell<Option<(String, usize)>> = const { RefCell::new(None) };
}

/// Returns a template whose loops count their turns. If it is given the template's name, a loop
/// that is stopped is known by its place.
pub fn counted(template: &str, name: Option<&str>) -> String {
    let mut counted = String::with_capacity(template.len());
    let (mut at, mut raw) = (0, false);
    for piece in pieces(template) {
        let text = piece.text();
        counted.push_str(text);
        if let Piece::Mark(mark) = piece {
            let words = mark.trim_start_matches(['{', '%', '-']).trim_start();
            let is = |word: &str| {
                mark.starts_with("{%")
                    && words
                        .strip_prefix(word)
                        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            };
            raw = is("raw") || raw && !is("endraw");
            if is("for") && !raw {
                // White space goes on being trimmed where the tag trims it.
                let end = if mark.ends_with("-%}") { "-}}" } else { "}}" };
                counted.push_str(&match name {
                    Some(name) => format!("{{{{ {COUNT}(file=\"{name}\", at={at}) {end}"),
                    None => format!("{{{{ {COUNT}() {end}"),
                });
            }
        }
        at += text.len();
    }
    counted
}

/// Begins a page: no turn was taken yet.
pub fn begin() {
    TURNS.set(0);
}

/// Returns true if the loops of the page took too many turns.
pub fn exceeded() -> bool {
    TURNS.get() > MOST
}

/// Returns the template, and the place in it, of the loop that was stopped.
pub fn stopped() -> Option<(String, usize)> {
    STOPPED.take()
}

/// Counts a turn.
pub fn count(place: Kwargs, _: &State) -> TeraResult<Value> {
    TURNS.set(TURNS.get().saturating_add(1));
    if !exceeded() {
        return Ok(Value::from(""));
    }
    if let (Some(file), Some(at)) = (place.get::<&str>("file")?, place.get::<u64>("at")?) {
        STOPPED.set(Some((file.to_owned(), usize::try_from(at).unwrap_or_default())));
    }
    Err(tera::Error::message(format!("the loops of the page take more than {MOST} turns")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_count_and_nothing_else_changes() {
        for (template, expected) in [
            ("a{% for x in y %}b{% endfor %}", "a{% for x in y %}{{ __turn() }}b{% endfor %}"),
            ("{%- for x in y -%} b", "{%- for x in y -%}{{ __turn() -}} b"),
            ("{%for x in y%}", "{%for x in y%}{{ __turn() }}"),
            ("{% raw %}{% for x in y %}{% endraw %}", "{% raw %}{% for x in y %}{% endraw %}"),
            ("{# {% for x in y %} #}{{ \"{% for\" }}", "{# {% for x in y %} #}{{ \"{% for\" }}"),
            ("{% if format %}{% endif %}", "{% if format %}{% endif %}"),
        ] {
            assert_eq!(counted(template, None), expected);
        }
        let named = counted("ab{% for x in y %}", Some("p.html"));
        assert_eq!(named, "ab{% for x in y %}{{ __turn(file=\"p.html\", at=2) }}");
    }
}
