//! How a publish is asked for, and what is heard of it.

use std::time::Duration;

use crate::publish::{Change, Limits, Purge};
use crate::tree::TreePath;

/// How a site is published.
pub struct Ask<'a> {
    /// What is permitted.
    pub limits: Limits,
    /// Who publishes, for people.
    pub who: &'a str,
    /// How long another publisher is waited for.
    pub patience: Duration,
    /// How many files are sent at the same time.
    pub threads: usize,
    /// Whether what somebody else wrote into the store is overwritten.
    pub overwrite: bool,
    /// Who is told which addresses changed.
    pub purge: Option<Purge<'a>>,
    /// Hears what was done.
    pub tell: &'a (dyn Fn(Event<'_>) + Sync),
}

/// Something that was done.
pub enum Event<'a> {
    /// A file was sent.
    Sent(&'a Change),
    /// Caches were told of so many addresses.
    Told(usize),
    /// A file was removed.
    Removed(&'a TreePath),
    /// Something is waited for.
    Waiting(&'a str),
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// Returns how somebody publishes who waits for nobody.
    pub fn ask(who: &str) -> Ask<'_> {
        let limits = Limits {
            restyle: false,
            reread: false,
            backwards: false,
            grace: 0,
            most_deletes: 10,
            purges: false,
            adopt: None,
        };
        Ask {
            limits,
            who,
            patience: Duration::ZERO,
            threads: 1,
            overwrite: false,
            purge: None,
            tell: &|_| {},
        }
    }
}
