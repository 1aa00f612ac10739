//! What search engines read in the head of a page: JSON-LD by schema.org, with the same days as the
//! page, the sitemap and the feed.

use serde::Serialize;

use crate::model::{Config, Version};

#[derive(Serialize)]
struct Page<'a> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    url: &'a str,
    version: &'a str,
    #[serde(rename = "inLanguage")]
    language: &'a str,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    published: Option<String>,
    #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    publisher: Publisher<'a>,
}

#[derive(Serialize)]
struct Publisher<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
}

/// Returns what is said of the page at `url`, which shows a version of this title, ready to stand
/// in a `script` element.
pub fn json(config: &Config, url: &str, title: &str, version: &Version) -> String {
    let page = Page {
        context: "https://schema.org",
        kind: "WebPage",
        name: title,
        url,
        version: version.release.id.as_str(),
        language: &config.language,
        published: version.release.released.map(|day| day.to_string()),
        modified: version.stamp.released.map(|day| day.to_string()),
        publisher: Publisher { kind: "Organization", name: &config.name },
    };
    // Nothing an author writes may end the element.
    serde_json::to_string(&page).expect("plain data").replace('<', "\\u003c")
}
