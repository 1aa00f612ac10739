//! What a folder of output holds by our own word, as it is kept there: every file with its digest,
//! and what each part of the site was made from.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use anyhow::{Context as _, Result};
use jiff::civil::Date;

use crate::store::disk::changed;
use crate::tree::{Digest, Manifest, Record, TreePath};

/// What a manifest begins with: its version, which moves with its shape and with the compressors,
/// then what the site was made from, from which day up to which, and whether there is something to
/// say about it.
const HEAD: &str = "policybook 2";
/// What one of an earlier program begins with: without parts and an end.
const OLD_HEAD: &str = "policybook 1";
/// What stands before what a part was made from, and its name. Its files follow.
const PART: &str = "part ";
/// What stands before the digest of all lines above, in the last one.
const END: &str = "end ";

/// What a site was made from, and the days on which the same would be made of it again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The digest of all that the site depends on but the day.
    pub input: Digest,
    /// The first of the days, if there is a first.
    pub from: Option<Date>,
    /// The day after the last, if there is a last.
    pub until: Option<Date>,
    /// Whether there is something to say about it at every build.
    pub speaks: bool,
}

/// A part of a site that is kept: the digest of all that it was made from, and its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it was made from.
    pub input: Digest,
    /// Its files.
    pub files: Vec<(TreePath, Record)>,
}

/// A manifest as it was found.
#[derive(Default)]
pub struct Built {
    /// Every file.
    pub manifest: Manifest,
    /// Those of its parts, by their names.
    pub parts: BTreeMap<String, Part>,
    /// What all of it was made from.
    pub origin: Option<Origin>,
    /// When it was written: seconds and nanoseconds.
    pub written: Option<(i64, i64)>,
    /// Whether it was changed since, so that our word is not enough.
    pub doubtful: bool,
}

impl Built {
    /// Reads a manifest: an empty one if there is none, `None` if it is damaged.
    ///
    /// # Errors
    /// Says what the system refuses.
    pub fn read(place: &Path) -> Result<Option<Built>> {
        let text = match fs::read(place) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Some(Built::default()));
            }
            Err(error) => return Err(error).with_context(|| format!("read `{}`", place.display())),
        };
        let written = written(place);
        let text = String::from_utf8_lossy(&text);
        Ok(Built::of(&text).map(|built| Built { written, ..built }))
    }

    /// Reads the text of a manifest; `None` if it is none.
    fn of(text: &str) -> Option<Built> {
        let (head, rest) =
            text.strip_suffix('\n')?.split_once('\n').unwrap_or((text.trim_end(), ""));
        let mut built = Built::default();
        let rest = match head.strip_prefix(OLD_HEAD) {
            Some(_) => rest,
            None => {
                let (above, end) = rest.rsplit_once('\n').unwrap_or(("", rest));
                let digest = end.strip_prefix(END)?;
                let above_end = &text[..text.len() - end.len() - 1];
                built.doubtful = digest.parse() != Ok(Digest::of(above_end));
                above
            }
        };
        let origin = head.strip_prefix(HEAD).or_else(|| head.strip_prefix(OLD_HEAD))?;
        built.origin = origin_of(origin);
        let mut part: Option<(&str, Part)> = None;
        let mut parts = Vec::new();
        for line in rest.lines() {
            match line.strip_prefix(PART) {
                Some(line) => {
                    let (input, name) = line.split_once(' ')?;
                    let next = Part { input: input.parse().ok()?, files: Vec::new() };
                    parts.extend(part.replace((name, next)));
                }
                None => {
                    let (path, record) = record(line)?;
                    if let Some((_, part)) = &mut part {
                        part.files.push((path.clone(), record));
                    }
                    built.manifest.files.insert(path, record);
                }
            }
        }
        parts.extend(part);
        if !built.doubtful {
            built.parts = parts.into_iter().map(|(name, part)| (name.to_owned(), part)).collect();
        }
        built.origin.is_some().then_some(built)
    }
}

/// Returns when a manifest was written: seconds and nanoseconds.
pub fn written(place: &Path) -> Option<(i64, i64)> {
    fs::symlink_metadata(place).ok().map(|metadata| changed(&metadata))
}

/// Returns the text of a manifest.
pub fn text(manifest: &Manifest, parts: &BTreeMap<String, Part>, origin: Origin) -> String {
    let day = |day: Option<Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let speaks = if origin.speaks { "speaks" } else { "-" };
    let mut text =
        format!("{HEAD} {} {} {} {speaks}\n", origin.input, day(origin.from), day(origin.until));
    let mut add = |line: std::fmt::Arguments<'_>| {
        text.write_fmt(line).expect("a text takes what is written to it");
    };
    let kept: HashSet<&TreePath> =
        parts.values().flat_map(|part| &part.files).map(|(path, _)| path).collect();
    for (path, record) in manifest.files.iter().filter(|(path, _)| !kept.contains(path)) {
        add(format_args!("{} {} {path}\n", record.sha256, record.size));
    }
    for (name, part) in parts {
        add(format_args!("{PART}{} {name}\n", part.input));
        for (path, record) in &part.files {
            add(format_args!("{} {} {path}\n", record.sha256, record.size));
        }
    }
    let end = Digest::of(&text);
    text.push_str(&format!("{END}{end}\n"));
    text
}

fn origin_of(words: &str) -> Option<Origin> {
    let mut words = words.split_whitespace();
    let input = words.next()?.parse().ok()?;
    let mut day = || match words.next()? {
        "-" => Some(None),
        day => day.parse().ok().map(Some),
    };
    let (from, until) = (day()?, day()?);
    Some(Origin { input, from, until, speaks: words.next()? == "speaks" })
}

fn record(line: &str) -> Option<(TreePath, Record)> {
    let (digest, rest) = line.split_once(' ')?;
    let (size, path) = rest.split_once(' ')?;
    Some((
        TreePath::new(path).ok()?,
        Record { sha256: digest.parse().ok()?, size: size.parse().ok()? },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> (Manifest, BTreeMap<String, Part>, Origin) {
        let file = |path: &str| (TreePath::new(path).unwrap(), Record::of(path.as_bytes()));
        let manifest = ["index.html", "a/index.html", "b/x"].map(file).into_iter().collect();
        let part = Part { input: Digest::of("a"), files: vec![file("a/index.html")] };
        let parts = BTreeMap::from([
            ("a".to_owned(), part),
            ("c".to_owned(), Part { input: Digest::of("c"), files: Vec::new() }),
        ]);
        let origin = Origin {
            input: Digest::of("x"),
            from: Some(jiff::civil::date(2024, 1, 1)),
            until: None,
            speaks: true,
        };
        (manifest, parts, origin)
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written() {
        let (manifest, parts, origin) = example();
        let read = Built::of(&text(&manifest, &parts, origin)).unwrap();
        assert_eq!((&read.manifest, &read.parts, read.origin), (&manifest, &parts, Some(origin)));
        assert!(!read.doubtful);
        let bare = text(&Manifest::default(), &BTreeMap::new(), origin);
        let bare = Built::of(&bare).unwrap();
        assert!(bare.manifest.files.is_empty() && !bare.doubtful);
    }

    #[test]
    fn one_of_an_earlier_program_is_read() {
        let (manifest, _, origin) = example();
        let text = text(&manifest, &BTreeMap::new(), origin).replacen(HEAD, OLD_HEAD, 1);
        let text = &text[..text.find(END).unwrap()];
        let read = Built::of(text).unwrap();
        assert_eq!((&read.manifest, read.origin), (&manifest, Some(origin)));
        assert!(read.parts.is_empty() && !read.doubtful);
    }

    #[test]
    fn a_letter_that_changed_is_noticed() {
        let (manifest, parts, origin) = example();
        let text = text(&manifest, &parts, origin);
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            let read = Built::of(&String::from_utf8_lossy(&bytes));
            assert!(read.is_none_or(|read| read.doubtful && read.parts.is_empty()), "{at}");
            assert!(Built::of(&text[..at]).is_none(), "{at}");
        }
    }
}
