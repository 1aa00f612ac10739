//! A pager, where there is a terminal to page on.

use std::io;
use std::io::{IsTerminal as _, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result};

/// Shows a text: through `$PAGER`, else `less`, on a terminal; plainly elsewhere or where there is
/// no pager.
pub fn show(text: &str, coloured: bool) -> Result<()> {
    if !io::stdout().is_terminal() || text.is_empty() {
        anstream::print!("{text}");
        return Ok(());
    }
    let asked = std::env::var("PAGER").unwrap_or_else(|_| "less".to_owned());
    let mut words = asked.split_whitespace();
    let Some(program) = words.next().filter(|program| *program != "cat") else {
        anstream::print!("{text}");
        return Ok(());
    };
    let mut command = Command::new(program);
    let flags = if coloured { "FRX" } else { "FX" };
    // As git does: leave at once where it all fits on the screen, keep colours, leave the screen as
    // it is.
    command
        .args(words)
        .stdin(Stdio::piped())
        .env("LESS", std::env::var("LESS").unwrap_or_else(|_| flags.to_owned()));
    let Ok(mut running) = command.spawn() else {
        anstream::print!("{text}");
        return Ok(());
    };
    if let Some(mut pipe) = running.stdin.take() {
        // A reader who has seen enough closes the pipe.
        let _ = pipe.write_all(text.as_bytes());
    }
    running.wait().with_context(|| format!("wait for `{program}`"))?;
    Ok(())
}
