//! The preview and whoever asks: the right answers to good requests, and nothing lost to bad ones.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::preview::Preview;
use crate::project::Project;

/// What lies beside the site and must never be answered.
const SECRET: &str = "what nobody else may read";

#[test]
fn a_browser_is_answered_as_it_expects() {
    let project = Project::example();
    let preview = Preview::start(&project);
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/security/", "text/html; charset=utf-8"),
        ("/index.json", "application/json; charset=utf-8"),
        ("/sitemap.xml", "application/xml; charset=utf-8"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ("/ledger/2023-02-15/SHA256SUMS", "text/plain; charset=utf-8"),
        ("/favicon.ico", "image/x-icon"),
        ("/.policybook/reload.js", "text/javascript; charset=utf-8"),
        ("/security/?x=/../#y", "text/html; charset=utf-8"),
        ("/%73ecurity/", "text/html; charset=utf-8"),
    ] {
        let answer = preview.get(path);
        assert_eq!(
            (answer.status.as_str(), answer.header("content-type")),
            ("HTTP/1.1 200 OK", Some(kind)),
            "{path}"
        );
        assert_eq!(
            answer.header("content-length"),
            Some(answer.body.len().to_string().as_str()),
            "{path}"
        );
        let head = preview.ask(&format!("HEAD {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"));
        assert_eq!((head.headers, head.body), (answer.headers.clone(), Vec::new()), "{path}");
        let tag = answer.header("etag").unwrap();
        let again = preview.ask(&format!(
            "GET {path} HTTP/1.1\r\nHost: [::1]:9\r\nIf-None-Match: \"x\", W/{tag}\r\n\r\n"
        ));
        assert_eq!(
            (again.status.as_str(), again.body.len()),
            ("HTTP/1.1 304 Not Modified", 0),
            "{path}"
        );
    }
    let missing = preview.get("/nothing/");
    assert!(missing.status.contains("404") && missing.text().contains("Not found"));
    assert_eq!(preview.get("/security").header("location"), Some("/security/"));
    let posted = preview.ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
    assert_eq!(
        (posted.status.as_str(), posted.header("allow")),
        ("HTTP/1.1 405 Method Not Allowed", Some("get, head"))
    );
}

#[test]
fn a_name_that_somebody_made_lead_here_is_refused() {
    let project = Project::example();
    let preview = Preview::start(&project);
    for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:4040", ""] {
        for path in ["/", "/.policybook/events", "/.policybook/reload.js"] {
            let answer = preview.ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
            assert!(
                answer.status.contains("403") && !answer.text().contains("Fluxiom"),
                "{host} {path}: {}",
                answer.status
            );
        }
    }
    assert!(preview.ask("GET / HTTP/1.1\r\n\r\n").status.contains("400"));
    assert!(
        preview
            .ask("GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .status
            .contains("400")
    );
}

#[test]
fn no_request_makes_it_panic_or_tell_what_lies_outside() {
    let project = Project::example();
    project.write("secret.txt", SECRET);
    project.write("content/security/.secret", SECRET);
    let preview = Preview::start(&project);
    let real = project.root().canonicalize().unwrap();
    let up = "../".repeat(12);
    let mut requests: Vec<Vec<u8>> = Vec::new();
    for path in [
        "/../secret.txt".to_owned(),
        "/%2e%2e/secret.txt".to_owned(),
        "/..%2fsecret.txt".to_owned(),
        "/..%5csecret.txt".to_owned(),
        "/%252e%252e/secret.txt".to_owned(),
        "//secret.txt".to_owned(),
        "/security/.secret".to_owned(),
        "/content/site.yaml".to_owned(),
        "/.policybook/../../secret.txt".to_owned(),
        "/secret.txt%00.html".to_owned(),
        format!("{}/secret.txt", real.display()),
        format!("/{up}{}/secret.txt", real.display()),
        format!("/assets/{}", "%2e%2e/".repeat(20)),
    ] {
        requests.push(format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes());
    }
    requests.push(
        format!("GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n", "X: y\r\n".repeat(500)).into_bytes(),
    );
    requests.push(
        format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "y".repeat(1 << 20))
            .into_bytes(),
    );
    requests.push(
        format!("GET /{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "a".repeat(1 << 20)).into_bytes(),
    );
    for request in &requests {
        let answer = preview.send(request).unwrap_or_default();
        let shown = String::from_utf8_lossy(&request[..request.len().min(80)]).into_owned();
        assert!(answer.starts_with(b"HTTP/1.1 4"), "{shown}: {}", String::from_utf8_lossy(&answer));
        assert!(!String::from_utf8_lossy(&answer).contains(SECRET), "{shown}");
    }
    // Good requests, cut, joined and spoilt in every way.
    let part = prop_oneof![
        prop::sample::select(vec![
            "GET ",
            "HEAD ",
            "/",
            "..",
            "%2e",
            "%2f",
            "%",
            "secret.txt",
            "security",
            "?",
            "#",
            " HTTP/1.1\r\n",
            " HTTP/9.9\n",
            "Host: localhost\r\n",
            "Host: ",
            "localhost",
            "\r\n",
            "\n",
            "\r",
            "\0",
            ":",
            " ",
            "If-None-Match: \"",
            ".policybook/",
            "reload.js",
            "page=",
            "&digest=",
        ])
        .prop_map(|text: &str| text.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..40),
    ];
    let request = prop::collection::vec(part, 0..24).prop_map(|parts| parts.concat());
    let mut runner =
        TestRunner::new(Config { cases: 1_500, failure_persistence: None, ..Config::default() });
    let fuzzed = runner.run(&request, |request| {
        let mut stream = preview.connect().unwrap();
        let _ = stream.write_all(&request);
        // Half a request is one whose other half never comes.
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        prop_assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 "));
        prop_assert!(!String::from_utf8_lossy(&answer).contains(SECRET));
        Ok(())
    });
    fuzzed.unwrap();
    assert!(preview.get("/").status.contains("200"));
    let said = preview.said().join("\n");
    assert!(!said.contains("panicked"), "{said}");
}

#[test]
fn slow_clients_keep_nobody_from_saving() {
    let project = Project::example();
    let preview = Preview::start(&project);
    let half =
        |mut stream: TcpStream| stream.write_all(b"GET / HTTP/1.1\r\nHost: local").map(|()| stream);
    let slow: Vec<TcpStream> =
        (0..300).filter_map(|_| preview.connect().and_then(half).ok()).collect();
    assert!(slow.len() > 100, "they got in");
    project.write("content/terms/_index.md", "---\ntitle: Terms\n---\nNew words.\n");
    preview.wait("content/terms/_index.md", 1);
    drop(slow);
    // The places are free again when the system has told of it.
    let deadline = std::time::Instant::now() + crate::preview::PATIENCE;
    while !preview
        .send(b"GET /terms/ HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200"))
    {
        assert!(std::time::Instant::now() < deadline, "nobody is answered any more");
        thread::sleep(Duration::from_millis(20));
    }
}
