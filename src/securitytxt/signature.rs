//! The signature of a file, and the key it should be of.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::securitytxt::Circumstances;
use crate::securitytxt::Rule;
use crate::securitytxt::envelope::Envelope;
use crate::securitytxt::expires::moment;
use crate::securitytxt::finding::Findings;
use crate::securitytxt::proof;

pub use proof::can_sign;
pub use proof::clear_signed;

/// A public key.
#[derive(Clone, Debug)]
pub struct Key {
    /// When it ends; nothing where it never does.
    pub ends: Option<Timestamp>,
    inner: proof::PublicKey,
}

/// What a signature turned out to be.
#[allow(dead_code, reason = "the feature `openpgp` decides which of them there can be")]
pub enum Proof {
    /// The text was signed by the key.
    Good {
        /// When the signature ends.
        ends: Option<Timestamp>,
        /// When the key that made it ends.
        key_ends: Option<Timestamp>,
        /// Whether the key was revoked.
        revoked: bool,
        /// The digest it signs, where that can be forged.
        weak: Option<&'static str>,
    },
    /// The text was changed, or the signature is of another key.
    Bad(String),
    /// There is no answer.
    None(String),
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
}

/// Reports whether a file is signed, and what is wrong with its signature.
pub fn check(text: &str, envelope: &Envelope<'_>, circumstances: &Circumstances<'_>, findings: &mut Findings) {
    let Some(_) = envelope.opened else {
        return findings.whole(Rule::NotSigned, "the file is not signed");
    };
    if !envelope.whole {
        return;
    }
    let Some(key) = circumstances.key else {
        return findings.whole(Rule::Unproved, "the signature was not proved: there is no key to prove it with");
    };
    prove(text, key, envelope, circumstances, findings);
}

fn prove(text: &str, key: &Key, envelope: &Envelope<'_>, circumstances: &Circumstances<'_>, findings: &mut Findings) {
    let now = circumstances.now;
    let day = |moment: Timestamp| moment.to_zoned(TimeZone::UTC).date();
    let (ends, key_ends, revoked, weak) = match key.inner.prove(text) {
        Proof::Bad(problem) => return findings.whole(Rule::BadSignature, problem),
        Proof::None(why) => return findings.whole(Rule::Unproved, why),
        Proof::Good { ends, key_ends, revoked, weak } => (ends, key_ends, revoked, weak),
    };
    if let Some(digest) = weak {
        findings.whole(Rule::WeakHash, format!("the signature is by {digest}, which can be forged"));
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
        findings.whole(Rule::KeyEndsFirst, format!("the key ends on {}, before the file does", day(key_ends)));
    }
}
