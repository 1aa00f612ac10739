//! What the program says itself to readers: every sentence is a message, and none of them is ever a
//! changed policy.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use policybook::messages::{Message, Messages, Piece};
use policybook::model::{LISTS, Reference};

use crate::project::Project;

/// The elements that a message may have without an address.
const ELEMENTS: [&str; 4] = ["<code>", "<del>", "<ins>", "<strong>"];

/// Names of formats, files and a digest: the same in every language.
const NAMES: [&str; 8] = [
    "security.txt",
    "SHA-256",
    "Markdown",
    "JSON",
    "CSV",
    "ledger.yaml",
    "ledger.json",
    "SHA256SUMS",
];

/// Returns every file of a kind below a folder of the repository, with its text.
fn sources(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(Result::unwrap);
    let of_kind = |path: &Path| {
        path.extension().is_some_and(|ending| endings.contains(&ending.to_str().unwrap()))
    };
    files
        .filter(|entry| of_kind(entry.path()))
        .map(|entry| {
            (entry.path().display().to_string(), fs::read_to_string(entry.path()).unwrap())
        })
        .collect()
}

/// Returns the sources of the program without their tests.
fn rust() -> Vec<(String, String)> {
    let code = |text: String| text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
    sources("src", &["rs"]).into_iter().map(|(path, text)| (path, code(text))).collect()
}

/// Returns what stands between two marks, wherever it does.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    let pieces = text.split(open).skip(1);
    match open == close {
        true => pieces.collect(),
        false => pieces.filter_map(|rest| rest.split_once(close)).map(|(words, _)| words).collect(),
    }
}

#[test]
fn every_message_is_said_and_every_id_has_a_message() {
    let messages = Messages::english();
    let ids: BTreeSet<&str> = messages.ids().collect();
    let mut said: BTreeSet<String> = BTreeSet::new();
    let mut begun: Vec<String> = Vec::new();
    for (path, text) in sources("themes", &["html", "css", "js"]) {
        for expression in between(&text, "{{", "}}").into_iter().chain(between(&text, "{%", "%}")) {
            let Some((before, _)) = expression.split_once("| t") else { continue };
            match before.split_once('~') {
                Some((first, _)) if before.contains('(') => {
                    begun.push(first.split('"').nth(1).unwrap().to_owned());
                }
                _ => {
                    let id = before.trim().trim_end_matches(['"', '\'']);
                    let id = id.rsplit(['"', '\'']).next().unwrap();
                    assert!(ids.contains(id), "{path} says `{id}`, which is no message");
                    said.insert(id.to_owned());
                }
            }
        }
    }
    for list in LISTS {
        said.extend(["title", "summary"].map(|about| format!("{}.{about}", list.id)));
        let columns = list.columns().filter(|_| list.reference == Reference::Table);
        said.extend(columns.map(|field| format!("column.{}", field.key)));
    }
    assert!(
        said.iter().all(|id| ids.contains(&**id)),
        "every list has a title, a summary and titles of columns"
    );
    let rooms: BTreeSet<&str> = ids.iter().filter_map(|id| id.split('.').next()).collect();
    for (path, text) in rust() {
        for literal in between(&text, "\"", "\"") {
            if ids.contains(literal) {
                said.insert(literal.to_owned());
            }
            let (first, last) = literal.split_once('.').unwrap_or_default();
            let file = ["html", "css", "js", "json", "yaml", "txt", "atom", "asc", "md", "xml"];
            let is_id = rooms.contains(first)
                && literal.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.')
                && !file.contains(&last);
            assert!(
                !is_id || ids.contains(literal),
                "{path} says `{literal}`, which is no message"
            );
        }
    }
    let unsaid: Vec<&&str> = ids
        .iter()
        .filter(|id| !said.contains(**id) && !begun.iter().any(|first| id.starts_with(first)))
        .collect();
    assert_eq!(unsaid, Vec::<&&str>::new(), "messages that nobody says");
    assert!(said.len() > 200 && begun.len() > 4, "{} {}", said.len(), begun.len());
}

#[test]
fn what_a_template_fills_in_is_what_the_message_has() {
    for (path, text) in sources("themes", &["html"]) {
        for (before, after) in text.match_indices("| t(").map(|(at, _)| text.split_at(at)) {
            let id = before.trim_end().trim_end_matches('"').rsplit('"').next().unwrap();
            let values = names(&after["| t(".len()..]);
            let message = Messages::english().message(id, None).unwrap();
            let places = message.parts().filter(|part| !ELEMENTS.contains(&part.as_str()));
            let places: BTreeSet<String> =
                places.map(|part| part[1..part.len() - 1].to_owned()).collect();
            assert_eq!(values, places, "`{id}` in {path}");
        }
    }
}

/// Returns the names in a list of values: `a=b ~ c, d=e | f(g=h)` has `a` and `d`.
fn names(values: &str) -> BTreeSet<String> {
    let (mut names, mut name, mut depth, mut quoted) = (BTreeSet::new(), String::new(), 1, false);
    for letter in values.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            '=' if depth == 1 => {
                names.insert(name.trim().to_owned());
            }
            _ => {}
        }
        match letter {
            _ if depth == 0 => break,
            ',' if depth == 1 && !quoted => name.clear(),
            _ => name.push(letter),
        }
    }
    names
}

#[test]
fn a_form_for_one_thing_fills_in_what_the_other_does() {
    let messages = Messages::english();
    for id in messages.ids().filter(|id| messages.is_counted(id)) {
        let parts = |count| -> BTreeSet<String> {
            messages.message(id, Some(count)).unwrap().parts().collect()
        };
        let (one, other) = (parts("1"), parts("2"));
        assert!(other.contains("{count}") && one.is_subset(&other), "{id}");
        assert!(other.difference(&one).all(|part| part == "{count}"), "{id}");
    }
}

#[test]
fn templates_scripts_and_style_sheets_have_no_sentence_of_their_own() {
    for (path, text) in sources("themes", &["html"]) {
        let mut text = text;
        for (open, close) in [("<pre", "</pre>"), ("<!--", "-->"), ("{{", "}}"), ("{%", "%}")] {
            while let Some((before, (_, after))) = text
                .split_once(open)
                .and_then(|(before, rest)| Some((before, rest.split_once(close)?)))
            {
                text = format!("{before}\u{1}{after}");
            }
        }
        for words in text.split('<').flat_map(|piece| piece.split('>').nth(1)) {
            let words = NAMES.iter().fold(words.to_owned(), |words, name| words.replace(name, ""));
            assert!(!words.contains(char::is_alphabetic), "{path}: {words}");
        }
        for name in ["aria-label", "title", "alt", "placeholder", "data-label"] {
            for value in between(&text, &format!(" {name}=\""), "\"") {
                assert!(!value.contains(char::is_alphabetic), "{path}: {name}={value}");
            }
        }
    }
    for (path, text) in sources("themes", &["css"]) {
        for words in between(&text, "content: \"", "\"") {
            let words = words.split("{{").map(|part| part.split("}}").last().unwrap());
            assert!(!words.collect::<String>().contains(char::is_alphabetic), "{path}");
        }
    }
    for (path, text) in sources("themes", &["js"]) {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for literal in code.flat_map(|line| [between(line, "\"", "\""), between(line, "`", "`")]) {
            for words in literal {
                let sentence = words.trim().len() > 1 && words.starts_with(char::is_uppercase);
                assert!(!sentence, "{path}: {words}");
            }
        }
    }
}

/// Returns the file of messages in a language of which every sentence stands between `⟦` and `⟧`.
fn marked() -> String {
    let messages = Messages::english();
    let source = |message: &Message| -> String {
        let piece = |piece: &Piece| match piece {
            Piece::Text(words) => words.clone(),
            Piece::Argument(name) => format!("{{{name}}}"),
            Piece::Open(name) => format!("<{name}>"),
            Piece::Close(name) => format!("</{name}>"),
        };
        message.pieces().iter().map(piece).collect()
    };
    let mut lines = BTreeMap::new();
    for id in messages.ids() {
        let endings: &[_] =
            if messages.is_counted(id) { &[(".one", "1"), (".other", "2")] } else { &[("", "")] };
        for (ending, count) in endings {
            let message = messages.message(id, Some(count)).unwrap();
            let text = serde_json::to_string(&format!("⟦{}⟧", source(message))).unwrap();
            lines.insert(format!("{id}{ending}"), text);
        }
    }
    lines.iter().map(|(id, text)| format!("{id}: {text}\n")).collect()
}

/// The heads of the tables that redlines show of lists, and the words of their entries: they are a
/// part of the form by which two versions are compared.
const OF_LISTS: &str = "Name Purpose Legal entity Data Country Safeguard Group Formerly Announced \
    From Until Cancelled Date Class Groups Commitment Promise Better Section within lower Undated \
    before IE DE";

/// Returns the words of a page in Latin letters that no message says: those that readers see, and
/// those that are read to them.
fn unsaid(html: &str) -> Vec<String> {
    let mut seen = String::new();
    let mut hidden = 0;
    for piece in html.split('<').skip(1) {
        let Some((tag, words)) = piece.split_once('>') else { continue };
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        let closed = tag.trim_start_matches('/');
        if ["script", "style", "pre", "code"].contains(&closed.split(' ').next().unwrap()) {
            hidden = if tag.starts_with('/') { 0 } else { 1 };
        }
        for label in ["aria-label", "title", "alt", "data-label"] {
            let value = tag.split_once(&format!(" {label}=")).map(|(_, value)| value);
            let value = value.and_then(|value| match value.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next(),
                None => value.split(' ').next(),
            });
            seen += &format!(" {} ", value.unwrap_or_default());
        }
        if hidden == 0 && name != "!doctype html" {
            seen += words;
        }
        seen += " ";
    }
    let mut depth = 0;
    let mut ours = String::new();
    for letter in seen.chars() {
        match letter {
            '⟦' => depth += 1,
            '⟧' => depth -= 1,
            _ if depth == 0 => ours.push(letter),
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{seen}");
    let known = OF_LISTS.split_whitespace().chain(NAMES).map(str::to_lowercase);
    let known: BTreeSet<String> = known.collect();
    let words = ours.split_whitespace().map(|word| word.trim_matches([',', ':', '(', ')', '.']));
    words
        .filter(|word| word.contains(|letter: char| letter.is_ascii_alphabetic()))
        .filter(|word| {
            !known.contains(&word.to_lowercase()) && !word.contains(['@', '/', '#', '&'])
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn what_no_message_says_is_found() {
    let page =
        "<p>⟦a ⟦b⟧⟧ Released γ</p><a title=\"c d\" aria-label=E href=\"f\">⟦g⟧</a><code>h</code>";
    assert_eq!(unsaid(page), ["Released", "E", "c", "d"]);
}

/// Makes a site whose authors write Greek, with all that can become of a text.
fn greek() -> Project {
    let project = Project::empty();
    project.write(
        "content/site.yaml",
        "name: Ακμή\nbase_url: https://policies.acme.example/\ndescription: Όλα.\ncontacts:\n- kind: security\n  \
         email: security@acme.example\n  form: https://acme.example/form\n  key: https://acme.example/key.asc\n- kind: privacy\n  \
         email: privacy@acme.example\nsecurity_txt:\n  expires: 2027-06-01T00:00:00Z\nnotice:\n  subprocessors: 30\n",
    );
    let list = |until: &str| {
        format!(
            "note: Ποιοι άλλοι.\nsubprocessors:\n- {{ name: Άλφα, purpose: Ταχυδρομείο, country: IE, link: 'https://a.example/'{until} }}\n\
             - {{ name: Βήτα, purpose: Αρχεία, country: DE }}\n"
        )
    };
    let promised = |days: u8, better: &str| {
        format!(
            "commitments:\n- {{ id: r, what: απάντηση, value: {days}, unit: ημέρες, qualifier: within{better}, section: security#report }}\n"
        )
    };
    let opening = |id: &str, title: &str| {
        project.write(
            &format!("content/{id}/_index.md"),
            format!("---\ntitle: {title}\nsummary: Τι υποσχόμαστε.\n---\nΗ αρχή[^α].\n\n[^α]: Υποσημείωση.\n"),
        );
    };
    let policy = |old: bool| {
        let pick = |was: &'static str, is: &'static str| if old { was } else { is };
        project.write(
            "content/security/010-report.md",
            format!(
                "---\nsummary: Γράψτε μας.\n---\n# {} {{#report}}\n\n> [!{}]\n> Πρώτα εμείς.\n\n{}Ένα δύο τρία τέσσερα {}.\n\n\
                 {}\n\n```\nα{}β\n```\n\nΔείτε [εδώ](https://{}.example/) και {}.\n\n{}\n",
                pick("Αναφορά", "Αναφορές"),
                pick("NOTE", "WARNING"),
                pick("- πρώτο\n- δεύτερο\n\n", "1. πρώτο\n2. δεύτερο\n3.\n\n"),
                pick("πέντε", "έξι επτά"),
                pick("Ήσυχο κείμενο.", "> Ήσυχο κείμενο."),
                pick(" ", "  "),
                pick("x", "y"),
                pick("**δυνατά**", "~~δυνατά~~"),
                pick("---", "## Κάτω\n\nΛόγια."),
            ),
        );
        let moved = "# Δεδομένα\n\nΜια μεγάλη παράγραφος που όλοι αναγνωρίζουν όπου κι αν στέκεται αργότερα.\n";
        let table = format!(
            "# Πίνακας\n\n| Τι | Πότε | Ποιος | Πού | Πώς |\n|---|---|---|---|---|\n{}| α | β | γ | δ | ε |\n| ζ | η | θ | ι | κ |\n",
            pick("", "| | | | | |\n")
        );
        let (first, second) = if old { (moved, &*table) } else { (&*table, moved) };
        project.write("content/security/020-a.md", first);
        project.write("content/security/030-b.md", second);
        project.write("content/security/040-same.md", "# Ίδιο\n\nΔεν αλλάζει.\n");
        project.write(
            "content/commitments.yaml",
            promised(pick("2", "5").parse().unwrap(), ", better: lower"),
        );
        project.write("content/subprocessors.yaml", list(pick("", ", until: 2026-02-01")));
        project.write(
            "content/whitehats.yaml",
            format!("undated_before: 2020\nwhitehats:\n- {{ name: Άννα, date: 2021-02-03, class: Ζήτα }}\n- name: Βάνα\n{}", pick("- name: Γάμα\n", "- { name: Γάμα, removed: { date: 2026-02-16, reason: Ζήτησε. } }\n")),
        );
    };
    ["security", "cookies", "privacy", "terms"]
        .iter()
        .zip(["Ασφάλεια", "Μπισκότα", "Ιδιωτικότητα", "Όροι"])
        .for_each(|(id, title)| opening(id, title));
    policy(true);
    let run = |day: &str, arguments: &[&str]| {
        project.said_on(day, &[arguments, &["--yes", "--quiet"]].concat(), 0);
    };
    run("2026-01-15", &["release", "--summary", "Η πρώτη.", "--approved-by", "Άννα"]);
    policy(false);
    run("2026-02-16", &["release", "--summary", "Η δεύτερη."]);
    let edit = |id: &str, words: &str| {
        let file = format!("content/{id}/_index.md");
        project.edit(&file, "Η αρχή", words);
    };
    edit("privacy", "Το τέλος");
    run("2026-03-01", &["release", "privacy", "--summary", "Άλλη.", "--effective", "2026-05-01"]);
    run(
        "2026-03-02",
        &["postpone", "2026-03-01", "--effective", "2027-01-15", "--reason", "Αργότερα."],
    );
    edit("terms", "Το τέλος");
    run("2026-03-03", &["release", "terms", "--summary", "Λάθος.", "--effective", "2026-12-24"]);
    run("2026-03-04", &["withdraw", "2026-03-03", "--reason", "Κακώς."]);
    run("2026-03-05", &["retire", "cookies", "--reason", "Τέλος."]);
    project.edit("content/security/040-same.md", "αλλάζει", "άλλαξε");
    project
}

#[test]
fn every_word_that_is_not_the_authors_is_said_by_a_message() {
    let project = greek();
    project.build(&["--out", "english"]);
    project.edit("content/site.yaml", "name: Ακμή\n", "name: Ακμή\ntheme: marked\n");
    project.write("themes/marked/messages/en.yaml", marked());
    let told = project.said(&["check"], 0);
    assert!(!told.contains("themes/"), "{told}");
    let status = project.said(&["status", "--format", "json"], 0);
    project.build(&["--out", "marked"]);
    let english: BTreeMap<String, Vec<u8>> = project.files("english").into_iter().collect();
    let (mut pages, mut said) = (0, 0);
    for (path, bytes) in project.files("marked") {
        let text = String::from_utf8_lossy(&bytes);
        if path.ends_with(".html") {
            pages += 1;
            said += text.matches('⟦').count();
            assert_eq!(unsaid(&text), Vec::<String>::new(), "{path}");
        } else if path.ends_with(".atom") {
            // An entry keeps its id and its day, whatever is said in it.
            let promised = |text: &str| {
                [("<id>", "</id>"), ("<published>", "</published>")]
                    .map(|(open, close)| between(text, open, close).concat())
            };
            assert_eq!(promised(&text), promised(&String::from_utf8_lossy(&english[&path])));
        } else if path == "index.json" {
            // It names the theme, by its digest, and says the same else.
            let rest = |text: &str| {
                let lines = text.lines().filter(|line| !line.trim().starts_with("\"theme\""));
                lines.map(str::to_owned).collect::<Vec<_>>()
            };
            assert_eq!(rest(&text), rest(&String::from_utf8_lossy(&english[&path])));
        } else if !path.contains("assets/") && !path.starts_with(".policybook/") {
            assert!(english[&path] == bytes, "{path} does not depend on what is said");
        }
    }
    assert!(pages > 40 && said > 1000, "{pages} {said}");
    project.edit("content/site.yaml", "theme: marked\n", "");
    assert_eq!(
        status,
        project.said(&["status", "--format", "json"], 0),
        "nothing else is unreleased"
    );
    project.said(&["verify"], 0);
}
