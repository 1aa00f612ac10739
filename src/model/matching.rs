//! Which entry of one version of a list is which of another, and what became of it. Whatever tells
//! of a change of a list asks this.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::model::{Document, ListEntry};
use crate::tree::composed;

/// How many pairs of entries with the same name are compared field by field, at most.
const COMPARED: usize = 10_000;

/// What an entry of a list is known again by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity {
    /// The name that readers see.
    pub name: String,
    /// The name it had before.
    pub formerly: Option<String>,
    /// What it is for; empty where the list does not say.
    pub purpose: String,
    /// Everything else that readers see of it, field by field.
    pub fields: Vec<String>,
    /// The id that its author gave it.
    pub id: Option<String>,
    /// The first day on which it is in force.
    pub effective: Option<Date>,
    /// The last one.
    pub until: Option<Date>,
    /// The day on which it was given up before the first one.
    pub cancelled: Option<Date>,
}

/// The day of an old and of a new version, where they are known.
pub type Days = (Option<Date>, Option<Date>);

/// What became of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It came, or returned.
    Added,
    /// It has another name.
    Renamed,
    /// Something else is said of it.
    Changed,
    /// It left, or has a last day now.
    Removed,
    /// It was given up before its first day.
    Cancelled,
    /// It left before, and is no longer listed.
    Unlisted,
}

/// The name, the purpose and the fields of an entry, however their accents are typed.
pub type Seen = (String, String, Vec<String>);

/// An entry of an old version, of a new one, or of both, as places in both.
pub type Match = (Option<usize>, Option<usize>);

impl Identity {
    /// Returns what an entry is known by.
    pub fn of(entry: &ListEntry) -> Identity {
        let text = |key: &str| entry.text(key).map(str::to_owned);
        let fields = entry.columns().filter(|field| field.key != "purpose");
        let fields = fields.map(|field| entry.cell(field).unwrap_or_default().into_owned());
        Identity {
            name: entry.name().to_owned(),
            formerly: text("formerly"),
            purpose: text("purpose").unwrap_or_default(),
            fields: fields.chain(text("link")).collect(),
            id: text("id"),
            effective: entry.day("effective"),
            until: entry.day("until"),
            cancelled: entry.day("cancelled"),
        }
    }

    /// Returns what the entries of a list are known by, in the order in which they are drawn.
    pub fn of_list(list: &Document) -> Vec<Identity> {
        let list = list.list().map(|list| list.in_order()).unwrap_or_default();
        list.into_iter().map(Identity::of).collect()
    }

    /// Returns all that readers see of it.
    pub fn seen(&self) -> Seen {
        let seen = |text: &String| composed(text).into_owned();
        (seen(&self.name), seen(&self.purpose), self.fields.iter().map(seen).collect())
    }

    /// Returns true if readers see the same of both.
    pub fn looks_like(&self, other: &Identity) -> bool {
        self.seen() == other.seen()
    }

    /// Returns true if both can be the same entry: not where each has an id of its own.
    fn may_be(&self, other: &Identity) -> bool {
        self.id.is_none() || other.id.is_none() || self.id == other.id
    }

    /// Returns how many fields say the same in both.
    fn likeness(&self, other: &Identity) -> usize {
        self.fields
            .iter()
            .zip(&other.fields)
            .filter(|(own, other)| own == other && !own.is_empty())
            .count()
    }

    /// Returns what it is called beside others: with its purpose, if the name is among those that
    /// stand more than once.
    pub fn title(&self, repeated: &BTreeSet<String>) -> String {
        match !self.purpose.is_empty() && repeated.contains(&name_key(&self.name)) {
            true => format!("{} ({})", self.name, self.purpose),
            false => self.name.clone(),
        }
    }

    fn has_left(&self) -> bool {
        self.until.is_some() || self.cancelled.is_some()
    }
}

/// Returns a name as it is compared with others: without the case of its letters, the space around
/// it and letters of no width, and however its accents are typed.
pub fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.trim().to_ascii_lowercase();
    }
    let seen: String = name
        .trim()
        .chars()
        .filter(|letter| !matches!(letter, '\u{200b}'..='\u{200d}' | '\u{2060}'))
        .collect();
    composed(&seen.to_lowercase()).into_owned()
}

/// Returns a name as it is compared with others: without letter case, and with single spaces
/// inside.
pub fn name_key(name: &str) -> String {
    folded(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the names, as they are compared, that stand more than once in either of two versions.
pub fn repeated(old: &[Identity], new: &[Identity]) -> BTreeSet<String> {
    let of = |entries: &[Identity]| -> Vec<String> {
        let mut seen = BTreeSet::new();
        entries
            .iter()
            .map(|entry| name_key(&entry.name))
            .filter(|name| !seen.insert(name.clone()))
            .collect()
    };
    of(old).into_iter().chain(of(new)).collect()
}

/// Returns which entry of an old version is which of a new one, in the order of the new one; those
/// that are gone come last. Each stands in one pair only, and the order of either version makes no
/// difference.
pub fn matched(old: &[Identity], new: &[Identity]) -> Vec<Match> {
    let mut matcher = Matcher::new(old, new);
    let seen = |entries: &[Identity]| entries.iter().map(Identity::seen).collect::<Vec<_>>();
    let (old_seen, new_seen) = (seen(old), seen(new));
    // Versions that look the same are the same, whatever their ids.
    fn sorted(seen: &[Seen]) -> Vec<&Seen> {
        let mut seen: Vec<&Seen> = seen.iter().collect();
        seen.sort_unstable();
        seen
    }
    if old.len() != new.len() || sorted(&old_seen) != sorted(&new_seen) {
        matcher.pair(|entry| entry.id.clone(), |entry| entry.id.clone(), Rule::Alike);
    }
    matcher.places(|at| Some(&old_seen[at]), |at| Some(&new_seen[at]), Rule::Same);
    let purpose = |entry: &Identity| name_key(&entry.purpose);
    let name = |entry: &Identity| Some(name_key(&entry.name));
    let former = |entry: &Identity| entry.formerly.as_deref().map(name_key);
    let with_purpose = |key: Option<String>, entry: &Identity| Some((key?, purpose(entry)));
    let (name_for, former_for) = (
        |entry: &Identity| with_purpose(name(entry), entry),
        |entry: &Identity| with_purpose(former(entry), entry),
    );
    matcher.pair(name_for, name_for, Rule::Alike);
    matcher.pair(name_for, former_for, Rule::Alike);
    matcher.pair(former_for, name_for, Rule::Alike);
    matcher.pair(former_for, former_for, Rule::Alike);
    matcher.pair(name, name, Rule::Alone);
    matcher.pair(name, former, Rule::Alone);
    matcher.pair(former, name, Rule::Alone);
    matcher.pair(former, former, Rule::Alone);
    let gone = (0..old.len()).filter(|at| matcher.of_old[*at].is_none()).map(|at| (Some(at), None));
    let gone: Vec<Match> = gone.collect();
    matcher.of_new.iter().enumerate().map(|(at, old)| (*old, Some(at))).chain(gone).collect()
}

/// Which of those that share a key are one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// All: they look the same.
    Same,
    /// Those that say the same in most fields, then one that is left on each side.
    Alike,
    /// One that is left on each side.
    Alone,
}

struct Matcher<'a> {
    old: &'a [Identity],
    new: &'a [Identity],
    of_old: Vec<Option<usize>>,
    of_new: Vec<Option<usize>>,
    /// Both versions in an order that only their entries make.
    orders: (Vec<usize>, Vec<usize>),
}

impl<'a> Matcher<'a> {
    fn new(old: &'a [Identity], new: &'a [Identity]) -> Matcher<'a> {
        let order = |entries: &[Identity]| {
            let mut order: Vec<usize> = (0..entries.len()).collect();
            order.sort_by(|a, b| entries[*a].cmp(&entries[*b]));
            order
        };
        Matcher {
            old,
            new,
            of_old: vec![None; old.len()],
            of_new: vec![None; new.len()],
            orders: (order(old), order(new)),
        }
    }

    /// Pairs what is left on both sides and shares a key.
    fn pair<K: Ord>(
        &mut self,
        old_key: impl Fn(&Identity) -> Option<K>,
        new_key: impl Fn(&Identity) -> Option<K>,
        rule: Rule,
    ) {
        let (old, new) = (self.old, self.new);
        self.places(|at| old_key(&old[at]), |at| new_key(&new[at]), rule);
    }

    /// Pairs what is left on both sides and shares a key, which is asked for by place.
    fn places<K: Ord>(
        &mut self,
        old_key: impl Fn(usize) -> Option<K>,
        new_key: impl Fn(usize) -> Option<K>,
        rule: Rule,
    ) {
        // Of most versions nothing is left after the first rounds.
        let is_paired = |of: &[Option<usize>]| of.iter().all(Option::is_some);
        if is_paired(&self.of_old) || is_paired(&self.of_new) {
            return;
        }
        let mut groups: BTreeMap<K, [Vec<usize>; 2]> = BTreeMap::new();
        for at in self.orders.0.iter().filter(|at| self.of_old[**at].is_none()) {
            old_key(*at).into_iter().for_each(|key| groups.entry(key).or_default()[0].push(*at));
        }
        for at in self.orders.1.iter().filter(|at| self.of_new[**at].is_none()) {
            new_key(*at).into_iter().for_each(|key| groups.entry(key).or_default()[1].push(*at));
        }
        groups.into_values().for_each(|[old, new]| self.group(&old, &new, rule));
    }

    fn group(&mut self, old: &[usize], new: &[usize], rule: Rule) {
        match rule {
            Rule::Same => old.iter().zip(new).for_each(|(old, new)| self.one(*old, *new)),
            Rule::Alike if old.len() * new.len() <= COMPARED => {
                let pairs = old.iter().flat_map(|old| new.iter().map(move |new| (*old, *new)));
                let mut pairs: Vec<(usize, usize)> = pairs
                    .filter(|(old, new)| self.old[*old].likeness(&self.new[*new]) > 0)
                    .collect();
                pairs.sort_by_key(|(old, new)| Reverse(self.old[*old].likeness(&self.new[*new])));
                pairs.into_iter().for_each(|(old, new)| self.one(old, new));
            }
            Rule::Alike | Rule::Alone => {}
        }
        let left: Vec<usize> =
            old.iter().copied().filter(|old| self.of_old[*old].is_none()).collect();
        let came: Vec<usize> =
            new.iter().copied().filter(|new| self.of_new[*new].is_none()).collect();
        if let ([old], [new]) = (&left[..], &came[..]) {
            self.one(*old, *new);
        }
    }

    fn one(&mut self, old: usize, new: usize) {
        let (before, now) = (&self.old[old], &self.new[new]);
        if self.of_old[old].is_none()
            && self.of_new[new].is_none()
            && (before.may_be(now) || before.looks_like(now))
        {
            (self.of_old[old], self.of_new[new]) = (Some(new), Some(old));
        }
    }
}

/// Returns what became of an entry, going by the days that it names; `None` if readers see the same
/// of it.
pub fn outcome(
    old: Option<&Identity>,
    new: Option<&Identity>,
    (then, now): Days,
) -> Option<Outcome> {
    // Whoever compares backwards is told nothing of what was to come.
    let now = now.filter(|now| then.is_none_or(|then| then <= *now));
    match (old, new) {
        (None, None) => None,
        (None, Some(new)) if new.cancelled.is_some() => Some(Outcome::Cancelled),
        (None, Some(_)) => Some(Outcome::Added),
        (Some(old), None) if old.has_left() => Some(Outcome::Unlisted),
        (Some(old), None)
            if old.effective.zip(now).is_some_and(|(effective, now)| effective > now) =>
        {
            Some(Outcome::Cancelled)
        }
        (Some(_), None) => Some(Outcome::Removed),
        (Some(old), Some(new)) if new.cancelled.is_some() && old.cancelled.is_none() => {
            Some(Outcome::Cancelled)
        }
        (Some(old), Some(new)) if returns(old, new, now) => Some(Outcome::Added),
        (Some(old), Some(new)) if new.until.is_some() && !old.has_left() => Some(Outcome::Removed),
        (Some(old), Some(new)) if name_key(&old.name) != name_key(&new.name) => {
            Some(Outcome::Renamed)
        }
        (Some(old), Some(new)) => (!old.looks_like(new)).then_some(Outcome::Changed),
    }
}

/// Returns true if an entry that had left, or was given up, is to come, or is there, again.
pub fn returns(old: &Identity, new: &Identity, now: Option<Date>) -> bool {
    let Some(until) = old.until else {
        return old.cancelled.is_some() && new.cancelled.is_none();
    };
    let left = now.is_some_and(|now| until < now && new.until.is_none_or(|until| until >= now));
    new.cancelled.is_none() && (left || new.effective.is_some_and(|effective| effective > until))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Option<Date> {
        Some(text.parse().unwrap())
    }

    /// Returns an entry: `name|purpose|field|formerly|id`, as far as it is written.
    fn entry(text: &str) -> Identity {
        let part =
            |at: usize| text.split('|').nth(at).filter(|part| !part.is_empty()).map(str::to_owned);
        let said = |at: usize| part(at).unwrap_or_default();
        Identity {
            name: said(0),
            purpose: said(1),
            fields: vec![said(2)],
            formerly: part(3),
            id: part(4),
            ..Identity::default()
        }
    }

    fn entries(text: &str) -> Vec<Identity> {
        text.split(" / ").filter(|entry| !entry.is_empty()).map(entry).collect()
    }

    /// Returns the pairs in short, `0=1`, where either is `-` if there is none.
    fn pairs(old: &str, new: &str) -> String {
        let place = |place: Option<usize>| place.map_or("-".to_owned(), |place| place.to_string());
        let pair = |(old, new): Match| format!("{}={}", place(old), place(new));
        matched(&entries(old), &entries(new)).into_iter().map(pair).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_name_is_the_same_however_it_is_typed() {
        assert_eq!(folded(" A\u{301} C\u{200b}o\u{200d}r\u{2060}p "), folded("á corp"));
        assert_ne!(folded("a corp"), folded("á corp"));
        assert_ne!(folded("a\u{2010}"), folded("a"));
    }

    #[test]
    fn an_entry_is_known_by_its_id_its_name_and_its_purpose() {
        for (old, new, told) in [
            // Two purposes are two entries, whichever goes.
            ("Cumulus|Hosting|US / Cumulus|E-mail|IE", "Cumulus|Hosting|US", "0=0 1=-"),
            ("Cumulus|Hosting|US / Cumulus|E-mail|IE", "Cumulus|E-mail|IE", "1=0 0=-"),
            (
                "Cumulus|Hosting|US / Cumulus|E-mail|IE",
                "Cumulus|E-mail|US / Cumulus|Hosting|IE",
                "1=0 0=1",
            ),
            ("Cumulus|Hosting|US", "Cumulus|Hosting|IE", "0=0"),
            // By the name alone only where one is left on each side.
            ("Cumulus|Hosting", "Cumulus|E-mail", "0=0"),
            ("Cumulus|Hosting / Cumulus|Logs", "Cumulus|Hosting / Cumulus|E-mail", "0=0 1=1"),
            ("Cumulus|Hosting / Cumulus|Logs", "Cumulus|E-mail", "-=0 0=- 1=-"),
            // Two of one name and purpose are told apart by the rest, else not at all.
            ("A|P|US / A|P|IE", "A|P|IE", "1=0 0=-"),
            ("A|P|US / A|P|IE", "A|P|IE / A|P|DE", "1=0 0=1"),
            ("A|P|US / A|P|IE", "A|P|DE", "-=0 0=- 1=-"),
            ("Anonymous||2020 / Anonymous||2021", "Anonymous||2021", "1=0 0=-"),
            ("Anonymous||2020", "Anonymous||2020 / Anonymous||2020", "0=0 -=1"),
            // However a name is typed.
            ("Á Corp|P", "a\u{301}  CORP |p", "0=0"),
            ("Á Corp|P", "A Corp|P", "-=0 0=-"),
            // Under another name, in either direction, and where both have had it.
            ("Old|P", "New|P||Old", "0=0"),
            ("New|P||Old", "Old|P", "0=0"),
            ("B|P||A", "C|P||A", "0=0"),
            ("Old|P", "New|Q|| OLD", "0=0"),
            ("Old|P", "Old|Q / New|P||Old", "-=0 0=1"),
            ("Old|P", "Old|P / New|P||Old", "0=0 -=1"),
            // An id is stronger than a name, and two of them are never one.
            ("A|P|x||a", "B|Q|y||a", "0=0"),
            ("A|P|x||a / A|P|y||b", "A|P|y||a", "0=0 1=-"),
            ("A|P|x||a", "A|P|y||b", "-=0 0=-"),
            ("A|P|x||a", "A|P|x||b", "0=0"),
            ("A|P|x||a / A|P|y||b", "A|P|y||a / A|P|x||b", "1=0 0=1"),
            ("A|P|x", "A|P|y||a", "0=0"),
            ("", "A", "-=0"),
            ("A", "", "0=-"),
            ("", "", ""),
        ] {
            assert_eq!(pairs(old, new), told, "{old} → {new}");
        }
    }

    #[test]
    fn a_name_is_compared_without_case_and_spaces() {
        assert_eq!(name_key(" Á\u{a0} B\t c "), "á b c");
        assert_ne!(name_key("ab"), name_key("a b"));
        let twice = repeated(&entries("A|P / B|Q"), &entries("A|P / a|Q / C|P"));
        let titles =
            |text: &str| entries(text).iter().map(|entry| entry.title(&twice)).collect::<Vec<_>>();
        assert_eq!(titles("A|P / a|Q / B|Q / A"), ["A (P)", "a (Q)", "B", "A"]);
    }

    fn dated(effective: &str, until: &str, cancelled: &str) -> Identity {
        let day = |text: &str| Some(text).filter(|text| !text.is_empty()).and_then(day);
        let (effective, until, cancelled) = (day(effective), day(until), day(cancelled));
        Identity {
            effective,
            until,
            cancelled,
            fields: vec![format!("{effective:?} {until:?} {cancelled:?}")],
            ..entry("A|P")
        }
    }

    #[test]
    fn what_became_of_an_entry_follows_from_its_days() {
        let (then, now) = ("2026-01-01", "2026-06-01");
        let outcome = |old: Option<&Identity>, new: Option<&Identity>| {
            outcome(old, new, (day(then), day(now)))
        };
        let (there, leaving) = (dated("2024-01-01", "", ""), dated("2024-01-01", "2026-12-31", ""));
        let (former, coming) = (dated("2024-01-01", "2026-03-01", ""), dated("2026-09-01", "", ""));
        let (cancelled, later) =
            (dated("2026-09-01", "", "2026-05-01"), dated("2026-10-01", "", ""));
        let left_today = dated("2024-01-01", now, "");
        for (old, new, told) in [
            (None, None, None),
            (None, Some(&there), Some(Outcome::Added)),
            (None, Some(&coming), Some(Outcome::Added)),
            (None, Some(&cancelled), Some(Outcome::Cancelled)),
            (Some(&there), Some(&there), None),
            (Some(&there), Some(&leaving), Some(Outcome::Removed)),
            (Some(&there), Some(&former), Some(Outcome::Removed)),
            (Some(&there), None, Some(Outcome::Removed)),
            (Some(&former), None, Some(Outcome::Unlisted)),
            (Some(&leaving), None, Some(Outcome::Unlisted)),
            (Some(&cancelled), None, Some(Outcome::Unlisted)),
            (Some(&coming), None, Some(Outcome::Cancelled)),
            (Some(&coming), Some(&cancelled), Some(Outcome::Cancelled)),
            (Some(&coming), Some(&later), Some(Outcome::Changed)),
            (Some(&cancelled), Some(&coming), Some(Outcome::Added)),
            // Whoever stays after all does not return, whoever had left does.
            (Some(&leaving), Some(&there), Some(Outcome::Changed)),
            (Some(&left_today), Some(&there), Some(Outcome::Changed)),
            (Some(&former), Some(&there), Some(Outcome::Added)),
            (Some(&former), Some(&leaving), Some(Outcome::Added)),
            (Some(&leaving), Some(&dated("2027-02-01", "", "")), Some(Outcome::Added)),
            (Some(&leaving), Some(&left_today), Some(Outcome::Changed)),
        ] {
            assert_eq!(outcome(old, new), told, "{old:?} → {new:?}");
        }
        let named = |name: &str| Identity { name: name.into(), ..there.clone() };
        assert_eq!(outcome(Some(&named("Old")), Some(&named("New"))), Some(Outcome::Renamed));
        assert_eq!(outcome(Some(&named("old")), Some(&named("OLD"))), Some(Outcome::Changed));
        // Without days, and backwards, nothing is told of what was to come.
        for days in [(None, None), (day(now), day(then))] {
            assert_eq!(
                super::outcome(Some(&coming), None, days),
                Some(Outcome::Removed),
                "{days:?}"
            );
        }
        assert_eq!(
            super::outcome(Some(&former), Some(&there), (None, None)),
            Some(Outcome::Changed)
        );
        let first_day = dated(now, "", "");
        assert_eq!(outcome(Some(&first_day), None), Some(Outcome::Removed), "it came that day");
    }

    fn list() -> impl Strategy<Value = Vec<Identity>> {
        let word = |words: &'static [&'static str]| prop::sample::select(words);
        let made = (
            word(&["A", "a", "B", " A  b", "a B"]),
            word(&["P", "Q", ""]),
            word(&["", "x", "y"]),
            word(&["", "A", "B"]),
            0..6_u8,
        );
        let made = made.prop_map(|(name, purpose, field, formerly, id)| {
            entry(&format!(
                "{name}|{purpose}|{field}|{formerly}|{}",
                ["a", "b"].get(usize::from(id)).unwrap_or(&"")
            ))
        });
        prop::collection::vec(made, 0..6).prop_map(|mut list: Vec<Identity>| {
            let mut ids = std::collections::BTreeSet::new();
            list.iter_mut()
                .for_each(|entry| entry.id = entry.id.take().filter(|id| ids.insert(id.clone())));
            list
        })
    }

    proptest! {
        #[test]
        fn each_entry_stands_in_one_pair_whatever_the_order(old in list(), new in list(), turn in 0..6_usize, seed in any::<bool>()) {
            let pairs = matched(&old, &new);
            let mut olds: Vec<usize> = pairs.iter().filter_map(|pair| pair.0).collect();
            let news: Vec<usize> = pairs.iter().filter_map(|pair| pair.1).collect();
            prop_assert!(news.iter().copied().eq(0..new.len()), "the order of the new version");
            olds.sort_unstable();
            prop_assert!(olds.into_iter().eq(0..old.len()));
            let told = |old: &[Identity], new: &[Identity]| {
                let said = |(before, now): Match| (before.map(|at| old[at].clone()), now.map(|at| new[at].clone()));
                let mut told: Vec<_> = matched(old, new).into_iter().map(said).collect();
                told.sort();
                told
            };
            let turned = |list: &[Identity]| {
                let mut list = list.to_vec();
                let middle = turn.min(list.len());
                list.rotate_left(middle);
                if seed { list.reverse(); }
                list
            };
            prop_assert_eq!(told(&old, &new), told(&turned(&old), &turned(&new)));
            let same = told(&old, &turned(&old));
            prop_assert!(same.into_iter().all(|(old, new)| old.zip(new).is_some_and(|(old, new)| old.looks_like(&new))));
        }
    }
}
