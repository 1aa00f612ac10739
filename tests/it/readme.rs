//! The README is true: its console sessions run as they are printed.

use std::fs;
use std::path::Path;

use crate::cases;
use crate::project::Project;

#[test]
fn the_sessions_of_the_readme_run_as_printed() {
    let readme = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let mut commands = 0;
    for session in readme.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        let project = Project::empty();
        for printed in session.split("$ policybook ").skip(1) {
            let (line, told) = printed.split_once('\n').unwrap();
            let arguments: Vec<&str> = line.split_whitespace().collect();
            let said = cases::said(&project, &arguments);
            let (said, _) = said.rsplit_once("exit ").unwrap();
            assert_eq!(said, told, "policybook {line}");
            commands += 1;
        }
    }
    assert_eq!(commands, 3);
}
