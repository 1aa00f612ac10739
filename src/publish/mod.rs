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
    let Some((scheme, _)) = address.split_once("://") else {
        // Without `./` before it where the project is here.
        let folder = if project == Path::new(".") {
            Path::new(address).to_owned()
        } else {
            project.join(address)
        };
        return Ok(Box::new(Folder::new(folder)));
    };
    let url = Url::parse(address)
        .with_context(|| format!("read the target `{}`", address.escape_debug()))?;
    if !url.username().is_empty() || url.password().is_some() {
        bail!("a target holds no keys: they come from the environment or a profile");
    }
    match scheme {
        "file" => match url.to_file_path() {
            Ok(folder) => Ok(Box::new(Folder::new(folder))),
            Err(()) => bail!("`{url}` is no folder of this machine: write `file:///srv/www`"),
        },
        "s3" | "gs" | "az" => Ok(Box::new(cloud::Cloud::open(&url, hear)?)),
        _ => bail!(
            "`{scheme}://` is not known: write a folder, `file:///…`, `s3://bucket/…`, `gs://bucket/…` or `az://container/…`"
        ),
    }
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
        for keys in ["s3://key@bucket", "s3://key:secret@bucket", "s3://:secret@bucket"] {
            assert!(refused(keys).contains("a target holds no keys"), "{keys}");
        }
        assert!(refused("ftp://host/x").starts_with("`ftp://` is not known"));
        assert!(refused("s3://[").starts_with("read the target `s3://[`"));
    }
}
