//! Files of a site on the web, and what any server says of an address. Nothing that a server says
//! is believed: every answer is bounded in time and size, and so is their sum, and only the host
//! that was named is asked. The one file that names the HTTP client.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail};
use rayon::{ThreadPool, ThreadPoolBuilder};
use ureq::config::{Config, ConfigBuilder};
use ureq::http::header::{LOCATION, RETRY_AFTER};
use ureq::http::request::Parts;
use ureq::http::{Request, Response, StatusCode, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::typestate::AgentScope;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Timeout};
use url::Url;

use crate::parse::LARGEST_FILE;
use crate::web::open_web::{PRIVATE, is_public};

/// How many files are asked for at the same time.
const HANDS: usize = 8;
/// How many files a site is asked for.
const MOST_FILES: usize = 100_000;
/// How many bytes a site may send, all files together.
const MOST_BYTES: usize = 512 << 20;
/// How long all of it may take.
const LONGEST: Duration = Duration::from_secs(3600);
/// How many redirects are followed from one address.
const REDIRECTS: usize = 3;

/// How long a web address may take to do what it is told.
const POST_PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(10);
/// How long a body may take to be sent while it moves.
const SENDING: Duration = Duration::from_secs(240);

/// An HTTP response, whatever its status.
pub struct Seen {
    /// The status, as 200.
    pub status: u16,
    /// The media type it names.
    pub content_type: Option<String>,
    /// How long it says that the answer may be kept.
    pub cache_control: Option<String>,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// How an address is asked for: without its content, or as a reader does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The head of the answer only.
    Head,
    /// All of it, of which no byte is read.
    Get,
}

/// Status and headers of a response.
pub struct Word {
    /// The status, as 200.
    pub status: u16,
    /// Where it says to go instead.
    pub location: Option<String>,
    /// After how many seconds it says to come again.
    pub retry_after: Option<u64>,
}

/// Which hosts may be requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those of the open web.
    Public,
    /// Those of this machine and of private networks too.
    Everywhere,
}

/// HTTP client for one trusted service that the user names, such as an object store. It follows no
/// redirects.
#[derive(Debug)]
pub struct Courier {
    agent: Agent,
}

/// How long the parts of a request may take.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// Until there is a connection.
    pub connecting: Duration,
    /// From the last byte that was sent, or that could not be sent, to the head of the answer.
    pub answering: Duration,
    /// For the rest of the answer.
    pub receiving: Duration,
}

/// A request without an answer.
pub struct Unanswered {
    /// How far it got.
    pub stage: Stage,
    /// Why there is no answer.
    pub cause: Box<dyn Error + Send + Sync>,
}

/// How far a request got that has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It was not sent.
    Connecting,
    /// Nothing came back in time.
    Waiting,
    /// The connection broke, before or after the service did what it was told.
    Broken,
    /// Trying again would not help.
    Refused,
}

impl Courier {
    /// Creates a client with these timeouts; with `plain` also over `http`.
    pub fn new(times: Times, plain: bool) -> Courier {
        let Times { connecting, answering, receiving } = times;
        let config = builder(SENDING + connecting + answering + receiving)
            .timeout_resolve(Some(connecting))
            .timeout_connect(Some(connecting))
            .timeout_send_request(Some(answering))
            .timeout_per_write(Some(answering))
            .timeout_send_body(Some(SENDING))
            .timeout_recv_response(Some(answering))
            .timeout_recv_body(Some(receiving))
            .https_only(!plain)
            .build();
        Courier { agent: config.new_agent() }
    }

    /// Sends a request and returns the answer, whatever its status.
    ///
    /// # Errors
    /// Says how far it got, and why there is no answer.
    pub fn send(&self, head: Parts, body: &[u8]) -> Result<Response<Vec<u8>>, Unanswered> {
        let answer = if ["PUT", "POST"].contains(&head.method.as_str()) {
            self.agent.run(Request::from_parts(head, body))
        } else {
            self.agent.run(Request::from_parts(head, ()))
        };
        let whole = answer.and_then(|response| {
            let (parts, mut body) = response.into_parts();
            Ok(Response::from_parts(
                parts,
                body.with_config().limit(MOST_BYTES as u64).read_to_vec()?,
            ))
        });
        whole.map_err(|error| Unanswered { stage: stage(&error), cause: said(error).into() })
    }
}

/// Says why there is no answer.
fn said(error: ureq::Error) -> anyhow::Error {
    match error {
        ureq::Error::Io(error) => error.into(),
        ureq::Error::Timeout(Timeout::Resolve) => {
            anyhow!("the name of the host is not found in time")
        }
        ureq::Error::Timeout(Timeout::Connect) => anyhow!("no connection in time"),
        ureq::Error::Timeout(Timeout::SendRequest | Timeout::SendBody | Timeout::PerWrite) => {
            anyhow!("it does not take what it is sent")
        }
        ureq::Error::Timeout(Timeout::RecvBody | Timeout::PerRead) => {
            anyhow!("its answer does not end in time")
        }
        ureq::Error::Timeout(_) => anyhow!("no answer in time"),
        other => other.into(),
    }
}

fn stage(error: &ureq::Error) -> Stage {
    use io::ErrorKind;
    match error {
        ureq::Error::HostNotFound
        | ureq::Error::ConnectionFailed
        | ureq::Error::ConnectProxyFailed(_) => Stage::Connecting,
        ureq::Error::Timeout(Timeout::Resolve | Timeout::Connect) => Stage::Connecting,
        ureq::Error::Timeout(_) => Stage::Waiting,
        ureq::Error::Io(error) => match error.kind() {
            ErrorKind::ConnectionRefused
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::AddrNotAvailable => Stage::Connecting,
            ErrorKind::TimedOut => Stage::Waiting,
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => Stage::Broken,
            _ => Stage::Refused,
        },
        _ => Stage::Refused,
    }
}

/// Sends JSON to a web address, with a secret for it if it asks for one.
///
/// # Errors
/// Says why there is no answer, or what the answer is if it is no success. The secret is never
/// told.
pub fn post(address: &str, secret: Option<&str>, body: &[u8]) -> Result<()> {
    let mut request = agent(POST_PATIENCE).post(address).content_type("application/json");
    if let Some(secret) = secret {
        request = request.header("Authorization", format!("Bearer {secret}"));
    }
    let response = request.send(body).map_err(said).with_context(|| format!("tell `{address}`"))?;
    if !response.status().is_success() {
        bail!("`{address}` answers {}", response.status());
    }
    Ok(())
}

fn agent(patience: Duration) -> Agent {
    config(patience).new_agent()
}

fn config(patience: Duration) -> Config {
    builder(patience).build()
}

fn builder(patience: Duration) -> ConfigBuilder<AgentScope> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(provider);
    Agent::config_builder()
        .tls_config(tls.build())
        .timeout_global(Some(patience))
        .timeout_connect(Some(patience.min(CONNECTING)))
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("policybook/", env!("CARGO_PKG_VERSION")))
}

/// HTTP client that checks untrusted URLs.
pub struct Asker {
    agent: Agent,
    patience: Duration,
}

impl Asker {
    /// Creates a client with this timeout.
    ///
    /// # Errors
    /// Never, with an HTTP client.
    pub fn new(patience: Duration, reach: Reach) -> Result<Asker> {
        Ok(Asker {
            agent: Agent::with_parts(config(patience), DefaultConnector::default(), Within(reach)),
            patience,
        })
    }

    /// Requests a URL without following redirects.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub fn ask(&self, method: Method, address: &Url) -> Result<Word> {
        let request = match method {
            Method::Head => self.agent.head(address.as_str()),
            Method::Get => self.agent.get(address.as_str()),
        };
        let response = request.call().map_err(|error| match error {
            ureq::Error::Io(error) => anyhow::Error::from(error),
            ureq::Error::Timeout(_) => {
                anyhow::anyhow!("no answer within {} seconds", self.patience.as_secs())
            }
            other => other.into(),
        })?;
        let header = |name| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let retry_after = header(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok());
        Ok(Word { status: response.status().as_u16(), location: header(LOCATION), retry_after })
    }
}

/// Finds the numbers of hosts, and keeps to those that may be asked, however they are called: who
/// names a host decides its number anew each time, so that it counts only here. A proxy is where
/// the user said.
#[derive(Debug)]
struct Within(Reach);

impl Resolver for Within {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let proxy = config.proxy().is_some_and(|proxy| Some(proxy.host()) == uri.host());
        if self.0 == Reach::Everywhere || proxy {
            return Ok(found);
        }
        let mut kept = self.empty();
        for address in found.iter().filter(|address| is_public(address.ip())) {
            kept.push(*address);
        }
        if kept.is_empty() {
            return Err(ureq::Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, PRIVATE)));
        }
        Ok(kept)
    }
}

/// Who asks for the files of one site.
pub struct Client {
    agent: Agent,
    site: Url,
    start: Instant,
    files: AtomicUsize,
    bytes: AtomicUsize,
    pool: ThreadPool,
}

impl Client {
    /// Returns a client for the site at an address. `patience` is how long an answer may take.
    ///
    /// # Errors
    /// Says what is wrong with the address.
    pub fn new(address: &str, patience: Duration) -> Result<Client> {
        let mut site = Url::parse(address)
            .with_context(|| format!("read the address `{}`", address.escape_debug()))?;
        if !matches!(site.scheme(), "http" | "https") {
            bail!("`{site}` cannot be asked for: an address begins with `https://` or `http://`");
        }
        site.set_query(None);
        site.set_fragment(None);
        if !site.path().ends_with('/') {
            site.set_path(&format!("{}/", site.path()));
        }
        Ok(Client {
            agent: agent(patience),
            site,
            start: Instant::now(),
            files: AtomicUsize::new(0),
            bytes: AtomicUsize::new(0),
            pool: ThreadPoolBuilder::new()
                .num_threads(HANDS)
                .stack_size(8 << 20)
                .build()
                .context("start the threads")?,
        })
    }

    /// Returns the threads to ask on.
    pub fn pool(&self) -> &ThreadPool {
        &self.pool
    }

    /// Returns the whole address of a file, by the address that it has in the site.
    pub fn address(&self, within: &str) -> Url {
        let mut address = self.site.clone();
        address
            .path_segments_mut()
            .expect("a web address has a path")
            .pop_if_empty()
            .extend(within.split('/'));
        address
    }

    /// Asks for a file; `None` if the server says that there is none.
    ///
    /// # Errors
    /// Says why there is no answer that can be used, and at which address.
    pub fn get(&self, within: &str) -> Result<Option<Vec<u8>>> {
        let address = self.address(within);
        if self.files.fetch_add(1, Ordering::Relaxed) >= MOST_FILES {
            bail!("the ledger of `{}` names more than {MOST_FILES} files", self.site);
        }
        if self.start.elapsed() > LONGEST {
            bail!("`{}` takes longer than {} minutes", self.site, LONGEST.as_secs() / 60);
        }
        let bytes = self.follow(address.clone()).with_context(|| format!("fetch `{address}`"))?;
        let size = bytes.as_ref().map_or(0, Vec::len);
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size > MOST_BYTES {
            bail!("`{}` sends more than {} MiB", self.site, MOST_BYTES >> 20);
        }
        Ok(bytes)
    }

    /// Fetches a file, bypassing caches, without following redirects.
    ///
    /// # Errors
    /// Says why there is no answer.
    pub fn seen(&self, within: &str) -> Result<Seen> {
        let address = self.address(within);
        let look = || {
            let mut response = self
                .agent
                .get(address.as_str())
                .header("Cache-Control", "no-cache")
                .call()
                .map_err(said)?;
            let header = |name: &str| {
                response
                    .headers()
                    .get(name)
                    .and_then(|value| value.to_str().ok())
                    .map(str::to_owned)
            };
            let (content_type, cache_control) = (header("content-type"), header("cache-control"));
            let status = response.status().as_u16();
            let bytes = response
                .body_mut()
                .with_config()
                .limit(LARGEST_FILE as u64)
                .read_to_vec()
                .map_err(said)?;
            anyhow::Ok(Seen { status, content_type, cache_control, bytes })
        };
        look().with_context(|| format!("fetch `{address}`"))
    }

    /// Asks at an address, and where that leads elsewhere in the same site, there.
    fn follow(&self, mut address: Url) -> Result<Option<Vec<u8>>> {
        for _ in 0..=REDIRECTS {
            let mut response = self.agent.get(address.as_str()).call().map_err(said)?;
            match response.status() {
                StatusCode::OK => {
                    let body = response.body_mut().with_config().limit(LARGEST_FILE as u64);
                    return Ok(Some(body.read_to_vec().map_err(said)?));
                }
                StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
                status if status.is_redirection() => {
                    let location = response
                        .headers()
                        .get(LOCATION)
                        .and_then(|location| location.to_str().ok());
                    let location = location.with_context(|| {
                        format!("the server answers {status} and does not say where to go")
                    })?;
                    address = self.within_the_site(&address, location)?;
                }
                status => bail!("the server answers {status}"),
            }
        }
        bail!("the server redirects more than {REDIRECTS} times")
    }

    /// Returns where a redirect leads: to the same host by the same protocol, or from `http` to
    /// `https`.
    fn within_the_site(&self, address: &Url, location: &str) -> Result<Url> {
        let next = address.join(location).context("the server redirects to no address")?;
        let upgraded =
            address.scheme() == "http" && next.scheme() == "https" && address.host() == next.host();
        if next.origin() != address.origin() && !upgraded {
            bail!("the server redirects to another site, `{next}`: name that one if you trust it");
        }
        Ok(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_not_believed_to_lead_to_the_open_web() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = Url::parse(&format!("http://localhost:{port}/")).unwrap();
        let why = |reach| {
            Asker::new(Duration::from_secs(5), reach)
                .unwrap()
                .ask(Method::Head, &address)
                .err()
                .unwrap()
                .to_string()
        };
        assert_eq!(why(Reach::Public), PRIVATE);
        assert_ne!(why(Reach::Everywhere), PRIVATE);
    }

    #[test]
    fn a_courier_says_who_it_is_and_how_far_a_request_got() {
        use std::io::{Read as _, Write as _};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/a", listener.local_addr().unwrap());
        let head = |method: &str| {
            Request::builder().method(method).uri(&address).body(()).unwrap().into_parts().0
        };
        let five = Duration::from_secs(5);
        let times = Times { connecting: five, answering: five, receiving: five };
        let courier = |plain| Courier::new(times, plain);
        let served = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut told = Vec::new();
            let mut byte = [0];
            while !told.ends_with(b"\r\n\r\nabc") && stream.read(&mut byte).unwrap() == 1 {
                told.push(byte[0]);
            }
            stream
                .write_all(b"HTTP/1.1 412 No\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
                .unwrap();
            String::from_utf8(told).unwrap().to_ascii_lowercase()
        });
        let answer = courier(true).send(head("PUT"), b"abc").ok().unwrap();
        assert_eq!(
            (answer.status().as_u16(), answer.body().as_slice()),
            (412, &b"no"[..]),
            "an answer, whatever its status"
        );
        assert!(served.join().unwrap().contains("user-agent: policybook/"));
        let stage = |plain| courier(plain).send(head("GET"), b"").err().unwrap().stage;
        assert_eq!(stage(true), Stage::Connecting, "nobody listens any more");
        assert_eq!(stage(false), Stage::Refused, "in the clear only where it is asked for");
    }
}
