//! A reader of a site that is being published: follows every link from where one can enter.

use std::collections::{BTreeMap, BTreeSet};

use policybook::parse;
use policybook::parse::Markup;
use policybook::tree::TreePath;

/// Returns every address that a page asks for or leads to in its site, as the files that answer.
fn leads(path: &str, bytes: &[u8], asked: bool) -> BTreeSet<String> {
    let file = TreePath::new(path).unwrap();
    let pieces = parse::html(&String::from_utf8_lossy(bytes));
    let addresses = pieces.into_iter().filter_map(|piece| match piece {
        Markup::Open { name, address: Some(address), .. }
            if !asked || name == "link" || name == "script" || name == "img" =>
        {
            Some(address)
        }
        _ => None,
    });
    let within = addresses.filter(|address| {
        !address.contains(':') && !address.starts_with('#') && !address.is_empty()
    });
    let file_of = |address: String| {
        let address = address.split(['#', '?']).next().unwrap_or_default().to_owned();
        let index = if address.ends_with('/') { "index.html" } else { "" };
        file.resolve(&format!("{address}{index}")).map(|path| path.to_string())
    };
    let files = within.filter_map(file_of);
    files.filter(|file| !asked || file.starts_with("assets/")).collect()
}

/// Holds that nobody who enters where one could enter before, or by the front page, comes to an
/// address that is not there, and that no page at all lacks its style.
#[track_caller]
pub fn nothing_missing<'a>(
    site: &BTreeMap<String, Vec<u8>>,
    before: impl Iterator<Item = &'a String>,
    when: &str,
) {
    for (path, bytes) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        for asset in leads(path, bytes, true) {
            assert!(
                site.contains_key(&asset),
                "{when}: {path} asks for {asset}, which is not there"
            );
        }
    }
    let mut open: Vec<String> = before
        .cloned()
        .chain(["index.html".to_owned()])
        .filter(|path| site.contains_key(path))
        .collect();
    let mut seen = BTreeSet::new();
    while let Some(path) = open.pop() {
        if !seen.insert(path.clone()) || !path.ends_with(".html") {
            continue;
        }
        for next in leads(&path, &site[&path], false) {
            assert!(site.contains_key(&next), "{when}: {path} leads to {next}, which is not there");
            open.push(next);
        }
    }
}
