//! A project in a folder of its own, and the program at work in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use rustix::fs::{StatVfsMountFlags, statvfs};
use tempfile::TempDir;

use crate::tiers::times;

/// The day on which the tests take place.
pub const TODAY: &str = "2026-11-21";

/// What sets the clock of a program that is not optimised.
pub const CLOCK: &str = "POLICYBOOK_CLOCK";

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";

/// Returns true if files can be kept in memory. The quick tier makes and deletes a hundred
/// thousand, and a file system on a disk may look for what was deleted lately whenever it makes
/// one: a fifth of the time of all tests.
fn has_room() -> bool {
    let room = |memory: rustix::fs::StatVfs| {
        memory.f_bavail * memory.f_frsize > 1 << 30
            && !memory.f_flag.contains(StatVfsMountFlags::NOEXEC)
    };
    std::env::var_os("TMPDIR").is_none() && statvfs(MEMORY).is_ok_and(room)
}

/// A project's folder; it goes with the value.
pub struct Project {
    folder: TempDir,
}

impl Project {
    /// Makes an empty folder.
    pub fn empty() -> Project {
        let folder =
            if times(has_room(), false) { TempDir::new_in(MEMORY) } else { TempDir::new() };
        Project { folder: folder.expect("a folder for a test") }
    }

    /// Makes a copy of the example.
    pub fn example() -> Project {
        let project = Project::empty();
        assert!(project.run(&["init", "--quiet", "--example"]).status.success());
        project
    }

    /// Returns the folder.
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the place of a file.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Writes a file.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let place = self.path(path);
        fs::create_dir_all(place.parent().expect("a file lies in a folder"))
            .expect("make a folder");
        fs::write(place, bytes).expect("write a file");
    }

    /// Reads a file as text.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("read {path}: {error}"))
    }

    /// Runs the program in the folder.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_on(TODAY, arguments)
    }

    /// Runs the program in the folder on another day.
    pub fn run_on(&self, today: &str, arguments: &[&str]) -> Output {
        self.command(today, arguments).output().expect("run policybook")
    }

    /// Returns the program that is about to run in the folder on a day.
    pub fn command(&self, today: &str, arguments: &[&str]) -> Command {
        self.prepared(Command::new(env!("CARGO_BIN_EXE_policybook")), today, arguments)
    }

    /// Returns the program that is about to run in the folder under the system's own tracer, which
    /// does something to its acts on the disk: `inject` says what and to which, as
    /// `rename:error=ENOSPC:when=2`.
    #[cfg(target_os = "linux")]
    pub fn traced(&self, today: &str, inject: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("strace");
        let acts = inject.split(':').next().expect("the acts come first");
        command.args([
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            &format!("trace={acts}"),
            "-e",
            &format!("inject={inject}"),
        ]);
        command.arg(env!("CARGO_BIN_EXE_policybook"));
        self.prepared(command, today, arguments)
    }

    fn prepared(&self, mut command: Command, today: &str, arguments: &[&str]) -> Command {
        command
            .current_dir(self.root())
            .args(arguments)
            .args(["--today", today])
            .env_remove("SOURCE_DATE_EPOCH")
            .env("NO_COLOR", "1");
        command.env_remove("GITHUB_ACTIONS").env_remove("GITHUB_STEP_SUMMARY");
        // The day has come: what writes takes no other for today.
        command.env(CLOCK, format!("{today}T23:59:59Z"));
        command
    }

    /// Returns what a command says, which ends with this code.
    #[track_caller]
    pub fn said(&self, arguments: &[&str], code: i32) -> String {
        self.said_on(TODAY, arguments, code)
    }

    /// Returns what a command says on another day.
    #[track_caller]
    pub fn said_on(&self, today: &str, arguments: &[&str], code: i32) -> String {
        let output = self.run_on(today, arguments);
        let said = [output.stdout, output.stderr]
            .map(|stream| String::from_utf8(stream).unwrap())
            .concat();
        assert_eq!(output.status.code(), Some(code), "{said}");
        said
    }

    /// Changes words of a file wherever they stand in it, which must be somewhere.
    #[track_caller]
    pub fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no {from:?}");
        self.write(file, text.replace(from, to));
    }

    /// Proves that every released file is the one its `SHA256SUMS` names, that the ledger names the
    /// newest of these, and that every seal holds; by digests alone, without what the program does
    /// with a ledger.
    #[track_caller]
    pub fn prove(&self) {
        let ledger = self.read("content/versions/ledger.yaml");
        let digest = |bytes: &[u8]| policybook::tree::Digest::of(bytes).to_string();
        let mut above = 0;
        for line in ledger.split_inclusive('\n') {
            if let Some(seal) = line.strip_prefix("  seal: ") {
                assert_eq!(
                    seal.trim_end(),
                    digest(&ledger.as_bytes()[..above]),
                    "the seal below {above} bytes"
                );
            }
            above += line.len();
        }
        // A release names its documents as `ID: DIGEST`, a redaction as `RELEASE/ID: DIGEST`.
        let mut release = "";
        let mut named: BTreeMap<String, &str> = BTreeMap::new();
        for line in ledger.lines() {
            release = line.strip_prefix("- release: ").map_or(release, |id| id.trim_matches('"'));
            if let Some((document, sum)) =
                line.strip_prefix("    ").and_then(|line| line.split_once(": "))
            {
                let document = document.trim_matches('"');
                let document = if document.contains('/') {
                    document.to_owned()
                } else {
                    format!("{release}/{document}")
                };
                named.insert(document, sum);
            }
        }
        assert!(!named.is_empty(), "the ledger names documents");
        for (document, named) in named {
            let (release, id) = document.split_once('/').unwrap();
            let mut own = String::new();
            for line in
                self.read(&format!("content/versions/{release}/SHA256SUMS")).split_inclusive('\n')
            {
                let (sum, path) = line.trim_end().split_once("  ").unwrap();
                assert_eq!(
                    sum,
                    digest(
                        &fs::read(self.path(&format!("content/versions/{release}/{path}")))
                            .unwrap()
                    ),
                    "{release}/{path}"
                );
                if path.split(['/', '.']).next() == Some(id) {
                    own += line;
                }
            }
            assert_eq!(named, digest(own.as_bytes()), "{document}");
        }
    }

    /// Writes the files of a folder as they were before, and removes what was added.
    pub fn restore(&self, folder: &str, before: &[(String, Vec<u8>)]) {
        let now: BTreeMap<String, Vec<u8>> = self.files(folder).into_iter().collect();
        for path in now.keys().filter(|path| !before.iter().any(|(before, _)| before == *path)) {
            fs::remove_file(self.path(folder).join(path)).expect("remove a file");
        }
        for (path, bytes) in before.iter().filter(|(path, bytes)| now.get(path) != Some(bytes)) {
            self.write(&format!("{folder}/{path}"), bytes);
        }
    }

    /// Builds the site, which must succeed.
    pub fn build(&self, arguments: &[&str]) {
        let output = self.run(&[&["build"], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// Returns every file below a folder, by its path, in order.
    pub fn files(&self, folder: &str) -> Vec<(String, Vec<u8>)> {
        let root = self.path(folder);
        let files = walkdir::WalkDir::new(&root)
            .sort_by_file_name()
            .into_iter()
            .map(|entry| entry.expect("list a folder"));
        let files = files.filter(|entry| entry.file_type().is_file());
        let file = |entry: walkdir::DirEntry| {
            let path = entry
                .path()
                .strip_prefix(&root)
                .expect("below the folder")
                .to_string_lossy()
                .into_owned();
            (path, fs::read(entry.path()).expect("read a file"))
        };
        files.map(file).collect()
    }
}
