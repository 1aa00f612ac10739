//! Findings in the shapes that people and programs read: one list, many printers. Each printer
//! returns its whole text.

mod concise;
mod github;
mod gitlab;
mod json;
mod junit;
mod sarif;

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::path::Path;

use clap::ValueEnum;

use crate::cli::report;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix, Severity};
use crate::tree::{Digest, File, Position, Source, Sources, Span, Tree, TreePath};

pub use github::summary as github_summary;

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Human-readable, with the source line
    Full,
    /// One line each
    Concise,
    /// JSON
    Json,
    /// GitHub Actions annotations
    Github,
    /// GitLab Code Quality report
    Gitlab,
    /// JUnit XML
    Junit,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

impl Format {
    /// Returns the one that fits where the answer goes: annotations in a GitHub job, lines in a
    /// pipe, else everything.
    pub fn fitting() -> Format {
        match std::env::var("GITHUB_ACTIONS") {
            Ok(set) if set == "true" => Format::Github,
            _ if std::io::stdout().is_terminal() => Format::Full,
            _ => Format::Concise,
        }
    }
}

/// A finding in the form that other programs read.
struct Item<'a> {
    code: Code,
    severity: Severity,
    /// What is wrong, and what was said at the place.
    message: String,
    help: Option<&'a str>,
    /// The file, from the folder in which the program was started.
    file: Option<String>,
    /// Where in it, the first character and the one after the last; `None` if the finding is
    /// about the file as a whole.
    region: Option<(Position, Position)>,
    /// The unambiguous fix, and the regions it changes.
    fix: Option<(&'a Fix, Vec<(Position, Position)>)>,
    /// What stays the same while lines above it come and go.
    fingerprint: String,
}

/// Returns findings as text. `root` is the project's folder.
pub fn text(format: Format, found: &Diagnostics, files: &Tree<File>, root: &Path) -> String {
    match format {
        Format::Full => {
            let mut sources = Sources::new(files);
            found
                .sorted()
                .into_iter()
                .map(|found| report::styled(found, &mut sources, report::Stream::Answer) + "\n\n")
                .collect()
        }
        Format::Concise => concise::text(&items(found, files, root)),
        Format::Json => json::text(&items(found, files, root)),
        Format::Github => github::text(&items(found, files, root)),
        Format::Gitlab => gitlab::text(&items(found, files, root)),
        Format::Junit => junit::text(&items(found, files, root)),
        Format::Sarif => sarif::text(&items(found, files, root)),
    }
}

/// Returns how often each code was found, the most frequent first.
pub fn statistics(found: &Diagnostics) -> String {
    let mut counts: BTreeMap<Code, usize> = BTreeMap::new();
    for found in found.sorted() {
        *counts.entry(found.code).or_default() += 1;
    }
    let mut counts: Vec<(Code, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|(code, count)| (std::cmp::Reverse(*count), *code));
    counts
        .into_iter()
        .map(|(code, count)| format!("{count:>6}  {}  {}\n", code.as_str(), code.title()))
        .collect()
}

fn items<'a>(found: &'a Diagnostics, files: &Tree<File>, root: &Path) -> Vec<Item<'a>> {
    let mut sources = Sources::new(files);
    let mut equal: BTreeMap<Digest, usize> = BTreeMap::new();
    let mut item = |found: &'a Diagnostic| {
        let path = found.place.as_ref().map(|place| &place.path);
        let source = path.and_then(|path| sources.get(path));
        let span = found.place.as_ref().and_then(|place| place.span);
        let region = |source: &Source<'_>, span: Span| {
            (source.position(span.start), source.position(span.end))
        };
        let fix = found.fix().zip(source);
        let fix = fix.map(|(fix, source)| {
            (fix, fix.edits.iter().map(|edit| region(source, edit.span)).collect())
        });
        let region = source.zip(span).map(|(source, span)| region(source, span));
        let line = source
            .zip(span)
            .map(|(source, span)| report::line(&source.text, span.start))
            .unwrap_or_default();
        let file = path.map(|path| named(path, root));
        let same = format!(
            "{}\0{}\0{}\0{}",
            found.code.as_str(),
            file.as_deref().unwrap_or_default(),
            found.message,
            line.trim()
        );
        // The second of two equal findings in equal lines is another one.
        let nth = equal.entry(Digest::of(&same)).or_default();
        let fingerprint = Digest::of(format!("{same}\0{nth}"));
        *nth += 1;
        Item {
            code: found.code,
            severity: found.severity,
            message: found
                .label
                .iter()
                .fold(report::harmless(&found.message).into_owned(), |message, label| {
                    format!("{message}: {label}")
                }),
            help: found.help.as_deref(),
            file,
            region,
            fix,
            fingerprint: fingerprint.to_string(),
        }
    };
    found.sorted().into_iter().map(&mut item).collect()
}

/// Returns the name of a file as those know it who stand where the program was started.
fn named(path: &TreePath, root: &Path) -> String {
    let parts = root.components().filter(|part| *part != std::path::Component::CurDir);
    let whole = parts.chain(Path::new(path.as_str()).components()).collect::<std::path::PathBuf>();
    whole.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/")
}

/// Returns the word for a weight.
fn weight(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}
