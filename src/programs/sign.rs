//! A text signed by a program of the maintainer's: `gpg` or `sq`.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::programs::find;

/// Pipes a text through an external signing program and returns its output. Programs inside
/// `project` are never run.
///
/// # Errors
/// Says what the program says.
pub fn signed(program: &[String], text: &str, project: &Path) -> Result<String> {
    let (name, arguments) = program.split_first().context("nothing is named that signs")?;
    let mut command = Command::new(find::program(name, project)?);
    let command =
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| format!("run `{name}`"))?;
    // The text is smaller than any pipe; a program that does not read it says why below.
    let written = child.stdin.take().map(|mut input| input.write_all(text.as_bytes()));
    let output = child.wait_with_output().with_context(|| format!("run `{name}`"))?;
    if !output.status.success() {
        bail!(
            "`{}` did not sign: {}",
            program.join(" "),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    if let Some(written) = written {
        written.with_context(|| format!("give the text to `{name}`"))?;
    }
    String::from_utf8(output.stdout).with_context(|| format!("read what `{name}` wrote"))
}
