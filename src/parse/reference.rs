//! References from words to data: `{{ contact.security }}`, `{{ commitment.first_reply }}`, `{{ whitehats }}`, `{{ subprocessors }}`.
//!
//! A reference becomes plain markdown, with everything a stranger wrote escaped, so that a frozen section holds just what a reader saw.

use std::collections::BTreeMap;

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Fix;
use crate::diagnostic::nearest;
use crate::diagnostic::slip;
use crate::model::Commitment;
use crate::model::Contact;
use crate::model::Cut;
use crate::model::Document;
use crate::model::Expanded;
use crate::model::Subprocessors;
use crate::parse::markdown;
use crate::tree::Span;

/// How many names a finding offers.
const KNOWN: usize = 6;

/// What words may refer to, and what stands in its place.
#[derive(Clone, Debug, Default)]
pub struct References {
    texts: BTreeMap<String, Replacement>,
}

#[derive(Clone, Debug)]
enum Replacement {
    /// Words in a line.
    Inline(String),
    /// Lines of their own.
    Block(String),
}

impl References {
    /// Collects what words may refer to.
    pub fn new<'a>(contacts: &[Contact], lists: impl Iterator<Item = &'a Document>) -> References {
        let mut texts = BTreeMap::new();
        for contact in contacts.iter().rev() {
            let name = format!("contact.{}", contact.kind.value.as_str());
            for (channel, text) in channels(contact) {
                texts.insert(format!("{name}.{channel}"), Replacement::Inline(text));
            }
            let best = ["email", "form", "phone"].into_iter().find_map(|channel| texts.get(&format!("{name}.{channel}")).cloned());
            if let Some(best) = best {
                texts.insert(name, best);
            }
        }
        for list in lists {
            match list {
                Document::Policy(_) => {}
                Document::Whitehats(list) => {
                    let names = list.shown().map(|whitehat| format!("- {}\n", linked(&whitehat.name.value, whitehat.link.as_deref())));
                    texts.insert("whitehats".to_owned(), Replacement::Block(names.collect()));
                }
                Document::Subprocessors(list) => {
                    texts.insert("subprocessors".to_owned(), Replacement::Block(table(list)));
                }
                Document::Commitments(list) => {
                    let named = list.commitments.iter().flat_map(promised);
                    texts.extend(named.map(|(name, text)| (name, Replacement::Inline(text))));
                }
            }
        }
        References { texts }
    }

    /// Expands the references of a text; nothing where it has none. Mistakes are reported with their places in `text`.
    pub fn expand(&self, text: &str, problems: &mut Vec<(Span, Diagnostic)>) -> Option<Expanded> {
        text.find("{{")?;
        let code = markdown::code(text);
        let mut expanded = Expanded::default();
        let mut done = 0;
        let mut at = 0;
        while let Some(found) = text[at..].find("{{") {
            let start = at + found;
            at = start + 2;
            let escaped = text[..start].ends_with('\\');
            if escaped || code.iter().any(|span| (span.start..span.end).contains(&start)) {
                continue;
            }
            let line = text[start..].lines().next().unwrap_or_default();
            let Some(length) = line.find("}}") else {
                let open = Diagnostic::error(Code::DanglingReference, "a reference is never closed")
                    .help("end it with `}}`, or write `\\{{` for two braces");
                problems.push((Span::new(start, start + 2), open));
                continue;
            };
            let span = Span::new(start, start + length + 2);
            at = span.end;
            match self.replacement(text, span) {
                Ok(put_in) => {
                    expanded.text.push_str(&text[done..span.start]);
                    let begin = expanded.text.len();
                    expanded.text.push_str(put_in);
                    expanded.cuts.push(Cut { put_in: Span::new(begin, expanded.text.len()), taken_out: span });
                    done = span.end;
                }
                Err(problem) => problems.push((span, problem)),
            }
        }
        expanded.text.push_str(&text[done..]);
        Some(expanded)
    }

    fn replacement(&self, text: &str, span: Span) -> Result<&str, Diagnostic> {
        let name = text[span.start + 2..span.end - 2].trim();
        match self.texts.get(name) {
            Some(Replacement::Inline(text)) => Ok(text),
            Some(Replacement::Block(lines)) => {
                let before = text[..span.start].rsplit('\n').next().unwrap_or_default();
                let after = text[span.end..].lines().next().unwrap_or_default();
                if before.is_empty() && after.trim().is_empty() {
                    return Ok(lines.trim_end());
                }
                let crowded = Diagnostic::error(
                    Code::DanglingReference,
                    format!("`{name}` becomes several lines, so it stands on a line of its own"),
                );
                Err(crowded.help("put it between two empty lines"))
            }
            None => {
                let dangling = Diagnostic::error(Code::DanglingReference, format!("`{name}` refers to nothing"));
                let dangling = match name.split('.').next().unwrap_or_default() {
                    "contact" => dangling.sought_in("content/site.yaml"),
                    "commitment" => dangling.sought_in("content/commitments.yaml"),
                    _ => dangling,
                };
                let near = nearest(name, self.texts.keys().map(String::as_str));
                if let Some(near) = near {
                    let dangling = dangling.label(format!("did you mean `{near}`?"));
                    let meant = slip(name, self.texts.keys().map(String::as_str));
                    let at = span.start + 2 + text[span.start + 2..].find(name).unwrap_or_default();
                    return Err(dangling.mended_by(meant.map(|meant| Fix::write(Span::new(at, at + name.len()), meant))));
                }
                let known = self.texts.keys().take(KNOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>();
                let more = self.texts.len().saturating_sub(KNOWN);
                Err(dangling.help(match (known.is_empty(), more) {
                    (true, _) => "add what it should name to `content/site.yaml` or a list".to_owned(),
                    (false, 0) => format!("there is {}", known.join(", ")),
                    (false, more) => format!("there is {} and {more} more", known.join(", ")),
                }))
            }
        }
    }
}

fn channels(contact: &Contact) -> impl Iterator<Item = (&'static str, String)> {
    let email = contact.email.as_deref().zip(contact.mailto()).map(|(email, address)| ("email", linked(email, Some(&address))));
    let phone = contact.phone.as_deref().zip(contact.tel()).map(|(phone, address)| ("phone", linked(phone, Some(&address))));
    let form = contact.form.as_deref().map(|form| ("form", linked(form, Some(form))));
    let hours = contact.hours.as_deref().map(|hours| ("hours", escaped(hours)));
    let key = contact.key.as_deref().map(|key| ("key", linked(key, Some(key).filter(|key| key.starts_with("https:")))));
    let languages = Some(contact.languages.join(", ")).filter(|tags| !tags.is_empty()).map(|tags| ("languages", escaped(&tags)));
    [email, phone, form, hours, languages, key].into_iter().flatten()
}

/// Returns what words may say of a commitment: all of it, or its parts.
fn promised(commitment: &Commitment) -> Vec<(String, String)> {
    let Some(amount) = &commitment.amount else {
        return Vec::new();
    };
    let name = format!("commitment.{}", commitment.id.value);
    let unit = escaped(&amount.unit);
    vec![
        (name.clone(), format!("{} {unit}", amount.bound())),
        (format!("{name}.amount"), format!("{} {unit}", amount.quantity)),
        (format!("{name}.value"), amount.quantity.to_string()),
        (format!("{name}.unit"), unit),
    ]
}

fn table(list: &Subprocessors) -> String {
    let columns = list.columns();
    let mut lines = String::from("| Name |");
    for (title, _) in &columns {
        lines.push_str(&format!(" {title} |"));
    }
    lines.push_str("\n|---|");
    lines.push_str(&"---|".repeat(columns.len()));
    for entry in &list.subprocessors {
        lines.push_str(&format!("\n| {} |", linked(&entry.name.value, entry.link.as_deref())));
        for (_, cell) in &columns {
            lines.push_str(&format!(" {} |", cell(entry).map(|cell| escaped(&cell)).unwrap_or_default()));
        }
    }
    lines
}

/// Returns a stranger's words as markdown that says just them, linked where there is an address.
fn linked(words: &str, address: Option<&str>) -> String {
    let Some(address) = address else {
        return escaped(words);
    };
    let destination: String = address
        .chars()
        .map(|letter| match letter {
            '(' => "%28".to_owned(),
            ')' => "%29".to_owned(),
            '<' => "%3C".to_owned(),
            '>' => "%3E".to_owned(),
            '\\' => "%5C".to_owned(),
            '|' => "%7C".to_owned(),
            ' ' => "%20".to_owned(),
            _ => letter.to_string(),
        })
        .collect();
    format!("[{}]({})", escaped(words), destination.replace('&', "&amp;").replace("{{", "%7B%7B"))
}

/// Returns words as markdown that says just them, whatever they hold.
pub fn escaped(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let number = words.len() - words.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let mut markdown = String::with_capacity(words.len());
    for (index, letter) in words.char_indices() {
        let mark = matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '~' | '|' | '{' | '}' | '!' | '$');
        let opens = index == 0 && matches!(letter, '-' | '+' | '#' | '=' | ':');
        let numbers = number > 0 && index == number && matches!(letter, '.' | ')');
        if mark || opens || numbers {
            markdown.push('\\');
        }
        markdown.push(letter);
    }
    markdown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Block;
    use crate::model::Placed;
    use crate::model::Whitehat;
    use crate::model::Whitehats;
    use crate::model::plain;
    use crate::tree::TreePath;
    use std::collections::BTreeSet;

    fn whitehats(names: &[&str]) -> References {
        let whitehat = |name: &&str| Whitehat {
            name: Placed { value: (*name).to_owned(), span: Span::default() },
            formerly: None,
            link: None,
            date: None,
            class: None,
            groups: Vec::new(),
            consent: true,
            removed: None,
        };
        References::new(
            &[],
            std::iter::once(&Document::Whitehats(Whitehats { undated_before: None, whitehats: names.iter().map(whitehat).collect() })),
        )
    }

    fn names_shown(names: &[&str]) -> Vec<String> {
        let expanded = whitehats(names).expand("{{ whitehats }}", &mut Vec::new()).unwrap();
        let file = TreePath::new("security/10-a.md").unwrap();
        let text = markdown::text(&expanded.text, markdown::Standpoint { file: Some(&file), sections: &BTreeSet::new() });
        let [Block::List { items, .. }] = &text.blocks[..] else { panic!("{text:?}") };
        let name = |item: &Vec<Block>| match &item[..] {
            [Block::Plain { text: inlines, .. }] => plain(inlines),
            other => panic!("{other:?}"),
        };
        items.iter().map(name).collect()
    }

    #[test]
    fn a_name_is_shown_as_given() {
        let names = [
            "Oladigbolu, Shuaib Abidemi",
            "S.M Akees",
            "> x",
            "- y",
            "1. z",
            "<b>",
            "[a](javascript:b)",
            "{{ x }}",
            "# h",
            "王小明",
            "a|b\\",
            "&amp;",
            "---",
            "a\\|b",
            "2023) x",
            "::",
            "[^1]",
        ];
        assert_eq!(names_shown(&names), names);
    }

    #[test]
    fn a_place_behind_a_reference_is_found_in_the_authors_text() {
        let references = whitehats(&["somebody with a long name"]);
        let text = "a\n\n{{ whitehats }}\n\n[b](c)";
        let expanded = references.expand(text, &mut Vec::new()).unwrap();
        let link = expanded.text.find("[b]").unwrap();
        let origin = expanded.origin(Span::new(link, link + 6));
        assert_eq!(&text[origin.start..origin.end], "[b](c)");
    }

    #[test]
    fn code_and_escaped_braces_stay() {
        let mut problems = Vec::new();
        let text = "`{{ x }}` \\{{ y }}\n\n    {{ z }}\n";
        assert_eq!(whitehats(&[]).expand(text, &mut problems).unwrap().text, text);
        assert!(problems.is_empty());
    }

    proptest::proptest! {
        #[test]
        fn any_name_is_shown_as_given(name in "[!-~]([ -~]{0,12}[!-~])?") {
            let spaced = name.split_whitespace().collect::<Vec<_>>().join(" ");
            proptest::prop_assert_eq!(names_shown(&[&name]), vec![spaced]);
        }
    }
}
