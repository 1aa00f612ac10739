//! What git leaves in a file where two branches changed the same lines.

use crate::diagnostic::{Code, Diagnostic};
use crate::tree::{Span, TreePath};

/// Returns the finding that a file holds a merge conflict, if it does: the marks of a beginning, a
/// middle and an end, each on a line of its own.
pub fn conflict(path: &TreePath, text: &str) -> Option<Diagnostic> {
    let begins =
        |line: &str| line.strip_prefix("<<<<<<<").is_some_and(|rest| !rest.starts_with('<'));
    let ends = |line: &str| line.strip_prefix(">>>>>>>").is_some_and(|rest| !rest.starts_with('>'));
    let (mut at, mut first, mut parted) = (0, None, false);
    for line in text.split_inclusive('\n') {
        let plain = line.trim_end();
        match first {
            None if begins(plain) => first = Some(Span::new(at, at + plain.len())),
            Some(_) if plain == "=======" => parted = true,
            Some(first) if parted && ends(plain) => {
                let found = Diagnostic::error(Code::Conflict, "a merge conflict was left here");
                let help = "keep what is right of the two sides, and remove the lines that begin with `<<<<<<<`, `=======` and `>>>>>>>`";
                return Some(found.at(path, first).help(help));
            }
            _ => {}
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conflict_has_a_beginning_a_middle_and_an_end() {
        let path = TreePath::new("content/a.md").unwrap();
        let found = |text: &str| {
            let span = conflict(&path, text)?.place?.span?;
            Some(text[span.start..span.end].to_owned())
        };
        for text in [
            "a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n",
            "a\r\n<<<<<<< HEAD\r\nb\r\n||||||| base\r\n=======\r\n>>>>>>> x",
        ] {
            assert_eq!(found(text).unwrap(), "<<<<<<< HEAD");
        }
        for text in [
            "Title\n=======\n\n<<<<<<< a",
            "    <<<<<<< a\n    =======\n    >>>>>>> b\n",
            ">>>>>>> quoted\n",
            "<<<<<<<< a\n=======\n>>>>>>>> b\n",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
