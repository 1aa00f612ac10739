//! What counts as the words of a document: what a reader reads, however it is laid out in its file.

use std::borrow::Cow;

use crate::model::Document;
use crate::model::Section;
use crate::model::Subprocessor;
use crate::tree::Digest;

/// Returns the digest of a document's words. Two documents with one digest say the same to readers.
pub fn document(document: &Document) -> Digest {
    let mut words = Words::new();
    match document {
        Document::Policy(policy) => {
            words.text(&policy.title);
            words.text(policy.summary.as_deref().unwrap_or_default());
            for part in policy.parts() {
                words.text(&part.id);
                words.section(part);
            }
        }
        Document::Whitehats(list) => {
            words.fields(&[list.undated_before.as_ref()]);
            for whitehat in list.shown() {
                words.fields(&[Some(&whitehat.name.value), whitehat.link.as_ref(), whitehat.date.as_ref(), whitehat.class.as_ref()]);
                words.fields(&whitehat.groups.iter().map(Some).collect::<Vec<_>>());
            }
        }
        Document::Subprocessors(list) => {
            words.text(list.note.as_deref().unwrap_or_default());
            for entry in &list.subprocessors {
                words.fields(&[Some(&entry.name.value), entry.link.as_ref()]);
                let cells = Subprocessor::COLUMNS.iter().map(|(_, cell)| cell(entry).map(Cow::into_owned)).collect::<Vec<_>>();
                words.fields(&cells.iter().map(Option::as_ref).collect::<Vec<_>>());
            }
        }
        Document::Commitments(list) => {
            words.text(list.note.as_deref().unwrap_or_default());
            for entry in &list.commitments {
                let better = entry.amount.as_ref().and_then(|amount| amount.better).map(|better| better.as_str().to_owned());
                let section = entry.section.as_ref().map(|section| section.value.to_string());
                words.fields(&[Some(&entry.id.value), Some(&entry.what), entry.promise().as_ref(), better.as_ref(), section.as_ref()]);
            }
        }
    }
    words.digest()
}

/// Returns the digest of a section's words. A section that was moved or whose file was renamed keeps it.
pub fn section(section: &Section) -> Digest {
    let mut words = Words::new();
    words.section(section);
    words.digest()
}

/// Returns the digests of a document's words in no order: what stays when sections are moved or renamed.
pub fn moved(document: &Document) -> Vec<Digest> {
    let Some(policy) = document.policy() else {
        return vec![self::document(document)];
    };
    let mut words = Words::new();
    words.text(&policy.title);
    words.text(policy.summary.as_deref().unwrap_or_default());
    let mut digests: Vec<Digest> = policy.parts().map(section).chain([words.digest()]).collect();
    digests.sort();
    digests
}

/// Words one after the other, each text ended by a byte that no text holds.
struct Words {
    bytes: Vec<u8>,
}

impl Words {
    fn new() -> Words {
        Words { bytes: Vec::new() }
    }

    /// Takes a text; lines that are wrapped elsewhere are the same words.
    fn text(&mut self, text: &str) {
        for word in text.split_whitespace() {
            self.bytes.extend_from_slice(word.as_bytes());
            self.bytes.push(b' ');
        }
        self.bytes.push(0xff);
    }

    fn section(&mut self, section: &Section) {
        self.text(section.summary.as_deref().unwrap_or_default());
        self.text(section.body.text());
    }

    fn fields(&mut self, fields: &[Option<&String>]) {
        for field in fields {
            self.bytes.push(u8::from(field.is_some()));
            self.text(field.map_or("", String::as_str));
        }
    }

    fn digest(&self) -> Digest {
        Digest::of(&self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::project;
    use crate::ledger::tests::put;
    use crate::ledger::tests::told;
    use crate::model::Site;

    fn site(texts: &[(&str, &str)]) -> Site {
        let mut files = project(texts);
        put(&mut files, "z/_index.md", "---\ntitle: Z\n---\n");
        let (site, found) = told(&files, "2024-01-01");
        assert!(!found.has_errors(), "{found:?}");
        site
    }

    /// Returns the digest of a list's or a policy's words.
    fn list(path: &str, text: &str) -> Digest {
        document(site(&[(path, text)]).histories[1].current())
    }

    fn policy(opening: &str, sections: &[(&str, &str)]) -> Site {
        let mut texts = vec![("a/_index.md".to_owned(), opening.to_owned())];
        texts.extend(sections.iter().map(|(name, text)| (format!("a/{name}.md"), (*text).to_owned())));
        site(&texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
    }

    #[test]
    fn what_a_reader_reads_of_a_policy_are_its_words() {
        let (opening, section) = ("---\ntitle: A\nsummary: B\n---\nOpening.\n", ("10-one", "---\nsummary: C\n---\n## One\n\nTwo words.\n"));
        let digests = |site: &Site| {
            let words = site.history("a").unwrap().current();
            (document(words), moved(words))
        };
        let words = digests(&policy(opening, &[section]));
        let wrapped = ("10-one", "---\nsummary:  C\n---\n\n## One\nTwo\n  words.");
        assert_eq!(
            digests(&policy(&opening.replace("---\nO", "order: 2\n---\n\nO"), &[wrapped])),
            words,
            "where lines end does not matter"
        );
        for (opening, section) in [
            (opening.replace(": A", ": X"), section),
            (opening.replace(": B", ": X"), section),
            (opening.replace("Opening", "Closing"), section),
            (opening.to_owned(), ("10-one", "---\nsummary: X\n---\n## One\n\nTwo words.\n")),
            (opening.to_owned(), ("10-one", "---\nsummary: C\n---\n## One\n\nTwowords.\n")),
        ] {
            let other = digests(&policy(&opening, &[section]));
            assert!(other.0 != words.0 && other.1 != words.1, "{opening} {section:?}");
        }
        let renamed = digests(&policy(opening, &[("20-two", section.1)]));
        assert!(renamed.0 != words.0 && renamed.1 == words.1, "a section by another name is the same, moved");
        let other = ("20-two", "## Two\n\nMore.\n");
        let (forth, back) = (policy(opening, &[section, other]), policy(opening, &[("30-one", section.1), other]));
        assert!(digests(&forth).0 != digests(&back).0 && digests(&forth).1 == digests(&back).1);
    }

    #[test]
    fn what_a_reader_reads_of_a_list_are_its_words() {
        let whitehats = "undated_before: 2020\nwhitehats:\n  - {name: Ada, link: 'https://a.example', date: 2021, class: XSS, groups: [G], consent: true}\n";
        let subprocessors = "note: N\nsubprocessors:\n  - {name: A, purpose: P, entity: E, data: D, country: NO, safeguard: S, link: 'https://a.example'}\n";
        let commitments = "note: N\ncommitments:\n  - {id: a, what: W, qualifier: within, value: 2, unit: days, better: lower}\n";
        for (path, text, changes) in [
            (
                "whitehats.yaml",
                whitehats,
                &[("2020", "2019"), ("Ada", "Bee"), ("//a", "//b"), ("2021", "2022"), ("XSS", "SQL"), ("[G]", "[H]"), ("[G]", "[]")][..],
            ),
            (
                "subprocessors.yaml",
                subprocessors,
                &[
                    ("N", "M"),
                    ("A,", "B,"),
                    ("P,", "Q,"),
                    ("E,", "F,"),
                    ("D,", "C,"),
                    ("NO", "SE"),
                    ("S,", "T,"),
                    ("//a", "//b"),
                    (" data: D,", ""),
                ],
            ),
            (
                "commitments.yaml",
                commitments,
                &[("N", "M"), ("id: a", "id: b"), ("W", "V"), ("within", "every"), ("2", "3"), ("days", "hours"), ("lower", "higher")],
            ),
        ] {
            let words = list(path, text);
            assert_eq!(list(path, &format!("# no words\n{}", text.replace("N\n", "'N'\n"))), words, "{path}");
            for (from, to) in changes {
                assert!(text.contains(from));
                assert_ne!(list(path, &text.replacen(from, to, 1)), words, "{path}: {from}");
            }
        }
        let hidden = format!("{whitehats}  - {{name: Bee, consent: false}}\n");
        assert_eq!(list("whitehats.yaml", &hidden), list("whitehats.yaml", whitehats), "who is not shown is not read");
        let swapped = (subprocessors.replace(" entity: E,", ""), subprocessors.replace(" data: D,", "").replace("entity: E", "entity: D"));
        assert_ne!(list("subprocessors.yaml", &swapped.0), list("subprocessors.yaml", &swapped.1), "a field is not another");
        let site = site(&[("subprocessors.yaml", subprocessors)]);
        assert_eq!(moved(site.histories[1].current()), [list("subprocessors.yaml", subprocessors)]);
    }
}
