//! What `import` promises: texts become releases in order, word for word, and what is no version is
//! said.

use crate::project::Project;
use crate::repository::{FIRST, Repository, fresh, import, imported, ledger};
use policybook::render::visible;

/// Returns the words of a version's page, wrapped lines joined.
fn page(project: &Project, version: &str) -> String {
    visible(&project.read(&format!("public/security/v/{version}/index.html")))
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn every_commit_that_changed_the_words_is_a_version_with_its_day() {
    let repository = Repository::new();
    repository.write("security.md", FIRST);
    repository.commit("2020-03-01T23:30:00-08:00", "Write the policy");
    repository.write("security.md", &FIRST.replace("Write to us.", "Write\nto us."));
    repository.commit("2020-04-01T12:00:00+00:00", "Wrap the lines");
    repository.write("security.md", &FIRST.replace("By mail.", "By telephone."));
    repository.commit("2020-05-01T12:00:00+00:00", "Telephone: \"at last\" reached");
    repository.write("security.md", FIRST);
    repository.commit("2020-05-01T13:00:00+00:00", "Revert");
    repository.write("security.md", &FIRST.replace("We take", "All take"));
    repository.commit("2020-02-01T12:00:00+00:00", "An old branch, rebased");
    repository.git("2020-06-01T12:00:00+00:00", &["rm", "--quiet", "security.md"]);
    repository.commit("2020-06-01T12:00:00+00:00", "Remove it");
    repository.write("security.md", &FIRST.replace("We take", "Again we take"));
    repository.commit("2020-07-01T12:00:00+00:00", "Bring it back");
    repository.write("other.md", "# Other\n");
    repository.commit("2020-08-01T12:00:00+00:00", "Something else");
    let project = fresh();
    let (answer, said) =
        imported(&project, &["security", "--git", repository.place(), "--path", "security.md"]);
    let expected = "\
2020-03-02    2020-03-02  Security: 2 sections, 11 words
2020-05-01    2020-05-01  Security: 2 sections, 11 words
2020-05-01.2  2020-05-01  Security: 2 sections, 11 words
2020-05-01.3  2020-05-01  Security: 2 sections, 11 words
2020-07-01    2020-07-01  Security: 2 sections, 12 words
";
    assert_eq!(answer, expected);
    assert!(said.contains("of 2020-06-01 took the text away: no version"), "{said}");
    assert!(said.contains("1 text changed no word: no version"), "{said}");
    assert!(said.contains("1 version not dated by its commit"), "{said}");
    assert!(
        said.contains(
            "imported 5 versions of security\n\nNext: commit content/security and content/versions"
        ),
        "{said}"
    );
    let summaries = [
        "Write the policy",
        "Telephone: \\\"at last\\\" reached",
        "Revert",
        "An old branch, rebased (dated 2020-02-01)",
        "Bring it back",
    ];
    assert_eq!(ledger(&project, "summary"), summaries);
    assert_eq!(
        ledger(&project, "released"),
        ["2020-03-02", "2020-05-01", "2020-05-01", "2020-05-01", "2020-07-01"]
    );
    for (version, words) in [
        ("2020-03-02", "We take care"),
        ("2020-05-01", "By telephone."),
        ("2020-05-01.2", "By mail."),
        ("2020-05-01.3", "All take care"),
        ("2020-07-01", "Again we take care"),
    ] {
        assert!(page(&project, version).contains(words), "{version}: {}", page(&project, version));
    }
    assert_eq!(
        project.read("content/security/010-reporting.md"),
        "## Reporting\n\nWrite to us.\n\n"
    );
    assert!(
        page(&project, "2020-07-01").contains("Last modified 2 March 2020"),
        "the stamp of a section that came back unchanged"
    );
}

#[test]
fn a_folder_becomes_a_policy_as_each_commit_left_it() {
    let repository = Repository::new();
    repository.write("policies/security/README.md", "# Security\n\nWe take care.\n");
    repository.write(
        "policies/security/10-reporting.md",
        "# Reporting\n\nWrite to us, see [contact](20-contact.md).\n",
    );
    repository.write("policies/security/20-contact.md", "# Contact\n\nBy mail.\n");
    repository.write("policies/security/logo.png", "x");
    repository.write("policies/security/old/30-x.md", "# X\n\nx\n");
    repository.commit("2020-01-01T12:00:00+00:00", "first");
    repository.write("policies/security/15-data.md", "# Data\n\nKept.\n");
    repository.commit("2020-02-01T12:00:00+00:00", "second");
    let project = fresh();
    let (answer, _) = imported(
        &project,
        &["security", "--git", repository.place(), "--path", "policies/security/"],
    );
    let expected = "\
2020-01-01  2020-01-01  Security: 2 sections, 13 words; not placed: 2 other files of the folder
2020-02-01  2020-02-01  Security: 3 sections, 15 words; not placed: 2 other files of the folder
";
    assert_eq!(answer, expected);
    assert_eq!(project.read("content/security/020-data.md"), "# Data\n\nKept.\n");
    let inside = format!("{}/policies/security", repository.place());
    assert_eq!(imported(&fresh(), &["security", "--git", &inside, "--path", "."]).0, expected);
    assert!(project.read("public/security/index.html").contains("href=\"#contact\""));
}

#[test]
fn files_are_imported_in_the_order_in_which_they_are_named() {
    let project = fresh();
    project.write("old/first.md", "---\ntitle: Our security\n---\n\nFirst words.\r\n");
    project.write("old/second/_index.md", "---\ntitle: Our security\n---\nSecond words.\n");
    project.write("old/second/10-reporting.md", "## Reporting\n\nWrite to us.\n");
    let arguments =
        ["security", "--version", "original=old/first.md", "--version", "2@2021-02-03=old/second"];
    let (answer, _, code) = import(
        &project,
        &[&arguments[..], &["--version", "3=old/second", "--verbose", "--dry-run"]].concat(),
    );
    let expected = "\
original  date unknown  Our security: 0 sections, 4 words
          Imported from first.md
2         2021-02-03    Our security: 1 section, 8 words
          Imported from second
          010-reporting.md  Reporting
";
    assert_eq!((answer.as_str(), code), (expected, 0));
    assert!(
        !project.path("content/versions").exists() && !project.path("content/security").exists(),
        "a dry run writes nothing"
    );
    imported(&project, &arguments);
    assert_eq!(ledger(&project, "summary"), ["Imported from first.md", "Imported from second"]);
    assert_eq!(
        project.read("content/versions/original/security/_index.md"),
        "---\ntitle: Our security\n---\n\nFirst words.\n"
    );
    assert!(
        page(&project, "original").contains("First words.")
            && !page(&project, "original").contains("Second words.")
    );
    assert!(page(&project, "2").contains("Second words."));
}

/// A text of things that no policy has a place for.
const UNPLACED: &str = "# Security\n\n## Reporting {#a}\n\n[gone](missing.html) [up](../../x.md) [no](#nowhere) ![A lock](lock.png) <b>bold</b> {{ x }}\n\n\
    <div>\nraw\n</div>\n\n## Contact {#a}\n\n[run](javascript:alert) [ok](https://a.example/) note[^1]\n\n## End\n\n[^1]: below\n\nDone.\n";

#[test]
fn what_a_draft_must_not_have_is_mended_in_every_version() {
    let project = fresh();
    project.write("old.md", UNPLACED);
    project.write("new.md", UNPLACED.replace("Done", "All done"));
    let (answer, said) =
        imported(&project, &["security", "--version", "1=old.md", "--version", "2=new.md"]);
    assert!(!answer.contains("not placed") && !said.contains("errors to fix"), "{answer}{said}");
    assert!(said.contains("4 link targets that no policy has: 4 become plain words"), "{said}");
    assert!(
        said.contains(
            "1 mark of another program that readers will see as they are, such as `{{ x }}`"
        ),
        "{said}"
    );
    for version in ["1", "2"] {
        let html = project.read(&format!("public/security/v/{version}/index.html"));
        for words in [
            "gone up no A lock <strong>bold</strong> {{ x }}",
            ">raw</p>",
            "run <a href=\"https://a.example/\">ok</a>",
            "below",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("javascript:alert") && !html.contains("lock.png"));
        let contact = project.read(&format!("content/versions/{version}/security/020-contact.md"));
        assert!(contact.ends_with("note[^1]\n\n[^1]: below\n"), "{contact}");
    }
}

#[test]
fn without_rules_what_no_policy_has_stops_no_import_and_is_counted() {
    let project = fresh();
    project.write("old.md", UNPLACED);
    project.write(
        "plan.yaml",
        "plan: 1\npolicies: {security: security}\nversions:\n- {id: '1', kind: substantive, summary: S, texts: {security: old.md}}\n",
    );
    let (answer, said, code) = import(&project, &["--plan", "plan.yaml"]);
    assert_eq!(code, 0, "{said}");
    let unplaced = "not placed: 4 links that lead nowhere, raw HTML in 2 places";
    assert!(answer.lines().next().unwrap().ends_with(unplaced), "{answer}");
    assert!(
        said.contains("unsupported elements were kept as text")
            && said
                .contains("4 links of the latest versions lead nowhere: name them under `links`")
            && said.contains("errors to fix before it can be released again")
            && said.contains("fix what it reports in content/security"),
        "{said}"
    );
    let output = project.run(&["build"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(1)
            && said.contains("content/security/")
            && !said.contains("content/versions/"),
        "{said}"
    );
}

#[test]
fn an_imported_policy_keeps_its_own_days_whatever_was_released_before() {
    let project = Project::example();
    project.write("old.md", "# Privacy\n\nWe keep nothing.\n");
    let (answer, _) = imported(&project, &["privacy/web", "--version", "first@2020-01-01=old.md"]);
    assert_eq!(answer, "first  2020-01-01  Privacy: 0 sections, 4 words\n");
    let ledger = project.read("content/versions/ledger.yaml");
    assert!(
        ledger.contains("released: 2020-01-01\n")
            && ledger.contains("summary: Imported from old.md\n"),
        "{ledger}"
    );
    assert!(project.path("public/privacy/web/v/first/index.html").exists());
    assert!(project.run(&["verify"]).status.success());
}

#[test]
fn a_draft_that_says_the_same_stays_as_it_is() {
    let project = fresh();
    project.write("first.md", FIRST.replace("We take", "We all take"));
    project.write("second.md", FIRST);
    project.write(
        "content/security/_index.md",
        "---\ntitle: Security\norder: 7\n---\nWe take\ncare.\n",
    );
    project.write("content/security/1-reporting.md", "## Reporting\nWrite to us.\n");
    project.write("content/security/2-contact.md", "## Contact\n\nBy post.\n");
    let arguments = ["security", "--version", "1=first.md", "--version", "2=second.md"];
    let (_, said, code) = import(&project, &arguments);
    assert!(
        code == 2
            && said.contains(
                "`content/security` is there, and does not say what the newest text says"
            ),
        "{said}"
    );
    assert!(!project.path("content/versions").exists());
    project.write("content/security/2-contact.md", "## Contact\n\nBy mail.\n");
    imported(&project, &arguments);
    assert!(project.read("content/security/_index.md").contains("order: 7"));
    assert!(!project.path("content/security/010-reporting.md").exists());
}

#[test]
fn what_cannot_be_imported_is_refused_with_its_reason() {
    let repository = Repository::new();
    let project = fresh();
    project.write("old.md", FIRST);
    project.write("empty.md", "\n");
    project.write("latin.md", b"# S\xe9curit\xe9\n");
    let git = ["--git", repository.place(), "--path"];
    let refused = |arguments: &[&str], reason: &str| {
        let (answer, said, code) = import(&project, arguments);
        assert!(
            code == 2 && said.contains(reason) && answer.is_empty(),
            "{arguments:?}: {code} {answer}{said}"
        );
        assert!(
            !project.path("content/versions").exists()
                && !project.path("content/security").exists(),
            "{arguments:?}"
        );
    };
    refused(&["Security", "--version", "1=old.md"], "`Security` cannot be the name of a policy");
    refused(&["versions/x", "--version", "1=old.md"], "that address is taken");
    refused(&["security"], "--version");
    refused(&["security", "--version", "1=missing.md"], "read `./missing.md`");
    refused(
        &["security", "--version", "1=empty.md"],
        "`empty.md` cannot be imported: it holds no words",
    );
    refused(&["security", "--version", "1=latin.md"], "it is not UTF-8");
    refused(&["security", "--version", "old.md"], "write `ID=PATH`");
    refused(&["security", "--version", "1@2021-02-30=old.md"], "write a day as `2026-11-21`");
    refused(&["security", "--version", "1@yesterday=old.md"], "write a day as `2026-11-21`");
    refused(&["security", "--version", "A b=old.md"], "`A b` cannot be the id of a release");
    refused(&["security", "--version", "1=old.md", "--version", "2=latin.md"], "it is not UTF-8");
    project.write("other.md", FIRST.replace("mail", "post"));
    refused(
        &["security", "--version", "1=old.md", "--version", "1=other.md"],
        "there is a release `1` already: give this version another id",
    );
    refused(
        &["security", "--version", "1=old.md", "--git", ".", "--path", "x"],
        "cannot be used with",
    );
    refused(&["security", "--git", "."], "--path");
    refused(&["security", "--git", ".", "--path", "old.md"], "not a git repository");
    refused(
        &["security", "--git", "nowhere", "--path", "old.md"],
        "there is no folder `./nowhere`",
    );
    refused(&[&["security"], &git[..], &["security.md"]].concat(), "does not have any commits yet");
    repository.write("other.md", "x");
    repository.write("folder/x.md", "x");
    repository.commit("2020-01-01T12:00:00+00:00", "first");
    refused(&[&["security"], &git[..], &["security.md"]].concat(), "holds `security.md`");
    refused(&[&["security"], &git[..], &["../other.md"]].concat(), "`../other.md` cannot be taken");
    refused(&["security", "--git", repository.place(), "--path=-x"], "`-x` cannot be taken");
    refused(&[&["security"], &git[..], &["*.md"]].concat(), "holds `*.md`");
    refused(
        &[&["security"], &git[..], &["other.md", "--branch", "none"]].concat(),
        "git has no branch, tag or commit `none`",
    );
    refused(
        &[&["security"], &git[..], &["other.md", "--branch=--output=x"]].concat(),
        "git has no branch, tag or commit `--output=x`",
    );
    let (_, said, code) = import(&Project::empty(), &["security", "--version", "1=old.md"]);
    assert!(
        code == 2 && said.contains("there is no `content/site.yaml` in `.`: run `policybook init`"),
        "{said}"
    );
    let example = Project::example();
    example.write("old.md", FIRST);
    let (_, said, code) = import(&example, &["security", "--version", "1=old.md"]);
    assert!(
        code == 2
            && said.contains("`security` has 2 released versions, and only a policy without any"),
        "{said}"
    );
    let (_, said, code) = import(&example, &["privacy", "--version", "original=old.md"]);
    assert!(code == 2 && said.contains("there is a release `original` already"), "{said}");
    example.write("content/versions/original/security/_index.md", "changed");
    let (_, said, code) = import(&example, &["privacy", "--version", "1=old.md"]);
    assert!(code == 1 && said.contains("a released file was changed"), "{said}");
}

#[test]
fn what_a_commit_says_is_sealed_as_readers_see_it() {
    let past = Repository::new();
    for (number, subject) in
        ["esc\u{1b}[1mbold", "\u{202e}turned", "\u{200b}", "New  terms"].into_iter().enumerate()
    {
        past.write("p.md", &format!("# T\n\nWords {number}.\n"));
        past.commit(&format!("2024-01-0{}T00:00:00+00:00", number + 1), subject);
    }
    let project = fresh();
    imported(&project, &["security", "--git", past.place(), "--path", "p.md"]);
    let ledger = project.read("content/versions/ledger.yaml");
    let summaries: Vec<&str> =
        ledger.lines().filter_map(|line| line.strip_prefix("  summary: ")).collect();
    assert_eq!(summaries[..2], ["esc [1mbold", "turned"]);
    assert!(
        summaries[2].starts_with("Imported from commit ") && summaries[3] == "New terms",
        "{summaries:?}"
    );
}
