//! `policybook check`: what is wrong with the content, or with any security.txt.

mod online;
mod patch;
mod security_txt;

use std::convert::Infallible;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use url::Url;

use crate::check::Edition;
use crate::cli::check::online::Asking;
use crate::cli::check::security_txt::Given;
use crate::cli::print::Format;
use crate::cli::{Access, Ending, Global, explain, print, report};
use crate::compile::{Compiled, Memos, Options, compile_again};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::model::Now;
use crate::tree::{File, Tree, TreePath};
use crate::web::Reach;
use crate::{check, model, parse, store};

/// What is treated as an error, in addition to errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Denied {
    /// All warnings
    Warnings,
}

/// A document that says what a policy for vulnerability reports should say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// CISA's Binding Operational Directive 20-01
    #[value(name = "bod-20-01")]
    Bod2001,
    /// ISO/IEC 29147:2018, clause 9
    #[value(name = "iso-29147")]
    Iso29147,
    /// The core terms of disclose.io
    #[value(name = "disclose-io")]
    DiscloseIo,
}

/// Check the content, or any security.txt file
///
/// Writes nothing without --fix. The exit code reflects the findings that are printed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook check
  policybook check --fix --dry-run
  policybook check --online
  policybook check --deny warnings --format sarif >policybook.sarif
  policybook check content/security --skip P124
  policybook check --security-txt public/.well-known/security.txt
  curl -s https://example.com/.well-known/security.txt |
    policybook check --security-txt - --url https://example.com/.well-known/security.txt

Exit codes: 0 no errors, 1 errors, 2 any other failure")]
pub struct Check {
    /// Report only findings in these files and directories
    #[arg(value_name = "PATH", conflicts_with = "security_txt")]
    paths: Vec<PathBuf>,
    /// Output format [default: full on a terminal, github in a GitHub Actions job, otherwise
    /// concise]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Treat warnings as errors
    #[arg(long, value_name = "WHAT", conflicts_with = "security_txt")]
    deny: Option<Denied>,
    /// Report only these codes, such as `P024,P025`
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = explain::code, conflicts_with = "security_txt")]
    only: Vec<Code>,
    /// Do not report these codes
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = explain::code, conflicts_with = "security_txt")]
    skip: Vec<Code>,
    /// Print the number of findings per code
    #[arg(long, conflicts_with_all = ["security_txt", "format"])]
    statistics: bool,
    /// Apply unambiguous fixes to the files in `content/`
    #[arg(long, conflicts_with_all = ["security_txt", "statistics"])]
    fix: bool,
    /// With --fix: print the fixes as a diff without applying them; exit with 1 if anything would
    /// change
    #[arg(long, requires = "fix", conflicts_with = "format")]
    dry_run: bool,
    /// Also build the site in memory and check every link on its pages
    #[arg(long, conflicts_with = "security_txt")]
    built: bool,
    /// Also check links to other sites
    #[arg(long, conflicts_with_all = ["security_txt", "dry_run"])]
    online: bool,
    /// With --online: ignore results cached in the last 24 hours
    #[arg(long, requires = "online")]
    fresh: bool,
    /// With --online: also check addresses on this machine and in private networks
    #[arg(long, requires = "online")]
    intranet: bool,
    /// With --online: seconds to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 20, hide = true, value_parser = clap::value_parser!(u64).range(1..=3600))]
    patience: u64,
    /// Report topics that PROFILE requires and no section covers
    #[arg(long, value_name = "PROFILE", conflicts_with = "security_txt")]
    profile: Option<Profile>,
    /// Check this security.txt file against RFC 9116 instead of the project; `-` reads standard
    /// input
    #[arg(long, value_name = "FILE")]
    security_txt: Option<PathBuf>,
    /// URL that the security.txt is served from
    #[arg(long, value_name = "URL", requires = "security_txt")]
    url: Option<Url>,
    /// Verify its signature with the public key in FILE
    #[arg(long, value_name = "FILE", requires = "security_txt")]
    key: Option<PathBuf>,
}

impl Check {
    /// Checks the project, or a security.txt.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Some(file) = &self.security_txt else {
            return self.project(global);
        };
        let json = match self.format {
            None | Some(Format::Full) => false,
            Some(Format::Json) => true,
            Some(_) => bail!("the findings about a security.txt are printed as `full` or `json`"),
        };
        security_txt::check(
            file,
            &Given { url: self.url.as_ref(), key: self.key.as_deref(), json },
            global,
        )
    }

    fn project(&self, global: &Global) -> Result<Ending> {
        let paths = self
            .paths
            .iter()
            .map(|path| within(path, &global.directory))
            .collect::<Result<Vec<String>>>()?;
        let access = if self.fix && !self.dry_run { Access::Writes } else { Access::Reads };
        let (project, memos) = (global.project(access)?, Memos::default());
        let now = global.now(&project.files, Access::Reads)?;
        let look = |files: &Tree<File>, built: bool| {
            self.look(files, built, &project.diagnostics, now, &memos)
        };
        let own = |found: &Diagnostic| {
            found
                .place
                .as_ref()
                .is_some_and(|place| store::is_itself(&global.directory, &place.path))
        };
        let may = |found: &Diagnostic| {
            found.fix().is_some() && self.wants(found, &paths, false) && own(found)
        };
        if !self.fix {
            let mut compiled = look(&project.files, self.built);
            self.ask(&mut compiled, &project.files, &paths, global)?;
            let found = compiled.diagnostics;
            let fixable = found.sorted().into_iter().filter(|found| may(found)).count();
            let found = self.selected(found, &paths, global);
            let hint = if fixable == 0 {
                String::new()
            } else {
                format!("; {fixable} can be fixed with `--fix`")
            };
            self.tell(&found, &project.files, global)?;
            report_end(global, "checked", &format!("{}{hint}", counts(&found)));
            return Ok(ending(&found));
        }
        // The pages are built when all is fixed: what is found on them then was there before.
        let found = |files: &Tree<File>| look(files, false).diagnostics;
        let fixed = check::fixed(&project.files, found(&project.files), may, found);
        let outcome = match fixed.files.len() {
            0 => "nothing".to_owned(),
            files => format!(
                "{} in {}",
                report::counted(fixed.count, "problem"),
                report::counted(files, "file")
            ),
        };
        let mut files = project.files.clone();
        files.extend(fixed.files.iter().map(|(path, file)| (path.clone(), file.clone())));
        if !self.dry_run {
            store::write(&global.directory, &project.files, fixed.files.clone())?;
        }
        let mut compiled = look(&files, self.built);
        self.ask(&mut compiled, &files, &paths, global)?;
        let left = self.selected(compiled.diagnostics, &paths, global);
        if self.dry_run {
            for (path, new) in fixed.files.iter() {
                let old = project.files.get(path).context("only what was read is changed")?;
                anstream::print!("{}", patch::text(path, old, new, shown));
            }
            report_end(global, "would fix", &format!("{outcome}; {} would be left", counts(&left)));
            return Ok(if fixed.files.is_empty() { ending(&left) } else { Ending::Found });
        }
        self.tell(&left, &files, global)?;
        report_end(global, "fixed", &format!("{outcome}; {} left", counts(&left)));
        Ok(ending(&left))
    }

    /// Returns all that is found in the files of a project, on its pages too if they are `built`.
    /// `unread` is what could not be read.
    fn look(
        &self,
        files: &Tree<File>,
        built: bool,
        unread: &Diagnostics,
        now: Now,
        memos: &Memos,
    ) -> Compiled {
        let mut compiled = compile_again(files, Options { edition: Edition::Draft, now }, memos);
        compiled.diagnostics.extend(unread.clone());
        if let Some(profile) = self.profile {
            let profile = match profile {
                Profile::Bod2001 => model::Profile::Bod2001,
                Profile::Iso29147 => model::Profile::Iso29147,
                Profile::DiscloseIo => model::Profile::DiscloseIo,
            };
            check::disclosure(&compiled.site, profile, &mut compiled.diagnostics);
        }
        let mut more = Diagnostics::new();
        check::uncommitted(&compiled.site, &mut more);
        let config = &compiled.site.config;
        let more = check::judge(more, config, files, &[Code::Uncommitted]);
        let each = self.only.contains(&Code::Uncommitted)
            || config.weights.contains_key(&Code::Uncommitted);
        compiled.diagnostics.extend(if each { more } else { check::by_policy(more) });
        compiled.diagnostics = std::mem::take(&mut compiled.diagnostics).causes();
        if built {
            follow(&mut compiled);
        }
        compiled
    }

    /// Asks for the pages of other sites, if that is wanted.
    fn ask(
        &self,
        compiled: &mut Compiled,
        files: &Tree<File>,
        paths: &[String],
        global: &Global,
    ) -> Result<()> {
        if !self.online {
            return Ok(());
        }
        let mut outside = check::outside(&compiled.site, files);
        outside.values_mut().for_each(|places| places.retain(|(path, _)| is_inside(path, paths)));
        outside.retain(|_, places| !places.is_empty());
        let asking = Asking {
            now: global.moment()?,
            patience: Duration::from_secs(self.patience),
            reach: if self.intranet { Reach::Everywhere } else { Reach::Public },
            fresh: self.fresh,
            quiet: global.quiet,
        };
        let found = online::ask(&outside, &asking)?;
        compiled.diagnostics.extend(check::judge(
            found,
            &compiled.site.config,
            files,
            &online::CODES,
        ));
        Ok(())
    }

    /// Returns the findings that are reported.
    fn selected(&self, found: Diagnostics, paths: &[String], global: &Global) -> Diagnostics {
        let found = found.into_iter().map(|found| self.weighed(found));
        found.filter(|found| self.wants(found, paths, global.quiet)).collect()
    }

    /// Makes an error of what has ended, of what is a placeholder, and of all that is denied. A
    /// build leaves out what has expired, and shows placeholders; a check is there to be heard.
    fn weighed(&self, found: Diagnostic) -> Diagnostic {
        let graver = matches!(found.code, Code::Expired | Code::Placeholder)
            || self.deny == Some(Denied::Warnings);
        if graver { found.weighing(Severity::Error) } else { found }
    }

    /// Returns true if a finding was asked for. One that has no place is about the whole, and so
    /// about each part.
    fn wants(&self, found: &Diagnostic, paths: &[String], quiet: bool) -> bool {
        found.place.as_ref().is_none_or(|place| is_inside(&place.path, paths))
            && (self.only.is_empty() || self.only.contains(&found.code))
            && !self.skip.contains(&found.code)
            && (!quiet || found.severity == Severity::Error)
    }

    fn tell(&self, found: &Diagnostics, files: &Tree<File>, global: &Global) -> Result<()> {
        let format = self.format.unwrap_or_else(Format::fitting);
        let text = match self.statistics {
            true => print::statistics(found),
            false => print::text(format, found, files, &global.directory),
        };
        anstream::print!("{text}");
        if format == Format::Github
            && let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY")
        {
            let text = print::github_summary(found, files, &global.directory);
            let file = std::fs::OpenOptions::new().append(true).create(true).open(&summary);
            file.and_then(|mut file| file.write_all(text.as_bytes()))
                .with_context(|| format!("write `{}`", summary.display()))?;
        }
        Ok(())
    }
}

/// Returns true if a file is one of those that were given, or in a folder of them, or none was
/// given.
fn is_inside(path: &TreePath, paths: &[String]) -> bool {
    let inside = |folder: &String| {
        folder.is_empty()
            || path.as_str() == folder
            || path.as_str().starts_with(&format!("{folder}/"))
    };
    paths.is_empty() || paths.iter().any(inside)
}

fn ending(found: &Diagnostics) -> Ending {
    if found.has_errors() { Ending::Found } else { Ending::Done }
}

/// Returns how many findings there are.
fn counts(found: &Diagnostics) -> String {
    let counted = |severity: Severity, noun: &str| report::counted(found.count(severity), noun);
    format!("{}, {}", counted(Severity::Error, "error"), counted(Severity::Warning, "warning"))
}

fn report_end(global: &Global, word: &str, line: &str) {
    if !global.quiet {
        report::done(word, line);
    }
}

/// Returns the words of a line as they are shown: as they are to a program, and to people what they
/// would not see by its name.
fn shown(words: &str) -> String {
    if !std::io::stdout().is_terminal() {
        return words.to_owned();
    }
    let unseen = |letter: char| {
        letter.is_control() && letter != '\t'
            || parse::hidden(letter)
            || matches!(letter, '\u{200b}' | '\u{2060}')
    };
    let shown = |letter: char| {
        if unseen(letter) { format!("<U+{:04X}>", u32::from(letter)) } else { letter.to_string() }
    };
    words.trim_end_matches('\r').chars().map(shown).collect()
}

/// Builds the site in memory, unless there are errors already, and follows every address on its
/// pages.
fn follow(compiled: &mut Compiled) {
    let pages: Mutex<Tree<Vec<u8>>> = Mutex::default();
    let rendered = compiled.render(|files| {
        pages.lock().expect("no rendering panics").extend(files);
        Ok::<(), Infallible>(())
    });
    rendered.unwrap_or_else(|never| match never {});
    if !compiled.diagnostics.has_errors() {
        let pages = pages.into_inner().expect("no rendering panics");
        check::output(&pages, &compiled.site.config.base_url, &mut compiled.diagnostics);
    }
}

/// Returns a path that was given, as the project calls it; nothing in it for the project itself.
fn within(path: &Path, project: &Path) -> Result<String> {
    let real =
        |path: &Path| path.canonicalize().with_context(|| format!("open `{}`", path.display()));
    let (whole, root) = (real(path)?, real(project)?);
    if root.starts_with(&whole) {
        return Ok(String::new());
    }
    let Ok(inside) = whole.strip_prefix(&root) else {
        bail!("`{}` does not lie in the project", path.display());
    };
    Ok(inside
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect::<Vec<_>>()
        .join("/"))
}
