//! Git repositories for the tests, each made by a script of commits, and imports from them.

use std::process::Command;

use crate::project::Project;

/// A git repository, made by a script of commits.
pub struct Repository {
    pub folder: Project,
}

impl Repository {
    pub fn new() -> Repository {
        let repository = Repository { folder: Project::empty() };
        repository.git("2020-01-01T00:00:00+00:00", &["init", "--quiet", "--initial-branch=main"]);
        repository
    }

    /// Runs git at a moment; what is committed was written long before.
    pub fn git(&self, moment: &str, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command
            .current_dir(self.folder.root())
            .args(["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"])
            .args(arguments);
        for (name, value) in [("NAME", "A. Writer"), ("EMAIL", "a@example.com")] {
            command
                .env(format!("GIT_AUTHOR_{name}"), value)
                .env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command
            .env("GIT_AUTHOR_DATE", "2015-01-01T00:00:00+00:00")
            .env("GIT_COMMITTER_DATE", moment);
        let output = command.output().unwrap();
        assert!(
            output.status.success(),
            "git {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Commits what the folder holds.
    pub fn commit(&self, moment: &str, subject: &str) {
        self.git(moment, &["add", "--all"]);
        self.git(moment, &["commit", "--quiet", "--allow-empty-message", "--message", subject]);
    }

    pub fn write(&self, path: &str, text: &str) {
        self.folder.write(path, text);
    }

    pub fn place(&self) -> &str {
        self.folder.root().to_str().unwrap()
    }
}

/// A project that has no policy yet.
pub fn fresh() -> Project {
    let project = Project::empty();
    project.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
    project
}

/// Runs `import`; returns its answer, what else it said, and its exit code.
pub fn import(project: &Project, arguments: &[&str]) -> (String, String, i32) {
    let output = project.run(&[&["import"], arguments].concat());
    let text = |bytes: Vec<u8>| {
        String::from_utf8(bytes).unwrap().replace(project.root().to_str().unwrap(), "PROJECT")
    };
    (text(output.stdout), text(output.stderr), output.status.code().unwrap())
}

/// Imports, which must succeed, and builds the site, which must hold nothing unreleased. Returns
/// the answer and the talk.
pub fn imported(project: &Project, arguments: &[&str]) -> (String, String) {
    let (answer, said, code) = import(project, arguments);
    assert_eq!(code, 0, "{said}");
    project.build(&["--locked"]);
    (answer, said)
}

/// Returns the value of a field of every entry of the ledger.
pub fn ledger(project: &Project, field: &str) -> Vec<String> {
    let ledger = project.read("content/versions/ledger.yaml");
    let values = ledger.lines().filter_map(|line| {
        line.trim_start_matches([' ', '-']).strip_prefix(field)?.strip_prefix(": ")
    });
    values.map(|value| value.trim_matches('"').to_owned()).collect()
}

/// A policy of two sections.
pub const FIRST: &str =
    "# Security\n\nWe take care.\n\n## Reporting\n\nWrite to us.\n\n## Contact\n\nBy mail.\n";
