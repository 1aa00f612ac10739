//! Findings and talk on the terminal.

use std::borrow::Cow;
use std::io;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};
use std::time::Instant;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Level, Message, Origin, Renderer, Snippet, Title};

use crate::cli::style;
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::securitytxt;
use crate::securitytxt::Finding;
use crate::tree::{File, Position, Positions, Sources, Span, Tree};

/// Prints findings, errors first, and how many there are; warnings only unless `quiet`.
pub fn diagnostics(diagnostics: &Diagnostics, files: &Tree<File>, quiet: bool) {
    ended(diagnostics, files, quiet, ": nothing was written");
}

/// Prints the errors of what a command reads and does not write.
pub fn errors(diagnostics: &Diagnostics, files: &Tree<File>) {
    ended(diagnostics, files, true, "");
}

/// Prints findings and how many there are; `stopped` is said where there are errors.
fn ended(diagnostics: &Diagnostics, files: &Tree<File>, quiet: bool, stopped: &str) {
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
            "{0}{1}{warnings}{0:#}{stopped}",
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

/// How many lines are shown around that of a finding.
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
    let positions = Positions::new(text);
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
        let rendered = match found.span {
            Some(span) => {
                let start = positions.of(text, span.start);
                let around = Around::default();
                let spot = Spot { path: name, text, span, start, label: None, around };
                marked(&renderer, title, &spot, help)
            }
            None => renderer.render(&[title.element(Origin::path(name)).elements(help)]),
        };
        anstream::eprintln!("{rendered}\n");
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
            let spot = Spot {
                path: place.path.as_str(),
                text: &source.text,
                span,
                start: source.position(span.start),
                label: found.label.as_deref(),
                around,
            };
            return marked(renderer, title, &spot, help);
        }
        (Some(place), _) => title.element(Origin::path(place.path.as_str())).elements(help),
        (None, _) => title.elements(help),
    };
    renderer.render(&[group])
}

/// Returns the line of a text in which a byte stands; of a long one, what is near.
pub fn line(text: &str, at: usize) -> &str {
    let at = text.floor_char_boundary(at.min(text.len()));
    &text[lines_around(text, at, Around::default(), NEAR)]
}

/// How many bytes before and behind a place count as its line, which may have many places.
const NEAR: usize = 4096;

/// How many of them are shown: more than a terminal has columns, whatever the letters.
const SHOWN: usize = 1024;

/// Returns the lines of a text around the one in which a byte stands, as far as they are near.
fn lines_around(text: &str, at: usize, around: Around, near: usize) -> Range<usize> {
    let first = text.floor_char_boundary(at.saturating_sub(near));
    let last = text.floor_char_boundary(text.len().min(at.saturating_add(near)));
    let start = text[first..at].rmatch_indices('\n').nth(around.before);
    let end = text[at..last].match_indices('\n').nth(around.after);
    let start = start.map_or(first, |(before, _)| first + before + 1);
    start..end.map_or(last, |(after, _)| at + after)
}

/// A place in a text that is shown.
struct Spot<'a> {
    path: &'a str,
    text: &'a str,
    span: Span,
    /// Where the span begins.
    start: Position,
    label: Option<&'a str>,
    around: Around,
}

/// Returns a title over the line that it is about, with the place in it marked, and what follows.
fn marked<'a>(
    renderer: &Renderer,
    title: Title<'a>,
    spot: &Spot<'a>,
    help: impl IntoIterator<Item = Message<'a>>,
) -> String {
    let Spot { path, text, span, start: position, label, around } = *spot;
    let at = |byte: usize| text.floor_char_boundary(byte.min(text.len()));
    let start = at(span.start);
    // The renderer is handed what it shows, since it reads all it is handed for each finding.
    let alone = around.before + around.after == 0;
    let shown = lines_around(text, start, around, if alone { SHOWN } else { text.len() });
    let line = text[start..shown.end].find('\n').map_or(shown.end, |length| start + length);
    let annotation = AnnotationKind::Primary
        .span(start - shown.start..at(span.end).clamp(start, line) - shown.start);
    let annotation = match label {
        Some(label) => annotation.label(label),
        None => annotation,
    };
    let before = &text[shown.start..start];
    let first = position.line - memchr::memchr_iter(b'\n', before.as_bytes()).count();
    let visible = AnnotationKind::Visible.span(0..shown.len());
    let snippet = Snippet::source(harmless(&text[shown])).line_start(first).path(path);
    let snippet = snippet.annotation(annotation).annotation(visible);
    let rendered = renderer.render(&[title.element(snippet).elements(help)]);
    // The renderer counts the column in what it is handed, which may begin within the line.
    let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
    let [counted, right] =
        [column, position.column].map(|column| format!("{path}:{}:{column}", position.line));
    if counted == right { rendered } else { rendered.replacen(&counted, &right, 1) }
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
        // The attempted action is a verb and its object.
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
