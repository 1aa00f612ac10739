//! A publish to a folder that is killed at any act on the disk, by the system's own tracer: whoever
//! reads meanwhile meets no page that leads nowhere, and the next publish ends the same.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

use crate::project::{Project, TODAY};
use crate::publishing::{grown, small};
use crate::reader;

/// Returns the files of the published site.
fn live(project: &Project) -> BTreeMap<String, Vec<u8>> {
    project
        .files("live")
        .into_iter()
        .filter(|(path, _)| !path.starts_with(".policybook/"))
        .collect()
}

fn published(project: &Project) -> String {
    let output = project.run(&["publish", "live"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    said
}

/// Puts back what was published before.
fn restore(project: &Project, before: &[(String, Vec<u8>)]) {
    let _ = fs::remove_dir_all(project.path("live"));
    fs::create_dir(project.path("live")).unwrap();
    before.iter().for_each(|(path, bytes)| project.write(&format!("live/{path}"), bytes));
}

/// Kills a publish at every so many acts of a kind, which the tracer counts by thread; returns how
/// often it was not through.
fn killed_at_each(
    project: &Project,
    before: &[(String, Vec<u8>)],
    acts: &str,
    step: usize,
) -> usize {
    restore(project, before);
    let entered: BTreeMap<String, Vec<u8>> = live(project);
    published(project);
    let whole = live(project);
    for (killed, at) in (1..).step_by(step).enumerate() {
        restore(project, before);
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("trace={acts}")]);
        command.args(["-e", &format!("inject={acts}:signal=SIGKILL:when={at}")]);
        command
            .arg(env!("CARGO_BIN_EXE_policybook"))
            .args(["publish", "live", "--jobs", "1", "--quiet", "--today", TODAY]);
        let finished =
            command.current_dir(project.root()).status().expect("strace is installed").success();
        let when = format!("killed at {at} of {acts}");
        reader::nothing_missing(&live(project), entered.keys(), &when);
        assert!(project.run(&["unlock", "live", "--yes"]).status.success(), "{when}");
        published(project);
        assert!(live(project) == whole, "{when}");
        assert!(published(project).starts_with("same "), "{when}");
        let left = project.files("live/.policybook").into_iter().map(|(path, _)| path);
        assert_eq!(left.collect::<Vec<_>>(), ["lease.json", "published.json", "writing"], "{when}");
        if finished {
            return killed;
        }
    }
    unreachable!("a run gets through in the end")
}

const RENAMES: &str = "rename,renameat,renameat2";

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn killed_at_any_file_put_in_place_the_next_publish_to_a_folder_ends_the_same() {
    let project = small();
    assert!(killed_at_each(&project, &[], RENAMES, 3) > 5);
    published(&project);
    let before = project.files("live");
    grown(&project);
    assert!(killed_at_each(&project, &before, RENAMES, 1) > 15);
    // Where one file changes, what is written of the state and of the lease comes behind it.
    published(&project);
    let before = project.files("live");
    project.write(
        "content/site.yaml",
        project.read("content/site.yaml").replace("2027-10-31", "2027-10-30"),
    );
    assert_eq!(killed_at_each(&project, &before, RENAMES, 1), 4);
}

#[test]
#[ignore = "needs strace: tests/run installs it"]
fn killed_at_any_other_act_the_next_publish_to_a_folder_ends_the_same() {
    let project = small();
    published(&project);
    let before = project.files("live");
    grown(&project);
    assert!(killed_at_each(&project, &before, "mkdir,fsync,unlink,unlinkat,rmdir,flock", 7) > 5);
    assert!(killed_at_each(&project, &before, "openat,write", 11) > 5);
}
