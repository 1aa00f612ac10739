//! What a policy site is: data only, one file per kind.

mod accent;
mod commitment;
mod contact;
mod country;
mod disclosure;
mod document;
mod document_id;
mod history;
mod host;
mod ledger;
mod matching;
mod now;
mod policy;
mod release;
mod security_txt;
mod site;
mod subprocessor;
mod text;
mod timeline;
mod version;
mod whitehat;

pub use accent::Accent;
pub use accent::NoAccent;
pub use commitment::Amount;
pub use commitment::Better;
pub use commitment::Commitment;
pub use commitment::Commitments;
pub use commitment::Passage;
pub use commitment::Qualifier;
pub use commitment::Quantity;
pub use contact::Contact;
pub use contact::ContactKind;
pub use country::is_country;
pub use disclosure::Element;
pub use disclosure::Need;
pub use disclosure::Profile;
pub use document::Document;
pub use document_id::DocumentId;
pub use document_id::is_slug;
pub use history::History;
pub use host::Host;
pub use ledger::Act;
pub use ledger::Entry;
pub use ledger::Frozen;
pub use ledger::Ledger;
pub use ledger::NewestDays;
pub use ledger::Postponement;
pub use ledger::Redaction;
pub use ledger::Retirement;
pub use ledger::Review;
pub use ledger::Withdrawal;
pub use matching::Days;
pub use matching::Identity;
pub use matching::Match;
pub use matching::Outcome;
pub use matching::matched;
pub use matching::name_key;
pub use matching::outcome;
pub use matching::repeated;
pub use matching::returns;
pub use now::Now;
pub use now::beginning;
pub use now::day_of;
pub use policy::Body;
pub use policy::Cut;
pub use policy::Expanded;
pub use policy::Heading;
pub use policy::Lines;
pub use policy::Mention;
pub use policy::Policy;
pub use policy::Section;
pub use release::Kind;
pub use release::Release;
pub use release::ReleaseId;
pub use security_txt::PublicKey;
pub use security_txt::SecurityTxt;
pub use security_txt::SignWith;
pub use site::Config;
pub use site::Content;
pub use site::Minify;
pub use site::Publishing;
pub use site::Site;
pub use subprocessor::Column;
pub use subprocessor::Standing;
pub use subprocessor::Subprocessor;
pub use subprocessor::Subprocessors;
pub use subprocessor::folded;
pub use text::Alert;
pub use text::Alignment;
pub use text::Block;
pub use text::Definition;
pub use text::Footnote;
pub use text::Inline;
pub use text::Target;
pub use text::Text;
pub use text::plain;
pub use timeline::End;
pub use timeline::Period;
pub use timeline::Scheduled;
pub use timeline::Timeline;
pub use timeline::timeline;
pub use version::Decision;
pub use version::Version;
pub use whitehat::Removal;
pub use whitehat::Whitehat;
pub use whitehat::Whitehats;

/// A value and where its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands in its file.
    pub span: crate::tree::Span,
}
