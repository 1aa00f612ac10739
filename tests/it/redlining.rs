//! What changed between two texts: nothing lost, nothing invented, whatever the texts.

use std::collections::BTreeMap;

use policybook::redline;
use policybook::redline::{RawHtml, Wording};
use proptest::prelude::*;

use crate::project::Project;
use crate::tiers::times;

/// An element of HTML or its words, as the printer wrote them.
enum Node {
    Element(String, Vec<Node>),
    Words(String),
}

/// Which version is read out of a redline.
#[derive(Clone, Copy, PartialEq)]
enum View {
    Old,
    New,
}

/// Elements that hold nothing.
const VOID: [&str; 2] = ["br", "hr"];

/// Reads the HTML of a redline; panics where a tag is not closed in its turn, or a mark stands
/// where HTML has no room for it.
fn read(html: &str) -> Vec<Node> {
    let mut open: Vec<(String, Vec<Node>)> = vec![("root".to_owned(), Vec::new())];
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (words, tag) = rest.split_at(at);
        open.last_mut().unwrap().1.push(Node::Words(unescaped(words)));
        let end = tag.find('>').expect("a tag ends");
        let inner = &tag[1..end];
        rest = &tag[end + 1..];
        match inner.strip_prefix('/') {
            Some(name) => {
                let (opened, children) = open.pop().unwrap();
                assert_eq!(opened.split(' ').next(), Some(name), "tags close in their turn");
                open.last_mut().expect("something is open").1.push(Node::Element(opened, children));
            }
            None => {
                let name = inner.split(' ').next().unwrap();
                let around = open.last().unwrap().0.split(' ').next().unwrap();
                let no_words =
                    ["ul", "ol", "dl", "table", "thead", "tbody", "tr"].contains(&around);
                assert!(
                    !(no_words && ["ins", "del", "span", "p"].contains(&name)),
                    "<{name}> in <{around}>"
                );
                let block = ["p", "div", "ul", "ol", "table", "section", "pre", "h2", "blockquote"]
                    .contains(&name);
                assert!(
                    !(block && open.iter().any(|(open, _)| open.split(' ').next() == Some("p"))),
                    "<{name}> in <p>"
                );
                match VOID.contains(&name) {
                    true => {
                        open.last_mut().unwrap().1.push(Node::Element(inner.to_owned(), Vec::new()))
                    }
                    false => open.push((inner.to_owned(), Vec::new())),
                }
            }
        }
    }
    open.last_mut().unwrap().1.push(Node::Words(unescaped(rest)));
    assert_eq!(open.len(), 1, "every tag is closed");
    open.pop().unwrap().1
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split('"').next()
}

/// Finds what moved, by its number.
fn moves<'a>(nodes: &'a [Node], found: &mut BTreeMap<&'a str, &'a [Node]>) {
    for node in nodes {
        if let Node::Element(tag, children) = node {
            if let Some(number) = attribute(tag, "data-move-to") {
                assert!(found.insert(number, children).is_none(), "a move has one end");
            }
            moves(children, found);
        }
    }
}

/// Returns the letters that one version says, without white space.
fn says(nodes: &[Node], view: View, moves: &BTreeMap<&str, &[Node]>, said: &mut String) {
    for node in nodes {
        match node {
            Node::Words(words) => said.extend(words.chars().filter(|letter| !is_unseen(*letter))),
            Node::Element(tag, _) if tag.contains(" data-redline-skip") => {}
            Node::Element(tag, children) => {
                let name = tag.split(' ').next().unwrap();
                let mark = attribute(tag, "data-diff").unwrap_or(name);
                let hidden = if view == View::Old { "ins" } else { "del" };
                if let Some(number) = attribute(tag, "data-move-from") {
                    if view == View::Old {
                        says(moves[number], view, moves, said);
                    }
                } else if mark != hidden
                    && !(view == View::Old && attribute(tag, "data-move-to").is_some())
                {
                    says(children, view, moves, said);
                }
            }
        }
    }
}

/// Returns true if a letter is white space, or stands for an image that has no words.
fn is_unseen(letter: char) -> bool {
    letter.is_whitespace() || letter == '\u{fffc}'
}

/// Returns the letters of a text.
fn letters(wording: &Wording) -> String {
    let leaves = wording.leaves.iter().flat_map(|leaf| std::iter::once(leaf).chain(leaf.cells()));
    leaves.flat_map(|leaf| leaf.text.chars()).filter(|letter| !is_unseen(*letter)).collect()
}

/// Compares two texts and holds what every redline keeps.
fn check(old: &str, new: &str) -> String {
    let (old_words, new_words) =
        (Wording::of_text(old, RawHtml::Read), Wording::of_text(new, RawHtml::Read));
    let redline = redline::between(&old_words, &new_words);
    let html = policybook::render::plain_redline(&redline);
    let nodes = read(&html);
    let mut moved = BTreeMap::new();
    moves(&nodes, &mut moved);
    for (view, wording) in [(View::Old, &old_words), (View::New, &new_words)] {
        let mut said = String::new();
        says(&nodes, view, &moved, &mut said);
        assert_eq!(said, letters(wording), "\n{html}");
    }
    assert_eq!(
        html.matches(" id=\"c").count(),
        redline.changes.len(),
        "every change has its place\n{html}"
    );
    for change in 1..redline.changes.len() {
        let (next, previous) = (
            format!("<a href=\"#c{}\" aria-label=\"next", change + 1),
            format!("<a href=\"#c{change}\" aria-label=\"previous"),
        );
        assert!(
            html.contains(&next) && html.contains(&previous),
            "every change leads to its neighbours: {change}\n{html}"
        );
    }
    let again = redline::between(&old_words, &new_words);
    assert_eq!(policybook::render::plain_redline(&again), html);
    if letters(&old_words) == letters(&new_words) && old == new {
        assert!(redline.changes.is_empty(), "{old}\n{:?}", redline.changes);
    }
    html
}

/// Returns what changed, in short: `[-gone-]`, `{+came+}`, `(kind)`.
fn told(old: &str, new: &str) -> Vec<String> {
    check(old, new);
    let (old, new) = (Wording::of_text(old, RawHtml::Read), Wording::of_text(new, RawHtml::Read));
    let redline = redline::between(&old, &new);
    let tell = |change: &redline::Change| {
        format!("{} [-{}-]{{+{}+}}", change.kind.as_str(), change.old, change.new)
    };
    redline.changes.iter().map(tell).collect()
}

const PARAGRAPHS: [&str; 3] = [
    "We answer every report within two business days and say what we will do about it.",
    "Data is encrypted on its way to us with keys that are fresh for every single session.",
    "Whoever finds a weakness and tells us first has nothing to fear from our lawyers.",
];

#[test]
fn a_number_that_changed_is_one_change_and_is_pulled_out() {
    let (old, new) = (
        "# Reply\n\nWithin 48 business hours, or more.",
        "# Reply\n\nWithin 72 business hours, or more.",
    );
    assert_eq!(told(old, new), ["changed [-48-]{+72+}"]);
    let (old, new) = (Wording::of_text(old, RawHtml::Read), Wording::of_text(new, RawHtml::Read));
    let redline = redline::between(&old, &new);
    let number = &redline.changes[0].numbers[0];
    assert_eq!((&*number.old, &*number.new, &*number.unit), ("48", "72", "business hours"));
    assert_eq!(
        (redline.changes[0].old_lines, redline.changes[0].new_lines),
        (Some((3, 3)), Some((3, 3)))
    );
}

#[test]
fn a_sign_is_all_of_a_unit_and_marks_are_none() {
    let (old, new) = (
        "Up 99.9 % or more, 10 (ten) people, 4 hours (four).",
        "Up 99.5 % or more, 20 (ten) people, 6 hours (four).",
    );
    let (old, new) = (Wording::of_text(old, RawHtml::Read), Wording::of_text(new, RawHtml::Read));
    let redline = redline::between(&old, &new);
    let numbers = redline.changes.iter().flat_map(|change| &change.numbers);
    let told: Vec<String> =
        numbers.map(|number| format!("{} > {} {}", number.old, number.new, number.unit)).collect();
    assert_eq!(told, ["99.9 > 99.5 %", "10 > 20 ", "4 > 6 hours"]);
}

#[test]
fn a_text_wrapped_elsewhere_is_the_same() {
    assert_eq!(
        told("One two\nthree four.\n\n- a b\n", "One\ntwo three four.\n\n* a\n  b\n"),
        Vec::<String>::new()
    );
}

#[test]
fn a_paragraph_that_stands_elsewhere_moved() {
    let [a, b, c] = PARAGRAPHS;
    let told = told(&format!("{a}\n\n{b}\n\n{c}"), &format!("{b}\n\n{c}\n\n{a}"));
    assert_eq!(told, ["moved [--]{++}"]);
}

#[test]
fn what_changed_inside_what_moved_is_shown() {
    let [a, b, c] = PARAGRAPHS;
    let told =
        told(&format!("{a}\n\n{b}\n\n{c}"), &format!("{b}\n\n{c}\n\n{}", a.replace("two", "five")));
    assert_eq!(told, ["moved [--]{++}", "changed [-two-]{+five+}"]);
}

#[test]
fn a_section_that_stands_elsewhere_moved_as_one() {
    let [a, b, c] = PARAGRAPHS;
    let told = told(
        &format!("# A\n\n{a}\n\n# B\n\n{b}\n\n{c}\n"),
        &format!("# B\n\n{b}\n\n{c}\n\n# A\n\n{a}\n"),
    );
    assert_eq!(told, ["moved [--]{++}"]);
}

#[test]
fn a_list_that_what_is_gone_parts_in_two_has_its_id_once() {
    let old = "a,\n\na,\n\na.\n\n## a.\n\n1. a.aa \n\n   more\n";
    let new = "a,\n\na.\n\n> a,\n> - x y\n\n- a.b.aa.\n\n\nb.";
    assert_eq!(check(old, new).matches("no longer numbered").count(), 2);
}

#[test]
fn items_that_changed_places_moved() {
    let told = told(
        "- by e-mail\n- by telephone\n- by letter post\n",
        "- by letter post\n- by e-mail\n- by telephone\n",
    );
    assert_eq!(told, ["moved [--]{++}"]);
}

#[test]
fn a_paragraph_that_was_split_marks_no_word() {
    let [a, b, _] = PARAGRAPHS;
    assert_eq!(told(&format!("{a} {b}"), &format!("{a}\n\n{b}")), ["split [--]{++}"]);
    assert_eq!(told(&format!("{a}\n\n{b}"), &format!("{a} {b}")), ["joined [--]{++}"]);
}

#[test]
fn a_link_that_leads_elsewhere_is_marked_and_no_word_is() {
    assert_eq!(
        told("See [our page](https://a.example/) now.", "See [our page](https://b.example/) now."),
        ["link [--]{++}"]
    );
    assert_eq!(told("See **this** now.", "See *this* now."), ["format [--]{++}"]);
    assert_eq!(
        told("“We” don’t", "\"We\" don't"),
        ["format [-“-]{+\"+}", "format [-” don’t-]{+\" don't+}"]
    );
}

#[test]
fn a_table_is_compared_by_columns_and_rows() {
    let old = "| name | where |\n|---|---|\n| Alpha | Ireland |\n| Beta | France |\n";
    let new = "| name | why | where |\n|---|---|---|\n| Beta | mail | Spain |\n| Gamma | logs | Italy |\n";
    let html = check(old, new);
    assert!(
        html.contains("<tr id=\"c2\" data-diff=\"del\"><td data-label=\"name\"><del><span class=\"said\" data-redline-skip>removed: </span>Alpha</del>"),
        "{html}"
    );
    let told = told(old, new);
    assert!(told.contains(&"changed [-France-]{+Spain+}".to_owned()), "{told:?}");
    assert!(told.contains(&"added [--]{+Gamma | logs | Italy+}".to_owned()), "{told:?}");
}

#[test]
fn rows_and_columns_that_stand_elsewhere_are_told_once() {
    let old = "| name | where | why |\n|---|---|---|\n| Alpha | Ireland | mail |\n| Beta | France | logs |\n| Gamma | Italy | calls |\n";
    let row = "| name | where | why |\n|---|---|---|\n| Beta | France | logs |\n| Gamma | Italy | calls |\n| Alpha | Ireland | post |\n";
    let html = check(old, row);
    assert!(
        html.contains("<tr class=\"stub\" data-move-from=\"t0r1\" data-stub><td colspan=\"3\">"),
        "{html}"
    );
    assert!(html.contains("<tr data-diff=\"mod\" data-move-to=\"t0r1\"><td data-label=\"name\"><span class=\"turn\" id=\"c1\""), "{html}");
    assert_eq!(told(old, row), ["structure [--]{++}", "changed [-mail-]{+post+}"]);
    assert_eq!(told(row, old), ["structure [--]{++}", "changed [-post-]{+mail+}"]);
    let column = "| name | why | where |\n|---|---|---|\n| Alpha | mail | Ireland |\n| Delta | chat | Spain |\n| Beta | logs | Malta |\n";
    let html = check(old, column);
    assert!(html.contains("column “where” moved") || html.contains("column “why” moved"), "{html}");
    check(column, old);
    check(row, column);
    check(column, row);
    // Both at once, and more than one of each.
    let both = "| why | where | name |\n|---|---|---|\n| calls | Italy | Gamma |\n| logs | France | Beta |\n| mail | Ireland | Alpha |\n";
    check(old, both);
    check(both, row);
}

#[test]
fn headings_that_became_bold_keep_their_words() {
    let [a, b, _] = PARAGRAPHS;
    let told = told(
        &format!("## One thing\n\n{a}\n\n## Two things\n\n{b}"),
        &format!("**One thing**\n\n{a}\n\n**Two things**\n\n{b}"),
    );
    assert_eq!(
        told,
        ["structure [--]{++}", "format [--]{++}", "structure [--]{++}", "format [--]{++}"]
    );
}

#[test]
fn a_section_with_another_number_is_renumbered() {
    let [a, b, _] = PARAGRAPHS;
    let (old, new) =
        (format!("## 1. Reply\n\n{a}"), format!("## 1. Data\n\n{b}\n\n## 2. Reply\n\n{a}"));
    check(&old, &new);
    let (old, new) = (Wording::of_text(&old, RawHtml::Read), Wording::of_text(&new, RawHtml::Read));
    let kinds: Vec<&str> =
        redline::between(&old, &new).sections.iter().map(|section| section.kind.as_str()).collect();
    assert_eq!(kinds, ["added", "renumbered"]);
}

#[test]
fn text_that_looks_like_marks_is_text() {
    let hostile = [
        "{++ a ++} [-b-] <ins>c</ins> <del>d</del> ~~e~~ `<ins>f</ins>`",
        "</section></div><script>alert(1)</script> &lt;ins&gt; <!-- <del> --> x",
        "<div data-move-to=\"1\" id=\"c1\">\n\n<p data-redline-skip>g\n\n</div>",
        "| <ins> | ]]> |\n|--|--|\n| \\| | </td></tr> |",
        "[a](javascript:alert(1)) ![alt <b>](x) [^1]\n\n[^1]: note </ol>",
    ];
    for old in hostile {
        for new in hostile {
            let html = check(old, new);
            assert!(!html.contains("<script") && !html.contains("javascript:"), "{html}");
        }
    }
}

#[test]
fn deep_nesting_and_a_line_without_end_are_compared() {
    check(&format!("{} deep", "> ".repeat(3000)), &format!("{} deeper", "- ".repeat(3000)));
    let line: String = (0..40_000).map(|number| format!("w{} ", number % 977)).collect();
    check(&line, &line.replace("w5 ", "x "));
}

#[test]
fn the_example_tells_what_its_second_version_changed() {
    let project = Project::example();
    assert!(project.run(&["build"]).status.success());
    let page = project.read("public/security/v/2023-02-15/changes/index.html");
    assert!(page.contains("was “Full disclosure”") && page.contains("+1 650-284-7142"));
    let said = project.run(&["diff", "security", "original", "2023-02-15", "--format", "json"]);
    let told: serde_json::Value = serde_json::from_slice(&said.stdout).unwrap();
    let sections = told["documents"][0]["sections"].as_array().unwrap();
    let renamed: Vec<&serde_json::Value> =
        sections.iter().filter(|section| section["kind"] == "renamed").collect();
    assert_eq!(renamed.len(), 1);
    assert_eq!(renamed[0]["before"], "Full disclosure");
    let changes = told["documents"][0]["changes"].as_array().unwrap();
    let says = |side: &str, words: &str| {
        changes.iter().any(|change| change[side]["text"].as_str().unwrap().contains(words))
    };
    assert!(says("old", "650-284-7142"), "the lost telephone number");
    assert!(
        says("new", "but only while no user's data or account is violated"),
        "the new condition on safe harbour"
    );
}

#[test]
fn clauses_have_their_numbers_and_a_range_names_its_releases() {
    let project = Project::example();
    let release = |day: &str, summary: &str| {
        project.said_on(
            day,
            &["release", "--date", day, "--summary", summary, "--yes", "--quiet"],
            0,
        )
    };
    project.write("content/security/005-before.md", "## Before all\n\nRead this.\n");
    release("2026-01-10", "A section <before> all others");
    project.write("content/security/005-before.md", "## Before all\n\nRead all of this.\n");
    release("2026-02-10", "All of it");
    project.write("content/security/005-before.md", "## Before all\n\nRead all this.\n");
    project.said_on("2026-02-11", &["build"], 0);
    let page = |path: &str| project.read(&format!("public/security/{path}/index.html"));
    let range = page("compare/2023-02-15/2026-02-10");
    assert!(
        range.contains("A section &lt;before&gt; all others") && range.contains("All of it"),
        "{range}"
    );
    assert!(
        range.contains(">§1 Before all</a>")
            && range.contains("§1</span>")
            && range.contains("§2, was §1"),
        "{range}"
    );
    let one = page("v/2026-02-10/changes");
    assert!(
        one.contains("All of it")
            && !one.contains("all others")
            && !one.contains("class=\"releases\"")
            && !one.contains("was §"),
        "{one}"
    );
    assert!(!page("changes").contains("All of it"), "the draft follows the newest release");
    for (format, expected) in [
        (
            "words",
            "  2026-01-10  substantive  A section <before> all others\n  2026-02-10  substantive  All of it\n",
        ),
        ("stat", "  2026-02-10  substantive  All of it\n"),
        ("markdown", "- 2026-01-10, substantive: A section \\<before\\> all others\n"),
        ("html", "<strong>2026-02-10</strong>"),
        ("json", "\"summary\": \"A section <before> all others\""),
    ] {
        let said =
            project.said(&["diff", "security", "2023-02-15", "2026-02-10", "--format", format], 0);
        assert!(said.contains(expected), "{format}\n{said}");
        let said =
            project.said(&["diff", "security", "2026-01-10", "2026-02-10", "--format", format], 0);
        assert_eq!(said.contains("All of it"), format == "json", "{format}\n{said}");
        let said =
            project.said(&["diff", "security", "2026-02-10", "2023-02-15", "--format", format], 0);
        assert!(!said.contains("All of it"), "back, nothing was released\n{said}");
    }
}

#[test]
fn a_change_in_a_list_is_told_by_its_entry_and_field() {
    let project = Project::example();
    let list = "content/subprocessors.yaml";
    project.edit(list, "purpose: Error tracking", "purpose: Error reports");
    project.write(
        list,
        project.read(list) + "  - name: Mailgun\n    purpose: Mail delivery\n    country: US\n",
    );
    let said = project.said(&["diff", "subprocessors"], 0);
    assert!(said.contains("\n  Sentry | Purpose: Error [-tracking-] {+reports+}\n"), "{said}");
    assert!(
        said.contains("\n  {+Mailgun+} | Purpose: {+Mail delivery+} | Country: {+US+}\n"),
        "{said}"
    );
    let said = project.said(&["diff", "subprocessors", "--format", "markdown"], 0);
    assert!(said.contains("\n- changed, Purpose: ~~tracking~~ **reports**\n"), "{said}");
    assert!(
        said.contains("\n- added: **Mailgun \\| Purpose: Mail delivery \\| Country: US**\n"),
        "{said}"
    );
    // The same as a table in words: below its head, and on the page with no column in which nothing
    // stands.
    let said = project.said(&["diff", "security"], 0);
    assert!(said.contains("\n  | Name | Purpose | {+Country+} | Group |\n"), "{said}");
    project.build(&[]);
    let page = project.read("public/subprocessors/changes/index.html").replace('"', "");
    let heads: Vec<&str> = page
        .split("<th scope=col>")
        .skip(1)
        .map(|rest| &rest[..rest.find("</th>").unwrap()])
        .collect();
    assert_eq!(
        (&heads[..4], heads.len()),
        (&["Name", "Purpose", "Country", "Group"][..], 8),
        "{heads:?}"
    );
    // What changed comes first, and the rest is folded.
    let (changed, same) = page.split_once("7 unchanged entries").unwrap();
    assert!(
        changed.contains("<td data-label=Purpose>Error <del")
            && changed.contains("Mailgun")
            && !changed.contains("Cloudflare"),
        "{changed}"
    );
    assert!(same.contains("Cloudflare") && !same.contains("<ins"), "{same}");
}

#[test]
fn two_files_are_compared_outside_of_any_project() {
    let folder = Project::empty();
    folder.write("old.md", "# Reply\n\nWithin 48 hours.\n");
    folder.write("new.md", "# Reply\n\nWithin 72 hours.\n");
    let run = folder.run(&[
        "diff",
        "old.md",
        "new.md",
        "--format",
        "html",
        "--output",
        "out.html",
        "--exit-code",
    ]);
    assert_eq!(run.status.code(), Some(1));
    let page = folder.read("out.html");
    assert!(page.starts_with("<!doctype html>") && page.replace('"', "").contains("id=redline"));
    assert!(page.contains(">48</del>") && page.contains(">72</ins>"));
    assert!(!page.contains("http"), "it asks no host for anything");
}

/// Returns a block of a text.
fn block() -> impl Strategy<Value = String> {
    let words = "([a-d]{1,3}[ ,.]){1,12}";
    prop_oneof![
        4 => words.prop_map(|words| words),
        1 => words.prop_map(|words| format!("## {words}")),
        1 => proptest::collection::vec(words, 1..4).prop_map(|items| items.iter().map(|item| format!("- {item}\n")).collect()),
        1 => proptest::collection::vec(words, 1..4).prop_map(|items| items.iter().map(|item| format!("1. {item}\n\n   more\n")).collect()),
        1 => words.prop_map(|words| format!("> {words}\n> - x y")),
        1 => (words, words).prop_map(|(a, b)| format!("| {a} | h |\n|---|---|\n| {b} | 1 |\n| c | {a} |")),
        1 => words.prop_map(|words| format!("```\n{words}\n  x\n```")),
        1 => words.prop_map(|words| format!("**{words}x** [{words}y](https://a.example/) `{words}z`[^n]")),
        1 => words.prop_map(|words| format!("<p>{words}<b>x</b></p>")),
        1 => Just("---".to_owned()),
    ]
}

/// Returns a text and what became of it.
fn edited() -> impl Strategy<Value = (String, String)> {
    let blocks = proptest::collection::vec(block(), 0..10);
    (blocks, proptest::collection::vec((any::<prop::sample::Index>(), 0..5_u8, block()), 0..6))
        .prop_map(|(old, edits)| {
            let mut new = old.clone();
            for (place, what, other) in edits {
                let at = if new.is_empty() { 0 } else { place.index(new.len()) };
                match what {
                    0 if !new.is_empty() => drop(new.remove(at)),
                    1 => new.insert(at, other),
                    2 if !new.is_empty() => new[at] = new[at].replacen(' ', " zz ", 1),
                    3 if !new.is_empty() => {
                        let block = new.remove(at);
                        new.insert(place.index(new.len() + 1), block);
                    }
                    _ if !new.is_empty() => new[at] = other,
                    _ => {}
                }
            }
            (old.join("\n\n"), new.join("\n\n"))
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: times(64, 256), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_nothing_invented((old, new) in edited()) {
        check(&old, &new);
        check(&new, &old);
        check(&old, &old);
    }

    #[test]
    fn arbitrary_texts_are_compared(old in "([-*+>#|`~_\\[\\]()<>!^{}=&;1. \n\ta-c]|\\PC)*", new in "([-*+>#|`~_\\[\\]()<>!^{}=&;1. \n\ta-c]|\\PC)*") {
        check(&old, &new);
    }
}

#[test]
fn a_program_rebuilds_both_versions_from_the_pieces() {
    let project = Project::empty();
    let old = "# A\n\nOn April 14, 2020 we *keep* it.\n\n| N | C |\n|---|---|\n| a | DE |\n| b | FR |\n\n- one\n- two\n\n```\nx\n  y\n```\n";
    let new = old
        .replace("14", "15")
        .replace("DE", "IE")
        .replace("- two", "- two\n- three")
        .replace("  y", "  z")
        .replace("*keep*", "**keep**");
    project.write("old.md", old);
    project.write("new.md", &new);
    let json: serde_json::Value =
        serde_json::from_str(&project.said(&["diff", "old.md", "new.md", "--format", "json"], 0))
            .unwrap();
    for (side, text) in [("old", old), ("new", new.as_str())] {
        let mut said = String::new();
        for piece in json["documents"][0]["pieces"].as_array().unwrap() {
            let cells = piece["rows"]
                .as_array()
                .into_iter()
                .flatten()
                .flat_map(|row| row.as_array().unwrap());
            let words = |value: &serde_json::Value| {
                value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|words| words[side].as_str().unwrap_or_default().to_owned())
                    .collect::<String>()
            };
            said.push_str(&words(&piece["words"]));
            cells.for_each(|cell| said.push_str(&words(cell)));
        }
        said.retain(|letter| !letter.is_whitespace());
        assert_eq!(said, letters(&Wording::of_text(text, RawHtml::Read)), "{side}");
    }
    let word = |old: &str| {
        json["documents"][0]["pieces"].as_array().unwrap().iter().any(|piece| {
            piece["words"].as_array().into_iter().flatten().any(|words| words["old"] == old)
        })
    };
    assert!(word(" 14"), "the white space before words is theirs\n{json:#}");
}
