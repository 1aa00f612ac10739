//! Whether two texts of a document are the same to a reader, as a whole and section by section:
//! what is unreleased, and every stamp, asks this.
//!
//! What decides is the [`Form`], never the source. Forms are made only where the sources are not
//! the same, and once of what is written the same in several texts.

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::model::{Document, Policy, Reference, Section};
use crate::redline::Form;
use crate::tree::{Digest, TreePath};

/// How two texts of a document compare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// For each section of the new one, the section of the old one that is the same to a reader,
    /// wherever it stands.
    pub sections: Vec<Option<usize>>,
    /// Whether all is the same, in the same order.
    pub same: bool,
    /// Whether what readers can link to is called the same, too.
    pub addresses: bool,
}

impl Comparison {
    /// Returns true if neither a reader nor who links to it notices anything.
    pub fn is_same(&self) -> bool {
        self.same && self.addresses
    }
}

/// Compares two texts of a document.
pub fn compare(old: &Document, new: &Document) -> Comparison {
    Forms::default().compare(old, new)
}

/// The forms of sections, kept for those of other texts that are written the same.
#[derive(Default)]
pub struct Forms {
    known: RefCell<HashMap<Written, Rc<Form>>>,
}

/// What the form of a section depends on.
#[derive(PartialEq, Eq, Hash)]
struct Written {
    body: String,
    summary: Option<String>,
    raw_html: bool,
    /// The file and the sections that there are, where links may lead to them.
    around: Option<(TreePath, Vec<String>)>,
}

impl Forms {
    /// Compares two texts of a document.
    pub fn compare(&self, old: &Document, new: &Document) -> Comparison {
        match (old.policy(), new.policy()) {
            (Some(old), Some(new)) => policies(old, new, self),
            _ => lists(old, new),
        }
    }

    fn of(&self, policy: &Policy, section: &Section, ids: &BTreeSet<&str>) -> Rc<Form> {
        let body = section.body.text();
        let around = body.contains(']').then(|| {
            (section.file.clone(), ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>())
        });
        let written = Written {
            body: body.to_owned(),
            summary: section.summary.clone(),
            raw_html: policy.raw_html,
            around,
        };
        let made = || Rc::new(Form::of_section(policy, section, ids));
        Rc::clone(self.known.borrow_mut().entry(written).or_insert_with(made))
    }
}

/// Compares two texts of a list; a list and a policy are never the same.
fn lists(old: &Document, new: &Document) -> Comparison {
    match (old.policy(), new.policy()) {
        (None, None) => {
            let same =
                says_the_same(old, new).unwrap_or_else(|| Form::of_list(old) == Form::of_list(new));
            Comparison { sections: Vec::new(), same, addresses: names(old) == names(new) }
        }
        _ => Comparison { sections: Vec::new(), same: false, addresses: false },
    }
}

/// Returns whether two lists are the same to a reader, where that needs no form: the same values
/// are, another number of entries is not.
fn says_the_same(old: &Document, new: &Document) -> Option<bool> {
    let (old, new) = (old.list()?, new.list()?);
    if old.kind.id == new.kind.id && old.head == new.head && old.entries == new.entries {
        return Some(true);
    }
    (old.shown().count() != new.shown().count()).then_some(false)
}

/// Returns the names by which entries of a list are linked to and referred to, in no order.
fn names(list: &Document) -> BTreeSet<&str> {
    let list = list.list().filter(|list| list.kind.reference == Reference::Entry);
    list.into_iter().flat_map(|list| &list.entries).filter_map(|entry| entry.text("id")).collect()
}

fn policies(old: &Policy, new: &Policy, forms: &Forms) -> Comparison {
    let (before, now) = (Side::new(old, forms), Side::new(new, forms));
    let sides =
        Sides { same_ids: before.ids == now.ids, old: before, new: now, renamed: OnceCell::new() };
    let by_id: HashMap<&str, usize> =
        old.sections.iter().enumerate().map(|(at, section)| (section.id.as_str(), at)).collect();
    let by_words: OnceCell<HashMap<Digest, Vec<usize>>> = OnceCell::new();
    let found = |(at, section): (usize, &Section)| {
        let own = by_id.get(section.id.as_str()).copied();
        if let Some(own) = own.filter(|own| sides.same(*own, at)) {
            return Some(own);
        }
        let words = by_words.get_or_init(|| {
            let mut words: HashMap<Digest, Vec<usize>> = HashMap::new();
            (0..old.sections.len())
                .for_each(|at| words.entry(sides.old.form(at).words).or_default().push(at));
            words
        });
        let alike = words.get(&sides.new.form(at).words).into_iter().flatten().copied();
        alike.into_iter().find(|old| sides.same(*old, at))
    };
    let sections: Vec<Option<usize>> = new.sections.iter().enumerate().map(found).collect();
    let in_order = old.sections.len() == new.sections.len()
        && (0..new.sections.len()).all(|at| sections[at] == Some(at) || sides.same(at, at));
    let same = in_order && sides.same_opening();
    Comparison { sections, same, addresses: old.anchors().eq(new.anchors()) }
}

/// Two texts of a policy.
struct Sides<'a> {
    old: Side<'a>,
    new: Side<'a>,
    /// Whether both have sections of the same names.
    same_ids: bool,
    /// What readers could link to and is called otherwise now.
    renamed: OnceCell<BTreeMap<&'a str, &'a str>>,
}

/// A text of a policy, and the forms of its sections as far as they were asked for.
struct Side<'a> {
    policy: &'a Policy,
    ids: BTreeSet<&'a str>,
    known: &'a Forms,
    forms: Vec<OnceCell<Rc<Form>>>,
}

impl<'a> Side<'a> {
    fn new(policy: &'a Policy, known: &'a Forms) -> Side<'a> {
        Side {
            policy,
            ids: policy.section_ids(),
            known,
            forms: vec![OnceCell::new(); policy.sections.len()],
        }
    }

    fn form(&self, at: usize) -> &Form {
        self.forms[at]
            .get_or_init(|| self.known.of(self.policy, &self.policy.sections[at], &self.ids))
    }
}

impl<'a> Sides<'a> {
    /// Returns true if a section of the old text and one of the new one are the same to a reader.
    fn same(&self, old: usize, new: usize) -> bool {
        let (before, now) = (&self.old.policy.sections[old], &self.new.policy.sections[new]);
        self.is_copy(before, now) || self.says(self.old.form(old), self.new.form(new))
    }

    fn same_opening(&self) -> bool {
        let (old, new) = (self.old.policy, self.new.policy);
        let titled = old.title == new.title && old.summary == new.summary;
        let form = |side: &Side<'a>| Form::of_opening(side.policy, &side.ids);
        titled && self.is_copy(&old.opening, &new.opening)
            || self.says(&form(&self.old), &form(&self.new))
    }

    /// Returns true if two sections are written the same, and so are the same.
    fn is_copy(&self, old: &Section, new: &Section) -> bool {
        // Where a relative link leads depends on the sections that there are.
        let read =
            self.old.policy.raw_html == self.new.policy.raw_html || !old.body.text().contains('<');
        read && old.summary == new.summary
            && old.body == new.body
            && (self.same_ids || !old.body.text().contains(']'))
    }

    /// Returns true if two forms say the same: a link that follows what it led to is the same link.
    fn says(&self, old: &Form, new: &Form) -> bool {
        let follows = |(before, now): (&String, &String)| match before == now {
            true => !self.renamed().contains_key(before.as_str()),
            false => self.renamed().get(before.as_str()) == Some(&now.as_str()),
        };
        old.words == new.words
            && (old.anchors == new.anchors && self.same_ids
                || old.anchors.iter().zip(&new.anchors).all(follows))
    }

    /// Returns the new names of what is called otherwise: sections that went and came with the same
    /// words or heading, and headings in them.
    fn renamed(&self) -> &BTreeMap<&'a str, &'a str> {
        self.renamed.get_or_init(|| {
            let missing = |side: &Side<'a>, other: &Side<'a>| -> Vec<usize> {
                let sections = side.policy.sections.iter().enumerate();
                sections
                    .filter(|(_, section)| !other.ids.contains(section.id.as_str()))
                    .map(|(at, _)| at)
                    .collect()
            };
            let (mut went, came) = (missing(&self.old, &self.new), missing(&self.new, &self.old));
            let mut pairs: Vec<(usize, usize)> = Vec::new();
            let mut left: Vec<usize> = Vec::new();
            let mut by_words: HashMap<Digest, Vec<usize>> = HashMap::new();
            went.iter()
                .rev()
                .for_each(|at| by_words.entry(self.old.form(*at).words).or_default().push(*at));
            for new in came {
                match by_words.get_mut(&self.new.form(new).words).and_then(Vec::pop) {
                    Some(old) => pairs.push((old, new)),
                    None => left.push(new),
                }
            }
            let paired: BTreeSet<usize> = pairs.iter().map(|(old, _)| *old).collect();
            went.retain(|at| !paired.contains(at));
            let mut by_title: HashMap<&str, Vec<usize>> = HashMap::new();
            went.iter().rev().for_each(|at| {
                by_title.entry(&self.old.policy.sections[*at].title).or_default().push(*at)
            });
            for new in left {
                pairs.extend(
                    by_title
                        .get_mut(self.new.policy.sections[new].title.as_str())
                        .and_then(Vec::pop)
                        .map(|old| (old, new)),
                );
            }
            let mut renamed: BTreeMap<&str, &str> = pairs
                .iter()
                .map(|(old, new)| {
                    (
                        self.old.policy.sections[*old].id.as_str(),
                        self.new.policy.sections[*new].id.as_str(),
                    )
                })
                .collect();
            let old_places: HashMap<&str, usize> = self
                .old
                .policy
                .sections
                .iter()
                .enumerate()
                .map(|(at, old)| (&*old.id, at))
                .collect();
            let stayed = self
                .new
                .policy
                .sections
                .iter()
                .enumerate()
                .filter_map(|(new, section)| Some((*old_places.get(&*section.id)?, new)));
            for (old, new) in stayed.chain(pairs) {
                let (old, new) = (
                    &self.old.policy.sections[old].headings,
                    &self.new.policy.sections[new].headings,
                );
                let other = old.iter().zip(new).filter(|(before, now)| {
                    old.len() == new.len() && before.text == now.text && before.id != now.id
                });
                renamed.extend(other.map(|(before, now)| (&*before.id, &*now.id)));
            }
            renamed
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::tests::{project, put, site_on};
    use crate::model::Site;

    fn site(texts: &[(&str, &str)]) -> Site {
        let mut files = project(texts);
        put(&mut files, "z/_index.md", "---\ntitle: Z\n---\n");
        let (site, found) = site_on(&files, "2024-01-01");
        assert!(!found.has_errors(), "{found:?}");
        site
    }

    /// Returns true if two lists are the same to a reader.
    fn same_list(path: &str, old: &str, new: &str) -> bool {
        let (old, new) = (site(&[(path, old)]), site(&[(path, new)]));
        compare(old.histories[1].current(), new.histories[1].current()).is_same()
    }

    fn policy(opening: &str, sections: &[(&str, &str)]) -> Site {
        let mut texts = vec![("a/_index.md".to_owned(), opening.to_owned())];
        texts.extend(
            sections.iter().map(|(name, text)| (format!("a/{name}.md"), (*text).to_owned())),
        );
        site(&texts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>())
    }

    /// Compares two texts of a policy: its opening, and sections by their names.
    fn compared(old: (&str, &[(&str, &str)]), new: (&str, &[(&str, &str)])) -> Comparison {
        let (old, new) = (policy(old.0, old.1), policy(new.0, new.1));
        compare(old.history("a").unwrap().current(), new.history("a").unwrap().current())
    }

    const OPENING: &str = "---\ntitle: A\nsummary: B\n---\nOpening.\n";

    /// Tells which sections of the new text are the same as which of the old one, then whether all
    /// is, and the addresses.
    fn sections(old: &[(&str, &str)], new: &[(&str, &str)]) -> String {
        let Comparison { sections, same, addresses } = compared((OPENING, old), (OPENING, new));
        let compared: Vec<String> =
            sections.iter().map(|old| old.map_or("-".to_owned(), |old| old.to_string())).collect();
        format!(
            "{}{}{}",
            compared.join(" "),
            if same { " same" } else { "" },
            if addresses { "" } else { " other addresses" }
        )
    }

    #[test]
    fn what_a_reader_sees_of_a_policy_is_compared() {
        let section = ("10-one", "---\nsummary: C\n---\n## One\n\nTwo words.\n");
        let wrapped = ("10-one", "---\nsummary:  C\n---\n\n## One\nTwo\n  words.");
        assert!(
            compared(
                (OPENING, &[section]),
                (&OPENING.replace("---\nO", "order: 2\n---\n\nO"), &[wrapped])
            )
            .is_same()
        );
        for (opening, text, same_section) in [
            (OPENING.replace(": A", ": X"), section.1, true),
            (OPENING.replace(": B", ": X"), section.1, true),
            (OPENING.replace("Opening", "Closing"), section.1, true),
            (OPENING.to_owned(), "---\nsummary: X\n---\n## One\n\nTwo words.\n", false),
            (OPENING.to_owned(), "---\nsummary: C\n---\n## One\n\nTwowords.\n", false),
        ] {
            let other = compared((OPENING, &[section]), (&opening, &[("10-one", text)]));
            assert_eq!(
                (other.same, other.sections == [Some(0)]),
                (false, same_section),
                "{opening} {text}"
            );
        }
    }

    #[test]
    fn sections_are_the_same_wherever_they_stand_and_whatever_they_are_called() {
        let (one, two) = (("10-one", "## One\n\nWords.\n"), ("20-two", "## Two\n\nMore.\n"));
        assert_eq!(sections(&[one, two], &[one, two]), "0 1 same");
        assert_eq!(
            sections(&[one, two], &[two, ("30-one", one.1)]),
            "1 0 other addresses",
            "another order"
        );
        assert_eq!(
            sections(&[one, two], &[one, ("20-zwei", two.1)]),
            "0 1 same other addresses",
            "another name"
        );
        assert_eq!(sections(&[one, two], &[one]), "0 other addresses");
        assert_eq!(sections(&[one], &[one, two]), "0 - other addresses");
        let twice = ("20-two", one.1);
        assert_eq!(sections(&[one, twice], &[one, twice]), "0 1 same");
        assert_eq!(sections(&[one], &[one, twice]), "0 0 other addresses");
    }

    #[test]
    fn a_link_that_follows_what_it_led_to_is_the_same() {
        let (one, two) =
            (("10-one", "## One\n\nSee [two](#two).\n"), ("20-two", "## Two\n\nMore.\n"));
        let three = ("30-three", "## Three\n\nElse.\n");
        let following = ("10-one", "## One\n\nSee [two](#zwei).\n");
        assert_eq!(
            sections(&[one, two], &[following, ("20-zwei", two.1)]),
            "0 1 same other addresses"
        );
        assert_eq!(
            sections(&[one, two], &[following, ("20-zwei", "## Two\n\nOther words.\n")]),
            "0 - other addresses",
            "by its heading"
        );
        assert_eq!(
            sections(&[one, two], &[following, ("20-zwei", "## Zwei\n\nOther words.\n")]),
            "- - other addresses"
        );
        let elsewhere = ("10-one", "## One\n\nSee [two](#three).\n");
        assert_eq!(sections(&[one, two, three], &[elsewhere, two, three]), "- 1 2");
        assert_eq!(
            sections(&[one, two], &[one, ("20-zwei", two.1)]),
            "- 1 other addresses",
            "one that does not follow"
        );
        let (caps, pinned) =
            ("## Two\n\n### Caps {#caps}\n\nMore.\n", "## Two\n\n### Caps {#limits}\n\nMore.\n");
        let (to, now) = ("## One\n\nSee [two](#caps).\n", "## One\n\nSee [two](#limits).\n");
        assert_eq!(
            sections(&[("1-one", to), ("2-two", caps)], &[("1-one", now), ("2-two", pinned)]),
            "0 1 same other addresses"
        );
    }

    #[test]
    fn what_a_reader_sees_of_a_list_is_compared() {
        let whitehats = "undated_before: 2020\nwhitehats:\n  - {name: Ada, link: 'https://a.example', date: 2021, class: XSS, groups: [G], consent: true}\n";
        let subprocessors = "note: N\nsubprocessors:\n  - {name: A, purpose: P, entity: E, data: D, country: NO, safeguard: S, link: 'https://a.example'}\n";
        let commitments = "note: N\ncommitments:\n  - {id: a, what: W, qualifier: within, value: 2, unit: days, better: lower}\n";
        for (path, text, changes) in [
            (
                "whitehats.yaml",
                whitehats,
                &[
                    ("2020", "2019"),
                    ("Ada", "Bee"),
                    ("//a", "//b"),
                    ("2021", "2022"),
                    ("XSS", "SQL"),
                    ("[G]", "[H]"),
                    ("[G]", "[]"),
                ][..],
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
                &[
                    ("N", "M"),
                    ("id: a", "id: b"),
                    ("W", "V"),
                    ("within", "every"),
                    ("2", "3"),
                    ("days", "hours"),
                    ("lower", "higher"),
                ],
            ),
        ] {
            assert!(
                same_list(path, text, &format!("# no words\n{}", text.replace("N\n", "'N'\n"))),
                "{path}"
            );
            for (from, to) in changes {
                assert!(text.contains(from));
                assert!(!same_list(path, text, &text.replacen(from, to, 1)), "{path}: {from}");
            }
        }
        let hidden = format!("{whitehats}  - {{name: Bee, consent: false}}\n");
        assert!(same_list("whitehats.yaml", &hidden, whitehats), "who is not shown is not read");
        let swapped = (
            subprocessors.replace(" entity: E,", ""),
            subprocessors.replace(" data: D,", "").replace("entity: E", "entity: D"),
        );
        assert!(!same_list("subprocessors.yaml", &swapped.0, &swapped.1), "a field is not another");
        let two = |a: &str, b: &str| {
            format!(
                "subprocessors:\n  - {{name: {a}, purpose: P}}\n  - {{name: {b}, purpose: P}}\n"
            )
        };
        assert!(
            same_list("subprocessors.yaml", &two("A", "B"), &two("B", "A")),
            "the order says nothing"
        );
    }
}
