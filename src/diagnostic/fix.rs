//! The unambiguous fix of a finding. Where the author could have meant two things there is no fix,
//! only a help.

use crate::tree::{Edit, Span};

/// A change of the file that a finding is about, after which it says what its author surely meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as in "write `location`".
    pub what: String,
    /// How. None meets another.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// Returns a fix that writes something in the place of what stands there.
    pub fn write(span: Span, put_in: impl Into<String>) -> Fix {
        let put_in = put_in.into();
        Fix {
            what: format!("write `{}`", put_in.escape_debug()),
            edits: vec![Edit { span, put_in }],
        }
    }

    /// Returns a fix that puts something in at a place. `what` says it whole.
    pub fn insert(at: usize, put_in: &str, what: &str) -> Fix {
        Fix { what: what.to_owned(), ..Fix::write(Span::new(at, at), put_in) }
    }

    /// Returns a fix that takes something out. `what` names it with its article.
    pub fn remove(span: Span, what: &str) -> Fix {
        Fix { what: format!("remove {what}"), edits: vec![Edit { span, put_in: String::new() }] }
    }

    /// Returns the fix with every edit where `place` puts it; `None` if it puts one nowhere.
    pub fn moved(self, place: impl Fn(Span) -> Option<Span>) -> Option<Fix> {
        let edits =
            self.edits.into_iter().map(|edit| Some(Edit { span: place(edit.span)?, ..edit }));
        Some(Fix { what: self.what, edits: edits.collect::<Option<_>>()? })
    }
}

/// Why a text was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instead {
    /// What to write instead.
    pub help: String,
    /// The very text that was meant, where that is certain.
    pub meant: Option<String>,
}

impl From<String> for Instead {
    fn from(help: String) -> Instead {
        Instead { help, meant: None }
    }
}

/// Returns the one candidate of which `word` is a slip of the finger: its letters in other case or
/// parted by another sign, two neighbours swapped, a letter missing, one too many, or, in a long
/// word, another one. Words of three letters are too near to each other, and who wrote another
/// number or left out the `s` of a plural may have meant it.
pub fn slip<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut found = candidates.into_iter().filter(|candidate| is_slip(word, candidate));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn is_slip(word: &str, meant: &str) -> bool {
    let folded = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let length = |text: &str| text.chars().count();
    if folded(word) == folded(meant) {
        return word != meant;
    }
    let plural = |one: &str, other: &str| one.strip_suffix('s') == Some(other);
    if strsim::damerau_levenshtein(word, meant) != 1
        || digits(word) != digits(meant)
        || plural(word, meant)
        || plural(meant, word)
    {
        return false;
    }
    let mut letters = [word, meant].map(|text| text.chars().collect::<Vec<_>>());
    letters.iter_mut().for_each(|letters| letters.sort_unstable());
    let another = length(word) == length(meant) && letters[0] != letters[1];
    length(word).min(length(meant)) >= if another { 6 } else { 4 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_one_key_on_the_board_and_nothing_that_has_a_meaning() {
        let known = [
            "data",
            "link",
            "country",
            "base_url",
            "groups",
            "form",
            "part-1",
            "part-2",
            "reporting",
        ];
        for (word, meant) in [
            ("lnik", Some("link")),
            ("contry", Some("country")),
            ("coutnry", Some("country")),
            ("counttry", Some("country")),
            ("coumtry", Some("country")),
            ("Base-URL", Some("base_url")),
            ("from", Some("form")),
            ("reportin", Some("reporting")),
            ("date", None),
            ("group", None),
            ("part-3", None),
            ("part", None),
            ("kink", None),
            ("cuontyr", None),
            ("link", None),
        ] {
            assert_eq!(slip(word, known), meant, "{word}");
        }
        assert_eq!(slip("abcdf", ["abcdef", "abcdxf"]), None);
    }
}
