//! Letters and their marks, as one character where there is one or each by itself: the normal forms
//! NFC and NFD of Unicode (UAX 15).

use std::borrow::Cow;

use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Returns a text composed.
pub fn composed(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    ComposingNormalizerBorrowed::new_nfc().normalize(text)
}

/// Returns the byte up to which a text is composed; its length where all of it is.
pub fn composed_up_to(text: &str) -> usize {
    ComposingNormalizerBorrowed::new_nfc().split_normalized(text).0.len()
}

/// Returns a text decomposed.
pub fn decomposed(text: &str) -> Cow<'_, str> {
    DecomposingNormalizerBorrowed::new_nfd().normalize(text)
}

/// Returns true if a character is a mark that is set on the letter before it, as an accent is.
pub fn is_combining(letter: char) -> bool {
    CanonicalCombiningClassMapBorrowed::new().get_u8(letter) != 0
}
