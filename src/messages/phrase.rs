//! What is to be said, before anybody says it: the id of a message, and what fills it.

use crate::messages::Messages;

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The id of the message.
    pub id: &'static str,
    /// What fills its places, by their names.
    pub arguments: Vec<(&'static str, Argument)>,
}

/// What fills a place of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A text as it is.
    Text(String),
    /// Something to be said.
    Phrase(Phrase),
}

impl Phrase {
    /// Returns a phrase that nothing fills yet.
    pub fn new(id: &'static str) -> Phrase {
        Phrase { id, arguments: Vec::new() }
    }

    /// Returns it with a place filled.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Argument>) -> Phrase {
        self.arguments.push((name, value.into()));
        self
    }

    /// Returns what it says in English: for terminals, and for programs that were promised the
    /// sentence.
    pub fn english(&self) -> String {
        Messages::english().phrase(self)
    }
}

impl From<Phrase> for Argument {
    fn from(phrase: Phrase) -> Argument {
        Argument::Phrase(phrase)
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Argument {
        Argument::Text(text)
    }
}

impl From<&str> for Argument {
    fn from(text: &str) -> Argument {
        Argument::Text(text.to_owned())
    }
}
