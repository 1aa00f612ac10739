//! Redactions: words that go from every version, and everything that stays.

use std::collections::BTreeSet;

use jiff::civil::date;
use policybook::diagnostic::Diagnostics;
use policybook::ledger::Planned;
use policybook::ledger::redact::{Redacted, Refusal};
use policybook::model::{Block, Kind, Release, ReleaseId, plain};
use policybook::render::visible;
use policybook::tree::{File, Tree, TreePath};
use policybook::{ledger, parse};
use proptest::prelude::*;

use crate::project::{Project, TODAY};

const REASON: &str = "asked for by the person named";
const MARK: &str = "[removed on request, 2026-11-21]";

/// Removes words, and returns what was said.
fn redact(project: &Project, words: &str, more: &[&str], code: i32) -> String {
    project.said(&[&["redact", words, "--reason", REASON], more].concat(), code)
}

/// Checks that nothing but these words changed: every file with the mark in their place is what it
/// was, but for what the redaction writes.
fn only_words_changed(project: &Project, before: &[(String, Vec<u8>)], words: &[&str]) {
    let marked = |text: &[u8]| {
        let mut text = String::from_utf8(text.to_vec()).unwrap();
        for word in words {
            text = text
                .replace(&format!("name: \"{word}\""), "#")
                .replace(&format!("name: {word}"), "#")
                .replace(word, "#");
        }
        text.replace(&format!("name: '{MARK}'"), "#").replace(&parse::escaped(MARK), "#")
    };
    let after = project.files("content");
    assert_eq!(before.len(), after.len());
    for ((path, before), (same, after)) in before.iter().zip(&after) {
        assert_eq!(path, same);
        if path.ends_with("ledger.yaml") {
            assert!(after.starts_with(before), "entries are only appended");
        } else if !path.ends_with("SHA256SUMS") {
            assert_eq!(marked(before), marked(after), "{path}");
        }
    }
}

#[test]
fn a_name_goes_from_every_file_and_page_and_everything_else_stays() {
    let project = Project::example();
    let before = project.files("content");
    let told = redact(&project, "Kamil Sevi", &["--yes"], 0);
    for line in [
        "update content/whitehats.yaml\n",
        "update content/versions/ledger.yaml\n",
        "update content/versions/2023-02-15/SHA256SUMS\n",
        "update content/versions/2023-02-15/whitehats.yaml\n",
        "update content/versions/2023-02-15/security/230-whitehats.md\n",
        "content/versions/2023-02-15/security/230-whitehats.md:9: - »Kamil Sevi«\n",
        "3 places in 3 files\n",
        "redacted 3 places; 5 files changed\n",
        "history of version control",
    ] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(told.matches("\nupdate ").count() + 1, 5);
    only_words_changed(&project, &before, &["Kamil Sevi"]);
    assert!(
        project
            .read("content/versions/2023-02-15/security/230-whitehats.md")
            .contains("\n- \\[removed on request, 2026-11-21\\]\n")
    );
    assert!(
        project
            .read("content/versions/ledger.yaml")
            .contains("- redaction: 2026-11-21\n  reason: asked for by the person named\n")
    );
    let built = project.said(&["build", "--locked"], 0);
    assert!(!built.contains("warning") && !built.contains("unreleased"), "{built}");
    let pages = [
        "security/index.html",
        "security/v/2023-02-15/index.html",
        "whitehats/index.html",
        "whitehats/v/2023-02-15/index.html",
    ];
    for page in pages {
        let page = project.read(&format!("public/{page}"));
        assert!(visible(&page).contains(MARK) && page.contains("Piotr Smaza"), "{page}");
        assert!(page.contains("15 February 2023"), "the date of the words stays");
    }
    for (path, bytes) in project.files("content").into_iter().chain(project.files("public")) {
        assert!(!String::from_utf8_lossy(&bytes).contains("Kamil"), "{path}");
    }
    project.prove();
}

#[test]
fn names_with_punctuation_go_one_after_the_other_and_a_name_that_is_gone_is_found_nowhere() {
    let project = Project::example();
    let before = project.files("content");
    let names = ["S.M Akees", "Oladigbolu, Shuaib Abidemi", "Jaymark Pestaño"];
    for name in names {
        redact(&project, name, &["--yes"], 0);
        project.prove();
    }
    only_words_changed(&project, &before, &names);
    let built = project.said(&["build", "--locked"], 0);
    assert!(!built.contains("named twice"), "{built}");
    assert_eq!(visible(&project.read("public/security/index.html")).matches(MARK).count(), 3);
    assert!(redact(&project, "S.M Akees", &["--yes"], 2).contains("no version holds these words"));
    assert_eq!(project.read("content/versions/ledger.yaml").matches("- redaction:").count(), 3);
}

#[test]
fn only_whole_words_go() {
    let project = Project::example();
    let before = project.files("content");
    for part in ["Ishan Anan", "Sundar Tiwar", "amil Sevi", "removed on", "Kamil  Sévi"] {
        assert!(
            redact(&project, part, &["--yes"], 2).contains("no version holds these words"),
            "{part}"
        );
    }
    assert!(project.files("content") == before);
    redact(&project, "Anand", &["--yes"], 0);
    let list = project.read("content/whitehats.yaml");
    assert!(list.contains("- name: '[removed on request, 2026-11-21] Sundar Tiwari'\n"), "{list}");
    assert!(list.contains("- name: 'Ishan [removed on request, 2026-11-21]'\n"), "{list}");
    project.build(&["--locked"]);
    project.prove();
}

#[test]
fn a_link_to_somebodys_page_goes_with_the_name_in_the_draft_too() {
    let project = Project::example();
    let list = project.read("content/whitehats.yaml");
    let linked = list.replace(
        "- name: Kamil Sevi\n",
        "- name: Kamil Sevi\n    link: https://ks.example/ # theirs\n    date: 2021\n",
    );
    let linked = linked.replace(
        "- name: Piotr Smaza\n",
        "- name: P. S.\n    link: https://code.example/piotrsmaza\n    formerly: Piotr Smaza\n",
    );
    project.write("content/whitehats.yaml", linked);
    project.said(&["release", "--summary", "Pages", "--yes"], 0);
    assert!(
        project
            .read("content/versions/2026-11-21/security/230-whitehats.md")
            .contains("- [Kamil Sevi](https://ks.example/)\n")
    );
    redact(&project, "Kamil Sevi", &["--yes"], 0);
    redact(&project, "piotrsmaza", &["--yes"], 0);
    let section = project.read("content/versions/2026-11-21/security/230-whitehats.md");
    assert!(section.contains("\n- \\[removed on request, 2026-11-21\\]\n"), "{section}");
    assert!(section.contains("\n- P. S. \\[removed on request, 2026-11-21\\]\n"), "{section}");
    for list in ["content/whitehats.yaml", "content/versions/2026-11-21/whitehats.yaml"] {
        let list = project.read(list);
        assert!(
            list.contains(
                "- name: '[removed on request, 2026-11-21]'\n    link: ~ # theirs\n    date: 2021\n"
            ),
            "{list}"
        );
        assert!(
            list.contains("- name: 'P. S. [removed on request, 2026-11-21]'\n    link: ~\n"),
            "{list}"
        );
    }
    project.build(&["--locked"]);
    project.prove();
}

#[test]
fn words_go_from_wherever_a_policy_has_them_and_a_draft_keeps_its_line_ends() {
    let project = Project::example();
    let section = "---\nsummary: Thanks to Ada Bee # Ada Bee\n---\n## By Ada\nBee\n\n\
                   > Found by [Ada Bee][page], *Ada* Bee,\n> that is: Ada\n> Bee; not by Ada Beetle.\n\n\
                   `Ada Bee`\n\n```text\nAda Bee\n```\n\n| Who | What |\n|---|---|\n| Ada Bee | all |\n\n[page]: https://a.example/\n";
    let section = section.replace("By Ada\nBee", "By Ada Bee");
    project.write("content/security/250-thanks.md", section.replace('\n', "\r\n"));
    project.said(&["release", "--summary", "Thanks", "--yes"], 0);
    project.build(&["--locked"]);
    let told = redact(&project, "Ada  Bee", &["--yes"], 0);
    assert!(
        told.contains("content/security/250-thanks.md:2: summary: Thanks to »Ada Bee« # Ada Bee\n"),
        "{told}"
    );
    assert!(
        told.contains(
            "content/security/250-thanks.md:6: > Found by »[Ada Bee][page]«, *Ada* Bee,\n"
        ),
        "{told}"
    );
    let expected = "---\nsummary: 'Thanks to MARK' # MARK\n---\n## By \\MARK\n\n\
                    > Found by \\MARK, *\\MARK*,\n> that is: \\MARK; not by Ada Beetle.\n\n\
                    `MARK`\n\n```text\nMARK\n```\n\n| Who | What |\n|---|---|\n| \\MARK | all |\n\n[page]: https://a.example/\n";
    let expected = expected.replace("\\MARK", &parse::escaped(MARK)).replace("MARK", MARK);
    assert_eq!(project.read("content/versions/2026-11-21/security/250-thanks.md"), expected);
    assert_eq!(project.read("content/security/250-thanks.md"), expected.replace('\n', "\r\n"));
    project.build(&["--locked"]);
    project.prove();
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_written() {
    let project = Project::example();
    let before = project.files("content");
    let refused = |words: &str, more: &[&str]| redact(&project, words, more, 2);
    assert!(refused(" ", &["--yes"]).contains("there is no text to remove"));
    assert!(refused("Li", &["--yes"]).contains("fewer than three letters"));
    assert!(refused("Ada Bee", &["--yes"]).contains("no version holds these words"));
    assert!(
        refused("Kamil Sevi", &["--yes", "--date", "2023-02-14"])
            .contains("2023-02-14 is before 2023-02-15, the day of the newest")
    );
    assert!(
        refused("Kamil Sevi", &["--yes", "--date", "2026-11-22"])
            .contains("2026-11-22 is after 2026-11-21")
    );
    assert!(
        refused("security@example.com", &["--yes"])
            .contains("the draft of `security` would still say these words, by a reference")
    );
    assert!(refused("Kamil Sevi", &[]).contains("pass `--yes`"));
    let reason =
        |reason: &str| project.said(&["redact", "Kamil Sevi", "--yes", "--reason", reason], 2);
    assert!(reason(" ").contains("the reason is empty"));
    assert!(reason("kamil  sevi asked").contains("the reason holds the words themselves"));
    assert!(reason("x\u{202e}y").contains("it holds the invisible character U+202E"));
    project.said(&["redact", "Kamil Sevi", "--yes"], 2);
    assert!(project.files("content") == before);

    let told = redact(&project, "Kamil Sevi", &["--dry-run"], 0);
    assert!(
        told.contains("»Kamil Sevi«") && told.contains("nothing was written: this is a dry run"),
        "{told}"
    );
    assert!(project.files("content") == before);

    project.write("content/security/250-draft.md", "## Draft\n\nAda Bee\n");
    assert!(
        refused("Ada Bee", &["--yes"]).contains(
            "only the draft does: remove them from `content/security/250-draft.md` by hand"
        )
    );
    let frozen = "content/versions/2023-02-15/whitehats.yaml";
    project.write(frozen, project.read(frozen).replace("Piotr", "Pietro"));
    let told = refused("Kamil Sevi", &["--yes"]);
    assert!(
        told.contains("a released file was changed") && told.contains("restore them first"),
        "{told}"
    );
    assert!(!project.read("content/versions/ledger.yaml").contains("redaction"));
}

#[test]
fn a_name_goes_in_every_spelling_and_what_is_near_is_told() {
    let project = Project::example();
    let decomposed = "Jose\u{301} Garci\u{301}a-Beh";
    let section = format!(
        "---\nsummary: Found by JOSÉ GARCÍA BEH\n---\n## Thanks\n\nThanks to José García Beh, *{decomposed}* and josé garcía\nbeh.\n\n\
         > Also José García-\n> Beh, Jos\u{ad}é Garc\u{ad}ía Beh's page, [him](https://josé-garcía-beh.example/).\n\n\
         Near: Jose Garcia Beh, joségarcíabeh, Beh, José García and José M. García Beh. Not he: José Garcíalo Beh.\n"
    );
    project.write("content/security/250-thanks.md", section);
    let list = project.read("content/whitehats.yaml");
    let entries = format!(
        "- name: \"{decomposed}\"\n    link: https://b.example/\n    class: |-\n      by José\n      García Beh # JOSÉ GARCÍA\u{2011}BEH\n"
    );
    project.write(
        "content/whitehats.yaml",
        list.replacen("- name:", &format!("{entries}  - name:"), 1),
    );
    project.write(
        "content/site.yaml",
        project.read("content/site.yaml") + "# Jose Garcia Beh asked\n",
    );
    project.said(&["release", "--summary", "Thanks", "--yes"], 0);

    let near = [
        "content/security/250-thanks.md:10: Near: »Jose Garcia Beh«, jos",
        "content/security/250-thanks.md:10: Near: Jose Garcia Beh, »joségarcíabeh«, Beh, José",
        "»Beh, José García« and",
        "»José M. García Beh«",
        "content/site.yaml:31: # »Jose Garcia Beh« asked\n",
    ];
    let told = redact(&project, "José García Beh", &["--dry-run"], 0);
    assert!(told.contains("note: 9 near matches stay: where the same is meant, redact them too, as they are written\n"), "{told}");
    near.iter().for_each(|near| assert!(told.contains(near), "{near}\n{told}"));
    let told = redact(&project, "José García Beh", &["--yes"], 0);
    near.iter().for_each(|near| assert!(told.contains(near), "{near}\n{told}"));
    for (path, bytes) in project.files("content") {
        let text = String::from_utf8(bytes)
            .unwrap()
            .replace('\u{ad}', "")
            .to_lowercase()
            .replace("e\u{301}", "é")
            .replace("i\u{301}", "í");
        let text = text
            .replace("beh, josé garcía and josé m. garcía beh", "")
            .replace("josé garcíalo beh", "");
        let words: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        assert!(
            !words
                .windows(2)
                .any(|words| words == ["josé", "garcía"] || words == ["garcía", "beh"]),
            "{path}\n{text}"
        );
    }
    let section = project.read("content/versions/2026-11-21/security/250-thanks.md");
    assert_eq!(section.matches("removed on request").count(), 7, "{section}");
    assert!(section.contains("José Garcíalo Beh"), "{section}");
    project.said(&["verify"], 0);
    project.build(&["--locked"]);
    project.prove();

    let told = redact(&project, "Jose Garcia Beh", &["--yes"], 0);
    assert!(told.contains("`content/site.yaml`, line 31, will still hold them: they are no words of a policy or list there"), "{told}");
    project.said(&["verify"], 0);
}

#[test]
fn one_capitalised_word_stays_in_lower_case() {
    let project = Project::example();
    let lines: String = (1..=30).map(|line| format!("- prices rose {line} times\n")).collect();
    project.write(
        "content/security/250-friend.md",
        format!("## Thanks\n\nThanks to Rose, ROSE and Rose's friends.\n\n{lines}"),
    );
    assert!(
        redact(&project, "Rosé", &["--yes"], 2)
            .contains("content/security/250-friend.md:3: Thanks to »Rose«")
    );
    project.said(&["release", "--summary", "Thanks", "--yes"], 0);
    let told = redact(&project, "Rose", &["--yes"], 0);
    assert!(told.contains("6 places in 2 files"), "{told}");
    assert!(
        told.contains("60 near matches stay") && told.contains(":5: - prices »rose« 1 times\n"),
        "{told}"
    );
    assert!(told.contains("\nand 40 more\n") && told.matches("»rose«").count() == 20, "{told}");
    assert_eq!(project.read("content/security/250-friend.md").matches("rose").count(), 30);
    project.prove();
}

#[test]
fn a_sentence_that_will_be_sealed_and_names_a_researcher_is_told() {
    let project = Project::example();
    project.write("content/security/250-more.md", "## More\n\nMore words.\n");
    let note = |what: &str| {
        format!(
            "the {what} names `Kamil Sevi` of the researchers' list: it is sealed, and `redact` cannot take it out"
        )
    };
    let said = project.said(&["release", "--summary", "As KAMIL\u{2011}SEVI says", "--dry-run"], 0);
    assert!(said.contains(&note("summary")), "{said}");
    let said = project
        .said(&["release", "--summary", "As Kamil says", "--effective", "2026-12-21", "--yes"], 0);
    assert!(!said.contains("names `"), "{said}");
    let reason = ["--reason", "kamil sevi asked", "--dry-run"];
    for act in [
        &["postpone", "2026-11-21", "--effective", "2026-12-24"][..],
        &["withdraw", "2026-11-21"],
        &["retire", "whitehats"],
    ] {
        let said = project.said(&[act, &reason].concat(), 0);
        assert!(said.contains(&note("reason")), "{said}");
        assert!(!project.said(&[act, &reason, &["--quiet"]].concat(), 0).contains("names `"));
    }
}

#[test]
fn lines_that_nobody_may_change_are_told() {
    let project = Project::example();
    project.write(
        "content/whitehats.yaml",
        project.read("content/whitehats.yaml").replace(
            "  - name: Kamil Sevi\n",
            "  - name: Kamil Sevi\n    removed: { date: 2026-11-20, reason: asked }\n",
        ),
    );
    project.write(
        "content/site.yaml",
        project.read("content/site.yaml") + "# Kamil Sevi asked to be left out\n",
    );
    project.said(&["release", "--summary", "Kamil Sevi is left out", "--yes"], 0);
    let told = redact(&project, "Kamil Sevi", &["--yes"], 0);
    assert!(told.contains("`content/versions/ledger.yaml`, line 30, will still hold them: the lines of the ledger are sealed"), "{told}");
    assert!(told.contains("`content/site.yaml`, line 31, will still hold them"), "{told}");
    project.build(&["--locked"]);
    project.prove();
}

#[cfg(unix)]
#[test]
fn a_draft_that_a_link_leads_to_is_changed_where_it_lies_and_keeps_its_rights() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = Project::example();
    std::fs::create_dir(project.path("lists")).unwrap();
    std::fs::rename(project.path("content/whitehats.yaml"), project.path("lists/names.yaml"))
        .unwrap();
    std::fs::set_permissions(
        project.path("lists/names.yaml"),
        std::fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    std::os::unix::fs::symlink("../lists/names.yaml", project.path("content/whitehats.yaml"))
        .unwrap();
    redact(&project, "Kamil Sevi", &["--yes"], 0);
    assert!(project.path("content/whitehats.yaml").is_symlink());
    assert!(
        project.read("lists/names.yaml").contains(MARK)
            && !project.read("lists/names.yaml").contains("Kamil")
    );
    assert_eq!(
        std::fs::metadata(project.path("lists/names.yaml")).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(project.files("lists").len(), 1, "nothing is left beside it");
}

/// Returns a released project with one section of these words.
fn released(section: &str) -> Tree<File> {
    let texts = [
        ("content/site.yaml", "name: A\nbase_url: https://a.example/\n"),
        ("content/security/_index.md", "---\ntitle: Security\n---\n"),
        ("content/security/10-words.md", section),
    ];
    let mut files: Tree<File> = texts
        .map(|(path, text)| (TreePath::new(path).unwrap(), File::new(text.as_bytes())))
        .into_iter()
        .collect();
    let mut diagnostics = Diagnostics::new();
    let content = parse::content(&files, &mut diagnostics);
    let site = ledger::site(content, &files, date(2026, 1, 1), &mut diagnostics);
    assert!(!diagnostics.has_errors(), "{section:?}\n{diagnostics:#?}");
    let id = ReleaseId::new("first").unwrap();
    let release =
        Planned::new(Release::new(id, "x", Kind::Substantive), site.unreleased().collect());
    files.extend(ledger::release(&files, &[release]));
    files
}

/// Returns the words of a section, in the order in which they are read.
fn words(markdown: &str) -> Vec<String> {
    fn read(blocks: &[Block], words: &mut Vec<String>) {
        for block in blocks {
            match block {
                Block::Heading { text, .. }
                | Block::Paragraph { text, .. }
                | Block::Plain { text, .. } => words.push(plain(text)),
                Block::Code { text, .. } => words.push(text.clone()),
                Block::Quote { blocks, .. } => read(blocks, words),
                Block::List { items, .. } => items.iter().for_each(|item| read(item, words)),
                other => panic!("{other:?}"),
            }
        }
    }
    let file = TreePath::new("security/10-words.md").unwrap();
    let mut texts = Vec::new();
    read(
        &parse::text(markdown, parse::Standpoint { file: Some(&file), sections: &BTreeSet::new() })
            .blocks,
        &mut texts,
    );
    texts.iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect()
}

const WORDS: [&str; 8] = ["Ann", "Annual", "Joann", "Ann-Lee", "S.M", "naïve", "48", "don't"];

/// A section of words in every dress.
fn sections() -> impl Strategy<Value = String> {
    let word = (prop::sample::select(&WORDS[..]), 0..8).prop_map(|(word, dress)| match dress {
        0 => format!("*{word}*"),
        1 => format!("**{word}**,"),
        2 => format!("`{word}`"),
        3 => format!("[{word}](https://x.example/page)"),
        4 => format!("[see {word} there](https://x.example/page)"),
        5 => format!("{word};"),
        _ => word.to_owned(),
    });
    let line = prop::collection::vec(word, 1..6).prop_map(|words| words.join(" "));
    let paragraph = prop::collection::vec(line, 1..4);
    let block = (paragraph, 0..4).prop_map(|(lines, kind)| match kind {
        0 => lines.iter().map(|line| format!("> {line}\n")).collect::<String>(),
        1 => lines.iter().map(|line| format!("- {line}\n")).collect(),
        2 => lines.iter().map(|line| format!("    {line}\n")).collect(),
        _ => lines.iter().map(|line| format!("{line}\n")).collect(),
    });
    prop::collection::vec(block, 1..5)
        .prop_map(|blocks| format!("## Words\n\n{}", blocks.join("\n")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_word_goes_and_every_other_word_stays(section in sections(), word in prop::sample::select(&WORDS[..])) {
        let files = released(&section);
        let frozen = TreePath::new("content/versions/first/security/10-words.md").unwrap();
        let draft = TreePath::new("content/security/10-words.md").unwrap();
        let text = |file: &File| String::from_utf8(file.bytes().to_vec()).unwrap();
        let before = words(&text(files.get(&frozen).unwrap()));
        let edges = |token: &str| token.split_once(word).map(|(before, after)| (before.to_owned(), after.to_owned()));
        let whole = |token: &str| {
            let letter = |letter: char| letter.is_alphanumeric();
            edges(token).is_some_and(|(before, after)| !before.ends_with(letter) && !after.starts_with(letter))
        };
        let expected: Vec<String> = before.iter().flat_map(|token| match whole(token) {
            true => token.replacen(word, MARK, 1).split_whitespace().map(str::to_owned).collect(),
            false => vec![token.clone()],
        }).collect();
        match ledger::redact(&files, word, "x", date(2026, 11, 21), date(2026, 11, 21)) {
            Ok(Redacted { versions, drafts, left, .. }) => {
                let after = text(versions.get(&frozen).unwrap());
                prop_assert_eq!(words(&after), expected);
                prop_assert_eq!(text(drafts.get(&draft).unwrap()), after);
                prop_assert!(left.is_empty());
            }
            Err(Refusal::Nowhere(_)) => prop_assert_eq!(before, expected),
            Err(Refusal::Short) => prop_assert!(word.chars().count() < 3),
            Err(refusal) => prop_assert!(false, "{}\n{}", refusal, section),
        }
    }
}

#[test]
fn the_day_is_today_where_none_is_named() {
    let project = Project::example();
    redact(&project, "Kamil Sevi", &["--yes"], 0);
    redact(&project, "Piotr Smaza", &["--yes", "--date", TODAY], 0);
    assert_eq!(project.read("content/whitehats.yaml").matches(MARK).count(), 2);
}
