//! What a reader sees of the HTML that is written, judged by a parser of its own: the forms of two
//! texts are the same if and only if their pages are.
//!
//! Left out of the page is what is no part of a form: the numbers and links of clauses, stamps,
//! ids, the numbers of footnotes and the ways back from them, the language of code, labels of
//! cells, in what order bold and italic enclose each other, whether white space is bold, and white
//! space that a browser folds.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::messages::Messages;
use crate::model::Document;
use crate::redline::Form;
use crate::redline::trial::{document, quick, trees};
use crate::render::pages::article::{Article, Setting};

/// Returns the policy with one section that says this.
fn policy(text: &str) -> Document {
    document(
        "a",
        &[("a/_index.md", "---\ntitle: A\n---\n"), ("a/010-one.md", &format!("# One\n\n{text}\n"))],
    )
}

/// Writes the words of a policy.
fn written(document: &Document) -> String {
    let policy = document.policy().expect("a policy");
    Article::new(policy)
        .write(&Setting { stamps: &[], exists: &|_| true, messages: Messages::english() })
        .at("")
}

/// What is read of a page.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Tag(String),
    /// Words, and the elements inside a line that are around them.
    Words(BTreeSet<String>, String),
}

/// Elements inside a line.
const INLINE: [&str; 5] = ["em", "strong", "s", "code", "a"];

/// Reads the HTML of an article, in which every element is closed.
fn seen(html: &str) -> Vec<Seen> {
    let mut seen: Vec<Seen> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    // Of each `div` that is open, whether it is an alert.
    let mut alerts: Vec<bool> = Vec::new();
    let (mut skipped, mut code, mut rest) = (0, 0, html);
    while !rest.is_empty() {
        let (words, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        if skipped == 0 {
            say(&mut seen, &open, words, code > 0);
        }
        if let Some(comment) = after.strip_prefix("<!--") {
            rest = &comment[comment.find("-->").expect("a comment ends") + 3..];
            continue;
        }
        let Some(end) = after.find('>') else { break };
        let (tag, name) = (&after[1..end], after[1..end].split(' ').next().unwrap_or_default());
        rest = &after[end + 1..];
        let ours = ["class=\"clause\"", "class=\"modified\"", "aria-label=\"Back to footnote"];
        let void = ["br", "hr"].contains(&name);
        if skipped > 0 || ours.iter().any(|ours| tag.contains(ours)) {
            skipped =
                if name.starts_with('/') { skipped - 1 } else { skipped + usize::from(!void) };
            continue;
        }
        match name.strip_prefix('/') {
            Some("code") if open.last().is_some_and(|last| last == "code") || code > 0 => {
                code -= 1;
                if open.last().is_some_and(|last| last == "code") {
                    open.pop();
                }
            }
            Some(closed) if INLINE.contains(&closed) => drop(open.pop()),
            Some("div") if alerts.pop() == Some(true) => seen.push(Seen::Tag("/div".to_owned())),
            Some("sup" | "div") => {}
            Some(closed) => seen.push(Seen::Tag(format!("/{closed}"))),
            None if name == "code" => {
                code += 1;
                // A block of code is told by what is around it.
                if seen.last() != Some(&Seen::Tag("pre".to_owned())) {
                    open.push("code".to_owned());
                }
            }
            None if tag.contains("href=\"#note:") => {
                // A footnote is told by its place in their list, which begins at the first number
                // of the section.
                say(&mut seen, &open, &format!("[{}]", attribute(tag, "href")), false);
                skipped = 1;
            }
            None if INLINE.contains(&name) => {
                open.push(if name == "a" {
                    format!("a {} {}", attribute(tag, "href"), attribute(tag, "title"))
                } else {
                    name.to_owned()
                });
            }
            None if name == "sup" => {}
            None if name == "div" && !tag.contains("alert") => alerts.push(false),
            None => {
                if name == "div" {
                    alerts.push(true);
                }
                let told = ["start", "class"]
                    .map(|key| attribute(tag, key))
                    .into_iter()
                    .filter(|value| !value.is_empty());
                seen.push(Seen::Tag(
                    std::iter::once(name).chain(told).collect::<Vec<_>>().join(" "),
                ));
            }
        }
    }
    folded(seen)
}

fn attribute<'a>(tag: &'a str, name: &str) -> &'a str {
    tag.split_once(&format!(" {name}=\""))
        .and_then(|(_, value)| value.split('"').next())
        .unwrap_or_default()
}

/// Adds words letter by letter: on white space neither slant nor weight is seen.
fn say(seen: &mut Vec<Seen>, open: &[String], words: &str, code: bool) {
    for letter in words.chars() {
        let space = letter.is_whitespace();
        let letter = if space && !code && letter.is_ascii() { ' ' } else { letter };
        let set: BTreeSet<String> = open
            .iter()
            .filter(|name| !space || !["em", "strong"].contains(&name.as_str()))
            .cloned()
            .collect();
        match seen.last_mut() {
            Some(Seen::Words(_, before)) if letter == ' ' && !code && before.ends_with(' ') => {}
            Some(Seen::Words(same, before)) if *same == set => before.push(letter),
            _ => seen.push(Seen::Words(set, letter.to_string())),
        }
    }
}

/// Folds white space at the ends of blocks and beside line breaks.
fn folded(seen: Vec<Seen>) -> Vec<Seen> {
    let mut kept: Vec<Seen> = Vec::new();
    let is_code = |set: &BTreeSet<String>| set.contains("code");
    let mut pre = false;
    for item in seen {
        match item {
            Seen::Words(set, words) => {
                let begins = matches!(kept.last(), None | Some(Seen::Tag(_)));
                let words = if begins && !pre && !is_code(&set) {
                    words.trim_start_matches(' ').to_owned()
                } else {
                    words
                };
                if !words.is_empty() {
                    kept.push(Seen::Words(set, words));
                }
            }
            Seen::Tag(tag) => {
                pre = if tag.ends_with("pre") { tag == "pre" } else { pre };
                while let Some(Seen::Words(set, words)) = kept.last_mut() {
                    if is_code(set) || !words.ends_with(' ') {
                        break;
                    }
                    words.truncate(words.trim_end_matches(' ').len());
                    if !words.is_empty() {
                        break;
                    }
                    kept.pop();
                }
                kept.push(Seen::Tag(tag));
            }
        }
    }
    kept
}

proptest! {
    #![proptest_config(quick())]

    #[test]
    fn forms_are_the_same_if_and_only_if_pages_are(
        tree in proptest::collection::vec(trees::node(), 0..4),
        edits in trees::edits(),
        spelling in trees::spelled(),
    ) {
        let (old, new) = (trees::text(&tree, None), trees::text(&trees::edited(&tree, &edits), Some(spelling)));
        let (old_policy, new_policy) = (policy(&old), policy(&new));
        let forms = [&old_policy, &new_policy].map(Form::digest);
        let pages = [&old_policy, &new_policy].map(|policy| seen(&written(policy)));
        prop_assert!(
            (forms[0] == forms[1]) == (pages[0] == pages[1]),
            "{old}\n=>\n{new}\n{:?}\n{:?}\n{}\n{}", pages[0], pages[1], written(&old_policy), written(&new_policy)
        );
    }
}
