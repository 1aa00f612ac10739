//! What each code means. `docs/codes.md` is the one source: people read it as a page, the program
//! section by section.

use crate::diagnostic::Code;

const PAGE: &str = include_str!("../../docs/codes.md");

impl Code {
    /// Returns what kind of finding this is, in a few words.
    pub fn title(self) -> &'static str {
        self.section().lines().next().unwrap_or_default()
    }

    /// Returns what it is, why it matters, and a bad and a good example, in markdown.
    pub fn explanation(self) -> &'static str {
        self.section().split_once('\n').map_or("", |(_, text)| text.trim())
    }

    /// Returns what the page says behind the code, up to the next heading.
    fn section(self) -> &'static str {
        let own = PAGE
            .split("\n## P")
            .find_map(|section| section.strip_prefix(&self.as_str()[1..])?.strip_prefix(' '));
        own.unwrap_or_default().trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained_once_and_in_order() {
        let explained: Vec<&str> =
            PAGE.lines().filter(|line| line.starts_with("## P")).map(|line| &line[3..7]).collect();
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(explained, codes);
    }

    #[test]
    fn an_explanation_says_what_and_shows_a_bad_and_a_good_example() {
        for code in Code::ALL {
            let text = code.explanation();
            let (bad, good) = (text.find("\nBad:\n\n```"), text.find("\nGood:\n\n```"));
            assert!(code.title().len() > 8 && !code.title().ends_with('.'), "{}", code.as_str());
            assert!(
                bad.is_some_and(|bad| bad > 30) && good > bad && text.ends_with("\n```"),
                "{}: {text}",
                code.as_str()
            );
        }
    }
}
