//! `policybook check --online`: pages of other sites are asked for politely, and no server keeps it
//! waiting or leads it into a private network.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{io, thread};

use crate::project::Project;

const SITE: &str = "\
name: Acme
base_url: https://acme.example/
contacts:
  - kind: security
    email: security@acme.example
security_txt:
  expires: 2027-06-01T00:00:00Z
";

/// A web server of a stranger, until the tests end.
struct Stranger {
    address: String,
    /// What it was asked, as `HEAD /page`.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stranger {
    /// Answers with what `answer` writes for a method and a path.
    fn new(
        answer: impl Fn(&mut TcpStream, &str, &str) -> io::Result<()> + Clone + Send + 'static,
    ) -> Stranger {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let list = asked.clone();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (answer, list) = (answer.clone(), list.clone());
                thread::spawn(move || {
                    let mut lines = BufReader::new(stream.try_clone()?).lines();
                    let request = lines.next().transpose()?.unwrap_or_default();
                    while lines.next().transpose()?.is_some_and(|header| !header.is_empty()) {}
                    let mut words = request.split(' ');
                    let (method, path) =
                        (words.next().unwrap_or_default(), words.next().unwrap_or_default());
                    list.lock().unwrap().push(format!("{method} {path}"));
                    answer(&mut stream, method, path)
                });
            }
        });
        Stranger { address, asked }
    }

    /// Answers every question with a status line and headers.
    fn saying(head: &'static str) -> Stranger {
        Stranger::new(move |stream, _, _| say(stream, head))
    }

    /// Returns what it was asked since the last time.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

fn say(stream: &mut TcpStream, head: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {head}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
}

/// Returns a project whose one section leads to some addresses, each on a line of its own from line
/// 3 on.
fn leading_to(addresses: &[String]) -> Project {
    let project = Project::empty();
    let links: String =
        addresses.iter().map(|address| format!("- [the page of this line]({address})\n")).collect();
    project.write("content/site.yaml", SITE);
    project.write("content/security/_index.md", "---\ntitle: Security\n---\n\nWe take care.\n");
    project.write("content/security/10-links.md", format!("## Links\n\n{links}"));
    project
}

fn check(project: &Project, arguments: &[&str]) -> Output {
    check_on(project, crate::project::TODAY, arguments)
}

fn check_on(project: &Project, today: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_policybook"));
    command.current_dir(project.root()).args(["check", "--today", today]).args(arguments);
    if !arguments.contains(&"--patience") {
        command.args(["--patience", "2"]);
    }
    for name in [
        "GITHUB_ACTIONS",
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    command.env("XDG_CACHE_HOME", project.path(".cache")).env("NO_COLOR", "1").output().unwrap()
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Returns what is said of the address on the first line of links.
fn said_of(address: String) -> String {
    let output = check(&leading_to(std::slice::from_ref(&address)), &["--online", "--intranet"]);
    let said = text(&output).replace(&address, "ADDRESS");
    said.lines()
        .find_map(|line| line.strip_prefix("content/security/10-links.md:3:3: "))
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn nobody_is_asked_unless_that_is_wanted() {
    let stranger = Stranger::saying("404 Not Found");
    let project = leading_to(&[format!("{}/page", stranger.address)]);
    assert_eq!(text(&check(&project, &[])), "checked 0 errors, 0 warnings\n");
    assert_eq!(stranger.asked(), [""; 0]);
    let output = check(&project, &["--online", "--intranet"]);
    assert!(
        text(&output)
            .starts_with("content/security/10-links.md:3:3: error[P131] `http://127.0.0.1:"),
        "{}",
        text(&output)
    );
    assert!(
        text(&output).contains("/page` is gone: it answers 404\nasking for 1 address of 1 host\n"),
        "{}",
        text(&output)
    );
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stranger.asked(), ["HEAD /page", "GET /page"]);
}

#[test]
fn a_private_network_is_not_asked_for_strangers() {
    let stranger = Stranger::saying("200 OK");
    let port = stranger.address.rsplit(':').next().unwrap();
    let hosts = [
        "127.0.0.1",
        "localhost",
        "0x7f000001",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "LocalHost.",
    ];
    let project = leading_to(&hosts.map(|host| format!("http://{host}:{port}/latest/meta-data")));
    let output = check(&project, &["--online"]);
    let refused = text(&output)
        .lines()
        .filter(|line| {
            line.contains("warning[P133] `http") && line.ends_with("in a private network")
        })
        .count();
    assert_eq!(refused, hosts.len(), "{}", text(&output));
    assert!(output.status.success());
    assert_eq!(stranger.asked(), [""; 0]);
}

#[test]
fn what_a_page_answers_decides() {
    let stranger = Stranger::new(|stream, method, path| match (method, path) {
        (_, "/there") | ("GET", "/no-head" | "/head-is-404") => say(stream, "200 OK"),
        (_, "/no-head") => say(stream, "405 Method Not Allowed"),
        (_, "/gone") => say(stream, "410 Gone"),
        (_, "/moved") => say(stream, "301 Moved Permanently\r\nLocation: /moved/on"),
        (_, "/moved/on") => say(stream, "308 Permanent Redirect\r\nLocation: /there"),
        (_, "/elsewhere-today") => say(stream, "302 Found\r\nLocation: /moved"),
        (_, "/moved-and-gone") => say(stream, "301 Moved Permanently\r\nLocation: /gone"),
        (_, "/forbidden") => say(stream, "403 Forbidden"),
        _ => say(stream, "404 Not Found"),
    });
    for (path, said) in [
        ("/there", ""),
        ("/there#part", ""),
        ("/no-head", ""),
        ("/head-is-404", ""),
        ("/elsewhere-today", ""),
        ("/moved", "warning[P132] `ADDRESS` moved for good"),
        ("/gone", "error[P131] `ADDRESS` is gone: it answers 410"),
        ("/missing", "error[P131] `ADDRESS` is gone: it answers 404"),
        ("/moved-and-gone", "error[P131] `ADDRESS` is gone: it answers 410"),
        ("/forbidden", "warning[P133] nobody knows whether `ADDRESS` is there: it answers 403"),
    ] {
        assert_eq!(said_of(format!("{}{path}", stranger.address)), said, "{path}");
    }
    let project = leading_to(&[format!("{}/moved", stranger.address)]);
    let help = text(&check(&project, &["--online", "--intranet", "--format", "full"]));
    assert!(
        help.contains(&format!(
            "= help: if that is what was meant, write `{}/there`\n",
            stranger.address
        )),
        "{help}"
    );
}

#[test]
fn who_is_busy_is_asked_again_and_who_is_hostile_is_given_up() {
    let start = Instant::now();
    let busy = Stranger::new({
        let times = Arc::new(Mutex::new(0));
        move |stream, _, _| {
            let mut times = times.lock().unwrap();
            *times += 1;
            say(
                stream,
                if *times < 4 { "503 Service Unavailable\r\nRetry-After: 0" } else { "200 OK" },
            )
        }
    });
    let endless = Stranger::new(|stream, method, _| {
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
        if method == "HEAD" {
            return Ok(());
        }
        loop {
            stream.write_all(&[b'#'; 1 << 16])?;
        }
    });
    let chatty = Stranger::new(|stream, _, _| {
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n")?;
        loop {
            stream.write_all(b"X-More: and more\r\n")?;
        }
    });
    let mute = Stranger::new(|_, _, _| {
        thread::sleep(Duration::from_secs(60));
        Ok(())
    });
    let circle = Stranger::saying("302 Found\r\nLocation: /again");
    let file = Stranger::saying("302 Found\r\nLocation: file:///etc/passwd");
    let lost = Stranger::saying("301 Moved Permanently");
    let rude = Stranger::saying("\u{1b}[31m");
    let patient = Stranger::saying("429 Too Many Requests\r\nRetry-After: 86400");
    let closed =
        format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    let strangers = [&busy, &endless, &chatty, &mute, &circle, &file, &lost, &rude, &patient];
    let addresses: Vec<String> = strangers
        .iter()
        .map(|stranger| format!("{}/page", stranger.address))
        .chain([closed])
        .collect();
    let output = check(&leading_to(&addresses), &["--online", "--intranet", "--patience", "1"]);
    let said = text(&output);
    for (line, why) in [
        (5, "header"),
        (6, "no answer within 1 seconds"),
        (7, "it redirects more than 5 times"),
        (8, "it redirects to `file:///etc/passwd`"),
        (9, "it answers 301 and does not say where to go"),
        (10, "invalid response status"),
        (11, "it answers 429"),
        (12, "onnection refused"),
    ] {
        let place = format!("content/security/10-links.md:{line}:3: warning[P133] ");
        assert!(
            said.lines().any(|told| told.starts_with(&place) && told.contains(why)),
            "no {why:?} at line {line} in\n{said}"
        );
    }
    assert!(
        said.contains("asking for 10 addresses of 1 host\nchecked 0 errors, 8 warnings\n"),
        "{said}"
    );
    assert_eq!(busy.asked(), ["HEAD /page", "GET /page", "GET /page", "GET /page"]);
    assert_eq!(patient.asked(), ["HEAD /page", "GET /page"], "nobody waits for a day");
    assert!(start.elapsed() < Duration::from_secs(60), "given up after {:?}", start.elapsed());
}

#[test]
fn a_host_that_was_silent_twice_is_left_alone() {
    let stranger = Stranger::new(|_, _, _| Ok(()));
    let project =
        leading_to(&(0..9).map(|page| format!("{}/{page}", stranger.address)).collect::<Vec<_>>());
    let said = text(&check(&project, &["--online", "--intranet"]));
    assert_eq!(said.matches("the host gave no answer before").count(), 7, "{said}");
    let pages: BTreeSet<String> =
        stranger.asked().iter().map(|asked| asked.rsplit('/').next().unwrap().to_owned()).collect();
    assert_eq!(pages, BTreeSet::from(["0", "1"].map(str::to_owned)));
}

#[test]
fn what_was_there_is_remembered_for_a_day() {
    let stranger = Stranger::new(|stream, _, path| match path {
        "/gone" => say(stream, "404 Not Found"),
        "/old" => say(stream, "301 Moved Permanently\r\nLocation: /new"),
        _ => say(stream, "200 OK"),
    });
    let project =
        leading_to(&["there", "gone", "old"].map(|page| format!("{}/{page}", stranger.address)));
    let asked = |today: &str, arguments: &[&str]| {
        let output = check_on(&project, today, &[&["--online", "--intranet"], arguments].concat());
        assert!(text(&output).contains("checked 1 error, 1 warning\n"), "{}", text(&output));
        let mut asked = stranger.asked();
        asked.sort();
        asked.join(", ")
    };
    let all = "GET /gone, HEAD /gone, HEAD /new, HEAD /old, HEAD /there";
    assert_eq!(asked("2026-11-21", &[]), all);
    assert_eq!(asked("2026-11-21", &[]), "GET /gone, HEAD /gone");
    assert_eq!(asked("2026-11-21", &["--fresh"]), all);
    assert_eq!(asked("2026-11-24", &[]), all);
    for broken in ["", "policybook 1\nnonsense\n2026-11-24T00:00:00Z\n", "policybook 2\n", "\0"] {
        project.write(".cache/policybook/addresses", broken);
        assert_eq!(asked("2026-11-24", &[]), all, "{broken:?}");
    }
}

#[test]
fn each_address_is_asked_for_once_and_only_those_that_readers_follow() {
    let stranger = Stranger::saying("404 Not Found");
    let page = |name: &str| format!("{}/{name}", stranger.address);
    let project = leading_to(&[
        page("twice"),
        page("twice#part"),
        "https://acme.example/own".to_owned(),
        "mailto:a@acme.example".to_owned(),
    ]);
    let form = format!(
        "  - kind: support\n    form: {}\npublish:\n  webhook: {}\nsecurity_txt:",
        page("form"),
        page("webhook")
    );
    project.write("content/site.yaml", SITE.replace("security_txt:", &form));
    let whitehats = format!(
        "whitehats:\n  - name: Ada\n    link: {}\n  - name: Eve\n    consent: false\n    link: {}\n",
        page("ada"),
        page("eve")
    );
    project.write("content/whitehats.yaml", whitehats);
    project.write(
        "content/security/20-thanks.md",
        "## Thanks\n\n{{ whitehats }}\n\nWrite to {{ contact.support }}.\n",
    );
    let said = text(&check(&project, &["--online", "--intranet"]));
    let places = [
        "content/security/10-links.md:3:3: ",
        "content/security/10-links.md:4:3: ",
        "content/site.yaml:7:11: ",
        "content/whitehats.yaml:3:11: ",
    ];
    let found: Vec<&str> =
        said.lines().filter_map(|line| Some(line.split_once("error[P131]")?.0)).collect();
    assert_eq!(found, places, "{said}");
    let heads: Vec<String> =
        stranger.asked().into_iter().filter(|asked| asked.starts_with("HEAD")).collect();
    assert_eq!(heads, ["HEAD /ada", "HEAD /form", "HEAD /twice"]);
}

#[test]
fn a_site_weighs_and_excuses_what_others_do() {
    let stranger = Stranger::saying("404 Not Found");
    let link = format!("[the page]({}/page)", stranger.address);
    let project = leading_to(&[]);
    let excused =
        format!("## Links\n\n<!-- policybook: allow P131: it is down until May -->\n{link}\n");
    project.write("content/security/10-links.md", &excused);
    assert_eq!(
        text(&check(&project, &[])),
        "checked 0 errors, 0 warnings\n",
        "an excuse is not idle while nobody is asked"
    );
    assert!(
        text(&check(&project, &["--online", "--intranet"]))
            .ends_with("\nchecked 0 errors, 0 warnings\n")
    );
    project.write("content/security/10-links.md", excused.replace("P131", "P133"));
    let said = text(&check(&project, &["--online", "--intranet"]));
    assert!(
        said.contains(":3:1: warning[P120] there is no P133 to suppress here")
            && said.contains("checked 1 error, 1 warning"),
        "{said}"
    );
    project.write("content/site.yaml", format!("{SITE}check:\n  P131: warning\n  P133: off\n"));
    let output = check(&project, &["--online", "--intranet", "--skip", "P120"]);
    assert!(
        output.status.success() && text(&output).contains(": warning[P131] "),
        "{}",
        text(&output)
    );
}
