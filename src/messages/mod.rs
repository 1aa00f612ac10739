//! Every sentence that the program says itself to readers of a site, by its id.
//!
//! `model` and `redline` hold ids and what fills them; a page, a feed or a printer says them. The
//! English messages are in the program and complete; a theme may replace single ones. Nothing that
//! is sealed, compared or promised to programs depends on what a theme says.

mod message;
mod phrase;
mod read;

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;

use crate::diagnostic::Diagnostics;
use crate::model::{Document, Field};
use crate::tree::TreePath;

pub use message::{Message, Piece};
pub use phrase::{Argument, Phrase};

/// The English messages, as the default theme has them.
const ENGLISH: &str = include_str!("../../themes/default/messages/en.yaml");

/// All messages.
#[derive(Clone, Debug, Default)]
pub struct Messages {
    forms: HashMap<String, Forms>,
}

/// The forms of a message: which one is said depends on its `count`.
#[derive(Clone, Debug)]
struct Forms {
    /// Of one thing.
    one: Option<Message>,
    other: Message,
}

impl Messages {
    /// Returns the messages that are in the program.
    pub fn english() -> &'static Messages {
        static MESSAGES: LazyLock<Messages> = LazyLock::new(|| {
            let path = TreePath::new("themes/default/messages/en.yaml").expect("a path");
            let mut diagnostics = Diagnostics::new();
            let messages = read::all(&path, ENGLISH, &mut diagnostics);
            debug_assert!(diagnostics.is_empty(), "{diagnostics:?}");
            messages
        });
        &MESSAGES
    }

    /// Returns true if a file holds just the messages that are in the program.
    pub fn are_english(file: &[u8]) -> bool {
        file == ENGLISH.as_bytes()
    }

    /// Returns the messages with a theme's overrides applied; reports unknown IDs and overrides
    /// with other placeholders.
    pub fn with(&self, path: &TreePath, text: &str, diagnostics: &mut Diagnostics) -> Messages {
        let mut messages = self.clone();
        read::replace(&mut messages, path, text, diagnostics);
        messages
    }

    /// Returns the ids of all messages, each once.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.forms.keys().map(String::as_str)
    }

    /// Returns a message in its singular or plural form; `None` if there is no such ID.
    pub fn message(&self, id: &str, count: Option<&str>) -> Option<&Message> {
        let forms = self.forms.get(id)?;
        Some(forms.one.as_ref().filter(|_| count == Some("1")).unwrap_or(&forms.other))
    }

    /// Returns true if a message has a singular form.
    pub fn is_counted(&self, id: &str) -> bool {
        self.forms.get(id).is_some_and(|forms| forms.one.is_some())
    }

    /// Returns a message that nothing has to be filled into, without its marks.
    pub fn get(&self, id: &str) -> &str {
        let message = self.message(id, None).unwrap_or_else(|| panic!("there is a message `{id}`"));
        debug_assert!(message.names().next().is_none(), "`{id}` has to be filled");
        message.text()
    }

    /// Returns a message as text, with its places filled.
    pub fn text(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        let find = |name: &str| {
            arguments.iter().find(|(argument, _)| *argument == name).map(|(_, value)| *value)
        };
        let message = self.message(id, find("count"));
        let message = message.unwrap_or_else(|| panic!("there is a message `{id}`"));
        let mut text = String::new();
        for piece in message.pieces() {
            match piece {
                Piece::Text(words) => text.push_str(words),
                Piece::Argument(name) => text.push_str(find(name).unwrap_or_else(|| {
                    debug_assert!(false, "`{id}` needs `{name}`");
                    ""
                })),
                Piece::Open(_) | Piece::Close(_) => {}
            }
        }
        text
    }

    /// Returns what the title of a section is, or what an introduction, which has none, is called.
    pub fn section<'a>(&'a self, title: &'a str) -> &'a str {
        if title.is_empty() { self.get("section.introduction") } else { title }
    }

    /// Returns what a phrase says.
    pub fn phrase(&self, phrase: &Phrase) -> String {
        let values: Vec<(&str, String)> = phrase
            .arguments
            .iter()
            .map(|(name, value)| match value {
                Argument::Text(text) => (*name, text.clone()),
                Argument::Phrase(phrase) => (*name, self.phrase(phrase)),
            })
            .collect();
        let values: Vec<(&str, &str)> =
            values.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.text(phrase.id, &values)
    }

    /// Returns what readers call a document: its own title, or that of its list.
    pub fn title<'a>(&'a self, document: &'a Document) -> &'a str {
        self.of_list(document, "title").unwrap_or_else(|| document.title())
    }

    /// Returns what a document is about, in a sentence.
    pub fn summary<'a>(&'a self, document: &'a Document) -> Option<&'a str> {
        self.of_list(document, "summary").or_else(|| document.summary())
    }

    /// Returns the title of a column of a list.
    pub fn column(&self, field: &Field) -> &str {
        let message = self.message(&format!("column.{}", field.key), None);
        message.map_or(field.title.unwrap_or_default(), Message::text)
    }

    /// Returns the message about the list that a document is, if there is one.
    fn of_list(&self, document: &Document, about: &str) -> Option<&str> {
        let id = format!("{}.{about}", document.list()?.kind.id);
        Some(self.message(&id, None)?.text())
    }

    /// Returns a day as readers write it: `15 February 2023`.
    pub fn day(&self, date: Date) -> String {
        const MONTHS: [&str; 12] = [
            "date.january",
            "date.february",
            "date.march",
            "date.april",
            "date.may",
            "date.june",
            "date.july",
            "date.august",
            "date.september",
            "date.october",
            "date.november",
            "date.december",
        ];
        let month = usize::try_from(date.month() - 1).expect("a month is 1 to 12");
        let (day, year) = (date.day().to_string(), date.year().to_string());
        let month = self.get(MONTHS[month]);
        self.text("date", &[("day", &day), ("month", month), ("year", &year)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use jiff::civil::date;

    use crate::diagnostic::Diagnostic;

    /// Returns the messages with those of a theme, and what is said about them.
    fn with(yaml: &str) -> (Messages, Vec<Diagnostic>) {
        let (path, mut diagnostics) =
            (TreePath::new("themes/own/messages/en.yaml").unwrap(), Diagnostics::new());
        let messages = Messages::english().with(&path, yaml, &mut diagnostics);
        (messages, diagnostics.into_iter().collect())
    }

    #[test]
    fn a_day_is_written_as_the_messages_say() {
        let day = date(2023, 2, 5);
        assert_eq!(Messages::english().day(day), "5 February 2023");
        let (german, told) = with("date: '{day}. {month} {year}'\ndate.february: Februar\n");
        assert_eq!((german.day(day), told.len()), ("5. Februar 2023".to_owned(), 0));
    }

    #[test]
    fn a_theme_replaces_single_messages() {
        let (messages, told) = with("site.skip: Zum Text\n");
        assert_eq!((messages.get("site.skip"), told.len()), ("Zum Text", 0));
        assert_eq!(messages.get("site.policies"), Messages::english().get("site.policies"));
    }

    #[test]
    fn what_a_theme_says_wrong_is_reported_where_it_stands() {
        for (yaml, message, at) in [
            ("site.skipp: a\n", "there is no message `site.skipp`", "site.skipp"),
            ("site.skip: {a: b}\n", "`site.skip` is a mapping, not a text", "site.skip"),
            ("site.skip: '{name} a'\n", "`site.skip` has no `{name}`", "'{name} a'"),
            ("date: '{day} {month}'\n", "`date` does not say `{year}`", "'{day} {month}'"),
            ("site.skip: 'a {b'\n", "`{` is not closed", "'a {b'"),
            ("site.skip: '<b>a'\n", "`<b>` is not closed", "'<b>a'"),
            ("site.skip: '<b>a</b>'\n", "`site.skip` has no `<b>`", "'<b>a</b>'"),
            ("[a]\n", "messages are a mapping, this is a list", "[a]"),
        ] {
            let (messages, told) = with(yaml);
            assert_eq!(messages.get("site.skip"), "Skip to content", "{yaml}");
            assert_eq!(told.iter().map(|found| &*found.message).collect::<Vec<_>>(), [message]);
            let span = told[0].place.as_ref().and_then(|place| place.span).unwrap();
            assert!(yaml[span.start..].starts_with(at), "{yaml} {span:?}");
        }
    }
}
