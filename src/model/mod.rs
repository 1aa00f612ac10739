//! What a policy site is: data only, one file per kind.

mod colour;
mod commitment;
mod contact;
mod country;
mod disclosure;
mod document;
mod document_id;
mod history;
mod host;
mod ledger;
mod lists;
mod matching;
mod navigation;
mod now;
mod policy;
mod release;
mod security_txt;
mod site;
mod text;
mod timeline;
mod version;

pub use colour::Colour;
pub use commitment::{Amount, Better, Commitment, Passage, Qualifier, Quantity};
pub use contact::{Contact, ContactKind};
pub use country::{country_code, is_country};
pub use disclosure::{Element, Need, Profile};
pub use document::Document;
pub use document_id::{DocumentId, is_slug};
pub use history::History;
pub use host::Host;
pub use ledger::{
    Act, Entry, Frozen, Ledger, NewestDays, Postponement, Redaction, Retirement, Review, Withdrawal,
};
pub use lists::{
    Field, FieldKind, LISTS, List, ListEntry, ListKind, Order, Presence, Reference, Standing, Value,
};
pub use matching::{
    Days, Identity, Match, Outcome, folded, matched, name_key, outcome, repeated, returns,
};
pub use navigation::{Destination, FootLink, NavEntry, Redirect};
pub use now::{Now, beginning, day_of};
pub use policy::{Body, Cut, Expanded, Heading, Lines, Mention, Policy, Section};
pub use release::{Kind, Release, ReleaseId};
pub use security_txt::{PublicKey, SecurityTxt, SignWith};
pub use site::{Config, Content, Minify, Pinned, Publishing, Site};
pub use text::{Alert, Alignment, Block, Definition, Footnote, Inline, Target, Text, plain};
pub use timeline::{End, Period, Scheduled, Timeline, timeline};
pub use version::{Decision, Version};

use serde::{Deserialize, Serialize};

use crate::tree::Span;

/// A value and where its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its file.
    pub span: Span,
}
