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
        Some(program) if PROGRAMS.contains(&program) => {
            let (signs, rest) = match program {
                "sq" => (&SQ, words[1..].strip_prefix(&["sign".to_owned()])),
                _ => (&GPG, Some(&words[1..])),
            };
            let rest = rest.ok_or_else(|| "`sq` signs by `sq sign --cleartext …`".to_owned())?;
            takes(signs, rest)?;
            Ok(SignWith::Program(if words.len() > 1 {
                words
            } else {
                words.into_iter().chain(["--batch", "--clearsign"].map(str::to_owned)).collect()
            }))
        }
        _ => Err("write `gpg`, a line such as `gpg --batch --local-user security@example.com --clearsign` or `sq …`, or `key`".to_owned()),
    }
}

/// What a program that signs may be told: to sign, and as whom. Whoever may edit `site.yaml` may
/// not write files or run programs by it.
struct Signs {
    /// Options without a value.
    plain: &'static [&'static str],
    /// Options with one.
    valued: &'static [&'static str],
}

const GPG: Signs = Signs {
    plain: &[
        "--batch",
        "--no-tty",
        "--quiet",
        "-q",
        "--armor",
        "-a",
        "--clearsign",
        "--clear-sign",
    ],
    valued: &[
        "--local-user",
        "-u",
        "--default-key",
        "--digest-algo",
        "--passphrase-file",
        "--pinentry-mode",
    ],
};

const SQ: Signs = Signs {
    plain: &["--batch", "--quiet", "--cleartext", "--cleartext-signature"],
    valued: &[
        "--signer",
        "--signer-key",
        "--signer-file",
        "--signer-email",
        "--signer-userid",
        "--password-file",
        "--time",
    ],
};

/// Holds that words are options that sign, and values that are no options.
fn takes(signs: &Signs, words: &[String]) -> Result<(), String> {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let (name, joined) = match word.split_once('=') {
            Some((name, value)) if word.starts_with("--") => (name, Some(value)),
            _ => (word.as_str(), None),
        };
        if joined.is_none() && signs.plain.contains(&name) {
            continue;
        }
        let known = signs.plain.iter().chain(signs.valued).copied().collect::<Vec<_>>();
        if !signs.valued.contains(&name) {
            return Err(format!(
                "`{}` is not taken here, only what signs: `{}`; all else belongs in the settings of the program",
                word.escape_debug(),
                known.join("`, `")
            ));
        }
        let value = joined.or_else(|| words.next().map(String::as_str));
        if value.is_none_or(|value| value.is_empty() || value.starts_with('-')) {
            return Err(format!("write a value after `{name}` that does not begin with `-`"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_signs_is_told_to_sign_and_nothing_else() {
        for line in [
            "gpg",
            "gpg2 --batch --local-user security@example.com --clearsign",
            "gpg --local-user=0xABCD --clear-sign",
            "gpg -u me --pinentry-mode loopback --passphrase-file /run/secret --clearsign",
            "sq sign --cleartext-signature --time 20261120T000000 --signer-key /a/b.pgp",
            "sq sign --cleartext --signer ABCD",
        ] {
            assert!(sign_with(line).is_ok(), "{line}");
        }
        for line in [
            "rm -rf",
            "./gpg",
            "/usr/bin/gpg",
            "gpg --output /home/me/.bashrc --clearsign",
            "gpg -o x --clearsign",
            "gpg --agent-program ./x --clearsign",
            "gpg --agent-program=./x --clearsign",
            "gpg --options x --clearsign",
            "gpg --homedir content --clearsign",
            "gpg --local-user --output=x --clearsign",
            "gpg --local-user",
            "gpg --local-user= --clearsign",
            "gpg --clearsign x",
            "gpg -- x",
            "sq",
            "sq --home x sign --cleartext",
            "sq key export",
            "sq sign --output x --cleartext",
            "key x",
        ] {
            assert!(sign_with(line).is_err(), "{line}");
        }
    }
}
