//! Pages of other sites, asked whether they are there.
//!
//! Strangers wrote the addresses, so nothing is asked for that lies on this machine or in a private
//! network, unless that was wanted. A host is asked by one hand at a time and given up once it was
//! silent twice; every answer is bounded in time, and so are all together. Of content no byte is
//! read.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rayon::ThreadPoolBuilder;
use rayon::prelude::*;
use url::{Host, Url};

use crate::check::Answer;
use crate::web::client::{Asker, Method, Reach, Word};
use crate::web::open_web::{PRIVATE, is_public};

/// How many hosts are asked at the same time.
const HANDS: usize = 8;
/// How many redirects are followed from one address.
const REDIRECTS: usize = 5;
/// How often an address is asked for that gives no answer.
const TRIES: u32 = 3;
/// How many addresses of a host in a row may give no answer before the others are not asked for.
const SILENT: usize = 2;
/// How long to wait before an address is asked for again, the first time.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a server may make us wait.
const LONGEST_PAUSE: u64 = 5;
/// How long all of it may take.
const LONGEST: Duration = Duration::from_secs(600);

/// Checks URLs and returns the result for each.
///
/// # Errors
/// Says that nothing can be asked for.
pub fn ask(addresses: Vec<Url>, patience: Duration, reach: Reach) -> Result<Vec<(Url, Answer)>> {
    let visitor = Visitor { asker: Asker::new(patience, reach)?, reach, start: Instant::now() };
    let pool = ThreadPoolBuilder::new().num_threads(HANDS).build().context("start the threads")?;
    let mut hosts: BTreeMap<(String, Option<u16>), Vec<Url>> = BTreeMap::new();
    for address in addresses {
        let host = address.host_str().unwrap_or_default().to_owned();
        hosts.entry((host, address.port_or_known_default())).or_default().push(address);
    }
    let hosts: Vec<Vec<Url>> = hosts.into_values().collect();
    Ok(pool.install(|| {
        hosts
            .into_par_iter()
            .with_max_len(1)
            .flat_map_iter(|addresses| visitor.host(addresses))
            .collect()
    }))
}

struct Visitor {
    asker: Asker,
    reach: Reach,
    start: Instant,
}

/// Why there is no answer.
enum Silence {
    /// The server said nothing that can be used, or nothing at all.
    Host(String),
    /// The address is of a kind that is not asked for, or there was no more time.
    Ours(Answer),
}

impl Silence {
    fn ours(why: String) -> Silence {
        Silence::Ours(Answer::None(why))
    }
}

impl Visitor {
    /// Asks for the addresses of one host, one after the other.
    fn host(&self, addresses: Vec<Url>) -> Vec<(Url, Answer)> {
        let mut silent = 0;
        let ask = |address: Url| {
            if silent >= SILENT {
                return (address, Answer::None("the host gave no answer before".to_owned()));
            }
            let answer = self.follow(&address);
            silent = if matches!(answer, Err(Silence::Host(_))) { silent + 1 } else { 0 };
            let why = |silence| match silence {
                Silence::Host(why) => Answer::None(why),
                Silence::Ours(answer) => answer,
            };
            (address, answer.unwrap_or_else(why))
        };
        addresses.into_iter().map(ask).collect()
    }

    /// Asks for an address, and where that leads elsewhere, there.
    fn follow(&self, address: &Url) -> Result<Answer, Silence> {
        let (mut here, mut moved, mut for_good) = (address.clone(), None, true);
        for _ in 0..=REDIRECTS {
            let word = self.patiently(&here).map_err(|silence| match silence {
                Silence::Ours(Answer::Private) if here != *address => {
                    Silence::ours("it redirects into a private network".to_owned())
                }
                silence => silence,
            })?;
            match word.status {
                200..=299 => return Ok(moved.map_or(Answer::There, Answer::Moved)),
                404 | 410 => return Ok(Answer::Gone(word.status)),
                301 | 302 | 303 | 307 | 308 => {
                    let nowhere = || {
                        Silence::ours(format!(
                            "it answers {} and does not say where to go",
                            word.status
                        ))
                    };
                    here = word
                        .location
                        .and_then(|location| here.join(&location).ok())
                        .ok_or_else(nowhere)?;
                    for_good = for_good && matches!(word.status, 301 | 308);
                    if for_good {
                        moved = Some(here.clone());
                    }
                }
                status => return Err(Silence::ours(format!("it answers {status}"))),
            }
        }
        Err(Silence::ours(format!("it redirects more than {REDIRECTS} times")))
    }

    /// Asks for an address until there is an answer, but not for ever.
    fn patiently(&self, address: &Url) -> Result<Word, Silence> {
        if !matches!(address.scheme(), "http" | "https") {
            return Err(Silence::ours(format!(
                "it redirects to `{}`",
                address.as_str().escape_debug()
            )));
        }
        if self.reach == Reach::Public && is_private(address) {
            return Err(Silence::Ours(Answer::Private));
        }
        let mut method = Method::Head;
        let mut tries = 0;
        loop {
            if self.start.elapsed() > LONGEST {
                return Err(Silence::ours(format!(
                    "all of it took longer than {} minutes",
                    LONGEST.as_secs() / 60
                )));
            }
            let word = self.asker.ask(method, address);
            let busy = |status: u16| status == 429 || (500..=599).contains(&status);
            match word {
                Ok(word) if (200..=399).contains(&word.status) => return Ok(word),
                // Many servers have no answer to who asks for the head only.
                Ok(_) if method == Method::Head => {
                    method = Method::Get;
                    continue;
                }
                Ok(word) if !busy(word.status) => return Ok(word),
                word => {
                    tries += 1;
                    let wait = word
                        .as_ref()
                        .ok()
                        .and_then(|word| word.retry_after)
                        .map(Duration::from_secs);
                    let refused = is_refused(&word);
                    let why = match word {
                        Ok(word) => format!("it answers {}", word.status),
                        Err(error) => error.to_string(),
                    };
                    if refused
                        || tries == TRIES
                        || wait.is_some_and(|wait| wait.as_secs() > LONGEST_PAUSE)
                    {
                        return Err(if refused {
                            Silence::Ours(Answer::Private)
                        } else {
                            Silence::Host(why)
                        });
                    }
                    method = Method::Get;
                    std::thread::sleep(wait.unwrap_or(PAUSE * 2_u32.pow(tries - 1)));
                }
            }
        }
    }
}

/// Returns true if nobody was asked.
fn is_refused(word: &Result<Word>) -> bool {
    word.as_ref().is_err_and(|error| error.to_string() == PRIVATE)
}

/// Returns true if an address names this machine or a private network, before anybody is asked for
/// its number.
fn is_private(address: &Url) -> bool {
    match address.host() {
        Some(Host::Ipv4(number)) => !is_public(number.into()),
        Some(Host::Ipv6(number)) => !is_public(number.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let last = name.rsplit('.').next().unwrap_or(name);
            ["localhost", "local", "internal"].contains(&last.to_ascii_lowercase().as_str())
        }
        None => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_a_number_of_this_machine_is_private_however_it_is_written() {
        for address in [
            "http://localhost/",
            "http://LOCALHOST.:80/",
            "http://a.localhost/",
            "http://db.internal/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://[::1]/",
        ] {
            assert!(is_private(&Url::parse(address).unwrap()), "{address}");
        }
        assert!(!is_private(&Url::parse("https://acme.example/").unwrap()));
    }
}
