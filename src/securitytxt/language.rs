//! Language tags, RFC 5646: their grammar, and the registered languages of two letters.

use std::collections::BTreeSet;

/// The languages of two letters in IANA's "Language Subtag Registry".
const REGISTERED: &str = " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo \
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn \
ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu \
rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi \
yo za zh zu ";

/// Tags that are registered whole and do not follow the grammar, RFC 5646 section 2.2.8.
const IRREGULAR: [&str; 17] = [
    "en-gb-oed",
    "i-ami",
    "i-bnn",
    "i-default",
    "i-enochian",
    "i-hak",
    "i-klingon",
    "i-lux",
    "i-mingo",
    "i-navajo",
    "i-pwn",
    "i-tao",
    "i-tay",
    "i-tsu",
    "sgn-be-fr",
    "sgn-be-nl",
    "sgn-ch-de",
];

/// Returns true if a text is a language tag. Two-letter languages must be registered; otherwise
/// three letters are required.
pub fn is_tag(text: &str) -> bool {
    let tag = text.to_ascii_lowercase();
    if IRREGULAR.contains(&tag.as_str()) {
        return true;
    }
    let parts: Vec<&str> = tag.split('-').collect();
    let plain = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    if !parts.iter().all(|part| plain(part)) {
        return false;
    }
    if parts[0] == "x" {
        return parts.len() > 1;
    }
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let language = letters(parts[0])
        && match parts[0].len() {
            2 => REGISTERED.contains(&format!(" {} ", parts[0])),
            3 => true,
            _ => false,
        };
    language && follows(&parts[1..])
}

/// Returns true if the parts behind a language stand in their order: further languages, script,
/// region, variants, extensions, private use.
fn follows(parts: &[&str]) -> bool {
    let letters = |part: &str, length: usize| {
        part.len() == length && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let mut rest = parts;
    let mut further = 0;
    while further < 3 && rest.first().is_some_and(|part| letters(part, 3)) {
        rest = &rest[1..];
        further += 1;
    }
    if rest.first().is_some_and(|part| letters(part, 4)) {
        rest = &rest[1..];
    }
    let number = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    if rest.first().is_some_and(|part| letters(part, 2) || number(part)) {
        rest = &rest[1..];
    }
    let mut variants = BTreeSet::new();
    while let Some(part) = rest
        .first()
        .filter(|part| part.len() >= 5 || (part.len() == 4 && part.as_bytes()[0].is_ascii_digit()))
    {
        if !variants.insert(*part) {
            return false;
        }
        rest = &rest[1..];
    }
    let mut singles = BTreeSet::new();
    while let Some(single) = rest.first().filter(|part| part.len() == 1 && **part != "x") {
        let length = rest[1..].iter().take_while(|part| part.len() >= 2).count();
        if length == 0 || !singles.insert(*single) {
            return false;
        }
        rest = &rest[1 + length..];
    }
    match rest {
        [] => true,
        ["x", private @ ..] => !private.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_follow_the_grammar() {
        for good in [
            "en",
            "EN",
            "pt-BR",
            "zh-Hant-TW",
            "de-DE-1996",
            "es-419",
            "sl-rozaj-biske",
            "zh-cmn-Hans-CN",
            "i-klingon",
            "en-GB-oed",
            "x-whatever",
            "en-a-foo-x-bar",
            "gsw",
            "de-CH-1901",
        ] {
            assert!(is_tag(good), "{good}");
        }
        for bad in [
            "",
            "e",
            "english",
            "deutsch",
            "en_US",
            "en-",
            "-en",
            "en--US",
            "*",
            "xx",
            "en;q=0.9",
            "en US",
            "en-US-US",
            "en-a",
            "x",
            "de-1996-1996",
            "en-a-b",
            "1n",
            "ｅn",
            "en-toolongsubtag",
            "abcd",
        ] {
            assert!(!is_tag(bad), "{bad}");
        }
    }

    #[test]
    fn the_parts_of_a_tag_stand_in_their_order() {
        for good in [
            "aa",
            "zu",
            "zh-cmn-yue-gan",
            "zh-cmn-yue-gan-Hant-TW",
            "de-419",
            "de-Latn",
            "de-12345678",
            "de-1abc",
            "de-abcde-1abc",
            "de-a-bb-ccccc-b-dd-x-y",
            "de-x-a-b",
            "x-a-12345678",
            "sgn-BE-FR",
            "en-1-ab",
        ] {
            assert!(is_tag(good), "{good}");
        }
        for bad in [
            "qq",
            "1nx",
            "engl",
            "zh-cmn-yue-gan-hak",
            "de-DE-Latn",
            "de-41",
            "de-4190-419",
            "de-123456789",
            "de-abcd-abcd",
            "de-abc1",
            "de-1901-1901",
            "de-a-bb-a-cc",
            "de-a-b",
            "de-a-x-b",
            "de-x",
            "de-DE-FR",
            "x-",
            "x-123456789",
            "i-nothing",
            " en",
            "en-a1-",
        ] {
            assert!(!is_tag(bad), "{bad}");
        }
    }
}
