//! What may become of the text of a section in an editorial release. The list is closed: a known
//! misspelling that becomes its correction, quotation marks, dashes, spaces and a final stop that
//! change in kind, the first letter of a sentence in another case, and how words are set. Whatever
//! else changed is objected to, with what it was and what it is.

use std::ops::Range;

use crate::ledger::misspelling;
use crate::ledger::misspelling::Weight;
use crate::redline;
use crate::redline::{Class, Kind, Leaf, Quantity, Step, Style, Token, Wording};

/// Marks of quotation. Those of one kind are as good as those of another, but behind a number,
/// where they may measure.
const QUOTES: &str = "'‘’‚‛′`\"“”„‟″«»‹›";

/// Marks that open a quotation or a bracket, or may.
const OPENING: &str = "'‘‚‛`\"“„‟«»‹›([{¿¡";

/// Marks that close one, or may.
const CLOSING: &str = "'‘’\"“”»«›‹)]}";

/// Dashes and hyphens.
const DASHES: &str = "-\u{2010}\u{2011}\u{2012}–—―";

/// Full stops.
const STOPS: &str = ".。．｡";

/// Words that end with a point and do not end a sentence, in lower case.
const SHORTENED: &str = "\
    approx art bzw ca cf co corp dept ed eg est etc evtl excl fig ggf ie inc incl insb ltd max min mr mrs ms no nr para pp resp sec sect st tel \
    usf usw vgl viz vol vs zb";

/// The text of a section as a sequence of tokens, each leaf with a beginning.
pub struct Text<'a> {
    wording: &'a Wording,
    items: Vec<Item<'a>>,
}

/// A token, or the beginning of a leaf.
struct Item<'a> {
    /// Equal where nothing changed but in kind.
    key: String,
    leaf: &'a Leaf,
    /// The index of its token in the leaf; `None` for the start of the leaf.
    token: Option<usize>,
}

/// What keeps a change from being editorial.
pub struct Objection<'a> {
    /// What is wrong with it.
    pub reason: String,
    /// Where in the new version: a leaf, and tokens of it, or the place between two.
    pub place: Option<Passage<'a>>,
}

/// Tokens of a leaf, or the place between two.
pub struct Passage<'a> {
    /// The leaf.
    pub leaf: &'a Leaf,
    /// The tokens.
    pub tokens: Range<usize>,
    /// How often the text says the first of them before, on the lines of the leaf.
    pub said_before: usize,
}

/// What leads where a link of the old version did, besides the same address: the rules of links are
/// not those of words.
pub type MayLead<'a> = dyn Fn(&Style, &Style) -> Result<(), String> + 'a;

impl<'a> Text<'a> {
    /// Returns the text of a section.
    pub fn of(wording: &'a Wording, section: usize) -> Text<'a> {
        let part = &wording.sections[section];
        let mut text = Text { wording, items: Vec::new() };
        for leaf in &wording.leaves[part.first..part.end] {
            match &leaf.kind {
                Kind::Rule => {}
                Kind::Table(_) => leaf.cells().for_each(|cell| text.push(cell)),
                _ => text.push(leaf),
            }
        }
        text
    }

    fn push(&mut self, leaf: &'a Leaf) {
        if matches!(leaf.kind, Kind::Code(_)) {
            // White space counts in code.
            self.items.push(Item { key: format!("\n{}", leaf.text), leaf, token: None });
            return;
        }
        self.items.push(Item { key: "\n".to_owned(), leaf, token: None });
        for (at, token) in leaf.tokens.iter().enumerate() {
            let is_dash = |token: &Token| {
                is_one_of(leaf.letters(token), DASHES) && !self.is_code(leaf, token)
            };
            // Two hyphens are a dash.
            let goes_on = is_dash(token)
                && !token.space
                && at.checked_sub(1).is_some_and(|before| is_dash(&leaf.tokens[before]));
            if !goes_on {
                let key = self.key(leaf, token);
                self.items.push(Item { key, leaf, token: Some(at) });
            }
        }
    }

    fn key(&self, leaf: &Leaf, token: &Token) -> String {
        if let Some(label) =
            &leaf.style_of(token, self.wording).and_then(|style| style.note.as_ref())
        {
            return format!("[^{label}]");
        }
        match leaf.letters(token) {
            letters if self.is_code(leaf, token) => letters.to_owned(),
            mark if is_one_of(mark, QUOTES) => "\"".to_owned(),
            mark if is_one_of(mark, DASHES) => "-".to_owned(),
            mark if is_one_of(mark, STOPS) => ".".to_owned(),
            letters => redline::folded(letters),
        }
    }

    fn is_code(&self, leaf: &Leaf, token: &Token) -> bool {
        leaf.styles(token, self.wording).any(|style| style.code)
    }

    fn styles(&self, leaf: &Leaf, token: &Token) -> Vec<&'a Style> {
        leaf.styles(token, self.wording).collect()
    }

    fn keys(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.key.as_str()).collect()
    }

    fn items(&self, range: &Range<usize>) -> &[Item<'a>] {
        &self.items[range.clone()]
    }

    /// Returns the quantities of the leaves that a change stands in, as far as it touches them, and
    /// its tokens with all of theirs.
    fn widened(&self, range: &Range<usize>) -> (Vec<(&'a Leaf, Range<usize>)>, Vec<Quantity>) {
        let mut stretches: Vec<(&Leaf, Range<usize>)> = Vec::new();
        for item in self.items(range) {
            let Some(at) = item.token else { continue };
            match stretches.last_mut() {
                Some((leaf, tokens)) if std::ptr::eq(*leaf, item.leaf) => tokens.end = at + 1,
                _ => stretches.push((item.leaf, at..at + 1)),
            }
        }
        if stretches.is_empty()
            && let Some((leaf, at)) = self.between(range.start)
        {
            stretches.push((leaf, at..at));
        }
        let mut touched = Vec::new();
        for (leaf, tokens) in &mut stretches {
            let own = tokens.clone();
            for quantity in redline::quantities(&leaf.text, &leaf.tokens)
                .into_iter()
                .filter(|quantity| quantity.is_touched(&own))
            {
                *tokens =
                    tokens.start.min(quantity.tokens.start)..tokens.end.max(quantity.tokens.end);
                touched.push(quantity);
            }
        }
        (stretches, touched)
    }

    /// Returns the place inside a leaf that is before an item: the leaf, and the token there.
    fn between(&self, at: usize) -> Option<(&'a Leaf, usize)> {
        let before = self.items.get(at.checked_sub(1)?)?;
        let next = self
            .items
            .get(at)
            .filter(|next| std::ptr::eq(next.leaf, before.leaf))
            .and_then(|next| next.token);
        Some((before.leaf, next.unwrap_or(before.leaf.tokens.len())))
    }

    fn passage(&self, leaf: &'a Leaf, tokens: Range<usize>) -> Passage<'a> {
        let first = leaf
            .tokens
            .get(tokens.start)
            .or(leaf.tokens.last())
            .map_or("", |token| leaf.letters(token));
        let here = |item: &&Item<'_>| {
            !std::ptr::eq(item.leaf, leaf)
                || item.token.is_none_or(|at| at < tokens.start.min(leaf.tokens.len() - 1))
        };
        let before =
            self.items.iter().take_while(here).filter(|item| item.leaf.lines == leaf.lines);
        let said_before = before
            .filter(|item| {
                item.token.is_some_and(|at| item.leaf.letters(&item.leaf.tokens[at]) == first)
            })
            .count();
        Passage { leaf, tokens, said_before }
    }
}

/// How many objections to a section are named, about.
const MOST: usize = 50;

/// Returns what keeps a new text from being an editorial change of an old one, in a language, a BCP
/// 47 tag.
pub fn objections<'a>(
    old: &Text<'_>,
    new: &Text<'a>,
    language: &str,
    may_lead: &MayLead<'_>,
) -> Vec<Objection<'a>> {
    let (old_keys, new_keys) = (old.keys(), new.keys());
    let mut found = Vec::new();
    // A link of several words is named once.
    let mut named = String::new();
    for mut step in at_beginnings(redline::lines(&old_keys, &new_keys), &old_keys, &new_keys) {
        if found.len() >= MOST {
            break;
        }
        if !step.same {
            without_final_stop(old, new, &mut step);
            if !is_corrected(old, new, &step, language) {
                found.push(objection(old, new, &step, language));
                continue;
            }
        }
        for (from, to) in step.old.zip(step.new) {
            let (Some(before), Some(now)) = (old.items[from].token, new.items[to].token) else {
                continue;
            };
            let pair = Pair { old: old.items[from].leaf, before, new: new.items[to].leaf, now };
            let place = |from: usize| Some(new.passage(pair.new, from..now + 1));
            if let Some(reason) = pair.space().or_else(|| pair.measure()) {
                found.push(Objection { reason, place: place(now - 1) });
            }
            if let Some(reason) = pair.address() {
                found.push(Objection { reason, place: place(now) });
            }
            let styles = (
                old.styles(pair.old, &pair.old.tokens[before]),
                new.styles(pair.new, &pair.new.tokens[now]),
            );
            match leads(&styles.0, &styles.1, may_lead) {
                Ok(()) => named.clear(),
                Err(reason) if reason == named => {}
                Err(reason) => {
                    named.clone_from(&reason);
                    found.push(Objection { reason, place: place(now) });
                }
            }
        }
    }
    found
}

/// Moves what only came or only went to where a leaf begins, where it says the same there: an item,
/// and not the end of one with the beginning of the next.
fn at_beginnings(mut steps: Vec<Step>, old: &[&str], new: &[&str]) -> Vec<Step> {
    for at in 1..steps.len() {
        let (keys, range) = match &steps[at] {
            Step { same: false, old: went, new: came } if came.is_empty() => (old, went.clone()),
            Step { same: false, old: went, new: came } if went.is_empty() => (new, came.clone()),
            _ => continue,
        };
        let most = steps[at - 1].new.len();
        let fits = |by: &usize| *by == 0 || keys[range.start - by] == keys[range.end - by];
        let Some(by) = (0..=most)
            .take_while(fits)
            .find(|by| keys[range.start - by].starts_with('\n'))
            .filter(|by| *by > 0)
        else {
            continue;
        };
        let back = |range: &Range<usize>| range.start - by..range.end - by;
        let (before, change) = (steps[at - 1].clone(), steps[at].clone());
        steps[at - 1] = Step {
            old: before.old.start..before.old.end - by,
            new: before.new.start..before.new.end - by,
            ..before
        };
        steps[at] = Step { old: back(&change.old), new: back(&change.new), ..change };
        match steps.get_mut(at + 1) {
            Some(after) => {
                (after.old.start, after.new.start) = (after.old.start - by, after.new.start - by)
            }
            None => steps.push(Step {
                same: true,
                old: change.old.end - by..change.old.end,
                new: change.new.end - by..change.new.end,
            }),
        }
    }
    steps
}

/// A token of either version that is the same in both, or the correction of the other.
struct Pair<'a, 'b> {
    old: &'a Leaf,
    before: usize,
    new: &'b Leaf,
    now: usize,
}

impl Pair<'_, '_> {
    /// Says what is wrong with the space before it, if it is there in one version only.
    fn space(&self) -> Option<String> {
        let (before, now) = (self.before.checked_sub(1)?, self.now.checked_sub(1)?);
        let (was, is) = (self.old.tokens[self.before].space, self.new.tokens[self.now].space);
        let change = || {
            format!(
                "{} became {}",
                quoted(self.old, &(before..self.before + 1)),
                quoted(self.new, &(now..self.now + 1))
            )
        };
        (was != is).then(|| {
            format!("a space {}: {}", if is { "was added" } else { "was removed" }, change())
        })
    }

    /// Says what is wrong with a mark behind a number that may measure: `5′` and `5″`.
    fn measure(&self) -> Option<String> {
        let number = self.now.checked_sub(1).map(|at| &self.new.tokens[at])?;
        let letters = (
            self.old.letters(&self.old.tokens[self.before]),
            self.new.letters(&self.new.tokens[self.now]),
        );
        let glued = number.class == Class::Number && !self.new.tokens[self.now].space;
        let other = is_one_of(letters.1, QUOTES)
            && redline::folded(letters.0) != redline::folded(letters.1);
        (glued && other).then(|| {
            format!(
                "a mark behind a number changed, and may measure: `{}` became `{}`",
                letters.0, letters.1
            )
        })
    }

    /// Says what is wrong with a mark that is written otherwise inside an address: it is another
    /// one then.
    fn address(&self) -> Option<String> {
        let (was, is) = (
            self.old.letters(&self.old.tokens[self.before]),
            self.new.letters(&self.new.tokens[self.now]),
        );
        if was == is || !is_one_of(is, DASHES) {
            return None;
        }
        let around = (unspaced(self.old, self.before), unspaced(self.new, self.now));
        let inner = around.1.trim_matches(|letter: char| !letter.is_alphanumeric());
        let is_address = inner.contains(['@', '/', '\\', '_', '.']);
        is_address.then(|| format!("an address changed: `{}` became `{}`", around.0, around.1))
    }
}

/// Returns the letters around a token up to the next white space.
fn unspaced(leaf: &Leaf, at: usize) -> &str {
    let token = leaf.tokens[at];
    let start =
        leaf.text[..token.start].trim_end_matches(|letter: char| !letter.is_whitespace()).len();
    let end = leaf.text[token.end..]
        .find(char::is_whitespace)
        .map_or(leaf.text.len(), |space| token.end + space);
    &leaf.text[start..end]
}

/// Says what is wrong with where a token leads, or what it shows.
fn leads(old: &[&Style], new: &[&Style], may_lead: &MayLead<'_>) -> Result<(), String> {
    if old.len() == new.len() {
        return old.iter().zip(new).try_for_each(|(old, new)| may_lead(old, new));
    }
    let linked = |styles: &[&Style]| styles.iter().any(|style| style.link.is_some());
    match linked(old) || linked(new) {
        true => Err("a link begins or ends elsewhere".to_owned()),
        false => Ok(()),
    }
}

/// Leaves out of a change the final stop that a paragraph, an item or a cell got.
fn without_final_stop(old: &Text<'_>, new: &Text<'_>, step: &mut Step) {
    let ends =
        |text: &Text<'_>, at: usize| text.items.get(at).is_none_or(|item| item.token.is_none());
    let Some(stop) = new.items(&step.new).last() else { return };
    let Some(before) = stop.token.and_then(|at| at.checked_sub(1)) else { return };
    let (leaf, last) = (stop.leaf, &stop.leaf.tokens[before]);
    let said = last.is_spoken() || is_one_of(leaf.letters(last), CLOSING);
    let follows =
        step.new.len() == step.old.len() + 1 && ends(old, step.old.end) && ends(new, step.new.end);
    if stop.key == "."
        && said
        && !leaf.tokens[before + 1].space
        && follows
        && !matches!(leaf.kind, Kind::Heading(..))
    {
        step.new.end -= 1;
    }
}

/// Returns true if each token became one that it may become.
fn is_corrected(old: &Text<'_>, new: &Text<'_>, step: &Step, language: &str) -> bool {
    let mut pairs = old.items(&step.old).iter().zip(new.items(&step.new));
    step.old.len() == step.new.len()
        && pairs.all(|(from, to)| {
            let (Some(before), Some(now)) = (from.token, to.token) else { return false };
            let free = is_free(from.leaf, before) && is_free(to.leaf, now);
            let styles = [
                old.styles(from.leaf, &from.leaf.tokens[before]),
                new.styles(to.leaf, &to.leaf.tokens[now]),
            ];
            let plain = !styles.iter().flatten().any(|style| style.code || style.is_atom());
            let begins = || begins_sentence(from.leaf, before) && begins_sentence(to.leaf, now);
            free && plain
                && (misspelling::is_correction(&from.key, &to.key, language)
                    || is_recased(&from.key, &to.key) && begins())
        })
}

/// Returns true if a word is no part of an address or a name for programs.
fn is_free(leaf: &Leaf, at: usize) -> bool {
    let glued = |at: usize| leaf.tokens.get(at).is_some_and(|token| !token.space);
    let mark = |at: usize, marks: &str| {
        leaf.tokens.get(at).is_some_and(|token| is_one_of(leaf.letters(token), marks))
    };
    let before =
        at.checked_sub(1).is_some_and(|before| glued(at) && mark(before, "@/\\_.:#&=+~$%"));
    let after = glued(at + 1) && (mark(at + 1, "@/\\_#&=~") || mark(at + 1, ".:") && glued(at + 2));
    leaf.tokens[at].class == Class::Word && !before && !after
}

/// Returns true if a word got a capital for its first letter, and nothing else changed. To lose one
/// may change what it means.
fn is_recased(old: &str, new: &str) -> bool {
    let (mut before, mut now) = (old.chars(), new.chars());
    let first = before.next().zip(now.next());
    first.is_some_and(|(before, now)| {
        before.is_lowercase() && before.to_uppercase().eq(std::iter::once(now))
    }) && before.as_str() == now.as_str()
}

/// Returns true if a sentence begins with a token. A point behind what may be a short form ends
/// none for certain.
fn begins_sentence(leaf: &Leaf, at: usize) -> bool {
    let letters = |at: usize| leaf.letters(&leaf.tokens[at]);
    let mut first = at;
    while first > 0 && !leaf.tokens[first].space && is_one_of(letters(first - 1), OPENING) {
        first -= 1;
    }
    let Some(end) = first.checked_sub(1) else {
        let is_sentence = leaf.tokens.iter().any(|token| token.class == Class::End);
        return is_sentence && !matches!(leaf.kind, Kind::Heading(..));
    };
    if leaf.tokens[end].class != Class::End || letters(end) == "…" {
        return false;
    }
    let Some(last) = end.checked_sub(1).filter(|_| letters(end) == ".") else {
        return letters(end) != ".";
    };
    let word = letters(last);
    let short = word.chars().count() < 2
        || SHORTENED.split_whitespace().any(|short| short == word)
        || word.contains(char::is_uppercase);
    let dotted = last
        .checked_sub(1)
        .is_some_and(|before| letters(before) == "." && !leaf.tokens[last].space);
    leaf.tokens[last].class == Class::Word && !leaf.tokens[end].space && !short && !dotted
}

/// Returns the objection to a change.
fn objection<'a>(old: &Text<'_>, new: &Text<'a>, step: &Step, language: &str) -> Objection<'a> {
    let ((went, old_touched), (came, new_touched)) =
        (old.widened(&step.old), new.widened(&step.new));
    let change = format!("{} became {}", all_quoted(&went), all_quoted(&came));
    let words = |text: &Text<'_>, range: &Range<usize>| -> Vec<String> {
        text.items(range)
            .iter()
            .filter(|item| item.token.is_some())
            .map(|item| item.key.clone())
            .collect()
    };
    let (before, now) = (words(old, &step.old), words(new, &step.new));
    let has = |weight: Weight| {
        before.iter().chain(&now).any(|word| misspelling::weight(word) == Some(weight))
    };
    let spoken = |words: &[String]| words.iter().any(|word| word.contains(char::is_alphanumeric));
    let lower = |words: &[String]| words.concat().to_lowercase();
    let letters = |words: &[String]| {
        words.concat().chars().filter(|letter| letter.is_alphanumeric()).collect::<String>()
    };
    let reason = match () {
        () if before.is_empty() && now.is_empty() => {
            "a paragraph, an item or a block of code came, went, or begins elsewhere".to_owned()
        }
        () if !(old_touched.is_empty() && new_touched.is_empty()) => {
            format!("a number, a date or an amount changed: {change}")
        }
        () if before != now && letters(&before) == letters(&now) && spoken(&now) => {
            format!("words were joined or parted: {change}")
        }
        () if has(Weight::Counts) => format!("a number, a date or an amount changed: {change}"),
        () if has(Weight::Binds) => {
            format!("a word that binds, restricts or denies changed: {change}")
        }
        () if !(spoken(&before) || spoken(&now)) => {
            format!("a mark came, went or became another: {change}")
        }
        () if before.is_empty() => format!("words were added: {}", all_quoted(&came)),
        () if now.is_empty() => format!("words were removed: {}", all_quoted(&went)),
        () if before.len() == now.len() && lower(&before) == lower(&now) => {
            format!("letter case changed, and not at the start of a sentence: {change}")
        }
        () if before.len() != now.len() => format!("other words stand there: {change}"),
        () if !misspelling::has_list(language) => {
            format!("no misspellings are known for the language `{language}`: {change}")
        }
        () => format!("this corrects no known misspelling: {change}"),
    };
    let place = came.into_iter().next().map(|(leaf, tokens)| new.passage(leaf, tokens));
    Objection { reason, place: place.filter(|place| !place.leaf.tokens.is_empty()) }
}

/// Returns tokens of several leaves, as they are written.
fn all_quoted(stretches: &[(&Leaf, Range<usize>)]) -> String {
    let quoted: Vec<String> = stretches
        .iter()
        .filter(|(_, tokens)| !tokens.is_empty())
        .map(|(leaf, tokens)| quoted(leaf, tokens))
        .collect();
    match &quoted[..] {
        [] => "nothing".to_owned(),
        [first, second] => format!("{first}, {second}"),
        [first] => first.clone(),
        [first, ..] => format!("{first} and more"),
    }
}

/// Returns tokens of a leaf as they are written, the first of them where there are many.
fn quoted(leaf: &Leaf, tokens: &Range<usize>) -> String {
    const MOST: usize = 12;
    let end = tokens.end.min(tokens.start + MOST);
    let text =
        leaf.text[leaf.tokens[tokens.start].start..leaf.tokens[end - 1].end].replace('\n', " ");
    format!("`{text}{}`", if end < tokens.end { " …" } else { "" })
}

fn is_one_of(letters: &str, marks: &str) -> bool {
    let mut chars = letters.chars();
    chars.next().is_some_and(|letter| marks.contains(letter)) && chars.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::redline::RawHtml;

    /// Returns what is objected to in a change of a text without links.
    fn objected(old: &str, new: &str) -> Vec<String> {
        let (old, new) =
            (Wording::of_text(old, RawHtml::Shown), Wording::of_text(new, RawHtml::Shown));
        let found = objections(&Text::of(&old, 0), &Text::of(&new, 0), "en", &|_, _| Ok(()));
        for place in found.iter().filter_map(|objection| objection.place.as_ref()) {
            assert!(
                place.tokens.start <= place.tokens.end
                    && place.tokens.end <= place.leaf.tokens.len()
            );
        }
        found.into_iter().map(|objection| objection.reason).collect()
    }

    #[test]
    fn a_long_change_is_quoted_in_short() {
        let words = |word: &str, count: usize| {
            format!("a {} c", format!("{word} ").repeat(count).trim_end())
        };
        let messages = objected(&words("x", 2), &words("y", 13));
        assert_eq!(messages, ["other words stand there: `x x` became `y y y y y y y y y y y y …`"]);
        assert_eq!(objected(&words("x y", 200), &words("x z", 200)).len(), MOST);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 400, failure_persistence: None, ..Default::default() })]

        #[test]
        fn what_passes_says_the_same(
            old in "((We|we|may|not|5|€5|10 000|days|,|\\(a\\)|-|“)( |\\nb |\\n\\na )){0,6}(end\\.)?",
            new in "((We|we|may|not|5|€5|10 000|days|,|\\(a\\)|–|\")( |\\nb |\\n\\na )){0,6}(end\\.)?",
        ) {
            // No line begins with what would make it a list.
            let (old, new) = (format!("a {old}"), format!("a {new}"));
            let said = |text: &str| {
                let text = text.replace('–', "-").replace('“', "\"").replace("We", "we");
                let paragraphs = text.split("\n\n").map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
                paragraphs.filter(|paragraph| !paragraph.is_empty()).collect::<Vec<_>>()
            };
            if objected(&old, &new).is_empty() {
                proptest::prop_assert_eq!(said(&old), said(&new));
            }
            proptest::prop_assert!(objected(&old, &old).is_empty() && objected(&new, &new).is_empty());
        }
    }
}
