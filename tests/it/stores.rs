//! Real object stores on this machine, and a proxy before them that does what goes wrong on the
//! way.

use std::collections::BTreeMap;
use std::io::{BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

use tempfile::TempDir;

/// A store at work; it ends with the value.
pub struct Server {
    process: Child,
    pub port: u16,
    /// Where its objects can be read without a signature.
    pub files: u16,
    pub folder: TempDir,
    /// One at a time: SeaweedFS has a port that cannot be chosen, and two must not find the same
    /// ports free.
    _turn: MutexGuard<'static, ()>,
}

impl Server {
    /// Starts a store that listens at a port.
    pub fn start(
        mut command: Command,
        port: u16,
        folder: TempDir,
        turn: MutexGuard<'static, ()>,
        what: &str,
    ) -> Server {
        let process =
            command.current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process =
            process.unwrap_or_else(|error| panic!("{what}, which tests/run installs: {error}"));
        let server = Server { process, port, files: port, folder, _turn: turn };
        wait_for(what, || TcpStream::connect(("127.0.0.1", port)).is_ok());
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns a program that `tests/run` installs, or that a variable names.
pub fn tool(variable: &str, name: &str) -> PathBuf {
    let installed =
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/tools/s3/bin").join(name);
    std::env::var_os(variable).map_or_else(installed, PathBuf::from)
}

/// Finds `count` free ports in a row, those ten thousand above free too.
pub fn ports(count: u16) -> u16 {
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    let start = u16::try_from(std::process::id() % 2_000).unwrap() * 10 + 20_000;
    (start..50_000)
        .step_by(10)
        .find(|base| (0..count).all(|at| free(base + at) && free(base + at + 10_000)))
        .expect("free ports")
}

pub static TURN: Mutex<()> = Mutex::new(());

pub fn wait_for(what: &str, ready: impl Fn() -> bool) {
    let start = Instant::now();
    while !ready() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} does not answer");
        thread::sleep(Duration::from_millis(100));
    }
}

pub fn weed() -> Server {
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = TempDir::new().unwrap();
    let port = ports(4);
    let mut command = Command::new(tool("WEED", "weed"));
    command.args([
        "mini",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-bucket=site",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
    ]);
    command.args(["-master.telemetry=false", "-admin.ui=false", "-webdav=false"]);
    command.arg(format!("-dir={}", folder.path().display()));
    let names = ["-s3.port", "-master.port", "-volume.port", "-filer.port"];
    command.args(names.iter().zip(port..).map(|(name, port)| format!("{name}={port}")));
    command.envs([("AWS_ACCESS_KEY_ID", "testkey"), ("AWS_SECRET_ACCESS_KEY", "testsecret")]);
    let mut server = Server::start(command, port, folder, turn, "SeaweedFS");
    server.files = port + 3;
    wait_for("SeaweedFS", || get(server.files, "/buckets/site/").is_some());
    server
}

/// An answer: its headers in lower case, and its bytes.
pub type Answer = (BTreeMap<String, String>, Vec<u8>);

/// Asks for a file; `None` if there is none.
pub fn get(port: u16, path: &str) -> Option<Answer> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n").ok()?;
    let mut reader = BufReader::new(stream);
    let (first, headers) = head(&mut reader).ok()?;
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).ok()?;
    first.contains(" 200 ").then_some((headers, bytes))
}

/// Returns another program that writes into the store.
pub fn rclone(server: &Server) -> Command {
    let mut command = Command::new(tool("RCLONE", "rclone"));
    command
        .env("RCLONE_CONFIG", server.folder.path().join("rclone.conf"))
        .env("RCLONE_S3_PROVIDER", "SeaweedFS");
    command.env("RCLONE_S3_ENDPOINT", format!("http://127.0.0.1:{}", server.port));
    command.envs([
        ("RCLONE_S3_ACCESS_KEY_ID", "testkey"),
        ("RCLONE_S3_SECRET_ACCESS_KEY", "testsecret"),
    ]);
    command
}

/// Writes a file past our program, as somebody else does.
pub fn edit(server: &Server, key: &str, bytes: &[u8]) {
    let mut process = rclone(server)
        .args(["rcat", &format!(":s3:site/{key}")])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(bytes).unwrap();
    assert!(process.wait().unwrap().success());
}

fn head(reader: &mut impl io::BufRead) -> io::Result<(String, BTreeMap<String, String>)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match line.trim_end() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers = lines[1..]
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Ok((lines[0].clone(), headers.collect()))
}

/// What the proxy does with a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Pass,
    /// Answers that the store has no time.
    Busy,
    /// Hangs up before the store hears of it.
    Drop,
    /// Lets the store do it and hangs up.
    Lose,
    /// Lets the publisher be killed before the store hears of it.
    Kill,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub line: String,
    pub headers: BTreeMap<String, String>,
}

type Rule = dyn Fn(usize, &Request) -> Event + Send + Sync;

/// A proxy before a store.
pub struct Proxy {
    pub port: u16,
    seen: Arc<Mutex<Vec<Request>>>,
    rule: Arc<Mutex<Arc<Rule>>>,
    pub reached: Arc<Mutex<bool>>,
}

impl Proxy {
    /// Returns a proxy before the store at a port.
    pub fn before(store: u16) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy {
            port: listener.local_addr().unwrap().port(),
            seen: Arc::default(),
            rule: Arc::new(Mutex::new(Arc::new(|_, _: &Request| Event::Pass))),
            reached: Arc::default(),
        };
        let (seen, rule, reached) = (proxy.seen.clone(), proxy.rule.clone(), proxy.reached.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, rule, reached) = (seen.clone(), rule.clone(), reached.clone());
                // A publisher that is killed hangs up in the middle.
                thread::spawn(move || drop(pass_on(stream, store, &seen, &rule, &reached)));
            }
        });
        proxy
    }

    /// Says what becomes of requests from now on.
    pub fn rule(&self, rule: impl Fn(usize, &Request) -> Event + Send + Sync + 'static) {
        self.seen.lock().unwrap().clear();
        *self.reached.lock().unwrap() = false;
        *self.rule.lock().unwrap() = Arc::new(rule);
    }

    /// Returns the requests since.
    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

fn pass_on(
    mut client: TcpStream,
    store: u16,
    seen: &Mutex<Vec<Request>>,
    rule: &Mutex<Arc<Rule>>,
    reached: &Mutex<bool>,
) -> io::Result<()> {
    let mut reader = BufReader::new(client.try_clone()?);
    let (line, headers) = head(&mut reader)?;
    let mut body = vec![
        0;
        headers
            .get("content-length")
            .and_then(|length| length.parse().ok())
            .unwrap_or_default()
    ];
    reader.read_exact(&mut body)?;
    let request = Request { line, headers };
    let number = {
        let mut seen = seen.lock().unwrap();
        seen.push(request.clone());
        seen.len()
    };
    let rule = rule.lock().unwrap().clone();
    let deed = rule(number, &request);
    match deed {
        Event::Drop => return Ok(()),
        Event::Busy => {
            let status = if number % 2 == 0 { "503 Slow Down" } else { "429 Too Many Requests" };
            return write!(
                client,
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            );
        }
        Event::Kill => {
            *reached.lock().unwrap() = true;
            // Nobody waits for an answer any more.
            thread::sleep(Duration::from_secs(5));
            return Ok(());
        }
        Event::Pass | Event::Lose => {}
    }
    let mut upstream = TcpStream::connect(("127.0.0.1", store))?;
    write!(upstream, "{}\r\n", request.line)?;
    for (name, value) in request.headers.iter().filter(|(name, _)| *name != "connection") {
        write!(upstream, "{name}: {value}\r\n")?;
    }
    write!(upstream, "connection: close\r\n\r\n")?;
    upstream.write_all(&body)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    if deed == Event::Pass { client.write_all(&answer) } else { Ok(()) }
}
