//! The whole pipeline, in one pure function: a project's files in, a site and what there is to say about it out.

use jiff::civil::Date;
use rayon::prelude::*;

use crate::check;
use crate::check::Edition;
use crate::diagnostic::Diagnostics;
use crate::ledger;
use crate::model::Site;
use crate::parse;
use crate::render;
use crate::render::Renderer;
use crate::render::Theme;
use crate::tree::Digest;
use crate::tree::File;
use crate::tree::Tree;

/// What a compilation depends on besides the files.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Which words may be shown.
    pub edition: Edition,
    /// The day.
    pub today: Date,
}

/// A site ready to be rendered, and what there is to say about it.
pub struct Compiled {
    /// The draft and every version.
    pub site: Site,
    /// What was found; with errors nothing is rendered.
    pub diagnostics: Diagnostics,
    theme: Option<Theme>,
    today: Date,
}

/// Reads a project's files, proves its ledger and checks the whole.
pub fn compile(files: &Tree<File>, options: Options) -> Compiled {
    let mut diagnostics = Diagnostics::new();
    let content = parse::content(files, &mut diagnostics);
    let theme = Theme::load(files, &content.config, &mut diagnostics);
    let site = ledger::site(content, files, options.today, &mut diagnostics);
    check::site(&site, options.edition, options.today, &mut diagnostics);
    check::security_txt(&site, render::security_txt(&site, options.today).as_deref(), options.today, &mut diagnostics);
    Compiled { site, diagnostics, theme, today: options.today }
}

impl Options {
    /// Returns the digest of all that a site depends on: the files, the edition and this program's version. Not the day: on which
    /// others the site is the same is told by [`Compiled::holds`].
    pub fn digest(&self, files: &Tree<File>) -> Digest {
        let mut input =
            format!("{} {:?} {:?}\n", env!("CARGO_PKG_VERSION"), self.edition, [cfg!(feature = "minify"), cfg!(feature = "openpgp")]);
        for (path, file) in files.iter() {
            input.push_str(&format!("{} {path}\n", file.digest()));
        }
        Digest::of(input)
    }
}

impl Compiled {
    /// Returns the days between which the same input makes the same site and brings the same findings: from the first, up to and without
    /// the second; nothing where there is something that should be said again each time.
    pub fn holds(&self) -> Option<(Option<Date>, Option<Date>)> {
        let told = !self.diagnostics.is_empty() || self.site.histories.iter().any(|history| history.unreleased);
        let (passed, coming): (Vec<Date>, Vec<Date>) = self.site.turning_days().partition(|day| *day <= self.today);
        (!told).then(|| (passed.into_iter().max(), coming.into_iter().min()))
    }

    /// Returns the next day on which other words come into force.
    pub fn coming_day(&self) -> Option<Date> {
        let days = self.site.releases.iter().filter_map(|release| release.in_force_since());
        days.filter(|day| *day > self.today).min()
    }

    /// Renders the site part by part, in parallel, and hands each part to `take` as soon as it is made; `take` may say that it is enough.
    /// Returns what went wrong in the templates. Nothing is rendered where there are errors already.
    ///
    /// # Errors
    /// Whatever `take` returns first.
    pub fn render<E: Send>(&mut self, take: impl Fn(Tree<Vec<u8>>) -> Result<(), E> + Sync) -> Result<(), E> {
        let Some(theme) = self.theme.take().filter(|_| !self.diagnostics.has_errors()) else {
            return Ok(());
        };
        let renderer = Renderer::new(&self.site, theme, self.today);
        let rendered = (0..renderer.parts()).into_par_iter().map(|part| {
            let (files, diagnostics) = renderer.part(part);
            take(files).map(|()| diagnostics)
        });
        let found: Vec<Diagnostics> = rendered.collect::<Result<_, E>>()?;
        self.diagnostics.extend(found.into_iter().flatten());
        Ok(())
    }
}
