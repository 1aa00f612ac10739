//! Commands that write to a project and do not get through: killed at any act on the disk, refused
//! one by the system, on a file system without locks. By the system's own tracer. Each leaves the
//! project as it was or as it was to be, and the next command says which.

use std::process::Stdio;

use crate::project::{Project, TODAY};
use crate::tiers::times;
use crate::writing::{WRITING, busy, named};
use policybook::store;

/// The files of a project, by their paths.
type Files = Vec<(String, Vec<u8>)>;

fn copy(files: &Files) -> Project {
    let project = Project::empty();
    files.iter().for_each(|(path, bytes)| project.write(path, bytes));
    project
}

/// Returns the files of `content/`, without the lock that a killed command leaves.
fn content(project: &Project) -> Files {
    let lock = [".policybook/.gitignore", ".policybook/lock"];
    project
        .files("content")
        .into_iter()
        .filter(|(path, _)| !lock.contains(&path.as_str()))
        .collect()
}

/// Does something to a command at its first, second, third … act of a kind until it gets through,
/// and proves each time that the project is as it was or as it was to be. Returns how often it did
/// not get through, and how often of these it had decided what to write.
fn tried(command: &[&str], injected: impl Fn(usize) -> String, step: usize) -> [usize; 2] {
    let before: Files = busy().files(".");
    let whole = copy(&before);
    whole.said(command, 0);
    let after = content(&whole);
    let mut decided = 0;
    for (failed, at) in (1..).step_by(step).enumerate() {
        let project = copy(&before);
        let (inject, old) = (injected(at), content(&project));
        let named_before = named(&project);
        let ended = project.traced(TODAY, &inject, command).stdin(Stdio::null()).output().unwrap();
        let when = || format!("{command:?} {inject}: {}", String::from_utf8_lossy(&ended.stderr));
        let staged = named(&project)
            .into_iter()
            .filter(|path| !named_before.contains(path))
            .collect::<Vec<_>>();
        assert!(
            command[0] != "redact" || staged.is_empty(),
            "{}: {staged:?} name whom they are to forget",
            when()
        );
        let told = project.run(&["check", "--format", "full"]);
        let told = String::from_utf8(told.stdout).unwrap();
        let (errors, left) =
            (told.matches("error[").count(), project.path("content/.policybook").exists());
        assert_eq!(errors, told.matches("error[P062]").count(), "{}: {told}", when());
        store::finish(project.root()).unwrap();
        let now = content(&project);
        assert!(
            now == old || now == after,
            "{}: half of it: {:?}",
            when(),
            now.iter().map(|(path, _)| path).collect::<Vec<_>>()
        );
        assert!(!ended.status.success() || now == after, "{}: said that it was done", when());
        assert!(errors == 0 || now == after, "{}: what is decided counts", when());
        assert!(left || !told.contains("P062"), "{}", when());
        assert!(!project.path("content/.policybook/write").exists(), "{}", when());
        project.said(&["verify"], 0);
        decided += errors;
        if ended.status.success() {
            return [failed, decided];
        }
    }
    unreachable!("a run gets through in the end")
}

/// Acts that change what is on the disk. The tracer counts each of them by itself.
const CHANGES: [&str; 12] = [
    "mkdir",
    "mkdirat",
    "rename",
    "renameat",
    "renameat2",
    "fsync",
    "fdatasync",
    "unlink",
    "unlinkat",
    "rmdir",
    "flock",
    "fchmod",
];

fn at_each(command: &[&str], what: &str) -> [usize; 2] {
    let tried = CHANGES.iter().map(|act| tried(command, |at| format!("{act}:{what}:when={at}"), 1));
    tried.fold([0, 0], |[failed, decided], more| [failed + more[0], decided + more[1]])
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn whoever_is_killed_at_any_act_leaves_the_old_state_or_the_new() {
    for (command, _) in WRITING {
        let killed = at_each(command, "signal=SIGKILL");
        assert!(
            killed[0] > 12 && killed[1] > 3,
            "{command:?} was killed {killed:?} times before it was through"
        );
        tried(command, |at| format!("write:signal=SIGKILL:when={at}"), 1);
        tried(command, |at| format!("openat:signal=SIGKILL:when={at}"), times(97, 31));
    }
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn whoever_finds_the_disk_full_or_read_only_leaves_the_old_state_or_the_new() {
    for (command, _) in WRITING {
        for error in ["ENOSPC", "EIO"] {
            let refused = at_each(command, &format!("error={error}"));
            assert!(
                refused[0] > 6 && refused[1] > 0,
                "{command:?} was refused {refused:?} times before it was through"
            );
        }
        assert!(
            tried(command, |at| format!("write:error=ENOSPC:when={at}+"), 1)[0] > 0,
            "{command:?}"
        );
    }
    let project = busy();
    for error in ["EROFS", "EACCES"] {
        let ended =
            project.traced(TODAY, &format!("mkdir:error={error}"), WRITING[0].0).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(
            ended.status.code() == Some(2) && said.contains("write into `./content/.policybook`"),
            "{said}"
        );
    }
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn where_there_are_no_locks_of_two_at_once_none_is_lost() {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    let mut released = 0;
    for round in 0..times(8, 100) {
        let children = ["one", "two"].map(|policy| {
            project.write(
                &format!("content/{policy}/_index.md"),
                format!("---\ntitle: {policy}\n---\nRound {round}.\n"),
            );
            let command = ["release", policy, "--summary", "Words", "--yes"];
            let mut traced = project.traced(TODAY, "flock:error=ENOLCK", &command);
            traced
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        });
        for child in children {
            let ended = child.wait_with_output().unwrap();
            let said = String::from_utf8([ended.stdout, ended.stderr].concat()).unwrap();
            assert!(
                ended.status.success() || said.contains("nothing was lost: run it again"),
                "{said}"
            );
            released += usize::from(ended.status.success());
        }
        project.said(&["verify"], 0);
    }
    project.prove();
    assert_eq!(
        project.read("content/versions/ledger.yaml").matches("\n- release: ").count(),
        released
    );
    assert!(released >= times(8, 100) && !project.path("content/.policybook").exists());
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn what_was_laid_out_is_written_as_it_was_or_not_at_all() {
    let left = || {
        let project = busy();
        let ended =
            project.traced(TODAY, "rename:signal=SIGKILL:when=2", WRITING[0].0).status().unwrap();
        assert!(!ended.success() && project.path("content/.policybook/write").exists());
        project
    };
    let whole = left();
    let files = whole.files("content/.policybook/write");
    whole.said(&["check", "--fix"], 0);
    for (name, bytes) in files {
        for damaged in [
            None,
            Some([&bytes[..], b"x"].concat()),
            Some(bytes[..bytes.len() / 2].to_vec()),
            Some(b"\xff".to_vec()),
        ] {
            let project = left();
            let place = format!("content/.policybook/write/{name}");
            match damaged {
                Some(bytes) => project.write(&place, bytes),
                // Without the list nothing says that anything was decided.
                None if name == "changes" => continue,
                None => std::fs::remove_file(project.path(&place)).unwrap(),
            }
            let before = content(&project);
            let said = project.run(&["check", "--fix"]);
            let said = String::from_utf8([said.stdout, said.stderr].concat()).unwrap();
            assert!(
                said.contains("damaged")
                    && said.contains("restore `content/` from version control"),
                "{name}: {said}"
            );
            assert!(content(&project) == before, "{name}: something was written");
        }
    }
    // Where there are no locks, what stands for one does not hide for long that its command was
    // killed; where there are, not at all.
    let project = left();
    project.write("content/.policybook/held", "");
    assert!(project.said(&["check"], 1).contains("P062"));
    project.said(&["check", "--fix"], 0);
    assert!(!project.path("content/.policybook").exists());
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn after_a_build_that_was_killed_at_any_act_the_next_one_ends_the_same() {
    let project = busy();
    let built = |project: &Project| -> Files {
        project.build(&[]);
        project.files("public")
    };
    let old = built(&project);
    project.edit("content/site.yaml", "name: Acme", "name: Other");
    let new = built(&project);
    let mut killed = 0;
    for (before, act) in
        [&Files::new(), &old].into_iter().flat_map(|before| CHANGES.map(|act| (before, act)))
    {
        for at in (1..).step_by(times(7, 1)) {
            let _ = std::fs::remove_dir_all(project.path("public"));
            before.iter().for_each(|(path, bytes)| project.write(&format!("public/{path}"), bytes));
            let ended = project
                .traced(TODAY, &format!("{act}:signal=SIGKILL:when={at}"), &["build"])
                .output()
                .unwrap();
            assert!(built(&project) == new, "{act} {at}");
            if ended.status.success() {
                break;
            }
            killed += 1;
        }
    }
    assert!(killed > 20, "it was killed {killed} times");
    for file in ["pending", "manifest"] {
        let whole = project.read("public/.policybook/manifest");
        for cut in [0, 5, 80, whole.len() / 2, whole.len() - 1] {
            project.write(&format!("public/.policybook/{file}"), &whole[..cut]);
            if file == "manifest" {
                assert!(project.said(&["build"], 2).contains(
                    "is damaged, or of another version of policybook: build with `--force`"
                ));
                project.build(&["--force"]);
            }
            assert!(built(&project) == new, "{file} cut at {cut}");
        }
    }
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn where_names_cannot_be_exchanged_or_linked_everything_is_written_all_the_same() {
    let inject = "renameat2,link,linkat:error=EINVAL";
    for (command, did) in WRITING {
        let project = busy();
        assert!(
            project.traced(TODAY, inject, command).status().unwrap().success() && did(&project),
            "{command:?}"
        );
        project.said(&["verify"], 0);
        // Where a file lies on another device it is copied.
        for at in 2..4 {
            let project = busy();
            let ended = project
                .traced(TODAY, &format!("rename:error=EXDEV:when={at}"), command)
                .status()
                .unwrap();
            assert!(
                ended.success() && did(&project) && !project.path("content/.policybook").exists(),
                "{command:?}"
            );
            project.said(&["verify"], 0);
        }
    }
    let project = busy();
    project.build(&[]);
    project.edit("content/site.yaml", "name: Acme", "name: Other");
    assert!(project.traced(TODAY, inject, &["build"]).status().unwrap().success());
    let built = project.files("public");
    project.build(&["--check"]);
    std::fs::remove_dir_all(project.path("public")).unwrap();
    project.build(&[]);
    assert!(project.files("public") == built);
}
