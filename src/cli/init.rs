//! `policybook init`: a project to start from.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::cli::{Ending, Global, report, schema};
use crate::store;
use crate::tree::{Tree, TreePath};

/// Create a project containing the example policy (Fluxiom) and editor schemas
///
/// Existing files are kept. In an existing project, --ci adds the CI files only.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  policybook init acme-policies\n  policybook init --ci github,gitlab"
)]
pub struct Init {
    /// Directory to create it in
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,
    /// Add the CI configuration of SERVICE: check, build, show changes, publish
    #[arg(long, value_name = "SERVICE", value_delimiter = ',')]
    ci: Vec<Service>,
}

/// Who runs programs when something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Service {
    /// .github/workflows/policies.yml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
    /// .forgejo/workflows/policies.yml
    Forgejo,
}

impl Service {
    /// Returns the folder of its files among ours.
    fn folder(self) -> &'static str {
        match self {
            Service::Github => "github",
            Service::Gitlab => "gitlab",
            Service::Forgejo => "forgejo",
        }
    }
}

impl Init {
    /// Writes the example into a folder, and says what to do next.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let root = global.directory.join(&self.project);
        let there = !self.ci.is_empty() && root.join("content").exists();
        let mut files = Tree::new();
        if !there {
            files = store::example();
            files.extend(schema::named_in(&files));
            files.extend(schema::files());
        }
        for service in &self.ci {
            files.extend(store::ci(service.folder()));
        }
        let added = store::add(&root, &files)?;
        if global.quiet {
            return Ok(Ending::Done);
        }
        let (ours, example): (Vec<&TreePath>, Vec<&TreePath>) = added.iter().partition(|path| {
            path.within("content").is_none() && path.within(schema::FOLDER).is_none()
        });
        let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
        for path in example {
            *folders.entry(path.folder()).or_default() += 1;
        }
        for (folder, files) in folders {
            anstream::eprintln!("  {folder}/  {}", report::counted(files, "file"));
        }
        for path in &ours {
            anstream::eprintln!("  {path}");
        }
        let kept = match files.len() - added.len() {
            0 => String::new(),
            kept => format!(", kept {} already there", report::counted(kept, "file")),
        };
        report::done(
            "made",
            &format!("{} in {}{kept}", report::counted(added.len(), "file"), report::place(&root)),
        );
        let directory = match report::place(&root).as_str() {
            "." => String::new(),
            place => format!("-C {place} "),
        };
        if !there {
            anstream::eprintln!(
                "\nNext: edit content/site.yaml, then run `policybook {directory}build`"
            );
        }
        for path in ours {
            anstream::eprintln!("Next: read {path} and set the variables that it names");
        }
        Ok(Ending::Done)
    }
}
