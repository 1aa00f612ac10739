//! How long it takes to publish a site to an object store, and to find out that there is nothing to
//! do, beside rclone, which copies the same files to the same store in the same rounds: what both
//! wait for is the store.
//!
//! `cargo bench --bench publish` measures 1,000 and 10,000 files, `cargo bench --bench publish --
//! 300` as many as it is told. The store is SeaweedFS on this machine; `tests/run` installs both
//! programs, or WEED and RCLONE name them.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is an edge: it has a clock, a disk, a network and other programs"
)]
#![allow(clippy::print_stdout, reason = "its answer goes to standard output")]

mod child;
#[allow(dead_code, reason = "the other bench uses the rest")]
mod corpus;
#[allow(dead_code, reason = "the other bench uses the rest")]
mod table;

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, thread};

use anyhow::{Context as _, Result, ensure};
use policybook::store;
use tempfile::TempDir;
use walkdir::WalkDir;

use crate::table::Row;

/// How many files are published where nobody says otherwise.
const SIZES: [usize; 2] = [1_000, 10_000];

/// How many files a policy has, at the least.
const FILES: usize = 10;

/// How often each is measured.
const ROUNDS: usize = 3;

/// How many files either program sends at the same time.
const HANDS: &str = "16";

/// A store at work; it ends with the value.
struct Weed {
    process: Child,
    port: u16,
    folder: TempDir,
}

fn main() -> Result<()> {
    let asked: Vec<usize> =
        env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { &SIZES[..] } else { &asked };
    let weed = Weed::start()?;
    for &files in sizes {
        measure(&weed, files.div_ceil(FILES))?;
    }
    Ok(())
}

/// Publishes a site of so many policies, in turn with rclone, and prints what that took.
fn measure(weed: &Weed, policies: usize) -> Result<()> {
    let folder =
        tempfile::Builder::new().prefix("policybook-").tempdir().context("make a folder")?;
    store::add(folder.path(), &corpus::project(policies, 1))?;
    let policybook = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
        command
            .args(arguments)
            .args(["--quiet", "--today", corpus::TODAY, "-C"])
            .arg(folder.path())
            .env_remove("SOURCE_DATE_EPOCH");
        weed.name(&mut command);
        command
    };
    child::run(&mut policybook(&["build", "--locked"]))?;
    let public = folder.path().join("public");
    let ours = |path: &Path| path.file_name().is_some_and(|name| name == ".policybook");
    let all = WalkDir::new(&public).into_iter().filter_entry(|entry| !ours(entry.path()));
    let files =
        all.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.file_type().is_file())).count();
    let row = |name, written| Row { name, costs: Vec::new(), written, files };
    let mut rows = [row("policybook", files), row("policybook unchanged", 0)];
    let mut peer = row("rclone copy", files);
    for round in 0..ROUNDS {
        let target = format!("s3://site/{policies}/own{round}");
        for row in &mut rows {
            row.costs.push(child::run(&mut policybook(&[
                "publish",
                &target,
                "--no-verify",
                "--jobs",
                HANDS,
            ]))?);
        }
        let mut rclone = weed.rclone();
        rclone.args([
            "copy",
            "--quiet",
            "--transfers",
            HANDS,
            "--checkers",
            HANDS,
            "--s3-no-check-bucket",
            "--exclude",
            "/.policybook/**",
        ]);
        rclone.arg(&public).arg(format!(":s3:site/{policies}/other{round}"));
        peer.costs.push(child::run(&mut rclone)?);
    }
    let shares = table::shares(&rows, &peer);
    let [full, unchanged] = rows;
    println!("\n{files} files, {ROUNDS} rounds; what is under pages/s are files\n");
    println!("{}", table::figures(&[full, unchanged, peer], files));
    println!("{shares}");
    Ok(())
}

/// Returns a program that `tests/run` installs, or that a variable names.
fn tool(variable: &str, name: &str) -> PathBuf {
    let installed =
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/s3/bin").join(name);
    env::var_os(variable).map_or_else(installed, PathBuf::from)
}

impl Weed {
    fn start() -> Result<Weed> {
        let folder = tempfile::Builder::new()
            .prefix("policybook-")
            .tempdir()
            .context("make a folder for the store")?;
        let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        let port = (21_000..50_000)
            .step_by(10)
            .find(|base| (0..4).all(|at| free(base + at) && free(base + at + 10_000)));
        let port = port.context("free ports")?;
        let mut command = Command::new(tool("WEED", "weed"));
        command.args([
            "mini",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-bucket=site",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
        ]);
        command
            .args(["-master.telemetry=false", "-admin.ui=false", "-webdav=false"])
            .arg(format!("-dir={}", folder.path().display()));
        let names = ["-s3.port", "-master.port", "-volume.port", "-filer.port"];
        command
            .args(names.iter().zip(port..).map(|(name, port)| format!("{name}={port}")))
            .current_dir(folder.path());
        command.envs([("AWS_ACCESS_KEY_ID", "testkey"), ("AWS_SECRET_ACCESS_KEY", "testsecret")]);
        let process = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("run SeaweedFS, which tests/run installs")?;
        let weed = Weed { process, port, folder };
        let start = Instant::now();
        let mut probe = weed.rclone();
        probe
            .args(["lsf", "--quiet", "--retries", "1", "--low-level-retries", "1", ":s3:site"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        while TcpStream::connect(("127.0.0.1", port)).is_err()
            || !probe.status().context("run rclone, which tests/run installs")?.success()
        {
            ensure!(start.elapsed() < Duration::from_secs(60), "SeaweedFS does not answer");
            thread::sleep(Duration::from_millis(100));
        }
        Ok(weed)
    }

    /// Returns the other program, which writes into the same store.
    fn rclone(&self) -> Command {
        let mut command = Command::new(tool("RCLONE", "rclone"));
        command
            .env("RCLONE_CONFIG", self.folder.path().join("rclone.conf"))
            .env("RCLONE_S3_ENV_AUTH", "true");
        command
            .env("RCLONE_S3_PROVIDER", "SeaweedFS")
            .env("RCLONE_S3_ENDPOINT", format!("http://127.0.0.1:{}", self.port));
        self.name(&mut command);
        command
    }

    /// Gives a command what it takes to write into the store.
    fn name(&self, command: &mut Command) {
        command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{}", self.port));
        command.envs([
            ("AWS_ACCESS_KEY_ID", "testkey"),
            ("AWS_SECRET_ACCESS_KEY", "testsecret"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
        ]);
    }
}

impl Drop for Weed {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
