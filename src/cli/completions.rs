//! `policybook completions`: what a shell needs to complete commands and options. The one file that
//! names the crate that makes it.

use std::io::Write as _;

use anyhow::{Context as _, Result};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::{Arguments, Ending};

/// Generate shell completions
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook completions bash >/etc/bash_completion.d/policybook
  policybook completions zsh >~/.zfunc/_policybook
  policybook completions fish >~/.config/fish/completions/policybook.fish")]
pub struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Prints the script of a shell.
    pub fn run(&self) -> Result<Ending> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "policybook", &mut script);
        std::io::stdout().write_all(&script).context("write to standard output")?;
        Ok(Ending::Done)
    }
}
