//! `policybook theme`: the looks of a site.

use anyhow::{Result, bail};
use clap::{Args, Subcommand};

use crate::cli::{Ending, Global, report};
use crate::diagnostic::{Diagnostics, nearest};
use crate::store::Project;
use crate::tree::{File, Tree, TreePath};
use crate::{parse, store};

/// Customise the theme
#[derive(Debug, Subcommand)]
pub enum Theme {
    Eject(Eject),
}

/// Copy files of the default theme into the project to customise them
///
/// Files that the project does not have come from the default theme, which improves with each
/// version of policybook: copy only what you mean to change. Existing files are kept.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  policybook theme eject\n  policybook theme eject home.html site.css\n  policybook theme eject --all"
)]
pub struct Eject {
    /// Templates and static files to copy, by name; without any, lists what there is
    #[arg(value_name = "FILE", conflicts_with = "all")]
    files: Vec<String>,
    /// Copy every file
    #[arg(long)]
    all: bool,
}

impl Theme {
    /// Does what is asked of the theme.
    pub fn run(&self, global: &Global) -> Result<Ending> {
        let Theme::Eject(eject) = self;
        eject.run(global)
    }
}

impl Eject {
    fn run(&self, global: &Global) -> Result<Ending> {
        let theme = store::default_theme();
        if self.files.is_empty() && !self.all {
            for (path, _) in theme.iter() {
                anstream::println!("{}", path.name());
            }
            return Ok(Ending::Done);
        }
        let unknown = self
            .files
            .iter()
            .find(|name| !theme.iter().any(|(path, _)| path.name() == name.as_str()));
        if let Some(name) = unknown {
            let meant = nearest(name, theme.iter().map(|(path, _)| path.name()));
            let hint = meant.map_or_else(
                || "`policybook theme eject` lists them".to_owned(),
                |meant| format!("did you mean `{meant}`?"),
            );
            bail!("the default theme has no `{}`: {hint}", name.escape_debug());
        }
        let project = Project::read(&global.directory)?;
        let own = parse::content(&project.files, &mut Diagnostics::new()).config.theme.value;
        let place = |path: &TreePath| {
            let within = path.within("themes/default").expect("the default theme lies there");
            TreePath::new(&format!("themes/{own}/{within}")).expect("a theme's name is a slug")
        };
        let asked = |path: &TreePath| self.all || self.files.iter().any(|name| path.name() == name);
        let files: Tree<File> = theme
            .into_iter()
            .filter(|(path, _)| asked(path))
            .map(|(path, file)| (place(&path), file))
            .collect();
        let added = store::add(&global.directory, &files)?;
        if global.quiet {
            return Ok(Ending::Done);
        }
        for path in &added {
            anstream::eprintln!("  {path}");
        }
        let kept = match files.len() - added.len() {
            0 => String::new(),
            kept => format!(", kept {} already there", report::counted(kept, "file")),
        };
        report::done(
            "copied",
            &format!("{} of the default theme{kept}", report::counted(added.len(), "file")),
        );
        Ok(Ending::Done)
    }
}
