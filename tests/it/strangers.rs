//! Repositories of strangers and damaged ones: what a repository's configuration names is not run,
//! and an object that is missing is an error, never a text that was taken away.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::project::Project;
use crate::publishing::small;

/// The policy of the project, which every command here reads.
const POLICY: &str = "content/privacy/010-time.md";

/// A project in a repository with two commits, and a folder of programs that must not run.
struct Stranger {
    project: Project,
    canaries: Project,
}

impl Stranger {
    fn new() -> Stranger {
        let stranger = Stranger { project: small(), canaries: Project::empty() };
        stranger.git(&["init", "--quiet", "--initial-branch=main"]);
        fs::write(stranger.project.path(".gitignore"), "live\npublic\n").unwrap();
        stranger.git(&["add", "."]);
        stranger.git(&["commit", "--quiet", "--message", "The first"]);
        let text = stranger.project.read(POLICY);
        stranger.project.write(POLICY, format!("{text}\nAnd more.\n"));
        stranger.git(&["commit", "--quiet", "--all", "--message", "The second"]);
        stranger.project.write(POLICY, text);
        let site = stranger.project.read("content/site.yaml");
        stranger.project.write("content/site.yaml", format!("{site}# new\n"));
        stranger.git(&["commit", "--quiet", "--all", "--message", "The third"]);
        stranger
    }

    /// Returns git in the repository, as its owner would run it.
    fn git_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(self.project.root()).args(arguments).stdin(Stdio::null());
        for (name, value) in [("NAME", "Ada"), ("EMAIL", "ada@example.com")] {
            command
                .env(format!("GIT_AUTHOR_{name}"), value)
                .env(format!("GIT_COMMITTER_{name}"), value);
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = self.git_command(arguments).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Returns the place of a program that leaves a trace when it runs.
    fn canary(&self, name: &str) -> String {
        let place = self.canaries.path(name);
        let trace = self.canaries.path(&format!("ran-{name}"));
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(&place, format!("#!/bin/sh\ntouch '{}'\nexit 1\n", trace.display())).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
        }
        place.display().to_string()
    }

    /// Returns which programs ran since the last time.
    fn ran(&self) -> Vec<String> {
        let mut ran: Vec<String> = self
            .canaries
            .files("")
            .into_iter()
            .filter_map(|(path, _)| path.strip_prefix("ran-").map(str::to_owned))
            .collect();
        ran.iter()
            .for_each(|name| fs::remove_file(self.canaries.path(&format!("ran-{name}"))).unwrap());
        ran.sort();
        ran
    }

    /// Removes the object that a revision names, as a partial clone lacks it.
    fn lose(&self, revision: &str) -> String {
        let digest = self.git(&["rev-parse", revision]);
        let place: PathBuf =
            self.project.path(&format!(".git/objects/{}/{}", &digest[..2], &digest[2..]));
        fs::remove_file(place).unwrap();
        digest
    }

    /// Runs every command that asks git, with what each must end with; returns what they said.
    fn commands(&self, codes: [i32; 5]) -> String {
        let importing = Project::empty();
        importing.write("content/site.yaml", "name: Acme\nbase_url: https://acme.example/\n");
        let place = self.project.root().to_str().unwrap();
        let import = ["import", "time", "--git", place, "--path", POLICY, "--dry-run"];
        [
            importing.said(&import, codes[0]),
            self.project.said(&["diff", "privacy", "git:HEAD~1", "draft"], codes[1]),
            self.project.said(&["rollback", "HEAD~2", "live", "--dry-run"], codes[2]),
            self.project.said(&["publish", "live", "--dry-run"], codes[3]),
            self.project.said(&["check"], codes[4]),
        ]
        .concat()
    }
}

#[test]
fn nothing_runs_that_a_repository_names() {
    let stranger = Stranger::new();
    let canary = |name: &str| stranger.canary(name);
    let set = |name: &str, value: &str| drop(stranger.git(&["config", name, value]));
    // A signed commit, so that a program would be asked about it.
    let commit = stranger.git(&["cat-file", "commit", "HEAD"]);
    let (head, message) = commit.split_once("\n\n").unwrap();
    let signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----";
    fs::write(stranger.canaries.path("commit"), format!("{head}\n{signature}\n\n{message}\n"))
        .unwrap();
    let signed = stranger.canaries.path("commit").display().to_string();
    let signed = stranger.git(&["hash-object", "-t", "commit", "-w", &signed]);
    stranger.git(&["reset", "--quiet", "--hard", &signed]);
    fs::write(
        stranger.project.path(".gitattributes"),
        "*.md diff=words\n*.txt diff=outside\n*.yaml filter=clean\n*.process filter=process\n",
    )
    .unwrap();
    fs::write(stranger.project.path("a.txt"), "one\n").unwrap();
    fs::write(stranger.project.path("a.process"), "one\n").unwrap();
    let hooks =
        ["post-index-change", "post-checkout", "reference-transaction", "fsmonitor-watchman"];
    for hook in hooks {
        canary(hook);
    }
    let included = stranger.canaries.path("included").display().to_string();
    fs::write(&included, format!("[core]\n\tfsmonitor = {}\n", canary("fsmonitor"))).unwrap();
    set("include.path", &included);
    set("core.hooksPath", &stranger.canaries.root().display().to_string());
    set("core.pager", &canary("pager"));
    set("core.editor", &canary("editor"));
    set("core.askPass", &canary("askpass"));
    set("core.sshCommand", &canary("ssh"));
    set("core.gitProxy", &canary("proxy"));
    set("core.alternateRefsCommand", &canary("alternates"));
    set("credential.helper", &canary("credentials"));
    set("diff.external", &canary("external"));
    set("diff.words.textconv", &canary("textconv"));
    set("diff.outside.command", &canary("command"));
    set("filter.clean.clean", &canary("clean"));
    set("filter.clean.smudge", &canary("smudge"));
    set("filter.process.process", &canary("process"));
    set("gpg.program", &canary("gpg"));
    set("log.showSignature", "true");
    set("pager.log", &canary("pager-log"));
    set("alias.log", &format!("!{}", canary("alias")));
    set("status.submoduleSummary", "true");
    set("core.untrackedCache", "true");

    // Git itself runs them: each would be seen.
    for (arguments, expected) in [
        (&["status", "--short"][..], "fsmonitor"),
        (&["diff", "HEAD~1", "HEAD"], "external"),
        (&["log", "-p", "--no-ext-diff"], "textconv"),
        (&["log", "-1"], "gpg"),
        (&["add", "a.txt", "content/site.yaml", "--renormalize"], "post-index-change"),
        (&["hash-object", "content/site.yaml"], "clean"),
        (&["hash-object", "a.process"], "process"),
        (&["fetch", "ssh://example.com/a"], "ssh"),
        (&["fetch", "git://example.com/a"], "proxy"),
        (&["commit", "--allow-empty"], "editor"),
        (&["update-ref", "refs/heads/other", "HEAD"], "reference-transaction"),
        (&["credential", "fill"], "credentials"),
    ] {
        let mut command = stranger.git_command(arguments);
        // What `credential fill` asks about.
        fs::write(stranger.canaries.path("asked"), "protocol=https\nhost=example.com\n\n").unwrap();
        command.stdin(fs::File::open(stranger.canaries.path("asked")).unwrap());
        command.output().unwrap();
        let ran = stranger.ran();
        assert!(ran.iter().any(|name| name == expected), "{arguments:?} ran {ran:?}");
    }

    let edited = stranger.project.read("content/site.yaml");
    stranger.project.write("content/site.yaml", format!("{edited}\n"));
    stranger.commands([0, 0, 0, 0, 0]);
    assert_eq!(stranger.ran(), [""; 0]);

    // A partial clone lacks a text, and every way to fetch it is a program.
    let lost = stranger.lose(&format!("HEAD~1:{POLICY}"));
    set("extensions.partialClone", "origin");
    set("remote.origin.promisor", "true");
    set("remote.origin.partialclonefilter", "blob:none");
    set("protocol.allow", "always");
    set("protocol.ext.allow", "always");
    set("remote.origin.uploadpack", &canary("uploadpack"));
    let outside = format!("ext::{}", canary("ext"));
    let here = stranger.canaries.root().display().to_string();
    for (address, expected) in [
        (outside.as_str(), "ext"),
        ("ssh://example.com/a", "ssh"),
        ("git://example.com/a", "proxy"),
        (&here, "uploadpack"),
    ] {
        set("remote.origin.url", address);
        stranger.git_command(&["cat-file", "-p", &lost]).output().unwrap();
        let ran = stranger.ran();
        assert!(ran.iter().any(|name| name == expected), "{address}: {ran:?}");
        let said = stranger.commands([2, 2, 0, 0, 0]);
        assert_eq!(said.matches(&lost).count(), 2, "{said}");
        assert_eq!(stranger.ran(), [""; 0], "{address}");
    }
}

#[test]
fn what_the_environment_says_to_git_leads_nowhere_else() {
    let stranger = Stranger::new();
    let elsewhere = Stranger::new();
    elsewhere.git(&["commit", "--quiet", "--allow-empty", "--message", "Another"]);
    let place = elsewhere.project.path(".git").display().to_string();
    let canary = stranger.canary("program");
    let mut command = stranger.project.command("2026-11-20", &["publish", "live"]);
    for (name, value) in [
        ("GIT_DIR", &place),
        ("GIT_OBJECT_DIRECTORY", &place),
        ("GIT_INDEX_FILE", &place),
        ("GIT_WORK_TREE", &place),
        ("GIT_EXTERNAL_DIFF", &canary),
        ("GIT_SSH_COMMAND", &canary),
        ("GIT_PROXY_COMMAND", &canary),
        ("GIT_PAGER", &canary),
        ("GIT_EDITOR", &canary),
        ("GIT_ASKPASS", &canary),
        ("GIT_TRACE", &canary),
    ] {
        command.env(name, value);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let state = stranger.project.read("live/.policybook/published.json");
    assert!(state.contains(&format!("\"commit\":\"{}\"", stranger.git(&["rev-parse", "HEAD"]))));
    assert_eq!(stranger.ran(), [""; 0]);
}

#[test]
fn a_missing_object_is_named_and_no_deletion() {
    let text = || Stranger::new();

    // A text: only who reads it fails.
    let stranger = text();
    let lost = stranger.lose(&format!("HEAD~1:{POLICY}"));
    let said = stranger.commands([2, 2, 0, 0, 0]);
    assert_eq!(said.matches(&format!("lacks `{POLICY}`")).count(), 2, "{said}");
    assert_eq!(said.matches(&lost).count(), 2, "{said}");
    assert!(said.contains("git fetch --refetch"), "{said}");

    // A folder, an older commit, the newest commit: none is taken for a project without a history.
    for (revision, codes) in [
        ("HEAD~1:content/privacy", [2, 2, 0, 0, 0]),
        ("HEAD~1^{tree}", [2, 2, 0, 0, 0]),
        ("HEAD~1", [2, 2, 2, 0, 0]),
        ("HEAD:content/site.yaml", [0, 0, 0, 2, 0]),
        ("HEAD^{commit}", [2, 2, 2, 2, 0]),
    ] {
        let stranger = text();
        let lost = stranger.lose(revision);
        let said = stranger.commands(codes);
        assert!(said.contains(&lost), "{revision}: {said}");
    }

    // A damaged one.
    let stranger = text();
    let lost = stranger.lose(&format!("HEAD~1:{POLICY}"));
    stranger.project.write(&format!(".git/objects/{}/{}", &lost[..2], &lost[2..]), "damaged");
    let said = stranger.commands([2, 2, 0, 0, 0]);
    assert!(said.contains(&lost[2..]), "{said}");
}

#[test]
fn a_site_is_made_again_with_its_links_or_not_at_all() {
    let stranger = Stranger::new();
    let link = |name: &str, target: &str| {
        #[cfg(unix)]
        std::os::unix::fs::symlink(target, stranger.project.path(name)).unwrap();
    };
    let text = stranger.project.read(POLICY);
    fs::create_dir_all(stranger.project.path("shared")).unwrap();
    fs::write(stranger.project.path("shared/time.md"), text).unwrap();
    fs::remove_file(stranger.project.path(POLICY)).unwrap();
    link(POLICY, "../../shared/time.md");
    stranger.git(&["add", "."]);
    stranger.git(&["commit", "--quiet", "--message", "A link"]);
    stranger.project.said(&["publish", "live"], 0);
    let state = stranger.project.read("live/.policybook/published.json");
    assert!(!state.contains("with edits"), "{state}");
    let said = stranger.project.said(&["rollback", "HEAD", "live"], 0);
    assert!(said.starts_with("same "), "{said}");
    link("content/elsewhere.svg", "/etc/passwd");
    stranger.git(&["add", "."]);
    stranger.git(&["commit", "--quiet", "--message", "A link that leads out"]);
    let said = stranger.project.said(&["rollback", "HEAD", "live"], 2);
    assert!(said.contains("`content/elsewhere.svg` is a symbolic link at"), "{said}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_name_in_a_commit_that_is_not_utf_8_is_refused() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let stranger = Stranger::new();
    let name = stranger.project.path("content/privacy").join(OsStr::from_bytes(b"0\xff.md"));
    fs::write(&name, "# A\n\nB.\n").unwrap();
    stranger.git(&["add", "."]);
    stranger.git(&["commit", "--quiet", "--message", "A name"]);
    fs::remove_file(name).unwrap();
    let said = stranger.project.said(&["rollback", "HEAD", "live"], 2);
    assert!(said.contains(r"the name of `content/privacy/0\xff.md` is not UTF-8"), "{said}");
}
