//! `robots.txt`: everything may be read, and where the sitemap is.

use crate::model::Site;
use crate::render::Route;

/// Returns `robots.txt`.
pub fn text(site: &Site) -> String {
    format!(
        "User-agent: *\nAllow: /\n\nSitemap: {}{}\n",
        site.config.base_url,
        Route::Sitemap.address()
    )
}
