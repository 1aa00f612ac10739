//! What `init --ci` writes is what CI services take, and every command in it does on the example
//! what it says.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use crate::project::{Project, TODAY};
use crate::server::Server;

/// The files, and the schemas that they are held against.
const SERVICES: [(&str, &str, &str); 3] = [
    ("github", ".github/workflows/policies.yml", "vendor.github-workflows"),
    ("gitlab", ".gitlab-ci.yml", "vendor.gitlab-ci"),
    // Forgejo runs what GitHub runs, and has no schema of its own.
    ("forgejo", ".forgejo/workflows/policies.yml", "vendor.github-workflows"),
];

/// Does not what its name says, but writes down what it was asked; `curl` also hands out the file
/// that would be served.
const SHIM: &str = r#"#!/bin/sh
echo "$(basename "$0") $*" >>"$ASKED"
while [ $# -gt 0 ]; do
  if [ "$1" = --output ] && [ "$2" != /dev/null ]; then cp live/.well-known/security.txt "$2"; fi
  shift
done
"#;

/// The program, which finds the live site on this machine.
const WRAPPER: &str = r#"#!/bin/sh
for argument; do
  shift
  case $argument in https://fluxiom.example/) argument=$LIVE ;; esac
  set -- "$@" "$argument"
done
echo "policybook $*" >>"$ASKED"
exec "$PROGRAM" "$@"
"#;

/// A script of a CI service, and the variables that it is given.
struct Script {
    text: String,
    /// By name; `None` if the service gives every variable.
    variables: Option<Vec<String>>,
}

fn parsed(project: &Project, path: &str) -> Value {
    serde_yaml::from_str(&project.read(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn lines(list: &Value) -> String {
    list.as_array()
        .into_iter()
        .flatten()
        .map(|line| format!("{}\n", line.as_str().unwrap()))
        .collect()
}

/// Returns every script of a file, in order.
fn scripts(file: &Value) -> Vec<Script> {
    let Some(jobs) = file["jobs"].as_object() else {
        let jobs = file.as_object().unwrap().values().filter(|job| job["script"].is_array());
        return jobs
            .map(|job| Script {
                text: lines(&file["default"]["before_script"]) + &lines(&job["script"]),
                variables: None,
            })
            .collect();
    };
    let steps = jobs.values().flat_map(|job| job["steps"].as_array().unwrap());
    let script = |step: &Value| {
        let variables =
            step["env"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        Some(Script { text: step["run"].as_str()?.to_owned(), variables: Some(variables) })
    };
    steps.filter_map(script).collect()
}

fn git(project: &Project, arguments: &[&str]) -> String {
    let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"];
    let output = Command::new("git")
        .current_dir(project.root())
        .args(identity)
        .args(arguments)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A checkout of the example in which a release follows on the first commit, and what a service
/// says of it.
struct Checkout {
    project: Project,
    variables: BTreeMap<&'static str, String>,
    shims: PathBuf,
    /// Serves what was published.
    live: Server,
}

impl Checkout {
    fn new(service: &str) -> Checkout {
        let project = Project::empty();
        assert!(project.run(&["init", "--quiet", "--example", "--ci", service]).status.success());
        git(&project, &["init", "--quiet"]);
        fs::write(project.path(".git/info/exclude"), "/live\n/shims\n/asked\n").unwrap();
        git(&project, &["add", "."]);
        git(&project, &["commit", "--quiet", "--message", "The example"]);
        let base = git(&project, &["rev-parse", "HEAD"]);
        let section = "content/security/010-reporting.md";
        project.write(section, project.read(section).replace("at once", "immediately"));
        assert!(project.run(&["release", "--summary", "A word", "--yes"]).status.success());
        git(&project, &["add", "."]);
        git(&project, &["commit", "--quiet", "--message", "A release"]);
        for name in ["apt-get", "cargo", "curl", "rustup"] {
            project.write(&format!("shims/{name}"), SHIM);
            executable(&project.path(&format!("shims/{name}")));
        }
        project.write("shims/program/policybook", WRAPPER);
        executable(&project.path("shims/program/policybook"));
        let live = Server::start(project.path("live"), "/");
        let summary = project.path("summary").display().to_string();
        let variables = BTreeMap::from([
            ("AWS_ACCESS_KEY_ID", String::new()),
            ("AWS_REGION", String::new()),
            ("AWS_SECRET_ACCESS_KEY", String::new()),
            ("BASE", base.clone()),
            ("CI_API_V4_URL", "https://gitlab.example/api/v4".to_owned()),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", base),
            ("CI_MERGE_REQUEST_IID", "7".to_owned()),
            ("CI_PROJECT_DIR", project.root().display().to_string()),
            ("CI_PROJECT_ID", "12".to_owned()),
            (
                "COMMENTS",
                "https://forgejo.example/api/v1/repos/acme/policies/issues/7/comments".to_owned(),
            ),
            ("COMMENT_TOKEN", "hush".to_owned()),
            ("POLICYBOOK_GIT", "https://git.example/policybook".to_owned()),
            ("POLICYBOOK_REV", "0123456789012345678901234567890123456789".to_owned()),
            ("POLICYBOOK_SITE", "https://fluxiom.example/".to_owned()),
            ("POLICYBOOK_TARGET", "live".to_owned()),
            ("TOKEN", "hush".to_owned()),
            ("GITHUB_STEP_SUMMARY", summary),
        ]);
        Checkout { shims: project.path("shims"), project, variables, live }
    }

    /// Runs a script as a service does, with or without the program.
    fn run(&self, script: &Script, installed: bool, today: &str) -> Output {
        let program = self.shims.join("program");
        let folders = [self.shims.as_path()].into_iter().chain(installed.then_some(&*program));
        let node = std::env::var_os("PATH").unwrap_or_default();
        let path = if installed { node } else { "/usr/bin:/bin".into() };
        let path =
            std::env::join_paths(folders.map(Path::to_owned).chain(std::env::split_paths(&path)))
                .unwrap();
        let moment: jiff::Timestamp = format!("{today}T00:00:00Z").parse().unwrap();
        let mut command = Command::new("bash");
        command
            .args(["-eo", "pipefail", "-c", &script.text])
            .current_dir(self.project.root())
            .env("PATH", path)
            .env("NO_COLOR", "1");
        command
            .env("ASKED", self.project.path("asked"))
            .env("LIVE", self.live.address())
            .env("PROGRAM", env!("CARGO_BIN_EXE_policybook"))
            .env("SOURCE_DATE_EPOCH", moment.as_second().to_string());
        let given = |name: &str| {
            name.starts_with("GITHUB_")
                || script.variables.as_ref().is_none_or(|names| names.iter().any(|own| own == name))
        };
        for (name, value) in &self.variables {
            match given(name) {
                true => command.env(name, value),
                false => command.env_remove(name),
            };
        }
        command.output().unwrap()
    }

    /// Counts how often the program was to be installed.
    fn installs(&self) -> usize {
        self.asked().lines().filter(|line| line.starts_with("cargo ")).count()
    }

    fn asked(&self) -> String {
        fs::read_to_string(self.project.path("asked")).unwrap_or_default()
    }
}

fn executable(place: &Path) {
    Command::new("chmod").arg("+x").arg(place).status().unwrap();
}

/// Runs what a service runs, and holds what comes of it.
fn works(service: &str, path: &str) {
    let checkout = Checkout::new(service);
    let scripts = scripts(&parsed(&checkout.project, path));
    let (mut commands, mut installs, mut weekly) = (0, 0, 0);
    for script in &scripts {
        let output = checkout.run(script, true, TODAY);
        let said = [output.stdout, output.stderr]
            .map(|stream| String::from_utf8(stream).unwrap())
            .concat();
        assert!(output.status.success(), "{service}: {}\n{said}", script.text);
        commands += script
            .text
            .lines()
            .filter(|line| line.contains("policybook ") && !line.contains("cargo"))
            .count();
        if script.text.contains("P060") {
            weekly += 1;
            assert!(
                !checkout.run(script, true, "2029-01-01").status.success(),
                "{service}: a security.txt that ended is told"
            );
        }
        if script.text.contains("cargo") {
            installs += 1;
            let before = checkout.installs();
            let alone = Script {
                text: script
                    .text
                    .lines()
                    .take_while(|line| !line.starts_with("policybook"))
                    .collect::<Vec<_>>()
                    .join("\n"),
                variables: script.variables.clone(),
            };
            assert!(
                checkout.run(&alone, false, TODAY).status.success(),
                "{service}: {}",
                alone.text
            );
            assert_eq!(checkout.installs(), before + 1);
        }
    }
    assert!(
        commands >= 7 && weekly == 1 && installs >= 3,
        "{service}: {commands} commands, {weekly} weekly, {installs} times installed"
    );
    let asked = checkout.asked();
    let sources = "--git https://git.example/policybook --rev 0123456789012345678901234567890123456789 policybook";
    assert!(
        asked
            .lines()
            .filter(|line| line.starts_with("cargo "))
            .all(|line| line.contains(" --locked ") && line.ends_with(sources)),
        "{asked}"
    );
    assert!(asked.contains("https://fluxiom.example/.well-known/security.txt"), "{asked}");
    let live = checkout.live.address();
    for barrier in
        [format!("verify build/first --against {live}"), format!("policybook verify {live}")]
    {
        assert!(asked.lines().any(|line| line.ends_with(&barrier)), "{service}: {barrier} {asked}");
    }
    let changes = ["summary", "changes.md"]
        .into_iter()
        .find(|file| checkout.project.path(file).exists())
        .expect("changes are told");
    assert!(checkout.project.read(changes).contains("~~at once~~ **immediately**"));
    assert!(checkout.project.path("live/.well-known/security.txt").exists());
    if service != "github" {
        assert!(
            asked.contains("/merge_requests/7/notes") || asked.contains("/issues/7/comments"),
            "{asked}"
        );
    }
    if service == "forgejo" {
        let comment: Value = serde_json::from_str(&checkout.project.read("comment.json")).unwrap();
        assert!(comment["body"].as_str().unwrap().contains("**immediately**"));
    }
}

#[test]
fn what_ci_runs_is_written_beside_the_project_and_never_over_a_file() {
    let project = Project::empty();
    let told = |arguments: &[&str]| {
        let output = project.run(arguments);
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(
        told(&["init", "--ci", "github,gitlab", "--ci", "forgejo"]).contains("  .gitlab-ci.yml\n")
    );
    for (_, path, _) in SERVICES {
        assert!(project.path(path).exists(), "{path}");
    }
    project.write(".gitlab-ci.yml", "ours: {}\n");
    fs::remove_file(project.path("content/whitehats.yaml")).unwrap();
    fs::remove_dir_all(project.path(".github")).unwrap();
    assert!(
        told(&["init", "--ci", "github,gitlab"])
            .contains("made 1 file in ., kept 1 file already there\n")
    );
    assert_eq!(project.read(".gitlab-ci.yml"), "ours: {}\n");
    assert!(
        !project.path("content/whitehats.yaml").exists(),
        "a project that is there gets no example"
    );
    assert_eq!(project.run(&["init", "--ci", "jenkins"]).status.code(), Some(2));
}

#[cfg(unix)]
#[test]
#[ignore = "needs bash: tests/run has it"]
fn every_command_that_github_and_gitlab_run_works_on_the_example() {
    works("github", SERVICES[0].1);
    works("gitlab", SERVICES[1].1);
}

#[cfg(unix)]
#[test]
#[ignore = "needs Node.js, which tests/run installs"]
fn every_command_that_forgejo_runs_works_on_the_example() {
    works("forgejo", SERVICES[2].1);
}

#[test]
fn every_day_a_service_checks_builds_and_publishes() {
    let project = Project::empty();
    assert!(
        project
            .run(&["init", "--quiet", "--example", "--ci", "github,gitlab,forgejo"])
            .status
            .success()
    );
    for (service, path, _) in SERVICES {
        let (text, file) = (project.read(path), parsed(&project, path));
        assert!(text.contains("17 0 * * *"), "{service}: every day");
        match file["jobs"].as_object() {
            // YAML 1.1 reads `on` as true.
            Some(jobs) => {
                for job in ["check", "publish"] {
                    let when = jobs[job]["if"].as_str().unwrap_or_default();
                    assert!(!when.contains("schedule"), "{service}: {job} skips schedules");
                }
            }
            None => {
                for job in ["check", "publish"] {
                    let rules = file[job]["rules"].to_string();
                    assert!(!rules.contains("never"), "{service}: {job} skips schedules");
                }
            }
        }
    }
    assert!(project.read(SERVICES[0].1).contains("60 days"), "GitHub stops schedules");
}

#[test]
#[ignore = "needs check-jsonschema, which tests/run installs"]
fn ci_services_take_what_is_written_for_them() {
    let project = Project::empty();
    assert!(
        project
            .run(&["init", "--quiet", "--example", "--ci", "github,gitlab,forgejo"])
            .status
            .success()
    );
    let program =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/ci/bin/check-jsonschema");
    let judged = |path: &str, schema: &str| {
        let output = Command::new(&program)
            .args(["--builtin-schema", schema])
            .arg(project.path(path))
            .output();
        output.expect("check-jsonschema, which tests/run installs")
    };
    for (_, path, schema) in SERVICES {
        let output = judged(path, schema);
        assert!(output.status.success(), "{path}: {}", String::from_utf8_lossy(&output.stdout));
        project.write(
            path,
            project
                .read(path)
                .replace("policybook publish", "")
                .replace("runs-on:", "runs_on:")
                .replace("script:", "skript:"),
        );
        assert!(!judged(path, schema).status.success(), "a broken {path} is found out");
    }
}
