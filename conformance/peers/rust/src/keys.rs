//! DIDs, Ed25519 and X25519 keys (identity.md).

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};

use crate::text::split_did;
use crate::{Rejected, Result, require};

const ED25519_CODEC: [u8; 2] = [0xed, 0x01];

/// A key that is canonical and not of small order. The crate is content with less: it takes any
/// encoding of a point, and every point.
pub fn verifying_key(bytes: &[u8]) -> Result<VerifyingKey> {
    let bytes: &[u8; 32] = bytes.try_into().map_err(|_| Rejected)?;
    let key = VerifyingKey::from_bytes(bytes).map_err(|_| Rejected)?;
    require(key.to_edwards().compress().as_bytes() == bytes && !key.is_weak())?;
    Ok(key)
}

/// identity.signature-strict: `verify` of the crate computes `[S]B - [k]A`, compares its encoding
/// with R, and refuses S at or above the group order.
pub fn verify(key: &VerifyingKey, message: &[u8], signature: &[u8]) -> Result<()> {
    let signature = Signature::from_slice(signature).map_err(|_| Rejected)?;
    key.verify(message, &signature).map_err(|_| Rejected)
}

pub fn encode_did_key(key: &VerifyingKey) -> String {
    let bytes = [&ED25519_CODEC[..], key.as_bytes()].concat();
    format!("did:key:z{}", bs58::encode(bytes).into_string())
}

/// The key that a `did:key` names.
pub fn decode_did_key(did: &str) -> Result<VerifyingKey> {
    let ("key", id) = split_did(did)? else { return Err(Rejected) };
    let bytes = bs58::decode(id.strip_prefix('z').ok_or(Rejected)?).into_vec().map_err(|_| Rejected)?;
    verifying_key(bytes.strip_prefix(&ED25519_CODEC).ok_or(Rejected)?)
}

/// A Diffie-Hellman result; one of all zero is refused, in constant time.
pub fn diffie_hellman(private: &StaticSecret, public: &[u8; 32]) -> Result<SharedSecret> {
    let shared = private.diffie_hellman(&PublicKey::from(*public));
    require(shared.was_contributory())?;
    Ok(shared)
}

/// Every private key makes zero of a point of low order, and no private key of any other point.
pub fn is_low_order(public: &[u8; 32]) -> bool {
    diffie_hellman(&StaticSecret::from([0x5a; 32]), public).is_err()
}

pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the system has random bytes");
    bytes
}
