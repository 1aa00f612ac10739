//! Stands in for OpenPGP where the program was built without the feature `openpgp`: keys are
//! recognised, and nothing is proved or signed.

use jiff::Timestamp;

use crate::securitytxt::outcome::Proof;

/// What to do about it.
const REMEDY: &str = "this policybook was built without `openpgp`; `cargo install policybook --features openpgp` has it, and so does every \
                      released binary";

/// A public key that was not read.
#[derive(Clone, Debug)]
pub struct PublicKey;

impl PublicKey {
    /// Returns a key if the bytes are armoured as one.
    ///
    /// # Errors
    /// Says that they are not.
    pub fn read(bytes: &[u8]) -> Result<PublicKey, String> {
        match memchr::memmem::find(bytes, b"-----BEGIN PGP PUBLIC KEY BLOCK-----") {
            Some(_) => Ok(PublicKey),
            None => Err("not an armoured OpenPGP key".to_owned()),
        }
    }

    /// Returns `None`, since the key was not read.
    pub fn ends(&self) -> Option<Timestamp> {
        None
    }

    /// Returns why the signature was not verified.
    pub fn prove(&self, _: &str) -> Proof {
        Proof::None(format!("the signature was not proved: {REMEDY}"))
    }
}

/// Returns `Ok` if this build can sign, which it cannot.
///
/// # Errors
/// Always: says what can sign.
pub fn can_sign() -> Result<(), String> {
    Err(format!(
        "cannot sign with a key: {REMEDY}. Or sign with `gpg` or `sq`: set `sign_with` in `content/site.yaml`"
    ))
}

/// Signs nothing.
///
/// # Errors
/// Always: says what can sign.
pub fn clear_signed(_: &str, _: &[u8], _: &str, _: Timestamp) -> Result<String, String> {
    can_sign().map(|()| String::new())
}
