//! `policybook check`: what is wrong with the content, or with any security.txt.

use std::io::Read as _;
use std::path::Path;
use std::path::PathBuf;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;
use clap::Args;
use clap::ValueEnum;
use serde::Serialize;
use url::Url;

use crate::check;
use crate::check::Edition;
use crate::cli::Ending;
use crate::cli::Global;
use crate::cli::report;
use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::diagnostic::Severity;
use crate::model;
use crate::securitytxt;
use crate::securitytxt::Circumstances;
use crate::securitytxt::Key;
use crate::securitytxt::Level;
use crate::securitytxt::Verdict;

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, with the line that each is about
    Full,
    /// For programs
    Json,
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

/// The version of the JSON shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// How much of a stranger's file is read: a reader may stop at 32 KB, RFC 9116 section 5.4.
const MOST: u64 = 4 << 20;

/// Check the content, or any security.txt
///
/// Nothing is written. Without options the project is checked.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook check
  policybook check --security-txt public/.well-known/security.txt
  curl -s https://example.com/.well-known/security.txt |
    policybook check --security-txt - --url https://example.com/.well-known/security.txt

Exit codes: 0 no errors, 1 errors, 2 the rest")]
pub struct Check {
    /// Check this security.txt by RFC 9116, not the project; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    security_txt: Option<PathBuf>,
    /// Say from where the security.txt is served
    #[arg(long, value_name = "URL", requires = "security_txt")]
    url: Option<Url>,
    /// Prove its signature with the public key in FILE
    #[arg(long, value_name = "FILE", requires = "security_txt")]
    key: Option<PathBuf>,
    /// Report what PROFILE wants of a policy and no section covers
    #[arg(long, value_name = "PROFILE", conflicts_with = "security_txt")]
    profile: Option<Profile>,
    /// Print the findings about a security.txt as FORMAT
    #[arg(long, value_name = "FORMAT", default_value = "full", requires = "security_txt")]
    format: Format,
}

#[derive(Serialize)]
struct Answer<'a> {
    schema: u32,
    /// Whether RFC 9116 allows the file, and it may be used now.
    valid: bool,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'static str,
    level: &'static str,
    /// Counted from 1; nothing where the finding is about the file as a whole.
    line: Option<usize>,
    /// In characters, counted from 1.
    column: Option<usize>,
    message: &'a str,
    /// The section of RFC 9116, or of another document that is named.
    section: &'static str,
    help: &'a str,
}

impl Check {
    /// Checks the project, or a security.txt.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        match &self.security_txt {
            Some(file) => self.security_txt(file, global),
            None => project(self.profile, global),
        }
    }

    fn security_txt(&self, file: &Path, global: &Global) -> Result<Ending> {
        let (name, bytes) = read(file)?;
        let key = self.key.as_deref().map(key).transpose()?;
        let circumstances = Circumstances { url: self.url.as_ref(), now: global.now()?, key: key.as_ref() };
        let verdict = securitytxt::check(&bytes, &circumstances);
        match self.format {
            Format::Full => tell(&verdict, &name, &securitytxt::text(&bytes), global.quiet),
            Format::Json => anstream::println!("{}", serde_json::to_string_pretty(&answer(&verdict))?),
        }
        Ok(if verdict.is_valid() { Ending::Done } else { Ending::Found })
    }
}

/// Checks the project.
fn project(profile: Option<Profile>, global: &Global) -> Result<Ending> {
    let (project, mut compiled) = global.compile(Edition::Draft)?;
    if let Some(profile) = profile {
        let profile = match profile {
            Profile::Bod2001 => model::Profile::Bod2001,
            Profile::Iso29147 => model::Profile::Iso29147,
            Profile::DiscloseIo => model::Profile::DiscloseIo,
        };
        check::disclosure(&compiled.site, profile, &mut compiled.diagnostics);
    }
    check::uncommitted(&compiled.site, &mut compiled.diagnostics);
    // A build leaves out what has expired, and publishes the rest; a check is there to be heard.
    let found: Diagnostics = compiled.diagnostics.into_iter().map(graver).collect();
    let found = &found;
    report::findings(found, &project.files, global.quiet);
    let (errors, warnings) = (found.count(Severity::Error), found.count(Severity::Warning));
    if !global.quiet {
        report::done("checked", &format!("{}, {}", report::counted(errors, "error"), report::counted(warnings, "warning")));
    }
    Ok(if found.has_errors() { Ending::Found } else { Ending::Done })
}

/// Makes an error of what has ended.
fn graver(found: Diagnostic) -> Diagnostic {
    let severity = if found.code == Code::Expired { Severity::Error } else { found.severity };
    Diagnostic { severity, ..found }
}

/// Reads a file, or standard input for `-`, and says what it is called.
fn read(file: &Path) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let name = if file == Path::new("-") {
        std::io::stdin().lock().take(MOST + 1).read_to_end(&mut bytes).context("read standard input")?;
        "standard input".to_owned()
    } else {
        let reader = std::fs::File::open(file).with_context(|| format!("open `{}`", file.display()))?;
        reader.take(MOST + 1).read_to_end(&mut bytes).with_context(|| format!("read `{}`", file.display()))?;
        file.display().to_string()
    };
    if bytes.len() as u64 > MOST {
        bail!("{name} is larger than {} MiB: no reader goes that far", MOST >> 20);
    }
    Ok((name, bytes))
}

fn key(file: &Path) -> Result<Key> {
    let (name, bytes) = read(file)?;
    Key::read(&bytes).map_err(|problem| anyhow::anyhow!("{name}: {problem}"))
}

fn tell(verdict: &Verdict, name: &str, text: &str, quiet: bool) {
    report::security_txt(&verdict.findings, name, text, quiet);
    if quiet {
        return;
    }
    let count = |level: Level| verdict.findings.iter().filter(|finding| finding.level() == level).count();
    let line = format!(
        "{name}: {}, {}, {}",
        report::counted(count(Level::Error), "error"),
        report::counted(count(Level::Recommendation), "recommendation"),
        report::counted(count(Level::Notice), "notice")
    );
    report::done(if verdict.is_valid() { "valid" } else { "not valid" }, &line);
}

fn answer(verdict: &Verdict) -> Answer<'_> {
    let findings = verdict.findings.iter().map(|finding| Entry {
        code: finding.rule.code(),
        level: finding.level().as_str(),
        line: finding.line,
        column: finding.column,
        message: &finding.message,
        section: finding.section,
        help: &finding.help,
    });
    Answer { schema: SCHEMA, valid: verdict.is_valid(), findings: findings.collect() }
}
