//! A colour of a screen.

use std::fmt;

/// Red, green and blue. It is written `#0a58a8` or `#05a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Reads a colour; `None` if the text is none.
    pub fn new(text: &str) -> Option<Colour> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        let long = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let part = |at: usize| u8::from_str_radix(&long[at..at + 2], 16).ok();
        Some(Colour([part(0)?, part(2)?, part(4)?]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(formatter, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_is_read_as_style_sheets_write_it() {
        assert_eq!(Colour::new("#05a"), Colour::new("#0055aa"));
        assert_eq!(Colour::new("#0055AA").unwrap().to_string(), "#0055aa");
        for text in [
            "", "#", "05a", "#05", "#05ag", "#0055a", "#0055aag", "#0055aa0", "##05a", "#+5a",
            "blue",
        ] {
            assert_eq!(Colour::new(text), None, "{text}");
        }
    }
}
