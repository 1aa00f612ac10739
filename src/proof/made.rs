//! How a site was made, as far as it tells: what stands in its pages that no ledger holds.

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;
use url::Url;

use crate::model::{Config, DocumentId, Minify, Pinned, Placed, ReleaseId};
use crate::parse;
use crate::parse::Markup;
use crate::proof::page::Frame;
use crate::render;
use crate::render::PROGRAM;
use crate::tree::{Digest, Span};

/// How a site was made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    name: String,
    /// What its index says of that; `None` for a site by an earlier program.
    told: Option<render::Made<'static>>,
    base_url: Option<Url>,
    language: Option<String>,
    /// Whether raw HTML is rendered; `None` if that is not known.
    pub raw_html: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Index {
    name: String,
    made: Option<render::Made<'static>>,
}

impl Made {
    /// Reads the build settings from the site index; for older sites, from the sitemap and home
    /// page. A stranger wrote them: what `site.yaml` cannot say is not believed.
    pub fn read(index: Option<&[u8]>, sitemap: Option<&[u8]>, home: Option<&[u8]>) -> Made {
        let Index { name, made: told } =
            index.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let (base_url, language) = match &told {
            Some(told) => (Some(told.base_url.to_string()), Some(told.language.to_string())),
            None => {
                let sitemap = String::from_utf8_lossy(sitemap.unwrap_or_default());
                let first = sitemap.split_once("<loc>").and_then(|(_, rest)| rest.split_once('<'));
                let home = String::from_utf8_lossy(home.unwrap_or_default());
                let language = parse::html(&home).into_iter().find_map(|markup| match markup {
                    Markup::Open { name, mut attributes, .. } if name == "html" => {
                        attributes.remove("lang")
                    }
                    _ => None,
                });
                (first.map(|(address, _)| address.to_owned()), language)
            }
        };
        Made {
            name,
            base_url: base_url.and_then(|address| parse::base_url(&address).ok()),
            language: language.and_then(|language| parse::language(&language).ok()),
            raw_html: told.as_ref().map(|told| told.raw_html),
            told,
        }
    }

    /// Returns whether unreleased text is shown; `None` if that is not known.
    pub fn draft(&self) -> Option<bool> {
        self.told.as_ref().map(|told| told.draft)
    }

    /// Sets whether raw HTML is rendered.
    pub fn reading(&self, raw_html: bool) -> Made {
        Made { raw_html: Some(raw_html), ..self.clone() }
    }

    /// Returns what is known of the frame of its pages; `theme` is the digest of the default theme.
    pub fn frame(&self, theme: Digest) -> Frame {
        let theme = theme.to_string();
        match &self.told {
            Some(told) if told.by == PROGRAM && told.theme == theme => Frame::Known,
            Some(told) if told.by == PROGRAM => Frame::Own,
            _ => Frame::Unknown,
        }
    }

    /// Returns what it tells, as `site.yaml` would say it.
    pub fn config(&self) -> Config {
        let unknown = parse::no_site();
        let told = self.told.as_ref();
        let zone =
            told.and_then(|told| TimeZoneDatabase::bundled().get(told.timezone.as_ref()?).ok());
        let notice = told.into_iter().flat_map(|told| &told.notice);
        let notice = notice.filter(|(_, days)| parse::NOTICE.contains(days));
        let version =
            |text: &str| ReleaseId::new(text).map(|value| Placed { value, span: Span::default() });
        let pinned = told.into_iter().flat_map(|told| &told.compare).take(parse::MOST_PINNED);
        let pinned =
            pinned.filter_map(|[from, to]| Some(Pinned { from: version(from)?, to: version(to)? }));
        Config {
            compare: pinned.collect(),
            name: self.name.clone(),
            description: told.and_then(|told| Some(told.description.as_ref()?.to_string())),
            base_url: self.base_url.clone().unwrap_or(unknown.base_url),
            language: self.language.clone().unwrap_or(unknown.language),
            timezone: zone.unwrap_or(TimeZone::UTC),
            notice: notice.filter_map(|(id, days)| Some((DocumentId::new(id)?, *days))).collect(),
            raw_html: self.raw_html.unwrap_or_default(),
            minify: Minify::Off,
            ..unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_project_can_say_is_not_believed() {
        let index = |address: &str, language: &str, days: i64| {
            let made = serde_json::json!({
                "by": "x", "theme": "y", "base_url": address, "language": language,
                "timezone": "Nowhere/At_all", "description": null, "raw_html": false,
                "notice": { "a": days, "../b": 1 }, "draft": false,
                "compare": [["2024-01-01", "2024-02-02"], ["../x", "2024-02-02"]],
            });
            serde_json::json!({ "name": "A", "made": made }).to_string()
        };
        let config = |index: &str| Made::read(Some(index.as_bytes()), None, None).config();
        let said = config(&index("https://a.example/", "de", 30));
        assert_eq!((said.base_url.as_str(), &*said.language), ("https://a.example/", "de"));
        let pinned = said.compare.iter().map(|pair| pair.from.value.as_str());
        assert_eq!(pinned.collect::<Vec<_>>(), ["2024-01-01"]);
        assert_eq!(said.notice.values().collect::<Vec<_>>(), [&30]);
        for days in [i64::MIN, -1, 3_651, i64::MAX] {
            let said = config(&index("mailto:a@b.example", "no language", days));
            assert_eq!((said.base_url.as_str(), &*said.language), ("https://site.invalid/", "en"));
            assert!(said.notice.is_empty(), "{days}");
        }
    }
}
