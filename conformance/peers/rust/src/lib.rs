//! The parts of SAGE 1.0 that need no network: text forms, strict JSON, keys, the handshake,
//! records and envelopes. Names of rules in the comments are those of the specification.

pub mod card;
pub mod gzip;
pub mod handshake;
pub mod hpke;
pub mod json;
pub mod kdf;
pub mod keys;
pub mod message;
pub mod session;
pub mod text;

/// An input that the specification tells its receiver to reject. It says no reason: to a stranger
/// there is none to be said (error.uniform).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected;

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("rejected")
    }
}

impl std::error::Error for Rejected {}

pub type Result<T, E = Rejected> = std::result::Result<T, E>;

/// `Ok` if a rule holds.
pub(crate) fn require(holds: bool) -> Result<()> {
    if holds { Ok(()) } else { Err(Rejected) }
}
