//! The exporter of HPKE (RFC 9180) in Base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and
//! ChaCha20-Poly1305. Nothing else of HPKE is used, and its AEAD only by its number.

use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::Result;
use crate::kdf::{Secret, expand, extract};
use crate::keys::diffie_hellman;

const KEM: &[u8] = b"KEM\x00\x20";
const HPKE: &[u8] = b"HPKE\x00\x20\x00\x01\x00\x03";
const MODE_BASE: u8 = 0;

/// A context that can export and nothing else.
pub struct Exporter(Secret);

/// The key pair of RFC 9180 §7.1.3.
pub fn derive_key_pair(ikm: &[u8]) -> StaticSecret {
    let prk = labeled_extract(KEM, b"", b"dkp_prk", ikm);
    StaticSecret::from(*labeled_expand32(KEM, &prk, b"sk", b""))
}

/// SetupBaseS with a given ephemeral key, which must be new.
pub fn setup_sender(ephemeral: &StaticSecret, kem_key: &[u8; 32], info: &[u8]) -> Result<Exporter> {
    let enc = PublicKey::from(ephemeral).to_bytes();
    let dh = diffie_hellman(ephemeral, kem_key)?;
    Ok(Exporter::new(dh.as_bytes(), &enc, kem_key, info))
}

/// SetupBaseR.
pub fn setup_receiver(kem_key: &StaticSecret, enc: &[u8; 32], info: &[u8]) -> Result<Exporter> {
    let dh = diffie_hellman(kem_key, enc)?;
    Ok(Exporter::new(dh.as_bytes(), enc, PublicKey::from(kem_key).as_bytes(), info))
}

impl Exporter {
    fn new(dh: &[u8; 32], enc: &[u8; 32], kem_key: &[u8; 32], info: &[u8]) -> Self {
        let prk = labeled_extract(KEM, b"", b"eae_prk", dh);
        let shared = labeled_expand32(KEM, &prk, b"shared_secret", &[&enc[..], kem_key].concat());
        let psk_id_hash = labeled_extract(HPKE, b"", b"psk_id_hash", b"");
        let info_hash = labeled_extract(HPKE, b"", b"info_hash", info);
        let context = [&[MODE_BASE][..], &psk_id_hash[..], &info_hash[..]].concat();
        let secret = labeled_extract(HPKE, &shared[..], b"secret", b"");
        Self(labeled_expand32(HPKE, &secret, b"exp", &context))
    }

    pub fn export(&self, context: &[u8], out: &mut [u8]) -> Result<()> {
        labeled_expand(HPKE, &self.0, b"sec", context, out)
    }

    pub fn export32(&self, context: &[u8]) -> Secret {
        labeled_expand32(HPKE, &self.0, b"sec", context)
    }
}

fn labeled_extract(suite: &[u8], salt: &[u8], label: &[u8], ikm: &[u8]) -> Secret {
    extract(salt, &[b"HPKE-v1", suite, label, ikm])
}

fn labeled_expand(suite: &[u8], prk: &Secret, label: &[u8], info: &[u8], out: &mut [u8]) -> Result<()> {
    let length = u16::try_from(out.len()).map_err(|_| crate::Rejected)?.to_be_bytes();
    expand(prk, &[&length, b"HPKE-v1", suite, label, info], out)
}

fn labeled_expand32(suite: &[u8], prk: &Secret, label: &[u8], info: &[u8]) -> Secret {
    let mut out = Zeroizing::new([0; 32]);
    labeled_expand(suite, prk, label, info, &mut out[..]).expect("32 bytes are few enough");
    out
}
