//! `policybook schema`: JSON Schemas of the YAML files and of front matter, so that editors
//! complete and check them without a network.

use std::borrow::Cow;

use anyhow::{Context as _, Result};
use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::cli::{Access, Ending, Global, report};
use crate::tree::{File, Tree, TreePath};
use crate::{parse, store};

/// The folder of a project in which schemas lie.
pub const FOLDER: &str = "schemas";

/// Print the JSON Schema of a YAML file or of front matter, or add all of them to the project
///
/// Editors use them for completion and validation.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook schema site
  policybook schema --write")]
pub struct Schema {
    /// File to print the schema of
    #[arg(value_name = "NAME", value_parser = PossibleValuesParser::new(parse::schemas().into_iter().map(|(name, _)| name)), required_unless_present = "write")]
    name: Option<String>,
    /// Write all schemas to `schemas/` and reference them from each YAML file
    #[arg(long, conflicts_with = "name")]
    write: bool,
}

impl Schema {
    /// Prints a schema, or writes all.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        match &self.name {
            Some(name) => {
                let (_, text) = parse::schemas()
                    .into_iter()
                    .find(|(own, _)| own == name)
                    .context("there is a schema of each name")?;
                anstream::print!("{text}");
            }
            None => write(global)?,
        }
        Ok(Ending::Done)
    }
}

fn write(global: &Global) -> Result<()> {
    let project = global.project(Access::Writes)?;
    let (mut changed, all) = (named_in(&project.files), files());
    changed.extend(all);
    store::write(&global.directory, &project.files, changed.clone())?;
    if !global.quiet {
        report::done(
            "wrote",
            &changed.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>().join(", "),
        );
    }
    Ok(())
}

/// Returns every schema as a file of a project.
pub fn files() -> Tree<File> {
    let file = |(name, text): (&str, Cow<'static, str>)| {
        (path(&format!("{FOLDER}/{name}.json")), File::new(text.as_bytes()))
    };
    parse::schemas().into_iter().map(file).collect()
}

/// Returns the YAML files of a project that do not name their schemas yet, with the lines that do.
pub fn named_in(files: &Tree<File>) -> Tree<File> {
    let yaml = |name: &str| {
        let path = path(&format!("content/{name}.yaml"));
        let named = named(name, files.get(&path)?)?;
        Some((path, named))
    };
    parse::schemas().into_iter().filter_map(|(name, _)| yaml(name)).collect()
}

/// Returns a YAML file with the lines that name its schema, for the two ways in which editors are
/// told; `None` if they are there.
fn named(name: &str, file: &File) -> Option<File> {
    let address = format!("../{FOLDER}/{name}.json");
    let lines =
        [format!("# yaml-language-server: $schema={address}\n"), format!("# $schema: {address}\n")];
    let text = std::str::from_utf8(file.bytes()).ok()?;
    let (mark, text) = text.strip_prefix('\u{feff}').map_or(("", text), |text| ("\u{feff}", text));
    let missing: Vec<&str> =
        lines.iter().map(String::as_str).filter(|line| !text.contains(line.trim_end())).collect();
    (!missing.is_empty())
        .then(|| File::new(format!("{mark}{}{text}", missing.concat()).into_bytes()))
}

fn path(path: &str) -> TreePath {
    TreePath::new(path).expect("a name of plain letters")
}
