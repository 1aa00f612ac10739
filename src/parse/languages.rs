//! Language tags, RFC 5646.

use crate::diagnostic::{Diagnostics, Instead};
use crate::parse::Fields;

/// Takes a list of language tags.
pub fn languages(fields: &mut Fields<'_>, diagnostics: &mut Diagnostics) -> Vec<String> {
    let tags = fields.texts("languages", diagnostics);
    tags.into_iter()
        .filter_map(|tag| fields.read("languages", tag, diagnostics, language))
        .map(|tag| tag.value)
        .collect()
}

/// Reads a language tag; one with underscores, as programs spell it, is meant with hyphens.
pub fn language(text: &str) -> Result<String, Instead> {
    tag(text).map_err(|help| Instead { help, meant: tag(&text.replace('_', "-")).ok() })
}

/// Reads a language tag of the usual shape, RFC 5646: `en`, `pt-BR`, `zh-Hant-TW`.
fn tag(text: &str) -> Result<String, String> {
    let mut parts = text.split('-');
    let first = parts.next().is_some_and(|part| {
        (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let rest = parts.all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    if first && rest {
        Ok(text.to_owned())
    } else {
        Err("write a language tag such as `en` or `pt-BR`".to_owned())
    }
}
