//! Stores and sites that do not answer, or answer no: a publisher says what it waits for, ends
//! within a minute, and refuses clearly before it sends anything.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::project::{Project, TODAY};
use crate::publishing::small;

/// Listens, and does so with each connection; returns the port and how many there were.
fn listening(deed: impl Fn(usize, TcpStream) + Send + Sync + 'static) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (count, deed) = (Arc::new(AtomicUsize::new(0)), Arc::new(deed));
    let counted = Arc::clone(&count);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let number = counted.fetch_add(1, Ordering::Relaxed) + 1;
            let deed = Arc::clone(&deed);
            thread::spawn(move || deed(number, stream));
        }
    });
    (port, count)
}

/// Accepts, and never answers.
fn mute(_: usize, stream: TcpStream) {
    thread::sleep(Duration::from_secs(600));
    drop(stream);
}

/// Answers by a byte a second: first so much at once, then the rest.
fn trickling(at_once: &'static str, rest: &'static str) -> impl Fn(usize, TcpStream) {
    move |_, mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(at_once.as_bytes());
        for byte in rest.bytes().cycle() {
            if stream.write_all(&[byte]).is_err() {
                return;
            }
            thread::sleep(Duration::from_secs(1));
        }
    }
}

/// Reads a request's head and body.
fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head.to_lowercase();
    let length = length.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
    let mut body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
    let _ = stream.read_exact(&mut body);
    head
}

/// Publishes to a store at a port; returns what was said and how long it took.
fn published(project: &Project, target: &str, port: u16, code: i32) -> (String, Duration) {
    published_with(project, target, port, code, &[])
}

fn published_with(
    project: &Project,
    target: &str,
    port: u16,
    code: i32,
    more: &[&str],
) -> (String, Duration) {
    let endpoint = format!("http://127.0.0.1:{port}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command
        .current_dir(project.root())
        .args(["publish", target, "--no-verify", "--today", TODAY])
        .args(more)
        .envs([("AWS_ENDPOINT_URL", &endpoint), ("GOOGLE_BASE_URL", &endpoint)])
        .env(
            "GOOGLE_SERVICE_ACCOUNT_KEY",
            format!(
                r#"{{"gcs_base_url":"{endpoint}","disable_oauth":true,"client_email":"","private_key":"","private_key_id":""}}"#
            ),
        )
        .env("AZURE_STORAGE_ENDPOINT", format!("{endpoint}/account"))
        .envs([
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_DEFAULT_REGION", "us-east-1"),
            ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
            ("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0"),
            ("NO_COLOR", "1"),
        ])
        .env_remove("AWS_PROFILE")
        .env_remove("SOURCE_DATE_EPOCH")
        .stdin(Stdio::null());
    let start = Instant::now();
    let output = command.output().unwrap();
    let said =
        [output.stdout, output.stderr].map(|stream| String::from_utf8(stream).unwrap()).concat();
    assert_eq!(output.status.code(), Some(code), "{said}");
    (said, start.elapsed())
}

/// Holds that a publisher gives a store up in time and says what it waited for.
#[track_caller]
fn given_up(target: &str, port: u16, why: &str) {
    let (said, took) = published(&small(), target, port, 2);
    assert!(took < Duration::from_secs(60), "{target} took {took:?}: {said}");
    assert!(said.contains(why), "{target}: {said}");
    assert!(said.contains(&format!("read `.policybook/lease.json` in {target}")), "{said}");
}

#[test]
#[ignore = "waits for half a minute: tests/run has the time"]
fn a_store_that_accepts_and_never_answers_is_given_up_within_a_minute() {
    thread::scope(|scope| {
        for target in ["s3://site/p", "az://site/p"] {
            scope.spawn(move || {
                let (port, asked) = listening(mute);
                given_up(target, port, "no answer in time");
                assert!(
                    (2..=4).contains(&asked.load(Ordering::Relaxed)),
                    "asked again, not for ever"
                );
            });
        }
        scope.spawn(|| {
            let (port, _) = listening(mute);
            let (said, _) = published(&small(), "s3://site/p", port, 2);
            let waiting = "note: waiting for s3://site/p for 15 seconds: no answer in time\n";
            assert!(said.starts_with(waiting), "{said}");
        });
    });
}

#[test]
#[ignore = "waits for most of a minute: tests/run has the time"]
fn a_store_whose_answer_trickles_is_given_up_within_a_minute() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nETag: \"a\"\r\n\
                Last-Modified: Mon, 30 Nov 2026 00:00:00 GMT\r\n\r\n";
    thread::scope(|scope| {
        scope.spawn(|| {
            let (port, _) = listening(trickling("HTTP/1.1 200 OK\r\n", "X-A: a\r\n"));
            given_up("s3://site/p", port, "no answer in time");
        });
        scope.spawn(|| {
            let (port, _) = listening(trickling(head, "{"));
            given_up("s3://site/p", port, "its answer does not end in time");
        });
    });
}

#[test]
#[ignore = "waits for half a minute: tests/run has the time"]
fn a_store_that_falls_silent_in_the_middle_is_not_asked_for_ever() {
    // It has nothing, and keeps the lease; then it says no more.
    let (port, _) = listening(|number, mut stream| {
        let head = request(&mut stream);
        let lease = head.starts_with("PUT ") && head.contains("lease.json");
        let answer = match () {
            () if head.starts_with("GET ") || head.starts_with("HEAD ") => "404 Not Found",
            () if lease && head.to_lowercase().contains("if-none-match") && number < 200 => {
                "200 OK"
            }
            () => return mute(number, stream),
        };
        let _ = write!(
            stream,
            "HTTP/1.1 {answer}\r\nETag: \"a\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        );
    });
    let (said, took) = published(&small(), "s3://site/p", port, 2);
    assert!(took < Duration::from_secs(60), "took {took:?}: {said}");
    assert!(said.contains("waiting for s3://site/p"), "{said}");
}

#[test]
#[ignore = "waits for half a minute: tests/run has the time"]
fn a_site_and_a_web_hook_that_do_not_answer_are_given_up_within_a_minute() {
    thread::scope(|scope| {
        scope.spawn(|| {
            let (port, _) = listening(mute);
            let project = small();
            let site = project.read("content/site.yaml");
            let hook = format!("publish:\n  webhook: http://127.0.0.1:{port}/purge\n");
            fs::write(project.path("content/site.yaml"), site + &hook).unwrap();
            let start = Instant::now();
            let said = project.said(&["publish", "live"], 2);
            assert!(start.elapsed() < Duration::from_secs(60), "{said}");
            assert!(said.contains("the next publish does it again"), "{said}");
            assert!(said.contains("no answer in time"), "{said}");
        });
        scope.spawn(|| {
            let (port, _) = listening(mute);
            let start = Instant::now();
            let address = format!("http://127.0.0.1:{port}/");
            let said = small().said(&["publish", "live", "--public", &address], 2);
            assert!(start.elapsed() < Duration::from_secs(60), "{said}");
            assert!(said.contains("it is published all the same"), "{said}");
            assert!(said.contains("no answer in time"), "{said}");
        });
    });
}

#[test]
fn a_missing_bucket_and_a_forbidden_read_are_refused_before_anything_is_sent() {
    let missing = "<Error><Code>NoSuchBucket</Code><Message>No</Message></Error>";
    let container = "<Error><Code>ContainerNotFound</Code></Error>";
    let denied = "<Error><Code>AccessDenied</Code><Message>No</Message></Error>";
    let no = "names a bucket or container that does not exist";
    let forbidden = "does not permit to read `.policybook/lease.json`";
    for (target, status, body, expected) in [
        ("s3://site/p", "404 Not Found", missing, no),
        ("gs://site/p", "404 Not Found", missing, no),
        ("az://site/p", "404 Not Found", container, no),
        ("s3://site/p", "403 Forbidden", denied, forbidden),
        ("az://site/p", "403 Forbidden", denied, forbidden),
        ("s3://site/p", "401 Unauthorized", denied, forbidden),
    ] {
        let (port, _) = listening(move |_, mut stream| {
            let head = request(&mut stream);
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            );
            assert!(!head.starts_with("PUT"), "{head}");
        });
        let project = small();
        for more in [&[][..], &["--dry-run"]] {
            let (said, _) = published_with(&project, target, port, 3, more);
            assert!(said.contains(expected) && said.contains(target), "{said}");
        }
    }
}

#[test]
fn a_store_whose_clock_is_far_from_ours_is_refused() {
    for (hours, expected) in [(-2, "ahead of"), (0, ""), (2, "behind")] {
        let (port, _) = listening(move |_, mut stream| {
            request(&mut stream);
            let now = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours);
            let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT");
            let _ = write!(
                stream,
                "HTTP/1.1 404 Not Found\r\nDate: {date}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
            );
        });
        let project = small();
        let plan = |code| published_with(&project, "s3://site/p", port, code, &["--dry-run"]).0;
        if expected.is_empty() {
            plan(0);
        } else {
            let said = plan(3);
            assert!(said.starts_with("refused: the clock of this machine is 1"), "{said}");
            assert!(said.contains(&format!("minutes {expected} that of s3://site/p")), "{said}");
        }
    }
}
