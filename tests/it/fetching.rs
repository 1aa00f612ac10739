//! `verify` of a site on the web: what is proved of a folder is proved of a server, and no server
//! keeps it waiting or leads it elsewhere.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use crate::project::Project;
use crate::server::Server;
use crate::verifying::{HEAD, PROVED, SITE, built, edit, found, verified};

/// Serves whatever `answer` writes for an address, until the tests end; returns the address of the
/// site.
fn server(
    answer: impl Fn(&mut TcpStream, &str) -> io::Result<()> + Clone + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let site = format!("http://{}/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let answer = answer.clone();
            thread::spawn(move || {
                let mut lines = BufReader::new(stream.try_clone()?).lines();
                let request = lines.next().transpose()?.unwrap_or_default();
                while lines.next().transpose()?.is_some_and(|header| !header.is_empty()) {}
                answer(&mut stream, request.split(' ').nth(1).unwrap_or_default())
            });
        }
    });
    site
}

/// Holds that a server is given up soon, and that this is said.
fn refused(
    told: &str,
    answer: impl Fn(&mut TcpStream, &str) -> io::Result<()> + Clone + Send + 'static,
) {
    let start = Instant::now();
    let said = verified(&Project::empty(), &[&server(answer), "--patience", "1"], 2);
    assert!(said.contains(told), "no {told:?} in:\n{said}");
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{told}: given up after {:?}",
        start.elapsed()
    );
}

#[test]
fn a_live_site_is_proved_below_a_base_path() {
    let project = built();
    let server = Server::start(project.path("public"), "/policies/");
    let site = server.address();
    let whole = format!("{PROVED}{SITE}save this head: policybook verify {site} --head {HEAD}\n");
    assert_eq!(verified(&Project::empty(), &[&site], 0), whole);
    assert!(
        verified(&Project::empty(), &[site.trim_end_matches('/'), "--head", HEAD], 0)
            .contains("this is the head you saved")
    );
    assert!(
        verified(&Project::empty(), &[&format!("{site}security/")], 2)
            .contains("there is no ledger at")
    );
}

#[test]
fn what_was_tampered_with_on_the_web_is_named_by_its_address() {
    let project = built();
    let server = Server::start(project.path("public"), "/");
    let site = server.address();
    edit(
        &project,
        "public/ledger/original/security/010-reporting.md",
        "48 business hours",
        "72 business hours",
    );
    found(
        &project,
        &[&site],
        &[
            "a released file was changed\n--> ledger/original/security/010-reporting.md",
            "1 error: ",
        ],
    );
    fs::remove_file(project.path("public/ledger/original/security/010-reporting.md")).unwrap();
    found(
        &project,
        &[&site],
        &["the released file `ledger/original/security/010-reporting.md` is missing", "1 error: "],
    );
    fs::remove_file(project.path("public/security/v/original/index.html")).unwrap();
    found(
        &project,
        &[&site],
        &["this is missing\n--> security/v/original/index.html", "2 errors: "],
    );
}

#[test]
fn a_hostile_ledger_names_no_file_outside_and_commands_no_terminal() {
    let project = built();
    let server = Server::start(project.path("public"), "/");
    let sums = project.read("public/ledger/original/SHA256SUMS");
    for path in ["../../../secret", "/etc/passwd", "a//b", "security/\u{1b}[31m.md"] {
        project.write(
            "public/ledger/original/SHA256SUMS",
            format!("{sums}{}  {path}\n", "0".repeat(64)),
        );
        found(
            &project,
            &[&server.address()],
            &["this is not what `sha256sum` writes\n--> ledger/original/SHA256SUMS"],
        );
    }
    edit(&project, "public/ledger/ledger.yaml", "  kind:", "  \u{9b}31mkind\u{1b}]0;title\u{7}:");
    let said = verified(&project, &[&server.address()], 1);
    assert!(!said.contains(|letter: char| letter.is_control() && letter != '\n'), "{said:?}");
}

#[test]
fn a_server_that_never_ends_is_given_up() {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    refused(": no answer in time", |_, _| {
        thread::sleep(Duration::from_secs(60));
        Ok(())
    });
    refused(": the response body is larger than", |stream, _| {
        stream.write_all(OK)?;
        loop {
            stream.write_all(&[b'#'; 1 << 16])?;
        }
    });
    refused(": no answer in time", |stream, _| {
        stream.write_all(OK)?;
        loop {
            stream.write_all(b"#")?;
            thread::sleep(Duration::from_millis(100));
        }
    });
    refused("fetch `http://127.0.0.1:", |stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n")?;
        loop {
            stream.write_all(b"X-More: and more\r\n")?;
        }
    });
}

#[test]
fn a_server_that_makes_no_sense_is_an_error() {
    refused("the server answers 500", |stream, _| {
        stream.write_all(b"HTTP/1.1 500 Oh\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    });
    refused("there is no ledger at `http://127.0.0.1:", |stream, _| {
        stream
            .write_all(b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    });
    refused("fetch `http://127.0.0.1:", |stream, _| {
        stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nabc")
    });
    refused("fetch `http://127.0.0.1:", |stream, _| {
        stream.write_all(b"220 mail.example ESMTP\r\n")
    });
    let plain =
        server(|stream, _| stream.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"))
            .replace("http:", "https:");
    assert!(
        verified(&Project::empty(), &[&plain, "--patience", "1"], 2)
            .contains("fetch `https://127.0.0.1:")
    );
    let closed = { TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap() };
    assert!(
        verified(&Project::empty(), &[&format!("http://{closed}/")], 2)
            .contains(&format!("fetch `http://{closed}/ledger/ledger.yaml`"))
    );
}

#[test]
fn a_redirect_is_followed_in_the_same_site_only() {
    let redirect = |location: &'static str| {
        move |stream: &mut TcpStream, _: &str| {
            write!(
                stream,
                "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
            )
        }
    };
    refused(
        "the server redirects to another site, `http://127.0.0.1:9/x`",
        redirect("http://127.0.0.1:9/x"),
    );
    refused(
        "the server redirects to another site, `http://elsewhere.example/`",
        redirect("//elsewhere.example/"),
    );
    refused(
        "the server redirects to another site, `file:///etc/passwd`",
        redirect("file:///etc/passwd"),
    );
    refused("the server redirects more than 3 times", redirect("/again"));
    let project = built();
    let folder = project.path("public");
    let site = server(move |stream, address| {
        let Some(path) = address.strip_prefix("/moved/") else {
            return write!(
                stream,
                "HTTP/1.1 301 Moved\r\nConnection: close\r\nLocation: /moved{address}\r\nContent-Length: 0\r\n\r\n"
            );
        };
        let index = if path.is_empty() || path.ends_with('/') { "index.html" } else { "" };
        let bytes = fs::read(folder.join(format!("{path}{index}")))?;
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            bytes.len()
        )?;
        stream.write_all(&bytes)
    });
    assert!(verified(&Project::empty(), &[&site], 0).starts_with(PROVED));
}
