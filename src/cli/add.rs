//! `policybook add`: an entry of a list, written into its file behind the others. Comments and
//! order stay; sorting is the page's business.

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};

use crate::check::Edition;
use crate::cli::{Access, Ending, Global, report, sentence};
use crate::compile::{Options, compile};
use crate::diagnostic::Diagnostics;
use crate::model::{Document, DocumentId, Site, Subprocessor as Subprocessed, name_key};
use crate::parse::Worth;
use crate::tree::{File, Source, Tree, TreePath};
use crate::{parse, store};

/// Add an entry to a list
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  policybook add whitehat 'Ada Bee' --link https://ada.example --date 2026-11-21
  policybook add subprocessor Acme --purpose Hosting --country DE --announced 2026-11-21 --effective 2027-01-01
  policybook add commitment first_reply --what 'first reply to a report' --qualifier within --value 48 --unit 'business hours'

Exit codes: 0 added, 1 the entry is invalid, 2 any other failure")]
pub enum Add {
    /// Credit a security researcher
    Whitehat(Whitehat),
    /// Add a sub-processor
    Subprocessor(Subprocessor),
    /// Add a commitment
    Commitment(Commitment),
}

/// A researcher.
#[derive(Args, Debug)]
pub struct Whitehat {
    /// Name, as given
    #[arg(value_name = "NAME", value_parser = sentence)]
    name: String,
    /// Their web page
    #[arg(long, value_name = "URL", value_parser = sentence)]
    link: Option<String>,
    /// Date or year of the report
    #[arg(long, value_name = "DATE", value_parser = sentence)]
    date: Option<String>,
    /// Kind of vulnerability
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    class: Option<String>,
    /// Group they belong to; repeatable
    #[arg(long = "group", value_name = "TEXT", value_parser = sentence)]
    groups: Vec<String>,
}

/// A company.
#[derive(Args, Debug)]
pub struct Subprocessor {
    /// Name of the company
    #[arg(value_name = "NAME", value_parser = sentence)]
    name: String,
    /// What it does with the data
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    purpose: String,
    /// ID that identifies it across versions [default: its name and purpose]
    #[arg(long, value_name = "ID", value_parser = sentence)]
    id: Option<String>,
    /// Legal entity
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    entity: Option<String>,
    /// Categories of data
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    data: Option<String>,
    /// Country of processing (ISO 3166-1)
    #[arg(long, value_name = "CODE", value_parser = sentence)]
    country: Option<String>,
    /// Transfer safeguard
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    safeguard: Option<String>,
    /// Corporate group it belongs to
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    group: Option<String>,
    /// Page about it
    #[arg(long, value_name = "URL", value_parser = sentence)]
    link: Option<String>,
    /// Date on which customers are notified
    #[arg(long, value_name = "DATE", value_parser = sentence)]
    announced: Option<String>,
    /// First date on which it processes data
    #[arg(long, value_name = "DATE", value_parser = sentence)]
    effective: Option<String>,
}

/// A promise.
#[derive(Args, Debug)]
pub struct Commitment {
    /// ID to refer to it by
    #[arg(value_name = "ID", value_parser = sentence)]
    id: String,
    /// What is promised, in a few words
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    what: String,
    /// within, at least, at most or every
    #[arg(long, value_name = "WORDS", value_parser = sentence)]
    qualifier: Option<String>,
    /// Number, or a range such as '1 to 5'
    #[arg(long, value_name = "NUMBER", value_parser = sentence)]
    value: Option<String>,
    /// Unit
    #[arg(long, value_name = "TEXT", value_parser = sentence)]
    unit: Option<String>,
    /// Which direction is better for the customer: lower or higher
    #[arg(long, value_name = "WAY", value_parser = sentence)]
    better: Option<String>,
    /// Where it is promised, such as security#reporting
    #[arg(long, value_name = "PLACE", value_parser = sentence)]
    section: Option<String>,
}

/// The fields of an entry in the order in which they are written, without those that say nothing.
type Fields<'a> = Vec<(&'a str, Worth<'a>)>;

impl Add {
    /// Adds the entry.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (project, compiled) = global.compile(Edition::Draft, Access::Writes)?;
        let (list, name, fields) = self.entry();
        if let Some(there) = self.named(&compiled.site, list, name) {
            bail!(
                "`{}` is on the list already, as `{}`: nothing was written",
                name.escape_debug(),
                there.escape_debug()
            );
        }
        let path = TreePath::new(&format!("content/{list}.yaml")).expect("a list's file");
        let file = project.files.get(&path).cloned();
        let old = file.clone().unwrap_or_else(|| File::new(Vec::new()));
        let source =
            Source::new(&path, &old).ok().with_context(|| format!("`{path}` is not UTF-8"))?;
        let added = parse::with_entry(&path, &source.text, list, &fields)
            .with_context(|| format!("`{path}` cannot take an entry as it is written: see that `policybook check` has nothing against it, and write each entry on lines of its own"))?;
        let new = old
            .edited(&[added.edit])
            .with_context(|| format!("`{path}` changed while it was read"))?;
        let mut files: Tree<File> = project.files.clone();
        files.insert(path.clone(), new.clone());
        let after = compile(&files, Options { edition: Edition::Draft, now: compiled.now });
        let known: Vec<&str> = compiled.diagnostics.errors().map(|error| &*error.message).collect();
        let wrong: Diagnostics = after
            .diagnostics
            .errors()
            .filter(|error| !known.contains(&&*error.message))
            .cloned()
            .collect();
        if wrong.has_errors() {
            report::diagnostics(&wrong, &files, global.quiet);
            return Ok(Ending::Found);
        }
        let mut put: Tree<File> = Tree::new();
        put.insert(path.clone(), new);
        store::write(&global.directory, &project.files, put)?;
        anstream::print!("{}", added.lines);
        if !global.quiet {
            report::done("added", &format!("`{}` to {path}", name.escape_debug()));
        }
        Ok(Ending::Done)
    }

    /// Returns the list, the name that must be new in it, and the fields.
    fn entry(&self) -> (&'static str, &str, Fields<'_>) {
        match self {
            Add::Whitehat(entry) => {
                let mut fields = given(vec![
                    ("name", Some(&entry.name)),
                    ("link", entry.link.as_ref()),
                    ("date", entry.date.as_ref()),
                    ("class", entry.class.as_ref()),
                ]);
                if !entry.groups.is_empty() {
                    fields.push((
                        "groups",
                        Worth::Texts(entry.groups.iter().map(String::as_str).collect()),
                    ));
                }
                (DocumentId::WHITEHATS, &entry.name, fields)
            }
            Add::Subprocessor(entry) => {
                let fields = given(vec![
                    ("id", entry.id.as_ref()),
                    ("name", Some(&entry.name)),
                    ("purpose", Some(&entry.purpose)),
                    ("entity", entry.entity.as_ref()),
                    ("data", entry.data.as_ref()),
                    ("country", entry.country.as_ref()),
                    ("safeguard", entry.safeguard.as_ref()),
                    ("group", entry.group.as_ref()),
                    ("link", entry.link.as_ref()),
                    ("announced", entry.announced.as_ref()),
                    ("effective", entry.effective.as_ref()),
                ]);
                (DocumentId::SUBPROCESSORS, &entry.name, fields)
            }
            Add::Commitment(entry) => {
                let fields = given(vec![
                    ("id", Some(&entry.id)),
                    ("what", Some(&entry.what)),
                    ("qualifier", entry.qualifier.as_ref()),
                    ("value", entry.value.as_ref()),
                    ("unit", entry.unit.as_ref()),
                    ("better", entry.better.as_ref()),
                    ("section", entry.section.as_ref()),
                ]);
                (DocumentId::COMMITMENTS, &entry.id, fields)
            }
        }
    }

    /// Returns the entry of the draft that has this name, as it is written there. A company may
    /// stand twice, for two purposes.
    fn named(&self, site: &Site, list: &str, name: &str) -> Option<String> {
        let is = |there: &&String| name_key(there) == name_key(name);
        match (self, site.history(list)?.draft.as_deref()?) {
            (Add::Whitehat(_), Document::Whitehats(list)) => {
                list.whitehats.iter().map(|entry| &entry.name.value).find(is).cloned()
            }
            (Add::Commitment(_), Document::Commitments(list)) => {
                list.commitments.iter().map(|entry| &entry.id.value).find(is).cloned()
            }
            (Add::Subprocessor(added), Document::Subprocessors(list)) => {
                let same =
                    |there: &&Subprocessed| name_key(&there.purpose) == name_key(&added.purpose);
                let entries =
                    list.subprocessors.iter().filter(|there| added.id.is_none() && same(there));
                entries.map(|entry| &entry.name.value).find(is).cloned()
            }
            _ => None,
        }
    }
}

fn given<'a>(fields: Vec<(&'a str, Option<&'a String>)>) -> Fields<'a> {
    fields.into_iter().filter_map(|(key, value)| Some((key, Worth::Text(value?)))).collect()
}
