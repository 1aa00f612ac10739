//! A headless Chromium with one page, driven over its DevTools protocol.
//!
//! Whatever hangs panics after [`PATIENCE`], and the browser ends with the value.

use std::io::{BufRead as _, BufReader};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, thread};

use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// How long the browser may take to start, to answer or to load a page. Other tests may hold the
/// processor meanwhile.
const PATIENCE: Duration = Duration::from_secs(60);

/// The programs that will do.
const PROGRAMS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// How it is started: without a sandbox, which root cannot have; the rest keeps the browser from
/// talking to anybody on its own.
pub const FLAGS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
];

/// A browser and its page.
pub struct Chromium {
    socket: WebSocket<TcpStream>,
    session: Option<String>,
    sent: u64,
    events: Vec<Event>,
    process: Process,
}

/// Something that happened in the page.
#[derive(Deserialize)]
pub struct Event {
    /// What, in the protocol's words: `Network.responseReceived`.
    pub method: String,
    /// The details.
    #[serde(default, rename = "params")]
    pub parameters: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Received {
    Answer {
        id: u64,
        #[serde(default)]
        result: Value,
        #[serde(default)]
        error: Value,
    },
    Event(Event),
}

impl Chromium {
    /// Starts a browser with an empty page.
    pub fn start() -> Chromium {
        let (process, address) = Process::start();
        let host = address
            .strip_prefix("ws://")
            .and_then(|rest| rest.split('/').next())
            .expect("an address like `ws://host:port/path`");
        let stream = TcpStream::connect(host).expect("connect to Chromium");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit to waiting");
        stream.set_write_timeout(Some(PATIENCE)).expect("a limit to waiting");
        let (socket, _) =
            tungstenite::client(address.as_str(), stream).expect("Chromium takes a WebSocket");
        let mut chromium = Chromium { socket, session: None, sent: 0, events: Vec::new(), process };
        let target = chromium.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = chromium.call(
            "Target.attachToTarget",
            json!({ "targetId": target["targetId"], "flatten": true }),
        );
        chromium.session = Some(attached["sessionId"].as_str().expect("a session").to_owned());
        for area in ["Page", "Network", "Runtime", "Log"] {
            chromium.call(&format!("{area}.enable"), json!({}));
        }
        chromium.call("Page.setLifecycleEventsEnabled", json!({ "enabled": true }));
        chromium
    }

    /// Sends a command and returns its result.
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        let shown = parameters.to_string();
        self.try_call(method, parameters)
            .unwrap_or_else(|error| panic!("{method} {shown}: {error}"))
    }

    /// Sends a command and returns its result, or the error that is the answer to it.
    fn try_call(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.sent += 1;
        let mut command = json!({ "id": self.sent, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            command["sessionId"] = json!(session);
        }
        self.socket
            .send(Message::text(command.to_string()))
            .unwrap_or_else(|error| panic!("send {method}: {error}"));
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.receive(method, deadline) {
                Received::Answer { id, result, error } if id == self.sent => {
                    return if error.is_null() { Ok(result) } else { Err(error) };
                }
                Received::Answer { .. } => {}
                Received::Event(event) => self.events.push(event),
            }
        }
    }

    /// Opens a page and waits until it is loaded.
    ///
    /// # Errors
    /// Says why the browser did not get there. An answer of 404 or 500 is a page like any other.
    pub fn open(&mut self, address: &str) -> Result<(), String> {
        let answer = self.call("Page.navigate", json!({ "url": address }));
        if let Some(error) = answer["errorText"].as_str() {
            return Err(error.to_owned());
        }
        let loader = &answer["loaderId"];
        let loaded = |Event { method, parameters }: &Event| {
            method == "Page.lifecycleEvent"
                && parameters["name"] == "load"
                && parameters["loaderId"] == *loader
        };
        let deadline = Instant::now() + PATIENCE;
        while !self.events.iter().any(loaded) {
            if let Received::Event(event) = self.receive(address, deadline) {
                self.events.push(event);
            }
        }
        Ok(())
    }

    /// Returns the value of an expression of JavaScript in the page, also where the page's own
    /// scripts may not run.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let answer = self
            .call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Waits until an expression is true in whatever page is there by then.
    pub fn wait(&mut self, expression: &str) {
        let deadline = Instant::now() + PATIENCE;
        let question = json!({ "expression": expression, "returnByValue": true });
        // A page that goes away takes the answer with it.
        while !self
            .try_call("Runtime.evaluate", question.clone())
            .is_ok_and(|answer| answer["result"]["value"] == true)
        {
            assert!(Instant::now() < deadline, "this does not come true: {expression}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses a key.
    pub fn press(&mut self, key: &str, code: u32) {
        for kind in ["keyDown", "keyUp"] {
            self.call(
                "Input.dispatchKeyEvent",
                json!({ "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code }),
            );
        }
    }

    /// Returns what an expression of JavaScript in the page promises.
    pub fn promised(&mut self, expression: &str) -> Value {
        let answer = self.call(
            "Runtime.evaluate",
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true }),
        );
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].clone()
    }

    /// Returns what happened since it was asked last.
    pub fn events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    fn receive(&mut self, awaited: &str, deadline: Instant) -> Received {
        assert!(
            Instant::now() < deadline,
            "{awaited}: Chromium talks of other things for {PATIENCE:?}"
        );
        let message = self
            .socket
            .read()
            .unwrap_or_else(|error| panic!("{awaited}: Chromium does not answer: {error}"));
        let text = message.into_text().expect("the protocol is text");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{awaited}: {error} in {text}"))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked politely, it leaves nothing behind in the folder for temporary files.
        let close = json!({ "id": self.sent + 1, "method": "Browser.close" });
        if self.socket.send(Message::text(close.to_string())).is_ok() {
            self.process.wait(PATIENCE / 6);
        }
    }
}

/// The running program and its profile; both end with the value, also when a test panics.
struct Process {
    child: Child,
    _profile: TempDir,
}

impl Process {
    /// Starts the program; returns the address at which it takes commands.
    fn start() -> (Process, String) {
        let profile = TempDir::new().expect("a folder for the profile");
        let mut command = Command::new(program());
        command.args(FLAGS).arg(format!("--user-data-dir={}", profile.path().display()));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("start {}: {error}", command.get_program().display()));
        let talk = BufReader::new(child.stderr.take().expect("standard error is a pipe"));
        let process = Process { child, _profile: profile };
        let (sender, lines) = mpsc::channel();
        // Reads to the end: a browser whose pipe is full stands still.
        thread::spawn(move || {
            talk.lines().map_while(Result::ok).for_each(|line| drop(sender.send(line)))
        });
        let deadline = Instant::now() + PATIENCE;
        let mut said = Vec::new();
        while let Ok(line) = lines.recv_timeout(deadline.saturating_duration_since(Instant::now()))
        {
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                return (process, address.trim().to_owned());
            }
            said.push(line);
        }
        panic!("Chromium names no address for commands:\n{}", said.join("\n"));
    }

    /// Waits for the end.
    fn wait(&mut self, patience: Duration) {
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline && matches!(self.child.try_wait(), Ok(None)) {
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the browser to start: the environment variable `CHROMIUM`, else the first of
/// [`PROGRAMS`] on the path.
pub fn program() -> PathBuf {
    if let Some(program) = env::var_os("CHROMIUM") {
        return program.into();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let places = PROGRAMS
        .iter()
        .flat_map(|program| env::split_paths(&path).map(move |folder| folder.join(program)));
    let found = places.into_iter().find(|place| place.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "there is no Chromium here: run `tests/run`, which installs it, or name one in CHROMIUM"
        )
    })
}
