//! What the proof of a signature comes to.

use jiff::Timestamp;

/// Result of verifying a signature.
#[allow(dead_code, reason = "the feature `openpgp` decides which of them there can be")]
pub enum Proof {
    /// The text was signed by the key.
    Good {
        /// When the signature expires; `None` if never.
        ends: Option<Timestamp>,
        /// When the key that made it expires; `None` if never.
        key_ends: Option<Timestamp>,
        /// Whether the key was revoked.
        revoked: bool,
        /// The digest it signs, where that can be forged.
        weak: Option<&'static str>,
    },
    /// The text was changed, or the signature is of another key.
    Bad(String),
    /// There is no answer.
    None(String),
}
