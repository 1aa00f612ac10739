//! Every page of a site, part by part.

mod once;

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::messages::Messages;
use crate::model::{Document, History, Minify, Now, Policy, Site};
use crate::render::files::Files;
use crate::render::machines::feed::Feeds;
use crate::render::machines::{frozen_text, index, list, security_txt, timemap};
use crate::render::pages::article::{Article, Setting, Written};
use crate::render::pages::change_lines::{Lines, Told};
use crate::render::pages::entries::{
    CommitmentView, StandingsView, Table, YearView, commitments, entries, standings, years,
};
use crate::render::pages::frozen::Fault;
use crate::render::pages::relations::relations;
use crate::render::pages::view::{DocumentView, PageView, SiteView, State, VersionView};
use crate::render::pages::{article, frozen, json_ld};
use crate::render::{Route, Theme, Words, minified_page};
use crate::tree::{Digest, Memo, Saved, Timings, Tree, to_bytes};

/// How many other versions a page offers; its history names all.
const PICKER: usize = 12;

/// The words of a version, or of the draft, as HTML.
type Shared = (Option<usize>, Written);

/// The files of a site as they are made, and what went wrong in their templates.
type Rendered = (Tree<Vec<u8>>, Diagnostics);

/// A shelf of the files of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// What shows the draft, where there is one, and the version in force.
    Current,
    /// What lists its versions.
    History,
    /// What shows what was released, whatever the draft says.
    Versions,
}

impl Shelf {
    /// Every shelf.
    pub const ALL: [Shelf; 3] = [Shelf::Current, Shelf::Versions, Shelf::History];
}

/// Makes the files of a site. Every document is a part of its own; the last part holds what there
/// is once.
pub struct Renderer<'a> {
    /// The site.
    pub site: &'a Site,
    theme: Theme,
    /// The digest of the theme, and of what every template sees of the site.
    pub shared: Digest,
    /// What is served: the signed text where there is one.
    security_txt: Option<String>,
    /// The feeds.
    pub feeds: Feeds<'a>,
    /// What each version changed.
    pub told: Told<'a>,
    /// How long it takes.
    pub timings: &'a Timings,
    /// The day on which it is rendered.
    pub today: Date,
}

/// What was worked out before for the pages of a site.
#[derive(Default)]
pub struct Known {
    /// Templates that were made smaller.
    pub templates: Memo<String>,
    /// What versions changed, in words.
    pub told: Memo<Vec<String>>,
    /// How long it takes.
    pub timings: Arc<Timings>,
}

impl Known {
    /// Returns what was worked out before another program ended.
    pub fn restored([templates, told]: [Saved; 2]) -> Known {
        let (templates, told) = (Memo::restored(templates), Memo::restored(told));
        Known { templates, told, timings: Arc::default() }
    }

    /// Returns what was asked for in this round, for a program that runs later.
    pub fn saved(&self) -> [Saved; 2] {
        [
            self.templates.saved(|template| Some(to_bytes(template))),
            self.told.saved(|told| Some(to_bytes(told))),
        ]
    }

    /// Begins another round.
    pub fn turn(&self) {
        self.templates.turn();
        self.told.turn();
    }
}

/// A page of a document: what it shows and how that stands.
struct Shown<'a> {
    history: &'a History,
    document: &'a Document,
    /// Which version it is; nothing for a draft.
    version: Option<usize>,
    state: State,
    route: Route<'a>,
}

#[derive(Serialize)]
struct HistoryPage<'a> {
    page: PageView,
    document: DocumentView<'a>,
    /// Newest first.
    versions: Vec<VersionEntry>,
}

/// A version among the others of its document.
#[derive(Serialize)]
struct VersionEntry {
    #[serde(flatten)]
    version: VersionView,
    /// What became of promises, and in a list of its entries, since the version before.
    told: Vec<String>,
    /// How many more changes there are.
    more: usize,
}

#[derive(Serialize)]
struct NextPage<'a> {
    page: PageView,
    document: DocumentView<'a>,
}

#[derive(Serialize)]
struct DocumentPage<'a> {
    page: PageView,
    document: DocumentView<'a>,
    /// Whether this is a version's own page, with a permanent address.
    permanent: bool,
    state: State,
    /// The version shown; nothing for a draft.
    version: Option<VersionView>,
    previous: Option<VersionView>,
    next: Option<VersionView>,
    /// The newest of the versions that are not shown, newest first, on a page that may change.
    others: Vec<VersionView>,
    /// The version that comes into force next, on a page that shows another.
    upcoming: Option<VersionView>,
    /// The table of contents of a policy.
    contents: Vec<Entry<'a>>,
    /// The words of a policy, as HTML.
    article: String,
    /// The whitehats by year, newest first; those of no known year last.
    years: Vec<YearView<'a>>,
    /// What readers should know about a list.
    note: Option<&'a str>,
    /// The entries of a list that have days, as they stand.
    subprocessors: StandingsView<'a>,
    commitments: Vec<CommitmentView>,
    /// The entries of any list.
    entries: Table<'a>,
}

#[derive(Serialize)]
struct Entry<'a> {
    number: String,
    id: &'a str,
    title: &'a str,
}

impl<'a> Renderer<'a> {
    /// Makes ready to render a site of which something was worked out before.
    pub fn new(site: &'a Site, theme: Theme, known: &'a Known, now: Now) -> Renderer<'a> {
        let mut theme = theme.minified(site.config.minify, &known.templates);
        let (today, security_txt) = (now.day, security_txt::served(site, now));
        let shared = SiteView::new(site, &theme, security_txt.is_some());
        let shared = serde_json::to_value(shared).expect("a view is plain data");
        theme.share("site", &shared);
        // Where no page of a document shows the newest seal, another one changes none.
        let mut seen = shared;
        if let Some(seen) = seen.as_object_mut().filter(|_| !theme.may_show_head()) {
            seen.remove("head");
        }
        Renderer {
            site,
            shared: Digest::of(format!("{} {seen}", theme.digest)),
            security_txt,
            feeds: Feeds::new(site, today),
            told: Told::new(site, (Arc::clone(&theme.messages), theme.digest), &known.told),
            timings: &known.timings,
            today,
            theme,
        }
    }

    /// Tells how many parts there are.
    pub fn parts(&self) -> usize {
        self.site.histories.len() + 1
    }

    /// Returns the document that a part is about; nothing for the last.
    pub fn about(&self, part: usize) -> Option<&'a History> {
        self.site.histories.get(part)
    }

    /// Renders a part, below [`Renderer::parts`].
    pub fn part(&self, part: usize) -> Rendered {
        let Some(history) = self.about(part) else {
            return self.fixed();
        };
        let mut all = (Tree::new(), Diagnostics::new());
        for (files, found) in self.document(history, &Shelf::ALL) {
            all.0.extend(files);
            all.1.extend(found);
        }
        all
    }

    /// Renders shelves of a document, in their order.
    pub fn document(&self, history: &History, shelves: &[Shelf]) -> Vec<Rendered> {
        // The current page mostly shows the words of the newest version: they are written once.
        let mut written = None;
        let render = |shelf: &Shelf| {
            let mut files = Files::default();
            match shelf {
                Shelf::Current => self.current(&mut files, history, &mut written),
                Shelf::Versions => self.versions(&mut files, history, &mut written),
                Shelf::History => self.history(&mut files, history),
            }
            files.done()
        };
        shelves.iter().map(render).collect()
    }

    /// Renders the current page of a document, that of what comes next and what programs read of
    /// both.
    fn current(&self, files: &mut Files, history: &History, written: &mut Option<Shared>) {
        let state = State::of_current(history);
        let version = match state {
            State::Draft => None,
            State::Upcoming => history.upcoming(),
            _ => history.shown(),
        };
        let current = Shown {
            history,
            document: history.current(),
            version,
            state,
            route: Route::Document(&history.id),
        };
        let upcoming = history.upcoming().map(|index| Shown {
            history,
            document: &history.versions[index].document,
            version: Some(index),
            state: State::Upcoming,
            route: Route::Next(&history.id),
        });
        if upcoming.is_none() && history.was_announced() {
            let page = self.page(Route::Next(&history.id), self.titled_of("next.title", history));
            let page = PageView { hidden: true, ..page };
            self.put(
                files,
                Route::Next(&history.id),
                "next.html",
                &NextPage { page, document: DocumentView::new(history, self.messages()) },
            );
        }
        for shown in [current].into_iter().chain(upcoming) {
            self.shown(files, &shown, written);
        }
        self.redlines(files, history, Shelf::Current);
        let id = &history.id;
        files.add(Route::DocumentIndex(id), index::document(history));
        if let Some(text) = list::index(history) {
            files.add(Route::ListIndex(id), text);
        }
        if let Some(table) = list::table(history) {
            files.add(Route::ListTable(id), table);
        }
    }

    /// Renders a permanent page for each version of a document, what changed between them, and what
    /// programs read of them.
    fn versions(&self, files: &mut Files, history: &History, written: &mut Option<Shared>) {
        // The newest ones first: one of them is on the current page.
        for (index, version) in history.versions.iter().enumerate().rev() {
            let shown = Shown {
                history,
                document: &version.document,
                version: Some(index),
                state: State::of_version(history, index),
                route: Route::Version(&history.id, &version.release.id),
            };
            self.shown(files, &shown, written);
        }
        self.redlines(files, history, Shelf::Versions);
        self.twins(files, history);
    }

    /// Renders the page that lists the versions of a document.
    fn history(&self, files: &mut Files, history: &History) {
        let route = Route::History(&history.id);
        let page = self.page(route, self.titled_of("history.title", history));
        let page = PageView { hidden: history.versions.is_empty(), ..page };
        let versions =
            (0..history.versions.len()).rev().map(|index| self.entry(history, index)).collect();
        self.put(
            files,
            route,
            "history.html",
            &HistoryPage { page, document: DocumentView::new(history, self.messages()), versions },
        );
    }

    /// Renders a page of a document; its words are those that were `written` before, where they are
    /// the same.
    fn shown(&self, files: &mut Files, shown: &Shown<'_>, written: &mut Option<Shared>) {
        if written.as_ref().is_none_or(|(version, _)| *version != shown.version) {
            *written = self.words(shown).map(|words| (shown.version, words));
        }
        self.document_page(files, shown, written.as_ref().map(|(_, words)| words));
    }

    /// Returns what the page of all versions says of one.
    fn entry(&self, history: &History, index: usize) -> VersionEntry {
        let Lines { lines, more } =
            self.told.of(history, index, history.current().policy().is_none());
        VersionEntry {
            version: VersionView::new(history, index, self.messages()),
            told: lines,
            more,
        }
    }

    /// Adds what programs read of the versions of a document, and its frozen files.
    fn twins(&self, files: &mut Files, history: &History) {
        let id = &history.id;
        let once = [
            (Route::DocumentFeed(id), self.feeds.document(history, &self.told)),
            (Route::TimeMap(id), timemap::text(self.site, history)),
        ];
        for (route, text) in once {
            text.into_iter().for_each(|text| files.add(route, text));
        }
        for version in &history.versions {
            let release = &version.release.id;
            let parts = version
                .document
                .policy()
                .map(|policy| frozen_text::parts(policy, version))
                .unwrap_or_default();
            files.add(Route::VersionIndex(id, release), index::version(history, version, &parts));
            if !parts.is_empty() {
                let text = frozen_text::text(&parts);
                files.add(Route::Words(id, release, Words::Plain), text.clone());
                files.add(Route::Words(id, release, Words::Markdown), text);
            }
            files.freeze(&version.files);
        }
    }

    /// Writes the words of a policy.
    fn words(&self, shown: &Shown<'_>) -> Option<Written> {
        let stamps = shown.version.map_or(&[][..], |index| &shown.history.versions[index].sections);
        let exists = |id: &str| self.site.history(id).is_some();
        let setting = Setting { stamps, exists: &exists, messages: self.messages() };
        let policy = shown.document.policy()?;
        Some(self.timings.work("articles", || Article::new(policy).write(&setting)))
    }

    fn document_page(&self, files: &mut Files, shown: &Shown<'_>, words: Option<&Written>) {
        let Shown { history, document, version, state, route } = *shown;
        let permanent = matches!(route, Route::Version(..));
        let messages = self.messages();
        let view = |index: usize| VersionView::new(history, index, messages);
        // A permanent page says for ever how they stood when its version came into force.
        let in_force = version.and_then(|index| history.versions[index].period.from);
        let day = if permanent { in_force } else { in_force.max(Some(self.today)) };
        let notice = self.site.config.notice.get(&history.id).copied().filter(|_| !permanent);
        let data = version.map(|index| {
            json_ld::json(
                &self.site.config,
                &self.absolute(route),
                messages.title(document),
                &history.versions[index],
            )
        });
        let view = DocumentPage {
            page: PageView {
                links: relations(history, version, permanent),
                canonical: Some(self.absolute(if permanent {
                    Route::Document(&history.id)
                } else {
                    route
                })),
                hidden: state == State::Draft,
                description: messages.summary(document).map(str::to_owned),
                data,
                ..self.page(route, self.title(shown))
            },
            document: match permanent {
                true => DocumentView::released(history, messages),
                false => DocumentView::new(history, messages),
            }
            .saying(document, messages),
            permanent,
            state,
            version: version.map(view),
            upcoming: history
                .upcoming()
                .filter(|index| state != State::Upcoming && version != Some(*index))
                .map(view),
            previous: version
                .and_then(|index| neighbour(history, index, history.order.iter().rev()))
                .map(view),
            next: version
                .and_then(|index| neighbour(history, index, history.order.iter()))
                .map(view),
            others: if permanent {
                Vec::new()
            } else {
                others(history, version).map(view).collect()
            },
            contents: document.policy().map(contents).unwrap_or_default(),
            article: words.map(|words| words.at(&route.root())).unwrap_or_default(),
            years: years(document),
            note: document
                .list()
                .filter(|list| list.kind.head.key == "note")
                .and_then(|list| list.head.as_deref()),
            subprocessors: standings(document, day, notice, self.messages()),
            entries: entries(document, self.messages()),
            commitments: commitments(
                self.site,
                document,
                version.filter(|_| permanent).map(|index| &*history.versions[index].release),
            ),
        };
        let template = document
            .list()
            .map_or("policy.html".to_owned(), |list| format!("{}.html", list.kind.id));
        let template = template.as_str();
        let drawn = self.drawn(template, &view).and_then(|html| {
            if permanent {
                let words = words.map(|_| view.article.as_str());
                let held = || self.hold(&html, template, document, words);
                self.timings.work("frozen words on pages", held)?;
            }
            Ok(html)
        });
        match drawn {
            Ok(html) => files.add(route, html),
            Err(diagnostic) => files.report(diagnostic),
        }
    }

    fn title(&self, shown: &Shown<'_>) -> String {
        let title = self.messages().title(shown.document);
        let (id, version) = match (shown.route, shown.state) {
            (Route::Version(_, release), State::Superseded) => ("version.title.old", release),
            (Route::Version(_, release), _) => ("version.title", release),
            (_, State::Draft) => {
                return self.titled(&self.messages().text("draft.title", &[("title", title)]));
            }
            _ => return self.titled(title),
        };
        let values = [("title", title), ("version", version.as_str())];
        self.titled(&self.messages().text(id, &values))
    }

    /// Returns what the site says itself.
    pub fn messages(&self) -> &Messages {
        &self.theme.messages
    }

    /// Returns the title of a page as browsers show it, with the name of the site.
    pub fn titled(&self, title: &str) -> String {
        let values = [("title", title), ("site", self.site.config.name.as_str())];
        self.messages().text("page.title", &values)
    }

    /// Returns such a title of a page about a document.
    pub fn titled_of(&self, id: &str, history: &History) -> String {
        let title = self.messages().title(history.current());
        self.titled(&self.messages().text(id, &[("title", title)]))
    }

    /// Returns what the template of a page sees of it.
    pub fn page(&self, route: Route<'_>, title: String) -> PageView {
        PageView {
            root: route.root(),
            address: route.address(),
            section: route.document().map(|id| Route::Document(id).address()),
            title,
            canonical: Some(self.absolute(route)),
            hidden: false,
            description: self.site.config.description.clone(),
            links: Vec::new(),
            feed: self.feed(route).map(Route::address),
            data: None,
        }
    }

    /// Returns the feed that tells of the changes of a page.
    fn feed(&self, route: Route<'_>) -> Option<Route<'_>> {
        match route.document() {
            Some(id) => {
                let history =
                    self.site.history(id.as_str()).filter(|history| Feeds::tells_of(history));
                history.map(|history| Route::DocumentFeed(&history.id))
            }
            None => self.site.histories.iter().any(Feeds::tells_of).then_some(Route::Feed),
        }
    }

    /// Returns an address with the site's own in front: for what is read away from the site.
    fn absolute(&self, route: Route<'_>) -> String {
        format!("{}{}", self.site.config.base_url, route.address())
    }

    /// Renders a page and adds it.
    pub fn put(&self, files: &mut Files, route: Route<'_>, template: &str, view: &impl Serialize) {
        match self.drawn(template, view) {
            Ok(html) => files.add(route, html),
            Err(diagnostic) => files.report(diagnostic),
        }
    }

    fn drawn(&self, template: &str, view: &impl Serialize) -> Result<String, Diagnostic> {
        let html = self.timings.work(template, || self.theme.render(template, view))?;
        Ok(if self.site.config.minify == Minify::Pages {
            minified_page(&html).into_owned()
        } else {
            html
        })
    }

    /// Holds that the page of a version shows what was frozen, whatever its theme makes of it.
    fn hold(
        &self,
        html: &str,
        template: &str,
        document: &Document,
        words: Option<&str>,
    ) -> Result<(), Diagnostic> {
        let held = words
            .map_or(Ok(()), |words| frozen::hold(html, words))
            .and_then(|()| frozen::says(html, &frozen::values(document)));
        held.map_err(|fault| {
            let (message, help) = match fault {
                Fault::Hidden(name) => (
                    format!("the page of a version has its words in a `{name}` that hides them"),
                    "put them into an element that shows them",
                ),
                Fault::Marks => (
                    "the page of a version does not show its words once and whole".to_owned(),
                    ARTICLE,
                ),
                Fault::Words(at) => (
                    format!(
                        "the page of a version shows other words than were released: `{}`",
                        at.escape_debug()
                    ),
                    ARTICLE,
                ),
                Fault::Value(value) => (
                    format!(
                        "the page of a version does not show what was released: `{}`",
                        value.escape_debug()
                    ),
                    "show every value of it",
                ),
            };
            self.theme.unfit(template, message).help(help)
        })
    }
}

/// What to do about a template that changes words.
const ARTICLE: &str = "write `{{ article | safe }}` once, without another filter";

fn contents(policy: &Policy) -> Vec<Entry<'_>> {
    article::contents(policy)
        .map(|(number, heading)| Entry { number, id: &heading.id, title: &heading.text })
        .collect()
}

/// Returns the next version behind one, in an order of all, that is or was in force or comes into
/// force.
fn neighbour<'a>(
    history: &History,
    index: usize,
    order: impl Iterator<Item = &'a usize>,
) -> Option<usize> {
    let mut behind = order.copied().skip_while(|at| *at != index).skip(1);
    behind.find(|at| !history.versions[*at].period.never())
}

/// Returns the newest versions of a document but the one shown, newest first.
fn others(history: &History, shown: Option<usize>) -> impl Iterator<Item = usize> {
    (0..history.versions.len()).rev().filter(move |index| Some(*index) != shown).take(PICKER)
}
