//! Researchers who left the list: counted where a change is shown, never named, because the ledger
//! cannot tell why somebody left.
//!
//! This holds for the list and for every policy that shows it. A policy is frozen with the lines
//! that `{{ whitehats }}` became, one for each name. They are found by the names that any version
//! of the list holds, or its draft, and by standing in one run with such a line: a policy may have
//! been released before the list was.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::messages::Messages;
use crate::model::{
    Body, Document, DocumentId, Identity, List, ListEntry, Policy, Site, matched, name_key,
};
use crate::parse;
use crate::tree::{Digest, Span};

/// Everybody whom a site names as a researcher, or named.
#[derive(Clone, Debug, Default)]
pub struct People {
    names: BTreeSet<Name>,
    /// What a count of them is called; English where nobody says otherwise.
    messages: Option<Arc<Messages>>,
}

/// A name as names are compared.
type Name = String;

impl People {
    /// Returns everybody whom the versions of the list name, and its draft.
    pub fn of(site: &Site) -> People {
        let mut people = People::default();
        let history = site.history(DocumentId::WHITEHATS);
        let versions = history
            .into_iter()
            .flat_map(|history| history.versions.iter().map(|version| &version.document));
        for document in versions.chain(history.and_then(|history| history.draft.as_ref())) {
            people.add(document);
        }
        people
    }

    /// Sets the messages used to print the count.
    #[must_use]
    pub fn saying(self, messages: Arc<Messages>) -> People {
        People { messages: Some(messages), ..self }
    }

    /// Returns the union of both.
    pub fn and(&self, others: &People) -> People {
        let names = self.names.union(&others.names).cloned().collect();
        People { names, messages: self.messages.clone() }
    }

    /// Returns the digest of their names: with the same ones the same lines are counted.
    pub fn digest(&self) -> Digest {
        Digest::of(format!("{:?}", self.names))
    }

    fn said(&self, count: usize) -> String {
        let messages = self.messages.as_deref().unwrap_or_else(|| Messages::english());
        messages.text("people", &[("count", &count.to_string())])
    }

    fn add(&mut self, document: &Document) {
        let entries = document.list().into_iter().flat_map(|list| &list.entries);
        let names = entries.flat_map(|entry| [Some(entry.name()), entry.text("formerly")]);
        self.names.extend(names.flatten().map(name_key));
    }

    /// Returns true if a version may name somebody who is missing from a newer one.
    pub fn are_in(&self, document: &Document) -> bool {
        match document {
            Document::List(list) => list.kind.has("consent"),
            Document::Policy(policy) => {
                !self.names.is_empty()
                    && policy.parts().any(|part| !self.runs(&part.body).is_empty())
            }
        }
    }

    /// Returns the old version (a list of researchers, or a policy that shows it) with researchers
    /// missing from the new one replaced by a count.
    pub fn counted<'a>(&self, old: &'a Document, new: Option<&Document>) -> Cow<'a, Document> {
        let counted = match old {
            Document::List(list) if list.kind.has("consent") => {
                let gone = left(old, new);
                (!gone.is_empty()).then(|| Document::List(counted(list, &gone, self)))
            }
            Document::Policy(old) => {
                let parts = new.and_then(Document::policy).into_iter().flat_map(Policy::parts);
                self.policy(old, parts.map(|part| &part.body)).map(Document::Policy)
            }
            Document::List(_) => None,
        };
        counted.map_or(Cow::Borrowed(old), Cow::Owned)
    }

    /// As [`People::counted`], for a policy compared with a standalone text.
    pub fn counted_beside<'a>(&self, old: &'a Document, text: &Body) -> Cow<'a, Document> {
        let counted = old.policy().and_then(|old| self.policy(old, std::iter::once(text)));
        counted.map_or(Cow::Borrowed(old), |counted| Cow::Owned(Document::Policy(counted)))
    }

    fn policy<'a>(&self, old: &Policy, new: impl Iterator<Item = &'a Body>) -> Option<Policy> {
        if self.names.is_empty() {
            return None;
        }
        let runs: Vec<Vec<Run>> = old.parts().map(|part| self.runs(&part.body)).collect();
        if runs.iter().all(Vec::is_empty) {
            return None;
        }
        let mut named =
            Named::new(new.flat_map(|body| self.runs(body)).flatten().map(|line| line.name));
        let mut counted = old.clone();
        let mut anybody = false;
        let parts = std::iter::once(&mut counted.opening).chain(&mut counted.sections);
        for (part, runs) in parts.zip(runs) {
            let text = part.body.text();
            let edits: Vec<(Span, String)> =
                runs.iter().flat_map(|run| edits(text, run, &mut named, self)).collect();
            if !edits.is_empty() {
                anybody = true;
                part.body = part.body.with(&edits);
            }
        }
        anybody.then_some(counted)
    }

    /// Returns the lines of a text that name researchers as the reference to their list does, run
    /// by run.
    fn runs(&self, body: &Body) -> Vec<Run> {
        let text = body.text();
        let put_in = |span: Span| match body {
            Body::Part(..) => true,
            Body::Whole(expanded, _) => expanded
                .cuts
                .iter()
                .any(|cut| cut.put_in.start <= span.start && span.end <= cut.put_in.end),
        };
        let (mut runs, mut run, mut known, mut at): (Vec<Run>, Run, bool, usize) =
            (Vec::new(), Run::new(), false, 0);
        for line in text.split('\n').map(Some).chain([None]) {
            let span = Span::new(at, at + line.map_or(0, str::len));
            at = span.end + 1;
            let named = line.and_then(item).map(|(name, as_put_in)| (name_key(&name), as_put_in));
            let named =
                named.map(|(name, as_put_in)| (self.names.contains(&name), as_put_in, name));
            match named.filter(|(is_known, as_put_in, _)| (*is_known || *as_put_in) && put_in(span))
            {
                Some((is_known, _, name)) => {
                    known |= is_known;
                    run.push(Line { span, name });
                }
                None => {
                    runs.extend(
                        Some(std::mem::take(&mut run)).filter(|_| std::mem::take(&mut known)),
                    );
                }
            }
        }
        if !runs.is_empty() {
            let code = parse::code(text);
            runs.retain(|run| {
                !code
                    .iter()
                    .any(|code| code.start <= run[0].span.start && run[0].span.end <= code.end)
            });
        }
        runs
    }
}

/// A line that names somebody.
struct Line {
    span: Span,
    name: Name,
}

/// Lines that follow each other.
type Run = Vec<Line>;

/// The names that the new version still holds, each as often as it stands there.
struct Named {
    left: HashMap<Name, usize>,
}

impl Named {
    fn new(names: impl Iterator<Item = Name>) -> Named {
        let mut left: HashMap<Name, usize> = HashMap::new();
        names.for_each(|name| *left.entry(name).or_default() += 1);
        Named { left }
    }

    /// Returns true if the new version holds a name, as often as it was asked for so far.
    fn take(&mut self, name: &Name) -> bool {
        match self.left.get_mut(name) {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

/// Returns the places of those, among the entries as they are drawn, who are on an old list and on
/// a new one no more.
fn left(old: &Document, new: Option<&Document>) -> BTreeSet<usize> {
    let (old, new) = (Identity::of_list(old), new.map(Identity::of_list).unwrap_or_default());
    matched(&old, &new)
        .into_iter()
        .filter(|(_, new)| new.is_none())
        .filter_map(|(old, _)| old)
        .collect()
}

/// Returns a list with one entry that counts those who left.
fn counted(list: &List, left: &BTreeSet<usize>, people: &People) -> List {
    let stayed = list
        .in_order()
        .into_iter()
        .enumerate()
        .filter(|(at, _)| !left.contains(at))
        .map(|(_, entry)| entry.clone());
    let count = ListEntry::of(list.kind, &[(list.kind.name, &people.said(left.len()))]);
    List { entries: stayed.chain([count]).collect(), ..list.clone() }
}

/// Returns what makes a count, at the head of a run, of the lines that name who left.
fn edits(text: &str, run: &Run, named: &mut Named, people: &People) -> Vec<(Span, String)> {
    let left: Vec<Span> =
        run.iter().filter(|line| !named.take(&line.name)).map(|line| line.span).collect();
    let (Some(head), false) = (run.first().map(|line| line.span), left.is_empty()) else {
        return Vec::new();
    };
    let count = format!("- {}", people.said(left.len()));
    let first = match left.first() == Some(&head) {
        true => (head, count),
        false => (Span::new(head.start, head.start), count + "\n"),
    };
    debug_assert!(
        left.iter().all(|line| line.start == head.start || text[..line.start].ends_with('\n'))
    );
    // A line goes with the line end before it.
    let others = left
        .into_iter()
        .filter(|line| *line != head)
        .map(|line| (Span::new(line.start - 1, line.end), String::new()));
    std::iter::once(first).chain(others).collect()
}

/// Returns the name on a line of a list, and whether the line is just what the reference puts there
/// for one.
fn item(line: &str) -> Option<(String, bool)> {
    let item = line.strip_prefix("- ")?;
    let linked = item
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(')'))
        .and_then(|rest| rest.rsplit_once("]("));
    let words = linked.map_or(item, |(words, _)| words);
    let mut name = String::with_capacity(words.len());
    let mut letters = words.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.next_if(|next| letter == '\\' && next.is_ascii_punctuation()) {
            Some(next) => name.push(next),
            None => name.push(letter),
        }
    }
    let as_put_in = parse::escaped(&name) == words;
    Some((name, as_put_in))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::trial::{document, leaves};
    use crate::redline::{ChangeKind, Wording, between, summary};
    use proptest::prelude::*;

    fn list_of(names: &[&str]) -> Document {
        let entries: String = names
            .iter()
            .map(|name| format!("- {{ name: {name:?}, consent: true, class: XSS }}\n"))
            .collect();
        document("whitehats", &[("whitehats.yaml", &format!("whitehats:\n{entries}"))])
    }

    fn people(names: &[&str]) -> People {
        let mut people = People::default();
        people.add(&list_of(names));
        people
    }

    fn policy(words: &str) -> Document {
        document(
            "a",
            &[
                ("a/_index.md", "---\ntitle: A\n---\n"),
                ("a/10-thanks.md", &format!("## Thanks\n\n{words}")),
            ],
        )
    }

    /// Returns the leaves of the old version below its heading, those counted who left.
    fn counted(known: &[&str], old: &str, new: &str) -> Vec<String> {
        let old = policy(old);
        leaves(&Wording::of(&people(known).counted(&old, Some(&policy(new))))).split_off(2)
    }

    #[test]
    fn whoever_left_the_list_is_counted_and_not_named() {
        let told = |old: &Document, new: &Document| {
            let changes = summary(Some(old), Some(new), (None, None), &People::default());
            changes
                .iter()
                .map(|change| format!("{} {}", change.kind.as_str(), change.title))
                .collect::<Vec<_>>()
        };
        let all = list_of(&["Ada", "Bee", "Cyd"]);
        assert_eq!(told(&all, &list_of(&["Bee", "Cyd"])), ["removed 1 person"]);
        assert_eq!(told(&all, &list_of(&["Cyd", "Dot"])), ["added Dot", "removed 2 people"]);
        assert_eq!(told(&list_of(&["Ada"]), &list_of(&[])), ["removed 1 person"]);
        assert_eq!(told(&list_of(&["Ada", "Ada"]), &list_of(&["Ada"])), ["removed 1 person"]);
        let companies = |names: &str| {
            document(
                "subprocessors",
                &[("subprocessors.yaml", &format!("subprocessors:\n{names}"))],
            )
        };
        let (ada, bee) = ("- { name: Ada, purpose: P }\n", "- { name: Bee, purpose: P }\n");
        assert_eq!(
            told(&companies(&format!("{ada}{bee}")), &companies(bee)),
            ["removed Ada"],
            "a company is no person"
        );
    }

    #[test]
    fn a_policy_counts_who_left_the_list_it_shows() {
        let all = "Thanks:\n\n- Ada\n- [Bee \\*B\\*](https://bee.example/)\n- Cyd\n\nAll of you.\n";
        let known = ["Ada", "Bee *B*", "Cyd"];
        let after = |gone: &str| counted(&known, all, &all.replace(gone, ""));
        assert_eq!(
            after("- Ada\n"),
            [
                "p: Thanks:",
                "ul li 1 person",
                "ul li <Outside(\"https://bee.example/\")>Bee *B*</>",
                "ul li Cyd",
                "p: All of you."
            ]
        );
        assert_eq!(
            after("- [Bee \\*B\\*](https://bee.example/)\n"),
            ["p: Thanks:", "ul li 1 person", "ul li Ada", "ul li Cyd", "p: All of you."]
        );
        assert_eq!(
            after("- Ada\n- [Bee \\*B\\*](https://bee.example/)\n")[1..3],
            ["ul li 2 people", "ul li Cyd"]
        );
        let none = counted(&known, all, "Nobody.\n");
        assert_eq!(none, ["p: Thanks:", "ul li 3 people", "p: All of you."]);
        assert_eq!(counted(&known, "- Ada", ""), ["ul li 1 person"]);
        // Another link is the same person, and so is another place in the policy.
        let linked = counted(&["Ada"], "- Ada\n", "x\n\n- [Ada](https://ada.example/)\n");
        assert_eq!(linked, ["ul li Ada"]);
        // Words of the author that name somebody are the author's, and so is code.
        assert_eq!(counted(&["Ada"], "Thank Ada.\n\n- Ada and others\n\n1. Ada\n", "x\n").len(), 3);
        assert_eq!(counted(&["Ada"], "```\n- Ada\n```\n", "x\n"), ["code : - Ada"]);
        assert_eq!(counted(&[], "- Ada\n", "x\n"), ["ul li Ada"], "nobody is known");
        assert_eq!(counted(&["Bee"], "- Ada\n", "x\n"), ["ul li Ada"]);
        // Whom no version of the list names is found beside those whom one does.
        assert_eq!(
            counted(&["Ada"], "- Zoe\n- Ada\n- Yan\n\n- Our *own* team\n", "- Ada\n"),
            ["ul li 2 people", "ul li Ada", "ul li Our <em>own</> team"]
        );
        // In HTML the lines are no list.
        let html = |names: &str| format!("<div>\n{names}</div>\n");
        assert_eq!(
            counted(&["Ada", "Bee"], &html("- Ada\n- Bee\n"), &html("- Bee\n")),
            ["<div>\n- 1 person\n- Bee\n</div>"]
        );
    }

    #[test]
    fn a_draft_counts_only_what_was_put_in() {
        let text = "Hello {{ x }}.\n\n- Ada\n- Bee\n\n- Ada\n".to_owned();
        let cut =
            crate::model::Cut { put_in: Span::new(16, 27), taken_out: Span::new(16, 31), lines: 0 };
        let body = Body::Whole(crate::model::Expanded { text, cuts: vec![cut], line: 5 }, 40);
        let names = people(&["Ada", "Bee"]);
        let runs = names.runs(&body);
        assert_eq!(runs.iter().map(Vec::len).collect::<Vec<_>>(), [2]);
        let with = body.with(&edits(
            body.text(),
            &runs[0],
            &mut Named::new(std::iter::once(name_key("Ada"))),
            &People::default(),
        ));
        assert_eq!(with.text(), "Hello {{ x }}.\n\n- 1 person\n- Ada\n\n- Ada\n");
        // The words after it stand where they stood: the reference is one line.
        assert_eq!(
            (body.lines().of(29), with.lines().of(with.text().rfind("- Ada").unwrap())),
            (9, 9)
        );
        assert_eq!(with.origin(Span::new(34, 39)), body.origin(Span::new(29, 34)));
        assert_eq!(names.and(&people(&["Cyd"])).names.len(), 3);
    }

    #[test]
    fn a_text_beside_a_policy_names_whom_it_names() {
        let old = policy("- Ada\n- Bee\n");
        let text = |text: &str| {
            Body::Part(crate::tree::File::new(text.as_bytes().to_vec()), 0..text.len())
        };
        let names = people(&["Ada", "Bee"]);
        assert!(matches!(names.counted_beside(&old, &text("- Bee\n- Ada\n")), Cow::Borrowed(_)));
        let counted = names.counted_beside(&old, &text("# All\n\n- Bee\n"));
        assert_eq!(leaves(&Wording::of(&counted))[2..], ["ul li 1 person", "ul li Bee"]);
    }

    proptest! {
        #![proptest_config(crate::redline::trial::quick())]

        #[test]
        fn nobody_who_left_is_named_and_all_else_stays(
            names in proptest::collection::vec((0..3_u8, 0..2_u8), 1..7),
            before in "[a-c]{0,3}", linked in any::<bool>(), end in any::<bool>(),
        ) {
            // 0 is named in both versions, 1 in the old one, 2 in the new one.
            let known: Vec<String> = (0..names.len()).map(|at| format!("Person_{at} (x)")).collect();
            let line = |at: usize| match linked && at.is_multiple_of(2) {
                true => format!("- [{}](https://p{at}.example/)\n", parse::escaped(&known[at])),
                false => format!("- {}\n", parse::escaped(&known[at])),
            };
            let text = |without: u8| {
                let lines = names.iter().enumerate().filter(|(_, (side, _))| *side != without).map(|(at, _)| line(at));
                let mut text = format!("{before} opens.\n\n{}\n{} last.\n", lines.collect::<String>(), "z".repeat(3));
                if end {
                    text.truncate(text.trim_end_matches("\nzzz last.\n").len());
                }
                text
            };
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let (old, new) = (policy(&text(2)), policy(&text(1)));
            let people = people(&known);
            let shown = people.counted(&old, Some(&new));
            let left = names.iter().filter(|(side, _)| *side == 1).count();
            prop_assert_eq!(matches!(shown, Cow::Borrowed(_)), left == 0);
            let (was, is, now) = (Wording::of(&shown), Wording::of(&old), Wording::of(&new));
            let redline = between(&was, &now);
            crate::redline::trial::holds(&redline);
            for (at, (side, _)) in names.iter().enumerate() {
                let named = |wording: &Wording| wording.leaves.iter().any(|leaf| leaf.text == known[at]);
                prop_assert_eq!([named(&was), named(&is), named(&now)], [*side == 0, *side != 2, *side != 1]);
            }
            let removed: Vec<&str> = redline.changes.iter().filter(|change| change.kind == ChangeKind::Removed).map(|change| change.old.as_str()).collect();
            let count = People::default().said(left);
            prop_assert!(left == 0 || was.leaves.iter().any(|leaf| leaf.text == count), "{removed:?}");
            // What stands after the list keeps its lines.
            let last = |wording: &Wording| wording.leaves.last().map(|leaf| (leaf.text.clone(), leaf.lines));
            prop_assert!(end || last(&was) == last(&is));
        }
    }
}
