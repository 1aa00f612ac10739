//! What only the whole policy shows of its words: footnotes that another section defines, and
//! whether most of it is code.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Footnote, Section};
use crate::parse::markdown;
use crate::parse::markdown::Reading;
use crate::tree::{Span, TreePath};

/// How many words of code are no example any more.
const MANY: usize = 30;

/// What the sections read so far leave open.
#[derive(Default)]
pub struct Across {
    /// The footnotes that are defined, each with its label and the file and line.
    defined: Vec<(String, String)>,
    /// Findings about footnotes to which their section does not refer, each with its label.
    unused: Vec<(String, Diagnostic)>,
    /// References to footnotes that their section does not define.
    undefined: Vec<(String, TreePath, Span)>,
    sections: Vec<Words>,
}

impl Across {
    /// Takes a section as it was read, with the problems that only the whole can judge.
    pub fn take(&mut self, section: &Section, reading: &Reading) {
        let place = section.place();
        let lines = section.body.lines();
        let defined = reading.text.footnotes.iter();
        self.defined.extend(defined.map(|note| {
            (note.label.to_lowercase(), format!("{place}:{}", lines.of(note.span.start)))
        }));
        let written = |span: Span| section.body.origin(span);
        self.undefined.extend(
            reading
                .undefined
                .iter()
                .map(|(label, span)| (label.clone(), place.clone(), written(*span))),
        );
        let notes: HashMap<Span, &Footnote> =
            reading.text.footnotes.iter().rev().map(|note| (note.span, note)).collect();
        for (span, problem) in &reading.problems {
            if let Some(note) = notes.get(span) {
                self.unused
                    .push((note.label.to_lowercase(), problem.clone().at(&place, written(*span))));
            }
        }
        let prose = reading
            .code
            .iter()
            .filter(|code| 4 * code.plain >= 3 * code.words)
            .max_by_key(|code| code.words);
        let begins =
            |code: &markdown::Code| written(Span::new(code.span.start, code.span.start + 1));
        self.sections.push(Words {
            words: reading.words,
            code: reading.code.iter().map(|code| code.words).sum(),
            longest: prose.map(|code| (*code, place.clone(), begins(code))),
        });
    }

    /// Reports what is wrong with the whole.
    pub fn check(&self, diagnostics: &mut Diagnostics) {
        let defined: HashMap<&str, &str> = self
            .defined
            .iter()
            .rev()
            .map(|(label, place)| (label.as_str(), place.as_str()))
            .collect();
        for (label, path, span) in &self.undefined {
            let shown = label.escape_debug();
            let elsewhere = defined.get(label.to_lowercase().as_str());
            let (message, help) = match elsewhere {
                None => (
                    format!("there is no footnote `{shown}`: readers will see `[^{shown}]`"),
                    format!("write `[^{shown}]: …` on a line of its own in this file"),
                ),
                Some(place) => (
                    format!(
                        "the footnote `{shown}` is not in this section: readers will see `[^{shown}]`"
                    ),
                    format!(
                        "it is defined in `{place}`: write `[^{shown}]: …` in this file too, spelled alike"
                    ),
                ),
            };
            diagnostics
                .push(Diagnostic::warning(Code::StrayMark, message).at(path, *span).help(help));
        }
        // A note that another section refers to is reported there.
        let referred: HashSet<String> =
            self.undefined.iter().map(|(undefined, ..)| undefined.to_lowercase()).collect();
        let unused = self.unused.iter().filter(|(label, _)| !referred.contains(label));
        diagnostics.extend(unused.map(|(_, found)| found.clone()));
        let (words, code) = self
            .sections
            .iter()
            .fold((0, 0), |(words, code), section| (words + section.words, code + section.code));
        let policy = (code >= MANY && code > words)
            .then(|| self.sections.iter().filter_map(|section| section.longest.as_ref()));
        if let Some((code, path, span)) =
            policy.and_then(|blocks| blocks.max_by_key(|(code, ..)| code.words))
        {
            diagnostics.push(mostly("policy", code).at(path, *span));
            return;
        }
        // Code that is fenced is meant, as the form of a report is; prose that is indented is not.
        let mostly_code = |section: &&Words| section.code >= MANY && section.code > section.words;
        for (code, path, span) in
            self.sections.iter().filter(mostly_code).filter_map(|section| section.longest.as_ref())
        {
            if code.indented {
                diagnostics.push(mostly("section", code).at(path, *span));
            }
        }
    }
}

fn mostly(what: &str, code: &markdown::Code) -> Diagnostic {
    let help = match code.indented {
        true => "remove the four spaces at the start of its lines",
        false => "remove the code fence around it",
    };
    let message = format!("most of this {what} is code: readers will see it as it is written");
    Diagnostic::warning(Code::StrayMark, message).help(help)
}

/// How the words of a section are parted.
struct Words {
    /// How many stand outside code.
    words: usize,
    /// How many stand in it.
    code: usize,
    /// The longest block of code that is prose, and where it begins: a key is meant to be code.
    longest: Option<(markdown::Code, TreePath, Span)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::content;
    use crate::tree::{File, Tree};

    /// Returns the marks that are found in a policy of some sections, each as file, line and
    /// message.
    fn found(sections: &[String]) -> Vec<String> {
        let opening = ("content/a/_index.md".to_owned(), "---\ntitle: A\n---\nWords.\n".to_owned());
        let sections = sections
            .iter()
            .enumerate()
            .map(|(index, text)| (format!("content/a/{index}-s{index}.md"), text.clone()));
        let files: Vec<(TreePath, File)> = [opening]
            .into_iter()
            .chain(sections)
            .map(|(path, text)| (TreePath::new(&path).unwrap(), File::new(text.into_bytes())))
            .collect();
        let mut diagnostics = Diagnostics::new();
        content(&files.into_iter().collect::<Tree<File>>(), &mut diagnostics);
        let marks = diagnostics
            .sorted()
            .into_iter()
            .filter(|found| matches!(found.code, Code::StrayMark | Code::UnusedFootnote));
        marks
            .map(|found| {
                format!("{}: {}", found.place.as_ref().unwrap().path.name(), found.message)
            })
            .collect()
    }

    #[test]
    fn a_policy_or_a_section_that_is_code_for_the_most_part_is_named_once() {
        let prose = "We keep what you send us, and nobody else reads it.\n".repeat(5);
        let words = format!("## Words\n\n{prose}{prose}{prose}");
        let fenced = format!("## Fenced\n\n```\n{prose}```\n");
        let indented = format!("## Indented\n\n    {}\n", prose.trim().replace('\n', "\n    "));
        let key = format!("## Key\n\n```\n{}```\n", "mQINBF+8/a 9b8c7d6e5f\n".repeat(40));
        let is_code = |file: &str, what: &str| {
            vec![format!(
                "{file}: most of this {what} is code: readers will see it as it is written"
            )]
        };
        assert_eq!(found(std::slice::from_ref(&fenced)), is_code("0-s0.md", "policy"));
        assert_eq!(found(&[indented.clone(), fenced.clone()]), is_code("1-s1.md", "policy"));
        assert_eq!(found(&[words.clone(), indented.clone()]), is_code("1-s1.md", "section"));
        for good in
            [vec![words.clone(), fenced], vec![key], vec!["## A\n\n    one two\n".to_owned()]]
        {
            assert_eq!(found(&good), [""; 0], "{good:?}");
        }
        assert_eq!(found(&[words.replace("## ", "##")]), [""; 0]);
    }

    #[test]
    fn a_note_of_another_section_is_named_with_its_place() {
        let sections = [
            "## A\n\nx[^law] y[^none]\n".to_owned(),
            "## B\n\n[^law]: The law.\n\n[^more]: More.\n".to_owned(),
        ];
        assert_eq!(
            found(&sections),
            [
                "0-s0.md: the footnote `law` is not in this section: readers will see `[^law]`",
                "0-s0.md: there is no footnote `none`: readers will see `[^none]`",
                "1-s1.md: nothing refers to the footnote `more`"
            ]
        );
    }
}
