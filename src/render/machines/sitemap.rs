//! `sitemap.xml`: the pages that search engines should know, with the day on which their words last
//! changed.
//!
//! Search engines believe `lastmod` of a whole site or not at all, so a day that is not known is
//! left out, and a page of unreleased words is not listed.

use std::fmt::Write as _;

use jiff::civil::Date;

use crate::model::{History, Site};
use crate::render::Route;
use crate::render::escape::escape;
use crate::render::pages::view::State;

/// Returns `sitemap.xml`.
pub fn xml(site: &Site) -> String {
    let mut xml = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    let listed =
        || site.histories.iter().filter(|history| State::of_current(history) != State::Draft);
    let mut url = |route: Route<'_>, modified: Option<Date>| {
        xml.push_str("<url><loc>");
        escape(&format!("{}{}", site.config.base_url, route.address()), &mut xml);
        xml.push_str("</loc>");
        if let Some(date) = modified {
            let _ = write!(xml, "<lastmod>{date}</lastmod>");
        }
        xml.push_str("</url>\n");
    };
    url(Route::Home, listed().filter_map(modified).max());
    for history in listed() {
        url(Route::Document(&history.id), modified(history));
        url(
            Route::History(&history.id),
            history.newest().and_then(|version| version.release.released),
        );
    }
    if !site.ledger.entries.is_empty() {
        url(Route::Ledger, site.ledger.newest());
    }
    xml.push_str("</urlset>\n");
    xml
}

fn modified(history: &History) -> Option<Date> {
    history.current_version().and_then(|version| version.stamp.released)
}
