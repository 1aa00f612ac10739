//! What a version changed since the one before it, in lines: worked out once, for feeds and for the
//! page of all versions.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use crate::messages::Messages;
use crate::model::{DocumentId, History, Site, Version};
use crate::redline;
use crate::redline::{ChangeKind, People, Redline, SectionChange};
use crate::tree::{Digest, Memo, from_bytes};

/// How many lines there are of a version at most.
const LONGEST: usize = 100;

/// What every version of a site changed.
pub struct Told<'a> {
    site: &'a Site,
    /// What became of the sections, or of the entries of a list, by document and place of the
    /// version.
    sections: BTreeMap<&'a DocumentId, Vec<OnceLock<Vec<String>>>>,
    /// The same as it was told before.
    before: &'a Memo<Vec<String>>,
    /// The digest of all that it depends on beside two texts and their days.
    ground: Digest,
    /// Of whom nobody is named who left.
    people: People,
    messages: Arc<Messages>,
}

/// What a version changed.
pub struct Lines {
    /// Promises first, then sections or entries.
    pub lines: Vec<String>,
    /// How many more changes there are.
    pub more: usize,
}

impl<'a> Told<'a> {
    /// Makes ready to tell of a site in the words of a theme, of which this is the digest. `before`
    /// is what was told before.
    pub fn new(
        site: &'a Site,
        (messages, theme): (Arc<Messages>, Digest),
        before: &'a Memo<Vec<String>>,
    ) -> Told<'a> {
        let sections = site.histories.iter().map(|history| {
            (&history.id, history.versions.iter().map(|_| OnceLock::new()).collect())
        });
        let people = People::of(site).saying(Arc::clone(&messages));
        let ground = Digest::of(format!("{theme} {}", people.digest()));
        Told { site, sections: sections.collect(), before, ground, people, messages }
    }

    /// Returns what the site says itself.
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// Returns the researchers of whom nobody is named who left.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// Compares a version with the one before it, and keeps what became of the sections. Who asks
    /// for that meanwhile waits.
    pub fn keep<'w>(
        &self,
        history: &History,
        version: usize,
        compare: impl Fn() -> Redline<'w>,
    ) -> Redline<'w> {
        let mut made = None;
        self.sections[&history.id][version].get_or_init(|| {
            let pair = self.pair(history, history.versions[version].follows, version);
            self.before.get(pair, || self.sentences(history, &made.insert(compare()).sections))
        });
        made.unwrap_or_else(compare)
    }

    /// Returns what became of promises in a version, and with `sections` of all else, since the one
    /// it was changed from; nothing for a first one.
    pub fn of(&self, history: &History, version: usize, sections: bool) -> Lines {
        let before = history.versions[version].follows;
        let kept = || {
            self.sections[&history.id][version]
                .get_or_init(|| self.all(history, before, version))
                .clone()
        };
        self.lines(history, before, version, sections, kept)
    }

    /// Returns what becomes of promises and all else when a version comes into force: since the one
    /// that was in force before.
    pub fn since_base(&self, history: &History, version: usize) -> Lines {
        match history.base(version) {
            base if base == history.versions[version].follows => self.of(history, version, true),
            base => self.lines(history, base, version, true, || self.all(history, base, version)),
        }
    }

    fn lines(
        &self,
        history: &History,
        from: Option<usize>,
        to: usize,
        sections: bool,
        all: impl Fn() -> Vec<String>,
    ) -> Lines {
        let Some(from) = from else {
            return Lines { lines: Vec::new(), more: 0 };
        };
        let [old, new] = [from, to]
            .map(|version| self.site.commitments_at(&history.versions[version].release.id));
        let mut lines: Vec<String> = redline::commitments_of(&history.id, old, new)
            .iter()
            .map(|change| capital(&self.messages.phrase(&change.phrase())))
            .collect();
        if sections {
            lines.extend(all());
        }
        let more = lines.len().saturating_sub(LONGEST);
        lines.truncate(LONGEST);
        Lines { lines, more }
    }

    /// Returns what became of sections or entries between two versions of a document.
    fn all(&self, history: &History, from: Option<usize>, to: usize) -> Vec<String> {
        let made = || self.sentences(history, &self.compared(history, from, to));
        self.before.recall(self.pair(history, from, to), from_bytes, made)
    }

    /// Returns the digest of all that there is to tell of two versions of a document.
    fn pair(&self, history: &History, from: Option<usize>, to: usize) -> Digest {
        let text = |at: usize| {
            let version = &history.versions[at];
            let raw_html = version.document.policy().map(|policy| policy.raw_html);
            format!("{} {raw_html:?} {:?}", version.digest, version.day())
        };
        Digest::of(format!("{} {} {:?} {}", self.ground, history.id, from.map(text), text(to)))
    }

    /// Compares two versions of a document.
    fn compared(&self, history: &History, from: Option<usize>, to: usize) -> Vec<SectionChange> {
        let version = |at: usize| &history.versions[at];
        let (from, to) = (from.map(version), version(to));
        let days = (from.and_then(Version::day), to.day());
        redline::summary(
            from.map(|version| &*version.document),
            Some(&to.document),
            days,
            &self.people,
        )
    }

    /// Returns what became of sections or entries; commitments are told by what is promised.
    fn sentences(&self, history: &History, changes: &[SectionChange]) -> Vec<String> {
        let promised = history.id.as_str() == DocumentId::COMMITMENTS;
        let told = changes.iter().filter(|change| !(promised && change.entry));
        told.map(|change| sentence(change, &self.messages)).collect()
    }
}

/// Returns what became of a section or an entry, in words.
fn sentence(change: &SectionChange, messages: &Messages) -> String {
    let words = |count: usize, id: &str| {
        (count > 0).then(|| messages.text(id, &[("count", &count.to_string())]))
    };
    let title = change.title_in(messages);
    let title = match change.before_in(messages) {
        Some(before) => messages.text("line.renamed", &[("title", title), ("before", before)]),
        None => title.to_owned(),
    };
    let kind = capital(messages.get(change.kind.message()));
    let head = messages.text("line", &[("kind", &kind), ("title", &title)]);
    if change.entry {
        // A new name is told before.
        let facts = change.facts.iter().filter(|fact| {
            change.before.is_none() || fact.title != "Name" && fact.title != "Formerly"
        });
        let facts = facts.map(|fact| messages.phrase(&fact.phrase())).reduce(|facts, fact| {
            messages.text("line.facts.and", &[("facts", &facts), ("fact", &fact)])
        });
        return match facts {
            Some(facts) => messages.text("line.facts", &[("line", &head), ("facts", &facts)]),
            None => head,
        };
    }
    let counts = match change.kind {
        ChangeKind::Added | ChangeKind::Removed => [None, None],
        _ => [words(change.added, "line.words.added"), words(change.removed, "line.words.removed")],
    };
    counts.into_iter().flatten().fold(head, |line, count| {
        messages.text("line.words", &[("line", &line), ("words", &count)])
    })
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
    first.to_uppercase() + rest
}
