//! Where a link leads: to a file's section, an id, another site; never to an address that runs
//! code.

use std::collections::BTreeSet;

use crate::model::{Target, is_slug};
use crate::tree::TreePath;

/// Where a section stands: what its relative links start from.
#[derive(Clone, Copy, Debug)]
pub struct Standpoint<'a> {
    /// The file, from the content folder; nothing for a text that stands nowhere, whose relative
    /// links are kept as they are written.
    pub file: Option<&'a TreePath>,
    /// The ids of the sections of its policy.
    pub sections: &'a BTreeSet<&'a str>,
}

/// Says where an address leads.
pub fn target(address: &str, standpoint: Standpoint<'_>) -> Target {
    if address.chars().any(char::is_control) {
        return Target::Unsafe(address.to_owned());
    }
    let address = address.trim();
    if let Some(scheme) = scheme(address) {
        return match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" | "mailto" | "tel" => Target::Outside(address.to_owned()),
            _ => Target::Unsafe(address.to_owned()),
        };
    }
    if address.starts_with("//") || address.starts_with('\\') {
        return Target::Unsafe(address.to_owned());
    }
    let (path, anchor) = match address.split_once('#') {
        Some((path, anchor)) => (path, Some(anchor.to_owned()).filter(|anchor| !anchor.is_empty())),
        None => (address, None),
    };
    let nowhere = || Target::Nowhere(address.to_owned());
    if path.is_empty() {
        return anchor.map_or_else(nowhere, Target::Here);
    }
    let Some(here) = standpoint.file else {
        return nowhere();
    };
    if path.split('/').all(is_slug) {
        return match standpoint.sections.contains(path) {
            true => Target::Here(anchor.unwrap_or_else(|| path.to_owned())),
            false => Target::Document { id: path.to_owned(), anchor },
        };
    }
    let Some(file) = here.resolve(path) else {
        return nowhere();
    };
    if let Some(list) = file.as_str().strip_suffix(".yaml") {
        return Target::Document { id: list.to_owned(), anchor };
    }
    let Some(name) = file.name().strip_suffix(".md") else {
        return nowhere();
    };
    // Files beside each other that are no sections are pages of their own.
    if file.folder() == here.folder()
        && standpoint.sections.is_empty()
        && here.name() != "_index.md"
    {
        return Target::Document { id: name.to_owned(), anchor };
    }
    let anchor = anchor.or_else(|| (name != "_index").then(|| section_id(name).to_owned()));
    match anchor {
        Some(anchor) if file.folder() == here.folder() => Target::Here(anchor),
        anchor => Target::Document { id: file.folder().to_owned(), anchor },
    }
}

/// Returns the id that a section's file name gives it: the name without its number.
pub fn section_id(name: &str) -> &str {
    match name.split_once('-') {
        Some((number, id))
            if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            id
        }
        _ => name,
    }
}

/// Returns the scheme an address begins with, RFC 3986 section 3.1.
fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    (scheme.starts_with(|first: char| first.is_ascii_alphabetic()) && scheme.bytes().all(letter))
        .then_some(scheme)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Block, Inline};
    use crate::parse::markdown;

    fn leads_to(address: &str) -> Target {
        let file = TreePath::new("security/10-here.md").unwrap();
        let sections = BTreeSet::from(["here", "there"]);
        let text = markdown::text(
            &format!("[x](<{address}>)"),
            Standpoint { file: Some(&file), sections: &sections },
        );
        match &text.blocks[..] {
            [Block::Paragraph { text: inlines, .. }] => match &inlines[..] {
                [Inline::Link { target, .. }] => target.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn links_are_written_as_paths_or_ids() {
        let document = |id: &str, anchor: Option<&str>| Target::Document {
            id: id.into(),
            anchor: anchor.map(str::to_owned),
        };
        assert_eq!(leads_to("20-there.md"), Target::Here("there".into()));
        assert_eq!(leads_to("there#part"), Target::Here("part".into()));
        assert_eq!(leads_to("#part"), Target::Here("part".into()));
        assert_eq!(leads_to("../whitehats.yaml"), document("whitehats", None));
        assert_eq!(leads_to("../privacy/_index.md"), document("privacy", None));
        assert_eq!(leads_to("../privacy/30-data.md"), document("privacy", Some("data")));
        assert_eq!(leads_to("privacy#data"), document("privacy", Some("data")));
        assert_eq!(leads_to("../../outside.md"), Target::Nowhere("../../outside.md".into()));
        assert_eq!(leads_to("picture.png"), Target::Nowhere("picture.png".into()));
    }

    #[test]
    fn a_bare_mail_address_leads_to_its_mailbox() {
        let text = markdown::text(
            "<security@acme.example>",
            Standpoint { file: None, sections: &BTreeSet::new() },
        );
        assert!(
            format!("{text:?}").contains("Outside(\"mailto:security@acme.example\")"),
            "{text:?}"
        );
    }

    #[test]
    fn an_address_that_runs_code_is_refused_however_it_is_written() {
        for address in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            "data:text/html,x",
            "vbscript:x",
            "java&#9;script:x",
            "javascript&colon;x",
            "//evil.example",
            "file:///etc/passwd",
            "&#1;javascript:x",
        ] {
            assert!(
                matches!(leads_to(address), Target::Unsafe(_)),
                "{address}: {:?}",
                leads_to(address)
            );
        }
    }
}
