//! How long a site takes and how much memory: built into an absent folder, built again, built after
//! one edited word, after one release and with another theme, and checked only.
//!
//! `cargo bench` measures 100 to 10,000 pages of one version and 10 to 1,000 of ten, `cargo bench --
//! 100 200 20x10` what it is told.
//! `ZOLA=… HUGO=… cargo bench` has those programs build the same words in the same rounds, so that
//! a share of their cost is worth more than a time on one machine.

#![allow(
    clippy::disallowed_methods,
    reason = "a bench is an edge: it has a clock, a disk and other programs"
)]
#![allow(clippy::print_stdout, reason = "a bench answers on standard output")]

mod child;
mod corpus;
mod peers;
mod table;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};
use std::{env, fs, thread};

use anyhow::{Context as _, Result, bail};
use policybook::store;
use walkdir::WalkDir;

use crate::corpus::{Page, TODAY};
use crate::table::Row;

/// The sites that are measured where nobody says otherwise.
const SIZES: [Size; 6] = [
    Size { pages: 100, versions: 1 },
    Size { pages: 1_000, versions: 1 },
    Size { pages: 10_000, versions: 1 },
    Size { pages: 10, versions: 10 },
    Size { pages: 100, versions: 10 },
    Size { pages: 1_000, versions: 10 },
];

/// The release that is made and taken back.
const RELEASE: &str = "bench";

/// The word with which the bench starts itself to lay out a site.
const LAY_OUT: &str = "lay-out";

/// How large a site is.
#[derive(Clone, Copy)]
struct Size {
    /// How many policies it has.
    pages: usize,
    /// How many versions each has.
    versions: usize,
}

/// A generator of sites.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tool {
    Policybook,
    Zola,
    Hugo,
}

/// What a build finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// No output folder.
    Cold,
    /// The output of the same words.
    Unchanged,
    /// The output of the words before one was changed.
    Edited,
    /// The output before that was released.
    Released,
    /// The output of another theme.
    Themed,
    /// Any: nothing is built, and the words are checked.
    Checked,
}

/// A tool, its program and the site it builds.
struct Contender {
    tool: Tool,
    program: PathBuf,
    folder: PathBuf,
}

fn main() -> Result<()> {
    let arguments: Vec<String> =
        env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    match &arguments[..] {
        [word, tool, pages, versions, folder] if word == LAY_OUT => {
            let size = Size { pages: number(pages)?, versions: number(versions)? };
            lay_out(Tool::named(tool)?, size, Path::new(folder))
        }
        [] => bench(&SIZES),
        sizes => bench(&sizes.iter().map(|pages| size(pages)).collect::<Result<Vec<_>>>()?),
    }
}

/// Reads how large a site is: `100`, or `100x10` with the versions of each policy.
fn size(text: &str) -> Result<Size> {
    let (pages, versions) = text.split_once('x').unwrap_or((text, "1"));
    Ok(Size { pages: number(pages)?, versions: number(versions)? })
}

fn number(text: &str) -> Result<usize> {
    text.parse()
        .ok()
        .filter(|number| *number > 0)
        .with_context(|| format!("`{text}` is not a number of pages or versions"))
}

/// Measures a site of each size.
fn bench(sizes: &[Size]) -> Result<()> {
    let shared = Path::new("/dev/shm");
    let disk = if shared.is_dir() { shared.to_owned() } else { env::temp_dir() };
    println!("Sites are laid out and built below {}.", disk.display());
    println!(
        "A page is a policy. policybook also makes its permanent pages, its comparisons, its history and what programs read; `files` counts all."
    );
    let mut measured: Vec<(Size, Vec<Row>)> = Vec::new();
    for &size in sizes {
        let Size { pages, versions } = size;
        let folder = tempfile::Builder::new()
            .prefix("policybook-")
            .tempdir_in(&disk)
            .context("make a folder to build in")?;
        let contenders = contenders(folder.path(), size)?;
        let rounds = if pages * versions <= 2_000 { 7 } else { 3 };
        let page = Page::new(1, pages);
        let (words, kilobytes) =
            (page.words.split_whitespace().count(), page.words.len() as f64 / 1e3);
        println!(
            "\n{pages} pages of about {words} words ({kilobytes:.1} kB) in {versions} versions, the median and the least of {rounds} rounds\n"
        );
        let rows = measure(&contenders, size, rounds)?;
        println!("{}", table::figures(&rows, pages));
        let (own, peers) = rows.split_at(Tool::Policybook.states().len());
        println!("{}", table::shares(own, &own[0]));
        // They know one version of a page.
        for peer in peers.iter().filter(|_| versions == 1) {
            println!("{}", table::shares(own, peer));
        }
        let smaller = measured.iter().rev().find(|(other, _)| other.versions == versions);
        if let Some((few, small)) = smaller {
            println!("{}", table::growth((few.pages, small), (pages, &rows)));
        }
        measured.push((size, rows));
    }
    Ok(())
}

/// Lays out the site of every tool there is.
fn contenders(folder: &Path, size: Size) -> Result<Vec<Contender>> {
    let mut contenders = Vec::new();
    for tool in [Tool::Policybook, Tool::Zola, Tool::Hugo] {
        let Some(program) = tool.program() else { continue };
        let folder = folder.join(tool.name());
        // In a process of its own: a child inherits its parent's peak of memory, so the parent that
        // measures has to stay small.
        let bench = env::current_exe().context("find the bench")?;
        child::run(
            Command::new(bench)
                .args([LAY_OUT, tool.name(), &size.pages.to_string(), &size.versions.to_string()])
                .arg(&folder),
        )?;
        contenders.push(Contender { tool, program, folder });
    }
    Ok(contenders)
}

fn lay_out(tool: Tool, Size { pages, versions }: Size, folder: &Path) -> Result<()> {
    let files = match tool {
        Tool::Policybook => corpus::project(pages, versions),
        Tool::Zola => peers::zola(pages),
        Tool::Hugo => peers::hugo(pages),
    };
    fs::create_dir_all(folder)?;
    store::add(folder, &files)?;
    Ok(())
}

/// Has every contender build its site in every state, in turn, round after round.
fn measure(contenders: &[Contender], size: Size, rounds: usize) -> Result<Vec<Row>> {
    let builds: Vec<(&Contender, State)> = contenders
        .iter()
        .flat_map(|contender| contender.tool.states().iter().map(move |state| (contender, *state)))
        .collect();
    let mut rows: Vec<Row> = builds
        .iter()
        .map(|(contender, state)| Row {
            name: label(contender.tool, *state),
            costs: Vec::new(),
            written: 0,
            files: 0,
        })
        .collect();
    for _ in 0..rounds {
        for ((contender, state), row) in builds.iter().zip(&mut rows) {
            contender.measure(*state, size.pages, row)?;
        }
    }
    Ok(rows)
}

fn label(tool: Tool, state: State) -> &'static str {
    match (tool, state) {
        (Tool::Policybook, State::Cold) => "policybook cold",
        (Tool::Policybook, State::Unchanged) => "policybook unchanged",
        (Tool::Policybook, State::Edited) => "policybook one edit",
        (Tool::Policybook, State::Released) => "policybook one release",
        (Tool::Policybook, State::Themed) => "policybook new theme",
        (Tool::Policybook, State::Checked) => "policybook check",
        (Tool::Zola, _) => "Zola",
        (Tool::Hugo, _) => "Hugo",
    }
}

impl Tool {
    fn name(self) -> &'static str {
        match self {
            Tool::Policybook => "policybook",
            Tool::Zola => "zola",
            Tool::Hugo => "hugo",
        }
    }

    fn named(name: &str) -> Result<Tool> {
        let tools = [Tool::Policybook, Tool::Zola, Tool::Hugo];
        tools
            .into_iter()
            .find(|tool| tool.name() == name)
            .with_context(|| format!("`{name}` is not measured here"))
    }

    /// Returns the program: our own, or the one that the environment names.
    fn program(self) -> Option<PathBuf> {
        match self {
            Tool::Policybook => Some(PathBuf::from(env!("CARGO_BIN_EXE_policybook"))),
            Tool::Zola => env::var_os("ZOLA").map(PathBuf::from),
            Tool::Hugo => env::var_os("HUGO").map(PathBuf::from),
        }
    }

    /// Returns the states in which a build is worth measuring, in an order in which each leads to
    /// the next. The others keep nothing between builds: each is a full one.
    fn states(self) -> &'static [State] {
        match self {
            Tool::Policybook => &[
                State::Cold,
                State::Unchanged,
                State::Edited,
                State::Released,
                State::Themed,
                State::Checked,
            ],
            Tool::Zola | Tool::Hugo => &[State::Cold],
        }
    }
}

impl Contender {
    /// Builds the site once in a state and adds what that took.
    fn measure(&self, state: State, pages: usize, row: &mut Row) -> Result<()> {
        let out = self.folder.join("public");
        if state == State::Cold && out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let page = Page::new(pages.div_ceil(2), pages);
        let changed = match state {
            State::Edited | State::Released => vec![self.folder.join(page.path().as_str())],
            State::Themed => vec![self.folder.join("themes/default/messages/en.yaml")],
            State::Cold | State::Unchanged | State::Checked => Vec::new(),
        };
        let ledger = self.folder.join("content/versions/ledger.yaml");
        let changed = changed.into_iter().chain((state == State::Released).then_some(ledger));
        let before = changed.map(|file| (fs::read(&file).ok(), file)).collect::<Vec<_>>();
        if let Some((words, file)) = before.first() {
            let words = String::from_utf8(words.clone().unwrap_or_default())?;
            fs::create_dir_all(file.parent().context("a file lies in a folder")?)?;
            match state {
                State::Themed => fs::write(file, "history.title: \"Versions\"\n")?,
                _ => fs::write(file, words.replacen(" the ", " this ", 1))?,
            }
        }
        if state == State::Released {
            child::run(
                Command::new(&self.program)
                    .args(["release", &page.id, "--id", RELEASE, "--summary", "A word."])
                    .args(["--yes", "--quiet", "--today", TODAY, "-C"])
                    .arg(&self.folder)
                    .stdout(Stdio::null())
                    .env_remove("SOURCE_DATE_EPOCH"),
            )?;
        }
        // Files carry the time of a coarser clock than ours: what was written before gets old
        // enough to be told from what is written now.
        thread::sleep(Duration::from_millis(40));
        let start = SystemTime::now() - Duration::from_millis(20);
        row.costs.push(child::run(&mut self.command(state))?);
        for (bytes, file) in before {
            match bytes {
                Some(bytes) => fs::write(file, bytes)?,
                None => fs::remove_file(file)?,
            }
        }
        if state == State::Released {
            fs::remove_dir_all(self.folder.join("content/versions").join(RELEASE))?;
        }
        (row.written, row.files) = written(&out, start)?;
        if row.files < pages {
            bail!("{} made {} files of {pages} pages", row.name, row.files);
        }
        Ok(())
    }

    fn command(&self, state: State) -> Command {
        let mut command = Command::new(&self.program);
        match self.tool {
            Tool::Policybook => {
                let act = if state == State::Checked { "check" } else { "build" };
                command.args([act, "--quiet", "--today", TODAY, "-C"]).arg(&self.folder)
            }
            Tool::Zola => {
                command.arg("--root").arg(&self.folder).arg("build").stderr(Stdio::null())
            }
            Tool::Hugo => {
                command.args(["build", "--minify", "--quiet", "--source"]).arg(&self.folder)
            }
        };
        command.env_remove("SOURCE_DATE_EPOCH");
        command
    }
}

/// Counts the files of a site that were written since `start`, and all of them.
fn written(site: &Path, start: SystemTime) -> Result<(usize, usize)> {
    let (mut written, mut all) = (0, 0);
    for entry in
        WalkDir::new(site).into_iter().filter_entry(|entry| entry.file_name() != ".policybook")
    {
        let entry = entry?;
        if entry.file_type().is_file() {
            all += 1;
            written += usize::from(entry.metadata()?.modified()? >= start);
        }
    }
    Ok((written, all))
}
