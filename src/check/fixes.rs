//! Findings fixed: the author's files with every certain edit made, looked at again until there is
//! none left.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Fix};
use crate::tree::{Edit, File, Tree, TreePath};

/// How often the files are looked at again: what was hidden behind one mistake is found after it,
/// and what met another edit waits for it.
const ROUNDS: usize = 10;

/// What became of some files.
pub struct Fixed {
    /// Those that changed, as they are now.
    pub files: Tree<File>,
    /// How many findings were fixed.
    pub count: usize,
    /// What is found in them now.
    pub left: Diagnostics,
}

/// Fixes what was found in `files` and `may` be fixed; `look` says what is found in them after
/// that. Edits are made only if each takes its finding away and brings no other.
pub fn fixed(
    files: &Tree<File>,
    found: Diagnostics,
    may: impl Fn(&Diagnostic) -> bool,
    look: impl Fn(&Tree<File>) -> Diagnostics,
) -> Fixed {
    let mut fixed = Fixed { files: Tree::new(), count: 0, left: found };
    for _ in 0..ROUNDS {
        let whole = with(files, &fixed.files);
        let round = round(&whole, &fixed.left, &may);
        let all: Vec<&TreePath> = round.keys().collect();
        // All files at once; where that goes wrong, one by one.
        let tries = std::iter::once(all.clone())
            .chain(all.into_iter().map(|path| vec![path]))
            .filter(|paths| !paths.is_empty());
        let before = fixed.count;
        for paths in tries {
            let new = paths.iter().map(|path| ((*path).clone(), round[*path].0.clone())).collect();
            let left = look(&with(&with(files, &fixed.files), &new));
            let fixed_codes: Vec<Code> =
                paths.iter().flat_map(|path| round[*path].1.iter().copied()).collect();
            if only_fewer(&fixed.left, &left, &fixed_codes) {
                let whole = paths.len() == round.len();
                fixed.count += fixed_codes.len();
                fixed.files.extend(new);
                fixed.left = left;
                if whole {
                    break;
                }
            }
        }
        if fixed.count == before {
            break;
        }
    }
    fixed
}

/// Returns true if after a fix of findings of some codes those are gone and no other came, but what
/// may have been hidden by them.
fn only_fewer(before: &Diagnostics, after: &Diagnostics, fixed_codes: &[Code]) -> bool {
    let counts = |codes: &mut dyn Iterator<Item = Code>| {
        codes.fold(BTreeMap::<Code, usize>::new(), |mut counts, code| {
            *counts.entry(code).or_default() += 1;
            counts
        })
    };
    let unread = before.unread();
    let after =
        after.sorted().into_iter().filter(|found| !unread.explain(found)).map(|found| found.code);
    let after = counts(&mut after.chain(fixed_codes.iter().copied()));
    let before = counts(&mut before.sorted().into_iter().map(|found| found.code));
    after.iter().all(|(code, count)| before.get(code).is_some_and(|before| count <= before))
}

/// Returns some files with others in their places.
fn with(files: &Tree<File>, others: &Tree<File>) -> Tree<File> {
    let mut whole = files.clone();
    whole.extend(others.iter().map(|(path, file)| (path.clone(), file.clone())));
    whole
}

/// Returns the files that can be edited now, each with the codes of the findings that this fixes.
fn round(
    files: &Tree<File>,
    found: &Diagnostics,
    may: impl Fn(&Diagnostic) -> bool,
) -> BTreeMap<TreePath, (File, Vec<Code>)> {
    let mut fixes: BTreeMap<&TreePath, Vec<(Code, &Fix)>> = BTreeMap::new();
    for found in found.sorted().into_iter().filter(|found| may(found)) {
        if let (Some(fix), Some(place)) = (found.fix(), &found.place) {
            let own = fixes.entry(&place.path).or_default();
            let meets = |(_, other): &(Code, &Fix)| {
                other.edits.iter().any(|one| fix.edits.iter().any(|edit| edit.meets(one)))
            };
            if own.iter().any(|(_, other)| *other == fix) || !own.iter().any(meets) {
                own.push((found.code, fix));
            }
        }
    }
    let edited = fixes.into_iter().filter_map(|(path, fixes)| {
        let mut edits: Vec<Edit> =
            fixes.iter().flat_map(|(_, fix)| fix.edits.iter().cloned()).collect();
        edits.sort();
        edits.dedup();
        let file = files.get(path)?;
        let edited = file.edited(&edits).filter(|edited| edited != file)?;
        Some((path.clone(), (edited, fixes.into_iter().map(|(code, _)| code).collect())))
    });
    edited.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::tree::Span;

    fn path(name: &str) -> TreePath {
        TreePath::new(&format!("content/{name}.yaml")).unwrap()
    }

    /// Finds each `x`, which should be `y`; and a `z` is a mistake of which nobody knows what it
    /// should be.
    fn look(files: &Tree<File>) -> Diagnostics {
        let letters = files.iter().flat_map(|(path, file)| {
            file.bytes().iter().enumerate().map(move |(at, byte)| (path, at, *byte))
        });
        let mistakes =
            letters.filter(|(_, _, byte)| matches!(byte, b'x' | b'z')).map(|(path, at, byte)| {
                let (span, found) =
                    (Span::new(at, at + 1), Diagnostic::error(Code::BadValue, format!("at {at}")));
                let put_in = if path.as_str().contains("trap") { "zz" } else { "y" };
                found.at(path, span).with_fix((byte == b'x').then(|| Fix::write(span, put_in)))
            });
        mistakes.collect()
    }

    fn text(files: &Tree<File>, name: &str) -> Option<String> {
        files.get(&path(name)).map(|file| String::from_utf8(file.bytes().to_vec()).unwrap())
    }

    #[test]
    fn edits_that_meet_wait_for_the_next_round_and_those_that_harm_are_not_made() {
        let files = [("good", "axxb xz"), ("trap", "ax"), ("other", "a")]
            .map(|(name, text)| (path(name), File::new(text.as_bytes())));
        let files: Tree<File> = files.into_iter().collect();
        let fixed = fixed(&files, look(&files), |_| true, look);
        assert_eq!(text(&fixed.files, "good").as_deref(), Some("ayyb yz"));
        assert_eq!((text(&fixed.files, "trap"), text(&fixed.files, "other")), (None, None));
        assert_eq!((fixed.count, fixed.left.count(Severity::Error)), (3, 2));
    }

    #[test]
    fn only_what_may_be_fixed_is_fixed_and_what_was_released_never() {
        let files = ["a", "versions/original/b"].map(|name| (path(name), File::new(&b"x"[..])));
        let files: Tree<File> = files.into_iter().collect();
        assert_eq!(fixed(&files, look(&files), |_| false, look).count, 0);
        let fixed = fixed(&files, look(&files), |_| true, look);
        assert_eq!((fixed.count, fixed.files.len()), (1, 1));
        assert_eq!(text(&fixed.files, "a").as_deref(), Some("y"));
    }
}
