//! The whole pipeline, in one pure function: a project's files in, a site and what there is to say
//! about it out.

use jiff::Timestamp;
use jiff::civil::Date;
use rayon::prelude::*;

use crate::check::Edition;
use crate::diagnostic::{Code, Diagnostics};
use crate::model::{History, Now, Site, beginning, day_of};
use crate::render::{Inputs, Renderer, Shelf, Theme};
use crate::tree::{Digest, File, Memo, Tree};
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
    parts: Memo<(Tree<File>, Diagnostics)>,
    templates: Memo<String>,
}

/// Reads a project's files, proves its ledger and checks the whole.
pub fn compile(files: &Tree<File>, options: Options) -> Compiled {
    compile_again(files, options, &Memos::default())
}

/// Compiles a project of which much was compiled before.
pub fn compile_again(files: &Tree<File>, options: Options, memos: &Memos) -> Compiled {
    let mut diagnostics = Diagnostics::new();
    memos.policies.turn();
    memos.released.turn();
    let content = parse::content_again(files, &memos.policies, &mut diagnostics);
    let theme = Theme::load(files, &content.config, &mut diagnostics);
    let site =
        ledger::site_again(content, files, options.now.day, &memos.released, &mut diagnostics);
    check::site(&site, options.edition, options.now, &mut diagnostics);
    check::security_txt(
        &site,
        render::security_txt(&site, options.now).as_deref(),
        options.now,
        &mut diagnostics,
    );
    let diagnostics =
        check::judge(diagnostics, &site.config, files, &Code::found_always()).causes();
    Compiled { site, diagnostics, now: options.now, theme }
}

impl Options {
    /// Returns the digest of all that a site depends on: the files, the edition, this program's
    /// version and whether it proves signatures. Not the day: on which others the site is the same
    /// is returned by [`Compiled::holds`].
    pub fn digest(&self, files: &Tree<File>) -> Digest {
        let mut input = format!(
            "{} {:?} {}\n",
            env!("CARGO_PKG_VERSION"),
            self.edition,
            cfg!(feature = "openpgp")
        );
        for (path, file) in files.iter() {
            input.push_str(&format!("{} {path}\n", file.digest()));
        }
        Digest::of(input)
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
        self.render_parts(None, |_, _| false, |_, files| take(files))
    }

    /// Renders the site as [`Compiled::render`] does, except for the documents of which `keep` says
    /// that their pages are there as this input makes them. `files` is what the site was compiled
    /// from. A part without findings is handed over with its name and its input.
    ///
    /// # Errors
    /// Whatever `take` returns first.
    pub fn render_rest<E: Send>(
        &mut self,
        files: &Tree<File>,
        keep: impl Fn(&str, Digest) -> bool + Sync,
        take: impl Fn(Option<(&str, Digest)>, Tree<Vec<u8>>) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        self.render_parts(Some(files), keep, take)
    }

    fn render_parts<E: Send>(
        &mut self,
        files: Option<&Tree<File>>,
        keep: impl Fn(&str, Digest) -> bool + Sync,
        take: impl Fn(Option<(&str, Digest)>, Tree<Vec<u8>>) -> Result<(), E> + Sync,
    ) -> Result<(), E> {
        let Some(theme) = self.theme.take().filter(|_| !self.diagnostics.has_errors()) else {
            return Ok(());
        };
        let renderer = Renderer::new(&self.site, theme, &Memo::new(), self.now);
        let inputs = files.map(|files| Inputs::new(&renderer, files));
        let rendered = (0..renderer.parts()).into_par_iter().map(|part| {
            let Some(history) = renderer.about(part) else {
                let (files, found) = renderer.fixed();
                return take(None, files).map(|()| found);
            };
            let named = |shelf: Shelf| {
                let input = inputs.as_ref().map(|inputs| inputs.of(history, shelf));
                (shelf, input.map(|input| (name(history, shelf), input)))
            };
            let made = Shelf::ALL.map(named).into_iter();
            let made = made.filter(|(_, input)| {
                input.as_ref().is_none_or(|(name, input)| !keep(name, *input))
            });
            let (shelves, inputs): (Vec<Shelf>, Vec<Option<(String, Digest)>>) = made.unzip();
            let mut found = Diagnostics::new();
            for ((files, own), input) in
                renderer.document(history, &shelves).into_iter().zip(inputs)
            {
                let input = input.as_ref().filter(|_| own.is_empty());
                take(input.map(|(name, input)| (name.as_str(), *input)), files)?;
                found.extend(own);
            }
            Ok(found)
        });
        let found: Vec<Diagnostics> = rendered.collect::<Result<_, E>>()?;
        self.diagnostics.extend(found.into_iter().flatten());
        Ok(())
    }

    /// Returns the files of the site, none if there are errors; of the parts only those are
    /// rendered that were not before. `files` is what the site was compiled from.
    pub fn render_again(&mut self, files: &Tree<File>, memos: &Memos) -> Tree<File> {
        let Some(theme) = self.theme.take().filter(|_| !self.diagnostics.has_errors()) else {
            return Tree::new();
        };
        memos.parts.turn();
        let renderer = Renderer::new(&self.site, theme, &memos.templates, self.now);
        let inputs = Inputs::new(&renderer, files);
        type Part = (Tree<File>, Diagnostics);
        let kept = |(files, diagnostics): (Tree<Vec<u8>>, Diagnostics)| -> Part {
            (files.into_iter().map(|(path, bytes)| (path, File::new(bytes))).collect(), diagnostics)
        };
        let parts = (0..renderer.parts()).into_par_iter().map(|part| {
            let Some(history) = renderer.about(part) else {
                return vec![kept(renderer.fixed())];
            };
            let inputs = Shelf::ALL.map(|shelf| inputs.of(history, shelf));
            let known = inputs.map(|input| memos.parts.known(input));
            let wanted = Shelf::ALL.into_iter().zip(&known).filter(|(_, known)| known.is_none());
            let wanted: Vec<Shelf> = wanted.map(|(shelf, _)| shelf).collect();
            let mut made = renderer.document(history, &wanted).into_iter().map(kept);
            let shelves = known.into_iter().zip(inputs).map(|(known, input)| {
                known.unwrap_or_else(|| {
                    let made = made.next().expect("what is wanted is made");
                    memos.parts.get(input, || made)
                })
            });
            shelves.collect()
        });
        let parts: Vec<Vec<Part>> = parts.collect();
        let mut files = Tree::new();
        for (part, found) in parts.into_iter().flatten() {
            files.extend(part);
            self.diagnostics.extend(found);
        }
        files
    }
}

/// Returns what a shelf of a document is called among what is kept.
fn name(history: &History, shelf: Shelf) -> String {
    match shelf {
        Shelf::Current => history.id.to_string(),
        Shelf::Versions => format!("{}/v", history.id),
        Shelf::History => format!("{}/history", history.id),
    }
}
