//! What only the whole policy shows of its words: footnotes that another section defines, and whether most of it is code.

use crate::diagnostic::Code;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::model::Section;
use crate::parse::markdown;
use crate::parse::markdown::Reading;
use crate::tree::Span;
use crate::tree::TreePath;

/// How many words of code are no example any more.
const MANY: usize = 30;

/// What the sections read so far leave open.
#[derive(Default)]
pub struct Across {
    /// The footnotes that are defined, each with its label and the file and line.
    defined: Vec<(String, String)>,
    /// References to footnotes that their section does not define.
    undefined: Vec<(String, TreePath, Span)>,
    /// How many words stand outside code.
    words: usize,
    code: Vec<(markdown::Code, TreePath, Span)>,
}

impl Across {
    /// Takes a section as it was read.
    pub fn take(&mut self, section: &Section, reading: &Reading) {
        let place = section.place();
        let lines = section.body.lines();
        let defined = reading.text.footnotes.iter();
        self.defined.extend(defined.map(|note| (note.label.to_lowercase(), format!("{place}:{}", lines.of(note.span.start)))));
        let written = |span: Span| section.body.origin(span);
        self.undefined.extend(reading.undefined.iter().map(|(label, span)| (label.clone(), place.clone(), written(*span))));
        self.code.extend(reading.code.iter().map(|code| (*code, place.clone(), written(code.span))));
        self.words += reading.words;
    }

    /// Reports what is wrong with the whole.
    pub fn check(&self, diagnostics: &mut Diagnostics) {
        for (label, path, span) in &self.undefined {
            let shown = label.escape_debug();
            let elsewhere = self.defined.iter().find(|(defined, _)| *defined == label.to_lowercase());
            let (message, help) = match elsewhere {
                None => (
                    format!("there is no footnote `{shown}`: readers will see `[^{shown}]`"),
                    format!("write `[^{shown}]: …` on a line of its own in this file"),
                ),
                Some((_, place)) => (
                    format!("the footnote `{shown}` is not in this section: readers will see `[^{shown}]`"),
                    format!("it is defined in `{place}`: write `[^{shown}]: …` in this file too, spelled alike"),
                ),
            };
            diagnostics.push(Diagnostic::warning(Code::StrayMark, message).at(path, *span).help(help));
        }
        let all: usize = self.code.iter().map(|(code, ..)| code.words).sum();
        // What is no prose, as a key, is meant to be code.
        let prose = self.code.iter().filter(|(code, ..)| 4 * code.plain >= 3 * code.words);
        if let Some((code, path, span)) = prose.max_by_key(|(code, ..)| code.words).filter(|_| all >= MANY && all > self.words) {
            let help = match code.indented {
                true => "take out the four spaces before its lines",
                false => "take out the lines of marks around it",
            };
            let mostly = Diagnostic::warning(Code::StrayMark, "most of this policy is code: readers will see it as it is written");
            diagnostics.push(mostly.at(path, Span::new(span.start, span.start + 1)).help(help));
        }
    }
}
