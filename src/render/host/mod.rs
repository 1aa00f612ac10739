//! How a site wants to be served: strict headers, and a file for each host that says so in the
//! host's own words.
//!
//! No rule sets a header that another one sets too: hosts differ in what they make of that.

mod platform;
mod server;

use std::collections::BTreeMap;

use crate::model::{Host, Site};
use crate::render::Route;

/// What a page may do: show its own style, run its own script, show its own pictures, ask for its
/// own files, and no more. The pages ask for none, but what looks at them in a browser asks for
/// `robots.txt` in their name.
const CSP: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";
/// What no page asks a browser for.
const PERMISSIONS: &str = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
/// The name of a file that never has other bytes: it may be kept for ever.
const FOREVER: &str = "public, max-age=31536000, immutable";
/// What the files are whose types not every host knows, by their extensions.
const TYPES: &[(&str, &str)] = &[
    ("atom", "application/atom+xml; charset=utf-8"),
    ("csv", "text/csv; charset=utf-8"),
    ("link", "application/link-format"),
    ("md", "text/markdown; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
];

/// What the files for hosts are made of.
struct Serving {
    /// The path of the front page on its host; it begins and ends with `/`.
    base: String,
    /// The headers of every answer.
    headers: Vec<(&'static str, &'static str)>,
    /// Paths that lead on, on the host, and where: a path on the host, or an address elsewhere.
    redirects: Vec<(String, String)>,
    /// The pages that lead to the comparisons of a document, from the front page: one of two versions
    /// that are not compared any more leads there.
    comparisons: Vec<String>,
    /// Whether gzip and Brotli copies of the files are written.
    compressed: bool,
}

impl Serving {
    fn new(site: &Site, security_txt: bool) -> Serving {
        let secure = site.config.base_url.scheme() == "https";
        let mut headers = vec![
            ("Content-Security-Policy", CSP),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Permissions-Policy", PERMISSIONS),
            ("Cross-Origin-Opener-Policy", "same-origin"),
        ];
        if secure {
            headers.push(("Strict-Transport-Security", "max-age=31536000"));
        }
        let base = site.config.base_url.path();
        let path = |address: &str| format!("{base}{address}");
        let own = (path("security.txt"), path(&Route::SecurityTxt.address()));
        let old = site.config.redirects.iter().flat_map(|redirect| {
            let (to, here) = Route::destination(&redirect.to.value);
            let to = if here { path(&to) } else { to };
            let from = path(&redirect.from.value);
            let bare = from.strip_suffix('/').map(str::to_owned);
            bare.into_iter().chain([from]).map(move |from| (from, to.clone()))
        });
        Serving {
            base: base.to_owned(),
            headers,
            redirects: security_txt.then_some(own).into_iter().chain(old).collect(),
            comparisons: site
                .histories
                .iter()
                .filter(|history| history.is_comparable())
                .map(|history| Route::Comparisons(&history.id).address())
                .collect(),
            compressed: site.config.compress,
        }
    }

    /// Returns the path on its host of an address from the front page.
    fn path(&self, address: &str) -> String {
        format!("{}{address}", self.base)
    }
}

/// Returns the files for the hosts that a site names, by their names.
pub fn files(site: &Site, security_txt: bool) -> BTreeMap<&'static str, String> {
    let mut serving = Serving::new(site, security_txt);
    // Cloudflare redirects from a page that is there, too: its 404 page has to do.
    if site.config.hosts.contains(&Host::Cloudflare) {
        serving.comparisons.clear();
    }
    let file = |host: &Host| match host {
        Host::Cloudflare | Host::Netlify => {
            vec![
                ("_headers", platform::headers(&serving)),
                ("_redirects", platform::redirects(&serving)),
            ]
        }
        Host::Nginx => vec![(server::NGINX, server::nginx(&serving))],
        Host::Caddy => vec![(server::CADDY, server::caddy(&serving))],
        Host::Azure => vec![("staticwebapp.config.json", platform::azure(&serving))],
        Host::Firebase => vec![("firebase.json", platform::firebase(&serving))],
        Host::Github => vec![(".nojekyll", String::new())],
    };
    site.config.hosts.iter().flat_map(file).collect()
}
