//! Why a redaction is refused.

use std::fmt;

use jiff::civil::Date;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::ledger::redact::Left;
use crate::model::DocumentId;
use crate::tree::TreePath;

/// Why words cannot be removed.
#[derive(Clone, Debug)]
pub enum Refusal {
    /// There is no text to remove.
    Empty,
    /// The text is too short to be told from others.
    Short,
    /// The reason says nothing.
    NoReason,
    /// The reason contains an invisible character.
    Invisible(char),
    /// The reason holds the text, and would be sealed with it.
    ReasonTells,
    /// The released versions are not what the ledger says.
    Unproved(Diagnostics),
    /// The day is before that of the newest entry.
    Backwards {
        /// The day asked for.
        asked: Date,
        /// The day of the newest entry.
        newest: Date,
    },
    /// The text stands nowhere that it could be taken out of; this holds it elsewhere, or is near
    /// to it.
    Nowhere(Vec<Left>),
    /// The text stands in the draft only, in this file first.
    DraftOnly(TreePath),
    /// The text cannot be taken out of a line without changing what stands around it.
    Entangled {
        /// The file.
        path: TreePath,
        /// The line, from 1.
        line: usize,
    },
    /// Without the text something else would be wrong.
    Broken(Box<Diagnostic>),
    /// The draft would still say it, as words that were never released.
    DraftTells(DocumentId),
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Empty => write!(
                formatter,
                "there is no text to remove: name it, as in `policybook redact \"Ada Example\"`"
            ),
            Refusal::Short => write!(
                formatter,
                "a text of fewer than three letters stands in too many places: write more of it"
            ),
            Refusal::NoReason => write!(
                formatter,
                "the reason is empty: say in a sentence why the words are removed"
            ),
            Refusal::Invisible(letter) => {
                write!(
                    formatter,
                    "the reason holds the invisible character U+{:04X}: type it again without it",
                    u32::from(*letter)
                )
            }
            Refusal::ReasonTells => {
                write!(
                    formatter,
                    "the reason holds the words themselves, and the ledger would keep them for ever: say it without them"
                )
            }
            Refusal::Unproved(_) => write!(
                formatter,
                "the released versions are not what the ledger says: restore them first"
            ),
            Refusal::Backwards { asked, newest } => {
                write!(
                    formatter,
                    "{asked} is before {newest}, the day of the newest entry about these documents: ledger entries must be in date order"
                )
            }
            Refusal::Nowhere(_) => write!(
                formatter,
                "no version holds these words: they are looked for as whole words with the same accents, in any letter case; a single word \
                 with a capital letter is not looked for in lower case"
            ),
            Refusal::DraftOnly(path) => {
                write!(
                    formatter,
                    "no released version holds these words, only the draft does: remove them from `{path}` by hand"
                )
            }
            Refusal::Entangled { path, line } => write!(
                formatter,
                "`{path}`, line {line}: the words cannot be taken out without changing what stands around them; name a longer stretch of the line"
            ),
            Refusal::Broken(found) => {
                let place = found
                    .place
                    .as_ref()
                    .map(|place| format!(" in `{}`", place.path))
                    .unwrap_or_default();
                write!(
                    formatter,
                    "without these words something else would be wrong{place}: {}",
                    found.message
                )
            }
            Refusal::DraftTells(document) => write!(
                formatter,
                "the draft of `{document}` would still say these words, by a reference: change what it refers to in `content/site.yaml` first"
            ),
        }
    }
}
