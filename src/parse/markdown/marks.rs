//! Marks that were meant for a program and that readers see as text: of markdown where something is
//! missing, of other programs, and what was to be filled in. What is found by a sign inside a line
//! is in files of its own.

use crate::diagnostic::{Code, Diagnostic, Fix};
use crate::parse::markdown::bare::addresses;
use crate::parse::markdown::brackets::brackets;
use crate::parse::markdown::found::{Found, seen_mark};
use crate::parse::markdown::numbered::{bullets, folded, unspaced};
use crate::parse::markdown::seen::{BLANK, Block, Run, Seen};
use crate::tree::Span;

/// Finds the marks of a text.
pub fn check(seen: &Seen<'_>, found: &mut Found) {
    for run in &seen.runs {
        if matches!(run.block, Block::Paragraph | Block::Item | Block::Other) {
            beginnings(seen, run, found);
        }
        if matches!(run.block, Block::Paragraph | Block::Item) {
            star(seen, run, found);
        }
        for line in &run.lines {
            let text = seen.part(line.span);
            if text.contains(['[', '{']) {
                brackets(text, line.span.start, found);
            }
            if text.contains("://") || text.contains('@') {
                let words = text.split_inclusive(char::is_whitespace);
                words.for_each(|word| {
                    addresses(
                        word,
                        line.span.start + word.as_ptr() as usize - text.as_ptr() as usize,
                        found,
                    )
                });
            }
        }
    }
    for span in &seen.details {
        definition(&seen.markdown[span.start..span.end], span.start, found);
    }
}

/// Finds the one star of a paragraph that begins words in emphasis and is never closed. At its
/// beginning, and behind a word, it may refer to a note.
fn star(seen: &Seen<'_>, run: &Run, found: &mut Found) {
    let mut all = run.lines.iter().flat_map(|line| {
        let (text, start) = (seen.part(line.span), line.span.start);
        text.match_indices('*').map(move |(at, _)| (text, start, at))
    });
    let (Some((text, start, at)), None) = (all.next(), all.next()) else { return };
    if text[..at].ends_with([' ', '(']) && text[at + 1..].starts_with(char::is_alphanumeric) {
        let help = "close it, or write `\\` before a mark that is meant to be seen";
        found.push((Span::new(start + at, start + at + 1), seen_mark("*", help)));
    }
}

/// Returns the references to footnotes that the text does not define, each with its label.
pub fn undefined(seen: &Seen<'_>) -> Vec<(String, Span)> {
    let mut undefined = Vec::new();
    for line in seen.runs.iter().flat_map(|run| &run.lines) {
        let text = seen.part(line.span);
        for (at, _) in text.match_indices("[^") {
            let rest = &text[at + 2..];
            let end = rest.find([']', BLANK, ' ', '[']).filter(|end| rest[*end..].starts_with(']'));
            if let Some(label) = end.map(|end| &rest[..end]).filter(|label| !label.is_empty()) {
                let start = line.span.start + at;
                undefined.push((label.to_owned(), Span::new(start, start + label.len() + 3)));
            }
        }
    }
    undefined
}

/// Finds what is a mark only at the beginning of a line.
fn beginnings(seen: &Seen<'_>, run: &Run, found: &mut Found) {
    let first = run.lines[0].span;
    if let Some(rest) = seen.part(first).strip_prefix('[')
        && let Some((mark, _)) = rest.split_once("] ")
        && matches!(mark, " " | "x" | "X")
        && item_begins(seen.markdown, first.start)
    {
        let help =
            "check boxes are not supported: remove the brackets, and say in words what they mean";
        found
            .push((Span::new(first.start, first.start + 3), seen_mark(&format!("[{mark}]"), help)));
    }
    for line in &run.lines {
        let text = seen.part(line.span);
        if let Some((length, help)) = foreign(text, seen.markdown, line.span.start) {
            let mark = Span::new(line.span.start, line.span.start + length);
            found.push((mark, seen_mark(&seen.markdown[mark.start..mark.end], help)));
        }
        let hashes = text.len() - text.trim_start_matches('#').len();
        let word = text[hashes..].chars().next().is_some_and(char::is_alphanumeric);
        let alone =
            run.lines.len() == 1 && run.top && text[hashes..].starts_with(char::is_uppercase);
        if word && ((2..=6).contains(&hashes) || (hashes == 1 && alone)) {
            let mark = Span::new(line.span.start, line.span.start + hashes);
            let fix =
                (hashes > 1).then(|| Fix::insert(mark.end, " ", "write a space after the mark"));
            let help = "write a space after it to make a heading, or `\\` in front of it if readers are to see it";
            found.push((mark, seen_mark(&text[..hashes], help).with_fix(fix)));
        }
    }
    unspaced(seen, run, found);
    bullets(seen, run, found);
    folded(seen, run, found);
}

/// Returns true if an item of a list begins at a place.
fn item_begins(markdown: &str, at: usize) -> bool {
    let before = markdown[..at].rsplit('\n').next().unwrap_or_default();
    before.trim_end().ends_with(['-', '*', '+', '.', ')'])
}

/// Finds a mark of another program at the beginning of a line: how long it is, and what to write
/// instead.
fn foreign(text: &str, markdown: &str, at: usize) -> Option<(usize, &'static str)> {
    const NOTE: &str = "write `> [!NOTE]`, and start each line of the note below it with `>`";
    let trimmed = text.trim_end();
    let word = |mark: &str| {
        text.strip_prefix(mark).is_some_and(|rest| {
            rest.trim_start().starts_with(|letter: char| letter.is_alphabetic())
        })
    };
    if word("!!!") || word("???") || word(":::") {
        return Some((3, NOTE));
    }
    let contents = trimmed.replace(BLANK, "_");
    if ["[toc]", "[[toc]]", "[[_toc_]]"].iter().any(|mark| contents.eq_ignore_ascii_case(mark)) {
        return Some((trimmed.len(), "remove it: every page has a table of contents"));
    }
    let quoted = [" from '", " from \""].iter().any(|mark| text.contains(mark));
    if (text.starts_with("import ") && quoted)
        || text.starts_with("import '")
        || text.starts_with("import \"")
    {
        return Some(("import".len(), "remove it: a policy is plain markdown, without imports"));
    }
    let alert = trimmed.strip_prefix("[!").and_then(|rest| rest.strip_suffix(']'));
    let quotation = markdown[..at].trim_end_matches(' ').ends_with('>');
    if alert.is_some_and(|kind| kind.chars().all(char::is_alphabetic)) && quotation {
        return Some((
            trimmed.len(),
            "write `[!NOTE]`, `[!TIP]`, `[!IMPORTANT]`, `[!WARNING]` or `[!CAUTION]`",
        ));
    }
    None
}

/// Finds a line that is read as a definition because of the colon that it begins with.
fn definition(written: &str, start: usize, found: &mut Found) {
    let line = written.lines().next().unwrap_or_default();
    let Some(rest) = line.strip_prefix(':').filter(|rest| !rest.starts_with([' ', '\t'])) else {
        return;
    };
    let emoji = rest.split_once(':').is_some_and(|(name, _)| {
        !name.is_empty()
            && name.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_+-".contains(&byte)
            })
    });
    let colon = Span::new(start, start + 1);
    if let Some(rest) = rest.strip_prefix("::") {
        if rest.trim_start().starts_with(char::is_alphabetic) {
            let (length, help) = foreign(line, "", 0).expect("it begins with `:::`");
            found.push((Span::new(start, start + length), seen_mark(&line[..length], help)));
        }
    } else if emoji {
        let message = "this line is read as a definition of the line above, and loses its colon";
        let found_here =
            Diagnostic::warning(Code::StrayMark, message).help("write `\\:` to keep the colon");
        found.push((colon, found_here.with_fix(Fix::insert(start, "\\", "write `\\` before it"))));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::parse::markdown;
    use crate::parse::markdown::Standpoint;
    use crate::tree::{Edit, File};

    fn problems(text: &str) -> Found {
        markdown::judged(text, Standpoint { file: None, sections: &BTreeSet::from(["scope"]) })
            .problems
    }

    /// Returns the words at each finding.
    fn found(text: &str) -> Vec<&str> {
        problems(text).iter().map(|(span, _)| &text[span.start..span.end]).collect()
    }

    /// Returns the text after every fix.
    fn fixed(text: &str) -> String {
        let path = crate::tree::TreePath::new("content/a/10-b.md").unwrap();
        let problems = problems(text).into_iter().map(|(span, problem)| problem.at(&path, span));
        let edits: Vec<Edit> = problems
            .filter_map(|problem| problem.fix().cloned())
            .flat_map(|fix| fix.edits)
            .collect();
        String::from_utf8(File::new(text.as_bytes()).edited(&edits).unwrap().bytes().to_vec())
            .unwrap()
    }

    #[test]
    fn a_mark_that_lacks_its_space_is_found_and_gets_it() {
        for (text, right) in [
            ("##Scope", "## Scope"),
            ("Words\n###3. Scope", "Words\n### 3. Scope"),
            ("> ##Scope", "> ## Scope"),
            ("1.First\n2.Second", "1. First\n2. Second"),
            ("We may:\n1)Copy\n2)Rent", "We may:\n1) Copy\n2) Rent"),
            ("1.范围", "1. 范围"),
        ] {
            assert_eq!((found(text).len(), fixed(text).as_str()), (1, right), "{text:?}");
            assert_eq!(found(right), [""; 0], "{right:?}");
        }
        assert_eq!((found("#Scope"), fixed("#Scope")), (vec!["#"], "#Scope".to_owned()));
        for good in [
            "#channel",
            "The #Scope\n#Scope",
            "\\##Scope",
            "`##Scope`",
            "1.5 million",
            "see section\n2.Scope of it",
            "##",
            "1.a",
            "    ##Scope",
        ] {
            assert_eq!(found(good), [""; 0], "{good:?}");
        }
    }

    #[test]
    fn marks_of_other_programs_are_found_once_where_they_stand() {
        for (text, mark) in [
            ("{: .lead }", "{: .lead }"),
            ("Words {:.lead}", "{:.lead}"),
            ("[word]{.underline}", "{.underline}"),
            ("Words {#id}", "{#id}"),
            ("{% hint style=\"info\" %}", "{% hint style=\"info\" %}"),
            ("!!! note", "!!!"),
            ("??? note", "???"),
            (":::note", ":::"),
            ("::: warning", ":::"),
            ("Words\n:::note", ":::"),
            ("[TOC]", "[TOC]"),
            ("[[toc]]", "[[toc]]"),
            ("[[_TOC_]]", "[[_TOC_]]"),
            ("import X from './x.js'", "import"),
            ("> [!INFO]\n> x", "[!INFO]"),
            ("- [ ] x", "[ ]"),
            ("1. [x] x\n\n   y", "[x]"),
            ("See [a][b].", "[b]"),
            ("See [the scope][].", "[]"),
        ] {
            assert_eq!(found(text), [mark], "{text:?}");
            let line = text.lines().last().unwrap();
            let code = format!("`` {line} ``\n\n```\n{text}\n```");
            assert_eq!(found(&code), [""; 0], "{code:?}");
        }
        for good in [
            "{a, b}",
            "a {1} b",
            "Wait!!! Note",
            "note: this",
            "import duties from abroad",
            "we import goods from 'abroad'",
            "> [!NOTE]\n> x",
            "See [1][2] and [a] [b].",
            "See [a][b], [scope][].\n\n[b]: #b\n[scope]: #s",
            "See [a\\][b].",
            "Take a[i][j].",
            "An array[] of [ ] blanks",
            "100 {%} of",
        ] {
            assert_eq!(found(good), [""; 0], "{good:?}");
        }
    }

    #[test]
    fn what_is_to_be_filled_in_is_found() {
        for text in [
            "[COMPANY NAME]",
            "[Company]",
            "[insert date]",
            "[Your Company]",
            "{NAME}",
            "{company_name}",
            "[DATE]",
            "[COMPANY_NAME]",
        ] {
            assert_eq!(found(&format!("By {text}, we")), [text], "{text}");
            assert_eq!(problems(text)[0].1.code, Code::LeftOver);
        }
        for good in [
            "[sic]",
            "[UK]",
            "[GDPR]",
            "[the Company]",
            "[NAME](#a)",
            "\\[NAME]",
            "`{NAME}`",
            "${NAME}",
            "[emphasis added]",
            "wp-{USER_ID}",
            "{HASH}_x",
            "${NAME}",
            "mail@{COMPANY}",
            "[...]",
            "{a}",
            "[*NAME*]",
        ] {
            assert_eq!(found(good), [""; 0], "{good}");
        }
        assert_eq!(found("[TBD BY COUNSEL]"), ["TBD"]);
    }

    #[test]
    fn a_line_that_begins_with_a_colon_is_a_definition_only_where_that_is_meant() {
        assert_eq!(fixed("Soon.\n:warning: Working days."), "Soon.\n\\:warning: Working days.");
        assert_eq!(found("Soon.\n\n:+1: Yes."), [":"]);
        for good in [
            "Term\n: Meaning",
            "Term\n:   Meaning: this",
            "Soon.\n\\:warning: x",
            "Soon :warning: x",
            "Term\n:Meaning of it",
        ] {
            assert_eq!(found(good), [""; 0], "{good:?}");
        }
    }

    #[test]
    fn numbered_lines_of_one_paragraph_are_parted() {
        for (text, right) in [
            ("(a) copy;\n(b) rent;", "(a) copy;\n\n(b) rent;"),
            ("We may:\n(a) copy\nit;\n(b) rent;", "We may:\n\n(a) copy\nit;\n\n(b) rent;"),
            ("a. one\n    b. two\nc. three", "a. one\n\nb. two\n\nc. three"),
            ("(i) one\n(ii) two", "(i) one\n\n(ii) two"),
            ("(h) one\n(i) two\n(j) three", "(h) one\n\n(i) two\n\n(j) three"),
            ("We:\n2. one\n3. two", "We:\n\n2. one\n\n3. two"),
            ("- We:\n  A) one\n  B) two", "- We:\\\n  A) one\\\n  B) two"),
            ("> **(1)** one\n> **(2)** two", "> **(1)** one\\\n> **(2)** two"),
        ] {
            assert_eq!((problems(text).len(), fixed(text).as_str()), (1, right), "{text:?}");
            assert_eq!(problems(text)[0].1.code, Code::Folded);
            assert_eq!(found(right), [""; 0], "{right:?}");
        }
        for good in [
            "(a) copy;\n\n(b) rent;",
            "(a) copy;  \n(b) rent;",
            "as in paragraphs\n(a) and so\non, or (b) of it",
            "(a) one\n(c) three",
            "(a) one\nb. two",
            "1. one\n2. two",
            "I am here\nI am there",
            "a.\nb.",
            "```\n(a) x\n(b) y\n```",
        ] {
            assert_eq!(found(good), [""; 0], "{good:?}");
        }
    }

    #[test]
    fn typed_bullets_become_a_list() {
        assert_eq!(fixed("We:\n• copy\n•\trent"), "We:\n- copy\n- rent");
        assert_eq!(found("• copy\n\n• rent"), ["•", "•"]);
        assert_eq!(found("a • b\n\n`• c`\n\n| • d |\n|---|\n\n•"), [""; 0]);
        assert_eq!(fixed("> • copy"), "> • copy");
    }

    #[test]
    fn an_address_that_is_typed_becomes_a_link() {
        for (text, right) in [
            ("See https://acme.example/x.", "See <https://acme.example/x>."),
            ("(http://acme.example/a_b(c)?d=e, now)", "(<http://acme.example/a_b(c)?d=e>, now)"),
            ("Mail help@acme.example, now", "Mail <help@acme.example>, now"),
            ("a.b+c@d.acme.example", "<a.b+c@d.acme.example>"),
            ("mailto:help@acme.example", "<mailto:help@acme.example>"),
            ("## At https://acme.example", "## At <https://acme.example>"),
            (
                "| https://acme.example|\n|---|\n| a@b.example |",
                "| <https://acme.example>|\n|---|\n| <a@b.example> |",
            ),
            ("**https://acme.example**", "**<https://acme.example>**"),
            (
                "https://a.example/@b@c.example https://b.example",
                "<https://a.example/@b@c.example> <https://b.example>",
            ),
            (
                "a@b.example https://c.example d@e.example",
                "<a@b.example> <https://c.example> <d@e.example>",
            ),
            ("见https://acme.example。", "见<https://acme.example>。"),
        ] {
            assert_eq!(fixed(text), right);
            assert!(
                problems(text).iter().all(|(_, problem)| problem.code == Code::BareAddress),
                "{text}"
            );
            assert_eq!(found(right), [""; 0], "{right}");
        }
        for good in [
            "[https://acme.example](https://acme.example)",
            "`https://acme.example` and `a@b.example`",
            "[x]: https://acme.example\n\n[x]",
            "https://*.acme.example",
            "https:// and @handle, a@b, x@1.2.3",
            "git@acme.example:x/y",
            "ssh://git@acme.example/x",
            "<a@b.example> <https://acme.example>",
            "```\nhttps://acme.example\n```",
            "<!-- https://acme.example -->",
        ] {
            assert_eq!(found(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn a_note_that_its_section_lacks_is_found() {
        let undefined = |text: &str| {
            let reading =
                markdown::judged(text, Standpoint { file: None, sections: &BTreeSet::new() });
            reading
                .undefined
                .into_iter()
                .map(|(label, span)| format!("{label} {}", &text[span.start..span.end]))
                .collect::<Vec<_>>()
        };
        assert_eq!(undefined("The law[^law]."), ["law [^law]"]);
        assert_eq!(undefined("The law[^Law].\n\n[^law]: x"), ["Law [^Law]"]);
        assert_eq!(undefined("| a[^1] |\n|---|\n| b[^2] |\n\n[^1]: x"), ["2 [^2]"]);
        assert_eq!(undefined("The law[^law], \\[^x], `[^y]`, [^a b], [^].\n\n[^law]: x"), [""; 0]);
    }

    #[test]
    fn a_line_that_only_looks_like_a_definition_of_a_link_is_found() {
        assert_eq!(fixed("[Fee]: none\n"), "\\[Fee]: none\n");
        assert_eq!(found("[Fee]:\n  10.50 \"each\"\n"), ["[Fee]:\n  10.50 \"each\""]);
        for good in [
            "[fee]: #fee",
            "[fee]: 10-fee.md",
            "[fee]: https://acme.example",
            "[//]: # (a comment)",
            "[x]: <> (a comment)",
            "[fee]: none\n\nThe [fee].",
            "The [my\nFee].\n\n[MY fee]: none",
            "[x]: scope",
            "[x]: whitehats",
            "[Fee]: none at all",
        ] {
            assert_eq!(found(good), [""; 0], "{good:?}");
        }
    }

    #[test]
    fn a_second_note_of_one_label_is_found() {
        assert_eq!(found("a[^a]\n\n[^a]: one\n\n[^a]: two\n"), ["[^a]: two\n"]);
        assert_eq!(found("a[^a] b[^b]\n\n[^a]: one\n\n[^b]: two\n"), [""; 0]);
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_marks_are_judged(text in "([-*_|`\\[\\](){}:#!^@. \n0-9a]|https://|•|\\(a\\) |import|\\PC)*") {
            for (span, problem) in problems(&text) {
                proptest::prop_assert!(text.get(span.start..span.end).is_some());
                let path = crate::tree::TreePath::new("content/a/10-b.md").unwrap();
                if let Some(fix) = problem.at(&path, span).fix() {
                    proptest::prop_assert!(File::new(text.as_bytes()).edited(&fix.edits).is_some(), "{fix:?}");
                }
            }
        }
    }
}
