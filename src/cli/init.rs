//! `policybook init`: a project to start from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::cli::Ending;
use crate::cli::Global;
use crate::cli::report;
use crate::store;

/// Make a project to start from: the example's policies and lists
///
/// Files that are there already stay as they are.
#[derive(Args, Debug)]
pub struct Init {
    /// Where to make it
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,
}

impl Init {
    /// Writes the example into a folder, and says what to do next.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let root = global.directory.join(&self.project);
        let example = store::example();
        let added = store::add(&root, &example)?;
        if global.quiet {
            return Ok(Ending::Done);
        }
        let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
        for path in &added {
            *folders.entry(path.folder()).or_default() += 1;
        }
        for (folder, files) in folders {
            anstream::eprintln!("  {folder}/  {}", report::counted(files, "file"));
        }
        let kept = match example.len() - added.len() {
            0 => String::new(),
            kept => format!(", kept {} already there", report::counted(kept, "file")),
        };
        report::done("made", &format!("{} in {}{kept}", report::counted(added.len(), "file"), report::place(&root)));
        let directory = match report::place(&root).as_str() {
            "." => String::new(),
            place => format!("-C {place} "),
        };
        anstream::eprintln!("\nNext: edit content/site.yaml, then run `policybook {directory}build`");
        Ok(Ending::Done)
    }
}
