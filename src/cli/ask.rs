//! Asking before something is done that cannot be undone.

use std::io;
use std::io::{BufRead, IsTerminal as _, Write as _};

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

/// Returns true if there is a terminal to ask on.
pub fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks for a value on the terminal until one is given that can be read; an empty answer is the
/// default.
///
/// # Errors
/// Where the terminal is closed.
pub fn answer<T>(
    question: &str,
    default: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T> {
    answered(&mut io::stdin().lock(), question, default, read)
}

fn answered<T>(
    input: &mut impl BufRead,
    question: &str,
    default: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<T> {
    loop {
        anstream::eprint!("{question} [{default}]: ");
        io::stderr().flush().context("write to the terminal")?;
        let mut answer = String::new();
        if input.read_line(&mut answer).context("read the answer")? == 0 {
            bail!("the question was not answered: nothing was written");
        }
        let answer = match answer.trim() {
            "" => default,
            answer => answer,
        };
        match read(answer) {
            Ok(value) => return Ok(value),
            Err(help) => anstream::eprintln!("  {help}"),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    #[test]
    fn a_question_is_asked_until_its_answer_can_be_read() {
        let asked = |typed: &str| {
            let url = answered(&mut typed.as_bytes(), "URL", "https://a.test/", parse::base_url);
            url.map(|url| url.to_string()).ok()
        };
        assert_eq!(asked("acme.test\n htps:x \n https://b.test \n").unwrap(), "https://b.test/");
        assert_eq!(asked("\n").unwrap(), "https://a.test/");
        assert_eq!(asked("acme.test\n"), None);
    }
}
