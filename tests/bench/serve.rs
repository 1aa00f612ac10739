//! How long it takes from a save until a browser that follows the page has been told and has the
//! new words, and what memory a thousand saves take: in the example, and in one of many policies.
//!
//! `cargo bench --bench serve` measures 1,000 policies, `cargo bench --bench serve -- 100 200` as
//! many as it is told. What is measured holds the time for which the preview waits for further
//! changes; it is printed, to be taken off.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is an edge: it has a clock, a disk, a network and other programs"
)]
#![allow(clippy::print_stdout, reason = "its answer goes to standard output")]

#[allow(dead_code, reason = "the other bench uses the rest")]
mod corpus;

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use anyhow::{Context as _, Result, ensure};
use policybook::serve::QUIET;
use policybook::store;
use policybook::tree::{File, Tree};

/// How many policies are served where nobody says otherwise.
const POLICIES: [usize; 1] = [1_000];
/// How many saves the example takes.
const MANY: usize = 1_000;
/// How many saves a site of many policies takes.
const FEW: usize = 100;
/// How long anything may take before it counts as never.
const PATIENCE: Duration = Duration::from_secs(60);

/// A preview at work; it ends with the value.
struct Preview {
    child: Child,
    host: String,
}

fn main() -> Result<()> {
    let asked: Vec<usize> =
        env::args().skip(1).filter_map(|argument| argument.parse().ok()).collect();
    let sizes = if asked.is_empty() { &POLICIES[..] } else { &asked };
    println!(
        "From a save to the new words, with {} ms in which the preview waits for further changes.\n",
        QUIET.as_millis()
    );
    println!(
        "{:<22}{:>8}{:>9}{:>9}{:>9}{:>9}{:>14}{:>18}",
        "", "saves", "p50 ms", "p90", "p99", "max", "p50 less wait", "resident MB"
    );
    let section = "content/security/010-reporting.md";
    measure("example", &store::example(), section, "/security/", MANY)?;
    for &policies in sizes {
        let page = corpus::Page::new(policies.div_ceil(2), policies);
        let address = format!("/{}/", page.id);
        measure(
            &format!("{policies} policies"),
            &corpus::project(policies, 1),
            page.path().as_str(),
            &address,
            FEW,
        )?;
    }
    Ok(())
}

/// Serves a project, saves one of its files over and over, and prints what that took.
fn measure(name: &str, files: &Tree<File>, file: &str, address: &str, saves: usize) -> Result<()> {
    let folder = tempfile::Builder::new()
        .prefix("policybook-")
        .tempdir()
        .context("make a folder to serve")?;
    store::add(folder.path(), files)?;
    let preview = Preview::start(folder.path())?;
    let mut told =
        BufReader::new(preview.request(&format!("/.policybook/events?page={address}&digest="))?);
    wait(&mut told)?;
    let place = folder.path().join(file);
    let text = fs::read_to_string(&place)?;
    let mut times = Vec::new();
    let mut memory = Vec::new();
    for save in 1..=saves {
        let start = Instant::now();
        fs::write(&place, format!("{text}\nThese are the words of save {save}.\n"))?;
        wait(&mut told)?;
        let mut page = String::new();
        preview.request(address)?.read_to_string(&mut page)?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        ensure!(page.contains(&format!("save {save}.")), "the page is not that of save {save}");
        if save == saves / 10 || save == saves {
            memory.push(preview.memory()?);
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let memory: Vec<String> =
        memory.iter().map(|bytes| format!("{:.1}", *bytes as f64 / 1e6)).collect();
    println!(
        "{name:<22}{saves:>8}{:>9.1}{:>9.1}{:>9.1}{:>9.1}{:>14.1}{:>18}",
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0),
        at(0.5) - QUIET.as_secs_f64() * 1e3,
        memory.join(" → ")
    );
    Ok(())
}

/// Waits for the next thing that a page is told.
fn wait(told: &mut impl BufRead) -> Result<()> {
    let mut line = String::new();
    while !line.starts_with("data: ") {
        line.clear();
        ensure!(told.read_line(&mut line)? > 0, "the preview hung up");
    }
    Ok(())
}

impl Preview {
    fn start(project: &Path) -> Result<Preview> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
        command
            .args(["serve", "--port", "0", "--today", corpus::TODAY, "-C"])
            .arg(project)
            .env("NO_COLOR", "1");
        let mut child = command
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("run policybook")?;
        let mut lines = BufReader::new(child.stderr.take().context("a pipe")?).lines();
        let serving = lines
            .find_map(|line| line.ok()?.trim().strip_prefix("serving http://").map(str::to_owned));
        let host = serving
            .as_deref()
            .and_then(|rest| rest.split('/').next())
            .context("policybook does not say where it serves")?
            .to_owned();
        // It watches when it says so; the rest is read so that it never stands still.
        ensure!(
            lines.any(|line| line.is_ok_and(|line| line.starts_with("watching"))),
            "policybook does not watch"
        );
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Preview { child, host })
    }

    /// Asks for a path; returns what the answer is read from.
    fn request(&self, path: &str) -> Result<TcpStream> {
        let mut stream = TcpStream::connect(&self.host).context("connect")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes())?;
        Ok(stream)
    }

    /// Returns how many bytes of memory are resident.
    fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .context("read the memory of the preview")?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("the memory that is resident")?;
        Ok(line.trim().trim_end_matches(" kB").trim().parse::<u64>()? << 10)
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
