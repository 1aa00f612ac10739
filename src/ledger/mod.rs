//! Released versions: frozen as plain files, digested, append-only.
//!
//! A release is a folder of `content/versions/` and an entry of `ledger.yaml`. The folder's `SHA256SUMS` holds the digest of each file,
//! the entry the digest of each document's lines in it, and the entry's seal the digest of all the ledger above it. So any byte that
//! changed after the fact is found, with `sha256sum` alone if need be. A whole ledger rewritten with all its seals is found only by who
//! saved the newest seal: tamper-evident against a saved head, no more.

mod append;
mod editorial;
mod frozen;
mod history;
mod read;
mod release;
mod review;
mod words;

pub use editorial::objections;
pub use history::site;
pub use release::Ask;
pub use release::Refusal;
pub use release::permitted;
pub use release::release;
pub use review::SECURITY_TXT;
pub use review::review;

/// The folder of the released versions, from the project's folder.
pub const FOLDER: &str = "content/versions";

/// The ledger's file.
pub const FILE: &str = "content/versions/ledger.yaml";

/// What the digests of a release's files are kept in, inside its folder.
pub const SUMS: &str = "SHA256SUMS";
