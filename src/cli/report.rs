//! Findings and talk on the terminal.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::time::Instant;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};

use crate::cli::style;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::securitytxt;
use crate::securitytxt::Finding;
use crate::tree::{File, Sources, Span, Tree};

/// Prints findings, errors first, and how many there are; warnings only unless `quiet`.
pub fn diagnostics(diagnostics: &Diagnostics, files: &Tree<File>, quiet: bool) {
    findings(diagnostics, files, quiet);
    let (errors, warnings) =
        (diagnostics.count(Severity::Error), diagnostics.count(Severity::Warning));
    if errors > 0 {
        let warnings = if warnings == 0 {
            String::new()
        } else {
            format!(" and {}", counted(warnings, "warning"))
        };
        anstream::eprintln!(
            "{0}{1}{warnings}{0:#}: nothing was written",
            style::ERROR,
            counted(errors, "error")
        );
    } else if warnings > 0 && !quiet {
        anstream::eprintln!("{0}{1}{0:#}", style::WARNING, counted(warnings, "warning"));
    }
}

/// Prints findings, errors first; warnings only unless `quiet`.
pub fn findings(diagnostics: &Diagnostics, files: &Tree<File>, quiet: bool) {
    let shown = diagnostics
        .sorted()
        .into_iter()
        .filter(|found| !quiet || found.severity == Severity::Error);
    let mut sources = Sources::new(files);
    for found in shown {
        anstream::eprintln!("{}\n", styled(found, &mut sources, Stream::Talk));
    }
}

/// How many columns a terminal has at least.
const NARROW: usize = 60;

/// How many lines are shown besides the one that a finding is about.
#[derive(Clone, Copy, Default)]
struct Around {
    before: usize,
    after: usize,
}

/// Where findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Answer,
    /// Standard error.
    Talk,
}

/// Returns a finding as it is printed on a terminal.
pub fn styled(found: &Diagnostic, sources: &mut Sources<'_>, stream: Stream) -> String {
    rendered(found, sources, &renderer(stream), Around::default())
}

/// Returns what lays findings out: long lines are cut to the terminal, so that the marks below them
/// stay where they belong.
fn renderer(stream: Stream) -> Renderer {
    let size = match stream {
        Stream::Answer => terminal_size::terminal_size_of(io::stdout()),
        Stream::Talk => terminal_size::terminal_size_of(io::stderr()),
    };
    let columns = size.map(|(width, _)| usize::from(width.0).clamp(NARROW, DEFAULT_TERM_WIDTH));
    Renderer::styled().term_width(columns.unwrap_or(DEFAULT_TERM_WIDTH))
}

/// Returns a finding as it is printed, without colours and among the lines around it.
pub fn plain(found: &Diagnostic, files: &Tree<File>) -> String {
    rendered(found, &mut Sources::new(files), &Renderer::plain(), Around { before: 3, after: 2 })
}

/// Prints the findings about a security.txt in their order: all of them, errors only where `quiet`.
pub fn security_txt(findings: &[Finding], name: &str, text: &str, quiet: bool) {
    let renderer = renderer(Stream::Talk);
    for found in
        findings.iter().filter(|found| !quiet || found.level() == securitytxt::Level::Error)
    {
        let level = match found.level() {
            securitytxt::Level::Error => Level::ERROR,
            securitytxt::Level::Recommendation => Level::WARNING.with_name(found.level().as_str()),
            securitytxt::Level::Notice => Level::NOTE.with_name(found.level().as_str()),
        };
        let message = harmless(&found.message);
        let title = level.primary_title(&*message).id(found.rule.code());
        let section = if found.section.starts_with(|first: char| first.is_ascii_digit()) {
            "RFC 9116 section "
        } else {
            ""
        };
        let help = format!("{}; {section}{}", found.help, found.section);
        let help = Some(Level::HELP.message(help));
        let group = match found.span {
            Some(span) => placed(title, name, text, span, None, Around::default()).elements(help),
            None => title.element(Origin::path(name)).elements(help),
        };
        anstream::eprintln!("{}\n", renderer.render(&[group]));
    }
}

/// Returns a finding as it is printed.
fn rendered(
    found: &Diagnostic,
    sources: &mut Sources<'_>,
    renderer: &Renderer,
    around: Around,
) -> String {
    let level = match found.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(harmless(&found.message)).id(found.code.as_str());
    let source = found.place.as_ref().and_then(|place| sources.get(&place.path));
    let help = found.help.as_deref().map(|help| Level::HELP.message(help));
    let fix = found.fix().map(|fix| {
        Level::NOTE.with_name("fix").message(format!("{}, as `check --fix` does", fix.what))
    });
    let help: Vec<_> = help.into_iter().chain(fix).collect();
    let group = match (&found.place, source) {
        (Some(place), Some(source)) if place.span.is_some() => {
            let span = place.span.unwrap_or_default();
            placed(title, place.path.as_str(), &source.text, span, found.label.as_deref(), around)
                .elements(help)
        }
        (Some(place), _) => title.element(Origin::path(place.path.as_str())).elements(help),
        (None, _) => title.elements(help),
    };
    renderer.render(&[group])
}

/// Returns the line of a text in which a byte stands.
pub fn line(text: &str, at: usize) -> &str {
    &text[lines_around(text, text.floor_char_boundary(at.min(text.len())), Around::default())]
}

/// Returns the lines of a text around the one in which a byte stands.
fn lines_around(text: &str, at: usize, around: Around) -> Range<usize> {
    let start =
        text[..at].rmatch_indices('\n').nth(around.before).map_or(0, |(before, _)| before + 1);
    let end = text[at..]
        .match_indices('\n')
        .nth(around.after)
        .map_or(text.len(), |(after, _)| at + after);
    start..end
}

/// Returns a title over the line that it is about, with the place in it marked.
fn placed<'a>(
    title: Title<'a>,
    path: &'a str,
    text: &'a str,
    span: Span,
    label: Option<&'a str>,
    around: Around,
) -> Group<'a> {
    let at = |byte: usize| text.floor_char_boundary(byte.min(text.len()));
    let start = at(span.start);
    let line = text[start..].find('\n').map_or(text.len(), |length| start + length);
    // The renderer is handed what it shows, since it reads all it is handed for each finding.
    let shown = lines_around(text, start, around);
    let annotation = AnnotationKind::Primary
        .span(start - shown.start..at(span.end).clamp(start, line) - shown.start);
    let annotation = match label {
        Some(label) => annotation.label(label),
        None => annotation,
    };
    let first = 1 + memchr::memchr_iter(b'\n', &text.as_bytes()[..shown.start]).count();
    let visible = AnnotationKind::Visible.span(0..shown.len());
    let snippet = Snippet::source(harmless(&text[shown])).line_start(first).path(path);
    title.element(snippet.annotation(annotation).annotation(visible))
}

/// Returns a text without the control characters that some terminals obey and the renderer lets
/// pass; no byte of it moves.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let obeyed = |letter: char| ('\u{80}'..='\u{9f}').contains(&letter);
    if text.contains(obeyed) { Cow::Owned(text.replace(obeyed, "¿")) } else { Cow::Borrowed(text) }
}

/// Prints an error of the world: one line for each cause.
pub fn error(error: &anyhow::Error) {
    let links: Vec<String> = error.chain().map(|link| uncapitalised(&link.to_string())).collect();
    let what = match &links[..] {
        // What was tried is told as a verb and what it is about.
        [first, _, ..] if TRIED.contains(&first.split(' ').next().unwrap_or_default()) => {
            format!("cannot {}", links.join(": "))
        }
        _ => links.join(": "),
    };
    anstream::eprintln!("{0}error{0:#}: {what}", style::ERROR);
}

/// What errors begin with that say what was tried.
const TRIED: [&str; 17] = [
    "ask", "deliver", "find", "finish", "give", "list", "load", "look", "make", "move", "open",
    "read", "remove", "run", "start", "watch", "write",
];

/// Returns a sentence that goes on within another: the system's begin with a capital letter, and
/// names keep theirs.
fn uncapitalised(text: &str) -> String {
    let (first, rest) = text.split_at(text.chars().next().map_or(0, char::len_utf8));
    if rest.starts_with(|second: char| second.is_lowercase()) {
        first.to_lowercase() + rest
    } else {
        text.to_owned()
    }
}

/// Prints a line of talk behind a word for what was done.
pub fn done(word: &str, line: &str) {
    anstream::eprintln!("{0}{word}{0:#} {line}", style::DONE);
}

/// Prints a line that wants to be noticed.
pub fn note(line: &str) {
    anstream::eprintln!("{0}note{0:#}: {line}", style::WARNING);
}

/// Returns a path as people write it: without `.` in its parts.
pub fn place(path: &Path) -> String {
    let plain: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    if plain.as_os_str().is_empty() { ".".to_owned() } else { plain.display().to_string() }
}

/// Returns a number and its noun: `1 page`, `2 pages`.
pub fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// Returns how long something took: `9 ms`, `1.25 s`.
pub fn elapsed(start: Instant) -> String {
    let seconds = start.elapsed().as_secs_f64();
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.2} s") }
}

/// Returns how much something is: `9 B`, `1.2 kB`, `3.4 MB`.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
