//! A look at the site from outside, as readers get it: what was sent must be what is served.

use std::thread;
use std::time::Duration;

use anyhow::Result;
use rayon::prelude::*;

use crate::publish::{Bundle, Class, Plan, random};
use crate::tree::{Digest, TreePath};
use crate::web::{Client, Seen};

/// How often pages are asked for that are not yet as they should be, since caches may take a
/// moment.
const TRIES: u32 = 4;

/// Asks for what a publish changed, and always for security.txt, the front page and a page that is
/// none, at the address `site_address`; returns what differs.
///
/// # Errors
/// Says why there is no answer.
pub fn look(
    site: &Bundle,
    plan: &Plan,
    site_address: &str,
    patience: Duration,
) -> Result<Vec<String>> {
    let client = Client::new(site_address, patience)?;
    let always =
        [".well-known/security.txt", "index.html"].map(|path| TreePath::new(path).expect("a path"));
    let newest = site
        .files
        .iter()
        .rev()
        .find(|(_, file)| file.class == Class::Permanent)
        .map(|(path, _)| path.clone());
    let mut paths: Vec<TreePath> = plan.changes.iter().map(|change| change.path.clone()).collect();
    paths.extend(always.into_iter().chain(newest).filter(|path| site.files.contains_key(path)));
    paths.sort();
    paths.dedup();
    let look = |path: TreePath| {
        let address = path
            .as_str()
            .strip_suffix("index.html")
            .filter(|folder| folder.is_empty() || folder.ends_with('/'));
        let address = address.unwrap_or(path.as_str()).to_owned();
        let found = differs(site, &path, &client.seen(&address)?);
        anyhow::Ok(found.map(|found| (path, format!("{} {found}", client.address(&address)))))
    };
    let mut wrong: Vec<(TreePath, String)> = Vec::new();
    for tries in 0..TRIES {
        thread::sleep(Duration::from_millis(500) * tries);
        wrong = client.pool().install(|| {
            paths.into_par_iter().filter_map(|path| look(path).transpose()).collect::<Result<_>>()
        })?;
        if wrong.is_empty() {
            break;
        }
        paths = wrong.iter().map(|(path, _)| path.clone()).collect();
    }
    let nowhere = format!("{}/", random::name());
    let status = client.seen(&nowhere)?.status;
    let pretended = (status == 200)
        .then(|| format!("{} answers 200, though there is nothing", client.address(&nowhere)));
    Ok(wrong.into_iter().map(|(_, told)| told).chain(pretended).collect())
}

/// Says in what an answer differs from the file that was sent.
fn differs(site: &Bundle, path: &TreePath, seen: &Seen) -> Option<String> {
    let file = &site.files[path];
    if seen.status != 200 {
        return Some(format!("answers {}", seen.status));
    }
    if Digest::of(&seen.bytes) != file.record.sha256 {
        return Some("has other bytes".to_owned());
    }
    let headers = [
        ("Content-Type", &seen.content_type, &file.headers.content_type),
        ("Cache-Control", &seen.cache_control, &file.headers.cache_control),
    ];
    let other = headers.into_iter().find(|(_, seen, sent)| seen.as_deref() != Some(sent.as_str()));
    other.map(|(name, seen, sent)| {
        format!(
            "is served with `{name}: {}` instead of `{sent}`",
            seen.as_deref().unwrap_or_default()
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::bundle::tests::site;

    #[test]
    fn what_is_served_is_what_was_sent() {
        let site = site(&[("a.html", "x", Class::Leaf)]);
        let path = TreePath::new("a.html").unwrap();
        let sent = &site.files[&path].headers;
        let seen = || Seen {
            status: 200,
            content_type: Some(sent.content_type.clone()),
            cache_control: Some(sent.cache_control.clone()),
            bytes: b"x".to_vec(),
        };
        let differs = |seen: Seen| differs(&site, &path, &seen).unwrap_or_default();
        assert_eq!(differs(seen()), "");
        assert_eq!(differs(Seen { status: 404, ..seen() }), "answers 404");
        assert_eq!(differs(Seen { bytes: b"y".to_vec(), ..seen() }), "has other bytes");
        let media =
            format!("is served with `Content-Type: text/plain` instead of `{}`", sent.content_type);
        assert_eq!(differs(Seen { content_type: Some("text/plain".into()), ..seen() }), media);
        let cache = format!("is served with `Cache-Control: ` instead of `{}`", sent.cache_control);
        assert_eq!(differs(Seen { cache_control: None, ..seen() }), cache);
    }
}
