//! Every address of a site, and the way from one page to another.
//!
//! Addresses end in `/` or an extension and are lower-case ASCII, but for `SHA256SUMS`. A released
//! version's never changes.

use crate::model::{Destination, DocumentId, ReleaseId};
use crate::tree::TreePath;

/// Where something is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route<'a> {
    /// The front page.
    Home,
    /// The page for addresses that are not there.
    NotFound,
    /// What a document says now.
    Document(&'a DocumentId),
    /// What a document said in one version, for ever.
    Version(&'a DocumentId, &'a ReleaseId),
    /// What a document will say when its next version comes into force.
    Next(&'a DocumentId),
    /// The versions of a document.
    History(&'a DocumentId),
    /// What a version changed.
    Changes(&'a DocumentId, &'a ReleaseId),
    /// What changed from a version to the one in force.
    Since(&'a DocumentId, &'a ReleaseId),
    /// What changed between two versions that are near each other, or that `site.yaml` names.
    Compare(&'a DocumentId, &'a ReleaseId, &'a ReleaseId),
    /// Which versions of a document can be compared.
    Comparisons(&'a DocumentId),
    /// What the draft would change.
    DraftChanges(&'a DocumentId),
    /// The ledger, and how to check it.
    Ledger,
    /// What machines read of the ledger.
    LedgerIndex,
    /// A file of the folder of versions as it is, by its path there.
    Frozen(&'a str),
    /// What machines read of the site.
    SiteIndex,
    /// What machines read of a document.
    DocumentIndex(&'a DocumentId),
    /// What machines read of a version.
    VersionIndex(&'a DocumentId, &'a ReleaseId),
    /// The words of a version as they were released.
    Words(&'a DocumentId, &'a ReleaseId, Words),
    /// The versions of a document with their days, RFC 7089.
    TimeMap(&'a DocumentId),
    /// A list as it stands now, for programs.
    ListIndex(&'a DocumentId),
    /// A list as it stands now, for a spreadsheet.
    ListTable(&'a DocumentId),
    /// What feed readers read of the site.
    Feed,
    /// What feed readers read of a document.
    DocumentFeed(&'a DocumentId),
    /// A file by which a host is told how to serve the site.
    HostFile(&'a str),
    /// RFC 9116.
    SecurityTxt,
    /// Where it was before RFC 9116.
    OldSecurityTxt,
    /// A public key, by its file's name.
    Key(&'a str),
    /// What search engines read.
    Sitemap,
    /// What search engines ask first.
    Robots,
    /// An old address that leads on.
    Moved(&'a str),
    /// What browsers ask without being told.
    Favicon,
    /// A style sheet, script or picture of the theme, by its name with the digest in it.
    Asset(&'a str),
}

/// How the words of a version are told to be: the bytes are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Words {
    /// Markdown.
    Markdown,
    /// Plain text, which every browser shows.
    Plain,
}

impl Route<'_> {
    /// Returns the address, from the site's front page.
    pub fn address(self) -> String {
        match self {
            Route::Home => String::new(),
            Route::NotFound => "404.html".to_owned(),
            Route::Document(id) => format!("{id}/"),
            Route::Version(id, release) => format!("{id}/v/{release}/"),
            Route::Next(id) => format!("{id}/next/"),
            Route::History(id) => format!("{id}/history/"),
            Route::Changes(id, release) => format!("{id}/v/{release}/changes/"),
            Route::Since(id, release) => format!("{id}/v/{release}/since/"),
            Route::Compare(id, from, to) => format!("{id}/compare/{from}/{to}/"),
            Route::Comparisons(id) => format!("{id}/compare/"),
            Route::DraftChanges(id) => format!("{id}/changes/"),
            Route::Ledger => "ledger/".to_owned(),
            Route::LedgerIndex => "ledger.json".to_owned(),
            Route::Frozen(path) => format!("ledger/{path}"),
            Route::SiteIndex => "index.json".to_owned(),
            Route::DocumentIndex(id) => format!("{id}/index.json"),
            Route::VersionIndex(id, release) => format!("{id}/v/{release}/index.json"),
            Route::Words(id, release, Words::Markdown) => format!("{id}/v/{release}/policy.md"),
            Route::Words(id, release, Words::Plain) => format!("{id}/v/{release}/policy.txt"),
            Route::TimeMap(id) => format!("{id}/timemap.link"),
            Route::ListIndex(id) => format!("{id}.json"),
            Route::ListTable(id) => format!("{id}.csv"),
            Route::Feed => "feed.atom".to_owned(),
            Route::DocumentFeed(id) => format!("{id}/feed.atom"),
            Route::Moved(address) => address.to_owned(),
            Route::HostFile(name) => name.to_owned(),
            Route::SecurityTxt => ".well-known/security.txt".to_owned(),
            Route::OldSecurityTxt => "security.txt".to_owned(),
            Route::Key(name) => name.to_owned(),
            Route::Sitemap => "sitemap.xml".to_owned(),
            Route::Robots => "robots.txt".to_owned(),
            Route::Favicon => "favicon.ico".to_owned(),
            Route::Asset(name) => format!("assets/{name}"),
        }
    }

    /// Returns the document that a page belongs to.
    pub fn document(&self) -> Option<&DocumentId> {
        match self {
            Route::Document(id)
            | Route::Version(id, _)
            | Route::Next(id)
            | Route::History(id)
            | Route::Changes(id, _)
            | Route::Since(id, _)
            | Route::Compare(id, ..)
            | Route::Comparisons(id)
            | Route::DraftChanges(id)
            | Route::DocumentIndex(id)
            | Route::VersionIndex(id, _)
            | Route::Words(id, ..)
            | Route::TimeMap(id)
            | Route::ListIndex(id)
            | Route::ListTable(id)
            | Route::DocumentFeed(id) => Some(id),
            _ => None,
        }
    }

    /// Returns where a link of `site.yaml` leads, from the front page, and whether it leads there.
    pub fn destination(to: &Destination) -> (String, bool) {
        match to {
            Destination::Home => (Route::Home.address(), true),
            Destination::Outside(address) => (address.clone(), false),
            Destination::Document { id, anchor } => {
                let anchor = anchor.as_ref().map(|anchor| format!("#{anchor}")).unwrap_or_default();
                (format!("{}{anchor}", Route::Document(id).address()), true)
            }
        }
    }

    /// Returns the file that is served there.
    pub fn file(self) -> TreePath {
        let mut file = self.address();
        if file.is_empty() || file.ends_with('/') {
            file.push_str("index.html");
        }
        TreePath::new(&file).expect("an address made of slugs is a path")
    }

    /// Returns the way from this page up to the front page: `./`, `../../` and so on.
    pub fn root(self) -> String {
        match self.address().matches('/').count() {
            0 => "./".to_owned(),
            depth => "../".repeat(depth),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_its_file_and_the_way_up() {
        let (id, release) =
            (DocumentId::new("privacy/cookies").unwrap(), ReleaseId::new("2023-02-15.2").unwrap());
        let version = Route::Version(&id, &release);
        assert_eq!(version.address(), "privacy/cookies/v/2023-02-15.2/");
        assert_eq!(version.file().as_str(), "privacy/cookies/v/2023-02-15.2/index.html");
        assert_eq!(version.root(), "../../../../");
        assert_eq!(Route::Home.root(), "./");
        assert_eq!(Route::Home.file().as_str(), "index.html");
        assert_eq!(Route::Asset("site.css").root(), "../");
    }
}
