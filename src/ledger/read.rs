//! Reading `ledger.yaml`: every entry, its place, and what is wrong with it.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ledger::act::digest;
use crate::ledger::branches::Branches;
use crate::ledger::chain::Chain;
use crate::ledger::{RESTORE, act, frozen};
use crate::model::{Act, DocumentId, Entry, NewestDays, Postponement, ReleaseId, Withdrawal};
use crate::parse::{Fields, Node, Value, yaml};
use crate::tree::{Digest, Source};

/// What to do about an entry that says more than this program knows.
const NEWER: &str = "the ledger was written by a newer policybook: install that one";

/// What could be read of a ledger.
pub struct Reading {
    /// Its entries, oldest first, without those that cannot be read.
    pub entries: Vec<Entry>,
    /// Whether these are all.
    pub whole: bool,
}

/// Reads the entries; what is wrong with them is reported.
pub fn entries(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Reading {
    if let Some(branches) = Branches::find(&source.text) {
        let read =
            |side: &String| list(&Source::of_text(source.path, side), &mut Diagnostics::new());
        let [mut ours, theirs] = branches.sides.each_ref().map(read);
        let whole = ours.whole && theirs.whole;
        if !branches.marked && !whole {
            return one_branch(source, diagnostics);
        }
        diagnostics
            .push(branches.report(&ours.entries, &theirs.entries).at(source.path, branches.span));
        let known: BTreeSet<Digest> = ours.entries.iter().map(|entry| entry.seal).collect();
        ours.entries
            .extend(theirs.entries.into_iter().filter(|entry| !known.contains(&entry.seal)));
        return Reading { whole, ..ours };
    }
    one_branch(source, diagnostics)
}

/// Reads the entries of a ledger that was not merged.
fn one_branch(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Reading {
    let reading = list(source, diagnostics);
    if reading.whole {
        report_order(source, &reading.entries, diagnostics);
        report_unreleased(source, &reading.entries, diagnostics);
    }
    reading
}

/// Reads the lines of one entry, which has no seal yet.
pub fn alone(lines: &[String]) -> Option<Entry> {
    let text = format!("- {}\n  seal: {}\n", lines.join("\n  "), Digest::of(""));
    let path = frozen::ledger();
    list(&Source::of_text(&path, text), &mut Diagnostics::new()).entries.pop()
}

/// Reads the list of entries and proves their chain.
fn list(source: &Source<'_>, diagnostics: &mut Diagnostics) -> Reading {
    let mut found = Diagnostics::new();
    let nodes = match yaml(source.path, &source.text, 0, &mut found) {
        Some(Node { value: Value::List(nodes), .. }) => nodes,
        Some(Node { span, .. }) => {
            found.push(
                Diagnostic::error(Code::Ledger, "the ledger is a list of entries")
                    .at(source.path, span)
                    .help(RESTORE),
            );
            Vec::new()
        }
        None => Vec::new(),
    };
    let mut whole = found.is_empty();
    let mut chain = Chain::new(source);
    if !whole {
        // What cannot be read as YAML makes everything after it look wrong.
        diagnostics.extend(found.sorted().first().map(|first| (*first).clone().help(RESTORE)));
        chain.tear();
    }
    for node in nodes {
        whole &= entry(source, node, &mut chain, diagnostics).is_some();
    }
    whole &= !chain.is_broken();
    Reading { entries: chain.into_entries(), whole }
}

/// Reads an entry and adds it to the chain.
fn entry(
    source: &Source<'_>,
    node: Node,
    chain: &mut Chain<'_>,
    diagnostics: &mut Diagnostics,
) -> Option<()> {
    let mut own = Diagnostics::new();
    let mut fields = Fields::open(source.path, "an entry of the ledger", node, diagnostics)?;
    let span = fields.span;
    let known = act::is_known(&fields);
    let act = if known { act::read(source, &mut fields, &mut own) } else { None };
    let follows = fields.has("previous");
    let previous = fields.parsed("previous", &mut own, digest);
    let seal = fields.required_parsed("seal", &mut own, digest);
    let ahead = fields.parsed("ahead", &mut own, act::date).map(|date| date.value);
    if known {
        fields.close(&mut own);
    } else {
        own.push(
            Diagnostic::error(Code::Ledger, "this entry records an unknown act")
                .at(source.path, span),
        );
    }
    // A `previous` that cannot be read was reported; the entry is taken to stand where it belongs.
    let unread = if follows { chain.head() } else { None };
    let named = previous.as_ref().map_or(unread, |previous| Some(previous.value));
    let read = act.is_some();
    let found = match (act, &seal) {
        (Some(act), Some(seal)) => {
            let entry = Entry { act, span, ahead, previous: named, seal: seal.value };
            chain.add(entry, previous.map(|previous| previous.span), seal.span)
        }
        (None, Some(seal)) => chain.pass(seal),
        (_, None) => {
            chain.tear();
            None
        }
    };
    // What an entry says that is not what was sealed is told by its seal, and where it is to be
    // seen.
    match found {
        Some(mut found) => {
            let own = own.sorted();
            let shown = own.iter().find(|found| found.code != Code::MissingKey).or(own.first());
            if let Some(first) = shown.filter(|_| found.code == Code::LedgerSeal) {
                (found.place, found.label) = (first.place.clone(), Some(first.message.clone()));
            }
            diagnostics.push(found);
        }
        // An entry that was cut off lacks everything at once.
        None => diagnostics.extend(
            own.into_iter().take(if seal.is_some() { usize::MAX } else { 1 }).map(|found| {
                // What is near a key that there is was misspelt; any other key or act is of later
                // days.
                let newer = !known || (found.code == Code::UnknownKey && found.label.is_none());
                found.help(if newer { NEWER } else { RESTORE })
            }),
        ),
    }
    (read && seal.is_some()).then_some(())
}

fn report_order(source: &Source<'_>, entries: &[Entry], diagnostics: &mut Diagnostics) {
    let mut ids = BTreeSet::new();
    let mut days = NewestDays::default();
    for entry in entries {
        if let Act::Release(frozen) = &entry.act
            && !ids.insert(&frozen.release.id)
        {
            let twice = Diagnostic::error(
                Code::DuplicateId,
                format!("two releases have the id `{}`", frozen.release.id),
            );
            diagnostics.push(twice.at(source.path, frozen.span).help(RESTORE));
        }
        if days.behind(entry) != entry.ahead {
            let backwards = match entry.ahead {
                None => "this entry has an earlier day than one above it of the same document"
                    .to_owned(),
                Some(ahead) => {
                    format!("the newest day above this entry of the same documents is not {ahead}")
                }
            };
            diagnostics.push(
                Diagnostic::error(Code::Ledger, backwards)
                    .at(source.path, entry.span)
                    .help(RESTORE),
            );
        }
        days.pass(entry);
    }
}

/// Reports acts on what no release above them froze.
fn report_unreleased(source: &Source<'_>, entries: &[Entry], diagnostics: &mut Diagnostics) {
    let mut released = BTreeSet::new();
    let mut report = |entry: &Entry, message: &str| {
        diagnostics.push(
            Diagnostic::error(Code::Ledger, message).at(source.path, entry.span).help(RESTORE),
        );
    };
    let missing = |what: &str| format!("no release above froze `{what}`");
    for entry in entries {
        match &entry.act {
            Act::Release(frozen) => {
                if let Some(follows) = frozen.release.follows.as_ref() {
                    let of = |id: &DocumentId| released.contains(&(follows.clone(), id.clone()));
                    let unknown = frozen.documents.keys().filter(|id| !of(id));
                    unknown.for_each(|id| report(entry, &missing(&format!("{follows}/{id}"))));
                }
                released.extend(
                    frozen.documents.keys().map(|id| (frozen.release.id.clone(), id.clone())),
                );
            }
            Act::Review(_) => {}
            Act::Redaction(redaction) => {
                let unknown =
                    redaction.documents.keys().filter(|document| !released.contains(document));
                unknown
                    .for_each(|(release, id)| report(entry, &missing(&format!("{release}/{id}"))));
            }
            Act::Postponement(Postponement { versions, documents, .. })
            | Act::Withdrawal(Withdrawal { versions, documents, .. }) => {
                let frozen = |release: &ReleaseId, id: &DocumentId| {
                    released.contains(&(release.clone(), id.clone()))
                };
                let unknown = documents
                    .iter()
                    .filter(|id| !versions.iter().any(|release| frozen(release, id)));
                unknown.for_each(|id| report(entry, &missing(&format!("{}/{id}", versions[0]))));
                let unknown = versions
                    .iter()
                    .filter(|release| !documents.iter().any(|id| frozen(release, id)));
                unknown.for_each(|release| {
                    report(entry, &missing(&format!("{release}/{}", documents[0])))
                });
            }
            Act::Retirement(retirement) => {
                if retirement.effective < retirement.date {
                    report(
                        entry,
                        "a retirement is for a day that has come or will come, not for an earlier one",
                    );
                }
                if retirement.see.as_ref().is_some_and(|see| retirement.documents.contains(see)) {
                    report(entry, "a document cannot take its own place");
                }
                let unknown = retirement
                    .documents
                    .iter()
                    .filter(|id| !released.iter().any(|(_, released)| released == *id));
                unknown.for_each(|id| report(entry, &missing(id.as_str())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::frozen;
    use crate::ledger::tests::{day, put, said};
    use crate::model::Kind;
    use crate::tree::{File, Tree};

    /// Returns a digest of a letter.
    fn digest_of(letter: &str) -> String {
        letter.repeat(64)
    }

    /// Returns the ledger of entries, each given by its lines.
    fn ledger(entries: &[&str]) -> String {
        let mut text = "# A ledger.\n#\n#\n#\n".to_owned();
        let mut previous = String::new();
        for entry in entries {
            text += &format!("\n- {}\n{previous}", entry.trim_end().replace('\n', "\n  "));
            let seal = Digest::of(&text);
            text += &format!("  seal: {seal}\n");
            previous = format!("  previous: {seal}\n");
        }
        text
    }

    /// Reads a ledger, and says what is wrong with it by lines.
    fn read(text: &str) -> (Reading, Vec<String>) {
        let mut files: Tree<File> = Tree::new();
        put(&mut files, "versions/ledger.yaml", text);
        let path = frozen::ledger();
        let mut found = Diagnostics::new();
        let source = Source::new(&path, files.get(&path).unwrap()).unwrap();
        let reading = entries(&source, &mut found);
        let said = said(&files, &found);
        (reading, said.into_iter().map(|said| said.replace("versions/ledger.yaml", "")).collect())
    }

    fn wrong(text: &str) -> Vec<String> {
        read(text).1
    }

    fn names(text: &str) -> Vec<String> {
        read(text).0.entries.iter().map(ToString::to_string).collect()
    }

    /// Returns the lines of a release of documents.
    fn release(id: &str, released: &str, documents: &[&str]) -> String {
        let day =
            if released.is_empty() { String::new() } else { format!("released: {released}\n") };
        let documents: String =
            documents.iter().map(|id| format!("  {id}: {}\n", digest_of("a"))).collect();
        format!("release: {id}\n{day}kind: substantive\nsummary: Words\ndocuments:\n{documents}")
    }

    #[test]
    fn what_a_newer_program_wrote_is_told_as_such() {
        let help = |text: &str| {
            let mut files: Tree<File> = Tree::new();
            put(&mut files, "versions/ledger.yaml", text);
            let (path, mut found) = (frozen::ledger(), Diagnostics::new());
            entries(&Source::new(&path, files.get(&path).unwrap()).unwrap(), &mut found);
            found
                .into_iter()
                .map(|found| format!("{}: {}", found.message, found.help.unwrap_or_default()))
                .collect::<Vec<_>>()
        };
        let newer = "the ledger was written by a newer policybook: install that one";
        assert_eq!(
            help(&ledger(&["adjourned: one\neffective: 2024-02-01"])),
            [format!("this entry records an unknown act: {newer}")]
        );
        let more = release("one", "2024-01-01", &["a"]).replace("kind:", "precedes: zero\nkind:");
        assert_eq!(help(&ledger(&[&more])), [format!("unknown key `precedes`: {newer}")]);
    }

    #[test]
    fn entries_are_read_as_they_were_written() {
        let release = "release: one\nreleased: 2024-01-01\neffective: 2024-02-01\nkind: editorial\nsummary: \"Words: more\"\ndocuments:\n  \
                       security: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        let review = "review: 2024-03-01\ndocuments: [security, security.txt]\nexpires: 2024-12-31T00:00:00Z";
        let redaction = format!(
            "redaction: 2024-04-01\nreason: asked for\ndocuments:\n  one/security: {}",
            digest_of("b")
        );
        let (reading, wrong) = read(&ledger(&[release, review, &redaction]));
        assert_eq!(wrong, [""; 0]);
        assert!(reading.whole);
        let [one, two, three] = &reading.entries[..] else { panic!("three entries") };
        let frozen = one.release().unwrap();
        assert_eq!(
            (frozen.release.id.as_str(), frozen.release.summary.as_str()),
            ("one", "Words: more")
        );
        assert_eq!(
            (frozen.release.released, frozen.release.effective),
            (Some(day("2024-01-01")), Some(day("2024-02-01")))
        );
        assert_eq!(frozen.release.kind, Kind::Editorial);
        assert_eq!(frozen.documents["security"].value.to_string(), digest_of("a"));
        let Act::Review(review) = &two.act else { panic!("a review") };
        assert_eq!(
            (review.date, &review.documents[..]),
            (day("2024-03-01"), &["security".to_owned(), "security.txt".to_owned()][..])
        );
        assert_eq!(review.expires.unwrap().to_string(), "2024-12-31T00:00:00Z");
        let redaction = three.redaction().unwrap();
        assert_eq!((redaction.date, redaction.reason.as_str()), (day("2024-04-01"), "asked for"));
        let ((release, document), digest) = redaction.documents.first_key_value().unwrap();
        assert_eq!(
            (release.as_str(), document.as_str(), digest.to_string()),
            ("one", "security", digest_of("b"))
        );
        assert_eq!(
            [one.previous, two.previous, three.previous],
            [None, Some(one.seal), Some(two.seal)]
        );
        assert_eq!(wrong, [""; 0]);
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let text = ledger(&[
            &release("one", "2024-01-01", &["security"]),
            "review: 2024-02-01\ndocuments: [security]",
        ]);
        let seals: Vec<usize> =
            text.match_indices("seal: ").map(|(at, _)| at).chain(text.find("previous: ")).collect();
        for at in (0..text.len())
            .filter(|at| at % 9 == 0 || seals.iter().any(|seal| (seal..&(seal + 76)).contains(&at)))
        {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            assert!(!wrong(&flipped).is_empty(), "byte {at} of {text}");
        }
    }

    #[test]
    fn one_cause_is_one_finding() {
        let entries = [
            release("one", "2024-01-01", &["security"]),
            release("two", "2024-02-01", &["security"]),
            "review: 2024-03-01\ndocuments: [security]".to_owned(),
            release("three", "2024-04-01", &["security"]),
        ];
        let text = ledger(&entries.each_ref().map(String::as_str));
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            assert_eq!(wrong(&flipped).len(), 1, "byte {at}: {:?}", wrong(&flipped));
        }
        let changed = |from: &str, to: &str| wrong(&text.replacen(from, to, 1));
        let wording = "the lines above it are not what was sealed";
        assert_eq!(changed("summary: Words", "summary: Other"), [format!("P051 :12 {wording}")]);
        assert_eq!(
            changed("kind: substantive", "kind: editantive"),
            [format!("P051 :8 {wording}")],
            "where it is to be seen"
        );
        let between = "the lines between the seal above and this one are not what was sealed";
        assert_eq!(
            changed("review: 2024-03-01", "adjourned: 2024-03-01"),
            [format!("P051 :23 {between}")]
        );
        let more = ledger(&[&entries[0], "adjourned: 2024-03-01\nuntil: 2024-04-01", &entries[3]]);
        assert_eq!(
            wrong(&more),
            ["P050 :14 this entry records an unknown act"],
            "an entry of later days stands in the chain"
        );
    }

    #[test]
    fn entries_are_never_removed_reordered_or_repeated() {
        let (one, two, three) =
            (release("one", "", &["a"]), release("two", "", &["a"]), release("three", "", &["a"]));
        let text = ledger(&[&one, &two, &three]);
        assert_eq!(wrong(&text), [""; 0]);
        let places: Vec<usize> =
            text.match_indices("\n- ").map(|(at, _)| at).chain([text.len()]).collect();
        let part = |index: usize| &text[places[index]..places[index + 1]];
        let head = &text[..places[0]];
        let torn = "P051 :18 release `three` does not follow the entry above it";
        assert_eq!(wrong(&format!("{head}{}{}", part(0), part(2))), [torn], "one was removed");
        assert_eq!(
            names(&format!("{head}{}{}", part(0), part(2))),
            ["release `one`", "release `three`"]
        );
        let twice = format!("{text}{}", part(2));
        assert_eq!(wrong(&twice), ["P051 :29 release `three` stands in the ledger twice"]);
        assert_eq!(
            wrong(&format!("{head}{}{}{}", part(0), part(2), part(1))),
            [torn],
            "two changed places"
        );
        let other = ledger(&[&one, &release("four", "", &["b"])]);
        let fork =
            format!("{head}{}{}{}", part(0), part(1), &other[other.rfind("\n- ").unwrap()..]);
        assert_eq!(
            wrong(&fork),
            ["P058 :21 release `two` and release `four` both follow release `one`"]
        );
        let other = ledger(&[&release("four", "", &["b"])]);
        let fork = format!("{head}{}{}", part(0), &other[other.rfind("\n- ").unwrap()..]);
        assert_eq!(
            wrong(&fork),
            ["P058 :13 release `one` and release `four` both are the first entry"]
        );
    }

    #[test]
    fn an_entry_ends_with_its_seal() {
        let text = ledger(&[&release("one", "", &["a"])]);
        let more = "P051 :11 something follows this seal that is not the next entry";
        for after in ["\n", "# x\n", "\n# x\n", "  # x\n"] {
            assert_eq!(wrong(&format!("{text}{after}")), [more], "{after:?}");
        }
        assert_eq!(wrong(text.trim_end()), [more], "the line itself does not end");
        assert_eq!(wrong(&text.replace("  seal:", "  seal: ")), [more]);
    }

    #[test]
    fn an_entry_that_cannot_be_read_is_told_and_the_others_stay() {
        let (one, three) = (release("one", "", &["a"]), release("three", "", &["a"]));
        for (entry, wording) in [
            (
                "release: two\nkind: editorial\nsummary: x",
                "an entry of the ledger has no `documents`",
            ),
            (
                "release: two\nkind: editorial\ndocuments:\n  a: A",
                "an entry of the ledger has no `summary`",
            ),
            (
                "release: two\nsummary: x\ndocuments:\n  a: A",
                "an entry of the ledger has no `kind`",
            ),
            (
                "kind: editorial\nsummary: x\ndocuments:\n  a: A",
                "an entry of the ledger has no `release`",
            ),
            (
                "release: TWO\nkind: editorial\nsummary: x\ndocuments:\n  a: A",
                "invalid `release`: `TWO`",
            ),
            (
                "release: two\nkind: other\nsummary: x\ndocuments:\n  a: A",
                "invalid `kind`: `other`",
            ),
            (
                "release: two\nkind: editorial\nsummary: x\ndocuments: a",
                "`documents` names each document and its digest",
            ),
            ("review: 2024-1-1\ndocuments: [a]", "invalid `review`: `2024-1-1`"),
            ("redaction: 2024-01-01\nreason: x", "an entry of the ledger has no `documents`"),
            (
                "redaction: 2024-01-01\ndocuments:\n  one/a: A",
                "an entry of the ledger has no `reason`",
            ),
            (
                "redaction: 2024-01-01T00:00\nreason: x\ndocuments:\n  one/a: A",
                "invalid `redaction`: `2024-01-01T00:00`",
            ),
        ] {
            let text =
                ledger(&[&one, &entry.replace(": A", &format!(": {}", digest_of("b"))), &three]);
            let (reading, wrong) = read(&text);
            assert!(wrong.iter().any(|wrong| wrong.ends_with(wording)), "{entry}: {wrong:?}");
            assert!(!reading.whole, "{entry}");
            assert_eq!(reading.entries.len(), 2, "{entry}");
            assert!(
                !wrong.iter().any(|wrong| wrong.contains("not what was sealed")),
                "{entry}: its seal holds"
            );
        }
    }

    #[test]
    fn what_an_entry_says_wrongly_is_told_and_the_entry_stays() {
        for (entry, wording) in [
            (
                "release: two\nreleased: soon\nkind: editorial\nsummary: x\ndocuments:\n  a: A",
                "invalid `released`: `soon`",
            ),
            (
                "release: two\neffective: 2024-02-30\nkind: editorial\nsummary: x\ndocuments:\n  a: A",
                "invalid `effective`: `2024-02-30`",
            ),
            (
                "release: two\nkind: editorial\nsummary: x\ndocuments:\n  A: A",
                "`A` cannot be a document",
            ),
            (
                "release: two\nkind: editorial\nsummary: x\ndocuments:\n  a: [A]",
                "invalid SHA-256 digest",
            ),
            (
                "release: two\nkind: editorial\nsummary: x\ndocuments:\n  a: abc",
                "invalid SHA-256 digest",
            ),
            (
                "release: two\nkind: editorial\nsummary: x\nmore: y\ndocuments:\n  a: A",
                "unknown key `more`",
            ),
            (
                "review: 2024-01-01\ndocuments: [a]\nexpires: 2024-12-31",
                "invalid `expires`: `2024-12-31`",
            ),
            (
                "redaction: 2024-01-01\nreason: x\ndocuments:\n  one-a: A",
                "`one-a` cannot be a document",
            ),
            (
                "redaction: 2024-01-01\nreason: x\ndocuments:\n  one/A: A",
                "`one/A` cannot be a document",
            ),
        ] {
            let (reading, wrong) = read(&ledger(&[&entry
                .replace(": A", &format!(": {}", digest_of("b")))
                .replace("[A]", "[x]")]));
            assert!(wrong.len() == 1 && wrong[0].ends_with(wording), "{entry}: {wrong:?}");
            assert!(reading.whole && reading.entries.len() == 1, "{entry}");
        }
    }

    #[test]
    fn a_ledger_is_a_list() {
        let (reading, wrong) = read("a: b\n");
        assert_eq!(wrong, ["P050 :1 the ledger is a list of entries"]);
        assert!(!reading.whole && reading.entries.is_empty());
        let (reading, wrong) = read("# nothing\n");
        assert!(wrong.is_empty() && reading.whole && reading.entries.is_empty());
        let (reading, wrong) = read("- [\n");
        assert!(!wrong.is_empty() && !reading.whole);
    }

    #[test]
    fn the_days_of_a_document_go_forward() {
        let released = |days: &[(&str, &str)]| {
            let entries: Vec<String> = days
                .iter()
                .enumerate()
                .map(|(index, (day, document))| release(&format!("r{index}"), day, &[document]))
                .collect();
            wrong(&ledger(&entries.iter().map(String::as_str).collect::<Vec<_>>())).len()
        };
        assert_eq!(released(&[("2024-01-02", "a"), ("2024-01-02", "a")]), 0, "twice on a day");
        assert_eq!(released(&[("2024-01-02", "a"), ("2024-01-01", "b")]), 0, "another document");
        assert_eq!(released(&[("2024-01-02", "a"), ("2024-01-01", "a")]), 1);
        assert_eq!(released(&[("2024-01-02", "a"), ("", "a"), ("2024-01-01", "a")]), 1);
        let ahead = |day: &str| {
            let review = format!("review: 2024-01-01\ndocuments: [a, b]\nahead: {day}");
            wrong(&ledger(&[
                &release("one", "2062-01-02", &["a"]),
                &release("two", "2061-01-02", &["b"]),
                &review,
                "review: 2024-01-01\ndocuments: [b]",
            ]))
        };
        assert_eq!(
            ahead("2062-01-02"),
            [""; 0],
            "an entry above was dated ahead, and this one says so"
        );
        assert_eq!(
            ahead("2061-01-02"),
            ["P050 :23 the newest day above this entry of the same documents is not 2061-01-02"],
            "it names the newest"
        );
        let wording =
            "P050 :15 this entry has an earlier day than one above it of the same document";
        let review = ledger(&[
            &release("one", "2024-01-02", &["a", "b"]),
            "review: 2024-01-01\ndocuments: [b]",
        ]);
        assert_eq!(wrong(&review), [wording]);
    }

    #[test]
    fn an_id_is_given_once() {
        let text = ledger(&[
            &release("one", "", &["a"]),
            &release("two", "", &["a"]),
            &release("one", "", &["b"]),
        ]);
        assert_eq!(wrong(&text), ["P031 :21 two releases have the id `one`"]);
    }

    #[test]
    fn only_what_a_release_above_froze_is_redacted() {
        let redaction = |key: &str| {
            format!("redaction: 2024-01-01\nreason: x\ndocuments:\n  {key}: {}", digest_of("b"))
        };
        let one = release("one", "", &["a", "b"]);
        let wording =
            |key: &str| wrong(&ledger(&[&one, &redaction(key), &release("two", "", &["a"])]));
        assert_eq!(wording("one/b"), [""; 0]);
        assert_eq!(wording("one/c"), ["P050 :14 no release above froze `one/c`"]);
        assert_eq!(
            wording("two/a"),
            ["P050 :14 no release above froze `two/a`"],
            "a release further down"
        );
        let unread = ledger(&["release: one\nkind: x", &redaction("one/a")]);
        assert!(
            !wrong(&unread).iter().any(|wording| wording.contains("no release above")),
            "what could not be read may have frozen it"
        );
    }

    #[test]
    fn a_conflict_is_told_by_what_either_side_released() {
        let (one, two, three) =
            (release("one", "", &["a"]), release("two", "", &["a"]), release("three", "", &["a"]));
        let (ours, theirs) = (ledger(&[&one, &two]), ledger(&[&one, &three]));
        let at = ours.rfind("\n- ").unwrap();
        let (common, our, their) = (&ours[..at], &ours[at..], &theirs[at..]);
        let merged =
            format!("{common}<<<<<<< HEAD\n{our}||||||| base\nx\n=======\n{their}>>>>>>> other\n");
        let conflict = Branches::find(&merged).unwrap();
        assert_eq!(conflict.sides, [ours.clone(), theirs.clone()]);
        assert_eq!(&merged[conflict.span.start..conflict.span.end], "<<<<<<< HEAD");
        let (reading, wrong) = read(&merged);
        assert_eq!(wrong, ["P058 :12 git could not merge release `two` and release `three`"]);
        assert!(reading.whole);
        assert_eq!(
            reading.entries.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["release `one`", "release `two`", "release `three`"]
        );
        let same = format!("{common}<<<<<<< HEAD\n{our}=======\n{our}>>>>>>> other\n");
        assert_eq!(super::tests::wrong(&same), ["P058 :12 git left a conflict in the ledger"]);
        let broken = format!("{common}<<<<<<< HEAD\n\n- x\n=======\n{their}>>>>>>> other\n");
        assert!(!read(&broken).0.whole, "one side cannot be read");
        let broken = format!("{common}<<<<<<< HEAD\n{our}=======\n\n- x\n>>>>>>> other\n");
        assert!(!read(&broken).0.whole, "the other cannot");
        assert!(Branches::find(&ours).is_none());
    }
}
