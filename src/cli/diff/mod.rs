//! `policybook diff`: what changed between two versions, for eyes, mails, pull requests and
//! programs.

mod pager;
mod sides;

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};

use crate::cli::diff::sides::Comparison;
use crate::cli::{Ending, Global, report};
use crate::diagnostic::Diagnostics;
use crate::redline::Wording;
use crate::render::{Compared, Theme};
use crate::tree::Memo;
use crate::{parse, render, store};

/// Show what changed between two versions
///
/// Without FROM, compares the draft with the newest version; without TO, compares FROM with the
/// draft. Each side is a release ID, `draft`, a Markdown file, a directory of sections, `git:REV`
/// (the draft at a commit) or `git:REV:PATH` (a file at a commit). Two files or directories can be
/// compared outside a project.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook diff
  policybook diff security original 2023-02-15
  policybook diff security git:main --format markdown --out comment.md
  policybook diff old.md new.md --format html --out changes.html

Exit codes: 0 done, 1 errors in the content, or a difference with --exit-code; 2 any other failure")]
pub struct Diff {
    // No doc comment: brackets would be links there.
    #[arg(value_name = "DOCUMENT|FROM|TO", num_args = 0..=3, help = "A policy or list, and what to compare: [DOCUMENT] [FROM [TO]]")]
    what: Vec<String>,
    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "words")]
    format: Format,
    /// Write to FILE instead of standard output
    #[arg(long, short, visible_alias = "output", value_name = "FILE")]
    out: Option<PathBuf>,
    /// Exit with 1 if there are differences
    #[arg(long)]
    exit_code: bool,
}

/// How a redline is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Changed sections, word by word
    Words,
    /// One line per changed section
    Stat,
    /// Pull request comment
    Markdown,
    /// Self-contained page
    Html,
    /// List of changes, with a schema version
    Json,
}

impl Diff {
    /// Prints what changed.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let sides::Found { comparisons, ending } = sides::find(&self.what, global)?;
        if self.format == Format::Html && comparisons.len() != 1 {
            let ids: Vec<&str> =
                comparisons.iter().map(|comparison| comparison.id.as_str()).collect();
            match ids.is_empty() {
                true => bail!(
                    "nothing is unreleased: name what to compare, as in `policybook diff security original 2023-02-15`"
                ),
                false => bail!("a page shows one document: name one of {}", ids.join(", ")),
            }
        }
        let olds: Vec<Cow<'_, Wording>> = comparisons.iter().map(Comparison::old).collect();
        let sides = comparisons.iter().zip(&olds);
        let compared: Vec<Compared<'_>> =
            sides.map(|(comparison, old)| comparison.compared(old)).collect();
        let differs = compared.iter().any(Compared::differs);
        let coloured = self.out.is_none()
            && anstream::stdout().current_choice() != anstream::ColorChoice::Never;
        let each = |print: fn(&Compared<'_>, bool) -> String| {
            compared.iter().map(|compared| print(compared, coloured)).collect::<String>()
        };
        let text = match self.format {
            Format::Words => each(render::changed_words),
            Format::Stat => each(render::changed_sections),
            Format::Markdown => render::comment(&compared),
            Format::Html => compared.iter().map(page).collect::<Result<String>>()?,
            Format::Json => render::redline_json(&compared),
        };
        match &self.out {
            Some(file) => {
                let file = global.started.join(file);
                store::write_file(&file, text.as_bytes())?;
                if !global.quiet {
                    report::done("wrote", &report::place(&file));
                }
            }
            None if matches!(self.format, Format::Words | Format::Stat) => {
                if !differs && !global.quiet {
                    report::note("nothing differs");
                }
                pager::show(&text, coloured)?;
            }
            None => anstream::print!("{text}"),
        }
        Ok(if self.exit_code && differs { Ending::Found } else { ending })
    }
}

/// Returns the page that shows a redline.
fn page(compared: &Compared<'_>) -> Result<String> {
    let config = parse::no_site();
    let theme = Theme::load(&store::default_theme(), &config, &mut Diagnostics::new())
        .context("load the theme")?;
    let theme = theme.minified(config.minify, &Memo::new());
    render::alone(compared, &theme).map_err(|error| anyhow!("{}", error.message))
}
