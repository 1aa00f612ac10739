//! A tree to a live site: plan, lease, upload in order, commit, purge, prune, look at it from
//! outside.
//!
//! What a store holds is told by one object of ours in it, the [`State`]: every file with its
//! digest, its headers and the tag that an overwrite must name. A publisher compares it with the
//! site, takes a lease, sends what is new before what is changed and the front page last, each
//! write only if the store still holds what the state says, and then replaces the state. So a
//! reader never gets a page that leads to something which is not there yet, two publishers never
//! mix, and one that was cut off is finished by the next.

#![allow(
    clippy::disallowed_methods,
    reason = "this room is where the clock, the network and the folder that is published to are"
)]

mod ask;
mod bundle;
mod cloud;
mod examine;
mod folder;
mod headers;
mod lease;
mod plan;
mod profile;
mod protocol;
mod public;
mod purge;
mod random;
mod refusal;
mod state;
mod survey;
mod target;
mod upload;
mod wanted;
mod wire;

pub use ask::{Ask, Event};
pub use bundle::Bundle;
pub use examine::examine;
pub use folder::Folder;
pub use headers::{Class, Headers};
pub use lease::{Holder, Known, LEASE, holder, unlock};
pub use plan::{Action, Change, Limits, Plan, plan};
pub use protocol::{Outcome, publish};
pub use public::look;
pub use purge::{Listener, Purge};
pub use refusal::{Reason, Refusal};
pub use state::{Form, STATE, State};
pub use survey::survey;
pub use target::{Condition, Object, Put, Tag, Target};

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use url::Url;

/// Who hears what is waited for.
pub type Hear = Box<dyn Fn(&str) + Send + Sync>;

/// Opens a target by its address: `file:///srv/www`, `s3://bucket/prefix`, `gs://bucket/prefix`,
/// `az://container/prefix`, or a folder.
///
/// # Errors
/// Says what is wrong with the address, or with what the environment says about the store.
pub fn open(address: &str, project: &Path, hear: Hear) -> Result<Box<dyn Target>> {
    let Some((scheme, rest)) = address.split_once("://") else {
        // Without `./` before it where the project is here.
        let folder = if project == Path::new(".") {
            Path::new(address).to_owned()
        } else {
            project.join(address)
        };
        return Ok(Box::new(Folder::new(folder)));
    };
    // Told before all else, and without the address: it may hold a secret.
    if rest.split('/').next().is_some_and(|host| host.contains('@')) {
        bail!("a target holds no keys: they come from the environment or a profile");
    }
    match scheme {
        "file" => {
            let strange = |letter| matches!(letter, '?' | '#' | '%' | '\\');
            let climbs = rest.split('/').any(|segment| matches!(segment, "." | ".."));
            let place = Url::parse(address).ok().and_then(|url| url.to_file_path().ok());
            match place.filter(|_| !climbs && !rest.contains(strange)) {
                Some(folder) => Ok(Box::new(Folder::new(folder))),
                None => bail!(
                    "`{}` is no folder of this machine: write `file:///srv/www`, or the folder itself, whatever its name, without `file://`",
                    address.escape_debug()
                ),
            }
        }
        "s3" | "gs" | "az" => {
            let (bucket, prefix) = place_in_store(rest)
                .with_context(|| format!("read the target `{}`", address.escape_debug()))?;
            Ok(Box::new(cloud::Cloud::open(scheme, bucket, prefix, hear)?))
        }
        _ => bail!(
            "`{}://` is not known: write a folder, `file:///…`, `s3://bucket/…`, `gs://bucket/…` or `az://container/…`",
            scheme.escape_debug()
        ),
    }
}

/// Returns the bucket and the prefix of keys in it, each letter for letter.
fn place_in_store(rest: &str) -> Result<(&str, &str)> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if bucket.is_empty() {
        bail!("the address names no bucket: write `s3://bucket/prefix`");
    }
    let known =
        |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '$');
    if let Some(letter) = bucket.chars().find(|letter| !known(*letter)) {
        bail!("no bucket or container has `{}` in its name", letter.escape_debug());
    }
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    let strange = |letter: char| letter == '\\' || letter.is_control();
    let segments = || prefix.split('/').filter(|_| !prefix.is_empty());
    if segments().any(|segment| matches!(segment, "" | "." | "..")) || prefix.contains(strange) {
        bail!(
            "a prefix is taken letter for letter, and none of its parts is empty, `.` or `..` or holds `\\` or a control character"
        );
    }
    Ok((bucket, prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_opened_by_its_address() {
        let address = |target: &str, project: &str| {
            open(target, Path::new(project), Box::new(|_| {}))
                .map(|target| target.address().to_owned())
        };
        assert_eq!(address("www", ".").unwrap(), "www");
        assert_eq!(address("www", "p").unwrap(), Path::new("p").join("www").display().to_string());
        assert_eq!(address("/srv/www", "p").unwrap(), "/srv/www");
        assert_eq!(address("file:///srv/www", "p").unwrap(), "/srv/www");
        let refused = |target: &str| {
            format!("{:#}", open(target, Path::new("."), Box::new(|_| {})).err().unwrap())
        };
        assert!(refused("file://host/x").contains("is no folder of this machine"));
        for keys in [
            "file://key:secret@host/x",
            "s3://key@bucket",
            "s3://key:secret@bucket",
            "s3://:secret@bucket",
        ] {
            let told = refused(keys);
            assert!(
                told.starts_with("a target holds no keys") && !told.contains("secret"),
                "{keys}"
            );
        }
        assert!(refused("ftp://host/x").starts_with("`ftp://` is not known"));
        assert!(refused("s3://[").starts_with("read the target `s3://[`"));
        assert!(refused("s3:///x").contains("names no bucket"));
    }

    #[test]
    fn a_prefix_is_taken_letter_for_letter_or_refused() {
        for prefix in ["", "a", "a b/ü", "a?b", "a#b", "a%20b", "a+b&c=d", "a:b", "..a", "a..b/..."]
        {
            let rest = format!("bucket/{prefix}");
            assert_eq!(place_in_store(&rest).unwrap(), ("bucket", prefix));
        }
        assert_eq!(place_in_store("bucket").unwrap(), ("bucket", ""));
        assert_eq!(place_in_store("$web/a/").unwrap(), ("$web", "a"));
        for rest in [
            "b/..", "b/a/../c", "b/./a", "b//a", "b/a//", "b/a\\b", "b/a\nb", "b?x/a", "b#x",
            "b c/a", "b%41/a", "bü",
        ] {
            assert!(place_in_store(rest).is_err(), "{rest}");
        }
        let file = |target: &str| {
            open(target, Path::new("."), Box::new(|_| {})).map(|target| target.address().to_owned())
        };
        for folder in ["/srv/a b", "/srv/ü", "/srv/a+b"] {
            assert_eq!(file(&format!("file://{folder}")).unwrap(), folder);
        }
        for folder in ["/srv/a?b", "/srv/a#b", "/srv/a%20b", "/srv/../a", "/srv/./a", "srv/a"] {
            assert!(file(&format!("file://{folder}")).is_err(), "{folder}");
        }
        for folder in ["/srv/a b", "/srv/a?b#c%20d", "/srv/ü"] {
            assert_eq!(file(folder).unwrap(), folder);
        }
    }
}
