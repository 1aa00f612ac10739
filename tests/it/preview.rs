//! `policybook serve` at work on a project, what it says, and requests to it; it ends with the
//! value.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::project::{Project, TODAY};

/// How long anything may take before it counts as never. Other tests may hold the processor
/// meanwhile.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A preview at work.
pub struct Preview {
    child: Child,
    /// Where it is, without a slash at the end: `http://127.0.0.1:4040`.
    pub address: String,
    said: Arc<Mutex<Vec<String>>>,
}

/// An answer.
pub struct Answer {
    /// The first line.
    pub status: String,
    /// The further lines, in lower case.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Preview {
    /// Serves a project on a free port.
    pub fn start(project: &Project) -> Preview {
        Preview::with(project, &["--port", "0"])
    }

    /// Serves a project as these arguments say.
    pub fn with(project: &Project, arguments: &[&str]) -> Preview {
        Preview::of(&mut command(project, TODAY, arguments))
    }

    /// Serves as a command says.
    pub fn of(command: &mut Command) -> Preview {
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("run policybook");
        let talk = BufReader::new(child.stderr.take().expect("standard error is a pipe"));
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let heard = said.clone();
        thread::spawn(move || {
            talk.lines().map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line))
        });
        let mut preview = Preview { child, address: String::new(), said };
        let line = preview.wait("serving http://", 1);
        let address = line.split_whitespace().nth(1).expect("an address");
        preview.address = address.split('/').take(3).collect::<Vec<_>>().join("/");
        preview.wait("watching ", 1);
        preview
    }

    /// Returns what it said so far.
    pub fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has said so many lines with these words, and returns the last of them.
    pub fn wait(&self, words: &str, count: usize) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let said = self.said();
            let lines: Vec<&String> = said.iter().filter(|line| line.contains(words)).collect();
            if lines.len() >= count {
                return lines[count - 1].clone();
            }
            assert!(
                Instant::now() < deadline,
                "it does not say `{words}` {count} times:\n{}",
                said.join("\n")
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asks for a path.
    pub fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n"))
    }

    /// Sends a request and returns the answer to it.
    pub fn ask(&self, request: &str) -> Answer {
        let bytes = self.send(request.as_bytes()).expect("an answer");
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap_or_else(|| panic!("no answer to {request}: {bytes:?}"));
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let mut lines = head.lines().map(str::to_owned);
        let status = lines.next().expect("a first line");
        Answer {
            status,
            headers: lines.map(|line| line.to_lowercase()).collect(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    /// Sends bytes and returns what comes back until the end.
    pub fn send(&self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = self.connect()?;
        // It may have heard enough before the last byte.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map(|_| answer)
    }

    /// Connects.
    pub fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(self.address.strip_prefix("http://").unwrap())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(stream)
    }

    /// Waits until the page at a path has these words.
    pub fn wait_for_page(&self, path: &str, words: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.get(path).text().contains(words) {
            assert!(
                Instant::now() < deadline,
                "{path} never says `{words}`:\n{}",
                self.said().join("\n")
            );
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Returns the id of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for the end and returns whether that was a good one.
    pub fn ended(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("it does not end");
    }
}

impl Answer {
    /// Returns the body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns a header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the command that serves a project on a day.
pub fn command(project: &Project, today: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command.current_dir(project.root()).arg("serve").args(arguments).args(["--today", today]);
    command.env_remove("SOURCE_DATE_EPOCH").env("NO_COLOR", "1").env("TZ", "UTC");
    command
}
