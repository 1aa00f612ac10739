//! Who is told which addresses changed: a command, or a web address.

use std::collections::BTreeSet;
use std::io;
use std::io::Write as _;
use std::process::Command;
use std::process::Stdio;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;
use serde::Serialize;
use url::Url;

use crate::store;

/// How many addresses a web address is sent at once.
const BATCH: usize = 100;

/// Who is told which addresses changed.
#[derive(Clone, Copy, Debug)]
pub enum Purge<'a> {
    /// Nobody.
    Nobody,
    /// A command of the shell, which reads them line by line.
    Command(&'a str, &'a Url),
    /// A web address, which is sent `{"files": […]}`, with a secret for it if it asks for one.
    Web(&'a Url, Option<&'a str>, &'a Url),
}

#[derive(Serialize)]
struct Stale {
    files: Vec<String>,
}

impl Purge<'_> {
    /// Tells which addresses of the site changed.
    ///
    /// # Errors
    /// Says that the command or the web address could not do it.
    pub fn run(&self, addresses: &BTreeSet<String>) -> Result<()> {
        let whole = |site: &Url| addresses.iter().map(|address| format!("{site}{address}")).collect::<Vec<_>>();
        match self {
            Purge::Nobody => Ok(()),
            Purge::Command(command, site) => run(command, &whole(site)),
            Purge::Web(address, secret, site) => whole(site).chunks(BATCH).try_for_each(|batch| {
                let body = serde_json::to_vec(&Stale { files: batch.to_vec() }).context("write JSON")?;
                store::post(address.as_str(), *secret, &body)
            }),
        }
    }
}

fn run(command: &str, addresses: &[String]) -> Result<()> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::piped()).stdout(io::stderr());
    let mut running = shell.spawn().with_context(|| format!("run `{command}`"))?;
    let told = running.stdin.take().map(|mut input| input.write_all((addresses.join("\n") + "\n").as_bytes()));
    let status = running.wait().with_context(|| format!("run `{command}`"))?;
    if !status.success() {
        bail!("`{command}` failed: {status}");
    }
    match told {
        // A command that needs no list, as it forgets everything, need not read one.
        Some(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(error).with_context(|| format!("tell `{command}`")),
        _ => Ok(()),
    }
}
