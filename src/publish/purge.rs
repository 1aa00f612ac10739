//! Who is told which addresses changed: a command, or a web address.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{io, thread};

use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use url::Url;

use crate::web;

/// How many addresses a web address is sent at once.
const BATCH: usize = 100;

/// How long a command may take: less than the lease has to run.
const PATIENCE: Duration = Duration::from_secs(300);

/// After how long it is said that a command is waited for.
const TOLD: Duration = Duration::from_secs(10);

/// Who is told which addresses changed, and how.
#[derive(Clone, Copy, Debug)]
pub struct Purge<'a> {
    /// Who.
    pub listener: Listener<'a>,
    /// The address of the site.
    pub site: &'a Url,
    /// How many addresses are named one by one, at most.
    pub limit: Option<usize>,
}

/// Who is told.
#[derive(Clone, Copy, Debug)]
pub enum Listener<'a> {
    /// A command of the shell, which reads the addresses line by line; more than the limit as
    /// folders, `https://acme.example/privacy/*`.
    Command(&'a str),
    /// A web address, which is sent `{"files": […]}`, or `{"purge_everything": true}` for more than
    /// the limit, with a secret for it if it asks for one.
    Web(&'a Url, Option<&'a str>),
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Stale<'a> {
    Files(&'a [String]),
    PurgeEverything(bool),
}

impl Purge<'_> {
    /// Tells which addresses of the site changed. `hear` hears what is waited for; `keep` keeps the
    /// right to go on.
    ///
    /// # Errors
    /// Says that the command or the web address could not do it.
    pub fn run(
        &self,
        addresses: &BTreeSet<String>,
        hear: &dyn Fn(&str),
        keep: &dyn Fn() -> Result<()>,
    ) -> Result<()> {
        let limit = self.limit.unwrap_or(usize::MAX);
        let whole = |addresses: BTreeSet<String>| -> Vec<String> {
            addresses.into_iter().map(|address| format!("{}{address}", self.site)).collect()
        };
        match self.listener {
            Listener::Command(command) => {
                let addresses = whole(collapsed(addresses, limit));
                run(command, &addresses, PATIENCE, hear)
            }
            Listener::Web(address, secret) => {
                let send = |stale: &Stale<'_>| {
                    keep()?;
                    let body = serde_json::to_vec(stale).context("write JSON")?;
                    web::post(address.as_str(), secret, &body)
                };
                match addresses.len() > limit {
                    true => send(&Stale::PurgeEverything(true)),
                    false => whole(addresses.clone())
                        .chunks(BATCH)
                        .try_for_each(|batch| send(&Stale::Files(batch))),
                }
            }
        }
    }
}

/// Returns addresses as at most so many: where there are more, each folder of the first level as a
/// whole, or all of them.
fn collapsed(addresses: &BTreeSet<String>, limit: usize) -> BTreeSet<String> {
    if addresses.len() <= limit {
        return addresses.clone();
    }
    let folder = |address: &String| {
        address.split_once('/').map_or_else(|| address.clone(), |(folder, _)| format!("{folder}/*"))
    };
    let folders: BTreeSet<String> = addresses.iter().map(folder).collect();
    if folders.len() <= limit { folders } else { BTreeSet::from(["*".to_owned()]) }
}

fn run(command: &str, addresses: &[String], patience: Duration, hear: &dyn Fn(&str)) -> Result<()> {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]).stdin(Stdio::piped()).stdout(io::stderr());
    let mut running = shell.spawn().with_context(|| format!("run `{command}`"))?;
    let mut input = running.stdin.take().context("write to a command")?;
    let list = addresses.join("\n") + "\n";
    let telling = thread::spawn(move || input.write_all(list.as_bytes()));
    let (start, mut told) = (Instant::now(), false);
    let status = loop {
        if let Some(status) = running.try_wait().with_context(|| format!("run `{command}`"))? {
            break status;
        }
        if start.elapsed() > patience {
            running.kill().with_context(|| format!("end `{command}`"))?;
            running.wait().with_context(|| format!("end `{command}`"))?;
            bail!("`{command}` was ended: it ran for more than {} seconds", patience.as_secs());
        }
        if start.elapsed() > TOLD && !told {
            hear(&format!("waiting for `{command}`, up to {} seconds", patience.as_secs()));
            told = true;
        }
        thread::sleep(Duration::from_millis(10));
    };
    if !status.success() {
        bail!("`{command}` failed: {status}");
    }
    // A command that needs no list, as it forgets everything, need not read one; what it started
    // and left behind may never.
    if !telling.is_finished() {
        return Ok(());
    }
    match telling.join().expect("writing does not panic") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(error).with_context(|| format!("tell `{command}`"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_addresses_become_few_that_hold_them() {
        let addresses = ["", "index.html", "privacy/", "privacy/feed.atom", "security/v/1/"]
            .map(str::to_owned)
            .into();
        let told = |limit| collapsed(&addresses, limit).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(told(5), " index.html privacy/ privacy/feed.atom security/v/1/");
        assert_eq!(told(4), " index.html privacy/* security/*");
        assert_eq!(told(3), "*");
    }

    #[test]
    fn a_command_reads_whole_addresses_line_by_line() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("told");
        let site = Url::parse("https://a.example/").unwrap();
        let command = format!("cat > '{}'", file.display());
        let told = |command: &str, limit: Option<usize>| {
            let addresses = ["", "p/", "p/x.html"].map(str::to_owned).into();
            Purge { listener: Listener::Command(command), site: &site, limit }
                .run(&addresses, &|_| {}, &|| Ok(()))
                .map_err(|error| error.to_string())
        };
        let read = || std::fs::read_to_string(&file).unwrap();
        told(&command, None).unwrap();
        assert_eq!(
            read(),
            "https://a.example/\nhttps://a.example/p/\nhttps://a.example/p/x.html\n"
        );
        told(&command, Some(2)).unwrap();
        assert_eq!(read(), "https://a.example/\nhttps://a.example/p/*\n");
        assert_eq!(told("true", None), Ok(()), "who needs no list need not read one");
        assert!(told("exit 3", None).unwrap_err().starts_with("`exit 3` failed: "));
        let ended = run("exec sleep 100", &[], Duration::from_millis(50), &|_| {}).unwrap_err();
        assert_eq!(ended.to_string(), "`exec sleep 100` was ended: it ran for more than 0 seconds");
    }
}
