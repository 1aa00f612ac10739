//! `tel:`, RFC 3966: a number with its country, or one that says where it holds.

use crate::securitytxt::Rule;
use crate::securitytxt::uri::{Fault, Uri};

/// Returns what is wrong with a telephone number.
pub fn fault(uri: Uri<'_>) -> Option<Fault> {
    let whole = uri.offset()..uri.offset() + uri.rest.len();
    problem(uri.rest).map(|problem| Fault::new(Rule::BadTel, whole, problem))
}

fn problem(text: &str) -> Option<String> {
    let mut parts = text.split(';');
    let number = parts.next().unwrap_or_default();
    let separator = |byte: u8| matches!(byte, b'-' | b'.' | b'(' | b')');
    if number.starts_with("//") {
        return Some("`tel:` has no `//`".to_owned());
    }
    if text.contains([' ', '\t']) {
        return Some("a space in a telephone number".to_owned());
    }
    let mut context = false;
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, "-"));
        if name.is_empty()
            || value.is_empty()
            || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            return Some(format!(
                "`;{}` is no parameter of a telephone number",
                parameter.escape_debug()
            ));
        }
        context |= name.eq_ignore_ascii_case("phone-context");
    }
    if let Some(digits) = number.strip_prefix('+') {
        if !digits.bytes().any(|byte| byte.is_ascii_digit()) {
            return Some("a telephone number without digits".to_owned());
        }
        let strange = digits.chars().find(|letter| {
            !letter.is_ascii_digit() && !separator(u8::try_from(*letter).unwrap_or_default())
        });
        return strange.map(|letter| {
            format!("`{}` is no digit of a telephone number", letter.escape_debug())
        });
    }
    let digit = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'*' | b'#');
    if !number.bytes().any(digit) {
        return Some("a telephone number without digits".to_owned());
    }
    if let Some(letter) = number
        .chars()
        .find(|letter| !u8::try_from(*letter).is_ok_and(|byte| digit(byte) || separator(byte)))
    {
        return Some(format!("`{}` is no digit of a telephone number", letter.escape_debug()));
    }
    (!context).then(|| "a telephone number without its country".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_its_country_and_no_spaces() {
        for good in [
            "+1-201-555-0123",
            "+1(201)555.0123",
            "+442079460000;ext=12",
            "7042;phone-context=example.com",
            "863-1234;phone-context=+1-914-555",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in [
            "",
            "+",
            "+-",
            "+1 201 555 0123",
            "555-0123",
            "911",
            "+1-201-555-ABCD",
            "//+12015550123",
            "+1201;",
            "+1201;=x",
            "+1201;a=",
            "call-me",
            "+1/201",
        ] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_number_that_is_none_is_told_why() {
        for (number, message) in [
            ("//+1201", "`tel:` has no `//`"),
            ("+1 201", "a space in a telephone number"),
            ("+1201;ext=1 2", "a space in a telephone number"),
            ("+1\t201", "a space in a telephone number"),
            ("+1201;", "`;` is no parameter of a telephone number"),
            ("+1201;=x", "`;=x` is no parameter of a telephone number"),
            ("+1201;a=", "`;a=` is no parameter of a telephone number"),
            ("+1201;a_b=1", "`;a_b=1` is no parameter of a telephone number"),
            ("+(-.)", "a telephone number without digits"),
            ("+1201a", "`a` is no digit of a telephone number"),
            ("+12ü", "`ü` is no digit of a telephone number"),
            ("+1*2", "`*` is no digit of a telephone number"),
            ("-;phone-context=+1", "a telephone number without digits"),
            ("12g;phone-context=+1", "`g` is no digit of a telephone number"),
            ("12ü;phone-context=+1", "`ü` is no digit of a telephone number"),
            ("911", "a telephone number without its country"),
            ("911;ext=1", "a telephone number without its country"),
        ] {
            assert_eq!(problem(number).as_deref(), Some(message), "{number}");
        }
        for good in [
            "+1-2.(3)",
            "*21#;Phone-Context=+1",
            "a-b.(1);phone-context=x;ext=1",
            "+1;isub-x;ext=2",
            "*;phone-context=+1",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        let fault = fault(Uri::split("tel:911").unwrap()).unwrap();
        assert_eq!((fault.rule, fault.range), (Rule::BadTel, 4..7));
    }
}
