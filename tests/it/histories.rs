//! What of a git history was public, and since when: the line of the branch that is read, by the
//! days on which it got there.

use crate::repository::{FIRST, Repository, fresh, import, imported, ledger};

/// Returns noon of a day of 2020, by its month.
fn noon(month: u32) -> String {
    format!("2020-{month:02}-01T12:00:00+00:00")
}

/// Imports `security.md` of a repository with more arguments; returns the days and summaries of its
/// versions, and what else was said.
fn versions(repository: &Repository, more: &[&str]) -> (Vec<String>, String) {
    let project = fresh();
    let from = ["security", "--git", repository.place(), "--path", "security.md"];
    let (_, said) = imported(&project, &[&from, more].concat());
    let days = ledger(&project, "released");
    let told = days.into_iter().zip(ledger(&project, "summary"));
    (told.map(|(day, summary)| format!("{day} {summary}")).collect(), said)
}

/// Writes the policy with another word than before.
fn word(repository: &Repository, word: &str) {
    repository.write("security.md", &FIRST.replace("We take", &format!("{word} take")));
}

#[test]
fn a_file_is_followed_through_its_names() {
    let repository = Repository::new();
    repository.write("policy.md", FIRST);
    repository.commit("2020-01-01T12:00:00+00:00", "");
    repository.write("policy.md", &FIRST.replace("We take", "We all take"));
    repository.commit("2020-02-01T12:00:00+00:00", "All of us");
    repository.git("2020-03-01T12:00:00+00:00", &["mv", "policy.md", "ünsere policy.md"]);
    repository.commit("2020-03-01T12:00:00+00:00", "Rename it");
    std::fs::create_dir(repository.folder.path("legal")).unwrap();
    repository.git("2020-04-01T12:00:00+00:00", &["mv", "ünsere policy.md", "legal/security.md"]);
    repository.write("legal/security.md", &FIRST.replace("We take", "We both take"));
    repository.commit("2020-04-01T12:00:00+00:00", "Move it and mend it");
    let project = fresh();
    let legal = format!("{}/legal", repository.place());
    let (answer, said) =
        imported(&project, &["security", "--git", &legal, "--path", "security.md", "--follow"]);
    assert_eq!(answer.lines().count(), 3, "{answer}{said}");
    assert_eq!(ledger(&project, "released"), ["2020-01-01", "2020-02-01", "2020-04-01"]);
    assert!(ledger(&project, "summary")[0].starts_with("Imported from commit "));
    assert!(
        said.contains("`legal/security.md` was called `ünsere policy.md` before")
            && said.contains("`ünsere policy.md` was called `policy.md` before"),
        "{said}"
    );
    let project = fresh();
    let (again, _) = imported(
        &project,
        &["security", "--git", repository.place(), "--path", "./legal/security.md"],
    );
    assert_eq!(again, answer);
}

#[test]
fn a_shallow_clone_is_imported_with_a_warning() {
    let repository = Repository::new();
    for (day, words) in [("2020-01-01", "one"), ("2020-02-01", "two"), ("2020-03-01", "three")] {
        repository.write("security.md", &format!("# Security\n\n{words}\n"));
        repository.commit(&format!("{day}T12:00:00+00:00"), words);
    }
    let project = fresh();
    let origin = format!("file://{}", repository.place());
    repository.git(
        "2020-01-01T00:00:00+00:00",
        &["clone", "--quiet", "--depth=2", &origin, project.path("clone").to_str().unwrap()],
    );
    let (_, said) = imported(&project, &["security", "--git", "clone", "--path", "security.md"]);
    assert!(said.contains("the clone is shallow, older versions are missing"), "{said}");
    assert_eq!(ledger(&project, "summary"), ["two", "three"]);
}

#[test]
fn a_draft_on_a_branch_is_public_when_it_is_merged() {
    let repository = Repository::new();
    repository.write("security.md", FIRST);
    repository.commit(&noon(1), "first");
    repository.git(&noon(2), &["checkout", "--quiet", "-b", "draft"]);
    word(&repository, "Some");
    repository.commit(&noon(2), "some");
    word(&repository, "All");
    repository.commit(&noon(3), "all");
    repository.git(&noon(4), &["checkout", "--quiet", "main"]);
    repository.write("other.md", "x");
    repository.commit(&noon(4), "something else");
    let merge = "Merge pull request #7 from draft\n\nAll of us take care";
    let merge = merge.replace("\\n", "\n");
    repository.git(&noon(8), &["merge", "--quiet", "--no-ff", "-m", &merge, "draft"]);
    repository.git(&noon(8), &["checkout", "--quiet", "-b", "open"]);
    word(&repository, "None");
    repository.commit(&noon(9), "never merged");
    repository.git(&noon(9), &["checkout", "--quiet", "main"]);
    let (told, said) = versions(&repository, &[]);
    assert_eq!(told, ["2020-01-01 first", "2020-08-01 All of us take care"]);
    assert!(said.contains("2 commits on merged branches left out"), "{said}");
    let (told, said) = versions(&repository, &["--all-commits"]);
    assert_eq!(told, ["2020-01-01 first", "2020-02-01 some", "2020-03-01 all"]);
    assert!(!said.contains("left out"), "{said}");
    let (told, _) = versions(&repository, &["--branch", "open"]);
    assert_eq!(told.last().unwrap(), "2020-09-01 never merged");
}

#[test]
fn of_two_lines_side_by_side_the_one_that_was_merged_into_goes_on() {
    let repository = Repository::new();
    repository.write("security.md", FIRST);
    repository.commit(&noon(1), "first");
    repository.git(&noon(2), &["checkout", "--quiet", "-b", "beside"]);
    repository.write("security.md", &FIRST.replace("By mail.", "By post."));
    repository.commit(&noon(2), "beside");
    repository.git(&noon(3), &["checkout", "--quiet", "main"]);
    word(&repository, "They");
    repository.commit(&noon(3), "main");
    repository.git(&noon(4), &["merge", "--quiet", "--no-ff", "-m", "merge both", "beside"]);
    let (told, said) = versions(&repository, &[]);
    assert_eq!(told, ["2020-01-01 first", "2020-03-01 main", "2020-04-01 merge both"]);
    assert!(said.contains("1 commit on merged branches left out"), "{said}");
}

#[test]
fn a_day_is_that_of_the_time_zone_of_the_site() {
    let repository = Repository::new();
    repository.write("security.md", FIRST);
    repository.commit("2020-03-01T23:30:00+00:00", "first");
    let project = fresh();
    project.write(
        "content/site.yaml",
        "name: Acme\nbase_url: https://acme.example/\ntimezone: Asia/Tokyo\n",
    );
    imported(&project, &["security", "--git", repository.place(), "--path", "security.md"]);
    assert_eq!(ledger(&project, "released"), ["2020-03-02"]);
}

#[test]
fn a_clock_that_was_wrong_moves_one_day_and_no_other() {
    let repository = Repository::new();
    repository.write("security.md", FIRST);
    repository.commit(&noon(1), "first");
    word(&repository, "Two");
    repository.commit("2036-01-01T12:00:00+00:00", "from the future");
    word(&repository, "Three");
    repository.commit(&noon(3), "three");
    word(&repository, "Four");
    repository.commit("2001-01-01T12:00:00+00:00", "from the past");
    word(&repository, "Five");
    repository.commit(&noon(5), "five");
    let (told, said) = versions(&repository, &[]);
    let expected = [
        "2020-01-01 first",
        "2020-03-01 from the future (dated 2036-01-01)",
        "2020-03-01 three",
        "2020-03-01 from the past (dated 2001-01-01)",
        "2020-05-01 five",
    ];
    assert_eq!(told, expected);
    assert!(said.contains("2 versions not dated by its commit"), "{said}");
}

#[test]
fn a_name_that_was_given_away_and_a_file_that_came_back_are_told_apart() {
    let repository = Repository::new();
    repository.write("policy.md", FIRST);
    repository.commit(&noon(1), "first");
    repository.git(&noon(2), &["mv", "policy.md", "security.md"]);
    word(&repository, "All");
    repository.commit(&noon(2), "rename it");
    repository.write("policy.md", "# Another\n\nA policy of its own, under the old name.\n");
    repository.commit(&noon(3), "another one");
    repository.git(&noon(4), &["rm", "--quiet", "security.md"]);
    repository.commit(&noon(4), "remove it");
    word(&repository, "Again we");
    repository.commit(&noon(5), "bring it back");
    let (told, said) = versions(&repository, &[]);
    assert_eq!(told, ["2020-01-01 first", "2020-02-01 rename it", "2020-05-01 bring it back"]);
    assert!(said.contains("of 2020-04-01 took the text away"), "{said}");
}

#[test]
fn a_folder_is_followed_through_its_names() {
    let repository = Repository::new();
    repository.write("old/security/_index.md", "# Security\n\nWe take care.\n");
    repository.write("old/security/10-reporting.md", "# Reporting\n\nWrite to us.\n");
    repository.commit(&noon(1), "first");
    repository.write("old/security/10-reporting.md", "# Reporting\n\nWrite to us at once.\n");
    repository.commit(&noon(2), "second");
    repository.git(&noon(3), &["mv", "old", "new"]);
    repository.write("new/security/20-contact.md", "# Contact\n\nBy mail.\n");
    repository.commit(&noon(3), "move the folder");
    let project = fresh();
    let from = ["security", "--git", repository.place(), "--path", "new/security"];
    imported(&project, &from);
    assert_eq!(ledger(&project, "summary"), ["first", "second", "move the folder"]);
}

#[test]
#[cfg(unix)]
fn what_is_no_text_of_the_repository_is_no_version() {
    let repository = Repository::new();
    repository.write("security.md", FIRST);
    repository.write("secret.txt", "secret");
    repository.commit(&noon(1), "first");
    std::fs::remove_file(repository.folder.path("security.md")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", repository.folder.path("security.md")).unwrap();
    repository.commit(&noon(2), "a link");
    let head = repository.git(&noon(2), &["rev-parse", "HEAD"]);
    std::fs::remove_file(repository.folder.path("security.md")).unwrap();
    let entry = format!("160000,{},security.md", head.trim());
    repository.git(&noon(3), &["update-index", "--add", "--cacheinfo", &entry]);
    repository.git(&noon(3), &["commit", "--quiet", "--message", "a submodule"]);
    word(&repository, "All");
    repository.git(&noon(4), &["rm", "--cached", "--quiet", "security.md"]);
    repository.commit(&noon(4), "words again");
    let (told, said) = versions(&repository, &[]);
    assert_eq!(told, ["2020-01-01 first", "2020-04-01 words again"]);
    assert_eq!(said.matches("left a link or a submodule: no version").count(), 2, "{said}");
}

#[test]
#[cfg(unix)]
fn a_strangers_repository_runs_nothing_and_shows_what_its_digests_name() {
    let repository = Repository::new();
    repository.write("security.md", FIRST);
    repository.write("-p;touch x\u{1b}[1m.md", "x");
    repository.commit(&noon(1), "first");
    word(&repository, "All");
    repository.commit(&noon(2), "second");
    let blob = |text: &str| {
        repository.write("blob", text);
        repository.git(&noon(3), &["hash-object", "-w", "blob"]).trim().to_owned()
    };
    let (other, given) = (blob("# Replaced\n\nOther words.\n"), blob(FIRST));
    repository.git(&noon(3), &["replace", &given, &other]);
    repository.write("order", "x");
    for (name, value) in [
        ("core.fsmonitor", "touch ran; false"),
        ("diff.external", "touch ran"),
        ("diff.orderFile", "/dev/stdin"),
        ("log.showRoot", "false"),
        ("log.follow", "true"),
        ("core.pager", "touch ran"),
    ] {
        repository.git(&noon(3), &["config", name, value]);
    }
    let (told, _) = versions(&repository, &[]);
    assert_eq!(told, ["2020-01-01 first", "2020-02-01 second"]);
    assert!(!repository.folder.path("ran").exists());
    let project = fresh();
    imported(&project, &["security", "--git", repository.place(), "--path", "security.md"]);
    let first = project.read("content/versions/2020-01-01/security/_index.md");
    assert!(first.contains("We take care"), "{first}");
}

#[test]
fn an_object_that_is_missing_is_named_and_nothing_is_written() {
    for missing in ["HEAD~1:security.md", "HEAD~1^{tree}"] {
        let repository = Repository::new();
        for (month, name) in [(1, "One"), (2, "Two"), (3, "Three")] {
            word(&repository, name);
            repository.commit(&noon(month), name);
        }
        let object = repository.git(&noon(4), &["rev-parse", missing]);
        let (folder, file) = object.trim().split_at(2);
        let place = repository.folder.path(&format!(".git/objects/{folder}/{file}"));
        std::fs::remove_file(place).unwrap();
        let project = fresh();
        let from = ["security", "--git", repository.place(), "--path", "security.md"];
        let (_, said, code) = import(&project, &from);
        assert!(
            code == 2 && said.contains("git fetch --unshallow") && said.contains("git fsck"),
            "{missing}: {code} {said}"
        );
        assert!(!project.path("content/versions").exists());
    }
}

#[test]
#[cfg(unix)]
fn git_is_called_a_few_times_however_many_versions_there_are() {
    use std::os::unix::fs::PermissionsExt as _;
    let repository = Repository::new();
    for number in 1..=40 {
        word(&repository, &format!("Number {number}"));
        repository.commit(&format!("2020-01-{:02}T12:00:00+00:00", number % 28 + 1), "again");
        if number % 10 == 0 {
            let name = format!("security-{number}.md");
            repository.git(&noon(2), &["mv", "security.md", &name]);
            repository.commit(&noon(2), "away");
            repository.git(&noon(2), &["mv", &name, "security.md"]);
        }
    }
    let project = fresh();
    let git = String::from_utf8(
        std::process::Command::new("sh").args(["-c", "command -v git"]).output().unwrap().stdout,
    )
    .unwrap();
    let counted = format!(
        "#!/bin/sh\necho \"$1 $2\" >> '{}'\nexec {} \"$@\"\n",
        project.path("calls").display(),
        git.trim()
    );
    project.write("bin/git", counted);
    let program = project.path("bin/git");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", project.path("bin").display(), std::env::var("PATH").unwrap());
    let from = ["import", "security", "--git", repository.place(), "--path", "security.md"];
    let output = project.command("2026-03-01", &from).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(ledger(&project, "released").len(), 40);
    let calls = project.read("calls").lines().count();
    assert!(
        calls <= 25,
        "{calls} calls: one more for each generation of names, none for a version"
    );
}
