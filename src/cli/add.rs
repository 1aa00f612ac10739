//! `policybook add`: an entry of a list, written into its file behind the others. Comments and
//! order stay; sorting is the page's business. The options are those of the list's description.

use anyhow::{Context as _, Result, bail};
use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, Error, FromArgMatches, Subcommand};

use crate::check::Edition;
use crate::cli::{Access, Ending, Global, report, sentence};
use crate::compile::{Options, compile};
use crate::diagnostic::Diagnostics;
use crate::model::{Field, FieldKind, LISTS, ListEntry, ListKind, Presence, Site, name_key};
use crate::parse::Worth;
use crate::tree::{File, Source, Tree, TreePath};
use crate::{parse, store};

/// What follows the help of the command.
pub const EXAMPLES: &str = "\
Examples:
  policybook add whitehat 'Ada Bee' --link https://ada.example --date 2026-11-21
  policybook add subprocessor Acme --purpose Hosting --country DE --announced 2026-11-21 --effective 2027-01-01
  policybook add commitment first_reply --what 'first reply to a report' --qualifier within --value 48 --unit 'business hours'

Exit codes: 0 added, 1 the entry is invalid, 2 any other failure";

/// An entry that is to be added.
#[derive(Debug)]
pub struct Add {
    kind: &'static ListKind,
    /// What was said of each field, in the order of the fields.
    said: Vec<(&'static Field, Vec<String>)>,
}

impl Subcommand for Add {
    fn augment_subcommands(command: Command) -> Command {
        command
            .subcommand_required(true)
            .arg_required_else_help(true)
            .subcommands(LISTS.map(subcommand))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Add::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        LISTS.into_iter().any(|kind| command_name(kind) == name)
    }
}

impl FromArgMatches for Add {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Add, Error> {
        let chosen = matches.subcommand().and_then(|(name, matches)| {
            let kind = LISTS.into_iter().find(|kind| command_name(kind) == name)?;
            let said = |field: &'static Field| {
                let said = matches.get_many::<String>(field.option?)?;
                Some((field, said.cloned().collect()))
            };
            Some(Add { kind, said: written(kind).filter_map(said).collect() })
        });
        chosen.ok_or_else(|| Error::new(ErrorKind::MissingSubcommand))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Add::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Returns what an entry of a list is called on the command line.
fn command_name(kind: &ListKind) -> &'static str {
    kind.id.trim_end_matches('s')
}

/// Returns the fields that the command writes.
fn written(kind: &'static ListKind) -> impl Iterator<Item = &'static Field> {
    let plain =
        |field: &&Field| field.option.is_some() && !matches!(field.kind, FieldKind::Joined(_));
    kind.fields.iter().filter(plain)
}

/// Returns the key of the field that is named without an option.
fn named_by(kind: &ListKind) -> &'static str {
    let id = kind.fields.iter().find(|field| field.key == "id");
    match id {
        Some(id) if id.presence == Presence::Required => id.key,
        _ => kind.name,
    }
}

fn subcommand(kind: &'static ListKind) -> Command {
    let argument = |field: &'static Field| {
        let option = field.option.unwrap_or(field.key);
        let argument = Arg::new(option).help(field.about).value_name(match field.kind {
            _ if field.key == named_by(kind) && field.key == kind.name => "NAME",
            FieldKind::Id => "ID",
            FieldKind::Link => "URL",
            FieldKind::Day | FieldKind::DayOrYear => "DATE",
            FieldKind::Country => "CODE",
            FieldKind::Quantity => "NUMBER",
            FieldKind::Passage => "PLACE",
            _ => "TEXT",
        });
        let argument = match field.kind {
            FieldKind::Word(words) => argument.value_parser(PossibleValuesParser::new(words)),
            _ => argument.value_parser(sentence),
        };
        let argument = match field.kind {
            FieldKind::Texts => argument.action(ArgAction::Append),
            _ => argument,
        };
        match field.key == named_by(kind) {
            true => argument.required(true),
            false => argument.long(option).required(field.presence == Presence::Required),
        }
    };
    Command::new(command_name(kind))
        .about(format!("Add {}", kind.entry))
        .args(written(kind).map(argument))
}

impl Add {
    /// Adds the entry.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let (project, compiled) = global.compile(Edition::Draft, Access::Writes)?;
        let (list, name, fields) = (self.kind.id, self.name(), self.fields());
        if let Some(there) = self.listed(&compiled.site) {
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

    /// Returns the fields of the entry, in the order in which they are written.
    fn fields(&self) -> Vec<(&'static str, Worth<'_>)> {
        let fields = self.said.iter().map(|(field, said)| {
            let worth = match field.kind {
                FieldKind::Texts => Worth::Texts(said.iter().map(String::as_str).collect()),
                _ => Worth::Text(said.first().map_or("", String::as_str)),
            };
            (field.key, worth)
        });
        fields.collect()
    }

    fn text(&self, key: &str) -> Option<&str> {
        let (_, said) = self.said.iter().find(|(field, _)| field.key == key)?;
        said.first().map(String::as_str)
    }

    fn name(&self) -> &str {
        self.text(named_by(self.kind)).unwrap_or_default()
    }

    /// Returns the entry of the draft that has this name, as it is written there. Two with one name
    /// may be there for two purposes, or with ids of their own.
    fn listed(&self, site: &Site) -> Option<String> {
        let list = site.history(self.kind.id)?.draft.as_deref()?.list()?;
        let named_by = named_by(self.kind);
        let own_id = named_by != "id" && self.text("id").is_some();
        let key = |text: Option<&str>| text.map(name_key);
        let same = |there: &&ListEntry| {
            [named_by, "purpose"].iter().all(|part| {
                *part == "purpose" && named_by == "id"
                    || key(there.text(part)) == key(self.text(part))
            })
        };
        let there = list.entries.iter().filter(|_| !own_id).find(same)?;
        there.text(named_by).map(str::to_owned)
    }
}
