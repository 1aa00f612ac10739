//! The signature of a file, and the key it should be of.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::securitytxt::envelope::Envelope;
use crate::securitytxt::expires::moment;
use crate::securitytxt::finding::Findings;
use crate::securitytxt::outcome::Proof;
use crate::securitytxt::{Circumstances, Rule, proof};

pub use proof::{can_sign, clear_signed};

/// A public key.
#[derive(Clone, Debug)]
pub struct Key {
    /// When it expires; `None` if never, or if this build cannot read keys.
    pub ends: Option<Timestamp>,
    inner: proof::PublicKey,
}

impl Key {
    /// Reads a public key as programs export it: armoured, or its plain bytes.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn read(bytes: &[u8]) -> Result<Key, String> {
        if memchr::memmem::find(bytes, b"PRIVATE KEY BLOCK").is_some() {
            return Err("this is a private key: nobody else may ever see it".to_owned());
        }
        let inner = proof::PublicKey::read(bytes)?;
        Ok(Key { ends: inner.ends(), inner })
    }

    /// Returns when the signature of a text by this key expires; `None` if never, or if it could
    /// not be verified.
    pub fn signature_ends(&self, text: &str) -> Option<Timestamp> {
        match self.inner.prove(text) {
            Proof::Good { ends, .. } => ends,
            Proof::Bad(_) | Proof::None(_) => None,
        }
    }
}

/// Reports whether a file is signed, and what is wrong with its signature.
pub fn check(
    text: &str,
    envelope: &Envelope<'_>,
    circumstances: &Circumstances<'_>,
    findings: &mut Findings,
) {
    let Some(_) = envelope.opened else {
        return findings.whole(Rule::NotSigned, "the file is not signed");
    };
    if !envelope.whole {
        return;
    }
    let Some(key) = circumstances.key else {
        return findings.whole(
            Rule::Unproved,
            "the signature was not proved: there is no key to prove it with",
        );
    };
    prove(text, key, envelope, circumstances, findings);
}

fn prove(
    text: &str,
    key: &Key,
    envelope: &Envelope<'_>,
    circumstances: &Circumstances<'_>,
    findings: &mut Findings,
) {
    let now = circumstances.now;
    let day = |moment: Timestamp| moment.to_zoned(TimeZone::UTC).date();
    let (ends, key_ends, revoked, weak) = match key.inner.prove(text) {
        Proof::Bad(problem) => return findings.whole(Rule::BadSignature, problem),
        Proof::None(why) => return findings.whole(Rule::Unproved, why),
        Proof::Good { ends, key_ends, revoked, weak } => (ends, key_ends, revoked, weak),
    };
    if let Some(digest) = weak {
        findings
            .whole(Rule::WeakHash, format!("the signature is by {digest}, which can be forged"));
    }
    if let Some(ends) = ends.filter(|ends| *ends < now) {
        findings.whole(Rule::SignatureExpired, format!("the signature ended on {}", day(ends)));
    }
    if revoked {
        findings.whole(Rule::KeyExpired, "the key was revoked");
    }
    let Some(key_ends) = key_ends else {
        return;
    };
    if key_ends < now {
        findings.whole(Rule::KeyExpired, format!("the key ended on {}", day(key_ends)));
        return;
    }
    let expires = envelope.body.iter().find_map(|line| {
        let (name, value) = line.text.split_once(':')?;
        name.eq_ignore_ascii_case("expires").then(|| moment(value.trim()).ok())?
    });
    if expires.is_some_and(|expires| expires > key_ends) {
        findings.whole(
            Rule::KeyEndsFirst,
            format!("the key ends on {}, before the file does", day(key_ends)),
        );
    }
}

#[cfg(test)]
#[cfg(feature = "openpgp")]
mod tests {
    use crate::securitytxt::keys::{ONE, ONE_REVOKED, TWO};
    use crate::securitytxt::proof::tests::public;
    use crate::securitytxt::signature::Key;
    use crate::securitytxt::{Circumstances, check, clear_signed};

    const TEXT: &str = "\
        Contact: https://example.com/\nExpires: 2027-10-31T00:00:00Z\nCanonical: https://example.com/.well-known/security.txt\n";

    /// Signs a text on 21 November 2026.
    fn signed(text: &str, secret: &str) -> String {
        clear_signed(text, secret.as_bytes(), "", "2026-11-21T00:00:00Z".parse().unwrap()).unwrap()
    }

    /// Judges a file by a key at a moment; returns the code and the message of each finding.
    fn judge(file: &str, key: Option<&str>, now: &str) -> Vec<String> {
        let key = key.map(|key| Key::read(key.as_bytes()).unwrap());
        let circumstances =
            Circumstances { url: None, now: now.parse().unwrap(), key: key.as_ref() };
        let findings = check(file.as_bytes(), &circumstances).findings;
        findings.iter().map(|found| format!("{} {}", found.rule.code(), found.message)).collect()
    }

    #[test]
    fn a_signature_of_the_key_holds_and_no_other_does() {
        const OTHER: &str = "S087 the signature is of another key, 7009f56eb0d2a0bc";
        let (file, now) = (signed(TEXT, ONE), "2027-06-01T12:00:00Z");
        assert_eq!(judge(&file, Some(&public(ONE)), now), [""; 0]);
        let short = TEXT.replace("2027-10-31", "2027-04-30");
        assert_eq!(
            judge(&signed(&short, TWO), Some(&public(TWO)), "2027-04-29T23:59:59Z"),
            [""; 0]
        );
        let changed = file.replace("10-31", "10-30");
        assert_eq!(
            judge(&changed, Some(&public(ONE)), now),
            ["S087 the text is not what was signed"]
        );
        assert_eq!(judge(&file, Some(&public(TWO)), now), [OTHER]);
    }

    #[test]
    fn what_was_not_proved_is_told_once() {
        let (file, now) = (signed(TEXT, ONE), "2027-06-01T12:00:00Z");
        assert_eq!(
            judge(&file, None, now),
            ["S091 the signature was not proved: there is no key to prove it with"]
        );
        assert_eq!(judge(TEXT, Some(&public(ONE)), now), ["S080 the file is not signed"]);
        let broken = format!("\n{file}");
        assert_eq!(judge(&broken, Some(&public(ONE)), now), ["S081 this must be the first line"]);
    }

    #[test]
    fn a_key_is_used_until_its_end_and_outlives_the_file() {
        let judged = |expires: &str, now: &str| {
            let file = signed(&TEXT.replace("Expires: 2027-10-31T00:00:00Z", expires), ONE);
            judge(&file, Some(&public(ONE)), now)
        };
        let (ends, later) = ("Expires: 2027-11-01T00:00:00Z", "expires:  2027-11-01T00:00:01Z");
        assert_eq!(judged(ends, "2027-06-01T12:00:00Z"), [""; 0]);
        assert_eq!(judged(ends, "2027-11-01T00:00:00Z"), [""; 0]);
        assert_eq!(judged(ends, "2027-11-01T00:00:01Z")[0], "S089 the key ended on 2027-11-01");
        let first = "S090 the key ends on 2027-11-01, before the file does";
        assert_eq!(
            judged(later, "2027-06-01T12:00:00Z"),
            [first, "S023 more than one space behind the colon"]
        );
        let file = signed(TEXT, TWO);
        assert_eq!(
            judge(&file, Some(&public(TWO)), "2027-05-01T00:00:00Z"),
            ["S089 the key ended on 2027-04-30"]
        );
    }

    #[test]
    fn a_key_that_was_revoked_signs_nothing() {
        assert_eq!(
            judge(&signed(TEXT, ONE), Some(ONE_REVOKED), "2027-06-01T12:00:00Z"),
            ["S089 the key was revoked"]
        );
    }

    #[test]
    fn a_key_is_public() {
        assert_eq!(
            Key::read(ONE.as_bytes()).unwrap_err(),
            "this is a private key: nobody else may ever see it"
        );
        assert!(Key::read(b"no key").unwrap_err().starts_with("this is no OpenPGP key"));
        let (one, two) = (
            Key::read(public(ONE).as_bytes()).unwrap(),
            Key::read(public(TWO).as_bytes()).unwrap(),
        );
        assert_eq!(one.ends.unwrap().to_string(), "2027-11-01T00:00:00Z");
        assert_eq!(two.ends, None);
    }
}
