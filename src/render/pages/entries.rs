//! What the page of a list shows of its entries.

use std::borrow::Cow;
use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use crate::messages::Messages;
use crate::model::{
    Better, Commitment, Document, DocumentId, Field, List, ListEntry, Passage, Release, Site,
    Standing,
};
use crate::render::Route;
use crate::render::machines::list::EntryView;
use crate::render::pages::view::DayView;

#[derive(Serialize)]
pub struct YearView<'a> {
    /// `2023`; `None` where nobody knows.
    year: Option<&'a str>,
    /// The year before which those without one reported, if that is known.
    before: Option<&'a str>,
    whitehats: Vec<EntryView<'a>>,
}

/// The entries of a list as they stand on a day.
#[derive(Default, Serialize)]
pub struct StandingsView<'a> {
    /// Those that are in force.
    in_force: Table<'a>,
    /// Those that will be.
    announced: Table<'a>,
    /// Those that were.
    former: Table<'a>,
    /// Those that were given up before their first day.
    cancelled: Table<'a>,
}

/// Some entries.
#[derive(Default, Serialize)]
pub struct Table<'a> {
    /// The columns that have anything in them.
    columns: Vec<&'a str>,
    entries: Vec<RowView<'a>>,
}

#[derive(Serialize)]
struct RowView<'a> {
    name: &'a str,
    link: Option<&'a str>,
    /// One for each of `columns`.
    cells: Vec<Cow<'a, str>>,
    /// The first day on which it is in force.
    from: Option<DayView>,
    /// The last day on which customers may object to one that is announced.
    objections_until: Option<DayView>,
}

#[derive(Serialize)]
pub struct CommitmentView {
    id: String,
    what: String,
    /// `within 48 business hours`; `None` if there is no number.
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

/// Returns the entries of a list of people by year, newest first.
pub fn years(document: &Document) -> Vec<YearView<'_>> {
    let Some(list) = document.list().filter(|list| list.kind.has("consent")) else {
        return Vec::new();
    };
    let mut years: BTreeMap<Option<&str>, Vec<EntryView<'_>>> = BTreeMap::new();
    for entry in list.in_order() {
        let year = entry.text("date").and_then(|date| date.get(..4));
        years.entry(year).or_default().push(EntryView(entry));
    }
    let before = list.head.as_deref();
    let years = years.into_iter().rev();
    years
        .map(|(year, whitehats)| YearView {
            year,
            before: before.filter(|_| year.is_none()),
            whitehats,
        })
        .collect()
}

/// Returns all entries of a list that readers may see.
pub fn entries<'a>(document: &'a Document, messages: &'a Messages) -> Table<'a> {
    let list = document.list();
    list.map(|list| table(list, &list.in_order(), None, messages)).unwrap_or_default()
}

/// Returns the entries of a list as they stand on a day; where that is not known, none of them is
/// told to be coming or gone. `notice` is how many days before it comes a new one is announced.
pub fn standings<'a>(
    document: &'a Document,
    day: Option<Date>,
    notice: Option<i64>,
    messages: &'a Messages,
) -> StandingsView<'a> {
    let Some(list) = document.list().filter(|list| list.kind.has("effective")) else {
        return StandingsView::default();
    };
    let standing = |entry: &ListEntry| match day {
        Some(day) => entry.standing(day),
        None if entry.value("cancelled").is_some() => Standing::Cancelled,
        None => Standing::InForce,
    };
    let entries = list.in_order();
    let standings = [Standing::InForce, Standing::Announced, Standing::Former, Standing::Cancelled];
    let [in_force, announced, former, cancelled] = standings.map(|wanted| {
        let entries = entries.iter().copied().filter(|entry| standing(entry) == wanted);
        table(list, &entries.collect::<Vec<_>>(), notice, messages)
    });
    StandingsView { in_force, announced, former, cancelled }
}

fn table<'a>(
    list: &'a List,
    entries: &[&'a ListEntry],
    notice: Option<i64>,
    messages: &'a Messages,
) -> Table<'a> {
    let day = |day: Date| DayView::of(day, messages);
    let columns: Vec<&Field> = list.columns(entries);
    let row = |entry: &&'a ListEntry| RowView {
        name: entry.name(),
        link: entry.text("link"),
        cells: columns.iter().map(|field| entry.cell(field).unwrap_or_default()).collect(),
        from: entry.day("effective").map(day),
        objections_until: notice.and_then(|days| entry.objections_until(days)).map(day),
    };
    Table {
        entries: entries.iter().map(row).collect(),
        columns: columns.iter().map(|field| messages.column(field)).collect(),
    }
}

/// Returns the commitments in the order of their list. What was released speaks of the policies as
/// they were then, for ever.
pub fn commitments(
    site: &Site,
    document: &Document,
    release: Option<&Release>,
) -> Vec<CommitmentView> {
    let list = document.list_of(DocumentId::COMMITMENTS);
    let entries = list.map(|list| list.in_order()).unwrap_or_default();
    let view = |entry: Commitment| CommitmentView {
        promise: entry.promise(),
        better: entry.amount.and_then(|amount| amount.better).map(Better::as_str),
        section: entry.section.and_then(|passage| section(site, &passage.value, release)),
        id: entry.id.value,
        what: entry.what,
    };
    entries.into_iter().map(Commitment::of).map(view).collect()
}

/// Returns a passage as it stood at a release, or as it stands now; `None` if it is not there.
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
