//! HMAC-SHA256 and HKDF-SHA256 over texts in parts.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Rejected, Result};

/// 32 bytes that are erased when they go out of scope.
pub type Secret = Zeroizing<[u8; 32]>;

pub fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    parts.iter().for_each(|part| hash.update(part));
    hash.finalize().into()
}

pub fn hmac(key: &[u8], parts: &[&[u8]]) -> Secret {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    parts.iter().for_each(|part| mac.update(part));
    Zeroizing::new(mac.finalize().into_bytes().into())
}

/// HKDF-Extract, which is HMAC keyed with the salt.
pub fn extract(salt: &[u8], ikm: &[&[u8]]) -> Secret {
    hmac(salt, ikm)
}

/// HKDF-Expand; more than 8160 bytes there are not.
pub fn expand(prk: &[u8; 32], info: &[&[u8]], okm: &mut [u8]) -> Result<()> {
    let hkdf = Hkdf::<Sha256>::from_prk(prk).expect("32 bytes are enough");
    hkdf.expand_multi_info(info, okm).map_err(|_| Rejected)
}

pub fn expand32(prk: &[u8; 32], info: &[&[u8]]) -> Secret {
    let mut okm = Zeroizing::new([0; 32]);
    expand(prk, info, &mut okm[..]).expect("32 bytes are few enough");
    okm
}

/// The length of `bytes` in two bytes, and `bytes`.
pub fn len16(out: &mut Vec<u8>, bytes: impl AsRef<[u8]>) {
    let bytes = bytes.as_ref();
    let length = u16::try_from(bytes.len()).expect("every text of an envelope has a limit");
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}
