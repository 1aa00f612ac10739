//! How a site was made, as far as it tells: what stands in its pages that no ledger holds.

use std::collections::BTreeMap;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::Deserialize;
use url::Url;

use crate::model::{Config, DocumentId, Minify};
use crate::parse;
use crate::parse::Markup;
use crate::proof::page::Frame;
use crate::render::PROGRAM;
use crate::tree::Digest;

/// How a site was made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    name: String,
    by: Option<String>,
    theme: Option<String>,
    base_url: Option<Url>,
    language: Option<String>,
    timezone: Option<String>,
    description: Option<String>,
    notice: BTreeMap<String, i64>,
    /// Whether raw HTML reaches readers, where that is told.
    pub raw_html: Option<bool>,
    /// Whether unreleased words are shown, where that is told.
    pub draft: Option<bool>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Index {
    name: String,
    made: Option<Told>,
}

#[derive(Deserialize)]
struct Told {
    by: String,
    theme: String,
    base_url: String,
    language: String,
    timezone: Option<String>,
    description: Option<String>,
    raw_html: bool,
    notice: BTreeMap<String, i64>,
    draft: bool,
}

impl Made {
    /// Reads the build settings from the site index; for older sites, from the sitemap and home
    /// page.
    pub fn read(index: Option<&[u8]>, sitemap: Option<&[u8]>, home: Option<&[u8]>) -> Made {
        let index: Index =
            index.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
        let name = index.name;
        match index.made {
            Some(told) => Made {
                name,
                by: Some(told.by),
                theme: Some(told.theme),
                base_url: Url::parse(&told.base_url).ok(),
                language: Some(told.language),
                timezone: told.timezone,
                description: told.description,
                notice: told.notice,
                raw_html: Some(told.raw_html),
                draft: Some(told.draft),
            },
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
                let base_url = first.and_then(|(address, _)| Url::parse(address).ok());
                Made { name, base_url, language, ..Made::default() }
            }
        }
    }

    /// Sets whether raw HTML is rendered.
    pub fn reading(&self, raw_html: bool) -> Made {
        Made { raw_html: Some(raw_html), ..self.clone() }
    }

    /// Returns what is known of the frame of its pages; `theme` is the digest of the default theme.
    pub fn frame(&self, theme: Digest) -> Frame {
        match (self.by.as_deref() == Some(PROGRAM), self.theme == Some(theme.to_string())) {
            (true, true) => Frame::Known,
            (true, false) => Frame::Own,
            (false, _) => Frame::Unknown,
        }
    }

    /// Returns what it tells, as `site.yaml` would say it.
    pub fn config(&self) -> Config {
        let unknown = parse::no_site();
        let zone = |name: &String| TimeZoneDatabase::bundled().get(name).ok();
        let days = |(id, days): (&String, &i64)| Some((DocumentId::new(id)?, *days));
        Config {
            name: self.name.clone(),
            description: self.description.clone(),
            base_url: self.base_url.clone().unwrap_or(unknown.base_url),
            language: self.language.clone().unwrap_or(unknown.language),
            timezone: self.timezone.as_ref().and_then(zone).unwrap_or(TimeZone::UTC),
            notice: self.notice.iter().filter_map(days).collect(),
            raw_html: self.raw_html.unwrap_or_default(),
            minify: Minify::Off,
            ..unknown
        }
    }
}
