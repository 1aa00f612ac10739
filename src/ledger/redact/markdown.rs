//! Words removed from markdown: wherever they are read, however they are written, and what led to
//! their page with them.

use std::ops::Range;

use crate::ledger::redact::edit::Change;
use crate::ledger::redact::removal::Removal;
use crate::parse;
use crate::parse::{Element, Kind, Run};
use crate::tree::Span;

/// Returns what changes in a markdown text that begins at byte `offset` of its file.
///
/// # Errors
/// Returns the first place that cannot change without something else.
pub fn change(text: &str, offset: usize, removal: &Removal) -> Result<Change, Span> {
    let runs = parse::runs(text);
    let mut change = Change::default();
    let mut expected = Vec::new();
    for run in &runs {
        let cut = Cut::new(run, removal);
        expected.push(cut.expected());
        change.extend(cut.change());
    }
    for (words, span) in parse::definitions(text) {
        if words.iter().any(|words| removal.stands_in(words)) {
            change.put(span, "");
            change.places.push(span);
        }
    }
    let change = change.sorted();
    let Some(first) = change.places.first().copied() else {
        return Ok(change);
    };
    let left: Option<Vec<Read>> =
        change.made(text, 0).map(|made| parse::runs(&made).iter().map(read).collect());
    if left != Some(expected) {
        return Err(first.shift(offset));
    }
    let shift = |span: &mut Span| *span = span.shift(offset);
    let Change { mut edits, mut places } = change;
    edits.iter_mut().for_each(|edit| shift(&mut edit.span));
    places.iter_mut().for_each(shift);
    Ok(Change { edits, places })
}

/// A run as it is read: what stands around it, its words, what stands within them.
type Read = (Vec<String>, String, Vec<String>);

fn read(run: &Run) -> Read {
    let words = run.letters.iter().map(|letter| letter.letter).collect();
    (run.before.clone(), words, run.elements.iter().map(|element| element.name.clone()).collect())
}

/// What is taken out of a run.
struct Cut<'a> {
    run: &'a Run,
    removal: &'a Removal,
    /// Where the words stand, in letters.
    found: Vec<Range<usize>>,
    /// The links whose address, title or label holds the words, and that do not go with their own
    /// words: those stay.
    unlinked: Vec<&'a Element>,
}

impl<'a> Cut<'a> {
    fn new(run: &'a Run, removal: &'a Removal) -> Cut<'a> {
        let letters: Vec<char> = run.letters.iter().map(|letter| letter.letter).collect();
        let mut found = removal.find(&letters);
        let tainted = |element: &&Element| match &element.kind {
            Kind::Link(words, _) => words.iter().any(|words| removal.stands_in(words)),
            _ => false,
        };
        let mut unlinked: Vec<&Element> = run.elements.iter().filter(tainted).collect();
        for address in unlinked.iter().filter(|link| matches!(link.kind, Kind::Link(_, true))) {
            found.retain(|range| {
                range.end <= address.letters.start || address.letters.end <= range.start
            });
            found.push(address.letters.clone());
        }
        found.sort_by_key(|range| range.start);
        let mut cut = Cut { run, removal, found, unlinked: Vec::new() };
        unlinked.retain(|link| !cut.found.iter().any(|range| cut.goes(link, range)));
        cut.unlinked = unlinked;
        cut
    }

    /// Returns true if an element goes when a stretch of letters is removed: a link that holds
    /// nothing else, and what would be left empty.
    fn goes(&self, element: &Element, range: &Range<usize>) -> bool {
        let within = range.start <= element.letters.start
            && element.letters.end <= range.end
            && !element.letters.is_empty();
        within && (matches!(element.kind, Kind::Link(..)) || element.letters.start > range.start)
    }

    /// Returns the stretches of the text that hold some of the letters, without the signs between
    /// them.
    fn pieces(&self, range: &Range<usize>) -> Vec<Span> {
        let gone: Vec<&Element> =
            self.run.elements.iter().filter(|element| self.goes(element, range)).collect();
        let sign = |at: usize| {
            self.run
                .elements
                .iter()
                .any(|element| element.letters.start == at || element.letters.end == at)
        };
        let mut pieces: Vec<Span> = Vec::new();
        let mut whole = false;
        for at in range.clone() {
            let element = gone.iter().find(|element| element.letters.contains(&at));
            let span = element.map_or(self.run.letters[at].place, |element| element.span);
            match pieces.last_mut() {
                Some(last) if *last == span => {}
                Some(last) if element.is_none() && !whole && !sign(at) => last.end = span.end,
                _ => pieces.push(span),
            }
            whole = element.is_some();
        }
        pieces
    }

    /// Returns the mark as it is written at a letter.
    fn mark(&self, at: usize) -> String {
        let code =
            |element: &Element| element.kind == Kind::Verbatim && element.letters.contains(&at);
        match self.run.verbatim || self.run.elements.iter().any(code) {
            true => self.removal.mark.clone(),
            false => parse::escaped(&self.removal.mark),
        }
    }

    /// Returns true if the words of a link hold a mark already.
    fn is_marked(&self, link: &Element) -> bool {
        self.found
            .iter()
            .any(|range| range.start < link.letters.end && link.letters.start < range.end)
    }

    fn change(&self) -> Change {
        let mut change = Change::default();
        for range in &self.found {
            let pieces = self.pieces(range);
            for (index, piece) in pieces.iter().enumerate() {
                change.put(*piece, if index == 0 { self.mark(range.start) } else { String::new() });
            }
            if let (Some(first), Some(last)) = (pieces.first(), pieces.last()) {
                change.places.push(Span::new(first.start, last.end));
            }
        }
        for link in &self.unlinked {
            let mark = if self.is_marked(link) {
                String::new()
            } else {
                format!(" {}", parse::escaped(&self.removal.mark))
            };
            change.put(Span::new(link.span.start, link.inside.start), "");
            change.put(Span::new(link.inside.end, link.span.end), mark);
            change.places.push(link.span);
        }
        change
    }

    /// Returns how the run must be read afterwards.
    fn expected(&self) -> Read {
        let marked = |range: &Range<usize>| (range.clone(), self.removal.mark.clone());
        let unlinked = self.unlinked.iter().filter(|link| !self.is_marked(link));
        let appended = unlinked
            .map(|link| (link.letters.end..link.letters.end, format!(" {}", self.removal.mark)));
        let mut put: Vec<(Range<usize>, String)> =
            self.found.iter().map(marked).chain(appended).collect();
        put.sort_by_key(|(range, _)| (range.start, range.end));
        let mut words = String::new();
        let mut done = 0;
        for (range, put_in) in put {
            words.extend(self.run.letters[done..range.start].iter().map(|letter| letter.letter));
            words.push_str(&put_in);
            done = range.end;
        }
        words.extend(self.run.letters[done..].iter().map(|letter| letter.letter));
        let gone: Vec<Span> = self.found.iter().flat_map(|range| self.pieces(range)).collect();
        let stays = |element: &&Element| {
            let inside =
                |piece: &Span| piece.start <= element.span.start && element.span.end <= piece.end;
            !gone.iter().any(inside)
                && !self.unlinked.iter().any(|link| std::ptr::eq(*link, *element))
        };
        let elements =
            self.run.elements.iter().filter(stays).map(|element| element.name.clone()).collect();
        (self.run.before.clone(), words, elements)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a text without the words, each mark as `#`; `None` if they cannot be taken out.
    fn without(words: &str, text: &str) -> Option<String> {
        let removal = Removal::new(words, jiff::civil::Date::constant(2026, 11, 21)).unwrap();
        let made = change(text, 0, &removal).ok()?.made(text, 0).unwrap();
        Some(made.replace("\\[removed on request, 2026-11-21\\]", "#").replace(&removal.mark, "@"))
    }

    #[test]
    fn words_go_however_they_are_written() {
        for (text, left) in [
            ("- Ada Bee\n- Ada Beetle", "- #\n- Ada Beetle"),
            ("by Ada\nBee.", "by #."),
            ("> by Ada\n> Bee\n> and", "> by #\n> and"),
            ("**Ada Bee**, _Ada Bee_", "**#**, _#_"),
            ("*by Ada* Bee, *Ada* *Bee*", "*by #*, *#*"),
            ("Ada **Bee** Cee", "# Cee"),
            ("Ada[^1] Bee\n\n[^1]: x", "#[^1]\n\n[^1]: x"),
            ("## Ada Bee {#pinned}\n\nx", "## # {#pinned}\n\nx"),
            ("Ada Bee\n===\n\nx", "#\n===\n\nx"),
            ("| Ada Bee | x |\n|---|---|\n| y | Ada Bee |", "| # | x |\n|---|---|\n| y | # |"),
            ("`Ada Bee` ``x ` Ada Bee``", "`@` ``x ` @``"),
            ("```\nAda Bee\n  Ada\n  Bee\n```", "```\n@\n  @\n```"),
            ("    Ada Bee\n", "    @\n"),
            ("<!-- Ada Bee -->\n\nx", "<!-- @ -->\n\nx"),
            ("x <span title='Ada Bee'>y</span>", "x <span title='@'>y</span>"),
            ("Ada&#32;Bee", "#"),
            ("by ADA-\nBEE", "by #"),
            ("> ada\u{2010}\n> bee.", "> #."),
            ("A&shy;da Be\u{ad}e, A\u{200b}da *bee*", "#, #"),
            ("[x](https://a.example/ada-bee)", "x #"),
        ] {
            assert_eq!(without("Ada Bee", text).as_deref(), Some(left), "{text:?}");
        }
        for (words, text, left) in [
            (
                "S.M_*A* [x]",
                "S.M\\_\\*A\\* \\[x\\], S.M\\_\\*A\\* \\[y\\]",
                "#, S.M\\_\\*A\\* \\[y\\]",
            ),
            ("2023) x", "- 2023\\) x\n- 2023\\) y", "- #\n- 2023\\) y"),
            ("\\a", "\\\\a \\\\b", "# \\\\b"),
            ("A&B", "A&amp;B A\\&B a&b", "# # a&b"),
            ("José", "*Jose\u{301}*, Jos&#233;, Jose&#x301; Jose\u{327}", "*#*, #, # Jose\u{327}"),
            ("O'Neil", "O’Neil O&rsquo;NEIL", "# #"),
        ] {
            assert_eq!(without(words, text).as_deref(), Some(left), "{text:?}");
        }
    }

    #[test]
    fn a_link_to_somebodys_page_goes_with_the_name() {
        for (text, left) in [
            ("by [Ada Bee](https://a.example \"t\").", "by #."),
            ("by [*Ada* Bee](https://a.example) too", "by # too"),
            ("by [the great Ada Bee](https://a.example)", "by [the great #](https://a.example)"),
            ("Ada [Bee](https://a.example) Cee", "# Cee"),
            ("*[Ada Bee](https://a.example)*", "*#*"),
            (
                "[Ada Bee][a] [b][a]\n\n[a]: https://a.example\n",
                "# [b][a]\n\n[a]: https://a.example\n",
            ),
            ("[Ada Bee] x\n\n[Ada Bee]: https://a.example\n", "# x\n\n\n"),
            ("[b][a] x\n\n[a]: https://a.example \"Ada Bee\"\n", "b # x\n\n\n"),
            ("[*b*](https://a.example 'Ada Bee') x", "*b* # x"),
            ("![b](a.png 'Ada Bee')", "b #"),
        ] {
            assert_eq!(without("Ada Bee", text).as_deref(), Some(left), "{text:?}");
        }
        for (text, left) in [
            ("[A. B.](https://a.example/adabee)", "A. B. #"),
            ("<https://a.example/adabee>, https://a.example/adabee", "#, https://a.example/#"),
            ("<adabee@a.example>", "#"),
            ("[see adabee](https://a.example/adabee)", "see #"),
            ("[x](https://a.example/adabeeb)", "[x](https://a.example/adabeeb)"),
        ] {
            assert_eq!(without("adabee", text).as_deref(), Some(left), "{text:?}");
        }
    }

    #[test]
    fn words_that_cannot_go_alone_are_refused() {
        for text in ["因**Ada Bee**的", "> `x Ada\n> Bee`"] {
            assert_eq!(without("Ada Bee", text), None, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn words_are_gone_or_refused_whatever_stands_around_them(
            text in "(Ada Bee|Ada|Bee|[-*+>#|:`~_\\[\\]()<>!^{}=&;1. \n\ta\\\\]){0,24}"
        ) {
            let removal = Removal::new("Ada Bee", jiff::civil::Date::constant(2026, 11, 21)).unwrap();
            let letters = |run: &Run| run.letters.iter().map(|letter| letter.letter).collect::<Vec<_>>();
            if let Some(left) = without("Ada Bee", &text) {
                proptest::prop_assert!(parse::runs(&left).iter().all(|run| removal.find(&letters(run)).is_empty()), "{}", left);
            }
        }
    }

    #[test]
    fn what_touches_the_words_and_is_not_them_stays() {
        for (words, text, left) in [
            ("Ada Bee", "Ada Bee[(x)](https://a.example 'Ada Bee') y", "#(x) # y"),
            ("Ada Bee", "[(x)](https://a.example 'Ada Bee')Ada Bee", "(x) ##"),
            (
                "Ada Bee",
                "[(x)](https://a.example 'Ada Bee')[y](https://b.example)",
                "(x) #[y](https://b.example)",
            ),
            ("王", "王<https://a.example/王>王", "###"),
            (
                "王",
                "<https://a.example/王><https://b.example/王><https://c.example/>",
                "##<https://c.example/>",
            ),
            ("Ada Bee", "(Ada Bee)[x](https://a.example)", "(#)[x](https://a.example)"),
            ("Ada Bee", "*x*Ada Bee*y*", "*x*Ada Bee*y*"),
            ("Ada Bee", "*x* Ada Bee *y*", "*x* # *y*"),
            ("Ada Bee", "**Ada** `Bee` x", "**#** x"),
            ("Ada Bee", "Ada `Bee` [x](https://a.example)", "# [x](https://a.example)"),
            ("Ada Bee", "`x`Ada Bee`y`", "`x`Ada Bee`y`"),
            ("Ada Bee", "`x` Ada Bee `Ada Bee`", "`x` # `@`"),
            ("Ada Bee", "- x\n\n      Ada Bee\n- Ada Bee", "- x\n\n      @\n- #"),
        ] {
            assert_eq!(without(words, text).as_deref(), Some(left), "{text:?}");
        }
    }

    #[test]
    fn every_place_is_one_of_the_file() {
        let text = "by Ada Bee, [x](https://a.example 'Ada Bee')\n\n[a]: https://a.example 'Ada Bee'\n\n`Ada Bee`\n";
        let removal = Removal::new("Ada Bee", jiff::civil::Date::constant(2026, 11, 21)).unwrap();
        let there = change(text, 0, &removal).unwrap();
        let words = [
            "Ada Bee",
            "[x](https://a.example 'Ada Bee')",
            "[a]: https://a.example 'Ada Bee'",
            "Ada Bee",
        ];
        let places: Vec<&str> =
            there.places.iter().map(|span| text[span.start..span.end].trim_end()).collect();
        assert_eq!(places, words);
        let further = change(text, 1000, &removal).unwrap();
        let shifted =
            |spans: &[Span]| spans.iter().map(|span| span.shift(1000)).collect::<Vec<_>>();
        assert_eq!(further.places, shifted(&there.places));
        let spans = |change: &Change| change.edits.iter().map(|edit| edit.span).collect::<Vec<_>>();
        assert_eq!(spans(&further), shifted(&spans(&there)));
        assert_eq!(further.made(text, 1000), there.made(text, 0));
        assert_eq!(change("因**Ada Bee**的", 1000, &removal).unwrap_err(), Span::new(1005, 1012));
        assert_eq!(change("no such words", 0, &removal).unwrap().places, []);
    }
}
