//! References from words to data: `{{ contact.security }}`, `{{ commitment.first_reply }}`, `{{
//! whitehats }}`, `{{ subprocessors }}`.
//!
//! A reference becomes plain markdown, with everything a stranger wrote escaped, so that a frozen
//! section holds just what a reader saw.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Fix, nearest, slip};
use crate::model::{Commitment, Contact, Cut, Expanded, List, ListEntry, Reference};
use crate::parse::markdown::{self, Links};
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
    /// Words in a line that lead to an address.
    Link { words: String, address: String },
    /// Lines of their own.
    Block(String),
}

impl References {
    /// Collects what words may refer to.
    pub fn new<'a>(contacts: &[Contact], lists: impl Iterator<Item = &'a List>) -> References {
        let mut texts = BTreeMap::new();
        for contact in contacts.iter().rev() {
            let name = format!("contact.{}", contact.kind.value.as_str());
            for (channel, text) in channels(contact) {
                texts.insert(format!("{name}.{channel}"), text);
            }
            let best = ["email", "form", "phone"]
                .into_iter()
                .find_map(|channel| texts.get(&format!("{name}.{channel}")).cloned());
            if let Some(best) = best {
                texts.insert(name, best);
            }
        }
        for list in lists {
            let (id, shown) = (list.kind.id.to_owned(), list.shown().collect::<Vec<_>>());
            match list.kind.reference {
                Reference::Names => {
                    let names = shown.iter().map(|entry| format!("- {}\n", named(entry)));
                    texts.insert(id, Replacement::Block(names.collect()));
                }
                Reference::Table => {
                    texts.insert(id, Replacement::Block(table(list, &shown)));
                }
                Reference::Entry => {
                    let promised = shown.iter().flat_map(|entry| promised(&Commitment::of(entry)));
                    texts.extend(promised.map(|(name, text)| (name, Replacement::Inline(text))));
                }
            }
        }
        References { texts }
    }

    /// Expands the references of a text; `None` if it has none. Mistakes are reported with
    /// their places in `text`.
    pub fn expand(&self, text: &str, problems: &mut Vec<(Span, Diagnostic)>) -> Option<Expanded> {
        text.find("{{")?;
        let spans = references(text, problems);
        let links = markdown::links(&masked(text, &spans));
        let mut expanded = Expanded::default();
        let mut done = 0;
        for span in spans {
            match self.replacement(text, span, &links) {
                Ok(put_in) => {
                    expanded.text.push_str(&text[done..span.start]);
                    let begin = expanded.text.len();
                    expanded.text.push_str(&put_in);
                    let put_in = Span::new(begin, expanded.text.len());
                    expanded.cuts.push(Cut { put_in, taken_out: span, lines: 0 });
                    done = span.end;
                }
                Err(problem) => problems.push((span, problem)),
            }
        }
        expanded.text.push_str(&text[done..]);
        Some(expanded)
    }

    fn replacement(&self, text: &str, span: Span, links: &Links) -> Result<String, Diagnostic> {
        let name = text[span.start + 2..span.end - 2].trim();
        match self.texts.get(name) {
            Some(Replacement::Inline(text)) => Ok(text.clone()),
            Some(Replacement::Link { words, .. }) if links.words.hold(span) => Ok(escaped(words)),
            Some(Replacement::Link { words, address }) if links.all.hold(span) => {
                part_of_link(&text[..span.start], words, address).ok_or_else(|| {
                    let part = Diagnostic::error(
                        Code::DanglingReference,
                        format!("`{name}` cannot be a part of this address"),
                    );
                    part.help(format!(
                        "it stands for a whole address: write `[words]({{{{ {name} }}}})`"
                    ))
                })
            }
            Some(Replacement::Link { words, address }) => Ok(linked(words, Some(address))),
            Some(Replacement::Block(lines)) => {
                let begins = span.start == 0 || text[..span.start].ends_with('\n');
                let mut after = text[span.end..].chars().take_while(|letter| *letter != '\n');
                if begins && after.all(char::is_whitespace) {
                    return Ok(lines.trim_end().to_owned());
                }
                let crowded = Diagnostic::error(
                    Code::DanglingReference,
                    format!("`{name}` becomes several lines, so it stands on a line of its own"),
                );
                Err(crowded.help("put it between two empty lines"))
            }
            None => {
                let dangling = Diagnostic::error(
                    Code::DanglingReference,
                    format!("unknown reference `{name}`"),
                );
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
                    return Err(dangling.with_fix(
                        meant.map(|meant| Fix::write(Span::new(at, at + name.len()), meant)),
                    ));
                }
                let known = self
                    .texts
                    .keys()
                    .take(KNOWN)
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>();
                let more = self.texts.len().saturating_sub(KNOWN);
                Err(dangling.help(match (known.is_empty(), more) {
                    (true, _) => {
                        "add what it should name to `content/site.yaml` or a list, or write `\\{{` if readers are to see the braces".to_owned()
                    }
                    (false, 0) => format!("there is {}{BRACES}", known.join(", ")),
                    (false, more) => {
                        format!("there is {} and {more} more{BRACES}", known.join(", "))
                    }
                }))
            }
        }
    }
}

/// What to write for braces that are no reference.
const BRACES: &str = "; write `\\{{` if readers are to see the braces";

/// Returns where the references of a text stand. One that is never closed is a problem.
fn references(text: &str, problems: &mut Vec<(Span, Diagnostic)>) -> Vec<Span> {
    let code = markdown::code(text);
    let mut references = Vec::new();
    let mut at = 0;
    // The end of the line, and the last place in it that closes a reference.
    let (mut end, mut last) = (0, None);
    while let Some(found) = text[at..].find("{{") {
        let start = at + found;
        at = start + 2;
        let in_code = code
            .get(code.partition_point(|span| span.end <= start))
            .is_some_and(|span| span.start <= start);
        if in_code || text[..start].ends_with('\\') {
            continue;
        }
        if start >= end {
            end = text[start..].find('\n').map_or(text.len(), |length| start + length);
            last = text[start..end].rfind("}}").map(|place| start + place);
        }
        let Some(length) =
            last.filter(|last| *last > start).and_then(|_| text[start..end].find("}}"))
        else {
            let open = Diagnostic::error(Code::DanglingReference, "a reference is never closed")
                .help("end it with `}}`, or write `\\{{` for two braces");
            problems.push((Span::new(start, start + 2), open));
            // More braces right after it are the same mistake.
            at = end - text[at..end].trim_start_matches('{').len();
            continue;
        };
        references.push(Span::new(start, start + length + 2));
        at = start + length + 2;
    }
    references
}

/// Returns a text with letters in the place of its references: as it will be cut, since an address
/// holds no space.
fn masked(text: &str, references: &[Span]) -> String {
    let mut masked = String::with_capacity(text.len());
    for span in references {
        masked.push_str(&text[masked.len()..span.start]);
        masked.push_str(&"x".repeat(span.end - span.start));
    }
    masked.push_str(&text[masked.len()..]);
    masked
}

/// Returns what a reference to an address becomes behind the beginning of a link; nothing in the
/// midst of an address.
fn part_of_link(before: &str, words: &str, address: &str) -> Option<String> {
    let begun = before.rfind(['\n', '[', '<']).map_or(before, |at| &before[at..]);
    if begun.contains("](") && begun.contains([' ', '\t']) && begun.contains(['"', '\'']) {
        return Some(escaped(words));
    }
    let address = destination(address);
    let (scheme, rest) = address.split_once(':')?;
    let own = before.ends_with(&format!("{scheme}:"));
    match before.chars().next_back()? {
        _ if own => Some(rest.to_owned()),
        '<' if scheme == "mailto" && !before.ends_with("(<") => Some(rest.to_owned()),
        '(' | '<' | '"' | '\'' | ' ' | '\t' | '\n' => Some(address),
        _ => None,
    }
}

fn channels(contact: &Contact) -> impl Iterator<Item = (&'static str, Replacement)> {
    let link =
        |words: &str, address: String| Replacement::Link { words: words.to_owned(), address };
    let email = contact
        .email
        .as_deref()
        .zip(contact.mailto())
        .map(|(email, address)| ("email", link(email, address)));
    let phone = contact
        .phone
        .as_deref()
        .zip(contact.tel())
        .map(|(phone, address)| ("phone", link(phone, address)));
    let form = contact.form.as_deref().map(|form| ("form", link(form, form.to_owned())));
    let hours =
        contact.hours.as_deref().map(|hours| ("hours", Replacement::Inline(escaped(hours))));
    let key =
        contact.key.as_ref().map(|key| &*key.value).map(|key| match key.starts_with("https:") {
            true => ("key", link(key, key.to_owned())),
            false => ("key", Replacement::Inline(escaped(key))),
        });
    let languages = Some(contact.languages.join(", ")).filter(|tags| !tags.is_empty());
    let languages = languages.map(|tags| ("languages", Replacement::Inline(escaped(&tags))));
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

fn table(list: &List, entries: &[&ListEntry]) -> String {
    let columns = list.columns(entries);
    let mut lines = format!("| {} |", list.kind.name_title());
    for title in columns.iter().filter_map(|field| field.title) {
        lines.push_str(&format!(" {title} |"));
    }
    lines.push_str("\n|---|");
    lines.push_str(&"---|".repeat(columns.len()));
    for entry in entries {
        lines.push_str(&format!("\n| {} |", named(entry)));
        for field in &columns {
            let cell = entry.cell(field).map(|cell| escaped(&cell)).unwrap_or_default();
            lines.push_str(&format!(" {cell} |"));
        }
    }
    lines
}

/// Returns the name of an entry, linked where it has a page.
fn named(entry: &ListEntry) -> String {
    linked(entry.name(), entry.text("link"))
}

/// Returns a stranger's words as markdown that says just them, linked where there is an address.
fn linked(words: &str, address: Option<&str>) -> String {
    let Some(address) = address else {
        return escaped(words);
    };
    format!("[{}]({})", escaped(words), destination(address))
}

/// Returns an address as it can stand in a link of markdown.
fn destination(address: &str) -> String {
    let mut destination = String::with_capacity(address.len());
    for letter in address.chars() {
        match letter {
            '(' | ')' | '<' | '>' | '\\' | '|' | ' ' => {
                destination.push_str(&format!("%{:02X}", u32::from(letter)))
            }
            _ => destination.push(letter),
        }
    }
    destination.replace('&', "&amp;").replace("{{", "%7B%7B")
}

/// Returns words as markdown that says just them, whatever they hold.
pub fn escaped(words: &str) -> String {
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let number =
        words.len() - words.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    let mut markdown = String::with_capacity(words.len());
    for (index, letter) in words.char_indices() {
        let mark = matches!(
            letter,
            '\\' | '`'
                | '*'
                | '_'
                | '['
                | ']'
                | '<'
                | '>'
                | '&'
                | '~'
                | '|'
                | '{'
                | '}'
                | '!'
                | '$'
        );
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
    use crate::model::{Block, ContactKind, ListKind, Placed, plain};
    use crate::tree::TreePath;
    use std::collections::BTreeSet;

    fn whitehats(names: &[&str]) -> References {
        let kind = ListKind::of("whitehats").unwrap();
        let entries = names.iter().map(|name| ListEntry::of(kind, &[("name", name)])).collect();
        References::new(&[], std::iter::once(&List { entries, ..List::empty(kind) }))
    }

    fn names_shown(names: &[&str]) -> Vec<String> {
        let expanded = whitehats(names).expand("{{ whitehats }}", &mut Vec::new()).unwrap();
        let file = TreePath::new("security/10-a.md").unwrap();
        let text = markdown::text(
            &expanded.text,
            markdown::Standpoint { file: Some(&file), sections: &BTreeSet::new() },
        );
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
    fn a_reference_that_is_never_closed_is_one_problem() {
        for (text, expected) in [
            ("{{{{{{ a", vec![0]),
            ("{{{", vec![0]),
            ("{{ a and {{ b", vec![0, 9]),
            ("{{ a\n}} and {{ b }} {{ c\n\n{{ d", vec![0, 20, 26]),
            ("`{{` and `{{`, {{", vec![15]),
            ("}} {{ a", vec![3]),
            (r"\{{ a", vec![]),
        ] {
            let mut problems = Vec::new();
            references(text, &mut problems);
            assert_eq!(
                problems.iter().map(|(span, _)| span.start).collect::<Vec<_>>(),
                expected,
                "{text}"
            );
        }
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
    fn a_reference_in_a_link_is_resolved_or_refused() {
        let contact = Contact {
            kind: Placed { value: ContactKind::Security, span: Span::default() },
            label: None,
            email: Some("a_b@acme.example".to_owned()),
            phone: Some("+1 650".to_owned()),
            form: Some("https://acme.example/report".to_owned()),
            hours: None,
            languages: Vec::new(),
            key: None,
        };
        let references = References::new(&[contact], std::iter::empty());
        let expanded = |text: &str| {
            let mut problems = Vec::new();
            let expanded = references.expand(text, &mut problems).unwrap().text;
            problems.is_empty().then_some(expanded)
        };
        let email = "{{ contact.security.email }}";
        for (written, becomes) in [
            (
                format!("Write to {email}."),
                "Write to [a\\_b@acme.example](mailto:a_b@acme.example).",
            ),
            (format!("[us](mailto:{email})"), "[us](mailto:a_b@acme.example)"),
            (
                format!("[us](mailto:{email}?subject=x \"t\")"),
                "[us](mailto:a_b@acme.example?subject=x \"t\")",
            ),
            (format!("[us]({email})"), "[us](mailto:a_b@acme.example)"),
            (format!("[us](<{email}>)"), "[us](<mailto:a_b@acme.example>)"),
            (format!("<{email}> <mailto:{email}>"), "<a_b@acme.example> <mailto:a_b@acme.example>"),
            (format!("[{email}](mailto:{email})"), "[a\\_b@acme.example](mailto:a_b@acme.example)"),
            (format!("[*write* to {email}](#x)"), "[*write* to a\\_b@acme.example](#x)"),
            (format!("[us][x]\n\n[x]: {email}"), "[us][x]\n\n[x]: mailto:a_b@acme.example"),
            (format!("[us](#x \"or {email}\")"), "[us](#x \"or a\\_b@acme.example\")"),
            ("[call](tel:{{ contact.security.phone }})".to_owned(), "[call](tel:+1-650)"),
            ("[call]({{contact.security.phone}})".to_owned(), "[call](tel:+1-650)"),
            ("<{{ contact.security.form }}>".to_owned(), "<https://acme.example/report>"),
            (
                format!("x <a href=\"mailto:{email}\">us</a>"),
                "x <a href=\"mailto:a_b@acme.example\">us</a>",
            ),
            (
                format!("<p>\n<a href='{email}'>us</a></p>"),
                "<p>\n<a href='mailto:a_b@acme.example'>us</a></p>",
            ),
        ] {
            assert_eq!(expanded(&written).as_deref(), Some(becomes), "{written}");
        }
        for part in [
            "[us](https://acme.example/?to={{ contact.security.email }})",
            "[us](mailto:{{ contact.security.form }})",
        ] {
            assert_eq!(expanded(part), None, "{part}");
        }
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
