//! What was never published is taken back, or put behind what another branch released.

use std::process::Command;

use crate::project::{Project, TODAY};
use crate::server::Server;
use crate::writing::{WRITING, busy};

/// Changes the words of one policy.
fn many(project: &Project) {
    project.write("content/sms/_index.md", "---\ntitle: Text messages\n---\nWe send many.\n");
}

fn undo(project: &Project, more: &[&str], code: i32) -> String {
    project.said(&[&["release", "--yes", "--undo"], more].concat(), code)
}

#[test]
fn whatever_act_was_the_newest_is_as_if_it_had_never_been() {
    let acts = WRITING.iter().filter(|(arguments, _)| {
        matches!(arguments[0], "release" | "review" | "postpone" | "withdraw" | "retire")
    });
    for (arguments, did) in acts {
        let project = busy();
        let before = project.files("content");
        project.said(arguments, 0);
        assert!(did(&project));
        assert!(undo(&project, &["--dry-run"], 0).contains("this is a dry run") && did(&project));
        let told = undo(&project, &[], 0);
        assert!(
            told.contains("take out ") && project.files("content") == before,
            "{arguments:?}: {told}"
        );
    }
}

#[test]
fn a_ledger_keeps_its_line_ends() {
    let project = busy();
    let path = "content/versions/ledger.yaml";
    project.write(path, project.read(path).replace('\n', "\r\n"));
    let before = project.files("content");
    project.said(&["review", "sms"], 0);
    assert!(!project.read(path).replace("\r\n", "").contains('\n'));
    project.said(&["verify"], 0);
    undo(&project, &[], 0);
    assert!(project.files("content") == before);
}

#[test]
fn a_renamed_policy_has_its_entries_taken_back_together() {
    let project = busy();
    let ledger = project.read("content/versions/ledger.yaml");
    project.said(&["rename", "cookies", "biscuits", "--yes"], 0);
    let told = undo(&project, &[], 0);
    assert_eq!(told.matches("take out ").count(), 2, "{told}");
    assert!(told.contains("`content/cookies` is not there: move the folder back"), "{told}");
    assert_eq!(project.read("content/versions/ledger.yaml"), ledger);
}

#[test]
fn a_release_of_several_days_is_taken_back_whole_and_the_first_leaves_nothing() {
    let project = busy();
    // One joins what is announced, the other comes into force at once.
    project.edit("content/terms/_index.md", "soon", "sooner");
    let before = project.files("content");
    project.said(&["release", "--summary", "Both", "--yes"], 0);
    assert_eq!(project.read("content/versions/ledger.yaml").matches("- release: ").count(), 4);
    let told = undo(&project, &[], 0);
    assert_eq!(told.matches("take out ").count(), 2, "{told}");
    assert!(told.contains("unreleased again in `content/`: `privacy`, `terms`"), "{told}");
    assert!(project.files("content") == before);
    undo(&project, &["sooner"], 0);
    undo(&project, &[], 0);
    assert!(!project.path("content/versions").exists());
    assert!(undo(&project, &[], 2).contains("nothing was released yet"));
}

#[test]
fn what_was_published_or_redacted_stays() {
    let project = busy();
    project.edit("content/site.yaml", "notice:", "publish: {target: live}\nnotice:");
    project.edit("content/privacy/_index.md", "nothing", "little else");
    project.said(&["release", "--summary", "Little else", "--yes"], 0);
    project.said(&["publish", "live"], 0);
    let told = undo(&project, &[], 2);
    assert!(told.contains("live holds release `2026-11-21`: what was published stays"), "{told}");
    project.said(&["review", "sms"], 0);
    undo(&project, &[], 0);
    assert!(undo(&project, &["2026-11-21"], 2).contains("what was published stays"));
    assert!(
        undo(&project, &["sooner"], 2)
            .contains("`sooner` is not in the newest entry, which is release `2026-11-21`")
    );
    project.said(&["redact", "Ada Bee", "--reason", "asked for", "--yes"], 0);
    assert!(undo(&project, &[], 2).contains("a redaction cannot be taken back"));
    // The site is asked where there is no target.
    let project = busy();
    project.build(&[]);
    let server = Server::start(project.path("public"), "/");
    project.edit("content/site.yaml", "https://acme.example/", &server.address());
    let told = undo(&project, &[], 2);
    assert!(told.contains(&format!("{} holds release `sooner`", server.address())), "{told}");
    drop(server);
    let told = undo(&project, &[], 2);
    assert!(
        told.contains("it cannot be seen whether that was published; add `--offline`"),
        "{told}"
    );
    undo(&project, &["--offline"], 0);
}

/// Two branches of a project, in git.
struct Branches {
    project: Project,
}

impl Branches {
    fn new() -> Branches {
        let branches = Branches { project: busy() };
        branches.git(&["init", "--quiet", "--initial-branch", "main"], true);
        branches.commit();
        branches.git(&["checkout", "--quiet", "-b", "other"], true);
        branches
    }

    fn git(&self, arguments: &[&str], succeeds: bool) {
        let mut git = Command::new("git");
        git.current_dir(self.project.root()).args([
            "-c",
            "user.name=a",
            "-c",
            "user.email=a@a.example",
            "-c",
            "gc.auto=0",
        ]);
        let output = git.args(arguments).output().unwrap();
        assert_eq!(
            output.status.success(),
            succeeds,
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn commit(&self) {
        self.git(&["add", "--all"], true);
        self.git(&["commit", "--quiet", "--message", "x"], true);
    }

    /// Releases in both branches, and merges the other into the first.
    fn merge(&self, other: &[&[&str]], own: &[&[&str]]) {
        other.iter().for_each(|arguments| drop(self.project.said(arguments, 0)));
        self.commit();
        self.git(&["checkout", "--quiet", "main"], true);
        own.iter().for_each(|arguments| drop(self.project.said(arguments, 0)));
        self.commit();
        self.git(&["merge", "--quiet", "other"], false);
    }

    /// Returns what names the own branch, as `check` says it.
    fn key(&self, place: usize) -> String {
        let told = self.project.said(&["check", "--format", "full"], 1);
        // What git could not merge in the draft is another matter.
        let of_drafts = told.matches("error[P138]").count();
        assert_eq!(told.matches("error[").count() - of_drafts, 1, "{told}");
        told.split("--redo ").nth(place).unwrap().split('`').next().unwrap().to_owned()
    }
}

const PRIVACY: &[&str] = &["release", "privacy", "--summary", "Nothing at all", "--yes"];
const SMS: &[&str] = &["release", "sms", "--summary", "More", "--yes"];

#[test]
fn after_a_merge_of_two_branches_the_own_entries_stand_behind_the_others() {
    let branches = Branches::new();
    let project = &branches.project;
    many(project);
    branches.merge(
        &[SMS, &["review", "terms"]],
        &[
            PRIVACY,
            &["review", "cookies"],
            &["postpone", "sooner", "--effective", "2027-01-01", "--reason", "Late", "--yes"],
        ],
    );
    let told = project.said(&["release", "--redo", "2026-11-21", "--yes"], 2);
    assert!(
        told.contains("name the one that was not published")
            && told.contains("release `2026-11-21`, “Nothing at all”"),
        "{told}"
    );
    let key = branches.key(1);
    let told = project.said(&["release", "--redo", &key, "--yes"], 0);
    assert!(
        told.contains(
            "write again release `2026-11-21` as release `2026-11-21.2`  privacy: Nothing at all"
        ),
        "{told}"
    );
    project.prove();
    project.said(&["verify"], 0);
    project.build(&[]);
    let ledger = project.read("content/versions/ledger.yaml");
    let acts: Vec<&str> = ledger.lines().filter(|line| line.starts_with("- ")).collect();
    let expected = [
        "- release: \"2026-11-01\"",
        "- release: sooner",
        "- release: \"2026-11-21\"",
        "- review: 2026-11-21",
    ];
    assert_eq!(acts[..4], expected);
    assert_eq!(
        acts[4..],
        ["- release: 2026-11-21.2", "- review: 2026-11-21", "- postponement: 2026-11-21"]
    );
    assert!(project.read("content/versions/2026-11-21.2/privacy/_index.md").contains("nothing"));
    assert!(project.read("content/versions/2026-11-21/sms/_index.md").contains("many"));
    assert!(!project.path("content/versions/2026-11-21/privacy").exists());
    assert!(
        project
            .said(&["release", "--redo", "2026-11-21.2", "--yes"], 2)
            .contains("no two branches released at once")
    );
}

#[test]
fn the_other_branch_may_go_behind_too_and_both_may_have_been_kept_by_hand() {
    let branches = Branches::new();
    let project = &branches.project;
    many(project);
    branches.merge(
        &[SMS],
        &[&["release", "privacy", "--id", "late", "--summary", "Nothing at all", "--yes"]],
    );
    // Git's lines are taken out by hand, and both entries stay.
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let ledger = project.read("content/versions/ledger.yaml");
    let kept: String = ledger
        .split_inclusive('\n')
        .filter(|line| !marks.iter().any(|mark| line.starts_with(mark)))
        .collect();
    let parts: Vec<&str> = kept.split("\n- ").map(str::trim_end).collect();
    project.write("content/versions/ledger.yaml", format!("{}\n", parts.join("\n\n- ")));
    let key = branches.key(2);
    project.said(&["release", "--redo", &key, "--yes"], 0);
    project.prove();
    let ledger = project.read("content/versions/ledger.yaml");
    assert!(ledger.find("release: late") < ledger.find("release: \"2026-11-21\""), "{ledger}");
}

#[test]
fn what_both_branches_released_is_taken_out_and_released_again() {
    let branches = Branches::new();
    let project = &branches.project;
    project.write("content/privacy/_index.md", "---\ntitle: Privacy\n---\nWe keep less.\n");
    project.said(&["release", "privacy", "--id", "theirs", "--summary", "Less", "--yes"], 0);
    branches.commit();
    branches.git(&["checkout", "--quiet", "main"], true);
    project.write("content/privacy/_index.md", "---\ntitle: Privacy\n---\nWe keep nothing.\n");
    project.said(&["release", "privacy", "--id", "ours", "--summary", "Nothing", "--yes"], 0);
    branches.commit();
    branches.git(&["merge", "--quiet", "other"], false);
    let told = project.said(&["release", "--redo", "ours", "--yes"], 2);
    assert!(
        told.contains(
            "both branches released `privacy`: `policybook release --undo ours` takes that one out"
        ),
        "{told}"
    );
    undo(project, &["ours"], 0);
    project.write(
        "content/privacy/_index.md",
        "---\ntitle: Privacy\n---\nWe keep less than nothing.\n",
    );
    project.said(&["release", "--summary", "Settled", "--yes"], 0);
    project.prove();
    assert!(
        !project.path("content/versions/ours").exists()
            && project.path("content/versions/theirs").exists()
    );
}

#[test]
fn what_no_digest_proves_is_left_alone() {
    let branches = Branches::new();
    let project = &branches.project;
    many(project);
    branches.merge(&[SMS], &[PRIVACY]);
    let key = branches.key(1);
    project.edit("content/versions/2026-11-21/privacy/_index.md", "nothing", "something");
    let before = project.files("content");
    let told = project.said(&["release", "--redo", &key, "--yes"], 2);
    assert!(
        told.contains(
            "`content/versions/2026-11-21/privacy/_index.md` is not what either branch released"
        ),
        "{told}"
    );
    assert!(project.files("content") == before);
    assert_eq!(
        project.run_on(TODAY, &["release", "--redo", "0123456789", "--yes"]).status.code(),
        Some(2)
    );
}

#[test]
fn where_it_was_published_is_known_or_nothing_is_taken_back() {
    let project = busy();
    project.edit("content/site.yaml", "notice:", "publish: {target: live}\nnotice:");
    project.edit("content/privacy/_index.md", "nothing", "little else");
    project.said(&["release", "--summary", "Little else", "--yes"], 0);
    project.said(&["publish", "live"], 0);
    let site = project.read("content/site.yaml");
    for broken in ["<<<<<<< HEAD\n", "foo: [\n", "base_url: nonsense\n"] {
        project.write("content/site.yaml", format!("{site}{broken}"));
        let told = undo(&project, &[], 2);
        assert!(
            told.contains(
                "`content/site.yaml` has errors, so it cannot be seen where this was published"
            ),
            "{told}"
        );
    }
}

#[test]
fn a_retirement_by_hand_leaves_the_release_of_its_day() {
    let project = Project::empty();
    project.write("content/site.yaml", "name: A\nbase_url: https://a.example/\n");
    for policy in ["one", "two"] {
        project.write(
            &format!("content/{policy}/_index.md"),
            format!("---\ntitle: {policy}\n---\nWords.\n"),
        );
        project.said(&["release", policy, "--summary", "First", "--yes"], 0);
    }
    let before = project.files("content");
    project.said(&["retire", "two", "--reason", "gone", "--see", "one", "--yes"], 0);
    undo(&project, &[], 0);
    assert!(project.files("content") == before);
}

#[test]
fn a_branch_that_holds_what_was_written_again_is_merged_too() {
    // A rebase stops at each of two releases.
    let branches = Branches::new();
    let project = &branches.project;
    many(project);
    project.said(SMS, 0);
    branches.commit();
    project.write("content/cookies/_index.md", "---\ntitle: Cookies\n---\nWe set one.\n");
    project.said(&["release", "cookies", "--summary", "One", "--yes"], 0);
    branches.commit();
    branches.git(&["checkout", "--quiet", "main"], true);
    project.said(PRIVACY, 0);
    branches.commit();
    branches.git(&["checkout", "--quiet", "other"], true);
    branches.git(&["rebase", "--quiet", "main"], false);
    project.said(&["release", "--redo", &branches.key(2), "--yes"], 0);
    branches.git(&["add", "--all"], true);
    branches.git(&["-c", "core.editor=true", "rebase", "--continue"], false);
    let told = project.said(&["release", "--redo", &branches.key(2), "--yes"], 0);
    assert!(
        told.contains("take out release `2026-11-21`, which the other branch holds already"),
        "{told}"
    );
    assert!(
        told.contains("write again release `2026-11-21.2` as release `2026-11-21.3`  cookies: One"),
        "{told}"
    );
    branches.git(&["add", "--all"], true);
    branches.git(&["-c", "core.editor=true", "rebase", "--continue"], true);
    project.prove();
    project.build(&["--locked"]);
    let ledger = project.read("content/versions/ledger.yaml");
    let order = ["Nothing at all", "summary: More", "summary: One"]
        .map(|words| ledger.matches(words).count());
    assert_eq!(order, [1, 1, 1], "{ledger}");
}

#[test]
fn reviews_keep_their_days_and_no_entry_goes_back() {
    let on =
        |project: &Project, day: &str, arguments: &[&str]| drop(project.said_on(day, arguments, 0));
    let branches = Branches::new();
    let project = &branches.project;
    on(project, "2026-11-10", &["review", "sms", "cookies"]);
    branches.commit();
    branches.git(&["checkout", "--quiet", "main"], true);
    on(project, "2026-11-20", &["review", "sms"]);
    branches.commit();
    branches.git(&["merge", "--quiet", "other"], false);
    project.said(&["release", "--redo", &branches.key(2), "--yes"], 0);
    let ledger = project.read("content/versions/ledger.yaml");
    assert!(
        ledger.contains("- review: 2026-11-10\n  documents: [cookies]\n")
            && !ledger.contains("ahead:"),
        "{ledger}"
    );
    project.prove();
    assert!(project.said(&["status"], 0).contains("2026-11-20"));

    let branches = Branches::new();
    let project = &branches.project;
    many(project);
    on(project, "2026-11-10", SMS);
    branches.commit();
    branches.git(&["checkout", "--quiet", "main"], true);
    on(project, "2026-11-20", &["review", "sms"]);
    branches.commit();
    branches.git(&["merge", "--quiet", "other"], false);
    let told = project.said(&["release", "--redo", &branches.key(2), "--yes"], 2);
    assert!(
        told.contains(
            "release `2026-11-10` would stand after an entry of 2026-11-20 about the same documents"
        ),
        "{told}"
    );
    let told = project.said(&["release", "--redo", &branches.key(1), "--yes"], 0);
    assert!(
        told.contains("take out the review of 2026-11-20"),
        "the text it read is another now: {told}"
    );
    project.prove();
}

#[test]
fn a_redaction_is_not_moved_and_the_way_on_is_said() {
    let branches = Branches::new();
    let project = &branches.project;
    project.write("content/sms/_index.md", "---\ntitle: Text messages\n---\nAsk Cee Dee.\n");
    project.said(SMS, 0);
    branches.commit();
    branches.git(&["branch", "--force", "main"], true);
    project.said(&["redact", "Ada Bee", "--reason", "asked for", "--yes"], 0);
    branches.commit();
    branches.git(&["checkout", "--quiet", "main"], true);
    project.said(&["redact", "Cee Dee", "--reason", "asked for", "--yes"], 0);
    branches.commit();
    branches.git(&["merge", "--quiet", "other"], false);
    let told = project.said(&["check", "--format", "full"], 1);
    assert!(
        told.contains("P058")
            && told.contains("run one of the two redactions again")
            && !told.contains("--redo"),
        "{told}"
    );
    let seal = project
        .read("content/versions/ledger.yaml")
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix("  seal: ").map(str::to_owned));
    let told = project.said(&["release", "--redo", &seal.unwrap()[..8], "--yes"], 2);
    assert!(told.contains("a redaction cannot be moved"), "{told}");
    branches.git(&["checkout", "--ours", "content/versions"], true);
    branches.git(&["checkout", "HEAD", "--", "content"], true);
    project.said(&["redact", "Ada Bee", "--reason", "asked for", "--yes"], 0);
    project.prove();
}

#[test]
fn headings_underlined_as_git_marks_are_headings() {
    let branches = Branches::new();
    let project = &branches.project;
    let words = |heading: &str| {
        format!(
            "---\ntitle: Privacy\n---\nOpening.\n\n{heading}\n==========\n\nWe keep {heading}.\n"
        )
    };
    let release = ["release", "privacy", "--id", "same", "--summary", "Words", "--yes"];
    project.write("content/privacy/_index.md", words("Less"));
    project.said(&release, 0);
    branches.commit();
    branches.git(&["checkout", "--quiet", "main"], true);
    project.write("content/privacy/_index.md", words("More"));
    project.said(&release, 0);
    branches.commit();
    branches.git(&["merge", "--quiet", "other"], false);
    undo(project, &[&branches.key(1)], 0);
    assert!(project.read("content/versions/same/privacy/_index.md").contains("Less\n=========="));
}

#[test]
fn entries_kept_without_an_empty_line_between_them_are_two_branches() {
    let branches = Branches::new();
    let project = &branches.project;
    many(project);
    branches
        .merge(&[&[SMS, &["--id", "theirs"]].concat()], &[&[PRIVACY, &["--id", "ours"]].concat()]);
    let marks = ["<<<<<<<", "=======", ">>>>>>>"];
    let ledger = project.read("content/versions/ledger.yaml");
    let kept: String = ledger
        .split_inclusive('\n')
        .filter(|line| !marks.iter().any(|mark| line.starts_with(mark)))
        .collect();
    project.write("content/versions/ledger.yaml", kept);
    project.said(&["release", "--redo", &branches.key(1), "--yes"], 0);
    project.prove();
}
