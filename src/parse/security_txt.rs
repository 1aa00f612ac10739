//! What `site.yaml` says of security.txt, and the files of the content folder that belong to it.

use jiff::Timestamp;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::model::{Placed, PublicKey, SecurityTxt, SignWith};
use crate::parse::languages::languages;
use crate::parse::{Fields, Node};
use crate::securitytxt;
use crate::securitytxt::Key;
use crate::tree::{File, Source, Tree, TreePath};

/// The programs that may sign.
const PROGRAMS: [&str; 3] = ["gpg", "gpg2", "sq"];

/// Reads what a site says of its security.txt.
pub fn security_txt(
    source: &Source<'_>,
    node: Node,
    files: &Tree<File>,
    diagnostics: &mut Diagnostics,
) -> Option<SecurityTxt> {
    let mut fields = Fields::open(source.path, "security.txt", node, diagnostics)?;
    let span = fields.span;
    let wrote = fields.has("expires");
    let typed = fields.parsed("expires", diagnostics, expires);
    let languages = languages(&mut fields, diagnostics);
    let policy = fields.text("policy", diagnostics);
    let mut addresses = |key| {
        let texts = fields.texts(key, diagnostics);
        texts.into_iter().filter_map(|text| address(source, key, text, diagnostics)).collect()
    };
    let [canonical, encryption, hiring, csaf] =
        ["canonical", "encryption", "hiring", "csaf"].map(&mut addresses);
    let bug_bounty = fields.switch("bug_bounty", diagnostics);
    let copy = fields.switch("copy", diagnostics).unwrap_or_default();
    let warn_days = fields
        .parsed("warn_days", diagnostics, days)
        .map_or(SecurityTxt::WARN_DAYS, |days| days.value);
    let key_warn_days = fields
        .parsed("key_warn_days", diagnostics, days)
        .map_or(SecurityTxt::WARN_DAYS, |days| days.value);
    let key =
        fields.text("key", diagnostics).and_then(|name| key(source, name, files, diagnostics));
    let sign_with =
        fields.parsed("sign_with", diagnostics, sign_with).map(|sign_with| sign_with.value);
    fields.close(diagnostics);
    if wrote && typed.is_none() {
        return None;
    }
    let signed = TreePath::new(&format!("content/{}", SecurityTxt::SIGNED))
        .ok()
        .and_then(|path| files.get(&path).cloned());
    Some(SecurityTxt {
        span,
        typed,
        recorded: None,
        languages,
        policy,
        canonical,
        encryption,
        hiring,
        csaf,
        bug_bounty,
        copy,
        warn_days,
        key_warn_days,
        key,
        sign_with,
        signed,
    })
}

/// Returns true if a file at the top of the content folder may belong to security.txt.
pub fn is_own(name: &str) -> bool {
    name.ends_with(".asc")
}

/// Reads an address of a field of security.txt.
fn address(
    source: &Source<'_>,
    key: &str,
    text: Placed<String>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let Some((problem, help)) = securitytxt::refused(key, &text.value) else {
        return Some(text.value);
    };
    let wrong = Diagnostic::error(
        Code::BadValue,
        format!("`{}` cannot be in `{key}`: {problem}", text.value.escape_debug()),
    );
    diagnostics.push(wrong.at(source.path, text.span).help(help));
    None
}

/// Reads the public key in a file of the content folder.
fn key(
    source: &Source<'_>,
    name: Placed<String>,
    files: &Tree<File>,
    diagnostics: &mut Diagnostics,
) -> Option<PublicKey> {
    let mut report = |found: Diagnostic, help: &str| {
        diagnostics.push(found.help(help.to_owned()));
        None
    };
    let letters = |stem: &str| {
        !stem.is_empty()
            && stem
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if name.value == SecurityTxt::SIGNED || !name.value.strip_suffix(".asc").is_some_and(letters) {
        let bad = Diagnostic::error(
            Code::Key,
            format!("`{}` cannot be the file of a key", name.value.escape_debug()),
        );
        return report(
            bad.at(source.path, name.span),
            "name a file of `content/`: lower-case letters, digits, hyphens and `.asc`",
        );
    }
    let path = TreePath::new(&format!("content/{}", name.value)).expect("a name of plain letters");
    let Some(file) = files.get(&path) else {
        let missing = Diagnostic::error(Code::Key, format!("there is no `{path}`"))
            .at(source.path, name.span);
        return report(
            missing,
            "put the public key there, as in `gpg --armor --export security@example.com`",
        );
    };
    match Key::read(file.bytes()) {
        Ok(key) => Some(PublicKey { name, file: file.clone(), key }),
        Err(problem) => report(
            Diagnostic::error(Code::Key, problem).in_file(&path),
            "put the public key there, as `gpg --armor --export` writes it",
        ),
    }
}

fn expires(text: &str) -> Result<Timestamp, String> {
    let help =
        || "write a moment with its zone, as in `2027-10-31T00:00:00Z` (RFC 3339)".to_owned();
    securitytxt::moment(text).map_err(|_| help())
}

fn days(text: &str) -> Result<i64, String> {
    text.parse()
        .ok()
        .filter(|days| (0..=364).contains(days))
        .ok_or_else(|| "write a number of days below a year, as in `30`".to_owned())
}

fn sign_with(text: &str) -> Result<SignWith, String> {
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    match words.first().map(String::as_str) {
        Some("key") if words.len() == 1 => Ok(SignWith::Key),
        Some(program) if PROGRAMS.contains(&program) => Ok(SignWith::Program(match program {
            "sq" => words,
            _ if words.len() > 1 => words,
            _ => words.into_iter().chain(["--batch", "--clearsign"].map(str::to_owned)).collect(),
        })),
        _ => Err("write `gpg`, a line such as `gpg --batch --local-user security@example.com --clearsign` or `sq …`, or `key`".to_owned()),
    }
}
