//! Addresses of `site.yaml` that can be nobody's: those under `example.com` (RFC 2606).

use url::Url;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse::{Node, Value};
use crate::tree::TreePath;

/// The domains that stand for others in documentation.
const RESERVED: [&str; 3] = ["example.com", "example.net", "example.org"];

/// Reports every address of a site that can be nobody's. A site below `.example` is an example as a
/// whole, and may have what it likes.
pub fn check(path: &TreePath, node: &Node, diagnostics: &mut Diagnostics) {
    let below = |node: &Node| match &node.value {
        Value::Scalar(text) => domain(text).is_some_and(|domain| domain.ends_with(".example")),
        _ => false,
    };
    if let Value::Mapping(entries) = &node.value
        && entries.iter().any(|(key, node)| key.value == "base_url" && below(node))
    {
        return;
    }
    look(path, node, diagnostics);
}

fn look(path: &TreePath, node: &Node, diagnostics: &mut Diagnostics) {
    match &node.value {
        Value::Nothing => {}
        Value::Scalar(text) => {
            let domain = domain(text).unwrap_or_default();
            let reserved = |name: &&str| {
                domain
                    .strip_suffix(*name)
                    .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            };
            if let Some(name) = RESERVED.iter().find(|name| reserved(name)) {
                let found = Diagnostic::warning(
                    Code::Placeholder,
                    format!("an address under `{name}` is a placeholder"),
                );
                diagnostics.push(
                    found
                        .at(path, node.span)
                        .help("write your own: it cannot be released or published like this"),
                );
            }
        }
        Value::List(items) => items.iter().for_each(|item| look(path, item, diagnostics)),
        Value::Mapping(entries) => {
            entries.iter().for_each(|(_, value)| look(path, value, diagnostics));
        }
    }
}

/// Returns the domain of a web address or a mailbox.
fn domain(text: &str) -> Option<String> {
    if let Ok(url) = Url::parse(text)
        && matches!(url.scheme(), "http" | "https")
    {
        return url.domain().map(str::to_owned);
    }
    let (_, host) = text.rsplit_once('@')?;
    match url::Host::parse(host) {
        Ok(url::Host::Domain(domain)) => Some(domain),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::yaml;

    fn found(text: &str) -> Vec<&str> {
        let path = TreePath::new("content/site.yaml").unwrap();
        let node = yaml(&path, text, 0, &mut Diagnostics::new()).unwrap();
        let mut diagnostics = Diagnostics::new();
        check(&path, &node, &mut diagnostics);
        let places = diagnostics.sorted().into_iter().map(|found| found.place.clone().unwrap());
        places.filter_map(|place| place.span).map(|span| &text[span.start..span.end]).collect()
    }

    #[test]
    fn an_address_that_can_be_nobodys_is_found_wherever_it_stands() {
        assert_eq!(
            found("base_url: https://Policies.Example.com/x\na:\n  - email: a@example.org\n"),
            ["https://Policies.Example.com/x", "a@example.org"]
        );
        assert_eq!(found("a: https://example.com.acme.test/\nb: an example.com\nc: x@y"), [""; 0]);
        assert_eq!(found("base_url: https://a.example/\nc: a@example.com"), [""; 0]);
    }
}
