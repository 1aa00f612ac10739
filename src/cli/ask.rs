//! Asking before something is done that cannot be undone.

use std::io;
use std::io::IsTerminal as _;
use std::io::Write as _;

use anyhow::Context as _;
use anyhow::Result;
use anyhow::bail;

/// Asks a question on the terminal and returns whether the answer was yes; `yes` answers it beforehand.
///
/// # Errors
/// Where there is no terminal to ask on.
pub fn confirmed(question: &str, yes: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    if !io::stdin().is_terminal() {
        bail!("there is no terminal to ask on: add `--yes` to go ahead, or `--dry-run` to look only");
    }
    anstream::eprint!("{question} [y/N] ");
    io::stderr().flush().context("write to the terminal")?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).context("read the answer")?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
