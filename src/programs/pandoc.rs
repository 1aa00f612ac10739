//! Documents of other kinds as markdown, by the `pandoc` program.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::programs::find;

/// The kinds of documents that are not markdown: what their names end with, what pandoc calls
/// them, and what people do.
const KINDS: [(&str, Option<&str>, &str); 9] = [
    ("docx", Some("docx"), "a Word document"),
    ("odt", Some("odt"), "an OpenDocument text"),
    ("rtf", Some("rtf"), "a rich text"),
    ("rst", Some("rst"), "reStructuredText"),
    ("org", Some("org"), "an Org document"),
    ("tex", Some("latex"), "a LaTeX document"),
    ("adoc", None, "AsciiDoc"),
    ("asciidoc", None, "AsciiDoc"),
    ("pdf", None, "a PDF"),
];

/// How pandoc writes: what it wraps stays as it was, raw HTML is mended like any other.
const OPTIONS: [&str; 4] = ["--to=gfm", "--wrap=none", "--sandbox", "--markdown-headings=atx"];

/// Returns a document as markdown; `None` if its name says that it is markdown or plain text
/// already.
///
/// Programs inside `project` are never run.
///
/// # Errors
/// Says what to run where `pandoc` is not there or does not read it.
pub fn markdown_of(name: &str, bytes: &[u8], project: &Path) -> Result<Option<Vec<u8>>> {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    let Some((_, format, what)) = KINDS.iter().find(|kind| Some(kind.0) == extension.as_deref())
    else {
        return Ok(None);
    };
    let Some(format) = format else {
        let run = match *what {
            "a PDF" => "copy its text into a Markdown file".to_owned(),
            _ => format!(
                "run `asciidoctor --backend docbook --out-file - {name} | pandoc --from docbook --to gfm --wrap none --output policy.md`"
            ),
        };
        bail!("`{name}` is {what}: {run}, and import that");
    };
    let Ok(program) = find::program("pandoc", project) else {
        bail!(
            "`{name}` is {what}: install `pandoc`, or run `pandoc --from {format} --to gfm --wrap none {name} --output policy.md` where it is, and import that"
        );
    };
    let mut running = Command::new(program)
        .arg(format!("--from={format}"))
        .args(OPTIONS)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("run `pandoc`")?;
    let mut pipe = running.stdin.take().context("run `pandoc`")?;
    let bytes = bytes.to_vec();
    // What it does not want to read is said by how it ends.
    let giving = std::thread::spawn(move || drop(pipe.write_all(&bytes)));
    let output = running.wait_with_output().context("read the answer of `pandoc`")?;
    giving.join().expect("writing does not panic");
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("pandoc cannot read `{name}`: {}", said.lines().next().unwrap_or_default());
    }
    Ok(Some(output.stdout))
}
