//! What leads readers to documents beside the links in their text: the head and the foot of every
//! page, and old addresses.

use crate::model::{DocumentId, Placed};

/// Where a link of `site.yaml` leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// The front page.
    Home,
    /// A document, or a heading in it.
    Document {
        /// The document.
        id: DocumentId,
        /// The heading.
        anchor: Option<String>,
    },
    /// A page of another site, or a mailbox.
    Outside(String),
}

/// An old address that leads to where its text is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The old address, from the front page; one without an extension ends in `/`.
    pub from: Placed<String>,
    /// Where it leads.
    pub to: Placed<Destination>,
}

impl Redirect {
    /// Files that a site has at its front page, beside those of lists.
    pub const TAKEN: [&str; 15] = [
        "404.html",
        "_headers",
        "_redirects",
        "caddyfile",
        "favicon.ico",
        "feed.atom",
        "firebase.json",
        "index.html",
        "index.json",
        "ledger.json",
        "nginx.conf",
        "robots.txt",
        "security.txt",
        "sitemap.xml",
        "staticwebapp.config.json",
    ];
}

/// A link at the foot of every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FootLink {
    /// Its words.
    pub title: String,
    /// Where it leads.
    pub to: Placed<Destination>,
}

/// A document in the head of every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavEntry {
    /// The document.
    pub id: Placed<DocumentId>,
    /// What it is called there, if not by its title.
    pub title: Option<String>,
    /// What it stands under together with those beside it.
    pub group: Option<String>,
}
