//! HTTP, as little of it as a preview needs: a request without a body, an answer, and the end of
//! the connection. The one file that names the parser.
//!
//! Whoever is at the other end may be hostile or slow: a head is bounded in bytes, in lines and in
//! time, and so is an answer.

use std::io;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use percent_encoding::percent_decode_str;

/// How many bytes the head of a request may have.
const MOST_BYTES: usize = 16 << 10;
/// How many lines it may have.
const MOST_LINES: usize = 64;
/// How long it may take to arrive, and how long an answer may take to leave.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long what is still coming in is listened to after an answer, so that the answer is not lost
/// with it.
const FAREWELL: Duration = Duration::from_millis(500);

/// A request.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// Whether the answer's body is wanted.
    pub body: bool,
    /// The path of the address, without its percent signs.
    pub path: String,
    /// What follows the question mark, as it was sent.
    pub query: String,
    /// The host that was asked.
    pub host: String,
    /// What the browser has already, as it was sent.
    pub known: Option<String>,
}

/// The first line of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Here it is.
    Ok,
    /// It lies elsewhere for now.
    Elsewhere,
    /// The browser has it.
    NotModified,
    /// This is no request.
    BadRequest,
    /// Asked as a host that this is not.
    Forbidden,
    /// There is nothing.
    NotFound,
    /// Only asking is possible.
    NotAllowed,
    /// The request took too long.
    TimedOut,
    /// The head is too large.
    TooLarge,
    /// There is nothing yet, or there are too many who ask.
    Unavailable,
}

/// An answer.
#[derive(Debug)]
pub struct Answer<'a> {
    /// Its first line.
    pub status: Status,
    /// Its further lines.
    pub headers: Vec<(&'static str, String)>,
    /// Its body.
    pub body: std::borrow::Cow<'a, [u8]>,
}

impl Status {
    fn line(self) -> &'static str {
        match self {
            Status::Ok => "200 OK",
            Status::Elsewhere => "307 Temporary Redirect",
            Status::NotModified => "304 Not Modified",
            Status::BadRequest => "400 Bad Request",
            Status::Forbidden => "403 Forbidden",
            Status::NotFound => "404 Not Found",
            Status::NotAllowed => "405 Method Not Allowed",
            Status::TimedOut => "408 Request Timeout",
            Status::TooLarge => "431 Request Header Fields Too Large",
            Status::Unavailable => "503 Service Unavailable",
        }
    }
}

impl Answer<'_> {
    /// Returns an answer in a few words.
    pub fn plain(status: Status, words: &str) -> Answer<'static> {
        let mut headers = vec![("Content-Type", "text/plain; charset=utf-8".to_owned())];
        if status == Status::NotAllowed {
            headers.push(("Allow", "GET, HEAD".to_owned()));
        }
        Answer { status, headers, body: format!("{words}\n").into_bytes().into() }
    }
}

/// Reads a request; what is wrong with it is the answer to it.
///
/// # Errors
/// The other end hung up.
pub fn read(mut stream: &TcpStream) -> io::Result<Result<Request, Answer<'static>>> {
    let deadline = Instant::now() + PATIENCE;
    let mut head = Vec::with_capacity(1024);
    let mut piece = [0; 4096];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Err(Answer::plain(Status::TimedOut, "the request took too long")));
        }
        stream.set_read_timeout(Some(left))?;
        let first = head.is_empty();
        match stream.read(&mut piece) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => head.extend_from_slice(&piece[..count]),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock
                        | io::ErrorKind::TimedOut
                        | io::ErrorKind::Interrupted
                ) => {}
            Err(error) => return Err(error),
        }
        // A head that arrives byte by byte is not parsed from the start each time.
        let whole = head.ends_with(b"\n\r\n") || head.ends_with(b"\n\n") || head.len() > MOST_BYTES;
        if !first && !whole {
            continue;
        }
        match parse(&head) {
            Ok(None) if head.len() > MOST_BYTES => return Ok(Err(too_large())),
            Ok(None) => {}
            Ok(Some(request)) => return Ok(Ok(request)),
            Err(answer) => return Ok(Err(answer)),
        }
    }
}

/// Reads the head of a request; nothing while it is not whole.
fn parse(head: &[u8]) -> Result<Option<Request>, Answer<'static>> {
    let bad = |words: &str| Answer::plain(Status::BadRequest, words);
    let mut lines = [httparse::EMPTY_HEADER; MOST_LINES];
    let mut parsed = httparse::Request::new(&mut lines);
    match parsed.parse(head) {
        Ok(httparse::Status::Complete(_)) => {}
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(too_large()),
        Err(_) => return Err(bad("this is not a request")),
    }
    let body = match parsed.method {
        Some("GET") => true,
        Some("HEAD") => false,
        _ => {
            return Err(Answer::plain(Status::NotAllowed, "this server only answers GET and HEAD"));
        }
    };
    let (path, query) = parsed
        .path
        .map(|target| target.split_once('?').unwrap_or((target, "")))
        .unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8().ok().filter(|path| path.starts_with('/'));
    let path = path.ok_or_else(|| bad("an address begins with a slash and is UTF-8"))?;
    let values = |name: &str| {
        let lines = parsed.headers.iter().filter(|line| line.name.eq_ignore_ascii_case(name));
        lines.map(|line| String::from_utf8_lossy(line.value).into_owned()).collect::<Vec<_>>()
    };
    let host = match &values("host")[..] {
        [host] => host.clone(),
        _ => return Err(bad("a request names one host")),
    };
    let known = values("if-none-match");
    let known = (!known.is_empty()).then(|| known.join(", "));
    Ok(Some(Request { body, path: path.into_owned(), query: query.to_owned(), host, known }))
}

fn too_large() -> Answer<'static> {
    Answer::plain(Status::TooLarge, "the head of the request is too large")
}

/// Writes an answer; its body only where it is wanted.
///
/// # Errors
/// The other end hung up, or takes longer than anybody needs.
pub fn write(stream: &TcpStream, answer: &Answer<'_>, body: bool) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {}\r\n", answer.status.line());
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if answer.status != Status::NotModified {
        head.push_str(&format!("Content-Length: {}\r\n", answer.body.len()));
    }
    head.push_str(CLOSING);
    let mut bytes = head.into_bytes();
    if body {
        bytes.extend_from_slice(&answer.body);
    }
    send(stream, &bytes)
}

/// What every answer says: whose it is, that nobody else's page may hold it, and that the
/// connection ends.
const CLOSING: &str = "Cache-Control: no-cache\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    Connection: close\r\n\r\n";

/// Starts a response that lasts as long as the client listens.
///
/// # Errors
/// The other end hung up.
pub fn begin(stream: &TcpStream, content_type: &str) -> io::Result<()> {
    send(
        stream,
        format!("HTTP/1.1 {}\r\nContent-Type: {content_type}\r\n{CLOSING}", Status::Ok.line())
            .as_bytes(),
    )
}

/// Sends bytes.
///
/// # Errors
/// The other end hung up, or takes longer than anybody needs.
pub fn send(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    let mut sent = 0;
    while sent < bytes.len() {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        stream.set_write_timeout(Some(left))?;
        sent += match stream.write(&bytes[sent..]) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => 0,
            Err(error) => return Err(error),
        };
    }
    Ok(())
}

/// Ends a connection: what still comes in is passed over for a moment, because closing on it would
/// take the answer away.
pub fn close(mut stream: &TcpStream) {
    let deadline = Instant::now() + FAREWELL;
    let mut piece = [0; 4096];
    let mut left = stream.shutdown(Shutdown::Write).map_or(Duration::ZERO, |()| FAREWELL);
    while !left.is_zero()
        && stream.set_read_timeout(Some(left)).is_ok()
        && matches!(stream.read(&mut piece), Ok(1..))
    {
        left = deadline.saturating_duration_since(Instant::now());
    }
}

/// Returns true if the other end hung up.
pub fn is_gone(stream: &TcpStream) -> bool {
    let mut piece = [0; 1];
    let silent = |error: &io::Error| {
        matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
    };
    let patience = stream.set_read_timeout(Some(Duration::from_millis(1)));
    match patience.and_then(|()| stream.peek(&mut piece)) {
        Ok(count) => count == 0,
        Err(error) => !silent(&error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(head: &[u8]) -> Option<Status> {
        parse(head).err().map(|answer| answer.status)
    }

    #[test]
    fn a_request_is_read_and_what_is_none_is_answered() {
        let request = parse(
            b"HEAD /a%20b/?x=1 HTTP/1.1\r\nHost: localhost:4040\r\nif-none-match: \"e\"\r\n\r\n",
        )
        .unwrap()
        .unwrap();
        let (path, query, host, known) =
            ("/a b/".into(), "x=1".into(), "localhost:4040".into(), Some("\"e\"".into()));
        assert_eq!(request, Request { body: false, path, query, host, known });
        assert_eq!(parse(b"GET / HTTP/1.1\r\nHost: a").unwrap(), None);
        assert_eq!(status(b"GET / HTTP/1.1\r\n\r\n"), Some(Status::BadRequest));
        assert_eq!(
            status(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
            Some(Status::BadRequest)
        );
        assert_eq!(status(b"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), Some(Status::BadRequest));
        assert_eq!(status(b"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n"), Some(Status::BadRequest));
        assert_eq!(status(b"\x16\x03\x01\x02\x00\x01\x00"), Some(Status::BadRequest));
        assert_eq!(status(b"PUT / HTTP/1.1\r\nHost: a\r\n\r\n"), Some(Status::NotAllowed));
        let many = format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "X: y\r\n".repeat(MOST_LINES));
        assert_eq!(status(many.as_bytes()), Some(Status::TooLarge));
    }
}
