//! OpenPGP (RFC 9580): a public key, the proof of a signature, and a signature of our own.

use jiff::Timestamp;
use pgp::composed::{
    CleartextSignedMessage, Deserializable as _, SignedPublicKey, SignedSecretKey,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureConfig, SignatureType, Subpacket, SubpacketData};
use pgp::types::{KeyDetails, KeyVersion, Password, SigningKey};

use crate::securitytxt::outcome::Proof;

/// A public key with valid self-signatures.
#[derive(Clone, Debug)]
pub struct PublicKey {
    key: SignedPublicKey,
}

impl PublicKey {
    /// Reads a public key.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn read(bytes: &[u8]) -> Result<PublicKey, String> {
        let (key, _) = SignedPublicKey::from_reader_single(bytes)
            .map_err(|error| format!("this is no OpenPGP key: {error}"))?;
        key.details
            .verify_bindings(&key.primary_key)
            .map_err(|_| "the key's own signatures do not hold".to_owned())?;
        Ok(PublicKey { key })
    }

    /// Returns when the primary key expires; `None` if never.
    pub fn ends(&self) -> Option<Timestamp> {
        let users = self.key.details.users.iter().flat_map(|user| &user.signatures);
        let own = users
            .chain(&self.key.details.direct_signatures)
            .filter(|signature| self.made(signature));
        ends(&self.key.primary_key, own.max_by_key(|signature| signature.created()))
    }

    /// Returns true if a signature on the key is its own.
    fn made(&self, signature: &Signature) -> bool {
        let (id, fingerprint) =
            (self.key.primary_key.legacy_key_id(), self.key.primary_key.fingerprint());
        signature.issuer_key_id().contains(&&id)
            || signature.issuer_fingerprint().contains(&&fingerprint)
    }

    /// Verifies a cleartext signature made by this key or one of its subkeys.
    pub fn prove(&self, text: &str) -> Proof {
        let message = match CleartextSignedMessage::from_string(text) {
            Ok((message, _)) => message,
            Err(error) => return Proof::Bad(format!("the signature cannot be read: {error}")),
        };
        let revoked = !self.key.details.revocation_signatures.is_empty();
        let whole = self.ends();
        let good = |signature: &Signature, key_ends: Option<Timestamp>, revoked: bool| {
            let made = signature
                .created()
                .and_then(|made| Timestamp::from_second(i64::from(made.as_secs())).ok());
            let lasts = signature
                .signature_expiration_time()
                .map(|lasts| i64::from(lasts.as_secs()))
                .filter(|lasts| *lasts > 0);
            let ends = made
                .zip(lasts)
                .and_then(|(made, lasts)| Timestamp::from_second(made.as_second() + lasts).ok());
            Proof::Good { ends, key_ends, revoked, weak: weak(signature) }
        };
        if let Ok(signature) = message.verify(&self.key.primary_key) {
            return good(signature, whole, revoked);
        }
        for subkey in &self.key.public_subkeys {
            if subkey.verify_bindings(&self.key.primary_key).is_err() {
                continue;
            }
            let Ok(signature) = message.verify(&subkey.key) else {
                continue;
            };
            let of = |kind: SignatureType| {
                subkey.signatures.iter().filter(move |signature| signature.typ() == Some(kind))
            };
            let binding =
                of(SignatureType::SubkeyBinding).max_by_key(|signature| signature.created());
            if !binding.is_some_and(|binding| binding.key_flags().sign()) {
                return Proof::Bad(
                    "the key that made the signature is not meant to sign".to_owned(),
                );
            }
            let own = ends(&subkey.key, binding);
            let first = own.into_iter().chain(whole).min();
            return good(
                signature,
                first,
                revoked || of(SignatureType::SubkeyRevocation).next().is_some(),
            );
        }
        let ids: Vec<String> = message
            .signatures()
            .iter()
            .flat_map(Signature::issuer_key_id)
            .map(|id| id.to_string())
            .collect();
        let known = std::iter::once(self.key.primary_key.legacy_key_id())
            .chain(self.key.public_subkeys.iter().map(|subkey| subkey.key.legacy_key_id()));
        let known: Vec<String> = known.map(|id| id.to_string()).collect();
        match ids.iter().find(|id| !known.contains(id)) {
            Some(other) => Proof::Bad(format!("the signature is of another key, {other}")),
            None => Proof::Bad("the text is not what was signed".to_owned()),
        }
    }
}

/// Returns when a key expires, by the signature that says how long it lasts; `None` if never.
fn ends(key: &impl KeyDetails, by: Option<&Signature>) -> Option<Timestamp> {
    let lasts = by?
        .key_expiration_time()
        .map(|lasts| i64::from(lasts.as_secs()))
        .filter(|lasts| *lasts > 0)?;
    Timestamp::from_second(i64::from(key.created_at().as_secs()) + lasts).ok()
}

/// Returns the digest of a signature where it can be forged.
fn weak(signature: &Signature) -> Option<&'static str> {
    match signature.hash_alg()? {
        HashAlgorithm::Md5 => Some("MD5"),
        HashAlgorithm::Sha1 => Some("SHA-1"),
        HashAlgorithm::Ripemd160 => Some("RIPEMD-160"),
        _ => None,
    }
}

/// Returns `Ok` if this build can sign.
///
/// # Errors
/// Never, with OpenPGP.
pub fn can_sign() -> Result<(), String> {
    Ok(())
}

/// Signs a text in the clear with a secret key: with the first of its keys that is meant to sign.
///
/// # Errors
/// Says why it cannot.
pub fn clear_signed(
    text: &str,
    secret: &[u8],
    password: &str,
    now: Timestamp,
) -> Result<String, String> {
    let (key, _) = SignedSecretKey::from_reader_single(secret)
        .map_err(|error| format!("this is no OpenPGP secret key: {error}"))?;
    let password = Password::from(password);
    let subkey = key.secret_subkeys.iter().find(|subkey| {
        let newest = subkey.signatures.iter().max_by_key(|signature| signature.created());
        newest.is_some_and(|newest| {
            newest.typ() == Some(SignatureType::SubkeyBinding) && newest.key_flags().sign()
        })
    });
    let signed = match subkey {
        Some(subkey) => sign(text, &subkey.key, &password, now),
        None => sign(text, &key.primary_key, &password, now),
    };
    signed.map_err(|error| format!("the key does not sign: {error}"))
}

fn sign(
    text: &str,
    key: &impl SigningKey,
    password: &Password,
    now: Timestamp,
) -> pgp::errors::Result<String> {
    if key.version() != KeyVersion::V4 {
        return Err(std::io::Error::other(
            "only keys of version 4 are supported here; sign with `gpg` or `sq`",
        )
        .into());
    }
    let made = pgp::types::Timestamp::from_secs(u32::try_from(now.as_second()).unwrap_or(u32::MAX));
    let mut config = SignatureConfig::v4(SignatureType::Text, key.algorithm(), key.hash_alg());
    config.hashed_subpackets = vec![
        Subpacket::regular(SubpacketData::SignatureCreationTime(made))?,
        Subpacket::regular(SubpacketData::IssuerFingerprint(key.fingerprint()))?,
    ];
    config.unhashed_subpackets =
        vec![Subpacket::regular(SubpacketData::IssuerKeyId(key.legacy_key_id()))?];
    // The line end before a signature belongs to the signature, RFC 9580 section 7.1.
    let message = CleartextSignedMessage::new(text.trim_end_matches('\n'), config, key, password)?;
    message.to_armored_string(Default::default())
}

#[cfg(test)]
pub mod tests {
    use pgp::composed::ArmorOptions;

    use super::*;
    use crate::securitytxt::keys::{ONE, TWO};

    fn secret(key: &str) -> SignedSecretKey {
        SignedSecretKey::from_reader_single(key.as_bytes()).unwrap().0
    }

    /// Returns the public half of a secret key, armoured.
    pub fn public(key: &str) -> String {
        secret(key).to_public_key().to_armored_string(ArmorOptions::default()).unwrap()
    }

    /// Proves a signature that was made on 21 November 2026 with a digest, and that lasts so many
    /// seconds.
    fn proved(
        digest: HashAlgorithm,
        lasts: Option<u32>,
    ) -> (Option<Timestamp>, Option<&'static str>) {
        let key = secret(ONE);
        let mut config =
            SignatureConfig::v4(SignatureType::Text, key.primary_key.algorithm(), digest);
        let made = "2026-11-21T00:00:00Z".parse::<Timestamp>().unwrap().as_second();
        let made = pgp::types::Timestamp::from_secs(u32::try_from(made).unwrap());
        config.hashed_subpackets =
            vec![Subpacket::regular(SubpacketData::SignatureCreationTime(made)).unwrap()];
        if let Some(lasts) = lasts {
            let lasts =
                SubpacketData::SignatureExpirationTime(pgp::types::Duration::from_secs(lasts));
            config.hashed_subpackets.push(Subpacket::regular(lasts).unwrap());
        }
        let message =
            CleartextSignedMessage::new("a", config, &key.primary_key, &Password::empty()).unwrap();
        let text = message.to_armored_string(Default::default()).unwrap();
        match PublicKey::read(public(ONE).as_bytes()).unwrap().prove(&text) {
            Proof::Good { ends, weak, .. } => (ends, weak),
            Proof::Bad(problem) | Proof::None(problem) => panic!("{problem}"),
        }
    }

    #[test]
    fn a_signature_says_how_long_it_lasts() {
        assert_eq!(proved(HashAlgorithm::Sha256, None), (None, None));
        assert_eq!(proved(HashAlgorithm::Sha256, Some(0)), (None, None), "permanently");
        let end = |seconds| proved(HashAlgorithm::Sha512, Some(seconds)).0.unwrap().to_string();
        assert_eq!(end(86_401), "2026-11-22T00:00:01Z");
        assert_eq!(end(1), "2026-11-21T00:00:01Z");
    }

    #[test]
    fn the_key_that_is_meant_to_sign_signs() {
        let now = "2026-11-21T12:34:56Z".parse().unwrap();
        let made = |key: &str| {
            let text = clear_signed("a\n\n", key.as_bytes(), "", now).unwrap();
            let (message, _) = CleartextSignedMessage::from_string(&text).unwrap();
            let signature = &message.signatures()[0];
            assert_eq!(i64::from(signature.created().unwrap().as_secs()), now.as_second());
            (
                signature.issuer_key_id()[0].to_string(),
                signature.issuer_fingerprint()[0].to_string(),
                text,
            )
        };
        let (one, two) = (secret(ONE), secret(TWO));
        let (id, fingerprint, text) = made(ONE);
        assert_eq!(id, one.primary_key.legacy_key_id().to_string());
        assert_eq!(fingerprint, one.primary_key.fingerprint().to_string());
        assert!(text.contains("\n\na\n-----BEGIN PGP SIGNATURE-----"), "{text}");
        assert_eq!(made(TWO).0, two.secret_subkeys[1].key.legacy_key_id().to_string());
    }

    #[test]
    fn what_cannot_sign_says_why() {
        let now = Timestamp::UNIX_EPOCH;
        assert!(
            clear_signed("a", b"x", "", now)
                .unwrap_err()
                .starts_with("this is no OpenPGP secret key: ")
        );
        let key = PublicKey::read(public(ONE).as_bytes()).unwrap();
        let Proof::Bad(problem) = key.prove("a") else { panic!("nothing was signed") };
        assert!(problem.starts_with("the signature cannot be read: "));
    }
}
