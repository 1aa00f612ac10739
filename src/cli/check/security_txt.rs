//! `policybook check --security-txt`: any security.txt, by RFC 9116.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use url::Url;

use crate::cli::{Ending, Global, report};
use crate::securitytxt;
use crate::securitytxt::{Circumstances, Key, Level, Verdict};

/// The version of the JSON shape; it moves when a field changes its meaning or goes.
const SCHEMA: u32 = 1;

/// How much of a stranger's file is read: a reader may stop at 32 KB, RFC 9116 section 5.4.
const MOST: u64 = 4 << 20;

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
    /// Counted from 1; `None` if the finding is about the file as a whole.
    line: Option<usize>,
    /// In characters, counted from 1.
    column: Option<usize>,
    message: &'a str,
    /// The section of RFC 9116, or of another document that is named.
    section: &'static str,
    help: &'a str,
}

/// What a file is checked with.
pub struct Given<'a> {
    /// From where it is served.
    pub url: Option<&'a Url>,
    /// The file with the public key that proves its signature.
    pub key: Option<&'a Path>,
    /// Whether a program reads the answer.
    pub json: bool,
}

/// Checks a file, or standard input for `-`.
pub fn check(file: &Path, given: &Given<'_>, global: &Global) -> Result<Ending> {
    let (name, bytes) = read(file)?;
    let key = given.key.map(key).transpose()?;
    let circumstances = Circumstances { url: given.url, now: global.moment()?, key: key.as_ref() };
    let verdict = securitytxt::check(&bytes, &circumstances);
    match given.json {
        false => tell(&verdict, &name, &securitytxt::text(&bytes), global.quiet),
        true => anstream::println!("{}", serde_json::to_string_pretty(&answer(&verdict))?),
    }
    Ok(if verdict.is_valid() { Ending::Done } else { Ending::Found })
}

/// Reads a file, or standard input for `-`, and says what it is called.
fn read(file: &Path) -> Result<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    let name = if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MOST + 1)
            .read_to_end(&mut bytes)
            .context("read standard input")?;
        "standard input".to_owned()
    } else {
        let reader =
            std::fs::File::open(file).with_context(|| format!("open `{}`", file.display()))?;
        reader
            .take(MOST + 1)
            .read_to_end(&mut bytes)
            .with_context(|| format!("read `{}`", file.display()))?;
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
    let count =
        |level: Level| verdict.findings.iter().filter(|finding| finding.level() == level).count();
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
