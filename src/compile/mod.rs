//! The whole pipeline, in one pure function: a project's files in, a site and what there is to say
//! about it out.

mod rest;

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;

pub use rest::Rest;

use crate::check::Edition;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::{Now, Site, beginning, day_of};
use crate::render::{Input, Inputs, Renderer, Shelf, Theme};
use crate::tree::{Digest, File, Hasher, Memo, Saved, Timings, Tree, from_bytes, to_bytes};
use crate::{check, ledger, parse, render};

/// What a compilation depends on, apart from the files.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which words may be shown.
    pub edition: Edition,
    /// When.
    pub now: Now,
}

/// A site ready to be rendered, and what there is to say about it.
pub struct Compiled {
    /// The draft and every version.
    pub site: Site,
    /// What was found; with errors nothing is rendered.
    pub diagnostics: Diagnostics,
    /// When it was compiled.
    pub now: Now,
    theme: Option<Theme>,
}

/// What was made of a project before, by what it was made from: a site that is made again and again
/// makes only what is new.
#[derive(Default)]
pub struct Memos {
    policies: parse::Policies,
    released: ledger::Known,
    files: Memo<Tree<File>>,
    shown: Arc<render::Known>,
}

impl Memos {
    /// Returns what [`Memos::saved`] wrote; nothing where these bytes are something else.
    pub fn restored(bytes: &[u8]) -> Memos {
        let [policies, texts, comparisons, templates, told]: [Saved; 5] =
            from_bytes(bytes).unwrap_or_default();
        Memos {
            policies: Memo::restored(policies),
            released: ledger::Known::restored([texts, comparisons]),
            files: Memo::new(),
            shown: Arc::new(render::Known::restored([templates, told])),
        }
    }

    /// Returns what was asked for since the last compilation began, for a program that runs later:
    /// all but the files.
    pub fn saved(&self) -> Vec<u8> {
        let ([texts, comparisons], [templates, told]) = (self.released.saved(), self.shown.saved());
        to_bytes(&[self.policies.saved(parse::kept), texts, comparisons, templates, told])
    }

    /// Returns the same, with its work counted.
    #[must_use]
    pub fn timed(mut self, timings: &Arc<Timings>) -> Memos {
        let shown = Arc::get_mut(&mut self.shown).expect("nothing is shown yet");
        shown.timings = Arc::clone(timings);
        self
    }

    fn turn(&self) {
        self.policies.turn();
        self.released.turn();
        self.shown.turn();
    }
}

/// Reads a project's files, proves its ledger and checks the whole.
pub fn compile(files: &Tree<File>, options: Options) -> Compiled {
    compile_again(files, options, &Memos::default())
}

/// Compiles a project of which much was compiled before.
pub fn compile_again(files: &Tree<File>, options: Options, memos: &Memos) -> Compiled {
    let mut diagnostics = Diagnostics::new();
    memos.turn();
    let timings = &memos.shown.timings;
    let (content, theme) = timings.stage("parse", || {
        let content = parse::content_again(files, &memos.policies, &mut diagnostics);
        let theme = Theme::load(files, &content.config, &mut diagnostics);
        (content, theme)
    });
    let site = timings.stage("ledger", || {
        ledger::site_again(content, files, options.now.day, &memos.released, &mut diagnostics)
    });
    let diagnostics = timings.stage("check", || {
        check::themes(files, &mut diagnostics);
        check::site(&site, options.edition, options.now, &mut diagnostics);
        let served = render::security_txt(&site, options.now);
        check::security_txt(&site, served.as_deref(), options.now, &mut diagnostics);
        let found = check::judge(diagnostics, &site.config, files, &Code::found_always()).causes();
        match options.edition {
            Edition::Draft => found,
            Edition::Locked => found.into_iter().map(published).collect(),
        }
    });
    Compiled { site, diagnostics, now: options.now, theme }
}

/// Weighs a finding of what is about to be published: placeholders are shown to their author only.
fn published(found: Diagnostic) -> Diagnostic {
    if found.code == Code::Placeholder { found.weighing(Severity::Error) } else { found }
}

impl Options {
    /// Returns the digest of all that a site depends on: the files, the edition, this program's
    /// version and whether it proves signatures. Not the day: on which others the site is the same
    /// is returned by [`Compiled::holds`].
    pub fn digest(&self, files: &Tree<File>) -> Digest {
        let mut input = Hasher::default();
        let (version, signs) = (env!("CARGO_PKG_VERSION"), cfg!(feature = "openpgp"));
        input.add(format!("{version} {:?} {signs}\n", self.edition));
        files.iter().for_each(|(path, file)| input.add_file(path.as_str(), file));
        input.digest()
    }
}

impl Compiled {
    /// Returns the days between which the same input makes the same site and brings the same
    /// findings: from the first, up to and without the second. There is none where something ends
    /// later on this day.
    pub fn holds(&self) -> (Option<Date>, Option<Date>) {
        let today = self.now.day;
        let begun = beginning(today, &self.site.config.timezone);
        if self
            .site
            .ends()
            .any(|end| end > begun && day_of(end, &self.site.config.timezone) == today)
        {
            return (Some(today), Some(today));
        }
        let (passed, coming): (Vec<Date>, Vec<Date>) =
            self.site.turning_days().partition(|day| *day <= today);
        (passed.into_iter().max(), coming.into_iter().min())
    }

    /// Returns true if there is something to say about the site that should be said at every build,
    /// although nothing changed.
    pub fn speaks(&self) -> bool {
        !self.diagnostics.is_empty()
            || self.site.unreleased().next().is_some()
            || self.coming_day().is_some()
    }

    /// Returns the next day on which words come into force or cease to be, or a sub-processor comes
    /// or has left.
    pub fn coming_day(&self) -> Option<Date> {
        let days = self
            .site
            .histories
            .iter()
            .flat_map(|history| &history.versions)
            .flat_map(|version| version.period.turns());
        days.chain(self.site.days_of_lists()).filter(|day| *day > self.now.day).min()
    }

    /// Returns the next moment at which security.txt, its key or its signature ends.
    pub fn coming_end(&self) -> Option<Timestamp> {
        self.site.ends().filter(|end| *end > self.now.moment).min()
    }

    /// Returns the theme to render with; nothing where there are errors already.
    fn take_theme(&mut self) -> Option<Theme> {
        self.theme.take().filter(|_| !self.diagnostics.has_errors())
    }

    /// Renders the site part by part, in parallel, and hands each part to `take` as soon as it is
    /// made; `take` may say that it is enough. Returns what went wrong in the templates. Nothing is
    /// rendered where there are errors already.
    ///
    /// # Errors
    /// Whatever `take` returns first.
    pub fn render<E: Send>(
        &mut self,
        take: impl Fn(Tree<Vec<u8>>) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let Some(theme) = self.take_theme() else { return Ok(()) };
        let known = render::Known::default();
        let renderer = Renderer::new(&self.site, theme, &known, self.now);
        let rendered = (0..renderer.parts()).into_par_iter().map(|part| {
            let (files, diagnostics) = renderer.part(part);
            take(files).map(|()| diagnostics)
        });
        let found: Vec<Diagnostics> = rendered.collect::<Result<_, E>>()?;
        self.diagnostics.extend(found.into_iter().flatten());
        Ok(())
    }

    /// Renders the site as [`Compiled::render`] does, except for the shelves of documents of which
    /// `keep` says that their files are there as this input makes them. `files` is what the site was
    /// compiled from, with these memos. What brought no findings is handed over with its input.
    ///
    /// # Errors
    /// Whatever `take` returns first.
    pub fn render_rest<E: Send>(
        &mut self,
        files: &Tree<File>,
        memos: &Memos,
        keep: impl Fn(&Input) -> bool + Sync,
        take: impl Fn(Option<&Input>, Tree<Vec<u8>>) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let Some(theme) = self.take_theme() else { return Ok(()) };
        let renderer = Renderer::new(&self.site, theme, &memos.shown, self.now);
        let inputs = Inputs::new(&renderer, files);
        let rendered = (0..renderer.parts()).into_par_iter().map(|part| {
            let Some(history) = renderer.about(part) else {
                let (files, found) = renderer.fixed();
                return take(None, files).map(|()| found);
            };
            let wanted: Vec<Input> =
                inputs.of(history).into_iter().filter(|input| !keep(input)).collect();
            let shelves: Vec<Shelf> = wanted.iter().map(|input| input.shelf).collect();
            let mut found = Diagnostics::new();
            for (input, (files, own)) in wanted.iter().zip(renderer.document(history, &shelves)) {
                take(Some(input).filter(|_| own.is_empty()), files)?;
                found.extend(own);
            }
            Ok(found)
        });
        let found: Vec<Diagnostics> = rendered.collect::<Result<_, E>>()?;
        self.diagnostics.extend(found.into_iter().flatten());
        Ok(())
    }

    /// Returns the files of the site, none if there are errors; only those are rendered that were
    /// not before. `files` is what the site was compiled from.
    pub fn render_again(&mut self, files: &Tree<File>, memos: &Memos) -> Tree<File> {
        self.render_some(files, memos, |_| true)
    }

    /// Returns the files of the site without those of versions, what renders these when they are
    /// asked for, and what was found. The versions of one document are rendered all the same, so
    /// that no template goes untried. `before` is the rest of the site that was shown before.
    pub fn preview(
        mut self,
        files: &Tree<File>,
        memos: &Memos,
        before: Option<&Rest>,
    ) -> (Tree<File>, Rest, Diagnostics) {
        let comparable = self.site.histories.iter().filter(|history| history.is_comparable());
        let tried = comparable.min_by_key(|history| history.versions.len());
        let tried = tried.map(|history| history.id.clone());
        let now = |input: &Input| {
            input.shelf != Shelf::Versions || tried.as_ref() == Some(&input.document)
        };
        let rendered = self.render_some(files, memos, now);
        let known = (Arc::clone(&memos.shown), self.now);
        let rest = Rest::new((self.site, files.clone()), known, before);
        (rendered, rest, self.diagnostics)
    }

    /// Returns the files of those shelves that are `wanted`, and what there is once.
    fn render_some(
        &mut self,
        files: &Tree<File>,
        memos: &Memos,
        wanted: impl Fn(&Input) -> bool + Sync,
    ) -> Tree<File> {
        memos.files.turn();
        let all: Mutex<Tree<File>> = Mutex::default();
        let show = |files: Tree<File>| all.lock().expect("nobody panics here").extend(files);
        let known = |input: &Input| memos.files.known(input.digest).map(show).is_some();
        let keep = |input: &Input| !wanted(input) || known(input);
        let take = |input: Option<&Input>, files: Tree<Vec<u8>>| {
            let files = files.into_iter().map(|(path, bytes)| (path, File::new(bytes)));
            let files: Tree<File> = files.collect();
            show(match input {
                Some(input) => memos.files.get(input.digest, || files),
                None => files,
            });
            Ok::<(), Infallible>(())
        };
        let Ok(()) = self.render_rest(files, memos, keep, take);
        all.into_inner().expect("nobody panics here")
    }
}
