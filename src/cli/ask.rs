//! Asking before something is done that cannot be undone.

use std::io;
use std::io::{IsTerminal as _, Write as _};

use anyhow::{Context as _, Result, bail};

use crate::cli::report;

/// Asks a question on the terminal and returns whether the answer was yes; `yes` answers it
/// beforehand.
///
/// # Errors
/// Where there is no terminal to ask on.
pub fn confirmed(question: &str, yes: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        bail!(
            "cannot ask for confirmation (no terminal): pass `--yes` to proceed or `--dry-run` to preview"
        );
    }
    anstream::eprint!("{question} [y/N] ");
    io::stderr().flush().context("write to the terminal")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("read the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Returns whether something is to be written: not in a dry run, and not where the answer to a
/// question is no. Says so where it is not.
///
/// # Errors
/// Where there is no terminal to ask on.
pub fn agreed(question: &str, dry_run: bool, yes: bool) -> Result<bool> {
    if dry_run {
        report::note("nothing was written: this is a dry run");
        return Ok(false);
    }
    let agreed = confirmed(question, yes)?;
    if !agreed {
        report::note("nothing was written");
    }
    Ok(agreed)
}
