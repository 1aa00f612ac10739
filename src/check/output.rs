//! Every address of the finished pages leads somewhere: to a file of the site, and in it to an
//! anchor.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use percent_encoding::percent_decode_str;
use rayon::prelude::*;
use url::Url;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::parse;
use crate::parse::Addresses;
use crate::tree::{Tree, TreePath};

/// Reports the addresses of a site's pages that lead to nothing in the site, each once. `base_url`
/// is where it will live.
pub fn check(files: &Tree<Vec<u8>>, base_url: &Url, diagnostics: &mut Diagnostics) {
    let pages: Vec<(&TreePath, &Vec<u8>)> =
        files.iter().filter(|(path, _)| path.name().ends_with(".html")).collect();
    let read = pages
        .into_par_iter()
        .map(|(path, html)| (path.as_str(), parse::addresses(&String::from_utf8_lossy(html))));
    let pages: HashMap<&str, Addresses> = read.collect();
    let dead = pages.par_iter().flat_map_iter(|(page, addresses)| {
        let led = addresses.links.iter().collect::<BTreeSet<_>>().into_iter();
        led.filter(|link| !leads_somewhere(link, page, files, &pages, base_url))
            .map(|link| (link.as_str(), *page))
    });
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (link, page) in dead.collect::<Vec<_>>() {
        found.entry(link).or_default().insert(page);
    }
    for (link, pages) in found {
        let (first, more) = (pages.first().copied().unwrap_or_default(), pages.len() - 1);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let dead = Diagnostic::error(
            Code::DeadEnd,
            format!(
                "broken link: `{}` does not exist, on the page `{first}`{more}",
                link.escape_debug()
            ),
        );
        diagnostics.push(dead.help("fix the template or the raw HTML that writes it"));
    }
}

/// Returns true if an address leads out of the site, or to something in it.
fn leads_somewhere(
    link: &str,
    page: &str,
    files: &Tree<Vec<u8>>,
    pages: &HashMap<&str, Addresses>,
    base_url: &Url,
) -> bool {
    let Ok(mut address) = base_url.join(page).and_then(|page| page.join(link)) else {
        return false;
    };
    let fragment = address.fragment().map(str::to_owned).unwrap_or_default();
    address.set_fragment(None);
    address.set_query(None);
    let Some(within) = address.as_str().strip_prefix(base_url.as_str()) else {
        return true;
    };
    let within = percent_decode_str(within).decode_utf8_lossy();
    let file = if within.is_empty() || within.ends_with('/') {
        format!("{within}index.html")
    } else {
        within.into_owned()
    };
    if !TreePath::new(&file).is_ok_and(|path| files.get(&path).is_some()) {
        return false;
    }
    let anchor = percent_decode_str(&fragment).decode_utf8_lossy();
    anchor.is_empty() || pages.get(file.as_str()).is_none_or(|page| page.ids.contains(&*anchor))
}
