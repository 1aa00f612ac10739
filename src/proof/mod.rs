//! What a site must say by its own ledger, and where it says something else.
//!
//! The ledger that a site carries is enough to make the site again: every version with its days,
//! and what stands of it in pages, indexes, tables and feeds. So each file is compared with what it
//! would be. A site that this program drew with a theme that it knows has to be the same in every
//! word. One that another program or a theme of its own drew is free in its frame: what it shows of
//! released words and of days has to be right all the same.
//!
//! The pages of a site depend on the day on which it was built. One day is sought that fits all.

mod machines;
mod made;
mod page;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Content, History, Now, Site, Version};
use crate::proof::machines::Earlier;
use crate::proof::made::Made;
use crate::proof::page::Frame;
use crate::render::{Renderer, Route, Theme};
use crate::tree::{File, Tree, TreePath};
use crate::{ledger, render};

/// Gives a file of the site, if it is there.
pub type Get<'a, E> = dyn Fn(&TreePath) -> Result<Option<Vec<u8>>, E> + Sync + 'a;

/// The site that carries a ledger.
pub struct Carried<'a, E> {
    /// Gives a file of it.
    pub get: &'a Get<'a, E>,
    /// Every file of it, where they can be listed.
    pub listed: Vec<TreePath>,
}

/// Result of verifying a site against its ledger.
#[derive(Default)]
pub struct Judgement {
    /// The day that it shows.
    pub day: Option<Date>,
    /// The first day after it on which the site has to show something else.
    pub until: Option<Date>,
    /// How many of its files match the ledger.
    pub files: usize,
    /// How many of them are pages whose frame nobody can know.
    pub framed: usize,
    /// What differs.
    pub diagnostics: Diagnostics,
}

/// What became of one file.
enum Finding {
    /// It says what it must.
    Same,
    /// What it says of the ledger is right; what stands around that is not known.
    Framed,
    /// It shows unreleased words.
    Draft,
    /// What is wrong with it.
    Wrong(String),
}

/// A site that is made of its ledger alone.
struct Rebuilt {
    site: Site,
    made: Made,
    files: Tree<File>,
}

/// Verifies a built site against the (already verified) ledger in `folder`. `theme` are the files
/// of the default theme; `today` is the latest possible build date.
///
/// # Errors
/// Whatever `get` returns first.
pub fn judge<E: Send>(
    archive: &Tree<File>,
    folder: &TreePath,
    theme: &Tree<File>,
    today: Date,
    site: &Carried<'_, E>,
) -> Result<Judgement, E> {
    let get = site.get;
    let index = get(&Route::SiteIndex.file())?;
    let sitemap = get(&Route::Sitemap.file())?;
    let home = get(&Route::Home.file())?;
    let made = Made::read(index.as_deref(), sitemap.as_deref(), home.as_deref());
    let files: Tree<File> = theme.clone().into_iter().chain(mounted(archive, folder)).collect();
    let judged = |raw_html: bool| {
        let rebuilt = Rebuilt::new(files.clone(), made.reading(raw_html), today);
        let Some(rebuilt) = rebuilt else { return Ok(Judgement::default()) };
        let more = rebuilt.invented(&site.listed);
        let mut judged = rebuilt.judge(today, get)?;
        judged.diagnostics.extend(more);
        Ok(judged)
    };
    // An earlier program did not say how it read raw HTML.
    match made.raw_html {
        Some(raw_html) => judged(raw_html),
        None => {
            let without = judged(false)?;
            if !without.diagnostics.has_errors() {
                return Ok(without);
            }
            let with = judged(true)?;
            let errors = |judged: &Judgement| judged.diagnostics.sorted().len();
            Ok(if errors(&with) < errors(&without) { with } else { without })
        }
    }
}

/// Returns the site that a ledger alone makes on a day, without any page.
pub fn site(archive: &Tree<File>, folder: &TreePath, today: Date) -> Site {
    let content =
        Content { config: Made::default().config(), documents: BTreeMap::new(), pages: Vec::new() };
    ledger::site(content, &mounted(archive, folder), today, &mut Diagnostics::new())
}

/// Returns the released versions where a project has them.
fn mounted(archive: &Tree<File>, folder: &TreePath) -> Tree<File> {
    let versions = TreePath::new(ledger::path().folder()).expect("a folder is a path");
    let place = |(path, file): (&TreePath, &File)| {
        Some((versions.join(path.within(folder.as_str())?), file.clone()))
    };
    archive.under(folder).filter_map(place).collect()
}

impl Rebuilt {
    /// Makes a site of its ledger; `None` if there is none.
    fn new(files: Tree<File>, made: Made, today: Date) -> Option<Rebuilt> {
        let content =
            Content { config: made.config(), documents: BTreeMap::new(), pages: Vec::new() };
        let mut site = ledger::site(content, &files, today, &mut Diagnostics::new());
        if site.ledger.entries.is_empty() {
            return None;
        }
        // What was not retired stands in the project as it was released last.
        for history in site.histories.iter_mut().filter(|history| history.retirement().is_none()) {
            history.draft = history.newest().map(|newest| newest.document.clone());
        }
        Some(Rebuilt { site, made, files })
    }

    /// Reports files at the addresses of versions that no ledger has.
    fn invented(&self, listed: &[TreePath]) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let versions = self.site.histories.iter().flat_map(|history| {
            let ids = history.versions.iter().map(|version| version.release.id.as_str());
            ids.map(|id| (history.id.as_str(), id))
        });
        let versions: BTreeSet<(&str, &str)> = versions.collect();
        for path in listed {
            let version = path.as_str().split_once("/v/").and_then(|(id, rest)| {
                let history = self.site.history(id)?;
                Some((history, rest.split_once('/')?.0))
            });
            if let Some((history, id)) = version
                && !versions.contains(&(history.id.as_str(), id))
            {
                let problem = format!("the ledger has no version `{id}` of `{}`", history.id);
                diagnostics
                    .push(Diagnostic::error(Code::Uncarried, problem).in_file(path).help(HELP));
            }
        }
        diagnostics
    }

    /// Returns the site as it is on a day.
    fn on(&self, day: Date) -> Site {
        let histories = self.site.histories.iter().map(|history| {
            let in_force = history.versions.iter().position(|version| version.period.contains(day));
            History { day, in_force, ..history.clone() }
        });
        Site::new(
            self.site.config.clone(),
            histories.collect(),
            self.site.releases.clone(),
            self.site.ledger.clone(),
        )
    }

    fn theme(&self) -> Option<Theme> {
        Theme::load(&self.files, &self.site.config, &mut Diagnostics::new())
    }

    fn judge<E: Send>(mut self, today: Date, get: &Get<'_, E>) -> Result<Judgement, E> {
        let Some(theme) = self.theme() else { return Ok(Judgement::default()) };
        let frame = self.made.frame(theme.digest);
        let nothing = get(&Route::NotFound.file())?.unwrap_or_default();
        let elsewhere = page::days(&String::from_utf8_lossy(&nothing));
        for at in 0..self.site.histories.len() {
            let (gone, draft) = self.standing(at, get)?;
            let history = &mut self.site.histories[at];
            if gone {
                history.draft = None;
            }
            history.unreleased = draft;
        }
        let day = self.day(today, frame, &elsewhere, get)?;
        let site = self.on(day);
        let until = turns(&site).filter(|turn| *turn > day).min();
        let now = Now::beginning(day, &site.config.timezone);
        let known = render::Known::default();
        let renderer = Renderer::new(&site, theme, &known, now);
        let earlier = self.earlier(get)?;
        let look =
            Look { frame, elsewhere: &elsewhere, earlier: &earlier, draft: self.made.draft() };
        let parts = (0..renderer.parts()).into_par_iter().map(|part| {
            let files = renderer.part(part).0;
            let judged = files.iter().filter(|(path, _)| is_told(path)).map(|(path, expected)| {
                let there = get(path)?;
                Ok((path.clone(), look.judge(renderer.about(part), path, expected, there)))
            });
            judged.collect::<Result<Vec<(TreePath, Finding)>, E>>()
        });
        let judged: Vec<Vec<(TreePath, Finding)>> = parts.collect::<Result<_, E>>()?;
        let mut judgement = Judgement { day: Some(day), until, ..Judgement::default() };
        for (path, finding) in judged.into_iter().flatten() {
            match finding {
                Finding::Same => judgement.files += 1,
                Finding::Framed => {
                    judgement.files += 1;
                    judgement.framed += 1;
                }
                Finding::Draft => judgement.diagnostics.push(
                    Diagnostic::warning(
                        Code::Uncarried,
                        "this shows unreleased words, which nothing proves",
                    )
                    .in_file(&path)
                    .help("build with `--locked` to publish released words only"),
                ),
                Finding::Wrong(problem) => judgement
                    .diagnostics
                    .push(Diagnostic::error(Code::Uncarried, problem).in_file(&path).help(HELP)),
            }
        }
        Ok(judgement)
    }

    /// Returns whether a document was taken out of the project without an act, as was usual before
    /// notice was recorded, and whether its current page shows unreleased words.
    fn standing<E>(&self, at: usize, get: &Get<'_, E>) -> Result<(bool, bool), E> {
        let history = &self.site.histories[at];
        let Some(page) = get(&Route::Document(&history.id).file())? else {
            return Ok((false, false));
        };
        let page = String::from_utf8_lossy(&page);
        let draft = self.made.draft() != Some(false) && page::is_hidden(&page);
        let may_be_gone = history.draft.is_some()
            && history.newest().is_none_or(|newest| newest.notice.is_none());
        Ok((may_be_gone && !draft && page::is_withdrawn(&page), draft))
    }

    /// Returns what we know about a site built by another version of policybook.
    fn earlier<E>(&self, get: &Get<'_, E>) -> Result<Earlier, E> {
        let days = self.site.releases.iter().filter_map(|release| release.released).collect();
        let mut keys = BTreeSet::new();
        let mut read = |route: Route<'_>| {
            machines::collect_keys(&get(&route.file())?.unwrap_or_default(), &mut keys);
            Ok(())
        };
        read(Route::SiteIndex)?;
        read(Route::LedgerIndex)?;
        for history in &self.site.histories {
            read(Route::DocumentIndex(&history.id))?;
            if history.current().policy().is_none() {
                read(Route::ListIndex(&history.id))?;
            }
            if let Some(version) = history.versions.first() {
                read(Route::VersionIndex(&history.id, &version.release.id))?;
            }
        }
        let head = self.site.ledger.head().map(|head| head.to_string()).unwrap_or_default();
        Ok(Earlier { keys, days, head })
    }

    /// Returns the day that fits best: by the versions that are said to be in force, then by what
    /// the lists show; the newest of several.
    fn day<E>(
        &self,
        today: Date,
        frame: Frame,
        elsewhere: &BTreeSet<Date>,
        get: &Get<'_, E>,
    ) -> Result<Date, E> {
        // It may be tomorrow already where the site is at home.
        let latest = today.tomorrow().unwrap_or(today);
        let released = self.site.releases.iter().filter_map(|release| release.released);
        let mut days: BTreeSet<Date> =
            turns(&self.site).chain(released).chain([today, latest]).collect();
        days.retain(|day| *day <= latest);
        let told = machines::in_force(&get(&Route::SiteIndex.file())?.unwrap_or_default());
        let fits = |day: Date| {
            let same = |history: &&History| {
                let version = history.versions.iter().find(|version| version.period.contains(day));
                let id = version.map(|version| version.release.id.as_str());
                told.get(history.id.as_str()).is_some_and(|told| told.as_deref() == id)
            };
            self.site.histories.iter().filter(same).count()
        };
        let scored: Vec<(usize, Date)> = days.into_iter().map(|day| (fits(day), day)).collect();
        let best = scored.iter().map(|(score, _)| *score).max().unwrap_or_default();
        let alike: Vec<Date> =
            scored.into_iter().filter(|(score, _)| *score == best).map(|(_, day)| day).collect();
        let newest =
            alike.iter().rev().copied().find(|day| *day <= today).or(alike.last().copied());
        let newest = newest.unwrap_or(today);
        let is_dated = |history: &History| {
            let list = history.current().list().filter(|_| !history.unreleased);
            let entries = list.into_iter().flat_map(|list| &list.entries);
            entries
                .into_iter()
                .any(|entry| ["effective", "until"].iter().any(|key| entry.day(key).is_some()))
        };
        let Some(list) = self.site.histories.iter().position(is_dated) else {
            return Ok(newest);
        };
        let path = Route::Document(&self.site.histories[list].id).file();
        let Some(page) = get(&path)? else { return Ok(newest) };
        let page = String::from_utf8_lossy(&page);
        let fits = |day: Date| {
            let (site, theme) = (self.on(day), self.theme()?);
            let now = Now::beginning(day, &site.config.timezone);
            let known = render::Known::default();
            let renderer = Renderer::new(&site, theme, &known, now);
            let part = (0..renderer.parts()).find(|part| {
                renderer.about(*part).is_some_and(|about| about.id == self.site.histories[list].id)
            })?;
            let expected = String::from_utf8(renderer.part(part).0.remove(&path)?).ok()?;
            page::judge(&expected, &page, &[], frame, elsewhere).is_ok().then_some(day)
        };
        let earlier = alike.iter().rev().copied().filter(|day| *day < newest).take(MOST_DAYS);
        Ok([newest].into_iter().chain(earlier).find_map(fits).unwrap_or(newest))
    }
}

/// How many days are tried by drawing a list.
const MOST_DAYS: usize = 50;

const HELP: &str = "build and publish the site again from the project that made the release; `policybook publish --repair` \
                    restores what was changed where it is served";

/// How a site is looked at.
struct Look<'a> {
    frame: Frame,
    /// Days that stand on every page, whatever it is about.
    elsewhere: &'a BTreeSet<Date>,
    earlier: &'a Earlier,
    /// Whether it is said to show unreleased words.
    draft: Option<bool>,
}

impl Look<'_> {
    /// Judges a file that is about a document.
    fn judge(
        &self,
        about: Option<&History>,
        path: &TreePath,
        expected: &[u8],
        there: Option<Vec<u8>>,
    ) -> Finding {
        let drafted = about.map_or(self.draft != Some(false), |history| history.unreleased);
        if let Some(history) = about.filter(|history| history.unreleased)
            && [Route::Document(&history.id), Route::DraftChanges(&history.id)]
                .iter()
                .any(|route| route.file() == *path)
        {
            return Finding::Draft;
        }
        let Some(there) = there else {
            // Earlier programs compared other pairs of versions, and none with the version in force.
            let pages = ["/compare/", "/since/"];
            let free = self.frame == Frame::Unknown
                && pages.iter().any(|part| path.as_str().contains(part));
            return if free {
                Finding::Framed
            } else {
                Finding::Wrong("this is missing".to_owned())
            };
        };
        if there == expected {
            return Finding::Same;
        }
        let frame = if drafted && self.frame == Frame::Known { Frame::Own } else { self.frame };
        let judged = match path.as_str().rsplit_once('.').map_or("", |(_, ending)| ending) {
            "html" => {
                let [expected, there] =
                    [expected, &there].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
                let values = about.map(|history| values(history, path)).unwrap_or_default();
                let mut days = self.elsewhere.clone();
                if frame == Frame::Unknown {
                    // An earlier program told more of a version on its page.
                    let versions = about.into_iter().flat_map(|history| &history.versions);
                    days.extend(versions.flat_map(days_of));
                }
                page::judge(&expected, &there, &values, frame, &days)
            }
            ending => machines::judge(ending, expected, &there, self.frame, self.earlier)
                .map(|()| self.frame),
        };
        match judged {
            Ok(Frame::Known) => Finding::Same,
            Ok(Frame::Own | Frame::Unknown) => Finding::Framed,
            Err(problem) => Finding::Wrong(problem),
        }
    }
}

/// Returns the days of a version.
fn days_of(version: &Version) -> impl Iterator<Item = Date> {
    let period = &version.period;
    let days = [version.release.released, version.release.effective, period.from, period.until()];
    days.into_iter().flatten()
}

/// Returns what has to stand on the page of a document, or of one of its versions, in any markup.
fn values(history: &History, path: &TreePath) -> Vec<String> {
    let version = history
        .versions
        .iter()
        .find(|version| Route::Version(&history.id, &version.release.id).file() == *path);
    let current = (Route::Document(&history.id).file() == *path).then(|| history.current());
    let shown = version.map(|version| &version.document).or(current);
    shown.map(|document| render::values(document)).unwrap_or_default()
}

/// Returns true if a file tells of the ledger; what else a site holds rests on `site.yaml` and its
/// theme.
fn is_told(path: &TreePath) -> bool {
    let name = path.as_str();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    name != "404.html"
        && name != "robots.txt"
        && !name.ends_with("security.txt")
        && path.within("assets").is_none()
        && path.within("ledger").is_none_or(|within| within == "index.html")
        && ["html", "json", "csv", "atom", "link", "md", "txt", "xml"].contains(&ending)
}

/// Returns the days on which a site says something else by its ledger.
fn turns(site: &Site) -> impl Iterator<Item = Date> {
    let versions = site.histories.iter().flat_map(|history| &history.versions);
    versions.flat_map(|version| version.period.turns()).chain(site.days_of_lists())
}
