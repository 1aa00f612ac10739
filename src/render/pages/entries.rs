//! What the page of a list shows of its entries.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::model::{Column, Commitment, Document, Passage, Release, Site, Standing, Subprocessor};
use crate::render::Route;
use crate::render::machines::list::WhitehatEntry;
use crate::render::pages::view::DayView;

#[derive(Serialize)]
pub struct YearView<'a> {
    /// `2023`; nothing where nobody knows.
    year: Option<&'a str>,
    /// The year before which those without one reported, if that is known.
    before: Option<&'a str>,
    whitehats: Vec<WhitehatEntry<'a>>,
}

/// The sub-processors of a list as they stand on a day.
#[derive(Default, Serialize)]
pub struct SubprocessorsView<'a> {
    /// Those that process data.
    in_force: Table<'a>,
    /// Those that will.
    announced: Table<'a>,
    /// Those that did.
    former: Table<'a>,
    /// Those that were given up before their first day.
    cancelled: Table<'a>,
}

/// Some sub-processors.
#[derive(Default, Serialize)]
struct Table<'a> {
    /// The columns that have anything in them.
    columns: Vec<&'static str>,
    entries: Vec<SubprocessorView<'a>>,
}

#[derive(Serialize)]
struct SubprocessorView<'a> {
    name: &'a str,
    link: Option<&'a str>,
    /// One for each of `columns`.
    cells: Vec<Cow<'a, str>>,
    /// The first day on which it processes data.
    from: Option<DayView>,
    /// The last day on which customers may object to one that is announced.
    objections_until: Option<DayView>,
}

#[derive(Serialize)]
pub struct CommitmentView<'a> {
    id: &'a str,
    what: &'a str,
    /// `within 48 business hours`; nothing where there is no number.
    promise: Option<String>,
    /// `lower` or `higher`, where that was declared.
    better: Option<&'static str>,
    /// Where it is promised.
    section: Option<SectionView>,
}

/// A passage of a policy.
#[derive(Serialize)]
struct SectionView {
    title: String,
    /// From the front page.
    address: String,
}

/// Returns the whitehats by year, newest first.
pub fn years(document: &Document) -> Vec<YearView<'_>> {
    let Document::Whitehats(list) = document else {
        return Vec::new();
    };
    let mut years: BTreeMap<Option<&str>, Vec<WhitehatEntry<'_>>> = BTreeMap::new();
    for whitehat in list.in_order() {
        let year = whitehat.date.as_deref().and_then(|date| date.get(..4));
        years.entry(year).or_default().push(WhitehatEntry::new(whitehat));
    }
    let before = list.undated_before.as_deref();
    let years = years.into_iter().rev();
    years
        .map(|(year, whitehats)| YearView {
            year,
            before: before.filter(|_| year.is_none()),
            whitehats,
        })
        .collect()
}

/// Returns the sub-processors as they stand on a day; where that is not known, none of them is told
/// to be coming or gone. `notice` is how many days before it comes a new one is announced.
pub fn subprocessors<'a>(
    document: &'a Document,
    day: Option<Date>,
    notice: Option<i64>,
) -> SubprocessorsView<'a> {
    let Document::Subprocessors(list) = document else {
        return SubprocessorsView::default();
    };
    let table = |standing: Standing| {
        let unknown = |entry: &Subprocessor| {
            if entry.cancelled.is_some() { Standing::Cancelled } else { Standing::InForce }
        };
        let stands = |entry: &&Subprocessor| {
            day.map_or_else(|| unknown(entry), |day| entry.standing(day)) == standing
        };
        let entries: Vec<&Subprocessor> = list.in_order().into_iter().filter(stands).collect();
        let used = |(_, cell): &&Column| entries.iter().any(|entry| cell(entry).is_some());
        let columns: Vec<&Column> = Subprocessor::COLUMNS.iter().filter(used).collect();
        let view = |entry: &&'a Subprocessor| SubprocessorView {
            name: &entry.name.value,
            link: entry.link.as_deref(),
            cells: columns.iter().map(|(_, cell)| cell(entry).unwrap_or_default()).collect(),
            from: entry.effective.as_ref().map(|day| DayView::new(day.value)),
            objections_until: notice
                .and_then(|days| entry.objections_until(days))
                .map(DayView::new),
        };
        Table {
            entries: entries.iter().map(view).collect(),
            columns: columns.iter().map(|(title, _)| *title).collect(),
        }
    };
    let standings = [Standing::InForce, Standing::Announced, Standing::Former, Standing::Cancelled];
    let [in_force, announced, former, cancelled] = standings.map(table);
    SubprocessorsView { in_force, announced, former, cancelled }
}

/// Returns the commitments in the order of their list. What was released speaks of the policies as
/// they were then, for ever.
pub fn commitments<'a>(
    site: &'a Site,
    document: &'a Document,
    release: Option<&Release>,
) -> Vec<CommitmentView<'a>> {
    let entries = document.commitments().map(|list| list.in_order()).unwrap_or_default();
    let view = |entry: &'a Commitment| CommitmentView {
        id: &entry.id.value,
        what: &entry.what,
        promise: entry.promise(),
        better: entry
            .amount
            .as_ref()
            .and_then(|amount| amount.better)
            .map(|better| better.as_str()),
        section: entry.section.as_ref().and_then(|passage| section(site, &passage.value, release)),
    };
    entries.into_iter().map(view).collect()
}

/// Returns a passage as it stood at a release, or as it stands now; nothing where it is not there.
fn section(site: &Site, passage: &Passage, release: Option<&Release>) -> Option<SectionView> {
    let history = site.history(&passage.policy)?;
    let (policy, route) = match release {
        Some(release) => {
            let version = site.version_at(&passage.policy, &release.id)?;
            (version.document.policy()?, Route::Version(&history.id, &version.release.id))
        }
        None => (history.current().policy()?, Route::Document(&history.id)),
    };
    let title = policy.title_of(passage)?;
    let anchor = passage.section.as_ref().map(|section| format!("#{section}")).unwrap_or_default();
    Some(SectionView { title: title.to_owned(), address: format!("{}{anchor}", route.address()) })
}
