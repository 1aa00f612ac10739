//! Comments that suppress a finding, with a reason: `<!-- policybook: allow P124: … -->` in
//! markdown, `# policybook: allow P040: …` in YAML.

use memchr::memmem;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, nearest};
use crate::tree::{File, Source, Span, TreePath};

const WORDS: &str = "policybook: allow";

/// A comment that suppresses a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The code it names.
    pub code: Code,
    /// Where the comment stands.
    pub span: Span,
    /// What it suppresses: the paragraph or the entry below it, or its own line.
    pub covers: Span,
}

/// Returns the suppressions of a file, and reports those that name no code or no reason.
pub fn suppressions(
    path: &TreePath,
    file: &File,
    diagnostics: &mut Diagnostics,
) -> Vec<Suppression> {
    if memmem::find(file.bytes(), WORDS.as_bytes()).is_none() {
        return Vec::new();
    }
    let Ok(source) = Source::new(path, file) else {
        return Vec::new();
    };
    let (open, close) = if path.name().ends_with(".md") { ("<!--", "-->") } else { ("#", "") };
    let text = &*source.text;
    let mut suppressions = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let (at, end) = (start, start + line.len());
        start = end;
        let Some((before, comment)) =
            line.split_once(open).filter(|(_, comment)| comment.trim_start().starts_with(WORDS))
        else {
            continue;
        };
        let span = Span::new(at + before.len(), at + line.trim_end().len());
        let words = comment.trim().trim_start_matches(WORDS).strip_suffix(close).map(str::trim);
        let covers = match before.trim().is_empty() {
            true => below(text, end, close.is_empty()),
            false => Span::new(at, end),
        };
        match words.map_or(Err("end the comment on its line".to_owned()), named) {
            Ok(codes) => suppressions.extend(codes.into_iter().map(|code| Suppression {
                code,
                span,
                covers,
            })),
            Err(help) => {
                let bad = Diagnostic::error(Code::Suppression, "this comment suppresses nothing")
                    .at(path, span);
                diagnostics.push(bad.help(help));
            }
        }
    }
    suppressions
}

/// Returns the codes that a suppression names; says otherwise what to write.
fn named(words: &str) -> Result<Vec<Code>, String> {
    let form = || {
        "write the code and the reason, as in `policybook: allow P124: the form is called so`"
            .to_owned()
    };
    let (codes, reason) = words.split_once(':').ok_or_else(form)?;
    if reason.trim().is_empty() {
        return Err(form());
    }
    codes.split(',').map(str::trim).map(code).collect()
}

/// Reads a code that a site may weigh; says otherwise why it may not.
pub fn code(text: &str) -> Result<Code, String> {
    let known = || Code::ALL.iter().filter(|code| code.is_configurable()).map(|code| code.as_str());
    match Code::ALL.iter().find(|code| code.as_str() == text) {
        Some(code) if code.is_configurable() => Ok(*code),
        Some(code) => Err(format!("{} cannot be suppressed: fix what it reports", code.as_str())),
        None => Err(match nearest(text, known()) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("write one of {}", known().collect::<Vec<_>>().join(", ")),
        }),
    }
}

/// Returns what stands below a comment: up to the next empty line, in YAML up to the next entry.
fn below(text: &str, from: usize, yaml: bool) -> Span {
    let (mut start, mut end, mut first) = (from, from, None);
    for line in text[from..].split_inclusive('\n') {
        let indent = line.len() - line.trim_start().len();
        let words = line.trim();
        let comment = if yaml { words.starts_with('#') } else { words.starts_with("<!--") };
        match first {
            None if words.is_empty() || comment => start = end + line.len(),
            None => first = Some(indent),
            Some(_) if words.is_empty() => break,
            Some(first) if yaml && indent <= first => break,
            Some(_) => {}
        }
        end += line.len();
    }
    Span::new(start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(name: &str, text: &str) -> Vec<(Code, String)> {
        let path = TreePath::new(name).unwrap();
        let mut diagnostics = Diagnostics::new();
        let suppressions = suppressions(&path, &File::new(text.as_bytes()), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        suppressions
            .into_iter()
            .map(|suppression| {
                (
                    suppression.code,
                    text[suppression.covers.start..suppression.covers.end].to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn a_suppression_covers_what_stands_below_it_or_its_own_line() {
        let text = "a\n\n<!-- policybook: allow P124: why not -->\n\nTODO\nb\n\nTODO\n";
        assert_eq!(covered("a.md", text), [(Code::LeftOver, "TODO\nb\n".to_owned())]);
        let text = "TODO <!-- policybook: allow P124, P128: because -->\nTODO\n";
        let own = text.lines().next().unwrap().to_owned() + "\n";
        assert_eq!(covered("a.md", text), [(Code::LeftOver, own.clone()), (Code::StrayMark, own)]);
        let text = "list:\n  # policybook: allow P040: two people\n  - name: x\n    link: y\n  - name: z\n";
        assert_eq!(
            covered("a.yaml", text),
            [(Code::DuplicateEntry, "  - name: x\n    link: y\n".to_owned())]
        );
    }
}
