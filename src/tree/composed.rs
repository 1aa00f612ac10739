//! Letters and their marks as one character where there is one: the normal form NFC of Unicode (UAX 15).

use std::borrow::Cow;

use icu_normalizer::ComposingNormalizerBorrowed;

/// Returns a text composed.
pub fn composed(text: &str) -> Cow<'_, str> {
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Returns the byte up to which a text is composed; its length where all of it is.
pub fn composed_up_to(text: &str) -> usize {
    ComposingNormalizerBorrowed::new_nfc().split_normalized(text).0.len()
}
