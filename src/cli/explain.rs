//! `policybook explain`: what a code means.

use anyhow::Result;
use clap::Args;

use crate::cli::{Ending, style};
use crate::diagnostic::{Code, nearest};

/// Explain a diagnostic code, with examples
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  policybook explain P024
  policybook explain --list")]
pub struct Explain {
    /// Code, as printed with a finding
    #[arg(value_name = "CODE", value_parser = code, required_unless_present = "list")]
    code: Option<Code>,
    /// List all codes
    #[arg(long, conflicts_with = "code")]
    list: bool,
}

impl Explain {
    /// Prints what a code means, or every code.
    pub fn run(&self) -> Result<Ending> {
        match self.code {
            Some(code) => anstream::println!(
                "{0}{1}{0:#}: {2}\n\n{3}",
                style::STRONG,
                code.as_str(),
                code.title(),
                code.explanation()
            ),
            None => Code::ALL.iter().for_each(|code| {
                anstream::println!("{0}{1}{0:#}  {2}", style::STRONG, code.as_str(), code.title())
            }),
        }
        Ok(Ending::Done)
    }
}

/// Reads a code, in capitals or not.
pub fn code(text: &str) -> Result<Code, String> {
    let written = text.to_ascii_uppercase();
    let found = Code::ALL.iter().find(|code| code.as_str() == written);
    found.copied().ok_or_else(|| {
        match nearest(&written, Code::ALL.iter().map(|code| code.as_str())) {
            Some(meant) => format!("there is no such code; did you mean `{meant}`?"),
            None => "there is no such code; `policybook explain --list` names them".to_owned(),
        }
    })
}
