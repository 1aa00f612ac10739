//! The files that tell hosts how to serve a site, before the real servers: nginx and Caddy.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::project::Project;

/// How long a server may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// A server at work; it ends with the value.
pub struct Running {
    process: Child,
    /// Where it listens.
    pub port: u16,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A site of the example for a host, below a path of that host.
fn built(base: &str) -> Project {
    let project = Project::example();
    let site = project
        .read("content/site.yaml")
        .replace("https://fluxiom.example/", &format!("https://fluxiom.example{base}"));
    project.write("content/site.yaml", site + "\nhosts: [nginx, caddy]\ncompress: true\n");
    // Three versions, so that two are compared which do not follow each other.
    project.write("content/security/005-more.md", "## More\n\nAnd this.\n");
    let release = ["release", "--id", "2026-11-20", "--summary", "More.", "--yes", "--quiet"];
    project.said(&release, 0);
    project.build(&["--out", &format!("root{}", base.trim_end_matches('/'))]);
    project
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts a server and waits until it answers.
fn start(command: &mut Command, port: u16) -> Running {
    let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut running = Running {
        process: process.expect("run `tests/run`, which installs nginx and Caddy"),
        port,
    };
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            begun.elapsed() < PATIENCE && running.process.try_wait().unwrap().is_none(),
            "{command:?} does not answer"
        );
        thread::sleep(Duration::from_millis(50));
    }
    running
}

/// Serves `root/` with nginx, which includes what a site says at its base path.
pub fn nginx(project: &Project, base: &str) -> Running {
    let (port, root) = (free_port(), project.path("root"));
    let (root, folder) = (root.display(), project.root().display());
    let configuration = format!(
        "daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;\nevents {{}}\nhttp {{ include /etc/nginx/mime.types; \
         access_log off; client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3; \
         uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;\nserver {{ listen 127.0.0.1:{port}; root {root}; location ~ /\\. {{ deny all; }} \
         include {root}{base}nginx.conf; }} }}\n"
    );
    project.write("main.conf", configuration);
    // Its workers are nobody, and a folder for a test is its owner's alone.
    for place in [project.root(), Path::new(&root.to_string())] {
        open_to_all(place);
    }
    start(Command::new("nginx").arg("-c").arg(project.path("main.conf")), port)
}

#[cfg(unix)]
fn open_to_all(place: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(place, fs::Permissions::from_mode(0o755)).unwrap();
}

fn caddy(project: &Project, base: &str) -> Running {
    let (port, root) = (free_port(), project.path("root"));
    let root = root.display();
    let site = format!(
        "http://127.0.0.1:{port} {{\n root * {root}\n import {root}{base}Caddyfile\n file_server\n}}\n"
    );
    project.write("main", format!("{{\n admin off\n auto_https off\n}}\n{site}"));
    let mut command = Command::new("caddy");
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(project.path("main"))
        .env("HOME", project.root());
    start(command.env("XDG_CONFIG_HOME", project.root()).env("XDG_DATA_HOME", project.root()), port)
}

/// Asks for a path; returns the status and the headers.
fn head(server: &Running, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n", server.port).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer);
    answer.split("\r\n\r\n").next().unwrap().to_ascii_lowercase()
}

#[test]
fn only_hosts_that_serve_what_is_there_first_lead_on_from_a_comparison_that_is_gone() {
    let project = Project::example();
    let site = project.read("content/site.yaml");
    for (hosts, file, rule) in [
        ("netlify", "_redirects", Some("/security/compare/* /security/compare/ 302\n")),
        ("cloudflare, netlify", "_redirects", None),
        ("nginx", "nginx.conf", Some("{ return 302 $1; }")),
        ("caddy", "Caddyfile", Some("redir @compare {re.compare.1} 302")),
    ] {
        project.write("content/site.yaml", format!("{site}\nhosts: [{hosts}]\n"));
        project.build(&["--out", "public"]);
        let text = project.read(&format!("public/{file}"));
        assert_eq!(text.contains("302"), rule.is_some(), "{hosts}\n{text}");
        assert!(rule.is_none_or(|rule| text.contains(rule)), "{hosts}\n{text}");
    }
    let page = project.read("public/404.html");
    assert!(page.contains("<a href=\"/security/compare/\">"), "{page}");
    // One version has nothing to compare it with.
    assert!(!page.contains("/whitehats/compare/"), "{page}");
}

fn check(server: &Running, project: &Project, base: &str, own: &str) {
    let asset = project
        .files(&format!("root{base}assets"))
        .into_iter()
        .map(|(name, _)| name)
        .find(|name| name.ends_with(".css"))
        .unwrap();
    let html = "content-type: text/html; charset=utf-8";
    let expected = [
        ("", "200", html),
        ("security/v/original/", "200", html),
        (".well-known/security.txt", "200", "content-type: text/plain; charset=utf-8"),
        ("security/v/original/policy.txt", "200", "content-type: text/plain; charset=utf-8"),
        ("security/v/original/policy.md", "200", "content-type: text/markdown; charset=utf-8"),
        ("feed.atom", "200", "content-type: application/atom+xml; charset=utf-8"),
        ("subprocessors.csv", "200", "content-type: text/csv; charset=utf-8"),
        ("security/timemap.link", "200", "content-type: application/link-format"),
        ("security.txt", "301", "/.well-known/security.txt"),
        ("nothing/at/all", "404", html),
        // Two versions that are not compared, and two that are.
        ("security/compare/", "200", html),
        ("security/compare/a/b/", "302", &format!("location: {base}security/compare/\r\n")),
        ("security/compare/original/2026-11-20/", "200", html),
        (&format!("assets/{asset}"), "200", "cache-control: public, max-age=31536000, immutable"),
        (&format!("assets/{asset}"), "200", "content-encoding: gzip"),
        ("security/", "200", "content-encoding: gzip"),
    ];
    for (address, status, header) in expected {
        let head = head(server, &format!("{base}{address}"));
        assert!(
            head.starts_with(&format!("http/1.1 {status} ")) && head.contains(header),
            "{address}: {status} {header}\n{head}"
        );
        for strict in [
            "content-security-policy: default-src 'none'",
            "x-content-type-options: nosniff",
            "strict-transport-security: ",
        ] {
            assert_eq!(head.matches(strict).count(), 1, "{address}: {strict}\n{head}");
        }
        assert_eq!(head.contains("immutable"), address.starts_with("assets/"), "{address}\n{head}");
    }
    for hidden in [".policybook/manifest", own] {
        assert!(head(server, &format!("{base}{hidden}")).starts_with("http/1.1 404 "), "{hidden}");
    }
    assert!(!head(server, &format!("{base}assets/gone.css")).contains("immutable"));
}

/// Puts another site beside ours on the same host.
fn neighbour(project: &Project) {
    for (path, text) in [
        ("index.html", "<h1>Theirs</h1>"),
        ("404.html", "<h1>Their 404</h1>"),
        ("shop/index.html", "<h1>Shop</h1>"),
        ("shop/list.link", "a,b"),
        ("shop/assets/a.css", "a {}"),
        ("shop/nginx.conf", "theirs"),
        ("shop/Caddyfile", "theirs"),
        ("policies-old/index.html", "<h1>Old</h1>"),
        ("security.txt", "Contact: mailto:they@a.example"),
    ] {
        project.write(&format!("root/{path}"), text);
    }
}

/// Holds that what the host has besides is served as if our site were not there.
fn check_neighbour(server: &Running) {
    for (path, status) in [
        ("/", 200),
        ("/shop/", 200),
        ("/shop/list.link", 200),
        ("/shop/assets/a.css", 200),
        ("/shop/nginx.conf", 200),
        ("/shop/Caddyfile", 200),
        ("/policies-old/", 200),
        ("/security.txt", 200),
        ("/shop/nothing", 404),
        ("/nothing", 404),
    ] {
        let head = head(server, path);
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{path}\n{head}");
        for ours in [
            "content-security-policy",
            "x-content-type-options",
            "strict-transport-security",
            "immutable",
            "application/link-format",
            "/policies/",
        ] {
            assert!(!head.contains(ours), "{path}: {ours}\n{head}");
        }
    }
}

#[test]
#[ignore = "needs nginx: tests/run installs it"]
fn nginx_serves_the_site_as_it_asks() {
    for base in ["/", "/policies/"] {
        let project = built(base);
        if base != "/" {
            neighbour(&project);
        }
        let server = nginx(&project, base);
        check(&server, &project, base, "nginx.conf");
        if base != "/" {
            check_neighbour(&server);
        }
    }
}

#[test]
#[ignore = "needs Caddy: tests/run installs it"]
fn caddy_serves_the_site_as_it_asks() {
    for base in ["/", "/policies/"] {
        let project = built(base);
        if base != "/" {
            neighbour(&project);
        }
        let server = caddy(&project, base);
        check(&server, &project, base, "Caddyfile");
        if base != "/" {
            check_neighbour(&server);
        }
    }
}
