//! What is known of pages of other sites from before: those that were there within a day are not
//! asked for again.
//!
//! It lies in the user's folder for such things, for all projects. Nothing is lost with it, so a
//! file that cannot be read is as none, and one that cannot be written is not missed.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use jiff::{Timestamp, ToSpan as _};
use url::Url;

use crate::check::Answer;
use crate::store;

/// What the file begins with; it moves with its shape.
const HEAD: &str = "policybook 1";
/// How large a file is read.
const LARGEST: u64 = 16 << 20;
/// For how many hours an answer counts.
const HOURS: i64 = 24;

/// The answers of the last day, each with its moment.
pub struct LinkCache {
    place: Option<PathBuf>,
    now: Timestamp,
    answers: BTreeMap<Url, (Timestamp, Answer)>,
}

impl LinkCache {
    /// Reads what is known at a moment.
    pub fn read(now: Timestamp) -> LinkCache {
        let place = folder().map(|folder| folder.join("policybook").join("addresses"));
        let mut answers = BTreeMap::new();
        let small = place
            .as_ref()
            .filter(|place| fs::metadata(place).is_ok_and(|metadata| metadata.len() <= LARGEST));
        let text = small.and_then(|place| fs::read_to_string(place).ok()).unwrap_or_default();
        let mut lines = text.lines();
        if lines.next() == Some(HEAD) {
            let oldest = now.checked_sub(HOURS.hours()).unwrap_or(Timestamp::MIN);
            let fresh =
                lines.filter_map(line).filter(|(_, (moment, _))| (oldest..=now).contains(moment));
            answers.extend(fresh);
        }
        LinkCache { place, now, answers }
    }

    /// Returns what is known of an address.
    pub fn get(&self, address: &Url) -> Option<&Answer> {
        self.answers.get(address).map(|(_, answer)| answer)
    }

    /// Writes successful results to the cache on disk; failures are never cached.
    pub fn keep(mut self, answers: &[(Url, Answer)]) {
        let there: Vec<_> = answers
            .iter()
            .filter(|(_, answer)| matches!(answer, Answer::There | Answer::Moved(_)))
            .cloned()
            .collect();
        let folder = self.place.as_ref().and_then(|place| Some((place, place.parent()?)));
        let Some((place, folder)) = folder.filter(|_| !there.is_empty()) else {
            return;
        };
        self.answers
            .extend(there.into_iter().map(|(address, answer)| (address, (self.now, answer))));
        let mut text = format!("{HEAD}\n");
        for (address, (moment, answer)) in &self.answers {
            let moved =
                if let Answer::Moved(to) = answer { format!(" {to}") } else { String::new() };
            text.push_str(&format!("{moment} {address}{moved}\n"));
        }
        let beside = place.with_file_name(format!("addresses.{}", std::process::id()));
        let written = fs::create_dir_all(folder).is_ok()
            && store::write_file(&beside, text.as_bytes()).is_ok();
        if !written || fs::rename(&beside, place).is_err() {
            // There is nothing to say to who asked for the pages: they are asked for again the next
            // time.
            let _ = fs::remove_file(&beside);
        }
    }
}

fn line(line: &str) -> Option<(Url, (Timestamp, Answer))> {
    let mut words = line.split(' ');
    let (moment, address) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let answer = match words.next() {
        None => Answer::There,
        Some(to) => Answer::Moved(to.parse().ok()?),
    };
    Some((address, (moment, answer)))
}

/// Returns the user's folder for what can be had again.
fn folder() -> Option<PathBuf> {
    let named = |name: &str| {
        std::env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute())
    };
    if let Some(folder) = named("XDG_CACHE_HOME") {
        return Some(folder);
    }
    match std::env::consts::OS {
        "windows" => named("LOCALAPPDATA"),
        "macos" => Some(named("HOME")?.join("Library/Caches")),
        _ => Some(named("HOME")?.join(".cache")),
    }
}
