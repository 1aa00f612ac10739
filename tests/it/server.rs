//! A web server for a built site, below a base path, for this machine only; it ends with the value.
//!
//! It does what every static host does: a folder answers with its `index.html`, everything else
//! with the 404 page, and every answer has the headers that the site's `_headers` asks for, if
//! there is one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use std::{fs, io, thread};

use policybook::tree::TreePath;

/// How long a connection may stay silent; browsers open some in advance that they never use.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server at work.
pub struct Server {
    socket: SocketAddr,
    base: &'static str,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves a folder below a base path that begins and ends with `/`.
    pub fn start(folder: PathBuf, base: &'static str) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let socket = listener.local_addr().expect("an address");
        let stopped = Arc::new(AtomicBool::new(false));
        let flag = stopped.clone();
        let thread = thread::spawn(move || {
            for stream in
                listener.incoming().flatten().take_while(|_| !flag.load(Ordering::Acquire))
            {
                let folder = folder.clone();
                // A browser that hangs up early is no fault of the site; what it then misses, it
                // reports itself.
                thread::spawn(move || drop(answer(&stream, &folder, base)));
            }
        });
        Server { socket, base, stopped, thread: Some(thread) }
    }

    /// Returns the address of the front page.
    pub fn address(&self) -> String {
        format!("http://{}{}", self.socket, self.base)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Release);
        // Wakes the thread from waiting for somebody to come.
        let _ = TcpStream::connect(self.socket);
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Reads one request and answers it.
fn answer(stream: &TcpStream, folder: &Path, base: &str) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|header| !header.is_empty()) {}
    let Some(address) = request.strip_prefix("GET ").and_then(|rest| rest.split([' ', '?']).next())
    else {
        return write(stream, "405 Method Not Allowed", "text/plain", b"");
    };
    let Some(within) = address.strip_prefix(base) else {
        return write(
            stream,
            "404 Not Found",
            "text/plain",
            b"this server has nothing outside of its base path",
        );
    };
    let index = if within.is_empty() || within.ends_with('/') { "index.html" } else { "" };
    let file = TreePath::new(&format!("{within}{index}"))
        .ok()
        .and_then(|path| fs::read(folder.join(path.as_str())).ok().zip(Some(path)));
    let headers = headers(folder, address);
    match file {
        Some((bytes, path)) => {
            write(stream, &format!("200 OK\r\n{headers}"), content_type(path.as_str()), &bytes)
        }
        None => write(
            stream,
            &format!("404 Not Found\r\n{headers}"),
            content_type("404.html"),
            &fs::read(folder.join("404.html")).unwrap_or_default(),
        ),
    }
}

/// Returns the headers that `_headers` asks for at an address, but for its types and `nosniff`,
/// which every answer here has.
fn headers(folder: &Path, address: &str) -> String {
    let rules = fs::read_to_string(folder.join("_headers")).unwrap_or_default();
    let (mut fits, mut headers) = (false, Vec::new());
    for line in rules.lines() {
        match line.strip_prefix("  ") {
            None => {
                fits = line
                    .strip_suffix('*')
                    .map_or(line == address, |start| address.starts_with(start))
            }
            Some(header)
                if fits
                    && !header.starts_with("Content-Type")
                    && !header.starts_with("X-Content-Type") =>
            {
                headers.push(header)
            }
            Some(_) => {}
        }
    }
    headers.join("\r\n")
}

fn write(mut stream: &TcpStream, status: &str, content_type: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let status = status.trim_end();
    // With `nosniff` a browser believes the type, so that a wrong one shows.
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("txt") => "text/plain; charset=utf-8",
        Some("json") => "application/json",
        Some("xml") => "application/xml",
        Some("svg") => "image/svg+xml",
        Some("ico") => "image/x-icon",
        _ => "application/octet-stream",
    }
}
