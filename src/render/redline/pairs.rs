//! Which versions of a document have a page of what changed between them.
//!
//! What is chosen depends on the versions up to the newer one alone, so a version that is added takes
//! no address away; and there are a few pages for each version, however many there are.

use crate::model::{History, Pinned};
use crate::render::Route;

/// How far apart versions are at most that have a page of their own, in the order of their release.
pub const NEAR: usize = 5;

/// Two versions to compare: the older by its place, the newer by its place or the draft.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The older one; `None` if there is none.
    pub from: Option<usize>,
    /// The newer one; `None` for the draft.
    pub to: Option<usize>,
    /// The page that compares them.
    pub route: Route<'a>,
}

impl Pair<'_> {
    /// Returns the place of the older version, where the newer one is another.
    pub fn older(&self) -> Option<usize> {
        self.from.filter(|from| Some(*from) != self.to)
    }
}

/// Returns what is compared: every version with the one it follows, with those near it and those
/// that are pinned, every version that was in force with the one that is, and the draft with the
/// newest.
pub fn pairs<'a>(history: &'a History, pinned: &[Pinned], drafted: bool) -> Vec<Pair<'a>> {
    let (id, places) = (&history.id, 0..history.versions.len());
    let release = |at: usize| &history.versions[at].release.id;
    let mut pairs = Vec::new();
    for to in places.clone() {
        let from = history.versions[to].follows;
        pairs.push(Pair { from, to: Some(to), route: Route::Changes(id, release(to)) });
        let near = near(to).filter(|at| Some(*at) != from);
        let mut others: Vec<usize> = near.chain(pinned_to(history, pinned, to)).collect();
        others.sort_unstable();
        others.dedup();
        pairs.extend(others.into_iter().map(|from| Pair {
            from: Some(from),
            to: Some(to),
            route: Route::Compare(id, release(from), release(to)),
        }));
    }
    if let Some(last) = history.last_in_force() {
        let came = places.filter(|at| history.came(&history.versions[*at]));
        pairs.extend(came.map(|from| Pair {
            from: Some(from),
            to: Some(last),
            route: Route::Since(id, release(from)),
        }));
    }
    if drafted {
        pairs.push(Pair { from: history.newest_at(), to: None, route: Route::DraftChanges(id) });
    }
    pairs
}

/// Returns the older versions that have a page which compares them with this one, newest first,
/// each with that page.
pub fn compared<'a>(history: &'a History, pinned: &[Pinned], to: usize) -> Vec<(usize, Route<'a>)> {
    let follows = history.versions[to].follows;
    let mut others: Vec<usize> =
        near(to).chain(pinned_to(history, pinned, to)).chain(follows).collect();
    others.sort_unstable();
    others.dedup();
    let release = |at: usize| &history.versions[at].release.id;
    let route = |from: usize| match follows == Some(from) {
        true => Route::Changes(&history.id, release(to)),
        false => Route::Compare(&history.id, release(from), release(to)),
    };
    others.into_iter().rev().map(|from| (from, route(from))).collect()
}

/// Returns the places before a version that are near it.
fn near(to: usize) -> std::ops::Range<usize> {
    to.saturating_sub(NEAR)..to
}

/// Returns the older versions of the pairs that `site.yaml` names for a version.
fn pinned_to(history: &History, pinned: &[Pinned], to: usize) -> impl Iterator<Item = usize> {
    let named = pinned.iter().filter(move |pair| pair.to.value == history.versions[to].release.id);
    named.filter_map(move |pair| history.place_of(&pair.from.value).filter(|from| *from < to))
}

/// Returns the page on which a reader finds what changed between two versions: their own, that of
/// what changed since the older one if the newer is in force, or the one that leads to the pages
/// between.
pub fn comparison<'a>(
    history: &'a History,
    pinned: &[Pinned],
    from: usize,
    to: usize,
) -> Route<'a> {
    let pages = compared(history, pinned, to).into_iter();
    let own = pages.filter(|(at, _)| *at == from).map(|(_, route)| route).next();
    let older = &history.versions[from];
    own.unwrap_or(match history.last_in_force() == Some(to) && history.came(older) {
        true => Route::Since(&history.id, &older.release.id),
        false => Route::Comparisons(&history.id),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use jiff::ToSpan as _;
    use jiff::civil::Date;
    use proptest::prelude::*;

    use super::*;
    use crate::model::{
        Act, Document, DocumentId, Kind, List, ListKind, Placed, Release, ReleaseId, Scheduled,
        Version, Withdrawal, timeline,
    };
    use crate::tree::{Digest, Span};

    /// A version: days after the one before, days until it is in force, whether it says that it
    /// follows another than the newest and which, and after how many days it is withdrawn.
    type Planned = (i64, i64, Option<prop::sample::Index>, Option<i64>);

    fn id(at: usize) -> ReleaseId {
        ReleaseId::new(&format!("v{at}")).unwrap()
    }

    /// Returns a document of these versions, as it stands on the day of the last release.
    fn history(planned: &[Planned]) -> History {
        let first: Date = "2024-01-01".parse().unwrap();
        let mut today = first;
        let names: Vec<String> = (0..planned.len()).map(|at| id(at).to_string()).collect();
        let (mut scheduled, mut acts) = (Vec::new(), Vec::new());
        for (at, (after, until, follows, withdrawn)) in planned.iter().enumerate() {
            today = today.checked_add(after.days()).unwrap();
            let follows = follows.filter(|_| at > 0).map(|index| names[index.index(at)].as_str());
            scheduled.push(Scheduled {
                place: 10 * at,
                id: &names[at],
                released: Some(today),
                day: Some(today.checked_add(until.days()).unwrap()),
                follows,
            });
            if let Some(days) = withdrawn {
                let date = today.checked_add(days.days()).unwrap();
                let (versions, documents) = (vec![id(at)], Vec::new());
                acts.push((
                    10 * at + 1,
                    date,
                    Act::Withdrawal(Withdrawal {
                        versions,
                        documents,
                        date,
                        reason: String::new(),
                    }),
                ));
            }
        }
        acts.retain(|(_, date, _)| *date < today);
        let acts: Vec<(usize, &Act)> = acts.iter().map(|(place, _, act)| (*place, act)).collect();
        let timeline = timeline(&scheduled, &acts);
        let list = Arc::new(Document::List(List::empty(ListKind::of("commitments").unwrap())));
        let version = |at: usize| {
            let release = Arc::new(Release {
                released: scheduled[at].released,
                ..Release::new(id(at), "x", Kind::Substantive)
            });
            let named =
                scheduled[at].follows.and_then(|name| names.iter().position(|own| own == name));
            Version {
                digest: Digest::of("x"),
                document: list.clone(),
                stamp: release.clone(),
                release,
                sections: Vec::new(),
                files: Vec::new(),
                place: 10 * at,
                follows: named.or(at.checked_sub(1)),
                period: timeline.periods[at].clone(),
                notice: None,
                decisions: Vec::new(),
            }
        };
        let versions = (0..planned.len()).map(version).collect();
        let history = History::new(DocumentId::new("a").unwrap(), today, None, versions);
        History { order: timeline.order, ..history }
    }

    fn addresses(history: &History, pinned: &[Pinned]) -> BTreeSet<String> {
        let pairs = pairs(history, pinned, false);
        let addresses: BTreeSet<String> = pairs.iter().map(|pair| pair.route.address()).collect();
        assert_eq!(addresses.len(), pairs.len(), "each page once");
        addresses
    }

    fn pin(from: usize, to: usize) -> Pinned {
        let placed = |at: usize| Placed { value: id(at), span: Span::default() };
        Pinned { from: placed(from), to: placed(to) }
    }

    fn planned() -> impl Strategy<Value = Vec<Planned>> {
        let days = prop_oneof![3 => Just(0_i64), 2 => 1..40_i64];
        let follows = prop::option::weighted(0.2, any::<prop::sample::Index>());
        let withdrawn = prop::option::weighted(0.2, 0..20_i64);
        prop::collection::vec((0..15_i64, days, follows, withdrawn), 2..16)
    }

    proptest! {
        #[test]
        fn a_version_that_is_added_takes_no_address_away(planned in planned()) {
            let pinned = [pin(0, planned.len() - 1), pin(0, 1)];
            let mut before = BTreeSet::new();
            for count in 1..=planned.len() {
                let history = history(&planned[..count]);
                let now = addresses(&history, &pinned);
                let gone: Vec<&String> = before.difference(&now).collect();
                prop_assert!(gone.is_empty(), "{gone:?} with version {count}");
                prop_assert!(now.len() <= (NEAR + 2) * count + pinned.len(), "{now:?}");
                for version in &history.versions {
                    let since = Route::Since(&history.id, &version.release.id).address();
                    prop_assert_eq!(now.contains(&since), history.came(version));
                }
                // The page of all comparisons leads to those that there are, and to no other.
                for to in 0..count {
                    for (_, route) in compared(&history, &pinned, to) {
                        prop_assert!(now.contains(&route.address()), "{route:?}");
                    }
                }
                before = now;
            }
            let pair = format!("a/compare/v0/v{}/", planned.len() - 1);
            prop_assert!(before.contains(&pair), "pinned");
        }
    }

    #[test]
    fn pages_grow_in_a_line() {
        let count =
            |versions: usize| addresses(&history(&vec![(1, 0, None, None); versions]), &[]).len();
        assert_eq!([2, 6, 36, 100, 1_000].map(count), [4, 22, 202, 586, 5_986]);
    }

    #[test]
    fn what_has_no_page_leads_to_where_one_can_go_on() {
        let history = history(&[(1, 0, None, None); 9]);
        let leads = |from: usize, to: usize| comparison(&history, &[pin(1, 7)], from, to).address();
        assert_eq!(leads(6, 7), "a/v/v7/changes/");
        assert_eq!(leads(2, 7), "a/compare/v2/v7/");
        assert_eq!(leads(1, 7), "a/compare/v1/v7/");
        assert_eq!(leads(0, 7), "a/compare/");
        assert_eq!(leads(0, 8), "a/v/v0/since/");
    }
}
