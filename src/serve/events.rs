//! The news of a page: an answer that goes on, in server-sent events, until the reader leaves.

use std::borrow::Cow;
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use serde::Serialize;

use crate::serve::channel::{Channel, Shown};
use crate::serve::http;
use crate::serve::snapshot::{Found, News, Snapshot};

/// How often it is looked whether anybody still listens.
const LOOK: Duration = Duration::from_secs(1);
/// The number of changed pages that are listed on another page.
const NAMED: usize = 3;
/// How many findings are shown over a page; the terminal has all.
const FINDINGS: usize = 50;

/// The news for a page.
#[derive(Serialize)]
struct PageNews<'a> {
    /// What became of it: `same`, `styles` or `other`.
    page: &'static str,
    /// The style sheets to swap, each before and after.
    styles: Vec<(String, String)>,
    /// What it shows when it has done that.
    digest: String,
    /// Other pages that changed.
    elsewhere: Vec<String>,
    /// How many more there are.
    more: usize,
    /// When the site was made.
    made: &'a str,
    errors: &'a [String],
    warnings: &'a [String],
    /// How many more findings of the more severe level there are.
    unshown: usize,
}

/// Reports changes to a page. `query` says which one it is and what it shows.
///
/// # Errors
/// The reader hung up.
pub fn follow(stream: &TcpStream, board: &Channel, query: &str) -> io::Result<()> {
    let value = |name: &str| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
            .unwrap_or_default()
    };
    let path = percent_decode_str(value("page")).decode_utf8_lossy();
    http::begin(stream, "text/event-stream")?;
    let mut seen = 0;
    let mut before: Option<Arc<Snapshot>> = None;
    let mut digest = value("digest").to_owned();
    loop {
        let Some((turn, shown)) = board.after(seen, LOOK) else {
            if http::is_gone(stream) {
                return Ok(());
            }
            continue;
        };
        let page_news = page_news(&shown, before.as_deref(), &path, &digest);
        let event = format!("data: {}\n\n", serde_json::to_string(&page_news).expect("plain data"));
        http::send(stream, event.as_bytes())?;
        digest = page_news.digest;
        (seen, before) = (turn, shown.site.clone());
    }
}

/// Returns the news for a page that saw `before` and shows the content of `digest`.
fn page_news<'a>(
    shown: &'a Shown,
    before: Option<&Snapshot>,
    path: &str,
    digest: &str,
) -> PageNews<'a> {
    let now = shown.site.as_deref().map(|site| match site.find(path) {
        Found::File(_, file) | Found::Missing(Some(file)) => file.digest().to_string(),
        _ => String::new(),
    });
    let now: Cow<'_, str> = now.map_or(digest.into(), Cow::Owned);
    let news = match (shown.site.as_deref(), before) {
        (Some(site), Some(before)) => site.news(before, path),
        _ if now == digest => News::Same,
        _ => News::Other,
    };
    let (page, styles) = match news {
        News::Same => ("same", Vec::new()),
        News::Styles(styles) => ("styles", styles),
        News::Other => ("other", Vec::new()),
    };
    let changed = shown
        .site
        .as_deref()
        .zip(before)
        .filter(|_| page == "same")
        .map(|(site, before)| site.changed(before));
    let mut elsewhere = changed.unwrap_or_default();
    let more = elsewhere.len().saturating_sub(NAMED);
    elsewhere.truncate(NAMED);
    let first = |findings: &'a [String]| &findings[..findings.len().min(FINDINGS)];
    let (errors, warnings) = (first(&shown.errors), first(&shown.warnings));
    let all = if errors.is_empty() { &shown.warnings } else { &shown.errors };
    let unshown = all.len().saturating_sub(FINDINGS);
    PageNews {
        page,
        styles,
        digest: now.into_owned(),
        elsewhere,
        more,
        made: &shown.made,
        errors,
        warnings,
        unshown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Digest, File, TreePath};

    fn shown(words: &str) -> Shown {
        let file = (TreePath::new("a/index.html").unwrap(), File::new(words.as_bytes()));
        Shown {
            site: Some(Arc::new(Snapshot::new("/", [file].into_iter().collect(), None))),
            ..Shown::default()
        }
    }

    #[test]
    fn a_page_hears_of_what_was_made_while_nobody_listened() {
        let (one, two) = (shown("one"), shown("two"));
        let digest = Digest::of("one").to_string();
        assert_eq!(page_news(&one, None, "/a/", &digest).page, "same");
        assert_eq!(page_news(&two, None, "/a/", &digest).page, "other");
        assert_eq!(page_news(&two, one.site.as_deref(), "/a/", &digest).page, "other");
        assert_eq!(page_news(&two, one.site.as_deref(), "/b/", "").elsewhere, ["/a/"]);
        let many = Shown { errors: vec![String::new(); 143], ..Shown::default() };
        assert_eq!(
            (page_news(&many, None, "/", "").errors.len(), page_news(&many, None, "/", "").unshown),
            (50, 93)
        );
        assert_eq!(page_news(&Shown::default(), one.site.as_deref(), "/a/", &digest).page, "same");
    }
}
