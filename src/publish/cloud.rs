//! Object stores as targets: S3 and what speaks it, Google Cloud Storage, Azure; the one file that
//! names their client.

use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{fmt, thread};

use anyhow::{Context as _, Result, anyhow, bail};
use async_trait::async_trait;
use http_body_util::BodyExt as _;
use object_store::aws::{AmazonS3Builder, Checksum};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientConfigKey, ClientOptions, Error, GetOptions,
    ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, PutPayload, RetryConfig, UpdateVersion,
};
use tokio::runtime;
use url::Url;

use crate::parse;
use crate::publish::wire::{ANSWERING, CONNECTING, RECEIVING, Wire};
use crate::publish::{
    Condition, Headers, Hear, Object, Put, Reason, Refusal, Tag, Target, profile, random,
};
use crate::tree::Digest;
use crate::web::{Courier, Stage, Times};

/// How often a request is tried of which nobody knows whether it was done.
const TRIES: u32 = 6;

/// After how long a request is not tried again, however busy the store says that it is. A lease is
/// prolonged when it has four times as long to run.
const LONGEST: Duration = Duration::from_secs(100);

/// An object store.
pub struct Cloud {
    wire: Arc<Wire>,
    store: Box<dyn ObjectStore>,
    prefix: String,
    address: String,
    /// What to say of the keys if the store does not answer.
    keys: &'static str,
}

impl Cloud {
    /// Opens the store at an address; its credentials come from the environment, or a profile.
    ///
    /// # Errors
    /// Says what the environment does not say.
    pub fn open(scheme: &str, bucket: &str, prefix: &str, hear: Hear) -> Result<Cloud> {
        let address = match prefix {
            "" => format!("{scheme}://{bucket}"),
            prefix => format!("{scheme}://{bucket}/{prefix}"),
        };
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let wire = Arc::new(Wire::new(address.clone(), hear));
        let connector = Connector(Arc::clone(&wire));
        let (store, keys) =
            store_at(scheme, bucket, connector).with_context(|| format!("open `{address}`"))?;
        Ok(Cloud { wire, store, prefix, address, keys })
    }

    fn path(&self, key: &str) -> Result<Path> {
        Path::parse(format!("{}{key}", self.prefix))
            .with_context(|| format!("`{key}` cannot be an object's key"))
    }

    /// Returns what an error refuses that no other try would permit.
    fn refusal(&self, act: &str, key: &str, error: &Error) -> Option<anyhow::Error> {
        let said = error.to_string();
        let address = &self.address;
        let (reason, message) = match error {
            Error::NotFound { .. } if NO_BUCKET.iter().any(|sign| said.contains(sign)) => (
                Reason::NoBucket,
                format!(
                    "{address} names a bucket or container that does not exist: make it, or correct the target"
                ),
            ),
            Error::PermissionDenied { .. } if said.contains("RequestTimeTooSkewed") => (
                Reason::Clock,
                format!("the clock of this machine is far from that of {address}; set it right"),
            ),
            Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => (
                Reason::Forbidden,
                format!(
                    "{address} does not permit to {act} `{key}`{}: the permissions that a target needs are in `docs/publishing.md`, listing \
                     among them, without which a store does not say that an object is missing ({said})",
                    self.keys
                ),
            ),
            _ => return None,
        };
        Some(Refusal::error(reason, message))
    }

    /// Asks until there is an answer; what the client does not try again, since it may have been
    /// done, is tried here.
    fn answer<T>(
        &self,
        act: &str,
        key: &str,
        ask: impl Fn() -> Result<T, Error>,
    ) -> Result<Result<T, Error>> {
        let mut tries = 0;
        let start = Instant::now();
        loop {
            match ask() {
                Err(Error::Generic { .. })
                    if tries < TRIES && start.elapsed() < LONGEST && !self.wire.is_lost() =>
                {
                    pause(tries);
                }
                Err(error) => {
                    if let Some(refusal) = self.refusal(act, key, &error) {
                        return Err(refusal);
                    }
                    if is_answer(&error) {
                        return Ok(Err(error));
                    }
                    // It tells its causes itself.
                    return Err(anyhow!("{error}")).with_context(|| {
                        format!("{act} `{key}` in {}{}", self.address, self.keys)
                    });
                }
                Ok(answer) => return Ok(Ok(answer)),
            }
            tries += 1;
        }
    }
}

/// Returns true if an error says how an object stands.
fn is_answer(error: &Error) -> bool {
    matches!(
        error,
        Error::NotFound { .. } | Error::AlreadyExists { .. } | Error::Precondition { .. }
    )
}

/// What a store says where there is no bucket or container.
const NO_BUCKET: [&str; 4] =
    ["NoSuchBucket", "ContainerNotFound", "bucket does not exist", "container does not exist"];

/// Waits for a request on the thread that makes it. Only the pauses between tries need a runtime:
/// what it is sent with blocks.
fn wait<T>(request: impl Future<Output = T>) -> T {
    runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a clock takes nothing from the system")
        .block_on(request)
}

impl Target for Cloud {
    fn address(&self) -> &str {
        &self.address
    }

    fn get(&self, key: &str) -> Result<Option<Object>> {
        let path = self.path(key)?;
        let get = || {
            wait(async {
                let result = self.store.get_opts(&path, GetOptions::default()).await?;
                let tag =
                    Tag { etag: result.meta.e_tag.clone(), version: result.meta.version.clone() };
                let header = |name: Attribute| {
                    result
                        .attributes
                        .get(&name)
                        .map(|value| value.as_ref().to_owned())
                        .unwrap_or_default()
                };
                let headers = Headers {
                    content_type: header(Attribute::ContentType),
                    cache_control: header(Attribute::CacheControl),
                };
                Ok(Object { headers: Some(headers), tag, bytes: result.bytes().await?.to_vec() })
            })
        };
        Ok(self.answer("read", key, get)?.ok())
    }

    fn tag(&self, key: &str) -> Result<Option<Tag>> {
        let path = self.path(key)?;
        let head = self.answer("read", key, || wait(self.store.head(&path)))?;
        Ok(head.ok().map(|meta| Tag { etag: meta.e_tag, version: meta.version }))
    }

    fn list(&self) -> Result<Vec<String>> {
        let mut keys = Vec::new();
        let mut folders = vec![self.prefix.trim_end_matches('/').to_owned()];
        while let Some(folder) = folders.pop() {
            let path = Path::parse(&folder)
                .with_context(|| format!("`{folder}` cannot be a folder of objects"))?;
            let list = || wait(self.store.list_with_delimiter(Some(&path)));
            let Ok(listed) = self.answer("list", &folder, list)? else { continue };
            folders.extend(listed.common_prefixes.iter().map(ToString::to_string));
            let within = listed.objects.iter().filter_map(|object| {
                object.location.as_ref().strip_prefix(self.prefix.as_str()).map(str::to_owned)
            });
            keys.extend(within);
        }
        keys.sort();
        Ok(keys)
    }

    fn put(
        &self,
        key: &str,
        bytes: &[u8],
        headers: &Headers,
        condition: Condition<'_>,
    ) -> Result<Put> {
        let path = self.path(key)?;
        let payload = PutPayload::from(bytes.to_vec());
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, headers.content_type.clone().into());
        attributes.insert(Attribute::CacheControl, headers.cache_control.clone().into());
        attributes
            .insert(Attribute::Metadata("sha256".into()), Digest::of(bytes).to_string().into());
        let mode = match condition {
            Condition::Absent => PutMode::Create,
            Condition::Is(tag) => PutMode::Update(UpdateVersion {
                e_tag: tag.etag.clone(),
                version: tag.version.clone(),
            }),
        };
        let options = PutOptions { mode, attributes, ..PutOptions::default() };
        let put = || wait(self.store.put_opts(&path, payload.clone(), options.clone()));
        let put = self.answer("write", key, put)?;
        Ok(put
            .map_or(Put::Conflict, |put| Put::Done(Tag { etag: put.e_tag, version: put.version })))
    }

    fn delete(&self, key: &str) -> Result<()> {
        let path = self.path(key)?;
        self.answer("remove", key, || wait(self.store.delete(&path)))?.ok();
        Ok(())
    }

    fn ahead(&self) -> Option<i64> {
        self.wire.ahead()
    }
}

/// Waits between tries: twice as long after each, up to five seconds, and never quite as long as
/// somebody else.
fn pause(tries: u32) {
    let longest = 100_u64 << tries.min(6);
    thread::sleep(Duration::from_millis(
        (longest / 2 + random::number() % (longest / 2)).min(5_000),
    ));
}

/// A store, and what to say of its keys if it does not answer.
type Opened = (Box<dyn ObjectStore>, &'static str);

fn store_at(scheme: &str, bucket: &str, connector: Connector) -> Result<Opened> {
    let backoff = BackoffConfig {
        init_backoff: Duration::from_millis(100),
        max_backoff: Duration::from_secs(10),
        base: 2.,
    };
    let retry = RetryConfig { backoff, max_retries: 8, retry_timeout: LONGEST };
    let variable = |name: &str| std::env::var(name).ok();
    Ok(match scheme {
        "s3" => {
            let settings = profile::settings()?;
            let endpoint = ["aws_endpoint_url_s3", "aws_endpoint_url", "aws_endpoint"]
                .into_iter()
                .find_map(|name| settings.get(name));
            let client = client(endpoint.cloned(), "AWS_ALLOW_HTTP")?;
            let mut builder = AmazonS3Builder::new();
            for (name, value) in &settings {
                if let Ok(key) = name.parse() {
                    builder = builder.with_config(key, value);
                }
            }
            let builder = builder
                .with_bucket_name(bucket)
                .with_http_connector(connector)
                .with_retry(retry)
                .with_client_options(client);
            let keys = match profile::is_signed_in(&settings) {
                true => "",
                false => {
                    ", as the machine itself, since neither the environment nor a profile has keys"
                }
            };
            (Box::new(builder.with_checksum_algorithm(Checksum::SHA256).build()?), keys)
        }
        "gs" => {
            let client = client(variable("GOOGLE_BASE_URL"), "GOOGLE_ALLOW_HTTP")?;
            let builder = GoogleCloudStorageBuilder::from_env()
                .with_bucket_name(bucket)
                .with_http_connector(connector);
            (Box::new(builder.with_retry(retry).with_client_options(client).build()?), "")
        }
        _ => {
            let endpoint =
                ["AZURE_STORAGE_ENDPOINT", "AZURE_ENDPOINT"].into_iter().find_map(variable);
            let client = client(endpoint, "AZURE_ALLOW_HTTP")?;
            let builder = MicrosoftAzureBuilder::from_env()
                .with_container_name(bucket)
                .with_http_connector(connector);
            (Box::new(builder.with_retry(retry).with_client_options(client).build()?), "")
        }
    })
}

/// Returns how a store is spoken to. In the clear only on this machine, where nobody listens on the
/// way, or where a variable asks for it.
fn client(endpoint: Option<String>, variable: &str) -> Result<ClientOptions> {
    let asked = std::env::var(variable).is_ok_and(|value| matches!(value.as_str(), "true" | "1"));
    let endpoint = endpoint.unwrap_or_default();
    let plain = asked || is_this_machine(&endpoint);
    if endpoint.starts_with("http://") && !plain {
        bail!(
            "`{endpoint}` is not encrypted: write `https://`, or set {variable} to `true` if nobody listens on the way"
        );
    }
    Ok(ClientOptions::new().with_allow_http(plain))
}

/// How the store's client speaks HTTP: with the one client that this program has.
#[derive(Clone)]
struct Connector(Arc<Wire>);

impl fmt::Debug for Connector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connector")
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let plain = options.get_config_value(&ClientConfigKey::AllowHttp);
        let times = Times { connecting: CONNECTING, answering: ANSWERING, receiving: RECEIVING };
        let courier = Courier::new(times, plain.is_some_and(|plain| plain == "true"));
        Ok(HttpClient::new(Service { courier, wire: Arc::clone(&self.0) }))
    }
}

struct Service {
    courier: Courier,
    wire: Arc<Wire>,
}

impl fmt::Debug for Service {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Service")
    }
}

#[async_trait]
impl HttpService for Service {
    /// Blocks: each request has a thread of its own that waits for nothing else.
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        let lost = || HttpError::new_boxed(HttpErrorKind::Unknown, "it does not answer".into());
        if self.wire.is_lost() {
            return Err(lost());
        }
        let start = Instant::now();
        match self.courier.send(parts, &body) {
            Ok(answer) => {
                let date = answer.headers().get("date").and_then(|date| date.to_str().ok());
                self.wire.answered(date);
                Ok(answer.map(HttpResponseBody::from))
            }
            Err(unanswered) => {
                let kind = match unanswered.stage {
                    Stage::Connecting => HttpErrorKind::Connect,
                    Stage::Waiting => HttpErrorKind::Timeout,
                    Stage::Broken => HttpErrorKind::Interrupted,
                    Stage::Refused => HttpErrorKind::Unknown,
                };
                // Sending much takes long by itself, and is no silence.
                let since = if body.is_empty() { start } else { start.max(ago(ANSWERING)) };
                let why = unanswered.cause.to_string();
                if unanswered.stage != Stage::Refused && !self.wire.unanswered(since, &why) {
                    return Err(HttpError::new_boxed(HttpErrorKind::Unknown, why.into()));
                }
                Err(HttpError::new_boxed(kind, unanswered.cause))
            }
        }
    }
}

fn ago(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_sub(time).unwrap_or(now)
}

/// Returns true if an endpoint is on this machine, so that nobody listens on the way.
fn is_this_machine(endpoint: &str) -> bool {
    Url::parse(endpoint).is_ok_and(|url| parse::is_this_machine(&url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;

    fn cloud(prefix: &str) -> Cloud {
        Cloud {
            wire: Arc::new(Wire::new("s3://b".into(), Box::new(|_| {}))),
            store: Box::new(InMemory::new()),
            prefix: prefix.into(),
            address: "s3://b".into(),
            keys: ", keyless",
        }
    }

    #[test]
    fn an_object_is_written_only_over_what_was_expected() {
        let cloud = cloud("p/");
        let headers =
            Headers { content_type: "text/html".into(), cache_control: "no-store".into() };
        let put = |text: &str, condition: Condition<'_>| match cloud
            .put("a", text.as_bytes(), &headers, condition)
            .unwrap()
        {
            Put::Done(tag) => Some(tag),
            Put::Conflict => None,
        };
        assert!(cloud.get("a").unwrap().is_none() && cloud.address() == "s3://b");
        let old = put("old", Condition::Absent).unwrap();
        assert!(put("new", Condition::Absent).is_none());
        let new = put("new", Condition::Is(&old)).unwrap();
        assert!(put("newer", Condition::Is(&old)).is_none());
        let there = cloud.get("a").unwrap().unwrap();
        assert_eq!(
            (there.bytes.as_slice(), there.tag.etag, there.headers),
            (&b"new"[..], new.etag, Some(headers.clone()))
        );
        let path = Path::parse("p/a").unwrap();
        assert!(wait(cloud.store.head(&path)).is_ok(), "below the prefix");
        cloud.delete("a").unwrap();
        cloud.delete("a").unwrap();
        assert!(cloud.get("a").unwrap().is_none());
        assert!(
            cloud
                .get("a//b")
                .unwrap_err()
                .to_string()
                .starts_with("`a//b` cannot be an object's key")
        );
    }

    #[test]
    fn what_may_have_been_done_is_tried_again_and_nothing_else() {
        let cloud = cloud("");
        let asked = std::cell::Cell::new(0);
        let answer = |fail: &dyn Fn() -> Error, times: u32| {
            asked.set(0);
            cloud.answer("read", "a", || {
                asked.set(asked.get() + 1);
                if asked.get() <= times { Err(fail()) } else { Ok(5) }
            })
        };
        let generic = || Error::Generic { store: "s", source: "x".into() };
        assert_eq!((answer(&generic, 1).unwrap().unwrap(), asked.get()), (5, 2));
        let missing = || Error::NotFound { path: "a".into(), source: "x".into() };
        assert!(answer(&missing, 9).unwrap().is_err() && asked.get() == 1);
        let denied = || Error::PermissionDenied { path: "a".into(), source: "x".into() };
        let refused = |fail: &dyn Fn() -> Error| {
            let refusal = answer(fail, 9).unwrap_err().downcast::<Refusal>().unwrap();
            assert_eq!(asked.get(), 1, "{refusal}");
            (refusal.reason, refusal.message)
        };
        let (reason, told) = refused(&denied);
        assert_eq!(reason, Reason::Forbidden);
        assert!(told.starts_with("s3://b does not permit to read `a`, keyless: "), "{told}");
        let skewed = "403: <Code>RequestTimeTooSkewed</Code>";
        let skewed = || Error::PermissionDenied { path: "a".into(), source: skewed.into() };
        assert_eq!(refused(&skewed).0, Reason::Clock);
        for sign in NO_BUCKET {
            let missing = || Error::NotFound { path: "a".into(), source: sign.into() };
            assert_eq!(refused(&missing).0, Reason::NoBucket);
        }
    }

    #[test]
    fn a_store_is_spoken_to_in_the_clear_on_this_machine_only() {
        for here in [
            "http://localhost:9000",
            "http://127.0.0.1",
            "http://127.9.9.9:1",
            "http://[::1]:9000/x",
        ] {
            assert!(is_this_machine(here), "{here}");
        }
        for elsewhere in [
            "",
            "localhost",
            "http://localhost.example",
            "http://128.0.0.1",
            "http://[::2]",
            "http://0.0.0.0",
        ] {
            assert!(!is_this_machine(elsewhere), "{elsewhere}");
        }
        let client = |endpoint: Option<&str>| {
            client(endpoint.map(str::to_owned), "POLICYBOOK_NO_SUCH_VARIABLE")
        };
        assert!(
            client(None).is_ok()
                && client(Some("https://s.example")).is_ok()
                && client(Some("http://localhost")).is_ok()
        );
        let told = client(Some("http://s.example")).unwrap_err().to_string();
        assert!(told.starts_with("`http://s.example` is not encrypted"), "{told}");
    }

    #[test]
    fn a_prefix_ends_where_a_key_begins() {
        let open = |prefix: &str| Cloud::open("s3", "b", prefix, Box::new(|_| {})).unwrap();
        assert_eq!((open("").prefix.as_str(), open("").address()), ("", "s3://b"));
        let strange = open("a ü/c?#%20");
        assert_eq!(strange.prefix, "a ü/c?#%20/");
        assert_eq!(strange.address(), "s3://b/a ü/c?#%20");
        assert_eq!(strange.path("k").unwrap().as_ref(), "a ü/c?#%20/k");
    }
}
