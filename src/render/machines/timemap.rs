//! The TimeMap of a document, RFC 7089 section 5: its versions and the moments from which they were
//! in force, in link format, RFC 6690.
//!
//! A memento has a moment, so a version of which nobody knows the day is not listed, nor is one
//! that is not in force yet.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::model::{History, ReleaseId, Site};
use crate::render::Route;

/// Returns the TimeMap; `None` if no day is known.
pub fn text(site: &Site, history: &History) -> Option<String> {
    let mementos: Vec<(&ReleaseId, String)> =
        dated(history).map(|(release, day)| (release, moment(day))).collect();
    let ((_, from), (_, until)) = (mementos.first()?, mementos.last()?);
    let absolute = |route: Route<'_>| format!("{}{}", site.config.base_url, route.address());
    let mut text = format!(
        "<{}>;rel=\"original\",\n<{}>;rel=\"self\";type=\"application/link-format\";from=\"{from}\";until=\"{until}\"",
        absolute(Route::Document(&history.id)),
        absolute(Route::TimeMap(&history.id))
    );
    for (index, (release, moment)) in mementos.iter().enumerate() {
        let rel = match (index == 0, index + 1 == mementos.len()) {
            (true, true) => "first last memento",
            (true, false) => "first memento",
            (false, true) => "last memento",
            (false, false) => "memento",
        };
        let address = absolute(Route::Version(&history.id, release));
        let _ = write!(text, ",\n<{address}>;rel=\"{rel}\";datetime=\"{moment}\"");
    }
    text.push('\n');
    Some(text)
}

/// Returns true if a document has a TimeMap.
pub fn lists(history: &History) -> bool {
    dated(history).next().is_some()
}

/// Returns the versions that are or were in force, with their days.
fn dated(history: &History) -> impl Iterator<Item = (&ReleaseId, Date)> {
    let came = history
        .order
        .iter()
        .map(|at| &history.versions[*at])
        .filter(|version| history.came(version));
    came.filter_map(|version| Some((&version.release.id, version.period.from?)))
}

/// Returns the first moment of a day, RFC 9110 section 5.6.7.
fn moment(day: Date) -> String {
    day.strftime("%a, %d %b %Y 00:00:00 GMT").to_string()
}
