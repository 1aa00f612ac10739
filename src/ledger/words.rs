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
