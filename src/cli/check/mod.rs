//! `policybook check`: what is wrong with the content, or with any security.txt.

mod security_txt;

use std::convert::Infallible;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;
use clap::Args;
use clap::ValueEnum;
use url::Url;

use crate::check;
use crate::check::Edition;
use crate::cli::Ending;
use crate::cli::Global;
use crate::cli::check::security_txt::Given;
use crate::cli::explain;
use crate::cli::print;
use crate::cli::print::Format;
use crate::cli::report;
use crate::compile::Compiled;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::Severity;
use crate::model;
use crate::store::Project;
use crate::tree::Tree;

/// What is taken for an error besides errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Denied {
    /// Every warning
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

/// Check the content, or any security.txt
///
/// Nothing is written. Without options the project is checked. The exit code is that of the findings that are printed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook check
  policybook check --deny warnings --format sarif >policybook.sarif
  policybook check content/security --skip P124
  policybook check --security-txt public/.well-known/security.txt
  curl -s https://example.com/.well-known/security.txt |
    policybook check --security-txt - --url https://example.com/.well-known/security.txt

Exit codes: 0 no errors, 1 errors, 2 the rest")]
pub struct Check {
    /// Report only what is in these files and folders
    #[arg(value_name = "PATH", conflicts_with = "security_txt")]
    paths: Vec<PathBuf>,
    /// Print the findings as FORMAT [default: full on a terminal, github in a GitHub job, else concise]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Take warnings for errors
    #[arg(long, value_name = "WHAT", conflicts_with = "security_txt")]
    deny: Option<Denied>,
    /// Report these codes only, as in `P024,P025`
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = explain::code, conflicts_with = "security_txt")]
    only: Vec<Code>,
    /// Do not report these codes
    #[arg(long, value_name = "CODES", value_delimiter = ',', value_parser = explain::code, conflicts_with = "security_txt")]
    skip: Vec<Code>,
    /// Print how often each code was found, not where
    #[arg(long, conflicts_with_all = ["security_txt", "format"])]
    statistics: bool,
    /// Build the site in memory too, and follow every address on its pages
    #[arg(long, conflicts_with = "security_txt")]
    built: bool,
    /// Report what PROFILE wants of a policy and no section covers
    #[arg(long, value_name = "PROFILE", conflicts_with = "security_txt")]
    profile: Option<Profile>,
    /// Check this security.txt by RFC 9116, not the project; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    security_txt: Option<PathBuf>,
    /// Say from where the security.txt is served
    #[arg(long, value_name = "URL", requires = "security_txt")]
    url: Option<Url>,
    /// Prove its signature with the public key in FILE
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
        security_txt::check(file, &Given { url: self.url.as_ref(), key: self.key.as_deref(), json }, global)
    }

    fn project(&self, global: &Global) -> Result<Ending> {
        let paths = self.paths.iter().map(|path| within(path, &global.directory)).collect::<Result<Vec<String>>>()?;
        let (project, mut compiled) = global.compile(Edition::Draft)?;
        if let Some(profile) = self.profile {
            let profile = match profile {
                Profile::Bod2001 => model::Profile::Bod2001,
                Profile::Iso29147 => model::Profile::Iso29147,
                Profile::DiscloseIo => model::Profile::DiscloseIo,
            };
            check::disclosure(&compiled.site, profile, &mut compiled.diagnostics);
        }
        check::uncommitted(&compiled.site, &mut compiled.diagnostics);
        if self.built {
            follow(&mut compiled);
        }
        let found = compiled.diagnostics.into_iter().map(|found| self.weighed(found));
        let found: Diagnostics = found.filter(|found| self.wants(found, &paths, global.quiet)).collect();
        self.tell(&found, &project, global)?;
        Ok(if found.has_errors() { Ending::Found } else { Ending::Done })
    }

    /// Makes an error of what has ended, and of all that is denied. A build leaves out what has expired, and publishes the rest; a check is
    /// there to be heard.
    fn weighed(&self, found: Diagnostic) -> Diagnostic {
        let graver = found.code == Code::Expired || self.deny == Some(Denied::Warnings);
        Diagnostic { severity: if graver { Severity::Error } else { found.severity }, ..found }
    }

    /// Tells whether a finding was asked for. One that has no place is about the whole, and so about each part.
    fn wants(&self, found: &Diagnostic, paths: &[String], quiet: bool) -> bool {
        let inside = |path: &str, folder: &String| folder.is_empty() || path == folder || path.starts_with(&format!("{folder}/"));
        let placed = found.place.as_ref().is_none_or(|place| paths.iter().any(|folder| inside(place.path.as_str(), folder)));
        (paths.is_empty() || placed)
            && (self.only.is_empty() || self.only.contains(&found.code))
            && !self.skip.contains(&found.code)
            && (!quiet || found.severity == Severity::Error)
    }

    fn tell(&self, found: &Diagnostics, project: &Project, global: &Global) -> Result<()> {
        let format = self.format.unwrap_or_else(Format::fitting);
        let text = match self.statistics {
            true => print::statistics(found),
            false => print::text(format, found, &project.files, &global.directory),
        };
        anstream::print!("{text}");
        if format == Format::Github
            && let Some(summary) = std::env::var_os("GITHUB_STEP_SUMMARY")
        {
            let text = print::github_summary(found, &project.files, &global.directory);
            let file = std::fs::OpenOptions::new().append(true).create(true).open(&summary);
            file.and_then(|mut file| file.write_all(text.as_bytes())).with_context(|| format!("write `{}`", summary.display()))?;
        }
        if !global.quiet {
            let (errors, warnings) = (found.count(Severity::Error), found.count(Severity::Warning));
            report::done("checked", &format!("{}, {}", report::counted(errors, "error"), report::counted(warnings, "warning")));
        }
        Ok(())
    }
}

/// Builds the site in memory, unless there are errors already, and follows every address on its pages.
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
    let real = |path: &Path| path.canonicalize().with_context(|| format!("open `{}`", path.display()));
    let (whole, root) = (real(path)?, real(project)?);
    if root.starts_with(&whole) {
        return Ok(String::new());
    }
    let Ok(inside) = whole.strip_prefix(&root) else {
        bail!("`{}` does not lie in the project", path.display());
    };
    Ok(inside.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
}
