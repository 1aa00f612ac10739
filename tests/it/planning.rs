//! A plan stands before an import: it says what will be a version and how its text is mended, is
//! edited by a person, and is carried out as a whole or not at all.

use crate::project::Project;
use crate::repository::{Repository, fresh, import, imported, ledger};

/// Returns noon of a day of 2020, by its month.
fn noon(month: u32) -> String {
    format!("2020-{month:02}-01T12:00:00+00:00")
}

const TERMS: &str = "---
title: Terms of use
description: What you may do here.
---

*Effective date: January 1, 2020*

Words before any heading.

## 1. Scope

See [our privacy](../privacy/index.md#what-we-keep), [help](/help/), [scope](#1-scope) and
[the privacy page](https://acme.example/privacy).<br>Write <a href=\"mailto:a@acme.example\">us</a>.

### Who's asking

You.

## 2. Fees

None {% include fees %}.
";

const PRIVACY: &str = "# Privacy

## What we keep

Nothing[^1], see [terms](../legal/terms.md).

## How long

Never.

[^1]: Not even this.
";

/// A repository of two policies.
fn site() -> Repository {
    let repository = Repository::new();
    repository.write("README.md", "# Our policies\n");
    repository.write("old/terms.md", TERMS);
    repository.write("privacy/index.md", PRIVACY);
    repository.commit(&noon(1), "Write them");
    std::fs::create_dir(repository.folder.path("legal")).unwrap();
    repository.git(&noon(2), &["mv", "old/terms.md", "legal/terms.md"]);
    repository.write("legal/terms.md", &TERMS.replace("January 1", "February 1"));
    repository.commit(&noon(2), "Move it and date it");
    repository.write("legal/terms.md", &TERMS.replace("None", "One euro"));
    repository.commit(&noon(3), "oops, missed one");
    repository.write("privacy/index.md", &PRIVACY.replace("Never", "A day"));
    repository.commit("2020-03-01T18:00:00+00:00", "Keep it for a day");
    repository
}

/// Returns a fresh project with the plan of the repository in it.
fn planned(repository: &Repository) -> Project {
    let project = fresh();
    let (_, said, code) = import(&project, &["--git", repository.place(), "--plan", "plan.yaml"]);
    assert!(code == 0 && said.contains("left out: README.md"), "{said}");
    assert!(
        said.contains("wrote plan.yaml: 2 versions") && said.contains("followed 1 rename"),
        "{said}"
    );
    assert!(!project.path("content/versions").exists(), "a plan writes nothing else");
    project
}

#[test]
fn a_plan_says_all_that_will_be_done() {
    let repository = site();
    let project = planned(&repository);
    let commits = repository.git(&noon(4), &["rev-list", "--reverse", "HEAD"]);
    let commits: Vec<&str> = commits.lines().collect();
    let expected = format!(
        r#"# The plan of an import: what becomes a version, on which day, and how its text is mended.
# Nothing is written until it is carried out:
#   policybook import --plan THIS-FILE
# To leave out a version, delete it: the next one then holds what both changed. To leave out a file,
# write nothing after its colon. A summary is what readers are told; it is sealed with the version.
plan: 1
git: '{place}'

policies:
  legal/terms.md: terms
  privacy/index.md: privacy

rules:
  dates: remove           # lines such as `Last updated: 1 May 2020`: remove, or keep
  html: markdown          # raw HTML: markdown (or plain words), or keep
  anchors: github         # of headings: github (as on its pages), or new
  # Marks of another program that readers will see as they are written:
  # replace:
  # - from: '{{% include fees %}}'
  #   to: ""
  # Links that lead nowhere on the new site, and where they lead instead: a policy,
  # an address, or `text` to keep their words without a link.
  links:
    /help/: text  # legal/terms.md

versions:
- id: 2020-01-01
  date: 2020-01-01
  kind: substantive
  summary: Write them
  texts:
    legal/terms.md: {0}:old/terms.md
    privacy/index.md: {0}
# the text of legal/terms.md says 2020-01-01
- id: 2020-03-01
  date: 2020-03-01
  kind: substantive
  summary: oops, missed one; Keep it for a day
  texts:
    legal/terms.md: {1}
    privacy/index.md: {2}
"#,
        commits[0],
        commits[2],
        commits[3],
        place = repository.place(),
    );
    let unquoted = |text: &str| text.replace(['\'', '"'], "");
    assert_eq!(unquoted(&project.read("plan.yaml")), unquoted(&expected));
    let (_, said, code) = import(&project, &["--git", repository.place(), "--plan", "plan.yaml"]);
    assert!(code == 2 && said.contains("`plan.yaml` is there already"), "{said}");
}

#[test]
fn a_plan_that_was_edited_is_carried_out_and_leaves_nothing_to_mend() {
    let repository = site();
    let project = planned(&repository);
    project.edit("plan.yaml", "legal/terms.md: terms\n", "legal/terms.md: legal/terms\n");
    project.edit("plan.yaml", "oops, missed one; Keep", "A fee, and we keep");
    project.edit("plan.yaml", "/help/: text", "/help/: https://help.acme.example/");
    project.edit(
        "plan.yaml",
        "  links:",
        "  replace:\n  - from: ' {% include fees %}'\n    to: ''\n  links:",
    );
    let (answer, said) = imported(&project, &["--plan", "plan.yaml"]);
    let expected = "\
legal/terms  2 versions, 2020-01-01 to 2020-03-01: Terms of use
privacy      2 versions, 2020-01-01 to 2020-03-01: Privacy
";
    assert_eq!(answer, expected);
    assert!(said.contains("imported 2 versions of 2 policies"), "{said}");
    let checked = project.run(&["check"]);
    let checked = String::from_utf8(checked.stderr).unwrap();
    assert!(checked.contains("0 errors") || !checked.contains("error"), "{checked}");
    assert!(
        !checked.contains("content/legal") && !checked.contains("content/privacy"),
        "{checked}"
    );
    assert_eq!(ledger(&project, "summary"), ["Write them", "A fee, and we keep it for a day"]);
    let digest = policybook::tree::Digest::of(project.read("plan.yaml")).to_string();
    assert_eq!(ledger(&project, "plan"), [digest.clone(), digest]);
    assert!(project.run(&["verify"]).status.success());
    let opening = "---\ntitle: Terms of use\nsummary: What you may do here.\n---\n\n\nWords before any heading.\n\n";
    assert_eq!(project.read("content/versions/2020-01-01/legal/terms/_index.md"), opening);
    let scope = "## 1. Scope\n\nSee [our privacy](privacy#what-we-keep), [help](https://help.acme.example/), [scope](#1-scope) and\n\
        [the privacy page](https://acme.example/privacy).\\\nWrite [us](<mailto:a@acme.example>).\n\n\
        ### Who's asking {#whos-asking}\n\nYou.\n\n";
    assert_eq!(project.read("content/legal/terms/010-1-scope.md"), scope);
    assert_eq!(project.read("content/versions/2020-01-01/legal/terms/010-1-scope.md"), scope);
    assert_eq!(
        project.read("content/privacy/010-what-we-keep.md"),
        "## What we keep\n\nNothing[^1], see [terms](legal/terms).\n\n[^1]: Not even this.\n"
    );
    let page = project.read("public/legal/terms/index.html");
    assert!(page.contains("id=\"whos-asking\"") && page.contains("id=\"1-scope\""), "{page}");
}

#[test]
fn what_a_plan_leaves_out_is_not_there() {
    let repository = site();
    let project = planned(&repository);
    project.edit("plan.yaml", "privacy/index.md: privacy\n", "privacy/index.md:\n");
    let plan = project.read("plan.yaml");
    let (first, second) = plan.split_once("- id: ").unwrap();
    let (_, second) = second.split_once("- id: ").unwrap();
    project.write("plan.yaml", format!("{first}- id: {second}"));
    let (_, said, _) = import(&project, &["--plan", "plan.yaml", "--dry-run"]);
    let nowhere = "1 link of the latest versions lead nowhere: name them under `links` in the plan";
    assert!(said.contains(nowhere), "what was left out cannot be led to: {said}");
    let link = "  links:\n    '../privacy/index.md#what-we-keep': text";
    project.edit("plan.yaml", "  links:", link);
    let (answer, _) = imported(&project, &["--plan", "plan.yaml"]);
    assert_eq!(answer, "2020-03-01  2020-03-01  Terms of use: 2 sections, 34 words\n");
    assert!(!project.path("content/privacy").exists());
}

#[test]
fn a_plan_that_is_wrong_is_answered_with_its_place_and_writes_nothing() {
    let repository = site();
    let project = planned(&repository);
    let plan = project.read("plan.yaml");
    for (from, to, message) in [
        ("plan: 1", "plan: 2", "invalid `plan`: `2`"),
        ("rules:", "rulez:", "unknown key `rulez`"),
        ("dates: remove", "dates: drop", "write `remove` or `keep`"),
        (
            "legal/terms.md: terms",
            "legal/terms.md: Terms",
            "`Terms` cannot be the name of a policy",
        ),
        (
            "legal/terms.md: terms",
            "legal/terms.md: privacy",
            "two files become the policy `privacy`",
        ),
        ("legal/terms.md: terms", "legal/terms.md: versions", "that address is taken"),
        ("  legal/terms.md: terms\n", "", "`policies` has no `legal/terms.md`"),
        (
            "date: 2020-03-01",
            "date: 2019-03-01",
            "2019-03-01 is before 2020-01-01, the day of a version above",
        ),
        ("date: 2020-03-01", "date: 2099-03-01", "2099-03-01 is after 2026-11-21, today"),
        ("date: 2020-03-01", "date: March", "write a day as `2026-11-21`"),
        ("id: 2020-03-01", "id: 2020-01-01", "there is a release `2020-01-01` already"),
        (
            "kind: substantive\n  summary: oops",
            "kind: minor\n  summary: oops",
            "write `substantive` or `editorial`",
        ),
        (
            "kind: substantive\n  summary: oops",
            "kind: editorial\n  summary: oops",
            "this version is not editorial",
        ),
        ("  summary: Write them\n", "", "a version has no `summary`"),
        (":old/terms.md", ":new/terms.md", "has no `new/terms.md`"),
        (":old/terms.md", ":../terms.md", "`legal/terms.md` names no text"),
        ("  texts:\n", "  text:\n", "unknown key `text`"),
    ] {
        assert!(plan.contains(from), "{from}");
        project.write("plan.yaml", plan.replacen(from, to, 1));
        let (answer, said, code) = import(&project, &["--plan", "plan.yaml"]);
        assert!(
            code == 1 && said.contains(message) && said.contains("plan.yaml:") && answer.is_empty(),
            "{to}: {code} {said}"
        );
        assert!(
            !project.path("content/versions").exists() && !project.path("content/terms").exists()
        );
    }
    project.write("plan.yaml", plan.replace(repository.place(), "nowhere"));
    let (_, said, code) = import(&project, &["--plan", "plan.yaml"]);
    assert!(code == 2 && said.contains("there is no folder"), "{said}");
    let (_, said, code) = import(&project, &["--plan", "none.yaml"]);
    assert!(code == 2 && said.contains("cannot read `none.yaml`"), "{said}");
}

#[test]
fn a_plan_whose_policy_has_versions_already_is_refused() {
    let repository = site();
    let project = planned(&repository);
    let plan = project.read("plan.yaml");
    imported(&project, &["--plan", "plan.yaml"]);
    let (_, said, code) = import(&project, &["--plan", "plan.yaml"]);
    assert!(code == 1 && said.contains("`terms` has 2 released versions"), "{said}");
    assert!(said.contains("write nothing to leave the file out"), "{said}");
    assert_eq!(project.read("plan.yaml"), plan);
}

#[test]
fn relative_links_are_made_absolute_where_a_base_is_given() {
    let repository = Repository::new();
    repository.write(
        "docs/terms.md",
        "# Terms\n\n[a](../img/x.pdf) [b](/old/b#c) [c](sub/c.md) [d](#none)\n",
    );
    repository.commit(&noon(1), "first");
    let project = fresh();
    let arguments = [
        "terms",
        "--git",
        repository.place(),
        "--path",
        "docs/terms.md",
        "--base",
        "https://acme.example/repo",
        "--link-prefix",
        "/old/=https://old.example/",
    ];
    imported(&project, &arguments);
    assert_eq!(
        project.read("content/terms/_index.md"),
        "---\ntitle: Terms\n---\n\n\n[a](https://acme.example/repo/img/x.pdf) [b](https://old.example/b#c) \
         [c](https://acme.example/repo/docs/sub/c.md) d\n"
    );
}

#[test]
fn headings_beside_the_first_make_it_a_section() {
    let title = |text: &str| {
        let project = fresh();
        project.write("x.md", text);
        import(&project, &["conduct", "--version", "1=x.md"]);
        project.read("content/conduct/_index.md").lines().nth(1).unwrap().to_owned()
    };
    assert_eq!(title("# Article 1\n\na\n\n# Article 2\n\nb\n"), "title: Conduct");
    assert_eq!(title("# Our conduct\n\na\n\n# Article 2\n\nb\n"), "title: Our conduct");
    assert_eq!(title("# Rules\n\na\n\n## One\n\nb\n\n## Two\n\nc\n"), "title: Rules");
    assert_eq!(title("Words.\n\n# Rules\n\na\n"), "title: Rules");
}

#[test]
fn a_project_plan_lists_what_people_named_in_odd_ways() {
    let repository = Repository::new();
    for name in
        ["Über uns & mehr.md", "a/index.md", "b/terms.md", "c/terms.md", "versions.md", "#.md"]
    {
        repository.write(name, "# T\n\nWords.\n");
    }
    repository.commit(&noon(1), "first: all 'of' them # really");
    let project = fresh();
    let (_, said, code) = import(&project, &["--git", repository.place(), "--plan", "plan.yaml"]);
    assert_eq!(code, 0, "{said}");
    let (answer, said) = imported(&project, &["--plan", "plan.yaml"]);
    let ids: Vec<&str> = answer.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(
        ids,
        ["a", "c-terms", "part", "terms", "uber-uns-mehr", "versions-2"],
        "{answer}{said}"
    );
    assert_eq!(
        ledger(&project, "summary"),
        ["\"first: all 'of' them # really"].map(|text| text.trim_matches('"'))
    );
}

#[test]
fn a_page_of_html_is_read_as_its_text() {
    let project = fresh();
    project.write(
        "old/page.html",
        "<!DOCTYPE html><html><head><title>x</title></head><body><nav><a href='/'>Home</a></nav><h1>Conduct</h1>\
         <h2>One</h2><p>Be <b>kind</b>.</p><ul><li>a</li>\n\n<li>b</li></ul><h2>Two</h2><p>Be brief.</p></body></html>",
    );
    let (answer, _) = imported(&project, &["conduct", "--version", "1=old/page.html"]);
    assert_eq!(answer, "1  date unknown  Conduct: 2 sections, 9 words\n");
    assert_eq!(
        project.read("content/conduct/010-one.md"),
        "## One\n\nBe **kind**.\n\n- a\n- b\n\n"
    );
}

#[test]
#[cfg(unix)]
fn documents_of_other_kinds_are_read_by_pandoc_or_the_command_is_said() {
    use std::os::unix::fs::PermissionsExt as _;
    let project = fresh();
    for (name, command) in [
        ("a.docx", "run `pandoc --from docx --to gfm --wrap none a.docx --output policy.md`"),
        ("a.rst", "run `pandoc --from rst"),
        ("a.adoc", "run `asciidoctor --backend docbook"),
        ("a.pdf", "copy its text into a Markdown file"),
    ] {
        project.write(name, "x");
        let arguments = ["import", "conduct", "--version", &format!("1={name}")];
        let output = project.command("2026-11-21", &arguments).env("PATH", "/nowhere").output();
        let output = output.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2) && said.contains(command), "{said}");
        assert!(!project.path("content/conduct").exists());
    }
    // What stands in for pandoc says what it was asked, as markdown.
    let bin = Project::empty();
    let program = bin.path("pandoc");
    std::fs::write(&program, "#!/bin/sh\nprintf '# Conduct\\n\\nAsked: %s.\\n' \"$*\"\ncat\n")
        .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", bin.root().display(), std::env::var("PATH").unwrap());
    project.write("a.docx", "\nWords.\n");
    let arguments = ["import", "conduct", "--version", "1=a.docx", "--plan", "plan.yaml"];
    for arguments in [&arguments[..], &["import", "--plan", "plan.yaml"]] {
        let output = project.command("2026-11-21", arguments).env("PATH", &path).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let text = project.read("content/conduct/_index.md");
    let asked = "Asked: --from=docx --to=gfm --wrap=none --sandbox --markdown-headings=atx.";
    assert!(text.contains(asked) && text.contains("Words."), "{text}");
}

#[test]
fn a_list_is_imported_through_its_history_after_later_releases_of_others() {
    let table = |rows: &str| {
        format!(
            "# Sub-processors\n\nWe use:\n\n| Company | What for | Location |\n| --- | --- | --- |\n{rows}"
        )
    };
    let repository = Repository::new();
    repository.write(
        "list.md",
        &table("| [Acme](https://acme.example/) | Hosting | NO |\n| Bee | Mail | |\n"),
    );
    repository.commit(&noon(1), "first");
    repository.write(
        "list.md",
        &table("| Bee | Mail | |\n| [Acme](https://acme.example/) | Hosting | NO |\n"),
    );
    repository.commit(&noon(2), "another order");
    repository.write("list.md", &table("| Bee | Mail | IE |\n| Cy | Backups | |\n| Dee | | |\n"));
    repository.commit(&noon(3), "third");
    let project = fresh();
    project.write("later.md", "# Terms\n\nWords.\n");
    imported(&project, &["terms", "--version", "later@2021-01-01=later.md"]);
    let arguments =
        ["subprocessors", "--git", repository.place(), "--path", "list.md", "--plan", "plan.yaml"];
    let (_, said, code) = import(&project, &arguments);
    assert!(code == 0 && said.contains("1 row of the newest list lack what"), "{said}");
    let plan = project.read("plan.yaml");
    let columns =
        "columns:\n  Company: name\n  Location: country\n  What for: purpose\n  link: link\n";
    assert!(plan.contains(columns) && !plan.contains("rules:"), "{plan}");
    let (answer, said) = imported(&project, &["--plan", "plan.yaml"]);
    assert_eq!(
        answer,
        "2020-01-01  2020-01-01  Sub-processors: 2 entries\n2020-03-01  2020-03-01  Sub-processors: 3 entries\n"
    );
    assert!(said.contains("commit content/subprocessors.yaml and content/versions"), "{said}");
    let newest = "subprocessors:\n  - name: Bee\n    purpose: Mail\n    country: IE\n  - name: Cy\n    purpose: Backups\n  \
        - name: Acme\n    purpose: Hosting\n    country: \"NO\"\n    link: https://acme.example/\n    until: 2020-03-01\n";
    let written = project.read("content/subprocessors.yaml");
    assert_eq!(written.replace(['\'', '"'], ""), newest.replace('"', ""));
    assert_eq!(project.read("content/versions/2020-03-01/subprocessors.yaml"), written);
    assert!(project.run(&["verify"]).status.success());
    let released = ["later", "2020-01-01", "2020-03-01"];
    assert_eq!(ledger(&project, "release"), released);
}

#[test]
fn researchers_of_a_hall_of_fame_are_imported_and_who_left_is_not_named() {
    let repository = Repository::new();
    repository.write("thanks.md", "# Thanks\n\n- [Ada](https://ada.example/) - XSS\n- Bo\n");
    repository.commit(&noon(1), "first");
    repository
        .write("thanks.md", "# Thanks\n\n- [Ada](https://ada.example/) - XSS\n- **Cy**: CSRF\n");
    repository.commit(&noon(2), "second");
    let project = fresh();
    project.write("content/about/_index.md", "---\ntitle: About\n---\nWords.\n");
    let (_, said, code) =
        import(&project, &["whitehats", "--git", repository.place(), "--path", "thanks.md"]);
    assert_eq!(code, 0, "{said}");
    let people =
        |version: &str| project.read(&format!("content/versions/{version}/whitehats.yaml"));
    assert_eq!(
        people("2020-01-01"),
        "whitehats:\n  - name: Ada\n    link: https://ada.example/\n    class: XSS\n  - name: Bo\n"
    );
    let second = "whitehats:\n  - name: Ada\n    link: https://ada.example/\n    class: XSS\n  - name: Cy\n    class: CSRF\n";
    assert_eq!(people("2020-02-01"), second);
    assert_eq!(project.read("content/whitehats.yaml"), second);
    repository.write("thanks.md", "# Thanks\n\nNobody.\n");
    repository.commit(&noon(3), "third");
    let project = fresh();
    let from = ["whitehats", "--git", repository.place(), "--path", "thanks.md"];
    let (_, said, _) = import(&project, &from);
    assert!(said.contains("left no text: it holds no table, list, or YAML of entries"), "{said}");
}
