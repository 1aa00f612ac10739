//! What a site has once, whatever documents it has: the front page, pages that are no policies, old
//! addresses, the ledger, and what programs and hosts read.

use serde::Serialize;

use crate::model::{Destination, Policy, Redirect};
use crate::render::files::Files;
use crate::render::machines::{index, robots, sitemap};
use crate::render::pages::article::{Article, Setting};
use crate::render::pages::ledger_page;
use crate::render::pages::view::{DocumentView, Link, PageView};
use crate::render::renderer::{Rendered, Renderer};
use crate::render::{Route, host};

#[derive(Serialize)]
struct Home<'a> {
    page: PageView,
    documents: Vec<DocumentView<'a>>,
}

#[derive(Serialize)]
struct NotFoundPage<'a> {
    page: PageView,
    /// The pages that lead to what changed between the versions of each document.
    comparisons: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct LoosePage<'a> {
    page: PageView,
    title: &'a str,
    summary: Option<&'a str>,
    article: String,
}

#[derive(Serialize)]
struct MovedPage<'a> {
    page: PageView,
    /// Where the page is now, from this page.
    address: String,
    /// What is found there.
    title: &'a str,
}

impl Renderer<'_> {
    /// Renders what there is once.
    pub fn fixed(&self) -> Rendered {
        let mut files = Files::default();
        let documents = self
            .site
            .histories
            .iter()
            .map(|history| DocumentView::new(history, self.messages()))
            .collect();
        let page = self.page(Route::Home, self.site.config.name.clone());
        self.put(&mut files, Route::Home, "home.html", &Home { page, documents });
        let root = self.site.config.base_url.path().to_owned();
        let page = PageView {
            root,
            canonical: None,
            hidden: true,
            ..self.page(Route::NotFound, self.titled(self.messages().get("404.title")))
        };
        let compared = self.site.histories.iter().filter(|history| history.is_comparable());
        let comparisons = compared.map(|history| Link {
            title: self.messages().title(history.current()),
            address: Route::Comparisons(&history.id).address(),
        });
        let page = NotFoundPage { page, comparisons: comparisons.collect() };
        self.put(&mut files, Route::NotFound, "404.html", &page);
        for page in &self.site.pages {
            self.loose_page(&mut files, page);
        }
        for redirect in &self.site.config.redirects {
            self.moved(&mut files, redirect);
        }
        let page = self.page(Route::Ledger, self.titled(self.messages().get("ledger.title")));
        if let Some(page) = ledger_page::page(self.site, page, self.messages()) {
            self.put(&mut files, Route::Ledger, "ledger.html", &page);
            files.add(Route::LedgerIndex, ledger_page::index(self.site));
            files.freeze(&self.site.ledger.files);
        }
        files.add(Route::SiteIndex, index::site(self.site, self.theme.digest));
        if let Some(feed) = self.feeds.site(&self.told) {
            files.add(Route::Feed, feed);
        }
        files.add(Route::Sitemap, sitemap::xml(self.site));
        files.add(Route::Robots, robots::text(self.site));
        if let Some(text) = &self.security_txt {
            files.add(Route::SecurityTxt, text.clone());
            if self.site.config.security_txt.as_ref().is_some_and(|settings| settings.copy) {
                files.add(Route::OldSecurityTxt, text.clone());
            }
        }
        if let Some(key) =
            self.site.config.security_txt.as_ref().and_then(|settings| settings.key.as_ref())
        {
            files.add(Route::Key(&key.name.value), key.file.bytes().to_vec());
        }
        for (name, text) in host::files(self.site, self.security_txt.is_some()) {
            files.add(Route::HostFile(name), text);
        }
        for asset in &self.theme.assets {
            let route = if asset.name == "favicon.ico" {
                Route::Favicon
            } else {
                Route::Asset(&asset.hashed)
            };
            files.add(route, asset.file.bytes().to_vec());
        }
        files.done()
    }

    /// Renders a page that is no policy.
    fn loose_page(&self, files: &mut Files, policy: &Policy) {
        let route = Route::Document(&policy.id);
        let exists = |id: &str| self.site.history(id).is_some() || self.site.page(id).is_some();
        let setting = Setting { stamps: &[], exists: &exists, messages: self.messages() };
        let page = PageView {
            description: policy.summary.clone(),
            ..self.page(route, self.titled(&policy.title))
        };
        let article = Article::new(policy).write(&setting).at(&page.root);
        let (title, summary) = (policy.title.as_str(), policy.summary.as_deref());
        self.put(files, route, "page.html", &LoosePage { page, title, summary, article });
    }

    /// Renders the page at an old address, for hosts that lead nobody on by themselves.
    fn moved(&self, files: &mut Files, redirect: &Redirect) {
        let (route, to) = (Route::Moved(&redirect.from.value), &redirect.to.value);
        let (address, here) = Route::destination(to);
        let title = match to {
            Destination::Home => &self.site.config.name,
            Destination::Outside(address) => address,
            Destination::Document { id, .. } => match self.site.page(id.as_str()) {
                Some(page) => &page.title,
                None => self
                    .site
                    .history(id.as_str())
                    .map_or("", |history| self.messages().title(history.current())),
            },
        };
        let page = self.page(route, self.titled(self.messages().get("moved.title")));
        let canonical =
            if here { format!("{}{address}", self.site.config.base_url) } else { address.clone() };
        let page = PageView { hidden: true, canonical: Some(canonical), ..page };
        let address = if here { format!("{}{address}", page.root) } else { address };
        self.put(files, route, "moved.html", &MovedPage { page, address, title });
    }
}
