//! Where the links of an imported text lead: to what was imported with it, to where a rule says,
//! or nowhere.

use std::borrow::Cow;
use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use crate::model::DocumentId;
use crate::parse::import::rules::{Anchors, Known, Rules, WORDS};
use crate::parse::markdown;
use crate::tree::{Edit, Span, TreePath};

/// What a text stands among.
pub struct Around<'a> {
    /// Its policy.
    pub id: &'a DocumentId,
    /// Its path, from the top of where it was kept.
    pub path: Option<&'a TreePath>,
    /// Its own anchors.
    pub own: &'a Anchors,
    /// What else is imported.
    pub known: &'a Known,
}

/// What becomes of a link.
#[derive(Debug, PartialEq, Eq)]
enum Lead {
    /// It stays.
    Stays,
    /// It leads there.
    To(String),
    /// Its words stay, and lead nowhere.
    Words,
    /// Nobody knows where it leads.
    Nowhere,
}

/// Returns the edits that let the links of a text lead where they should, and counts those that
/// lead nowhere.
pub fn edits(
    text: &str,
    rules: &Rules,
    around: &Around<'_>,
    nowhere: &mut BTreeMap<String, usize>,
) -> Vec<Edit> {
    let places = markdown::places(text);
    let mut edits = Vec::new();
    let mut put = |start: usize, end: usize, text: &str| {
        edits.push(Edit { span: Span::new(start, end), put_in: text.to_owned() });
    };
    for link in &places.links {
        let lead = if link.image { Lead::Words } else { rules.lead(&link.address, around) };
        match (lead, link.written) {
            (Lead::Stays, _) | (Lead::To(_), None) => {}
            (Lead::To(address), Some(written)) => put(written.start, written.end, &address),
            (Lead::Words, _) => {
                put(link.whole.start, link.words.start, "");
                put(link.words.end, link.whole.end, "");
            }
            (Lead::Nowhere, _) => *nowhere.entry(link.address.clone()).or_default() += 1,
        }
    }
    for definition in &places.definitions {
        match rules.lead(&definition.address, around) {
            Lead::To(address) => put(definition.written.start, definition.written.end, &address),
            Lead::Words => put(definition.whole.start, definition.whole.end, ""),
            Lead::Stays | Lead::Nowhere => {}
        }
    }
    edits
}

impl Rules {
    /// Says where a link leads that is written so.
    fn lead(&self, address: &str, around: &Around<'_>) -> Lead {
        let address = address.trim();
        if let Some(rule) = self.links.get(address) {
            return if rule == WORDS { Lead::Words } else { Lead::To(destination(rule)) };
        }
        let prefixes = self.prefixes.iter().rev();
        let mut fitting = prefixes
            .filter_map(|(old, new)| Some((old.len(), new, address.strip_prefix(old.as_str())?)));
        if let Some((_, new, rest)) = fitting.next() {
            return Lead::To(destination(&format!("{new}{rest}")));
        }
        let lower = address.to_ascii_lowercase();
        if ["https:", "http:", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme)) {
            return Lead::Stays;
        }
        if address.starts_with("//") {
            return Lead::To(destination(&format!("https:{address}")));
        }
        let (path, anchor) = address.split_once('#').unwrap_or((address, ""));
        if path.is_empty() {
            return self.here(anchor, around);
        }
        if path.contains(':') {
            return Lead::Nowhere;
        }
        let resolved = resolved(path, around.path);
        if let Some(lead) = resolved.as_deref().and_then(|path| file(path, anchor, around)) {
            return lead;
        }
        let Some(base) = &self.base else { return Lead::Nowhere };
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        let host = base.match_indices('/').nth(2).map_or(base.as_str(), |(at, _)| &base[..at]);
        match resolved {
            _ if path.starts_with('/') => Lead::To(destination(&format!("{host}{path}{anchor}"))),
            Some(resolved) => {
                let base = base.trim_end_matches('/');
                Lead::To(destination(&format!("{base}/{resolved}{anchor}")))
            }
            None => Lead::Nowhere,
        }
    }

    /// Says where an anchor of the text itself leads.
    fn here(&self, anchor: &str, around: &Around<'_>) -> Lead {
        let anchor = decoded(anchor);
        let plain = anchor.strip_prefix("user-content-").unwrap_or(&anchor);
        let lower = plain.to_lowercase();
        match around.own.get(plain).or_else(|| around.own.get(&lower)) {
            Some(Some(now)) if *now == anchor => Lead::Stays,
            Some(Some(now)) => Lead::To(format!("#{now}")),
            Some(None) => Lead::To(around.id.to_string()),
            None if plain.is_empty() || lower == "top" => Lead::To(around.id.to_string()),
            None => Lead::Nowhere,
        }
    }
}

/// Returns where a path leads that is that of a policy's file; of an anchor that its newest text
/// does not have, to the policy.
fn file(path: &str, anchor: &str, around: &Around<'_>) -> Option<Lead> {
    let names = [
        path.to_owned(),
        format!("{path}.md"),
        format!("{path}/README.md"),
        format!("{path}/index.md"),
        format!("{path}/_index.md"),
    ];
    let id = names.iter().find_map(|name| around.known.files.get(name))?;
    let anchors = around.known.anchors.get(id);
    let now = anchors.and_then(|anchors| anchors.get(&*decoded(anchor))?.as_deref());
    Some(Lead::To(match now {
        Some(now) if id == around.id => format!("#{now}"),
        Some(now) => format!("{id}#{now}"),
        None => id.to_string(),
    }))
}

/// Returns a path from the top, as a link of the file at `from` names it.
fn resolved(path: &str, from: Option<&TreePath>) -> Option<String> {
    let path = decoded(path.split('?').next()?);
    let path = path.trim_end_matches('/');
    match path.strip_prefix('/') {
        Some(path) => Some(path.to_owned()),
        None => Some(from?.resolve(path)?.to_string()),
    }
}

/// Returns a part of an address without its percent signs.
fn decoded(part: &str) -> Cow<'_, str> {
    percent_decode_str(part).decode_utf8().unwrap_or(Cow::Borrowed(part))
}

/// Returns an address as markdown takes it.
fn destination(address: &str) -> String {
    let taken = |letter: char| {
        letter.is_whitespace()
            || letter.is_control()
            || matches!(letter, '(' | ')' | '<' | '>' | '\\')
    };
    let mut written = String::new();
    for letter in address.chars() {
        match taken(letter) {
            true => {
                let mut bytes = [0; 4];
                for byte in letter.encode_utf8(&mut bytes).bytes() {
                    written.push_str(&format!("%{byte:02X}"));
                }
            }
            false => written.push(letter),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::import::edits::applied;
    use crate::parse::import::rules::Noticed;

    /// Returns a text with its links where they lead, and what leads nowhere.
    fn linked(text: &str, rules: &Rules) -> (String, Vec<String>) {
        let id = |id: &str| DocumentId::new(id).unwrap();
        let path = TreePath::new("legal/en/terms.md").unwrap();
        let own = Anchors::from([
            ("scope".into(), Some("scope".into())),
            ("its-own".into(), Some("it-s-own".into())),
            ("terms".into(), None),
        ]);
        let privacy = Anchors::from([("what-we-keep".into(), Some("keep".into()))]);
        let known = Known {
            files: BTreeMap::from([
                ("legal/en/terms.md".into(), id("terms")),
                ("legal/privacy/index.md".into(), id("privacy")),
                ("old/privacy.md".into(), id("privacy")),
            ]),
            anchors: BTreeMap::from([(id("privacy"), privacy)]),
        };
        let around = Around { id: &id("terms"), path: Some(&path), own: &own, known: &known };
        let mut noticed = Noticed::default();
        let text = applied(text, edits(text, rules, &around, &mut noticed.links));
        (text, noticed.links.into_keys().collect())
    }

    #[test]
    fn what_was_imported_together_is_led_to() {
        let leads = |address: &str| {
            let (text, nowhere) = linked(&format!("[x]({address} \"T\")"), &Rules::default());
            let written = text.split(['(', ' ']).nth(1).unwrap().to_owned();
            if nowhere.is_empty() { written } else { format!("nowhere: {}", nowhere.concat()) }
        };
        for (address, expected) in [
            ("../privacy/index.md", "privacy"),
            ("../privacy", "privacy"),
            ("../privacy/#what-we-keep", "privacy#keep"),
            ("/old/privacy.md#gone", "privacy"),
            ("/old/privacy", "privacy"),
            ("terms.md#its-own", "terms"),
            ("#scope", "#scope"),
            ("#its-own", "#it-s-own"),
            ("#user-content-its-own", "#it-s-own"),
            ("#Terms", "terms"),
            ("#top", "terms"),
            ("#none", "nowhere: #none"),
            ("../other.md", "nowhere: ../other.md"),
            ("../../../up.md", "nowhere: ../../../up.md"),
            ("javascript:x", "nowhere: javascript:x"),
            ("https://a.example/", "https://a.example/"),
            ("//a.example/", "https://a.example/"),
        ] {
            assert_eq!(leads(address), expected, "{address}");
        }
    }

    #[test]
    fn a_bare_address_stays() {
        let text = "<a@b.example> <https://a.example/>";
        assert_eq!(linked(text, &Rules::default()), (text.to_owned(), vec![]));
    }

    #[test]
    fn rules_say_where_the_rest_leads() {
        let rules = Rules {
            base: Some("https://a.example/docs/".into()),
            prefixes: BTreeMap::from([("/site/".into(), "https://b.example/".into())]),
            links: BTreeMap::from([
                ("gone.md".into(), WORDS.into()),
                ("moved.md".into(), "privacy".into()),
            ]),
            ..Rules::default()
        };
        let text = "[*a* b](gone.md) [c](moved.md) [d](/site/x#y) [e](../x y.md) [e](<../x y.md>) [f](/z) [g][h] [h] ![i](j.png) [![k](l.png)](gone.md)\n\n[h]: gone.md 'T'\n";
        let expected = "*a* b [c](privacy) [d](https://b.example/x#y) [e](../x y.md) [e](https://a.example/docs/legal/x%20y.md) [f](https://a.example/z) g h i k\n\n\n";
        assert_eq!(linked(text, &rules), (expected.to_owned(), vec![]));
    }
}
