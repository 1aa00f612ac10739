//! Commands that write to one project: at once, killed, on a full disk. Each writes all it says or nothing, and the next one says which.

use std::fs;

use crate::project::Project;

/// A write that was decided and not put in place, as a killed command leaves it.
fn decide(project: &Project, path: &str, before: &str, after: &str) {
    let digest = |text: &str| policybook::tree::Digest::of(text).to_string();
    project.write("content/.policybook/write/0", after);
    project.write("content/.policybook/write/changes", format!("policybook 1\n{} {} {path}\n", digest(before), digest(after)));
}

#[test]
fn what_was_decided_counts_and_is_put_in_place_by_the_next_command_that_writes() {
    let project = Project::example();
    let path = "content/security/_index.md";
    let (before, after) = (project.read(path), project.read(path).replace("Fluxiom", "Other"));
    decide(&project, path, &before, &after);
    let told = project.said(&["check", "--format", "full"], 1);
    assert!(told.contains("error[P062]: a command was killed") && told.contains("`policybook check --fix` finishes it"), "{told}");
    assert!(project.said(&["status"], 1).contains("P062"), "what reads says so");
    assert!(project.said(&["verify"], 1).contains("P062"), "what proves says so");
    assert_eq!(project.read(path), before);
    let told = project.said(&["check", "--fix"], 0);
    assert!(told.contains("finished what a command had begun that was killed: 1 file of `content/` written"), "{told}");
    assert_eq!(project.read(path), after);
    assert!(!project.path("content/.policybook").exists());
}

#[test]
fn what_somebody_changed_since_is_not_written_over() {
    let project = Project::example();
    let path = "content/security/_index.md";
    let before = project.read(path);
    decide(&project, path, &before, "lost");
    project.write(path, format!("{before}\nMore.\n"));
    let told = project.said(&["check", "--format", "full"], 1);
    assert!(told.contains("P062") && told.contains("this file was changed since"), "{told}");
    project.said(&["check", "--fix"], 2);
    assert!(project.read(path).ends_with("More.\n"));
    fs::remove_dir_all(project.path("content/.policybook")).unwrap();
    project.said(&["check"], 0);
}

#[test]
fn a_journal_of_a_stranger_writes_nowhere_but_into_the_project() {
    let project = Project::example();
    for path in ["../stranger.md", "content/../../stranger.md", "/tmp/stranger.md", "content\\..\\stranger.md"] {
        decide(&project, path, "", "x");
        assert!(project.said(&["check"], 2).contains("cannot be read"), "{path}");
        project.said(&["add", "whitehat", "Ada Bee"], 2);
    }
    #[cfg(unix)]
    {
        let outside = Project::empty();
        std::os::unix::fs::symlink(outside.root(), project.path("content/out")).unwrap();
        project.write("content/.policybook/write/0", "x");
        let after = policybook::tree::Digest::of("x");
        project.write("content/.policybook/write/changes", format!("policybook 1\n- {after} content/out/stranger.md\n"));
        assert!(project.said(&["check", "--fix"], 2).contains("leads out of the project"));
        assert_eq!(outside.files(".").len(), 0);
    }
}

#[test]
fn what_was_not_decided_is_cleared() {
    let project = Project::example();
    project.write("content/.policybook/stage-1-0/0", "half");
    project.write("content/.versions/half.md", "half");
    let told = project.said(&["check", "--format", "full"], 0);
    assert!(told.contains("warning[P062]: a command that was killed left `content/.policybook/stage-1-0`, `content/.versions`"), "{told}");
    project.said(&["review"], 0);
    assert!(!project.path("content/.policybook").exists() && !project.path("content/.versions").exists());
    assert!(!project.said(&["check"], 0).contains("P062"));
}
