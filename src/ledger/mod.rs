//! Released versions: frozen as plain files, digested, append-only.
//!
//! A release is a folder of `content/versions/` and an entry of `ledger.yaml`. The folder's `SHA256SUMS` holds the digest of each file,
//! the entry the digest of each document's lines in it, and the entry's seal the digest of all the ledger above it. So any byte that
//! changed after the fact is found, with `sha256sum` alone if need be. A whole ledger rewritten with all its seals is found only by who
//! saved the newest seal: tamper-evident against a saved head, no more.

mod append;
mod chain;
mod editorial;
mod frozen;
mod history;
mod import;
mod read;
pub mod redact;
mod release;
mod review;
mod verify;
mod words;

pub use editorial::objections;
pub use history::site;
pub use import::Import;
pub use import::Imported;
pub use import::Original;
pub use import::import;
pub use import::same_words;
pub use redact::redact;
pub use release::Ask;
pub use release::Refusal;
pub use release::permitted;
pub use release::release;
pub use review::SECURITY_TXT;
pub use review::review;
pub use verify::Proof;
pub use verify::Proved;
pub use verify::added_since;
pub use verify::named;
pub use verify::verify;

/// The folder of the released versions, from the project's folder.
pub const FOLDER: &str = "content/versions";

/// What the ledger is kept in, inside that folder.
pub const LEDGER: &str = "ledger.yaml";

/// What the digests of a release's files are kept in, inside its folder.
pub const SUMS: &str = "SHA256SUMS";
