//! `policybook serve`: the site on this machine, made again at every save. The one file that names
//! the library which opens a browser.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};
use std::{io, thread};

use anyhow::{Context as _, Result, bail};
use clap::Args;
use clap::builder::styling::Style;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};

use crate::check::Edition;
use crate::cli::keys::Keys;
use crate::cli::{Access, Ending, Global, build, report, style};
use crate::compile::{Memos, Options, compile_again};
use crate::diagnostic::{Diagnostics, Severity};
use crate::serve::{Channel, DEFAULT_PORT, How, Server, Shown, Snapshot, Watch};
use crate::store::{Project, Seen};
use crate::tree::{Digest, File, Tree, TreePath};

/// Preview the site locally and reload on every save
///
/// Serves what `build` would write, from memory; the output directory is not touched. If the
/// content has errors, the last good build stays, with the errors shown on top of it.
#[derive(Args, Debug)]
#[command(after_help = "Keys: o open the browser, r rebuild, c check, q quit")]
pub struct Serve {
    /// Port to listen on [default: 4040, or the next free one]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// IP address to listen on; requests for a host name other than `localhost` are refused
    #[arg(long, value_name = "ADDR", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Open the browser
    #[arg(long)]
    open: bool,
    /// Poll for changes every MS milliseconds, for file systems that do not report them [default:
    /// 500]
    #[arg(long, value_name = "MS", num_args = 0..=1, require_equals = true, default_missing_value = "500")]
    #[arg(value_parser = clap::value_parser!(u64).range(20..=60_000))]
    poll: Option<u64>,
}

/// What the maintainer, the folders or the clock ask for.
enum Call {
    /// Look whether anything is other than before.
    Look,
    /// A key was pressed.
    Key(char),
}

/// How often it is looked without a reason: the day may be another.
const ROUND: Duration = Duration::from_secs(60);
/// How often a project is read again at once that is being changed while it is read.
const ATTEMPTS: u32 = 5;
/// How long that change is waited for.
const PAUSE: Duration = Duration::from_millis(20);

impl Serve {
    /// Serves until it is stopped.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let mut desk = Preview::new(global);
        desk.look(true)?;
        let server = self.bind()?;
        let address = server.address;
        server.start(desk.board.clone()).context("start the server")?;
        desk.tell("serving", &desk.serving(address, self.port));
        if !address.ip().is_loopback() && !global.quiet {
            report::note(
                "whoever reaches this machine can read the site, with its unreleased words",
            );
        }
        let (calls, called) = mpsc::channel();
        let asked = Arc::new(AtomicBool::new(false));
        let look = {
            let (calls, asked) = (calls.clone(), asked.clone());
            // One call is enough until it is heard.
            move || {
                if !asked.swap(true, Ordering::SeqCst) {
                    // The receiver is dropped only when the program ends.
                    let _ = calls.send(Call::Look);
                }
            }
        };
        let watch = Watch::start(&global.directory, self.poll.map(Duration::from_millis), look)
            .context("watch the project")?;
        desk.tell("watching", &watching(&watch));
        // Saved before the watch began.
        desk.look(false)?;
        let keys = Keys::start(move |key| drop(calls.send(Call::Key(key))));
        if keys.is_some() {
            desk.tell("keys", "o opens the browser, r builds again, c checks, q ends");
        }
        if self.open {
            desk.open(address);
        }
        loop {
            match called.recv_timeout(ROUND) {
                Ok(Call::Key('q')) => return Ok(Ending::Done),
                Ok(Call::Key('o')) => desk.open(address),
                Ok(Call::Key('r')) => desk.look(true)?,
                Ok(Call::Key('c')) => desk.check(),
                Ok(Call::Key(_)) => {}
                Ok(Call::Look) | Err(RecvTimeoutError::Timeout) => {
                    // What is saved from here on is another call.
                    asked.store(false, Ordering::SeqCst);
                    desk.look(false)?;
                }
                // Without keys nobody is left to call but the clock.
                Err(RecvTimeoutError::Disconnected) => thread::sleep(ROUND),
            }
        }
    }

    fn bind(&self) -> Result<Server> {
        match (Server::bind(self.bind, self.port), self.port) {
            (Ok(server), _) => Ok(server),
            (Err(error), Some(port)) if error.kind() == io::ErrorKind::AddrInUse => {
                bail!(
                    "port {port} is taken by another program; choose another `--port`, or omit it to use a free one"
                )
            }
            (Err(error), port) => Err(error).with_context(|| {
                format!("listen on {}", SocketAddr::new(self.bind, port.unwrap_or(DEFAULT_PORT)))
            }),
        }
    }
}

/// The project as it was last read, and what is shown of it.
struct Preview<'a> {
    global: &'a Global,
    board: Arc<Channel>,
    memos: Memos,
    seen: Seen,
    /// What was read, and on which day.
    read: Option<(Digest, Date)>,
    /// When something ends next that is trusted until then.
    until: Option<Timestamp>,
    /// Whether it could not be read the last time.
    unreadable: bool,
    /// The files that were read.
    files: Tree<File>,
    /// What could not be read.
    unread: Diagnostics,
    /// What was found in them.
    found: Diagnostics,
}

impl<'a> Preview<'a> {
    fn new(global: &'a Global) -> Preview<'a> {
        let (files, unread, found) = (Tree::new(), Diagnostics::new(), Diagnostics::new());
        Preview {
            global,
            board: Arc::default(),
            memos: build::memos(&global.directory),
            seen: Seen::default(),
            read: None,
            until: None,
            unreadable: false,
            files,
            unread,
            found,
        }
    }

    /// Reads the project, and makes the site again where anything is other than before, or
    /// `anyway`.
    fn look(&mut self, anyway: bool) -> Result<()> {
        let start = Instant::now();
        let project = match self.project() {
            Ok(project) => project,
            Err(error) if self.read.is_none() => return Err(error),
            Err(error) => {
                self.tell_unreadable(&error);
                return Ok(());
            }
        };
        let options = Options {
            edition: Edition::Draft,
            now: self.global.now(&project.files, Access::Reads)?,
        };
        let read = Some((options.digest(&project.files), options.now.day));
        let ended = self.until.is_some_and(|until| until <= options.now.moment);
        if ended
            || anyway
            || self.unreadable
            || self.read != read
            || self.unread != project.diagnostics
        {
            (self.read, self.unreadable) = (read, false);
            self.make(project, options, start);
        }
        Ok(())
    }

    /// Reads the project, again where it is being changed meanwhile.
    fn project(&self) -> Result<Project> {
        let mut attempt = 1;
        loop {
            match Project::read_again(&self.global.directory, &self.seen) {
                Err(_) if attempt < ATTEMPTS && self.read.is_some() => {
                    thread::sleep(PAUSE * attempt)
                }
                done => return done,
            }
            attempt += 1;
        }
    }

    /// Makes the site, shows it, and says so.
    fn make(&mut self, project: Project, options: Options, start: Instant) {
        let Project { files, diagnostics } = project;
        let mut compiled = compile_again(&files, options, &self.memos);
        self.until = compiled.coming_end();
        self.unread = diagnostics.clone();
        compiled.diagnostics.extend(diagnostics);
        let before = self.board.shown();
        let rest = before.site.as_deref().and_then(Snapshot::rest);
        let base = compiled.site.config.base_url.path().to_owned();
        let (rendered, rest, found) = compiled.preview(&files, &self.memos, rest);
        let made = now();
        let saved = saved(&self.files, &files);
        (self.files, self.found) = (files, found);
        let errors = self.printed(Severity::Error);
        let warnings = self.printed(Severity::Warning);
        let failed = !errors.is_empty();
        let fresh = (!failed)
            .then(|| Arc::new(Snapshot::new(&base, rendered, before.site.as_deref()).with(rest)));
        let shown = Shown {
            made: if failed { before.made.clone() } else { made.clone() },
            site: fresh.clone().or_else(|| before.site.clone()),
            errors,
            warnings,
        };
        let said = match (&fresh, &before.site) {
            (None, _) => Said::Failed { still: shown.site.is_some().then_some(&before.made) },
            (Some(site), None) => Said::First(site.counts()),
            (Some(site), Some(before)) => Said::Changed(site.changed(before).len()),
        };
        let line = said.line(saved.as_deref(), self.found.count(Severity::Error), start);
        self.board.show(shown);
        report::findings(&self.found, &self.files, self.global.quiet);
        let colour = if failed { style::ERROR } else { style::DONE };
        if failed || !self.global.quiet {
            say(colour, &made, &line);
        }
    }

    /// Returns the findings of a weight, as they are shown over a page.
    fn printed(&self, severity: Severity) -> Vec<String> {
        let found = self.found.sorted().into_iter().filter(|found| found.severity == severity);
        found.map(|found| report::plain(found, &self.files)).collect()
    }

    /// Says that the project cannot be read; it is tried again.
    fn tell_unreadable(&mut self, error: &anyhow::Error) {
        let error = format!("{error:#}");
        let shown = self.board.shown();
        if shown.errors != [error.clone()] {
            self.unreadable = true;
            say(style::ERROR, &now(), &error);
            self.board.show(Shown { errors: vec![error], ..Shown::clone(&shown) });
        }
    }

    /// Says again what was found.
    fn check(&self) {
        report::findings(&self.found, &self.files, false);
        let (errors, warnings) =
            (self.found.count(Severity::Error), self.found.count(Severity::Warning));
        say(
            style::DONE,
            &now(),
            &format!(
                "{} and {}",
                report::counted(errors, "error"),
                report::counted(warnings, "warning")
            ),
        );
    }

    /// Opens the browser.
    fn open(&self, address: SocketAddr) {
        if let Err(error) = open::that_detached(self.front(address)) {
            report::note(&format!("the browser does not open: {error}"));
        }
    }

    /// Returns the address of the front page, as this machine reaches it.
    fn front(&self, mut address: SocketAddr) -> String {
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() {
                Ipv4Addr::LOCALHOST.into()
            } else {
                Ipv6Addr::LOCALHOST.into()
            });
        }
        let shown = self.board.shown();
        format!("http://{address}{}", shown.site.as_ref().map_or("/", |site| site.base()))
    }

    fn serving(&self, address: SocketAddr, asked: Option<u16>) -> String {
        let taken = asked.is_none() && address.port() != DEFAULT_PORT;
        let taken = if taken {
            format!(" (port {DEFAULT_PORT} is taken, so {})", address.port())
        } else {
            String::new()
        };
        format!("{}{taken}", self.front(address))
    }

    fn tell(&self, word: &str, line: &str) {
        if !self.global.quiet {
            say(style::DONE, &format!("{word:>8}"), line);
        }
    }
}

/// What became of a save.
enum Said<'a> {
    /// There are errors; the time of day at which what is still shown was made.
    Failed { still: Option<&'a String> },
    /// The first site: its pages and other files.
    First((usize, usize)),
    /// So many pages are other than before.
    Changed(usize),
}

impl Said<'_> {
    fn line(&self, saved: Option<&str>, errors: usize, start: Instant) -> String {
        let saved = saved.map(|saved| format!("{saved}: ")).unwrap_or_default();
        let took = report::elapsed(start);
        match self {
            Said::Failed { still: Some(made) } => format!(
                "{saved}{}, still showing the build of {made}",
                report::counted(errors, "error")
            ),
            Said::Failed { still: None } => {
                format!("{}: nothing to show yet", report::counted(errors, "error"))
            }
            Said::First((pages, others)) => {
                format!(
                    "built {} and {} in {took}",
                    report::counted(*pages, "page"),
                    report::counted(*others, "other file")
                )
            }
            Said::Changed(0) => format!("{saved}no page changed, {took}"),
            Said::Changed(pages) => {
                format!("{saved}{} changed, {took}", report::counted(*pages, "page"))
            }
        }
    }
}

/// Returns what was saved, in a few words; nothing the first time and where nothing was.
fn saved(before: &Tree<File>, after: &Tree<File>) -> Option<String> {
    if before.is_empty() {
        return None;
    }
    let other = |(path, file): &(&TreePath, &File)| {
        before.get(path).is_none_or(|old| old.digest() != file.digest())
    };
    let new = after.iter().filter(other).map(|(path, _)| path);
    let gone = before.iter().map(|(path, _)| path).filter(|path| after.get(path).is_none());
    let mut saved = new.chain(gone);
    let first = saved.next()?;
    Some(match saved.count() {
        0 => first.to_string(),
        more => format!("{first} and {}", report::counted(more, "other file")),
    })
}

fn watching(watch: &Watch) -> String {
    let how = match watch.how {
        How::Events => "content/ and themes/".to_owned(),
        How::Poll(time) => {
            let why = watch.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            format!("content/ and themes/ by reading them every {} ms{why}", time.as_millis())
        }
    };
    format!("{how}; Ctrl-C ends")
}

fn say(colour: Style, word: &str, line: &str) {
    anstream::eprintln!("{colour}{word}{colour:#} {line}");
}

/// Returns the time of day, where the clock is.
fn now() -> String {
    Zoned::now().strftime("%H:%M:%S").to_string()
}
